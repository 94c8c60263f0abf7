//! A document that is adopted is in force: what it says of nouns holds from then on, and engine and oracle decide by it.
#![allow(
    clippy::expect_used,
    clippy::arithmetic_side_effects,
    clippy::std_instead_of_core,
    reason = "a test fails by panicking, and runs where there is a standard library"
)]

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestCaseError;
use tenure::engine::EngineError;
use tenure::model::{Identity, IdentityKind};
use tenure::policy::{DenyOn, Policy, PolicyDocument};
use tenure::time::Timestamp;
use tenure_oracle::arbitrary::{Arbitrary, worlds_with_language};

use agree::{agree_on_checks, agree_on_decisions, agree_on_reconciling};
use engines::{config, engine_of, json};
use least::{holds, quiet};

mod agree;
mod engines;
mod least;

/// How a document may differ from the one in force.
const EDITS: [fn(&mut PolicyDocument); 10] = [
    |_| {},
    |document| drop(document.eligibility.pop_first()),
    |document| drop(document.standing.pop_first()),
    |document| drop(document.memberships.pop_last()),
    |document| drop(document.entitlements.pop_first()),
    |document| drop(document.resources.pop_last()),
    |document| {
        let identity = Identity::new(IdentityKind::Human);
        document.identities.insert("new".parse().expect("an id"), identity);
    },
    |document| {
        for identity in document.identities.values_mut() {
            identity.attributes.pop_first();
        }
    },
    |document| {
        for entitlement in document.entitlements.values_mut() {
            entitlement.implies.pop();
        }
    },
    |document| {
        document.deny.values_mut().for_each(|rule| rule.on = Some(DenyOn::Use));
        document.guardrails.clear();
    },
];

/// Each document that the one in force may become, adopted at the first instant asked about, if it can be.
fn adoptions(world: &Arbitrary) -> impl Iterator<Item = Result<(Arbitrary, Timestamp), TestCaseError>> {
    let engine = engine_of(world);
    EDITS.iter().filter_map(move |edit| {
        let mut document = world.policy.clone();
        edit(&mut document);
        let policy = Policy::from_document(document.clone()).ok()?;
        let adoption = match engine.adopt(&policy, None, *world.nows.first()?) {
            Ok(adoption) => adoption,
            Err(EngineError::Corrupt | EngineError::Apply(_) | EngineError::TooLarge) => {
                return Some(Err(TestCaseError::fail(
                    "a document may be refused, but never breaks anything",
                )));
            }
            Err(_) => return None,
        };
        let at = adoption.at;
        let mut next = Arbitrary { policy: document, ..world.clone() };
        next.facts.extend(adoption.proposal.facts.iter().cloned());
        next.nows.retain(|now| *now >= at);
        next.nows.push(at);
        let committed = engine.commit_adoption(policy, &adoption).ok()?;
        let whole = engine_of(&next);
        for command in &next.commands {
            if json(&committed.decide(command, at)) != json(&whole.decide(command, at)) {
                return Some(Err(TestCaseError::fail(format!(
                    "{command:?} after the commit and after a replay"
                ))));
            }
        }
        Some(Ok((next, at)))
    })
}

fn each_adoption(
    world: &Arbitrary,
    holds: fn(&Arbitrary) -> Result<(), TestCaseError>,
) -> Result<(), TestCaseError> {
    adoptions(world).try_for_each(|adopted| holds(&adopted?.0))
}

/// What the new document says of a noun that no fact speaks of is in force; and then there is nothing left to adopt.
fn is_in_force(world: &Arbitrary) -> Result<(), TestCaseError> {
    let told = world.facts.iter().map(json).collect::<String>();
    let is_told = |id: &str| told.contains(&format!("\"{id}\""));
    for adopted in adoptions(world) {
        let (next, at) = adopted?;
        let oracle = next.world();
        for (id, identity) in next.policy.identities.iter().filter(|(id, _)| !is_told(id.as_str())) {
            prop_assert_eq!(oracle.identity(id, at), Some(identity.clone()), "{}", id);
        }
        for (id, entitlement) in next.policy.entitlements.iter().filter(|(id, _)| !is_told(id.as_str())) {
            prop_assert_eq!(oracle.entitlement(id, at), Some(entitlement.clone()), "{}", id);
        }
        for (id, resource) in next.policy.resources.iter().filter(|(id, _)| !is_told(id.as_str())) {
            prop_assert_eq!(oracle.resource(id, at), Some(resource.clone()), "{}", id);
        }
        let policy = Policy::from_document(next.policy.clone()).expect("the document is valid");
        let again = engine_of(&next).adopt(&policy, None, at).expect("it is in force");
        prop_assert!(again.proposal.facts.is_empty(), "{:?}", again.proposal.facts);
    }
    Ok(())
}

proptest! {
    #![proptest_config(config(24))]

    #[test]
    fn decisions_agree_under_an_adopted_document(world in quiet(worlds_with_language())) {
        holds(&world, |world| each_adoption(world, agree_on_decisions))?;
    }

    #[test]
    fn checks_agree_under_an_adopted_document(world in quiet(worlds_with_language())) {
        holds(&world, |world| each_adoption(world, agree_on_checks))?;
    }

    #[test]
    fn reconciliations_agree_under_an_adopted_document(world in quiet(worlds_with_language())) {
        holds(&world, |world| each_adoption(world, agree_on_reconciling))?;
    }

    #[test]
    fn what_is_adopted_is_in_force(world in quiet(worlds_with_language())) { holds(&world, is_in_force)? }
}

#[test]
fn documents_follow_each_other() {
    // Not a property: that most edits can be adopted, so that the properties speak of something.
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let (mut all, mut adopted) = (0usize, 0usize);
    for _ in 0..32 {
        let world = worlds_with_language().new_tree(&mut runner).expect("a world").current();
        all += EDITS.len();
        adopted += adoptions(&world).filter(Result::is_ok).count();
    }
    assert!(adopted * 2 > all, "only {adopted} of {all} documents can be adopted");
}
