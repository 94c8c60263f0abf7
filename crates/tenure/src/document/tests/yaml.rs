use super::json::values;
use crate::document::{Limits, MAX_NUMBER, Node, Value, canonical, json, parse_yaml, yaml};
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use proptest::prelude::*;

fn node(text: &str) -> Node {
    yaml(text, &Limits::default()).unwrap_or_else(|error| panic!("{text:?}: {error}"))
}

#[track_caller]
fn same(yaml: &str, json_text: &str) {
    assert_eq!(node(yaml), json(json_text, &Limits::default()).unwrap(), "{yaml}");
}

#[track_caller]
fn fails(text: impl AsRef<[u8]>, code: &str, line: u32, column: u32, pointer: &str) {
    let error = yaml(text, &Limits::default()).unwrap_err();
    assert_eq!(
        (error.code(), error.line(), error.column(), error.pointer()),
        (code, line, column, pointer),
        "{error}"
    );
}

#[test]
fn scalars_say_what_they_say_to_every_reader() {
    for (plain, value) in [
        ("true", Value::Bool(true)),
        ("False", Value::Bool(false)),
        ("null", Value::Null),
        ("~", Value::Null),
        ("", Value::Null),
        ("0", Value::Int(0)),
        ("-12", Value::Int(-12)),
        ("9007199254740991", Value::Int(MAX_NUMBER)),
        ("-9007199254740991", Value::Int(-MAX_NUMBER)),
    ] {
        assert_eq!(node(&format!("a: {plain}")).get("a").unwrap().value(), &value, "{plain}");
    }
    for text in [
        "yes",
        "no",
        "on",
        "off",
        "y",
        "n",
        "Yes",
        "1_000",
        "1.5.2",
        "v1.5",
        "1.5s",
        "1e",
        "e3",
        "1e3.5",
        ".",
        "+",
        ".e3",
        "+.nan",
        ".infinity",
        ".iNF",
        "0x",
        "0xg1",
        "0o18",
        "-0x1F",
        "inf",
        "--1",
        "2026-03-02",
        "2026-03-02T10:00:00Z",
        "10:30",
        "8h",
        "tRue",
        "nULL",
        "a#b",
        "a:b",
    ] {
        assert_eq!(node(&format!("a: {text}")).get("a").unwrap().text(), Some(text));
    }
    for number in [
        "1.5", "-1.5", "+1.5", "1.", "00.5", ".5", "-.5", "1e3", "1E3", "-1e-3", "1.5e+3", ".5e3", "1.e3",
        ".inf", "-.inf", "+.Inf", ".INF", ".nan", ".NaN", ".NAN", "0x1F", "0xff", "0o17", "007", "-007",
        "+5", "00",
    ] {
        fails(format!("a: {number}"), "document.number", 1, 4, "/a");
        fails(format!("- {number}"), "document.number", 1, 3, "/0");
        let quoted = node(&format!("a: '{number}'"));
        assert_eq!(quoted.get("a").unwrap().text(), Some(number));
    }
    for quoted in ["'true'", "\"null\"", "'5'", "\"\"", "''", "|\n  5", ">-\n  true"] {
        assert!(node(&format!("a: {quoted}")).get("a").unwrap().text().is_some(), "{quoted}");
    }
    fails("a: 9007199254740992", "document.number", 1, 4, "/a");
    fails(format!("- -{}", "9".repeat(500)), "document.number", 1, 3, "/0");
}

