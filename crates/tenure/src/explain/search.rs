//! Corrections are searched for breadth first: what cures the first thing that stands in the way is tried, then what
//! cures the next one behind it. What leads to another verdict is a correction; steps that it does not need are left
//! out of it.

use alloc::collections::VecDeque;
use alloc::vec::Vec;

use serde::Serialize;

use super::cause::errors;
use super::remedy;
use super::step::Step;
use super::trial::{Budget, Trial};
use crate::decide::{Audience, Decision, Verdict};
use crate::time::Timestamp;

/// Steps that were tried and that together lead to a better verdict; with any of them left out they do not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Correction {
    /// Who may be told of it: whoever may be told of all of its steps.
    pub audience: Audience,
    /// What to do, in this order.
    pub steps: Vec<Step>,
    /// When the first of the grants would end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// The verdict that follows.
    pub verdict: Verdict,
}

/// The most corrections that are told.
const MAX_CORRECTIONS: usize = 8;

/// The most steps that one takes.
const MAX_STEPS: usize = 6;

/// The decisions that are kept for what comes after the corrections.
const KEPT: u32 = 40;

/// What would change a denial, or what is pending.
pub(super) fn corrections(trial: &Trial, decision: &Decision, budget: &mut Budget) -> Vec<Correction> {
    let mut found: Vec<Correction> = Vec::new();
    if let Decision::Pending(pending) = decision {
        let owed =
            pending.obligations.iter().map(|owed| Step::Approve { owed: owed.for_audience(Audience::Admin) });
        let agreed = owed.clone().try_fold(trial.clone(), |trial, step| trial.after(&step));
        let after = agreed.and_then(|agreed| budget.decide(&agreed, &[]));
        let permit = after.filter(|after| after.verdict() == Verdict::Permit);
        return permit.map(|after| correction(owed.collect(), &after)).into_iter().collect();
    }
    let mut open: VecDeque<(Trial, Decision)> = VecDeque::from([(trial.clone(), decision.clone())]);
    while let Some((here, decision)) = open.pop_front() {
        let reasons = errors(&decision);
        let Some(first) = reasons.first() else { continue };
        for bundle in remedy::remedies(&here, first, budget) {
            if found.len() >= MAX_CORRECTIONS || budget.left() < KEPT {
                budget.spend();
                found.sort_by_key(|correction| (correction.audience, correction.steps.len()));
                return found;
            }
            if here.steps.len().saturating_add(bundle.len()) > MAX_STEPS {
                continue;
            }
            let Some(next) = bundle.iter().try_fold(here.clone(), |trial, step| trial.after(step)) else {
                continue;
            };
            let Some(after) = budget.decide(&next, &[]) else { continue };
            if after.verdict() == Verdict::Deny {
                // What changes nothing of what it was meant to cure leads nowhere.
                if !errors(&after).contains(first) {
                    open.push_back((next, after));
                }
                continue;
            }
            let (steps, after) = needed(trial, next.steps, after, budget);
            let known = |other: &Correction| {
                other.steps.iter().all(|step| steps.iter().any(|one| one.is_same_but_for_example(step)))
            };
            if !found.iter().any(known) {
                found.push(correction(steps, &after));
            }
        }
    }
    found.sort_by_key(|correction| (correction.audience, correction.steps.len()));
    found
}

/// The steps without those that are not needed, and what they lead to.
fn needed(
    trial: &Trial,
    mut steps: Vec<Step>,
    mut after: Decision,
    budget: &mut Budget,
) -> (Vec<Step>, Decision) {
    let mut place = 0;
    while steps.len() > 1 && place < steps.len() {
        let mut fewer = steps.clone();
        fewer.remove(place);
        let tried = fewer.iter().try_fold(trial.clone(), |trial, step| trial.after(step));
        match tried.and_then(|tried| budget.decide(&tried, &[])) {
            Some(decision) if decision.verdict() != Verdict::Deny => (steps, after) = (fewer, decision),
            _ => place = place.saturating_add(1),
        }
    }
    (steps, after)
}

fn correction(steps: Vec<Step>, after: &Decision) -> Correction {
    Correction {
        audience: steps.iter().map(Step::audience).max().unwrap_or(Audience::Requester),
        steps,
        until: after.grants().iter().map(|grant| grant.end).min(),
        verdict: after.verdict(),
    }
}
