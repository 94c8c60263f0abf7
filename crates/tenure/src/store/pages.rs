//! A growing array in pages at the leaves of a tree; a clone shares all of it, a write copies one path. Inner
//! nodes are narrow, because to copy one touches the reference count of each of its children, and those are far
//! apart in memory; pages of plain data are wide, because to copy one is a single sweep.

use alloc::sync::Arc;
use alloc::vec::Vec;

use serde::de::{SeqAccess, Visitor};
use serde::ser::SerializeSeq;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Children per inner node, as a power of two.
const NODE_BITS: u32 = 3;

/// The array. A page holds 2 to the power of `BITS` items.
#[derive(Debug)]
pub(crate) struct Pages<T, const BITS: u32 = 6> {
    len: usize,
    /// How many inner nodes stand above a page.
    height: u32,
    root: Arc<Node<T>>,
}

#[derive(Debug)]
enum Node<T> {
    Branch(Vec<Arc<Node<T>>>),
    Page(Vec<T>),
}

impl<T: Clone> Clone for Node<T> {
    fn clone(&self) -> Self {
        match self {
            Self::Branch(children) => Self::Branch(children.clone()),
            Self::Page(items) => {
                // The last page is about to grow: give it room at once. Other pages are full as they are.
                let mut copy = Vec::with_capacity(items.len().next_power_of_two().max(4));
                copy.extend_from_slice(items);
                Self::Page(copy)
            }
        }
    }
}

impl<T, const BITS: u32> Clone for Pages<T, BITS> {
    fn clone(&self) -> Self {
        Self { len: self.len, height: self.height, root: Arc::clone(&self.root) }
    }
}

impl<T, const BITS: u32> Default for Pages<T, BITS> {
    fn default() -> Self {
        Self { len: 0, height: 0, root: Arc::new(Node::Page(Vec::new())) }
    }
}

/// Which child of a node `level` above the pages leads to the item.
const fn child<const BITS: u32>(at: usize, level: u32) -> usize {
    (at >> BITS.saturating_add(NODE_BITS.saturating_mul(level))) & ((1 << NODE_BITS) - 1)
}

const fn in_page<const BITS: u32>(at: usize) -> usize {
    at & !(usize::MAX << BITS)
}

impl<T, const BITS: u32> Pages<T, BITS> {
    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    #[inline]
    pub(crate) fn get(&self, at: usize) -> Option<&T> {
        if at >= self.len {
            return None;
        }
        let mut node = &*self.root;
        for level in (0..self.height).rev() {
            let Node::Branch(children) = node else { return None };
            node = children.get(child::<BITS>(at, level))?;
        }
        match node {
            Node::Page(items) => items.get(in_page::<BITS>(at)),
            Node::Branch(_) => None,
        }
    }

    /// The item that a `u32` reference names.
    #[inline]
    pub(crate) fn at(&self, reference: u32) -> Option<&T> {
        self.get(reference as usize)
    }

    /// All items in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        let mut open: Vec<core::slice::Iter<'_, Arc<Node<T>>>> = Vec::new();
        let mut page = match &*self.root {
            Node::Page(items) => items.iter(),
            Node::Branch(children) => {
                open.push(children.iter());
                [].iter()
            }
        };
        core::iter::from_fn(move || {
            loop {
                if let Some(item) = page.next() {
                    return Some(item);
                }
                match open.last_mut()?.next() {
                    None => {
                        open.pop();
                    }
                    Some(node) => match &**node {
                        Node::Page(items) => page = items.iter(),
                        Node::Branch(children) => open.push(children.iter()),
                    },
                }
            }
        })
    }
}

