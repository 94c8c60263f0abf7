//! The log as a file: what stands in it is believed only as far as it is whole.

use super::world::{NOW, World, beat, beats, commit_line, request};

#[test]
fn an_empty_log_has_the_root_of_no_facts() {
    let world = World::with_facts(&[]);
    let report = world.tenure("log verify --json").json(0);
    assert_eq!((report["facts"].as_u64(), report["commits"].as_u64()), (Some(0), Some(0)));
    // The root of no leaves at all: SHA-256 of nothing (RFC 9162, 2.1.1).
    assert_eq!(report["root"], "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_eq!(report.get("high_water"), None);
    assert_eq!(world.tenure("check ann db:write --json").json(4).get("warnings"), None);
}

#[test]
fn a_log_that_is_not_there_is_told() {
    let world = World::new();
    let told = "there is no `l.jsonl` yet; an empty log is assumed";
    for (verb, code) in [("decide -", 0), ("check ann db:write", 4), ("reconcile", 0)] {
        let command = request("r-1", "ann", "admin");
        let answer = world.pipe(&format!("{verb} --json"), &command).json(code);
        assert_eq!(
            answer["warnings"],
            serde_json::json!([{"code": "log.missing", "message": told}]),
            "{verb}"
        );
        let answer = world.pipe(verb, &command);
        assert_eq!(answer.err, format!("warning: {told} (log.missing)\n"), "{verb}");
        assert_eq!(answer.code, code);
    }
    for args in ["log verify", "log verify --length 0"] {
        let error = world.tenure(&format!("{args} --json")).error(2);
        assert_eq!(error["code"], "log.missing");
        assert_eq!(
            world.tenure(args).err,
            "error: there is no log `l.jsonl` to verify; name the one that was written (log.missing)\n"
        );
    }
    assert!(!world.path("l.jsonl").exists(), "reading creates nothing");

    // Whatever writes begins it, and nothing is told any more.
    for (verb, input) in [
        ("decide - --commit", request("r-1", "ann", "admin")),
        ("commit -", beat("b-0", NOW)),
        ("reconcile --commit", String::new()),
    ] {
        let world = World::new();
        let first = world.pipe(verb, &input);
        assert_eq!(first.err, format!("warning: {told} (log.missing)\n"), "{verb}");
        assert_eq!(first.code, 0, "{first:?}");
        assert!(world.path("l.jsonl").exists(), "{verb}");
        assert_eq!(world.pipe(verb, &input).err, "", "{verb}");
    }
}

#[test]
fn a_commit_is_one_canonical_line() {
    let world = World::new();
    // Keys in another order, and blanks.
    let fact = format!(
        r#"{{ "v": 1, "id": "b-0", "kind": "feed_heartbeat", "body": {{"id": "pager"}},
             "recorded_at": "{NOW}", "effective_at": "2026-03-02T10:00:00+01:00" }}"#
    );
    let done = world.pipe("commit - --json", fact).json(0);
    assert_eq!(done["committed"]["pos"], 0);
    assert_eq!(done["committed"]["length"], 1);
    world.pipe("commit -", format!("[{}, {}]", beat("b-1", NOW), beat("b-2", NOW))).text(0);
    let expected = format!(
        "{}{{\"facts\":[{},{}],\"pos\":1}}\n",
        commit_line(0, &beat("b-0", NOW)),
        beat("b-1", NOW),
        beat("b-2", NOW)
    );
    assert_eq!(world.read("l.jsonl"), expected);
    let report = world.tenure("log verify --json").json(0);
    assert_eq!((report["high_water"].as_str(), report.get("length")), (Some(NOW), None));
    assert_eq!(report["root"], world.tenure("log verify --length 3 --json").json(0)["root"]);
}

#[test]
fn the_root_is_compared() {
    let world = World::with_facts(&beats(2));
    let before = world.tenure("log verify --json").json(0)["root"].as_str().unwrap().to_owned();
    world.pipe("commit -", beat("b-2", NOW)).text(0);
    world.tenure(&format!("log verify --root {before} --length 2")).text(0);
    world.tenure("log verify --length 3").text(0);

    let error = world.tenure(&format!("log verify --root {before} --json")).error(2);
    assert_eq!(error["code"], "log.root_differs");
    // The root that is told is the one that is asked for.
    let report = world.tenure("log verify --length 2 --json").json(0);
    assert_eq!((report["root"].as_str(), report["length"].as_u64()), (Some(before.as_str()), Some(2)));
    assert_eq!(report["facts"], 3);
    let told = world.tenure("log verify --length 2");
    assert!(told.text(0).contains(&format!("  root of the first 2  {before}\n")), "{told:?}");
    let error = world.tenure("log verify --length 4 --json").error(2);
    assert_eq!(error["code"], "log.too_short");
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    world.tenure(&format!("log verify --root {empty} --length 0")).text(0);
}

