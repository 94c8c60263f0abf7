//! An explanation names what stands in the way, all of it and nothing else, and what was tried and helps.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "tests")]

use tenure::decide::{Audience, Command, Verdict};
use tenure::engine::Engine;
use tenure::explain::{Cause, Explanation, Step, Unmet};
use tenure::model::{Item, Request, Value};
use tenure::policy::Policy;
use tenure::state::State;
use tenure::time::Timestamp;

const COMPANY: &str = r#"
tenure: 1
context:
  device.managed: bool
  risk: int
attributes:
  trained: bool
  department: text
  skills: list
conditions:
  managed: {expr: context.device.managed, text: the device is managed}
  calm: {expr: context.risk < 50, text: the risk is low}
resources:
  prod: {type: folder}
  prod/orders: {type: database, parent: prod}
  prod/stock: {type: database, parent: prod}
identities:
  ann: {kind: human}
  bob: {kind: human, attributes: {trained: true}}
  bot: {kind: agent}
entitlements:
  dbas: {kind: group}
  reader: {kind: role, permissions: [db:read]}
  logs: {kind: role, permissions: [log:read]}
  admin: {kind: role, permissions: [db:read, db:write], implies: [reader]}
  payroll: {kind: role, permissions: [pay:run]}
  keys: {kind: role, permissions: [key:use]}
  safe: {kind: role, permissions: [safe:open]}
  plans: {kind: role, permissions: [plan:read]}
  roster: {kind: role, permissions: [roster:edit]}
memberships:
  m-1: {group: dbas, member: bob}
events:
  INC-7: {kind: incident, start: 2026-03-02T08:00:00Z, planned_end: 2026-03-02T18:00:00Z}
  INC-8: {kind: drill, start: 2026-03-02T08:00:00Z, planned_end: 2026-03-02T18:00:00Z}
eligibility:
  dba:
    who: {groups: [dbas]}
    what: {ids: [admin]}
    where: [prod]
    duration: {min: 1h, max: 8h}
    on_exceed: reject
    event: {kinds: [incident]}
    require: {reason: true}
  anyone-reads:
    who: anyone
    what: {ids: [reader, logs]}
    duration: {max: 4h}
  paymaster:
    who: {ids: [ann]}
    what: {ids: [payroll]}
    duration: {max: 2h}
    approvals: [{name: finance, approvers: {ids: [bob]}}]
  keeper:
    who: anyone
    what: {ids: [keys]}
    when: [managed, calm]
    duration: {max: 2h}
  trained:
    who: anyone
    what: {ids: [safe]}
    requires: {attributes: {trained: [true]}}
    duration: {max: 2h}
  planners:
    who: {kinds: [human], attributes: {department: [planning], skills: [maps]}}
    what: {ids: [plans]}
    duration: {max: 2h}
  keepers-of-the-roster:
    who: {groups: [dbas], attributes: {department: [planning]}}
    what: {ids: [roster]}
    duration: {max: 2h}
deny:
  not-in-orders: {who: anyone, what: {ids: [logs]}, where: [prod/orders], on: request}
guardrails:
  no-keys-before-april:
    who: anyone
    what: {ids: [keys]}
    valid: {until: 2026-04-01T00:00:00Z}
    forbid: true
"#;

fn at() -> Timestamp {
    "2026-03-02T09:00:00Z".parse().unwrap()
}

fn engine() -> Engine {
    Engine::new(Policy::from_yaml(COMPANY).unwrap(), State::default()).unwrap()
}

fn ask(who: &str, what: &str) -> Request {
    Request::new("r-1".parse().unwrap(), who.parse().unwrap(), what.parse().unwrap())
}

fn explain(request: Request) -> Explanation {
    let command = Command::from(request);
    let engine = engine();
    let decision = engine.decide(&command, at());
    engine.explain(&command, &decision)
}

fn codes(explanation: &Explanation) -> Vec<&'static str> {
    let code = |cause: &Cause| match cause {
        Cause::Constraint { reason, .. } => reason.code.word(),
        Cause::Owed { .. } => "owed",
    };
    explanation.causes.iter().map(code).collect()
}

fn corrections(explanation: &Explanation) -> Vec<String> {
    explanation.corrections.iter().map(ToString::to_string).collect()
}

