//! What a log says before any question is asked: which facts count, how high the water is, which edges and
//! parents close a cycle, and which facts the nouns of a document are.

use alloc::collections::{BTreeMap, BTreeSet};

use tenure::fact::{Body, Defined, Fact};
use tenure::id::{EntitlementId, FactId, RequestId, ResourceId};
use tenure::model::Holder;
use tenure::policy::PolicyDocument;
use tenure::time::Timestamp;

/// The running maximum of `recorded_at`, set anew by each correction of the clock.
pub(crate) fn high_water(log: &[Fact]) -> Timestamp {
    let mut high = Timestamp::MIN;
    for fact in log {
        high = match &fact.body {
            Body::ClockCorrected(corrected) => corrected.high_water,
            _ => high.max(fact.recorded_at),
        };
    }
    high
}

/// The facts that count: of several extensions by one command the first; and none that a later fact about the
/// same noun takes back before it has taken effect.
pub(crate) fn counted(log: &[Fact]) -> Vec<Fact> {
    let (mut facts, mut commands): (Vec<Fact>, BTreeSet<&RequestId>) = (Vec::new(), BTreeSet::new());
    for fact in log {
        if let Body::GrantExtended(extended) = &fact.body
            && !commands.insert(&extended.command)
        {
            continue;
        }
        if let Some(name) = &fact.replaces {
            facts.retain(|old| {
                let taken_back = old.id == *name
                    && may_be_taken_back(&old.body)
                    && noun_key(&old.body) == noun_key(&fact.body)
                    && old.effective_at > fact.recorded_at;
                !taken_back
            });
        }
        facts.push(fact.clone());
    }
    facts
}

/// Whether a fact changes or turns a noun, or opens or closes an event.
pub(crate) const fn may_be_taken_back(body: &Body) -> bool {
    matches!(
        body,
        Body::IdentityChanged(_)
            | Body::IdentitySuspended(_)
            | Body::IdentityResumed(_)
            | Body::IdentityLeft(_)
            | Body::IdentityRejoined(_)
            | Body::AccountChanged(_)
            | Body::ApplicationChanged(_)
            | Body::ResourceChanged(_)
            | Body::EntitlementChanged(_)
            | Body::EventOpened(_)
            | Body::EventChanged(_)
            | Body::EventClosed(_)
    )
}

/// Which noun a fact is about.
pub(crate) fn noun_key(body: &Body) -> (u8, &str) {
    match body {
        Body::IdentityDefined(b) => (0, b.id.as_str()),
        Body::IdentityChanged(b) => (0, b.id.as_str()),
        Body::IdentitySuspended(b)
        | Body::IdentityResumed(b)
        | Body::IdentityLeft(b)
        | Body::IdentityRejoined(b) => (0, b.id.as_str()),
        Body::AccountDefined(b) => (1, b.id.as_str()),
        Body::AccountChanged(b) => (1, b.id.as_str()),
        Body::AccountRetired(b) => (1, b.id.as_str()),
        Body::ApplicationDefined(b) => (2, b.id.as_str()),
        Body::ApplicationChanged(b) => (2, b.id.as_str()),
        Body::ApplicationRetired(b) => (2, b.id.as_str()),
        Body::ResourceDefined(b) => (3, b.id.as_str()),
        Body::ResourceChanged(b) => (3, b.id.as_str()),
        Body::ResourceRetired(b) => (3, b.id.as_str()),
        Body::EntitlementDefined(b) => (4, b.id.as_str()),
        Body::EntitlementChanged(b) => (4, b.id.as_str()),
        Body::EntitlementRetired(b) => (4, b.id.as_str()),
        Body::StandingAssigned(b) => (5, b.id.as_str()),
        Body::StandingRemoved(b) => (5, b.id.as_str()),
        Body::MembershipAdded(b) => (6, b.id.as_str()),
        Body::MembershipRemoved(b) => (6, b.id.as_str()),
        Body::EventOpened(b) => (7, b.id.as_str()),
        Body::EventChanged(b) => (7, b.id.as_str()),
        Body::EventClosed(b) => (7, b.id.as_str()),
        Body::FeedHeartbeat(b) => (8, b.id.as_str()),
        Body::RequestMade(b) => (9, b.request.id.as_str()),
        Body::RequestResolved(b) => (9, b.id.as_str()),
        Body::RequestWithdrawn(b) => (9, b.id.as_str()),
        Body::GrantIssued(b) => (10, b.id.as_str()),
        Body::GrantExtended(b) => (10, b.id.as_str()),
        Body::GrantEnded(b) | Body::GrantRevoked(b) | Body::GrantVoided(b) => (10, b.id.as_str()),
        Body::PolicyAdopted(_) => (11, ""),
        Body::ClockCorrected(_) => (12, ""),
    }
}

