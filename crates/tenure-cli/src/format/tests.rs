//! What the form keeps, what it changes, and that it never says anything else.

#![allow(clippy::arithmetic_side_effects, reason = "the numbers of tests are small")]

use super::*;
use proptest::prelude::*;

fn input(name: &str, text: &str) -> Input {
    Input { name: name.to_owned(), text: text.to_owned() }
}

/// The form of YAML, which is in form itself.
#[track_caller]
fn yaml(text: &str) -> String {
    match format(&input("p.yaml", text)) {
        Ok(formatted) => formatted,
        Err(failure) => panic!("{failure}\n{text}"),
    }
}

#[track_caller]
fn code(name: &str, text: &str) -> String {
    format(&input(name, text)).unwrap_err().to_string()
}

#[test]
fn comments_stay_where_they_belong() {
    let written = "\
# above all

# of the key
who:   # behind a key
   # of the first
 # of the first, not deep enough
   - a # behind an item
   # of the second

   -    b
   # at the end of the list
# of what follows
what:
    # of nothing
where: {a: 1,   # in brackets
# between
  b: 2
  # last in brackets
  }  # behind brackets
# the end
";
    let formatted = "\
# above all

# of the key
who:   # behind a key
  # of the first
  # of the first, not deep enough
  - a  # behind an item
  # of the second

  - b
  # at the end of the list

# of what follows
what:
  # of nothing

where: {a: 1,   # in brackets
  # between
  b: 2
  # last in brackets
}  # behind brackets
# the end
";
    assert_eq!(yaml(written), formatted);
}

#[test]
fn what_is_aligned_stays_aligned_and_nothing_else_does() {
    let written = "\
a:
    ann:   {kind: human}   # one
    bob-2: {kind: human}   # two

    # between
    c:     1
    d:       2 # three
    e:     {kind:   agent}
";
    let formatted = "\
a:
  ann:   {kind: human}   # one
  bob-2: {kind: human}   # two

  # between
  c:     1
  d: 2       # three
  e: {kind: agent}
";
    assert_eq!(yaml(written), formatted);
}

#[test]
fn block_scalars_keep_their_content() {
    let written = "\
a: |
     one
       two  \n
     three


b: >-   # folded
 x
c:
   - |+
      kept

   - |2-
       deeper
     than
d: |+
 kept


e: 1
f: |
  last";
    let formatted = "\
a: |
  one
    two  \n
  three

b: >-   # folded
  x

c:
  - |+
    kept

  - |2-
      deeper
    than

d: |+
  kept


e: 1

f: |
  last
";
    assert_eq!(yaml(written), formatted);
    assert_eq!(yaml("a: |+\n x\n\n\n"), "a: |+\n  x\n\n\n", "the last lines are part of it");
    assert_eq!(yaml("a: |\n\n\nb: 1\n"), "a: |\n\nb: 1\n");
}

#[test]
fn scalars_of_several_lines_are_indented() {
    let written =
        "a: one\n     two\n\n     three # c\nb:\n      \"x\\\n   y\\ \n z  \n  \"\nc: 'it''s\n  so'\n";
    let formatted = "a: one\n  two\n\n  three  # c\n\nb:\n  \"x\\\n  y\\ \n  z\n  \"\n\nc: 'it''s\n  so'\n";
    assert_eq!(yaml(written), formatted);
}

#[test]
fn brackets_are_written_one_way() {
    let written = "a: { x: 1,y : [ 1,2 , ] , \"z\":{ } ,w: [a: 1 , \"b\":2]}\nb: [ ]\nc: {x, y: }\n";
    let formatted = "a: {x: 1, y: [1, 2,], \"z\": {}, w: [a: 1, \"b\": 2]}\nb: []\nc: {x, y:}\n";
    assert_eq!(yaml(written), formatted);
    let lines = "a:\n  b: [\n      {x: 1,\n         y: [1,\n      2]},\n      3\n  ]\n  c:\n      - {a: 1,\n          b: 2}\n";
    let kept =
        "a:\n  b: [\n    {x: 1,\n      y: [1,\n        2]},\n    3\n  ]\n  c:\n    - {a: 1,\n      b: 2}\n";
    assert_eq!(yaml(lines), kept);
}

#[test]
fn lists_and_maps_step_by_two() {
    let written = "a:\n- b:\n    - 1\n    -   - 2\n        -\n            c: 3\n            'd e':\n               f\n-\n-\n  - 4\n? g\n: h\n";
    let formatted = "a:\n  - b:\n      - 1\n      - - 2\n        - c: 3\n          'd e':\n            f\n  -\n  - - 4\n\n? g\n: h\n";
    assert_eq!(yaml(written), formatted);
}

