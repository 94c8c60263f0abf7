//! What an identity holds directly, each with the window in which it counts: standing assignments, memberships
//! and grants. All that can end them is folded into the windows, so that a check only compares instants.

use alloc::vec::Vec;

use super::{Deaths, Life, World, standing_of};
use crate::state::GrantRow;
use crate::store::NONE;
use crate::time::{IntervalSet, Timestamp, Window};

/// The mark of a source that is a standing assignment or a membership.
const STANDING: u32 = 1 << 31;

/// The mark of a source that counts only on conditions.
const CONDITIONAL: u32 = 1 << 30;

/// One window of one source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Holding {
    pub(crate) start: Timestamp,
    pub(crate) end: Timestamp,
    pub(crate) entitlement: u32,
    pub(crate) scope: u32,
    source: u32,
}

/// Where a holding comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Source {
    Grant(u32),
    Standing(u32),
}

impl Holding {
    /// A window in which nothing is held.
    const EMPTY: Self =
        Self { start: Timestamp::MIN, end: Timestamp::MIN, entitlement: NONE, scope: NONE, source: 0 };

    pub(crate) const fn source(&self) -> Source {
        let reference = self.source & !(STANDING | CONDITIONAL);
        if self.source & STANDING == 0 { Source::Grant(reference) } else { Source::Standing(reference) }
    }

    /// Whether it counts only on conditions.
    #[inline]
    pub(crate) const fn is_conditional(&self) -> bool {
        self.source & CONDITIONAL != 0
    }

    #[inline]
    pub(crate) fn is_live(&self, t: Timestamp) -> bool {
        self.start <= t && t < self.end
    }

    pub(crate) fn window(&self) -> Option<Window> {
        Window::new(self.start, self.end)
    }
}

/// What a grant holds, if it ever does.
fn of_grant(reference: u32, grant: &GrantRow, life: &Life, world: World<'_>) -> Option<Holding> {
    let death = world.death(grant, life);
    (grant.start < death.at).then_some(Holding {
        start: grant.start,
        end: death.at,
        entitlement: grant.entitlement,
        scope: grant.scope,
        source: mark(reference, world.state.grant_conditions(grant)),
    })
}

/// A reference with the mark of what counts only on conditions.
const fn mark(reference: u32, conditions: u32) -> u32 {
    if conditions == NONE { reference } else { reference | CONDITIONAL }
}

/// What all identities hold, row by row, with the place where each row ends; none if there are more holdings than
/// references. Grants are read in the order in which they stand, not along the chains of their holders, because
/// that order is the one that memory likes.
pub(crate) fn all_holdings(world: World<'_>) -> Option<(Vec<u32>, Vec<Holding>)> {
    let state = world.state;
    let lives: Vec<Life> = state.identities.iter().map(Life::of).collect();
    let mut standing = Vec::new();
    let mut counts = Vec::with_capacity(lives.len());
    for (who, life) in (0u32..).zip(&lives) {
        let before = standing.len();
        of_standing(who, life, world, &mut standing);
        counts.push(standing.len().saturating_sub(before));
    }
    let mut sizes = counts.clone();
    for grant in state.grants.iter() {
        if let Some(size) = sizes.get_mut(grant.holder as usize) {
            *size = size.saturating_add(1);
        }
    }
    let mut total = 0usize;
    let mut next = Vec::with_capacity(sizes.len());
    let mut ends = Vec::with_capacity(sizes.len());
    for size in sizes {
        next.push(total);
        total = total.saturating_add(size);
        ends.push(u32::try_from(total).ok()?);
    }
    let mut rows = alloc::vec![Holding::EMPTY; total];
    let mut place = |holding: Holding, who: usize| {
        let slot = next.get_mut(who)?;
        *rows.get_mut(*slot)? = holding;
        *slot = slot.saturating_add(1);
        Some(())
    };
    let mut standing = standing.into_iter();
    for (who, count) in counts.into_iter().enumerate() {
        for holding in standing.by_ref().take(count) {
            place(holding, who)?;
        }
    }
    // Where one grant may keep another alive, those of each holder are worked out together.
    let mut worked_out: Vec<Deaths> = Vec::new();
    if world.rules.depend_on_grants {
        worked_out.extend((0u32..).zip(&lives).map(|(holder, life)| world.deaths_of(holder, life)));
    }
    for (reference, grant) in (0u32..).zip(state.grants.iter()) {
        let deaths = worked_out.get(grant.holder as usize);
        let world = World { deaths, ..world };
        let life = lives.get(grant.holder as usize)?;
        let held = of_grant(reference, grant, life, world);
        // What is void keeps its place, with a window in which it is never live.
        place(held.unwrap_or(Holding { source: reference, ..Holding::EMPTY }), grant.holder as usize)?;
    }
    Some((ends, rows))
}

