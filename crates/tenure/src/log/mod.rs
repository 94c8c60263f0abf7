//! The log: one total order of facts, kept by the host.

mod admit;
mod fits;
mod key;
mod proposal;

pub use admit::{AdmitError, AdmitErrorKind, admit};
pub use fits::{Conflict, fits};
pub use key::{Key, KeyKind};
pub use proposal::{Expectation, Proposal};
