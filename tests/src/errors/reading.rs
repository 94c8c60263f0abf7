//! Facts, commands and questions that are refused as they are read.

use serde_json::Value;

use super::case;

pub(super) fn facts() -> Vec<Value> {
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

pub(super) fn commands() -> Vec<Value> {
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
