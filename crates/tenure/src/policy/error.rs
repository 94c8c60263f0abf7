//! A policy that cannot be used says everything that is wrong with it at once.

use alloc::collections::BTreeSet;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;

use serde::Serialize;

use crate::document::DocumentError;

/// At most this many problems of one document are told.
pub const MAX_PROBLEMS: usize = 1000;

/// Why a text or a document is not a policy: all the problems found in it, at least one and at most
/// [`MAX_PROBLEMS`], in the order of their places. Written out it is one line for each.
///
/// Codes: those of [`DocumentError`], and `policy.version`, `policy.null`, `duration.order`, `duration.zero`,
/// `eligibility.unbounded`, `extension.zero`, `renewal.empty`, `session.zero`, `window.empty`,
/// `identity.contract`, `event.end`, `graph.cycle`, `limit.depth`, `attribute.unknown`, `attribute.type`,
/// `membership.group`, `model.dangling`, `test.ask`, `test.expect`, `test.name`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(transparent)]
pub struct PolicyError {
    // INVARIANT: not empty.
    problems: Vec<DocumentError>,
}

impl PolicyError {
    /// The error that tells these problems, if there are any.
    pub(crate) fn none_of(mut problems: Vec<DocumentError>) -> Result<(), Self> {
        if problems.is_empty() {
            return Ok(());
        }
        // Stable: of two at one place the order of the checks decides.
        problems.sort_by_key(|problem| (problem.line(), problem.column()));
        problems.truncate(MAX_PROBLEMS);
        Err(Self { problems })
    }

    /// The same behind other problems; of several about one value the first is told, and in place of a value the
    /// one inside it that is wrong.
    pub(super) fn after(self, others: impl IntoIterator<Item = DocumentError>) -> Self {
        let mut told: BTreeSet<String> = BTreeSet::new();
        let mut problems: Vec<_> = others.into_iter().collect();
        let is_told = |own: &DocumentError| {
            let inside = |other: &DocumentError| {
                let rest = other.pointer().strip_prefix(own.pointer());
                rest.is_some_and(|rest| rest.starts_with('/')) && !own.pointer().is_empty()
            };
            problems.iter().any(inside)
        };
        let own: Vec<_> = self.problems.into_iter().filter(|own| !is_told(own)).collect();
        problems.extend(own);
        problems.retain(|problem| told.insert(problem.pointer().to_string()));
        problems.sort_by_key(|problem| (problem.line(), problem.column()));
        problems.truncate(MAX_PROBLEMS);
        Self { problems }
    }

    /// All problems, at least one.
    pub fn problems(&self) -> &[DocumentError] {
        &self.problems
    }

    /// The stable code of the first problem.
    pub fn code(&self) -> &str {
        self.problems.first().map_or("policy.invalid", DocumentError::code)
    }
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, problem) in self.problems.iter().enumerate() {
            if n > 0 {
                f.write_str("\n")?;
            }
            fmt::Display::fmt(problem, f)?;
        }
        Ok(())
    }
}

impl From<DocumentError> for PolicyError {
    fn from(problem: DocumentError) -> Self {
        Self { problems: vec![problem] }
    }
}
