//! Why a text or a number is not a time.

use alloc::format;
use alloc::string::String;

use super::{LocalTime, Span, TZDB, Timestamp, Weekday};

/// Why something is not an instant, a span, a window, a recurrence or a zone.
///
/// Every message quotes what was given and says what is wanted; [`TimeError::code`] is stable, the message
/// is not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TimeError {
    /// The text is not an instant.
    #[error("`{text}` is not an instant; write it like `2026-03-02T09:00:00Z`")]
    TimestampSyntax {
        /// What was written.
        text: String,
    },
    /// The text has the form of an instant that does not exist, or is outside the years 0001 to 9999.
    #[error("`{text}` is not an instant: {wanted}")]
    TimestampRange {
        /// What was written.
        text: String,
        /// What is wanted.
        wanted: &'static str,
    },
    /// The number of milliseconds is outside the years 0001 to 9999.
    #[error("`{millis}` ms since 1970 is not an instant: a year is 0001 to 9999")]
    TimestampMillis {
        /// Milliseconds since 1970-01-01T00:00:00Z.
        millis: i64,
    },
    /// The text is a local time, which is an instant only together with an offset.
    #[error("`{text}` has no offset from UTC; end it with `Z` or an offset such as `+01:00`")]
    TimestampZone {
        /// What was written.
        text: String,
    },
    /// The text is not a span.
    #[error("`{text}` is not a span; write it like `PT8H`, `P7D`, `8h` or `1h30m`")]
    SpanSyntax {
        /// What was written.
        text: String,
    },
    /// The text counts in months or years, whose length depends on the date.
    #[error("`{text}` counts months or years, whose length varies; write days, like `P30D` or `30d`")]
    SpanCalendar {
        /// What was written.
        text: String,
    },
    /// The text is a negative span.
    #[error("`{text}` is negative; a span is zero or more, like `PT8H` or `8h`")]
    SpanNegative {
        /// What was written.
        text: String,
    },
    /// The span is longer than [`Span::MAX`].
    #[error("`{text}` is too long; a span is at most `{}`, which is 10000 years", Span::MAX)]
    SpanRange {
        /// What was written.
        text: String,
    },
    /// The number of milliseconds is more than [`Span::MAX`].
    #[error("`{millis}` ms is too long; a span is at most `{}`, which is 10000 years", Span::MAX)]
    SpanMillis {
        /// The length in milliseconds.
        millis: u64,
    },
    /// The window contains no instant.
    #[error("a window from `{from}` until `{until}` is empty; it must end after it starts")]
    WindowEmpty {
        /// Its start.
        from: Timestamp,
        /// Its end.
        until: Timestamp,
    },
    /// A recurring window that ends when it starts.
    #[error("a recurring window from `{time}` to `{time}` is empty; a whole day is `00:00` to `24:00`")]
    RecurrenceEmpty {
        /// When it starts and ends.
        time: LocalTime,
    },
    /// The text is not a time of day.
    #[error("`{text}` is not a time of day; write it like `09:00`, from `00:00` to `24:00`")]
    RecurrenceTime {
        /// What was written.
        text: String,
    },
    /// A recurring window that starts when its day is over.
    #[error("a recurring window cannot start at `24:00`; write `00:00` and name the next day")]
    RecurrenceStart,
    /// The text is not a day of the week.
    #[error("`{text}` is not a day of the week; write `mon`, `tue`, `wed`, `thu`, `fri`, `sat` or `sun`")]
    RecurrenceDay {
        /// What was written.
        text: String,
    },
    /// A day of the week is named twice.
    #[error("`{day}` is named twice; name each day once")]
    RecurrenceDayTwice {
        /// The day.
        day: Weekday,
    },
    /// No day of the week is named.
    #[error("`[]` names no day; name at least one, or leave the days out for every day")]
    RecurrenceNoDay,
    /// A recurring window is asked for over too long a time.
    #[error("`{length}` is too long to work out a recurring window for; ask for at most 400 days")]
    RecurrenceHorizon {
        /// How long.
        length: Span,
    },
    /// The text is not the name of a zone.
    #[error("`{text}` is not a time zone of the IANA database {TZDB}; {}", hint(*nearest))]
    ZoneUnknown {
        /// What was written.
        text: String,
        /// The name that was most likely meant.
        nearest: Option<&'static str>,
    },
}

impl TimeError {
    /// The stable code of this error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TimestampSyntax { .. } => "timestamp.syntax",
            Self::TimestampRange { .. } | Self::TimestampMillis { .. } => "timestamp.range",
            Self::TimestampZone { .. } => "timestamp.zone",
            Self::SpanSyntax { .. } => "span.syntax",
            Self::SpanCalendar { .. } => "span.calendar",
            Self::SpanNegative { .. } => "span.negative",
            Self::SpanRange { .. } | Self::SpanMillis { .. } => "span.range",
            Self::WindowEmpty { .. } => "window.empty",
            Self::RecurrenceEmpty { .. } => "recurrence.empty",
            Self::RecurrenceTime { .. } | Self::RecurrenceStart => "recurrence.time",
            Self::RecurrenceDay { .. } | Self::RecurrenceDayTwice { .. } | Self::RecurrenceNoDay => {
                "recurrence.days"
            }
            Self::RecurrenceHorizon { .. } => "recurrence.horizon",
            Self::ZoneUnknown { .. } => "zone.unknown",
        }
    }
}

/// The same error for serde, which keeps its code.
pub(super) fn coded<E: serde::de::Error>(error: TimeError) -> E {
    crate::document::coded(error.code(), error)
}

fn hint(nearest: Option<&'static str>) -> String {
    match nearest {
        Some(name) => format!("did you mean `{name}`?"),
        None => String::from("write a name like `Europe/Berlin`"),
    }
}
