//! What limits a grant whatever lets it be given: prerequisites, guardrails, capacities, inputs.

use serde_json::{Value, json};

use crate::Scenario;
use crate::build::{
    allowed, denied, deny, deny_all, deny_item, extend, found, moved, of, pending, permit, request, scenario,
};

pub(super) fn scenarios() -> Vec<Scenario> {
    vec![
        prerequisites(),
        guardrails(),
        inside_a_role(),
        later_requirements(),
        terms_of_an_extension(),
        retired_places(),
        capacity(),
        inputs(),
    ]
}

const COMPANY: &str = "tenure: 1
identities:
  ann: {kind: human, attributes: {dept: ops}}
  ben: {kind: human, attributes: {dept: ops}}
entitlements:
  admin: {kind: right, sensitivity: critical, permissions: ['db:admin']}
  trained: {kind: group}
";

fn company(rule: &str, sections: &str) -> String {
    format!(
        "{COMPANY}eligibility:\n  e: {{who: anyone, what: {{ids: [admin]}}, duration: {{max: 8h}}{rule}}}\n{sections}"
    )
}

fn prerequisites() -> Scenario {
    let policy = company(
        ", requires: {entitlements: [trained], attributes: {dept: [ops]}}",
        "memberships:
  ann-trained: {group: trained, member: ann, until: '2026-03-02T12:00:00Z'}
",
    );
    scenario("restrictions/what-is-required-is-held-through-the-window", policy)
        .about(
            "What a rule requires must be there at the start, bounds the window, and keeps the grant alive",
        )
        .at("03-02 09:00")
        .decide(
            request("r-1", "ben", "admin").lasting("1h"),
            deny_item("prerequisite.missing", json!({"entitlements": ["trained"]})),
        )
        .commit(
            request("r-2", "ann", "admin").lasting("4h"),
            permit()
                .grant("r-2#0", "active", "03-02 09:00", "03-02 12:00")
                .bounds(&[
                    ("prerequisite", "03-02 12:00", "e"),
                    ("asked", "03-02 13:00", ""),
                    ("maximum", "03-02 17:00", "e"),
                ])
                .clipped("PT4H", &["prerequisite"], "PT3H"),
        )
        .at("03-02 10:00")
        .facts([moved("ann", "sales")])
        .reconcile(
            found()
                .ends("grant_ended", "r-2#0", "03-02 10:00", "eligibility.lost")
                .removes("ann", "admin", ""),
        )
        .decide(
            request("r-3", "ann", "admin").lasting("1h"),
            deny_item("prerequisite.missing", json!({"attributes": ["dept"]})),
        )
}

fn inside_a_role() -> Scenario {
    let policy = "tenure: 1
identities:
  ann: {kind: human}
entitlements:
  root: {kind: role, implies: [admin]}
  admin: {kind: role, implies: [writer]}
  writer: {kind: right, permissions: ['db:write'], sensitivity: critical}
eligibility:
  e: {who: anyone, what: {ids: [root, admin]}, duration: {max: 8h}}
guardrails:
  short: {who: anyone, what: {sensitivity: [critical]}, max: 1h}
  never: {who: anyone, what: {ids: [admin]}, forbid: true, valid: {from: '2026-03-02T12:00:00Z'}}
";
    scenario("restrictions/a-role-is-guarded-as-what-is-inside", policy)
        .about("A guardrail speaks of every entitlement that leads to one it matches: no role is a way around it")
        .at("03-02 09:00")
        .decide(
            request("r-1", "ann", "root").lasting("4h"),
            permit()
                .grant("r-1#0", "active", "03-02 09:00", "03-02 10:00")
                .bounds(&[
                    ("guardrail", "03-02 10:00", "short"),
                    ("guardrail", "03-02 12:00", "never"),
                    ("asked", "03-02 13:00", ""),
                    ("maximum", "03-02 17:00", "e"),
                ])
                .clipped("PT4H", &["guardrail"], "PT1H"),
        )
        .at("03-02 12:00")
        .decide(
            request("r-2", "ann", "root").lasting("1h"),
            deny_item("guardrail.forbidden", json!({"rule": "never"})),
        )
}

