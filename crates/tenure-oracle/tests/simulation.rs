//! What a simulation says of a world is what happens when the same is done to it for real; and the world itself does
//! not notice.
#![allow(
    clippy::expect_used,
    clippy::arithmetic_side_effects,
    clippy::std_instead_of_core,
    reason = "a test fails by panicking, and runs where there is a standard library"
)]

extern crate alloc;

use alloc::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use tenure::check::{Access, Question};
use tenure::diff::{AccessChange, Direction, Holding, Part};
use tenure::engine::Engine;
use tenure::fact::{Body, Cause, Fact, GrantEnded, Named};
use tenure::id::{EventId, IdentityId, PermissionId, ResourceId};
use tenure::policy::Policy;
use tenure::simulate::{Hypothesis, Simulation};
use tenure::time::Timestamp;
use tenure_oracle::World;
use tenure_oracle::arbitrary::{Arbitrary, worlds, worlds_with_language, worlds_with_replacements};
use tenure_oracle::life::{line, resource_valid};
use tenure_oracle::values::Place;

use engines::{config, engine_after, engine_of, json};
use least::{holds, quiet};

mod engines;
mod least;

/// A world, facts that could be appended to it, and when.
struct Supposed {
    engine: Engine,
    /// The document and the log so far.
    world: Arbitrary,
    hypothesis: Hypothesis,
    now: Timestamp,
}

/// The last facts of a log as what might still happen, cut at several places, as far as they may be appended.
fn suppositions(world: &Arbitrary) -> Vec<Supposed> {
    let length = world.facts.len();
    let cuts = BTreeSet::from([length, length.saturating_sub(1), length.saturating_sub(4), length / 2]);
    let of = |cut: usize| {
        let before = Arbitrary { facts: world.facts.iter().take(cut).cloned().collect(), ..world.clone() };
        let engine = engine_after(&before, cut);
        let last = world.facts.iter().map(|fact| fact.recorded_at).max();
        let now = world.nows.first().copied().into_iter().chain(last).max()?;
        let mut facts: Vec<Fact> = Vec::new();
        for fact in world.facts.iter().skip(cut) {
            facts.push(fact.clone());
            if engine.admit(&facts, now).is_err() {
                facts.pop();
            }
        }
        let (commands, questions) = (world.commands.clone(), world.questions.clone());
        let hypothesis = Hypothesis { commands, facts, policy: None, questions };
        Some(Supposed { engine, world: before, hypothesis, now })
    };
    let mut all: Vec<Supposed> = cuts.into_iter().filter_map(of).collect();
    all.extend(ends(world));
    all
}

/// After the whole log, one thing that ends and nothing else.
fn ends(world: &Arbitrary) -> Vec<Supposed> {
    let opened = world.facts.iter().filter_map(|fact| match &fact.body {
        Body::EventOpened(opened) => Some(opened.id.clone()),
        _ => None,
    });
    let events: BTreeSet<EventId> = opened.chain(world.policy.events.keys().cloned()).collect();
    let grants: BTreeSet<_> = world
        .facts
        .iter()
        .filter_map(|fact| match &fact.body {
            Body::GrantIssued(terms) => Some(terms.id.clone()),
            _ => None,
        })
        .collect();
    let last = world.facts.iter().map(|fact| fact.recorded_at).max();
    let Some(now) = world.nows.first().copied().into_iter().chain(last).max() else { return Vec::new() };
    let closed = events.into_iter().map(|id| Body::EventClosed(Named { id, reason: None }));
    let revoked = grants
        .into_iter()
        .take(2)
        .map(|id| Body::GrantRevoked(GrantEnded { cause: Cause::Revoked, id, reason: None }));
    let engine = engine_of(world);
    let suppose = |body| {
        let fact = Fact::new("supposed".parse().expect("an id"), now, body);
        engine.admit(core::slice::from_ref(&fact), now).ok()?;
        let hypothesis = Hypothesis { facts: vec![fact], ..Hypothesis::default() };
        Some(Supposed { engine: engine.clone(), world: world.clone(), hypothesis, now })
    };
    closed.chain(revoked).filter_map(suppose).collect()
}

