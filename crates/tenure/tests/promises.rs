//! What the public interface promises beside its answers.
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

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tenure::check::Question;
use tenure::decide::{Command, Deactivate, Decision, Revoke, RevokeMode, Verdict};
use tenure::engine::{CommitError, Engine, EngineError};
use tenure::fact::{Body, Changed, Defined, Fact, HighWater, Named, PolicyAdopted};
use tenure::id::ResourceId;
use tenure::model::{
    Basis, Entitlement, EntitlementChange, EntitlementKind, GrantTerms, Identity, IdentityKind, Implied,
    Request, Resource, ResourceChange, Term,
};
use tenure::policy::Policy;
use tenure::shared::Shared;
use tenure::state::{Expect, State};
use tenure::time::{Span, Timestamp};

const POLICY: &str = r#"{
  "tenure": 1,
  "identities": {"ann": {"kind": "human"}, "ben": {"kind": "human"}},
  "entitlements": {
    "db-admin": {"kind": "role", "implies": ["db-reader"], "permissions": ["db:write"]},
    "db-reader": {"kind": "role", "permissions": ["db:read"]}
  },
  "resources": {"prod": {"type": "environment"}, "prod/orders": {"type": "database", "parent": "prod"}},
  "eligibility": {
    "db": {
      "who": {"kinds": ["human"]}, "what": {"ids": ["db-admin"]},
      "duration": {"max": "PT8H"}, "already_held": "reject"
    }
  }
}"#;

fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

fn nine() -> Timestamp {
    at("2026-03-02T09:00:00Z")
}

fn engine() -> Engine {
    Engine::new(Policy::from_json(POLICY).expect("a policy"), State::default()).expect("an engine")
}

fn request(id: &str, who: &str) -> Command {
    let request = Request::new(id.parse().unwrap(), who.parse().unwrap(), "db-admin".parse().unwrap());
    request.lasting(Span::hours(2)).into()
}

fn permit(engine: &Engine, command: &Command, now: Timestamp) -> Engine {
    let decision = engine.decide(command, now);
    let proposal = decision.proposal().unwrap_or_else(|| panic!("{decision}"));
    engine.commit(&proposal).expect("it fits")
}

#[test]
fn values_cross_threads() {
    fn crosses<T: Send + Sync + 'static>() {}
    crosses::<Engine>();
    crosses::<Shared>();
    crosses::<State>();
    crosses::<Policy>();
    crosses::<Decision>();
    crosses::<Command>();
    crosses::<Fact>();
    crosses::<EngineError>();
    crosses::<CommitError>();
}

#[test]
fn the_end_is_enforced_to_the_millisecond() {
    let engine = permit(&engine(), &request("r-1", "ann"), nine());
    let end = at("2026-03-02T11:00:00Z");
    for (now, allowed) in
        [(nine(), true), (end.minus(Span::from_millis(1).unwrap()), true), (end, false), (end.next(), false)]
    {
        assert_eq!(engine.allows("ann", "db:read", Some("prod/orders"), now), allowed, "{now}");
        assert!(!engine.allows("ben", "db:read", Some("prod/orders"), now));
    }
}

#[test]
fn two_permits_that_exclude_each_other_are_never_both_committed() {
    let first = permit(&engine(), &request("r-0", "ben"), nine());
    let (a, b) = (first.decide(&request("r-1", "ann"), nine()), first.decide(&request("r-2", "ann"), nine()));
    assert_eq!((a.verdict(), b.verdict()), (Verdict::Permit, Verdict::Permit));
    let after = first.commit(&a.proposal().unwrap()).expect("the first one fits");
    let refused = after.commit(&b.proposal().unwrap()).expect_err("the second one read what the first wrote");
    assert_eq!(refused.code(), "commit.conflict");
    assert_eq!(after.decide(&request("r-2", "ann"), nine()).verdict(), Verdict::Deny, "decided again");
    let unconditional = tenure::log::Proposal { base: None, expects: Vec::new(), ..b.proposal().unwrap() };
    assert_eq!(after.commit(&unconditional).unwrap_err().code(), "proposal.unconditional");
}

