//! The causes of a denial are constraints: without all of them the command is permitted, and with any one of them it
//! is not. What is behind a constraint, because a decision did not come so far, is found by leaving that one out.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use serde::Serialize;

use super::trial::{Budget, Trial};
use crate::compile::{CompiledRule, member_when};
use crate::decide::{Audience, Code, Command, Decision, Leave, Level, Obligation, Reason, Verdict};
use crate::id::RuleId;
use crate::policy::{IdentitySelector, attributes_match};
use crate::store::NONE;
use crate::time::Reading;

/// Why not, or why not yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Cause {
    /// A constraint that is not met.
    Constraint {
        /// The rules that come closest to letting somebody obtain it, where none does.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        near: Vec<NearMiss>,
        /// What it says.
        reason: Reason,
        /// Whether nothing behind it could be judged: without it, others may come to light.
        #[serde(skip_serializing_if = "core::ops::Not::not")]
        stops: bool,
    },
    /// Something that is owed.
    Owed {
        /// What.
        owed: Obligation,
    },
}

impl Cause {
    /// A decision without it.
    pub(super) fn left_out(&self) -> Leave {
        match self {
            Self::Constraint { reason, .. } => Leave::Reason(reason.clone()),
            Self::Owed { owed } => Leave::Owed(owed.for_audience(Audience::Admin)),
        }
    }
}

/// A rule that does not let somebody obtain something, and where it fails.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct NearMiss {
    /// What does not match; the fewer, the nearer.
    pub unmet: BTreeSet<Unmet>,
    /// The rule.
    pub rule: RuleId,
}

/// What of a rule does not match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unmet {
    /// It wants other attributes.
    Attributes,
    /// It speaks of members of other groups.
    Groups,
    /// It names others.
    Ids,
    /// It speaks of other kinds of identities.
    Kinds,
    /// It does not count at the time.
    Valid,
    /// It speaks of other places.
    Where,
}

/// The most rules that are told as near.
const MAX_NEAR: usize = 5;

/// The causes of a decision that is no permit.
pub(super) fn causes(trial: &Trial, decision: &Decision, budget: &mut Budget) -> Vec<Cause> {
    match decision {
        Decision::Permit(_) => Vec::new(),
        Decision::Pending(pending) => {
            pending.obligations.iter().map(|owed| Cause::Owed { owed: owed.clone() }).collect()
        }
        Decision::Deny(_) => constraints(trial, decision, budget),
    }
}

fn constraints(trial: &Trial, decision: &Decision, budget: &mut Budget) -> Vec<Cause> {
    let mut found: Vec<Reason> = errors(decision);
    let mut stops: Vec<Reason> = Vec::new();
    // Each round leaves out what the one before found; there are finitely many constraints.
    let mut round = found.clone();
    while let Some(decision) = budget.decide(trial, &leave(&found)) {
        if decision.verdict() != Verdict::Deny {
            break;
        }
        let more = errors(&decision);
        if more.is_empty() {
            // What was left out keeps the decision from going on.
            let nobody = |reason: &&Reason| reason.code == Code::EligibilityNone;
            let all = round.iter().filter(nobody).count() == 0;
            stops = found.iter().filter(|reason| all || nobody(reason)).cloned().collect();
            if all {
                stops.retain(|reason| round.contains(reason));
            }
            break;
        }
        found.extend(more.iter().cloned());
        round = more;
    }
    if stops.is_empty() && !budget.is_spent() {
        minimise(trial, &mut found, budget);
    }
    found.sort_by_key(|reason| (reason.code, reason.item));
    let constraint = |reason: Reason| Cause::Constraint {
        near: if reason.code == Code::EligibilityNone { near(trial, &reason) } else { Vec::new() },
        stops: stops.contains(&reason),
        reason,
    };
    found.into_iter().map(constraint).collect()
}

/// Takes out what only followed from the others.
fn minimise(trial: &Trial, found: &mut Vec<Reason>, budget: &mut Budget) {
    let mut place = 0;
    while place < found.len() {
        let mut others = found.clone();
        let without = others.remove(place);
        let Some(decision) = budget.decide(trial, &leave(&others)) else { return };
        if decision.verdict() == Verdict::Deny {
            place = place.saturating_add(1);
        } else {
            found.retain(|reason| *reason != without);
        }
    }
}

fn leave(reasons: &[Reason]) -> Vec<Leave> {
    reasons.iter().cloned().map(Leave::Reason).collect()
}

/// The reasons of a decision that deny.
pub(super) fn errors(decision: &Decision) -> Vec<Reason> {
    let reasons = &decision.grounds().reasons;
    reasons.iter().filter(|reason| reason.level == Level::Error).cloned().collect()
}

