//! A proposal may be appended while the log has the length it was decided on, or while nothing that was read
//! has been touched since. So two permits that read what the other writes never both stand.

use super::{Key, Proposal};
use crate::state::State;

/// Why a proposal may no longer be appended.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{key}` has version {found} by now, it was decided on at version {expected}; decide again")]
pub struct Conflict {
    /// What has changed.
    pub key: Key,
    /// The version that was read.
    pub expected: u64,
    /// The version it has.
    pub found: u64,
}

impl Conflict {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        "commit.conflict"
    }
}

/// Whether `proposal` may be appended to the log of `state`.
///
/// # Errors
/// [`Conflict`] with the first key that has changed.
pub fn fits(state: &State, proposal: &Proposal) -> Result<(), Conflict> {
    if proposal.base.is_none_or(|base| base == state.len()) {
        return Ok(());
    }
    let changed = proposal.expects.iter().find_map(|expectation| {
        let found = state.version(&expectation.key);
        (found != expectation.version).then(|| Conflict {
            key: expectation.key.clone(),
            expected: expectation.version,
            found,
        })
    });
    match changed {
        Some(conflict) => Err(conflict),
        None => Ok(()),
    }
}
