//! A running grant is extended from now, up to its cap. SCENARIOS S03.

use serde_json::json;

use super::company::{database, incidents};
use crate::Scenario;
use crate::build::{
    allowed, changed, deactivate, defined, denied, deny, deny_all, extend, fact, moved, of, permit, request,
    revoke, scenario,
};

pub(super) fn scenarios() -> Vec<Scenario> {
    vec![
        from_now_and_capped(),
        past_the_cap(),
        would_shorten(),
        may_shorten(),
        not_active(),
        not_allowed(),
        limit_of_extensions(),
        without_maximum_and_minimum(),
        same_bounds(),
        rejected(),
        holder_and_requester(),
        same_command_twice(),
        with_an_end_in_sight(),
        follows_its_event(),
    ]
}

const DAY: &[&str] = &["duration: {max: 24h}", "extension: {max_total: 24h}"];

/// S03: a grant from midnight that was extended at ten in the morning and now ends at nine in the evening.
fn extended(name: &str, lines: &[&str]) -> Scenario {
    scenario(&format!("extension/{name}"), database(lines))
        .at("03-02 00:00")
        .commit(
            request("r-1", "ann", "admin").lasting("15h"),
            permit().grant("r-1#0", "active", "03-02 00:00", "03-02 15:00"),
        )
        .at("03-02 10:00")
        .commit(
            extend("x-1", "r-1#0", "11h"),
            permit().grant("r-1#0", "active", "03-02 00:00", "03-02 21:00").writes(&[json!({
                "kind": "grant_extended",
                "id": "x-1/0",
                "by": "ann",
                "effective_at": "2026-03-02T10:00:00Z",
                "body": {"command": "x-1", "end": "2026-03-02T21:00:00Z", "id": "r-1#0", "limit": "2026-03-02T21:00:00Z"},
            })]),
        )
        .name("extended")
}

fn from_now_and_capped() -> Scenario {
    extended("counts-from-now-and-is-capped-from-the-start", DAY)
        .about("S03: extended by 3 h at 20:00 it ends at 23:00, by 6 h at the cap, 24 h after its start")
        .at("03-02 20:00")
        .decide(
            extend("x-2", "r-1#0", "3h"),
            permit()
                .grant("r-1#0", "active", "03-02 00:00", "03-02 23:00")
                .bounds(&[("asked", "03-02 23:00", ""), ("extension", "03-03 00:00", "dba")]),
        )
        .commit(
            extend("x-2", "r-1#0", "6h"),
            permit()
                .grant("r-1#0", "active", "03-02 00:00", "03-03 00:00")
                .warns("duration.clipped", json!({"asked": "PT6H", "by": ["extension"], "left": "PT4H"}))
                .bounds(&[("extension", "03-03 00:00", "dba"), ("asked", "03-03 02:00", "")]),
        )
        .check("ann", "db:write", "", allowed().until("03-03 00:00"))
        .at("03-03 00:00")
        .check("ann", "db:write", "", denied("grant.expired", json!({"end": "03-03 00:00"})))
}

fn past_the_cap() -> Scenario {
    extended("is-past-the-cap", DAY)
        .about("S03: from the cap on nothing can be extended; before it, what has ended cannot")
        .at("03-02 21:00")
        .decide(
            extend("x-2", "r-1#0", "1h"),
            deny_all("extension.not_active", json!({"grant": "r-1#0", "state": "ended"})),
        )
        .at("03-02 23:59:59.999")
        .decide(
            extend("x-2", "r-1#0", "1h"),
            deny_all("extension.not_active", json!({"grant": "r-1#0", "state": "ended"})),
        )
        .at("03-03 00:00")
        .decide(
            extend("x-2", "r-1#0", "1h"),
            deny_all("extension.past_max_total", json!({"end": "03-03 00:00", "max_total": "PT24H"})),
        )
}