fn later_requirements() -> Scenario {
    let policy = company(
        "",
        "guardrails:
  nights: {who: anyone, what: {ids: [admin]}, require: {reason: true}, valid: {from: '2026-03-02T12:00:00Z'}}
  friday: {who: anyone, what: {ids: [admin]}, approvals: [{approvers: {ids: [ben]}}], valid: {from: '2026-03-02T14:00:00Z'}}
",
    );
    scenario("restrictions/what-will-be-asked-for-bounds", policy)
        .about("A guardrail that begins to apply while the grant runs bounds it, unless what it requires is there already")
        .at("03-02 09:00")
        .decide(
            request("r-1", "ann", "admin").lasting("8h"),
            permit()
                .grant("r-1#0", "active", "03-02 09:00", "03-02 12:00")
                .clipped("PT8H", &["guardrail"], "PT3H"),
        )
        .decide(
            request("r-2", "ann", "admin").lasting("8h").because("the index"),
            permit()
                .grant("r-2#0", "active", "03-02 09:00", "03-02 14:00")
                .clipped("PT8H", &["guardrail"], "PT5H"),
        )
}

fn terms_of_an_extension() -> Scenario {
    let policy = "tenure: 1
context: {calm: bool, device: bool}
conditions:
  calm: {expr: context.calm}
  hectic: {expr: '!context.calm'}
  device: {expr: context.device}
identities:
  ann: {kind: human}
entitlements:
  admin: {kind: right, permissions: ['db:admin']}
eligibility:
  free: {who: anyone, what: {ids: [admin]}, when: calm, duration: {max: 8h}, extension: {max_total: 24h}}
  guarded:
    who: anyone
    what: {ids: [admin]}
    when: hectic
    while: device
    duration: {max: 8h}
    extension: {max_total: 24h}
    already_held: extend
";
    let calm = |calm: bool| json!({"calm": calm});
    scenario("restrictions/an-extension-keeps-the-terms", policy)
        .about("A grant is not made longer by a rule whose conditions it does not carry: a second one carries them")
        .at("03-02 09:00")
        .commit(
            request("r-1", "ann", "admin").lasting("1h").with("context", calm(true)),
            permit().grant("r-1#0", "active", "03-02 09:00", "03-02 10:00"),
        )
        .decide(
            extend("x-1", "r-1#0", "8h").with("context", calm(false)),
            deny_all("extension.not_allowed", json!({})),
        )
        .commit(
            request("r-2", "ann", "admin").lasting("8h").with("context", calm(false)),
            permit().grant("r-2#0", "active", "03-02 09:00", "03-02 17:00"),
        )
        .at("03-02 10:00")
        .commit(
            request("r-3", "ann", "admin").lasting("8h").with("context", calm(false)),
            permit().grant("r-2#0", "active", "03-02 09:00", "03-02 18:00"),
        )
        .at("03-02 12:00")
        .check_with("ann", "db:admin", "", json!({"device": false}), denied("context.unsatisfied", json!({"conditions": ["device"]})))
        .check_with("ann", "db:admin", "", json!({"device": true}), allowed().until("03-02 18:00"))
}

fn retired_places() -> Scenario {
    let policy = "tenure: 1
identities:
  ann: {kind: human}
resources:
  vault: {type: folder}
  vault/x: {type: document, parent: vault}
entitlements:
  reader: {kind: right, permissions: ['doc:read']}
standing:
  s-1: {holder: {identity: ann}, entitlement: reader}
deny:
  closed: {who: anyone, permissions: ['doc:read'], where: [vault]}
";
    scenario("denials/a-retired-place-still-restricts", policy)
        .about("To retire the place that a denial names sets nothing free that lives on below it")
        .at("03-02 09:00")
        .check("ann", "doc:read", "vault/x", denied("policy.explicit_deny", json!({"rule": "closed"})))
        .facts([of("resource_retired", "vault")])
        .at("03-02 10:00")
        .check("ann", "doc:read", "vault/x", denied("policy.explicit_deny", json!({"rule": "closed"})))
}

