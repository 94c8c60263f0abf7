//! An extension counts from now, is capped from the grant's start, and never shortens unless the rules say so.

use alloc::vec;
use alloc::vec::Vec;
use core::cmp::Ordering;

use super::case::{Case, Denied};
use super::inputs::{self, Stated};
use super::item;
use super::matched::{self, Matched};
use super::proposal::{Entry, Plan};
use super::request;
use super::trace::Moment;
use super::window::{self, Ask, Limit, Said, span};
use super::{Code, Decision, Extend, GrantView, Obligation, Reason, event, restrict};
use crate::check::text;
use crate::compile::{CompiledRule, Life};
use crate::fact::{Body, GrantExtended};
use crate::id::RuleId;
use crate::log::{Key, KeyKind};
use crate::model::{Basis, GrantState, Value};
use crate::policy::BoundKind;
use crate::state::{GrantRow, Stage, State, half_digest};
use crate::store::NONE;
use crate::time::Timestamp;

/// Decides an extension.
pub(super) fn decide(mut case: Case<'_>, command: &Extend) -> Decision {
    match steps(&mut case, command) {
        Ok(Found::Recorded(grant)) => {
            let view = case.view(grant);
            case.permit(view.into_iter().collect(), None, Plan::default())
        }
        Ok(Found::New { grant, end, limit, after, session_until, obligations }) => {
            strip_items(&mut case);
            let Some(view) = case.view_as(grant, GrantState::Active, after) else { return case.deny() };
            let view = GrantView { session_until, ..view };
            let extended = GrantExtended {
                command: command.id.clone(),
                digest: command.digest(),
                end,
                id: command.grant.clone(),
                limit,
            };
            let person = Key::new(KeyKind::Person, view.beneficiary.as_str());
            let group = Key::new(KeyKind::Group, view.entitlement.as_str());
            let entry = Entry {
                body: Body::GrantExtended(extended),
                touches: vec![person, group, Case::request_key(&command.id)],
            };
            let by = command.by.clone().unwrap_or_else(|| view.beneficiary.clone());
            if !obligations.is_empty() {
                return case.pending(vec![view], obligations, Some(by), Plan::default());
            }
            case.permit(vec![view], Some(by), Plan::Entries(vec![entry]))
        }
        Err(Denied) => {
            strip_items(&mut case);
            case.deny()
        }
    }
}

/// An extension has no items to tell apart.
fn strip_items(case: &mut Case<'_>) {
    case.reasons.iter_mut().for_each(|reason| reason.item = None);
}

enum Found<'a> {
    Recorded(&'a GrantRow),
    New {
        grant: &'a GrantRow,
        end: Timestamp,
        limit: Timestamp,
        /// When the grant dies once it is extended.
        after: Timestamp,
        session_until: Option<Timestamp>,
        obligations: Vec<Obligation>,
    },
}

