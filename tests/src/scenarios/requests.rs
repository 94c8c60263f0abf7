//! Requests by their ids, the adoption of the document in the first proposal, and how long an answer holds.

use serde_json::json;

use super::company::{database, finance};
use crate::Scenario;
use crate::build::{
    allowed, denied, deny, deny_all, deny_item, fact, of, permit, request, request_all, revoke, scenario,
    withdraw,
};

pub(super) fn scenarios() -> Vec<Scenario> {
    vec![
        the_same_again(),
        the_same_with_another_context(),
        a_denied_id_is_free(),
        several_items_again(),
        recorded_and_not_decided(),
        withdrawn(),
        first_in_the_log(),
        taken_by_something_else(),
        unknown_names(),
        on_behalf(),
    ]
}

/// SHA-256 of `{"beneficiary":"ann","duration":"PT1H","id":"r-1","items":[{"entitlement":"admin"}],"requester":"ann"}`.
const ONE_HOUR: &str = "9bfb7412946730191df510c996f55c8e1eb013efa68437d7c2a0510a88b9469f";

fn the_same_again() -> Scenario {
    scenario("requests/the-same-request-again", database(&["duration: {max: 8h}"]))
        .about("The same request again answers with the grants as they are now, and writes nothing; another under its id is refused")
        .at("03-02 09:00")
        .commit(
            request("r-1", "ann", "admin").lasting("PT1H"),
            permit().grant("r-1#0", "active", "03-02 09:00", "03-02 10:00"),
        )
        .decide(
            request("r-1", "ann", "admin").lasting("1h"),
            permit()
                .warns("request.already_resolved", json!({"request": "r-1"}))
                .grant("r-1#0", "active", "03-02 09:00", "03-02 10:00")
                .writes(&[])
                .with("bounds", json!([])),
        )
        .decide(
            request("r-1", "ann", "admin").lasting("2h"),
            deny_all("request.id_reused", json!({"request": "r-1"})),
        )
        .decide(
            request("r-1", "ben", "admin").lasting("1h"),
            deny_all("request.id_reused", json!({"request": "r-1"})),
        )
        .at("03-02 09:30")
        .commit(revoke("v-1", "r-1#0"), permit().grant("r-1#0", "revoked", "03-02 09:00", "03-02 09:30"))
        .at("03-02 12:00")
        .decide(
            request("r-1", "ann", "admin").lasting("1h"),
            permit()
                .warns("request.already_resolved", json!({"request": "r-1"}))
                .grant("r-1#0", "revoked", "03-02 09:00", "03-02 09:30"),
        )
        // What was decided once is answered before anything else is looked at.
        .facts([of("identity_left", "ann")])
        .decide(
            request("r-1", "ann", "admin").lasting("1h"),
            permit()
                .warns("request.already_resolved", json!({"request": "r-1"}))
                .grant("r-1#0", "revoked", "03-02 09:00", "03-02 09:30"),
        )
}

fn the_same_with_another_context() -> Scenario {
    scenario("requests/the-same-from-another-session", database(&["duration: {max: 8h}", "session: bound"]))
        .about("The context is no part of what is asked: the same request from another session is the same request")
        .at("03-02 09:00")
        .commit(
            request("r-1", "ann", "admin").lasting("4h").session("03-02 12:00"),
            permit()
                .grant("r-1#0", "active", "03-02 09:00", "03-02 12:00")
                .clipped("PT4H", &["session"], "PT3H"),
        )
        .decide(
            request("r-1", "ann", "admin").lasting("4h").session("03-02 18:00"),
            permit()
                .warns("request.already_resolved", json!({"request": "r-1"}))
                .grant("r-1#0", "active", "03-02 09:00", "03-02 12:00"),
        )
        .decide(
            request("r-1", "ann", "admin").lasting("4h"),
            permit()
                .warns("request.already_resolved", json!({"request": "r-1"}))
                .grant("r-1#0", "active", "03-02 09:00", "03-02 12:00"),
        )
}

