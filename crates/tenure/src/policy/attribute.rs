//! Attributes are declared with a type, so that a condition that reads them can be judged before it is used.

use core::fmt;

use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The type of a declared attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
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

/// The type of the elements of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ElementType {
    /// `true` or `false`.
    Bool,
    /// Whole numbers.
    Int,
    /// Texts.
    Text,
}

/// Who says it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttributeSource {
    /// The host: what it stored, or what it says with a question.
    #[default]
    Host,
    /// The requester of itself; it counts only where it is `asserted`.
    Requester,
}

/// How an attribute is declared. A type alone may be written as a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, remote = "Self")]
pub struct Declaration {
    /// Whether the requester's own word is enough.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub asserted: bool,
    /// Of a list: the type of its elements; any when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<ElementType>,
    /// Who says it.
    #[serde(default, skip_serializing_if = "is_host")]
    pub source: AttributeSource,
    /// Its type.
    pub r#type: AttributeType,
}

impl Declaration {
    /// Whether what is said under this name counts.
    pub(crate) fn counts(&self) -> bool {
        self.source == AttributeSource::Host || self.asserted
    }
}

impl From<AttributeType> for Declaration {
    fn from(r#type: AttributeType) -> Self {
        Self { asserted: false, of: None, source: AttributeSource::Host, r#type }
    }
}

impl Serialize for Declaration {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if *self == Self::from(self.r#type) {
            self.r#type.serialize(serializer)
        } else {
            Self::serialize(self, serializer)
        }
    }
}

impl<'de> Deserialize<'de> for Declaration {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct WordOrMap;

        impl<'de> Visitor<'de> for WordOrMap {
            type Value = Declaration;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a type, or a map with a `type`")
            }

            fn visit_str<E: Error>(self, word: &str) -> Result<Declaration, E> {
                AttributeType::deserialize(StrDeserializer::new(word)).map(Declaration::from)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Declaration, A::Error> {
                Declaration::deserialize(MapAccessDeserializer::new(map))
            }
        }

        deserializer.deserialize_any(WordOrMap)
    }
}

fn is_host(source: &AttributeSource) -> bool {
    *source == AttributeSource::Host
}
