//! Commands in scenarios.

use serde_json::{Value, json};

use super::{insert, instant};

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
    pub(super) fn value(self) -> Value {
        self.0
    }

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
