//! What somebody may ask for: everything that rules name, where, for how long at the longest, and what a request would
//! need; and why not, for the rest. It is decided as a request would be, so that it says the same.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::{Reasons, limit};
use crate::decide::{Command, Obligation, Probed, Prober};
use crate::engine::Engine;
use crate::id::{AttributeId, EntitlementId, EventId, IdentityId, RequestId, ResourceId, RuleId};
use crate::model::{Item, Request, Value};
use crate::policy::{BoundKind, Input, RequiredAt};
use crate::store::NONE;
use crate::time::{IntervalSet, Span, Timestamp, Window};

/// What may this identity ask for, for itself, from now on?
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requestable {
    /// Whether to tell also of what it may not ask for, and why not.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub all: bool,
    /// What the host says of the circumstances, under the names that the policy declares.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub context: BTreeMap<AttributeId, Value>,
    /// Only these; everything when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entitlements: Vec<EntitlementId>,
    /// The business event that the request would name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<EventId>,
    /// Who.
    pub identity: IdentityId,
}

/// The answer to [`Requestable`].
#[must_use]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Offers {
    /// The instant that was asked about: `now`, or the log's high water if that is later.
    pub at: Timestamp,
    /// Who.
    pub identity: IdentityId,
    /// Why there can be no answer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons: Reasons,
    /// What it may ask for, by entitlement, then by scope, everywhere first.
    pub rows: Vec<Offer>,
}

/// Something that rules speak of, and whether it may be asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Offer {
    /// What sets the end, if anything does.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub binding: Vec<BoundKind>,
    /// What.
    pub entitlement: EntitlementId,
    /// Whether it is held there directly, from whatever source.
    pub held: bool,
    /// Until when without a gap; absent if it is not held, or for ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held_until: Option<Timestamp>,
    /// How long it may last at the longest, from now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<Span>,
    /// What a request would need beside what the question says.
    #[serde(skip_serializing_if = "Needs::is_empty")]
    pub needs: Needs,
    /// Why it may not be asked for; nothing if it may.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons: Reasons,
    /// Whether it may be asked for.
    pub requestable: bool,
    /// The rules that decide, in the order of their ids.
    pub rules: Vec<RuleId>,
    /// In which subtree; everywhere when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<ResourceId>,
    /// When it would end at the latest if it were granted now; absent if only the request sets an end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// What a request would have to bring.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Needs {
    /// Whose approval is owed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub approvals: Vec<Obligation>,
    /// What was not said and decides: names of the context by themselves, other values by their paths, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub context: Vec<String>,
    /// Whether it has to say how long, since nothing else does.
    #[serde(skip_serializing_if = "core::ops::Not::not")]
    pub duration: bool,
    /// The business event it has to name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<EventNeeds>,
    /// What has to be filled in.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub inputs: BTreeMap<AttributeId, Input>,
    /// Whether it has to say why, in words.
    #[serde(skip_serializing_if = "core::ops::Not::not")]
    pub reason: bool,
    /// Whether it has to name a ticket.
    #[serde(skip_serializing_if = "core::ops::Not::not")]
    pub ticket: bool,
}

/// Which business event would do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct EventNeeds {
    /// Its kinds, in order; of any kind when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kinds: Option<Vec<String>>,
    /// The events that would do now, the first hundred by their ids.
    pub open: Vec<EventId>,
}

impl Requestable {
    /// What an identity may ask for.
    pub const fn new(identity: IdentityId) -> Self {
        Self { all: false, context: BTreeMap::new(), entitlements: Vec::new(), event: None, identity }
    }
}

