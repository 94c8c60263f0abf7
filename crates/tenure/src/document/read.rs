//! A document becomes a typed value, or an error that says where and why not.
//!
//! A `serde` deserializer over nodes. It knows the path to the value it is reading and hands it to the first
//! error that comes out of it. Recursion is as deep as the document at most, and so bounded by
//! [`MAX_DEPTH`](super::MAX_DEPTH).

use super::error::{DocumentError, push_step};
use super::fault::Fault;
use super::node::{Entry, Node, Value};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::slice;
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, EnumAccess, Error, Expected, MapAccess, SeqAccess,
    Unexpected, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;

/// The value that `node` says.
///
/// `null` is `None` where a value may be absent; a number is never taken for text, nor text for a number.
///
/// # Errors
/// [`DocumentError`] with the place of the offending value: an unknown key or word, a missing key, another type,
/// or what the type itself refuses.
///
/// ```
/// use tenure::document::{Limits, json, read};
///
/// #[derive(Debug, PartialEq, serde::Deserialize)]
/// #[serde(rename_all = "snake_case")]
/// enum OnLoss { Revoke, Grace, RunOut }
///
/// let node = json(r#"["revoke", "run-out"]"#, &Limits::default())?;
/// let error = read::<Vec<OnLoss>>(&node).unwrap_err();
/// assert_eq!((error.code(), error.pointer()), ("document.unknown_word", "/1"));
/// assert_eq!(error.suggestion(), Some("run_out"));
/// # Ok::<(), tenure::document::DocumentError>(())
/// ```
pub fn read<'n, T: Deserialize<'n>>(node: &'n Node) -> Result<T, DocumentError> {
    let path = Path { parent: None, step: Step::Root };
    T::deserialize(Reader { node, path: &path })
        .map_err(|fault| fault.at(node, || path.pointer()).into_error())
}

/// The way from the root to a value, kept on the stack and only written down for an error.
#[derive(Clone, Copy)]
struct Path<'p> {
    parent: Option<&'p Path<'p>>,
    step: Step<'p>,
}

#[derive(Clone, Copy)]
enum Step<'p> {
    Root,
    Key(&'p str),
    Item(usize),
}

impl<'p> Path<'p> {
    fn then(&'p self, step: Step<'p>) -> Self {
        Self { parent: Some(self), step }
    }

    fn pointer(&self) -> String {
        let mut steps = Vec::new();
        let mut next = Some(self);
        while let Some(path) = next {
            steps.push(path.step);
            next = path.parent;
        }
        let mut pointer = String::new();
        for step in steps.into_iter().rev() {
            match step {
                Step::Root => {}
                Step::Key(key) => push_step(&mut pointer, key),
                Step::Item(item) => push_step(&mut pointer, &item.to_string()),
            }
        }
        pointer
    }
}

#[derive(Clone, Copy)]
struct Reader<'n, 'p> {
    node: &'n Node,
    path: &'p Path<'p>,
}

impl<'n> Reader<'n, '_> {
    fn int<V: Visitor<'n>>(self, int: i64, visitor: V) -> Result<V::Value, Fault> {
        match u64::try_from(int) {
            Ok(positive) => visitor.visit_u64(positive),
            Err(_) => visitor.visit_i64(int),
        }
    }
}

