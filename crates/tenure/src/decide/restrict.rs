//! What restricts a grant, whatever lets it be given: prerequisites, denials, guardrails and capacities. Each is a
//! set of instants that the window has to stay clear of.

use alloc::collections::BTreeSet;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::case::Case;
use super::inputs::{Stated, blank};
use super::matched::Matched;
use super::trace::Moment;
use super::window::{Ask, Limit};
use super::{Code, Obligation, ObligationKind, Reason};
use crate::compile::{
    Circle, CompiledCapacity, CompiledDenial, CompiledGuardrail, Judged, Places, Truth, World, beyond,
    first_outside, held_when,
};
use crate::log::{Key, KeyKind};
use crate::model::Value;
use crate::policy::BoundKind;
use crate::state::State;
use crate::store::NONE;
use crate::time::{IntervalSet, Reading, Timestamp, Window};

/// A guardrail that may apply at some instant from the start on.
pub(super) struct Guard<'a> {
    guardrail: &'a CompiledGuardrail,
    /// The instants at which it does.
    when: IntervalSet,
    /// Whether it does at the start.
    now: bool,
    judged: Judged,
}

/// The guardrails around what is asked.
pub(super) fn guards<'a>(case: &mut Case<'a>, ask: &Ask<'_>) -> Vec<Guard<'a>> {
    let world = case.world();
    let mut guards = Vec::new();
    let guardrails = &case.engine.rules().restrictions.guardrails;
    if guardrails.is_empty() {
        return guards;
    }
    // A role is guarded as what lies inside of it is.
    let inside = beyond(world.state, world.conditions, ask.entitlement);
    case.read_beyond(alloc::vec![ask.entitlement]);
    for guardrail in guardrails {
        let matched = inside.iter().filter_map(|(entitlement, when)| {
            guardrail.what.when(world.state, *entitlement).map(|matched| matched.intersect(when))
        });
        let what = matched.fold(IntervalSet::empty(), |all, when| all.union(&when));
        if what.is_empty() {
            continue;
        }
        read_circle(case, ask, &guardrail.circle);
        let when = concerns(&guardrail.circle, world, ask).intersect(&what);
        let now = case.trace.is_in(ask.start, &when);
        if when.is_empty() {
            continue;
        }
        let judged = case.judge(&guardrail.rule.when, ask);
        if judged.truth != Truth::False {
            guards.push(Guard { guardrail, when, now, judged });
        }
    }
    guards
}

/// The instants at which a rule that restricts concerns what is asked, its conditions apart.
fn concerns(circle: &Circle, world: World<'_>, ask: &Ask<'_>) -> IntervalSet {
    circle.when(world, ask.who, |places| places.meet_when(world, ask.scope), ask.start.at)
}

fn read_circle(case: &mut Case<'_>, ask: &Ask<'_>, circle: &Circle) {
    if circle.who.has_groups() {
        case.read_groups(ask.who);
    }
    if ask.scope == NONE {
        return;
    }
    // What was asked for may come to contain a place that the rule speaks of.
    let world = case.world();
    for place in circle.places.list().into_iter().flatten() {
        for above in world.tree.ancestry(*place) {
            case.read_name(KeyKind::Resource, world.state.resource_names.name(above));
        }
    }
}

impl Guard<'_> {
    /// Whether it asks for a reason.
    pub(super) fn asks_reason(&self) -> bool {
        self.now && self.guardrail.rule.require.reason
    }

    /// Whether it asks for a reason, now or later.
    pub(super) fn ever_asks_reason(&self) -> bool {
        self.guardrail.rule.require.reason
    }

    /// Whether it asks for a ticket, now or later.
    pub(super) fn ever_asks_ticket(&self) -> bool {
        self.guardrail.rule.require.ticket
    }

    /// Whether it asks for a ticket.
    pub(super) fn asks_ticket(&self) -> bool {
        self.now && self.guardrail.rule.require.ticket
    }
}

