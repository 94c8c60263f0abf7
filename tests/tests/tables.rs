//! Vectors without steps: bad input and time.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use serde_json::{Value, json};
use tenure::fact::Fact;
use tenure::time::Timestamp;
use tenure_conformance::{Cli, difference, errors, files, times};

/// Each case of the files of a folder, with its place.
fn cases(topic: &str) -> Vec<(String, Value)> {
    let stored = files::stored().unwrap();
    let files = stored.iter().filter(|(path, _)| path.split('/').next() == Some(topic));
    let mut cases = Vec::new();
    for (path, text) in files {
        let file: Value = text.parse().unwrap_or_else(|error| panic!("{path}: {error}"));
        assert_eq!(file["semantics"], tenure::SEMANTICS, "{path}");
        for (n, case) in file["cases"].as_array().unwrap().iter().enumerate() {
            cases.push((format!("{path} /cases/{n}"), case.clone()));
        }
    }
    let index: Value = stored[files::INDEX].parse().unwrap();
    assert_eq!(index["topics"][topic]["cases"], cases.len(), "cases of {topic}");
    cases
}

#[track_caller]
fn assert_none(wrong: Vec<String>) {
    assert!(wrong.is_empty(), "{} cases are wrong:\n{}\n", wrong.len(), wrong.join("\n"));
}

#[test]
fn times_are_read_as_expected() {
    let wrong = cases("time").into_iter().filter_map(|(place, case)| {
        let answer = times::answer(&case).unwrap_or_else(|error| panic!("{place}: {error}"));
        let differs = answer != case["expect"];
        differs.then(|| format!("{place}: {}: expected {}, got {answer}", case["text"], case["expect"]))
    });
    assert_none(wrong.collect());
}

#[test]
fn bad_input_is_refused_as_expected() {
    let wrong = cases("errors").into_iter().filter_map(|(place, case)| {
        let answer = errors::answer(&case).unwrap_or_else(|error| panic!("{place}: {error}"));
        let difference = difference(&case["expect"], &answer, &[], Timestamp::MIN)?;
        Some(format!("{place}: {difference}\n  {}\n  got {answer}", case["text"]))
    });
    assert_none(wrong.collect());
}

/// The command tells the same problems at the same places.
#[test]
fn the_command_refuses_bad_input_alike() {
    let cli = Cli::build().unwrap_or_else(|error| panic!("{error}"));
    let mut wrong = Vec::new();
    let mut refused = 0;
    for (place, case) in cases("errors") {
        let expect = case["expect"].as_array().unwrap();
        let text = case["text"].as_str().unwrap_or_default();
        let list = |key: &str| -> Vec<Fact> {
            serde_json::from_value(case.get(key).cloned().unwrap_or_else(|| json!([]))).unwrap()
        };
        let log = list("log");
        let now = case["now"].as_str().unwrap_or("2026-03-02T09:00:00Z").parse().unwrap();
        let facts = serde_json::to_string(&list("facts")).unwrap();
        let yaml = ("policy.yaml", text);
        let empty = ("policy.json", "{\"tenure\": 1}");
        let run = |policy, input, args: &[&str]| cli.run(policy, &log, input, args, now).unwrap();
        let (status, output) = match case["reads"].as_str().unwrap() {
            "policy in YAML" | "policy and log" => run(yaml, None, &["reconcile"]),
            "policy in JSON" => run(("policy.json", text), None, &["reconcile"]),
            "fact" if expect.is_empty() => continue,
            "fact" => run(empty, Some(text), &["commit"]),
            "command" => run(empty, Some(text), &["decide"]),
            // Questions are given by arguments.
            "question" => continue,
            "facts to add" => run(yaml, Some(&facts), &["commit"]),
            other => panic!("{other}"),
        };
        let output: Value = output.parse().unwrap_or_else(|error| panic!("{place}: {error}: {output}"));
        let error = output.get("error").into_iter();
        let more = output.get("more").and_then(Value::as_array).into_iter().flatten();
        let got = Value::Array(error.chain(more).cloned().collect());
        if (status == Some(2)) == expect.is_empty() {
            wrong.push(format!("{place}: exit status {status:?}, {output}"));
        }
        refused += usize::from(!expect.is_empty());
        if let Some(difference) = difference(&case["expect"], &got, &[], Timestamp::MIN) {
            wrong.push(format!("{place}: {difference}\n  {text}\n  got {got}"));
        }
    }
    assert!(refused > 90, "{refused} refusals");
    assert_none(wrong);
}
