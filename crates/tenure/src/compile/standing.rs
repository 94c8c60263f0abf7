//! Standing by rule: whoever a rule matches holds what it names, without asking and without a fact about it.

use alloc::sync::Arc;
use alloc::vec::Vec;

use super::selector::{Places, What, Who, meet};
use super::{Life, World};
use crate::id::RuleId;
use crate::policy::{PolicyDocument, StandingRule};
use crate::state::State;
use crate::time::{IntervalSet, Reading};

/// A standing rule whose names are references.
#[derive(Debug)]
pub(crate) struct CompiledStanding {
    pub(crate) id: RuleId,
    pub(crate) rule: Arc<StandingRule>,
    pub(crate) what: What,
    pub(crate) places: Places,
    who: Who,
}

impl CompiledStanding {
    /// The standing rules of a document.
    pub(crate) fn all(document: &PolicyDocument, state: &State) -> Vec<Self> {
        let compiled = document.standing_rules.iter().map(|(id, rule)| Self {
            id: id.clone(),
            what: What::new(&rule.what, state),
            places: Places::new(rule.scopes.as_deref(), state),
            who: Who::new(&rule.who, state),
            rule: Arc::new(rule.clone()),
        });
        compiled.collect()
    }

    /// Those whom it names, if it names any.
    pub(crate) fn named(&self) -> Option<&[u32]> {
        self.who.named()
    }

    /// The instants at which an identity holds an entitlement by it, its conditions and places apart; none if
    /// there are none.
    pub(crate) fn when(&self, world: World<'_>, who: u32, entitlement: u32) -> Option<IntervalSet> {
        let when = meet(IntervalSet::from(self.rule.valid), self.what.when(world.state, entitlement)?)?;
        let when = meet(when, Life::of(world.state.identities.at(who)?).alive().clone())?;
        meet(when, self.who.when(world, who, Reading::Narrow)?)
    }
}
