//! Two engines are asked the same at one instant: what people may do, and what they may obtain. They need not share a
//! log, so names are what they have in common.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::cmp::{Ordering, Reverse};

use super::regions::Spot;
use super::{AccessChange, Direction, EligibilityChange, Holding, MAX_CHANGES, Obtainable};
use crate::check::Access;
use crate::compile::{Circle, CompiledRule, CompiledStanding, Life};
use crate::engine::Engine;
use crate::fact::{Body, Fact};
use crate::id::{EntitlementId, IdentityId, PermissionId, ResourceId, RuleId};
use crate::model::IdentityKind;
use crate::policy::Combine;
use crate::store::NONE;
use crate::time::{IntervalSet, Reading, Span, Timestamp};

/// The most resources that changed themselves at which everything is compared.
const MAX_PLACES: usize = 100;

/// The most resources that are asked about one by one, where conditions read what is known of each alone.
const MAX_QUESTIONS: usize = 100_000;

/// What two engines answer differently.
pub(crate) struct Difference {
    pub(crate) access: Vec<AccessChange>,
    /// Whether everything is listed.
    pub(crate) complete: bool,
    pub(crate) eligibility: Vec<EligibilityChange>,
    /// How many resources may still be asked about one by one.
    pub(super) questions: usize,
}

/// Two engines at one instant.
pub(crate) struct Sides<'a> {
    pub(super) old: Worth<'a>,
    pub(super) new: Worth<'a>,
}

/// What is worth asking one engine.
pub(super) struct Worth<'a> {
    pub(super) engine: &'a Engine,
    pub(super) at: Timestamp,
    /// Resources at which everything that is held is worth asking.
    pub(super) places: Vec<ResourceId>,
    /// The permissions and scopes that an entitlement gives, as far as it was looked at.
    given: BTreeMap<u32, Vec<(u32, u32)>>,
    /// Each rule with the entitlements that it may match.
    rules: BTreeMap<&'a RuleId, (&'a CompiledRule, Vec<u32>)>,
    /// Each standing rule with the entitlements that it matches now.
    standing: Vec<(&'a CompiledStanding, Vec<u32>)>,
}

/// The resources that facts speak of: what lies at them may be reached by other ways afterwards.
pub(crate) fn places(facts: &[Fact]) -> BTreeSet<ResourceId> {
    let place = |fact: &Fact| match &fact.body {
        Body::ResourceDefined(defined) => Some(defined.id.clone()),
        Body::ResourceChanged(changed) => Some(changed.id.clone()),
        Body::ResourceRetired(retired) => Some(retired.id.clone()),
        _ => None,
    };
    facts.iter().filter_map(place).collect()
}

impl Default for Difference {
    fn default() -> Self {
        Self { access: Vec::new(), complete: true, eligibility: Vec::new(), questions: MAX_QUESTIONS }
    }
}

impl<'a> Sides<'a> {
    /// Two engines. More places than are looked at make the difference incomplete.
    pub(crate) fn new(
        old: &'a Engine,
        new: &'a Engine,
        at: Timestamp,
        places: &BTreeSet<ResourceId>,
        difference: &mut Difference,
    ) -> Self {
        difference.complete &= places.len() <= MAX_PLACES;
        let places: Vec<ResourceId> = places.iter().take(MAX_PLACES).cloned().collect();
        Self { old: Worth::new(old, at, places.clone()), new: Worth::new(new, at, places) }
    }

    /// The names of all identities, in order.
    pub(crate) fn everyone(&self) -> BTreeSet<Arc<str>> {
        let names = [self.old.engine, self.new.engine].map(|engine| &engine.assumed().identity_names);
        let all = names.into_iter().flat_map(|names| (0..number(names.len())).map(|who| names.name(who)));
        all.flatten().cloned().collect()
    }

    /// Adds what changes for one of them.
    pub(crate) fn compare(&mut self, who: &Arc<str>, difference: &mut Difference) {
        let Ok(identity) = IdentityId::new(who) else { return };
        self.access(&identity, difference);
        self.eligibility(&identity, difference);
    }

    fn access(&mut self, identity: &IdentityId, difference: &mut Difference) {
        let mut asked = BTreeMap::new();
        self.old.access(identity, &mut asked);
        self.new.access(identity, &mut asked);
        for (permission, held) in asked {
            self.regions(identity, &permission, &held, difference);
        }
    }

    fn eligibility(&self, identity: &IdentityId, difference: &mut Difference) {
        let mut asked = BTreeSet::new();
        self.old.eligibility(identity, &mut asked);
        self.new.eligibility(identity, &mut asked);
        for (entitlement, scope) in asked {
            let of = |side: &Worth<'_>| side.obtainable(identity, &entitlement, scope.as_ref());
            let (before, after) = (of(&self.old), of(&self.new));
            let span = |o: Obtainable| (o.max.is_none(), o.max);
            let change = match (before, after) {
                (None, None) => continue,
                (None, Some(_)) => Direction::Gained,
                (Some(_), None) => Direction::Lost,
                (Some(b), Some(a)) => match span(b).cmp(&span(a)) {
                    Ordering::Less => Direction::Longer,
                    Ordering::Greater => Direction::Shorter,
                    Ordering::Equal => continue,
                },
            };
            let identity = identity.clone();
            let change = EligibilityChange { after, before, change, entitlement, identity, scope };
            keep(&mut difference.eligibility, change, &mut difference.complete);
        }
    }
}

