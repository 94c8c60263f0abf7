//! A log is read line by line: a fact is read or refused, quickly and strictly alike; what is read is written as it
//! is kept, and replays whatever it says.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tenure::document::{Limits, canonical, json};
use tenure::engine::Engine;
use tenure::fact::Fact;
use tenure::log::admit;
use tenure::policy::Policy;
use tenure::state::{Expect, State};
use tenure::time::Timestamp;

const POLICY: &str = r#"{"tenure":1,"identities":{"ann":{"kind":"human"},"bob":{"kind":"human"}},
  "resources":{"prod":{"type":"environment"}},
  "entitlements":{"admin":{"kind":"role","permissions":["db:write"]}},
  "eligibility":{"all":{"who":{"kinds":["human"]},"what":{"ids":["admin"]},"duration":{"max":"8h"}}}}"#;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = core::str::from_utf8(data) else { return };
    let now: Timestamp = "2026-03-02T09:00:00Z".parse().expect("an instant");
    let mut state = State::default();
    let mut facts = Vec::new();
    for line in text.lines().take(64) {
        let Ok(node) = json(line, &Limits::policy()) else { continue };
        let strict = Fact::read(&node);
        let quick = Fact::from_json(line);
        match (&strict, &quick) {
            (Ok(one), Ok(other)) => assert_eq!(one, other, "{line}"),
            (Err(_), Err(_)) => {}
            _ => panic!("strictly {strict:?}, quickly {quick:?}: {line}"),
        }
        let Ok(fact) = strict else { continue };
        let written = canonical(&fact).expect("a fact has a text");
        assert_eq!(Fact::from_json(&written).ok().as_ref(), Some(&fact), "{written}");
        let _ = admit(&state, core::slice::from_ref(&fact), now);
        state.apply(state.len(), &fact).expect("a fact at the end of the log is taken in");
        facts.push(fact);
    }
    let mut at_once = State::default();
    at_once.apply_all(0, &facts).expect("all at once too");
    assert_eq!(state.log_root(), at_once.log_root());
    assert_eq!(state.world_hash(), at_once.world_hash());
    let bytes = state.snapshot().expect("a state has a snapshot");
    let restored =
        State::restore(&bytes, &Expect::hash(State::snapshot_hash(&bytes))).expect("which restores");
    assert_eq!(restored.log_root(), state.log_root());
    assert_eq!(restored.world_hash(), state.world_hash());

    let policy = Policy::from_json(POLICY).expect("a policy");
    if let Ok(engine) = Engine::new(policy, state) {
        let _ = engine.reconcile(now);
        let _ = engine.allows("ann", "db:write", Some("prod"), now);
        let _ = engine.next_change_at(now);
    }
});
