//! Which keys a fact touches. An insert touches the key of what holds it, so that nobody who read the holder
//! misses the insert.
//!
//! | kind | keys |
//! |---|---|
//! | `identity_*` | identity |
//! | `account_*`, `application_*` | application |
//! | `resource_*` | resource |
//! | `entitlement_*` | entitlement |
//! | `standing_assigned`, `standing_removed` | person, or the group that holds it; the group of who hold the same |
//! | `membership_added`, `membership_removed` | person, group |
//! | `standing_removed`, `membership_removed` of what is not known | policy: a document may yet declare it |
//! | `event_*` | event, its feed, the one that it is said to have, and that of what is taken back |
//! | `feed_heartbeat` | feed |
//! | `request_*` | request |
//! | `grant_*` | person, the group of who hold the same; an issue also its request, an extension its command's |
//! | `policy_adopted` | policy |
//! | `clock_corrected` | none |

use alloc::collections::BTreeSet;
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;

use super::State;
use crate::fact::{Body, Fact};
use crate::id::{EventId, FeedId};
use crate::log::{Key, KeyKind};
use crate::model::Holder;

impl Fact {
    /// The keys whose versions this fact raises when it is applied to `state`.
    pub fn touches(&self, state: &State) -> Vec<Key> {
        let key = |kind, id: &str| Key::new(kind, id);
        let one = |kind, id: &str| vec![Key::new(kind, id)];
        match &self.body {
            Body::IdentityDefined(d) => one(KeyKind::Identity, d.id.as_str()),
            Body::IdentityChanged(c) => one(KeyKind::Identity, c.id.as_str()),
            Body::IdentitySuspended(n)
            | Body::IdentityResumed(n)
            | Body::IdentityLeft(n)
            | Body::IdentityRejoined(n) => one(KeyKind::Identity, n.id.as_str()),
            Body::AccountDefined(d) => one(KeyKind::Application, d.definition.application.as_str()),
            Body::AccountChanged(c) => state.application_key_of(c.id.as_str()),
            Body::AccountRetired(n) => state.application_key_of(n.id.as_str()),
            Body::ApplicationDefined(d) => one(KeyKind::Application, d.id.as_str()),
            Body::ApplicationChanged(c) => one(KeyKind::Application, c.id.as_str()),
            Body::ApplicationRetired(n) => one(KeyKind::Application, n.id.as_str()),
            Body::ResourceDefined(d) => one(KeyKind::Resource, d.id.as_str()),
            Body::ResourceChanged(c) => one(KeyKind::Resource, c.id.as_str()),
            Body::ResourceRetired(n) => one(KeyKind::Resource, n.id.as_str()),
            Body::EntitlementDefined(d) => one(KeyKind::Entitlement, d.id.as_str()),
            Body::EntitlementChanged(c) => one(KeyKind::Entitlement, c.id.as_str()),
            Body::EntitlementRetired(n) => one(KeyKind::Entitlement, n.id.as_str()),
            Body::StandingAssigned(d) => {
                let holder = match &d.definition.holder {
                    Holder::Identity(identity) => key(KeyKind::Person, identity.as_str()),
                    Holder::Group(group) => key(KeyKind::Group, group.as_str()),
                };
                vec![holder, key(KeyKind::Group, d.definition.entitlement.as_str())]
            }
            Body::StandingRemoved(n) => state.standing_keys(n.id.as_str(), false),
            Body::MembershipAdded(d) => vec![
                key(KeyKind::Person, d.definition.member.as_str()),
                key(KeyKind::Group, d.definition.group.as_str()),
            ],
            Body::MembershipRemoved(n) => state.standing_keys(n.id.as_str(), true),
            Body::EventOpened(d) => state.event_keys(&d.id, d.definition.feed.as_ref(), self),
            Body::EventChanged(c) => state.event_keys(&c.id, None, self),
            Body::EventClosed(n) => state.event_keys(&n.id, None, self),
            Body::FeedHeartbeat(n) => one(KeyKind::Feed, n.id.as_str()),
            Body::RequestMade(made) => one(KeyKind::Request, made.request.id.as_str()),
            Body::RequestResolved(resolved) => one(KeyKind::Request, resolved.id.as_str()),
            Body::RequestWithdrawn(n) => one(KeyKind::Request, n.id.as_str()),
            Body::GrantIssued(terms) => {
                let mut keys = one(KeyKind::Person, terms.beneficiary.as_str());
                keys.push(key(KeyKind::Group, terms.entitlement.as_str()));
                keys.extend(terms.request.as_ref().map(|request| key(KeyKind::Request, request.as_str())));
                keys
            }
            Body::GrantExtended(extended) => {
                let mut keys = state.holder_key(extended.id.as_str());
                if !keys.is_empty() {
                    keys.push(key(KeyKind::Request, extended.command.as_str()));
                }
                keys
            }
            Body::GrantEnded(e) | Body::GrantRevoked(e) | Body::GrantVoided(e) => {
                state.holder_key(e.id.as_str())
            }
            Body::PolicyAdopted(_) => vec![Key::policy()],
            Body::ClockCorrected(_) => Vec::new(),
        }
    }
}

impl State {
    fn holder_key(&self, grant: &str) -> Vec<Key> {
        let Some(row) = self.grant_reference(grant).and_then(|r| self.grants.at(r)) else {
            return Vec::new();
        };
        let holder = self.identity_names.name(row.holder).map(|n| Key::new(KeyKind::Person, Arc::clone(n)));
        let what = self.entitlement_names.name(row.entitlement);
        holder.into_iter().chain(what.map(|n| Key::new(KeyKind::Group, Arc::clone(n)))).collect()
    }

    fn standing_keys(&self, id: &str, membership: bool) -> Vec<Key> {
        let Some(row) = self.standing_reference(id, membership).and_then(|r| self.standing.at(r)) else {
            return vec![Key::policy()];
        };
        let holder = if row.holder_is_group {
            self.entitlement_names.name(row.holder).map(|n| Key::new(KeyKind::Group, Arc::clone(n)))
        } else {
            self.identity_names.name(row.holder).map(|n| Key::new(KeyKind::Person, Arc::clone(n)))
        };
        let what = self.entitlement_names.name(row.entitlement);
        holder.into_iter().chain(what.map(|n| Key::new(KeyKind::Group, Arc::clone(n)))).collect()
    }

    /// An event, the feed that reports on it, the one that is said to, and the one whose sign of life is taken
    /// back.
    fn event_keys(&self, id: &EventId, defined: Option<&FeedId>, fact: &Fact) -> Vec<Key> {
        let mut keys = vec![Key::new(KeyKind::Event, id.as_str())];
        let row = self.event_names.find(id.as_str()).and_then(|r| self.events.at(r));
        let known = row.and_then(|row| row.noun.as_ref()).and_then(|noun| noun.last().feed.as_ref());
        let mut feeds: BTreeSet<&str> = known.into_iter().chain(defined).map(FeedId::as_str).collect();
        feeds.extend(self.feed_taken_back_by(fact));
        keys.extend(feeds.into_iter().map(|feed| Key::new(KeyKind::Feed, feed)));
        keys
    }

    fn application_key_of(&self, account: &str) -> Vec<Key> {
        let row = self.account_names.find(account).and_then(|r| self.accounts.at(r));
        let noun = row.and_then(|row| row.noun.as_ref());
        noun.map(|noun| Key::new(KeyKind::Application, noun.last().application.as_str()))
            .into_iter()
            .collect()
    }
}
