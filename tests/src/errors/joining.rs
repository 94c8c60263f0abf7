//! What can be read and does not fit: policies and logs, and facts that a host wants to add.

use serde_json::{Value, json};

use super::told;

const NAMES: &str = "tenure: 1
identities:
  ann: {kind: human, manager: bob}
  bot: {kind: agent, owner: annn}
resources:
  prod: {type: environment, parent: root}
entitlements:
  admin: {kind: right, implies: [reader]}
eligibility:
  r: {who: {ids: [ann, cem], groups: [staff]}, what: {ids: [admin]}, where: [test], duration: {max: 8h}}
";

pub(super) fn names() -> Vec<Value> {
    let at = "2026-03-02T09:00:00Z";
    let fact = |id: &str, kind: &str, body: Value| json!({"v": 1, "id": id, "kind": kind, "effective_at": at, "recorded_at": at, "body": body});
    let case = |text: &str, log: Vec<Value>, expect: Vec<Value>| json!({"reads": "policy and log", "text": text, "log": log, "expect": expect});
    let human = |id: &str| json!({"id": id, "definition": {"kind": "human"}});
    vec![
        case(
            NAMES,
            vec![],
            told(&[
                "model.dangling 3:31 /identities/ann/manager",
                "model.dangling 4:29 /identities/bot/owner ~ann",
                "model.dangling 6:37 /resources/prod/parent",
                "model.dangling 8:34 /entitlements/admin/implies/0",
                "model.dangling 10:24 /eligibility/r/who/ids/1",
                "model.dangling 10:39 /eligibility/r/who/groups/0",
                "model.dangling 10:78 /eligibility/r/where/0",
            ]),
        ),
        // A name that the log knows does not dangle.
        case(
            "tenure: 1\nidentities:\n  bot: {kind: agent, owner: ann}\n",
            vec![fact("f-1", "identity_defined", human("ann"))],
            vec![],
        ),
        // The document may repeat what the log says, and not contradict it.
        case(
            "tenure: 1\nidentities:\n  ann: {kind: human}\n",
            vec![fact("f-1", "identity_defined", human("ann"))],
            vec![],
        ),
        case(
            "tenure: 1\nidentities:\n  ann: {kind: agent}\n",
            vec![fact("f-1", "identity_defined", human("ann"))],
            vec![json!({"code": "model.conflict"})],
        ),
    ]
}

/// The nouns that the log knows.
fn company() -> Vec<Value> {
    let define = |id: &str, kind: &str, name: &str, definition: Value| {
        json!({
            "v": 1,
            "id": id,
            "kind": kind,
            "effective_at": "2026-01-01T00:00:00Z",
            "recorded_at": "2026-01-01T00:00:00Z",
            "body": {"id": name, "definition": definition},
        })
    };
    vec![
        define("n-1", "identity_defined", "ann", json!({"kind": "human"})),
        define("n-2", "resource_defined", "prod", json!({"type": "environment"})),
        define("n-3", "resource_defined", "prod/a", json!({"type": "database", "parent": "prod"})),
        define("n-4", "entitlement_defined", "staff", json!({"kind": "group"})),
        define("n-5", "entitlement_defined", "inner", json!({"kind": "right"})),
        define("n-6", "entitlement_defined", "outer", json!({"kind": "role", "implies": ["inner"]})),
    ]
}

