//! `tenure lint` tells what can never work, where, and whether it is worth stopping for.

use super::world::{POLICY, World};

#[test]
fn what_works_is_told_in_one_line() {
    let world = World::new();
    let owned = POLICY.replace("kind: role,", "kind: role, owner: bob,");
    world.write("p.yaml", &owned);
    assert_eq!(world.tenure("lint").text(0), "nothing to mend\n");
    let alone = world.exactly(&["lint", "--policy", "p.yaml", "--json"]);
    assert_eq!(alone.json(0), serde_json::json!({"findings": []}));
}

#[test]
fn notes_do_not_stop_anybody_and_warnings_do() {
    let world = World::new();
    let notes = world.tenure("lint");
    assert_eq!(notes.code, 0, "{notes:?}");
    assert!(notes.out.ends_with("\n0 warnings, 2 notes\n"), "{notes:?}");
    assert!(notes.out.starts_with("p.yaml: note: line 10, column 3 (/entitlements/admin): "), "{notes:?}");

    world.write("p.yaml", POLICY.replace("{kinds: [human]}", "{kinds: [agent]}"));
    let warned = world.tenure("lint");
    assert_eq!(warned.code, 1, "{warned:?}");
    assert!(warned.out.ends_with("\n1 warning, 2 notes\n"), "{warned:?}");
    let json = world.tenure("lint --json").json(1);
    let last = &json["findings"][2];
    assert_eq!((&last["code"], &last["severity"]), (&"lint.rule.nobody".into(), &"warning".into()));
    assert_eq!((&last["line"], &last["pointer"]), (&14.into(), &"/eligibility/all/who".into()));
}

#[test]
fn now_tells_what_is_over() {
    let world = World::new();
    let until = POLICY.replace("    duration", "    valid: {until: 2026-12-31}\n    duration");
    world.write("p.yaml", until.replace("kind: role,", "kind: role, owner: bob,"));
    assert_eq!(world.tenure("lint --now 2026-12-31T23:00:00Z").text(0), "nothing to mend\n");
    let over = world.tenure("lint --now 2027-01-01T00:00:00Z --json").json(1);
    assert_eq!(over["findings"].as_array().unwrap().last().unwrap()["code"], "lint.rule.expired");
}

#[test]
fn what_does_not_load_is_not_linted() {
    let world = World::new();
    world.write("p.yaml", POLICY.replace("kind: human", "kind: humam"));
    assert_eq!(world.tenure("lint --json").error(2)["code"], "document.unknown_word");
    world.write("p.yaml", POLICY.replace("parent: prod", "parent: prot"));
    assert_eq!(world.tenure("lint --json").error(2)["code"], "model.dangling");
    let nothing = world.exactly(&["lint", "--json"]);
    assert_eq!(nothing.error(2)["code"], "arguments.missing");
}
