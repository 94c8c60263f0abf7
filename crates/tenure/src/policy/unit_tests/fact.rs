//! Facts of a test are those of a log; what nobody wants to write there may be left out.

use alloc::format;
use alloc::string::String;

use serde::de::Error;
use serde::ser::SerializeStruct;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::fact::{Body, FACT_VERSION, Fact, body};
use crate::id::{FactId, IdentityId};
use crate::time::Timestamp;

/// A fact in a test: `{kind, body}`, and of the other keys of a fact those that matter. A fact that was copied from
/// a log is one too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestFact {
    /// What happened.
    pub body: Body,
    /// Who did it.
    pub by: Option<IdentityId>,
    /// From when it counts; `now` when absent.
    pub effective_at: Option<Timestamp>,
    /// Its name; `test/0`, `test/1` and so on when absent.
    pub id: Option<FactId>,
    /// When it was written down; when absent, when it takes effect, but not after `now`.
    pub recorded_at: Option<Timestamp>,
    /// A fact about the same noun that has not taken effect and that this one takes back.
    pub replaces: Option<FactId>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    body: serde_json::Value,
    by: Option<IdentityId>,
    effective_at: Option<Timestamp>,
    id: Option<FactId>,
    kind: String,
    recorded_at: Option<Timestamp>,
    replaces: Option<FactId>,
    v: Option<u32>,
}

impl TestFact {
    /// The fact of the log that it is as the `number`th fact of a test at `now`; none if its number makes no name.
    pub fn at(&self, now: Timestamp, number: usize) -> Option<Fact> {
        let effective_at = self.effective_at.unwrap_or(now);
        let id = match &self.id {
            Some(id) => id.clone(),
            None => format!("test/{number}").parse().ok()?,
        };
        Some(Fact {
            body: self.body.clone(),
            by: self.by.clone(),
            effective_at,
            id,
            recorded_at: self.recorded_at.unwrap_or_else(|| effective_at.min(now)),
            replaces: self.replaces.clone(),
        })
    }
}

impl<'de> Deserialize<'de> for TestFact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Text::deserialize(deserializer)?;
        if let Some(version) = text.v.filter(|version| *version != FACT_VERSION) {
            return Err(D::Error::custom(format_args!(
                "[fact.version] this is version `{version}` of a fact; only version {FACT_VERSION} is known"
            )));
        }
        Ok(Self {
            body: body(&text.kind, text.body).map_err(D::Error::custom)?,
            by: text.by,
            effective_at: text.effective_at,
            id: text.id,
            recorded_at: text.recorded_at,
            replaces: text.replaces,
        })
    }
}

impl Serialize for TestFact {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_struct("TestFact", 7)?;
        out.serialize_field("body", &self.body)?;
        match &self.by {
            Some(by) => out.serialize_field("by", by)?,
            None => out.skip_field("by")?,
        }
        match &self.effective_at {
            Some(at) => out.serialize_field("effective_at", at)?,
            None => out.skip_field("effective_at")?,
        }
        match &self.id {
            Some(id) => out.serialize_field("id", id)?,
            None => out.skip_field("id")?,
        }
        out.serialize_field("kind", self.body.kind())?;
        match &self.recorded_at {
            Some(at) => out.serialize_field("recorded_at", at)?,
            None => out.skip_field("recorded_at")?,
        }
        match &self.replaces {
            Some(replaces) => out.serialize_field("replaces", replaces)?,
            None => out.skip_field("replaces")?,
        }
        out.end()
    }
}
