//! An identity is who holds: a person, a service account, a workload or an agent. One that is not human
//! answers to an accountable human, its owner.

use alloc::collections::BTreeSet;
use alloc::string::String;

use serde::{Deserialize, Serialize};

use super::{Attributes, Change};
use crate::id::{AttributeId, IdentityId};
use crate::time::Timestamp;

/// Who holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// Department, location, employment: whatever selectors name.
    #[serde(default, skip_serializing_if = "Attributes::is_empty")]
    pub attributes: Attributes,
    /// When the contract ends; the identity holds nothing from this instant on.
    #[serde(default, deserialize_with = "super::date::end_if_any", skip_serializing_if = "Option::is_none")]
    pub ends: Option<Timestamp>,
    /// Human or not.
    pub kind: IdentityKind,
    /// The human this one reports to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manager: Option<IdentityId>,
    /// What people call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The accountable identity of one that is not human.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<IdentityId>,
    /// The first instant at which the identity holds anything.
    #[serde(
        default,
        deserialize_with = "super::date::start_if_any",
        skip_serializing_if = "Option::is_none"
    )]
    pub starts: Option<Timestamp>,
}

impl Identity {
    /// An identity of which no more is said than its kind.
    pub const fn new(kind: IdentityKind) -> Self {
        Self {
            attributes: Attributes::new(),
            ends: None,
            kind,
            manager: None,
            name: None,
            owner: None,
            starts: None,
        }
    }
}

/// What sort of identity it is; it never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentityKind {
    /// A person.
    Human,
    /// An account that programs share.
    ServiceAccount,
    /// A running program with an identity of its own.
    Workload,
    /// A program that acts on goals, for example an AI agent.
    Agent,
}

impl IdentityKind {
    /// The word in documents.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::ServiceAccount => "service_account",
            Self::Workload => "workload",
            Self::Agent => "agent",
        }
    }
}

/// What a `identity_changed` fact changes; what it does not name stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentityChange {
    /// Attributes that get a new value.
    #[serde(default, skip_serializing_if = "Attributes::is_empty")]
    pub attributes: Attributes,
    /// Attributes that are removed.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub cleared: BTreeSet<AttributeId>,
    /// The new end; [`Timestamp::MAX`] removes it.
    #[serde(default, deserialize_with = "super::date::end_if_any", skip_serializing_if = "Option::is_none")]
    pub ends: Option<Timestamp>,
    /// The new manager.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manager: Option<IdentityId>,
    /// The new display name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The new owner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<IdentityId>,
    /// The new start; [`Timestamp::MIN`] removes it.
    #[serde(
        default,
        deserialize_with = "super::date::start_if_any",
        skip_serializing_if = "Option::is_none"
    )]
    pub starts: Option<Timestamp>,
    /// Fields that are taken away, before the others are set.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub unset: BTreeSet<IdentityField>,
}

/// A field that `identity_changed` can take away, as it stands in documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentityField {
    /// The manager.
    Manager,
    /// The display name.
    Name,
    /// The owner.
    Owner,
}

impl Change for IdentityChange {
    type Noun = Identity;

    fn apply(&self, noun: &mut Identity) {
        for field in &self.unset {
            match field {
                IdentityField::Manager => noun.manager = None,
                IdentityField::Name => noun.name = None,
                IdentityField::Owner => noun.owner = None,
            }
        }
        super::history::patch_attributes(&mut noun.attributes, &self.attributes, &self.cleared);
        if let Some(ends) = self.ends {
            noun.ends = (!ends.is_never()).then_some(ends);
        }
        if let Some(starts) = self.starts {
            noun.starts = (starts != Timestamp::MIN).then_some(starts);
        }
        super::history::patch(&mut noun.manager, &self.manager);
        super::history::patch(&mut noun.name, &self.name);
        super::history::patch(&mut noun.owner, &self.owner);
    }
}
