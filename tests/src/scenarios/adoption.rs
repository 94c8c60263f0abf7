//! What a permit writes, and the adoption of the document in the first one.

use serde_json::{Value, json};

use super::company::incidents;
use crate::Scenario;
use crate::build::{
    DIGEST, allowed, denied, deny_all, extend, fact, permit, renew, request, revoke, scenario,
};

pub(super) fn scenarios() -> Vec<Scenario> {
    vec![facts_of_a_permit(), adoption(), not_adopted(), adopted_twice()]
}

fn facts_of_a_permit() -> Scenario {
    let policy = incidents("follow: true, grace: 5m", &["duration: {max: 8h}", "on_loss: {grace: 10m}"])
        + "events:
  INC-7: {kind: incident, start: '2026-03-02T08:00:00Z', planned_end: '2026-03-02T12:00:00Z', hard_cap: 9h}
";
    scenario("requests/what-a-permit-writes", policy)
        .about("A permit writes the request with its digest, its resolution and the grants with their basis, by the requester, now")
        .at("03-02 08:00")
        .commit(
            request("r-0", "ben", "admin").event("INC-7").lasting("30m"),
            permit().grant("r-0#0", "active", "03-02 08:00", "03-02 08:30"),
        )
        .at("03-02 09:00")
        .decide(
            request("r-1", "ann", "admin").requester("ben").within("prod").event("INC-7"),
            permit()
                .grant("r-1#0", "active", "03-02 09:00", "03-02 12:00")
                .bounds(&[
                    ("event", "03-02 12:00", "INC-7"),
                    ("maximum", "03-02 17:00", "dba"),
                    ("event_cap", "03-02 17:00", "INC-7"),
                ])
                .writes(&[
                    json!({
                        "v": 1,
                        "kind": "request_made",
                        "id": "r-1/0",
                        "by": "ben",
                        "effective_at": "2026-03-02T09:00:00Z",
                        "recorded_at": "2026-03-02T09:00:00Z",
                        "body": {"request": {
                            "beneficiary": "ann",
                            "context": null,
                            "duration": null,
                            "event": "INC-7",
                            "id": "r-1",
                            "items": [{"entitlement": "admin", "scope": "prod"}],
                            "requester": "ben",
                        }},
                    }),
                    json!({
                        "kind": "request_resolved",
                        "id": "r-1/1",
                        "by": "ben",
                        "body": {"grants": ["r-1#0"], "id": "r-1"},
                    }),
                    json!({
                        "kind": "grant_issued",
                        "id": "r-1/2",
                        "by": "ben",
                        "effective_at": "2026-03-02T09:00:00Z",
                        "body": {
                            "basis": {"policy": {
                                "event": {"follow": true, "grace": "PT5M"},
                                "limit": "2026-03-02T17:00:00Z",
                                "on_loss": {"grace": "PT10M"},
                                "rules": [{"id": "dba"}],
                            }},
                            "beneficiary": "ann",
                            "entitlement": "admin",
                            "event": "INC-7",
                            "id": "r-1#0",
                            "request": "r-1",
                            "scope": "prod",
                            "term": {"end": "2026-03-02T12:00:00Z", "start": "2026-03-02T09:00:00Z"},
                        },
                    }),
                ]),
        )
}

const SMALL: &str = "tenure: 1
identities:
  ann: {kind: human}
entitlements:
  admin: {kind: right, permissions: ['db:write']}
eligibility:
  dba: {who: {kinds: [human]}, what: {ids: [admin]}, duration: {max: 8h}}
";

fn adopting() -> Vec<Value> {
    let first = "0001-01-01T00:00:00Z";
    let now = "2026-03-02T09:00:00Z";
    vec![
        json!({
            "kind": "identity_defined",
            "effective_at": first,
            "recorded_at": now,
            "body": {"definition": {"kind": "human"}, "id": "ann"},
        }),
        json!({"kind": "entitlement_defined", "effective_at": first, "recorded_at": now, "body": {"id": "admin"}}),
        json!({"kind": "policy_adopted", "recorded_at": now, "body": {"digest": DIGEST}}),
    ]
}

