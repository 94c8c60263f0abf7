//! What a decision rests on, and what would change it: a minimal set of causes of a denial, corrections that were
//! tried, and for a permit its witnesses and what would make it last longer. Every claim is the outcome of deciding
//! again, and nothing is claimed that was not tried.

mod apply;
mod audience;
mod cause;
mod display;
mod instead;
mod longer;
mod remedy;
mod search;
mod step;
mod trial;
mod witness;

use alloc::vec::Vec;

use serde::Serialize;

pub use audience::{CauseView, ExplanationView};
pub use cause::{Cause, NearMiss, Unmet};
pub use instead::Alternative;
pub use longer::Longer;
pub use search::Correction;
pub use step::Step;
pub use witness::{Witness, WitnessKind};

use crate::decide::{Command, Decision, Leave, Level, Reason, Verdict};
use crate::engine::Engine;
use crate::time::Timestamp;
use trial::{Budget, Trial};

/// The most decisions that one explanation makes.
pub const MAX_DECISIONS: u32 = 256;

/// Why a decision is as it is, and what would change it.
#[must_use]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// What could be asked for in place of what was denied, or would do with less.
    pub alternatives: Vec<Alternative>,
    /// The instant that was decided at.
    pub at: Timestamp,
    /// Why not, or why not yet: without all of these it would be permitted, with any one of them it is not. Where one of them
    /// [stops](Cause::Constraint::stops) the decision, others may be behind it.
    pub causes: Vec<Cause>,
    /// Whether everything was tried; false if that would have taken more than [`MAX_DECISIONS`].
    pub complete: bool,
    /// What would change the verdict, each tried; first what the requester can do alone, then what takes fewest steps.
    pub corrections: Vec<Correction>,
    /// How many decisions it took.
    pub decisions: u32,
    /// What sets the end of each item, and how long it would be without.
    pub longer: Vec<Longer>,
    /// What to mind although it is permitted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mind: Vec<Reason>,
    /// The verdict that is explained.
    pub verdict: Verdict,
    /// What a permit rests on, by item.
    pub witnesses: Vec<Witness>,
}

impl Engine {
    /// The verdict on a command at `now` if these causes were not there; nothing of it can be committed.
    pub fn verdict_without(&self, command: &Command, now: Timestamp, causes: &[Cause]) -> Verdict {
        let left: Vec<Leave> = causes.iter().map(Cause::left_out).collect();
        self.decide_without(command, now, &left).verdict()
    }

    /// Explains a decision that this engine made about the command. Costs up to [`MAX_DECISIONS`] decisions; nothing is
    /// changed. The decision says when it was made; one of another engine is explained as this one would decide then.
    ///
    /// ```
    /// use tenure::engine::Engine;
    /// use tenure::model::Request;
    /// use tenure::policy::Policy;
    /// use tenure::state::State;
    ///
    /// let policy = Policy::from_json(r#"{
    ///   "tenure": 1,
    ///   "identities": {"ann": {"kind": "human"}},
    ///   "entitlements": {"admin": {"kind": "role", "permissions": ["db:write"]}},
    ///   "eligibility": {"e-1": {"who": {"ids": ["ann"]}, "what": {"ids": ["admin"]},
    ///     "duration": {"max": "8h"}, "require": {"reason": true}}}
    /// }"#)?;
    /// let engine = Engine::new(policy, State::default())?;
    /// let request = Request::new("r-1".parse()?, "ann".parse()?, "admin".parse()?).lasting("2h".parse()?).into();
    /// let decision = engine.decide(&request, "2026-03-02T09:00:00Z".parse()?);
    /// let explanation = engine.explain(&request, &decision);
    /// assert_eq!(explanation.corrections[0].to_string(), "say why you need it");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn explain(&self, command: &Command, decision: &Decision) -> Explanation {
        let grounds = decision.grounds();
        let holds = &grounds.holds;
        // A clock that runs behind the log is decided at the log's instant, and denied before it.
        let now = if holds.contains(grounds.at) {
            grounds.at
        } else {
            Timestamp::saturating_from_millis(holds.end().as_millis().saturating_sub(1))
        };
        let mut budget = Budget::new(MAX_DECISIONS);
        let trial = Trial::new(self, command, now);
        let mut explanation = Explanation {
            alternatives: Vec::new(),
            at: grounds.at,
            causes: Vec::new(),
            complete: true,
            corrections: Vec::new(),
            decisions: 0,
            longer: Vec::new(),
            mind: Vec::new(),
            verdict: Verdict::Deny,
            witnesses: Vec::new(),
        };
        let Some(decision) = budget.decide(&trial, &[]) else { return explanation };
        explanation.verdict = decision.verdict();
        let warnings = decision.grounds().reasons.iter().filter(|reason| reason.level == Level::Warning);
        explanation.mind = warnings.cloned().collect();
        explanation.causes = cause::causes(&trial, &decision, &mut budget);
        if decision.verdict() != Verdict::Permit {
            explanation.corrections = search::corrections(&trial, &decision, &mut budget);
        }
        if decision.verdict() != Verdict::Deny {
            explanation.witnesses = witness::witnesses(&trial, &mut budget);
            explanation.longer = longer::longer(&trial, &decision, &mut budget);
        }
        explanation.alternatives = instead::alternatives(&trial, &decision, &mut budget);
        explanation.complete = !budget.is_spent();
        explanation.decisions = budget.used();
        explanation
    }
}
