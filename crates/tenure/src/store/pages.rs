//! A growing array in pages at the leaves of a tree, the last page apart; a clone shares all of it, a write copies
//! one path. Inner nodes are narrow, because to copy one touches the reference count of each of its children, and
//! those are far apart in memory; pages of plain data may be wide, because to copy one is a single sweep.

use alloc::sync::Arc;
use alloc::vec::Vec;

use serde::de::{SeqAccess, Visitor};
use serde::ser::SerializeSeq;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Children per inner node, as a power of two.
const NODE_BITS: u32 = 3;
const WIDTH: usize = 1 << NODE_BITS;

/// The array. A page holds `PAGE` items, a power of two.
#[derive(Debug)]
pub(crate) struct Pages<T, const PAGE: usize = 64> {
    len: usize,
    /// How many inner nodes stand above a page.
    height: u32,
    root: Node<T, PAGE>,
    /// What comes after the last full page: never a full one.
    tail: Arc<Vec<T>>,
}

#[derive(Debug)]
enum Node<T, const PAGE: usize> {
    Empty,
    Branch(Arc<[Self; WIDTH]>),
    Page(Arc<[T; PAGE]>),
}

impl<T, const PAGE: usize> Clone for Node<T, PAGE> {
    fn clone(&self) -> Self {
        match self {
            Self::Empty => Self::Empty,
            Self::Branch(children) => Self::Branch(Arc::clone(children)),
            Self::Page(items) => Self::Page(Arc::clone(items)),
        }
    }
}

impl<T, const PAGE: usize> Clone for Pages<T, PAGE> {
    fn clone(&self) -> Self {
        Self { len: self.len, height: self.height, root: self.root.clone(), tail: Arc::clone(&self.tail) }
    }
}

impl<T, const PAGE: usize> Default for Pages<T, PAGE> {
    fn default() -> Self {
        Self { len: 0, height: 0, root: Node::Empty, tail: Arc::default() }
    }
}

/// Which child of a node `level` above the pages leads to the page of that number.
const fn child(page: usize, level: u32) -> usize {
    (page >> NODE_BITS.saturating_mul(level.saturating_sub(1))) & (WIDTH - 1)
}

impl<T, const PAGE: usize> Pages<T, PAGE> {
    const BITS: u32 = {
        assert!(PAGE.is_power_of_two());
        PAGE.trailing_zeros()
    };

    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    const fn in_page(at: usize) -> usize {
        at & PAGE.wrapping_sub(1)
    }

    /// Whether the item stands in the tail, if it is there at all.
    const fn in_tail(&self, at: usize) -> bool {
        at >> Self::BITS == self.len >> Self::BITS
    }

    /// The full page of that number.
    #[inline]
    fn page(&self, page: usize) -> Option<&[T; PAGE]> {
        let mut node = &self.root;
        let mut level = self.height;
        loop {
            match node {
                Node::Branch(children) => node = children.get(child(page, level))?,
                Node::Page(items) => return Some(items),
                Node::Empty => return None,
            }
            level = level.saturating_sub(1);
        }
    }

    #[inline]
    pub(crate) fn get(&self, at: usize) -> Option<&T> {
        if at >= self.len {
            return None;
        }
        if self.in_tail(at) {
            return self.tail.get(Self::in_page(at));
        }
        self.page(at >> Self::BITS)?.get(Self::in_page(at))
    }

    /// The item that a `u32` reference names.
    #[inline]
    pub(crate) fn at(&self, reference: u32) -> Option<&T> {
        self.get(reference as usize)
    }

    /// Reads ahead what a change of the item touches: the nodes that lead to it, and the counts of all their
    /// children, which copies of the nodes raise one after the other.
    #[inline]
    pub(crate) fn read(&self, reference: u32) -> usize {
        let at = reference as usize;
        if at >= self.len || self.in_tail(at) {
            return 0;
        }
        let mut read = 0usize;
        let mut node = &self.root;
        let mut level = self.height;
        while let Node::Branch(children) = node {
            for child in children.iter() {
                read ^= match child {
                    Node::Empty => 0,
                    Node::Branch(children) => Arc::strong_count(children),
                    Node::Page(items) => Arc::strong_count(items),
                };
            }
            let Some(next) = children.get(child(at >> Self::BITS, level)) else { return read };
            node = next;
            level = level.saturating_sub(1);
        }
        read
    }

