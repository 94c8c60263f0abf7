//! What a check finds along the paths from an identity to a permission. SCENARIOS S17.

use serde_json::{Value, json};

use crate::Scenario;
use crate::build::{allowed, changed, defined, denied, fact, found, of, permit, request, scenario};

pub(super) fn scenarios() -> Vec<Scenario> {
    vec![
        least_along_a_path(),
        most_over_paths(),
        a_gap_between_paths(),
        standing(),
        standing_of_a_group(),
        standing_removed(),
        scopes_along_a_path(),
        windows_of_edges(),
        an_edge_taken_away(),
        three_levels(),
        retired_in_between(),
        cycles_are_inert(),
        a_document_is_recorded_last(),
        unknown_names(),
        not_yet_and_no_more(),
        pauses(),
    ]
}

fn none() -> Value {
    json!({"identity": "ann", "permission": "doc:read"})
}

/// S17: ann is in the team until `member`; the team reads the document until `holds`.
fn team(member: &str, holds: &str) -> String {
    format!(
        "tenure: 1
identities:
  ann: {{kind: human}}
resources:
  doc: {{type: document}}
entitlements:
  team: {{kind: group}}
  reader: {{kind: right, permissions: ['doc:read']}}
memberships:
  m-1: {{group: team, member: ann, until: '{member}'}}
standing:
  s-1: {{holder: {{group: team}}, entitlement: reader, scope: doc, until: '{holds}'}}
"
    )
}

const FUTURE: &str = "2300-12-01T00:00:00Z";

const PAST: &str = "2023-12-01T00:00:00Z";

fn least_along_a_path() -> Scenario {
    // The group holds by a fact, so that one policy serves the four cases.
    let policy = "tenure: 1
identities:
  ann: {kind: human}
  ben: {kind: human}
resources:
  new: {type: document}
  old: {type: document}
entitlements:
  team: {kind: group}
  former: {kind: group}
  reader: {kind: right, permissions: ['doc:read']}
memberships:
  m-1: {group: team, member: ann, until: '2300-12-01T00:00:00Z'}
  m-2: {group: team, member: ben, until: '2023-12-01T00:00:00Z'}
standing:
  s-1: {holder: {group: team}, entitlement: reader, scope: new, until: '2300-12-01T00:00:00Z'}
  s-2: {holder: {group: team}, entitlement: reader, scope: old, until: '2023-12-01T00:00:00Z'}
";
    let over = || denied("grant.expired", json!({"end": PAST}));
    scenario("paths/the-least-end-along-a-path", policy)
        .about("S17: access along a path lasts as long as every edge of it: 2300 and 2300, 2300 and 2023, 2023 and 2300, 2023 and 2023")
        .at("03-02 00:00")
        .check(
            "ann",
            "doc:read",
            "new",
            allowed().until(FUTURE).next(FUTURE).via(&[("membership", "m-1")]),
        )
        .check("ann", "doc:read", "old", over())
        .check("ben", "doc:read", "new", over())
        .check("ben", "doc:read", "old", over())
        .at(PAST)
        .check("ann", "doc:read", "old", over())
        .at("2023-11-30T23:59:59.999Z")
        .check("ann", "doc:read", "old", allowed().until(PAST))
        .check("ben", "doc:read", "new", allowed().until(PAST))
        .at(FUTURE)
        .check("ann", "doc:read", "new", denied("grant.expired", json!({"end": FUTURE})))
}

fn most_over_paths() -> Scenario {
    let policy = team("2026-03-02T10:00:00Z", FUTURE)
        + "  s-2: {holder: {identity: ann}, entitlement: reader, scope: doc, until: '2026-03-02T12:00:00Z'}
";
    scenario("paths/the-greatest-end-over-paths", policy)
        .about("S17: two paths with least ends 10:00 and 12:00 give access until 12:00; the next change is at 10:00")
        .at("03-02 09:00")
        .check(
            "ann",
            "doc:read",
            "doc",
            allowed().until("03-02 12:00").next("03-02 10:00").via(&[("standing", "s-2"), ("membership", "m-1")]),
        )
        .at("03-02 10:00")
        .check("ann", "doc:read", "doc", allowed().until("03-02 12:00").next("03-02 12:00").via(&[("standing", "s-2")]))
        .at("03-02 12:00")
        .check(
            "ann",
            "doc:read",
            "doc",
            denied("grant.expired", json!({"end": "03-02 12:00"})).with("next_change_at", Value::Null),
        )
}

