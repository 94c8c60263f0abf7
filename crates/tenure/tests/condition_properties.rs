//! What holds of every condition: reading is total, the canonical form is read as the same, knowing more decides
//! nothing otherwise, and CEL agrees where it knows the answer.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::std_instead_of_alloc,
    clippy::std_instead_of_core,
    reason = "a test fails by panicking, and runs where there is a standard library"
)]

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use proptest::collection::vec;
use proptest::prelude::*;
use tenure::condition::{
    Condition, MAX_STEPS, Outcome, Presence, ScalarType, Truth, Type, ValueRef, Vocabulary,
};
use tenure::model::{Scalar, Value};

const SCALARS: [(&str, ScalarType); 3] =
    [("b", ScalarType::Bool), ("i", ScalarType::Int), ("t", ScalarType::Text)];

/// The names under both roots: two of each scalar type, a list of each, and a list of anything.
fn names() -> Vec<(String, Type)> {
    let mut names = vec![("l".to_owned(), Type::List(None))];
    for (name, kind) in SCALARS {
        names.push((name.to_owned(), kind.into()));
        names.push((format!("n.{name}"), kind.into()));
        names.push((format!("l{name}"), Type::List(Some(kind))));
    }
    names
}

fn vocabulary() -> Vocabulary {
    let mut vocabulary = Vocabulary::new();
    for (root, presence) in [("c", Presence::Complete), ("o", Presence::Open)] {
        vocabulary.root(root, presence).unwrap();
        for (name, kind) in names() {
            vocabulary.declare(root, &name.split('.').collect::<Vec<_>>(), kind).unwrap();
        }
    }
    vocabulary
}

type World = BTreeMap<String, Value>;

fn evaluate(condition: &Condition, world: &World) -> Outcome {
    let asked = Cell::new(0);
    let outcome = condition.evaluate(|slot| {
        asked.set(asked.get() + 1);
        world.get(&condition.path(slot).unwrap().segments().join(".")).map(ValueRef::from)
    });
    assert!(asked.get() <= MAX_STEPS, "{condition}");
    outcome
}

/// Choices made by the bytes that proptest draws, so that fewer bytes are a smaller case.
struct Dice<'b>(std::slice::Iter<'b, u8>);

impl Dice<'_> {
    /// Less than `sides`; 0 when the bytes are used up.
    fn roll(&mut self, sides: u8) -> u8 {
        self.0.next().map_or(0, |byte| byte % sides)
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[usize::from(self.roll(of.len() as u8))]
    }

    fn literal(&mut self, kind: ScalarType) -> Scalar {
        match kind {
            ScalarType::Bool => Scalar::Bool(self.roll(2) == 1),
            ScalarType::Int => Scalar::Int(i64::from(self.roll(4)) - 1),
            ScalarType::Text => {
                Scalar::Text(self.one(&["", "a", "ab", "b\u{e9}\n\"'\\", "\u{1f600}"]).to_owned())
            }
        }
    }

    fn list(&mut self, kind: Option<ScalarType>, longest: u8) -> Vec<Scalar> {
        (0..self.roll(longest + 1))
            .map(|_| {
                let any = self.one(&SCALARS).1;
                self.literal(kind.unwrap_or(any))
            })
            .collect()
    }
}

fn written(scalar: &Scalar) -> String {
    match scalar {
        Scalar::Bool(truth) => truth.to_string(),
        Scalar::Int(number) => number.to_string(),
        Scalar::Text(text) => format!("{text:?}").replace("\\'", "'"),
    }
}

/// Conditions that are of the right types.
struct Writer<'b> {
    dice: Dice<'b>,
    /// Whether lists without a declared type and `has` are written.
    all: bool,
    /// The type of `x`, inside `exists` and `all`.
    element: Option<Option<ScalarType>>,
}

