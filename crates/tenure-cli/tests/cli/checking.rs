//! Questions with circumstances, and what is told of conditions, denials and approvals.

use super::world::World;

const POLICY: &str = "
tenure: 1
context:
  device.managed: bool
  risk: int
  zone: text
  sites: {type: list, of: int}
conditions:
  managed: {text: the device is managed by the company, expr: context.device.managed}
  quiet: {expr: 'context.risk < 50 && context.zone == \"true\" && 7 in context.sites'}
identities:
  ann: {kind: human}
  bob: {kind: human, manager: ann}
resources:
  tickets: {type: desk}
resource_types:
  ticket: {open: true}
entitlements:
  reader: {kind: role, permissions: ['db:read']}
  helper: {kind: role, permissions: ['ticket:close']}
  admin: {kind: role, permissions: ['db:write', 'db:export']}
eligibility:
  admins:
    who: {kinds: [human]}
    what: {ids: [admin]}
    duration: {max: 8h}
    approvals: [{name: lead, approvers: {manager: true, ids: [ann]}}]
    inputs: {rows: {type: int, max: 100}}
    requires: {entitlements: [helper]}
deny:
  no-export: {description: Nobody takes data out., who: anyone, permissions: ['db:export']}
guardrails:
  own-machines: {who: {ids: [ann]}, what: {ids: [admin]}, require: {conditions: managed}}
standing_rules:
  read: {who: anyone, what: {ids: [reader]}, when: [managed, quiet]}
  help: {who: {ids: [bob]}, what: {ids: [helper]}, where: [tickets]}
";

fn world() -> World {
    let world = World::with_facts(&[]);
    world.write("p.yaml", POLICY);
    world
}

#[test]
fn what_depends_on_what_was_not_said_is_conditional_and_exits_like_a_denial() {
    let world = world();
    let expected = "\
conditional
  the answer depends on what was not said: `device.managed, risk, sites, zone` (context.missing)
  hint: say it with --context device.managed=VALUE
  hint: say it with --context risk=VALUE
  hint: say it with --context sites=VALUE
  hint: say it with --context zone=VALUE
";
    assert_eq!(world.tenure("check ann db:read").text(4), expected);
    let answer = world.tenure("check ann db:read --context risk=7 --json").json(4);
    assert_eq!(answer["missing"], serde_json::json!(["device.managed", "sites", "zone"]));
    // Each word is of the type that the document declares: `true` may be a text.
    let all = "--context device.managed=true --context risk=7 --context zone=true --context sites=1,7";
    assert_eq!(
        world.tenure(&format!("check ann db:read {all}")).text(0),
        "allowed\n  by standing rule read of reader\n"
    );
    let told = world.tenure("check ann db:read --context device.managed=false");
    let expected = "\
denied
  these conditions do not hold: `managed` (context.unsatisfied)
  managed: the device is managed by the company
";
    assert_eq!(told.text(4), expected);
}

#[test]
fn circumstances_are_declared_and_typed() {
    let world = world();
    let check = |context: &str| world.tenure(&format!("check ann db:read --context {context}"));
    assert!(
        check("device.maneged=true")
            .failed(2, "attribute.unknown")
            .contains("did you mean `device.managed`?")
    );
    check("device.managed=yes").failed(2, "attribute.type");
    check("risk=high").failed(2, "attribute.type");
    check("sites=1,x").failed(2, "attribute.type");
    check("risk").failed(2, "context.form");
    world.tenure("check --context risk=1 --question -").failed(2, "arguments.invalid");
    world.tenure("check ann").failed(2, "arguments.invalid");
}

#[test]
fn a_question_may_be_a_document() {
    let world = world();
    let question = r#"{"identity": "ann", "permission": "db:read", "context": {"device.managed": false}}"#;
    world.pipe("check --question -", question).text(4);
    world.write(
        "q.yaml",
        "identity: bob\npermission: 'ticket:close'\nresource: {id: T-1, type: ticket, parent: tickets}\n",
    );
    world.tenure("check --question q.yaml").text(0);
    world.write("q.yaml", "identity: bob\npermision: 'ticket:close'\n");
    assert!(
        world
            .tenure("check --question q.yaml")
            .failed(2, "document.unknown_field")
            .contains("q.yaml: line 2")
    );
}

