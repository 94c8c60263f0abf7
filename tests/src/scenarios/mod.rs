//! The scenarios, by topic. What they expect is written from the pages that say what a decision means.

mod bounds;
mod company;
mod duration;
mod eligibility;
mod events;
mod extension;
mod overlap;
mod paths;

use crate::Scenario;

/// Every scenario.
pub fn all() -> Vec<Scenario> {
    let topics = [
        bounds::scenarios(),
        duration::scenarios(),
        eligibility::scenarios(),
        events::scenarios(),
        extension::scenarios(),
        overlap::scenarios(),
        paths::scenarios(),
    ];
    topics.into_iter().flatten().collect()
}
