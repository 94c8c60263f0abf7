//! What counts only while conditions hold names them; the policy says what they are.

use alloc::collections::BTreeSet;
use core::fmt;
use core::ops::Deref;

use serde::de::value::{SeqAccessDeserializer, StrDeserializer};
use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::id::ConditionId;

/// Names of conditions that must all hold, in order. One name alone may be written without brackets.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct ConditionNames(pub BTreeSet<ConditionId>);

impl ConditionNames {
    /// Whether nothing is asked for.
    pub fn is_none(&self) -> bool {
        self.0.is_empty()
    }
}

impl Deref for ConditionNames {
    type Target = BTreeSet<ConditionId>;

    fn deref(&self) -> &BTreeSet<ConditionId> {
        &self.0
    }
}

impl FromIterator<ConditionId> for ConditionNames {
    fn from_iter<I: IntoIterator<Item = ConditionId>>(names: I) -> Self {
        Self(names.into_iter().collect())
    }
}

impl<'de> Deserialize<'de> for ConditionNames {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrMore;

        impl<'de> Visitor<'de> for OneOrMore {
            type Value = ConditionNames;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a condition, or a list of names")
            }

            fn visit_str<E: Error>(self, name: &str) -> Result<ConditionNames, E> {
                let name = ConditionId::deserialize(StrDeserializer::new(name))?;
                Ok(core::iter::once(name).collect())
            }

            fn visit_seq<A: SeqAccess<'de>>(self, names: A) -> Result<ConditionNames, A::Error> {
                BTreeSet::deserialize(SeqAccessDeserializer::new(names)).map(ConditionNames)
            }
        }

        deserializer.deserialize_any(OneOrMore)
    }
}
