//! A recurring window opens on named days of the week between two times of day on the clock of a zone.
//!
//! Where the clocks go back a time of day comes twice, and where they go forward some times never come. For
//! rules that give access the narrower reading holds, for rules that take it away the wider one, so that a
//! change of the clocks never gives more than was meant.

use core::fmt;
use serde::{Deserialize, Deserializer, Serialize};

use super::civil::DAY;
use super::{IntervalSet, LocalTime, Span, TimeError, Timestamp, Weekday, Weekdays, Window, Zone};

/// The longest time for which a recurrence is worked out at once.
const MAX_HORIZON: Span = Span::days(400);

/// Milliseconds in a minute.
const MINUTE: i64 = 60_000;

/// Hours that recur weekly: from a time of day to another, on named days, in a zone.
///
/// If `to` is earlier than `from` the window runs past midnight and belongs to the day on which it starts.
/// A whole day is `00:00` to `24:00`.
///
/// ```
/// use tenure::time::{Reading, Recurrence, Span, Window};
///
/// let nights: Recurrence = serde_json::from_str(
///     r#"{"days": ["fri"], "from": "22:00", "to": "06:00", "zone": "Europe/Berlin"}"#,
/// ).expect("a recurrence");
/// let monday = "2026-03-02T00:00:00Z".parse()?;
/// let week = Window::new(monday, monday.plus(Span::days(7))).expect("not empty");
/// let open = nights.within(week, Reading::Narrow)?;
/// assert_eq!(open.windows().len(), 1);
/// assert_eq!(open.windows()[0].to_string(), "[2026-03-06T21:00:00Z, 2026-03-07T05:00:00Z)");
/// # Ok::<(), tenure::time::TimeError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Recurrence {
    days: Weekdays,
    // INVARIANT: from != to, and from is not 24:00.
    from: LocalTime,
    to: LocalTime,
    zone: Zone,
}

/// Which of two readings holds where the clocks go back and a time of day comes twice.
///
/// Where they go forward over a time of day, both readings take the instant at which they do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reading {
    /// A start takes the later reading, an end the earlier: for rules that give access. Where the end then
    /// is not after the start, there is no window that day.
    Narrow,
    /// A start takes the earlier reading, an end the later: for rules that take access away.
    Wide,
}

impl Recurrence {
    /// The window from `from` to `to` on each of `days` in `zone`.
    ///
    /// # Errors
    /// `recurrence.empty` if the times are equal, `recurrence.time` if it starts at `24:00`.
    pub fn new(days: Weekdays, from: LocalTime, to: LocalTime, zone: Zone) -> Result<Self, TimeError> {
        if from == to {
            return Err(TimeError::RecurrenceEmpty { time: from });
        }
        if from == LocalTime::END {
            return Err(TimeError::RecurrenceStart);
        }
        Ok(Self { days, from, to, zone })
    }

    /// The days on which the window starts.
    pub const fn days(&self) -> Weekdays {
        self.days
    }

    /// The time of day at which the window starts.
    pub const fn from(&self) -> LocalTime {
        self.from
    }

    /// The time of day at which the window ends, on the next day if it is earlier than the start.
    pub const fn to(&self) -> LocalTime {
        self.to
    }

    /// The zone whose clock is meant.
    pub const fn zone(&self) -> Zone {
        self.zone
    }

    /// The instants of `horizon` at which the window is open.
    ///
    /// # Errors
    /// `recurrence.horizon` if `horizon` is longer than 400 days.
    pub fn within(&self, horizon: Window, reading: Reading) -> Result<IntervalSet, TimeError> {
        if horizon.length() > MAX_HORIZON {
            return Err(TimeError::RecurrenceHorizon { length: horizon.length() });
        }
        // A window may have started on the day before; and where the clocks go back over midnight, one of
        // the day before that may come again, or one of the next day may have opened already.
        let first = self.local_day(horizon.start()).saturating_sub(2);
        let last = self.local_day(horizon.end()).saturating_add(1);
        let windows = (first..=last)
            .filter(|day| self.days.contains(Weekday::of_days(*day)))
            .filter_map(|day| self.window_of(day, reading)?.intersect(horizon));
        Ok(IntervalSet::from_windows(windows))
    }

    /// The window that starts on the day that lies `day` days after 1970-01-01.
    fn window_of(&self, day: i64, reading: Reading) -> Option<Window> {
        let last_day = if self.to < self.from { day.saturating_add(1) } else { day };
        let start = self.zone.readings(local(day, self.from));
        let end = self.zone.readings(local(last_day, self.to));
        match reading {
            Reading::Narrow => Window::new(start.later, end.earlier),
            Reading::Wide => Window::new(start.earlier, end.later),
        }
    }

    fn local_day(&self, instant: Timestamp) -> i64 {
        self.zone.local(instant).div_euclid(DAY)
    }
}

/// `mon, tue from 09:00 to 17:00 in Europe/Berlin`.
impl fmt::Display for Recurrence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.days == Weekdays::ALL {
            f.write_str("daily")?;
        } else {
            fmt::Display::fmt(&self.days, f)?;
        }
        write!(f, " from {} to {} in {}", self.from, self.to, self.zone)
    }
}

/// A recurrence as it is written, before its rules are checked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename = "Recurrence")]
struct Written {
    #[serde(default)]
    days: Weekdays,
    from: LocalTime,
    to: LocalTime,
    zone: Zone,
}

impl<'de> Deserialize<'de> for Recurrence {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Written { days, from, to, zone } = Written::deserialize(deserializer)?;
        Self::new(days, from, to, zone).map_err(super::error::coded)
    }
}

/// A time of a day in milliseconds since 1970-01-01T00:00 local.
fn local(day: i64, time: LocalTime) -> i64 {
    day.saturating_mul(DAY).saturating_add(i64::from(time.as_minutes()).saturating_mul(MINUTE))
}

#[cfg(test)]
mod tests;
