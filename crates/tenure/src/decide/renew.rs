//! To renew is to ask once more for what a grant gave: right after it while it runs, or from now.

use super::case::{Case, Denied};
use super::{Code, Decision, Reason, Renew, request};
use crate::model::{GrantState, Item, Request};
use crate::state::GrantRow;

/// Decides a renewal.
pub(super) fn decide(mut case: Case<'_>, command: &Renew) -> Decision {
    if let Err(Denied) = case.preconditions() {
        return case.deny();
    }
    let state = case.state();
    let Some(grant) = state.grant_reference(command.grant.as_str()).and_then(|r| state.grants.at(r)) else {
        case.footprint.push(Case::request_key(&command.id));
        let known = state.request_reference(command.id.as_str()).and_then(|r| state.requests.at(r));
        if known.is_some_and(|row| row.stage != crate::state::Stage::Named) {
            let reason = Reason::error(Code::RequestIdReused).with("request", command.id.as_str());
            let _ = case.fail(reason);
        } else {
            let _ = case.grant(&command.grant);
        }
        return case.deny();
    };
    let Some(asked) = as_request(&case, command, grant) else { return case.deny() };
    let (stands, death) = case.stands(grant);
    let start = command.start.or((stands == GrantState::Active).then_some(death));
    let asked = Request { start, ..asked };
    let asked = alloc::sync::Arc::new(asked);
    // What is asked is the same however long the grant has left, so the digest is the command's own.
    request::decide_in(
        case,
        &asked,
        Some(alloc::sync::Arc::clone(&asked)),
        || command.digest(),
        |case| case.own(command.by.as_ref(), grant, &command.grant),
    )
}

fn as_request(case: &Case<'_>, command: &Renew, grant: &GrantRow) -> Option<Request> {
    let state = case.state();
    let beneficiary = state.identity_id(grant.holder)?;
    Some(Request {
        requester: command.by.clone().unwrap_or_else(|| beneficiary.clone()),
        beneficiary,
        context: command.context.clone(),
        duration: command.duration,
        event: command.event.clone().or_else(|| state.event_id(grant.event)),
        id: command.id.clone(),
        inputs: command.inputs.clone(),
        items: alloc::vec![Item {
            entitlement: state.entitlement_id(grant.entitlement)?,
            scope: state.resource_id(grant.scope),
        }],
        reason: command.reason.clone(),
        renews: Some(command.grant.clone()),
        rule: command.rule.clone(),
        start: command.start,
        ticket: command.ticket.clone(),
        until: None,
    })
}
