//! What may cure something that stands in the way. These are guesses: each is tried before anybody is told of it.

mod circumstances;
mod rules;
mod stated;
mod timing;

use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;

use super::cause::{Asked, asked};
use super::step::Step;
use super::trial::{Budget, Trial};
use crate::decide::{Code, Command, Deactivate, Reason, Verdict};
use crate::id::{GrantId, IdentityId, RequestId, RuleId};
use crate::model::Value;

/// Steps that are taken together.
pub(super) type Bundle = Vec<Step>;

/// The most guesses of one sort, before the best are chosen.
const FEW: usize = 32;

/// The most guesses about one reason that are tried.
const MANY: usize = 24;

/// What may cure a reason, what asks least of anybody first.
pub(super) fn remedies(trial: &Trial, reason: &Reason, budget: &mut Budget) -> Vec<Bundle> {
    let item = reason.item.unwrap_or(0);
    let mut bundles = match reason.code {
        Code::RequestIdReused | Code::RequestWithdrawn => rename(trial),
        Code::IdentityNotActive => life(trial, reason),
        Code::IdentityNoOwner => owner(trial, reason),
        Code::EventInvalid | Code::EventStale => stated::event(trial, reason),
        Code::PolicyExplicitDeny | Code::GuardrailForbidden => {
            rules::narrower(trial, item).into_iter().chain(except(reason)).collect()
        }
        Code::CapacityFull => except(reason),
        Code::InputMissing => stated::missing(trial, reason),
        Code::InputInvalid => stated::invalid(trial, reason),
        Code::ContextMissing => circumstances::missing(trial, reason, budget),
        Code::ContextUnsatisfied | Code::ConditionFailed => circumstances::otherwise(trial, reason, budget),
        Code::EligibilityNone => rules::near(trial, item),
        Code::PrerequisiteMissing => rules::prerequisites(trial, reason, budget),
        Code::WindowElapsed => timing::anew(trial, reason),
        Code::DurationExceedsMax
        | Code::DurationBelowMin
        | Code::BoundExceeded
        | Code::ExtensionWouldShorten
        | Code::ExtensionNoGain => timing::duration(trial, reason),
        Code::ExtensionPastMaxTotal
        | Code::ExtensionNotActive
        | Code::ExtensionNotAllowed
        | Code::ExtensionLimitReached => renew(trial),
        Code::GrantAlreadyActive => held(trial, reason, budget),
        _ => Vec::new(),
    };
    if reason.item.is_some() {
        bundles.extend(without(trial, item));
    }
    if !only_runs_out(reason.code) {
        bundles.extend(timing::later(trial, reason, budget));
    }
    if bundles.len() > MANY {
        bundles.truncate(MANY);
        budget.spend();
    }
    bundles
}

/// Whether all that waiting does about it is that something else is in the way then.
const fn only_runs_out(code: Code) -> bool {
    matches!(
        code,
        Code::ExtensionPastMaxTotal
            | Code::ExtensionNotActive
            | Code::ExtensionNotAllowed
            | Code::ExtensionLimitReached
            | Code::ExtensionWouldShorten
            | Code::ExtensionNoGain
    )
}

/// The request without an item.
fn without(trial: &Trial, item: u32) -> Option<Bundle> {
    let Command::Request(request) = &trial.command else { return None };
    let asked = request.items.get(item as usize).filter(|_| request.items.len() > 1)?;
    Some(vec![Step::Drop { entitlement: asked.entitlement.clone(), item: trial.number(item) }])
}

/// Another name, where that is used.
fn rename(trial: &Trial) -> Vec<Bundle> {
    let state = trial.engine.assumed();
    let free = |id: &RequestId| {
        state.request_reference(id.as_str()).is_none()
            && state.own_reference(&alloc::format!("{id}#0")).is_none()
    };
    let names = (2..100).filter_map(|n| RequestId::new(alloc::format!("{}-{n}", trial.command.id())).ok());
    let name = names.into_iter().find(free);
    name.map(|request| vec![Step::Rename { request }]).into_iter().collect()
}

