//! Random worlds are valid and rich, and in each of them the oracle is true to itself.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panicking"
)]

extern crate alloc;

use alloc::collections::BTreeSet;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use tenure::decide::{Code, Command, Verdict};
use tenure::document::{Limits, canonical, parse_json};
use tenure::fact::Fact;
use tenure::policy::Policy;
use tenure::time::{Span, Timestamp};
use tenure_oracle::arbitrary::{Arbitrary, slot, worlds, worlds_with_language, worlds_with_replacements};
use tenure_oracle::{World, check, death, decide, digest, holding, holds, marks, next_change_at, reconcile};

fn some(n: usize, worlds: &impl Strategy<Value = Arbitrary>) -> Vec<Arbitrary> {
    let mut runner = TestRunner::deterministic();
    (0..n).map(|_| worlds.new_tree(&mut runner).unwrap().current()).collect()
}

/// Worlds of either kind.
fn any_worlds() -> impl Strategy<Value = Arbitrary> {
    prop_oneof![worlds(), worlds_with_language()]
}

/// A comparison over worlds is worth what the worlds reach.
#[test]
fn worlds_reach_nearly_every_reason_bound_and_cause() {
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let (mut permits, mut decisions) = (0_u32, 0_u32);
    for world in some(500, &worlds()) {
        let (nows, questions) = (&world.nows, &world.questions);
        let (commands, world) = (&world.commands, world.world());
        for now in nows {
            for command in commands {
                let outcome = decide(&world, command, *now);
                decisions += 1;
                permits += u32::from(!outcome.facts.is_empty());
                seen.extend(outcome.reasons.iter().map(|reason| reason.code.word().to_string()));
                let whys = outcome.reasons.iter().filter_map(|reason| reason.params.get("why"));
                seen.extend(whys.map(|why| format!("why {why}")));
                let bounds = outcome.bounds.iter();
                seen.extend(bounds.filter(|b| b.binding).map(|b| format!("bound {}", b.kind.word())));
                seen.extend(outcome.facts.iter().map(|fact| format!("fact {}", fact.body.kind())));
                seen.extend(outcome.grants.iter().map(|grant| format!("state {:?}", grant.state)));
            }
            for q in questions {
                let checked = check(&world, q, *now);
                let reasons = checked.reasons.iter().map(|reason| format!("check {}", reason.code.word()));
                seen.extend(reasons);
            }
            let found = reconcile(&world, *now);
            seen.extend(found.findings.iter().map(|finding| format!("finding {}", finding.code.word())));
            seen.extend(found.facts.iter().map(|fact| format!("reconcile {}", fact.body.kind())));
        }
        for (terms, _) in holding::grants(&world) {
            seen.extend(death(&world, &terms.id).map(|(_, cause)| format!("cause {}", cause.code())));
        }
    }
    let wanted = "
        clock.regression, policy.not_adopted, request.id_reused, request.already_resolved, request.withdrawn,
        request.unknown, request.not_pending, identity.unknown, identity.not_active, identity.no_owner,
        entitlement.unknown, entitlement.retired, resource.unknown, resource.retired, grant.unknown,
        event.invalid, event.stale, authority.not_holder, input.missing, context.missing, eligibility.none,
        request.window_elapsed, extension.past_max_total, extension.not_active, extension.not_allowed,
        extension.limit_reached, extension.would_shorten, extension.no_gain, renewal.limit_reached,
        grant.already_active, duration.exceeds_max, window.empty, duration.below_min, bound.exceeded,
        duration.clipped, grant.already_ended,
        why suspended, why left, why not_started, why contract_ended, why unknown, why ended,
        why not_participant, why outside_ceiling, why kind_not_allowed, why self_opened,
        bound asked, bound default, bound maximum, bound eligibility, bound hours, bound event,
        bound event_cap, bound identity, bound owner, bound session, bound extension, bound renewal,
        fact request_made, fact request_resolved, fact grant_issued, fact grant_extended, fact grant_ended,
        fact grant_revoked, fact grant_voided, fact request_withdrawn,
        state Scheduled, state Active, state Ended, state Revoked, state Void,
        check identity.unknown, check permission.unknown, check resource.unknown, check resource.retired,
        check identity.not_active, check grant.expired, check grant.not_started, check access.none,
        finding eligibility.at_risk, finding eligibility.lost, reconcile grant_ended, reconcile grant_voided,
        cause grant.revoked, cause grant.deactivated, cause identity.left, cause identity.suspended,
        cause identity.contract_ended, cause entitlement.retired, cause resource.retired, cause event.ended,
        cause eligibility.lost, cause grant.expired";
    let missing: Vec<&str> = wanted.split(',').map(str::trim).filter(|word| !seen.contains(*word)).collect();
    assert_eq!(missing, [""; 0], "never seen in 500 worlds");
    assert!(permits * 8 > decisions, "{permits} of {decisions} decisions record something");
}

