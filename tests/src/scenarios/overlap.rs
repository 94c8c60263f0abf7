//! The same thing held more than once. SCENARIOS S04.

use serde_json::json;

use super::company::database;
use crate::Scenario;
use crate::build::{allowed, denied, deny, deny_item, found, permit, request, request_all, revoke, scenario};

pub(super) fn scenarios() -> Vec<Scenario> {
    vec![
        union(),
        back_to_back(),
        revoked_by_mode(),
        rejected(),
        rejected_only_where_it_overlaps(),
        extends(),
        extends_only_what_runs(),
        extends_up_to_the_cap(),
        the_same_item_in_two_requests(),
    ]
}

/// S04: A from 09:00 to 10:00, B from 09:55 to 10:55, both of the same right in the same scope.
fn two(name: &str, lines: &[&str]) -> Scenario {
    scenario(&format!("overlap/{name}"), database(lines))
        .at("03-02 09:00")
        .commit(
            request("r-a", "ann", "admin").within("prod").lasting("1h"),
            permit().grant("r-a#0", "active", "03-02 09:00", "03-02 10:00"),
        )
        .name("a")
        .at("03-02 09:55")
        .commit(
            request("r-b", "ann", "admin").within("prod").lasting("1h"),
            permit().grant("r-b#0", "active", "03-02 09:55", "03-02 10:55"),
        )
        .name("a and b")
}

fn union() -> Scenario {
    two("access-is-the-union", &["duration: {max: 8h}"])
        .about("S04: when A ends B still gives access: A is recorded as ended, and nothing is taken away")
        .at("03-02 09:56")
        .check(
            "ann",
            "db:write",
            "prod/orders",
            allowed().until("03-02 10:55").next("03-02 10:00").via(&[("grant", "r-b#0"), ("grant", "r-a#0")]),
        )
        .at("03-02 10:00")
        .check(
            "ann",
            "db:write",
            "prod/orders",
            allowed().until("03-02 10:55").next("03-02 10:55").via(&[("grant", "r-b#0")]),
        )
        .record(found().ends("grant_ended", "r-a#0", "03-02 10:00", "grant.expired"))
        .at("03-02 10:55")
        .check("ann", "db:write", "prod/orders", denied("grant.expired", json!({"end": "03-02 10:55"})))
        .record(
            found()
                .ends("grant_ended", "r-b#0", "03-02 10:55", "grant.expired")
                .removes("ann", "admin", "prod"),
        )
        .reconcile(found())
        .fork("a and b")
        .reconcile(
            found()
                .ends("grant_ended", "r-a#0", "03-02 10:00", "grant.expired")
                .ends("grant_ended", "r-b#0", "03-02 10:55", "grant.expired")
                .removes("ann", "admin", "prod"),
        )
}

fn back_to_back() -> Scenario {
    scenario("overlap/back-to-back-without-a-gap", database(&["duration: {max: 8h}", "already_held: reject"]))
        .about("S04: B starts exactly when A ends: no overlap, no gap, and nothing is taken away in between")
        .at("03-02 09:00")
        .commit(
            request("r-a", "ann", "admin").lasting("1h"),
            permit().grant("r-a#0", "active", "03-02 09:00", "03-02 10:00"),
        )
        .commit(
            request("r-b", "ann", "admin").starting("03-02 10:00").lasting("1h"),
            permit().grant("r-b#0", "scheduled", "03-02 10:00", "03-02 11:00"),
        )
        .check(
            "ann",
            "db:write",
            "",
            allowed().until("03-02 11:00").next("03-02 10:00").via(&[("grant", "r-a#0")]),
        )
        .at("03-02 10:00")
        .check(
            "ann",
            "db:write",
            "",
            allowed().until("03-02 11:00").next("03-02 11:00").via(&[("grant", "r-b#0")]),
        )
        .reconcile(found().ends("grant_ended", "r-a#0", "03-02 10:00", "grant.expired"))
}

