//! `tenure schema`: the form of what Tenure reads, for editors and for those who write it by program, and of the
//! decisions that it prints, for those who read them by program.
//!
//! The form is all that a schema can say: names that dangle, cycles and ends before starts are left to the
//! readers. What is absent is left out; `null` is never written.

use alloc::collections::BTreeMap;

use serde_json::{Value, json};

use crate::args::{Schema, SchemaOf};
use crate::failure::{Exit, Failure};
use crate::render::Answer;

/// Every form there is, by its name.
const FORMS: &str = include_str!("../schema.json");

pub(super) fn run(schema: &Schema) -> Result<Answer, Failure> {
    let (name, title) = match schema.of {
        SchemaOf::Answer => ("answer", "Tenure: an answer"),
        SchemaOf::Command => ("command", "Tenure: a command"),
        SchemaOf::Decision => ("decision", "Tenure: a decision"),
        SchemaOf::Fact => ("fact", "Tenure: a fact"),
        SchemaOf::Policy => ("policy", "Tenure: a policy document"),
        SchemaOf::Question => ("question", "Tenure: a question"),
    };
    let broken = |error| Failure::bad_input("schema.broken", error);
    let forms = serde_json::from_str(FORMS).map_err(broken)?;
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": format!("urn:tenure:schema:{name}:1"),
        "title": title,
        "$ref": format!("{REFERENCE}{name}"),
        "$defs": reachable(forms, name),
    });
    let pretty = serde_json::to_string_pretty(&schema).map_err(broken)?;
    Answer::new(Exit::Done, pretty, &schema, None, Vec::new())
}

const REFERENCE: &str = "#/$defs/";

/// The forms that `name` needs, itself among them.
fn reachable(mut forms: BTreeMap<String, Value>, name: &str) -> BTreeMap<String, Value> {
    let mut needed = BTreeMap::new();
    let mut names = vec![name.to_owned()];
    while let Some(name) = names.pop() {
        let Some(form) = forms.remove(&name) else { continue };
        let mut values = vec![&form];
        while let Some(value) = values.pop() {
            match value {
                Value::Array(items) => values.extend(items),
                Value::Object(entries) => values.extend(entries.values()),
                Value::String(text) => names.extend(text.strip_prefix(REFERENCE).map(ToOwned::to_owned)),
                _ => {}
            }
        }
        needed.insert(name, form);
    }
    needed
}