/// So are properties of the policy language.
#[test]
fn worlds_with_language_reach_nearly_all_of_it() {
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let (mut permits, mut pending, mut decisions) = (0_u32, 0_u32, 0_u32);
    for world in some(900, &worlds_with_language()) {
        let log = world.world();
        for now in &world.nows {
            for command in &world.commands {
                let outcome = decide(&log, command, *now);
                decisions += 1;
                permits += u32::from(!outcome.facts.is_empty());
                pending += u32::from(outcome.verdict == Verdict::Pending);
                for reason in &outcome.reasons {
                    seen.insert(reason.code.word().into());
                    if reason.code == Code::InputInvalid {
                        seen.insert(format!("why {}", reason.params["why"]));
                    }
                }
                seen.extend(outcome.bounds.iter().map(|bound| format!("bound {}", bound.kind.word())));
            }
            for question in &world.questions {
                let checked = check(&log, question, *now);
                seen.insert(format!("{:?}", checked.answer));
                seen.extend(checked.reasons.iter().map(|reason| format!("check {}", reason.code.word())));
            }
            let found = reconcile(&log, *now);
            seen.extend(found.findings.iter().map(|finding| format!("finding {}", finding.code.word())));
        }
    }
    let wanted = "policy.explicit_deny, guardrail.forbidden, capacity.full, input.missing, input.invalid,
        context.missing, context.unsatisfied, condition.failed, prerequisite.missing, deny.withheld, input.unused,
        why type, why min, why max, why one_of, bound guardrail, bound deny, bound capacity,
        finding capacity.below_min, Allowed, Conditional, Denied, check policy.explicit_deny,
        check context.missing, check context.unsatisfied, check condition.failed, check access.none";
    let missing: Vec<&str> = wanted.split(',').map(str::trim).filter(|word| !seen.contains(*word)).collect();
    assert_eq!(missing, [""; 0], "never seen in 900 worlds");
    assert!(permits * 12 > decisions, "{permits} of {decisions} decisions record something");
    assert!(pending * 250 > decisions, "{pending} of {decisions} decisions are pending");
}