fn a_gap_between_paths() -> Scenario {
    let policy = team("2026-03-02T10:00:00Z", FUTURE)
        + "  s-2: {holder: {identity: ann}, entitlement: reader, from: '2026-03-02T10:00:00Z', until: '2026-03-02T11:00:00Z'}
  s-3: {holder: {identity: ann}, entitlement: reader, from: '2026-03-02T11:00:00.001Z', until: '2026-03-02T12:00:00Z'}
";
    scenario("paths/sources-that-touch-leave-no-gap", policy)
        .about("Access runs on over sources that touch, and ends at a gap of a millisecond")
        .at("03-02 09:00")
        .check("ann", "doc:read", "doc", allowed().until("03-02 11:00").next("03-02 10:00"))
        .at("03-02 11:00")
        .check(
            "ann",
            "doc:read",
            "doc",
            denied("grant.expired", json!({"end": "03-02 11:00"}))
                .says("grant.not_started", json!({"start": "03-02 11:00:00.001"}))
                .next("03-02 11:00:00.001"),
        )
        .at("03-02 11:00:00.001")
        .check("ann", "doc:read", "doc", allowed().until("03-02 12:00"))
}

const STANDING: &str = "tenure: 1
identities:
  ann: {kind: human}
resources:
  archive: {type: folder}
  archive/doc: {type: document, parent: archive}
  other: {type: document}
entitlements:
  reader: {kind: right, permissions: ['doc:read']}
";

fn standing() -> Scenario {
    let policy = STANDING.to_owned()
        + "standing:
  s-1: {holder: {identity: ann}, entitlement: reader, from: 2026-03-02, until: 2026-03-03, scope: archive}
";
    scenario("paths/standing-in-its-window-and-scope", policy)
        .about(
            "What stands is held from its first day to the end of its last, in its subtree and nowhere else",
        )
        .at("03-01 23:59:59.999")
        .check("ann", "doc:read", "archive/doc", denied("grant.not_started", json!({"start": "03-02 00:00"})))
        .at("03-02 00:00")
        .check("ann", "doc:read", "archive/doc", allowed().until("03-04 00:00"))
        .check("ann", "doc:read", "archive", allowed().until("03-04 00:00"))
        .check("ann", "doc:read", "other", denied("access.none", none()))
        .check("ann", "doc:read", "", denied("access.none", none()))
        .at("03-04 00:00")
        .check("ann", "doc:read", "archive", denied("grant.expired", json!({"end": "03-04 00:00"})))
}

fn standing_of_a_group() -> Scenario {
    let policy = STANDING.replace("  reader:", "  team: {kind: group}\n  reader:")
        + "standing:
  s-1: {holder: {group: team}, entitlement: reader, scope: archive, until: '2026-03-02T18:00:00Z'}
memberships:
  m-1: {group: team, member: ann, scope: archive/doc, from: '2026-03-02T09:00:00Z', until: '2026-03-02T17:00:00Z'}
";
    scenario("paths/membership-in-a-window-and-a-scope", policy)
        .about("A stay in a group gives what the group holds, within the window and the scope of both")
        .at("03-02 09:00")
        .check("ann", "doc:read", "archive/doc", allowed().until("03-02 17:00"))
        .check("ann", "doc:read", "archive", denied("access.none", none()))
        .at("03-02 12:00")
        .facts([of("membership_removed", "m-1").from("03-02 13:00")])
        .check("ann", "doc:read", "archive/doc", allowed().until("03-02 13:00"))
        .facts([of("standing_removed", "s-1").from("03-02 12:30")])
        .check("ann", "doc:read", "archive/doc", allowed().until("03-02 12:30"))
}

