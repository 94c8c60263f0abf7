//! The text of facts is frozen: what was written once is read for ever, byte by byte.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::std_instead_of_alloc,
    clippy::std_instead_of_core,
    reason = "a test fails by panicking, and runs where there is a standard library"
)]

use std::collections::BTreeSet;

use tenure::document::{self, Limits};
use tenure::fact::{FACT_KINDS, Fact};
use tenure::state::State;

const GOLDEN: &str = include_str!("golden/facts-v1.jsonl");

#[test]
fn every_kind_of_version_one_reads_and_writes_as_it_was() {
    let mut kinds = BTreeSet::new();
    for line in GOLDEN.lines() {
        let quick = Fact::from_json(line).unwrap_or_else(|error| panic!("{line}: {error}"));
        let node = document::json(line, &Limits::policy()).expect("a line is JSON");
        let placed = Fact::read(&node).expect("a line is a fact");
        assert_eq!(quick, placed);
        assert_eq!(serde_json::to_string(&quick).expect("it has a text"), line);
        assert_eq!(document::canonical(&quick).expect("it has a canonical text"), line);
        assert_eq!(serde_json::from_str::<Fact>(line).expect("it reads inside other values"), quick);
        kinds.insert(quick.body.kind());
    }
    assert_eq!(kinds, FACT_KINDS.iter().copied().collect(), "a kind has no golden line");
}

#[test]
fn the_whole_golden_log_folds_to_the_state_it_always_did() {
    let mut state = State::default();
    for (position, line) in GOLDEN.lines().enumerate() {
        state.apply(position as u64, &Fact::from_json(line).expect("a fact")).expect("no gap");
    }
    assert_eq!(state.len(), 37);
    assert_eq!(state.log_root(), include_str!("golden/log-root-v1.txt").trim());
    assert_eq!(state.world_hash(), include_str!("golden/world-hash-v1.txt").trim());
}

#[test]
fn what_this_version_does_not_know_is_refused_with_a_place() {
    let line = GOLDEN.lines().nth(25).expect("the heartbeat");
    for (from, to, code, pointer) in [
        ("feed_heartbeat", "feed_heartbeet", "fact.kind", "/kind"),
        ("\"v\":1", "\"v\":2", "fact.version", "/v"),
        ("\"id\":\"pager\"", "\"id\":\"pager\",\"extra\":1", "document.unknown_field", "/body/extra"),
        ("\"id\":\"pager\"", "\"id\":7", "document.type", "/body/id"),
        ("\"kind\"", "\"knid\"", "document.unknown_field", "/knid"),
        ("2026-03-02T09:00:00Z", "2026-03-02T09:00:60Z", "timestamp.range", "/effective_at"),
        ("2026-03-02T09:00:00Z", "0000-03-02T09:00:00Z", "timestamp.range", "/effective_at"),
        ("2026-03-02T09:00:00Z", "10000-03-02T09:00:00Z", "timestamp.range", "/effective_at"),
    ] {
        let bad = line.replacen(from, to, 1);
        assert_ne!(bad, line, "{from} is not in the line");
        let node = document::json(&bad, &Limits::policy()).expect("still JSON");
        let error = Fact::read(&node).expect_err(&bad);
        assert_eq!((error.code(), error.pointer()), (code, pointer), "{bad}: {error}");
        assert!(Fact::from_json(&bad).is_err(), "{bad}");
    }
}
