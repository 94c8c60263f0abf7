//! What happens when eligibility is lost. SCENARIOS S08 and S09.

use serde_json::{Value, json};

use super::company::finance;
use crate::Scenario;
use crate::build::{
    DIGEST, Happening, allowed, changed, defined, denied, deny_all, deny_item, extend, fact, found, moved,
    of, permit, request, revoke, scenario,
};

pub(super) fn scenarios() -> Vec<Scenario> {
    vec![
        lost_before_the_start(),
        restored_before_the_start(),
        lost_and_revoked(),
        lost_with_grace(),
        lost_and_run_out(),
        lost_and_found_again(),
        lost_before_the_document_was_adopted(),
        suspended_whatever_the_mode(),
        revoked_whatever_the_rules(),
        another_rule_keeps_alive(),
        external_grants_have_none(),
    ]
}

fn none(identity: &str) -> Value {
    json!({"entitlement": "admin", "identity": identity})
}

/// S08: on Monday ben obtains Friday, on Tuesday he moves to sales.
fn friday(name: &str) -> Scenario {
    scenario(&format!("eligibility/{name}"), finance(&["duration: {max: 8h}"]))
        .at("03-02 10:00")
        .commit(
            request("r-1", "ben", "admin").starting("03-06 08:00").lasting("8h"),
            permit().grant("r-1#0", "scheduled", "03-06 08:00", "03-06 16:00"),
        )
        .at("03-03 10:00")
        .facts([moved("ben", "sales")])
        .name("moved")
}

fn lost_before_the_start() -> Scenario {
    friday("lost-before-the-start")
        .about("S08: a scheduled grant is void at its start if eligibility is lost then; until then it is at risk, whether or not someone reconciles")
        .record(found().finds("eligibility.at_risk", json!({"grant": "r-1#0"})))
        .at("03-06 07:59:59.999")
        .reconcile(found().finds("eligibility.at_risk", json!({"grant": "r-1#0"})))
        .at("03-06 08:00")
        .check("ben", "db:write", "", denied("access.none", json!({"identity": "ben", "permission": "db:write"})))
        .record(found().ends("grant_voided", "r-1#0", "03-06 08:00", "eligibility.lost"))
        .reconcile(found())
        .fork("moved")
        .check("ben", "db:write", "", denied("access.none", json!({"identity": "ben", "permission": "db:write"})))
        .at("03-06 12:00")
        .facts([moved("ben", "finance")])
        .check("ben", "db:write", "", denied("access.none", json!({"identity": "ben", "permission": "db:write"})))
        .reconcile(found().ends("grant_voided", "r-1#0", "03-06 08:00", "eligibility.lost"))
}

fn restored_before_the_start() -> Scenario {
    friday("restored-before-the-start")
        .about("S08: eligibility that is restored by the start, be it at that very instant, lets the grant start")
        .at("03-05 10:00")
        .facts([moved("ben", "finance")])
        .reconcile(found())
        .at("03-06 08:00")
        .check("ben", "db:write", "", allowed().until("03-06 16:00"))
        .fork("moved")
        .facts([moved("ben", "finance")])
        .check("ben", "db:write", "", allowed().until("03-06 16:00"))
        .reconcile(found())
}

/// S09: ben obtains the right for the day and moves to sales at noon.
fn noon(name: &str, on_loss: &str) -> Scenario {
    let on_loss = format!("on_loss: {on_loss}");
    let lines = ["duration: {max: 8h}", "extension: {max_total: 24h}", &on_loss];
    scenario(&format!("eligibility/{name}"), finance(&lines))
        .at("03-02 09:00")
        .commit(
            request("r-1", "ben", "admin").lasting("8h"),
            permit().grant("r-1#0", "active", "03-02 09:00", "03-02 17:00"),
        )
        .name("granted")
        .at("03-02 12:00")
        .facts([moved("ben", "sales")])
        .name("moved")
}

fn lost_and_revoked() -> Scenario {
    noon("lost-and-revoked", "revoke")
        .about("S09: with `revoke` the grant ends with the eligibility, recorded or not")
        .check("ben", "db:write", "", denied("grant.expired", json!({"end": "03-02 12:00"})))
        .reconcile(
            found()
                .ends("grant_ended", "r-1#0", "03-02 12:00", "eligibility.lost")
                .removes("ben", "admin", ""),
        )
        .at("03-02 12:30")
        .decide(extend("x-1", "r-1#0", "6h"), deny_all("eligibility.none", none("ben")))
        .decide(
            request("r-2", "ben", "admin").lasting("1h"),
            deny_item("eligibility.none", none("ben")).with("bounds", json!([])),
        )
        .record(
            found()
                .ends("grant_ended", "r-1#0", "03-02 12:00", "eligibility.lost")
                .removes("ben", "admin", ""),
        )
        .reconcile(found())
}

