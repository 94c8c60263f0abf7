//! The page of reasons, written from their registry: each code with its sentences, its values, who is told of them,
//! and a vector in which it is the answer.

use alloc::collections::{BTreeMap, BTreeSet};
use core::fmt::Write as _;

use serde_json::Value;
use tenure::decide::{Audience, Code};

use crate::files;

const INTRODUCTION: &str = "# Reasons

Written by `cargo run -p tenure-conformance --bin reference` from the registry of reasons; a test holds it to that.
What they mean for a decision is said in [semantics](semantics.md), who else is told what in its section 17; the policy
language has [a reference](reference.md) of its own.

Every decision and every answer says why, by these codes. They stand in the order in which they are reported; a code is
never renamed and never used for something else. An admin is told all of them, in the words that stand first, where
`{name}` is a value. A requester, the one who asks and the one for whom it is asked, is told no rule, no condition, no
other person and no correction that is meant for others: where that needs other words they stand second, and an
approver gets them too if a value of the first is not for approvers. A value without a mark is for all who are told the
reason, *approver* is for approvers and admins, *admin* for admins alone. The vector is one in which the code is the
answer.
";

/// The text of the page.
///
/// # Errors
/// A code that no vector has, in words.
pub fn text() -> Result<String, String> {
    let vectors = vectors()?;
    let mut out = String::from(INTRODUCTION);
    out.push_str("\n| Code | Told to | What it says | Values | Vector |\n|---|---|---|---|---|\n");
    for code in Code::ALL {
        let word = code.word();
        let told = match code.audience() {
            Audience::Requester => "all",
            Audience::Approver => "approvers, admins",
            Audience::Admin => "admins",
        };
        let full = sentence(code.text());
        let says = match code.text_for(Audience::Requester) {
            Some(plain) if plain != code.text() => format!("{full}<br>to who asks: {}", sentence(plain)),
            _ => full,
        };
        let values: Vec<String> = code.params().iter().map(|param| value(*code, *param)).collect();
        let vector = vectors.get(word).ok_or_else(|| format!("no vector has the reason `{word}`"))?;
        let name = vector.trim_end_matches(".json");
        let _ = writeln!(
            out,
            "| <a id=\"{word}\"></a>`{word}` | {told} | {says} | {} | [{name}](../tests/vectors/{vector}) |",
            values.join(", ")
        );
    }
    Ok(out)
}

fn sentence(text: &str) -> String {
    text.replace('{', "`{").replace('}', "}`")
}

fn value(code: Code, (name, least): (&str, Audience)) -> String {
    if least > code.audience() { format!("`{name}` (*{least}*)") } else { format!("`{name}`") }
}

/// For each code the vector that expects it, and the fewest other codes beside it.
///
/// # Errors
/// What is wrong with a scenario, in words.
pub fn vectors() -> Result<BTreeMap<String, String>, String> {
    let mut found: BTreeMap<String, (usize, String)> = BTreeMap::new();
    for (path, text) in files::generated()? {
        let vector: Value = text.parse().map_err(|error| format!("{path}: {error}"))?;
        let codes = expected(&vector);
        for code in &codes {
            let candidate = (codes.len(), path.clone());
            let best = found.entry(code.clone()).or_insert_with(|| candidate.clone());
            *best = candidate.min(best.clone());
        }
    }
    Ok(found.into_iter().map(|(code, (_, path))| (code, path)).collect())
}

/// The codes that the steps of a vector expect.
fn expected(vector: &Value) -> BTreeSet<String> {
    let steps = vector.get("steps").and_then(Value::as_array).into_iter().flatten();
    let expects = steps.filter_map(|step| step.get("expect"));
    let lists = expects.flat_map(|expect| ["reasons", "findings"].map(|key| expect.get(key)));
    let reasons = lists.flatten().filter_map(Value::as_array).flatten();
    reasons.filter_map(|reason| reason.get("code")?.as_str()).map(str::to_owned).collect()
}
