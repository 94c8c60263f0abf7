//! What each identity holds, one row each. Rows rest side by side in a base that all copies share; a row that
//! changed since stands beside it until the engine is compacted.

use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::compile::{Givers, Holding, Route};
use crate::store::Sparse;
use crate::time::Timestamp;

/// How many holdings are looked through at once.
const STRETCH: usize = 16;

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
    /// Beside each holding its entitlement: what does not give a permission is told without reading the rest.
    entitlements: Vec<u32>,
}

/// What an identity holds, ready to be searched for what gives a permission.
#[derive(Clone, Copy)]
pub(crate) struct Row<'a> {
    holdings: &'a [Holding],
    /// Beside each holding its entitlement; empty in a row that changed since.
    entitlements: &'a [u32],
}

impl<'a> Row<'a> {
    /// The holdings that give a permission at some time, each with the routes to look at.
    #[inline]
    pub(crate) fn giving(
        self,
        givers: Givers<'a>,
    ) -> impl Iterator<Item = (&'a Holding, Option<&'a [Route]>)> {
        let changed = if self.entitlements.is_empty() { self.holdings } else { &[] };
        let apart = self.entitlements.iter().zip(self.holdings);
        let apart = apart.filter_map(move |(entitlement, holding)| Some((holding, givers.by(*entitlement)?)));
        apart.chain(changed.iter().filter_map(move |h| Some((h, givers.by(h.entitlement)?))))
    }
}

impl Rows {
    /// Rows side by side in the order of the identities' references, with the place where each ends.
    pub(crate) fn new(ends: Vec<u32>, holdings: Vec<Holding>) -> Self {
        let entitlements = holdings.iter().map(|holding| holding.entitlement).collect();
        Self { base: Arc::new(Base { ends, holdings, entitlements }), changed: Sparse::default() }
    }

    /// What the identity holds.
    #[inline]
    pub(crate) fn get(&self, identity: u32) -> &[Holding] {
        match self.changed.get(identity) {
            Some(row) => row,
            None => self.base.row(identity).holdings,
        }
    }

    /// The same, to be searched.
    #[inline]
    pub(crate) fn row(&self, identity: u32) -> Row<'_> {
        match self.changed.get(identity) {
            Some(holdings) => Row { holdings, entitlements: &[] },
            None => self.base.row(identity),
        }
    }

    /// Reads ahead where the row stands, and what a change of it touches.
    pub(crate) fn read_place(&self, identity: u32) -> usize {
        self.changed.read(identity) ^ self.base.ends.get(identity as usize).copied().unwrap_or(0) as usize
    }

    /// Reads the row ahead.
    pub(crate) fn read(&self, identity: u32) -> usize {
        self.get(identity).iter().fold(0, |read, holding| read ^ holding.entitlement as usize)
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
        // The whole length first, so that nothing that is copied moves once more.
        let mut ends = Vec::with_capacity(self.len());
        let mut total = 0usize;
        for (_, row) in self.iter() {
            total = total.saturating_add(row.len());
            ends.push(u32::try_from(total).ok()?);
        }
        let mut holdings = Vec::with_capacity(total);
        self.iter().for_each(|(_, row)| holdings.extend_from_slice(row));
        Some(Self::new(ends, holdings))
    }

    /// All rows in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, &[Holding])> {
        (0u32..).take(self.len()).map(|identity| (identity, self.get(identity)))
    }

    /// Tells each holding of these entitlements that is live at `t`, with who holds it: those of one identity one after
    /// the other, until it is said that no more of this one are wanted. Of each entitlement a bit says whether it is
    /// one of these.
    pub(crate) fn live_holders(
        &self,
        wanted: &[u64],
        t: Timestamp,
        mut is_enough: impl FnMut(u32, &Holding) -> bool,
    ) {
        let is_wanted = |entitlement: u32| {
            let word = wanted.get((entitlement >> 6) as usize).copied().unwrap_or(0);
            word >> (entitlement & 63) & 1 == 1
        };
        // Most stretches hold nothing that is wanted; whose they are is asked of the others only.
        let (mut who, mut ends, mut done) = (0u32, self.base.ends.iter(), None);
        let mut end = ends.next().copied().unwrap_or(u32::MAX) as usize;
        let stretches = self.base.entitlements.chunks(STRETCH).zip(self.base.holdings.chunks(STRETCH));
        for (first, (entitlements, holdings)) in (0usize..).step_by(STRETCH).zip(stretches) {
            if !entitlements.iter().fold(false, |any, entitlement| any | is_wanted(*entitlement)) {
                continue;
            }
            for (place, (entitlement, holding)) in (first..).zip(entitlements.iter().zip(holdings)) {
                if !is_wanted(*entitlement) || !holding.is_live(t) {
                    continue;
                }
                while end <= place {
                    who = who.saturating_add(1);
                    end = ends.next().copied().unwrap_or(u32::MAX) as usize;
                }
                if done != Some(who) && (self.changed.get(who).is_some() || is_enough(who, holding)) {
                    done = Some(who);
                }
            }
        }
        for (who, row) in self.changed.iter() {
            let live = row.iter().filter(|holding| is_wanted(holding.entitlement) && holding.is_live(t));
            for holding in live {
                if is_enough(who, holding) {
                    break;
                }
            }
        }
    }

    /// How many holdings stand side by side.
    #[cfg(feature = "std")]
    pub(crate) fn settled(&self) -> usize {
        self.base.holdings.len()
    }

    /// The bytes that the rows take.
    pub(crate) fn bytes(&self) -> usize {
        let each = size_of::<Holding>().saturating_add(size_of::<u32>());
        let base = self.base.holdings.capacity().saturating_mul(each);
        let ends = self.base.ends.capacity().saturating_mul(size_of::<u32>());
        let changed = (0u32..).take(self.changed.bound()).filter_map(|identity| self.changed.get(identity));
        let changed = changed.fold(0usize, |sum, row| sum.saturating_add(size_of_val::<[Holding]>(row)));
        base.saturating_add(ends).saturating_add(changed)
    }
}

impl Base {
    #[inline]
    fn row(&self, identity: u32) -> Row<'_> {
        let identity = identity as usize;
        let start = match identity.checked_sub(1) {
            Some(before) => self.ends.get(before).copied().unwrap_or(u32::MAX),
            None => 0,
        };
        let end = self.ends.get(identity).copied().unwrap_or(0);
        let range = start as usize..end as usize;
        Row {
            entitlements: self.entitlements.get(range.clone()).unwrap_or_default(),
            holdings: self.holdings.get(range).unwrap_or_default(),
        }
    }
}
