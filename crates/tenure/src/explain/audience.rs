//! What an explanation tells whom: a correction can be a recipe for an attack, and what others would have to change is
//! for those who may.

use alloc::vec::Vec;

use serde::Serialize;

use super::{Alternative, Cause, Correction, Explanation, Longer, NearMiss, Step, Witness, WitnessKind};
use crate::decide::{Audience, ObligationView, ReasonView, Verdict};
use crate::time::Timestamp;

/// An explanation as an audience is told it. It has fewer causes than there are where some are not for the audience.
#[must_use]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ExplanationView {
    /// What could be asked for instead.
    pub alternatives: Vec<Alternative>,
    /// The instant that was decided at.
    pub at: Timestamp,
    /// To whom it is told.
    pub audience: Audience,
    /// Why not, or why not yet.
    pub causes: Vec<CauseView>,
    /// Whether everything was tried.
    pub complete: bool,
    /// What would change the verdict, of which every step is for the audience.
    pub corrections: Vec<Correction>,
    /// What sets the end of each item; of which rule or person is not for the requester.
    pub longer: Vec<Longer>,
    /// What to mind although it is permitted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mind: Vec<ReasonView>,
    /// The verdict that is explained.
    pub verdict: Verdict,
    /// What a permit rests on; the requester is told of what the request itself names.
    pub witnesses: Vec<Witness>,
}

/// A cause as an audience is told it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum CauseView {
    /// A constraint that is not met.
    Constraint {
        /// The rules that come closest; not for the requester.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        near: Vec<NearMiss>,
        /// What it says.
        reason: ReasonView,
        /// Whether nothing behind it could be judged.
        #[serde(skip_serializing_if = "core::ops::Not::not")]
        stops: bool,
    },
    /// Something that is owed.
    Owed {
        /// What.
        owed: ObligationView,
    },
}

impl Explanation {
    /// The explanation as an audience is told it.
    pub fn for_audience(&self, audience: Audience) -> ExplanationView {
        let rules = audience.knows_rules();
        let causes = self.causes.iter().filter_map(|cause| cause.for_audience(audience));
        let corrections = self.corrections.iter().filter_map(|correction| {
            let steps = correction.steps.iter().map(|step| step.for_audience(audience));
            Some(Correction { steps: steps.collect::<Option<Vec<Step>>>()?, ..correction.clone() })
        });
        let longer = self.longer.iter().map(|longer| Longer {
            binding: longer.binding.iter().map(|bound| bound.for_audience(audience)).collect(),
            ..longer.clone()
        });
        let named = |witness: &&Witness| rules || witness.kind == WitnessKind::Event;
        ExplanationView {
            alternatives: self.alternatives.clone(),
            at: self.at,
            audience,
            causes: causes.collect(),
            complete: self.complete,
            corrections: corrections.collect(),
            longer: longer.collect(),
            mind: self.mind.iter().filter_map(|reason| reason.for_audience(audience)).collect(),
            verdict: self.verdict,
            witnesses: self.witnesses.iter().filter(named).cloned().collect(),
        }
    }
}

impl Cause {
    /// The cause as an audience is told it; none if it is not for it.
    pub fn for_audience(&self, audience: Audience) -> Option<CauseView> {
        Some(match self {
            Self::Constraint { near, reason, stops } => CauseView::Constraint {
                near: if audience.knows_rules() { near.clone() } else { Vec::new() },
                reason: reason.for_audience(audience)?,
                stops: *stops,
            },
            Self::Owed { owed } => CauseView::Owed { owed: owed.for_audience(audience) },
        })
    }
}
