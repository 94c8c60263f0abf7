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
}

impl Trial {
    pub(super) fn new(engine: &Engine, command: &Command, now: Timestamp) -> Self {
        Self { engine: engine.clone(), command: command.clone(), now, left: Vec::new(), steps: Vec::new() }
    }

    /// The number of an item, where there are several.
    pub(super) fn of_several(&self, item: u32) -> Option<u32> {
        match &self.command {
            Command::Request(request) if request.items.len() > 1 => Some(item),
            _ => None,
        }
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