fn steps<'a>(case: &mut Case<'a>, command: &Extend) -> Result<Found<'a>, Denied> {
    case.preconditions()?;
    if let Some(grant) = recorded(case, command)? {
        case.reasons.push(Reason::warning(Code::RequestAlreadyResolved).with("request", command.id.as_str()));
        return Ok(Found::Recorded(grant));
    }
    let (_, grant) = case.grant(&command.grant)?;
    case.own(command.by.as_ref(), grant, &command.grant)?;
    let state = case.state();
    let (Some(row), Some(beneficiary), Some(entitlement)) = (
        state.identities.at(grant.holder),
        state.identity_id(grant.holder),
        state.entitlement_id(grant.entitlement),
    ) else {
        return Err(Denied);
    };
    case.read(KeyKind::Entitlement, entitlement.shared());
    for above in case.world().tree.ancestry(grant.scope) {
        case.read_name(KeyKind::Resource, state.resource_names.name(above));
    }
    let asking = match &command.by {
        Some(by) => state.identity_names.find(by.as_str()).unwrap_or(NONE),
        None => grant.holder,
    };
    let life = Life::of(row);
    let start = Moment { at: case.at(), moves: true };
    if let Some((by, row)) =
        command.by.as_ref().zip(state.identities.at(asking)).filter(|_| asking != grant.holder)
    {
        case.alive(by, row, &Life::of(row), start)?;
    }
    // Conditions read the event whether it still justifies the grant or not.
    let event_id = state.event_id(grant.event);
    if let Some(id) = &event_id {
        case.read(KeyKind::Event, id.shared());
    }
    let mut ask = Ask {
        item: 0,
        beneficiary: &beneficiary,
        who: grant.holder,
        life: &life,
        entitlement: grant.entitlement,
        scope: grant.scope,
        event: state.events.at(grant.event).map(|row| (grant.event, row)),
        owner: None,
        start,
        session_ends: window::session_ends(&command.context),
        said: Said {
            action: "extend",
            context: &command.context,
            inputs: &command.inputs,
            requester: asking,
        },
    };
    let nobody = || {
        Reason::error(Code::EligibilityNone)
            .with("entitlement", entitlement.as_str())
            .with("identity", beneficiary.as_str())
    };
    let matched = match matched::decisive(case, &ask, basis_rule(state, grant).as_ref(), nobody) {
        decisive if decisive.is_empty() => return Err(Denied),
        decisive => decisive.into_iter().next().unwrap_or_default(),
    };
    let mut limits = allowance(case, &ask, &matched, grant)?;
    let owner = request::accountable(case, &beneficiary, row, start)?;
    ask.owner = owner.as_ref();
    if let Some(id) = &event_id {
        ask.event = Some(event::named(case, id, &beneficiary, start)?);
    }

    let rules: Vec<&CompiledRule> = matched.iter().map(|(rule, _)| *rule).collect();
    if let (Some(id), Some((_, event))) = (&event_id, ask.event) {
        event::suits(case, id, event, &ask, entitlement.as_str(), &rules);
    }
    let stated = Stated {
        event: event_id.is_some(),
        inputs: &command.inputs,
        reason: command.reason.as_deref(),
        ticket: command.ticket.as_deref(),
    };
    let guards = restrict::guards(case, &ask);
    inputs::state(case, &ask, &rules, &guards, &stated, false);
    limits.extend(restrict::limits(case, &ask, &matched, &guards, &stated, Some(grant.start)));
    if case.is_denied() {
        return Err(Denied);
    }
    let asked = start.plus(command.duration);
    limits.push(Limit::new(BoundKind::Asked, asked));
    limits.extend(window::standing_limits(case, &ask, &matched));
    let end = window::close(case, &ask, &mut limits).ok_or(Denied)?;
    window::exceed(case, &ask, &matched, &limits, asked, end);
    let limit = window::limit_apart_from_plan(&limits, end);
    let session_until = item::session_until(case, &ask, &rules, end);
    let after = gains(case, &ask, &rules, grant, end, limit);
    if case.is_denied() {
        return Err(Denied);
    }
    let mut obligations = restrict::approvals(&matched, &guards, 0);
    obligations.retain(|owed| !case.leaves_owed(owed));
    Ok(Found::New { grant, end: end.at, limit, after, session_until, obligations })
}

/// The rule that a grant rests on, where it is one alone: what the requester chose once stays chosen.
fn basis_rule(state: &State, grant: &GrantRow) -> Option<RuleId> {
    match state.basis_of(grant) {
        Basis::Policy { rules, .. } => match rules.as_slice() {
            [rule] => Some(rule.id.clone()),
            _ => None,
        },
        Basis::External => None,
    }
}

/// The grant that the command of this id extended before.
fn recorded<'a>(case: &mut Case<'a>, command: &Extend) -> Result<Option<&'a GrantRow>, Denied> {
    case.footprint.push(Case::request_key(&command.id));
    let state = case.state();
    let Some(row) = state.request_reference(command.id.as_str()).and_then(|r| state.requests.at(r)) else {
        return Ok(None);
    };
    if row.stage == Stage::Named && row.last_grant == NONE {
        return Ok(None);
    }
    if row.stage == Stage::Extension && row.digest == half_digest(&command.digest()) {
        return Ok(state.grants.at(row.last_grant));
    }
    Err(case.fail(Reason::error(Code::RequestIdReused).with("request", command.id.as_str())))
}

