//! Vectors about bad input: what is refused, by which code, and where it is wrong.
//!
//! `document` and `facts` cases read a text; `expect` lists every problem in the order of their places, each with
//! its code, JSON pointer, line and column, and what to write instead where that is certain.

use serde_json::{Value, json};
use tenure::check::Question;
use tenure::decide::Command;
use tenure::document::{self, DocumentError, Limits};
use tenure::engine::{Engine, EngineError};
use tenure::fact::Fact;
use tenure::policy::Policy;
use tenure::state::State;
use tenure::time::Timestamp;

use crate::vector::FORMAT;

/// The files of the folder `errors`.
pub fn files() -> Vec<(String, Value)> {
    vec![
        file("policies", "Policy documents that are refused", policies()),
        file("texts", "Texts that are no documents, as JSON and as the YAML that is read", texts()),
        file(
            "names",
            "Policies that name what neither they nor the log know, or contradict the log",
            names(),
        ),
        file("facts", "Entries of the log that are refused as they are read", facts()),
        file("commands", "Commands and questions that are refused as they are read", commands()),
        file("admission", "Facts that a host may not add to a log, although they can be read", admission()),
    ]
}

fn file(name: &str, description: &str, cases: Vec<Value>) -> (String, Value) {
    let value = json!({
        "cases": cases,
        "description": description,
        "format": FORMAT,
        "semantics": tenure::SEMANTICS,
    });
    (format!("errors/{name}.json"), value)
}

/// What the library answers to a case: the list of problems; an empty one if there is nothing wrong.
///
/// # Errors
/// What is wrong with the case itself.
pub fn answer(case: &Value) -> Result<Value, String> {
    let text = case.get("text").and_then(Value::as_str).unwrap_or_default();
    let read = |reader: fn(&document::Node) -> Option<DocumentError>| {
        let problem = match document::json(text, &Limits::default()) {
            Ok(node) => reader(&node),
            Err(error) => Some(error),
        };
        problem.iter().map(problem_of).collect::<Vec<_>>()
    };
    let problems = match case.get("reads").and_then(Value::as_str) {
        Some("policy in JSON") => policy_problems(Policy::from_json(text)),
        Some("policy in YAML") => policy_problems(Policy::from_yaml(text)),
        Some("fact") => read(|node| Fact::read(node).err()),
        Some("command") => read(|node| document::read::<Command>(node).err()),
        Some("question") => read(|node| document::read::<Question>(node).err()),
        Some("policy and log") => join(case, text)?.1,
        Some("facts to add") => match join(case, text)? {
            (Some(engine), _) => admit(case, &engine)?,
            (None, problems) => return Err(format!("the log is wrong already: {problems:?}")),
        },
        _ => return Err(format!("nothing that is read: {case}")),
    };
    Ok(Value::Array(problems))
}

fn problem_of(error: &DocumentError) -> Value {
    let mut problem = json!({
        "code": error.code(),
        "column": error.column(),
        "line": error.line(),
        "pointer": error.pointer(),
    });
    if let (Some(map), Some(suggestion)) = (problem.as_object_mut(), error.suggestion()) {
        map.insert("suggestion".into(), suggestion.into());
    }
    problem
}

fn policy_problems(policy: Result<Policy, tenure::policy::PolicyError>) -> Vec<Value> {
    policy.err().iter().flat_map(|error| error.problems().iter().map(problem_of)).collect()
}

/// The engine of a policy and a log, or why there is none.
fn join(case: &Value, text: &str) -> Result<(Option<Engine>, Vec<Value>), String> {
    let policy = Policy::from_yaml(text).map_err(|error| error.to_string())?;
    let mut state = State::default();
    for (position, fact) in (0u64..).zip(facts_of(case, "log")?) {
        state.apply(position, &fact).map_err(|error| error.to_string())?;
    }
    Ok(match Engine::new(policy, state) {
        Ok(engine) => (Some(engine), Vec::new()),
        Err(EngineError::Dangling(error)) => (None, error.problems().iter().map(problem_of).collect()),
        Err(error) => (None, vec![json!({"code": error.code()})]),
    })
}

fn admit(case: &Value, engine: &Engine) -> Result<Vec<Value>, String> {
    let now: Timestamp = match case.get("now").and_then(Value::as_str).map(str::parse) {
        Some(Ok(now)) => now,
        _ => return Err(format!("no `now`: {case}")),
    };
    Ok(match engine.admit(&facts_of(case, "facts")?, now) {
        Ok(_) => Vec::new(),
        Err(error) => vec![json!({"code": error.code(), "pointer": error.pointer()})],
    })
}

