//! What an entitlement gives: the permissions at the end of every path of edges, in the scopes and at the times
//! that the path allows (NIST RBAC, hierarchical; the edges here have windows and scopes).

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use super::Conditions;
use super::listed::{Listed, listed};
use crate::graph;
use crate::state::State;
use crate::store::NONE;
use crate::time::{IntervalSet, Reading, Timestamp, Window};

/// The mark of an entry that gives its permission only within its routes.
const LIMITED: u32 = 1 << 31;

/// The most entries of the closure: what entitlements give, counted per pair and way.
const MAX_ENTRIES: usize = 20_000_000;

/// The most ways, apart in scopes and conditions, from one entitlement to one permission: past ones count, and a group may
/// be assigned something in very many places. Only ways that multiply along the hierarchy come to more.
const MAX_ROUTES: usize = 4_096;

/// The hierarchy, ready to be asked which entitlements give a permission.
#[derive(Debug, Default)]
pub(crate) struct Hierarchy {
    /// Where the givers of each permission stand.
    permissions: Vec<Permission>,
    /// The givers of each permission in order, limited ones marked.
    givers: Vec<u32>,
    /// Beside each giver its place in `routes`; empty while nothing is limited.
    limits: Vec<u32>,
    /// The distinct ways in which something is limited: few, because limits come from few edges.
    routes: Vec<Vec<Route>>,
    /// For each entitlement of which a rule asks who holds it: which others lead there, and when; narrowly by edges
    /// without scope and condition, widely by all.
    members: BTreeMap<(u32, Reading), BTreeMap<u32, IntervalSet>>,
    /// How many permissions each entitlement ever gives.
    given: Vec<u32>,
    lives: Vec<Option<Window>>,
    /// The edges that leave each entitlement, in the order of the ids where they lead.
    edges: Vec<Vec<Edge>>,
    /// The permissions that each entitlement lists, and when.
    lists: Vec<Vec<(u32, Window)>>,
    /// The same as answers tell it.
    listed: Vec<Listed>,
    /// The denials of use that each entitlement is subject to at some time.
    denied: BTreeMap<u32, Vec<u32>>,
}

/// Where the givers of a permission stand, and a mark for each of them: most of what somebody holds is told from
/// them by a bit. Of two marks in one place a giver is still looked for, so that nothing is missed.
#[derive(Debug, Clone, Copy, Default)]
struct Permission {
    start: u32,
    end: u32,
    marks: u64,
    /// Whether rules decide of its use, beside what is held.
    ruled: bool,
}

/// The mark of an entitlement. Neighbours have different ones.
#[inline]
const fn mark(entitlement: u32) -> u64 {
    1 << (entitlement.wrapping_mul(0x9E37_79B9) >> 26)
}

/// A way from an entitlement to a permission: the scopes that must all contain the resource, and the instants.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Route {
    pub(crate) scopes: Vec<u32>,
    /// What else must hold, in order.
    pub(crate) guards: Vec<Guard>,
    pub(crate) when: IntervalSet,
}

/// Something on a way that has to hold whenever it is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Guard {
    /// A condition, by its number.
    Condition(u32),
    /// That a denial, by its number, does not concern an entitlement on the way.
    Allowed { denial: u32, entitlement: u32 },
}

/// An edge of the hierarchy.
#[derive(Debug)]
pub(crate) struct Edge {
    pub(crate) to: u32,
    pub(crate) scope: u32,
    pub(crate) guards: Vec<Guard>,
    pub(crate) window: Window,
}

/// What can be reached from an entitlement: always and everywhere, or by routes.
#[derive(Debug, Clone)]
enum Reach {
    Plain,
    Routes(Vec<Route>),
}

type Reached = BTreeMap<u32, Reach>;

impl Reach {
    /// How many ways there are.
    const fn ways(&self) -> usize {
        match self {
            Self::Plain => 1,
            Self::Routes(routes) => routes.len(),
        }
    }
}

/// Why no hierarchy can be built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HierarchyError {
    Cycle,
    TooLarge,
}

