//! Selectors say which identities and entitlements a rule speaks of. Each key narrows, the words under a key
//! widen; a selector with no keys matches nobody.

use alloc::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::id::{ApplicationId, AttributeId, EntitlementId, IdentityId};
use crate::model::{Attributes, EntitlementKind, IdentityKind, Value};

/// Which identities.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentitySelector {
    /// For each attribute named, one of these values.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<AttributeId, BTreeSet<Value>>,
    /// In one of these groups, by standing membership.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub groups: Option<BTreeSet<EntitlementId>>,
    /// One of these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ids: Option<BTreeSet<IdentityId>>,
    /// Of one of these kinds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kinds: Option<BTreeSet<IdentityKind>>,
}

impl IdentitySelector {
    /// Whether it names nothing, and so matches nobody.
    pub fn is_empty(&self) -> bool {
        self.attributes.is_empty() && self.groups.is_none() && self.ids.is_none() && self.kinds.is_none()
    }
}

/// Which entitlements.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntitlementSelector {
    /// Of one of these applications.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub applications: Option<BTreeSet<ApplicationId>>,
    /// For each attribute named, one of these values.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<AttributeId, BTreeSet<Value>>,
    /// One of these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ids: Option<BTreeSet<EntitlementId>>,
    /// Of one of these kinds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kinds: Option<BTreeSet<EntitlementKind>>,
}

impl EntitlementSelector {
    /// Whether it names nothing, and so matches nothing.
    pub fn is_empty(&self) -> bool {
        self.attributes.is_empty()
            && self.applications.is_none()
            && self.ids.is_none()
            && self.kinds.is_none()
    }
}

/// Whether `attributes` have one of the wanted values under every name; a missing attribute never matches.
pub(crate) fn attributes_match(
    wanted: &BTreeMap<AttributeId, BTreeSet<Value>>,
    attributes: &Attributes,
) -> bool {
    wanted.iter().all(|(name, values)| {
        attributes.get(name).is_some_and(|have| values.iter().any(|value| have.is_or_contains(value)))
    })
}
