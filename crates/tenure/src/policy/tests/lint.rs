//! Each lint finds what it is for, at its place; a document in which everything works has no finding.

use alloc::collections::BTreeSet;

use crate::policy::{Finding, Lint, Policy, Severity};
use crate::time::Timestamp;

/// Everything in it works.
const CLEAN: &str = "tenure: 1
context:
  device.compliant: bool
  session.ends_at: text
conditions:
  managed: {expr: context.device.compliant}
identities:
  ann: {kind: human, manager: bob, attributes: {team: ops}}
  bob: {kind: human, attributes: {team: ops}}
  eve: {kind: human, ends: 2026-06-30}
entitlements:
  admin: {kind: role, owner: bob, permissions: ['db:write'], implies: [reader]}
  reader: {kind: right, owner: bob, permissions: ['db:read']}
  leads: {kind: group, owner: bob}
  outsiders: {kind: group, owner: bob}
memberships:
  ann-leads: {group: leads, member: ann}
  bob-leads: {group: leads, member: bob}
  eve-outside: {group: outsiders, member: eve, until: 2026-06-30}
resources:
  prod: {type: environment}
eligibility:
  operators:
    who: {attributes: {team: [ops]}}
    what: {ids: [admin]}
    where: [prod]
    when: managed
    duration: {max: 8h}
    approvals: [{approvers: {groups: [leads]}}]
    inputs: {why: {type: text, required: approval}}
deny:
  out: {who: {groups: [outsiders]}, permissions: ['db:write']}
guardrails:
  short: {who: anyone, what: {kinds: [role]}, max: 4h}
capacity:
  few: {what: {ids: [admin]}, max: 3}
standing_rules:
  all-read: {who: anyone, what: {ids: [reader]}}
";