#[test]
fn what_is_owed_is_told_and_the_request_written_down() {
    let world = world();
    world.write("p.yaml", POLICY.replace("    requires: {entitlements: [helper]}\n", ""));
    let decide = "decide --request r-1 --for bob --entitlement admin --duration 1h";
    let expected = "\
pending  r-1 at 2026-03-02T09:00:00Z

  GRANT  HOLDER  ENTITLEMENT  FROM                  UNTIL
  r-1#0  bob     admin        2026-03-02T09:00:00Z  2026-03-02T10:00:00Z

  LIMIT    ENDS                  SOURCE
  asked    2026-03-02T10:00:00Z  -       sets the end
  maximum  2026-03-02T17:00:00Z  admins

  OWED      STAGE  BY                     SOURCE
  approval  lead   1 of ann, the manager  admins

  warning: the rule `no-export` withholds `db:export` of `admin` (deny.withheld)
  no-export: Nobody takes data out.

  changes next at 2026-03-02T10:00:00Z
";
    assert_eq!(world.tenure(decide).text(3), expected);
    assert_eq!(world.verified(), (0, 0));
    let told = world.tenure(&format!("{decide} --commit"));
    assert!(told.text(3).contains("\ncommitted "), "{told:?}");
    let (commits, facts) = world.verified();
    assert_eq!(commits, 1);
    let log = world.read("l.jsonl");
    assert!(log.contains("request_made") && !log.contains("grant_issued"), "{log}");
    // Asked again it is still pending, and there is nothing more to write down.
    assert!(world.tenure(&format!("{decide} --commit")).text(3).contains("nothing to commit"));
    assert_eq!(world.verified().1, facts);
}

#[test]
fn reasons_of_the_language_read_well() {
    let world = world();
    let decide = |who: &str, more: &str| {
        world.pipe(
            "decide -",
            format!(r#"{{"request": {{"id": "r", "requester": "{who}", "entitlement": "admin", "duration": "1h"{more}}}}}"#),
        )
    };
    let told = decide("bob", r#", "inputs": {"rows": 101}"#);
    assert!(
        told.text(4)
            .contains("error: the input `rows` is not what the rules take: it is too large (input.invalid)")
    );
    assert!(
        told.out.contains(
            "what the rules require is not there at that time: to hold `helper` (prerequisite.missing)"
        ),
        "{told:?}"
    );
    let told = decide("ann", r#", "context": {"device.managed": false}"#);
    assert!(
        told.text(4).contains("these conditions do not hold: `managed` (context.unsatisfied)\n"),
        "{told:?}"
    );
    assert!(told.out.contains("\n  managed: the device is managed by the company\n"), "{told:?}");
    let told = decide("ann", "");
    assert!(
        told.text(4).contains("the answer depends on what was not said: `device.managed` (context.missing)")
    );
    assert!(told.out.contains("\n  hint: say it with --context device.managed=VALUE\n"), "{told:?}");
}

#[test]
fn circumstances_are_said_on_the_command_line() {
    let world = world();
    let asked = "decide --request r --for ann --entitlement admin --duration 1h";
    let told = world.tenure(&format!("{asked} --context device.managed=false"));
    assert!(
        told.text(4).contains("these conditions do not hold: `managed` (context.unsatisfied)"),
        "{told:?}"
    );
    let told = world.tenure(&format!("{asked} --context device.managed=true"));
    assert!(!told.out.contains("context."), "{told:?}");
    world.tenure(&format!("{asked} --context device.managed=perhaps")).failed(2, "attribute.type");
    world.tenure(&format!("{asked} --context devise.managed=true")).failed(2, "attribute.unknown");
    let twice = "--context device.managed=false --context device.managed=true";
    world.tenure(&format!("{asked} {twice}")).failed(2, "key.duplicate");
    world.tenure(&format!("check ann db:read {twice}")).failed(2, "key.duplicate");
    let revoke = r#"{"revoke": {"id": "r-9", "grant": "g", "by": "bob"}}"#;
    world.pipe("decide - --context device.managed=true", revoke).failed(2, "arguments.invalid");
}
