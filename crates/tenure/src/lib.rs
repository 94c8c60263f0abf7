//! Every permission has a tenure.
#![cfg_attr(not(any(feature = "std", test)), no_std)]

extern crate alloc;

pub mod decide;
pub mod document;
pub mod fact;
mod graph;
pub mod id;
pub mod log;
pub mod model;
pub mod policy;
pub mod state;
mod store;
pub mod time;

/// The version of the meaning of decisions, with that of the time zone data: a release that changes a verdict
/// changes it.
pub const SEMANTICS: &str = "1";
