//! Corrections are searched for from what promises fewest steps on: what cures the first thing that stands in the way is
//! tried, then what cures the next one. What leads to another verdict is a correction; steps that it does not need are left
//! out of it.

use alloc::collections::BinaryHeap;
use alloc::vec::Vec;
use core::cmp::{Ordering, Reverse};

use serde::Serialize;

use super::cause::errors;
use super::remedy;
use super::step::Step;
use super::trial::{Budget, Trial};
use crate::decide::{Audience, Decision, Reason, Verdict};
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
const MAX_STEPS: usize = 64;

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
    let mut open: BinaryHeap<Open> = BinaryHeap::from([Open::new(trial.clone(), decision, 0)]);
    let mut order = 1usize;
    'search: while let Some(Open { trial: here, reasons, .. }) = open.pop() {
        let Some(first) = reasons.first() else { continue };
        for bundle in remedy::remedies(&here, first, budget) {
            if found.len() >= MAX_CORRECTIONS || budget.left() < KEPT {
                budget.spend();
                break 'search;
            }
            if here.steps.len().saturating_add(bundle.len()) > MAX_STEPS {
                budget.spend();
                continue;
            }
            let Some(next) = bundle.iter().try_fold(here.clone(), |trial, step| trial.after(step)) else {
                continue;
            };
            let Some(after) = budget.decide(&next, &[]) else { continue };
            if after.verdict() == Verdict::Deny {
                // What changes nothing of what it was meant to cure leads nowhere.
                if !errors(&after).contains(first) {
                    open.push(Open::new(next, &after, order));
                    order = order.saturating_add(1);
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

/// A trial that is still denied, and why. The greatest is the one to go on with: of those that may come to the fewest steps the
/// one with the fewest reasons left, and of those the first.
struct Open {
    trial: Trial,
    reasons: Vec<Reason>,
    order: usize,
}

impl Open {
    fn new(trial: Trial, decision: &Decision, order: usize) -> Self {
        Self { trial, reasons: errors(decision), order }
    }

    fn rank(&self) -> Reverse<(usize, usize, usize)> {
        let left = self.reasons.len();
        Reverse((self.trial.steps.len().saturating_add(left), left, self.order))
    }
}

impl Ord for Open {
    fn cmp(&self, other: &Self) -> Ordering {
        self.rank().cmp(&other.rank())
    }
}

impl PartialOrd for Open {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Open {
    fn eq(&self, other: &Self) -> bool {
        self.rank() == other.rank()
    }
}

impl Eq for Open {}

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
            // What was needed beside this one may not be any more.
            Some(decision) if decision.verdict() != Verdict::Deny => {
                (steps, after, place) = (fewer, decision, 0)
            }
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