#[test]
fn all_that_is_missing_is_one_correction() {
    let asked = ask("bob", "admin").within("prod".parse().unwrap()).lasting("12h".parse().unwrap());
    let explanation = explain(asked);
    // What the maximum says comes to light behind what is missing.
    assert_eq!(codes(&explanation), ["input.missing", "duration.exceeds_max"]);
    assert_eq!(
        corrections(&explanation),
        ["name the business event `INC-7`; say why you need it; ask for `PT8H`"]
    );
    assert_eq!(explanation.corrections[0].verdict, Verdict::Permit);
    assert!(explanation.complete);
}

#[test]
fn who_may_not_is_told_what_comes_near_and_what_would_do() {
    let asked = ask("ann", "admin").for_event("INC-7".parse().unwrap()).because("a fire");
    let explanation = explain(asked.lasting("2h".parse().unwrap()));
    assert_eq!(codes(&explanation), ["eligibility.none"]);
    let Cause::Constraint { near, stops, .. } = &explanation.causes[0] else { panic!("a constraint") };
    assert!(*stops);
    assert_eq!(near[0].unmet.iter().copied().collect::<Vec<_>>(), [Unmet::Groups, Unmet::Where]);
    assert_eq!(corrections(&explanation), ["have `ann` join the group `dbas`; ask for it within `prod`"]);
    assert_eq!(explanation.alternatives[0].step.to_string(), "ask for `reader`");
    assert_eq!((explanation.alternatives[0].shared, explanation.alternatives[0].more), (1, 0));
}

#[test]
fn circumstances_that_were_not_said_are_named_with_what_they_must_be() {
    let explanation = explain(ask("ann", "keys").lasting("1h".parse().unwrap()));
    assert_eq!(codes(&explanation), ["guardrail.forbidden", "context.missing"]);
}

#[test]
fn what_is_restricted_in_a_part_can_be_had_in_the_rest() {
    let explanation =
        explain(ask("ann", "logs").within("prod".parse().unwrap()).lasting("1h".parse().unwrap()));
    assert_eq!(codes(&explanation), ["policy.explicit_deny"]);
    assert_eq!(
        corrections(&explanation),
        ["ask for it within `prod/stock`", "have an exception made to the rule `not-in-orders`"]
    );
}

#[test]
fn what_is_pending_names_who_has_to_agree_to_those_who_may_know() {
    let explanation = explain(ask("ann", "payroll").lasting("1h".parse().unwrap()));
    assert_eq!((explanation.verdict, codes(&explanation)), (Verdict::Pending, vec!["owed"]));
    assert_eq!(corrections(&explanation), ["get the approval of 1 in the stage `finance`"]);
    let told = |audience| serde_json::to_string(&explanation.for_audience(audience)).unwrap();
    assert!(told(Audience::Approver).contains("bob"));
    assert!(!told(Audience::Requester).contains("bob") && !told(Audience::Requester).contains("paymaster"));
}

#[test]
fn what_others_have_to_change_is_not_for_the_requester() {
    let asked = ask("ann", "safe").lasting("1h".parse().unwrap());
    let explanation = explain(asked);
    assert_eq!(codes(&explanation), ["prerequisite.missing"]);
    assert_eq!(corrections(&explanation), ["have `trained` of `ann` set to `true`"]);
    assert_eq!(explanation.for_audience(Audience::Requester).corrections, []);
    assert_eq!(explanation.for_audience(Audience::Admin).corrections, explanation.corrections);
}

#[test]
fn a_permit_names_its_witnesses_and_what_would_make_it_longer() {
    let asked = ask("bob", "admin").within("prod".parse().unwrap()).for_event("INC-7".parse().unwrap());
    let explanation = explain(asked.because("a fire").lasting("2h".parse().unwrap()));
    let witnesses: Vec<String> = explanation.witnesses.iter().map(ToString::to_string).collect();
    assert_eq!(
        witnesses,
        [
            "the rule `dba`, without which it would be denied",
            "the business event `INC-7`, without which it would be denied",
            "the membership `m-1`, without which it would be denied",
        ]
    );
    let [longer] = explanation.longer.as_slice() else { panic!("one item") };
    assert_eq!(
        longer.to_string(),
        "without the limit `asked` it would end at `2026-03-02T17:00:00Z`: ask for `PT8H`"
    );
    // Who needs to read only asks for that.
    assert_eq!(explanation.causes, []);
}

