//! The reference of the policy language, written from the schema and from the tables of the code: what they say is
//! what is true, and every key comes with an example that is read as a policy.

mod examples;
pub mod reasons;

use core::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tenure::condition::{LIMITS, OPERATORS};
use tenure::document::{self, Limits};
use tenure::policy::{self, BoundKind, FIELDS, Lint, Policy};

use examples::{BASE, COMBINE, FORMS, Form};

const SCHEMA: &str = include_str!("../../crates/tenure-cli/src/schema.json");

/// Deeper than the schema.
const MAX_DEPTH: usize = 16;

/// Where a page lies.
pub fn path(page: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs").join(page)
}

/// A key with an example, and the document in which it stands.
pub struct Example {
    /// The form and the key, for example `eligibility duration.max`.
    pub name: String,
    /// The example as it is shown.
    pub text: String,
    /// A whole document with the example in it.
    pub document: Value,
}

/// The text of the page.
///
/// # Errors
/// A key without an example, an example without a key, or one that cannot be read, in words.
pub fn text() -> Result<String, String> {
    let schema = schema()?;
    let mut out = String::from(INTRODUCTION);
    for form in FORMS {
        let examples = form_examples(form)?;
        let _ = write!(out, "\n## {}\n\n{}\n\n", form.title, form.text);
        out.push_str("| Key | Meaning | Form | Example |\n|---|---|---|---|\n");
        for (key, required, value) in keys(&schema, form)? {
            let example = examples.iter().find(|example| example.name == format!("{} {key}", form.name));
            let example = example.ok_or_else(|| format!("{} has no example of `{key}`", form.name))?;
            let bold = if required { "**" } else { "" };
            let meaning = description(&schema, value);
            let words = words(&schema, value, MAX_DEPTH);
            let _ = writeln!(out, "| {bold}`{key}`{bold} | {meaning} | {words} | {} |", code(&example.text));
        }
    }
    out.push_str("\n## Values\n\n| Form | What it is |\n|---|---|\n");
    for name in VALUES {
        let form = schema.get(name).ok_or_else(|| format!("the schema has no `{name}`"))?;
        let _ = writeln!(out, "| {} | {} |", name.replace('_', " "), description(&schema, form));
    }
    combining(&schema, &mut out)?;
    conditions(&mut out);
    outcomes(&mut out);
    Ok(out)
}

/// Every example of every key.
///
/// # Errors
/// An example that is not YAML, or has no place in the document.
pub fn examples() -> Result<Vec<Example>, String> {
    let mut all = Vec::new();
    for form in FORMS {
        all.extend(form_examples(form)?);
    }
    Ok(all)
}

/// Every page, by its name.
///
/// # Errors
/// As [`text`] and [`reasons::text`].
pub fn pages() -> Result<[(&'static str, String); 2], String> {
    Ok([("reference.md", text()?), ("reasons.md", reasons::text()?)])
}

/// Writes the pages; the names of those that have changed.
///
/// # Errors
/// As [`pages`], or that a file cannot be written.
pub fn write() -> Result<Vec<String>, String> {
    let mut changed = Vec::new();
    for (page, text) in pages()? {
        let path = path(page);
        if std::fs::read_to_string(&path).is_ok_and(|old| old == text) {
            continue;
        }
        std::fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
        changed.push(format!("docs/{page}"));
    }
    Ok(changed)
}

/// Forms without keys that have a line of their own.
const VALUES: &[&str] = &[
    "bound_kind",
    "code",
    "command",
    "condition_names",
    "end",
    "fact_kind",
    "id",
    "instant",
    "question",
    "span",
    "start",
    "time_of_day",
    "value",
    "zone",
];

const INTRODUCTION: &str = "# Reference of the policy language

Written by `cargo run -p tenure-conformance --bin reference` from the schema and from the tables of the code; a test
holds it to them and reads every example. What the words mean for a decision is said in [semantics](semantics.md).

A policy is one document in YAML or JSON. Keys in **bold** must be there; everything else may be left out. An example
is the key as it stands in its place; what stands around it is left out.
";

fn schema() -> Result<Value, String> {
    SCHEMA.parse().map_err(|error| format!("the schema is no JSON: {error}"))
}

fn yaml(text: &str) -> Result<Value, String> {
    let node = document::yaml(text, &Limits::policy()).map_err(|error| format!("{error}: {text}"))?;
    serde_json::to_value(&node).map_err(|error| format!("{error}: {text}"))
}

fn form_examples(form: &Form) -> Result<Vec<Example>, String> {
    let base = yaml(BASE)?;
    let mut all = Vec::new();
    let here = form.examples.iter().map(|(key, value)| (form.at, key, value));
    let elsewhere = form.elsewhere.iter().map(|(at, key, value)| (*at, key, value));
    for (at, key, value) in here.chain(elsewhere) {
        let name = format!("{} {key}", form.name);
        let top = key.split('.').next().unwrap_or(key);
        let text = format!("{top}: {value}");
        let mut document = base.clone();
        let place = document.pointer_mut(at).and_then(Value::as_object_mut);
        let place = place.ok_or_else(|| format!("{name}: nothing stands at {at}"))?;
        if form.alone {
            place.clear();
        }
        let Value::Object(entries) = yaml(&text)? else { return Err(format!("{name}: no key in {text}")) };
        place.extend(entries);
        all.push(Example { name, text, document });
    }
    Ok(all)
}

/// The keys of a form, those inside them behind a dot; whether they must be there, and what they are.
fn keys<'s>(schema: &'s Value, form: &Form) -> Result<Vec<(String, bool, &'s Value)>, String> {
    let definition = schema.get(form.name).ok_or_else(|| format!("the schema has no `{}`", form.name))?;
    let mut found = Vec::new();
    collect(definition, "", MAX_DEPTH, &mut found);
    for (key, _) in form.examples {
        if !found.iter().any(|(known, ..)| known == key) {
            return Err(format!("`{}` has no key `{key}`", form.name));
        }
    }
    Ok(found)
}

