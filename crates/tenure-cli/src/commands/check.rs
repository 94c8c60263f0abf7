//! `tenure check ann db:write prod/orders`: may she, now?

use alloc::collections::BTreeMap;
use core::str::FromStr;

use tenure::check::{Question, Target};
use tenure::id::IdError;

use crate::args::{Check, Cli};
use crate::failure::{Exit, Failure};
use crate::hint::hints;
use crate::load::World;
use crate::render::Answer;

pub(super) fn run(args: &Cli, check: &Check) -> Result<Answer, Failure> {
    let question = Question {
        context: BTreeMap::new(),
        identity: id("IDENTITY", &check.identity)?,
        permission: id("PERMISSION", &check.permission)?,
        resource: check
            .resource
            .as_deref()
            .map(|text| id("RESOURCE", text).map(Target::Registered))
            .transpose()?,
    };
    let world = World::load(args)?;
    let answer = world.engine.check(&question, world.now);
    let exit = if answer.allowed() { Exit::Done } else { Exit::Deny };
    let hints = hints(&answer.reasons, world.engine.policy().document());
    Answer::new(exit, format!("{answer}{hints}"), &answer, None, world.warnings())
}

/// The id that an argument names.
pub(super) fn id<T: FromStr<Err = IdError>>(argument: &str, text: &str) -> Result<T, Failure> {
    text.parse().map_err(|error: IdError| Failure::option(argument, error.code(), error))
}
