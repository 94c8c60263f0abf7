//! `tenure simulate`: what would be if facts happened or another document were adopted. Nothing is written.

use serde::de::DeserializeOwned;
use tenure::document::{self, Limits};
use tenure::simulate::{Hypothesis, SimulateError};

use super::commit;
use crate::args::{Cli, Simulate};
use crate::failure::{Exit, Failure, Problem};
use crate::hint::hints;
use crate::input::Input;
use crate::load::{self, World};
use crate::render::Answer;

pub(super) fn run(args: &Cli, simulate: &Simulate) -> Result<Answer, Failure> {
    if simulate.facts.is_none() && simulate.with.is_none() {
        let message = "give what is to be supposed: --facts FILE, --with NEW_POLICY, or both";
        return Err(Failure::bad_input("arguments.missing", message));
    }
    let facts = simulate.facts.as_deref().map(Input::read).transpose()?;
    let hypothesis = Hypothesis {
        commands: simulate.commands.as_deref().map(lines).transpose()?.unwrap_or_default(),
        facts: facts.as_ref().map(commit::facts).transpose()?.unwrap_or_default(),
        policy: simulate.with.as_deref().map(load::read_policy).transpose()?,
        questions: simulate.questions.as_deref().map(lines).transpose()?.unwrap_or_default(),
    };
    let world = World::load(args)?;
    let found = world.engine.simulate(&hypothesis, world.now).map_err(|error| match &error {
        SimulateError::Facts(error) => {
            let problem = Problem::new(error.code(), error.to_string()).under(&error.pointer());
            Failure::from(problem).in_file(facts.as_ref().map_or("", |input| &input.name))
        }
        SimulateError::Engine(error) => match &simulate.with {
            Some(path) => load::engine_failure(error).in_file(&path.display().to_string()),
            None => load::engine_failure(error),
        },
        other => Failure::bad_input(other.code().to_owned(), other),
    })?;
    let document = hypothesis.policy.as_ref().unwrap_or(world.engine.policy()).document();
    let new = found.commands.iter().map(|command| &command.reasons_new);
    let new = new.chain(found.questions.iter().map(|question| &question.reasons_new));
    let told: Vec<_> = new.flatten().cloned().collect();
    let text = format!("{found}{}", hints(&told, document));
    Answer::new(Exit::Done, text, &found, None, world.warnings())
}

/// What each line of a text writes.
fn lines<T: DeserializeOwned>(source: &str) -> Result<Vec<T>, Failure> {
    let input = Input::read(source)?;
    let lines = (1u64..).zip(input.text.lines()).filter(|(_, line)| !line.trim().is_empty());
    let read = |(number, line): (u64, &str)| {
        let wrong = |error| Failure::from(&error).at_line(number).in_file(&input.name);
        document::parse_json(line, &Limits::policy()).map_err(wrong)
    };
    lines.map(read).collect()
}
