//! Documents that use every key there is.

use serde_json::{Value, json};

const NOW: &str = "2026-03-02T09:00:00Z";

/// A policy document.
pub(crate) fn policy() -> Value {
    let mut document = json!({
        "tenure": 1,
        "name": "Everything",
        "attributes": {"a": "bool", "b": "int", "c": {"type": "list", "of": "text"}, "d": "text"},
        "combine": "priority",
        "context": {"risk": "int", "said": {"type": "bool", "source": "requester", "asserted": true}},
        "conditions": {"calm": {"expr": "context.risk < 3", "text": "All is calm."}, "said": {"expr": "context.said"}},
        "catalogues": {
            "cloud": {"case": "fold", "permissions": ["vm/read", "blob/read"], "planes": {"data": ["blob/*"]}},
        },
        "wildcards": {
            "admin": [{"catalogue": "cloud", "match": ["*"], "except": ["*/write"], "plane": "data"}],
        },
        "resource_types": {"page": {"open": true, "description": "A page"}},
        "accounts": {"ann@db": {"application": "db", "identity": "ann", "name": "Ann"}},
        "applications": {"db": {"attributes": {"a": true}, "name": "Database", "owner": "ann"}},
        "identities": {
            "ann": {"kind": "human", "attributes": {"b": 3, "c": ["x", 1, false], "d": "text"}},
            "bot": {
                "kind": "agent", "name": "Bot", "owner": "ann", "manager": "ann",
                "starts": "2026-01-01", "ends": "2026-12-31T00:00:00Z",
            },
        },
        "resources": {
            "prod": {"type": "environment"},
            "prod/orders": {
                "type": "database", "parent": "prod", "application": "db", "attributes": {"a": false},
                "name": "Orders", "owner": "ann", "sensitivity": "high", "parent_while": "calm",
            },
        },
        "entitlements": {
            "admin": {
                "kind": "role", "application": "db", "attributes": {"d": "x"}, "name": "Administrator",
                "owner": "ann", "permissions": ["db:write"], "sensitivity": "critical",
                "implies": ["reader", {
                    "entitlement": "reader", "scope": "prod", "from": "2026-01-01", "until": "2026-12-31",
                    "while": ["calm", "said"],
                }],
            },
            "reader": {"kind": "right"},
            "team": {"kind": "group"},
        },
        "memberships": {
            "m": {
                "group": "team", "member": "ann", "scope": "prod", "from": "2026-01-01", "until": "2026-12-31",
                "while": [],
            },
        },
        "standing": {
            "s": {"entitlement": "reader", "holder": {"identity": "ann"}},
            "t": {
                "entitlement": "reader", "holder": {"group": "team"}, "scope": "prod",
                "from": NOW, "until": "2026-12-31", "while": "calm",
            },
        },
        "events": {
            "INC-7": {
                "kind": "incident", "start": "2026-03-02", "planned_end": "2026-03-03", "hard_cap": "P1D",
                "ceiling": ["admin"], "participants": ["ann"], "feed": "pager", "name": "Incident",
            },
        },
    });
    let rules = rules();
    document.as_object_mut().unwrap().extend(rules.as_object().unwrap().clone());
    document["tests"] = tests();
    document
}

/// Tests of every command and every question, with all that can be expected.
fn tests() -> Value {
    let decided = json!({
        "verdict": "pending", "end": NOW, "obligations": 2, "reasons": ["duration.clipped"],
        "bounds": [{"kind": "maximum", "binding": true, "end": NOW, "item": 0, "source": "all"}],
    });
    let answered =
        json!({"answer": "conditional", "missing": ["risk"], "until": NOW, "obligations": ["lead"]});
    let fact = json!({
        "body": {"id": "pager"}, "by": "ann", "effective_at": NOW, "id": "f", "kind": "feed_heartbeat",
        "recorded_at": NOW, "replaces": "g", "v": 1,
    });
    let of = |key: &str, asked: Value, expect: &Value| json!({"name": "a case", "now": NOW, key: asked, "expect": expect});
    let commands = commands().into_iter().map(|command| of("command", command, &decided));
    let questions = questions().into_iter().map(|question| of("question", question, &answered));
    let mut tests: Vec<Value> = commands.chain(questions).collect();
    tests[0]["facts"] = json!([fact]);
    tests[0]["log"] = json!("log.jsonl");
    tests.into()
}

