//! The format of a vector: a policy, and steps over one log. `tests/vectors/README.md` says what each part means
//! to those who read the files from another language.

use alloc::collections::BTreeSet;

use serde::Deserialize;
use serde_json::Value;
use tenure::check::Question;
use tenure::decide::Command;
use tenure::document::{DocumentError, Limits, json, read};
use tenure::fact::Fact;
use tenure::id::IdentityId;
use tenure::time::Timestamp;

/// The version of the format that this package reads and writes.
pub const FORMAT: u32 = 1;

/// A policy, and what happens over one log.
#[derive(Debug, Deserialize)]
#[serde(try_from = "VectorText")]
pub struct Vector {
    /// What it shows.
    pub description: String,
    /// The policy document, as JSON.
    pub policy: Value,
    /// In order; each begins with the log that the one before it left.
    pub steps: Vec<Step>,
}

/// One thing that happens, or one question.
#[derive(Debug, Deserialize)]
#[serde(try_from = "StepText")]
pub struct Step {
    /// What happens.
    pub action: Action,
    /// The step with this name is where the log of this one begins, in place of the step before.
    pub fork: Option<String>,
    /// What a later step calls this one.
    pub name: Option<String>,
}

/// What happens in a step.
#[derive(Debug)]
pub enum Action {
    /// Another document is adopted at `at`.
    Adopt {
        /// The instant.
        at: Timestamp,
        /// Who does it.
        by: Option<IdentityId>,
        /// Whether the facts of the proposal are appended to the log; the steps after this one are then judged by
        /// the new document.
        commit: bool,
        /// The new document, as JSON.
        document: Value,
        /// What must be proposed.
        expect: Value,
    },
    /// A question is answered at `at`.
    Check {
        /// The instant.
        at: Timestamp,
        /// What the answer must say.
        expect: Value,
        /// Who may do what, where?
        question: Question,
    },
    /// A command is decided at `at`.
    Decide {
        /// The instant.
        at: Timestamp,
        /// What is asked.
        command: Box<Command>,
        /// Whether the facts of the proposal are appended to the log.
        commit: bool,
        /// What the decision must say.
        expect: Value,
    },
    /// Facts are appended to the log.
    Facts(Vec<Fact>),
    /// What has ended by `at` is looked for.
    Reconcile {
        /// The instant.
        at: Timestamp,
        /// Whether the facts of the proposal are appended to the log.
        commit: bool,
        /// What must be found.
        expect: Value,
    },
}

impl Vector {
    /// Reads a vector; nothing unknown is skipped.
    ///
    /// # Errors
    /// [`DocumentError`] with the place of what is wrong.
    pub fn read(text: &str) -> Result<Self, DocumentError> {
        read(&json(text, &Limits::default().with_depth(48))?)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VectorText {
    description: String,
    format: u32,
    policy: Value,
    semantics: String,
    steps: Vec<Step>,
}

impl TryFrom<VectorText> for Vector {
    type Error = String;

    fn try_from(text: VectorText) -> Result<Self, String> {
        if text.format != FORMAT {
            return Err(format!("[vector.format] `{}` is not format {FORMAT}", text.format));
        }
        if text.semantics != tenure::SEMANTICS {
            let (theirs, ours) = (&text.semantics, tenure::SEMANTICS);
            return Err(format!("[vector.semantics] the vector means `{theirs}`, the library `{ours}`"));
        }
        let mut named = BTreeSet::new();
        for step in &text.steps {
            if let Some(fork) = step.fork.as_ref().filter(|fork| !named.contains(*fork)) {
                return Err(format!("[vector.fork] no step before this one is named `{fork}`"));
            }
            if let Some(name) = &step.name
                && !named.insert(name.clone())
            {
                return Err(format!("[vector.name] two steps are named `{name}`"));
            }
        }
        Ok(Self { description: text.description, policy: text.policy, steps: text.steps })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StepText {
    adopt: Option<Value>,
    at: Option<Timestamp>,
    by: Option<IdentityId>,
    command: Option<Command>,
    #[serde(default)]
    commit: bool,
    expect: Option<Value>,
    facts: Option<Vec<Fact>>,
    fork: Option<String>,
    name: Option<String>,
    question: Option<Question>,
    #[serde(default)]
    reconcile: bool,
}

impl TryFrom<StepText> for Step {
    type Error = &'static str;

    fn try_from(text: StepText) -> Result<Self, &'static str> {
        const WRONG: &str = "[vector.step] a step has `facts`, or `at` and `expect` with one of `adopt`, \
                             `command`, `question` and `reconcile: true`";
        let StepText { adopt, at, by, command, commit, expect, facts, fork, name, question, reconcile } =
            text;
        if by.is_some() && adopt.is_none() {
            return Err("[vector.step] only a step with `adopt` has `by`");
        }
        let action = match (facts, command, question, adopt, reconcile, at, expect) {
            (Some(facts), None, None, None, false, _, None) if !commit => Action::Facts(facts),
            (None, Some(command), None, None, false, Some(at), Some(expect)) => {
                Action::Decide { at, command: Box::new(command), commit, expect }
            }
            (None, None, Some(question), None, false, Some(at), Some(expect)) if !commit => {
                Action::Check { at, expect, question }
            }
            (None, None, None, Some(document), false, Some(at), Some(expect)) => {
                Action::Adopt { at, by, commit, document, expect }
            }
            (None, None, None, None, true, Some(at), Some(expect)) => {
                Action::Reconcile { at, commit, expect }
            }
            _ => return Err(WRONG),
        };
        Ok(Self { action, fork, name })
    }
}
