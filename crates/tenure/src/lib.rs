//! Every permission has a tenure.
#![cfg_attr(not(any(feature = "std", test)), no_std)]

extern crate alloc;

pub mod id;
pub mod time;
pub mod document;
