//! An identity is alive while it is defined, neither suspended nor gone, and under contract. An entitlement or
//! resource is valid from its definition to its retirement. A business event is over when it is closed or past
//! its hard cap.

use alloc::collections::BTreeSet;

use tenure::fact::Body;
use tenure::id::{EntitlementId, EventId, IdentityId, ResourceId};
use tenure::model::{ConditionNames, IdentityKind};
use tenure::time::{Reading, Timestamp};

use crate::World;
use crate::values::Place;

/// Whether somebody is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// There, able to act.
    Active,
    /// There, not able to act.
    Suspended,
    /// Gone.
    Left,
}

/// The status at `t` and how often the identity has joined again by then.
pub fn status(world: &World, identity: &IdentityId, t: Timestamp) -> (Status, u32) {
    let (mut status, mut incarnation) = (Status::Active, 0_u32);
    if world.identity(identity, t).is_none() {
        return (status, incarnation);
    }
    for fact in world.until(t) {
        status = match (&fact.body, status) {
            (Body::IdentitySuspended(n), Status::Active) if n.id == *identity => Status::Suspended,
            (Body::IdentityResumed(n), Status::Suspended) if n.id == *identity => Status::Active,
            (Body::IdentityLeft(n), _) if n.id == *identity => Status::Left,
            (Body::IdentityRejoined(n), Status::Left) if n.id == *identity => {
                incarnation = incarnation.saturating_add(1);
                Status::Active
            }
            (_, unchanged) => unchanged,
        };
    }
    (status, incarnation)
}

/// How often the identity has joined again by `t`.
pub fn incarnation(world: &World, identity: &IdentityId, t: Timestamp) -> u32 {
    status(world, identity, t).1
}

/// Why the identity is not alive at `t`; none if it is.
pub fn why_not_alive(world: &World, identity: &IdentityId, t: Timestamp) -> Option<&'static str> {
    let Some(noun) = world.identity(identity, t) else { return Some("not_defined") };
    match status(world, identity, t).0 {
        Status::Left => Some("left"),
        Status::Suspended => Some("suspended"),
        Status::Active if noun.starts.is_some_and(|starts| t < starts) => Some("not_started"),
        Status::Active if noun.ends.is_some_and(|ends| ends <= t) => Some("contract_ended"),
        Status::Active => None,
    }
}

/// Whether the identity is alive at `t`.
pub fn alive(world: &World, identity: &IdentityId, t: Timestamp) -> bool {
    why_not_alive(world, identity, t).is_none()
}

/// The human that answers for a non-human identity at `t`, if there is one and it is alive.
pub fn accountable(world: &World, identity: &IdentityId, t: Timestamp) -> Option<IdentityId> {
    let owner = world.identity(identity, t)?.owner?;
    let human = world.identity(&owner, t)?.kind == IdentityKind::Human;
    (human && alive(world, &owner, t)).then_some(owner)
}

/// When the entitlement is retired, as far as the log knows.
pub fn entitlement_retired(world: &World, id: &EntitlementId) -> Option<Timestamp> {
    world.timeline.iter().find_map(|fact| match &fact.body {
        Body::EntitlementRetired(n) if n.id == *id => Some(fact.effective_at),
        _ => None,
    })
}

/// When the resource is retired, as far as the log knows.
pub fn resource_retired(world: &World, id: &ResourceId) -> Option<Timestamp> {
    world.timeline.iter().find_map(|fact| match &fact.body {
        Body::ResourceRetired(n) if n.id == *id => Some(fact.effective_at),
        _ => None,
    })
}

/// Whether the entitlement exists at `t`.
pub fn entitlement_valid(world: &World, id: &EntitlementId, t: Timestamp) -> bool {
    world.entitlement(id, t).is_some() && entitlement_retired(world, id).is_none_or(|retired| t < retired)
}

/// Whether the resource exists at `t`.
pub fn resource_valid(world: &World, id: &ResourceId, t: Timestamp) -> bool {
    world.resource(id, t).is_some() && resource_retired(world, id).is_none_or(|retired| t < retired)
}

