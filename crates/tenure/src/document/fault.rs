//! What typed reading found wrong, in the words of the document and not of the program.
//!
//! serde reports in terms of Rust types; here its reports become codes and sentences. A fault has no place at
//! first: it gets the place of the innermost value it passes on its way out.

use super::error::{DocumentError, excerpt};
use super::nearest::{nearest, quoted_list};
use super::node::{Node, Place, Value};
use alloc::borrow::{Cow, ToOwned};
use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use core::fmt;
use serde::de::{Error, Expected, Unexpected};

/// An error of a type that keeps its own code through serde: `document.value` is used where there is none.
///
/// What the message offers as "did you mean `word`?" becomes the error's suggestion.
///
/// ```
/// use serde::de::{Deserialize, Deserializer};
/// use tenure::document::{Limits, coded, parse_json};
///
/// #[derive(Debug)]
/// struct Even(i64);
///
/// impl<'de> Deserialize<'de> for Even {
///     fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
///         let int = i64::deserialize(deserializer)?;
///         if int % 2 == 0 { Ok(Self(int)) } else { Err(coded("even.odd", format_args!("`{int}` is odd"))) }
///     }
/// }
///
/// let error = parse_json::<Even>("3", &Limits::default()).unwrap_err();
/// assert_eq!((error.code(), error.message()), ("even.odd", "`3` is odd"));
/// ```
pub fn coded<E: Error>(code: &str, message: impl fmt::Display) -> E {
    E::custom(format_args!("[{code}] {message}"))
}

/// A boxed fault: results of reading stay small.
#[derive(Debug)]
pub(super) struct Fault(Box<Inner>);

#[derive(Debug)]
struct Inner {
    code: Cow<'static, str>,
    message: String,
    suggestion: Option<String>,
    subject: Subject,
    found: Option<(Place, String)>,
}

/// What the fault is about, where that can be found again inside a value that serde had buffered.
#[derive(Debug)]
enum Subject {
    Value,
    Key(String),
    Word(String),
}

impl Fault {
    pub(super) fn new(code: &'static str, message: String) -> Self {
        Self(Box::new(Inner {
            code: Cow::Borrowed(code),
            message,
            suggestion: None,
            subject: Subject::Value,
            found: None,
        }))
    }

    /// The fault at `node`, unless an inner value has claimed it before. `pointer` is only built if needed.
    pub(super) fn at(mut self, node: &Node, pointer: impl FnOnce() -> String) -> Self {
        if self.0.found.is_none() {
            let mut pointer = pointer();
            let place = match self.0.subject.search(node) {
                Some((place, steps)) => {
                    pointer.push_str(&steps);
                    place
                }
                None => node.place(),
            };
            self.0.found = Some((place, pointer));
        }
        self
    }

    /// The fault at the key of an entry.
    pub(super) fn at_key(mut self, place: Place, pointer: impl FnOnce() -> String) -> Self {
        if self.0.found.is_none() {
            self.0.found = Some((place, pointer()));
        }
        self
    }

    pub(super) fn into_error(self) -> DocumentError {
        let Inner { code, message, suggestion, found, .. } = *self.0;
        let (place, pointer) = found.unwrap_or((Place::START, String::new()));
        DocumentError::new(code, place, pointer, message).suggesting(suggestion)
    }

    fn suggesting(mut self, suggestion: Option<String>) -> Self {
        self.0.suggestion = suggestion;
        self
    }

    fn about(mut self, subject: Subject) -> Self {
        self.0.subject = subject;
        self
    }

    fn unknown(what: &str, code: &'static str, word: &str, known: &[&str]) -> Self {
        let near = nearest(word, known.iter().copied());
        let mut message = format!("unknown {what} `{}`", excerpt(word));
        if let Some(near) = near {
            message.push_str(&format!("; did you mean `{near}`?"));
        }
        if known.is_empty() {
            message.push_str(&format!("; no {what} is allowed here"));
        } else {
            let joint = if near.is_some() { "" } else { ";" };
            message.push_str(&format!("{joint} known {what}s: {}", quoted_list(known.iter().copied())));
        }
        Self::new(code, message).suggesting(near.map(ToOwned::to_owned))
    }
}

