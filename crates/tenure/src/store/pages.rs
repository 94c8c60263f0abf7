//! A growing array in pages of a three-level tree; a clone shares all pages, a write copies one path.

use alloc::sync::Arc;
use alloc::vec::Vec;

use serde::de::{SeqAccess, Visitor};
use serde::ser::SerializeSeq;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Items per page.
const PAGE_BITS: usize = 6;
/// Children per inner node.
const NODE_BITS: usize = 5;
const PAGE: usize = 1 << PAGE_BITS;
const NODE: usize = 1 << NODE_BITS;

type Page<T> = Arc<Vec<T>>;
type Node<T> = Arc<Vec<Page<T>>>;
type Branch<T> = Arc<Vec<Node<T>>>;

/// The array.
#[derive(Debug)]
pub(crate) struct Pages<T> {
    len: usize,
    root: Arc<Vec<Branch<T>>>,
}

impl<T> Clone for Pages<T> {
    fn clone(&self) -> Self {
        Self { len: self.len, root: Arc::clone(&self.root) }
    }
}

impl<T> Default for Pages<T> {
    fn default() -> Self {
        Self { len: 0, root: Arc::new(Vec::new()) }
    }
}

impl<T> Pages<T> {
    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    #[inline]
    pub(crate) fn get(&self, at: usize) -> Option<&T> {
        self.root
            .get(at >> (PAGE_BITS + 2 * NODE_BITS))?
            .get((at >> (PAGE_BITS + NODE_BITS)) & (NODE - 1))?
            .get((at >> PAGE_BITS) & (NODE - 1))?
            .get(at & (PAGE - 1))
    }

    /// The item that a `u32` reference names.
    #[inline]
    pub(crate) fn at(&self, reference: u32) -> Option<&T> {
        self.get(reference as usize)
    }

    /// All items in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.root.iter().flat_map(|b| b.iter()).flat_map(|n| n.iter()).flat_map(|p| p.iter())
    }
}

impl<T: Clone> Pages<T> {
    #[inline]
    pub(crate) fn get_mut(&mut self, at: usize) -> Option<&mut T> {
        if at >= self.len {
            return None;
        }
        let branch = Arc::make_mut(&mut self.root).get_mut(at >> (PAGE_BITS + 2 * NODE_BITS))?;
        let node = Arc::make_mut(branch).get_mut((at >> (PAGE_BITS + NODE_BITS)) & (NODE - 1))?;
        let page = Arc::make_mut(node).get_mut((at >> PAGE_BITS) & (NODE - 1))?;
        Arc::make_mut(page).get_mut(at & (PAGE - 1))
    }

    /// The item that a `u32` reference names, to be changed.
    #[inline]
    pub(crate) fn at_mut(&mut self, reference: u32) -> Option<&mut T> {
        self.get_mut(reference as usize)
    }

    /// Adds an item and tells its reference; none when references have run out.
    pub(crate) fn push(&mut self, item: T) -> Option<u32> {
        let reference = u32::try_from(self.len).ok().filter(|r| *r != super::NONE)?;
        let root = Arc::make_mut(&mut self.root);
        if self.len & ((1 << (PAGE_BITS + 2 * NODE_BITS)) - 1) == 0 {
            root.push(Arc::new(Vec::new()));
        }
        let branch = Arc::make_mut(root.last_mut()?);
        if self.len & ((1 << (PAGE_BITS + NODE_BITS)) - 1) == 0 {
            branch.push(Arc::new(Vec::new()));
        }
        let node = Arc::make_mut(branch.last_mut()?);
        if self.len & (PAGE - 1) == 0 {
            node.push(Arc::new(Vec::with_capacity(if self.len == 0 { 4 } else { PAGE })));
        }
        let page = node.last_mut()?;
        match Arc::get_mut(page) {
            Some(page) => page.push(item),
            None => {
                // The last page grows often: give the copy room for all of it at once.
                let mut copy = Vec::with_capacity(PAGE);
                copy.extend(page.iter().cloned());
                copy.push(item);
                *page = Arc::new(copy);
            }
        }
        self.len = self.len.checked_add(1)?;
        Some(reference)
    }
}

impl<T: PartialEq> PartialEq for Pages<T> {
    fn eq(&self, other: &Self) -> bool {
        self.len == other.len && self.iter().eq(other.iter())
    }
}

impl<T: Serialize> Serialize for Pages<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_seq(Some(self.len))?;
        for item in self.iter() {
            out.serialize_element(item)?;
        }
        out.end()
    }
}

impl<'de, T: Deserialize<'de> + Clone> Deserialize<'de> for Pages<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Items<T>(core::marker::PhantomData<T>);
        impl<'de, T: Deserialize<'de> + Clone> Visitor<'de> for Items<T> {
            type Value = Pages<T>;
            fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str("items")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Pages<T>, A::Error> {
                let mut pages = Pages::default();
                while let Some(item) = items.next_element()? {
                    pages
                        .push(item)
                        .ok_or_else(|| serde::de::Error::custom("[limit.items] too many items"))?;
                }
                Ok(pages)
            }
        }
        deserializer.deserialize_seq(Items(core::marker::PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_behaves_like_an_array_and_clones_keep_their_content(
            writes in proptest::collection::vec((any::<bool>(), 0usize..5000, any::<u16>()), 0..400),
            start in 0usize..3000,
        ) {
            let mut pages = Pages::default();
            let mut array = Vec::new();
            for n in 0..start {
                pages.push(n as u16);
                array.push(n as u16);
            }
            let before = (pages.clone(), array.clone());
            for (push, at, value) in writes {
                if push {
                    prop_assert_eq!(pages.push(value), Some(array.len() as u32));
                    array.push(value);
                } else if let Some(slot) = pages.get_mut(at) {
                    *slot = value;
                    array[at] = value;
                }
            }
            prop_assert_eq!(pages.iter().copied().collect::<Vec<_>>(), array.clone());
            prop_assert_eq!(before.0.iter().copied().collect::<Vec<_>>(), before.1);
            for at in 0..=array.len() {
                prop_assert_eq!(pages.get(at), array.get(at));
            }
        }
    }
}
