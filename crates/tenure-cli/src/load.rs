//! A policy file and a log become an engine.

use std::path::Path;

use tenure::engine::{Engine, EngineError};
use tenure::fact::Fact;
use tenure::policy::{Policy, PolicyError};
use tenure::state::State;
use tenure::time::Timestamp;

use crate::args::Cli;
use crate::clock;
use crate::failure::{Failure, Problem};
use crate::input::Input;
use crate::log_file::{Committed, Log};
use crate::torn::Warning;

/// What a question is asked of.
pub(crate) struct World {
    /// What decides.
    pub(crate) engine: Engine,
    /// The log, if there is one.
    pub(crate) log: Option<Log>,
    /// The instant to decide at.
    pub(crate) now: Timestamp,
    /// The document, to begin anew with when the log goes on.
    policy: Policy,
}

impl World {
    /// Reads what the options name.
    pub(crate) fn load(args: &Cli) -> Result<Self, Failure> {
        let now = clock::now(args.now.as_deref())?;
        let path = policy_path(args)?;
        let policy = read_policy(path)?;
        let log = log(args)?;
        let state = log.as_ref().map(|log| log.state.clone()).unwrap_or_default();
        Ok(Self {
            engine: engine(&policy, state).map_err(|failure| failure.in_file(&path.display().to_string()))?,
            log,
            now,
            policy,
        })
    }

    /// Begins anew with the log as it is now.
    pub(crate) fn renew(&mut self) -> Result<(), Failure> {
        if let Some(log) = &self.log {
            self.engine = engine(&self.policy, log.state.clone())?;
        }
        Ok(())
    }

    /// Goes on with what was just committed; other processes may have committed before.
    pub(crate) fn go_on(&mut self, committed: &Committed, facts: &[Fact]) -> Result<(), Failure> {
        if committed.pos != self.engine.position() {
            return self.renew();
        }
        self.engine = self.engine.apply(committed.pos, facts).map_err(|error| engine_failure(&error))?;
        Ok(())
    }

    /// What should be known about the log.
    pub(crate) fn warnings(&self) -> Vec<Warning> {
        self.log.as_ref().map(Log::warnings).unwrap_or_default()
    }
}

/// The document that `--policy` names.
pub(crate) fn policy_path(args: &Cli) -> Result<&Path, Failure> {
    let missing =
        || Failure::bad_input("arguments.missing", "this needs the policy document; add --policy FILE");
    args.policy.as_deref().ok_or_else(missing)
}

/// The log that `--log` names, to ask of, as it was when `--as-of` says.
pub(crate) fn log(args: &Cli) -> Result<Option<Log>, Failure> {
    match (args.log.as_deref(), args.as_of) {
        (Some(path), None) => Log::open(path).map(Some),
        (Some(path), Some(length)) => Log::as_of(path, length).map(Some),
        (None, None) => Ok(None),
        (None, Some(_)) => {
            let message = "this is a position of the log; add --log FILE";
            Err(Failure::option("--as-of", "arguments.missing", message))
        }
    }
}

/// The log that `--log` names, to write to, or to verify.
pub(crate) fn log_path(args: &Cli) -> Result<&Path, Failure> {
    if args.as_of.is_some() {
        let message = "the past can be asked, not written to or verified; leave it out";
        return Err(Failure::option("--as-of", "arguments.invalid", message));
    }
    args.log
        .as_deref()
        .ok_or_else(|| Failure::bad_input("arguments.missing", "this needs the log; add --log FILE"))
}

pub(crate) fn read_policy(path: &Path) -> Result<Policy, Failure> {
    let input = Input::file(path)?;
    let read = if input.is_json() { Policy::from_json(&input.text) } else { Policy::from_yaml(&input.text) };
    read.map_err(|error| problems(&error).in_file(&input.name))
}

pub(crate) fn problems(error: &PolicyError) -> Failure {
    let problems = error.problems().iter().map(Problem::document).collect();
    Failure::problems(problems, || Problem::new("policy.invalid", error.to_string()))
}

pub(crate) fn engine(policy: &Policy, state: State) -> Result<Engine, Failure> {
    Engine::new(policy.clone(), state).map_err(|error| engine_failure(&error))
}

/// Why a document and a log do not join, or one document does not follow on another.
pub(crate) fn engine_failure(error: &EngineError) -> Failure {
    match error {
        EngineError::Dangling(error) | EngineError::Adoption(error) => problems(error),
        other => Failure::bad_input(other.code().to_owned(), other),
    }
}