fn lost_with_grace() -> Scenario {
    noon("lost-with-grace", "{grace: 1h}")
        .about("S09: with `grace` the grant ends an hour after the eligibility")
        .check("ben", "db:write", "", allowed().until("03-02 13:00"))
        .reconcile(found())
        .at("03-02 12:30")
        .decide(extend("x-1", "r-1#0", "6h"), deny_all("eligibility.none", none("ben")))
        .decide(request("r-2", "ben", "admin").lasting("1h"), deny_item("eligibility.none", none("ben")))
        .at("03-02 13:00")
        .check("ben", "db:write", "", denied("grant.expired", json!({"end": "03-02 13:00"})))
        .reconcile(
            found()
                .ends("grant_ended", "r-1#0", "03-02 13:00", "eligibility.lost")
                .removes("ben", "admin", ""),
        )
}

fn lost_and_run_out() -> Scenario {
    noon("lost-and-run-out", "run_out")
        .about("S09: with `run_out` the grant keeps its end and is a finding until then")
        .check("ben", "db:write", "", allowed().until("03-02 17:00"))
        .reconcile(found().finds("eligibility.lost", json!({"at": "03-02 12:00", "grant": "r-1#0"})))
        .at("03-02 12:30")
        .decide(extend("x-1", "r-1#0", "6h"), deny_all("eligibility.none", none("ben")))
        .decide(request("r-2", "ben", "admin").lasting("1h"), deny_item("eligibility.none", none("ben")))
        .at("03-02 17:00")
        .reconcile(
            found().ends("grant_ended", "r-1#0", "03-02 17:00", "grant.expired").removes("ben", "admin", ""),
        )
}

fn lost_and_found_again() -> Scenario {
    noon("lost-and-found-again", "{grace: 1h}")
        .about("A loss after the start is final: a grant does not come back, and a grace that runs is not called off")
        .at("03-02 12:30")
        .facts([moved("ben", "finance")])
        .check("ben", "db:write", "", allowed().until("03-02 13:00"))
        .at("03-02 13:00")
        .check("ben", "db:write", "", denied("grant.expired", json!({"end": "03-02 13:00"})))
        .decide(
            request("r-2", "ben", "admin").lasting("1h"),
            permit().grant("r-2#0", "active", "03-02 13:00", "03-02 14:00"),
        )
        .fork("granted")
        .at("03-02 12:00")
        .facts([moved("ben", "sales"), moved("ben", "finance")])
        .check("ben", "db:write", "", allowed().until("03-02 17:00"))
}

/// A log that was decided under another document: ben's grant, the nouns it needs, and then this document.
fn under_another_document(on_loss: &str, limit: &str) -> Vec<Happening> {
    let other = "0123456789abcdef".repeat(4);
    vec![
        defined("identity_defined", "ann", json!({"kind": "human"})),
        defined("identity_defined", "ben", json!({"kind": "human", "attributes": {"dept": "finance"}})),
        defined("entitlement_defined", "admin", json!({"kind": "right", "permissions": ["db:write"]})),
        fact("policy_adopted", json!({"digest": other})),
        fact(
            "grant_issued",
            json!({
                "id": "old#0",
                "beneficiary": "ben",
                "entitlement": "admin",
                "term": {"start": "2026-03-02T09:00:00Z", "end": limit},
                "basis": {"policy": {
                    "limit": limit,
                    "on_loss": on_loss,
                    "rules": [{"digest": "fedcba9876543210".repeat(4), "id": "old-rule"}],
                }},
            }),
        ),
    ]
}

const FIVE: &str = "2026-03-02T17:00:00Z";

fn lost_before_the_document_was_adopted() -> Scenario {
    scenario("eligibility/continuity-is-judged-since-the-adoption", finance(&["duration: {max: 8h}"]))
        .about("Eligibility is judged by the document in force from its adoption on; one that is not adopted takes nothing")
        .at("03-02 09:00")
        .facts(under_another_document("revoke", FIVE))
        .at("03-02 10:00")
        .facts([moved("ben", "sales")])
        .check(
            "ben",
            "db:write",
            "",
            denied(
                "policy.not_adopted",
                json!({"adopted": "0123456789abcdef".repeat(4), "policy": DIGEST}),
            ),
        )
        .decide(
            request("r-1", "ann", "admin").lasting("1h"),
            deny_all(
                "policy.not_adopted",
                json!({"adopted": "0123456789abcdef".repeat(4), "policy": DIGEST}),
            ),
        )
        .name("other")
        .at("03-02 11:00")
        .facts([fact("policy_adopted", json!({"digest": DIGEST}))])
        .check("ben", "db:write", "", denied("grant.expired", json!({"end": "03-02 11:00"})))
        .reconcile(
            found()
                .ends("grant_ended", "old#0", "03-02 11:00", "eligibility.lost")
                .removes("ben", "admin", ""),
        )
        .fork("other")
        .facts([moved("ben", "finance"), fact("policy_adopted", json!({"digest": DIGEST}))])
        .check("ben", "db:write", "", allowed().until("03-02 17:00"))
}

