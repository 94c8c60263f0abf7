//! One item of a request: every rule that matches binds, every limit is reported, and whatever else stands in
//! the way is collected.

use alloc::vec;
use alloc::vec::Vec;

use super::case::Case;
use super::inputs::Stated;
use super::matched::Matched;
use super::proposal::Outcome;
use super::restrict::Guard;
use super::trace::Moment;
use super::window::{self, Ask, Limit, span};
use super::{Code, GrantView, Obligation, Reason, event, extend, inputs, matched, restrict};
use crate::check::text;
use crate::compile::CompiledRule;
use crate::id::GrantId;
use crate::model::{Basis, EventTerms, GrantState, Item, OnLoss, Request, RuleRef, Term};
use crate::policy::{AlreadyHeld, Anchor, BoundKind, Combine};
use crate::state::GrantRow;
use crate::time::{Span, Timestamp};

/// What an item of a request comes to.
pub(super) struct Granted {
    pub(super) outcome: Outcome,
    pub(super) view: GrantView,
    /// What is owed first.
    pub(super) obligations: Vec<Obligation>,
    /// Whether the end moves with now.
    end_moves: bool,
}

/// Judges one item; none if it is denied.
pub(super) fn judge<'a>(
    case: &mut Case<'a>,
    request: &Request,
    item: &Item,
    ask: &Ask<'_>,
) -> Option<Granted> {
    let nobody = || {
        Reason::error(Code::EligibilityNone)
            .with("entitlement", item.entitlement.as_str())
            .with("identity", request.beneficiary.as_str())
    };
    let decisive = matched::decisive(case, ask, request.rule.as_ref(), nobody);
    match decisive.as_slice() {
        [] => None,
        [matched] => judge_by(case, request, item, ask, matched),
        several => {
            let best = best_of(case, request, item, ask, several)?;
            judge_by(case, request, item, ask, best)
        }
    }
}

