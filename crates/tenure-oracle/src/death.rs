//! A grant lives from its start until the earliest of what ends it, and never again.

use tenure::decide::GrantView;
use tenure::fact::{Body, Cause};
use tenure::id::GrantId;
use tenure::model::{Basis, GrantState, GrantTerms, OnLoss};
use tenure::time::{Span, Timestamp};

use crate::World;
use crate::eligible::kept;
use crate::holding::{grant, grants};
use crate::instants::{first, grants_matter};
use crate::life::{
    Status, alive, entitlement_valid, event_over, incarnation, planned_end, resource_valid, status,
};
use crate::world::Deaths;

/// When the grant dies and of what; none if there is no such grant.
pub fn death(world: &World, id: &GrantId) -> Option<(Timestamp, Cause)> {
    if let Some(all) = world.memo.deaths.get() {
        return all.get(id).copied();
    }
    if !grants_matter(world) {
        // No death depends on another, so each is worked out by itself.
        let known = world.memo.so_far.borrow().get(id).copied();
        return known.or_else(|| {
            let (terms, issued) = grant(world, id)?;
            let death = of(world, terms, issued);
            world.memo.so_far.borrow_mut().insert(id.clone(), death);
            Some(death)
        });
    }
    if world.memo.working.replace(true) {
        return world.memo.so_far.borrow().get(id).copied();
    }
    let all = deaths(world);
    world.memo.working.set(false);
    world.memo.deaths.get_or_init(|| all).get(id).copied()
}

/// All deaths. A rule may read who holds what by a grant, so one may depend on another, but nothing perpetuates itself:
/// at first every grant counts as dead from its start, and what follows from that is followed until nothing changes.
fn deaths(world: &World) -> Deaths {
    let all = grants(world);
    let at_start = |(terms, _): &(&GrantTerms, Timestamp)| {
        (terms.id.clone(), (terms.term.start(), Cause::EligibilityLost))
    };
    let mut found: Deaths = all.iter().map(at_start).collect();
    loop {
        world.memo.so_far.replace(found.clone());
        // What was remembered of matches followed from less.
        world.memo.matches.borrow_mut().clear();
        let next: Deaths =
            all.iter().map(|(terms, issued)| (terms.id.clone(), of(world, terms, *issued))).collect();
        if next == found {
            return found;
        }
        found = next;
    }
}

fn of(world: &World, terms: &GrantTerms, issued: Timestamp) -> (Timestamp, Cause) {
    let mut ends = recorded(world, &terms.id);
    ends.extend(life(world, terms, issued));
    ends.extend(nouns(world, terms));
    ends.extend(business_event(world, terms));
    ends.extend(eligibility(world, terms));
    ends.extend(time(world, terms));
    ends.into_iter().min().unwrap_or((Timestamp::MAX, Cause::Expired))
}

/// Whether the grant is dead at `t`.
pub fn dead(world: &World, id: &GrantId, t: Timestamp) -> bool {
    death(world, id).is_some_and(|(death, _)| death <= t)
}

/// Where the grant stands at `t`.
pub fn state(world: &World, terms: &GrantTerms, t: Timestamp) -> GrantState {
    let start = terms.term.start();
    match death(world, &terms.id) {
        Some((death, _)) if death <= t && death <= start => GrantState::Void,
        Some((death, Cause::Revoked)) if death <= t => GrantState::Revoked,
        Some((death, _)) if death <= t => GrantState::Ended,
        _ if t < start => GrantState::Scheduled,
        _ => GrantState::Active,
    }
}

/// The grant as a decision at `t` shows it.
pub fn view(world: &World, terms: &GrantTerms, t: Timestamp) -> GrantView {
    GrantView {
        beneficiary: terms.beneficiary.clone(),
        end: death(world, &terms.id).map_or(terms.term.end(), |(death, _)| death),
        entitlement: terms.entitlement.clone(),
        event: terms.event.clone(),
        id: terms.id.clone(),
        scope: terms.scope.clone(),
        session_until: None,
        start: terms.term.start(),
        state: state(world, terms, t),
    }
}