#[test]
fn a_clock_that_is_behind_is_waited_for() {
    let engine = engine();
    let command = Command::from(ask("ann", "reader").lasting("1h".parse().unwrap()));
    let decision = engine.decide(&command, at());
    let engine = engine.commit(&decision.proposal().unwrap()).unwrap();
    let early = "2026-03-02T08:00:00Z".parse().unwrap();
    let again = Command::from(Request { id: "r-2".parse().unwrap(), ..ask("ann", "reader") });
    let decision = engine.decide(&again, early);
    let explanation = engine.explain(&again, &decision);
    assert_eq!(codes(&explanation)[0], "clock.regression");
    let first = explanation.corrections.first().map(ToString::to_string).unwrap();
    assert_eq!(first, "wait until `2026-03-02T08:59:55Z`, and ask again; ask for `PT4H`");
}

#[test]
fn a_used_name_is_replaced() {
    let engine = engine();
    let command = Command::from(ask("ann", "reader").lasting("1h".parse().unwrap()));
    let decision = engine.decide(&command, at());
    let engine = engine.commit(&decision.proposal().unwrap()).unwrap();
    let other = Command::from(ask("ann", "reader").lasting("2h".parse().unwrap()));
    let decision = engine.decide(&other, at());
    let explanation = engine.explain(&other, &decision);
    assert_eq!(codes(&explanation), ["request.id_reused"]);
    assert_eq!(corrections(&explanation), ["ask under a new id, for example `r-1-2`"]);
}

#[test]
fn an_attribute_is_a_correction_also_where_a_rule_names_kinds_and_groups() {
    let explanation = explain(ask("ann", "plans").lasting("1h".parse().unwrap()));
    let both = "have `department` of `ann` set to `planning`; have `skills` of `ann` set to `maps`";
    assert_eq!(corrections(&explanation), [both]);
    let Step::Set { value: Value::List(_), .. } = &explanation.corrections[0].steps[1] else {
        panic!("a list")
    };
    let explanation = explain(ask("ann", "roster").lasting("1h".parse().unwrap()));
    let both = "have `department` of `ann` set to `planning`; have `ann` join the group `dbas`";
    assert_eq!(corrections(&explanation), [both]);
    // Nobody becomes of another kind.
    assert_eq!(corrections(&explain(ask("bot", "plans").lasting("1h".parse().unwrap()))), [] as [&str; 0]);
}

#[test]
fn items_keep_their_numbers_and_many_are_cured_in_one_go() {
    let mut asked = ask("ann", "logs");
    let (orders, prod) = ("prod/orders".parse().unwrap(), "prod".parse().unwrap());
    asked.items = vec![
        Item { entitlement: "logs".parse().unwrap(), scope: Some(orders) },
        Item { entitlement: "payroll".parse().unwrap(), scope: None },
        Item { entitlement: "logs".parse().unwrap(), scope: Some(prod) },
    ];
    let explanation = explain(asked.lasting("1h".parse().unwrap()));
    assert_eq!(
        corrections(&explanation)[0],
        "leave out item 0, `logs`; ask for item 2 within `prod/stock` (then an approval is owed)"
    );
    assert!(explanation.to_string().contains("item 2: the rule `not-in-orders` denies it"), "{explanation}");
}

#[test]
fn what_may_not_be_given_back_or_obtained_is_for_others() {
    let policy = Policy::from_yaml(
        r"
tenure: 1
identities: {ann: {kind: human}, eve: {kind: human}, mgr: {kind: human}}
entitlements:
  cap: {kind: role, permissions: [c:x]}
  pre: {kind: role, permissions: [p:x]}
  mul: {kind: role, permissions: [m:x]}
eligibility:
  rc: {who: anyone, what: {ids: [cap]}, duration: {max: 8h}, already_held: reject}
  rm: {who: anyone, what: {ids: [mul]}, duration: {max: 8h}, requires: {entitlements: [pre]}}
",
    );
    let engine = Engine::new(policy.unwrap(), State::default()).unwrap();
    let request = |id: &str, by: &str, what: &str| {
        let request = Request::new(id.parse().unwrap(), "ann".parse().unwrap(), what.parse().unwrap());
        Command::from(request.by(by.parse().unwrap()).lasting("1h".parse().unwrap()))
    };
    let first = engine.decide(&request("r-1", "mgr", "cap"), at());
    let engine = engine.commit(&first.proposal().unwrap()).unwrap();
    let of = |by: &str, what: &str| {
        let command = request("r-2", by, what);
        corrections(&engine.explain(&command, &engine.decide(&command, at()))).remove(0)
    };
    assert_eq!(of("ann", "cap"), "give back the grant `r-1#0` first");
    assert_eq!(of("mgr", "cap"), "give back the grant `r-1#0` first");
    assert_ne!(of("eve", "cap"), "give back the grant `r-1#0` first");
    assert_eq!(of("ann", "mul"), "have `ann` hold `pre` first");
}
