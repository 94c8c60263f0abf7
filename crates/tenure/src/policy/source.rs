//! Every problem of a policy says where it was written.

use alloc::borrow::Cow;
use alloc::string::{String, ToString};
use alloc::sync::Arc;

use crate::document::{DocumentError, Node, Place, Value, push_step};

/// The text that a policy was read from, as far as it is still known.
#[derive(Debug, Clone, Default)]
pub(super) struct Source(Option<Arc<Node>>);

/// One step from a value of a document to a value in it.
#[derive(Debug, Clone)]
pub(super) enum Step<'a> {
    /// The value of a key.
    Key(&'a str),
    /// The item of a list, counted from 0.
    Item(usize),
    /// The item of a list whose order does not matter, by its text; it is the item `usize` once it is sorted.
    Member(Cow<'a, str>, usize),
}

impl Source {
    pub(super) fn text(node: Node) -> Self {
        Self(Some(Arc::new(node)))
    }

    /// A problem of the value that `path` leads to. Where the path leaves the text, it is that of the last value
    /// that was written. A policy that was built from values has no places but 1:1.
    pub(super) fn problem(
        &self,
        code: &'static str,
        path: &[Step<'_>],
        message: impl Into<String>,
    ) -> DocumentError {
        let mut pointer = String::new();
        let mut node = self.0.as_deref();
        let mut place = Place::START;
        for step in path {
            match (self.0.is_some(), node.and_then(|node| below(node, step))) {
                (_, Some((name, at, next))) => {
                    push_step(&mut pointer, &name);
                    (place, node) = (at, Some(next));
                }
                (true, None) => break,
                (false, None) => push_step(&mut pointer, &unplaced(step)),
            }
        }
        DocumentError::new(code, place, pointer, message)
    }
}

/// The value one step below `node`: what the step is called in the text, where it was written, the value. A map
/// begins where its key stands, for that is where people look for it.
fn below<'n>(node: &'n Node, step: &Step<'_>) -> Option<(String, Place, &'n Node)> {
    match step {
        Step::Key(key) => {
            let entry = node.entries().iter().find(|entry| entry.key == *key)?;
            let place = if matches!(entry.node.value(), Value::Map(_) | Value::List(_)) {
                entry.place
            } else {
                entry.node.place()
            };
            Some((entry.key.clone(), place, &entry.node))
        }
        Step::Item(item) => {
            let node = node.items().get(*item)?;
            Some((item.to_string(), node.place(), node))
        }
        Step::Member(text, _) => {
            let (item, node) = node.items().iter().enumerate().find(|(_, node)| reads(node, text))?;
            Some((item.to_string(), node.place(), node))
        }
    }
}

fn reads(node: &Node, text: &str) -> bool {
    match node.value() {
        Value::Text(written) => written == text,
        Value::Bool(bool) => (if *bool { "true" } else { "false" }) == text,
        Value::Int(int) => int.to_string() == text,
        _ => false,
    }
}

fn unplaced<'a>(step: &'a Step<'_>) -> Cow<'a, str> {
    match step {
        Step::Key(key) => Cow::Borrowed(key),
        Step::Item(item) | Step::Member(_, item) => Cow::Owned(item.to_string()),
    }
}