/// The conditions on which the subtree of `q` contains the place at `t`: both are valid, and `q` is the place or one of
/// its ancestors; the conditions are those of the parents on the way. None if it does not.
pub fn containment(world: &World, q: &ResourceId, place: Place<'_>, t: Timestamp) -> Option<ConditionNames> {
    let exists = place.open.is_some() || resource_valid(world, place.id, t);
    if !exists || !resource_valid(world, q, t) {
        return None;
    }
    line(world, q, place, t)
}

/// The conditions of the parents by which the place stands below `q` or is it, retired or not.
pub fn line(world: &World, q: &ResourceId, place: Place<'_>, t: Timestamp) -> Option<ConditionNames> {
    world.resource(q, t)?;
    let (mut here, mut seen, mut conditions) = (place.id.clone(), BTreeSet::new(), ConditionNames::default());
    if let Some(open) = place.open {
        here = open.parent.clone()?;
    }
    while here != *q {
        let noun = world.resource(&here, t)?;
        let parent = noun.parent?;
        if !world.parents.contains(&(here.clone(), parent.clone())) || !seen.insert(here.clone()) {
            return None;
        }
        conditions.0.extend(noun.parent_while.0);
        here = parent;
    }
    Some(conditions)
}

/// Whether the subtree of `q` contains `r` at `t`; read narrowly, a parent that counts on a condition does not count.
pub fn contains(world: &World, q: &ResourceId, r: &ResourceId, reading: Reading, t: Timestamp) -> bool {
    let found = containment(world, q, Place::registered(r), t);
    found.is_some_and(|conditions| reading == Reading::Wide || conditions.is_none())
}

/// How deep a resource lies at `t`: 1 for a root.
pub fn depth(world: &World, resource: &ResourceId, t: Timestamp) -> usize {
    let (mut here, mut seen) = (resource.clone(), BTreeSet::from([resource.clone()]));
    while let Some(parent) = world.resource(&here, t).and_then(|noun| noun.parent) {
        if !world.parents.contains(&(here.clone(), parent.clone())) || !seen.insert(parent.clone()) {
            break;
        }
        here = parent;
    }
    seen.len()
}

/// The conditions on which what counts in `scope` counts at the place. No scope is everywhere; a scope is never
/// nowhere in particular.
pub fn covers(
    world: &World,
    scope: Option<&ResourceId>,
    place: Option<Place<'_>>,
    t: Timestamp,
) -> Option<ConditionNames> {
    match (scope, place) {
        (None, _) => Some(ConditionNames::default()),
        (Some(_), None) => None,
        (Some(scope), Some(place)) => containment(world, scope, place, t),
    }
}

/// Whether the event is closed at `t`.
pub fn event_closed(world: &World, event: &EventId, t: Timestamp) -> bool {
    let mut closed = false;
    for fact in world.until(t) {
        match &fact.body {
            Body::EventOpened(_) if world.opens(fact, event) => closed = false,
            Body::EventClosed(n) if n.id == *event => closed = true,
            _ => {}
        }
    }
    closed
}

/// The instant of the hard cap in force at `t`.
pub fn event_cap(world: &World, event: &EventId, t: Timestamp) -> Option<Timestamp> {
    let noun = world.event(event, t)?;
    noun.hard_cap.map(|cap| noun.start.plus(cap))
}

/// The planned end in force at `t`.
pub fn planned_end(world: &World, event: &EventId, t: Timestamp) -> Option<Timestamp> {
    world.event(event, t)?.planned_end
}

/// Whether the event is over at `t`; its planned end does not matter here.
pub fn event_over(world: &World, event: &EventId, t: Timestamp) -> bool {
    world.event(event, t).is_none()
        || event_closed(world, event, t)
        || event_cap(world, event, t).is_some_and(|cap| cap <= t)
}

/// Whether any fact ever defined the identity.
pub fn identity_known(world: &World, id: &IdentityId) -> bool {
    world.facts.iter().any(|fact| matches!(&fact.body, Body::IdentityDefined(d) if d.id == *id))
}

/// Whether any fact ever defined the entitlement.
pub fn entitlement_known(world: &World, id: &EntitlementId) -> bool {
    world.facts.iter().any(|fact| matches!(&fact.body, Body::EntitlementDefined(d) if d.id == *id))
}

/// Whether any fact ever defined the resource.
pub fn resource_known(world: &World, id: &ResourceId) -> bool {
    world.facts.iter().any(|fact| matches!(&fact.body, Body::ResourceDefined(d) if d.id == *id))
}
