//! What would be if: facts that nobody has recorded and a document that nobody has adopted are taken as given, and the
//! answers of that world are set against those of this one. Nothing is written, and nothing changes.

use alloc::collections::BTreeSet;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use serde::Serialize;

use crate::check::Question;
use crate::decide::{Command, Decision, Reason, Verdict};
use crate::diff::{
    AccessChange, Difference, EligibilityChange, Holding, NOT_COMPARED, Sides, not_complete, places,
};
use crate::engine::{Engine, EngineError};
use crate::fact::{Body, Fact};
use crate::id::RequestId;
use crate::log::AdmitError;
use crate::policy::Policy;
use crate::state::Effect;
use crate::time::Timestamp;

/// What is taken as given, and what is asked about it.
#[derive(Debug, Clone, Default)]
pub struct Hypothesis {
    /// What to decide, before and after, each by itself.
    pub commands: Vec<Command>,
    /// What would have happened, appended to the log in this order.
    pub facts: Vec<Fact>,
    /// The document that would be adopted after that.
    pub policy: Option<Policy>,
    /// What to check, before and after.
    pub questions: Vec<Question>,
}

/// What would be otherwise.
#[must_use]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Simulation {
    /// What people may do, in the order of identity, permission and scope; only what changes.
    pub access: Vec<AccessChange>,
    /// The instant at which both worlds were asked: `now`, or the high water of the log with the facts if that is
    /// later.
    pub at: Timestamp,
    /// What becomes of each command, in the order in which they were given.
    pub commands: Vec<CommandOutcome>,
    /// Whether everything is listed under `access` and `eligibility`, as
    /// [`PolicyDiff::complete`](crate::diff::PolicyDiff::complete) says it.
    pub complete: bool,
    /// What people may obtain, in the order of identity, entitlement and scope; only what changes.
    pub eligibility: Vec<EligibilityChange>,
    /// The digest of the document that would be in force.
    pub policy: String,
    /// What becomes of each question, in the order in which they were given.
    pub questions: Vec<QuestionOutcome>,
}

/// A command before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CommandOutcome {
    /// What it comes to in the world that is supposed.
    pub after: Decided,
    /// What it comes to as things are.
    pub before: Decided,
    /// Which command.
    pub command: RequestId,
    /// The reasons that are no longer given.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons_gone: Vec<Reason>,
    /// The reasons that were not given before.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons_new: Vec<Reason>,
}

/// A verdict, and how long what it gives would last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Decided {
    /// When the first of the grants ends; absent where there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Permit, pending or deny.
    pub verdict: Verdict,
}

/// A question before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct QuestionOutcome {
    /// The answer in the world that is supposed.
    pub after: Holding,
    /// The answer as things are.
    pub before: Holding,
    /// What was asked.
    pub question: Question,
    /// The reasons that are no longer given.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons_gone: Vec<Reason>,
    /// The reasons that were not given before.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons_new: Vec<Reason>,
}

