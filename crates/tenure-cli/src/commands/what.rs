//! `tenure what`: what somebody may do now, where, since when, until when and by what; or what everybody may.

use alloc::collections::BTreeMap;

use tenure::query::{Filter, Rights, What as Question};

use super::check::{id, word};
use super::circumstances::{Said, said};
use super::lines;
use super::who::by;
use crate::args::{Cli, What};
use crate::failure::{Exit, Failure};
use crate::hint::hints;
use crate::load::World;
use crate::render::{Answer, harmless, or_nothing, table};

pub(super) fn run(args: &Cli, what: &What) -> Result<Answer, Failure> {
    if what.all {
        return all(args, what);
    }
    lines::ask(args, &what.lines, |world| question(what, world), answer)
}

/// Everybody, each printed before the next is asked about.
fn all(args: &Cli, what: &What) -> Result<Answer, Failure> {
    let world = World::load(args)?;
    let filter = filter(what)?;
    let mut context = BTreeMap::new();
    for text in &what.context {
        said(Said::Context, text, world.engine.policy().document(), &mut context)?;
    }
    for rights in world.engine.what_all(&filter, &context, world.now) {
        let line = if args.json {
            told(&world, &rights)?.into_json()
        } else if rights.rows.is_empty() {
            continue;
        } else {
            harmless(&text(&rights))
        };
        if !lines::print(&line)? {
            break;
        }
    }
    Ok(Answer::printed(Exit::Done))
}

fn question(what: &What, world: &World) -> Result<Question, Failure> {
    let mut question = Question::new(id("IDENTITY", what.identity.as_deref().unwrap_or_default())?);
    for text in &what.context {
        said(Said::Context, text, world.engine.policy().document(), &mut question.context)?;
    }
    question.filter = filter(what)?;
    Ok(match &what.resource {
        Some(resource) => question.on(id::<tenure::id::ResourceId>("RESOURCE", resource)?),
        None => question,
    })
}

fn filter(what: &What) -> Result<Filter, Failure> {
    let applications = what.application.iter().map(|text| id("--application", text));
    let kinds = what.kind.iter().map(|kind| word("--kind", kind));
    let permissions = what.permission.iter().map(|text| id("--permission", text));
    Ok(Filter {
        applications: applications.collect::<Result<_, _>>()?,
        kinds: kinds.collect::<Result<_, _>>()?,
        permissions: permissions.collect::<Result<_, _>>()?,
        prefix: what.prefix.clone().unwrap_or_default(),
        types: what.types.clone(),
    })
}

fn answer(world: &World, question: &Question) -> Result<Answer, Failure> {
    told(world, &world.engine.what(question, world.now))
}

fn told(world: &World, rights: &Rights) -> Result<Answer, Failure> {
    let exit = if rights.reasons.is_empty() { Exit::Done } else { Exit::Deny };
    let mut text = text(rights);
    text.push_str(&hints(&rights.reasons, world.engine.policy().document()));
    Answer::new(exit, text, rights, None, world.warnings())
}

fn text(rights: &Rights) -> String {
    let mut text = format!("{} at {}\n", rights.identity, rights.at);
    let heads = ["PERMISSION", "SCOPE", "IF", "SINCE", "UNTIL", "EXCEPT", "BY", "PATH"];
    let mut rows = vec![heads.map(String::from)];
    for row in &rights.rows {
        let except: Vec<String> = row.except.iter().map(ToString::to_string).collect();
        let some = |text: String| or_nothing(Some(text).filter(|text| !text.is_empty()).as_ref());
        for (n, path) in row.via.iter().enumerate() {
            let [by, along] = by(path);
            let first = |cell: String| if n == 0 { cell } else { String::new() };
            rows.push([
                first(row.permission().to_string()),
                first(or_nothing(row.scope.as_ref())),
                first(some(row.missing.join(", "))),
                first(or_nothing(row.from.as_ref())),
                first(or_nothing(row.until.as_ref())),
                first(some(except.join("; "))),
                by,
                along,
            ]);
        }
    }
    if rights.rows.is_empty() && rights.reasons.is_empty() {
        text.push_str("\n  nothing\n");
    } else if !rights.rows.is_empty() {
        text.push('\n');
        text.push_str(&table(&rows));
    }
    for reason in &rights.reasons {
        text.push_str(&format!("  {reason}\n"));
    }
    text
}
