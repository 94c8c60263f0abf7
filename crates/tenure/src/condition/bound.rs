//! An evaluation ends: the steps are shared out when the condition is read, so that no value decides whether
//! another part is still looked at. What is absent can therefore never make room for a better answer.
//!
//! Every operator, name and literal outside `exists` and `all` is one step, and so is each element of a literal
//! list. What is left is shared equally by all lists that are looked through: a list of values gets so many
//! elements, `exists` and `all` so many as their body can be evaluated for. A list of values inside a body gets
//! about the square root, because it is looked through for each element.

use alloc::format;

use super::error::ConditionError;
use super::limits::MAX_STEPS;
use super::tree::{Node, Pair, Quantified};
use super::types::Type;
use crate::model::Value;

/// Sets how many elements each part of `node` may look at.
///
/// # Errors
/// `condition.limit` if a list that is written in the condition is longer than its part.
pub(super) fn bound(node: &mut Node) -> Result<(), ConditionError> {
    let cost = cost(node);
    share(node, MAX_STEPS.saturating_sub(cost.fixed).checked_div(cost.lists).unwrap_or(0))
}

/// What one evaluation costs: so many steps, and so many lists of unknown length to look through.
#[derive(Debug, Clone, Copy, Default)]
struct Cost {
    fixed: u32,
    lists: u32,
}

impl Cost {
    const ONE: Self = Self { fixed: 1, lists: 0 };
    const LIST: Self = Self { fixed: 1, lists: 1 };

    fn and(self, other: Self) -> Self {
        Self { fixed: self.fixed.saturating_add(other.fixed), lists: self.lists.saturating_add(other.lists) }
    }
}

fn cost(node: &Node) -> Cost {
    match node {
        Node::Constant(Value::List(list)) => {
            Cost { fixed: u32::try_from(list.len()).unwrap_or(u32::MAX).saturating_add(1), lists: 0 }
        }
        Node::Constant(_) | Node::Path(..) | Node::Element(_) | Node::Has(..) => Cost::ONE,
        Node::And(parts) | Node::Or(parts) => parts.iter().map(cost).fold(Cost::ONE, Cost::and),
        Node::Not(inner) => cost(inner).and(Cost::ONE),
        Node::Compare(_, pair) | Node::In(pair) | Node::Text(_, pair) => {
            let own = if looks_through(pair) { Cost::LIST } else { Cost::ONE };
            own.and(cost(&pair.left)).and(cost(&pair.right))
        }
        Node::Quantified(_, quantified) => Cost::LIST.and(cost(&quantified.list)),
    }
}

/// Whether a list of values is looked through whose length no literal bounds: two lists are compared only if they
/// are of one length.
fn looks_through(pair: &Pair) -> bool {
    let list = |node: &Node| matches!(node, Node::Path(_, Type::List(_)));
    let literal = |node: &Node| matches!(node, Node::Constant(Value::List(_)));
    (list(&pair.left) || list(&pair.right)) && !literal(&pair.left) && !literal(&pair.right)
}

fn share(node: &mut Node, part: u32) -> Result<(), ConditionError> {
    match node {
        Node::Constant(_) | Node::Path(..) | Node::Element(_) | Node::Has(..) => Ok(()),
        Node::And(parts) | Node::Or(parts) => parts.iter_mut().try_for_each(|inner| share(inner, part)),
        Node::Not(inner) => share(inner, part),
        Node::Compare(_, pair) | Node::In(pair) | Node::Text(_, pair) => {
            if looks_through(pair) {
                pair.most = part;
            }
            share(&mut pair.left, part)?;
            share(&mut pair.right, part)
        }
        Node::Quantified(_, quantified) => share_body(quantified, part),
    }
}

fn share_body(quantified: &mut Quantified, part: u32) -> Result<(), ConditionError> {
    let body = cost(&quantified.body);
    let inner = part.checked_div(body.lists).unwrap_or(0).isqrt();
    let each = body.fixed.saturating_add(body.lists.saturating_mul(inner));
    quantified.most = part.checked_div(each).unwrap_or(0);
    if let Node::Constant(Value::List(list)) = &quantified.list
        && u32::try_from(list.len()).is_ok_and(|len| len > quantified.most)
    {
        let (len, most) = (list.len(), quantified.most);
        let problem = format!(
            "a list of {len} elements is looked through, and {most} are allowed with what is asked of each; ask less"
        );
        return Err(ConditionError::limit(1, problem));
    }
    share(&mut quantified.body, inner)
}
