//! What somebody may ask for: everything that rules name, where, for how long at the longest, and what a request would
//! need; and why not, for the rest. It is decided as a request would be, so that it says the same.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::Reasons;
use crate::decide::Obligation;
use crate::id::{AttributeId, EntitlementId, EventId, IdentityId, ResourceId, RuleId};
use crate::model::Value;
use crate::policy::{BoundKind, Input};
use crate::time::{Span, Timestamp};

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
