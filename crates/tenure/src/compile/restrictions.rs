//! What restricts: guardrails and denials. All that match apply, whatever else allows it, and each applies unless it
//! is certain that it does not.

use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::World;
use super::selector::{Places, What, Who};
use crate::id::{PermissionId, RuleId};
use crate::policy::{Deny, DenyOn, Guardrail, Policy};
use crate::state::State;
use crate::time::{IntervalSet, Reading, Recurrence, Span, Timestamp, Window};

/// The rules that restrict, ready to be asked what they keep from whom.
#[derive(Debug, Default)]
pub(crate) struct Restrictions {
    pub(crate) guardrails: Vec<CompiledGuardrail>,
    pub(crate) denials: Vec<CompiledDenial>,
}

/// A guardrail whose names are references.
#[derive(Debug)]
pub(crate) struct CompiledGuardrail {
    pub(crate) id: RuleId,
    pub(crate) rule: Arc<Guardrail>,
    pub(crate) what: What,
    pub(crate) circle: Circle,
}

/// A denial whose names are references.
#[derive(Debug)]
pub(crate) struct CompiledDenial {
    pub(crate) id: RuleId,
    pub(crate) rule: Arc<Deny>,
    pub(crate) what: Option<What>,
    /// In order.
    pub(crate) permissions: Vec<u32>,
    pub(crate) circle: Circle,
}

/// Whom, where and when a rule that restricts concerns.
#[derive(Debug)]
pub(crate) struct Circle {
    pub(crate) who: Who,
    pub(crate) places: Places,
    valid: Window,
    hours: Vec<Recurrence>,
}

/// How far before and after an instant hours are looked at: the bound of a recurrence's horizon.
const HOURS_BEFORE: Span = Span::days(8);
const HOURS_AFTER: Span = Span::days(390);

impl Restrictions {
    pub(crate) fn new(policy: &Policy, state: &State) -> Self {
        let document = policy.document();
        // What facts write in other letters than a catalogue that folds them is denied with it.
        let names = &state.permission_names;
        let written = 0..u32::try_from(names.len()).unwrap_or(u32::MAX);
        let written =
            written.filter_map(|reference| Some((reference, policy.folded(names.name(reference)?)?)));
        let written: Vec<(u32, &PermissionId)> = written.collect();
        let guardrails = document.guardrails.iter().map(|(id, rule)| CompiledGuardrail {
            id: id.clone(),
            what: What::new(&rule.what, state),
            circle: Circle {
                who: Who::new(&rule.who, state),
                places: Places::new(rule.scopes.as_deref(), state),
                valid: rule.valid,
                hours: rule.hours.clone(),
            },
            rule: Arc::new(rule.clone()),
        });
        let denials = document.deny.iter().map(|(id, rule)| {
            let permissions = rule.permissions.iter();
            let mut permissions: Vec<u32> =
                permissions.filter_map(|p| state.permission_names.find(p.as_str())).collect();
            let otherwise = written.iter().filter(|(_, permission)| rule.permissions.contains(*permission));
            permissions.extend(otherwise.map(|(reference, _)| *reference));
            permissions.sort_unstable();
            permissions.dedup();
            CompiledDenial {
                id: id.clone(),
                what: rule.what.as_ref().map(|what| What::new(what, state)),
                permissions,
                circle: Circle {
                    who: Who::new(&rule.who, state),
                    places: Places::new(rule.scopes.as_deref(), state),
                    valid: rule.valid,
                    hours: rule.hours.clone(),
                },
                rule: Arc::new(rule.clone()),
            }
        });
        Self { guardrails: guardrails.collect(), denials: denials.collect() }
    }
}

impl Restrictions {
    /// The denials of use that each entitlement is subject to at some time, by their numbers.
    pub(crate) fn of_use(&self, state: &State) -> BTreeMap<u32, Vec<u32>> {
        let mut denied: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        let count = u32::try_from(state.entitlements.len()).unwrap_or(u32::MAX);
        for (number, denial) in (0u32..).zip(&self.denials).filter(|(_, denial)| denial.on_use()) {
            let Some(what) = &denial.what else { continue };
            for entitlement in (0..count).filter(|entitlement| what.when(state, *entitlement).is_some()) {
                denied.entry(entitlement).or_default().push(number);
            }
        }
        denied
    }
}

impl CompiledDenial {
    /// Whether it speaks of obtaining.
    pub(crate) fn on_request(&self) -> bool {
        self.rule.on != Some(DenyOn::Use)
    }

    /// Whether it speaks of using.
    pub(crate) fn on_use(&self) -> bool {
        self.rule.on != Some(DenyOn::Request)
    }
}

impl Circle {
    /// The instants at which it concerns an identity, its conditions apart, where `places` tells when it concerns the
    /// place; of its hours those around `near` are known, and beyond them it is taken to concern.
    pub(crate) fn when(
        &self,
        world: World<'_>,
        who: u32,
        places: impl FnOnce(&Places) -> IntervalSet,
        near: Timestamp,
    ) -> IntervalSet {
        let Some(when) = self.who.when(world, who, Reading::Wide) else { return IntervalSet::empty() };
        let mut when = when.intersect(&IntervalSet::from(self.valid));
        if self.places.list().is_some() {
            when = when.intersect(&places(&self.places));
        }
        if !self.hours.is_empty() && !when.is_empty() {
            when = when.intersect(&hours_around(&self.hours, near));
        }
        when
    }
}

fn hours_around(hours: &[Recurrence], near: Timestamp) -> IntervalSet {
    let Some(horizon) = Window::new(near.minus(HOURS_BEFORE), near.plus(HOURS_AFTER)) else {
        return IntervalSet::always();
    };
    let mut known = IntervalSet::empty();
    for recurrence in hours {
        match recurrence.within(horizon, Reading::Wide) {
            Ok(set) => known = known.union(&set),
            Err(_) => return IntervalSet::always(),
        }
    }
    known.union(&IntervalSet::from(horizon).complement())
}
