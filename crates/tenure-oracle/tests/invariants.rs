//! What holds of every decision in every world, whatever the page says of the single case.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::std_instead_of_alloc,
    clippy::std_instead_of_core,
    reason = "a test fails by panicking, and runs where there is a standard library"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use proptest::prelude::*;
use tenure::check::{Question, SourceKind};
use tenure::decide::{Code, Command, Decision, GrantView, Grounds, LogRef, Verdict};
use tenure::engine::{CLOCK_TOLERANCE, Engine};
use tenure::fact::{Body, Fact};
use tenure::id::{FactId, GrantId, RequestId, RuleId};
use tenure::log::Key;
use tenure::policy::BoundKind;
use tenure::time::{Span, Timestamp};
use tenure_oracle::arbitrary::{Arbitrary, worlds, worlds_with_language, worlds_with_replacements};
use tenure_oracle::{World, digest, instants};

use engines::{config, engine_after, engine_of, json};
use least::{holds, quiet};

mod engines;
mod least;

fn pairs(world: &Arbitrary) -> impl Iterator<Item = (&Command, Timestamp)> {
    world.commands.iter().flat_map(|command| world.nows.iter().map(move |now| (command, *now)))
}

fn before(t: Timestamp) -> Timestamp {
    t.minus(Span::from_millis(1).expect("a millisecond"))
}

/// The engine after a permit was committed, with the decision; none if there is nothing to commit.
fn committed(engine: &Engine, command: &Command, now: Timestamp) -> Option<(Engine, Decision)> {
    let decision = engine.decide(command, now);
    let proposal = decision.proposal().filter(|proposal| !proposal.facts.is_empty())?;
    let after = engine.commit(&proposal).expect("nothing has happened since");
    Some((after, decision))
}

/// The grant as one of the sources of the permission at `t`.
fn gives(engine: &Engine, grant: &GrantView, question: &Question, t: Timestamp) -> bool {
    let answer = engine.check(question, t);
    answer.via.iter().any(|via| via.source == SourceKind::Grant && via.id == grant.id.as_str())
}

/// The questions that a grant answers by itself: each permission that its entitlement lists at `t`, in its scope.
fn questions_of(after: &World, grant: &GrantView, t: Timestamp) -> Vec<Question> {
    let listed = after.entitlement(&grant.entitlement, t).map(|noun| noun.permissions).unwrap_or_default();
    let ask = |permission| Question {
        context: BTreeMap::new(),
        identity: grant.beneficiary.clone(),
        permission,
        resource: grant.scope.clone().map(Into::into),
    };
    listed.into_iter().map(ask).collect()
}

/// I1, I11: once a permit is committed, the holder has every permission of what was granted from the start to
/// the end, at every instant at which anything changes, if nothing else happens; and not at the end by this grant.
fn permits_are_sound(world: &Arbitrary) -> Result<(), TestCaseError> {
    let engine = engine_of(world);
    for (command, now) in pairs(world).filter(|(command, _)| !command.only_ends()) {
        let Some((after, decision)) = committed(&engine, command, now) else { continue };
        let proposal = decision.proposal().expect("a permit");
        let mut log = world.facts.clone();
        log.extend(proposal.facts);
        let oracle = World::new(world.policy.clone(), digest::policy(&world.policy), log);
        for grant in decision.grants() {
            let start = grant.start.max(decision.grounds().at);
            let inside = instants::instants(&oracle).iter().copied().filter(|t| start < *t && *t < grant.end);
            for t in inside.chain([start, before(grant.end)]) {
                for question in questions_of(&oracle, grant, t) {
                    prop_assert!(gives(&after, grant, &question, t), "{question:?} at {t} by {grant:?}");
                }
            }
            for t in [grant.end, before(grant.start)].into_iter().filter(|t| *t >= decision.grounds().at) {
                for question in questions_of(&oracle, grant, before(grant.end)) {
                    prop_assert!(!gives(&after, grant, &question, t), "{question:?} at {t} by {grant:?}");
                }
            }
        }
    }
    Ok(())
}