#[test]
fn permits_that_have_nothing_in_common_are_committed_at_another_length() {
    let first = permit(&engine(), &request("r-0", "ben"), nine());
    let (a, b) = (first.decide(&request("r-1", "ann"), nine()), {
        let other = Revoke {
            by: None,
            grant: "r-0#0".parse().unwrap(),
            id: "x-1".parse().unwrap(),
            mode: RevokeMode::Entitlement,
            reason: None,
        };
        first.decide(&Command::Revoke(Arc::new(other)), nine().next())
    });
    let revoked = first.commit(&b.proposal().unwrap()).expect("ending fits at any length");
    let both = revoked.commit(&a.proposal().unwrap()).expect("nothing it read has changed");
    assert!(both.allows("ann", "db:read", None, nine().next()));
    assert!(!both.allows("ben", "db:read", None, nine().next()));
}

#[test]
fn a_handle_of_another_engine_is_denied() {
    let mine = permit(&engine(), &request("r-1", "ann"), nine());
    let other = permit(&engine(), &request("r-2", "ben"), nine());
    let (who, what) = (mine.identity("ann").unwrap(), mine.permission("db:read").unwrap());
    assert!(mine.check_by(who, what, None, nine()).allowed);
    assert_eq!(mine.check_by(who, what, None, nine()).until, at("2026-03-02T11:00:00Z"));
    assert!(!other.check_by(who, what, None, nine()).allowed);
    assert!(!other.check_by(other.identity("ben").unwrap(), what, None, nine()).allowed);
    let next = permit(&mine, &request("r-3", "ben"), nine());
    assert!(next.check_by(who, what, None, nine()).allowed, "the same line of engines");
}

#[test]
fn a_document_that_contradicts_the_log_or_dangles_gives_no_engine() {
    let human = Identity::new(IdentityKind::Agent);
    let defined = Body::IdentityDefined(Defined { definition: human, id: "ann".parse().unwrap() });
    let mut state = State::default();
    state.apply(0, &Fact::new("f-1".parse().unwrap(), nine(), defined)).unwrap();
    let error = Engine::new(Policy::from_json(POLICY).unwrap(), state).unwrap_err();
    assert_eq!(error.code(), "model.conflict");
    let dangling = POLICY.replace("\"implies\": [\"db-reader\"]", "\"implies\": [\"db-reeder\"]");
    let error = Engine::new(Policy::from_json(&dangling).unwrap(), State::default()).unwrap_err();
    assert_eq!(error.code(), "model.dangling");
    assert!(error.to_string().contains("did you mean `db-reader`"), "{error}");
}

#[test]
fn a_log_that_adopted_another_document_is_not_decided_on() {
    let adopted = Body::PolicyAdopted(PolicyAdopted { digest: "00".into() });
    let mut state = State::default();
    state.apply(0, &Fact::new("f-1".parse().unwrap(), nine(), adopted)).unwrap();
    let nouns = Policy::from_json(r#"{"tenure": 1}"#).unwrap();
    let engine = Engine::new(nouns, state).unwrap();
    let decision = engine.decide(&request("r-1", "ann"), nine());
    assert_eq!(decision.grounds().reasons.first().unwrap().code.word(), "policy.not_adopted");
}

#[test]
fn a_snapshot_that_was_changed_anywhere_is_refused() {
    let engine = permit(&engine(), &request("r-1", "ann"), nine());
    let state = engine.state();
    let bytes = state.snapshot().unwrap();
    let hash = State::snapshot_hash(&bytes);
    assert!(State::restore(&bytes, &Expect::hash(&hash).at_least(state.len())).is_ok());
    for place in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[place] ^= 0x10;
        assert_eq!(State::restore(&changed, &Expect::hash(&hash)).unwrap_err().code(), "snapshot.forged");
        assert!(State::restore(&changed, &Expect::trusting()).is_err(), "byte {place}");
    }
    for length in 0..bytes.len() {
        assert!(State::restore(&bytes[..length], &Expect::trusting()).is_err(), "{length} bytes");
    }
    let old = Expect::hash(&hash).at_least(state.len().saturating_add(1));
    assert_eq!(State::restore(&bytes, &old).unwrap_err().code(), "snapshot.old");
    assert_eq!(State::restore(b"PK", &Expect::trusting()).unwrap_err().code(), "snapshot.foreign");
}

