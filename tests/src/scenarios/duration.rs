//! How long: what is asked, the least and the most, defaults, windows asked for. SCENARIOS S01.

use serde_json::json;

use super::company::{database, finance};
use crate::Scenario;
use crate::build::{allowed, denied, deny_item, permit, request, revoke, scenario};

const DAY: &str = "duration: {min: 1h, max: 24h}";
const YEAR: &str = "valid: {from: '2026-01-01T00:00:00Z', until: '2027-01-01T00:00:00Z'}";
const NEXT_YEAR: &str = "2027-01-01T00:00:00Z";

pub(super) fn scenarios() -> Vec<Scenario> {
    vec![
        more_is_rejected(),
        more_is_clipped(),
        limits_are_inclusive(),
        fixed(),
        missing(),
        default(),
        too_little_is_left(),
        until(),
        from_a_past_start(),
        from_the_window(),
        future_start(),
        days_are_24_hours(),
    ]
}

fn more_is_rejected() -> Scenario {
    scenario("duration/more-than-the-maximum-is-rejected", database(&[DAY, YEAR, "on_exceed: reject"]))
        .about("S01: PT25H where at most PT24H is allowed and the rule rejects")
        .at("03-02 09:00")
        .decide(
            request("r-1", "ann", "admin").lasting("PT25H"),
            deny_item("duration.exceeds_max", json!({"asked": "PT25H", "max": "PT24H"})).bounds(&[
                ("maximum", "03-03 09:00", "dba"),
                ("asked", "03-03 10:00", ""),
                ("eligibility", NEXT_YEAR, "dba"),
            ]),
        )
        .decide(
            request("r-1", "ann", "admin").until("03-03 09:00:00.001"),
            deny_item("duration.exceeds_max", json!({"asked": "PT24H0.001S", "max": "PT24H"})),
        )
}

fn more_is_clipped() -> Scenario {
    scenario("duration/more-than-the-maximum-is-clipped", database(&[DAY, YEAR, "on_exceed: clip"]))
        .about("S01: PT25H where at most PT24H is allowed and the rule clips: less, with a warning")
        .at("03-02 09:00")
        .decide(
            request("r-1", "ann", "admin").lasting("PT25H"),
            permit()
                .grant("r-1#0", "active", "03-02 09:00", "03-03 09:00")
                .clipped("PT25H", &["maximum"], "PT24H")
                .bounds(&[
                    ("maximum", "03-03 09:00", "dba"),
                    ("asked", "03-03 10:00", ""),
                    ("eligibility", NEXT_YEAR, "dba"),
                ]),
        )
}

fn limits_are_inclusive() -> Scenario {
    let asks = |duration: &str| request("r-1", "ann", "admin").lasting(duration);
    scenario("duration/the-least-and-the-most-are-inclusive", database(&[DAY, "on_exceed: reject"]))
        .about("S01: exactly the minimum and exactly the maximum are permitted, a millisecond beyond is not")
        .at("03-02 09:00")
        .decide(
            asks("PT30M"),
            deny_item("duration.below_min", json!({"available": "PT30M", "min": "PT1H"}))
                .bounds(&[("asked", "03-02 09:30", ""), ("maximum", "03-03 09:00", "dba")]),
        )
        .decide(
            asks("PT59M59.999S"),
            deny_item("duration.below_min", json!({"available": "PT59M59.999S", "min": "PT1H"})),
        )
        .decide(asks("PT1H"), permit().grant("r-1#0", "active", "03-02 09:00", "03-02 10:00"))
        .decide(
            asks("PT24H"),
            permit()
                .grant("r-1#0", "active", "03-02 09:00", "03-03 09:00")
                .bounds(&[("asked", "03-03 09:00", ""), ("maximum", "03-03 09:00", "dba")]),
        )
        .decide(
            asks("PT24H0.001S"),
            deny_item("duration.exceeds_max", json!({"asked": "PT24H0.001S", "max": "PT24H"})),
        )
}

fn fixed() -> Scenario {
    scenario("duration/a-fixed-duration-need-not-be-asked", database(&["duration: {min: 8h, max: 8h}"]))
        .about("S01: where the minimum is the maximum no duration need be supplied")
        .at("03-02 09:00")
        .decide(
            request("r-1", "ann", "admin"),
            permit()
                .grant("r-1#0", "active", "03-02 09:00", "03-02 17:00")
                .bounds(&[("default", "03-02 17:00", ""), ("maximum", "03-02 17:00", "dba")]),
        )
        .decide(
            request("r-1", "ann", "admin").lasting("8h"),
            permit()
                .grant("r-1#0", "active", "03-02 09:00", "03-02 17:00")
                .bounds(&[("asked", "03-02 17:00", ""), ("maximum", "03-02 17:00", "dba")]),
        )
}

