//! The language of the scenarios: what happens, and what must be answered, in the order of time.
//!
//! Facts may be short: the version is filled in, the id is `f-1`, `f-2`, … unless [`Happening::id`] says otherwise,
//! and a fact is recorded at the instant of its step and takes effect then unless [`Happening::from`] says
//! otherwise.

use serde_json::{Map, Value, json};
use tenure::document::{Limits, canonical, yaml};
use tenure::policy::Policy;

use crate::vector::FORMAT;

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
        self.step([("at", at), ("command", command.0), ("expect", expect.value())])
    }

    /// A command is decided, and the proposal appended to the log.
    pub(crate) fn commit(self, command: Ask, expect: Expect) -> Self {
        let at = Value::from(self.at.clone());
        self.step([("at", at), ("command", command.0), ("commit", true.into()), ("expect", expect.value())])
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

    fn complete(&mut self, Happening(mut fact): Happening) -> Value {
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

/// A fact, as far as it is not filled in.
#[derive(Debug, Clone)]
#[must_use]
pub(crate) struct Happening(Map<String, Value>);

/// A fact of this kind.
pub(crate) fn fact(kind: &str, body: Value) -> Happening {
    Happening(Map::from_iter([("kind".into(), kind.into()), ("body".into(), body)]))
}

/// A fact that only names a noun, for example `identity_left`.
pub(crate) fn of(kind: &str, id: &str) -> Happening {
    fact(kind, json!({"id": id}))
}

/// A fact that defines a noun.
pub(crate) fn defined(kind: &str, id: &str, definition: Value) -> Happening {
    fact(kind, json!({"id": id, "definition": definition}))
}

/// A fact that changes a noun.
pub(crate) fn changed(kind: &str, id: &str, changes: Value) -> Happening {
    fact(kind, json!({"id": id, "changes": changes}))
}

/// The department of an identity changes.
pub(crate) fn moved(id: &str, department: &str) -> Happening {
    changed("identity_changed", id, json!({"attributes": {"dept": department}}))
}

impl Happening {
    /// It takes effect at another instant than it is recorded at.
    pub(crate) fn from(mut self, at: &str) -> Self {
        self.0.insert("effective_at".into(), instant(at).into());
        self
    }

    /// It has this id.
    pub(crate) fn id(mut self, id: &str) -> Self {
        self.0.insert("id".into(), id.into());
        self
    }

    /// It was done by someone.
    pub(crate) fn by(mut self, by: &str) -> Self {
        self.0.insert("by".into(), by.into());
        self
    }

    /// It takes back another one.
    pub(crate) fn replaces(mut self, id: &str) -> Self {
        self.0.insert("replaces".into(), id.into());
        self
    }
}

/// A command.
#[derive(Debug, Clone)]
#[must_use]
pub(crate) struct Ask(Value);

fn command(kind: &str, body: Value) -> Ask {
    Ask(json!({kind: body}))
}

/// Obtain something.
pub(crate) fn request(id: &str, beneficiary: &str, entitlement: &str) -> Ask {
    command("request", json!({"id": id, "beneficiary": beneficiary, "entitlement": entitlement}))
}

/// Obtain several things, each with its scope; an empty scope is none.
pub(crate) fn request_all(id: &str, beneficiary: &str, items: &[(&str, &str)]) -> Ask {
    let item = |(entitlement, scope): &(&str, &str)| {
        if scope.is_empty() {
            json!({"entitlement": entitlement})
        } else {
            json!({"entitlement": entitlement, "scope": scope})
        }
    };
    let items: Vec<Value> = items.iter().map(item).collect();
    command("request", json!({"id": id, "beneficiary": beneficiary, "items": items}))
}

/// Hold a grant longer, counted from now.
pub(crate) fn extend(id: &str, grant: &str, duration: &str) -> Ask {
    command("extend", json!({"id": id, "grant": grant, "duration": duration}))
}

/// Obtain what a grant gave once more.
pub(crate) fn renew(id: &str, grant: &str) -> Ask {
    command("renew", json!({"id": id, "grant": grant}))
}

/// Take back a request.
pub(crate) fn withdraw(id: &str, request: &str) -> Ask {
    command("withdraw", json!({"id": id, "request": request}))
}

/// Give back a grant.
pub(crate) fn deactivate(id: &str, grant: &str) -> Ask {
    command("deactivate", json!({"id": id, "grant": grant}))
}

/// Take a grant.
pub(crate) fn revoke(id: &str, grant: &str) -> Ask {
    command("revoke", json!({"id": id, "grant": grant}))
}

impl Ask {
    /// With this key, whatever it means.
    pub(crate) fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        if let Some(body) = self.0.as_object_mut().and_then(|map| map.values_mut().next()) {
            insert(body, key, value.into());
        }
        self
    }

    pub(crate) fn lasting(self, duration: &str) -> Self {
        self.with("duration", duration)
    }

    pub(crate) fn until(self, end: &str) -> Self {
        self.with("until", instant(end))
    }

    pub(crate) fn starting(self, start: &str) -> Self {
        self.with("start", instant(start))
    }

    pub(crate) fn within(self, scope: &str) -> Self {
        self.with("scope", scope)
    }

    pub(crate) fn event(self, event: &str) -> Self {
        self.with("event", event)
    }

    pub(crate) fn requester(self, requester: &str) -> Self {
        self.with("requester", requester)
    }

    pub(crate) fn by(self, by: &str) -> Self {
        self.with("by", by)
    }

    pub(crate) fn because(self, reason: &str) -> Self {
        self.with("reason", reason)
    }

    /// The session ends then.
    pub(crate) fn session(self, end: &str) -> Self {
        self.with("context", json!({"session.ends_at": instant(end)}))
    }
}

/// What an answer must say.
#[derive(Debug, Clone)]
#[must_use]
pub(crate) struct Expect {
    map: Map<String, Value>,
    item: u32,
}

fn expect(value: Value) -> Expect {
    let map = match value {
        Value::Object(map) => map,
        _ => Map::new(),
    };
    Expect { map, item: 0 }
}

/// A permit without warnings, unless [`Expect::warns`] says otherwise.
pub(crate) fn permit() -> Expect {
    expect(json!({"verdict": "permit", "reasons": []}))
}

/// A denial without grants and proposal; its reasons follow by [`Expect::says`].
pub(crate) fn deny() -> Expect {
    expect(json!({"verdict": "deny", "grants": [], "proposal": null, "reasons": []}))
}

/// A denial for one reason about the first item.
pub(crate) fn deny_item(code: &str, params: Value) -> Expect {
    deny().item(0, code, params)
}

/// A denial for one reason about the whole command.
pub(crate) fn deny_all(code: &str, params: Value) -> Expect {
    deny().says(code, params)
}

/// An allowed question; [`Expect::until`] says when that ends, else it never does.
pub(crate) fn allowed() -> Expect {
    expect(json!({"answer": "allowed", "reasons": [], "until": null}))
}

/// A denied question.
pub(crate) fn denied(code: &str, params: Value) -> Expect {
    expect(json!({"answer": "denied", "reasons": [], "until": null})).says(code, params)
}

/// A reconcile that finds nothing, unless more is said.
pub(crate) fn found() -> Expect {
    expect(json!({"findings": [], "proposal": {"facts": []}, "removals": []}))
}

impl Expect {
    fn value(self) -> Value {
        Value::Object(self.map)
    }

    fn push(&mut self, key: &str, value: Value) {
        let list = self.map.entry(key).or_insert_with(|| Value::Array(Vec::new()));
        if let Some(list) = list.as_array_mut() {
            list.push(value);
        }
    }

    /// With this key of the answer.
    pub(crate) fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.map.insert(key.into(), value.into());
        self
    }

    fn reason(mut self, level: &str, item: Option<u32>, code: &str, params: Value) -> Self {
        let mut reason = json!({"code": code, "level": level});
        insert(&mut reason, "item", item.map_or(Value::Null, Value::from));
        insert(&mut reason, "params", expanded(params));
        self.push("reasons", reason);
        self
    }

    /// An error about the whole command.
    pub(crate) fn says(self, code: &str, params: Value) -> Self {
        self.reason("error", None, code, params)
    }

    /// An error about one item.
    pub(crate) fn item(self, item: u32, code: &str, params: Value) -> Self {
        self.reason("error", Some(item), code, params)
    }

    /// A warning about the whole command.
    pub(crate) fn warns(self, code: &str, params: Value) -> Self {
        self.reason("warning", None, code, params)
    }

    /// A warning about one item.
    pub(crate) fn warns_item(self, item: u32, code: &str, params: Value) -> Self {
        self.reason("warning", Some(item), code, params)
    }

    /// The warning that less is given than asked, about the first item.
    pub(crate) fn clipped(self, asked: &str, by: &[&str], left: &str) -> Self {
        self.warns_item(0, "duration.clipped", json!({"asked": asked, "by": by, "left": left}))
    }

    /// A finding of a reconcile.
    pub(crate) fn finds(mut self, code: &str, params: Value) -> Self {
        let finding = json!({"code": code, "level": "warning", "params": expanded(params)});
        self.push("findings", finding);
        self
    }

    /// One grant, in this state, from when until when.
    pub(crate) fn grant(mut self, id: &str, state: &str, start: &str, end: &str) -> Self {
        let grant = json!({"id": id, "state": state, "start": instant(start), "end": instant(end)});
        self.push("grants", grant);
        self
    }

    /// Something more about the grant named last.
    pub(crate) fn and(mut self, key: &str, value: impl Into<Value>) -> Self {
        let grants = self.map.get_mut("grants").and_then(Value::as_array_mut);
        if let Some(grant) = grants.and_then(|grants| grants.last_mut()) {
            insert(grant, key, value.into());
        }
        self
    }

    /// All bounds of an item, in order: kind, end, source (none if empty). Those with the least end are binding.
    pub(crate) fn bounds(mut self, bounds: &[(&str, &str, &str)]) -> Self {
        let least = bounds.iter().map(|(_, end, _)| instant(end)).min();
        let item = self.item;
        self.item = self.item.saturating_add(1);
        for (kind, end, source) in bounds {
            let end = instant(end);
            let source = if source.is_empty() { Value::Null } else { Value::from(*source) };
            let binding = Some(&end) == least.as_ref();
            let bound = json!({"binding": binding, "end": end, "item": item, "kind": kind, "source": source});
            self.push("bounds", bound);
        }
        self
    }

    /// Until when: of a question.
    pub(crate) fn until(self, end: &str) -> Self {
        self.with("until", instant(end))
    }

    /// The next change.
    pub(crate) fn next(self, at: &str) -> Self {
        self.with("next_change_at", instant(at))
    }

    /// What gives it: source and id of each, the one that lasts longest first.
    pub(crate) fn via(mut self, sources: &[(&str, &str)]) -> Self {
        let via = sources.iter().map(|(source, id)| json!({"source": source, "id": id}));
        let via: Vec<Value> = via.collect();
        self.map.insert("via".into(), via.into());
        self
    }

    /// The widest window in which the answer is the same; an empty limit is none.
    pub(crate) fn holds(self, from: &str, until: &str) -> Self {
        let mut window = json!({});
        for (key, text) in [("from", from), ("until", until)] {
            if !text.is_empty() {
                insert(&mut window, key, instant(text).into());
            }
        }
        self.with("holds", window)
    }

    /// The facts of the proposal, all of them, as far as they are given.
    pub(crate) fn writes(self, facts: &[Value]) -> Self {
        self.with("proposal", json!({"facts": facts}))
    }

    /// The end of a grant that a reconcile records; voided if it never began.
    pub(crate) fn ends(mut self, kind: &str, grant: &str, at: &str, cause: &str) -> Self {
        let fact = json!({"kind": kind, "effective_at": instant(at), "body": {"id": grant, "cause": cause}});
        let proposal = self.map.entry("proposal").or_insert_with(|| json!({"facts": []}));
        if let Some(facts) = proposal.get_mut("facts").and_then(Value::as_array_mut) {
            facts.push(fact);
        }
        self
    }

    /// What is to be taken away; an empty scope is none.
    pub(crate) fn removes(mut self, identity: &str, entitlement: &str, scope: &str) -> Self {
        let scope = if scope.is_empty() { Value::Null } else { Value::from(scope) };
        let removal = json!({"identity": identity, "entitlement": entitlement, "scope": scope});
        self.push("removals", removal);
        self
    }
}

/// Instants in parameters may be short, too.
fn expanded(params: Value) -> Value {
    let long = |value: Value| match value.as_str() {
        Some(text) if is_short(text) => instant(text).into(),
        _ => value,
    };
    match params {
        Value::Object(map) if map.is_empty() => Value::Null,
        Value::Object(map) => Value::Object(map.into_iter().map(|(key, value)| (key, long(value))).collect()),
        other => other,
    }
}

fn is_short(text: &str) -> bool {
    text.len() >= 11
        && text.char_indices().all(|(at, char)| match at {
            2 => char == '-',
            5 => char == ' ',
            8 | 11 => char == ':',
            14 => char == '.',
            _ => char.is_ascii_digit(),
        })
}
