//! Attributes are typed: truth values, whole numbers, texts and lists of these. There are no floats.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::id::AttributeId;

/// The attributes of a noun, in the order of their names.
pub type Attributes = BTreeMap<AttributeId, Value>;

/// The value of an attribute, of a context entry or of a reason's parameter.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(untagged)]
pub enum Value {
    /// `true` or `false`.
    Bool(bool),
    /// A whole number within ±(2^53 − 1).
    Int(i64),
    /// A text.
    Text(String),
    /// Several values, in order.
    List(Vec<Scalar>),
}

/// An element of a list.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(untagged)]
pub enum Scalar {
    /// `true` or `false`.
    Bool(bool),
    /// A whole number within ±(2^53 − 1).
    Int(i64),
    /// A text.
    Text(String),
}

impl Value {
    /// The text, if this is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Whether `wanted` equals this value or is one of its elements.
    pub fn is_or_contains(&self, wanted: &Self) -> bool {
        match (self, wanted) {
            (Self::List(list), Self::Bool(w)) => list.contains(&Scalar::Bool(*w)),
            (Self::List(list), Self::Int(w)) => list.contains(&Scalar::Int(*w)),
            (Self::List(list), Self::Text(w)) => list.iter().any(|s| matches!(s, Scalar::Text(t) if t == w)),
            _ => self == wanted,
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;

        impl<'de> Visitor<'de> for Any {
            type Value = Value;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, a whole number, `true` or `false`, or a list of these")
            }

            fn visit_bool<E: Error>(self, truth: bool) -> Result<Value, E> {
                Ok(Value::Bool(truth))
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Value, E> {
                Ok(Value::Int(number))
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Value, E> {
                whole(number).map(Value::Int)
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
                Ok(Value::Text(text.into()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
                let mut list = Vec::new();
                while let Some(item) = items.next_element()? {
                    list.push(item);
                }
                Ok(Value::List(list))
            }
        }

        deserializer.deserialize_any(Any)
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;

        impl Visitor<'_> for Any {
            type Value = Scalar;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, a whole number, `true` or `false`")
            }

            fn visit_bool<E: Error>(self, truth: bool) -> Result<Scalar, E> {
                Ok(Scalar::Bool(truth))
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Scalar, E> {
                Ok(Scalar::Int(number))
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Scalar, E> {
                whole(number).map(Scalar::Int)
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Scalar, E> {
                Ok(Scalar::Text(text.into()))
            }
        }

        deserializer.deserialize_any(Any)
    }
}

fn whole<E: Error>(number: u64) -> Result<i64, E> {
    let beyond = |_| E::custom(format_args!("the number `{number}` is beyond 2^53 - 1; write it as text"));
    i64::try_from(number).map_err(beyond)
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(b) => write!(f, "{b}"),
            Self::Int(i) => write!(f, "{i}"),
            Self::Text(t) => f.write_str(t),
            Self::List(list) => {
                for (n, item) in list.iter().enumerate() {
                    if n > 0 {
                        f.write_str(", ")?;
                    }
                    match item {
                        Scalar::Bool(b) => write!(f, "{b}")?,
                        Scalar::Int(i) => write!(f, "{i}")?,
                        Scalar::Text(t) => f.write_str(t)?,
                    }
                }
                Ok(())
            }
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<bool> for Value {
    fn from(truth: bool) -> Self {
        Self::Bool(truth)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl FromIterator<String> for Value {
    fn from_iter<I: IntoIterator<Item = String>>(texts: I) -> Self {
        Self::List(texts.into_iter().map(Scalar::Text).collect())
    }
}

/// How much harm a resource or entitlement can do in the wrong hands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sensitivity {
    /// Public or harmless.
    Low,
    /// Internal.
    Moderate,
    /// Confidential, or able to change production.
    High,
    /// Able to end the business.
    Critical,
}

impl Sensitivity {
    /// The word in documents.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Moderate => "moderate",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}
