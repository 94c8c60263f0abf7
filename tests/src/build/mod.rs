//! The language of the scenarios: what happens, and what must be answered, in the order of time.
//!
//! Facts may be short: the version is filled in, the id is `f-1`, `f-2`, … unless [`Happening::id`] says otherwise,
//! and a fact is recorded at the instant of its step and takes effect then unless [`Happening::from`] says
//! otherwise.

mod ask;
mod expect;
mod happening;

use serde_json::{Map, Value, json};
use tenure::document::{Limits, canonical, yaml};
use tenure::policy::Policy;

use crate::vector::FORMAT;

pub(crate) use ask::{Ask, deactivate, extend, renew, request, request_all, revoke, withdraw};
pub(crate) use expect::{
    Expect, adopted, allowed, conditional, denied, deny, deny_all, deny_item, found, pending, permit,
};
pub(crate) use happening::{Happening, changed, defined, fact, moved, of};

/// A story and what must be answered in it; it becomes one file.
#[derive(Debug, Clone)]
#[must_use]
pub struct Scenario {
    at: String,
    description: String,
    facts: u32,
    next: Map<String, Value>,
    path: String,
    policy: String,
    steps: Vec<Value>,
}

/// A scenario that becomes the file `<topic>/<name>.json`, over this policy, in YAML.
pub(crate) fn scenario(path: &str, policy: impl Into<String>) -> Scenario {
    Scenario {
        at: String::new(),
        description: String::new(),
        facts: 0,
        next: Map::new(),
        path: format!("{path}.json"),
        policy: policy.into(),
        steps: Vec::new(),
    }
}

impl Scenario {
    /// Where its file lies, below the folder of all vectors.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The text of its file.
    ///
    /// # Errors
    /// What is wrong with the scenario, in words.
    pub fn text(&self) -> Result<String, String> {
        let wrong = |what: String| format!("{}: {what}", self.path);
        let digest = Policy::from_yaml(&self.policy).map_err(|e| wrong(e.to_string()))?.digest().to_owned();
        let policy = yaml(&self.policy, &Limits::policy()).map_err(|e| wrong(e.to_string()))?;
        let policy = serde_json::to_value(policy).map_err(|e| wrong(e.to_string()))?;
        if self.description.is_empty() {
            return Err(wrong("say what it shows".into()));
        }
        let file = json!({
            "description": self.description,
            "format": FORMAT,
            "policy": policy,
            "semantics": tenure::SEMANTICS,
            "steps": self.steps,
        });
        // The only thing that a scenario cannot know beforehand.
        let steps = crate::layout::text(&file).replace(DIGEST, &digest);
        canonical(&file).map_err(|e| wrong(e.to_string()))?;
        Ok(steps)
    }

    /// Says what it shows.
    pub(crate) fn about(mut self, text: &str) -> Self {
        self.description = text.into();
        self
    }

    /// The instant of what follows.
    pub(crate) fn at(mut self, at: &str) -> Self {
        self.at = instant(at);
        self
    }

    /// Begins the next step with the log as it was after the step of that name.
    pub(crate) fn fork(mut self, name: &str) -> Self {
        self.next.insert("fork".into(), name.into());
        self
    }

    /// Names the step before, for a later [`Scenario::fork`].
    pub(crate) fn name(mut self, name: &str) -> Self {
        if let Some(step) = self.steps.last_mut().and_then(Value::as_object_mut) {
            step.insert("name".into(), name.into());
        }
        self
    }

    /// Something happens and is recorded.
    pub(crate) fn facts(mut self, facts: impl IntoIterator<Item = Happening>) -> Self {
        let facts: Vec<Value> = facts.into_iter().map(|fact| self.complete(fact)).collect();
        self.step([("facts", Value::from(facts))])
    }

    /// A command is decided, and the proposal dropped.
    pub(crate) fn decide(self, command: Ask, expect: Expect) -> Self {
        let at = Value::from(self.at.clone());
        self.step([("at", at), ("command", command.value()), ("expect", expect.value())])
    }

    /// A command is decided, and the proposal appended to the log.
    pub(crate) fn commit(self, command: Ask, expect: Expect) -> Self {
        let at = Value::from(self.at.clone());
        self.step([
            ("at", at),
            ("command", command.value()),
            ("commit", true.into()),
            ("expect", expect.value()),
        ])
    }

