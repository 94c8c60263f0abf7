//! `tenure check`: may this identity do this, now? Words ask about what is registered, a document about anything.

use alloc::collections::BTreeMap;
use core::str::FromStr;

use tenure::check::{Access, Question, Target};
use tenure::document::{self, Limits, nearest};
use tenure::id::{AttributeId, IdError};
use tenure::model::{Scalar, Value};
use tenure::policy::{AttributeType, Declaration, ElementType, PolicyDocument};

use crate::args::{Check, Cli};
use crate::failure::{Exit, Failure};
use crate::hint::hints;
use crate::input::Input;
use crate::load::World;
use crate::render::Answer;

pub(super) fn run(args: &Cli, check: &Check) -> Result<Answer, Failure> {
    let mut question = question(check)?;
    let world = World::load(args)?;
    let document = world.engine.policy().document();
    for text in &check.context {
        let (name, value) = said(text, document)?;
        question.context.insert(name, value);
    }
    let answer = world.engine.check(&question, world.now);
    let exit = match answer.answer {
        Access::Allowed => Exit::Done,
        // Until what is missing is said, it is not allowed.
        Access::Conditional | Access::Denied => Exit::Deny,
    };
    let mut hints = hints(&answer.reasons, document);
    for name in
        answer.missing.iter().filter(|name| document.context.keys().any(|known| known.as_str() == *name))
    {
        hints.push_str(&format!("  hint: say it with --context {name}=VALUE\n"));
    }
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

/// What `--context NAME=VALUE` says, in the type that the document declares.
fn said(text: &str, document: &PolicyDocument) -> Result<(AttributeId, Value), Failure> {
    let wrong = |code, message: String| Failure::option("--context", code, message);
    let Some((name, value)) = text.split_once('=') else {
        return Err(wrong(
            "context.form",
            format!("`{text}` says nothing; write a name and a value, `name=value`"),
        ));
    };
    let name: AttributeId = id("--context", name)?;
    let Some(declared) = document.context.get(&name) else {
        let names = document.context.keys().map(AsRef::as_ref);
        let message = match nearest(name.as_str(), names) {
            Some(near) => format!("the document declares no context `{name}`; did you mean `{near}`?"),
            None => format!("the document declares no context `{name}`; declare it under `context`"),
        };
        return Err(wrong("attribute.unknown", message));
    };
    let value = typed(value, declared)
        .ok_or_else(|| wrong("attribute.type", format!("`{value}` is not what `{name}` is declared as")))?;
    Ok((name, value))
}

/// The value that the words write, in this type; the elements of a list are parted by commas.
fn typed(text: &str, declared: &Declaration) -> Option<Value> {
    Some(match declared.r#type {
        AttributeType::Bool => Value::Bool(text.parse().ok()?),
        AttributeType::Int => Value::Int(text.parse().ok()?),
        AttributeType::Text => Value::Text(text.to_owned()),
        AttributeType::List => {
            let element = |word: &str| {
                Some(match declared.of {
                    Some(ElementType::Bool) => Scalar::Bool(word.parse().ok()?),
                    Some(ElementType::Int) => Scalar::Int(word.parse().ok()?),
                    Some(ElementType::Text) | None => Scalar::Text(word.to_owned()),
                })
            };
            let words = text.split(',').map(str::trim).filter(|word| !word.is_empty());
            Value::List(words.map(element).collect::<Option<_>>()?)
        }
    })
}

/// The id that an argument names.
pub(super) fn id<T: FromStr<Err = IdError>>(argument: &str, text: &str) -> Result<T, Failure> {
    text.parse().map_err(|error: IdError| Failure::option(argument, error.code(), error))
}
