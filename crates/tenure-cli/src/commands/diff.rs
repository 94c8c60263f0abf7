//! `tenure diff`: what another document would change for people.

use tenure::policy::Policy;

use crate::args::{Cli, Diff};
use crate::clock;
use crate::failure::{Exit, Failure};
use crate::load;
use crate::log_file::Log;
use crate::render::Answer;

pub(super) fn run(args: &Cli, diff: &Diff) -> Result<Answer, Failure> {
    let now = clock::now(args.now.as_deref())?;
    let (old, new) = (load::read_policy(&diff.old)?, load::read_policy(&diff.new)?);
    let log = load::log(args)?;
    let warnings = log.as_ref().map(Log::warnings).unwrap_or_default();
    let state = log.map(|log| log.state).unwrap_or_default();
    let found = Policy::diff(&old, &new, &state, now).map_err(|error| load::engine_failure(&error))?;
    Answer::new(Exit::Done, found.to_string(), &found, None, warnings)
}
