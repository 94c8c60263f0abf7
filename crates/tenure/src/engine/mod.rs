//! The engine is a policy and a state joined and compiled: immutable, cheap to clone, safe to share between
//! threads. Facts lead from one engine to the next; both remain usable.

mod adopt;
mod adoption;
mod catalogue;
mod error;
mod fields;
mod handle;
mod rows;
mod succession;

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

pub use adopt::PolicyAdoption;
pub use error::EngineError;
pub use handle::{IdentityHandle, PermissionHandle, ResourceHandle};
pub(crate) use rows::{Row, Rows};

use crate::compile::{
    CompiledCapacity, Conditions, Hierarchy, HierarchyError, Holders, Holding, Rules, Source, Tree, World,
    all_holdings, holdings, renewed,
};
use crate::decide::Adoption;
use crate::fact::Fact;
use crate::log::{AdmitError, Conflict, Proposal};
use crate::model::Basis;
use crate::policy::Policy;
use crate::state::{AHEAD, Ahead, ApplyError, Effect, State};
use crate::time::{Span, Timestamp};

/// How far `now` may be behind the latest `recorded_at` without being a clock gone wrong.
pub const CLOCK_TOLERANCE: Span = Span::seconds(5);

/// A policy and a state, compiled.
///
/// ```
/// use tenure::engine::Engine;
/// use tenure::policy::Policy;
/// use tenure::state::State;
///
/// let policy = Policy::from_json(r#"{
///   "tenure": 1,
///   "identities": {"ann": {"kind": "human"}},
///   "entitlements": {"db-reader": {"kind": "role", "permissions": ["db:read"]}},
///   "standing": {"s-1": {"holder": {"identity": "ann"}, "entitlement": "db-reader"}}
/// }"#)?;
/// let engine = Engine::new(policy, State::default())?;
/// let now = "2026-03-02T09:00:00Z".parse()?;
/// assert!(engine.allows("ann", "db:read", None, now));
/// assert!(!engine.allows("ann", "db:write", None, now));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Engine {
    inner: Arc<Inner>,
}

#[derive(Debug, Clone)]
struct Inner {
    policy: Arc<Policy>,
    /// What is decided on: the log's state, with the adoption if the log has none.
    state: State,
    /// The state of the log where `state` is more than that.
    logged: Option<State>,
    adoption: Option<Arc<Adoption>>,
    /// Since when eligibility is judged by this policy.
    adopted: Timestamp,
    /// The digest that the log adopted instead.
    foreign: Option<String>,
    hierarchy: Arc<Hierarchy>,
    tree: Arc<Tree>,
    rules: Arc<Rules>,
    conditions: Arc<Conditions>,
    rows: Rows,
    holders: Arc<Holders>,
    log_root: Arc<str>,
    policy_digest: Arc<str>,
    lineage: u64,
}

impl Engine {
    /// Joins a policy and a state. Where the log has adopted no document yet, this one is decided on as if it
    /// had been, and the facts that adopt it stand before those of the first proposal. Costs a pass over
    /// everything that is held.
    ///
    /// # Errors
    /// [`EngineError`] if the document names what nobody knows, or contradicts the log.
    pub fn new(policy: Policy, state: State) -> Result<Self, EngineError> {
        Self::join(Arc::new(policy), state)
    }

