//! A question is about a resource that is registered, or about one of an open type, of which the question says
//! all there is to know.

use alloc::string::String;
use core::fmt;

use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::id::ResourceId;
use crate::model::Attributes;

/// What a question is about. In documents a plain id stands for a resource that is registered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Target {
    /// One that is registered.
    Registered(ResourceId),
    /// One of an open type; if it is registered nevertheless, what is stored counts.
    Open(OpenResource),
}

/// A resource of a type that needs no registration: a leaf below its parent, valid for ever.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenResource {
    /// What the host says of it.
    #[serde(default, skip_serializing_if = "Attributes::is_empty")]
    pub attributes: Attributes,
    /// Its name.
    pub id: ResourceId,
    /// The registered resource above it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<ResourceId>,
    /// A type that the policy declares open.
    pub r#type: String,
}

impl Target {
    /// Its name.
    pub const fn id(&self) -> &ResourceId {
        match self {
            Self::Registered(id) => id,
            Self::Open(open) => &open.id,
        }
    }
}

impl From<ResourceId> for Target {
    fn from(id: ResourceId) -> Self {
        Self::Registered(id)
    }
}

impl From<OpenResource> for Target {
    fn from(open: OpenResource) -> Self {
        Self::Open(open)
    }
}

impl<'de> Deserialize<'de> for Target {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct IdOrMap;

        impl<'de> Visitor<'de> for IdOrMap {
            type Value = Target;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an id, or a map with an `id` and a `type`")
            }

            fn visit_str<E: Error>(self, id: &str) -> Result<Target, E> {
                ResourceId::deserialize(StrDeserializer::new(id)).map(Target::Registered)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Target, A::Error> {
                OpenResource::deserialize(MapAccessDeserializer::new(map)).map(Target::Open)
            }
        }

        deserializer.deserialize_any(IdOrMap)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::canonical;

    #[test]
    fn a_question_names_a_resource_or_says_what_it_is() {
        for text in
            [r#""crm/acct-7""#, r#"{"attributes":{"stage":"won"},"id":"t-1","parent":"crm","type":"ticket"}"#]
        {
            let target: Target = serde_json::from_str(text).unwrap();
            assert_eq!(canonical(&target).unwrap(), text);
        }
        assert!(serde_json::from_str::<Target>(r#"{"id":"t-1"}"#).is_err(), "an open resource has a type");
    }
}
