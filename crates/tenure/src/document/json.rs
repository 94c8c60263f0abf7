//! JSON is read as RFC 8259 writes it, and stricter: no duplicate keys, whole numbers only, nothing behind the end.

use super::MAX_NUMBER;
use super::build::{Builder, Inside, admit, advance};
use super::error::{DocumentError, excerpt};
use super::limits::Limits;
use super::node::{Node, Place, Value};
use alloc::format;
use alloc::string::String;

/// The tree that a JSON text writes. A byte order mark at its start is skipped.
///
/// # Errors
/// [`DocumentError`] when the text is not JSON, repeats a key, has a number that is not whole or beyond
/// ±[`MAX_NUMBER`], is not UTF-8, or exceeds `limits`.
///
/// ```
/// use tenure::document::{Limits, json};
///
/// let node = json(r#"{"at": [1, "two"]}"#, &Limits::default())?;
/// assert_eq!(node.get("at").map(|at| at.items().len()), Some(2));
///
/// let error = json(r#"{"at": [1, 2.5]}"#, &Limits::default()).unwrap_err();
/// assert_eq!((error.code(), error.pointer(), error.column()), ("document.number", "/at/1", 12));
/// # Ok::<(), tenure::document::DocumentError>(())
/// ```
pub fn json(text: impl AsRef<[u8]>, limits: &Limits) -> Result<Node, DocumentError> {
    let text = admit(text.as_ref(), limits)?;
    Reader { text, at: 0, mark: (0, Place::START), tree: Builder::new(*limits) }.document()
}

struct Reader<'t> {
    text: &'t str,
    /// The byte that comes next.
    at: usize,
    /// A byte whose place is known; places are only asked for in rising order, so counting stays linear.
    mark: (usize, Place),
    tree: Builder,
}

