//! A condition says when a rule applies: a small part of the Common Expression Language (CEL) over declared names,
//! read once and evaluated often.
//!
//! Reading checks everything that can be checked ([`Condition::parse`]); evaluating is total: it ends within
//! [`MAX_STEPS`], allocates nothing and never panics ([`Condition::evaluate`]). [`OPERATORS`] is the language,
//! [`LIMITS`] are its bounds.
//!
//! # Three values
//!
//! What is absent is unknown. A value that cannot be what it is compared with has failed, which is unknown too.
//! `false && unknown` is false and `true || unknown` is true; any other use of something unknown is unknown, and
//! the outcome names the absent values that could still decide. So the more is known, the more is decided, and
//! nothing that was decided changes: with a value supplied that was absent, true stays true and false stays false.
//!
//! `has` is where that could break, because absence makes it false. Under a root that is [`Presence::Complete`]
//! (stored: what is absent does not exist) that is right, and such values are not supplied by who asks. Under one
//! that is [`Presence::Open`] (the asker may leave it out) `has` of what is absent is unknown instead: nobody gets
//! a better answer by saying less.
//!
//! # Example
//!
//! ```
//! use tenure::condition::{Condition, Presence, Report, Truth, Type, ValueRef, Vocabulary};
//!
//! let mut vocabulary = Vocabulary::new();
//! vocabulary.root("identity", Presence::Complete)?;
//! vocabulary.declare("identity", &["department"], Type::Text)?;
//! vocabulary.root("context", Presence::Open)?;
//! vocabulary.declare("context", &["device", "compliant"], Type::Bool)?;
//!
//! let text = r#"identity.department == "ops" && context.device.compliant"#;
//! let condition = Condition::parse(text, &vocabulary)?;
//!
//! // Each name has a slot: resolve the names once, and look the values up when they are asked for.
//! let names: Vec<String> = condition.paths().iter().map(|path| path.to_string()).collect();
//! assert_eq!(names, ["identity.department", "context.device.compliant"]);
//! let with = |department, compliant: Option<bool>| {
//!     condition.evaluate(move |slot| match slot.index() {
//!         0 => Some(ValueRef::Text(department)),
//!         _ => compliant.map(ValueRef::Bool),
//!     })
//! };
//!
//! assert_eq!(with("ops", Some(true)).truth(), Truth::True);
//! assert_eq!(with("sales", None).truth(), Truth::False);
//! let missing = Report::Missing(vec!["context.device.compliant".into()]);
//! assert_eq!(condition.report(&with("ops", None)), missing);
//!
//! let error = Condition::parse("identity.departmnt == 'ops'", &vocabulary).unwrap_err();
//! assert_eq!(error.code(), "condition.unknown_name");
//! let message = "column 10: `departmnt` is not a name of `identity`; did you mean `department`?";
//! assert_eq!(error.to_string(), message);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod bound;
mod check;
mod compared;
mod error;
mod evaluate;
mod limits;
mod operators;
mod outcome;
mod parse;
mod print;
mod token;
mod tree;
mod types;
mod vocabulary;

use alloc::format;
use alloc::vec::Vec;

pub use error::{ConditionError, VocabularyError};
pub use limits::{
    LIMITS, Limit, MAX_BYTES, MAX_DEPTH, MAX_LIST, MAX_PATHS, MAX_SEGMENTS, MAX_STEPS, MAX_TOKENS,
};
pub use operators::{OPERATORS, Operator};
pub use outcome::{Failure, FailureKind, Outcome, Report, Truth};
pub use types::{ScalarType, Type, ValueRef};
pub use vocabulary::{Path, Presence, Vocabulary};

use tree::Node;

/// A condition that was read and checked. Two are equal if they are written alike but for spaces, quotes and
/// parentheses that change nothing; its text is the canonical form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    node: Node,
    // INVARIANT: at most `MAX_PATHS`, all different.
    paths: Vec<Path>,
}

/// The place of a name among [`Condition::paths`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot(u32);

impl Slot {
    /// The place, from 0.
    pub const fn index(self) -> usize {
        self.0 as usize
    }

    const fn bit(self) -> u64 {
        // At most `MAX_PATHS` slots.
        1u64.wrapping_shl(self.0)
    }
}

impl Condition {
    /// Reads a condition over the names of `vocabulary`.
    ///
    /// # Errors
    /// The first thing that is wrong, with its column: `condition.syntax`, `condition.unsupported` (CEL, but not
    /// of this subset), `condition.unknown_name`, `condition.type` or `condition.limit`.
    pub fn parse(text: &str, vocabulary: &Vocabulary) -> Result<Self, ConditionError> {
        let (mut node, paths) = check::check(parse::parse(text)?, vocabulary)?;
        bound::bound(&mut node)?;
        let condition = Self { node, paths };
        // The canonical form writes no byte as more than six, such as `\u0001`.
        if text.len().saturating_mul(6) > MAX_BYTES && print::length(&condition) > MAX_BYTES {
            let problem =
                format!("the condition has more than {MAX_BYTES} bytes in its canonical form; split it");
            return Err(ConditionError::limit(1, problem));
        }
        Ok(condition)
    }

    /// The names it reads, each once, in the order of their slots.
    pub fn paths(&self) -> &[Path] {
        &self.paths
    }

    /// The name of a slot of this condition.
    pub fn path(&self, slot: Slot) -> Option<&Path> {
        self.paths.get(slot.index())
    }
}
