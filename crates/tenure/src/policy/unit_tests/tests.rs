//! Tests pass, fail with what differs, cannot be run, or cannot be read.

use super::*;
use crate::policy::{Policy, PolicyDocument};
use crate::state::State;

const COMPANY: &str = r#"
tenure: 1
context: {device.managed: bool}
conditions: {managed: {expr: context.device.managed}}
identities:
  ann: {kind: human}
  bob: {kind: human, manager: ann}
entitlements:
  admin: {kind: role, permissions: ['db:write']}
  reader: {kind: role, permissions: ['db:read']}
eligibility:
  admins: {who: {ids: [ann]}, what: {ids: [admin]}, event: {kinds: [incident]}}
  readers:
    who: {kinds: [human]}
    what: {ids: [reader]}
    duration: {max: 8h}
    approvals: [{approvers: {manager: true}}, {name: owner, approvers: {ids: [ann]}}]
standing_rules:
  everybody: {who: {kinds: [human]}, what: {ids: [reader]}, when: managed}
"#;

fn with(tests: &str) -> String {
    format!("{COMPANY}tests:\n{tests}")
}

fn policy(tests: &str) -> Policy {
    Policy::from_yaml(with(tests)).unwrap()
}

fn outcome(test: &str) -> TestOutcome {
    run_tests(&policy(test), State::default()).unwrap().remove(0)
}

/// A request of Ann while an incident is open, expecting this.
fn incident(expect: &str) -> String {
    format!(
        "
  - name: an incident
    now: 2026-03-02T09:00:00Z
    facts:
      - kind: event_opened
        effective_at: 2026-03-02T08:00:00Z
        body: {{id: INC-7, definition: {{kind: incident, start: 2026-03-02T08:00:00Z, hard_cap: 24h}}}}
    command: {{request: {{id: r, requester: ann, entitlement: admin, event: INC-7}}}}
    expect: {expect}
"
    )
}

fn question(expect: &str) -> String {
    format!(
        "
  - name: a question
    now: 2026-03-02T09:00:00Z
    question: {{identity: ann, permission: 'db:read'}}
    expect: {expect}
"
    )
}

fn request(expect: &str) -> String {
    format!(
        "
  - name: a request
    now: 2026-03-02T09:00:00Z
    command: {{request: {{id: r, requester: bob, entitlement: reader, duration: 9h}}}}
    expect: {expect}
"
    )
}

#[test]
fn a_test_passes_if_all_that_it_expects_is_said() {
    for test in [
        incident("{verdict: permit, end: 2026-03-03T08:00:00Z, reasons: [], obligations: 0}"),
        incident(
            "{bounds: [{kind: event_cap, source: INC-7, binding: true, item: 0, end: 2026-03-03T08:00:00Z}]}",
        ),
        question("{answer: conditional, missing: [device.managed], reasons: [context.missing]}"),
        request("{verdict: pending, obligations: 2, reasons: [duration.clipped]}"),
        request("{obligations: [readers, owner], bounds: [{kind: asked}, {kind: maximum}]}"),
    ] {
        let outcome = outcome(&test);
        assert!(outcome.passed(), "{test} {outcome:?}");
        assert_eq!(outcome.said, None);
    }
}

