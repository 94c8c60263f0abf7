//! Lives: of grants, from scheduled to over; of identities, that leave and join again; of those who answer for others.

use serde_json::json;

use super::company::{database, database_and};
use crate::Scenario;
use crate::build::{
    Expect, allowed, changed, deactivate, defined, denied, deny_all, fact, found, of, permit, request,
    revoke, scenario,
};

pub(super) fn scenarios() -> Vec<Scenario> {
    vec![
        given_back(),
        ended_under_a_name_that_is_taken(),
        revoked_at_its_start(),
        ended_before_it_starts(),
        over_is_over(),
        left_and_joined_again(),
        joined_again_before_the_start(),
        joins_again_later(),
        left_for_good(),
        not_active(),
        contract_extended(),
    ]
}

fn inactive(identity: &str, why: &str) -> Expect {
    deny_all("identity.not_active", json!({"identity": identity, "why": why}))
}

fn granted(name: &str) -> Scenario {
    scenario(&format!("lifecycle/{name}"), database(&["duration: {max: 8h}"]))
        .at("03-02 09:00")
        .commit(
            request("r-1", "ann", "admin").requester("ben").lasting("8h"),
            permit().grant("r-1#0", "active", "03-02 09:00", "03-02 17:00"),
        )
        .name("granted")
}

fn given_back() -> Scenario {
    granted("given-back")
        .about("Whoever holds or requested a grant gives it back; the end is recorded as deactivated")
        .at("03-02 12:00")
        .facts([defined("identity_defined", "eve", json!({"kind": "human"}))])
        .decide(
            deactivate("d-1", "r-1#0").by("eve"),
            deny_all("authority.not_holder", json!({"by": "eve", "target": "r-1#0"})),
        )
        .decide(deactivate("d-1", "r-2#0"), deny_all("grant.unknown", json!({"grant": "r-2#0"})))
        .decide(
            deactivate("d-1", "r-1#0").by("ben"),
            permit().grant("r-1#0", "ended", "03-02 09:00", "03-02 12:00"),
        )
        .commit(
            deactivate("d-1", "r-1#0").because("done"),
            permit().grant("r-1#0", "ended", "03-02 09:00", "03-02 12:00").with(
                "proposal",
                json!({
                    "base": null,
                    "expects": null,
                    "facts": [{
                        "kind": "grant_ended",
                        "id": "d-1/r-1#0/1772452800000",
                        "by": "ann",
                        "effective_at": "2026-03-02T12:00:00Z",
                        "recorded_at": "2026-03-02T12:00:00Z",
                        "body": {"cause": "grant.deactivated", "id": "r-1#0", "reason": "done"},
                    }],
                    "touches": [["person:ann", "group:admin"]],
                }),
            ),
        )
        .check("ann", "db:write", "", denied("grant.expired", json!({"end": "03-02 12:00"})))
        .reconcile(found())
}

fn ended_under_a_name_that_is_taken() -> Scenario {
    let ends = |kind: &str, id: &str, cause: &str, grant: &str| {
        [json!({"kind": kind, "id": id, "body": {"cause": cause, "id": grant}})]
    };
    granted("ended-under-a-name-that-is-taken")
        .about("Ending never fails: a command may have the name of a request or of another command, and still no two facts have one id")
        .at("03-02 10:00")
        .commit(
            request("r-2", "ann", "admin").starting("03-02 18:00").lasting("1h"),
            permit().grant("r-2#0", "scheduled", "03-02 18:00", "03-02 19:00"),
        )
        .at("03-02 12:00")
        .commit(
            deactivate("r-1", "r-1#0"),
            permit().grant("r-1#0", "ended", "03-02 09:00", "03-02 12:00").writes(&ends(
                "grant_ended",
                "r-1/r-1#0/1772452800000",
                "grant.deactivated",
                "r-1#0",
            )),
        )
        .commit(
            revoke("r-1", "r-2#0"),
            permit().grant("r-2#0", "void", "03-02 18:00", "03-02 12:00").writes(&ends(
                "grant_voided",
                "r-1/r-2#0/1772452800000",
                "grant.revoked",
                "r-2#0",
            )),
        )
        .decide(
            deactivate("r-1", "r-1#0"),
            permit()
                .grant("r-1#0", "ended", "03-02 09:00", "03-02 12:00")
                .warns("grant.already_ended", json!({"end": "03-02 12:00", "grant": "r-1#0"})),
        )
}

