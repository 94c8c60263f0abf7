//! Persistent containers: a copy costs nothing, and a change of a copy copies only the path to it. They let an
//! engine take in facts while others still read the engine before.

mod index;
mod names;
mod pages;
mod raw;
mod sparse;
mod table;
mod texts;

pub(crate) use index::{Index, hash, stable_hash};
pub(crate) use names::Names;
pub(crate) use pages::Pages;
pub(crate) use raw::{Raw, raw_row};
pub(crate) use sparse::Sparse;
pub(crate) use texts::{TextRef, Texts};

/// A reference that refers to nothing.
pub(crate) const NONE: u32 = u32::MAX;
