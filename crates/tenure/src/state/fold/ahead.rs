//! Reading ahead. In a large world nearly every fact is about something that no cache holds, and each look-up waits
//! for the one before: for the place of a name, for the name, for the row. What many facts need is therefore read
//! in turns, all places first, then all names and all rows, so that memory answers for many facts at once. It
//! changes nothing, and what is read in vain costs a little time.

use alloc::vec::Vec;
use core::hint::black_box;

use super::super::State;
use crate::fact::{Body, Fact};
use crate::id::RequestId;
use crate::store::{NONE, TextRef, hash, stable_hash};

/// For how many facts is read at once: what they touch fits into the caches.
pub(crate) const AHEAD: usize = 64;

/// What is known of a fact before it is taken in; it may be about another thing whose name has the same hash.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ahead {
    identity_hash: u64,
    entitlement_hash: u64,
    grant_hash: u64,
    request_hash: u64,
    fact_hash: u64,
    /// The identity, or the holder of the grant.
    pub(crate) identity: u32,
    /// The grant, if it is there.
    pub(crate) grant: u32,
    own_name: u32,
    request: u32,
    name: TextRef,
    entitlement: u32,
    /// Whether all that the identity holds may end otherwise.
    pub(crate) changes_identity: bool,
    changes_grant: bool,
}

impl Ahead {
    fn of(fact: &Fact) -> Self {
        let (identity, grant) = match &fact.body {
            Body::IdentityDefined(d) => (Some(&d.id), None),
            Body::IdentityChanged(c) => (Some(&c.id), None),
            Body::IdentitySuspended(n)
            | Body::IdentityResumed(n)
            | Body::IdentityLeft(n)
            | Body::IdentityRejoined(n) => (Some(&n.id), None),
            Body::RequestMade(made) => (Some(&made.request.beneficiary), None),
            Body::MembershipAdded(d) => (Some(&d.definition.member), None),
            Body::GrantIssued(terms) => (Some(&terms.beneficiary), Some(&terms.id)),
            Body::GrantExtended(extended) => (None, Some(&extended.id)),
            Body::GrantEnded(e) | Body::GrantRevoked(e) | Body::GrantVoided(e) => (None, Some(&e.id)),
            _ => (None, None),
        };
        let request = match &fact.body {
            Body::RequestMade(made) => Some(made.request.id.as_str()),
            Body::RequestResolved(resolved) => Some(resolved.id.as_str()),
            Body::GrantIssued(terms) => terms.request.as_ref().map(RequestId::as_str),
            // Most are named `<request>#<item>`.
            _ => grant.and_then(|id| id.as_str().rsplit_once('#')).map(|(request, _)| request),
        };
        let entitlement = match &fact.body {
            Body::GrantIssued(terms) => Some(&terms.entitlement),
            _ => None,
        };
        Self {
            entitlement_hash: entitlement.map_or(0, |id| hash(id.as_str())),
            entitlement: NONE,
            identity_hash: identity.map_or(0, |id| hash(id.as_str())),
            grant_hash: grant.map_or(0, |id| hash(id.as_str())),
            request_hash: request.map_or(0, hash),
            fact_hash: stable_hash(fact.id.as_str()),
            identity: NONE,
            grant: NONE,
            own_name: NONE,
            request: NONE,
            name: TextRef::default(),
            changes_identity: identity.is_some() && grant.is_none(),
            changes_grant: identity.is_none(),
        }
    }
}

impl State {
    /// Reads what the facts will touch, and tells what they seem to be about.
    pub(crate) fn read_ahead(&self, facts: &[Fact]) -> Vec<Ahead> {
        let mut all: Vec<Ahead> = facts.iter().map(Ahead::of).collect();
        let mut read = 0usize;
        for one in &all {
            // Nothing here depends on what was read, so nothing waits.
            let places = self.identity_names.read_place(one.identity_hash)
                ^ self.entitlement_names.read_place(one.entitlement_hash)
                ^ self.own_name_index.read(one.grant_hash)
                ^ self.request_index.read(one.request_hash)
                ^ self.fact_index.read(one.fact_hash);
            read ^= places as usize;
        }
        for one in &mut all {
            one.identity = self.identity_names.likely(one.identity_hash);
            one.entitlement = self.entitlement_names.likely(one.entitlement_hash);
            one.request = self.request_index.likely(one.request_hash);
            one.own_name = self.own_name_index.likely(one.grant_hash);
        }
        for one in &mut all {
            read ^= self.identity_names.read(one.identity);
            read ^= self.entitlement_names.read(one.entitlement);
            if let Some(own) = self.own_names.at(one.own_name) {
                one.grant = own.grant;
                one.name = own.name;
            } else if let Some(request) = self.requests.at(one.request) {
                one.grant = request.last_grant;
                one.name = request.name;
            }
        }
        for one in all.iter_mut().filter(|one| one.changes_grant) {
            read ^= self.texts.get(one.name).len() ^ self.grants.read(one.grant);
            if let Some(grant) = self.grants.at(one.grant) {
                one.identity = grant.holder;
            }
        }
        for one in &all {
            read ^= self.persons.read(one.identity);
            if one.changes_identity {
                read ^= self.identities.read(one.identity);
            }
        }
        black_box(read);
        all
    }
}