impl Hierarchy {
    /// Builds the closure in one pass over the edges, from the leaves up. `groups` are those that rules name.
    pub(crate) fn new(
        state: &State,
        groups: &BTreeSet<u32>,
        conditions: &Conditions,
        denied: BTreeMap<u32, Vec<u32>>,
    ) -> Result<Self, HierarchyError> {
        let count = u32::try_from(state.entitlements.len()).map_err(|_| HierarchyError::TooLarge)?;
        let mut edges: Vec<Vec<Edge>> = (0..count).map(|e| edges_of(state, e, conditions)).collect();
        let pairs: Vec<(u32, u32)> = (0u32..)
            .zip(&edges)
            .flat_map(|(from, list)| list.iter().map(move |edge| (from, edge.to)))
            .collect();
        let order = graph::topological(count, &pairs).map_err(|_| HierarchyError::Cycle)?;

        let mut hierarchy = Self {
            lives: state.entitlements.iter().map(|row| row.noun.as_ref().and_then(|n| n.life())).collect(),
            ..Self::default()
        };
        let mut reached: Vec<Reached> = alloc::vec![Reached::new(); edges.len()];
        let mut lists: Vec<Vec<(u32, Window)>> = alloc::vec![Vec::new(); edges.len()];
        let mut entries = 0usize;
        for from in order.into_iter().rev() {
            let mut own = Reached::new();
            let listed = listed_by(state, from);
            for (permission, window) in &listed {
                let here = Edge { to: from, scope: NONE, guards: Vec::new(), window: *window };
                // One way without a scope at most, so there are never too many.
                let _ = add(&mut own, *permission, &Reach::Plain, &here);
            }
            if let Some(place) = lists.get_mut(from as usize) {
                *place = listed;
            }
            for edge in edges.get(from as usize).into_iter().flatten() {
                let Some(beyond) = reached.get(edge.to as usize) else { continue };
                for (permission, reach) in beyond {
                    if !add(&mut own, *permission, reach, edge) {
                        return Err(HierarchyError::TooLarge);
                    }
                }
            }
            if let Some(denials) = denied.get(&from) {
                let guards =
                    denials.iter().map(|denial| Guard::Allowed { denial: *denial, entitlement: from });
                own = guarded(own, &guards.collect::<Vec<_>>());
            }
            entries = own.values().fold(entries, |sum, reach| sum.saturating_add(reach.ways()));
            if entries > MAX_ENTRIES {
                return Err(HierarchyError::TooLarge);
            }
            if let Some(place) = reached.get_mut(from as usize) {
                *place = own;
            }
        }
        hierarchy.transpose(state.permission_names.len(), reached);
        for group in groups {
            for reading in [Reading::Narrow, Reading::Wide] {
                let leads = leads_to(*group, &edges, &hierarchy.lives, reading);
                hierarchy.members.insert((*group, reading), leads);
            }
        }
        for leaving in &mut edges {
            leaving
                .sort_by(|a, b| state.entitlement_names.name(a.to).cmp(&state.entitlement_names.name(b.to)));
        }
        hierarchy.listed = listed(state, &lists);
        (hierarchy.edges, hierarchy.lists, hierarchy.denied) = (edges, lists, denied);
        Ok(hierarchy)
    }

    /// The edges that leave an entitlement, in the order of the ids where they lead.
    pub(crate) fn edges(&self, entitlement: u32) -> &[Edge] {
        self.edges.get(entitlement as usize).map_or(&[], Vec::as_slice)
    }

    /// The permissions that an entitlement lists itself, and when.
    pub(crate) fn lists(&self, entitlement: u32) -> &[(u32, Window)] {
        self.lists.get(entitlement as usize).map_or(&[], Vec::as_slice)
    }

    /// What an entitlement lists itself, as answers tell it.
    pub(crate) fn listed(&self, entitlement: u32) -> Option<&Listed> {
        self.listed.get(entitlement as usize)
    }

    /// Whether any entitlement is subject to denials of use.
    pub(crate) fn has_denied(&self) -> bool {
        !self.denied.is_empty()
    }

    /// The denials of use that an entitlement is subject to at some time, by their numbers.
    pub(crate) fn denied(&self, entitlement: u32) -> &[u32] {
        self.denied.get(&entitlement).map_or(&[], Vec::as_slice)
    }

