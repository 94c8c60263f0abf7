//! A running grant is extended from now on, within a cap that counts from its start, and never made shorter
//! unless every rule allows it.

use tenure::decide::{Code, Extend, Level, Reason, Verdict};
use tenure::fact::{Body, GrantExtended};
use tenure::id::RuleId;
use tenure::model::{Basis, GrantState, GrantTerms, Value};
use tenure::policy::{BoundKind, Extension};
use tenure::time::Timestamp;

use crate::ask::{
    Ask, Limit, bounds, event_invalid, event_rules, exceeded, inputs, lacks_owner, limit, limits,
    session_until, window_empty,
};
use crate::choose::choose;
use crate::death::{death, state, view};
use crate::eligible::Rule;
use crate::held::keeps_terms;
use crate::holding::grant;
use crate::life::why_not_alive;
use crate::outcome::{ordered, text};
use crate::request::{already_resolved, not_holder};
use crate::restrict::{approvals, guards, restricted};
use crate::{Outcome, World, digest};

/// An extension, after the clock and the policy.
pub(crate) fn extend(world: &World, extend: &Extend, at: Timestamp) -> Outcome {
    let digest = digest::extend(extend);
    let made = world.facts.iter().any(|fact| match &fact.body {
        Body::RequestMade(made) => made.request.id == extend.id,
        Body::GrantIssued(terms) => terms.request.as_ref() == Some(&extend.id),
        _ => false,
    });
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
    if let Some(why) = why_not_alive(world, by, at).filter(|_| *by != terms.beneficiary) {
        let reason = Reason::error(Code::IdentityNotActive).with("identity", text(by)).with("why", why);
        return Outcome::deny(at, reason);
    }
    let ask = Ask {
        at,
        start: at,
        requester: by,
        beneficiary: &terms.beneficiary,
        entitlement: &terms.entitlement,
        scope: terms.scope.as_ref(),
        event: terms.event.as_ref(),
        context: &extend.context,
        reason: extend.reason.as_deref(),
        ticket: extend.ticket.as_deref(),
        inputs: &extend.inputs,
        rule: resting_on(terms),
        action: "extend",
        item: None,
    };
    match choose(world, &ask) {
        Err(reasons) => denied(at, reasons),
        Ok(choices) => {
            let rules = choices.first().map(Vec::as_slice).unwrap_or_default();
            under(world, extend, &digest, &ask, rules, terms)
        }
    }
}

/// The rule that a grant rests on, if it is one alone: what the requester chose once stays chosen.
fn resting_on(terms: &GrantTerms) -> Option<&RuleId> {
    match &terms.basis {
        Basis::Policy { rules, .. } if rules.len() == 1 => rules.first().map(|rule| &rule.id),
        _ => None,
    }
}

fn denied(at: Timestamp, reasons: Vec<Reason>) -> Outcome {
    let (verdict, reasons) = ordered(reasons);
    Outcome { verdict, reasons, ..Outcome::permit(at) }
}

/// What the rules together give.
fn under(
    world: &World,
    extend: &Extend,
    digest: &str,
    ask: &Ask<'_>,
    rules: &[Rule<'_>],
    terms: &GrantTerms,
) -> Outcome {
    let at = ask.at;
    if let Some(reason) = refused(world, ask, rules, terms).or_else(|| unjustified(world, ask)) {
        return denied(at, vec![reason]);
    }
    let guards = guards(world, ask);
    let mut reasons = event_rules(world, ask, rules);
    reasons.extend(inputs(ask, rules, &guards, false));
    let restricted = restricted(world, ask, rules, &guards, terms.term.start());
    reasons.extend(restricted.reasons);
    if reasons.iter().any(|reason| reason.level == Level::Error) {
        return denied(at, reasons);
    }

    let asked = at.plus(extend.duration);
    let mut all = limits(world, ask, rules);
    all.extend(restricted.limits);
    all.push((BoundKind::Asked, asked, None));
    all.extend(caps(rules, terms));
    all.retain(|(_, end, _): &Limit| !end.is_never());
    let bounds = bounds(0, all);
    let empty = window_empty(ask, &bounds);
    if !empty.is_empty() {
        return Outcome { bounds, ..denied(at, empty) };
    }
    let Some(end) = bounds.iter().map(|bound| bound.end).min() else {
        return denied(at, inputs(ask, rules, &guards, true));
    };
    reasons.extend(exceeded(ask, rules, &bounds, asked));
    let (limit, session) = (limit(&bounds, end), session_until(ask, rules, end));
    let (command, id) = (extend.id.clone(), terms.id.clone());
    let extended = GrantExtended { command, digest: digest.into(), end, id, limit };
    reasons.extend(no_gain(world, ask, rules, &extended));
    let mut outcome = Outcome { bounds, ..denied(at, reasons) };
    if outcome.verdict == Verdict::Permit {
        outcome.record(&extend.id, Some(ask.requester), vec![Body::GrantExtended(extended)]);
        let mut after = view(&world.with(&outcome.facts), terms, at);
        after.session_until = session;
        outcome.grants.push(after);
        outcome.obligations = approvals(ask, rules, &guards);
        if !outcome.obligations.is_empty() {
            outcome.verdict = Verdict::Pending;
            outcome.facts.clear();
        }
    }
    outcome
}

/// The first thing that forbids any extension of the grant, from the cap to the count.
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
    if allowed.len() < rules.len() || !keeps_terms(terms, rules, ask) {
        return Some(ask.error(Code::ExtensionNotAllowed));
    }
    let count = world
        .facts
        .iter()
        .filter(|fact| matches!(&fact.body, Body::GrantExtended(extended) if extended.id == terms.id));
    let count = u32::try_from(count.count()).unwrap_or(u32::MAX);
    if allowed.iter().filter_map(|extension| extension.max_count).any(|most| most <= count) {
        let reason = ask.error(Code::ExtensionLimitReached);
        return Some(reason.with("count", Value::Int(i64::from(count))));
    }
    None
}

/// Nobody answers for the holder, or its business event no longer justifies the grant.
fn unjustified(world: &World, ask: &Ask<'_>) -> Option<Reason> {
    if lacks_owner(world, ask.beneficiary, ask.at) {
        return Some(ask.error(Code::IdentityNoOwner).with("identity", text(ask.beneficiary)));
    }
    let event = ask.event?;
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

/// Unless the grant would die later than it will now, or earlier where that is allowed.
pub(crate) fn no_gain(
    world: &World,
    ask: &Ask<'_>,
    rules: &[Rule<'_>],
    extended: &GrantExtended,
) -> Option<Reason> {
    let (held, _) = death(world, &extended.id)?;
    let mut done = Outcome::permit(ask.at);
    done.record(&extended.command, None, vec![Body::GrantExtended(extended.clone())]);
    let (after, _) = death(&world.with(&done.facts), &extended.id)?;
    let may_shorten = rules.iter().all(|(_, rule)| rule.extension.is_some_and(|e| e.allow_shorten));
    if after == held {
        Some(ask.error(Code::ExtensionNoGain).with("end", text(after)))
    } else if after < held && !may_shorten {
        Some(ask.error(Code::ExtensionWouldShorten).with("end", text(after)).with("held", text(held)))
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
