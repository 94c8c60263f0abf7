//! A rule matches at the instants at which who, what, where and its validity all match. It gives nothing by
//! itself. What supports is read narrowly: a membership or parent that counts only on a condition does not count;
//! what restricts is read widely.

use tenure::id::{EntitlementId, IdentityId, ResourceId, RuleId};
use tenure::model::{Attributes, Scalar, Value};
use tenure::policy::{Eligibility, EntitlementSelector, IdentitySelector};
use tenure::time::{Reading, Timestamp};

use crate::World;
use crate::holding::{holds_entitlement, in_group};
use crate::instants;
use crate::life::{contains, entitlement_valid};

/// A rule by its name.
pub type Rule<'w> = (&'w RuleId, &'w Eligibility);

/// What is remembered of a match: between two instants of the world nothing changes.
pub(crate) type Asked = (RuleId, IdentityId, EntitlementId, Option<ResourceId>, usize);

/// The rules that let the identity obtain the entitlement in the scope at `t`, their conditions and what they require
/// apart, in the order of their ids.
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

/// Whether some rule keeps a grant alive at `t`: it matches, and what it requires is there.
pub fn kept(
    world: &World,
    identity: &IdentityId,
    entitlement: &EntitlementId,
    scope: Option<&ResourceId>,
    t: Timestamp,
) -> bool {
    let rules = matching(world, identity, entitlement, scope, t);
    rules.iter().any(|(_, rule)| required(world, rule, identity, t))
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
        && what(world, &rule.what, entitlement, t)
        && whereabouts(world, rule.scopes.as_deref(), scope, t)
        && who(world, &rule.who, identity, Reading::Narrow, t);
    world.memo.matches.borrow_mut().insert(asked, answer);
    answer
}

/// Whether the identity has all that the rule requires at `t`.
pub fn required(world: &World, rule: &Eligibility, identity: &IdentityId, t: Timestamp) -> bool {
    let attributes = rule.requires.attributes.keys();
    let mut attributes = attributes.filter(|name| !has_attribute(world, rule, identity, name, t));
    let mut entitlements = rule.requires.entitlements.iter();
    attributes.next().is_none() && entitlements.all(|wanted| holds_entitlement(world, identity, wanted, t))
}

/// Whether the identity has one of the values that the rule requires of an attribute.
pub(crate) fn has_attribute(
    world: &World,
    rule: &Eligibility,
    identity: &IdentityId,
    name: &tenure::id::AttributeId,
    t: Timestamp,
) -> bool {
    let attributes = world.identity(identity, t).map(|noun| noun.attributes).unwrap_or_default();
    rule.requires
        .attributes
        .get(name)
        .is_none_or(|words| words.iter().any(|word| has(&attributes, name, word)))
}

/// Whether the selector matches the identity at `t`.
pub(crate) fn who(
    world: &World,
    selector: &IdentitySelector,
    identity: &IdentityId,
    reading: Reading,
    t: Timestamp,
) -> bool {
    let IdentitySelector { anyone, attributes, groups, ids, kinds, via } = selector;
    if *anyone {
        return true;
    }
    // A kind never changes, so it is known of somebody who is yet to come.
    let kind = world.identity(identity, Timestamp::MAX).map(|noun| noun.kind);
    let now = world.identity(identity, t).map(|noun| noun.attributes).unwrap_or_default();
    let named = !attributes.is_empty() || groups.is_some() || ids.is_some() || kinds.is_some();
    let mut in_groups = groups.iter().flatten();
    named
        && ids.as_ref().is_none_or(|ids| ids.contains(identity))
        && kinds.as_ref().is_none_or(|kinds| kind.is_some_and(|kind| kinds.contains(&kind)))
        && attributes.iter().all(|(name, words)| words.iter().any(|word| has(&now, name, word)))
        && (groups.is_none() || in_groups.any(|group| in_group(world, identity, group, *via, reading, t)))
}

/// Whether the selector matches the entitlement at `t`, which is valid then.
pub(crate) fn what(
    world: &World,
    selector: &EntitlementSelector,
    entitlement: &EntitlementId,
    t: Timestamp,
) -> bool {
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
        (Some(list), Some(scope)) => list.iter().any(|q| contains(world, q, scope, Reading::Narrow, t)),
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
