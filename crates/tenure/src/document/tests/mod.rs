//! Documents that are read, and documents that are refused.

mod canonical;
mod json;
mod read;
#[cfg(feature = "yaml")]
mod yaml;
