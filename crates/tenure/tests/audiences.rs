//! Reasons for a requester never name another person, a rule, or a correction that is meant for others; the registry
//! says of every code and value who may see it.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::std_instead_of_alloc,
    reason = "a test fails by panicking, and runs where there is a standard library"
)]

use tenure::check::{Access, Answer, Question, SourceKind, Via};
use tenure::decide::{Audience, Code, Command, Decision, Reason};
use tenure::engine::Engine;
use tenure::model::{Request, Value};
use tenure::policy::Policy;
use tenure::state::State;
use tenure::time::Timestamp;

/// Parameters that name a rule, what it reads, how the system is run, or what others hold.
const PRIVATE: &[&str] =
    &["adopted", "attributes", "conditions", "high_water", "last_seen", "names", "policy", "rule"];

/// Parameters that name a person: who asks, or for whom.
const PEOPLE: &[&str] = &["by", "identity"];

/// Parameters that say no more than who asks knows, or is told with the verdict anyway.
const OPEN: &[&str] = &[
    "asked",
    "at",
    "available",
    "bound",
    "by",
    "count",
    "end",
    "entitlement",
    "entitlements",
    "event",
    "grant",
    "held",
    "input",
    "inputs",
    "left",
    "max",
    "max_staleness",
    "max_total",
    "min",
    "permission",
    "request",
    "resource",
    "start",
    "state",
    "target",
    "why",
    "withheld",
];

/// Words by which a sentence would tell somebody to mend the system.
const CORRECTIONS: &[&str] = &["adopt", "correct", "declared", "digest", "policy", "type"];

/// A reason each value of which can be found again.
fn marked(code: Code) -> Reason {
    code.params().iter().fold(Reason::error(code), |reason, (name, _)| reason.with(name, mark(name)))
}

fn mark(name: &str) -> String {
    format!("<{name}>")
}

#[test]
fn every_audience_is_told_what_it_may_see_and_nothing_else() {
    for code in Code::ALL {
        for audience in Audience::ALL {
            let Some(told) = marked(*code).for_audience(*audience) else {
                assert!(*audience < code.audience(), "{code:?} is kept from {audience}");
                continue;
            };
            assert!(*audience >= code.audience(), "{code:?} is told to {audience}");
            let params = serde_json::to_string(&told.params).unwrap();
            assert!(!told.text.contains(['{', '}']), "{}", told.text);
            for (name, least) in code.params() {
                let mark = mark(name);
                assert_eq!(params.contains(&mark), audience >= least, "{code:?} {name} to {audience}");
                assert!(!told.text.contains(&mark) || audience >= least, "{} to {audience}", told.text);
            }
        }
        let everything = marked(*code).for_audience(Audience::Admin).expect("an admin is told all");
        assert_eq!(everything.params.len(), code.params().len());
        assert_eq!(format!("{everything}"), marked(*code).to_string());
    }
}

#[test]
fn a_requester_is_told_no_rule_no_circumstance_and_no_correction_for_others() {
    for code in Code::ALL {
        for (name, least) in code.params() {
            let known = PRIVATE.contains(name) || PEOPLE.contains(name) || OPEN.contains(name);
            assert!(known, "{code:?}: may who asks see `{name}`? say so here");
            assert!(!PRIVATE.contains(name) || *least > Audience::Requester, "{code:?} tells `{name}`");
        }
        let Some(told) = marked(*code).for_audience(Audience::Requester) else { continue };
        for name in PRIVATE {
            assert!(!told.params.contains_key(*name), "{code:?} tells `{name}`");
            assert!(!told.text.contains(&mark(name)), "{}", told.text);
        }
        let found = CORRECTIONS.iter().find(|word| told.text.contains(**word));
        let spared = [Code::InputInvalid, Code::ContextMissing].contains(code);
        assert!(found.is_none() || spared, "{code:?} tells `{}`: {found:?}", told.text);
    }
}

#[test]
fn a_value_that_the_registry_does_not_know_is_for_admins() {
    let reason = Reason::error(Code::EligibilityNone).with("suspect", "eve");
    assert!(reason.for_audience(Audience::Requester).unwrap().params.is_empty());
    assert!(reason.for_audience(Audience::Approver).unwrap().params.is_empty());
    assert_eq!(reason.for_audience(Audience::Admin).unwrap().params.len(), 1);
}

#[test]
fn of_what_was_not_said_a_requester_is_told_what_is_theirs_to_fill_in() {
    let names: Value = ["context.risk", "inputs.amount"].map(String::from).into_iter().collect();
    let reason = Reason::error(Code::ContextMissing).with("names", names);
    let told = reason.for_audience(Audience::Requester).unwrap();
    assert_eq!(
        told.to_string(),
        "the answer depends on what was not said: `inputs.amount` (context.missing)"
    );
    let told = reason.for_audience(Audience::Approver).unwrap();
    let all = "the answer depends on what was not said: `context.risk, inputs.amount` (context.missing)";
    assert_eq!(told.to_string(), all);
    let others: Value = core::iter::once(String::from("context.risk")).collect();
    let told = Reason::error(Code::ContextMissing).with("names", others).for_audience(Audience::Requester);
    let told = told.unwrap();
    assert_eq!(told.text, "the answer depends on what was not said");
    assert!(told.params.is_empty());
}