fn standing_removed() -> Scenario {
    scenario("paths/standing-by-facts", STANDING)
        .about("An assignment counts from the instant it takes effect, also where its window began before, to its earliest removal")
        .at("03-02 09:00")
        .facts([defined(
            "standing_assigned",
            "s-1",
            json!({"holder": {"identity": "ann"}, "entitlement": "reader", "from": "2026-03-01T00:00:00Z"}),
        )
        .from("03-02 10:00")])
        .check("ann", "doc:read", "other", denied("grant.not_started", json!({"start": "03-02 10:00"})))
        .at("03-02 10:00")
        .check(
            "ann",
            "doc:read",
            "other",
            allowed().with("next_change_at", Value::Null).via(&[("standing", "s-1")]),
        )
        .at("03-02 11:00")
        .facts([of("standing_removed", "s-1").from("03-02 14:00")])
        .facts([of("standing_removed", "s-1").from("03-02 13:00")])
        .check("ann", "doc:read", "other", allowed().until("03-02 13:00"))
        // A name is never used again.
        .facts([defined(
            "standing_assigned",
            "s-1",
            json!({"holder": {"identity": "ann"}, "entitlement": "reader"}),
        )
        .id("again")])
        .check("ann", "doc:read", "other", allowed().until("03-02 13:00"))
}

const ROLES: &str = "tenure: 1
identities:
  ann: {kind: human}
resources:
  prod: {type: environment}
  prod/a: {type: database, parent: prod}
  prod/b: {type: database, parent: prod}
  test: {type: environment}
entitlements:
  manager:
    kind: role
    implies:
      - {entitlement: writer, scope: prod/a, until: '2026-03-02T12:00:00Z'}
      - {entitlement: writer, scope: prod/b, from: '2026-03-02T10:00:00Z'}
      - {entitlement: reader, scope: prod}
  writer: {kind: role, implies: [reader], permissions: ['doc:write']}
  reader: {kind: right, permissions: ['doc:read']}
standing:
  s-1: {holder: {identity: ann}, entitlement: manager, until: '2026-03-02T18:00:00Z'}
";

fn scopes_along_a_path() -> Scenario {
    let write = || json!({"identity": "ann", "permission": "doc:write"});
    scenario("paths/scopes-along-a-path", ROLES)
        .about("Every scope on a path must contain the resource")
        .at("03-02 09:00")
        .check("ann", "doc:write", "prod/a", allowed().until("03-02 12:00"))
        .check("ann", "doc:write", "prod", denied("access.none", write()))
        .check("ann", "doc:write", "test", denied("access.none", write()))
        .check("ann", "doc:write", "", denied("access.none", write()))
        .check("ann", "doc:read", "prod", allowed().until("03-02 18:00"))
        .check("ann", "doc:read", "test", denied("access.none", none()))
}

fn windows_of_edges() -> Scenario {
    scenario("paths/windows-along-a-path", ROLES)
        .about("An edge counts in its window; the end of the path is the least of all")
        .at("03-02 09:00")
        .check("ann", "doc:write", "prod/b", denied("grant.not_started", json!({"start": "03-02 10:00"})))
        .at("03-02 10:00")
        .check("ann", "doc:write", "prod/b", allowed().until("03-02 18:00"))
        .at("03-02 12:00")
        .check("ann", "doc:write", "prod/a", denied("grant.expired", json!({"end": "03-02 12:00"})))
        .check("ann", "doc:read", "prod/a", allowed().until("03-02 18:00"))
}

fn an_edge_taken_away() -> Scenario {
    scenario("paths/an-edge-is-taken-away", ROLES)
        .about("A list of what is implied counts while it is in force; a permission that a list no longer names is gone")
        .at("03-02 09:00")
        .facts([changed("entitlement_changed", "manager", json!({"implies": ["reader"]})).from("03-02 11:00")])
        .check("ann", "doc:write", "prod/a", allowed().until("03-02 11:00"))
        .check("ann", "doc:read", "test", denied("grant.not_started", json!({"start": "03-02 11:00"})))
        .facts([changed("entitlement_changed", "reader", json!({"permissions": ["doc:list"]})).from("03-02 13:00")])
        .at("03-02 11:00")
        .check("ann", "doc:read", "test", allowed().until("03-02 13:00"))
        .at("03-02 13:00")
        .check("ann", "doc:list", "test", allowed().until("03-02 18:00"))
        .check("ann", "doc:read", "test", denied("grant.expired", json!({"end": "03-02 13:00"})))
}

