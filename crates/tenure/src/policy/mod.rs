//! The policy: who may obtain what, under which limits. One document declares the nouns and the rules.

mod bound;
mod check;
mod eligibility;
mod error;
mod hierarchy;
mod names;
mod nouns;
mod read;
mod selector;
mod source;
#[cfg(test)]
mod tests;

use alloc::collections::BTreeMap;
use alloc::string::String;

use serde::{Deserialize, Serialize};

pub use bound::BoundKind;
pub use eligibility::{
    AlreadyHeld, Anchor, Duration, Eligibility, EventRule, Exceed, Extension, OnExceed, Renewal,
    Requirements, SessionRule,
};
pub use error::{MAX_PROBLEMS, PolicyError};
pub use hierarchy::{MAX_ANCESTORS, MAX_IMPLIES};
pub use names::NounKind;
pub use read::{POLICY_VERSION, Policy};
pub(crate) use selector::attributes_match;
pub use selector::{EntitlementSelector, IdentitySelector};

use crate::id::{
    AccountId, ApplicationId, AttributeId, EntitlementId, EventId, IdentityId, MembershipId, ResourceId,
    RuleId, StandingId,
};
use crate::model::{
    Account, Application, BusinessEvent, Entitlement, Identity, Membership, Resource, Standing,
};

/// A policy document as it is written: nouns and rules by their ids.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyDocument {
    /// Logins.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub accounts: BTreeMap<AccountId, Account>,
    /// Systems whose rights are governed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub applications: BTreeMap<ApplicationId, Application>,
    /// The attributes that nouns may have; any when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attributes: Option<BTreeMap<AttributeId, AttributeType>>,
    /// Who may obtain what.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub eligibility: BTreeMap<RuleId, Eligibility>,
    /// Rights that can be held.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub entitlements: BTreeMap<EntitlementId, Entitlement>,
    /// Business events known beforehand.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub events: BTreeMap<EventId, BusinessEvent>,
    /// Who holds.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub identities: BTreeMap<IdentityId, Identity>,
    /// Stays in groups.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub memberships: BTreeMap<MembershipId, Membership>,
    /// What people call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What is protected.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub resources: BTreeMap<ResourceId, Resource>,
    /// What is held without asking.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub standing: BTreeMap<StandingId, Standing>,
    /// The version of the format: 1.
    pub tenure: u32,
}

/// The type of a declared attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttributeType {
    /// `true` or `false`.
    Bool,
    /// A whole number.
    Int,
    /// A list of scalar values.
    List,
    /// A text.
    Text,
}