impl Writer<'_> {
    fn truth(&mut self, depth: u8) -> String {
        let forms = if depth == 0 { 5 } else { 11 };
        match self.dice.roll(forms) {
            0 => self.scalar(ScalarType::Bool),
            1 => {
                let kind = self.dice.one(&SCALARS).1;
                let (left, right) = (self.scalar(kind), self.scalar(kind));
                format!("{left} {} {right}", self.dice.one(&["==", "!="]))
            }
            2 => {
                let kind = self.dice.one(&[ScalarType::Int, ScalarType::Text]);
                let (left, right) = (self.scalar(kind), self.scalar(kind));
                format!("{left} {} {right}", self.dice.one(&["<", "<=", ">", ">="]))
            }
            3 => {
                let kind = self.dice.one(&SCALARS).1;
                format!("{} in {}", self.scalar(kind), self.list(kind))
            }
            4 => {
                let method = self.dice.one(&["startsWith", "endsWith", "contains"]);
                let (text, part) = (self.scalar(ScalarType::Text), self.scalar(ScalarType::Text));
                format!("{text}.{method}({part})")
            }
            5 | 6 => format!("({} && {})", self.truth(depth - 1), self.truth(depth - 1)),
            7 => format!("({} || {})", self.truth(depth - 1), self.truth(depth - 1)),
            8 => format!("!({})", self.truth(depth - 1)),
            9 if self.all => {
                let name = self.dice.one(&["b", "n.i", "lt", "l"]);
                format!("has({}.{name})", self.dice.one(&["o", "c"]))
            }
            9 => {
                let kind = self.dice.one(&SCALARS).1;
                format!("{} == {}", self.list(kind), self.list(kind))
            }
            _ if self.element.is_some() => self.scalar(ScalarType::Bool),
            _ => {
                let kind = self.dice.one(&SCALARS).1;
                let dynamic = self.all && self.dice.roll(3) == 0;
                let list =
                    if dynamic { format!("{}.l", self.dice.one(&["o", "c"])) } else { self.list(kind) };
                self.element = Some(if dynamic || list == "[]" { None } else { Some(kind) });
                let body = self.truth(depth - 1);
                self.element = None;
                format!("{list}.{}(x, {body})", self.dice.one(&["exists", "all"]))
            }
        }
    }

    fn scalar(&mut self, kind: ScalarType) -> String {
        let fits = self.element.is_some_and(|element| element.is_none_or(|element| element == kind));
        match self.dice.roll(if fits { 5 } else { 3 }) {
            0 => written(&self.dice.literal(kind)),
            1 => format!("o.{}", self.scalar_name(kind)),
            2 => format!("c.{}", self.scalar_name(kind)),
            _ => "x".to_owned(),
        }
    }

    fn scalar_name(&mut self, kind: ScalarType) -> String {
        let name = SCALARS.iter().find(|(_, of)| *of == kind).unwrap().0;
        format!("{}{name}", self.dice.one(&["", "n."]))
    }

    fn list(&mut self, kind: ScalarType) -> String {
        let name = SCALARS.iter().find(|(_, of)| *of == kind).unwrap().0;
        match self.dice.roll(if self.all { 4 } else { 3 }) {
            0 => {
                let list: Vec<_> = self.dice.list(Some(kind), 3).iter().map(written).collect();
                format!("[{}]", list.join(", "))
            }
            1 => format!("o.l{name}"),
            2 => format!("c.l{name}"),
            _ => "o.l".to_owned(),
        }
    }
}

fn condition(bytes: &[u8], all: bool) -> (String, Condition) {
    let mut writer = Writer { dice: Dice(bytes.iter()), all, element: None };
    let text = writer.truth(4);
    let condition = match Condition::parse(&text, &vocabulary()) {
        Ok(condition) => condition,
        Err(error) => panic!("{text}: {error}"),
    };
    (text, condition)
}

/// A world that has every value that `present` says, of the declared types; of others too if `wild`.
fn world(bytes: &[u8], wild: bool, mut present: impl FnMut(&mut Dice<'_>) -> bool) -> World {
    let mut dice = Dice(bytes.iter());
    let mut world = World::new();
    for root in ["c", "o"] {
        for (name, mut kind) in names() {
            if !present(&mut dice) {
                continue;
            }
            if wild && dice.roll(8) == 7 {
                kind = dice.one(&[Type::Bool, Type::Int, Type::List(None)]);
            }
            let scalar = |kind, dice: &mut Dice<'_>| match dice.literal(kind) {
                Scalar::Bool(truth) => Value::Bool(truth),
                Scalar::Int(number) => Value::Int(number),
                Scalar::Text(text) => Value::Text(text),
            };
            let value = match kind {
                Type::Bool => scalar(ScalarType::Bool, &mut dice),
                Type::Int => scalar(ScalarType::Int, &mut dice),
                Type::Text => scalar(ScalarType::Text, &mut dice),
                Type::List(_) if wild && dice.roll(8) == 7 => {
                    Value::List(dice.list(None, 3).into_iter().cycle().take(150).collect())
                }
                Type::List(kind) => Value::List(dice.list(kind, 4)),
            };
            world.insert(format!("{root}.{name}"), value);
        }
    }
    world
}