/// An identity that may do nothing.
fn life(trial: &Trial, reason: &Reason) -> Vec<Bundle> {
    let Some(identity) = identity(reason) else { return Vec::new() };
    match reason.params.get("why").and_then(Value::as_text) {
        Some("suspended") => vec![vec![Step::Resume { identity }]],
        Some("left") => vec![vec![Step::Rejoin { identity }]],
        Some("not_started") => timing::start_of(trial, &identity).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// Somebody to answer for what is not human: who asks, who is its manager, who owned it.
fn owner(trial: &Trial, reason: &Reason) -> Vec<Bundle> {
    let Some(identity) = identity(reason) else { return Vec::new() };
    let state = trial.engine.assumed();
    let row = state.identity_names.find(identity.as_str()).and_then(|r| state.identities.at(r));
    let now = row.and_then(|row| row.noun.as_ref()).and_then(|noun| noun.at(trial.at()));
    let requester = match &trial.command {
        Command::Request(request) => Some(request.requester.clone()),
        Command::Extend(extend) => extend.by.clone(),
        Command::Renew(renew) => renew.by.clone(),
        _ => None,
    };
    let mut owners: Vec<IdentityId> = requester.into_iter().filter(|who| *who != identity).collect();
    owners.extend(now.and_then(|noun| noun.manager.clone()));
    owners.extend(now.and_then(|noun| noun.owner.clone()));
    owners.extend(of(trial, 0).and_then(|asked| responsible(trial, asked)));
    owners.dedup();
    owners.into_iter().map(|owner| vec![Step::Own { identity: identity.clone(), owner }]).collect()
}

/// Who answers for what is asked for, for its application, or for the place.
fn responsible(trial: &Trial, asked: Asked) -> Option<IdentityId> {
    let state = trial.engine.assumed();
    let entitlement = state.entitlements.at(asked.what)?.noun.as_ref()?.at(asked.start)?;
    let application = || {
        let name = state.application_names.find(entitlement.application.as_ref()?.as_str())?;
        state.applications.at(name)?.noun.as_ref()?.at(asked.start)?.owner.clone()
    };
    let place = || state.resources.at(asked.scope)?.noun.as_ref()?.at(asked.start)?.owner.clone();
    entitlement.owner.clone().or_else(application).or_else(place)
}

/// What a rule restricts.
fn except(reason: &Reason) -> Vec<Bundle> {
    let rule = reason.params.get("rule").and_then(Value::as_text).and_then(|rule| RuleId::new(rule).ok());
    rule.map(|rule| vec![Step::Except { rule }]).into_iter().collect()
}

/// What an extension cannot give.
fn renew(trial: &Trial) -> Vec<Bundle> {
    match &trial.command {
        Command::Extend(extend) => vec![vec![Step::Renew { grant: extend.grant.clone() }]],
        _ => Vec::new(),
    }
}

/// What is held already.
fn held(trial: &Trial, reason: &Reason, budget: &mut Budget) -> Vec<Bundle> {
    let grant = reason.params.get("grant").and_then(Value::as_text).and_then(|id| GrantId::new(id).ok());
    let Some(grant) = grant else { return Vec::new() };
    let back = match &trial.command {
        Command::Request(request) => {
            let by = Some(request.requester.clone());
            let (grant, id) = (grant.clone(), request.id.clone());
            let back = Deactivate { by, grant, id, reason: None };
            let back = Trial { command: Command::Deactivate(Arc::new(back)), ..trial.clone() };
            budget.decide(&back, &[]).is_some_and(|decision| decision.verdict() == Verdict::Permit)
        }
        _ => false,
    };
    let end = if back { Step::GiveBack { grant: grant.clone() } } else { Step::End { grant: grant.clone() } };
    let mut bundles = vec![vec![end]];
    let duration = timing::asked_duration(trial, reason.item.unwrap_or(0));
    bundles.extend(duration.map(|duration| vec![Step::Extend { duration, grant }]));
    bundles
}

fn identity(reason: &Reason) -> Option<IdentityId> {
    IdentityId::new(reason.params.get("identity")?.as_text()?).ok()
}

/// What an item asks for.
fn of(trial: &Trial, item: u32) -> Option<Asked> {
    asked(trial, item)
}

/// The names in a list that a reason tells.
fn names<'r>(reason: &'r Reason, param: &str) -> impl Iterator<Item = &'r str> {
    let list = match reason.params.get(param) {
        Some(Value::List(list)) => list.as_slice(),
        _ => &[],
    };
    list.iter().filter_map(|name| match name {
        crate::model::Scalar::Text(name) => Some(name.as_str()),
        _ => None,
    })
}