impl<'n> Deserializer<'n> for Reader<'n, '_> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'n>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.node.value() {
            Value::Null => visitor.visit_unit(),
            Value::Bool(bool) => visitor.visit_bool(*bool),
            Value::Int(int) => self.int(*int, visitor),
            Value::Text(text) => visitor.visit_borrowed_str(text),
            // serde would also take a list of the fields in their order: too easily something else is meant.
            Value::List(_) if wants_tagged_map(&visitor) => {
                Err(Fault::invalid_type(Unexpected::Seq, &visitor))
            }
            Value::List(items) => {
                let mut items = Items { rest: items.iter(), next: 0, path: self.path };
                let value = visitor.visit_seq(&mut items)?;
                items.finish().map(|()| value)
            }
            Value::Map(entries) => {
                visitor.visit_map(Entries { rest: entries.iter(), value: None, path: self.path })
            }
        }
    }

    fn deserialize_struct<V: Visitor<'n>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match self.node.value() {
            Value::List(_) => Err(Fault::invalid_type(Unexpected::Seq, &visitor)),
            // Whoever writes a value where a map belongs is told the keys under which it may belong.
            Value::Text(_) | Value::Int(_) if !fields.is_empty() => {
                let keys = super::nearest::quoted_list(fields.iter().copied());
                Err(Fault::invalid_type(
                    unexpected(self.node),
                    &format!("a map with keys of {keys}").as_str(),
                ))
            }
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'n>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.node.value() {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'n>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_i64<V: Visitor<'n>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.node.value() {
            Value::Int(int) => visitor.visit_i64(*int),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_enum<V: Visitor<'n>>(
        self,
        _name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        match self.node.value() {
            Value::Text(word) => {
                visitor.visit_enum(Variant { word, node: self.node, entry: None, path: self.path })
            }
            Value::Map(entries) => match entries.as_slice() {
                [entry] => visitor.visit_enum(Variant {
                    word: &entry.key,
                    node: self.node,
                    entry: Some(entry),
                    path: self.path,
                }),
                _ => {
                    let words = super::nearest::quoted_list(variants.iter().copied());
                    let message = format!("expected a map with one key, found {}: {words}", entries.len());
                    Err(Fault::new("document.type", message))
                }
            },
            _ => self.deserialize_any(visitor),
        }
    }

    /// A word is text: what serde derives would also take its number in the program.
    fn deserialize_identifier<V: Visitor<'n>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.node.value() {
            Value::Text(word) => visitor.visit_borrowed_str(word),
            _ => Err(Fault::invalid_type(unexpected(self.node), &visitor)),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'n>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        <V: Visitor<'n>>
        bool i8 i16 i32 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq
        tuple tuple_struct map
    }
}

/// Whether the visitor is the one that serde derives for an enum with its tag inside.
fn wants_tagged_map(visitor: &dyn Expected) -> bool {
    visitor.to_string().starts_with("internally tagged enum ")
}

struct Items<'n, 'p> {
    rest: slice::Iter<'n, Node>,
    next: usize,
    path: &'p Path<'p>,
}

impl Items<'_, '_> {
    /// serde stops when it has what it wants; what was written and not read is an error.
    fn finish(mut self) -> Result<(), Fault> {
        let Some(node) = self.rest.next() else { return Ok(()) };
        let message = format!("the list has more than {} items; remove this and all behind it", self.next);
        let path = self.path.then(Step::Item(self.next));
        Err(Fault::new("document.type", message).at(node, || path.pointer()))
    }
}

impl<'n> SeqAccess<'n> for &mut Items<'n, '_> {
    type Error = Fault;

    fn next_element_seed<S: DeserializeSeed<'n>>(&mut self, seed: S) -> Result<Option<S::Value>, Fault> {
        let Some(node) = self.rest.next() else { return Ok(None) };
        let path = self.path.then(Step::Item(self.next));
        self.next = self.next.saturating_add(1);
        seed.deserialize(Reader { node, path: &path })
            .map(Some)
            .map_err(|fault| fault.at(node, || path.pointer()))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.rest.len())
    }
}

struct Entries<'n, 'p> {
    rest: slice::Iter<'n, Entry>,
    value: Option<&'n Entry>,
    path: &'p Path<'p>,
}

impl<'n> MapAccess<'n> for Entries<'n, '_> {
    type Error = Fault;

    fn next_key_seed<S: DeserializeSeed<'n>>(&mut self, seed: S) -> Result<Option<S::Value>, Fault> {
        self.value = self.rest.next();
        let Some(entry) = self.value else { return Ok(None) };
        seed.deserialize(Key(entry))
            .map(Some)
            .map_err(|fault| fault.at_key(entry.place, || self.path.then(Step::Key(&entry.key)).pointer()))
    }

    fn next_value_seed<S: DeserializeSeed<'n>>(&mut self, seed: S) -> Result<S::Value, Fault> {
        let entry = self.value.ok_or_else(|| Fault::custom("a value was asked for before its key"))?;
        let path = self.path.then(Step::Key(&entry.key));
        seed.deserialize(Reader { node: &entry.node, path: &path })
            .map_err(|fault| fault.at(&entry.node, || path.pointer()))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.rest.len())
    }
}

