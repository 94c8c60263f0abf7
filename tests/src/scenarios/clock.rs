//! Clocks and the order of facts: the log runs ahead, facts are late, come from the future or are taken back.

use serde_json::json;

use super::company::{database, finance, incidents};
use crate::Scenario;
use crate::build::{
    allowed, changed, deactivate, denied, deny_all, deny_item, extend, fact, found, moved, of, permit, renew,
    request, revoke, scenario,
};

pub(super) fn scenarios() -> Vec<Scenario> {
    vec![
        regression(),
        tolerance(),
        endings_go_on(),
        corrected(),
        far_ahead(),
        from_the_future(),
        taken_back(),
        closing_taken_back(),
        taken_back_too_late(),
        order_within_one_instant(),
        late_changes(),
    ]
}

fn regression() -> Scenario {
    let behind = || deny_all("clock.regression", json!({"high_water": "03-02 09:00"}));
    scenario(
        "clock/a-clock-behind-the-log",
        database(&["duration: {max: 8h}", "extension: {max_total: 24h}"]),
    )
    .about(
        "A clock more than 5 s behind what the log has recorded decides and answers nothing that could give",
    )
    .at("03-02 09:00")
    .commit(
        request("r-1", "ann", "admin").lasting("8h"),
        permit().grant("r-1#0", "active", "03-02 09:00", "03-02 17:00"),
    )
    .at("03-02 08:59:54.999")
    .decide(request("r-2", "ann", "admin").lasting("1h"), behind())
    .decide(request("r-1", "ann", "admin").lasting("8h"), behind())
    .decide(extend("x-1", "r-1#0", "1h"), behind())
    .decide(renew("r-2", "r-1#0"), behind())
    .check("ann", "db:write", "", denied("clock.regression", json!({"high_water": "03-02 09:00"})))
    .check("eve", "db:none", "nowhere", denied("clock.regression", json!({"high_water": "03-02 09:00"})))
}

fn tolerance() -> Scenario {
    scenario("clock/a-clock-a-little-behind", database(&["duration: {max: 8h}"]))
        .about("Up to 5 s behind, the high water of the log is the instant of the decision")
        .at("03-02 09:00")
        .facts([of("feed_heartbeat", "pager")])
        .at("03-02 08:59:55")
        .commit(
            request("r-1", "ann", "admin").lasting("1h"),
            permit().with("at", "2026-03-02T09:00:00Z").grant(
                "r-1#0",
                "active",
                "03-02 09:00",
                "03-02 10:00",
            ),
        )
        .check("ann", "db:write", "", allowed().with("at", "2026-03-02T09:00:00Z").until("03-02 10:00"))
        // A fact that takes effect later does not move the high water, one recorded later does.
        .facts([of("feed_heartbeat", "pager").from("03-03 09:00")])
        .decide(
            request("r-2", "ann", "admin").lasting("1h"),
            permit().grant("r-2#0", "active", "03-02 09:00", "03-02 10:00"),
        )
}

fn endings_go_on() -> Scenario {
    scenario("clock/endings-go-on", database(&["duration: {max: 8h}"]))
        .about("What only ends things is decided whatever the clock says, at the high water of the log")
        .at("03-02 09:00")
        .commit(
            request("r-1", "ann", "admin").lasting("8h"),
            permit().grant("r-1#0", "active", "03-02 09:00", "03-02 17:00"),
        )
        .at("03-02 10:00")
        .facts([of("feed_heartbeat", "pager")])
        .at("2020-01-01T00:00:00Z")
        .decide(
            deactivate("d-1", "r-1#0"),
            permit().grant("r-1#0", "ended", "03-02 09:00", "03-02 10:00").writes(&[json!({
                "effective_at": "2026-03-02T10:00:00Z",
                "recorded_at": "2026-03-02T10:00:00Z",
            })]),
        )
        .commit(revoke("v-1", "r-1#0"), permit().grant("r-1#0", "revoked", "03-02 09:00", "03-02 10:00"))
        .reconcile(found().with("at", "2026-03-02T10:00:00Z"))
}

