//! What restricts a grant whatever lets it be given: what the rules require to be held, what is denied, what guardrails
//! ask and forbid, and how many may hold the same. At the start each denies; later each is a bound.

use alloc::collections::BTreeSet;

use tenure::decide::{Code, Level, Obligation, ObligationKind, Reason};
use tenure::fact::Body;
use tenure::id::{EntitlementId, IdentityId, PermissionId, RuleId};
use tenure::model::Value;
use tenure::policy::{BoundKind, Capacity, Deny, DenyOn, Guardrail};
use tenure::time::{Reading, Timestamp};

use crate::World;
use crate::area::{Area, breakpoints, first_of};
use crate::ask::{Ask, Limit, blank};
use crate::eligible::{Rule, has_attribute, required, what};
use crate::holding::{edges, holds_entitlement, holds_somewhere, reach};
use crate::instants::{instants, with_deaths};
use crate::judge::{Judged, Truth, judge};
use crate::outcome::{list, text};
use crate::values::Place;

/// What restricts: errors and warnings, and the bounds.
#[derive(Debug, Default)]
pub(crate) struct Restricted {
    pub(crate) reasons: Vec<Reason>,
    pub(crate) limits: Vec<Limit>,
}

/// A guardrail around what is asked; its condition is not known to be false.
#[derive(Debug)]
pub(crate) struct Guard<'w> {
    id: &'w RuleId,
    pub(crate) rule: &'w Guardrail,
    area: Area<'w>,
    judged: Judged,
    /// Whether it applies at the start.
    pub(crate) applies: bool,
}

/// The guardrails around what is asked.
pub(crate) fn guards<'w>(world: &'w World, ask: &Ask<'_>) -> Vec<Guard<'w>> {
    let guard = |(id, rule): (&'w RuleId, &'w Guardrail)| {
        let judged = judge(world, &rule.when, &ask.around(), ask.start);
        let area = Area::of_guardrail(rule, ask.start);
        let mut guard = Guard { id, rule, area, judged, applies: false };
        guard.applies = guard.contains(world, ask, ask.start);
        guard
    };
    let guards = world.policy.guardrails.iter().map(guard);
    guards.filter(|guard| guard.judged.truth() != Truth::False).collect()
}

impl Guard<'_> {
    fn contains(&self, world: &World, ask: &Ask<'_>, t: Timestamp) -> bool {
        let inside = reach(world, ask.entitlement, Reading::Wide, t);
        inside.iter().any(|e| what(world, &self.rule.what, e, t))
            && self.area.concerns(world, ask.beneficiary, ask.scope.map(Place::registered), t)
    }
}

