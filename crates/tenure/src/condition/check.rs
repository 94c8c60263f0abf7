//! A condition that could never be judged does not load: every name is declared and every operand has a type that
//! its operator takes.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::Slot;
use super::error::{ConditionError, shown};
use super::limits::MAX_PATHS;
use super::parse::TIME;
use super::token::SPLIT;
use super::tree::{Comparison, Expression, Form, Node, Pair, Quantified, TextTest, Word};
use super::types::{ScalarType, Type};
use super::vocabulary::{Names, Path, Presence, Vocabulary};
use crate::document::nearest;
use crate::model::{Scalar, Value};

/// What is known of a value before it is there; nothing, of an element of a list without a declared type.
type Known = Option<Type>;
type Checked<T> = Result<T, ConditionError>;

/// The condition that `expression` is, and the names it reads, in the order of their slots.
pub(super) fn check(expression: Expression, vocabulary: &Vocabulary) -> Checked<(Node, Vec<Path>)> {
    let mut checker = Checker { vocabulary, paths: Vec::new(), element: None };
    let column = expression.column;
    match checker.node(expression)? {
        (node, Some(Type::Bool)) => Ok((node, checker.paths)),
        (_, known) => {
            let found = in_words(known);
            let problem = format!("the condition is {found}; compare it, so that it is true or false");
            Err(ConditionError::of_types(column, problem))
        }
    }
}

struct Checker<'v> {
    vocabulary: &'v Vocabulary,
    paths: Vec<Path>,
    element: Option<Element>,
}

/// The variable of an `exists` or `all`.
struct Element {
    name: String,
    kind: Option<ScalarType>,
}