fn revoked_by_mode() -> Scenario {
    two("revoked-one-or-all", &["duration: {max: 8h}"])
        .about("S04: for cause every grant of the same right in the same scope is revoked, else only the one named")
        .at("03-02 09:56")
        .commit(
            request("r-c", "ann", "admin").within("test").lasting("1h"),
            permit().grant("r-c#0", "active", "03-02 09:56", "03-02 10:56"),
        )
        .commit(
            request("r-d", "ann", "admin").within("prod").starting("03-02 12:00").lasting("1h"),
            permit().grant("r-d#0", "scheduled", "03-02 12:00", "03-02 13:00"),
        )
        .name("four")
        .at("03-02 09:57")
        .commit(
            revoke("v-1", "r-a#0").by("ben").because("compromised"),
            permit().grant("r-a#0", "revoked", "03-02 09:00", "03-02 09:57").writes(&[json!({
                "kind": "grant_revoked",
                "id": "v-1/r-a#0/1772445420000",
                "by": "ben",
                "body": {"cause": "grant.revoked", "id": "r-a#0", "reason": "compromised"},
            })]),
        )
        .check("ann", "db:write", "prod", allowed().until("03-02 10:55"))
        .fork("four")
        .commit(
            revoke("v-1", "r-a#0").by("ben").with("mode", "entitlement"),
            permit()
                .grant("r-a#0", "revoked", "03-02 09:00", "03-02 09:57")
                .grant("r-b#0", "revoked", "03-02 09:55", "03-02 09:57")
                .grant("r-d#0", "void", "03-02 12:00", "03-02 09:57")
                .writes(&[
                    json!({"kind": "grant_revoked", "id": "v-1/r-a#0/1772445420000", "body": {"id": "r-a#0"}}),
                    json!({"kind": "grant_revoked", "id": "v-1/r-b#0/1772445420000", "body": {"id": "r-b#0"}}),
                    json!({"kind": "grant_voided", "id": "v-1/r-d#0/1772445420000", "body": {"id": "r-d#0"}}),
                ]),
        )
        .check("ann", "db:write", "prod", denied("grant.expired", json!({"end": "03-02 09:57"})))
        .check("ann", "db:write", "test", allowed().until("03-02 10:56"))
}

fn rejected() -> Scenario {
    scenario("overlap/already-held-is-rejected", database(&["duration: {max: 8h}", "already_held: reject"]))
        .about("S04: with `already_held: reject` a second grant of the same thing in the window is denied")
        .at("03-02 09:00")
        .commit(
            request("r-a", "ann", "admin").within("prod").lasting("1h"),
            permit().grant("r-a#0", "active", "03-02 09:00", "03-02 10:00"),
        )
        .at("03-02 09:55")
        .decide(
            request("r-b", "ann", "admin").within("prod").lasting("1h"),
            deny_item("grant.already_active", json!({"grant": "r-a#0"}))
                .bounds(&[("asked", "03-02 10:55", ""), ("maximum", "03-02 17:55", "dba")]),
        )
        .decide(
            request("r-b", "ann", "admin").within("prod").starting("03-02 09:59:59.999").lasting("1h"),
            deny_item("grant.already_active", json!({"grant": "r-a#0"})),
        )
        .decide(
            request_all("r-b", "ann", &[("admin", "test"), ("admin", "prod")]).lasting("1h"),
            deny().item(1, "grant.already_active", json!({"grant": "r-a#0"})),
        )
}

