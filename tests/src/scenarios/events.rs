//! Grants that are tied to a business event. SCENARIOS S25.

use serde_json::json;

use super::company::incidents;
use crate::Scenario;
use crate::build::{
    Expect, Happening, allowed, changed, defined, denied, deny, deny_all, deny_item, extend, found, instant,
    of, permit, request, scenario,
};

pub(super) fn scenarios() -> Vec<Scenario> {
    vec![
        closes_early(),
        closes_early_with_grace(),
        closed_before_the_start(),
        slips(),
        slips_and_is_followed(),
        follows_to_an_earlier_end(),
        cap_moves(),
        invalid(),
        not_started(),
        ceiling_and_kinds(),
        self_opened(),
        stale(),
        stale_by_its_own_facts(),
        not_asked_for(),
        open_end(),
        opened_anew(),
        past_its_planned_end(),
    ]
}

fn inc7() -> Happening {
    defined(
        "event_opened",
        "INC-7",
        json!({
            "kind": "incident",
            "start": "2026-03-02T09:00:00Z",
            "planned_end": "2026-03-02T18:00:00Z",
            "hard_cap": "PT12H",
        }),
    )
}

fn moved_to(end: &str) -> Happening {
    changed("event_changed", "INC-7", json!({"planned_end": instant(end)}))
}

/// S25: a grant for INC-7, planned until 18:00, capped at 21:00.
fn granted(name: &str, event: &str) -> Scenario {
    scenario(&format!("events/{name}"), incidents(event, &[]))
        .at("03-02 09:00")
        .facts([inc7()])
        .commit(
            request("r-1", "ann", "admin").event("INC-7"),
            permit()
                .grant("r-1#0", "active", "03-02 09:00", "03-02 18:00")
                .and("event", "INC-7")
                .bounds(&[("event", "03-02 18:00", "INC-7"), ("event_cap", "03-02 21:00", "INC-7")]),
        )
        .name("granted")
}

fn over(end: &str) -> Expect {
    denied("grant.expired", json!({"end": instant(end)}))
}

fn invalid_event(why: &str) -> Expect {
    deny_all("event.invalid", json!({"event": "INC-7", "why": why}))
}

fn closes_early() -> Scenario {
    granted("closes-early", "kinds: [incident]")
        .about("S25: closed at 14:00, the grant ends at 14:00; reopened at 15:00 it does not revive, a new request is needed")
        .at("03-02 14:00")
        .facts([of("event_closed", "INC-7")])
        .check("ann", "db:write", "", over("03-02 14:00"))
        .reconcile(
            found().ends("grant_ended", "r-1#0", "03-02 14:00", "event.ended").removes("ann", "admin", ""),
        )
        .decide(request("r-2", "ann", "admin").event("INC-7"), invalid_event("ended"))
        .at("03-02 15:00")
        .facts([inc7()])
        .check("ann", "db:write", "", over("03-02 14:00"))
        .commit(
            request("r-2", "ann", "admin").event("INC-7"),
            permit().grant("r-2#0", "active", "03-02 15:00", "03-02 18:00"),
        )
        .check("ann", "db:write", "", allowed().until("03-02 18:00").via(&[("grant", "r-2#0")]))
}

fn closes_early_with_grace() -> Scenario {
    granted("closes-early-with-grace", "kinds: [incident], grace: 15m")
        .about("S25: with a grace of 15 minutes the grant outlives the closing by them, not its own end")
        .at("03-02 14:00")
        .facts([of("event_closed", "INC-7")])
        .check("ann", "db:write", "", allowed().until("03-02 14:15"))
        .reconcile(found())
        .at("03-02 14:10")
        .facts([inc7()])
        .check("ann", "db:write", "", allowed().until("03-02 14:15"))
        .at("03-02 14:15")
        .check("ann", "db:write", "", over("03-02 14:15"))
        .reconcile(
            found().ends("grant_ended", "r-1#0", "03-02 14:15", "event.ended").removes("ann", "admin", ""),
        )
        .fork("granted")
        .at("03-02 17:55")
        .facts([of("event_closed", "INC-7")])
        .check("ann", "db:write", "", allowed().until("03-02 18:00"))
        .at("03-02 18:00")
        .reconcile(
            found().ends("grant_ended", "r-1#0", "03-02 18:00", "grant.expired").removes("ann", "admin", ""),
        )
}

