//! A span is an exact length of time: a day is 24 hours, and no span counts in months or years.

use core::fmt;
use core::str::FromStr;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::TimeError;
use super::text::{self, MAX_TEXT_BYTES, quoted};

/// An exact length of time in milliseconds, from zero to 10,000 years.
///
/// It is read from ISO 8601 (`PT8H`, `P1D` = 24 h, `P1W` = 168 h, `PT0.25S`) or the short form (`250ms`,
/// `45s`, `30m`, `8h`, `1h30m`, `90d`, `2w`), largest unit first; only seconds may have a fraction, floored
/// to the millisecond. It is written as ISO 8601 with hours as the largest unit, so that equal spans have
/// equal texts. In compact binary formats it is the number of milliseconds.
///
/// ```
/// use tenure::time::Span;
///
/// assert_eq!("P1DT30M".parse::<Span>()?.to_string(), "PT24H30M");
/// assert_eq!("90d".parse::<Span>()?, Span::days(90));
/// assert_eq!("P1M".parse::<Span>().map_err(|error| error.code()), Err("span.calendar"));
/// # Ok::<(), tenure::time::TimeError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span(u64);

const SECOND: u64 = 1000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;
const WEEK: u64 = 7 * DAY;

impl Span {
    /// No time at all.
    pub const ZERO: Self = Self(0);
    /// The longest span, 10,000 Gregorian years of 365.2425 days; longer than the time line.
    pub const MAX: Self = Self(3_652_425 * DAY);

    /// A span of `millis` milliseconds.
    ///
    /// # Errors
    /// `span.range` beyond [`Self::MAX`].
    pub const fn from_millis(millis: u64) -> Result<Self, TimeError> {
        if millis > Self::MAX.0 { Err(TimeError::SpanMillis { millis }) } else { Ok(Self(millis)) }
    }

    /// The length in milliseconds.
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// A span of so many seconds.
    pub const fn seconds(count: u32) -> Self {
        Self::of(count, SECOND)
    }

    /// A span of so many minutes.
    pub const fn minutes(count: u32) -> Self {
        Self::of(count, MINUTE)
    }

    /// A span of so many hours, at most [`Self::MAX`].
    pub const fn hours(count: u32) -> Self {
        Self::of(count, HOUR)
    }

    /// A span of so many days of 24 hours, at most [`Self::MAX`].
    pub const fn days(count: u32) -> Self {
        Self::of(count, DAY)
    }

    /// Both spans together, at most [`Self::MAX`].
    pub const fn saturating_add(self, other: Self) -> Self {
        Self::clamped(self.0.saturating_add(other.0))
    }

    /// What is left of this span without `other`, [`Self::ZERO`] if that is longer.
    pub const fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// Whether this is no time at all.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// From one instant to a later one, in milliseconds since the epoch; zero if `end` is not later.
    pub(super) const fn between(start: i64, end: i64) -> Self {
        if end <= start { Self::ZERO } else { Self::clamped(end.abs_diff(start)) }
    }

    const fn of(count: u32, unit: u64) -> Self {
        Self::clamped((count as u64).saturating_mul(unit))
    }

    const fn clamped(millis: u64) -> Self {
        if millis > Self::MAX.0 { Self::MAX } else { Self(millis) }
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hours, minutes, rest) = (self.0 / HOUR, self.0 / MINUTE % 60, self.0 % MINUTE);
        let (seconds, millis) = (rest / SECOND, rest % SECOND);
        f.write_str("PT")?;
        if hours > 0 {
            write!(f, "{hours}H")?;
        }
        if minutes > 0 {
            write!(f, "{minutes}M")?;
        }
        if millis > 0 {
            write!(f, "{seconds}.{millis:03}S")
        } else if seconds > 0 || self.is_zero() {
            write!(f, "{seconds}S")
        } else {
            Ok(())
        }
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Span {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        parse(text).map_err(|reason| match reason {
            Refusal::Syntax => TimeError::SpanSyntax { text: quoted(text) },
            Refusal::Calendar => TimeError::SpanCalendar { text: quoted(text) },
            Refusal::Negative => TimeError::SpanNegative { text: quoted(text) },
            Refusal::Range => TimeError::SpanRange { text: quoted(text) },
        })
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            serializer.serialize_u64(self.0)
        }
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            text::deserialize(deserializer, "a span like `PT8H` or `8h`")
        } else {
            Self::from_millis(u64::deserialize(deserializer)?).map_err(super::error::coded)
        }
    }
}

/// Why a text is not a span.
enum Refusal {
    Syntax,
    Calendar,
    Negative,
    Range,
}