    fn transpose(&mut self, permissions: usize, reached: Vec<Reached>) {
        self.given = reached.iter().map(|list| u32::try_from(list.len()).unwrap_or(u32::MAX)).collect();
        let mut places = alloc::vec![Permission::default(); permissions];
        for permission in reached.iter().flat_map(BTreeMap::keys) {
            if let Some(own) = places.get_mut(*permission as usize) {
                own.end = own.end.saturating_add(1);
            }
        }
        let mut total = 0u32;
        for own in &mut places {
            let count = own.end;
            // Nothing stands there yet; the end moves on with each giver that is placed.
            (own.start, own.end) = (total, total);
            total = total.saturating_add(count);
        }
        let mut known: BTreeMap<Vec<Route>, u32> = BTreeMap::new();
        self.givers = alloc::vec![0; total as usize];
        self.limits = alloc::vec![0; total as usize];
        for (giver, entries) in (0u32..).zip(reached) {
            for (permission, reach) in entries {
                let (limited, limit) = match reach {
                    Reach::Plain => (0, 0),
                    Reach::Routes(routes) => {
                        let new = u32::try_from(known.len()).unwrap_or(u32::MAX);
                        (LIMITED, *known.entry(routes).or_insert(new))
                    }
                };
                let Some(own) = places.get_mut(permission as usize) else { continue };
                if let Some(slot) = self.givers.get_mut(own.end as usize) {
                    *slot = giver | limited;
                }
                if let Some(slot) = self.limits.get_mut(own.end as usize) {
                    *slot = limit;
                }
                own.end = own.end.saturating_add(1);
                own.marks |= mark(giver);
            }
        }
        let mut routes: Vec<(Vec<Route>, u32)> = known.into_iter().collect();
        routes.sort_unstable_by_key(|(_, number)| *number);
        self.routes = routes.into_iter().map(|(routes, _)| routes).collect();
        if self.routes.is_empty() {
            self.limits = Vec::new();
        }
        self.permissions = places;
    }

    /// From the definition of an entitlement to its retirement.
    pub(crate) fn life(&self, entitlement: u32) -> Option<Window> {
        self.lives.get(entitlement as usize).copied().flatten()
    }

    /// Marks the permissions of whose use rules decide: those that are denied, and those that `held` gives.
    pub(crate) fn rule(&mut self, denied: impl Iterator<Item = u32>, held: impl Fn(u32) -> bool) {
        for permission in denied {
            if let Some(own) = self.permissions.get_mut(permission as usize) {
                own.ruled = true;
            }
        }
        for own in &mut self.permissions {
            let givers = self.givers.get(own.start as usize..own.end as usize).unwrap_or_default();
            own.ruled |= givers.iter().any(|giver| held(giver & !LIMITED));
        }
        let is_ruled =
            |permission: u32| self.permissions.get(permission as usize).is_some_and(|own| own.ruled);
        for (list, listed) in self.lists.iter().zip(&mut self.listed) {
            listed.rule(list, is_ruled);
        }
    }

    /// Whether rules decide of the use of a permission, beside what is held.
    #[inline]
    pub(crate) fn is_ruled(&self, permission: u32) -> bool {
        self.permissions.get(permission as usize).is_some_and(|own| own.ruled)
    }

    /// How many permissions an entitlement ever gives.
    pub(crate) fn gives(&self, entitlement: u32) -> usize {
        self.given.get(entitlement as usize).map_or(0, |count| *count as usize)
    }

    /// The entitlements that give a permission.
    #[inline]
    pub(crate) fn givers(&self, permission: u32) -> Givers<'_> {
        let own = self.permissions.get(permission as usize).copied().unwrap_or_default();
        let range = own.start as usize..own.end as usize;
        Givers {
            marks: own.marks,
            list: self.givers.get(range.clone()).unwrap_or_default(),
            limits: self.limits.get(range).unwrap_or_default(),
            routes: &self.routes,
        }
    }

    /// When holding `entitlement` makes one a holder of `group`, one that a rule asks about.
    pub(crate) fn member_when(&self, entitlement: u32, group: u32, reading: Reading) -> Option<&IntervalSet> {
        self.members.get(&(group, reading))?.get(&entitlement)
    }

    /// The entitlements that ever make one a holder of `group`, itself among them.
    pub(crate) fn leading_to(&self, group: u32, reading: Reading) -> impl Iterator<Item = u32> {
        self.members.get(&(group, reading)).into_iter().flat_map(|leading| leading.keys().copied())
    }
}

/// The entitlements that give one permission.
#[derive(Clone, Copy)]
pub(crate) struct Givers<'a> {
    marks: u64,
    list: &'a [u32],
    limits: &'a [u32],
    routes: &'a [Vec<Route>],
}

