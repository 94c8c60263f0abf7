//! The schema of decisions accepts what `decide --json` prints, and knows no key and no word that it never prints.

use alloc::collections::BTreeSet;

use serde_json::{Value, json};
use tenure::decide::Code;
use tenure::document::{self, Limits};
use tenure::policy::BoundKind;

use super::world::{NOW, POLICY, World, request};

fn schema() -> Value {
    World::new().exactly(&["schema", "decision", "--json"]).json(0)
}

/// Decisions of every verdict that there is, on commands of every kind, with all that may be said beside them.
fn decisions() -> Vec<Value> {
    let world = World::new();
    let event =
        format!("events:\n  INC-7: {{kind: incident, start: {NOW}, planned_end: 2026-03-02T20:00:00Z}}\n");
    let rule = "    session_max: 1h\n    extension: {max_total: 12h}\n    already_held";
    world.write("p.yaml", POLICY.replace("    already_held", rule) + &event);
    let mut decisions = Vec::new();
    let mut decide = |args: &str, input: &str, code: i32| {
        decisions.push(world.pipe(&format!("decide {args} --json"), input).json(code));
    };
    // Without a log, then with one, then with one that is torn.
    let tied = "--request r-1 --for ann --entitlement admin --scope prod --event INC-7 --duration 10h";
    decide(tied, "", 0);
    decide(&format!("{tied} --commit"), "", 0);
    decide(tied, "", 0);
    decide("-", &request("r-2", "ann", "deploy"), 0);
    decide("-", &request("r-3", "eve", "admin"), 4);
    decide("--request r-4 --for ann --entitlement admin --scope prod --duration 1h", "", 4);
    decide("-", r#"{"extend": {"id": "x-1", "grant": "r-1#0", "duration": "9h"}}"#, 0);
    decide("-", r#"{"renew": {"id": "r-5", "grant": "r-1#0", "duration": "1h"}}"#, 0);
    decide("-", r#"{"withdraw": {"id": "w-1", "request": "r-1"}}"#, 4);
    decide("- --commit", r#"{"deactivate": {"id": "d-1", "grant": "r-1#0", "reason": "done"}}"#, 0);
    decide("-", r#"{"revoke": {"id": "v-1", "grant": "r-1#0"}}"#, 0);
    let torn = world.read("l.jsonl") + "{\"facts\":[";
    world.write("l.jsonl", torn);
    decide("-", &request("r-6", "bob", "admin"), 0);
    // One that waits for an approval, on a condition.
    let stage = "    approvals: [{approvers: {ids: [bob], groups: [team], manager: true, owner: true}, name: lead, quorum: 2}]\n    when: role\n    already_held";
    let group =
        "conditions:\n  role: {expr: \"entitlement.kind == 'role'\"}\nentitlements:\n  team: {kind: group}\n";
    world.write("p.yaml", POLICY.replace("    already_held", stage).replace("entitlements:\n", group));
    world.write("r.json", request("r-7", "ann", "admin"));
    let owed = world.exactly(&["decide", "r.json", "--policy", "p.yaml", "--now", NOW, "--json"]);
    decisions.push(owed.json(3));
    decisions
}

#[test]
fn what_is_printed_has_the_form() {
    let schema = schema();
    assert!(jsonschema::draft202012::meta::is_valid(&schema));
    assert_eq!(schema["$id"], "urn:tenure:schema:decision:1");
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    for decision in decisions() {
        if let Err(error) = validator.validate(&decision) {
            panic!("{error} at {}: {decision}", error.instance_path());
        }
        // Nothing more may be said, and nothing that is always said left out.
        let mut damaged = decision.clone();
        damaged["zzz"] = json!(1);
        assert!(!validator.is_valid(&damaged));
        for key in ["at", "holds", "log", "reasons", "semantics", "verdict"] {
            let mut damaged = decision.clone();
            damaged.as_object_mut().unwrap().remove(key);
            assert!(!validator.is_valid(&damaged), "{key}");
        }
        let mut damaged = decision.clone();
        damaged["verdict"] = json!(if decision["verdict"] == "permit" { "deny" } else { "permit" });
        assert!(
            !validator.is_valid(&damaged),
            "a denial has no proposal, a permit has one, and owes nothing"
        );
    }
}

#[test]
fn every_key_of_the_form_is_printed() {
    let schema = schema();
    let decisions = decisions();
    let mut keys = Vec::new();
    for form in ["bound", "decision", "granted", "obligation", "proposal", "reason", "stage", "warnings"] {
        keys_of(&format!("/$defs/{form}"), &schema, &mut keys);
    }
    assert!(keys.len() > 40, "{keys:?}");
    for key in keys {
        let mut without = schema.clone();
        *without.pointer_mut(&key).unwrap() = json!(false);
        let validator = jsonschema::draft202012::new(&without).unwrap();
        assert!(decisions.iter().any(|decision| !validator.is_valid(decision)), "no decision has {key}");
    }
}

/// Pointers to the forms of all keys in the form at `pointer`, and of those inside them.
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
fn the_words_are_those_of_the_library() {
    let schema = schema();
    let words = |pointer: &str| -> BTreeSet<String> {
        let listed = schema.pointer(pointer).unwrap().as_array().unwrap();
        listed.iter().map(|word| word.as_str().unwrap().to_owned()).collect()
    };
    let codes: BTreeSet<String> = Code::ALL.iter().map(|code| code.word().to_owned()).collect();
    assert_eq!(words("/$defs/code/enum"), codes);
    // The reader names the words that it knows.
    let error = document::parse_json::<BoundKind>("\"zzz\"", &Limits::policy()).unwrap_err();
    let (_, known) = error.message().split_once("known words: ").unwrap();
    let known: BTreeSet<String> = known.split(", ").map(|word| word.trim_matches('`').to_owned()).collect();
    assert_eq!(words("/$defs/bound_kind/enum"), known);
}

/// Answers of every kind, and with all that may be said beside them.
fn answers() -> Vec<Value> {
    let world = World::new();
    let more = "context:\n  calm: bool\nconditions:\n  calm: {expr: context.calm}\nstanding:\n  \
                s: {holder: {identity: ann}, entitlement: admin, until: 2026-12-31}\n  \
                t: {holder: {identity: bob}, entitlement: admin, while: calm}\n";
    world.write("p.yaml", POLICY.to_owned() + more);
    let check = |args: &str, code: i32| world.tenure(&format!("check {args} --json")).json(code);
    vec![check("ann db:write", 0), check("ann db:read", 4), check("bob db:write", 4)]
}

#[test]
fn answers_have_their_form() {
    let schema = World::new().exactly(&["schema", "answer", "--json"]).json(0);
    assert!(jsonschema::draft202012::meta::is_valid(&schema));
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    let answers = answers();
    let said: Vec<&str> = answers.iter().map(|answer| answer["answer"].as_str().unwrap()).collect();
    assert_eq!(said, ["allowed", "denied", "conditional"]);
    for answer in &answers {
        if let Err(error) = validator.validate(answer) {
            panic!("{error} at {}: {answer}", error.instance_path());
        }
        let mut damaged = answer.clone();
        damaged["answer"] = json!(if answer["answer"] == "conditional" { "denied" } else { "conditional" });
        assert!(!validator.is_valid(&damaged), "what is missing is said where it decides, and only there");
    }
    let mut keys = Vec::new();
    keys_of("/$defs/answer", &schema, &mut keys);
    for key in keys {
        let mut without = schema.clone();
        *without.pointer_mut(&key).unwrap() = json!(false);
        let validator = jsonschema::draft202012::new(&without).unwrap();
        assert!(answers.iter().any(|answer| !validator.is_valid(answer)), "no answer has {key}");
    }
}
