//! A rule matches at the instants at which who, what, where and its validity all match. It gives nothing by
//! itself.

use tenure::id::{EntitlementId, IdentityId, ResourceId, RuleId};
use tenure::model::{Attributes, Scalar, Value};
use tenure::policy::{Eligibility, EntitlementSelector, IdentitySelector};
use tenure::time::Timestamp;

use crate::World;
use crate::holding::in_group;
use crate::instants;
use crate::life::{contains, entitlement_valid};

/// A rule by its name.
pub type Rule<'w> = (&'w RuleId, &'w Eligibility);

/// What is remembered of a match: between two instants of the world nothing changes.
pub(crate) type Asked = (RuleId, IdentityId, EntitlementId, Option<ResourceId>, usize);

/// The rules that let the identity obtain the entitlement in the scope at `t`, in the order of their ids.
pub fn matching<'w>(
    world: &'w World,
    identity: &IdentityId,
    entitlement: &EntitlementId,
    scope: Option<&ResourceId>,
    t: Timestamp,
) -> Vec<Rule<'w>> {
    let rules = world.policy.eligibility.iter();
    rules.filter(|(id, rule)| matches(world, (id, rule), identity, entitlement, scope, t)).collect()
}

/// Whether the rule matches at `t`.
pub fn matches(
    world: &World,
    (id, rule): Rule<'_>,
    identity: &IdentityId,
    entitlement: &EntitlementId,
    scope: Option<&ResourceId>,
    t: Timestamp,
) -> bool {
    let segment = instants::segment(world, t);
    let asked: Asked = (id.clone(), identity.clone(), entitlement.clone(), scope.cloned(), segment);
    if let Some(known) = world.memo.matches.borrow().get(&asked) {
        return *known;
    }
    let answer = rule.valid.start() <= t
        && t < rule.valid.end()
        && who(world, &rule.who, identity, t)
        && what(world, &rule.what, entitlement, t)
        && whereabouts(world, rule.scopes.as_deref(), scope, t);
    world.memo.matches.borrow_mut().insert(asked, answer);
    answer
}

fn who(world: &World, selector: &IdentitySelector, identity: &IdentityId, t: Timestamp) -> bool {
    let IdentitySelector { anyone, attributes, groups, ids, kinds, via: _ } = selector;
    if *anyone {
        return true;
    }
    // A kind never changes, so it is known of somebody who is yet to come.
    let kind = world.identity(identity, Timestamp::MAX).map(|noun| noun.kind);
    let now = world.identity(identity, t).map(|noun| noun.attributes).unwrap_or_default();
    let named = !attributes.is_empty() || groups.is_some() || ids.is_some() || kinds.is_some();
    named
        && ids.as_ref().is_none_or(|ids| ids.contains(identity))
        && kinds.as_ref().is_none_or(|kinds| kind.is_some_and(|kind| kinds.contains(&kind)))
        && attributes.iter().all(|(name, words)| words.iter().any(|word| has(&now, name, word)))
        && groups.as_ref().is_none_or(|groups| groups.iter().any(|group| in_group(world, identity, group, t)))
}

fn what(world: &World, selector: &EntitlementSelector, entitlement: &EntitlementId, t: Timestamp) -> bool {
    let EntitlementSelector { anything, applications, attributes, ids, kinds, sensitivity } = selector;
    let Some(noun) = world.entitlement(entitlement, t) else { return false };
    let named = *anything
        || !attributes.is_empty()
        || applications.is_some()
        || ids.is_some()
        || kinds.is_some()
        || sensitivity.is_some();
    named
        && entitlement_valid(world, entitlement, t)
        && ids.as_ref().is_none_or(|ids| ids.contains(entitlement))
        && kinds.as_ref().is_none_or(|kinds| kinds.contains(&noun.kind))
        && sensitivity.as_ref().is_none_or(|list| noun.sensitivity.is_some_and(|one| list.contains(&one)))
        && attributes.iter().all(|(name, words)| words.iter().any(|word| has(&noun.attributes, name, word)))
        && applications
            .as_ref()
            .is_none_or(|list| noun.application.is_some_and(|application| list.contains(&application)))
}

fn whereabouts(world: &World, list: Option<&[ResourceId]>, scope: Option<&ResourceId>, t: Timestamp) -> bool {
    match (list, scope) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(list), Some(scope)) => list.iter().any(|q| contains(world, q, scope, t)),
    }
}

/// Whether the attribute is the word, or a list that contains it.
fn has(attributes: &Attributes, name: &tenure::id::AttributeId, word: &Value) -> bool {
    match (attributes.get(name), word) {
        (Some(Value::List(list)), Value::Text(w)) => list.contains(&Scalar::Text(w.clone())),
        (Some(Value::List(list)), Value::Int(w)) => list.contains(&Scalar::Int(*w)),
        (Some(Value::List(list)), Value::Bool(w)) => list.contains(&Scalar::Bool(*w)),
        (value, word) => value == Some(word),
    }
}
