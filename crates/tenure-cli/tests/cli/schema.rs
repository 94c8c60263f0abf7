//! The schemas accept what the readers accept and refuse what they refuse: shown on samples that use every key
//! there is, and on each of them damaged in every place in many ways.

use alloc::collections::BTreeSet;

use jsonschema::Validator;
use serde_json::{Value, json};
use tenure::check::Question;
use tenure::decide::Command;
use tenure::document::{self, Limits, Node};
use tenure::fact::{FACT_KINDS, Fact};
use tenure::policy::PolicyDocument;
use tenure::query::{Requestable, Timeline, What, Who};

use super::samples;
use super::world::World;

/// Reads a document, and says what is wrong with it.
type Reader = fn(&Node) -> Result<(), document::DocumentError>;

/// A schema, its reader, and documents that use all of it.
struct Form {
    name: &'static str,
    read: Reader,
    samples: Vec<Value>,
    schema: Value,
}

impl Form {
    fn validator(&self) -> Validator {
        jsonschema::draft202012::new(&self.schema).unwrap()
    }

    fn read(&self, document: &Value) -> Result<(), document::DocumentError> {
        let text = document.to_string();
        (self.read)(&document::json(&text, &Limits::policy())?)
    }
}

fn forms() -> Vec<Form> {
    let world = World::new();
    let schema = |name: &str| world.exactly(&["schema", name, "--json"]).json(0);
    let readers: [Reader; 4] = [
        |node| document::read::<Who>(node).map(drop),
        |node| document::read::<What>(node).map(drop),
        |node| document::read::<Requestable>(node).map(drop),
        |node| document::read::<Timeline>(node).map(drop),
    ];
    let asking = samples::reverse_questions().into_iter().zip(readers);
    let asking = asking.map(|((name, samples), read)| Form { name, read, samples, schema: schema(name) });
    let mut forms = vec![
        Form {
            name: "policy",
            read: |node| document::read::<PolicyDocument>(node).map(drop),
            samples: vec![samples::policy()],
            schema: schema("policy"),
        },
        Form {
            name: "command",
            read: |node| document::read::<Command>(node).map(drop),
            samples: samples::commands(),
            schema: schema("command"),
        },
        Form {
            name: "question",
            read: |node| document::read::<Question>(node).map(drop),
            samples: samples::questions(),
            schema: schema("question"),
        },
        Form {
            name: "fact",
            read: |node| Fact::read(node).map(drop),
            samples: samples::facts(),
            schema: schema("fact"),
        },
    ];
    forms.splice(3..3, asking);
    forms
}

#[test]
fn the_schemas_are_schemas() {
    for form in forms() {
        assert!(jsonschema::draft202012::meta::is_valid(&form.schema), "{}", form.name);
        assert_eq!(form.schema["$id"], format!("urn:tenure:schema:{}:1", form.name));
    }
    let world = World::new();
    let pretty = world.exactly(&["schema"]);
    assert_eq!(serde_json::from_str::<Value>(pretty.text(0)).unwrap(), forms()[0].schema);
    assert!(pretty.out.lines().count() > 100, "for people it is laid out");
}

#[test]
fn every_kind_of_fact_has_its_form() {
    let form = forms().pop().unwrap();
    let kinds = &form.schema["$defs"]["fact_kind"]["enum"];
    let kinds: BTreeSet<&str> = kinds.as_array().unwrap().iter().map(|kind| kind.as_str().unwrap()).collect();
    assert_eq!(kinds, FACT_KINDS.iter().copied().collect());
    let sampled: BTreeSet<&str> = form.samples.iter().map(|fact| fact["kind"].as_str().unwrap()).collect();
    assert_eq!(sampled, kinds);
}

#[test]
fn what_is_well_formed_is_accepted_by_both() {
    for form in forms() {
        let validator = form.validator();
        for sample in &form.samples {
            form.read(sample).unwrap_or_else(|error| panic!("{}: {error}: {sample}", form.name));
            if let Err(error) = validator.validate(sample) {
                panic!("{}: {error} at {}: {sample}", form.name, error.instance_path());
            }
        }
    }
}

#[test]
fn what_is_damaged_is_judged_alike() {
    let mut judged = 0;
    for form in forms() {
        let validator = form.validator();
        for sample in &form.samples {
            for (pointer, damaged) in damages(sample) {
                // Another version is another format: that is for the reader of policies to say, not of their form.
                if form.name == "policy" && pointer == "/tenure" {
                    continue;
                }
                // The bodies of facts have a schema of their own.
                if pointer.starts_with("/tests/0/facts/0/body") {
                    continue;
                }
                judged += 1;
                let read = form.read(&damaged);
                assert_eq!(
                    validator.is_valid(&damaged),
                    read.is_ok(),
                    "{} {pointer} = {:?}: {read:?}",
                    form.name,
                    damaged.pointer(&pointer)
                );
            }
        }
    }
    assert!(judged > 4000, "only {judged} were judged");
}