fn would_shorten() -> Scenario {
    extended("does-not-shorten", DAY)
        .about("S03: what ends earlier than the grant does now, or at the same instant, is no extension")
        .at("03-02 20:00")
        .decide(
            extend("x-2", "r-1#0", "30m"),
            deny_all("extension.would_shorten", json!({"end": "03-02 20:30", "held": "03-02 21:00"})),
        )
        .decide(extend("x-2", "r-1#0", "1h"), deny_all("extension.no_gain", json!({"end": "03-02 21:00"})))
        .decide(
            extend("x-2", "r-1#0", "PT1H0.001S"),
            permit().grant("r-1#0", "active", "03-02 00:00", "03-02 21:00:00.001"),
        )
}

fn may_shorten() -> Scenario {
    extended(
        "shortens-where-the-rule-allows-it",
        &["duration: {max: 24h}", "extension: {max_total: 24h, allow_shorten: true}"],
    )
    .about("S03: with `allow_shorten` the new end may be earlier")
    .at("03-02 20:00")
    .commit(extend("x-2", "r-1#0", "30m"), permit().grant("r-1#0", "active", "03-02 00:00", "03-02 20:30"))
    .check("ann", "db:write", "", allowed().until("03-02 20:30"))
    .at("03-02 20:30")
    .check("ann", "db:write", "", denied("grant.expired", json!({"end": "03-02 20:30"})))
}

fn not_active() -> Scenario {
    extended("needs-a-running-grant", DAY)
        .about(
            "S03: what was revoked, given back or has not begun is not extended; a new request is possible",
        )
        .at("03-02 19:00")
        .commit(revoke("v-1", "r-1#0"), permit().grant("r-1#0", "revoked", "03-02 00:00", "03-02 19:00"))
        .at("03-02 20:00")
        .decide(
            extend("x-2", "r-1#0", "1h"),
            deny_all("extension.not_active", json!({"grant": "r-1#0", "state": "revoked"})),
        )
        .decide(
            request("r-2", "ann", "admin").lasting("1h"),
            permit().grant("r-2#0", "active", "03-02 20:00", "03-02 21:00"),
        )
        .fork("extended")
        .at("03-02 19:00")
        .commit(deactivate("d-1", "r-1#0"), permit().grant("r-1#0", "ended", "03-02 00:00", "03-02 19:00"))
        .at("03-02 20:00")
        .decide(
            extend("x-2", "r-1#0", "1h"),
            deny_all("extension.not_active", json!({"grant": "r-1#0", "state": "ended"})),
        )
        .decide(extend("x-3", "r-9#0", "1h"), deny_all("grant.unknown", json!({"grant": "r-9#0"})))
        .fork("extended")
        .commit(
            request("r-3", "ann", "admin").starting("03-03 08:00").lasting("1h"),
            permit().grant("r-3#0", "scheduled", "03-03 08:00", "03-03 09:00"),
        )
        .decide(
            extend("x-2", "r-3#0", "20h"),
            deny_all("extension.not_active", json!({"grant": "r-3#0", "state": "scheduled"})),
        )
}

fn not_allowed() -> Scenario {
    scenario("extension/is-not-allowed", database(&["duration: {max: 8h}"]))
        .about("Without `extension` in the rule nothing is extended, and a rule that no longer matches gives nothing")
        .at("03-02 09:00")
        .commit(
            request("r-1", "ann", "admin").lasting("4h"),
            permit().grant("r-1#0", "active", "03-02 09:00", "03-02 13:00"),
        )
        .at("03-02 12:00")
        .decide(extend("x-1", "r-1#0", "2h"), deny_all("extension.not_allowed", json!({})))
}

fn limit_of_extensions() -> Scenario {
    let lines = ["duration: {max: 24h}", "extension: {max_total: 24h, max_count: 2}"];
    extended("so-often-and-no-more", &lines)
        .about("A grant is extended at most `max_count` times")
        .at("03-02 19:00")
        .commit(extend("x-2", "r-1#0", "3h"), permit().grant("r-1#0", "active", "03-02 00:00", "03-02 22:00"))
        .at("03-02 20:00")
        .decide(extend("x-3", "r-1#0", "3h"), deny_all("extension.limit_reached", json!({"count": 2})))
}

