//! What sets the end: without the limits that bind, the grant would last until the next one.

use alloc::vec::Vec;

use serde::Serialize;

use super::step::Step;
use super::trial::{Budget, Trial};
use crate::decide::{Bound, Decision, Leave, Verdict};
use crate::policy::BoundKind;
use crate::time::Timestamp;

/// The limits that set the end of an item, and what would be without them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Longer {
    /// The limits that bind; all of them have to go.
    pub binding: Vec<Bound>,
    /// Which item of the request, counted from 0.
    pub item: u32,
    /// What the requester can do about it, tried; absent where nobody but others can do anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<Step>,
    /// When it would end then; absent if nothing else would end it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// What would make each item last longer.
pub(super) fn longer(trial: &Trial, decision: &Decision, budget: &mut Budget) -> Vec<Longer> {
    let mut found = Vec::new();
    let bounds = &decision.grounds().bounds;
    let mut items: Vec<u32> = bounds.iter().map(|bound| bound.item).collect();
    items.dedup();
    for item in items {
        let binding: Vec<Bound> =
            bounds.iter().filter(|bound| bound.item == item && bound.binding).cloned().collect();
        let left: Vec<Leave> = binding.iter().map(|bound| Leave::Bound(bound.kind, item)).collect();
        let Some(end) = binding.first().map(|bound| bound.end) else { continue };
        let without = budget.decide(trial, &left).filter(|after| after.verdict() != Verdict::Deny);
        let until = without.as_ref().and_then(|after| end_of(after, item)).filter(|until| *until > end);
        let asked = binding.iter().all(|bound| matches!(bound.kind, BoundKind::Asked | BoundKind::Default));
        let step = until.filter(|_| asked).and_then(|until| ask_longer(trial, decision, item, until, budget));
        found.push(Longer { binding, item, step, until });
    }
    found
}

/// Asking for longer, where that is what it takes.
fn ask_longer(
    trial: &Trial,
    decision: &Decision,
    item: u32,
    until: Timestamp,
    budget: &mut Budget,
) -> Option<Step> {
    let (start, end) = (decision.grants().get(item as usize)?.start, end_of(decision, item)?);
    let step = Step::Last { duration: until.since(start) };
    let after = budget.decide(&trial.after(&step)?, &[])?;
    end_of(&after, item).filter(|later| *later > end).map(|_| step)
}

fn end_of(decision: &Decision, item: u32) -> Option<Timestamp> {
    let bounds = decision.grounds().bounds.iter();
    bounds.filter(|bound| bound.item == item && bound.binding).map(|bound| bound.end).min()
}
