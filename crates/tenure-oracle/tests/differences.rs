//! What engine and oracle once answered differently, or both wrongly, told as stories.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, and runs where there is a standard library"
)]

mod support;

use support::{Story, at};
use tenure::decide::{Command, Verdict};
use tenure::model::GrantState;

const NOON: &str = "2026-03-02T12:00:00Z";
const LATER: &str = "2026-03-02T18:00:00Z";
const TOMORROW: &str = "2026-03-03T12:00:00Z";

/// Ann may read as long as nothing happens, and ask to write.
fn story() -> Story {
    Story::new(
        r#"{"tenure": 1,
            "identities": {"ann": {"kind": "human"}, "ben": {"kind": "human"}},
            "entitlements": {
                "read": {"kind": "right", "permissions": ["doc:read"]},
                "write": {"kind": "right", "permissions": ["doc:write"]}},
            "resources": {"docs": {"type": "folder"}},
            "standing": {"s": {"holder": {"identity": "ann"}, "entitlement": "read"}},
            "events": {"INC": {"kind": "incident", "start": "2026-03-02T00:00:00Z"}},
            "eligibility": {"all": {
                "who": {"kinds": ["human"]}, "what": {"ids": ["read", "write"]},
                "duration": {"max": "8h"}, "extension": {"max_total": "20h"}, "already_held": "extend"}}}"#,
    )
}

fn request(id: &str, items: &str) -> Command {
    let text = format!(
        r#"{{"request": {{"id": "{id}", "requester": "ann", "beneficiary": "ann", "duration": "2h",
            "items": {items}}}}}"#
    );
    tenure::document::parse_json(&text, &tenure::document::Limits::default()).unwrap()
}

