//! Commands are what people and programs ask Tenure to do. A refused command yields a decision and no fact.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::id::{AttributeId, EventId, GrantId, IdentityId, RequestId, RuleId};
use crate::model::{Request, Value};
use crate::time::{Span, Timestamp};

/// What is to be decided. In JSON one key names the command: `{"request": {…}}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Obtain something.
    Request(Arc<Request>),
    /// Hold a running grant longer.
    Extend(Arc<Extend>),
    /// Obtain what a grant gave once more, right after it if it still runs.
    Renew(Arc<Renew>),
    /// Take back a request that nobody has decided.
    Withdraw(Arc<Withdraw>),
    /// Give back one's own grant.
    Deactivate(Arc<Deactivate>),
    /// Take a grant from its holder.
    Revoke(Arc<Revoke>),
}

/// Hold a running grant longer. The new end counts from now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extend {
    /// Who asks; the holder when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<IdentityId>,
    /// Circumstances the host reports, for example `session.ends_at`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub context: BTreeMap<AttributeId, Value>,
    /// For how long, from now.
    pub duration: Span,
    /// Which grant.
    pub grant: GrantId,
    /// The name of this command, never used twice.
    pub id: RequestId,
    /// What is filled in, as the rules declare it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub inputs: BTreeMap<AttributeId, Value>,
    /// Why, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The ticket that tracks it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<String>,
}

/// Obtain what a grant gave once more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Renew {
    /// Who asks; the holder when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<IdentityId>,
    /// Circumstances the host reports, for example `session.ends_at`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub context: BTreeMap<AttributeId, Value>,
    /// For how long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<Span>,
    /// Why now; the business event of the grant when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<EventId>,
    /// Which grant.
    pub grant: GrantId,
    /// The name of the new request, never used twice.
    pub id: RequestId,
    /// What is filled in, as the rules declare it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub inputs: BTreeMap<AttributeId, Value>,
    /// Why, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The rule that shall decide, where the policy lets the requester choose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<RuleId>,
    /// From when; the end of the grant if it still runs, else now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<Timestamp>,
    /// The ticket that tracks it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<String>,
}

/// Take back a request that nobody has decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Withdraw {
    /// Who asks; the requester when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<IdentityId>,
    /// The name of this command.
    pub id: RequestId,
    /// In words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Which request.
    pub request: RequestId,
}

/// Give back one's own grant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deactivate {
    /// Who asks; the holder when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<IdentityId>,
    /// Which grant.
    pub grant: GrantId,
    /// The name of this command.
    pub id: RequestId,
    /// In words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Take a grant from its holder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Revoke {
    /// Who does it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<IdentityId>,
    /// Which grant.
    pub grant: GrantId,
    /// The name of this command.
    pub id: RequestId,
    /// Only this grant, or all of the same entitlement.
    #[serde(default, skip_serializing_if = "is_grant")]
    pub mode: RevokeMode,
    /// In words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// How much a revocation takes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RevokeMode {
    /// The grant named.
    #[default]
    Grant,
    /// Every unended grant of the same identity, entitlement and scope.
    Entitlement,
}

impl Command {
    /// The name that the host gave it.
    pub fn id(&self) -> &RequestId {
        match self {
            Self::Request(c) => &c.id,
            Self::Extend(c) => &c.id,
            Self::Renew(c) => &c.id,
            Self::Withdraw(c) => &c.id,
            Self::Deactivate(c) => &c.id,
            Self::Revoke(c) => &c.id,
        }
    }

    /// Whether it only ends things; such a command never depends on eligibility, clocks or policies.
    pub const fn only_ends(&self) -> bool {
        matches!(self, Self::Withdraw(_) | Self::Deactivate(_) | Self::Revoke(_))
    }
}

impl From<Request> for Command {
    fn from(request: Request) -> Self {
        Self::Request(Arc::new(request))
    }
}

fn is_grant(mode: &RevokeMode) -> bool {
    *mode == RevokeMode::Grant
}
