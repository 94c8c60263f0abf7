//! The rows of the state: what the facts have said so far about each noun, by reference.

use alloc::sync::Arc;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::fact::Cause;
use crate::model::{
    Account, AccountChange, Application, ApplicationChange, Basis, BusinessEvent, BusinessEventChange,
    Entitlement, EntitlementChange, History, Identity, IdentityChange, Resource, ResourceChange,
};
use crate::store::{NONE, Raw, TextRef, hash, raw_row};
use crate::time::{IntervalSet, Timestamp, Window};

/// An identity.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct IdentityRow {
    /// None while it is only named.
    #[serde(with = "super::packed::optional")]
    pub(crate) noun: Option<Arc<History<Identity, IdentityChange>>>,
    /// Its turns, in timeline order; most have none.
    status: Option<Arc<Vec<StatusChange>>>,
    /// Of the key `identity`.
    pub(crate) version: u64,
}

impl IdentityRow {
    /// Its turns, in timeline order.
    pub(crate) fn status(&self) -> &[StatusChange] {
        self.status.as_deref().map_or(&[], Vec::as_slice)
    }

    /// Its turns, to be changed.
    pub(crate) fn status_mut(&mut self) -> &mut Vec<StatusChange> {
        Arc::make_mut(self.status.get_or_insert_default())
    }
}

/// What an identity holds. It stands apart from the identity, because it changes far more often and is plain
/// data: to copy a page of it is cheap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PersonRow {
    /// Of the key `person`.
    pub(crate) version: u64,
    /// The head of the chain of its grants.
    pub(crate) last_grant: u32,
    /// The head of the chain of its standing assignments and memberships.
    pub(crate) last_standing: u32,
}

impl Default for PersonRow {
    fn default() -> Self {
        Self { version: 0, last_grant: NONE, last_standing: NONE }
    }
}

/// A turn in the life of an identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StatusChange {
    pub(crate) at: Timestamp,
    pub(crate) position: u64,
    pub(crate) turn: Turn,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Turn {
    Suspended,
    Resumed,
    Left,
    Rejoined,
}

/// An entitlement.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct EntitlementRow {
    #[serde(with = "super::packed::optional")]
    pub(crate) noun: Option<Arc<History<Entitlement, EntitlementChange>>>,
    /// Of the key `entitlement`.
    pub(crate) version: u64,
    /// Whether anything ever implied it; nothing that was never implied can close a cycle.
    pub(crate) implied: bool,
    /// What it ever implied, inert edges apart.
    pub(crate) targets: Arc<Vec<u32>>,
    /// Edges that would have closed a cycle.
    pub(crate) inert: Arc<Vec<u32>>,
    /// The standing assignments that it holds for its members.
    pub(crate) standing: Arc<Vec<u32>>,
}

/// A resource.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct ResourceRow {
    #[serde(with = "super::packed::optional")]
    pub(crate) noun: Option<Arc<History<Resource, ResourceChange>>>,
    pub(crate) version: u64,
    /// Whether anything ever stood under it.
    pub(crate) parent: bool,
    /// The nodes it ever stood under, inert ones apart.
    pub(crate) parents: Arc<Vec<u32>>,
    /// Parents that would have closed a cycle.
    pub(crate) inert: Arc<Vec<u32>>,
}

/// An application.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct ApplicationRow {
    #[serde(with = "super::packed::optional")]
    pub(crate) noun: Option<Arc<History<Application, ApplicationChange>>>,
    pub(crate) version: u64,
}

/// An account.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct AccountRow {
    #[serde(with = "super::packed::optional")]
    pub(crate) noun: Option<Arc<History<Account, AccountChange>>>,
}

/// A business event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct EventRow {
    #[serde(with = "super::packed::optional")]
    pub(crate) noun: Option<Arc<History<BusinessEvent, BusinessEventChange>>>,
    /// Openings and closings in timeline order.
    pub(crate) doors: Arc<Vec<Door>>,
    /// The `effective_at` of every fact about it, in order, as far as it can still matter.
    pub(crate) seen: Arc<Vec<Timestamp>>,
    pub(crate) version: u64,
    /// The head of the chain of grants that rest on it.
    pub(crate) last_grant: u32,
}