/// A host may record what happens to the nouns of a document before the first permit has adopted it.
#[test]
fn what_is_said_of_a_noun_before_its_definition_counts() {
    for (kind, body) in [
        ("identity_changed", r#"{"id": "ann", "changes": {"ends": "2026-03-02T12:00:00Z"}}"#),
        ("identity_suspended", r#"{"id": "ann"}"#),
        ("entitlement_changed", r#"{"id": "read", "changes": {"permissions": ["doc:list"]}}"#),
        ("entitlement_retired", r#"{"id": "read"}"#),
        ("resource_retired", r#"{"id": "docs"}"#),
        ("standing_removed", r#"{"id": "s"}"#),
    ] {
        let mut story = story();
        assert!(story.may("ann", "doc:read", "docs", TOMORROW));
        story.note(NOON, NOON, "", kind, body);
        assert!(!story.may("ann", "doc:read", "docs", TOMORROW), "{kind}");
        story.adopt(at(LATER));
        assert!(!story.may("ann", "doc:read", "docs", TOMORROW), "{kind}, adopted");
    }
}

/// An end that is written down before the issue ends the grant nevertheless.
#[test]
fn an_end_before_the_issue_counts() {
    let mut story = story();
    story.adopt(at("2026-03-01T00:00:00Z"));
    story.note(NOON, LATER, "", "grant_revoked", r#"{"id": "g", "cause": "grant.revoked"}"#);
    let term = r#"{"start": "2026-03-02T12:00:00Z", "end": "2026-03-09T00:00:00Z"}"#;
    let body = format!(
        r#"{{"id": "g", "beneficiary": "ann", "entitlement": "write", "basis": "external", "term": {term}}}"#
    );
    story.fact(NOON, "grant_issued", &body);
    assert!(story.may("ann", "doc:write", "", NOON));
    assert!(!story.may("ann", "doc:write", "", LATER));
}

/// Any fact about a noun takes back any other about the same noun, but about no other noun.
#[test]
fn a_turn_is_taken_back_by_a_change_of_the_same_noun() {
    let mut story = story();
    story.adopt(at("2026-03-01T00:00:00Z"));
    story.note(NOON, LATER, "", "identity_left", r#"{"id": "ann"}"#);
    let left = story.last_fact();
    story.note(NOON, NOON, &left, "identity_changed", r#"{"id": "ben", "changes": {}}"#);
    assert!(!story.may("ann", "doc:read", "", TOMORROW), "ben's changes do not concern ann");
    story.note(NOON, NOON, &left, "identity_changed", r#"{"id": "ann", "changes": {}}"#);
    assert!(story.may("ann", "doc:read", "", TOMORROW));
}

/// What the clock of the log has reached has taken effect, also for a fact that claims to be older.
#[test]
fn what_has_taken_effect_is_not_taken_back() {
    let mut story = story();
    story.adopt(at("2026-03-01T00:00:00Z"));
    story.note(NOON, LATER, "", "identity_left", r#"{"id": "ann"}"#);
    let left = story.last_fact();
    story.fact(TOMORROW, "feed_heartbeat", r#"{"id": "pager"}"#);
    story.note(NOON, NOON, &left, "identity_changed", r#"{"id": "ann", "changes": {}}"#);
    assert!(!story.may("ann", "doc:read", "", TOMORROW));
}

/// Of an opening that is taken back only what it says stays: the event is closed as before.
#[test]
fn an_opening_that_is_taken_back_opens_nothing() {
    let mut story = story();
    story.adopt(at("2026-03-01T00:00:00Z"));
    story.fact(NOON, "event_closed", r#"{"id": "INC"}"#);
    let anew = r#"{"id": "INC", "definition": {"kind": "incident", "start": "2026-03-02T00:00:00Z",
        "planned_end": "2026-03-05T00:00:00Z"}}"#;
    story.note(NOON, LATER, "", "event_opened", anew);
    let opened = story.last_fact();
    let request: Command = tenure::document::parse_json(
        r#"{"request": {"id": "r", "requester": "ann", "beneficiary": "ann", "event": "INC",
            "items": [{"entitlement": "write"}]}}"#,
        &tenure::document::Limits::default(),
    )
    .unwrap();
    assert_eq!(story.decides(&request, TOMORROW).verdict(), Verdict::Permit);
    story.note(NOON, NOON, &opened, "event_changed", r#"{"id": "INC", "changes": {"name": "Leak"}}"#);
    let denied = story.decides(&request, TOMORROW);
    assert_eq!(denied.grounds().reasons[0].params["why"].as_text(), Some("ended"));
}

/// One request may extend several grants; said again, it extends none once more.
#[test]
fn a_request_extends_each_of_its_grants_once() {
    let mut story = story();
    let both = r#"[{"entitlement": "read"}, {"entitlement": "write"}]"#;
    let _ = story.decide_and_commit(&request("r-1", both), NOON);
    let extended = story.decide_and_commit(&request("r-2", both), "2026-03-02T13:00:00Z");
    let ends: Vec<String> = extended.grants().iter().map(|grant| grant.end.to_string()).collect();
    assert_eq!(ends, ["2026-03-02T15:00:00Z", "2026-03-02T15:00:00Z"]);
    story.repeat_last("2026-03-02T13:00:00Z");
    assert!(story.may("ann", "doc:write", "", "2026-03-02T14:59:59Z"));
    assert!(!story.may("ann", "doc:write", "", "2026-03-02T15:00:00Z"));
}

/// Of a grant that is ended when it starts nothing is left, and the decision says that it is so only then.
#[test]
fn a_grant_that_is_ended_at_its_start_is_void() {
    let mut story = story();
    let _ = story.decide_and_commit(&request("r-1", r#"[{"entitlement": "write"}]"#), NOON);
    let text = r#"{"deactivate": {"id": "d", "grant": "r-1#0"}}"#;
    let back: Command = tenure::document::parse_json(text, &tenure::document::Limits::default()).unwrap();
    let at_once = story.decides(&back, NOON);
    assert_eq!(at_once.grants()[0].state, GrantState::Void);
    assert!(!at_once.grounds().holds.contains(at(NOON).next()));
    let afterwards = story.decides(&back, "2026-03-02T12:30:00Z");
    assert_eq!(afterwards.grants()[0].state, GrantState::Ended);
    assert_eq!(afterwards.grounds().holds.start(), at(NOON).next());
}

/// What a request was resolved with is both what it extended and what was issued for it.
#[test]
fn a_request_that_extends_and_issues_is_answered_with_both() {
    let mut story = story();
    let _ = story.decide_and_commit(&request("r-1", r#"[{"entitlement": "read"}]"#), NOON);
    let both = request("r-2", r#"[{"entitlement": "read"}, {"entitlement": "write"}]"#);
    let _ = story.decide_and_commit(&both, "2026-03-02T13:00:00Z");
    let again = story.decides(&both, "2026-03-02T13:30:00Z");
    let ids: Vec<&str> = again.grants().iter().map(|grant| grant.id.as_str()).collect();
    assert_eq!(ids, ["r-1#0", "r-2#1"]);
}

/// Who leaves and joins again asks as somebody else; the answer for later does not outlast that.
#[test]
fn an_answer_about_later_is_given_to_the_incarnation_that_asks() {
    let mut story = story();
    story.adopt(at("2026-03-01T00:00:00Z"));
    story.note(NOON, LATER, "", "identity_left", r#"{"id": "ann"}"#);
    story.note(NOON, TOMORROW, "", "identity_rejoined", r#"{"id": "ann"}"#);
    let later: Command = tenure::document::parse_json(
        r#"{"request": {"id": "r", "requester": "ben", "beneficiary": "ann", "duration": "2h",
            "start": "2026-03-04T12:00:00Z", "items": [{"entitlement": "write"}]}}"#,
        &tenure::document::Limits::default(),
    )
    .unwrap();
    let denied = story.decides(&later, NOON);
    assert_eq!(denied.verdict(), Verdict::Deny);
    assert_eq!(denied.grounds().holds.end(), at(TOMORROW));
    let permitted = story.decides(&later, TOMORROW);
    assert_eq!(permitted.verdict(), Verdict::Permit);
    assert_eq!(permitted.grounds().holds.start(), at(TOMORROW));
}

/// Where every limit lies beyond all time nothing ends, and nothing without an end is given.
#[test]
fn a_denial_at_the_end_of_time_has_its_reason() {
    let story = story();
    let denied = story.decides(&request("r-1", r#"[{"entitlement": "write"}]"#), "9999-12-31T23:00:00Z");
    assert_eq!(
        denied.grounds().reasons.iter().map(|reason| reason.code.word()).collect::<Vec<_>>(),
        ["input.missing"]
    );
}

/// What was asked for a time counts from now, so the answer does not end when the time would.
#[test]
fn an_answer_lasts_longer_than_what_it_gives() {
    let mut story = story();
    let permit = story.decide_and_commit(&request("r-1", r#"[{"entitlement": "write"}]"#), NOON);
    assert_eq!(permit.grants()[0].end, at("2026-03-02T14:00:00Z"));
    assert!(permit.grounds().holds.end().is_never());
    let longer = r#"{"extend": {"id": "x", "grant": "r-1#0", "duration": "4h"}}"#;
    let longer: Command = tenure::document::parse_json(longer, &tenure::document::Limits::default()).unwrap();
    let extended = story.decides(&longer, "2026-03-02T13:00:00Z");
    assert_eq!(extended.grants()[0].end, at("2026-03-02T17:00:00Z"));
    assert_eq!(extended.grounds().holds.end(), at("2026-03-02T14:00:00Z"), "until the grant ends");
}