    /// May this identity do this there? An empty resource asks for none.
    pub(crate) fn check(self, identity: &str, permission: &str, resource: &str, expect: Expect) -> Self {
        let mut question = json!({"identity": identity, "permission": permission});
        if !resource.is_empty() {
            insert(&mut question, "resource", resource.into());
        }
        let at = Value::from(self.at.clone());
        self.step([("at", at), ("question", question), ("expect", expect.value())])
    }

    /// The same of a resource of an open type, which the question describes.
    pub(crate) fn check_open(
        self,
        identity: &str,
        permission: &str,
        resource: Value,
        expect: Expect,
    ) -> Self {
        let question = json!({"identity": identity, "permission": permission, "resource": resource});
        let at = Value::from(self.at.clone());
        self.step([("at", at), ("question", question), ("expect", expect.value())])
    }

    /// Another document is adopted, in YAML, and in force from here on.
    pub(crate) fn adopt(self, document: &str, by: Option<&str>, expect: Expect) -> Self {
        let tree = yaml(document, &Limits::policy()).map_err(|error| error.to_string());
        // What is wrong with it is told by whoever runs the vector.
        let document = tree.and_then(|tree| serde_json::to_value(tree).map_err(|error| error.to_string()));
        let at = Value::from(self.at.clone());
        let mut scenario = self.step([
            ("adopt", document.unwrap_or_else(Value::from)),
            ("at", at),
            ("commit", true.into()),
            ("expect", expect.value()),
        ]);
        if let (Some(by), Some(step)) = (by, scenario.steps.last_mut()) {
            insert(step, "by", by.into());
        }
        scenario
    }

    /// The same, with what the host says of the circumstances.
    pub(crate) fn check_with(
        self,
        identity: &str,
        permission: &str,
        resource: &str,
        context: Value,
        expect: Expect,
    ) -> Self {
        let mut question = json!({"identity": identity, "permission": permission, "context": context});
        if !resource.is_empty() {
            insert(&mut question, "resource", resource.into());
        }
        let at = Value::from(self.at.clone());
        self.step([("at", at), ("question", question), ("expect", expect.value())])
    }

    /// What has ended is looked for.
    pub(crate) fn reconcile(self, expect: Expect) -> Self {
        let at = Value::from(self.at.clone());
        self.step([("at", at), ("reconcile", true.into()), ("expect", expect.value())])
    }

    /// What has ended is looked for and recorded.
    pub(crate) fn record(self, expect: Expect) -> Self {
        let at = Value::from(self.at.clone());
        self.step([
            ("at", at),
            ("commit", true.into()),
            ("reconcile", true.into()),
            ("expect", expect.value()),
        ])
    }

    fn step<const N: usize>(mut self, entries: [(&str, Value); N]) -> Self {
        let mut step = core::mem::take(&mut self.next);
        step.extend(entries.map(|(key, value)| (key.to_owned(), value)));
        self.steps.push(Value::Object(step));
        self
    }

    fn complete(&mut self, fact: Happening) -> Value {
        let mut fact = fact.map();
        self.facts = self.facts.saturating_add(1);
        let id = format!("f-{}", self.facts);
        for (key, value) in [
            ("effective_at", Value::from(self.at.clone())),
            ("id", id.into()),
            ("recorded_at", self.at.clone().into()),
            ("v", 1.into()),
        ] {
            fact.entry(key).or_insert(value);
        }
        Value::Object(fact)
    }
}

/// Stands for the digest of the scenario's policy.
pub(crate) const DIGEST: &str = "<digest of the policy>";

/// Scenarios write `03-02 09:00` and mean the year 2026, UTC; what is written otherwise stays as it is.
pub(crate) fn instant(text: &str) -> String {
    match text.split_once(' ') {
        Some((day, time)) => {
            let seconds = if time.len() > 5 { "" } else { ":00" };
            format!("2026-{day}T{time}{seconds}Z")
        }
        None => text.into(),
    }
}

fn insert(map: &mut Value, key: &str, value: Value) {
    if let Some(map) = map.as_object_mut() {
        map.insert(key.into(), value);
    }
}