/// All that restricts what is asked under these rules; `since` is the start of the grant that is extended, or the start.
pub(crate) fn restricted(
    world: &World,
    ask: &Ask<'_>,
    rules: &[Rule<'_>],
    guards: &[Guard<'_>],
    since: Timestamp,
) -> Restricted {
    let mut all = prerequisites(world, ask, rules);
    for more in [denials(world, ask), guardrails(world, ask, guards, since), capacities(world, ask)] {
        all.reasons.extend(more.reasons);
        all.limits.extend(more.limits);
    }
    all
}

/// What has to be agreed to before the grant.
pub(crate) fn approvals(ask: &Ask<'_>, rules: &[Rule<'_>], guards: &[Guard<'_>]) -> Vec<Obligation> {
    let item = ask.item.unwrap_or(0);
    let of_rules = rules.iter().map(|(id, rule)| (*id, &rule.approvals));
    let of_guards =
        guards.iter().filter(|guard| guard.applies).map(|guard| (guard.id, &guard.rule.approvals));
    let owed: BTreeSet<Obligation> = of_rules
        .chain(of_guards)
        .flat_map(|(source, stages)| stages.iter().map(move |stage| (source.clone(), stage.clone())))
        .map(|(source, stage)| Obligation { item, kind: ObligationKind::Approval, source, stage })
        .collect();
    owed.into_iter().collect()
}

/// What the rules require is there through the whole window.
fn prerequisites(world: &World, ask: &Ask<'_>, rules: &[Rule<'_>]) -> Restricted {
    let mut found = Restricted::default();
    let who = ask.beneficiary;
    let (mut attributes, mut entitlements) = (BTreeSet::new(), BTreeSet::new());
    let after = with_deaths(world);
    for (id, rule) in rules {
        if required(world, rule, who, ask.start) {
            let end = first_of(&after, ask.start, |s| !required(world, rule, who, s));
            found.limits.extend(end.map(|end| (BoundKind::Prerequisite, end, Some(id.to_string()))));
            continue;
        }
        let names = rule.requires.attributes.keys();
        attributes.extend(names.filter(|name| !has_attribute(world, rule, who, name, ask.start)));
        let holds = |e: &&EntitlementId| holds_entitlement(world, who, e, ask.start);
        entitlements.extend(rule.requires.entitlements.iter().filter(|e| !holds(e)));
    }
    let mut reason = ask.error(Code::PrerequisiteMissing);
    if !attributes.is_empty() {
        reason = reason.with("attributes", list(attributes.into_iter().map(|name| name.as_str())));
    }
    if !entitlements.is_empty() {
        reason = reason.with("entitlements", list(entitlements.into_iter().map(EntitlementId::as_str)));
    }
    found.reasons.extend((!reason.params.is_empty()).then_some(reason));
    found
}

/// What is denied from the start, and from when on; and what is withheld of what is not.
fn denials(world: &World, ask: &Ask<'_>) -> Restricted {
    let mut found = Restricted::default();
    let place = ask.scope.map(Place::registered);
    let (inner, permissions) = contents(world, ask.entitlement);
    let mut withheld: Vec<Withheld<'_>> = Vec::new();
    for (id, rule) in world.policy.deny.iter().filter(|(_, rule)| rule.on != Some(DenyOn::Use)) {
        let judged = judge(world, &rule.when, &ask.around(), ask.start);
        if judged.truth() == Truth::False {
            continue;
        }
        let (some, whole) = (Area::of_request(rule, ask.start), Area::of_whole_request(rule, ask.start));
        let concerns = |area: &Area<'_>, s| area.concerns(world, ask.beneficiary, place, s);
        let speaks = |s| rule.what.as_ref().is_some_and(|selector| what(world, selector, ask.entitlement, s));
        if !ever(world, speaks) {
            let inside = inside(world, rule, &inner, &permissions);
            if concerns(&some, ask.start) && !inside.is_empty() {
                withheld.push(Withheld { id, rule, judged, inside, whole: concerns(&whole, ask.start) });
            }
            continue;
        }
        let denied = |s| speaks(s) && concerns(&whole, s);
        if denied(ask.start) {
            found.reasons.push(denies(ask, id));
            found.reasons.extend(ask.about(judged.unknown()));
            continue;
        }
        let end = first_of(&breakpoints(world, [&whole], ask.start), ask.start, denied);
        found.limits.extend(end.map(|end| (BoundKind::Deny, end, Some(id.to_string()))));
        if speaks(ask.start) && concerns(&some, ask.start) {
            let inside = BTreeSet::from([ask.entitlement.to_string()]);
            withheld.push(Withheld { id, rule, judged, inside, whole: false });
        }
    }
    let denied = withheld.iter().filter(|withheld| withheld.whole);
    let denied: BTreeSet<&PermissionId> =
        denied.flat_map(|withheld| withheld.rule.permissions.intersection(&permissions)).collect();
    let all = !denied.is_empty() && denied.len() == permissions.len();
    for Withheld { id, rule, judged, inside, whole } in withheld {
        let denies_all = all && whole && !rule.permissions.is_disjoint(&permissions);
        // What is not denied in use cannot be withheld.
        if denies_all || rule.on == Some(DenyOn::Request) {
            found.reasons.push(denies(ask, id));
            found.reasons.extend(ask.about(judged.unknown()));
        } else {
            let reason = Reason { item: ask.item, level: Level::Warning, ..ask.error(Code::DenyWithheld) };
            let reason = reason.with("entitlement", text(ask.entitlement)).with("rule", text(id));
            found.reasons.push(reason.with("withheld", list(inside.iter().map(String::as_str))));
        }
    }
    found
}

/// A denial that speaks of a part of what is asked.
struct Withheld<'w> {
    id: &'w RuleId,
    rule: &'w Deny,
    judged: Judged,
    inside: BTreeSet<String>,
    /// Whether it concerns all of the scope.
    whole: bool,
}

fn denies(ask: &Ask<'_>, rule: &RuleId) -> Reason {
    ask.error(Code::PolicyExplicitDeny).with("rule", text(rule))
}

fn ever(world: &World, is: impl Fn(Timestamp) -> bool) -> bool {
    instants(world).iter().any(|t| is(*t))
}

