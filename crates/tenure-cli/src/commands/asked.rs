//! What is asked of `tenure decide` and `tenure explain`: a command in a document, in options, or many in lines.

use alloc::collections::BTreeMap;
use alloc::sync::Arc;

use clap::ValueEnum;
use tenure::decide::{Command, Verdict};
use tenure::document::{self, Limits};
use tenure::id::AttributeId;
use tenure::model::{Request, Value};
use tenure::time::TimeError;

use super::check::id;
use super::circumstances::{Said, said};
use super::lines;
use crate::args::{Asked, Cli, RequestFlags, Until};
use crate::failure::{Exit, Failure};
use crate::input::Input;
use crate::load::World;
use crate::render::Answer;

/// Answers the command, or each of many.
pub(super) fn run(
    args: &Cli,
    asked: &Asked,
    mut answer: impl FnMut(&mut World, &Command) -> Result<Answer, Failure>,
) -> Result<Answer, Failure> {
    let until = &asked.flags.until;
    if let Some(source) = &asked.lines.lines {
        let until = until.as_deref().map(stop).transpose()?.unwrap_or_default();
        let mut world = World::load(args)?;
        return lines::run(source, until, |line| answer(&mut world, &lines::read(line)?));
    }
    if until.is_some() && asked.request.is_none() {
        let message = "this belongs to --request ID, or to --lines FILE";
        return Err(Failure::option("--until", "arguments.invalid", message));
    }
    let mut command = command(asked)?;
    let mut world = World::load(args)?;
    for text in &asked.context {
        said(Said::Context, text, world.engine.policy().document(), context(&mut command)?)?;
    }
    for text in &asked.input {
        said(Said::Input, text, world.engine.policy().document(), inputs(&mut command)?)?;
    }
    answer(&mut world, &command)
}

/// How a verdict ends the process.
pub(super) const fn exit(verdict: Verdict) -> Exit {
    match verdict {
        Verdict::Permit => Exit::Done,
        Verdict::Pending => Exit::Pending,
        Verdict::Deny => Exit::Deny,
    }
}

/// After which line to stop.
fn stop(word: &str) -> Result<Until, Failure> {
    Until::from_str(word, false).map_err(|_| {
        let message = format!("`{word}` names no line; write `all`, `first-deny` or `first-permit`");
        Failure::option("--until", "arguments.invalid", message)
    })
}

fn command(asked: &Asked) -> Result<Command, Failure> {
    match (&asked.file, &asked.request) {
        (Some(file), _) => {
            let input = Input::read(file)?;
            let tree = input.tree(&Limits::policy())?;
            document::read(&tree).map_err(|error| input.wrong(&error))
        }
        (None, Some(name)) => request(name, &asked.flags).map(Command::from),
        (None, None) => {
            let message = "give what is to be decided: a FILE with the command (`-` is standard input), or --request ID with --for \
                           IDENTITY and --entitlement ENTITLEMENT";
            Err(Failure::bad_input("arguments.missing", message))
        }
    }
}

/// What a command states.
fn inputs(command: &mut Command) -> Result<&mut BTreeMap<AttributeId, Value>, Failure> {
    Ok(match command {
        Command::Request(request) => &mut Arc::make_mut(request).inputs,
        Command::Extend(extend) => &mut Arc::make_mut(extend).inputs,
        Command::Renew(renew) => &mut Arc::make_mut(renew).inputs,
        Command::Withdraw(_) | Command::Deactivate(_) | Command::Revoke(_) => {
            let message = "what only ends something needs no inputs; leave it out";
            return Err(Failure::option("--input", "arguments.invalid", message));
        }
    })
}

/// The circumstances that a command tells of.
fn context(command: &mut Command) -> Result<&mut BTreeMap<AttributeId, Value>, Failure> {
    Ok(match command {
        Command::Request(request) => &mut Arc::make_mut(request).context,
        Command::Extend(extend) => &mut Arc::make_mut(extend).context,
        Command::Renew(renew) => &mut Arc::make_mut(renew).context,
        Command::Withdraw(_) | Command::Deactivate(_) | Command::Revoke(_) => {
            let message = "what only ends something depends on no circumstances; leave it out";
            return Err(Failure::option("--context", "arguments.invalid", message.to_owned()));
        }
    })
}

fn request(name: &str, flags: &RequestFlags) -> Result<Request, Failure> {
    let beneficiary = id("--for", flags.beneficiary.as_deref().unwrap_or_default())?;
    let entitlement = id("--entitlement", flags.entitlement.as_deref().unwrap_or_default())?;
    let mut request = Request::new(id("--request", name)?, beneficiary, entitlement);
    if let Some(by) = &flags.by {
        request = request.by(id("--by", by)?);
    }
    if let Some(scope) = &flags.scope {
        request = request.within(id("--scope", scope)?);
    }
    if let Some(event) = &flags.event {
        request = request.for_event(id("--event", event)?);
    }
    if let Some(reason) = &flags.reason {
        request = request.because(reason.as_str());
    }
    if let Some(ticket) = &flags.ticket {
        request = request.tracked_by(ticket.as_str());
    }
    if let Some(rule) = &flags.rule {
        request.rule = Some(id("--rule", rule)?);
    }
    if let Some(duration) = &flags.duration {
        request = request.lasting(time("--duration", duration)?);
    }
    if let Some(start) = &flags.start {
        request = request.starting(time("--start", start)?);
    }
    if let Some(until) = &flags.until {
        request = request.until(time("--until", until)?);
    }
    // What the options say is held to the rules of a written request.
    let written = document::canonical(&request).map_err(|error| Failure::bad_input(error.code(), error))?;
    document::parse_json(&written, &Limits::policy())
        .map_err(|error| Failure::bad_input(error.code().to_owned(), error.message()))
}

/// The instant or span that an option names.
pub(super) fn time<T: core::str::FromStr<Err = TimeError>>(option: &str, text: &str) -> Result<T, Failure> {
    text.parse().map_err(|error: TimeError| Failure::option(option, error.code(), error))
}
