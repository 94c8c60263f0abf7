//! A fact that has not taken effect is taken back by a later one about the same noun that names it. It has taken
//! effect once the clock of the log has reached it, whatever is said of the clock afterwards.

use alloc::sync::Arc;

use super::super::records::unsee;
use super::super::{Scheduled, State};
use super::early::Subject;
use crate::fact::{Body, Fact};
use crate::model::{Change, History};
use crate::store::NONE;

impl State {
    /// Keeps in mind a fact that may still be taken back. To be called before the clock moves on to the fact.
    pub(super) fn schedule(&mut self, fact: &Fact) {
        let before = self.high_water;
        if matches!(fact.body, Body::ClockCorrected(_)) && !self.scheduled.is_empty() {
            Arc::make_mut(&mut self.scheduled).retain(|_, scheduled| scheduled.effective_at > before);
        }
        let reached = before.max(fact.recorded_at);
        if fact.effective_at <= reached || !may_be_taken_back(&fact.body) {
            return;
        }
        let feed = match Subject::of(&fact.body) {
            Some(Subject::Event(id)) => self.feed_of(id),
            _ => NONE,
        };
        let scheduled = Scheduled { position: self.len, effective_at: fact.effective_at, feed };
        let list = Arc::make_mut(&mut self.scheduled);
        list.retain(|_, scheduled| scheduled.effective_at > reached);
        list.entry(fact.id.clone()).or_insert(scheduled);
    }

    /// Takes back what the fact names, if it may; whether it did.
    pub(super) fn take_back(&mut self, fact: &Fact, version: u64) -> bool {
        let Some(name) = &fact.replaces else { return false };
        let Some(scheduled) = self.scheduled.get(name).copied() else { return false };
        if scheduled.effective_at <= self.high_water.max(fact.recorded_at) {
            return false;
        }
        let done = Subject::of(&fact.body).is_some_and(|noun| self.forget(&noun, scheduled));
        if done {
            self.touch_feed(scheduled.feed, version);
            Arc::make_mut(&mut self.scheduled).remove(name);
        }
        done
    }

    /// The feed that loses a sign of life if the fact is taken in.
    pub(in crate::state) fn feed_taken_back_by(&self, fact: &Fact) -> Option<&str> {
        let scheduled = self.scheduled.get(fact.replaces.as_ref()?)?;
        let reached = self.high_water.max(fact.recorded_at);
        let may =
            scheduled.effective_at > reached && self.owes(&Subject::of(&fact.body)?, scheduled.position);
        may.then(|| self.feed_names.name(scheduled.feed).map(|name| &**name))?
    }

    /// Whether the event has something from the fact at that position.
    fn owes(&self, noun: &Subject<'_>, position: u64) -> bool {
        let Subject::Event(id) = noun else { return false };
        let row = self.event_names.find(id).and_then(|r| self.events.at(r));
        row.is_some_and(|row| {
            row.doors.iter().any(|door| door.position == position)
                || row.noun.as_ref().is_some_and(|noun| noun.has_change(position))
        })
    }

    /// Forgets what the noun owes to the scheduled fact; false if that is about something else.
    fn forget(&mut self, noun: &Subject<'_>, scheduled: Scheduled) -> bool {
        let position = scheduled.position;
        let early = |state: &mut Self| {
            let waits = |early: &super::super::Early| {
                early.position == position && Subject::of(&early.fact.body).as_ref() == Some(noun)
            };
            let found = state.early.iter().any(waits);
            if found {
                Arc::make_mut(&mut state.early).retain(|early| !waits(early));
            }
            found
        };
        early(self)
            || match noun {
                Subject::Identity(id) => {
                    let row = self.identity_names.find(id).and_then(|r| self.identities.at_mut(r));
                    row.is_some_and(|row| {
                        let turned = row.status().iter().any(|turn| turn.position == position);
                        if turned {
                            row.status_mut().retain(|turn| turn.position != position);
                        }
                        turned || withdraw(&mut row.noun, position)
                    })
                }
                Subject::Account(id) => {
                    let row = self.account_names.find(id).and_then(|r| self.accounts.at_mut(r));
                    row.is_some_and(|row| withdraw(&mut row.noun, position))
                }
                Subject::Application(id) => {
                    let row = self.application_names.find(id).and_then(|r| self.applications.at_mut(r));
                    row.is_some_and(|row| withdraw(&mut row.noun, position))
                }
                Subject::Resource(id) => {
                    let row = self.resource_names.find(id).and_then(|r| self.resources.at_mut(r));
                    row.is_some_and(|row| withdraw(&mut row.noun, position))
                }
                Subject::Entitlement(id) => {
                    let row = self.entitlement_names.find(id).and_then(|r| self.entitlements.at_mut(r));
                    row.is_some_and(|row| withdraw(&mut row.noun, position))
                }
                Subject::Event(id) => self.forget_of_event(id, scheduled),
                Subject::Standing(_) | Subject::Membership(_) | Subject::Grant(_) => false,
            }
    }

    /// Of an opening what it says stays: only the door closes again, and the sign of life is gone.
    fn forget_of_event(&mut self, id: &str, scheduled: Scheduled) -> bool {
        let Some(row) = self.event_names.find(id).and_then(|r| self.events.at_mut(r)) else { return false };
        let doors = row.doors.len();
        Arc::make_mut(&mut row.doors).retain(|door| door.position != scheduled.position);
        let done = row.doors.len() < doors || withdraw(&mut row.noun, scheduled.position);
        if done {
            unsee(&mut row.seen, scheduled.effective_at);
            if let Some(feed) = self.feeds.at_mut(scheduled.feed) {
                unsee(&mut feed.seen, scheduled.effective_at);
            }
        }
        done
    }
}

fn withdraw<N: Clone, C: Change<Noun = N> + Clone>(
    noun: &mut Option<Arc<History<N, C>>>,
    position: u64,
) -> bool {
    noun.as_mut().is_some_and(|noun| Arc::make_mut(noun).withdraw(position))
}

/// Whether a fact changes or turns a noun, or opens or closes an event.
const fn may_be_taken_back(body: &Body) -> bool {
    matches!(
        body,
        Body::IdentityChanged(_)
            | Body::IdentitySuspended(_)
            | Body::IdentityResumed(_)
            | Body::IdentityLeft(_)
            | Body::IdentityRejoined(_)
            | Body::AccountChanged(_)
            | Body::ApplicationChanged(_)
            | Body::ResourceChanged(_)
            | Body::EntitlementChanged(_)
            | Body::EventOpened(_)
            | Body::EventChanged(_)
            | Body::EventClosed(_)
    )
}
