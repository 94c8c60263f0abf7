//! Effective access is the union of what all sources give: along a path the minimum of the ends, over several
//! paths the maximum. Whether an end was recorded plays no part: the windows of the sources end there already.

use crate::compile::{Givers, Holding, Route, first_outside};
use crate::engine::{Engine, Row};
use crate::store::NONE;
use crate::time::Timestamp;

/// A holding that gives a permission at some time, with the routes by which it does; always and everywhere if
/// there are none to look at.
pub(crate) type Giving<'a> = (&'a Holding, Option<&'a [Route]>);

/// How many holdings that give one permission are kept at hand; who has more is searched more than once.
const FEW: usize = 8;

/// Conditions decide, beside what is held and when.
pub(crate) struct Conditional;

impl Engine {
    /// Until when a row gives a permission that it gives at `t`, without a gap; none if it does not.
    pub(crate) fn until(
        &self,
        row: Row<'_>,
        givers: Givers<'_>,
        resource: u32,
        t: Timestamp,
    ) -> Result<Option<Timestamp>, Conditional> {
        let (mut few, mut held) = ([None; FEW], 0usize);
        for giving in row.giving(givers) {
            if is_conditional(giving) {
                return Err(Conditional);
            }
            if let Some(slot) = few.get_mut(held) {
                *slot = Some(giving);
            }
            held = held.saturating_add(1);
        }
        Ok(if held > FEW {
            self.extended(t, |t| self.longest(row.giving(givers), resource, t))
        } else {
            self.extended(t, |t| self.longest(few.iter().map_while(|giving| *giving), resource, t))
        })
    }

    /// Whether a row gives a permission at `t`.
    pub(crate) fn gives(
        &self,
        row: Row<'_>,
        givers: Givers<'_>,
        resource: u32,
        t: Timestamp,
    ) -> Result<bool, Conditional> {
        let mut conditional = false;
        for (holding, routes) in row.giving(givers) {
            match self.gives_by((holding, routes), resource, t) {
                Ok(true) => return Ok(true),
                Ok(false) => {}
                Err(Conditional) => conditional = true,
            }
        }
        if conditional { Err(Conditional) } else { Ok(false) }
    }

    /// Whether a holding gives a permission at `t`.
    #[inline]
    pub(crate) fn gives_by(
        &self,
        giving: Giving<'_>,
        resource: u32,
        t: Timestamp,
    ) -> Result<bool, Conditional> {
        if is_conditional(giving) {
            return Err(Conditional);
        }
        let (holding, routes) = giving;
        Ok(self.until_by(holding, routes, resource, t).is_some())
    }

    /// From the end of what gives a permission at `t` on to the end of what gives it then, and so on. Each turn
    /// ends at a later change of some source, and there are finitely many.
    fn extended(&self, t: Timestamp, longest: impl Fn(Timestamp) -> Option<Timestamp>) -> Option<Timestamp> {
        let mut until = longest(t)?;
        while !until.is_never() {
            match longest(until) {
                Some(later) if later > until => until = later,
                _ => break,
            }
        }
        Some(until)
    }

    /// Until when the holding that lasts longest gives a permission at `t`.
    fn longest<'a>(
        &self,
        giving: impl Iterator<Item = Giving<'a>>,
        resource: u32,
        t: Timestamp,
    ) -> Option<Timestamp> {
        giving.fold(None, |longest, (holding, routes)| {
            // What ends before needs no look.
            if longest.is_some_and(|until| until >= holding.end) {
                return longest;
            }
            longest.max(self.until_by(holding, routes, resource, t))
        })
    }

    /// Until when a holding gives a permission that it gives at `t`, as far as can be told without looking past
    /// the next change; none if it does not.
    #[inline]
    fn until_by(
        &self,
        holding: &Holding,
        routes: Option<&[Route]>,
        resource: u32,
        t: Timestamp,
    ) -> Option<Timestamp> {
        if !holding.is_live(t) {
            return None;
        }
        let world = self.world();
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
}

/// Whether a holding gives a permission only on conditions, or by some route with conditions.
#[inline]
fn is_conditional((holding, routes): Giving<'_>) -> bool {
    holding.is_conditional()
        || routes.is_some_and(|routes| routes.iter().any(|route| !route.guards.is_empty()))
}
