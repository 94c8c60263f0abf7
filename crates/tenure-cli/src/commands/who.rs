//! `tenure who`: who may do something now, since when, until when and by what.

use tenure::query::{Holders, Path, Who as Question};

use super::check::{id, word};
use super::circumstances::{Said, said};
use super::lines;
use crate::args::{Cli, Who};
use crate::failure::{Exit, Failure};
use crate::hint::hints;
use crate::load::World;
use crate::render::{Answer, or_nothing, table};

pub(super) fn run(args: &Cli, who: &Who) -> Result<Answer, Failure> {
    lines::ask(args, &who.lines, |world| question(who, world), answer)
}

fn question(who: &Who, world: &World) -> Result<Question, Failure> {
    let mut question = Question::new(id("PERMISSION", who.permission.as_deref().unwrap_or_default())?);
    for text in &who.context {
        said(Said::Context, text, world.engine.policy().document(), &mut question.context)?;
    }
    question.kinds = who.kind.iter().map(|kind| word("--kind", kind)).collect::<Result<_, _>>()?;
    question.limit = who.limit;
    Ok(match &who.resource {
        Some(resource) => question.on(id::<tenure::id::ResourceId>("RESOURCE", resource)?),
        None => question,
    })
}

fn answer(world: &World, question: &Question) -> Result<Answer, Failure> {
    let holders = world.engine.who(question, world.now);
    let exit = if holders.reasons.is_empty() { Exit::Done } else { Exit::Deny };
    let mut text = text(&holders, question.resource.is_some());
    text.push_str(&hints(&holders.reasons, world.engine.policy().document()));
    Answer::new(exit, text, &holders, None, world.warnings())
}

fn text(holders: &Holders, in_a_place: bool) -> String {
    let mut text = format!("{} at {}\n", holders.permission, holders.at);
    let mut rows = vec![["IDENTITY", "IF", "SINCE", "UNTIL", "BY", "PATH"].map(String::from)];
    for row in &holders.rows {
        for (n, path) in row.via.iter().enumerate() {
            let [by, along] = by(path);
            // What is told of the first path is not told again.
            let first = |cell: String| if n == 0 { cell } else { String::new() };
            rows.push([
                first(row.identity.to_string()),
                first(or_nothing(
                    Some(row.missing.join(", ")).filter(|missing| !missing.is_empty()).as_ref(),
                )),
                first(or_nothing(row.from.as_ref())),
                first(or_nothing(row.until.as_ref())),
                by,
                along,
            ]);
        }
    }
    if holders.rows.is_empty() && holders.reasons.is_empty() {
        text.push_str("\n  nobody\n");
        if !in_a_place {
            text.push_str(
                "  hint: without a resource only what is held everywhere counts; name one to ask there\n",
            );
        }
    } else if !holders.rows.is_empty() {
        text.push('\n');
        text.push_str(&table(&rows));
    }
    if !holders.complete {
        text.push_str("  and others; ask for more with --limit\n");
    }
    for reason in &holders.reasons {
        text.push_str(&format!("  {reason}\n"));
    }
    text
}

/// A path in two cells: by what, and along which entitlements.
pub(super) fn by(path: &Path) -> [String; 2] {
    let along: Vec<&str> = path.entitlements.iter().map(AsRef::as_ref).collect();
    let within = path.scope.as_ref().map(|scope| format!(" in {scope}")).unwrap_or_default();
    [format!("{} {}", path.source.words(), path.id), along.join(" > ") + &within]
}
