//! Eligibility over time: for an identity, an entitlement and a scope, the instants at which a rule matches.
//! Limits travel with the pair that matched: a rule that matches one pair says nothing of another.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::{Hierarchy, Life, Tree};
use crate::id::RuleId;
use crate::model::RuleRef;
use crate::policy::{Eligibility, Policy, attributes_match};
use crate::state::State;
use crate::store::NONE;
use crate::time::{IntervalSet, Timestamp};

/// The rules of a policy, ready to be asked what matches.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    list: Vec<CompiledRule>,
    /// The rules that name entitlements by id, by entitlement.
    by_entitlement: BTreeMap<u32, Vec<u32>>,
    /// The other rules.
    general: Vec<u32>,
}

/// A rule whose names are references.
#[derive(Debug)]
pub(crate) struct CompiledRule {
    pub(crate) id: RuleId,
    pub(crate) digest: String,
    pub(crate) rule: Arc<Eligibility>,
    ids: Option<Vec<u32>>,
    groups: Option<Vec<u32>>,
    scopes: Option<Vec<u32>>,
}

/// What the matching of rules looks at.
#[derive(Clone, Copy)]
pub(crate) struct World<'a> {
    pub(crate) state: &'a State,
    pub(crate) hierarchy: &'a Hierarchy,
    pub(crate) tree: &'a Tree,
}

impl Rules {
    pub(crate) fn new(policy: &Policy, state: &State) -> Self {
        let mut rules = Self::default();
        for (number, (id, rule)) in (0u32..).zip(&policy.document().eligibility) {
            let by_reference = |names: &dyn Fn(&str) -> Option<u32>, ids: Vec<&str>| {
                let mut references: Vec<u32> = ids.into_iter().filter_map(names).collect();
                references.sort_unstable();
                references
            };
            let identities = |name: &str| state.identity_names.find(name);
            let entitlements = |name: &str| state.entitlement_names.find(name);
            let resources = |name: &str| state.resource_names.find(name);
            let ids = rule
                .who
                .ids
                .as_ref()
                .map(|ids| by_reference(&identities, ids.iter().map(|i| i.as_str()).collect()));
            let groups = rule
                .who
                .groups
                .as_ref()
                .map(|ids| by_reference(&entitlements, ids.iter().map(|i| i.as_str()).collect()));
            let scopes = rule
                .scopes
                .as_ref()
                .map(|ids| by_reference(&resources, ids.iter().map(|i| i.as_str()).collect()));
            match &rule.what.ids {
                Some(what) => {
                    for entitlement in by_reference(&entitlements, what.iter().map(|i| i.as_str()).collect())
                    {
                        rules.by_entitlement.entry(entitlement).or_default().push(number);
                    }
                }
                None => rules.general.push(number),
            }
            rules.list.push(CompiledRule {
                id: id.clone(),
                digest: policy.rule_digests().get(id).cloned().unwrap_or_default(),
                rule: Arc::new(rule.clone()),
                ids,
                groups,
                scopes,
            });
        }
        rules
    }

    /// The groups that the rules of a policy name.
    pub(crate) fn groups(policy: &Policy, state: &State) -> alloc::collections::BTreeSet<u32> {
        let named =
            policy.document().eligibility.values().filter_map(|rule| rule.who.groups.as_ref()).flatten();
        named.filter_map(|group| state.entitlement_names.find(group.as_str())).collect()
    }

    /// The rules that may match the entitlement, in the order of their ids.
    pub(crate) fn candidates(&self, entitlement: u32) -> impl Iterator<Item = &CompiledRule> {
        let named = self.by_entitlement.get(&entitlement).map_or(&[][..], Vec::as_slice);
        let mut numbers = Vec::with_capacity(named.len().saturating_add(self.general.len()));
        numbers.extend_from_slice(named);
        numbers.extend_from_slice(&self.general);
        numbers.sort_unstable();
        numbers.into_iter().filter_map(|number| self.list.get(number as usize))
    }

