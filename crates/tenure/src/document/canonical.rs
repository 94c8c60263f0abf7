//! One value, one text: canonical JSON (RFC 8785), so that a digest names a meaning and not a way of writing.
//!
//! Keys are sorted by their UTF-16 code units, nothing is blank, only what must be escaped is. Numbers are whole
//! and within ±(2^53 - 1); a fraction is an error and never rounded.

use super::MAX_NUMBER;
use super::canonical_key::KeyWriter;
use super::error::excerpt;
use alloc::borrow::Cow;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::cmp::Ordering;
use core::fmt::{self, Write};
use core::ops::Range;
use serde::ser::{self, Serialize, Serializer};

/// Values are not written deeper than this.
const DEEPEST: usize = 128;

/// Why a value has no canonical text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CanonicalError {
    /// A number that is not whole, or beyond ±(2^53 - 1).
    #[error("`{number}` is not a whole number within ±{MAX_NUMBER}; write it as text")]
    Number {
        /// The number.
        number: String,
    },
    /// A key that is not text, a whole number, a bool or a word.
    #[error("the key of a map is not text; write it as text")]
    Key,
    /// A key that stands in one map twice.
    #[error("the key `{key}` stands in one map twice; remove one")]
    Duplicate {
        /// The key, escaped.
        key: String,
    },
    /// Too many lists and maps inside each other.
    #[error("more than 128 lists and maps stand inside each other; flatten the value")]
    Depth,
    /// What the value itself says.
    #[error("{0}")]
    Value(String),
}

impl CanonicalError {
    /// The stable code of this error.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Number { .. } => "canonical.number",
            Self::Key => "canonical.key",
            Self::Duplicate { .. } => "canonical.duplicate_key",
            Self::Depth => "canonical.too_deep",
            Self::Value(_) => "canonical.value",
        }
    }
}

impl ser::Error for CanonicalError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::Value(message.to_string())
    }
}

/// The canonical JSON of `value`.
///
/// # Errors
/// [`CanonicalError`] for fractions, numbers beyond ±(2^53 - 1), keys that are not text or stand twice, and
/// values deeper than 128.
///
/// ```
/// use tenure::document::{Limits, canonical, json};
///
/// let node = json(r#" {"b": [1, null], "a": "\u20ac"} "#, &Limits::default())?;
/// assert_eq!(canonical(&node).unwrap(), r#"{"a":"€","b":[1,null]}"#);
/// # Ok::<(), tenure::document::DocumentError>(())
/// ```
pub fn canonical<T: Serialize + ?Sized>(value: &T) -> Result<String, CanonicalError> {
    let mut out = String::new();
    canonical_to(&mut out, value)?;
    Ok(out)
}

/// Appends the canonical JSON of `value` to `out`, so that one buffer can serve many values.
/// After an error the end of `out` is unspecified.
///
/// # Errors
/// As [`canonical`].
pub fn canonical_to<T: Serialize + ?Sized>(out: &mut String, value: &T) -> Result<(), CanonicalError> {
    value.serialize(Writer { out, depth: 0 })
}

struct Writer<'o> {
    out: &'o mut String,
    depth: usize,
}

/// Keys compare by UTF-16 code units: RFC 8785, section 3.2.3.
fn key_order(a: &str, b: &str) -> Ordering {
    a.encode_utf16().cmp(b.encode_utf16())
}

fn quote(out: &mut String, text: &str) {
    out.push('"');
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| matches!(c, '"' | '\\' | '\0'..='\u{1f}')) {
        let (plain, special) = rest.split_at(at);
        out.push_str(plain);
        let mut chars = special.chars();
        match chars.next() {
            Some('"') => out.push_str("\\\""),
            Some('\\') => out.push_str("\\\\"),
            Some('\u{8}') => out.push_str("\\b"),
            Some('\t') => out.push_str("\\t"),
            Some('\n') => out.push_str("\\n"),
            Some('\u{c}') => out.push_str("\\f"),
            Some('\r') => out.push_str("\\r"),
            Some(control) => out.push_str(&format!("\\u{:04x}", u32::from(control))),
            None => {}
        }
        rest = chars.as_str();
    }
    out.push_str(rest);
    out.push('"');
}

