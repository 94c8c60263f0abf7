//! Ending never fails for a lack of eligibility, of a policy or of a clock: whoever may command it ends it.

use tenure::decide::{Code, Deactivate, Reason, Revoke, RevokeMode, Withdraw};
use tenure::fact::{Body, Cause, GrantEnded, Named};
use tenure::id::{GrantId, IdentityId, RequestId};
use tenure::model::{GrantState, GrantTerms};
use tenure::time::Timestamp;

use crate::death::{death, state, view};
use crate::holding::{grant, grants};
use crate::outcome::text;
use crate::request::{answer, not_holder};
use crate::{Outcome, World};

/// The holder gives a grant back.
pub(crate) fn deactivate(world: &World, command: &Deactivate, at: Timestamp) -> Outcome {
    let Some((terms, _)) = grant(world, &command.grant) else { return unknown(&command.grant, at) };
    let by = command.by.as_ref().unwrap_or(&terms.beneficiary);
    if let Some(reason) = not_holder(world, by, terms) {
        return Outcome::deny(at, reason);
    }
    let end = End { id: &command.id, by: Some(by), reason: command.reason.as_deref(), at };
    end.all(world, terms, &[terms], Cause::Deactivated)
}

/// Somebody takes a grant, or all grants of the same.
pub(crate) fn revoke(world: &World, command: &Revoke, at: Timestamp) -> Outcome {
    let Some((terms, _)) = grant(world, &command.grant) else { return unknown(&command.grant, at) };
    let targets: Vec<&GrantTerms> = match command.mode {
        RevokeMode::Grant => vec![terms],
        RevokeMode::Entitlement => grants(world)
            .into_iter()
            .map(|(other, _)| other)
            .filter(|other| {
                other.beneficiary == terms.beneficiary
                    && other.entitlement == terms.entitlement
                    && other.scope == terms.scope
            })
            .collect(),
    };
    let end = End { id: &command.id, by: command.by.as_ref(), reason: command.reason.as_deref(), at };
    end.all(world, terms, &targets, Cause::Revoked)
}

/// The asker takes a request back that nobody has decided.
pub(crate) fn withdraw(world: &World, command: &Withdraw, at: Timestamp) -> Outcome {
    let request = &command.request;
    let made = world.facts.iter().find_map(|fact| match &fact.body {
        Body::RequestMade(made) if made.request.id == *request => Some(&made.request),
        _ => None,
    });
    let Some(made) = made else {
        return Outcome::deny(at, Reason::error(Code::RequestUnknown).with("request", text(request)));
    };
    let by = command.by.as_ref().unwrap_or(&made.requester);
    if ![&made.requester, &made.beneficiary].contains(&by) {
        let reason = Reason::error(Code::AuthorityNotHolder).with("by", text(by));
        return Outcome::deny(at, reason.with("target", text(request)));
    }
    if answer(world, request).is_some() {
        return Outcome::deny(at, Reason::error(Code::RequestNotPending).with("request", text(request)));
    }
    let mut outcome = Outcome::permit(at);
    let body = Body::RequestWithdrawn(Named { id: request.clone(), reason: command.reason.clone() });
    outcome.record(&command.id, Some(by), vec![body]);
    outcome
}

fn unknown(grant: &GrantId, at: Timestamp) -> Outcome {
    Outcome::deny(at, Reason::error(Code::GrantUnknown).with("grant", text(grant)))
}

struct End<'a> {
    id: &'a RequestId,
    by: Option<&'a IdentityId>,
    reason: Option<&'a str>,
    at: Timestamp,
}

impl End<'_> {
    /// Ends those of the targets that are not dead; warns where the one that was named is.
    fn all(&self, world: &World, named: &GrantTerms, targets: &[&GrantTerms], cause: Cause) -> Outcome {
        let mut outcome = Outcome::permit(self.at);
        let mut shown = Vec::new();
        let mut bodies = Vec::new();
        for terms in targets {
            let body = |make: fn(GrantEnded) -> Body| {
                make(GrantEnded { cause, id: terms.id.clone(), reason: self.reason.map(String::from) })
            };
            bodies.push(match (state(world, terms, self.at), cause) {
                (GrantState::Scheduled, _) => body(Body::GrantVoided),
                (GrantState::Active, Cause::Revoked) => body(Body::GrantRevoked),
                (GrantState::Active, _) => body(Body::GrantEnded),
                _ => continue,
            });
            shown.push(*terms);
        }
        if let Some((death, _)) = death(world, &named.id).filter(|(death, _)| *death <= self.at) {
            let reason = Reason::warning(Code::GrantAlreadyEnded).with("end", text(death));
            outcome.reasons.push(reason.with("grant", text(&named.id)));
        }
        if shown.is_empty() {
            shown.push(named);
        }
        outcome.record(self.id, self.by, bodies);
        let after = world.with(&outcome.facts);
        outcome.grants = shown.iter().map(|terms| view(&after, terms, self.at)).collect();
        outcome
    }
}