fn revoked_at_its_start() -> Scenario {
    granted("revoked-at-its-start")
        .about("A grant that is revoked in the instant of its start never gave anything: it is void")
        .commit(
            revoke("v-1", "r-1#0"),
            permit()
                .grant("r-1#0", "void", "03-02 09:00", "03-02 09:00")
                .writes(&[json!({"kind": "grant_revoked", "effective_at": "2026-03-02T09:00:00Z"})]),
        )
        .check(
            "ann",
            "db:write",
            "",
            denied("access.none", json!({"identity": "ann", "permission": "db:write"})),
        )
}

fn ended_before_it_starts() -> Scenario {
    scenario("lifecycle/ended-before-it-starts", database(&["duration: {max: 8h}"]))
        .about("A scheduled grant that is given back is void from then on")
        .at("03-02 09:00")
        .commit(
            request("r-1", "ann", "admin").starting("03-03 09:00").lasting("8h"),
            permit().grant("r-1#0", "scheduled", "03-03 09:00", "03-03 17:00"),
        )
        .at("03-02 12:00")
        .commit(
            deactivate("d-1", "r-1#0"),
            permit().grant("r-1#0", "void", "03-03 09:00", "03-02 12:00").writes(&[json!({
                "kind": "grant_voided",
                "effective_at": "2026-03-02T12:00:00Z",
                "body": {"cause": "grant.deactivated", "id": "r-1#0"},
            })]),
        )
        .decide(
            revoke("v-1", "r-1#0"),
            permit()
                .warns("grant.already_ended", json!({"end": "03-02 12:00", "grant": "r-1#0"}))
                .grant("r-1#0", "void", "03-03 09:00", "03-02 12:00")
                .writes(&[]),
        )
        .at("03-03 09:00")
        .check(
            "ann",
            "db:write",
            "",
            denied("access.none", json!({"identity": "ann", "permission": "db:write"})),
        )
        .reconcile(found())
}

fn over_is_over() -> Scenario {
    granted("what-is-over-is-over")
        .about("Ending what has ended is permitted, says so and writes nothing; the earliest end counts")
        .at("03-02 17:00")
        .decide(
            revoke("v-1", "r-1#0"),
            permit()
                .warns("grant.already_ended", json!({"end": "03-02 17:00", "grant": "r-1#0"}))
                .grant("r-1#0", "ended", "03-02 09:00", "03-02 17:00")
                .writes(&[]),
        )
        .fork("granted")
        .at("03-02 12:00")
        .commit(deactivate("d-1", "r-1#0"), permit().grant("r-1#0", "ended", "03-02 09:00", "03-02 12:00"))
        .at("03-02 13:00")
        .decide(
            deactivate("d-2", "r-1#0"),
            permit().warns("grant.already_ended", json!({"end": "03-02 12:00", "grant": "r-1#0"})).grant(
                "r-1#0",
                "ended",
                "03-02 09:00",
                "03-02 12:00",
            ),
        )
        .decide(
            revoke("v-1", "r-1#0").with("mode", "entitlement"),
            permit().warns("grant.already_ended", json!({"end": "03-02 12:00", "grant": "r-1#0"})).grant(
                "r-1#0",
                "ended",
                "03-02 09:00",
                "03-02 12:00",
            ),
        )
        // A late fact may say that it ended before, never that it ended later.
        .facts([fact("grant_revoked", json!({"cause": "grant.revoked", "id": "r-1#0"})).from("03-02 11:00")])
        .facts([fact("grant_ended", json!({"cause": "grant.deactivated", "id": "r-1#0"}))
            .id("late")
            .from("03-02 15:00")])
        .decide(
            revoke("v-1", "r-1#0"),
            permit().warns("grant.already_ended", json!({"end": "03-02 11:00", "grant": "r-1#0"})).grant(
                "r-1#0",
                "revoked",
                "03-02 09:00",
                "03-02 11:00",
            ),
        )
}

