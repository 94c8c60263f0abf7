//! What an explanation claims is true of random worlds: the oracle decides what its corrections lead to, causes are all
//! that stands in the way and nothing else, and without a witness that is the only one there is no permit.
#![allow(
    clippy::expect_used,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::std_instead_of_core,
    reason = "a test fails by panicking, and runs where there is a standard library"
)]

extern crate alloc;

use alloc::sync::Arc;

use proptest::prelude::*;
use tenure::decide::{Audience, Code, Command, Decision, Extend, Obligation, Reason, Verdict};
use tenure::engine::Engine;
use tenure::explain::{Cause, Explanation, Step, Witness, WitnessKind};
use tenure::fact::{Body, Fact};
use tenure::model::Request;
use tenure::time::Timestamp;
use tenure_oracle::arbitrary::{Arbitrary, worlds, worlds_with_language};
use tenure_oracle::{World, decide, digest};

use engines::{config, engine_of, json};

mod engines;

/// What is supposed: a command, an instant, and what else happened.
#[derive(Clone)]
struct Supposed {
    command: Command,
    now: Timestamp,
    facts: Vec<Fact>,
    /// What has no counterpart outside of the engine: exceptions and approvals.
    without: Vec<Cause>,
    /// The numbers of the items that were left out.
    dropped: Vec<u32>,
}

impl Supposed {
    /// The verdict of the oracle, or where exceptions are made that of the engine.
    fn verdict(&self, engine: &Engine, world: &Arbitrary) -> Verdict {
        if self.without.is_empty() {
            return decide(&happened(world, &self.facts), &self.command, self.now).verdict;
        }
        let engine = engine.apply(engine.position(), &self.facts).expect("they follow");
        engine.verdict_without(&self.command, self.now, &self.without)
    }

    fn happen(&mut self, world: &Arbitrary, kind: &str, text: &str) {
        let at = self.now.max(world.world().at(self.now));
        let id = format!("supposed/{}", self.facts.len());
        self.facts.push(Fact::new(id.parse().expect("an id"), at, body(kind, text)));
    }

