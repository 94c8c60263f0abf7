//! Two decisions that were taken at one position on the last free place of a capacity are never both committed.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use tenure::decide::{Code, Command, Decision, Verdict};
use tenure::engine::{CommitError, Engine};
use tenure::fact::{Body, Fact};
use tenure::log::{Key, Proposal};
use tenure::model::Request;
use tenure::policy::Policy;
use tenure::shared::Shared;
use tenure::state::State;
use tenure::time::{Span, Timestamp};

/// One place, counted by name; `cat` holds it by standing, and is away.
const NAMED: &str = r#"{
  "tenure": 1,
  "identities": {"ann": {"kind": "human"}, "ben": {"kind": "human"}, "cat": {"kind": "human"}},
  "entitlements": {
    "desk": {"kind": "role"}, "pilot": {"kind": "role"},
    "captain": {"kind": "role", "implies": ["pilot"]}
  },
  "standing": {"s-1": {"holder": {"identity": "cat"}, "entitlement": "captain"}},
  "eligibility": {"all": {"who": "anyone", "what": "anything", "duration": {"max": "PT8H"}}},
  "capacity": {"seats": {"what": {"ids": ["pilot"]}, "max": 1}}
}"#;

fn nine() -> Timestamp {
    "2026-03-02T09:00:00Z".parse().expect("an instant")
}

fn request(id: &str, who: &str, what: &str) -> Command {
    let request = Request::new(id.parse().unwrap(), who.parse().unwrap(), what.parse().unwrap());
    request.lasting(Span::hours(2)).into()
}

fn fact(id: &str, kind: &str, body: &str) -> Fact {
    let text = format!(
        r#"{{"v": 1, "id": "{id}", "kind": "{kind}", "effective_at": "2026-03-02T08:00:00Z",
        "recorded_at": "2026-03-02T08:00:00Z", "body": {body}}}"#
    );
    serde_json::from_str(&text).expect("a fact")
}

