//! A path leads from a source over edges to a permission. It counts on all conditions on it: of the source, of the
//! edges, and of the parents by which its scopes contain the resource.

use alloc::collections::BTreeSet;

use tenure::id::{EntitlementId, PermissionId};
use tenure::model::ConditionNames;
use tenure::time::Timestamp;

use crate::World;
use crate::holding::{Source, edges, live};
use crate::life::{covers, entitlement_valid, resource_valid};
use crate::values::Place;

/// A way from a source to a permission that is live.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Path {
    /// On which conditions.
    pub conditions: ConditionNames,
    /// The entitlements on it, if the document denies the use of entitlements.
    pub through: BTreeSet<EntitlementId>,
}

/// The ways by which the source gives the permission at the place at `t`. Nothing is given on a resource that does not
/// exist then.
pub fn paths(
    world: &World,
    source: &Source,
    permission: &PermissionId,
    place: Option<Place<'_>>,
    t: Timestamp,
) -> BTreeSet<Path> {
    let mut found = BTreeSet::new();
    let exists = place.is_none_or(|place| place.open.is_some() || resource_valid(world, place.id, t));
    let Some(scoped) = covers(world, source.scope.as_ref(), place, t).filter(|_| exists) else {
        return found;
    };
    if !live(world, source, t) {
        return found;
    }
    let cuts = world.policy.deny.values().any(|rule| rule.what.is_some());
    let first = Path { conditions: both(&source.conditions, &scoped), through: BTreeSet::new() };
    let (mut seen, mut open) = (BTreeSet::new(), vec![(source.entitlement.clone(), first)]);
    while let Some((here, mut path)) = open.pop() {
        if !entitlement_valid(world, &here, t) || !seen.insert((here.clone(), path.clone())) {
            continue;
        }
        if cuts {
            path.through.insert(here.clone());
        }
        if world.entitlement(&here, t).is_some_and(|noun| noun.permissions.contains(permission)) {
            found.insert(path.clone());
        }
        for edge in edges(world, &here, t) {
            let Some(scoped) = covers(world, edge.scope.as_ref(), place, t) else { continue };
            let conditions = both(&path.conditions, &both(&edge.conditions, &scoped));
            open.push((edge.to, Path { conditions, through: path.through.clone() }));
        }
    }
    found
}

fn both(a: &ConditionNames, b: &ConditionNames) -> ConditionNames {
    a.union(b).cloned().collect()
}