/// The rules of that document.
fn rules() -> Value {
    json!({
        "eligibility": {
            "all": {
                "approvals": [{
                    "approvers": {"groups": ["team"], "ids": ["ann"], "manager": true, "owner": true},
                    "name": "Lead", "quorum": 2,
                }],
                "inputs": {
                    "amount": {"type": "int", "min": 1, "max": 100, "required": "approval", "description": "In euros"},
                    "region": {"type": "text", "one_of": ["eu", "us"], "required": "request"},
                },
                "priority": 1, "when": "calm", "while": ["said"],
                "requires": {"attributes": {"b": [2, 3]}, "entitlements": ["reader"]},
                "already_held": "extend", "anchor": "window", "description": "Everything",
                "duration": {"min": "1h", "default": "2h", "max": "8h"},
                "event": {
                    "follow": true, "grace": "15m", "kinds": ["incident"], "max_staleness": "1h",
                    "self_opened": true,
                },
                "extension": {"allow_shorten": true, "max_count": 2, "max_total": "1d"},
                "hours": [{"days": ["mon", "tue"], "from": "09:00", "to": "24:00", "zone": "Europe/Berlin"}],
                "on_exceed": {"maximum": "reject", "event_cap": "clip"},
                "on_loss": {"grace": "1h"},
                "renewal": {"max_count": 2, "max_total": "3d", "reset_after": "1h"},
                "require": {"reason": true, "ticket": true},
                "session": "bound", "session_max": "8h",
                "valid": {"from": "2026-01-01", "until": "2026-12-31"},
                "where": ["prod"],
                "what": {
                    "applications": ["db"], "attributes": {"d": ["x", ["y"]]}, "ids": ["admin"], "kinds": ["role"],
                    "sensitivity": ["high", "critical"],
                },
                "who": {
                    "attributes": {"b": [3]}, "groups": ["team"], "ids": ["ann"], "kinds": ["human", "workload"],
                    "via": "any",
                },
            },
            "word": {"what": "anything", "who": "anyone", "duration": {"max": "1h"}},
            "some": {"what": {}, "who": {}, "on_exceed": "reject", "on_loss": "run_out"},
        },
        "guardrails": {
            "careful": {
                "approvals": [{"approvers": {"ids": ["ann"]}}], "description": "Careful", "forbid": true,
                "hours": [{"from": "22:00", "to": "06:00", "zone": "UTC"}], "max": "4h",
                "require": {"conditions": ["calm"], "reason": true, "ticket": true},
                "valid": {"from": "2026-01-01"}, "what": "anything", "when": "calm", "where": ["prod"],
                "who": "anyone",
            },
        },
        "capacity": {"few": {"description": "Few", "max": 3, "min": 1, "what": {"ids": ["admin"]}}},
        "deny": {
            "never": {
                "description": "Never", "hours": [{"from": "22:00", "to": "06:00", "zone": "UTC"}], "on": "use",
                "permissions": ["db:write"], "valid": {"until": "2026-12-31"}, "what": {"kinds": ["group"]},
                "when": ["calm"], "where": ["prod"], "who": {"kinds": ["agent"]},
            },
        },
        "standing_rules": {
            "all-read": {
                "description": "All read", "valid": {"from": "2026-01-01"}, "what": {"ids": ["reader"]},
                "when": "calm", "where": ["prod"], "who": "anyone",
            },
        },
    })
}

