//! Resources form a tree; a scope is a subtree of it.

use alloc::collections::BTreeSet;
use alloc::string::String;

use serde::{Deserialize, Serialize};

use super::{Attributes, Change, ConditionNames, Sensitivity};
use crate::id::{ApplicationId, AttributeId, IdentityId, ResourceId};

/// A node of the resource tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resource {
    /// The system it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub application: Option<ApplicationId>,
    /// Whatever selectors name.
    #[serde(default, skip_serializing_if = "Attributes::is_empty")]
    pub attributes: Attributes,
    /// What people call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The accountable identity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<IdentityId>,
    /// The node above it; a root has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<ResourceId>,
    /// It stands under its parent only while these conditions hold.
    #[serde(default, skip_serializing_if = "ConditionNames::is_none")]
    pub parent_while: ConditionNames,
    /// How much harm it can do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sensitivity: Option<Sensitivity>,
    /// What sort of thing it is, for example `database`.
    pub r#type: String,
}

impl Resource {
    /// A resource of which no more is said than its type.
    pub fn new(r#type: impl Into<String>) -> Self {
        Self {
            application: None,
            attributes: Attributes::new(),
            name: None,
            owner: None,
            parent: None,
            parent_while: ConditionNames::default(),
            sensitivity: None,
            r#type: r#type.into(),
        }
    }
}

/// What a `resource_changed` fact changes; what it does not name stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResourceChange {
    /// Attributes that get a new value.
    #[serde(default, skip_serializing_if = "Attributes::is_empty")]
    pub attributes: Attributes,
    /// Attributes that are removed.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub cleared: BTreeSet<AttributeId>,
    /// The new display name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The new owner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<IdentityId>,
    /// The new node above it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<ResourceId>,
    /// The new conditions of standing under the parent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_while: Option<ConditionNames>,
    /// The new sensitivity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sensitivity: Option<Sensitivity>,
    /// Fields that are taken away, before the others are set.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub unset: BTreeSet<ResourceField>,
}

/// A field that `resource_changed` can take away, as it stands in documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResourceField {
    /// The display name.
    Name,
    /// The owner.
    Owner,
    /// The parent: it becomes a root.
    Parent,
    /// The sensitivity.
    Sensitivity,
}

impl Change for ResourceChange {
    type Noun = Resource;

    fn apply(&self, noun: &mut Resource) {
        for field in &self.unset {
            match field {
                ResourceField::Name => noun.name = None,
                ResourceField::Owner => noun.owner = None,
                ResourceField::Parent => noun.parent = None,
                ResourceField::Sensitivity => noun.sensitivity = None,
            }
        }
        super::history::patch_attributes(&mut noun.attributes, &self.attributes, &self.cleared);
        super::history::patch(&mut noun.name, &self.name);
        super::history::patch(&mut noun.owner, &self.owner);
        super::history::patch(&mut noun.parent, &self.parent);
        if let Some(conditions) = &self.parent_while {
            noun.parent_while.clone_from(conditions);
        }
        super::history::patch(&mut noun.sensitivity, &self.sensitivity);
    }
}
