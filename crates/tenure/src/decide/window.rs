//! The window of a grant is the part around its start of the intersection of all that limits it. Every limit
//! is reported; the least one is the end.

use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::case::Case;
use super::trace::Moment;
use super::{Bound, Code, Reason};
use crate::check::text;
use crate::compile::{CompiledRule, Life, first_outside, planned_set, uncapped_set, unclosed_set};
use crate::id::{AttributeId, IdentityId};
use crate::model::{IdentityKind, Value};
use crate::policy::{BoundKind, Exceed, SessionRule};
use crate::state::{EventRow, IdentityRow};
use crate::store::NONE;
use crate::time::{IntervalSet, Reading, Span, Timestamp, Window};

/// What is asked for, one item of it.
pub(super) struct Ask<'a> {
    pub(super) item: u32,
    pub(super) beneficiary: &'a IdentityId,
    pub(super) who: u32,
    pub(super) life: &'a Life,
    pub(super) entitlement: u32,
    pub(super) scope: u32,
    pub(super) event: Option<(u32, &'a EventRow)>,
    pub(super) owner: Option<&'a Owner>,
    pub(super) start: Moment,
    pub(super) session_ends: Option<Timestamp>,
    pub(super) said: Said<'a>,
}

/// What is said with a command, for conditions to read.
#[derive(Clone, Copy)]
pub(super) struct Said<'a> {
    pub(super) action: &'static str,
    pub(super) context: &'a BTreeMap<AttributeId, Value>,
    pub(super) inputs: &'a BTreeMap<AttributeId, Value>,
    /// Who asks.
    pub(super) requester: u32,
}

/// The accountable human of a beneficiary that is not human.
pub(super) struct Owner {
    pub(super) id: IdentityId,
    /// While it is the owner, human and alive.
    pub(super) when: IntervalSet,
}

/// A limit whose end may move with now.
#[derive(Debug, Clone)]
pub(super) struct Limit {
    pub(super) kind: BoundKind,
    pub(super) end: Moment,
    pub(super) source: Option<Arc<str>>,
}

impl Limit {
    pub(super) const fn new(kind: BoundKind, end: Moment) -> Self {
        Self { kind, end, source: None }
    }

    pub(super) fn from(mut self, source: Arc<str>) -> Self {
        self.source = Some(source);
        self
    }
}

/// How far before and after the start hours are looked at: the bound of a recurrence's horizon.
const HOURS_BEFORE: Span = Span::days(8);
const HOURS_AFTER: Span = Span::days(390);

/// A span as the value of a parameter.
pub(super) fn span(span: Span) -> Value {
    Value::Text(span.to_string())
}

/// `session.ends_at` of the context, if it is an instant.
pub(super) fn session_ends(context: &alloc::collections::BTreeMap<AttributeId, Value>) -> Option<Timestamp> {
    context.get("session.ends_at")?.as_text()?.parse().ok()
}