/// I2, I3: a new grant ends, after it starts, at the least of its bounds; those and no others bind.
fn ends_are_the_least_bounds(world: &Arbitrary) -> Result<(), TestCaseError> {
    let engine = engine_of(world);
    for (command, now) in pairs(world) {
        let decision = engine.decide(command, now);
        let mut least: BTreeMap<u32, Timestamp> = BTreeMap::new();
        for bound in &decision.grounds().bounds {
            let end = least.entry(bound.item).or_insert(bound.end);
            *end = bound.end.min(*end);
        }
        for bound in &decision.grounds().bounds {
            prop_assert_eq!(bound.binding, bound.end == least[&bound.item], "{}", decision);
            prop_assert!(!bound.end.is_never());
        }
        for fact in decision.proposal().into_iter().flat_map(|proposal| proposal.facts) {
            if let Body::GrantIssued(terms) = &fact.body {
                let item: u32 =
                    terms.id.as_str().rsplit('#').next().and_then(|n| n.parse().ok()).expect("a number");
                prop_assert!(terms.term.start() < terms.term.end() && !terms.term.end().is_never());
                prop_assert_eq!(Some(&terms.term.end()), least.get(&item), "{}", decision);
            }
        }
    }
    Ok(())
}

/// I10: what is ended gives nothing from then on, whatever the clock says.
fn ends_are_immediate(world: &Arbitrary) -> Result<(), TestCaseError> {
    let engine = engine_of(world);
    let oracle = world.world();
    for (command, now) in pairs(world).filter(|(command, _)| command.only_ends()) {
        let Some((after, decision)) = committed(&engine, command, now) else { continue };
        let at = decision.grounds().at;
        for grant in decision.grants() {
            prop_assert!(grant.end <= at);
            for t in [at, at.next(), at.plus(Span::hours(7)), at.plus(Span::days(3))] {
                for question in questions_of(&oracle, grant, at) {
                    prop_assert!(!gives(&after, grant, &question, t), "{question:?} at {t} by {grant:?}");
                }
            }
        }
    }
    Ok(())
}

/// I12: too far behind the log nothing is given and nothing is allowed, and no end waits for the clock; a little
/// behind counts as the instant of the log, so nothing that has ended comes back.
fn clocks_are_safe(world: &Arbitrary) -> Result<(), TestCaseError> {
    let engine = engine_of(world);
    let high_water = engine.state().high_water();
    let late = before(high_water.minus(CLOCK_TOLERANCE));
    if late < Timestamp::MIN.plus(Span::days(1)) {
        return Ok(());
    }
    for command in &world.commands {
        let decision = engine.decide(command, late);
        let codes: Vec<Code> = decision.grounds().reasons.iter().map(|reason| reason.code).collect();
        if command.only_ends() {
            prop_assert!(!codes.contains(&Code::ClockRegression));
        } else {
            prop_assert_eq!(codes, [Code::ClockRegression], "{}", decision);
        }
        for t in [high_water.minus(CLOCK_TOLERANCE), before(high_water)] {
            let (then, now) = (engine.decide(command, t), engine.decide(command, high_water));
            prop_assert_eq!(json(&then), json(&now), "{:?} at {}", command, t);
        }
    }
    for asked in &world.questions {
        let answer = engine.check(asked, late);
        prop_assert!(!answer.allowed() && answer.reasons[0].code == Code::ClockRegression);
        let resource = asked.resource.as_ref().map(|resource| resource.id().as_str());
        prop_assert!(!engine.allows(asked.identity.as_str(), asked.permission.as_str(), resource, late));
        let (then, now) = (before(high_water), high_water);
        prop_assert_eq!(json(&engine.check(asked, then)), json(&engine.check(asked, now)));
    }
    Ok(())
}

