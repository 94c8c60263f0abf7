//! The conditions that a policy writes and that facts and rules name, each with a number. A name that the policy
//! does not have cannot be judged.

use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::environment::{Environment, Field, name_of};
use super::{Guard, Judged, Truth};
use crate::condition::{self, Condition};
use crate::id::ConditionId;
use crate::model::ConditionNames;
use crate::policy::{Declaration, Policy};
use crate::state::State;
use crate::store::NONE;
use crate::time::Timestamp;

/// The conditions by number. Numbers stay when names are added.
#[derive(Debug, Clone, Default)]
pub(crate) struct Conditions {
    list: Vec<Arc<Named>>,
    by_name: BTreeMap<ConditionId, u32>,
    /// The sets that the state knows, by their references.
    sets: Vec<Vec<Guard>>,
}

#[derive(Debug)]
struct Named {
    name: ConditionId,
    /// None if the policy has none of this name.
    condition: Option<Condition>,
    /// What each of its slots reads.
    fields: Vec<Field>,
}

impl Conditions {
    pub(crate) fn new(policy: &Policy, state: &State) -> Self {
        let mut conditions = Self::default();
        for (name, condition) in policy.conditions() {
            let counts = |id: &str| policy.document().context.get(id).is_some_and(Declaration::counts);
            let fields = condition.paths().iter().map(|path| Field::of(path, counts)).collect();
            conditions.add(Named { name: name.clone(), condition: Some(condition.clone()), fields });
        }
        conditions.grown(state)
    }

    /// With the names that facts have brought since.
    pub(crate) fn grown(&self, state: &State) -> Self {
        let mut grown = self.clone();
        let edges = state.entitlements.iter().filter_map(|row| row.noun.as_ref());
        let edges = edges.flat_map(|noun| noun.segments()).flat_map(|(_, version)| &version.implies);
        let parents = state.resources.iter().filter_map(|row| row.noun.as_ref());
        let parents = parents.flat_map(|noun| noun.segments()).map(|(_, version)| &version.parent_while);
        let named = state.conditions.iter().chain(edges.map(|edge| &edge.conditions)).chain(parents);
        for name in named.flat_map(|names| names.iter()) {
            if !grown.by_name.contains_key(name) {
                grown.add(Named { name: name.clone(), condition: None, fields: Vec::new() });
            }
        }
        grown.sets = state.conditions.iter().map(|names| grown.guards(names)).collect();
        grown
    }

    fn add(&mut self, named: Named) {
        let number = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
        self.by_name.insert(named.name.clone(), number);
        self.list.push(Arc::new(named));
    }

    /// Whether facts have brought sets of conditions that are not known here.
    pub(crate) fn are_behind(&self, state: &State) -> bool {
        self.sets.len() != state.conditions.len()
    }

    /// Whether one of them reads something of the resource.
    pub(crate) fn read_resources(&self) -> bool {
        self.list.iter().any(|named| named.fields.iter().any(Field::is_of_resource))
    }

    /// Whether any condition reads something of the business event.
    pub(crate) fn read_event(&self) -> bool {
        self.list.iter().any(|named| named.fields.iter().any(Field::is_of_event))
    }

    /// The conditions of these names as guards, in order.
    pub(crate) fn guards(&self, names: &ConditionNames) -> Vec<Guard> {
        let mut guards: Vec<Guard> =
            names.iter().filter_map(|name| self.by_name.get(name).copied().map(Guard::Condition)).collect();
        guards.sort_unstable();
        guards
    }

    /// The conditions of a set that the state knows.
    pub(crate) fn guards_of(&self, set: u32) -> Vec<Guard> {
        if set == NONE { Vec::new() } else { self.sets.get(set as usize).cloned().unwrap_or_default() }
    }

    /// The value of several conditions together at `t`.
    pub(crate) fn judge(
        &self,
        names: &ConditionNames,
        environment: &Environment<'_>,
        t: Timestamp,
    ) -> Judged {
        let mut all = Judged::default();
        self.judge_each(names, environment, t).for_each(|(_, judged)| all.add(&judged));
        all
    }

    /// The value of each of several conditions at `t`.
    pub(crate) fn judge_each<'n>(
        &self,
        names: &'n ConditionNames,
        environment: &Environment<'_>,
        t: Timestamp,
    ) -> impl Iterator<Item = (&'n ConditionId, Judged)> {
        names.iter().map(move |name| {
            let judged = match self.by_name.get(name) {
                Some(number) => self.judge_one(*number, environment, t),
                None => Judged::failed(name.clone()),
            };
            (name, judged)
        })
    }

    /// The value of a condition at `t`.
    pub(crate) fn judge_one(&self, number: u32, environment: &Environment<'_>, t: Timestamp) -> Judged {
        let Some(named) = self.list.get(number as usize) else { return Judged::default() };
        let Some(condition) = &named.condition else { return Judged::failed(named.name.clone()) };
        let value = |slot: condition::Slot| environment.value(named.fields.get(slot.index())?, t);
        let of = |slot: condition::Slot| named.fields.get(slot.index());
        let outcome = if environment.is_complete() {
            condition.evaluate(value)
        } else {
            condition.evaluate_apart(value, |slot| of(slot).map_or(Some(false), |f| environment.presence(f)))
        };
        // What fails may not decide once the rest is known.
        let unknown =
            outcome.missing().any(|slot| of(slot).is_some_and(|field| environment.is_unknown(field)));
        match (outcome.truth(), outcome.failed().filter(|_| !unknown)) {
            (condition::Truth::True, _) => Judged::default(),
            (condition::Truth::False, _) => Judged {
                truth: Truth::False,
                unsatisfied: core::iter::once(named.name.clone()).collect(),
                ..Judged::default()
            },
            (condition::Truth::Unknown, Some(_)) => Judged::failed(named.name.clone()),
            (condition::Truth::Unknown, None) => Judged {
                truth: Truth::Missing,
                missing: outcome.missing().filter_map(|slot| condition.path(slot)).map(name_of).collect(),
                open: outcome
                    .missing()
                    .any(|slot| of(slot).is_some_and(|field| environment.is_unsaid(field))),
                ..Judged::default()
            },
        }
    }
}