impl Error for Fault {
    fn custom<T: fmt::Display>(message: T) -> Self {
        let message = message.to_string();
        if let Some((code, rest)) = split_code(&message) {
            let mut fault = Self::new("document.value", rest.to_owned());
            fault.0.code = Cow::Owned(code.to_owned());
            return fault.suggesting(meant(rest).map(ToOwned::to_owned));
        }
        if message.starts_with("data did not match any variant of untagged enum") {
            let message = "the value has none of the forms that are allowed here";
            return Self::new("document.type", message.to_owned());
        }
        // A flattened map reports its unknown keys as text.
        let key = message.strip_prefix("unknown field `").and_then(|rest| rest.strip_suffix('`'));
        if let Some(key) = key {
            let message = format!("unknown key `{}`; remove it", excerpt(key));
            return Self::new("document.unknown_field", message).about(Subject::Key(key.to_owned()));
        }
        Self::new("document.value", message)
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let expected = in_words(expected);
        let mut message = format!("expected {expected}, found {}", found_words(&found));
        let suggestion = instead(&found, &expected);
        if let Some(instead) = &suggestion {
            message.push_str(&format!("; write `{instead}`"));
        }
        Self::new("document.type", message).suggesting(suggestion)
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let expected = in_words(expected);
        Self::new("document.value", format!("expected {expected}, found {}", found_words(&found)))
    }

    fn invalid_length(length: usize, expected: &dyn Expected) -> Self {
        let expected = in_words(expected);
        Self::new("document.type", format!("expected {expected}, found {length}"))
    }

    fn unknown_variant(word: &str, known: &'static [&'static str]) -> Self {
        Self::unknown("word", "document.unknown_word", word, known).about(Subject::Word(word.to_owned()))
    }

    fn unknown_field(key: &str, known: &'static [&'static str]) -> Self {
        Self::unknown("key", "document.unknown_field", key, known).about(Subject::Key(key.to_owned()))
    }

    fn missing_field(key: &'static str) -> Self {
        Self::new("document.missing_field", format!("the key `{key}` is missing; add it"))
    }

    fn duplicate_field(key: &'static str) -> Self {
        let message = format!("the key `{key}` stands here twice, perhaps under another name; remove one");
        Self::new("document.duplicate_key", message)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl core::error::Error for Fault {}

/// `[a.code] rest`.
fn split_code(message: &str) -> Option<(&str, &str)> {
    let (code, rest) = message.strip_prefix('[')?.split_once("] ")?;
    let part = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    };
    (code.contains('.') && code.split('.').all(part)).then_some((code, rest))
}

/// The word of "did you mean `word`?".
fn meant(message: &str) -> Option<&str> {
    let (_, rest) = message.split_once("did you mean `")?;
    rest.split_once("`?").map(|(word, _)| word)
}

/// What serde says it expected, without the names of Rust types.
fn in_words(expected: &dyn Expected) -> String {
    let expected = expected.to_string();
    let expected = expected.as_str();
    if let Some(count) = expected
        .rsplit_once(" with ")
        .and_then(|(_, tail)| tail.strip_suffix(" elements").or(tail.strip_suffix(" element")))
        .or(expected.strip_prefix("an array of length "))
        .or(expected.strip_prefix("a tuple of size "))
    {
        return format!("a list of {count}");
    }
    let starts = |words: &[&str]| words.iter().any(|word| expected.starts_with(word));
    match expected {
        "a string" | "string" | "a borrowed string" => "a text",
        "a boolean" => "`true` or `false`",
        "i8" => "a whole number from -128 to 127",
        "u8" => "a whole number from 0 to 255",
        "i16" => "a whole number from -32768 to 32767",
        "u16" => "a whole number from 0 to 65535",
        "i32" => "a whole number from -2147483648 to 2147483647",
        "u32" => "a whole number from 0 to 4294967295",
        "u64" | "u128" | "usize" => "a whole number from 0",
        "i64" | "i128" | "isize" | "f32" | "f64" => "a whole number",
        "unit" => "nothing",
        "a sequence" => "a list",
        "option" => "a value or nothing",
        "variant identifier" => "a word",
        "field identifier" => "a key",
        _ if starts(&["a nonzero "]) => "a whole number that is not 0",
        _ if starts(&["struct ", "internally tagged enum ", "adjacently tagged enum "]) => "a map",
        _ if starts(&["enum "]) => "a word, or a map with one key",
        _ if starts(&["variant of enum "]) => "a word",
        _ if starts(&["unit struct ", "unit variant "]) => "nothing",
        _ if starts(&["newtype ", "tuple "]) => "a value",
        other => other,
    }
    .into()
}

