use crate::document::{Limits, MAX_DEPTH, MAX_NUMBER, Node, Value, json};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use proptest::prelude::*;

fn node(text: &str) -> Node {
    json(text, &Limits::default()).unwrap_or_else(|error| panic!("{text:?}: {error}"))
}

/// Code, line, column and pointer of the error.
fn fails(text: impl AsRef<[u8]>) -> (String, u32, u32, String) {
    let error = json(text, &Limits::default()).unwrap_err();
    (error.code().to_string(), error.line(), error.column(), error.pointer().to_string())
}

fn at(code: &str, line: u32, column: u32, pointer: &str) -> (String, u32, u32, String) {
    (code.to_string(), line, column, pointer.to_string())
}

#[test]
fn every_node_knows_its_place() {
    let root = node("{\r\n  \"ä\": [true,\n null],\n\t\"b\" : {}}");
    let entry = &root.entries()[0];
    assert_eq!((entry.key.as_str(), entry.place.line, entry.place.column), ("ä", 2, 3));
    let list = root.get("ä").unwrap();
    assert_eq!((list.place().line, list.place().column), (2, 8));
    assert_eq!((list.items()[0].place().line, list.items()[0].place().column), (2, 9));
    assert_eq!((list.items()[1].place().line, list.items()[1].place().column), (3, 2));
    assert_eq!((root.entries()[1].place.line, root.entries()[1].place.column), (4, 2));
    assert_eq!(root.get("b").unwrap().place().column, 8);
}

#[test]
fn numbers_are_whole_and_exact() {
    assert_eq!(node("9007199254740991").value(), &Value::Int(MAX_NUMBER));
    assert_eq!(node("-9007199254740991").value(), &Value::Int(-MAX_NUMBER));
    assert_eq!(node("-0").value(), &Value::Int(0));
    for beyond in ["9007199254740992", "-9007199254740992", "9223372036854775808", &"9".repeat(500)] {
        assert_eq!(fails(beyond), at("document.number", 1, 1, ""), "{beyond}");
    }
    for fraction in ["1.0", "1e3", "-1.5E+7", "0.1", "1.", "1.e"] {
        assert_eq!(fails(format!("[0, {fraction}]")), at("document.number", 1, 5, "/1"), "{fraction}");
    }
    for (wrong, column) in [("01", 1), ("-", 2), ("+1", 1), (".5", 1), ("-a", 2), ("0x10", 2), ("NaN", 1)] {
        assert_eq!(fails(wrong), at("document.syntax", 1, column, ""), "{wrong}");
    }
}

