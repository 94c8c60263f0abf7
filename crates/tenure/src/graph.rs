//! Nothing implies itself: the graphs of nouns have no cycles, and they are walked without recursion, however
//! long a chain is.
//!
//! Nodes are small numbers, given by the caller in the order of the ids; so the smallest node is the first id,
//! and no answer depends on the order in which edges were named.

use alloc::collections::{BTreeMap, BTreeSet, VecDeque};
use alloc::vec;
use alloc::vec::Vec;

use petgraph::algo::kosaraju_scc;
use petgraph::graph::DiGraph;

/// One cycle in the order of its edges, or none: the shortest through the smallest node that is on a cycle,
/// beginning with that node.
#[allow(dead_code, reason = "for the fold of facts, which asks for one cycle at a time")]
pub(crate) fn cycle(edges: &[(u32, u32)]) -> Option<Vec<u32>> {
    cycles(edges).into_iter().next()
}

/// One cycle, as [`cycle`] gives it, of each set of nodes that reach each other; in the order of their smallest
/// nodes.
pub(crate) fn cycles(edges: &[(u32, u32)]) -> Vec<Vec<u32>> {
    let mut edges = edges.to_vec();
    edges.sort_unstable();
    edges.dedup();
    let graph = DiGraph::<(), (), u32>::from_edges(&edges);
    let mut found: Vec<Vec<u32>> = kosaraju_scc(&graph)
        .into_iter()
        .filter_map(|component| {
            let mut component: Vec<u32> = component.into_iter().map(|node| node.index() as u32).collect();
            component.sort_unstable();
            shortest_from_first(&component, &edges)
        })
        .collect();
    found.sort_unstable();
    found
}

/// The nodes `0..nodes` in an order in which the source of each edge stands before its target; wherever several
/// could be next, the smallest is. Edges of other nodes do not count.
///
/// # Errors
/// A cycle, as [`cycle`] gives it.
pub(crate) fn topological(nodes: u32, edges: &[(u32, u32)]) -> Result<Vec<u32>, Vec<u32>> {
    let inner = inner_edges(nodes, edges);
    let mut waiting_for = vec![0_usize; nodes as usize];
    for (_, target) in &inner {
        if let Some(count) = waiting_for.get_mut(*target as usize) {
            *count = count.saturating_add(1);
        }
    }
    let mut ready: BTreeSet<u32> =
        (0..nodes).filter(|node| waiting_for.get(*node as usize) == Some(&0)).collect();
    let mut order = Vec::with_capacity(nodes as usize);
    while let Some(node) = ready.pop_first() {
        order.push(node);
        for target in targets(&inner, node) {
            if let Some(count) = waiting_for.get_mut(target as usize) {
                *count = count.saturating_sub(1);
                if *count == 0 {
                    ready.insert(target);
                }
            }
        }
    }
    if order.len() == nodes as usize {
        Ok(order)
    } else {
        Err(cycles(&inner).into_iter().next().unwrap_or_default())
    }
}

/// For each of the nodes `0..nodes`, how many edges the longest path from it has.
///
/// # Errors
/// A cycle, as [`cycle`] gives it.
pub(crate) fn heights(nodes: u32, edges: &[(u32, u32)]) -> Result<Vec<u32>, Vec<u32>> {
    let inner = inner_edges(nodes, edges);
    let mut heights = vec![0_u32; nodes as usize];
    for node in topological(nodes, edges)?.into_iter().rev() {
        let below = targets(&inner, node).filter_map(|target| heights.get(target as usize)).max().copied();
        if let (Some(height), Some(below)) = (heights.get_mut(node as usize), below) {
            *height = below.saturating_add(1);
        }
    }
    Ok(heights)
}

/// The edges within `0..nodes`, sorted.
fn inner_edges(nodes: u32, edges: &[(u32, u32)]) -> Vec<(u32, u32)> {
    let mut inner: Vec<_> = edges.iter().copied().filter(|(a, b)| *a < nodes && *b < nodes).collect();
    inner.sort_unstable();
    inner.dedup();
    inner
}