impl Reader<'_> {
    fn document(mut self) -> Result<Node, DocumentError> {
        while self.tree.inside() != (Inside::Document { done: true }) {
            if self.value()? {
                while self.close()? {}
            }
        }
        self.blank();
        if self.peek().is_some() {
            return Err(self.unexpected("the end of the document"));
        }
        let place = self.place();
        let incomplete = self.tree.error("document.syntax", place, "the document is not complete");
        self.tree.finish().ok_or(incomplete)
    }

    /// Reads a value; of a list or map only the beginning, up to its first value.
    /// Answers whether the value is complete.
    fn value(&mut self) -> Result<bool, DocumentError> {
        self.blank();
        let place = self.place();
        let value = match self.peek() {
            Some(b'{') => {
                self.tree.open_map(place)?;
                self.step();
                if self.accept(b'}') {
                    self.tree.close()?;
                    return Ok(true);
                }
                self.key()?;
                return Ok(false);
            }
            Some(b'[') => {
                self.tree.open_list(place)?;
                self.step();
                if self.accept(b']') {
                    self.tree.close()?;
                    return Ok(true);
                }
                return Ok(false);
            }
            Some(b'"') => Value::Text(self.string()?),
            Some(b'-' | b'0'..=b'9') => Value::Int(self.number(place)?),
            Some(b't') => self.word("true", Value::Bool(true))?,
            Some(b'f') => self.word("false", Value::Bool(false))?,
            Some(b'n') => self.word("null", Value::Null)?,
            _ => return Err(self.unexpected("a value")),
        };
        self.tree.scalar(place, value)?;
        Ok(true)
    }

    /// Goes on behind a complete value: to the next one, or to the end of what holds it.
    /// Answers whether that end was reached, so that another value is complete.
    fn close(&mut self) -> Result<bool, DocumentError> {
        let (end, expected) = match self.tree.inside() {
            Inside::Document { .. } => return Ok(false),
            Inside::List => (b']', "`,` or `]`"),
            Inside::Map { .. } => (b'}', "`,` or `}`"),
        };
        if self.accept(end) {
            self.tree.close()?;
            return Ok(true);
        }
        if !self.accept(b',') {
            return Err(self.unexpected(expected));
        }
        if end == b'}' {
            self.key()?;
        }
        Ok(false)
    }

    /// Reads `"key" :`.
    fn key(&mut self) -> Result<(), DocumentError> {
        self.blank();
        let place = self.place();
        if self.peek() != Some(b'"') {
            return Err(self.unexpected("a key in double quotes"));
        }
        let key = self.string()?;
        self.tree.key(key, place);
        if self.accept(b':') { Ok(()) } else { Err(self.unexpected("`:`")) }
    }

    fn word(&mut self, word: &str, value: Value) -> Result<Value, DocumentError> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        match rest.strip_prefix(word) {
            Some(behind) if !behind.starts_with(|c: char| c.is_alphanumeric() || c == '_') => {
                self.at = self.at.saturating_add(word.len());
                Ok(value)
            }
            _ => Err(self.unexpected("a value")),
        }
    }

    fn number(&mut self, place: Place) -> Result<i64, DocumentError> {
        let from = self.at;
        self.accept_here(b'-');
        let digits = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.step();
        }
        let written = self.text.get(digits..self.at).unwrap_or_default();
        if written.is_empty() {
            return Err(self.unexpected("a digit"));
        }
        if matches!(self.peek(), Some(b'.' | b'e' | b'E')) {
            while matches!(self.peek(), Some(b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-')) {
                self.step();
            }
            let message = format!("`{}` is not a whole number; write a whole number", self.since(from));
            return Err(self.tree.error("document.number", place, message));
        }
        if written.len() > 1 && written.starts_with('0') {
            let message = format!("`{}` begins with a zero; leave it out", self.since(from));
            return Err(self.tree.error("document.syntax", place, message));
        }
        whole(self.text.get(from..self.at).unwrap_or_default()).ok_or_else(|| {
            let message = format!(
                "`{}` is beyond ±{MAX_NUMBER}; write a smaller whole number, or text",
                self.since(from)
            );
            self.tree.error("document.number", place, message)
        })
    }

    fn string(&mut self) -> Result<String, DocumentError> {
        self.step(); // the opening quote
        let mut text = String::new();
        loop {
            let from = self.at;
            while self.peek().is_some_and(|byte| !matches!(byte, b'"' | b'\\' | 0..=0x1f)) {
                self.step();
            }
            text.push_str(self.text.get(from..self.at).unwrap_or_default());
            match self.peek() {
                Some(b'"') => {
                    self.step();
                    return Ok(text);
                }
                Some(b'\\') => text.push(self.escape()?),
                Some(byte) => {
                    let message = format!(
                        "a control character stands in a text; write it as `\\u{byte:04x}`, a line break as `\\n`"
                    );
                    return Err(self.syntax(message));
                }
                None => return Err(self.unexpected("`\"` at the end of the text")),
            }
        }
    }

    /// Reads `\n`, `\u00e9`, or a pair of surrogates.
    fn escape(&mut self) -> Result<char, DocumentError> {
        self.step(); // the backslash
        let char = match self.peek() {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.step();
                let first = self.four_digits()?;
                let mut units = [first, 0];
                let paired = (0xd800..0xdc00).contains(&first)
                    && self.text.get(self.at..).is_some_and(|rest| rest.starts_with("\\u"));
                if paired {
                    self.step();
                    self.step();
                    units = [first, self.four_digits()?];
                }
                let units = units.into_iter().take(if paired { 2 } else { 1 });
                return match char::decode_utf16(units).next() {
                    Some(Ok(char)) => Ok(char),
                    _ => Err(self.syntax("half of a surrogate pair stands alone; write both halves")),
                };
            }
            _ => return Err(self.unexpected("one of `\" \\ / b f n r t u` behind `\\`")),
        };
        self.step();
        Ok(char)
    }

    fn four_digits(&mut self) -> Result<u16, DocumentError> {
        let end = self.at.saturating_add(4);
        let digits = self.text.get(self.at..end).unwrap_or_default();
        // `from_str_radix` alone would also take a sign.
        let value = digits
            .bytes()
            .all(|byte| byte.is_ascii_hexdigit())
            .then(|| u16::from_str_radix(digits, 16).ok())
            .flatten();
        match value {
            Some(unit) => {
                self.at = end;
                Ok(unit)
            }
            None => Err(self.syntax("four hexadecimal digits must follow `\\u`")),
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn step(&mut self) {
        self.at = self.at.saturating_add(1);
    }

    fn blank(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.step();
        }
    }

    /// Takes `byte` if it comes next, behind any blanks.
    fn accept(&mut self, byte: u8) -> bool {
        self.blank();
        self.accept_here(byte)
    }

    fn accept_here(&mut self, byte: u8) -> bool {
        let there = self.peek() == Some(byte);
        if there {
            self.step();
        }
        there
    }

    fn since(&self, from: usize) -> String {
        excerpt(self.text.get(from..self.at).unwrap_or_default())
    }

    fn place(&mut self) -> Place {
        let (from, place) = self.mark;
        let place = advance(place, self.text.get(from..self.at).unwrap_or_default());
        self.mark = (self.at, place);
        place
    }

    fn syntax(&mut self, message: impl Into<String>) -> DocumentError {
        let place = self.place();
        self.tree.error("document.syntax", place, message)
    }

    fn unexpected(&mut self, expected: &str) -> DocumentError {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let found: String = match rest.chars().next() {
            None => "the end of the document".into(),
            Some(first) if first.is_alphanumeric() => {
                let word = rest.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
                format!("`{}`", excerpt(word))
            }
            Some(first) => format!("`{}`", first.escape_debug()),
        };
        self.syntax(format!("expected {expected}, found {found}"))
    }
}

/// The number that decimal digits write, if it is within ±[`MAX_NUMBER`].
pub(super) fn whole(digits: &str) -> Option<i64> {
    digits.parse().ok().filter(|int: &i64| int.unsigned_abs() <= MAX_NUMBER.unsigned_abs())
}