    /// The instants at which some rule matches.
    pub(crate) fn any_when(&self, world: World<'_>, who: u32, what: u32, scope: u32) -> IntervalSet {
        let mut when = IntervalSet::empty();
        for rule in self.candidates(what) {
            if when.is_always() {
                break;
            }
            when = when.union(&rule.matches_when(world, who, what, scope));
        }
        when
    }
}

impl CompiledRule {
    /// The rule as a grant remembers it.
    pub(crate) fn reference(&self) -> RuleRef {
        RuleRef { digest: self.digest.clone(), id: self.id.clone() }
    }

    /// The instants at which the rule matches.
    pub(crate) fn matches_when(&self, world: World<'_>, who: u32, what: u32, scope: u32) -> IntervalSet {
        self.find(world, who, what, scope).unwrap_or_default()
    }

    fn find(&self, world: World<'_>, who: u32, what: u32, scope: u32) -> Option<IntervalSet> {
        let selector = &self.rule.who;
        let wanted = &self.rule.what;
        if selector.is_empty() || wanted.is_empty() {
            return None;
        }
        if self.ids.as_ref().is_some_and(|ids| ids.binary_search(&who).is_err()) {
            return None;
        }
        let identity = world.state.identities.at(who)?;
        let noun = identity.noun.as_ref();
        if let Some(kinds) = &selector.kinds
            && !kinds.contains(&noun?.last().kind)
        {
            return None;
        }
        let mut when = IntervalSet::from(self.rule.valid);
        let target = world.state.entitlements.at(what)?.noun.as_ref()?;
        when = meet(when, IntervalSet::from(world.hierarchy.life(what)?))?;
        if wanted.kinds.as_ref().is_some_and(|kinds| !kinds.contains(&target.last().kind)) {
            return None;
        }
        if let Some(ids) = &wanted.ids
            && !ids.contains(&**world.state.entitlement_names.name(what)?)
        {
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
        if !selector.attributes.is_empty() {
            when = meet(when, noun?.when(|i| attributes_match(&selector.attributes, &i.attributes)))?;
        }
        if let Some(scopes) = &self.scopes {
            if scope == NONE {
                return None;
            }
            let inside = scopes.iter().fold(IntervalSet::empty(), |inside, outer| {
                inside.union(&world.tree.contains_when(*outer, scope))
            });
            when = meet(when, inside)?;
        }
        if let Some(groups) = &self.groups {
            when = meet(when, member_when(world, who, groups))?;
        }
        Some(when)
    }
}

/// The intersection, if there is one.
fn meet(a: IntervalSet, b: IntervalSet) -> Option<IntervalSet> {
    if b.is_always() {
        return Some(a);
    }
    Some(a.intersect(&b)).filter(|both| !both.is_empty())
}

/// When standing assignments and memberships, never grants, make `who` a member of one of the groups.
fn member_when(world: World<'_>, who: u32, groups: &[u32]) -> IntervalSet {
    let mut when = IntervalSet::empty();
    let Some(row) = world.state.identities.at(who) else { return when };
    let life = Life::of(row);
    for standing in
        standing_of(world.state, world.state.person(who).last_standing).filter(|s| s.scope == NONE)
    {
        for group in groups {
            let Some(leads) = world.hierarchy.member_when(standing.entitlement, *group) else { continue };
            let Some(window) = standing.window() else { continue };
            let held = life.same_as_at(standing.assigned).intersect(&IntervalSet::from(window));
            when = when.union(&held.intersect(leads));
        }
    }
    when
}

/// The standing assignments and memberships of an identity, the last one first.
pub(crate) fn standing_of(state: &State, last: u32) -> impl Iterator<Item = &crate::state::StandingRow> {
    let mut next = last;
    core::iter::from_fn(move || {
        let row = state.standing.at(next)?;
        next = row.previous;
        Some(row)
    })
}

/// The first instant at or after `from` at which nothing makes the holder eligible; never if there is none.
pub(crate) fn lost_at(rules: &Rules, world: World<'_>, key: (u32, u32, u32), from: Timestamp) -> Timestamp {
    super::first_outside(&rules.any_when(world, key.0, key.1, key.2), from)
}