fn corrected() -> Scenario {
    scenario("clock/the-clock-is-corrected", database(&["duration: {max: 8h}"]))
        .about("After the clock of the host ran ahead, a correction lets the log run on from where it says")
        .at("2030-01-01T00:00:00Z")
        .facts([of("feed_heartbeat", "pager")])
        .at("03-02 09:00")
        .decide(
            request("r-1", "ann", "admin").lasting("1h"),
            deny_all("clock.regression", json!({"high_water": "2030-01-01T00:00:00Z"})),
        )
        .facts([fact("clock_corrected", json!({"high_water": "2026-03-02T09:00:00Z"}))])
        .decide(
            request("r-1", "ann", "admin").lasting("1h"),
            permit().grant("r-1#0", "active", "03-02 09:00", "03-02 10:00"),
        )
        .at("03-02 08:59:54")
        .decide(
            request("r-1", "ann", "admin").lasting("1h"),
            deny_all("clock.regression", json!({"high_water": "03-02 09:00"})),
        )
}

fn far_ahead() -> Scenario {
    scenario("clock/the-end-of-time", database(&["duration: {max: 365d}"]))
        .about("Ends do not run past the year 9999: a grant to the last instant would never end, so there is none")
        .at("9999-12-31T00:00:00Z")
        .decide(
            request("r-1", "ann", "admin").lasting("PT23H59M59.998S"),
            permit().grant("r-1#0", "active", "9999-12-31T00:00:00Z", "9999-12-31T23:59:59.998Z"),
        )
        .decide(
            request("r-1", "ann", "admin").lasting("365d"),
            deny_item("input.missing", json!({"inputs": ["duration"]})),
        )
}

fn from_the_future() -> Scenario {
    scenario("clock/facts-that-take-effect-later", finance(&["duration: {max: 8h}"]))
        .about("What is known to happen later counts where a value depends on the future")
        .at("03-02 09:00")
        .commit(
            request("r-1", "ben", "admin").lasting("8h"),
            permit().grant("r-1#0", "active", "03-02 09:00", "03-02 17:00"),
        )
        .at("03-02 10:00")
        .facts([moved("ben", "sales").from("03-02 12:00")])
        .check("ben", "db:write", "", allowed().until("03-02 12:00").next("03-02 12:00"))
        .decide(
            request("r-2", "ben", "admin").lasting("8h"),
            permit().grant("r-2#0", "active", "03-02 10:00", "03-02 12:00").clipped(
                "PT8H",
                &["eligibility"],
                "PT2H",
            ),
        )
        .decide(
            request("r-2", "ben", "admin").starting("03-02 12:00").lasting("8h"),
            deny_item("eligibility.none", json!({"entitlement": "admin", "identity": "ben"})),
        )
        .facts([moved("ben", "finance").from("03-02 14:00")])
        .decide(
            request("r-2", "ben", "admin").starting("03-02 14:00").lasting("1h"),
            permit().grant("r-2#0", "scheduled", "03-02 14:00", "03-02 15:00"),
        )
        .check("ben", "db:write", "", allowed().until("03-02 12:00"))
}

fn taken_back() -> Scenario {
    scenario("clock/a-fact-is-taken-back", database(&["duration: {max: 30d}"]))
        .about("A fact that has not taken effect is taken back by one about the same noun that names it")
        .at("03-02 09:00")
        .commit(
            request("r-1", "ann", "admin").lasting("30d"),
            permit().grant("r-1#0", "active", "03-02 09:00", "04-01 09:00"),
        )
        .facts([of("identity_left", "ann").from("03-05 18:00").id("leaves")])
        .check("ann", "db:write", "", allowed().until("03-05 18:00"))
        .at("03-03 09:00")
        .facts([of("identity_left", "ann").from("03-09 18:00").id("leaves later").replaces("leaves")])
        .check("ann", "db:write", "", allowed().until("03-09 18:00"))
        .facts([changed("identity_changed", "ann", json!({"ends": "2026-03-20T00:00:00Z"}))
            .from("03-10 00:00")
            .id("contract")])
        .facts([changed("identity_changed", "ann", json!({"name": "Ann"}))
            .replaces("leaves later")
            .id("stays")])
        .check("ann", "db:write", "", allowed().until("03-20 00:00"))
        .facts([changed("identity_changed", "ann", json!({"name": "Ann"}))
            .replaces("contract")
            .id("for good")])
        .check("ann", "db:write", "", allowed().until("04-01 09:00"))
}

