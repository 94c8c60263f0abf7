//! What limits a grant, and which limit is binding. SCENARIOS S02.

use serde_json::json;

use super::company::{database, database_and, incidents};
use crate::Scenario;
use crate::build::{
    allowed, changed, denied, deny, deny_item, fact, of, permit, request, request_all, scenario,
};

pub(super) fn scenarios() -> Vec<Scenario> {
    vec![
        the_least(),
        equal_ends(),
        outer_limit(),
        inner_limit(),
        contract(),
        retirement(),
        event_and_cap(),
        known_closing(),
        session_is_reported(),
        session_is_a_bound(),
        rejected_per_bound(),
        several_are_rejected(),
        all_or_nothing(),
        never_without_an_end(),
    ]
}

/// The engagement of S02, with the eligibility and the rule about sessions given.
fn engagement(lines: &[&str]) -> String {
    let lines: Vec<&str> = ["duration: {max: 4d}"].into_iter().chain(lines.iter().copied()).collect();
    incidents("kinds: [engagement]", &lines)
        + "events:
  ENG-1: {kind: engagement, start: '2026-03-01T00:00:00Z', planned_end: '2026-03-05T00:00:00Z'}
"
}

const UNTIL_TUESDAY: &str = "valid: {until: '2026-03-03T12:00:00Z'}";

fn the_least() -> Scenario {
    let asks = || request("r-1", "ann", "admin").event("ENG-1").lasting("3d").session("03-02 17:00");
    scenario("bounds/the-end-is-the-least-bound", engagement(&[UNTIL_TUESDAY, "session: bound"]))
        .about("S02: session, eligibility, event, asked, maximum: all are reported, the session is binding")
        .at("03-02 09:00")
        .decide(
            asks(),
            permit()
                .grant("r-1#0", "active", "03-02 09:00", "03-02 17:00")
                .clipped("PT72H", &["session"], "PT8H")
                .bounds(&[
                    ("session", "03-02 17:00", ""),
                    ("eligibility", "03-03 12:00", "dba"),
                    ("event", "03-05 00:00", "ENG-1"),
                    ("asked", "03-05 09:00", ""),
                    ("maximum", "03-06 09:00", "dba"),
                ]),
        )
}

fn equal_ends() -> Scenario {
    scenario("bounds/equal-ends-are-all-binding", engagement(&["valid: {until: '2026-03-05T00:00:00Z'}"]))
        .about("S02: bounds with the same end are reported in the order of their kinds, and all of them bind")
        .at("03-02 09:00")
        .decide(
            request("r-1", "ann", "admin").event("ENG-1").lasting("3d"),
            permit()
                .grant("r-1#0", "active", "03-02 09:00", "03-05 00:00")
                .clipped("PT72H", &["eligibility", "event"], "PT63H")
                .bounds(&[
                    ("eligibility", "03-05 00:00", "dba"),
                    ("event", "03-05 00:00", "ENG-1"),
                    ("asked", "03-05 09:00", ""),
                    ("maximum", "03-06 09:00", "dba"),
                ]),
        )
        .decide(
            request("r-1", "ann", "admin").event("ENG-1").until("03-05 00:00"),
            permit().grant("r-1#0", "active", "03-02 09:00", "03-05 00:00").bounds(&[
                ("asked", "03-05 00:00", ""),
                ("eligibility", "03-05 00:00", "dba"),
                ("event", "03-05 00:00", "ENG-1"),
                ("maximum", "03-06 09:00", "dba"),
            ]),
        )
}

/// A project whose members, here ann until `until`, may obtain the right for at most `max`.
fn project(max: &str, until: &str) -> String {
    database(&[&format!("duration: {{max: {max}}}")])
        .replace("who: {kinds: [human]}", "who: {groups: [project]}")
        .replace("entitlements:\n", "entitlements:\n  project: {kind: group, permissions: ['wiki:read']}\n")
        + &format!(
            "memberships:
  m-1: {{group: project, member: ann, from: '2026-03-02T00:00:00Z', until: '{until}'}}
"
        )
}

