//! A grant is a temporary holding `[start, end)`. It cannot be built without an end, and it carries the terms
//! under which it was given.

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::ConditionNames;
use crate::id::{EntitlementId, EventId, GrantId, IdentityId, RequestId, ResourceId, RuleId};
use crate::time::{Span, Timestamp, Window};

/// A bounded window: the only kind a grant can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "TermText")]
pub struct Term {
    end: Timestamp,
    start: Timestamp,
}

impl Term {
    /// `[start, end)`; none if it is empty or never ends.
    pub fn new(start: Timestamp, end: Timestamp) -> Option<Self> {
        (start < end && !end.is_never()).then_some(Self { end, start })
    }

    /// The first instant.
    pub const fn start(self) -> Timestamp {
        self.start
    }

    /// The first instant after it.
    pub const fn end(self) -> Timestamp {
        self.end
    }

    /// The same as a window; none is ever lost, a term is never empty.
    pub fn window(self) -> Option<Window> {
        Window::new(self.start, self.end)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TermText {
    end: Timestamp,
    start: Timestamp,
}

impl TryFrom<TermText> for Term {
    type Error = &'static str;
    fn try_from(text: TermText) -> Result<Self, Self::Error> {
        Self::new(text.start, text.end).ok_or(
            "[grant.term] a grant ends after it starts, and it ends; write an `end` later than `start`",
        )
    }
}

/// What is granted to whom, why, and until when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GrantTerms {
    /// Under which terms it was given.
    pub basis: Basis,
    /// Who holds it.
    pub beneficiary: IdentityId,
    /// What is held.
    pub entitlement: EntitlementId,
    /// Why now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<EventId>,
    /// Its name: `<request>#<item>`, or what the host chose for a grant from elsewhere.
    pub id: GrantId,
    /// What asked for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<RequestId>,
    /// The subtree in which it counts; everywhere when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<ResourceId>,
    /// From when until when.
    pub term: Term,
    /// It counts only while these conditions hold.
    #[serde(default, rename = "while", skip_serializing_if = "ConditionNames::is_none")]
    pub conditions: ConditionNames,
}

/// Why a grant was given: the policy decided it, or it came from elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Hash)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Basis {
    /// It came from elsewhere; no eligibility keeps it alive or ends it.
    External,
    /// It was decided.
    Policy {
        /// What happens to it with the business event.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        event: Option<EventTerms>,
        /// The minimum of all bounds but the planned end of the event.
        limit: Timestamp,
        /// What happens when eligibility is lost.
        on_loss: OnLoss,
        /// The rules that matched, in the order of their ids.
        rules: Vec<RuleRef>,
    },
}

/// A rule as it was when it matched.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Hash)]
#[serde(deny_unknown_fields)]
pub struct RuleRef {
    /// Of its canonical JSON, SHA-256 in hexadecimal.
    pub digest: String,
    /// Which rule.
    pub id: RuleId,
}

/// What happens to a running grant with its business event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Hash)]
#[serde(deny_unknown_fields)]
pub struct EventTerms {
    /// Whether the grant's end moves with the planned end.
    pub follow: bool,
    /// How long it outlives an event that is over before its time.
    pub grace: Span,
}

/// What happens to a running grant when its holder is no longer eligible.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Hash)]
#[serde(rename_all = "snake_case")]
pub enum OnLoss {
    /// It ends at once.
    #[default]
    Revoke,
    /// It ends after this span.
    Grace(Span),
    /// It runs out, and is a finding.
    RunOut,
}

impl OnLoss {
    /// The stricter of two: the one that leaves less time.
    pub fn stricter(self, other: Self) -> Self {
        match (self, other) {
            (Self::Revoke, _) | (_, Self::Revoke) => Self::Revoke,
            (Self::Grace(a), Self::Grace(b)) => Self::Grace(a.min(b)),
            (Self::Grace(a), Self::RunOut) | (Self::RunOut, Self::Grace(a)) => Self::Grace(a),
            (Self::RunOut, Self::RunOut) => Self::RunOut,
        }
    }
}

/// Where a grant stands at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GrantState {
    /// Its start is still to come.
    Scheduled,
    /// It counts.
    Active,
    /// It ran its time, or its holder gave it back, or what it rested on ended.
    Ended,
    /// Somebody took it.
    Revoked,
    /// It ended before it began.
    Void,
}
