//! A proposal is what a decision would write: facts, and the state of the log under which they may be
//! appended. Proposals that only end things may be appended at any length.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::Key;
use crate::fact::Fact;

/// Facts to append, and under which condition.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proposal {
    /// The length of the log that was decided on; any length when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<u64>,
    /// What was read, with the version it had; the facts may also be appended while all of these still hold.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub expects: Vec<Expectation>,
    /// What happens, in order.
    pub facts: Vec<Fact>,
    /// For each fact the keys whose version it raises.
    pub touches: Vec<Vec<Key>>,
}

/// A key and the version that it had: 1 + the position of the last fact that touched it, 0 if there was none.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// What was read.
    pub key: Key,
    /// Which version of it.
    pub version: u64,
}
