//! Every vector on every implementation.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

extern crate alloc;

use alloc::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use serde_json::Value;
use tenure::decide::{Code, Reason};
use tenure::time::Timestamp;
use tenure_conformance::{
    Chain, Cli, Engine, Failure, Implementation, Oracle, Ran, Vector, difference, files, run,
};

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

/// The answers of an implementation to each vector that it fulfils, step by step, and how it fails the others.
struct Results {
    answers: BTreeMap<String, Ran>,
    failures: Vec<Failure>,
}

fn run_all(implementation: &dyn Implementation) -> Results {
    let mut results = Results { answers: BTreeMap::new(), failures: Vec::new() };
    for (path, vector) in vectors() {
        match run(&path, &vector, implementation) {
            Ok(ran) => {
                results.answers.insert(path, ran);
            }
            Err(failure) => results.failures.push(failure),
        }
    }
    results
}

/// Two answers to one step.
struct Pair<'a> {
    place: String,
    now: Timestamp,
    this: &'a str,
    engine: &'a str,
}

/// The answers of the engine, which others are compared with.
fn engine() -> &'static Results {
    static ENGINE: OnceLock<Results> = OnceLock::new();
    ENGINE.get_or_init(|| run_all(&Engine))
}

impl Results {
    /// Every vector was run to its end and answered as expected, and nothing else was found either.
    #[track_caller]
    fn assert_complete(&self, differences: Vec<String>) {
        let failures = self.failures.iter().map(ToString::to_string);
        let is_awaited = |told: &String| files::AWAITED.iter().any(|path| told.starts_with(path));
        let told: Vec<String> = failures.chain(differences).filter(|told| !is_awaited(told)).collect();
        assert!(told.is_empty(), "{} answers are wrong:\n{}\n", told.len(), told.join("\n"));
        let awaited = self.failures.iter().map(|failure| &failure.file);
        let mut steps: usize = self.answers.values().map(Vec::len).sum();
        for file in awaited {
            let (_, vector) = vectors().into_iter().find(|(path, _)| path == file).unwrap();
            steps += vector.steps.len();
        }
        assert_eq!(index().pointer("/count/steps"), Some(&Value::from(steps)), "steps that were run");
    }

    /// Each pair of answers, these first and then the engine's, with its place.
    fn beside_the_engine(&self) -> impl Iterator<Item = Pair<'_>> {
        self.answers.iter().flat_map(|(path, ran)| {
            let others = engine().answers.get(path).into_iter().flatten();
            ran.iter().zip(others).enumerate().filter_map(move |(step, (this, engine))| {
                let (now, this) = this.as_ref()?;
                let (_, engine) = engine.as_ref()?;
                Some(Pair { place: format!("{path} /steps/{step}"), now: *now, this, engine })
            })
        })
    }
}

#[test]
fn the_engine_answers_every_vector_in_canonical_json() {
    engine().assert_complete(Vec::new());
    for (path, ran) in &engine().answers {
        for (_, text) in ran.iter().flatten() {
            let value: Value = text.parse().unwrap();
            assert_eq!(&tenure::document::canonical(&value).unwrap(), text, "{path}");
        }
    }
}

/// Where these answers are not the engine's, byte for byte.
fn other_bytes(results: &Results, name: &str) -> Vec<String> {
    let pairs = results.beside_the_engine().filter(|pair| pair.this != pair.engine);
    pairs.map(|p| format!("{}:\n  {name}: {}\n  engine: {}", p.place, p.this, p.engine)).collect()
}

#[test]
fn an_engine_that_took_in_one_fact_after_the_other_answers_the_same() {
    let chain = run_all(&Chain);
    chain.assert_complete(other_bytes(&chain, "fact by fact"));
}

#[test]
fn the_command_answers_every_vector_with_the_bytes_of_the_library() {
    let cli = Cli::build().unwrap_or_else(|error| panic!("{error}"));
    let command = run_all(&cli);
    command.assert_complete(other_bytes(&command, "command"));
}

/// The engine says what the specification says, also where a vector asks for less.
#[test]
fn the_specification_answers_every_vector_like_the_engine() {
    let specification = run_all(&Oracle);
    let pairs = specification.beside_the_engine();
    specification.assert_complete(pairs.filter_map(|pair| other_meaning(&pair)).collect());
}

/// Where the engine says something else than the specification, which leaves some things out.
fn other_meaning(pair: &Pair<'_>) -> Option<String> {
    let texts = format!("  specification: {}\n  engine: {}", pair.this, pair.engine);
    let (mut oracle, mut engine): (Value, Value) = (pair.this.parse().unwrap(), pair.engine.parse().unwrap());
    for answer in [&mut oracle, &mut engine] {
        if let Some(facts) = answer.pointer_mut("/proposal/facts").and_then(Value::as_array_mut) {
            // The nouns of a document may be adopted in any order in which each stands behind what it needs.
            facts.retain(|fact| !fact["id"].as_str().unwrap().starts_with("policy/"));
        }
    }
    let silent = Oracle.silent();
    let said = engine.clone();
    if oracle.get("holds").is_some() {
        // An answer may say that it holds for less time than it does, and so change earlier.
        oracle.as_object_mut().unwrap().remove("next_change_at");
        for key in ["holds", "next_change_at"] {
            engine.as_object_mut().unwrap().remove(key);
        }
    }
    let there = difference(&oracle, &said, silent, pair.now);
    let difference = there.or_else(|| difference(&engine, &oracle, silent, pair.now))?;
    Some(format!("{}: {difference}\n{texts}", pair.place))
}

/// What answers say of why: of decisions, of checks, and what reconciling finds.
fn reasons_of(answer: &str) -> Vec<Reason> {
    let answer: Value = answer.parse().unwrap();
    let lists = ["reasons", "findings"].into_iter().filter_map(|key| answer.get(key).cloned());
    lists.flat_map(|list| serde_json::from_value::<Vec<Reason>>(list).unwrap_or_default()).collect()
}

#[test]
fn every_code_is_the_answer_in_the_vector_that_is_named_for_it() {
    let named = tenure_conformance::reference::reasons::vectors().unwrap();
    for code in Code::ALL {
        let path = named.get(code.word()).unwrap_or_else(|| panic!("no vector has {}", code.word()));
        let answers = engine().answers[path].iter().flatten();
        let mut reasons = answers.flat_map(|(_, answer)| reasons_of(answer));
        assert!(reasons.any(|reason| reason.code == *code), "{path} is not answered by {}", code.word());
    }
}

/// A value that the registry does not have would be shown to admins alone, one that no answer has to nobody.
#[test]
fn the_registry_has_the_values_that_answers_have() {
    let mut seen: BTreeMap<Code, BTreeSet<String>> = BTreeMap::new();
    let answers = engine().answers.values().flatten().flatten();
    for reason in answers.flat_map(|(_, answer)| reasons_of(answer)) {
        seen.entry(reason.code).or_default().extend(reason.params.into_keys());
    }
    for code in Code::ALL {
        let known = code.params().iter().map(|(name, _)| (*name).to_owned()).collect();
        assert_eq!(seen[code], known, "{}", code.word());
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