fn outer_limit() -> Scenario {
    scenario("bounds/an-outer-limit-of-30-days", project("365d", "2026-04-01T00:00:00Z"))
        .about("S02: a membership of 30 days that makes eligible ends what it makes obtainable for 365 days")
        .at("03-02 00:00")
        .commit(
            request("r-1", "ann", "admin").lasting("365d"),
            permit()
                .grant("r-1#0", "active", "03-02 00:00", "04-01 00:00")
                .clipped("PT8760H", &["eligibility"], "PT720H")
                .bounds(&[
                    ("eligibility", "04-01 00:00", "dba"),
                    ("asked", "2027-03-02T00:00:00Z", ""),
                    ("maximum", "2027-03-02T00:00:00Z", "dba"),
                ]),
        )
        .at("03-31 23:59:59.999")
        .check("ann", "db:write", "", allowed().until("04-01 00:00"))
        .at("04-01 00:00")
        .check("ann", "db:write", "", denied("grant.expired", json!({"end": "04-01 00:00"})))
}

fn inner_limit() -> Scenario {
    scenario("bounds/an-inner-limit-of-40-days", project("40d", "2026-08-29T00:00:00Z"))
        .about(
            "S02: within a membership of 180 days access ends after 40, although the membership still stands",
        )
        .at("03-02 00:00")
        .commit(
            request("r-1", "ann", "admin").lasting("180d"),
            permit()
                .grant("r-1#0", "active", "03-02 00:00", "04-11 00:00")
                .clipped("PT4320H", &["maximum"], "PT960H")
                .bounds(&[
                    ("maximum", "04-11 00:00", "dba"),
                    ("asked", "08-29 00:00", ""),
                    ("eligibility", "08-29 00:00", "dba"),
                ]),
        )
        .at("04-11 00:00")
        .check("ann", "db:write", "", denied("grant.expired", json!({"end": "04-11 00:00"})))
        .check("ann", "wiki:read", "", allowed().until("08-29 00:00"))
}

fn contract() -> Scenario {
    let policy = database_and(&["duration: {max: 30d}"], "")
        .replace("ann: {kind: human}", "ann: {kind: human, ends: '2026-03-10T00:00:00Z'}");
    scenario("bounds/a-contract-ends", policy)
        .about("The life of the beneficiary is a bound: its contract, and a departure that is already known")
        .at("03-02 09:00")
        .decide(
            request("r-1", "ann", "admin").lasting("30d"),
            permit()
                .grant("r-1#0", "active", "03-02 09:00", "03-10 00:00")
                .clipped("PT720H", &["identity"], "PT183H")
                .bounds(&[
                    ("identity", "03-10 00:00", "ann"),
                    ("asked", "04-01 09:00", ""),
                    ("maximum", "04-01 09:00", "dba"),
                ]),
        )
        .facts([of("identity_left", "ann").from("03-05 18:00")])
        .decide(
            request("r-1", "ann", "admin").lasting("30d"),
            permit().grant("r-1#0", "active", "03-02 09:00", "03-05 18:00").clipped(
                "PT720H",
                &["identity"],
                "PT81H",
            ),
        )
        .facts([changed("identity_changed", "ann", json!({"ends": "2026-03-03T00:00:00Z"}))])
        .decide(
            request("r-1", "ann", "admin").lasting("30d"),
            permit().grant("r-1#0", "active", "03-02 09:00", "03-03 00:00").clipped(
                "PT720H",
                &["identity"],
                "PT15H",
            ),
        )
}

