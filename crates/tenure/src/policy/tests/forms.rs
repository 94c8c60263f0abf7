//! A policy reads as people write it.

use super::COMPANY;
use crate::model::{Holder, Implied, OnLoss, Scalar, Value};
use crate::policy::{AlreadyHeld, Anchor, BoundKind, Exceed, OnExceed, Policy, SessionRule};
use crate::time::{Span, Timestamp};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn a_company_reads_as_it_is_written() {
    let policy = Policy::from_yaml(COMPANY).unwrap_or_else(|error| panic!("{error}"));
    let document = policy.document();

    let responder = &document.eligibility["responder"];
    assert_eq!(responder.on_loss, OnLoss::Grace(Span::hours(1)));
    assert_eq!(responder.already_held, AlreadyHeld::Extend);
    assert_eq!(responder.session, SessionRule::Bound);
    assert_eq!(responder.duration, None);
    let event = responder.event.as_ref().unwrap();
    assert_eq!((event.follow, event.grace, event.self_opened), (true, Span::minutes(30), false));
    let grades: Vec<_> = responder.who.attributes["grade"].iter().collect();
    assert_eq!(grades, [&Value::Int(7), &Value::Int(8)]);

    let maintenance = &document.eligibility["maintenance"];
    assert_eq!(maintenance.anchor, Anchor::Window);
    assert_eq!(maintenance.on_loss, OnLoss::RunOut);
    assert_eq!(maintenance.on_exceed.of(BoundKind::Maximum), Exceed::Reject);
    assert_eq!(maintenance.on_exceed.of(BoundKind::Event), Exceed::Clip);
    assert_eq!(maintenance.hours[0].to_string(), "mon, tue from 08:00 to 18:00 in Europe/Berlin");
    assert_eq!(document.eligibility["plain"].on_exceed, OnExceed::All(Exceed::Reject));

    let edges = &document.entitlements["db-admin"].implies;
    assert_eq!(edges[0], Implied::always("db-read".parse().unwrap()));
    assert_eq!(edges[1].scope.as_ref().map(|scope| scope.as_str()), Some("prod"));
    assert_eq!(document.standing["oncall-reads"].holder, Holder::Group("oncall".parse().unwrap()));
    let sites = Value::List(vec![Scalar::Text("berlin".into()), Scalar::Text("oslo".into())]);
    assert_eq!(document.identities["ann"].attributes["sites"], sites);
}

#[test]
fn a_date_is_a_whole_day_in_utc() {
    let policy = Policy::from_yaml(COMPANY).unwrap();
    let document = policy.document();
    let (midnight, after) = (at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z"));

    let ben = &document.identities["ben"];
    assert_eq!((ben.starts, ben.ends), (Some(midnight), Some(after)));
    assert_eq!(document.standing["ann-reads"].until, after);
    assert_eq!(document.memberships["ann-oncall"].from, at("2026-03-02T07:00:00Z"));
    let edge = &document.entitlements["db-admin"].implies[1];
    assert_eq!((edge.from, edge.until), (midnight, at("2026-07-01T00:00:00Z")));
    let audit = &document.events["audit-2026"];
    assert_eq!(
        (audit.start, audit.planned_end),
        (at("2026-03-02T00:00:00Z"), Some(at("2026-03-14T00:00:00Z")))
    );
    let valid = document.eligibility["maintenance"].valid;
    assert_eq!((valid.start(), valid.end()), (midnight, after));
}

#[test]
fn a_policy_written_out_reads_back() {
    let policy = Policy::from_yaml(COMPANY).unwrap();
    let text = crate::document::canonical(policy.document()).unwrap();
    let again = Policy::from_json(text).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(again, policy);
    assert_eq!(again.digest(), policy.digest());
}

#[test]
fn nouns_come_after_what_they_rest_on() {
    let policy = Policy::from_yaml(
        "tenure: 1
resources:
  a: {type: t, parent: z}
  b: {type: t}
  z: {type: t, parent: b}
entitlements:
  a: {kind: role, implies: [z, elsewhere]}
  b: {kind: right}
  z: {kind: role, implies: [b]}
identities: {ann: {kind: human}}
applications: {app: {owner: ann}}
accounts: {x: {application: app}}
memberships: {m: {group: g, member: ann}}
standing: {s: {holder: {identity: ann}, entitlement: a}}
events: {e: {kind: task, start: 2026-03-02}}
",
    )
    .unwrap();
    let names: Vec<_> = policy
        .noun_facts()
        .iter()
        .map(|body| {
            let id = serde_json::to_value(body).unwrap()["id"].as_str().unwrap().to_string();
            format!("{} {id}", body.kind())
        })
        .collect();
    assert_eq!(
        names,
        [
            "application_defined app",
            "resource_defined b",
            "resource_defined z",
            "resource_defined a",
            "identity_defined ann",
            "account_defined x",
            "entitlement_defined b",
            "entitlement_defined z",
            "entitlement_defined a",
            "standing_assigned s",
            "membership_added m",
            "event_opened e",
        ]
    );
}
