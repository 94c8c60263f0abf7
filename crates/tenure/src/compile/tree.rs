//! A scope is a subtree of the resources, as the tree stands at the instant in question.

use alloc::collections::BTreeMap;
use alloc::vec;
use alloc::vec::Vec;

use super::{Conditions, Guard};
use crate::state::State;
use crate::store::NONE;
use crate::time::{IntervalSet, Timestamp, Window};

/// The resources, ready to be asked what contains what.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    nodes: Vec<Node>,
    /// The parents of those that were moved, by time.
    moved: BTreeMap<u32, Vec<(Window, u32)>>,
    /// Of those that stand under their parent only on conditions, these, by time.
    conditions: BTreeMap<u32, Vec<(Window, Vec<Guard>)>>,
}

#[derive(Debug, Clone, Copy)]
struct Node {
    parent: u32,
    moves: bool,
    life: Option<Window>,
}

impl Tree {
    pub(crate) fn new(state: &State, conditions: &Conditions) -> Self {
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
                if noun.segments().any(|(_, version)| !version.parent_while.is_none()) {
                    let guards = noun.segments().map(|(w, n)| (w, conditions.guards(&n.parent_while)));
                    tree.conditions.insert(reference, guards.collect());
                }
                if line.iter().any(|(_, parent)| *parent != node.parent) {
                    node.moves = true;
                    tree.moved.insert(reference, line);
                }
            }
            tree.nodes.push(node);
        }
        tree.break_early_lines(state);
        tree
    }

    /// A resource whose definition takes effect after that of one below it leads nowhere before.
    fn break_early_lines(&mut self, state: &State) {
        let early: Vec<u32> =
            (0u32..).zip(&self.nodes).flat_map(|(child, node)| self.late_parents(child, node)).collect();
        for late in early {
            let Some(noun) = state.resources.at(late).and_then(|row| row.noun.as_ref()) else { continue };
            let Some(node) = self.nodes.get_mut(late as usize).filter(|node| !node.moves) else { continue };
            node.moves = true;
            let parent = node.parent;
            self.moved.insert(late, noun.segments().map(|(window, _)| (window, parent)).collect());
        }
    }

    fn late_parents(&self, child: u32, node: &Node) -> Vec<u32> {
        let begins = node.life.map(|life| life.start());
        let late = |parent: &u32| self.life(*parent).map(|life| life.start()) > begins;
        let parents = self.parents(child).into_iter().map(|(_, parent)| parent);
        parents.filter(late).collect()
    }

    fn node(&self, resource: u32) -> Option<&Node> {
        self.nodes.get(resource as usize)
    }

    /// From its definition to its retirement; none if it was never defined.
    pub(crate) fn life(&self, resource: u32) -> Option<Window> {
        self.node(resource)?.life
    }

    /// As long as a leaf below it, which no fact defines and none retires, may stand there; none if it was never defined.
    pub(crate) fn life_below(&self, resource: u32) -> Option<Window> {
        Window::new(self.life(resource)?.start(), Timestamp::MAX)
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
        self.stands_when((scope, self.life(scope)), (resource, self.life(resource)))
    }

    /// The instants at which a resource stands in a scope, or is it, as long as both live, each as long as said
    /// beside it.
    pub(crate) fn stands_when(
        &self,
        (scope, own): (u32, Option<Window>),
        (resource, life): (u32, Option<Window>),
    ) -> IntervalSet {
        if scope == NONE {
            return IntervalSet::always();
        }
        let Some(both) = own.zip(life).and_then(|(own, life)| own.intersect(life)) else {
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

    /// Whether some resource stands under its parent only on conditions.
    pub(crate) fn is_conditional(&self) -> bool {
        !self.conditions.is_empty()
    }

    /// The resources that stand under their parent only on conditions at `t`.
    pub(crate) fn conditional_at(&self, t: Timestamp) -> impl Iterator<Item = u32> {
        let conditional = self.conditions.iter().filter(move |(_, line)| {
            line.iter().any(|(window, guards)| window.contains(t) && !guards.is_empty())
        });
        conditional.map(|(resource, _)| *resource)
    }

    /// The ways by which what lives as long, at or below `resource`, stands in `scope`: when, and on what conditions.
    pub(crate) fn stands_by(
        &self,
        scope: u32,
        resource: u32,
        life: Option<Window>,
    ) -> Vec<(IntervalSet, Vec<Guard>)> {
        if self.conditions.is_empty() || scope == NONE {
            let when = self.stands_when((scope, self.life(scope)), (resource, life));
            return if when.is_empty() { Vec::new() } else { vec![(when, Vec::new())] };
        }
        let (Some(own), Some(life)) = (self.life(scope), life) else { return Vec::new() };
        let Some(both) = own.intersect(life) else { return Vec::new() };
        let mut ways: BTreeMap<Vec<Guard>, IntervalSet> = BTreeMap::new();
        let mut open = vec![(resource, both, Vec::new())];
        while let Some((node, window, guards)) = open.pop() {
            if node == scope {
                let when = ways.entry(guards).or_default();
                *when = when.union(&IntervalSet::from(window));
                continue;
            }
            for (segment, parent) in self.parents(node) {
                let Some(window) = window.intersect(segment) else { continue };
                match self.conditions.get(&node) {
                    None => open.push((parent, window, guards.clone())),
                    Some(line) => {
                        for (segment, more) in line {
                            let Some(window) = window.intersect(*segment) else { continue };
                            let mut guards = guards.clone();
                            super::join(&mut guards, more);
                            open.push((parent, window, guards));
                        }
                    }
                }
            }
        }
        ways.into_iter().map(|(guards, when)| (when, guards)).collect()
    }

    /// The instants at which `scope` contains `resource` on no condition.
    pub(crate) fn contains_surely(&self, scope: u32, resource: u32) -> IntervalSet {
        if self.conditions.is_empty() {
            return self.contains_when(scope, resource);
        }
        let ways = self.stands_by(scope, resource, self.life(resource));
        ways.into_iter().find(|(_, guards)| guards.is_empty()).map(|(when, _)| when).unwrap_or_default()
    }

    /// The parents of a resource, by time.
    fn parents(&self, node: u32) -> Vec<(Window, u32)> {
        match (self.node(node), self.moved.get(&node)) {
            (Some(row), Some(line)) if row.moves => {
                line.iter().copied().filter(|(_, parent)| *parent != NONE).collect()
            }
            (Some(row), _) if row.parent != NONE => vec![(Window::ALWAYS, row.parent)],
            _ => Vec::new(),
        }
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
