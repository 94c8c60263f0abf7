//! Pictures in the words of Mermaid and Graphviz, and as SVG.

use super::world::{World, request};

const POLICY: &str = "
tenure: 1
context: {mfa: bool}
conditions:
  mfa: {expr: context.mfa}
identities:
  ann: {kind: human}
  bob: {kind: human}
resources:
  prod: {type: environment}
entitlements:
  reader: {kind: right, permissions: ['db:read']}
  admin: {kind: role, permissions: ['db:write'], implies: [{entitlement: reader, while: mfa}]}
  team: {kind: group, implies: [{entitlement: admin, scope: prod, until: 2026-06-01T00:00:00Z}]}
memberships:
  m-1: {group: team, member: bob}
standing:
  s-1: {holder: {group: team}, entitlement: reader}
eligibility:
  all: {who: {kinds: [human]}, what: {ids: [admin]}, duration: {max: 8h}}
";

fn world() -> World {
    let world = World::with_facts(&[]);
    world.write("p.yaml", POLICY);
    world
}

/// The lines that say what is drawn, without how it looks.
fn drawn(text: &str) -> Vec<&str> {
    text.lines().map(str::trim).filter(|line| !line.starts_with("classDef")).collect()
}

#[test]
fn the_path_behind_an_answer() {
    let world = world();
    world.pipe("decide - --commit", request("r-1", "ann", "admin")).text(0);
    let told = world.tenure("graph path ann db:write");
    let expected = [
        "flowchart LR",
        r#"n0(["ann"]):::identity"#,
        r#"n1{{"db:write"}}:::permission"#,
        r#"n2["grant<br/>r-1#35;0"]:::source"#,
        r#"n3["admin<br/>role"]:::role"#,
        r#"n0 -->|"from 2026-03-02T09:00:00Z until 2026-03-02T17:00:00Z"| n2"#,
        "n2 --> n3",
        "n3 --> n1",
    ];
    assert_eq!(drawn(told.text(0)), expected);
    // Scopes, ends and conditions stand at the edges.
    let told = world.tenure("graph path bob db:write prod");
    assert!(told.text(0).contains(r#"|"in prod, until 2026-06-01T00:00:00Z"|"#), "{told:?}");
    let told = world.tenure("graph path ann db:read --dot");
    assert!(told.text(4).contains(r#"[label="while mfa" style=dashed]"#), "{told:?}");
    assert!(told.out.contains(r#"[label="if mfa" style=dashed]"#), "{told:?}");
    world.tenure("graph path ann db:read --context mfa=true").text(0);
    // What is denied says why.
    let told = world.tenure("graph path ann db:write --now 2026-03-02T17:00:00Z");
    assert!(told.text(4).contains(r#"n0 -.->|"denied: grant.expired"| n1"#), "{told:?}");
    let json = world.tenure("graph path bob db:write prod --json").json(0);
    assert!(json["graph"].as_str().unwrap().starts_with("flowchart LR\n"));
}

#[test]
fn what_an_entitlement_comes_to_and_the_hierarchy() {
    let world = world();
    let told = world.tenure("graph entitlement team");
    let expected = [
        "flowchart LR",
        r#"n0[["team<br/>group"]]:::group"#,
        r#"n1["admin<br/>role"]:::role"#,
        r#"n2("reader<br/>right"):::right"#,
        r#"n3{{"db:write"}}:::permission"#,
        r#"n4{{"db:read"}}:::permission"#,
        r#"n0 -->|"in prod, until 2026-06-01T00:00:00Z"| n1"#,
        "n0 --> n2",
        r#"n1 -.->|"while mfa"| n2"#,
        "n1 --> n3",
        "n2 --> n4",
    ];
    assert_eq!(drawn(told.text(0)), expected);
    let told = world.tenure("graph entitlement team --dot");
    assert!(told.text(0).starts_with("digraph tenure {\n") && told.out.ends_with("}\n"), "{told:?}");
    let told = world.tenure("graph roles");
    assert!(told.text(0).contains("team") && !told.out.contains("db:write"), "{told:?}");
    // An edge that is over is no part of it.
    let told = world.tenure("graph entitlement team --now 2026-07-01T00:00:00Z");
    assert!(!told.text(0).contains("in prod"), "{told:?}");
    assert!(
        world
            .tenure("graph entitlement tema")
            .failed(2, "entitlement.unknown")
            .contains("did you mean `team`?")
    );
}

#[test]
fn a_timeline_is_drawn_with_a_row_for_each_source() {
    let world = world();
    world.pipe("decide - --commit", request("r-1", "bob", "admin")).text(0);
    let told = world.tenure("timeline bob --svg --now 2026-03-02T10:00:00Z");
    let svg = told.text(0);
    assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"), "{svg}");
    for text in [
        ">team<",
        ">admin<",
        ">membership m-1<",
        ">grant r-1#0<",
        ">now 2026-03-02T10:00:00Z<",
        ">grant.expired<",
    ] {
        assert!(svg.contains(text), "{text} in {svg}");
    }
    // A title for the label and one for the bar of each of two rows, and one for the whole.
    assert_eq!(svg.matches("<title>").count(), 5, "{svg}");
    assert_eq!(svg.matches("<g>").count(), svg.matches("</g>").count());
    assert!(svg.contains("<title>active: admin, grant r-1#0, "), "{svg}");
    let part = world.tenure("timeline bob --svg --from 2026-03-02T18:00:00Z --until 2026-03-03T00:00:00Z");
    assert!(!part.text(0).contains("r-1#0"), "{part:?}");
    assert!(part.out.contains(">18:00<") && part.out.contains(">00:00<"), "{part:?}");
    assert!(world.tenure("timeline eve --svg").text(4).contains("(identity.unknown)"));
    let json = world.tenure("timeline bob --svg --json");
    assert_eq!(json.json(0), world.tenure("timeline bob --json").json(0), "machines read, they do not look");
}
