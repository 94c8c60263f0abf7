//! A vector is run step by step; each implementation keeps its own log, of the facts that it proposed itself.

use alloc::collections::BTreeMap;
use core::fmt;

use serde_json::Value;
use tenure::fact::Fact;
use tenure::time::Timestamp;

use crate::vector::{Action, Vector};
use crate::{Implementation, difference};

/// What an implementation answered, step by step, and when it was asked; facts have no answer.
pub type Ran = Vec<Option<(Timestamp, String)>>;

/// Why a vector is not fulfilled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Which vector.
    pub file: String,
    /// Which implementation.
    pub implementation: &'static str,
    /// Which step, counted from 0, as in `/steps/3`.
    pub step: usize,
    /// What was expected and what came.
    pub what: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} /steps/{} ({}): {}", self.file, self.step, self.implementation, self.what)
    }
}

/// Runs a vector on an implementation.
///
/// # Errors
/// [`Failure`] for the first step whose answer is not as expected.
pub fn run(file: &str, vector: &Vector, implementation: &dyn Implementation) -> Result<Ran, Failure> {
    let mut log: Vec<Fact> = Vec::new();
    let mut policy = &vector.policy;
    let mut named: BTreeMap<&str, (Vec<Fact>, &Value)> = BTreeMap::new();
    let mut ran = Vec::new();
    for (number, step) in vector.steps.iter().enumerate() {
        if let Some(fork) = &step.fork {
            (log, policy) = named.get(fork.as_str()).cloned().unwrap_or((Vec::new(), &vector.policy));
        }
        let (answer, expect, commit, now) = match &step.action {
            Action::Facts(facts) => {
                log.extend(facts.iter().cloned());
                (None, &Value::Null, false, Timestamp::MIN)
            }
            Action::Adopt { at, by, commit, document, expect } => {
                let answer = implementation.adopt(policy, &log, document, by.as_ref(), *at);
                (Some(answer), expect, *commit, *at)
            }
            Action::Decide { at, command, commit, expect } => {
                (Some(implementation.decide(policy, &log, command, *at)), expect, *commit, *at)
            }
            Action::Check { at, expect, question } => {
                (Some(implementation.check(policy, &log, question, *at)), expect, false, *at)
            }
            Action::Reconcile { at, commit, expect } => {
                (Some(implementation.reconcile(policy, &log, *at)), expect, *commit, *at)
            }
        };
        let answer = answer
            .map(|answer| {
                let text = answer?;
                let answer: Value = text.parse().map_err(|error| format!("no JSON: {error}: {text}"))?;
                if let Some(difference) = difference(expect, &answer, implementation.silent(), now) {
                    return Err(format!("{difference}\n  answer: {text}"));
                }
                if commit {
                    log.extend(proposed(&answer)?);
                }
                Ok((now, text))
            })
            .transpose()
            .map_err(|what| Failure {
                file: file.to_owned(),
                implementation: implementation.name(),
                step: number,
                what,
            })?;
        ran.push(answer);
        if let Action::Adopt { commit: true, document, .. } = &step.action {
            policy = document;
        }
        if let Some(name) = &step.name {
            named.insert(name, (log.clone(), policy));
        }
    }
    Ok(ran)
}

/// The facts of the proposal in an answer.
fn proposed(answer: &Value) -> Result<Vec<Fact>, String> {
    let facts = answer.pointer("/proposal/facts").ok_or("there is no proposal to commit")?;
    serde_json::from_value(facts.clone()).map_err(|error| format!("the proposal cannot be read: {error}"))
}