fn facts_of(case: &Value, key: &str) -> Result<Vec<Fact>, String> {
    let facts = case.get(key).cloned().unwrap_or_else(|| json!([]));
    serde_json::from_value(facts).map_err(|error| format!("{key}: {error}"))
}

/// `code line:column pointer`, and what to write instead behind a `~`.
fn told(problems: &[&str]) -> Vec<Value> {
    problems
        .iter()
        .map(|problem| {
            let (problem, suggestion) = match problem.split_once(" ~") {
                Some((problem, suggestion)) => (problem, Some(suggestion)),
                None => (*problem, None),
            };
            let mut parts = problem.splitn(3, ' ');
            let mut part = || parts.next().unwrap_or_default();
            let (code, place, pointer) = (part(), part(), part());
            let (line, column) = place.split_once(':').unwrap_or_default();
            let number = |text: &str| text.parse::<u32>().map_or(Value::Null, Value::from);
            let mut problem = json!({
                "code": code,
                "column": number(column),
                "line": number(line),
                "pointer": pointer,
            });
            if let (Some(map), Some(suggestion)) = (problem.as_object_mut(), suggestion) {
                map.insert("suggestion".into(), suggestion.into());
            }
            problem
        })
        .collect()
}

fn case(reads: &str, text: &str, problems: &[&str]) -> Value {
    json!({"reads": reads, "text": text, "expect": told(problems)})
}

