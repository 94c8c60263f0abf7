//! Many processes, one log: nothing is lost, and what excludes each other is never both written.

use std::io::Write;
use std::process::Child;

use super::world::{Ended, NOW, World, beat, beats, commit_line, end, request};

/// Starts one process per input, all waiting for their input, then feeds them all.
fn all_at_once(world: &World, args: &str, inputs: &[String]) -> Vec<Ended> {
    let mut children: Vec<Child> = inputs.iter().map(|_| world.start(args)).collect();
    for (child, input) in children.iter_mut().zip(inputs) {
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    }
    children.into_iter().map(end).collect()
}

fn codes(ended: &[Ended]) -> Vec<i32> {
    let mut codes: Vec<i32> = ended.iter().map(|ended| ended.code).collect();
    codes.sort_unstable();
    codes
}

/// A log that has adopted the policy, and knows a grant of bob's.
fn adopted() -> World {
    let world = World::new();
    world.pipe("decide - --commit", request("r-0", "bob", "deploy")).text(0);
    world
}

#[test]
fn independent_facts_are_never_lost() {
    for processes in [2, 8] {
        let world = World::new();
        let facts: Vec<String> = (0..processes)
            .map(|p| {
                let facts: Vec<String> = (0..5).map(|n| beat(&format!("p{p}-{n}"), NOW)).collect();
                facts.join("\n")
            })
            .collect();
        let ended = all_at_once(&world, "commit - --json", &facts);
        let mut positions: Vec<u64> =
            ended.iter().map(|ended| ended.json(0)["committed"]["pos"].as_u64().unwrap()).collect();
        positions.sort_unstable();
        assert_eq!(positions, (0..processes).map(|p| p * 5).collect::<Vec<u64>>());
        assert_eq!(world.verified(), (processes, processes * 5));
        let log = world.read("l.jsonl");
        for p in 0..processes {
            for n in 0..5 {
                assert_eq!(log.matches(&format!("\"p{p}-{n}\"")).count(), 1);
            }
        }
    }
}

#[test]
fn readers_need_not_wait_for_writers() {
    let world = World::new();
    let writers: Vec<Child> = (0..6).map(|_| world.start("commit -")).collect();
    let readers: Vec<Child> = (0..6).map(|_| world.start("check ann db:write --json")).collect();
    for (n, mut writer) in writers.into_iter().enumerate() {
        writer.stdin.take().unwrap().write_all(beat(&format!("w-{n}"), NOW).as_bytes()).unwrap();
        assert_eq!(end(writer).code, 0);
    }
    for reader in readers {
        // Whatever part of the log it saw, it is an answer.
        assert_eq!(end(reader).json(4)["answer"], "denied");
    }
    assert_eq!(world.verified(), (6, 6));
}

#[test]
fn of_two_permits_that_exclude_each_other_one_is_written() {
    for round in 0..5 {
        let world = if round % 2 == 0 { World::with_facts(&[]) } else { adopted() };
        let before = world.verified().0;
        let proposals: Vec<String> = ["r-1", "r-2"]
            .iter()
            .map(|id| world.pipe("decide - --json", request(id, "ann", "admin")).json(0).to_string())
            .collect();
        let ended = all_at_once(&world, "commit - --json", &proposals);
        assert_eq!(codes(&ended), [0, 5], "{ended:?}");
        let lost = ended.iter().find(|ended| ended.code == 5).unwrap();
        assert_eq!(lost.error(5)["code"], "commit.conflict");
        assert!(lost.error(5)["message"].as_str().unwrap().ends_with("decide again"));
        assert_eq!(world.verified().0, before + 1);
        let issued = world.read("l.jsonl").matches("\"entitlement\":\"admin\",\"id\":\"r-").count();
        assert_eq!(issued, 1, "one grant");
    }
}

#[test]
fn permits_that_do_not_touch_each_other_are_both_written() {
    let world = adopted();
    let proposals: Vec<String> = [("r-1", "ann"), ("r-2", "bob")]
        .iter()
        .map(|(id, who)| world.pipe("decide - --json", request(id, who, "admin")).json(0).to_string())
        .collect();
    assert_eq!(codes(&all_at_once(&world, "commit -", &proposals)), [0, 0]);
    for who in ["ann", "bob"] {
        world.tenure(&format!("check {who} db:write")).text(0);
    }
}

#[test]
fn decide_with_commit_decides_again_on_a_conflict() {
    let world = World::new();
    let requests: Vec<String> = (0..8).map(|n| request(&format!("r-{n}"), "ann", "admin")).collect();
    let ended = all_at_once(&world, "decide - --commit --json", &requests);
    assert_eq!(codes(&ended), [0, 4, 4, 4, 4, 4, 4, 4], "{ended:?}");
    for denied in ended.iter().filter(|ended| ended.code == 4) {
        assert_eq!(denied.json(4)["reasons"][0]["code"], "grant.already_active");
    }
    assert_eq!(world.verified().0, 1);
}

#[test]
fn a_decision_is_committed_once() {
    let world = World::new();
    let decision = world.pipe("decide - --json", request("r-1", "ann", "admin")).json(0).to_string();
    world.tenure("check ann db:write").text(4);
    world.pipe("commit -", &decision).text(0);
    world.tenure("check ann db:write").text(0);
    assert_eq!(world.pipe("commit - --json", &decision).error(5)["code"], "commit.conflict");
    // Deciding again finds what was granted, and has nothing more to write.
    let again = world.pipe("decide - --commit --json", request("r-1", "ann", "admin")).json(0);
    assert_eq!(again["reasons"][0]["code"], "request.already_resolved");
    assert_eq!(again["committed"]["facts"], 0);
    assert_eq!(world.verified().0, 1);
}

