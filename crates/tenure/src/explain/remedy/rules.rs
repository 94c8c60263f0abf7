//! What no rule lets somebody obtain: another place, a group, an attribute, another time or another rule.

use alloc::vec;
use alloc::vec::Vec;

use super::{Bundle, FEW, names, of};
use crate::decide::{Command, Reason};
use crate::explain::cause::{Asked, Unmet, misses};
use crate::explain::step::Step;
use crate::explain::trial::Trial;
use crate::id::{AttributeId, EntitlementId};
use crate::policy::Combine;

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
                Unmet::Who => {
                    let who = &rule.rule.who;
                    let groups = who.groups.iter().flatten().take(FEW);
                    let mut ways: Vec<Bundle> = groups
                        .map(|group| vec![Step::Join { group: group.clone(), identity: identity.clone() }])
                        .collect();
                    if who.groups.is_none() && who.ids.is_none() && who.kinds.is_none() {
                        let set = who.attributes.iter().filter_map(|(attribute, values)| {
                            let value = values.first()?.clone();
                            let (attribute, identity) = (attribute.clone(), identity.clone());
                            Some(Step::Set { attribute, identity, value })
                        });
                        ways.push(set.collect());
                    }
                    ways
                }
            };
            together = ways
                .iter()
                .flat_map(|way| together.iter().map(move |so_far| [so_far.as_slice(), way].concat()))
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
    bundles.truncate(super::FEW.saturating_mul(3));
    bundles
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
pub(super) fn prerequisites(trial: &Trial, reason: &Reason) -> Vec<Bundle> {
    let Some(asked) = of(trial, reason.item.unwrap_or(0)) else { return Vec::new() };
    let Some(identity) = trial.engine.assumed().identity_id(asked.who) else { return Vec::new() };
    let mut bundle: Bundle = Vec::new();
    for entitlement in names(reason, "entitlements").filter_map(|id| EntitlementId::new(id).ok()) {
        bundle.push(Step::Hold { entitlement, identity: identity.clone() });
    }
    for attribute in names(reason, "attributes").filter_map(|id| AttributeId::new(id).ok()) {
        let wanted = misses(trial, asked)
            .into_iter()
            .find_map(|(rule, _)| rule.rule.requires.attributes.get(&attribute)?.first().cloned());
        bundle.extend(wanted.map(|value| Step::Set { attribute, identity: identity.clone(), value }));
    }
    if bundle.is_empty() { Vec::new() } else { vec![bundle] }
}
