//! To adopt another document is to record what it changes: first what has ended under the old one, then what it
//! says of nouns, then that it is in force. The document in force is what it is compared with, not the log: what
//! facts say of a noun stays, unless both want to change the same.

use alloc::collections::BTreeSet;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use serde::Serialize;

use super::succession::{Asked, Succession, succession};
use super::{CommitError, Engine, EngineError};
use crate::fact::{Body, Fact, PolicyAdopted};
use crate::id::{FactId, IdentityId};
use crate::log::{Expectation, Key, KeyKind, Proposal, admit};
use crate::model::{Holder, Implied};
use crate::policy::{NounKind, Policy, PolicyError};
use crate::reconcile::Removal;
use crate::state::State;
use crate::time::Timestamp;

/// What it takes to put a document in force.
#[must_use]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PolicyAdoption {
    /// From when it is in force: `now`, or the log's high water if that is later.
    pub at: Timestamp,
    /// The digest of the document.
    pub policy: String,
    /// The facts to append; none if the document is in force already.
    pub proposal: Proposal,
    /// What is to be taken away, because it ended under the old document and that is recorded now.
    pub removals: Vec<Removal>,
}

impl Engine {
    /// What it takes to put `policy` in force in place of this engine's own document, at `now` and by `by`. Its
    /// nouns are compared with those of the document in force: what is new is defined from now on, what is said
    /// otherwise changes, and what is gone is retired, leaves, is removed or closed. On a log that has adopted no
    /// document it is what [`Engine::new`] computes, in effect since ever. The proposal records first what has
    /// ended under the old document. Costs a pass over everything that is held.
    ///
    /// ```
    /// use tenure::engine::Engine;
    /// use tenure::policy::Policy;
    /// use tenure::state::State;
    ///
    /// let now = "2026-03-02T09:00:00Z".parse()?;
    /// let first = Policy::from_json(r#"{"tenure": 1, "identities": {"ann": {"kind": "human"}}}"#)?;
    /// let engine = Engine::new(first.clone(), State::default())?;
    /// let engine = engine.commit_adoption(first.clone(), &engine.adopt(&first, None, now)?)?;
    ///
    /// let text = r#"{"tenure": 1, "identities": {"ann": {"kind": "human", "name": "Ann"}}}"#;
    /// let second = Policy::from_json(text)?;
    /// let adoption = engine.adopt(&second, None, now)?;
    /// assert_eq!(adoption.proposal.facts.len(), 2, "her name, and the document");
    /// // Here the host appends the facts, if its log still has length `base`.
    /// let engine = engine.commit_adoption(second, &adoption)?;
    /// assert_eq!(engine.state().adopted_policy(), Some(adoption.policy.as_str()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`EngineError::NotAdopted`] if the log adopted another document than this engine's;
    /// [`EngineError::ClockRegression`]; [`EngineError::Adoption`] for what cannot become of a noun: `model.fixed`
    /// for a field that never changes, `model.retired` for a name that is used up, `model.conflict` where facts
    /// changed the same field, and the codes of [`AdmitError`](crate::log::AdmitError), for example `fact.cycle`
    /// for an edge against one that the log has ever known; [`EngineError::UnknownAdopter`]; and what
    /// [`Engine::new`] would say of the document.
    pub fn adopt(
        &self,
        policy: &Policy,
        by: Option<&IdentityId>,
        now: Timestamp,
    ) -> Result<PolicyAdoption, EngineError> {
        self.succeed(policy, by, now).map(|(adoption, _)| adoption)
    }

    /// Takes in an adoption, at the end of the log, and gives the engine of its document.
    ///
    /// # Errors
    /// [`CommitError::Conflict`] if what the adoption rests on has changed: adopt again.
    pub fn commit_adoption(&self, policy: Policy, adoption: &PolicyAdoption) -> Result<Self, CommitError> {
        if adoption.policy != policy.digest() {
            let (adopted, policy) = (adoption.policy.clone(), policy.digest().to_string());
            return Err(EngineError::NotAdopted { adopted, policy }.into());
        }
        crate::log::fits(self.state(), &adoption.proposal).map_err(CommitError::Conflict)?;
        let mut state = self.state().clone();
        state.apply_all(state.len(), &adoption.proposal.facts)?;
        Ok(Self::new(policy, state)?)
    }

    /// The same engine as if the log had adopted its document, where the log has adopted none.
    pub(crate) fn settled(&self) -> Result<Self, EngineError> {
        match self.adoption() {
            Some(_) => Self::join(Arc::clone(&self.inner.policy), self.assumed().clone()),
            None => Ok(self.clone()),
        }
    }

