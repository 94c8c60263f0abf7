//! The keys of a map, as text.

use super::canonical::CanonicalError;
use alloc::borrow::{Cow, ToOwned};
use alloc::string::ToString;
use serde::ser::{Impossible, Serialize, Serializer};

/// Writes a key: text, a word of an enum, a whole number or a bool.
pub(super) struct KeyWriter;

type Text = Result<Cow<'static, str>, CanonicalError>;
type No = Impossible<Cow<'static, str>, CanonicalError>;

macro_rules! written {
    ($($method:ident($ty:ty))*) => {$(
        fn $method(self, value: $ty) -> Text {
            Ok(Cow::Owned(value.to_string()))
        }
    )*};
}

macro_rules! refused {
    ($($method:ident($($ty:ty),*) -> $ok:ty;)*) => {$(
        fn $method(self, $(_: $ty),*) -> Result<$ok, CanonicalError> {
            Err(CanonicalError::Key)
        }
    )*};
}

impl Serializer for KeyWriter {
    type Ok = Cow<'static, str>;
    type Error = CanonicalError;
    type SerializeSeq = No;
    type SerializeTuple = No;
    type SerializeTupleStruct = No;
    type SerializeTupleVariant = No;
    type SerializeMap = No;
    type SerializeStruct = No;
    type SerializeStructVariant = No;

    written! {
        serialize_bool(bool) serialize_char(char)
        serialize_i8(i8) serialize_i16(i16) serialize_i32(i32) serialize_i64(i64) serialize_i128(i128)
        serialize_u8(u8) serialize_u16(u16) serialize_u32(u32) serialize_u64(u64) serialize_u128(u128)
    }

    fn serialize_str(self, value: &str) -> Text {
        Ok(Cow::Owned(value.to_owned()))
    }

    fn serialize_unit_variant(self, _name: &'static str, _index: u32, variant: &'static str) -> Text {
        Ok(Cow::Borrowed(variant))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _name: &'static str, value: &T) -> Text {
        value.serialize(self)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Text {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _value: &T,
    ) -> Text {
        Err(CanonicalError::Key)
    }

    refused! {
        serialize_f32(f32) -> Cow<'static, str>;
        serialize_f64(f64) -> Cow<'static, str>;
        serialize_bytes(&[u8]) -> Cow<'static, str>;
        serialize_none() -> Cow<'static, str>;
        serialize_unit() -> Cow<'static, str>;
        serialize_unit_struct(&'static str) -> Cow<'static, str>;
        serialize_seq(Option<usize>) -> No;
        serialize_tuple(usize) -> No;
        serialize_tuple_struct(&'static str, usize) -> No;
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> No;
        serialize_map(Option<usize>) -> No;
        serialize_struct(&'static str, usize) -> No;
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> No;
    }
}
