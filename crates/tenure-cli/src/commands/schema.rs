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

/// The forms of reverse questions and their answers.
const ASKING: &str = include_str!("../schema_asking.json");

pub(super) fn run(schema: &Schema) -> Result<Answer, Failure> {
    let (name, title) = match schema.of {
        SchemaOf::Answer => ("answer", "Tenure: an answer"),
        SchemaOf::Command => ("command", "Tenure: a command"),
        SchemaOf::Decision => ("decision", "Tenure: a decision"),
        SchemaOf::Explanation => ("explanation", "Tenure: an explanation"),
        SchemaOf::Fact => ("fact", "Tenure: a fact"),
        SchemaOf::Policy => ("policy", "Tenure: a policy document"),
        SchemaOf::Question => ("question", "Tenure: a question"),
        SchemaOf::RequestableAnswer => ("requestable_answer", "Tenure: what somebody may ask for"),
        SchemaOf::RequestableQuestion => {
            ("requestable_question", "Tenure: a question for what somebody may ask for")
        }
        SchemaOf::Simulation => ("simulation", "Tenure: what would be"),
        SchemaOf::TimelineAnswer => ("timeline_answer", "Tenure: what somebody held"),
        SchemaOf::TimelineQuestion => ("timeline_question", "Tenure: a question for what somebody held"),
        SchemaOf::WhatAnswer => ("what_answer", "Tenure: what somebody may do"),
        SchemaOf::WhatQuestion => ("what_question", "Tenure: a question for what somebody may do"),
        SchemaOf::WhoAnswer => ("who_answer", "Tenure: who may do something"),
        SchemaOf::WhoQuestion => ("who_question", "Tenure: a question for who may do something"),
    };
    let broken = |error| Failure::bad_input("schema.broken", error);
    let mut forms: BTreeMap<String, Value> = serde_json::from_str(FORMS).map_err(broken)?;
    forms.extend(serde_json::from_str::<BTreeMap<String, Value>>(ASKING).map_err(broken)?);
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": format!("urn:tenure:schema:{}:1", name.replace('_', "-")),
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