    /// After one more step, told apart from how the library does it; false if it says nothing about the command.
    fn step(&mut self, step: &Step, world: &Arbitrary) -> bool {
        let name = format!("supposed-{}", self.facts.len());
        match step {
            Step::Wait { until } => self.now = *until,
            Step::Approve { owed } => {
                let stage = tenure::policy::Stage {
                    approvers: owed.stage.approvers.clone().expect("all is told"),
                    name: owed.stage.name.clone(),
                    quorum: owed.stage.quorum,
                };
                let (item, kind) = (owed.item, owed.kind);
                let source = owed.source.clone().expect("all is told");
                self.without.push(Cause::Owed { owed: Obligation { item, kind, source, stage } });
            }
            Step::Except { rule } => {
                let codes = [Code::PolicyExplicitDeny, Code::GuardrailForbidden, Code::CapacityFull];
                let excepted = codes.map(|code| Cause::Constraint {
                    near: Vec::new(),
                    reason: Reason::error(code).with("rule", rule.as_str()),
                    stops: false,
                });
                self.without.extend(excepted);
            }
            Step::Cover { entitlement, event } => {
                let world_now = happened(world, &self.facts);
                let Some(now) = world_now.event(event, world_now.at(self.now)) else { return false };
                let mut ceiling = now.ceiling.unwrap_or_default();
                ceiling.push(entitlement.clone());
                let text =
                    format!(r#"{{"id": {}, "changes": {{"ceiling": {}}}}}"#, json(event), json(&ceiling));
                self.happen(world, "event_changed", &text);
            }
            Step::Participate { event, identity } => {
                let world_now = happened(world, &self.facts);
                let Some(now) = world_now.event(event, world_now.at(self.now)) else { return false };
                let mut all = now.participants.unwrap_or_default();
                all.push(identity.clone());
                let text =
                    format!(r#"{{"id": {}, "changes": {{"participants": {}}}}}"#, json(event), json(&all));
                self.happen(world, "event_changed", &text);
            }
            Step::End { grant } | Step::GiveBack { grant } => self.happen(
                world,
                "grant_ended",
                &format!(r#"{{"id": {}, "cause": "grant.deactivated"}}"#, json(grant)),
            ),
            Step::Hold { entitlement, identity } | Step::Obtain { entitlement, identity } => {
                let holder = format!(r#"{{"identity": {}}}"#, json(identity));
                let text = format!(
                    r#"{{"id": "{name}", "definition": {{"entitlement": {}, "holder": {holder}}}}}"#,
                    json(entitlement)
                );
                self.happen(world, "standing_assigned", &text);
            }
            Step::Join { group, identity } => {
                let text = format!(
                    r#"{{"id": "{name}", "definition": {{"group": {}, "member": {}}}}}"#,
                    json(group),
                    json(identity)
                );
                self.happen(world, "membership_added", &text);
            }
            Step::Own { identity, owner } => {
                let text =
                    format!(r#"{{"id": {}, "changes": {{"owner": {}}}}}"#, json(identity), json(owner));
                self.happen(world, "identity_changed", &text);
            }
            Step::Set { attribute, identity, value } => {
                let attributes = format!("{{{}: {}}}", json(attribute), json(value));
                let text =
                    format!(r#"{{"id": {}, "changes": {{"attributes": {attributes}}}}}"#, json(identity));
                self.happen(world, "identity_changed", &text);
            }
            Step::Rejoin { identity } => {
                self.happen(world, "identity_rejoined", &format!(r#"{{"id": {}}}"#, json(identity)));
            }
            Step::Resume { identity } => {
                self.happen(world, "identity_resumed", &format!(r#"{{"id": {}}}"#, json(identity)));
            }
            Step::Report { feed } => {
                self.happen(world, "feed_heartbeat", &format!(r#"{{"id": {}}}"#, json(feed)));
            }
            _ => return self.say(step),
        }
        true
    }

    /// The command said otherwise.
    fn say(&mut self, step: &Step) -> bool {
        if let (Command::Request(request), Step::Extend { duration, grant }) = (&self.command, step) {
            self.command = Command::Extend(Arc::new(Extend {
                by: Some(request.requester.clone()),
                context: request.context.clone(),
                duration: *duration,
                grant: grant.clone(),
                id: request.id.clone(),
                inputs: request.inputs.clone(),
                reason: request.reason.clone(),
                ticket: request.ticket.clone(),
            }));
            return true;
        }
        let mut text: serde_json::Value = serde_json::to_value(&self.command).expect("it is JSON");
        let (kind, fields) = text.as_object_mut().expect("a map").iter_mut().next().expect("one command");
        let fields = fields.as_object_mut().expect("a map");
        // Items keep their numbers, also when one before them is left out.
        let dropped = self.dropped.clone();
        let place = |item: &Option<u32>| {
            let number = item.unwrap_or(0);
            number as usize - dropped.iter().filter(|one| **one < number).count()
        };
        match step {
            Step::AskFor { entitlement, item } => {
                fields["items"][place(item)]["entitlement"] = value(entitlement);
            }
            Step::AskWithin { item, scope } => fields["items"][place(item)]["scope"] = value(scope),
            Step::Drop { item, .. } => {
                fields["items"].as_array_mut().expect("a list").remove(place(&Some(*item)));
                self.dropped.push(*item);
            }
            Step::Fill { input, value: with } => {
                let inputs = fields.entry("inputs").or_insert_with(|| serde_json::json!({}));
                inputs[input.as_str()] = value(with);
            }
            Step::Say { name, value: with } => {
                let context = fields.entry("context").or_insert_with(|| serde_json::json!({}));
                context[name.as_str()] = value(with);
            }
            Step::Last { duration } => {
                fields.remove("until");
                fields.insert("duration".to_owned(), value(duration));
            }
            Step::LeaveEvent => drop(fields.remove("event")),
            Step::NameEvent { event } => drop(fields.insert("event".to_owned(), value(event))),
            Step::NameRule { rule } => drop(fields.insert("rule".to_owned(), value(rule))),
            Step::Reason => drop(fields.insert("reason".to_owned(), "because".into())),
            Step::Ticket => drop(fields.insert("ticket".to_owned(), "T-1".into())),
            Step::Rename { request } => drop(fields.insert("id".to_owned(), value(request))),
            Step::Start { at } => drop(fields.insert("start".to_owned(), value(at))),
            Step::StartNow => drop(fields.remove("start")),
            Step::Renew { grant } => {
                if kind != "extend" {
                    return false;
                }
                fields.insert("grant".to_owned(), value(grant));
                let renew = serde_json::json!({ "renew": fields });
                self.command = serde_json::from_value(renew).expect("a command");
                return true;
            }
            _ => return false,
        }
        let Ok(command) = serde_json::from_value(text) else { return false };
        self.command = command;
        true
    }
}

fn value(of: &impl serde::Serialize) -> serde_json::Value {
    serde_json::to_value(of).expect("it is JSON")
}

/// The world in which these facts were recorded as well.
fn happened(world: &Arbitrary, facts: &[Fact]) -> World {
    let all = world.facts.iter().chain(facts).cloned().collect();
    World::new(world.policy.clone(), digest::policy(&world.policy), all)
}

fn body(kind: &str, text: &str) -> Body {
    let at = "2026-03-02T00:00:00Z";
    let text = format!(
        r#"{{"v": 1, "id": "x", "kind": "{kind}", "effective_at": "{at}", "recorded_at": "{at}", "body": {text}}}"#
    );
    let limits = tenure::document::Limits::default();
    let fact: Fact = tenure::document::parse_json(&text, &limits).expect("a fact");
    fact.body
}

/// Everything that an explanation claims.
fn is_true(world: &Arbitrary) -> Result<(), TestCaseError> {
    let engine = engine_of(world);
    let before = engine.state().world_hash();
    for command in &world.commands {
        for now in &world.nows {
            let decision = engine.decide(command, *now);
            let explanation = engine.explain(command, &decision);
            let told = format!(
                "{explanation}\nby {} decisions, of {}\nat {now}",
                explanation.decisions,
                json(command)
            );
            prop_assert_eq!(explanation.verdict, decision.verdict(), "{}", told);
            prop_assert_eq!(json(&explanation), json(&engine.explain(command, &decision)));
            let at = decision.grounds().at.max(*now);
            // Where that is not in the window in which the decision holds, its last instant.
            let holds = decision.grounds().holds;
            let last = Timestamp::saturating_from_millis(holds.end().as_millis() - 1);
            let now = if holds.contains(at) { at } else { last };
            causes(&engine, command, now, &explanation, &told)?;
            keeps_quiet(world, command, &explanation, &told)?;
            let base = Supposed {
                command: command.clone(),
                now,
                facts: Vec::new(),
                without: Vec::new(),
                dropped: Vec::new(),
            };
            corrections(&engine, world, &base, &explanation, &told)?;
            for witness in &explanation.witnesses {
                witnessed(&engine, world, &base, witness, &explanation, &told)?;
            }
            for longer in &explanation.longer {
                if let (Some(until), Some(bound)) = (longer.until, longer.binding.first()) {
                    prop_assert!(until > bound.end, "{}", told);
                }
                if let Some(step) = &longer.step {
                    let mut asked = base.clone();
                    prop_assert!(asked.step(step, world));
                    let after = engine.decide(&asked.command, asked.now);
                    let end = |decision: &Decision| {
                        let bounds = decision.grounds().bounds.iter();
                        bounds.filter(|b| b.binding && b.item == longer.item).map(|b| b.end).min()
                    };
                    prop_assert!(end(&after) > end(&decision), "{}", told);
                }
            }
            for alternative in &explanation.alternatives {
                let mut asked = base.clone();
                prop_assert!(asked.step(&alternative.step, world));
                prop_assert_eq!(asked.verdict(&engine, world), alternative.verdict, "{}", told);
            }
        }
    }
    prop_assert_eq!(before, engine.state().world_hash());
    Ok(())
}

/// What the requester is told names nobody else, and no rule that it may not choose.
fn keeps_quiet(
    world: &Arbitrary,
    command: &Command,
    explanation: &Explanation,
    told: &str,
) -> Result<(), TestCaseError> {
    let Command::Request(request) = command else { return Ok(()) };
    let mut view = explanation.for_audience(Audience::Requester);
    // Rules are chosen by their names where the document lets the requester choose.
    let chooses = |step: &Step| matches!(step, Step::NameRule { .. });
    view.corrections.retain(|correction| !correction.steps.iter().any(chooses));
    let said = json(&view);
    let own = [request.requester.as_str(), request.beneficiary.as_str()];
    let others = world.policy.identities.keys().map(|id| id.as_str()).filter(|id| !own.contains(id));
    let policy = &world.policy;
    let rules = policy.eligibility.keys().chain(policy.guardrails.keys()).chain(policy.deny.keys());
    let rules = rules.chain(policy.capacity.keys()).map(|rule| rule.as_str());
    // A grant may have the name of a rule.
    let grants: Vec<&str> = world
        .facts
        .iter()
        .filter_map(|fact| match &fact.body {
            Body::GrantIssued(terms) => Some(terms.id.as_str()),
            _ => None,
        })
        .collect();
    for name in others.chain(rules).filter(|name| !grants.contains(name)) {
        prop_assert!(!said.contains(&format!("\"{name}\"")), "{name} in {said}\n{told}");
    }
    Ok(())
}

/// Without all causes it is no denial; without all but one it is.
fn causes(
    engine: &Engine,
    command: &Command,
    now: Timestamp,
    explanation: &Explanation,
    told: &str,
) -> Result<(), TestCaseError> {
    let causes = &explanation.causes;
    prop_assert_eq!(causes.is_empty(), explanation.verdict == Verdict::Permit, "{}", told);
    let stops = |cause: &Cause| matches!(cause, Cause::Constraint { stops: true, .. });
    if causes.is_empty() || causes.iter().any(stops) || !explanation.complete {
        return Ok(());
    }
    let better = |verdict: Verdict| verdict > explanation.verdict;
    prop_assert!(better(engine.verdict_without(command, now, causes)), "{}", told);
    for place in 0..causes.len() {
        let mut others = causes.clone();
        others.remove(place);
        prop_assert!(!better(engine.verdict_without(command, now, &others)), "{}", told);
    }
    Ok(())
}

/// Each correction leads where it says, and with a step left out it does not.
fn corrections(
    engine: &Engine,
    world: &Arbitrary,
    base: &Supposed,
    explanation: &Explanation,
    told: &str,
) -> Result<(), TestCaseError> {
    for correction in &explanation.corrections {
        let mut after = base.clone();
        let all = correction.steps.iter().all(|step| after.step(step, world));
        prop_assert!(all, "{} of {}", correction, told);
        prop_assert_eq!(after.verdict(engine, world), correction.verdict, "{} of {}", correction, told);
        prop_assert!(correction.verdict > explanation.verdict, "{}", told);
        for place in 0..correction.steps.len() {
            let mut less = base.clone();
            let mut steps = correction.steps.iter().enumerate().filter(|(n, _)| *n != place);
            if !steps.all(|(_, step)| less.step(step, world)) {
                continue;
            }
            let verdict = less.verdict(engine, world);
            prop_assert!(verdict <= explanation.verdict, "{} without step {} of {}", correction, place, told);
        }
    }
    Ok(())
}

/// Without a witness that is the only one it is denied, and without another one it is not.
fn witnessed(
    engine: &Engine,
    world: &Arbitrary,
    base: &Supposed,
    witness: &Witness,
    explanation: &Explanation,
    told: &str,
) -> Result<(), TestCaseError> {
    let mut without = base.clone();
    without.without.extend(explanation.causes.iter().cloned());
    let named = format!(r#"{{"id": {}}}"#, json(&witness.name));
    match witness.kind {
        WitnessKind::Eligibility => return Ok(()),
        WitnessKind::Context => {
            let Command::Request(request) = &without.command else { return Ok(()) };
            let mut less: Request = request.as_ref().clone();
            less.context.remove(witness.name.as_str());
            without.command = less.into();
        }
        WitnessKind::Event => {
            let _ = without.step(&Step::LeaveEvent, world);
        }
        WitnessKind::Membership => without.happen(world, "membership_removed", &named),
        WitnessKind::Standing => without.happen(world, "standing_removed", &named),
        WitnessKind::Owner => without.happen(world, "identity_suspended", &named),
        WitnessKind::Grant => {
            let grant = witness.name.parse().expect("a grant");
            let _ = without.step(&Step::End { grant }, world);
        }
    }
    let denied = without.verdict(engine, world) == Verdict::Deny;
    prop_assert_eq!(denied, witness.sole, "{:?} of {}", witness, told);
    Ok(())
}

proptest! {
    #![proptest_config(config(25))]

    #[test]
    fn explanations_are_true(world in worlds()) {
        is_true(&world)?;
    }

    #[test]
    fn explanations_in_the_policy_language_are_true(world in worlds_with_language()) {
        is_true(&world)?;
    }
}