fn closed_before_the_start() -> Scenario {
    scenario("events/closed-before-the-start", incidents("grace: 15m", &["duration: {max: 8h}"]))
        .about(
            "A scheduled grant whose event is over at its start is void: there is no grace without a grant",
        )
        .at("03-02 09:00")
        .facts([inc7()])
        .commit(
            request("r-1", "ann", "admin").event("INC-7").starting("03-02 12:00").lasting("2h"),
            permit().grant("r-1#0", "scheduled", "03-02 12:00", "03-02 14:00"),
        )
        .at("03-02 11:00")
        .facts([of("event_closed", "INC-7")])
        .at("03-02 12:00")
        .check(
            "ann",
            "db:write",
            "",
            denied("access.none", json!({"identity": "ann", "permission": "db:write"})),
        )
        .reconcile(found().ends("grant_voided", "r-1#0", "03-02 12:00", "event.ended"))
}

fn slips() -> Scenario {
    granted("slips", "kinds: [incident]")
        .about("S25: when the planned end moves to 23:00 a grant that does not follow keeps its end")
        .at("03-02 12:00")
        .facts([moved_to("03-02 23:00")])
        .check("ann", "db:write", "", allowed().until("03-02 18:00"))
        .at("03-02 18:00")
        .check("ann", "db:write", "", over("03-02 18:00"))
        .decide(
            request("r-2", "ann", "admin").event("INC-7"),
            permit()
                .grant("r-2#0", "active", "03-02 18:00", "03-02 21:00")
                .bounds(&[("event_cap", "03-02 21:00", "INC-7"), ("event", "03-02 23:00", "INC-7")]),
        )
}

fn slips_and_is_followed() -> Scenario {
    granted("slips-and-is-followed", "follow: true")
        .about("S25: a grant that follows its event moves with the planned end, up to the hard cap, never to 23:00")
        .at("03-02 12:00")
        .facts([moved_to("03-02 20:00")])
        .check("ann", "db:write", "", allowed().until("03-02 20:00"))
        .at("03-02 13:00")
        .facts([moved_to("03-02 23:00")])
        .check("ann", "db:write", "", allowed().until("03-02 21:00"))
        .at("03-02 21:00")
        .check("ann", "db:write", "", over("03-02 21:00"))
        .reconcile(
            found().ends("grant_ended", "r-1#0", "03-02 21:00", "event.ended").removes("ann", "admin", ""),
        )
}

fn follows_to_an_earlier_end() -> Scenario {
    granted("an-earlier-end-is-followed", "follow: true")
        .about("A planned end that moves to the past ends what follows when it is said, not before; it ends it for good")
        .at("03-02 13:00")
        .facts([moved_to("03-02 12:00")])
        .check("ann", "db:write", "", over("03-02 13:00"))
        .reconcile(
            found().ends("grant_ended", "r-1#0", "03-02 13:00", "event.ended").removes("ann", "admin", ""),
        )
        .at("03-02 14:00")
        .facts([moved_to("03-02 20:00")])
        .check("ann", "db:write", "", over("03-02 13:00"))
        .fork("granted")
        .at("03-02 13:00")
        .facts([moved_to("03-02 16:00")])
        .check("ann", "db:write", "", allowed().until("03-02 16:00"))
}

fn cap_moves() -> Scenario {
    granted("the-cap-holds-whatever-the-plan", "kinds: [incident]")
        .about("A cap that is shortened ends what runs past it, with the grace of the rule, here none")
        .at("03-02 12:00")
        .facts([changed("event_changed", "INC-7", json!({"hard_cap": "6h"}))])
        .check("ann", "db:write", "", allowed().until("03-02 15:00"))
        .at("03-02 15:00")
        .reconcile(
            found().ends("grant_ended", "r-1#0", "03-02 15:00", "event.ended").removes("ann", "admin", ""),
        )
}