fn lint(text: &str, now: Option<&str>) -> Vec<Finding> {
    let policy = Policy::from_yaml(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    policy.lint(now.map(|now| now.parse::<Timestamp>().unwrap()))
}

fn told(findings: &[Finding]) -> Vec<String> {
    let told = findings.iter().map(|finding| {
        let (line, column) = (finding.line(), finding.column());
        format!("{} {line}:{column} {}", finding.code(), finding.pointer())
    });
    told.collect()
}

/// The clean document with a piece replaced.
fn with(old: &str, new: &str) -> String {
    assert_eq!(CLEAN.matches(old).count(), 1, "{old}");
    CLEAN.replace(old, new)
}

/// With more behind the rule of eligibility.
fn rule(more: &str) -> String {
    with("deny:\n", &format!("{more}deny:\n"))
}

/// What is written, at which instant, and what is found.
fn broken() -> Vec<(String, Option<&'static str>, &'static [&'static str])> {
    let late = Some("2026-05-01T00:00:00Z");
    vec![
        // Rules that match nobody, nothing, nowhere, at no time.
        (
            with("{team: [ops]}}\n", "{team: [opps]}}\n"),
            None,
            &["lint.rule.nobody 24:5 /eligibility/operators/who"],
        ),
        (
            with("who: {attributes: {team: [ops]}}", "who: {}"),
            None,
            &["lint.rule.nobody 24:5 /eligibility/operators/who"],
        ),
        (
            with("what: {ids: [admin]}\n    where", "what: {kinds: []}\n    where"),
            None,
            &[
                "lint.entitlement.unobtainable 12:3 /entitlements/admin",
                "lint.rule.nothing 25:5 /eligibility/operators/what",
            ],
        ),
        (
            with(
                "max: 4h}",
                "max: 4h}\n  none: {who: anyone, what: {sensitivity: [critical]}, forbid: true}",
            ),
            None,
            &["lint.rule.nothing 35:23 /guardrails/none/what"],
        ),
        (
            with("max: 3}", "max: 3}\n  none: {what: {kinds: [role], ids: [reader]}, max: 3}"),
            None,
            &["lint.rule.nothing 37:10 /capacity/none/what"],
        ),
        (
            with("permissions: ['db:write']}\ng", "permissions: ['db:wirte']}\ng"),
            None,
            &["lint.rule.nothing 32:51 /deny/out/permissions/0"],
        ),
        (with("where: [prod]", "where: []"), None, &["lint.rule.nowhere 26:5 /eligibility/operators/where"]),
        (
            rule("  old: {who: anyone, what: anything, duration: {max: 1h}, valid: {until: 2026-03-31}}\n"),
            late,
            &["lint.rule.expired 31:59 /eligibility/old/valid"],
        ),
        (
            rule("  odd: {who: anyone, what: anything, duration: {max: 1h}, event: {kinds: []}}\n"),
            None,
            &["lint.rule.no_event 31:67 /eligibility/odd/event/kinds"],
        ),
        (
            rule(
                "  odd: {who: {ids: [ann]}, what: anything, duration: {max: 1h}, requires: {attributes: {team: [hr]}}}\n",
            ),
            None,
            &["lint.rule.unfulfilled 31:76 /eligibility/odd/requires/attributes"],
        ),
        (
            with("  outsiders: {kind", "  lost: {kind: right, owner: bob}\n  outsiders: {kind").replace(
                "    duration: {max: 8h}",
                "    duration: {max: 8h}\n    requires: {entitlements: [leads, lost]}",
            ),
            None,
            &[
                "lint.entitlement.unobtainable 15:3 /entitlements/lost",
                "lint.rule.unfulfilled 30:38 /eligibility/operators/requires/entitlements/1",
            ],
        ),
        // Conditions.
        (
            with("device.compliant: bool", "device.compliant: {type: bool, source: requester}"),
            None,
            &["lint.condition.unasserted 6:19 /conditions/managed/expr"],
        ),
        (
            with("expr: context.device.compliant", "expr: context.device.compliant || 1 < 2"),
            None,
            &["lint.condition.constant 6:19 /conditions/managed/expr"],
        ),
        (
            with("identities:", "  spare: {expr: context.device.compliant}\nidentities:"),
            None,
            &["lint.condition.unused 7:3 /conditions/spare"],
        ),
        (with("conditions:", "  risk: int\nconditions:"), None, &["lint.context.unused 5:9 /context/risk"]),
        // Denials that end by themselves.
        (
            with(
                "eve-outside: {group: outsiders, member: eve, until: 2026-06-30}",
                "eve-outside: {group: outsiders, member: eve, until: 2026-05-31}",
            ),
            None,
            &["lint.deny.fades 32:24 /deny/out/who/groups/0"],
        ),
        (
            with(
                "deny:\n  out: {who: {groups: [outsiders]}",
                "  join: {who: {ids: [bob]}, what: {ids: [outsiders]}, duration: {max: 1h}}\ndeny:\n  out: {who: {groups: [outsiders], via: any}",
            ),
            None,
            &["lint.deny.fades 33:24 /deny/out/who/groups/0"],
        ),
        // Stages.
        (
            with("  ann-leads: {group: leads, member: ann}\n  bob-leads: {group: leads, member: bob}\n", ""),
            None,
            &[
                "lint.entitlement.unobtainable 14:3 /entitlements/leads",
                "lint.approval.unreachable 27:17 /eligibility/operators/approvals/0",
                "lint.approval.empty_group 27:39 /eligibility/operators/approvals/0/approvers/groups/0",
            ],
        ),
        (
            with("{groups: [leads]}}]", "{groups: [leads]}, quorum: 2}]"),
            None,
            &["lint.approval.unreachable 29:17 /eligibility/operators/approvals/0"],
        ),
        (
            with("{groups: [leads]}}]", "{ids: [bob]}}]"),
            None,
            &["lint.approval.own 29:17 /eligibility/operators/approvals/0"],
        ),
        (
            with("    approvals: [{approvers: {groups: [leads]}}]\n", ""),
            None,
            &["lint.input.approval 29:42 /eligibility/operators/inputs/why/required"],
        ),
        // Combining.
        (
            with("    duration: {max: 8h}", "    duration: {max: 8h}\n    priority: 2"),
            None,
            &["lint.priority.unused 29:15 /eligibility/operators/priority"],
        ),
        (
            rule(
                "  long: {who: {attributes: {team: [ops]}}, what: {ids: [admin]}, where: [prod], when: managed, duration: {max: 9h}}\n",
            ),
            None,
            &["lint.rule.shadowed 31:3 /eligibility/long"],
        ),
        (
            rule("  wide: {who: anyone, what: anything, duration: {max: 1h}, priority: 1}\n")
                .replace("context:", "combine: priority\ncontext:"),
            None,
            &["lint.rule.outranked 24:3 /eligibility/operators"],
        ),
        // Bounds.
        (
            rule("  tied: {who: {ids: [ann]}, what: {ids: [reader]}, event: {kinds: [incident]}}\n"),
            None,
            &["lint.rule.unbounded 31:52 /eligibility/tied/event"],
        ),
        (
            with("    duration: {max: 8h}", "    duration: {max: 8h}\n    already_held: extend"),
            None,
            &["lint.extension.missing 29:19 /eligibility/operators/already_held"],
        ),
        // Nouns.
        (
            with("  outsiders: {kind", "  lost: {kind: right, owner: bob}\n  outsiders: {kind"),
            None,
            &["lint.entitlement.unobtainable 15:3 /entitlements/lost"],
        ),
        (
            with("leads: {kind: group, owner: bob}", "leads: {kind: group}"),
            None,
            &["lint.entitlement.unowned 14:3 /entitlements/leads"],
        ),
        (with("  eve: {", "  Ann: {kind: human}\n  eve: {"), None, &["lint.id.case 8:3 /identities/ann"]),
        (
            with("['db:read']", "['db:read', 'DB:write']"),
            None,
            &["lint.id.case 13:62 /entitlements/reader/permissions/1"],
        ),
    ]
}

#[test]
fn what_works_has_no_finding() {
    assert_eq!(lint(CLEAN, None), []);
    assert_eq!(lint(CLEAN, Some("2026-03-02T00:00:00Z")), []);
    assert_eq!(lint("tenure: 1\n", None), []);
}

#[test]
fn each_lint_finds_what_it_is_for() {
    let mut found = BTreeSet::new();
    let mut wrong = Vec::new();
    for (text, now, expected) in broken() {
        let findings = lint(&text, now);
        found.extend(findings.iter().map(Finding::lint));
        if told(&findings) != expected {
            let said: Vec<_> = findings.iter().map(ToString::to_string).collect();
            wrong.push(format!("expected {expected:#?}\ngot {:#?}\n{said:#?}", told(&findings)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    let all: BTreeSet<Lint> = Lint::ALL.iter().copied().collect();
    assert_eq!(found, all, "each is broken on purpose");
}

#[test]
fn what_only_looks_like_it_is_no_finding() {
    let none = |text: String| assert_eq!(lint(&text, None), [], "{text}");
    // People and things of whom facts will tell.
    none(with("who: {attributes: {team: [ops]}}", "who: {ids: [zoe]}"));
    none(with(
        "who: {groups: [outsiders]}, permissions",
        "who: {groups: [outsiders]}, what: {ids: [elsewhere]}, permissions",
    ));
    // A denial that is over before the membership, and a member who stays by another way.
    let left = "until: 2026-05-31";
    let text = with("member: eve, until: 2026-06-30", &format!("member: eve, {left}"));
    none(text.replace("out: {who", "out: {valid: {until: 2026-05-31}, who"));
    none(text.replace("memberships:", "memberships:\n  eve-stays: {group: outsiders, member: eve}"));
    // What another source ends: a guardrail, the hours, the session, the validity of the rule.
    let tied = |more: &str, what: &str| {
        rule(&format!("  tied: {{who: {{ids: [ann]}}, what: {what}, event: {{}}{more}}}\n"))
    };
    none(tied("", "{ids: [admin], kinds: [role]}"));
    none(tied("", "{ids: [admin]}"));
    none(tied(", session: bound", "{ids: [reader]}"));
    none(tied(", valid: {until: 2026-12-31}", "{ids: [reader]}"));
    none(tied(", hours: [{from: '09:00', to: '17:00', zone: UTC}]", "{ids: [reader]}"));
    none(tied(", renewal: {max_total: 2d}", "{ids: [reader]}"));
    // An approval that a guardrail asks for.
    let text = with("    approvals: [{approvers: {groups: [leads]}}]\n", "");
    none(text.replace("max: 4h}", "max: 4h, approvals: [{approvers: {ids: [ann, bob]}}]}"));
}

#[test]
fn a_rule_that_is_laxer_in_everything_is_shadowed_and_no_other() {
    let other = |more: &str| {
        rule(&format!(
            "  z: {{who: {{attributes: {{team: [ops]}}}}, what: {{ids: [admin]}}, where: [prod], when: managed{more}}}\n"
        ))
    };
    let shadowed = |more: &str| told(&lint(&other(more), None)) == ["lint.rule.shadowed 31:3 /eligibility/z"];
    let event = ", event: {grace: 15m}, duration: {max: 9h}";
    assert!(shadowed(", duration: {max: 8h}"), "the same again");
    assert!(shadowed(", duration: {max: 9h}, extension: {max_total: 9d}, on_loss: run_out"));
    for stricter in [
        ", duration: {max: 7h}",
        ", duration: {max: 9h, min: 1h}",
        ", duration: {max: 9h, default: 1h}",
        ", duration: {max: 9h}, require: {reason: true}",
        ", duration: {max: 9h}, already_held: reject",
        ", duration: {max: 9h}, while: managed",
        ", duration: {max: 9h}, on_exceed: {maximum: reject}",
        ", duration: {max: 9h}, session_max: 1h",
        ", duration: {max: 9h}, valid: {until: 2030-12-31}",
        ", duration: {max: 9h}, approvals: [{approvers: {ids: [ann, bob]}}]",
        event,
    ] {
        assert_eq!(lint(&other(stricter), None), [], "{stricter}");
    }
    // Where the requester chooses, each rule is an offer of its own.
    let text = other(", duration: {max: 9h}").replace("context:", "combine: requester_chooses\ncontext:");
    assert_eq!(lint(&text, None), []);
}

#[test]
fn a_rule_that_is_over_is_told_once() {
    let now = Some("2026-05-01T00:00:00Z");
    let text =
        rule("  old: {who: {}, what: {}, event: {}, valid: {until: 2026-03-31}, already_held: extend}\n");
    assert_eq!(told(&lint(&text, now)), ["lint.rule.expired 31:39 /eligibility/old/valid"]);
    assert_eq!(lint(&text, now)[0].severity(), Severity::Note);
    // Whoever has left makes no quorum and matches no rule.
    let text = with("who: {attributes: {team: [ops]}}", "who: {ids: [eve]}");
    assert_eq!(lint(&text, None), []);
    let after = told(&lint(&text, Some("2027-01-01T00:00:00Z")));
    assert!(after.contains(&"lint.rule.nobody 24:5 /eligibility/operators/who".into()), "{after:?}");
    assert!(after.contains(&"lint.rule.nobody 32:9 /deny/out/who".into()), "{after:?}");
}

#[test]
fn a_finding_reads_as_text_and_as_json() {
    let findings = lint(&with("where: [prod]", "where: []"), None);
    let text = "warning: line 26, column 5 (/eligibility/operators/where): an empty `where` is nowhere; name a \
                resource, or leave `where` out for everywhere (lint.rule.nowhere)";
    assert_eq!(findings[0].to_string(), text);
    let json = crate::document::canonical(&findings[0]).unwrap();
    let expected = r#"{"code":"lint.rule.nowhere","column":5,"line":26,"message":"an empty `where` is nowhere; name a resource, or leave `where` out for everywhere","pointer":"/eligibility/operators/where","severity":"warning"}"#;
    assert_eq!(json, expected);
    // A document that was built has no lines; it has pointers.
    let document = crate::document::parse_json::<crate::policy::PolicyDocument>(
        r#"{"tenure": 1, "entitlements": {"a": {"kind": "role"}}}"#,
        &crate::document::Limits::policy(),
    );
    let built = Policy::from_document(document.unwrap()).unwrap().lint(None);
    assert_eq!(told(&built), ["lint.entitlement.unowned 1:1 /entitlements/a"]);
}
