//! The scenarios, by topic. What they expect is written from the pages that say what a decision means.

mod bounds;
mod clock;
mod company;
mod duration;
mod eligibility;
mod events;
mod extension;
mod lifecycle;
mod overlap;
mod paths;
mod reconcile;
mod requests;

use crate::Scenario;

/// Every scenario.
pub fn all() -> Vec<Scenario> {
    let topics = [
        bounds::scenarios(),
        clock::scenarios(),
        duration::scenarios(),
        eligibility::scenarios(),
        events::scenarios(),
        extension::scenarios(),
        lifecycle::scenarios(),
        overlap::scenarios(),
        paths::scenarios(),
        reconcile::scenarios(),
        requests::scenarios(),
    ];
    topics.into_iter().flatten().collect()
}
