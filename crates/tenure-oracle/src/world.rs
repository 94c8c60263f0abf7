//! A world is a log of facts and the policy that judges it. Anything said of a noun at an instant reads its
//! timeline: the entries in force by then, in the order of their effect and, within one instant, of the log.

use alloc::collections::{BTreeMap, BTreeSet};
use core::cell::{OnceCell, RefCell};

use tenure::fact::{Body, Cause, Defined, Fact};
use tenure::id::{EntitlementId, EventId, FactId, GrantId, IdentityId, ResourceId};
use tenure::model::{BusinessEvent, Change, Entitlement, Holder, Identity, Resource};
use tenure::policy::PolicyDocument;
use tenure::time::Timestamp;

use crate::eligible::Asked;

/// Everything a decision may read.
#[derive(Debug)]
pub struct World {
    /// The log in its order; the nouns of a document that was never adopted stand first.
    pub facts: Vec<Fact>,
    /// The rules.
    pub policy: PolicyDocument,
    /// The digest of the document, hexadecimal.
    pub digest: String,
    /// The latest `recorded_at`, or what a correction of the clock said later.
    pub high_water: Timestamp,
    /// The facts by (`effective_at`, position).
    pub(crate) timeline: Vec<Fact>,
    /// The pairs of entitlements between which edges count: those that close no cycle.
    pub(crate) edges: BTreeSet<(EntitlementId, EntitlementId)>,
    /// The pairs (child, parent) that make no resource its own ancestor.
    pub(crate) parents: BTreeSet<(ResourceId, ResourceId)>,
    /// What was worked out before; a world never changes.
    pub(crate) memo: Memo,
}

/// Answers that do not depend on `now`, kept only to save time.
#[derive(Debug, Default)]
pub(crate) struct Memo {
    pub(crate) instants: OnceCell<Vec<Timestamp>>,
    pub(crate) deaths: RefCell<BTreeMap<GrantId, (Timestamp, Cause)>>,
    pub(crate) matches: RefCell<BTreeMap<Asked, bool>>,
}

impl World {
    /// The world of a log and a document. A log that never adopted a policy is read as if the nouns of the
    /// document were defined since ever, before all facts.
    pub fn new(policy: PolicyDocument, digest: impl Into<String>, facts: Vec<Fact>) -> Self {
        let adopted = facts.iter().any(|fact| matches!(fact.body, Body::PolicyAdopted(_)));
        let mut log = if adopted { Vec::new() } else { noun_facts(&policy) };
        log.extend(facts);
        Self::of_log(policy, digest.into(), log)
    }

    /// The same world after these facts.
    #[must_use]
    pub fn with(&self, facts: &[Fact]) -> Self {
        let log = self.facts.iter().chain(facts).cloned().collect();
        Self::of_log(self.policy.clone(), self.digest.clone(), log)
    }

    fn of_log(policy: PolicyDocument, digest: String, log: Vec<Fact>) -> Self {
        let high_water = high_water(&log);
        let facts = without_replaced(log);
        let mut timeline = facts.clone();
        timeline.sort_by_key(|fact| fact.effective_at);
        let (edges, parents) = (edge_pairs(&facts), parent_pairs(&facts));
        Self { facts, policy, digest, high_water, timeline, edges, parents, memo: Memo::default() }
    }

    /// The instant of a decision: `now`, or the high water if that is later.
    pub fn at(&self, now: Timestamp) -> Timestamp {
        now.max(self.high_water)
    }

    /// The facts in force at `t`, in the order of their effect.
    pub fn until(&self, t: Timestamp) -> impl Iterator<Item = &Fact> {
        self.timeline.iter().take_while(move |fact| fact.effective_at <= t)
    }

    /// The digest and the instant of the last adoption; none if no policy was ever adopted.
    pub fn adopted(&self) -> Option<(&str, Timestamp)> {
        self.facts.iter().rev().find_map(|fact| match &fact.body {
            Body::PolicyAdopted(adopted) => Some((adopted.digest.as_str(), fact.effective_at)),
            _ => None,
        })
    }