/// An edge that would close a cycle among all edges before it in the log is inert, whatever their windows.
pub(crate) fn edge_pairs(facts: &[Fact]) -> BTreeSet<(EntitlementId, EntitlementId)> {
    let (mut pairs, mut defined, mut assigned) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for fact in facts {
        let added: Vec<(EntitlementId, EntitlementId)> = match &fact.body {
            Body::EntitlementDefined(d) if defined.insert(&d.id) => {
                d.definition.implies.iter().map(|edge| (d.id.clone(), edge.entitlement.clone())).collect()
            }
            Body::EntitlementChanged(c) => {
                let list = c.changes.implies.iter().flatten();
                list.map(|edge| (c.id.clone(), edge.entitlement.clone())).collect()
            }
            Body::StandingAssigned(d) if assigned.insert(&d.id) => match &d.definition.holder {
                Holder::Group(group) => vec![(group.clone(), d.definition.entitlement.clone())],
                Holder::Identity(_) => Vec::new(),
            },
            _ => Vec::new(),
        };
        for pair in added {
            if !leads(&pairs, &pair.1, &pair.0) {
                pairs.insert(pair);
            }
        }
    }
    pairs
}

/// A parent that would make a resource its own ancestor, among all parents before it in the log, is inert.
pub(crate) fn parent_pairs(facts: &[Fact]) -> BTreeSet<(ResourceId, ResourceId)> {
    let (mut pairs, mut defined) = (BTreeSet::new(), BTreeSet::new());
    for fact in facts {
        let added = match &fact.body {
            Body::ResourceDefined(d) if defined.insert(&d.id) => {
                d.definition.parent.clone().map(|parent| (d.id.clone(), parent))
            }
            Body::ResourceChanged(c) => c.changes.parent.clone().map(|parent| (c.id.clone(), parent)),
            _ => None,
        };
        if let Some(pair) = added
            && !leads(&pairs, &pair.1, &pair.0)
        {
            pairs.insert(pair);
        }
    }
    pairs
}

/// Whether steps along `pairs` lead from one to the other; no step leads from a thing to itself.
fn leads<I: Ord + Clone>(pairs: &BTreeSet<(I, I)>, from: &I, to: &I) -> bool {
    let mut seen = BTreeSet::from([from.clone()]);
    let mut open = vec![from.clone()];
    while let Some(here) = open.pop() {
        if here == *to {
            return true;
        }
        for (_, next) in pairs.iter().filter(|(start, _)| *start == here) {
            if seen.insert(next.clone()) {
                open.push(next.clone());
            }
        }
    }
    false
}

/// The nouns of the document as facts since ever.
pub fn noun_facts(policy: &PolicyDocument) -> Vec<Fact> {
    fn of<I: Clone, N: Clone>(
        nouns: &BTreeMap<I, N>,
        body: fn(Defined<I, N>) -> Body,
    ) -> impl Iterator<Item = Body> + use<'_, I, N> {
        nouns.iter().map(move |(id, noun)| body(Defined { definition: noun.clone(), id: id.clone() }))
    }
    let bodies = of(&policy.applications, Body::ApplicationDefined)
        .chain(of(&policy.resources, Body::ResourceDefined))
        .chain(of(&policy.identities, Body::IdentityDefined))
        .chain(of(&policy.accounts, Body::AccountDefined))
        .chain(of(&policy.entitlements, Body::EntitlementDefined))
        .chain(of(&policy.standing, Body::StandingAssigned))
        .chain(of(&policy.memberships, Body::MembershipAdded))
        .chain(of(&policy.events, Body::EventOpened));
    let id = |n: usize| FactId::new(format!("policy/{n}")).ok();
    bodies.enumerate().filter_map(|(n, body)| Some(Fact::new(id(n)?, Timestamp::MIN, body))).collect()
}