fn policies() -> Vec<Value> {
    let yaml = |text: &str, problems: &[&str]| case("policy in YAML", text, problems);
    let rule = |lines: &str, problems: &[&str]| {
        let text = format!("tenure: 1\neligibility:\n  r: {{who: {{}}, what: {{}}, {lines}}}\n");
        yaml(&text, problems)
    };
    vec![
        yaml("tenure: 1\n", &[]),
        yaml("name: Acme\n", &["document.missing_field 1:1 "]),
        yaml("tenure: 2\n", &["policy.version 1:9 /tenure ~1"]),
        yaml("tenure: \"1\"\n", &["document.type 1:9 /tenure ~1"]),
        // Unknown keys, kinds and words.
        yaml("tenure: 1\nidentites: {}\n", &["document.unknown_field 2:1 /identites ~identities"]),
        yaml(
            "tenure: 1\nidentities:\n  ann: {kind: humam}\n  ben: {knd: human}\n",
            &[
                "document.unknown_word 3:15 /identities/ann/kind ~human",
                "document.unknown_field 4:9 /identities/ben/knd ~kind",
            ],
        ),
        yaml(
            "tenure: 1\nentitlements:\n  a: {kind: role, implis: [b]}\n",
            &["document.unknown_field 3:19 /entitlements/a/implis ~implies"],
        ),
        rule("duration: {max: 8h}, on_loss: forget", &["document.unknown_word 3:56 /eligibility/r/on_loss"]),
        rule(
            "duration: {max: 8h}, on_exceed: {maximun: reject}",
            &["document.unknown_word 3:59 /eligibility/r/on_exceed/maximun ~maximum"],
        ),
        // Wrong types.
        yaml("tenure: 1\nidentities: [ann]\n", &["document.type 2:13 /identities"]),
        yaml("tenure: 1\nidentities:\n  ann: human\n", &["document.type 3:8 /identities/ann"]),
        rule("duration: {max: 8}", &["document.type 3:42 /eligibility/r/duration/max"]),
        rule("duration: 8h", &["document.type 3:36 /eligibility/r/duration"]),
        rule("duration: {max: 8h}, where: prod", &["document.type 3:54 /eligibility/r/where"]),
        rule(
            "duration: {max: 8h}, require: {reason: yes}",
            &["document.type 3:65 /eligibility/r/require/reason ~true"],
        ),
        // What was forgotten.
        rule("duration: {min: 1h}", &["document.missing_field 3:36 /eligibility/r/duration"]),
        yaml(
            "tenure: 1\neligibility:\n  r: {who: {}, duration: {max: 8h}}\n",
            &["document.missing_field 3:6 /eligibility/r"],
        ),
        yaml("tenure: 1\nidentities:\n", &["policy.null 2:1 /identities"]),
        yaml(
            "tenure: 1\nidentities:\n  ann: {kind: human, ends: }\n",
            &["policy.null 3:22 /identities/ann/ends"],
        ),
        // Never without an end, and spans that are something.
        yaml(
            "tenure: 1\neligibility:\n  r: {who: {kinds: [human]}, what: {kinds: [right]}}\n",
            &["eligibility.unbounded 3:3 /eligibility/r"],
        ),
        rule("duration: {max: 0h}", &["duration.zero 3:42 /eligibility/r/duration/max"]),
        rule("duration: {max: -8h}", &["span.negative 3:42 /eligibility/r/duration/max"]),
        rule("duration: {max: P1M}", &["span.calendar 3:42 /eligibility/r/duration/max"]),
        rule("duration: {max: P1Y}", &["span.calendar 3:42 /eligibility/r/duration/max"]),
        rule("duration: {max: \"1:60\"}", &["span.syntax 3:42 /eligibility/r/duration/max"]),
        rule("duration: {max: 4000000d}", &["span.range 3:42 /eligibility/r/duration/max"]),
        rule("duration: {min: 9h, max: 8h}", &["duration.order 3:42 /eligibility/r/duration/min ~PT8H"]),
        rule(
            "duration: {min: 2h, default: 1h, max: 8h}",
            &["duration.order 3:55 /eligibility/r/duration/default ~PT2H"],
        ),
        rule(
            "duration: {max: 8h}, extension: {max_total: 0h}",
            &["extension.zero 3:70 /eligibility/r/extension/max_total"],
        ),
        rule("duration: {max: 8h}, renewal: {}", &["renewal.empty 3:47 /eligibility/r/renewal"]),
        rule("duration: {max: 8h}, session_max: 0s", &["session.zero 3:60 /eligibility/r/session_max"]),
        // Ends before starts.
        rule(
            "duration: {max: 8h}, valid: {from: 2026-03-02, until: 2026-03-01}",
            &["window.empty 3:54 /eligibility/r/valid"],
        ),
        yaml(
            "tenure: 1\nidentities:\n  ann: {kind: human, starts: 2026-03-02, ends: 2026-03-01}\n",
            &["identity.contract 3:48 /identities/ann/ends"],
        ),
        yaml(
            "tenure: 1\nevents:\n  e: {kind: task, start: 2026-03-02, planned_end: 2026-03-01}\n",
            &["event.end 3:51 /events/e/planned_end"],
        ),
        // Times that do not exist.
        rule(
            "duration: {max: 8h}, valid: {from: 0000-01-01}",
            &["timestamp.range 3:61 /eligibility/r/valid/from"],
        ),
        rule(
            "duration: {max: 8h}, valid: {until: 10000-01-01T00:00:00Z}",
            &["timestamp.range 3:62 /eligibility/r/valid/until"],
        ),
        rule(
            "duration: {max: 8h}, valid: {until: 2026-03-02T23:59:60Z}",
            &["timestamp.range 3:62 /eligibility/r/valid/until"],
        ),
        rule(
            "duration: {max: 8h}, hours: [{from: \"08:00\", to: \"18:00\", zone: Europe/Berln}]",
            &["zone.unknown 3:90 /eligibility/r/hours/0/zone ~Europe/Berlin"],
        ),
        rule(
            "duration: {max: 8h}, hours: [{from: \"08:00\", to: \"08:00\", zone: UTC}]",
            &["recurrence.empty 3:55 /eligibility/r/hours/0"],
        ),
        // Cycles, and chains that are too long.
        yaml(
            "tenure: 1\nentitlements:\n  a: {kind: role, implies: [b]}\n  b: {kind: role, implies: [c]}\n  c: {kind: role, implies: [a]}\n",
            &["graph.cycle 3:29 /entitlements/a/implies/0"],
        ),
        yaml(
            "tenure: 1\nentitlements:\n  a: {kind: role, implies: [a]}\n",
            &["graph.cycle 3:29 /entitlements/a/implies/0"],
        ),
        yaml(
            "tenure: 1\nresources:\n  p: {type: x, parent: q}\n  q: {type: x, parent: p}\n",
            &["graph.cycle 3:24 /resources/p/parent"],
        ),
        yaml(&deep_roles(), &["limit.depth 3:3 /entitlements/e00"]),
        // Ids and attributes.
        yaml("tenure: 1\nidentities:\n  \"\": {kind: human}\n", &["id.empty 3:3 /identities/"]),
        yaml("tenure: 1\nidentities:\n  \"ann \": {kind: human}\n", &["id.character 3:3 /identities/ann "]),
        yaml("tenure: 1\nidentities:\n  änn: {kind: human}\n", &["id.character 3:3 /identities/änn"]),
        yaml(
            "tenure: 1\nattributes: {dept: text}\nidentities:\n  ann: {kind: human, attributes: {dept: 3, depth: x}}\n",
            &[
                "attribute.type 4:41 /identities/ann/attributes/dept ~\"3\"",
                "attribute.unknown 4:51 /identities/ann/attributes/depth ~dept",
            ],
        ),
        yaml(
            "tenure: 1\nidentities:\n  ann: {kind: human}\nentitlements:\n  r: {kind: role}\nmemberships:\n  m: {group: r, member: ann}\n",
            &["membership.group 7:14 /memberships/m/group"],
        ),
    ]
}

