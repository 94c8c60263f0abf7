//! A permit rests on witnesses, one per constraint: the rules that let it be, what makes them match, the business event,
//! who answers for it, and what was said. Without one that is the only one of its sort there is no permit.

use alloc::collections::BTreeSet;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde::Serialize;

use super::cause::{Asked, asked};
use super::step::Step;
use super::trial::{Budget, Trial};
use crate::compile::standing_of;
use crate::decide::{Audience, Command, Decision, Leave, Verdict};
use crate::fact::{Body, Cause, Fact, GrantEnded, Named};
use crate::id::{FactId, MembershipId, RuleId, StandingId};
use crate::model::{Basis, IdentityKind};
use crate::policy::Via;
use crate::store::NONE;
use crate::time::Reading;

/// Something that a permit rests on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Witness {
    /// Which item of the request it is for, counted from 0.
    pub item: u32,
    /// What it is.
    pub kind: WitnessKind,
    /// Its name.
    pub name: String,
    /// Whether there would be no permit without it.
    pub sole: bool,
}

/// What a witness is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WitnessKind {
    /// Something that was said of the circumstances.
    Context,
    /// A rule.
    Eligibility,
    /// The business event.
    Event,
    /// A grant by which something is held that a rule asks for.
    Grant,
    /// A membership by which a rule matches, or by which something is held that it asks for.
    Membership,
    /// Who answers for what is not human.
    Owner,
    /// A standing assignment, likewise.
    Standing,
}

impl WitnessKind {
    /// What it is, in words.
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Context => "what was said of",
            Self::Eligibility => "the rule",
            Self::Event => "the business event",
            Self::Grant => "the grant",
            Self::Membership => "the membership",
            Self::Owner => "the owner",
            Self::Standing => "the standing assignment",
        }
    }
}

/// What a permit rests on, or would once what is owed is discharged.
pub(super) fn witnesses(trial: &Trial, budget: &mut Budget) -> Vec<Witness> {
    let mut found = BTreeSet::new();
    let Some(agreed) = agreed(trial, budget) else { return Vec::new() };
    let trial = &agreed;
    let Some(decision) = budget.decide(trial, &[]) else { return Vec::new() };
    for (item, rules) in deciding(&decision) {
        for rule in &rules {
            let sole = denied(budget, trial, &[Leave::Rule(rule.clone())]);
            found.insert(Witness { item, kind: WitnessKind::Eligibility, name: rule.to_string(), sole });
        }
        if let Some(asked) = asked(trial, item) {
            found.extend(held(trial, item, asked, &rules, budget));
        }
    }
    let Command::Request(request) = &trial.command else { return found.into_iter().collect() };
    let items = 0..u32::try_from(request.items.len()).unwrap_or(u32::MAX);
    if let Some(event) = &request.event {
        let sole = trial.after(&Step::LeaveEvent).is_some_and(|without| denied(budget, &without, &[]));
        let name = event.to_string();
        found.extend(items.clone().map(|item| Witness {
            item,
            kind: WitnessKind::Event,
            name: name.clone(),
            sole,
        }));
    }
    for name in request.context.keys() {
        let mut without = request.as_ref().clone();
        without.context.remove(name);
        let without = Trial { command: without.into(), ..trial.clone() };
        let sole = denied(budget, &without, &[]);
        if sole {
            let name = name.to_string();
            found.extend(items.clone().map(|item| {
                let name = name.clone();
                Witness { item, kind: WitnessKind::Context, name, sole }
            }));
        }
    }
    if let Some(owner) = owner(trial) {
        let id = crate::id::IdentityId::new(&owner).ok();
        let body = id.map(|id| Body::IdentitySuspended(Named { id, reason: None }));
        let sole = body.is_some_and(|body| denied_if(budget, trial, body));
        found.extend(items.map(|item| Witness { item, kind: WitnessKind::Owner, name: owner.clone(), sole }));
    }
    found.into_iter().collect()
}

/// The trial with all that is owed discharged.
fn agreed(trial: &Trial, budget: &mut Budget) -> Option<Trial> {
    let mut agreed = trial.clone();
    if let Decision::Pending(pending) = budget.decide(trial, &[])? {
        agreed
            .left
            .extend(pending.obligations.iter().map(|owed| Leave::Owed(owed.for_audience(Audience::Admin))));
    }
    Some(agreed)
}

