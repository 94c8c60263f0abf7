//! Many questions at once, one a line, and questions to the past.

use std::io::{BufRead, BufReader, Write};

use super::world::{NOW, POLICY, World, beats, end, request};
use serde_json::{Value, json};

/// What each line says.
fn answers(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"))).collect()
}

#[test]
fn a_line_is_answered_as_the_question_alone_is() {
    let world = World::with_facts(&beats(1));
    let commands: Vec<String> = [("r-1", "ann"), ("r-2", "eve"), ("r-3", "bob")]
        .map(|(id, who)| request(id, who, "admin"))
        .into_iter()
        .collect();
    let alone: String = commands.iter().map(|command| world.pipe("decide - --json", command).out).collect();
    world.write("commands.jsonl", commands.join("\n"));
    assert_eq!(world.tenure("decide --lines commands.jsonl").text(0), alone);
    assert_eq!(world.pipe("decide --lines -", commands.join("\n\n \n") + "\n").text(0), alone);
    let question = |who: &str| format!(r#"{{"identity":"{who}","permission":"db:write"}}"#);
    let alone = world.pipe("check --question - --json", question("ann")).out;
    assert_eq!(
        world.pipe("check --lines -", question("ann") + "\n" + &question("ann")).text(0),
        alone.repeat(2)
    );
    assert_eq!(world.pipe("check --lines -", "").text(0), "");
    assert_eq!(world.verified(), (1, 1), "nothing was written");
}

#[test]
fn a_bad_line_says_so_in_its_place_and_harms_no_other() {
    let world = World::with_facts(&[]);
    let good = request("r-1", "ann", "admin");
    let long = format!(r#"{{"request":{{"id":"r-2","reason":"{}"}}}}"#, "x".repeat(2 << 20));
    let mut input =
        [&good, "", "{\"request\":", "[]", &good.replace("duration", "durration"), &long].join("\n");
    input.push('\n');
    let mut input = input.into_bytes();
    input.extend(b"\"\xff\"\n");
    input.extend(good.as_bytes());
    let told = world.pipe("decide --lines -", input);
    let told = answers(told.text(2));
    let of =
        |n: usize| (told[n]["error"]["code"].as_str().unwrap(), told[n]["error"]["line"].as_u64().unwrap());
    assert_eq!(told.len(), 7);
    assert_eq!(told[0]["verdict"], "permit");
    assert_eq!(of(1), ("document.syntax", 3));
    assert_eq!(of(2).1, 4);
    assert_eq!(of(3), ("document.unknown_field", 5));
    assert_eq!(told[3]["error"]["suggestion"], "duration");
    assert_eq!(of(4), ("document.too_large", 6));
    assert_eq!(of(5), ("document.encoding", 7));
    assert_eq!(told[6], told[0]);
}

#[test]
fn what_one_line_obtained_the_next_one_sees() {
    let world = World::new();
    let lines = [
        request("r-1", "ann", "admin"),
        request("r-1", "ann", "admin"),
        request("r-2", "ann", "admin"),
        "nothing".to_owned(),
        r#"{"deactivate":{"id":"d-1","grant":"r-1#0"}}"#.to_owned(),
        request("r-3", "ann", "admin"),
    ]
    .join("\n");
    let told = world.pipe("decide --lines - --commit", &lines);
    let told = answers(told.text(2));
    let verdicts: Vec<&str> = told.iter().map(|line| line["verdict"].as_str().unwrap_or("bad")).collect();
    assert_eq!(verdicts, ["permit", "permit", "deny", "bad", "permit", "permit"]);
    assert_eq!(told[1]["reasons"][0]["code"], "request.already_resolved");
    assert_eq!(told[2]["reasons"][0]["code"], "grant.already_active");
    // The log is only missing as long as it is.
    assert_eq!(told[0]["warnings"][0]["code"], "log.missing");
    assert!(told.iter().skip(1).all(|line| line.get("warnings").is_none()), "{told:?}");
    let length = told[5]["committed"]["length"].as_u64().unwrap();
    assert_eq!(world.verified(), (3, length));
    assert_eq!(told[5]["committed"]["root"], world.tenure("log verify --json").json(0)["root"]);
    // The same one by one comes to the same log.
    let other = World::new();
    for line in lines.lines() {
        other.pipe("decide - --commit", line);
    }
    assert_eq!(other.read("l.jsonl"), world.read("l.jsonl"));
}

#[test]
fn lines_stop_where_they_shall() {
    let world = World::with_facts(&[]);
    let lines = [("r-1", "eve"), ("r-2", "ann"), ("r-3", "eve"), ("r-4", "bob")]
        .map(|(id, who)| request(id, who, "admin"))
        .join("\n");
    let ask = |until: &str| answers(world.pipe(&format!("decide --lines - {until}"), &lines).text(0)).len();
    assert_eq!(ask(""), 4);
    assert_eq!(ask("--until all"), 4);
    assert_eq!(ask("--until first-deny"), 1);
    assert_eq!(ask("--until first-permit"), 2);
    let lines =
        ["ann", "bob"].map(|who| format!(r#"{{"identity":"{who}","permission":"db:write"}}"#)).join("\n");
    let told = world.pipe("check --lines - --until first-deny", &lines);
    assert_eq!(answers(told.text(0)).len(), 1);
    world.pipe("decide --lines - --until noon", &lines).failed(2, "arguments.invalid");
    world.pipe("decide - --until 2026-03-02T12:00:00Z", &lines).failed(2, "arguments.invalid");
    world.tenure("check ann db:write --until first-deny").failed(2, "arguments.invalid");
    world.tenure("check ann db:write --lines -").failed(2, "arguments.invalid");
    world.tenure("check --lines nowhere.jsonl").failed(1, "io.read");
}

#[test]
fn a_line_is_answered_before_the_next_is_read() {
    let world = World::with_facts(&[]);
    let mut child = world.start("decide --lines - --commit");
    let mut input = child.stdin.take().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    for n in 0..3 {
        writeln!(input, "{}", request(&format!("r-{n}"), "eve", "admin")).unwrap();
        let mut line = String::new();
        output.read_line(&mut line).unwrap();
        assert_eq!(answers(&line)[0]["command"], format!("r-{n}"));
    }
    drop(input);
    assert_eq!(end(child).code, 0);
}

#[test]
fn the_past_is_asked_and_never_written_to() {
    let world = World::new();
    world.pipe("decide - --commit", request("r-1", "ann", "admin")).text(0);
    let (_, facts) = world.verified();
    world.tenure("check ann db:write").text(0);
    world.tenure(&format!("check ann db:write --as-of {facts}")).text(0);
    // The last fact of the commit is the grant itself.
    let before = facts - 1;
    world.tenure(&format!("check ann db:write --as-of {before}")).text(4);
    world.tenure("check ann db:write --as-of 0").text(4);
    let told =
        world.pipe(&format!("decide - --json --as-of {before}"), request("r-2", "ann", "admin")).json(0);
    assert_eq!(told["log"]["length"], before);
    world.tenure(&format!("check ann db:write --as-of {}", facts + 1)).failed(2, "log.too_short");
    world.pipe("decide - --commit --as-of 1", request("r-2", "ann", "admin")).failed(2, "arguments.invalid");
    world.tenure("reconcile --commit --as-of 1").failed(2, "arguments.invalid");
    world.tenure("adopt --as-of 1").failed(2, "arguments.invalid");
    world.pipe("commit --as-of 1", beats(1).concat()).failed(2, "arguments.invalid");
    let told =
        world.exactly(&["check", "ann", "db:write", "--policy", "p.yaml", "--now", NOW, "--as-of", "1"]);
    told.failed(2, "arguments.missing");
    assert_eq!(world.verified().1, facts);
    // What stands behind the position is not even read.
    world.write("l.jsonl", world.read("l.jsonl") + "what is this");
    assert_eq!(
        world.tenure(&format!("check ann db:write --json --as-of {facts}")).json(0).get("warnings"),
        None
    );
}

#[test]
fn inputs_are_said_as_circumstances_are() {
    let world = World::with_facts(&[]);
    let inputs = "    inputs: {rows: {type: int, max: 100, required: request}}\n    already_held";
    world.write("p.yaml", POLICY.replace("    already_held", inputs));
    let decide = |more: &str| {
        world.tenure(&format!("decide --request r --for ann --entitlement admin --duration 1h {more} --json"))
    };
    assert_eq!(decide("").json(4)["reasons"][0]["code"], "input.missing");
    decide("--input rows=100").json(0);
    let told = decide("--input rows=101").json(4);
    assert_eq!(
        told["reasons"][0],
        json!({"code": "input.invalid", "item": 0, "level": "error", "params": {"input": "rows", "why": "max"}})
    );
    assert_eq!(decide("--input row=1").error(2)["code"], "attribute.unknown");
    assert!(decide("--input row=1").error(2)["message"].as_str().unwrap().contains("did you mean `rows`?"));
    assert_eq!(decide("--input rows=many").error(2)["code"], "attribute.type");
    assert_eq!(decide("--input rows").error(2)["code"], "input.form");
    let back = r#"{"deactivate":{"id":"d-1","grant":"r-1#0"}}"#;
    world.pipe("decide - --input rows=1", back).failed(2, "arguments.invalid");
}