#[test]
fn sections_stand_apart_and_blank_lines_alone() {
    let written = "\n\ntenure: 1\nname: x\n\n\nmode: y\nwho:\n\n\n  - a\n\n\n  - b\nwhat: {}\n\n";
    let formatted = "tenure: 1\nname: x\n\nmode: y\n\nwho:\n\n  - a\n\n  - b\n\nwhat: {}\n";
    assert_eq!(yaml(written), formatted);
}

#[test]
fn lines_end_with_a_line_feed() {
    assert_eq!(
        yaml("\u{feff}a: 1\r\nb:\r\n- |\r\n  x\r\n  y\r\n- z"),
        "a: 1\n\nb:\n  - |\n    x\n    y\n  - z\n"
    );
    assert_eq!(yaml("a: 1 \t\n\tb".trim_end_matches("\tb")), "a: 1\n");
    assert_eq!(yaml(""), "");
    assert_eq!(yaml("\n# nothing \n\n"), "# nothing\n");
    assert_eq!(yaml("---   \n- a\n...\n"), "---\n- a\n...\n");
    assert_eq!(yaml("%YAML 1.2\n---\na:   1"), "%YAML 1.2\n---\na: 1\n");
}

#[test]
fn json_has_a_line_for_each_value() {
    let formatted = format(&input("p.json", "{\"b\": [1,{}], \"a\":\t\"\\u00e9\", \"c\": []}")).unwrap();
    assert_eq!(formatted, "{\n  \"b\": [\n    1,\n    {}\n  ],\n  \"a\": \"é\",\n  \"c\": []\n}\n");
    assert_eq!(format(&input("p.json", &formatted)).unwrap(), formatted);
}

#[test]
fn what_cannot_be_read_is_told_as_everywhere() {
    for (text, code_of_it) in [
        ("a: &x 1\n", "document.anchor"),
        ("a: *x\n", "document.alias"),
        ("a: !!str 1\n", "document.tag"),
        ("a:\n\tb: 1\n", "document.syntax"),
        ("a: 1\na: 2\n", "document.duplicate_key"),
        ("a: 1\n---\nb: 2\n", "document.many_documents"),
        ("{x: y}: 1\n", "document.key"),
        ("a: 1.5\n", "document.number"),
        ("a: [1\n", "document.syntax"),
    ] {
        let said = code("p.yaml", text);
        assert!(said.starts_with("error: p.yaml: line ") && said.contains(code_of_it), "{text}: {said}");
    }
    assert!(code("p.json", "{\"a\": 1,}").contains("(document.syntax)"));
}

#[test]
fn the_documents_of_this_project_are_in_form() {
    let policy = include_str!("../../../../examples/acme/acme.yaml");
    let tests = include_str!("../../../../examples/acme/acme.tests.yaml");
    for text in [policy, tests] {
        assert!(yaml(text) == text, "{:#?}", changes(text, &yaml(text)));
    }
    // Without a blank that is not needed, and with too many, they say the same.
    let narrow = policy.replace(", ", ",").replace("  #", " #");
    assert_ne!(yaml(&narrow), narrow);
    let wide: String = policy.lines().map(|line| format!("{line}  \r\n\r\n\r\n")).collect();
    assert_eq!(yaml(&wide).replace('\n', "").len(), policy.replace('\n', "").len());
}

#[test]
fn changes_are_told_by_line() {
    let change = |written: &str, formatted: &str| {
        changes(written, formatted).iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    };
    assert_eq!(change("a: 1\n", "a: 1\n"), "");
    assert_eq!(
        change("a: 1\n\n\nb:  2\nc: 3\nd: 4", "a: 1\n\nb: 2\nc: 3\nd: 4\n"),
        "@@ -3,2 +3,1 @@\n-\n-b:  2\n+b: 2\n@@ -6,1 +5,1 @@\n-d: 4\n\\ no line feed at the end\n+d: 4"
    );
    assert_eq!(
        change("{\"a\": [1]}\n", "{\n  \"a\": [\n"),
        "@@ -1,1 +1,2 @@\n-{\"a\": [1]}\n+{\n+  \"a\": ["
    );
}

/// A value as somebody could write it: its lines, the first of which stands behind `key:` or `-` if it is `inline`.
#[derive(Debug, Clone)]
struct Written {
    inline: bool,
    lines: Vec<String>,
}

fn inline(text: impl Into<String>) -> Written {
    Written { inline: true, lines: vec![text.into()] }
}

fn flow() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        "[a-z][a-z0-9_:-]{0,5}[a-z]",
        "[0-9]{1,3}".prop_map(|digits| format!("1{digits}")),
        "'[ -&(-~é]{0,8}'",
        "\"[ !#-\\[\\]-~]{0,8}\"",
        Just("null".to_owned()),
    ];
    let blank = || prop_oneof![Just(""), Just(" "), Just("   ")];
    leaf.prop_recursive(3, 12, 3, move |inner| {
        prop_oneof![
            (blank(), prop::collection::vec(inner.clone(), 0..4), blank()).prop_map(
                |(before, items, behind)| {
                    format!("[{before}{}{behind}]", items.join(&format!("{behind},{before}")))
                }
            ),
            (blank(), prop::collection::vec(inner, 0..4), blank()).prop_map(|(before, items, behind)| {
                let entries: Vec<_> = items
                    .iter()
                    .enumerate()
                    .map(|(n, item)| format!("k{n}{behind}: {before}{item}"))
                    .collect();
                format!("{{{before}{}{behind}}}", entries.join(&format!("{behind},{before}")))
            }),
        ]
    })
}