    /// The adoption, and the engine that follows from it.
    pub(crate) fn succeed(
        &self,
        policy: &Policy,
        by: Option<&IdentityId>,
        now: Timestamp,
    ) -> Result<(PolicyAdoption, Self), EngineError> {
        let Some(at) = self.clock(now) else {
            return Err(EngineError::ClockRegression { high_water: self.state().high_water() });
        };
        if let Some(adopted) = self.foreign() {
            let (adopted, policy) = (adopted.to_string(), self.policy().digest().to_string());
            return Err(EngineError::NotAdopted { adopted, policy });
        }
        let mut writing = Writing {
            at,
            by,
            base: self.state(),
            state: self.state().clone(),
            expects: [Key::policy()].into(),
            proposal: Proposal::default(),
        };
        let mut removals = Vec::new();
        if self.adoption().is_some() {
            let (first, _) = super::adoption::adopt(policy, self.state())?;
            writing.add_all(first.facts)?;
        } else if policy.digest() != self.policy().digest() {
            let ended = self.reconcile(now);
            removals = ended.removals;
            let found = succession(self.policy(), policy, self.state(), at).map_err(EngineError::Adoption)?;
            writing.add_later(policy, ended.proposal.facts, found)?;
        }
        if let Some(by) = by.filter(|by| !writing.state.knows(NounKind::Identity, by.as_str())) {
            return Err(EngineError::UnknownAdopter { by: by.clone() });
        }
        let next = Self::join(Arc::new(policy.clone()), writing.state.clone())?;
        let proposal = writing.finish();
        Ok((PolicyAdoption { at, policy: policy.digest().to_string(), proposal, removals }, next))
    }
}

/// A proposal in the making.
struct Writing<'a> {
    at: Timestamp,
    by: Option<&'a IdentityId>,
    /// What the log says.
    base: &'a State,
    /// The same with what is proposed.
    state: State,
    /// What the proposal rests on.
    expects: BTreeSet<Key>,
    proposal: Proposal,
}

