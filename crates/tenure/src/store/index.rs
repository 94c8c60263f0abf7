//! From a hash to references. Most entries rest in a large table that copies share; the newest stand in a small
//! one that is copied with each change of a shared index, and is poured into the large one when it has grown.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::hash::{BuildHasher, Hash};

use hashbrown::HashTable;

/// How many entries the small table holds at least before it is poured.
const RECENT: usize = 1024;

/// References by hash. The order of its tables is never seen.
#[derive(Debug, Clone, Default)]
pub(crate) struct Index {
    settled: Arc<HashTable<(u32, u32)>>,
    recent: Arc<HashTable<(u32, u32)>>,
}

/// The hash of an id; the same in every run, because nothing about a decision may depend on a seed.
pub(crate) fn hash<T: Hash + ?Sized>(value: &T) -> u64 {
    foldhash::fast::FixedState::with_seed(0).hash_one(value)
}

/// A hash that snapshots may hold: FNV-1a, the same in every release.
pub(crate) fn stable_hash(text: &str) -> u64 {
    text.bytes().fold(0xCBF2_9CE4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3)
    })
}

/// Both halves matter: the table uses the low bits for the place and the top bits for the tag.
const fn short(hash: u64) -> u32 {
    (hash ^ (hash >> 32)) as u32
}

const fn spread(short: u32) -> u64 {
    (short as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

impl Index {
    /// The first reference under `hash` that `is` the one sought.
    pub(crate) fn find(&self, hash: u64, mut is: impl FnMut(u32) -> bool) -> Option<u32> {
        let key = short(hash);
        let found = self.recent.find(spread(key), |(k, r)| *k == key && is(*r));
        found.or_else(|| self.settled.find(spread(key), |(k, r)| *k == key && is(*r))).map(|(_, r)| *r)
    }

    /// Adds a reference under `hash`.
    pub(crate) fn insert(&mut self, hash: u64, reference: u32) {
        let key = short(hash);
        if let Some(settled) = Arc::get_mut(&mut self.settled) {
            // Nobody else reads this index, so nothing is copied.
            settled.insert_unique(spread(key), (key, reference), |(k, _)| spread(*k));
            return;
        }
        let recent = Arc::make_mut(&mut self.recent);
        recent.insert_unique(spread(key), (key, reference), |(k, _)| spread(*k));
        if recent.len() > RECENT.max(self.settled.len() >> 8) {
            let settled = Arc::make_mut(&mut self.settled);
            for (k, r) in recent.drain() {
                settled.insert_unique(spread(k), (k, r), |(k, _)| spread(*k));
            }
        }
    }

    /// The index of references 0, 1, 2, … by the hashes given. Entries are put in by their place in the table, so
    /// that a large table is filled in one sweep and not in leaps.
    pub(crate) fn of(hashes: impl Iterator<Item = u64>) -> Self {
        const PARTS: usize = 1024;
        let mut parts: Vec<Vec<(u32, u32)>> = Vec::new();
        parts.resize_with(PARTS, Vec::new);
        let keys: Vec<u32> = hashes.map(short).collect();
        // The table takes the low bits of a hash for the place, and its size is a power of two.
        let mut settled = HashTable::with_capacity(keys.len());
        let places = settled.capacity().next_power_of_two().max(PARTS);
        let shift = places.trailing_zeros().saturating_sub(PARTS.trailing_zeros());
        for (reference, key) in (0u32..).zip(keys) {
            let part = (spread(key) as usize & places.wrapping_sub(1)) >> shift;
            if let Some(part) = parts.get_mut(part) {
                part.push((key, reference));
            }
        }
        for (key, reference) in parts.into_iter().flatten() {
            settled.insert_unique(spread(key), (key, reference), |(k, _)| spread(*k));
        }
        Self { settled: Arc::new(settled), recent: Arc::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_is_found_in_every_copy_that_has_it() {
        let mut index = Index::default();
        let mut copies = alloc::vec::Vec::new();
        for n in 0..6000u32 {
            if n % 7 == 0 {
                copies.push((n, index.clone()));
                copies.truncate(40);
            }
            index.insert(hash(&n), n);
        }
        for n in 0..6000u32 {
            assert_eq!(index.find(hash(&n), |r| r == n), Some(n));
        }
        for (len, copy) in copies {
            for n in 0..len {
                assert_eq!(copy.find(hash(&n), |r| r == n), Some(n));
            }
            assert_eq!(copy.find(hash(&len), |r| r == len), None);
        }
    }
}
