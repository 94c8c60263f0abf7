//! Effective access is the union of what all sources give: along a path the minimum of the ends, over several
//! paths the maximum. Whether an end was recorded plays no part: the windows of the sources end there already.

use crate::compile::{Hierarchy, Holding, first_outside};
use crate::engine::Engine;
use crate::store::NONE;
use crate::time::{IntervalSet, Timestamp};

impl Engine {
    /// Until when a holding gives a permission that it gives at `t`, as far as can be told without looking past
    /// the next change; none if it does not.
    #[inline]
    pub(crate) fn until_by(
        &self,
        holding: &Holding,
        givers: &[u32],
        permission: u32,
        resource: u32,
        t: Timestamp,
    ) -> Option<Timestamp> {
        if !holding.is_live(t) {
            return None;
        }
        let world = self.world();
        let giver = Hierarchy::giver(givers, holding.entitlement)?;
        let mut until = holding.end;
        if holding.scope != NONE || resource != NONE {
            until = until.min(world.tree.contains_until(holding.scope, resource, t)?);
        }
        let Some(routes) = world.hierarchy.limits(permission, giver) else {
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
        let Some(giver) = Hierarchy::giver(world.hierarchy.givers(permission), holding.entitlement) else {
            return IntervalSet::empty();
        };
        let Some(window) = holding.window() else { return IntervalSet::empty() };
        let mut when = IntervalSet::from(window);
        if holding.scope != NONE {
            when = when.intersect(&world.tree.contains_when(holding.scope, resource));
        } else if resource != NONE {
            when = when.intersect(&world.tree.contains_when(resource, resource));
        }
        if let Some(routes) = world.hierarchy.limits(permission, giver) {
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
