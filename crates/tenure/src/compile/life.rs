//! The life of an identity: it holds nothing before it is defined, while it is suspended, after it left, and
//! outside its contract. One that joins again is another incarnation; nothing of the old one revives.

use alloc::vec::Vec;

use super::first_outside;
use crate::state::{IdentityRow, Turn, between};
use crate::time::{IntervalSet, Timestamp, Window};

/// When an identity is alive, and why not when not.
#[derive(Debug)]
pub(crate) struct Life {
    alive: IntervalSet,
    /// The instants of the turns, and what holds from each on; before the first one everything is well.
    turns: Vec<Timestamp>,
    moods: Vec<Mood>,
}

#[derive(Debug, Clone, Copy)]
struct Mood {
    suspended: bool,
    left: bool,
    incarnation: u32,
}

/// Why an identity is not alive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dormancy {
    NotDefined,
    Left,
    Suspended,
    NotStarted,
    ContractEnded,
}

impl Dormancy {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::NotDefined => "not_defined",
            Self::Left => "left",
            Self::Suspended => "suspended",
            Self::NotStarted => "not_started",
            Self::ContractEnded => "contract_ended",
        }
    }
}

impl Life {
    pub(crate) fn of(row: &IdentityRow) -> Self {
        let mut mood = Mood { suspended: false, left: false, incarnation: 0 };
        let (mut turns, mut moods) = (Vec::new(), Vec::new());
        // What happened to somebody before the definition counts from it, and else not at all.
        let defined = row.noun.as_ref().map(|noun| noun.defined_at());
        let changes = defined.map_or(&[][..], |_| row.status());
        for change in changes {
            let at = change.at.max(defined.unwrap_or(Timestamp::MIN));
            match change.turn {
                Turn::Suspended if !mood.left => mood.suspended = true,
                Turn::Resumed if !mood.left => mood.suspended = false,
                Turn::Left => mood.left = true,
                Turn::Rejoined if mood.left => {
                    mood = Mood {
                        suspended: false,
                        left: false,
                        incarnation: mood.incarnation.saturating_add(1),
                    };
                }
                Turn::Suspended | Turn::Resumed | Turn::Rejoined => {}
            }
            if turns.last() == Some(&at) {
                turns.pop();
                moods.pop();
            }
            turns.push(at);
            moods.push(mood);
        }
        let alive = match &row.noun {
            None => IntervalSet::empty(),
            Some(noun) => {
                let mut alive =
                    if noun.is_constant() && noun.last().starts.is_none() && noun.last().ends.is_none() {
                        noun.life().map_or_else(IntervalSet::empty, IntervalSet::from)
                    } else {
                        IntervalSet::from_windows(noun.segments().filter_map(|(window, version)| {
                            let starts = version.starts.unwrap_or(Timestamp::MIN);
                            let ends = version.ends.unwrap_or(Timestamp::MAX);
                            window.intersect(Window::new(starts, ends)?)
                        }))
                    };
                if !turns.is_empty() {
                    let well = between(&turns, |n| {
                        n.checked_sub(1).and_then(|n| moods.get(n)).is_none_or(|m| !m.suspended && !m.left)
                    });
                    alive = alive.intersect(&well);
                }
                alive
            }
        };
        Self { alive, turns, moods }
    }

    pub(crate) const fn alive(&self) -> &IntervalSet {
        &self.alive
    }

    fn mood_at(&self, t: Timestamp) -> Option<&Mood> {
        self.turns.partition_point(|turn| *turn <= t).checked_sub(1).and_then(|n| self.moods.get(n))
    }

    fn incarnation_at(&self, t: Timestamp) -> u32 {
        self.mood_at(t).map_or(0, |mood| mood.incarnation)
    }

    /// While the identity has the incarnation that it has at `t`, alive or not.
    pub(crate) fn incarnation_around(&self, t: Timestamp) -> Option<Window> {
        let wanted = self.incarnation_at(t);
        let joined = || self.turns.iter().zip(&self.moods);
        let from = joined().find(|(_, mood)| mood.incarnation == wanted).map(|(at, _)| *at);
        let until = joined().find(|(_, mood)| mood.incarnation > wanted).map(|(at, _)| *at);
        let from = from.filter(|_| wanted > 0).unwrap_or(Timestamp::MIN);
        Window::new(from, until.unwrap_or(Timestamp::MAX))
    }

    /// When the identity is alive in the incarnation that it has at `t`.
    pub(crate) fn same_as_at(&self, t: Timestamp) -> IntervalSet {
        if self.moods.iter().all(|mood| mood.incarnation == 0) {
            return self.alive.clone();
        }
        let wanted = self.incarnation_at(t);
        let same = between(&self.turns, |n| {
            n.checked_sub(1).and_then(|n| self.moods.get(n)).map_or(0, |mood| mood.incarnation) == wanted
        });
        self.alive.intersect(&same)
    }

    /// The first instant at or after `from` at which the identity is not alive in the incarnation it has at `t`.
    pub(crate) fn lost_at(&self, t: Timestamp, from: Timestamp) -> Timestamp {
        if self.moods.iter().all(|mood| mood.incarnation == 0) {
            return first_outside(&self.alive, from);
        }
        first_outside(&self.same_as_at(t), from)
    }

    /// Whether the identity has the same incarnation at both instants.
    pub(crate) fn is_same(&self, a: Timestamp, b: Timestamp) -> bool {
        self.incarnation_at(a) == self.incarnation_at(b)
    }

    /// Why the identity is not alive at `t`; none if it is.
    pub(crate) fn dormancy(&self, row: &IdentityRow, t: Timestamp) -> Option<Dormancy> {
        if self.alive.contains(t) {
            return None;
        }
        let Some(version) = row.noun.as_ref().and_then(|noun| noun.at(t)) else {
            return Some(Dormancy::NotDefined);
        };
        Some(match self.mood_at(t) {
            Some(mood) if mood.left => Dormancy::Left,
            Some(mood) if mood.suspended => Dormancy::Suspended,
            _ if version.starts.is_some_and(|starts| t < starts) => Dormancy::NotStarted,
            _ => Dormancy::ContractEnded,
        })
    }
}
