//! Patterns are written out when a document is read; case and planes are what the catalogue says.

use crate::engine::Engine;
use crate::policy::Policy;
use crate::state::State;

const DOCUMENT: &str = r#"
tenure: 1
identities: {ann: {kind: human}}
catalogues:
  cloud:
    case: fold
    permissions: [vm/Read, vm/Start, vm/Delete, blob/Read, blob/Write]
    planes: {data: ["blob/*"]}
entitlements:
  operator: {kind: role}
  reader: {kind: role, permissions: [VM/READ, report:view]}
wildcards:
  operator:
    - {catalogue: cloud, match: ["*"], except: ["*/delete"]}
    - {catalogue: cloud, match: ["blob/r*"], plane: data}
standing:
  s: {holder: {identity: ann}, entitlement: operator}
"#;

fn given(id: &str) -> Vec<String> {
    let policy = Policy::from_yaml(DOCUMENT).expect("a document");
    let noun = policy.document().entitlements.iter().find(|(name, _)| name.as_str() == id);
    noun.expect("it is there").1.permissions.iter().map(ToString::to_string).collect()
}

#[test]
fn a_block_stands_for_its_own_plane_without_what_it_excepts() {
    assert_eq!(given("operator"), ["blob/Read", "vm/Read", "vm/Start"]);
    assert_eq!(given("reader"), ["vm/Read", "report:view"]);
}

#[test]
fn case_does_not_matter_where_the_catalogue_folds_it() {
    let engine = Engine::new(Policy::from_yaml(DOCUMENT).expect("a document"), State::default());
    let engine = engine.expect("no contradiction");
    let now = "2026-03-02T09:00:00Z".parse().expect("an instant");
    assert!(engine.allows("ann", "VM/start", None, now));
    assert!(engine.allows("ann", "vm/Start", None, now));
    assert!(!engine.allows("ann", "vm/delete", None, now));
    assert!(!engine.allows("ann", "Report:View", None, now), "no catalogue speaks of it");
    assert_eq!(engine.permission("VM/start"), engine.permission("vm/Start"), "a handle is found by either");
    assert!(engine.permission("vm/start").is_some() && engine.permission("Report:View").is_none());
}

/// A fact may write a permission as it likes; what denies it does not depend on that.
#[test]
fn a_denial_speaks_of_a_permission_in_whatever_letters() {
    let denied = "deny: {d: {who: anyone, permissions: [vm/Delete]}}\n";
    let policy = Policy::from_yaml(DOCUMENT.to_owned() + denied).expect("a document");
    let at = "2026-03-02T09:00:00Z".parse().expect("an instant");
    let fact = |id: &str, kind: &str, body: &str| {
        let text = format!(
            r#"{{"v": 1, "id": "{id}", "kind": "{kind}", "effective_at": "2026-03-02T08:00:00Z",
                "recorded_at": "2026-03-02T08:00:00Z", "body": {body}}}"#
        );
        crate::document::parse_json(&text, &crate::document::Limits::default()).expect("a fact")
    };
    let facts = [
        fact(
            "f-1",
            "entitlement_defined",
            r#"{"id": "evil", "definition": {"kind": "role", "permissions": ["VM/Delete", "VM/start"]}}"#,
        ),
        fact(
            "f-2",
            "standing_assigned",
            r#"{"id": "t", "definition": {"holder": {"identity": "ann"}, "entitlement": "evil"}}"#,
        ),
    ];
    let engine = Engine::new(policy, State::default()).expect("no contradiction");
    let engine = engine.apply(0, &facts).expect("they follow");
    assert!(engine.allows("ann", "VM/start", None, at), "that one is held");
    assert!(!engine.allows("ann", "VM/Delete", None, at), "this one is denied");
}

#[test]
fn patterns_that_stand_for_nothing_are_errors_with_a_place() {
    for (from, to, said) in [
        ("catalogue: cloud, match: [\"*\"]", "catalogue: clod, match: [\"*\"]", "wildcard.unknown cloud"),
        ("plane: data", "plane: date", "wildcard.unknown data"),
        ("*/delete", "*/dlete", "wildcard.unknown -"),
        ("vm/Delete, blob/Read", "vm/Erase, blob/Read", "wildcard.unknown -"),
        ("[\"blob/r*\"], plane: data", "[\"blob/r*\"]", "wildcard.unknown -"),
        ("\"blob/r*\"", "\"blub/r*\"", "wildcard.unknown -"),
        ("  operator:\n    -", "  oparator:\n    -", "model.dangling operator"),
    ] {
        let error = Policy::from_yaml(DOCUMENT.replace(from, to)).expect_err(to);
        let problem = &error.problems()[0];
        assert_eq!(format!("{} {}", problem.code(), problem.suggestion().unwrap_or("-")), said, "{error}");
        assert!(problem.line() > 12, "{error}");
    }
}
