//! Random commands on what a log names: new requests and repeated ones, and whatever can be done to a grant.

use alloc::collections::BTreeMap;
use alloc::sync::Arc;

use tenure::decide::{Command, Deactivate, Extend, Renew, Revoke, RevokeMode, Withdraw};
use tenure::id::{AttributeId, EventId, GrantId, IdentityId, RequestId};
use tenure::model::{Item, Request, Value};
use tenure::time::Timestamp;

use super::dice::{Dice, id};
use super::facts::Log;
use super::{hours, language, slot};

/// A command; `n` makes its name new.
pub(super) fn command(dice: &mut Dice<'_>, log: &Log, n: u64) -> Command {
    let name = format!("c{n}");
    match dice.below(20) {
        0..=8 => {
            let around = log.facts.last().map_or_else(|| slot(0), |fact| fact.recorded_at);
            let mut request = request(dice, &name, around, &log.events());
            // Often for what somebody has or had, so that grants of the same meet.
            if dice.chance(40)
                && let Some(terms) = dice.recent(&log.grants)
            {
                request.items = vec![Item { entitlement: terms.entitlement, scope: terms.scope }];
                request.requester = terms.beneficiary.clone();
                request.beneficiary = terms.beneficiary;
            }
            request.into()
        }
        9 | 10 => again(dice, log, &name),
        11..=13 => extend(dice, log, &name),
        14 | 15 => renew(dice, log, &name),
        16 => Command::Withdraw(Arc::new(Withdraw {
            by: somebody(dice),
            id: id(&name),
            reason: None,
            request: dice.pick(&log.requests).map_or_else(|| id("q9"), |request| request.id),
        })),
        17 => Command::Deactivate(Arc::new(Deactivate {
            by: somebody(dice),
            grant: grant(dice, log),
            id: id(&name),
            reason: None,
        })),
        _ => Command::Revoke(Arc::new(Revoke {
            by: somebody(dice),
            grant: grant(dice, log),
            id: id(&name),
            mode: if dice.chance(50) { RevokeMode::Entitlement } else { RevokeMode::Grant },
            reason: Some("because".into()),
        })),
    }
}

/// A request that a reader of requests accepts, made around an instant.
pub(super) fn request(dice: &mut Dice<'_>, name: &str, around: Timestamp, events: &[EventId]) -> Request {
    let beneficiary: IdentityId =
        if dice.chance(60) { dice.identity() } else { dice.name(&["ann", "ben", "bot"]) };
    let mut items = vec![item(dice)];
    if dice.chance(20) {
        items.push(item(dice));
        items.sort();
        items.dedup();
    }
    let start = dice.chance(25).then(|| around.plus(hours(dice.below(20))).minus(hours(4)));
    let (mut duration, mut until) = (None, None);
    match dice.below(7) {
        0..=3 => duration = Some(dice.long_span()),
        4 | 5 => {
            let after = start.unwrap_or(around).plus(hours(dice.below(60).saturating_add(1)));
            until = Some(after);
        }
        _ => {}
    }
    let event = if dice.chance(35) { Some(dice.event(events)) } else { None };
    let mut request = Request {
        requester: if dice.chance(15) { dice.identity() } else { beneficiary.clone() },
        beneficiary,
        context: context(dice, around),
        duration,
        event,
        id: id(name),
        inputs: BTreeMap::new(),
        items,
        reason: words(dice),
        renews: None,
        rule: None,
        start,
        ticket: words(dice),
        until,
    };
    request.context.extend(language::context(dice));
    request.inputs = language::inputs(dice);
    request.rule = language::rule(dice);
    request
}

fn item(dice: &mut Dice<'_>) -> Item {
    let entitlement = dice.entitlement();
    Item { entitlement, scope: if dice.chance(50) { dice.scope() } else { None } }
}

/// A request or extension of the log once more: the same, or something else under its name.
fn again(dice: &mut Dice<'_>, log: &Log, name: &str) -> Command {
    let extensions: Vec<Extend> = log.extensions.clone();
    if dice.chance(25)
        && let Some(mut extension) = dice.pick(&extensions)
    {
        if dice.chance(30) {
            extension.duration = dice.span();
        }
        return Command::Extend(Arc::new(extension));
    }
    let Some(mut request) = dice.pick(&log.requests) else { return request(dice, name, slot(0), &[]).into() };
    match dice.below(6) {
        0 => request.reason = Some("another".into()),
        1 => {
            request.context = context(dice, slot(0));
            request.context.extend(language::context(dice));
        }
        2 => request.id = dice.pick(&extensions).map_or(request.id, |extension| extension.id),
        _ => {}
    }
    request.into()
}

fn extend(dice: &mut Dice<'_>, log: &Log, name: &str) -> Command {
    let grant = grant(dice, log);
    let taken: Option<RequestId> = dice.pick(&log.requests).map(|request| request.id);
    let mut extend = Extend {
        by: somebody(dice),
        context: context(dice, slot(0)),
        duration: dice.long_span(),
        grant,
        id: taken.filter(|_| dice.chance(5)).unwrap_or_else(|| id(name)),
        inputs: BTreeMap::new(),
        reason: words(dice),
        ticket: words(dice),
    };
    extend.context.extend(language::context(dice));
    extend.inputs = language::inputs(dice);
    Command::Extend(Arc::new(extend))
}

fn renew(dice: &mut Dice<'_>, log: &Log, name: &str) -> Command {
    let mut renew = Renew {
        by: somebody(dice),
        context: context(dice, slot(0)),
        duration: if dice.chance(75) { Some(dice.long_span()) } else { None },
        event: if dice.chance(15) { Some(dice.event(&log.events())) } else { None },
        grant: grant(dice, log),
        id: id(name),
        inputs: BTreeMap::new(),
        reason: words(dice),
        rule: None,
        start: dice.chance(15).then(|| dice.slot()),
        ticket: words(dice),
    };
    renew.context.extend(language::context(dice));
    renew.inputs = language::inputs(dice);
    renew.rule = language::rule(dice);
    Command::Renew(Arc::new(renew))
}

/// Mostly a grant of the log.
fn grant(dice: &mut Dice<'_>, log: &Log) -> GrantId {
    let known = dice.recent(&log.grants).map(|terms| terms.id);
    known.filter(|_| !dice.chance(4)).unwrap_or_else(|| id("none#0"))
}

fn somebody(dice: &mut Dice<'_>) -> Option<IdentityId> {
    if dice.chance(8) { Some(dice.identity()) } else { None }
}

/// Mostly some words, sometimes none, or blank ones.
fn words(dice: &mut Dice<'_>) -> Option<String> {
    match dice.below(10) {
        8 => None,
        9 => Some(" ".into()),
        _ => Some("words".into()),
    }
}

/// The end of the session, where it is known; sometimes in words that are no instant.
fn context(dice: &mut Dice<'_>, around: Timestamp) -> BTreeMap<AttributeId, Value> {
    let ends = match dice.below(12) {
        7..=10 => Value::Text(around.plus(hours(dice.below(40))).to_string()),
        11 => Value::Text("later".into()),
        _ => return BTreeMap::new(),
    };
    BTreeMap::from([(id("session.ends_at"), ends)])
}
