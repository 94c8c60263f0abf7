//! `tenure commit`: what was decided is written, if the log is still what the decision saw; or facts of the
//! host's own, if they may be.

use serde::Deserialize;
use tenure::decide::Verdict;
use tenure::document::{self, Limits, Node, Value};
use tenure::engine::CLOCK_TOLERANCE;
use tenure::fact::Fact;
use tenure::log::{self, Expectation, Key, Proposal};
use tenure::state::State;
use tenure::time::Timestamp;

use crate::args::{Cli, Commit};
use crate::clock;
use crate::failure::{Exit, Failure, Problem};
use crate::input::{self, Input};
use crate::load;
use crate::log_file::{Committed, Log};
use crate::log_line;
use crate::render::Answer;

/// What a text asks to be written.
enum Entry {
    /// Facts of the host's own.
    Facts(Vec<Fact>),
    /// What a decision proposed.
    Proposal(Proposal),
}

pub(super) fn run(args: &Cli, commit: &Commit) -> Result<Answer, Failure> {
    let path = load::log_path(args)?;
    let now = clock::now(args.now.as_deref())?;
    let input = Input::read(&commit.file)?;
    let entry = entry(&input)?;
    let policy = args.policy.as_deref().map(load::read_policy).transpose()?;
    let mut log = Log::open(path)?;
    let warnings = log.warnings();
    let committed = match &entry {
        Entry::Proposal(proposal) => log.append(|state| {
            fits(state, proposal)?;
            not_from_future(state, &proposal.facts, now)?;
            Ok(proposal.facts.clone())
        })?,
        Entry::Facts(facts) => log.append(|state| {
            // With a document, its names count as known: it will be adopted with the first permit.
            let admitted = match &policy {
                Some(policy) => load::engine(policy, state.clone())?.admit(facts, now),
                None => log::admit(state, facts, now),
            };
            admitted.map_err(|error| {
                let problem = Problem::new(error.code(), error.to_string());
                Failure::from(problem.under(&error.pointer())).in_file(&input.name)
            })
        })?,
    };
    #[derive(serde::Serialize)]
    struct Nothing {}
    Answer::new(Exit::Done, String::new(), &Nothing {}, Some(&committed), warnings)
}

/// Appends a proposal if the log is still what it expects.
pub(super) fn append(log: Option<&mut Log>, proposal: &Proposal) -> Result<Committed, Failure> {
    let Some(log) = log else {
        return Err(Failure::bad_input("arguments.missing", "this needs the log; add --log FILE"));
    };
    log.append(|state| {
        fits(state, proposal)?;
        Ok(proposal.facts.clone())
    })
}

/// Whether the log is still what the proposal expects.
fn fits(state: &State, proposal: &Proposal) -> Result<(), Failure> {
    log::fits(state, proposal).map_err(|conflict| match conflict {
        log::Conflict::Unconditional { index } => {
            Problem::new(conflict.code(), conflict.to_string()).under(&format!("/facts/{index}")).into()
        }
        _ => Failure::conflict(conflict),
    })
}

/// A decision of a time that is still to come would turn back every clock after it.
fn not_from_future(state: &State, facts: &[Fact], now: Timestamp) -> Result<(), Failure> {
    let latest = now.plus(CLOCK_TOLERANCE).max(state.high_water());
    let Some(n) = facts.iter().position(|fact| fact.recorded_at > latest) else { return Ok(()) };
    let message =
        format!("this was decided for a time later than now (`{now}`); commit it then, or give --now");
    Err(Problem::new("fact.from_future", message).under(&format!("/facts/{n}")).into())
}

/// The facts that a text writes: one, a list, or one a line.
pub(super) fn facts(input: &Input) -> Result<Vec<Fact>, Failure> {
    match entry(input)? {
        Entry::Facts(facts) => Ok(facts),
        Entry::Proposal(proposal) => Ok(proposal.facts),
    }
}

fn entry(input: &Input) -> Result<Entry, Failure> {
    let limits = input::limits();
    match input.tree(&limits) {
        Ok(tree) => read(&tree).map_err(|failure| failure.in_file(&input.name)),
        Err(failure) => match lines(input, &limits) {
            Some(facts) => facts.map(Entry::Facts).map_err(|failure| failure.in_file(&input.name)),
            None => Err(failure),
        },
    }
}

/// The facts of a text of which each line is one; none if its first line alone is not JSON.
fn lines(input: &Input, limits: &Limits) -> Option<Result<Vec<Fact>, Failure>> {
    let mut lines = (1_u64..).zip(input.text.lines()).filter(|(_, line)| !line.trim().is_empty()).peekable();
    document::json(lines.peek()?.1, limits).ok()?;
    let fact = |(number, line): (u64, &str)| {
        let wrong = |error| Failure::from(Problem::document(&error).at_line(number));
        document::json(line, limits).and_then(|node| Fact::read(&node)).map_err(wrong)
    };
    Some(lines.map(fact).collect())
}

fn read(tree: &Node) -> Result<Entry, Failure> {
    match tree.value() {
        Value::List(_) => Ok(Entry::Facts(log_line::facts(tree, "")?)),
        Value::Map(_) if tree.get("verdict").is_some() => decided(tree),
        Value::Map(_) if tree.get("proposal").is_some() => decided(tree),
        Value::Map(_) if tree.get("facts").is_some() => Ok(Entry::Proposal(proposal(tree, "")?)),
        _ => {
            let fact = Fact::read(tree).map_err(|error| Failure::from(&error))?;
            Ok(Entry::Facts(vec![fact]))
        }
    }
}

/// The proposal inside a decision; other verdicts than a permit have none.
fn decided(decision: &Node) -> Result<Entry, Failure> {
    if let Some(tree) = decision.get("proposal") {
        return Ok(Entry::Proposal(proposal(tree, "/proposal")?));
    }
    let verdict = decision.get("verdict").map(document::read::<Verdict>);
    match verdict {
        Some(Ok(Verdict::Deny)) => Err(Failure::verdict(
            Exit::Deny,
            "decision.denied",
            "the decision denies; there is nothing to commit",
        )),
        Some(Ok(Verdict::Pending)) => {
            let message = "something is owed before the decision permits; there is nothing to commit yet";
            Err(Failure::verdict(Exit::Pending, "decision.pending", message))
        }
        Some(Err(error)) => Err(Failure::from(&error).under("/verdict")),
        _ => Err(Failure::bad_input("decision.no_proposal", "the decision has no proposal; decide again")),
    }
}

fn proposal(tree: &Node, pointer: &str) -> Result<Proposal, Failure> {
    /// A proposal as it is written; what the facts touch is found again from the log, so it may be left out.
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields, rename = "Proposal")]
    struct Text {
        base: Option<u64>,
        #[serde(default)]
        expects: Vec<Expectation>,
        #[allow(dead_code, reason = "read apart, for the places in its errors")]
        facts: Vec<serde::de::IgnoredAny>,
        #[serde(default)]
        touches: Vec<Vec<Key>>,
    }

    let text: Text = document::read(tree).map_err(|error| Failure::from(&error).under(pointer))?;
    let facts = match tree.get("facts") {
        Some(list) => log_line::facts(list, &format!("{pointer}/facts"))?,
        None => Vec::new(),
    };
    Ok(Proposal { base: text.base, expects: text.expects, facts, touches: text.touches })
}
