//! The gate for what a host adds itself: it refuses what would be wrong to write down. What it lets through
//! replays for ever; the fold refuses nothing.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::engine::CLOCK_TOLERANCE;
use crate::fact::{Body, Fact};
use crate::id::FactId;
use crate::model::{Basis, Holder, Implied};
use crate::policy::NounKind;
use crate::state::{State, leaf_hash};
use crate::time::Timestamp;

/// Why a fact may not be added.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("fact {index} (`{id}`): {kind}")]
pub struct AdmitError {
    /// Which of the facts, counted from 0.
    pub index: usize,
    /// Its id.
    pub id: FactId,
    /// What is wrong with it.
    pub kind: AdmitErrorKind,
}

/// What is wrong with a fact.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AdmitErrorKind {
    /// Written down later than now.
    #[error(
        "it is recorded at `{recorded_at}`, later than now (`{now}`); a fact may take effect later, not be written down later"
    )]
    FromFuture {
        /// When it claims to be written down.
        recorded_at: Timestamp,
        /// When it is.
        now: Timestamp,
    },
    /// The id belongs to another fact.
    #[error("the id stands for another fact already; take a new one")]
    DuplicateId,
    /// It names what nobody has defined.
    #[error("`{name}` is not {kind} that is known; define it first")]
    Dangling {
        /// What kind of noun.
        kind: &'static str,
        /// The name.
        name: String,
    },
    /// It defines what is defined already; names are never used again.
    #[error("`{name}` is defined already; change it, or take a new name")]
    Redefined {
        /// The name.
        name: String,
    },
    /// It would make something imply or contain itself.
    #[error("`{from}` would reach itself through `{to}`; leave that edge out")]
    Cycle {
        /// Where the edge leaves.
        from: String,
        /// Where it leads.
        to: String,
    },
    /// It ends before it begins.
    #[error("it ends at `{until}`, not after it begins (`{from}`)")]
    Window {
        /// The beginning.
        from: Timestamp,
        /// The end.
        until: Timestamp,
    },
    /// It would give something for ever.
    #[error("it never ends; write an `end` and a `limit` before the year 10000")]
    Endless,
    /// It takes back what has taken effect, or nothing.
    #[error("`{replaces}` is not a fact that has yet to take effect; record a new fact that corrects it")]
    Replaces {
        /// The fact to be taken back.
        replaces: FactId,
    },
}

impl AdmitError {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self.kind {
            AdmitErrorKind::FromFuture { .. } => "fact.from_future",
            AdmitErrorKind::DuplicateId => "fact.duplicate_id",
            AdmitErrorKind::Dangling { .. } => "fact.dangling",
            AdmitErrorKind::Redefined { .. } => "fact.redefined",
            AdmitErrorKind::Cycle { .. } => "fact.cycle",
            AdmitErrorKind::Window { .. } => "fact.window",
            AdmitErrorKind::Endless => "fact.endless",
            AdmitErrorKind::Replaces { .. } => "fact.replaces",
        }
    }

    /// Where the fault lies in a list of the facts, as a JSON pointer.
    pub fn pointer(&self) -> String {
        alloc::format!("/{}", self.index)
    }
}

/// Judges facts that a host wants to add after those of `state`, at `now`, and gives those to append: a fact
/// that the log has already, word by word, is left out.
///
/// # Errors
/// [`AdmitError`] for the first fact that is wrong; then none should be added.
pub fn admit(state: &State, facts: &[Fact], now: Timestamp) -> Result<Vec<Fact>, AdmitError> {
    let mut state = state.clone();
    let mut admitted = Vec::new();
    let mut batch: BTreeMap<&FactId, &Fact> = BTreeMap::new();
    for (index, fact) in facts.iter().enumerate() {
        let refuse = |kind| AdmitError { index, id: fact.id.clone(), kind };
        match batch.insert(&fact.id, fact) {
            Some(earlier) if earlier == fact => continue,
            Some(_) => return Err(refuse(AdmitErrorKind::DuplicateId)),
            None => {}
        }
        match is_repeat(&state, fact) {
            Some(true) => continue,
            Some(false) => return Err(refuse(AdmitErrorKind::DuplicateId)),
            None => {}
        }
        judge(&state, fact, now).map_err(refuse)?;
        // The state takes in what is judged, so that a fact may name what an earlier one defines.
        let position = state.len();
        if state.apply(position, fact).is_err() {
            return Err(refuse(AdmitErrorKind::DuplicateId));
        }
        admitted.push(fact.clone());
    }
    Ok(admitted)
}

/// Whether the log has a fact of this id: the same one, or another.
fn is_repeat(state: &State, fact: &Fact) -> Option<bool> {
    if let Body::GrantIssued(terms) = &fact.body
        && state.grant_reference(terms.id.as_str()).is_some()
        && state.leaf_of(fact.id.as_str()).is_none()
    {
        return Some(false);
    }
    let known = state.leaf_of(fact.id.as_str())?;
    let text = serde_json::to_vec(fact).ok()?;
    let leaf = leaf_hash(&text);
    let (first, _) = leaf.split_first_chunk::<8>()?;
    Some(u64::from_be_bytes(*first) == known)
}