impl Needs {
    /// Whether nothing is needed.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Engine {
    /// What an identity may ask for at `now`, for itself and from now on: everything that rules name, in the scopes that
    /// they name, or everywhere.
    pub fn requestable(&self, question: &Requestable, now: Timestamp) -> Offers {
        let at = self.clock(now).unwrap_or_else(|| self.state().high_water());
        let nothing = |reasons| Offers { at, identity: question.identity.clone(), reasons, rows: Vec::new() };
        let Ok(id) = RequestId::new("?") else { return nothing(Vec::new()) };
        let request = Arc::new(Request {
            beneficiary: question.identity.clone(),
            context: question.context.clone(),
            duration: None,
            event: question.event.clone(),
            id,
            inputs: BTreeMap::new(),
            items: Vec::new(),
            reason: None,
            renews: None,
            requester: question.identity.clone(),
            rule: None,
            start: None,
            ticket: None,
            until: None,
        });
        let command = Command::Request(Arc::clone(&request));
        let mut prober = match Prober::new(self, &command, &request, now) {
            Ok(prober) => prober,
            Err(reasons) => return nothing(reasons),
        };
        let held = self.held_directly(prober.who());
        let mut known: BTreeMap<(usize, u32), Offer> = BTreeMap::new();
        let named = self.named_by_rules(question, prober.who(), at);
        let mut rows = Vec::with_capacity(named.len());
        for Named { item, entitlement, scope, alike } in named {
            let own = held.get(&(entitlement, scope));
            let alike = alike.filter(|_| own.is_none()).map(|set| (set, scope));
            if let Some(same) = alike.and_then(|alike| known.get(&alike)) {
                rows.push(Offer { entitlement: item.entitlement, scope: item.scope, ..same.clone() });
                continue;
            }
            let probed = prober.ask(&item, entitlement, scope);
            let requestable = probed.reasons.is_empty();
            if requestable || question.all {
                let held = own.and_then(|when| when.component(at));
                let offer = offer(&mut prober, item, (entitlement, scope), probed, at, held);
                if let Some(alike) = alike.filter(|_| requestable) {
                    known.insert(alike, offer.clone());
                }
                rows.push(offer);
            }
        }
        Offers { at, identity: question.identity.clone(), reasons: Vec::new(), rows }
    }

    /// What rules name that exists, where they name it, in the order of the names.
    fn named_by_rules(&self, question: &Requestable, who: u32, t: Timestamp) -> Vec<Named> {
        let (world, state) = (self.world(), self.assumed());
        let count = u32::try_from(state.entitlements.len()).unwrap_or(u32::MAX);
        let wanted: Option<BTreeSet<u32>> = (!question.entitlements.is_empty()).then(|| {
            let names = question.entitlements.iter();
            names.filter_map(|id| state.entitlement_names.find(id.as_str())).collect()
        });
        let mut found: BTreeMap<u32, Naming> = BTreeMap::new();
        for (number, rule) in (0u32..).zip(self.rules().all()) {
            if !question.all && !rule.may_concern(world, who, t) {
                continue;
            }
            let all: Vec<u32> = match rule.what.ids() {
                Some(ids) => ids.to_vec(),
                None => (0..count).collect(),
            };
            for entitlement in all {
                if wanted.as_ref().is_some_and(|wanted| !wanted.contains(&entitlement)) {
                    continue;
                }
                let Some(when) = rule.what.when(state, entitlement) else { continue };
                let Some(window) = when.component(t) else { continue };
                let naming = found.entry(entitlement).or_default();
                naming.rules.push(number);
                naming.ends |= !window.end().is_never();
                naming.scopes.extend(rule.places.list().unwrap_or(&[NONE]));
            }
        }
        // What the same rules name comes to the same, if nothing else tells one from another.
        let alike = question.event.is_none() && self.asks_alike();
        let mut sets: BTreeMap<Vec<u32>, usize> = BTreeMap::new();
        let mut named = Vec::with_capacity(found.len());
        for (entitlement, mut naming) in found {
            naming.scopes.sort_unstable();
            naming.scopes.dedup();
            let next = sets.len();
            let set = (alike && !naming.ends).then(|| *sets.entry(naming.rules).or_insert(next));
            let Some(id) = state.entitlement_id(entitlement) else { continue };
            let valid = naming.scopes.into_iter();
            let valid = valid.filter(|scope| *scope == NONE || world.tree.is_valid(*scope, t));
            named.extend(valid.map(|scope| {
                let item = Item { entitlement: id.clone(), scope: state.resource_id(scope) };
                Named { item, entitlement, scope, alike: set }
            }));
        }
        named.sort_unstable_by(|a, b| a.item.cmp(&b.item));
        named
    }