impl<'a> Worth<'a> {
    fn new(engine: &'a Engine, at: Timestamp, places: Vec<ResourceId>) -> Self {
        let mut rules: BTreeMap<_, (_, Vec<u32>)> = BTreeMap::new();
        for entitlement in 0..number(engine.assumed().entitlements.len()) {
            for rule in engine.rules().candidates(entitlement) {
                rules.entry(&rule.id).or_insert((rule, Vec::new())).1.push(entitlement);
            }
        }
        let entitlements = 0..number(engine.assumed().entitlements.len());
        let matched = |rule: &CompiledStanding, entitlement: u32| {
            rule.what.when(engine.assumed(), entitlement).is_some_and(|when| when.contains(at))
        };
        let standing = engine.rules().standing.iter();
        let standing =
            standing.map(|rule| (rule, entitlements.clone().filter(|e| matched(rule, *e)).collect()));
        Self { engine, at, places, given: BTreeMap::new(), rules, standing: standing.collect() }
    }

    pub(super) fn find(&self, identity: &IdentityId) -> Option<u32> {
        self.engine.assumed().identity_names.find(identity.as_str())
    }

    /// The permissions that an identity holds now, with the scopes in which it does.
    fn access(&mut self, identity: &IdentityId, asked: &mut BTreeMap<PermissionId, BTreeSet<Spot>>) {
        let Some(who) = self.find(identity) else { return };
        let live = self.engine.rows().get(who).iter().filter(|holding| holding.is_live(self.at));
        let mut held: BTreeSet<(u32, u32)> =
            live.map(|holding| (holding.entitlement, holding.scope)).collect();
        for (rule, entitlements) in &self.standing {
            let Some(first) = entitlements.first() else { continue };
            // Whom it matches does not hang on the entitlement.
            let when = rule.when(self.engine.world(), who, *first);
            if when.is_some_and(|when| when.contains(self.at)) {
                let places = rule.places.list().unwrap_or(&[NONE]);
                held.extend(entitlements.iter().flat_map(|e| places.iter().map(|place| (*e, *place))));
            }
        }
        let mut pairs = BTreeSet::new();
        let engine = self.engine;
        for (entitlement, scope) in held {
            let given = self.given.entry(entitlement).or_insert_with(|| given(engine, entitlement));
            for (permission, inner) in given {
                if scope != NONE {
                    pairs.insert((*permission, scope));
                }
                // Of two scopes on a way the deeper one is where it can be used.
                if *inner != NONE || scope == NONE {
                    pairs.insert((*permission, *inner));
                }
            }
        }
        let state = engine.assumed();
        for (permission, scope) in pairs {
            let Some(name) = state.permission_names.name(permission).map(PermissionId::from_interned) else {
                continue;
            };
            asked.entry(name).or_default().insert(state.resource_id(scope));
        }
    }

    /// The entitlements that rules let an identity obtain now, with the scopes that they name.
    fn eligibility(&self, identity: &IdentityId, asked: &mut BTreeSet<(EntitlementId, Option<ResourceId>)>) {
        let Some(who) = self.find(identity).filter(|who| is_alive(self.engine, *who, self.at)) else {
            return;
        };
        let (world, state) = (self.engine.world(), self.engine.assumed());
        for (rule, entitlements) in self.rules.values() {
            if rule.who.when(world, who, Reading::Narrow).is_none_or(|when| !when.contains(self.at)) {
                continue;
            }
            let places = rule.places.list().unwrap_or(&[NONE]);
            for (what, scope) in entitlements.iter().flat_map(|e| places.iter().map(|place| (*e, *place))) {
                if rule.matches_when(world, who, what, scope).contains(self.at) {
                    let named = state.entitlement_id(what).map(|what| (what, state.resource_id(scope)));
                    asked.extend(named);
                }
            }
        }
    }

    /// For how long an identity may obtain something, if it may.
    fn obtainable(
        &self,
        identity: &IdentityId,
        entitlement: &EntitlementId,
        scope: Option<&ResourceId>,
    ) -> Option<Obtainable> {
        let state = self.engine.assumed();
        let scope = match scope {
            None => NONE,
            Some(scope) => state.resource_names.find(scope.as_str())?,
        };
        let what = state.entitlement_names.find(entitlement.as_str())?;
        obtainable_by(self.engine, (self.find(identity)?, what, scope), self.at)
    }
}