fn rejected_only_where_it_overlaps() -> Scenario {
    scenario("overlap/other-things-are-not-already-held", database(&["duration: {max: 8h}", "already_held: reject"]))
        .about("S04: another scope, another holder, and grants that have expired, were revoked or come later do not overlap")
        .at("03-02 09:00")
        .commit(
            request("r-a", "ann", "admin").within("prod").lasting("1h"),
            permit().grant("r-a#0", "active", "03-02 09:00", "03-02 10:00"),
        )
        .name("held")
        .decide(
            request("r-b", "ann", "admin").within("test").lasting("1h"),
            permit().grant("r-b#0", "active", "03-02 09:00", "03-02 10:00"),
        )
        .decide(
            request("r-b", "ann", "admin").within("prod/orders").lasting("1h"),
            permit().grant("r-b#0", "active", "03-02 09:00", "03-02 10:00"),
        )
        .decide(
            request("r-b", "ann", "admin").lasting("1h"),
            permit().grant("r-b#0", "active", "03-02 09:00", "03-02 10:00"),
        )
        .decide(
            request("r-b", "ben", "admin").within("prod").lasting("1h"),
            permit().grant("r-b#0", "active", "03-02 09:00", "03-02 10:00"),
        )
        .decide(
            request("r-b", "ann", "admin").within("prod").starting("03-02 10:00").lasting("1h"),
            permit().grant("r-b#0", "scheduled", "03-02 10:00", "03-02 11:00"),
        )
        .at("03-02 10:00")
        .decide(
            request("r-b", "ann", "admin").within("prod").lasting("1h"),
            permit().grant("r-b#0", "active", "03-02 10:00", "03-02 11:00"),
        )
        .at("03-02 09:30")
        .commit(
            revoke("v-1", "r-a#0"),
            permit().grant("r-a#0", "revoked", "03-02 09:00", "03-02 09:30"),
        )
        .decide(
            request("r-b", "ann", "admin").within("prod").lasting("1h"),
            permit().grant("r-b#0", "active", "03-02 09:30", "03-02 10:30"),
        )
        .fork("held")
        .commit(
            request("r-c", "ann", "admin").within("prod").starting("03-02 12:00").lasting("1h"),
            permit().grant("r-c#0", "scheduled", "03-02 12:00", "03-02 13:00"),
        )
        .at("03-02 11:00")
        .decide(
            request("r-d", "ann", "admin").within("prod").lasting("1h"),
            permit().grant("r-d#0", "active", "03-02 11:00", "03-02 12:00"),
        )
        .decide(
            request("r-d", "ann", "admin").within("prod").lasting("PT1H0.001S"),
            deny_item("grant.already_active", json!({"grant": "r-c#0"})),
        )
}

const EXTENDS: &[&str] = &["duration: {max: 8h}", "already_held: extend", "extension: {max_total: 12h}"];

fn extends() -> Scenario {
    scenario("overlap/already-held-is-extended", database(EXTENDS))
        .about("With `already_held: extend` a request for what runs extends it, and says so by its grant")
        .at("03-02 09:00")
        .commit(
            request("r-a", "ann", "admin").lasting("2h"),
            permit().grant("r-a#0", "active", "03-02 09:00", "03-02 11:00"),
        )
        .name("held")
        .at("03-02 10:00")
        .commit(
            request("r-b", "ann", "admin").lasting("4h"),
            permit()
                .grant("r-a#0", "active", "03-02 09:00", "03-02 14:00")
                .bounds(&[
                    ("asked", "03-02 14:00", ""),
                    ("maximum", "03-02 18:00", "dba"),
                    ("extension", "03-02 21:00", "dba"),
                ])
                .writes(&[
                    json!({"kind": "request_made", "id": "r-b/0"}),
                    json!({"kind": "request_resolved", "id": "r-b/1", "body": {"grants": ["r-a#0"], "id": "r-b"}}),
                    json!({"kind": "grant_extended", "id": "r-b/2", "body": {"command": "r-b", "end": "2026-03-02T14:00:00Z", "id": "r-a#0"}}),
                ]),
        )
        .check("ann", "db:write", "", allowed().until("03-02 14:00").via(&[("grant", "r-a#0")]))
        .decide(
            request("r-b", "ann", "admin").lasting("4h"),
            permit()
                .warns("request.already_resolved", json!({"request": "r-b"}))
                .grant("r-a#0", "active", "03-02 09:00", "03-02 14:00"),
        )
        .fork("held")
        .decide(
            request("r-b", "ann", "admin").lasting("1h"),
            deny_item("extension.no_gain", json!({"end": "03-02 11:00"})),
        )
        .decide(
            request("r-b", "ann", "admin").lasting("30m"),
            deny_item("extension.would_shorten", json!({"end": "03-02 10:30", "held": "03-02 11:00"})),
        )
}

