//! A test passes if what comes out says everything that it expects; if not, it says what differs.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde::Serialize;

use super::{Expect, Owed, PartialBound, PolicyTest};
use crate::check::Answer;
use crate::decide::{Bound, Decision, Obligation, Reason};
use crate::document::canonical;
use crate::engine::{Engine, EngineError};
use crate::fact::Fact;
use crate::policy::Policy;
use crate::state::State;

/// How a test went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TestOutcome {
    /// What is other than expected; nothing if the test passed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub differences: Vec<Difference>,
    /// Why the test could not be run: a code and what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
    /// The test.
    pub name: String,
    /// The decision or answer in words, where it was another than expected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub said: Option<String>,
}

/// One thing that is other than expected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// What should be there, as it is written in documents.
    pub expected: String,
    /// The key of `expect`.
    pub field: &'static str,
    /// What is there; nothing if it has no such value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub got: Option<String>,
}

impl TestOutcome {
    /// Whether all is as expected.
    pub const fn passed(&self) -> bool {
        self.differences.is_empty() && self.fault.is_none()
    }
}

/// Runs the tests that stand in the document, each on the state of a log of its own: `base`, and what the test adds
/// to it. A test that names a `log` fails, because the library reads no files; hand its state to [`run_test`].
///
/// # Errors
/// [`EngineError`] if the policy does not fit the log.
///
/// ```
/// use tenure::policy::{Policy, run_tests};
/// use tenure::state::State;
///
/// let policy = Policy::from_json(r#"{
///     "tenure": 1,
///     "identities": {"ann": {"kind": "human"}, "bob": {"kind": "human"}},
///     "entitlements": {"admin": {"kind": "role"}},
///     "eligibility": {"ann-administers": {
///         "who": {"ids": ["ann"]}, "what": {"ids": ["admin"]}, "duration": {"max": "8h"}
///     }},
///     "tests": [{
///         "name": "only Ann may administer",
///         "now": "2026-03-02T09:00:00Z",
///         "command": {"request": {"id": "r", "requester": "bob", "entitlement": "admin", "duration": "1h"}},
///         "expect": {"verdict": "permit"}
///     }]
/// }"#)?;
/// let outcomes = run_tests(&policy, State::default())?;
/// let difference = &outcomes[0].differences[0];
/// assert_eq!((difference.field, difference.expected.as_str()), ("verdict", "permit"));
/// assert_eq!(difference.got.as_deref(), Some("deny"));
/// assert!(outcomes[0].said.as_deref().unwrap().contains("no rule lets `bob` obtain `admin`"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn run_tests(policy: &Policy, base: State) -> Result<Vec<TestOutcome>, EngineError> {
    let engine = Engine::new(policy.clone(), base)?;
    let run = |test: &PolicyTest| match &test.log {
        Some(log) => {
            fault(test, format!("the log `{log}` was not read; run the test on the state of this log"))
        }
        None => run_test(&engine, test),
    };
    Ok(policy.document().tests.iter().map(run).collect())
}

/// Runs one test on an engine, whose log it begins with.
pub fn run_test(engine: &Engine, test: &PolicyTest) -> TestOutcome {
    let after = match after(engine, test) {
        Ok(after) => after,
        Err(message) => return fault(test, message),
    };
    let (differences, said) = match (&test.command, &test.question) {
        (Some(command), _) => {
            let decision = after.decide(command, test.now);
            (of_decision(&test.expect, &decision), decision.to_string())
        }
        (None, Some(question)) => {
            let answer = after.check(question, test.now);
            (of_answer(&test.expect, &answer), answer.to_string())
        }
        (None, None) => return fault(test, "it asks nothing; write a `command` or a `question`".to_owned()),
    };
    let said = (!differences.is_empty()).then_some(said);
    TestOutcome { differences, fault: None, name: test.name.clone(), said }
}

fn fault(test: &PolicyTest, message: String) -> TestOutcome {
    TestOutcome { differences: Vec::new(), fault: Some(message), name: test.name.clone(), said: None }
}

