//! What scenarios expect of an answer.

use serde_json::{Map, Value, json};

use super::{insert, instant};

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

/// A question whose answer depends on these names, which were not said.
pub(crate) fn conditional(names: &[&str]) -> Expect {
    let answer = expect(json!({"answer": "conditional", "missing": names, "reasons": [], "until": null}));
    answer.says("context.missing", json!({"names": names}))
}

/// Not yet: something is owed, which [`Expect::owes`] says.
pub(crate) fn pending() -> Expect {
    expect(json!({"verdict": "pending", "reasons": []}))
}

/// A reconcile that finds nothing, unless more is said.
pub(crate) fn found() -> Expect {
    expect(json!({"findings": [], "proposal": {"facts": []}, "removals": []}))
}

/// An adoption that records what [`Expect::writes`] says, and takes nothing away unless more is said.
pub(crate) fn adopted() -> Expect {
    expect(json!({"removals": []}))
}

impl Expect {
    pub(super) fn value(self) -> Value {
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

    /// An approval that is owed for the first item, by a rule; all of them, in order.
    pub(crate) fn owes(mut self, source: &str, stage: Value) -> Self {
        let owed = json!({"item": 0, "kind": "approval", "source": source, "stage": stage});
        self.push("obligations", owed);
        self
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
