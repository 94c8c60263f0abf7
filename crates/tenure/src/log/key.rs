//! A key names what a decision read and what a fact touches: two decisions that read what the other writes
//! cannot both be committed.

use alloc::string::{String, ToString};
use alloc::sync::Arc;
use core::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What kind of thing a key names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyKind {
    /// All that a person holds: grants, standing, memberships.
    Person,
    /// An identity itself: its attributes and its life.
    Identity,
    /// An entitlement and what it implies.
    Entitlement,
    /// A resource and its place in the tree.
    Resource,
    /// An application.
    Application,
    /// A business event.
    Event,
    /// A source of business events.
    Feed,
    /// A request and what became of it.
    Request,
    /// The adopted policy.
    Policy,
    /// Who is in a group and what the group holds.
    Group,
    /// Which entitlements there are, and what each of them is.
    Catalogue,
}

impl KeyKind {
    const ALL: [(Self, &'static str); 11] = [
        (Self::Person, "person"),
        (Self::Identity, "identity"),
        (Self::Entitlement, "entitlement"),
        (Self::Resource, "resource"),
        (Self::Application, "application"),
        (Self::Event, "event"),
        (Self::Feed, "feed"),
        (Self::Request, "request"),
        (Self::Policy, "policy"),
        (Self::Group, "group"),
        (Self::Catalogue, "catalogue"),
    ];

    /// The word before the colon.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _)| *kind == self).map_or("", |(_, word)| word)
    }
}

/// What was read or is touched, written `kind:id`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    kind: KeyKind,
    id: Arc<str>,
}

impl Key {
    /// The key of one thing.
    pub fn new(kind: KeyKind, id: impl Into<Arc<str>>) -> Self {
        Self { kind, id: id.into() }
    }

    /// The key of the adopted policy, of which there is one.
    pub fn policy() -> Self {
        Self::new(KeyKind::Policy, "policy")
    }

    /// The key of all entitlements together, of which there is one: who reads it misses none that comes to be.
    pub fn catalogue() -> Self {
        Self::new(KeyKind::Catalogue, "entitlements")
    }

    /// What kind of thing.
    pub const fn kind(&self) -> KeyKind {
        self.kind
    }

    /// Which one.
    pub fn id(&self) -> &str {
        &self.id
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind.word(), self.id)
    }
}

impl Serialize for Key {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_string())
    }
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let wrong = || {
            serde::de::Error::custom(alloc::format!(
                "[key.syntax] `{text}` is not a key; write `kind:id`, for example `person:ann`"
            ))
        };
        let (word, id) = text.split_once(':').ok_or_else(wrong)?;
        let (kind, _) = KeyKind::ALL.iter().find(|(_, w)| *w == word).ok_or_else(wrong)?;
        crate::id::validate(id).map_err(|_| wrong())?;
        Ok(Self::new(*kind, id))
    }
}
