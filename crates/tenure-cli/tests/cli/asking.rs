//! Reverse questions, what would be if, and what is told to whom.

use super::world::{NOW, World, request};
use serde_json::{Value, json};

const POLICY: &str = "
tenure: 1
context:
  mfa: bool
conditions:
  mfa: {expr: context.mfa}
identities:
  ann: {kind: human}
  bob: {kind: human}
  svc: {kind: service_account, owner: ann}
resources:
  prod: {type: environment}
  prod/orders: {type: database, parent: prod}
entitlements:
  reader: {kind: right, permissions: ['db:read']}
  admin: {kind: role, permissions: ['db:write'], implies: [reader]}
  team: {kind: group, implies: [{entitlement: reader, scope: prod}]}
memberships:
  m-1: {group: team, member: bob, until: 2026-04-01T00:00:00Z}
standing:
  s-1: {holder: {identity: svc}, entitlement: reader, scope: prod/orders}
standing_rules:
  help: {who: {kinds: [human]}, what: {ids: [reader]}, where: [prod], when: mfa}
deny:
  night-shift: {description: Bob stays out., who: {ids: [bob]}, permissions: ['db:write'], on: request}
eligibility:
  all:
    who: {kinds: [human]}
    what: {ids: [admin]}
    duration: {max: 8h}
";

fn world() -> World {
    let world = World::with_facts(&[]);
    world.write("p.yaml", POLICY);
    world
}

#[test]
fn who_may_is_a_table_with_the_way() {
    let world = world();
    world.pipe("decide - --commit", request("r-1", "ann", "admin")).text(0);
    let expected = "\
db:read at 2026-03-02T09:00:00Z

  IDENTITY  SINCE                 UNTIL                 BY              PATH
  ann       2026-03-02T09:00:00Z  2026-03-02T17:00:00Z  grant r-1#0     admin > reader
  bob       -                     2026-04-01T00:00:00Z  membership m-1  team > reader
  svc       -                     -                     standing s-1    reader in prod/orders
";
    assert_eq!(world.tenure("who db:read prod/orders").text(0), expected);
    assert_eq!(
        world.tenure("who db:read prod --kind service_account").text(0),
        "db:read at 2026-03-02T09:00:00Z\n\n  nobody\n"
    );
    let told = world.tenure("who db:read prod/orders --limit 1 --json").json(0);
    assert_eq!((&told["complete"], told["rows"].as_array().unwrap().len()), (&json!(false), 1));
    assert!(world.tenure("who db:reed").text(4).contains("hint: did you mean the permission `db:read`?"));
    world.tenure("who db:read --kind robot").failed(2, "document.unknown_word");
    world.tenure("who").failed(2, "arguments.invalid");
    let lines = "{\"permission\":\"db:read\",\"resource\":\"prod/orders\",\"limit\":1}\n{}\n";
    let told = world.pipe("who --lines -", lines);
    let lines: Vec<Value> = told.text(2).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[0]["rows"][0]["identity"], "ann");
    assert_eq!(lines[1]["error"]["line"], 2);
}

