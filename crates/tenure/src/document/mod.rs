//! Text to values: a document is read strictly, within stated limits, and every error says where and what to do.
//!
//! Policies come as YAML or JSON, everything else as JSON. Both become the same [`Node`]s: no duplicate keys,
//! no numbers but whole ones, no aliases, tags or merge keys. [`read`] turns a node into a typed value, and its
//! errors name the line, the column, the JSON pointer and the nearest valid word. [`canonical`] goes the other
//! way: one value, one text (RFC 8785).
//!
//! ```
//! use tenure::document::{Limits, parse_json};
//!
//! #[derive(Debug, serde::Deserialize)]
//! #[serde(deny_unknown_fields)]
//! struct Duration { max: String }
//!
//! let limits = Limits::default();
//! let duration: Duration = parse_json(r#"{"max": "8h"}"#, &limits)?;
//! assert_eq!(duration.max, "8h");
//!
//! let error = parse_json::<Duration>("{\n  \"maxx\": \"8h\"}", &limits).unwrap_err();
//! assert_eq!(error.code(), "document.unknown_field");
//! assert_eq!(error.suggestion(), Some("max"));
//! assert_eq!(
//!     error.to_string(),
//!     "line 2, column 3 (/maxx): unknown key `maxx`; did you mean `max`? known keys: `max`",
//! );
//! # Ok::<(), tenure::document::DocumentError>(())
//! ```

mod build;
mod canonical;
mod canonical_key;
mod error;
mod fault;
mod json;
mod limits;
mod nearest;
mod node;
mod read;
#[cfg(feature = "yaml")]
mod yaml;

pub use canonical::{CanonicalError, canonical, canonical_to};
pub use error::DocumentError;
pub(crate) use error::push_step;
pub use fault::coded;
pub use json::json;
pub use limits::{Limits, MAX_DEPTH};
pub use nearest::nearest;
pub use node::{Entry, Node, Place, Value};
pub use read::read;
#[cfg(feature = "yaml")]
pub use yaml::yaml;

#[cfg(test)]
mod tests;

use serde::de::DeserializeOwned;

/// The largest whole number that every JSON reader keeps exactly: 2^53 - 1. Its negation is the smallest.
pub const MAX_NUMBER: i64 = 9_007_199_254_740_991;

/// The value of type `T` that a JSON text writes.
///
/// # Errors
/// [`DocumentError`] when the text is not strict JSON ([`json`]) or not a `T` ([`read`]).
pub fn parse_json<T: DeserializeOwned>(text: impl AsRef<[u8]>, limits: &Limits) -> Result<T, DocumentError> {
    read(&json(text, limits)?)
}

/// The value of type `T` that a YAML text writes.
///
/// # Errors
/// [`DocumentError`] when the text is not the YAML that is read here ([`yaml()`]) or not a `T` ([`read`]).
#[cfg(feature = "yaml")]
pub fn parse_yaml<T: DeserializeOwned>(text: impl AsRef<[u8]>, limits: &Limits) -> Result<T, DocumentError> {
    read(&yaml(text, limits)?)
}