fn instants(world: &Arbitrary, command: &Command, now: Timestamp) -> Vec<Timestamp> {
    let all = marks(&world.world(), command, now);
    let step = all.len() / 12 + 1;
    all.into_iter().step_by(step).collect()
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 48,
        max_shrink_iters: 4_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// Documents pass the reader's own rules; facts and commands are written and read without a change.
    #[test]
    fn all_values_are_valid(world in prop_oneof![worlds_with_replacements(), worlds_with_language()]) {
        let policy = Policy::from_document(world.policy.clone());
        prop_assert!(policy.is_ok(), "{}", policy.unwrap_err());
        prop_assert_eq!(policy.unwrap().digest().to_string(), digest::policy(&world.policy));
        for fact in &world.facts {
            let text = canonical(fact).unwrap();
            prop_assert_eq!(&parse_json::<Fact>(&text, &Limits::default()).unwrap(), fact);
        }
        for command in &world.commands {
            let (ours, theirs) = match command {
                Command::Request(request) => (digest::request(request), request.digest()),
                Command::Extend(extend) => (digest::extend(extend), extend.digest()),
                Command::Renew(renew) => (digest::renew(renew), renew.digest()),
                _ => continue,
            };
            prop_assert_eq!(ours, theirs);
            let text = canonical(command).unwrap();
            let again = parse_json::<Command>(&text, &Limits::default());
            // Requests may end before the start they ask for; a reader refuses those by name.
            match again {
                Ok(again) => prop_assert_eq!(&again, command),
                Err(error) => prop_assert_eq!(error.code(), "request.window"),
            }
        }
    }

    /// I2, I3: a grant ends, and at the least of its bounds, which are those marked.
    #[test]
    fn a_grant_ends_at_the_least_bound(world in any_worlds()) {
        let log = world.world();
        for (command, now) in pairs(&world) {
            let outcome = decide(&log, command, now);
            let items = outcome.bounds.iter().map(|bound| bound.item).collect::<BTreeSet<u32>>();
            for item in items {
                let of_item = || outcome.bounds.iter().filter(|bound| bound.item == item);
                let least = of_item().map(|bound| bound.end).min().unwrap();
                prop_assert!(of_item().all(|bound| bound.binding == (bound.end == least)));
                prop_assert!(!least.is_never());
            }
            prop_assert!(withdraws(command) || outcome.grants.is_empty() == (outcome.verdict == Verdict::Deny));
        }
    }

    /// I1, I11: what was granted is held from its start to its end, and not at its end unless otherwise.
    #[test]
    fn what_is_granted_is_held(world in any_worlds()) {
        let log = world.world();
        for (command, now) in pairs(&world) {
            let outcome = decide(&log, command, now);
            let after = log.with(&outcome.facts);
            if outcome.facts.is_empty() || command.only_ends() {
                continue;
            }
            for grant in &outcome.grants {
                let Some((end, _)) = death(&after, &grant.id) else { continue };
                let source = holding::sources(&after, &grant.beneficiary);
                let source = source.iter().find(|s| s.id == holding::SourceId::Grant(grant.id.clone())).unwrap();
                if end == grant.end {
                    let before = Timestamp::from_millis(end.as_millis() - 1).unwrap();
                    prop_assert!(holding::live(&after, source, grant.start.max(outcome.at)));
                    prop_assert!(holding::live(&after, source, before));
                }
                prop_assert!(!holding::live(&after, source, end));
            }
        }
    }

    /// I10: what is ended is not held from then on, whatever the clock said.
    #[test]
    fn what_is_ended_is_not_held(world in any_worlds()) {
        let log = world.world();
        for (command, now) in pairs(&world).filter(|(command, _)| command.only_ends()) {
            let outcome = decide(&log, command, now);
            let after = log.with(&outcome.facts);
            for grant in &outcome.grants {
                let (end, _) = death(&after, &grant.id).unwrap();
                prop_assert!(end <= outcome.at);
            }
        }
    }

    /// I16: a committed request is answered with what it gave, and a reconcile leaves nothing to reconcile.
    #[test]
    fn again_changes_nothing(world in any_worlds()) {
        let log = world.world();
        for (command, now) in pairs(&world) {
            let outcome = decide(&log, command, now);
            if !outcome.facts.is_empty() && !command.only_ends() {
                let again = decide(&log.with(&outcome.facts), command, outcome.at);
                prop_assert!(again.facts.is_empty());
                if outcome.verdict == Verdict::Pending {
                    prop_assert_eq!(again.verdict, Verdict::Pending);
                    continue;
                }
                prop_assert_eq!(again.reasons.first().map(|r| r.code.word()), Some("request.already_resolved"));
            }
        }
        for now in &world.nows {
            let found = reconcile(&log, *now);
            let after = log.with(&found.facts);
            prop_assert_eq!(reconcile(&after, *now).facts, []);
            for (terms, _) in holding::grants(&log) {
                // Recording an end never moves it.
                prop_assert_eq!(death(&log, &terms.id), death(&after, &terms.id));
            }
        }
    }

    /// I23 on the oracle itself: within the window the answer stays, next to it it does not.
    #[test]
    fn an_answer_holds_as_long_as_it_says(world in any_worlds()) {
        let log = world.world();
        for (command, now) in pairs(&world).take(6) {
            let reference = decide(&log, command, now);
            let window = holds(&log, command, now);
            prop_assert!(window.contains(now));
            let around = [now, window.start(), window.end()].into_iter().flat_map(|t| {
                [t.minus(Span::seconds(1)), t, t.next(), t.plus(Span::minutes(17)), t.plus(Span::hours(5))]
            });
            // The end of time, where every bound saturates, is nowhere near.
            let sane = |t: &Timestamp| window.contains(*t) && *t < slot(1_000_000);
            for t in around.chain(instants(&world, command, now)).filter(sane) {
                let outcome = decide(&log, command, t);
                prop_assert!(reference.is_same_answer(&outcome), "{window} {now} {t}\n{reference:?}\n{outcome:?}");
            }
            if window.start() > Timestamp::MIN {
                let before = Timestamp::from_millis(window.start().as_millis() - 1).unwrap();
                prop_assert!(!reference.is_same_answer(&decide(&log, command, before)));
            }
            if !window.end().is_never() {
                prop_assert!(!reference.is_same_answer(&decide(&log, command, window.end())));
            }
            prop_assert!(next_change_at(&log, command, now).is_none_or(|t| t > reference.at));
        }
    }

    /// I11 of check: allowed until the millisecond before `until`, not at it; and the next change is the next.
    #[test]
    fn a_check_says_until_when(world in any_worlds()) {
        let log = world.world();
        for (q, now) in world.questions.iter().flat_map(|q| world.nows.iter().map(move |now| (q, *now))) {
            let ask = |t| check(&log, q, t);
            let checked = ask(now);
            prop_assert!(checked.allowed() == checked.reasons.is_empty());
            prop_assert!(checked.allowed() || checked.until.is_none());
            if let Some(until) = checked.until {
                let before = Timestamp::from_millis(until.as_millis() - 1).unwrap();
                prop_assert!(ask(before).allowed() && !ask(until).allowed());
                prop_assert!(checked.next_change_at.is_some_and(|next| next <= until));
            }
            if let Some(next) = checked.next_change_at {
                let before = Timestamp::from_millis(next.as_millis() - 1).unwrap().max(now);
                prop_assert_eq!(ask(before).allowed(), checked.allowed());
            }
        }
    }

    /// I13: the same world gives the same answers, and the memory of a world changes none.
    #[test]
    fn memory_changes_nothing(world in any_worlds()) {
        let warm = world.world();
        for (command, now) in pairs(&world) {
            decide(&warm, command, now);
        }
        for (command, now) in pairs(&world) {
            let cold = World::new(world.policy.clone(), digest::policy(&world.policy), world.facts.clone());
            prop_assert_eq!(decide(&warm, command, now), decide(&cold, command, now));
        }
    }
}

fn pairs(world: &Arbitrary) -> impl Iterator<Item = (&Command, Timestamp)> {
    world.commands.iter().flat_map(|command| world.nows.iter().map(move |now| (command, *now)))
}

fn withdraws(command: &Command) -> bool {
    matches!(command, Command::Withdraw(_))
}
