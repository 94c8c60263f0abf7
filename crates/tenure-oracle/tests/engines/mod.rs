//! Engines of random worlds.

use proptest::prelude::ProptestConfig;
use tenure::engine::Engine;
use tenure::policy::Policy;
use tenure::state::State;
use tenure_oracle::arbitrary::Arbitrary;

/// Unless `PROPTEST_CASES` says otherwise: as many cases as end within a minute.
pub(crate) fn config(cases: u32) -> ProptestConfig {
    let asked = ProptestConfig::default();
    let cases = if asked.cases == 256 { cases } else { asked.cases };
    ProptestConfig { cases, failure_persistence: None, max_shrink_iters: 0, ..asked }
}

/// The engine of the document and the whole log.
pub(crate) fn engine_of(world: &Arbitrary) -> Engine {
    engine_after(world, world.facts.len())
}

/// The engine of the document and the first facts of the log.
pub(crate) fn engine_after(world: &Arbitrary, length: usize) -> Engine {
    let policy = Policy::from_document(world.policy.clone()).expect("the document is valid");
    let mut state = State::default();
    let facts: Vec<_> = world.facts.iter().take(length).cloned().collect();
    state.apply_all(0, &facts).expect("the log has no gaps");
    Engine::new(policy, state).expect("the document and the log agree")
}

#[allow(dead_code, reason = "not every test compares texts")]
pub(crate) fn json(value: &impl serde::Serialize) -> String {
    tenure::document::canonical(value).expect("it has a canonical text")
}