#[test]
fn a_gap_in_the_log_is_an_error_and_a_repeat_is_not() {
    let beat = |n: u32| {
        let body = Body::FeedHeartbeat(Named { id: "pager".parse().unwrap(), reason: None });
        Fact::new(format!("f-{n}").parse().unwrap(), nine(), body)
    };
    let engine = engine().apply(0, &[beat(0), beat(1)]).unwrap();
    assert_eq!(engine.apply(3, &[beat(3)]).unwrap_err().code(), "log.gap");
    let again = engine.apply(0, &[beat(0), beat(1), beat(2)]).unwrap();
    assert_eq!(again.position(), 3);
}

#[test]
fn the_clock_is_repaired_by_a_fact() {
    let future = at("2036-03-02T09:00:00Z");
    let beat = Body::FeedHeartbeat(Named { id: "pager".parse().unwrap(), reason: None });
    let wrong = engine().apply(0, &[Fact::new("f-0".parse().unwrap(), future, beat)]).unwrap();
    let denied = wrong.decide(&request("r-1", "ann"), nine());
    assert_eq!(denied.grounds().reasons.first().unwrap().code.word(), "clock.regression");
    assert!(denied.grounds().holds.contains(nine()));
    let corrected = Body::ClockCorrected(HighWater { high_water: nine() });
    let repaired = wrong.apply(1, &[Fact::new("f-1".parse().unwrap(), nine(), corrected)]).unwrap();
    assert_eq!(repaired.decide(&request("r-1", "ann"), nine()).verdict(), Verdict::Permit);
}

#[test]
fn ending_goes_on_while_the_clock_is_wrong() {
    let engine = permit(&engine(), &request("r-1", "ann"), nine());
    let early = at("2020-01-01T00:00:00Z");
    assert_eq!(engine.decide(&request("r-2", "ben"), early).verdict(), Verdict::Deny);
    let give_back =
        Deactivate { by: None, grant: "r-1#0".parse().unwrap(), id: "x-1".parse().unwrap(), reason: None };
    let ended = permit(&engine, &Command::Deactivate(Arc::new(give_back)), early);
    assert!(!ended.allows("ann", "db:read", None, nine().next()));
}

