//! Names of one kind, each with a reference that never changes.

use alloc::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Index, Pages, hash};

/// Interned names.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names {
    list: Pages<Arc<str>>,
    index: Index,
}

impl Names {
    /// The reference of a name, if it is known.
    pub(crate) fn find(&self, name: &str) -> Option<u32> {
        self.index.find(hash(name), |r| self.list.at(r).is_some_and(|n| **n == *name))
    }

    /// The first reference that may be the one of a name with this hash, or none.
    #[inline]
    pub(crate) fn likely(&self, hash: u64) -> u32 {
        self.index.likely(hash)
    }

    /// Reads ahead where the search for a name with this hash begins.
    #[inline]
    pub(crate) fn read_place(&self, hash: u64) -> u32 {
        self.index.read(hash)
    }

    /// Reads a name ahead.
    #[inline]
    pub(crate) fn read(&self, reference: u32) -> usize {
        self.list.at(reference).and_then(|name| name.as_bytes().first()).map_or(0, |byte| usize::from(*byte))
    }

    /// The reference of a name, known from now on.
    pub(crate) fn intern(&mut self, name: &str) -> Option<u32> {
        if let Some(found) = self.find(name) {
            return Some(found);
        }
        let reference = self.list.push(Arc::from(name))?;
        self.index.insert(hash(name), reference);
        Some(reference)
    }

    /// The name behind a reference.
    pub(crate) fn name(&self, reference: u32) -> Option<&Arc<str>> {
        self.list.at(reference)
    }

    pub(crate) const fn len(&self) -> usize {
        self.list.len()
    }
}

impl PartialEq for Names {
    fn eq(&self, other: &Self) -> bool {
        self.list == other.list
    }
}

impl Serialize for Names {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.list.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Names {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let list = Pages::<Arc<str>>::deserialize(deserializer)?;
        let index = Index::of(list.iter().map(|name| hash(&**name)));
        Ok(Self { list, index })
    }
}