impl<'a> Givers<'a> {
    /// The entitlements themselves.
    pub(crate) fn list(&self) -> impl Iterator<Item = u32> + 'a {
        self.list.iter().map(|giver| giver & !LIMITED)
    }

    /// How an entitlement gives the permission: by routes, or, with none to look at, always and everywhere.
    #[inline]
    pub(crate) fn by(&self, entitlement: u32) -> Option<Option<&'a [Route]>> {
        if self.marks & mark(entitlement) == 0 {
            return None;
        }
        let place = self.list.partition_point(|giver| giver & !LIMITED < entitlement);
        let giver = *self.list.get(place)?;
        if giver & !LIMITED != entitlement {
            return None;
        }
        if giver & LIMITED == 0 {
            return Some(None);
        }
        let limit = self.limits.get(place).copied().unwrap_or(u32::MAX);
        Some(Some(self.routes.get(limit as usize).map_or(&[][..], Vec::as_slice)))
    }
}

/// The entitlements that edges lead to from one, itself among them, each with the instants at which they do; in whatever
/// scope and on whatever condition.
pub(crate) fn beyond(state: &State, conditions: &Conditions, from: u32) -> BTreeMap<u32, IntervalSet> {
    let life = |entitlement: u32| {
        let noun = state.entitlements.at(entitlement).and_then(|row| row.noun.as_ref());
        noun.and_then(|noun| noun.life()).map_or_else(IntervalSet::empty, IntervalSet::from)
    };
    let mut when = BTreeMap::from([(from, life(from))]);
    let mut open = alloc::vec![from];
    while let Some(node) = open.pop() {
        let Some(here) = when.get(&node).cloned() else { continue };
        for edge in edges_of(state, node, conditions) {
            let through = here.intersect(&IntervalSet::from(edge.window)).intersect(&life(edge.to));
            let known = when.entry(edge.to).or_insert_with(IntervalSet::empty);
            let wider = known.union(&through);
            // Sets only grow and have finitely many ends, so this comes to rest.
            if wider != *known {
                *known = wider;
                open.push(edge.to);
            }
        }
    }
    when
}

/// The live edges that leave an entitlement.
fn edges_of(state: &State, from: u32, conditions: &Conditions) -> Vec<Edge> {
    let mut edges = Vec::new();
    let Some(row) = state.entitlements.at(from) else { return edges };
    let Some((noun, life)) = row.noun.as_ref().and_then(|noun| noun.life().map(|life| (noun, life))) else {
        return edges;
    };
    for (segment, version) in noun.segments() {
        for implied in &version.implies {
            let to = state.entitlement_names.find(implied.entitlement.as_str());
            let Some(to) = to.filter(|to| row.targets.contains(to)) else { continue };
            let scope = match &implied.scope {
                Some(scope) => match state.resource_names.find(scope.as_str()) {
                    Some(scope) => scope,
                    None => continue,
                },
                None => NONE,
            };
            let window = implied.window().and_then(|w| w.intersect(segment)).and_then(|w| w.intersect(life));
            let guards = conditions.guards(&implied.conditions);
            edges.extend(window.map(|window| Edge { to, scope, guards, window }));
        }
    }
    for standing in row.standing.iter().filter_map(|s| state.standing.at(*s)) {
        if row.targets.contains(&standing.entitlement) {
            let window = standing.window().and_then(|w| w.intersect(life));
            edges.extend(window.map(|window| Edge {
                to: standing.entitlement,
                scope: standing.scope,
                guards: conditions.guards_of(standing.conditions),
                window,
            }));
        }
    }
    edges
}

/// The permissions that an entitlement lists itself, and when.
fn listed_by(state: &State, entitlement: u32) -> Vec<(u32, Window)> {
    let mut listed = Vec::new();
    let Some(noun) = state.entitlements.at(entitlement).and_then(|row| row.noun.as_ref()) else {
        return listed;
    };
    let Some(life) = noun.life() else { return listed };
    for (segment, version) in noun.segments() {
        let Some(window) = segment.intersect(life) else { continue };
        let permissions = version.permissions.iter();
        let permissions = permissions.filter_map(|p| state.permission_names.find(p.as_str()));
        listed.extend(permissions.map(|permission| (permission, window)));
    }
    listed
}