fn closing_taken_back() -> Scenario {
    let policy = incidents("follow: true", &["duration: {max: 8h}"])
        + "events:
  INC-7: {kind: incident, start: '2026-03-02T08:00:00Z', planned_end: '2026-03-02T16:00:00Z'}
";
    scenario("clock/a-closing-is-taken-back", policy)
        .about("A closing, a change or an opening of an event that has not taken effect is taken back by any fact about that event")
        .at("03-02 09:00")
        .commit(
            request("r-1", "ann", "admin").event("INC-7").lasting("8h"),
            permit()
                .grant("r-1#0", "active", "03-02 09:00", "03-02 16:00")
                .clipped("PT8H", &["event"], "PT7H"),
        )
        .facts([of("event_closed", "INC-7").from("03-02 12:00").id("closes")])
        .check("ann", "db:write", "", allowed().until("03-02 12:00"))
        .at("03-02 10:00")
        .facts([changed("event_changed", "INC-7", json!({"planned_end": "2026-03-02T14:00:00Z"}))
            .from("03-02 13:00")
            .id("shortens")
            .replaces("closes")])
        .check("ann", "db:write", "", allowed().until("03-02 14:00"))
        .facts([of("event_closed", "INC-7").from("03-02 15:00").id("closes later").replaces("shortens")])
        .check("ann", "db:write", "", allowed().until("03-02 15:00"))
        // What it names is about another noun, so it stays.
        .facts([changed("identity_changed", "ann", json!({"name": "Ann"})).id("no").replaces("closes later")])
        .check("ann", "db:write", "", allowed().until("03-02 15:00"))
}

fn taken_back_too_late() -> Scenario {
    scenario("clock/what-has-taken-effect-is-not-taken-back", database(&["duration: {max: 30d}"]))
        .about("What has taken effect, or is about something else, stays; a new fact corrects it")
        .at("03-02 09:00")
        .commit(
            request("r-1", "ann", "admin").lasting("30d"),
            permit().grant("r-1#0", "active", "03-02 09:00", "04-01 09:00"),
        )
        .facts([of("identity_left", "ann").from("03-05 18:00").id("leaves")])
        .at("03-03 09:00")
        .facts([changed("identity_changed", "ben", json!({"name": "Ben"})).replaces("leaves")])
        .check("ann", "db:write", "", allowed().until("03-05 18:00"))
        .at("03-05 18:00")
        .facts([changed("identity_changed", "ann", json!({"name": "Ann"})).replaces("leaves")])
        .check(
            "ann",
            "db:write",
            "",
            denied("identity.not_active", json!({"identity": "ann", "why": "left"})),
        )
}

fn order_within_one_instant() -> Scenario {
    scenario("clock/the-log-orders-one-instant", finance(&["duration: {max: 8h}"]))
        .about("Of facts that take effect in one instant the last in the log counts, whenever they were recorded")
        .at("03-02 09:00")
        .commit(
            request("r-1", "ben", "admin").lasting("8h"),
            permit().grant("r-1#0", "active", "03-02 09:00", "03-02 17:00"),
        )
        .facts([moved("ben", "sales").from("03-02 12:00")])
        .check("ben", "db:write", "", allowed().until("03-02 12:00"))
        .at("03-02 10:00")
        .facts([moved("ben", "finance").from("03-02 12:00")])
        .check("ben", "db:write", "", allowed().until("03-02 17:00"))
        .facts([moved("ben", "sales").from("03-02 11:00")])
        .check("ben", "db:write", "", allowed().until("03-02 11:00"))
}

fn late_changes() -> Scenario {
    scenario("clock/a-late-fact-takes-its-place", finance(&["duration: {max: 8h}"]))
        .about("A fact that arrives late takes its place in the timeline and does not overrule what happened after it")
        .at("03-02 12:00")
        .commit(
            request("r-1", "ben", "admin").lasting("1h"),
            permit().grant("r-1#0", "active", "03-02 12:00", "03-02 13:00"),
        )
        .facts([moved("ben", "finance").from("03-02 11:00")])
        .facts([moved("ben", "sales").from("03-02 08:00")])
        .check("ben", "db:write", "", allowed().until("03-02 13:00"))
        .decide(
            request("r-2", "ben", "admin").lasting("1h"),
            permit().grant("r-2#0", "active", "03-02 12:00", "03-02 13:00"),
        )
        .facts([of("identity_suspended", "ben").from("03-02 09:00"), of("identity_resumed", "ben").from("03-02 10:00")])
        .check("ben", "db:write", "", allowed().until("03-02 13:00"))
        .facts([of("identity_left", "ben").from("03-02 09:30")])
        .check("ben", "db:write", "", denied("identity.not_active", json!({"identity": "ben", "why": "left"})))
}