/// The rule that gives most, where the requester may choose and did not.
fn best_of<'m, 'a>(
    case: &mut Case<'a>,
    request: &Request,
    item: &Item,
    ask: &Ask<'_>,
    several: &'m [Matched<'a>],
) -> Option<&'m Matched<'a>> {
    let (reasons, bounds) = (case.reasons.clone(), case.bounds.len());
    let mut ranked: Vec<(Standing, Moment, &Matched<'a>)> = Vec::new();
    for matched in several {
        let before = errors(case);
        let judged = judge_by(case, request, item, ask, matched);
        let endless = case.met.as_ref().is_some_and(|met| !met.lacks_event) && errors(case) == before;
        case.reasons.clone_from(&reasons);
        case.bounds.truncate(bounds);
        ranked.push(match judged {
            None if endless => (Standing::Granted, Moment::fixed(Timestamp::MAX), matched),
            None => (Standing::Denied, ask.start, matched),
            Some(judged) => {
                let owed = judged.obligations.len();
                let end = Moment { at: judged.view.end, moves: judged.end_moves };
                (if owed == 0 { Standing::Granted } else { Standing::Owed(owed) }, end, matched)
            }
        });
    }
    // Which of two ends is later has to stay as it is.
    for (n, (standing, a, _)) in ranked.iter().enumerate() {
        for (other, b, _) in ranked.iter().skip(n.saturating_add(1)) {
            if standing.rank() == other.rank() && standing.rank() > 0 {
                case.trace.compare(*a, *b);
            }
        }
    }
    // The first of several that are equal is the first by id.
    ranked.reverse();
    // What is owed counts before the end only where it is the requester who chooses.
    let chooses = case.engine.policy().document().combine == Combine::RequesterChooses;
    let best = ranked.into_iter().max_by_key(|(standing, end, _)| {
        let rank = if chooses { standing.rank() } else { standing.rank().min(1) };
        (rank, end.at, core::cmp::Reverse(standing.owed()))
    });
    best.map(|(_, _, matched)| matched)
}

/// What a rule by itself comes to.
#[derive(Clone, Copy)]
enum Standing {
    Denied,
    Owed(usize),
    Granted,
}

impl Standing {
    const fn rank(self) -> u8 {
        match self {
            Self::Denied => 0,
            Self::Owed(_) => 1,
            Self::Granted => 2,
        }
    }

    const fn owed(self) -> usize {
        match self {
            Self::Owed(count) => count,
            _ => 0,
        }
    }
}

/// Judges one item by these rules.
fn judge_by<'a>(
    case: &mut Case<'a>,
    request: &Request,
    item: &Item,
    ask: &Ask<'_>,
    matched: &Matched<'a>,
) -> Option<Granted> {
    let before = errors(case);
    let rules: Vec<&'a CompiledRule> = matched.iter().map(|(rule, _)| *rule).collect();
    if let Some(met) = &mut case.met {
        let asks = request.event.is_none() && rules.iter().any(|rule| rule.rule.event.is_some());
        met.asks_event |= asks;
        met.lacks_event = asks && !met.event;
        if met.lacks_event {
            return None;
        }
        // Once the rules are known, so is the kind, where they take only one.
        met.kind = match event::kinds(&rules).filter(|_| met.event) {
            Some(kinds) if kinds.len() == 1 => kinds.first().copied(),
            _ => None,
        };
    }
    let guards = restrict::guards(case, ask);
    if let (Some(id), Some((_, row))) = (&request.event, ask.event) {
        event::suits(case, id, row, ask, item.entitlement.as_str(), &rules);
    }
    let stated = Stated {
        event: request.event.is_some(),
        inputs: &request.inputs,
        reason: request.reason.as_deref(),
        ticket: request.ticket.as_deref(),
    };
    let mut long = how_long(case, request, ask, &rules);
    if let Some(met) = &mut case.met {
        met.rules.clone_from(&rules);
        met.reason = guards.iter().any(Guard::ever_asks_reason);
        met.ticket = guards.iter().any(Guard::ever_asks_ticket);
        met.duration = long.is_none();
        met.obligations = restrict::approvals(matched, &guards, ask.item);
        long = Some(Long { asked: None, limits: Vec::new() });
    }
    inputs::state(case, ask, &rules, &guards, &stated, long.is_none());
    let (limits, long) = match long {
        // Without what is over, as if nothing had been asked.
        Some(_) if case.leaves_code(Code::WindowElapsed, ask.item) => (Vec::new(), None),
        Some(long) => (long.limits, long.asked),
        None => (Vec::new(), None),
    };
    if let Some(asked) = long
        && !case.trace.precedes(ask.start, asked)
    {
        case.reasons.push(Reason::error(Code::WindowElapsed).with("end", text(asked.at)).item(ask.item));
    }
    let held = rules.iter().map(|rule| rule.rule.already_held).max().unwrap_or_default();
    // Another event than that of a live grant gets a grant of its own.
    let prolongs = held == AlreadyHeld::Extend && case.met.as_ref().is_none_or(|met| !met.event);
    let prolonged = prolongs.then(|| live_one(case, ask, &rules)).flatten();
    let from = prolonged.map(|(_, grant)| grant.start);
    if let Some(met) = &mut case.met {
        met.extends |= prolonged.is_some();
    }
    let restricted = restrict::limits(case, ask, matched, &guards, &stated, from);
    if errors(case) > before {
        return None;
    }

    let mut limits: Vec<Limit> = limits.into_iter().chain(restricted).collect();
    for rule in &rules {
        if let Some(duration) = rule.rule.duration {
            limits.push(Limit::new(BoundKind::Maximum, ask.start.plus(duration.max)).from(rule.id.shared()));
        }
    }
    limits.extend(window::standing_limits(case, ask, matched));
    let (renewals, too_many) = window::renewal_limits(case, ask, matched);
    limits.extend(renewals);
    if let Some((_, grant)) = prolonged
        && let Ok(allowed) = extend::allowance(case, ask, matched, grant)
    {
        limits.extend(allowed);
    }
    let mut end = window::close(case, ask, &mut limits)?;
    if case.met.is_some() && held == AlreadyHeld::Reject {
        end = before_the_next(case, ask, end);
    }
    case.reasons.extend(too_many);
    if let Some(asked) = long {
        window::exceed(case, ask, matched, &limits, asked, end);
    }
    let min = rules.iter().filter_map(|rule| rule.rule.duration).map(|d| d.min).max().unwrap_or(Span::ZERO);
    if case.trace.compare(end, ask.start.plus(min)) == core::cmp::Ordering::Less {
        let available = span(end.at.since(ask.start.at));
        let reason =
            Reason::error(Code::DurationBelowMin).with("available", available).with("min", span(min));
        case.reasons.push(reason.item(ask.item));
    }
    let limit = window::limit_apart_from_plan(&limits, end);
    let session_until = session_until(case, ask, &rules, end);
    let obligations = restrict::approvals(matched, &guards, ask.item);
    if let Some((_, grant)) = prolonged {
        let after = extend::gains(case, ask, &rules, grant, end, limit);
        if errors(case) > before {
            return None;
        }
        let view = GrantView { session_until, ..case.view_as(grant, GrantState::Active, after)? };
        let end_moves = end.moves && view.end == end.at;
        return Some(Granted {
            outcome: Outcome::Extend { end: end.at, limit },
            view,
            obligations,
            end_moves,
        });
    }
    if held == AlreadyHeld::Reject
        && let Some(id) = overlapping(case, ask, end)
    {
        let reason = Reason::error(Code::GrantAlreadyActive).with("grant", id.as_str());
        case.reasons.push(reason.item(ask.item));
    }
    if errors(case) > before {
        return None;
    }
    let term = Term::new(ask.start.at, end.at)?;
    let view = GrantView {
        beneficiary: request.beneficiary.clone(),
        end: end.at,
        entitlement: item.entitlement.clone(),
        event: request.event.clone(),
        id: grant_id(request, ask.item)?,
        scope: item.scope.clone(),
        session_until,
        start: ask.start.at,
        state: if ask.start.at > case.at() { GrantState::Scheduled } else { GrantState::Active },
    };
    let conditions = rules.iter().flat_map(|rule| rule.rule.conditions.iter().cloned()).collect();
    let outcome = Outcome::Issue { basis: basis(&rules, ask.event.is_some(), limit), conditions, term };
    Some(Granted { outcome, view, obligations, end_moves: end.moves })
}

