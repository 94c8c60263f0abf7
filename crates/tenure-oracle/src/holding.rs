//! A source is what an identity holds directly: a standing assignment, a membership, or a grant. From what it
//! gives, edges lead to what is held too.

use alloc::collections::BTreeSet;

use tenure::fact::{Body, Fact};
use tenure::id::{EntitlementId, GrantId, IdentityId, MembershipId, PermissionId, ResourceId, StandingId};
use tenure::model::{GrantTerms, Holder};
use tenure::time::Timestamp;

use crate::World;
use crate::death::death;
use crate::life::{alive, covers, entitlement_valid, incarnation, resource_valid};

/// What an identity holds directly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Which one.
    pub id: SourceId,
    /// Whose.
    pub holder: IdentityId,
    /// What it gives.
    pub entitlement: EntitlementId,
    /// In which subtree; everywhere when absent.
    pub scope: Option<ResourceId>,
    /// From when until when, as it was written; the life of the holder apart.
    from: Timestamp,
    until: Timestamp,
    /// The effect of the fact that gave it.
    since: Timestamp,
}

/// The name of a source.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum SourceId {
    /// A standing assignment.
    Standing(StandingId),
    /// A membership.
    Membership(MembershipId),
    /// A grant.
    Grant(GrantId),
}

/// The grant of that name as it was first issued, and when that took effect.
pub fn grant<'w>(world: &'w World, id: &GrantId) -> Option<(&'w GrantTerms, Timestamp)> {
    grants(world).into_iter().find(|(terms, _)| terms.id == *id)
}

/// Every grant, by id, with the effect of its issue; the first in the log counts.
pub fn grants(world: &World) -> Vec<(&GrantTerms, Timestamp)> {
    let mut seen = BTreeSet::new();
    let mut grants: Vec<_> = world
        .facts
        .iter()
        .filter_map(|fact| match &fact.body {
            Body::GrantIssued(terms) if seen.insert(&terms.id) => Some((terms, fact.effective_at)),
            _ => None,
        })
        .collect();
    grants.sort_by_key(|(terms, _)| &terms.id);
    grants
}

/// All sources of an identity, at any time.
pub fn sources(world: &World, identity: &IdentityId) -> Vec<Source> {
    let (mut assigned, mut added) = (BTreeSet::new(), BTreeSet::new());
    let mut sources = Vec::new();
    for fact in &world.facts {
        let since = fact.effective_at;
        match &fact.body {
            Body::StandingAssigned(d)
                if assigned.insert(&d.id) && d.definition.holder == Holder::Identity(identity.clone()) =>
            {
                sources.push(Source {
                    id: SourceId::Standing(d.id.clone()),
                    holder: identity.clone(),
                    entitlement: d.definition.entitlement.clone(),
                    scope: d.definition.scope.clone(),
                    from: d.definition.from.max(since),
                    until: d.definition.until.min(standing_removed(world, &d.id)),
                    since,
                });
            }
            Body::MembershipAdded(d) if added.insert(&d.id) && d.definition.member == *identity => {
                sources.push(Source {
                    id: SourceId::Membership(d.id.clone()),
                    holder: identity.clone(),
                    entitlement: d.definition.group.clone(),
                    scope: d.definition.scope.clone(),
                    from: d.definition.from.max(since),
                    until: d.definition.until.min(membership_removed(world, &d.id)),
                    since,
                });
            }
            _ => {}
        }
    }
    for (terms, since) in grants(world) {
        if terms.beneficiary == *identity {
            sources.push(Source {
                id: SourceId::Grant(terms.id.clone()),
                holder: identity.clone(),
                entitlement: terms.entitlement.clone(),
                scope: terms.scope.clone(),
                from: terms.term.start(),
                until: Timestamp::MAX,
                since,
            });
        }
    }
    sources
}

/// Whether `t` is among the instants over which the source gives what it gives.
pub fn live(world: &World, source: &Source, t: Timestamp) -> bool {
    if !(source.from <= t && t < source.until) {
        return false;
    }
    match &source.id {
        SourceId::Grant(id) => death(world, id).is_some_and(|(death, _)| t < death),
        SourceId::Standing(_) | SourceId::Membership(_) => {
            let joined = incarnation(world, &source.holder, source.since);
            alive(world, &source.holder, t) && incarnation(world, &source.holder, t) == joined
        }
    }
}

