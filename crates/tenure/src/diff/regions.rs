//! What is had in a subtree is not had alike in all of it, so one question per scope does not tell two worlds apart.
//! Asked are all places at which an answer may turn, each by itself and for what lies inside of it.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use super::sides::{Difference, Sides, Worth, direction, keep};
use super::{AccessChange, Holding, Part};
use crate::check::{Access, Asked, Question, Target};
use crate::compile::Place;
use crate::id::{IdentityId, PermissionId, ResourceId};
use crate::store::NONE;
use crate::time::{Reading, Window};

/// A place; everywhere when absent.
pub(super) type Spot = Option<ResourceId>;

/// What two engines say of one place.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Pair {
    before: Holding,
    after: Holding,
}

/// What they say of a place itself, and of what lies in it and in no other place that is asked about.
struct Row {
    itself: Pair,
    inside: Pair,
    /// Whether it is told where a wider place says the same.
    held: bool,
}

type Rows = BTreeMap<Spot, Row>;

const DENIED: Holding = Holding { answer: Access::Denied, until: None };

impl Sides<'_> {
    /// What changes of one permission, where `held` is in which scopes it is held and given.
    pub(super) fn regions(
        &self,
        identity: &IdentityId,
        permission: &PermissionId,
        held: &BTreeSet<Spot>,
        difference: &mut Difference,
    ) {
        let mut spots: BTreeMap<Spot, bool> = BTreeMap::new();
        for side in self.both() {
            spots.extend(side.turns(identity, permission, held).into_iter().map(|spot| (spot, false)));
        }
        spots.extend(held.iter().map(|spot| (spot.clone(), true)));
        let ask = |spot: &Spot| Pair {
            before: self.old.itself(identity, permission, spot),
            after: self.new.itself(identity, permission, spot),
        };
        let plain = self.both().iter().all(|side| side.is_plain(permission));
        let rows = spots.into_iter().map(|(spot, held)| {
            let itself = ask(&spot);
            if plain {
                return (spot, Row { itself, inside: itself, held });
            }
            let inside = Pair {
                before: self.old.inside(identity, permission, &spot),
                after: self.new.inside(identity, permission, &spot),
            };
            (spot, Row { itself, inside, held })
        });
        let rows: Rows = rows.collect();
        let mut found: Vec<(Spot, Part, Pair)> = Vec::new();
        for (spot, row) in &rows {
            if row.itself == row.inside {
                if row.held || !self.is_told(spot, row, &rows) {
                    found.push((spot.clone(), Part::All, row.inside));
                }
            } else {
                found.push((spot.clone(), Part::Itself, row.itself));
                found.push((spot.clone(), Part::Inside, row.inside));
            }
        }
        for resource in self.apart(&rows, difference) {
            let spot = Some(resource);
            let pair = ask(&spot);
            found.push((spot, Part::Itself, pair));
        }
        found.sort_by(|(a, part, _), (b, other, _)| (a, part).cmp(&(b, other)));
        for (scope, part, pair) in found {
            let Some(change) = direction(&pair.before, &pair.after) else { continue };
            let except =
                if part == Part::Itself { BTreeSet::new() } else { self.except(&scope, pair, &rows) };
            let change = AccessChange {
                after: pair.after,
                before: pair.before,
                change,
                except,
                identity: identity.clone(),
                part,
                permission: permission.clone(),
                scope,
            };
            keep(&mut difference.access, change, &mut difference.complete);
        }
    }

    const fn both(&self) -> [&Worth<'_>; 2] {
        [&self.old, &self.new]
    }

    /// Whether the place next above says the same, on either side.
    fn is_told(&self, spot: &Spot, row: &Row, rows: &Rows) -> bool {
        self.both().iter().all(|side| {
            let above = rows.iter().filter(|(above, _)| side.lies_inside(spot, above));
            let nearest = above.max_by_key(|(above, _)| side.depth(above));
            nearest.is_some_and(|(_, above)| above.inside == row.inside)
        })
    }

    /// The places inside of a scope of which something else is said.
    fn except(&self, scope: &Spot, said: Pair, rows: &Rows) -> BTreeSet<ResourceId> {
        let other = rows.iter().filter(|(_, row)| row.itself != said || row.inside != said);
        let inside = other.filter(|(spot, _)| self.both().iter().any(|side| side.lies_inside(spot, scope)));
        inside.filter_map(|(spot, _)| spot.clone()).collect()
    }

    /// The resources that have to be asked one by one: those of which something decides that is known of each alone.
    fn apart(&self, rows: &Rows, difference: &mut Difference) -> BTreeSet<ResourceId> {
        let mut found = BTreeSet::new();
        if !self.both().iter().any(|side| side.engine.world().conditions.read_resources()) {
            return found;
        }
        let is_open = |pair: &Pair| {
            pair.before.answer == Access::Conditional && pair.after.answer == Access::Conditional
        };
        let open: Vec<&Spot> =
            rows.iter().filter(|(_, row)| is_open(&row.inside)).map(|(spot, _)| spot).collect();
        if open.is_empty() {
            return found;
        }
        for side in self.both() {
            let state = side.engine.assumed();
            let count = u32::try_from(state.resource_names.len()).unwrap_or(u32::MAX);
            for resource in (0..count).filter_map(|resource| state.resource_id(resource)) {
                if found.contains(&resource) {
                    continue;
                }
                let spot = Some(resource);
                if rows.contains_key(&spot) || !open.iter().any(|region| side.lies_inside(&spot, region)) {
                    continue;
                }
                let Some(left) = difference.questions.checked_sub(1) else {
                    difference.complete = false;
                    return found;
                };
                difference.questions = left;
                found.extend(spot);
            }
        }
        found
    }
}

