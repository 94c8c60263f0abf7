//! The engine and the oracle, which was written from the pages and not from the engine, say the same in every world
//! that bytes choose: of commands, of questions and of what there is to reconcile.
//!
//! What differs is told as a document, a log and what was asked: a vector is written from it by hand.

#![no_main]
#![allow(dead_code, reason = "tests use what this target does not")]

use libfuzzer_sys::fuzz_target;
use proptest::test_runner::TestCaseError;
use tenure::document::canonical;
use tenure_oracle::arbitrary::{Arbitrary, from_bytes};

#[path = "../../crates/tenure-oracle/tests/agree/mod.rs"]
mod agree;
#[path = "../../crates/tenure-oracle/tests/engines/mod.rs"]
mod engines;

fuzz_target!(|data: &[u8]| {
    let world = from_bytes(data);
    let agreed = agree::agree_on_decisions(&world)
        .and_then(|()| agree::agree_on_checks(&world))
        .and_then(|()| agree::agree_on_reconciling(&world));
    if let Err(TestCaseError::Fail(difference)) = agreed {
        panic!("{difference}\n{}", told(&world));
    }
});

fn told(world: &Arbitrary) -> String {
    let document = canonical(&world.policy).expect("a document has a text");
    let facts = world.facts.iter().map(|fact| canonical(fact).expect("a fact has a text"));
    format!("the document:\n{document}\nthe log:\n{}", facts.collect::<Vec<_>>().join("\n"))
}
