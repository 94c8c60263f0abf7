//! Every name that a document uses is declared in it, or known.

use super::COMPANY;
use crate::policy::{NounKind, Policy};

#[test]
fn a_complete_document_dangles_nowhere() {
    assert_eq!(Policy::from_yaml(COMPANY).unwrap().dangling(|_, _| false), []);
}

#[test]
fn every_use_of_a_name_is_looked_at() {
    let policy = Policy::from_yaml(
        "tenure: 1
accounts: {acc: {application: a1, identity: i1}}
applications: {app: {owner: i2}}
resources: {res: {type: t, application: a2, owner: i3, parent: r1}}
identities:
  anna: {kind: human, manager: i4, owner: i5}
  beth: {kind: human, manager: ana}
entitlements:
  ent: {kind: role, application: a3, owner: i6, implies: [e1, {entitlement: e2, scope: r2}]}
standing:
  s1: {holder: {group: e3}, entitlement: e4, scope: r3}
  s2: {holder: {identity: i7}, entitlement: ent}
memberships: {mem: {group: e5, member: i8, scope: r4}}
events: {ev: {kind: task, start: 2026-03-02, ceiling: [e6], participants: [i9], feed: unheard-of}}
eligibility:
  rule:
    who: {ids: [anna, i11, i10], groups: [e7]}
    what: {applications: [a4], ids: [e8]}
    where: [res, r5]
    duration: {max: 8h}
",
    )
    .unwrap();
    let told: Vec<_> = policy
        .dangling(|kind, id| (kind, id) == (NounKind::Identity, "i9"))
        .iter()
        .map(|problem| {
            assert_eq!(problem.code(), "model.dangling");
            let suggestion = problem.suggestion().map(|word| format!(" ~{word}")).unwrap_or_default();
            format!("{}:{} {}{suggestion}", problem.line(), problem.column(), problem.pointer())
        })
        .collect();
    assert_eq!(
        told,
        [
            "2:31 /accounts/acc/application",
            "2:45 /accounts/acc/identity",
            "3:29 /applications/app/owner",
            "18:27 /eligibility/rule/what/applications/0",
            "18:38 /eligibility/rule/what/ids/0",
            "19:18 /eligibility/rule/where/1",
            "17:43 /eligibility/rule/who/groups/0",
            "17:28 /eligibility/rule/who/ids/2",
            "17:23 /eligibility/rule/who/ids/1",
            "9:34 /entitlements/ent/application",
            "9:59 /entitlements/ent/implies/0",
            "9:77 /entitlements/ent/implies/1/entitlement",
            "9:88 /entitlements/ent/implies/1/scope",
            "9:45 /entitlements/ent/owner",
            "14:56 /events/ev/ceiling/0",
            "6:32 /identities/anna/manager",
            "6:43 /identities/anna/owner",
            "7:32 /identities/beth/manager ~anna",
            "13:28 /memberships/mem/group",
            "13:40 /memberships/mem/member",
            "13:51 /memberships/mem/scope",
            "4:41 /resources/res/application",
            "4:52 /resources/res/owner",
            "4:64 /resources/res/parent",
            "11:42 /standing/s1/entitlement",
            "11:24 /standing/s1/holder/group",
            "11:53 /standing/s1/scope",
            "12:27 /standing/s2/holder/identity",
        ]
    );
    let problems = policy.dangling(|kind, _| kind != NounKind::Identity);
    let of = |pointer: &str| problems.iter().find(|problem| problem.pointer() == pointer).unwrap().message();
    assert_eq!(of("/identities/beth/manager"), "`ana` is not an identity; did you mean `anna`?");
    assert_eq!(of("/memberships/mem/member"), "`i8` is not an identity; declare it under `identities`");
}