/// What a decision says beside the state of the log that it knows and the versions of what it read.
fn without_log(decision: &Decision) -> impl PartialEq + std::fmt::Debug {
    let log = LogRef { length: 0, root: Arc::from("") };
    let footprint: Vec<(Key, u64)> =
        decision.grounds().footprint.iter().map(|(key, _)| (key.clone(), 0)).collect();
    let grounds = Grounds { log, footprint, ..decision.grounds().clone() };
    // What adopts the document is less the more the log knows of it.
    let facts = decision.proposal().into_iter().flat_map(|proposal| proposal.facts);
    let facts: Vec<Fact> = facts.filter(|fact| !fact.id.as_str().starts_with("policy/")).collect();
    (decision.verdict(), decision.grants().to_vec(), grounds, facts)
}

/// Whether the fact issues the grant that the decision did not know. It touches its holder, whom nobody could
/// have read then.
fn comes_to_be(fact: &Fact, decision: &Decision) -> bool {
    let unknown = decision.grounds().reasons.iter().filter(|reason| reason.code == Code::GrantUnknown);
    let names: Vec<_> = unknown.filter_map(|reason| reason.params["grant"].as_text()).collect();
    matches!(&fact.body, Body::GrantIssued(terms) if names.contains(&terms.id.as_str()))
}

/// I24: facts that touch nothing of what a decision read, and do not move the clock, leave it as it is.
fn what_was_not_read_does_not_matter(world: &Arbitrary) -> Result<(), TestCaseError> {
    let length = world.facts.len();
    for cut in [length / 2, length - length / 4, length.saturating_sub(3)] {
        let engine = engine_after(world, cut);
        let high_water = engine.state().high_water();
        for (command, now) in pairs(world) {
            let decision = engine.decide(command, now);
            let read: BTreeSet<&Key> = decision.grounds().footprint.iter().map(|(key, _)| key).collect();
            let mut later = engine.clone();
            for fact in world.facts.iter().skip(cut) {
                let keys = fact.touches(later.state());
                let clock = matches!(fact.body, Body::ClockCorrected(_));
                if clock || comes_to_be(fact, &decision) || keys.iter().any(|key| read.contains(key)) {
                    continue;
                }
                let fact = Fact { recorded_at: fact.recorded_at.min(high_water), ..fact.clone() };
                let next = later.apply(later.position(), std::slice::from_ref(&fact));
                // A definition may contradict that of a document that was not adopted.
                let Ok(next) = next else { continue };
                let again = next.decide(command, now);
                prop_assert!(
                    without_log(&again) == without_log(&decision),
                    "{command:?} at {now} on {cut} facts, then {}\n{}\n{}",
                    json(&fact),
                    json(&decision),
                    json(&again)
                );
                later = next;
            }
        }
    }
    Ok(())
}

/// I15: it does not matter in which order rules stand, nor that one says what another says.
fn rules_have_no_order(world: &Arbitrary) -> Result<(), TestCaseError> {
    let engine = engine_of(world);
    let mut turned = world.clone();
    let rules = std::mem::take(&mut turned.policy.eligibility);
    let name = |n: usize| format!("x{n}").parse::<RuleId>().expect("a name");
    for (n, (_, rule)) in rules.iter().rev().enumerate() {
        turned.policy.eligibility.insert(name(n), rule.clone());
    }
    let twice = rules.values().next().map(|rule| (name(rules.len()), rule.clone()));
    turned.policy.eligibility.extend(twice);
    let (old, new) = (digest::policy(&world.policy), digest::policy(&turned.policy));
    for fact in &mut turned.facts {
        if let Body::PolicyAdopted(adopted) = &mut fact.body
            && adopted.digest == old
        {
            adopted.digest.clone_from(&new);
        }
    }
    let other = engine_of(&turned);
    let said = |decision: &Decision| {
        let grounds = decision.grounds();
        let reasons: BTreeSet<String> =
            grounds.reasons.iter().filter(|reason| reason.code != Code::PolicyNotAdopted).map(json).collect();
        let bounds: BTreeSet<(u32, BoundKind, Timestamp, bool)> =
            grounds.bounds.iter().map(|b| (b.item, b.kind, b.end, b.binding)).collect();
        let window = (grounds.holds, grounds.next_change_at);
        (decision.verdict(), decision.grants().to_vec(), reasons, bounds, window)
    };
    for (command, now) in pairs(world) {
        prop_assert_eq!(
            said(&engine.decide(command, now)),
            said(&other.decide(command, now)),
            "{:?}",
            command
        );
    }
    for asked in &world.questions {
        for now in &world.nows {
            // The digest of the document may be told, and is another one.
            let answer = json(&engine.check(asked, *now)).replace(&old, &new);
            prop_assert_eq!(answer, json(&other.check(asked, *now)));
        }
    }
    Ok(())
}

