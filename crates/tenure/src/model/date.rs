//! A date stands for a whole day in UTC: as a start for its first instant, as an end for the first instant after
//! it. People write `ends: 2026-12-31` and mean that the last of December counts.

use alloc::string::String;
use core::fmt;

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer};

use crate::document::coded;
use crate::time::{TimeError, Timestamp, Zone, parse_end, parse_start};

/// A start: an instant, or a date.
pub(crate) struct Start(pub(crate) Timestamp);

/// An end: an instant, or a date, which includes that day.
pub(crate) struct End(pub(crate) Timestamp);

pub(crate) fn start<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    Ok(Start::deserialize(deserializer)?.0)
}

pub(crate) fn start_if_any<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Timestamp>, D::Error> {
    Ok(Option::<Start>::deserialize(deserializer)?.map(|start| start.0))
}

pub(crate) fn end<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    Ok(End::deserialize(deserializer)?.0)
}

pub(crate) fn end_if_any<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    Ok(Option::<End>::deserialize(deserializer)?.map(|end| end.0))
}

impl<'de> Deserialize<'de> for Start {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        limit(deserializer, parse_start).map(Self)
    }
}

impl<'de> Deserialize<'de> for End {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        limit(deserializer, parse_end).map(Self)
    }
}

type Parse = fn(&str, Zone) -> Result<Timestamp, TimeError>;

fn limit<'de, D: Deserializer<'de>>(deserializer: D, parse: Parse) -> Result<Timestamp, D::Error> {
    struct Limit(Parse);

    impl Visitor<'_> for Limit {
        type Value = Timestamp;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an instant like `2026-03-02T09:00:00Z`, or a date")
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<Timestamp, E> {
            (self.0)(text, Zone::UTC).map_err(|error| coded(error.code(), error))
        }

        fn visit_string<E: Error>(self, text: String) -> Result<Timestamp, E> {
            self.visit_str(&text)
        }
    }

    if deserializer.is_human_readable() {
        deserializer.deserialize_str(Limit(parse))
    } else {
        Timestamp::deserialize(deserializer)
    }
}
