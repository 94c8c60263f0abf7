//! TODO
use serde_json::Value;
/// Files.
pub fn files() -> Vec<(String, Value)> {
    Vec::new()
}
