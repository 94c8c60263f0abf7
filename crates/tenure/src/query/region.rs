//! What is had in a subtree is not had alike in all of it: denials may speak of places inside of it, and places may
//! stand under what is above only on conditions.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use super::Except;
use super::judge::Judged;
use crate::check::{Asked, Way};
use crate::compile::{CompiledDenial, Guard, Truth};
use crate::engine::Engine;
use crate::store::NONE;
use crate::time::{IntervalSet, Timestamp};

impl Engine {
    /// Where, strictly inside of a region, more decides than in the rest of it.
    pub(super) fn excepts(
        &self,
        asked: &Asked<'_>,
        judged: &Judged<'_>,
        region: u32,
        t: Timestamp,
    ) -> Vec<Except> {
        let mut all = BTreeSet::new();
        for (number, denial) in &judged.denials.of_permission {
            if !judged.denials.circles.get(number).is_some_and(|when| when.contains(t)) {
                self.denied_inside(asked, denial, NONE, region, t, &mut all);
            }
        }
        let live = judged.ways.iter().filter(|way| way.when.contains(t));
        let best = live.filter(|way| self.judge_way(asked, way, &judged.denials, t).truth == judged.best);
        let mut apart = BTreeSet::new();
        for way in best {
            let found = self.excepts_of(asked, way, judged, region, t);
            if found.is_empty() {
                // It gives the same in all of the region.
                apart.clear();
                break;
            }
            apart.extend(found);
        }
        all.extend(apart);
        all.into_iter().collect()
    }

    fn excepts_of(
        &self,
        asked: &Asked<'_>,
        way: &Way,
        judged: &Judged<'_>,
        region: u32,
        t: Timestamp,
    ) -> BTreeSet<Except> {
        let mut found = BTreeSet::new();
        for guard in &way.guards {
            let Guard::Allowed { denial, entitlement } = guard else { continue };
            let concerned = judged.denials.circles.get(denial).is_some_and(|when| when.contains(t));
            let rule = self.rules().restrictions.denials.get(*denial as usize);
            if let Some(rule) = rule.filter(|_| !concerned) {
                let what = rule.what.as_ref().and_then(|what| what.when(self.assumed(), *entitlement));
                if what.is_some_and(|what| what.contains(t)) {
                    self.denied_inside(asked, rule, *entitlement, region, t, &mut found);
                }
            }
        }
        if !way.everywhere {
            self.conditional_inside(region, t, &mut found);
        }
        found
    }

    /// Where a denial that does not concern the region as a whole concerns a part of it.
    fn denied_inside(
        &self,
        asked: &Asked<'_>,
        denial: &CompiledDenial,
        entitlement: u32,
        region: u32,
        t: Timestamp,
        found: &mut BTreeSet<Except>,
    ) {
        let world = self.world();
        let anywhere = denial.circle.when(world, asked.who, |_| IntervalSet::always(), t);
        if !anywhere.contains(t) {
            return;
        }
        let environment = asked.environment(self, entitlement, NONE);
        if world.conditions.judge(&denial.rule.when, &environment, t).truth == Truth::False {
            return;
        }
        for place in denial.circle.places.list().into_iter().flatten() {
            if self.lies_inside(*place, region, t) {
                found.extend(self.assumed().resource_id(*place).map(|scope| Except {
                    conditions: BTreeSet::new(),
                    rule: Some(denial.id.clone()),
                    scope,
                }));
            }
        }
    }

    fn conditional_inside(&self, region: u32, t: Timestamp, found: &mut BTreeSet<Except>) {
        let state = self.assumed();
        for place in self.world().tree.conditional_at(t) {
            let noun = state.resources.at(place).and_then(|row| row.noun.as_ref());
            if let Some(noun) = noun.filter(|_| self.lies_inside(place, region, t)) {
                let version = noun.segments().find(|(window, _)| window.contains(t));
                found.extend(state.resource_id(place).zip(version).map(|(scope, (_, version))| Except {
                    conditions: version.parent_while.0.clone(),
                    rule: None,
                    scope,
                }));
            }
        }
    }

    /// Whether a place lies strictly inside of a region; what is retired may have something below that lives on.
    fn lies_inside(&self, place: u32, region: u32, t: Timestamp) -> bool {
        let tree = self.world().tree;
        let life = tree.life_below(place);
        if region == NONE {
            return life.is_some_and(|life| life.contains(t));
        }
        place != region && tree.stands_when((region, tree.life(region)), (place, life)).contains(t)
    }
}