    /// All items in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        let full = (0..self.len >> Self::BITS).filter_map(|page| self.page(page));
        full.flatten().chain(self.tail.iter())
    }

    /// Puts a full page behind all others.
    fn add_page(&mut self, number: usize, items: Arc<[T; PAGE]>) {
        let items = Node::Page(items);
        if number >> NODE_BITS.saturating_mul(self.height) != 0 {
            let mut children = [const { Node::Empty }; WIDTH];
            let [first, ..] = &mut children;
            *first = core::mem::replace(&mut self.root, Node::Empty);
            self.root = Node::Branch(Arc::new(children));
            self.height = self.height.saturating_add(1);
        }
        let mut node = &mut self.root;
        for level in (1..=self.height).rev() {
            if let Node::Empty = node {
                *node = Node::Branch(Arc::new([const { Node::Empty }; WIDTH]));
            }
            let Node::Branch(children) = node else { return };
            let Some(next) = Arc::make_mut(children).get_mut(child(number, level)) else { return };
            node = next;
        }
        *node = items;
    }

    /// Adds an item behind a tail that nobody shares.
    fn grow(&mut self, item: T) -> Option<u32> {
        let reference = u32::try_from(self.len).ok().filter(|r| *r != super::NONE)?;
        let tail = Arc::get_mut(&mut self.tail)?;
        if tail.is_empty() && self.len > 0 {
            tail.reserve_exact(PAGE);
        }
        tail.push(item);
        if tail.len() == PAGE {
            // The tail keeps its room: it is one piece of memory for ever, and leaves no holes between others.
            let items: Arc<[T]> = tail.drain(..).collect();
            let items = Arc::<[T; PAGE]>::try_from(items).ok()?;
            self.add_page(self.len >> Self::BITS, items);
        }
        self.len = self.len.checked_add(1)?;
        Some(reference)
    }

    /// The items in pages, made one after the other; none if there are more than references.
    pub(crate) fn collect(mut items: impl Iterator<Item = T>) -> Option<Self> {
        let mut pages = Self::default();
        items.try_for_each(|item| pages.grow(item).map(|_| ()))?;
        Some(pages)
    }
}

impl<T: Clone, const PAGE: usize> Pages<T, PAGE> {
    #[inline]
    pub(crate) fn get_mut(&mut self, at: usize) -> Option<&mut T> {
        if at >= self.len {
            return None;
        }
        if self.in_tail(at) {
            return Arc::make_mut(&mut self.tail).get_mut(Self::in_page(at));
        }
        let mut node = &mut self.root;
        let mut level = self.height;
        loop {
            match node {
                Node::Branch(children) => {
                    node = Arc::make_mut(children).get_mut(child(at >> Self::BITS, level))?;
                }
                Node::Page(items) => return Arc::make_mut(items).get_mut(Self::in_page(at)),
                Node::Empty => return None,
            }
            level = level.saturating_sub(1);
        }
    }

    /// The item that a `u32` reference names, to be changed.
    #[inline]
    pub(crate) fn at_mut(&mut self, reference: u32) -> Option<&mut T> {
        self.get_mut(reference as usize)
    }

    /// Adds an item and tells its reference; none when references have run out.
    pub(crate) fn push(&mut self, item: T) -> Option<u32> {
        if Arc::get_mut(&mut self.tail).is_none() {
            // It is about to grow: give the copy room at once.
            let mut copy = Vec::with_capacity(PAGE);
            copy.extend_from_slice(&self.tail);
            self.tail = Arc::new(copy);
        }
        self.grow(item)
    }
}

impl<T: PartialEq, const PAGE: usize> PartialEq for Pages<T, PAGE> {
    fn eq(&self, other: &Self) -> bool {
        self.len == other.len && self.iter().eq(other.iter())
    }
}

impl<T: Serialize, const PAGE: usize> Serialize for Pages<T, PAGE> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_seq(Some(self.len))?;
        for item in self.iter() {
            out.serialize_element(item)?;
        }
        out.end()
    }
}

impl<'de, T: Deserialize<'de> + Clone, const PAGE: usize> Deserialize<'de> for Pages<T, PAGE> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Items<T, const PAGE: usize>(core::marker::PhantomData<T>);
        impl<'de, T: Deserialize<'de> + Clone, const PAGE: usize> Visitor<'de> for Items<T, PAGE> {
            type Value = Pages<T, PAGE>;
            fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str("items")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Pages<T, PAGE>, A::Error> {
                let mut failed = None;
                let items = core::iter::from_fn(|| match items.next_element() {
                    Ok(item) => item,
                    Err(error) => {
                        failed = Some(error);
                        None
                    }
                });
                let pages = Pages::collect(items);
                if let Some(error) = failed {
                    return Err(error);
                }
                let pages = pages.ok_or_else(|| serde::de::Error::custom("[limit.items] too many items"))?;
                Ok(pages)
            }
        }
        deserializer.deserialize_seq(Items::<T, PAGE>(core::marker::PhantomData))
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
            let mut pages = Pages::<u16, 8>::default();
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
            let text = serde_json::to_string(&pages).unwrap();
            let mut back: Pages<u16, 8> = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(&back, &pages);
            prop_assert_eq!(back.push(7), Some(array.len() as u32));
            prop_assert_eq!(back.get(array.len()), Some(&7));
        }
    }
}
