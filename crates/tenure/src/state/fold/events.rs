//! Business events and those who report on them.

use alloc::sync::Arc;

use super::super::records::see;
use super::super::{Door, State};
use super::Effect;
use crate::fact::{Defined, Fact};
use crate::id::EventId;
use crate::model::{BusinessEvent, History};
use crate::store::NONE;
use crate::time::Timestamp;

impl State {
    pub(super) fn open_event(
        &mut self,
        d: &Defined<EventId, BusinessEvent>,
        fact: &Fact,
        position: u64,
        version: u64,
    ) -> Option<Effect> {
        let by = match &fact.by {
            Some(by) => self.identity(by)?,
            None => NONE,
        };
        let at = fact.effective_at;
        let reference = self.event(&d.id)?;
        let known = self.feed_of(d.id.as_str());
        self.touch_feed(known, version);
        if let Some(feed) = &d.definition.feed {
            let said = self.feed(feed.as_str())?;
            self.touch_feed(said, version);
        }
        let row = self.events.at_mut(reference)?;
        row.version = version;
        see(&mut row.seen, at, fact.recorded_at);
        match &mut row.noun {
            None => {
                row.noun = Some(Arc::new(History::new(at, d.definition.clone())));
                self.catch_up(&fact.body, version)?;
            }
            Some(noun) if *noun.last() != d.definition => {
                Arc::make_mut(noun).redefine(at, position, d.definition.clone());
            }
            Some(_) => {}
        }
        let doors = Arc::make_mut(&mut self.events.at_mut(reference)?.doors);
        let place = doors.partition_point(|door| (door.at, door.position) < (at, position));
        doors.insert(place, Door { at, position, open: true, by });
        self.see_feed_of(reference, at, fact.recorded_at, version)?;
        Some(Effect::Event(reference))
    }

    pub(super) fn close_event(
        &mut self,
        id: &EventId,
        fact: &Fact,
        position: u64,
        version: u64,
        took_back: bool,
    ) -> Option<Effect> {
        let at = fact.effective_at;
        let reference = self.event(id)?;
        let row = self.events.at_mut(reference)?;
        row.version = version;
        see(&mut row.seen, at, fact.recorded_at);
        let doors = Arc::make_mut(&mut row.doors);
        let place = doors.partition_point(|door| (door.at, door.position) < (at, position));
        let last = place == doors.len() && !took_back;
        doors.insert(place, Door { at, position, open: false, by: NONE });
        self.see_feed_of(reference, at, fact.recorded_at, version)?;
        Some(if last { Effect::EventOver(reference, at) } else { Effect::Event(reference) })
    }

    /// A sign of life of the feed that reports on an event.
    pub(super) fn see_feed_of(
        &mut self,
        event: u32,
        at: Timestamp,
        recorded: Timestamp,
        version: u64,
    ) -> Option<()> {
        let feed = self.events.at(event)?.noun.as_ref().and_then(|noun| noun.last().feed.clone());
        if let Some(feed) = feed {
            let reference = self.feed(feed.as_str())?;
            let row = self.feeds.at_mut(reference)?;
            row.version = version;
            see(&mut row.seen, at, recorded);
        }
        Some(())
    }

    pub(super) fn touch_feed(&mut self, feed: u32, version: u64) {
        if let Some(row) = self.feeds.at_mut(feed) {
            row.version = version;
        }
    }

    /// The feed that reports on an event, as it is last known.
    pub(super) fn feed_of(&self, event: &str) -> u32 {
        let row = self.event_names.find(event).and_then(|r| self.events.at(r));
        let feed = row.and_then(|row| row.noun.as_ref()).and_then(|noun| noun.last().feed.as_ref());
        feed.and_then(|feed| self.feed_names.find(feed.as_str())).unwrap_or(NONE)
    }
}
