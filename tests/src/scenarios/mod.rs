//! The scenarios, by topic. What they expect is written from the pages that say what a decision means.

mod bounds;
mod company;
mod duration;
mod extension;

use crate::Scenario;

/// Every scenario.
pub fn all() -> Vec<Scenario> {
    [bounds::scenarios(), duration::scenarios(), extension::scenarios()].into_iter().flatten().collect()
}
