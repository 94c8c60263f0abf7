//! The acceptance scenarios of the first kernel, told to the oracle alone. 2026-03-02 is a Monday.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panicking"
)]

mod support;

use support::{Story, at, span};
use tenure::decide::{Code, Verdict};
use tenure::fact::Cause;
use tenure::model::GrantState;
use tenure::policy::BoundKind;
use tenure::time::Timestamp;
use tenure_oracle::Outcome;

fn codes(outcome: &Outcome) -> Vec<&'static str> {
    outcome.reasons.iter().map(|reason| reason.code.word()).collect()
}

fn param(outcome: &Outcome, name: &str) -> String {
    let values = outcome.reasons.iter().filter_map(|reason| reason.params.get(name));
    values.map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

fn end(outcome: &Outcome) -> Timestamp {
    assert_eq!(outcome.verdict, Verdict::Permit, "{:?}", outcome.reasons);
    outcome.grants[0].end
}

fn binding(outcome: &Outcome) -> Vec<BoundKind> {
    outcome.bounds.iter().filter(|bound| bound.binding).map(|bound| bound.kind).collect()
}

/// Two people, one database role, and a rule with the given further words.
fn database(rule: &str) -> Story {
    Story::new(&format!(
        r#"{{
            "tenure": 1,
            "identities": {{
                "ann": {{"kind": "human"}},
                "ben": {{"kind": "human", "attributes": {{"dept": "finance"}}}}
            }},
            "resources": {{
                "prod": {{"type": "environment"}},
                "prod/orders": {{"type": "database", "parent": "prod"}}
            }},
            "entitlements": {{"prod-db-admin": {{"kind": "right", "permissions": ["db:write"]}}}},
            "eligibility": {{
                "dba": {{
                    "who": {{"kinds": ["human"]}},
                    "what": {{"ids": ["prod-db-admin"]}}
                    {rule}
                }}
            }}
        }}"#
    ))
}

mod s01_more_than_the_maximum {
    use super::*;

    const DAY: &str = r#", "duration": {"min": "1h", "max": "24h"},
        "valid": {"from": "2026-01-01T00:00:00Z", "until": "2027-01-01T00:00:00Z"}"#;

    fn ask(rule: &str, duration: Option<&str>) -> Outcome {
        let mut request = support::request("r-1", "ann", "prod-db-admin");
        request.duration = duration.map(span);
        database(rule).ask(request, "2026-03-02T09:00:00Z")
    }

    #[test]
    fn is_clipped_with_a_warning() {
        let outcome = ask(DAY, Some("25h"));
        assert_eq!(end(&outcome), at("2026-03-03T09:00:00Z"));
        assert_eq!(codes(&outcome), ["duration.clipped"]);
        assert_eq!(param(&outcome, "asked"), "PT25H");
        assert_eq!(param(&outcome, "by"), "maximum");
        assert_eq!(param(&outcome, "left"), "PT24H");
    }