/// The rules that speak of what was asked and match nearly, the nearest first.
fn near(trial: &Trial, reason: &Reason) -> Vec<NearMiss> {
    let Some(asked) = asked(trial, reason.item.unwrap_or(0)) else { return Vec::new() };
    let mut near: Vec<NearMiss> = misses(trial, asked)
        .into_iter()
        .map(|(rule, unmet)| NearMiss { unmet, rule: rule.id.clone() })
        .collect();
    near.sort_by(|a, b| (a.unmet.len(), a).cmp(&(b.unmet.len(), b)));
    near.truncate(MAX_NEAR);
    near
}

/// Who asks for what, where: as references.
#[derive(Clone, Copy)]
pub(super) struct Asked {
    pub(super) who: u32,
    pub(super) what: u32,
    pub(super) scope: u32,
    pub(super) start: crate::time::Timestamp,
}

/// What an item of a command asks for.
pub(super) fn asked(trial: &Trial, item: u32) -> Option<Asked> {
    let state = trial.engine.assumed();
    match &trial.command {
        Command::Request(request) => {
            let item = request.items.get(item as usize)?;
            Some(Asked {
                who: state.identity_names.find(request.beneficiary.as_str())?,
                what: state.entitlement_names.find(item.entitlement.as_str())?,
                scope: match &item.scope {
                    Some(scope) => state.resource_names.find(scope.as_str())?,
                    None => NONE,
                },
                start: request.start.map_or(trial.at(), |start| start.max(trial.at())),
            })
        }
        Command::Extend(extend) => of_grant(trial, &extend.grant),
        Command::Renew(renew) => of_grant(trial, &renew.grant),
        Command::Withdraw(_) | Command::Deactivate(_) | Command::Revoke(_) => None,
    }
}

fn of_grant(trial: &Trial, grant: &crate::id::GrantId) -> Option<Asked> {
    let state = trial.engine.assumed();
    let grant = state.grants.at(state.grant_reference(grant.as_str())?)?;
    Some(Asked { who: grant.holder, what: grant.entitlement, scope: grant.scope, start: trial.at() })
}

/// The rules that speak of what is asked, each with what of it does not match.
pub(super) fn misses(trial: &Trial, asked: Asked) -> Vec<(&CompiledRule, BTreeSet<Unmet>)> {
    let world = trial.engine.world();
    let mut found = Vec::new();
    for rule in trial.engine.rules().candidates(asked.what) {
        if !rule.speaks_of(world, asked.what, asked.start) {
            continue;
        }
        let mut unmet = BTreeSet::new();
        if !rule.rule.valid.contains(asked.start) {
            unmet.insert(Unmet::Valid);
        }
        if !rule.places.contain_when(world, asked.scope).contains(asked.start) {
            unmet.insert(Unmet::Where);
        }
        let who = rule.who.when(world, asked.who, Reading::Narrow);
        if who.is_none_or(|when| !when.contains(asked.start)) {
            unmet.extend(others(trial, asked, &rule.rule.who));
        }
        found.push((rule, unmet));
    }
    found
}

/// What of a selector does not match somebody whom it does not match.
fn others(trial: &Trial, asked: Asked, who: &IdentitySelector) -> BTreeSet<Unmet> {
    let (world, state) = (trial.engine.world(), trial.engine.assumed());
    let mut unmet = BTreeSet::new();
    let noun = state.identities.at(asked.who).and_then(|row| row.noun.as_ref()?.at(asked.start));
    let named = |ids: &BTreeSet<_>| state.identity_id(asked.who).is_some_and(|id| ids.contains(&id));
    if who.ids.as_ref().is_some_and(|ids| !named(ids)) {
        unmet.insert(Unmet::Ids);
    }
    if who.kinds.as_ref().is_some_and(|kinds| noun.is_none_or(|noun| !kinds.contains(&noun.kind))) {
        unmet.insert(Unmet::Kinds);
    }
    if noun.is_none_or(|noun| !attributes_match(&who.attributes, &noun.attributes)) {
        unmet.insert(Unmet::Attributes);
    }
    if let Some(groups) = &who.groups {
        let groups: Vec<u32> =
            groups.iter().filter_map(|id| state.entitlement_names.find(id.as_str())).collect();
        if !member_when(world, asked.who, &groups, who.via, Reading::Narrow).contains(asked.start) {
            unmet.insert(Unmet::Groups);
        }
    }
    unmet
}

/// Whether a rule speaks of others.
pub(super) fn is_for_others(unmet: &BTreeSet<Unmet>) -> bool {
    let who = [Unmet::Attributes, Unmet::Groups, Unmet::Ids, Unmet::Kinds];
    who.iter().any(|part| unmet.contains(part))
}