fn invalid() -> Scenario {
    let policy = incidents("kinds: [incident]", &["duration: {max: 8h}"]);
    scenario("events/an-event-that-is-not-valid", policy)
        .about("S25: an event that is unknown, ended or does not concern the beneficiary justifies nothing")
        .at("03-02 09:00")
        .decide(request("r-1", "ann", "admin").event("INC-7").lasting("1h"), invalid_event("unknown"))
        .facts([inc7().from("03-02 09:30")])
        .decide(request("r-1", "ann", "admin").event("INC-7").lasting("1h"), invalid_event("unknown"))
        .at("03-02 09:30")
        .decide(
            request("r-1", "ann", "admin").event("INC-7").lasting("1h"),
            permit().grant("r-1#0", "active", "03-02 09:30", "03-02 10:30"),
        )
        .facts([changed("event_changed", "INC-7", json!({"participants": ["ben"]}))])
        .decide(request("r-1", "ann", "admin").event("INC-7").lasting("1h"), invalid_event("not_participant"))
        .decide(
            request("r-1", "ben", "admin").requester("ann").event("INC-7").lasting("1h"),
            permit().grant("r-1#0", "active", "03-02 09:30", "03-02 10:30"),
        )
        .facts([changed("event_changed", "INC-7", json!({"participants": []}))])
        .decide(request("r-1", "ben", "admin").event("INC-7").lasting("1h"), invalid_event("not_participant"))
        .decide(
            request("r-1", "ben", "admin").event("INC-7").starting("03-02 18:00").lasting("1h"),
            invalid_event("ended"),
        )
        .at("03-02 18:00")
        .decide(request("r-1", "ben", "admin").event("INC-7").lasting("1h"), invalid_event("ended"))
}

fn not_started() -> Scenario {
    let policy = incidents("kinds: [incident]", &["duration: {max: 8h}"]);
    scenario("events/an-event-that-has-not-started", policy)
        .about("An event counts from its start: access may be asked for then, not before")
        .at("03-02 08:00")
        .facts([inc7()])
        .decide(request("r-1", "ann", "admin").event("INC-7").lasting("1h"), invalid_event("not_started"))
        .at("03-02 08:59:59.999")
        .decide(request("r-1", "ann", "admin").event("INC-7").lasting("1h"), invalid_event("not_started"))
        .decide(
            request("r-1", "ann", "admin").event("INC-7").starting("03-02 09:00").lasting("1h"),
            permit().grant("r-1#0", "scheduled", "03-02 09:00", "03-02 10:00"),
        )
}

fn ceiling_and_kinds() -> Scenario {
    let policy = incidents("kinds: [incident]", &["duration: {max: 8h}"]).replace(
        "eligibility:\n",
        "  reader: {kind: right, permissions: ['db:read']}\neligibility:\n  readers: {who: {kinds: [human]}, what: {ids: [reader]}, duration: {max: 8h}, event: {}}\n",
    );
    let invalid = |why: &str| deny_item("event.invalid", json!({"event": "ENG-1", "why": why}));
    scenario("events/kinds-and-ceilings", policy)
        .about("S25: the kind of the event must be one the rule asks for, and what it may justify can be limited")
        .at("03-02 09:00")
        .facts([defined(
            "event_opened",
            "ENG-1",
            json!({"kind": "engagement", "start": "2026-03-01T00:00:00Z", "ceiling": ["reader"]}),
        )])
        .decide(request("r-1", "ann", "admin").event("ENG-1").lasting("1h"), invalid("outside_ceiling"))
        .decide(
            request("r-1", "ann", "reader").event("ENG-1").lasting("1h"),
            permit().grant("r-1#0", "active", "03-02 09:00", "03-02 10:00"),
        )
        .facts([changed("event_changed", "ENG-1", json!({"ceiling": ["admin", "reader"]}))])
        .decide(request("r-1", "ann", "admin").event("ENG-1").lasting("1h"), invalid("kind_not_allowed"))
}

