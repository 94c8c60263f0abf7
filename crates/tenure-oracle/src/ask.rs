//! What a request for one item and an extension have in common: the business event, the inputs, the bounds, and
//! what happens when more is asked than there is.

use alloc::collections::{BTreeMap, BTreeSet};

use tenure::decide::{Bound, Code, Reason};
use tenure::fact::{Body, Changed, Defined, Fact, Named};
use tenure::id::{AttributeId, EntitlementId, EventId, IdentityId, ResourceId, RuleId};
use tenure::model::{IdentityKind, OnLoss, Value};
use tenure::policy::{AttributeType, BoundKind, Exceed, Input, RequiredAt, SessionRule};
use tenure::time::{Span, Timestamp};

use crate::World;
use crate::eligible::{Rule, matches};
use crate::instants::{end_of, first, hours_end};
use crate::life::{
    accountable, alive, entitlement_retired, event_cap, event_closed, incarnation, planned_end,
    resource_retired,
};
use crate::outcome::{list, text};
use crate::restrict::Guard;
use crate::values::{Place, Surroundings};

/// One thing that is asked for, from `start` on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ask<'a> {
    pub(crate) at: Timestamp,
    pub(crate) start: Timestamp,
    pub(crate) requester: &'a IdentityId,
    pub(crate) beneficiary: &'a IdentityId,
    pub(crate) entitlement: &'a EntitlementId,
    pub(crate) scope: Option<&'a ResourceId>,
    pub(crate) event: Option<&'a EventId>,
    pub(crate) context: &'a BTreeMap<AttributeId, Value>,
    pub(crate) reason: Option<&'a str>,
    pub(crate) ticket: Option<&'a str>,
    pub(crate) inputs: &'a BTreeMap<AttributeId, Value>,
    /// The rule that the requester names.
    pub(crate) rule: Option<&'a RuleId>,
    /// `request`, `extend` or `renew`.
    pub(crate) action: &'static str,
    /// Which item of a request; none for an extension.
    pub(crate) item: Option<u32>,
}

/// A bound before it is known which bind.
pub(crate) type Limit = (BoundKind, Timestamp, Option<String>);

impl Ask<'_> {
    pub(crate) fn error(&self, code: Code) -> Reason {
        Reason { item: self.item, ..Reason::error(code) }
    }

    /// The same reasons, about this.
    pub(crate) fn about(&self, reasons: Vec<Reason>) -> Vec<Reason> {
        reasons.into_iter().map(|reason| Reason { item: self.item, ..reason }).collect()
    }

    /// What conditions can see.
    pub(crate) fn around(&self) -> Surroundings<'_> {
        Surroundings {
            identity: self.requester,
            beneficiary: self.beneficiary,
            resource: self.scope.map(Place::registered),
            entitlement: Some(self.entitlement),
            event: self.event,
            inputs: self.inputs,
            context: self.context,
            action: self.action,
            permission: None,
        }
    }

    pub(crate) fn session_ends(&self) -> Option<Timestamp> {
        self.context.get("session.ends_at")?.as_text()?.parse().ok()
    }

    fn invalid(&self, event: &EventId, why: &str) -> Reason {
        self.error(Code::EventInvalid).with("event", text(event)).with("why", why)
    }
}

/// A beneficiary that is not human needs someone who answers for it.
pub(crate) fn lacks_owner(world: &World, identity: &IdentityId, t: Timestamp) -> bool {
    world.identity(identity, t).is_some_and(|noun| noun.kind != IdentityKind::Human)
        && accountable(world, identity, t).is_none()
}

/// Why the event justifies nothing for the identity at `t`, whatever is asked; none if it may.
pub(crate) fn event_invalid(
    world: &World,
    event: &EventId,
    identity: &IdentityId,
    t: Timestamp,
) -> Option<&'static str> {
    let Some(noun) = world.event(event, t) else { return Some("unknown") };
    let past = |end: Option<Timestamp>| end.is_some_and(|end| end <= t);
    if event_closed(world, event, t) || past(noun.planned_end) || past(event_cap(world, event, t)) {
        Some("ended")
    } else if t < noun.start {
        Some("not_started")
    } else if noun.participants.is_some_and(|list| !list.contains(identity)) {
        Some("not_participant")
    } else {
        None
    }
}