fn collect<'s>(form: &'s Value, above: &str, depth: usize, found: &mut Vec<(String, bool, &'s Value)>) {
    let Some(depth) = depth.checked_sub(1) else { return };
    let required = form.get("required").and_then(Value::as_array);
    for (key, value) in form.get("properties").and_then(Value::as_object).into_iter().flatten() {
        let name = format!("{above}{key}");
        let needed = required.is_some_and(|keys| keys.iter().any(|one| one == key));
        found.push((name.clone(), needed, value));
        collect(value, &format!("{name}."), depth, found);
    }
    for choice in ["anyOf", "oneOf"] {
        for form in form.get(choice).and_then(Value::as_array).into_iter().flatten() {
            collect(form, above, depth, found);
        }
    }
    if let Some(items) = form.get("items") {
        collect(items, above, depth, found);
    }
}

fn referenced(value: &Value) -> Option<&str> {
    value.get("$ref")?.as_str()?.strip_prefix("#/$defs/")
}

fn description(schema: &Value, value: &Value) -> String {
    let own = value.get("description");
    let theirs = || schema.get(referenced(value)?)?.get("description");
    let text = own.or_else(theirs).and_then(Value::as_str).unwrap_or_default();
    text.trim_end_matches('.').replace('|', "\\|")
}

/// The form of a value in a few words; what has a section of its own is linked to.
fn words(schema: &Value, value: &Value, depth: usize) -> String {
    let Some(depth) = depth.checked_sub(1) else { return String::new() };
    let words = |value: &Value| words(schema, value, depth);
    if let Some(name) = referenced(value) {
        let link = |title: &str| title.to_lowercase().replace(' ', "-");
        if let Some(form) = FORMS.iter().find(|form| form.name == name) {
            return format!("[{}](#{})", form.title.to_lowercase(), link(form.title));
        }
        if VALUES.contains(&name) {
            return format!("[{}](#values)", name.replace('_', " "));
        }
        return schema.get(name).map(words).unwrap_or_default();
    }
    if let Some(list) = value.get("enum").and_then(Value::as_array) {
        let words: Vec<String> =
            list.iter().filter_map(Value::as_str).map(|word| format!("`{word}`")).collect();
        return words.join(", ");
    }
    if let Some(only) = value.get("const") {
        return format!("`{}`", only.to_string().trim_matches('"'));
    }
    if let Some(items) = value.get("items") {
        return format!("list of {}", words(items));
    }
    for choice in ["anyOf", "oneOf"] {
        if let Some(forms) = value.get(choice).and_then(Value::as_array) {
            return forms.iter().map(words).collect::<Vec<_>>().join(", or ");
        }
    }
    match (value.get("type").and_then(Value::as_str), value.get("additionalProperties")) {
        (Some("object"), Some(inner)) if inner.is_object() => format!("map to {}", words(inner)),
        (Some("object"), _) => "map".to_owned(),
        (Some("integer"), _) => "whole number".to_owned(),
        (Some("boolean"), _) => "`true` or `false`".to_owned(),
        (Some("string"), _) => "text".to_owned(),
        _ => String::new(),
    }
}

