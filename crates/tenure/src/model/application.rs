//! An application is a system whose rights are governed.

use alloc::collections::BTreeSet;
use alloc::string::String;

use serde::{Deserialize, Serialize};

use super::{Attributes, Change};
use crate::id::{AttributeId, IdentityId};

/// A system whose rights are governed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Application {
    /// Whatever selectors name.
    #[serde(default, skip_serializing_if = "Attributes::is_empty")]
    pub attributes: Attributes,
    /// What people call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The accountable identity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<IdentityId>,
}

/// What an `application_changed` fact changes; what it does not name stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApplicationChange {
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
    /// Fields that are taken away, before the others are set.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub unset: BTreeSet<ApplicationField>,
}

/// A field that `application_changed` can take away, as it stands in documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApplicationField {
    /// The display name.
    Name,
    /// The owner.
    Owner,
}

impl Change for ApplicationChange {
    type Noun = Application;

    fn apply(&self, noun: &mut Application) {
        for field in &self.unset {
            match field {
                ApplicationField::Name => noun.name = None,
                ApplicationField::Owner => noun.owner = None,
            }
        }
        super::history::patch_attributes(&mut noun.attributes, &self.attributes, &self.cleared);
        super::history::patch(&mut noun.name, &self.name);
        super::history::patch(&mut noun.owner, &self.owner);
    }
}
