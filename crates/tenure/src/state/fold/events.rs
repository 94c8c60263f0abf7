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
        withdrawn: Option<u64>,
    ) -> Option<Effect> {
        let by = match &fact.by {
            Some(by) => self.identity(by)?,
            None => NONE,
        };
        let at = fact.effective_at;
        let reference = self.event(&d.id)?;
        let row = self.events.at_mut(reference)?;
        row.version = version;
        see(&mut row.seen, at, fact.recorded_at);
        match &mut row.noun {
            None => row.noun = Some(Arc::new(History::new(at, d.definition.clone()))),
            Some(noun) if *noun.last() != d.definition => {
                Arc::make_mut(noun).redefine(at, position, d.definition.clone());
            }
            Some(_) => {}
        }
        let doors = Arc::make_mut(&mut row.doors);
        doors.retain(|door| Some(door.position) != withdrawn);
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
        withdrawn: Option<u64>,
    ) -> Option<Effect> {
        let at = fact.effective_at;
        let reference = self.event(id)?;
        let row = self.events.at_mut(reference)?;
        row.version = version;
        see(&mut row.seen, at, fact.recorded_at);
        let doors = Arc::make_mut(&mut row.doors);
        doors.retain(|door| Some(door.position) != withdrawn);
        let place = doors.partition_point(|door| (door.at, door.position) < (at, position));
        let last = place == doors.len() && withdrawn.is_none();
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
}