#[test]
fn readers_answer_from_what_stands_before_a_torn_line() {
    let world = World::with_facts(&beats(2));
    let whole = world.read("l.jsonl");
    let torn = commit_line(2, &beat("b-2", NOW));
    // Every way to be torn, from one byte to all of them but the newline.
    for cut in [1, 20, torn.len() - 2, torn.len() - 1] {
        world.write("l.jsonl", format!("{whole}{}", torn.split_at(cut).0));
        let answer = world.tenure("check ann db:write --json").json(4);
        assert_eq!(answer["warnings"][0]["code"], "log.torn_tail", "{cut}");
        assert_eq!(answer["warnings"][0]["line"], 3);
        let answer = world.tenure("check ann db:write");
        assert!(answer.err.starts_with("warning: line 3 of the log has no newline"), "{answer:?}");
        assert_eq!(answer.code, 4);
        let error = world.tenure("log verify --json").error(2);
        assert_eq!((error["code"].as_str(), error["line"].as_u64()), (Some("log.torn_tail"), Some(3)));
    }
}

#[test]
fn the_next_commit_moves_a_torn_line_aside() {
    let world = World::with_facts(&beats(2));
    let whole = world.read("l.jsonl");
    world.write("l.jsonl", format!("{whole}{{\"facts\":[{{\"bo"));
    let done = world.pipe("commit - --json", beat("b-2", NOW)).json(0);
    assert_eq!(done["warnings"][0]["code"], "log.torn_tail");
    assert_eq!(world.read("l.jsonl"), whole + &commit_line(2, &beat("b-2", NOW)));
    assert_eq!(world.read("l.jsonl.torn"), "{\"facts\":[{\"bo\n");
    assert_eq!(world.verified(), (3, 3));

    // A log that is nothing but a torn line, and a second fragment beside the first.
    world.write("l.jsonl", "{\"fa");
    world.pipe("commit -", beat("b-0", NOW)).text(0);
    assert_eq!(world.read("l.jsonl.torn"), "{\"facts\":[{\"bo\n{\"fa\n");
    assert_eq!(world.verified(), (1, 1));
}

#[test]
fn a_bad_line_in_the_middle_is_named_and_never_skipped() {
    let good = commit_line(0, &beat("b-0", NOW));
    let end = commit_line(2, &beat("b-2", NOW));
    let line = |fact: &str| commit_line(1, fact);
    let fact = beat("b-1", NOW);
    let bad = [
        ("\n".to_owned(), "document.syntax", 1, ""),
        ("nonsense\n".to_owned(), "document.syntax", 1, ""),
        ("[]\n".to_owned(), "document.type", 1, ""),
        ("{\"pos\":1}\n".to_owned(), "document.missing_field", 1, ""),
        (format!("{{\"facts\":[{fact}],\"pos\":1,\"root\":\"\"}}\n"), "document.unknown_field", 0, "/root"),
        (format!("{{\"facts\":[{fact}],\"pos\":-1}}\n"), "", 0, "/pos"),
        (line(&fact.replace("feed_heartbeat", "feed_heartbeet")), "fact.kind", 0, "/facts/0"),
        (line(&fact.replace("\"v\":1", "\"v\":2")), "fact.version", 0, "/facts/0"),
        (line(&fact.replace("{\"id\":\"pager\"}", "{\"id\":7}")), "document.type", 0, "/facts/0/body/id"),
        (line(&fact.replace(NOW, "yesterday")), "", 0, "/facts/0/effective_at"),
    ];
    for (line, cause, column, pointer) in bad {
        let world = World::new();
        world.write("l.jsonl", format!("{good}{line}{end}"));
        for verb in ["log verify", "check ann db:write", "commit -", "reconcile"] {
            let error = world.pipe(&format!("{verb} --json"), beat("b-9", NOW)).error(2);
            assert_eq!(error["code"], "log.line", "{line}");
            assert_eq!(error["line"], 2, "{line}");
            assert_eq!(error["file"], "l.jsonl");
            if !cause.is_empty() {
                assert_eq!(error["cause"], cause, "{line}");
            }
            if column > 0 {
                assert_eq!(error["column"], column, "{line}");
            }
            assert!(error["pointer"].as_str().unwrap_or_default().starts_with(pointer), "{line}: {error}");
        }
        assert_eq!(world.read("l.jsonl"), format!("{good}{line}{end}"), "nothing was written");
        let told = world.tenure("log verify").err;
        assert!(told.starts_with("error: l.jsonl: line 2, column "), "{told}");
    }
}

