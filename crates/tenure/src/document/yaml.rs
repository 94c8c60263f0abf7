//! YAML is read as the part of YAML 1.2 that says the same to every reader, and the rest is refused by name.
//!
//! `yes`, `on` and `2026-03-02` are text; only `true` and `false` (also capitalised, as the core schema has it)
//! are booleans, only `null`, `~` and an empty value are nothing, only decimal digits as JSON writes them are
//! numbers, and what else YAML takes for a number (`1.5`, `.inf`, `007`) is an error. Aliases, anchors, tags, merge keys, duplicate keys, keys that are not text and second documents are
//! errors, so that a document cannot mean more than it shows, nor grow when it is read.
//!
//! The size is checked before anything is read; depth and count are checked while events arrive. The event
//! parser keeps its own state in vectors, so a deep document costs an error and no stack.

use super::MAX_NUMBER;
use super::build::{Builder, Inside, admit, end_of};
use super::error::{DocumentError, excerpt};
use super::json::whole;
use super::limits::Limits;
use super::node::{Node, Place, Value};
use alloc::format;
use alloc::string::{String, ToString};
use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError, Tag};

/// The tree that a YAML text writes. A byte order mark at its start is skipped; an empty text is `null`.
///
/// Numbers are whole, in the digits of JSON. A plain `1.5`, `1e3`, `.inf`, `007` or `0x1F`, which other readers of
/// YAML take for numbers, is refused: a version or a ticket of such a form is put in quotes. A quoted scalar is
/// always text. A plain number as a key is the text that was written.
///
/// # Errors
/// [`DocumentError`] when the text is not YAML, uses what is refused (`document.alias`, `.anchor`, `.tag`,
/// `.merge_key`, `.key`, `.duplicate_key`, `.many_documents`), has a number that is not whole or beyond
/// ±[`MAX_NUMBER`] (`.number`), is not UTF-8, or exceeds `limits`.
///
/// ```
/// use tenure::document::{Limits, json, yaml};
///
/// let limits = Limits::default();
/// let node = yaml("ann: {kind: human, on_call: yes}\nversion: '1.5'\nfrom: 2026-03-02\n", &limits)?;
/// let same = r#"{"ann": {"kind": "human", "on_call": "yes"}, "version": "1.5", "from": "2026-03-02"}"#;
/// assert_eq!(node, json(same, &limits)?);
///
/// let error = yaml("base: &base {max: 8h}\nrule:\n  <<: *base\n", &limits).unwrap_err();
/// assert_eq!((error.code(), error.line(), error.column()), ("document.anchor", 1, 7));
/// # Ok::<(), tenure::document::DocumentError>(())
/// ```
pub fn yaml(text: impl AsRef<[u8]>, limits: &Limits) -> Result<Node, DocumentError> {
    let text = admit(text.as_ref(), limits)?;
    printable(text)?;
    let mut tree = Builder::new(*limits);
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| syntax(&tree, &error))?;
        accept(&mut tree, event, place(&span.start))?;
    }
    Ok(tree.finish().unwrap_or_else(|| Node::new(Place::START, Value::Null)))
}

