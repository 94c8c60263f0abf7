//! Facts in scenarios.

use serde_json::{Map, Value, json};

use super::instant;

/// A fact, as far as it is not filled in.
#[derive(Debug, Clone)]
#[must_use]
pub(crate) struct Happening(Map<String, Value>);

/// A fact of this kind.
pub(crate) fn fact(kind: &str, body: Value) -> Happening {
    Happening(Map::from_iter([("kind".into(), kind.into()), ("body".into(), body)]))
}

/// A fact that only names a noun, for example `identity_left`.
pub(crate) fn of(kind: &str, id: &str) -> Happening {
    fact(kind, json!({"id": id}))
}

/// A fact that defines a noun.
pub(crate) fn defined(kind: &str, id: &str, definition: Value) -> Happening {
    fact(kind, json!({"id": id, "definition": definition}))
}

/// A fact that changes a noun.
pub(crate) fn changed(kind: &str, id: &str, changes: Value) -> Happening {
    fact(kind, json!({"id": id, "changes": changes}))
}

/// The department of an identity changes.
pub(crate) fn moved(id: &str, department: &str) -> Happening {
    changed("identity_changed", id, json!({"attributes": {"dept": department}}))
}

impl Happening {
    pub(super) fn map(self) -> Map<String, Value> {
        self.0
    }

    /// It takes effect at another instant than it is recorded at.
    pub(crate) fn from(mut self, at: &str) -> Self {
        self.0.insert("effective_at".into(), instant(at).into());
        self
    }

    /// It has this id.
    pub(crate) fn id(mut self, id: &str) -> Self {
        self.0.insert("id".into(), id.into());
        self
    }

    /// It was done by someone.
    pub(crate) fn by(mut self, by: &str) -> Self {
        self.0.insert("by".into(), by.into());
        self
    }

    /// It takes back another one.
    pub(crate) fn replaces(mut self, id: &str) -> Self {
        self.0.insert("replaces".into(), id.into());
        self
    }
}
