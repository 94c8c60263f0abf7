//! What was held when, by what, and what ended it: the sources of an identity, past and to come, as the log knows them.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::Reasons;
use crate::check::{SourceKind, Target};
use crate::id::{
    AttributeId, EntitlementId, EventId, IdentityId, PermissionId, RequestId, ResourceId, RuleId,
};
use crate::model::{ConditionNames, Value};
use crate::time::Timestamp;

/// What did this identity hold, and when?
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Timeline {
    /// With a permission: what the host says of the circumstances.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub context: BTreeMap<AttributeId, Value>,
    /// Only what counted at this instant or later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Timestamp>,
    /// Who.
    pub identity: IdentityId,
    /// Only what gave this permission, while it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permission: Option<PermissionId>,
    /// With a permission: on what; only what is held everywhere counts when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<Target>,
    /// Only what counted before this instant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// The answer to [`Timeline`].
#[must_use]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tenures {
    /// The instant that was asked about: `now`, or the log's high water if that is later.
    pub at: Timestamp,
    /// Who.
    pub identity: IdentityId,
    /// Why there can be no answer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons: Reasons,
    /// What was, is or will be held, by its first instant; what never counts comes last.
    pub sources: Vec<Tenure>,
}

/// Something held directly, with the times at which it counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tenure {
    /// What is held.
    pub entitlement: EntitlementId,
    /// The business event of a grant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<EventId>,
    /// Of the grant, standing assignment, membership or standing rule.
    pub id: String,
    /// What asked for a grant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<RequestId>,
    /// The rules under which a grant was given.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<RuleId>,
    /// In which subtree; everywhere when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<ResourceId>,
    /// Grant, standing assignment, membership or standing rule.
    pub source: SourceKind,
    /// Where it stands at the instant of the question.
    pub state: TenureState,
    /// The conditions on which it counts.
    #[serde(rename = "while", skip_serializing_if = "ConditionNames::is_none")]
    pub conditions: ConditionNames,
    /// When it counts, in order.
    pub windows: Vec<Stay>,
}

/// A time without a gap in which something counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Stay {
    /// What ended it or will end it; absent if nothing known does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<&'static str>,
    /// The first instant at which it does not count any more; absent if for ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<Timestamp>,
    /// With a permission: from what is held to the entitlement that lists it, at the start of this time.
    #[serde(skip_serializing_if = "<[EntitlementId]>::is_empty")]
    pub path: Arc<[EntitlementId]>,
    /// The first instant; absent if since ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<Timestamp>,
}

/// Where something held stands at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TenureState {
    /// It counts.
    Active,
    /// It counted and will not again.
    Ended,
    /// It counted, and will again when its holder is back.
    Paused,
    /// Somebody took the grant.
    Revoked,
    /// It is still to come.
    Scheduled,
    /// It never counts.
    Void,
}

impl Timeline {
    /// All that an identity ever held.
    pub const fn new(identity: IdentityId) -> Self {
        Self { context: BTreeMap::new(), from: None, identity, permission: None, resource: None, until: None }
    }
}
