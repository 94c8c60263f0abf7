//! A zone says which instant a local time means; a date alone means the whole of that local day.

use alloc::vec::Vec;
use chrono::{DateTime, MappedLocalTime, Offset, TimeZone};
use chrono_tz::{GapInfo, TZ_VARIANTS, Tz};
use core::cmp::Ordering;
use core::fmt;
use core::str::FromStr;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::civil::{DAY, Date, four, two};
use super::text::{self, MAX_TEXT_BYTES, quoted};
use super::{TimeError, Timestamp};

/// The version of the IANA time zone database that local times are read with, such as `2025b`.
pub const TZDB: &str = chrono_tz::IANA_TZDB_VERSION;

/// A time zone of the IANA database, by its exact name.
///
/// The table reaches to the end of 2099; from then on each zone keeps the offset it has there, without
/// daylight saving.
///
/// ```
/// use tenure::time::Zone;
///
/// let zone: Zone = "Europe/Berlin".parse()?;
/// assert_eq!(zone.name(), "Europe/Berlin");
/// let error = "Europe/Berln".parse::<Zone>().expect_err("no such zone");
/// assert_eq!(error.code(), "zone.unknown");
/// assert!(error.to_string().ends_with("did you mean `Europe/Berlin`?"));
/// # Ok::<(), tenure::time::TimeError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Zone(Tz);

/// The instants at which the clocks of a zone show one local time. They differ only where the clocks went
/// back; where they skipped that time, both are the instant at which they did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Readings {
    pub(super) earlier: Timestamp,
    pub(super) later: Timestamp,
}

impl Zone {
    /// Coordinated universal time.
    pub const UTC: Self = Self(Tz::UTC);

    /// The name in the IANA database.
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    /// The local time at `instant`, in milliseconds since 1970-01-01T00:00 local.
    pub(super) fn local(self, instant: Timestamp) -> i64 {
        let millis = instant.as_millis();
        let Some(utc) = DateTime::from_timestamp_millis(millis) else { return millis };
        let offset = self.0.offset_from_utc_datetime(&utc.naive_utc());
        millis.saturating_add(seconds_ahead(&offset.fix()).saturating_mul(1000))
    }

    /// The instants at which the local time is `local` milliseconds since 1970-01-01T00:00 local, within the
    /// range of [`Timestamp`].
    pub(super) fn readings(self, local: i64) -> Readings {
        let at =
            |ahead: i64| Timestamp::saturating_from_millis(local.saturating_sub(ahead.saturating_mul(1000)));
        let both = |instant| Readings { earlier: instant, later: instant };
        // Far outside the years 0001 to 9999, where it cannot matter.
        let Some(naive) = DateTime::from_timestamp_millis(local).map(|utc| utc.naive_utc()) else {
            return both(at(0));
        };
        match self.0.offset_from_local_datetime(&naive) {
            MappedLocalTime::Single(offset) => both(at(seconds_ahead(&offset.fix()))),
            MappedLocalTime::Ambiguous(one, other) => {
                let (one, other) = (at(seconds_ahead(&one.fix())), at(seconds_ahead(&other.fix())));
                Readings { earlier: one.min(other), later: one.max(other) }
            }
            MappedLocalTime::None => {
                // A gap begins at the local time that the old offset would have shown at the transition.
                let begin = GapInfo::new(&naive, &self.0).and_then(|gap| gap.begin);
                both(begin.map_or(at(0), |(begin, offset)| {
                    let seconds = begin.and_utc().timestamp().saturating_sub(seconds_ahead(&offset.fix()));
                    Timestamp::saturating_from_millis(seconds.saturating_mul(1000))
                }))
            }
        }
    }
}

/// Reads a start: an instant, or a date, which means the first instant of that day in `zone`.
///
/// ```
/// use tenure::time::{Zone, parse_start};
///
/// let berlin: Zone = "Europe/Berlin".parse()?;
/// assert_eq!(parse_start("2026-03-02", berlin)?.to_string(), "2026-03-01T23:00:00Z");
/// # Ok::<(), tenure::time::TimeError>(())
/// ```
///
/// # Errors
/// `timestamp.*` if the text is neither, or names a day that does not exist.
pub fn parse_start(text: &str, zone: Zone) -> Result<Timestamp, TimeError> {
    match date(text)? {
        Some(date) => Ok(start_of_day(date.to_days(), zone)),
        None => text.parse(),
    }
}

