//! A policy is tested by the cases that people thought of: what has happened, what is asked, and what it must come
//! to. A test says what the policy means and changes nothing of it, so tests are not part of its digest.

mod fact;
mod owed;
mod run;
#[cfg(test)]
mod tests;

use alloc::borrow::ToOwned;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

pub use fact::TestFact;
pub use owed::Owed;
pub use run::{Difference, TestOutcome, run_test, run_tests};

use super::BoundKind;
use super::error::{MAX_PROBLEMS, PolicyError};
use super::read::nulls;
use super::source::{Source, Step};
use crate::check::{Access, Question};
use crate::decide::{Code, Command, Verdict};
use crate::document::{self, DocumentError, Limits, Node};
use crate::time::Timestamp;

/// A case: what has happened, one thing that is asked, and what it must come to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyTest {
    /// What is to be decided; this or `question`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<Command>,
    /// What it must come to.
    pub expect: Expect,
    /// What has happened, in order, after what the log says.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<TestFact>,
    /// The file with the log that this begins with, beside the file in which the test stands; the library reads no
    /// files, see [`run_tests`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log: Option<String>,
    /// What it shows, in words; no two tests have the same.
    pub name: String,
    /// The instant at which it is asked.
    pub now: Timestamp,
    /// What is to be answered; this or `command`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question: Option<Question>,
}

/// What a decision or an answer must say. What is left out may be anything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// Of a question: the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Access>,
    /// Of a command: limits that must be among those that are told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bounds: Vec<PartialBound>,
    /// Of a command: when the first of its grants ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<Timestamp>,
    /// Of a question that is answered conditionally: everything that was not said and decides, in order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing: Option<Vec<String>>,
    /// Of a command: what is owed first, how much of it or by the names of the stages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub obligations: Option<Owed>,
    /// The codes of all reasons, warnings too, in their order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reasons: Option<Vec<Code>>,
    /// Of a question: until when it is allowed without a gap.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Of a command: the verdict.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
}

/// A limit that must be told. What is left out may be anything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartialBound {
    /// Whether the grant ends here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub binding: Option<bool>,
    /// The first instant that it excludes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<Timestamp>,
    /// Which item of the request, counted from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<u32>,
    /// What kind of limit.
    pub kind: BoundKind,
    /// The rule, event or identity it comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Arc<str>>,
}

/// Tests in a file of their own, beside the document that they are of: `tests: […]` and nothing else.
///
/// ```
/// use tenure::policy::TestFile;
///
/// let error = TestFile::from_json(r#"{"tests": [{"name": "a", "nou": "2026-03-02T09:00:00Z"}]}"#).unwrap_err();
/// assert_eq!((error.code(), error.problems()[0].suggestion()), ("document.unknown_field", Some("now")));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TestFile {
    /// The tests, in order.
    pub tests: Vec<PolicyTest>,
}

impl TestFile {
    /// The tests that a JSON text writes.
    ///
    /// # Errors
    /// [`PolicyError`] with everything that is wrong.
    pub fn from_json(text: impl AsRef<[u8]>) -> Result<Self, PolicyError> {
        Self::from_node(document::json(text, &Limits::policy())?)
    }

    /// The tests that a YAML text writes.
    ///
    /// # Errors
    /// [`PolicyError`] with everything that is wrong.
    #[cfg(feature = "yaml")]
    pub fn from_yaml(text: impl AsRef<[u8]>) -> Result<Self, PolicyError> {
        Self::from_node(document::yaml(text, &Limits::policy())?)
    }

    fn from_node(node: Node) -> Result<Self, PolicyError> {
        let nulls = nulls(&node);
        match document::read::<Self>(&node) {
            Ok(file) => {
                PolicyError::none_of(nulls)?;
                PolicyError::none_of(problems(&file.tests, &Source::text(node)))?;
                Ok(file)
            }
            Err(first) => {
                let tests = node.get("tests").into_iter().flat_map(unreadable);
                let tests = tests.map(|problem| problem.under("/tests"));
                Err(PolicyError::from(first).after(nulls.into_iter().chain(tests)))
            }
        }
    }
}

/// The tests that cannot be read, each with the first thing that is wrong with it.
pub(super) fn unreadable(tests: &Node) -> impl Iterator<Item = DocumentError> {
    (0u32..).zip(tests.items()).take(MAX_PROBLEMS).filter_map(|(number, test)| {
        let facts = test.get("facts").map_or(&[][..], Node::items);
        let wrong = (0u32..).zip(facts).find_map(|(number, fact)| {
            crate::fact::body_problem(fact).map(|problem| problem.under(&format!("/facts/{number}")))
        });
        let problem = wrong.or_else(|| document::read::<PolicyTest>(test).err())?;
        Some(problem.under(&format!("/{number}")))
    })
}

/// Tests that ask nothing or two things, expect nothing or what their answer never says, or have the name of
/// another one.
pub(super) fn problems(tests: &[PolicyTest], source: &Source) -> Vec<DocumentError> {
    let mut found = Vec::new();
    let mut names = BTreeSet::new();
    for (number, test) in tests.iter().enumerate() {
        if found.len() >= MAX_PROBLEMS {
            break;
        }
        let path = [Step::Key("tests"), Step::Item(number)];
        let mut say = |code, key: Option<&str>, message: String| {
            let path: Vec<_> = path.iter().cloned().chain(key.map(Step::Key)).collect();
            found.push(source.problem(code, &path, message));
        };
        if test.name.trim().is_empty() {
            say("test.name", Some("name"), "a test needs a name; say in words what it shows".to_owned());
        } else if !names.insert(test.name.as_str()) {
            let message = format!("two tests are named `{}`; say what this one shows", test.name);
            say("test.name", Some("name"), message);
        }
        let foreign = match (&test.command, &test.question) {
            (Some(_), None) => test.expect.of_questions(),
            (None, Some(_)) => test.expect.of_commands(),
            _ => {
                let message = "a test asks one thing; write either `command` or `question`";
                say("test.ask", None, message.to_owned());
                continue;
            }
        };
        if let Some(key) = foreign {
            let (of, other) =
                if test.command.is_some() { ("command", "question") } else { ("question", "command") };
            let message =
                format!("what comes of a {of} has no `{key}`, only what comes of a {other}; leave it out");
            say("test.expect", Some("expect"), message);
        } else if test.expect == Expect::default() {
            let word = if test.command.is_some() { "verdict" } else { "answer" };
            let message = format!("this test expects nothing; write at least `{word}`");
            say("test.expect", Some("expect"), message);
        }
    }
    found
}

impl Expect {
    /// A key that only the answer to a question has.
    fn of_questions(&self) -> Option<&'static str> {
        let keys = [
            (self.answer.is_some(), "answer"),
            (self.missing.is_some(), "missing"),
            (self.until.is_some(), "until"),
        ];
        keys.into_iter().find(|(given, _)| *given).map(|(_, key)| key)
    }

    /// A key that only a decision on a command has.
    fn of_commands(&self) -> Option<&'static str> {
        let keys = [
            (!self.bounds.is_empty(), "bounds"),
            (self.end.is_some(), "end"),
            (self.obligations.is_some(), "obligations"),
            (self.verdict.is_some(), "verdict"),
        ];
        keys.into_iter().find(|(given, _)| *given).map(|(_, key)| key)
    }
}
