//! A proposal may be appended while the log has the length it was decided on, or while nothing that was read
//! has been touched since. So two permits that read what the other writes never both stand. Only what merely
//! ends things may be appended without a condition.

use super::{Key, Proposal};
use crate::fact::{Body, Fact};
use crate::state::State;

/// Why a proposal may not be appended, or no longer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Conflict {
    /// Something that was read has changed.
    #[error("`{key}` has version {found} by now, it was decided on at version {expected}; decide again")]
    Changed {
        /// What has changed.
        key: Key,
        /// The version that was read.
        expected: u64,
        /// The version it has.
        found: u64,
    },
    /// The log has grown, and the proposal does not say what was read.
    #[error("the log has {length} facts by now, it was decided on at {base}; decide again")]
    Moved {
        /// The length that was decided on.
        base: u64,
        /// The length it has.
        length: u64,
    },
    /// It gives something and does not say what it was decided on.
    #[error(
        "fact {index} does more than end things, but the proposal names neither `base` nor `expects`; decide again"
    )]
    Unconditional {
        /// The first fact that does so, counted from 0.
        index: usize,
    },
}

impl Conflict {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Changed { .. } | Self::Moved { .. } => "commit.conflict",
            Self::Unconditional { .. } => "proposal.unconditional",
        }
    }
}

/// Whether `proposal` may be appended to the log of `state`.
///
/// # Errors
/// [`Conflict`] with the first thing that stands in the way.
pub fn fits(state: &State, proposal: &Proposal) -> Result<(), Conflict> {
    match proposal.base {
        Some(base) if base == state.len() => return Ok(()),
        Some(base) if proposal.expects.is_empty() => {
            return Err(Conflict::Moved { base, length: state.len() });
        }
        None if proposal.expects.is_empty() => {
            let gives = proposal.facts.iter().position(|fact| !only_ends(fact));
            return gives.map_or(Ok(()), |index| Err(Conflict::Unconditional { index }));
        }
        _ => {}
    }
    let changed = proposal.expects.iter().find_map(|expectation| {
        let found = state.version(&expectation.key);
        (found != expectation.version).then(|| Conflict::Changed {
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

const fn only_ends(fact: &Fact) -> bool {
    matches!(
        fact.body,
        Body::GrantEnded(_) | Body::GrantRevoked(_) | Body::GrantVoided(_) | Body::RequestWithdrawn(_)
    )
}