fn without_maximum_and_minimum() -> Scenario {
    let lines = ["duration: {min: 2h, max: 4h}", "extension: {max_total: 12h}", "on_exceed: reject"];
    scenario("extension/neither-maximum-nor-minimum-applies", database(&lines))
        .about("An extension is bound by `max_total`, not by the longest or shortest duration of the rule")
        .at("03-02 09:00")
        .commit(
            request("r-1", "ann", "admin").lasting("4h"),
            permit().grant("r-1#0", "active", "03-02 09:00", "03-02 13:00"),
        )
        .at("03-02 12:00")
        .decide(
            extend("x-1", "r-1#0", "8h"),
            permit()
                .grant("r-1#0", "active", "03-02 09:00", "03-02 20:00")
                .bounds(&[("asked", "03-02 20:00", ""), ("extension", "03-02 21:00", "dba")]),
        )
        .decide(
            extend("x-1", "r-1#0", "61m"),
            permit().grant("r-1#0", "active", "03-02 09:00", "03-02 13:01"),
        )
        .decide(
            extend("x-1", "r-1#0", "10h"),
            deny_all(
                "bound.exceeded",
                json!({"asked": "03-02 22:00", "bound": "extension", "end": "03-02 21:00"}),
            ),
        )
}

fn same_bounds() -> Scenario {
    let lines = [
        "duration: {max: 8h}",
        "extension: {max_total: 72h}",
        "valid: {until: '2026-03-03T12:00:00Z'}",
        "session: bound",
        "require: {reason: true}",
    ];
    let policy =
        database(&lines).replace("ann: {kind: human}", "ann: {kind: human, ends: '2026-03-04T00:00:00Z'}");
    scenario("extension/all-other-bounds-and-inputs-count", policy)
        .about("Eligibility, life and session bound an extension like a request, and what must be stated must be stated")
        .at("03-02 09:00")
        .commit(
            request("r-1", "ann", "admin").lasting("4h").because("lag").session("03-03 10:00"),
            permit().grant("r-1#0", "active", "03-02 09:00", "03-02 13:00"),
        )
        .at("03-02 12:00")
        .decide(
            extend("x-1", "r-1#0", "48h"),
            deny()
                .says("input.missing", json!({"inputs": ["reason"]}))
                .says("context.missing", json!({"names": ["session.ends_at"]})),
        )
        .decide(
            extend("x-1", "r-1#0", "48h").because("lag").session("03-03 10:00"),
            permit()
                .grant("r-1#0", "active", "03-02 09:00", "03-03 10:00")
                .warns("duration.clipped", json!({"asked": "PT48H", "by": ["session"], "left": "PT22H"}))
                .bounds(&[
                    ("session", "03-03 10:00", ""),
                    ("eligibility", "03-03 12:00", "dba"),
                    ("identity", "03-04 00:00", "ann"),
                    ("asked", "03-04 12:00", ""),
                    ("extension", "03-05 09:00", "dba"),
                ]),
        )
}

fn rejected() -> Scenario {
    let lines = ["duration: {max: 8h}", "extension: {max_total: 12h}"];
    scenario(
        "extension/needs-eligibility-now",
        database(&lines)
            .replace("who: {kinds: [human]}", "who: {attributes: {dept: [finance]}}")
            .replace("what: {ids: [admin]}", "what: {ids: [admin]}\n    on_loss: run_out"),
    )
    .about("S09: holding a grant gives no right to extend it")
    .at("03-02 09:00")
    .commit(
        request("r-1", "ben", "admin").lasting("4h"),
        permit().grant("r-1#0", "active", "03-02 09:00", "03-02 13:00"),
    )
    .at("03-02 11:00")
    .facts([moved("ben", "sales")])
    .at("03-02 12:00")
    .decide(
        extend("x-1", "r-1#0", "2h"),
        deny_all("eligibility.none", json!({"entitlement": "admin", "identity": "ben"})),
    )
    .check("ben", "db:write", "", allowed().until("03-02 13:00"))
}

