//! Random documents that a reader of policies accepts: no cycle, no dangling name, no rule without an end.

use alloc::collections::{BTreeMap, BTreeSet};

use tenure::id::{AttributeId, EntitlementId, IdentityId, ResourceId};
use tenure::model::{
    Application, Attributes, BusinessEvent, ConditionNames, Entitlement, EntitlementKind, Holder, Identity,
    IdentityKind, Implied, Membership, OnLoss, Resource, Scalar, Standing, Value,
};
use tenure::policy::{
    AlreadyHeld, Anchor, BoundKind, Duration, Eligibility, EntitlementSelector, EventRule, Exceed, Extension,
    IdentitySelector, OnExceed, PolicyDocument, Prerequisites, Renewal, Requirements, SessionRule,
};
use tenure::time::{LocalTime, Recurrence, Span, Timestamp, Weekday, Weekdays, Window, Zone};

use super::dice::{Dice, ENTITLEMENTS, GROUPS, IDENTITIES, PERMISSIONS, RESOURCES, id};
use super::{hours, language, slot};

/// A document; each part takes a row of its own.
pub(super) fn document<'a>(next: &mut impl FnMut() -> Dice<'a>) -> PolicyDocument {
    let (mut people, mut rights, mut places) = (next(), next(), next());
    let mut document = PolicyDocument { tenure: 1, ..PolicyDocument::default() };
    for name in ["crm", "erp"] {
        document.applications.insert(id(name), Application::default());
    }
    resources(&mut places, &mut document);
    identities(&mut people, &mut document);
    entitlements(&mut rights, &mut document);
    held(&mut next(), &mut document);
    events(&mut next(), &mut document);
    for name in ["r1", "r2", "r3", "r4"] {
        let mut dice = next();
        if name == "r1" || dice.chance(60) {
            document.eligibility.insert(id(name), rule(&mut dice, name == "r1"));
        }
    }
    document
}

fn resources(dice: &mut Dice<'_>, document: &mut PolicyDocument) {
    for (n, name) in (0_usize..).zip(RESOURCES) {
        if n >= 4 && dice.chance(40) {
            continue;
        }
        // A name like `root/a` starts out below `root`, if it has a parent at all.
        let parent = name.rsplit_once('/').map(|(parent, _)| parent);
        let parent = parent.filter(|parent| document.resources.contains_key(*parent));
        let parent: Option<ResourceId> = parent.map(id).filter(|_| !dice.chance(10));
        let resource = Resource {
            parent_while: ConditionNames::default(),
            application: None,
            attributes: Attributes::new(),
            name: None,
            owner: None,
            parent,
            sensitivity: None,
            r#type: "folder".into(),
        };
        document.resources.insert(id(name), resource);
    }
}

fn identities(dice: &mut Dice<'_>, document: &mut PolicyDocument) {
    let kinds = [
        IdentityKind::Human,
        IdentityKind::Human,
        IdentityKind::ServiceAccount,
        IdentityKind::Agent,
        IdentityKind::Human,
    ];
    for (name, kind) in IDENTITIES.into_iter().zip(kinds) {
        if name == "bot" && dice.chance(30) {
            continue;
        }
        let (mut starts, mut ends) = (None, None);
        if dice.chance(15) {
            let (start, end) = dice.window();
            (starts, ends) = (Some(start).filter(|_| dice.chance(30)), Some(end));
        }
        let owner: Option<IdentityId> = match kind {
            IdentityKind::Human => None,
            _ if dice.chance(10) => None,
            _ => Some(dice.name(&["ann", "ben"])),
        };
        let attributes = person(dice);
        let identity = Identity { attributes, ends, kind, manager: None, name: None, owner, starts };
        document.identities.insert(id(name), identity);
    }
}

/// Department, level and tags of somebody.
pub(super) fn person(dice: &mut Dice<'_>) -> Attributes {
    let mut attributes = Attributes::new();
    attributes.insert(id("dept"), dice.pick(&["fin", "dev"]).unwrap_or("fin").into());
    if dice.chance(40) {
        let tags = dice.names::<AttributeId>(&["red", "blue"]);
        let tags = tags.iter().map(|tag| Scalar::Text(tag.to_string())).collect();
        attributes.insert(id("tags"), Value::List(tags));
    }
    if dice.chance(20) {
        attributes.insert(id("level"), Value::Int(1));
    }
    attributes
}

