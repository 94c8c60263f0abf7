//! The scenarios, by topic. What they expect is written from the pages that say what a decision means.

mod adoption;
mod bounds;
mod clock;
mod combining;
mod company;
mod conditions;
mod denials;
mod duration;
mod eligibility;
mod events;
mod extension;
mod holding;
mod hours;
mod lifecycle;
mod loss;
mod overlap;
mod owners;
mod paths;
mod reconcile;
mod renewals;
mod requests;
mod resources;
mod restrictions;
mod succession;

use crate::Scenario;

/// Every scenario.
pub fn all() -> Vec<Scenario> {
    let topics = [
        adoption::scenarios(),
        bounds::scenarios(),
        clock::scenarios(),
        combining::scenarios(),
        conditions::scenarios(),
        denials::scenarios(),
        duration::scenarios(),
        eligibility::scenarios(),
        events::scenarios(),
        extension::scenarios(),
        holding::scenarios(),
        hours::scenarios(),
        lifecycle::scenarios(),
        loss::scenarios(),
        overlap::scenarios(),
        owners::scenarios(),
        paths::scenarios(),
        reconcile::scenarios(),
        renewals::scenarios(),
        requests::scenarios(),
        resources::scenarios(),
        restrictions::scenarios(),
        succession::scenarios(),
    ];
    topics.into_iter().flatten().collect()
}
