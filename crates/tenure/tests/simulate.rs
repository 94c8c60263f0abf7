//! What would be if: nothing of it happens, and nothing of it is missed.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use tenure::document::{Limits, parse_json};
use tenure::engine::Engine;
use tenure::fact::Fact;
use tenure::policy::Policy;
use tenure::simulate::Hypothesis;
use tenure::state::State;

const COMPANY: &str = r"
tenure: 1
attributes:
  frozen: bool
conditions:
  thawed: {expr: '!application.frozen', text: the application is not frozen}
identities:
  ann: {kind: human}
applications:
  crm: {attributes: {frozen: false}}
entitlements:
  editor: {kind: role, application: crm, permissions: [crm:edit]}
standing:
  s-1: {holder: {identity: ann}, entitlement: editor, while: thawed}
";

/// A change of an application names no identity; what people hold may hang on it all the same.
#[test]
fn what_conditions_read_of_an_application_concerns_everyone() {
    let engine = Engine::new(Policy::from_yaml(COMPANY).unwrap(), State::default()).unwrap();
    let now = "2026-03-02T09:00:00Z".parse().unwrap();
    let text = r#"{"v": 1, "id": "f-1", "kind": "application_changed",
        "effective_at": "2026-03-02T09:00:00Z", "recorded_at": "2026-03-02T09:00:00Z",
        "body": {"id": "crm", "changes": {"attributes": {"frozen": true}}}}"#;
    let frozen: Fact = parse_json(text, &Limits::default()).unwrap();
    let simulation =
        engine.simulate(&Hypothesis { facts: vec![frozen], ..Hypothesis::default() }, now).unwrap();
    assert_eq!(simulation.access[0].to_string(), "ann loses crm:edit: allowed -> denied");
    assert!(engine.allows("ann", "crm:edit", None, now), "nothing has happened");
}
