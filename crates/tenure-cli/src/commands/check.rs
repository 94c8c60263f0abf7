//! `tenure check`: may this identity do this, now? Words ask about what is registered, a document about anything.

use alloc::collections::BTreeMap;
use core::str::FromStr;

use serde::de::DeserializeOwned;
use tenure::check::{Access, Question, Target};
use tenure::decide::{Audience, AudienceError};
use tenure::document::{self, Limits};
use tenure::id::IdError;

use super::circumstances::{Said, said};
use super::lines;
use crate::args::{Check, Cli};
use crate::failure::{Exit, Failure};
use crate::hint::hints;
use crate::input::Input;
use crate::load::World;
use crate::render::Answer;

pub(super) fn run(args: &Cli, check: &Check) -> Result<Answer, Failure> {
    let audience = audience(check.audience.as_deref())?;
    if let Some(source) = &check.lines.lines {
        let world = World::load(args)?;
        let until = check.until.unwrap_or_default();
        return lines::run(source, until, |line| answer(&world, &lines::read(line)?, audience));
    }
    if check.until.is_some() {
        return Err(Failure::option("--until", "arguments.invalid", "this belongs to --lines FILE"));
    }
    let mut question = question(check)?;
    let world = World::load(args)?;
    let document = world.engine.policy().document();
    for text in &check.context {
        said(Said::Context, text, document, &mut question.context)?;
    }
    answer(&world, &question, audience)
}

fn answer(world: &World, question: &Question, audience: Option<Audience>) -> Result<Answer, Failure> {
    let answer = world.engine.check(question, world.now);
    let exit = match answer.answer {
        Access::Allowed => Exit::Done,
        // Until what is missing is said, it is not allowed.
        Access::Conditional | Access::Denied => Exit::Deny,
    };
    if let Some(audience) = audience {
        let view = answer.for_audience(audience);
        return Answer::new(exit, view.to_string(), &view, None, world.warnings());
    }
    let hints = hints(&answer.reasons, world.engine.policy().document());
    Answer::new(exit, format!("{answer}{hints}"), &answer, None, world.warnings())
}

fn question(check: &Check) -> Result<Question, Failure> {
    if let Some(source) = &check.question {
        let input = Input::read(source)?;
        let tree = input.tree(&Limits::policy())?;
        return document::read(&tree).map_err(|error| input.wrong(&error));
    }
    let word = |word: &Option<String>| word.clone().unwrap_or_default();
    Ok(Question {
        context: BTreeMap::new(),
        identity: id("IDENTITY", &word(&check.identity))?,
        permission: id("PERMISSION", &word(&check.permission))?,
        resource: check
            .resource
            .as_deref()
            .map(|text| id("RESOURCE", text).map(Target::Registered))
            .transpose()?,
    })
}

/// The audience that `--audience` names.
pub(super) fn audience(word: Option<&str>) -> Result<Option<Audience>, Failure> {
    let read = |word: &str| word.parse();
    word.map(read)
        .transpose()
        .map_err(|error: AudienceError| Failure::option("--audience", error.code(), error))
}

/// The value that one of the words of documents stands for.
pub(super) fn word<T: DeserializeOwned>(option: &str, word: &str) -> Result<T, Failure> {
    let written = document::canonical(word).map_err(|error| Failure::bad_input(error.code(), error))?;
    let read = document::parse_json(written, &Limits::policy());
    read.map_err(|error| Failure::option(option, "document.unknown_word", error.message()))
}

/// The id that an argument names.
pub(super) fn id<T: FromStr<Err = IdError>>(argument: &str, text: &str) -> Result<T, Failure> {
    text.parse().map_err(|error: IdError| Failure::option(argument, error.code(), error))
}