fn accept(tree: &mut Builder, event: Event<'_>, place: Place) -> Result<(), DocumentError> {
    match event {
        Event::Alias(_) => Err(alias(tree, place)),
        Event::Scalar(text, style, anchor, tag) => {
            plain_node(tree, place, anchor, tag.as_deref())?;
            match tree.inside() {
                Inside::Map { keyed: false } => {
                    let key = key(tree, place, &text, style)?;
                    tree.key(key, place);
                    Ok(())
                }
                _ => {
                    // An empty value has no place of its own: it is where its key is.
                    let empty = text.is_empty() && style == ScalarStyle::Plain;
                    let place = if empty { tree.key_place().unwrap_or(place) } else { place };
                    let value = scalar(tree, place, &text, style)?;
                    tree.scalar(place, value)
                }
            }
        }
        Event::SequenceStart(anchor, tag) => {
            plain_node(tree, place, anchor, tag.as_deref())?;
            not_a_key(tree, place, "a list")?;
            tree.open_list(place)
        }
        Event::MappingStart(anchor, tag) => {
            plain_node(tree, place, anchor, tag.as_deref())?;
            not_a_key(tree, place, "a map")?;
            tree.open_map(place)
        }
        Event::SequenceEnd | Event::MappingEnd => tree.close(),
        Event::DocumentStart(_) if tree.inside() == (Inside::Document { done: true }) => {
            let message = "a second document begins here; write each document in a file of its own";
            Err(tree.error("document.many_documents", place, message))
        }
        Event::Nothing
        | Event::StreamStart
        | Event::StreamEnd
        | Event::DocumentStart(_)
        | Event::DocumentEnd => Ok(()),
    }
}

/// Refuses anchors and tags, which any node may carry.
fn plain_node(tree: &Builder, place: Place, anchor: usize, tag: Option<&Tag>) -> Result<(), DocumentError> {
    if anchor != 0 {
        let message = "anchors (`&name`) are not read; write the value out at each place";
        return Err(tree.error("document.anchor", place, message));
    }
    if let Some(tag) = tag {
        let written = match tag.handle.as_str() {
            "tag:yaml.org,2002:" => format!("!!{}", tag.suffix),
            handle => format!("{handle}{}", tag.suffix),
        };
        let message = format!(
            "tags (`{}`) are not read; remove it, and put in quotes what is to be text",
            excerpt(&written)
        );
        return Err(tree.error("document.tag", place, message));
    }
    Ok(())
}

fn alias(tree: &Builder, place: Place) -> DocumentError {
    let message =
        "aliases (`*name`) are not read; write the value out, or put a text that begins with `*` in quotes";
    tree.error("document.alias", place, message)
}

fn not_a_key(tree: &Builder, place: Place, what: &str) -> Result<(), DocumentError> {
    match tree.inside() {
        Inside::Map { keyed: false } => {
            let message = format!("{what} is no key; write text as the key");
            Err(tree.error("document.key", place, message))
        }
        _ => Ok(()),
    }
}

fn key(tree: &Builder, place: Place, text: &str, style: ScalarStyle) -> Result<String, DocumentError> {
    if style == ScalarStyle::Plain {
        if text == "<<" {
            let message = "merge keys (`<<`) are not read; write the keys out";
            return Err(tree.error("document.merge_key", place, message));
        }
        if word(text).is_some() {
            let message = match text {
                "" => "a key is missing; write it before the `:`".to_string(),
                _ => format!("the key `{text}` is not text; put it in quotes"),
            };
            return Err(tree.error("document.key", place, message));
        }
    }
    Ok(text.to_string())
}

fn scalar(tree: &Builder, place: Place, text: &str, style: ScalarStyle) -> Result<Value, DocumentError> {
    if style != ScalarStyle::Plain {
        return Ok(Value::Text(text.to_string()));
    }
    if let Some(value) = word(text) {
        return Ok(value);
    }
    if !is_number(text) {
        if is_number_elsewhere(text) {
            let message = format!(
                "other readers of YAML take `{}` for a number; put it in quotes if it is text, else write a whole \
                 number in decimal digits",
                excerpt(text)
            );
            return Err(tree.error("document.number", place, message));
        }
        return Ok(Value::Text(text.to_string()));
    }
    match whole(text) {
        Some(int) => Ok(Value::Int(int)),
        None => {
            let message = format!(
                "`{}` is beyond ±{MAX_NUMBER}; write a smaller whole number, or put it in quotes",
                excerpt(text)
            );
            Err(tree.error("document.number", place, message))
        }
    }
}