impl Writing<'_> {
    /// The facts of a first adoption.
    fn add_all(&mut self, facts: Vec<Fact>) -> Result<(), EngineError> {
        facts.into_iter().try_for_each(|fact| self.add_noun(Fact { recorded_at: self.at, ..fact }))
    }

    /// The facts of a later one, behind the ends that are recorded before it.
    fn add_later(&mut self, policy: &Policy, ends: Vec<Fact>, found: Succession) -> Result<(), EngineError> {
        let adopted = Body::PolicyAdopted(PolicyAdopted { digest: policy.digest().to_string() });
        let adopted = (adopted, ("", String::new()));
        // One document may be adopted several times, so the name of the fact says at which length of the log.
        let (short, base) = (policy.digest().get(..16).unwrap_or_default(), self.base.len());
        let (mut facts, mut asked) = (Vec::new(), Vec::new());
        for (n, (body, by)) in found.bodies.into_iter().chain([adopted]).enumerate() {
            let id = alloc::format!("policy/{short}@{base}/{n}");
            let id = FactId::new(id).map_err(|_| EngineError::Corrupt)?;
            facts.push(Fact::new(id, self.at, body));
            asked.push(by);
        }
        for body in found.read {
            let fact = Fact::new(FactId::new("read").map_err(|_| EngineError::Corrupt)?, self.at, body);
            self.expect(fact.touches(self.base));
        }
        for end in ends {
            self.add(end)?;
        }
        self.judge(policy, &facts, &asked)?;
        facts.into_iter().try_for_each(|fact| self.add_noun(fact))?;
        // What this document drops must not be what it still names.
        let known = |kind, name: &str| {
            self.state.knows(kind, name) && !found.dropped.contains(&(kind, name.to_string()))
        };
        PolicyError::none_of(policy.dangling(known)).map_err(EngineError::Dangling)
    }

    /// Every fact must be one that a host could have added.
    fn judge(&self, policy: &Policy, facts: &[Fact], asked: &[Asked]) -> Result<(), EngineError> {
        let Err(error) = admit(&self.state, facts, self.at) else { return Ok(()) };
        let keys = asked.get(error.index).map(|(section, id)| [*section, id.as_str()]);
        let keys = keys.as_ref().map_or(&[][..], |keys| keys.as_slice());
        let problem = policy.problem(error.code(), keys, error.kind.to_string());
        Err(EngineError::Adoption(problem.into()))
    }

    /// A fact about a noun, or the adoption.
    fn add_noun(&mut self, fact: Fact) -> Result<(), EngineError> {
        self.rest_on(&fact.body);
        let touches = self.add(Fact { by: self.by.cloned(), ..fact })?;
        self.expect(touches);
        Ok(())
    }

    /// Rests on these, but not on feeds, whose signs of life change nothing about what a document says, nor on the
    /// catalogue: each entitlement that it speaks of is read by itself.
    fn expect(&mut self, keys: Vec<Key>) {
        self.expects
            .extend(keys.into_iter().filter(|key| !matches!(key.kind(), KeyKind::Feed | KeyKind::Catalogue)));
    }

    fn add(&mut self, fact: Fact) -> Result<Vec<Key>, EngineError> {
        let touches = fact.touches(&self.state);
        self.state.apply(self.state.len(), &fact)?;
        self.proposal.facts.push(fact);
        self.proposal.touches.push(touches.clone());
        Ok(touches)
    }

    /// An edge rests on all that lies beyond it: nothing there may come to lead back.
    fn rest_on(&mut self, body: &Body) {
        let mut entitlements = Vec::new();
        let mut resource = None;
        let always;
        let edges: &[Implied] = match body {
            Body::EntitlementDefined(d) => &d.definition.implies,
            Body::EntitlementChanged(c) => c.changes.implies.as_deref().unwrap_or_default(),
            Body::StandingAssigned(d) if matches!(d.definition.holder, Holder::Group(_)) => {
                always = [Implied::always(d.definition.entitlement.clone())];
                &always
            }
            Body::ResourceDefined(d) => {
                resource = d.definition.parent.as_ref();
                &[]
            }
            Body::ResourceChanged(c) => {
                resource = c.changes.parent.as_ref();
                &[]
            }
            _ => &[],
        };
        entitlements.extend(
            edges.iter().filter_map(|edge| self.base.entitlement_names.find(edge.entitlement.as_str())),
        );
        let mut seen = BTreeSet::new();
        while let Some(reference) = entitlements.pop() {
            if let (true, Some(row)) = (seen.insert(reference), self.base.entitlements.at(reference)) {
                let name = self.base.entitlement_names.name(reference);
                self.expects.extend(name.map(|name| Key::new(KeyKind::Entitlement, Arc::clone(name))));
                // What a group holds is an edge too.
                self.expects.extend(name.map(|name| Key::new(KeyKind::Group, Arc::clone(name))));
                entitlements.extend_from_slice(&row.targets);
            }
        }
        let mut resources: Vec<u32> =
            resource.and_then(|parent| self.base.resource_names.find(parent.as_str())).into_iter().collect();
        let mut seen = BTreeSet::new();
        while let Some(reference) = resources.pop() {
            if let (true, Some(row)) = (seen.insert(reference), self.base.resources.at(reference)) {
                let name = self.base.resource_names.name(reference);
                self.expects.extend(name.map(|name| Key::new(KeyKind::Resource, Arc::clone(name))));
                resources.extend_from_slice(&row.parents);
            }
        }
    }

    fn finish(mut self) -> Proposal {
        if !self.proposal.facts.is_empty() {
            let base = self.base;
            let expect = |key: Key| Expectation { version: base.version(&key), key };
            self.proposal.base = Some(base.len());
            self.proposal.expects = self.expects.into_iter().map(expect).collect();
        }
        self.proposal
    }
}

impl fmt::Display for PolicyAdoption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.proposal.facts.is_empty() {
            return writeln!(f, "{} is in force already", self.policy);
        }
        writeln!(f, "at {}: {} to be recorded", self.at, self.proposal.facts.len())?;
        for fact in &self.proposal.facts {
            writeln!(f, "  {}", InWords(fact))?;
        }
        for removal in &self.removals {
            writeln!(f, "  {removal}")?;
        }
        Ok(())
    }
}

/// A fact in a few words: its kind, what it is about, and of a change what changes.
struct InWords<'a>(&'a Fact);

impl fmt::Display for InWords<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let body = serde_json::to_value(&self.0.body).unwrap_or_default();
        let word = |key| body.get(key).and_then(serde_json::Value::as_str);
        write!(f, "{} {}", self.0.body.kind(), word("id").or_else(|| word("digest")).unwrap_or_default())?;
        if let Some(cause) = word("cause") {
            write!(f, " {} ({cause})", self.0.effective_at)?;
        }
        let changes = body.get("changes").and_then(serde_json::Value::as_object);
        for (n, (field, value)) in changes.into_iter().flatten().enumerate() {
            write!(f, "{}{field} {value}", if n == 0 { ": " } else { ", " })?;
        }
        Ok(())
    }
}
