//! What the policy language promises, of the engine and of the oracle alike: nobody gets more by saying less, nothing
//! outvotes a denial, what restricts never permits more, and limits stay with the rules that matched.
#![allow(
    clippy::expect_used,
    clippy::arithmetic_side_effects,
    clippy::std_instead_of_core,
    reason = "a test fails by panicking, and runs where there is a standard library"
)]

extern crate alloc;

use alloc::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use tenure::check::{Access, Question};
use tenure::decide::{Code, Command, Decision, Obligation, Verdict};
use tenure::engine::Engine;
use tenure::fact::Body;
use tenure::id::{AttributeId, GrantId, RuleId};
use tenure::model::Basis;
use tenure::policy::{
    Combine, Deny, DenyOn, EntitlementSelector, IdentitySelector, PolicyDocument, StandingRule,
};
use tenure::time::{Span, Timestamp, Window};
use tenure_oracle::arbitrary::{Arbitrary, worlds_with_language};
use tenure_oracle::{World, check, decide, digest, eligible};

use engines::{config, engine_of};
use least::{holds, quiet};

mod engines;
mod least;

/// What a decision gives.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Said {
    verdict: Verdict,
    ends: BTreeMap<GrantId, Timestamp>,
    owed: BTreeSet<Obligation>,
    /// The window that was left met another grant of the same; a shorter one may not.
    overlaps: bool,
}

/// What a check says.
type Checked = (Access, Option<Timestamp>);

/// One of the two that decide.
#[allow(clippy::large_enum_variant, reason = "there are two of them in a test")]
enum Judge {
    Engine(Engine),
    Oracle(World),
}

impl Judge {
    fn both(world: &Arbitrary) -> [Self; 2] {
        [Self::Engine(engine_of(world)), Self::Oracle(world.world())]
    }

    fn decide(&self, command: &Command, now: Timestamp) -> Said {
        let (verdict, grants, owed, reasons) = match self {
            Self::Engine(engine) => {
                let decision = engine.decide(command, now);
                let owed = match &decision {
                    Decision::Pending(pending) => pending.obligations.clone(),
                    _ => Vec::new(),
                };
                let reasons = decision.grounds().reasons.clone();
                (decision.verdict(), decision.grants().to_vec(), owed, reasons)
            }
            Self::Oracle(world) => {
                let outcome = decide(world, command, now);
                (outcome.verdict, outcome.grants, outcome.obligations, outcome.reasons)
            }
        };
        Said {
            verdict,
            ends: grants.into_iter().map(|grant| (grant.id, grant.end)).collect(),
            owed: owed.into_iter().collect(),
            overlaps: reasons.iter().any(|reason| reason.code == Code::GrantAlreadyActive),
        }
    }

    fn check(&self, question: &Question, now: Timestamp) -> Checked {
        match self {
            Self::Engine(engine) => {
                let answer = engine.check(question, now);
                (answer.answer, answer.until)
            }
            Self::Oracle(world) => {
                let checked = check(world, question, now);
                (checked.answer, checked.until)
            }
        }
    }
}

const fn rank(access: Access) -> u8 {
    match access {
        Access::Denied => 0,
        Access::Conditional => 1,
        Access::Allowed => 2,
    }
}

/// Whether `less` gives no more than `more`; `freely` says that the best of several rules was taken.
fn gives_no_more(less: &Said, more: &Said, freely: bool) -> bool {
    if more.overlaps || less.verdict < more.verdict {
        return more.overlaps || freely || less.verdict == Verdict::Deny || no_later(less, more);
    }
    less.verdict == more.verdict
        && no_later(less, more)
        && (freely || less.verdict == Verdict::Deny || less.owed.is_superset(&more.owed))
}

fn no_later(less: &Said, more: &Said) -> bool {
    less.ends.iter().all(|(id, end)| more.ends.get(id).is_some_and(|later| end <= later))
}

fn answers_no_more(less: &Checked, more: &Checked) -> bool {
    let never = |end: &Option<Timestamp>| end.unwrap_or(Timestamp::MAX);
    rank(less.0) < rank(more.0) || (less.0 == more.0 && never(&less.1) <= never(&more.1))
}

/// The same world under another document, which the log adopted where it adopted this one.
fn under(world: &Arbitrary, change: impl FnOnce(&mut PolicyDocument)) -> Arbitrary {
    let mut other = world.clone();
    change(&mut other.policy);
    let (old, new) = (digest::policy(&world.policy), digest::policy(&other.policy));
    for fact in &mut other.facts {
        if let Body::PolicyAdopted(adopted) = &mut fact.body
            && adopted.digest == old
        {
            adopted.digest.clone_from(&new);
        }
    }
    other
}

/// Whether the best of several rules is taken.
fn chooses_freely(world: &Arbitrary, command: &Command) -> bool {
    let named = match command {
        Command::Request(request) => request.rule.is_some(),
        Command::Renew(renew) => renew.rule.is_some(),
        _ => true,
    };
    world.policy.combine == Combine::RequesterChooses && !named
}

