//! The state is a fold over facts: what they say about each noun, and nothing that a policy says. It is total:
//! what the log once accepted replays for ever.
//!
//! | kind | what it does |
//! |---|---|
//! | `*_defined` | the noun begins at `effective_at`; the first one of an id wins |
//! | `*_changed` | the fields named change from `effective_at`; of an unknown noun: once it is defined |
//! | `*_retired` | the name is used up; the earliest wins |
//! | `identity_suspended`, `_resumed`, `_left`, `_rejoined` | a turn in the identity's life at `effective_at` |
//! | `standing_assigned`, `membership_added` | a holding, from `effective_at` at the earliest; the first one of an id wins |
//! | `standing_removed`, `membership_removed` | it ends; the earliest wins |
//! | `event_opened` | the first defines the event; a later one redefines and reopens it |
//! | `event_changed`, `event_closed` | the fields named change; the event is over |
//! | `feed_heartbeat` | a sign of life of the feed |
//! | `request_made`, `_resolved`, `_withdrawn` | the request moves on; a decided one stays decided |
//! | `grant_issued` | a holding `[start, end)`; the first one of an id wins |
//! | `grant_extended` | another end from `effective_at` on; the first one of a command wins |
//! | `grant_ended`, `_revoked`, `_voided` | it is over; the earliest wins, also before the issue |
//! | `policy_adopted` | this document is in force |
//! | `clock_corrected` | the high water is what it says |

mod expected;
mod fold;
mod lookup;
mod merkle;
mod packed;
mod records;
mod snapshot;
#[cfg(test)]
mod tests;
mod touches;
mod world;

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

pub use expected::{Expect, SnapshotError};
pub use fold::ApplyError;
pub(crate) use fold::{AHEAD, Ahead, Effect, half_digest};
pub(crate) use merkle::{hex, leaf_hash};
pub(crate) use records::{
    Door, EntitlementRow, EventRow, Extension as GrantExtension, GrantRow, IdentityRow, OWN_NAME, PersonRow,
    RequestRow, ResourceRow, Stage, StandingRow, Turn, between,
};

use crate::fact::Fact;
use crate::id::FactId;
use crate::model::ConditionNames;
use crate::store::{Index, Names, Pages, Texts, hash};
use crate::time::Timestamp;
use merkle::Frontier;
use records::{AccountRow, ApplicationRow, Extension, ExtensionsRow, FeedRow, Listed, OwnName, Terms};

/// What the facts say. A clone costs nothing and shares everything.
///
/// ```
/// use tenure::fact::{Body, Fact, Named};
/// use tenure::state::State;
///
/// let at = "2026-03-02T09:00:00Z".parse()?;
/// let beat = Fact::new("f-1".parse()?, at, Body::FeedHeartbeat(Named { id: "pager".parse()?, reason: None }));
/// let mut state = State::default();
/// state.apply(0, &beat)?;
/// assert_eq!((state.len(), state.high_water()), (1, at));
/// assert!(state.apply(5, &beat).is_err(), "a gap in the log is an error");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct State {
    pub(crate) len: u64,
    pub(crate) high_water: Timestamp,
    pub(crate) frontier: Frontier,
    pub(crate) adoption: Option<Adopted>,
    pub(crate) policy_version: u64,

    pub(crate) identity_names: Names,
    pub(crate) identities: Pages<IdentityRow, 8>,
    /// Beside each identity what it holds.
    #[serde(with = "packed::rows")]
    pub(crate) persons: Pages<PersonRow, 256>,
    pub(crate) entitlement_names: Names,
    pub(crate) entitlements: Pages<EntitlementRow>,
    /// Beside each entitlement the version of the key `group`. It changes with every grant, and so stands apart.
    #[serde(with = "packed::rows")]
    pub(crate) groups: Pages<u64>,
    pub(crate) permission_names: Names,
    pub(crate) resource_names: Names,
    pub(crate) resources: Pages<ResourceRow>,
    pub(crate) application_names: Names,
    pub(crate) applications: Pages<ApplicationRow>,
    pub(crate) account_names: Names,
    pub(crate) accounts: Pages<AccountRow>,
    pub(crate) event_names: Names,
    pub(crate) events: Pages<EventRow>,
    pub(crate) feed_names: Names,
    pub(crate) feeds: Pages<FeedRow>,

    pub(crate) texts: Texts,
    pub(crate) standing: Pages<StandingRow>,
    #[serde(skip)]
    pub(crate) standing_index: Index,
    pub(crate) requests: Pages<RequestRow>,
    #[serde(skip)]
    pub(crate) request_index: Index,
    pub(crate) resolved_with: Pages<Arc<Vec<Listed>>>,
    #[serde(with = "packed::rows")]
    pub(crate) grants: Pages<GrantRow, 32>,
    #[serde(with = "packed::rows")]
    pub(crate) own_names: Pages<OwnName, 64>,
    #[serde(skip)]
    pub(crate) own_name_index: Index,
    /// The terms of grants, each once.
    #[serde(with = "packed::list")]
    pub(crate) bases: Pages<Terms>,
    #[serde(skip)]
    pub(crate) basis_index: Index,
    /// Sets of conditions that anything is held on, each once.
    #[serde(with = "packed::list")]
    pub(crate) conditions: Pages<ConditionNames>,
    #[serde(skip)]
    pub(crate) condition_index: Index,
    pub(crate) extensions: Pages<ExtensionsRow>,
    #[serde(skip)]
    pub(crate) extension_index: Index,

    /// The facts that hosts added themselves, by the hash of their id: the first bytes of their leaf hash.
    #[serde(with = "packed::rows")]
    pub(crate) fact_leaves: Pages<(u64, u64)>,
    #[serde(skip)]
    pub(crate) fact_index: Index,
    /// Facts that have not taken effect and may still be taken back.
    pub(crate) scheduled: Arc<BTreeMap<FactId, Scheduled>>,
    /// Facts about what nobody has defined yet, in the order of the log.
    #[serde(with = "packed::list")]
    pub(crate) early: Arc<Vec<Early>>,
}

