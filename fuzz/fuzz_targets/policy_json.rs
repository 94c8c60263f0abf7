//! A policy document in JSON is read or refused with a place and a code; what is read has one canonical text, which
//! reads to the same policy, and can be linted and asked.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tenure::document::{Limits, canonical, json};
use tenure::engine::Engine;
use tenure::policy::Policy;
use tenure::state::State;
use tenure::time::Timestamp;

fuzz_target!(|data: &[u8]| {
    let policy = match Policy::from_json(data) {
        Ok(policy) => policy,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            assert!(error.problems().iter().all(|problem| problem.line() > 0 && !problem.code().is_empty()));
            return;
        }
    };
    let node = json(data, &Limits::policy()).expect("what is a policy is a document");
    let text = canonical(&node).expect("a document has a canonical text");
    let again = Policy::from_json(&text).expect("and that is the same policy");
    assert_eq!(policy.digest(), again.digest());

    let now: Timestamp = "2026-03-02T09:00:00Z".parse().expect("an instant");
    let _ = policy.lint(Some(now));
    if let Ok(engine) = Engine::new(policy, State::default()) {
        let _ = engine.reconcile(now);
        let _ = engine.allows("ann", "db:write", Some("prod"), now);
    }
});
