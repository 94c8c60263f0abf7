//! Snapshots: the state as bytes, so that a host need not replay its whole log.
//!
//! Layout: 8 bytes of magic, format (u32), checksum (u64), then the rows, all little-endian and packed.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use sha2::{Digest, Sha256};

use super::merkle::hex;
use super::records::Terms;
use super::{Expect, SnapshotError, State};
use crate::store::{Index, NONE, hash};

const MAGIC: &[u8; 8] = b"TENURE\r\n";
const FORMAT: u32 = 1;
const HEADER: usize = 20;

impl State {
    /// The state as bytes.
    ///
    /// # Errors
    /// [`SnapshotError::Write`] if a noun has no text; no log that was replayed leads there.
    pub fn snapshot(&self) -> Result<Vec<u8>, SnapshotError> {
        let mut bytes = Vec::from(*MAGIC);
        bytes.extend(FORMAT.to_le_bytes());
        bytes.extend(0u64.to_le_bytes());
        let mut bytes = postcard::to_extend(self, bytes)
            .map_err(|error| SnapshotError::Write { detail: error.to_string() })?;
        let sum = checksum(bytes.get(HEADER..).unwrap_or_default());
        if let Some(place) = bytes.get_mut(12..HEADER) {
            place.copy_from_slice(&sum.to_le_bytes());
        }
        Ok(bytes)
    }

    /// The hash to keep with a snapshot, where nobody else can write: SHA-256 of its bytes, hexadecimal.
    pub fn snapshot_hash(bytes: &[u8]) -> String {
        hex(&Sha256::digest(bytes))
    }

    /// The state that `bytes` hold, if they are what is expected.
    ///
    /// # Errors
    /// [`SnapshotError`] if they are not a snapshot of this format, damaged, another one than expected, or
    /// older.
    pub fn restore(bytes: &[u8], expect: &Expect) -> Result<Self, SnapshotError> {
        if let Some(expected) = &expect.hash {
            let found = Self::snapshot_hash(bytes);
            if found != *expected {
                return Err(SnapshotError::Forged { found, expected: expected.clone() });
            }
        }
        let (magic, rest) = bytes.split_first_chunk::<8>().ok_or(SnapshotError::Foreign)?;
        let (format, rest) = rest.split_first_chunk::<4>().ok_or(SnapshotError::Foreign)?;
        let (sum, rows) = rest.split_first_chunk::<8>().ok_or(SnapshotError::Foreign)?;
        if magic != MAGIC {
            return Err(SnapshotError::Foreign);
        }
        let version = u32::from_le_bytes(*format);
        if version != FORMAT {
            return Err(SnapshotError::Version { version, known: FORMAT });
        }
        if checksum(rows) != u64::from_le_bytes(*sum) {
            return Err(SnapshotError::Damaged { detail: "its checksum differs".to_string() });
        }
        let (mut state, rest): (Self, _) = postcard::take_from_bytes(rows)
            .map_err(|error| SnapshotError::Damaged { detail: error.to_string() })?;
        if !rest.is_empty() {
            return Err(SnapshotError::Damaged { detail: format!("{} bytes are left over", rest.len()) });
        }
        state.check_chains().map_err(|detail| SnapshotError::Damaged { detail: detail.to_string() })?;
        if state.len < expect.at_least {
            return Err(SnapshotError::Old { length: state.len, at_least: expect.at_least });
        }
        state.index();
        Ok(state)
    }

    /// Chains lead to earlier rows only, so that following one ends.
    fn check_chains(&self) -> Result<(), &'static str> {
        let earlier = |previous: u32, row: u32| previous == NONE || previous < row;
        for (n, row) in (0u32..).zip(self.grants.iter()) {
            if !(earlier(row.previous_of_holder, n)
                && earlier(row.previous_of_event, n)
                && earlier(row.previous_of_request, n))
            {
                return Err("a chain of grants leads forward");
            }
        }
        for (n, row) in (0u32..).zip(self.standing.iter()) {
            if !earlier(row.previous, n) {
                return Err("a chain of standing assignments leads forward");
            }
        }
        let rows = [
            (self.identities.len(), self.identity_names.len()),
            (self.persons.len(), self.identity_names.len()),
            (self.entitlements.len(), self.entitlement_names.len()),
            (self.resources.len(), self.resource_names.len()),
            (self.applications.len(), self.application_names.len()),
            (self.accounts.len(), self.account_names.len()),
            (self.events.len(), self.event_names.len()),
            (self.feeds.len(), self.feed_names.len()),
        ];
        if rows.iter().any(|(rows, names)| rows != names) {
            return Err("there are not as many rows as names");
        }
        if !self.frontier.is_of(self.len) {
            return Err("the tree of the log has another length");
        }
        Ok(())
    }

    /// Builds the indexes, which a snapshot does not hold.
    fn index(&mut self) {
        let text = |name| self.texts.get(name);
        self.request_index = Index::of(self.requests.iter().map(|row| hash(text(row.name))));
        self.standing_index =
            Index::of(self.standing.iter().map(|row| hash(&(text(row.name), row.membership))));
        self.own_name_index = Index::of(self.own_names.iter().map(|row| hash(text(row.name))));
        self.fact_index = Index::of(self.fact_leaves.iter().map(|(key, _)| *key));
        let terms = self.bases.iter().map(|terms| Terms::hash(&terms.basis, terms.conditions));
        self.basis_index = Index::of(terms);
        self.condition_index = Index::of(self.conditions.iter().map(hash));
        self.extension_index = Index::of(self.extensions.iter().map(|row| hash(&row.grant)));
    }
}

/// Tells damage from health, quickly; not made to withstand anyone.
fn checksum(bytes: &[u8]) -> u64 {
    const PRIME: u64 = 0x0000_0100_0000_01B3;
    let mut lanes = [0xCBF2_9CE4_8422_2325u64, 1, 2, 3];
    let (blocks, rest) = bytes.as_chunks::<32>();
    for block in blocks {
        let (words, _) = block.as_chunks::<8>();
        for (lane, word) in lanes.iter_mut().zip(words) {
            *lane = (*lane ^ u64::from_le_bytes(*word)).wrapping_mul(PRIME).rotate_left(29);
        }
    }
    let whole =
        lanes.iter().fold(bytes.len() as u64, |sum, lane| (sum ^ lane).wrapping_mul(PRIME).rotate_left(31));
    rest.iter().fold(whole, |sum, byte| (sum ^ u64::from(*byte)).wrapping_mul(PRIME))
}
