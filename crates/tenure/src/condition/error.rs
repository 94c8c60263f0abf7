//! A condition that cannot be used says where, why, and what to write instead.

use alloc::string::String;

/// Why a text is not a condition. Columns count the characters of the condition from 1, line breaks included.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConditionError {
    /// The text does not have the form of a condition.
    #[error("column {column}: {problem}")]
    Syntax {
        /// Where.
        column: u32,
        /// What is wrong, and what to write.
        problem: String,
        /// What to write instead of the offending word, if that is clear.
        instead: Option<String>,
    },
    /// A root, name or method that does not exist.
    #[error("column {column}: `{name}` is not {wanted}; {}", meant(nearest.as_deref(), known))]
    UnknownName {
        /// Where.
        column: u32,
        /// The word.
        name: String,
        /// What it should be, for example `a root`.
        wanted: String,
        /// The valid word that was probably meant.
        nearest: Option<String>,
        /// What there is.
        known: String,
    },
    /// Operands of types that do not go together.
    #[error("column {column}: {problem}")]
    Type {
        /// Where.
        column: u32,
        /// Which types, and which are wanted.
        problem: String,
    },
    /// More than a limit allows.
    #[error("column {column}: {problem}")]
    Limit {
        /// Where.
        column: u32,
        /// Which limit, and what to do.
        problem: String,
    },
    /// Something of CEL that conditions do without.
    #[error("column {column}: `{found}` is not supported in a condition; {instead}")]
    Unsupported {
        /// Where.
        column: u32,
        /// What was written.
        found: String,
        /// What to do instead.
        instead: String,
    },
}

impl ConditionError {
    /// The stable code of this error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Syntax { .. } => "condition.syntax",
            Self::UnknownName { .. } => "condition.unknown_name",
            Self::Type { .. } => "condition.type",
            Self::Limit { .. } => "condition.limit",
            Self::Unsupported { .. } => "condition.unsupported",
        }
    }

    /// Where it is, in characters from 1.
    pub const fn column(&self) -> u32 {
        match self {
            Self::Syntax { column, .. }
            | Self::UnknownName { column, .. }
            | Self::Type { column, .. }
            | Self::Limit { column, .. }
            | Self::Unsupported { column, .. } => *column,
        }
    }

    /// The word to write instead, if one is near.
    pub fn suggestion(&self) -> Option<&str> {
        match self {
            Self::UnknownName { nearest, .. } => nearest.as_deref(),
            Self::Syntax { instead, .. } => instead.as_deref(),
            _ => None,
        }
    }

    pub(super) fn syntax(column: u32, problem: impl Into<String>) -> Self {
        Self::Syntax { column, problem: problem.into(), instead: None }
    }

    pub(super) fn of_types(column: u32, problem: impl Into<String>) -> Self {
        Self::Type { column, problem: problem.into() }
    }

    pub(super) fn limit(column: u32, problem: impl Into<String>) -> Self {
        Self::Limit { column, problem: problem.into() }
    }

    pub(super) fn unsupported(column: u32, found: &str, instead: impl Into<String>) -> Self {
        Self::Unsupported { column, found: shown(found), instead: instead.into() }
    }
}

/// What was written, without what cannot be seen, and not endless.
pub(super) fn shown(text: &str) -> String {
    const LONGEST: usize = 64;
    let mut shown = String::new();
    for c in text.chars().take(LONGEST) {
        match c {
            '"' | '\'' | '\\' => shown.push(c),
            _ => shown.extend(c.escape_debug()),
        }
    }
    if text.chars().nth(LONGEST).is_some() {
        shown.push_str("...");
    }
    shown
}

fn meant(nearest: Option<&str>, known: &str) -> String {
    match nearest {
        Some(nearest) => alloc::format!("did you mean `{nearest}`?"),
        None => String::from(known),
    }
}

/// Why a vocabulary cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VocabularyError {
    /// A root that could not be written in a condition.
    #[error("`{root}` cannot be a root; use letters, digits and `_`, and no word of the language")]
    Root {
        /// The name.
        root: String,
    },
    /// A name below a root that was not declared.
    #[error("`{root}` is not declared; declare the root before its names")]
    Undeclared {
        /// The root.
        root: String,
    },
    /// A name of too many parts.
    #[error("`{name}` has more than 4 parts; give it a shorter name")]
    Depth {
        /// The name.
        name: String,
    },
}

impl VocabularyError {
    /// The stable code of this error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Root { .. } => "vocabulary.root",
            Self::Undeclared { .. } => "vocabulary.undeclared",
            Self::Depth { .. } => "vocabulary.depth",
        }
    }
}
