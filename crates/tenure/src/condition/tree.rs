//! A condition in two forms: as it was parsed, with places, and as it is evaluated, with slots.
//!
//! Both are trees whose depth the parser has bounded, so that walking them needs no bound of its own: each level
//! of [`MAX_DEPTH`](super::limits::MAX_DEPTH) adds at most one node of each operator.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use super::Slot;
use super::types::{ScalarType, Type};
use super::vocabulary::Presence;
use crate::model::Value;

/// An expression as it was parsed.
#[derive(Debug)]
pub(super) struct Expression {
    pub(super) column: u32,
    pub(super) form: Form,
}

#[derive(Debug)]
pub(super) enum Form {
    Constant(Value),
    /// At least one.
    Path(Vec<Word>),
    /// At least two, none of them an `And`.
    And(Vec<Expression>),
    /// At least two, none of them an `Or`.
    Or(Vec<Expression>),
    Not(Box<Expression>),
    Compare(Comparison, Box<Expression>, Box<Expression>),
    In(Box<Expression>, Box<Expression>),
    Has(Vec<Word>),
    Text(TextTest, Box<Expression>, Box<Expression>),
    Quantified(Quantifier, Word, Box<Expression>, Box<Expression>),
}

/// A part of a name, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) column: u32,
    pub(super) text: String,
}

/// A condition that can be evaluated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    Constant(Value),
    Path(Slot, Type),
    /// The element that `exists` or `all` is looking at, of the declared type.
    Element(Option<ScalarType>),
    And(Box<[Node]>),
    Or(Box<[Node]>),
    Not(Box<Node>),
    Compare(Comparison, Box<Pair>),
    In(Box<Pair>),
    Has(Slot, Presence),
    Text(TextTest, Box<Pair>),
    Quantified(Quantifier, Box<Quantified>),
}

/// Two operands; of lists, at most so many elements are looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) left: Node,
    pub(super) right: Node,
    pub(super) most: u32,
}

/// `body` for the elements of `list`, each called `name`; at most so many are looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Quantified {
    pub(super) name: String,
    pub(super) list: Node,
    pub(super) body: Node,
    pub(super) most: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    Unequal,
    Below,
    AtMost,
    Above,
    AtLeast,
}

impl Comparison {
    pub(super) const fn sign(self) -> &'static str {
        match self {
            Self::Equal => "==",
            Self::Unequal => "!=",
            Self::Below => "<",
            Self::AtMost => "<=",
            Self::Above => ">",
            Self::AtLeast => ">=",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TextTest {
    StartsWith,
    EndsWith,
    Contains,
}

impl TextTest {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::StartsWith => "startsWith",
            Self::EndsWith => "endsWith",
            Self::Contains => "contains",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quantifier {
    Exists,
    All,
}

impl Quantifier {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Exists => "exists",
            Self::All => "all",
        }
    }
}