fn missing() -> Scenario {
    let asks = || request("r-1", "ann", "admin");
    scenario(
        "duration/no-duration-is-missing-input",
        database(&[DAY, "require: {reason: true, ticket: true}"]),
    )
    .about("S01: without duration, default and business event it is not known how long; all that is missing is told, by name")
    .at("03-02 09:00")
    .decide(
        asks(),
        deny_item("input.missing", json!({"inputs": ["duration", "reason", "ticket"]})).with("bounds", json!([])),
    )
    .decide(
        asks().because("  ").with("ticket", ""),
        deny_item("input.missing", json!({"inputs": ["duration", "reason", "ticket"]})),
    )
    .decide(
        asks().because("index").with("ticket", "T-1"),
        deny_item("input.missing", json!({"inputs": ["duration"]})),
    )
    .decide(
        asks().because("index").lasting("2h"),
        deny_item("input.missing", json!({"inputs": ["ticket"]})),
    )
    .decide(
        asks().because("index").with("ticket", "T-1").lasting("2h"),
        permit().grant("r-1#0", "active", "03-02 09:00", "03-02 11:00"),
    )
}

fn default() -> Scenario {
    scenario(
        "duration/the-default-stands-in",
        database(&[
            "duration: {min: 1h, default: 4h, max: 8h}",
            "on_exceed: reject",
            "hours: [{from: '08:00', to: '12:00', zone: UTC}]",
        ]),
    )
    .about(
        "A default is no wish: where a bound leaves less of it nothing is exceeded, and nothing is clipped",
    )
    .at("03-02 08:00")
    .decide(
        request("r-1", "ann", "admin"),
        permit().grant("r-1#0", "active", "03-02 08:00", "03-02 12:00").bounds(&[
            ("default", "03-02 12:00", ""),
            ("hours", "03-02 12:00", "dba"),
            ("maximum", "03-02 16:00", "dba"),
        ]),
    )
    .at("03-02 10:00")
    .decide(
        request("r-1", "ann", "admin"),
        permit().grant("r-1#0", "active", "03-02 10:00", "03-02 12:00").bounds(&[
            ("hours", "03-02 12:00", "dba"),
            ("default", "03-02 14:00", ""),
            ("maximum", "03-02 18:00", "dba"),
        ]),
    )
    .decide(
        request("r-1", "ann", "admin").lasting("4h"),
        deny_item("bound.exceeded", json!({"asked": "03-02 14:00", "bound": "hours", "end": "03-02 12:00"})),
    )
}

fn too_little_is_left() -> Scenario {
    scenario(
        "duration/what-is-left-may-be-too-little",
        database(&["duration: {min: 2h, max: 8h}", "valid: {until: '2026-03-02T12:00:00Z'}"]),
    )
    .about("What is clipped below the minimum is denied; a denial lists no warnings")
    .at("03-02 10:00")
    .decide(
        request("r-1", "ann", "admin").lasting("3h"),
        permit().grant("r-1#0", "active", "03-02 10:00", "03-02 12:00").clipped(
            "PT3H",
            &["eligibility"],
            "PT2H",
        ),
    )
    .at("03-02 10:00:00.001")
    .decide(
        request("r-1", "ann", "admin").lasting("3h"),
        deny_item("duration.below_min", json!({"available": "PT1H59M59.999S", "min": "PT2H"})),
    )
}

fn until() -> Scenario {
    scenario("duration/an-end-in-place-of-a-duration", database(&["duration: {max: 8h}"]))
        .about("An end may be asked for in place of a duration; one that is not after the start is over")
        .at("03-02 09:00")
        .decide(
            request("r-1", "ann", "admin").until("03-02 12:00"),
            permit()
                .grant("r-1#0", "active", "03-02 09:00", "03-02 12:00")
                .bounds(&[("asked", "03-02 12:00", ""), ("maximum", "03-02 17:00", "dba")]),
        )
        .decide(
            request("r-1", "ann", "admin").until("03-02 09:00:00.001"),
            permit().grant("r-1#0", "active", "03-02 09:00", "03-02 09:00:00.001"),
        )
        .decide(
            request("r-1", "ann", "admin").until("03-02 09:00"),
            deny_item("request.window_elapsed", json!({"end": "03-02 09:00"})).with("bounds", json!([])),
        )
        .decide(
            request("r-1", "ann", "admin").starting("03-02 07:00").until("03-02 08:00"),
            deny_item("request.window_elapsed", json!({"end": "03-02 08:00"})),
        )
}

