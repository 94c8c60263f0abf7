//! The policy language in random worlds: conditions on whatever may have some, rules that restrict, rules that combine,
//! and what is said with questions and requests.

use alloc::collections::{BTreeMap, BTreeSet};

use tenure::check::{OpenResource, Target};
use tenure::id::{AttributeId, EntitlementId, PermissionId, ResourceId};
use tenure::model::{Attributes, ConditionNames, EntitlementKind, IdentityKind, Scalar, Value};
use tenure::policy::{
    Approvers, AttributeSource, AttributeType, Capacity, Combine, Declaration, Deny, DenyOn, ElementType,
    Eligibility, EntitlementSelector, Guardrail, GuardrailRequirements, IdentitySelector, Input,
    NamedCondition, Policy, PolicyDocument, Prerequisites, RequiredAt, ResourceType, Stage, StandingRule,
    Via,
};
use tenure::time::Window;

use super::dice::{Dice, GROUPS, id};
use super::policy::{limits, open_hours, what, who};
use super::slot;

/// Conditions by their names, each over what is known, what is said, or both.
const CONDITIONS: [(&str, &str); 16] = [
    ("mfa", "context.mfa"),
    ("calm", "context.risk < 3"),
    ("fin", "identity.dept == 'fin'"),
    ("same", "beneficiary.dept == identity.dept"),
    ("here", "resource.id == 'root/a' || resource.type == 'ticket'"),
    ("level", "has(identity.level) || context.mfa"),
    ("red", "identity.tags.exists(t, t == 'red')"),
    ("use", "action.name == 'use' && context.site in ['hq', 'lab']"),
    ("incident", "event.kind == 'incident'"),
    ("daily", "!has(event.id)"),
    ("amount", "inputs.amount > 5"),
    ("plain", "!(entitlement.tier == 'gold') || context.risk != 2"),
    ("claim", "context.claim"),
    ("asserted", "context.word && !context.mfa"),
    ("crm", "application.id == 'crm' && (has(context.site) || context.mfa)"),
    ("stage", "resource.tier == 'gold' && context.calls.all(c, c > 1)"),
];

/// Declares what conditions read, names conditions, and lets rules and nouns have some.
pub(super) fn document<'a>(next: &mut impl FnMut() -> Dice<'a>, document: &mut PolicyDocument) {
    declare(document);
    let mut dice = next();
    document.combine = dice
        .pick(&[Combine::Strictest, Combine::MostSpecific, Combine::Priority, Combine::RequesterChooses])
        .unwrap_or_default();
    // Each world has some of it: where everything restricts, nothing is left.
    let parts = Parts::new(&mut dice);
    if parts.nouns {
        conditions_on_nouns(&mut dice, document);
    }
    for rule in document.eligibility.values_mut() {
        eligibility(&mut next(), rule, parts);
    }
    // A condition reads it, so it has to be declared.
    if document.eligibility.values().all(|rule| !rule.inputs.contains_key("amount"))
        && let Some(rule) = document.eligibility.values_mut().next()
    {
        rule.inputs.insert(id("amount"), number());
    }
    let mut dice = next();
    for name in ["g1", "g2"] {
        if parts.guardrails && dice.chance(70) {
            document.guardrails.insert(id(name), guardrail(&mut next()));
        }
    }
    for name in ["d1", "d2"] {
        if parts.denials && dice.chance(70) {
            document.deny.insert(id(name), deny(&mut next()));
        }
    }
    if parts.capacity {
        let max = dice.chance(80).then(|| u32::try_from(dice.below(3).saturating_add(1)).unwrap_or_default());
        let min = (max.is_none() || max > Some(0) && dice.chance(30)).then_some(1);
        let named = EntitlementSelector {
            ids: Some(dice.names::<EntitlementId>(&["read", "write", "admin", "team"]).into_iter().collect()),
            ..EntitlementSelector::default()
        };
        let what = if dice.chance(60) { named } else { anything(&mut dice) };
        document.capacity.insert(id("k1"), Capacity { description: None, max, min, what });
    }
    if parts.standing {
        document.standing_rules.insert(id("s1"), standing_rule(&mut next()));
    }
    // No rule may rest on what it gives: one after the other rests on nothing, until none does.
    let rules: Vec<_> = document.eligibility.keys().cloned().collect();
    for rule in rules {
        if Policy::from_document(document.clone()).is_ok() {
            return;
        }
        if let Some(rule) = document.eligibility.get_mut(&rule) {
            rule.requires.entitlements.clear();
            rule.who.via = Via::Standing;
        }
    }
}

