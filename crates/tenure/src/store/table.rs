//! A hash table of references in one list: a search reads one place in memory and what stands beside it. Entries
//! stand in the order of their keys but for collisions, so that a table grows in one sweep and not in leaps.

use alloc::vec::Vec;

use super::NONE;

/// A key and a reference; free if that is none.
type Slot = (u32, u32);

/// How many slots stand behind the last place at first. A search never turns round; more are added when needed.
const BEHIND: usize = 16;

/// The table.
#[derive(Debug, Clone, Default)]
pub(crate) struct Table {
    slots: Vec<Slot>,
    /// The number of places where a search may begin.
    places: usize,
    len: usize,
}

impl Table {
    /// A table with room for as many entries.
    pub(crate) fn with_room(entries: usize) -> Self {
        let places = entries.saturating_add(entries / 3).saturating_add(8);
        let mut slots = Vec::new();
        slots.resize(places.saturating_add(BEHIND), (0, NONE));
        Self { slots, places, len: 0 }
    }

    pub(crate) const fn len(&self) -> usize {
        self.len
    }

    /// Where a search for the key begins: keys are spread evenly, so it is the same part of the table as the key is
    /// of all keys.
    const fn place(&self, key: u32) -> usize {
        ((key as u64).wrapping_mul(self.places as u64) >> 32) as usize
    }

    /// The first reference under `key` that `is` the one sought.
    #[inline]
    pub(crate) fn find(&self, key: u32, mut is: impl FnMut(u32) -> bool) -> Option<u32> {
        let slots = self.slots.get(self.place(key)..)?;
        let mut taken = slots.iter().take_while(|(_, reference)| *reference != NONE);
        taken.find(|(k, reference)| *k == key && is(*reference)).map(|(_, reference)| *reference)
    }

    /// Reads ahead where a search for the key begins.
    #[inline]
    pub(crate) fn read(&self, key: u32) -> u32 {
        self.slots.get(self.place(key)).map_or(0, |(_, reference)| *reference)
    }

    /// Adds a reference under `key`.
    pub(crate) fn insert(&mut self, key: u32, reference: u32) {
        // A quarter stays free.
        if self.len >= self.places.saturating_sub(self.places / 4) {
            let mut larger = Self::with_room(self.len.saturating_add(self.len / 3));
            self.entries().for_each(|(key, reference)| larger.put(key, reference));
            *self = larger;
        }
        self.put(key, reference);
    }

    /// Puts an entry into the first free slot.
    fn put(&mut self, key: u32, reference: u32) {
        let place = self.place(key);
        let free = self.slots.get_mut(place..).into_iter().flatten().find(|(_, taken)| *taken == NONE);
        match free {
            Some(free) => *free = (key, reference),
            None => self.slots.push((key, reference)),
        }
        self.len = self.len.saturating_add(1);
    }

    /// Adds all entries of another table.
    pub(crate) fn take_in(&mut self, other: &Self) {
        other.entries().for_each(|(key, reference)| self.insert(key, reference));
    }

    /// All entries, nearly in the order of their keys.
    fn entries(&self) -> impl Iterator<Item = Slot> {
        self.slots.iter().copied().filter(|(_, reference)| *reference != NONE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_entry_is_found_and_nothing_else(
            keys in proptest::collection::vec(prop_oneof![any::<u32>(), 0u32..3, Just(u32::MAX)], 0..600),
        ) {
            let mut table = Table::default();
            for (reference, key) in (0u32..).zip(&keys) {
                table.insert(*key, reference);
            }
            prop_assert_eq!(table.len(), keys.len());
            for (reference, key) in (0u32..).zip(&keys) {
                prop_assert_eq!(table.find(*key, |r| r == reference), Some(reference));
                prop_assert_eq!(table.find(*key, |r| keys[r as usize] != *key), None);
            }
            let mut entries: Vec<u32> = table.entries().map(|(_, reference)| reference).collect();
            entries.sort_unstable();
            prop_assert!(entries.into_iter().eq(0..keys.len() as u32));
        }
    }

    #[test]
    fn equal_keys_cost_no_more_room_than_others() {
        let mut table = Table::default();
        (0..5_000).for_each(|reference| table.insert(u32::MAX, reference));
        assert!(table.slots.len() < 15_000);
        assert_eq!(table.find(u32::MAX, |r| r == 4_999), Some(4_999));
    }
}