/// The names of a world.
struct Names {
    identities: BTreeSet<IdentityId>,
    permissions: BTreeSet<PermissionId>,
    resources: BTreeSet<ResourceId>,
}

fn names(world: &Arbitrary, facts: &[Fact]) -> Names {
    let document = &world.policy;
    let mut all = Names {
        identities: document.identities.keys().cloned().collect(),
        permissions: document.entitlements.values().flat_map(|e| e.permissions.iter().cloned()).collect(),
        resources: document.resources.keys().cloned().collect(),
    };
    for fact in world.facts.iter().chain(facts) {
        match &fact.body {
            Body::IdentityDefined(d) => drop(all.identities.insert(d.id.clone())),
            Body::ResourceDefined(d) => drop(all.resources.insert(d.id.clone())),
            Body::EntitlementDefined(d) => all.permissions.extend(d.definition.permissions.iter().cloned()),
            Body::EntitlementChanged(c) => {
                all.permissions.extend(c.changes.permissions.iter().flatten().cloned());
            }
            _ => {}
        }
    }
    all
}

type Asked = (IdentityId, PermissionId, Option<ResourceId>);

fn ask(engine: &Engine, (identity, permission, resource): &Asked, at: Timestamp) -> Holding {
    let question = Question {
        context: BTreeMap::new(),
        identity: identity.clone(),
        permission: permission.clone(),
        resource: resource.clone().map(Into::into),
    };
    let answer = engine.check(&question, at);
    Holding { answer: answer.answer, until: answer.until }
}

/// Whether a scope contains a resource at an instant, retired or not, by the oracle's word.
fn contains(world: &World, scope: &ResourceId, resource: &ResourceId, at: Timestamp) -> bool {
    line(world, scope, Place::registered(resource), at).is_some()
}

/// Whether a change speaks of a resource, as the tree stands in one of the worlds.
fn covers(change: &AccessChange, resource: &ResourceId, worlds: [&World; 2], at: Timestamp) -> bool {
    let contains = |scope: &ResourceId| worlds.iter().any(|world| contains(world, scope, resource, at));
    match (change.part, &change.scope) {
        (Part::Itself, scope) => scope.as_ref() == Some(resource),
        (Part::Inside, Some(scope)) if scope == resource => false,
        (Part::All | Part::Inside, scope) => {
            scope.as_ref().is_none_or(contains) && !change.except.iter().any(contains)
        }
    }
}

