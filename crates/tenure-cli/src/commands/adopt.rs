//! `tenure adopt`: what another document changes is shown, and written to the log.

use tenure::engine::PolicyAdoption;
use tenure::id::IdentityId;
use tenure::policy::Policy;
use tenure::state::State;
use tenure::time::Timestamp;

use super::check::id;
use super::{ATTEMPTS, commit};
use crate::args::{Adopt, Cli};
use crate::clock;
use crate::failure::{Exit, Failure};
use crate::load;
use crate::log_file::Log;
use crate::render::Answer;

/// A document and the file it was read from.
struct Written {
    file: String,
    policy: Policy,
}

/// What is to be done.
struct Task {
    by: Option<IdentityId>,
    new: Written,
    now: Timestamp,
    previous: Option<Written>,
}

pub(super) fn run(args: &Cli, adopt: &Adopt) -> Result<Answer, Failure> {
    let Some(path) = &args.policy else {
        let message = "this needs the document to adopt; add --policy FILE";
        return Err(Failure::bad_input("arguments.missing", message));
    };
    let read = |path: &std::path::PathBuf| {
        let policy = load::read_policy(path)?;
        Ok::<_, Failure>(Written { file: path.display().to_string(), policy })
    };
    let task = Task {
        by: adopt.by.as_deref().map(|by| id("--by", by)).transpose()?,
        new: read(path)?,
        now: clock::now(args.now.as_deref())?,
        previous: adopt.previous.as_ref().map(read).transpose()?,
    };
    let mut log = Log::open(load::log_path(args)?)?;
    let warnings = log.warnings();
    let mut attempt: usize = 1;
    let (adoption, committed) = loop {
        let adoption = task.adoption(&log.state)?;
        if adopt.dry_run || adoption.proposal.facts.is_empty() {
            break (adoption, None);
        }
        match commit::append(Some(&mut log), &adoption.proposal) {
            Ok(committed) => break (adoption, Some(committed)),
            // The log went on, and was read on.
            Err(failure) if failure.exit == Exit::Conflict && attempt < ATTEMPTS => {}
            Err(failure) => return Err(failure),
        }
        attempt = attempt.saturating_add(1);
    };
    Answer::new(Exit::Done, adoption.to_string(), &adoption, committed.as_ref(), warnings)
}

impl Task {
    fn adoption(&self, state: &State) -> Result<PolicyAdoption, Failure> {
        let in_force = match (state.adopted_policy(), &self.previous) {
            (None, _) => &self.new,
            (Some(digest), _) if digest == self.new.policy.digest() => &self.new,
            (Some(_), Some(previous)) => previous,
            (Some(digest), None) => {
                let message =
                    format!("the log adopted the document `{digest}`; name it with --previous FILE");
                return Err(Failure::bad_input("policy.not_adopted", message));
            }
        };
        let engine = load::engine(&in_force.policy, state.clone())
            .map_err(|failure| failure.in_file(&in_force.file))?;
        engine
            .adopt(&self.new.policy, self.by.as_ref(), self.now)
            .map_err(|error| load::engine_failure(&error).in_file(&self.new.file))
    }
}
