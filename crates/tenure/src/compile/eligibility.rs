//! Eligibility over time: for an identity, an entitlement and a scope, the instants at which a rule matches.
//! Limits travel with the pair that matched: a rule that matches one pair says nothing of another.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::selector::{Places, What, Who, meet, member_when};
use super::{CompiledCapacity, CompiledStanding, Conditions, Death, Hierarchy, Life, Restrictions, Tree};
use crate::fact::Cause;
use crate::id::{AttributeId, EntitlementId, RuleId};
use crate::model::RuleRef;
use crate::policy::{Eligibility, Policy, Via};
use crate::state::{GrantExtension, GrantRow, State};
use crate::time::{IntervalSet, Reading, Timestamp};

/// The rules of a policy, ready to be asked what matches.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    list: Vec<CompiledRule>,
    /// The rules that name entitlements by id, by entitlement.
    by_entitlement: BTreeMap<u32, Vec<u32>>,
    /// The other rules.
    general: Vec<u32>,
    /// What is held by rule.
    pub(crate) standing: Vec<CompiledStanding>,
    /// How many may hold what.
    pub(crate) capacities: Vec<CompiledCapacity>,
    /// What restricts.
    pub(crate) restrictions: Restrictions,
    /// Whether what somebody obtained before decides what keeps a grant alive.
    pub(crate) depend_on_grants: bool,
    /// Whether it decides anything at all.
    pub(crate) read_grants: bool,
}

/// A rule whose names are references.
#[derive(Debug)]
pub(crate) struct CompiledRule {
    pub(crate) id: RuleId,
    pub(crate) digest: String,
    pub(crate) rule: Arc<Eligibility>,
    pub(crate) who: Who,
    pub(crate) what: What,
    pub(crate) places: Places,
    /// The entitlements that must be held.
    required: Vec<u32>,
}

/// What the matching of rules looks at.
#[derive(Clone, Copy)]
pub(crate) struct World<'a> {
    pub(crate) state: &'a State,
    pub(crate) hierarchy: &'a Hierarchy,
    pub(crate) tree: &'a Tree,
    pub(crate) rules: &'a Rules,
    pub(crate) conditions: &'a Conditions,
    /// When the current policy was adopted.
    pub(crate) adopted: Timestamp,
    /// When the grants of the holder in question die, as far as that is worked out.
    pub(crate) deaths: Option<&'a Deaths>,
}

/// When grants die, by what tells them apart.
pub(crate) type Deaths = BTreeMap<(u32, u16), Death>;

impl World<'_> {
    /// When a grant dies, and of what; `life` is that of its holder.
    pub(crate) fn death(self, grant: &GrantRow, life: &Life) -> Death {
        let key = (grant.request, grant.item);
        if let Some(known) = self.deaths.and_then(|deaths| deaths.get(&key)) {
            return *known;
        }
        if !self.rules.depend_on_grants {
            return self.death_with(grant, self.state.extensions_of(grant), life);
        }
        let deaths = self.deaths_of(grant.holder, life);
        deaths.get(&key).copied().unwrap_or(Death { at: grant.start, cause: Cause::EligibilityLost })
    }

    /// When it would die with these extensions.
    pub(crate) fn death_with(self, grant: &GrantRow, extensions: &[GrantExtension], life: &Life) -> Death {
        if self.deaths.is_some() || !self.rules.depend_on_grants {
            return Death::of(grant, extensions, life, self);
        }
        let deaths = self.deaths_of(grant.holder, life);
        Death::of(grant, extensions, life, World { deaths: Some(&deaths), ..self })
    }

    /// When all grants of a holder die. One may keep another alive, but nothing perpetuates itself: at first all
    /// count as dead when they start, and what that leaves alive is found in rounds, each from the one before.
    pub(crate) fn deaths_of(self, holder: u32, life: &Life) -> Deaths {
        let mut grants = Vec::new();
        let mut next = self.state.person(holder).last_grant;
        while let Some(grant) = self.state.grants.at(next) {
            grants.push(grant);
            next = grant.previous_of_holder;
        }
        let key = |grant: &GrantRow| (grant.request, grant.item);
        let unborn = |grant: &&GrantRow| Death { at: grant.start, cause: Cause::EligibilityLost };
        let mut deaths: Deaths = grants.iter().map(|grant| (key(grant), unborn(grant))).collect();
        // Each round but the last keeps something alive for longer, by an end that some source has.
        for _ in 0..=grants.len().saturating_mul(grants.len()) {
            let world = World { deaths: Some(&deaths), ..self };
            let of = |grant: &&GrantRow| Death::of(grant, self.state.extensions_of(grant), life, world);
            let found: Deaths = grants.iter().map(|grant| (key(grant), of(grant))).collect();
            if found == deaths {
                break;
            }
            deaths = found;
        }
        deaths
    }
}

