use crate::document::{CanonicalError, Limits, canonical, canonical_to, json};
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use proptest::prelude::*;
use serde::Serialize;

#[test]
fn keys_are_sorted_by_utf16_units() {
    // The example of RFC 8785, section 3.2.3, without its fraction.
    let text = r#"{"\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh",
        "1": "One", "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control", "\u00f6": "Latin Small Letter O With Diaeresis"}"#;
    let node = json(text, &Limits::default()).unwrap();
    let written = canonical(&node).unwrap();
    let keys: Vec<String> =
        json(&written, &Limits::default()).unwrap().entries().iter().map(|entry| entry.key.clone()).collect();
    assert_eq!(keys, ["\r", "1", "\u{80}", "ö", "€", "😀", "\u{fb33}"]);
}

#[test]
fn only_what_must_be_escaped_is() {
    let text = "\0\u{1f}\u{8}\t\n\u{c}\r\"\\/\u{7f}é\u{2028}";
    assert_eq!(canonical(text).unwrap(), "\"\\u0000\\u001f\\b\\t\\n\\f\\r\\\"\\\\/\u{7f}é\u{2028}\"");
}

#[test]
fn every_shape_is_written() {
    #[derive(Serialize)]
    struct All {
        unit: (),
        tuple: (i8, u64),
        list: Vec<Shape>,
        absent: Option<u8>,
        present: Option<bool>,
        keys: BTreeMap<i32, char>,
        words: BTreeMap<Word, u8>,
    }
    #[derive(Serialize)]
    enum Shape {
        Unit,
        New(i64),
        Pair(i64, i64),
        Fields { b: i64, a: i64 },
    }
    #[derive(Serialize, PartialEq, Eq, PartialOrd, Ord)]
    enum Word {
        Z,
        A,
    }
    let all = All {
        unit: (),
        tuple: (-1, 1),
        list: Vec::from([Shape::Unit, Shape::New(1), Shape::Pair(1, 2), Shape::Fields { b: 2, a: 1 }]),
        absent: None,
        present: Some(true),
        keys: BTreeMap::from([(-1, 'x'), (10, 'y'), (9, 'z')]),
        words: BTreeMap::from([(Word::Z, 1), (Word::A, 2)]),
    };
    let mut out = String::from("head ");
    canonical_to(&mut out, &all).unwrap();
    assert_eq!(
        out,
        r#"head {"absent":null,"keys":{"-1":"x","10":"y","9":"z"},"list":["Unit",{"New":1},{"Pair":[1,2]},{"Fields":{"a":1,"b":2}}],"present":true,"tuple":[-1,1],"unit":null,"words":{"A":2,"Z":1}}"#
    );
}

#[test]
fn what_has_no_canonical_text_is_refused() {
    for (error, code) in [
        (canonical(&1.5), "canonical.number"),
        (canonical(&f64::NAN), "canonical.number"),
        (canonical(&9_007_199_254_740_992_u64), "canonical.number"),
        (canonical(&i64::MIN), "canonical.number"),
        (canonical(&u128::MAX), "canonical.number"),
        (canonical(&BTreeMap::from([(Vec::<u8>::new(), 1)])), "canonical.key"),
        (canonical(&Twice), "canonical.duplicate_key"),
        (canonical(&Chain::new(129)), "canonical.too_deep"),
    ] {
        assert_eq!(error.as_ref().map_err(CanonicalError::code), Err(code));
    }
    assert!(canonical(&Chain::new(128)).is_ok());
}

struct Twice;

impl Serialize for Twice {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map([("b", 1), ("a", 2), ("b", 3)])
    }
}

#[derive(Serialize)]
struct Chain(Vec<Chain>);

impl Chain {
    fn new(depth: usize) -> Self {
        (1..depth).fold(Self(Vec::new()), |inner, _| Self(Vec::from([inner])))
    }
}

proptest! {
    #[test]
    fn canonical_text_is_one_per_value_and_reads_back(value in super::json::values()) {
        let text = canonical(&value).unwrap();
        let node = json(&text, &Limits::default()).unwrap();
        prop_assert_eq!(&serde_json::to_value(&node).unwrap(), &value);
        prop_assert_eq!(canonical(&node).unwrap(), text);
    }

    #[test]
    fn the_order_of_entries_does_not_matter(
        entries in prop::collection::btree_map(any::<String>(), any::<i32>(), 0..12).prop_map(|map| map.into_iter().collect::<Vec<_>>()).prop_shuffle(),
    ) {
        struct Shuffled<'a>(&'a [(String, i32)]);
        impl Serialize for Shuffled<'_> {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_map(self.0.iter().map(|(key, value)| (key, value)))
            }
        }
        let sorted: BTreeMap<_, _> = entries.iter().cloned().collect();
        prop_assert_eq!(canonical(&Shuffled(&entries)).unwrap(), canonical(&sorted).unwrap());
    }
}
