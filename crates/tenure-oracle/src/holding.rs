//! A source is what an identity holds directly: a standing assignment, a membership, a grant, or what a standing rule
//! gives it. From what it gives, edges lead to what is held too.

use alloc::collections::BTreeSet;

use tenure::fact::{Body, Fact};
use tenure::id::{
    EntitlementId, EventId, GrantId, IdentityId, MembershipId, PermissionId, ResourceId, RuleId, StandingId,
};
use tenure::model::{ConditionNames, GrantTerms, Holder};
use tenure::policy::Via;
use tenure::time::{Reading, Timestamp};

use crate::World;
use crate::death::death;
use crate::eligible::{what, who};
use crate::life::{alive, entitlement_valid, incarnation, resource_valid};

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
    /// On which conditions.
    pub conditions: ConditionNames,
    /// The business event of a grant.
    pub event: Option<EventId>,
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
    /// A standing rule, with what it gives.
    StandingRule(RuleId, EntitlementId),
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

/// All sources of an identity, at any time, those of standing rules too.
pub fn all_sources(world: &World, identity: &IdentityId) -> Vec<Source> {
    let mut sources = sources(world, identity);
    let mut entitlements = BTreeSet::new();
    for fact in &world.facts {
        if let Body::EntitlementDefined(d) = &fact.body {
            entitlements.insert(&d.id);
        }
    }
    for (id, rule) in &world.policy.standing_rules {
        let scopes = rule.scopes.as_ref().map(|list| list.iter().cloned().map(Some).collect());
        let scopes: BTreeSet<Option<ResourceId>> = scopes.unwrap_or_else(|| BTreeSet::from([None]));
        for (entitlement, scope) in
            entitlements.iter().flat_map(|entitlement| scopes.iter().map(move |scope| (entitlement, scope)))
        {
            let entitlement = (*entitlement).clone();
            sources.push(Source {
                id: SourceId::StandingRule(id.clone(), entitlement.clone()),
                holder: identity.clone(),
                entitlement,
                scope: scope.clone(),
                conditions: rule.when.clone(),
                event: None,
                from: rule.valid.start(),
                until: rule.valid.end(),
                since: Timestamp::MIN,
            });
        }
    }
    sources
}

/// All sources of an identity that facts gave, at any time.
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
                    conditions: d.definition.conditions.clone(),
                    event: None,
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
                    conditions: d.definition.conditions.clone(),
                    event: None,
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
                conditions: terms.conditions.clone(),
                event: terms.event.clone(),
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
        SourceId::StandingRule(id, entitlement) => world.policy.standing_rules.get(id).is_some_and(|rule| {
            alive(world, &source.holder, t)
                && what(world, &rule.what, entitlement, t)
                && who(world, &rule.who, &source.holder, Reading::Narrow, t)
        }),
    }
}

/// An edge of the hierarchy that is live.
#[derive(Debug, Clone)]
pub struct Edge {
    /// Where it leads.
    pub to: EntitlementId,
    /// In which subtree; everywhere when absent.
    pub scope: Option<ResourceId>,
    /// On which conditions.
    pub conditions: ConditionNames,
}

impl Edge {
    /// Whether it counts everywhere and without condition.
    pub fn is_plain(&self) -> bool {
        self.scope.is_none() && self.conditions.is_none()
    }
}

/// The edges from an entitlement that are live at `t`.
pub fn edges(world: &World, from: &EntitlementId, t: Timestamp) -> Vec<Edge> {
    let mut edges = Vec::new();
    if let Some(noun) = world.entitlement(from, t) {
        for edge in noun.implies {
            if edge.from <= t && t < edge.until {
                edges.push(Edge { to: edge.entitlement, scope: edge.scope, conditions: edge.conditions });
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
            edges.push(Edge {
                to: d.definition.entitlement.clone(),
                scope: d.definition.scope.clone(),
                conditions: d.definition.conditions.clone(),
            });
        }
    }
    edges.retain(|edge| world.edges.contains(&(from.clone(), edge.to.clone())));
    edges
}

/// Everything to which live edges lead from an entitlement at `t`, itself included, over valid entitlements; read
/// narrowly, by edges without scope and condition only.
pub fn reach(world: &World, from: &EntitlementId, reading: Reading, t: Timestamp) -> BTreeSet<EntitlementId> {
    let (mut reached, mut open) = (BTreeSet::new(), vec![from.clone()]);
    while let Some(here) = open.pop() {
        if !entitlement_valid(world, &here, t) || !reached.insert(here.clone()) {
            continue;
        }
        let counts = |edge: &Edge| reading == Reading::Wide || edge.is_plain();
        open.extend(edges(world, &here, t).into_iter().filter(counts).map(|edge| edge.to));
    }
    reached
}

/// Whether the identity is in the group at `t`, by standing assignments and memberships; `via: any` counts grants too.
pub fn in_group(
    world: &World,
    identity: &IdentityId,
    group: &EntitlementId,
    via: Via,
    reading: Reading,
    t: Timestamp,
) -> bool {
    let counts = |source: &&Source| via == Via::Any || !matches!(source.id, SourceId::Grant(_));
    sources(world, identity).iter().filter(counts).any(|source| leads_to(world, source, group, reading, t))
}

/// Whether the identity holds the entitlement at `t` everywhere and without condition, from whatever source; what
/// standing rules give does not count.
pub fn holds_entitlement(
    world: &World,
    identity: &IdentityId,
    entitlement: &EntitlementId,
    t: Timestamp,
) -> bool {
    let sources = sources(world, identity);
    sources.iter().any(|source| leads_to(world, source, entitlement, Reading::Narrow, t))
}

/// Whether the identity holds the entitlement somewhere at `t`, on whatever condition; what is confined to a scope that
/// does not exist then holds nowhere.
pub fn holds_somewhere(
    world: &World,
    identity: &IdentityId,
    entitlement: &EntitlementId,
    t: Timestamp,
) -> bool {
    let somewhere =
        |source: &&Source| source.scope.as_ref().is_none_or(|scope| resource_valid(world, scope, t));
    let sources = sources(world, identity);
    sources.iter().filter(somewhere).any(|source| leads_to(world, source, entitlement, Reading::Wide, t))
}

/// Whether the source is live and leads there: read narrowly, nowhere confined to a scope or a condition.
fn leads_to(world: &World, source: &Source, to: &EntitlementId, reading: Reading, t: Timestamp) -> bool {
    let plain = source.scope.is_none() && source.conditions.is_none();
    (reading == Reading::Wide || plain)
        && reach(world, &source.entitlement, reading, t).contains(to)
        && live(world, source, t)
}

/// Whether some entitlement of the log ever listed the permission.
pub fn permission_known(world: &World, permission: &PermissionId) -> bool {
    let mut defined = BTreeSet::new();
    world.log.iter().any(|fact| match &fact.body {
        Body::EntitlementDefined(d) if defined.insert(&d.id) => d.definition.permissions.contains(permission),
        Body::EntitlementChanged(c) => {
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
