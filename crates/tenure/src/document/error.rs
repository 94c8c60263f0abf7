//! An error in a document says where it is, what is wrong and what to write instead.

use super::node::Place;
use alloc::borrow::Cow;
use alloc::string::String;
use core::fmt;
use serde::Serialize;

/// Why a text is not a document, or a document not the value that was asked for.
///
/// Written as JSON it is `{code, column, line, message, pointer, suggestion?}`.
///
/// Codes: `document.syntax`, `.encoding`, `.too_large`, `.too_deep`, `.too_many_nodes`, `.number`,
/// `.duplicate_key`; of YAML alone `.alias`, `.anchor`, `.tag`, `.merge_key`, `.key`, `.many_documents`; of typed
/// reading `.type`, `.missing_field`, `.unknown_field`, `.unknown_word`, `.value`, and the codes of the types
/// themselves, for example `id.empty`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("line {line}, column {column}{}: {message}", At(.pointer))]
pub struct DocumentError {
    code: Cow<'static, str>,
    column: u32,
    line: u32,
    message: String,
    pointer: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    suggestion: Option<String>,
}

impl DocumentError {
    pub(crate) fn new(
        code: impl Into<Cow<'static, str>>,
        place: Place,
        pointer: String,
        message: impl Into<String>,
    ) -> Self {
        let (line, column) = (place.line.max(1), place.column.max(1));
        Self { code: code.into(), column, line, message: message.into(), pointer, suggestion: None }
    }

    pub(crate) fn suggesting(self, suggestion: Option<String>) -> Self {
        Self { suggestion, ..self }
    }

    /// The same error, seen from a value that holds this one at `pointer`.
    pub(crate) fn under(self, pointer: &str) -> Self {
        Self { pointer: alloc::format!("{pointer}{}", self.pointer), ..self }
    }

    /// The stable dotted code, for example `document.unknown_field`.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// What is wrong and what to do, without the place.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The line, from 1.
    pub fn line(&self) -> u32 {
        self.line
    }

    /// The column, from 1, in characters.
    pub fn column(&self) -> u32 {
        self.column
    }

    /// The JSON pointer (RFC 6901) of the offending value; empty for the whole document.
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// The nearest valid word, or what to write instead, where one is near.
    pub fn suggestion(&self) -> Option<&str> {
        self.suggestion.as_deref()
    }
}

/// ` (/pointer)`, or nothing for the whole document.
struct At<'a>(&'a str);

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() { Ok(()) } else { write!(f, " ({})", self.0) }
    }
}

/// Appends one step to a JSON pointer, with `~` and `/` escaped.
pub(crate) fn push_step(pointer: &mut String, step: &str) {
    pointer.push('/');
    for char in step.chars() {
        match char {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            _ => pointer.push(char),
        }
    }
}

/// `text` for a message: escaped, and shortened where it is long.
pub(super) fn excerpt(text: &str) -> String {
    const LONGEST: usize = 60;
    let mut short: String = text.chars().take(LONGEST).flat_map(char::escape_debug).collect();
    if text.chars().nth(LONGEST).is_some() {
        short.push('…');
    }
    short
}