impl Checker<'_> {
    /// The depth of `expression` bounds this; see [`tree`](super::tree).
    fn node(&mut self, expression: Expression) -> Checked<(Node, Known)> {
        let Expression { column, form } = expression;
        let node = match form {
            Form::Constant(value) => {
                let known = type_of(&value);
                return Ok((Node::Constant(value), Some(known)));
            }
            Form::Path(path) => return self.path(&path),
            Form::And(parts) => Node::And(self.truths(parts, "&&")?),
            Form::Or(parts) => Node::Or(self.truths(parts, "||")?),
            Form::Not(inner) => Node::Not(Box::new(self.truth(*inner, "!")?)),
            Form::Compare(by, left, right) => self.compare(column, by, *left, *right)?,
            Form::In(left, right) => self.contained(column, *left, *right)?,
            Form::Has(path) => {
                let (slot, _, presence) = self.declared(&path)?;
                Node::Has(slot, presence)
            }
            Form::Text(test, text, part) => self.text(test, *text, *part)?,
            Form::Quantified(by, name, list, body) => {
                Node::Quantified(by, Box::new(self.quantified(column, by.name(), name, *list, *body)?))
            }
        };
        Ok((node, Some(Type::Bool)))
    }

    fn truths(&mut self, parts: Vec<Expression>, operator: &str) -> Checked<Box<[Node]>> {
        parts.into_iter().map(|part| self.truth(part, operator)).collect()
    }

    fn truth(&mut self, part: Expression, operator: &str) -> Checked<Node> {
        let column = part.column;
        match self.node(part)? {
            (node, None | Some(Type::Bool)) => Ok(node),
            (_, known) => {
                let found = in_words(known);
                let problem =
                    format!("`{operator}` takes bools, and this is {found}; compare it with something");
                Err(ConditionError::of_types(column, problem))
            }
        }
    }

    fn compare(&mut self, column: u32, by: Comparison, left: Expression, right: Expression) -> Checked<Node> {
        let ((left, is), (right, and)) = (self.node(left)?, self.node(right)?);
        let (sign, equality) = (by.sign(), matches!(by, Comparison::Equal | Comparison::Unequal));
        let ordered = |known: Known| matches!(known, None | Some(Type::Int | Type::Text));
        if !comparable(is, and) {
            let hint = match (is, and) {
                (Some(Type::List(_)), _) | (_, Some(Type::List(_))) if equality => "write `value in list`",
                _ => "compare values of one type",
            };
            let (is, and) = (in_words(is), in_words(and));
            let problem = format!("`{sign}` cannot compare {is} with {and}; {hint}");
            return Err(ConditionError::of_types(column, problem));
        }
        if !equality && (!ordered(is) || !ordered(and)) {
            let found = in_words(if ordered(is) { and } else { is });
            let problem = format!("`{sign}` compares two ints or two texts, not {found}; use `==` or `!=`");
            return Err(ConditionError::of_types(column, problem));
        }
        Ok(Node::Compare(by, Box::new(Pair { left, right, most: u32::MAX })))
    }

    fn contained(&mut self, column: u32, left: Expression, right: Expression) -> Checked<Node> {
        let ((left, is), (right, list)) = (self.node(left)?, self.node(right)?);
        let problem = match (is, list) {
            (Some(Type::List(_)), _) => {
                "`in` looks for one value, and its left side is a list; write `list.exists(x, x in other)`"
                    .into()
            }
            (Some(Type::Text), Some(Type::Text)) => {
                "`in` looks into a list, and its right side is a text; write `text.contains(part)`".into()
            }
            (_, Some(Type::List(of))) => {
                if comparable(is, of.map(Type::from)) {
                    return Ok(Node::In(Box::new(Pair { left, right, most: u32::MAX })));
                }
                let (is, list) = (in_words(is), in_words(list));
                format!("`in` cannot find {is} in {list}; look for a value of that type")
            }
            _ => format!("`in` looks into a list, and its right side is {}; use `==`", in_words(list)),
        };
        Err(ConditionError::of_types(column, problem))
    }

    fn text(&mut self, test: TextTest, text: Expression, part: Expression) -> Checked<Node> {
        let (columns, name) = ([text.column, part.column], test.name());
        let ((left, is), (right, with)) = (self.node(text)?, self.node(part)?);
        for (column, known) in columns.into_iter().zip([is, with]) {
            if !matches!(known, None | Some(Type::Text)) {
                let found = in_words(known);
                let hint = match (known, test) {
                    (Some(Type::List(_)), TextTest::Contains) => "write `value in list`",
                    (Some(Type::List(_)), _) => "write `list.exists(x, ...)`",
                    _ => "give it a text",
                };
                let problem = format!("`{name}` takes two texts, and this is {found}; {hint}");
                return Err(ConditionError::of_types(column, problem));
            }
        }
        Ok(Node::Text(test, Box::new(Pair { left, right, most: u32::MAX })))
    }

    fn quantified(
        &mut self,
        column: u32,
        by: &str,
        name: Word,
        list: Expression,
        body: Expression,
    ) -> Checked<Quantified> {
        if self.element.is_some() {
            let instead =
                "one `exists` or `all` cannot stand inside another; use `in`, or declare an attribute";
            return Err(ConditionError::unsupported(column, by, instead));
        }
        if self.vocabulary.get(&name.text).is_some() {
            let problem = format!("`{}` is a root; call the element otherwise", name.text);
            return Err(ConditionError::syntax(name.column, problem));
        }
        let column = list.column;
        let (list, kind) = match self.node(list)? {
            (list, Some(Type::List(kind))) => (list, kind),
            (_, known) => {
                let found = in_words(known);
                let problem =
                    format!("`{by}` stands behind a list, and this is {found}; test the value itself");
                return Err(ConditionError::of_types(column, problem));
            }
        };
        self.element = Some(Element { name: name.text.clone(), kind });
        let body = self.truth(body, by)?;
        self.element = None;
        Ok(Quantified { name: name.text, list, body, most: u32::MAX })
    }

    fn path(&mut self, path: &[Word]) -> Checked<(Node, Known)> {
        if let (Some(element), Some((first, below))) = (&self.element, path.split_first())
            && element.name == first.text
        {
            if let Some(below) = below.first() {
                let problem =
                    format!("`{}` is one value and has no names below it; use it as it is", first.text);
                return Err(ConditionError::of_types(below.column, problem));
            }
            return Ok((Node::Element(element.kind), element.kind.map(Type::from)));
        }
        let (slot, kind, _) = self.declared(path)?;
        Ok((Node::Path(slot, kind), Some(kind)))
    }

    /// The slot, type and presence of a name; one that is read again has the slot it had.
    fn declared(&mut self, path: &[Word]) -> Checked<(Slot, Type, Presence)> {
        let Some((first, below)) = path.split_first() else {
            return Err(ConditionError::syntax(1, "a name is missing; write one"));
        };
        let Some(root) = self.vocabulary.get(&first.text) else { return Err(self.no_root(first)) };
        let (mut names, mut last, mut so_far) = (&root.names, first, first.text.clone());
        for word in below {
            names = names.below.get(&word.text).ok_or_else(|| no_name(&so_far, names, word))?;
            super::print::segment(&mut so_far, &word.text);
            last = word;
        }
        let Some(kind) = names.value else {
            return Err(ConditionError::UnknownName {
                column: last.column,
                name: so_far,
                wanted: String::from("a value"),
                nearest: None,
                known: format!("name one below it: {}", some_of(names.below.keys().map(String::as_str))),
            });
        };
        let same = |known: &Path| known.segments().iter().eq(path.iter().map(|word| &word.text));
        let at = self.paths.iter().position(same).unwrap_or(self.paths.len());
        if at == self.paths.len() {
            if at >= MAX_PATHS {
                let problem = format!("more than {MAX_PATHS} different names; {SPLIT}");
                return Err(ConditionError::limit(first.column, problem));
            }
            self.paths.push(Path::new(path.iter().map(|word| word.text.clone()).collect()));
        }
        Ok((Slot(u32::try_from(at).unwrap_or(u32::MAX)), kind, root.presence))
    }

    fn no_root(&self, word: &Word) -> ConditionError {
        if word.text == "now" {
            return ConditionError::unsupported(word.column, "now", TIME);
        }
        let element = self.element.as_ref().map(|element| element.name.as_str());
        let known = element.into_iter().chain(self.vocabulary.roots());
        ConditionError::UnknownName {
            column: word.column,
            name: shown(&word.text),
            wanted: String::from("a known name"),
            nearest: nearest(&word.text, known.clone()).map(String::from),
            known: format!("names start with {}; a text stands in quotes", some_of(known)),
        }
    }
}