pub(super) fn admission() -> Vec<Value> {
    let at = "2026-03-02T09:00:00Z";
    let fact = |id: &str, kind: &str, body: Value| json!({"v": 1, "id": id, "kind": kind, "effective_at": at, "recorded_at": at, "body": body});
    let case = |log: Vec<Value>, facts: Vec<Value>, now: &str, problem: Option<(&str, usize)>| {
        let expect: Vec<Value> = problem
            .iter()
            .map(|(code, index)| json!({"code": code, "pointer": format!("/{index}")}))
            .collect();
        let log: Vec<Value> = company().into_iter().chain(log).collect();
        json!({
            "reads": "facts to add",
            "text": "tenure: 1\n",
            "log": log,
            "facts": facts,
            "now": now,
            "expect": expect,
        })
    };
    let one = |kind: &str, body: Value, problem: Option<&str>| {
        case(vec![], vec![fact("f-1", kind, body)], at, problem.map(|code| (code, 0)))
    };
    let left = || fact("f-1", "identity_left", json!({"id": "ann"}));
    let later = |id: &str, day: &str| {
        let mut fact = fact(id, "identity_left", json!({"id": "ann"}));
        if let Some(map) = fact.as_object_mut() {
            map.insert("effective_at".into(), day.into());
        }
        fact
    };
    let replacing = |mut fact: Value, id: &str| {
        if let Some(map) = fact.as_object_mut() {
            map.insert("replaces".into(), id.into());
        }
        fact
    };
    vec![
        one("identity_left", json!({"id": "ann"}), None),
        // From the future: not what takes effect later, but what claims to be recorded later.
        case(vec![], vec![left()], "2026-03-02T08:59:55Z", None),
        case(vec![], vec![left()], "2026-03-02T08:59:54.999Z", Some(("fact.from_future", 0))),
        case(vec![], vec![later("f-1", "2030-01-01T00:00:00Z")], at, None),
        // The same fact again is left out; another under its id is refused.
        case(vec![left()], vec![left()], at, None),
        case(
            vec![left()],
            vec![fact("f-1", "identity_suspended", json!({"id": "ann"}))],
            at,
            Some(("fact.duplicate_id", 0)),
        ),
        case(
            vec![],
            vec![left(), fact("f-1", "identity_suspended", json!({"id": "ann"}))],
            at,
            Some(("fact.duplicate_id", 1)),
        ),
        // Names that nobody knows, and names that are taken.
        one("identity_left", json!({"id": "eve"}), Some("fact.dangling")),
        one(
            "identity_defined",
            json!({"id": "bot", "definition": {"kind": "agent", "owner": "eve"}}),
            Some("fact.dangling"),
        ),
        one("resource_changed", json!({"id": "prod", "changes": {"parent": "root"}}), Some("fact.dangling")),
        one(
            "standing_assigned",
            json!({"id": "s-1", "definition": {"holder": {"identity": "ann"}, "entitlement": "admin"}}),
            Some("fact.dangling"),
        ),
        one("grant_ended", json!({"id": "r-1#0", "cause": "grant.expired"}), Some("fact.dangling")),
        one("request_withdrawn", json!({"id": "r-1"}), Some("fact.dangling")),
        one("event_closed", json!({"id": "INC-7"}), Some("fact.dangling")),
        one(
            "identity_defined",
            json!({"id": "ann", "definition": {"kind": "human"}}),
            Some("fact.redefined"),
        ),
        case(
            vec![],
            vec![
                fact("f-1", "identity_defined", json!({"id": "eve", "definition": {"kind": "human"}})),
                fact("f-2", "identity_left", json!({"id": "eve"})),
                fact("f-3", "identity_left", json!({"id": "eva"})),
            ],
            at,
            Some(("fact.dangling", 2)),
        ),
        // Cycles.
        one(
            "entitlement_changed",
            json!({"id": "inner", "changes": {"implies": ["outer"]}}),
            Some("fact.cycle"),
        ),
        one(
            "entitlement_changed",
            json!({"id": "inner", "changes": {"implies": ["inner"]}}),
            Some("fact.cycle"),
        ),
        one(
            "standing_assigned",
            json!({"id": "s-1", "definition": {"holder": {"group": "staff"}, "entitlement": "staff"}}),
            Some("fact.cycle"),
        ),
        one("resource_changed", json!({"id": "prod", "changes": {"parent": "prod/a"}}), Some("fact.cycle")),
        // Ends before starts.
        one(
            "membership_added",
            json!({"id": "m-1", "definition": {"group": "staff", "member": "ann", "from": at, "until": at}}),
            Some("fact.window"),
        ),
        one(
            "identity_defined",
            json!({"id": "eve", "definition": {"kind": "human", "starts": "2026-03-03T00:00:00Z", "ends": "2026-03-02T00:00:00Z"}}),
            Some("fact.window"),
        ),
        one(
            "event_opened",
            json!({"id": "e", "definition": {"kind": "task", "start": at, "planned_end": at}}),
            Some("fact.window"),
        ),
        // Only what has yet to take effect is taken back.
        case(
            vec![later("f-1", "2026-03-05T09:00:00Z")],
            vec![replacing(later("f-2", "2026-03-06T09:00:00Z"), "f-1")],
            at,
            None,
        ),
        case(
            vec![left()],
            vec![replacing(later("f-2", "2026-03-06T09:00:00Z"), "f-1")],
            at,
            Some(("fact.replaces", 0)),
        ),
        case(
            vec![],
            vec![replacing(later("f-2", "2026-03-06T09:00:00Z"), "f-1")],
            at,
            Some(("fact.replaces", 0)),
        ),
    ]
}