    /// From when the policy judges grants that run; since ever if it was never adopted.
    pub fn adoption(&self) -> Timestamp {
        self.adopted().map_or(Timestamp::MIN, |(_, at)| at)
    }

    /// The identity as it is at `t`; none before its definition.
    pub fn identity(&self, id: &IdentityId, t: Timestamp) -> Option<Identity> {
        let define = |body: &Body| match body {
            Body::IdentityDefined(d) => definition(d, id),
            _ => None,
        };
        self.noun(t, define, |body, noun| {
            if let Body::IdentityChanged(c) = body
                && c.id == *id
            {
                c.changes.apply(noun);
            }
        })
    }

    /// The entitlement as it is at `t`, retired or not; none before its definition.
    pub fn entitlement(&self, id: &EntitlementId, t: Timestamp) -> Option<Entitlement> {
        let define = |body: &Body| match body {
            Body::EntitlementDefined(d) => definition(d, id),
            _ => None,
        };
        self.noun(t, define, |body, noun| {
            if let Body::EntitlementChanged(c) = body
                && c.id == *id
            {
                c.changes.apply(noun);
            }
        })
    }

    /// The resource as it is at `t`, retired or not; none before its definition.
    pub fn resource(&self, id: &ResourceId, t: Timestamp) -> Option<Resource> {
        let define = |body: &Body| match body {
            Body::ResourceDefined(d) => definition(d, id),
            _ => None,
        };
        self.noun(t, define, |body, noun| {
            if let Body::ResourceChanged(c) = body
                && c.id == *id
            {
                c.changes.apply(noun);
            }
        })
    }

    /// The business event as it is at `t`, closed or not; none before its definition.
    pub fn event(&self, id: &EventId, t: Timestamp) -> Option<BusinessEvent> {
        let define = |body: &Body| match body {
            Body::EventOpened(d) => definition(d, id),
            _ => None,
        };
        self.noun(t, define, |body, noun| {
            if let Body::EventChanged(c) = body
                && c.id == *id
            {
                c.changes.apply(noun);
            }
        })
    }

    /// The first definition in the log counts, from its effect on; then every change in force by `t`.
    fn noun<N>(
        &self,
        t: Timestamp,
        define: impl Fn(&Body) -> Option<N>,
        change: impl Fn(&Body, &mut N),
    ) -> Option<N> {
        let (from, mut noun) =
            self.facts.iter().find_map(|fact| Some((fact.effective_at, define(&fact.body)?)))?;
        if t < from {
            return None;
        }
        for fact in self.until(t) {
            change(&fact.body, &mut noun);
        }
        Some(noun)
    }
}

fn definition<I: PartialEq, N: Clone>(defined: &Defined<I, N>, id: &I) -> Option<N> {
    (defined.id == *id).then(|| defined.definition.clone())
}

/// The running maximum of `recorded_at`, set anew by each correction of the clock.
fn high_water(log: &[Fact]) -> Timestamp {
    let mut high = Timestamp::MIN;
    for fact in log {
        high = match &fact.body {
            Body::ClockCorrected(corrected) => corrected.high_water,
            _ => high.max(fact.recorded_at),
        };
    }
    high
}

/// A fact that has not taken effect is taken back by a later one about the same noun that names it.
fn without_replaced(log: Vec<Fact>) -> Vec<Fact> {
    let mut replaced = BTreeSet::new();
    for (n, fact) in log.iter().enumerate() {
        let Some(name) = &fact.replaces else { continue };
        let by_then: Vec<Fact> = log.iter().take(n).cloned().collect();
        let known = high_water(&by_then).max(fact.recorded_at);
        let old = by_then.iter().position(|old| {
            old.id == *name && old.effective_at > known && noun_key(&old.body) == noun_key(&fact.body)
        });
        replaced.extend(old);
    }
    log.into_iter().enumerate().filter(|(n, _)| !replaced.contains(n)).map(|(_, fact)| fact).collect()
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
fn edge_pairs(facts: &[Fact]) -> BTreeSet<(EntitlementId, EntitlementId)> {
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
fn parent_pairs(facts: &[Fact]) -> BTreeSet<(ResourceId, ResourceId)> {
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