/// A key is text; where a whole number is asked for, the text may write one.
#[derive(Clone, Copy)]
struct Key<'n>(&'n Entry);

macro_rules! numbers {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'n>>(self, visitor: V) -> Result<V::Value, Fault> {
            match super::json::whole(&self.0.key) {
                Some(int) => match u64::try_from(int) {
                    Ok(positive) => visitor.visit_u64(positive),
                    Err(_) => visitor.visit_i64(int),
                },
                None => self.deserialize_any(visitor),
            }
        }
    )*};
}

impl<'n> Deserializer<'n> for Key<'n> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'n>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_borrowed_str(&self.0.key)
    }

    fn deserialize_option<V: Visitor<'n>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'n>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'n>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_enum(serde::de::value::BorrowedStrDeserializer::new(&self.0.key))
    }

    numbers! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
    }

    forward_to_deserialize_any! {
        <V: Visitor<'n>>
        bool f32 f64 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct identifier
        ignored_any
    }
}

/// A word of an enum: alone, or as the only key of a map that holds its content.
struct Variant<'n, 'p> {
    word: &'n str,
    node: &'n Node,
    entry: Option<&'n Entry>,
    path: &'p Path<'p>,
}

impl<'n> Variant<'n, '_> {
    /// Hands the content, with its path, to `then`; a word alone has none.
    fn content<T>(self, then: impl for<'q> FnOnce(Reader<'n, 'q>) -> Result<T, Fault>) -> Result<T, Fault> {
        let Some(entry) = self.entry else {
            let message = format!("`{0}` needs a value; write `{0}: …`", self.word);
            return Err(Fault::new("document.type", message).at(self.node, || self.path.pointer()));
        };
        let path = self.path.then(Step::Key(&entry.key));
        then(Reader { node: &entry.node, path: &path })
            .map_err(|fault| fault.at(&entry.node, || path.pointer()))
    }
}

impl<'n, 'p> EnumAccess<'n> for Variant<'n, 'p> {
    type Error = Fault;
    type Variant = Self;

    fn variant_seed<S: DeserializeSeed<'n>>(self, seed: S) -> Result<(S::Value, Self), Fault> {
        let word = serde::de::value::BorrowedStrDeserializer::new(self.word);
        let value = seed.deserialize(word).map_err(|fault: Fault| match self.entry {
            Some(entry) => fault.at_key(entry.place, || self.path.then(Step::Key(&entry.key)).pointer()),
            None => fault.at(self.node, || self.path.pointer()),
        })?;
        Ok((value, self))
    }
}

impl<'n> VariantAccess<'n> for Variant<'n, '_> {
    type Error = Fault;

    fn unit_variant(self) -> Result<(), Fault> {
        match self.entry {
            None => Ok(()),
            Some(_) => self.content(|content| match content.node.value() {
                Value::Null => Ok(()),
                _ => Err(Fault::new("document.type", "this word takes no value; write it alone".into())),
            }),
        }
    }

    fn newtype_variant_seed<S: DeserializeSeed<'n>>(self, seed: S) -> Result<S::Value, Fault> {
        self.content(|content| seed.deserialize(content))
    }

    fn tuple_variant<V: Visitor<'n>>(self, _len: usize, visitor: V) -> Result<V::Value, Fault> {
        self.content(|content| match content.node.value() {
            Value::List(_) => content.deserialize_any(visitor),
            _ => Err(Fault::invalid_type(unexpected(content.node), &"a list")),
        })
    }

    fn struct_variant<V: Visitor<'n>>(
        self,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.content(|content| match content.node.value() {
            Value::Map(_) => content.deserialize_any(visitor),
            _ => Err(Fault::invalid_type(unexpected(content.node), &"a map")),
        })
    }
}

fn unexpected(node: &Node) -> Unexpected<'_> {
    match node.value() {
        Value::Null => Unexpected::Unit,
        Value::Bool(bool) => Unexpected::Bool(*bool),
        Value::Int(int) => Unexpected::Signed(*int),
        Value::Text(text) => Unexpected::Str(text),
        Value::List(_) => Unexpected::Seq,
        Value::Map(_) => Unexpected::Map,
    }
}
