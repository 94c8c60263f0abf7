//! Another time: longer or shorter, from another start on, or later.

use alloc::vec;
use alloc::vec::Vec;

use super::{Bundle, of};
use crate::decide::{Code, Command, Reason};
use crate::explain::cause::{errors, is_for_others, misses};
use crate::explain::step::Step;
use crate::explain::trial::{Budget, Trial};
use crate::id::IdentityId;
use crate::model::Value;
use crate::time::{Span, Timestamp};

/// How many changes of a decision are looked at in search of one that cures something.
const MAX_TURNS: usize = 4;

/// The least of the longest and the greatest of the shortest that the rules allow.
pub(super) fn possible(trial: &Trial, item: u32) -> Option<Span> {
    let asked = of(trial, item)?;
    let rules = misses(trial, asked).into_iter().filter(|(_, unmet)| !is_for_others(unmet));
    let durations: Vec<_> = rules.filter_map(|(rule, _)| rule.rule.duration).collect();
    let max = durations.iter().map(|duration| duration.default.unwrap_or(duration.max)).min();
    Some(max.unwrap_or(Span::hours(1)))
}

/// How long was asked for.
pub(super) fn asked_duration(trial: &Trial, item: u32) -> Option<Span> {
    match &trial.command {
        Command::Request(request) => match (request.duration, request.until) {
            (Some(duration), _) => Some(duration),
            (None, Some(until)) => Some(until.since(request.start.unwrap_or(trial.at()))),
            (None, None) => possible(trial, item),
        },
        Command::Extend(extend) => Some(extend.duration),
        Command::Renew(renew) => renew.duration,
        _ => None,
    }
}

/// The duration that a reason speaks of.
pub(super) fn duration(trial: &Trial, reason: &Reason) -> Vec<Bundle> {
    let start = of(trial, reason.item.unwrap_or(0)).map_or(trial.at(), |asked| asked.start);
    let param = |name: &str| reason.params.get(name).and_then(Value::as_text);
    let span = |name: &str| param(name).and_then(|text| text.parse::<Span>().ok());
    let until = |name: &str| {
        let end = param(name).and_then(|text| text.parse::<Timestamp>().ok());
        end.filter(|end| *end > start).map(|end| end.since(start))
    };
    let duration = match reason.code {
        Code::DurationExceedsMax => span("max"),
        Code::DurationBelowMin => span("min"),
        Code::BoundExceeded => until("end"),
        // Longer than it runs, by as much as was asked.
        Code::ExtensionWouldShorten => {
            until("held").map(|held| held.saturating_add(asked_duration(trial, 0).unwrap_or(Span::hours(1))))
        }
        Code::ExtensionNoGain => {
            until("end").map(|end| end.saturating_add(asked_duration(trial, 0).unwrap_or(Span::hours(1))))
        }
        _ => None,
    };
    let mut bundles: Vec<Bundle> =
        duration.map(|duration| vec![Step::Last { duration }]).into_iter().collect();
    if start > trial.at() {
        bundles.push(vec![Step::StartNow]);
    }
    bundles
}

/// A window that is over, asked for once more from now on.
pub(super) fn anew(trial: &Trial, reason: &Reason) -> Vec<Bundle> {
    let Command::Request(request) = &trial.command else { return Vec::new() };
    let until = request.until.map(|until| request.start.map_or(Span::hours(1), |start| until.since(start)));
    let duration = request.duration.or(until).or_else(|| possible(trial, reason.item.unwrap_or(0)));
    let mut bundle: Bundle = duration.map(|duration| Step::Last { duration }).into_iter().collect();
    if request.start.is_some() {
        bundle.push(Step::StartNow);
    }
    vec![bundle]
}

/// From when on somebody may act.
pub(super) fn start_of(trial: &Trial, identity: &IdentityId) -> Option<Bundle> {
    let state = trial.engine.assumed();
    let row = state.identities.at(state.identity_names.find(identity.as_str())?)?;
    let life = crate::compile::Life::of(row);
    let next = life.alive().windows().iter().find(|window| window.start() > trial.at())?;
    Some(vec![Step::Start { at: next.start() }])
}

/// The first instants at which the reason is gone: to ask then, or to ask now for a start then.
pub(super) fn later(trial: &Trial, reason: &Reason, budget: &mut Budget) -> Vec<Bundle> {
    let mut bundles = Vec::new();
    let starts = matches!(
        reason.code,
        Code::WindowEmpty
            | Code::GuardrailForbidden
            | Code::PolicyExplicitDeny
            | Code::CapacityFull
            | Code::GrantAlreadyActive
            | Code::PrerequisiteMissing
    );
    let mut later = trial.clone();
    for _ in 0..MAX_TURNS {
        let Some(decision) = budget.decide(&later, &[]) else { break };
        if !errors(&decision).iter().any(|error| error.is_same_cause(reason)) {
            if later.now == trial.now {
                break;
            }
            if starts && matches!(trial.command, Command::Request(_)) {
                bundles.push(vec![Step::Start { at: later.now }]);
            }
            bundles.push(vec![Step::Wait { until: later.now }]);
            break;
        }
        let end = decision.grounds().holds.end();
        if end.is_never() || end <= later.now {
            break;
        }
        later.now = end;
    }
    bundles
}