fn int(out: &mut String, int: i128) -> Result<(), CanonicalError> {
    if int.unsigned_abs() > u128::from(MAX_NUMBER.unsigned_abs()) {
        return Err(CanonicalError::Number { number: int.to_string() });
    }
    // Writing to a String cannot fail.
    write!(out, "{int}").map_err(|_| CanonicalError::Value("out of memory".into()))
}

impl<'o> Writer<'o> {
    fn inner(self) -> Result<Self, CanonicalError> {
        let depth = self.depth.saturating_add(1);
        if depth > DEEPEST { Err(CanonicalError::Depth) } else { Ok(Self { out: self.out, depth }) }
    }

    /// Opens `{"variant":`.
    fn variant(self, variant: &str) -> Result<Self, CanonicalError> {
        let inner = self.inner()?;
        inner.out.push('{');
        quote(inner.out, variant);
        inner.out.push(':');
        Ok(inner)
    }

    fn list(self, end: &'static str) -> Result<List<'o>, CanonicalError> {
        let inner = self.inner()?;
        inner.out.push('[');
        Ok(List { out: inner.out, depth: inner.depth, empty: true, end })
    }

    fn map(self, end: &'static str) -> Result<Map<'o>, CanonicalError> {
        let inner = self.inner()?;
        inner.out.push('{');
        let start = inner.out.len();
        Ok(Map { out: inner.out, depth: inner.depth, start, parts: Vec::new(), sorted: true, end })
    }
}

macro_rules! ints {
    ($($method:ident($ty:ty))*) => {$(
        fn $method(self, value: $ty) -> Result<(), CanonicalError> {
            int(self.out, value.into())
        }
    )*};
}

impl<'o> Serializer for Writer<'o> {
    type Ok = ();
    type Error = CanonicalError;
    type SerializeSeq = List<'o>;
    type SerializeTuple = List<'o>;
    type SerializeTupleStruct = List<'o>;
    type SerializeTupleVariant = List<'o>;
    type SerializeMap = Map<'o>;
    type SerializeStruct = Map<'o>;
    type SerializeStructVariant = Map<'o>;

    ints! {
        serialize_i8(i8) serialize_i16(i16) serialize_i32(i32) serialize_i64(i64) serialize_i128(i128)
        serialize_u8(u8) serialize_u16(u16) serialize_u32(u32) serialize_u64(u64)
    }

    fn serialize_u128(self, value: u128) -> Result<(), CanonicalError> {
        match i128::try_from(value) {
            Ok(value) => int(self.out, value),
            Err(_) => Err(CanonicalError::Number { number: value.to_string() }),
        }
    }

    fn serialize_f32(self, value: f32) -> Result<(), CanonicalError> {
        Err(CanonicalError::Number { number: value.to_string() })
    }

    fn serialize_f64(self, value: f64) -> Result<(), CanonicalError> {
        Err(CanonicalError::Number { number: value.to_string() })
    }

    fn serialize_bool(self, value: bool) -> Result<(), CanonicalError> {
        self.out.push_str(if value { "true" } else { "false" });
        Ok(())
    }

    fn serialize_char(self, value: char) -> Result<(), CanonicalError> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<(), CanonicalError> {
        quote(self.out, value);
        Ok(())
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), CanonicalError> {
        self.collect_seq(value)
    }

    fn serialize_none(self) -> Result<(), CanonicalError> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), CanonicalError> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), CanonicalError> {
        self.out.push_str("null");
        Ok(())
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Result<(), CanonicalError> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
    ) -> Result<(), CanonicalError> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        value: &T,
    ) -> Result<(), CanonicalError> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), CanonicalError> {
        let inner = self.variant(variant)?;
        value.serialize(Writer { out: &mut *inner.out, depth: inner.depth })?;
        inner.out.push('}');
        Ok(())
    }

    fn serialize_seq(self, _len: Option<usize>) -> Result<List<'o>, CanonicalError> {
        self.list("]")
    }

    fn serialize_tuple(self, _len: usize) -> Result<List<'o>, CanonicalError> {
        self.list("]")
    }

    fn serialize_tuple_struct(self, _name: &'static str, _len: usize) -> Result<List<'o>, CanonicalError> {
        self.list("]")
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        _len: usize,
    ) -> Result<List<'o>, CanonicalError> {
        self.variant(variant)?.list("]}")
    }

    fn serialize_map(self, _len: Option<usize>) -> Result<Map<'o>, CanonicalError> {
        self.map("}")
    }

    fn serialize_struct(self, _name: &'static str, _len: usize) -> Result<Map<'o>, CanonicalError> {
        self.map("}")
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        _len: usize,
    ) -> Result<Map<'o>, CanonicalError> {
        self.variant(variant)?.map("}}")
    }
}

