//! What a log says before any question is asked: which facts count, how high the water is, which edges and
//! parents close a cycle, and which facts the nouns of a document are.

use alloc::collections::{BTreeMap, BTreeSet};

use tenure::fact::{Body, Changed, Defined, Fact, Named};
use tenure::id::{EntitlementId, EventId, FactId, FeedId, ResourceId};
use tenure::model::{BusinessEvent, Change, Holder};
use tenure::policy::{Policy, PolicyDocument};
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

/// The facts that count: of several extensions of one grant by one command the first; and none that was taken
/// back, but for what an opening says.
pub(crate) fn counted(log: &[Fact], taken_back: &TakenBack) -> Vec<Fact> {
    let mut extensions = BTreeSet::new();
    let counts = |(n, fact): &(usize, &Fact)| match &fact.body {
        Body::GrantExtended(extended) => extensions.insert((extended.command.clone(), extended.id.clone())),
        Body::EventOpened(_) => true,
        _ => !taken_back.contains_key(n),
    };
    log.iter().enumerate().filter(counts).map(|(_, fact)| fact.clone()).collect()
}

/// The positions of facts that were taken back, each with the position of the fact that did.
pub(crate) type TakenBack = BTreeMap<usize, usize>;

/// A fact takes back the one that it names, if that is about the same noun and has not taken effect: the clock of
/// the log has not reached it since it was recorded.
pub(crate) fn taken_back(log: &[Fact]) -> TakenBack {
    let mut taken = TakenBack::new();
    for (n, fact) in log.iter().enumerate() {
        let Some(name) = &fact.replaces else { continue };
        let old = log.iter().take(n).enumerate().position(|(m, old)| {
            // What the clock has reached stays reached, also when it is corrected.
            let reached = (m.saturating_add(1)..=n).map(|end| high_water(log.get(..end).unwrap_or_default()));
            old.id == *name
                && may_be_taken_back(&old.body)
                && noun_key(&old.body) == noun_key(&fact.body)
                && old.effective_at > reached.max().unwrap_or(Timestamp::MIN).max(fact.recorded_at)
        });
        if let Some(old) = old {
            taken.entry(old).or_insert(n);
        }
    }
    taken
}

/// What a fact about a business event says beside itself.
#[derive(Debug, Clone, Default)]
pub(crate) struct EventFact {
    /// Of an opening: that was taken back, and only what it says stays.
    pub(crate) taken_back: bool,
    /// Of an opening: it says everything anew, because the event was last known as something else.
    pub(crate) anew: bool,
    /// The feed of the event as it was last known when this was written down.
    pub(crate) feed: Option<FeedId>,
}

/// What the facts about business events say beside themselves, by the name of the fact.
pub(crate) fn event_facts(log: &[Fact], taken_back: &TakenBack) -> BTreeMap<FactId, EventFact> {
    let mut facts = BTreeMap::new();
    for (n, fact) in log.iter().enumerate() {
        let (Body::EventOpened(Defined { id, .. })
        | Body::EventChanged(Changed { id, .. })
        | Body::EventClosed(Named { id, .. })) = &fact.body
        else {
            continue;
        };
        let taken_by_now = |m: usize| taken_back.get(&m).is_some_and(|by| *by <= n);
        let mut about = EventFact { taken_back: taken_back.contains_key(&n), ..EventFact::default() };
        if let Body::EventOpened(d) = &fact.body {
            let before = last_known(log.get(..n).unwrap_or_default(), id, &facts, taken_by_now);
            about.anew = before.is_some_and(|before| before != d.definition);
        }
        facts.insert(fact.id.clone(), about);
        let after = last_known(log.get(..=n).unwrap_or_default(), id, &facts, taken_by_now);
        if let Some(about) = facts.get_mut(&fact.id) {
            about.feed = after.and_then(|event| event.feed);
        }
    }
    facts
}

/// An event as these facts tell it, at the end of its timeline.
fn last_known(
    log: &[Fact],
    id: &EventId,
    known: &BTreeMap<FactId, EventFact>,
    taken_back: impl Fn(usize) -> bool,
) -> Option<BusinessEvent> {
    let mut event = log.iter().find_map(|fact| match &fact.body {
        Body::EventOpened(d) if d.id == *id => Some(d.definition.clone()),
        _ => None,
    })?;
    let mut timeline: Vec<(usize, &Fact)> = log.iter().enumerate().collect();
    timeline.sort_by_key(|(_, fact)| fact.effective_at);
    for (n, fact) in timeline {
        match &fact.body {
            Body::EventOpened(d) if d.id == *id && known.get(&fact.id).is_some_and(|about| about.anew) => {
                event.clone_from(&d.definition);
            }
            Body::EventChanged(c) if c.id == *id && !taken_back(n) => c.changes.apply(&mut event),
            _ => {}
        }
    }
    Some(event)
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

/// The nouns of the document as facts since ever, in the order in which an adoption records them.
pub fn noun_facts(policy: &PolicyDocument) -> Vec<Fact> {
    let bodies = Policy::from_document(policy.clone()).map(|policy| policy.noun_facts()).unwrap_or_default();
    let id = |n: usize| FactId::new(format!("policy/{n}")).ok();
    let bodies = bodies.into_iter().enumerate();
    bodies.filter_map(|(n, body)| Some(Fact::new(id(n)?, Timestamp::MIN, body))).collect()
}
