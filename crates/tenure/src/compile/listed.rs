//! What each entitlement lists, as answers tell it: all names of one side by side, so that an answer with hundreds of
//! permissions shares them by entitlement and reads none of them.

use alloc::sync::Arc;
use alloc::vec::Vec;

use crate::id::PermissionId;
use crate::state::State;
use crate::store::NONE;
use crate::time::Window;

/// The permissions that an entitlement lists itself.
#[derive(Debug, Default)]
pub(crate) struct Listed {
    /// When all of them are listed; none where they differ in that, or where there are none.
    when: Option<Window>,
    /// Beside each its place in the order of the names of all, or none.
    ranks: Vec<u32>,
    names: Option<Arc<Several>>,
}

/// Permissions, one at least.
#[derive(Debug)]
pub(crate) struct Several {
    first: PermissionId,
    others: Vec<PermissionId>,
}

impl Several {
    fn new(mut names: impl Iterator<Item = PermissionId>) -> Option<Self> {
        Some(Self { first: names.next()?, others: names.collect() })
    }

    /// One of them; the first where there are not so many.
    #[inline]
    pub(crate) fn name(&self, number: u32) -> &PermissionId {
        let other = number.checked_sub(1).and_then(|number| self.others.get(number as usize));
        other.unwrap_or(&self.first)
    }

    fn iter(&self) -> impl Iterator<Item = &PermissionId> {
        core::iter::once(&self.first).chain(&self.others)
    }
}

impl From<PermissionId> for Several {
    fn from(first: PermissionId) -> Self {
        Self { first, others: Vec::new() }
    }
}

impl Listed {
    /// When all of them are listed; none where they differ in that, or where there are none.
    pub(crate) const fn when(&self) -> Option<Window> {
        self.when
    }

    /// Their places in the order of the names of all; [`NONE`] where rules decide of the use of one, or where more than
    /// one entitlement lists it at some time, or one at several.
    pub(crate) fn ranks(&self) -> &[u32] {
        &self.ranks
    }

    /// Their names; none where there are none.
    pub(crate) const fn names(&self) -> Option<&Arc<Several>> {
        self.names.as_ref()
    }

    /// The same one by one.
    pub(crate) fn each(&self) -> impl Iterator<Item = &PermissionId> {
        self.names.iter().flat_map(|names| names.iter())
    }

    /// Takes the places from those of which rules decide.
    pub(super) fn rule(&mut self, list: &[(u32, Window)], is_ruled: impl Fn(u32) -> bool) {
        for ((permission, _), rank) in list.iter().zip(&mut self.ranks) {
            if is_ruled(*permission) {
                *rank = NONE;
            }
        }
    }
}

/// What all entitlements list, beside the lists.
pub(super) fn listed(state: &State, lists: &[Vec<(u32, Window)>]) -> Vec<Listed> {
    let ranks = ranks(state, lists);
    let listed = lists.iter().map(|list| {
        let name = |permission: u32| state.permission_names.name(permission).map(PermissionId::from_interned);
        let first = list.first().map(|(_, window)| *window);
        Listed {
            when: first.filter(|first| list.iter().all(|(_, window)| window == first)),
            ranks: list.iter().map(|(p, _)| ranks.get(*p as usize).copied().unwrap_or(NONE)).collect(),
            names: Several::new(list.iter().filter_map(|(permission, _)| name(*permission))).map(Arc::new),
        }
    });
    listed.collect()
}

/// The place of each permission in the order of their names; none where it is listed more than once.
fn ranks(state: &State, lists: &[Vec<(u32, Window)>]) -> Vec<u32> {
    let count = state.permission_names.len();
    let mut order: Vec<u32> = (0..u32::try_from(count).unwrap_or(u32::MAX)).collect();
    order.sort_unstable_by(|a, b| state.permission_names.name(*a).cmp(&state.permission_names.name(*b)));
    let mut ranks = alloc::vec![NONE; count];
    for (rank, permission) in (0u32..).zip(order) {
        if let Some(place) = ranks.get_mut(permission as usize) {
            *place = rank;
        }
    }
    let mut listed = alloc::vec![false; count];
    for (permission, _) in lists.iter().flatten() {
        let place = *permission as usize;
        if let (Some(listed), Some(rank)) = (listed.get_mut(place), ranks.get_mut(place)) {
            if *listed {
                *rank = NONE;
            }
            *listed = true;
        }
    }
    ranks
}
