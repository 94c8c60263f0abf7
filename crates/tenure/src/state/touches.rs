//! Which keys a fact touches. An insert touches the key of what holds it, so that nobody who read the holder
//! misses the insert.
//!
//! | kind | keys |
//! |---|---|
//! | `identity_*` | identity |
//! | `account_*`, `application_*` | application |
//! | `resource_*` | resource |
//! | `entitlement_*` | entitlement, the catalogue; a definition or change also the group of each that it says is implied |
//! | `standing_assigned`, `standing_removed` | person, or the group that holds it; the group of who hold the same |
//! | `membership_added`, `membership_removed` | person, group |
//! | `standing_removed`, `membership_removed` of what is not known | policy: a document may yet declare it |
//! | what adds an edge or a parent to a log that adopted no document | also policy: it comes before the document's |
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
use crate::id::{EntitlementId, EventId, FeedId};
use crate::log::{Key, KeyKind};
use crate::model::{Holder, Implied};
use crate::policy::NounKind;

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
            Body::ResourceDefined(d) => {
                let parent =
                    d.definition.parent.as_ref().filter(|_| !state.knows(NounKind::Resource, d.id.as_str()));
                let mut keys = one(KeyKind::Resource, d.id.as_str());
                keys.extend(parent.and_then(|_| state.first_key()));
                keys
            }
            Body::ResourceChanged(c) => {
                let mut keys = one(KeyKind::Resource, c.id.as_str());
                keys.extend(c.changes.parent.as_ref().and_then(|_| state.first_key()));
                keys
            }
            Body::ResourceRetired(n) => one(KeyKind::Resource, n.id.as_str()),
            Body::EntitlementDefined(d) => state.definition_keys(&d.id, &d.definition.implies),
            Body::EntitlementChanged(c) => {
                let edges = c.changes.implies.as_deref().unwrap_or_default();
                let mut keys = entitlement_keys(&c.id, implied(edges));
                keys.extend(edges.first().and_then(|_| state.first_key()));
                keys
            }
            Body::EntitlementRetired(n) => entitlement_keys(&n.id, BTreeSet::new()),
            Body::StandingAssigned(d) => {
                let holder = match &d.definition.holder {
                    Holder::Identity(identity) => key(KeyKind::Person, identity.as_str()),
                    Holder::Group(group) => key(KeyKind::Group, group.as_str()),
                };
                let mut keys = vec![holder, key(KeyKind::Group, d.definition.entitlement.as_str())];
                if matches!(d.definition.holder, Holder::Group(_)) {
                    keys.extend(state.first_key());
                }
                keys
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

fn implied(edges: &[Implied]) -> BTreeSet<&str> {
    edges.iter().map(|edge| edge.entitlement.as_str()).collect()
}

/// Whoever holds an entitlement is in the group of each that it implies.
fn entitlement_keys(id: &EntitlementId, implied: BTreeSet<&str>) -> Vec<Key> {
    let mut keys = vec![Key::new(KeyKind::Entitlement, id.as_str()), Key::catalogue()];
    keys.extend(implied.into_iter().map(|target| Key::new(KeyKind::Group, target)));
    keys
}

impl State {
    /// A definition brings its edges, and those of the changes that waited for it; one that is repeated none.
    fn definition_keys(&self, id: &EntitlementId, edges: &[Implied]) -> Vec<Key> {
        let row = self.entitlement_names.find(id.as_str()).and_then(|r| self.entitlements.at(r));
        if row.is_some_and(|row| row.noun.is_some()) {
            return entitlement_keys(id, BTreeSet::new());
        }
        let waiting = row.into_iter().flat_map(|row| row.targets.iter());
        let waiting = waiting.filter_map(|target| self.entitlement_names.name(*target)).map(|name| &**name);
        let mut keys = entitlement_keys(id, implied(edges).into_iter().chain(waiting).collect());
        keys.extend(edges.first().and_then(|_| self.first_key()));
        keys
    }

    /// The key that an edge touches while no document is adopted: those of the one to come count as recorded last,
    /// so what is recorded until then may yet make one of them inert.
    fn first_key(&self) -> Option<Key> {
        self.adopted_policy().is_none().then(Key::policy)
    }

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