/// What the letters after a number mean, and how long one of it is.
#[derive(Clone, Copy)]
enum Unit {
    Exact(u64),
    Calendar,
}

fn parse(text: &str) -> Result<Span, Refusal> {
    if text.len() > MAX_TEXT_BYTES {
        return Err(Refusal::Syntax);
    }
    if text.contains('-') {
        let positive = text.replacen('-', "", 1);
        // What is wrong with `-PT8H` is its sign; what is wrong with `a-b` is everything.
        return Err(if read(&positive).is_ok() { Refusal::Negative } else { Refusal::Syntax });
    }
    read(text)
}

fn read(text: &str) -> Result<Span, Refusal> {
    let Some(iso) = text.strip_prefix('P') else {
        let millis = components(text, short_unit)?;
        return Span::from_millis(millis).map_err(|_| Refusal::Range);
    };
    let (date, time) = match iso.split_once('T') {
        Some((date, time)) => (date, Some(time)),
        None => (iso, None),
    };
    let days = match (date, time) {
        ("", Some(_)) => 0,
        _ => components(date, date_unit)?,
    };
    let clock = match time {
        Some(time) => components(time, clock_unit)?,
        None => 0,
    };
    Span::from_millis(days.saturating_add(clock)).map_err(|_| Refusal::Range)
}

fn date_unit(letters: &str) -> Option<Unit> {
    match letters {
        "Y" | "M" => Some(Unit::Calendar),
        "W" => Some(Unit::Exact(WEEK)),
        "D" => Some(Unit::Exact(DAY)),
        _ => None,
    }
}

fn clock_unit(letters: &str) -> Option<Unit> {
    match letters {
        "H" => Some(Unit::Exact(HOUR)),
        "M" => Some(Unit::Exact(MINUTE)),
        "S" => Some(Unit::Exact(SECOND)),
        _ => None,
    }
}

fn short_unit(letters: &str) -> Option<Unit> {
    match letters {
        "y" | "mo" | "M" => Some(Unit::Calendar),
        "w" => Some(Unit::Exact(WEEK)),
        "d" => Some(Unit::Exact(DAY)),
        "h" => Some(Unit::Exact(HOUR)),
        "m" => Some(Unit::Exact(MINUTE)),
        "s" => Some(Unit::Exact(SECOND)),
        "ms" => Some(Unit::Exact(1)),
        _ => None,
    }
}

/// The sum of one or more numbers with units, each unit smaller than the one before; one that is too large
/// for its type stays the largest.
fn components(text: &str, unit_of: fn(&str) -> Option<Unit>) -> Result<u64, Refusal> {
    let (mut rest, mut above, mut sum) = (text, u64::MAX, 0_u64);
    while !rest.is_empty() || above == u64::MAX {
        let (whole, tail) = split_where(rest, |c| !c.is_ascii_digit());
        let (fraction, tail) = match tail.strip_prefix('.') {
            Some(tail) => split_where(tail, |c| !c.is_ascii_digit()),
            None => ("", tail),
        };
        let fractional = whole.len().saturating_add(fraction.len()).saturating_add(tail.len()) < rest.len();
        let (letters, tail) = split_where(tail, |c| !c.is_ascii_alphabetic());
        if whole.is_empty() || (fractional && fraction.is_empty()) {
            return Err(Refusal::Syntax);
        }
        let unit = match unit_of(letters) {
            Some(Unit::Exact(unit)) if unit < above => unit,
            Some(Unit::Calendar) => return Err(Refusal::Calendar),
            _ => return Err(Refusal::Syntax),
        };
        if fractional && (unit != SECOND || !tail.is_empty()) {
            return Err(Refusal::Syntax);
        }
        // Only too many digits can fail here: more than the longest span has.
        let count: u64 = whole.parse().unwrap_or(u64::MAX);
        sum = sum.saturating_add(count.saturating_mul(unit)).saturating_add(thousandths(fraction));
        (rest, above) = (tail, unit);
    }
    Ok(sum)
}

/// `text` up to the first character for which `stop` holds, and the rest.
fn split_where(text: &str, stop: fn(char) -> bool) -> (&str, &str) {
    text.split_at_checked(text.find(stop).unwrap_or(text.len())).unwrap_or((text, ""))
}

/// The first three digits of a fraction, as thousandths.
fn thousandths(fraction: &str) -> u64 {
    let digits = fraction.bytes().chain([b'0'; 3]).take(3);
    digits.fold(0, |sum, digit| sum.saturating_mul(10).saturating_add(u64::from(digit.wrapping_sub(b'0'))))
}

#[cfg(test)]
mod tests;