/// How long the grant may be as far as the request says.
struct Long {
    asked: Option<Moment>,
    limits: Vec<Limit>,
}

fn how_long(case: &mut Case<'_>, request: &Request, ask: &Ask<'_>, rules: &[&CompiledRule]) -> Option<Long> {
    let asked = match (request.until, request.duration) {
        (Some(until), _) => Some(Moment::fixed(until)),
        (None, Some(duration)) => {
            let anchored = rules.iter().any(|rule| rule.rule.anchor == Anchor::Window);
            let from = match request.start {
                Some(start) if anchored => Moment::fixed(start),
                _ => ask.start,
            };
            Some(from.plus(duration))
        }
        (None, None) => None,
    };
    if let Some(asked) = asked {
        return Some(Long { asked: Some(asked), limits: vec![Limit::new(BoundKind::Asked, asked)] });
    }
    if let Some(noun) = ask.event.and_then(|(_, row)| row.noun.as_ref()) {
        let ends = noun.when(|event| event.planned_end.is_some() || event.hard_cap.is_some());
        if case.trace.is_in(ask.start, &ends) {
            return Some(Long { asked: None, limits: Vec::new() });
        }
    }
    let durations = || rules.iter().filter_map(|rule| rule.rule.duration);
    let default = durations().filter_map(|duration| duration.default).min();
    let fixed = || durations().filter(|duration| duration.min == duration.max).map(|d| d.max).min();
    let taken = default.or_else(fixed)?;
    Some(Long { asked: None, limits: vec![Limit::new(BoundKind::Default, ask.start.plus(taken))] })
}

