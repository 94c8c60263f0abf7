//! `tenure timeline`: what somebody held, holds and will hold, by what, and what ended it; in words or as a picture.

use tenure::check::Target;
use tenure::query::{Tenures, Timeline as Question};

use super::asked::time;
use super::check::id;
use super::circumstances::{Said, said};
use super::lines;
use crate::args::{Cli, Timeline};
use crate::failure::{Exit, Failure};
use crate::hint::hints;
use crate::load::World;
use crate::picture;
use crate::render::{Answer, or_nothing, table};

pub(super) fn run(args: &Cli, timeline: &Timeline) -> Result<Answer, Failure> {
    lines::ask(
        args,
        &timeline.lines,
        |world| question(timeline, world),
        |world, question| {
            let tenures = world.engine.timeline(question, world.now);
            let exit = if tenures.reasons.is_empty() { Exit::Done } else { Exit::Deny };
            if timeline.svg && tenures.reasons.is_empty() {
                let drawn = picture::timeline::svg(&tenures, (question.from, question.until));
                return Ok(Answer::new(exit, drawn, &tenures, None, world.warnings())?.verbatim());
            }
            let hints = hints(&tenures.reasons, world.engine.policy().document());
            Answer::new(exit, text(&tenures) + &hints, &tenures, None, world.warnings())
        },
    )
}

fn question(timeline: &Timeline, world: &World) -> Result<Question, Failure> {
    let mut question = Question::new(id("IDENTITY", timeline.identity.as_deref().unwrap_or_default())?);
    for text in &timeline.context {
        said(Said::Context, text, world.engine.policy().document(), &mut question.context)?;
    }
    question.from = timeline.from.as_deref().map(|text| time("--from", text)).transpose()?;
    question.until = timeline.until.as_deref().map(|text| time("--until", text)).transpose()?;
    question.permission = timeline.permission.as_deref().map(|text| id("--permission", text)).transpose()?;
    let on = timeline.resource.as_deref().map(|text| id("--resource", text).map(Target::Registered));
    question.resource = on.transpose()?;
    Ok(question)
}

fn text(tenures: &Tenures) -> String {
    let mut text = format!("{} at {}\n", tenures.identity, tenures.at);
    let heads = ["ENTITLEMENT", "SCOPE", "BY", "STATE", "FROM", "UNTIL", "ENDED BY", "PATH"];
    let mut rows = vec![heads.map(String::from)];
    for source in &tenures.sources {
        let row = |first: bool, [from, until, cause, path]: [String; 4]| {
            let cell = |text: String| if first { text } else { String::new() };
            [
                cell(source.entitlement.to_string()),
                cell(or_nothing(source.scope.as_ref())),
                cell(format!("{} {}", source.source.words(), source.id)),
                cell(source.state.to_string()),
                from,
                until,
                cause,
                path,
            ]
        };
        if source.windows.is_empty() {
            rows.push(row(true, [(); 4].map(|()| or_nothing(None::<&String>))));
        }
        for (n, stay) in source.windows.iter().enumerate() {
            let path: Vec<&str> = stay.path.iter().map(AsRef::as_ref).collect();
            let path = Some(path.join(" > ")).filter(|path| !path.is_empty());
            let cells = [
                or_nothing(stay.start.as_ref()),
                or_nothing(stay.end.as_ref()),
                or_nothing(stay.cause.as_ref()),
                or_nothing(path.as_ref()),
            ];
            rows.push(row(n == 0, cells));
        }
    }
    if tenures.sources.is_empty() && tenures.reasons.is_empty() {
        text.push_str("\n  nothing\n");
    } else if !tenures.sources.is_empty() {
        text.push('\n');
        text.push_str(&table(&rows));
    }
    for reason in &tenures.reasons {
        text.push_str(&format!("  {reason}\n"));
    }
    text
}