#[test]
fn a_denial_has_nothing_to_commit() {
    let world = World::new();
    let denied = world.pipe("decide - --json", request("r-1", "eve", "admin")).json(4).to_string();
    assert_eq!(world.pipe("commit - --json", denied).error(4)["code"], "decision.denied");
    assert!(!world.path("l.jsonl").exists());
    let denied = world.pipe("decide - --commit --json", request("r-1", "eve", "admin")).json(4);
    assert_eq!(denied.get("committed"), None);
}

#[test]
fn what_only_ends_is_appended_at_any_length() {
    let world = adopted();
    let end = r#"{"deactivate":{"id":"d-1","grant":"r-0#0"}}"#;
    let decision = world.pipe("decide - --json", end).json(0);
    assert_eq!(decision["proposal"].get("base"), None);
    world.pipe("commit -", beat("b-0", NOW)).text(0);
    world.tenure("check bob app:deploy").text(0);
    world.pipe("commit -", decision.to_string()).text(0);
    world.tenure("check bob app:deploy").text(4);
}

#[test]
fn what_gives_something_is_never_appended_unconditionally() {
    let world = adopted();
    let decision = world.pipe("decide - --json", request("r-1", "ann", "admin")).json(0);
    let mut proposal = decision["proposal"].clone();
    let stripped = proposal.as_object_mut().unwrap();
    stripped.remove("touches");
    let expects = stripped.remove("expects").unwrap();
    world.pipe("commit -", beat("b-0", NOW)).text(0);
    // With a length alone, the length must be right.
    assert_eq!(world.pipe("commit - --json", proposal.to_string()).error(5)["code"], "commit.conflict");
    // With neither, it is no proposal.
    proposal.as_object_mut().unwrap().remove("base");
    let error = world.pipe("commit - --json", proposal.to_string()).error(2);
    assert_eq!(
        (error["code"].as_str(), error["pointer"].as_str()),
        (Some("proposal.unconditional"), Some("/facts/0"))
    );
    // With expectations alone, they must hold.
    proposal["expects"] = expects;
    let mut outdated = proposal.clone();
    outdated["expects"][0]["version"] = serde_json::json!(999);
    assert_eq!(world.pipe("commit - --json", outdated.to_string()).error(5)["code"], "commit.conflict");
    world.pipe("commit -", proposal.to_string()).text(0);
    world.tenure("check ann db:write").text(0);
}

#[test]
fn facts_of_the_host_are_admitted_only_if_they_may_be() {
    let world = World::with_facts(&beats(1));
    // The clock may be five seconds off, not more.
    let error = world.pipe("commit - --json", beat("b-1", "2026-03-02T09:00:05.001Z")).error(2);
    assert_eq!(error["code"], "fact.from_future");
    world.pipe("commit -", beat("b-1", "2026-03-02T09:00:05Z")).text(0);
    // The same again is no new fact; another under the same name is an error, and names the one at fault.
    let repeated = world.pipe("commit - --json", beat("b-1", "2026-03-02T09:00:05Z")).json(0);
    assert_eq!(repeated["committed"]["facts"], 0);
    let other = beat("b-1", NOW).replace("pager", "radio");
    let error = world.pipe("commit - --json", format!("[{},{other}]", beat("b-2", NOW))).error(2);
    assert_eq!(error["pointer"], "/1");
    assert_eq!(world.verified(), (2, 2), "of a list all facts are written or none");
}

#[test]
fn what_was_decided_in_the_future_is_not_written_today() {
    let world = World::new();
    let later = "2027-03-02T09:00:00Z";
    let decision = world.pipe(&format!("decide - --json --now {later}"), request("r-1", "ann", "admin"));
    let error = world.pipe("commit - --json", &decision.out).error(2);
    assert_eq!(error["code"], "fact.from_future");
    world.pipe(&format!("commit - --now {later}"), &decision.out).text(0);
}

#[test]
fn a_torn_line_is_no_obstacle_to_a_decision() {
    let world = adopted();
    let whole = world.read("l.jsonl");
    world.write("l.jsonl", format!("{whole}{{\"facts\""));
    let decision = world.pipe("decide - --commit --json", request("r-1", "ann", "admin")).json(0);
    assert_eq!(decision["warnings"][0]["code"], "log.torn_tail");
    assert!(world.read("l.jsonl").starts_with(&whole));
    assert_eq!(world.read("l.jsonl.torn"), "{\"facts\"\n");
    assert_eq!(world.verified().0, 2);
}

#[test]
fn a_commit_reads_what_others_wrote_by_hand() {
    let world = World::new();
    world.write("l.jsonl", commit_line(0, &beat("b-0", NOW)).replace("\"pos\"", " \"pos\" "));
    world.pipe("commit -", beat("b-1", NOW)).text(0);
    assert_eq!(world.verified(), (2, 2));
}

#[test]
fn facts_may_name_what_the_document_declares() {
    let world = World::new();
    let suspended = format!(
        r#"{{"body":{{"id":"ann"}},"effective_at":"{NOW}","id":"f-1","kind":"identity_suspended","recorded_at":"{NOW}","v":1}}"#
    );
    world.pipe("commit -", suspended.replace("ann", "zoe")).text(2);
    world.pipe("commit -", &suspended).text(0);
    world.pipe("check ann code:deploy", "").text(4);
}