/// The ends that facts recorded.
pub(crate) fn recorded(world: &World, id: &GrantId) -> Vec<(Timestamp, Cause)> {
    let ends = world.facts.iter().filter_map(|fact| match &fact.body {
        Body::GrantEnded(e) | Body::GrantRevoked(e) | Body::GrantVoided(e) if e.id == *id => {
            Some((fact.effective_at, e.cause))
        }
        _ => None,
    });
    ends.collect()
}

/// The holder left, joined again, was suspended, or is out of contract.
fn life(world: &World, terms: &GrantTerms, issued: Timestamp) -> Option<(Timestamp, Cause)> {
    let holder = &terms.beneficiary;
    let joined = incarnation(world, holder, issued);
    let cause = |s| match status(world, holder, s) {
        (Status::Left, _) => Some(Cause::IdentityLeft),
        (_, incarnation) if incarnation != joined => Some(Cause::IdentityLeft),
        (Status::Suspended, _) => Some(Cause::IdentitySuspended),
        _ if !alive(world, holder, s) => Some(Cause::ContractEnded),
        _ => None,
    };
    let s = first(world, terms.term.start(), |s| cause(s).is_some())?;
    Some((s, cause(s)?))
}

/// What is held, or where, is no longer valid.
fn nouns(world: &World, terms: &GrantTerms) -> Vec<(Timestamp, Cause)> {
    let start = terms.term.start();
    let what = first(world, start, |s| !entitlement_valid(world, &terms.entitlement, s));
    let scope = terms.scope.as_ref().and_then(|r| first(world, start, |s| !resource_valid(world, r, s)));
    let what = what.map(|s| (s, Cause::EntitlementRetired));
    what.into_iter().chain(scope.map(|s| (s, Cause::ResourceRetired))).collect()
}

/// The business event is over; or past its planned end, for a grant that follows it.
fn business_event(world: &World, terms: &GrantTerms) -> Vec<(Timestamp, Cause)> {
    let Some(event) = &terms.event else { return Vec::new() };
    let start = terms.term.start();
    let over = first(world, start, |s| event_over(world, event, s));
    let over = over.map(|s| if s == start { s } else { s.plus(grace_of(terms)) });
    let passed = |s| planned_end(world, event, s).is_some_and(|end| end <= s);
    let planned = if follows(terms) { first(world, start, passed) } else { None };
    over.into_iter().chain(planned).map(|s| (s, Cause::EventEnded)).collect()
}

/// No rule keeps it any more.
fn eligibility(world: &World, terms: &GrantTerms) -> Option<(Timestamp, Cause)> {
    let grace = match &terms.basis {
        Basis::Policy { on_loss: OnLoss::Revoke, .. } => Span::ZERO,
        Basis::Policy { on_loss: OnLoss::Grace(grace), .. } => *grace,
        _ => return None,
    };
    let s = lost_from(world, terms)?;
    Some((if s == terms.term.start() { s } else { s.plus(grace) }, Cause::EligibilityLost))
}

/// The first instant of the grant, under the adopted policy, at which no rule keeps it.
pub(crate) fn lost_from(world: &World, terms: &GrantTerms) -> Option<Timestamp> {
    let from = terms.term.start().max(world.adoption()?);
    first(world, from, |s| !kept(world, &terms.beneficiary, &terms.entitlement, terms.scope.as_ref(), s))
}

/// Its time is over: the end in force, or the limit for a grant that follows its event.
fn time(world: &World, terms: &GrantTerms) -> Option<(Timestamp, Cause)> {
    let end_at = |s| {
        let mut end = match &terms.basis {
            Basis::Policy { limit, .. } if follows(terms) => *limit,
            _ => terms.term.end(),
        };
        for fact in world.until(s) {
            if let Body::GrantExtended(extended) = &fact.body
                && extended.id == terms.id
            {
                end = if follows(terms) { extended.limit } else { extended.end };
            }
        }
        end
    };
    first(world, terms.term.start(), |s| end_at(s) <= s).map(|s| (s, Cause::Expired))
}

fn follows(terms: &GrantTerms) -> bool {
    terms.event.is_some() && matches!(&terms.basis, Basis::Policy { event: Some(event), .. } if event.follow)
}

fn grace_of(terms: &GrantTerms) -> Span {
    match &terms.basis {
        Basis::Policy { event: Some(event), .. } => event.grace,
        _ => Span::ZERO,
    }
}