#[test]
fn the_same_document_in_json() {
    same(
        "# a comment\neligibility:\n  db-admin:\n    who: [ann, 'bob']\n    duration: {min: 1h, max: 8h}\n    note: |\n      two\n      lines\n  \"other\":\n  - a\n  -\n  - b: 1\n    c:\n",
        r#"{"eligibility": {"db-admin": {"who": ["ann", "bob"], "duration": {"min": "1h", "max": "8h"}, "note": "two\nlines\n"},
            "other": ["a", null, {"b": 1, "c": null}]}}"#,
    );
    same("---\na: 1\n...\n", r#"{"a": 1}"#);
    same("%YAML 1.2\n---\na: 1\n", r#"{"a": 1}"#);
    same("1: a\n-2: b\n1.5: c\nyes: d\n", r#"{"1": "a", "-2": "b", "1.5": "c", "yes": "d"}"#);
    same("? a\n: 1\n", r#"{"a": 1}"#);
    same("", "null");
    same("# nothing\n\n", "null");
    same("\u{feff}a: 1", r#"{"a": 1}"#);
    same("a: 1\r\nb:\r\n  - 2\r\n", r#"{"a": 1, "b": [2]}"#);
    same("a: \t1\t# tabs between are no indentation\n", r#"{"a": 1}"#);
    same("'<<': 1\n'~': 2\n\"\": 3\n'true': 4\n", r#"{"<<": 1, "~": 2, "": 3, "true": 4}"#);
    same("a: \"\\u00e9\\0\\x41\"", "{\"a\": \"é\\u0000A\"}");
}

#[test]
fn every_node_knows_its_place() {
    let root = node("é: 1\nb:\n  - {x: [2]}\n  c: \nd:\n".replace("\n  c: ", "").as_str());
    let places: Vec<_> = root.entries().iter().map(|entry| (entry.place.line, entry.place.column)).collect();
    assert_eq!(places, [(1, 1), (2, 1), (4, 1)]);
    assert_eq!((root.get("é").unwrap().place().line, root.get("é").unwrap().place().column), (1, 4));
    let x = root.get("b").unwrap().items()[0].get("x").unwrap();
    assert_eq!((x.place().line, x.place().column), (3, 9));
    assert_eq!((x.items()[0].place().line, x.items()[0].place().column), (3, 10));
    // An empty value is where its key is, not where the parser noticed.
    assert_eq!(root.get("d").unwrap().place().line, 4);
    let root = node("a:\n\n\nb: 1");
    assert_eq!(root.get("a").unwrap().place().line, 1);
}

#[test]
fn what_means_more_than_it_shows_is_refused_by_name() {
    fails("a: &x 1\nb: *x", "document.anchor", 1, 4, "/a");
    fails("a: &x [1]", "document.anchor", 1, 4, "/a");
    fails("&x a: 1", "document.anchor", 1, 1, "");
    fails("a: *x", "document.alias", 1, 4, "/a");
    fails("*x : 1", "document.alias", 1, 1, "");
    fails("a: !!str 5", "document.tag", 1, 4, "/a");
    fails("a: !local {}", "document.tag", 1, 4, "/a");
    fails("a: ! 5", "document.tag", 1, 4, "/a");
    fails("a: !e!x 5", "document.tag", 1, 4, "/a");
    fails("%TAG !e! tag:x,2000:\n---\na: !e!x 5", "document.tag", 3, 4, "/a");
    fails("a:\n  <<: {b: 1}", "document.merge_key", 2, 3, "/a");
    fails("a: 1\nb: 2\na: 3", "document.duplicate_key", 3, 1, "/a");
    fails("a: 1\n'a': 3", "document.duplicate_key", 2, 1, "/a");
    fails("x:\n  1: a\n  \"1\": b", "document.duplicate_key", 3, 3, "/x/1");
    fails("[a]: 1", "document.key", 1, 1, "");
    fails("? {a: 1}\n: 1", "document.key", 1, 3, "");
    fails("~: 1", "document.key", 1, 1, "");
    fails("x: {true: 1}", "document.key", 1, 5, "/x");
    fails(": 1", "document.key", 1, 1, "");
    fails("a: {? }", "document.key", 1, 7, "/a");
    fails("a: 1\n---\nb: 2", "document.many_documents", 2, 1, "");
    fails("a: 1\n---\n", "document.many_documents", 2, 1, "");
    // The usual bomb: nine lines that would grow to a gigabyte.
    let bomb: String =
        (1..9).map(|i| format!("a{i}: &a{i} [{}]\n", vec![format!("*a{}", i - 1); 9].join(","))).collect();
    fails(format!("a0: &a0 lol\n{bomb}"), "document.anchor", 1, 5, "/a0");
}

#[test]
fn what_is_not_yaml_is_refused_where_it_stands() {
    for text in [
        "a: b: c",
        "a: [1",
        "a: {b",
        "a: 'x",
        "a: \"x",
        "a: \"\\z\"",
        "a: 1\n b: 2",
        "a:\n\t- 1",
        "- a\nb: 1",
        "]",
        "a: @x",
        "a: `x`",
        "%x",
        "a: |x\n  1",
        "key without colon\nb: 1",
        "a\u{1}: 1",
        "a: \u{0}",
        "\u{feff}\u{feff}a",
        "\u{7f}",
        "{---",
        "a: [b]]",
        "--- a: 1\n b: 2",
        "a: 1\n... x",
    ] {
        let error = yaml(text, &Limits::default()).unwrap_err();
        assert_eq!(error.code(), "document.syntax", "{text:?}: {error}");
        assert!(error.line() >= 1 && error.column() >= 1);
    }
    fails(b"a: \xff", "document.encoding", 1, 4, "");
    let tab = yaml("a:\n\tb: 1", &Limits::default()).unwrap_err();
    assert_eq!((tab.line(), tab.message()), (2, "a tab stands where only spaces may; write spaces"));
}

#[test]
fn limits_come_first() {
    let limits = Limits::default();
    fails(" ".repeat(2 << 20), "document.too_large", 1, 1, "");
    let huge = vec![b'['; 100 << 20];
    fails(huge, "document.too_large", 1, 1, "");
    for deep in ["[", "{", "{a: ", "- ", "? ", "[{a: ", "- - ? "] {
        let text = deep.repeat(100_000 / deep.len());
        let error = yaml(&text, &limits).unwrap_err();
        assert!(["document.too_deep", "document.key"].contains(&error.code()), "{deep}: {error}");
    }
    let nested: String = (0..1_000).map(|i| format!("{}a:\n", " ".repeat(i))).collect();
    fails(&nested, "document.too_deep", 33, 33, &"/a".repeat(32));
    let flow = |depth: usize| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
    assert!(yaml(flow(32), &limits).is_ok());
    assert_eq!(yaml(flow(33), &limits).unwrap_err().code(), "document.too_deep");
    // The event parser reads a whole flow collection before it reports its beginning.
    let error = yaml(format!("{}{}", "[".repeat(200), "a,".repeat(50_000)), &limits).unwrap_err();
    assert_eq!(error.code(), "document.too_deep");
    let wide = limits.with_bytes(16 << 20);
    let million: String = (0..1_000_000).map(|i| format!("k{i}: 0\n")).collect();
    assert_eq!(yaml(&million, &wide).unwrap_err().code(), "document.too_many_nodes");
    assert_eq!(
        yaml(format!("[{}]", "a,".repeat(400_000)), &limits).unwrap_err().code(),
        "document.too_many_nodes"
    );
}

#[test]
fn typed_values_and_their_errors_have_places() {
    let rules: BTreeMap<String, BTreeMap<String, bool>> =
        parse_yaml("a: {x: true}\nb:\n  y: false\n", &Limits::default()).unwrap();
    assert!(rules["a"]["x"]);
    let error = parse_yaml::<BTreeMap<String, BTreeMap<String, bool>>>(
        "a: {x: true}\nb:\n  y: yes\n",
        &Limits::default(),
    )
    .unwrap_err();
    assert_eq!(
        error.to_string(),
        "line 3, column 6 (/b/y): expected `true` or `false`, found the text `yes`; write `true`"
    );
}

/// Block style, written by hand: what people write.
fn block(value: &serde_json::Value, pad: &str, out: &mut String) {
    let deeper = format!("{pad}  ");
    match value {
        serde_json::Value::Array(items) if !items.is_empty() => {
            for item in items {
                out.push_str(&format!("\n{pad}-"));
                block(item, &deeper, out);
            }
        }
        serde_json::Value::Object(entries) if !entries.is_empty() => {
            for (key, value) in entries {
                out.push_str(&format!("\n{pad}{}:", serde_json::to_string(key).unwrap()));
                block(value, &deeper, out);
            }
        }
        scalar => out.push_str(&format!(" {scalar}")),
    }
}

/// JSON's raw text may hold what YAML does not print; escape it as YAML and JSON both read it.
fn printed(text: &str) -> String {
    text.chars()
        .map(|char| match char {
            '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => {
                format!("\\u{:04x}", u32::from(char))
            }
            char => char.to_string(),
        })
        .collect()
}

proptest! {
    #[test]
    fn yaml_and_json_of_the_same_document_are_equal(value in values()) {
        let limits = Limits::default();
        let expected = json(serde_json::to_string(&value).unwrap(), &limits).unwrap();
        let mut text = String::new();
        block(&value, "", &mut text);
        for text in [
            serde_json::to_string(&value).unwrap(),
            serde_json::to_string_pretty(&value).unwrap(),
            text,
        ] {
            let text = printed(&text);
            // YAML wants a key on one line, and its `:` within 1,024 characters.
            prop_assume!(text.len() < 1_000);
            let node = yaml(&text, &limits);
            prop_assert_eq!(node.as_ref(), Ok(&expected), "{}", text);
            prop_assert_eq!(canonical(&node.unwrap()), canonical(&expected));
        }
    }

    #[test]
    fn reading_is_total(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Err(error) = yaml(&bytes, &Limits::default()) {
            prop_assert!(error.line() >= 1 && error.column() >= 1 && error.code().starts_with("document."));
        }
    }

    #[test]
    fn reading_is_total_on_what_looks_like_yaml(
        text in r#"(\n *|[\[\]{},:?\-&*!|>'"%@`#~ \t]|: |- |---|\.\.\.|<<|&a|\*a|!!str|[a-c]|\\|\r|é|1){0,40}"#,
    ) {
        if let Err(error) = yaml(&text, &Limits::default()) {
            prop_assert!(error.line() >= 1 && error.column() >= 1 && error.code().starts_with("document."));
        }
    }
}