/// Each listed change is what brute force finds, and what brute force finds is listed.
fn is_brute_force(
    supposed: &Supposed,
    simulation: &Simulation,
    real: &Engine,
    worlds: [&World; 2],
) -> Result<(), TestCaseError> {
    let (engine, at) = (&supposed.engine, simulation.at);
    prop_assert!(simulation.complete);
    let all = names(&supposed.world, &supposed.hypothesis.facts);
    for change in &simulation.access {
        prop_assert_ne!(change.before, change.after);
        let place =
            |scope: Option<&ResourceId>| (change.identity.clone(), change.permission.clone(), scope.cloned());
        if change.part != Part::Inside {
            let place = place(change.scope.as_ref());
            prop_assert_eq!(change.before, ask(engine, &place, at), "before, {:?} at {}", place, at);
            prop_assert_eq!(change.after, ask(real, &place, at), "after, {:?} at {}", place, at);
        }
        if change.part == Part::Itself {
            continue;
        }
        // What a change says of a subtree is so everywhere in it.
        for resource in all.resources.iter().filter(|resource| covers(change, resource, worlds, at)) {
            let place = place(Some(resource));
            for (world, engine, said) in [(worlds[0], engine, change.before), (worlds[1], real, change.after)]
            {
                let there = resource_valid(world, resource, at)
                    && change.scope.as_ref().is_none_or(|scope| contains(world, scope, resource, at));
                if there && said.answer != Access::Conditional {
                    prop_assert_eq!(ask(engine, &place, at).answer, said.answer, "{} at {:?}", change, place);
                }
            }
        }
    }
    for (identity, permission) in
        all.identities.iter().flat_map(|i| all.permissions.iter().map(move |p| (i, p)))
    {
        let told: Vec<&AccessChange> = simulation
            .access
            .iter()
            .filter(|change| change.identity == *identity && change.permission == *permission)
            .collect();
        for resource in all.resources.iter().map(Some).chain([None]) {
            let place = (identity.clone(), permission.clone(), resource.cloned());
            let (before, after) = (ask(engine, &place, at), ask(real, &place, at));
            let is_told = match resource {
                None => told.iter().any(|change| change.scope.is_none() && change.part != Part::Inside),
                Some(resource) => told.iter().any(|change| covers(change, resource, worlds, at)),
            };
            if resource.is_none() {
                prop_assert_eq!(before != after, is_told, "{:?} at {}: {} -> {}", place, at, before, after);
            } else if before.answer != after.answer {
                prop_assert!(is_told, "{:?} at {}: {} -> {}\n{}", place, at, before, after, simulation);
            }
        }
    }
    for (outcome, command) in simulation.commands.iter().zip(&supposed.hypothesis.commands) {
        let (before, after) = (engine.decide(command, at), real.decide(command, at));
        prop_assert_eq!(outcome.before.verdict, before.verdict());
        prop_assert_eq!(outcome.after.verdict, after.verdict(), "{:?}\n{}\n{}", command, before, after);
        prop_assert_eq!(outcome.after.until, after.grants().iter().map(|grant| grant.end).min());
        let (old, new) = (&before.grounds().reasons, &after.grounds().reasons);
        prop_assert!(outcome.reasons_gone.iter().all(|r| old.contains(r) && !new.contains(r)));
        prop_assert!(outcome.reasons_new.iter().all(|r| new.contains(r) && !old.contains(r)));
        prop_assert_eq!(old.len() + outcome.reasons_new.len(), new.len() + outcome.reasons_gone.len());
    }
    for (outcome, question) in simulation.questions.iter().zip(&supposed.hypothesis.questions) {
        let (before, after) = (engine.check(question, at), real.check(question, at));
        prop_assert_eq!((outcome.before.answer, outcome.before.until), (before.answer, before.until));
        prop_assert_eq!((outcome.after.answer, outcome.after.until), (after.answer, after.until));
    }
    Ok(())
}

/// What an engine knows, in bytes.
fn whole(engine: &Engine) -> (String, String, u64, Vec<u8>) {
    let state = engine.state();
    (state.world_hash(), state.log_root(), engine.position(), state.snapshot().expect("it can be written"))
}

fn facts_are_simulated(world: &Arbitrary) -> Result<(), TestCaseError> {
    for supposed in suppositions(world) {
        let Supposed { engine, hypothesis, now, .. } = &supposed;
        let before = whole(engine);
        let simulation = match engine.simulate(hypothesis, *now) {
            Ok(simulation) => simulation,
            Err(error) => {
                prop_assert_eq!(error.code(), "policy.not_adopted", "{}", error);
                continue;
            }
        };
        prop_assert!(before == whole(engine), "the world noticed");
        let mut next = supposed.world.clone();
        next.facts.extend(engine.admit(&hypothesis.facts, *now).expect("it was simulated"));
        let worlds = [&supposed.world.world(), &next.world()];
        is_brute_force(&supposed, &simulation, &engine_of(&next), worlds)?;
        // Whoever is left out as not concerned gains and loses nothing: with a document everyone is compared.
        let policy = Some(engine.policy().clone());
        let everyone = engine.simulate(&Hypothesis { policy, ..hypothesis.clone() }, *now);
        let everyone = everyone.expect("the document in force can be adopted again");
        prop_assert_eq!(json(&everyone.access), json(&simulation.access));
        prop_assert_eq!(json(&everyone.eligibility), json(&simulation.eligibility));
        // Nothing is supposed, nothing is otherwise.
        let facts = Vec::new();
        let same =
            engine.simulate(&Hypothesis { facts, ..hypothesis.clone() }, *now).expect("it is in force");
        prop_assert!(same.is_empty(), "{}", same);
    }
    Ok(())
}

