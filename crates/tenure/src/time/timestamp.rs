//! An instant is a whole number of milliseconds since 1970, in the years 0001 to 9999; it is written in UTC.

use core::fmt;
use core::str::FromStr;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::civil::{DAY, Date, digit, four, two};
use super::text::{self, MAX_TEXT_BYTES, quoted};
use super::{Span, TimeError};

/// An instant: milliseconds since 1970-01-01T00:00:00Z, in the years 0001 to 9999.
///
/// It is read from RFC 3339, and written as RFC 3339 in UTC with no fraction or one of three digits. What is
/// finer than a millisecond is floored towards the past, before 1970 too. An offset is required; leap
/// seconds and `24:00` are refused. In compact binary formats it is the number of milliseconds.
///
/// ```
/// use tenure::time::Timestamp;
///
/// let start: Timestamp = "2026-03-02T10:00:00.2509+01:00".parse()?;
/// assert_eq!(start.to_string(), "2026-03-02T09:00:00.250Z");
/// assert_eq!(start.as_millis(), 1_772_442_000_250);
/// let local = "2026-03-02T10:00:00".parse::<Timestamp>();
/// assert_eq!(local.map_err(|error| error.code()), Err("timestamp.zone"));
/// # Ok::<(), tenure::time::TimeError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The first instant, 0001-01-01T00:00:00Z.
    pub const MIN: Self = Self(-62_135_596_800_000);
    /// The last instant, 9999-12-31T23:59:59.999Z; as a bound it means "never".
    pub const MAX: Self = Self(253_402_300_799_999);

    /// The instant `millis` milliseconds after 1970-01-01T00:00:00Z, or before it if negative.
    ///
    /// # Errors
    /// `timestamp.range` outside the years 0001 to 9999.
    pub const fn from_millis(millis: i64) -> Result<Self, TimeError> {
        if millis < Self::MIN.0 || millis > Self::MAX.0 {
            Err(TimeError::TimestampMillis { millis })
        } else {
            Ok(Self(millis))
        }
    }

    /// The instant `millis` milliseconds after 1970-01-01T00:00:00Z, or [`Self::MIN`] or [`Self::MAX`] if
    /// that is out of range.
    pub const fn saturating_from_millis(millis: i64) -> Self {
        if millis < Self::MIN.0 {
            Self::MIN
        } else if millis > Self::MAX.0 {
            Self::MAX
        } else {
            Self(millis)
        }
    }

    /// Milliseconds since 1970-01-01T00:00:00Z, negative before it.
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// This instant and `span` later, at most [`Self::MAX`].
    pub const fn plus(self, span: Span) -> Self {
        // A span is at most 10,000 years, so the cast keeps its value and the sum fits.
        Self::saturating_from_millis(self.0.saturating_add(span.as_millis() as i64))
    }

    /// This instant and `span` earlier, at least [`Self::MIN`].
    pub const fn minus(self, span: Span) -> Self {
        Self::saturating_from_millis(self.0.saturating_sub(span.as_millis() as i64))
    }

    /// How long ago `earlier` was, [`Span::ZERO`] if it is later than this instant.
    pub const fn since(self, earlier: Self) -> Span {
        Span::between(earlier.0, self.0)
    }

    /// Whether this is [`Self::MAX`], which as a bound means "never".
    pub const fn is_never(self) -> bool {
        self.0 == Self::MAX.0
    }

    /// The next instant, one millisecond later, at most [`Self::MAX`].
    pub const fn next(self) -> Self {
        Self::saturating_from_millis(self.0.saturating_add(1))
    }

    /// Writes the text of this instant into `buffer` and returns it, 20 or 24 ASCII bytes.
    ///
    /// ```
    /// let mut buffer = [0; 24];
    /// assert_eq!(tenure::time::Timestamp::MIN.write_to(&mut buffer), "0001-01-01T00:00:00Z");
    /// ```
    pub fn write_to(self, buffer: &mut [u8; 24]) -> &str {
        let Date { year, month, day } = Date::from_days(self.0.div_euclid(DAY));
        let in_day = self.0.rem_euclid(DAY) as u32;
        let (seconds, millis) = (in_day / 1000, in_day % 1000);
        let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        let tail = if millis == 0 {
            [b'Z', 0, 0, 0, 0]
        } else {
            [b'.', digit(millis / 100), digit(millis / 10), digit(millis), b'Z']
        };
        let [t0, t1, t2, t3, t4] = tail;
        #[rustfmt::skip]
        let bytes = [
            digit(year / 1000), digit(year / 100), digit(year / 10), digit(year), b'-',
            digit(month / 10), digit(month), b'-', digit(day / 10), digit(day), b'T',
            digit(hour / 10), digit(hour), b':', digit(minute / 10), digit(minute), b':',
            digit(second / 10), digit(second), t0, t1, t2, t3, t4,
        ];
        *buffer = bytes;
        let length = if millis == 0 { 20 } else { 24 };
        let written = buffer.get(..length).unwrap_or_default();
        core::str::from_utf8(written).unwrap_or_default()
    }
}