fn three_levels() -> Scenario {
    let policy = "tenure: 1
identities:
  ann: {kind: human}
entitlements:
  business: {kind: role, implies: [{entitlement: application, until: '2026-03-02T17:00:00Z'}]}
  application: {kind: role, implies: [{entitlement: right, until: '2026-03-02T15:00:00Z'}]}
  right: {kind: right, permissions: ['doc:read']}
eligibility:
  all:
    who: {kinds: [human]}
    what: {kinds: [role]}
    duration: {max: 8h}
";
    scenario("paths/a-grant-of-a-role-of-roles", policy)
        .about(
            "A grant gives what its entitlement implies, over three levels, no longer than the shortest edge",
        )
        .at("03-02 09:00")
        .commit(
            request("r-1", "ann", "business").lasting("7h"),
            permit().grant("r-1#0", "active", "03-02 09:00", "03-02 16:00"),
        )
        .check("ann", "doc:read", "", allowed().until("03-02 15:00").via(&[("grant", "r-1#0")]))
        .commit(
            request("r-2", "ann", "application").lasting("8h"),
            permit().grant("r-2#0", "active", "03-02 09:00", "03-02 17:00"),
        )
        .at("03-02 15:00")
        .check("ann", "doc:read", "", denied("grant.expired", json!({"end": "03-02 15:00"})))
}

fn retired_in_between() -> Scenario {
    let policy = "tenure: 1
identities:
  ann: {kind: human}
  ben: {kind: human}
entitlements:
  outer: {kind: role, implies: [middle, side]}
  middle: {kind: role, implies: [inner]}
  side: {kind: role}
  inner: {kind: right, permissions: ['doc:read']}
  other: {kind: right}
standing:
  s-1: {holder: {identity: ann}, entitlement: outer}
  s-2: {holder: {identity: ben}, entitlement: inner}
eligibility:
  all: {who: {kinds: [human]}, what: {ids: [other]}, duration: {max: 8h}}
";
    scenario("paths/every-entitlement-on-the-path-is-valid", policy)
        .about("A path does not lead through what is retired; a retired entitlement is never defined again")
        .at("03-02 09:00")
        .commit(
            request("r-1", "ann", "other").lasting("1h"),
            permit().grant("r-1#0", "active", "03-02 09:00", "03-02 10:00"),
        )
        .facts([of("entitlement_retired", "middle").from("03-02 12:00")])
        .check("ann", "doc:read", "", allowed().until("03-02 12:00"))
        .check("ben", "doc:read", "", allowed())
        .at("03-02 12:00")
        .facts([defined("entitlement_defined", "middle", json!({"kind": "role", "implies": ["inner"]}))
            .id("again")])
        .check("ann", "doc:read", "", denied("grant.expired", json!({"end": "03-02 12:00"})))
}

const KNOT: &str = "tenure: 1
identities:
  ann: {kind: human}
entitlements:
  a: {kind: role, implies: [{entitlement: b, until: '2026-03-02T10:00:00Z'}], permissions: ['doc:read']}
  b: {kind: role}
  other: {kind: right}
standing:
  s-1: {holder: {identity: ann}, entitlement: b}
eligibility:
  all: {who: {kinds: [human]}, what: {ids: [other]}, duration: {max: 8h}}
";

fn cycles_are_inert() -> Scenario {
    scenario("paths/an-edge-that-closes-a-cycle-is-inert", KNOT)
        .about("Of edges that would form a cycle, whatever their windows, the first in the log counts")
        .at("03-02 11:00")
        .commit(
            request("r-1", "ann", "other").lasting("1h"),
            permit().grant("r-1#0", "active", "03-02 11:00", "03-02 12:00"),
        )
        .facts([changed("entitlement_changed", "b", json!({"implies": ["a"]}))])
        .check("ann", "doc:read", "", denied("access.none", none()))
        .facts([changed("entitlement_changed", "b", json!({"implies": ["c"]}))])
        .facts([defined("entitlement_defined", "c", json!({"kind": "role", "permissions": ["doc:read"]}))])
        .check("ann", "doc:read", "", allowed())
}

