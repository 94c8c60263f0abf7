//! Policies that are refused, and texts that are no documents.

use serde_json::Value;

use super::case;

pub(super) fn policies() -> Vec<Value> {
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

pub(super) fn texts() -> Vec<Value> {
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
        yaml("tenure: 1\nname: '1.5'\n", &[]),
        yaml("tenure: 1\nname: 1.5\n", &["document.number 2:7 /name"]),
        yaml("tenure: 1\nname: 1e3\n", &["document.number 2:7 /name"]),
        yaml("tenure: 1\nname: -.inf\n", &["document.number 2:7 /name"]),
        yaml("tenure: 1\nname: 0x1F\n", &["document.number 2:7 /name"]),
        yaml("tenure: 1\nname: 007\n", &["document.number 2:7 /name"]),
        yaml(
            "tenure: 1\neligibility:\n  r: {who: {}, what: {}, duration: {max: 1.5}}\n",
            &["document.number 3:42 /eligibility/r/duration/max"],
        ),
        yaml(
            "tenure: 1\neligibility:\n  r: {who: {}, what: {}, duration: {max: .nan}}\n",
            &["document.number 3:42 /eligibility/r/duration/max"],
        ),
        yaml("tenure: 1.5\n", &["document.number 1:9 /tenure"]),
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
