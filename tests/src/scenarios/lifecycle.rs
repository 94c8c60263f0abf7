//! Lives: of grants, from scheduled to over; of identities, that leave and join again; of those who answer for others.

use serde_json::{Value, json};

use super::company::{database, database_and, finance};
use crate::Scenario;
use crate::build::{
    Expect, allowed, changed, deactivate, defined, denied, deny_all, found, of, permit, renew, request,
    revoke, scenario,
};

pub(super) fn scenarios() -> Vec<Scenario> {
    vec![
        given_back(),
        revoked_at_its_start(),
        ended_before_it_starts(),
        over_is_over(),
        left_and_joined_again(),
        joined_again_before_the_start(),
        joins_again_later(),
        left_for_good(),
        not_active(),
        contract_extended(),
        owner(),
        owner_changes(),
        owner_is_gone(),
        whoever_is_not_human(),
        renewals_are_counted(),
        renewals_are_summed_up(),
        renewed_after_a_pause(),
        renewed_for_its_event(),
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
                        "id": "d-1/0",
                        "by": "ann",
                        "effective_at": "2026-03-02T12:00:00Z",
                        "recorded_at": "2026-03-02T12:00:00Z",
                        "body": {"cause": "grant.deactivated", "id": "r-1#0", "reason": "done"},
                    }],
                    "touches": [["person:ann"]],
                }),
            ),
        )
        .check("ann", "db:write", "", denied("grant.expired", json!({"end": "03-02 12:00"})))
        .reconcile(found())
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
        .facts([crate::build::fact("grant_revoked", json!({"cause": "grant.revoked", "id": "r-1#0"}))
            .from("03-02 11:00")])
        .facts([crate::build::fact("grant_ended", json!({"cause": "grant.deactivated", "id": "r-1#0"}))
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

const ROBOTS: &str = "tenure: 1
identities:
  ann: {kind: human, ends: '2026-03-10T00:00:00Z'}
  ben: {kind: human}
  bot: {kind: agent, owner: ann}
  job: {kind: workload, owner: bot}
  svc: {kind: service_account}
entitlements:
  admin: {kind: right, permissions: ['db:write']}
eligibility:
  all: {who: {kinds: [human, agent, workload, service_account]}, what: {ids: [admin]}, duration: {max: 30d}, extension: {max_total: 60d}}
";

fn owner() -> Scenario {
    scenario("lifecycle/an-owner-bounds-what-it-answers-for", ROBOTS)
        .about("The life of the accountable human is a bound for what is not human, and a grant outlives it not by request but by term")
        .at("03-02 09:00")
        .commit(
            request("r-1", "bot", "admin").lasting("30d"),
            permit()
                .grant("r-1#0", "active", "03-02 09:00", "03-10 00:00")
                .clipped("PT720H", &["owner"], "PT183H")
                .bounds(&[
                    ("owner", "03-10 00:00", "ann"),
                    ("asked", "04-01 09:00", ""),
                    ("maximum", "04-01 09:00", "all"),
                ]),
        )
        .at("03-03 09:00")
        .facts([of("identity_suspended", "ann")])
        // A running grant does not end with the owner, but it is not prolonged.
        .check("bot", "db:write", "", allowed().until("03-10 00:00"))
        .decide(
            crate::build::extend("x-1", "r-1#0", "10d"),
            deny_all("identity.no_owner", json!({"identity": "bot"})),
        )
        .decide(
            request("r-2", "bot", "admin").lasting("1h"),
            deny_all("identity.no_owner", json!({"identity": "bot"})),
        )
        .facts([of("identity_resumed", "ann").from("03-04 00:00")])
        .decide(
            request("r-2", "bot", "admin").starting("03-04 00:00").lasting("1h"),
            permit().grant("r-2#0", "scheduled", "03-04 00:00", "03-04 01:00"),
        )
}

fn owner_changes() -> Scenario {
    scenario("lifecycle/an-owner-bounds-while-it-is-the-owner", ROBOTS)
        .about("A known change of the owner is a bound: another human answers from then on, and may be asked then")
        .at("03-02 09:00")
        .commit(
            request("r-0", "ben", "admin").lasting("1h"),
            permit().grant("r-0#0", "active", "03-02 09:00", "03-02 10:00"),
        )
        .facts([changed("identity_changed", "bot", json!({"owner": "ben"})).from("03-05 00:00")])
        .decide(
            request("r-1", "bot", "admin").lasting("30d"),
            permit()
                .grant("r-1#0", "active", "03-02 09:00", "03-05 00:00")
                .clipped("PT720H", &["owner"], "PT63H"),
        )
        .decide(
            request("r-1", "bot", "admin").starting("03-05 00:00").lasting("30d"),
            permit()
                .grant("r-1#0", "scheduled", "03-05 00:00", "04-04 00:00")
                .bounds(&[("asked", "04-04 00:00", ""), ("maximum", "04-04 00:00", "all")]),
        )
}

fn owner_is_gone() -> Scenario {
    scenario("lifecycle/without-an-owner-there-is-nothing-new", ROBOTS)
        .about("S24: without a live accountable human, be it missing, past its contract or itself not human, nothing new is given")
        .at("03-02 09:00")
        .decide(
            request("r-1", "svc", "admin").lasting("1h"),
            deny_all("identity.no_owner", json!({"identity": "svc"})),
        )
        .decide(
            request("r-1", "job", "admin").lasting("1h"),
            deny_all("identity.no_owner", json!({"identity": "job"})),
        )
        .decide(
            request("r-1", "bot", "admin").starting("03-10 00:00").lasting("1h"),
            deny_all("identity.no_owner", json!({"identity": "bot"})),
        )
        .at("03-10 00:00")
        .decide(
            request("r-1", "bot", "admin").lasting("1h"),
            deny_all("identity.no_owner", json!({"identity": "bot"})),
        )
}

fn whoever_is_not_human() -> Scenario {
    scenario("lifecycle/programs-go-through-the-same-rules", ROBOTS)
        .about("An agent obtains, holds and loses like a person, and its own life bounds too")
        .at("03-02 09:00")
        .facts([of("identity_left", "bot").from("03-02 12:00")])
        .commit(
            request("r-1", "bot", "admin").lasting("8h"),
            permit()
                .grant("r-1#0", "active", "03-02 09:00", "03-02 12:00")
                .clipped("PT8H", &["identity"], "PT3H")
                .bounds(&[
                    ("identity", "03-02 12:00", "bot"),
                    ("asked", "03-02 17:00", ""),
                    ("owner", "03-10 00:00", "ann"),
                    ("maximum", "04-01 09:00", "all"),
                ]),
        )
        .at("03-02 12:00")
        .check(
            "bot",
            "db:write",
            "",
            denied("identity.not_active", json!({"identity": "bot", "why": "left"})),
        )
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
        .decide(
            renew("r-3", "r-2#0").lasting("8h"),
            crate::build::deny_item("renewal.limit_reached", json!({"count": 2})),
        )
        .decide(
            request("r-3", "ann", "admin").within("prod").lasting("8h"),
            crate::build::deny_item("renewal.limit_reached", json!({"count": 2})),
        )
        // Another scope is another thing.
        .decide(
            request("r-3", "ann", "admin").within("test").lasting("8h"),
            permit().grant("r-3#0", "active", "03-03 00:00", "03-03 08:00"),
        )
        .at("03-03 02:59:59.999")
        .decide(
            renew("r-3", "r-2#0").lasting("8h"),
            crate::build::deny_item("renewal.limit_reached", json!({"count": 2})),
        )
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
            crate::build::deny_item("window.empty", json!({"bound": "renewal", "end": "03-02 21:00"})),
        )
        .at("03-02 21:00")
        .decide(
            renew("r-3", "r-2#0").lasting("8h"),
            crate::build::deny_item("window.empty", json!({"bound": "renewal", "end": "03-02 21:00"})),
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
    let policy = super::company::incidents("", &["duration: {max: 2h}"])
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
