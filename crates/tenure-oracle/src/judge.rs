//! A condition has one of four values at an instant: true, false, missing where a value that it needs was not said,
//! failed where it cannot be judged. Of several together: false if any is, else failed, else missing, else true.

use alloc::collections::BTreeSet;

use tenure::decide::{Code, Reason};
use tenure::id::ConditionId;
use tenure::model::ConditionNames;
use tenure::time::Timestamp;

use crate::World;
use crate::expression::{self, Outcome};
use crate::outcome::list;
use crate::values::Surroundings;

/// The value of one condition or of several together. The last of a conjunction's values in this order is its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Truth {
    /// It holds.
    True,
    /// Something that it needs was not said.
    Missing,
    /// It cannot be judged.
    Failed,
    /// It does not hold.
    False,
}

/// What conditions say together.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Judged {
    /// Those that do not hold.
    pub unsatisfied: BTreeSet<ConditionId>,
    /// Those that cannot be judged.
    pub failed: BTreeSet<ConditionId>,
    /// What was not said.
    pub missing: BTreeSet<String>,
}

impl Judged {
    /// The value of all together.
    pub fn truth(&self) -> Truth {
        if !self.unsatisfied.is_empty() {
            Truth::False
        } else if !self.failed.is_empty() {
            Truth::Failed
        } else if !self.missing.is_empty() {
            Truth::Missing
        } else {
            Truth::True
        }
    }

    /// These and those together.
    pub(crate) fn join(&mut self, other: Self) {
        self.unsatisfied.extend(other.unsatisfied);
        self.failed.extend(other.failed);
        self.missing.extend(other.missing);
    }

    /// What makes it unknown: what is missing, what cannot be judged.
    pub(crate) fn unknown(&self) -> Vec<Reason> {
        let missing = list(self.missing.iter().map(String::as_str));
        let missing = Reason::error(Code::ContextMissing).with("names", missing);
        let mut reasons = Vec::new();
        reasons.extend((!self.missing.is_empty()).then_some(missing));
        reasons.extend(named(Code::ConditionFailed, self.failed.iter()));
        reasons
    }

    /// Why it does not support: what cannot be judged does not hold either.
    pub(crate) fn refused(&self) -> Vec<Reason> {
        let mut reasons: Vec<Reason> =
            named(Code::ContextUnsatisfied, self.unsatisfied.union(&self.failed)).into_iter().collect();
        reasons.extend(named(Code::ConditionFailed, self.failed.iter()));
        reasons
    }

    /// All of it.
    pub(crate) fn all(&self) -> Vec<Reason> {
        let mut reasons = self.unknown();
        reasons.extend(self.refused());
        reasons
    }
}

/// What the conditions of these names say at `t`. A name that no condition of the document has cannot be judged.
pub fn judge(world: &World, names: &ConditionNames, around: &Surroundings<'_>, t: Timestamp) -> Judged {
    let mut judged = Judged::default();
    for name in names.iter() {
        match expression::evaluate(world, name, around, t) {
            Outcome::True => {}
            Outcome::False => {
                judged.unsatisfied.insert(name.clone());
            }
            Outcome::Failed => {
                judged.failed.insert(name.clone());
            }
            Outcome::Missing(names) => judged.missing.extend(names),
        }
    }
    judged
}

/// One reason of each code: what reasons about unknown circumstances name is joined.
pub(crate) fn joined(reasons: Vec<Reason>) -> Vec<Reason> {
    let mut all: Vec<Reason> = Vec::new();
    for reason in reasons {
        let key = match reason.code {
            Code::ContextMissing => "names",
            Code::ContextUnsatisfied | Code::ConditionFailed => "conditions",
            _ => {
                all.push(reason);
                continue;
            }
        };
        let known = all.iter_mut().find(|known| (known.code, known.item) == (reason.code, reason.item));
        let Some(known) = known else {
            all.push(reason);
            continue;
        };
        let words: BTreeSet<String> = [&*known, &reason].into_iter().flat_map(|r| words(r, key)).collect();
        known.params.insert(key.into(), words.into_iter().collect());
    }
    all
}

fn words(reason: &Reason, key: &str) -> Vec<String> {
    match reason.params.get(key) {
        Some(tenure::model::Value::List(list)) => list.iter().map(word).collect(),
        _ => Vec::new(),
    }
}

fn word(scalar: &tenure::model::Scalar) -> String {
    match scalar {
        tenure::model::Scalar::Text(text) => text.clone(),
        tenure::model::Scalar::Int(number) => number.to_string(),
        tenure::model::Scalar::Bool(truth) => truth.to_string(),
    }
}

fn named<'a>(code: Code, names: impl Iterator<Item = &'a ConditionId>) -> Option<Reason> {
    let names: BTreeSet<&ConditionId> = names.collect();
    (!names.is_empty()).then(|| {
        let names = list(names.into_iter().map(ConditionId::as_str));
        Reason::error(code).with("conditions", names)
    })
}
