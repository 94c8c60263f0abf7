//! Each problem comes with its code, its place, its pointer and what to write instead.

use crate::model::{Identity, IdentityKind};
use crate::policy::{Policy, PolicyDocument, PolicyError};

/// `code line:column pointer suggestion` of every problem.
fn told(error: &PolicyError) -> Vec<String> {
    let problems = error.problems().iter();
    problems
        .map(|problem| {
            let suggestion = problem.suggestion().map(|word| format!(" ~{word}")).unwrap_or_default();
            let (line, column) = (problem.line(), problem.column());
            format!("{} {line}:{column} {}{suggestion}", problem.code(), problem.pointer())
        })
        .collect()
}

#[track_caller]
fn yaml_fails(text: &str, expected: &[&str]) -> PolicyError {
    let error = Policy::from_yaml(text).expect_err("something is wrong");
    assert_eq!(told(&error), expected, "\n{error}");
    error
}

#[track_caller]
fn says(error: &PolicyError, message: &str) {
    assert!(error.problems().iter().any(|problem| problem.message() == message), "{error}");
}

#[test]
fn another_version_is_not_read_any_further() {
    let error = yaml_fails("whatever: {}\ntenure: 2\n", &["policy.version 2:9 /tenure ~1"]);
    says(&error, "`2` is not a version of the format; write `tenure: 1`");
    yaml_fails("name: x\n", &["document.missing_field 1:1 "]);
    yaml_fails("tenure: \"1\"\n", &["document.type 1:9 /tenure ~1"]);
    let built = Policy::from_document(PolicyDocument::default()).unwrap_err();
    assert_eq!(told(&built), ["policy.version 1:1 /tenure ~1"]);
}

#[test]
fn a_rule_gives_every_grant_an_end() {
    let error = yaml_fails(
        "tenure: 1
eligibility:
  free:
    who: {kinds: [human]}
    what: {kinds: [role]}
  tied: {who: {}, what: {}, event: {kinds: [incident]}}
",
        &["eligibility.unbounded 3:3 /eligibility/free"],
    );
    says(
        &error,
        "nothing limits how long this gives; add a `duration` with a `max`, or an `event` whose events have a \
         planned end or a `hard_cap` (of one with neither, a grant ends when it was asked to end, however late)",
    );
}

#[test]
fn durations_are_in_order_and_not_zero() {
    let error = yaml_fails(
        "tenure: 1
eligibility:
  a: {who: {}, what: {}, duration: {max: 0h}}
  b: {who: {}, what: {}, duration: {min: 9h, max: 8h}}
  c: {who: {}, what: {}, duration: {default: 9h, max: 8h}}
  d: {who: {}, what: {}, duration: {min: 2h, default: 90m, max: 8h}}
  e: {who: {}, what: {}, duration: {default: 0s, max: 8h}}
  f: {who: {}, what: {}, duration: {min: 8h, default: 8h, max: 8h}}
",
        &[
            "duration.zero 3:42 /eligibility/a/duration/max",
            "duration.order 4:42 /eligibility/b/duration/min ~PT8H",
            "duration.order 5:46 /eligibility/c/duration/default ~PT8H",
            "duration.order 6:55 /eligibility/d/duration/default ~PT2H",
            "duration.zero 7:46 /eligibility/e/duration/default",
        ],
    );
    says(&error, "`PT9H` is longer than the `max` of `PT8H`; min <= default <= max must hold");
    says(&error, "`PT1H30M` is shorter than the `min` of `PT2H`; min <= default <= max must hold");
}

