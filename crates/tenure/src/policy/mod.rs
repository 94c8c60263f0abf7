//! The policy: who may obtain what, under which limits. One document declares the nouns and the rules.

mod attribute;
mod bound;
mod catalogue;
mod check;
mod eligibility;
mod error;
mod hierarchy;
mod lint;
mod names;
mod nouns;
mod read;
mod rules;
mod rules_check;
mod sections;
mod selector;
mod source;
mod strata;
#[cfg(test)]
mod tests;
mod unit_tests;
mod vocabulary;

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

pub use attribute::{AttributeSource, AttributeType, Declaration, ElementType};
pub use bound::BoundKind;
pub use catalogue::{Block, Case, Catalogue};
pub use eligibility::{
    AlreadyHeld, Anchor, Duration, Eligibility, EventRule, Exceed, Extension, OnExceed, Renewal,
    Requirements, SessionRule,
};
pub use error::{MAX_PROBLEMS, PolicyError};
pub use hierarchy::{MAX_ANCESTORS, MAX_IMPLIES};
pub use lint::{Finding, Lint, Severity};
pub use names::NounKind;
pub use read::{POLICY_VERSION, Policy};
pub use rules::{
    Approvers, Capacity, Combine, Deny, DenyOn, Guardrail, GuardrailRequirements, Input, NamedCondition,
    Prerequisites, RequiredAt, ResourceType, Stage, StandingRule,
};
pub(crate) use selector::attributes_match;
pub use selector::{EntitlementSelector, IdentitySelector, Via};
pub use strata::MAX_STRATA;
pub use unit_tests::{
    Difference, Expect, Owed, PartialBound, PolicyTest, TestFact, TestFile, TestOutcome, run_test, run_tests,
};
pub use vocabulary::FIELDS;

use crate::id::{
    AccountId, ApplicationId, AttributeId, ConditionId, EntitlementId, EventId, IdentityId, MembershipId,
    ResourceId, RuleId, StandingId,
};
use crate::model::{
    Account, Application, BusinessEvent, Entitlement, Identity, Membership, Resource, Standing,
};

/// The most permissions that the patterns of a document may stand for.
pub const MAX_EXPANDED: usize = 100_000;

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
    pub attributes: Option<BTreeMap<AttributeId, Declaration>>,
    /// How many persons hold something at most, and at least.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub capacity: BTreeMap<RuleId, Capacity>,
    /// The permissions that applications know, for patterns.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub catalogues: BTreeMap<String, Catalogue>,
    /// How several eligibilities that match combine.
    #[serde(default, skip_serializing_if = "eligibility::is_default")]
    pub combine: Combine,
    /// The conditions, by the names that rules and nouns use.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub conditions: BTreeMap<ConditionId, NamedCondition>,
    /// What is said with a question or a request; nothing else can be read by a condition.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub context: BTreeMap<AttributeId, Declaration>,
    /// What is denied whoever allows it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub deny: BTreeMap<RuleId, Deny>,
    /// Who may obtain what.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub eligibility: BTreeMap<RuleId, Eligibility>,
    /// Rights that can be held.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub entitlements: BTreeMap<EntitlementId, Entitlement>,
    /// Business events known beforehand.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub events: BTreeMap<EventId, BusinessEvent>,
    /// What restricts whatever is granted.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub guardrails: BTreeMap<RuleId, Guardrail>,
    /// Who holds.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub identities: BTreeMap<IdentityId, Identity>,
    /// Stays in groups.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub memberships: BTreeMap<MembershipId, Membership>,
    /// What people call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The types of resources that need to be said.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub resource_types: BTreeMap<String, ResourceType>,
    /// What is protected.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub resources: BTreeMap<ResourceId, Resource>,
    /// What is held without asking.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub standing: BTreeMap<StandingId, Standing>,
    /// What is held without asking by whoever a rule matches.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub standing_rules: BTreeMap<RuleId, StandingRule>,
    /// The version of the format: 1.
    pub tenure: u32,
    /// What it must come to in cases that people thought of. Not part of the digest: a test changes nothing of
    /// what the policy means.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tests: Vec<PolicyTest>,
    /// What entitlements give by patterns of a catalogue; written out among their permissions when the document is
    /// read.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub wildcards: BTreeMap<EntitlementId, Vec<Block>>,
}