/// The edges from an entitlement that are live at `t`: where they lead, and in which scope.
pub fn edges(world: &World, from: &EntitlementId, t: Timestamp) -> Vec<(EntitlementId, Option<ResourceId>)> {
    let mut edges = Vec::new();
    if let Some(noun) = world.entitlement(from, t) {
        for edge in noun.implies {
            if edge.from <= t && t < edge.until {
                edges.push((edge.entitlement, edge.scope));
            }
        }
    }
    let mut assigned = BTreeSet::new();
    for fact in &world.facts {
        if let Body::StandingAssigned(d) = &fact.body
            && assigned.insert(&d.id)
            && d.definition.holder == Holder::Group(from.clone())
            && fact.effective_at <= t
            && d.definition.from <= t
            && t < d.definition.until
            && t < standing_removed(world, &d.id)
        {
            edges.push((d.definition.entitlement.clone(), d.definition.scope.clone()));
        }
    }
    edges.retain(|(to, _)| world.edges.contains(&(from.clone(), to.clone())));
    edges
}

/// Everything to which live edges lead from an entitlement at `t`, itself included, over valid entitlements
/// and edges whose scope satisfies `passes`.
pub fn reach(
    world: &World,
    from: &EntitlementId,
    t: Timestamp,
    passes: impl Fn(Option<&ResourceId>) -> bool,
) -> BTreeSet<EntitlementId> {
    let (mut reached, mut open) = (BTreeSet::new(), vec![from.clone()]);
    while let Some(here) = open.pop() {
        if !entitlement_valid(world, &here, t) || !reached.insert(here.clone()) {
            continue;
        }
        for (to, scope) in edges(world, &here, t) {
            if passes(scope.as_ref()) {
                open.push(to);
            }
        }
    }
    reached
}

/// Whether the source gives the permission on the resource at `t`. Nothing is given on a resource that does
/// not exist then.
pub fn gives(
    world: &World,
    source: &Source,
    permission: &PermissionId,
    resource: Option<&ResourceId>,
    t: Timestamp,
) -> bool {
    if resource.is_some_and(|r| !resource_valid(world, r, t))
        || !live(world, source, t)
        || !covers(world, source.scope.as_ref(), resource, t)
    {
        return false;
    }
    let reached = reach(world, &source.entitlement, t, |scope| covers(world, scope, resource, t));
    reached.iter().any(|entitlement| {
        world.entitlement(entitlement, t).is_some_and(|noun| noun.permissions.contains(permission))
    })
}

/// Whether the identity is in the group at `t`: a standing assignment or membership, never a grant, leads to
/// it, nowhere confined to a scope.
pub fn in_group(world: &World, identity: &IdentityId, group: &EntitlementId, t: Timestamp) -> bool {
    sources(world, identity).iter().any(|source| {
        !matches!(source.id, SourceId::Grant(_))
            && source.scope.is_none()
            && live(world, source, t)
            && reach(world, &source.entitlement, t, |scope| scope.is_none()).contains(group)
    })
}

/// Whether some entitlement of the log ever listed the permission.
pub fn permission_known(world: &World, permission: &PermissionId) -> bool {
    let mut defined = BTreeSet::new();
    world.log.iter().any(|fact| match &fact.body {
        Body::EntitlementDefined(d) if defined.insert(&d.id) => d.definition.permissions.contains(permission),
        Body::EntitlementChanged(c) if crate::life::entitlement_known(world, &c.id) => {
            c.changes.permissions.as_ref().is_some_and(|list| list.contains(permission))
        }
        _ => false,
    })
}

fn standing_removed(world: &World, id: &StandingId) -> Timestamp {
    earliest(world, |fact| matches!(&fact.body, Body::StandingRemoved(n) if n.id == *id))
}

fn membership_removed(world: &World, id: &MembershipId) -> Timestamp {
    earliest(world, |fact| matches!(&fact.body, Body::MembershipRemoved(n) if n.id == *id))
}

fn earliest(world: &World, is: impl Fn(&Fact) -> bool) -> Timestamp {
    world.timeline.iter().find(|fact| is(fact)).map_or(Timestamp::MAX, |fact| fact.effective_at)
}