/// Whether saying it again says nothing: not of changes and turns, which a later word may have overtaken.
fn is_repeatable(body: &Body) -> bool {
    !matches!(
        body,
        Body::IdentityChanged(_)
            | Body::IdentitySuspended(_)
            | Body::IdentityResumed(_)
            | Body::IdentityLeft(_)
            | Body::IdentityRejoined(_)
            | Body::EntitlementChanged(_)
            | Body::ResourceChanged(_)
            | Body::EventOpened(_)
            | Body::EventChanged(_)
            | Body::EventClosed(_)
            | Body::PolicyAdopted(_)
            | Body::ClockCorrected(_)
    )
}

/// I16: a fact at a position that is known changes nothing at all; one that is recorded once more changes no answer.
fn repeats_say_nothing(world: &Arbitrary) -> Result<(), TestCaseError> {
    let engine = engine_of(world);
    let known = engine.apply(0, &world.facts).expect("all is known");
    prop_assert_eq!(known.state().log_root(), engine.state().log_root());
    let high_water = engine.state().high_water();
    let again: Vec<Fact> = world.facts.iter().filter(|fact| is_repeatable(&fact.body)).cloned().collect();
    let again: Vec<Fact> = again
        .into_iter()
        .enumerate()
        .map(|(n, fact)| Fact {
            id: format!("again/{n}").parse::<FactId>().expect("a name"),
            recorded_at: fact.recorded_at.min(high_water),
            replaces: None,
            ..fact
        })
        .collect();
    let more = engine.apply(engine.position(), &again).expect("it follows");
    prop_assert_eq!(more.state().world_hash(), engine.state().world_hash());
    for (command, now) in pairs(world) {
        let decision = engine.decide(command, now);
        prop_assert_eq!(json(&known.decide(command, now)), json(&decision));
        prop_assert!(
            without_log(&more.decide(command, now)) == without_log(&decision),
            "{command:?} at {now}\n{}\n{}",
            decision,
            more.decide(command, now)
        );
    }
    for now in &world.nows {
        for asked in &world.questions {
            prop_assert_eq!(json(&more.check(asked, *now)), json(&engine.check(asked, *now)));
        }
        prop_assert_eq!(json(&more.reconcile(*now)), json(&engine.reconcile(*now)));
    }
    Ok(())
}

/// I16: a command that was committed is answered with what it gave, and records nothing more.
fn a_command_works_once(world: &Arbitrary) -> Result<(), TestCaseError> {
    let engine = engine_of(world);
    for (command, now) in pairs(world) {
        let Some((after, decision)) = committed(&engine, command, now) else { continue };
        let again = after.decide(command, now);
        let ids = |decision: &Decision| -> BTreeSet<GrantId> {
            decision.grants().iter().map(|grant| grant.id.clone()).collect()
        };
        if matches!(command, Command::Withdraw(_)) {
            prop_assert_eq!(again.verdict(), Verdict::Deny);
            continue;
        }
        prop_assert_eq!(again.verdict(), Verdict::Permit, "{}", again);
        prop_assert!(again.proposal().is_some_and(|proposal| proposal.facts.is_empty()), "{}", again);
        if !command.only_ends() {
            prop_assert_eq!(ids(&again), ids(&decision));
            prop_assert_eq!(again.grounds().reasons[0].code, Code::RequestAlreadyResolved);
            prop_assert_eq!(again.grants().len(), decision.grants().len());
            for (now, then) in again.grants().iter().zip(decision.grants()) {
                prop_assert_eq!((now.start, now.end, now.state), (then.start, then.end, then.state));
            }
        }
    }
    Ok(())
}

