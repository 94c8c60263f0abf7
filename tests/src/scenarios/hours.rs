//! Hours within which a grant may run.

use serde_json::json;

use super::company::{database, incidents};
use crate::Scenario;
use crate::build::{deny, deny_item, permit, request, scenario};

pub(super) fn scenarios() -> Vec<Scenario> {
    vec![hours(), hours_over_midnight(), hours_when_clocks_change(), nothing_is_left()]
}

const OFFICE: &str =
    "hours: [{days: [mon, tue, wed, thu, fri], from: '08:00', to: '18:00', zone: Europe/Berlin}]";

fn hours() -> Scenario {
    scenario("bounds/office-hours", database(&["duration: {max: 24h}", OFFICE]))
        .about(
            "Hours bound a grant at their end; outside of them nothing is left, and there is no end to name",
        )
        .at("03-02 16:00")
        .decide(
            request("r-1", "ann", "admin").lasting("4h"),
            permit()
                .grant("r-1#0", "active", "03-02 16:00", "03-02 17:00")
                .clipped("PT4H", &["hours"], "PT1H")
                .bounds(&[
                    ("hours", "03-02 17:00", "dba"),
                    ("asked", "03-02 20:00", ""),
                    ("maximum", "03-03 16:00", "dba"),
                ]),
        )
        .at("03-02 17:00")
        .decide(
            request("r-1", "ann", "admin").lasting("4h"),
            deny_item("window.empty", json!({"bound": "hours"})).bounds(&[
                ("hours", "03-02 17:00", "dba"),
                ("asked", "03-02 21:00", ""),
                ("maximum", "03-03 17:00", "dba"),
            ]),
        )
        .at("03-07 10:00")
        .decide(
            request("r-1", "ann", "admin").lasting("1h"),
            deny_item("window.empty", json!({"bound": "hours"})),
        )
        .decide(
            request("r-1", "ann", "admin").starting("03-09 07:00").lasting("1h"),
            permit().grant("r-1#0", "scheduled", "03-09 07:00", "03-09 08:00"),
        )
        .decide(
            request("r-1", "ann", "admin").starting("03-09 06:59:59.999").lasting("1h"),
            deny_item("window.empty", json!({"bound": "hours"})),
        )
}

fn hours_over_midnight() -> Scenario {
    let policy = database(&[
        "duration: {max: 24h}",
        "hours: [{days: [mon], from: '22:00', to: '06:00', zone: UTC}, {days: [tue], from: '06:00', to: '08:00', zone: UTC}]",
    ]);
    scenario("bounds/hours-over-midnight", policy)
        .about("Hours belong to the day on which they begin; hours that touch are one")
        .at("03-02 21:59:59.999")
        .decide(
            request("r-1", "ann", "admin").lasting("1h"),
            deny_item("window.empty", json!({"bound": "hours"})),
        )
        .at("03-02 23:00")
        .decide(
            request("r-1", "ann", "admin").lasting("12h"),
            permit().grant("r-1#0", "active", "03-02 23:00", "03-03 08:00").clipped(
                "PT12H",
                &["hours"],
                "PT9H",
            ),
        )
        .at("03-03 23:00")
        .decide(
            request("r-1", "ann", "admin").lasting("1h"),
            deny_item("window.empty", json!({"bound": "hours"})),
        )
}

fn hours_when_clocks_change() -> Scenario {
    let policy =
        database(&["duration: {max: 24h}", "hours: [{from: '22:00', to: '06:00', zone: Europe/Berlin}]"]);
    scenario("bounds/hours-in-the-night-in-which-clocks-change", policy)
        .about("A night of 22:00 to 06:00 in Berlin has 8 hours, 7 in spring and 9 in autumn")
        .at("03-27 21:00")
        .decide(
            request("r-1", "ann", "admin").lasting("12h"),
            permit().grant("r-1#0", "active", "03-27 21:00", "03-28 05:00").clipped(
                "PT12H",
                &["hours"],
                "PT8H",
            ),
        )
        .at("03-28 21:00")
        .decide(
            request("r-1", "ann", "admin").lasting("12h"),
            permit().grant("r-1#0", "active", "03-28 21:00", "03-29 04:00").clipped(
                "PT12H",
                &["hours"],
                "PT7H",
            ),
        )
        .at("10-24 20:00")
        .decide(
            request("r-1", "ann", "admin").lasting("12h"),
            permit().grant("r-1#0", "active", "10-24 20:00", "10-25 05:00").clipped(
                "PT12H",
                &["hours"],
                "PT9H",
            ),
        )
}

fn nothing_is_left() -> Scenario {
    let policy = incidents("grace: 0s", &["duration: {max: 8h}", "session: bound", OFFICE])
        + "events:
  INC-1: {kind: incident, start: '2026-03-01T00:00:00Z', planned_end: '2026-03-04T00:00:00Z'}
";
    scenario("bounds/nothing-is-left-of-the-window", policy)
        .about("Each kind of bound at or before the start is told once, in the order of kinds; nothing more is said of the item")
        .at("03-02 20:00")
        .decide(
            request("r-1", "ann", "admin").event("INC-1").lasting("1h").session("03-02 19:00"),
            deny()
                .item(0, "window.empty", json!({"bound": "hours"}))
                .item(0, "window.empty", json!({"bound": "session", "end": "03-02 19:00"})),
        )
}