impl<T, const BITS: u32> Pages<T, BITS> {
    /// The items in pages, made one after the other; none if there are more than references.
    pub(crate) fn collect(items: impl Iterator<Item = T>) -> Option<Self> {
        let page = 1usize << BITS;
        let (mut len, mut nodes, mut open) = (0usize, Vec::new(), Vec::new());
        for item in items {
            if open.len() == page {
                nodes.push(Arc::new(Node::Page(core::mem::take(&mut open))));
            }
            if open.is_empty() && !nodes.is_empty() {
                open.reserve_exact(page);
            }
            open.push(item);
            len = len.checked_add(1).filter(|len| *len < super::NONE as usize)?;
        }
        nodes.push(Arc::new(Node::Page(open)));
        let mut height = 0u32;
        while nodes.len() > 1 {
            let mut above = Vec::with_capacity(nodes.len() >> NODE_BITS);
            for children in nodes.chunks(1 << NODE_BITS) {
                above.push(Arc::new(Node::Branch(children.to_vec())));
            }
            nodes = above;
            height = height.saturating_add(1);
        }
        Some(Self { len, height, root: nodes.pop()? })
    }
}

impl<T: Clone, const BITS: u32> Pages<T, BITS> {
    #[inline]
    pub(crate) fn get_mut(&mut self, at: usize) -> Option<&mut T> {
        if at >= self.len {
            return None;
        }
        let mut node = Arc::make_mut(&mut self.root);
        for level in (0..self.height).rev() {
            let Node::Branch(children) = node else { return None };
            node = Arc::make_mut(children.get_mut(child::<BITS>(at, level))?);
        }
        match node {
            Node::Page(items) => items.get_mut(in_page::<BITS>(at)),
            Node::Branch(_) => None,
        }
    }

    /// The item that a `u32` reference names, to be changed.
    #[inline]
    pub(crate) fn at_mut(&mut self, reference: u32) -> Option<&mut T> {
        self.get_mut(reference as usize)
    }

    /// Adds an item and tells its reference; none when references have run out.
    pub(crate) fn push(&mut self, item: T) -> Option<u32> {
        let at = self.len;
        let reference = u32::try_from(at).ok().filter(|r| *r != super::NONE)?;
        let room = BITS.saturating_add(NODE_BITS.saturating_mul(self.height));
        if at >> room != 0 {
            let below = core::mem::replace(&mut self.root, Arc::new(Node::Branch(Vec::new())));
            self.root = Arc::new(Node::Branch(alloc::vec![below]));
            self.height = self.height.saturating_add(1);
        }
        let mut node = Arc::make_mut(&mut self.root);
        for level in (0..self.height).rev() {
            let Node::Branch(children) = node else { return None };
            let place = child::<BITS>(at, level);
            if place == children.len() {
                let empty = if level == 0 { Node::Page(Vec::new()) } else { Node::Branch(Vec::new()) };
                children.push(Arc::new(empty));
            }
            node = Arc::make_mut(children.get_mut(place)?);
        }
        let Node::Page(items) = node else { return None };
        items.push(item);
        self.len = at.checked_add(1)?;
        Some(reference)
    }
}

impl<T: PartialEq, const BITS: u32> PartialEq for Pages<T, BITS> {
    fn eq(&self, other: &Self) -> bool {
        self.len == other.len && self.iter().eq(other.iter())
    }
}

impl<T: Serialize, const BITS: u32> Serialize for Pages<T, BITS> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_seq(Some(self.len))?;
        for item in self.iter() {
            out.serialize_element(item)?;
        }
        out.end()
    }
}

impl<'de, T: Deserialize<'de> + Clone, const BITS: u32> Deserialize<'de> for Pages<T, BITS> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Items<T, const BITS: u32>(core::marker::PhantomData<T>);
        impl<'de, T: Deserialize<'de> + Clone, const BITS: u32> Visitor<'de> for Items<T, BITS> {
            type Value = Pages<T, BITS>;
            fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str("items")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Pages<T, BITS>, A::Error> {
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
        deserializer.deserialize_seq(Items::<T, BITS>(core::marker::PhantomData))
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
            let mut pages = Pages::<u16, 3>::default();
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
            let mut back: Pages<u16, 3> = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(&back, &pages);
            prop_assert_eq!(back.push(7), Some(array.len() as u32));
            prop_assert_eq!(back.get(array.len()), Some(&7));
        }
    }
}
