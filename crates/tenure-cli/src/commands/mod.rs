//! One module per verb.

mod check;
mod commit;
mod decide;
mod reconcile;
mod schema;
mod test;
mod verify;

use crate::args::{Cli, Command, Log};
use crate::failure::Failure;
use crate::render::Answer;

/// Does what was asked.
pub(crate) fn run(args: &Cli) -> Result<Answer, Failure> {
    match &args.command {
        Command::Decide(decide) => decide::run(args, decide),
        Command::Check(check) => check::run(args, check),
        Command::Commit(commit) => commit::run(args, commit),
        Command::Reconcile(reconcile) => reconcile::run(args, reconcile),
        Command::Log(Log::Verify(verify)) => verify::run(args, verify),
        Command::Schema(schema) => schema::run(schema),
        Command::Test(test) => test::run(args, test),
    }
}