/// The unended grants of the same thing that have begun or will, with their deaths.
fn same_things<'a>(case: &mut Case<'a>, ask: &Ask<'_>) -> Vec<(u32, &'a GrantRow, Timestamp)> {
    let mut found = Vec::new();
    let mut grant = case.state().person(ask.who).last_grant;
    while let Some(row) = case.state().grants.at(grant) {
        if row.entitlement == ask.entitlement && row.scope == ask.scope {
            let death = case.death(grant, row);
            if row.start < death {
                found.push((grant, row, death));
            }
        }
        grant = row.previous_of_holder;
    }
    found
}

/// The first grant by id that gives the same at some instant of the window.
fn overlapping(case: &mut Case<'_>, ask: &Ask<'_>, end: Moment) -> Option<GrantId> {
    let mut found = Vec::new();
    for (_, row, death) in same_things(case, ask) {
        if case.trace.moment_is_before(ask.start, death)
            && !case.trace.moment_is_before(end, row.start.next())
        {
            found.push(case.state().grant_id(row));
        }
    }
    found.into_iter().min()
}

/// The end of what does not overlap with what begins later.
fn before_the_next(case: &mut Case<'_>, ask: &Ask<'_>, end: Moment) -> Moment {
    let starts = same_things(case, ask).into_iter().map(|(_, row, _)| row.start);
    let next = starts.filter(|start| ask.start.at < *start && *start < end.at).min();
    next.map_or(end, Moment::fixed)
}

/// The live grant of the same thing on the same terms that dies last, and of those the first by id.
fn live_one<'a>(case: &mut Case<'a>, ask: &Ask<'_>, rules: &[&CompiledRule]) -> Option<(u32, &'a GrantRow)> {
    if !ask.start.moves {
        return None;
    }
    let mut found = Vec::new();
    for (reference, row, death) in same_things(case, ask) {
        let runs = case.trace.is_before(death) && !case.trace.is_before(row.start);
        if runs && extend::keeps_terms(case.state(), row, rules, ask) {
            found.push((core::cmp::Reverse(death), case.state().grant_id(row), reference));
        }
    }
    let (_, _, reference) = found.into_iter().min()?;
    case.state().grants.at(reference).map(|row| (reference, row))
}

/// When the session under the grant ends, where that is known and earlier.
pub(super) fn session_until(
    case: &mut Case<'_>,
    ask: &Ask<'_>,
    rules: &[&CompiledRule],
    end: Moment,
) -> Option<Timestamp> {
    let max = rules.iter().filter_map(|rule| rule.rule.session_max).min();
    let ends = ask.session_ends.map(Moment::fixed).into_iter().chain(max.map(|max| ask.start.plus(max)));
    let ends: Vec<Moment> = ends.collect();
    if let [a, b] = ends.as_slice() {
        case.trace.compare(*a, *b);
    }
    let first = ends.into_iter().min_by_key(|moment| moment.at)?;
    (case.trace.compare(first, end) == core::cmp::Ordering::Less).then_some(first.at)
}

fn basis(rules: &[&CompiledRule], for_event: bool, limit: Timestamp) -> Basis {
    let blocks: Vec<_> = rules.iter().filter_map(|rule| rule.rule.event.as_ref()).collect();
    let grace =
        rules.iter().map(|rule| rule.rule.event.as_ref().map_or(Span::ZERO, |event| event.grace)).min();
    let event = for_event.then(|| EventTerms {
        follow: !blocks.is_empty() && blocks.iter().all(|event| event.follow),
        grace: grace.unwrap_or(Span::ZERO),
    });
    let on_loss = rules.iter().map(|rule| rule.rule.on_loss).reduce(OnLoss::stricter).unwrap_or_default();
    let rules: Vec<RuleRef> = rules.iter().map(|rule| rule.reference()).collect();
    Basis::Policy { event, limit, on_loss, rules }
}

pub(super) fn errors(case: &Case<'_>) -> usize {
    case.reasons.iter().filter(|reason| case.denies(reason)).count()
}

fn grant_id(request: &Request, item: u32) -> Option<GrantId> {
    GrantId::new(alloc::format!("{}#{item}", crate::id::stem(request.id.as_str()))).ok()
}
