//! A snapshot is restored only against what the host expects: its checksum protects the process, not the truth.

use alloc::string::String;

/// What a host knows of the snapshot it wants back.
///
/// ```
/// use tenure::state::{Expect, State};
///
/// let state = State::default();
/// let bytes = state.snapshot()?;
/// let expect = Expect::hash(State::snapshot_hash(&bytes)).at_least(0);
/// assert_eq!(State::restore(&bytes, &expect)?.len(), 0);
/// assert_eq!(State::restore(&bytes, &Expect::hash("00")).unwrap_err().code(), "snapshot.forged");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expect {
    pub(super) hash: Option<String>,
    pub(super) at_least: u64,
}

impl Expect {
    /// The snapshot with this hash, see [`State::snapshot_hash`](super::State::snapshot_hash).
    pub fn hash(hash: impl Into<String>) -> Self {
        Self { hash: Some(hash.into()), at_least: 0 }
    }

    /// Any snapshot at all. Whoever can write the bytes decides who holds what: use it only for bytes that
    /// nobody else could have written.
    pub const fn trusting() -> Self {
        Self { hash: None, at_least: 0 }
    }

    /// The same, but no older than a log of `length` facts.
    #[must_use]
    pub const fn at_least(mut self, length: u64) -> Self {
        self.at_least = length;
        self
    }
}

/// Why bytes are not the snapshot that is expected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SnapshotError {
    /// Not a snapshot.
    #[error("these bytes are not a snapshot; pass what `snapshot` returned")]
    Foreign,
    /// Of another version.
    #[error("this is a snapshot of format {version}; only format {known} is read: replay the log instead")]
    Version {
        /// The version it has.
        version: u32,
        /// The version that is read.
        known: u32,
    },
    /// Damaged.
    #[error("the snapshot is damaged ({detail}); replay the log instead")]
    Damaged {
        /// What does not fit.
        detail: String,
    },
    /// Another one than expected.
    #[error("the snapshot has hash {found}, not {expected}; it was changed or belongs to another log")]
    Forged {
        /// The hash it has.
        found: String,
        /// The hash that was expected.
        expected: String,
    },
    /// Older than expected.
    #[error("the snapshot knows {length} facts, at least {at_least} were expected; take a newer one")]
    Old {
        /// How many facts it knows.
        length: u64,
        /// How many it should know.
        at_least: u64,
    },
    /// The state cannot be written.
    #[error("the state cannot be written: {detail}")]
    Write {
        /// What is wrong.
        detail: String,
    },
}

impl SnapshotError {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Foreign => "snapshot.foreign",
            Self::Version { .. } => "snapshot.version",
            Self::Damaged { .. } => "snapshot.damaged",
            Self::Forged { .. } => "snapshot.forged",
            Self::Old { .. } => "snapshot.old",
            Self::Write { .. } => "snapshot.write",
        }
    }
}