/// A chain of entitlements, and one of resources, as long as facts can make them.
#[test]
fn chains_of_any_length_are_followed_without_recursion() {
    const LENGTH: usize = 20_000;
    let role = |implies: Vec<Implied>, permission: Option<&str>| Entitlement {
        implies,
        permissions: permission.map(|p| p.parse().unwrap()).into_iter().collect(),
        ..Entitlement::new(EntitlementKind::Role)
    };
    let mut facts = Vec::new();
    let mut push = |body| {
        let id = format!("f-{}", facts.len()).parse().unwrap();
        facts.push(Fact::new(id, Timestamp::MIN, body));
    };
    for n in 0..LENGTH {
        let below = n.checked_sub(1).map(|below| Implied::always(format!("e-{below}").parse().unwrap()));
        let definition = role(below.into_iter().collect(), (n == 0).then_some("deep:read"));
        push(Body::EntitlementDefined(Defined { definition, id: format!("e-{n}").parse().unwrap() }));
        let resource = Resource {
            parent: n.checked_sub(1).map(|above| format!("q-{above}").parse().unwrap()),
            ..Resource::new("node")
        };
        push(Body::ResourceDefined(Defined { definition: resource, id: format!("q-{n}").parse().unwrap() }));
    }
    let human = Identity::new(IdentityKind::Human);
    push(Body::IdentityDefined(Defined { definition: human, id: "ann".parse().unwrap() }));
    let last = LENGTH.saturating_sub(1);
    push(Body::GrantIssued(GrantTerms {
        conditions: Default::default(),
        basis: Basis::External,
        beneficiary: "ann".parse().unwrap(),
        entitlement: format!("e-{last}").parse().unwrap(),
        event: None,
        id: "g-1".parse().unwrap(),
        request: None,
        scope: Some("q-0".parse().unwrap()),
        term: Term::new(nine(), nine().plus(Span::hours(1))).unwrap(),
    }));
    // These would close cycles and are kept without effect.
    push(Body::EntitlementChanged(Changed {
        changes: EntitlementChange {
            implies: Some(vec![Implied::always(format!("e-{last}").parse().unwrap())]),
            permissions: Some(vec!["deep:read".parse().unwrap()]),
            ..Default::default()
        },
        id: "e-0".parse().unwrap(),
    }));
    push(Body::ResourceChanged(Changed {
        changes: ResourceChange { parent: Some(format!("q-{last}").parse().unwrap()), ..Default::default() },
        id: "q-0".parse().unwrap(),
    }));
    let mut state = State::default();
    state.apply_all(0, &facts).unwrap();
    let engine = Engine::new(Policy::from_json(r#"{"tenure": 1}"#).unwrap(), state).unwrap();
    assert!(engine.allows("ann", "deep:read", Some(&format!("q-{last}")), nine()));
    let question = Question {
        context: Default::default(),
        identity: "ann".parse().unwrap(),
        permission: "deep:read".parse().unwrap(),
        resource: Some(format!("q-{last}").parse::<ResourceId>().unwrap().into()),
    };
    assert_eq!(engine.check(&question, nine()).until, Some(nine().plus(Span::hours(1))));
}

#[test]
fn readers_of_a_shared_engine_see_whole_commits_only() {
    let shared = Arc::new(Shared::new(engine()));
    let done = Arc::new(AtomicBool::new(false));
    let readers: Vec<_> = (0..2)
        .map(|_| {
            let (shared, done) = (Arc::clone(&shared), Arc::clone(&done));
            std::thread::spawn(move || {
                let mut reads = 0u64;
                while !done.load(Ordering::Relaxed) || reads == 0 {
                    let engine = shared.current();
                    // Both are granted by one commit each, so a reader never sees half of one.
                    let length = engine.position();
                    let held =
                        (0..length).filter(|n| engine.allows(&format!("p-{n}"), "db:read", None, nine()));
                    assert_eq!(held.count() as u64, length.saturating_sub(0) / 2, "of {length} facts");
                    reads = reads.saturating_add(1);
                }
                reads
            })
        })
        .collect();
    for n in 0..200u64 {
        let identity = format!("p-{n}");
        let human = Identity::new(IdentityKind::Human);
        let defined = Body::IdentityDefined(Defined { definition: human, id: identity.parse().unwrap() });
        let issued = Body::GrantIssued(GrantTerms {
            conditions: Default::default(),
            basis: Basis::External,
            beneficiary: identity.parse().unwrap(),
            entitlement: "db-reader".parse().unwrap(),
            event: None,
            id: format!("g-{n}").parse().unwrap(),
            request: None,
            scope: None,
            term: Term::new(nine(), nine().plus(Span::hours(1))).unwrap(),
        });
        let position = n.saturating_mul(2);
        let facts = [
            Fact::new(format!("f-{position}").parse().unwrap(), nine(), defined),
            Fact::new(format!("f-{}", position.saturating_add(1)).parse().unwrap(), nine(), issued),
        ];
        shared.apply(position, &facts).unwrap();
    }
    done.store(true, Ordering::Relaxed);
    for reader in readers {
        assert!(reader.join().expect("no reader failed") > 0);
    }
}

#[test]
fn a_long_id_leaves_nothing_unsaid_and_nothing_unended() {
    let long = "r".repeat(256);
    let engine = permit(&engine(), &request(&long, "ann"), nine());
    assert!(engine.allows("ann", "db:read", None, nine()));
    let Decision::Permit(held) = engine.decide(&request(&long, "ann"), nine()) else { panic!("recorded") };
    let grant = held.grants.first().unwrap().id.clone();
    let revoke = Revoke { by: None, grant, id: long.parse().unwrap(), mode: RevokeMode::Grant, reason: None };
    let ended = permit(&engine, &Command::Revoke(Arc::new(revoke)), nine().next());
    assert!(!ended.allows("ann", "db:read", None, nine().next()));
    let late = at("2026-03-03T09:00:00Z");
    assert_eq!(engine.reconcile(late).proposal.facts.len(), engine.reconcile(late).removals.len());
}

#[test]
fn a_grant_from_elsewhere_takes_the_id_that_a_request_would_give() {
    let issued = Body::GrantIssued(GrantTerms {
        conditions: Default::default(),
        basis: Basis::External,
        beneficiary: "ben".parse().unwrap(),
        entitlement: "db-reader".parse().unwrap(),
        event: None,
        id: "r-1#0".parse().unwrap(),
        request: None,
        scope: None,
        term: Term::new(nine(), nine().plus(Span::hours(1))).unwrap(),
    });
    let engine = engine().apply(0, &[Fact::new("f-1".parse().unwrap(), nine(), issued)]).unwrap();
    let decision = engine.decide(&request("r-1", "ann"), nine());
    assert_eq!(decision.grounds().reasons.first().unwrap().code.word(), "request.id_reused");
    for alias in ["r-1#00", "r-1#+0"] {
        let revoke = Revoke {
            by: None,
            grant: alias.parse().unwrap(),
            id: "x-1".parse().unwrap(),
            mode: RevokeMode::Grant,
            reason: None,
        };
        assert_eq!(
            engine.decide(&Command::Revoke(Arc::new(revoke)), nine()).verdict(),
            Verdict::Deny,
            "{alias}"
        );
    }
}

#[test]
fn a_clock_is_not_corrected_into_the_future() {
    let corrected = Body::ClockCorrected(HighWater { high_water: at("9999-01-01T00:00:00Z") });
    let refused =
        engine().admit(&[Fact::new("f-1".parse().unwrap(), nine(), corrected)], nine()).unwrap_err();
    assert_eq!(refused.code(), "fact.from_future");
}

#[test]
fn a_hierarchy_of_too_many_ways_is_refused_and_not_followed_for_ever() {
    let mut entitlements = Vec::new();
    for layer in 0..8 {
        for role in 0..8 {
            let implies: Vec<String> = (0..8)
                .map(|below| {
                    let (to, scope) = (layer + 1, (7 * layer + role + below) % 16);
                    format!(r#"{{"entitlement": "e{to}-{below}", "scope": "s{scope}"}}"#)
                })
                .collect();
            let implies = if layer < 7 { implies.join(",") } else { String::new() };
            let permissions = if layer == 7 { r#""p""# } else { "" };
            entitlements.push(format!(
                r#""e{layer}-{role}": {{"kind": "role", "permissions": [{permissions}], "implies": [{implies}]}}"#
            ));
        }
    }
    let scopes: Vec<String> = (0..16).map(|n| format!(r#""s{n}": {{"type": "node"}}"#)).collect();
    let text = format!(
        r#"{{"tenure": 1, "resources": {{{}}}, "entitlements": {{{}}}}}"#,
        scopes.join(","),
        entitlements.join(",")
    );
    let error = Engine::new(Policy::from_json(text).unwrap(), State::default()).unwrap_err();
    assert_eq!(error.code(), "limit.closure");
}

#[test]
fn a_group_may_be_assigned_something_in_very_many_places() {
    let places = 0..1_000;
    let resources: Vec<String> = places.clone().map(|n| format!(r#""s{n}": {{"type": "node"}}"#)).collect();
    let assigned =
        |n| format!(r#""a{n}": {{"holder": {{"group": "team"}}, "entitlement": "reader", "scope": "s{n}"}}"#);
    let standing: Vec<String> = places.map(assigned).collect();
    let text = format!(
        r#"{{"tenure": 1, "identities": {{"ann": {{"kind": "human"}}}}, "resources": {{{}}},
            "entitlements": {{"team": {{"kind": "group"}}, "reader": {{"kind": "right", "permissions": ["p"]}}}},
            "memberships": {{"m": {{"group": "team", "member": "ann"}}}}, "standing": {{{}}}}}"#,
        resources.join(","),
        standing.join(",")
    );
    let engine = Engine::new(Policy::from_json(text).unwrap(), State::default()).unwrap();
    assert!(engine.allows("ann", "p", Some("s0"), nine()) && engine.allows("ann", "p", Some("s999"), nine()));
    assert!(!engine.allows("ann", "p", None, nine()), "nowhere else");
}
