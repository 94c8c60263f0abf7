//! One line of the log is one commit: `{"facts":[…],"pos":N}`, where `pos` is the position of its first fact.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tenure::document::{self, CanonicalError, Node, Value};
use tenure::fact::Fact;

use crate::failure::{Failure, Problem};
use crate::input;

/// A commit as it was read.
#[derive(Debug)]
pub(crate) struct Commit {
    /// What happened, in order; never empty.
    pub(crate) facts: Vec<Fact>,
    /// The position of the first.
    pub(crate) pos: u64,
}

/// A commit as it is written; the keys stand in the order of canonical JSON.
#[derive(Serialize)]
struct CommitText<'a> {
    facts: &'a [Fact],
    pos: u64,
}

/// A commit whose facts are still text.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Outline<'a> {
    #[serde(borrow)]
    facts: Vec<&'a RawValue>,
    pos: u64,
}

/// The line of a commit, with its newline.
pub(crate) fn write(facts: &[Fact], pos: u64) -> Result<String, CanonicalError> {
    let mut line = document::canonical(&CommitText { facts, pos })?;
    line.push('\n');
    Ok(line)
}

/// Reads a line, without its newline, quickly; what is wrong with it is found by a second, slower look.
pub(crate) fn read(line: &[u8], number: u64) -> Result<Commit, Failure> {
    match quick(line) {
        Ok(commit) if !commit.facts.is_empty() => Ok(commit),
        Ok(_) => Err(Problem::new("log.line", "a commit has at least one fact").at_line(number).into()),
        Err(error) => Err(explain(line, &error).on_line("log.line", number).into()),
    }
}

/// Reads a line as strictly as any document: also a key that stands twice is an error.
pub(crate) fn read_strictly(line: &[u8], number: u64) -> Result<Commit, Failure> {
    match fault(line) {
        Some(problem) => Err(problem.on_line("log.line", number).into()),
        None => read(line, number),
    }
}

fn quick(line: &[u8]) -> Result<Commit, serde_json::Error> {
    let outline: Outline<'_> = serde_json::from_slice(line)?;
    let facts = outline.facts.iter().map(|fact| Fact::from_json(fact.get())).collect::<Result<_, _>>()?;
    Ok(Commit { facts, pos: outline.pos })
}

fn explain(line: &[u8], error: &serde_json::Error) -> Problem {
    fault(line).unwrap_or_else(|| Problem::new("document.syntax", format!("this is not a commit: {error}")))
}

/// The first thing that is wrong with a line, and where.
fn fault(line: &[u8]) -> Option<Problem> {
    match document::json(line, &input::limits()) {
        Err(error) => Some(Problem::document(&error)),
        Ok(node) => fault_of_tree(&node),
    }
}

fn fault_of_tree(node: &Node) -> Option<Problem> {
    /// Only to be told what is wrong with the outline.
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code, reason = "read for its errors")]
    struct Shape {
        facts: Vec<serde::de::IgnoredAny>,
        pos: u64,
    }

    if !matches!(node.value(), Value::Map(_)) {
        return Some(Problem::new("document.type", "a commit is a map with `facts` and `pos`"));
    }
    if let Err(error) = document::read::<Shape>(node) {
        return Some(Problem::document(&error));
    }
    facts(node.get("facts")?, "/facts").err()
}

/// The facts of a list that stands at `pointer`.
pub(crate) fn facts(list: &Node, pointer: &str) -> Result<Vec<Fact>, Problem> {
    let read = |(n, fact)| {
        Fact::read(fact).map_err(|error| Problem::document(&error).under(&format!("{pointer}/{n}")))
    };
    list.items().iter().enumerate().map(read).collect()
}
