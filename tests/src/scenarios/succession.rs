//! One document follows another.

use serde_json::{Value, json};

use crate::Scenario;
use crate::build::{adopted, allowed, changed, denied, permit, request, scenario};

pub(super) fn scenarios() -> Vec<Scenario> {
    vec![nouns(), fields(), facts_between(), ends_before()]
}

const FIRST: &str = "tenure: 1
identities:
  ann: {kind: human, attributes: {dept: ops, floor: 3}, manager: eve}
  ben: {kind: human}
  eve: {kind: human}
resources:
  prod: {type: environment}
entitlements:
  admin: {kind: role, implies: [reader], permissions: ['db:write']}
  reader: {kind: role, permissions: ['db:read']}
standing:
  s-ben: {holder: {identity: ben}, entitlement: reader}
eligibility:
  dba: {who: {attributes: {dept: [ops]}}, what: {ids: [admin]}, duration: {max: 8h}}
";

/// The first document, with `from` replaced by `to` in turn.
fn second(changes: &[(&str, &str)]) -> String {
    changes.iter().fold(FIRST.to_owned(), |text, (from, to)| text.replace(from, to))
}

/// The log adopts the first document with the first permit.
fn begun(path: &str) -> Scenario {
    scenario(path, FIRST).at("03-02 09:00").commit(
        request("r-1", "ann", "admin").lasting("8h"),
        permit().grant("r-1#0", "active", "03-02 09:00", "03-02 17:00"),
    )
}

fn last() -> Value {
    json!({"kind": "policy_adopted"})
}

fn nouns() -> Scenario {
    let document = second(&[
        ("  ben: {kind: human}\n", "  zoe: {kind: human}\n"),
        ("  s-ben: {holder: {identity: ben}", "  s-zoe: {holder: {identity: zoe}"),
        (
            "permissions: ['db:read']}\n",
            "permissions: ['db:read']}\n  dump: {kind: right, permissions: ['db:dump']}\n",
        ),
        ("implies: [reader]", "implies: [reader, dump]"),
    ]);
    let now = "2026-03-02T10:00:00Z";
    begun("adoption/what-is-new-and-what-is-gone")
        .about("What is new is defined from the adoption on, what is gone ends with it; what implies stands behind what it implies, and what ends behind all that begins")
        .at("03-02 10:00")
        .adopt(
            &document,
            Some("eve"),
            adopted().writes(&[
                json!({"kind": "identity_defined", "by": "eve", "effective_at": now, "recorded_at": now,
                       "body": {"id": "zoe"}}),
                json!({"kind": "entitlement_defined", "body": {"id": "dump"}}),
                json!({"kind": "entitlement_changed", "body": {"changes": {"implies": [{"entitlement": "reader"}, {"entitlement": "dump"}]}, "id": "admin"}}),
                json!({"kind": "standing_assigned", "effective_at": now, "body": {"id": "s-zoe"}}),
                json!({"kind": "standing_removed", "body": {"id": "s-ben"}}),
                json!({"kind": "identity_left", "body": {"id": "ben"}}),
                last(),
            ]),
        )
        .check("ann", "db:dump", "", allowed().until("03-02 17:00"))
        .check("zoe", "db:read", "", allowed())
        .check("ben", "db:read", "", denied("identity.not_active", json!({"identity": "ben", "why": "left"})))
        .at("03-02 11:00")
        .adopt(&document, None, adopted().writes(&[]))
}

fn fields() -> Scenario {
    begun("adoption/fields")
        .about("A change names only the fields that the documents say differently; what the new one leaves out is taken away")
        .at("03-02 10:00")
        .adopt(
            &second(&[("{kind: human, attributes: {dept: ops, floor: 3}, manager: eve}", "{kind: human, attributes: {dept: dev}, name: Ann}")]),
            None,
            adopted().writes(&[
                json!({"kind": "identity_changed", "by": null, "body": {"id": "ann", "changes": {
                    "attributes": {"dept": "dev", "floor": null}, "cleared": ["floor"], "manager": null, "name": "Ann",
                    "unset": ["manager"],
                }}}),
                last(),
            ]),
        )
        // She is eligible no more, and the grant rests on that.
        .check("ann", "db:write", "", denied("grant.expired", json!({"end": "03-02 10:00"})))
        .at("03-02 11:00")
        .adopt(
            FIRST,
            None,
            adopted()
                .with("removals", json!([{"entitlement": "admin", "identity": "ann"}]))
                .writes(&[
                    json!({"kind": "grant_ended", "by": null, "effective_at": "2026-03-02T10:00:00Z",
                           "body": {"cause": "eligibility.lost", "id": "r-1#0"}}),
                    json!({"kind": "identity_changed", "body": {"id": "ann", "changes": {
                        "attributes": {"dept": "ops", "floor": 3}, "cleared": null, "manager": "eve", "name": null,
                        "unset": ["name"],
                    }}}),
                    last(),
                ]),
        )
        .check("ann", "db:write", "", denied("grant.expired", json!({"end": "03-02 10:00"})))
}

fn facts_between() -> Scenario {
    begun("adoption/facts-in-between")
        .about("What facts say of other fields stays, and what they said before the document says it is not said again")
        .at("03-02 09:30")
        .facts([changed("identity_changed", "ann", json!({"attributes": {"floor": 4}, "name": "Ann"}))])
        .at("03-02 10:00")
        .adopt(
            &second(&[("floor: 3}, manager: eve}", "floor: 3}, name: Ann, manager: ben}")]),
            None,
            adopted().writes(&[
                json!({"kind": "identity_changed", "body": {"id": "ann", "changes": {
                    "attributes": null, "manager": "ben", "name": null,
                }}}),
                last(),
            ]),
        )
}

fn ends_before() -> Scenario {
    let rules = second(&[("max: 8h", "max: 4h")]);
    begun("adoption/ends-are-recorded-first")
        .about("What ended under the old document is recorded before the new one is in force; its rules alone change no noun")
        .at("03-02 17:00")
        .adopt(
            &rules,
            None,
            adopted().with("removals", json!([{"entitlement": "admin", "identity": "ann"}])).writes(&[
                json!({"kind": "grant_ended", "effective_at": "2026-03-02T17:00:00Z",
                       "body": {"cause": "grant.expired", "id": "r-1#0"}}),
                last(),
            ]),
        )
        .commit(
            request("r-2", "ann", "admin").lasting("4h"),
            permit().grant("r-2#0", "active", "03-02 17:00", "03-02 21:00"),
        )
}