/// The row of `who` once these grants, each beside its holder and in order, are new or end otherwise; the others
/// stay as they are.
pub(crate) fn renewed(row: &[Holding], who: u32, grants: &[(u32, u32)], world: World<'_>) -> Vec<Holding> {
    let Some(identity) = world.state.identities.at(who) else { return Vec::new() };
    let life = Life::of(identity);
    let mut renewed = Vec::with_capacity(row.len().saturating_add(grants.len()));
    let is_other = |holding: &&Holding| match holding.source() {
        Source::Grant(grant) => grants.binary_search(&(who, grant)).is_err(),
        Source::Standing(_) => true,
    };
    renewed.extend(row.iter().filter(is_other).copied());
    for (_, reference) in grants {
        let Some(grant) = world.state.grants.at(*reference) else { continue };
        if let Some(holding) = of_grant(*reference, grant, &life, world) {
            // Grants stand behind all else, in the order of their references.
            let place = renewed.partition_point(|holding: &Holding| match holding.source() {
                Source::Grant(grant) => grant < *reference,
                Source::Standing(_) => true,
            });
            renewed.insert(place, holding);
        }
    }
    renewed
}

/// All that `who` ever holds, as far as the log knows: standing first, then grants, each in the order of the
/// log.
pub(crate) fn holdings(who: u32, world: World<'_>) -> Vec<Holding> {
    let mut holdings = Vec::new();
    let Some(row) = world.state.identities.at(who) else { return holdings };
    let life = Life::of(row);
    let deaths = world.rules.depend_on_grants.then(|| world.deaths_of(who, &life));
    let world = World { deaths: deaths.as_ref(), ..world };
    let person = world.state.person(who);
    let mut grant = person.last_grant;
    while let Some(g) = world.state.grants.at(grant) {
        holdings.extend(of_grant(grant, g, &life, world));
        grant = g.previous_of_holder;
    }
    let grants = holdings.len();
    of_standing(who, &life, world, &mut holdings);
    holdings.rotate_left(grants);
    let standing = holdings.len().saturating_sub(grants);
    if let Some(grants) = holdings.get_mut(standing..) {
        grants.reverse();
    }
    holdings
}

/// What `who` holds by standing assignments and memberships, in the order of the log.
fn of_standing(who: u32, life: &Life, world: World<'_>, holdings: &mut Vec<Holding>) {
    let before = holdings.len();
    let person = world.state.person(who);
    let mut next = person.last_standing;
    for standing in standing_of(world.state, person.last_standing) {
        let source = mark(next | STANDING, standing.conditions);
        next = standing.previous;
        let Some(mut window) = standing.window() else { continue };
        if standing.scope != NONE {
            match world.tree.life(standing.scope).and_then(|life| life.intersect(window)) {
                Some(inside) => window = inside,
                None => continue,
            }
        }
        let alive = life.same_as_at(standing.assigned);
        let both;
        let windows = if alive.is_always() {
            core::slice::from_ref(&window)
        } else {
            both = alive.intersect(&IntervalSet::from(window));
            both.windows()
        };
        holdings.extend(windows.iter().map(|window| Holding {
            start: window.start(),
            end: window.end(),
            entitlement: standing.entitlement,
            scope: standing.scope,
            source,
        }));
    }
    if let Some(own) = holdings.get_mut(before..) {
        own.reverse();
    }
}
