//! Standing is what is held without asking. A group holds for all its members.

use serde::{Deserialize, Serialize};

use super::ConditionNames;
use crate::id::{EntitlementId, IdentityId, ResourceId};
use crate::time::{Timestamp, Window};

/// An entitlement held without asking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Standing {
    /// What is held.
    pub entitlement: EntitlementId,
    /// The first instant of the holding.
    #[serde(default = "from_ever", deserialize_with = "super::date::start", skip_serializing_if = "is_min")]
    pub from: Timestamp,
    /// Who holds it.
    pub holder: Holder,
    /// The subtree in which it counts; everywhere when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<ResourceId>,
    /// The first instant after the holding.
    #[serde(default = "for_ever", deserialize_with = "super::date::end", skip_serializing_if = "is_max")]
    pub until: Timestamp,
    /// It counts only while these conditions hold.
    #[serde(default, rename = "while", skip_serializing_if = "ConditionNames::is_none")]
    pub conditions: ConditionNames,
}

/// Who holds a standing entitlement.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Holder {
    /// All members of a group.
    Group(EntitlementId),
    /// One identity.
    Identity(IdentityId),
}

/// A stay in a group: its member holds the group's entitlement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Membership {
    /// The first instant of the stay.
    #[serde(default = "from_ever", deserialize_with = "super::date::start", skip_serializing_if = "is_min")]
    pub from: Timestamp,
    /// An entitlement of kind `group`.
    pub group: EntitlementId,
    /// Who is in it.
    pub member: IdentityId,
    /// The subtree in which what the group holds counts; everywhere when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<ResourceId>,
    /// The first instant after the stay.
    #[serde(default = "for_ever", deserialize_with = "super::date::end", skip_serializing_if = "is_max")]
    pub until: Timestamp,
    /// It counts only while these conditions hold.
    #[serde(default, rename = "while", skip_serializing_if = "ConditionNames::is_none")]
    pub conditions: ConditionNames,
}

impl Standing {
    /// When it counts; none if it ends before it begins.
    pub fn window(&self) -> Option<Window> {
        Window::new(self.from, self.until)
    }
}

impl Membership {
    /// When it counts; none if it ends before it begins.
    pub fn window(&self) -> Option<Window> {
        Window::new(self.from, self.until)
    }
}

const fn from_ever() -> Timestamp {
    Timestamp::MIN
}

const fn for_ever() -> Timestamp {
    Timestamp::MAX
}

fn is_min(t: &Timestamp) -> bool {
    *t == Timestamp::MIN
}

fn is_max(t: &Timestamp) -> bool {
    t.is_never()
}
