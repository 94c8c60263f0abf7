//! What each identity holds, one row each. Rows rest side by side in a base that all copies share; a row that
//! changed since stands beside it until the engine is compacted.

use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::compile::Holding;
use crate::store::Sparse;

/// The rows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rows {
    base: Arc<Base>,
    changed: Sparse<Arc<[Holding]>>,
}

#[derive(Debug, Default)]
struct Base {
    /// Where each row ends; it begins where the one before ends.
    ends: Vec<u32>,
    holdings: Vec<Holding>,
}

impl Rows {
    /// Rows side by side in the order of the identities' references, with the place where each ends.
    pub(crate) fn new(ends: Vec<u32>, holdings: Vec<Holding>) -> Self {
        Self { base: Arc::new(Base { ends, holdings }), changed: Sparse::default() }
    }

    /// What the identity holds.
    #[inline]
    pub(crate) fn get(&self, identity: u32) -> &[Holding] {
        match self.changed.get(identity) {
            Some(row) => row,
            None => self.base.row(identity as usize),
        }
    }

    /// Replaces a row.
    pub(crate) fn set(&mut self, identity: u32, row: Arc<[Holding]>) {
        self.changed.set(identity, row);
    }

    /// How many rows there are at most.
    pub(crate) fn len(&self) -> usize {
        self.base.ends.len().max(self.changed.bound())
    }

    /// The same rows, all in the base.
    pub(crate) fn compact(&self) -> Option<Self> {
        if self.changed.bound() == 0 {
            return Some(self.clone());
        }
        let (mut ends, mut holdings) = (Vec::with_capacity(self.len()), Vec::new());
        for (_, row) in self.iter() {
            holdings.extend_from_slice(row);
            ends.push(u32::try_from(holdings.len()).ok()?);
        }
        holdings.shrink_to_fit();
        Some(Self::new(ends, holdings))
    }

    /// All rows in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, &[Holding])> {
        (0u32..).take(self.len()).map(|identity| (identity, self.get(identity)))
    }

    /// The bytes that the rows take.
    pub(crate) fn bytes(&self) -> usize {
        let base = self.base.holdings.capacity().saturating_mul(size_of::<Holding>());
        let ends = self.base.ends.capacity().saturating_mul(size_of::<u32>());
        let changed = (0u32..).take(self.changed.bound()).filter_map(|identity| self.changed.get(identity));
        let changed = changed.fold(0usize, |sum, row| sum.saturating_add(size_of_val::<[Holding]>(row)));
        base.saturating_add(ends).saturating_add(changed)
    }
}

impl Base {
    #[inline]
    fn row(&self, identity: usize) -> &[Holding] {
        let start = match identity.checked_sub(1) {
            Some(before) => self.ends.get(before).copied().unwrap_or(u32::MAX),
            None => 0,
        };
        let end = self.ends.get(identity).copied().unwrap_or(0);
        self.holdings.get(start as usize..end as usize).unwrap_or_default()
    }
}