fn suspended_whatever_the_mode() -> Scenario {
    noon("suspended-whatever-the-mode", "run_out")
        .about("S09: suspended, left or past the contract at noon a grant ends at noon, whatever happens to eligibility")
        .fork("granted")
        .facts([of("identity_suspended", "ben")])
        .check("ben", "db:write", "", denied("identity.not_active", json!({"identity": "ben", "why": "suspended"})))
        .reconcile(
            found()
                .ends("grant_ended", "r-1#0", "03-02 12:00", "identity.suspended")
                .removes("ben", "admin", ""),
        )
        .at("03-02 13:00")
        .facts([of("identity_resumed", "ben")])
        .check("ben", "db:write", "", denied("grant.expired", json!({"end": "03-02 12:00"})))
        .fork("granted")
        .at("03-02 12:00")
        .facts([of("identity_left", "ben")])
        .check("ben", "db:write", "", denied("identity.not_active", json!({"identity": "ben", "why": "left"})))
        .reconcile(
            found().ends("grant_ended", "r-1#0", "03-02 12:00", "identity.left").removes("ben", "admin", ""),
        )
        .fork("granted")
        .facts([changed("identity_changed", "ben", json!({"ends": "2026-03-02T12:00:00Z"}))])
        .check(
            "ben",
            "db:write",
            "",
            denied("identity.not_active", json!({"identity": "ben", "why": "contract_ended"})),
        )
        .reconcile(
            found()
                .ends("grant_ended", "r-1#0", "03-02 12:00", "identity.contract_ended")
                .removes("ben", "admin", ""),
        )
}

fn revoked_whatever_the_rules() -> Scenario {
    scenario("eligibility/revoked-whatever-the-rules", finance(&["duration: {max: 1h}"]))
        .about("S09: a revocation at 13:00 is accepted although ben is no longer eligible and the maximum is one hour by now")
        .at("03-02 09:00")
        .facts(under_another_document("run_out", FIVE))
        .at("03-02 11:00")
        .facts([fact("policy_adopted", json!({"digest": DIGEST}))])
        .at("03-02 12:00")
        .facts([moved("ben", "sales")])
        .reconcile(found().finds("eligibility.lost", json!({"at": "03-02 12:00", "grant": "old#0"})))
        .at("03-02 13:00")
        .check("ben", "db:write", "", allowed().until("03-02 17:00"))
        .commit(
            revoke("v-1", "old#0").by("ann"),
            permit().grant("old#0", "revoked", "03-02 09:00", "03-02 13:00"),
        )
        .check("ben", "db:write", "", denied("grant.expired", json!({"end": "03-02 13:00"})))
}

fn another_rule_keeps_alive() -> Scenario {
    let policy = finance(&["duration: {max: 8h}"])
        + "  sellers:
    who: {attributes: {dept: [sales]}}
    what: {ids: [admin]}
    duration: {max: 1h}
";
    scenario("eligibility/any-rule-that-matches-keeps-alive", policy)
        .about("A running grant stays while some rule matches, whichever gave it")
        .at("03-02 09:00")
        .commit(
            request("r-1", "ben", "admin").lasting("8h"),
            permit().grant("r-1#0", "active", "03-02 09:00", "03-02 17:00"),
        )
        .at("03-02 12:00")
        .facts([moved("ben", "sales")])
        .check("ben", "db:write", "", allowed().until("03-02 17:00"))
        .at("03-02 13:00")
        .facts([moved("ben", "legal")])
        .check("ben", "db:write", "", denied("grant.expired", json!({"end": "03-02 13:00"})))
}

fn external_grants_have_none() -> Scenario {
    scenario("eligibility/grants-from-elsewhere-need-none", finance(&["duration: {max: 8h}"]))
        .about("A grant from elsewhere is not tied to eligibility; it ends by its term, its holder's life and by hand")
        .at("03-02 09:00")
        .facts([fact(
            "grant_issued",
            json!({
                "id": "ext-1",
                "beneficiary": "ann",
                "entitlement": "admin",
                "scope": "prod",
                "term": {"start": "2026-03-02T09:00:00Z", "end": "2026-03-02T17:00:00Z"},
                "basis": "external",
            }),
        )])
        .check("ann", "db:write", "prod/orders", allowed().until("03-02 17:00").via(&[("grant", "ext-1")]))
        .check("ann", "db:write", "", denied("access.none", json!({"identity": "ann", "permission": "db:write"})))
        .at("03-02 17:00")
        .reconcile(
            found()
                .ends("grant_ended", "ext-1", "03-02 17:00", "grant.expired")
                .removes("ann", "admin", "prod"),
        )
}