/// The words of the core schema of YAML 1.2 that are not text.
fn word(plain: &str) -> Option<Value> {
    match plain {
        "" | "~" | "null" | "Null" | "NULL" => Some(Value::Null),
        "true" | "True" | "TRUE" => Some(Value::Bool(true)),
        "false" | "False" | "FALSE" => Some(Value::Bool(false)),
        _ => None,
    }
}

/// Whether JSON would write a whole number so.
fn is_number(plain: &str) -> bool {
    let digits = plain.strip_prefix('-').unwrap_or(plain);
    !digits.is_empty()
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && (digits.len() == 1 || !digits.starts_with('0'))
}

/// Whether the core schema of YAML 1.2 (10.3.2) takes it for a number: `[-+]?[0-9]+`, `0o[0-7]+`, `0x[0-9a-fA-F]+`,
/// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`, an infinity, or what is no number.
fn is_number_elsewhere(plain: &str) -> bool {
    let all = |text: &str, is: fn(&u8) -> bool| !text.is_empty() && text.bytes().all(|byte| is(&byte));
    if let Some(digits) = plain.strip_prefix("0o") {
        return all(digits, |byte| matches!(byte, b'0'..=b'7'));
    }
    if let Some(digits) = plain.strip_prefix("0x") {
        return all(digits, u8::is_ascii_hexdigit);
    }
    let unsigned = plain.strip_prefix(['-', '+']).unwrap_or(plain);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(plain, ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['-', '+']).unwrap_or(exponent))),
        None => (unsigned, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    exponent.is_none_or(|digits| all(digits, u8::is_ascii_digit))
        && !(whole.is_empty() && fraction.is_empty())
        && [whole, fraction].iter().all(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))
}

/// YAML allows no control characters but tabs and line breaks; the event parser would let some through.
fn printable(text: &str) -> Result<(), DocumentError> {
    let strange = |char: char| {
        (char.is_control() && !matches!(char, '\t' | '\n' | '\r' | '\u{85}'))
            || matches!(char, '\u{fffe}' | '\u{ffff}' | '\u{feff}')
    };
    match text.find(strange) {
        None => Ok(()),
        Some(at) => {
            let (before, rest) = text.split_at(at);
            let message = format!(
                "the character `{}` cannot be printed; remove it, or write it escaped in double quotes",
                rest.chars().next().map_or_else(String::new, |char| char.escape_debug().to_string())
            );
            Err(DocumentError::new("document.syntax", end_of(before), String::new(), message))
        }
    }
}

/// What the event parser found wrong, as one of our codes.
fn syntax(tree: &Builder, error: &ScanError) -> DocumentError {
    let place = place(error.marker());
    let info = error.info();
    let message = match info {
        "while parsing node, found unknown anchor" => return alias(tree, place),
        "the handle wasn't declared" => {
            let message = "tags (`!handle!name`) are not read; remove it";
            return tree.error("document.tag", place, message);
        }
        "recursion limit exceeded" => {
            let message = "too many lists and maps stand inside each other; write a flatter document";
            return tree.error("document.too_deep", place, message);
        }
        "mapping values are not allowed in this context" => {
            "a `:` stands where no key can be; mend the indentation, or put the text in quotes".into()
        }
        "invalid indentation" => "the indentation fits no line above; mend it".into(),
        "simple key expect ':'" | "simple key expected" => {
            "a key needs a `:` and a blank behind it on the same line; add it, or mend the indentation".into()
        }
        _ if info.contains("tab") || info.contains("valid YAML whitespace") => {
            "a tab stands where only spaces may; write spaces".into()
        }
        _ => format!("this is not YAML: {info}"),
    };
    tree.error("document.syntax", place, message)
}

fn place(marker: &Marker) -> Place {
    let line = u32::try_from(marker.line()).unwrap_or(u32::MAX);
    let column = u32::try_from(marker.col()).unwrap_or(u32::MAX);
    Place { line, column: column.saturating_add(1) }
}
