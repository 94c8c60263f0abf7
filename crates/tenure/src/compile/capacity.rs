//! Capacity: at most so many persons hold an entitlement at the same instant, and at least so many. The most is a
//! limit on every request; the least keeps nothing from ending.

use alloc::collections::BTreeSet;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::selector::What;
use super::{Holding, World, standing_of};
use crate::id::RuleId;
use crate::policy::{Capacity, PolicyDocument};
use crate::state::State;
use crate::time::{IntervalSet, Reading, Timestamp};

/// A capacity whose names are references.
#[derive(Debug)]
pub(crate) struct CompiledCapacity {
    pub(crate) id: RuleId,
    pub(crate) rule: Arc<Capacity>,
    what: What,
    /// The entitlements that it counts at some time.
    pub(crate) counted: Vec<u32>,
}

/// For each capacity who holds, ever held or will hold what it counts.
pub(crate) type Holders = Vec<BTreeSet<u32>>;

impl CompiledCapacity {
    /// The capacities of a document.
    pub(crate) fn all(document: &PolicyDocument, state: &State) -> Vec<Self> {
        let count = u32::try_from(state.entitlements.len()).unwrap_or(u32::MAX);
        let compiled = document.capacity.iter().map(|(id, rule)| {
            let what = What::new(&rule.what, state);
            let counted = (0..count).filter(|entitlement| what.when(state, *entitlement).is_some());
            Self { id: id.clone(), rule: Arc::new(rule.clone()), counted: counted.collect(), what }
        });
        compiled.collect()
    }

    /// The instants at which holding an entitlement counts.
    pub(crate) fn counts_when(&self, world: World<'_>, entitlement: u32) -> IntervalSet {
        let mut when = IntervalSet::empty();
        for counted in &self.counted {
            let leads = world.hierarchy.member_when(entitlement, *counted, Reading::Wide);
            if let (Some(leads), Some(valid)) = (leads, self.what.when(world.state, *counted)) {
                when = when.union(&leads.intersect(&valid));
            }
        }
        when
    }

    fn held_when(&self, world: World<'_>, row: &[Holding]) -> IntervalSet {
        row.iter().fold(IntervalSet::empty(), |held, holding| {
            let counts = holding.window().map(|window| {
                self.counts_when(world, holding.entitlement).intersect(&IntervalSet::from(window))
            });
            counts.map_or_else(|| held.clone(), |counts| held.union(&counts))
        })
    }

    /// Whether who holds an entitlement ever holds what it counts.
    fn leads(&self, world: World<'_>, entitlement: u32) -> bool {
        let leads =
            |counted: &u32| world.hierarchy.member_when(entitlement, *counted, Reading::Wide).is_some();
        self.counted.iter().any(leads)
    }

    /// Whether somebody is to be looked at: also for a grant that is void, which a late fact may yet bring to life.
    pub(crate) fn concerns(&self, world: World<'_>, who: u32) -> bool {
        let person = world.state.person(who);
        let standing = standing_of(world.state, person.last_standing).map(|standing| standing.entitlement);
        let grants = world.state.grants_of(who).map(|grant| grant.entitlement);
        standing.chain(grants).any(|entitlement| self.leads(world, entitlement))
    }

    /// How many of those with these rows hold what it counts, from each instant at which that changes.
    pub(crate) fn census<'r>(
        &self,
        world: World<'_>,
        rows: impl Iterator<Item = &'r [Holding]>,
    ) -> Vec<(Timestamp, u32)> {
        let mut turns: Vec<(Timestamp, i32)> = Vec::new();
        for row in rows {
            for window in self.held_when(world, row).windows() {
                turns.push((window.start(), 1));
                turns.push((window.end(), -1));
            }
        }
        turns.sort_unstable();
        let mut census: Vec<(Timestamp, u32)> = alloc::vec![(Timestamp::MIN, 0)];
        for (t, step) in turns {
            let (last, count) = census.last().copied().unwrap_or((Timestamp::MIN, 0));
            let now = count.saturating_add_signed(step);
            match census.last_mut() {
                Some(entry) if last == t => entry.1 = now,
                _ => census.push((t, now)),
            }
        }
        census
    }
}