    /// Whether a request for one thing comes to what one for another does that the same rules name, and of which nothing
    /// is held: no condition reads what is asked for, and nothing restricts it.
    fn asks_alike(&self) -> bool {
        let rules = self.rules();
        let restrictions = &rules.restrictions;
        restrictions.guardrails.is_empty()
            && restrictions.denials.iter().all(|denial| !denial.on_request())
            && rules.capacities.is_empty()
            && rules.all().iter().all(|rule| rule.rule.when.is_none() && rule.rule.event.is_none())
    }

    /// When somebody holds what directly, from whatever source.
    fn held_directly(&self, who: u32) -> BTreeMap<(u32, u32), IntervalSet> {
        let (world, state) = (self.world(), self.assumed());
        let mut held: BTreeMap<(u32, u32), IntervalSet> = BTreeMap::new();
        let mut add = |entitlement: u32, scope: u32, when: &IntervalSet| {
            let valid = |life: Option<Window>| life.map_or_else(IntervalSet::empty, IntervalSet::from);
            let mut when = when.intersect(&valid(world.hierarchy.life(entitlement)));
            if scope != NONE {
                when = when.intersect(&valid(world.tree.life(scope)));
            }
            let known = held.entry((entitlement, scope)).or_default();
            *known = known.union(&when);
        };
        for holding in self.rows().get(who) {
            if let Some(window) = holding.window() {
                add(holding.entitlement, holding.scope, &IntervalSet::from(window));
            }
        }
        let count = u32::try_from(state.entitlements.len()).unwrap_or(u32::MAX);
        for rule in &self.rules().standing {
            for entitlement in 0..count {
                if let Some(when) = rule.when(world, who, entitlement) {
                    rule.places
                        .list()
                        .unwrap_or(&[NONE])
                        .iter()
                        .for_each(|scope| add(entitlement, *scope, &when));
                }
            }
        }
        held
    }
}

/// Something that rules name.
struct Named {
    item: Item,
    entitlement: u32,
    scope: u32,
    /// What it has in common with everything that comes to the same.
    alike: Option<usize>,
}

/// How rules name an entitlement.
#[derive(Default)]
struct Naming {
    /// By which rules, in order.
    rules: Vec<u32>,
    /// Where; each rule may name the same.
    scopes: Vec<u32>,
    /// Whether one of them ceases to.
    ends: bool,
}

/// How many events a need names.
const MOST_EVENTS: usize = 100;

fn offer<'a>(
    prober: &mut Prober<'a>,
    item: Item,
    pair: (u32, u32),
    probed: Probed<'a>,
    at: Timestamp,
    held: Option<Window>,
) -> Offer {
    let requestable = probed.reasons.is_empty();
    let event = (requestable && probed.event).then(|| EventNeeds {
        kinds: probed.kinds().map(|kinds| kinds.into_iter().map(String::from).collect()),
        open: prober.events(&item, pair, &probed, MOST_EVENTS),
    });
    let inputs = probed.rules.iter().flat_map(|rule| &rule.rule.inputs);
    let inputs = inputs.filter(|(_, input)| input.required == Some(RequiredAt::Request));
    let inputs: BTreeMap<AttributeId, Input> =
        inputs.map(|(name, input)| (name.clone(), input.clone())).collect();
    // What has to be filled in anyhow is told once.
    let is_input = |name: &str| name.strip_prefix("inputs.").is_some_and(|name| inputs.contains_key(name));
    let needs = Needs {
        approvals: probed.obligations,
        context: probed.context.into_iter().filter(|name| !is_input(name)).collect(),
        duration: probed.duration,
        event,
        inputs,
        reason: probed.reason,
        ticket: probed.ticket,
    };
    let binding = probed.bounds.iter().filter(|bound| bound.binding && Some(bound.end) == probed.end);
    let mut binding: Vec<BoundKind> = binding.map(|bound| bound.kind).collect();
    binding.dedup();
    Offer {
        binding,
        entitlement: item.entitlement,
        held: held.is_some(),
        held_until: held.and_then(|window| limit(window.end())),
        max: probed.end.map(|end| end.since(at)),
        needs: if requestable { needs } else { Needs::default() },
        reasons: probed.reasons,
        requestable,
        rules: probed.rules.iter().map(|rule| rule.id.clone()).collect(),
        scope: item.scope,
        until: probed.end,
    }
}
