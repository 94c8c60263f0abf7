//! What was not said is never a permit. SCENARIOS S05.

use serde_json::{Value, json};

use crate::Scenario;
use crate::build::{Expect, allowed, conditional, denied, deny, deny_item, permit, request, scenario};

pub(super) fn scenarios() -> Vec<Scenario> {
    vec![missing_at_a_check(), missing_at_a_decision(), one_way_is_enough(), a_grant_keeps_its_conditions()]
}

const COMPANY: &str = "tenure: 1
context:
  device.compliant: bool
conditions:
  compliant-device: {text: the device is managed, expr: context.device.compliant}
identities:
  ann: {kind: human}
  ben: {kind: human}
entitlements:
  reader: {kind: right, permissions: ['doc:read']}
";

fn company(sections: &str) -> String {
    format!("{COMPANY}{sections}")
}

fn device(compliant: impl Into<Value>) -> Value {
    let compliant: Value = compliant.into();
    json!({"device.compliant": compliant})
}

fn unsatisfied() -> Value {
    json!({"conditions": ["compliant-device"]})
}

/// What the condition came to.
fn judged(outcome: &str, expect: Expect) -> Expect {
    expect.with("conditions", json!([{"condition": "compliant-device", "item": 0, "outcome": outcome}]))
}

fn missing_at_a_check() -> Scenario {
    let policy = company(
        "standing:
  ann-reads: {entitlement: reader, holder: {identity: ann}, until: '2300-12-01T00:00:00Z', while: compliant-device}
  ben-read: {entitlement: reader, holder: {identity: ben}, until: '2023-12-01T00:00:00Z', while: compliant-device}
",
    );
    scenario("conditions/what-was-not-said-is-never-a-permit", policy)
        .about(
            "A check that depends on what was not said is conditional and names it; time alone denies, and asks for nothing",
        )
        .at("03-02 09:00")
        .check("ann", "doc:read", "", conditional(&["device.compliant"]))
        .check_with("ann", "doc:read", "", device(true), allowed().until("2300-12-01T00:00:00Z"))
        .check_with("ann", "doc:read", "", device(false), denied("context.unsatisfied", unsatisfied()))
        .check_with(
            "ann",
            "doc:read",
            "",
            // What cannot be judged has failed, and does not hold either.
            device("yes"),
            denied("context.unsatisfied", unsatisfied()).says("condition.failed", unsatisfied()),
        )
        .check("ben", "doc:read", "", denied("grant.expired", json!({"end": "2023-12-01T00:00:00Z"})))
        .check_with(
            "ben",
            "doc:read",
            "",
            device(true),
            denied("grant.expired", json!({"end": "2023-12-01T00:00:00Z"})),
        )
}

fn missing_at_a_decision() -> Scenario {
    let policy = company(
        "eligibility:
  readers: {who: anyone, what: {ids: [reader]}, when: compliant-device, duration: {max: 8h}}
",
    );
    let ask = || request("r-1", "ann", "reader").lasting("1h");
    scenario("conditions/a-rule-whose-condition-is-unknown-supports-nothing", policy)
        .about("`when` is judged at the decision: missing, false and failed each deny, and say what it is")
        .at("03-02 09:00")
        .decide(
            ask(),
            judged("missing", deny_item("context.missing", json!({"names": ["device.compliant"]}))),
        )
        .decide(
            ask().with("context", device(false)),
            judged("unsatisfied", deny_item("context.unsatisfied", unsatisfied())),
        )
        .decide(
            ask().with("context", device("yes")),
            judged(
                "failed",
                deny().item(0, "context.unsatisfied", unsatisfied()).item(
                    0,
                    "condition.failed",
                    unsatisfied(),
                ),
            ),
        )
        .commit(
            ask().with("context", device(true)),
            judged("satisfied", permit().grant("r-1#0", "active", "03-02 09:00", "03-02 10:00")),
        )
        // It was judged once.
        .check_with("ann", "doc:read", "", device(false), allowed().until("03-02 10:00"))
}

fn one_way_is_enough() -> Scenario {
    let policy = company(
        "standing:
  ann-reads: {entitlement: reader, holder: {identity: ann}, while: compliant-device}
  ann-may: {entitlement: reader, holder: {identity: ann}, until: '2026-03-02T12:00:00Z'}
",
    );
    scenario("conditions/one-way-without-a-condition-is-enough", policy)
        .about("All that is on a way must hold, any way will do; what one asks for another does not need")
        .at("03-02 09:00")
        .check("ann", "doc:read", "", allowed().until("03-02 12:00").next("03-02 12:00"))
        .check_with("ann", "doc:read", "", device(true), allowed().next("03-02 12:00"))
        .at("03-02 12:00")
        .check("ann", "doc:read", "", conditional(&["device.compliant"]))
}

fn a_grant_keeps_its_conditions() -> Scenario {
    let policy = company(
        "eligibility:
  readers: {who: anyone, what: {ids: [reader]}, while: compliant-device, duration: {max: 8h}}
",
    );
    scenario("conditions/a-grant-counts-only-while-its-conditions-hold", policy)
        .about("`while` is judged at every check of what was granted, not at the decision")
        .at("03-02 09:00")
        .commit(
            request("r-1", "ann", "reader").lasting("1h"),
            permit().grant("r-1#0", "active", "03-02 09:00", "03-02 10:00"),
        )
        .check("ann", "doc:read", "", conditional(&["device.compliant"]))
        .check_with("ann", "doc:read", "", device(true), allowed().until("03-02 10:00"))
        .check_with("ann", "doc:read", "", device(false), denied("context.unsatisfied", unsatisfied()))
        .at("03-02 10:00")
        .check("ann", "doc:read", "", denied("grant.expired", json!({"end": "03-02 10:00"})))
}
