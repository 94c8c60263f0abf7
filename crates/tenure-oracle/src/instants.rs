//! Between two neighbouring instants that occur in the facts and the rules nothing changes, so a question about
//! all time is answered by asking at each of them.

use alloc::collections::BTreeSet;

use tenure::fact::Body;
use tenure::model::{Basis, OnLoss};
use tenure::policy::{Eligibility, Via};
use tenure::time::{Reading, Recurrence, Span, Timestamp, Window};

use crate::World;
use crate::holding::grants;

/// Every instant at which something may change, sorted; hours and what counts from now apart.
pub fn instants(world: &World) -> &[Timestamp] {
    world.memo.instants.get_or_init(|| {
        let mut found = vec![Timestamp::MIN];
        for fact in &world.facts {
            found.push(fact.effective_at);
            of_body(&fact.body, &mut found);
        }
        found.extend(caps(world));
        let policy = &world.policy;
        let valid = policy.eligibility.values().map(|rule| rule.valid);
        let valid = valid.chain(policy.guardrails.values().map(|rule| rule.valid));
        let valid = valid.chain(policy.deny.values().map(|rule| rule.valid));
        let valid = valid.chain(policy.standing_rules.values().map(|rule| rule.valid));
        found.extend(valid.flat_map(|window| [window.start(), window.end()]));
        let found = sorted(found);
        if grants_matter(world) { with_graces(world, found) } else { found }
    })
}

/// Whether a rule reads who holds what by a grant.
pub(crate) fn grants_matter(world: &World) -> bool {
    let reads = |rule: &Eligibility| {
        !rule.requires.entitlements.is_empty() || (rule.who.groups.is_some() && rule.who.via == Via::Any)
    };
    let rules = world.policy.standing_rules.values();
    world.policy.eligibility.values().any(reads) || rules.into_iter().any(|rule| rule.who.via == Via::Any)
}

/// With every instant at which a grant may die a while after something else: where rules read grants, one such death
/// may be the cause of another.
fn with_graces(world: &World, mut found: Vec<Timestamp>) -> Vec<Timestamp> {
    let mut graces = BTreeSet::new();
    for (terms, _) in grants(world) {
        if let Basis::Policy { event, on_loss, .. } = &terms.basis {
            graces.extend(event.map(|event| event.grace));
            if let OnLoss::Grace(grace) = on_loss {
                graces.insert(*grace);
            }
        }
    }
    for _ in 0..3 {
        let later = graces.iter().flat_map(|grace| found.iter().map(|t| t.plus(*grace)));
        found = sorted(found.iter().copied().chain(later).collect());
    }
    found
}

/// Which piece between two neighbouring instants contains `t`.
pub(crate) fn segment(world: &World, t: Timestamp) -> usize {
    instants(world).iter().filter(|instant| **instant <= t).count()
}

/// The first instant at or after `from` at which `is` holds.
pub fn first(world: &World, from: Timestamp, is: impl Fn(Timestamp) -> bool) -> Option<Timestamp> {
    if is(from) {
        return Some(from);
    }
    instants(world).iter().copied().filter(|t| from < *t && !t.is_never()).find(|t| is(*t))
}

/// The end of the time around `t` in which `is` holds; none if it never ends. It must hold at `t`.
pub fn end_of(world: &World, t: Timestamp, is: impl Fn(Timestamp) -> bool) -> Option<Timestamp> {
    first(world, t, |s| !is(s))
}

/// The end of the hours of a rule around `t`: `t` itself if it lies outside, none if they never end.
pub fn hours_end(rule: &Eligibility, t: Timestamp) -> Option<Timestamp> {
    // Hours repeat weekly, so what lasts for 380 days is taken never to end.
    [Span::days(16), Span::days(380)].into_iter().find_map(|ahead| {
        let (end, horizon) = open_until(rule, t, ahead);
        (end < horizon).then_some(end)
    })
}