/// The limits that any grant of this has, whatever was asked: eligibility, hours, event, lives, session.
pub(super) fn standing_limits(
    case: &mut Case<'_>,
    ask: &Ask<'_>,
    matched: &[(&CompiledRule, IntervalSet)],
) -> Vec<Limit> {
    let start = ask.start.at;
    let mut limits = Vec::new();
    let eligible = matched.iter().fold(IntervalSet::always(), |all, (_, when)| all.intersect(when));
    let names = match matched {
        [(rule, _)] => rule.id.shared(),
        _ => {
            let names: Vec<&str> = matched.iter().map(|(rule, _)| rule.id.as_str()).collect();
            Arc::from(names.join(", "))
        }
    };
    case.trace.is_in(ask.start, &eligible);
    let end = Moment::fixed(first_outside(&eligible, start));
    limits.push(Limit::new(BoundKind::Eligibility, end).from(names));

    for (rule, _) in matched.iter().filter(|(rule, _)| !rule.rule.hours.is_empty()) {
        let horizon = Window::new(start.minus(HOURS_BEFORE), start.plus(HOURS_AFTER));
        let mut hours = IntervalSet::empty();
        for recurrence in &rule.rule.hours {
            if let Some(set) = horizon.and_then(|horizon| recurrence.within(horizon, Reading::Narrow).ok()) {
                hours = hours.union(&set);
            }
        }
        let inside = case.trace.is_in(ask.start, &hours);
        let end = if inside { Moment::fixed(first_outside(&hours, start)) } else { ask.start };
        if horizon.is_none_or(|horizon| end.at < horizon.end()) {
            limits.push(Limit::new(BoundKind::Hours, end).from(rule.id.shared()));
        }
    }

    if let Some((event, row)) = ask.event {
        let name = case.state().event_names.name(event).cloned();
        let planned = planned_set(row);
        case.trace.is_in(ask.start, &planned);
        let end = Moment::fixed(first_outside(&planned, start));
        limits.push(Limit { kind: BoundKind::Event, end, source: name.clone() });
        let grace =
            matched.iter().map(|(rule, _)| rule.rule.event.as_ref().map_or(Span::ZERO, |e| e.grace)).min();
        let uncapped = uncapped_set(row);
        let unclosed = unclosed_set(row);
        case.trace.is_in(ask.start, &uncapped);
        case.trace.is_in(ask.start, &unclosed);
        let cap = first_outside(&uncapped, start);
        let closing = first_outside(&unclosed, start);
        let closing = if closing.is_never() { closing } else { closing.plus(grace.unwrap_or(Span::ZERO)) };
        let end = Moment::fixed(cap.min(closing));
        limits.push(Limit { kind: BoundKind::EventCap, end, source: name });
    }

    let life = ask.life.same_as_at(case.at());
    case.trace.is_in(ask.start, &life);
    let mut fixed = |kind, end: Timestamp, source: Option<Arc<str>>| {
        limits.push(Limit { kind, end: Moment::fixed(end), source });
    };
    fixed(BoundKind::Identity, first_outside(&life, start), Some(ask.beneficiary.shared()));
    if let Some(owner) = ask.owner {
        case.trace.is_in(ask.start, &owner.when);
        fixed(BoundKind::Owner, first_outside(&owner.when, start), Some(owner.id.shared()));
    }
    let world = case.world();
    if let Some(life) = world.hierarchy.life(ask.entitlement) {
        let name = case.state().entitlement_names.name(ask.entitlement).cloned();
        fixed(BoundKind::Entitlement, life.end(), name);
    }
    if ask.scope != NONE
        && let Some(life) = world.tree.life(ask.scope)
    {
        let name = case.state().resource_names.name(ask.scope).cloned();
        fixed(BoundKind::Scope, life.end(), name);
    }
    if matched.iter().any(|(rule, _)| rule.rule.session == SessionRule::Bound)
        && let Some(end) = ask.session_ends
    {
        fixed(BoundKind::Session, end, None);
    }
    limits
}

/// The limits of back-to-back grants of the same thing, and the rules' complaints if there were too many.
pub(super) fn renewal_limits(
    case: &mut Case<'_>,
    ask: &Ask<'_>,
    matched: &[(&CompiledRule, IntervalSet)],
) -> (Vec<Limit>, Vec<Reason>) {
    let (mut limits, mut reasons) = (Vec::new(), Vec::new());
    for (rule, _) in matched {
        let Some(renewal) = rule.rule.renewal else { continue };
        let (count, first) = chain(case, ask, renewal.reset_after);
        if renewal.max_count.is_some_and(|max| count > max) {
            let reason = Reason::error(Code::RenewalLimitReached).with("count", i64::from(count));
            reasons.push(reason.item(ask.item));
        }
        if let Some(total) = renewal.max_total {
            limits.push(Limit::new(BoundKind::Renewal, first.plus(total)).from(rule.id.shared()));
        }
    }
    (limits, reasons)
}

/// The grants of the same thing that lead up to the start without a pause, and when the first began.
fn chain(case: &mut Case<'_>, ask: &Ask<'_>, reset_after: Span) -> (u32, Moment) {
    let mut open: Vec<(Timestamp, Timestamp)> = Vec::new();
    let mut grant = case.state().person(ask.who).last_grant;
    while let Some(row) = case.state().grants.at(grant) {
        if row.entitlement == ask.entitlement && row.scope == ask.scope {
            let death = case.death(grant, row);
            if row.start < death {
                open.push((row.start, death));
            }
        }
        grant = row.previous_of_holder;
    }
    let mut first = ask.start;
    let mut count = 0u32;
    // All that touch the beginning so far join at once; then the earliest of them is the beginning.
    loop {
        let before = open.len();
        let mut earliest = first;
        open.retain(|(start, death)| {
            let began = !case.trace.moment_is_before(first, *start);
            let recent = case.trace.moment_is_before(first, death.next().max(death.plus(reset_after)));
            if began && recent {
                count = count.saturating_add(1);
                earliest = Moment::fixed(earliest.at.min(*start));
            }
            !(began && recent)
        });
        if open.len() == before {
            break;
        }
        first = earliest;
    }
    (count, first)
}

