//! A name has a declared type, and a value is asked for without being copied.

use core::fmt;

use crate::model::{Scalar, Value};

/// The type of a declared name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Type {
    /// `true` or `false`.
    Bool,
    /// A whole number.
    Int,
    /// A text.
    Text,
    /// A list. With a type, of elements of that type; without, its elements are compared as they come, and one of
    /// another type than it is compared with makes the comparison fail.
    List(Option<ScalarType>),
}

/// The type of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ScalarType {
    /// `true` or `false`.
    Bool,
    /// A whole number.
    Int,
    /// A text.
    Text,
}

impl From<ScalarType> for Type {
    fn from(scalar: ScalarType) -> Self {
        match scalar {
            ScalarType::Bool => Self::Bool,
            ScalarType::Int => Self::Int,
            ScalarType::Text => Self::Text,
        }
    }
}

impl fmt::Display for Type {
    /// With its article, as messages need it: `a list of texts`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bool => "a bool",
            Self::Int => "an int",
            Self::Text => "a text",
            Self::List(None) => "a list",
            Self::List(Some(ScalarType::Bool)) => "a list of bools",
            Self::List(Some(ScalarType::Int)) => "a list of ints",
            Self::List(Some(ScalarType::Text)) => "a list of texts",
        })
    }
}

/// A value that somebody else keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueRef<'v> {
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A text.
    Text(&'v str),
    /// Several values, in order.
    List(&'v [Scalar]),
}

impl ValueRef<'_> {
    /// The type, of a list without that of its elements.
    pub(super) const fn type_of(&self) -> Type {
        match self {
            Self::Bool(_) => Type::Bool,
            Self::Int(_) => Type::Int,
            Self::Text(_) => Type::Text,
            Self::List(_) => Type::List(None),
        }
    }

    /// Whether this may stand for a name of type `declared`; the elements of a list are not looked at.
    pub(super) const fn fits(&self, declared: Type) -> bool {
        matches!(
            (self, declared),
            (Self::Bool(_), Type::Bool)
                | (Self::Int(_), Type::Int)
                | (Self::Text(_), Type::Text)
                | (Self::List(_), Type::List(_))
        )
    }
}

impl<'v> From<&'v Value> for ValueRef<'v> {
    fn from(value: &'v Value) -> Self {
        match value {
            Value::Bool(truth) => Self::Bool(*truth),
            Value::Int(number) => Self::Int(*number),
            Value::Text(text) => Self::Text(text),
            Value::List(list) => Self::List(list),
        }
    }
}

impl<'v> From<&'v Scalar> for ValueRef<'v> {
    fn from(scalar: &'v Scalar) -> Self {
        match scalar {
            Scalar::Bool(truth) => Self::Bool(*truth),
            Scalar::Int(number) => Self::Int(*number),
            Scalar::Text(text) => Self::Text(text),
        }
    }
}