impl Default for EventRow {
    fn default() -> Self {
        Self { noun: None, doors: Arc::default(), seen: Arc::default(), version: 0, last_grant: NONE }
    }
}

/// A business event is opened or closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Door {
    pub(crate) at: Timestamp,
    pub(crate) position: u64,
    pub(crate) open: bool,
    /// Who opened it, as a reference to an identity.
    pub(crate) by: u32,
}

/// A source of business events.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct FeedRow {
    pub(crate) seen: Arc<Vec<Timestamp>>,
    pub(crate) version: u64,
}

/// A standing assignment or a membership.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct StandingRow {
    pub(crate) name: TextRef,
    pub(crate) membership: bool,
    /// A reference to an identity, or to an entitlement of kind group.
    pub(crate) holder: u32,
    pub(crate) holder_is_group: bool,
    pub(crate) entitlement: u32,
    pub(crate) scope: u32,
    /// As written; none if it ends before it begins.
    pub(crate) window: Option<Window>,
    pub(crate) assigned: Timestamp,
    pub(crate) removed: Timestamp,
    /// The conditions on which it counts, by reference; none if there are none.
    pub(crate) conditions: u32,
    /// The next in the chain of its holder.
    pub(crate) previous: u32,
}

impl StandingRow {
    /// When it counts, its holder's life apart.
    pub(crate) fn window(&self) -> Option<Window> {
        self.window?.intersect(Window::new(self.assigned, self.removed)?)
    }
}

/// The terms that many grants share.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Terms {
    pub(crate) basis: Basis,
    /// The conditions on which the grants count, by reference.
    pub(crate) conditions: u32,
}

impl Terms {
    /// Whether these are the terms of a grant with this basis, its limit apart, on these conditions.
    pub(crate) fn are(&self, basis: &Basis, conditions: u32) -> bool {
        let same = match (&self.basis, basis) {
            (Basis::External, Basis::External) => true,
            (
                Basis::Policy { event: ea, on_loss: la, rules: ra, .. },
                Basis::Policy { event: eb, on_loss: lb, rules: rb, .. },
            ) => ea == eb && la == lb && ra == rb,
            _ => false,
        };
        same && self.conditions == conditions
    }

    /// The hash under which such terms are found.
    pub(crate) fn hash(basis: &Basis, conditions: u32) -> u64 {
        match basis {
            Basis::External => hash(&conditions),
            Basis::Policy { event, on_loss, rules, .. } => hash(&(conditions, event, on_loss, rules)),
        }
    }
}

/// A request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct RequestRow {
    pub(crate) name: TextRef,
    /// The first half of the digest.
    pub(crate) digest: [u8; 16],
    pub(crate) requester: u32,
    pub(crate) beneficiary: u32,
    pub(crate) version: u64,
    /// The head of the chain of its grants.
    pub(crate) last_grant: u32,
    /// Where the grants it was resolved with are listed, if they are not its own.
    pub(crate) resolved_with: u32,
    pub(crate) stage: Stage,
}

impl RequestRow {
    /// A request of which nothing is known but its name.
    pub(crate) const fn named(name: TextRef) -> Self {
        Self {
            name,
            digest: [0; 16],
            requester: NONE,
            beneficiary: NONE,
            version: 0,
            last_grant: NONE,
            resolved_with: NONE,
            stage: Stage::Named,
        }
    }
}

/// What a request was resolved with: a grant that was there, or one that was issued for it then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Listed {
    /// The grant.
    Grant(u32),
    /// The number of the item.
    Item(u16),
}

impl Listed {
    /// The grant, where `own` are those that were issued for the request.
    pub(crate) fn grant(self, state: &super::State, own: &[u32]) -> Option<u32> {
        match self {
            Self::Grant(grant) => Some(grant),
            Self::Item(item) => {
                own.iter().copied().find(|grant| state.grants.at(*grant).is_some_and(|row| row.item == item))
            }
        }
    }
}

