//! Who is eligible, and what happens when eligibility is lost. SCENARIOS S08 and S09.

use serde_json::{Value, json};

use super::company::database;
use crate::Scenario;
use crate::build::{allowed, changed, denied, deny, deny_item, found, permit, request, scenario};

pub(super) fn scenarios() -> Vec<Scenario> {
    vec![two_rules_are_strictest(), selectors(), groups(), scopes(), validity(), all_reasons_at_once()]
}

fn none(identity: &str) -> Value {
    json!({"entitlement": "admin", "identity": identity})
}

fn two_rules_are_strictest() -> Scenario {
    let policy = database(&[
        "duration: {min: 30m, default: 2h, max: 8h}",
        "on_loss: run_out",
        "already_held: stack",
        "valid: {until: '2026-03-02T16:00:00Z'}",
    ]) + "  z-all:
    who: {ids: [ann, ben]}
    what: {kinds: [right]}
    duration: {min: 1h, default: 3h, max: 4h}
    on_loss: {grace: 15m}
    already_held: reject
    require: {reason: true}
    on_exceed: {eligibility: reject}
";
    let asks = || request("r-1", "ann", "admin").because("index");
    scenario("eligibility/several-rules-combine-to-the-strictest", policy)
        .about("All rules that match bind: the least maximum and default, the greatest minimum, all that is required, the strictest words")
        .at("03-02 09:00")
        .decide(
            request("r-1", "ann", "admin").lasting("4h"),
            deny_item("input.missing", json!({"inputs": ["reason"]})),
        )
        .decide(
            asks(),
            permit().grant("r-1#0", "active", "03-02 09:00", "03-02 11:00").bounds(&[
                ("default", "03-02 11:00", ""),
                ("maximum", "03-02 13:00", "z-all"),
                ("eligibility", "03-02 16:00", "dba, z-all"),
                ("maximum", "03-02 17:00", "dba"),
            ]),
        )
        .decide(
            asks().lasting("8h"),
            // Clipped by the maximum, but beyond the eligibility too, where one of the rules rejects.
            deny_item(
                "bound.exceeded",
                json!({"asked": "03-02 17:00", "bound": "eligibility", "end": "03-02 16:00"}),
            ),
        )
        .decide(
            asks().lasting("7h"),
            permit()
                .grant("r-1#0", "active", "03-02 09:00", "03-02 13:00")
                .clipped("PT7H", &["maximum"], "PT4H"),
        )
        .decide(
            asks().lasting("45m"),
            deny_item("duration.below_min", json!({"available": "PT45M", "min": "PT1H"})),
        )
        .commit(
            asks().lasting("4h"),
            permit().grant("r-1#0", "active", "03-02 09:00", "03-02 13:00"),
        )
        .decide(
            request("r-2", "ann", "admin").because("index").lasting("1h"),
            deny_item("grant.already_active", json!({"grant": "r-1#0"})),
        )
}

