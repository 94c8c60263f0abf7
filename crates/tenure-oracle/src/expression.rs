//! What an expression says of the values it reads.

use alloc::collections::BTreeSet;

use tenure::id::{AttributeId, ConditionId};
use tenure::model::Value;
use tenure::time::Timestamp;

use crate::World;
use crate::judge::missing_name;
use crate::values::{Given, Surroundings, value};

/// The value of an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    True,
    False,
    Missing(BTreeSet<String>),
    Failed,
}

/// The condition of that name at `t`: for now no more than a path, its negation, or its equality to a word.
pub(crate) fn evaluate(
    world: &World,
    name: &ConditionId,
    around: &Surroundings<'_>,
    t: Timestamp,
) -> Outcome {
    let Some(condition) = world.policy.conditions.get(name) else { return Outcome::Failed };
    let text = condition.expr.as_str();
    let (path, wanted) = match (text.split_once(" == "), text.strip_prefix('!')) {
        (Some((path, word)), _) => (path, Value::from(word.trim_matches('"'))),
        (None, Some(path)) => (path, Value::Bool(false)),
        (None, None) => (text, Value::Bool(true)),
    };
    let Some((root, name)) = path.split_once('.') else { return Outcome::Failed };
    let Ok(name) = AttributeId::new(name) else { return Outcome::Failed };
    match value(world, around, root, &name, t) {
        Given::Value(value) if value == wanted => Outcome::True,
        Given::Value(_) => Outcome::False,
        Given::Absent | Given::Unsaid => Outcome::Missing(BTreeSet::from([missing_name(root, &name)])),
        Given::Mistyped => Outcome::Failed,
    }
}
