//! The same thing obtained once more, back to back.

use serde_json::{Value, json};

use super::company::{database, finance, incidents};
use crate::Scenario;
use crate::build::{allowed, defined, denied, deny_all, deny_item, permit, renew, request, scenario};

pub(super) fn scenarios() -> Vec<Scenario> {
    vec![renewals_are_counted(), renewals_are_summed_up(), renewed_after_a_pause(), renewed_for_its_event()]
}

fn renewed(name: &str, renewal: &str) -> Scenario {
    let renewal = format!("renewal: {{{renewal}}}");
    scenario(&format!("lifecycle/{name}"), database(&["duration: {max: 8h}", &renewal]))
        .at("03-02 09:00")
        .commit(
            request("r-1", "ann", "admin").within("prod").lasting("8h"),
            permit().grant("r-1#0", "active", "03-02 09:00", "03-02 17:00"),
        )
        .at("03-02 16:00")
}

fn renewals_are_counted() -> Scenario {
    renewed("renewals-are-counted", "max_count: 1, reset_after: 2h")
        .about(
            "A renewal begins where the grant ends; no more than `max_count` follow the first back to back",
        )
        .commit(
            renew("r-2", "r-1#0").lasting("8h"),
            permit()
                .grant("r-2#0", "scheduled", "03-02 17:00", "03-03 01:00")
                .and("scope", "prod")
                .bounds(&[("asked", "03-03 01:00", ""), ("maximum", "03-03 01:00", "dba")]),
        )
        .check("ann", "db:write", "prod", allowed().until("03-03 01:00"))
        .at("03-03 00:00")
        .decide(renew("r-3", "r-2#0").lasting("8h"), deny_item("renewal.limit_reached", json!({"count": 2})))
        .decide(
            request("r-3", "ann", "admin").within("prod").lasting("8h"),
            deny_item("renewal.limit_reached", json!({"count": 2})),
        )
        // Another scope is another thing.
        .decide(
            request("r-3", "ann", "admin").within("test").lasting("8h"),
            permit().grant("r-3#0", "active", "03-03 00:00", "03-03 08:00"),
        )
        .at("03-03 02:59:59.999")
        .decide(renew("r-3", "r-2#0").lasting("8h"), deny_item("renewal.limit_reached", json!({"count": 2})))
        .at("03-03 03:00")
        .decide(
            renew("r-3", "r-2#0").lasting("8h"),
            permit().grant("r-3#0", "active", "03-03 03:00", "03-03 11:00"),
        )
}

fn renewals_are_summed_up() -> Scenario {
    renewed("renewals-are-summed-up", "max_total: 12h")
        .about("From the start of the first to the end of the last no more than `max_total`; any pause begins anew")
        .commit(
            renew("r-2", "r-1#0").lasting("8h"),
            permit()
                .grant("r-2#0", "scheduled", "03-02 17:00", "03-02 21:00")
                .clipped("PT8H", &["renewal"], "PT4H")
                .bounds(&[
                    ("renewal", "03-02 21:00", "dba"),
                    ("asked", "03-03 01:00", ""),
                    ("maximum", "03-03 01:00", "dba"),
                ]),
        )
        .at("03-02 20:00")
        .decide(
            renew("r-3", "r-2#0").lasting("8h"),
            deny_item("window.empty", json!({"bound": "renewal", "end": "03-02 21:00"})),
        )
        .at("03-02 21:00")
        .decide(
            renew("r-3", "r-2#0").lasting("8h"),
            deny_item("window.empty", json!({"bound": "renewal", "end": "03-02 21:00"})),
        )
        .at("03-02 21:00:00.001")
        .decide(
            renew("r-3", "r-2#0").lasting("8h"),
            permit().grant("r-3#0", "active", "03-02 21:00:00.001", "03-03 05:00:00.001").bounds(&[
                ("asked", "03-03 05:00:00.001", ""),
                ("maximum", "03-03 05:00:00.001", "dba"),
                ("renewal", "03-03 09:00:00.001", "dba"),
            ]),
        )
}

fn renewed_after_a_pause() -> Scenario {
    scenario("lifecycle/renewed-by-whom-and-from-when", finance(&["duration: {default: 2h, max: 8h}"]))
        .about("Who holds or requested a grant renews it; from now if it is over, from the start asked for if one is asked for")
        .at("03-02 09:00")
        .commit(
            request("r-1", "ben", "admin").requester("ann").lasting("8h"),
            permit().grant("r-1#0", "active", "03-02 09:00", "03-02 17:00"),
        )
        .facts([defined("identity_defined", "eve", json!({"kind": "human"}))])
        .at("03-02 16:00")
        .decide(
            renew("r-2", "r-1#0").with("start", "2026-03-03T09:00:00Z"),
            permit().grant("r-2#0", "scheduled", "03-03 09:00", "03-03 11:00"),
        )
        .decide(
            renew("r-2", "r-1#0").by("eve"),
            deny_all("authority.not_holder", json!({"by": "eve", "target": "r-1#0"})),
        )
        .decide(renew("r-2", "r-9#0"), deny_all("grant.unknown", json!({"grant": "r-9#0"})))
        .decide(renew("r-1", "r-1#0"), deny_all("request.id_reused", json!({"request": "r-1"})))
        .at("03-02 18:00")
        .commit(
            renew("r-2", "r-1#0").by("ann").lasting("4h"),
            permit().grant("r-2#0", "active", "03-02 18:00", "03-02 22:00").and("beneficiary", "ben"),
        )
        // The same renewal again gives what it gave, although by now it would begin elsewhere.
        .at("03-02 19:00")
        .decide(
            renew("r-2", "r-1#0").by("ann").lasting("4h"),
            permit()
                .warns("request.already_resolved", json!({"request": "r-2"}))
                .grant("r-2#0", "active", "03-02 18:00", "03-02 22:00"),
        )
}

fn renewed_for_its_event() -> Scenario {
    let policy = incidents("", &["duration: {max: 2h}"])
        + "events:
  INC-7: {kind: incident, start: '2026-03-02T08:00:00Z', planned_end: '2026-03-02T12:00:00Z'}
  INC-8: {kind: incident, start: '2026-03-02T08:00:00Z', planned_end: '2026-03-02T20:00:00Z'}
";
    scenario("lifecycle/renewed-for-its-event", policy)
        .about("A renewal is for the event of the grant, unless another is named")
        .at("03-02 09:00")
        .commit(
            request("r-1", "ann", "admin").event("INC-7").lasting("2h"),
            permit().grant("r-1#0", "active", "03-02 09:00", "03-02 11:00"),
        )
        .at("03-02 10:00")
        .decide(
            renew("r-2", "r-1#0").lasting("2h"),
            permit().grant("r-2#0", "scheduled", "03-02 11:00", "03-02 12:00").and("event", "INC-7").clipped(
                "PT2H",
                &["event"],
                "PT1H",
            ),
        )
        .decide(
            renew("r-2", "r-1#0").event("INC-8").lasting("2h"),
            permit().grant("r-2#0", "scheduled", "03-02 11:00", "03-02 13:00").and("event", "INC-8"),
        )
        .at("03-02 12:00")
        .decide(
            renew("r-2", "r-1#0").lasting("2h"),
            deny_all("event.invalid", json!({"event": "INC-7", "why": "ended"})),
        )
        .check(
            "ann",
            "db:write",
            "",
            denied("grant.expired", json!({"end": "03-02 11:00"})).with("next_change_at", Value::Null),
        )
}