#[test]
fn what_somebody_may_tells_where_and_on_what_condition() {
    let world = world();
    let expected = "\
ann at 2026-03-02T09:00:00Z

  PERMISSION  SCOPE  IF   BY                  PATH
  db:read     prod   mfa  standing rule help  reader in prod
";
    assert_eq!(world.tenure("what ann").text(0), expected);
    assert_eq!(
        world.tenure("what ann --context mfa=true --prefix db:w").text(0),
        "ann at 2026-03-02T09:00:00Z\n\n  nothing\n"
    );
    let told = world.tenure("what bob prod/orders --json").json(0);
    assert_eq!(told["rows"][0]["via"][0]["id"], "m-1");
    assert!(world.tenure("what eve").text(4).contains("(identity.unknown)"));
    world.tenure("what ann --kind cloud").failed(2, "document.unknown_word");
    world.tenure("what ann --all").failed(2, "arguments.invalid");
    world.tenure("what").failed(2, "arguments.invalid");
    let told = world.pipe("what --lines -", r#"{"identity":"svc"}"#);
    assert_eq!(told.text(0), world.tenure("what svc --json").out);
}

#[test]
fn what_everybody_may_comes_one_by_one() {
    let world = world();
    let told = world.tenure("what --all --json");
    let lines: Vec<&str> = told.text(0).lines().collect();
    let alone: Vec<String> =
        ["ann", "bob", "svc"].map(|who| world.tenure(&format!("what {who} --json")).out).into();
    assert_eq!(lines, alone.iter().map(|line| line.trim_end()).collect::<Vec<_>>());
    let told = world.tenure("what --all --kind group");
    assert!(told.text(0).starts_with("bob at "), "{told:?}");
    assert!(!told.out.contains("svc at "), "whoever may nothing is left out: {told:?}");
}

#[test]
fn what_would_be_is_told_and_nothing_is_written() {
    let world = world();
    world.pipe("decide - --commit", request("r-1", "ann", "admin")).text(0);
    let before = world.read("l.jsonl");
    let fact = format!(
        r#"{{"v":1,"id":"hr-1","kind":"identity_left","effective_at":"{NOW}","recorded_at":"{NOW}","body":{{"id":"ann"}}}}"#
    );
    world.write("f.json", &fact);
    world.write("c.jsonl", request("r-2", "ann", "admin") + "\n\n" + &request("r-3", "bob", "admin"));
    world.write("q.jsonl", r#"{"identity":"ann","permission":"db:write"}"#);
    let expected = "\
at 2026-03-02T09:00:00Z:
  ann loses db:read: until 2026-03-02T17:00:00Z -> denied
  ann loses db:read in prod: until 2026-03-02T17:00:00Z -> denied
  ann loses db:write: until 2026-03-02T17:00:00Z -> denied
  may obtain: ann loses admin: at most PT8H -> no
  r-2: permit until 2026-03-02T17:00:00Z -> deny
    now: `ann` is not active: `left` (identity.not_active)
  r-3: deny, as before
  ann db:write: until 2026-03-02T17:00:00Z -> denied
    now: `ann` is not active: `left` (identity.not_active)
";
    let told = world.tenure("simulate --facts f.json --commands c.jsonl --questions q.jsonl");
    assert_eq!(told.text(0), expected);
    let told = world.tenure("simulate --facts f.json --commands c.jsonl --json").json(0);
    assert_eq!(told["commands"][0]["after"]["verdict"], "deny");
    assert_eq!(told["commands"][1].get("reasons_new"), None);
    world.write("new.yaml", POLICY.replace("duration: {max: 8h}", "duration: {max: 4h}"));
    let told = world.tenure("simulate --with new.yaml --facts f.json");
    assert!(
        told.text(0).contains("  may obtain: bob has shorter admin: at most PT8H -> at most PT4H\n"),
        "{told:?}"
    );
    world.tenure("simulate").failed(2, "arguments.missing");
    world.write("f.json", fact.replace("ann", "eve"));
    world.tenure("simulate --facts f.json").failed(2, "fact.dangling");
    world.write("c.jsonl", "{}");
    assert!(
        world
            .tenure("simulate --with new.yaml --commands c.jsonl")
            .failed(2, "document.type")
            .contains("c.jsonl: line 1")
    );
    assert_eq!(world.read("l.jsonl"), before);
    assert_eq!(world.verified().0, 1);
}

#[test]
fn an_audience_is_told_what_it_may_know() {
    let world = world();
    let decide = |more: &str| world.pipe(&format!("decide - {more}"), request("r-1", "bob", "admin"));
    assert!(decide("").text(4).contains("night-shift"));
    let told = decide("--audience requester");
    assert!(told.text(4).contains("(policy.explicit_deny)") && !told.out.contains("night-shift"), "{told:?}");
    let told = decide("--audience requester --json").json(4);
    assert_eq!((&told["audience"], told.get("proposal")), (&json!("requester"), None));
    assert!(decide("--audience admin").text(4).contains("night-shift"));
    decide("--audience everybody").failed(2, "audience.unknown");
    let told = world.pipe("decide --lines - --audience requester", request("r-1", "bob", "admin"));
    assert_eq!(told.text(0), decide("--audience requester --json").out);
    let told = world.tenure("check bob db:read prod --audience requester --json").json(0);
    assert_eq!(told["audience"], "requester");
    world.tenure("check bob db:read prod --audience nobody").failed(2, "audience.unknown");
}

#[test]
fn why_is_explained_with_what_would_change_it() {
    let world = world();
    let asked = "explain --request r-1 --for svc --entitlement admin --duration 1h";
    let told = world.tenure(&format!("{asked} --json")).json(4);
    assert_eq!(told["verdict"], "deny");
    assert!(!told["causes"].as_array().unwrap().is_empty(), "{told}");
    assert!(world.tenure(asked).text(4).starts_with("deny"), "what is explained stands first");
    let told = world
        .tenure("explain --request r-1 --for bob --entitlement admin --duration 1h --audience requester");
    assert!(!told.text(4).contains("night-shift"), "{told:?}");
    let lines = request("r-1", "svc", "admin") + "\nno\n" + &request("r-2", "ann", "admin");
    let told = world.pipe("explain --lines - --until first-permit", lines);
    let lines: Vec<Value> = told.text(2).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((&lines[0]["verdict"], &lines[2]["verdict"]), (&json!("deny"), &json!("permit")));
    assert_eq!(lines[1]["error"]["line"], 2);
    world.tenure(&format!("{asked} --commit")).failed(2, "arguments.invalid");
    assert_eq!(world.verified(), (0, 0), "nothing was written");
}

#[test]
fn what_may_be_asked_for_tells_how_long_and_with_what() {
    let world = world();
    world.write(
        "p.yaml",
        POLICY.replace("duration: {max: 8h}", "duration: {max: 8h}\n    require: {reason: true}"),
    );
    let told = world.tenure("requestable ann");
    let expected = "\
ann at 2026-03-02T09:00:00Z

  ENTITLEMENT  AT MOST  UNTIL                 NEEDS             RULES
  admin        PT8H     2026-03-02T17:00:00Z  reason, duration  all
";
    assert_eq!(told.text(0), expected);
    let told = world.tenure("requestable svc --all");
    assert!(told.text(0).contains("nothing") && told.out.contains("(eligibility.none)"), "{told:?}");
    let told = world.tenure("requestable svc --json").json(0);
    assert_eq!(told["rows"], json!([]));
    assert!(world.tenure("requestable eve").text(4).contains("(identity.unknown)"));
    let told = world.pipe("requestable --lines -", "{\"identity\":\"ann\"}\n{\"identity\":1}");
    let lines: Vec<Value> = told.text(2).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[0], world.tenure("requestable ann --json").json(0));
    assert_eq!(lines[1]["error"]["line"], 2);
}

#[test]
fn what_was_held_tells_when_and_what_ended_it() {
    let world = world();
    world.pipe("decide - --commit", request("r-1", "ann", "admin")).text(0);
    let expected = "\
ann at 2026-03-02T18:00:00Z

  ENTITLEMENT  SCOPE  BY                  STATE   FROM                  UNTIL                 ENDED BY
  reader       prod   standing rule help  active  -                     -                     -
  admin        -      grant r-1#0         ended   2026-03-02T09:00:00Z  2026-03-02T17:00:00Z  grant.expired
";
    assert_eq!(world.tenure("timeline ann --now 2026-03-02T18:00:00Z").text(0), expected);
    let told = world.tenure("timeline ann --permission db:read --until 2026-03-03T00:00:00Z");
    assert!(told.text(0).contains("admin > reader"), "{told:?}");
    let told = world.tenure("timeline ann --permission db:write --from 2026-03-02T17:00:00Z");
    assert_eq!(told.text(0), "ann at 2026-03-02T09:00:00Z\n\n  nothing\n");
    world.tenure("timeline ann --from yesterday").failed(2, "timestamp.syntax");
    world.tenure("timeline ann --resource prod").failed(2, "arguments.invalid");
    let told = world.pipe("timeline --lines -", r#"{"identity":"ann"}"#);
    assert_eq!(told.text(0), world.tenure("timeline ann --json").out);
}
