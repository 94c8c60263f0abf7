//! `tenure test`: the cases that people thought of still come to what they said.

use alloc::collections::BTreeMap;
use alloc::collections::btree_map::Entry;
use core::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde::Serialize;
use tenure::engine::Engine;
use tenure::policy::{Policy, PolicyTest, TestFile, TestOutcome, run_test};
use tenure::state::State;

use crate::args::{Cli, Test};
use crate::failure::{Exit, Failure};
use crate::input::Input;
use crate::load;
use crate::log_file::Log;
use crate::render::Answer;
use crate::torn::Warning;

/// How the tests went.
#[derive(Serialize)]
struct Report<'a> {
    failed: usize,
    passed: usize,
    tests: &'a [TestOutcome],
}

/// Where tests begin: the engine of each log that one of them names, and of the one that `--log` names.
struct Beginnings<'a> {
    policy: &'a Policy,
    engines: BTreeMap<Option<PathBuf>, Engine>,
    warnings: Vec<Warning>,
}

pub(super) fn run(args: &Cli, test: &Test) -> Result<Answer, Failure> {
    let path = load::policy_path(args)?;
    if args.as_of.is_some() {
        let message = "tests begin with whole logs; leave it out";
        return Err(Failure::option("--as-of", "arguments.invalid", message));
    }
    let policy = load::read_policy(path)?;
    let tests = tests(path, &policy, test)?;
    let mut beginnings = Beginnings { policy: &policy, engines: BTreeMap::new(), warnings: Vec::new() };
    let mut outcomes = Vec::new();
    for (file, test) in &tests {
        let beside = file.parent().unwrap_or(Path::new(""));
        let log = test.log.as_ref().map(|log| beside.join(log));
        let engine = beginnings.engine(log.or_else(|| args.log.clone()), test.log.is_some())?;
        outcomes.push(run_test(engine, test));
    }
    let passed = outcomes.iter().filter(|outcome| outcome.passed()).count();
    let failed = outcomes.len().saturating_sub(passed);
    let report = Report { failed, passed, tests: &outcomes };
    let exit = if failed == 0 { Exit::Done } else { Exit::Failed };
    Answer::new(exit, text(&report), &report, None, beginnings.warnings)
}

/// The tests to run, each with the file in which it stands.
fn tests(path: &Path, policy: &Policy, test: &Test) -> Result<Vec<(PathBuf, PolicyTest)>, Failure> {
    let of = |file: &Path, tests: Vec<PolicyTest>| -> Vec<_> {
        tests.into_iter().map(|test| (file.to_owned(), test)).collect()
    };
    let all = match &test.tests {
        Some(file) => of(file, read(file)?),
        None => {
            let mut all = of(path, policy.document().tests.clone());
            let beside = path.with_extension("tests.yaml");
            if beside.exists() {
                all.extend(of(&beside, read(&beside)?));
            }
            all
        }
    };
    if all.is_empty() {
        let beside = path.with_extension("tests.yaml");
        let message = format!(
            "there are no tests; write some under `tests` in the document, or in `{}`, or name their file with --tests",
            beside.display()
        );
        return Err(Failure::bad_input("tests.none", message));
    }
    Ok(all)
}

fn read(path: &Path) -> Result<Vec<PolicyTest>, Failure> {
    let input = Input::file(path)?;
    let read =
        if input.is_json() { TestFile::from_json(&input.text) } else { TestFile::from_yaml(&input.text) };
    read.map(|file| file.tests).map_err(|error| load::problems(&error).in_file(&input.name))
}

impl Beginnings<'_> {
    /// The engine of a log; one that a test names has to be there.
    fn engine(&mut self, path: Option<PathBuf>, must_be: bool) -> Result<&Engine, Failure> {
        match self.engines.entry(path) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(new) => {
                let mut state = State::default();
                if let Some(path) = new.key() {
                    let log = Log::open(path)?;
                    if log.missing && must_be {
                        let message = "a test begins with this log, which is not there; correct its name";
                        return Err(Failure::bad_input("tests.log", message).in_file(&log.name()));
                    }
                    self.warnings.extend(log.warnings());
                    state = log.state;
                }
                Ok(new.insert(load::engine(self.policy, state)?))
            }
        }
    }
}

/// A line for each test, and for those that failed what differs and what was said.
fn text(report: &Report<'_>) -> String {
    let mut text = String::new();
    for outcome in report.tests {
        let word = if outcome.passed() { "pass" } else { "fail" };
        let _ = writeln!(text, "{word}  {}", outcome.name);
        if let Some(fault) = &outcome.fault {
            let _ = writeln!(text, "      {fault}");
        }
        for difference in &outcome.differences {
            let _ = writeln!(text, "      {}", difference.field);
            let _ = writeln!(text, "        expected  {}", difference.expected);
            let _ = writeln!(text, "        got       {}", difference.got.as_deref().unwrap_or("nothing"));
        }
        if let Some(said) = &outcome.said {
            let _ = writeln!(text, "      what was said:");
            said.lines().for_each(|line| {
                let _ = writeln!(text, "        {line}");
            });
        }
    }
    let _ = write!(text, "\n{} passed, {} failed", report.passed, report.failed);
    text
}