/// Which parts of the language a world uses.
#[derive(Debug, Clone, Copy)]
struct Parts {
    nouns: bool,
    when: bool,
    inputs: bool,
    approvals: bool,
    requires: bool,
    guardrails: bool,
    denials: bool,
    capacity: bool,
    standing: bool,
}

impl Parts {
    fn new(dice: &mut Dice<'_>) -> Self {
        let mut some = |percent| dice.chance(percent);
        Self {
            nouns: some(50),
            when: some(50),
            inputs: some(45),
            approvals: some(30),
            requires: some(45),
            guardrails: some(40),
            denials: some(40),
            capacity: some(35),
            standing: some(30),
        }
    }
}

fn declare(document: &mut PolicyDocument) {
    let said = |r#type| Declaration::from(r#type);
    let claimed = |asserted| Declaration {
        asserted,
        source: AttributeSource::Requester,
        ..Declaration::from(AttributeType::Bool)
    };
    let list = |of| Declaration { of: Some(of), ..Declaration::from(AttributeType::List) };
    document.attributes = Some(BTreeMap::from([
        (id("dept"), said(AttributeType::Text)),
        (id("tier"), said(AttributeType::Text)),
        (id("level"), said(AttributeType::Int)),
        (id("tags"), list(ElementType::Text)),
    ]));
    document.context = BTreeMap::from([
        (id("mfa"), said(AttributeType::Bool)),
        (id("risk"), said(AttributeType::Int)),
        (id("site"), said(AttributeType::Text)),
        (id("claim"), claimed(false)),
        (id("word"), claimed(true)),
        (id("calls"), list(ElementType::Int)),
    ]);
    document.resource_types.insert("ticket".into(), ResourceType { open: true, ..ResourceType::default() });
    let named = |expr: &str| NamedCondition { expr: expr.into(), text: None };
    document.conditions = CONDITIONS.iter().map(|(name, expr)| (id(name), named(expr))).collect();
}

/// Some names of conditions; in worlds without the language none.
pub(super) fn names(dice: &mut Dice<'_>, percent: u64) -> ConditionNames {
    let mut names = ConditionNames::default();
    if dice.has_language() && dice.chance(percent) {
        for _ in 0..=dice.below(2) {
            names.0.extend(dice.pick(&CONDITIONS).map(|(name, _)| id(name)));
        }
    }
    names
}

fn conditions_on_nouns(dice: &mut Dice<'_>, document: &mut PolicyDocument) {
    for standing in document.standing.values_mut() {
        standing.conditions = names(dice, 25);
    }
    for membership in document.memberships.values_mut() {
        membership.conditions = names(dice, 20);
    }
    for resource in document.resources.values_mut().filter(|resource| resource.parent.is_some()) {
        resource.parent_while = names(dice, 12);
    }
    for edge in document.entitlements.values_mut().flat_map(|entitlement| &mut entitlement.implies) {
        edge.conditions = names(dice, 12);
    }
}

