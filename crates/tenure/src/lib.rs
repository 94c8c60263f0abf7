// The README is read at the root of the repository, where its links lead to files. In these pages there are no such
// files; the first definition of a link counts, and leads to where the page names them.
#![doc = "[acme]: #more"]
#![doc = "[acme-tests]: #more"]
#![doc = "[apache]: #more"]
#![doc = "[architecture]: #more"]
#![doc = "[changelog]: #more"]
#![doc = "[cli]: #more"]
#![doc = "[contributing]: #more"]
#![doc = "[mit]: #more"]
#![doc = "[reasons]: #more"]
#![doc = "[reference]: #more"]
#![doc = "[semantics]: #more"]
#![doc = ""]
#![doc = include_str!("../README.md")]
#![cfg_attr(not(any(feature = "std", test)), no_std)]

extern crate alloc;

pub mod check;
mod compile;
pub mod condition;
pub mod decide;
pub mod diff;
pub mod document;
mod effective;
pub mod engine;
pub mod explain;
pub mod fact;
mod graph;
pub mod id;
pub mod log;
pub mod model;
pub mod policy;
pub mod query;
pub mod reconcile;
#[cfg(feature = "std")]
pub mod shared;
pub mod simulate;
pub mod state;
mod store;
pub mod time;

/// The version of the meaning of decisions, with that of the time zone data: a release that changes a verdict
/// changes it.
pub const SEMANTICS: &str = "tenure 1, tzdb 2025b";

#[cfg(test)]
mod tests {
    #[test]
    fn the_semantics_name_the_time_zone_data() {
        assert!(super::SEMANTICS.ends_with(super::time::TZDB));
    }
}
