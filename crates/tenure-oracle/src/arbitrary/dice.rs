//! Choices from a row of numbers; an empty row makes the first choice every time.

use core::str::FromStr;

use tenure::id::{EntitlementId, EventId, IdentityId, PermissionId, ResourceId};
use tenure::time::{Span, Timestamp};

use super::{SLOTS, hours, slot};

pub(super) const IDENTITIES: [&str; 5] = ["ann", "ben", "svc", "bot", "cat"];
/// Each implies only earlier ones in documents.
pub(super) const ENTITLEMENTS: [&str; 7] = ["read", "write", "admin", "ops", "team", "lead", "boss"];
pub(super) const GROUPS: [&str; 2] = ["ops", "team"];
/// Each lies only below earlier ones in documents.
pub(super) const RESOURCES: [&str; 6] = ["root", "root/a", "root/a/x", "root/b", "else", "else/y"];
pub(super) const PERMISSIONS: [&str; 3] = ["doc:read", "doc:write", "doc:admin"];
pub(super) const EVENTS: [&str; 3] = ["INC", "PRJ", "JOB"];

/// A row of numbers to be used up.
pub(super) struct Dice<'a> {
    numbers: core::slice::Iter<'a, u16>,
    language: bool,
}

impl<'a> Dice<'a> {
    pub(super) fn new(numbers: &'a [u16], language: bool) -> Self {
        Self { numbers: numbers.iter(), language }
    }

    /// Whether the world speaks the policy language; where it does not, nothing more is asked of the numbers.
    pub(super) const fn has_language(&self) -> bool {
        self.language
    }

    /// 0 to `n` exclusive; 0 when the row is used up.
    pub(super) fn below(&mut self, n: u64) -> u64 {
        let number = u64::from(self.numbers.next().copied().unwrap_or_default());
        number.checked_rem(n).unwrap_or_default()
    }

    /// Whether something that happens in so many of a hundred cases does; not when the row is used up.
    pub(super) fn chance(&mut self, percent: u64) -> bool {
        99_u64.saturating_sub(self.below(100)) < percent
    }

    pub(super) fn pick<T: Clone>(&mut self, of: &[T]) -> Option<T> {
        let n = self.below(u64::try_from(of.len()).unwrap_or(1));
        of.get(usize::try_from(n).unwrap_or_default()).cloned()
    }

    /// One of the names.
    pub(super) fn name<I: FromStr<Err = tenure::id::IdError>>(&mut self, of: &[&str]) -> I {
        id(self.pick(of).unwrap_or("none"))
    }

    /// At least one of the names, or each with an even chance.
    pub(super) fn names<I>(&mut self, of: &[&str]) -> Vec<I>
    where
        I: FromStr<Err = tenure::id::IdError> + Ord,
    {
        let mut some: Vec<I> = of.iter().filter(|_| self.chance(40)).map(|name| id(name)).collect();
        some.push(self.name(of));
        some.sort();
        some.dedup();
        some
    }

    pub(super) fn slot(&mut self) -> Timestamp {
        slot(self.below(SLOTS))
    }

    /// Some hours, 1 to 24.
    pub(super) fn span(&mut self) -> Span {
        hours(self.pick(&[4, 1, 2, 3, 6, 8, 12, 24]).unwrap_or(1))
    }

    /// Some hours, 1 to 72.
    pub(super) fn long_span(&mut self) -> Span {
        hours(self.pick(&[8, 24, 48, 4, 2, 72, 12, 1]).unwrap_or(1))
    }

    /// An instant and a later one.
    pub(super) fn window(&mut self) -> (Timestamp, Timestamp) {
        let start = self.slot();
        let length = self.span().saturating_add(if self.chance(50) { hours(24) } else { Span::ZERO });
        (start, start.plus(length))
    }

    /// Mostly somebody there is.
    pub(super) fn identity(&mut self) -> IdentityId {
        match self.below(60) {
            58 => id("new"),
            59 => id("nobody"),
            40..=57 => id("ann"),
            _ => self.name(&IDENTITIES),
        }
    }

    pub(super) fn entitlement(&mut self) -> EntitlementId {
        match self.below(50) {
            40..=47 => self.name(&ENTITLEMENTS),
            48 => id("extra"),
            49 => id("nothing"),
            _ => self.name(&["read", "write", "admin", "team"]),
        }
    }

    pub(super) fn resource(&mut self) -> ResourceId {
        match self.below(50) {
            40..=47 => self.name(&RESOURCES),
            48 => id("late"),
            49 => id("nowhere"),
            _ => self.name(&["root/a", "root", "root/a/x", "root/b"]),
        }
    }

    pub(super) fn scope(&mut self) -> Option<ResourceId> {
        if self.chance(45) { Some(self.resource()) } else { None }
    }

    pub(super) fn permission(&mut self) -> PermissionId {
        match self.below(30) {
            29 => id("doc:nothing"),
            _ => self.name(&PERMISSIONS),
        }
    }

    /// Mostly one of those that are known.
    pub(super) fn event(&mut self, known: &[EventId]) -> EventId {
        let any = match self.below(12) {
            10 => Some(self.name(&EVENTS)),
            11 => Some(id("NIL")),
            _ => self.pick(known),
        };
        any.unwrap_or_else(|| id("INC"))
    }

    /// Mostly one of the last.
    pub(super) fn recent<T: Clone>(&mut self, of: &[T]) -> Option<T> {
        let last = of.get(of.len().saturating_sub(3)..).unwrap_or_default();
        if self.chance(30) { self.pick(of) } else { self.pick(last) }
    }
}

/// The name as an id of any kind.
#[allow(clippy::expect_used, reason = "all names are made here, of letters and digits")]
pub(super) fn id<I: FromStr<Err = tenure::id::IdError>>(name: &str) -> I {
    name.parse().expect("a name")
}