fn judge(state: &State, fact: &Fact, now: Timestamp) -> Result<(), AdmitErrorKind> {
    if fact.recorded_at > now.plus(CLOCK_TOLERANCE) {
        return Err(AdmitErrorKind::FromFuture { recorded_at: fact.recorded_at, now });
    }
    if let Some(replaces) = &fact.replaces
        && !state.can_take_back(replaces, fact.recorded_at)
    {
        return Err(AdmitErrorKind::Replaces { replaces: replaces.clone() });
    }
    let needs = |kind: NounKind, name: &str| {
        if state.knows(kind, name) {
            Ok(())
        } else {
            Err(AdmitErrorKind::Dangling { kind: kind.in_words(), name: name.to_string() })
        }
    };
    let fresh = |kind: NounKind, name: &str| {
        if state.knows(kind, name) {
            Err(AdmitErrorKind::Redefined { name: name.to_string() })
        } else {
            Ok(())
        }
    };
    let ordered = |from: Timestamp, until: Timestamp| {
        if from < until { Ok(()) } else { Err(AdmitErrorKind::Window { from, until }) }
    };
    let person = |name: &Option<crate::id::IdentityId>| {
        name.as_ref().map_or(Ok(()), |name| needs(NounKind::Identity, name.as_str()))
    };
    let place = |name: &Option<crate::id::ResourceId>| {
        name.as_ref().map_or(Ok(()), |name| needs(NounKind::Resource, name.as_str()))
    };
    let system = |name: &Option<crate::id::ApplicationId>| {
        name.as_ref().map_or(Ok(()), |name| needs(NounKind::Application, name.as_str()))
    };
    let edges = |from: &str, implies: &[Implied]| {
        for implied in implies {
            let to = implied.entitlement.as_str();
            if to == from || state.implies_ever(to, from) {
                return Err(AdmitErrorKind::Cycle { from: from.to_string(), to: to.to_string() });
            }
            needs(NounKind::Entitlement, to)?;
            place(&implied.scope)?;
            ordered(implied.from, implied.until)?;
        }
        Ok(())
    };
    let parent = |from: &str, above: &Option<crate::id::ResourceId>| {
        let Some(above) = above else { return Ok(()) };
        if above.as_str() == from || state.stands_ever_under(above.as_str(), from) {
            return Err(AdmitErrorKind::Cycle { from: from.to_string(), to: above.to_string() });
        }
        needs(NounKind::Resource, above.as_str())
    };
    match &fact.body {
        Body::IdentityDefined(d) => {
            fresh(NounKind::Identity, d.id.as_str())?;
            person(&d.definition.owner)?;
            person(&d.definition.manager)?;
            if let (Some(starts), Some(ends)) = (d.definition.starts, d.definition.ends) {
                ordered(starts, ends)?;
            }
            Ok(())
        }
        Body::IdentityChanged(c) => {
            needs(NounKind::Identity, c.id.as_str())?;
            person(&c.changes.owner)?;
            person(&c.changes.manager)
        }
        Body::IdentitySuspended(n)
        | Body::IdentityResumed(n)
        | Body::IdentityLeft(n)
        | Body::IdentityRejoined(n) => needs(NounKind::Identity, n.id.as_str()),
        Body::AccountDefined(d) => {
            fresh(NounKind::Account, d.id.as_str())?;
            needs(NounKind::Application, d.definition.application.as_str())?;
            person(&d.definition.identity)
        }
        Body::AccountChanged(c) => {
            needs(NounKind::Account, c.id.as_str())?;
            person(&c.changes.identity)
        }
        Body::AccountRetired(n) => needs(NounKind::Account, n.id.as_str()),
        Body::ApplicationDefined(d) => {
            fresh(NounKind::Application, d.id.as_str())?;
            person(&d.definition.owner)
        }
        Body::ApplicationChanged(c) => {
            needs(NounKind::Application, c.id.as_str())?;
            person(&c.changes.owner)
        }
        Body::ApplicationRetired(n) => needs(NounKind::Application, n.id.as_str()),
        Body::ResourceDefined(d) => {
            fresh(NounKind::Resource, d.id.as_str())?;
            system(&d.definition.application)?;
            person(&d.definition.owner)?;
            parent(d.id.as_str(), &d.definition.parent)
        }
        Body::ResourceChanged(c) => {
            needs(NounKind::Resource, c.id.as_str())?;
            person(&c.changes.owner)?;
            parent(c.id.as_str(), &c.changes.parent)
        }
        Body::ResourceRetired(n) => needs(NounKind::Resource, n.id.as_str()),
        Body::EntitlementDefined(d) => {
            fresh(NounKind::Entitlement, d.id.as_str())?;
            system(&d.definition.application)?;
            person(&d.definition.owner)?;
            edges(d.id.as_str(), &d.definition.implies)
        }
        Body::EntitlementChanged(c) => {
            needs(NounKind::Entitlement, c.id.as_str())?;
            person(&c.changes.owner)?;
            edges(c.id.as_str(), c.changes.implies.as_deref().unwrap_or_default())
        }
        Body::EntitlementRetired(n) => needs(NounKind::Entitlement, n.id.as_str()),
        Body::StandingAssigned(d) => {
            fresh(NounKind::Standing, d.id.as_str())?;
            needs(NounKind::Entitlement, d.definition.entitlement.as_str())?;
            place(&d.definition.scope)?;
            ordered(d.definition.from, d.definition.until)?;
            match &d.definition.holder {
                Holder::Identity(identity) => needs(NounKind::Identity, identity.as_str()),
                Holder::Group(group) => {
                    needs(NounKind::Entitlement, group.as_str())?;
                    edges(group.as_str(), &[Implied::always(d.definition.entitlement.clone())])
                }
            }
        }
        Body::StandingRemoved(n) => needs(NounKind::Standing, n.id.as_str()),
        Body::MembershipAdded(d) => {
            fresh(NounKind::Membership, d.id.as_str())?;
            needs(NounKind::Entitlement, d.definition.group.as_str())?;
            needs(NounKind::Identity, d.definition.member.as_str())?;
            place(&d.definition.scope)?;
            ordered(d.definition.from, d.definition.until)
        }
        Body::MembershipRemoved(n) => needs(NounKind::Membership, n.id.as_str()),
        Body::EventOpened(d) => {
            if let Some(end) = d.definition.planned_end {
                ordered(d.definition.start, end)?;
            }
            let names: BTreeSet<_> = d.definition.participants.iter().flatten().collect();
            names.into_iter().try_for_each(|name| needs(NounKind::Identity, name.as_str()))?;
            let names: BTreeSet<_> = d.definition.ceiling.iter().flatten().collect();
            names.into_iter().try_for_each(|name| needs(NounKind::Entitlement, name.as_str()))
        }
        Body::EventChanged(c) => {
            needs(NounKind::Event, c.id.as_str())?;
            let names: BTreeSet<_> = c.changes.participants.iter().flatten().collect();
            names.into_iter().try_for_each(|name| needs(NounKind::Identity, name.as_str()))?;
            let names: BTreeSet<_> = c.changes.ceiling.iter().flatten().collect();
            names.into_iter().try_for_each(|name| needs(NounKind::Entitlement, name.as_str()))
        }
        Body::EventClosed(n) => needs(NounKind::Event, n.id.as_str()),
        Body::RequestMade(made) => {
            needs(NounKind::Identity, made.request.requester.as_str())?;
            needs(NounKind::Identity, made.request.beneficiary.as_str())
        }
        Body::GrantIssued(terms) if matches!(terms.basis, Basis::Policy { limit, .. } if limit.is_never()) => {
            Err(AdmitErrorKind::Endless)
        }
        Body::GrantIssued(terms) => {
            needs(NounKind::Identity, terms.beneficiary.as_str())?;
            needs(NounKind::Entitlement, terms.entitlement.as_str())?;
            place(&terms.scope)?;
            terms.event.as_ref().map_or(Ok(()), |event| needs(NounKind::Event, event.as_str()))
        }
        Body::GrantExtended(extended) if extended.end.is_never() || extended.limit.is_never() => {
            Err(AdmitErrorKind::Endless)
        }
        Body::GrantExtended(extended) => known_grant(state, extended.id.as_str()),
        Body::GrantEnded(e) | Body::GrantRevoked(e) | Body::GrantVoided(e) => {
            known_grant(state, e.id.as_str())
        }
        Body::RequestWithdrawn(n) => known_request(state, n.id.as_str()),
        Body::RequestResolved(resolved) => known_request(state, resolved.id.as_str()),
        Body::ClockCorrected(corrected) if corrected.high_water > now.plus(CLOCK_TOLERANCE) => {
            Err(AdmitErrorKind::FromFuture { recorded_at: corrected.high_water, now })
        }
        Body::FeedHeartbeat(_) | Body::PolicyAdopted(_) | Body::ClockCorrected(_) => Ok(()),
    }
}

fn known_grant(state: &State, name: &str) -> Result<(), AdmitErrorKind> {
    match state.grant_reference(name) {
        Some(_) => Ok(()),
        None => Err(AdmitErrorKind::Dangling { kind: "a grant", name: name.to_string() }),
    }
}

fn known_request(state: &State, name: &str) -> Result<(), AdmitErrorKind> {
    match state.request_reference(name) {
        Some(_) => Ok(()),
        None => Err(AdmitErrorKind::Dangling { kind: "a request", name: name.to_string() }),
    }
}
