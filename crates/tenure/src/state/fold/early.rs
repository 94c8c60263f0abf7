//! Changes before the definition count from it, and so does an end before the beginning: a fact about what
//! nobody has defined waits until somebody does. The nouns of a document are defined late in the log, when it is
//! adopted, and yet since ever.

use alloc::sync::Arc;
use alloc::vec::Vec;

use super::super::{Early, State};
use crate::fact::{Body, Fact};
use crate::model::{Change, History};
use crate::time::Timestamp;

/// What a fact defines, changes or ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Subject<'a> {
    Identity(&'a str),
    Account(&'a str),
    Application(&'a str),
    Resource(&'a str),
    Entitlement(&'a str),
    Event(&'a str),
    Standing(&'a str),
    Membership(&'a str),
    Grant(&'a str),
}

impl<'a> Subject<'a> {
    pub(super) fn of(body: &'a Body) -> Option<Self> {
        Some(match body {
            Body::IdentityDefined(d) => Self::Identity(d.id.as_str()),
            Body::IdentityChanged(c) => Self::Identity(c.id.as_str()),
            Body::IdentitySuspended(n)
            | Body::IdentityResumed(n)
            | Body::IdentityLeft(n)
            | Body::IdentityRejoined(n) => Self::Identity(n.id.as_str()),
            Body::AccountDefined(d) => Self::Account(d.id.as_str()),
            Body::AccountChanged(c) => Self::Account(c.id.as_str()),
            Body::AccountRetired(n) => Self::Account(n.id.as_str()),
            Body::ApplicationDefined(d) => Self::Application(d.id.as_str()),
            Body::ApplicationChanged(c) => Self::Application(c.id.as_str()),
            Body::ApplicationRetired(n) => Self::Application(n.id.as_str()),
            Body::ResourceDefined(d) => Self::Resource(d.id.as_str()),
            Body::ResourceChanged(c) => Self::Resource(c.id.as_str()),
            Body::ResourceRetired(n) => Self::Resource(n.id.as_str()),
            Body::EntitlementDefined(d) => Self::Entitlement(d.id.as_str()),
            Body::EntitlementChanged(c) => Self::Entitlement(c.id.as_str()),
            Body::EntitlementRetired(n) => Self::Entitlement(n.id.as_str()),
            Body::EventOpened(d) => Self::Event(d.id.as_str()),
            Body::EventChanged(c) => Self::Event(c.id.as_str()),
            Body::EventClosed(n) => Self::Event(n.id.as_str()),
            Body::StandingAssigned(d) => Self::Standing(d.id.as_str()),
            Body::StandingRemoved(n) => Self::Standing(n.id.as_str()),
            Body::MembershipAdded(d) => Self::Membership(d.id.as_str()),
            Body::MembershipRemoved(n) => Self::Membership(n.id.as_str()),
            Body::GrantIssued(terms) => Self::Grant(terms.id.as_str()),
            Body::GrantExtended(extended) => Self::Grant(extended.id.as_str()),
            Body::GrantEnded(e) | Body::GrantRevoked(e) | Body::GrantVoided(e) => Self::Grant(e.id.as_str()),
            Body::FeedHeartbeat(_)
            | Body::RequestMade(_)
            | Body::RequestResolved(_)
            | Body::RequestWithdrawn(_)
            | Body::PolicyAdopted(_)
            | Body::ClockCorrected(_) => return None,
        })
    }
}

impl State {
    /// Changes or retires the noun that a fact names; the fact waits where there is none.
    pub(super) fn amend(&mut self, position: u64, fact: &Fact) -> Option<()> {
        let at = fact.effective_at;
        let known = match &fact.body {
            Body::IdentityChanged(c) => {
                let row = self.identity(&c.id)?;
                change(&mut self.identities.at_mut(row)?.noun, at, position, &c.changes)
            }
            Body::AccountChanged(c) => {
                let row = self.account(&c.id)?;
                change(&mut self.accounts.at_mut(row)?.noun, at, position, &c.changes)
            }
            Body::AccountRetired(n) => {
                let row = self.account(&n.id)?;
                retire(&mut self.accounts.at_mut(row)?.noun, at)
            }
            Body::ApplicationChanged(c) => {
                let row = self.application(c.id.as_str())?;
                change(&mut self.applications.at_mut(row)?.noun, at, position, &c.changes)
            }
            Body::ApplicationRetired(n) => {
                let row = self.application(n.id.as_str())?;
                retire(&mut self.applications.at_mut(row)?.noun, at)
            }
            Body::ResourceChanged(c) => {
                let row = self.resource(&c.id)?;
                change(&mut self.resources.at_mut(row)?.noun, at, position, &c.changes)
            }
            Body::ResourceRetired(n) => {
                let row = self.resource(&n.id)?;
                retire(&mut self.resources.at_mut(row)?.noun, at)
            }
            Body::EntitlementChanged(c) => {
                let row = self.entitlement(&c.id)?;
                let known = change(&mut self.entitlements.at_mut(row)?.noun, at, position, &c.changes);
                // It is a known name from now on, whatever becomes of the change.
                for permission in c.changes.permissions.iter().flatten() {
                    self.permission_names.intern(permission.as_str())?;
                }
                known
            }
            Body::EntitlementRetired(n) => {
                let row = self.entitlement(&n.id)?;
                retire(&mut self.entitlements.at_mut(row)?.noun, at)
            }
            Body::EventChanged(c) => {
                let row = self.event(&c.id)?;
                change(&mut self.events.at_mut(row)?.noun, at, position, &c.changes)
            }
            _ => true,
        };
        if !known {
            self.wait(position, fact);
        }
        Some(())
    }

    /// Keeps a fact until what it names is there.
    pub(super) fn wait(&mut self, position: u64, fact: &Fact) {
        Arc::make_mut(&mut self.early).push(Early { position, fact: fact.clone() });
    }

    /// Takes in what waited for this definition.
    pub(super) fn catch_up(&mut self, defined: &Body, version: u64) -> Option<()> {
        let subject = Subject::of(defined);
        let is_ready = |early: &Early| Subject::of(&early.fact.body) == subject;
        if !self.early.iter().any(is_ready) {
            return Some(());
        }
        let all = core::mem::take(Arc::make_mut(&mut self.early));
        let (ready, waiting): (Vec<Early>, Vec<Early>) = all.into_iter().partition(is_ready);
        self.early = Arc::new(waiting);
        for Early { position, fact } in &ready {
            let position = *position;
            match &fact.body {
                Body::StandingRemoved(n) => {
                    self.remove(n.id.as_str(), false, position, fact, version)?;
                }
                Body::MembershipRemoved(n) => {
                    self.remove(n.id.as_str(), true, position, fact, version)?;
                }
                Body::GrantExtended(extended) => {
                    self.extend(extended, fact, position, version)?;
                }
                Body::GrantEnded(ended) | Body::GrantRevoked(ended) | Body::GrantVoided(ended) => {
                    self.end(ended, fact, position, version)?;
                }
                _ => self.amend(position, fact)?,
            }
        }
        Some(())
    }
}

fn change<N: Clone, C: Change<Noun = N> + Clone>(
    noun: &mut Option<Arc<History<N, C>>>,
    at: Timestamp,
    position: u64,
    change: &C,
) -> bool {
    noun.as_mut().map(|noun| Arc::make_mut(noun).change(at, position, change.clone())).is_some()
}

fn retire<N: Clone, C: Change<Noun = N> + Clone>(
    noun: &mut Option<Arc<History<N, C>>>,
    at: Timestamp,
) -> bool {
    noun.as_mut().map(|noun| Arc::make_mut(noun).retire(at)).is_some()
}