fn retirement() -> Scenario {
    scenario("bounds/what-is-retired-later", database(&["duration: {max: 30d}"]))
        .about("The entitlement and the scope bound a grant where their retirement is already known; what is retired no rule matches")
        .at("03-02 09:00")
        .facts([
            of("entitlement_retired", "admin").from("03-09 00:00"),
            of("resource_retired", "prod").from("03-04 00:00"),
        ])
        .decide(
            request("r-1", "ann", "admin").within("prod").lasting("30d"),
            permit()
                .grant("r-1#0", "active", "03-02 09:00", "03-04 00:00")
                .and("scope", "prod")
                .clipped("PT720H", &["scope"], "PT39H")
                .bounds(&[
                    ("scope", "03-04 00:00", "prod"),
                    ("eligibility", "03-09 00:00", "dba"),
                    ("entitlement", "03-09 00:00", "admin"),
                    ("asked", "04-01 09:00", ""),
                    ("maximum", "04-01 09:00", "dba"),
                ]),
        )
        .commit(
            request("r-2", "ann", "admin").lasting("30d"),
            permit().grant("r-2#0", "active", "03-02 09:00", "03-09 00:00").clipped(
                "PT720H",
                &["eligibility", "entitlement"],
                "PT159H",
            ),
        )
        .at("03-09 00:00")
        .check("ann", "db:write", "", denied("grant.expired", json!({"end": "03-09 00:00"})))
        .decide(
            request("r-3", "ann", "admin").lasting("1h"),
            deny().item(0, "entitlement.retired", json!({"entitlement": "admin"})),
        )
}

fn event_and_cap() -> Scenario {
    let policy = incidents("kinds: [incident]", &[])
        + "events:
  INC-1: {kind: incident, start: '2026-03-02T08:00:00Z', planned_end: '2026-03-02T18:00:00Z', hard_cap: 6h}
  INC-2: {kind: incident, start: '2026-03-02T08:00:00Z', hard_cap: 6h}
";
    scenario("bounds/an-event-ends-by-plan-and-by-its-cap", policy)
        .about(
            "A rule without duration takes the end from the event: the planned end and the hard cap bound it",
        )
        .at("03-02 09:00")
        .decide(
            request("r-1", "ann", "admin").event("INC-1"),
            permit()
                .grant("r-1#0", "active", "03-02 09:00", "03-02 14:00")
                .and("event", "INC-1")
                .bounds(&[("event_cap", "03-02 14:00", "INC-1"), ("event", "03-02 18:00", "INC-1")]),
        )
        .decide(
            request("r-1", "ann", "admin").event("INC-2"),
            permit().grant("r-1#0", "active", "03-02 09:00", "03-02 14:00").bounds(&[(
                "event_cap",
                "03-02 14:00",
                "INC-2",
            )]),
        )
}

fn known_closing() -> Scenario {
    let policy = incidents("grace: 15m", &["duration: {max: 8h}"])
        + "events:
  INC-1: {kind: incident, start: '2026-03-02T08:00:00Z'}
";
    scenario("bounds/a-closing-that-is-known", policy)
        .about("An event that is known to close later bounds a grant at its closing plus the grace")
        .at("03-02 09:00")
        .facts([of("event_closed", "INC-1").from("03-02 12:00")])
        .decide(
            request("r-1", "ann", "admin").event("INC-1").lasting("8h"),
            permit()
                .grant("r-1#0", "active", "03-02 09:00", "03-02 12:15")
                .clipped("PT8H", &["event_cap"], "PT3H15M")
                .bounds(&[
                    ("event_cap", "03-02 12:15", "INC-1"),
                    ("asked", "03-02 17:00", ""),
                    ("maximum", "03-02 17:00", "dba"),
                ]),
        )
}