fn a_denied_id_is_free() -> Scenario {
    scenario("requests/the-id-of-a-denied-request-is-free", database(&["duration: {min: 1h, max: 8h}"]))
        .about("A denial writes nothing, so its id can be used for another request")
        .at("03-02 09:00")
        .decide(
            request("r-1", "ann", "admin").lasting("30m"),
            deny_item("duration.below_min", json!({"available": "PT30M", "min": "PT1H"})),
        )
        .commit(
            request("r-1", "ann", "admin").lasting("1h"),
            permit().grant("r-1#0", "active", "03-02 09:00", "03-02 10:00"),
        )
}

fn several_items_again() -> Scenario {
    let asks = || request_all("r-1", "ann", &[("admin", "test"), ("admin", "prod")]).lasting("1h");
    scenario("requests/several-items-keep-their-order", database(&["duration: {max: 8h}"]))
        .about("Grants are named by the place of their item, and shown in that order, also when asked again")
        .at("03-02 09:00")
        .commit(
            asks(),
            permit()
                .grant("r-1#0", "active", "03-02 09:00", "03-02 10:00")
                .and("scope", "test")
                .grant("r-1#1", "active", "03-02 09:00", "03-02 10:00")
                .and("scope", "prod"),
        )
        .decide(
            asks(),
            permit()
                .warns("request.already_resolved", json!({"request": "r-1"}))
                .grant("r-1#0", "active", "03-02 09:00", "03-02 10:00")
                .and("scope", "test")
                .grant("r-1#1", "active", "03-02 09:00", "03-02 10:00")
                .and("scope", "prod"),
        )
        .decide(
            request_all("r-1", "ann", &[("admin", "prod"), ("admin", "test")]).lasting("1h"),
            deny_all("request.id_reused", json!({"request": "r-1"})),
        )
}

/// A request that was recorded and not decided.
fn made(name: &str) -> Scenario {
    scenario(&format!("requests/{name}"), database(&["duration: {max: 8h}"]))
        .at("03-02 08:00")
        .commit(
            request("r-0", "ben", "admin").lasting("30m"),
            permit().grant("r-0#0", "active", "03-02 08:00", "03-02 08:30"),
        )
        .at("03-02 09:00")
        .facts([fact(
            "request_made",
            json!({
                "digest": ONE_HOUR,
                "request": {"id": "r-1", "beneficiary": "ann", "entitlement": "admin", "duration": "PT1H"},
            }),
        )])
        .name("made")
}

fn recorded_and_not_decided() -> Scenario {
    made("recorded-and-not-decided")
        .about("A request that is recorded is decided when it is asked, and not recorded again")
        .at("03-02 10:00")
        .commit(
            request("r-1", "ann", "admin").lasting("PT1H"),
            permit().grant("r-1#0", "active", "03-02 10:00", "03-02 11:00").writes(&[
                json!({"kind": "request_resolved", "id": "r-1/0", "body": {"grants": ["r-1#0"], "id": "r-1"}}),
                json!({"kind": "grant_issued", "id": "r-1/1", "body": {"id": "r-1#0", "request": "r-1"}}),
            ]),
        )
        .fork("made")
        .decide(
            request("r-1", "ann", "admin").lasting("PT2H"),
            deny_all("request.id_reused", json!({"request": "r-1"})),
        )
}

fn withdrawn() -> Scenario {
    made("withdrawn")
        .about("A request that nobody decided is withdrawn by who asked; afterwards it is never granted")
        .at("03-02 10:00")
        .decide(withdraw("w-1", "r-9"), deny_all("request.unknown", json!({"request": "r-9"})))
        .decide(
            withdraw("w-1", "r-1").by("ben"),
            deny_all("authority.not_holder", json!({"by": "ben", "target": "r-1"})),
        )
        .decide(withdraw("w-1", "r-0"), deny_all("request.not_pending", json!({"request": "r-0"})))
        .commit(
            withdraw("w-1", "r-1"),
            permit().with("grants", json!([])).with(
                "proposal",
                json!({
                    "base": null,
                    "expects": null,
                    "facts": [{
                        "kind": "request_withdrawn",
                        "id": "w-1/r-1/1772445600000",
                        "by": "ann",
                        "effective_at": "2026-03-02T10:00:00Z",
                        "body": {"id": "r-1"},
                    }],
                    "touches": [["request:r-1"]],
                }),
            ),
        )
        .decide(withdraw("w-2", "r-1"), deny_all("request.not_pending", json!({"request": "r-1"})))
        .decide(
            request("r-1", "ann", "admin").lasting("PT1H"),
            deny_all("request.withdrawn", json!({"request": "r-1"})),
        )
        .decide(
            request("r-1", "ann", "admin").lasting("PT2H"),
            deny_all("request.id_reused", json!({"request": "r-1"})),
        )
}