fn found_words(found: &Unexpected<'_>) -> String {
    match found {
        Unexpected::Bool(bool) => format!("`{bool}`"),
        Unexpected::Unsigned(int) => format!("the number `{int}`"),
        Unexpected::Signed(int) => format!("the number `{int}`"),
        Unexpected::Float(float) => format!("the number `{float}`"),
        Unexpected::Char(char) => format!("the text `{}`", char.escape_debug()),
        Unexpected::Str(text) => format!("the text `{}`", excerpt(text)),
        Unexpected::Bytes(_) => "bytes".into(),
        Unexpected::Unit | Unexpected::Option => "nothing".into(),
        Unexpected::Seq | Unexpected::TupleVariant => "a list".into(),
        Unexpected::Map | Unexpected::StructVariant => "a map".into(),
        Unexpected::NewtypeStruct | Unexpected::NewtypeVariant => "a value".into(),
        Unexpected::Enum | Unexpected::UnitVariant => "a word".into(),
        Unexpected::Other(other) => format!("`{}`", excerpt(other)),
    }
}

/// What to write instead, where the intention is plain.
fn instead(found: &Unexpected<'_>, expected: &str) -> Option<String> {
    match (found, expected) {
        (Unexpected::Str("yes" | "Yes" | "YES" | "on" | "On" | "True" | "TRUE"), "`true` or `false`") => {
            Some("true".into())
        }
        (Unexpected::Str("no" | "No" | "NO" | "off" | "Off" | "False" | "FALSE"), "`true` or `false`") => {
            Some("false".into())
        }
        (Unexpected::Str("true" | "false"), "`true` or `false`") => Some(found_text(found)?),
        (Unexpected::Str(text), number) if number.starts_with("a whole number") => {
            super::json::whole(text).map(|int| int.to_string())
        }
        (Unexpected::Unsigned(_) | Unexpected::Signed(_) | Unexpected::Bool(_), "a text") => {
            Some(format!("\"{}\"", found_text(found)?))
        }
        _ => None,
    }
}

fn found_text(found: &Unexpected<'_>) -> Option<String> {
    match found {
        Unexpected::Bool(bool) => Some(bool.to_string()),
        Unexpected::Unsigned(int) => Some(int.to_string()),
        Unexpected::Signed(int) => Some(int.to_string()),
        Unexpected::Str(text) => Some((*text).to_owned()),
        _ => None,
    }
}

impl Subject {
    /// The place and the pointer below `root` of the one key or text this is about; `None` if there are several.
    fn search(&self, root: &Node) -> Option<(Place, String)> {
        let mut hit = None;
        let mut open = alloc::vec![(root, String::new())];
        while let Some((node, pointer)) = open.pop() {
            let below = |step: &str| {
                let mut pointer = pointer.clone();
                super::error::push_step(&mut pointer, step);
                pointer
            };
            let mut found = None;
            match (self, node.value()) {
                (Self::Value, _) => return None,
                (Self::Word(word), Value::Text(text)) if word == text => {
                    found = Some((node.place(), pointer.clone()));
                }
                (_, Value::List(items)) => {
                    open.extend(items.iter().enumerate().map(|(i, item)| (item, below(&i.to_string()))));
                }
                (subject, Value::Map(entries)) => {
                    for entry in entries {
                        open.push((&entry.node, below(&entry.key)));
                        let (Self::Key(word) | Self::Word(word)) = subject else { continue };
                        if *word == entry.key {
                            if found.is_some() {
                                return None;
                            }
                            found = Some((entry.place, below(&entry.key)));
                        }
                    }
                }
                _ => {}
            }
            if found.is_some() && hit.is_some() {
                return None;
            }
            hit = hit.or(found);
        }
        hit
    }
}
