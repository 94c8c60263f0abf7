//! Vectors about bad input: what is refused, by which code, and where it is wrong.
//!
//! `document` and `facts` cases read a text; `expect` lists every problem in the order of their places, each with
//! its code, JSON pointer, line and column, and what to write instead where that is certain.

mod joining;
mod policies;
mod reading;

use serde_json::{Value, json};
use tenure::check::Question;
use tenure::decide::Command;
use tenure::document::{self, DocumentError, Limits};
use tenure::engine::{Engine, EngineError};
use tenure::fact::Fact;
use tenure::policy::Policy;
use tenure::state::State;
use tenure::time::Timestamp;

use crate::vector::FORMAT;

/// The files of the folder `errors`.
pub fn files() -> Vec<(String, Value)> {
    vec![
        file("policies", "Policy documents that are refused", policies::policies()),
        file("texts", "Texts that are no documents, as JSON and as the YAML that is read", policies::texts()),
        file(
            "names",
            "Policies that name what neither they nor the log know, or contradict the log",
            joining::names(),
        ),
        file("facts", "Entries of the log that are refused as they are read", reading::facts()),
        file("commands", "Commands and questions that are refused as they are read", reading::commands()),
        file(
            "admission",
            "Facts that a host may not add to a log, although they can be read",
            joining::admission(),
        ),
    ]
}

fn file(name: &str, description: &str, cases: Vec<Value>) -> (String, Value) {
    let value = json!({
        "cases": cases,
        "description": description,
        "format": FORMAT,
        "semantics": tenure::SEMANTICS,
    });
    (format!("errors/{name}.json"), value)
}

/// What the library answers to a case: the list of problems; an empty one if there is nothing wrong.
///
/// # Errors
/// What is wrong with the case itself.
pub fn answer(case: &Value) -> Result<Value, String> {
    let text = case.get("text").and_then(Value::as_str).unwrap_or_default();
    let read = |reader: fn(&document::Node) -> Option<DocumentError>| {
        let problem = match document::json(text, &Limits::default()) {
            Ok(node) => reader(&node),
            Err(error) => Some(error),
        };
        problem.iter().map(problem_of).collect::<Vec<_>>()
    };
    let problems = match case.get("reads").and_then(Value::as_str) {
        Some("policy in JSON") => policy_problems(Policy::from_json(text)),
        Some("policy in YAML") => policy_problems(Policy::from_yaml(text)),
        Some("fact") => read(|node| Fact::read(node).err()),
        Some("command") => read(|node| document::read::<Command>(node).err()),
        Some("question") => read(|node| document::read::<Question>(node).err()),
        Some("policy and log") => join(case, text)?.1,
        Some("facts to add") => match join(case, text)? {
            (Some(engine), _) => admit(case, &engine)?,
            (None, problems) => return Err(format!("the log is wrong already: {problems:?}")),
        },
        _ => return Err(format!("nothing that is read: {case}")),
    };
    Ok(Value::Array(problems))
}

fn problem_of(error: &DocumentError) -> Value {
    let mut problem = json!({
        "code": error.code(),
        "column": error.column(),
        "line": error.line(),
        "pointer": error.pointer(),
    });
    if let (Some(map), Some(suggestion)) = (problem.as_object_mut(), error.suggestion()) {
        map.insert("suggestion".into(), suggestion.into());
    }
    problem
}

fn policy_problems(policy: Result<Policy, tenure::policy::PolicyError>) -> Vec<Value> {
    policy.err().iter().flat_map(|error| error.problems().iter().map(problem_of)).collect()
}

/// The engine of a policy and a log, or why there is none.
fn join(case: &Value, text: &str) -> Result<(Option<Engine>, Vec<Value>), String> {
    let policy = Policy::from_yaml(text).map_err(|error| error.to_string())?;
    let mut state = State::default();
    for (position, fact) in (0u64..).zip(facts_of(case, "log")?) {
        state.apply(position, &fact).map_err(|error| error.to_string())?;
    }
    Ok(match Engine::new(policy, state) {
        Ok(engine) => (Some(engine), Vec::new()),
        Err(EngineError::Dangling(error)) => (None, error.problems().iter().map(problem_of).collect()),
        Err(error) => (None, vec![json!({"code": error.code()})]),
    })
}

fn admit(case: &Value, engine: &Engine) -> Result<Vec<Value>, String> {
    let now: Timestamp = match case.get("now").and_then(Value::as_str).map(str::parse) {
        Some(Ok(now)) => now,
        _ => return Err(format!("no `now`: {case}")),
    };
    Ok(match engine.admit(&facts_of(case, "facts")?, now) {
        Ok(_) => Vec::new(),
        Err(error) => vec![json!({"code": error.code(), "pointer": error.pointer()})],
    })
}

fn facts_of(case: &Value, key: &str) -> Result<Vec<Fact>, String> {
    let facts = case.get(key).cloned().unwrap_or_else(|| json!([]));
    serde_json::from_value(facts).map_err(|error| format!("{key}: {error}"))
}

/// `code line:column pointer`, and what to write instead behind a `~`.
fn told(problems: &[&str]) -> Vec<Value> {
    problems
        .iter()
        .map(|problem| {
            let (problem, suggestion) = match problem.split_once(" ~") {
                Some((problem, suggestion)) => (problem, Some(suggestion)),
                None => (*problem, None),
            };
            let mut parts = problem.splitn(3, ' ');
            let mut part = || parts.next().unwrap_or_default();
            let (code, place, pointer) = (part(), part(), part());
            let (line, column) = place.split_once(':').unwrap_or_default();
            let number = |text: &str| text.parse::<u32>().map_or(Value::Null, Value::from);
            let mut problem = json!({
                "code": code,
                "column": number(column),
                "line": number(line),
                "pointer": pointer,
            });
            if let (Some(map), Some(suggestion)) = (problem.as_object_mut(), suggestion) {
                map.insert("suggestion".into(), suggestion.into());
            }
            problem
        })
        .collect()
}

fn case(reads: &str, text: &str, problems: &[&str]) -> Value {
    json!({"reads": reads, "text": text, "expect": told(problems)})
}