/// [`Timestamp::MIN`], the beginning of time.
impl Default for Timestamp {
    fn default() -> Self {
        Self::MIN
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.write_to(&mut [0; 24]))
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Timestamp {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        parse(text)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.serialize_str(self.write_to(&mut [0; 24]))
        } else {
            serializer.serialize_i64(self.0)
        }
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            text::deserialize(deserializer, "an instant like `2026-03-02T09:00:00Z`")
        } else {
            Self::from_millis(i64::deserialize(deserializer)?).map_err(super::error::coded)
        }
    }
}

const YEAR: &str = "a year is 0001 to 9999";

fn parse(text: &str) -> Result<Timestamp, TimeError> {
    let syntax = || TimeError::TimestampSyntax { text: quoted(text) };
    let range = |wanted| TimeError::TimestampRange { text: quoted(text), wanted };
    if text.len() > MAX_TEXT_BYTES {
        return Err(syntax());
    }
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b'T' | b't', clock @ ..] = text.as_bytes() else {
        return Err(if has_wide_year(text) { range(YEAR) } else { syntax() });
    };
    let [h1, h2, b':', i1, i2, b':', s1, s2, rest @ ..] = clock else { return Err(syntax()) };
    let (Some(year), Some(month), Some(day)) = (four(*y1, *y2, *y3, *y4), two(*m1, *m2), two(*d1, *d2))
    else {
        return Err(syntax());
    };
    let (Some(hour), Some(minute), Some(second)) = (two(*h1, *h2), two(*i1, *i2), two(*s1, *s2)) else {
        return Err(syntax());
    };
    let (millis, rest) = fraction(rest).ok_or_else(syntax)?;
    let (sign, ahead_hours, ahead_minutes) = match rest {
        [] => return Err(TimeError::TimestampZone { text: quoted(text) }),
        [b'Z' | b'z'] => (b'+', Some(0), Some(0)),
        [sign @ (b'+' | b'-'), h1, h2] => (*sign, two(*h1, *h2), Some(0)),
        [sign @ (b'+' | b'-'), h1, h2, m1, m2] | [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            (*sign, two(*h1, *h2), two(*m1, *m2))
        }
        _ => return Err(syntax()),
    };
    let (Some(ahead_hours), Some(ahead_minutes)) = (ahead_hours, ahead_minutes) else { return Err(syntax()) };
    let date = Date::new(year, month, day).map_err(range)?;
    if hour > 23 {
        return Err(range("an hour is 00 to 23; midnight is 00:00 of the next day"));
    }
    if minute > 59 {
        return Err(range("a minute is 00 to 59"));
    }
    if second > 59 {
        return Err(range("a second is 00 to 59; leap seconds are not counted"));
    }
    if ahead_hours > 23 || ahead_minutes > 59 {
        return Err(range("an offset is at most 23:59"));
    }
    // At most ten thousand years of milliseconds: no sum here comes near the limits of its type.
    let ahead = i64::from(ahead_hours.wrapping_mul(60).wrapping_add(ahead_minutes));
    let ahead = if sign == b'-' { ahead.wrapping_neg() } else { ahead };
    let minutes = i64::from(hour.wrapping_mul(60).wrapping_add(minute)).wrapping_sub(ahead);
    let seconds = minutes.wrapping_mul(60).wrapping_add(i64::from(second));
    let in_day = seconds.wrapping_mul(1000).wrapping_add(i64::from(millis));
    let since_epoch = date.to_days().wrapping_mul(DAY).wrapping_add(in_day);
    Timestamp::from_millis(since_epoch).map_err(|_| range(YEAR))
}

/// Whether `text` begins with a year that is signed or has more than four digits.
#[cold]
fn has_wide_year(text: &str) -> bool {
    let digits = text.trim_start_matches(['+', '-']);
    let rest = digits.trim_start_matches(|c: char| c.is_ascii_digit());
    let wide = digits.len().saturating_sub(rest.len()) > 4 || digits.len() < text.len();
    wide && rest.len() < digits.len() && rest.starts_with('-')
}

/// The milliseconds of a fraction of a second, finer digits dropped, and what follows it.
fn fraction(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let [b'.', digits @ ..] = bytes else { return Some((0, bytes)) };
    let (mut rest, mut millis, mut unit) = (digits, 0_u32, 100_u32);
    while let [byte @ b'0'..=b'9', tail @ ..] = rest {
        millis = millis.wrapping_add(u32::from(byte.wrapping_sub(b'0')).wrapping_mul(unit));
        unit /= 10;
        rest = tail;
    }
    (rest.len() < digits.len()).then_some((millis, rest))
}

#[cfg(test)]
mod tests;