fn guardrails() -> Scenario {
    let policy = company(
        ", extension: {max_total: 24h}",
        "context: {mfa: bool}
conditions:
  fresh: {expr: context.mfa}
guardrails:
  critical: {who: anyone, what: {sensitivity: [critical]}, max: 4h, require: {reason: true, conditions: fresh}}
  frozen: {who: anyone, what: {sensitivity: [critical]}, forbid: true, valid: {from: '2026-03-02T20:00:00Z'}}
  approved: {who: {ids: [ben]}, what: anything, approvals: [{approvers: {ids: [ann]}}]}
",
    );
    let fresh = || json!({"mfa": true});
    scenario("restrictions/guardrails-bind-whatever-matches", policy)
        .about("All guardrails that match apply: the longest, what must be stated, what must hold, what is forbidden, who must agree")
        .at("03-02 09:00")
        .decide(
            request("r-1", "ann", "admin").lasting("1h"),
            deny()
                .item(0, "input.missing", json!({"inputs": ["reason"]}))
                .item(0, "context.missing", json!({"names": ["mfa"]})),
        )
        .decide(
            request("r-1", "ann", "admin").lasting("1h").because("index").with("context", json!({"mfa": false})),
            deny_item("context.unsatisfied", json!({"conditions": ["fresh"]})),
        )
        .commit(
            request("r-1", "ann", "admin").lasting("6h").because("index").with("context", fresh()),
            permit()
                .grant("r-1#0", "active", "03-02 09:00", "03-02 13:00")
                .bounds(&[
                    ("guardrail", "03-02 13:00", "critical"),
                    ("asked", "03-02 15:00", ""),
                    ("maximum", "03-02 17:00", "e"),
                    ("guardrail", "03-02 20:00", "frozen"),
                ])
                .clipped("PT6H", &["guardrail"], "PT4H"),
        )
        .decide(
            request("r-2", "ben", "admin").lasting("1h").because("index").with("context", fresh()),
            pending()
                .grant("r-2#0", "active", "03-02 09:00", "03-02 10:00")
                .owes("approved", json!({"approvers": {"ids": ["ann"]}})),
        )
        .at("03-02 11:00")
        .decide(
            // It counts from the start of the grant.
            extend("x-1", "r-1#0", "3h").because("index").with("context", fresh()),
            deny().says("extension.no_gain", json!({"end": "03-02 13:00"})),
        )
        .at("03-02 20:00")
        .decide(
            request("r-3", "ann", "admin").lasting("1h").because("index").with("context", fresh()),
            deny_item("guardrail.forbidden", json!({"rule": "frozen"})),
        )
}

fn capacity() -> Scenario {
    let policy = company(
        "",
        "capacity:
  one: {what: {ids: [admin]}, max: 1, min: 1}
",
    );
    scenario("restrictions/at-most-and-at-least-so-many", policy)
        .about("The most closes the window while others hold it; the least is a finding and keeps nothing from ending")
        .at("03-02 09:00")
        .reconcile(found().finds("capacity.below_min", json!({"held": 0, "min": 1, "rule": "one"})))
        .commit(
            request("r-1", "ann", "admin").lasting("2h").starting("03-02 12:00"),
            permit().grant("r-1#0", "scheduled", "03-02 12:00", "03-02 14:00"),
        )
        .commit(
            request("r-2", "ben", "admin").lasting("4h"),
            permit()
                .grant("r-2#0", "active", "03-02 09:00", "03-02 12:00")
                .bounds(&[
                    ("capacity", "03-02 12:00", "one"),
                    ("asked", "03-02 13:00", ""),
                    ("maximum", "03-02 17:00", "e"),
                ])
                .clipped("PT4H", &["capacity"], "PT3H"),
        )
        .at("03-02 13:00")
        .decide(
            request("r-3", "ben", "admin").lasting("1h"),
            deny_item("capacity.full", json!({"max": 1, "rule": "one"})),
        )
        .facts([of("identity_left", "ann")])
        .decide(
            request("r-3", "ben", "admin").lasting("1h"),
            permit().grant("r-3#0", "active", "03-02 13:00", "03-02 14:00"),
        )
}

fn inputs() -> Scenario {
    let policy = company(
        ", inputs: {amount: {type: int, min: 1, max: 100, required: request}, region: {type: text, one_of: [eu, us]}}",
        "",
    );
    let ask = |inputs: Value| request("r-1", "ann", "admin").lasting("1h").with("inputs", inputs);
    let wrong = |input: &str, why: &str| json!({"input": input, "why": why});
    scenario("restrictions/what-a-requester-fills-in", policy)
        .about(
            "Inputs are of their type, in their range, one of the values; what no rule asks for is a warning",
        )
        .at("03-02 09:00")
        .decide(ask(json!({"region": "eu"})), deny_item("input.missing", json!({"inputs": ["amount"]})))
        .decide(ask(json!({"amount": "many"})), deny_item("input.invalid", wrong("amount", "type")))
        .decide(ask(json!({"amount": 0})), deny_item("input.invalid", wrong("amount", "min")))
        .decide(
            ask(json!({"amount": 101, "region": "moon"})),
            deny().item(0, "input.invalid", wrong("amount", "max")).item(
                0,
                "input.invalid",
                wrong("region", "one_of"),
            ),
        )
        .decide(
            ask(json!({"amount": 100, "colour": "red"})),
            permit().grant("r-1#0", "active", "03-02 09:00", "03-02 10:00").warns_item(
                0,
                "input.unused",
                json!({"inputs": ["colour"]}),
            ),
        )
}