/// A chain of 34 roles: one step more than is allowed.
fn deep_roles() -> String {
    let mut text = String::from("tenure: 1\nentitlements:\n");
    for n in 0_u32..33 {
        text.push_str(&format!("  e{n:02}: {{kind: role, implies: [e{:02}]}}\n", n.saturating_add(1)));
    }
    text.push_str("  e33: {kind: role}\n");
    text
}

fn texts() -> Vec<Value> {
    let yaml = |text: &str, problems: &[&str]| case("policy in YAML", text, problems);
    let json = |text: &str, problems: &[&str]| case("policy in JSON", text, problems);
    let deep = |open: &str, close: &str| format!("{{\"name\": {}{}}}", open.repeat(40), close.repeat(40));
    vec![
        json("{\"tenure\": 1}", &[]),
        json("", &["document.syntax 1:1 "]),
        json("{\"tenure\": 1", &["document.syntax 1:13 "]),
        json("{\"tenure\": 1} {}", &["document.syntax 1:15 "]),
        json("{\"tenure\": 1,}", &["document.syntax 1:14 "]),
        json("{tenure: 1}", &["document.syntax 1:2 "]),
        json("{\"tenure\": 1, // one\n}", &["document.syntax 1:15 "]),
        json("{\"tenure\": NaN}", &["document.syntax 1:12 /tenure"]),
        json("{\"tenure\": Infinity}", &["document.syntax 1:12 /tenure"]),
        json("{\"tenure\": 1.0}", &["document.number 1:12 /tenure"]),
        json("{\"tenure\": 1e0}", &["document.number 1:12 /tenure"]),
        json("{\"tenure\": 01}", &["document.syntax 1:12 /tenure"]),
        json("{\"tenure\": 9007199254740992}", &["document.number 1:12 /tenure"]),
        json("{\"tenure\": 1, \"tenure\": 1}", &["document.duplicate_key 1:15 /tenure"]),
        json(
            "{\"tenure\": 1,\n \"identities\": {\"ann\": {\"kind\": \"human\"},\n  \"ann\": {\"kind\": \"human\"}}}",
            &["document.duplicate_key 3:3 /identities/ann"],
        ),
        json(&deep("[", "]"), &[&format!("document.too_deep 1:41 /name{}", "/0".repeat(31))]),
        json(&deep("{\"a\": ", "}"), &[&format!("document.too_deep 1:196 /name{}", "/a".repeat(31))]),
        yaml(
            "tenure: 1\nidentities:\n  ann: {kind: human}\n  ann: {kind: human}\n",
            &["document.duplicate_key 4:3 /identities/ann"],
        ),
        // Without quotes, what is no whole number is text, as everywhere: a duration of that is none.
        yaml("tenure: 1\nname: 1.5\n", &[]),
        yaml(
            "tenure: 1\neligibility:\n  r: {who: {}, what: {}, duration: {max: 1.5}}\n",
            &["span.syntax 3:42 /eligibility/r/duration/max"],
        ),
        yaml(
            "tenure: 1\neligibility:\n  r: {who: {}, what: {}, duration: {max: .nan}}\n",
            &["span.syntax 3:42 /eligibility/r/duration/max"],
        ),
        yaml("tenure: 1.5\n", &["document.type 1:9 /tenure"]),
        yaml("tenure: 9007199254740992\n", &["document.number 1:9 /tenure"]),
        yaml("tenure: 1\nname: &a x\n", &["document.anchor 2:7 /name"]),
        yaml("tenure: 1\nname: *a\n", &["document.alias 2:7 /name"]),
        yaml("tenure: 1\nname: !!str x\n", &["document.tag 2:7 /name"]),
        yaml("tenure: 1\n<<: {name: x}\n", &["document.merge_key 2:1 "]),
        yaml("tenure: 1\n---\ntenure: 1\n", &["document.many_documents 2:1 "]),
        yaml("tenure: 1\nname: [a\n", &["document.syntax 3:1 /name/1"]),
        yaml("tenure: 1\n\tname: x\n", &["document.syntax 1:9 /tenure"]),
        yaml(&deep("[", "]"), &[&format!("document.too_deep 1:41 /name{}", "/0".repeat(31))]),
    ]
}

