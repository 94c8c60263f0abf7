//! What is known of the circumstances, as words on the command line.

use alloc::collections::BTreeMap;

use tenure::document::nearest;
use tenure::id::AttributeId;
use tenure::model::{Scalar, Value};
use tenure::policy::{AttributeType, Declaration, ElementType, PolicyDocument};

use super::check::id;
use crate::failure::Failure;

/// Adds what `--context NAME=VALUE` says, in the type that the document declares; each name once.
pub(super) fn said(
    text: &str,
    document: &PolicyDocument,
    context: &mut BTreeMap<AttributeId, Value>,
) -> Result<(), Failure> {
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
    if context.contains_key(&name) {
        return Err(wrong("key.duplicate", format!("`{name}` is said twice; say it once")));
    }
    context.insert(name, value);
    Ok(())
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