/// Commands of every kind, and of every form of a request.
pub(crate) fn commands() -> Vec<Value> {
    vec![
        json!({"request": {
            "id": "r-1", "beneficiary": "ann", "requester": "bob", "entitlement": "admin", "scope": "prod",
            "duration": "8h", "event": "INC-7", "reason": "replica lag", "ticket": "T-1", "renews": "r-0#0",
            "context": {"session.ends_at": "2026-03-02T17:00:00Z"}, "inputs": {"amount": 5}, "rule": "all",
        }}),
        json!({"request": {
            "id": "r-2", "requester": "ann", "items": [{"entitlement": "admin", "scope": "prod"}, {"entitlement": "reader"}],
            "start": NOW, "until": "2026-03-03T00:00:00Z",
        }}),
        json!({"extend": {
            "id": "x-1", "grant": "r-1#0", "duration": "PT1H", "by": "ann", "context": {"a": [1]}, "reason": "more",
            "inputs": {"amount": 5},
            "ticket": "T-2",
        }}),
        json!({"renew": {
            "id": "r-3", "grant": "r-1#0", "duration": "1d", "by": "ann", "context": {"a": true}, "event": "INC-8",
            "reason": "again", "start": NOW, "ticket": "T-3", "inputs": {"amount": 5}, "rule": "all",
        }}),
        json!({"withdraw": {"id": "w-1", "request": "r-2", "by": "ann", "reason": "no longer"}}),
        json!({"deactivate": {"id": "d-1", "grant": "r-1#0", "by": "ann", "reason": "done"}}),
        json!({"revoke": {"id": "v-1", "grant": "r-1#0", "by": "leo", "mode": "entitlement", "reason": "leak"}}),
    ]
}

/// Questions about every kind of resource.
pub(crate) fn questions() -> Vec<Value> {
    vec![
        json!({"identity": "ann", "permission": "db:write"}),
        json!({"identity": "ann", "permission": "db:write", "resource": "prod", "context": {"risk": 2}}),
        json!({
            "identity": "ann", "permission": "page:read",
            "resource": {"id": "p-1", "type": "page", "parent": "prod", "attributes": {"a": true}},
        }),
    ]
}

