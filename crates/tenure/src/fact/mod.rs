//! Facts record what happened. The host stores them in one total order and replays them; what was accepted
//! once replays for ever, under any policy.

mod body;
mod text;

pub use body::{
    Body, Cause, Changed, Defined, FACT_KINDS, GrantEnded, GrantExtended, HighWater, Named, PolicyAdopted,
    RequestMade, RequestResolved,
};

pub(crate) use text::{body, body_problem};

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use crate::id::{FactId, IdentityId};
use crate::time::Timestamp;

/// The version of the envelope that this library writes, and the only one it reads.
pub const FACT_VERSION: u32 = 1;

/// An entry of the log: what happened, when it takes effect, when it was written down, and by whom.
///
/// Its JSON is `{"v":1,"id":…,"kind":…,"effective_at":…,"recorded_at":…,"by":…,"body":{…}}`; unknown keys and
/// kinds are refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// What happened.
    pub body: Body,
    /// Who did it, where known.
    pub by: Option<IdentityId>,
    /// From when it counts; before or after `recorded_at`.
    pub effective_at: Timestamp,
    /// Its name, never used for another fact.
    pub id: FactId,
    /// When it was written down.
    pub recorded_at: Timestamp,
    /// A fact about the same noun that has not taken effect and that this one takes back.
    pub replaces: Option<FactId>,
}

impl Fact {
    /// A fact that counts from the instant it is written down.
    pub fn new(id: FactId, at: Timestamp, body: Body) -> Self {
        Self { body, by: None, effective_at: at, id, recorded_at: at, replaces: None }
    }

    /// The same, counting from another instant.
    #[must_use]
    pub const fn effective(mut self, at: Timestamp) -> Self {
        self.effective_at = at;
        self
    }

    /// The same, done by someone.
    #[must_use]
    pub fn by(mut self, by: IdentityId) -> Self {
        self.by = Some(by);
        self
    }
}

impl Serialize for Fact {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Alphabetical, so that the JSON of a fact is its RFC 8785 form as it is written.
        let mut out = serializer.serialize_struct("Fact", 8)?;
        out.serialize_field("body", &self.body)?;
        match &self.by {
            Some(by) => out.serialize_field("by", by)?,
            None => out.skip_field("by")?,
        }
        out.serialize_field("effective_at", &self.effective_at)?;
        out.serialize_field("id", &self.id)?;
        out.serialize_field("kind", self.body.kind())?;
        out.serialize_field("recorded_at", &self.recorded_at)?;
        match &self.replaces {
            Some(replaces) => out.serialize_field("replaces", replaces)?,
            None => out.skip_field("replaces")?,
        }
        out.serialize_field("v", &FACT_VERSION)?;
        out.end()
    }
}
