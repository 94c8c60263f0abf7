//! `tenure log verify`: the log is replayed from its beginning, and compared to what somebody expects of it.

use serde::Serialize;
use tenure::state::State;
use tenure::time::Timestamp;

use crate::args::{Cli, Verify};
use crate::failure::{Exit, Failure};
use crate::load;
use crate::log_file::Log;
use crate::render::{Answer, table};

/// What was found.
#[derive(Serialize)]
struct Report {
    commits: u64,
    facts: u64,
    /// Absent while nothing is recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    high_water: Option<Timestamp>,
    /// Of how many facts the root is, where somebody asked for other than all.
    #[serde(skip_serializing_if = "Option::is_none")]
    length: Option<u64>,
    root: String,
}

pub(super) fn run(args: &Cli, verify: &Verify) -> Result<Answer, Failure> {
    let path = load::log_path(args)?;
    let mut root_there = (verify.length == Some(0)).then(|| State::default().log_root());
    let log = Log::audit(path, &mut |state| {
        if Some(state.len()) == verify.length {
            root_there = Some(state.log_root());
        }
    })?;
    if log.missing {
        let message = format!("there is no log `{}` to verify; name the one that was written", log.name());
        return Err(Failure::bad_input("log.missing", message));
    }
    if let Some(torn) = log.torn {
        return Err(torn.failure().in_file(&log.name()));
    }
    let facts = log.state.len();
    let high_water = (facts > 0).then(|| log.state.high_water());
    let root = match verify.length {
        Some(length) => root_there.ok_or_else(|| too_short(facts, length).in_file(&log.name()))?,
        None => log.state.log_root(),
    };
    let report = Report { commits: log.commits, facts, high_water, length: verify.length, root };
    compare(verify, &report).map_err(|failure| failure.in_file(&log.name()))?;
    let root =
        report.length.map_or_else(|| "root".to_owned(), |length| format!("root of the first {length}"));
    let text = table(&[
        ["facts".to_owned(), report.facts.to_string()],
        ["commits".to_owned(), report.commits.to_string()],
        ["recorded until".to_owned(), report.high_water.map_or("-".to_owned(), |at| at.to_string())],
        [root, report.root.clone()],
    ]);
    Answer::new(Exit::Done, text, &report, None, Vec::new())
}

fn too_short(facts: u64, length: u64) -> Failure {
    let message = format!("the log has {facts} facts, at least `{length}` were expected; restore it");
    Failure::bad_input("log.too_short", message)
}

/// Whether the log has grown from the one that is expected, or is it.
fn compare(verify: &Verify, report: &Report) -> Result<(), Failure> {
    let (length, root) = (report.length.unwrap_or(report.facts), &report.root);
    match &verify.root {
        Some(expected) if !expected.eq_ignore_ascii_case(root) => {
            let message = format!(
                "the root of the first {length} facts is `{root}`, not `{expected}`; this is not the log that was \
                 expected"
            );
            Err(Failure::bad_input("log.root_differs", message))
        }
        _ => Ok(()),
    }
}
