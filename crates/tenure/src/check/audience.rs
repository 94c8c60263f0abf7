//! What an answer tells to whom: the one whom it is about learns what it holds, and no rule.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use serde::Serialize;

use super::{Access, Answer, SourceKind, Via, write_answer, write_next, write_source};
use crate::decide::{Audience, ReasonView, is_to_fill_in, tell};
use crate::id::EntitlementId;
use crate::time::Timestamp;

/// An answer as an audience is told it.
#[must_use]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AnswerView {
    /// Allowed, conditional or denied.
    pub answer: Access,
    /// The instant that was asked about.
    pub at: Timestamp,
    /// To whom it is told.
    pub audience: Audience,
    /// What was not said and decides; not for the requester, whom it would tell what to claim.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
    /// The next instant at which the sources that give the permission change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_change_at: Option<Timestamp>,
    /// Why not, in words.
    pub reasons: Vec<ReasonView>,
    /// Until when it is allowed without a gap; absent if denied, or for ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// What gives it now.
    pub via: Vec<ViaView>,
}

/// A source that gives the permission now, as an audience is told it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct ViaView {
    /// What is held.
    pub entitlement: EntitlementId,
    /// Of the grant, standing assignment or membership; that of a standing rule is not for the requester.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Grant, standing assignment, membership or standing rule.
    pub source: SourceKind,
    /// Until when this source gives it; absent if for ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

impl Answer {
    /// The answer as an audience is told it; the requester is the identity that the question is about.
    pub fn for_audience(&self, audience: Audience) -> AnswerView {
        let told = |name: &&String| audience.knows_rules() || is_to_fill_in(name);
        let mut via: Vec<ViaView> = self.via.iter().map(|via| via.for_audience(audience)).collect();
        via.dedup();
        AnswerView {
            answer: self.answer,
            at: self.at,
            audience,
            missing: self.missing.iter().filter(told).cloned().collect(),
            next_change_at: self.next_change_at,
            reasons: tell(&self.reasons, audience),
            until: self.until,
            via,
        }
    }
}

impl Via {
    fn for_audience(&self, audience: Audience) -> ViaView {
        let told = audience.knows_rules() || self.source != SourceKind::StandingRule;
        ViaView {
            entitlement: self.entitlement.clone(),
            id: told.then(|| self.id.clone()),
            source: self.source,
            until: self.until,
        }
    }
}

impl fmt::Display for AnswerView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_answer(self.answer, self.until, f)?;
        for via in &self.via {
            write_source(via.source, via.id.as_deref(), &via.entitlement, via.until, f)?;
        }
        self.reasons.iter().try_for_each(|reason| writeln!(f, "  {reason}"))?;
        write_next(self.next_change_at, f)
    }
}
