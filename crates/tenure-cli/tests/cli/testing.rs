//! `tenure test`: where tests come from, what is said of them, and how it ends.

use super::world::{Ended, POLICY, World, request};

const HOLDS: &str = "
tests:
  - name: Ann may have it
    now: 2026-03-02T09:00:00Z
    command: {request: {id: r, requester: ann, entitlement: admin, duration: 1h}}
    expect: {verdict: permit, end: 2026-03-02T10:00:00Z}
";

const FAILS: &str = "
tests:
  - name: Ann holds it
    now: 2026-03-02T09:00:00Z
    question: {identity: ann, permission: 'db:write'}
    expect: {answer: allowed, reasons: []}
";

fn test(world: &World, args: &[&str]) -> Ended {
    let all = [&["test", "--policy", "p.yaml"], args].concat();
    world.exactly(&all)
}

#[test]
fn tests_of_the_document_and_of_the_file_beside_it_are_run() {
    let world = World::new();
    world.write("p.yaml", format!("{POLICY}{HOLDS}"));
    let told = test(&world, &[]);
    assert_eq!(told.text(0), "pass  Ann may have it\n\n1 passed, 0 failed\n");
    world.write("p.tests.yaml", FAILS);
    let told = test(&world, &[]);
    let expected = "\
pass  Ann may have it
fail  Ann holds it
      answer
        expected  allowed
        got       denied
      reasons
        expected  []
        got       [\"access.none\"]
      what was said:
        denied
          `ann` holds nothing that gives `db:write` where it was asked (access.none)

1 passed, 1 failed
";
    assert_eq!(told.text(1), expected);
    // A file that is named stands for all others.
    world.write("t.json", r#"{"tests": []}"#);
    world.write("t.yaml", HOLDS);
    assert!(test(&world, &["--tests", "t.yaml"]).text(0).contains("1 passed"));
    assert!(test(&world, &["--tests", "t.json"]).failed(2, "tests.none").contains("there are no tests"));
}

#[test]
fn machines_get_a_report() {
    let world = World::new();
    world.write("p.yaml", format!("{POLICY}{HOLDS}"));
    world.write("p.tests.yaml", FAILS);
    let report = test(&world, &["--json"]).json(1);
    assert_eq!((report["passed"].as_u64(), report["failed"].as_u64()), (Some(1), Some(1)));
    assert_eq!(report["tests"][0], serde_json::json!({"name": "Ann may have it"}));
    let difference = serde_json::json!({"expected": "allowed", "field": "answer", "got": "denied"});
    assert_eq!(report["tests"][1]["differences"][0], difference);
}

#[test]
fn what_cannot_be_read_is_bad_input_and_no_failed_test() {
    let world = World::new();
    assert!(test(&world, &[]).failed(2, "tests.none").contains("`p.tests.yaml`"));
    world.write("p.tests.yaml", FAILS.replace("answer", "anser"));
    let told = test(&world, &[]);
    assert!(told.failed(2, "document.unknown_field").contains("p.tests.yaml: line 6"), "{told:?}");
    world.write("p.tests.yaml", FAILS.replace("answer: allowed", "verdict: permit"));
    test(&world, &[]).failed(2, "test.expect");
    test(&world, &["--tests", "nowhere.yaml"]).failed(1, "io.read");
    world.write("p.yaml", "tenure: 1\ntests: [{name: a}]\n");
    test(&world, &[]).failed(2, "document.missing_field");
    world.exactly(&["test"]).failed(2, "arguments.missing");
}

#[test]
fn a_test_begins_with_a_log() {
    let world = World::new();
    world.pipe("decide - --commit", request("r-1", "ann", "admin")).text(0);
    world.write("p.tests.yaml", FAILS);
    test(&world, &["--log", "l.jsonl"]).text(0);
    test(&world, &[]).text(1);
    // The name of a log in a test leads on from the file of the test, and goes before that of the command.
    std::fs::create_dir(world.path("below")).unwrap();
    world.write("below/own.jsonl", world.read("l.jsonl"));
    world.write("below/t.yaml", FAILS.replace("question:", "log: own.jsonl\n    question:"));
    test(&world, &["--tests", "below/t.yaml"]).text(0);
    world.write("t.yaml", FAILS.replace("question:", "log: own.jsonl\n    question:"));
    let told = test(&world, &["--tests", "t.yaml", "--log", "l.jsonl"]);
    assert!(told.failed(2, "tests.log").contains("own.jsonl"), "{told:?}");
}