/// The end that the limits leave, with the bounds written down; none if nothing is left.
pub(super) fn close(case: &mut Case<'_>, ask: &Ask<'_>, limits: &mut Vec<Limit>) -> Option<Moment> {
    limits.retain(|limit| !case.leaves_bound(limit.kind, ask.item));
    limits.retain(|limit| {
        let never = limit.end.at.is_never();
        // What lies beyond all time now did not always.
        never.then(|| case.trace.moment_is_before(limit.end, limit.end.at));
        !never
    });
    let limits = &*limits;
    let Some(least) = limits.iter().map(|limit| limit.end.at).min() else {
        // Nothing that was matched ends: how long it may be is for the request to say.
        let inputs: Value = core::iter::once(String::from("duration")).collect();
        case.reasons.push(Reason::error(Code::InputMissing).with("inputs", inputs).item(ask.item));
        return None;
    };
    // Which of them bind has to stay, and which is the least of each kind.
    for (n, a) in limits.iter().enumerate() {
        for b in limits.iter().skip(n.saturating_add(1)) {
            if a.end.at == least || b.end.at == least || a.kind == b.kind {
                case.trace.compare(a.end, b.end);
            }
        }
    }
    let fixed = limits.iter().any(|limit| limit.end.at == least && !limit.end.moves);
    for limit in limits {
        case.bounds.push(Bound {
            binding: limit.end.at == least,
            end: limit.end.at,
            item: ask.item,
            kind: limit.kind,
            source: limit.source.clone(),
        });
    }
    let mut left = true;
    let mut named: Vec<BoundKind> = Vec::new();
    for limit in limits {
        if !case.trace.precedes(ask.start, limit.end) {
            left = false;
            if !named.contains(&limit.kind) {
                named.push(limit.kind);
                let mut reason = Reason::error(Code::WindowEmpty).with("bound", limit.kind.word());
                if limit.kind != BoundKind::Hours {
                    let ends = limits.iter().filter(|l| l.kind == limit.kind).map(|l| l.end.at).min();
                    reason = reason.with("end", text(ends.unwrap_or(limit.end.at)));
                }
                case.reasons.push(reason.item(ask.item));
            }
        }
    }
    left.then_some(Moment { at: least, moves: !fixed })
}

/// The least limit other than the planned end of the event: what a running grant keeps.
pub(super) fn limit_apart_from_plan(limits: &[Limit], end: Moment) -> Timestamp {
    let others = limits.iter().filter(|limit| limit.kind != BoundKind::Event);
    others.map(|limit| limit.end.at).min().unwrap_or(end.at)
}

/// What was asked beyond the end: rejected where a rule says so, else clipped with a warning.
pub(super) fn exceed(
    case: &mut Case<'_>,
    ask: &Ask<'_>,
    matched: &[(&CompiledRule, IntervalSet)],
    limits: &[Limit],
    asked: Moment,
    end: Moment,
) {
    if end.at >= asked.at {
        return;
    }
    let start = ask.start.at;
    let rejects =
        |limit: &&Limit| matched.iter().any(|(rule, _)| rule.rule.on_exceed.of(limit.kind) == Exceed::Reject);
    let mut sorted: Vec<&Limit> = limits.iter().filter(rejects).collect();
    sorted.sort_by_key(|limit| (limit.kind, limit.end.at));
    let mut rejected: Vec<BoundKind> = Vec::new();
    for limit in sorted {
        if !case.trace.precedes(limit.end, asked) || rejected.contains(&limit.kind) {
            continue;
        }
        rejected.push(limit.kind);
        let reason = if limit.kind == BoundKind::Maximum {
            Reason::error(Code::DurationExceedsMax)
                .with("asked", span(asked.at.since(start)))
                .with("max", span(limit.end.at.since(start)))
        } else {
            Reason::error(Code::BoundExceeded)
                .with("asked", text(asked.at))
                .with("bound", limit.kind.word())
                .with("end", text(limit.end.at))
        };
        case.reasons.push(reason.item(ask.item));
    }
    if rejected.is_empty() {
        let mut kinds: Vec<BoundKind> =
            limits.iter().filter(|limit| limit.end.at == end.at).map(|limit| limit.kind).collect();
        kinds.sort_unstable();
        kinds.dedup();
        let by: Value = kinds.iter().map(|kind| String::from(kind.word())).collect();
        let reason = Reason::warning(Code::DurationClipped)
            .with("asked", span(asked.at.since(start)))
            .with("by", by)
            .with("left", span(end.at.since(start)));
        case.reasons.push(reason.item(ask.item));
    }
}

/// The owner of a beneficiary that is not human, while it can be one.
pub(super) fn owner_of(case: &mut Case<'_>, row: &IdentityRow, start: Timestamp) -> Option<Owner> {
    use crate::log::KeyKind;
    let noun = row.noun.as_ref()?;
    for (_, version) in noun.segments() {
        if let Some(owner) = &version.owner {
            case.read(KeyKind::Identity, owner.shared());
        }
    }
    let id = noun.at(start)?.owner.clone()?;
    let state = case.state();
    let owner = state.identity_names.find(id.as_str()).and_then(|r| state.identities.at(r))?;
    if owner.noun.as_ref()?.last().kind != IdentityKind::Human {
        return None;
    }
    let owned = noun.when(|version| version.owner.as_ref() == Some(&id));
    Some(Owner { when: owned.intersect(Life::of(owner).alive()), id })
}