/// The command under another name, if it only ends something.
fn ending_under(command: &Command, name: &RequestId) -> Command {
    let mut command = command.clone();
    match &mut command {
        Command::Withdraw(ending) => Arc::make_mut(ending).id = name.clone(),
        Command::Deactivate(ending) => Arc::make_mut(ending).id = name.clone(),
        Command::Revoke(ending) => Arc::make_mut(ending).id = name.clone(),
        Command::Request(_) | Command::Extend(_) | Command::Renew(_) => {}
    }
    command
}

/// I10: what ends is never refused for its name, and still no two facts have one id: each ending bears the name of
/// what was committed last, be it a request or another ending.
fn ids_are_never_taken(world: &Arbitrary) -> Result<(), TestCaseError> {
    let mut engine = engine_of(world);
    let mut taken: BTreeSet<FactId> = world.facts.iter().map(|fact| fact.id.clone()).collect();
    let nows: BTreeSet<Timestamp> = world.nows.iter().copied().collect();
    let Some(mut name) = world.commands.first().map(|command| command.id().clone()) else { return Ok(()) };
    for (now, command) in nows.iter().flat_map(|now| world.commands.iter().map(move |one| (*now, one))) {
        let renamed = ending_under(command, &name);
        let plain = engine.decide(command, now);
        prop_assert_eq!(plain.verdict(), engine.decide(&renamed, now).verdict());
        let Some((after, decision)) = committed(&engine, &renamed, now) else { continue };
        for fact in decision.proposal().map(|proposal| proposal.facts).unwrap_or_default() {
            prop_assert!(
                taken.insert(fact.id.clone()),
                "`{}` stands for another fact: {}",
                fact.id,
                decision
            );
        }
        name = renamed.id().clone();
        engine = after;
    }
    Ok(())
}

proptest! {
    #![proptest_config(config(48))]

    #[test]
    fn i1_i11_a_permit_is_sound(world in quiet(worlds())) { holds(&world, permits_are_sound)? }

    #[test]
    fn i2_i3_a_grant_ends_at_its_least_bound(world in quiet(worlds())) {
        holds(&world, ends_are_the_least_bounds)?;
    }

    #[test]
    fn i10_an_end_is_immediate(world in quiet(worlds())) { holds(&world, ends_are_immediate)? }

    #[test]
    fn i10_no_name_is_taken_for_an_end(world in quiet(worlds())) { holds(&world, ids_are_never_taken)? }

    #[test]
    fn i12_a_clock_that_is_behind_gives_nothing(world in quiet(worlds())) { holds(&world, clocks_are_safe)? }

    #[test]
    fn i15_rules_have_no_order(world in quiet(worlds())) { holds(&world, rules_have_no_order)? }

    #[test]
    fn i16_a_fact_said_again_says_nothing(world in quiet(worlds_with_replacements())) {
        holds(&world, repeats_say_nothing)?;
    }

    #[test]
    fn i16_a_command_works_once(world in quiet(worlds())) { holds(&world, a_command_works_once)? }

    #[test]
    fn i2_i3_a_grant_of_the_language_ends_at_its_least_bound(world in quiet(worlds_with_language())) {
        holds(&world, ends_are_the_least_bounds)?;
    }

    #[test]
    fn i12_a_clock_that_is_behind_gives_nothing_in_the_language(world in quiet(worlds_with_language())) {
        holds(&world, clocks_are_safe)?;
    }

    #[test]
    fn i24_what_was_not_read_does_not_matter_in_the_language(world in quiet(worlds_with_language())) {
        holds(&world, what_was_not_read_does_not_matter)?;
    }

    #[test]
    fn i24_what_was_not_read_does_not_matter(world in quiet(worlds_with_replacements())) {
        holds(&world, what_was_not_read_does_not_matter)?;
    }
}
