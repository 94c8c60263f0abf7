//! Conditions have four values: what is known to hold, what depends on something that was not said, what cannot be
//! judged, and what is known not to hold. Unknown never supports and always restricts.

use alloc::collections::BTreeSet;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::decide::{Code, ConditionOutcome, Reason};
use crate::id::{ConditionId, RuleId};
use crate::model::Value;

/// The value of a condition. All of several together have the last of theirs in this order, any of several the
/// first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Truth {
    /// It holds.
    #[default]
    True,
    /// It depends on something that was not said.
    Missing,
    /// It cannot be judged.
    Failed,
    /// It does not hold.
    False,
}

impl From<Truth> for ConditionOutcome {
    fn from(truth: Truth) -> Self {
        match truth {
            Truth::True => Self::Satisfied,
            Truth::Missing => Self::Missing,
            Truth::Failed => Self::Failed,
            Truth::False => Self::Unsatisfied,
        }
    }
}

/// The value of several conditions together, with the names of what makes it so.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Judged {
    pub(crate) truth: Truth,
    /// What was not said.
    pub(crate) missing: BTreeSet<String>,
    pub(crate) failed: BTreeSet<ConditionId>,
    /// The conditions that do not hold.
    pub(crate) unsatisfied: BTreeSet<ConditionId>,
    /// The rules that deny it.
    pub(crate) denied: BTreeSet<RuleId>,
    /// Whether something of what is missing is for a request to bring.
    pub(crate) open: bool,
}

impl Judged {
    /// A condition that cannot be judged.
    pub(crate) fn failed(name: ConditionId) -> Self {
        Self { truth: Truth::Failed, failed: core::iter::once(name).collect(), ..Self::default() }
    }

    /// This and the other together.
    pub(crate) fn add(&mut self, other: &Self) {
        self.truth = self.truth.max(other.truth);
        self.missing.extend(other.missing.iter().cloned());
        self.failed.extend(other.failed.iter().cloned());
        self.unsatisfied.extend(other.unsatisfied.iter().cloned());
        self.denied.extend(other.denied.iter().cloned());
        self.open |= other.open;
    }

    /// Only what is told of its value: what is missing, what failed, or what does not hold and what denies it.
    pub(crate) fn told(&self) -> Self {
        let mut told = Self { truth: self.truth, ..Self::default() };
        match self.truth {
            Truth::True => {}
            Truth::Missing => told.missing.clone_from(&self.missing),
            Truth::Failed => told.failed.clone_from(&self.failed),
            Truth::False => {
                told.unsatisfied.clone_from(&self.unsatisfied);
                told.denied.clone_from(&self.denied);
            }
        }
        told
    }

    /// Whether the other tells all that this one tells, and more.
    pub(crate) fn says_less_than(&self, other: &Self) -> bool {
        self != other
            && self.missing.is_subset(&other.missing)
            && self.failed.is_subset(&other.failed)
            && self.unsatisfied.is_subset(&other.unsatisfied)
            && self.denied.is_subset(&other.denied)
    }

    /// The value of not being denied by a rule that concerns the case and has this value.
    pub(crate) fn against(mut self, rule: &RuleId) -> Self {
        if self.truth == Truth::False {
            // What was not said, and what cannot be judged, could not make it apply.
            return Self::default();
        }
        if self.truth == Truth::True {
            self.truth = Truth::False;
        }
        self.unsatisfied.clear();
        if self.truth >= Truth::Failed {
            self.denied.insert(rule.clone());
        }
        self
    }

    /// Why it does not restrict for certain: what is missing, what cannot be judged.
    pub(crate) fn unknown(&self) -> Vec<Reason> {
        self.unsaid().into_iter().chain(named(Code::ConditionFailed, &self.failed)).collect()
    }

    /// What is missing.
    pub(crate) fn unsaid(&self) -> Option<Reason> {
        let names: Value = self.missing.iter().cloned().collect();
        (!self.missing.is_empty()).then(|| Reason::error(Code::ContextMissing).with("names", names))
    }

    /// Why it does not support: what is missing, what does not hold, what cannot be judged and so does not hold
    /// either.
    pub(crate) fn reasons(&self) -> Vec<Reason> {
        self.unknown().into_iter().chain(self.refused()).collect()
    }

    /// The conditions that do not hold or cannot be judged.
    pub(crate) fn refused(&self) -> Option<Reason> {
        named(Code::ContextUnsatisfied, &self.unsatisfied.union(&self.failed).cloned().collect())
    }
}

fn named(code: Code, conditions: &BTreeSet<ConditionId>) -> Option<Reason> {
    let names: Value = conditions.iter().map(ToString::to_string).collect();
    (!conditions.is_empty()).then(|| Reason::error(code).with("conditions", names))
}
