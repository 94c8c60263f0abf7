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
        known_version(self.v).map_err(|message| alloc::format!("[fact.version] {message}"))?;
        let Some(body) = Body::read(&self.kind, reader(self.body)) else {
            return Err(alloc::format!("[fact.kind] {}", unknown_kind(&self.kind)));
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
        // The derived reading of the whole gives good errors for the envelope, but knows no place for what
        // depends on the kind; so these parts are read first, each from its own node.
        if let Some(version) = node.get("v") {
            known_version(document::read(version).map_err(|error| error.under("/v"))?).map_err(
                |message| DocumentError::new("fact.version", version.place(), "/v".into(), message),
            )?;
        }
        if let Some((kind, body)) = node.get("kind").zip(node.get("body")) {
            let word: String = document::read(kind).map_err(|error| error.under("/kind"))?;
            match Body::read(&word, NodeReader(body)) {
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(error.under("/body")),
                None => {
                    let near = nearest_kind(&word).map(String::from);
                    let error =
                        DocumentError::new("fact.kind", kind.place(), "/kind".into(), unknown_kind(&word));
                    return Err(error.suggesting(near));
                }
            }
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

/// The body of a fact of this kind, from a value without places.
pub(crate) fn body(kind: &str, body: serde_json::Value) -> Result<Body, String> {
    match Body::read(kind, ValueReader(body)) {
        Some(read) => read.map_err(|error| alloc::format!("{error}")),
        None => Err(alloc::format!("[fact.kind] {}", unknown_kind(kind))),
    }
}

/// What is wrong with the `kind` and `body` of a fact, with the place.
pub(crate) fn body_problem(fact: &Node) -> Option<DocumentError> {
    let (kind, body) = fact.get("kind").zip(fact.get("body"))?;
    let word: String = document::read(kind).ok()?;
    match Body::read(&word, NodeReader(body)) {
        Some(read) => read.err().map(|error| error.under("/body")),
        None => {
            let error = DocumentError::new("fact.kind", kind.place(), "/kind".into(), unknown_kind(&word));
            Some(error.suggesting(nearest_kind(&word).map(String::from)))
        }
    }
}

fn known_version(version: u32) -> Result<(), String> {
    if version == FACT_VERSION {
        return Ok(());
    }
    Err(alloc::format!("this is version `{version}` of a fact; only version {FACT_VERSION} is known"))
}

fn nearest_kind(word: &str) -> Option<&'static str> {
    document::nearest(word, super::FACT_KINDS.iter().copied())
}

fn unknown_kind(word: &str) -> String {
    let hint = nearest_kind(word).map(|near| alloc::format!("; did you mean `{near}`?")).unwrap_or_default();
    alloc::format!("`{word}` is not a kind of fact{hint}")
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