/// What the event does not justify for this entitlement under these rules, and whether it is stale.
pub(crate) fn event_rules(world: &World, ask: &Ask<'_>, rules: &[Rule<'_>]) -> Vec<Reason> {
    let Some(event) = ask.event else { return Vec::new() };
    let Some(noun) = world.event(event, ask.start) else { return Vec::new() };
    let mut reasons = Vec::new();
    let blocks: Vec<_> = rules.iter().filter_map(|(_, rule)| rule.event.as_ref()).collect();
    let kind_refused = |block: &&tenure::policy::EventRule| {
        block.kinds.as_ref().is_some_and(|kinds| !kinds.contains(&noun.kind))
    };
    let own_refused = blocks.is_empty() || blocks.iter().any(|block| !block.self_opened);
    if noun.ceiling.as_ref().is_some_and(|list| !list.contains(ask.entitlement)) {
        reasons.push(ask.invalid(event, "outside_ceiling"));
    } else if blocks.iter().any(kind_refused) {
        reasons.push(ask.invalid(event, "kind_not_allowed"));
    } else if own_refused && opened_by(world, event, ask.start).as_ref() == Some(ask.beneficiary) {
        reasons.push(ask.invalid(event, "self_opened"));
    }
    if let Some(most) = blocks.iter().filter_map(|block| block.max_staleness).min() {
        let seen = last_seen(world, event, ask.at);
        if most < ask.at.since(seen) {
            let stale = ask.error(Code::EventStale).with("event", text(event));
            reasons.push(stale.with("last_seen", text(seen)).with("max_staleness", text(most)));
        }
    }
    reasons
}

/// Who opened the event last by `t`.
fn opened_by(world: &World, event: &EventId, t: Timestamp) -> Option<IdentityId> {
    world.until(t).filter(|fact| world.opens(fact, event)).last()?.by.clone()
}

/// The last sign of life of the event or of its feed by `t`.
fn last_seen(world: &World, event: &EventId, t: Timestamp) -> Timestamp {
    let feed = world.event(event, Timestamp::MAX).and_then(|noun| noun.feed);
    let is_sign = |fact: &&Fact| match &fact.body {
        Body::FeedHeartbeat(n) => feed.as_ref() == Some(&n.id),
        Body::EventOpened(Defined { id, .. })
        | Body::EventChanged(Changed { id, .. })
        | Body::EventClosed(Named { id, .. }) => {
            let about = world.about(fact);
            !about.taken_back && (id == event || (feed.is_some() && about.feed == feed))
        }
        _ => false,
    };
    world.until(t).filter(is_sign).last().map_or(Timestamp::MIN, |fact| fact.effective_at)
}

