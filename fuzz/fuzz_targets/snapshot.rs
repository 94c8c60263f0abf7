//! A snapshot is restored only if it is what is expected. Bytes that somebody else wrote, with a checksum that is
//! right, are refused or restored to a state whose own snapshot restores to the same, and nothing panics.
//!
//! The checksum is put right before the bytes are read, because chance would never find it.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tenure::engine::Engine;
use tenure::policy::Policy;
use tenure::state::{Expect, State};
use tenure::time::Timestamp;

const HEADER: usize = 20;

fuzz_target!(|data: &[u8]| {
    let _ = State::restore(data, &Expect::trusting());
    assert!(State::restore(data, &Expect::hash("00")).is_err());

    let mut bytes = data.to_vec();
    if let Some((header, rows)) = bytes.split_at_mut_checked(HEADER) {
        header[..8].copy_from_slice(b"TENURE\r\n");
        header[8..12].copy_from_slice(&1u32.to_le_bytes());
        header[12..].copy_from_slice(&checksum(rows).to_le_bytes());
    }
    let Ok(state) = State::restore(&bytes, &Expect::trusting()) else { return };
    let again = state.snapshot().expect("a state has a snapshot");
    let restored =
        State::restore(&again, &Expect::hash(State::snapshot_hash(&again))).expect("which restores");
    assert_eq!(restored.len(), state.len());
    assert_eq!(restored.log_root(), state.log_root());
    assert_eq!(restored.snapshot().expect("again"), again);

    let now: Timestamp = "2026-03-02T09:00:00Z".parse().expect("an instant");
    let policy =
        Policy::from_json(r#"{"tenure":1,"identities":{"ann":{"kind":"human"}}}"#).expect("a policy");
    if let Ok(engine) = Engine::new(policy, state) {
        let _ = engine.reconcile(now);
        let _ = engine.allows("ann", "db:write", None, now);
    }
});

/// As snapshots have it; if it changes there, this target finds nothing any more.
fn checksum(bytes: &[u8]) -> u64 {
    const PRIME: u64 = 0x0000_0100_0000_01B3;
    let mut lanes = [0xCBF2_9CE4_8422_2325u64, 1, 2, 3];
    let blocks = bytes.chunks_exact(32);
    let rest = blocks.remainder();
    for block in blocks {
        for (lane, word) in lanes.iter_mut().zip(block.chunks_exact(8)) {
            let word = word.try_into().map_or(0, u64::from_le_bytes);
            *lane = (*lane ^ word).wrapping_mul(PRIME).rotate_left(29);
        }
    }
    let whole =
        lanes.iter().fold(bytes.len() as u64, |sum, lane| (sum ^ lane).wrapping_mul(PRIME).rotate_left(31));
    rest.iter().fold(whole, |sum, byte| (sum ^ u64::from(*byte)).wrapping_mul(PRIME))
}