fn self_opened() -> Scenario {
    let policy = incidents("kinds: [incident]", &["duration: {max: 8h}"]).replace(
        "eligibility:\n",
        "  reader: {kind: right, permissions: ['db:read']}\n  writer: {kind: right, permissions: ['db:append']}\neligibility:\n  readers: {who: {kinds: [human]}, what: {ids: [reader]}, duration: {max: 8h}, event: {self_opened: true}}\n  writers: {who: {kinds: [human]}, what: {ids: [writer]}, duration: {max: 8h}}\n",
    );
    let refused = || deny_item("event.invalid", json!({"event": "INC-7", "why": "self_opened"}));
    scenario("events/opened-by-the-beneficiary", policy)
        .about("An event that the beneficiary opened last gives nothing, unless the rule says that it does")
        .at("03-02 09:00")
        .facts([inc7().by("ann")])
        .decide(request("r-1", "ann", "admin").event("INC-7").lasting("1h"), refused())
        .decide(request("r-1", "ann", "admin").requester("ben").event("INC-7").lasting("1h"), refused())
        .decide(request("r-1", "ann", "writer").event("INC-7").lasting("1h"), refused())
        .decide(
            request("r-1", "ann", "reader").event("INC-7").lasting("1h"),
            permit().grant("r-1#0", "active", "03-02 09:00", "03-02 10:00"),
        )
        .decide(
            request("r-1", "ben", "admin").event("INC-7").lasting("1h"),
            permit().grant("r-1#0", "active", "03-02 09:00", "03-02 10:00"),
        )
        .facts([inc7().by("ben")])
        .decide(
            request("r-1", "ann", "admin").event("INC-7").lasting("1h"),
            permit().grant("r-1#0", "active", "03-02 09:00", "03-02 10:00"),
        )
        .decide(request("r-1", "ben", "admin").event("INC-7").lasting("1h"), refused())
}

fn stale() -> Scenario {
    let policy = incidents("max_staleness: 1h", &["duration: {max: 8h}", "extension: {max_total: 12h}"]);
    let open = || {
        defined(
            "event_opened",
            "INC-7",
            json!({"kind": "incident", "start": "2026-03-02T09:00:00Z", "feed": "pager"}),
        )
    };
    scenario("events/a-feed-that-falls-silent", policy)
        .about("S25: when nothing was seen of the feed for longer than allowed there are no new grants; running ones keep their end")
        .at("03-02 09:00")
        .facts([open()])
        .commit(
            request("r-1", "ann", "admin").event("INC-7").lasting("8h"),
            permit().grant("r-1#0", "active", "03-02 09:00", "03-02 17:00"),
        )
        .at("03-02 10:00")
        .decide(
            request("r-2", "ben", "admin").event("INC-7").lasting("1h"),
            permit().grant("r-2#0", "active", "03-02 10:00", "03-02 11:00"),
        )
        .at("03-02 10:00:00.001")
        .decide(
            request("r-2", "ben", "admin").event("INC-7").lasting("1h"),
            deny_item(
                "event.stale",
                json!({"event": "INC-7", "last_seen": "03-02 09:00", "max_staleness": "PT1H"}),
            ),
        )
        .decide(
            extend("x-1", "r-1#0", "9h"),
            deny_all(
                "event.stale",
                json!({"event": "INC-7", "last_seen": "03-02 09:00", "max_staleness": "PT1H"}),
            ),
        )
        .check("ann", "db:write", "", allowed().until("03-02 17:00"))
        .facts([of("feed_heartbeat", "pager").from("03-02 09:30")])
        .at("03-02 10:30")
        .decide(
            request("r-2", "ben", "admin").event("INC-7").lasting("1h"),
            permit().grant("r-2#0", "active", "03-02 10:30", "03-02 11:30"),
        )
        .at("03-02 11:00")
        .facts([of("feed_heartbeat", "other"), of("feed_heartbeat", "pager").from("03-02 12:00")])
        .decide(
            request("r-2", "ben", "admin").event("INC-7").lasting("1h"),
            deny_item(
                "event.stale",
                json!({"event": "INC-7", "last_seen": "03-02 09:30", "max_staleness": "PT1H"}),
            ),
        )
        .decide(
            request("r-2", "ben", "admin").event("INC-7").starting("03-02 12:30").lasting("1h"),
            deny_item(
                "event.stale",
                json!({"event": "INC-7", "last_seen": "03-02 09:30", "max_staleness": "PT1H"}),
            ),
        )
}

