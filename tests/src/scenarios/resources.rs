//! Resources and scopes, as a check finds them.

use serde_json::json;

use crate::Scenario;
use crate::build::{allowed, changed, defined, denied, of, scenario};

pub(super) fn scenarios() -> Vec<Scenario> {
    vec![scopes(), resources_move(), resources_retire(), defined_later_than_what_is_below(), open_resources()]
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

fn scopes() -> Scenario {
    let policy = STANDING.to_owned()
        + "standing:
  s-1: {holder: {identity: ann}, entitlement: reader}
";
    scenario("paths/everywhere-and-nowhere", policy)
        .about("Without a scope a holding counts everywhere, also where no resource is named")
        .at("03-02 09:00")
        .check("ann", "doc:read", "", allowed())
        .check("ann", "doc:read", "archive/doc", allowed())
}

fn resources_move() -> Scenario {
    let policy = STANDING.to_owned()
        + "standing:
  s-1: {holder: {identity: ann}, entitlement: reader, scope: archive}
";
    scenario("paths/resources-move", policy)
        .about("A subtree is what it is at the instant; a move that would make a resource its own ancestor is inert")
        .at("03-02 09:00")
        .facts([changed("resource_changed", "archive/doc", json!({"parent": "other"})).from("03-02 12:00")])
        .facts([changed("resource_changed", "other", json!({"parent": "archive"})).from("03-02 15:00")])
        .check("ann", "doc:read", "archive/doc", allowed().until("03-02 12:00"))
        .at("03-02 12:00")
        .check(
            "ann",
            "doc:read",
            "archive/doc",
            denied("grant.expired", json!({"end": "03-02 12:00"}))
                .says("grant.not_started", json!({"start": "03-02 15:00"})),
        )
        .at("03-02 15:00")
        .check("ann", "doc:read", "archive/doc", allowed())
        .facts([changed("resource_changed", "archive", json!({"parent": "archive/doc"}))])
        .check("ann", "doc:read", "archive/doc", allowed())
}

fn resources_retire() -> Scenario {
    let policy = STANDING.to_owned()
        + "standing:
  s-1: {holder: {identity: ann}, entitlement: reader}
  s-2: {holder: {identity: ann}, entitlement: reader, scope: archive}
";
    scenario("paths/resources-retire", policy)
        .about("Nothing is held on a resource that is retired, or not defined yet; a retired ancestor does not break the line")
        .at("03-02 09:00")
        .facts([
            defined("resource_defined", "archive/new", json!({"type": "document", "parent": "archive/doc"}))
                .from("03-02 11:00"),
            of("resource_retired", "archive/doc").from("03-02 12:00"),
        ])
        .check("ann", "doc:read", "archive/doc", allowed().until("03-02 12:00"))
        .check("ann", "doc:read", "archive/new", denied("resource.retired", json!({"resource": "archive/new"})))
        .at("03-02 12:00")
        .check("ann", "doc:read", "archive/doc", denied("resource.retired", json!({"resource": "archive/doc"})))
        .check(
            "ann",
            "doc:read",
            "archive/new",
            allowed().via(&[("standing", "s-1"), ("standing", "s-2")]),
        )
        .facts([of("resource_retired", "archive").from("03-02 13:00")])
        .at("03-02 13:00")
        .check("ann", "doc:read", "archive/new", allowed().via(&[("standing", "s-1")]))
}

fn defined_later_than_what_is_below() -> Scenario {
    let policy = STANDING.to_owned()
        + "standing:
  s-1: {holder: {identity: ann}, entitlement: reader, scope: archive}
";
    scenario("paths/a-folder-from-tomorrow", policy)
        .about(
            "A resource leads to what is above it from its definition on, also for what was below it before",
        )
        .at("03-02 09:00")
        .facts([
            defined("resource_defined", "box", json!({"type": "folder", "parent": "archive"}))
                .from("03-02 12:00"),
            defined("resource_defined", "box/doc", json!({"type": "document", "parent": "box"})),
        ])
        .check("ann", "doc:read", "box/doc", denied("grant.not_started", json!({"start": "03-02 12:00"})))
        .at("03-02 12:00")
        .check("ann", "doc:read", "box/doc", allowed())
}

fn open_resources() -> Scenario {
    let policy = STANDING.to_owned()
        + "resource_types:
  document: {}
  folder: {}
  ticket: {open: true}
standing:
  s-1: {holder: {identity: ann}, entitlement: reader, scope: archive}
standing_rules:
  people: {who: {kinds: [human]}, what: {ids: [reader]}, where: [archive, other]}
deny:
  closed: {who: {kinds: [human]}, permissions: ['doc:read'], where: [other]}
";
    let ticket = |parent: &str| json!({"id": "t-1", "type": "ticket", "parent": parent});
    scenario("paths/open-resources", policy)
        .about("A resource of an open type stands below its parent like any other, also when the parent moves or is retired; rules give in all their scopes together")
        .at("03-02 09:00")
        .facts([
            changed("resource_changed", "archive/doc", json!({"parent": "other"})).from("03-02 12:00"),
            changed("resource_changed", "archive/doc", json!({"parent": "archive"})).from("03-02 13:00"),
            of("resource_retired", "archive/doc").from("03-02 15:00"),
        ])
        .check_open(
            "ann",
            "doc:read",
            ticket("archive/doc"),
            allowed().until("03-02 12:00").next("03-02 12:00").via(&[("standing_rule", "people"), ("standing", "s-1")]),
        )
        .check_open("ann", "doc:read", ticket("nowhere"), denied("resource.unknown", json!({"resource": "nowhere"})))
        .check_open(
            "ann",
            "doc:read",
            json!({"id": "d-1", "type": "document", "parent": "archive"}),
            denied("resource.unknown", json!({"resource": "d-1"})),
        )
        .check_open("ann", "doc:read", json!({"id": "t-1", "type": "ticket"}), denied(
            "access.none",
            json!({"identity": "ann", "permission": "doc:read"}),
        ))
        .at("03-02 12:00")
        .check_open(
            "ann",
            "doc:read",
            ticket("archive/doc"),
            denied("policy.explicit_deny", json!({"rule": "closed"})),
        )
        .at("03-02 16:00")
        .check_open("ann", "doc:read", ticket("archive/doc"), allowed())
        .check("ann", "doc:read", "archive/doc", denied("resource.retired", json!({"resource": "archive/doc"})))
}
