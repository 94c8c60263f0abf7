//! What stands in the way, one thing at a time: a decision can be made as if something were not there. Nothing is
//! granted by that; it tells what each constraint does.

use super::case::Case;
use super::{Audience, Code, Level, Obligation, ObligationView, Reason};
use crate::compile::{Judged, Truth};
use crate::id::RuleId;
use crate::policy::BoundKind;

/// Something that is left out of a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Leave {
    /// What this reason says stands in the way.
    Reason(Reason),
    /// A limit of this kind on an item.
    Bound(BoundKind, u32),
    /// A rule that lets somebody obtain something.
    Rule(RuleId),
    /// Something that is owed.
    Owed(ObligationView),
}

/// The parameters that tell one reason of a code from another about the same item.
const TELLING: &[&str] = &["bound", "input", "rule"];

impl Reason {
    /// Whether both say that the same thing stands in the way, whatever else they tell of it.
    pub(crate) fn is_same_cause(&self, other: &Self) -> bool {
        let item = self.item == other.item || self.item.is_none() || other.item.is_none();
        self.code == other.code
            && item
            && TELLING.iter().all(|name| self.params.get(*name) == other.params.get(*name))
    }
}

impl Case<'_> {
    /// Whether a reason denies.
    pub(super) fn denies(&self, reason: &Reason) -> bool {
        let unsaid = matches!(reason.code, Code::InputMissing | Code::ContextMissing);
        reason.level == Level::Error && !(unsaid && self.met.is_some()) && !self.leaves_reason(reason)
    }

    fn leaves_reason(&self, reason: &Reason) -> bool {
        self.left.iter().any(|left| matches!(left, Leave::Reason(left) if left.is_same_cause(reason)))
    }

    /// Whether what a code says about an item is left out.
    pub(super) fn leaves_code(&self, code: Code, item: u32) -> bool {
        self.left.iter().any(|left| {
            matches!(left, Leave::Reason(left) if left.code == code && left.item.is_none_or(|of| of == item))
        })
    }

    /// Whether everything that keeps a rule from supporting what is asked is left out.
    pub(super) fn leaves_conditions(&self, judged: &Judged, item: u32) -> bool {
        if self.left.is_empty() || judged.truth == Truth::True {
            return false;
        }
        let mut told = judged.clone();
        if told.truth == Truth::False {
            // What else was not said could not help.
            told.missing.clear();
        }
        told.reasons().iter().all(|reason| self.leaves_code(reason.code, item))
    }

    /// Whether limits of a kind on an item are left out.
    pub(super) fn leaves_bound(&self, kind: BoundKind, item: u32) -> bool {
        self.left.iter().any(|left| match left {
            Leave::Bound(left, of) => *left == kind && *of == item,
            Leave::Reason(left) => {
                left.code == Code::WindowEmpty
                    && left.item.is_none_or(|of| of == item)
                    && left.params.get("bound").and_then(|bound| bound.as_text()) == Some(kind.word())
            }
            _ => false,
        })
    }

    pub(super) fn leaves_rule(&self, rule: &RuleId) -> bool {
        self.left.iter().any(|left| matches!(left, Leave::Rule(left) if left == rule))
    }

    pub(super) fn leaves_owed(&self, owed: &Obligation) -> bool {
        let left =
            |left: &Leave| matches!(left, Leave::Owed(left) if *left == owed.for_audience(Audience::Admin));
        self.left.iter().any(left)
    }
}
