//! How long an answer holds: the widest window around now in which deciding again says the same. What counts
//! from now meets what does not at derived instants: a limit minus a duration, or an event plus one.

use alloc::collections::BTreeSet;

use tenure::decide::Command;
use tenure::fact::Body;
use tenure::model::Item;
use tenure::policy::Eligibility;
use tenure::time::{Reading, Span, Timestamp, Window};

use crate::death::death;
use crate::eligible::matches;
use crate::holding::{grant, grants};
use crate::instants::{hours_edges, instants, sorted, with_deaths};
use crate::life::planned_end;
use crate::{CLOCK_TOLERANCE, Outcome, World, decide};

/// How far around now and the start hours are looked at; they repeat weekly.
const AROUND: Span = Span::days(8);

/// The widest window around `now` in which the command gets the same answer, absent further facts. The end of
/// time, where every limit saturates, counts as never coming.
pub fn holds(world: &World, command: &Command, now: Timestamp) -> Window {
    let reference = decide(world, command, now);
    let same = |t: Timestamp| decide(world, command, t).is_same_answer(&reference);
    let marks = marks(world, command, now);
    let until = {
        let mut good = now;
        let bad = marks.iter().copied().filter(|t| now < *t).find(|t| {
            let stays = same(*t);
            good = if stays { *t } else { good };
            !stays
        });
        bad.map_or(Timestamp::MAX, |bad| meet(good, bad, same).1)
    };
    let from = {
        let mut good = now;
        let points = marks.iter().rev().filter(|t| **t <= now).flat_map(|t| [*t, before(*t)]);
        let bad = points.filter(|t| *t < now).find(|t| {
            let stays = same(*t);
            good = if stays { *t } else { good };
            !stays
        });
        bad.map_or(Timestamp::MIN, |bad| meet(good, bad, same).0)
    };
    Window::new(from, until).unwrap_or_else(|| Window::from(now))
}

/// The next instant after a decision at which it, or what it gives, changes by itself.
pub fn next_change_at(world: &World, command: &Command, now: Timestamp) -> Option<Timestamp> {
    let outcome: Outcome = decide(world, command, now);
    let ends = outcome.grants.iter().flat_map(|grant| [grant.start, grant.end]);
    let all = ends.chain([holds(world, command, now).end()]);
    all.filter(|t| outcome.at < *t && !t.is_never()).min()
}

/// The neighbouring instants between a good and a bad one where the answer changes: (last good, first bad) in
/// the direction of the bad one.
fn meet(mut good: Timestamp, mut bad: Timestamp, same: impl Fn(Timestamp) -> bool) -> (Timestamp, Timestamp) {
    loop {
        let (g, b) = (good.as_millis(), bad.as_millis());
        let middle = Timestamp::saturating_from_millis(g.midpoint(b));
        // The last instant before a change is tried first: marks are where changes are.
        let next_to_bad = Timestamp::saturating_from_millis(b.saturating_sub(b.saturating_sub(g).signum()));
        if next_to_bad == good {
            return (good, bad);
        }
        if same(next_to_bad) {
            return (next_to_bad, bad);
        }
        if same(middle) && middle != good {
            good = middle;
        } else if middle == good {
            bad = next_to_bad;
        } else {
            bad = middle;
        }
    }
}

/// The instants of `now` at which the answer to the command may change: those of the world, of the command and
/// of the hours, and those derived from them by every duration that counts.
pub fn marks(world: &World, command: &Command, now: Timestamp) -> Vec<Timestamp> {
    let rules = relevant(world, command);
    let mut base = with_deaths(world);
    base.extend([world.high_water, world.high_water.minus(CLOCK_TOLERANCE)]);
    base.extend(of_command(command));
    let starts = match command {
        Command::Request(request) => request.start,
        Command::Renew(renew) => renew.start.or_else(|| death(world, &renew.grant).map(|(death, _)| death)),
        _ => None,
    };
    for rule in &rules {
        for t in starts.into_iter().chain([now]) {
            base.extend(hours_edges(&rule.hours, Reading::Narrow, t, AROUND));
        }
    }
    let guards = world.policy.guardrails.values();
    for hours in guards.map(|rule| &rule.hours).chain(world.policy.deny.values().map(|rule| &rule.hours)) {
        for t in starts.into_iter().chain([now]) {
            base.extend(hours_edges(hours, Reading::Wide, t, AROUND));
        }
    }
    base.extend(later(world, &rules));
    let longest = || world.policy.guardrails.values().filter_map(|rule| rule.max);
    // What is extended counts from its start.
    let started = grants(world).into_iter().map(|(terms, _)| terms.term.start());
    base.extend(started.flat_map(|start| longest().map(move |max| start.plus(max))));
    let mut all = base.clone();
    for span in counted(command, &rules).into_iter().chain(longest()) {
        all.extend(base.iter().map(|t| t.minus(span)));
        all.extend(base.iter().map(|t| t.minus(span).next()));
    }
    all.retain(|t| *t != Timestamp::MIN);
    sorted(all)
}