fn session_is_reported() -> Scenario {
    let policy = database(&["duration: {max: 8h}", "session_max: 2h"]);
    scenario("bounds/a-session-is-reported", policy)
        .about("By default the session does not end the grant: the earlier end stands beside it, where it is earlier")
        .at("03-02 09:00")
        .decide(
            request("r-1", "ann", "admin").lasting("8h"),
            permit()
                .grant("r-1#0", "active", "03-02 09:00", "03-02 17:00")
                .and("session_until", "2026-03-02T11:00:00Z")
                .bounds(&[("asked", "03-02 17:00", ""), ("maximum", "03-02 17:00", "dba")]),
        )
        .decide(
            request("r-1", "ann", "admin").lasting("8h").session("03-02 10:30"),
            permit()
                .grant("r-1#0", "active", "03-02 09:00", "03-02 17:00")
                .and("session_until", "2026-03-02T10:30:00Z"),
        )
        .decide(
            request("r-1", "ann", "admin").lasting("2h"),
            permit()
                .grant("r-1#0", "active", "03-02 09:00", "03-02 11:00")
                .and("session_until", json!(null)),
        )
}

fn session_is_a_bound() -> Scenario {
    let asks = || request("r-1", "ann", "admin").lasting("8h");
    scenario("bounds/a-session-ends-the-grant", database(&["duration: {max: 8h}", "session: bound"]))
        .about(
            "Where the session bounds the grant its end must be known; a session that is over leaves nothing",
        )
        .at("03-02 09:00")
        .decide(asks(), deny_item("context.missing", json!({"names": ["session.ends_at"]})))
        .decide(
            asks().with("context", json!({"session.ends_at": "tonight"})),
            deny_item("context.missing", json!({"names": ["session.ends_at"]})),
        )
        .decide(
            asks().session("03-02 09:00"),
            deny_item("window.empty", json!({"bound": "session", "end": "03-02 09:00"})).bounds(&[
                ("session", "03-02 09:00", ""),
                ("asked", "03-02 17:00", ""),
                ("maximum", "03-02 17:00", "dba"),
            ]),
        )
        .decide(
            asks().session("03-02 20:00"),
            permit()
                .grant("r-1#0", "active", "03-02 09:00", "03-02 17:00")
                .and("session_until", json!(null))
                .bounds(&[
                    ("asked", "03-02 17:00", ""),
                    ("maximum", "03-02 17:00", "dba"),
                    ("session", "03-02 20:00", ""),
                ]),
        )
}

fn rejected_per_bound() -> Scenario {
    let policy =
        database(&["duration: {max: 8h}", UNTIL_TUESDAY, "on_exceed: {maximum: reject, eligibility: clip}"]);
    scenario("bounds/one-bound-rejects-another-clips", policy)
        .about(
            "Whether more than a bound allows is rejected or clipped is said per bound; those not named clip",
        )
        .at("03-03 09:00")
        .decide(
            request("r-1", "ann", "admin").lasting("9h"),
            deny_item("duration.exceeds_max", json!({"asked": "PT9H", "max": "PT8H"})),
        )
        .decide(
            request("r-1", "ann", "admin").lasting("8h"),
            permit().grant("r-1#0", "active", "03-03 09:00", "03-03 12:00").clipped(
                "PT8H",
                &["eligibility"],
                "PT3H",
            ),
        )
}

fn several_are_rejected() -> Scenario {
    let policy = database(&["duration: {max: 8h}", UNTIL_TUESDAY, "on_exceed: reject"])
        .replace("ann: {kind: human}", "ann: {kind: human, ends: '2026-03-03T11:00:00Z'}");
    scenario("bounds/every-bound-that-rejects-is-told", policy)
        .about("Each kind of bound that rejects is a reason of its own, in the order of codes, then of kinds")
        .at("03-03 09:00")
        .decide(
            request("r-1", "ann", "admin").lasting("9h"),
            deny()
                .item(0, "duration.exceeds_max", json!({"asked": "PT9H", "max": "PT8H"}))
                .item(
                    0,
                    "bound.exceeded",
                    json!({"asked": "03-03 18:00", "bound": "eligibility", "end": "03-03 12:00"}),
                )
                .item(
                    0,
                    "bound.exceeded",
                    json!({"asked": "03-03 18:00", "bound": "identity", "end": "03-03 11:00"}),
                )
                .bounds(&[
                    ("identity", "03-03 11:00", "ann"),
                    ("eligibility", "03-03 12:00", "dba"),
                    ("maximum", "03-03 17:00", "dba"),
                    ("asked", "03-03 18:00", ""),
                ]),
        )
}

