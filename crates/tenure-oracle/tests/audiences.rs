//! On random worlds a requester is never told of anybody else, of a rule, or of a condition; and what each audience is
//! told agrees with what is so.
#![allow(
    clippy::expect_used,
    clippy::std_instead_of_core,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, and runs where there is a standard library"
)]

extern crate alloc;

use alloc::collections::BTreeSet;

use proptest::prelude::*;
use tenure::decide::{Audience, Code, Command, Decision, Reason, Verdict};
use tenure::fact::Body;
use tenure::id::{GrantId, IdentityId};
use tenure_oracle::arbitrary::{Arbitrary, worlds_with_language, worlds_with_replacements};
use tenure_oracle::holding;

use engines::{config, engine_of, json};

mod engines;

/// Keys that stand in nothing that a requester is told.
const KEPT: [&str; 9] = [
    "\"approvers\":",
    "\"conditions\":",
    "\"footprint\":",
    "\"holds\":",
    "\"log\":",
    "\"names\":[\"context",
    "\"policy\":",
    "\"proposal\":",
    "\"rule\":",
];

/// What must not be named: everybody there is but these, and every rule.
struct Secrets {
    names: BTreeSet<String>,
    sources: Vec<String>,
}

impl Secrets {
    fn but(world: &Arbitrary, known: &BTreeSet<IdentityId>) -> Self {
        let policy = &world.policy;
        let defined = world.facts.iter().filter_map(|fact| match &fact.body {
            Body::IdentityDefined(defined) => Some(&defined.id),
            _ => None,
        });
        let people = policy.identities.keys().chain(defined).filter(|id| !known.contains(*id));
        // Somebody is called as a word that sentences have.
        let is_word =
            |name: &String| Code::ALL.iter().any(|code| code.text().split(' ').any(|word| word == name));
        let people = people.map(ToString::to_string).filter(|name| !is_word(name));
        let rules = policy.eligibility.keys().chain(policy.deny.keys()).chain(policy.guardrails.keys());
        let rules = rules.chain(policy.capacity.keys()).chain(policy.standing_rules.keys());
        // Some rules are called as grants and standing assignments, which who holds them may know.
        let held = world.facts.iter().filter_map(|fact| match &fact.body {
            Body::GrantIssued(terms) => Some(terms.id.to_string()),
            Body::StandingAssigned(assigned) => Some(assigned.id.to_string()),
            _ => None,
        });
        let held: BTreeSet<String> = held.chain(policy.standing.keys().map(ToString::to_string)).collect();
        let rules = rules.map(ToString::to_string).filter(|name| !held.contains(name));
        let sources = policy.conditions.values().map(|condition| condition.expr.clone()).collect();
        Self { names: people.chain(rules).collect(), sources }
    }

    /// The first of them that a text names, if one.
    fn in_text(&self, text: &str) -> Option<String> {
        let part = |c: char| !(c.is_ascii_alphanumeric() || "-_/.:#@".contains(c));
        let kept = KEPT.iter().map(ToString::to_string);
        let mut whole = self.sources.iter().cloned().chain(kept);
        whole
            .find(|source| text.contains(source.as_str()))
            .or_else(|| text.split(part).find(|word| self.names.contains(*word)).map(str::to_string))
    }
}

/// Who asks, and for whom.
fn parties(world: &Arbitrary, command: &Command) -> BTreeSet<IdentityId> {
    let holder = |grant: &GrantId| {
        let world = world.world();
        holding::grant(&world, grant).map(|(terms, _)| terms.beneficiary.clone())
    };
    let (by, beneficiary) = match command {
        Command::Request(c) => (Some(c.requester.clone()), Some(c.beneficiary.clone())),
        Command::Extend(c) => (c.by.clone(), holder(&c.grant)),
        Command::Renew(c) => (c.by.clone(), holder(&c.grant)),
        Command::Withdraw(c) => (c.by.clone(), None),
        Command::Deactivate(c) => (c.by.clone(), holder(&c.grant)),
        Command::Revoke(c) => (c.by.clone(), holder(&c.grant)),
    };
    by.into_iter().chain(beneficiary).collect()
}

fn requesters_learn_nothing_else(world: &Arbitrary) -> Result<(), TestCaseError> {
    let engine = engine_of(world);
    for now in &world.nows {
        for command in &world.commands {
            let secrets = Secrets::but(world, &parties(world, command));
            let decision = engine.decide(command, *now);
            let told = decision.for_audience(Audience::Requester);
            for text in [json(&told), told.to_string()] {
                let found = secrets.in_text(&text);
                prop_assert!(found.is_none(), "{:?} of {:?}: {}\n{}", found, command, text, decision);
            }
            prop_assert_eq!(told.verdict, decision.verdict());
            // A denial has a reason for everyone.
            prop_assert!(told.verdict != Verdict::Deny || !told.reasons.is_empty(), "{}", decision);
            registered(&decision.grounds().reasons)?;
        }
        for question in &world.questions {
            let secrets = Secrets::but(world, &BTreeSet::from([question.identity.clone()]));
            let answer = engine.check(question, *now);
            let told = answer.for_audience(Audience::Requester);
            for text in [json(&told), told.to_string()] {
                let found = secrets.in_text(&text);
                prop_assert!(found.is_none(), "{:?} of {:?}: {}", found, question, text);
            }
            prop_assert!(answer.allowed() || !told.reasons.is_empty(), "{}", answer);
            registered(&answer.reasons)?;
        }
        registered(&engine.reconcile(*now).findings)?;
    }
    Ok(())
}

/// Every value that a reason speaks of is in the registry.
fn registered(reasons: &[Reason]) -> Result<(), TestCaseError> {
    for reason in reasons {
        let known: BTreeSet<&str> = reason.code.params().iter().map(|(name, _)| *name).collect();
        let unknown = reason.params.keys().find(|name| !known.contains(name.as_str()));
        prop_assert!(unknown.is_none(), "{:?} of {}", unknown, reason);
    }
    Ok(())
}

/// Who may know more is told all that others are told, and an admin what the decision says.
fn more_is_told_to_whoever_may_know_more(world: &Arbitrary) -> Result<(), TestCaseError> {
    let engine = engine_of(world);
    for now in &world.nows {
        for command in &world.commands {
            let decision: Decision = engine.decide(command, *now);
            let [requester, approver, admin] =
                [Audience::Requester, Audience::Approver, Audience::Admin].map(|a| decision.for_audience(a));
            prop_assert_eq!(&admin.bounds, &decision.grounds().bounds);
            prop_assert_eq!(&admin.grants[..], decision.grants());
            prop_assert_eq!(admin.reasons.len(), decision.grounds().reasons.len());
            for (less, more) in [(&requester, &approver), (&approver, &admin)] {
                for reason in &less.reasons {
                    let fuller = more.reasons.iter().find(|other| {
                        let all = reason.params.keys().all(|name| other.params.contains_key(name));
                        (other.code, other.item, other.level) == (reason.code, reason.item, reason.level)
                            && all
                    });
                    prop_assert!(fuller.is_some(), "{} of {}", reason, decision);
                }
                prop_assert!(less.grants.iter().all(|grant| more.grants.contains(grant)));
                prop_assert!(less.bounds.len() <= more.bounds.len());
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(config(96))]

    #[test]
    fn a_requester_learns_of_nobody_else(world in prop_oneof![worlds_with_replacements(), worlds_with_language()]) {
        requesters_learn_nothing_else(&world)?;
    }

    #[test]
    fn an_audience_learns_all_that_lesser_ones_do(world in worlds_with_language()) {
        more_is_told_to_whoever_may_know_more(&world)?;
    }
}
