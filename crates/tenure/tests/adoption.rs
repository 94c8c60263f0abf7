//! One document follows another: what is recorded, what is refused, and who gains or loses.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::std_instead_of_alloc,
    clippy::std_instead_of_core,
    reason = "a test fails by panicking, and runs where there is a standard library"
)]

use serde_json::{Value, json};
use tenure::decide::Command;
use tenure::engine::{Engine, EngineError, PolicyAdoption};
use tenure::fact::Fact;
use tenure::log::{Key, KeyKind, fits};
use tenure::model::Request;
use tenure::policy::Policy;
use tenure::state::State;
use tenure::time::{Span, Timestamp};

fn base() -> Value {
    json!({
        "tenure": 1,
        "applications": {"db": {"owner": "ann", "name": "Database"}},
        "identities": {
            "ann": {"kind": "human", "attributes": {"department": "it", "floor": 3}, "manager": "eve"},
            "bot": {"kind": "agent", "owner": "ann"},
            "eve": {"kind": "human"},
        },
        "accounts": {"ann@db": {"application": "db", "identity": "ann"}},
        "resources": {"prod": {"type": "environment"}, "prod/orders": {"type": "database", "parent": "prod"}},
        "entitlements": {
            "admin": {"kind": "role", "implies": ["reader"], "permissions": ["db:write"]},
            "reader": {"kind": "role", "permissions": ["db:read"], "sensitivity": "low"},
            "team": {"kind": "group"},
        },
        "memberships": {"m-1": {"group": "team", "member": "ann"}},
        "standing": {
            "s-1": {"holder": {"identity": "ann"}, "entitlement": "reader"},
            "s-2": {"holder": {"group": "team"}, "entitlement": "reader"},
        },
        "events": {"INC-7": {"kind": "incident", "start": "2026-03-01", "hard_cap": "P9D", "participants": ["ann"]}},
        "eligibility": {
            "dba": {"who": {"kinds": ["human"]}, "what": {"ids": ["admin"]}, "duration": {"max": "PT8H"}},
        },
    })
}