/// The engine once the facts of the test have happened. They are held to the rules for facts of a host.
fn after(engine: &Engine, test: &PolicyTest) -> Result<Engine, String> {
    let facts = test.facts.iter().enumerate().map(|(number, fact)| fact.at(test.now, number));
    let facts: Option<Vec<Fact>> = facts.collect();
    let facts = facts.ok_or("there are too many facts")?;
    let facts = engine.admit(&facts, test.now).map_err(|error| format!("{error} ({})", error.code()))?;
    if facts.is_empty() {
        return Ok(engine.clone());
    }
    engine.apply(engine.position(), &facts).map_err(|error| format!("{error} ({})", error.code()))
}

fn of_decision(expect: &Expect, decision: &Decision) -> Vec<Difference> {
    let mut differences = Vec::new();
    let grounds = decision.grounds();
    compare(&mut differences, "verdict", expect.verdict.as_ref(), Some(&decision.verdict()));
    let end = decision.grants().iter().map(|grant| grant.end).min();
    compare(&mut differences, "end", expect.end.as_ref(), end.as_ref());
    reasons(&mut differences, expect, &grounds.reasons);
    let obligations = match decision {
        Decision::Pending(pending) => pending.obligations.as_slice(),
        Decision::Permit(_) | Decision::Deny(_) => &[],
    };
    let owed = expect.obligations.as_ref().map(|expected| match expected {
        Owed::Count(_) => Owed::Count(u32::try_from(obligations.len()).unwrap_or(u32::MAX)),
        Owed::Stages(_) => Owed::Stages(obligations.iter().map(stage).collect()),
    });
    compare(&mut differences, "obligations", expect.obligations.as_ref(), owed.as_ref());
    let missing: Vec<&PartialBound> =
        expect.bounds.iter().filter(|wanted| !grounds.bounds.iter().any(|bound| wanted.is(bound))).collect();
    if !missing.is_empty() {
        differences.push(Difference {
            expected: written(&missing),
            field: "bounds",
            got: Some(written(&grounds.bounds)),
        });
    }
    differences
}

fn of_answer(expect: &Expect, answer: &Answer) -> Vec<Difference> {
    let mut differences = Vec::new();
    compare(&mut differences, "answer", expect.answer.as_ref(), Some(&answer.answer));
    compare(&mut differences, "missing", expect.missing.as_ref(), Some(&answer.missing));
    reasons(&mut differences, expect, &answer.reasons);
    compare(&mut differences, "until", expect.until.as_ref(), answer.until.as_ref());
    differences
}

fn reasons(differences: &mut Vec<Difference>, expect: &Expect, reasons: &[Reason]) {
    let codes = reasons.iter().map(|reason| reason.code).collect();
    compare(differences, "reasons", expect.reasons.as_ref(), Some(&codes));
}

/// What people call an obligation.
fn stage(obligation: &Obligation) -> String {
    obligation.stage.name.clone().unwrap_or_else(|| obligation.source.to_string())
}

fn compare<T: PartialEq + Serialize>(
    differences: &mut Vec<Difference>,
    field: &'static str,
    expected: Option<&T>,
    got: Option<&T>,
) {
    if let Some(expected) = expected
        && got != Some(expected)
    {
        differences.push(Difference { expected: written(expected), field, got: got.map(written) });
    }
}

/// As it is written in documents, a text without its quotes.
fn written<T: Serialize + ?Sized>(value: &T) -> String {
    let text = canonical(value).unwrap_or_default();
    match text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(plain) => plain.to_owned(),
        None => text,
    }
}

impl PartialBound {
    /// Whether the bound is as expected.
    fn is(&self, bound: &Bound) -> bool {
        self.kind == bound.kind
            && self.binding.is_none_or(|binding| binding == bound.binding)
            && self.end.is_none_or(|end| end == bound.end)
            && self.item.is_none_or(|item| item == bound.item)
            && self.source.as_ref().is_none_or(|source| bound.source.as_ref() == Some(source))
    }
}