const POLICY: &str = r#"{
  "tenure": 1,
  "identities": {"ann": {"kind": "human"}, "boss": {"kind": "human"},
                 "svc": {"kind": "service_account", "owner": "boss"}},
  "entitlements": {"admin": {"kind": "role", "permissions": ["db:write"]}},
  "eligibility": {"secret-rule": {
    "who": {"ids": ["ann", "svc"]}, "what": {"ids": ["admin"]}, "duration": {"max": "8h"},
    "approvals": [{"name": "four eyes", "approvers": {"ids": ["boss"]}}]
  }},
  "deny": {"secret-denial": {"who": {"ids": ["boss"]}, "permissions": ["db:write"]}}
}"#;

fn ask(who: &str) -> Decision {
    let engine = Engine::new(Policy::from_json(POLICY).unwrap(), State::default()).unwrap();
    let mut request = Request::new("r-1".parse().unwrap(), who.parse().unwrap(), "admin".parse().unwrap());
    request.duration = Some("9h".parse().unwrap());
    let now: Timestamp = "2026-03-02T09:00:00Z".parse().unwrap();
    engine.decide(&Command::from(request), now)
}

#[test]
fn a_decision_tells_a_requester_what_is_owed_and_not_by_whom_or_why() {
    let told = ask("ann").for_audience(Audience::Requester);
    let expected = "\
pending r-1 at 2026-03-02T09:00:00Z
  ann holds admin from 2026-03-02T09:00:00Z until 2026-03-02T17:00:00Z (r-1#0)
  ends at 2026-03-02T17:00:00Z by maximum
  limit 2026-03-02T18:00:00Z by asked
  `PT9H` was asked; `maximum` leaves `PT8H` (duration.clipped)
  owes the approval of 1 in stage four eyes
";
    assert_eq!(told.to_string(), expected);
    let text = serde_json::to_string(&told).unwrap();
    for word in ["boss", "secret", "footprint", "holds\"", "proposal", "log"] {
        assert!(!text.contains(word), "{word}: {text}");
    }
}

#[test]
fn an_approver_is_told_the_rules_and_an_admin_all_but_the_proposal() {
    let decision = ask("ann");
    let approver = serde_json::to_string(&decision.for_audience(Audience::Approver)).unwrap();
    assert!(approver.contains("secret-rule") && approver.contains("boss"), "{approver}");
    assert!(!approver.contains("footprint") && !approver.contains("proposal"), "{approver}");
    let admin = serde_json::to_value(decision.for_audience(Audience::Admin)).unwrap();
    let whole = serde_json::to_value(&decision).unwrap();
    for (key, value) in whole.as_object().unwrap() {
        match key.as_str() {
            "proposal" => assert_eq!(admin.get(key), None),
            // Their sentences are added.
            "reasons" => assert!(admin[key][0]["text"].is_string()),
            _ => assert_eq!(&admin[key], value, "{key}"),
        }
    }
}

#[test]
fn an_owner_is_another_person() {
    let told = ask("svc").for_audience(Audience::Requester);
    assert!(!serde_json::to_string(&told).unwrap().contains("boss"));
}

#[test]
fn an_answer_tells_no_rule_to_whom_it_is_about() {
    let engine = Engine::new(Policy::from_json(POLICY).unwrap(), State::default()).unwrap();
    let question: Question =
        serde_json::from_str(r#"{"identity": "boss", "permission": "db:write"}"#).unwrap();
    let answer = engine.check(&question, "2026-03-02T09:00:00Z".parse().unwrap());
    let via = Via {
        entitlement: "admin".parse().unwrap(),
        id: "secret-birthright".into(),
        source: SourceKind::StandingRule,
        until: None,
    };
    let given = Answer { answer: Access::Allowed, via: vec![via], ..answer.clone() };
    for answer in [answer, given] {
        let told = answer.for_audience(Audience::Requester);
        assert!(!serde_json::to_string(&told).unwrap().contains("secret"), "{told}");
        assert!(!told.to_string().contains("secret"), "{told}");
        let told = answer.for_audience(Audience::Approver);
        assert_eq!(told.to_string(), answer.to_string());
    }
}

#[test]
fn an_audience_is_a_word() {
    for audience in Audience::ALL {
        assert_eq!(audience.word().parse(), Ok(*audience));
    }
    let error = "boss".parse::<Audience>().unwrap_err();
    assert_eq!(error.to_string(), "`boss` is no audience; write requester, approver or admin");
    assert_eq!(error.code(), "audience.unknown");
}