#[test]
fn what_differs_is_told_field_by_field() {
    let tests = [
        (incident("{verdict: deny}"), "verdict", "deny", Some("permit")),
        (
            incident("{end: 2026-03-03T09:00:00Z}"),
            "end",
            "2026-03-03T09:00:00Z",
            Some("2026-03-03T08:00:00Z"),
        ),
        (incident("{obligations: 1}"), "obligations", "1", Some("0")),
        (incident("{reasons: [event.stale]}"), "reasons", r#"["event.stale"]"#, Some("[]")),
        (question("{answer: allowed}"), "answer", "allowed", Some("conditional")),
        (question("{until: 2026-03-03T09:00:00Z}"), "until", "2026-03-03T09:00:00Z", None),
        (question("{missing: []}"), "missing", "[]", Some(r#"["device.managed"]"#)),
        // Complete and in order.
        (request("{reasons: []}"), "reasons", "[]", Some(r#"["duration.clipped"]"#)),
        (
            request("{obligations: [owner, readers]}"),
            "obligations",
            r#"["owner","readers"]"#,
            Some(r#"["readers","owner"]"#),
        ),
    ];
    for (test, field, expected, got) in tests {
        let outcome = outcome(&test);
        let difference = Difference { expected: expected.into(), field, got: got.map(Into::into) };
        assert_eq!(outcome.differences, [difference], "{test}");
        assert!(outcome.said.is_some_and(|said| !said.is_empty()), "{test}");
    }
    for bound in [
        "{kind: hours}",
        "{kind: event_cap, source: INC-8}",
        "{kind: event_cap, item: 1}",
        "{kind: event_cap, binding: false}",
    ] {
        let outcome =
            outcome(&incident(&format!("{{verdict: permit, bounds: [{{kind: event_cap}}, {bound}]}}")));
        let [difference] = outcome.differences.as_slice() else { panic!("{bound}: {outcome:?}") };
        assert_eq!(difference.field, "bounds");
        assert!(!difference.expected.contains("},{"), "only what is not there: {difference:?}");
    }
}

#[test]
fn each_test_has_a_log_of_its_own() {
    let tests = format!("{}{}", incident("{verdict: permit}"), {
        let again = incident("{verdict: deny, reasons: [event.invalid]}").replace("an incident", "another");
        again.replace("id: INC-7, definition", "id: INC-8, definition")
    });
    let outcomes = run_tests(&policy(&tests), State::default()).unwrap();
    assert!(outcomes.iter().all(TestOutcome::passed), "{outcomes:?}");
}

#[test]
fn facts_that_nobody_could_record_are_a_fault() {
    for (from, to, code) in [
        ("effective_at: 2026", "recorded_at: 2027", "(fact.from_future)"),
        ("start:", "participants: [eve], start:", "(fact.dangling)"),
    ] {
        let test = incident("{verdict: permit}").replacen(from, to, 1);
        let outcome = outcome(&test);
        assert!(outcome.fault.as_ref().is_some_and(|fault| fault.ends_with(code)), "{outcome:?}");
        assert!(!outcome.passed());
    }
    let outcome =
        outcome(&question("{answer: conditional}").replace("question:", "log: l.jsonl\n    question:"));
    assert!(outcome.fault.is_some_and(|fault| fault.contains("`l.jsonl` was not read")));
}

#[test]
fn tests_are_not_part_of_what_the_policy_means() {
    let (bare, tested) = (Policy::from_yaml(COMPANY).unwrap(), policy(&incident("{verdict: permit}")));
    assert_eq!(bare.digest(), tested.digest());
    assert_ne!(bare, tested);
    assert_eq!(tested.document().tests.len(), 1);
    // Whoever writes the document again keeps them.
    let written = document::canonical(tested.document()).unwrap();
    let again: PolicyDocument = document::parse_json(&written, &Limits::policy()).unwrap();
    assert_eq!(&again, tested.document());
}

#[test]
fn what_is_wrong_with_a_test_has_a_place() {
    let asks_nothing = "\n  - {name: a, now: 2026-03-02T09:00:00Z, expect: {verdict: deny}}\n";
    let twice = format!("{}{}", question("{answer: denied}"), question("{answer: denied}"));
    let one = |from: &str, to: &str| incident("{verdict: permit}").replacen(from, to, 1);
    for (tests, code, pointer) in [
        (asks_nothing.into(), "test.ask", "/tests/0"),
        (twice, "test.name", "/tests/1/name"),
        (question("{answer: denied}").replace("a question", "''"), "test.name", "/tests/0/name"),
        (incident("{}"), "test.expect", "/tests/0/expect"),
        (incident("{answer: denied}"), "test.expect", "/tests/0/expect"),
        (question("{verdict: deny}"), "test.expect", "/tests/0/expect"),
        (one("verdict: permit", "verdict: allow"), "document.unknown_word", "/tests/0/expect/verdict"),
        (
            one("verdict: permit", "reasons: [event.stal]"),
            "document.unknown_word",
            "/tests/0/expect/reasons/0",
        ),
        (one("verdict: permit", "obligations: many"), "document.type", "/tests/0/expect/obligations"),
        (one("event_opened", "event_openned"), "fact.kind", "/tests/0/facts/0/kind"),
        (one("hard_cap", "hard_cup"), "document.unknown_field", "/tests/0/facts/0/body/definition/hard_cup"),
        (one("body:", "v: 2\n        body:"), "fact.version", "/tests/0/facts/0"),
    ] {
        let error = Policy::from_yaml(with(&tests)).unwrap_err();
        let told: Vec<_> = error.problems().iter().map(|p| (p.code(), p.pointer())).collect();
        assert_eq!(told, [(code, pointer)], "{tests}\n{error}");
        assert!(error.problems().iter().all(|problem| problem.line() > 1), "{error}");
        let file = TestFile::from_yaml(format!("tests:\n{tests}")).unwrap_err();
        assert_eq!((file.code(), file.problems().len()), (code, 1), "{file}");
    }
    let error = TestFile::from_yaml("tests: []\nnow: 1\n").unwrap_err();
    assert_eq!(error.code(), "document.unknown_field");
}
