//! What the ways come to at an instant, and when that changes. Over ways any will do, along a way all must hold;
//! a denial of the permission stands against all of them.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::ways::{Asked, Way};
use crate::compile::{CompiledDenial, Environment, Guard, Judged, Truth};
use crate::decide::{Code, Reason};
use crate::engine::Engine;
use crate::store::NONE;
use crate::time::{IntervalSet, Timestamp, Window};

/// What decides a question beside the ways: the denials that may concern it.
pub(crate) struct Denials<'a> {
    /// When each denial of use concerns who asks and where, by its number.
    pub(crate) circles: BTreeMap<u32, IntervalSet>,
    /// Those of the permission.
    pub(crate) of_permission: Vec<(u32, &'a CompiledDenial)>,
}

/// How a question stands at an instant.
pub(crate) struct Standing {
    pub(crate) truth: Truth,
    /// Of all live ways together, the best first; none if no way is live.
    pub(crate) ways: Option<Judged>,
    pub(crate) denied: Judged,
}

impl Engine {
    /// The denials of use that may concern a question, as known around `t`.
    pub(crate) fn denials<'a>(&'a self, asked: &Asked<'_>, ways: &[Way], t: Timestamp) -> Denials<'a> {
        self.denials_along(asked, ways, core::iter::empty(), t)
    }

    /// The same, with others, by their numbers, of which it is to be known whom they concern.
    pub(crate) fn denials_along<'a>(
        &'a self,
        asked: &Asked<'_>,
        ways: &[Way],
        along: impl Iterator<Item = u32>,
        t: Timestamp,
    ) -> Denials<'a> {
        let all = &self.rules().restrictions.denials;
        let concerns = |denial: &&CompiledDenial| {
            denial.on_use() && denial.permissions.binary_search(&asked.permission).is_ok()
        };
        let of_permission: Vec<(u32, &CompiledDenial)> = if self.world().hierarchy.is_ruled(asked.permission)
        {
            (0u32..).zip(all).filter(|(_, denial)| concerns(denial)).collect()
        } else {
            Vec::new()
        };
        let mut circles = BTreeMap::new();
        let on_ways = ways.iter().flat_map(|way| &way.guards).filter_map(|guard| match guard {
            Guard::Allowed { denial, .. } => Some(*denial),
            Guard::Condition(_) => None,
        });
        let (on, life) = asked.stands(self);
        for number in on_ways.chain(along).chain(of_permission.iter().map(|(number, _)| *number)) {
            let Some(denial) = all.get(number as usize) else { continue };
            circles.entry(number).or_insert_with(|| {
                let everywhere = !asked.place.is_some();
                denial.circle.when(
                    self.world(),
                    asked.who,
                    |places| {
                        if everywhere {
                            IntervalSet::always()
                        } else {
                            places.lie_above(self.world(), on, life)
                        }
                    },
                    t,
                )
            });
        }
        Denials { circles, of_permission }
    }

    /// The instants at which a way is open and all on it holds, or comes to nothing worse than `worst`.
    pub(crate) fn holds_when(
        &self,
        asked: &Asked<'_>,
        way: &Way,
        denials: &Denials<'_>,
        worst: Truth,
    ) -> IntervalSet {
        if way.guards.is_empty() {
            return way.when.clone();
        }
        let environment = asked.environment(self, way.entitlement, way.event);
        let mut turns = environment.changes();
        for guard in &way.guards {
            if let Guard::Allowed { denial, entitlement } = guard {
                turns.extend(asked.environment(self, *entitlement, NONE).changes());
                turns.extend(denials.circles.get(denial).into_iter().flat_map(ends));
            }
        }
        let held = pieces(turns).filter(|(window, t)| {
            way.when.intersect(&IntervalSet::from(*window)) != IntervalSet::empty()
                && self.judge_way(asked, way, denials, *t).truth <= worst
        });
        way.when.intersect(&IntervalSet::from_windows(held.map(|(window, _)| window)))
    }

    /// Whether denials of the permission leave it alone, over time.
    pub(crate) fn spared_when(&self, asked: &Asked<'_>, denials: &Denials<'_>) -> Vec<(Window, Truth)> {
        let mut turns = asked.environment(self, NONE, NONE).changes();
        for (number, _) in &denials.of_permission {
            turns.extend(denials.circles.get(number).into_iter().flat_map(ends));
        }
        pieces(turns).map(|(window, t)| (window, self.spared(asked, denials, t).truth)).collect()
    }

    /// How the question stands at `t`.
    pub(crate) fn stands(
        &self,
        asked: &Asked<'_>,
        ways: &[Way],
        denials: &Denials<'_>,
        t: Timestamp,
    ) -> Standing {
        let denied = self.spared(asked, denials, t);
        let live = ways.iter().filter(|way| way.when.contains(t));
        let live: Vec<Judged> = live.map(|way| self.judge_way(asked, way, denials, t)).collect();
        let best = live.iter().map(|judged| judged.truth).min();
        let ways = best.map(|best| {
            let mut together = Judged { truth: best, ..Judged::default() };
            // Others that are worse could not help, nor could what a way asks for beyond another.
            let told: Vec<Judged> =
                live.iter().filter(|judged| judged.truth == best).map(Judged::told).collect();
            let least = told.iter().filter(|one| !told.iter().any(|other| other.says_less_than(one)));
            least.for_each(|judged| together.add(judged));
            together
        });
        let truth = best.unwrap_or(Truth::False).max(denied.truth);
        Standing { truth, ways, denied }
    }

    pub(crate) fn judge_way(
        &self,
        asked: &Asked<'_>,
        way: &Way,
        denials: &Denials<'_>,
        t: Timestamp,
    ) -> Judged {
        let environment = asked.environment(self, way.entitlement, way.event);
        let mut all = Judged::default();
        for guard in &way.guards {
            all.add(&match guard {
                Guard::Condition(number) => self.world().conditions.judge_one(*number, &environment, t),
                Guard::Allowed { denial, entitlement } => {
                    let environment = asked.environment(self, *entitlement, NONE);
                    self.left_alone(*denial, &environment, denials, t)
                }
            });
        }
        all
    }

    fn spared(&self, asked: &Asked<'_>, denials: &Denials<'_>, t: Timestamp) -> Judged {
        let environment = asked.environment(self, NONE, NONE);
        let mut all = Judged::default();
        for (number, _) in &denials.of_permission {
            all.add(&self.left_alone(*number, &environment, denials, t));
        }
        all
    }

    /// Whether a denial does not apply.
    fn left_alone(
        &self,
        number: u32,
        environment: &Environment<'_>,
        denials: &Denials<'_>,
        t: Timestamp,
    ) -> Judged {
        let Some(denial) = self.rules().restrictions.denials.get(number as usize) else {
            return Judged::default();
        };
        let concerns = denials.circles.get(&number).is_some_and(|when| when.contains(t));
        let speaks = environment.entitlement == NONE
            || denial
                .what
                .as_ref()
                .and_then(|what| what.when(environment.state, environment.entitlement))
                .is_some_and(|when| when.contains(t));
        if !concerns || !speaks {
            return Judged::default();
        }
        self.world().conditions.judge(&denial.rule.when, environment, t).against(&denial.id)
    }
}

