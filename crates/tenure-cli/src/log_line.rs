//! One line of the log is one commit: `{"facts":[…],"pos":N}`, where `pos` is the position of its first fact.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tenure::document::{self, CanonicalError, Node};
use tenure::fact::Fact;

use crate::failure::{Failure, Problem};
use crate::input;
use crate::plain::is_plain;

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

/// Reads a line, without its newline, as strictly as any document, but quickly where it is written as Tenure writes
/// it; what is wrong with any other is found by a second, slower look.
pub(crate) fn read(line: &[u8], number: u64) -> Result<Commit, Failure> {
    match quick(line) {
        Ok(commit) if is_plain(line, &input::limits()) => Ok(commit),
        read => inspected(line, number, read),
    }
}

/// The same, with the slower look at every line.
pub(crate) fn read_strictly(line: &[u8], number: u64) -> Result<Commit, Failure> {
    inspected(line, number, quick(line))
}

fn inspected(line: &[u8], number: u64, read: Result<Commit, serde_json::Error>) -> Result<Commit, Failure> {
    inspect(line).map_err(|failure| failure.on_line("log.line", number))?;
    read.map_err(|error| {
        let message = format!("this is not a commit: {error}");
        Problem::new("log.line", message).at_line(number).into()
    })
}

/// The facts of a list that stands at `pointer`.
pub(crate) fn facts(list: &Node, pointer: &str) -> Result<Vec<Fact>, Failure> {
    let read =
        |(n, fact)| Fact::read(fact).map_err(|error| Failure::from(&error).under(&format!("{pointer}/{n}")));
    list.items().iter().enumerate().map(read).collect()
}

fn quick(line: &[u8]) -> Result<Commit, serde_json::Error> {
    let outline: Outline<'_> = serde_json::from_slice(line)?;
    if outline.facts.is_empty() {
        return Err(serde::de::Error::custom(NO_FACTS));
    }
    let facts = outline.facts.iter().map(|fact| Fact::from_json(fact.get())).collect::<Result<_, _>>()?;
    Ok(Commit { facts, pos: outline.pos })
}

const NO_FACTS: &str = "it has no facts; a commit has at least one";

/// Says what is wrong with a line, and where.
fn inspect(line: &[u8]) -> Result<(), Failure> {
    /// Only to be told what is wrong with the outline.
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields, rename = "Commit")]
    #[allow(dead_code, reason = "read for its errors")]
    struct Shape {
        facts: Vec<serde::de::IgnoredAny>,
        pos: u64,
    }

    let node = document::json(line, &input::limits()).map_err(|error| Failure::from(&error))?;
    document::read::<Shape>(&node).map_err(|error| Failure::from(&error))?;
    match node.get("facts") {
        Some(list) => facts(list, "/facts").map(drop),
        None => Ok(()),
    }
}