const NAMES: &str = "tenure: 1
identities:
  ann: {kind: human, manager: bob}
  bot: {kind: agent, owner: annn}
resources:
  prod: {type: environment, parent: root}
entitlements:
  admin: {kind: right, implies: [reader]}
eligibility:
  r: {who: {ids: [ann, cem], groups: [staff]}, what: {ids: [admin]}, where: [test], duration: {max: 8h}}
";

fn names() -> Vec<Value> {
    let at = "2026-03-02T09:00:00Z";
    let fact = |id: &str, kind: &str, body: Value| json!({"v": 1, "id": id, "kind": kind, "effective_at": at, "recorded_at": at, "body": body});
    let case = |text: &str, log: Vec<Value>, expect: Vec<Value>| json!({"reads": "policy and log", "text": text, "log": log, "expect": expect});
    let human = |id: &str| json!({"id": id, "definition": {"kind": "human"}});
    vec![
        case(
            NAMES,
            vec![],
            told(&[
                "model.dangling 3:31 /identities/ann/manager",
                "model.dangling 4:29 /identities/bot/owner ~ann",
                "model.dangling 6:37 /resources/prod/parent",
                "model.dangling 8:34 /entitlements/admin/implies/0",
                "model.dangling 10:24 /eligibility/r/who/ids/1",
                "model.dangling 10:39 /eligibility/r/who/groups/0",
                "model.dangling 10:78 /eligibility/r/where/0",
            ]),
        ),
        // A name that the log knows does not dangle.
        case(
            "tenure: 1\nidentities:\n  bot: {kind: agent, owner: ann}\n",
            vec![fact("f-1", "identity_defined", human("ann"))],
            vec![],
        ),
        // The document may repeat what the log says, and not contradict it.
        case(
            "tenure: 1\nidentities:\n  ann: {kind: human}\n",
            vec![fact("f-1", "identity_defined", human("ann"))],
            vec![],
        ),
        case(
            "tenure: 1\nidentities:\n  ann: {kind: agent}\n",
            vec![fact("f-1", "identity_defined", human("ann"))],
            vec![json!({"code": "model.conflict"})],
        ),
    ]
}

