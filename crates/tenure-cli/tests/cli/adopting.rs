//! One document after the other: what is shown, what is written, what is refused.

use std::io::Write;

use super::world::{POLICY, World, beat, end, request};

const LATER: &str = "2026-03-02T10:00:00Z";

/// The second document: zoe is new, bob is gone, four hours are enough.
fn second() -> String {
    POLICY.replace("  bob: {kind: human}\n", "  zoe: {kind: human}\n").replace("8h", "4h")
}

/// A log that adopted the first document, as `p.yaml`, and the second one as `q.yaml`.
fn world() -> World {
    let world = World::new();
    world.write("q.yaml", second());
    let adopted = world.tenure("adopt --json").json(0);
    assert_eq!(adopted["committed"]["facts"], 7);
    world
}

#[test]
fn the_first_document_needs_no_previous_one() {
    let world = world();
    assert_eq!(world.verified(), (1, 7));
    // Again it is nothing, and nothing is written.
    let again = world.tenure("adopt --json").json(0);
    assert_eq!((again["proposal"]["facts"].as_array().unwrap().len(), again.get("committed")), (0, None));
    assert!(world.tenure("adopt").text(0).contains("is in force already"));
    assert_eq!(world.verified(), (1, 7));
}

#[test]
fn a_document_follows_on_the_one_before() {
    let world = world();
    world.pipe("decide - --commit", request("r-1", "ann", "deploy")).text(0);
    let before = world.read("l.jsonl");
    let args = format!("adopt --policy q.yaml --previous p.yaml --by ann --now {LATER}");
    let shown = world.tenure(&format!("{args} --dry-run"));
    assert!(shown.text(0).starts_with(
        "at 2026-03-02T10:00:00Z: 3 to be recorded\n  identity_defined zoe\n  identity_left bob\n  policy_adopted "
    ));
    assert_eq!(world.read("l.jsonl"), before, "nothing was written");
    let adopted = world.tenure(&format!("{args} --json")).json(0);
    assert_eq!(
        (adopted["committed"]["facts"].as_u64(), adopted["committed"]["pos"].as_u64()),
        (Some(3), Some(10))
    );
    assert_eq!(adopted["proposal"]["facts"][0]["by"], "ann");
    // From now on the new document decides, and the old one does not.
    let clipped =
        world.pipe(&format!("decide - --policy q.yaml --json --now {LATER}"), request("r-2", "zoe", "admin"));
    assert_eq!(clipped.json(0)["grants"][0]["end"], "2026-03-02T14:00:00Z");
    let denied = world.pipe(&format!("decide - --json --now {LATER}"), request("r-2", "ann", "admin"));
    assert_eq!(denied.json(4)["reasons"][0]["code"], "policy.not_adopted");
    world.tenure(&format!("check ann app:deploy --policy q.yaml --now {LATER}")).text(0);
}

#[test]
fn what_is_in_force_must_be_at_hand() {
    let world = world();
    let error = world.tenure("adopt --policy q.yaml --json").error(2);
    assert_eq!(error["code"], "policy.not_adopted");
    assert!(error["message"].as_str().unwrap().ends_with("name it with --previous FILE"));
    // It must be the one, not any.
    world.write("r.yaml", second().replace("4h", "3h"));
    let error = world.tenure("adopt --policy q.yaml --previous r.yaml --json").error(2);
    assert_eq!(error["code"], "policy.not_adopted");
    assert_eq!(
        world.tenure("adopt --policy q.yaml --previous p.yaml --by nobody --json").error(2)["code"],
        "identity.unknown"
    );
    assert_eq!(world.verified(), (1, 7));
}

#[test]
fn what_cannot_follow_is_told_with_its_place() {
    let world = world();
    world.write("q.yaml", POLICY.replace("bob: {kind: human}", "bob: {kind: agent}"));
    let error = world.tenure("adopt --policy q.yaml --previous p.yaml --json").error(2);
    assert_eq!(
        (error["code"].as_str(), error["file"].as_str(), error["line"].as_u64(), error["pointer"].as_str()),
        (Some("model.fixed"), Some("q.yaml"), Some(5), Some("/identities/bob/kind"))
    );
    assert_eq!(world.verified(), (1, 7));
}

#[test]
fn adoptions_that_exclude_each_other_are_not_both_written() {
    let world = world();
    world.write("r.yaml", second().replace("4h", "3h"));
    let children: Vec<_> = ["q.yaml", "r.yaml"]
        .map(|file| world.start(&format!("adopt --policy {file} --previous p.yaml --json")))
        .into();
    let ended: Vec<_> = children.into_iter().map(end).collect();
    let mut codes: Vec<i32> = ended.iter().map(|ended| ended.code).collect();
    codes.sort_unstable();
    // The other one is decided again, and finds that its previous document is not in force any more.
    assert_eq!(codes, [0, 2], "{ended:?}");
    assert_eq!(world.verified(), (2, 10));
}

#[test]
fn a_fact_in_between_is_no_obstacle() {
    let world = world();
    let args = "adopt --policy q.yaml --previous p.yaml --json";
    let proposal = world.tenure(&format!("{args} --dry-run")).json(0)["proposal"].to_string();
    let mut commit = world.start("commit -");
    commit.stdin.take().unwrap().write_all(beat("b-0", super::world::NOW).as_bytes()).unwrap();
    assert_eq!(end(commit).code, 0);
    // What was shown can be written later, as any proposal.
    world.pipe("commit -", proposal).text(0);
    assert_eq!(world.verified(), (3, 11));
}

#[test]
fn a_difference_names_who_gains_and_who_loses() {
    let world = world();
    world.pipe("decide - --commit", request("r-1", "bob", "deploy")).text(0);
    let told = world.tenure(&format!("diff p.yaml q.yaml --now {LATER}"));
    assert_eq!(
        told.text(0),
        "at 2026-03-02T10:00:00Z: access
  bob loses app:deploy: until 2026-03-02T17:00:00Z -> denied
at 2026-03-02T10:00:00Z: eligibility
  ann has shorter admin: at most PT8H -> at most PT4H
  ann has shorter deploy: at most PT8H -> at most PT4H
  bob loses admin: at most PT8H -> no
  bob loses deploy: at most PT8H -> no
  zoe gains admin: no -> at most PT4H
  zoe gains deploy: no -> at most PT4H
"
    );
    let found = world.tenure(&format!("diff p.yaml q.yaml --json --now {LATER}")).json(0);
    assert_eq!((found["access"].as_array().unwrap().len(), found["complete"].as_bool()), (1, Some(true)));
    // Without a log the documents alone are compared.
    let alone = world.exactly(&["diff", "p.yaml", "q.yaml", "--now", LATER, "--json"]).json(0);
    assert_eq!(
        (alone["access"].as_array().unwrap().len(), alone["eligibility"].as_array().unwrap().len()),
        (0, 6)
    );
    let same = world.exactly(&["diff", "p.yaml", "p.yaml", "--now", LATER]);
    assert_eq!(same.text(0), "at 2026-03-02T10:00:00Z: nobody gains or loses anything\n");
    assert_eq!(world.tenure("diff q.yaml p.yaml --json").error(2)["code"], "policy.not_adopted");
}
