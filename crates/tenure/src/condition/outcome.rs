//! A condition is satisfied, unsatisfied, or neither because something is missing or has failed.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::types::Type;
use super::{Condition, Slot};

/// The three truth values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Truth {
    /// It does not hold, whatever is missing.
    False,
    /// What is missing or has failed could make it true or false.
    Unknown,
    /// It holds, whatever is missing.
    True,
}

/// What an evaluation has found. [`Condition::report`] says it in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    truth: Truth,
    missing: u64,
    failed: Option<Failure>,
}

impl Outcome {
    pub(super) fn new(found: Result<bool, Unknown>) -> Self {
        match found {
            Ok(true) => Self { truth: Truth::True, missing: 0, failed: None },
            Ok(false) => Self { truth: Truth::False, missing: 0, failed: None },
            Err(unknown) => Self { truth: Truth::Unknown, missing: unknown.missing, failed: unknown.failed },
        }
    }

    /// Whether the condition holds.
    pub const fn truth(&self) -> Truth {
        self.truth
    }

    /// The slots whose values are absent and could decide, in ascending order; none unless the truth is unknown.
    pub fn missing(&self) -> impl Iterator<Item = Slot> + use<> {
        let missing = self.missing;
        (0..u64::BITS).map(Slot).filter(move |slot| missing & slot.bit() != 0)
    }

    /// The first thing that failed, if that left the truth unknown.
    pub const fn failed(&self) -> Option<&Failure> {
        self.failed.as_ref()
    }
}

/// Something that a value cannot be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Failure {
    /// The name whose value it is; absent if a literal is at fault.
    pub slot: Option<Slot>,
    /// What is wrong with it.
    pub kind: FailureKind,
}

/// How a value can fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureKind {
    /// The value is not of the declared type.
    Value {
        /// As it is declared.
        wanted: Type,
        /// What was given.
        found: Type,
    },
    /// An element of the list is of another type than it is compared with.
    Element {
        /// What it is compared with.
        wanted: Type,
        /// What it is.
        found: Type,
    },
    /// The list has more elements than may be looked at, and the first ones did not decide.
    TooLong {
        /// How many may be looked at.
        most: u32,
    },
}

/// An outcome in the words of the decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Report {
    /// It holds.
    Satisfied,
    /// It does not hold.
    Unsatisfied,
    /// It depends on these names, which have no value: sorted, each once.
    Missing(Vec<String>),
    /// Something failed; why, in words.
    Failed(String),
}

impl Report {
    /// `satisfied`, `unsatisfied`, `missing` or `failed`.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Satisfied => "satisfied",
            Self::Unsatisfied => "unsatisfied",
            Self::Missing(_) => "missing",
            Self::Failed(_) => "failed",
        }
    }
}

impl Condition {
    /// What `outcome`, of this condition, says. A failure is told before what is missing.
    pub fn report(&self, outcome: &Outcome) -> Report {
        match (outcome.truth, &outcome.failed) {
            (Truth::True, _) => Report::Satisfied,
            (Truth::False, _) => Report::Unsatisfied,
            (Truth::Unknown, Some(failure)) => Report::Failed(self.why(failure)),
            (Truth::Unknown, None) => {
                let mut names: Vec<String> = outcome.missing().map(|slot| self.name(slot)).collect();
                names.sort_unstable();
                Report::Missing(names)
            }
        }
    }

    fn name(&self, slot: Slot) -> String {
        self.path(slot).map(ToString::to_string).unwrap_or_default()
    }

    fn why(&self, failure: &Failure) -> String {
        let of = failure.slot.map_or_else(|| String::from("a list"), |slot| format!("`{}`", self.name(slot)));
        match failure.kind {
            FailureKind::Value { wanted, found } => format!("{of} is {found}; it is declared as {wanted}"),
            FailureKind::Element { wanted, found } => {
                format!("an element of {of} is {found}; it is compared with {wanted}")
            }
            FailureKind::TooLong { most } => {
                format!("{of} has more elements than the {most} that are looked at")
            }
        }
    }
}

/// Why something is neither true nor false.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unknown {
    pub(super) missing: u64,
    pub(super) failed: Option<Failure>,
}

impl Unknown {
    /// Because of something that is told elsewhere.
    pub(super) const NOTHING: Self = Self { missing: 0, failed: None };

    pub(super) const fn missing(slot: Slot) -> Self {
        Self { missing: slot.bit(), failed: None }
    }

    pub(super) const fn failed(slot: Option<Slot>, kind: FailureKind) -> Self {
        Self { missing: 0, failed: Some(Failure { slot, kind }) }
    }

    /// Both; the first failure is kept.
    pub(super) fn and(self, other: Self) -> Self {
        Self { missing: self.missing | other.missing, failed: self.failed.or(other.failed) }
    }
}
