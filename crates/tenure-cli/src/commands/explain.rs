//! `tenure explain`: what a decision rests on, what would change it, and what could be asked for instead.

use super::asked;
use super::check::audience;
use crate::args::{Cli, Explain};
use crate::failure::Failure;
use crate::hint::hints;
use crate::render::Answer;

pub(super) fn run(args: &Cli, explain: &Explain) -> Result<Answer, Failure> {
    let audience = audience(explain.asked.audience.as_deref())?;
    asked::run(args, &explain.asked, |world, command| {
        let decision = world.engine.decide(command, world.now);
        let explanation = world.engine.explain(command, &decision);
        let exit = asked::exit(decision.verdict());
        if let Some(audience) = audience {
            let view = explanation.for_audience(audience);
            return Answer::new(exit, view.to_string(), &view, None, world.warnings());
        }
        let hints = hints(&decision.grounds().reasons, world.engine.policy().document());
        Answer::new(exit, format!("{explanation}{hints}"), &explanation, None, world.warnings())
    })
}
