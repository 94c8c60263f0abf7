//! The rules that restrict, and those that give without asking: named conditions, guardrails, capacities, denials,
//! standing rules and stages of approval.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::eligibility::{always, is_always, is_default, valid};
use super::{AttributeType, EntitlementSelector, IdentitySelector};
use crate::id::{EntitlementId, IdentityId, PermissionId, ResourceId};
use crate::model::{ConditionNames, Value};
use crate::time::{Recurrence, Span, Window};

/// How several rules that match the same request combine.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Combine {
    /// All bind: the least maximum, every obligation.
    #[default]
    Strictest,
    /// Those that speak most closely of the case bind.
    MostSpecific,
    /// Those with the least `priority` bind.
    Priority,
    /// The one that the requester names binds, or the best.
    RequesterChooses,
}

/// A condition with a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedCondition {
    /// The expression, in the subset of CEL that the reference lists.
    pub expr: String,
    /// In words, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// A type of resource.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResourceType {
    /// In words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether its resources need no registration: the question says what they are.
    #[serde(default, skip_serializing_if = "is_default")]
    pub open: bool,
}

/// Something that a requester fills in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// In words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The greatest number, inclusive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<i64>,
    /// The least number, inclusive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<i64>,
    /// The values that are allowed; any of the type when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub one_of: Option<BTreeSet<Value>>,
    /// When it has to be there; never when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub required: Option<RequiredAt>,
    /// Its type.
    pub r#type: AttributeType,
}

/// When an input has to be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequiredAt {
    /// With the request.
    Request,
    /// With the approval.
    Approval,
}

/// What must be held, or be so, through the whole window.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prerequisites {
    /// For each attribute named, one of these values.
    #[serde(default, skip_serializing_if = "alloc::collections::BTreeMap::is_empty")]
    pub attributes: alloc::collections::BTreeMap<crate::id::AttributeId, BTreeSet<Value>>,
    /// All of these, from any source that counts everywhere and without condition.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub entitlements: BTreeSet<EntitlementId>,
}

/// A stage of approval: so many of these people must agree.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stage {
    /// Who may agree.
    pub approvers: Approvers,
    /// What people call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// How many must agree.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub quorum: u32,
}

/// Who may agree: those that any key names.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approvers {
    /// The members of these groups, by standing membership.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub groups: BTreeSet<EntitlementId>,
    /// These.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub ids: BTreeSet<IdentityId>,
    /// The manager of the beneficiary.
    #[serde(default, skip_serializing_if = "is_default")]
    pub manager: bool,
    /// The owner of the entitlement.
    #[serde(default, skip_serializing_if = "is_default")]
    pub owner: bool,
}

/// A rule that restricts whatever is granted; all that match apply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guardrail {
    /// What must be agreed to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub approvals: Vec<Stage>,
    /// In words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Nothing of this is granted.
    #[serde(default, skip_serializing_if = "is_default")]
    pub forbid: bool,
    /// The hours in which it applies; always when absent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hours: Vec<Recurrence>,
    /// The longest a grant may be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<Span>,
    /// What a request must state, and which conditions must hold.
    #[serde(default, skip_serializing_if = "is_default")]
    pub require: GuardrailRequirements,
    /// From when until when the rule counts.
    #[serde(default = "always", deserialize_with = "valid", skip_serializing_if = "is_always")]
    pub valid: Window,
    /// What is granted.
    pub what: EntitlementSelector,
    /// It applies unless these are false.
    #[serde(default, skip_serializing_if = "ConditionNames::is_none")]
    pub when: ConditionNames,
    /// The subtrees that it concerns; everything when absent.
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    pub scopes: Option<Vec<ResourceId>>,
    /// To whom it is granted.
    pub who: IdentitySelector,
}

/// What a guardrail asks of a request.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GuardrailRequirements {
    /// Conditions that must hold, for example that the session is fresh.
    #[serde(default, skip_serializing_if = "ConditionNames::is_none")]
    pub conditions: ConditionNames,
    /// Why, in words.
    #[serde(default, skip_serializing_if = "is_default")]
    pub reason: bool,
    /// A ticket.
    #[serde(default, skip_serializing_if = "is_default")]
    pub ticket: bool,
}

/// How many persons hold something at most, and at least.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Capacity {
    /// In words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// At most so many; a bound of every request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<u32>,
    /// At least so many; fewer are a finding and never keep anything from ending.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<u32>,
    /// Of what.
    pub what: EntitlementSelector,
}

/// What nobody whom it concerns may use or obtain, whoever else allows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deny {
    /// In words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The hours in which it applies; always when absent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hours: Vec<Recurrence>,
    /// Whether it speaks of requests, of use, or of both, when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<DenyOn>,
    /// These permissions, by whatever path they are held.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub permissions: BTreeSet<PermissionId>,
    /// From when until when the rule counts.
    #[serde(default = "always", deserialize_with = "valid", skip_serializing_if = "is_always")]
    pub valid: Window,
    /// These entitlements; the same permissions by other paths stay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub what: Option<EntitlementSelector>,
    /// It applies unless these are false.
    #[serde(default, skip_serializing_if = "ConditionNames::is_none")]
    pub when: ConditionNames,
    /// The subtrees that it concerns; everything when absent.
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    pub scopes: Option<Vec<ResourceId>>,
    /// Whom it concerns.
    pub who: IdentitySelector,
}

/// What a denial speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DenyOn {
    /// Of obtaining it.
    Request,
    /// Of using it.
    Use,
}

/// Who holds what without asking and without a fact about it: owners, members of a department, everybody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StandingRule {
    /// In words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// From when until when the rule counts.
    #[serde(default = "always", deserialize_with = "valid", skip_serializing_if = "is_always")]
    pub valid: Window,
    /// What is held.
    pub what: EntitlementSelector,
    /// It is held only while these hold.
    #[serde(default, skip_serializing_if = "ConditionNames::is_none")]
    pub when: ConditionNames,
    /// The subtrees in which it is held; everywhere when absent.
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    pub scopes: Option<Vec<ResourceId>>,
    /// Who holds it.
    pub who: IdentitySelector,
}

const fn one() -> u32 {
    1
}

fn is_one(count: &u32) -> bool {
    *count == 1
}