/// The engine of a log that adopted the document, and where `cat` is suspended.
fn engine(policy: &str) -> Engine {
    let engine =
        Engine::new(Policy::from_json(policy).expect("a policy"), State::default()).expect("an engine");
    let adoption = engine.adopt(engine.policy(), None, nine()).expect("an adoption");
    let engine = engine.commit_adoption(Policy::from_json(policy).unwrap(), &adoption).expect("it fits");
    add(&engine, &[fact("away", "identity_suspended", r#"{"id": "cat"}"#)])
}

fn add(engine: &Engine, facts: &[Fact]) -> Engine {
    engine.apply(engine.position(), facts).expect("it follows")
}

/// A permit whose versions alone decide whether it fits, as where hosts compare versions instead of the length.
fn permit(engine: &Engine, command: &Command) -> Proposal {
    let decision = engine.decide(command, nine());
    assert_eq!(decision.verdict(), Verdict::Permit, "{decision}");
    decision.proposal().expect("a permit")
}

fn full(decision: &Decision) -> bool {
    decision.grounds().reasons.iter().any(|reason| reason.code == Code::CapacityFull)
}

/// That the permit for `ben` conflicts after these facts, and that there is no room when it is decided again.
fn conflicts(engine: &Engine, facts: &[Fact]) {
    let command = request("q-2", "ben", "pilot");
    let proposal = permit(engine, &command);
    let later = add(engine, facts);
    let error = later.commit(&proposal).expect_err("nobody may take what is gone");
    assert!(matches!(error, CommitError::Conflict(_)), "{error}");
    let again = later.decide(&command, nine());
    assert!(full(&again), "{again}");
}

#[test]
fn of_two_permits_for_the_last_place_one_stands() {
    let engine = engine(NAMED);
    conflicts(&engine, &permit(&engine, &request("q-1", "ann", "pilot")).facts);
    // Whoever takes what leads there takes the place as well.
    conflicts(&engine, &permit(&engine, &request("q-1", "ann", "captain")).facts);
}

#[test]
fn what_concerns_no_place_is_no_conflict() {
    let engine = engine(NAMED);
    let second = permit(&engine, &request("q-2", "ben", "pilot"));
    let later =
        engine.commit(&permit(&engine, &request("q-1", "ann", "desk"))).expect("nothing has happened");
    later.commit(&second).expect("a desk is no seat");
}

#[test]
fn who_comes_back_takes_the_place_again() {
    conflicts(&engine(NAMED), &[fact("back", "identity_resumed", r#"{"id": "cat"}"#)]);
}

#[test]
fn a_new_way_to_the_place_is_a_conflict() {
    let engine = engine(NAMED);
    let held = fact(
        "desk",
        "standing_assigned",
        r#"{"id": "s-2", "definition": {"holder": {"identity": "ann"}, "entitlement": "desk"}}"#,
    );
    // Who holds a desk is not looked at until a desk leads to a seat.
    let engine = add(&engine, &[held]);
    conflicts(
        &engine,
        &[fact("edge", "entitlement_changed", r#"{"id": "desk", "changes": {"implies": ["pilot"]}}"#)],
    );
    // Nor what nobody has defined.
    let given = fact(
        "chief",
        "standing_assigned",
        r#"{"id": "s-3", "definition": {"holder": {"identity": "ann"}, "entitlement": "chief"}}"#,
    );
    let engine = add(&engine, &[given]);
    let chief = r#"{"id": "chief", "definition": {"kind": "role", "implies": ["captain"]}}"#;
    conflicts(&engine, &[fact("chief-1", "entitlement_defined", chief)]);
    // The edge of a change that came before its definition comes with the definition.
    let early = r#"{"id": "chief", "changes": {"implies": ["captain"]}}"#;
    let engine = add(&engine, &[fact("early", "entitlement_changed", early)]);
    conflicts(
        &engine,
        &[fact("chief-2", "entitlement_defined", r#"{"id": "chief", "definition": {"kind": "role"}}"#)],
    );
}

#[test]
fn what_comes_to_be_counted_is_a_conflict() {
    let kinds = NAMED.replace(r#"{"ids": ["pilot"]}"#, r#"{"attributes": {"crew": ["yes"]}}"#);
    let kinds = kinds.replace(
        r#""pilot": {"kind": "role"}"#,
        r#""pilot": {"kind": "role", "attributes": {"crew": "yes"}}"#,
    );
    let engine = engine(&kinds);
    let held = fact(
        "desk",
        "standing_assigned",
        r#"{"id": "s-2", "definition": {"holder": {"identity": "ann"}, "entitlement": "desk"}}"#,
    );
    let engine = add(&engine, &[held]);
    let crew = r#"{"id": "desk", "changes": {"attributes": {"crew": "yes"}}}"#;
    conflicts(&engine, &[fact("crew", "entitlement_changed", crew)]);
    let read = permit(&engine, &request("q-2", "ben", "pilot")).expects;
    assert!(read.iter().any(|expected| expected.key == Key::catalogue()));
}

#[test]
fn a_fresh_entitlement_that_is_counted_counts() {
    let kinds = NAMED.replace(r#"{"ids": ["pilot"]}"#, r#"{"kinds": ["right"]}"#);
    let engine = engine(&kinds);
    let next = add(
        &engine,
        &[fact("new", "entitlement_defined", r#"{"id": "key", "definition": {"kind": "right"}}"#)],
    );
    let next = next.commit(&permit(&next, &request("q-1", "ann", "key"))).expect("it fits");
    let again = next.decide(&request("q-2", "ben", "key"), nine());
    assert!(full(&again), "{again}");
}

#[test]
fn a_shared_engine_takes_in_an_adoption() {
    let shared = Shared::new(engine(NAMED));
    let (old, larger) = (shared.current(), NAMED.replace(r#""max": 1"#, r#""max": 2"#));
    let policy = Policy::from_json(&larger).expect("a policy");
    let adoption = old.adopt(&policy, None, nine()).expect("an adoption");
    shared.commit_adoption(policy.clone(), &adoption).expect("it fits");
    assert_eq!(shared.current().state().adopted_policy(), Some(adoption.policy.as_str()));
    assert!(matches!(shared.commit_adoption(policy, &adoption), Err(CommitError::Conflict(_))));
    let permits = [request("q-1", "ann", "pilot"), request("q-2", "ben", "pilot")];
    for command in &permits {
        shared.commit(&permit(&shared.current(), command)).expect("there are two places");
    }
    assert!(
        permits.len() == 2
            && matches!(adoption.proposal.facts.last().map(|f| &f.body), Some(Body::PolicyAdopted(_)))
    );
}