/// Adds what lies beyond an edge; false if there are too many ways.
fn add(reached: &mut Reached, permission: u32, beyond: &Reach, edge: &Edge) -> bool {
    let unlimited = edge.scope == NONE && edge.window == Window::ALWAYS && edge.guards.is_empty();
    if let (Reach::Plain, true) = (beyond, unlimited) {
        reached.insert(permission, Reach::Plain);
        return true;
    }
    let known = reached.entry(permission).or_insert_with(|| Reach::Routes(Vec::new()));
    let Reach::Routes(known) = known else { return true };
    let window = IntervalSet::from(edge.window);
    let through = |scopes: &[u32], guards: &[Guard], when: IntervalSet| {
        let mut guards = Vec::from(guards);
        join(&mut guards, &edge.guards);
        let mut scopes = Vec::from(scopes);
        if edge.scope != NONE && !scopes.contains(&edge.scope) {
            scopes.push(edge.scope);
            scopes.sort_unstable();
        }
        Route { scopes, guards, when }
    };
    let routes = match beyond {
        Reach::Plain => alloc::vec![through(&[], &[], window)],
        Reach::Routes(routes) => routes
            .iter()
            .map(|route| through(&route.scopes, &route.guards, route.when.intersect(&window)))
            .collect(),
    };
    for route in routes.into_iter().filter(|route| !route.when.is_empty()) {
        let full = known.len() >= MAX_ROUTES;
        let place = known
            .binary_search_by(|known| (&known.scopes, &known.guards).cmp(&(&route.scopes, &route.guards)));
        match place {
            Ok(place) => {
                if let Some(same) = known.get_mut(place) {
                    same.when = same.when.union(&route.when);
                }
            }
            Err(_) if full => return false,
            Err(place) => known.insert(place, route),
        }
    }
    if known.is_empty() {
        // A way that is never open gives nothing.
        reached.remove(&permission);
    } else if known.iter().any(|r| r.scopes.is_empty() && r.guards.is_empty() && r.when.is_always()) {
        reached.insert(permission, Reach::Plain);
    }
    true
}

/// The same with guards on every way.
fn guarded(reached: Reached, guards: &[Guard]) -> Reached {
    let guard = |reach: Reach| {
        let mut routes = match reach {
            Reach::Plain => {
                alloc::vec![Route { scopes: Vec::new(), guards: Vec::new(), when: IntervalSet::always() }]
            }
            Reach::Routes(routes) => routes,
        };
        for route in &mut routes {
            join(&mut route.guards, guards);
        }
        Reach::Routes(routes)
    };
    reached.into_iter().map(|(permission, reach)| (permission, guard(reach))).collect()
}

/// Both together, in order.
pub(crate) fn join(guards: &mut Vec<Guard>, others: &[Guard]) {
    guards.extend_from_slice(others);
    guards.sort_unstable();
    guards.dedup();
}

/// For each entitlement from which edges lead to `group`: when they do.
fn leads_to(
    group: u32,
    edges: &[Vec<Edge>],
    lives: &[Option<Window>],
    reading: Reading,
) -> BTreeMap<u32, IntervalSet> {
    let mut back: BTreeMap<u32, Vec<(u32, Window)>> = BTreeMap::new();
    for (from, list) in (0u32..).zip(edges) {
        for edge in list
            .iter()
            .filter(|edge| reading == Reading::Wide || (edge.scope == NONE && edge.guards.is_empty()))
        {
            back.entry(edge.to).or_default().push((from, edge.window));
        }
    }
    let mut when = BTreeMap::new();
    if let Some(life) = lives.get(group as usize).copied().flatten() {
        when.insert(group, IntervalSet::from(life));
    }
    let mut open = alloc::vec![group];
    while let Some(node) = open.pop() {
        let Some(here) = when.get(&node).cloned() else { continue };
        for (from, window) in back.get(&node).into_iter().flatten() {
            let through = here.intersect(&IntervalSet::from(*window));
            let known = when.entry(*from).or_insert_with(IntervalSet::empty);
            let wider = known.union(&through);
            // Sets only grow and have finitely many ends, so this comes to rest.
            if wider != *known {
                *known = wider;
                open.push(*from);
            }
        }
    }
    when.retain(|_, set| !set.is_empty());
    when
}

impl Route {
    /// Whether the route is open at `t`, its scopes apart.
    pub(crate) fn is_open(&self, t: Timestamp) -> bool {
        self.when.contains(t)
    }
}
