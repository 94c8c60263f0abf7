//! What is absent or fails is unknown: `false && unknown` is false, `true || unknown` is true, everything else that
//! needs it is unknown too (Kleene's strong logic).

use core::iter;

use super::outcome::{FailureKind, Outcome, Unknown};
use super::tree::{Comparison, Node, Pair, Quantified, Quantifier, TextTest};
use super::types::{Type, ValueRef};
use super::vocabulary::Presence;
use super::{Condition, Slot};
use crate::model::Scalar;

impl Condition {
    /// Whether the condition holds, given the values that `lookup` has for the slots of [`Condition::paths`].
    ///
    /// `lookup` must answer the same slot with the same value; it is asked at most
    /// [`MAX_STEPS`](super::MAX_STEPS) times. Nothing is allocated.
    pub fn evaluate<'v>(&'v self, lookup: impl Fn(Slot) -> Option<ValueRef<'v>>) -> Outcome {
        Outcome::new(Run { lookup, presence: |_| Some(false) }.truth(&self.node, None))
    }

    /// The same where a slot without a value may yet have one: `presence` says whether it has, if that is known. If it
    /// is not, that is missing too.
    pub(crate) fn evaluate_apart<'v>(
        &'v self,
        lookup: impl Fn(Slot) -> Option<ValueRef<'v>>,
        presence: impl Fn(Slot) -> Option<bool>,
    ) -> Outcome {
        Outcome::new(Run { lookup, presence }.truth(&self.node, None))
    }
}

struct Run<F, P> {
    lookup: F,
    /// Whether there is a value where none was found, if that is known.
    presence: P,
}

/// What an `exists` or `all` is looking at, and whose element it is.
#[derive(Clone, Copy)]
struct Element<'v> {
    /// Absent if the list is.
    value: Option<ValueRef<'v>>,
    of: Option<Slot>,
}

type Found<T> = Result<T, Unknown>;

impl<'v, F: Fn(Slot) -> Option<ValueRef<'v>>, P: Fn(Slot) -> Option<bool>> Run<F, P> {
    /// The depth of `node` bounds this; see [`tree`](super::tree).
    fn value(&self, node: &'v Node, element: Option<Element<'v>>) -> Found<ValueRef<'v>> {
        match node {
            Node::Constant(value) => Ok(value.into()),
            Node::Path(slot, declared) => {
                let value = (self.lookup)(*slot).ok_or(Unknown::missing(*slot))?;
                if value.fits(*declared) {
                    return Ok(value);
                }
                let kind = FailureKind::Value { wanted: *declared, found: value.type_of() };
                Err(Unknown::failed(Some(*slot), kind))
            }
            Node::Element(declared) => {
                let value = element.and_then(|element| element.value).ok_or(Unknown::NOTHING)?;
                match declared {
                    Some(declared) if !value.fits((*declared).into()) => {
                        Err(mismatch(node, element, (*declared).into(), value.type_of()))
                    }
                    _ => Ok(value),
                }
            }
            _ => self.truth(node, element).map(ValueRef::Bool),
        }
    }

    fn truth(&self, node: &'v Node, element: Option<Element<'v>>) -> Found<bool> {
        match node {
            Node::Constant(_) | Node::Path(..) | Node::Element(_) => match self.value(node, element)? {
                ValueRef::Bool(truth) => Ok(truth),
                other => Err(mismatch(node, element, Type::Bool, other.type_of())),
            },
            Node::And(parts) => decided(parts.iter().map(|part| self.truth(part, element)), false),
            Node::Or(parts) => decided(parts.iter().map(|part| self.truth(part, element)), true),
            Node::Not(inner) => self.truth(inner, element).map(|truth| !truth),
            Node::Compare(by, pair) => self.compare(*by, pair, element),
            Node::In(pair) => self.contained(pair, element),
            Node::Has(slot, _) if (self.lookup)(*slot).is_some() => Ok(true),
            Node::Has(slot, presence) => match ((self.presence)(*slot), presence) {
                (Some(true), _) => Ok(true),
                (Some(false), Presence::Complete) => Ok(false),
                _ => Err(Unknown::missing(*slot)),
            },
            Node::Text(test, pair) => self.text(*test, pair, element),
            Node::Quantified(by, quantified) => self.quantified(*by, quantified, element),
        }
    }

    /// The values of both sides; what either lacks is missing.
    fn both(&self, pair: &'v Pair, element: Option<Element<'v>>) -> Found<(ValueRef<'v>, ValueRef<'v>)> {
        match (self.value(&pair.left, element), self.value(&pair.right, element)) {
            (Ok(left), Ok(right)) => Ok((left, right)),
            (Err(left), Err(right)) => Err(left.and(right)),
            (Err(unknown), Ok(_)) | (Ok(_), Err(unknown)) => Err(unknown),
        }
    }

    fn compare(&self, by: Comparison, pair: &'v Pair, element: Option<Element<'v>>) -> Found<bool> {
        let (left, right) = self.both(pair, element)?;
        let order = match (by, left, right) {
            (Comparison::Equal, ..) => return equal(pair, element, left, right),
            (Comparison::Unequal, ..) => return equal(pair, element, left, right).map(|equal| !equal),
            (_, ValueRef::Int(left), ValueRef::Int(right)) => left.cmp(&right),
            // The order of bytes in UTF-8 is that of code points.
            (_, ValueRef::Text(left), ValueRef::Text(right)) => left.cmp(right),
            _ => return Err(unlike(pair, element, left.type_of(), right.type_of())),
        };
        Ok(match by {
            Comparison::Below => order.is_lt(),
            Comparison::AtMost => order.is_le(),
            Comparison::Above => order.is_gt(),
            _ => order.is_ge(),
        })
    }

    fn contained(&self, pair: &'v Pair, element: Option<Element<'v>>) -> Found<bool> {
        let (wanted, list) = self.both(pair, element)?;
        let ValueRef::List(list) = list else {
            return Err(unlike(pair, element, Type::List(None), list.type_of()));
        };
        let found = list.iter().take(at_most(pair.most)).map(|one| same(pair, element, wanted, one.into()));
        decided(found.chain(too_long(&pair.right, list, pair.most)), true)
    }

    fn text(&self, test: TextTest, pair: &'v Pair, element: Option<Element<'v>>) -> Found<bool> {
        let (text, part) = match self.both(pair, element)? {
            (ValueRef::Text(text), ValueRef::Text(part)) => (text, part),
            (ValueRef::Text(_), other) => {
                return Err(mismatch(&pair.right, element, Type::Text, other.type_of()));
            }
            (other, _) => return Err(mismatch(&pair.left, element, Type::Text, other.type_of())),
        };
        Ok(match test {
            TextTest::StartsWith => text.starts_with(part),
            TextTest::EndsWith => text.ends_with(part),
            TextTest::Contains => text.contains(part),
        })
    }

    fn quantified(
        &self,
        by: Quantifier,
        quantified: &'v Quantified,
        element: Option<Element<'v>>,
    ) -> Found<bool> {
        let of = blamed(&quantified.list, element);
        let of_element = |value| self.truth(&quantified.body, Some(Element { value, of }));
        let list = match self.value(&quantified.list, element) {
            Ok(ValueRef::List(list)) => list,
            Ok(other) => return Err(mismatch(&quantified.list, element, Type::List(None), other.type_of())),
            // What the body lacks is missing too, so that everything is asked for at once.
            Err(unknown) => return Err(of_element(None).err().map_or(unknown, |also| unknown.and(also))),
        };
        let of_each = list.iter().take(at_most(quantified.most)).map(|one| of_element(Some(one.into())));
        let rest = too_long(&quantified.list, list, quantified.most);
        decided(of_each.chain(rest), matches!(by, Quantifier::Exists))
    }
}

