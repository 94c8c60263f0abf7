//! What has ended is recorded at the instant of its cause, and what no one holds any more is taken away.

use serde_json::json;

use super::company::{database, finance};
use crate::Scenario;
use crate::build::{
    allowed, defined, denied, fact, found, moved, of, permit, request, request_all, revoke, scenario,
};

pub(super) fn scenarios() -> Vec<Scenario> {
    vec![
        records_once(),
        in_order(),
        keeps_what_is_held_otherwise(),
        keeps_nothing_in_a_retired_scope(),
        whatever_was_recorded(),
        the_first_cause(),
        late(),
        findings(),
        nothing_to_do(),
        recorded_before(),
    ]
}

fn records_once() -> Scenario {
    scenario("reconcile/records-an-end-once", database(&["duration: {max: 8h}"]))
        .about("An end is recorded at its instant, whenever it is found, under an id made of the grant and the instant; afterwards there is nothing to do")
        .at("03-02 09:00")
        .commit(
            request("r-1", "ann", "admin").within("prod").lasting("1h"),
            permit().grant("r-1#0", "active", "03-02 09:00", "03-02 10:00"),
        )
        .at("03-02 09:59:59.999")
        .reconcile(found())
        .at("03-04 12:00")
        .record(
            found()
                .with(
                    "proposal",
                    json!({
                        "base": null,
                        "expects": null,
                        "facts": [{
                            "v": 1,
                            "kind": "grant_ended",
                            "id": "reconcile/r-1#0/1772445600000",
                            "by": null,
                            "effective_at": "2026-03-02T10:00:00Z",
                            "recorded_at": "2026-03-04T12:00:00Z",
                            "body": {"cause": "grant.expired", "id": "r-1#0", "reason": null},
                        }],
                        "touches": [["person:ann", "group:admin"]],
                    }),
                )
                .removes("ann", "admin", "prod"),
        )
        .reconcile(found())
        .check("ann", "db:write", "prod", denied("grant.expired", json!({"end": "03-02 10:00"})))
}

fn in_order() -> Scenario {
    let policy = database(&["duration: {max: 8h}"]);
    scenario("reconcile/in-the-order-of-the-ends", policy)
        .about("Ends are recorded in their order, those of one instant by the id of the grant; removals are sorted")
        .at("03-02 09:00")
        .commit(
            request_all("r-2", "ben", &[("admin", "test"), ("admin", "prod")]).lasting("2h"),
            permit()
                .grant("r-2#0", "active", "03-02 09:00", "03-02 11:00")
                .grant("r-2#1", "active", "03-02 09:00", "03-02 11:00"),
        )
        .commit(
            request("r-3", "ann", "admin").lasting("1h"),
            permit().grant("r-3#0", "active", "03-02 09:00", "03-02 10:00"),
        )
        .commit(
            request("r-1", "ann", "admin").within("test").lasting("2h"),
            permit().grant("r-1#0", "active", "03-02 09:00", "03-02 11:00"),
        )
        .at("03-02 12:00")
        .reconcile(
            found()
                .ends("grant_ended", "r-3#0", "03-02 10:00", "grant.expired")
                .ends("grant_ended", "r-1#0", "03-02 11:00", "grant.expired")
                .ends("grant_ended", "r-2#0", "03-02 11:00", "grant.expired")
                .ends("grant_ended", "r-2#1", "03-02 11:00", "grant.expired")
                .removes("ann", "admin", "")
                .removes("ann", "admin", "test")
                .removes("ben", "admin", "prod")
                .removes("ben", "admin", "test"),
        )
}

fn keeps_what_is_held_otherwise() -> Scenario {
    let policy = database(&["duration: {max: 8h}"])
        + "standing:
  s-1: {holder: {identity: ann}, entitlement: admin, scope: prod}
  s-2: {holder: {identity: ben}, entitlement: admin}
";
    scenario("reconcile/takes-away-only-what-nothing-gives-any-more", policy)
        .about("What stands in the same scope keeps the entitlement; what is held elsewhere or everywhere is another thing")
        .at("03-02 09:00")
        .commit(
            request_all("r-1", "ann", &[("admin", "prod"), ("admin", "test")]).lasting("1h"),
            permit()
                .grant("r-1#0", "active", "03-02 09:00", "03-02 10:00")
                .grant("r-1#1", "active", "03-02 09:00", "03-02 10:00"),
        )
        .commit(
            request("r-2", "ben", "admin").within("prod").lasting("1h"),
            permit().grant("r-2#0", "active", "03-02 09:00", "03-02 10:00"),
        )
        .at("03-02 10:00")
        .check("ben", "db:write", "prod", allowed())
        .reconcile(
            found()
                .ends("grant_ended", "r-1#0", "03-02 10:00", "grant.expired")
                .ends("grant_ended", "r-1#1", "03-02 10:00", "grant.expired")
                .ends("grant_ended", "r-2#0", "03-02 10:00", "grant.expired")
                .removes("ann", "admin", "test")
                .removes("ben", "admin", "prod"),
        )
}

