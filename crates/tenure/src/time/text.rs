//! What the texts of this module have in common: a bound on their length, quoting, reading.

use alloc::string::String;
use core::fmt;
use core::marker::PhantomData;
use core::str::FromStr;
use serde::Deserializer;
use serde::de::Visitor;

use super::TimeError;
use super::error::coded;

/// The longest text of an instant, a span, a time of day or a zone, in bytes.
pub(super) const MAX_TEXT_BYTES: usize = 64;

/// `text` as a message may show it: invisible characters escaped, a long one cut.
#[cold]
pub(super) fn quoted(text: &str) -> String {
    let mut shown: String = text.chars().take(MAX_TEXT_BYTES).flat_map(char::escape_debug).collect();
    if text.chars().nth(MAX_TEXT_BYTES).is_some() {
        shown.push_str("...");
    }
    shown
}

/// Reads a text and parses it, without a copy where the format lends its bytes.
pub(super) fn deserialize<'de, T, D>(deserializer: D, expecting: &'static str) -> Result<T, D::Error>
where
    T: FromStr<Err = TimeError>,
    D: Deserializer<'de>,
{
    struct Text<T>(&'static str, PhantomData<T>);

    impl<T: FromStr<Err = TimeError>> Visitor<'_> for Text<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.0)
        }

        fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<T, E> {
            text.parse().map_err(coded)
        }
    }

    deserializer.deserialize_str(Text(expecting, PhantomData))
}