    #[test]
    fn is_rejected_where_the_rule_says_so() {
        let outcome = ask(&format!(r#"{DAY}, "on_exceed": "reject""#), Some("25h"));
        assert_eq!(outcome.verdict, Verdict::Deny);
        assert_eq!(codes(&outcome), ["duration.exceeds_max"]);
        assert_eq!(param(&outcome, "max"), "PT24H");
        assert_eq!(outcome.facts, []);
    }

    #[test]
    fn less_than_the_minimum_is_denied_and_both_limits_are_inclusive() {
        assert_eq!(codes(&ask(DAY, Some("30m"))), ["duration.below_min"]);
        assert_eq!(end(&ask(DAY, Some("1h"))), at("2026-03-02T10:00:00Z"));
        assert_eq!(codes(&ask(DAY, Some("24h"))), [""; 0]);
    }

    #[test]
    fn no_duration_is_missing_unless_it_is_fixed_or_has_a_default() {
        let outcome = ask(DAY, None);
        assert_eq!((codes(&outcome), param(&outcome, "inputs")), (vec!["input.missing"], "duration".into()));
        let fixed = ask(r#", "duration": {"min": "4h", "max": "4h"}"#, None);
        assert_eq!(end(&fixed), at("2026-03-02T13:00:00Z"));
        assert_eq!(binding(&fixed), [BoundKind::Default, BoundKind::Maximum]);
        let default = ask(r#", "duration": {"default": "2h", "max": "4h"}"#, None);
        assert_eq!(end(&default), at("2026-03-02T11:00:00Z"));
    }

    #[test]
    fn a_permit_records_the_request_and_its_grant() {
        let outcome = ask(DAY, Some("2h"));
        let ids: Vec<&str> = outcome.facts.iter().map(|fact| fact.id.as_str()).collect();
        let kinds: Vec<&str> = outcome.facts.iter().map(|fact| fact.body.kind()).collect();
        assert_eq!(ids, ["r-1/0", "r-1/1", "r-1/2"]);
        assert_eq!(kinds, ["request_made", "request_resolved", "grant_issued"]);
        assert_eq!(outcome.grants[0].id.as_str(), "r-1#0");
    }

    #[test]
    fn the_same_request_again_gives_what_it_gave() {
        let mut story = database(DAY);
        let mut request = support::request("r-1", "ann", "prod-db-admin");
        request.duration = Some(span("2h"));
        assert!(story.ask_and_commit(request.clone(), "2026-03-02T09:00:00Z").is_permit());
        let again = story.ask(request.clone(), "2026-03-02T12:00:00Z");
        assert_eq!(codes(&again), ["request.already_resolved"]);
        assert_eq!(again.grants[0].state, GrantState::Ended);
        assert_eq!(again.facts, []);
        request.duration = Some(span("3h"));
        assert_eq!(codes(&story.ask(request, "2026-03-02T12:00:00Z")), ["request.id_reused"]);
    }
}

mod s02_the_least_bound_ends_it {
    use super::*;

    fn outcome(valid: &str, session: &str) -> Outcome {
        let mut story = database(&format!(
            r#", "duration": {{"max": "96h"}}, "valid": {valid}, "session": "{session}", "event": {{}}"#
        ));
        story.fact(
            "2026-03-01T00:00:00Z",
            "event_opened",
            r#"{"id": "ENG-1", "definition": {"kind": "engagement", "start": "2026-03-01T00:00:00Z",
                "planned_end": "2026-03-05T00:00:00Z"}}"#,
        );
        let request = support::request("r-1", "ann", "prod-db-admin")
            .lasting(span("72h"))
            .for_event("ENG-1".parse().unwrap())
            .given("session.ends_at".parse().unwrap(), "2026-03-02T17:00:00Z");
        story.ask(request, "2026-03-02T09:00:00Z")
    }

    const UNTIL_TUESDAY: &str = r#"{"until": "2026-03-03T12:00:00Z"}"#;

    #[test]
    fn session_then_eligibility_then_event() {
        let session = outcome(UNTIL_TUESDAY, "bound");
        assert_eq!(end(&session), at("2026-03-02T17:00:00Z"));
        assert_eq!(binding(&session), [BoundKind::Session]);
        let eligibility = outcome(UNTIL_TUESDAY, "report");
        assert_eq!(end(&eligibility), at("2026-03-03T12:00:00Z"));
        assert_eq!(binding(&eligibility), [BoundKind::Eligibility]);
        assert_eq!(eligibility.grants[0].session_until, Some(at("2026-03-02T17:00:00Z")));
        let event = outcome("{}", "report");
        assert_eq!(end(&event), at("2026-03-05T00:00:00Z"));
        assert_eq!(binding(&event), [BoundKind::Event]);
    }

    #[test]
    fn all_bounds_are_reported_in_order_of_their_ends() {
        let outcome = outcome(UNTIL_TUESDAY, "bound");
        let kinds: Vec<BoundKind> = outcome.bounds.iter().map(|bound| bound.kind).collect();
        assert_eq!(
            kinds,
            [
                BoundKind::Session,
                BoundKind::Eligibility,
                BoundKind::Event,
                BoundKind::Asked,
                BoundKind::Maximum
            ]
        );
        assert_eq!(outcome.bounds[2].source.as_deref(), Some("ENG-1"));
    }
}

mod s03_an_extension_counts_from_now {
    use super::*;

    /// A grant from midnight that was extended until nine in the evening.
    fn story(extension: &str) -> Story {
        let mut story = database(&format!(
            r#", "duration": {{"max": "24h"}}, "extension": {{"max_total": "24h"{extension}}}"#
        ));
        let request = support::request("r-1", "ann", "prod-db-admin").lasting(span("20h"));
        assert!(story.ask_and_commit(request, "2026-03-02T00:00:00Z").is_permit());
        let extended = story.extend_and_commit("x-1", "r-1#0", "11h", "2026-03-02T10:00:00Z");
        assert_eq!(end(&extended), at("2026-03-02T21:00:00Z"));
        story
    }

    #[test]
    fn and_is_capped_from_the_start() {
        let story = story("");
        let three = story.extend("x-2", "r-1#0", "3h", "2026-03-02T20:00:00Z");
        assert_eq!(end(&three), at("2026-03-02T23:00:00Z"));
        let six = story.extend("x-2", "r-1#0", "6h", "2026-03-02T20:00:00Z");
        assert_eq!(end(&six), at("2026-03-03T00:00:00Z"));
        assert_eq!((codes(&six), param(&six, "left")), (vec!["duration.clipped"], "PT4H".into()));
        assert_eq!(binding(&six), [BoundKind::Extension]);
    }

    #[test]
    fn and_is_refused_past_the_cap_or_the_end() {
        let story = story("");
        let past = story.extend("x-2", "r-1#0", "1h", "2026-03-03T00:00:00Z");
        assert_eq!(codes(&past), ["extension.past_max_total"]);
        let ended = story.extend("x-2", "r-1#0", "1h", "2026-03-02T22:00:00Z");
        assert_eq!((codes(&ended), param(&ended, "state")), (vec!["extension.not_active"], "ended".into()));
    }

    #[test]
    fn and_shortens_only_where_that_is_allowed() {
        let shorter = story("").extend("x-2", "r-1#0", "30m", "2026-03-02T20:00:00Z");
        assert_eq!(codes(&shorter), ["extension.would_shorten"]);
        assert_eq!(param(&shorter, "held"), "2026-03-02T21:00:00Z");
        let equal = story("").extend("x-2", "r-1#0", "1h", "2026-03-02T20:00:00Z");
        assert_eq!(codes(&equal), ["extension.no_gain"]);
        let allowed =
            story(r#", "allow_shorten": true"#).extend("x-2", "r-1#0", "30m", "2026-03-02T20:00:00Z");
        assert_eq!(end(&allowed), at("2026-03-02T20:30:00Z"));
    }

    #[test]
    fn and_may_be_counted() {
        let again = story(r#", "max_count": 1"#).extend("x-2", "r-1#0", "3h", "2026-03-02T20:00:00Z");
        assert_eq!((codes(&again), param(&again, "count")), (vec!["extension.limit_reached"], "1".into()));
    }

    #[test]
    fn the_same_extension_again_changes_nothing() {
        let again = story("").extend("x-1", "r-1#0", "11h", "2026-03-02T20:00:00Z");
        assert_eq!(codes(&again), ["request.already_resolved"]);
        assert_eq!(again.grants[0].end, at("2026-03-02T21:00:00Z"));
    }
}

mod s04_overlap {
    use super::*;

    /// A from nine to ten; B as given.
    fn story(b_start: &str, rule: &str) -> (Story, Outcome) {
        let mut story = database(&format!(r#", "duration": {{"max": "1h"}}{rule}"#));
        let a = support::request("A", "ann", "prod-db-admin").lasting(span("1h"));
        assert!(story.ask_and_commit(a, "2026-03-02T09:00:00Z").is_permit());
        let b = support::request("B", "ann", "prod-db-admin").lasting(span("1h")).starting(at(b_start));
        let b = story.ask_and_commit(b, "2026-03-02T09:55:00Z");
        (story, b)
    }

    #[test]
    fn the_end_of_one_removes_nothing_that_the_other_gives() {
        let (story, _) = story("2026-03-02T09:55:00Z", "");
        assert!(story.check("ann", "db:write", "prod", "2026-03-02T10:00:00Z").allowed());
        let found = story.reconcile("2026-03-02T10:00:00Z");
        assert_eq!(found.facts.len(), 1);
        assert_eq!(found.facts[0].id.as_str(), "reconcile/A#0/1772445600000");
        assert_eq!(found.removals, []);
        let later = story.reconcile("2026-03-02T10:55:00Z");
        assert_eq!((later.facts.len(), later.removals.len()), (2, 1));
    }

    #[test]
    fn back_to_back_leaves_no_gap() {
        let (story, _) = story("2026-03-02T10:00:00Z", "");
        let before = story.check("ann", "db:write", "prod", "2026-03-02T09:59:59.999Z");
        assert_eq!((before.allowed(), before.until), (true, Some(at("2026-03-02T11:00:00Z"))));
        assert_eq!(before.next_change_at, Some(at("2026-03-02T10:00:00Z")));
        assert!(story.check("ann", "db:write", "prod", "2026-03-02T10:00:00Z").allowed());
        assert_eq!(story.reconcile("2026-03-02T10:00:00Z").removals, []);
    }

    #[test]
    fn a_revocation_takes_one_or_all() {
        let (story, _) = story("2026-03-02T09:55:00Z", "");
        let one = story.revoke("A#0", "grant", "2026-03-02T09:57:00Z");
        assert_eq!((one.facts.len(), one.grants[0].state), (1, GrantState::Revoked));
        let all = story.revoke("A#0", "entitlement", "2026-03-02T09:57:00Z");
        assert_eq!(all.facts.len(), 2);
        assert!(all.grants.iter().all(|grant| grant.end == at("2026-03-02T09:57:00Z")));
    }

    #[test]
    fn or_is_rejected_where_the_rule_says_so() {
        let reject = r#", "already_held": "reject""#;
        let (_, overlapping) = story("2026-03-02T09:55:00Z", reject);
        assert_eq!(codes(&overlapping), ["grant.already_active"]);
        assert_eq!(param(&overlapping, "grant"), "A#0");
        let (_, touching) = story("2026-03-02T10:00:00Z", reject);
        assert!(touching.is_permit());
    }
}

mod s08_eligibility_lost_before_the_start {
    use super::*;

    fn story() -> Story {
        let mut story = Story::new(
            r#"{
                "tenure": 1,
                "identities": {"alice": {"kind": "human", "attributes": {"dept": "ops"}}},
                "entitlements": {"deploy": {"kind": "right", "permissions": ["app:deploy"]}},
                "eligibility": {"ops": {
                    "who": {"attributes": {"dept": ["ops"]}}, "what": {"ids": ["deploy"]},
                    "duration": {"max": "8h"}
                }}
            }"#,
        );
        let request = support::request("r-1", "alice", "deploy")
            .starting(at("2026-03-06T08:00:00Z"))
            .until(at("2026-03-06T16:00:00Z"));
        let outcome = story.ask_and_commit(request, "2026-03-02T10:00:00Z");
        assert_eq!(outcome.grants[0].state, GrantState::Scheduled);
        story.change_department("alice", "sales", "2026-03-03T00:00:00Z");
        story
    }

    #[test]
    fn is_at_risk_until_the_start_and_void_then() {
        let story = story();
        let tuesday = story.reconcile("2026-03-03T12:00:00Z");
        let codes: Vec<Code> = tuesday.findings.iter().map(|finding| finding.code).collect();
        assert_eq!((codes, tuesday.facts.len()), (vec![Code::EligibilityAtRisk], 0));
        let friday = at("2026-03-06T08:00:00Z");
        assert_eq!(story.death("r-1#0"), Some((friday, Cause::EligibilityLost)));
        assert_eq!(story.state("r-1#0", "2026-03-06T07:59:59.999Z"), GrantState::Scheduled);
        assert_eq!(story.state("r-1#0", "2026-03-06T08:00:00Z"), GrantState::Void);
        let found = story.reconcile("2026-03-06T08:00:00Z");
        assert_eq!(found.facts[0].body.kind(), "grant_voided");
        assert!(!story.check("alice", "app:deploy", "", "2026-03-06T08:00:00Z").allowed());
    }

    #[test]
    fn starts_where_it_came_back_in_time() {
        let mut story = story();
        story.change_department("alice", "ops", "2026-03-05T00:00:00Z");
        assert_eq!(story.death("r-1#0"), Some((at("2026-03-06T16:00:00Z"), Cause::Expired)));
        assert!(story.check("alice", "app:deploy", "", "2026-03-06T08:00:00Z").allowed());
    }
}

mod s09_eligibility_lost_while_it_runs {
    use super::*;

    fn story(on_loss: &str) -> Story {
        let mut story = Story::new(&format!(
            r#"{{
                "tenure": 1,
                "identities": {{"ben": {{"kind": "human", "attributes": {{"dept": "finance"}}}}}},
                "entitlements": {{"ledger": {{"kind": "right", "permissions": ["ledger:post"]}}}},
                "eligibility": {{"finance": {{
                    "who": {{"attributes": {{"dept": ["finance"]}}}}, "what": {{"ids": ["ledger"]}},
                    "duration": {{"max": "8h"}}, "extension": {{"max_total": "12h"}}, "on_loss": {on_loss}
                }}}}
            }}"#
        ));
        let request = support::request("r-1", "ben", "ledger").lasting(span("8h"));
        assert!(story.ask_and_commit(request, "2026-03-02T09:00:00Z").is_permit());
        story
    }

    #[test]
    fn ends_at_once_or_after_a_grace_or_runs_out() {
        for (on_loss, end, cause) in [
            (r#""revoke""#, "2026-03-02T12:00:00Z", Cause::EligibilityLost),
            (r#"{"grace": "PT1H"}"#, "2026-03-02T13:00:00Z", Cause::EligibilityLost),
            (r#""run_out""#, "2026-03-02T17:00:00Z", Cause::Expired),
        ] {
            let mut story = story(on_loss);
            story.change_department("ben", "sales", "2026-03-02T12:00:00Z");
            assert_eq!(story.death("r-1#0"), Some((at(end), cause)), "{on_loss}");
            let extension = story.extend("x-1", "r-1#0", "3h", "2026-03-02T12:30:00Z");
            assert_eq!(codes(&extension), ["eligibility.none"]);
            let request = support::request("r-2", "ben", "ledger").lasting(span("1h"));
            assert_eq!(codes(&story.ask(request, "2026-03-02T12:30:00Z")), ["eligibility.none"]);
            let revoked = story.revoke("r-1#0", "grant", "2026-03-02T12:30:00Z");
            assert!(revoked.is_permit());
            let findings = story.reconcile("2026-03-02T12:30:00Z").findings;
            let lost = findings.iter().any(|finding| finding.code == Code::EligibilityLost);
            assert_eq!(lost, on_loss.contains("run_out"));
        }
    }

    #[test]
    fn coming_back_does_not_revive() {
        let mut story = story(r#""revoke""#);
        story.change_department("ben", "sales", "2026-03-02T12:00:00Z");
        story.change_department("ben", "finance", "2026-03-02T12:30:00Z");
        assert!(!story.check("ben", "ledger:post", "", "2026-03-02T13:00:00Z").allowed());
    }

    #[test]
    fn suspension_always_ends_it() {
        for on_loss in [r#""revoke""#, r#"{"grace": "PT1H"}"#, r#""run_out""#] {
            let mut story = story(on_loss);
            story.fact("2026-03-02T12:00:00Z", "identity_suspended", r#"{"id": "ben"}"#);
            story.fact("2026-03-02T12:30:00Z", "identity_resumed", r#"{"id": "ben"}"#);
            let noon = at("2026-03-02T12:00:00Z");
            assert_eq!(story.death("r-1#0"), Some((noon, Cause::IdentitySuspended)));
        }
    }
}

mod s17_expiry_along_a_path {
    use super::*;

    fn story(first: &str, second: &str) -> Story {
        Story::new(&format!(
            r#"{{
                "tenure": 1,
                "identities": {{"u": {{"kind": "human"}}}},
                "entitlements": {{
                    "team": {{"kind": "group", "implies": [{{"entitlement": "doc", "until": "{second}"}}]}},
                    "doc": {{"kind": "right", "permissions": ["doc:read"]}}
                }},
                "memberships": {{"m": {{"member": "u", "group": "team", "until": "{first}"}}}}
            }}"#
        ))
    }

    #[test]
    fn is_the_least_along_it() {
        let (late, past) = ("2300-12-01T00:00:00Z", "2023-12-01T00:00:00Z");
        let now = "2026-03-02T00:00:00Z";
        let both = story(late, late).check("u", "doc:read", "", now);
        assert_eq!((both.allowed(), both.until), (true, Some(at(late))));
        for (first, second) in [(late, past), (past, late), (past, past)] {
            let checked = story(first, second).check("u", "doc:read", "", now);
            assert!(!checked.allowed());
            assert_eq!(checked.reasons[0].code, Code::AccessExpired);
        }
    }

    #[test]
    fn and_the_greatest_over_several() {
        let mut story = story("2026-03-02T10:00:00Z", "2300-12-01T00:00:00Z");
        story.fact(
            "2026-03-02T00:00:00Z",
            "standing_assigned",
            r#"{"id": "s", "definition": {"holder": {"identity": "u"}, "entitlement": "doc",
                "until": "2026-03-02T12:00:00Z"}}"#,
        );
        let checked = story.check("u", "doc:read", "", "2026-03-02T09:00:00Z");
        assert_eq!((checked.allowed(), checked.until), (true, Some(at("2026-03-02T12:00:00Z"))));
        assert_eq!(checked.next_change_at, Some(at("2026-03-02T10:00:00Z")));
    }

    #[test]
    fn an_edge_that_closes_a_cycle_is_inert() {
        let mut story = story("2300-12-01T00:00:00Z", "2300-12-01T00:00:00Z");
        story.adopt(at("2026-03-01T00:00:00Z"));
        story.fact(
            "2026-03-01T00:00:00Z",
            "entitlement_changed",
            r#"{"id": "doc", "changes": {"implies": ["team"]}}"#,
        );
        assert!(story.check("u", "doc:read", "", "2026-03-02T00:00:00Z").allowed());
    }
}

mod s25_the_business_event {
    use super::*;

    fn open(rule: &str) -> Story {
        let mut story = database(&format!(r#", "event": {rule}"#));
        story.fact(
            "2026-03-02T09:00:00Z",
            "event_opened",
            r#"{"id": "INC-7", "definition": {"kind": "incident", "start": "2026-03-02T09:00:00Z",
                "planned_end": "2026-03-02T18:00:00Z", "hard_cap": "12h", "feed": "pager"}}"#,
        );
        story
    }

    fn running(rule: &str) -> Story {
        let mut story = open(rule);
        let request = support::request("r-1", "ann", "prod-db-admin").for_event("INC-7".parse().unwrap());
        let outcome = story.ask_and_commit(request, "2026-03-02T09:00:00Z");
        assert_eq!(end(&outcome), at("2026-03-02T18:00:00Z"));
        story
    }

    #[test]
    fn ends_early_with_its_grace_and_does_not_revive() {
        for (rule, end) in [("{}", "2026-03-02T14:00:00Z"), (r#"{"grace": "15m"}"#, "2026-03-02T14:15:00Z")] {
            let mut story = running(rule);
            story.fact("2026-03-02T14:00:00Z", "event_closed", r#"{"id": "INC-7"}"#);
            assert_eq!(story.death("r-1#0"), Some((at(end), Cause::EventEnded)));
            story.fact(
                "2026-03-02T15:00:00Z",
                "event_opened",
                r#"{"id": "INC-7", "definition": {"kind": "incident", "start": "2026-03-02T09:00:00Z"}}"#,
            );
            assert_eq!(story.death("r-1#0"), Some((at(end), Cause::EventEnded)));
        }
    }

    #[test]
    fn slips_and_takes_along_only_what_follows_it() {
        let slip = r#"{"id": "INC-7", "changes": {"planned_end": "2026-03-02T23:00:00Z"}}"#;
        for (rule, end, cause) in [
            ("{}", "2026-03-02T18:00:00Z", Cause::Expired),
            (r#"{"follow": true}"#, "2026-03-02T21:00:00Z", Cause::EventEnded),
        ] {
            let mut story = running(rule);
            story.fact("2026-03-02T12:00:00Z", "event_changed", slip);
            assert_eq!(story.death("r-1#0"), Some((at(end), cause)));
        }
    }

    #[test]
    fn justifies_only_what_it_is_for() {
        let ask = |rule: &str, event: &str, now: &str| {
            let request = support::request("r-1", "ann", "prod-db-admin").for_event(event.parse().unwrap());
            let outcome = open(rule).ask(request, now);
            (codes(&outcome).join(" "), param(&outcome, "why"))
        };
        let invalid = |why: &str| ("event.invalid".to_string(), why.to_string());
        assert_eq!(ask("{}", "INC-8", "2026-03-02T10:00:00Z"), invalid("unknown"));
        assert_eq!(ask("{}", "INC-7", "2026-03-02T18:00:00Z"), invalid("ended"));
        assert_eq!(
            ask(r#"{"kinds": ["audit"]}"#, "INC-7", "2026-03-02T10:00:00Z"),
            invalid("kind_not_allowed")
        );
    }

    #[test]
    fn goes_stale_when_its_feed_is_silent() {
        let mut story = open(r#"{"max_staleness": "1h"}"#);
        let request = support::request("r-1", "ann", "prod-db-admin").for_event("INC-7".parse().unwrap());
        assert!(story.ask(request.clone(), "2026-03-02T10:00:00Z").is_permit());
        let stale = story.ask(request.clone(), "2026-03-02T10:00:00.001Z");
        assert_eq!(codes(&stale), ["event.stale"]);
        story.fact("2026-03-02T10:30:00Z", "feed_heartbeat", r#"{"id": "pager"}"#);
        assert!(story.ask(request, "2026-03-02T11:30:00Z").is_permit());
    }
}

mod how_long_an_answer_holds {
    use super::*;
    use tenure::time::Window;

    #[test]
    fn a_permit_until_another_bound_binds() {
        let story = database(
            r#", "duration": {"max": "4h"}, "valid": {"from": "2026-03-02T08:00:00Z",
                "until": "2026-03-02T18:00:00Z"}"#,
        );
        let request = support::request("r-1", "ann", "prod-db-admin").lasting(span("2h"));
        let window = |from, until| Window::new(at(from), at(until)).unwrap();
        // From 16:00 on the end of the rule binds too, and from then on alone.
        let holds = story.holds(request.clone(), "2026-03-02T10:00:00Z");
        assert_eq!(holds, window("2026-03-02T08:00:00Z", "2026-03-02T16:00:00Z"));
        let holds = story.holds(request.clone(), "2026-03-02T17:00:00Z");
        assert_eq!(holds, window("2026-03-02T16:00:00.001Z", "2026-03-02T18:00:00Z"));
        let holds = story.holds(request, "2026-03-02T07:00:00Z");
        assert_eq!(holds, Window::new(Timestamp::MIN, at("2026-03-02T08:00:00Z")).unwrap());
    }

    #[test]
    fn a_denial_until_the_hours_begin() {
        let story = database(
            r#", "duration": {"max": "24h"}, "hours": [{"from": "08:00", "to": "18:00", "zone": "UTC"}]"#,
        );
        let request = support::request("r-1", "ann", "prod-db-admin").lasting(span("2h"));
        let denied = story.ask(request.clone(), "2026-03-02T20:00:00Z");
        assert_eq!((codes(&denied), param(&denied, "bound")), (vec!["window.empty"], "hours".into()));
        let holds = story.holds(request, "2026-03-02T20:00:00Z");
        assert_eq!(holds, Window::new(at("2026-03-02T18:00:00Z"), at("2026-03-03T08:00:00Z")).unwrap());
    }
}
