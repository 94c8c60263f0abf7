//! From what somebody holds at an instant down to the permissions, and where each is had: the scopes on a way lie one
//! within the other, or the way leads nowhere.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use crate::compile::Holding;
use crate::engine::Engine;
use crate::store::NONE;
use crate::time::Timestamp;

impl Engine {
    /// The permissions that ways give at `t`, each with the deepest scope on a way.
    pub(super) fn regions(&self, who: u32, t: Timestamp) -> BTreeSet<(u32, u32)> {
        let mut open: Vec<(u32, u32)> = Vec::new();
        let held = self.rows().get(who).iter().filter(|holding| holding.is_live(t));
        open.extend(held.map(|holding: &Holding| (holding.entitlement, holding.scope)));
        self.held_by_rule(who, t, |entitlement, scope| open.push((entitlement, scope)));
        open.retain(|(_, scope)| self.is_place(*scope, t));
        let hierarchy = self.world().hierarchy;
        let mut seen = BTreeSet::new();
        let mut found = BTreeSet::new();
        while let Some((entitlement, region)) = open.pop() {
            if !seen.insert((entitlement, region)) {
                continue;
            }
            let listed = hierarchy.lists(entitlement).iter().filter(|(_, window)| window.contains(t));
            found.extend(listed.map(|(permission, _)| (*permission, region)));
            for edge in hierarchy.edges(entitlement).iter().filter(|edge| edge.window.contains(t)) {
                open.extend(self.deeper(region, edge.scope, t).map(|region| (edge.to, region)));
            }
        }
        found
    }

    /// What standing rules give somebody at `t`, and in which scopes.
    pub(super) fn held_by_rule(&self, who: u32, t: Timestamp, mut each: impl FnMut(u32, u32)) {
        let world = self.world();
        let count = u32::try_from(world.state.entitlements.len()).unwrap_or(u32::MAX);
        let everywhere = [NONE];
        for rule in &self.rules().standing {
            let all: Vec<u32> = match rule.what.ids() {
                Some(ids) => ids.to_vec(),
                None => (0..count).collect(),
            };
            for entitlement in all {
                if rule.when(world, who, entitlement).is_some_and(|when| when.contains(t)) {
                    for scope in rule.places.list().unwrap_or(&everywhere) {
                        each(entitlement, *scope);
                    }
                }
            }
        }
    }

    /// Whether a scope is everywhere or exists.
    fn is_place(&self, scope: u32, t: Timestamp) -> bool {
        scope == NONE || self.world().tree.is_valid(scope, t)
    }

    /// The one of two scopes that lies within the other; none if they lie apart.
    pub(super) fn deeper(&self, a: u32, b: u32, t: Timestamp) -> Option<u32> {
        let tree = self.world().tree;
        if b == NONE {
            return Some(a);
        }
        if a == NONE {
            return tree.is_valid(b, t).then_some(b);
        }
        if tree.contains_until(a, b, t).is_some() {
            return Some(b);
        }
        tree.contains_until(b, a, t).map(|_| a)
    }
}
