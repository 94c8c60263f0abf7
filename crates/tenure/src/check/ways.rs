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
pub(crate) struct Asked<'a> {
    pub(crate) who: u32,
    pub(crate) permission: u32,
    pub(crate) place: Place<'a>,
    pub(crate) context: &'a BTreeMap<AttributeId, Value>,
}

/// A way to a permission.
pub(crate) struct Way {
    pub(crate) when: IntervalSet,
    /// What must hold on it.
    pub(crate) guards: Vec<Guard>,
    /// What its source gives directly.
    pub(crate) entitlement: u32,
    /// Where it does.
    pub(crate) scope: u32,
    pub(crate) event: u32,
    pub(crate) origin: Origin,
    /// Whether no scope on it has to contain the place.
    pub(crate) everywhere: bool,
}

/// Where a way begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Origin {
    Held(Source),
    /// A standing rule, by its number.
    Rule(u32),
}

/// A stretch of a way, when it is open and on what conditions.
type Stretch = (IntervalSet, Vec<Guard>);

static NOTHING_SAID: BTreeMap<AttributeId, Value> = BTreeMap::new();

impl Asked<'static> {
    /// A question about which nothing else is said.
    pub(crate) fn plain(who: u32, permission: u32, on: u32) -> Self {
        Self { who, permission, place: Place::Registered(on), context: &NOTHING_SAID }
    }
}

impl<'a> Asked<'a> {
    /// The registered resource at or below which the place stands, and how long it does.
    pub(crate) fn stands(&self, engine: &Engine) -> (u32, Option<Window>) {
        let tree = engine.world().tree;
        match self.place {
            Place::Registered(on) | Place::Within(on) => (on, tree.life(on)),
            Place::Open(_, parent) => (parent, tree.life_below(parent)),
        }
    }

    /// What conditions read on a way from this entitlement.
    pub(crate) fn environment(&self, engine: &'a Engine, entitlement: u32, event: u32) -> Environment<'a> {
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
            unsaid: crate::compile::Unsaid::default(),
        }
    }
}

impl Engine {
    /// All ways that are open at some time.
    pub(crate) fn ways(&self, asked: &Asked<'_>) -> Vec<Way> {
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
        for ((when, guards), everywhere) in self.stretches(asked, start, holding.scope, routes) {
            let origin = Origin::Held(holding.source());
            let (entitlement, scope) = (holding.entitlement, holding.scope);
            ways.push(Way { when, guards, entitlement, scope, event, origin, everywhere });
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
            let start = (when.clone(), guards.clone());
            for ((when, guards), everywhere) in self.stretches(asked, start, *scope, routes) {
                let origin = Origin::Rule(number);
                let (scope, event) = (*scope, NONE);
                ways.push(Way { when, guards, entitlement, scope, event, origin, everywhere });
            }
        }
    }

    /// From a source in a scope along its routes to the place, each with whether that is so everywhere.
    fn stretches(
        &self,
        asked: &Asked<'_>,
        start: Stretch,
        scope: u32,
        routes: Option<&[Route]>,
    ) -> Vec<(Stretch, bool)> {
        let within = both(vec![start], &self.containing(asked, scope));
        let Some(routes) = routes else {
            return within.into_iter().map(|stretch| (stretch, scope == NONE)).collect();
        };
        let mut found = Vec::new();
        for route in routes {
            let along = both(within.clone(), &[(route.when.clone(), route.guards.clone())]);
            let everywhere = scope == NONE && route.scopes.is_empty();
            let scopes = route.scopes.iter();
            let along = scopes.fold(along, |along, scope| both(along, &self.containing(asked, *scope)));
            found.extend(along.into_iter().map(|stretch| (stretch, everywhere)));
        }
        found
    }

    /// When and on what conditions a scope contains the place.
    pub(crate) fn containing(&self, asked: &Asked<'_>, scope: u32) -> Vec<Stretch> {
        let tree = self.world().tree;
        match asked.place {
            Place::Registered(NONE) | Place::Within(NONE) | Place::Open(_, NONE) if scope != NONE => {
                Vec::new()
            }
            Place::Registered(NONE) | Place::Within(NONE) | Place::Open(..) if scope == NONE => {
                vec![(IntervalSet::always(), Vec::new())]
            }
            Place::Registered(on) | Place::Within(on) if scope == NONE => {
                tree.life(on).map(|life| (IntervalSet::from(life), Vec::new())).into_iter().collect()
            }
            Place::Registered(_) | Place::Within(_) | Place::Open(..) => {
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
