#![doc = include_str!("../README.md")]

extern crate alloc;

pub mod arbitrary;
mod area;
mod ask;
pub mod check;
mod choose;
pub mod death;
pub mod digest;
pub mod eligible;
mod ending;
mod expression;
mod extend;
mod held;
pub mod holding;
mod holds;
pub mod instants;
pub mod judge;
pub mod life;
mod log;
mod outcome;
pub mod paths;
pub mod reconcile;
mod request;
mod restrict;
pub mod values;
mod world;

pub use check::{Checked, check};
pub use death::death;
pub use holds::{holds, marks, next_change_at};
pub use log::noun_facts;
pub use outcome::Outcome;
pub use reconcile::{Reconciled, reconcile};
pub use world::World;

use tenure::decide::{Code, Command, Reason};
use tenure::time::{Span, Timestamp};

use outcome::text;

/// How far `now` may be behind the log.
pub const CLOCK_TOLERANCE: Span = Span::seconds(5);

/// The answer to a command.
pub fn decide(world: &World, command: &Command, now: Timestamp) -> Outcome {
    let at = world.at(now);
    if !command.only_ends()
        && let Some(reason) = clock(world, now).or_else(|| not_adopted(world))
    {
        return Outcome::deny(at, reason);
    }
    match command {
        Command::Request(c) => request::request(world, c, at),
        Command::Renew(c) => request::renew(world, c, at),
        Command::Extend(c) => extend::extend(world, c, at),
        Command::Withdraw(c) => ending::withdraw(world, c, at),
        Command::Deactivate(c) => ending::deactivate(world, c, at),
        Command::Revoke(c) => ending::revoke(world, c, at),
    }
}

/// `now` is too far behind what the log has recorded.
pub(crate) fn clock(world: &World, now: Timestamp) -> Option<Reason> {
    (CLOCK_TOLERANCE < world.high_water.since(now))
        .then(|| Reason::error(Code::ClockRegression).with("high_water", text(world.high_water)))
}

/// The log adopted another document.
fn not_adopted(world: &World) -> Option<Reason> {
    let (adopted, _) = world.adopted().filter(|(adopted, _)| *adopted != world.digest)?;
    let reason = Reason::error(Code::PolicyNotAdopted).with("adopted", adopted);
    Some(reason.with("policy", world.digest.as_str()))
}
