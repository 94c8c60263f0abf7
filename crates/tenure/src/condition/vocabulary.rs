//! A condition speaks only of what was declared: under each root its names, with their types.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::error::{VocabularyError, shown};
use super::limits::MAX_SEGMENTS;
use super::print;
use super::token::{is_reserved, is_word};
use super::types::{ScalarType, Type};

/// What it means that a value is absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// All there is is stored, as of an identity or a resource: what is absent does not exist, and `has` is false.
    Complete,
    /// The asker may have left it out, as of a context: what is absent is unknown, and so is `has`. A question that
    /// says less can therefore never be answered better.
    Open,
}

/// What conditions may speak of.
///
/// ```
/// use tenure::condition::{Presence, Type, Vocabulary};
///
/// let mut vocabulary = Vocabulary::new();
/// vocabulary.root("identity", Presence::Complete)?;
/// vocabulary.declare("identity", &["department"], Type::Text)?;
/// vocabulary.root("context", Presence::Open)?;
/// vocabulary.declare("context", &["device", "compliant"], Type::Bool)?;
/// # Ok::<(), tenure::condition::VocabularyError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Vocabulary {
    roots: BTreeMap<String, Root>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Root {
    pub(super) presence: Presence,
    pub(super) names: Names,
}

/// What stands at one place: a value, names below it, or both.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Names {
    pub(super) value: Option<Type>,
    pub(super) below: BTreeMap<String, Names>,
}

const EXAMPLE: &[(&str, Presence, &[&str], Type)] = &[
    ("identity", Presence::Complete, &["cost-center"], Type::Int),
    ("identity", Presence::Complete, &["department"], Type::Text),
    ("identity", Presence::Complete, &["level"], Type::Int),
    ("identity", Presence::Complete, &["mail"], Type::Text),
    ("identity", Presence::Complete, &["skills"], Type::List(Some(ScalarType::Text))),
    ("resource", Presence::Complete, &["department"], Type::Text),
    ("resource", Presence::Complete, &["name"], Type::Text),
    ("resource", Presence::Complete, &["sensitivity"], Type::Int),
    ("inputs", Presence::Open, &["reason"], Type::Text),
    ("context", Presence::Open, &["device", "compliant"], Type::Bool),
    ("context", Presence::Open, &["device", "rooted"], Type::Bool),
    ("context", Presence::Open, &["device", "version"], Type::Text),
    ("context", Presence::Open, &["tags"], Type::List(None)),
];

impl Vocabulary {
    /// Nothing is declared.
    pub fn new() -> Self {
        Self::default()
    }

    /// Declares a root, or what absence means under one that was declared.
    ///
    /// # Errors
    /// `vocabulary.root` if `root` is not a word, or one of the language.
    pub fn root(&mut self, root: &str, presence: Presence) -> Result<(), VocabularyError> {
        if !is_word(root) || is_reserved(root) {
            return Err(VocabularyError::Root { root: shown(root) });
        }
        let empty = Root { presence, names: Names::default() };
        self.roots.entry(root.into()).or_insert(empty).presence = presence;
        Ok(())
    }

    /// Declares the name that `below` spells under `root`; the root itself if `below` is empty. The last
    /// declaration of a name counts.
    ///
    /// # Errors
    /// `vocabulary.undeclared` if there is no such root, `vocabulary.depth` if `below` has more than three parts.
    pub fn declare(&mut self, root: &str, below: &[&str], kind: Type) -> Result<(), VocabularyError> {
        if below.len() >= MAX_SEGMENTS {
            return Err(VocabularyError::Depth { name: shown(&[&[root], below].concat().join(".")) });
        }
        let Some(found) = self.roots.get_mut(root) else {
            return Err(VocabularyError::Undeclared { root: shown(root) });
        };
        let mut names = &mut found.names;
        for segment in below {
            names = names.below.entry((*segment).into()).or_default();
        }
        names.value = Some(kind);
        Ok(())
    }

    /// The vocabulary of the examples of [`OPERATORS`](super::OPERATORS).
    pub fn example() -> Self {
        let mut vocabulary = Self::new();
        for (root, presence, below, kind) in EXAMPLE {
            // Each is right, which the examples of the operators prove.
            let _ = vocabulary.root(root, *presence);
            let _ = vocabulary.declare(root, below, *kind);
        }
        vocabulary
    }

    pub(super) fn get(&self, root: &str) -> Option<&Root> {
        self.roots.get(root)
    }

    pub(super) fn roots(&self) -> impl Iterator<Item = &str> + Clone {
        self.roots.keys().map(String::as_str)
    }
}

/// A declared name that a condition reads, from its root. Written as in a condition.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Path {
    // INVARIANT: 1 to 4, the first a word.
    segments: Vec<String>,
}

impl Path {
    pub(super) fn new(segments: Vec<String>) -> Self {
        Self { segments }
    }

    /// The root, for example `identity`.
    pub fn root(&self) -> &str {
        self.segments.first().map_or("", String::as_str)
    }

    /// The names below the root, at most three.
    pub fn below(&self) -> &[String] {
        self.segments.get(1..).unwrap_or_default()
    }

    /// All parts, the root first.
    pub fn segments(&self) -> &[String] {
        &self.segments
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        print::path(f, self)
    }
}
