//! A trial is a command decided again under a supposition: said otherwise, at another instant, or on a log that goes
//! on otherwise. Nothing of it is ever proposed.

use alloc::vec::Vec;

use super::Step;
use crate::decide::{Command, Decision, Leave};
use crate::engine::Engine;
use crate::time::Timestamp;

/// What is decided, and the steps that led there.
#[derive(Clone)]
pub(super) struct Trial {
    pub(super) engine: Engine,
    pub(super) command: Command,
    pub(super) now: Timestamp,
    pub(super) left: Vec<Leave>,
    pub(super) steps: Vec<Step>,
    /// The numbers that the items had at first, by their places now.
    pub(super) numbers: Vec<u32>,
    /// Whether there were several.
    pub(super) several: bool,
}

impl Trial {
    pub(super) fn new(engine: &Engine, command: &Command, now: Timestamp) -> Self {
        let items = match command {
            Command::Request(request) => request.items.len(),
            _ => 1,
        };
        Self {
            engine: engine.clone(),
            command: command.clone(),
            now,
            left: Vec::new(),
            steps: Vec::new(),
            numbers: (0u32..).take(items).collect(),
            several: items > 1,
        }
    }

    /// The number that the item at a place had at first.
    pub(super) fn number(&self, place: u32) -> u32 {
        self.numbers.get(place as usize).copied().unwrap_or(place)
    }

    /// The same, where there were several.
    pub(super) fn of_several(&self, place: u32) -> Option<u32> {
        self.several.then(|| self.number(place))
    }

    /// Where the item of that number stands now; the only one, if none is named.
    pub(super) fn place(&self, number: Option<u32>) -> Option<usize> {
        number.map_or(Some(0), |number| self.numbers.iter().position(|known| *known == number))
    }

    /// The instant that it is decided at.
    pub(super) fn at(&self) -> Timestamp {
        self.now.max(self.engine.state().high_water())
    }
}

/// How many decisions may still be made.
pub(super) struct Budget {
    most: u32,
    used: u32,
    spent: bool,
}

impl Budget {
    pub(super) const fn new(most: u32) -> Self {
        Self { most, used: 0, spent: false }
    }

    /// Decides a trial, leaving out more; none if too many decisions were made before.
    pub(super) fn decide(&mut self, trial: &Trial, left: &[Leave]) -> Option<Decision> {
        if self.used >= self.most {
            self.spent = true;
            return None;
        }
        self.used = self.used.saturating_add(1);
        Some(if left.is_empty() {
            trial.engine.decide_without(&trial.command, trial.now, &trial.left)
        } else {
            let all: Vec<Leave> = trial.left.iter().chain(left).cloned().collect();
            trial.engine.decide_without(&trial.command, trial.now, &all)
        })
    }

    /// How many decisions may still be made.
    pub(super) const fn left(&self) -> u32 {
        self.most.saturating_sub(self.used)
    }

    pub(super) const fn used(&self) -> u32 {
        self.used
    }

    /// Whether something was not tried.
    pub(super) const fn is_spent(&self) -> bool {
        self.spent
    }

    /// Says that something was not tried.
    pub(super) const fn spend(&mut self) {
        self.spent = true;
    }
}