/// The rules that match what the command asks for at some time.
fn relevant<'w>(world: &'w World, command: &Command) -> Vec<&'w Eligibility> {
    let (beneficiary, items) = match command {
        Command::Request(request) => (request.beneficiary.clone(), request.items.clone()),
        Command::Extend(_) | Command::Renew(_) => {
            let id = match command {
                Command::Extend(extend) => &extend.grant,
                Command::Renew(renew) => &renew.grant,
                _ => return Vec::new(),
            };
            let Some((terms, _)) = grant(world, id) else { return Vec::new() };
            let item = Item { entitlement: terms.entitlement.clone(), scope: terms.scope.clone() };
            (terms.beneficiary.clone(), vec![item])
        }
        _ => return Vec::new(),
    };
    let ever = |rule| {
        items.iter().any(|item| {
            instants(world)
                .iter()
                .any(|t| matches(world, rule, &beneficiary, &item.entitlement, item.scope.as_ref(), *t))
        })
    };
    world.policy.eligibility.iter().filter(|rule| ever(*rule)).map(|(_, rule)| rule).collect()
}

/// The instants that a command names.
fn of_command(command: &Command) -> Vec<Timestamp> {
    let (context, start, until) = match command {
        Command::Request(c) => (&c.context, c.start, c.until),
        Command::Renew(c) => (&c.context, c.start, None),
        Command::Extend(c) => (&c.context, None, None),
        _ => return Vec::new(),
    };
    let session = context.get("session.ends_at").and_then(|value| value.as_text()?.parse().ok());
    let duration = match command {
        Command::Request(c) => c.duration,
        _ => None,
    };
    // A duration may count from the start that was asked for.
    let anchored = start.zip(duration).map(|(start, duration)| start.plus(duration));
    [session, start, until, anchored].into_iter().flatten().collect()
}

/// The instants that come some time after one of the world.
fn later(world: &World, rules: &[&Eligibility]) -> Vec<Timestamp> {
    let mut found = Vec::new();
    let graces: BTreeSet<Span> =
        rules.iter().map(|rule| rule.event.as_ref().map_or(Span::ZERO, |event| event.grace)).collect();
    let silences: BTreeSet<Span> =
        rules.iter().filter_map(|rule| rule.event.as_ref()?.max_staleness).collect();
    for fact in &world.facts {
        let t = fact.effective_at;
        match &fact.body {
            Body::EventClosed(_) => {
                found.extend(graces.iter().map(|grace| t.plus(*grace)));
                found.extend(silences.iter().map(|silence| t.plus(*silence).next()));
            }
            Body::EventOpened(_) | Body::EventChanged(_) | Body::FeedHeartbeat(_) => {
                found.extend(silences.iter().map(|silence| t.plus(*silence).next()));
            }
            _ => {}
        }
    }
    for (terms, _) in grants(world) {
        for rule in rules {
            let totals = [rule.extension.map(|e| e.max_total), rule.renewal.and_then(|r| r.max_total)];
            found.extend(totals.into_iter().flatten().map(|total| terms.term.start().plus(total)));
            if let (Some(renewal), Some((death, _))) = (rule.renewal, death(world, &terms.id)) {
                found.extend([death.next(), death.plus(renewal.reset_after)]);
            }
        }
        if let Some(event) = &terms.event {
            found.extend(planned_end(world, event, Timestamp::MAX));
        }
    }
    found
}

/// The durations that count from now.
fn counted(command: &Command, rules: &[&Eligibility]) -> BTreeSet<Span> {
    let asked = match command {
        Command::Request(c) => c.duration,
        Command::Renew(c) => c.duration,
        Command::Extend(c) => Some(c.duration),
        _ => None,
    };
    let of_rule = |rule: &&Eligibility| {
        let duration = rule.duration;
        [duration.map(|d| d.max), duration.map(|d| d.min), duration.and_then(|d| d.default), rule.session_max]
    };
    rules.iter().flat_map(of_rule).chain([asked]).flatten().filter(|span| !span.is_zero()).collect()
}

fn before(t: Timestamp) -> Timestamp {
    Timestamp::saturating_from_millis(t.as_millis().saturating_sub(1))
}
