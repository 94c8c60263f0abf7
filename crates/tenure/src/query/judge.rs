//! What a check says of one place, told with since when, until when and along which paths.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::cmp::Reverse;

use super::{Path, limit};
use crate::check::{Access, Asked, Denials, Origin, Way};
use crate::compile::{Place, Truth};
use crate::engine::Engine;
use crate::id::EntitlementId;
use crate::time::{IntervalSet, Timestamp, Window};

/// What is allowed, or depends on something that was not said.
pub(super) struct Judged<'a> {
    pub(super) access: Access,
    /// What was not said and decides.
    pub(super) missing: Vec<String>,
    /// Around now: while it is allowed, or while it is not denied if it is conditional.
    pub(super) window: Window,
    /// The sources with a way that is as good as any, the one that lasts longest first.
    pub(super) paths: Vec<Path>,
    /// The best value of a way.
    pub(super) best: Truth,
    pub(super) ways: Vec<Way>,
    pub(super) denials: Denials<'a>,
}

/// A source that gives something, with one of its ways.
type Sources<'w> = BTreeMap<(Origin, u32, u32), (IntervalSet, &'w Way)>;

impl Engine {
    /// The answer to a question, unless it is denied.
    pub(super) fn judged(&self, asked: &Asked<'_>, t: Timestamp) -> Option<Judged<'_>> {
        let ways = self.ways(asked);
        if !ways.iter().any(|way| way.when.contains(t)) {
            return None;
        }
        let denials = self.denials_of_givers(asked, &ways, t);
        let standing = self.stands(asked, &ways, &denials, t);
        let best = standing.ways.as_ref()?.truth;
        let access = match standing.truth {
            Truth::True => Access::Allowed,
            Truth::Missing => Access::Conditional,
            Truth::Failed | Truth::False => return None,
        };
        let mut sources: Sources<'_> = BTreeMap::new();
        let mut all = IntervalSet::empty();
        for way in &ways {
            let held = self.holds_when(asked, way, &denials, best);
            let enough = if best == standing.truth {
                held.clone()
            } else {
                self.holds_when(asked, way, &denials, standing.truth)
            };
            all = all.union(&enough);
            let known = sources
                .entry((way.origin, way.entitlement, way.scope))
                .or_insert((IntervalSet::empty(), way));
            known.0 = known.0.union(&held);
        }
        if !denials.is_empty() {
            let spared = self.spared_when(asked, &denials).into_iter();
            let spared = spared.filter(|(_, truth)| *truth <= standing.truth).map(|(window, _)| window);
            all = all.intersect(&IntervalSet::from_windows(spared));
        }
        let window = all.component(t)?;
        let missing = if access == Access::Conditional { standing.missing() } else { Vec::new() };
        let mut paths = Vec::new();
        for (when, way) in sources.values() {
            if let Some(window) = when.component(t) {
                let entitlements = self.witness(asked, way, &denials, best, t);
                paths.extend(self.path(way.origin, way.scope, &entitlements, window));
            }
        }
        sort(&mut paths);
        Some(Judged { access, missing, window, paths, best, ways, denials })
    }

    /// The denials that may concern a question, with those of everything that gives the permission.
    pub(super) fn denials_of_givers<'a>(
        &'a self,
        asked: &Asked<'_>,
        ways: &[Way],
        t: Timestamp,
    ) -> Denials<'a> {
        let hierarchy = self.world().hierarchy;
        if !hierarchy.has_denied() {
            return self.denials(asked, ways, t);
        }
        let givers = hierarchy.givers(asked.permission).list();
        let along = givers.flat_map(|giver| hierarchy.denied(giver).iter().copied());
        self.denials_along(asked, ways, along, t)
    }

    /// A path as answers tell it.
    pub(super) fn path(
        &self,
        origin: Origin,
        scope: u32,
        entitlements: &[u32],
        window: Window,
    ) -> Option<Path> {
        let (source, id) = self.source(origin)?;
        Some(Path {
            entitlements: self.names(entitlements),
            from: limit(window.start()),
            id: Arc::from(id),
            scope: self.assumed().resource_id(scope),
            source,
            until: limit(window.end()),
        })
    }

    pub(super) fn names(&self, entitlements: &[u32]) -> Arc<[EntitlementId]> {
        entitlements.iter().filter_map(|e| self.assumed().entitlement_id(*e)).collect()
    }

    /// Whether a place is asked about on whose way conditions may stand, or a permission of whose use rules decide.
    pub(super) fn is_plain(&self, permission: u32, place: Place<'_>) -> Option<u32> {
        match place {
            Place::Registered(on) if !self.is_ruled(permission, on) => Some(on),
            Place::Registered(_) | Place::Open(..) | Place::Within(_) => None,
        }
    }
}

/// The path that lasts longest first; then by what gives it.
pub(super) fn sort(paths: &mut [Path]) {
    paths.sort_by(|a, b| {
        let key = |path: &Path| Reverse(path.until.unwrap_or(Timestamp::MAX));
        let rest = |path: &Path| (path.source, Arc::clone(&path.id));
        key(a)
            .cmp(&key(b))
            .then_with(|| rest(a).cmp(&rest(b)))
            .then_with(|| a.entitlements.cmp(&b.entitlements))
            .then_with(|| a.scope.cmp(&b.scope))
    });
}