fn keeps_nothing_in_a_retired_scope() -> Scenario {
    let policy = database(&["duration: {max: 8h}"])
        + "standing:
  s-1: {holder: {identity: ann}, entitlement: admin, scope: prod}
";
    scenario("reconcile/takes-away-what-stands-in-a-retired-scope", policy)
        .about("What is assigned in a scope that is retired keeps nothing from being taken away")
        .at("03-02 09:00")
        .commit(
            request("r-1", "ann", "admin").within("prod").lasting("8h"),
            permit().grant("r-1#0", "active", "03-02 09:00", "03-02 17:00"),
        )
        .at("03-02 12:00")
        .facts([of("resource_retired", "prod")])
        .reconcile(
            found()
                .ends("grant_ended", "r-1#0", "03-02 12:00", "resource.retired")
                .removes("ann", "admin", "prod"),
        )
}

fn whatever_was_recorded() -> Scenario {
    scenario("reconcile/an-end-recorded-later-than-the-cause", finance(&["duration: {max: 8h}"]))
        .about("Whoever records an end too late is corrected; an end recorded before the cause stands")
        .at("03-02 09:00")
        .commit(
            request("r-1", "ben", "admin").lasting("8h"),
            permit().grant("r-1#0", "active", "03-02 09:00", "03-02 17:00"),
        )
        .at("03-02 12:00")
        .facts([moved("ben", "sales")])
        .name("moved")
        .at("03-02 13:00")
        .facts([fact("grant_ended", json!({"cause": "eligibility.lost", "id": "r-1#0"}))])
        .reconcile(
            found()
                .ends("grant_ended", "r-1#0", "03-02 12:00", "eligibility.lost")
                .removes("ben", "admin", ""),
        )
        .fork("moved")
        .at("03-02 13:00")
        .facts(
            [fact("grant_ended", json!({"cause": "grant.deactivated", "id": "r-1#0"})).from("03-02 11:00")],
        )
        .reconcile(found())
        .decide(
            revoke("v-1", "r-1#0"),
            permit().warns("grant.already_ended", json!({"end": "03-02 11:00", "grant": "r-1#0"})).grant(
                "r-1#0",
                "ended",
                "03-02 09:00",
                "03-02 11:00",
            ),
        )
}

fn the_first_cause() -> Scenario {
    let policy = finance(&["duration: {max: 8h}", "event: {}"])
        + "events:
  INC-7: {kind: incident, start: '2026-03-02T08:00:00Z'}
";
    scenario("reconcile/several-causes-at-one-instant", policy)
        .about("Where several causes end a grant at one instant the first of their order is named")
        .at("03-02 09:00")
        .commit(
            request("r-1", "ben", "admin").event("INC-7").within("prod").lasting("3h"),
            permit().grant("r-1#0", "active", "03-02 09:00", "03-02 12:00"),
        )
        .at("03-02 10:00")
        .facts([moved("ben", "sales").from("03-02 12:00")])
        .name("lost")
        .at("03-02 12:00")
        .reconcile(
            found()
                .ends("grant_ended", "r-1#0", "03-02 12:00", "eligibility.lost")
                .removes("ben", "admin", "prod"),
        )
        .fork("lost")
        .at("03-02 10:00")
        .facts([of("event_closed", "INC-7").from("03-02 12:00")])
        .name("closed")
        .at("03-02 12:00")
        .reconcile(
            found()
                .ends("grant_ended", "r-1#0", "03-02 12:00", "event.ended")
                .removes("ben", "admin", "prod"),
        )
        .fork("closed")
        .at("03-02 10:00")
        .facts([of("resource_retired", "prod").from("03-02 12:00")])
        .name("scope")
        .at("03-02 12:00")
        .reconcile(
            found()
                .ends("grant_ended", "r-1#0", "03-02 12:00", "resource.retired")
                .removes("ben", "admin", "prod"),
        )
        .fork("scope")
        .at("03-02 10:00")
        .facts([of("entitlement_retired", "admin").from("03-02 12:00")])
        .name("right")
        .at("03-02 12:00")
        .reconcile(
            found()
                .ends("grant_ended", "r-1#0", "03-02 12:00", "entitlement.retired")
                .removes("ben", "admin", "prod"),
        )
        .fork("right")
        .at("03-02 10:00")
        .facts([of("identity_suspended", "ben").from("03-02 12:00")])
        .name("suspended")
        .at("03-02 12:00")
        .reconcile(
            found()
                .ends("grant_ended", "r-1#0", "03-02 12:00", "identity.suspended")
                .removes("ben", "admin", "prod"),
        )
        .fork("suspended")
        .at("03-02 10:00")
        .facts([of("identity_left", "ben").from("03-02 12:00")])
        .at("03-02 12:00")
        .reconcile(
            found()
                .ends("grant_ended", "r-1#0", "03-02 12:00", "identity.left")
                .removes("ben", "admin", "prod"),
        )
}