#[test]
fn both_know_the_same_keys() {
    for form in forms() {
        let mut in_schema = BTreeSet::new();
        walk("", &form.schema["$defs"], &mut |_, value| {
            if value["additionalProperties"] == false {
                let properties = value["properties"].as_object().unwrap();
                in_schema.insert(properties.keys().cloned().collect::<BTreeSet<String>>());
            }
        });
        let mut in_reader = BTreeSet::new();
        for sample in &form.samples {
            walk("", sample, &mut |pointer, value| {
                if !value.is_object() {
                    return;
                }
                let mut damaged = sample.clone();
                damaged.pointer_mut(pointer).unwrap()["zzz"] = json!(1);
                let Err(error) = form.read(&damaged) else { return };
                if error.code() == "document.unknown_field"
                    && let Some((_, known)) = error.message().split_once("known keys: ")
                {
                    in_reader.insert(known.split(", ").map(|key| key.trim_matches('`').to_owned()).collect());
                }
            });
        }
        // The commands have words and not keys; everything else that the schema closes, the reader closes too.
        let words = usize::from(matches!(form.name, "command" | "policy"));
        let holders_and_such: usize = in_schema.iter().filter(|keys| keys.len() == 1).count();
        for keys in &in_reader {
            assert!(in_schema.contains(keys), "{}: the schema lacks {keys:?}", form.name);
        }
        assert!(
            in_reader.len() + words + holders_and_such >= in_schema.len(),
            "{}: {in_schema:?}",
            form.name
        );
    }
}

#[test]
fn the_samples_use_every_key() {
    for form in forms() {
        let mut keys = Vec::new();
        walk("", &form.schema["$defs"], &mut |pointer, value| {
            if value["additionalProperties"] == false {
                let properties = value["properties"].as_object().unwrap();
                keys.extend(properties.keys().map(|key| format!("/$defs{pointer}/properties/{key}")));
            }
        });
        let few = if form.name.ends_with("question") { 4 } else { 30 };
        assert!(keys.len() > few, "{}: {keys:?}", form.name);
        for key in keys {
            let mut schema = form.schema.clone();
            *schema.pointer_mut(&key).unwrap() = json!(false);
            let validator = jsonschema::draft202012::new(&schema).unwrap();
            let used = form.samples.iter().any(|sample| !validator.is_valid(sample));
            assert!(used, "{}: no sample has {key}", form.name);
        }
    }
}

#[test]
fn the_texts_have_the_same_forms() {
    let schema = &forms()[1].schema;
    let request = |key: &str, text: &str| json!({"request": {"id": "r", "beneficiary": "a", "entitlement": "e", key: text}});
    let validator = jsonschema::draft202012::new(schema).unwrap();
    let spans = "8h 1h30m 90d 2w 250ms 45s 1.5s 1m30.5s 1s5ms PT8H P1D P1W P1W2D P1DT30M PT0.25S PT1H1M1S P PT P1M P1Y \
                 1M 1mo 1y -8h 8 h 1m1h 1.5h 1.s .5s PT1.5H P1D1W P1DT PT1D 1s1s 1.5s5ms 8H pt8h";
    let instants = "2026-03-02T09:00:00Z 2026-03-02t09:00:00z 2026-03-02T09:00:00.123456Z 2026-03-02T09:00:00+01:00 \
                    2026-03-02T09:00:00-0130 2026-03-02T09:00:00+01 2026-03-02 2026-03-02T09:00Z 2026-03-02T09:00:00 \
                    2026-03-02T24:00:00Z 2026-03-02T09:60:00Z 2026-03-02T09:00:60Z 2026-13-02T09:00:00Z \
                    2026-00-02T09:00:00Z 2026-03-32T09:00:00Z 10000-01-01T00:00:00Z 2026-03-02T09:00:00.Z \
                    2026-03-02T09:00:00+24:00";
    let ids = ["a", "prod/orders", "Domain Admins", " a", "a ", "", "é", "a\tb"];
    let (long, longest) = ("x".repeat(257), "x".repeat(256));
    let cases = spans.split_whitespace().map(|text| ("duration", text));
    let cases = cases.chain(instants.split_whitespace().map(|text| ("start", text)));
    let cases = cases.chain(ids.into_iter().chain([long.as_str(), &longest]).map(|text| ("event", text)));
    for (key, text) in cases {
        let document = request(key, text);
        let node = document::json(document.to_string(), &Limits::policy()).unwrap();
        let read = document::read::<Command>(&node);
        assert_eq!(validator.is_valid(&document), read.is_ok(), "{key} {text}: {read:?}");
    }
}

/// The sample with one value replaced, left out or added to, at every place.
fn damages(sample: &Value) -> Vec<(String, Value)> {
    let others = [
        json!(7),
        json!(-1),
        json!(true),
        json!(""),
        json!("é"),
        json!([]),
        json!({}),
        json!([[]]),
        json!({"zzz": 1}),
    ];
    let mut damages = Vec::new();
    walk("", sample, &mut |pointer, value| {
        for other in &others {
            let mut damaged = sample.clone();
            *damaged.pointer_mut(pointer).unwrap() = other.clone();
            damages.push((pointer.to_owned(), damaged));
        }
        for key in value.as_object().into_iter().flat_map(|entries| entries.keys()) {
            let mut damaged = sample.clone();
            damaged.pointer_mut(pointer).unwrap().as_object_mut().unwrap().remove(key);
            damages.push((format!("{pointer}/{}", escaped(key)), damaged));
        }
        if value.is_object() {
            let mut damaged = sample.clone();
            damaged.pointer_mut(pointer).unwrap()["zzz"] = json!("zzz");
            damages.push((format!("{pointer}/zzz"), damaged));
        }
    });
    damages
}

/// Shows every value inside `value`, and itself, with its pointer.
fn walk(pointer: &str, value: &Value, seen: &mut dyn FnMut(&str, &Value)) {
    seen(pointer, value);
    match value {
        Value::Array(items) => {
            for (n, item) in items.iter().enumerate() {
                walk(&format!("{pointer}/{n}"), item, seen);
            }
        }
        Value::Object(entries) => {
            for (key, value) in entries {
                walk(&format!("{pointer}/{}", escaped(key)), value, seen);
            }
        }
        _ => {}
    }
}

fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}
