//! Whom, what and where a rule speaks of, over time. What supports is read narrowly, what restricts widely: a
//! membership that counts only on a condition or in a scope makes nobody eligible, and is no way out of a denial.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use super::{Life, World};
use crate::id::{EntitlementId, ResourceId};
use crate::policy::{EntitlementSelector, IdentitySelector, Via, attributes_match};
use crate::state::{StandingRow, State};
use crate::store::NONE;
use crate::time::{IntervalSet, Reading, Timestamp, Window};

/// A selector of identities whose names are references.
#[derive(Debug, Default)]
pub(crate) struct Who {
    selector: IdentitySelector,
    ids: Option<Vec<u32>>,
    groups: Option<Vec<u32>>,
}

/// A selector of entitlements whose names are references.
#[derive(Debug, Default)]
pub(crate) struct What {
    selector: EntitlementSelector,
    ids: Option<Vec<u32>>,
}

/// The subtrees that a rule speaks of; everywhere when it names none.
#[derive(Debug, Default)]
pub(crate) struct Places(Option<Vec<u32>>);

impl Who {
    pub(crate) fn new(selector: &IdentitySelector, state: &State) -> Self {
        let ids = selector.ids.as_ref();
        let ids = ids.map(|ids| references(ids.iter().map(|id| state.identity_names.find(id.as_str()))));
        let groups = selector.groups.as_ref().map(|groups| groups_of(groups, state));
        Self { selector: selector.clone(), ids, groups }
    }

    /// Those whom it names, if it names any.
    pub(crate) fn named(&self) -> Option<&[u32]> {
        self.ids.as_deref()
    }

    /// Whether it looks at groups.
    pub(crate) const fn has_groups(&self) -> bool {
        self.groups.is_some()
    }

    /// Whether grants make members.
    pub(crate) fn depends_on_grants(&self) -> bool {
        self.groups.is_some() && self.selector.via == Via::Any
    }

    /// How closely it names somebody: whether by id, and how many keys it has.
    pub(crate) fn closeness(&self) -> (bool, usize) {
        let keys = [
            !self.selector.attributes.is_empty(),
            self.selector.groups.is_some(),
            self.selector.ids.is_some(),
            self.selector.kinds.is_some(),
        ];
        (self.ids.is_some(), keys.into_iter().filter(|key| *key).count())
    }

    /// The instants at which it matches; none if there are none.
    pub(crate) fn when(&self, world: World<'_>, who: u32, reading: Reading) -> Option<IntervalSet> {
        if self.selector.is_empty() {
            return None;
        }
        if self.ids.as_ref().is_some_and(|ids| ids.binary_search(&who).is_err()) {
            return None;
        }
        let identity = world.state.identities.at(who)?;
        let noun = identity.noun.as_ref();
        if let Some(kinds) = &self.selector.kinds
            && !kinds.contains(&noun?.last().kind)
        {
            return None;
        }
        let mut when = IntervalSet::always();
        if !self.selector.attributes.is_empty() {
            when = meet(when, noun?.when(|i| attributes_match(&self.selector.attributes, &i.attributes)))?;
        }
        if let Some(groups) = &self.groups {
            when = meet(when, member_when(world, who, groups, self.selector.via, reading))?;
        }
        Some(when)
    }
}

impl What {
    pub(crate) fn new(selector: &EntitlementSelector, state: &State) -> Self {
        let ids = selector.ids.as_ref();
        let ids = ids.map(|ids| references(ids.iter().map(|id| state.entitlement_names.find(id.as_str()))));
        Self { selector: selector.clone(), ids }
    }

    /// The entitlements that it names, if it names any.
    pub(crate) fn ids(&self) -> Option<&[u32]> {
        self.ids.as_deref()
    }

    /// The instants at which it matches an entitlement, which is valid then; none if there are none.
    pub(crate) fn when(&self, state: &State, what: u32) -> Option<IntervalSet> {
        let wanted = &self.selector;
        if wanted.is_empty() {
            return None;
        }
        let target = state.entitlements.at(what)?.noun.as_ref()?;
        let mut when = IntervalSet::from(target.life()?);
        if wanted.kinds.as_ref().is_some_and(|kinds| !kinds.contains(&target.last().kind)) {
            return None;
        }
        if self.ids.as_ref().is_some_and(|ids| ids.binary_search(&what).is_err()) {
            return None;
        }
        if let Some(sensitivity) = &wanted.sensitivity {
            when = meet(when, target.when(|e| e.sensitivity.is_some_and(|s| sensitivity.contains(&s))))?;
        }
        if let Some(applications) = &wanted.applications {
            when = meet(
                when,
                target.when(|e| e.application.as_ref().is_some_and(|a| applications.contains(a))),
            )?;
        }
        if !wanted.attributes.is_empty() {
            when = meet(when, target.when(|e| attributes_match(&wanted.attributes, &e.attributes)))?;
        }
        Some(when)
    }
}

impl Places {
    pub(crate) fn new(scopes: Option<&[ResourceId]>, state: &State) -> Self {
        let find = |scope: &ResourceId| state.resource_names.find(scope.as_str());
        Self(scopes.map(|scopes| references(scopes.iter().map(find))))
    }

