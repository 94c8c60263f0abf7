//! How long an answer holds.

use serde_json::json;

use super::company::database;
use crate::Scenario;
use crate::build::{deny_item, permit, request, scenario};

pub(super) fn scenarios() -> Vec<Scenario> {
    vec![holds_while_denied_and_permitted(), holds_until_a_bound_binds(), holds_around_a_grant()]
}

fn holds_while_denied_and_permitted() -> Scenario {
    let none = || deny_item("eligibility.none", json!({"entitlement": "admin", "identity": "ann"}));
    let asks = || request("r-1", "ann", "admin");
    let policy = database(&[
        "duration: {min: 30m, max: 30m}",
        "valid: {from: '2026-03-02T10:00:00Z', until: '2026-03-02T12:00:00Z'}",
    ]);
    scenario("requests/an-answer-holds", policy)
        .about("An answer says in which window of now it stays: decided at its first instant, inside, and at the first instant behind it")
        .at("03-02 09:00")
        .decide(asks(), none().holds("", "03-02 10:00").next("03-02 10:00"))
        .at("03-02 09:59:59.999")
        .decide(asks(), none().holds("", "03-02 10:00"))
        .at("03-02 10:00")
        .decide(
            asks(),
            permit()
                .grant("r-1#0", "active", "03-02 10:00", "03-02 10:30")
                .bounds(&[
                    ("default", "03-02 10:30", ""),
                    ("maximum", "03-02 10:30", "dba"),
                    ("eligibility", "03-02 12:00", "dba"),
                ])
                .holds("03-02 10:00", "03-02 11:30")
                .next("03-02 10:30"),
        )
        .at("03-02 11:29:59.999")
        .decide(
            asks(),
            permit()
                .grant("r-1#0", "active", "03-02 11:29:59.999", "03-02 11:59:59.999")
                .holds("03-02 10:00", "03-02 11:30"),
        )
        .at("03-02 11:30")
        .decide(
            asks(),
            permit()
                .grant("r-1#0", "active", "03-02 11:30", "03-02 12:00")
                .bounds(&[
                    ("default", "03-02 12:00", ""),
                    ("maximum", "03-02 12:00", "dba"),
                    ("eligibility", "03-02 12:00", "dba"),
                ])
                .holds("03-02 11:30", "03-02 11:30:00.001"),
        )
        .at("03-02 11:30:00.001")
        .decide(
            asks(),
            deny_item("duration.below_min", json!({"available": "PT29M59.999S", "min": "PT30M"}))
                .holds("03-02 11:30:00.001", "03-02 12:00"),
        )
        .at("03-02 12:00")
        .decide(asks(), none().holds("03-02 12:00", ""))
}

fn holds_until_a_bound_binds() -> Scenario {
    let policy = database(&["duration: {max: 8h}", "hours: [{from: '08:00', to: '18:00', zone: UTC}]"]);
    let asks = || request("r-1", "ann", "admin").lasting("4h");
    scenario("requests/an-answer-holds-until-another-bound-binds", policy)
        .about("An answer whose end counts from now holds until a fixed bound is as near")
        .at("03-02 09:00")
        .decide(
            asks(),
            permit()
                .grant("r-1#0", "active", "03-02 09:00", "03-02 13:00")
                .holds("03-02 08:00", "03-02 14:00"),
        )
        .at("03-02 14:00:00.001")
        .decide(
            asks(),
            permit()
                .grant("r-1#0", "active", "03-02 14:00:00.001", "03-02 18:00")
                .clipped("PT4H", &["hours"], "PT3H59M59.999S")
                .holds("03-02 14:00:00.001", "03-02 18:00"),
        )
        .at("03-02 18:00")
        .decide(
            asks(),
            deny_item("window.empty", json!({"bound": "hours"})).holds("03-02 18:00", "03-03 08:00"),
        )
}

fn holds_around_a_grant() -> Scenario {
    let policy = database(&["duration: {max: 8h}", "already_held: reject"]);
    let asks = || request("r-2", "ann", "admin").lasting("1h");
    scenario("requests/an-answer-holds-around-a-grant", policy)
        .about("A request that is denied because of a grant is denied until the grant is over, and from when they would overlap")
        .at("03-02 08:00")
        .commit(
            request("r-1", "ann", "admin").starting("03-02 12:00").lasting("2h"),
            permit().grant("r-1#0", "scheduled", "03-02 12:00", "03-02 14:00"),
        )
        .at("03-02 09:00")
        .decide(
            asks(),
            permit()
                .grant("r-2#0", "active", "03-02 09:00", "03-02 10:00")
                .holds("03-02 07:59:55", "03-02 11:00:00.001"),
        )
        .at("03-02 11:00")
        .decide(asks(), permit().grant("r-2#0", "active", "03-02 11:00", "03-02 12:00"))
        .at("03-02 11:00:00.001")
        .decide(
            asks(),
            deny_item("grant.already_active", json!({"grant": "r-1#0"}))
                .holds("03-02 11:00:00.001", "03-02 14:00"),
        )
        .at("03-02 14:00")
        .decide(asks(), permit().grant("r-2#0", "active", "03-02 14:00", "03-02 15:00").holds("03-02 14:00", ""))
}