/// The policy document in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Adopted {
    pub(crate) digest: String,
    /// From when; of consecutive adoptions of one document the first counts.
    pub(crate) at: Timestamp,
}

/// A fact that has not taken effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Scheduled {
    pub(crate) position: u64,
    pub(crate) effective_at: Timestamp,
    /// The feed for which it is a sign of life.
    pub(crate) feed: u32,
}

/// A fact that waits for what it names to be defined.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Early {
    pub(crate) position: u64,
    pub(crate) fact: Fact,
}

impl State {
    /// The state as it was when the log had `length` facts, of a log that begins with these: any question can be asked
    /// of the past. Of a shorter log it is the whole.
    ///
    /// ```
    /// use tenure::fact::{Body, Fact, Named};
    /// use tenure::state::State;
    ///
    /// let at = "2026-03-02T09:00:00Z".parse()?;
    /// let beat = |n: u32| {
    ///     let body = Body::FeedHeartbeat(Named { id: "pager".parse()?, reason: None });
    ///     Ok::<_, tenure::id::IdError>(Fact::new(format!("f-{n}").parse()?, at, body))
    /// };
    /// let log = [beat(1)?, beat(2)?, beat(3)?];
    /// assert_eq!(State::as_of(&log, 2)?.len(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`ApplyError`] as for [`State::apply`].
    pub fn as_of<'f>(log: impl IntoIterator<Item = &'f Fact>, length: u64) -> Result<Self, ApplyError> {
        let mut state = Self::default();
        for (position, fact) in (0..length).zip(log) {
            state.apply(position, fact)?;
        }
        Ok(state)
    }

    /// How many facts it knows; the position of the next one.
    pub const fn len(&self) -> u64 {
        self.len
    }

    /// Whether it knows none.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The latest `recorded_at` so far, unless the clock was corrected since.
    pub const fn high_water(&self) -> Timestamp {
        self.high_water
    }

    /// The root of the RFC 9162 tree over the facts, hexadecimal. Costs a hash per bit of the length.
    pub fn log_root(&self) -> String {
        self.frontier.root_hex()
    }

    /// The digest of the adopted policy document, if one was adopted.
    pub fn adopted_policy(&self) -> Option<&str> {
        self.adoption.as_ref().map(|adopted| adopted.digest.as_str())
    }

    /// What is written about each extension of a grant, in timeline order.
    pub(crate) fn extensions_of(&self, grant: &GrantRow) -> &[Extension] {
        let row = self.extensions_row(grant).and_then(|row| self.extensions.at(row));
        row.map_or(&[], |row| row.list.as_slice())
    }

    /// Where the extensions of a grant stand, if it has any.
    pub(crate) fn extensions_row(&self, grant: &GrantRow) -> Option<u32> {
        if !grant.extended {
            return None;
        }
        let key = (grant.request, grant.item);
        self.extension_index.find(hash(&key), |r| self.extensions.at(r).is_some_and(|row| row.grant == key))
    }
}

/// The vector of turning points, each once, in order.
pub(crate) fn sorted(mut instants: Vec<Timestamp>) -> Vec<Timestamp> {
    instants.sort_unstable();
    instants.dedup();
    instants
}