/// Where the edges of `node` lead, in order; `edges` are sorted.
fn targets(edges: &[(u32, u32)], node: u32) -> impl Iterator<Item = u32> {
    let first = edges.partition_point(|(source, _)| *source < node);
    edges.iter().skip(first).take_while(move |(source, _)| *source == node).map(|(_, target)| *target)
}

/// The shortest way from the first node of a component back to it, within the component.
fn shortest_from_first(component: &[u32], edges: &[(u32, u32)]) -> Option<Vec<u32>> {
    let start = *component.first()?;
    let mut came_from: BTreeMap<u32, u32> = BTreeMap::new();
    let mut next = VecDeque::from([start]);
    while let Some(node) = next.pop_front() {
        for target in targets(edges, node) {
            if target == start {
                return Some(way_back(start, node, &came_from));
            }
            if component.binary_search(&target).is_ok() && !came_from.contains_key(&target) {
                came_from.insert(target, node);
                next.push_back(target);
            }
        }
    }
    None
}

/// From `start` to `last` by the steps recorded.
fn way_back(start: u32, last: u32, came_from: &BTreeMap<u32, u32>) -> Vec<u32> {
    let mut way = vec![last];
    let mut node = last;
    while node != start {
        // Each node was reached from one nearer to the start.
        let Some(before) = came_from.get(&node) else { break };
        node = *before;
        way.push(node);
    }
    way.reverse();
    way
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_cycle_is_named_from_its_smallest_node() {
        assert_eq!(cycle(&[]), None);
        assert_eq!(cycle(&[(0, 1), (1, 2), (0, 2)]), None);
        assert_eq!(cycle(&[(3, 3)]), Some(vec![3]));
        assert_eq!(cycle(&[(7, 2), (2, 5), (5, 7), (0, 2)]), Some(vec![2, 5, 7]));
        // The shorter of two.
        assert_eq!(cycle(&[(0, 1), (1, 2), (2, 0), (1, 0)]), Some(vec![0, 1]));
        assert_eq!(cycles(&[(4, 5), (5, 4), (1, 2), (2, 1), (2, 4)]), [vec![1, 2], vec![4, 5]]);
    }

    #[test]
    fn an_order_takes_the_smallest_that_is_free() {
        assert_eq!(topological(4, &[(3, 0), (0, 2)]), Ok(vec![1, 3, 0, 2]));
        assert_eq!(topological(2, &[(0, 1), (1, 0)]), Err(vec![0, 1]));
        assert_eq!(topological(1, &[(0, 9), (9, 0)]), Ok(vec![0]));
        assert_eq!(heights(4, &[(0, 1), (1, 2), (0, 3)]), Ok(vec![2, 1, 0, 0]));
    }

    #[test]
    fn a_long_chain_needs_no_stack() {
        let chain: Vec<_> = (0..200_000).map(|n| (n, n + 1)).collect();
        assert_eq!(topological(200_001, &chain).unwrap().len(), 200_001);
        assert_eq!(heights(200_001, &chain).unwrap()[0], 200_000);
        let mut ring = chain;
        ring.push((200_000, 0));
        assert_eq!(cycle(&ring).unwrap().len(), 200_001);
    }

    proptest! {
        #[test]
        fn either_an_order_or_a_cycle(
            edges in proptest::collection::vec((0_u32..8, 0_u32..8), 0..16),
            turn in 0_usize..16,
        ) {
            let mut turned = edges.clone();
            turned.rotate_left(turn.min(edges.len()));
            prop_assert_eq!(topological(8, &edges), topological(8, &turned));
            match topological(8, &edges) {
                Ok(order) => {
                    let at = |node: u32| order.iter().position(|n| *n == node).unwrap();
                    prop_assert!(edges.iter().all(|(a, b)| at(*a) < at(*b)));
                    prop_assert_eq!(cycle(&edges), None);
                }
                Err(cycle) => {
                    let mut ends = cycle.clone();
                    ends.rotate_left(1);
                    prop_assert!(cycle.iter().zip(&ends).all(|(a, b)| edges.contains(&(*a, *b))));
                    prop_assert_eq!(cycle.iter().min(), cycle.first());
                    prop_assert!(heights(8, &edges).is_err());
                }
            }
        }
    }
}
