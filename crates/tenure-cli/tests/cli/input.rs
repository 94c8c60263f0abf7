//! Whatever is given, the answer is a coded error with its place: never a crash, never a hang.

use super::world::{NOW, World, beat, request};

#[test]
fn help_and_versions_are_no_errors() {
    let world = World::new();
    assert!(world.exactly(&["--help"]).text(0).contains("Exit status"));
    assert!(world.exactly(&["--version"]).text(0).starts_with("tenure "));
}

#[test]
fn a_wrong_command_line_says_what_to_do() {
    let world = World::new();
    let ended = world.exactly(&["decied"]);
    assert_eq!((ended.code, ended.out.as_str()), (2, ""));
    assert!(ended.err.contains("decide"), "it suggests the nearest word: {}", ended.err);
    assert_eq!(world.exactly(&["check", "--json", "ann"]).error(2)["code"], "arguments.invalid");
    let asked_with_half = ["decide", "--for", "ann", "--json"];
    assert_eq!(world.exactly(&asked_with_half).error(2)["code"], "arguments.invalid");
    for (args, missing) in [
        (&["check", "ann", "db:write", "--json"][..], "--policy"),
        (&["commit", "--json"], "--log"),
        (&["log", "verify", "--json"], "--log"),
        (&["decide", "x.json", "--commit", "--json"], "--log"),
        (&["decide", "--json"], "a FILE with the command"),
        (&["decide", "--json"], "--request ID with --for IDENTITY and --entitlement ENTITLEMENT"),
    ] {
        let error = world.exactly(args).error(2);
        assert_eq!(error["code"], "arguments.missing");
        assert!(error["message"].as_str().unwrap().contains(missing), "{error}");
    }
}

#[test]
fn options_are_read_as_strictly_as_documents() {
    let world = World::new();
    let decide = |more: &str| {
        let args = format!("decide --request r-1 --for ann --entitlement admin --json {more}");
        world.tenure(&args).error(2)
    };
    assert_eq!(decide("--duration P1M")["code"].as_str().unwrap().split('.').next(), Some("span"));
    assert_eq!(decide("--duration 0s")["code"], "request.duration");
    assert!(decide("--now yesterday")["message"].as_str().unwrap().starts_with("--now: "));
    assert_eq!(decide("--scope é")["code"], "id.character");
    assert_eq!(decide("--start 2026-03-03T00:00:00Z --until 2026-03-02T00:00:00Z")["code"], "request.window");
    assert_eq!(world.tenure("check é db:write --json").error(2)["code"], "id.character");
    world.write("l.jsonl", "");
    assert_eq!(world.tenure("log verify --now 0000-01-01T00:00:00Z").code, 0, "what is not used is not read");
}

#[test]
fn a_bad_policy_names_every_place() {
    let world = World::new();
    world.write("bad.yaml", "tenure: 1\nidentities:\n  ann: {kind: humam}\n");
    let error = world.tenure("check ann db:write --policy bad.yaml --json").error(2);
    assert_eq!(error["code"], "document.unknown_word");
    assert_eq!(error["file"], "bad.yaml");
    assert_eq!((error["line"].as_u64(), error["column"].as_u64()), (Some(3), Some(15)));
    assert_eq!(
        (error["pointer"].as_str(), error["suggestion"].as_str()),
        (Some("/identities/ann/kind"), Some("human"))
    );
    let told = world.tenure("check ann db:write --policy bad.yaml").err;
    assert!(told.starts_with("error: bad.yaml: line 3, column 15 (/identities/ann/kind): "), "{told}");

    world.write("bad.yaml", [0x74, 0x0a, 0xff]);
    let error = world.tenure("check ann db:write --policy bad.yaml --json").error(2);
    assert_eq!((error["code"].as_str(), error["line"].as_u64()), (Some("document.encoding"), Some(2)));
    assert_eq!(world.tenure("check ann db:write --policy none.yaml --json").error(1)["code"], "io.read");
}

