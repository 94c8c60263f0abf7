//! The log: one total order of facts, kept by the host.

mod key;
mod proposal;

pub use key::{Key, KeyKind};
pub use proposal::{Expectation, Proposal};