/// The permissions that an entitlement ever gives, with the scopes on the way to each.
fn given(engine: &Engine, entitlement: u32) -> Vec<(u32, u32)> {
    let mut given = Vec::new();
    for permission in 0..number(engine.assumed().permission_names.len()) {
        match engine.world().hierarchy.givers(permission).by(entitlement) {
            None => {}
            Some(None) => given.push((permission, NONE)),
            Some(Some(routes)) => {
                for route in routes {
                    let scopes = if route.scopes.is_empty() { &[NONE][..] } else { &route.scopes };
                    given.extend(scopes.iter().map(|scope| (permission, *scope)));
                }
            }
        }
    }
    given
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

pub(super) fn keep<T>(list: &mut Vec<T>, item: T, complete: &mut bool) {
    if list.len() < MAX_CHANGES {
        list.push(item);
    } else {
        *complete = false;
    }
}

/// Which way an answer changes, if it does.
pub(super) fn direction(before: &Holding, after: &Holding) -> Option<Direction> {
    match rank(before.answer).cmp(&rank(after.answer)) {
        Ordering::Less => Some(Direction::Gained),
        Ordering::Greater => Some(Direction::Lost),
        Ordering::Equal => match lasts(before).cmp(&lasts(after)) {
            Ordering::Less => Some(Direction::Longer),
            Ordering::Greater => Some(Direction::Shorter),
            Ordering::Equal => None,
        },
    }
}

const fn rank(answer: Access) -> u8 {
    match answer {
        Access::Denied => 0,
        Access::Conditional => 1,
        Access::Allowed => 2,
    }
}

/// For how long something is allowed, to be compared with what is allowed as well.
fn lasts(holding: &Holding) -> Timestamp {
    holding.until.unwrap_or(Timestamp::MAX)
}

fn is_alive(engine: &Engine, who: u32, at: Timestamp) -> bool {
    engine.assumed().identities.at(who).is_some_and(|row| Life::of(row).alive().contains(at))
}

/// Whether it is human, or a human who is alive owns it.
fn is_answered_for(engine: &Engine, who: u32, at: Timestamp) -> bool {
    let state = engine.assumed();
    let noun = |who: u32| state.identities.at(who).and_then(|row| row.noun.as_ref());
    let is_human = |who: u32| noun(who).is_some_and(|noun| noun.last().kind == IdentityKind::Human);
    let owner = || noun(who)?.at(at)?.owner.clone();
    is_human(who)
        || owner()
            .and_then(|owner| state.identity_names.find(owner.as_str()))
            .is_some_and(|owner| is_human(owner) && is_alive(engine, owner, at))
}

/// What the rules that match let an identity obtain.
fn obtainable_by(engine: &Engine, (who, what, scope): (u32, u32, u32), at: Timestamp) -> Option<Obtainable> {
    if !is_alive(engine, who, at) || !is_answered_for(engine, who, at) {
        return None;
    }
    let world = engine.world();
    let mut rules: Vec<&CompiledRule> = engine
        .rules()
        .candidates(what)
        .filter(|rule| rule.matches_when(world, who, what, scope).contains(at))
        .collect();
    let combine = engine.policy().document().combine;
    match combine {
        Combine::Strictest | Combine::RequesterChooses => {}
        Combine::MostSpecific => retain_best(&mut rules, |rule| {
            Reverse((rule.places.depth(world, scope, at), rule.names_what(), rule.who.closeness()))
        }),
        Combine::Priority => retain_best(&mut rules, |rule| rule.rule.priority.unwrap_or(u32::MAX)),
    }
    let maxima = rules.iter().map(|rule| rule.rule.duration.map(|duration| duration.max));
    let longest = |max: &Option<Span>| (max.is_none(), *max);
    let mut max = match combine {
        Combine::RequesterChooses => maxima.max_by_key(longest)?,
        _ => maxima.min_by_key(longest)?,
    };
    let restrictions = &engine.rules().restrictions;
    let concerns = |target: Option<IntervalSet>, circle: &Circle| {
        target.is_some_and(|when| when.contains(at))
            && circle.when(world, who, |places| places.meet_when(world, scope), at).contains(at)
    };
    for denial in restrictions.denials.iter().filter(|d| d.on_request() && d.rule.when.is_none()) {
        let target = denial.what.as_ref().and_then(|target| target.when(world.state, what));
        if concerns(target, &denial.circle) {
            return None;
        }
    }
    for guardrail in restrictions.guardrails.iter().filter(|guardrail| guardrail.rule.when.is_none()) {
        if concerns(guardrail.what.when(world.state, what), &guardrail.circle) {
            if guardrail.rule.forbid {
                return None;
            }
            max = max.into_iter().chain(guardrail.rule.max).min();
        }
    }
    Some(Obtainable { max })
}

/// Leaves the rules of the best rank.
fn retain_best<R: Ord>(rules: &mut Vec<&CompiledRule>, rank: impl Fn(&CompiledRule) -> R) {
    let best = rules.iter().map(|rule| rank(rule)).min();
    rules.retain(|rule| best.as_ref().is_some_and(|best| rank(rule) == *best));
}