fn pairs(world: &Arbitrary) -> impl Iterator<Item = (&Command, Timestamp)> {
    let commands = world.commands.iter().filter(|command| !command.only_ends());
    commands.flat_map(|command| world.nows.iter().map(move |now| (command, *now)))
}

/// The command without something that was said with it.
fn without(command: &Command, name: &AttributeId) -> Command {
    let mut command = command.clone();
    match &mut command {
        Command::Request(request) => drop(alloc::sync::Arc::make_mut(request).context.remove(name)),
        Command::Extend(extend) => drop(alloc::sync::Arc::make_mut(extend).context.remove(name)),
        Command::Renew(renew) => drop(alloc::sync::Arc::make_mut(renew).context.remove(name)),
        _ => {}
    }
    command
}

fn said_with(command: &Command) -> Vec<AttributeId> {
    let context = match command {
        Command::Request(request) => &request.context,
        Command::Extend(extend) => &extend.context,
        Command::Renew(renew) => &renew.context,
        _ => return Vec::new(),
    };
    context.keys().cloned().collect()
}

/// Leaving out what could be said never raises a verdict, lengthens a window or drops an obligation; but for a grant
/// that is refused because it overlaps another of the same, which a shorter one may not.
fn saying_less_gives_no_more(world: &Arbitrary) -> Result<(), TestCaseError> {
    for judge in Judge::both(world) {
        for (command, now) in pairs(world) {
            let more = judge.decide(command, now);
            for name in said_with(command) {
                let less = judge.decide(&without(command, &name), now);
                let freely = chooses_freely(world, command);
                prop_assert!(
                    gives_no_more(&less, &more, freely),
                    "without {name}: {command:?} at {now}\n{more:?}\n{less:?}"
                );
            }
        }
        for question in &world.questions {
            for now in &world.nows {
                let more = judge.check(question, *now);
                for name in question.context.keys() {
                    let mut asked = question.clone();
                    asked.context.remove(name);
                    let less = judge.check(&asked, *now);
                    // What was false may be open then, which gives nothing either.
                    let fine = less.0 != Access::Allowed || answers_no_more(&less, &more);
                    prop_assert!(fine, "without {name}: {question:?} at {now}\n{more:?}\n{less:?}");
                }
            }
        }
    }
    Ok(())
}

fn anyone() -> IdentitySelector {
    IdentitySelector { anyone: true, ..IdentitySelector::default() }
}

fn anything() -> EntitlementSelector {
    EntitlementSelector { anything: true, ..EntitlementSelector::default() }
}

fn denial(on: Option<DenyOn>) -> Deny {
    Deny {
        description: None,
        hours: Vec::new(),
        on,
        permissions: BTreeSet::new(),
        valid: Window::ALWAYS,
        what: None,
        when: Default::default(),
        scopes: None,
        who: anyone(),
    }
}

fn named(name: &str) -> RuleId {
    name.parse().expect("a name")
}

/// A denial stands against whatever else gives the same, at use and at request.
fn a_denial_is_never_outvoted(world: &Arbitrary) -> Result<(), TestCaseError> {
    let given = StandingRule {
        description: None,
        valid: Window::ALWAYS,
        what: anything(),
        when: Default::default(),
        scopes: None,
        who: anyone(),
    };
    for question in &world.questions {
        let mut used = denial(Some(DenyOn::Use));
        used.permissions.insert(question.permission.clone());
        let denied = under(world, |policy| {
            policy.deny.insert(named("never"), used);
            policy.standing_rules.insert(named("always"), given.clone());
        });
        for judge in Judge::both(&denied) {
            for now in &world.nows {
                let (answer, _) = judge.check(question, *now);
                prop_assert_eq!(answer, Access::Denied, "{:?} at {}", question, now);
            }
        }
    }
    let denied = under(world, |policy| {
        policy.deny.insert(named("never"), Deny { what: Some(anything()), ..denial(Some(DenyOn::Request)) });
    });
    let (before, after) = (world.world(), denied.world());
    for judge in Judge::both(&denied) {
        for (command, now) in pairs(world) {
            // What was given before is told again.
            let told = |log: &World| {
                let outcome = decide(log, command, now);
                outcome.reasons.iter().any(|reason| reason.code == Code::RequestAlreadyResolved)
            };
            if !told(&before) && !told(&after) {
                let verdict = judge.decide(command, now).verdict;
                prop_assert_eq!(verdict, Verdict::Deny, "{:?} at {}", command, now);
            }
        }
    }
    Ok(())
}