fn adoption() -> Scenario {
    let asked = [
        json!({"kind": "request_made", "id": "r-1/0"}),
        json!({"kind": "request_resolved", "id": "r-1/1"}),
        json!({"kind": "grant_issued", "id": "r-1/2"}),
    ];
    let first: Vec<Value> = adopting().into_iter().chain(asked).collect();
    scenario("requests/the-first-proposal-adopts-the-document", SMALL)
        .about("A document that the log never adopted is decided as if it had been; its nouns and its adoption stand first in every proposal until one is committed, but not before what only ends things")
        .at("03-02 09:00")
        .decide(
            request("r-1", "ann", "admin").lasting("1h"),
            permit().grant("r-1#0", "active", "03-02 09:00", "03-02 10:00").writes(&first),
        )
        .facts([fact(
            "grant_issued",
            json!({
                "id": "ext-1",
                "beneficiary": "ann",
                "entitlement": "admin",
                "term": {"start": "2026-03-02T08:00:00Z", "end": "2026-03-02T10:00:00Z"},
                "basis": "external",
            }),
        )])
        .decide(
            revoke("v-1", "ext-1"),
            permit()
                .grant("ext-1", "revoked", "03-02 08:00", "03-02 09:00")
                .writes(&[json!({"kind": "grant_revoked"})]),
        )
        .commit(
            request("r-1", "ann", "admin").lasting("1h"),
            permit().grant("r-1#0", "active", "03-02 09:00", "03-02 10:00").writes(&first),
        )
        .decide(
            request("r-2", "ann", "admin").lasting("1h"),
            permit().grant("r-2#0", "active", "03-02 09:00", "03-02 10:00").writes(&[
                json!({"kind": "request_made", "id": "r-2/0"}),
                json!({"kind": "request_resolved", "id": "r-2/1"}),
                json!({"kind": "grant_issued", "id": "r-2/2"}),
            ]),
        )
}

fn not_adopted() -> Scenario {
    let other = "0123456789abcdef".repeat(4);
    scenario("requests/another-document-is-in-force", SMALL)
        .about("Where the log adopted another document everything that could give is denied, and every question, for nobody knows what the other one denies; endings go on")
        .at("03-02 09:00")
        .commit(
            request("r-1", "ann", "admin").lasting("4h"),
            permit().grant("r-1#0", "active", "03-02 09:00", "03-02 13:00"),
        )
        .at("03-02 10:00")
        .facts([fact("policy_adopted", json!({"digest": other}))])
        .decide(
            request("r-2", "ann", "admin").lasting("1h"),
            deny_all("policy.not_adopted", json!({"adopted": other, "policy": DIGEST})),
        )
        .decide(
            extend("x-1", "r-1#0", "4h"),
            deny_all("policy.not_adopted", json!({"adopted": other, "policy": DIGEST})),
        )
        .decide(
            renew("r-2", "r-1#0"),
            deny_all("policy.not_adopted", json!({"adopted": other, "policy": DIGEST})),
        )
        .check(
            "ann",
            "db:write",
            "",
            denied("policy.not_adopted", json!({"adopted": other, "policy": DIGEST})),
        )
        .decide(revoke("v-1", "r-1#0"), permit().grant("r-1#0", "revoked", "03-02 09:00", "03-02 10:00"))
}

fn adopted_twice() -> Scenario {
    let other = "0123456789abcdef".repeat(4);
    scenario("requests/the-same-document-adopted-again", SMALL)
        .about("Of consecutive adoptions of one document the first says since when; the last document adopted is in force")
        .at("03-02 09:00")
        .commit(
            request("r-1", "ann", "admin").lasting("4h"),
            permit().grant("r-1#0", "active", "03-02 09:00", "03-02 13:00"),
        )
        .at("03-02 10:00")
        .facts([fact("policy_adopted", json!({"digest": other})), fact("policy_adopted", json!({"digest": DIGEST}))])
        .facts([fact("policy_adopted", json!({"digest": DIGEST}))])
        .decide(
            request("r-2", "ann", "admin").lasting("1h"),
            permit().grant("r-2#0", "active", "03-02 10:00", "03-02 11:00"),
        )
        .check("ann", "db:write", "", allowed().until("03-02 13:00"))
}