/// What became of a request, or that its id names something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Stage {
    /// Only named, by a grant.
    Named,
    Made,
    Resolved,
    Withdrawn,
    /// The id of an extension; `last_grant` is what it extended.
    Extension,
}

/// A grant.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct GrantRow {
    pub(crate) start: Timestamp,
    /// As issued.
    pub(crate) end: Timestamp,
    /// As issued: the minimum of all bounds but the planned end of the event.
    pub(crate) limit: Timestamp,
    /// The `effective_at` of the issue.
    pub(crate) issued: Timestamp,
    /// The earliest recorded end; never if there is none.
    pub(crate) over: Timestamp,
    pub(crate) holder: u32,
    pub(crate) entitlement: u32,
    pub(crate) scope: u32,
    pub(crate) event: u32,
    pub(crate) basis: u32,
    /// A reference to its request, or to its own name if `item` is [`OWN_NAME`].
    pub(crate) request: u32,
    pub(crate) previous_of_holder: u32,
    pub(crate) previous_of_event: u32,
    pub(crate) previous_of_request: u32,
    pub(crate) item: u16,
    pub(crate) cause: Cause,
    /// Whether it was ever extended; few are, so the extensions stand elsewhere.
    pub(crate) extended: bool,
}

/// The extensions of a grant, in timeline order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct ExtensionsRow {
    /// The grant, by its request and item.
    pub(crate) grant: (u32, u16),
    pub(crate) list: Arc<Vec<Extension>>,
}

/// The name of a grant that is not named for its request, with the grant and the request it belongs to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct OwnName {
    pub(crate) name: TextRef,
    pub(crate) grant: u32,
    pub(crate) request: u32,
}

/// The item number of a grant that is not named for its request.
pub(crate) const OWN_NAME: u16 = u16::MAX;

/// A later end of a grant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Extension {
    pub(crate) at: Timestamp,
    pub(crate) position: u64,
    /// The name of the command, as a reference to a request.
    pub(crate) command: u32,
    pub(crate) end: Timestamp,
    pub(crate) limit: Timestamp,
}

/// How many signs of life before the last fact are kept; only the last one matters while clocks run forward.
const SIGNS: usize = 64;

/// Adds a sign of life at its place in time.
pub(crate) fn see(seen: &mut Arc<Vec<Timestamp>>, at: Timestamp, recorded: Timestamp) {
    let seen = Arc::make_mut(seen);
    let place = seen.partition_point(|t| *t < at);
    seen.insert(place, at);
    let past = seen.partition_point(|t| *t <= recorded);
    seen.drain(..past.saturating_sub(SIGNS));
}

/// Takes one sign of life back.
pub(crate) fn unsee(seen: &mut Arc<Vec<Timestamp>>, at: Timestamp) {
    if let Ok(place) = seen.binary_search(&at) {
        Arc::make_mut(seen).remove(place);
    }
}

/// The set of instants between the turns at which `holds` is true of the number of the turn before.
pub(crate) fn between(turns: &[Timestamp], holds: impl Fn(usize) -> bool) -> IntervalSet {
    let starts = core::iter::once(Timestamp::MIN).chain(turns.iter().copied());
    let ends = turns.iter().copied().chain(core::iter::once(Timestamp::MAX));
    IntervalSet::from_windows(
        starts.zip(ends).enumerate().filter(|(n, _)| holds(*n)).filter_map(|(_, (s, e))| Window::new(s, e)),
    )
}

impl Raw for Cause {
    const SIZE: usize = 1;

    fn put(&self, out: &mut Vec<u8>) {
        let place = Self::ALL.iter().position(|cause| cause == self);
        out.push(place.and_then(|place| u8::try_from(place).ok()).unwrap_or(u8::MAX));
    }

    #[inline]
    fn take(bytes: &mut &[u8]) -> Option<Self> {
        Self::ALL.get(usize::from(u8::take(bytes)?)).copied()
    }
}

raw_row! {
    GrantRow {
        start, end, limit, issued, over, holder, entitlement, scope, event, basis, request, previous_of_holder,
        previous_of_event, previous_of_request, item, cause, extended,
    }
    OwnName { name, grant, request }
    PersonRow { version, last_grant, last_standing }
}