/// With one more guardrail or denial of another world nothing is given that was not given before.
fn more_restrictions_give_no_more(worlds: &Arbitrary, other: &PolicyDocument) -> Result<(), TestCaseError> {
    let guardrails = other.guardrails.values().map(|rule| {
        let rule = rule.clone();
        under(worlds, move |policy| drop(policy.guardrails.insert(named("more"), rule)))
    });
    let denials = other.deny.values().map(|rule| {
        let rule = rule.clone();
        under(worlds, move |policy| drop(policy.deny.insert(named("more"), rule)))
    });
    for restricted in guardrails.chain(denials) {
        if tenure::policy::Policy::from_document(restricted.policy.clone()).is_err() {
            // It names what this world does not have.
            continue;
        }
        for (less, more) in Judge::both(&restricted).into_iter().zip(Judge::both(worlds)) {
            for (command, now) in pairs(worlds) {
                if now.plus(Span::days(400)).is_never() {
                    // What would never end is not given: at the end of time a bound is what makes it possible.
                    continue;
                }
                let (less, more) = (less.decide(command, now), more.decide(command, now));
                let freely = chooses_freely(worlds, command);
                prop_assert!(
                    gives_no_more(&less, &more, freely),
                    "{command:?} at {now}\nbefore {more:?}\nafter {less:?}\n{:?}\n{:?}",
                    restricted.policy.guardrails.get("more"),
                    restricted.policy.deny.get("more")
                );
            }
            for question in &worlds.questions {
                for now in &worlds.nows {
                    let (less, more) = (less.check(question, *now), more.check(question, *now));
                    prop_assert!(
                        answers_no_more(&less, &more),
                        "{question:?} at {now}\nbefore {more:?}\nafter {less:?}\n{:?}",
                        restricted.policy.deny.get("more")
                    );
                }
            }
        }
    }
    Ok(())
}

/// The rules that a grant rests on match exactly what it gives, and it is no longer than any of them allows.
fn limits_stay_with_their_rules(world: &Arbitrary) -> Result<(), TestCaseError> {
    let log = world.world();
    for (command, now) in pairs(world) {
        let outcome = decide(&log, command, now);
        for fact in &outcome.facts {
            let Body::GrantIssued(terms) = &fact.body else { continue };
            let Basis::Policy { rules, .. } = &terms.basis else { continue };
            prop_assert!(!rules.is_empty());
            for named in rules {
                let found = log.policy.eligibility.get_key_value(&named.id);
                let (id, rule) = found.expect("a rule of the document");
                let (who, what, scope) = (&terms.beneficiary, &terms.entitlement, terms.scope.as_ref());
                let start = terms.term.start();
                prop_assert!(eligible::matches(&log, (id, rule), who, what, scope, start), "{id} {terms:?}");
                prop_assert!(eligible::required(&log, rule, who, start), "{id} {terms:?}");
                if let Some(duration) = rule.duration {
                    prop_assert!(terms.term.end() <= start.plus(duration.max), "{id} {terms:?}");
                }
                prop_assert!(rule.conditions.is_subset(&terms.conditions), "{id} {terms:?}");
            }
        }
    }
    Ok(())
}

/// Neither the names of rules nor saying one twice matters, but where names decide.
fn rules_have_no_order(world: &Arbitrary) -> Result<(), TestCaseError> {
    if world.policy.combine == Combine::RequesterChooses {
        return Ok(());
    }
    let turned = under(world, |policy| {
        let rules = core::mem::take(&mut policy.eligibility);
        let twice = rules.values().next().cloned();
        let names = (0..).map(|n: usize| named(&format!("x{n}")));
        policy.eligibility = names.zip(rules.into_values().rev().chain(twice)).collect();
        let other = |id: &RuleId| named(&format!("z{id}"));
        let guardrails = policy.guardrails.clone();
        policy.guardrails.extend(guardrails.into_iter().map(|(id, rule)| (other(&id), rule)));
        let denials = policy.deny.clone();
        policy.deny.extend(denials.into_iter().map(|(id, rule)| (other(&id), rule)));
    });
    let stages = |said: &Said| -> BTreeSet<_> {
        said.owed.iter().map(|owed| (owed.item, owed.stage.clone())).collect()
    };
    for (judge, other) in Judge::both(world).into_iter().zip(Judge::both(&turned)) {
        for (command, now) in pairs(world) {
            let (a, b) = (judge.decide(command, now), other.decide(command, now));
            prop_assert_eq!(
                (a.verdict, &a.ends, stages(&a)),
                (b.verdict, &b.ends, stages(&b)),
                "{:?}",
                command
            );
        }
        for question in &world.questions {
            for now in &world.nows {
                prop_assert_eq!(judge.check(question, *now), other.check(question, *now), "{:?}", question);
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(config(48))]

    #[test]
    fn saying_less_gives_nobody_more(world in quiet(worlds_with_language())) {
        holds(&world, saying_less_gives_no_more)?;
    }

    #[test]
    fn nothing_outvotes_a_denial(world in quiet(worlds_with_language())) {
        holds(&world, a_denial_is_never_outvoted)?;
    }

    #[test]
    fn what_restricts_permits_no_more(world in quiet(worlds_with_language()), other in quiet(worlds_with_language())) {
        more_restrictions_give_no_more(&world.0, &other.0.policy)?;
    }

    #[test]
    fn limits_never_cross(world in quiet(worlds_with_language())) {
        holds(&world, limits_stay_with_their_rules)?;
    }

    #[test]
    fn i15_rules_of_the_language_have_no_order(world in quiet(worlds_with_language())) {
        holds(&world, rules_have_no_order)?;
    }
}
