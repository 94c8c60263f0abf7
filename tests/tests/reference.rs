//! The reference is what the generator writes, and every example in it is read as a policy.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;

use tenure_conformance::reference;

#[test]
fn the_pages_are_up_to_date() {
    let hint = "run `cargo run -p tenure-conformance --bin reference` and read the diff";
    for (page, text) in reference::pages().unwrap_or_else(|error| panic!("{error}")) {
        let stored = fs::read_to_string(reference::path(page)).unwrap_or_default();
        assert!(stored == text, "docs/{page} says something else than the code; {hint}");
    }
}

#[test]
fn every_example_is_a_policy() {
    let examples = reference::examples().unwrap_or_else(|error| panic!("{error}"));
    assert!(examples.len() > 180, "{} examples", examples.len());
    let wrong: Vec<String> = examples.iter().filter_map(|example| reference::read(example).err()).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // What a key is an example of stands in the example.
    for example in &examples {
        let inner = example.name.rsplit(['.', ' ']).next().unwrap();
        assert!(example.text.contains(&format!("{inner}:")), "{}: {}", example.name, example.text);
    }
}
