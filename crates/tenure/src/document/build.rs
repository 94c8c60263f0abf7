//! A tree grows one event at a time, and never past its limits.
//!
//! Both readers, JSON and YAML, feed this builder. It holds the path of open lists and maps itself, so that
//! reading needs no recursion, and every error knows its pointer.

use super::error::{DocumentError, excerpt, push_step};
use super::limits::Limits;
use super::node::{Entry, Node, Place, Value};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

pub(super) struct Builder {
    limits: Limits,
    nodes: usize,
    open: Vec<Open>,
    root: Option<Node>,
}

enum Open {
    List { place: Place, items: Vec<Node> },
    Map { place: Place, entries: Vec<Entry>, key: Option<(String, Place)> },
}

/// What stands open around the next event.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Inside {
    /// Nothing is open; with `true` the document is complete.
    Document {
        done: bool,
    },
    List,
    /// With `true` a key waits for its value.
    Map {
        keyed: bool,
    },
}

impl Builder {
    pub(super) fn new(limits: Limits) -> Self {
        Self { limits, nodes: 0, open: Vec::new(), root: None }
    }

    pub(super) fn inside(&self) -> Inside {
        match self.open.last() {
            None => Inside::Document { done: self.root.is_some() },
            Some(Open::List { .. }) => Inside::List,
            Some(Open::Map { key, .. }) => Inside::Map { keyed: key.is_some() },
        }
    }

    pub(super) fn open_list(&mut self, place: Place) -> Result<(), DocumentError> {
        self.open(place, Open::List { place, items: Vec::new() })
    }

    pub(super) fn open_map(&mut self, place: Place) -> Result<(), DocumentError> {
        self.open(place, Open::Map { place, entries: Vec::new(), key: None })
    }

    /// The key of the next value; only called directly inside a map.
    pub(super) fn key(&mut self, text: String, place: Place) {
        if let Some(Open::Map { key, .. }) = self.open.last_mut() {
            *key = Some((text, place));
        }
    }

    /// Where the key stands that waits for its value.
    #[cfg(feature = "yaml")]
    pub(super) fn key_place(&self) -> Option<Place> {
        match self.open.last() {
            Some(Open::Map { key: Some((_, place)), .. }) => Some(*place),
            _ => None,
        }
    }

    pub(super) fn scalar(&mut self, place: Place, value: Value) -> Result<(), DocumentError> {
        self.count(place)?;
        self.attach(Node::new(place, value));
        Ok(())
    }

    /// Ends the innermost list or map.
    pub(super) fn close(&mut self) -> Result<(), DocumentError> {
        match self.open.pop() {
            None => {}
            Some(Open::List { place, items }) => self.attach(Node::new(place, Value::List(items))),
            Some(Open::Map { place, entries, .. }) => {
                if let Some(entry) = duplicate(&entries) {
                    let mut pointer = self.pointer();
                    push_step(&mut pointer, &entry.key);
                    let message = format!("the key `{}` stands here twice; remove one", excerpt(&entry.key));
                    return Err(DocumentError::new("document.duplicate_key", entry.place, pointer, message));
                }
                self.attach(Node::new(place, Value::Map(entries)));
            }
        }
        Ok(())
    }

    /// The document, once it is complete.
    pub(super) fn finish(self) -> Option<Node> {
        self.root
    }

    /// An error at `place`, with the pointer of the value that is being read.
    pub(super) fn error(
        &self,
        code: &'static str,
        place: Place,
        message: impl Into<String>,
    ) -> DocumentError {
        DocumentError::new(code, place, self.pointer(), message)
    }

    fn open(&mut self, place: Place, open: Open) -> Result<(), DocumentError> {
        self.count(place)?;
        if self.open.len() >= self.limits.depth() {
            let message = format!(
                "more than {} lists and maps stand inside each other; write a flatter document",
                self.limits.depth()
            );
            return Err(self.error("document.too_deep", place, message));
        }
        self.open.push(open);
        Ok(())
    }

    fn count(&mut self, place: Place) -> Result<(), DocumentError> {
        if self.nodes >= self.limits.nodes() {
            let message = format!("the document has more than {} values; split it", self.limits.nodes());
            return Err(self.error("document.too_many_nodes", place, message));
        }
        self.nodes = self.nodes.saturating_add(1);
        Ok(())
    }

    fn attach(&mut self, node: Node) {
        match self.open.last_mut() {
            None => self.root = Some(node),
            Some(Open::List { items, .. }) => items.push(node),
            Some(Open::Map { entries, key, .. }) => {
                if let Some((key, place)) = key.take() {
                    entries.push(Entry { key, place, node });
                }
            }
        }
    }

    fn pointer(&self) -> String {
        let mut pointer = String::new();
        for open in &self.open {
            match open {
                Open::List { items, .. } => push_step(&mut pointer, &items.len().to_string()),
                Open::Map { key: Some((key, _)), .. } => push_step(&mut pointer, key),
                Open::Map { key: None, .. } => {}
            }
        }
        pointer
    }
}

/// The size check that comes before everything else, and the text without its byte order mark.
pub(super) fn admit<'t>(bytes: &'t [u8], limits: &Limits) -> Result<&'t str, DocumentError> {
    if bytes.len() > limits.bytes() {
        let message =
            format!("the document has {} bytes; at most {} are allowed", bytes.len(), limits.bytes());
        return Err(DocumentError::new("document.too_large", Place::START, String::new(), message));
    }
    match core::str::from_utf8(bytes) {
        Ok(text) => Ok(text.strip_prefix('\u{feff}').unwrap_or(text)),
        Err(error) => {
            let valid = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let place = end_of(core::str::from_utf8(valid).unwrap_or_default());
            let message = "the document is not UTF-8; save it as UTF-8";
            Err(DocumentError::new("document.encoding", place, String::new(), message))
        }
    }
}

/// The place behind the last character of `text`.
pub(super) fn end_of(text: &str) -> Place {
    advance(Place::START, text)
}

/// The place behind `text`, which begins at `from`.
pub(super) fn advance(from: Place, text: &str) -> Place {
    text.chars().fold(from, |place, char| match char {
        '\n' => Place { line: place.line.saturating_add(1), column: 1 },
        _ => Place { column: place.column.saturating_add(1), ..place },
    })
}

/// The first entry whose key was there before.
fn duplicate(entries: &[Entry]) -> Option<&Entry> {
    // Canonical documents have sorted keys: most maps need no more than this look.
    if entries.is_sorted_by(|a, b| a.key < b.key) {
        return None;
    }
    let mut sorted: Vec<&Entry> = entries.iter().collect();
    sorted.sort_by(|a, b| a.key.cmp(&b.key)); // stable: the later of two equal keys stands behind
    sorted
        .iter()
        .zip(sorted.iter().skip(1))
        .filter(|(a, b)| a.key == b.key)
        .map(|(_, later)| *later)
        .min_by_key(|entry| entry.place)
}
