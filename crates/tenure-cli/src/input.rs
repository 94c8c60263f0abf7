//! Documents from files and from standard input, read whole but never more than a bound.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use tenure::document::{self, DocumentError, Limits, MAX_DEPTH, Node};

use crate::failure::{Failure, Problem};

/// The most bytes that are read of one document: as much as one line of a log may have.
pub(crate) const MAX_BYTES: usize = 64 << 20;

/// A text and where it came from.
pub(crate) struct Input {
    /// The file, or `standard input`.
    pub(crate) name: String,
    /// What it says.
    pub(crate) text: String,
}

/// The limits of facts and proposals, which may carry the adoption of a large policy.
pub(crate) fn limits() -> Limits {
    Limits::policy().with_bytes(MAX_BYTES).with_nodes(8_000_000).with_depth(MAX_DEPTH)
}

impl Input {
    /// Reads `source`, a file; `-` is standard input.
    pub(crate) fn read(source: &str) -> Result<Self, Failure> {
        if source == "-" {
            return Self::from_reader("standard input".to_owned(), io::stdin().lock());
        }
        Self::file(Path::new(source))
    }

    /// Reads a file.
    pub(crate) fn file(path: &Path) -> Result<Self, Failure> {
        let name = path.display().to_string();
        match File::open(path) {
            Ok(file) => Self::from_reader(name, file),
            Err(error) => Err(Failure::io("io.read", format_args!("cannot open `{name}`"), &error)),
        }
    }

    fn from_reader(name: String, reader: impl Read) -> Result<Self, Failure> {
        let mut bytes = Vec::new();
        let bound = u64::try_from(MAX_BYTES).unwrap_or(u64::MAX).saturating_add(1);
        if let Err(error) = reader.take(bound).read_to_end(&mut bytes) {
            return Err(Failure::io("io.read", format_args!("cannot read `{name}`"), &error));
        }
        if bytes.len() > MAX_BYTES {
            let message = "this has more than 64 MiB; split it";
            return Err(Failure::bad_input("document.too_large", message).in_file(&name));
        }
        match String::from_utf8(bytes) {
            Ok(text) => Ok(Self { name, text }),
            Err(error) => {
                let valid = error.utf8_error().valid_up_to();
                let before = error.as_bytes().iter().take(valid).filter(|byte| **byte == b'\n').count();
                let line = u64::try_from(before).unwrap_or(u64::MAX).saturating_add(1);
                let message = "the text is not UTF-8; save it as UTF-8";
                let problem = Problem::new("document.encoding", message).at_line(line);
                Err(Failure::from(problem).in_file(&name))
            }
        }
    }

    /// Whether it is to be read as JSON: by its name, else by its first character.
    pub(crate) fn is_json(&self) -> bool {
        let extension = Path::new(&self.name).extension().and_then(|extension| extension.to_str());
        match extension {
            Some("json" | "jsonl") => true,
            Some("yaml" | "yml") => false,
            _ => self.text.trim_start_matches('\u{feff}').trim_start().starts_with(['{', '[']),
        }
    }

    /// The tree that it writes, in JSON or YAML.
    pub(crate) fn tree(&self, limits: &Limits) -> Result<Node, Failure> {
        let tree = if self.is_json() {
            document::json(&self.text, limits)
        } else {
            document::yaml(&self.text, limits)
        };
        tree.map_err(|error| self.wrong(&error))
    }

    /// A problem of this text.
    pub(crate) fn wrong(&self, error: &DocumentError) -> Failure {
        Failure::from(error).in_file(&self.name)
    }
}
