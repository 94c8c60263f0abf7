//! A document that a log has not adopted is decided as if it had been: its nouns and the adoption itself are
//! facts that stand before those of the first permit.

use alloc::string::ToString;
use alloc::vec::Vec;

use super::EngineError;
use super::fields::Declared;
use crate::decide::Adoption;
use crate::fact::{Body, Defined, Fact, PolicyAdopted};
use crate::id::FactId;
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
        Body::IdentityDefined(d) => same(state, "identity", d),
        Body::AccountDefined(d) => same(state, "account", d),
        Body::ApplicationDefined(d) => same(state, "application", d),
        Body::ResourceDefined(d) => same(state, "resource", d),
        Body::EntitlementDefined(d) => same(state, "entitlement", d),
        Body::EventOpened(d) => same(state, "event", d),
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

fn same<I: AsRef<str>, N: Declared>(
    state: &State,
    kind: &'static str,
    defined: &Defined<I, N>,
) -> Result<bool, EngineError> {
    let id = defined.id.as_ref();
    match N::history(state, id) {
        None => Ok(false),
        // What facts say on top of the definition stays.
        Some(known) if *known.first() == defined.definition || *known.last() == defined.definition => {
            Ok(true)
        }
        Some(_) => Err(EngineError::Conflict { kind, id: id.to_string() }),
    }
}
