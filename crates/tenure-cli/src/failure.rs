//! What goes wrong is told in one form: a stable code, a sentence that says what to do, and a place.

use alloc::borrow::Cow;
use core::fmt;
use std::io;

use serde::Serialize;
use tenure::document::DocumentError;

/// How the process ends; the number is the exit status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Permit, allowed, or done.
    Done = 0,
    /// A file, a stream or a lock failed; or a test of a policy did; lint warns of one, or one is not in form.
    Failed = 1,
    /// What was given cannot be read, or may not be written to the log.
    BadInput = 2,
    /// Something is owed before a permit.
    Pending = 3,
    /// Denied.
    Deny = 4,
    /// The log went on since the decision.
    Conflict = 5,
}

/// Why a command could not be carried out. A denial is not a failure.
#[derive(Debug)]
pub(crate) struct Failure {
    /// How the process ends.
    pub(crate) exit: Exit,
    /// What is wrong: at least one problem, in the order of their places.
    problems: Vec<Problem>,
}

/// One thing that is wrong.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Problem {
    /// The code of what is wrong inside, where `code` says in what.
    #[serde(skip_serializing_if = "Option::is_none")]
    cause: Option<String>,
    code: Cow<'static, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u64>,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pointer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    suggestion: Option<String>,
}

/// A failure as JSON.
#[derive(Serialize)]
pub(crate) struct Report<'a> {
    error: &'a Problem,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    more: &'a [Problem],
}

impl Problem {
    /// A problem without a place.
    pub(crate) fn new(code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self {
            cause: None,
            code: code.into(),
            column: None,
            file: None,
            line: None,
            message: message.into(),
            pointer: None,
            suggestion: None,
        }
    }

    /// A problem of a document, as the library found it.
    pub(crate) fn document(error: &DocumentError) -> Self {
        Self {
            column: Some(error.column()),
            line: Some(error.line().into()),
            pointer: Some(error.pointer().into()),
            suggestion: error.suggestion().map(Into::into),
            ..Self::new(error.code().to_owned(), error.message())
        }
    }

    /// The same, inside the value that `pointer` names.
    #[must_use]
    pub(crate) fn under(mut self, pointer: &str) -> Self {
        let inner = self.pointer.unwrap_or_default();
        self.pointer = Some(format!("{pointer}{inner}"));
        self
    }

    /// The same, as what is wrong with one line of a longer text.
    #[must_use]
    pub(crate) fn on_line(self, code: &'static str, line: u64) -> Self {
        Self { cause: Some(self.code.into_owned()), code: code.into(), line: Some(line), ..self }
    }

    /// The same, on that line of a longer text.
    #[must_use]
    pub(crate) fn at_line(self, line: u64) -> Self {
        Self { line: Some(line), ..self }
    }
}

impl Failure {
    fn new(exit: Exit, problem: Problem) -> Self {
        Self { exit, problems: vec![problem] }
    }

    /// What was given cannot be used.
    pub(crate) fn bad_input(code: impl Into<Cow<'static, str>>, message: impl fmt::Display) -> Self {
        Problem::new(code, message.to_string()).into()
    }

    /// An option has a value that cannot be used.
    pub(crate) fn option(option: &str, code: &'static str, message: impl fmt::Display) -> Self {
        Self::bad_input(code, format_args!("{option}: {message}"))
    }

    /// The log is not what the decision expected any more.
    pub(crate) fn conflict(message: impl fmt::Display) -> Self {
        Self::new(Exit::Conflict, Problem::new("commit.conflict", message.to_string()))
    }

    /// There is nothing to commit, because of a verdict.
    pub(crate) fn verdict(exit: Exit, code: &'static str, message: &str) -> Self {
        Self::new(exit, Problem::new(code, message))
    }

    /// Reading or writing failed; `what` says what was tried, on which file.
    pub(crate) fn io(code: &'static str, what: impl fmt::Display, error: &io::Error) -> Self {
        Self::new(Exit::Failed, Problem::new(code, format!("{what}: {error}")))
    }

    /// Several problems of one text; `none` stands for the case that there are none after all.
    pub(crate) fn problems(problems: Vec<Problem>, none: impl FnOnce() -> Problem) -> Self {
        if problems.is_empty() { none().into() } else { Self { exit: Exit::BadInput, problems } }
    }

    /// The same, in this file.
    #[must_use]
    pub(crate) fn in_file(mut self, name: &str) -> Self {
        for problem in &mut self.problems {
            problem.file.get_or_insert_with(|| name.to_owned());
        }
        self
    }

    /// The same, inside the value that `pointer` names.
    #[must_use]
    pub(crate) fn under(self, pointer: &str) -> Self {
        self.each(|problem| problem.under(pointer))
    }

    /// The same, as what is wrong with one line of a longer text.
    #[must_use]
    pub(crate) fn on_line(self, code: &'static str, line: u64) -> Self {
        self.each(|problem| problem.on_line(code, line))
    }

    /// The same, on that line of a longer text.
    #[must_use]
    pub(crate) fn at_line(self, line: u64) -> Self {
        self.each(|problem| problem.at_line(line))
    }

    fn each(mut self, change: impl Fn(Problem) -> Problem) -> Self {
        self.problems = self.problems.into_iter().map(change).collect();
        self
    }

    /// The form for machines.
    pub(crate) fn report(&self) -> Option<Report<'_>> {
        let (error, more) = self.problems.split_first()?;
        Some(Report { error, more })
    }
}

impl From<&DocumentError> for Failure {
    fn from(error: &DocumentError) -> Self {
        Problem::document(error).into()
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::new(Exit::BadInput, problem)
    }
}

/// One line per problem.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, problem) in self.problems.iter().enumerate() {
            if n > 0 {
                f.write_str("\n")?;
            }
            write!(f, "error: {problem}")?;
        }
        Ok(())
    }
}

/// `acme.yaml: line 3, column 5 (/a/b): what is wrong (the.code)`.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(file) = &self.file {
            write!(f, "{file}: ")?;
        }
        let pointer = self.pointer.as_deref().filter(|pointer| !pointer.is_empty());
        match (self.line, self.column, pointer) {
            (Some(line), Some(column), Some(pointer)) => {
                write!(f, "line {line}, column {column} ({pointer}): ")?
            }
            (Some(line), Some(column), None) => write!(f, "line {line}, column {column}: ")?,
            (Some(line), None, Some(pointer)) => write!(f, "line {line} ({pointer}): ")?,
            (Some(line), None, None) => write!(f, "line {line}: ")?,
            (None, _, Some(pointer)) => write!(f, "{pointer}: ")?,
            (None, _, None) => {}
        }
        f.write_str(&self.message)?;
        match &self.cause {
            Some(cause) => write!(f, " ({}: {cause})", self.code),
            None => write!(f, " ({})", self.code),
        }
    }
}