fn documents_are_simulated(world: &Arbitrary) -> Result<(), TestCaseError> {
    for supposed in suppositions(world) {
        let mut document = supposed.world.policy.clone();
        document.eligibility.pop_first();
        document.standing.pop_first();
        document.standing_rules.pop_first();
        document.deny.clear();
        let Ok(policy) = Policy::from_document(document.clone()) else { continue };
        let hypothesis = Hypothesis { policy: Some(policy.clone()), ..supposed.hypothesis.clone() };
        let before = whole(&supposed.engine);
        let Ok(simulation) = supposed.engine.simulate(&hypothesis, supposed.now) else { continue };
        prop_assert!(before == whole(&supposed.engine), "the world noticed");
        prop_assert_eq!(&simulation.policy, policy.digest());
        // For real: the document so far is in force, then the facts happen, then the other one is adopted.
        let admitted = supposed.engine.admit(&hypothesis.facts, supposed.now).expect("it was simulated");
        let real = supposed.engine.apply(supposed.engine.position(), &admitted).expect("they fit");
        let first = real.adopt(real.policy(), None, simulation.at).expect("it is in force");
        let real = real.commit_adoption(real.policy().clone(), &first).expect("nothing came in between");
        let adoption = real.adopt(&policy, None, simulation.at).expect("it was simulated");
        let real = real.commit_adoption(policy, &adoption).expect("nothing came in between");
        let mut next = supposed.world.clone();
        next.facts.extend(admitted);
        let worlds = [&supposed.world.world(), &next.world()];
        is_brute_force(&supposed, &simulation, &real, worlds)?;
    }
    Ok(())
}

proptest! {
    #![proptest_config(config(32))]

    #[test]
    fn supposed_facts_come_to_what_real_ones_do(world in quiet(worlds())) {
        holds(&world, facts_are_simulated)?;
    }

    #[test]
    fn supposed_replacements_come_to_what_real_ones_do(world in quiet(worlds_with_replacements())) {
        holds(&world, facts_are_simulated)?;
    }

    #[test]
    fn supposed_facts_come_to_the_same_under_rules_and_conditions(world in quiet(worlds_with_language())) {
        holds(&world, facts_are_simulated)?;
    }

    #[test]
    fn supposed_documents_come_to_what_adopted_ones_do(world in quiet(worlds_with_language())) {
        holds(&world, documents_are_simulated)?;
    }
}

#[test]
fn there_is_something_to_suppose() {
    // Not a property: that the properties speak of something.
    use proptest::strategy::ValueTree as _;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let (mut changes, mut verdicts, mut directions) = (0usize, 0usize, BTreeSet::new());
    for _ in 0..48 {
        let world = worlds_with_language().new_tree(&mut runner).expect("a world").current();
        for supposed in suppositions(&world) {
            let Ok(found) = supposed.engine.simulate(&supposed.hypothesis, supposed.now) else { continue };
            changes += usize::from(!found.access.is_empty());
            verdicts += found.commands.iter().filter(|c| c.before.verdict != c.after.verdict).count();
            directions.extend(found.access.iter().map(|change| change.change));
            assert!(
                found
                    .access
                    .iter()
                    .all(|c| c.before.answer != Access::Denied || c.after.answer != Access::Denied)
            );
        }
    }
    assert!(changes > 20 && verdicts > 5, "{changes} worlds change, {verdicts} verdicts");
    assert_eq!(
        directions,
        [Direction::Gained, Direction::Longer, Direction::Shorter, Direction::Lost].into()
    );
}
