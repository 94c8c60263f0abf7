//! Names of things: visible ASCII with inner spaces, 1 to 256 bytes, case-sensitive.
//!
//! Other text is a display name. Two ids that look alike cannot differ in an invisible way.

use alloc::string::String;
use alloc::sync::Arc;
use core::fmt;
use core::str::FromStr;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The longest id, in bytes.
pub const MAX_ID_BYTES: usize = 256;

/// Why a text is not an id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IdError {
    /// Nothing was written.
    #[error("an id is empty; write 1 to 256 visible ASCII characters")]
    Empty,
    /// More than [`MAX_ID_BYTES`].
    #[error("an id has {bytes} bytes; at most 256 are allowed")]
    TooLong {
        /// How many bytes it has.
        bytes: usize,
    },
    /// A character that is not visible ASCII, or a space at either end.
    #[error("`{id}` is not an id: character {at} is not visible ASCII (a space may only stand inside)")]
    Character {
        /// The text, escaped.
        id: String,
        /// The offending character, counted from 1.
        at: usize,
    },
}

impl IdError {
    /// The stable code of this error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Empty => "id.empty",
            Self::TooLong { .. } => "id.too_long",
            Self::Character { .. } => "id.character",
        }
    }
}

/// Whether `text` may name something.
///
/// # Errors
/// [`IdError`] with the first thing that is wrong.
pub fn validate(text: &str) -> Result<(), IdError> {
    if text.is_empty() {
        return Err(IdError::Empty);
    }
    if text.len() > MAX_ID_BYTES {
        return Err(IdError::TooLong { bytes: text.len() });
    }
    let last = text.len().saturating_sub(1);
    for (at, byte) in text.bytes().enumerate() {
        let inner_space = byte == b' ' && at != 0 && at != last;
        if !byte.is_ascii_graphic() && !inner_space {
            return Err(IdError::Character {
                id: text.escape_debug().collect(),
                at: text.char_indices().take_while(|(i, _)| *i <= at).count(),
            });
        }
    }
    Ok(())
}

/// The beginning of a name that is made from an id: the id, or where that leaves no room for more its digest.
pub(crate) fn stem(id: &str) -> String {
    const ROOM: usize = 32;
    if id.len() > MAX_ID_BYTES.saturating_sub(ROOM) {
        crate::state::hex(&crate::state::leaf_hash(id.as_bytes()))
    } else {
        String::from(id)
    }
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The id if `text` is one.
            ///
            /// # Errors
            /// [`IdError`] when the text is empty, too long, or not visible ASCII.
            pub fn new(text: impl AsRef<str>) -> Result<Self, IdError> {
                validate(text.as_ref())?;
                Ok(Self(Arc::from(text.as_ref())))
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The text, shared.
            #[allow(dead_code, reason = "not every kind of id is read as a key")]
            pub(crate) fn shared(&self) -> Arc<str> {
                Arc::clone(&self.0)
            }

            /// An id whose text was validated before and is shared, not copied.
            #[allow(dead_code, reason = "not every kind of id is interned")]
            pub(crate) fn from_interned(text: &Arc<str>) -> Self {
                Self(Arc::clone(text))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl core::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                Self::new(text)
            }
        }

        impl TryFrom<&str> for $name {
            type Error = IdError;
            fn try_from(text: &str) -> Result<Self, IdError> {
                Self::new(text)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Visitor;
                impl serde::de::Visitor<'_> for Visitor {
                    type Value = $name;
                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str("an id")
                    }
                    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<$name, E> {
                        $name::new(text).map_err(|error| crate::document::coded(error.code(), error))
                    }
                }
                deserializer.deserialize_str(Visitor)
            }
        }
    )*};
}

ids! {
    /// A person, service account, workload or agent.
    IdentityId
    /// A login of an identity in one application.
    AccountId
    /// A system whose rights are governed.
    ApplicationId
    /// A node of the resource tree.
    ResourceId
    /// A role, group or right.
    EntitlementId
    /// What an application asks for at run time, for example `db:write`.
    PermissionId
    /// An entitlement held without asking.
    StandingId
    /// A stay in a group.
    MembershipId
    /// A temporary holding.
    GrantId
    /// An access request, or any other command.
    RequestId
    /// A business event, for example an incident.
    EventId
    /// A source that reports business events.
    FeedId
    /// A rule of the policy document.
    RuleId
    /// A named condition of the policy document.
    ConditionId
    /// An entry of the log.
    FactId
    /// The name of an attribute.
    AttributeId
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_visible_ascii_with_inner_spaces() {
        for good in ["a", "prod/orders", "Domain Admins", "r-1#0", "x".repeat(256).as_str()] {
            assert!(validate(good).is_ok(), "{good}");
        }
        for (bad, code) in [
            ("", "id.empty"),
            (" a", "id.character"),
            ("a ", "id.character"),
            ("é", "id.character"),
            ("a\tb", "id.character"),
            ("x".repeat(257).as_str(), "id.too_long"),
        ] {
            assert_eq!(validate(bad).unwrap_err().code(), code, "{bad:?}");
        }
    }

    #[test]
    fn ids_differ_by_case() {
        assert_ne!(IdentityId::new("Ann"), IdentityId::new("ann"));
    }
}