/// The starts and ends of hours within `around` of `t`.
pub fn hours_edges(hours: &[Recurrence], reading: Reading, t: Timestamp, around: Span) -> Vec<Timestamp> {
    let horizon = Window::new(t.minus(around), t.plus(around));
    let windows = horizon.map(|horizon| open_windows(hours, reading, horizon)).unwrap_or_default();
    windows.into_iter().flat_map(|w| [w.start(), w.end()]).collect()
}

/// Sorted, each once, without "never".
pub(crate) fn sorted(mut instants: Vec<Timestamp>) -> Vec<Timestamp> {
    instants.retain(|t| !t.is_never());
    instants.sort_unstable();
    instants.dedup();
    instants
}

/// How far one can go from `t` through windows of the hours, no further than the horizon, which is returned too.
fn open_until(rule: &Eligibility, t: Timestamp, ahead: Span) -> (Timestamp, Timestamp) {
    let horizon = Window::new(t.minus(Span::days(10)), t.plus(ahead));
    let Some(horizon) = horizon else { return (t, t) };
    let windows = open_windows(&rule.hours, Reading::Narrow, horizon);
    let mut end = t;
    while let Some(window) = windows.iter().find(|w| w.start() <= end && end < w.end()) {
        end = window.end();
    }
    (end, horizon.end())
}

fn open_windows(hours: &[Recurrence], reading: Reading, horizon: Window) -> Vec<Window> {
    let sets = hours.iter().filter_map(|hours| hours.within(horizon, reading).ok());
    sets.flat_map(|set| set.windows().to_vec()).collect()
}

/// The instants that a fact names.
fn of_body(body: &Body, found: &mut Vec<Timestamp>) {
    match body {
        Body::IdentityDefined(d) => {
            found.extend([d.definition.starts, d.definition.ends].into_iter().flatten())
        }
        Body::IdentityChanged(c) => found.extend([c.changes.starts, c.changes.ends].into_iter().flatten()),
        Body::EntitlementDefined(d) => {
            found.extend(d.definition.implies.iter().flat_map(|edge| [edge.from, edge.until]));
        }
        Body::EntitlementChanged(c) => {
            found.extend(c.changes.implies.iter().flatten().flat_map(|edge| [edge.from, edge.until]));
        }
        Body::StandingAssigned(d) => found.extend([d.definition.from, d.definition.until]),
        Body::MembershipAdded(d) => found.extend([d.definition.from, d.definition.until]),
        Body::EventOpened(d) => {
            found.push(d.definition.start);
            found.extend(d.definition.planned_end);
        }
        Body::EventChanged(c) => found.extend([c.changes.start, c.changes.planned_end].into_iter().flatten()),
        Body::GrantIssued(terms) => {
            found.extend([terms.term.start(), terms.term.end()]);
            if let Basis::Policy { limit, .. } = &terms.basis {
                found.push(*limit);
            }
        }
        Body::GrantExtended(extended) => found.extend([extended.end, extended.limit]),
        _ => {}
    }
}

/// Every instant that may be a hard cap: each start of an event with each cap of it.
fn caps(world: &World) -> Vec<Timestamp> {
    let (mut starts, mut caps) = (Vec::new(), Vec::new());
    for fact in &world.facts {
        match &fact.body {
            Body::EventOpened(d) => {
                starts.push((&d.id, d.definition.start));
                caps.extend(d.definition.hard_cap.map(|cap| (&d.id, cap)));
            }
            Body::EventChanged(c) => {
                starts.extend(c.changes.start.map(|start| (&c.id, start)));
                caps.extend(c.changes.hard_cap.map(|cap| (&c.id, cap)));
            }
            _ => {}
        }
    }
    let pairs = starts.iter().flat_map(|(id, start)| {
        caps.iter().filter(move |(other, _)| other == id).map(move |(_, cap)| start.plus(*cap))
    });
    pairs.collect()
}

/// The instants of the world and the death of every grant.
pub fn with_deaths(world: &World) -> Vec<Timestamp> {
    let deaths = grants(world).into_iter().filter_map(|(terms, _)| crate::death::death(world, &terms.id));
    sorted(instants(world).iter().copied().chain(deaths.map(|(death, _)| death)).collect())
}