impl Denials<'_> {
    /// Whether none is of the permission.
    pub(crate) const fn is_empty(&self) -> bool {
        self.of_permission.is_empty()
    }
}

impl Standing {
    /// Whether some way is live.
    pub(crate) const fn is_live(&self) -> bool {
        self.ways.is_some()
    }

    /// What was not said and decides.
    pub(crate) fn missing(&self) -> Vec<alloc::string::String> {
        let ways = self.ways.iter().filter(|ways| ways.truth == Truth::Missing);
        let denied = core::iter::once(&self.denied).filter(|denied| denied.truth == Truth::Missing);
        let names: alloc::collections::BTreeSet<_> =
            ways.chain(denied).flat_map(|judged| judged.missing.iter().cloned()).collect();
        names.into_iter().collect()
    }

    /// Why it is not allowed although some way is live.
    pub(crate) fn reasons(&self) -> Vec<Reason> {
        if self.truth == Truth::Missing {
            let names = self.missing().into_iter().collect::<crate::model::Value>();
            return alloc::vec![Reason::error(Code::ContextMissing).with("names", names)];
        }
        let mut all = Judged::default();
        if self.denied.truth >= Truth::Failed {
            all.denied.clone_from(&self.denied.denied);
            all.failed.clone_from(&self.denied.failed);
        }
        let mut refused = None;
        if let Some(ways) = &self.ways {
            match ways.truth {
                Truth::Failed => {
                    all.failed.extend(ways.failed.iter().cloned());
                    refused = Judged { failed: ways.failed.clone(), ..Judged::default() }.refused();
                }
                Truth::False => {
                    all.denied.extend(ways.denied.iter().cloned());
                    let unsatisfied = ways.unsatisfied.clone();
                    refused = Judged { unsatisfied, ..Judged::default() }.refused();
                }
                Truth::True | Truth::Missing => {}
            }
        }
        let denied =
            all.denied.iter().map(|rule| Reason::error(Code::PolicyExplicitDeny).with("rule", rule.as_str()));
        let mut reasons: Vec<Reason> = denied.collect();
        reasons.extend(refused);
        reasons.extend(all.unknown());
        reasons.sort_by_key(|reason| reason.code);
        reasons
    }
}

/// The instants at which a set begins or ends.
fn ends(set: &IntervalSet) -> impl Iterator<Item = Timestamp> + '_ {
    set.windows().iter().flat_map(|window| [window.start(), window.end()])
}

/// All time cut at these instants: each piece with its first instant.
fn pieces(mut turns: Vec<Timestamp>) -> impl Iterator<Item = (Window, Timestamp)> {
    turns.push(Timestamp::MIN);
    turns.push(Timestamp::MAX);
    turns.sort_unstable();
    turns.dedup();
    let ends: Vec<Timestamp> = turns.iter().skip(1).copied().collect();
    turns.into_iter().zip(ends).filter_map(|(start, end)| Window::new(start, end).map(|w| (w, start)))
}