fn selectors() -> Scenario {
    let policy = "tenure: 1
identities:
  ann: {kind: human, attributes: {dept: ops, level: 3, tags: [oncall, lead]}}
  bot: {kind: agent, owner: ann, attributes: {dept: ops}}
applications:
  db: {}
  crm: {}
entitlements:
  admin: {kind: right, application: db, permissions: ['db:write'], attributes: {tier: 0}}
  reader: {kind: role, application: crm, permissions: ['crm:read'], attributes: {tier: 2}}
eligibility:
  by-attributes: {who: {attributes: {dept: [ops, it], tags: [lead]}}, what: {attributes: {tier: [0]}}, duration: {max: 1h}}
  by-kind: {who: {kinds: [agent, workload]}, what: {applications: [crm], kinds: [role]}, duration: {max: 2h}}
  nobody: {who: {}, what: {kinds: [right, role]}, duration: {max: 9h}}
  nothing: {who: {kinds: [human, agent]}, what: {}, duration: {max: 9h}}
  none-of: {who: {ids: []}, what: {kinds: [right, role]}, duration: {max: 9h}}
";
    let none = |identity: &str, entitlement: &str| {
        deny_item("eligibility.none", json!({"entitlement": entitlement, "identity": identity}))
    };
    scenario("eligibility/selectors", policy)
        .about("Each key of a selector narrows, the words under it widen; a selector without keys, or with an empty list, matches nobody")
        .at("03-02 09:00")
        .decide(
            request("r-1", "ann", "admin").lasting("1h"),
            permit()
                .grant("r-1#0", "active", "03-02 09:00", "03-02 10:00")
                .bounds(&[("asked", "03-02 10:00", ""), ("maximum", "03-02 10:00", "by-attributes")]),
        )
        .decide(request("r-1", "ann", "reader").lasting("1h"), none("ann", "reader"))
        .decide(request("r-1", "bot", "admin").lasting("1h"), none("bot", "admin"))
        .decide(
            request("r-1", "bot", "reader").lasting("2h"),
            permit().grant("r-1#0", "active", "03-02 09:00", "03-02 11:00"),
        )
        .commit(
            request("r-2", "ann", "admin").lasting("1h"),
            permit().grant("r-2#0", "active", "03-02 09:00", "03-02 10:00"),
        )
        .at("03-02 09:30")
        .facts([changed("identity_changed", "ann", json!({"cleared": ["tags"]}))])
        .check("ann", "db:write", "", denied("grant.expired", json!({"end": "03-02 09:30"})))
        .decide(request("r-1", "ann", "admin").lasting("1h"), none("ann", "admin"))
}

fn groups() -> Scenario {
    let policy = "tenure: 1
identities:
  ann: {kind: human}
  ben: {kind: human}
  cem: {kind: human}
  dee: {kind: human}
resources:
  prod: {type: environment}
entitlements:
  staff: {kind: group}
  ops: {kind: group, implies: [staff]}
  ops-prod: {kind: group, implies: [{entitlement: staff, scope: prod}]}
  admin: {kind: right, permissions: ['db:write']}
memberships:
  m-1: {group: ops, member: ann, until: '2026-03-02T12:00:00Z'}
  m-2: {group: staff, member: ben, scope: prod}
  m-3: {group: ops-prod, member: dee}
eligibility:
  staff:
    who: {groups: [staff]}
    what: {ids: [admin]}
    duration: {max: 8h}
  to-join:
    who: {kinds: [human]}
    what: {ids: [ops]}
    duration: {max: 8h}
";
    scenario("eligibility/groups-count-standing-membership", policy)
        .about("Being in a group, also through another, makes eligible while it lasts; a grant of the group, or a stay in one scope only, does not")
        .at("03-02 09:00")
        .decide(
            request("r-1", "ann", "admin").lasting("8h"),
            permit()
                .grant("r-1#0", "active", "03-02 09:00", "03-02 12:00")
                .clipped("PT8H", &["eligibility"], "PT3H"),
        )
        .decide(request("r-1", "ben", "admin").lasting("1h"), deny_item("eligibility.none", none("ben")))
        .decide(request("r-1", "dee", "admin").lasting("1h"), deny_item("eligibility.none", none("dee")))
        .commit(
            request("r-2", "cem", "ops").lasting("8h"),
            permit().grant("r-2#0", "active", "03-02 09:00", "03-02 17:00"),
        )
        .decide(request("r-3", "cem", "admin").lasting("1h"), deny_item("eligibility.none", none("cem")))
        .at("03-02 12:00")
        .decide(request("r-4", "ann", "admin").lasting("1h"), deny_item("eligibility.none", none("ann")))
}

