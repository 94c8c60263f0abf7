//! A business event says why access is needed now: an incident, project, engagement, audit, on-call shift,
//! ticket or task, with a start, a planned or open end, and a hard cap.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::Change;
use crate::id::{EntitlementId, FeedId, IdentityId};
use crate::time::{Span, Timestamp};

/// Why access is needed now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BusinessEvent {
    /// The only entitlements it can justify; all when absent, none when empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ceiling: Option<Vec<EntitlementId>>,
    /// The source that reports on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub feed: Option<FeedId>,
    /// How long after its start it ends at the latest, whatever is planned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hard_cap: Option<Span>,
    /// What sort of event it is, for example `incident`.
    pub kind: String,
    /// What people call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The only identities it concerns; all when absent, none when empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub participants: Option<Vec<IdentityId>>,
    /// When it is expected to end; open when absent.
    #[serde(default, deserialize_with = "super::date::end_if_any", skip_serializing_if = "Option::is_none")]
    pub planned_end: Option<Timestamp>,
    /// When it began or will begin.
    #[serde(deserialize_with = "super::date::start")]
    pub start: Timestamp,
}

impl BusinessEvent {
    /// The instant of the hard cap, if there is one.
    pub fn cap_end(&self) -> Option<Timestamp> {
        self.hard_cap.map(|cap| self.start.plus(cap))
    }
}

/// What an `event_changed` fact changes; what it does not name stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BusinessEventChange {
    /// The new ceiling.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ceiling: Option<Vec<EntitlementId>>,
    /// The new hard cap, from the start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hard_cap: Option<Span>,
    /// The new display name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The new participants, all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub participants: Option<Vec<IdentityId>>,
    /// The new planned end; [`Timestamp::MAX`] makes it open.
    #[serde(default, deserialize_with = "super::date::end_if_any", skip_serializing_if = "Option::is_none")]
    pub planned_end: Option<Timestamp>,
    /// The new start.
    #[serde(
        default,
        deserialize_with = "super::date::start_if_any",
        skip_serializing_if = "Option::is_none"
    )]
    pub start: Option<Timestamp>,
    /// Fields that are taken away, before the others are set.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub unset: BTreeSet<BusinessEventField>,
}

/// A field that `event_changed` can take away, as it stands in documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BusinessEventField {
    /// The ceiling: it can justify all entitlements.
    Ceiling,
    /// The hard cap.
    HardCap,
    /// The display name.
    Name,
    /// The participants: it concerns all identities.
    Participants,
}

impl BusinessEventChange {
    /// Whether grants for the event may end otherwise than they would.
    pub(crate) fn moves_ends(&self) -> bool {
        self.start.is_some()
            || self.planned_end.is_some()
            || self.hard_cap.is_some()
            || self.unset.contains(&BusinessEventField::HardCap)
    }
}

impl Change for BusinessEventChange {
    type Noun = BusinessEvent;

    fn apply(&self, noun: &mut BusinessEvent) {
        for field in &self.unset {
            match field {
                BusinessEventField::Ceiling => noun.ceiling = None,
                BusinessEventField::HardCap => noun.hard_cap = None,
                BusinessEventField::Name => noun.name = None,
                BusinessEventField::Participants => noun.participants = None,
            }
        }
        super::history::patch(&mut noun.ceiling, &self.ceiling);
        super::history::patch(&mut noun.hard_cap, &self.hard_cap);
        super::history::patch(&mut noun.name, &self.name);
        super::history::patch(&mut noun.participants, &self.participants);
        if let Some(end) = self.planned_end {
            noun.planned_end = (!end.is_never()).then_some(end);
        }
        if let Some(start) = self.start {
            noun.start = start;
        }
    }
}
