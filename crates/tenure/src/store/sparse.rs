//! A map from references to values of which few are set: only the paths to them exist. A clone shares all of it, a
//! write copies one path.

use alloc::sync::Arc;

/// Children per node, as a power of two.
const BITS: u32 = 3;
const WIDTH: usize = 1 << BITS;

/// The map.
#[derive(Debug, Clone)]
pub(crate) struct Sparse<T> {
    /// How many levels of branches stand above the leaves.
    height: u32,
    root: Arc<Node<T>>,
    /// One more than the largest reference that was ever set.
    bound: usize,
}

#[derive(Debug, Clone)]
enum Node<T> {
    Branch([Option<Arc<Node<T>>>; WIDTH]),
    Leaf([Option<T>; WIDTH]),
}

impl<T> Node<T> {
    const fn empty(level: u32) -> Self {
        if level == 0 { Self::Leaf([const { None }; WIDTH]) } else { Self::Branch([const { None }; WIDTH]) }
    }
}

impl<T> Default for Sparse<T> {
    fn default() -> Self {
        Self { height: 0, root: Arc::new(Node::empty(0)), bound: 0 }
    }
}

/// Which child of a node at `level` leads to the reference.
const fn child(at: usize, level: u32) -> usize {
    (at >> BITS.saturating_mul(level)) & !(usize::MAX << BITS)
}

impl<T> Sparse<T> {
    /// One more than the largest reference that was ever set.
    pub(crate) const fn bound(&self) -> usize {
        self.bound
    }

    #[inline]
    pub(crate) fn get(&self, at: u32) -> Option<&T> {
        let at = at as usize;
        if at >= self.bound {
            return None;
        }
        let mut node = &*self.root;
        let mut level = self.height;
        loop {
            match node {
                Node::Branch(children) => node = children.get(child(at, level))?.as_deref()?,
                Node::Leaf(values) => return values.get(child(at, 0))?.as_ref(),
            }
            level = level.saturating_sub(1);
        }
    }
}

impl<T> Sparse<T> {
    /// All that is set, in no order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, &T)> {
        let mut open = alloc::vec![(0usize, &*self.root)];
        let leaves = core::iter::from_fn(move || {
            while let Some((first, node)) = open.pop() {
                match node {
                    Node::Branch(children) => {
                        let places = (0..WIDTH).map(|child| (first << BITS) | child);
                        let children = places.zip(children);
                        open.extend(children.filter_map(|(at, child)| Some((at, child.as_deref()?))));
                    }
                    Node::Leaf(values) => return Some((first << BITS, values)),
                }
            }
            None
        });
        leaves.flat_map(|(first, values)| {
            let values = (first..).zip(values);
            values.filter_map(|(at, value)| Some((u32::try_from(at).ok()?, value.as_ref()?)))
        })
    }
}

impl<V: ?Sized> Sparse<Arc<V>> {
    /// Reads ahead what a change of the value touches: the nodes that lead to it, and the counts of all their
    /// children, which copies of the nodes raise one after the other.
    pub(crate) fn read(&self, at: u32) -> usize {
        let mut read = 0usize;
        let mut node = &self.root;
        let mut level = self.height;
        while let Node::Branch(children) = &**node {
            read ^= children.iter().flatten().fold(0, |read, child| read ^ Arc::strong_count(child));
            let Some(Some(next)) = children.get(child(at as usize, level)) else { return read };
            node = next;
            level = level.saturating_sub(1);
        }
        if let Node::Leaf(values) = &**node {
            read ^= values.iter().flatten().fold(0, |read, value| read ^ Arc::strong_count(value));
        }
        read
    }
}

impl<T: Clone> Sparse<T> {
    pub(crate) fn set(&mut self, at: u32, value: T) {
        let at = at as usize;
        self.bound = self.bound.max(at.saturating_add(1));
        while at >> BITS.saturating_mul(self.height.saturating_add(1)) != 0 {
            let below = core::mem::replace(&mut self.root, Arc::new(Node::empty(1)));
            if let Some(Node::Branch([first, ..])) = Arc::get_mut(&mut self.root) {
                *first = Some(below);
            }
            self.height = self.height.saturating_add(1);
        }
        let mut node = Arc::make_mut(&mut self.root);
        let mut level = self.height;
        loop {
            match node {
                Node::Branch(children) => {
                    let Some(slot) = children.get_mut(child(at, level)) else { return };
                    level = level.saturating_sub(1);
                    node = Arc::make_mut(slot.get_or_insert_with(|| Arc::new(Node::empty(level))));
                }
                Node::Leaf(values) => {
                    if let Some(slot) = values.get_mut(child(at, 0)) {
                        *slot = Some(value);
                    }
                    return;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::collections::BTreeMap;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_behaves_like_a_map_and_clones_keep_their_content(
            writes in proptest::collection::vec((any::<bool>(), 0u32..70_000, any::<u8>()), 0..200),
        ) {
            let (mut sparse, mut map) = (Sparse::default(), BTreeMap::new());
            let mut copies = alloc::vec::Vec::new();
            for (copy, at, value) in writes {
                if copy {
                    copies.push((sparse.clone(), map.clone()));
                }
                sparse.set(at, value);
                map.insert(at, value);
            }
            copies.push((sparse, map));
            for (sparse, map) in copies {
                for at in map.keys().flat_map(|at| [*at, at.wrapping_add(1), at / 2]) {
                    prop_assert_eq!(sparse.get(at), map.get(&at));
                }
                let bound = map.keys().next_back().map_or(0, |at| (*at as usize).saturating_add(1));
                prop_assert_eq!(sparse.bound(), bound);
                let all: BTreeMap<u32, u8> = sparse.iter().map(|(at, value)| (at, *value)).collect();
                prop_assert_eq!(all, map);
            }
        }
    }
}
