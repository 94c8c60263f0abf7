//! `tenure fmt` writes documents in one form, and leaves alone what it cannot.

use std::fs;

use super::world::{POLICY, World};

/// A document that is not in form, and how it is in form.
const WRITTEN: &str = "tenure:   1\nwho:\n- {a: 1,b: 2} # why\n";
const FORMATTED: &str = "tenure: 1\n\nwho:\n  - {a: 1, b: 2}  # why\n";

#[test]
fn files_are_put_in_form() {
    let world = World::new();
    world.write("a.yaml", WRITTEN);
    world.write("b.yaml", FORMATTED);
    world.write("c.json", "{\"b\":1,\"a\":[]}");
    let changed = world.exactly(&["fmt", "a.yaml", "b.yaml", "c.json"]);
    assert_eq!(changed.text(0), "a.yaml was put in form\nc.json was put in form\n");
    assert_eq!(world.read("a.yaml"), FORMATTED);
    assert_eq!(world.read("b.yaml"), FORMATTED);
    assert_eq!(world.read("c.json"), "{\n  \"b\": 1,\n  \"a\": []\n}\n");
    assert_eq!(world.exactly(&["fmt", "a.yaml", "b.yaml", "c.json"]).text(0), "nothing to change\n");
    let names = fs::read_dir(world.path("")).unwrap();
    assert_eq!(names.count(), 4, "nothing else is left, and the policy was not touched");
}

#[test]
fn check_tells_what_differs_and_changes_nothing() {
    let world = World::new();
    world.write("a.yaml", WRITTEN);
    world.write("b.yaml", FORMATTED);
    let differs = world.exactly(&["fmt", "--check", "b.yaml", "a.yaml"]);
    let expected = "\
--- a.yaml
+++ a.yaml in form
@@ -1,1 +1,2 @@
-tenure:   1
+tenure: 1
+
@@ -3,1 +4,1 @@
-- {a: 1,b: 2} # why
+  - {a: 1, b: 2}  # why
";
    assert_eq!(differs.text(1), expected);
    assert_eq!(world.read("a.yaml"), WRITTEN);
    assert_eq!(world.exactly(&["fmt", "--check", "b.yaml"]).text(0), "nothing to change\n");
    let json = world.exactly(&["fmt", "--check", "b.yaml", "a.yaml", "--json"]).json(1);
    assert_eq!(json["files"][0], serde_json::json!({"changed": false, "file": "b.yaml"}));
    assert_eq!(json["files"][1]["changes"][0]["written"][0], "tenure:   1\n");
}

#[test]
fn standard_input_goes_to_standard_output_as_it_is() {
    let world = World::new();
    assert_eq!(world.pipe("fmt", WRITTEN).text(0), FORMATTED);
    assert_eq!(world.pipe("fmt -", "a: |+\n x\ty\n\n\n").text(0), "a: |+\n  x\ty\n\n\n");
    assert_eq!(world.pipe("fmt", "").text(0), "");
    assert_eq!(world.pipe("fmt", "{\"a\":\r\n1}").text(0), "{\n  \"a\": 1\n}\n");
    assert_eq!(world.pipe("fmt --check", FORMATTED).text(0), "nothing to change\n");
    let differs = world.pipe("fmt --check", "a:  1\n");
    assert_eq!(differs.text(1).lines().next(), Some("--- standard input"));
    let json = world.pipe("fmt --json", WRITTEN).json(0);
    assert_eq!(json["files"][0]["text"], FORMATTED);
}

#[test]
fn what_cannot_be_read_is_told_as_lint_tells_it_and_nothing_is_written() {
    let world = World::new();
    world.write("a.yaml", WRITTEN);
    world.write("p.yaml", POLICY.replace("kind: human", "kind: &k human"));
    let wrong = world.exactly(&["fmt", "a.yaml", "p.yaml", "--json"]).error(2);
    assert_eq!(wrong, world.tenure("lint --json").error(2));
    assert_eq!((&wrong["code"], &wrong["line"]), (&"document.anchor".into(), &4.into()));
    assert_eq!(world.read("a.yaml"), WRITTEN, "all are read before one is written");
    world.exactly(&["fmt", "none.yaml"]).failed(1, "io.read");
}

#[cfg(unix)]
#[test]
fn a_link_stays_a_link_and_permissions_stay() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let world = World::new();
    world.write("a.yaml", WRITTEN);
    fs::set_permissions(world.path("a.yaml"), fs::Permissions::from_mode(0o640)).unwrap();
    symlink("a.yaml", world.path("link.yaml")).unwrap();
    world.exactly(&["fmt", "link.yaml"]).text(0);
    assert!(fs::symlink_metadata(world.path("link.yaml")).unwrap().is_symlink());
    assert_eq!(world.read("a.yaml"), FORMATTED);
    assert_eq!(fs::metadata(world.path("a.yaml")).unwrap().permissions().mode() & 0o777, 0o640);
}
