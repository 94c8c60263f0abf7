//! Facts as text: the envelope is read first, then the body as its kind says.

use alloc::string::String;

use serde::{Deserialize, Deserializer};

use super::body::BodyReader;
use super::{Body, FACT_VERSION, Fact};
use crate::document::{self, DocumentError, Node};
use crate::id::{FactId, IdentityId};
use crate::time::Timestamp;

/// The envelope with a body of any form.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Envelope<B> {
    body: B,
    by: Option<IdentityId>,
    effective_at: Timestamp,
    id: FactId,
    kind: String,
    recorded_at: Timestamp,
    replaces: Option<FactId>,
    v: u32,
}

impl<B> Envelope<B> {
    fn open<R, E>(self, reader: impl FnOnce(B) -> R) -> Result<Result<Fact, E>, String>
    where
        R: BodyReader<Error = E>,
    {
        if self.v != FACT_VERSION {
            return Err(alloc::format!(
                "[fact.version] this is version `{}` of a fact; only version {FACT_VERSION} is known",
                self.v
            ));
        }
        let Some(body) = Body::read(&self.kind, reader(self.body)) else {
            let near = document::nearest(&self.kind, super::FACT_KINDS.iter().copied());
            let hint = near.map(|word| alloc::format!("; did you mean `{word}`?")).unwrap_or_default();
            return Err(alloc::format!("[fact.kind] `{}` is not a kind of fact{hint}", self.kind));
        };
        Ok(body.map(|body| Fact {
            body,
            by: self.by,
            effective_at: self.effective_at,
            id: self.id,
            recorded_at: self.recorded_at,
            replaces: self.replaces,
        }))
    }
}

impl<'de> Deserialize<'de> for Fact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let envelope = Envelope::<serde_json::Value>::deserialize(deserializer)?;
        envelope.open(ValueReader).map_err(serde::de::Error::custom)?.map_err(serde::de::Error::custom)
    }
}

impl Fact {
    /// Reads a fact from a tree, with places in its errors.
    ///
    /// # Errors
    /// `fact.kind` and `fact.version` for what this version does not know, and whatever is wrong with the
    /// shape, with line, column and pointer.
    pub fn read(node: &Node) -> Result<Self, DocumentError> {
        // The derived reading of the whole gives good errors for the envelope, but none with a place for the
        // body; so the body is read again from its own node where it is at fault.
        let kind = node.get("kind").and_then(Node::text);
        let body = node.get("body");
        if let (Some(kind), Some(body)) = (kind, body)
            && let Some(Err(error)) = Body::read(kind, NodeReader(body))
        {
            return Err(error.under("/body"));
        }
        document::read(node)
    }

    /// Reads a fact from the line of a log, quickly. What is wrong with a line that fails is said better by
    /// [`Fact::read`].
    ///
    /// # Errors
    /// As `serde_json` words them.
    pub fn from_json(text: &str) -> Result<Self, serde_json::Error> {
        let envelope: Envelope<&serde_json::value::RawValue> = serde_json::from_str(text)?;
        envelope.open(RawReader).map_err(serde::de::Error::custom)?
    }
}

struct ValueReader(serde_json::Value);

impl BodyReader for ValueReader {
    type Error = serde_json::Error;
    fn read<T: serde::de::DeserializeOwned>(self) -> Result<T, serde_json::Error> {
        serde_json::from_value(self.0)
    }
}

struct RawReader<'a>(&'a serde_json::value::RawValue);

impl BodyReader for RawReader<'_> {
    type Error = serde_json::Error;
    fn read<T: serde::de::DeserializeOwned>(self) -> Result<T, serde_json::Error> {
        serde_json::from_str(self.0.get())
    }
}

struct NodeReader<'a>(&'a Node);

impl BodyReader for NodeReader<'_> {
    type Error = DocumentError;
    fn read<T: serde::de::DeserializeOwned>(self) -> Result<T, DocumentError> {
        document::read(self.0)
    }
}