fn holder_and_requester() -> Scenario {
    scenario("extension/by-the-holder-or-the-requester", database(DAY))
        .about("A grant is extended by who holds it or who requested it, and by no one else")
        .at("03-02 09:00")
        .commit(
            request("r-1", "ann", "admin").requester("ben").lasting("4h"),
            permit().grant("r-1#0", "active", "03-02 09:00", "03-02 13:00"),
        )
        .facts([defined("identity_defined", "eve", json!({"kind": "human"}))])
        .at("03-02 12:00")
        .decide(
            extend("x-1", "r-1#0", "2h").by("ann"),
            permit().grant("r-1#0", "active", "03-02 09:00", "03-02 14:00"),
        )
        .decide(
            extend("x-1", "r-1#0", "2h").by("ben"),
            permit().grant("r-1#0", "active", "03-02 09:00", "03-02 14:00"),
        )
        .decide(
            extend("x-1", "r-1#0", "2h").by("eve"),
            deny_all("authority.not_holder", json!({"by": "eve", "target": "r-1#0"})),
        )
}

fn same_command_twice() -> Scenario {
    extended("the-same-command-again", DAY)
        .about("The same extension again answers the grant as it is and writes nothing; another under the same id is refused")
        .at("03-02 20:00")
        .decide(
            extend("x-1", "r-1#0", "11h"),
            permit()
                .warns("request.already_resolved", json!({"request": "x-1"}))
                .grant("r-1#0", "active", "03-02 00:00", "03-02 21:00")
                .writes(&[])
                .with("bounds", json!([])),
        )
        .decide(extend("x-1", "r-1#0", "12h"), deny_all("request.id_reused", json!({"request": "x-1"})))
        .decide(extend("r-1", "r-1#0", "3h"), deny_all("request.id_reused", json!({"request": "r-1"})))
        .decide(
            request("x-1", "ann", "admin").lasting("1h"),
            deny_all("request.id_reused", json!({"request": "x-1"})),
        )
}

fn with_an_end_in_sight() -> Scenario {
    extended("with-another-end-in-sight", DAY)
        .about("What an extension gains is judged by when the grant will be over, whatever ends it")
        .at("03-02 19:00")
        .facts([fact("grant_revoked", json!({"id": "r-1#0", "cause": "grant.revoked"})).from("03-02 20:30")])
        .decide(extend("x-2", "r-1#0", "4h"), deny_all("extension.no_gain", json!({"end": "03-02 20:30"})))
        .decide(
            extend("x-2", "r-1#0", "1h"),
            deny_all("extension.would_shorten", json!({"end": "03-02 20:00", "held": "03-02 20:30"})),
        )
        .check("ann", "db:write", "", allowed().until("03-02 20:30"))
}

fn follows_its_event() -> Scenario {
    let policy = incidents("", &["duration: {max: 8h}", "extension: {max_total: 24h}"])
        + "events:
  INC-7: {kind: incident, start: '2026-03-02T08:00:00Z', planned_end: '2026-03-02T18:00:00Z'}
";
    scenario("extension/while-the-event-lasts", policy)
        .about("An extension is bound by the event of the grant; once that has ended there is no extension")
        .at("03-02 09:00")
        .commit(
            request("r-1", "ann", "admin").event("INC-7").lasting("8h"),
            permit().grant("r-1#0", "active", "03-02 09:00", "03-02 17:00"),
        )
        .name("granted")
        .at("03-02 16:00")
        .decide(
            extend("x-1", "r-1#0", "4h"),
            permit()
                .grant("r-1#0", "active", "03-02 09:00", "03-02 18:00")
                .warns("duration.clipped", json!({"asked": "PT4H", "by": ["event"], "left": "PT2H"}))
                .bounds(&[
                    ("event", "03-02 18:00", "INC-7"),
                    ("asked", "03-02 20:00", ""),
                    ("extension", "03-03 09:00", "dba"),
                ]),
        )
        .facts([changed("event_changed", "INC-7", json!({"planned_end": "2026-03-02T15:00:00Z"}))])
        .decide(
            extend("x-1", "r-1#0", "4h"),
            deny_all("event.invalid", json!({"event": "INC-7", "why": "ended"})),
        )
        .check("ann", "db:write", "", allowed().until("03-02 17:00"))
        .fork("granted")
        .at("03-02 16:00")
        .facts([of("event_closed", "INC-7")])
        .decide(
            extend("x-1", "r-1#0", "4h"),
            deny_all("extension.not_active", json!({"grant": "r-1#0", "state": "ended"})),
        )
}