/// Code in a table.
fn code(text: &str) -> String {
    format!("`{}`", text.replace('|', "\\|"))
}

fn combining(schema: &Value, out: &mut String) -> Result<(), String> {
    out.push_str("\n## Combining rules\n\nSeveral rules of eligibility may match one request.\n\n");
    out.push_str("| `combine` | What binds |\n|---|---|\n");
    let known = schema.pointer("/policy/properties/combine/enum").and_then(Value::as_array);
    let known: Vec<&str> = known.into_iter().flatten().filter_map(Value::as_str).collect();
    let told: Vec<&str> = COMBINE.iter().map(|(word, _)| *word).collect();
    if known != told {
        return Err(format!("rules combine by {known:?}, and {told:?} are told"));
    }
    for (word, meaning) in COMBINE {
        let _ = writeln!(out, "| `{word}` | {meaning} |");
    }
    Ok(())
}

fn conditions(out: &mut String) {
    out.push_str("\n## What conditions read\n\n");
    out.push_str(
        "`context.NAME` is what is said with the question or request, `inputs.NAME` what the requester fills in; both \
         as the document declares them. `identity`, `beneficiary`, `resource`, `entitlement` and `application` have \
         the attributes that are declared, and these fields, all of them texts:\n\n",
    );
    out.push_str("| Root | Fields |\n|---|---|\n");
    for (root, fields) in FIELDS {
        let fields: Vec<String> = fields.iter().map(|field| format!("`{field}`")).collect();
        let _ = writeln!(out, "| `{root}` | {} |", fields.join(", "));
    }
    out.push_str("\n## Operators of conditions\n\nFrom the weakest binding to the strongest.\n\n");
    out.push_str("| Written | Meaning | Takes and gives | Example |\n|---|---|---|---|\n");
    for operator in OPERATORS {
        let (syntax, example) = (code(operator.syntax), code(operator.example));
        let _ = writeln!(out, "| {syntax} | {} | {} | {example} |", operator.meaning, operator.types);
    }
    out.push_str("\n## Limits\n\n| Of | At most | |\n|---|---|---|\n");
    for limit in LIMITS {
        let _ = writeln!(out, "| {} of a condition | {} | {} |", limit.what, limit.most, limit.meaning);
    }
    let limits = Limits::policy();
    for (what, most, meaning) in [
        ("bytes of a document", limits.bytes().to_string(), "in UTF-8"),
        ("lists and maps inside each other", limits.depth().to_string(), "of a document"),
        ("values of a document", limits.nodes().to_string(), "scalars, lists and maps"),
        (
            "entitlements in a chain",
            policy::MAX_IMPLIES.to_string(),
            "steps of `implies` and group assignments",
        ),
        ("resources above each other", policy::MAX_ANCESTORS.to_string(), "ancestors of one resource"),
        ("rules that rest on each other", policy::MAX_STRATA.to_string(), "one on what another gives"),
        ("permissions by patterns", policy::MAX_EXPANDED.to_string(), "of all `wildcards` together"),
        ("problems told at once", policy::MAX_PROBLEMS.to_string(), "of a document, also findings of lint"),
    ] {
        let _ = writeln!(out, "| {what} | {most} | {meaning} |");
    }
}

fn outcomes(out: &mut String) {
    out.push_str("\n## Bounds\n\nWhat limits a grant; all are reported, and the least sets the end.\n\n");
    out.push_str("| Kind | What it is |\n|---|---|\n");
    for kind in BoundKind::ALL {
        let _ = writeln!(out, "| `{}` | {} |", kind.word(), kind.text());
    }
    out.push_str(
        "\n## Reasons\n\nWhy something is denied, or what to mind: the codes, their sentences and who is told which \
         stand on [a page of their own](reasons.md).\n",
    );
    out.push_str(
        "\n## Lint\n\nWhat `tenure lint` looks for in a document that loads. It looks at the document alone; what \
         facts will tell it does not know.\n\n",
    );
    out.push_str("| Code | Severity | What is found |\n|---|---|---|\n");
    for lint in Lint::ALL {
        let _ = writeln!(out, "| `{}` | {} | {} |", lint.code(), lint.severity().word(), lint.text());
    }
}

/// Reads an example as a policy.
///
/// # Errors
/// What is wrong with it, in words.
pub fn read(example: &Example) -> Result<Policy, String> {
    Policy::from_json(example.document.to_string())
        .map_err(|error| format!("{}: `{}`: {error}", example.name, example.text))
}