fn extends_only_what_runs() -> Scenario {
    scenario("overlap/only-what-runs-is-extended", database(EXTENDS))
        .about("With `already_held: extend` what is asked for a later start, or after the end, is a grant of its own")
        .at("03-02 09:00")
        .commit(
            request("r-a", "ann", "admin").lasting("2h"),
            permit().grant("r-a#0", "active", "03-02 09:00", "03-02 11:00"),
        )
        .at("03-02 10:00")
        .decide(
            request("r-b", "ann", "admin").starting("03-02 10:30").lasting("4h"),
            permit().grant("r-b#0", "scheduled", "03-02 10:30", "03-02 14:30"),
        )
        .decide(
            request("r-b", "ann", "admin").within("prod").lasting("4h"),
            permit().grant("r-b#0", "active", "03-02 10:00", "03-02 14:00"),
        )
        .at("03-02 11:00")
        .decide(
            request("r-b", "ann", "admin").lasting("4h"),
            permit().grant("r-b#0", "active", "03-02 11:00", "03-02 15:00"),
        )
}

fn extends_up_to_the_cap() -> Scenario {
    let lines = ["duration: {max: 8h}", "already_held: extend", "extension: {max_total: 12h, max_count: 1}"];
    scenario("overlap/extended-within-the-limits-of-extensions", database(&lines))
        .about("A request that extends is bound by the cap and the count of extensions")
        .at("03-02 09:00")
        .commit(
            request("r-a", "ann", "admin").lasting("8h"),
            permit().grant("r-a#0", "active", "03-02 09:00", "03-02 17:00"),
        )
        .at("03-02 16:00")
        .commit(
            request("r-b", "ann", "admin").lasting("8h"),
            permit()
                .grant("r-a#0", "active", "03-02 09:00", "03-02 21:00")
                .clipped("PT8H", &["extension"], "PT5H")
                .bounds(&[
                    ("extension", "03-02 21:00", "dba"),
                    ("asked", "03-03 00:00", ""),
                    ("maximum", "03-03 00:00", "dba"),
                ]),
        )
        .at("03-02 20:00")
        .decide(
            request("r-c", "ann", "admin").lasting("8h"),
            deny_item("extension.limit_reached", json!({"count": 1})),
        )
}

fn the_same_item_in_two_requests() -> Scenario {
    scenario("overlap/stacked-by-default", database(&["duration: {max: 8h}"]))
        .about("By default a second grant stands beside the first, also in the same instant")
        .at("03-02 09:00")
        .commit(
            request("r-a", "ann", "admin").lasting("1h"),
            permit().grant("r-a#0", "active", "03-02 09:00", "03-02 10:00"),
        )
        .commit(
            request("r-b", "ann", "admin").lasting("1h"),
            permit().grant("r-b#0", "active", "03-02 09:00", "03-02 10:00"),
        )
        .check(
            "ann",
            "db:write",
            "",
            allowed().until("03-02 10:00").via(&[("grant", "r-a#0"), ("grant", "r-b#0")]),
        )
        .at("03-02 10:00")
        .reconcile(
            found()
                .ends("grant_ended", "r-a#0", "03-02 10:00", "grant.expired")
                .ends("grant_ended", "r-b#0", "03-02 10:00", "grant.expired")
                .removes("ann", "admin", ""),
        )
}
