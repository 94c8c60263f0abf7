//! Ending never fails: it depends on no eligibility, cap, approval, clock or policy.

use alloc::vec;
use alloc::vec::Vec;

use super::case::{Case, Denied};
use super::proposal::{Entry, Plan};
use super::{Code, Deactivate, Decision, GrantView, Reason, Revoke, RevokeMode, Withdraw};
use crate::check::text;
use crate::fact::{Body, Cause, GrantEnded, Named};
use crate::id::GrantId;
use crate::log::{Key, KeyKind};
use crate::model::GrantState;
use crate::state::{GrantRow, Stage};

/// Gives back one's own grant.
pub(super) fn deactivate(mut case: Case<'_>, command: &Deactivate) -> Decision {
    let found = match case.grant(&command.grant) {
        Ok((_, row)) => case.own(command.by.as_ref(), row, &command.grant).map(|()| row),
        Err(Denied) => Err(Denied),
    };
    let Ok(row) = found else { return case.deny() };
    let by = command.by.clone().or_else(|| case.state().identity_id(row.holder));
    let ended = end(&mut case, row, Cause::Deactivated, command.reason.as_deref());
    settle(case, by, ended.into_iter().collect())
}

/// Takes a grant, or all grants of the same thing.
pub(super) fn revoke(mut case: Case<'_>, command: &Revoke) -> Decision {
    let Ok((_, row)) = case.grant(&command.grant) else { return case.deny() };
    let mut ended = Vec::new();
    match command.mode {
        RevokeMode::Grant => ended.extend(end(&mut case, row, Cause::Revoked, command.reason.as_deref())),
        RevokeMode::Entitlement => {
            for row in alive_of_the_same(&mut case, row) {
                ended.extend(end(&mut case, row, Cause::Revoked, command.reason.as_deref()));
            }
            let (stands, _) = case.stands(row);
            if !matches!(stands, GrantState::Active | GrantState::Scheduled) {
                let named = end(&mut case, row, Cause::Revoked, None);
                if ended.is_empty() {
                    ended.extend(named);
                }
            }
        }
    }
    settle(case, command.by.clone(), ended)
}

/// Takes back a request that nobody has decided.
pub(super) fn withdraw(mut case: Case<'_>, command: &Withdraw) -> Decision {
    case.read(KeyKind::Request, command.request.shared());
    let state = case.state();
    let row = state.request_reference(command.request.as_str()).and_then(|r| state.requests.at(r));
    let named = |code| Reason::error(code).with("request", command.request.as_str());
    let known = row.filter(|row| !matches!(row.stage, Stage::Named | Stage::Extension));
    let Some(row) = known else {
        let _ = case.fail(named(Code::RequestUnknown));
        return case.deny();
    };
    if let Some(by) = &command.by {
        let who = state.identity_names.find(by.as_str());
        if who.is_none() || (who != Some(row.requester) && who != Some(row.beneficiary)) {
            let reason = Reason::error(Code::AuthorityNotHolder).with("by", by.as_str());
            let _ = case.fail(reason.with("target", command.request.as_str()));
            return case.deny();
        }
    }
    if row.stage != Stage::Made {
        let _ = case.fail(named(Code::RequestNotPending));
        return case.deny();
    }
    let by = command.by.clone().or_else(|| state.identity_id(row.requester));
    let body = Body::RequestWithdrawn(Named { id: command.request.clone(), reason: command.reason.clone() });
    let touches = vec![Case::request_key(&command.request)];
    case.permit(Vec::new(), by, Plan::Entries(vec![Entry { body, touches }]))
}

/// What becomes of a grant, and the fact that makes it so; no fact if it is over.
fn end(
    case: &mut Case<'_>,
    row: &GrantRow,
    cause: Cause,
    reason: Option<&str>,
) -> Option<(GrantView, Option<Entry>)> {
    let mut view = case.view(row)?;
    let ended = GrantEnded { cause, id: view.id.clone(), reason: reason.map(Into::into) };
    let body = match (view.state, cause) {
        (GrantState::Scheduled, _) => {
            view.state = GrantState::Void;
            Body::GrantVoided(ended)
        }
        (GrantState::Active, Cause::Revoked) => {
            view.state = GrantState::Revoked;
            Body::GrantRevoked(ended)
        }
        (GrantState::Active, _) => {
            view.state = GrantState::Ended;
            Body::GrantEnded(ended)
        }
        _ => {
            let over = Reason::warning(Code::GrantAlreadyEnded)
                .with("end", text(view.end))
                .with("grant", view.id.as_str());
            case.reasons.push(over);
            return Some((view, None));
        }
    };
    view.end = case.at();
    // Of a grant that is ended when it starts nothing is left; a moment later it is another answer.
    if case.trace.is_before(view.start.next()) {
        view.state = GrantState::Void;
    }
    let touches = vec![
        Key::new(KeyKind::Person, view.beneficiary.as_str()),
        Key::new(KeyKind::Group, view.entitlement.as_str()),
    ];
    Some((view, Some(Entry { body, touches })))
}

/// The grants of the same identity, entitlement and scope that are not over, in the order of their ids.
fn alive_of_the_same<'a>(case: &mut Case<'a>, of: &GrantRow) -> Vec<&'a GrantRow> {
    let mut found: Vec<(GrantId, &GrantRow)> = Vec::new();
    let state = case.state();
    let mut grant = state.person(of.holder).last_grant;
    while let Some(row) = state.grants.at(grant) {
        if row.entitlement == of.entitlement && row.scope == of.scope {
            let (stands, _) = case.stands(row);
            if matches!(stands, GrantState::Active | GrantState::Scheduled) {
                found.push((state.grant_id(row), row));
            }
        }
        grant = row.previous_of_holder;
    }
    found.sort_by(|a, b| a.0.cmp(&b.0));
    found.into_iter().map(|(_, row)| row).collect()
}

fn settle(
    case: Case<'_>,
    by: Option<crate::id::IdentityId>,
    ended: Vec<(GrantView, Option<Entry>)>,
) -> Decision {
    let (views, entries): (Vec<_>, Vec<_>) = ended.into_iter().unzip();
    case.permit(views, by, Plan::Entries(entries.into_iter().flatten().collect()))
}
