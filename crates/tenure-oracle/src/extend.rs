//! A running grant is extended from now on, within a cap that counts from its start, and never made shorter
//! unless every rule allows it.

use tenure::decide::{Code, Extend, Reason, Verdict};
use tenure::fact::{Body, GrantExtended};
use tenure::model::{GrantState, GrantTerms, Value};
use tenure::policy::{BoundKind, Extension};
use tenure::time::Timestamp;

use crate::ask::{
    Ask, Limit, bounds, event_invalid, event_rules, exceeded, inputs, lacks_owner, limit, limits,
    session_until, window_empty,
};
use crate::death::{death, state, view};
use crate::eligible::{Rule, matching};
use crate::holding::grant;
use crate::outcome::{ordered, text};
use crate::request::{already_resolved, no_rule, not_holder};
use crate::{Outcome, World, digest};

/// An extension, after the clock and the policy.
pub(crate) fn extend(world: &World, extend: &Extend, at: Timestamp) -> Outcome {
    let digest = digest::extend(extend);
    let made = world
        .facts
        .iter()
        .any(|fact| matches!(&fact.body, Body::RequestMade(made) if made.request.id == extend.id));
    let recorded = world.facts.iter().find_map(|fact| match &fact.body {
        Body::GrantExtended(extended) if extended.command == extend.id => Some(extended),
        _ => None,
    });
    match recorded {
        Some(recorded) if !made && recorded.digest == digest => {
            return already_resolved(world, &extend.id, core::slice::from_ref(&recorded.id), at);
        }
        None if !made => {}
        _ => {
            let reason = Reason::error(Code::RequestIdReused);
            return Outcome::deny(at, reason.with("request", text(&extend.id)));
        }
    }
    let Some((terms, _)) = grant(world, &extend.grant) else {
        return Outcome::deny(at, Reason::error(Code::GrantUnknown).with("grant", text(&extend.grant)));
    };
    let by = extend.by.as_ref().unwrap_or(&terms.beneficiary);
    if let Some(reason) = not_holder(world, by, terms) {
        return Outcome::deny(at, reason);
    }
    let ask = Ask {
        at,
        start: at,
        beneficiary: &terms.beneficiary,
        entitlement: &terms.entitlement,
        scope: terms.scope.as_ref(),
        event: terms.event.as_ref(),
        context: &extend.context,
        reason: extend.reason.as_deref(),
        ticket: extend.ticket.as_deref(),
        item: None,
    };
    let rules = matching(world, ask.beneficiary, ask.entitlement, ask.scope, at);
    if rules.is_empty() {
        return Outcome::deny(at, no_rule(&ask));
    }
    if let Some(reason) = refused(world, &ask, &rules, terms) {
        return Outcome::deny(at, reason);
    }
    let mut reasons = event_rules(world, &ask, &rules);
    reasons.extend(inputs(&ask, &rules, false));
    if !reasons.is_empty() {
        let (verdict, reasons) = ordered(reasons);
        return Outcome { verdict, reasons, ..Outcome::permit(at) };
    }

    let asked = at.plus(extend.duration);
    let mut all = limits(world, &ask, &rules);
    all.push((BoundKind::Asked, asked, None));
    all.extend(caps(&rules, terms));
    all.retain(|(_, end, _): &Limit| !end.is_never());
    let bounds = bounds(0, all);
    if let Some(reason) = window_empty(&ask, &bounds) {
        return Outcome { bounds, ..Outcome::deny(at, reason) };
    }
    let end = bounds.iter().map(|bound| bound.end).min().unwrap_or(asked);
    reasons.extend(exceeded(&ask, &rules, &bounds, asked));
    reasons.extend(no_gain(world, &ask, &rules, terms, end));
    let (verdict, reasons) = ordered(reasons);
    let (limit, session) = (limit(&bounds, end), session_until(&ask, &rules, end));
    let mut outcome = Outcome { verdict, reasons, bounds, ..Outcome::permit(at) };
    if verdict == Verdict::Permit {
        let (command, id) = (extend.id.clone(), terms.id.clone());
        let extended = GrantExtended { command, digest, end, id, limit };
        outcome.record(&extend.id, Some(by), vec![Body::GrantExtended(extended)]);
        let mut after = view(&world.with(&outcome.facts), terms, at);
        after.session_until = session;
        outcome.grants.push(after);
    }
    outcome
}

/// The first thing that forbids any extension of the grant, from the cap on.
pub(crate) fn refused(
    world: &World,
    ask: &Ask<'_>,
    rules: &[Rule<'_>],
    terms: &GrantTerms,
) -> Option<Reason> {
    let allowed: Vec<Extension> = rules.iter().filter_map(|(_, rule)| rule.extension).collect();
    if let Some(total) = allowed.iter().map(|extension| extension.max_total).min() {
        let end = terms.term.start().plus(total);
        if end <= ask.at {
            let reason = ask.error(Code::ExtensionPastMaxTotal).with("end", text(end));
            return Some(reason.with("max_total", text(total)));
        }
    }
    let state = state(world, terms, ask.at);
    if state != GrantState::Active {
        let reason = ask.error(Code::ExtensionNotActive).with("grant", text(&terms.id));
        return Some(reason.with("state", state_word(state)));
    }
    if allowed.len() < rules.len() {
        return Some(ask.error(Code::ExtensionNotAllowed));
    }
    let count = world.facts.iter().filter(|fact| {
        matches!(&fact.body, Body::GrantExtended(extended) if extended.id == terms.id)
    });
    let count = u32::try_from(count.count()).unwrap_or(u32::MAX);
    if allowed.iter().filter_map(|extension| extension.max_count).any(|most| most <= count) {
        let reason = ask.error(Code::ExtensionLimitReached);
        return Some(reason.with("count", Value::Int(i64::from(count))));
    }
    if lacks_owner(world, ask.beneficiary, ask.at) {
        return Some(ask.error(Code::IdentityNoOwner).with("identity", text(ask.beneficiary)));
    }
    let event = terms.event.as_ref()?;
    let why = event_invalid(world, event, ask.beneficiary, ask.at)?;
    Some(ask.error(Code::EventInvalid).with("event", text(event)).with("why", why))
}

/// How far each rule lets the grant last in all.
pub(crate) fn caps(rules: &[Rule<'_>], terms: &GrantTerms) -> Vec<Limit> {
    let cap = |(id, rule): &Rule<'_>| {
        let end = terms.term.start().plus(rule.extension?.max_total);
        Some((BoundKind::Extension, end, Some(id.to_string())))
    };
    rules.iter().filter_map(cap).collect()
}

/// Unless the grant would end later than it does now, or earlier where that is allowed.
pub(crate) fn no_gain(
    world: &World,
    ask: &Ask<'_>,
    rules: &[Rule<'_>],
    terms: &GrantTerms,
    end: Timestamp,
) -> Option<Reason> {
    let (held, _) = death(world, &terms.id)?;
    let may_shorten = rules.iter().all(|(_, rule)| rule.extension.is_some_and(|e| e.allow_shorten));
    if end == held {
        Some(ask.error(Code::ExtensionNoGain).with("end", text(end)))
    } else if end < held && !may_shorten {
        Some(ask.error(Code::ExtensionWouldShorten).with("end", text(end)).with("held", text(held)))
    } else {
        None
    }
}

const fn state_word(state: GrantState) -> &'static str {
    match state {
        GrantState::Scheduled => "scheduled",
        GrantState::Active => "active",
        GrantState::Ended => "ended",
        GrantState::Revoked => "revoked",
        GrantState::Void => "void",
    }
}
