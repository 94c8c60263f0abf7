//! What is known of the circumstances, as words on the command line.

use alloc::collections::BTreeMap;

use tenure::document::nearest;
use tenure::id::AttributeId;
use tenure::model::{Scalar, Value};
use tenure::policy::{AttributeType, Declaration, ElementType, PolicyDocument};

use super::check::id;
use crate::failure::Failure;

/// What an option says.
#[derive(Clone, Copy)]
pub(super) enum Said {
    /// `--context`: what is known of the circumstances.
    Context,
    /// `--input`: what the rules ask to be stated.
    Input,
}

/// Adds what `--context NAME=VALUE` or `--input NAME=VALUE` says, in the type that the document declares; each name
/// once.
pub(super) fn said(
    what: Said,
    text: &str,
    document: &PolicyDocument,
    known: &mut BTreeMap<AttributeId, Value>,
) -> Result<(), Failure> {
    let (option, noun, section) = match what {
        Said::Context => ("--context", "context", "context"),
        Said::Input => ("--input", "input", "inputs"),
    };
    let wrong = |code, message: String| Failure::option(option, code, message);
    let Some((name, value)) = text.split_once('=') else {
        return Err(wrong(
            match what {
                Said::Context => "context.form",
                Said::Input => "input.form",
            },
            format!("`{text}` says nothing; write a name and a value, `name=value`"),
        ));
    };
    let name: AttributeId = id(option, name)?;
    let declared = declared(what, document);
    let Some(declaration) = declared.get(&name) else {
        let message = match nearest(name.as_str(), declared.keys().map(|name| name.as_str())) {
            Some(near) => format!("the document declares no {noun} `{name}`; did you mean `{near}`?"),
            None => format!("the document declares no {noun} `{name}`; declare it under `{section}`"),
        };
        return Err(wrong("attribute.unknown", message));
    };
    let value = typed(value, declaration)
        .ok_or_else(|| wrong("attribute.type", format!("`{value}` is not what `{name}` is declared as")))?;
    if known.contains_key(&name) {
        return Err(wrong("key.duplicate", format!("`{name}` is said twice; say it once")));
    }
    known.insert(name, value);
    Ok(())
}

/// What may be said. Rules that ask for the same input declare the same type, or the document would not load.
fn declared(what: Said, document: &PolicyDocument) -> BTreeMap<&AttributeId, Declaration> {
    match what {
        Said::Context => document.context.iter().map(|(name, declared)| (name, *declared)).collect(),
        Said::Input => {
            let inputs = document.eligibility.values().flat_map(|rule| &rule.inputs);
            inputs.map(|(name, input)| (name, Declaration::from(input.r#type))).collect()
        }
    }
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
