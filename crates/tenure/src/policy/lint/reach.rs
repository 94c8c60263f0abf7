//! A rule speaks of somebody, of something, somewhere, at some time. One that does not can never match; a denial or a
//! guardrail that does not protects nothing.

use alloc::borrow::Cow;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::vec::Vec;

use super::super::sections::{self, AnyRule};
use super::super::source::Step;
use super::super::{EntitlementSelector, IdentitySelector, attributes_match};
use super::population::Reading;
use super::{Lint, Linter, listed};
use crate::condition::Truth;
use crate::id::{AttributeId, EntitlementId, PermissionId};
use crate::model::Value;

pub(super) fn lint(linter: &mut Linter<'_>) {
    let document = linter.policy.document();
    for rule in sections::rules(document) {
        if linter.population.is_over(rule.valid.end()) {
            let message = format!(
                "the rule is over since `{}` and matches nothing; move its `until`, or take it out once nothing \
                 refers to it",
                rule.valid.end()
            );
            linter.say(Lint::RuleExpired, &at(&rule, "valid"), message);
            continue;
        }
        who(linter, &rule);
        what(linter, &rule);
        if rule.scopes.is_some_and(<[_]>::is_empty) {
            let message = "an empty `where` is nowhere; name a resource, or leave `where` out for everywhere";
            linter.say(Lint::RuleNowhere, &at(&rule, "where"), message);
        }
    }
    denied_permissions(linter);
    eligibility(linter);
    fading(linter);
    conditions(linter);
}

fn at<'r>(rule: &AnyRule<'r>, key: &'r str) -> [Step<'r>; 3] {
    [Step::Key(rule.section), Step::Key(rule.id), Step::Key(key)]
}

fn who(linter: &mut Linter<'_>, rule: &AnyRule<'_>) {
    let Some(who) = rule.who else { return };
    let message = if is_void(who) {
        "a selector that names nothing, or has an empty list, matches nobody; name somebody, or write `who: anyone`"
    } else if !linter.population.speaks_of_others(who)
        && linter.population.matched(who, Reading::of(rule.section)).next().is_none()
    {
        "no identity of the document matches all of this; compare the words with the identities' attributes and \
         memberships, or widen it"
    } else {
        return;
    };
    linter.say(Lint::RuleNobody, &at(rule, "who"), message);
}

fn what(linter: &mut Linter<'_>, rule: &AnyRule<'_>) {
    let Some(what) = rule.what else { return };
    let message = if is_void_of_things(what) {
        "a selector that names nothing, or has an empty list, matches nothing; name something, or write \
         `what: anything`"
    } else if !linter.population.speaks_of_other_things(what)
        && linter.population.entitlements(what).next().is_none()
    {
        "no entitlement of the document matches all of this; compare the words with the entitlements, or widen it"
    } else {
        return;
    };
    linter.say(Lint::RuleNothing, &at(rule, "what"), message);
}

/// Whether a selector cannot match, whoever there is.
fn is_void(who: &IdentitySelector) -> bool {
    who.is_empty()
        || who.ids.as_ref().is_some_and(BTreeSet::is_empty)
        || who.groups.as_ref().is_some_and(BTreeSet::is_empty)
        || who.kinds.as_ref().is_some_and(BTreeSet::is_empty)
        || has_no_value(&who.attributes)
}

fn is_void_of_things(what: &EntitlementSelector) -> bool {
    what.is_empty()
        || what.ids.as_ref().is_some_and(BTreeSet::is_empty)
        || what.applications.as_ref().is_some_and(BTreeSet::is_empty)
        || what.kinds.as_ref().is_some_and(BTreeSet::is_empty)
        || what.sensitivity.as_ref().is_some_and(BTreeSet::is_empty)
        || has_no_value(&what.attributes)
}

fn has_no_value(attributes: &BTreeMap<AttributeId, BTreeSet<Value>>) -> bool {
    attributes.values().any(BTreeSet::is_empty)
}

/// Denials of permissions that nothing gives.
fn denied_permissions(linter: &mut Linter<'_>) {
    let document = linter.policy.document();
    if document.entitlements.is_empty() {
        return;
    }
    let given: BTreeSet<&PermissionId> =
        document.entitlements.values().flat_map(|noun| &noun.permissions).collect();
    for (id, rule) in &document.deny {
        for (n, permission) in rule.permissions.iter().enumerate().filter(|(_, one)| !given.contains(one)) {
            let member = Step::Member(Cow::Borrowed(permission.as_str()), n);
            let path = [Step::Key("deny"), Step::Key(id.as_str()), Step::Key("permissions"), member];
            let message = format!(
                "no entitlement of the document gives `{permission}`, so that nothing is denied; compare it with \
                 their `permissions`"
            );
            linter.say(Lint::RuleNothing, &path, message);
        }
    }
}