fn facts() -> Vec<Value> {
    let read = |text: &str, problems: &[&str]| case("fact", text, problems);
    let envelope = |kind: &str, body: &str, problems: &[&str]| {
        let text = format!(
            "{{\"v\": 1, \"id\": \"f-1\", \"kind\": \"{kind}\",\n\"effective_at\": \"2026-03-02T09:00:00Z\",\n\"recorded_at\": \"2026-03-02T09:00:00Z\",\n\"body\": {body}}}"
        );
        case("fact", &text, problems)
    };
    vec![
        envelope("identity_left", "{\"id\": \"ann\"}", &[]),
        read("7", &["document.type 1:1 "]),
        envelope("identity_leaves", "{\"id\": \"ann\"}", &["fact.kind 1:31 /kind ~identity_left"]),
        read(
            "{\"v\": 2, \"id\": \"f-1\", \"kind\": \"identity_left\", \"effective_at\": \"2026-03-02T09:00:00Z\", \"recorded_at\": \"2026-03-02T09:00:00Z\", \"body\": {\"id\": \"ann\"}}",
            &["fact.version 1:7 /v"],
        ),
        read("{\"v\": 1, \"id\": \"f-1\"}", &["document.missing_field 1:1 "]),
        envelope(
            "identity_left",
            "{\"id\": \"ann\", \"why\": \"x\"}",
            &["document.unknown_field 4:23 /body/why"],
        ),
        envelope("identity_left", "{\"id\": 7}", &["document.type 4:16 /body/id"]),
        envelope("identity_left", "{\"id\": \"\"}", &["id.empty 4:16 /body/id"]),
        envelope("identity_left", "{}", &["document.missing_field 4:9 /body"]),
        envelope(
            "identity_defined",
            "{\"id\": \"ann\", \"definition\": {\"kind\": \"person\"}}",
            &["document.unknown_word 4:46 /body/definition/kind"],
        ),
        envelope(
            "identity_changed",
            "{\"id\": \"ann\", \"changes\": {\"kind\": \"agent\"}}",
            &["document.unknown_field 4:35 /body/changes/kind"],
        ),
        envelope(
            "event_opened",
            "{\"id\": \"e\", \"definition\": {\"kind\": \"task\", \"start\": \"10000-01-01T00:00:00Z\"}}",
            &["timestamp.range 4:61 /body/definition/start"],
        ),
        envelope(
            "event_opened",
            "{\"id\": \"e\", \"definition\": {\"kind\": \"task\", \"start\": \"2026-03-02T09:00:00Z\", \"hard_cap\": \"P1M\"}}",
            &["span.calendar 4:97 /body/definition/hard_cap"],
        ),
        envelope(
            "grant_issued",
            "{\"id\": \"g\", \"beneficiary\": \"ann\", \"entitlement\": \"a\", \"basis\": \"external\", \"term\": {\"start\": \"2026-03-02T10:00:00Z\", \"end\": \"2026-03-02T09:00:00Z\"}}",
            &["grant.term 4:92 /body/term"],
        ),
        envelope(
            "grant_issued",
            "{\"id\": \"g\", \"beneficiary\": \"ann\", \"entitlement\": \"a\", \"basis\": \"external\", \"term\": {\"start\": \"2026-03-02T10:00:00Z\", \"end\": \"9999-12-31T23:59:59.999Z\"}}",
            &["grant.term 4:92 /body/term"],
        ),
        envelope(
            "grant_ended",
            "{\"id\": \"g\", \"cause\": \"grant.lost\"}",
            &["document.unknown_word 4:30 /body/cause"],
        ),
        read(
            "{\"v\": 1, \"id\": \"f-1\", \"kind\": \"identity_left\", \"effective_at\": \"0000-01-01T00:00:00Z\", \"recorded_at\": \"2026-03-02T09:00:00Z\", \"body\": {\"id\": \"ann\"}}",
            &["timestamp.range 1:64 /effective_at"],
        ),
        read(
            "{\"v\": 1, \"id\": \"f-1\", \"kind\": \"identity_left\", \"effective_at\": \"2026-03-02T09:00:00\", \"recorded_at\": \"2026-03-02T09:00:00Z\", \"body\": {\"id\": \"ann\"}}",
            &["timestamp.zone 1:64 /effective_at"],
        ),
        read(
            "{\"v\": 1, \"id\": \"f-1\", \"kind\": \"identity_left\", \"at\": \"2026-03-02T09:00:00Z\", \"effective_at\": \"2026-03-02T09:00:00Z\", \"recorded_at\": \"2026-03-02T09:00:00Z\", \"body\": {\"id\": \"ann\"}}",
            &["document.unknown_field 1:48 /at"],
        ),
        read("{\"v\": 1, \"v\": 1}", &["document.duplicate_key 1:10 /v"]),
        read("{\"v\": 1", &["document.syntax 1:8 "]),
    ]
}

