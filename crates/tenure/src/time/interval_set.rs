//! Every constraint is a set of instants: a finite union of windows, and such sets form a Boolean algebra.

use alloc::vec::Vec;
use core::{fmt, iter};

use super::{Timestamp, Window};

/// A set of instants: windows that are sorted and disjoint and do not touch.
///
/// Equal sets are equal values. The sets form a Boolean algebra over all time, [`Window::ALWAYS`]:
/// [`Timestamp::MAX`] means "never" and lies in no set, not even in a complement.
///
/// ```
/// use tenure::time::{IntervalSet, Timestamp, Window};
///
/// let at = |text: &str| text.parse::<Timestamp>().expect("an instant");
/// let window = |from, until| Window::new(at(from), at(until)).expect("not empty");
/// let shifts = IntervalSet::from_windows([
///     window("2026-03-03T09:00:00Z", "2026-03-03T17:00:00Z"),
///     window("2026-03-02T09:00:00Z", "2026-03-02T12:00:00Z"),
///     window("2026-03-02T12:00:00Z", "2026-03-02T17:00:00Z"),
/// ]);
/// assert_eq!(shifts.windows().len(), 2);
/// assert_eq!(shifts.component(at("2026-03-02T11:00:00Z")).map(Window::end), Some(at("2026-03-02T17:00:00Z")));
/// assert!(shifts.union(&shifts.complement()).is_always());
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct IntervalSet {
    // INVARIANT: each window ends before the next one starts, with at least one instant between.
    windows: Vec<Window>,
}

impl IntervalSet {
    /// No instant at all.
    pub const EMPTY: Self = Self { windows: Vec::new() };

    /// No instant at all.
    pub const fn empty() -> Self {
        Self::EMPTY
    }

    /// All time.
    pub fn always() -> Self {
        Window::ALWAYS.into()
    }

    /// The instants of any of these windows, which may come in any order and overlap.
    pub fn from_windows(windows: impl IntoIterator<Item = Window>) -> Self {
        let mut windows: Vec<Window> = windows.into_iter().collect();
        windows.sort_unstable();
        Self { windows: coalesced(windows) }
    }

    /// The instants of either set. O(a + b), like the other operations on two sets.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        Self { windows: coalesced(merged(&self.windows, &other.windows)) }
    }

    /// The instants of both sets.
    #[must_use]
    pub fn intersect(&self, other: &Self) -> Self {
        let (mut ours, mut theirs) = (self.windows.iter().peekable(), other.windows.iter().peekable());
        // Two pieces that touch would need two windows of one set that touch, so no piece touches the next.
        let windows = iter::from_fn(|| {
            loop {
                let (left, right) = (**ours.peek()?, **theirs.peek()?);
                // The one that ends first can meet nothing further.
                if left.end() <= right.end() {
                    ours.next();
                } else {
                    theirs.next();
                }
                if let Some(both) = left.intersect(right) {
                    return Some(both);
                }
            }
        });
        Self { windows: windows.collect() }
    }

    /// The instants of this set that are not in `other`.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Self {
        self.intersect(&other.complement())
    }

    /// All instants that are not in this set.
    #[must_use]
    pub fn complement(&self) -> Self {
        let starts = iter::once(Timestamp::MIN).chain(self.windows.iter().map(|window| window.end()));
        let ends = self.windows.iter().map(|window| window.start()).chain([Timestamp::MAX]);
        // Only the first and the last gap can be empty.
        Self { windows: starts.zip(ends).filter_map(|(start, end)| Window::new(start, end)).collect() }
    }

    /// Whether `instant` is in the set. O(log n), like the other questions about one instant.
    pub fn contains(&self, instant: Timestamp) -> bool {
        self.component(instant).is_some()
    }

    /// The longest window of the set that contains `instant`, if it is in the set.
    pub fn component(&self, instant: Timestamp) -> Option<Window> {
        self.first_ending_after(instant).filter(|window| window.contains(instant))
    }

    /// The first instant after `instant` at which membership changes; none if it stays as it is for ever.
    pub fn next_change_after(&self, instant: Timestamp) -> Option<Timestamp> {
        let window = self.first_ending_after(instant)?;
        if window.start() > instant {
            Some(window.start())
        } else {
            Some(window.end()).filter(|end| !end.is_never())
        }
    }

    /// The windows of the set, in order; they neither overlap nor touch.
    pub fn windows(&self) -> &[Window] {
        &self.windows
    }

    /// Whether the set has no instant.
    pub fn is_empty(&self) -> bool {
        self.windows.is_empty()
    }

    /// Whether the set is all time.
    pub fn is_always(&self) -> bool {
        self.windows.first() == Some(&Window::ALWAYS)
    }

    fn first_ending_after(&self, instant: Timestamp) -> Option<Window> {
        let past = self.windows.partition_point(|window| window.end() <= instant);
        self.windows.get(past).copied()
    }
}

impl From<Window> for IntervalSet {
    fn from(window: Window) -> Self {
        Self { windows: Vec::from([window]) }
    }
}

impl fmt::Debug for IntervalSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(&self.windows).finish()
    }
}

/// Both sorted lists as one.
fn merged(left: &[Window], right: &[Window]) -> Vec<Window> {
    let (mut ours, mut theirs) = (left.iter().peekable(), right.iter().peekable());
    let mut all = Vec::with_capacity(left.len().saturating_add(right.len()));
    loop {
        let next = match (ours.peek(), theirs.peek()) {
            (Some(one), Some(other)) if one <= other => ours.next(),
            (Some(_), None) => ours.next(),
            _ => theirs.next(),
        };
        match next {
            Some(window) => all.push(*window),
            None => return all,
        }
    }
}

/// Sorted windows with those that overlap or touch made one.
fn coalesced(mut windows: Vec<Window>) -> Vec<Window> {
    windows.dedup_by(|next, kept| {
        let joins = next.start() <= kept.end();
        if joins && let Some(both) = Window::new(kept.start(), kept.end().max(next.end())) {
            *kept = both;
        }
        joins
    });
    windows
}

#[cfg(test)]
mod tests;
