//! What a condition compares with what: the values that somebody may try who wants it to hold.

use alloc::vec;
use alloc::vec::Vec;

use super::tree::{Comparison, Node};
use super::types::Type;
use super::{Condition, Path, Slot};
use crate::model::{Scalar, Value};

impl Condition {
    /// Each name with each value that the condition compares it with, and for numbers the next on either side; true and
    /// false for truth values. Some of these make it hold, if any single value of one name does and it is written plainly.
    pub(crate) fn compared(&self) -> Vec<(Path, Value)> {
        let mut found: Vec<(Slot, Value)> = Vec::new();
        let mut open = vec![&self.node];
        while let Some(node) = open.pop() {
            match node {
                Node::Constant(_) | Node::Element(_) | Node::Has(..) => {}
                Node::Path(slot, Type::Bool) => {
                    found.push((*slot, Value::Bool(true)));
                    found.push((*slot, Value::Bool(false)));
                }
                Node::Path(..) => {}
                Node::And(parts) | Node::Or(parts) => open.extend(parts.iter().rev()),
                Node::Not(inner) => open.push(inner),
                Node::Compare(comparison, pair) => {
                    let sides = [(&pair.left, &pair.right), (&pair.right, &pair.left)];
                    for (path, other) in sides {
                        if let (Node::Path(slot, _), Node::Constant(value)) = (path, other) {
                            near(*comparison, value).into_iter().for_each(|value| found.push((*slot, value)));
                        }
                    }
                }
                Node::In(pair) => match (&pair.left, &pair.right) {
                    (Node::Path(slot, _), Node::Constant(Value::List(list))) => {
                        found.extend(list.iter().map(|one| (*slot, single(one))));
                    }
                    (Node::Constant(value), Node::Path(slot, _)) => {
                        found.extend(alone(value).map(|list| (*slot, list)));
                    }
                    _ => {}
                },
                Node::Text(_, pair) => {
                    if let (Node::Path(slot, _), Node::Constant(value)) = (&pair.left, &pair.right) {
                        found.push((*slot, value.clone()));
                    }
                }
                Node::Quantified(_, quantified) => {
                    if let (Node::Path(slot, _), Node::Compare(_, pair)) =
                        (&quantified.list, &quantified.body)
                    {
                        let sides = [&pair.left, &pair.right].into_iter();
                        let constants = sides.filter_map(|side| match side {
                            Node::Constant(value) => alone(value),
                            _ => None,
                        });
                        found.extend(constants.map(|list| (*slot, list)));
                    }
                    open.push(&quantified.body);
                }
            }
        }
        let named = found.into_iter().filter_map(|(slot, value)| Some((self.path(slot)?.clone(), value)));
        named.collect()
    }
}

fn single(one: &Scalar) -> Value {
    match one {
        Scalar::Bool(truth) => Value::Bool(*truth),
        Scalar::Int(number) => Value::Int(*number),
        Scalar::Text(text) => Value::Text(text.clone()),
    }
}

/// The list of one value.
fn alone(value: &Value) -> Option<Value> {
    let one = match value {
        Value::Bool(truth) => Scalar::Bool(*truth),
        Value::Int(number) => Scalar::Int(*number),
        Value::Text(text) => Scalar::Text(text.clone()),
        Value::List(_) => return None,
    };
    Some(Value::List(vec![one]))
}

/// The values around a constant that may make a comparison with it come out true.
fn near(comparison: Comparison, value: &Value) -> Vec<Value> {
    match value {
        Value::Int(number) => {
            let (below, above) = (number.saturating_sub(1), number.saturating_add(1));
            let tried = match comparison {
                Comparison::Equal | Comparison::AtMost | Comparison::AtLeast => vec![*number, below, above],
                Comparison::Unequal | Comparison::Above => vec![above, below],
                Comparison::Below => vec![below, above],
            };
            tried.into_iter().map(Value::Int).collect()
        }
        Value::Bool(truth) => vec![Value::Bool(*truth), Value::Bool(!truth)],
        other => vec![other.clone()],
    }
}