fn left_and_joined_again() -> Scenario {
    let policy = database_and(
        &["duration: {max: 8h}"],
        "standing:
  s-1: {holder: {identity: ann}, entitlement: admin, scope: test}
",
    );
    scenario("lifecycle/left-and-joined-again", policy)
        .about("Nothing of the old incarnation revives: neither grants nor what stood; the new one obtains its own")
        .at("03-02 09:00")
        .commit(
            request("r-1", "ann", "admin").within("prod").lasting("8h"),
            permit().grant("r-1#0", "active", "03-02 09:00", "03-02 17:00"),
        )
        .check("ann", "db:write", "test", allowed())
        .at("03-02 10:00")
        .facts([of("identity_left", "ann")])
        .decide(request("r-2", "ann", "admin").lasting("1h"), inactive("ann", "left"))
        // What does nothing to someone who left.
        .facts([of("identity_suspended", "ann"), of("identity_resumed", "ann")])
        .decide(request("r-2", "ann", "admin").lasting("1h"), inactive("ann", "left"))
        .at("03-02 11:00")
        .facts([of("identity_rejoined", "ann")])
        .check("ann", "db:write", "prod", denied("grant.expired", json!({"end": "03-02 10:00"})))
        .check("ann", "db:write", "test", denied("grant.expired", json!({"end": "03-02 10:00"})))
        .reconcile(
            found().ends("grant_ended", "r-1#0", "03-02 10:00", "identity.left").removes("ann", "admin", "prod"),
        )
        .commit(
            request("r-3", "ann", "admin").within("prod").lasting("1h"),
            permit().grant("r-3#0", "active", "03-02 11:00", "03-02 12:00"),
        )
        .check("ann", "db:write", "prod", allowed().until("03-02 12:00"))
        .facts([defined(
            "standing_assigned",
            "s-2",
            json!({"holder": {"identity": "ann"}, "entitlement": "admin", "scope": "test"}),
        )])
        .check("ann", "db:write", "test", allowed())
        // It did not leave, so it does not join again.
        .facts([of("identity_rejoined", "ann")])
        .check("ann", "db:write", "test", allowed())
        .reconcile(
            found().ends("grant_ended", "r-1#0", "03-02 10:00", "identity.left"),
        )
}

fn joined_again_before_the_start() -> Scenario {
    scenario("lifecycle/joined-again-before-the-start", database(&["duration: {max: 8h}"]))
        .about("A scheduled grant belongs to the incarnation it was given to")
        .at("03-02 09:00")
        .commit(
            request("r-1", "ann", "admin").starting("03-06 09:00").lasting("8h"),
            permit().grant("r-1#0", "scheduled", "03-06 09:00", "03-06 17:00"),
        )
        .at("03-03 09:00")
        .facts([of("identity_left", "ann")])
        .at("03-04 09:00")
        .facts([of("identity_rejoined", "ann")])
        .at("03-06 09:00")
        .check(
            "ann",
            "db:write",
            "",
            denied("access.none", json!({"identity": "ann", "permission": "db:write"})),
        )
        .reconcile(found().ends("grant_voided", "r-1#0", "03-06 09:00", "identity.left"))
}

fn joins_again_later() -> Scenario {
    scenario("lifecycle/joins-again-later", database(&["duration: {max: 8h}"]))
        .about("Nothing is given to an incarnation that is still to come, and nothing lasts beyond a known departure")
        .at("03-02 09:00")
        .facts([of("identity_left", "ann").from("03-04 18:00"), of("identity_rejoined", "ann").from("03-09 09:00")])
        .decide(
            request("r-1", "ann", "admin").requester("ben").starting("03-04 14:00").lasting("8h"),
            permit()
                .grant("r-1#0", "scheduled", "03-04 14:00", "03-04 18:00")
                .clipped("PT8H", &["identity"], "PT4H"),
        )
        .decide(
            request("r-1", "ann", "admin").requester("ben").starting("03-05 09:00").lasting("1h"),
            inactive("ann", "left"),
        )
        .decide(
            request("r-1", "ann", "admin").requester("ben").starting("03-10 09:00").lasting("1h"),
            inactive("ann", "left"),
        )
        .at("03-09 09:00")
        .decide(
            request("r-1", "ann", "admin").requester("ben").starting("03-10 09:00").lasting("1h"),
            permit().grant("r-1#0", "scheduled", "03-10 09:00", "03-10 10:00"),
        )
}

