//! In one world the engine and the oracle say the same.

use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use tenure::check::Target;
use tenure::decide::{Decision, Obligation};
use tenure::fact::Fact;
use tenure_oracle::arbitrary::Arbitrary;

use crate::engines::engine_of;

fn own_facts(decision: &Decision) -> Vec<Fact> {
    let facts = decision.proposal().map(|proposal| proposal.facts).unwrap_or_default();
    facts.into_iter().filter(|fact| !fact.id.as_str().starts_with("policy/")).collect()
}

fn owed(decision: &Decision) -> &[Obligation] {
    match decision {
        Decision::Pending(pending) => &pending.obligations,
        _ => &[],
    }
}

pub(crate) fn agree_on_decisions(world: &Arbitrary) -> Result<(), TestCaseError> {
    let engine = engine_of(world);
    let oracle = world.world();
    for now in &world.nows {
        for command in &world.commands {
            let decision = engine.decide(command, *now);
            let expected = tenure_oracle::decide(&oracle, command, *now);
            let context = || format!("{command:?} at {now}\nengine: {decision}\noracle: {expected:#?}");
            prop_assert_eq!(decision.verdict(), expected.verdict, "verdict of {}", context());
            prop_assert_eq!(&decision.grounds().reasons, &expected.reasons, "reasons of {}", context());
            prop_assert_eq!(decision.grants(), &expected.grants[..], "grants of {}", context());
            prop_assert_eq!(&decision.grounds().bounds, &expected.bounds, "bounds of {}", context());
            prop_assert_eq!(owed(&decision), &expected.obligations[..], "obligations of {}", context());
            prop_assert_eq!(own_facts(&decision), expected.facts.clone(), "facts of {}", context());
            prop_assert_eq!(decision.grounds().at, expected.at, "instant of {}", context());
        }
    }
    Ok(())
}

pub(crate) fn agree_on_checks(world: &Arbitrary) -> Result<(), TestCaseError> {
    let engine = engine_of(world);
    let oracle = world.world();
    for now in &world.nows {
        for question in &world.questions {
            let answer = engine.check(question, *now);
            let expected = tenure_oracle::check(&oracle, question, *now);
            let context = || format!("{question:?} at {now}\nengine: {answer:?}\noracle: {expected:?}");
            prop_assert_eq!(answer.answer, expected.answer, "{}", context());
            prop_assert_eq!(&answer.missing, &expected.missing, "missing of {}", context());
            prop_assert_eq!(answer.until, expected.until, "until of {}", context());
            prop_assert_eq!(answer.next_change_at, expected.next_change_at, "next change of {}", context());
            prop_assert_eq!(&answer.reasons, &expected.reasons, "reasons of {}", context());
            if !question.context.is_empty() || matches!(question.resource, Some(Target::Open(_))) {
                continue;
            }
            let (who, what) = (
                engine.identity(question.identity.as_str()),
                engine.permission(question.permission.as_str()),
            );
            let resource = question.resource.as_ref().map(|resource| resource.id().as_str());
            let on = resource.map(|resource| engine.resource(resource));
            let (who_asks, asked) = (question.identity.as_str(), question.permission.as_str());
            let quick = engine.allows(who_asks, asked, resource, *now);
            prop_assert_eq!(quick, expected.allowed(), "allows of {}", context());
            if let (Some(who), Some(what), Some(on)) = (who, what, on.map_or(Some(None), |on| on.map(Some))) {
                let held = engine.check_by(who, what, on, *now);
                prop_assert_eq!(held.allowed, expected.allowed(), "by handle, {}", context());
                if held.allowed {
                    let until = Some(held.until).filter(|until| !until.is_never());
                    prop_assert_eq!(until, expected.until, "until by handle, {}", context());
                }
            }
        }
    }
    Ok(())
}

pub(crate) fn agree_on_reconciling(world: &Arbitrary) -> Result<(), TestCaseError> {
    let engine = engine_of(world);
    let oracle = world.world();
    for now in &world.nows {
        let found = engine.reconcile(*now);
        let expected = tenure_oracle::reconcile(&oracle, *now);
        prop_assert_eq!(&found.proposal.facts, &expected.facts, "at {}", now);
        let removals: Vec<_> = found
            .removals
            .iter()
            .map(|r| (r.identity.clone(), r.entitlement.clone(), r.scope.clone()))
            .collect();
        prop_assert_eq!(removals, expected.removals, "at {}", now);
        prop_assert_eq!(&found.findings, &expected.findings, "at {}", now);
    }
    Ok(())
}