fn a_document_is_recorded_last() -> Scenario {
    scenario("paths/a-document-counts-as-recorded-last", KNOT)
        .about("The nouns of a document that is not adopted count since ever, but as recorded last: the edge of the log was first, so that of the document is inert, also once it is adopted")
        .at("03-02 09:00")
        .facts([changed("entitlement_changed", "b", json!({"implies": ["a"]}))])
        .check("ann", "doc:read", "", allowed())
        .commit(
            request("r-1", "ann", "other").lasting("1h"),
            permit().grant("r-1#0", "active", "03-02 09:00", "03-02 10:00"),
        )
        .check("ann", "doc:read", "", allowed())
}

fn unknown_names() -> Scenario {
    scenario("paths/unknown-names-may-nothing", STANDING)
        .about("A question about a name that the log never heard of is denied, in the order: identity, permission, resource")
        .at("03-02 09:00")
        .check("eve", "doc:rend", "nowhere", denied("identity.unknown", json!({"identity": "eve"})))
        .check("ann", "doc:rend", "nowhere", denied("permission.unknown", json!({"permission": "doc:rend"})))
        .check("ann", "doc:read", "nowhere", denied("resource.unknown", json!({"resource": "nowhere"})))
        .check("ann", "doc:read", "other", denied("access.none", none()))
}

fn not_yet_and_no_more() -> Scenario {
    let policy = STANDING
        .replace("ann: {kind: human}", "ann: {kind: human, starts: 2026-03-02, ends: 2026-03-31}")
        + "standing:
  s-1: {holder: {identity: ann}, entitlement: reader}
";
    let inactive = |why: &str| denied("identity.not_active", json!({"identity": "ann", "why": why}));
    scenario("paths/an-identity-that-is-not-active-may-nothing", policy)
        .about("Before and after the contract, and while suspended, nothing is held; the last day of a contract counts")
        .at("03-01 23:59:59.999")
        .check("ann", "doc:read", "", inactive("not_started").next("03-02 00:00"))
        .at("03-02 00:00")
        .check("ann", "doc:read", "", allowed().until("04-01 00:00"))
        .at("04-01 00:00")
        .check("ann", "doc:read", "", inactive("contract_ended"))
        .facts([fact(
            "identity_defined",
            json!({"id": "bea", "definition": {"kind": "human"}}),
        )
        .from("04-02 00:00")])
        .check(
            "bea",
            "doc:read",
            "",
            denied("identity.not_active", json!({"identity": "bea", "why": "not_defined"})),
        )
}

fn pauses() -> Scenario {
    let policy = STANDING.to_owned()
        + "standing:
  s-1: {holder: {identity: ann}, entitlement: reader}
eligibility:
  readers: {who: {kinds: [human]}, what: {ids: [reader]}, duration: {max: 8h}}
";
    scenario("paths/standing-pauses-grants-do-not", policy)
        .about("While its holder is suspended what stands pauses and counts again afterwards; a grant is over for good")
        .at("03-02 09:00")
        .commit(
            request("r-1", "ann", "reader").lasting("8h"),
            permit().grant("r-1#0", "active", "03-02 09:00", "03-02 17:00"),
        )
        .at("03-02 10:00")
        .facts([of("identity_suspended", "ann"), of("identity_resumed", "ann").from("03-02 11:00")])
        .check(
            "ann",
            "doc:read",
            "",
            denied("identity.not_active", json!({"identity": "ann", "why": "suspended"})).next("03-02 11:00"),
        )
        .reconcile(found().ends("grant_ended", "r-1#0", "03-02 10:00", "identity.suspended").removes("ann", "reader", ""))
        .at("03-02 11:00")
        .check("ann", "doc:read", "", allowed().via(&[("standing", "s-1")]))
        .reconcile(found().ends("grant_ended", "r-1#0", "03-02 10:00", "identity.suspended"))
}