fn eligibility(dice: &mut Dice<'_>, rule: &mut Eligibility, parts: Parts) {
    rule.when = names(dice, if parts.when { 60 } else { 0 });
    rule.conditions = names(dice, 30);
    rule.priority = dice.pick(&[None, Some(1), Some(2), Some(1)]).unwrap_or_default();
    if parts.approvals && dice.chance(60) {
        rule.approvals = vec![stage(dice)];
    }
    if parts.inputs && dice.chance(60) {
        let required = dice.pick(&[None, Some(RequiredAt::Request), Some(RequiredAt::Approval)]);
        let amount = Input {
            max: dice.chance(50).then_some(9),
            min: dice.chance(50).then_some(2),
            required: required.unwrap_or_default(),
            ..number()
        };
        rule.inputs.insert(id("amount"), amount);
    }
    if parts.inputs && dice.chance(50) {
        let region = Input {
            description: None,
            max: None,
            min: None,
            one_of: Some(BTreeSet::from(["eu".into(), "us".into()])),
            required: None,
            r#type: AttributeType::Text,
        };
        rule.inputs.insert(id("region"), region);
    }
    if parts.requires && dice.chance(50) {
        rule.requires = Prerequisites {
            attributes: BTreeMap::from([(id("dept"), BTreeSet::from(["fin".into()]))]),
            entitlements: BTreeSet::new(),
        };
    }
    if parts.requires && dice.chance(50) {
        rule.requires.entitlements = BTreeSet::from([dice.name(&GROUPS)]);
    }
    if dice.chance(10) {
        rule.who = IdentitySelector { anyone: true, ..IdentitySelector::default() };
    } else if rule.who.groups.is_some() && dice.chance(30) {
        rule.who.via = Via::Any;
    }
    if dice.chance(10) {
        rule.what = EntitlementSelector { anything: true, ..EntitlementSelector::default() };
    }
}

/// A number that may be filled in.
const fn number() -> Input {
    Input {
        description: None,
        max: None,
        min: None,
        one_of: None,
        required: None,
        r#type: AttributeType::Int,
    }
}

fn stage(dice: &mut Dice<'_>) -> Stage {
    let manager = dice.chance(50);
    let ids = if manager { Vec::new() } else { dice.names(&["ann", "ben", "cat"]) };
    let approvers = Approvers { ids: ids.into_iter().collect(), manager, ..Approvers::default() };
    Stage { approvers, name: dice.chance(50).then(|| "lead".into()), quorum: 1 }
}

fn anyone(dice: &mut Dice<'_>) -> IdentitySelector {
    let mut selector = match dice.below(3) {
        0 => IdentitySelector { anyone: true, ..IdentitySelector::default() },
        1 => IdentitySelector {
            kinds: Some(BTreeSet::from([IdentityKind::Human])),
            ..IdentitySelector::default()
        },
        _ => who(dice),
    };
    if selector.groups.is_some() && dice.chance(40) {
        selector.via = Via::Any;
    }
    selector
}

fn anything(dice: &mut Dice<'_>) -> EntitlementSelector {
    match dice.below(4) {
        0 => EntitlementSelector { anything: true, ..EntitlementSelector::default() },
        1 => EntitlementSelector {
            kinds: Some(BTreeSet::from([EntitlementKind::Right])),
            ..EntitlementSelector::default()
        },
        _ => what(dice),
    }
}

fn places(dice: &mut Dice<'_>) -> Option<Vec<ResourceId>> {
    dice.chance(35).then(|| dice.names::<ResourceId>(&["root", "root/a", "root/b"]))
}

fn valid(dice: &mut Dice<'_>) -> Window {
    let (from, until) = match dice.below(4) {
        0 | 1 => return Window::ALWAYS,
        2 => limits(dice),
        _ => (slot(dice.below(30)), slot(dice.below(30).saturating_add(31))),
    };
    Window::new(from, until).unwrap_or(Window::ALWAYS)
}

fn guardrail(dice: &mut Dice<'_>) -> Guardrail {
    let who = anyone(dice);
    let what = anything(dice);
    let kind = dice.below(4);
    Guardrail {
        approvals: if kind == 0 { vec![stage(dice)] } else { Vec::new() },
        description: None,
        forbid: kind == 1,
        hours: if dice.chance(20) { open_hours(dice) } else { Vec::new() },
        max: (kind == 2 || dice.chance(20)).then(|| dice.span()),
        require: GuardrailRequirements {
            conditions: names(dice, if kind == 3 { 100 } else { 10 }),
            reason: dice.chance(15),
            ticket: dice.chance(10),
        },
        valid: valid(dice),
        what,
        when: names(dice, 35),
        scopes: places(dice),
        who,
    }
}