fn no_name(so_far: &str, names: &Names, word: &Word) -> ConditionError {
    let known = names.below.keys().map(String::as_str);
    ConditionError::UnknownName {
        column: word.column,
        name: shown(&word.text),
        wanted: format!("a name of `{}`", shown(so_far)),
        nearest: nearest(&word.text, known.clone()).map(String::from),
        known: match names.value {
            _ if !names.below.is_empty() => format!("declare it, or write {}", some_of(known)),
            Some(kind) => format!("that is {kind} without names below it; use it as it is"),
            None => String::from("declare it"),
        },
    }
}

/// The first of these words, each in backticks.
fn some_of<'w>(words: impl Iterator<Item = &'w str>) -> String {
    const MOST: usize = 12;
    let mut list = String::new();
    for (n, word) in words.enumerate() {
        if n > 0 {
            list.push_str(", ");
        }
        if n == MOST {
            list.push_str("...");
            break;
        }
        list.push('`');
        list.push_str(&shown(word));
        list.push('`');
    }
    if list.is_empty() { String::from("nothing that is declared") } else { list }
}

/// Whether equality can tell something about two values; an element is never a list.
fn comparable(one: Known, other: Known) -> bool {
    match (one, other) {
        (None, Some(Type::List(_))) | (Some(Type::List(_)), None) => false,
        (None, _) | (_, None) => true,
        (Some(Type::List(one)), Some(Type::List(other))) => one.is_none() || other.is_none() || one == other,
        _ => one == other,
    }
}

fn type_of(value: &Value) -> Type {
    match value {
        Value::Bool(_) => Type::Bool,
        Value::Int(_) => Type::Int,
        Value::Text(_) => Type::Text,
        // The parser lets only elements of one type through.
        Value::List(list) => Type::List(list.first().map(|first| match first {
            Scalar::Bool(_) => ScalarType::Bool,
            Scalar::Int(_) => ScalarType::Int,
            Scalar::Text(_) => ScalarType::Text,
        })),
    }
}

fn in_words(known: Known) -> String {
    known.map_or_else(|| String::from("an element of a list"), |kind| format!("{kind}"))
}
