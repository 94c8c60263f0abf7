//! Those who are not human, and the humans who answer for them.

use serde_json::json;

use crate::Scenario;
use crate::build::{allowed, changed, denied, deny_all, extend, of, permit, request, scenario};

pub(super) fn scenarios() -> Vec<Scenario> {
    vec![owner(), owner_changes(), owner_is_gone(), whoever_is_not_human()]
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
            extend("x-1", "r-1#0", "10d"),
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