/// Reverse questions of every kind, by the names of their schemas.
pub(crate) fn reverse_questions() -> [(&'static str, Vec<Value>); 4] {
    let open = json!({"id": "p-1", "type": "page", "parent": "prod", "attributes": {"a": true}});
    let filter = json!({
        "applications": ["crm"], "kinds": ["role"], "permissions": ["db:write"], "prefix": "db:", "types": ["page"],
    });
    [
        (
            "who-question",
            vec![
                json!({"permission": "db:write"}),
                json!({
                    "context": {"risk": 2}, "kinds": ["human"], "limit": 5, "permission": "db:write", "resource": open,
                }),
            ],
        ),
        (
            "what-question",
            vec![json!({"context": {"risk": 2}, "filter": filter, "identity": "ann", "resource": open})],
        ),
        (
            "requestable-question",
            vec![json!({
                "all": true, "context": {"risk": 2}, "entitlements": ["admin"], "event": "INC-7", "identity": "ann",
            })],
        ),
        (
            "timeline-question",
            vec![json!({
                "context": {"risk": 2}, "from": NOW, "identity": "ann", "permission": "db:write", "resource": open,
                "until": NOW,
            })],
        ),
    ]
}

/// Facts of every kind.
pub(crate) fn facts() -> Vec<Value> {
    let policy = policy();
    let noun = |kind: &str, id: &str| json!({"id": id, "definition": policy[kind][id]});
    let named = || json!({"id": "x", "reason": "because"});
    let changes = |changes: Value| json!({"id": "x", "changes": changes});
    let common = json!({"attributes": {"a": 1}, "cleared": ["b"], "name": "New", "owner": "ann"});
    let with = |more: Value| {
        let mut all = common.clone();
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        changes(all)
    };
    let ended = || json!({"id": "r-1#0", "cause": "grant.expired", "reason": "over"});
    let terms = json!({
        "id": "r-1#0", "beneficiary": "ann", "entitlement": "admin", "event": "INC-7", "request": "r-1",
        "scope": "prod", "term": {"start": NOW, "end": "2026-03-03T00:00:00Z"}, "while": ["calm"],
        "basis": {"policy": {
            "event": {"follow": true, "grace": "PT15M"}, "limit": "2026-03-03T00:00:00Z",
            "on_loss": {"grace": "PT1H"}, "rules": [{"id": "all", "digest": "00"}],
        }},
    });
    let mut external = terms.clone();
    external["basis"] = json!("external");
    let made = commands().into_iter().filter_map(|command| command.get("request").cloned());
    let made = made.map(|request| ("request_made", json!({"digest": "00", "request": request})));
    let kinds = vec![
        ("identity_defined", noun("identities", "bot")),
        ("identity_defined", noun("identities", "ann")),
        ("identity_changed", with(json!({"manager": "bob", "starts": "2026-01-01", "ends": "2026-12-31"}))),
        ("identity_changed", changes(json!({"unset": ["manager", "name", "owner"]}))),
        ("identity_suspended", named()),
        ("identity_resumed", named()),
        ("identity_left", named()),
        ("identity_rejoined", named()),
        ("account_defined", noun("accounts", "ann@db")),
        ("account_changed", changes(json!({"identity": "ann", "name": "Ann"}))),
        ("account_changed", changes(json!({"unset": ["identity", "name"]}))),
        ("account_retired", named()),
        ("application_defined", noun("applications", "db")),
        ("application_changed", changes(common.clone())),
        ("application_changed", changes(json!({"unset": ["name", "owner"]}))),
        ("application_retired", named()),
        ("resource_defined", noun("resources", "prod/orders")),
        ("resource_changed", with(json!({"parent": "prod", "parent_while": "calm", "sensitivity": "low"}))),
        ("resource_changed", changes(json!({"unset": ["name", "owner", "parent", "sensitivity"]}))),
        ("resource_retired", named()),
        ("entitlement_defined", noun("entitlements", "admin")),
        (
            "entitlement_changed",
            with(json!({
                "implies": ["reader"], "permissions": ["db:read"], "sensitivity": "moderate",
            })),
        ),
        ("entitlement_changed", changes(json!({"unset": ["name", "owner", "sensitivity"]}))),
        ("entitlement_retired", named()),
        ("standing_assigned", noun("standing", "s")),
        ("standing_assigned", noun("standing", "t")),
        ("standing_removed", named()),
        ("membership_added", noun("memberships", "m")),
        ("membership_removed", named()),
        ("event_opened", noun("events", "INC-7")),
        (
            "event_changed",
            changes(json!({
                "ceiling": ["admin"], "hard_cap": "PT2H", "name": "Incident", "participants": ["ann"],
                "planned_end": "2026-03-03", "start": "2026-03-02",
            })),
        ),
        ("event_changed", changes(json!({"unset": ["ceiling", "hard_cap", "name", "participants"]}))),
        ("event_closed", named()),
        ("feed_heartbeat", named()),
        ("request_resolved", json!({"grants": ["r-1#0"], "id": "r-1"})),
        ("request_withdrawn", named()),
        ("grant_issued", terms),
        ("grant_issued", external),
        (
            "grant_extended",
            json!({
                "command": "x-1", "digest": "00", "end": NOW, "id": "r-1#0", "limit": NOW,
            }),
        ),
        ("grant_ended", ended()),
        ("grant_revoked", ended()),
        ("grant_voided", ended()),
        ("policy_adopted", json!({"digest": "00"})),
        ("clock_corrected", json!({"high_water": NOW})),
    ];
    let fact = |(kind, body): (&str, Value)| {
        json!({
            "body": body, "by": "ann", "effective_at": NOW, "id": "f-1", "kind": kind, "recorded_at": NOW,
            "replaces": "f-0", "v": 1,
        })
    };
    kinds.into_iter().chain(made).map(fact).collect()
}
