//! In place of what was denied, something that shares permissions with it; in place of what would be granted, something
//! that it contains. Each was tried.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use core::cmp::Reverse;

use serde::Serialize;

use super::cause::{Asked, asked};
use super::step::Step;
use super::trial::{Budget, Trial};
use crate::compile::beyond;
use crate::decide::{Command, Decision, Verdict};
use crate::time::Timestamp;

/// Something else that could be asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Alternative {
    /// How many permissions that gives which was asked for.
    pub asked: u32,
    /// How many permissions this one gives beyond them.
    pub more: u32,
    /// How many of them this one gives.
    pub shared: u32,
    /// To ask for it.
    pub step: Step,
    /// When it would end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// The verdict on it.
    pub verdict: Verdict,
}

/// The most alternatives to one item, and the most that are tried.
const MAX_ALTERNATIVES: usize = 3;
const MAX_TRIED: usize = 8;

/// The most permissions, and the most that give one of them, that are looked at.
const MAX_LOOKED_AT: usize = 64;

/// What could be asked for in place of an item.
pub(super) fn alternatives(trial: &Trial, decision: &Decision, budget: &mut Budget) -> Vec<Alternative> {
    let Command::Request(request) = &trial.command else { return Vec::new() };
    let mut found = Vec::new();
    let denied = decision.verdict() == Verdict::Deny;
    let reasons = &decision.grounds().reasons;
    for item in 0..u32::try_from(request.items.len()).unwrap_or(u32::MAX) {
        if denied && !reasons.iter().any(|reason| reason.item == Some(item)) {
            continue;
        }
        let Some(asked) = asked(trial, item) else { continue };
        let mut kept = 0usize;
        for other in others(trial, asked, !denied) {
            let Some(entitlement) = trial.engine.assumed().entitlement_id(other.entitlement) else {
                continue;
            };
            let step = Step::AskFor { entitlement, item: trial.of_several(item) };
            let Some(after) = trial.after(&step).and_then(|trial| budget.decide(&trial, &[])) else {
                continue;
            };
            let better = match decision.verdict() {
                Verdict::Deny => still_denied(&after, item),
                _ => after.verdict() == Verdict::Deny,
            };
            if better {
                continue;
            }
            found.push(Alternative {
                asked: other.asked,
                more: other.more,
                shared: other.shared,
                step,
                until: after.grants().get(item as usize).map(|grant| grant.end),
                verdict: after.verdict(),
            });
            kept = kept.saturating_add(1);
            if kept >= MAX_ALTERNATIVES {
                break;
            }
        }
    }
    found
}

/// Whether something still stands in the way of the item, or of all.
fn still_denied(after: &Decision, item: u32) -> bool {
    let reasons = super::cause::errors(after);
    reasons.iter().any(|reason| reason.item.is_none_or(|of| of == item))
}

struct Other {
    entitlement: u32,
    asked: u32,
    shared: u32,
    more: u32,
}

/// Entitlements that share permissions with what was asked and that some rule lets the beneficiary obtain there; what
/// shares most first, then what gives least. `within` takes those alone that give nothing else.
fn others(trial: &Trial, asked: Asked, within: bool) -> Vec<Other> {
    let (world, state) = (trial.engine.world(), trial.engine.assumed());
    let permissions = permissions(trial, asked.what);
    let mut shared: BTreeMap<u32, u32> = BTreeMap::new();
    for permission in permissions.iter().take(MAX_LOOKED_AT) {
        for giver in world.hierarchy.givers(*permission).list().take(MAX_LOOKED_AT) {
            let count = shared.entry(giver).or_default();
            *count = count.saturating_add(1);
        }
    }
    shared.remove(&asked.what);
    let obtainable = |other: &u32| {
        let mut rules = trial.engine.rules().candidates(*other);
        rules.any(|rule| rule.matches_when(world, asked.who, *other, asked.scope).contains(asked.start))
    };
    let total = u32::try_from(permissions.len()).unwrap_or(u32::MAX);
    let mut others: Vec<Other> = shared
        .into_iter()
        .map(|(entitlement, shared)| {
            let gives = u32::try_from(world.hierarchy.gives(entitlement)).unwrap_or(u32::MAX);
            Other { entitlement, asked: total, shared, more: gives.saturating_sub(shared) }
        })
        .filter(|other| !within || (other.more == 0 && other.shared < total))
        .collect();
    others.sort_by_key(|other| {
        let name = state.entitlement_names.name(other.entitlement).cloned();
        (Reverse(other.shared), other.more, name)
    });
    others.into_iter().filter(|other| obtainable(&other.entitlement)).take(MAX_TRIED).collect()
}

/// The permissions that an entitlement ever gives.
fn permissions(trial: &Trial, entitlement: u32) -> BTreeSet<u32> {
    let world = trial.engine.world();
    let inside = beyond(world.state, world.conditions, entitlement);
    let nouns = inside.keys().filter_map(|inner| world.state.entitlements.at(*inner)?.noun.as_ref());
    let names = nouns.flat_map(|noun| noun.segments()).flat_map(|(_, version)| &version.permissions);
    let found = names.filter_map(|name| world.state.permission_names.find(name.as_str()));
    found.filter(|permission| world.hierarchy.givers(*permission).by(entitlement).is_some()).collect()
}
