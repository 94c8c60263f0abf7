//! What a condition means, operator by operator, and what is said of a text that is none.
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
use std::collections::BTreeMap;

use tenure::condition::{
    Condition, LIMITS, MAX_BYTES, MAX_DEPTH, MAX_LIST, MAX_PATHS, MAX_STEPS, MAX_TOKENS, OPERATORS, Outcome,
    Presence, Report, Type, ValueRef, Vocabulary, VocabularyError,
};
use tenure::model::{Scalar, Value};

fn parse(text: &str) -> Condition {
    Condition::parse(text, &Vocabulary::example()).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn outcome(condition: &Condition, world: &BTreeMap<String, Value>) -> Outcome {
    condition.evaluate(|slot| {
        let path = condition.path(slot).unwrap();
        world.get(&path.segments().join(".")).map(ValueRef::from)
    })
}

/// What the condition says in a world in which Ann of operations asks from a compliant device.
fn says(text: &str) -> Report {
    let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect::<Value>();
    let mixed = Value::List(vec![Scalar::Text("eu".into()), Scalar::Int(7), Scalar::Bool(true)]);
    let world = BTreeMap::from([
        ("identity.cost-center".to_owned(), Value::from(4711)),
        ("identity.department".to_owned(), Value::from("ops")),
        ("identity.level".to_owned(), Value::from(3)),
        ("identity.skills".to_owned(), texts(&["db-admin", "linux"])),
        ("resource.name".to_owned(), Value::from("prod/orders")),
        ("resource.sensitivity".to_owned(), Value::from("high")),
        ("context.device.compliant".to_owned(), Value::from(true)),
        ("context.tags".to_owned(), mixed),
    ]);
    let condition = parse(text);
    condition.report(&outcome(&condition, &world))
}

fn missing(names: &[&str]) -> Report {
    Report::Missing(names.iter().map(|name| (*name).to_owned()).collect())
}

fn failed(why: &str) -> Report {
    Report::Failed(why.to_owned())
}

const AS_TEXT: &str = "`resource.sensitivity` is a text; it is declared as an int";

#[test]
fn operators_mean_what_their_table_says() {
    use Report::{Satisfied, Unsatisfied};
    let compliant = "context.device.rooted";
    for (text, expected) in [
        ("true", Satisfied),
        ("false", Unsatisfied),
        ("!false", Satisfied),
        ("!!true", Satisfied),
        ("identity.level == 3", Satisfied),
        ("identity.level != 3", Unsatisfied),
        ("identity.level < 3", Unsatisfied),
        ("identity.level <= 3", Satisfied),
        ("identity.level > 2", Satisfied),
        ("identity.level >= 4", Unsatisfied),
        ("identity.level > -4", Satisfied),
        ("identity.level == 003", Satisfied),
        ("identity.department < 'opt'", Satisfied),
        // By code points: U+FF5E comes before U+1F600, though not in UTF-16.
        ("'\u{ff5e}' < '\u{1f600}'", Satisfied),
        ("'Z' < 'a'", Satisfied),
        ("identity.department in ['ops', 'dev']", Satisfied),
        ("identity.department in []", Unsatisfied),
        ("'linux' in identity.skills", Satisfied),
        ("identity.skills == ['db-admin', 'linux']", Satisfied),
        ("identity.skills != ['linux', 'db-admin']", Satisfied),
        ("identity.skills == []", Unsatisfied),
        ("[1, 2,] == [1, 2]", Satisfied),
        ("(identity.level > 2) == true", Satisfied),
        ("resource.name.startsWith('prod/')", Satisfied),
        ("resource.name.endsWith('prod/')", Unsatisfied),
        ("resource.name.contains('/')", Satisfied),
        ("'a\\x41\\u00e9\\U0001F600\\101\\n\\?' == \"aAé\u{1f600}A\\n?\"", Satisfied),
        ("identity[\"cost-center\"] == 4711", Satisfied),
        ("identity['level'] == 3", Satisfied),
        ("identity.skills.exists(s, s.startsWith('db-'))", Satisfied),
        ("identity.skills.all(s, s.startsWith('db-'))", Unsatisfied),
        ("[].exists(x, true)", Unsatisfied),
        ("[].all(x, false)", Satisfied),
        ("[true, false].exists(x, !x)", Satisfied),
        ("has(identity.department)", Satisfied),
        ("has(identity.mail)", Unsatisfied),
        ("has(inputs.reason)", missing(&["inputs.reason"])),
        ("has(context.tags)", Satisfied),
        // Absent: unknown, unless the rest decides.
        (compliant, missing(&[compliant])),
        ("!context.device.rooted", missing(&[compliant])),
        ("context.device.rooted && false", Unsatisfied),
        ("false && context.device.rooted", Unsatisfied),
        ("context.device.rooted || true", Satisfied),
        ("context.device.rooted || false", missing(&[compliant])),
        ("context.device.rooted == context.device.rooted", missing(&[compliant])),
        (
            "identity.mail == inputs.reason && context.device.rooted && identity.mail != ''",
            missing(&["context.device.rooted", "identity.mail", "inputs.reason"]),
        ),
        // What could no longer change anything is not asked for.
        ("(context.device.rooted || true) && identity.mail == ''", missing(&["identity.mail"])),
        ("identity.skills.exists(s, s == identity.mail)", missing(&["identity.mail"])),
        ("identity.skills.exists(s, s == identity.mail || s == 'linux')", Satisfied),
        // Of another type than declared: failed, which is told before what is missing.
        ("resource.sensitivity <= 3", failed(AS_TEXT)),
        ("resource.sensitivity <= 3 || true", Satisfied),
        ("resource.sensitivity <= 3 && false", Unsatisfied),
        ("context.device.rooted && resource.sensitivity <= 3", failed(AS_TEXT)),
        ("has(resource.sensitivity)", Satisfied),
        // Elements of a list without a declared type are compared as they come.
        ("'eu' in context.tags", Satisfied),
        ("true in context.tags", Satisfied),
        ("context.tags.exists(t, t == 'eu')", Satisfied),
        (
            "'us' in context.tags",
            failed("an element of `context.tags` is an int; it is compared with a text"),
        ),
        (
            "context.tags.all(t, t.startsWith('e'))",
            failed("an element of `context.tags` is an int; it is compared with a text"),
        ),
        ("context.tags.exists(t, t < 8)", Satisfied),
        (
            "context.tags.exists(t, t > 8)",
            failed("an element of `context.tags` is a text; it is compared with an int"),
        ),
        ("context.tags.exists(t, t)", Satisfied),
        (
            "context.tags.all(t, t)",
            failed("an element of `context.tags` is a text; it is compared with a bool"),
        ),
        ("context.tags == ['us', 'b', 'c']", Unsatisfied),
    ] {
        assert_eq!(says(text), expected, "{text}");
    }
}

#[test]
fn errors_say_where_and_what_to_write() {
    for (text, code, expected) in [
        ("", "syntax", "column 1: the condition ends too early; write a name or a value"),
        ("true &&", "syntax", "column 8: the condition ends too early; write a name or a value"),
        ("true & true", "syntax", "column 6: `&` means nothing in a condition; write `&&`"),
        ("identity.level = 3", "syntax", "column 16: `=` means nothing in a condition; write `==`"),
        ("true and true", "syntax", "column 6: `and` is not an operator; write `&&`"),
        ("true or true", "syntax", "column 6: `or` is not an operator; write `||`"),
        ("not true", "syntax", "column 1: `not` is not an operator; write `!`"),
        ("not identity.level", "syntax", "column 1: `not` is not an operator; write `!`"),
        (
            "'é' == 'a' == true",
            "syntax",
            "column 12: `==` follows another comparison; put that in parentheses",
        ),
        ("(true", "syntax", "column 6: the condition ends too early; write `)`"),
        (
            "true)",
            "syntax",
            "column 5: `)` cannot stand here; write `&&` or `||` before it, or the end of the condition",
        ),
        ("&& true", "syntax", "column 1: `&&` has nothing on its left; write a name or a value"),
        ("'abc", "syntax", "column 1: `'abc` has no end; close it with '"),
        ("'a\nb'", "syntax", "column 3: a text ends before its line does; write `\\n` for a line break"),
        ("'\\q'", "syntax", "column 2: `\\q` is not an escape; write `\\\\` for a backslash"),
        ("'\\ud800'", "syntax", "column 2: `\\ud800` is not an escape; write `\\\\` for a backslash"),
        (
            "identity.if == 1",
            "syntax",
            "column 10: `if` is a word of the language; write a name of that spelling as `[\"if\"]`",
        ),
        (
            "while == 1",
            "syntax",
            "column 1: `while` is a word of the language; write a name of that spelling as `[\"while\"]`",
        ),
        ("12ab == 1", "syntax", "column 1: `12ab` is not a number; write only digits"),
        ("#", "syntax", "column 1: `#` means nothing in a condition; remove it"),
        (
            "has(identity)",
            "syntax",
            "column 5: `has` asks for a name below a root; write it like `has(identity.department)`",
        ),
        ("exists(x, true)", "syntax", "column 1: `exists` stands behind a value; write `value.exists(...)`"),
        (
            "identity.skills.exists(identity, true)",
            "syntax",
            "column 24: `identity` is a root; call the element otherwise",
        ),
        (
            "identity.mail.contains('a').b",
            "syntax",
            "column 28: `.` follows a call, and `true` and `false` have no parts; join conditions with `&&`",
        ),
        (
            "identity.level + 1 == 2",
            "unsupported",
            "column 16: `+` is not supported in a condition; conditions do not calculate; declare an attribute that holds the result",
        ),
        (
            "identity.level - 1 == 2",
            "unsupported",
            "column 16: `-` is not supported in a condition; `-` stands only before a number; declare an attribute that holds the result",
        ),
        (
            "-identity.level == 2",
            "unsupported",
            "column 1: `-` is not supported in a condition; `-` stands only before a number; declare an attribute that holds the result",
        ),
        (
            "true ? false : true",
            "unsupported",
            "column 6: `?` is not supported in a condition; write `(a && b) || (!a && c)` for `a ? b : c`",
        ),
        (
            "identity.level > 1.5",
            "unsupported",
            "column 18: `1.5` is not supported in a condition; there are only whole numbers; use a smaller unit",
        ),
        (
            "identity.level > 1e3",
            "unsupported",
            "column 18: `1e3` is not supported in a condition; there are only whole numbers; use a smaller unit",
        ),
        (
            "identity.level > 1u",
            "unsupported",
            "column 18: `1u` is not supported in a condition; write the number without `u`",
        ),
        (
            "identity.level > 0x1F",
            "unsupported",
            "column 18: `0x1F` is not supported in a condition; write the number in decimal digits",
        ),
        (
            "{'a': 1} == {}",
            "unsupported",
            "column 1: `{` is not supported in a condition; there are no maps; compare the attributes one by one",
        ),
        (
            "identity.mail == null",
            "unsupported",
            "column 18: `null` is not supported in a condition; write `has(...)` to ask whether there is a value",
        ),
        (
            "now > 3",
            "unsupported",
            "column 1: `now` is not supported in a condition; time is not asked by conditions; give the rule a window, from when until when",
        ),
        (
            "identity.mail.matches('a.*')",
            "unsupported",
            "column 15: `matches` is not supported in a condition; there are no regular expressions; use `startsWith`, `endsWith` or `contains`",
        ),
        (
            "identity.mail == r'a'",
            "unsupported",
            "column 18: `r` is not supported in a condition; there are only ordinary texts; write it without the letter, a backslash as `\\\\`",
        ),
        (
            "identity.mail == '''a'''",
            "unsupported",
            "column 18: `''` is not supported in a condition; write the text between one quote on each side, with `\\n` for a line break",
        ),
        (
            "true // why",
            "unsupported",
            "column 6: `//` is not supported in a condition; write comments in the document, around the condition",
        ),
        (
            "identity.level in [identity.level]",
            "unsupported",
            "column 20: `identity` is not supported in a condition; a list holds only literals; compare names with `==` and join them with `||`",
        ),
        (
            "identity.skills[0] == 'a'",
            "unsupported",
            "column 17: `0` is not supported in a condition; elements have no places; write `list.exists(x, ...)`, or `root[\"some-name\"]`",
        ),
        (
            "identity.skills.exists(a, identity.skills.exists(b, a == b))",
            "unsupported",
            "column 43: `exists` is not supported in a condition; one `exists` or `all` cannot stand inside another; use `in`, or declare an attribute",
        ),
        (
            "idenitty.level == 3",
            "unknown_name",
            "column 1: `idenitty` is not a known name; did you mean `identity`?",
        ),
        (
            "ops == 'a'",
            "unknown_name",
            "column 1: `ops` is not a known name; names start with `context`, `identity`, `inputs`, `resource`; a text stands in quotes",
        ),
        (
            "'é' == identity.levle",
            "unknown_name",
            "column 17: `levle` is not a name of `identity`; did you mean `level`?",
        ),
        (
            "context.device.complaint",
            "unknown_name",
            "column 16: `complaint` is not a name of `context.device`; did you mean `compliant`?",
        ),
        (
            "context.device == 1",
            "unknown_name",
            "column 9: `context.device` is not a value; name one below it: `compliant`, `rooted`, `version`",
        ),
        (
            "identity.level.x == 1",
            "unknown_name",
            "column 16: `x` is not a name of `identity.level`; that is an int without names below it; use it as it is",
        ),
        (
            "identity.mail.startWith('a')",
            "unknown_name",
            "column 15: `startWith` is not a method; did you mean `startsWith`?",
        ),
        ("hass(identity.mail)", "unknown_name", "column 1: `hass` is not a function; did you mean `has`?"),
        (
            "identity.level",
            "type",
            "column 1: the condition is an int; compare it, so that it is true or false",
        ),
        (
            "identity.level == '3'",
            "type",
            "column 16: `==` cannot compare an int with a text; compare values of one type",
        ),
        (
            "identity.skills == 'a'",
            "type",
            "column 17: `==` cannot compare a list of texts with a text; write `value in list`",
        ),
        (
            "true < false",
            "type",
            "column 6: `<` compares two ints or two texts, not a bool; use `==` or `!=`",
        ),
        (
            "identity.level && true",
            "type",
            "column 1: `&&` takes bools, and this is an int; compare it with something",
        ),
        (
            "'a' in 'abc'",
            "type",
            "column 5: `in` looks into a list, and its right side is a text; write `text.contains(part)`",
        ),
        (
            "3 in identity.skills",
            "type",
            "column 3: `in` cannot find an int in a list of texts; look for a value of that type",
        ),
        (
            "identity.skills.contains('a')",
            "type",
            "column 1: `contains` takes two texts, and this is a list of texts; write `value in list`",
        ),
        (
            "identity.level.exists(x, true)",
            "type",
            "column 1: `exists` stands behind a list, and this is an int; test the value itself",
        ),
        (
            "identity.level in [1, 'a']",
            "type",
            "column 23: the list has an int and a text; write elements of one type",
        ),
        (
            "identity.skills.exists(s, s.x == 'a')",
            "type",
            "column 29: `s` is one value and has no names below it; use it as it is",
        ),
        (
            "identity.level < 9007199254740992",
            "limit",
            "column 18: `9007199254740992` is beyond 2^53 - 1; write it as a text",
        ),
        ("context.a.b.c.d", "limit", "column 15: a name has at most 4 parts; declare it with a shorter one"),
    ] {
        let error = Condition::parse(text, &Vocabulary::example()).expect_err(text);
        assert_eq!(error.to_string(), expected, "{text}");
        assert_eq!(error.code(), format!("condition.{code}"), "{text}");
        assert!(expected.starts_with(&format!("column {}: ", error.column())), "{text}");
        assert_eq!(
            error.suggestion().is_some(),
            expected.contains("did you mean") || {
                expected.contains("means nothing in a condition; write")
                    || expected.contains("is not an operator")
            },
            "{text}"
        );
    }
}

#[test]
fn the_canonical_form_is_plain() {
    for (text, expected) in [
        ("(true)&&((false||true)) && !(true)", "true && (false || true) && !true"),
        ("(true && false) || (true && true)", "true && false || true && true"),
        ("true && (true && (true && false))", "true && true && true && false"),
        ("!(identity.level==3)", "!(identity.level == 3)"),
        ("(1==2)==(identity.level in[1,2,])", "(1 == 2) == (identity.level in [1, 2])"),
        ("identity['level']==007", "identity.level == 7"),
        ("identity['cost-center']==- 7", "identity[\"cost-center\"] == -7"),
        ("'a\"\\'\\n\\u200b\\x01é\\\\' == ''", "\"a\\\"'\\n\\u200b\\u0001é\\\\\" == \"\""),
        ("identity.skills.all(s,(s.contains('a')))", "identity.skills.all(s, s.contains(\"a\"))"),
        ("has ( identity . mail )", "has(identity.mail)"),
    ] {
        assert_eq!(parse(text).to_string(), expected);
        assert_eq!(parse(expected), parse(text));
    }
}

#[test]
fn limits_are_kept_and_reached() {
    let refused = |text: &str, what: &str| {
        let error = Condition::parse(text, &Vocabulary::example()).expect_err(what);
        assert_eq!(error.code(), "condition.limit", "{what}: {error}");
    };
    let fill = |len: usize| format!("'{}' == ''", "x".repeat(len - 8));
    parse(&fill(MAX_BYTES));
    refused(&fill(MAX_BYTES + 1), "bytes");
    refused(&format!("'{}' == ''", "\u{1}".repeat(MAX_BYTES / 4)), "canonical bytes");
    parse(&["true"; MAX_TOKENS / 2].join("||"));
    refused(&["true"; MAX_TOKENS / 2 + 1].join("||"), "tokens");
    for (open, close) in [("(", ")"), ("!", "")] {
        let deep = |n: usize| format!("{}true{}", open.repeat(n), close.repeat(n));
        parse(&deep(MAX_DEPTH as usize));
        refused(&deep(MAX_DEPTH as usize + 1), "depth");
        refused(&deep(10_000), "depth");
        refused(&deep(300), "depth");
    }
    refused(&"[".repeat(10_000), "brackets");
    let list = |n: usize| format!("1 in [{}]", vec!["1"; n].join(","));
    parse(&list(MAX_LIST));
    refused(&list(MAX_LIST + 1), "list");
    let body = vec!["x == 1"; 60].join(" || ");
    refused(&format!("[{}].exists(x, {body})", vec!["1"; 200].join(",")), "steps of a literal");
    let mut wide = Vocabulary::new();
    wide.root("r", Presence::Open).unwrap();
    for n in 0..=MAX_PATHS {
        wide.declare("r", &[&format!("a{n}")], Type::Bool).unwrap();
    }
    let names = |n: usize| (0..n).map(|n| format!("r.a{n}")).collect::<Vec<_>>().join(" || ");
    let widest = Condition::parse(&names(MAX_PATHS), &wide).unwrap();
    assert_eq!(widest.evaluate(|_| None).missing().count(), MAX_PATHS);
    assert_eq!(Condition::parse(&names(MAX_PATHS + 1), &wide).unwrap_err().code(), "condition.limit");
    assert_eq!(LIMITS.len(), 7);
}

#[test]
fn long_lists_decide_early_or_fail() {
    let list = |n: i64| Value::List((0..n).map(Scalar::Int).collect());
    let at = |text: &str, n| {
        let condition = parse(text);
        let world = BTreeMap::from([("context.tags".to_owned(), list(n))]);
        condition.report(&outcome(&condition, &world))
    };
    assert_eq!(at("9 in context.tags", 1_000_000), Report::Satisfied);
    assert_eq!(at("-1 in context.tags", 9_000), Report::Unsatisfied);
    let why = "`context.tags` has more elements than the 9997 that are looked at";
    assert_eq!(at("-1 in context.tags", 10_000), failed(why));
    assert_eq!(at("-1 in context.tags || true", 10_000), Report::Satisfied);
    assert_eq!(at("context.tags.exists(t, t in context.tags)", 1_000_000), Report::Satisfied);
    assert_eq!(at("context.tags.all(t, t in context.tags)", 90), Report::Satisfied);
    assert_eq!(at("context.tags.all(t, t in context.tags)", 200).word(), "failed");

    // However many lists there are and however long they are, the steps are bounded.
    let value = list(100_000);
    let level = "identity.level < 0 || identity.level < 1";
    let each = &format!("context.tags.all(t, {level} || -1 in context.tags || {level} || t >= 0)");
    let never =
        "context.tags.exists(t, t == identity.level && identity.level == t && !(t == identity.level))";
    for text in [each, never, &format!("{each} || {never} || {never} || {each}")] {
        let (condition, asked) = (parse(text), Cell::new(0));
        let outcome = condition.evaluate(|slot| {
            asked.set(asked.get() + 1);
            let tags = condition.path(slot).unwrap().root() == "context";
            Some(if tags { ValueRef::from(&value) } else { ValueRef::Int(99_999) })
        });
        assert_eq!(condition.report(&outcome).word(), "failed", "{text}");
        assert!(asked.get() <= MAX_STEPS, "{text}: {}", asked.get());
    }
}

#[test]
fn every_operator_has_an_example_that_says_something() {
    for operator in OPERATORS {
        let condition = parse(operator.example);
        assert_eq!(parse(&condition.to_string()), condition, "{}", operator.syntax);
        assert!(!condition.paths().is_empty(), "{}", operator.syntax);
    }
}

#[test]
fn a_vocabulary_takes_only_what_can_be_written() {
    let mut vocabulary = Vocabulary::new();
    for root in ["", "a-b", "in", "true", "é", "1a", "while"] {
        assert_eq!(vocabulary.root(root, Presence::Open).unwrap_err().code(), "vocabulary.root", "{root}");
    }
    let undeclared = vocabulary.declare("a", &[], Type::Int).unwrap_err();
    assert_eq!(undeclared, VocabularyError::Undeclared { root: "a".into() });
    vocabulary.root("a", Presence::Open).unwrap();
    assert_eq!(vocabulary.declare("a", &["b"; 4], Type::Int).unwrap_err().code(), "vocabulary.depth");
    vocabulary.declare("a", &[], Type::Text).unwrap();
    vocabulary.declare("a", &["if", "", "x y\"z"], Type::Int).unwrap();
    let condition = Condition::parse("a == 'x' && a['if'][''][\"x y\\\"z\"] == 1", &vocabulary).unwrap();
    assert_eq!(condition.to_string(), "a == \"x\" && a[\"if\"][\"\"][\"x y\\\"z\"] == 1");
    assert_eq!(Condition::parse(&condition.to_string(), &vocabulary).unwrap(), condition);
}