/// Rules that nobody can use although somebody matches.
fn eligibility(linter: &mut Linter<'_>) {
    let document = linter.policy.document();
    let obtainable = linter.population.obtainable();
    for (id, rule) in &document.eligibility {
        if linter.population.is_over(rule.valid.end()) {
            continue;
        }
        let at = |keys: &[&'static str]| -> Vec<Step<'_>> {
            let rule = [Step::Key("eligibility"), Step::Key(id.as_str())];
            rule.into_iter().chain(keys.iter().map(|key| Step::Key(key))).collect()
        };
        if rule.event.as_ref().is_some_and(|event| event.kinds.as_ref().is_some_and(Vec::is_empty)) {
            let message = "no kind of event is accepted, and one is asked for; name some `kinds`, or leave `kinds` \
                           out to accept all";
            linter.say(Lint::RuleNoEvent, &at(&["event", "kinds"]), message);
        }
        let required = &rule.requires.attributes;
        let population = &linter.population;
        let mut matched = population.matched(&rule.who, Reading::Narrow).peekable();
        let unmet = matched.peek().is_some()
            && !population.speaks_of_others(&rule.who)
            && !matched.any(|(_, identity)| attributes_match(required, &identity.attributes));
        drop(matched);
        if unmet || has_no_value(required) {
            let message =
                "nobody whom the rule matches has these attributes; compare them with `who`, or ask for less";
            linter.say(Lint::RuleUnfulfilled, &at(&["requires", "attributes"]), message);
        }
        for (n, needed) in rule.requires.entitlements.iter().enumerate() {
            if document.entitlements.contains_key(needed) && !obtainable.contains(needed) {
                let mut path = at(&["requires", "entitlements"]);
                path.push(Step::Member(Cow::Borrowed(needed.as_str()), n));
                let message = format!(
                    "nobody can hold `{needed}`, and the rule requires it; let a rule give it, or ask for less"
                );
                linter.say(Lint::RuleUnfulfilled, &path, message);
            }
        }
    }
}

/// Denials that end by themselves, for some at least.
fn fading(linter: &mut Linter<'_>) {
    let document = linter.policy.document();
    for (id, rule) in &document.deny {
        if linter.population.is_over(rule.valid.end()) {
            continue;
        }
        for (n, group) in rule.who.groups.iter().flatten().enumerate() {
            let member = Step::Member(Cow::Borrowed(group.as_str()), n);
            let path =
                [Step::Key("deny"), Step::Key(id.as_str()), Step::Key("who"), Step::Key("groups"), member];
            if rule.who.via == super::super::Via::Any && linter.population.is_granted(group) {
                let message = format!(
                    "grants of `{group}` count here, and every grant ends: the denial ends with it; deny by `ids` or \
                     `attributes`, or leave `via: any` out"
                );
                linter.say(Lint::DenyFades, &path, message);
                continue;
            }
            let leaving = leaving(linter, group, rule.valid.end());
            if !leaving.is_empty() {
                let names = listed(&leaving);
                let message = format!(
                    "the membership of {names} in `{group}` ends by itself, and the denial with it; leave its `until` \
                     out, or deny by `ids` or `attributes`"
                );
                linter.say(Lint::DenyFades, &path, message);
            }
        }
    }
}

/// The members of a group that leave it before their contract, and the rule, ends.
fn leaving<'p>(
    linter: &Linter<'p>,
    group: &EntitlementId,
    rule_ends: crate::time::Timestamp,
) -> Vec<&'p crate::id::IdentityId> {
    let document = linter.policy.document();
    let members = linter.population.members(group, Reading::Wide).into_iter().flatten();
    let leaving = members.filter(|(id, end)| {
        let ends = document.identities.get(**id).and_then(|identity| identity.ends);
        let last = ends.map_or(rule_ends, |ends| ends.min(rule_ends));
        **end < last && linter.population.is_alive(id)
    });
    leaving.map(|(id, _)| *id).collect()
}

/// Conditions that always have the same value, or can never be known.
fn conditions(linter: &mut Linter<'_>) {
    let document = linter.policy.document();
    for (id, condition) in linter.policy.conditions() {
        let path = [Step::Key("conditions"), Step::Key(id.as_str()), Step::Key("expr")];
        // What is stored and absent is definite and not unknown, so that nothing follows from its absence.
        let said = condition.paths().iter().all(|path| matches!(path.root(), "context" | "inputs"));
        let always = match condition.evaluate(|_| None).truth() {
            Truth::True if said => Some("true"),
            Truth::False if said => Some("false"),
            _ => None,
        };
        if let Some(always) = always {
            let message =
                format!("the condition is always {always}, whatever is said; mend it, or take it out");
            linter.say(Lint::ConditionConstant, &path, message);
            continue;
        }
        for read in condition.paths().iter().filter(|path| path.root() == "context") {
            let name = read.below().join(".");
            if document.context.get(name.as_str()).is_some_and(|declaration| !declaration.counts()) {
                let message = format!(
                    "`{read}` is the requester's own word and not `asserted`, so that it is never known; let the host \
                     say it (`source: host`), or accept it with `asserted: true`"
                );
                linter.say(Lint::ConditionUnasserted, &path, message);
            }
        }
    }
}