#[test]
fn times_that_do_not_exist_are_refused() {
    yaml_fails(
        "tenure: 1
eligibility:
  a: {who: {}, what: {}, duration: {max: -8h}}
  b: {who: {}, what: {}, duration: {max: P1M}}
  c: {who: {}, what: {}, hours: [{from: \"08:00\", to: \"08:00\", zone: Europe/Berlin}]}
  d: {who: {}, what: {}, hours: [{from: \"08:00\", to: \"18:00\", zone: Europe/Berln}]}
  e: {who: {}, what: {}, valid: {until: 0000-12-31}}
  f: {who: {}, what: {}, valid: {until: 10000-01-01T00:00:00Z}}
",
        &[
            "span.negative 3:42 /eligibility/a/duration/max",
            "span.calendar 4:42 /eligibility/b/duration/max",
            "recurrence.empty 5:34 /eligibility/c/hours/0",
            "zone.unknown 6:69 /eligibility/d/hours/0/zone ~Europe/Berlin",
            "timestamp.range 7:41 /eligibility/e/valid/until",
            "timestamp.range 8:41 /eligibility/f/valid/until",
        ],
    );
}

#[test]
fn limits_limit_something_and_leave_something() {
    yaml_fails(
        "tenure: 1
eligibility:
  a:
    who: {}
    what: {}
    duration: {max: 8h}
    extension: {max_total: 0s, max_count: 0}
    renewal: {reset_after: 1d}
    session_max: 0s
  b:
    who: {}
    what: {}
    duration: {max: 8h}
    renewal: {max_total: 0s}
",
        &[
            "extension.zero 7:28 /eligibility/a/extension/max_total",
            "extension.zero 7:43 /eligibility/a/extension/max_count",
            "renewal.empty 8:5 /eligibility/a/renewal",
            "session.zero 9:18 /eligibility/a/session_max",
            "renewal.empty 14:26 /eligibility/b/renewal/max_total",
        ],
    );
}

#[test]
fn windows_end_after_they_begin() {
    let error = yaml_fails(
        "tenure: 1
identities:
  ann: {kind: human, starts: 2026-03-02, ends: 2026-03-01}
  day: {kind: human, starts: 2026-03-02, ends: 2026-03-02}
entitlements:
  a: {kind: role, implies: [{entitlement: b, from: 2026-03-02, until: 2026-03-01}]}
memberships:
  m: {group: g, member: ann, from: 2026-03-02T09:00:00Z, until: 2026-03-02T09:00:00Z}
standing:
  s: {holder: {identity: ann}, entitlement: a, until: 0001-01-01T00:00:00Z}
events:
  e: {kind: task, start: 2026-03-02T09:00:00Z, planned_end: 2026-03-02T09:00:00Z, hard_cap: PT0S}
",
        &[
            "identity.contract 3:48 /identities/ann/ends",
            "window.empty 6:71 /entitlements/a/implies/0/until",
            "window.empty 8:65 /memberships/m/until",
            "window.empty 10:55 /standing/s/until",
            "event.end 12:61 /events/e/planned_end",
            "event.end 12:93 /events/e/hard_cap",
        ],
    );
    says(
        &error,
        "a contract that starts at `2026-03-02T00:00:00Z` cannot end at `2026-03-02T00:00:00Z`; write a later end",
    );
    yaml_fails(
        "tenure: 1
eligibility:
  a: {who: {}, what: {}, duration: {max: 8h}, valid: {from: 2026-03-02, until: 2026-03-01}}
",
        &["window.empty 3:54 /eligibility/a/valid"],
    );
}

#[test]
fn a_cycle_is_named_whole() {
    let error = yaml_fails(
        "tenure: 1
entitlements:
  c: {kind: role, implies: [a]}
  b: {kind: role, implies: [x, c]}
  a: {kind: group}
  self: {kind: role, implies: [self]}
  x: {kind: right}
standing:
  group-edge: {holder: {group: a}, entitlement: b}
resources:
  one: {type: t, parent: two}
  two: {type: t, parent: one}
",
        &[
            "graph.cycle 6:32 /entitlements/self/implies/0",
            "graph.cycle 9:49 /standing/group-edge/entitlement",
            "graph.cycle 11:26 /resources/one/parent",
        ],
    );
    says(
        &error,
        "`a -> b -> c -> a` is a cycle; an entitlement cannot imply itself: take one of these steps away",
    );
    says(
        &error,
        "`one -> two -> one` is a cycle; a resource cannot contain itself: take one of these steps away",
    );
    says(
        &error,
        "`self -> self` is a cycle; an entitlement cannot imply itself: take one of these steps away",
    );
}

#[test]
fn chains_have_a_bounded_length() {
    let document = |entitlements: usize, resources: usize| {
        let mut text = String::from("tenure: 1\nentitlements:\n");
        for n in 0..entitlements {
            text.push_str(&format!("  e{n:03}: {{kind: role, implies: [e{:03}]}}\n", n + 1));
        }
        text.push_str("resources:\n  r000: {type: t}\n");
        for n in 1..=resources {
            text.push_str(&format!("  r{n:03}: {{type: t, parent: r{:03}}}\n", n - 1));
        }
        text
    };
    Policy::from_yaml(document(32, 64)).unwrap_or_else(|error| panic!("{error}"));
    let error = yaml_fails(
        &document(33, 65),
        &["limit.depth 3:3 /entitlements/e000", "limit.depth 102:27 /resources/r065/parent"],
    );
    says(
        &error,
        "`e000` implies others in a chain of `33` steps; at most 32 are allowed: let it imply the last ones directly",
    );
    Policy::from_yaml(document(5000, 5000)).unwrap_err();
}

#[test]
fn declared_attributes_are_kept_to() {
    let error = yaml_fails(
        "tenure: 1
attributes: {department: text, grade: int, on_call: bool, sites: list}
identities:
  ann:
    kind: human
    attributes: {departmnt: it, grade: \"7\", on_call: yes, sites: oslo}
resources:
  r: {type: t, attributes: {department: 7}}
eligibility:
  a:
    who: {attributes: {grad: [1], grade: [1, two], sites: [oslo, 7]}}
    what: {attributes: {on_call: [true, maybe]}}
    duration: {max: 8h}
",
        &[
            "attribute.unknown 6:29 /identities/ann/attributes/departmnt ~department",
            "attribute.type 6:40 /identities/ann/attributes/grade ~7",
            "attribute.type 6:54 /identities/ann/attributes/on_call ~true",
            "attribute.type 6:66 /identities/ann/attributes/sites ~[oslo]",
            "attribute.type 8:41 /resources/r/attributes/department ~\"7\"",
            "attribute.unknown 11:24 /eligibility/a/who/attributes/grad ~grade",
            "attribute.type 11:46 /eligibility/a/who/attributes/grade/1",
            "attribute.type 12:41 /eligibility/a/what/attributes/on_call/1",
        ],
    );
    says(&error, "`departmnt` is not a declared attribute; did you mean `department`?");
    says(&error, "`7` is a text, and `grade` is declared as a whole number; write `7`");
    says(
        &error,
        "`two` is a text, and `grade` is declared as a whole number; write a whole number, or declare \
                  `grade` otherwise",
    );
}

#[test]
fn a_group_is_a_group() {
    let error = yaml_fails(
        "tenure: 1
entitlements:
  oncall: {kind: group}
  oncal1: {kind: role}
  db-read: {kind: right}
memberships:
  m: {group: oncal1, member: ann}
standing:
  s: {holder: {group: db-read}, entitlement: oncall}
eligibility:
  a: {who: {groups: [oncall, elsewhere, oncal1]}, what: {}, duration: {max: 8h}}
",
        &[
            "membership.group 7:14 /memberships/m/group ~oncall",
            "membership.group 9:23 /standing/s/holder/group",
            "membership.group 11:41 /eligibility/a/who/groups/2 ~oncall",
        ],
    );
    says(&error, "`oncal1` is a role, not a group; did you mean `oncall`?");
    says(&error, "`db-read` is a right, not a group; name one of kind `group`");
}

#[test]
fn unknown_keys_and_words_at_several_depths_are_all_told() {
    let error = yaml_fails(
        "tenure: 1
eligibility:
  a:
    whom: {kinds: [human]}
    what: {}
  b:
    who: {kind: [human]}
    what: {}
  c:
    who: {kinds: [humann]}
    what: {}
  d:
    who: {}
    what: {}
    duration: {maxx: 8h}
  e:
    who: {}
    what: {}
    on_exceed: {maximun: reject}
  f:
    who: {}
    what: {}
    on_exceed: rejct
  g:
    who: {}
    what: {}
    on_loss: {grac: 1h}
  h:
    who: {}
    what: {}
    hours: [{days: [mon, tuesday], from: \"08:00\", to: \"18:00\", zone: Europe/Berlin}]
entitlements:
  x: {kind: role, implies: [{entitlment: y}]}
  y: {kind: roll}
  z: {kind: role, sensitivity: hihg}
identities:
  ann: {kind: human, ends: tomorrow}
  \"\": {kind: human}
standing:
  s: {holder: {team: a}, entitlement: b}
",
        &[
            "document.unknown_field 4:5 /eligibility/a/whom ~who",
            "document.unknown_field 7:11 /eligibility/b/who/kind ~kinds",
            "document.unknown_word 10:19 /eligibility/c/who/kinds/0 ~human",
            "document.unknown_field 15:16 /eligibility/d/duration/maxx ~max",
            "document.unknown_word 19:17 /eligibility/e/on_exceed/maximun ~maximum",
            "document.unknown_word 23:16 /eligibility/f/on_exceed ~reject",
            "document.unknown_word 27:15 /eligibility/g/on_loss/grac ~grace",
            "recurrence.days 31:26 /eligibility/h/hours/0/days/1",
            "document.unknown_field 33:30 /entitlements/x/implies/0/entitlment ~entitlement",
            "document.unknown_word 34:13 /entitlements/y/kind ~role",
            "document.unknown_word 35:32 /entitlements/z/sensitivity ~high",
            "timestamp.syntax 37:28 /identities/ann/ends",
            "id.empty 38:3 /identities/",
            "document.unknown_word 40:16 /standing/s/holder/team",
        ],
    );
    assert_eq!(error.to_string().lines().count(), 14);
    assert_eq!(error.code(), "document.unknown_field");
    yaml_fails("tenure: 1\nstandng: {}\n", &["document.unknown_field 2:1 /standng ~standing"]);
}

#[test]
fn what_was_left_empty_is_not_taken_for_what_was_left_out() {
    let error = yaml_fails(
        "tenure: 1
identities:
  ann: {kind: human, ends: }
  ben:
standing:
",
        &[
            "policy.null 3:22 /identities/ann/ends",
            "policy.null 4:3 /identities/ben",
            "policy.null 5:1 /standing",
        ],
    );
    says(&error, "nothing stands here; write a value, or leave the key out");
    yaml_fails(
        "tenure: 1\nidentities: {ann: {kind: human, ends: null}}\n",
        &["policy.null 2:39 /identities/ann/ends"],
    );
}

#[test]
fn json_has_places_too() {
    let error = Policy::from_json(
        "{\"tenure\": 1,\n \"identities\": {\"ann\": {\"kind\": \"human\"},\n  \"ann\": {\"kind\": \"human\"}}}",
    )
    .unwrap_err();
    assert_eq!(told(&error), ["document.duplicate_key 3:3 /identities/ann"]);
    let error = Policy::from_json(
        "{\"tenure\": 1, \"eligibility\": {\n  \"a\": {\"who\": {}, \"what\": {},\n    \"duration\": {\"max\": \"0h\"}}}}",
    )
    .unwrap_err();
    assert_eq!(told(&error), ["duration.zero 3:25 /eligibility/a/duration/max"]);
    assert_eq!(Policy::from_json(b"\xff").unwrap_err().code(), "document.encoding");
}

#[test]
fn values_have_pointers_but_no_places() {
    let mut document = PolicyDocument { tenure: 1, ..PolicyDocument::default() };
    let at = |text: &str| Some(text.parse().unwrap());
    let identity = Identity {
        attributes: [("n".parse().unwrap(), crate::model::Value::Int(i64::MAX))].into(),
        ends: at("2026-03-01T00:00:00Z"),
        kind: IdentityKind::Human,
        manager: None,
        name: None,
        owner: None,
        starts: at("2026-03-02T00:00:00Z"),
    };
    document.identities.insert("a/b".parse().unwrap(), identity);
    let error = Policy::from_document(document.clone()).unwrap_err();
    assert_eq!(told(&error), ["identity.contract 1:1 /identities/a~1b/ends"]);
    document.identities.values_mut().for_each(|identity| identity.starts = None);
    assert_eq!(told(&Policy::from_document(document).unwrap_err()), ["canonical.number 1:1 "]);
}

#[test]
fn an_error_is_written_as_the_list_of_its_problems() {
    let error = Policy::from_json("{\"tenure\": 3}").unwrap_err();
    assert_eq!(
        serde_json::to_string(&error).unwrap(),
        "[{\"code\":\"policy.version\",\"column\":12,\"line\":1,\
         \"message\":\"`3` is not a version of the format; write `tenure: 1`\",\
         \"pointer\":\"/tenure\",\"suggestion\":\"1\"}]"
    );
    assert_eq!(
        error.to_string(),
        "line 1, column 12 (/tenure): `3` is not a version of the format; write `tenure: 1`"
    );
}
