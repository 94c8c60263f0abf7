//! Effective access is the union of what all sources give: along a path the minimum of the ends, over several
//! paths the maximum. Whether an end was recorded plays no part: the windows of the sources end there already.

use crate::compile::{Givers, Holding, first_outside};
use crate::engine::Engine;
use crate::store::NONE;
use crate::time::{IntervalSet, Timestamp};

impl Engine {
    /// Until when a row gives a permission that it gives at `t`, without a gap; none if it does not.
    pub(crate) fn until(
        &self,
        row: &[Holding],
        givers: Givers<'_>,
        resource: u32,
        t: Timestamp,
    ) -> Option<Timestamp> {
        let mut until = self.longest(row, givers, resource, t)?;
        // Each turn ends at a later change of some source, and there are finitely many.
        while !until.is_never() {
            match self.longest(row, givers, resource, until) {
                Some(later) if later > until => until = later,
                _ => break,
            }
        }
        Some(until)
    }

    /// Until when the source that lasts longest gives a permission at `t`. The one that ends last is looked at
    /// first: once it gives the permission, those that end before need no look.
    fn longest(&self, row: &[Holding], givers: Givers<'_>, resource: u32, t: Timestamp) -> Option<Timestamp> {
        const FEW: usize = 16;
        let mut live = [(Timestamp::MIN, 0usize); FEW];
        let mut count = 0usize;
        for (place, holding) in row.iter().enumerate().filter(|(_, holding)| holding.is_live(t)) {
            match live.get_mut(count) {
                Some(slot) => *slot = (holding.end, place),
                None => return row.iter().filter_map(|h| self.until_by(h, givers, resource, t)).max(),
            }
            count = count.saturating_add(1);
        }
        let live = live.get_mut(..count)?;
        live.sort_unstable_by_key(|(end, _)| core::cmp::Reverse(*end));
        let mut longest = None;
        for (end, place) in live.iter() {
            if longest.is_some_and(|until| until >= *end) {
                break;
            }
            longest = longest.max(row.get(*place).and_then(|h| self.until_by(h, givers, resource, t)));
        }
        longest
    }

    /// Until when a holding gives a permission that it gives at `t`, as far as can be told without looking past
    /// the next change; none if it does not.
    #[inline]
    pub(crate) fn until_by(
        &self,
        holding: &Holding,
        givers: Givers<'_>,
        resource: u32,
        t: Timestamp,
    ) -> Option<Timestamp> {
        if !holding.is_live(t) {
            return None;
        }
        let world = self.world();
        let routes = givers.by(holding.entitlement)?;
        let mut until = holding.end;
        if holding.scope != NONE || resource != NONE {
            until = until.min(world.tree.contains_until(holding.scope, resource, t)?);
        }
        let Some(routes) = routes else {
            return Some(until);
        };
        let beyond = routes.iter().filter(|route| route.is_open(t)).filter_map(|route| {
            let open = first_outside(&route.when, t);
            route
                .scopes
                .iter()
                .try_fold(open, |end, scope| Some(end.min(world.tree.contains_until(*scope, resource, t)?)))
        });
        beyond.max().map(|end| end.min(until))
    }

    /// The instants at which a holding gives a permission.
    pub(crate) fn when_by(&self, holding: &Holding, permission: u32, resource: u32) -> IntervalSet {
        let world = self.world();
        let Some(routes) = world.hierarchy.givers(permission).by(holding.entitlement) else {
            return IntervalSet::empty();
        };
        let Some(window) = holding.window() else { return IntervalSet::empty() };
        let mut when = IntervalSet::from(window);
        if holding.scope != NONE {
            when = when.intersect(&world.tree.contains_when(holding.scope, resource));
        } else if resource != NONE {
            when = when.intersect(&world.tree.contains_when(resource, resource));
        }
        if let Some(routes) = routes {
            let beyond = routes.iter().fold(IntervalSet::empty(), |beyond, route| {
                let route = route.scopes.iter().fold(route.when.clone(), |when, scope| {
                    when.intersect(&world.tree.contains_when(*scope, resource))
                });
                beyond.union(&route)
            });
            when = when.intersect(&beyond);
        }
        when
    }
}