/// Why a hypothesis cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SimulateError {
    /// A fact could not be appended.
    #[error("{0}")]
    Facts(#[from] AdmitError),
    /// The document could not be adopted, or what is in force is not the engine's.
    #[error("{0}")]
    Engine(#[from] EngineError),
}

impl SimulateError {
    /// The stable code.
    pub fn code(&self) -> &str {
        match self {
            Self::Facts(error) => error.code(),
            Self::Engine(error) => error.code(),
        }
    }
}

impl Engine {
    /// What would be otherwise at `now` if these facts were appended to the log and this document were adopted:
    /// who gains or loses what, as [`Engine::diff`] compares it, and what each command and question would come to.
    ///
    /// Facts are held to the rules of [`Engine::admit`]; those that the log has already say nothing new. A log that
    /// has adopted no document is taken to have adopted this engine's since ever.
    ///
    /// With facts alone only those identities are compared whom the facts concern: the ones that they name, those
    /// that these own, and the holders of grants for the events that they name. Who could obtain less because others
    /// hold what there is only so much of is not compared, nor is what else [`Engine::diff`] leaves aside. Facts that change applications, entitlements, resources, what
    /// a group holds or which document is in force may concern everyone, and then everyone is compared, as with a
    /// document. Costs the facts and the document as if they were real, and per identity that is compared what
    /// [`Engine::diff`] costs.
    ///
    /// ```
    /// use tenure::engine::Engine;
    /// use tenure::fact::{Body, Fact, Named};
    /// use tenure::policy::Policy;
    /// use tenure::simulate::Hypothesis;
    /// use tenure::state::State;
    ///
    /// let policy = Policy::from_json(r#"{
    ///   "tenure": 1,
    ///   "identities": {"ann": {"kind": "human"}},
    ///   "entitlements": {"reader": {"kind": "role", "permissions": ["db:read"]}},
    ///   "standing": {"s-1": {"holder": {"identity": "ann"}, "entitlement": "reader"}}
    /// }"#)?;
    /// let engine = Engine::new(policy, State::default())?;
    /// let now = "2026-03-02T09:00:00Z".parse()?;
    /// let left = Body::IdentityLeft(Named { id: "ann".parse()?, reason: None });
    /// let hypothesis = Hypothesis { facts: vec![Fact::new("hr-1".parse()?, now, left)], ..Hypothesis::default() };
    /// let simulation = engine.simulate(&hypothesis, now)?;
    /// assert_eq!(simulation.access[0].to_string(), "ann loses db:read: allowed -> denied");
    /// assert!(engine.allows("ann", "db:read", None, now), "nothing has happened");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`SimulateError::Facts`] for the first fact that could not be appended; [`SimulateError::Engine`] as
    /// [`Engine::apply`] and [`Engine::adopt`], and [`EngineError::NotAdopted`] where another document than this
    /// engine's is in force, before or after the facts.
    pub fn simulate(&self, hypothesis: &Hypothesis, now: Timestamp) -> Result<Simulation, SimulateError> {
        let now =
            self.clock(now).ok_or(EngineError::ClockRegression { high_water: self.state().high_water() })?;
        self.in_force()?;
        let facts = self.admit(&hypothesis.facts, now)?;
        let mut next = if facts.is_empty() { self.clone() } else { self.apply(self.position(), &facts)? };
        next.in_force()?;
        let mut at = next.clock(now).unwrap_or(now);
        let mut places = places(&facts);
        let mut concerned = self.concerned(&facts, &next)?;
        if let Some(policy) = &hypothesis.policy {
            let (adoption, adopted) = next.settled()?.succeed(policy, None, at)?;
            places.extend(crate::diff::places(&adoption.proposal.facts));
            (at, next, concerned) = (adoption.at, adopted, None);
        }
        let mut difference = Difference::default();
        let mut sides = Sides::new(self, &next, at, &places, &mut difference);
        for who in concerned.unwrap_or_else(|| sides.everyone()) {
            sides.compare(&who, &mut difference);
        }
        let Difference { access, complete, eligibility, .. } = difference;
        Ok(Simulation {
            access,
            at,
            commands: hypothesis.commands.iter().map(|command| decided(self, &next, command, at)).collect(),
            complete,
            eligibility,
            policy: next.policy().digest().to_string(),
            questions: hypothesis.questions.iter().map(|asked| checked(self, &next, asked, at)).collect(),
        })
    }

    /// Whether nothing keeps this engine's document out of force.
    fn in_force(&self) -> Result<(), EngineError> {
        match self.foreign() {
            None => Ok(()),
            Some(adopted) => {
                let (adopted, policy) = (adopted.to_string(), self.policy().digest().to_string());
                Err(EngineError::NotAdopted { adopted, policy })
            }
        }
    }

    /// Whom facts concern; nothing if that may be everyone.
    fn concerned(&self, facts: &[Fact], next: &Self) -> Result<Option<BTreeSet<Arc<str>>>, EngineError> {
        let mut state = self.assumed().clone();
        let mut names = BTreeSet::new();
        let mut events = BTreeSet::new();
        for fact in facts {
            if matches!(
                fact.body,
                Body::ApplicationDefined(_) | Body::ApplicationChanged(_) | Body::ApplicationRetired(_)
            ) {
                // Conditions on whatever anybody holds may read it.
                return Ok(None);
            }
            match state.take(state.len(), fact)? {
                Effect::Nothing => {}
                Effect::Identity(who) | Effect::Grant { holder: who, .. } => {
                    names.extend(state.identity_names.name(who).cloned());
                }
                Effect::Event(event) | Effect::EventOver(event, _) => {
                    events.extend(state.event_names.name(event).cloned());
                }
                Effect::FreshEntitlement | Effect::FreshResource | Effect::Everything => return Ok(None),
            }
        }
        let state = next.assumed();
        for event in events {
            let event = state.event_names.find(&event).and_then(|event| state.events.at(event));
            let mut grant = event.map_or(crate::store::NONE, |row| row.last_grant);
            while let Some(row) = state.grants.at(grant) {
                names.extend(state.identity_names.name(row.holder).cloned());
                grant = row.previous_of_event;
            }
        }
        // What is not human may ask for nothing unless its owner lives.
        let owned = state.identities.iter().zip(0u32..).filter(|(row, _)| {
            let versions = row.noun.iter().flat_map(|noun| noun.segments());
            let mut owners = versions.filter_map(|(_, version)| version.owner.as_ref());
            owners.any(|owner| names.contains(owner.as_str()))
        });
        let owned: Vec<_> = owned.filter_map(|(_, who)| state.identity_names.name(who).cloned()).collect();
        names.extend(owned);
        Ok(Some(names))
    }
}

fn decided(before: &Engine, after: &Engine, command: &Command, at: Timestamp) -> CommandOutcome {
    let (before, after) = (before.decide(command, at), after.decide(command, at));
    let said = |decision: &Decision| Decided {
        until: decision.grants().iter().map(|grant| grant.end).min(),
        verdict: decision.verdict(),
    };
    CommandOutcome {
        after: said(&after),
        before: said(&before),
        command: after.grounds().command.clone(),
        reasons_gone: without(&before.grounds().reasons, &after.grounds().reasons),
        reasons_new: without(&after.grounds().reasons, &before.grounds().reasons),
    }
}

fn checked(before: &Engine, after: &Engine, question: &Question, at: Timestamp) -> QuestionOutcome {
    let (before, after) = (before.check(question, at), after.check(question, at));
    QuestionOutcome {
        after: Holding { answer: after.answer, until: after.until },
        before: Holding { answer: before.answer, until: before.until },
        question: question.clone(),
        reasons_gone: without(&before.reasons, &after.reasons),
        reasons_new: without(&after.reasons, &before.reasons),
    }
}

/// What the first list has and the other has not, in the order of the first.
fn without(reasons: &[Reason], others: &[Reason]) -> Vec<Reason> {
    reasons.iter().filter(|reason| !others.contains(reason)).cloned().collect()
}

impl Simulation {
    /// Whether nothing would be otherwise: nobody gains or loses anything, and each command and question comes to
    /// the same for the same reasons.
    pub fn is_empty(&self) -> bool {
        let same = |command: &CommandOutcome| command.before == command.after && command.has_same_reasons();
        let stays = |asked: &QuestionOutcome| asked.before == asked.after && asked.has_same_reasons();
        self.access.is_empty()
            && self.eligibility.is_empty()
            && self.commands.iter().all(same)
            && self.questions.iter().all(stays)
    }
}

impl CommandOutcome {
    const fn has_same_reasons(&self) -> bool {
        self.reasons_gone.is_empty() && self.reasons_new.is_empty()
    }
}

impl QuestionOutcome {
    const fn has_same_reasons(&self) -> bool {
        self.reasons_gone.is_empty() && self.reasons_new.is_empty()
    }
}

/// A line for each change, then for each command and question what becomes of it and why.
impl fmt::Display for Simulation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "at {}:", self.at)?;
        if self.access.is_empty() && self.eligibility.is_empty() {
            writeln!(f, "  nobody would gain or lose anything")?;
            writeln!(f, "  {NOT_COMPARED}")?;
        }
        self.access.iter().try_for_each(|change| writeln!(f, "  {change}"))?;
        self.eligibility.iter().try_for_each(|change| writeln!(f, "  may obtain: {change}"))?;
        not_complete(f, self.complete)?;
        for command in &self.commands {
            let (before, after) = (command.before, command.after);
            let same = before == after;
            arrow(f, &command.command, &before, &after, same)?;
            told(f, &command.reasons_gone, &command.reasons_new)?;
        }
        for asked in &self.questions {
            let Question { identity, permission, resource, .. } = &asked.question;
            let on = resource.as_ref().map(|on| alloc::format!(" on {}", on.id())).unwrap_or_default();
            let what = alloc::format!("{identity} {permission}{on}");
            let same = asked.before == asked.after;
            arrow(f, &what, &asked.before, &asked.after, same)?;
            told(f, &asked.reasons_gone, &asked.reasons_new)?;
        }
        Ok(())
    }
}

fn arrow(
    f: &mut fmt::Formatter<'_>,
    what: &impl fmt::Display,
    before: &impl fmt::Display,
    after: &impl fmt::Display,
    same: bool,
) -> fmt::Result {
    if same {
        writeln!(f, "  {what}: {after}, as before")
    } else {
        writeln!(f, "  {what}: {before} -> {after}")
    }
}

fn told(f: &mut fmt::Formatter<'_>, gone: &[Reason], new: &[Reason]) -> fmt::Result {
    gone.iter().try_for_each(|reason| writeln!(f, "    no longer: {reason}"))?;
    new.iter().try_for_each(|reason| writeln!(f, "    now: {reason}"))
}

impl fmt::Display for Decided {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self.verdict {
            Verdict::Permit => "permit",
            Verdict::Pending => "pending",
            Verdict::Deny => "deny",
        };
        f.write_str(word)?;
        self.until.map_or(Ok(()), |until| write!(f, " until {until}"))
    }
}