fn scopes() -> Scenario {
    let policy = database(&["duration: {max: 8h}", "where: [prod]"]);
    scenario("eligibility/scopes", policy)
        .about("A rule counts in the subtrees it names; who asks for everywhere asks for more; a resource that moves out takes the grant with it")
        .at("03-02 09:00")
        .decide(
            request("r-1", "ann", "admin").within("prod/orders").lasting("1h"),
            permit().grant("r-1#0", "active", "03-02 09:00", "03-02 10:00"),
        )
        .decide(request("r-1", "ann", "admin").within("test").lasting("1h"), deny_item("eligibility.none", none("ann")))
        .decide(request("r-1", "ann", "admin").lasting("1h"), deny_item("eligibility.none", none("ann")))
        .commit(
            request("r-2", "ann", "admin").within("prod/orders").lasting("8h"),
            permit().grant("r-2#0", "active", "03-02 09:00", "03-02 17:00"),
        )
        .check("ann", "db:write", "prod/orders", allowed().until("03-02 17:00"))
        .check("ann", "db:write", "prod", denied("access.none", json!({"identity": "ann", "permission": "db:write"})))
        .at("03-02 12:00")
        .facts([changed("resource_changed", "prod/orders", json!({"parent": "test"}))])
        .check("ann", "db:write", "prod/orders", denied("grant.expired", json!({"end": "03-02 12:00"})))
        .reconcile(
            found()
                .ends("grant_ended", "r-2#0", "03-02 12:00", "eligibility.lost")
                .removes("ann", "admin", "prod/orders"),
        )
}

fn validity() -> Scenario {
    let policy = database(&["duration: {max: 8h}", "valid: {from: 2026-03-02, until: 2026-03-02}"]);
    scenario("eligibility/a-rule-is-valid-for-whole-days", policy)
        .about("A date as a start is its first instant, as an end it includes that day, in UTC")
        .at("03-01 23:59:59.999")
        .decide(request("r-1", "ann", "admin").lasting("1h"), deny_item("eligibility.none", none("ann")))
        .at("03-02 00:00")
        .decide(
            request("r-1", "ann", "admin").lasting("1h"),
            permit().grant("r-1#0", "active", "03-02 00:00", "03-02 01:00"),
        )
        .at("03-02 23:59:59.999")
        .decide(
            request("r-1", "ann", "admin").lasting("1h"),
            permit().grant("r-1#0", "active", "03-02 23:59:59.999", "03-03 00:00").clipped(
                "PT1H",
                &["eligibility"],
                "PT0.001S",
            ),
        )
        .at("03-03 00:00")
        .decide(request("r-1", "ann", "admin").lasting("1h"), deny_item("eligibility.none", none("ann")))
}

fn all_reasons_at_once() -> Scenario {
    let policy = database(&[
        "event: {kinds: [incident], max_staleness: 1h}",
        "duration: {max: 8h}",
        "session: bound",
        "require: {reason: true}",
    ]) + "events:
  ENG-1: {kind: engagement, start: '2026-03-01T00:00:00Z', ceiling: []}
  ENG-2: {kind: engagement, start: '2026-03-01T00:00:00Z'}
";
    scenario("eligibility/everything-that-fails-is-told", policy)
        .about("A denial collects what stands in the way, in the order of the pipeline")
        .at("03-02 09:00")
        .decide(
            request("r-1", "ann", "admin"),
            deny().item(0, "input.missing", json!({"inputs": ["duration", "event", "reason"]})).item(
                0,
                "context.missing",
                json!({"names": ["session.ends_at"]}),
            ),
        )
        .decide(
            request("r-1", "ann", "admin").event("ENG-1").lasting("1h").because("audit"),
            deny()
                .item(0, "event.invalid", json!({"event": "ENG-1", "why": "outside_ceiling"}))
                .item(
                    0,
                    "event.stale",
                    json!({"event": "ENG-1", "last_seen": "0001-01-01T00:00:00Z", "max_staleness": "PT1H"}),
                )
                .item(0, "context.missing", json!({"names": ["session.ends_at"]})),
        )
}
