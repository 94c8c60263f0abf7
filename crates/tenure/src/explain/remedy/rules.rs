//! What no rule lets somebody obtain: another place, a group, an attribute, another time or another rule.

use alloc::vec;
use alloc::vec::Vec;

use super::{Bundle, FEW, names, of};
use crate::compile::CompiledRule;
use crate::decide::{Code, Command, Reason, Verdict};
use crate::explain::cause::{Asked, Unmet, errors, misses};
use crate::explain::step::Step;
use crate::explain::trial::{Budget, Trial};
use crate::id::{AttributeId, EntitlementId, IdentityId};
use crate::model::{Item, Scalar, Value};
use crate::policy::{AttributeType, Combine};

/// What brings a rule that nearly matches to match.
pub(super) fn near(trial: &Trial, item: u32) -> Vec<Bundle> {
    let Some(asked) = of(trial, item) else { return Vec::new() };
    let state = trial.engine.assumed();
    let Some(identity) = state.identity_id(asked.who) else { return Vec::new() };
    let mut misses = misses(trial, asked);
    misses.sort_by_key(|(_, unmet)| unmet.len());
    let mut bundles: Vec<Bundle> = Vec::new();
    for (rule, unmet) in misses.into_iter().take(FEW) {
        let mut together: Vec<Bundle> = vec![Vec::new()];
        for part in &unmet {
            let ways: Vec<Bundle> = match part {
                Unmet::Where => places(trial, item, asked, rule.places.list().unwrap_or_default()),
                Unmet::Valid => {
                    let at = rule.rule.valid.start();
                    if at > asked.start { vec![vec![Step::Start { at }]] } else { Vec::new() }
                }
                Unmet::Attributes => vec![attributes(trial, asked, rule, &identity)],
                Unmet::Groups => {
                    let groups = rule.rule.who.groups.iter().flatten().take(FEW).cloned();
                    groups.map(|group| vec![Step::Join { group, identity: identity.clone() }]).collect()
                }
                // Nobody becomes another identity, or one of another kind.
                Unmet::Ids | Unmet::Kinds => Vec::new(),
            };
            together = ways
                .iter()
                .flat_map(|way| together.iter().map(move |so_far| [so_far.as_slice(), way].concat()))
                .take(FEW)
                .collect();
        }
        let chosen = trial.engine.policy().document().combine == Combine::RequesterChooses;
        let names_another = matches!(&trial.command, Command::Request(request) if request.rule.is_some());
        if chosen && names_another {
            for bundle in &mut together {
                bundle.push(Step::NameRule { rule: rule.id.clone() });
            }
        }
        bundles.extend(together.into_iter().filter(|bundle| !bundle.is_empty()));
    }
    bundles.sort_by_key(Vec::len);
    bundles
}

/// The attributes as a rule wants them. A list that is declared as one gains what the rule asks for.
fn attributes(trial: &Trial, asked: Asked, rule: &CompiledRule, identity: &IdentityId) -> Bundle {
    let state = trial.engine.assumed();
    let noun = state.identities.at(asked.who).and_then(|row| row.noun.as_ref()?.at(asked.start));
    let have = |name: &AttributeId| noun.and_then(|noun| noun.attributes.get(name));
    let wanted = rule.rule.who.attributes.iter();
    let otherwise = wanted.filter(|(name, values)| {
        !have(name).is_some_and(|have| values.iter().any(|value| have.is_or_contains(value)))
    });
    let set = otherwise.filter_map(|(attribute, values)| {
        let value = as_declared(trial, attribute, have(attribute), values.first()?.clone());
        Some(Step::Set { attribute: attribute.clone(), identity: identity.clone(), value })
    });
    set.collect()
}