fn from_a_past_start() -> Scenario {
    scenario("duration/a-past-start-is-now", database(&["duration: {max: 8h}"]))
        .about("S07: a start that is past is never given; with anchor `request` the duration counts from now")
        .at("03-02 09:00")
        .decide(
            request("r-1", "ann", "admin").starting("03-02 08:00").lasting("4h"),
            permit()
                .grant("r-1#0", "active", "03-02 09:00", "03-02 13:00")
                .bounds(&[("asked", "03-02 13:00", ""), ("maximum", "03-02 17:00", "dba")]),
        )
}

fn from_the_window() -> Scenario {
    let asks = || request("r-1", "ann", "admin").starting("03-02 10:00").lasting("3h");
    scenario(
        "duration/the-window-asked-for-stays",
        database(&["duration: {min: 1h, max: 8h}", "anchor: window"]),
    )
    .about("S07: with anchor `window` the end stays where it was asked for, however late the answer is")
    .at("03-02 09:00")
    .decide(asks(), permit().grant("r-1#0", "scheduled", "03-02 10:00", "03-02 13:00"))
    .at("03-02 10:30")
    .decide(
        asks(),
        permit()
            .grant("r-1#0", "active", "03-02 10:30", "03-02 13:00")
            .bounds(&[("asked", "03-02 13:00", ""), ("maximum", "03-02 18:30", "dba")]),
    )
    .at("03-02 12:00:00.001")
    .decide(asks(), deny_item("duration.below_min", json!({"available": "PT59M59.999S", "min": "PT1H"})))
    .at("03-02 13:00")
    .decide(asks(), deny_item("request.window_elapsed", json!({"end": "03-02 13:00"})))
}

fn future_start() -> Scenario {
    scenario("duration/a-start-in-the-future", database(&["duration: {max: 8h}"]))
        .about("A grant that starts later is scheduled, gives nothing before its start, and can be ended before it begins")
        .at("03-02 09:00")
        .commit(
            request("r-1", "ann", "admin").starting("03-06 08:00").lasting("8h"),
            permit()
                .grant("r-1#0", "scheduled", "03-06 08:00", "03-06 16:00")
                .bounds(&[("asked", "03-06 16:00", ""), ("maximum", "03-06 16:00", "dba")]),
        )
        .name("scheduled")
        .check("ann", "db:write", "", denied("grant.not_started", json!({"start": "03-06 08:00"})).next("03-06 08:00"))
        .at("03-06 07:59:59.999")
        .check("ann", "db:write", "prod", denied("grant.not_started", json!({"start": "03-06 08:00"})))
        .at("03-06 08:00")
        .check("ann", "db:write", "prod", allowed().until("03-06 16:00").next("03-06 16:00"))
        .at("03-06 15:59:59.999")
        .check("ann", "db:write", "prod", allowed().until("03-06 16:00"))
        .at("03-06 16:00")
        .check("ann", "db:write", "prod", denied("grant.expired", json!({"end": "03-06 16:00"})).with("next_change_at", json!(null)))
        .fork("scheduled")
        .at("03-05 12:00")
        .commit(
            revoke("v-1", "r-1#0"),
            permit().grant("r-1#0", "void", "03-06 08:00", "03-05 12:00").writes(&[json!({
                "kind": "grant_voided",
                "id": "v-1/r-1#0/1772712000000",
                "effective_at": "2026-03-05T12:00:00Z",
                "body": {"cause": "grant.revoked", "id": "r-1#0"},
            })]),
        )
        .at("03-06 08:00")
        .check("ann", "db:write", "prod", denied("access.none", json!({"identity": "ann", "permission": "db:write"})))
}

fn days_are_24_hours() -> Scenario {
    scenario("duration/days-are-24-hours", finance(&["duration: {max: P1D}"]))
        .about("P1D is 24 hours, also over the night in which clocks change")
        .at("03-28 23:30")
        .decide(
            request("r-1", "ben", "admin").lasting("P1D"),
            permit().grant("r-1#0", "active", "03-28 23:30", "03-29 23:30"),
        )
}