fn deny(dice: &mut Dice<'_>) -> Deny {
    let who = anyone(dice);
    let what = dice.chance(50).then(|| anything(dice));
    let permissions = if what.is_none() {
        dice.names::<PermissionId>(&["doc:read", "doc:write", "doc:admin"]).into_iter().collect()
    } else {
        BTreeSet::new()
    };
    Deny {
        description: None,
        hours: if dice.chance(20) { open_hours(dice) } else { Vec::new() },
        on: dice.pick(&[None, Some(DenyOn::Use), Some(DenyOn::Request), None]).unwrap_or_default(),
        permissions,
        valid: valid(dice),
        what,
        when: names(dice, 45),
        scopes: places(dice),
        who,
    }
}

fn standing_rule(dice: &mut Dice<'_>) -> StandingRule {
    StandingRule {
        description: None,
        valid: valid(dice),
        what: anything(dice),
        when: names(dice, 40),
        scopes: places(dice),
        who: anyone(dice),
    }
}

/// What the host says; now and then of another type than declared.
pub(super) fn context(dice: &mut Dice<'_>) -> BTreeMap<AttributeId, Value> {
    let mut said = BTreeMap::new();
    if !dice.has_language() {
        return said;
    }
    let truth = |dice: &mut Dice<'_>| Value::Bool(!dice.chance(30));
    if dice.chance(55) {
        said.insert(id("mfa"), if dice.chance(6) { Value::Int(1) } else { truth(dice) });
    }
    if dice.chance(55) {
        let risk = i64::try_from(dice.below(5)).unwrap_or_default();
        said.insert(id("risk"), if dice.chance(6) { "low".into() } else { Value::Int(risk) });
    }
    if dice.chance(55) {
        said.insert(id("site"), dice.pick(&["hq", "lab", "home"]).unwrap_or("hq").into());
    }
    for name in ["claim", "word"] {
        if dice.chance(40) {
            said.insert(id(name), truth(dice));
        }
    }
    if dice.chance(40) {
        let calls = dice.pick(&[vec![2, 3], vec![], vec![0]]).unwrap_or_default();
        said.insert(id("calls"), Value::List(calls.into_iter().map(Scalar::Int).collect()));
    }
    said
}

/// What a requester fills in, rightly or wrongly.
pub(super) fn inputs(dice: &mut Dice<'_>) -> BTreeMap<AttributeId, Value> {
    let mut inputs = BTreeMap::new();
    if !dice.has_language() {
        return inputs;
    }
    if dice.chance(60) {
        let amount = i64::try_from(dice.below(12)).unwrap_or_default();
        inputs.insert(id("amount"), if dice.chance(10) { "much".into() } else { Value::Int(amount) });
    }
    if dice.chance(40) {
        inputs.insert(id("region"), dice.pick(&["eu", "us", "moon"]).unwrap_or("eu").into());
    }
    inputs
}

/// Sometimes a resource of an open type.
pub(super) fn target(dice: &mut Dice<'_>, resource: ResourceId) -> Target {
    if !dice.has_language() || !dice.chance(20) {
        return resource.into();
    }
    let tier = (id::<AttributeId>("tier"), Value::from("gold"));
    let attributes: Attributes = dice.chance(50).then_some(tier).into_iter().collect();
    let name = dice.pick(&["t-1", "t-1", "t-1", "root/a"]).unwrap_or("t-1");
    let kind = if dice.chance(10) { "folder" } else { "ticket" };
    let parent = dice.chance(75).then_some(resource);
    Target::Open(OpenResource { attributes, id: id(name), parent, r#type: kind.into() })
}

/// Sometimes the rule that a requester names.
pub(super) fn rule(dice: &mut Dice<'_>) -> Option<tenure::id::RuleId> {
    (dice.has_language() && dice.chance(25)).then(|| dice.name(&["r1", "r2", "r3", "r4"]))
}
