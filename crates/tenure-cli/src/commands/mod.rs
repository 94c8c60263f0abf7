//! One module per verb.

mod adopt;
mod asked;
mod check;
mod circumstances;
mod commit;
mod decide;
mod diff;
mod explain;
mod fmt;
mod graph;
mod lines;
mod lint;
mod reconcile;
mod requestable;
mod schema;
mod simulate;
mod test;
mod timeline;
mod verify;
mod what;
mod who;

use crate::args::{Cli, Command, Log};
use crate::failure::Failure;
use crate::render::Answer;

/// How often something is decided anew because the log went on in between.
const ATTEMPTS: usize = 5;

/// Does what was asked.
pub(crate) fn run(args: &Cli) -> Result<Answer, Failure> {
    match &args.command {
        Command::Decide(decide) => decide::run(args, decide),
        Command::Explain(explain) => explain::run(args, explain),
        Command::Check(check) => check::run(args, check),
        Command::Who(who) => who::run(args, who),
        Command::What(what) => what::run(args, what),
        Command::Requestable(requestable) => requestable::run(args, requestable),
        Command::Timeline(timeline) => timeline::run(args, timeline),
        Command::Graph(graph) => graph::run(args, graph),
        Command::Simulate(simulate) => simulate::run(args, simulate),
        Command::Adopt(adopt) => adopt::run(args, adopt),
        Command::Commit(commit) => commit::run(args, commit),
        Command::Diff(diff) => diff::run(args, diff),
        Command::Fmt(fmt) => fmt::run(fmt),
        Command::Reconcile(reconcile) => reconcile::run(args, reconcile),
        Command::Lint => lint::run(args),
        Command::Log(Log::Verify(verify)) => verify::run(args, verify),
        Command::Schema(schema) => schema::run(schema),
        Command::Test(test) => test::run(args, test),
    }
}