#[test]
fn every_reader_refuses_what_verify_refuses() {
    let identity = |attributes: &str| {
        let body = format!(r#"{{"definition":{{"attributes":{attributes},"kind":"human"}},"id":"eve"}}"#);
        format!(
            r#"{{"body":{body},"effective_at":"{NOW}","id":"i-0","kind":"identity_defined","recorded_at":"{NOW}","v":1}}"#
        )
    };
    let twice = r#"{"id":"pager","reason":"a","reason":"b"}"#;
    let attributes = "/facts/0/body/definition/attributes";
    let cases = [
        (
            beat("b-0", NOW).replace(r#"{"id":"pager"}"#, twice),
            "document.duplicate_key",
            "/facts/0/body/reason",
        ),
        (identity(r#"{"a":1,"a":1}"#), "document.duplicate_key", attributes),
        (identity(r#"{"\u0061":1,"a":1}"#), "document.duplicate_key", attributes),
        (identity(r#"{"a":1,"b":1,"a":1}"#), "document.duplicate_key", attributes),
        (identity(r#"{"a":9007199254740992}"#), "document.number", attributes),
        (identity(r#"{"a":["x",-9007199254740992]}"#), "document.number", attributes),
        (identity(r#"{"a":9223372036854775807}"#), "document.number", attributes),
        (identity(r#"{"a":1.0}"#), "document.number", attributes),
        (
            identity(&format!("{{\"a\":{}}}", "[".repeat(60) + &"]".repeat(60))),
            "document.too_deep",
            attributes,
        ),
    ];
    for (fact, cause, pointer) in cases {
        let world = World::new();
        world.write("l.jsonl", commit_line(0, &fact));
        let errors = ["log verify", "check ann db:write", "commit -", "reconcile", "decide -"]
            .map(|verb| world.pipe(&format!("{verb} --json"), input(verb)).error(2));
        for error in &errors {
            assert_eq!((error["code"].as_str(), error["cause"].as_str()), (Some("log.line"), Some(cause)));
            assert!(error["pointer"].as_str().unwrap().starts_with(pointer), "{error}");
            assert_eq!(*error, errors[0]);
        }
    }
    // What is written otherwise than Tenure writes it, but says one thing only, is read by all.
    for attributes in [r#"{"b": 9007199254740991, "a": -9007199254740991}"#, r#"{"\u0061":"\n"}"#, "{}"] {
        let world = World::new();
        world.write("l.jsonl", commit_line(0, &identity(attributes)));
        assert_eq!(world.verified(), (1, 1), "{attributes}");
        world.tenure("check eve db:write").text(4);
    }
}

/// What the verb is to read.
fn input(verb: &str) -> String {
    if verb == "decide -" { request("r-1", "ann", "admin") } else { beat("b-9", NOW) }
}

#[test]
fn a_wrong_position_is_an_error() {
    for pos in [0, 2, 7] {
        let world = World::new();
        world.write("l.jsonl", commit_line(0, &beat("b-0", NOW)) + &commit_line(pos, &beat("b-1", NOW)));
        let error = world.tenure("log verify --json").error(2);
        assert_eq!(error["code"], "log.position");
        assert_eq!((error["line"].as_u64(), error["pointer"].as_str()), (Some(2), Some("/pos")));
        assert!(error["message"].as_str().unwrap().contains(&format!("`{pos}`")));
    }
    let world = World::new();
    world.write("l.jsonl", "{\"facts\":[],\"pos\":0}\n");
    assert_eq!(world.tenure("log verify --json").error(2)["code"], "log.line");
}

#[test]
fn a_log_that_cannot_be_read_is_a_failure_of_the_machine() {
    let world = World::new();
    std::fs::create_dir(world.path("dir")).unwrap();
    assert_eq!(world.tenure("log verify --log dir --json").error(1)["code"], "io.read");
    let error = world.pipe("commit - --log nowhere/l.jsonl --json", beat("b-0", NOW)).error(1);
    assert_eq!(error["code"], "io.write");
}
