//! What a test expects to be owed: so many approvals, or these stages.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

/// What must be owed before a permit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Owed {
    /// So many obligations.
    Count(u32),
    /// These, in order, each by the name of its stage, or by its rule where the stage has none.
    Stages(Vec<String>),
}

impl<'de> Deserialize<'de> for Owed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;

        impl<'de> Visitor<'de> for Any {
            type Value = Owed;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number of obligations, or a list of the names of stages")
            }

            fn visit_u64<E: Error>(self, number: u64) -> Result<Owed, E> {
                let wrong = |_| E::custom(format_args!("`{number}` is more than can be owed"));
                u32::try_from(number).map(Owed::Count).map_err(wrong)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut names: A) -> Result<Owed, A::Error> {
                let mut stages = Vec::new();
                while let Some(name) = names.next_element()? {
                    stages.push(name);
                }
                Ok(Owed::Stages(stages))
            }
        }

        deserializer.deserialize_any(Any)
    }
}
