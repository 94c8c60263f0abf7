//! Conformance vectors: what every implementation of Tenure must answer, told as scenarios and kept as JSON.
//!
//! The scenarios in [`scenarios`] are written by hand from the pages that say what a decision means, never from
//! what an engine answered. `cargo run -p tenure-conformance --bin vectors` writes them to `tests/vectors`; the
//! tests of this package read those files, as any binding would, and run them on every [`Implementation`].

extern crate alloc;

mod build;
mod compare;
pub mod errors;
pub mod files;
mod implementation;
mod layout;
mod oracle;
pub mod reference;
mod run;
pub mod scenarios;
pub mod times;
mod vector;

pub use build::Scenario;
pub use compare::difference;
pub use implementation::{Chain, Cli, Engine, Implementation};
pub use oracle::Oracle;
pub use run::{Failure, Ran, run};
pub use vector::{Action, FORMAT, Step, Vector};
