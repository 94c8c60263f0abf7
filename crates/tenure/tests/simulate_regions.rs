//! What is supposed is told wherever it changes something, and of no place more than is so there.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use tenure::document::{Limits, parse_json};
use tenure::engine::Engine;
use tenure::fact::Fact;
use tenure::policy::Policy;
use tenure::simulate::{Hypothesis, Simulation};
use tenure::state::State;

const NOW: &str = "2026-03-10T09:00:00Z";

/// What comes of one fact in the world of a document.
fn supposed(policy: &str, kind: &str, body: &str) -> Simulation {
    let engine = Engine::new(Policy::from_yaml(policy).unwrap(), State::default()).unwrap();
    let text = format!(
        r#"{{"v": 1, "id": "f-1", "kind": "{kind}", "effective_at": "{NOW}", "recorded_at": "{NOW}", "body": {body}}}"#
    );
    let fact: Fact = parse_json(&text, &Limits::default()).unwrap();
    let hypothesis = Hypothesis { facts: vec![fact], ..Hypothesis::default() };
    engine.simulate(&hypothesis, NOW.parse().unwrap()).unwrap()
}

fn access(simulation: &Simulation) -> Vec<String> {
    simulation.access.iter().map(ToString::to_string).collect()
}

const DENIED_IN_A_PART: &str = r"
tenure: 1
resources: {x: {type: t}, y: {type: t}}
identities: {bob: {kind: human}}
entitlements: {a: {kind: role, permissions: [a:x]}}
standing: {s1: {holder: {identity: bob}, entitlement: a}}
deny: {nox: {who: anyone, permissions: [a:x], where: [x]}}
";

/// Without a resource it is denied before and after; on resources it was not.
#[test]
fn what_is_denied_in_a_part_is_lost_in_the_rest() {
    let told = "bob loses a:x on resources, except in x: allowed -> denied";
    let simulation = supposed(DENIED_IN_A_PART, "identity_suspended", r#"{"id": "bob"}"#);
    assert_eq!(access(&simulation), [told]);
    assert!(!simulation.is_empty() && simulation.complete);
    let read = |text: &str| Policy::from_yaml(text).unwrap();
    let without: String = DENIED_IN_A_PART
        .lines()
        .filter(|line| !line.starts_with("standing"))
        .map(|l| format!("{l}\n"))
        .collect();
    let diff =
        Policy::diff(&read(DENIED_IN_A_PART), &read(&without), &State::default(), NOW.parse().unwrap());
    assert_eq!(diff.unwrap().access[0].to_string(), told);
}

/// A question about a place that is retired says nothing of what lies below it.
#[test]
fn what_lies_below_a_retired_place_is_told_by_itself() {
    let policy = r"
tenure: 1
resources: {x: {type: t}, x/y: {type: t, parent: x}}
identities: {bob: {kind: human}}
entitlements: {a: {kind: role, permissions: [a:x]}}
standing: {s1: {holder: {identity: bob}, entitlement: a}}
";
    let simulation = supposed(policy, "resource_retired", r#"{"id": "x"}"#);
    assert_eq!(access(&simulation), ["bob loses a:x in x, except in x/y: allowed -> denied"]);
}

/// A scope that is retired is none, and no exception for what lives on below it.
#[test]
fn what_lies_below_a_retired_scope_is_gained_with_the_rest() {
    let policy = r"
tenure: 1
resources: {x: {type: t}, x/y: {type: t, parent: x}}
identities: {bob: {kind: human}}
entitlements: {a: {kind: role, permissions: [a:x], implies: [{entitlement: b, scope: x}]}, b: {kind: role, permissions: [b:x]}}
standing:
  s1: {holder: {identity: bob}, entitlement: a}
";
    let fact = |id: &str, kind: &str, body: &str| -> Fact {
        let text = format!(
            r#"{{"v": 1, "id": "{id}", "kind": "{kind}", "effective_at": "{NOW}", "recorded_at": "{NOW}", "body": {body}}}"#
        );
        parse_json(&text, &Limits::default()).unwrap()
    };
    let engine = Engine::new(Policy::from_yaml(policy).unwrap(), State::default()).unwrap();
    let retired =
        engine.admit(&[fact("f-1", "resource_retired", r#"{"id": "x"}"#)], NOW.parse().unwrap()).unwrap();
    let engine = engine.apply(0, &retired).unwrap();
    let body = r#"{"id": "s-2", "definition": {"holder": {"identity": "bob"}, "entitlement": "b"}}"#;
    let hypothesis =
        Hypothesis { facts: vec![fact("f-2", "standing_assigned", body)], ..Hypothesis::default() };
    let simulation = engine.simulate(&hypothesis, NOW.parse().unwrap()).unwrap();
    assert_eq!(
        access(&simulation),
        ["bob gains b:x, except in x: denied -> allowed", "bob gains b:x in x/y: denied -> allowed"]
    );
}

/// Where conditions read the resource, each is asked: of an unknown one both worlds say as little.
#[test]
fn what_hangs_on_the_resource_is_asked_of_each() {
    let policy = r"
tenure: 1
attributes: {stage: text}
conditions:
  one: {text: t, expr: 'resource.stage == ''one'''}
  two: {text: t, expr: 'resource.stage == ''two'''}
resources: {x: {type: t, attributes: {stage: one}}, y: {type: t, attributes: {stage: two}}}
identities: {bob: {kind: human}}
entitlements: {a: {kind: role, permissions: [a:x]}}
standing:
  s1: {holder: {identity: bob}, entitlement: a, while: one}
  s2: {holder: {identity: bob}, entitlement: a, while: two}
";
    let simulation = supposed(policy, "standing_removed", r#"{"id": "s1"}"#);
    assert_eq!(access(&simulation), ["bob loses a:x on x itself: allowed -> denied"]);
}

/// What is not human obtains nothing unless a human who is alive owns it.
#[test]
fn who_is_owned_is_concerned_by_what_happens_to_the_owner() {
    let policy = r"
tenure: 1
identities: {mgr: {kind: human}, bot: {kind: agent, owner: mgr}, stray: {kind: agent}}
entitlements: {a: {kind: role, permissions: [a:x]}}
eligibility: {e: {who: {kinds: [agent]}, what: anything, duration: {max: 9d}}}
";
    let simulation = supposed(policy, "identity_suspended", r#"{"id": "mgr"}"#);
    let told: Vec<String> = simulation.eligibility.iter().map(ToString::to_string).collect();
    assert_eq!(told, ["bot loses a: at most PT216H -> no"]);
}

#[test]
fn what_was_not_compared_is_said() {
    let simulation =
        supposed(DENIED_IN_A_PART, "identity_defined", r#"{"id": "zoe", "definition": {"kind": "human"}}"#);
    assert!(simulation.is_empty());
    let told = simulation.to_string();
    assert!(told.contains("event terms, approvals and capacities were not compared"), "{told}");
}