fn commands() -> Vec<Value> {
    let read = |text: &str, problems: &[&str]| case("command", text, problems);
    let request = |rest: &str, problems: &[&str]| {
        case(
            "command",
            &format!("{{\"request\": {{\"id\": \"r-1\", \"beneficiary\": \"ann\", {rest}}}}}"),
            problems,
        )
    };
    let question = |text: &str, problems: &[&str]| case("question", text, problems);
    vec![
        request("\"entitlement\": \"admin\"", &[]),
        read("{\"requst\": {\"id\": \"r-1\"}}", &["document.unknown_word 1:2 /requst ~request"]),
        read("{}", &["document.type 1:1 "]),
        read("{\"request\": {}, \"extend\": {}}", &["document.type 1:1 "]),
        read("\"request\"", &["document.type 1:1 "]),
        read(
            "{\"request\": {\"beneficiary\": \"ann\", \"entitlement\": \"admin\"}}",
            &["document.missing_field 1:13 /request"],
        ),
        read(
            "{\"request\": {\"id\": \"r-1\", \"entitlement\": \"admin\"}}",
            &["request.beneficiary 1:13 /request"],
        ),
        request("\"reason\": \"x\"", &["request.items 1:13 /request"]),
        request("\"items\": []", &["request.items 1:13 /request"]),
        request(
            "\"items\": [{\"entitlement\": \"a\"}], \"entitlement\": \"a\"",
            &["request.items 1:13 /request"],
        ),
        request(
            "\"items\": [{\"entitlement\": \"a\"}, {\"entitlement\": \"a\"}]",
            &["request.items 1:13 /request"],
        ),
        request(
            "\"entitlement\": \"a\", \"duraton\": \"1h\"",
            &["document.unknown_field 1:69 /request/duraton ~duration"],
        ),
        request("\"entitlement\": \"a\", \"duration\": \"0h\"", &["request.duration 1:13 /request"]),
        request("\"entitlement\": \"a\", \"duration\": \"-1h\"", &["span.negative 1:81 /request/duration"]),
        request("\"entitlement\": \"a\", \"duration\": \"P1M\"", &["span.calendar 1:81 /request/duration"]),
        request("\"entitlement\": \"a\", \"duration\": 3600", &["document.type 1:81 /request/duration"]),
        request("\"entitlement\": \"a\", \"duration\": 1.5", &["document.number 1:81 /request/duration"]),
        request("\"entitlement\": \"a\", \"duration\": NaN", &["document.syntax 1:81 /request/duration"]),
        request(
            "\"entitlement\": \"a\", \"duration\": \"1h\", \"until\": \"2026-03-02T10:00:00Z\"",
            &["request.window 1:13 /request"],
        ),
        request(
            "\"entitlement\": \"a\", \"start\": \"2026-03-02T10:00:00Z\", \"until\": \"2026-03-02T10:00:00Z\"",
            &["request.window 1:13 /request"],
        ),
        request(
            "\"entitlement\": \"a\", \"start\": \"0000-03-02T10:00:00Z\"",
            &["timestamp.range 1:78 /request/start"],
        ),
        request("\"entitlement\": \"a\", \"start\": 0", &["document.type 1:78 /request/start"]),
        request(
            "\"entitlement\": \"a\", \"context\": {\"x\": 1.5}",
            &["document.number 1:86 /request/context/x"],
        ),
        request(
            "\"entitlement\": \"a\", \"context\": {\"x\": {\"y\": 1}}",
            &["document.type 1:86 /request/context/x"],
        ),
        request("\"entitlement\": \" a\"", &["id.character 1:64 /request/entitlement"]),
        read(
            "{\"extend\": {\"id\": \"x-1\", \"grant\": \"r-1#0\"}}",
            &["document.missing_field 1:12 /extend"],
        ),
        read(
            "{\"revoke\": {\"id\": \"v-1\", \"grant\": \"r-1#0\", \"mode\": \"all\"}}",
            &["document.unknown_word 1:52 /revoke/mode"],
        ),
        question("{\"identity\": \"ann\", \"permission\": \"db:write\"}", &[]),
        question("{\"identity\": \"ann\"}", &["document.missing_field 1:1 "]),
        question(
            "{\"identity\": \"ann\", \"permission\": \"db:write\", \"on\": \"prod\"}",
            &["document.unknown_field 1:47 /on"],
        ),
        question("{\"identity\": \"\", \"permission\": \"db:write\"}", &["id.empty 1:14 /identity"]),
    ]
}

/// The nouns that the log knows.
fn company() -> Vec<Value> {
    let define = |id: &str, kind: &str, name: &str, definition: Value| {
        json!({
            "v": 1,
            "id": id,
            "kind": kind,
            "effective_at": "2026-01-01T00:00:00Z",
            "recorded_at": "2026-01-01T00:00:00Z",
            "body": {"id": name, "definition": definition},
        })
    };
    vec![
        define("n-1", "identity_defined", "ann", json!({"kind": "human"})),
        define("n-2", "resource_defined", "prod", json!({"type": "environment"})),
        define("n-3", "resource_defined", "prod/a", json!({"type": "database", "parent": "prod"})),
        define("n-4", "entitlement_defined", "staff", json!({"kind": "group"})),
        define("n-5", "entitlement_defined", "inner", json!({"kind": "right"})),
        define("n-6", "entitlement_defined", "outer", json!({"kind": "role", "implies": ["inner"]})),
    ]
}