/// A value as its declaration has it: in a list, with what that has already, where it is declared to be one.
fn as_declared(trial: &Trial, attribute: &AttributeId, have: Option<&Value>, value: Value) -> Value {
    let declared = trial.engine.policy().document().attributes.as_ref();
    let is_list =
        declared.and_then(|all| all.get(attribute)).is_some_and(|d| d.r#type == AttributeType::List);
    let one = match value {
        Value::Text(text) if is_list => Scalar::Text(text),
        Value::Int(number) if is_list => Scalar::Int(number),
        Value::Bool(truth) if is_list => Scalar::Bool(truth),
        other => return other,
    };
    let mut list = match have {
        Some(Value::List(list)) => list.clone(),
        _ => Vec::new(),
    };
    list.push(one);
    Value::List(list)
}

/// The places of a rule that lie within what was asked first.
fn places(trial: &Trial, item: u32, asked: Asked, places: &[u32]) -> Vec<Bundle> {
    let world = trial.engine.world();
    let inside = |place: &u32| world.tree.contains_when(asked.scope, *place).contains(asked.start);
    let (mut within, others): (Vec<u32>, Vec<u32>) = places.iter().partition(|place| inside(place));
    within.extend(others);
    let named = within.into_iter().take(FEW).filter_map(|place| trial.engine.assumed().resource_id(place));
    named.map(|scope| vec![Step::AskWithin { item: trial.of_several(item), scope }]).collect()
}

/// The places right below what was asked: a rule may restrict some of them only.
pub(super) fn narrower(trial: &Trial, item: u32) -> Vec<Bundle> {
    let Some(asked) = of(trial, item) else { return Vec::new() };
    let state = trial.engine.assumed();
    let above = state.resource_id(asked.scope);
    let below = (0u32..).zip(state.resources.iter()).filter(|(_, row)| {
        let now = row.noun.as_ref().and_then(|noun| noun.at(asked.start));
        now.is_some_and(|resource| resource.parent == above)
    });
    let named = below.take(FEW).filter_map(|(place, _)| state.resource_id(place));
    named.map(|scope| vec![Step::AskWithin { item: trial.of_several(item), scope }]).collect()
}

/// What has to be held, or to be so, first.
pub(super) fn prerequisites(trial: &Trial, reason: &Reason, budget: &mut Budget) -> Vec<Bundle> {
    let Some(asked) = of(trial, reason.item.unwrap_or(0)) else { return Vec::new() };
    let Some(identity) = trial.engine.assumed().identity_id(asked.who) else { return Vec::new() };
    let mut bundle: Bundle = Vec::new();
    for entitlement in names(reason, "entitlements").filter_map(|id| EntitlementId::new(id).ok()) {
        let identity = identity.clone();
        bundle.push(if may_obtain(trial, &entitlement, budget) {
            Step::Obtain { entitlement, identity }
        } else {
            Step::Hold { entitlement, identity }
        });
    }
    for attribute in names(reason, "attributes").filter_map(|id| AttributeId::new(id).ok()) {
        let wanted = misses(trial, asked)
            .into_iter()
            .find_map(|(rule, _)| rule.rule.requires.attributes.get(&attribute)?.first().cloned());
        let noun = trial
            .engine
            .assumed()
            .identities
            .at(asked.who)
            .and_then(|row| row.noun.as_ref()?.at(asked.start));
        let have = noun.and_then(|noun| noun.attributes.get(&attribute));
        let wanted = wanted.map(|value| as_declared(trial, &attribute, have, value));
        bundle.extend(wanted.map(|value| Step::Set { attribute, identity: identity.clone(), value }));
    }
    if bundle.is_empty() { Vec::new() } else { vec![bundle] }
}

/// Whether a request for something else would be granted, or would once it is said what is missing.
fn may_obtain(trial: &Trial, entitlement: &EntitlementId, budget: &mut Budget) -> bool {
    let Command::Request(request) = &trial.command else { return false };
    let mut request = request.as_ref().clone();
    request.items = vec![Item { entitlement: entitlement.clone(), scope: None }];
    let trial = Trial { command: request.into(), ..trial.clone() };
    let Some(decision) = budget.decide(&trial, &[]) else { return false };
    let unsaid = |reason: &Reason| matches!(reason.code, Code::InputMissing | Code::ContextMissing);
    decision.verdict() != Verdict::Deny || errors(&decision).iter().all(unsaid)
}