fn entitlements(dice: &mut Dice<'_>, document: &mut PolicyDocument) {
    for (n, name) in (0_usize..).zip(ENTITLEMENTS) {
        if n >= 5 && dice.chance(20) {
            continue;
        }
        let kind = match name {
            "ops" | "team" => EntitlementKind::Group,
            "read" | "write" => EntitlementKind::Right,
            _ => EntitlementKind::Role,
        };
        let earlier: Vec<&str> = ENTITLEMENTS
            .into_iter()
            .take(n)
            .filter(|earlier| document.entitlements.contains_key(*earlier))
            .collect();
        let implies = if earlier.is_empty() { Vec::new() } else { edges(dice, &earlier) };
        let permissions = match PERMISSIONS.get(n) {
            Some(permission) => vec![id(permission)],
            None if dice.chance(20) => vec![dice.name(&PERMISSIONS)],
            None => Vec::new(),
        };
        let application = if n < 3 { Some(id(dice.pick(&["crm", "erp"]).unwrap_or("crm"))) } else { None };
        let tier = dice.pick(&["gold", "lead"]).filter(|_| dice.chance(40));
        let attributes = tier.map(|tier| (id("tier"), Value::from(tier))).into_iter().collect();
        let entitlement = Entitlement {
            application,
            attributes,
            implies,
            kind,
            name: None,
            owner: None,
            permissions,
            sensitivity: None,
        };
        document.entitlements.insert(id(name), entitlement);
    }
}

/// Edges to one or two of the names, some for a time or in a scope only.
pub(super) fn edges(dice: &mut Dice<'_>, to: &[&str]) -> Vec<Implied> {
    let mut edges = Vec::new();
    for _ in 0..=dice.below(2) {
        let mut edge = Implied::always(dice.name::<EntitlementId>(to));
        if dice.chance(25) {
            (edge.from, edge.until) = dice.window();
        }
        if dice.chance(25) {
            edge.scope = Some(dice.name::<ResourceId>(RESOURCES.get(..4).unwrap_or_default()));
        }
        edge.conditions = language::names(dice, 12);
        edges.push(edge);
    }
    edges
}