/// The rules that decided each item, as the grants will remember them.
fn deciding(decision: &Decision) -> Vec<(u32, Vec<RuleId>)> {
    let Decision::Permit(permit) = decision else { return Vec::new() };
    let issued = permit.proposal().facts.into_iter().filter_map(|fact| match fact.body {
        Body::GrantIssued(terms) => Some(terms),
        _ => None,
    });
    let rules = issued.filter_map(|terms| match terms.basis {
        Basis::Policy { rules, .. } => {
            let item = terms.id.as_str().rsplit_once('#')?.1.parse().ok()?;
            Some((item, rules.into_iter().map(|rule| rule.id).collect()))
        }
        Basis::External => None,
    });
    rules.collect()
}

/// What the beneficiary holds by which the rules match, and which they ask for.
fn held(trial: &Trial, item: u32, asked: Asked, rules: &[RuleId], budget: &mut Budget) -> Vec<Witness> {
    let (world, state) = (trial.engine.world(), trial.engine.assumed());
    let mut wanted: BTreeSet<u32> = BTreeSet::new();
    let mut by_grant = false;
    for rule in trial.engine.rules().candidates(asked.what).filter(|rule| rules.contains(&rule.id)) {
        let groups = rule.rule.who.groups.iter().flatten().chain(&rule.rule.requires.entitlements);
        wanted.extend(groups.filter_map(|id| state.entitlement_names.find(id.as_str())));
        by_grant |= rule.rule.who.via == Via::Any || !rule.rule.requires.entitlements.is_empty();
    }
    let leads = |entitlement: u32| {
        wanted.iter().any(|group| {
            let when = world.hierarchy.member_when(entitlement, *group, Reading::Narrow);
            when.is_some_and(|when| when.contains(asked.start))
        })
    };
    let mut found = Vec::new();
    for row in standing_of(state, state.person(asked.who).last_standing) {
        let live = row.window().is_some_and(|window| window.contains(asked.start));
        if !live || row.scope != NONE || row.conditions != NONE || !leads(row.entitlement) {
            continue;
        }
        let name = state.standing_id(row.name).to_string();
        let (kind, body) = if row.membership {
            let id = MembershipId::new(&name).ok();
            (WitnessKind::Membership, id.map(|id| Body::MembershipRemoved(Named { id, reason: None })))
        } else {
            let id = StandingId::new(&name).ok();
            (WitnessKind::Standing, id.map(|id| Body::StandingRemoved(Named { id, reason: None })))
        };
        let sole = body.is_some_and(|body| denied_if(budget, trial, body));
        found.push(Witness { item, kind, name, sole });
    }
    if !by_grant {
        return found;
    }
    for grant in state.grants_of(asked.who).filter(|grant| grant.scope == NONE && leads(grant.entitlement)) {
        let Some(row) = state.identities.at(grant.holder) else { continue };
        let death = world.death(grant, &crate::compile::Life::of(row)).at;
        if grant.start > asked.start || death <= asked.start {
            continue;
        }
        let id = state.grant_id(grant);
        let name = id.to_string();
        let ended = GrantEnded { cause: Cause::Deactivated, id, reason: None };
        let sole = denied_if(budget, trial, Body::GrantEnded(ended));
        found.push(Witness { item, kind: WitnessKind::Grant, name, sole });
    }
    found
}

/// Who answers for a beneficiary that is not human.
fn owner(trial: &Trial) -> Option<String> {
    let asked = asked(trial, 0)?;
    let row = trial.engine.assumed().identities.at(asked.who)?;
    let noun = row.noun.as_ref()?;
    if noun.last().kind == IdentityKind::Human {
        return None;
    }
    Some(noun.at(asked.start)?.owner.as_ref()?.to_string())
}

fn denied(budget: &mut Budget, trial: &Trial, left: &[Leave]) -> bool {
    budget.decide(trial, left).is_some_and(|decision| decision.verdict() == Verdict::Deny)
}

/// Whether it would be denied if this had happened now.
fn denied_if(budget: &mut Budget, trial: &Trial, body: Body) -> bool {
    let Ok(id) = FactId::new("supposed") else { return false };
    let Ok(engine) = trial.engine.suppose(&Fact::new(id, trial.at(), body)) else { return false };
    denied(budget, &Trial { engine, ..trial.clone() }, &[])
}
