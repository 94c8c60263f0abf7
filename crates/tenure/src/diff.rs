//! What another document would change for people: who gains what, and who loses it. Both documents are asked the
//! same questions at one instant, the new one as if it had been adopted then.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::cmp::{Ordering, Reverse};
use core::fmt;

use serde::Serialize;

use crate::check::{Access, Question, Target};
use crate::compile::{Circle, CompiledRule, CompiledStanding, Life};
use crate::engine::{Engine, EngineError};
use crate::id::{EntitlementId, IdentityId, PermissionId, ResourceId, RuleId};
use crate::policy::{Combine, Policy};
use crate::state::State;
use crate::store::NONE;
use crate::time::{IntervalSet, Reading, Span, Timestamp};

/// The most changes of access, and the most of eligibility, that one difference lists.
pub const MAX_CHANGES: usize = 10_000;

/// What changes for people from one document to another.
#[must_use]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PolicyDiff {
    /// What people may do, in the order of identity, permission and scope.
    pub access: Vec<AccessChange>,
    /// The instant at which both were asked.
    pub at: Timestamp,
    /// Whether everything is listed; false if there are more than [`MAX_CHANGES`] of a sort.
    pub complete: bool,
    /// What people may obtain, in the order of identity, entitlement and scope.
    pub eligibility: Vec<EligibilityChange>,
    /// The digest of the new document.
    pub new: String,
    /// The digest of the old document.
    pub old: String,
}

/// Which way something changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// It was not there before.
    Gained,
    /// It is there for longer.
    Longer,
    /// It is there for a shorter time.
    Shorter,
    /// It is not there any more.
    Lost,
}

/// What one identity may do, before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AccessChange {
    /// Under the new document.
    pub after: Holding,
    /// Under the old document.
    pub before: Holding,
    /// Which way it changes.
    pub change: Direction,
    /// Who.
    pub identity: IdentityId,
    /// What.
    pub permission: PermissionId,
    /// In which subtree; everywhere when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<ResourceId>,
}

/// Whether something may be done, and until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Holding {
    /// Allowed, conditional or denied.
    pub answer: Access,
    /// Until when it is allowed; absent if denied, or for ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// What one identity may obtain, before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EligibilityChange {
    /// Under the new document; absent if it may not be obtained.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Obtainable>,
    /// Under the old document; absent if it could not be obtained.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Obtainable>,
    /// Which way it changes.
    pub change: Direction,
    /// What.
    pub entitlement: EntitlementId,
    /// Who.
    pub identity: IdentityId,
    /// In which subtree; everywhere when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<ResourceId>,
}

/// For how long something may be obtained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Obtainable {
    /// The longest; absent where a business event says how long.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<Span>,
}

impl Policy {
    /// What `new` in place of `old` would change for people, on a log of this state, at `at`: see
    /// [`Engine::diff`]. A state that adopted no document is taken to have adopted `old` since ever.
    ///
    /// ```
    /// use tenure::policy::Policy;
    /// use tenure::state::State;
    ///
    /// let policy = |permissions: &str| Policy::from_json(format!(r#"{{
    ///   "tenure": 1,
    ///   "identities": {{"ann": {{"kind": "human"}}}},
    ///   "entitlements": {{"reader": {{"kind": "role", "permissions": [{permissions}]}}}},
    ///   "standing": {{"s-1": {{"holder": {{"identity": "ann"}}, "entitlement": "reader"}}}}
    /// }}"#));
    /// let (old, new) = (policy(r#""db:read""#)?, policy(r#""db:read", "db:dump""#)?);
    /// let at = "2026-03-02T09:00:00Z".parse()?;
    /// let diff = Policy::diff(&old, &new, &State::default(), at)?;
    /// assert!(diff.to_string().contains("ann gains db:dump"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`Engine::new`] and [`Engine::adopt`].
    pub fn diff(old: &Self, new: &Self, state: &State, at: Timestamp) -> Result<PolicyDiff, EngineError> {
        Engine::new(old.clone(), state.clone())?.diff(new, at)
    }
}

