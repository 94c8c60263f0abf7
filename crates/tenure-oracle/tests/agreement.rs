//! The engine and the oracle give the same answers on random worlds.
#![allow(
    clippy::expect_used,
    clippy::arithmetic_side_effects,
    clippy::std_instead_of_core,
    reason = "a test fails by panicking, and runs where there is a standard library"
)]

use proptest::prelude::*;
use tenure::decide::Decision;
use tenure::engine::Engine;
use tenure::fact::{Body, Fact};
use tenure::policy::Policy;
use tenure::state::State;
use tenure_oracle::arbitrary::{Arbitrary, slot, worlds, worlds_with_language, worlds_with_replacements};

use agree::{agree_on_checks, agree_on_decisions, agree_on_reconciling};
use engines::{config, engine_of, json};
use least::{holds, quiet};

mod agree;
mod engines;
mod least;

/// Inside `holds` the answer stays: the engine's window lies within the widest one.
fn holds_is_sound(world: &Arbitrary) -> Result<(), TestCaseError> {
    let engine = engine_of(world);
    let oracle = world.world();
    for now in world.nows.iter().take(2) {
        for command in world.commands.iter().take(2) {
            if *now > slot(1_000_000) {
                // Where everything is cut off at the end of time, nothing moves with now any more.
                continue;
            }
            let decision = engine.decide(command, *now);
            let holds = decision.grounds().holds;
            let widest = tenure_oracle::holds(&oracle, command, *now);
            prop_assert!(holds.contains(*now), "{} is not in {:?}", now, holds);
            prop_assert!(
                widest.covers(holds),
                "{:?} at {}\nengine says {:?}, but the answer stays only in {:?}\n{}",
                command,
                now,
                holds,
                widest,
                decision
            );
        }
    }
    Ok(())
}

/// Facts taken in one by one, or in batches, lead to the same answers as all at once.
fn steps_lead_to_the_same(world: &Arbitrary) -> Result<(), TestCaseError> {
    let whole = engine_of(world);
    let policy = Policy::from_document(world.policy.clone()).expect("the document is valid");
    let mut engine = Engine::new(policy, State::default()).expect("an empty log");
    let mut position = 0usize;
    for size in [1usize, 3, 1, 7, 2].into_iter().cycle() {
        let batch: Vec<Fact> = world.facts.iter().skip(position).take(size).cloned().collect();
        if batch.is_empty() {
            break;
        }
        engine = engine.apply(position as u64, &batch).expect("the facts follow each other");
        position = position.saturating_add(batch.len());
    }
    for engine in [&engine, &engine.compact()] {
        for now in &world.nows {
            for command in &world.commands {
                prop_assert_eq!(
                    json(&engine.decide(command, *now)),
                    json(&whole.decide(command, *now)),
                    "{:?} at {}",
                    command,
                    now
                );
            }
            prop_assert_eq!(json(&engine.reconcile(*now)), json(&whole.reconcile(*now)));
            prop_assert_eq!(engine.next_change_at(*now), whole.next_change_at(*now));
            for asked in &world.questions {
                let question = asked;
                prop_assert_eq!(json(&engine.check(question, *now)), json(&whole.check(question, *now)));
            }
        }
    }
    Ok(())
}

/// The versions that a fact raises are those of the keys it touches.
fn touches_are_told(world: &Arbitrary) -> Result<(), TestCaseError> {
    let mut state = State::default();
    for (position, fact) in (0u64..).zip(&world.facts) {
        let touched = fact.touches(&state);
        let mut after = state.clone();
        after.apply(position, fact).expect("no gap");
        for key in &touched {
            prop_assert_eq!(after.version(key), position.saturating_add(1), "{} by {:?}", key, fact);
        }
        for earlier in &world.facts {
            for key in earlier.touches(&after) {
                if !touched.contains(&key) {
                    prop_assert_eq!(after.version(&key), state.version(&key), "{} by {:?}", key, fact);
                }
            }
        }
        state = after;
    }
    Ok(())
}

/// What a reconciliation records changes no answer, and leaves nothing to record.
fn reconciling_changes_nothing(world: &Arbitrary) -> Result<(), TestCaseError> {
    let engine = engine_of(world);
    for now in &world.nows {
        let found = engine.reconcile(*now);
        let after = engine.apply(engine.position(), &found.proposal.facts).expect("it fits");
        prop_assert!(after.reconcile(*now).proposal.facts.is_empty());
        for asked in &world.questions {
            let question = asked;
            for later in &world.nows {
                let (a, b) = (engine.check(question, *later), after.check(question, *later));
                if later >= now && !after.state().high_water().ge(later) {
                    prop_assert_eq!(a.allowed(), b.allowed(), "{:?} at {}", question, later);
                }
            }
        }
    }
    Ok(())
}

