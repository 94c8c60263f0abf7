//! What an expression says of the values it reads.

use alloc::collections::{BTreeMap, BTreeSet};

use tenure::condition::{Condition, Path, Presence, Report, ScalarType, Type, ValueRef, Vocabulary};
use tenure::id::{AttributeId, ConditionId};
use tenure::model::Value;
use tenure::policy::{AttributeType, Declaration, ElementType, PolicyDocument};
use tenure::time::Timestamp;

use crate::World;
use crate::values::{FIELDS, Surroundings, value};

/// The value of an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    True,
    False,
    Missing(BTreeSet<String>),
    Failed,
}

/// The conditions of a document, read; one that cannot be read is not among them.
pub(crate) type Conditions = BTreeMap<ConditionId, Condition>;

/// The condition of that name at `t`.
pub(crate) fn evaluate(
    world: &World,
    name: &ConditionId,
    around: &Surroundings<'_>,
    t: Timestamp,
) -> Outcome {
    let conditions = world.memo.conditions.get_or_init(|| read(&world.policy));
    let Some(condition) = conditions.get(name) else { return Outcome::Failed };
    let values: Vec<Option<Value>> =
        condition.paths().iter().map(|path| value(world, around, path.root(), &name_of(path)?, t)).collect();
    let outcome = condition.evaluate(|slot| values.get(slot.index())?.as_ref().map(ValueRef::from));
    match condition.report(&outcome) {
        Report::Satisfied => Outcome::True,
        Report::Unsatisfied => Outcome::False,
        Report::Failed(_) => Outcome::Failed,
        Report::Missing(_) => {
            let missing = outcome.missing().filter_map(|slot| condition.path(slot));
            Outcome::Missing(missing.map(missing_name).collect())
        }
    }
}

fn name_of(path: &Path) -> Option<AttributeId> {
    AttributeId::new(path.below().join(".")).ok()
}

/// The name under which a value is missing: one of the context by itself, any other by its path.
fn missing_name(path: &Path) -> String {
    let below = path.below().join(".");
    if path.root() == "context" { below } else { format!("{}.{below}", path.root()) }
}

fn read(policy: &PolicyDocument) -> Conditions {
    let vocabulary = vocabulary(policy);
    let conditions = policy.conditions.iter();
    conditions
        .filter_map(|(name, condition)| {
            Some((name.clone(), Condition::parse(&condition.expr, &vocabulary).ok()?))
        })
        .collect()
}

/// What conditions may speak of: the fields of nouns, declared attributes, what is said.
fn vocabulary(policy: &PolicyDocument) -> Vocabulary {
    let mut words = Words(Vocabulary::new());
    let text = Declaration::from(AttributeType::Text);
    for (root, fields) in FIELDS {
        let stored = !matches!(*root, "event" | "action");
        for (name, declared) in policy.attributes.iter().flatten().filter(|_| stored) {
            words.declare(root, Presence::Complete, name.as_str(), declared);
        }
        for field in *fields {
            words.declare(root, Presence::Complete, field, &text);
        }
    }
    for (name, declared) in &policy.context {
        words.declare("context", Presence::Open, name.as_str(), declared);
    }
    for (name, input) in policy.eligibility.values().flat_map(|rule| &rule.inputs) {
        words.declare("inputs", Presence::Open, name.as_str(), &input.r#type.into());
    }
    words.0
}

struct Words(Vocabulary);

impl Words {
    /// A name that is too deep to be written is not declared.
    fn declare(&mut self, root: &str, presence: Presence, name: &str, declared: &Declaration) {
        let below: Vec<&str> = name.split('.').collect();
        let _ = self.0.root(root, presence);
        let _ = self.0.declare(root, &below, type_of(declared));
    }
}

const fn type_of(declared: &Declaration) -> Type {
    match declared.r#type {
        AttributeType::Bool => Type::Bool,
        AttributeType::Int => Type::Int,
        AttributeType::Text => Type::Text,
        AttributeType::List => Type::List(match declared.of {
            None => None,
            Some(ElementType::Bool) => Some(ScalarType::Bool),
            Some(ElementType::Int) => Some(ScalarType::Int),
            Some(ElementType::Text) => Some(ScalarType::Text),
        }),
    }
}
