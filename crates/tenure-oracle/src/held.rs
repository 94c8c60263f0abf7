//! Grants of the same holder for the same entitlement in the same scope: how many follow each other, which
//! overlap, and which is extended in place of a second one.

use alloc::collections::BTreeSet;

use tenure::id::GrantId;
use tenure::model::{Basis, GrantState, GrantTerms};
use tenure::policy::{AlreadyHeld, Renewal};
use tenure::time::Timestamp;

use crate::World;
use crate::ask::Ask;
use crate::death::{death, state};
use crate::eligible::Rule;
use crate::holding::grants;

/// Grants of the same holder for the same entitlement in the same scope, by id.
fn same<'w>(world: &'w World, ask: &Ask<'_>) -> Vec<&'w GrantTerms> {
    let all = grants(world).into_iter().map(|(terms, _)| terms);
    all.filter(|terms| {
        terms.beneficiary == *ask.beneficiary
            && terms.entitlement == *ask.entitlement
            && terms.scope.as_ref() == ask.scope
    })
    .collect()
}

/// How many grants follow each other without a pause up to the start, and since when.
pub(crate) fn chain(world: &World, ask: &Ask<'_>, renewal: Renewal) -> (u32, Timestamp) {
    let mut since = ask.start;
    let mut members = BTreeSet::new();
    loop {
        let before = members.len();
        for terms in same(world, ask) {
            let start = terms.term.start();
            let Some((death, _)) = death(world, &terms.id) else { continue };
            let joins = death >= since || since.since(death) < renewal.reset_after;
            if start < death && start <= since && joins {
                members.insert((terms.id.clone(), start));
            }
        }
        since = members.iter().map(|(_, start)| *start).min().unwrap_or(since);
        if members.len() == before {
            return (u32::try_from(members.len()).unwrap_or(u32::MAX), since);
        }
    }
}

/// The first other grant of the same that is held at some instant of the window.
pub(crate) fn overlapping<'w>(world: &'w World, ask: &Ask<'_>, end: Timestamp) -> Option<&'w GrantId> {
    let overlaps = |terms: &&GrantTerms| {
        let start = terms.term.start();
        death(world, &terms.id).is_some_and(|(death, _)| start < death && start < end && ask.start < death)
    };
    same(world, ask).into_iter().find(overlaps).map(|terms| &terms.id)
}

pub(crate) fn held_mode(rules: &[Rule<'_>]) -> AlreadyHeld {
    rules.iter().map(|(_, rule)| rule.already_held).max().unwrap_or_default()
}

/// The grant that is extended in place of a new one: of those that run, the one that dies last.
pub(crate) fn to_extend<'w>(world: &'w World, ask: &Ask<'_>, rules: &[Rule<'_>]) -> Option<&'w GrantTerms> {
    if held_mode(rules) != AlreadyHeld::Extend || ask.start != ask.at {
        return None;
    }
    let active =
        same(world, ask).into_iter().filter(|terms| state(world, terms, ask.at) == GrantState::Active);
    let active = active.filter(|terms| keeps_terms(terms, rules, ask));
    let mut best: Option<&GrantTerms> = None;
    for terms in active {
        let later = best.is_none_or(|best| death(world, &best.id) < death(world, &terms.id));
        let same_instant = best.is_some_and(|best| {
            death(world, &best.id).map(|(t, _)| t) == death(world, &terms.id).map(|(t, _)| t)
        });
        if later && !same_instant {
            best = Some(terms);
        }
    }
    best
}

/// Whether the terms of a grant are as strict as those of a new one would be.
pub(crate) fn keeps_terms(terms: &GrantTerms, rules: &[Rule<'_>], ask: &Ask<'_>) -> bool {
    let strict = match &terms.basis {
        Basis::Policy { on_loss, .. } => {
            rules.iter().all(|(_, rule)| on_loss.stricter(rule.on_loss) == *on_loss)
        }
        Basis::External => true,
    };
    strict
        && rules.iter().all(|(_, rule)| rule.conditions.0.is_subset(&terms.conditions.0))
        && (ask.event.is_none() || ask.event == terms.event.as_ref())
}