/// What the rules and the guardrails ask for and was not stated, and what was stated wrongly or in vain.
pub(crate) fn inputs(
    ask: &Ask<'_>,
    rules: &[Rule<'_>],
    guards: &[Guard<'_>],
    without_duration: bool,
) -> Vec<Reason> {
    let any = |is: fn(&tenure::policy::Eligibility) -> bool| rules.iter().any(|(_, rule)| is(rule));
    let guarded = |is: fn(&tenure::policy::Guardrail) -> bool| {
        guards.iter().any(|guard| guard.applies && is(guard.rule))
    };
    let mut missing = BTreeSet::new();
    if without_duration {
        missing.insert("duration");
    }
    if ask.event.is_none() && any(|rule| rule.event.is_some()) {
        missing.insert("event");
    }
    if blank(ask.reason) && (any(|rule| rule.require.reason) || guarded(|rule| rule.require.reason)) {
        missing.insert("reason");
    }
    if blank(ask.ticket) && (any(|rule| rule.require.ticket) || guarded(|rule| rule.require.ticket)) {
        missing.insert("ticket");
    }
    let declared = || rules.iter().flat_map(|(_, rule)| &rule.inputs);
    for (name, input) in declared() {
        if input.required == Some(RequiredAt::Request) && !ask.inputs.contains_key(name) {
            missing.insert(name.as_str());
        }
    }
    let mut reasons = Vec::new();
    if !missing.is_empty() {
        reasons.push(ask.error(Code::InputMissing).with("inputs", list(missing)));
    }
    let mut unused = BTreeSet::new();
    for (name, value) in ask.inputs {
        let found: Vec<_> = declared().filter(|(declared, _)| *declared == name).collect();
        if found.is_empty() {
            unused.insert(name.as_str());
        }
        let wrong = found.iter().filter_map(|(_, input)| wrong_input(input, value));
        if let Some((_, why)) = wrong.min() {
            let reason = ask.error(Code::InputInvalid).with("input", text(name));
            reasons.push(reason.with("why", why));
        }
    }
    if !unused.is_empty() {
        let reason = Reason { item: ask.item, ..Reason::warning(Code::InputUnused) };
        reasons.push(reason.with("inputs", list(unused)));
    }
    if ask.session_ends().is_none() && any(|rule| rule.session == SessionRule::Bound) {
        reasons.push(ask.error(Code::ContextMissing).with("names", list(["session.ends_at"])));
    }
    reasons
}

/// What is wrong with a value first: its type, its size, or that it is none of those allowed.
fn wrong_input(input: &Input, value: &Value) -> Option<(u8, &'static str)> {
    let fits = matches!(
        (input.r#type, value),
        (AttributeType::Bool, Value::Bool(_))
            | (AttributeType::Int, Value::Int(_))
            | (AttributeType::Text, Value::Text(_))
            | (AttributeType::List, Value::List(_))
    );
    let number = match value {
        Value::Int(number) => Some(*number),
        _ => None,
    };
    let below = number.zip(input.min).is_some_and(|(number, min)| number < min);
    let above = number.zip(input.max).is_some_and(|(number, max)| max < number);
    let other = input.one_of.as_ref().is_some_and(|values| !values.contains(value));
    let wrongs = [(0, !fits, "type"), (1, below, "min"), (2, above, "max"), (3, other, "one_of")];
    wrongs.into_iter().find(|(_, is, _)| *is).map(|(rank, _, why)| (rank, why))
}

/// The bounds that do not depend on how long was asked.
pub(crate) fn limits(world: &World, ask: &Ask<'_>, rules: &[Rule<'_>]) -> Vec<Limit> {
    let start = ask.start;
    let mut limits: Vec<Limit> = Vec::new();
    let mut add = |kind, end: Option<Timestamp>, source: Option<String>| {
        limits.extend(end.filter(|end| !end.is_never()).map(|end| (kind, end, source)));
    };

    let eligible =
        |s| rules.iter().all(|rule| matches(world, *rule, ask.beneficiary, ask.entitlement, ask.scope, s));
    let names: Vec<&str> = rules.iter().map(|(id, _)| id.as_str()).collect();
    add(BoundKind::Eligibility, end_of(world, start, eligible), Some(names.join(", ")));
    for (id, rule) in rules.iter().filter(|(_, rule)| !rule.hours.is_empty()) {
        add(BoundKind::Hours, hours_end(rule, start), Some(id.to_string()));
    }
    if let Some(event) = ask.event {
        let planned = first(world, start, |s| planned_end(world, event, s).is_some_and(|end| end <= s));
        let cap = first(world, start, |s| event_cap(world, event, s).is_some_and(|end| end <= s));
        let closed = first(world, start, |s| event_closed(world, event, s));
        let closed = closed.map(|s| s.plus(least_grace(rules)));
        add(BoundKind::Event, planned, Some(event.to_string()));
        add(BoundKind::EventCap, cap.into_iter().chain(closed).min(), Some(event.to_string()));
    }
    add(BoundKind::Identity, life_end(world, ask.beneficiary, start), Some(ask.beneficiary.to_string()));
    if lacks_owner_by_kind(world, ask) {
        let owner = accountable(world, ask.beneficiary, start);
        let ends = owner.as_ref().and_then(|owner| owner_end(world, ask.beneficiary, owner, start));
        add(BoundKind::Owner, ends, owner.map(|owner| owner.to_string()));
    }
    let retired = entitlement_retired(world, ask.entitlement);
    add(BoundKind::Entitlement, retired, Some(ask.entitlement.to_string()));
    if let Some(scope) = ask.scope {
        add(BoundKind::Scope, resource_retired(world, scope), Some(scope.to_string()));
    }
    if rules.iter().any(|(_, rule)| rule.session == SessionRule::Bound) {
        add(BoundKind::Session, ask.session_ends(), None);
    }
    limits
}

fn lacks_owner_by_kind(world: &World, ask: &Ask<'_>) -> bool {
    world.identity(ask.beneficiary, ask.start).is_some_and(|noun| noun.kind != IdentityKind::Human)
}

/// The end of being alive in the same incarnation.
fn life_end(world: &World, identity: &IdentityId, start: Timestamp) -> Option<Timestamp> {
    let joined = incarnation(world, identity, start);
    end_of(world, start, |s| alive(world, identity, s) && incarnation(world, identity, s) == joined)
}

/// The end of the owner's being alive, the owner, and human.
fn owner_end(
    world: &World,
    identity: &IdentityId,
    owner: &IdentityId,
    start: Timestamp,
) -> Option<Timestamp> {
    end_of(world, start, |s| accountable(world, identity, s).as_ref() == Some(owner))
}

/// The bounds of an item in their order; the least bind.
pub(crate) fn bounds(item: u32, mut limits: Vec<Limit>) -> Vec<Bound> {
    limits.sort_by(|a, b| (a.1, a.0, &a.2).cmp(&(b.1, b.0, &b.2)));
    let least = limits.iter().map(|(_, end, _)| *end).min();
    let bound = |(kind, end, source): Limit| {
        let source = source.map(Into::into);
        Bound { binding: Some(end) == least, end, item, kind, source }
    };
    limits.into_iter().map(bound).collect()
}

/// What leaves nothing, once per kind of bound, with the least end; hours that are closed have none.
pub(crate) fn window_empty(ask: &Ask<'_>, bounds: &[Bound]) -> Vec<Reason> {
    let empty = || bounds.iter().filter(|bound| bound.end <= ask.start);
    let kinds: BTreeSet<BoundKind> = empty().map(|bound| bound.kind).collect();
    let reason = |kind: BoundKind| {
        let reason = ask.error(Code::WindowEmpty).with("bound", kind.word());
        match empty().filter(|bound| bound.kind == kind).map(|bound| bound.end).min() {
            Some(end) if kind != BoundKind::Hours => reason.with("end", text(end)),
            _ => reason,
        }
    };
    kinds.into_iter().map(reason).collect()
}

/// What to say where the end is before the one that was asked for: a denial per kind of bound that rejects, or
/// the warning that it was clipped.
pub(crate) fn exceeded(ask: &Ask<'_>, rules: &[Rule<'_>], bounds: &[Bound], asked: Timestamp) -> Vec<Reason> {
    let Some(end) = bounds.iter().map(|bound| bound.end).min().filter(|end| *end < asked) else {
        return Vec::new();
    };
    let span = |end: Timestamp| text(end.since(ask.start));
    let kinds: BTreeSet<BoundKind> =
        bounds.iter().map(|bound| bound.kind).filter(|kind| *kind != BoundKind::Asked).collect();
    let mut reasons = Vec::new();
    for kind in kinds {
        let least = bounds.iter().filter(|bound| bound.kind == kind).map(|bound| bound.end).min();
        let rejects = rules.iter().any(|(_, rule)| rule.on_exceed.of(kind) == Exceed::Reject);
        let Some(least) = least.filter(|least| *least < asked && rejects) else { continue };
        reasons.push(if kind == BoundKind::Maximum {
            ask.error(Code::DurationExceedsMax).with("asked", span(asked)).with("max", span(least))
        } else {
            let reason = ask.error(Code::BoundExceeded).with("asked", text(asked));
            reason.with("bound", kind.word()).with("end", text(least))
        });
    }
    if reasons.is_empty() {
        let binding: BTreeSet<BoundKind> =
            bounds.iter().filter(|bound| bound.binding).map(|bound| bound.kind).collect();
        let by = list(binding.iter().map(|kind| kind.word()));
        let clipped = Reason { item: ask.item, ..Reason::warning(Code::DurationClipped) };
        reasons.push(clipped.with("asked", span(asked)).with("by", by).with("left", span(end)));
    }
    reasons
}

/// The least bound but the planned end of the event, or the end where there is no other.
pub(crate) fn limit(bounds: &[Bound], end: Timestamp) -> Timestamp {
    let others = bounds.iter().filter(|bound| bound.kind != BoundKind::Event);
    others.map(|bound| bound.end).min().unwrap_or(end)
}

/// When the session under the grant ends, where it is known and earlier than the grant.
pub(crate) fn session_until(ask: &Ask<'_>, rules: &[Rule<'_>], end: Timestamp) -> Option<Timestamp> {
    let longest = rules.iter().filter_map(|(_, rule)| rule.session_max).min();
    let ends = ask.session_ends().into_iter().chain(longest.map(|span| ask.start.plus(span)));
    ends.min().filter(|ends| *ends < end)
}

/// The shortest time that a grant outlives its event; none under a rule that does not speak of events.
pub(crate) fn least_grace(rules: &[Rule<'_>]) -> Span {
    let graces = rules.iter().map(|(_, rule)| rule.event.as_ref().map_or(Span::ZERO, |event| event.grace));
    graces.min().unwrap_or(Span::ZERO)
}

/// The strictest of what the rules say of lost eligibility.
pub(crate) fn strictest_on_loss(rules: &[Rule<'_>]) -> OnLoss {
    let rank = |on_loss: &OnLoss| match on_loss {
        OnLoss::Revoke => (0, Span::ZERO),
        OnLoss::Grace(grace) => (1, *grace),
        OnLoss::RunOut => (2, Span::ZERO),
    };
    rules.iter().map(|(_, rule)| rule.on_loss).min_by_key(rank).unwrap_or(OnLoss::Revoke)
}

/// Whether nothing was stated.
pub(crate) fn blank(stated: Option<&str>) -> bool {
    stated.is_none_or(|words| words.trim().is_empty())
}
