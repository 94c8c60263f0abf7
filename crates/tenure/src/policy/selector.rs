//! Selectors say which identities and entitlements a rule speaks of. Each key narrows, the words under a key
//! widen; a selector with no keys matches nobody.

use alloc::collections::{BTreeMap, BTreeSet};
use core::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::id::{ApplicationId, AttributeId, EntitlementId, IdentityId};
use crate::model::{Attributes, Entitlement, EntitlementKind, IdentityKind, Sensitivity, Value};

/// Which identities. The word `anyone` stands for all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, remote = "Self")]
pub struct IdentitySelector {
    /// All of them, whatever else it says.
    #[serde(skip)]
    pub anyone: bool,
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
    /// What counts as being in a group.
    #[serde(default, skip_serializing_if = "Via::is_standing")]
    pub via: Via,
}

/// What counts as being in a group.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Via {
    /// Standing assignments and memberships.
    #[default]
    Standing,
    /// Grants too.
    Any,
}

impl Via {
    const fn is_standing(&self) -> bool {
        matches!(self, Self::Standing)
    }
}

impl IdentitySelector {
    /// Whether it names nothing, and so matches nobody.
    pub fn is_empty(&self) -> bool {
        !self.anyone
            && self.attributes.is_empty()
            && self.groups.is_none()
            && self.ids.is_none()
            && self.kinds.is_none()
    }
}

/// Which entitlements. The word `anything` stands for all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, remote = "Self")]
pub struct EntitlementSelector {
    /// All of them, whatever else it says.
    #[serde(skip)]
    pub anything: bool,
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
    /// Of one of these sensitivities.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sensitivity: Option<BTreeSet<Sensitivity>>,
}

impl EntitlementSelector {
    /// Whether it names nothing, and so matches nothing.
    pub fn is_empty(&self) -> bool {
        !self.anything
            && self.attributes.is_empty()
            && self.applications.is_none()
            && self.ids.is_none()
            && self.kinds.is_none()
            && self.sensitivity.is_none()
    }

    /// Whether it matches an entitlement as it is declared.
    pub(super) fn matches(&self, id: &EntitlementId, noun: &Entitlement) -> bool {
        !self.is_empty()
            && self.ids.as_ref().is_none_or(|ids| ids.contains(id))
            && self.kinds.as_ref().is_none_or(|kinds| kinds.contains(&noun.kind))
            && self
                .applications
                .as_ref()
                .is_none_or(|list| noun.application.as_ref().is_some_and(|one| list.contains(one)))
            && self
                .sensitivity
                .as_ref()
                .is_none_or(|list| noun.sensitivity.as_ref().is_some_and(|one| list.contains(one)))
            && attributes_match(&self.attributes, &noun.attributes)
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

/// A selector is a map, or the one word that stands for all.
macro_rules! word_or_map {
    ($selector:ident $all:ident $word:literal) => {
        impl Serialize for $selector {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                if self.$all { serializer.serialize_str($word) } else { Self::serialize(self, serializer) }
            }
        }

        impl<'de> Deserialize<'de> for $selector {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct WordOrMap;

                impl<'de> Visitor<'de> for WordOrMap {
                    type Value = $selector;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str(concat!("a map, or the word `", $word, "`"))
                    }

                    fn visit_str<E: Error>(self, word: &str) -> Result<$selector, E> {
                        if word == $word {
                            Ok($selector { $all: true, ..$selector::default() })
                        } else {
                            Err(E::invalid_value(Unexpected::Str(word), &self))
                        }
                    }

                    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<$selector, A::Error> {
                        $selector::deserialize(MapAccessDeserializer::new(map))
                    }
                }

                deserializer.deserialize_any(WordOrMap)
            }
        }
    };
}

word_or_map! { IdentitySelector anyone "anyone" }
word_or_map! { EntitlementSelector anything "anything" }
