//! A world is a log of facts and the policy that judges it. Anything said of a noun at an instant reads its
//! timeline: the entries in force by then, in the order of their effect and, within one instant, of the log.

use alloc::collections::{BTreeMap, BTreeSet};
use core::cell::{Cell, OnceCell, RefCell};

use tenure::fact::{Body, Cause, Defined, Fact};
use tenure::id::{ApplicationId, EntitlementId, EventId, FactId, GrantId, IdentityId, ResourceId};
use tenure::model::{Application, BusinessEvent, Change, Entitlement, Identity, Resource};
use tenure::policy::PolicyDocument;
use tenure::time::Timestamp;

use crate::eligible::Asked;
use crate::expression::Conditions;
use crate::log::{
    EventFact, counted, edge_pairs, event_facts, high_water, noun_facts, parent_pairs, taken_back,
};

/// Everything a decision may read.
#[derive(Debug)]
pub struct World {
    /// The facts that count, in the order of the log; the nouns of a document that was never adopted stand last.
    pub facts: Vec<Fact>,
    /// The rules.
    pub policy: PolicyDocument,
    /// The digest of the document, hexadecimal.
    pub digest: String,
    /// The latest `recorded_at`, or what a correction of the clock said later.
    pub high_water: Timestamp,
    /// All facts in the order of the log.
    pub(crate) log: Vec<Fact>,
    /// The facts that count, by (`effective_at`, position).
    pub(crate) timeline: Vec<Fact>,
    /// What the facts about business events say beside themselves, by the name of the fact.
    pub(crate) events: BTreeMap<FactId, EventFact>,
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
    pub(crate) deaths: OnceCell<Deaths>,
    /// Whether the deaths are being worked out.
    pub(crate) working: Cell<bool>,
    /// What is known of the deaths while they are worked out.
    pub(crate) so_far: RefCell<Deaths>,
    pub(crate) matches: RefCell<BTreeMap<Asked, bool>>,
    pub(crate) conditions: OnceCell<Conditions>,
}

/// When each grant dies and of what.
pub(crate) type Deaths = BTreeMap<GrantId, (Timestamp, Cause)>;

impl World {
    /// The world of a log and a document. A log that never adopted a policy is read as if the nouns of the
    /// document had been recorded last, in effect since ever.
    pub fn new(policy: PolicyDocument, digest: impl Into<String>, facts: Vec<Fact>) -> Self {
        let adopted = facts.iter().any(|fact| matches!(fact.body, Body::PolicyAdopted(_)));
        let mut log = facts;
        if !adopted {
            log.extend(noun_facts(&policy));
        }
        Self::of_log(policy, digest.into(), log)
    }

    /// The same world after these facts.
    #[must_use]
    pub fn with(&self, facts: &[Fact]) -> Self {
        let log = self.log.iter().chain(facts).cloned().collect();
        Self::of_log(self.policy.clone(), self.digest.clone(), log)
    }

    fn of_log(policy: PolicyDocument, digest: String, log: Vec<Fact>) -> Self {
        let high_water = high_water(&log);
        // What was taken back was seen nevertheless.
        let (edges, parents) = (edge_pairs(&log), parent_pairs(&log));
        let taken_back = taken_back(&log);
        let (facts, events) = (counted(&log, &taken_back), event_facts(&log, &taken_back));
        let mut timeline = facts.clone();
        timeline.sort_by_key(|fact| fact.effective_at);
        let memo = Memo::default();
        Self { facts, policy, digest, high_water, log, timeline, events, edges, parents, memo }
    }

    /// The instant of a decision: `now`, or the high water if that is later.
    pub fn at(&self, now: Timestamp) -> Timestamp {
        now.max(self.high_water)
    }

    /// The facts in force at `t`, in the order of their effect.
    pub fn until(&self, t: Timestamp) -> impl Iterator<Item = &Fact> {
        self.timeline.iter().take_while(move |fact| fact.effective_at <= t)
    }

    /// The digest that was adopted last, and since when without another between; none if none ever was.
    pub fn adopted(&self) -> Option<(&str, Timestamp)> {
        let mut adopted: Option<(&str, Timestamp)> = None;
        for fact in &self.facts {
            if let Body::PolicyAdopted(new) = &fact.body
                && adopted.is_none_or(|(digest, _)| digest != new.digest)
            {
                adopted = Some((&new.digest, fact.effective_at));
            }
        }
        adopted
    }

    /// From when the policy judges grants that run: since ever while none is adopted, as the first permit will say;
    /// never while another one is.
    pub fn adoption(&self) -> Option<Timestamp> {
        let Some((digest, since)) = self.adopted() else { return Some(Timestamp::MIN) };
        (digest == self.digest).then_some(since)
    }

    /// The identity as it is at `t`; none before its definition.
    pub fn identity(&self, id: &IdentityId, t: Timestamp) -> Option<Identity> {
        let define = |body: &Body| match body {
            Body::IdentityDefined(d) => definition(d, id),
            _ => None,
        };
        self.noun(t, define, |fact, noun| {
            if let Body::IdentityChanged(c) = &fact.body
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
        self.noun(t, define, |fact, noun| {
            if let Body::EntitlementChanged(c) = &fact.body
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
        self.noun(t, define, |fact, noun| {
            if let Body::ResourceChanged(c) = &fact.body
                && c.id == *id
            {
                c.changes.apply(noun);
            }
        })
    }

    /// The application as it is at `t`, retired or not; none before its definition.
    pub fn application(&self, id: &ApplicationId, t: Timestamp) -> Option<Application> {
        let define = |body: &Body| match body {
            Body::ApplicationDefined(d) => definition(d, id),
            _ => None,
        };
        self.noun(t, define, |fact, noun| {
            if let Body::ApplicationChanged(c) = &fact.body
                && c.id == *id
            {
                c.changes.apply(noun);
            }
        })
    }

    /// The business event as it is at `t`, closed or not; none before its definition. An opening that says
    /// something else than was last known says everything anew.
    pub fn event(&self, id: &EventId, t: Timestamp) -> Option<BusinessEvent> {
        let define = |body: &Body| match body {
            Body::EventOpened(d) => definition(d, id),
            _ => None,
        };
        self.noun(t, define, |fact, noun| match &fact.body {
            Body::EventOpened(d) if d.id == *id && self.about(fact).anew => noun.clone_from(&d.definition),
            Body::EventChanged(c) if c.id == *id => c.changes.apply(noun),
            _ => {}
        })
    }

    /// What a fact about a business event says beside itself.
    pub(crate) fn about(&self, fact: &Fact) -> EventFact {
        self.events.get(&fact.id).cloned().unwrap_or_default()
    }

    /// Whether the fact opens the event.
    pub(crate) fn opens(&self, fact: &Fact, event: &EventId) -> bool {
        matches!(&fact.body, Body::EventOpened(d) if d.id == *event) && !self.about(fact).taken_back
    }

    /// The first definition in the log counts, from its effect on; then every change in force by `t`.
    fn noun<N>(
        &self,
        t: Timestamp,
        define: impl Fn(&Body) -> Option<N>,
        change: impl Fn(&Fact, &mut N),
    ) -> Option<N> {
        let (from, mut noun) =
            self.facts.iter().find_map(|fact| Some((fact.effective_at, define(&fact.body)?)))?;
        if t < from {
            return None;
        }
        for fact in self.until(t) {
            change(fact, &mut noun);
        }
        Some(noun)
    }
}

fn definition<I: PartialEq, N: Clone>(defined: &Defined<I, N>, id: &I) -> Option<N> {
    (defined.id == *id).then(|| defined.definition.clone())
}