impl Worth<'_> {
    /// Where the answer may turn inside of the scopes in which a permission is held and given.
    fn turns(
        &self,
        identity: &IdentityId,
        permission: &PermissionId,
        held: &BTreeSet<Spot>,
    ) -> BTreeSet<Spot> {
        let mut turns: BTreeSet<Spot> = self.places.iter().cloned().map(Some).collect();
        let engine = self.engine;
        let (world, state) = (engine.world(), engine.assumed());
        let (Some(who), Some(what)) = (self.find(identity), engine.permission_named(permission.as_str()))
        else {
            return turns;
        };
        if world.hierarchy.is_ruled(what) || world.hierarchy.has_denied() {
            let along: BTreeSet<u32> = if world.hierarchy.has_denied() {
                let givers = world.hierarchy.givers(what).list();
                givers.flat_map(|giver| world.hierarchy.denied(giver).iter().copied()).collect()
            } else {
                BTreeSet::new()
            };
            for (number, denial) in (0u32..).zip(&engine.rules().restrictions.denials) {
                let concerns = denial.permissions.binary_search(&what).is_ok() || along.contains(&number);
                let Some(places) = denial.circle.places.list().filter(|_| concerns && denial.on_use()) else {
                    continue;
                };
                if denial.circle.who.when(world, who, Reading::Wide).is_some() {
                    turns.extend(places.iter().filter_map(|place| state.resource_id(*place)).map(Some));
                }
            }
        }
        if world.tree.is_conditional() {
            let scopes: Vec<&Spot> = held.iter().filter(|scope| scope.is_some()).collect();
            let conditional = world.tree.conditional_at(self.at).filter_map(|place| state.resource_id(place));
            let inside = |spot: &Spot| scopes.iter().any(|scope| self.lies_inside(spot, scope));
            turns.extend(conditional.map(Some).filter(inside));
        }
        // What lies below a place that is retired lives on, and no question about the place speaks of it.
        let dead: Vec<u32> = turns.iter().chain(held).flatten().filter_map(|id| self.retired(id)).collect();
        if !dead.is_empty() {
            let count = u32::try_from(state.resource_names.len()).unwrap_or(u32::MAX);
            let tree = world.tree;
            let lives_on = (0..count).filter(|resource| {
                let own = (*resource, tree.life(*resource));
                dead.iter()
                    .any(|dead| tree.stands_when((*dead, tree.life_below(*dead)), own).contains(self.at))
            });
            turns.extend(lives_on.filter_map(|resource| state.resource_id(resource)).map(Some));
        }
        turns
    }

    /// Whether nothing but time and scopes decides, so that what is said of a scope is said of what lies in it.
    fn is_plain(&self, permission: &PermissionId) -> bool {
        let (engine, world) = (self.engine, self.engine.world());
        let is_ruled = engine.permission_named(permission.as_str()).is_some_and(|p| engine.is_ruled(p, NONE));
        !is_ruled
            && !world.hierarchy.has_denied()
            && !world.tree.is_conditional()
            && !world.conditions.read_resources()
    }

    fn retired(&self, id: &ResourceId) -> Option<u32> {
        let place = self.engine.assumed().resource_names.find(id.as_str())?;
        let tree = self.engine.world().tree;
        let is_retired = |life: Window| life.end() <= self.at;
        tree.life(place).is_some_and(is_retired).then_some(place)
    }

    /// What is answered about a place itself.
    fn itself(&self, identity: &IdentityId, permission: &PermissionId, spot: &Spot) -> Holding {
        let question = Question {
            context: BTreeMap::new(),
            identity: identity.clone(),
            permission: permission.clone(),
            resource: spot.clone().map(Target::from),
        };
        let answer = self.engine.check(&question, self.at);
        Holding { answer: answer.answer, until: answer.until }
    }

    /// What is answered about some place or other inside of this one, of which nothing else is known.
    fn inside(&self, identity: &IdentityId, permission: &PermissionId, spot: &Spot) -> Holding {
        let engine = self.engine;
        let state = engine.assumed();
        let known =
            self.find(identity).filter(|who| state.identities.at(*who).is_some_and(|row| row.noun.is_some()));
        let place = match spot {
            None => Some(NONE),
            Some(id) => state.resource_names.find(id.as_str()),
        };
        let what = engine.permission_named(permission.as_str());
        let (Some(who), Some(permission), Some(place)) = (known, what, place) else { return DENIED };
        let context = BTreeMap::new();
        let asked = Asked { who, permission, place: Place::Within(place), context: &context };
        let Some(t) = engine.clock(self.at) else { return DENIED };
        let (answer, until) = engine.answered(&asked, t);
        Holding { answer, until }
    }

    /// Whether a place lies strictly inside of another; what is retired may have something below that lives on.
    fn lies_inside(&self, spot: &Spot, outer: &Spot) -> bool {
        let (Some(id), tree) = (spot, self.engine.world().tree) else { return false };
        let names = &self.engine.assumed().resource_names;
        let Some(place) = names.find(id.as_str()) else { return false };
        let life = tree.life_below(place);
        let Some(outer) = outer else { return life.is_some_and(|life| life.contains(self.at)) };
        let Some(outer) = names.find(outer.as_str()).filter(|outer| *outer != place) else { return false };
        tree.stands_when((outer, tree.life_below(outer)), (place, life)).contains(self.at)
    }

    fn depth(&self, spot: &Spot) -> usize {
        let place = spot.as_ref().and_then(|id| self.engine.assumed().resource_names.find(id.as_str()));
        place.map_or(0, |place| self.engine.world().tree.depth(place, self.at))
    }
}
