//! No entitlement implies itself, and no resource contains itself; a chain of either has a bounded length.

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::PolicyDocument;
use super::source::{Source, Step};
use crate::document::DocumentError;
use crate::graph;
use crate::id::{EntitlementId, ResourceId};
use crate::model::Holder;

/// The longest chain of entitlements that imply each other, in steps.
pub const MAX_IMPLIES: u32 = 32;

/// The most ancestors of a resource.
pub const MAX_ANCESTORS: u32 = 64;

/// Cycles, and chains that are too long.
pub(super) fn problems(document: &PolicyDocument, source: &Source) -> Vec<DocumentError> {
    let mut found = Vec::new();

    let entitlements = Graph::new(entitlement_edges(document));
    if !entitlements.say_cycles(source, "an entitlement cannot imply itself", &mut found)
        && let Some((id, steps)) = entitlements.deepest().filter(|(_, steps)| *steps > MAX_IMPLIES)
    {
        let message = format!(
            "`{id}` implies others in a chain of `{steps}` steps; at most {MAX_IMPLIES} are allowed: let it \
                 imply the last ones directly"
        );
        let path = [Step::Key("entitlements"), Step::Key(id)];
        found.push(source.problem("limit.depth", &path, message));
    }

    let resources = Graph::new(resource_edges(document));
    if !resources.say_cycles(source, "a resource cannot contain itself", &mut found)
        && let Some((id, steps)) = resources.deepest().filter(|(_, steps)| *steps > MAX_ANCESTORS)
    {
        let message = format!(
            "`{id}` has `{steps}` resources above it; at most {MAX_ANCESTORS} are allowed: leave some out"
        );
        let path = [Step::Key("resources"), Step::Key(id), Step::Key("parent")];
        found.push(source.problem("limit.depth", &path, message));
    }
    found
}

/// The entitlements in an order in which each stands behind those that it implies, and otherwise by id.
pub(super) fn implied_first(document: &PolicyDocument) -> Vec<&EntitlementId> {
    let ids: Vec<_> = document.entitlements.keys().collect();
    let edges = document
        .entitlements
        .iter()
        .flat_map(|(id, entitlement)| entitlement.implies.iter().map(move |edge| (&edge.entitlement, id)));
    ordered(&ids, edges)
}

/// The resources in an order in which each stands behind its parent, and otherwise by id.
pub(super) fn parents_first(document: &PolicyDocument) -> Vec<&ResourceId> {
    let ids: Vec<_> = document.resources.keys().collect();
    let edges = document.resources.iter().filter_map(|(id, resource)| Some((resource.parent.as_ref()?, id)));
    ordered(&ids, edges)
}

fn ordered<'a, I: Ord>(ids: &[&'a I], edges: impl Iterator<Item = (&'a I, &'a I)>) -> Vec<&'a I> {
    let number = |id: &I| ids.binary_search(&id).ok().and_then(|at| u32::try_from(at).ok());
    let edges: Vec<_> = edges.filter_map(|(a, b)| Some((number(a)?, number(b)?))).collect();
    let count = u32::try_from(ids.len()).unwrap_or(u32::MAX);
    // A policy has no cycle; in a document that has one the order by id is as good as any.
    let order = graph::topological(count, &edges).unwrap_or_else(|_| (0..count).collect());
    order.into_iter().filter_map(|at| ids.get(at as usize).copied()).collect()
}

/// An edge between two ids, and where it was written.
struct Edge<'a> {
    from: &'a str,
    to: &'a str,
    path: Vec<Step<'a>>,
}

fn entitlement_edges(document: &PolicyDocument) -> impl Iterator<Item = Edge<'_>> {
    let implied = document.entitlements.iter().flat_map(|(id, entitlement)| {
        entitlement.implies.iter().enumerate().map(move |(n, edge)| Edge {
            from: id.as_str(),
            to: edge.entitlement.as_str(),
            path: [Step::Key("entitlements"), Step::Key(id.as_str()), Step::Key("implies"), Step::Item(n)]
                .into(),
        })
    });
    // Whoever is in the group holds what the group holds.
    let held = document.standing.iter().filter_map(|(id, standing)| match &standing.holder {
        Holder::Group(group) => Some(Edge {
            from: group.as_str(),
            to: standing.entitlement.as_str(),
            path: [Step::Key("standing"), Step::Key(id.as_str()), Step::Key("entitlement")].into(),
        }),
        Holder::Identity(_) => None,
    });
    implied.chain(held)
}

fn resource_edges(document: &PolicyDocument) -> impl Iterator<Item = Edge<'_>> {
    document.resources.iter().filter_map(|(id, resource)| {
        Some(Edge {
            from: id.as_str(),
            to: resource.parent.as_ref()?.as_str(),
            path: [Step::Key("resources"), Step::Key(id.as_str()), Step::Key("parent")].into(),
        })
    })
}

/// Ids as numbers in their order, and the edges between them.
struct Graph<'a> {
    ids: Vec<&'a str>,
    edges: Vec<(u32, u32)>,
    written: Vec<Edge<'a>>,
}

impl<'a> Graph<'a> {
    fn new(edges: impl Iterator<Item = Edge<'a>>) -> Self {
        let written: Vec<_> = edges.collect();
        let ids: BTreeSet<_> = written.iter().flat_map(|edge| [edge.from, edge.to]).collect();
        let ids: Vec<_> = ids.into_iter().collect();
        let number = |id: &str| ids.binary_search(&id).ok().and_then(|at| u32::try_from(at).ok());
        let edges = written.iter().filter_map(|edge| Some((number(edge.from)?, number(edge.to)?))).collect();
        Self { ids, edges, written }
    }

    fn id(&self, node: u32) -> &'a str {
        self.ids.get(node as usize).copied().unwrap_or_default()
    }

    /// Names one cycle of each knot, in full; answers whether there is any.
    fn say_cycles(&self, source: &Source, rule: &str, found: &mut Vec<DocumentError>) -> bool {
        let cycles = graph::cycles(&self.edges);
        for cycle in cycles.iter().take(super::error::MAX_PROBLEMS) {
            let ids: Vec<_> = cycle.iter().chain(cycle.first()).map(|node| self.id(*node)).collect();
            let mut named = String::new();
            for (n, id) in ids.iter().enumerate() {
                named.push_str(if n == 0 { "" } else { " -> " });
                named.push_str(id);
            }
            let message = format!("`{named}` is a cycle; {rule}: take one of these steps away");
            let first = (ids.first().copied(), ids.get(1).copied());
            let edge = self.written.iter().find(|edge| (Some(edge.from), Some(edge.to)) == first);
            let path = edge.map(|edge| edge.path.as_slice()).unwrap_or_default();
            found.push(source.problem("graph.cycle", path, message));
        }
        !cycles.is_empty()
    }

    /// Where the longest chain begins, the first by id, and how many steps it has.
    fn deepest(&self) -> Option<(&'a str, u32)> {
        let heights = graph::heights(u32::try_from(self.ids.len()).ok()?, &self.edges).ok()?;
        let highest = heights.iter().copied().max()?;
        let first = heights.iter().position(|height| *height == highest)?;
        Some((self.ids.get(first).copied()?, highest))
    }
}
