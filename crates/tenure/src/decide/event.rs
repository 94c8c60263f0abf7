//! A business event justifies access while it is open, for those it concerns, for what it covers, and while
//! somebody still reports on it.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

use super::case::{Case, Denied};
use super::trace::Moment;
use super::window::Ask;
use super::{Code, Reason};
use crate::check::text;
use crate::compile::{CompiledRule, planned_set, uncapped_set, unclosed_set};
use crate::id::{EventId, IdentityId};
use crate::log::KeyKind;
use crate::state::{EventRow, between};
use crate::store::NONE;
use crate::time::{IntervalSet, Span, Timestamp, Window};

/// The event that is named, if it is open at `moment` and concerns the beneficiary.
pub(super) fn named<'a>(
    case: &mut Case<'a>,
    id: &EventId,
    beneficiary: &IdentityId,
    moment: Moment,
) -> Result<(u32, &'a EventRow), Denied> {
    case.read(KeyKind::Event, id.shared());
    let state = case.state();
    let found = state.event_names.find(id.as_str());
    let row = found.and_then(|r| state.events.at(r).map(|row| (r, row)));
    let invalid = |why: &str| Reason::error(Code::EventInvalid).with("event", id.as_str()).with("why", why);
    let Some((reference, row, noun)) = row.and_then(|(r, row)| row.noun.as_ref().map(|noun| (r, row, noun)))
    else {
        return Err(case.fail(invalid("unknown")));
    };
    if let Some(feed) = &noun.last().feed {
        case.read(KeyKind::Feed, feed.shared());
    }
    let defined = noun.life().map_or_else(IntervalSet::empty, IntervalSet::from);
    if !case.trace.is_in(moment, &defined) {
        return Err(case.fail(invalid("unknown")));
    }
    let unended = unclosed_set(row).intersect(&planned_set(row)).intersect(&uncapped_set(row));
    if !case.trace.is_in(moment, &unended) {
        return Err(case.fail(invalid("ended")));
    }
    let started = IntervalSet::from_windows(
        noun.segments()
            .filter_map(|(window, version)| window.intersect(Window::new(version.start, Timestamp::MAX)?)),
    );
    if !case.trace.is_in(moment, &started) {
        return Err(case.fail(invalid("not_started")));
    }
    let concerned = noun.when(|e| e.participants.as_ref().is_none_or(|list| list.contains(beneficiary)));
    if !case.trace.is_in(moment, &concerned) {
        return Err(case.fail(invalid("not_participant")));
    }
    Ok((reference, row))
}

/// What the rules that matched ask of the event.
pub(super) fn suits(
    case: &mut Case<'_>,
    id: &EventId,
    row: &EventRow,
    ask: &Ask<'_>,
    entitlement: &str,
    matched: &[&CompiledRule],
) {
    let (who, moment, item) = (ask.who, ask.start, ask.item);
    let Some(noun) = &row.noun else { return };
    let rules: Vec<_> = matched.iter().filter_map(|rule| rule.rule.event.as_ref()).collect();
    let covered = noun.when(|e| {
        e.ceiling.as_ref().is_none_or(|list| list.iter().any(|covered| covered.as_str() == entitlement))
    });
    let of_kind = noun
        .when(|e| rules.iter().all(|rule| rule.kinds.as_ref().is_none_or(|kinds| kinds.contains(&e.kind))));
    let why = if !case.trace.is_in(moment, &covered) {
        Some("outside_ceiling")
    } else if !case.trace.is_in(moment, &of_kind) {
        Some("kind_not_allowed")
    } else if (rules.is_empty() || !rules.iter().all(|rule| rule.self_opened))
        && case.trace.is_in(moment, &opened_by(row, who))
    {
        Some("self_opened")
    } else {
        None
    };
    if let Some(why) = why {
        let reason = Reason::error(Code::EventInvalid).with("event", id.as_str()).with("why", why);
        case.reasons.push(reason.item(item));
    }
    if let Some(max) = rules.iter().filter_map(|rule| rule.max_staleness).min() {
        stale(case, id, row, max, item);
    }
}

/// The kinds of event that all rules take; any if none of them minds.
pub(super) fn kinds<'a>(rules: &[&'a CompiledRule]) -> Option<BTreeSet<&'a str>> {
    let lists = rules.iter().filter_map(|rule| rule.rule.event.as_ref()?.kinds.as_ref());
    let sets = lists.map(|list| list.iter().map(String::as_str).collect::<BTreeSet<&str>>());
    sets.reduce(|a, b| a.intersection(&b).copied().collect())
}

/// The instants at which the last opening was done by `who`.
fn opened_by(row: &EventRow, who: u32) -> IntervalSet {
    let openings: Vec<_> = row.doors.iter().filter(|door| door.open).collect();
    let turns: Vec<Timestamp> = openings.iter().map(|door| door.at).collect();
    between(&turns, |n| {
        n.checked_sub(1).and_then(|n| openings.get(n)).is_some_and(|door| door.by == who && who != NONE)
    })
}

fn stale(case: &mut Case<'_>, id: &EventId, row: &EventRow, max: Span, item: u32) {
    let state = case.state();
    let feed = row.noun.as_ref().and_then(|noun| noun.last().feed.as_ref());
    let feed = feed.and_then(|feed| state.feed_names.find(feed.as_str())).and_then(|f| state.feeds.at(f));
    let mut last = Timestamp::MIN;
    for t in feed.into_iter().flat_map(|feed| feed.seen.iter()).chain(row.seen.iter()) {
        if !case.trace.is_before(*t) {
            last = last.max(*t);
        }
    }
    if !case.trace.is_before(last.plus(max).next()) {
        let reason = Reason::error(Code::EventStale)
            .with("event", id.as_str())
            .with("last_seen", text(last))
            .with("max_staleness", super::window::span(max));
        case.reasons.push(reason.item(item));
    }
}