impl Rules {
    pub(crate) fn new(policy: &Policy, state: &State) -> Self {
        let document = policy.document();
        let mut rules = Self {
            standing: CompiledStanding::all(document, state),
            capacities: CompiledCapacity::all(document, state),
            restrictions: Restrictions::new(policy, state),
            ..Self::default()
        };
        for (number, (id, rule)) in (0u32..).zip(&policy.document().eligibility) {
            let what = What::new(&rule.what, state);
            match what.ids() {
                Some(ids) => {
                    for entitlement in ids {
                        rules.by_entitlement.entry(*entitlement).or_default().push(number);
                    }
                }
                None => rules.general.push(number),
            }
            let required = rule.requires.entitlements.iter();
            let compiled = CompiledRule {
                id: id.clone(),
                digest: policy.rule_digests().get(id).cloned().unwrap_or_default(),
                who: Who::new(&rule.who, state),
                what,
                places: Places::new(rule.scopes.as_deref(), state),
                required: required.filter_map(|id| state.entitlement_names.find(id.as_str())).collect(),
                rule: Arc::new(rule.clone()),
            };
            rules.depend_on_grants |= compiled.depends_on_grants();
            rules.list.push(compiled);
        }
        let restrictions = &rules.restrictions;
        let guarded = restrictions.guardrails.iter().map(|guardrail| &guardrail.circle);
        let denied = restrictions.denials.iter().map(|denial| &denial.circle);
        let restricts = guarded.chain(denied).any(|circle| circle.who.depends_on_grants());
        rules.read_grants = rules.depend_on_grants || restricts;
        rules
    }

    /// The entitlements of which a policy asks who holds them.
    pub(crate) fn groups(&self, policy: &Policy, state: &State) -> BTreeSet<u32> {
        let document = policy.document();
        let selectors = document.eligibility.values().map(|rule| &rule.who);
        let selectors = selectors.chain(document.guardrails.values().map(|rule| &rule.who));
        let selectors = selectors.chain(document.deny.values().map(|rule| &rule.who));
        let selectors = selectors.chain(document.standing_rules.values().map(|rule| &rule.who));
        let required = document.eligibility.values().flat_map(|rule| &rule.requires.entitlements);
        let named: BTreeSet<&EntitlementId> =
            selectors.filter_map(|who| who.groups.as_ref()).flatten().chain(required).collect();
        let named = named.into_iter().filter_map(|group| state.entitlement_names.find(group.as_str()));
        named.chain(self.capacities.iter().flat_map(|capacity| capacity.counted.iter().copied())).collect()
    }

    /// All rules, in the order of their ids.
    pub(crate) fn all(&self) -> &[CompiledRule] {
        &self.list
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

    /// The instants at which some rule keeps a grant alive.
    fn any_when(&self, world: World<'_>, who: u32, what: u32, scope: u32) -> IntervalSet {
        let mut when = IntervalSet::empty();
        for rule in self.candidates(what) {
            if when.is_always() {
                break;
            }
            let matches = rule.matches_when(world, who, what, scope);
            when = match rule.required_when(world, who) {
                Some(required) => when.union(&matches.intersect(&required)),
                None => when.union(&matches),
            };
        }
        when
    }
}

impl CompiledRule {
    /// The rule as a grant remembers it.
    pub(crate) fn reference(&self) -> RuleRef {
        RuleRef { digest: self.digest.clone(), id: self.id.clone() }
    }