fn stale_by_its_own_facts() -> Scenario {
    let policy = incidents("max_staleness: 1h", &["duration: {max: 8h}"]);
    let open = |id: &str, feed: &str| {
        let start = "2026-03-02T09:00:00Z";
        let definition = if feed.is_empty() {
            json!({"kind": "incident", "start": start})
        } else {
            json!({"kind": "incident", "start": start, "feed": feed})
        };
        defined("event_opened", id, definition)
    };
    scenario("events/signs-of-life", policy)
        .about(
            "A sign of life is any fact about the event, and any fact about another event of the same feed",
        )
        .at("03-02 09:00")
        .facts([open("INC-7", "pager"), open("INC-8", "pager"), open("INC-9", "")])
        .at("03-02 10:30")
        .facts([changed("event_changed", "INC-8", json!({"name": "replica lag"}))])
        .decide(
            request("r-1", "ann", "admin").event("INC-7").lasting("1h"),
            permit().grant("r-1#0", "active", "03-02 10:30", "03-02 11:30"),
        )
        .decide(
            request("r-1", "ann", "admin").event("INC-9").lasting("1h"),
            deny_item(
                "event.stale",
                json!({"event": "INC-9", "last_seen": "03-02 09:00", "max_staleness": "PT1H"}),
            ),
        )
        .facts([changed("event_changed", "INC-9", json!({"name": "disk full"}))])
        .decide(
            request("r-1", "ann", "admin").event("INC-9").lasting("1h"),
            permit().grant("r-1#0", "active", "03-02 10:30", "03-02 11:30"),
        )
}

fn not_asked_for() -> Scenario {
    scenario("events/an-event-must-be-named", incidents("kinds: [incident]", &["duration: {max: 8h}"]))
        .about("A rule that asks for an event is not met without one")
        .at("03-02 09:00")
        .facts([inc7()])
        .decide(
            request("r-1", "ann", "admin").lasting("1h"),
            deny_item("input.missing", json!({"inputs": ["event"]})),
        )
}

fn open_end() -> Scenario {
    scenario(
        "events/an-open-end-gives-a-default",
        incidents("grace: 0s", &["duration: {default: 2h, max: 8h}"]),
    )
    .about("Where the event has no end the default stands in; where it has one, the event says how long")
    .at("03-02 09:00")
    .facts([
        defined("event_opened", "INC-8", json!({"kind": "incident", "start": "2026-03-02T09:00:00Z"})),
        inc7(),
    ])
    .decide(
        request("r-1", "ann", "admin").event("INC-8"),
        permit()
            .grant("r-1#0", "active", "03-02 09:00", "03-02 11:00")
            .bounds(&[("default", "03-02 11:00", ""), ("maximum", "03-02 17:00", "dba")]),
    )
    .decide(
        request("r-1", "ann", "admin").event("INC-7"),
        permit().grant("r-1#0", "active", "03-02 09:00", "03-02 17:00").bounds(&[
            ("maximum", "03-02 17:00", "dba"),
            ("event", "03-02 18:00", "INC-7"),
            ("event_cap", "03-02 21:00", "INC-7"),
        ]),
    )
}

fn opened_anew() -> Scenario {
    granted("opened-anew-with-another-plan", "follow: true")
        .about("An opening that says something else says everything anew: here there is no cap any more")
        .at("03-02 12:00")
        .facts([defined(
            "event_opened",
            "INC-7",
            json!({"kind": "incident", "start": "2026-03-02T11:00:00Z", "planned_end": "2026-03-02T16:00:00Z"}),
        )])
        .check("ann", "db:write", "", allowed().until("03-02 16:00"))
        .facts([changed("event_changed", "INC-7", json!({"planned_end": "2026-03-02T23:00:00Z"}))])
        // The limit of the grant is what the cap was when it was given.
        .check("ann", "db:write", "", allowed().until("03-02 21:00"))
        .at("03-02 21:00")
        .reconcile(
            found().ends("grant_ended", "r-1#0", "03-02 21:00", "grant.expired").removes("ann", "admin", ""),
        )
}

fn past_its_planned_end() -> Scenario {
    let policy = incidents("kinds: [incident]", &["duration: {max: 24h}", "on_exceed: reject"]);
    scenario("events/more-than-the-event-allows", policy)
        .about("Where the rule rejects, more than the planned end is a reason by itself, and more than the cap another")
        .at("03-02 12:00")
        .facts([inc7()])
        .decide(
            request("r-1", "ann", "admin").event("INC-7").lasting("10h"),
            deny()
                .item(0, "bound.exceeded", json!({"asked": "03-02 22:00", "bound": "event", "end": "03-02 18:00"}))
                .item(
                    0,
                    "bound.exceeded",
                    json!({"asked": "03-02 22:00", "bound": "event_cap", "end": "03-02 21:00"}),
                ),
        )
}
