//! A window is the time from a start, which belongs to it, to a later end, which does not.

use core::fmt;
use serde::ser::SerializeStruct;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Span, TimeError, Timestamp};

/// The instants from a start to an end that is later: `[start, end)`, never empty.
///
/// An end of [`Timestamp::MAX`] means that the window never ends. It is written as `{"from", "until"}`, each
/// absent where the window has no such limit; in compact binary formats as the pair of both.
///
/// ```
/// use tenure::time::{Span, Timestamp, Window};
///
/// let start: Timestamp = "2026-03-02T09:00:00Z".parse()?;
/// let morning = Window::new(start, start.plus(Span::hours(3))).expect("three hours are not empty");
/// assert!(morning.contains(start) && !morning.contains(morning.end()));
/// assert_eq!(Window::new(start, start), None);
/// # Ok::<(), tenure::time::TimeError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Window {
    // INVARIANT: start < end.
    start: Timestamp,
    end: Timestamp,
}

impl Window {
    /// All time, `[Timestamp::MIN, Timestamp::MAX)`.
    pub const ALWAYS: Self = Self { start: Timestamp::MIN, end: Timestamp::MAX };

    /// The window `[start, end)`, or nothing if `end` is not after `start`.
    pub const fn new(start: Timestamp, end: Timestamp) -> Option<Self> {
        if start.as_millis() < end.as_millis() { Some(Self { start, end }) } else { None }
    }

    /// The window that begins at `start` and never ends. [`Timestamp::MAX`] is no instant to begin at: it is
    /// taken as the millisecond before it, the last that a window can contain.
    pub const fn from(start: Timestamp) -> Self {
        let start = if start.is_never() {
            Timestamp::saturating_from_millis(start.as_millis().saturating_sub(1))
        } else {
            start
        };
        Self { start, end: Timestamp::MAX }
    }

    /// The first instant of the window.
    pub const fn start(self) -> Timestamp {
        self.start
    }

    /// The first instant after the window, [`Timestamp::MAX`] if it never ends.
    pub const fn end(self) -> Timestamp {
        self.end
    }

    /// Whether `instant` lies in the window.
    pub fn contains(self, instant: Timestamp) -> bool {
        self.start <= instant && instant < self.end
    }

    /// What both windows contain, if anything.
    pub fn intersect(self, other: Self) -> Option<Self> {
        Self::new(self.start.max(other.start), self.end.min(other.end))
    }

    /// Whether the windows have an instant in common. Windows that touch have none.
    pub fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// Whether every instant of `other` lies in this window.
    pub fn covers(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// How long the window lasts.
    pub const fn length(self) -> Span {
        self.end.since(self.start)
    }

    /// Whether the window never ends.
    pub const fn is_open_ended(self) -> bool {
        self.end.is_never()
    }
}

/// `[2026-03-02T09:00:00Z, never)`.
impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_open_ended() {
            write!(f, "[{}, never)", self.start)
        } else {
            write!(f, "[{}, {})", self.start, self.end)
        }
    }
}

impl fmt::Debug for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Window {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if !serializer.is_human_readable() {
            return (self.start, self.end).serialize(serializer);
        }
        let (from, until) = (self.start != Timestamp::MIN, !self.end.is_never());
        let mut fields =
            serializer.serialize_struct("Window", usize::from(from).saturating_add(usize::from(until)))?;
        if from {
            fields.serialize_field("from", &self.start)?;
        }
        if until {
            fields.serialize_field("until", &self.end)?;
        }
        fields.end()
    }
}

impl<'de> Deserialize<'de> for Window {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        /// What is absent has no limit; `null` is not absent and is refused.
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields, rename = "Window")]
        struct Limits {
            #[serde(default)]
            from: Timestamp,
            #[serde(default = "never")]
            until: Timestamp,
        }

        const fn never() -> Timestamp {
            Timestamp::MAX
        }

        let (from, until) = if deserializer.is_human_readable() {
            let Limits { from, until } = Limits::deserialize(deserializer)?;
            (from, until)
        } else {
            Deserialize::deserialize(deserializer)?
        };
        Self::new(from, until).ok_or_else(|| super::error::coded(TimeError::WindowEmpty { from, until }))
    }
}

#[cfg(test)]
mod tests;
