//! What restricts concerns somebody in a scope at the instants at which its selector matches, its validity and its
//! hours contain, and the scope meets one of its own; all of it read widely.

use tenure::id::{IdentityId, ResourceId};
use tenure::policy::{Deny, Guardrail, IdentitySelector};
use tenure::time::{Reading, Recurrence, Span, Timestamp, Window};

use crate::World;
use crate::eligible::who;
use crate::instants::{sorted, with_deaths};
use crate::life::{line, resource_valid};
use crate::values::Place;

/// How far hours are known around the instant that is asked about; beyond they are taken to contain.
const KNOWN_BEFORE: Span = Span::days(8);
const KNOWN_AFTER: Span = Span::days(390);

/// Hours repeat weekly: whatever they do, they do it within this time after anything else changed.
const TURNS_WITHIN: Span = Span::days(16);

/// Whom, where and when a rule that restricts concerns; what, and on which conditions, apart.
#[derive(Debug)]
pub(crate) struct Area<'w> {
    who: &'w IdentitySelector,
    scopes: Option<&'w [ResourceId]>,
    part: Part,
    valid: Window,
    hours: Option<Hours>,
}

/// How much of the place a rule has to concern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// Any of it.
    Some,
    /// All of it.
    Whole,
    /// All of it, if there is a place at all.
    Here,
}

#[derive(Debug)]
struct Hours {
    open: Vec<Window>,
    known: Window,
}

impl<'w> Area<'w> {
    /// Of a guardrail, of which the hours around `near` are known.
    pub(crate) fn of_guardrail(rule: &'w Guardrail, near: Timestamp) -> Self {
        let hours = Hours::around(&rule.hours, near);
        let (scopes, part) = (rule.scopes.as_deref(), Part::Some);
        Self { who: &rule.who, scopes, part, valid: rule.valid, hours }
    }

    /// Of a denial of obtaining: some of what is asked for.
    pub(crate) fn of_request(rule: &'w Deny, near: Timestamp) -> Self {
        let hours = Hours::around(&rule.hours, near);
        let (scopes, part) = (rule.scopes.as_deref(), Part::Some);
        Self { who: &rule.who, scopes, part, valid: rule.valid, hours }
    }

    /// Of a denial of obtaining: all of what is asked for. What is denied in use too is withheld in the rest.
    pub(crate) fn of_whole_request(rule: &'w Deny, near: Timestamp) -> Self {
        let part = if rule.on.is_none() { Part::Whole } else { Part::Some };
        Self { part, ..Self::of_request(rule, near) }
    }

    /// Of a denial of use.
    pub(crate) fn of_use(rule: &'w Deny, near: Timestamp) -> Self {
        Self { part: Part::Here, ..Self::of_request(rule, near) }
    }

    /// Whether it concerns the identity at the place at `t`; no place is everywhere.
    pub(crate) fn concerns(
        &self,
        world: &World,
        identity: &IdentityId,
        place: Option<Place<'_>>,
        t: Timestamp,
    ) -> bool {
        self.valid.contains(t)
            && self.hours.as_ref().is_none_or(|hours| hours.contain(t))
            && self.meets(world, place, t)
            && who(world, self.who, identity, Reading::Wide, t)
    }

    fn meets(&self, world: &World, place: Option<Place<'_>>, t: Timestamp) -> bool {
        let Some(scopes) = self.scopes else { return true };
        let Some(place) = place else { return self.part != Part::Whole };
        let below = self.part == Part::Some;
        // A place that is retired restricts what lives on below it.
        let exists = place.open.is_some() || resource_valid(world, place.id, t);
        exists
            && scopes.iter().any(|scope| {
                line(world, scope, place, t).is_some()
                    || (below && line(world, place.id, Place::registered(scope), t).is_some())
            })
    }

    fn turns(&self) -> Vec<Timestamp> {
        let Some(hours) = &self.hours else { return Vec::new() };
        hours.open.iter().chain([&hours.known]).flat_map(|w| [w.start(), w.end()]).collect()
    }
}

impl Hours {
    fn around(hours: &[Recurrence], near: Timestamp) -> Option<Self> {
        let known = Window::new(near.minus(KNOWN_BEFORE), near.plus(KNOWN_AFTER))?;
        let sets = hours.iter().map(|hours| hours.within(known, Reading::Wide));
        // What cannot be known is taken to contain.
        let sets: Vec<_> = sets.collect::<Result<_, _>>().ok().filter(|sets: &Vec<_>| !sets.is_empty())?;
        Some(Self { open: sets.iter().flat_map(|set| set.windows().to_vec()).collect(), known })
    }

    fn contain(&self, t: Timestamp) -> bool {
        !self.known.contains(t) || self.open.iter().any(|window| window.contains(t))
    }
}

/// Every instant after `from` at which anything may change, what the areas do included.
pub(crate) fn breakpoints<'a, 'w: 'a>(
    world: &World,
    areas: impl IntoIterator<Item = &'a Area<'w>>,
    from: Timestamp,
) -> Vec<Timestamp> {
    let base: Vec<Timestamp> = with_deaths(world).into_iter().filter(|t| from < *t).collect();
    let near = |turn: &Timestamp| {
        let last = base.iter().chain([&from]).filter(|x| *x <= turn).max();
        last.is_some_and(|last| *turn <= last.plus(TURNS_WITHIN))
    };
    let turns: Vec<Timestamp> = areas.into_iter().flat_map(Area::turns).filter(|t| from < *t).collect();
    let turns: Vec<Timestamp> = sorted(turns).into_iter().filter(near).collect();
    sorted(base.iter().copied().chain(turns).collect())
}

/// The first instant at or after `from`, of these, at which `is` holds.
pub(crate) fn first_of(
    instants: &[Timestamp],
    from: Timestamp,
    is: impl Fn(Timestamp) -> bool,
) -> Option<Timestamp> {
    if is(from) {
        return Some(from);
    }
    instants.iter().copied().filter(|t| from < *t && !t.is_never()).find(|t| is(*t))
}