/// Whether the grant may be extended at all, and the limits on how far.
pub(super) fn allowance(
    case: &mut Case<'_>,
    ask: &Ask<'_>,
    matched: &Matched<'_>,
    grant: &GrantRow,
) -> Result<Vec<Limit>, Denied> {
    let rules =
        || matched.iter().filter_map(|(rule, _)| rule.rule.extension.map(|extension| (rule, extension)));
    if let Some(total) = rules().map(|(_, extension)| extension.max_total).min() {
        let end = grant.start.plus(total);
        if !case.trace.is_before(end) {
            let reason = Reason::error(Code::ExtensionPastMaxTotal)
                .with("end", text(end))
                .with("max_total", span(total));
            return Err(case.fail(reason.item(ask.item)));
        }
    }
    let (stands, _) = case.stands(grant);
    if stands != GrantState::Active {
        let word = match stands {
            GrantState::Scheduled => "scheduled",
            GrantState::Active => "active",
            GrantState::Ended => "ended",
            GrantState::Revoked => "revoked",
            GrantState::Void => "void",
        };
        let id = case.state().grant_id(grant);
        let reason = Reason::error(Code::ExtensionNotActive).with("grant", id.as_str()).with("state", word);
        return Err(case.fail(reason.item(ask.item)));
    }
    let decided: Vec<&CompiledRule> = matched.iter().map(|(rule, _)| *rule).collect();
    if rules().count() < matched.len() || !keeps_terms(case.state(), grant, &decided, ask) {
        return Err(case.fail(Reason::error(Code::ExtensionNotAllowed).item(ask.item)));
    }
    let count = u32::try_from(case.state().extensions_of(grant).len()).unwrap_or(u32::MAX);
    if rules().filter_map(|(_, extension)| extension.max_count).min().is_some_and(|max| count >= max) {
        let reason = Reason::error(Code::ExtensionLimitReached).with("count", Value::Int(i64::from(count)));
        return Err(case.fail(reason.item(ask.item)));
    }
    Ok(rules()
        .map(|(rule, extension)| {
            let end = Moment::fixed(grant.start.plus(extension.max_total));
            Limit::new(BoundKind::Extension, end).from(rule.id.shared())
        })
        .collect())
}

/// Whether a grant stands on terms as strict as a new one would: an extension changes none of them.
pub(super) fn keeps_terms(state: &State, grant: &GrantRow, rules: &[&CompiledRule], ask: &Ask<'_>) -> bool {
    let mut conditions = rules.iter().flat_map(|rule| rule.rule.conditions.iter()).peekable();
    if conditions.peek().is_some() {
        let known = state.conditions_of(state.grant_conditions(grant));
        if conditions.any(|condition| !known.0.contains(condition)) {
            return false;
        }
    }
    if let Basis::Policy { on_loss, .. } = state.basis_of(grant)
        && rules.iter().any(|rule| on_loss.stricter(rule.rule.on_loss) != *on_loss)
    {
        return false;
    }
    ask.event.is_none_or(|(event, _)| event == grant.event)
}

/// When the grant dies once it is extended; that has to be later than it dies now, unless all rules allow an
/// earlier end.
pub(super) fn gains(
    case: &mut Case<'_>,
    ask: &Ask<'_>,
    rules: &[&CompiledRule],
    grant: &GrantRow,
    end: Moment,
    limit: Timestamp,
) -> Timestamp {
    let held = case.full_death(grant).at;
    // What was agreed for later overrules what is agreed now.
    for extension in case.engine.assumed().extensions_of(grant) {
        case.trace.is_before(extension.at);
    }
    let after = case.death_if_extended(grant, end.at, limit);
    // What else ends the grant does not move, so the death moves only if it is the end.
    let moment = Moment { at: after, moves: end.moves && after == end.at };
    match case.death_however_extended(grant).filter(|last| after == end.at.min(*last)) {
        Some(last) if last.is_never() => {}
        Some(last) => drop(case.trace.compare(end, Moment::fixed(last))),
        None => drop(case.trace.compare(end, Moment::fixed(after))),
    }
    let shorten = rules.iter().all(|rule| rule.rule.extension.is_some_and(|e| e.allow_shorten));
    let reason = match case.trace.compare(moment, Moment::fixed(held)) {
        Ordering::Less if !shorten => {
            Reason::error(Code::ExtensionWouldShorten).with("end", text(after)).with("held", text(held))
        }
        // Where an earlier end may be asked for, something may.
        Ordering::Equal if shorten && case.met.is_some() && ask.start.at.next() < end.at => return after,
        Ordering::Equal => Reason::error(Code::ExtensionNoGain).with("end", text(after)),
        _ => return after,
    };
    case.reasons.push(reason.item(ask.item));
    after
}
