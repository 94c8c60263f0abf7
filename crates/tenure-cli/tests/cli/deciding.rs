//! Decisions and answers: for people, for machines, and by the exit status.

use super::world::{NOW, POLICY, World, request};

#[test]
fn the_exit_status_tells_the_verdict() {
    let world = World::new();
    assert_eq!(world.pipe("decide - --json", request("r-1", "ann", "admin")).json(0)["verdict"], "permit");
    assert_eq!(world.pipe("decide - --json", request("r-1", "eve", "admin")).json(4)["verdict"], "deny");
    assert_eq!(world.tenure("check ann db:write --json").json(4)["reasons"][0]["code"], "access.none");
    world.pipe("decide - --commit", request("r-1", "ann", "admin")).text(0);
    world.tenure("check ann db:write prod/orders").text(0);
    world.tenure("check ann db:write").text(0);
    // The end is the first instant that no longer counts.
    world.tenure("check ann db:write --now 2026-03-02T16:59:59.999Z").text(0);
    world.tenure("check ann db:write --now 2026-03-02T17:00:00Z").text(4);
}

#[test]
fn a_decision_is_the_same_bytes_again_and_again() {
    let world = World::new();
    let first = world.pipe("decide - --json", request("r-1", "ann", "admin"));
    let second = world.pipe("decide - --json", request("r-1", "ann", "admin"));
    assert_eq!(first.out, second.out);
    let node = tenure::document::json(&first.out, &tenure::document::Limits::default()).unwrap();
    assert_eq!(tenure::document::canonical(&node).unwrap() + "\n", first.out, "it is canonical JSON");
}

#[test]
fn what_was_committed_stands_beside_the_decision() {
    let world = World::new();
    let plain = world.pipe("decide - --json", request("r-1", "ann", "admin")).json(0);
    let mut committed = world.pipe("decide - --json --commit", request("r-1", "ann", "admin")).json(0);
    let report = committed.as_object_mut().unwrap().remove("committed").unwrap();
    assert_eq!(committed, plain);
    let verified = world.tenure("log verify --json").json(0);
    assert_eq!(report["root"], verified["root"]);
    assert_eq!(report["length"], verified["facts"]);
}

#[test]
fn people_get_a_table() {
    let world = World::new();
    let told = world.pipe("decide -", request("r-1", "ann", "admin").replace("8h", "9h"));
    let expected = "\
permit  r-1 at 2026-03-02T09:00:00Z

  GRANT  HOLDER  ENTITLEMENT  FROM                  UNTIL                 STATE
  r-1#0  ann     admin        2026-03-02T09:00:00Z  2026-03-02T17:00:00Z  active

  LIMIT    ENDS                  SOURCE
  maximum  2026-03-02T17:00:00Z  all     sets the end
  asked    2026-03-02T18:00:00Z  -

  warning: `PT9H` was asked; `maximum` leaves `PT8H` (duration.clipped)

  changes next at 2026-03-02T17:00:00Z
";
    assert_eq!(told.text(0), expected);
    let told = world.tenure("decide --request r-2 --for eve --entitlement admin");
    assert!(told.text(4).starts_with("deny  r-2 at "), "{told:?}");
    assert!(told.out.contains("error: there is no identity `eve` (identity.unknown)"), "{told:?}");
    let told = world.pipe("decide - --commit", request("r-1", "ann", "admin"));
    assert!(told.text(0).contains("\ncommitted "), "{told:?}");
}

#[test]
fn people_are_told_when_the_session_ends() {
    let world = World::with_facts(&[]);
    world.write("p.yaml", POLICY.replace("    already_held", "    session_max: 1h\n    already_held"));
    let told = world.pipe("decide -", request("r-1", "ann", "admin"));
    assert!(
        told.text(0)
            .contains("2026-03-02T17:00:00Z  active\n  a session under r-1#0 ends by 2026-03-02T10:00:00Z\n"),
        "{}",
        told.out
    );
}

#[test]
fn people_are_told_which_name_was_meant() {
    let world = World::with_facts(&[]);
    world.write("p.yaml", format!("{POLICY}events:\n  INC-7: {{kind: incident, start: {NOW}}}\n"));
    for (args, hints) in [
        ("check anm db:wriet prod/order", vec!["identity `ann`"]),
        ("check ann db:wriet prod/orders", vec!["permission `db:write`"]),
        ("check ann db:write prod/order", vec!["resource `prod/orders`"]),
        ("check zoe db:write", vec![]),
        ("decide --request r-1 --for Ann --entitlement admin", vec!["identity `ann`"]),
        ("decide --request r-1 --for ann --entitlement admn", vec!["entitlement `admin`"]),
        ("decide --request r-1 --for ann --entitlement admin --scope prd", vec!["resource `prod`"]),
        (
            "decide --request r-1 --for ann --entitlement admin --event INC-8 --duration 1h",
            vec!["event `INC-7`"],
        ),
        // Known, but not yet: nothing else was meant.
        (
            "decide --request r-1 --for ann --entitlement admin --event INC-7 --now 2026-01-01T00:00:00Z",
            vec![],
        ),
    ] {
        let told = world.tenure(args);
        let found: Vec<&str> = told.text(4).lines().filter(|line| line.contains("hint")).collect();
        let expected: Vec<String> =
            hints.iter().map(|hint| format!("  hint: did you mean the {hint}?")).collect();
        assert_eq!(found, expected, "{args}: {told:?}");
        // No answer for machines depends on a guess.
        assert!(!world.tenure(&format!("{args} --json")).json(4).to_string().contains("did you mean"));
    }
}

