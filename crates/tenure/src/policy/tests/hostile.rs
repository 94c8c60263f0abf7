//! No text makes reading panic, hang or run out of stack; what is not a policy is an error with a place.
#![allow(clippy::arithmetic_side_effects, clippy::string_slice, reason = "a test that overflows fails")]

use super::COMPANY;
use crate::document::{Limits, canonical, yaml};
use crate::policy::{MAX_PROBLEMS, Policy};
use proptest::prelude::*;

#[test]
fn deep_nesting_is_refused_with_a_place() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let text = format!("{{\"tenure\": 1, \"name\": {}1{}}}", open.repeat(50_000), close.repeat(50_000));
        assert_eq!(Policy::from_json(&text).unwrap_err().code(), "document.too_deep");
        assert_eq!(Policy::from_yaml(&text).unwrap_err().code(), "document.too_deep");
    }
    let text = "x".repeat((1 << 20) + 1);
    assert_eq!(Policy::from_yaml(text).unwrap_err().code(), "document.too_large");
}

#[test]
fn problems_are_counted_and_suggestions_bounded() {
    // As many names, all unknown, as a document can hold.
    let names: Vec<_> = (0..60_000).map(|n| format!("n{n:05}")).collect();
    let text = format!(
        "{{\"tenure\": 1, \"identities\": {{\"ann\": {{\"kind\": \"human\"}}}}, \"eligibility\": {{\"a\": {{\"what\": {{}}, \
         \"who\": {{\"ids\": [\"{}\"]}}, \"duration\": {{\"max\": \"8h\"}}}}}}}}",
        names.join("\",\"")
    );
    let policy = Policy::from_json(text).unwrap();
    assert_eq!(policy.dangling(|_, _| false).len(), MAX_PROBLEMS);

    let nouns: Vec<_> = (0..20_000).map(|n| format!("\"n{n:05}\":{{\"kind\":\"x\"}}")).collect();
    let error =
        Policy::from_json(format!("{{\"tenure\":1,\"identities\":{{{}}}}}", nouns.join(","))).unwrap_err();
    assert_eq!(error.problems().len(), MAX_PROBLEMS);
}

#[test]
fn a_ring_of_thousands_is_one_cycle() {
    let nouns: Vec<_> = (0..9_000)
        .map(|n| format!("\"n{n:05}\":{{\"kind\":\"role\",\"implies\":[\"n{:05}\"]}}", (n + 1) % 9_000))
        .collect();
    let error =
        Policy::from_json(format!("{{\"tenure\":1,\"entitlements\":{{{}}}}}", nouns.join(","))).unwrap_err();
    assert_eq!((error.code(), error.problems().len()), ("graph.cycle", 1));
}

/// A text with one thing changed.
#[derive(Debug, Clone)]
enum Change {
    Cut(usize, usize),
    Copy(usize, usize),
    Put(usize, String),
    Swap(usize, usize),
}

fn changes() -> impl Strategy<Value = Change> {
    let puts = proptest::sample::select(vec![
        " ",
        "\n",
        ":",
        "-",
        "{",
        "}",
        "[",
        "]",
        ",",
        "\"",
        "0",
        "null",
        "-1",
        "&a",
        "*a",
        "<<: 1",
        "\u{0}",
        "é",
        "9999-12-31",
        "0001-01-01",
        "P1M",
        "x",
        "  kind: human\n",
    ]);
    prop_oneof![
        (any::<usize>(), 1_usize..40).prop_map(|(at, n)| Change::Cut(at, n)),
        (any::<usize>(), 1_usize..200).prop_map(|(at, n)| Change::Copy(at, n)),
        (any::<usize>(), puts).prop_map(|(at, text)| Change::Put(at, text.into())),
        (any::<usize>(), any::<usize>()).prop_map(|(a, b)| Change::Swap(a, b)),
    ]
}

fn changed(text: &str, changes: &[Change]) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for change in changes {
        let len = chars.len().max(1);
        match change {
            Change::Cut(at, n) => {
                let at = at % len;
                let end = (at + n).min(chars.len());
                chars.drain(at.min(end)..end);
            }
            Change::Copy(at, n) => {
                let at = (at % len).min(chars.len());
                let copy = chars[at..(at + n).min(chars.len())].to_vec();
                chars.splice(at..at, copy);
            }
            Change::Put(at, text) => {
                let at = (at % len).min(chars.len());
                chars.splice(at..at, text.chars());
            }
            Change::Swap(a, b) if !chars.is_empty() => chars.swap(a % len, b % len),
            Change::Swap(..) => {}
        }
    }
    chars.into_iter().collect()
}

fn total(read: Result<Policy, crate::policy::PolicyError>) -> Result<(), TestCaseError> {
    match read {
        Ok(policy) => {
            prop_assert_eq!(policy.digest().len(), 64);
            policy.noun_facts();
            policy.dangling(|_, _| false);
            let again = Policy::from_json(canonical(policy.document()).unwrap()).unwrap();
            prop_assert_eq!(again.digest(), policy.digest());
        }
        Err(error) => {
            prop_assert!(!error.problems().is_empty());
            for problem in error.problems() {
                prop_assert!(problem.line() >= 1 && problem.column() >= 1);
                prop_assert!(problem.code().contains('.') && !problem.message().is_empty());
                // In the words of the document, not of the program.
                prop_assert!(
                    !problem.message().contains("tenure::") && !problem.message().contains("struct ")
                );
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 400 } else { 4000 }))]

    #[test]
    fn a_changed_document_is_read_or_refused(list in proptest::collection::vec(changes(), 1..4)) {
        total(Policy::from_yaml(changed(COMPANY, &list)))?;
    }

    #[test]
    fn a_changed_json_document_is_read_or_refused(list in proptest::collection::vec(changes(), 1..3)) {
        let json = canonical(&yaml(COMPANY, &Limits::policy()).unwrap()).unwrap();
        total(Policy::from_json(changed(&json, &list)))?;
    }

    /// Words in the right places: values change, the shape stays.
    #[test]
    fn changed_values_are_read_or_refused(
        at in any::<prop::sample::Index>(),
        word in proptest::sample::select(vec![
            "0s", "1h", "8h", "P1D", "ann", "ben", "db-read", "db-admin", "oncall", "prod", "dbs", "human", "role",
            "group", "2026-01-01", "2026-12-31", "true", "7", "[]", "{}", "[ann]", "reject", "dbs:ann", "null",
        ]),
    ) {
        // After `: ` or `[`, up to the end of the word.
        let starts: Vec<usize> = COMPANY
            .match_indices(": ")
            .map(|(i, m)| i + m.len())
            .chain(COMPANY.match_indices('[').map(|(i, m)| i + m.len()))
            .collect();
        let start = starts[at.index(starts.len())];
        let length = COMPANY[start..].find([',', '}', ']', '\n']).unwrap();
        let text = format!("{}{word}{}", &COMPANY[..start], &COMPANY[start + length..]);
        total(Policy::from_yaml(text))?;
    }
}
