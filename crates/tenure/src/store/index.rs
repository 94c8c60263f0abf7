//! From a hash to references. Most entries rest in a large table that copies share. The newest stand in small ones:
//! the smallest is copied with each change of a shared index, and each is poured into the next when it has grown,
//! so that the large one is copied seldom.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::hash::{BuildHasher, Hash};

use super::table::Table;

/// How many entries the smallest table holds before it is poured; each larger one holds 16 times as many, and the
/// largest all others.
const RECENT: usize = 512;

/// References by hash. The order of its tables is never seen.
#[derive(Debug, Clone, Default)]
pub(crate) struct Index {
    settled: Arc<Table>,
    /// The smallest first.
    recent: [Arc<Table>; 3],
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

/// A key in which every bit of the hash counts: its upper bits are the place in a table.
const fn key(hash: u64) -> u32 {
    let mixed = (hash ^ (hash >> 32)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    ((mixed ^ (mixed >> 29)).wrapping_mul(0x94D0_49BB_1331_11EB) >> 32) as u32
}

impl Index {
    /// The first reference under `hash` that `is` the one sought.
    #[inline]
    pub(crate) fn find(&self, hash: u64, mut is: impl FnMut(u32) -> bool) -> Option<u32> {
        let key = key(hash);
        let found = self.settled.find(key, &mut is);
        found.or_else(|| self.recent.iter().find_map(|table| table.find(key, &mut is)))
    }

    /// Reads ahead where searches for the hash begin in the large tables.
    #[inline]
    pub(crate) fn read(&self, hash: u64) -> u32 {
        let key = key(hash);
        let [.., largest] = &self.recent;
        self.settled.read(key) ^ largest.read(key)
    }

    /// The first reference that may be the one under `hash`, or none.
    #[inline]
    pub(crate) fn likely(&self, hash: u64) -> u32 {
        self.find(hash, |_| true).unwrap_or(super::NONE)
    }

    /// Adds a reference under `hash`.
    pub(crate) fn insert(&mut self, hash: u64, reference: u32) {
        let key = key(hash);
        if let Some(settled) = Arc::get_mut(&mut self.settled) {
            // Nobody else reads this index, so nothing is copied.
            settled.insert(key, reference);
            return;
        }
        let [smallest, larger @ ..] = &mut self.recent;
        let smallest = Arc::make_mut(smallest);
        smallest.insert(key, reference);
        if smallest.len() < RECENT {
            return;
        }
        let mut poured = core::mem::take(smallest);
        let mut room = RECENT;
        for table in larger {
            room = room.saturating_mul(16);
            let table = Arc::make_mut(table);
            table.take_in(&poured);
            if table.len() < room {
                return;
            }
            poured = core::mem::take(table);
        }
        Arc::make_mut(&mut self.settled).take_in(&poured);
    }

    /// The index of references 0, 1, 2, … by the hashes given. Entries are put in by their place in the table, so
    /// that a large table is filled in one sweep and not in leaps.
    pub(crate) fn of(hashes: impl Iterator<Item = u64>) -> Self {
        const PARTS: u32 = 10;
        let mut parts: Vec<Vec<(u32, u32)>> = Vec::new();
        parts.resize_with(1 << PARTS, Vec::new);
        let mut len = 0usize;
        for (reference, hash) in (0u32..).zip(hashes) {
            let key = key(hash);
            if let Some(part) = parts.get_mut((key >> u32::BITS.saturating_sub(PARTS)) as usize) {
                part.push((key, reference));
            }
            len = len.saturating_add(1);
        }
        let mut settled = Table::with_room(len);
        for (key, reference) in parts.into_iter().flatten() {
            settled.insert(key, reference);
        }
        Self { settled: Arc::new(settled), recent: Default::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_is_found_in_every_copy_that_has_it() {
        let mut index = Index::default();
        let mut copies = alloc::vec::Vec::new();
        for n in 0..30_000u32 {
            if n % 300 == 0 {
                copies.push((n, index.clone()));
                copies.truncate(40);
            }
            index.insert(hash(&n), n);
        }
        for n in 0..30_000u32 {
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
