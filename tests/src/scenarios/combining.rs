//! Limits and approvals come from the rules that matched, and several that match combine as the document says.
//! SCENARIOS S15.

use serde_json::json;

use crate::Scenario;
use crate::build::{deny_item, pending, permit, request, scenario};

pub(super) fn scenarios() -> Vec<Scenario> {
    vec![limits_of_the_rule_that_matched(), strictest(), most_specific(), priority(), requester_chooses()]
}

const COMPANY: &str = "tenure: 1
identities:
  carol: {kind: human}
resources:
  dev: {type: account}
  prod: {type: account}
entitlements:
  devs: {kind: group}
  ops: {kind: group}
  leads: {kind: group}
  admin: {kind: role, permissions: ['account:admin']}
  viewer: {kind: role, permissions: ['account:view']}
memberships:
  carol-devs: {group: devs, member: carol}
  carol-ops: {group: ops, member: carol}
";

fn limits_of_the_rule_that_matched() -> Scenario {
    let policy = format!(
        "{COMPANY}eligibility:
  a-dev: {{who: {{groups: [devs]}}, what: {{ids: [admin, viewer]}}, where: [dev], duration: {{max: 8000h}}}}
  b-prod: {{who: {{groups: [ops]}}, what: {{ids: [admin]}}, where: [prod], duration: {{max: 1h}},
    approvals: [{{name: lead, approvers: {{groups: [leads]}}}}]}}
"
    );
    scenario("combining/limits-come-from-the-rule-that-matched", policy)
        .about("The maximum and the approvals are those of the rule that matched; one rule's entitlements never meet another's scopes")
        .at("03-02 09:00")
        .decide(
            request("r-1", "carol", "admin").within("prod").lasting("100h"),
            pending()
                .grant("r-1#0", "active", "03-02 09:00", "03-02 10:00")
                .clipped("PT100H", &["maximum"], "PT1H")
                .owes("b-prod", json!({"approvers": {"groups": ["leads"]}, "name": "lead"})),
        )
        .decide(
            request("r-2", "carol", "admin").within("dev").lasting("100h"),
            permit().grant("r-2#0", "active", "03-02 09:00", "03-06 13:00"),
        )
        .decide(
            request("r-3", "carol", "viewer").within("prod").lasting("1h"),
            deny_item("eligibility.none", json!({"entitlement": "viewer", "identity": "carol"})),
        )
}

/// Three rules about the same: for everybody everywhere, for a group, and for a group in the scope.
fn three(combine: &str) -> String {
    format!(
        "{COMPANY}combine: {combine}
eligibility:
  anybody: {{who: anyone, what: {{kinds: [role]}}, priority: 2, duration: {{max: 4h}}}}
  devs: {{who: {{groups: [devs]}}, what: {{ids: [admin]}}, priority: 1, duration: {{max: 2h}}}}
  devs-in-dev: {{who: {{groups: [devs]}}, what: {{ids: [admin]}}, where: [dev], duration: {{max: 8h}},
    approvals: [{{approvers: {{ids: [carol]}}}}]}}
"
    )
}

fn strictest() -> Scenario {
    scenario("combining/strictest-takes-all", three("strictest"))
        .about("The least maximum and all approvals of all rules that match")
        .at("03-02 09:00")
        .decide(
            request("r-1", "carol", "admin").within("dev").lasting("8h"),
            pending()
                .grant("r-1#0", "active", "03-02 09:00", "03-02 11:00")
                .clipped("PT8H", &["maximum"], "PT2H")
                .owes("devs-in-dev", json!({"approvers": {"ids": ["carol"]}})),
        )
        .decide(
            request("r-2", "carol", "admin").within("prod").lasting("2h"),
            permit().grant("r-2#0", "active", "03-02 09:00", "03-02 11:00"),
        )
}

fn most_specific() -> Scenario {
    scenario("combining/most-specific-takes-the-closest", three("most_specific"))
        .about("A rule that names the scope, then one that names the entitlement, goes before one that names neither")
        .at("03-02 09:00")
        .decide(
            request("r-1", "carol", "admin").within("dev").lasting("8h"),
            pending()
                .grant("r-1#0", "active", "03-02 09:00", "03-02 17:00")
                .owes("devs-in-dev", json!({"approvers": {"ids": ["carol"]}})),
        )
        .decide(
            request("r-2", "carol", "admin").within("prod").lasting("2h"),
            permit().grant("r-2#0", "active", "03-02 09:00", "03-02 11:00"),
        )
        .decide(
            request("r-3", "carol", "viewer").within("prod").lasting("4h"),
            permit().grant("r-3#0", "active", "03-02 09:00", "03-02 13:00"),
        )
}

fn priority() -> Scenario {
    scenario("combining/priority-takes-the-least-number", three("priority"))
        .about("The rule with the least number binds alone; a rule without a number comes last")
        .at("03-02 09:00")
        .decide(
            request("r-1", "carol", "admin").within("dev").lasting("2h"),
            permit().grant("r-1#0", "active", "03-02 09:00", "03-02 11:00"),
        )
        .decide(
            request("r-2", "carol", "viewer").within("dev").lasting("4h"),
            permit().grant("r-2#0", "active", "03-02 09:00", "03-02 13:00"),
        )
}

fn requester_chooses() -> Scenario {
    let ask = || request("r-1", "carol", "admin").within("dev").lasting("3h");
    scenario("combining/the-requester-chooses", three("requester_chooses"))
        .about("The rule that the request names binds alone; where none is named the best counts: by verdict, then by end")
        .at("03-02 09:00")
        .decide(ask(), permit().grant("r-1#0", "active", "03-02 09:00", "03-02 12:00"))
        .decide(
            ask().with("rule", "devs"),
            permit().grant("r-1#0", "active", "03-02 09:00", "03-02 11:00").clipped(
                "PT3H",
                &["maximum"],
                "PT2H",
            ),
        )
        .decide(
            ask().with("rule", "devs-in-dev"),
            pending()
                .grant("r-1#0", "active", "03-02 09:00", "03-02 12:00")
                .owes("devs-in-dev", json!({"approvers": {"ids": ["carol"]}})),
        )
        .decide(
            ask().with("rule", "another"),
            deny_item("eligibility.none", json!({"entitlement": "admin", "identity": "carol"})),
        )
}