fn late() -> Scenario {
    scenario("reconcile/a-late-fact-ends-in-the-past", finance(&["duration: {max: 8h}"]))
        .about("A fact that becomes known late takes effect when it happened: the end is in the past")
        .at("03-02 09:00")
        .commit(
            request("r-1", "ben", "admin").lasting("8h"),
            permit().grant("r-1#0", "active", "03-02 09:00", "03-02 17:00"),
        )
        .at("03-02 12:00")
        .check("ben", "db:write", "", allowed().until("03-02 17:00"))
        .facts([moved("ben", "sales").from("03-02 10:00")])
        .check("ben", "db:write", "", denied("grant.expired", json!({"end": "03-02 10:00"})))
        .record(
            found()
                .ends("grant_ended", "r-1#0", "03-02 10:00", "eligibility.lost")
                .removes("ben", "admin", ""),
        )
        // That it was not so after all does not undo what was recorded.
        .facts([moved("ben", "finance").from("03-02 10:00")])
        .check("ben", "db:write", "", denied("grant.expired", json!({"end": "03-02 10:00"})))
}

fn findings() -> Scenario {
    scenario("reconcile/findings-in-order", finance(&["duration: {max: 8h}", "on_loss: run_out"]))
        .about("Findings are sorted by code, then by grant; what runs out is told while it runs, whatever it does later")
        .at("03-02 09:00")
        .commit(
            request_all("r-2", "ben", &[("admin", "test"), ("admin", "prod")]).lasting("8h"),
            permit()
                .grant("r-2#0", "active", "03-02 09:00", "03-02 17:00")
                .grant("r-2#1", "active", "03-02 09:00", "03-02 17:00"),
        )
        .commit(
            request("r-1", "ben", "admin").starting("03-03 09:00").lasting("8h"),
            permit().grant("r-1#0", "scheduled", "03-03 09:00", "03-03 17:00"),
        )
        .at("03-02 10:00")
        .facts([moved("ben", "sales")])
        .reconcile(
            found()
                .finds("eligibility.at_risk", json!({"grant": "r-1#0"}))
                .finds("eligibility.lost", json!({"at": "03-02 10:00", "grant": "r-2#0"}))
                .finds("eligibility.lost", json!({"at": "03-02 10:00", "grant": "r-2#1"})),
        )
        .at("03-02 11:00")
        .facts([moved("ben", "finance")])
        .reconcile(
            found()
                .finds("eligibility.lost", json!({"at": "03-02 10:00", "grant": "r-2#0"}))
                .finds("eligibility.lost", json!({"at": "03-02 10:00", "grant": "r-2#1"})),
        )
}

fn nothing_to_do() -> Scenario {
    scenario("reconcile/nothing-was-ever-held", database(&["duration: {max: 8h}"]))
        .about("What never began takes nothing away; what was ended by hand is recorded already")
        .at("03-02 09:00")
        .reconcile(found())
        .commit(
            request("r-1", "ann", "admin").lasting("8h"),
            permit().grant("r-1#0", "active", "03-02 09:00", "03-02 17:00"),
        )
        .commit(
            request("r-2", "ann", "admin").within("prod").starting("03-02 12:00").lasting("1h"),
            permit().grant("r-2#0", "scheduled", "03-02 12:00", "03-02 13:00"),
        )
        .at("03-02 10:00")
        .commit(revoke("v-1", "r-1#0"), permit().grant("r-1#0", "revoked", "03-02 09:00", "03-02 10:00"))
        .reconcile(found())
        .at("03-02 11:00")
        .facts([of("identity_left", "ann"), defined("identity_defined", "eve", json!({"kind": "human"}))])
        .at("03-02 12:00")
        .reconcile(found().ends("grant_voided", "r-2#0", "03-02 12:00", "identity.left"))
}

fn recorded_before() -> Scenario {
    scenario("reconcile/an-end-recorded-before-the-issue", database(&["duration: {max: 8h}"]))
        .about("Facts may arrive in any order: an end that is recorded before the grant is issued counts, and so does a removal before what it removes")
        .at("03-02 09:00")
        .facts([fact("grant_revoked", json!({"id": "ext-1", "cause": "grant.revoked"})).from("03-02 12:00")])
        .facts([of("standing_removed", "s-1").from("03-02 11:00")])
        .facts([fact(
            "grant_issued",
            json!({
                "id": "ext-1",
                "beneficiary": "ann",
                "entitlement": "admin",
                "term": {"start": "2026-03-02T09:00:00Z", "end": "2026-03-02T17:00:00Z"},
                "basis": "external",
            }),
        )])
        .facts([defined(
            "standing_assigned",
            "s-1",
            json!({"holder": {"identity": "ben"}, "entitlement": "admin"}),
        )])
        .check("ann", "db:write", "", allowed().until("03-02 12:00"))
        .check("ben", "db:write", "", allowed().until("03-02 11:00"))
        .at("03-02 17:00")
        .reconcile(found())
}
