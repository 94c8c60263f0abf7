//! One path is witness enough: the shortest one by which a source gives a permission at an instant, and of those the
//! first by its ids.

use alloc::vec::Vec;

use crate::check::{Asked, Denials, Way};
use crate::compile::{Edge, Guard, Truth};
use crate::engine::Engine;
use crate::store::NONE;
use crate::time::{IntervalSet, Timestamp};

impl Engine {
    /// From what a way begins with to the entitlement that lists the permission, along what comes to nothing worse than
    /// `worst` at `t`.
    pub(super) fn witness(
        &self,
        asked: &Asked<'_>,
        way: &Way,
        denials: &Denials<'_>,
        worst: Truth,
        t: Timestamp,
    ) -> Vec<u32> {
        let hierarchy = self.world().hierarchy;
        let givers = hierarchy.givers(asked.permission);
        let lists = |entitlement: u32| {
            let mut listed = hierarchy.lists(entitlement).iter();
            listed.any(|(permission, window)| *permission == asked.permission && window.contains(t))
        };
        // What is found first is found in the order of the paths, since edges stand in the order of ids.
        let mut found: Vec<(u32, usize)> = alloc::vec![(way.entitlement, usize::MAX)];
        let mut next = 0usize;
        while let Some((node, _)) = found.get(next).copied() {
            if lists(node) {
                return chain(&found, next);
            }
            for edge in hierarchy.edges(node) {
                let open = edge.window.contains(t)
                    && givers.by(edge.to).is_some()
                    && !found.iter().any(|(known, _)| *known == edge.to)
                    && self.passes(asked, way, edge, denials, worst, t);
                if open {
                    found.push((edge.to, next));
                }
            }
            next = next.saturating_add(1);
        }
        alloc::vec![way.entitlement]
    }

    /// Whether an edge, its scope and what it leads to come to nothing worse than `worst`.
    fn passes(
        &self,
        asked: &Asked<'_>,
        way: &Way,
        edge: &Edge,
        denials: &Denials<'_>,
        worst: Truth,
        t: Timestamp,
    ) -> bool {
        let denied = self.world().hierarchy.denied(edge.to);
        let mut guards = edge.guards.clone();
        guards.extend(denied.iter().map(|denial| Guard::Allowed { denial: *denial, entitlement: edge.to }));
        if edge.scope != NONE {
            let containing = self.containing(asked, edge.scope);
            match containing.into_iter().find(|(when, _)| when.contains(t)) {
                Some((_, more)) => guards.extend(more),
                None => return false,
            }
        }
        if guards.is_empty() {
            return true;
        }
        let step = Way { when: IntervalSet::always(), guards, ..*way };
        self.judge_way(asked, &step, denials, t).truth <= worst
    }
}

/// The way back to the beginning, turned round.
pub(super) fn chain(found: &[(u32, usize)], last: usize) -> Vec<u32> {
    let mut path = Vec::new();
    let mut at = last;
    // Each is found from one before it.
    while let Some((node, from)) = found.get(at) {
        path.push(*node);
        at = *from;
    }
    path.reverse();
    path
}