    /// The subtrees, if it names any.
    pub(crate) fn list(&self) -> Option<&[u32]> {
        self.0.as_deref()
    }

    /// The instants at which one of them contains the scope: what supports speaks of nothing outside.
    pub(crate) fn contain_when(&self, world: World<'_>, scope: u32) -> IntervalSet {
        let Some(places) = &self.0 else { return IntervalSet::always() };
        if scope == NONE {
            return IntervalSet::empty();
        }
        places.iter().fold(IntervalSet::empty(), |inside, outer| {
            inside.union(&world.tree.contains_surely(*outer, scope))
        })
    }

    /// The instants at which one of them has something in common with the scope: what restricts speaks of that, and
    /// of a place that is retired as of any other, for what lies below may live on.
    pub(crate) fn meet_when(&self, world: World<'_>, scope: u32) -> IntervalSet {
        let Some(places) = &self.0 else { return IntervalSet::always() };
        if scope == NONE {
            return IntervalSet::always();
        }
        places.iter().fold(IntervalSet::empty(), |inside, place| {
            let (place, scope) = ((*place, world.tree.life_below(*place)), (scope, world.tree.life(scope)));
            let inside = inside.union(&world.tree.stands_when(place, scope));
            inside.union(&world.tree.stands_when(scope, place))
        })
    }

    /// The instants at which one of them contains what lives as long, at or below a resource, on whatever condition, and
    /// also when it is retired.
    pub(crate) fn lie_above(&self, world: World<'_>, on: u32, life: Option<Window>) -> IntervalSet {
        let places = self.0.iter().flatten();
        places.fold(IntervalSet::empty(), |above, place| {
            above.union(&world.tree.stands_when((*place, world.tree.life_below(*place)), (on, life)))
        })
    }

    /// How deep the deepest of them lies that contains the scope at `t`: 1 for a root, 0 where none is named.
    pub(crate) fn depth(&self, world: World<'_>, scope: u32, t: Timestamp) -> usize {
        let Some(places) = &self.0 else { return 0 };
        let containing = places.iter().filter(|p| world.tree.contains_when(**p, scope).contains(t));
        containing.map(|place| world.tree.depth(*place, t)).max().unwrap_or(0)
    }
}

/// The intersection, if there is one.
pub(super) fn meet(a: IntervalSet, b: IntervalSet) -> Option<IntervalSet> {
    if b.is_always() {
        return Some(a).filter(|a| !a.is_empty());
    }
    Some(a.intersect(&b)).filter(|both| !both.is_empty())
}

fn references(names: impl Iterator<Item = Option<u32>>) -> Vec<u32> {
    let mut references: Vec<u32> = names.flatten().collect();
    references.sort_unstable();
    references
}

fn groups_of(groups: &BTreeSet<EntitlementId>, state: &State) -> Vec<u32> {
    references(groups.iter().map(|group| state.entitlement_names.find(group.as_str())))
}

/// When `who` is in one of the groups: by standing assignments and memberships, and where asked by grants.
pub(crate) fn member_when(
    world: World<'_>,
    who: u32,
    groups: &[u32],
    via: Via,
    reading: Reading,
) -> IntervalSet {
    let wide = reading == Reading::Wide;
    let mut when = IntervalSet::empty();
    let Some(row) = world.state.identities.at(who) else { return when };
    let life = Life::of(row);
    let person = world.state.person(who);
    let counts = |scope: u32, conditions: u32| wide || (scope == NONE && conditions == NONE);
    for standing in standing_of(world.state, person.last_standing).filter(|s| counts(s.scope, s.conditions)) {
        let Some(window) = standing.window() else { continue };
        for group in groups {
            let Some(leads) = world.hierarchy.member_when(standing.entitlement, *group, reading) else {
                continue;
            };
            let held = life.same_as_at(standing.assigned).intersect(&IntervalSet::from(window));
            when = when.union(&held.intersect(leads));
        }
    }
    if via == Via::Any {
        let mut grant = person.last_grant;
        while let Some(row) = world.state.grants.at(grant) {
            grant = row.previous_of_holder;
            if !counts(row.scope, world.state.grant_conditions(row)) {
                continue;
            }
            let leads =
                groups.iter().filter_map(|g| world.hierarchy.member_when(row.entitlement, *g, reading));
            let leads = leads.fold(IntervalSet::empty(), |all, leads| all.union(leads));
            if leads.is_empty() {
                continue;
            }
            let death = world.death(row, &life).at;
            if let Some(lived) = Window::new(row.start, death) {
                when = when.union(&leads.intersect(&IntervalSet::from(lived)));
            }
        }
    }
    when
}

/// The standing assignments and memberships of an identity, the last one first.
pub(crate) fn standing_of(state: &State, last: u32) -> impl Iterator<Item = &StandingRow> {
    let mut next = last;
    core::iter::from_fn(move || {
        let row = state.standing.at(next)?;
        next = row.previous;
        Some(row)
    })
}