fn all_or_nothing() -> Scenario {
    let policy = database(&["duration: {min: 1h, max: 8h}"])
        .replace("eligibility:\n", "  reader: {kind: right, permissions: ['db:read']}\neligibility:\n")
        + "  readers:
    who: {ids: [ben]}
    what: {ids: [reader]}
    duration: {max: 2h}
";
    scenario("bounds/several-items-are-all-or-nothing", policy)
        .about("Each item has bounds and an end of its own; if one is denied, nothing is given")
        .at("03-02 09:00")
        .commit(
            request_all("r-1", "ben", &[("admin", "prod"), ("reader", "")]).lasting("4h"),
            permit()
                .grant("r-1#0", "active", "03-02 09:00", "03-02 13:00")
                .and("entitlement", "admin")
                .and("scope", "prod")
                .grant("r-1#1", "active", "03-02 09:00", "03-02 11:00")
                .and("entitlement", "reader")
                .and("scope", json!(null))
                .warns_item(
                    1,
                    "duration.clipped",
                    json!({"asked": "PT4H", "by": ["maximum"], "left": "PT2H"}),
                )
                .bounds(&[("asked", "03-02 13:00", ""), ("maximum", "03-02 17:00", "dba")])
                .bounds(&[("maximum", "03-02 11:00", "readers"), ("asked", "03-02 13:00", "")]),
        )
        .check("ben", "db:write", "prod/orders", allowed().until("03-02 13:00"))
        .check("ben", "db:read", "", allowed().until("03-02 11:00"))
        .decide(
            request_all("r-2", "ann", &[("reader", "prod"), ("admin", "prod"), ("reader", "")])
                .lasting("30m"),
            deny()
                .item(0, "eligibility.none", json!({"entitlement": "reader", "identity": "ann"}))
                .item(2, "eligibility.none", json!({"entitlement": "reader", "identity": "ann"}))
                .item(1, "duration.below_min", json!({"available": "PT30M", "min": "PT1H"})),
        )
        .check(
            "ann",
            "db:write",
            "prod",
            denied("access.none", json!({"identity": "ann", "permission": "db:write"})),
        )
}

fn never_without_an_end() -> Scenario {
    let policy = incidents("", &[])
        + "events:
  INC-1: {kind: incident, start: '2026-03-02T08:00:00Z'}
  INC-2: {kind: incident, start: '2026-03-02T08:00:00Z', planned_end: '2026-03-02T18:00:00Z'}
";
    scenario("bounds/never-without-an-end", policy)
        .about("S01: where nothing ends a grant there is no grant: an open event without cap needs a duration, also one whose planned end is known to be taken away")
        .at("03-02 09:00")
        .decide(
            request("r-1", "ann", "admin").event("INC-1"),
            deny_item("input.missing", json!({"inputs": ["duration"]})),
        )
        .decide(
            request("r-1", "ann", "admin").event("INC-1").lasting("2h"),
            permit()
                .grant("r-1#0", "active", "03-02 09:00", "03-02 11:00")
                .bounds(&[("asked", "03-02 11:00", "")]),
        )
        .facts([fact(
            "event_changed",
            json!({"id": "INC-2", "changes": {"planned_end": "9999-12-31T23:59:59.999Z"}}),
        )
        .from("03-02 12:00")])
        .decide(
            request("r-1", "ann", "admin").event("INC-2"),
            deny_item("input.missing", json!({"inputs": ["duration"]})).with("bounds", json!([])),
        )
}