/// A snapshot restores the same state.
fn snapshots_restore(world: &Arbitrary) -> Result<(), TestCaseError> {
    let mut state = State::default();
    state.apply_all(0, &world.facts).expect("no gaps");
    let bytes = state.snapshot().expect("it can be written");
    let expect = tenure::state::Expect::hash(State::snapshot_hash(&bytes)).at_least(state.len());
    let restored = State::restore(&bytes, &expect).expect("it can be read");
    prop_assert_eq!(restored.world_hash(), state.world_hash());
    prop_assert_eq!(restored.log_root(), state.log_root());
    prop_assert_eq!(restored.snapshot().expect("again"), bytes);
    let policy = Policy::from_document(world.policy.clone()).expect("valid");
    let engine = Engine::new(policy, restored).expect("it joins");
    let whole = engine_of(world);
    for now in &world.nows {
        for command in &world.commands {
            prop_assert_eq!(json(&engine.decide(command, *now)), json(&whole.decide(command, *now)));
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(config(64))]

    #[test]
    fn decisions_agree(world in quiet(worlds())) { holds(&world, agree_on_decisions)? }

    #[test]
    fn decisions_agree_where_facts_are_taken_back(world in quiet(worlds_with_replacements())) {
        holds(&world, agree_on_decisions)?;
    }

    #[test]
    fn checks_agree(world in quiet(worlds())) { holds(&world, agree_on_checks)? }

    #[test]
    fn checks_agree_where_facts_are_taken_back(world in quiet(worlds_with_replacements())) {
        holds(&world, agree_on_checks)?;
    }

    #[test]
    fn decisions_in_the_policy_language_agree(world in quiet(worlds_with_language())) {
        holds(&world, agree_on_decisions)?;
    }

    #[test]
    fn checks_in_the_policy_language_agree(world in quiet(worlds_with_language())) {
        holds(&world, agree_on_checks)?;
    }

    #[test]
    fn reconciliations_in_the_policy_language_agree(world in quiet(worlds_with_language())) {
        holds(&world, agree_on_reconciling)?;
    }

    #[test]
    fn an_answer_in_the_policy_language_holds_as_long_as_it_says(world in quiet(worlds_with_language())) {
        holds(&world, holds_is_sound)?;
    }

    #[test]
    fn reconciliations_agree(world in quiet(worlds())) { holds(&world, agree_on_reconciling)? }

    #[test]
    fn an_answer_holds_as_long_as_it_says(world in quiet(worlds())) { holds(&world, holds_is_sound)? }

    #[test]
    fn steps_and_leaps_in_the_policy_language_agree(world in quiet(worlds_with_language())) {
        holds(&world, steps_lead_to_the_same)?;
    }

    #[test]
    fn recording_what_ended_changes_no_answer_in_the_policy_language(world in quiet(worlds_with_language())) {
        holds(&world, reconciling_changes_nothing)?;
    }

    #[test]
    fn steps_and_leaps_agree(world in quiet(worlds_with_replacements())) {
        holds(&world, steps_lead_to_the_same)?;
    }

    #[test]
    fn every_touched_key_is_told(world in quiet(worlds_with_replacements())) { holds(&world, touches_are_told)? }

    #[test]
    fn recording_what_ended_changes_no_answer(world in quiet(worlds())) {
        holds(&world, reconciling_changes_nothing)?;
    }

    #[test]
    fn snapshots_are_complete(world in quiet(worlds_with_replacements())) { holds(&world, snapshots_restore)? }
}

#[test]
fn worlds_have_power() {
    // Not a property: that the generator reaches what the properties speak of.
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let (mut permits, mut denials, mut allowed) = (0u32, 0u32, 0u32);
    for _ in 0..64 {
        let world = proptest::strategy::ValueTree::current(&worlds().new_tree(&mut runner).expect("a world"));
        let engine = engine_of(&world);
        for now in &world.nows {
            for command in &world.commands {
                match engine.decide(command, *now) {
                    Decision::Permit(permit) if !permit.proposal().facts.is_empty() => permits += 1,
                    Decision::Deny(_) => denials += 1,
                    _ => {}
                }
            }
            for asked in &world.questions {
                let resource = asked.resource.as_ref().map(|r| r.id().as_str());
                allowed += u32::from(engine.allows(
                    asked.identity.as_str(),
                    asked.permission.as_str(),
                    resource,
                    *now,
                ));
            }
        }
        let _ = world.facts.iter().filter(|fact| matches!(fact.body, Body::GrantIssued(_))).count();
    }
    assert!(
        permits > 20 && denials > 50 && allowed > 10,
        "{permits} permits, {denials} denials, {allowed} allowed"
    );
}