    /// Whether it names entitlements by id.
    pub(crate) fn names_what(&self) -> bool {
        self.what.ids().is_some()
    }

    /// Whether it lets somebody obtain anything at `t`.
    pub(crate) fn may_concern(&self, world: World<'_>, who: u32, t: Timestamp) -> bool {
        self.rule.valid.contains(t)
            && self.who.when(world, who, Reading::Narrow).is_some_and(|when| when.contains(t))
    }

    fn depends_on_grants(&self) -> bool {
        self.who.depends_on_grants() || !self.rule.requires.entitlements.is_empty()
    }

    /// Whether it looks at what somebody holds.
    pub(crate) fn reads_holdings(&self) -> bool {
        self.who.has_groups() || self.depends_on_grants()
    }

    /// Whether it speaks of an entitlement at `t`, whoever asks for it where and whenever the rule counts.
    pub(crate) fn speaks_of(&self, world: World<'_>, what: u32, t: Timestamp) -> bool {
        self.what.when(world.state, what).is_some_and(|when| when.contains(t))
    }

    /// The instants at which the rule matches.
    pub(crate) fn matches_when(&self, world: World<'_>, who: u32, what: u32, scope: u32) -> IntervalSet {
        self.find(world, who, what, scope).unwrap_or_default()
    }

    fn find(&self, world: World<'_>, who: u32, what: u32, scope: u32) -> Option<IntervalSet> {
        let mut when = IntervalSet::from(self.rule.valid);
        when = meet(when, self.what.when(world.state, what)?)?;
        if self.places.list().is_some() {
            when = meet(when, self.places.contain_when(world, scope))?;
        }
        // Groups cost most.
        meet(when, self.who.when(world, who, Reading::Narrow)?)
    }

    /// The instants at which what the rule requires is held and is so; none if it requires nothing.
    pub(crate) fn required_when(&self, world: World<'_>, who: u32) -> Option<IntervalSet> {
        let requires = &self.rule.requires;
        if requires.entitlements.is_empty() && requires.attributes.is_empty() {
            return None;
        }
        if self.required.len() < requires.entitlements.len() {
            return Some(IntervalSet::empty());
        }
        let attributes = requires.attributes.keys().map(|name| self.attribute_when(world, who, name));
        let entitlements = self.required.iter().map(|entitlement| held_when(world, who, *entitlement));
        Some(attributes.chain(entitlements).fold(IntervalSet::always(), |all, when| all.intersect(&when)))
    }

    /// The instants at which an attribute that is required is as required.
    pub(crate) fn attribute_when(&self, world: World<'_>, who: u32, name: &AttributeId) -> IntervalSet {
        let noun = world.state.identities.at(who).and_then(|row| row.noun.as_ref());
        let (Some(noun), Some(wanted)) = (noun, self.rule.requires.attributes.get(name)) else {
            return IntervalSet::empty();
        };
        noun.when(|identity| {
            let value = identity.attributes.get(name);
            value.is_some_and(|have| wanted.iter().any(|value| have.is_or_contains(value)))
        })
    }
}

/// The instants at which an entitlement is held, everywhere and without condition, from any source.
pub(crate) fn held_when(world: World<'_>, who: u32, entitlement: u32) -> IntervalSet {
    member_when(world, who, &[entitlement], Via::Any, Reading::Narrow)
}

/// The first instant at or after `from` at which nothing makes the holder eligible; never if there is none.
pub(crate) fn lost_at(world: World<'_>, key: (u32, u32, u32), from: Timestamp) -> Timestamp {
    super::first_outside(&world.rules.any_when(world, key.0, key.1, key.2), from)
}