/// `decisive` if one part is, else unknown if one is, else the opposite.
fn decided(parts: impl Iterator<Item = Found<bool>>, decisive: bool) -> Found<bool> {
    let mut unknown: Option<Unknown> = None;
    for part in parts {
        match part {
            Ok(truth) if truth == decisive => return Ok(decisive),
            Ok(_) => {}
            Err(also) => unknown = Some(unknown.map_or(also, |unknown| unknown.and(also))),
        }
    }
    unknown.map_or(Ok(!decisive), Err)
}

/// A last part that fails, if the list has more elements than are looked at.
fn too_long(node: &Node, list: &[Scalar], most: u32) -> impl Iterator<Item = Found<bool>> + use<> {
    let unknown = (list.len() > at_most(most))
        .then(|| Unknown::failed(blamed(node, None), FailureKind::TooLong { most }));
    unknown.into_iter().map(Err)
}

fn at_most(most: u32) -> usize {
    usize::try_from(most).unwrap_or(usize::MAX)
}

fn equal<'v>(
    pair: &Pair,
    element: Option<Element<'v>>,
    left: ValueRef<'v>,
    right: ValueRef<'v>,
) -> Found<bool> {
    let (ValueRef::List(left), ValueRef::List(right)) = (left, right) else {
        return same(pair, element, left, right);
    };
    if left.len() != right.len() {
        return Ok(false);
    }
    let pairs = iter::zip(left, right).take(at_most(pair.most));
    let equal = pairs.map(|(left, right)| same(pair, element, left.into(), right.into()));
    decided(equal.chain(too_long(&pair.right, right, pair.most)), false)
}

/// Whether two scalars are equal; two of different types fail.
fn same<'v>(
    pair: &Pair,
    element: Option<Element<'v>>,
    left: ValueRef<'v>,
    right: ValueRef<'v>,
) -> Found<bool> {
    match (left, right) {
        (ValueRef::Bool(left), ValueRef::Bool(right)) => Ok(left == right),
        (ValueRef::Int(left), ValueRef::Int(right)) => Ok(left == right),
        (ValueRef::Text(left), ValueRef::Text(right)) => Ok(left == right),
        _ => Err(unlike(pair, element, left.type_of(), right.type_of())),
    }
}

/// The failure of comparing a `left` with a `right`. Only elements have no type before they are there: the right
/// side's is blamed, or else the left side's.
fn unlike(pair: &Pair, element: Option<Element<'_>>, left: Type, right: Type) -> Unknown {
    if matches!(pair.right, Node::Path(_, Type::List(_)) | Node::Element(_)) {
        mismatch(&pair.right, element, left, right)
    } else {
        mismatch(&pair.left, element, right, left)
    }
}

fn mismatch(node: &Node, element: Option<Element<'_>>, wanted: Type, found: Type) -> Unknown {
    Unknown::failed(blamed(node, element), FailureKind::Element { wanted, found })
}

/// Whose value, or whose element, `node` is.
fn blamed(node: &Node, element: Option<Element<'_>>) -> Option<Slot> {
    match node {
        Node::Path(slot, _) => Some(*slot),
        Node::Element(_) => element.and_then(|element| element.of),
        _ => None,
    }
}
