//! From facts and rules to sets of instants. Every constraint is evaluated to the set of instants at which it
//! holds; ends, causes and changes fall out of these sets.

mod closure;
mod eligibility;
mod ends;
mod events;
mod life;
mod sources;
mod tree;

pub(crate) use closure::{Givers, Hierarchy, HierarchyError, Route};
pub(crate) use eligibility::{CompiledRule, Rules, World, lost_at, standing_of};
pub(crate) use ends::Death;
pub(crate) use events::{open_set, planned_set, uncapped_set, unclosed_set};
pub(crate) use life::{Dormancy, Life};
pub(crate) use sources::{Holding, Source, all_holdings, holdings, renewed};
pub(crate) use tree::Tree;

use crate::time::{IntervalSet, Timestamp};

/// The first instant at or after `from` that is not in the set.
pub(crate) fn first_outside(set: &IntervalSet, from: Timestamp) -> Timestamp {
    set.component(from).map_or(from, |window| window.end())
}
