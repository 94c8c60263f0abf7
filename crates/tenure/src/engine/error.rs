//! Why there is no engine for a policy and a state, or no next one.

use alloc::string::String;

use crate::id::IdentityId;
use crate::policy::PolicyError;
use crate::state::ApplyError;
use crate::time::Timestamp;

/// Why a policy and a state do not join.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// The document names what neither it nor the state knows.
    #[error("{0}")]
    Dangling(PolicyError),
    /// The document defines something that the log has already defined otherwise.
    #[error(
        "{kind} `{id}` is defined otherwise in the log; make the document say the same, or leave it out there"
    )]
    Conflict {
        /// What kind of noun.
        kind: &'static str,
        /// Which one.
        id: String,
    },
    /// What the document says of nouns cannot follow on what the document in force says.
    #[error("{0}")]
    Adoption(PolicyError),
    /// The log adopted another document than the one that the engine was opened with.
    #[error("the log adopted the document `{adopted}`, not `{policy}`; open the engine with that one")]
    NotAdopted {
        /// The digest of the document that was adopted.
        adopted: String,
        /// The digest of the engine's document.
        policy: String,
    },
    /// The clock is behind the log.
    #[error("the log was written until `{high_water}`, later than now; correct the clock")]
    ClockRegression {
        /// The latest `recorded_at`.
        high_water: Timestamp,
    },
    /// Nobody knows who adopts.
    #[error("`{by}` is not an identity that is known; name one that the document or the log defines")]
    UnknownAdopter {
        /// Who adopts.
        by: IdentityId,
    },
    /// The hierarchy gives more than fits.
    #[error(
        "the entitlements give more than 50,000,000 pairs of entitlement and permission, or one gives a permission in more than 64 ways that differ in scope; split the hierarchy"
    )]
    TooLarge,
    /// The state contradicts itself; no log that was replayed leads there.
    #[error("the state contradicts itself; replay the log")]
    Corrupt,
    /// A fact does not fit.
    #[error("{0}")]
    Apply(#[from] ApplyError),
}

impl EngineError {
    /// The stable code.
    pub fn code(&self) -> &str {
        match self {
            Self::Dangling(error) | Self::Adoption(error) => error.code(),
            Self::Conflict { .. } => "model.conflict",
            Self::NotAdopted { .. } => "policy.not_adopted",
            Self::ClockRegression { .. } => "clock.regression",
            Self::UnknownAdopter { .. } => "identity.unknown",
            Self::TooLarge => "limit.closure",
            Self::Corrupt => "state.corrupt",
            Self::Apply(error) => error.code(),
        }
    }
}
