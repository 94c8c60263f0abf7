//! The parts of a week that people name: a day of it, several days, a time of day.

use core::fmt;
use core::str::FromStr;
use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::TimeError;
use super::civil::two;
use super::text::{self, quoted};

/// A day of the week, written `mon` to `sun`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "each says what it is")]
pub enum Weekday {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

impl Weekday {
    /// All days, from Monday.
    pub const ALL: [Self; 7] = [Self::Mon, Self::Tue, Self::Wed, Self::Thu, Self::Fri, Self::Sat, Self::Sun];

    /// The name of the day, `mon` to `sun`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mon => "mon",
            Self::Tue => "tue",
            Self::Wed => "wed",
            Self::Thu => "thu",
            Self::Fri => "fri",
            Self::Sat => "sat",
            Self::Sun => "sun",
        }
    }

    /// The day of the week of the date that lies `days` after 1970-01-01, a Thursday.
    pub(super) fn of_days(days: i64) -> Self {
        match days.rem_euclid(7) {
            0 => Self::Thu,
            1 => Self::Fri,
            2 => Self::Sat,
            3 => Self::Sun,
            4 => Self::Mon,
            5 => Self::Tue,
            _ => Self::Wed,
        }
    }

    const fn bit(self) -> u8 {
        match self {
            Self::Mon => 1,
            Self::Tue => 2,
            Self::Wed => 4,
            Self::Thu => 8,
            Self::Fri => 16,
            Self::Sat => 32,
            Self::Sun => 64,
        }
    }
}

impl fmt::Display for Weekday {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Weekday {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        let found = Self::ALL.into_iter().find(|day| day.as_str() == text);
        found.ok_or_else(|| TimeError::RecurrenceDay { text: quoted(text) })
    }
}

impl Serialize for Weekday {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Weekday {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text::deserialize(deserializer, "a day, `mon` to `sun`")
    }
}

/// Some days of the week, at least one; written as a list in any order, from Monday when we write it.
///
/// ```
/// use tenure::time::{Weekday, Weekdays};
///
/// let weekend: Weekdays = serde_json::from_str(r#"["sun", "sat"]"#).expect("two days");
/// assert!(weekend.contains(Weekday::Sat) && !weekend.contains(Weekday::Mon));
/// assert_eq!(weekend.to_string(), "sat, sun");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Weekdays(u8);

impl Weekdays {
    /// Every day.
    pub const ALL: Self = Self(0b111_1111);

    /// These days.
    ///
    /// # Errors
    /// `recurrence.days` if there is none, or one comes twice.
    pub fn new(days: impl IntoIterator<Item = Weekday>) -> Result<Self, TimeError> {
        let mut bits = 0;
        for day in days {
            if bits & day.bit() != 0 {
                return Err(TimeError::RecurrenceDayTwice { day });
            }
            bits |= day.bit();
        }
        if bits == 0 { Err(TimeError::RecurrenceNoDay) } else { Ok(Self(bits)) }
    }

    /// Whether `day` is one of them.
    pub const fn contains(self, day: Weekday) -> bool {
        self.0 & day.bit() != 0
    }

    /// The days, from Monday.
    pub fn iter(self) -> impl Iterator<Item = Weekday> {
        Weekday::ALL.into_iter().filter(move |day| self.contains(*day))
    }
}

/// Every day.
impl Default for Weekdays {
    fn default() -> Self {
        Self::ALL
    }
}

/// `mon, tue`.
impl fmt::Display for Weekdays {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, day) in self.iter().enumerate() {
            f.write_str(if position == 0 { "" } else { ", " })?;
            f.write_str(day.as_str())?;
        }
        Ok(())
    }
}

impl fmt::Debug for Weekdays {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

impl Serialize for Weekdays {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Counted first: compact formats must know the length before the elements.
        let mut days = serializer.serialize_seq(Some(self.iter().count()))?;
        for day in self.iter() {
            serde::ser::SerializeSeq::serialize_element(&mut days, &day)?;
        }
        serde::ser::SerializeSeq::end(days)
    }
}

impl<'de> Deserialize<'de> for Weekdays {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Days;

        impl<'de> Visitor<'de> for Days {
            type Value = Weekdays;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of days, `mon` to `sun`")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Weekdays, A::Error> {
                let mut failure = None;
                let days = core::iter::from_fn(|| {
                    list.next_element().unwrap_or_else(|error| {
                        failure = Some(error);
                        None
                    })
                });
                // The eighth day is one that stands twice, so this ends however long the list is.
                let days = Weekdays::new(days);
                match failure {
                    Some(error) => Err(error),
                    None => days.map_err(super::error::coded),
                }
            }
        }

        deserializer.deserialize_seq(Days)
    }
}

/// A time of day on the clock of some zone, `00:00` to `24:00`, whole minutes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocalTime(u16);

impl LocalTime {
    /// The start of the day, `00:00`.
    pub const START: Self = Self(0);
    /// The end of the day, `24:00`.
    pub const END: Self = Self(1440);

    /// A time of day, with `hour` 0 to 23 and `minute` 0 to 59, or 24 and 0.
    ///
    /// # Errors
    /// `recurrence.time` for other numbers.
    pub fn new(hour: u8, minute: u8) -> Result<Self, TimeError> {
        let minutes = u16::from(hour).saturating_mul(60).saturating_add(u16::from(minute));
        if minute > 59 || minutes > Self::END.0 {
            return Err(TimeError::RecurrenceTime { text: alloc::format!("{hour:02}:{minute:02}") });
        }
        Ok(Self(minutes))
    }

    /// Minutes since `00:00`, 0 to 1440.
    pub const fn as_minutes(self) -> u16 {
        self.0
    }
}

impl fmt::Display for LocalTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl fmt::Debug for LocalTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for LocalTime {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        let refused = || TimeError::RecurrenceTime { text: quoted(text) };
        let [h1, h2, b':', m1, m2] = text.as_bytes() else { return Err(refused()) };
        let (Some(hour), Some(minute)) = (two(*h1, *h2), two(*m1, *m2)) else { return Err(refused()) };
        // Two digits each, so both fit.
        Self::new(hour as u8, minute as u8)
    }
}

impl Serialize for LocalTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for LocalTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text::deserialize(deserializer, "a time of day like `09:00`")
    }
}