#[test]
fn hostile_nesting_is_refused() {
    let world = World::new();
    for deep in [
        "[".repeat(1 << 20),
        "{\"a\":".repeat(1 << 18),
        "{\"request\":{\"id\":".to_owned() + &"[".repeat(1 << 19),
    ] {
        for verb in ["decide -", "commit -"] {
            let error = world.pipe(&format!("{verb} --json"), &deep).error(2);
            assert!(error["code"].as_str().unwrap().starts_with("document.too_"), "{error}");
        }
        world.write("l.jsonl", format!("{deep}\n"));
        let error = world.tenure("log verify --json").error(2);
        assert_eq!(error["code"], "log.line");
        assert_eq!(world.tenure("check ann db:write --json").error(2)["code"], "log.line");
        std::fs::remove_file(world.path("l.jsonl")).unwrap();
    }
    let yaml = "a: ".to_owned() + &"[".repeat(100_000);
    world.write("deep.yaml", &yaml);
    assert_eq!(world.tenure("check ann db:write --policy deep.yaml").code, 2);
    world.pipe("decide -", yaml).text(2);
}

#[test]
fn what_is_no_command_and_no_fact_is_refused() {
    let world = World::new();
    for (input, code, pointer) in [
        ("", "", ""),
        ("{}", "", ""),
        ("\u{0}", "", ""),
        (r#"{"request":{"id":"r","beneficiary":"ann"}}"#, "request.items", "/request"),
        (r#"{"reqest":{}}"#, "document.unknown_word", ""),
        (
            r#"{"request":{"id":"r","beneficiary":"ann","entitlement":"admin","durration":"8h"}}"#,
            "document.unknown_field",
            "/request/durration",
        ),
    ] {
        let error = world.pipe("decide - --json", input).error(2);
        if !code.is_empty() {
            assert_eq!(error["code"], code, "{input}");
        }
        assert!(error["pointer"].as_str().unwrap().starts_with(pointer), "{error}");
        assert_eq!(error["file"], "standard input");
    }
    let fact = beat("b-0", NOW);
    for (input, code, pointer) in [
        ("[]".to_owned() + "]", "document.syntax", ""),
        (fact.replace("feed_heartbeat", "feed_heartbeats"), "fact.kind", ""),
        (format!("[{fact},{}]", fact.replace("pager", "é")), "", "/1/body/id"),
        (format!("{{\"facts\":[{}]}}", fact.replace("\"v\":1", "\"v\":3")), "fact.version", "/facts/0"),
        (format!("{{\"facts\":[{fact}],\"exspects\":[]}}"), "document.unknown_field", "/exspects"),
        (
            format!("{{\"proposal\":{{\"facts\":[{fact}],\"base\":\"x\"}}}}"),
            "document.type",
            "/proposal/base",
        ),
        (r#"{"verdict":"maybe"}"#.to_owned(), "document.unknown_word", "/verdict"),
    ] {
        let error = world.pipe("commit - --json", &input).error(2);
        if !code.is_empty() {
            assert_eq!(error["code"], code, "{input}");
        }
        assert!(error["pointer"].as_str().unwrap().starts_with(pointer), "{input}: {error}");
    }
    // One fact a line: the line is named.
    let error =
        world.pipe("commit - --json", format!("{fact}\n\n{}\n", fact.replace("feed_", "fed_"))).error(2);
    assert_eq!((error["code"].as_str(), error["line"].as_u64()), (Some("fact.kind"), Some(3)));
    assert!(!world.path("l.jsonl").exists(), "nothing was written");
}

#[test]
fn a_command_is_read_from_yaml_too() {
    let world = World::new();
    let yaml = "request:\n  id: r-1\n  beneficiary: ann\n  entitlement: admin\n  duration: 8h\n";
    let from_yaml = world.pipe("decide - --json", yaml).json(0);
    world.write("c.yaml", yaml);
    world.write("c.json", request("r-1", "ann", "admin"));
    assert_eq!(world.tenure("decide c.yaml --json").json(0), from_yaml);
    assert_eq!(world.tenure("decide c.json --json").json(0), from_yaml);
    let flags = "decide --request r-1 --for ann --entitlement admin --duration 8h --json";
    assert_eq!(world.tenure(flags).json(0), from_yaml);
}

#[test]
fn control_characters_do_not_reach_the_terminal() {
    let world = World::new();
    let ended = world.pipe("decide -", "{\"\\u001b[31m\":1}");
    assert_eq!(ended.code, 2);
    assert!(!ended.err.contains('\u{1b}'), "{:?}", ended.err);
}

#[cfg(unix)]
#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let world = World::new();
    let mut child = world.start("check ann db:write --json");
    drop(child.stdout.take());
    drop(child.stdin.take());
    let ended = super::world::end(child);
    assert_eq!((ended.code, ended.err.as_str()), (4, ""));
}