fn left_for_good() -> Scenario {
    granted("ending-is-never-refused")
        .about("A grant of someone who left, under a clock that is wrong, can still be ended by anyone")
        .at("03-02 10:00")
        .facts([of("identity_left", "ben"), of("identity_suspended", "ann")])
        .at("03-02 08:00")
        .decide(
            revoke("v-1", "r-1#0").by("ben"),
            permit().warns("grant.already_ended", json!({"end": "03-02 10:00", "grant": "r-1#0"})).grant(
                "r-1#0",
                "ended",
                "03-02 09:00",
                "03-02 10:00",
            ),
        )
        .fork("granted")
        .at("03-02 10:00")
        .facts([of("identity_left", "ben")])
        .at("03-01 00:00")
        .commit(
            revoke("v-1", "r-1#0").by("ben"),
            permit().with("at", "2026-03-02T10:00:00Z").grant(
                "r-1#0",
                "revoked",
                "03-02 09:00",
                "03-02 10:00",
            ),
        )
}

fn not_active() -> Scenario {
    let policy = database(&["duration: {max: 8h}"]).replace(
        "ben: {kind: human,",
        "cem: {kind: human, starts: 2026-03-03, ends: 2026-03-03}\n  ben: {kind: human,",
    );
    scenario("lifecycle/only-the-active-ask-and-obtain", policy)
        .about("Who asks must be active now, who obtains at the start; the requester is judged first")
        .at("03-02 09:00")
        .decide(request("r-1", "cem", "admin").lasting("1h"), inactive("cem", "not_started"))
        .decide(
            request("r-1", "cem", "admin").requester("ann").starting("03-03 09:00").lasting("1h"),
            permit().grant("r-1#0", "scheduled", "03-03 09:00", "03-03 10:00"),
        )
        .decide(
            request("r-1", "cem", "admin").requester("ann").starting("03-04 00:00").lasting("1h"),
            inactive("cem", "contract_ended"),
        )
        .decide(
            request("r-1", "cem", "admin").requester("ann").starting("03-03 23:30").lasting("1h"),
            permit().grant("r-1#0", "scheduled", "03-03 23:30", "03-04 00:00").clipped(
                "PT1H",
                &["identity"],
                "PT30M",
            ),
        )
        .facts([of("identity_suspended", "ann")])
        .decide(request("r-1", "ben", "admin").requester("ann").lasting("1h"), inactive("ann", "suspended"))
        .decide(request("r-1", "ann", "admin").requester("ben").lasting("1h"), inactive("ann", "suspended"))
        .facts([of("identity_resumed", "ann").from("03-02 12:00")])
        .decide(
            request("r-1", "ann", "admin").requester("ben").starting("03-02 12:00").lasting("1h"),
            permit().grant("r-1#0", "scheduled", "03-02 12:00", "03-02 13:00"),
        )
        .facts([of("identity_suspended", "ann").from("03-02 12:30")])
        .decide(
            request("r-1", "ann", "admin").requester("ben").starting("03-02 12:00").lasting("1h"),
            permit().grant("r-1#0", "scheduled", "03-02 12:00", "03-02 12:30").clipped(
                "PT1H",
                &["identity"],
                "PT30M",
            ),
        )
}

fn contract_extended() -> Scenario {
    let policy = database(&["duration: {max: 30d}"])
        .replace("ann: {kind: human}", "ann: {kind: human, ends: '2026-03-10T00:00:00Z'}");
    scenario("lifecycle/a-contract-is-prolonged", policy)
        .about("A contract that ends ends its grants for good; what stands counts again when it is prolonged")
        .at("03-02 09:00")
        .commit(
            request("r-1", "ann", "admin").lasting("30d"),
            permit().grant("r-1#0", "active", "03-02 09:00", "03-10 00:00").clipped(
                "PT720H",
                &["identity"],
                "PT183H",
            ),
        )
        .name("granted")
        .at("03-05 09:00")
        .facts([changed("identity_changed", "ann", json!({"ends": "2026-03-08T00:00:00Z"}))])
        .check("ann", "db:write", "", allowed().until("03-08 00:00"))
        .at("03-08 00:00")
        .reconcile(
            found()
                .ends("grant_ended", "r-1#0", "03-08 00:00", "identity.contract_ended")
                .removes("ann", "admin", ""),
        )
        .at("03-09 00:00")
        .facts([changed("identity_changed", "ann", json!({"ends": "9999-12-31T23:59:59.999Z"}))])
        .check("ann", "db:write", "", denied("grant.expired", json!({"end": "03-08 00:00"})))
        .decide(
            request("r-2", "ann", "admin").lasting("1d"),
            permit().grant("r-2#0", "active", "03-09 00:00", "03-10 00:00"),
        )
}
