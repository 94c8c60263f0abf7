//! Entitlements form a directed acyclic graph by `implies`; its leaves are permissions (NIST RBAC role
//! hierarchy). Being in a group is holding the group's entitlement.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::{Attributes, Change, ConditionNames, Sensitivity};
use crate::id::{ApplicationId, AttributeId, EntitlementId, IdentityId, PermissionId, ResourceId};
use crate::time::{Timestamp, Window};

/// A right that can be held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entitlement {
    /// The system it is a right in; business roles have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub application: Option<ApplicationId>,
    /// Whatever selectors name.
    #[serde(default, skip_serializing_if = "Attributes::is_empty")]
    pub attributes: Attributes,
    /// The entitlements that whoever holds this one holds too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub implies: Vec<Implied>,
    /// Role, group or right.
    pub kind: EntitlementKind,
    /// What people call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The accountable identity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<IdentityId>,
    /// What it lets one do, by itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub permissions: Vec<PermissionId>,
    /// How much harm it can do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sensitivity: Option<Sensitivity>,
}

impl Entitlement {
    /// An entitlement of which no more is said than its kind.
    pub const fn new(kind: EntitlementKind) -> Self {
        Self {
            application: None,
            attributes: Attributes::new(),
            implies: Vec::new(),
            kind,
            name: None,
            owner: None,
            permissions: Vec::new(),
            sensitivity: None,
        }
    }
}

/// What sort of entitlement it is; it never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntitlementKind {
    /// A bundle of rights.
    Role,
    /// A set of members that holds rights together.
    Group,
    /// A single right of one application.
    Right,
}

impl EntitlementKind {
    /// The word in documents.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Role => "role",
            Self::Group => "group",
            Self::Right => "right",
        }
    }
}

/// An edge of the hierarchy, possibly for a time or in a scope only.
///
/// In documents a plain id stands for an edge without limits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Implied {
    /// What is held too.
    pub entitlement: EntitlementId,
    /// The first instant of the edge.
    #[serde(skip_serializing_if = "is_min")]
    pub from: Timestamp,
    /// The subtree in which the edge counts; everywhere when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<ResourceId>,
    /// The first instant after the edge.
    #[serde(skip_serializing_if = "is_max")]
    pub until: Timestamp,
    /// The edge counts only while these conditions hold.
    #[serde(rename = "while", skip_serializing_if = "ConditionNames::is_none")]
    pub conditions: ConditionNames,
}

impl Implied {
    /// An edge that always counts, everywhere.
    pub fn always(entitlement: EntitlementId) -> Self {
        Self {
            entitlement,
            from: Timestamp::MIN,
            scope: None,
            until: Timestamp::MAX,
            conditions: ConditionNames::default(),
        }
    }

    /// When the edge counts; none if it ends before it begins.
    pub fn window(&self) -> Option<Window> {
        Window::new(self.from, self.until)
    }
}

impl<'de> Deserialize<'de> for Implied {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Edge;

        impl<'de> Visitor<'de> for Edge {
            type Value = Implied;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an id, or a map with an `entitlement`")
            }

            fn visit_str<E: Error>(self, id: &str) -> Result<Implied, E> {
                EntitlementId::deserialize(StrDeserializer::new(id)).map(Implied::always)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Implied, A::Error> {
                let limited = Limited::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Implied {
                    entitlement: limited.entitlement,
                    from: limited.from.unwrap_or(Timestamp::MIN),
                    scope: limited.scope,
                    until: limited.until.unwrap_or(Timestamp::MAX),
                    conditions: limited.conditions,
                })
            }
        }

        /// An edge with limits, as it is written.
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Limited {
            entitlement: EntitlementId,
            #[serde(default, deserialize_with = "super::date::start_if_any")]
            from: Option<Timestamp>,
            #[serde(default)]
            scope: Option<ResourceId>,
            #[serde(default, deserialize_with = "super::date::end_if_any")]
            until: Option<Timestamp>,
            #[serde(default, rename = "while")]
            conditions: ConditionNames,
        }

        deserializer.deserialize_any(Edge)
    }
}

/// What an `entitlement_changed` fact changes; what it does not name stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntitlementChange {
    /// Attributes that get a new value.
    #[serde(default, skip_serializing_if = "Attributes::is_empty")]
    pub attributes: Attributes,
    /// Attributes that are removed.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub cleared: BTreeSet<AttributeId>,
    /// All edges from now on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub implies: Option<Vec<Implied>>,
    /// The new display name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The new owner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<IdentityId>,
    /// All permissions from now on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permissions: Option<Vec<PermissionId>>,
    /// The new sensitivity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sensitivity: Option<Sensitivity>,
    /// Fields that are taken away, before the others are set.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub unset: BTreeSet<EntitlementField>,
}

/// A field that `entitlement_changed` can take away, as it stands in documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntitlementField {
    /// The display name.
    Name,
    /// The owner.
    Owner,
    /// The sensitivity.
    Sensitivity,
}

impl Change for EntitlementChange {
    type Noun = Entitlement;

    fn apply(&self, noun: &mut Entitlement) {
        for field in &self.unset {
            match field {
                EntitlementField::Name => noun.name = None,
                EntitlementField::Owner => noun.owner = None,
                EntitlementField::Sensitivity => noun.sensitivity = None,
            }
        }
        super::history::patch_attributes(&mut noun.attributes, &self.attributes, &self.cleared);
        super::history::patch(&mut noun.name, &self.name);
        super::history::patch(&mut noun.owner, &self.owner);
        super::history::patch(&mut noun.sensitivity, &self.sensitivity);
        if let Some(implies) = &self.implies {
            noun.implies.clone_from(implies);
        }
        if let Some(permissions) = &self.permissions {
            noun.permissions.clone_from(permissions);
        }
    }
}

fn is_min(t: &Timestamp) -> bool {
    *t == Timestamp::MIN
}

fn is_max(t: &Timestamp) -> bool {
    t.is_never()
}
