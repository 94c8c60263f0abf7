//! How an answer goes on: until when it stays, when it changes next, and by what it is given.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use super::verdict::Denials;
use super::ways::{Asked, Origin, Way};
use super::{SourceKind, Via};
use crate::compile::{Source, Truth};
use crate::engine::Engine;
use crate::time::{IntervalSet, Timestamp};

/// The course of an answer from an instant on.
pub(super) struct Course {
    /// The end of the time without a gap in which it is allowed; none if it is not.
    pub(super) until: Option<Timestamp>,
    /// When a source begins or ceases to give it, or a denial to stand against it.
    pub(super) next: Option<Timestamp>,
    /// What gives it, the source that lasts longest first.
    pub(super) via: Vec<Via>,
}

impl Engine {
    /// The course of an answer from `t` on.
    pub(super) fn course(
        &self,
        asked: &Asked<'_>,
        ways: &[Way],
        denials: &Denials<'_>,
        t: Timestamp,
    ) -> Course {
        let mut sources: BTreeMap<(Origin, u32), IntervalSet> = BTreeMap::new();
        for way in ways {
            let held = self.holds_when(asked, way, denials, Truth::True);
            let all = sources.entry((way.origin, way.entitlement)).or_default();
            *all = all.union(&held);
        }
        let mut next: Option<Timestamp> = None;
        let mut all = IntervalSet::empty();
        let mut via = Vec::new();
        for ((origin, entitlement), when) in &sources {
            next = next.into_iter().chain(when.next_change_after(t)).min();
            if let Some(window) = when.component(t) {
                via.extend(self.via(*origin, *entitlement, window.end()));
            }
            all = all.union(when);
        }
        via.sort_unstable_by_key(|via: &Via| {
            (core::cmp::Reverse(via.until.unwrap_or(Timestamp::MAX)), via.source, via.id.clone())
        });
        if !denials.is_empty() {
            let spared = self.spared_when(asked, denials);
            let turns = spared.windows(2).filter_map(|pair| match pair {
                [(_, a), (later, b)] if a != b => Some(later.start()),
                _ => None,
            });
            next = next.into_iter().chain(turns.filter(|turn| *turn > t)).min();
            let clear = spared.iter().filter(|(_, truth)| *truth == Truth::True).map(|(window, _)| *window);
            all = all.intersect(&IntervalSet::from_windows(clear));
        }
        Course { until: all.component(t).map(|window| window.end()), next, via }
    }

    /// The kind and the name of where a way begins.
    pub(crate) fn source(&self, origin: Origin) -> Option<(SourceKind, String)> {
        let state = self.assumed();
        Some(match origin {
            Origin::Held(Source::Grant(grant)) => {
                (SourceKind::Grant, state.grant_id(state.grants.at(grant)?).as_str().into())
            }
            Origin::Held(Source::Standing(standing)) => {
                let row = state.standing.at(standing)?;
                let kind = if row.membership { SourceKind::Membership } else { SourceKind::Standing };
                (kind, state.standing_id(row.name).as_str().into())
            }
            Origin::Rule(rule) => {
                (SourceKind::StandingRule, self.rules().standing.get(rule as usize)?.id.as_str().into())
            }
        })
    }

    fn via(&self, origin: Origin, entitlement: u32, end: Timestamp) -> Option<Via> {
        let (source, id) = self.source(origin)?;
        let entitlement = self.assumed().entitlement_id(entitlement)?;
        Some(Via { entitlement, id, source, until: Some(end).filter(|end| !end.is_never()) })
    }
}