/// Reads an end: an instant, or a date, which includes that day in `zone`: the end is the first instant of
/// the next. The last date there is, `9999-12-31`, means "never", [`Timestamp::MAX`].
///
/// ```
/// use tenure::time::{Zone, parse_end};
///
/// let berlin: Zone = "Europe/Berlin".parse()?;
/// assert_eq!(parse_end("2026-03-31", berlin)?.to_string(), "2026-03-31T22:00:00Z");
/// assert!(parse_end("9999-12-31", berlin)?.is_never());
/// # Ok::<(), tenure::time::TimeError>(())
/// ```
///
/// # Errors
/// `timestamp.*` if the text is neither, or names a day that does not exist.
pub fn parse_end(text: &str, zone: Zone) -> Result<Timestamp, TimeError> {
    match date(text)? {
        Some(Date { year: 9999, month: 12, day: 31 }) => Ok(Timestamp::MAX),
        Some(date) => Ok(start_of_day(date.to_days().saturating_add(1), zone)),
        None => text.parse(),
    }
}

impl PartialOrd for Zone {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// By name.
impl Ord for Zone {
    fn cmp(&self, other: &Self) -> Ordering {
        self.name().cmp(other.name())
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Zone {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        let unknown = |_| TimeError::ZoneUnknown { text: quoted(text), nearest: nearest(text) };
        text.parse().map(Self).map_err(unknown)
    }
}

impl Serialize for Zone {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for Zone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text::deserialize(deserializer, "a time zone like `Europe/Berlin`")
    }
}

fn seconds_ahead(offset: &chrono::FixedOffset) -> i64 {
    i64::from(offset.local_minus_utc())
}

/// The first instant of the day that lies `days` after 1970-01-01. Where the clocks go back over midnight the
/// day begins once, the first time, so that the end of a day is always the start of the next.
fn start_of_day(days: i64, zone: Zone) -> Timestamp {
    zone.readings(days.saturating_mul(DAY)).earlier
}

/// The date if `text` has the form of one.
fn date(text: &str) -> Result<Option<Date>, TimeError> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text.as_bytes() else { return Ok(None) };
    let (Some(year), Some(month), Some(day)) = (four(*y1, *y2, *y3, *y4), two(*m1, *m2), two(*d1, *d2))
    else {
        return Ok(None);
    };
    let range = |wanted| TimeError::TimestampRange { text: quoted(text), wanted };
    Date::new(year, month, day).map(Some).map_err(range)
}

/// The name that `text` most likely means: the zone or the city that differs from it in the fewest letters.
#[cold]
fn nearest(text: &str) -> Option<&'static str> {
    if text.len() > MAX_TEXT_BYTES {
        return None;
    }
    let meant = text.trim().replace(' ', "_").to_ascii_lowercase();
    let (best, letters) = TZ_VARIANTS
        .iter()
        .map(|zone| {
            let name = zone.name().to_ascii_lowercase();
            let city = name.rsplit('/').next().unwrap_or(&name);
            (zone.name(), distance(&meant, &name).min(distance(&meant, city)))
        })
        .min_by_key(|(_, letters)| *letters)?;
    (letters <= meant.len() / 4).then_some(best).filter(|_| !meant.is_empty())
}

/// How many letters must be put in, left out or replaced to make one text the other.
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (line, letter) in one.bytes().enumerate() {
        let (mut diagonal, mut left) = (line, line.saturating_add(1));
        if let Some(first) = row.first_mut() {
            *first = left;
        }
        for (cell, wanted) in row.iter_mut().skip(1).zip(other.bytes()) {
            let replaced = diagonal.saturating_add(usize::from(letter != wanted));
            diagonal = *cell;
            left = replaced.min(left.saturating_add(1)).min(diagonal.saturating_add(1));
            *cell = left;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests;
