//! The schemas of the answers to reverse questions accept what is printed about everybody at Acme, and know few keys
//! that nothing there prints.

use alloc::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::world::{NOW, World};

/// The company of the examples, once Ann has asked for what the incident makes necessary.
fn acme() -> World {
    let world = World::new();
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/acme");
    for (file, name) in
        [("acme.yaml", "p.yaml"), ("log.jsonl", "l.jsonl"), ("requests/incident.json", "r.json")]
    {
        world.write(name, fs::read(from.join(file)).unwrap());
    }
    world.tenure("decide r.json --commit").text(0);
    world
}

/// A question of each kind about everybody, as lines.
fn everybody(world: &World, question: impl Fn(&str) -> Value) -> String {
    let all = world.tenure("what --all --json");
    let names =
        all.text(0).lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["identity"].clone());
    names.map(|name| question(name.as_str().unwrap()).to_string() + "\n").collect()
}

fn answers(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Each answer has the form, and nothing more may be said. Gives the keys that none of them has.
fn have_the_form(name: &str, answers: &[Value]) -> Vec<String> {
    let schema = World::new().exactly(&["schema", name, "--json"]).json(0);
    assert!(jsonschema::draft202012::meta::is_valid(&schema), "{name}");
    assert_eq!(schema["$id"], format!("urn:tenure:schema:{name}:1"));
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    for answer in answers {
        if let Err(error) = validator.validate(answer) {
            panic!("{name}: {error} at {}: {answer}", error.instance_path());
        }
        let mut damaged = answer.clone();
        damaged["zzz"] = json!(1);
        assert!(!validator.is_valid(&damaged));
    }
    let mut keys = Vec::new();
    keys_of(&format!("/$defs/{}", name.replace('-', "_")), &schema, &mut keys);
    let unused = keys.into_iter().filter(|key| {
        let mut without = schema.clone();
        *without.pointer_mut(key).unwrap() = json!(false);
        let validator = jsonschema::draft202012::new(&without).unwrap();
        answers.iter().all(|answer| validator.is_valid(answer))
    });
    unused.map(|key| key.rsplit('/').next().unwrap().to_owned()).collect()
}

fn keys_of(pointer: &str, schema: &Value, keys: &mut Vec<String>) {
    let form = schema.pointer(pointer).unwrap();
    for key in form["properties"].as_object().into_iter().flat_map(|properties| properties.keys()) {
        let inside = format!("{pointer}/properties/{key}");
        keys_of(&inside, schema, keys);
        keys.push(inside);
    }
    if form.get("items").is_some() {
        keys_of(&format!("{pointer}/items"), schema, keys);
    }
}

#[test]
fn answers_about_everybody_have_their_form() {
    let world = acme();
    let ask = |verb: &str, lines: &str| answers(world.pipe(&format!("{verb} --lines -"), lines).text(0));
    let unknown = json!({"identity": "nobody"}).to_string();

    let mut what = ask("what", &everybody(&world, |who| json!({"identity": who})));
    what.extend(ask("what", &unknown));
    // Nothing at Acme is denied within a place only.
    let unused = ["conditions", "rule", "scope", "except", "warnings"];
    assert_eq!(have_the_form("what-answer", &what), unused);

    let all = everybody(&world, |who| json!({"identity": who, "all": true}));
    assert_eq!(have_the_form("requestable-answer", &ask("requestable", &(all + &unknown))), ["warnings"]);

    let mut timelines = everybody(&world, |who| json!({"identity": who}));
    timelines +=
        &everybody(&world, |who| json!({"identity": who, "permission": "git:read", "resource": "repos"}));
    assert_eq!(have_the_form("timeline-answer", &ask("timeline", &(timelines + &unknown))), ["warnings"]);

    let asked = [
        ("git:read", "repos"),
        ("wiki:read", "wiki"),
        ("nothing:at_all", "repos"),
        ("db:write", "prod/orders"),
    ];
    let who = ask(
        "who",
        &asked.map(|(p, on)| json!({"permission": p, "resource": on}).to_string() + "\n").concat(),
    );
    assert_eq!(have_the_form("who-answer", &who), ["missing", "warnings"]);
}

#[test]
fn explanations_have_their_form() {
    let world = acme();
    let requests = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/acme/requests");
    let mut files: Vec<_> = fs::read_dir(requests).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let lines: String =
        files.iter().map(|file| fs::read_to_string(file).unwrap().replace('\n', " ") + "\n").collect();
    let at = |time: &str| answers(world.pipe(&format!("explain --lines - --now {time}"), &lines).text(0));
    let mut explained = at("2026-03-02T09:01:00Z");
    explained.extend(at("2026-03-02T09:20:00Z"));
    let verdicts: BTreeSet<&str> = explained.iter().map(|line| line["verdict"].as_str().unwrap()).collect();
    assert_eq!(verdicts, ["deny", "pending", "permit"].into());
    assert_eq!(have_the_form("explanation", &explained), ["warnings"]);
}

#[test]
fn what_would_be_has_its_form() {
    let world = acme();
    let left = |who: &str| {
        format!(
            r#"{{"v":1,"id":"hr-{who}","kind":"identity_left","effective_at":"{NOW}","recorded_at":"{NOW}","body":{{"id":"{who}"}}}}"#
        )
    };
    world.write("f.jsonl", [left("ann"), left("bea")].join("\n"));
    world.write("c.jsonl", world.read("r.json").replace('\n', " ").replace("r-1", "r-9"));
    world.write("q.jsonl", r#"{"identity":"ann","permission":"db:write","resource":"prod/orders"}"#);
    let policy = world.read("p.yaml");
    world.write("new.yaml", policy.replacen("duration: {max: 8h", "duration: {max: 4h", 1));
    let ask = |with: &str| {
        world.tenure(&format!("simulate {with} --commands c.jsonl --questions q.jsonl --json")).json(0)
    };
    let found = [ask("--facts f.jsonl"), ask("--facts f.jsonl --with new.yaml")];
    // Nobody here gains anything, and nothing is kept from a part of what somebody loses.
    let unused =
        ["until", "except", "until", "reasons_gone", "max", "after", "until", "reasons_gone", "warnings"];
    assert_eq!(have_the_form("simulation", &found), unused);
}