fn value() -> impl Strategy<Value = Written> {
    let words = || prop::collection::vec("[a-z]{1,6}( {1,2}[a-z#]{1,3})?", 1..4);
    let block = ("[|>][-+]?", words(), 0..3_usize, 1..4_usize).prop_map(|(header, words, blank, deep)| {
        let mut lines = vec![header];
        for (n, words) in words.iter().enumerate() {
            lines.push(format!("{}{words}", " ".repeat(deep + n)));
            lines.extend(vec![String::new(); blank.saturating_sub(n)]);
        }
        Written { inline: true, lines }
    });
    let folded = words().prop_map(|words| Written {
        inline: true,
        lines: words
            .iter()
            .enumerate()
            .map(|(n, word)| " ".repeat(2 * n) + word.split(' ').next().unwrap())
            .collect(),
    });
    let leaf = prop_oneof![
        4 => flow().prop_map(inline),
        1 => block,
        1 => folded,
        1 => Just(inline("")),
    ];
    let comment = || prop_oneof![3 => Just(None), 1 => (0..7_usize, "#[ -~]{0,6}").prop_map(Some)];
    leaf.prop_recursive(4, 24, 4, move |inner| {
        let entry = (inner, comment(), 0..3_usize, 1..4_usize);
        (prop::collection::vec(entry, 1..4), any::<bool>(), 0..4_usize).prop_map(|(entries, map, deep)| {
            let mut lines = Vec::new();
            for (n, (value, comment, blank, gap)) in entries.into_iter().enumerate() {
                lines.extend(vec![String::new(); blank]);
                lines.extend(comment.map(|(column, text)| " ".repeat(column) + text.trim_end()));
                let sign = if map { format!("key-{n}:") } else { "-".to_owned() };
                let mut rest = value.lines.into_iter();
                if value.inline {
                    let first = rest.next().unwrap_or_default();
                    lines.push(format!("{sign}{}{first}", " ".repeat(gap)));
                } else {
                    lines.push(sign);
                }
                let indent = " ".repeat(deep + 1);
                lines.extend(rest.map(|line| if line.is_empty() { line } else { format!("{indent}{line}") }));
            }
            Written { inline: false, lines }
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    /// Whatever is read can be put in form; `format` itself holds that it says the same and is in form.
    #[test]
    fn what_is_read_can_be_put_in_form(value in value(), end in "(\n){0,3}", crlf in any::<bool>()) {
        let mut text = value.lines.join("\n") + &end;
        if crlf {
            text = text.replace('\n', "\r\n");
        }
        let read = tree(&text, false);
        prop_assume!(read.is_ok());
        let formatted = format(&input("p.yaml", &text));
        prop_assert!(formatted.is_ok(), "{}", text);
        let formatted = formatted.unwrap_or_default();
        prop_assert_eq!(tree(&formatted, false).ok(), read.ok());
        let comments = |text: &str| -> Vec<String> {
            text.lines().filter(|line| line.trim_start().starts_with('#')).map(|line| line.trim().to_owned()).collect()
        };
        prop_assert_eq!(comments(&formatted), comments(&text));
    }

    /// JSON is YAML too.
    #[test]
    fn flow_collections_say_the_same_in_form(text in flow()) {
        prop_assume!(tree(&text, false).is_ok());
        prop_assert!(format(&input("p.yaml", &text)).is_ok(), "{}", text);
    }

    /// What nobody would write is refused or put in form, and nothing panics.
    #[test]
    fn hostile_texts_are_refused_or_put_in_form(text in "([-?:,#|>'\"\\[\\]{}&*! ab1\n\t\r%.~+]|- |: |\n  ){0,40}") {
        if tree(&text, false).is_ok() {
            let _ = format(&input("p.yaml", &text));
        }
        let _ = yaml::pieces(&text);
    }
}

/// Found by a fuzzer: the blanks of these lines belong to no level, and grew with each form.
#[test]
fn a_block_scalar_of_blank_lines_has_no_blanks() {
    assert_eq!(yaml("a: |+\n  \n"), "a: |+\n\n");
    assert_eq!(yaml("a: >+\n   \n \nb: 1\n"), "a: >+\n\n\nb: 1\n");
    assert_eq!(yaml("a:\n  - |\n      \n  - c\n"), "a:\n  - |\n\n  - c\n");
}