/// What an entitlement leads to, itself apart, and the permissions it gives, at any time, in any scope and on any
/// condition.
fn contents(world: &World, entitlement: &EntitlementId) -> (BTreeSet<EntitlementId>, BTreeSet<PermissionId>) {
    let reached = |t: Timestamp| reach(world, entitlement, Reading::Wide, t).into_iter().map(move |e| (e, t));
    let all: Vec<(EntitlementId, Timestamp)> = instants(world).iter().copied().flat_map(reached).collect();
    let listed = |(e, t): &(EntitlementId, Timestamp)| {
        world.entitlement(e, *t).map(|noun| noun.permissions).unwrap_or_default()
    };
    let permissions = all.iter().flat_map(listed).collect();
    let mut seen = BTreeSet::new();
    let mut open = vec![entitlement.clone()];
    while let Some(here) = open.pop() {
        for edge in instants(world).iter().flat_map(|t| edges(world, &here, *t)) {
            if seen.insert(edge.to.clone()) {
                open.push(edge.to);
            }
        }
    }
    (seen, permissions)
}

/// What the rule denies of these.
fn inside(
    world: &World,
    rule: &Deny,
    inner: &BTreeSet<EntitlementId>,
    permissions: &BTreeSet<PermissionId>,
) -> BTreeSet<String> {
    let denied = rule.permissions.intersection(permissions).map(ToString::to_string);
    let matched = |e: &&EntitlementId| {
        rule.what.as_ref().is_some_and(|selector| ever(world, |t| what(world, selector, e, t)))
    };
    denied.chain(inner.iter().filter(matched).map(ToString::to_string)).collect()
}

/// What guardrails ask, forbid, and cut off.
fn guardrails(world: &World, ask: &Ask<'_>, guards: &[Guard<'_>], since: Timestamp) -> Restricted {
    let mut found = Restricted::default();
    for guard in guards {
        let Guard { id, rule, area, judged, applies } = guard;
        let after = breakpoints(world, [area], ask.start);
        let bound = |end: Timestamp| (BoundKind::Guardrail, end, Some(id.to_string()));
        let asked = judge(world, &rule.require.conditions, &ask.around(), ask.start);
        let lacks = asked.truth() != Truth::True
            || !rule.approvals.is_empty()
            || (rule.require.reason && blank(ask.reason))
            || (rule.require.ticket && blank(ask.ticket));
        if *applies {
            found.reasons.extend(ask.about(asked.all()));
        }
        if rule.forbid && *applies {
            found.reasons.push(ask.error(Code::GuardrailForbidden).with("rule", text(id)));
            found.reasons.extend(ask.about(judged.unknown()));
        } else if !*applies && (rule.forbid || lacks) {
            let end = first_of(&after, ask.start, |s| guard.contains(world, ask, s));
            found.limits.extend(end.map(bound));
        }
        if let Some(max) = rule.max {
            let end = first_of(&after, since.plus(max).max(ask.start), |s| guard.contains(world, ask, s));
            found.limits.extend(end.map(bound));
        }
    }
    found
}

/// Nobody is one too many.
fn capacities(world: &World, ask: &Ask<'_>) -> Restricted {
    let mut found = Restricted::default();
    let after = with_deaths(world);
    for (id, rule) in &world.policy.capacity {
        let Some(max) = rule.max else { continue };
        let full = |s| {
            let asked = reach(world, ask.entitlement, Reading::Wide, s);
            asked.iter().any(|e| what(world, &rule.what, e, s))
                && holders(world, rule, s).iter().filter(|holder| *holder != ask.beneficiary).count()
                    >= usize::try_from(max).unwrap_or(usize::MAX)
        };
        if full(ask.start) {
            let reason = ask.error(Code::CapacityFull).with("max", Value::Int(i64::from(max)));
            found.reasons.push(reason.with("rule", text(id)));
        } else {
            let end = first_of(&after, ask.start, full);
            found.limits.extend(end.map(|end| (BoundKind::Capacity, end, Some(id.to_string()))));
        }
    }
    found
}

/// Who holds what the capacity speaks of at `t`, wherever and on whatever condition.
pub(crate) fn holders(world: &World, rule: &Capacity, t: Timestamp) -> BTreeSet<IdentityId> {
    let (mut identities, mut entitlements) = (BTreeSet::new(), BTreeSet::new());
    for fact in &world.facts {
        match &fact.body {
            Body::IdentityDefined(d) => {
                identities.insert(&d.id);
            }
            Body::EntitlementDefined(d) if what(world, &rule.what, &d.id, t) => {
                entitlements.insert(&d.id);
            }
            _ => {}
        }
    }
    let holds = |who: &IdentityId| entitlements.iter().any(|e| holds_somewhere(world, who, e, t));
    identities.into_iter().filter(|who| holds(who)).cloned().collect()
}