fn admission() -> Vec<Value> {
    let at = "2026-03-02T09:00:00Z";
    let fact = |id: &str, kind: &str, body: Value| json!({"v": 1, "id": id, "kind": kind, "effective_at": at, "recorded_at": at, "body": body});
    let case = |log: Vec<Value>, facts: Vec<Value>, now: &str, problem: Option<(&str, usize)>| {
        let expect: Vec<Value> = problem
            .iter()
            .map(|(code, index)| json!({"code": code, "pointer": format!("/{index}")}))
            .collect();
        let log: Vec<Value> = company().into_iter().chain(log).collect();
        json!({
            "reads": "facts to add",
            "text": "tenure: 1\n",
            "log": log,
            "facts": facts,
            "now": now,
            "expect": expect,
        })
    };
    let one = |kind: &str, body: Value, problem: Option<&str>| {
        case(vec![], vec![fact("f-1", kind, body)], at, problem.map(|code| (code, 0)))
    };
    let left = || fact("f-1", "identity_left", json!({"id": "ann"}));
    let later = |id: &str, day: &str| {
        let mut fact = fact(id, "identity_left", json!({"id": "ann"}));
        if let Some(map) = fact.as_object_mut() {
            map.insert("effective_at".into(), day.into());
        }
        fact
    };
    let replacing = |mut fact: Value, id: &str| {
        if let Some(map) = fact.as_object_mut() {
            map.insert("replaces".into(), id.into());
        }
        fact
    };
    vec![
        one("identity_left", json!({"id": "ann"}), None),
        // From the future: not what takes effect later, but what claims to be recorded later.
        case(vec![], vec![left()], "2026-03-02T08:59:55Z", None),
        case(vec![], vec![left()], "2026-03-02T08:59:54.999Z", Some(("fact.from_future", 0))),
        case(vec![], vec![later("f-1", "2030-01-01T00:00:00Z")], at, None),
        // The same fact again is left out; another under its id is refused.
        case(vec![left()], vec![left()], at, None),
        case(
            vec![left()],
            vec![fact("f-1", "identity_suspended", json!({"id": "ann"}))],
            at,
            Some(("fact.duplicate_id", 0)),
        ),
        case(
            vec![],
            vec![left(), fact("f-1", "identity_suspended", json!({"id": "ann"}))],
            at,
            Some(("fact.duplicate_id", 1)),
        ),
        // Names that nobody knows, and names that are taken.
        one("identity_left", json!({"id": "eve"}), Some("fact.dangling")),
        one(
            "identity_defined",
            json!({"id": "bot", "definition": {"kind": "agent", "owner": "eve"}}),
            Some("fact.dangling"),
        ),
        one("resource_changed", json!({"id": "prod", "changes": {"parent": "root"}}), Some("fact.dangling")),
        one(
            "standing_assigned",
            json!({"id": "s-1", "definition": {"holder": {"identity": "ann"}, "entitlement": "admin"}}),
            Some("fact.dangling"),
        ),
        one("grant_ended", json!({"id": "r-1#0", "cause": "grant.expired"}), Some("fact.dangling")),
        one("request_withdrawn", json!({"id": "r-1"}), Some("fact.dangling")),
        one("event_closed", json!({"id": "INC-7"}), Some("fact.dangling")),
        one(
            "identity_defined",
            json!({"id": "ann", "definition": {"kind": "human"}}),
            Some("fact.redefined"),
        ),
        case(
            vec![],
            vec![
                fact("f-1", "identity_defined", json!({"id": "eve", "definition": {"kind": "human"}})),
                fact("f-2", "identity_left", json!({"id": "eve"})),
                fact("f-3", "identity_left", json!({"id": "eva"})),
            ],
            at,
            Some(("fact.dangling", 2)),
        ),
        // Cycles.
        one(
            "entitlement_changed",
            json!({"id": "inner", "changes": {"implies": ["outer"]}}),
            Some("fact.cycle"),
        ),
        one(
            "entitlement_changed",
            json!({"id": "inner", "changes": {"implies": ["inner"]}}),
            Some("fact.cycle"),
        ),
        one(
            "standing_assigned",
            json!({"id": "s-1", "definition": {"holder": {"group": "staff"}, "entitlement": "staff"}}),
            Some("fact.cycle"),
        ),
        one("resource_changed", json!({"id": "prod", "changes": {"parent": "prod/a"}}), Some("fact.cycle")),
        // Ends before starts.
        one(
            "membership_added",
            json!({"id": "m-1", "definition": {"group": "staff", "member": "ann", "from": at, "until": at}}),
            Some("fact.window"),
        ),
        one(
            "identity_defined",
            json!({"id": "eve", "definition": {"kind": "human", "starts": "2026-03-03T00:00:00Z", "ends": "2026-03-02T00:00:00Z"}}),
            Some("fact.window"),
        ),
        one(
            "event_opened",
            json!({"id": "e", "definition": {"kind": "task", "start": at, "planned_end": at}}),
            Some("fact.window"),
        ),
        // Only what has yet to take effect is taken back.
        case(
            vec![later("f-1", "2026-03-05T09:00:00Z")],
            vec![replacing(later("f-2", "2026-03-06T09:00:00Z"), "f-1")],
            at,
            None,
        ),
        case(
            vec![left()],
            vec![replacing(later("f-2", "2026-03-06T09:00:00Z"), "f-1")],
            at,
            Some(("fact.replaces", 0)),
        ),
        case(
            vec![],
            vec![replacing(later("f-2", "2026-03-06T09:00:00Z"), "f-1")],
            at,
            Some(("fact.replaces", 0)),
        ),
    ]
}