impl Engine {
    /// What `policy` in place of this engine's document would change for people, at `now`.
    ///
    /// Access is compared for every permission that anything held directly now gives, in the scope in which it is
    /// held or given; a question is asked of both documents for each. Eligibility is compared for every
    /// identity that is alive and every entitlement and scope that rules of either document name: by the rules
    /// that match now, with denials and guardrails that apply without condition. Conditions, hours,
    /// prerequisites and approvals of rules are left aside: what may be obtained is what is worth asking for.
    ///
    /// Costs two engines, and per identity a question for each permission that it holds and a look at the rules
    /// for each entitlement and scope that they name.
    ///
    /// # Errors
    /// As [`Engine::adopt`].
    pub fn diff(&self, policy: &Policy, now: Timestamp) -> Result<PolicyDiff, EngineError> {
        let settled = self.settled()?;
        let (adoption, next) = settled.succeed(policy, None, now)?;
        let at = adoption.at;
        let mut sides = Sides { old: Worth::new(&settled, at), new: Worth::new(&next, at), at };
        let mut diff = PolicyDiff {
            access: Vec::new(),
            at,
            complete: true,
            eligibility: Vec::new(),
            new: policy.digest().to_string(),
            old: self.policy().digest().to_string(),
        };
        // The new state knows everything by the references of the old one, and more.
        let names = &next.assumed().identity_names;
        let mut all: Vec<u32> = (0..number(names.len())).collect();
        all.sort_by(|a, b| names.name(*a).cmp(&names.name(*b)));
        for who in all {
            sides.access(who, &mut diff);
            sides.eligibility(who, &mut diff);
        }
        Ok(diff)
    }
}

/// The same log under both documents.
struct Sides<'a> {
    old: Worth<'a>,
    new: Worth<'a>,
    at: Timestamp,
}

/// What is worth asking under one document.
struct Worth<'a> {
    engine: &'a Engine,
    at: Timestamp,
    /// The permissions and scopes that an entitlement gives, as far as it was looked at.
    given: BTreeMap<u32, Vec<(u32, u32)>>,
    /// Each rule with the entitlements that it may match.
    rules: BTreeMap<&'a RuleId, (&'a CompiledRule, Vec<u32>)>,
    /// Each standing rule with the entitlements that it matches now.
    standing: Vec<(&'a CompiledStanding, Vec<u32>)>,
}

impl<'a> Worth<'a> {
    fn new(engine: &'a Engine, at: Timestamp) -> Self {
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
        Self { engine, at, given: BTreeMap::new(), rules, standing: standing.collect() }
    }

    /// The permissions that an identity holds now, with the scopes in which it does.
    fn access(&mut self, who: u32, asked: &mut BTreeSet<(u32, u32)>) {
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
        for (entitlement, scope) in held {
            let engine = self.engine;
            let given = self.given.entry(entitlement).or_insert_with(|| given(engine, entitlement));
            let within = |inner: u32| if scope == NONE { inner } else { scope };
            asked.extend(given.iter().map(|(permission, inner)| (*permission, within(*inner))));
        }
    }

