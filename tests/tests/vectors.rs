//! Every vector on every implementation.

use std::collections::BTreeMap;

use serde_json::Value;
use tenure_conformance::{Chain, Cli, Engine, Failure, Implementation, Vector, files, run};

/// The files that are vectors with steps, read.
fn vectors() -> Vec<(String, Vector)> {
    let stored = files::stored().unwrap();
    let steps = stored.iter().filter(|(path, _)| {
        let topic = path.split('/').next().unwrap_or_default();
        !matches!(topic, "errors" | "time" | files::INDEX)
    });
    steps
        .map(|(path, text)| {
            let vector = Vector::read(text).unwrap_or_else(|error| panic!("{path}: {error}"));
            (path.clone(), vector)
        })
        .collect()
}

fn index() -> Value {
    files::stored().unwrap().get(files::INDEX).expect("there is an index").parse().unwrap()
}

/// Runs everything; answers what was answered, or tells all that went wrong.
#[track_caller]
fn run_all(implementation: &dyn Implementation) -> BTreeMap<String, Vec<Option<String>>> {
    let mut failures: Vec<Failure> = Vec::new();
    let mut answers = BTreeMap::new();
    let (mut files, mut steps) = (0, 0);
    for (path, vector) in vectors() {
        files += 1;
        match run(&path, &vector, implementation) {
            Ok(ran) => {
                steps += ran.len();
                answers.insert(path, ran);
            }
            Err(failure) => failures.push(failure),
        }
    }
    let told: Vec<String> = failures.iter().map(ToString::to_string).collect();
    assert!(failures.is_empty(), "{} of {files} vectors fail:\n{}\n", told.len(), told.join("\n"));
    assert_eq!(index().pointer("/count/steps"), Some(&Value::from(steps)), "steps that were run");
    answers
}

#[test]
fn the_engine_answers_every_vector() {
    run_all(&Engine);
}

#[test]
fn an_engine_that_took_in_one_fact_after_the_other_answers_the_same() {
    let whole = run_all(&Engine);
    for (path, ran) in run_all(&Chain) {
        for (step, (chain, whole)) in ran.iter().zip(&whole[&path]).enumerate() {
            assert_eq!(chain, whole, "{path} /steps/{step}");
        }
    }
}

#[test]
fn the_command_answers_every_vector_with_the_bytes_of_the_library() {
    let cli = Cli::build().unwrap_or_else(|error| panic!("{error}"));
    let library = run_all(&Engine);
    for (path, ran) in run_all(&cli) {
        for (step, (command, library)) in ran.iter().zip(&library[&path]).enumerate() {
            assert_eq!(command, library, "{path} /steps/{step}");
        }
    }
}

#[test]
fn answers_are_canonical() {
    for (path, ran) in run_all(&Engine) {
        for text in ran.iter().flatten() {
            let value: Value = text.parse().unwrap();
            assert_eq!(&tenure::document::canonical(&value).unwrap(), text, "{path}");
        }
    }
}

#[test]
fn generated_files_are_verified() {
    let (generated, stored) = (files::generated().unwrap(), files::stored().unwrap());
    let names = |files: &BTreeMap<String, String>| files.keys().cloned().collect::<Vec<_>>();
    let hint = "run `cargo run -p tenure-conformance --bin vectors` and read the diff";
    assert_eq!(names(&generated), names(&stored), "{hint}");
    for (path, text) in generated {
        assert!(stored[&path] == text, "{path} is not what the scenarios write; {hint}");
    }
}

#[test]
fn there_are_as_many_vectors_as_the_index_says() {
    let stored = files::stored().unwrap();
    let counted = index().pointer("/count/files").and_then(Value::as_u64).unwrap();
    assert_eq!(stored.len() as u64, counted + 1, "files beside the index");
    assert!(vectors().len() >= 60, "{} vectors", vectors().len());
}
