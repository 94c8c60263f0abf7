//! A scope is a subtree of the resources, as the tree stands at the instant in question.

use alloc::collections::BTreeMap;
use alloc::vec;
use alloc::vec::Vec;

use crate::state::State;
use crate::store::NONE;
use crate::time::{IntervalSet, Timestamp, Window};

/// The resources, ready to be asked what contains what.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    nodes: Vec<Node>,
    /// The parents of those that were moved, by time.
    moved: BTreeMap<u32, Vec<(Window, u32)>>,
}

#[derive(Debug, Clone, Copy)]
struct Node {
    parent: u32,
    moves: bool,
    life: Option<Window>,
}

impl Tree {
    pub(crate) fn new(state: &State) -> Self {
        let mut tree = Self::default();
        for (reference, row) in (0u32..).zip(state.resources.iter()) {
            let mut node = Node { parent: NONE, moves: false, life: None };
            if let Some(noun) = &row.noun {
                node.life = noun.life();
                let above = |parent: Option<&crate::id::ResourceId>| {
                    parent
                        .and_then(|p| state.resource_names.find(p.as_str()))
                        .filter(|p| !row.inert.contains(p))
                        .unwrap_or(NONE)
                };
                node.parent = above(noun.last().parent.as_ref());
                let line: Vec<_> = noun.segments().map(|(w, n)| (w, above(n.parent.as_ref()))).collect();
                if line.iter().any(|(_, parent)| *parent != node.parent) {
                    node.moves = true;
                    tree.moved.insert(reference, line);
                }
            }
            tree.nodes.push(node);
        }
        tree
    }

    fn node(&self, resource: u32) -> Option<&Node> {
        self.nodes.get(resource as usize)
    }

    /// From its definition to its retirement; none if it was never defined.
    pub(crate) fn life(&self, resource: u32) -> Option<Window> {
        self.node(resource)?.life
    }

    /// Whether it exists at `t`.
    pub(crate) fn is_valid(&self, resource: u32, t: Timestamp) -> bool {
        self.life(resource).is_some_and(|life| life.contains(t))
    }

    /// Until when `scope`, which contains `resource` at `t`, does so for sure: to the next move or retirement on
    /// the way. None if it does not contain it.
    #[inline]
    pub(crate) fn contains_until(&self, scope: u32, resource: u32, t: Timestamp) -> Option<Timestamp> {
        if resource == NONE {
            return (scope == NONE).then_some(Timestamp::MAX);
        }
        let life = self.life(resource).filter(|life| life.contains(t))?;
        let mut until = life.end();
        if scope == NONE {
            return Some(until);
        }
        let mut node = resource;
        while node != scope {
            let row = self.node(node)?;
            if row.moves {
                let line = self.moved.get(&node)?;
                let (window, parent) = line.iter().find(|(window, _)| window.contains(t))?;
                until = until.min(window.end());
                node = *parent;
            } else {
                node = row.parent;
            }
        }
        let own = self.life(scope).filter(|life| life.contains(t))?;
        Some(until.min(own.end()))
    }

    /// The instants at which `scope` contains `resource`.
    pub(crate) fn contains_when(&self, scope: u32, resource: u32) -> IntervalSet {
        if scope == NONE {
            return IntervalSet::always();
        }
        let (Some(own), Some(life)) = (self.life(scope), self.life(resource)) else {
            return IntervalSet::empty();
        };
        let Some(both) = own.intersect(life) else {
            return IntervalSet::empty();
        };
        let mut windows = Vec::new();
        let mut open = vec![(resource, both)];
        while let Some((node, window)) = open.pop() {
            if node == scope {
                windows.push(window);
                continue;
            }
            match self.node(node) {
                Some(n) if n.moves => {
                    let line = self.moved.get(&node).map_or(&[][..], Vec::as_slice);
                    for (segment, parent) in line.iter().filter(|(_, parent)| *parent != NONE) {
                        open.extend(window.intersect(*segment).map(|window| (*parent, window)));
                    }
                }
                Some(n) if n.parent != NONE => open.push((n.parent, window)),
                _ => {}
            }
        }
        IntervalSet::from_windows(windows)
    }

    /// How deep a resource lies at `t`: 1 for a root.
    pub(crate) fn depth(&self, resource: u32, t: Timestamp) -> usize {
        let (mut depth, mut node) = (0usize, resource);
        // What would close a cycle is inert, so there is a root.
        while let Some(row) = self.node(node) {
            depth = depth.saturating_add(1);
            node = if row.moves {
                let line = self.moved.get(&node).map_or(&[][..], Vec::as_slice);
                line.iter().find(|(window, _)| window.contains(t)).map_or(NONE, |(_, parent)| *parent)
            } else {
                row.parent
            };
        }
        depth
    }

    /// The resource and all it ever stood under.
    pub(crate) fn ancestry(&self, resource: u32) -> Vec<u32> {
        let mut seen = Vec::new();
        let mut open = vec![resource];
        while let Some(node) = open.pop() {
            if node == NONE || seen.contains(&node) {
                continue;
            }
            seen.push(node);
            match self.node(node) {
                Some(n) if n.moves => {
                    open.extend(self.moved.get(&node).into_iter().flatten().map(|(_, parent)| *parent));
                }
                Some(n) => open.push(n.parent),
                None => {}
            }
        }
        seen
    }
}