/// The document with some values set (or taken away, by null) at their pointers.
fn with(changes: &[(&str, Value)]) -> Policy {
    let mut document = base();
    for (pointer, value) in changes {
        let (above, key) = pointer.rsplit_once('/').unwrap();
        let key = key.replace("~1", "/");
        let map = document.pointer_mut(above).unwrap().as_object_mut().unwrap();
        match value {
            Value::Null => drop(map.remove(&key).unwrap()),
            value => drop(map.insert(key, value.clone())),
        }
    }
    Policy::from_json(document.to_string()).unwrap_or_else(|error| panic!("{error}"))
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn nine() -> Timestamp {
    at("2026-03-02T09:00:00Z")
}

fn ten() -> Timestamp {
    at("2026-03-02T10:00:00Z")
}

/// An engine whose log has adopted the document.
fn adopted() -> Engine {
    let engine = Engine::new(with(&[]), State::default()).unwrap();
    let adoption = engine.adopt(&with(&[]), None, nine()).unwrap();
    engine.commit_adoption(with(&[]), &adoption).unwrap()
}

fn fact(kind: &str, id: &str, at: Timestamp, body: Value) -> Fact {
    let fact = json!({"v": 1, "id": id, "kind": kind, "effective_at": at, "recorded_at": at, "body": body});
    serde_json::from_value(fact).unwrap()
}

/// The engine once the host has added a fact.
fn told(engine: &Engine, fact: Fact) -> Engine {
    let admitted = engine.admit(&[fact], ten()).unwrap();
    engine.apply(engine.position(), &admitted).unwrap()
}

/// What an adoption records: kind and body of each fact, the adoption of the document apart.
fn recorded(adoption: &PolicyAdoption) -> Vec<Value> {
    let (last, nouns) = adoption.proposal.facts.split_last().expect("there are facts");
    assert_eq!(last.body.kind(), "policy_adopted");
    let short = |fact: &Fact| {
        let mut value = serde_json::to_value(fact).unwrap();
        json!([value["kind"].take(), value["body"].take()])
    };
    nouns.iter().map(short).collect()
}

/// What a document records that follows on the first one.
fn changes(changed: &[(&str, Value)]) -> Vec<Value> {
    recorded(&adopted().adopt(&with(changed), None, ten()).unwrap_or_else(|error| panic!("{error}")))
}

/// Code and pointer of everything that stands against an adoption.
fn problems(result: Result<PolicyAdoption, EngineError>) -> Vec<(String, String)> {
    match result {
        Err(EngineError::Adoption(error) | EngineError::Dangling(error)) => {
            error.problems().iter().map(|p| (p.code().into(), p.pointer().into())).collect()
        }
        other => panic!("{other:?}"),
    }
}

fn problem(code: &str, pointer: &str) -> Vec<(String, String)> {
    vec![(code.into(), pointer.into())]
}

#[test]
fn the_first_adoption_is_that_of_the_engine() {
    let engine = Engine::new(with(&[]), State::default()).unwrap();
    let adoption = engine.adopt(&with(&[]), Some(&"eve".parse().unwrap()), nine()).unwrap();
    assert_eq!(recorded(&adoption).len(), 14);
    assert!(adoption.proposal.facts.iter().all(|fact| fact.effective_at == Timestamp::MIN));
    assert!(adoption.proposal.facts.iter().all(|fact| fact.recorded_at == nine()));
    assert!(adoption.proposal.facts.iter().all(|fact| fact.by.as_ref().unwrap().as_str() == "eve"));
    let adopted = engine.commit_adoption(with(&[]), &adoption).unwrap();
    assert!(adopted.allows("ann", "db:read", Some("prod"), nine()));
    // Which document it was opened with plays no part yet.
    let other = with(&[("/identities/eve/name", json!("Eve"))]);
    let adoption = engine.adopt(&other, None, nine()).unwrap();
    assert_eq!((adoption.policy.as_str(), adoption.proposal.facts.len()), (other.digest(), 15));
}

#[test]
fn the_same_document_again_is_nothing() {
    let adoption = adopted().adopt(&with(&[]), None, ten()).unwrap();
    assert_eq!(adoption.proposal, tenure::log::Proposal::default());
    assert!(adoption.to_string().contains("in force already"));
}

#[test]
fn rules_alone_change_no_noun() {
    assert_eq!(changes(&[("/eligibility/dba/duration", json!({"max": "PT4H"}))]), [] as [Value; 0]);
}

#[test]
fn a_change_names_only_what_changes() {
    let changed = [
        ("/identities/ann/name", json!("Ann")),
        ("/identities/ann/manager", Value::Null),
        ("/identities/ann/attributes", json!({"department": "ops", "badge": true})),
        ("/identities/bot/ends", json!("2026-12-31T00:00:00Z")),
        ("/applications/db/name", Value::Null),
        ("/accounts/ann@db/identity", json!("eve")),
        ("/resources/prod~1orders/parent", Value::Null),
        ("/entitlements/admin/implies", json!([])),
        ("/entitlements/reader/sensitivity", Value::Null),
        ("/events/INC-7/participants", Value::Null),
        ("/events/INC-7/planned_end", json!("2026-03-05T00:00:00Z")),
    ];
    let mut expected = vec![
        json!(["application_changed", {"changes": {"unset": ["name"]}, "id": "db"}]),
        json!(["resource_changed", {"changes": {"unset": ["parent"]}, "id": "prod/orders"}]),
        json!(["identity_changed", {"id": "ann", "changes": {
            "attributes": {"badge": true, "department": "ops"}, "cleared": ["floor"], "name": "Ann",
            "unset": ["manager"],
        }}]),
        json!(["identity_changed", {"id": "bot", "changes": {"ends": "2026-12-31T00:00:00Z"}}]),
        json!(["account_changed", {"changes": {"identity": "eve"}, "id": "ann@db"}]),
        json!(["entitlement_changed", {"changes": {"unset": ["sensitivity"]}, "id": "reader"}]),
        json!(["entitlement_changed", {"changes": {"implies": []}, "id": "admin"}]),
        json!(["event_changed", {"id": "INC-7", "changes": {
            "planned_end": "2026-03-05T00:00:00Z", "unset": ["participants"],
        }}]),
    ];
    let mut found = changes(&changed);
    let key = |value: &Value| value.to_string();
    expected.sort_by_key(key);
    found.sort_by_key(key);
    assert_eq!(found, expected);
    // And back: everything that was taken away returns, everything that was added goes.
    let engine = adopted();
    let there = engine.adopt(&with(&changed), None, ten()).unwrap();
    let engine = engine.commit_adoption(with(&changed), &there).unwrap();
    let back = engine.adopt(&with(&[]), None, ten()).unwrap();
    let engine = engine.commit_adoption(with(&[]), &back).unwrap();
    assert_eq!(recorded(&back).len(), 8);
    assert_eq!(engine.adopt(&with(&[]), None, ten()).unwrap().proposal.facts.len(), 0);
    let again = engine.adopt(&with(&changed), None, ten()).unwrap();
    assert_eq!(recorded(&again).len(), 8, "nothing stands in the way of what was there before");
}

#[test]
fn what_is_new_is_defined_from_now_on_and_in_an_order_that_fits() {
    let engine = adopted();
    let new = with(&[
        ("/resources/area", json!({"type": "area"})),
        ("/resources/prod/parent", json!("area")),
        ("/entitlements/zeta", json!({"kind": "right", "permissions": ["db:dump"]})),
        ("/entitlements/admin/implies", json!(["reader", "zeta"])),
        ("/identities/zoe", json!({"kind": "human"})),
        ("/memberships/m-2", json!({"group": "team", "member": "zoe"})),
    ]);
    let adoption = engine.adopt(&new, None, ten()).unwrap();
    let kinds: Vec<&str> = adoption.proposal.facts.iter().map(|fact| fact.body.kind()).collect();
    let expected = [
        "resource_defined",
        "resource_changed",
        "identity_defined",
        "entitlement_defined",
        "entitlement_changed",
        "membership_added",
        "policy_adopted",
    ];
    assert_eq!(kinds, expected);
    assert!(adoption.proposal.facts.iter().all(|fact| fact.effective_at == ten()));
    let next = engine.commit_adoption(new, &adoption).unwrap();
    assert!(next.allows("zoe", "db:read", None, ten()), "by the group");
    assert!(!engine.allows("zoe", "db:read", None, ten()));
    // The log was written at ten; a clock at nine is wrong.
    assert_eq!(next.adopt(&with(&[]), None, nine()).unwrap_err().code(), "clock.regression");
}

#[test]
fn what_is_gone_ends_leaves_first() {
    let gone = [
        ("/events/INC-7", Value::Null),
        ("/memberships/m-1", Value::Null),
        ("/standing/s-1", Value::Null),
        ("/standing/s-2", Value::Null),
        ("/eligibility/dba", Value::Null),
        ("/entitlements/admin", Value::Null),
        ("/entitlements/reader", Value::Null),
        ("/accounts/ann@db", Value::Null),
        ("/identities/bot", Value::Null),
        ("/resources/prod", Value::Null),
        ("/resources/prod~1orders", Value::Null),
        ("/applications/db", Value::Null),
    ];
    let found: Vec<String> = changes(&gone)
        .iter()
        .map(|fact| format!("{} {}", fact[0].as_str().unwrap(), fact[1]["id"].as_str().unwrap()))
        .collect();
    let expected = [
        "event_closed INC-7",
        "membership_removed m-1",
        "standing_removed s-2",
        "standing_removed s-1",
        "entitlement_retired admin",
        "entitlement_retired reader",
        "account_retired ann@db",
        "identity_left bot",
        "resource_retired prod/orders",
        "resource_retired prod",
        "application_retired db",
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_field_that_never_changes_says_so_at_its_place() {
    let engine = adopted();
    let adopt = |pointer: &str, value| engine.adopt(&with(&[(pointer, value)]), None, ten());
    for (pointer, value) in [
        ("/identities/bot/kind", json!("workload")),
        ("/entitlements/reader/application", json!("db")),
        ("/resources/prod/type", json!("area")),
        ("/resources/prod/application", json!("db")),
        ("/events/INC-7/kind", json!("audit")),
        ("/events/INC-7/feed", json!("pager")),
    ] {
        assert_eq!(problems(adopt(pointer, value)), problem("model.fixed", pointer));
    }
    let held = adopt("/standing/s-1/until", json!("2027-01-01T00:00:00Z"));
    assert_eq!(problems(held), problem("model.fixed", "/standing/s-1"));
}

#[test]
fn no_name_is_used_twice() {
    let engine = adopted();
    let drop = [("/standing/s-1", Value::Null), ("/entitlements/team2", json!({"kind": "group"}))];
    let second = engine.adopt(&with(&drop), None, ten()).unwrap();
    let engine = engine.commit_adoption(with(&drop), &second).unwrap();
    assert_eq!(problems(engine.adopt(&with(&[]), None, ten())), problem("model.retired", "/standing/s-1"));
    let drop = [("/standing/s-1", Value::Null)];
    let third = engine.adopt(&with(&drop), None, ten()).unwrap();
    let engine = engine.commit_adoption(with(&drop), &third).unwrap();
    let back = [("/standing/s-1", Value::Null), ("/entitlements/team2", json!({"kind": "group"}))];
    assert_eq!(
        problems(engine.adopt(&with(&back), None, ten())),
        problem("model.retired", "/entitlements/team2")
    );
}

#[test]
fn who_left_returns_by_a_fact_and_an_event_by_the_document() {
    let engine = adopted();
    let without = [("/identities/bot", Value::Null), ("/events/INC-7", Value::Null)];
    let second = engine.adopt(&with(&without), None, ten()).unwrap();
    let engine = engine.commit_adoption(with(&without), &second).unwrap();
    assert_eq!(problems(engine.adopt(&with(&[]), None, ten())), problem("model.retired", "/identities/bot"));
    let engine = told(&engine, fact("identity_rejoined", "hr-1", ten(), json!({"id": "bot"})));
    let third = engine.adopt(&with(&[]), None, ten()).unwrap();
    let opened = recorded(&third);
    assert_eq!(opened.len(), 1);
    assert_eq!(opened[0][0], "event_opened");
    let _ = engine.commit_adoption(with(&[]), &third).unwrap();
}

#[test]
fn facts_and_documents_do_not_overrule_each_other() {
    let changed = |field: &str, value: Value| {
        let mut changes = serde_json::Map::new();
        changes.insert(field.into(), value);
        fact("identity_changed", "hr-1", ten(), json!({"id": "ann", "changes": changes}))
    };
    let engine = told(&adopted(), changed("name", json!("Ann A.")));
    // Another field: what the fact said stays.
    let other = with(&[("/identities/ann/manager", Value::Null)]);
    assert_eq!(recorded(&engine.adopt(&other, None, ten()).unwrap()).len(), 1);
    // The same field, said the same: nothing to record.
    let same = with(&[("/identities/ann/name", json!("Ann A."))]);
    assert_eq!(recorded(&engine.adopt(&same, None, ten()).unwrap()).len(), 0);
    // The same field, said otherwise.
    let other = with(&[("/identities/ann/name", json!("Ann B."))]);
    let error = engine.adopt(&other, None, ten());
    assert!(error.as_ref().unwrap_err().to_string().contains("`\"Ann A.\"`"), "{error:?}");
    assert_eq!(problems(error), problem("model.conflict", "/identities/ann/name"));
    // Once the document has said the same, it may say something else.
    let adoption = engine.adopt(&same, None, ten()).unwrap();
    let next = engine.commit_adoption(same, &adoption).unwrap();
    assert_eq!(recorded(&next.adopt(&other, None, ten()).unwrap()).len(), 1);
    // A change that is yet to come counts as one.
    let later = Fact { effective_at: at("2026-06-01T00:00:00Z"), ..changed("name", json!("Ann A.")) };
    let engine = told(&adopted(), later);
    assert_eq!(
        problems(engine.adopt(&other, None, ten())),
        problem("model.conflict", "/identities/ann/name")
    );
    // What a fact defined is adopted as it is, or not at all.
    let zoe = fact("identity_defined", "hr-2", ten(), json!({"id": "zoe", "definition": {"kind": "human"}}));
    let engine = told(&adopted(), zoe);
    let same = with(&[("/identities/zoe", json!({"kind": "human"}))]);
    assert_eq!(recorded(&engine.adopt(&same, None, ten()).unwrap()).len(), 0);
    let other = with(&[("/identities/zoe", json!({"kind": "agent"}))]);
    assert_eq!(problems(engine.adopt(&other, None, ten())), problem("model.conflict", "/identities/zoe"));
}

#[test]
fn an_edge_against_one_that_the_log_has_known_is_refused() {
    let reversed = with(&[
        ("/entitlements/admin/implies", json!([])),
        ("/entitlements/reader/implies", json!(["admin"])),
    ]);
    let error = adopted().adopt(&reversed, None, ten());
    assert_eq!(problems(error), problem("fact.cycle", "/entitlements/reader"));
}

#[test]
fn what_a_document_drops_it_must_not_name() {
    let dropped = with(&[("/identities/eve", Value::Null)]);
    let error = adopted().adopt(&dropped, None, ten());
    assert_eq!(problems(error), problem("model.dangling", "/identities/ann/manager"));
}

#[test]
fn what_ended_under_the_old_document_is_recorded_before_the_new_one() {
    let engine = adopted();
    let request = Request::new("r-1".parse().unwrap(), "ann".parse().unwrap(), "admin".parse().unwrap());
    let command: Command = request.lasting(Span::hours(1)).into();
    let permit = engine.decide(&command, nine()).proposal().unwrap();
    let engine = engine.commit(&permit).unwrap();
    let rules = with(&[("/eligibility/dba/duration", json!({"max": "PT4H"}))]);
    let adoption = engine.adopt(&rules, None, ten()).unwrap();
    assert_eq!(recorded(&adoption).len(), 1);
    assert_eq!(adoption.proposal.facts[0].body.kind(), "grant_ended");
    assert_eq!(adoption.removals.len(), 1);
    assert_eq!(
        adoption.to_string(),
        format!(
            "at 2026-03-02T10:00:00Z: 2 to be recorded\n  grant_ended r-1#0 2026-03-02T10:00:00Z \
             (grant.expired)\n  policy_adopted {}\n  take admin from ann\n",
            rules.digest()
        )
    );
}

#[test]
fn a_grant_that_the_new_document_does_not_support_ends_with_its_adoption() {
    let engine = adopted();
    let request = Request::new("r-1".parse().unwrap(), "ann".parse().unwrap(), "admin".parse().unwrap());
    let command: Command = request.lasting(Span::hours(8)).into();
    let engine = engine.commit(&engine.decide(&command, nine()).proposal().unwrap()).unwrap();
    let strict = with(&[("/eligibility/dba/who", json!({"ids": ["eve"]}))]);
    let adoption = engine.adopt(&strict, None, ten()).unwrap();
    let next = engine.commit_adoption(strict, &adoption).unwrap();
    assert!(engine.allows("ann", "db:write", None, ten()));
    assert!(!next.allows("ann", "db:write", None, ten()));
    assert_eq!(next.reconcile(ten()).removals.len(), 1);
}

#[test]
fn touches_and_expectations_are_those_of_the_log() {
    let engine = adopted();
    let new = with(&[
        ("/identities/ann/name", json!("Ann")),
        ("/identities/zoe", json!({"kind": "human"})),
        ("/entitlements/dump", json!({"kind": "right"})),
        ("/entitlements/admin/implies", json!(["reader", "dump"])),
        ("/standing/s-1", Value::Null),
        ("/standing/s-3", json!({"holder": {"group": "team"}, "entitlement": "admin"})),
        ("/accounts/zoe@db", json!({"application": "db"})),
        ("/events/INC-7", Value::Null),
        (
            "/events/INC-8",
            json!({"kind": "incident", "start": "2026-03-02", "hard_cap": "P1D", "feed": "pager"}),
        ),
    ]);
    let adoption = engine.adopt(&new, Some(&"zoe".parse().unwrap()), ten()).unwrap();
    let proposal = &adoption.proposal;
    assert_eq!(proposal.base, Some(engine.position()));
    assert_eq!(proposal.touches.len(), proposal.facts.len());
    let mut state = engine.state().clone();
    for (fact, touches) in proposal.facts.iter().zip(&proposal.touches) {
        assert_eq!(*touches, fact.touches(&state));
        state.apply(state.len(), fact).unwrap();
        for key in touches {
            assert_eq!(state.version(key), state.len(), "{key}");
        }
    }
    for expectation in &proposal.expects {
        assert_eq!(engine.state().version(&expectation.key), expectation.version);
    }
    let expects = |kind, id: &str| {
        let key = Key::new(kind, id);
        proposal.expects.iter().any(|expectation| expectation.key == key)
    };
    assert!(proposal.expects.iter().any(|expectation| expectation.key == Key::policy()));
    assert!(expects(KeyKind::Identity, "ann") && expects(KeyKind::Identity, "zoe"));
    assert!(expects(KeyKind::Entitlement, "reader"), "what lies beyond an edge");
    assert!(!expects(KeyKind::Identity, "eve") && !expects(KeyKind::Feed, "pager"));
    // A fact about something else is no obstacle; one about the same is.
    let name = |who: &str| {
        let changes = json!({"id": who, "changes": {"name": "X"}});
        fact("identity_changed", "hr-1", ten(), changes)
    };
    assert!(fits(told(&engine, name("eve")).state(), proposal).is_ok());
    let refused = told(&engine, name("ann")).commit_adoption(new.clone(), &adoption).unwrap_err();
    assert_eq!(refused.code(), "commit.conflict");
    // Two adoptions exclude each other.
    let other = engine.adopt(&with(&[("/eligibility/dba/duration", json!({"max": "PT4H"}))]), None, ten());
    let next = engine.commit_adoption(new.clone(), &adoption).unwrap();
    assert!(fits(next.state(), &other.unwrap().proposal).is_err());
    // The engine of another document is none to adopt with.
    let foreign = Engine::new(with(&[]), next.state().clone()).unwrap();
    assert_eq!(foreign.adopt(&new, None, ten()).unwrap_err().code(), "policy.not_adopted");
    let wrong = engine.commit_adoption(with(&[]), &adoption).unwrap_err();
    assert_eq!(wrong.code(), "policy.not_adopted");
    let nobody = engine.adopt(&new, Some(&"nobody".parse().unwrap()), ten()).unwrap_err();
    assert_eq!(nobody.code(), "identity.unknown");
}

#[test]
fn adopted_again_a_document_has_facts_of_other_names() {
    let (mut engine, mut ids) = (adopted(), std::collections::BTreeSet::new());
    for name in ["A", "B", "A", "B"] {
        let next = with(&[("/identities/eve/name", json!(name))]);
        let adoption = engine.adopt(&next, None, ten()).unwrap();
        for fact in &adoption.proposal.facts {
            assert!(ids.insert(fact.id.clone()), "{} stands twice", fact.id);
        }
        engine = engine.commit_adoption(next, &adoption).unwrap();
    }
}

#[test]
fn a_commit_leaves_the_engine_of_the_old_document_behind() {
    let engine = adopted();
    let new = with(&[("/eligibility/dba/duration", json!({"max": "PT4H"}))]);
    let adoption = engine.adopt(&new, None, ten()).unwrap();
    let behind = engine.commit(&adoption.proposal).unwrap();
    let next = Engine::new(new, behind.state().clone()).unwrap();
    assert_eq!(next.state().adopted_policy(), Some(adoption.policy.as_str()));
    assert_eq!(next.state().log_root(), behind.state().log_root());
}

fn told_by(changed: &[(&str, Value)]) -> String {
    Policy::diff(&with(&[]), &with(changed), &State::default(), nine()).unwrap().to_string()
}

#[test]
fn a_difference_says_who_gains_and_who_loses_access() {
    assert_eq!(told_by(&[]), "at 2026-03-02T09:00:00Z: nobody gains or loses anything\n");
    let changed = [
        ("/standing/s-1", Value::Null),
        ("/standing/s-2", Value::Null),
        (
            "/standing/s-3",
            json!({
                "holder": {"identity": "eve"}, "entitlement": "admin", "scope": "prod",
                "until": "2026-03-03T00:00:00Z",
            }),
        ),
        (
            "/standing/s-4",
            json!({
                "holder": {"identity": "ann"}, "entitlement": "reader", "until": "2026-03-03T00:00:00Z",
            }),
        ),
    ];
    assert_eq!(
        told_by(&changed),
        "at 2026-03-02T09:00:00Z: access\n  \
         ann has shorter db:read: allowed -> until 2026-03-03T00:00:00Z\n  \
         eve gains db:read in prod: denied -> until 2026-03-03T00:00:00Z\n  \
         eve gains db:write in prod: denied -> until 2026-03-03T00:00:00Z\n"
    );
    let widened =
        [("/standing_rules", json!({"all": {"who": {"kinds": ["human"]}, "what": {"ids": ["reader"]}}}))];
    assert_eq!(
        told_by(&widened),
        "at 2026-03-02T09:00:00Z: access\n  eve gains db:read: denied -> allowed\n"
    );
    let counted = [("/capacity", json!({"c": {"what": {"ids": ["admin"]}, "max": 1}}))];
    assert!(
        told_by(&counted).ends_with("approvals and capacities were not compared\n"),
        "{}",
        told_by(&counted)
    );
    let dropped =
        [("/identities/bot", Value::Null), ("/memberships/m-1", Value::Null), ("/standing/s-1", Value::Null)];
    assert_eq!(
        told_by(&dropped),
        "at 2026-03-02T09:00:00Z: access\n  ann loses db:read: allowed -> denied\n"
    );
}

#[test]
fn a_difference_says_what_may_be_obtained() {
    let changed = [
        ("/eligibility/dba/duration", json!({"max": "PT4H"})),
        (
            "/eligibility/agents",
            json!({
                "who": {"ids": ["bot"]}, "what": {"ids": ["reader"]}, "where": ["prod"], "duration": {"max": "PT1H"},
            }),
        ),
    ];
    assert_eq!(
        told_by(&changed),
        "at 2026-03-02T09:00:00Z: eligibility\n  \
         ann has shorter admin: at most PT8H -> at most PT4H\n  \
         bot gains reader in prod: no -> at most PT1H\n  \
         eve has shorter admin: at most PT8H -> at most PT4H\n"
    );
    assert_eq!(
        told_by(&[("/eligibility/dba/who", json!({"ids": ["eve"]}))]),
        "at 2026-03-02T09:00:00Z: eligibility\n  ann loses admin: at most PT8H -> no\n"
    );
}

#[test]
fn a_difference_counts_grants_that_would_end() {
    let engine = adopted();
    let request = Request::new("r-1".parse().unwrap(), "ann".parse().unwrap(), "admin".parse().unwrap());
    let command: Command = request.lasting(Span::hours(8)).into();
    let engine = engine.commit(&engine.decide(&command, nine()).proposal().unwrap()).unwrap();
    let diff = engine.diff(&with(&[("/eligibility/dba/who", json!({"ids": ["eve"]}))]), ten()).unwrap();
    assert_eq!(diff.access.len(), 1, "{diff}");
    let json = serde_json::to_value(&diff.access[0]).unwrap();
    assert_eq!(
        json,
        json!({
            "after": {"answer": "denied"},
            "before": {"answer": "allowed", "until": "2026-03-02T17:00:00Z"},
            "change": "lost",
            "identity": "ann",
            "permission": "db:write",
        })
    );
    assert_eq!((diff.eligibility.len(), diff.complete), (1, true));
}