#[derive(serde::Serialize)]
#[serde(untagged)]
enum Node<'v> {
    Value(&'v Value),
    Below(BTreeMap<&'v str, &'v Value>),
}

/// What the `cel` crate says: true, false, or nothing when it answers with an error.
fn cel(text: &str, world: &World) -> Option<bool> {
    let env = Arc::new(cel::Env::stdlib());
    let program = env.compile(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    let mut context = cel::Context::with_env(env);
    for root in ["c", "o"] {
        let mut all: BTreeMap<&str, Node<'_>> = BTreeMap::new();
        let mut nested: BTreeMap<&str, &Value> = BTreeMap::new();
        for (path, value) in world {
            let Some(name) = path.strip_prefix(root).and_then(|name| name.strip_prefix('.')) else {
                continue;
            };
            match name.strip_prefix("n.") {
                Some(name) => drop(nested.insert(name, value)),
                None => drop(all.insert(name, Node::Value(value))),
            }
        }
        all.insert("n", Node::Below(nested));
        context.add_variable_from_value(root, cel::to_value(&all).unwrap());
    }
    match program.execute(&context) {
        Ok(cel::Value::Bool(truth)) => Some(truth),
        Ok(other) => panic!("{text}: {other:?}"),
        Err(_) => None,
    }
}

fn definite(outcome: &Outcome) -> Option<bool> {
    match outcome.truth() {
        Truth::True => Some(true),
        Truth::False => Some(false),
        Truth::Unknown => None,
    }
}

/// Words that are likely to be read as something.
const SOUP: &[&str] = &[
    "o",
    "c",
    "x",
    ".",
    ".",
    "b",
    "i",
    "t",
    "n",
    "lt",
    "l",
    "(",
    ")",
    "[",
    "]",
    ",",
    "&&",
    "||",
    "!",
    "==",
    "!=",
    "<",
    ">=",
    "in",
    "has",
    "has(",
    "exists",
    ".exists(x,",
    ".all(x,",
    ".startsWith(",
    "true",
    "false",
    "1",
    "-",
    "'a'",
    "\"",
    "'",
    "\\",
    "é",
    "\n",
    "null",
    "now",
    "o.b",
    "o.i",
    "o.t",
    "o.lt",
    "o.l",
    "c.b",
    "9007199254740993",
    "0x",
    "//",
    "?",
    "{",
    "`",
    "r'",
    "\u{0}",
    "\u{202e}",
    "o['b']",
    "1.5",
    " ",
];

fn is_total(text: &str) -> Result<(), TestCaseError> {
    match Condition::parse(text, &vocabulary()) {
        Ok(condition) => {
            let again = Condition::parse(&condition.to_string(), &vocabulary());
            prop_assert_eq!(again.as_ref(), Ok(&condition), "{}", condition);
            evaluate(&condition, &World::new());
        }
        Err(error) => {
            let end = text.chars().count() as u32 + 1;
            prop_assert!((1..=end).contains(&error.column()), "{}", error);
            prop_assert!(error.to_string().len() < 1024, "{}", error);
            prop_assert!(!error.to_string().contains(char::is_control), "{:?}", error);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read_or_refused(bytes in vec(any::<u8>(), 0..300)) {
        is_total(&String::from_utf8_lossy(&bytes))?;
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,80}|[ -~]{0,80}|(?s:.{0,80})") {
        is_total(&text)?;
    }

    #[test]
    fn any_soup_is_read_or_refused(words in vec(0..SOUP.len(), 0..40), space in any::<bool>()) {
        let words: Vec<_> = words.into_iter().map(|word| SOUP[word]).collect();
        is_total(&words.join(if space { " " } else { "" }))?;
    }

    #[test]
    fn a_changed_condition_is_read_or_refused(
        bytes in vec(any::<u8>(), 0..120), at in any::<prop::sample::Index>(), word in 0..SOUP.len(), cut in 0..4usize
    ) {
        let mut chars: Vec<char> = condition(&bytes, true).0.chars().collect();
        let at = at.index(chars.len());
        chars.splice(at..chars.len().min(at + cut), SOUP[word].chars());
        is_total(&chars.into_iter().collect::<String>())?;
    }

    #[test]
    fn the_canonical_form_is_read_as_the_same(bytes in vec(any::<u8>(), 0..200)) {
        let (_, first) = condition(&bytes, true);
        let again = Condition::parse(&first.to_string(), &vocabulary()).unwrap();
        prop_assert_eq!(&again, &first);
        prop_assert_eq!(again.to_string(), first.to_string());
    }

    #[test]
    fn the_same_is_said_twice(bytes in vec(any::<u8>(), 0..200), values in vec(any::<u8>(), 0..200)) {
        let ((_, one), (_, other)) = (condition(&bytes, true), condition(&bytes, true));
        let world = world(&values, true, |dice| dice.roll(3) > 0);
        prop_assert_eq!(evaluate(&one, &world), evaluate(&other, &world));
        prop_assert_eq!(one.report(&evaluate(&one, &world)), other.report(&evaluate(&other, &world)));
    }

    #[test]
    fn what_is_decided_stays_decided_when_more_is_known(
        bytes in vec(any::<u8>(), 0..200), values in vec(any::<u8>(), 0..200), left_out in any::<u64>()
    ) {
        let (text, condition) = condition(&bytes, true);
        let more = world(&values, true, |dice| dice.roll(4) > 0);
        // Only what the asker may leave out.
        let mut less = more.clone();
        let mut bit = left_out;
        less.retain(|path, _| { bit = bit.rotate_right(1); path.starts_with("c.") || bit & 1 == 0 });
        let (less, more) = (evaluate(&condition, &less), evaluate(&condition, &more));
        if let Some(truth) = definite(&less) {
            prop_assert_eq!(definite(&more), Some(truth), "{}", text);
            prop_assert_eq!(less.missing().count(), 0);
            prop_assert!(less.failed().is_none());
        }
    }

    #[test]
    fn just_what_is_said_to_be_missing_decides(
        bytes in vec(any::<u8>(), 0..200), values in vec(any::<u8>(), 0..200), left_out in any::<u64>()
    ) {
        let (text, condition) = condition(&bytes, false);
        let all = world(&values, false, |_| true);
        let mut less = all.clone();
        let mut bit = left_out;
        less.retain(|_, _| { bit = bit.rotate_right(1); bit & 1 == 0 });
        let outcome = evaluate(&condition, &less);
        let missing: BTreeSet<_> =
            outcome.missing().map(|slot| condition.path(slot).unwrap().segments().join(".")).collect();
        prop_assert_eq!(missing.is_empty(), definite(&outcome).is_some(), "{}", text);
        prop_assert!(missing.iter().all(|name| !less.contains_key(name)));
        let asked_for = all.iter().filter(|(path, _)| missing.contains(*path));
        let mut enough = less.clone();
        enough.extend(asked_for.map(|(path, value)| (path.clone(), value.clone())));
        prop_assert!(definite(&evaluate(&condition, &enough)).is_some(), "{}", text);
        let mut others = all;
        others.retain(|path, _| !missing.contains(path));
        prop_assert_eq!(definite(&evaluate(&condition, &others)), definite(&outcome), "{}", text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn cel_agrees_where_everything_is_known(
        bytes in vec(any::<u8>(), 0..200), values in vec(any::<u8>(), 0..200)
    ) {
        let (text, condition) = condition(&bytes, false);
        let world = world(&values, false, |_| true);
        let outcome = evaluate(&condition, &world);
        prop_assert!(definite(&outcome).is_some());
        prop_assert_eq!(definite(&outcome), cel(&text, &world), "{}", text);
        prop_assert_eq!(definite(&outcome), cel(&condition.to_string(), &world), "{}", condition);
    }

    #[test]
    fn cel_never_contradicts(bytes in vec(any::<u8>(), 0..200), values in vec(any::<u8>(), 0..200)) {
        let (text, condition) = condition(&bytes, true);
        let world = world(&values, false, |dice| dice.roll(4) > 0);
        let (outcome, cel) = (evaluate(&condition, &world), cel(&text, &world));
        if let Some(truth) = definite(&outcome) {
            prop_assert_eq!(Some(truth), cel, "{}", text);
        }
    }

    #[test]
    fn what_cel_cannot_answer_is_missing(
        bytes in vec(any::<u8>(), 0..200), values in vec(any::<u8>(), 0..200)
    ) {
        let (text, condition) = condition(&bytes, false);
        let world = world(&values, false, |dice| dice.roll(4) > 0);
        prop_assert_eq!(definite(&evaluate(&condition, &world)), cel(&text, &world), "{}", text);
    }
}