fn first_in_the_log() -> Scenario {
    made("resolved-or-withdrawn-the-first-counts")
        .about("Of a request that was both resolved and withdrawn the first in the log counts")
        .at("03-02 10:00")
        .facts([of("request_withdrawn", "r-1"), fact("request_resolved", json!({"id": "r-1", "grants": []}))])
        .decide(
            request("r-1", "ann", "admin").lasting("PT1H"),
            deny_all("request.withdrawn", json!({"request": "r-1"})),
        )
        .fork("made")
        .facts([fact("request_resolved", json!({"id": "r-1", "grants": []})), of("request_withdrawn", "r-1")])
        .decide(
            request("r-1", "ann", "admin").lasting("PT1H"),
            permit().warns("request.already_resolved", json!({"request": "r-1"})).with("grants", json!([])),
        )
}

fn taken_by_something_else() -> Scenario {
    scenario("requests/an-id-that-is-taken", database(&["duration: {max: 8h}"]))
        .about("A request whose id names a grant of a request that was never recorded is refused")
        .at("03-02 09:00")
        .commit(
            request("r-0", "ben", "admin").lasting("30m"),
            permit().grant("r-0#0", "active", "03-02 09:00", "03-02 09:30"),
        )
        .facts([fact(
            "grant_issued",
            json!({
                "id": "r-1#0",
                "beneficiary": "ann",
                "entitlement": "admin",
                "request": "r-1",
                "term": {"start": "2026-03-02T09:00:00Z", "end": "2026-03-02T10:00:00Z"},
                "basis": "external",
            }),
        )])
        .decide(
            request("r-1", "ann", "admin").lasting("PT1H"),
            deny_all("request.id_reused", json!({"request": "r-1"})),
        )
}

fn unknown_names() -> Scenario {
    scenario("requests/unknown-names", database(&["duration: {max: 8h}"]))
        .about(
            "A name that nobody defined is a denial, one at a time: requester, beneficiary, then the items",
        )
        .at("03-02 09:00")
        .decide(
            request("r-1", "eve", "nothing").requester("eva").lasting("1h"),
            deny_all("identity.unknown", json!({"identity": "eva"})),
        )
        .decide(
            request("r-1", "eve", "nothing").requester("ann").lasting("1h"),
            deny_all("identity.unknown", json!({"identity": "eve"})),
        )
        .decide(
            request("r-1", "ann", "nothing").within("nowhere").lasting("1h"),
            deny_item("entitlement.unknown", json!({"entitlement": "nothing"})),
        )
        .decide(
            request_all("r-1", "ann", &[("admin", ""), ("admin", "nowhere")]).lasting("1h"),
            deny().item(1, "resource.unknown", json!({"resource": "nowhere"})),
        )
        .decide(
            request("r-1", "ann", "admin").event("INC-9").lasting("1h"),
            deny_all("event.invalid", json!({"event": "INC-9", "why": "unknown"})),
        )
}

fn on_behalf() -> Scenario {
    scenario("requests/on-behalf-of-another", finance(&["duration: {max: 8h}"]))
        .about("What counts is the eligibility of who obtains, not of who asks; both are recorded")
        .at("03-02 09:00")
        .decide(
            request("r-1", "ann", "admin").requester("ben").lasting("1h"),
            deny_item("eligibility.none", json!({"entitlement": "admin", "identity": "ann"})),
        )
        .commit(
            request("r-1", "ben", "admin").requester("ann").lasting("1h"),
            permit().grant("r-1#0", "active", "03-02 09:00", "03-02 10:00").and("beneficiary", "ben"),
        )
        .check(
            "ann",
            "db:write",
            "",
            denied("access.none", json!({"identity": "ann", "permission": "db:write"})),
        )
        .check("ben", "db:write", "", allowed().until("03-02 10:00"))
}
