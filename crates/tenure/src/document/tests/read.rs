use crate::document::{Limits, MAX_DEPTH, coded, json, parse_json, read};
use crate::id::IdentityId;
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::Debug;
use proptest::prelude::*;
use serde::{Deserialize, Deserializer, de::DeserializeOwned};

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    max: Span,
    #[serde(default)]
    min: Option<Span>,
    #[serde(default)]
    on_loss: OnLoss,
    #[serde(default)]
    who: Vec<IdentityId>,
}

#[derive(Debug, PartialEq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum OnLoss {
    #[default]
    Revoke,
    Grace {
        minutes: u8,
    },
    RunOut,
    Pair(i64, i64),
    Named(String),
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(try_from = "String")]
struct Span(u32);

impl TryFrom<String> for Span {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        text.strip_suffix('h')
            .and_then(|hours| hours.parse().ok())
            .map(Self)
            .ok_or_else(|| format!("[span.syntax] `{text}` is not a span; write `8h`"))
    }
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum Fact {
    Joined { who: String, level: Level },
    Left,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(tag = "kind", content = "body", rename_all = "snake_case")]
enum Envelope {
    Count(u8),
    Rule(Rule),
    Nothing,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Level {
    Low,
    High,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

#[derive(Debug, PartialEq, Deserialize)]
struct Flat {
    id: String,
    #[serde(flatten)]
    rest: Rest,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Rest {
    level: Level,
    #[serde(flatten)]
    more: BTreeMap<String, i64>,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(transparent)]
struct Id(String);

fn ok<T: DeserializeOwned>(text: &str) -> T {
    parse_json(text, &Limits::default()).unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[track_caller]
fn fails<T: DeserializeOwned + Debug>(text: &str, code: &str, expected: &str) {
    let error = parse_json::<T>(text, &Limits::default()).unwrap_err();
    assert_eq!(error.to_string(), expected);
    assert_eq!(error.code(), code);
}

#[test]
fn values_of_every_shape_are_read() {
    assert_eq!(
        ok::<BTreeMap<Id, Rule>>(
            r#"{"r": {"max": "8h", "min": null, "on_loss": "run_out", "who": ["ann"]}}"#
        ),
        BTreeMap::from([(
            Id("r".into()),
            Rule {
                max: Span(8),
                min: None,
                on_loss: OnLoss::RunOut,
                who: Vec::from([IdentityId::new("ann").unwrap()]),
            }
        )])
    );
    assert_eq!(ok::<OnLoss>(r#"{"grace": {"minutes": 5}}"#), OnLoss::Grace { minutes: 5 });
    assert_eq!(ok::<OnLoss>(r#"{"pair": [1, -2]}"#), OnLoss::Pair(1, -2));
    assert_eq!(ok::<OnLoss>(r#"{"named": "x"}"#), OnLoss::Named("x".into()));
    assert_eq!(ok::<OnLoss>(r#"{"revoke": null}"#), OnLoss::Revoke);
    assert_eq!(
        ok::<Fact>(r#"{"who": "ann", "kind": "joined", "level": "high"}"#),
        Fact::Joined { who: "ann".into(), level: Level::High }
    );
    assert_eq!(ok::<Fact>(r#"{"kind": "left"}"#), Fact::Left);
    assert_eq!(ok::<Envelope>(r#"{"body": 3, "kind": "count"}"#), Envelope::Count(3));
    assert_eq!(ok::<Envelope>(r#"{"kind": "nothing"}"#), Envelope::Nothing);
    assert_eq!(ok::<OneOrMany>(r#""a""#), OneOrMany::One("a".into()));
    assert_eq!(ok::<OneOrMany>(r#"["a"]"#), OneOrMany::Many(Vec::from(["a".to_string()])));
    let flat = ok::<Flat>(r#"{"id": "a", "level": "low", "x": 1}"#);
    assert_eq!(flat.rest.more, BTreeMap::from([("x".to_string(), 1)]));
    assert_eq!(ok::<BTreeMap<i8, ()>>(r#"{"-3": null, "7": null}"#).len(), 2);
    assert_eq!(ok::<(bool, i64, Option<u64>)>("[true, -9, 9]"), (true, -9, Some(9)));
    assert_eq!(ok::<BTreeMap<Level, u8>>(r#"{"low": 1}"#)[&Level::Low], 1);
}

impl PartialOrd for Level {
    fn partial_cmp(&self, other: &Self) -> Option<core::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Level {
    fn cmp(&self, other: &Self) -> core::cmp::Ordering {
        (matches!(self, Self::High)).cmp(&matches!(other, Self::High))
    }
}

impl Eq for Level {}

#[test]
fn unknown_keys_name_the_nearest() {
    fails::<Vec<Rule>>(
        "[{\"max\": \"8h\"},\n {\"maxx\": \"8h\"}]",
        "document.unknown_field",
        "line 2, column 3 (/1/maxx): unknown key `maxx`; did you mean `max`? \
         known keys: `max`, `min`, `on_loss`, `who`",
    );
    fails::<Rule>(
        r#"{"max": "8h", "nonsense": 1}"#,
        "document.unknown_field",
        "line 1, column 15 (/nonsense): unknown key `nonsense`; known keys: `max`, `min`, `on_loss`, `who`",
    );
}

#[test]
fn unknown_words_name_the_nearest() {
    fails::<Rule>(
        r#"{"max": "8h", "on_loss": "revok"}"#,
        "document.unknown_word",
        "line 1, column 26 (/on_loss): unknown word `revok`; did you mean `revoke`? \
         known words: `revoke`, `grace`, `run_out`, `pair`, `named`",
    );
    fails::<OnLoss>(
        r#"{"grce": {"minutes": 1}}"#,
        "document.unknown_word",
        "line 1, column 2 (/grce): unknown word `grce`; did you mean `grace`? \
         known words: `revoke`, `grace`, `run_out`, `pair`, `named`",
    );
    fails::<BTreeMap<Level, u8>>(
        r#"{"lwo": 1}"#,
        "document.unknown_word",
        "line 1, column 2 (/lwo): unknown word `lwo`; did you mean `low`? known words: `low`, `high`",
    );
    let error = parse_json::<Level>("\"hgih\"", &Limits::default()).unwrap_err();
    assert_eq!(error.suggestion(), Some("high"));
}

#[test]
fn other_types_are_named_in_the_words_of_the_document() {
    fails::<Fact>(r#"["left"]"#, "document.type", "line 1, column 1: expected a map, found a list");
    fails::<Envelope>(
        "[\"nothing\", null]",
        "document.type",
        "line 1, column 1: expected a map, found a list",
    );
    fails::<Rule>("[]", "document.type", "line 1, column 1: expected a map, found a list");
    fails::<Rule>(
        "\"2h\"",
        "document.type",
        "line 1, column 1: expected a map with keys of `max`, `min`, `on_loss`, `who`, found the text `2h`",
    );
    fails::<Rule>(
        r#"{"max": 8}"#,
        "document.type",
        "line 1, column 9 (/max): expected a text, found the number `8`; write `\"8\"`",
    );
    fails::<Vec<bool>>(
        "[true,\n\"yes\"]",
        "document.type",
        "line 2, column 1 (/1): expected `true` or `false`, found the text `yes`; write `true`",
    );
    fails::<Vec<u8>>(
        "[\"5\"]",
        "document.type",
        "line 1, column 2 (/0): expected a whole number from 0 to 255, found the text `5`; write `5`",
    );
    fails::<Vec<u8>>(
        "[300]",
        "document.value",
        "line 1, column 2 (/0): expected a whole number from 0 to 255, found the number `300`",
    );
    fails::<u64>(
        "-1",
        "document.value",
        "line 1, column 1: expected a whole number from 0, found the number `-1`",
    );
    fails::<String>("null", "document.type", "line 1, column 1: expected a text, found nothing");
    fails::<(i64, i64)>("[1]", "document.type", "line 1, column 1: expected a list of 2, found 1");
    fails::<Vec<(i64, i64)>>(
        "[[1, 2, 3, 4]]",
        "document.type",
        "line 1, column 9 (/0/2): the list has more than 2 items; remove this and all behind it",
    );
    fails::<BTreeMap<u8, u8>>(
        r#"{"x": 1}"#,
        "document.type",
        "line 1, column 2 (/x): expected a whole number from 0 to 255, found the text `x`",
    );
    fails::<OnLoss>(
        "7",
        "document.type",
        "line 1, column 1: expected a word, or a map with one key, found the number `7`",
    );
    fails::<OnLoss>(
        r#""grace""#,
        "document.type",
        "line 1, column 1: `grace` needs a value; write `grace: …`",
    );
    fails::<OnLoss>(
        r#"{"run_out": 1}"#,
        "document.type",
        "line 1, column 13 (/run_out): this word takes no value; write it alone",
    );
    fails::<OnLoss>(
        r#"{"grace": 1}"#,
        "document.type",
        "line 1, column 11 (/grace): expected a map, found the number `1`",
    );
    fails::<OnLoss>(
        r#"{"grace": {"minutes": "a"}}"#,
        "document.type",
        "line 1, column 23 (/grace/minutes): expected a whole number from 0 to 255, found the text `a`",
    );
    fails::<Level>(
        r#"{"low": null, "high": null}"#,
        "document.type",
        "line 1, column 1: expected a map with one key, found 2: `low`, `high`",
    );
    fails::<Vec<OneOrMany>>(
        "[\"a\", 1]",
        "document.type",
        "line 1, column 7 (/1): the value has none of the forms that are allowed here",
    );
}

#[test]
fn missing_keys_and_refused_values_are_placed() {
    fails::<Vec<Rule>>(
        "[\n{}]",
        "document.missing_field",
        "line 2, column 1 (/0): the key `max` is missing; add it",
    );
    fails::<Rule>(
        r#"{"max": "eight"}"#,
        "span.syntax",
        "line 1, column 9 (/max): `eight` is not a span; write `8h`",
    );
    let error = parse_json::<Rule>(r#"{"max": "8h", "who": ["ann", ""]}"#, &Limits::default()).unwrap_err();
    assert_eq!((error.pointer(), error.column()), ("/who/1", 30));
    let error =
        parse_json::<BTreeMap<IdentityId, u8>>(r#"{"a b": 1, " c": 2}"#, &Limits::default()).unwrap_err();
    assert_eq!((error.pointer(), error.column()), ("/ c", 12));
}

#[test]
fn a_code_travels_through_serde_only_if_it_is_one() {
    #[derive(Debug)]
    struct Picky;
    impl<'de> Deserialize<'de> for Picky {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let text = String::deserialize(deserializer)?;
            match text.split_once(' ') {
                Some((code, message)) => Err(coded(code, message)),
                None => Err(serde::de::Error::custom(text)),
            }
        }
    }
    for (text, code, message) in [
        ("a.b_2 no", "a.b_2", "no"),
        ("plain no", "document.value", "[plain] no"),
        ("A.b no", "document.value", "[A.b] no"),
        ("a..b no", "document.value", "[a..b] no"),
        ("[a.b]", "document.value", "[a.b]"),
        ("no", "document.value", "no"),
    ] {
        let error = parse_json::<Picky>(format!("{text:?}"), &Limits::default()).unwrap_err();
        assert_eq!((error.code(), error.message()), (code, message));
    }
}

#[test]
fn a_coded_message_may_suggest() {
    #[derive(Debug, Deserialize)]
    #[serde(try_from = "String")]
    struct Never;
    impl TryFrom<String> for Never {
        type Error = String;
        fn try_from(text: String) -> Result<Self, String> {
            Err(format!("[never.known] `{text}` is unknown; did you mean `never`? or not"))
        }
    }
    let error = parse_json::<Never>("\"nevr\"", &Limits::default()).unwrap_err();
    assert_eq!((error.code(), error.suggestion()), ("never.known", Some("never")));
}

#[test]
fn what_serde_buffers_is_found_again() {
    fails::<Vec<Fact>>(
        "[{\"kind\": \"joined\",\n \"who\": \"ann\", \"levl\": \"low\"}]",
        "document.unknown_field",
        "line 2, column 16 (/0/levl): unknown key `levl`; did you mean `level`? known keys: `who`, `level`",
    );
    fails::<Vec<Fact>>(
        "[{\"kind\": \"joined\",\n \"who\": \"ann\", \"level\": \"hih\"}]",
        "document.unknown_word",
        "line 2, column 25 (/0/level): unknown word `hih`; did you mean `high`? known words: `low`, `high`",
    );
    // Twice the same text: which one is meant cannot be known, so the whole value is named.
    fails::<Vec<Fact>>(
        "[{\"kind\": \"joined\", \"who\": \"hih\", \"level\": \"hih\"}]",
        "document.unknown_word",
        "line 1, column 2 (/0): unknown word `hih`; did you mean `high`? known words: `low`, `high`",
    );
    fails::<Fact>(
        "{\"kind\": \"leftt\"}",
        "document.unknown_word",
        "line 1, column 10 (/kind): unknown word `leftt`; did you mean `left`? known words: `joined`, `left`",
    );
    fails::<Fact>("{}", "document.missing_field", "line 1, column 1: the key `kind` is missing; add it");
    fails::<Flat>(
        r#"{"id": "a", "level": "low", "x": "y"}"#,
        "document.type",
        "line 1, column 1: expected a whole number, found the text `y`",
    );
    fails::<Envelope>(
        "{\"kind\": \"rule\",\n\"body\": {\"mx\": 1}}",
        "document.unknown_field",
        "line 2, column 10 (/body/mx): unknown key `mx`; did you mean `max`? known keys: `max`, `min`, `on_loss`, `who`",
    );
}

#[test]
fn the_deepest_document_is_read_within_the_stack_of_a_thread() {
    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Tree {
        Leaf,
        Node(Box<Tree>),
        Inner { inner: Box<Tree> },
    }
    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(untagged)]
    enum Loose {
        Leaf(String),
        Node(Vec<Loose>),
    }
    let depth = MAX_DEPTH - 2;
    let limits = Limits::default().with_depth(MAX_DEPTH);
    let text = format!("{}{}{}", "{\"node\":".repeat(depth), "\"leaf\"", "}".repeat(depth));
    let nested = (0..depth).fold(Tree::Leaf, |inner, _| Tree::Node(Box::new(inner)));
    assert_eq!(parse_json::<Tree>(&text, &limits), Ok(nested));
    let half = depth / 2;
    let text = format!("{}{}{}", "{\"inner\":{\"inner\":".repeat(half), "\"leaf\"", "}}".repeat(half));
    let nested = (0..half).fold(Tree::Leaf, |inner, _| Tree::Inner { inner: Box::new(inner) });
    assert_eq!(parse_json::<Tree>(&text, &limits), Ok(nested));
    let text = format!("{}\"leaf\"{}", "[".repeat(20), "]".repeat(20));
    let nested = (0..20).fold(Loose::Leaf("leaf".into()), |inner, _| Loose::Node(Vec::from([inner])));
    assert_eq!(parse_json::<Loose>(&text, &limits), Ok(nested));
}

#[test]
fn an_error_is_json_with_sorted_keys() {
    let error = parse_json::<Level>("\"hgih\"", &Limits::default()).unwrap_err();
    let text = serde_json::to_string(&error).unwrap();
    assert_eq!(text, crate::document::canonical(&error).unwrap());
    assert!(text.starts_with(r#"{"code":"document.unknown_word","column":1,"line":1,"message":"#), "{text}");
    assert!(text.ends_with(r#""pointer":"","suggestion":"high"}"#), "{text}");
    let error = json("", &Limits::default()).unwrap_err();
    assert!(!serde_json::to_string(&error).unwrap().contains("suggestion"));
}

#[test]
fn text_can_be_borrowed() {
    let node = json(r#"["a"]"#, &Limits::default()).unwrap();
    assert_eq!(read::<Vec<&str>>(&node).unwrap(), ["a"]);
}

/// Values that come near to the types above, and often miss them.
fn near_misses() -> impl Strategy<Value = serde_json::Value> {
    let word = prop::sample::select(Vec::from([
        "kind", "who", "level", "max", "min", "on_loss", "body", "id", "joined", "left", "rule", "count",
        "grace", "minutes", "low", "high", "8h", "hgih", "",
    ]));
    let leaf = prop_oneof![
        word.clone().prop_map(Into::into),
        any::<bool>().prop_map(Into::into),
        (-300..300_i64).prop_map(Into::into),
        Just(serde_json::Value::Null),
    ];
    leaf.prop_recursive(4, 24, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
            prop::collection::vec((word.clone(), inner), 0..5).prop_map(|entries| {
                serde_json::Value::Object(
                    entries.into_iter().map(|(key, value)| (key.into(), value)).collect(),
                )
            }),
        ]
    })
}

/// Reading agrees with serde_json on what is a `T`, except where a list would stand for a map; and an error's
/// pointer leads to a value that is there, or to a key.
fn agrees<T: DeserializeOwned + Debug + PartialEq>(value: &serde_json::Value) -> Result<(), TestCaseError> {
    let text = serde_json::to_string_pretty(value).unwrap();
    let ours = parse_json::<T>(&text, &Limits::default());
    let theirs = serde_json::from_str::<T>(&text);
    match (ours, theirs) {
        (Ok(ours), Ok(theirs)) => prop_assert_eq!(ours, theirs),
        (Ok(ours), Err(error)) => prop_assert!(false, "{text}: read as {ours:?}, but {error}"),
        (Err(error), theirs) => {
            prop_assert!(theirs.is_err() || error.message().ends_with("found a list"), "{text}: {error}");
            prop_assert!(value.pointer(error.pointer()).is_some(), "{text}: {error}");
            let line = text.lines().nth((error.line() as usize).saturating_sub(1)).unwrap();
            prop_assert!(
                line.chars().nth((error.column() as usize).saturating_sub(1)).is_some_and(|c| c != ' '),
                "{text}: {error}"
            );
            for leaked in
                ["struct", "enum", "Rule", "Fact", "Envelope", "Flat", "OneOrMany", "variant", "tuple"]
            {
                prop_assert!(!error.message().contains(leaked), "{text}: {error}");
            }
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn reading_agrees_with_serde_json_and_places_every_error(value in near_misses()) {
        agrees::<Rule>(&value)?;
        agrees::<Vec<Fact>>(&value)?;
        agrees::<Fact>(&value)?;
        agrees::<Envelope>(&value)?;
        agrees::<Flat>(&value)?;
        agrees::<OneOrMany>(&value)?;
        agrees::<BTreeMap<Level, OnLoss>>(&value)?;
        agrees::<Option<(Level, u8)>>(&value)?;
    }
}