/// The limits of all that restricts, with the reasons of what does at once; `from` is the start of the grant that
/// is made longer, if one is.
pub(super) fn limits(
    case: &mut Case<'_>,
    ask: &Ask<'_>,
    matched: &Matched<'_>,
    guards: &[Guard<'_>],
    stated: &Stated<'_>,
    from: Option<Timestamp>,
) -> Vec<Limit> {
    let restrictions = &case.engine.rules().restrictions;
    let counted = case.engine.rules().capacities.iter().any(|capacity| capacity.rule.max.is_some());
    if counted || restrictions.denials.iter().any(CompiledDenial::on_request) {
        // They speak of what lies inside of what is asked, and there may come to be more of it.
        case.read_beyond(alloc::vec![ask.entitlement]);
    }
    let mut limits = prerequisites(case, ask, matched);
    limits.extend(denials(case, ask));
    limits.extend(guardrails(case, ask, guards, stated, from));
    limits.extend(capacities(case, ask));
    limits
}

/// What the guardrails ask for and what they forbid; the longest they allow.
fn guardrails(
    case: &mut Case<'_>,
    ask: &Ask<'_>,
    guards: &[Guard<'_>],
    stated: &Stated<'_>,
    from: Option<Timestamp>,
) -> Vec<Limit> {
    let start = ask.start;
    let mut limits = Vec::new();
    let mut required = Judged::default();
    for guard in guards {
        if guard.judged.open {
            // Once all is said it may not apply.
            case.tell(guard.judged.unsaid(), ask.item);
            continue;
        }
        let source = guard.guardrail.id.shared();
        let rule = &guard.guardrail.rule;
        let judged = case.judge(&rule.require.conditions, ask);
        if judged.open && judged.truth == Truth::Missing {
            case.tell(judged.unsaid(), ask.item);
        }
        if !guard.now {
            // What it will ask for and has not, it will not be given while the grant runs.
            let unsaid = (rule.require.reason && blank(stated.reason))
                || (rule.require.ticket && blank(stated.ticket));
            let met = judged.truth == Truth::True || (judged.open && judged.truth == Truth::Missing);
            let lacks = !met || !rule.approvals.is_empty() || (unsaid && case.met.is_none());
            if rule.forbid || lacks {
                let end = Moment::fixed(first_outside(&guard.when.complement(), start.at));
                limits.push(Limit::new(BoundKind::Guardrail, end).from(source.clone()));
            }
        } else if judged.truth != Truth::True {
            required.add(&judged);
        }
        if rule.forbid && guard.now {
            let reason = Reason::error(Code::GuardrailForbidden).with("rule", &*source);
            case.reasons.push(reason.item(ask.item));
            case.tell(guard.judged.unknown(), ask.item);
        }
        if let Some(max) = rule.max {
            // From then on every instant at which it applies is one too many.
            let last = match from {
                Some(from) => Moment::fixed(from.plus(max)),
                None => start.plus(max),
            };
            let last = if case.trace.precedes(last, start) { start } else { last };
            let end = if case.trace.is_in(last, &guard.when) {
                last
            } else {
                Moment::fixed(first_outside(&guard.when.complement(), last.at))
            };
            limits.push(Limit::new(BoundKind::Guardrail, end).from(source));
        }
    }
    case.tell(required.reasons(), ask.item);
    limits
}

/// What is denied from the start, and from when on.
fn denials(case: &mut Case<'_>, ask: &Ask<'_>) -> Vec<Limit> {
    let world = case.world();
    let mut limits = Vec::new();
    let mut withheld = Vec::new();
    let mut unknown = Judged::default();
    for denial in case.engine.rules().restrictions.denials.iter().filter(|denial| denial.on_request()) {
        let asked = denial.what.as_ref().and_then(|what| what.when(world.state, ask.entitlement));
        let inside = if asked.is_some() { Inside::default() } else { Inside::of(denial, world, ask) };
        if asked.is_none() && inside.is_empty() {
            continue;
        }
        read_circle(case, ask, &denial.circle);
        let met = concerns(&denial.circle, world, ask);
        if met.is_empty() {
            continue;
        }
        let judged = case.judge(&denial.rule.when, ask);
        if judged.truth == Truth::False {
            continue;
        }
        if judged.open {
            // Once all is said it may not apply.
            case.tell(judged.unsaid(), ask.item);
            continue;
        }
        // What is denied in a part only of what is asked is withheld there, and the rest may be had; unless it is not
        // denied in use, for then nothing would withhold it.
        let on_use = denial.on_use();
        let whole = if on_use { covers(&denial.circle, world, ask) } else { met.clone() };
        match &asked {
            Some(asked) => {
                let when = whole.intersect(asked);
                if case.trace.is_in(ask.start, &when) {
                    unknown.add(&judged);
                    refuse(case, ask, denial);
                    continue;
                }
                let end = Moment::fixed(first_outside(&when.complement(), ask.start.at));
                limits.push(Limit::new(BoundKind::Deny, end).from(denial.id.shared()));
                if case.trace.is_in(ask.start, &met.intersect(asked)) {
                    let itself = Inside { entitlements: alloc::vec![ask.entitlement], ..Inside::default() };
                    withheld.push((denial, judged, itself, false));
                }
            }
            None if case.trace.is_in(ask.start, &met) => {
                let whole = case.trace.is_in(ask.start, &whole);
                withheld.push((denial, judged, inside, whole));
            }
            None => {}
        }
    }
    let denied = withheld.iter().filter(|(.., whole)| *whole);
    let denied: BTreeSet<u32> = denied.flat_map(|(_, _, inside, _)| &inside.permissions).copied().collect();
    let all = !denied.is_empty() && denied.len() == world.hierarchy.gives(ask.entitlement);
    for (denial, judged, inside, whole) in withheld {
        if !denial.on_use() || (all && whole && !inside.permissions.is_empty()) {
            unknown.add(&judged);
            refuse(case, ask, denial);
        } else {
            let reason = Reason::warning(Code::DenyWithheld)
                .with("entitlement", name(case.state().entitlement_names.name(ask.entitlement)))
                .with("rule", denial.id.as_str())
                .with("withheld", inside.names(case.state()));
            case.reasons.push(reason.item(ask.item));
        }
    }
    case.tell(unknown.unknown(), ask.item);
    limits
}

/// The instants at which a rule that restricts concerns all of what is asked, its conditions apart.
fn covers(circle: &Circle, world: World<'_>, ask: &Ask<'_>) -> IntervalSet {
    let above = |places: &Places| {
        let life = world.tree.life(ask.scope);
        if ask.scope == NONE { IntervalSet::empty() } else { places.lie_above(world, ask.scope, life) }
    };
    circle.when(world, ask.who, above, ask.start.at)
}

fn refuse(case: &mut Case<'_>, ask: &Ask<'_>, denial: &CompiledDenial) {
    let reason = Reason::error(Code::PolicyExplicitDeny).with("rule", denial.id.as_str());
    case.reasons.push(reason.item(ask.item));
}

fn name(name: Option<&Arc<str>>) -> String {
    name.map_or_else(String::new, |name| name.to_string())
}

/// What a denial speaks of inside an entitlement that was asked for.
#[derive(Default)]
struct Inside {
    permissions: Vec<u32>,
    entitlements: Vec<u32>,
}

impl Inside {
    fn of(denial: &CompiledDenial, world: World<'_>, ask: &Ask<'_>) -> Self {
        let given = |p: &u32| world.hierarchy.givers(*p).by(ask.entitlement).is_some();
        let permissions = denial.permissions.iter().copied().filter(given).collect();
        let mut entitlements = Vec::new();
        if let Some(what) = &denial.what {
            let targets =
                |e: u32| world.state.entitlements.at(e).map_or(&[][..], |row| row.targets.as_slice());
            let mut seen = BTreeSet::new();
            let mut open = Vec::from(targets(ask.entitlement));
            while let Some(entitlement) = open.pop() {
                if seen.insert(entitlement) {
                    open.extend_from_slice(targets(entitlement));
                }
            }
            entitlements.extend(seen.into_iter().filter(|e| what.when(world.state, *e).is_some()));
        }
        Self { permissions, entitlements }
    }

    fn is_empty(&self) -> bool {
        self.permissions.is_empty() && self.entitlements.is_empty()
    }

    fn names(&self, state: &State) -> Value {
        let permissions = self.permissions.iter().map(|p| name(state.permission_names.name(*p)));
        let entitlements = self.entitlements.iter().map(|e| name(state.entitlement_names.name(*e)));
        let names: BTreeSet<String> = permissions.chain(entitlements).collect();
        names.into_iter().collect()
    }
}

/// What the rules ask to be held, or to be so, through the whole window.
fn prerequisites(case: &mut Case<'_>, ask: &Ask<'_>, matched: &Matched<'_>) -> Vec<Limit> {
    let world = case.world();
    let mut limits = Vec::new();
    let (mut attributes, mut entitlements) = (BTreeSet::new(), BTreeSet::new());
    for (rule, _) in matched {
        let Some(when) = rule.required_when(world, ask.who) else { continue };
        case.read_groups(ask.who);
        if case.trace.is_in(ask.start, &when) {
            let end = Moment::fixed(first_outside(&when, ask.start.at));
            limits.push(Limit::new(BoundKind::Prerequisite, end).from(rule.id.shared()));
            continue;
        }
        let requires = &rule.rule.requires;
        for id in &requires.entitlements {
            let known = case.state().entitlement_names.find(id.as_str());
            let held = known.map_or_else(IntervalSet::empty, |e| held_when(world, ask.who, e));
            if !case.trace.is_in(ask.start, &held) {
                entitlements.insert(id.to_string());
            }
        }
        for attribute in requires.attributes.keys() {
            if !case.trace.is_in(ask.start, &rule.attribute_when(world, ask.who, attribute)) {
                attributes.insert(attribute.to_string());
            }
        }
    }
    if !attributes.is_empty() || !entitlements.is_empty() {
        let mut reason = Reason::error(Code::PrerequisiteMissing);
        if !attributes.is_empty() {
            reason = reason.with("attributes", attributes.into_iter().collect::<Value>());
        }
        if !entitlements.is_empty() {
            reason = reason.with("entitlements", entitlements.into_iter().collect::<Value>());
        }
        case.reasons.push(reason.item(ask.item));
    }
    limits
}

/// How long there is room among those who hold it.
fn capacities(case: &mut Case<'_>, ask: &Ask<'_>) -> Vec<Limit> {
    let world = case.world();
    let engine = case.engine;
    let mut limits = Vec::new();
    for (number, capacity) in engine.rules().capacities.iter().enumerate() {
        let Some(max) = capacity.rule.max else { continue };
        let counts = capacity.counts_when(world, ask.entitlement);
        if counts.is_empty() {
            continue;
        }
        read_holders(case, ask, (number, capacity));
        let others = engine.holders(number).filter(|who| *who != ask.who);
        let census = capacity.census(world, others.map(|who| engine.rows().get(who)));
        let ends = census.iter().skip(1).map(|(t, _)| *t).chain([Timestamp::MAX]);
        let full = census.iter().zip(ends).filter(|((_, held), _)| *held >= max);
        let full = full.filter_map(|((from, _), until)| Window::new(*from, until));
        let closed = IntervalSet::from_windows(full).intersect(&counts);
        if case.trace.is_in(ask.start, &closed) {
            let reason = Reason::error(Code::CapacityFull)
                .with("max", i64::from(max))
                .with("rule", capacity.id.as_str());
            case.reasons.push(reason.item(ask.item));
        } else {
            let end = Moment::fixed(first_outside(&closed.complement(), ask.start.at));
            limits.push(Limit::new(BoundKind::Capacity, end).from(capacity.id.shared()));
        }
    }
    limits
}

/// Who holds it was looked at: everything by which somebody comes to hold it, what it may yet come to count, and
/// what those who hold it rest on.
fn read_holders(case: &mut Case<'_>, ask: &Ask<'_>, (number, capacity): (usize, &CompiledCapacity)) {
    let world = case.world();
    match &capacity.rule.what.ids {
        Some(ids) => ids.iter().for_each(|id| case.read(KeyKind::Entitlement, id.shared())),
        None => case.footprint.push(Key::catalogue()),
    }
    let leading = |counted: &u32| world.hierarchy.leading_to(*counted, Reading::Wide);
    let leads: BTreeSet<u32> = capacity.counted.iter().flat_map(leading).collect();
    for entitlement in &leads {
        case.read_name(KeyKind::Entitlement, world.state.entitlement_names.name(*entitlement));
        case.read_name(KeyKind::Group, world.state.entitlement_names.name(*entitlement));
    }
    for who in case.engine.holders(number).filter(|who| *who != ask.who) {
        case.read_holder(who, &leads);
    }
}

/// What has to be agreed to before the grant.
pub(super) fn approvals(matched: &Matched<'_>, guards: &[Guard<'_>], item: u32) -> Vec<Obligation> {
    let rules = matched.iter().map(|(rule, _)| (&rule.id, &rule.rule.approvals));
    let guards = guards.iter().filter(|guard| guard.now);
    let guards = guards.map(|guard| (&guard.guardrail.id, &guard.guardrail.rule.approvals));
    rules
        .chain(guards)
        .flat_map(|(source, stages)| {
            stages.iter().map(move |stage| Obligation {
                item,
                kind: ObligationKind::Approval,
                source: source.clone(),
                stage: stage.clone(),
            })
        })
        .collect()
}