fn held(dice: &mut Dice<'_>, document: &mut PolicyDocument) {
    let declared = |names: &[&'static str], has: &dyn Fn(&str) -> bool| -> Vec<&'static str> {
        names.iter().copied().filter(|name| has(name)).collect()
    };
    let entitlements = declared(&ENTITLEMENTS, &|name| document.entitlements.contains_key(name));
    let people = declared(&IDENTITIES, &|name| document.identities.contains_key(name));
    for n in 0..dice.below(3) {
        let group = dice.chance(50);
        let holder = if group {
            Holder::Group(dice.name(&["team", "ops"]))
        } else {
            Holder::Identity(dice.name(&people))
        };
        // What a group holds stands before all groups in the order of the universe, so nothing turns in a ring.
        let below: &[&str] = if group { &["read", "write", "admin"] } else { &entitlements };
        let (from, until) = limits(dice);
        let entitlement = dice.name(below);
        let scope = if dice.chance(40) { Some(dice.name(&["root", "root/a", "root/b"])) } else { None };
        document.standing.insert(
            id(&format!("s{n}")),
            Standing { conditions: Default::default(), entitlement, from, holder, scope, until },
        );
    }
    for n in 0..dice.below(4) {
        let (from, until) = limits(dice);
        let (group, member) = (dice.name(&GROUPS), dice.name(&people));
        let scope = if dice.chance(15) { Some(dice.name(&["root", "root/a"])) } else { None };
        document.memberships.insert(
            id(&format!("m{n}")),
            Membership { conditions: Default::default(), from, group, member, scope, until },
        );
    }
}

/// Always, or for a time.
pub(super) fn limits(dice: &mut Dice<'_>) -> (Timestamp, Timestamp) {
    match dice.below(4) {
        0 | 1 => (Timestamp::MIN, Timestamp::MAX),
        2 => dice.window(),
        _ => (Timestamp::MIN, dice.slot()),
    }
}

fn events(dice: &mut Dice<'_>, document: &mut PolicyDocument) {
    if dice.chance(70) {
        document.events.insert(id("INC"), event(dice));
    }
}

/// A business event with an end, a cap, both or neither.
pub(super) fn event(dice: &mut Dice<'_>) -> BusinessEvent {
    let start = slot(dice.below(12));
    let participants = if dice.chance(15) { Some(dice.names(&["ann", "ben", "svc", "cat"])) } else { None };
    let ceiling = if dice.chance(15) { Some(dice.names(&["read", "write", "admin", "ops"])) } else { None };
    BusinessEvent {
        ceiling,
        feed: if dice.chance(50) { Some(id("pager")) } else { None },
        hard_cap: if dice.chance(50) { Some(dice.span().saturating_add(hours(12))) } else { None },
        kind: dice.pick(&["incident", "project"]).unwrap_or("incident").into(),
        name: None,
        participants,
        planned_end: if dice.chance(60) { Some(start.plus(dice.span()).plus(hours(8))) } else { None },
        start,
    }
}

fn rule(dice: &mut Dice<'_>, plain: bool) -> Eligibility {
    // The first rule mostly speaks of nearly everybody and everything, so that there is much to grant.
    let who = if plain && !dice.chance(20) {
        let kinds = [IdentityKind::Human, IdentityKind::Agent, IdentityKind::ServiceAccount];
        IdentitySelector { kinds: Some(BTreeSet::from(kinds)), ..none() }
    } else {
        who(dice)
    };
    let what = if plain && !dice.chance(10) {
        EntitlementSelector {
            kinds: Some(BTreeSet::from([
                EntitlementKind::Right,
                EntitlementKind::Role,
                EntitlementKind::Group,
            ])),
            ..EntitlementSelector::default()
        }
    } else {
        what(dice)
    };
    let scopes = match dice.below(20) {
        0..=12 => None,
        13 => Some(Vec::new()),
        14..=18 if plain => None,
        _ => Some(dice.names::<ResourceId>(&["root", "root/a", "root/b"])),
    };
    let valid = match dice.below(10) {
        7 | 8 => (slot(dice.below(12)), slot(dice.below(56).saturating_add(16))),
        9 if !plain => dice.window(),
        _ => (Timestamp::MIN, Timestamp::MAX),
    };
    let event = dice.chance(30).then(|| event_rule(dice));
    let duration = (event.is_none() || dice.chance(60)).then(|| duration(dice));
    Eligibility {
        already_held: dice
            .pick(&[AlreadyHeld::Stack, AlreadyHeld::Stack, AlreadyHeld::Extend, AlreadyHeld::Reject])
            .unwrap_or_default(),
        approvals: Vec::new(),
        conditions: ConditionNames::default(),
        inputs: BTreeMap::new(),
        priority: None,
        requires: Prerequisites::default(),
        when: ConditionNames::default(),
        anchor: dice.pick(&[Anchor::Request, Anchor::Request, Anchor::Window]).unwrap_or_default(),
        description: None,
        duration,
        event,
        extension: dice.chance(60).then(|| extension(dice)),
        hours: if dice.chance(14) { open_hours(dice) } else { Vec::new() },
        on_exceed: on_exceed(dice),
        on_loss: match dice.below(4) {
            0 | 1 => OnLoss::Revoke,
            2 => OnLoss::Grace(hours(dice.below(3).saturating_add(1))),
            _ => OnLoss::RunOut,
        },
        renewal: dice.chance(40).then(|| renewal(dice)),
        require: Requirements { reason: dice.chance(12), ticket: dice.chance(8) },
        session: if dice.chance(6) { SessionRule::Bound } else { SessionRule::Report },
        session_max: dice.chance(15).then(|| dice.span()),
        valid: Window::new(valid.0, valid.1).unwrap_or(Window::ALWAYS),
        what,
        scopes,
        who,
    }
}

fn none() -> IdentitySelector {
    IdentitySelector::default()
}

pub(super) fn who(dice: &mut Dice<'_>) -> IdentitySelector {
    let word = |name: &str, values: &[Value]| -> BTreeMap<AttributeId, BTreeSet<Value>> {
        BTreeMap::from([(id(name), values.iter().cloned().collect())])
    };
    match dice.below(12) {
        0 | 1 => IdentitySelector { attributes: word("dept", &["fin".into()]), ..none() },
        2 => IdentitySelector { attributes: word("dept", &["fin".into(), "dev".into()]), ..none() },
        3 => IdentitySelector { attributes: word("tags", &["red".into()]), ..none() },
        4 => IdentitySelector { attributes: word("level", &[Value::Int(1)]), ..none() },
        5 | 6 => {
            let groups = dice.names::<EntitlementId>(&GROUPS).into_iter().collect();
            IdentitySelector { groups: Some(groups), ..none() }
        }
        7 | 8 => {
            let ids = dice.names::<IdentityId>(&["ann", "ben", "svc", "cat"]).into_iter().collect();
            IdentitySelector { ids: Some(ids), ..none() }
        }
        9 => IdentitySelector {
            kinds: Some(BTreeSet::from([IdentityKind::Human])),
            attributes: word("dept", &["dev".into()]),
            ..none()
        },
        10 => IdentitySelector {
            kinds: Some(BTreeSet::from([IdentityKind::ServiceAccount, IdentityKind::Agent])),
            ..none()
        },
        _ => none(),
    }
}

pub(super) fn what(dice: &mut Dice<'_>) -> EntitlementSelector {
    let none = EntitlementSelector::default;
    match dice.below(10) {
        0..=3 => {
            let ids = dice.names::<EntitlementId>(&["read", "write", "admin", "ops", "team"]);
            EntitlementSelector { ids: Some(ids.into_iter().collect()), ..none() }
        }
        4 | 5 => EntitlementSelector { kinds: Some(BTreeSet::from([EntitlementKind::Right])), ..none() },
        6 => EntitlementSelector { applications: Some(BTreeSet::from([id("crm")])), ..none() },
        7 | 8 => {
            let tier = BTreeMap::from([(id("tier"), BTreeSet::from([Value::from("gold")]))]);
            EntitlementSelector { attributes: tier, ..none() }
        }
        _ => none(),
    }
}

fn duration(dice: &mut Dice<'_>) -> Duration {
    let max = dice.long_span();
    match dice.below(5) {
        0 | 1 => Duration { default: None, max, min: Span::ZERO },
        2 => Duration { default: Some(hours(1)), max, min: Span::ZERO },
        3 => Duration { default: None, max, min: hours(1) },
        _ => Duration { default: None, max, min: max },
    }
}

fn event_rule(dice: &mut Dice<'_>) -> EventRule {
    EventRule {
        follow: dice.chance(40),
        grace: if dice.chance(40) { hours(dice.below(3)) } else { Span::ZERO },
        kinds: if dice.chance(45) { Some(vec!["incident".into()]) } else { None },
        max_staleness: dice.chance(25).then(|| dice.span()),
        self_opened: dice.chance(40),
    }
}

fn extension(dice: &mut Dice<'_>) -> Extension {
    Extension {
        allow_shorten: dice.chance(25),
        max_count: if dice.chance(40) { dice.pick(&[1, 1, 2]) } else { None },
        max_total: dice.long_span().saturating_add(hours(12)),
    }
}

fn renewal(dice: &mut Dice<'_>) -> Renewal {
    let count = u32::try_from(dice.below(3)).unwrap_or_default();
    let total = dice.long_span().saturating_add(hours(4));
    let (max_count, max_total) = match dice.below(3) {
        0 => (Some(count), None),
        1 => (None, Some(total)),
        _ => (Some(count), Some(total)),
    };
    Renewal { max_count, max_total, reset_after: hours(dice.below(4).saturating_mul(3)) }
}

pub(super) fn open_hours(dice: &mut Dice<'_>) -> Vec<Recurrence> {
    let days = match dice.below(3) {
        0 => Weekdays::ALL,
        1 => Weekdays::new([Weekday::Mon, Weekday::Wed]).unwrap_or_default(),
        _ => Weekdays::new([Weekday::Tue]).unwrap_or_default(),
    };
    let zone = if dice.chance(40) { "Europe/Berlin".parse().unwrap_or(Zone::UTC) } else { Zone::UTC };
    let spans: [(u8, u8); 4] = [(8, 18), (22, 6), (0, 24), (12, 13)];
    let (from, to) = dice.pick(&spans).unwrap_or((8, 18));
    let time = |hour| LocalTime::new(hour, 0).unwrap_or(LocalTime::START);
    let mut open: Vec<Recurrence> = Recurrence::new(days, time(from), time(to), zone).into_iter().collect();
    if dice.chance(30) {
        open.extend(Recurrence::new(Weekdays::ALL, time(18), time(20), zone));
    }
    open
}

fn on_exceed(dice: &mut Dice<'_>) -> OnExceed {
    match dice.below(5) {
        0..=2 => OnExceed::All(Exceed::Clip),
        3 => OnExceed::All(Exceed::Reject),
        _ => OnExceed::PerBound(BTreeMap::from([
            (dice.pick(&BOUNDS).unwrap_or(BoundKind::Maximum), Exceed::Reject),
            (BoundKind::Event, Exceed::Clip),
        ])),
    }
}

const BOUNDS: [BoundKind; 9] = [
    BoundKind::Maximum,
    BoundKind::Eligibility,
    BoundKind::Hours,
    BoundKind::EventCap,
    BoundKind::Identity,
    BoundKind::Owner,
    BoundKind::Session,
    BoundKind::Extension,
    BoundKind::Renewal,
];