#[test]
fn of_several_items_each_line_names_its_own() {
    let world = World::new();
    let request = r#"{"request": {"id": "r-1", "beneficiary": "ann", "duration": "9h",
        "items": [{"entitlement": "admin", "scope": "prod"}, {"entitlement": "deploy"}]}}"#;
    let told = world.pipe("decide -", request);
    for line in [
        "  GRANT  HOLDER  ENTITLEMENT  SCOPE  FROM ",
        "  r-1#1  ann     deploy       -      2026",
        "  ITEM  LIMIT    ENDS ",
        "  1     maximum  2026",
        "  warning (item 1): `PT9H` was asked",
    ] {
        assert!(told.text(0).contains(line), "{line}: {}", told.out);
    }
}

#[test]
fn options_say_all_that_a_request_can() {
    let world = World::new();
    let args = "decide --json --request r-1 --for ann --by bob --entitlement admin --scope prod --start \
                2026-03-02T10:00:00Z --until 2026-03-02T12:00:00Z --ticket T-1 --reason because";
    let decision = world.tenure(args).json(0);
    let made = &decision["proposal"]["facts"]
        .as_array()
        .unwrap()
        .iter()
        .find(|f| f["kind"] == "request_made")
        .unwrap()["body"]["request"];
    let expected = serde_json::json!({
        "beneficiary": "ann", "id": "r-1", "items": [{"entitlement": "admin", "scope": "prod"}],
        "reason": "because", "requester": "bob", "start": "2026-03-02T10:00:00Z", "ticket": "T-1",
        "until": "2026-03-02T12:00:00Z",
    });
    assert_eq!(*made, expected);
    // The other two: an event that nobody opened, and a duration.
    let args = "decide --json --request r-1 --for ann --entitlement admin --event INC-7 --duration 2h";
    assert_eq!(world.tenure(args).json(4)["reasons"][0]["code"], "event.invalid");
}

#[test]
fn the_clock_is_asked_only_where_now_is_not_given() {
    let world = World::new();
    world.write("l.jsonl", "");
    let decision = world.exactly(&[
        "decide",
        "--request",
        "r-1",
        "--for",
        "ann",
        "--entitlement",
        "admin",
        "--duration",
        "1h",
        "--policy",
        "p.yaml",
        "--log",
        "l.jsonl",
        "--commit",
        "--json",
    ]);
    // Whatever the clock says, it is later than when this was written.
    assert!(decision.json(0)["at"].as_str().unwrap() > "2024");
    world.exactly(&["check", "ann", "db:write", "--policy", "p.yaml", "--log", "l.jsonl"]).text(0);
}

#[test]
fn a_policy_alone_is_enough_to_try() {
    let world = World::new();
    let args = ["check", "ann", "db:write", "--policy", "p.yaml", "--now", NOW];
    world.exactly(&args).text(4);
    world.write(
        "p.json",
        serde_json::json!({
            "tenure": 1, "identities": {"ann": {"kind": "human"}},
            "entitlements": {"admin": {"kind": "role", "permissions": ["db:write"]}},
            "standing": {"s-1": {"entitlement": "admin", "holder": {"identity": "ann"}}},
        })
        .to_string(),
    );
    world.tenure("check ann db:write --policy p.json --log none.jsonl").text(0);
}

#[test]
fn another_policy_than_the_adopted_one_is_told() {
    let world = World::new();
    world.pipe("decide - --commit", request("r-1", "ann", "admin")).text(0);
    world.write("q.yaml", POLICY.replace("8h", "4h"));
    let denied = world.pipe("decide - --policy q.yaml --json", request("r-2", "bob", "admin")).json(4);
    assert_eq!(denied["reasons"][0]["code"], "policy.not_adopted");
    // What the document in force denies is not known under another one.
    let denied = world.tenure("check ann db:write --policy q.yaml --json").json(4);
    assert_eq!(denied["reasons"][0]["code"], "policy.not_adopted");
    world.tenure("check ann db:write").text(0);
    // It can be given back all the same.
    let back = r#"{"deactivate": {"id": "d-1", "grant": "r-1#0"}}"#;
    world.pipe("decide - --policy q.yaml --commit", back).text(0);
    world.tenure("check ann db:write").text(4);
}

#[test]
fn reconcile_records_what_has_ended_once() {
    let world = World::new();
    world.pipe("decide - --commit", request("r-1", "ann", "admin")).text(0);
    let end = "2026-03-02T17:00:00Z";
    let found = world.tenure("reconcile --json").json(0);
    assert_eq!(found["removals"], serde_json::json!([]));
    let found = world.tenure(&format!("reconcile --json --now {end}")).json(0);
    assert_eq!(found["removals"][0]["identity"], "ann");
    assert_eq!(found["proposal"]["facts"][0]["kind"], "grant_ended");
    assert_eq!(world.verified().0, 1, "nothing is written unless it is asked for");
    let told = world.tenure(&format!("reconcile --commit --now {end}"));
    assert!(told.text(0).contains("committed 1 fact at"), "{told:?}");
    let again = world.tenure(&format!("reconcile --commit --json --now {end}")).json(0);
    assert_eq!(again["committed"]["facts"], 0);
    assert_eq!(world.verified().0, 2);
}