    fn join(policy: Arc<Policy>, state: State) -> Result<Self, EngineError> {
        let (adoption, logged, adopted_state) = match state.adopted_policy() {
            Some(_) => (None, None, state),
            None => {
                let (adoption, adopted) = adoption::adopt(&policy, &state)?;
                (Some(Arc::new(adoption)), Some(state), adopted)
            }
        };
        let dangling = policy.dangling(|kind, name| adopted_state.knows(kind, name));
        crate::policy::PolicyError::none_of(dangling).map_err(EngineError::Dangling)?;
        let adoption_fact = adopted_state.adoption.as_ref();
        let foreign = adoption_fact.filter(|a| a.digest != policy.digest()).map(|a| a.digest.clone());
        let adopted = match (&adoption, &foreign) {
            // As the first permit will say.
            (Some(_), _) => Timestamp::MIN,
            // A document that another one keeps out of force takes nothing from anyone.
            (None, Some(_)) => Timestamp::MAX,
            (None, None) => adoption_fact.map_or(Timestamp::MIN, |a| a.at),
        };
        let policy_digest = Arc::from(policy.digest());
        let lineage = lineage(&policy, logged.as_ref().unwrap_or(&adopted_state));
        let mut inner = Inner {
            policy,
            state: adopted_state,
            logged,
            adoption,
            adopted,
            foreign,
            hierarchy: Arc::default(),
            tree: Arc::default(),
            rules: Arc::default(),
            conditions: Arc::default(),
            rows: Rows::default(),
            holders: Arc::default(),
            log_root: Arc::from(""),
            policy_digest,
            lineage,
        };
        inner.compile_structure()?;
        inner.compile_rows()?;
        inner.log_root = Arc::from(inner.logged().log_root());
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Takes in facts of which the first stands at `position`, and gives the next engine; this one stays as it
    /// is. Facts that were taken in before change nothing.
    ///
    /// # Errors
    /// [`EngineError::Apply`] if facts in between are missing; [`EngineError`] as for [`Engine::new`] when the
    /// facts adopt the document or reshape the hierarchy.
    pub fn apply(&self, position: u64, facts: &[Fact]) -> Result<Self, EngineError> {
        let mut inner = Inner::clone(&self.inner);
        if let Some(mut logged) = inner.logged.take() {
            // The log may now adopt the document: what was assumed gives way to what it says.
            logged.apply_all(position, facts)?;
            return Self::join(inner.policy, logged);
        }
        let mut changes = Changes::default();
        let adopted = inner.state.adoption.clone();
        let mut positions = position..;
        for facts in facts.chunks(AHEAD) {
            inner.read_ahead(facts);
            for (fact, position) in facts.iter().zip(positions.by_ref()) {
                changes.add(inner.state.take(position, fact)?);
            }
        }
        if inner.state.adoption != adopted {
            return Self::join(inner.policy, inner.state);
        }
        inner.renew(changes)?;
        inner.log_root = Arc::from(inner.state.log_root());
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The engine as it would be if this had happened too, for questions of what would follow. The log does not know of it: what
    /// it decides must never be proposed.
    pub(crate) fn suppose(&self, fact: &Fact) -> Result<Self, EngineError> {
        let mut inner = Inner::clone(&self.inner);
        let mut changes = Changes::default();
        let position = inner.state.len();
        changes.add(inner.state.take(position, fact)?);
        inner.renew(changes)?;
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Takes in what a proposal says, at the end of the log.
    ///
    /// # Errors
    /// [`CommitError::Conflict`] if what the proposal was decided on has changed: decide again.
    pub fn commit(&self, proposal: &Proposal) -> Result<Self, CommitError> {
        crate::log::fits(self.state(), proposal).map_err(CommitError::Conflict)?;
        Ok(self.apply(self.position(), &proposal.facts)?)
    }

    /// Judges facts that a host wants to add, see [`crate::log::admit`]; names of the document count as known.
    ///
    /// # Errors
    /// [`AdmitError`] for the first fact that is wrong.
    pub fn admit(&self, facts: &[Fact], now: Timestamp) -> Result<Vec<Fact>, AdmitError> {
        crate::log::admit(&self.inner.state, facts, now)
    }

    /// The same engine with all rows side by side again. Costs a pass over everything that is held; worth it
    /// after many facts, never needed for correctness.
    #[must_use]
    pub fn compact(&self) -> Self {
        match self.inner.rows.compact() {
            Some(rows) => Self { inner: Arc::new(Inner { rows, ..Inner::clone(&self.inner) }) },
            None => self.clone(),
        }
    }

    /// The policy.
    pub fn policy(&self) -> &Policy {
        &self.inner.policy
    }

    /// The state of the log.
    pub fn state(&self) -> &State {
        self.inner.logged()
    }

    /// The length of the log; where the next fact stands.
    pub fn position(&self) -> u64 {
        self.inner.logged().len()
    }

    /// The bytes that the compiled rows take; the state, shared with others, apart.
    pub fn row_bytes(&self) -> usize {
        self.inner.rows.bytes()
    }

    /// What is decided on.
    pub(crate) fn assumed(&self) -> &State {
        &self.inner.state
    }

    pub(crate) fn world(&self) -> World<'_> {
        self.inner.world()
    }

    pub(crate) fn rules(&self) -> &Rules {
        &self.inner.rules
    }

    /// Who may hold what a capacity counts.
    pub(crate) fn holders(&self, capacity: usize) -> impl Iterator<Item = u32> {
        self.inner.holders.get(capacity).into_iter().flatten().copied()
    }

    pub(crate) fn rows(&self) -> &Rows {
        &self.inner.rows
    }

    pub(crate) fn foreign(&self) -> Option<&str> {
        self.inner.foreign.as_deref()
    }

    pub(crate) fn adoption(&self) -> Option<&Arc<Adoption>> {
        self.inner.adoption.as_ref()
    }

    pub(crate) fn policy_digest(&self) -> &Arc<str> {
        &self.inner.policy_digest
    }

    pub(crate) fn log_root(&self) -> &Arc<str> {
        &self.inner.log_root
    }

    /// The instant that counts as now, unless the clock is behind the log by more than the tolerance.
    pub(crate) fn clock(&self, now: Timestamp) -> Option<Timestamp> {
        let high_water = self.inner.logged().high_water();
        (now >= high_water.minus(CLOCK_TOLERANCE)).then_some(now.max(high_water))
    }
}

/// Why a proposal cannot be committed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CommitError {
    /// Something that was read has changed.
    #[error("{0}")]
    Conflict(Conflict),
    /// The facts do not fit.
    #[error("{0}")]
    Engine(#[from] EngineError),
}

impl CommitError {
    /// The stable code.
    pub fn code(&self) -> &str {
        match self {
            Self::Conflict(conflict) => conflict.code(),
            Self::Engine(error) => error.code(),
        }
    }
}

/// What facts have changed, gathered over a batch.
#[derive(Debug, Default)]
struct Changes {
    identities: BTreeSet<u32>,
    /// Holders, each with a grant that is new or may end otherwise.
    grants: Vec<(u32, u32)>,
    /// The events whose grants may end otherwise; with an instant if they are only over from then on.
    events: BTreeMap<u32, Option<Timestamp>>,
    entitlements: bool,
    resources: bool,
    everything: bool,
}

impl Changes {
    fn add(&mut self, effect: Effect) {
        match effect {
            Effect::Nothing => {}
            Effect::Identity(identity) => {
                self.identities.insert(identity);
            }
            Effect::Grant { holder, grant } => {
                self.grants.push((holder, grant));
            }
            Effect::Event(event) => {
                self.events.insert(event, None);
            }
            Effect::EventOver(event, at) => {
                self.events.entry(event).and_modify(|known| *known = None).or_insert(Some(at));
            }
            Effect::FreshEntitlement => self.entitlements = true,
            Effect::FreshResource => self.resources = true,
            Effect::Everything => self.everything = true,
        }
    }
}

impl Inner {
    fn logged(&self) -> &State {
        self.logged.as_ref().unwrap_or(&self.state)
    }

    fn world(&self) -> World<'_> {
        World {
            state: &self.state,
            hierarchy: &self.hierarchy,
            tree: &self.tree,
            rules: &self.rules,
            conditions: &self.conditions,
            adopted: self.adopted,
            deaths: None,
        }
    }

    /// Reads what the facts will change, see [`State::read_ahead`].
    fn read_ahead(&self, facts: &[Fact]) {
        let mut read = 0usize;
        let all = self.state.read_ahead(facts);
        for Ahead { identity, .. } in &all {
            read ^= self.rows.read_place(*identity);
            read ^= self.state.identities.at(*identity).map_or(0, |row| row.version as usize);
        }
        for Ahead { identity, .. } in &all {
            read ^= self.rows.read(*identity);
            let noun = self.state.identities.at(*identity).and_then(|row| row.noun.as_ref());
            read ^= noun.map_or(0, |noun| usize::from(noun.last().ends.is_some() ^ noun.is_constant()));
        }
        for one in all.iter().filter(|one| one.changes_identity) {
            for holding in self.rows.get(one.identity) {
                let Source::Grant(grant) = holding.source() else { continue };
                read ^= self
                    .state
                    .grants
                    .at(grant)
                    .map_or(0, |row| row.cause as usize ^ row.start.as_millis() as usize);
            }
        }
        core::hint::black_box(read);
    }

    fn compile_structure(&mut self) -> Result<(), EngineError> {
        self.rules = Arc::new(Rules::new(&self.policy, &self.state));
        self.conditions = Arc::new(Conditions::new(&self.policy, &self.state));
        self.tree = Arc::new(Tree::new(&self.state, &self.conditions));
        self.compile_hierarchy()
    }

    fn compile_hierarchy(&mut self) -> Result<(), EngineError> {
        let groups = self.rules.groups(&self.policy, &self.state);
        let denied = self.rules.restrictions.of_use(&self.state);
        let hierarchy = Hierarchy::new(&self.state, &groups, &self.conditions, denied);
        let mut hierarchy = hierarchy.map_err(|error| match error {
            HierarchyError::Cycle => EngineError::Corrupt,
            HierarchyError::TooLarge => EngineError::TooLarge,
        })?;
        if !self.rules.standing.is_empty() || !self.rules.restrictions.denials.is_empty() {
            let denials = self.rules.restrictions.denials.iter().filter(|denial| denial.on_use());
            let denied = denials.flat_map(|denial| denial.permissions.iter().copied());
            let held = |e| self.rules.standing.iter().any(|rule| rule.what.when(&self.state, e).is_some());
            hierarchy.rule(denied, held);
        }
        self.hierarchy = Arc::new(hierarchy);
        Ok(())
    }

    fn compile_rows(&mut self) -> Result<(), EngineError> {
        let (ends, holdings) = all_holdings(self.world()).ok_or(EngineError::Corrupt)?;
        self.rows = Rows::new(ends, holdings);
        let world = self.world();
        let of = |capacity: &CompiledCapacity| {
            let all = 0..u32::try_from(self.state.identities.len()).unwrap_or(u32::MAX);
            all.filter(|who| capacity.concerns(world, *who)).collect()
        };
        self.holders = Arc::new(self.rules.capacities.iter().map(of).collect());
        Ok(())
    }

    /// Replaces a row, and remembers its holder where it is counted.
    fn set_row(&mut self, who: u32, row: Arc<[Holding]>) {
        for (number, capacity) in self.rules.capacities.iter().enumerate() {
            let known = self.holders.get(number).is_some_and(|holders| holders.contains(&who));
            if !known && capacity.concerns(self.world(), who) {
                let holders = Arc::make_mut(&mut self.holders);
                if let Some(holders) = holders.get_mut(number) {
                    holders.insert(who);
                }
            }
        }
        self.rows.set(who, row);
    }

    fn renew(&mut self, changes: Changes) -> Result<(), EngineError> {
        if changes.everything {
            self.compile_structure()?;
            return self.compile_rows();
        }
        if changes.entitlements || changes.resources || self.conditions.are_behind(&self.state) {
            self.conditions = Arc::new(self.conditions.grown(&self.state));
        }
        if changes.entitlements {
            if !self.rules.capacities.is_empty() || !self.rules.restrictions.denials.is_empty() {
                // They know by reference what they count and deny, and there is more of it.
                self.rules = Arc::new(Rules::new(&self.policy, &self.state));
            }
            self.compile_hierarchy()?;
        }
        if changes.resources {
            self.tree = Arc::new(Tree::new(&self.state, &self.conditions));
        }
        let mut identities = changes.identities;
        if self.rules.depend_on_grants {
            // A grant may keep another one of its holder alive.
            identities.extend(changes.grants.iter().map(|(holder, _)| holder));
        }
        let mut cuts: Vec<Cut> = Vec::new();
        for (event, over) in changes.events {
            let mut grant = self.state.events.at(event).map_or(crate::store::NONE, |row| row.last_grant);
            while let Some(row) = self.state.grants.at(grant) {
                match over.filter(|_| !self.rules.depend_on_grants) {
                    Some(over) => {
                        cuts.push(Cut { holder: row.holder, grant, end: self.end_after(row, over) })
                    }
                    None => {
                        identities.insert(row.holder);
                    }
                }
                grant = row.previous_of_event;
            }
        }
        self.cut(cuts);
        let mut grants = changes.grants;
        grants.sort_unstable();
        grants.dedup();
        for grants in grants.chunk_by(|(a, _), (b, _)| a == b) {
            let Some((who, _)) = grants.first().copied().filter(|(who, _)| !identities.contains(who)) else {
                continue;
            };
            let row = renewed(self.rows.get(who), who, grants, self.world());
            self.set_row(who, Arc::from(row));
        }
        for who in identities {
            let row = holdings(who, self.world());
            self.set_row(who, Arc::from(row));
        }
        Ok(())
    }

    /// When a grant ends at the latest whose event is over from `over` on.
    fn end_after(&self, grant: &crate::state::GrantRow, over: Timestamp) -> Timestamp {
        let grace = match self.state.basis_of(grant) {
            Basis::Policy { event: Some(terms), .. } => terms.grace,
            _ => Span::ZERO,
        };
        if over > grant.start { over.plus(grace) } else { grant.start }
    }

    /// Shortens holdings in place of deriving their rows anew: the end of an event may concern very many.
    fn cut(&mut self, mut cuts: Vec<Cut>) {
        cuts.sort_unstable_by_key(|cut| (cut.holder, cut.grant));
        for cuts in cuts.chunk_by(|a, b| a.holder == b.holder) {
            let Some(holder) = cuts.first().map(|cut| cut.holder) else { continue };
            // One copy of the row, shortened on the way: an empty window stays and is never live.
            let mut shortened = false;
            let copied = self.rows.get(holder).iter().map(|holding| {
                let Source::Grant(grant) = holding.source() else { return *holding };
                let Ok(at) = cuts.binary_search_by_key(&grant, |cut| cut.grant) else { return *holding };
                let end = cuts.get(at).map_or(holding.end, |cut| cut.end);
                shortened |= end < holding.end;
                let mut cut = *holding;
                cut.end = cut.end.min(end);
                cut
            });
            let row: Arc<[Holding]> = copied.collect();
            if shortened {
                self.rows.set(holder, row);
            }
        }
    }
}

/// A grant that ends at the latest at `end`.
struct Cut {
    holder: u32,
    grant: u32,
    end: Timestamp,
}

/// Names the beginning of a line of engines: handles of another line are never resolved.
fn lineage(policy: &Policy, state: &State) -> u64 {
    let text = alloc::format!("{}{}{}", policy.digest(), state.len(), state.log_root());
    crate::store::stable_hash(&text)
}

impl From<ApplyError> for CommitError {
    fn from(error: ApplyError) -> Self {
        Self::Engine(EngineError::Apply(error))
    }
}