/// An open list.
struct List<'o> {
    out: &'o mut String,
    depth: usize,
    empty: bool,
    end: &'static str,
}

impl List<'_> {
    fn item<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), CanonicalError> {
        if !self.empty {
            self.out.push(',');
        }
        self.empty = false;
        value.serialize(Writer { out: &mut *self.out, depth: self.depth })
    }

    fn close(self) -> Result<(), CanonicalError> {
        self.out.push_str(self.end);
        Ok(())
    }
}

/// An open map: entries are written as they come, and put in order at the end if they came in another.
struct Map<'o> {
    out: &'o mut String,
    depth: usize,
    /// Where the first entry begins.
    start: usize,
    parts: Vec<Part>,
    sorted: bool,
    end: &'static str,
}

/// One `"key":value`, without the comma.
struct Part {
    key: Cow<'static, str>,
    text: Range<usize>,
}

impl Map<'_> {
    fn key(&mut self, key: Cow<'static, str>) {
        if let Some(last) = self.parts.last() {
            self.sorted &= key_order(&last.key, &key) == Ordering::Less;
            self.out.push(',');
        }
        let from = self.out.len();
        quote(self.out, &key);
        self.out.push(':');
        self.parts.push(Part { key, text: from..from });
    }

    fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), CanonicalError> {
        value.serialize(Writer { out: &mut *self.out, depth: self.depth })?;
        if let Some(part) = self.parts.last_mut() {
            part.text.end = self.out.len();
        }
        Ok(())
    }

    fn close(mut self) -> Result<(), CanonicalError> {
        if !self.sorted {
            self.sort()?;
        }
        self.out.push_str(self.end);
        Ok(())
    }

    fn sort(&mut self) -> Result<(), CanonicalError> {
        self.parts.sort_by(|a, b| key_order(&a.key, &b.key));
        let mut sorted = String::with_capacity(self.out.len().saturating_sub(self.start));
        let mut last: Option<&str> = None;
        for part in &self.parts {
            if last == Some(&*part.key) {
                return Err(CanonicalError::Duplicate { key: excerpt(&part.key) });
            }
            if last.is_some() {
                sorted.push(',');
            }
            sorted.push_str(self.out.get(part.text.clone()).unwrap_or_default());
            last = Some(&part.key);
        }
        self.out.truncate(self.start);
        self.out.push_str(&sorted);
        Ok(())
    }
}

macro_rules! compound {
    ($($target:ident $trait:ident $method:ident)*) => {$(
        impl ser::$trait for $target<'_> {
            type Ok = ();
            type Error = CanonicalError;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), CanonicalError> {
                self.item(value)
            }

            fn end(self) -> Result<(), CanonicalError> {
                self.close()
            }
        }
    )*};
}

compound! {
    List SerializeSeq serialize_element
    List SerializeTuple serialize_element
    List SerializeTupleStruct serialize_field
    List SerializeTupleVariant serialize_field
}

macro_rules! fields {
    ($($trait:ident)*) => {$(
        impl ser::$trait for Map<'_> {
            type Ok = ();
            type Error = CanonicalError;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                key: &'static str,
                value: &T,
            ) -> Result<(), CanonicalError> {
                self.key(Cow::Borrowed(key));
                self.value(value)
            }

            fn end(self) -> Result<(), CanonicalError> {
                self.close()
            }
        }
    )*};
}

fields! { SerializeStruct SerializeStructVariant }

impl ser::SerializeMap for Map<'_> {
    type Ok = ();
    type Error = CanonicalError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), CanonicalError> {
        let key = key.serialize(KeyWriter)?;
        self.key(key);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), CanonicalError> {
        self.value(value)
    }

    fn end(self) -> Result<(), CanonicalError> {
        self.close()
    }
}
