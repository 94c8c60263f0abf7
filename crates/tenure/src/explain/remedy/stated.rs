//! What a request states, or fails to state: inputs, a reason, a ticket, a business event.

use alloc::vec;
use alloc::vec::Vec;

use super::{Bundle, FEW, names, of, timing};
use crate::compile::open_set;
use crate::decide::{Command, Reason};
use crate::explain::apply::anything;
use crate::explain::cause::{is_for_others, misses};
use crate::explain::step::Step;
use crate::explain::trial::Trial;
use crate::id::{AttributeId, EventId, FeedId};
use crate::model::Value;
use crate::policy::{AttributeType, EventRule, Input};

/// The most open events that are looked at.
const MANY: usize = 64;

/// Everything that is missing, each with a value that may do.
pub(super) fn missing(trial: &Trial, reason: &Reason) -> Vec<Bundle> {
    let item = reason.item.unwrap_or(0);
    let mut bundles: Vec<Bundle> = vec![Vec::new()];
    for name in names(reason, "inputs") {
        let ways: Vec<Bundle> = match name {
            "reason" => vec![vec![Step::Reason]],
            "ticket" => vec![vec![Step::Ticket]],
            "duration" => {
                let possible = timing::possible(trial, item);
                possible.map(|duration| vec![Step::Last { duration }]).into_iter().collect()
            }
            "event" => events(trial, item),
            input => fill(trial, item, input).map(|step| vec![step]).into_iter().collect(),
        };
        bundles = ways
            .iter()
            .flat_map(|way| bundles.iter().map(move |bundle| [bundle.as_slice(), way].concat()))
            .take(FEW)
            .collect();
    }
    bundles.retain(|bundle| !bundle.is_empty());
    bundles.truncate(FEW);
    bundles
}

/// An input with a value that the rules take.
pub(super) fn invalid(trial: &Trial, reason: &Reason) -> Vec<Bundle> {
    let input = reason.params.get("input").and_then(Value::as_text).unwrap_or_default();
    let fill = fill(trial, reason.item.unwrap_or(0), input);
    fill.map(|step| vec![step]).into_iter().collect()
}

/// Another event, or none; one that covers more, more people, or that is heard of.
pub(super) fn event(trial: &Trial, reason: &Reason) -> Vec<Bundle> {
    let item = reason.item.unwrap_or(0);
    let named = reason.params.get("event").and_then(Value::as_text).and_then(|id| EventId::new(id).ok());
    let names = |bundle: &Bundle| matches!(bundle.first(), Some(Step::NameEvent { event }) if Some(event) != named.as_ref());
    let mut bundles: Vec<Bundle> = events(trial, item).into_iter().filter(names).collect();
    let mut steps: Vec<Step> = vec![Step::LeaveEvent];
    let Some(event) = named.clone() else { return bundles };
    let noun = trial.event(&event);
    if let Some(start) = noun.map(|noun| noun.start).filter(|start| *start > trial.at()) {
        steps.push(Step::Start { at: start });
    }
    match reason.params.get("why").and_then(Value::as_text) {
        Some("not_participant") => steps.extend(beneficiary(trial).map(|identity| {
            let event = event.clone();
            Step::Participate { event, identity }
        })),
        Some("outside_ceiling") => {
            let asked = of(trial, item).and_then(|asked| trial.engine.assumed().entitlement_id(asked.what));
            steps.extend(asked.map(|entitlement| Step::Cover { entitlement, event: event.clone() }));
        }
        None => steps.extend(feed_of(trial, &event).map(|feed| Step::Report { feed })),
        Some(_) => {}
    }
    bundles.extend(steps.into_iter().map(|step| vec![step]));
    bundles
}

fn feed_of(trial: &Trial, event: &EventId) -> Option<FeedId> {
    trial.event(event)?.feed.clone()
}

fn beneficiary(trial: &Trial) -> Option<crate::id::IdentityId> {
    match &trial.command {
        Command::Request(request) => Some(request.beneficiary.clone()),
        _ => trial.engine.assumed().identity_id(of(trial, 0)?.who),
    }
}

/// The open events that the rules take, each with what it takes that the beneficiary takes part in it and that it covers
/// what is asked; those that take least first.
fn events(trial: &Trial, item: u32) -> Vec<Bundle> {
    let state = trial.engine.assumed();
    let Some(asked) = of(trial, item) else { return Vec::new() };
    let (Some(who), Some(what)) = (state.identity_id(asked.who), state.entitlement_id(asked.what)) else {
        return Vec::new();
    };
    let matching = misses(trial, asked).into_iter().filter(|(_, unmet)| !is_for_others(unmet));
    let rules: Vec<_> = matching.filter_map(|(rule, _)| rule.rule.event.as_ref()).collect();
    let mut found: Vec<Bundle> = Vec::new();
    for (reference, row) in (0u32..).zip(state.events.iter()) {
        let Some(noun) = row.noun.as_ref().and_then(|noun| noun.at(asked.start)) else { continue };
        let taken = |rule: &&EventRule| rule.kinds.as_ref().is_none_or(|kinds| kinds.contains(&noun.kind));
        let open = noun.start <= asked.start && open_set(row).contains(asked.start);
        let Some(event) = state.event_id(reference).filter(|_| open && rules.iter().all(taken)) else {
            continue;
        };
        let mut bundle = vec![Step::NameEvent { event: event.clone() }];
        if noun.participants.as_ref().is_some_and(|list| !list.contains(&who)) {
            bundle.push(Step::Participate { event: event.clone(), identity: who.clone() });
        }
        if noun.ceiling.as_ref().is_some_and(|list| !list.contains(&what)) {
            bundle.push(Step::Cover { entitlement: what.clone(), event });
        }
        found.push(bundle);
        if found.len() >= MANY {
            break;
        }
    }
    found.sort_by_key(Vec::len);
    found.truncate(FEW);
    found
}

/// An input with a value of its type.
fn fill(trial: &Trial, item: u32, name: &str) -> Option<Step> {
    let asked = of(trial, item)?;
    let declared: Vec<Input> = misses(trial, asked)
        .into_iter()
        .filter(|(_, unmet)| unmet.is_empty())
        .filter_map(|(rule, _)| rule.rule.inputs.iter().find(|(id, _)| id.as_str() == name))
        .map(|(_, input)| input.clone())
        .collect();
    let input = AttributeId::new(name).ok()?;
    let listed = declared.iter().find_map(|input| input.one_of.as_ref()?.iter().next().cloned());
    let value = listed.unwrap_or_else(|| match declared.first().map(|input| input.r#type) {
        Some(AttributeType::Bool) => Value::Bool(true),
        Some(AttributeType::Int) => {
            let least = declared.iter().filter_map(|input| input.min).max();
            let most = declared.iter().filter_map(|input| input.max).min();
            Value::Int(least.or(most).unwrap_or(1))
        }
        Some(AttributeType::List) => Value::List(Vec::new()),
        Some(AttributeType::Text) | None => anything(),
    });
    Some(Step::Fill { input, value })
}
