//! A grant lives from its start until the earliest of what ends it, and never again: its time, a recorded end,
//! its holder's life, its entitlement and scope, its business event, and its holder's eligibility.

use super::eligibility::{World, lost_at};
use super::{Dormancy, Life, first_outside, open_set, planned_set};
use crate::fact::Cause;
use crate::model::{Basis, OnLoss};
use crate::state::{GrantExtension, GrantRow, State};
use crate::store::NONE;
use crate::time::{Span, Timestamp};

/// When a grant dies, and of what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Death {
    pub(crate) at: Timestamp,
    pub(crate) cause: Cause,
}

impl Death {
    /// When `grant` dies, extended like this; `life` is that of its holder.
    pub(crate) fn of(grant: &GrantRow, extensions: &[GrantExtension], life: &Life, world: World<'_>) -> Self {
        let start = grant.start;
        let state = world.state;
        let mut death = Self { at: grant.over, cause: grant.cause };
        let mut may_be = |at: Timestamp, cause: Cause| death = death.min(Self { at, cause });

        let basis = state.basis_of(grant);
        let terms = match basis {
            Basis::Policy { event, .. } => *event,
            Basis::External => None,
        };
        let follows = terms.is_some_and(|terms| terms.follow);
        may_be(expiry(grant, extensions, follows), Cause::Expired);

        let at = life.lost_at(grant.issued, start);
        if !at.is_never() {
            let dormancy = state.identities.at(grant.holder).and_then(|row| life.dormancy(row, at));
            let cause = match dormancy {
                Some(Dormancy::Left) | None => Cause::IdentityLeft,
                Some(_) if !life.is_same(grant.issued, at) => Cause::IdentityLeft,
                Some(Dormancy::Suspended) => Cause::IdentitySuspended,
                Some(_) => Cause::ContractEnded,
            };
            may_be(at, cause);
        }

        let validity = |life: Option<crate::time::Window>| match life {
            Some(life) if life.contains(start) => life.end(),
            _ => start,
        };
        may_be(validity(world.hierarchy.life(grant.entitlement)), Cause::EntitlementRetired);
        if grant.scope != NONE {
            may_be(validity(world.tree.life(grant.scope)), Cause::ResourceRetired);
        }

        if grant.event != NONE
            && let Some(row) = state.events.at(grant.event)
        {
            let grace = terms.map_or(Span::ZERO, |terms| terms.grace);
            may_be(after(first_outside(&open_set(row), start), start, grace), Cause::EventEnded);
            if follows {
                may_be(first_outside(&planned_set(row), start), Cause::EventEnded);
            }
        }

        if let Basis::Policy { on_loss, .. } = basis {
            let from = start.max(world.adopted);
            let grace = match on_loss {
                OnLoss::Revoke => Some(Span::ZERO),
                OnLoss::Grace(grace) => Some(*grace),
                OnLoss::RunOut => None,
            };
            if let Some(grace) = grace.filter(|_| from <= death.at) {
                let lost = lost_at(world, (grant.holder, grant.entitlement, grant.scope), from);
                death = death.min(Self { at: after(lost, start, grace), cause: Cause::EligibilityLost });
            }
        }
        death
    }
}

/// The latest instant at which a grant may yet live, whatever becomes of its holder and of all else it rests on.
pub(crate) fn latest(state: &State, grant: &GrantRow) -> Timestamp {
    let follows = matches!(
        state.basis_of(grant),
        Basis::Policy { event: Some(terms), .. } if terms.follow
    );
    grant.over.min(expiry(grant, state.extensions_of(grant), follows))
}

/// What was lost at the start gives no grace.
fn after(lost: Timestamp, start: Timestamp, grace: Span) -> Timestamp {
    if lost > start { lost.plus(grace) } else { lost }
}

/// The first instant at or after the start that is at or past the end in force.
fn expiry(grant: &GrantRow, extensions: &[GrantExtension], follows: bool) -> Timestamp {
    let mut end = if follows { grant.limit } else { grant.end };
    for extension in extensions {
        // One that takes effect when the grant would end still holds it.
        if extension.at > grant.start && end < extension.at {
            break;
        }
        end = if follows { extension.limit } else { extension.end }.max(extension.at);
    }
    end.max(grant.start)
}