#[test]
fn escapes_are_right() {
    assert_eq!(
        node(r#""\"\\\/\b\f\n\r\t\u0041\u00e9\ud83d\ude00\u0000""#).text(),
        Some("\"\\/\u{8}\u{c}\n\r\tAé😀\0")
    );
    for (wrong, column) in [
        (r#""\ud83d""#, 8),
        (r#""\ude00""#, 8),
        (r#""\ud83d\u0041""#, 14),
        (r#""\ud83dx""#, 8),
        (r#""\u12""#, 4),
        (r#""\u+123""#, 4),
        (r#""\x""#, 3),
        ("\"a", 3),
        ("\"a\\", 4),
        ("\"a\tb\"", 3),
        ("\"a\nb\"", 3),
        ("\"\0\"", 2),
    ] {
        assert_eq!(fails(wrong), at("document.syntax", 1, column, ""), "{wrong}");
    }
}

#[test]
fn what_is_not_json_is_refused_where_it_stands() {
    for (text, line, column, pointer) in [
        ("", 1, 1, ""),
        (" \n ", 2, 2, ""),
        ("[1,]", 1, 4, "/1"),
        ("[1 2]", 1, 4, "/1"),
        ("{\"a\":1,}", 1, 8, ""),
        ("{\"a\" 1}", 1, 6, "/a"),
        ("{a:1}", 1, 2, ""),
        ("{\"a\":{\"b~/\":[0,\n!]}}", 2, 1, "/a/b~0~1/1"),
        ("[1] []", 1, 5, ""),
        ("1 x", 1, 3, ""),
        ("{", 1, 2, ""),
        ("[", 1, 2, "/0"),
        ("]", 1, 1, ""),
        ("[}", 1, 2, "/0"),
        ("truex", 1, 1, ""),
        ("nul", 1, 1, ""),
        ("// no\n1", 1, 1, ""),
        ("\u{feff}\u{feff}1", 1, 1, ""),
        ("\0", 1, 1, ""),
        ("\u{a0}1", 1, 1, ""),
    ] {
        assert_eq!(fails(text), at("document.syntax", line, column, pointer), "{text:?}");
    }
    let error = json("{\"a\": yes}", &Limits::default()).unwrap_err();
    assert_eq!(error.to_string(), "line 1, column 7 (/a): expected a value, found `yes`");
}

#[test]
fn a_byte_order_mark_is_skipped_and_other_encodings_are_named() {
    assert_eq!(node("\u{feff}[1]"), node("[1]"));
    assert_eq!(fails(b"\"a\n\xff\""), at("document.encoding", 2, 1, ""));
    assert_eq!(fails(b"\xff\xfe1\0"), at("document.encoding", 1, 1, ""));
    assert_eq!(fails(b"\"\xed\xa0\x80\""), at("document.encoding", 1, 2, ""));
}

#[test]
fn duplicate_keys_are_refused_at_the_second() {
    assert_eq!(fails("{\"a\":1,\n \"b\":2, \"a\":3}"), at("document.duplicate_key", 2, 9, "/a"));
    assert_eq!(fails(r#"[{"b":1,"a":2,"\u0061":3,"b":4}]"#), at("document.duplicate_key", 1, 15, "/0/a"));
}

#[test]
fn limits_come_first() {
    let limits = Limits::default();
    assert_eq!(fails("[".repeat(100_000)).0, "document.too_deep");
    assert_eq!(fails("{\"a\":".repeat(100_000)).0, "document.too_deep");
    assert_eq!(fails(" ".repeat(2 << 20)), at("document.too_large", 1, 1, ""));
    let nested = |depth: usize| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
    assert!(json(nested(32), &limits).is_ok());
    assert_eq!(json(nested(33), &limits).unwrap_err().column(), 33);
    let deepest = limits.with_depth(usize::MAX);
    assert!(json(nested(MAX_DEPTH), &deepest).is_ok());
    assert_eq!(json(nested(MAX_DEPTH + 1), &deepest).unwrap_err().code(), "document.too_deep");
    let few = limits.with_nodes(4);
    assert!(json("[1,2,3]", &few).is_ok());
    assert_eq!(json("[1,2,3,4]", &few).unwrap_err().pointer(), "/3");
    let million: String = (0..1_000_000).map(|i| format!("\"{i}\":0,")).collect();
    let wide = limits.with_bytes(100 << 20);
    assert_eq!(json(format!("{{{million}"), &wide).unwrap_err().code(), "document.too_many_nodes");
    // A long line must not make every place a walk from its beginning.
    let line = format!("[{}0]", "0,".repeat(190_000));
    assert!(json(line, &limits).is_ok());
}

/// Any value of JSON without fractions.
pub(super) fn values() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        (-MAX_NUMBER..=MAX_NUMBER).prop_map(Into::into),
        any::<String>().prop_map(Into::into),
        "[ -~]{0,8}".prop_map(Into::into),
    ];
    leaf.prop_recursive(6, 64, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Into::into),
            prop::collection::vec((any::<String>(), inner), 0..8)
                .prop_map(|entries| serde_json::Value::Object(entries.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn what_serde_json_writes_reads_back_equal(value in values()) {
        for text in [serde_json::to_string(&value).unwrap(), serde_json::to_string_pretty(&value).unwrap()] {
            let node = json(&text, &Limits::default()).unwrap();
            prop_assert_eq!(&serde_json::to_value(&node).unwrap(), &value);
            let again: serde_json::Value = crate::document::read(&node).unwrap();
            prop_assert_eq!(&again, &value);
        }
    }

    #[test]
    fn reading_is_total(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Err(error) = json(&bytes, &Limits::default()) {
            prop_assert!(error.line() >= 1 && error.column() >= 1 && error.code().starts_with("document."));
        }
    }

    #[test]
    fn reading_agrees_with_serde_json(text in r#"([\[\]{},:" 019tfn.eE+\-\\u\n]|true|null|"a":?|\\ud83d|\[\]){0,24}"#) {
        let ours = json(&text, &Limits::default());
        let theirs = serde_json::from_str::<serde_json::Value>(&text);
        match (ours, theirs) {
            (Ok(node), Ok(value)) => prop_assert_eq!(serde_json::to_value(&node).unwrap(), value),
            (Ok(_), Err(error)) => prop_assert!(false, "{text:?}: accepted, but {error}"),
            (Err(error), Ok(_)) => prop_assert!(
                ["document.number", "document.duplicate_key"].contains(&error.code()),
                "{text:?}: {error}"
            ),
            (Err(_), Err(_)) => {}
        }
    }

    #[test]
    fn a_broken_text_is_refused_and_never_more(value in values(), cut in any::<prop::sample::Index>()) {
        let text = serde_json::to_string(&serde_json::json!([value])).unwrap();
        let chars: Vec<char> = text.chars().collect();
        let cut: String = chars[..cut.index(chars.len())].iter().collect();
        prop_assert_eq!(json(&cut, &Limits::default()).unwrap_err().code().to_string(), "document.syntax");
    }
}