    /// The entitlements that rules let an identity obtain now, with the scopes that they name.
    fn eligibility(&self, who: u32) -> BTreeSet<(u32, u32)> {
        let mut named = BTreeSet::new();
        let world = self.engine.world();
        if !is_alive(self.engine, who, self.at) {
            return named;
        }
        for (rule, entitlements) in self.rules.values() {
            if rule.who.when(world, who, Reading::Narrow).is_none_or(|when| !when.contains(self.at)) {
                continue;
            }
            let places = rule.places.list().unwrap_or(&[NONE]);
            for pair in entitlements.iter().flat_map(|e| places.iter().map(|place| (*e, *place))) {
                if rule.matches_when(world, who, pair.0, pair.1).contains(self.at) {
                    named.insert(pair);
                }
            }
        }
        named
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

impl Sides<'_> {
    fn access(&mut self, who: u32, diff: &mut PolicyDiff) {
        let mut asked = BTreeSet::new();
        self.old.access(who, &mut asked);
        self.new.access(who, &mut asked);
        let state = self.new.engine.assumed();
        let Some(identity) = state.identity_id(who) else { return };
        let mut changes = Vec::new();
        for (permission, scope) in asked {
            let Some(permission) = state.permission_names.name(permission).map(PermissionId::from_interned)
            else {
                continue;
            };
            let scope = state.resource_id(scope);
            let question = Question {
                context: BTreeMap::new(),
                identity: identity.clone(),
                permission,
                resource: scope.clone().map(Target::from),
            };
            let (before, after) =
                (holding(self.old.engine, &question, self.at), holding(self.new.engine, &question, self.at));
            let change = match rank(before.answer).cmp(&rank(after.answer)) {
                Ordering::Less => Direction::Gained,
                Ordering::Greater => Direction::Lost,
                Ordering::Equal => match lasts(&before).cmp(&lasts(&after)) {
                    Ordering::Less => Direction::Longer,
                    Ordering::Greater => Direction::Shorter,
                    Ordering::Equal => continue,
                },
            };
            let Question { identity, permission, .. } = question;
            changes.push(AccessChange { after, before, change, identity, permission, scope });
        }
        changes.sort_by(|a, b| (&a.permission, &a.scope).cmp(&(&b.permission, &b.scope)));
        for change in changes {
            keep(&mut diff.access, change, &mut diff.complete);
        }
    }

    fn eligibility(&self, who: u32, diff: &mut PolicyDiff) {
        let (old, new) = (self.old.eligibility(who), self.new.eligibility(who));
        if old.is_empty() && new.is_empty() {
            return;
        }
        let state = self.new.engine.assumed();
        let Some(identity) = state.identity_id(who) else { return };
        let mut changes = Vec::new();
        for (entitlement, scope) in old.union(&new) {
            let key = (who, *entitlement, *scope);
            let (before, after) =
                (obtainable(self.old.engine, key, self.at), obtainable(self.new.engine, key, self.at));
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
            let Some(entitlement) = state.entitlement_id(*entitlement) else { continue };
            let (identity, scope) = (identity.clone(), state.resource_id(*scope));
            changes.push(EligibilityChange { after, before, change, entitlement, identity, scope });
        }
        changes.sort_by(|a, b| (&a.entitlement, &a.scope).cmp(&(&b.entitlement, &b.scope)));
        for change in changes {
            keep(&mut diff.eligibility, change, &mut diff.complete);
        }
    }
}

fn keep<T>(list: &mut Vec<T>, item: T, complete: &mut bool) {
    if list.len() < MAX_CHANGES {
        list.push(item);
    } else {
        *complete = false;
    }
}

fn holding(engine: &Engine, question: &Question, at: Timestamp) -> Holding {
    let answer = engine.check(question, at);
    Holding { answer: answer.answer, until: answer.until }
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

/// What the rules that match let an identity obtain.
fn obtainable(engine: &Engine, (who, what, scope): (u32, u32, u32), at: Timestamp) -> Option<Obtainable> {
    if !is_alive(engine, who, at) {
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

impl Direction {
    /// What somebody does who is affected.
    const fn verb(self) -> &'static str {
        match self {
            Self::Gained => "gains",
            Self::Longer => "has longer",
            Self::Shorter => "has shorter",
            Self::Lost => "loses",
        }
    }
}

impl fmt::Display for PolicyDiff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.access.is_empty() && self.eligibility.is_empty() {
            writeln!(f, "at {}: nobody gains or loses anything", self.at)?;
            if self.old != self.new {
                // The documents differ, if not in this.
                writeln!(
                    f,
                    "  conditions, hours, prerequisites, inputs, approvals and capacities were not compared"
                )?;
            }
            return Ok(());
        }
        if !self.access.is_empty() {
            writeln!(f, "at {}: access", self.at)?;
        }
        for change in &self.access {
            write!(f, "  {} {} {}", change.identity, change.change.verb(), change.permission)?;
            in_scope(f, change.scope.as_ref())?;
            writeln!(f, ": {} -> {}", change.before, change.after)?;
        }
        if !self.eligibility.is_empty() {
            writeln!(f, "at {}: eligibility", self.at)?;
        }
        for change in &self.eligibility {
            write!(f, "  {} {} {}", change.identity, change.change.verb(), change.entitlement)?;
            in_scope(f, change.scope.as_ref())?;
            let word = |obtainable: Option<Obtainable>| match obtainable {
                None => "no".to_string(),
                Some(Obtainable { max: None }) => "as long as an event".to_string(),
                Some(Obtainable { max: Some(max) }) => alloc::format!("at most {max}"),
            };
            writeln!(f, ": {} -> {}", word(change.before), word(change.after))?;
        }
        if !self.complete {
            writeln!(f, "  and more: {MAX_CHANGES} of a sort are listed")?;
        }
        Ok(())
    }
}

fn in_scope(f: &mut fmt::Formatter<'_>, scope: Option<&ResourceId>) -> fmt::Result {
    scope.map_or(Ok(()), |scope| write!(f, " in {scope}"))
}

impl fmt::Display for Holding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.answer, self.until) {
            (Access::Allowed, Some(until)) => write!(f, "until {until}"),
            (Access::Allowed, None) => f.write_str("allowed"),
            (Access::Conditional, _) => f.write_str("conditional"),
            (Access::Denied, _) => f.write_str("denied"),
        }
    }
}
