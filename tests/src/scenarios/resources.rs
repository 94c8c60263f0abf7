//! Resources and scopes, as a check finds them.

use serde_json::json;

use crate::Scenario;
use crate::build::{allowed, changed, defined, denied, of, scenario};

pub(super) fn scenarios() -> Vec<Scenario> {
    vec![scopes(), resources_move(), resources_retire()]
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
