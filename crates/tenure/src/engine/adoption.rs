//! A document that a log has not adopted is decided as if it had been: its nouns and the adoption itself are
//! facts that stand before those of the first permit.

use alloc::string::ToString;
use alloc::vec::Vec;

use super::EngineError;
use crate::decide::Adoption;
use crate::fact::{Body, Fact, PolicyAdopted};
use crate::id::FactId;
use crate::model::{Change, History};
use crate::policy::Policy;
use crate::state::State;
use crate::time::Timestamp;

/// The facts that adopt `policy` on a log that adopted none, and the state with them.
pub(crate) fn adopt(policy: &Policy, state: &State) -> Result<(Adoption, State), EngineError> {
    let mut adopted = state.clone();
    let mut adoption = Adoption::default();
    let mut bodies = Vec::new();
    for body in policy.noun_facts() {
        if !is_known(&body, state)? {
            bodies.push(body);
        }
    }
    bodies.push(Body::PolicyAdopted(PolicyAdopted { digest: policy.digest().to_string() }));
    let short = policy.digest().get(..16).unwrap_or_default();
    for (n, body) in bodies.into_iter().enumerate() {
        let id = FactId::new(alloc::format!("policy/{short}/{n}")).map_err(|_| EngineError::Corrupt)?;
        let fact = Fact::new(id, Timestamp::MIN, body);
        adoption.touches.push(fact.touches(&adopted));
        adopted.apply(adopted.len(), &fact)?;
        adoption.facts.push(fact);
    }
    Ok((adoption, adopted))
}

/// Whether the log says the same of the noun already.
fn is_known(body: &Body, state: &State) -> Result<bool, EngineError> {
    match body {
        Body::IdentityDefined(d) => {
            let row = state.identity_names.find(d.id.as_str()).and_then(|r| state.identities.at(r));
            same("identity", d.id.as_str(), row.and_then(|row| row.noun.as_deref()), &d.definition)
        }
        Body::AccountDefined(d) => {
            let row = state.account_names.find(d.id.as_str()).and_then(|r| state.accounts.at(r));
            same("account", d.id.as_str(), row.and_then(|row| row.noun.as_deref()), &d.definition)
        }
        Body::ApplicationDefined(d) => {
            let row = state.application_names.find(d.id.as_str()).and_then(|r| state.applications.at(r));
            same("application", d.id.as_str(), row.and_then(|row| row.noun.as_deref()), &d.definition)
        }
        Body::ResourceDefined(d) => {
            let row = state.resource_names.find(d.id.as_str()).and_then(|r| state.resources.at(r));
            same("resource", d.id.as_str(), row.and_then(|row| row.noun.as_deref()), &d.definition)
        }
        Body::EntitlementDefined(d) => {
            let row = state.entitlement_names.find(d.id.as_str()).and_then(|r| state.entitlements.at(r));
            same("entitlement", d.id.as_str(), row.and_then(|row| row.noun.as_deref()), &d.definition)
        }
        Body::EventOpened(d) => {
            let row = state.event_names.find(d.id.as_str()).and_then(|r| state.events.at(r));
            same("event", d.id.as_str(), row.and_then(|row| row.noun.as_deref()), &d.definition)
        }
        Body::StandingAssigned(d) => match state.standing_reference(d.id.as_str(), false) {
            None => Ok(false),
            Some(reference) if state.standing_at(reference).as_ref() == Some(&d.definition) => Ok(true),
            Some(_) => Err(EngineError::Conflict { kind: "standing", id: d.id.to_string() }),
        },
        Body::MembershipAdded(d) => match state.standing_reference(d.id.as_str(), true) {
            None => Ok(false),
            Some(reference) if state.membership_at(reference).as_ref() == Some(&d.definition) => Ok(true),
            Some(_) => Err(EngineError::Conflict { kind: "membership", id: d.id.to_string() }),
        },
        _ => Ok(false),
    }
}

fn same<N: Clone + PartialEq, C: Change<Noun = N>>(
    kind: &'static str,
    id: &str,
    known: Option<&History<N, C>>,
    defined: &N,
) -> Result<bool, EngineError> {
    match known {
        None => Ok(false),
        // What facts say on top of the definition stays.
        Some(history) if history.first() == defined || history.last() == defined => Ok(true),
        Some(_) => Err(EngineError::Conflict { kind, id: id.to_string() }),
    }
}
