//! The ways by which somebody may have a permission somewhere: through what is held and by standing rules, along
//! edges and into scopes, each with the instants at which it is open and what else must hold on it.

use alloc::collections::BTreeMap;
use alloc::vec;
use alloc::vec::Vec;

use crate::compile::{CompiledStanding, Environment, Guard, Holding, Place, Route, Source, join};
use crate::engine::Engine;
use crate::id::AttributeId;
use crate::model::Value;
use crate::store::NONE;
use crate::time::{IntervalSet, Window};

/// A question whose names are references.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) who: u32,
    pub(super) permission: u32,
    pub(super) place: Place<'a>,
    pub(super) context: &'a BTreeMap<AttributeId, Value>,
}

/// A way to a permission.
pub(super) struct Way {
    pub(super) when: IntervalSet,
    /// What must hold on it.
    pub(super) guards: Vec<Guard>,
    /// What its source gives directly.
    pub(super) entitlement: u32,
    pub(super) event: u32,
    pub(super) origin: Origin,
}

/// Where a way begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Origin {
    Held(Source),
    /// A standing rule, by its number.
    Rule(u32),
}

/// A stretch of a way, when it is open and on what conditions.
type Stretch = (IntervalSet, Vec<Guard>);

static NOTHING_SAID: BTreeMap<AttributeId, Value> = BTreeMap::new();

impl Asked<'static> {
    /// A question about which nothing else is said.
    pub(super) fn plain(who: u32, permission: u32, on: u32) -> Self {
        Self { who, permission, place: Place::Registered(on), context: &NOTHING_SAID }
    }
}

impl<'a> Asked<'a> {
    /// The registered resource at or below which the place stands, and how long it does.
    pub(super) fn stands(&self, engine: &Engine) -> (u32, Option<Window>) {
        let tree = engine.world().tree;
        match self.place {
            Place::Registered(on) => (on, tree.life(on)),
            Place::Open(_, parent) => (parent, tree.life_below(parent)),
        }
    }

    /// What conditions read on a way from this entitlement.
    pub(super) fn environment(&self, engine: &'a Engine, entitlement: u32, event: u32) -> Environment<'a> {
        let state = engine.assumed();
        Environment {
            state,
            identity: self.who,
            beneficiary: self.who,
            resource: self.place,
            entitlement,
            event,
            context: self.context,
            inputs: &NOTHING_SAID,
            action: "use",
            permission: state.permission_names.name(self.permission).map(|name| &**name),
        }
    }
}

impl Engine {
    /// All ways that are open at some time.
    pub(super) fn ways(&self, asked: &Asked<'_>) -> Vec<Way> {
        let mut ways = Vec::new();
        let givers = self.world().hierarchy.givers(asked.permission);
        for (holding, routes) in self.rows().row(asked.who).giving(givers) {
            self.held_ways(asked, holding, routes, &mut ways);
        }
        if self.world().hierarchy.is_ruled(asked.permission) {
            for (number, rule) in (0u32..).zip(&self.rules().standing) {
                for entitlement in givers.list() {
                    self.ruled_ways(asked, number, rule, entitlement, &mut ways);
                }
            }
        }
        ways
    }

    fn held_ways(&self, asked: &Asked<'_>, holding: &Holding, routes: Option<&[Route]>, ways: &mut Vec<Way>) {
        let Some(window) = holding.window() else { return };
        let state = self.assumed();
        let (conditions, event) = match holding.source() {
            Source::Grant(grant) => match state.grants.at(grant) {
                Some(row) => (state.grant_conditions(row), row.event),
                None => (NONE, NONE),
            },
            Source::Standing(standing) => {
                (state.standing.at(standing).map_or(NONE, |row| row.conditions), NONE)
            }
        };
        let guards =
            if holding.is_conditional() { self.world().conditions.guards_of(conditions) } else { Vec::new() };
        let start: Stretch = (IntervalSet::from(window), guards);
        for (when, guards) in self.stretches(asked, start, holding.scope, routes) {
            let origin = Origin::Held(holding.source());
            ways.push(Way { when, guards, entitlement: holding.entitlement, event, origin });
        }
    }

    fn ruled_ways(
        &self,
        asked: &Asked<'_>,
        number: u32,
        rule: &CompiledStanding,
        entitlement: u32,
        ways: &mut Vec<Way>,
    ) {
        let Some(when) = rule.when(self.world(), asked.who, entitlement) else { return };
        let Some(routes) = self.world().hierarchy.givers(asked.permission).by(entitlement) else { return };
        let everywhere = [NONE];
        let guards = self.world().conditions.guards(&rule.rule.when);
        for scope in rule.places.list().unwrap_or(&everywhere) {
            for (when, guards) in self.stretches(asked, (when.clone(), guards.clone()), *scope, routes) {
                let origin = Origin::Rule(number);
                ways.push(Way { when, guards, entitlement, event: NONE, origin });
            }
        }
    }

    /// From a source in a scope along its routes to the place.
    fn stretches(
        &self,
        asked: &Asked<'_>,
        start: Stretch,
        scope: u32,
        routes: Option<&[Route]>,
    ) -> Vec<Stretch> {
        let within = both(vec![start], &self.containing(asked, scope));
        let Some(routes) = routes else { return within };
        let mut found = Vec::new();
        for route in routes {
            let along = both(within.clone(), &[(route.when.clone(), route.guards.clone())]);
            let scopes = route.scopes.iter();
            found.extend(scopes.fold(along, |along, scope| both(along, &self.containing(asked, *scope))));
        }
        found
    }

    /// When and on what conditions a scope contains the place.
    fn containing(&self, asked: &Asked<'_>, scope: u32) -> Vec<Stretch> {
        let tree = self.world().tree;
        match asked.place {
            Place::Registered(NONE) | Place::Open(_, NONE) if scope != NONE => Vec::new(),
            Place::Registered(NONE) | Place::Open(..) if scope == NONE => {
                vec![(IntervalSet::always(), Vec::new())]
            }
            Place::Registered(on) if scope == NONE => {
                tree.life(on).map(|life| (IntervalSet::from(life), Vec::new())).into_iter().collect()
            }
            Place::Registered(_) | Place::Open(..) => {
                let (on, life) = asked.stands(self);
                tree.stands_by(scope, on, life)
            }
        }
    }
}

/// Each of the first together with each of the second, where both are open.
fn both(first: Vec<Stretch>, second: &[Stretch]) -> Vec<Stretch> {
    let mut found = Vec::new();
    for (when, guards) in first {
        for (other, more) in second {
            let when = when.intersect(other);
            if !when.is_empty() {
                let mut guards = guards.clone();
                join(&mut guards, more);
                found.push((when, guards));
            }
        }
    }
    found
}
