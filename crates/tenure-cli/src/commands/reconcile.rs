//! `tenure reconcile`: what has ended is found, so that it can be recorded and taken away where it is held.

use crate::args::{Cli, Reconcile};
use crate::failure::{Exit, Failure};
use crate::load::{self, World};
use crate::render::Answer;

pub(super) fn run(args: &Cli, reconcile: &Reconcile) -> Result<Answer, Failure> {
    if reconcile.commit {
        load::log_path(args)?;
    }
    let mut world = World::load(args)?;
    let warnings = world.warnings();
    let found = world.engine.reconcile(world.now);
    let committed = match reconcile.commit {
        true => Some(super::commit::append(world.log.as_mut(), &found.proposal)?),
        false => None,
    };
    Answer::new(Exit::Done, found.to_string(), &found, committed.as_ref(), warnings)
}
