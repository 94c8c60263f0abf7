//! From facts and rules to sets of instants. Every constraint is evaluated to the set of instants at which it
//! holds; ends, causes and changes fall out of these sets.

mod capacity;
mod closure;
mod conditions;
mod eligibility;
mod ends;
mod environment;
mod events;
mod judge;
mod life;
mod listed;
mod restrictions;
mod selector;
mod sources;
mod standing;
mod tree;

pub(crate) use capacity::{CompiledCapacity, Holders};
pub(crate) use closure::{Edge, Givers, Guard, Hierarchy, HierarchyError, Route, beyond, join};
pub(crate) use conditions::Conditions;
pub(crate) use eligibility::{CompiledRule, Deaths, Rules, World, held_when, lost_at};
pub(crate) use ends::{Death, latest};
pub(crate) use environment::{Environment, Place, Unsaid, name_of};
pub(crate) use events::{open_set, planned_set, uncapped_set, unclosed_set};
pub(crate) use judge::{Judged, Truth};
pub(crate) use life::{Dormancy, Life};
pub(crate) use listed::Several;
pub(crate) use restrictions::{Circle, CompiledDenial, CompiledGuardrail, Restrictions};
pub(crate) use selector::{Places, member_when, standing_of};
pub(crate) use sources::{Holding, Source, all_holdings, holdings, renewed};
pub(crate) use standing::CompiledStanding;
pub(crate) use tree::Tree;

use crate::time::{IntervalSet, Timestamp};

/// The first instant at or after `from` that is not in the set.
pub(crate) fn first_outside(set: &IntervalSet, from: Timestamp) -> Timestamp {
    set.component(from).map_or(from, |window| window.end())
}
