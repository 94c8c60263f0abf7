//! When a business event is open, and until when it is planned.

use alloc::vec::Vec;

use crate::state::{EventRow, between};
use crate::time::{IntervalSet, Timestamp, Window};

/// The instants at which the event is not over: it is defined, open, and before its hard cap. That it is past
/// its planned end does not end what rests on it.
pub(crate) fn open_set(row: &EventRow) -> IntervalSet {
    uncapped_set(row).intersect(&unclosed_set(row))
}

/// The instants at which its last opening or closing was an opening, or there was none.
pub(crate) fn unclosed_set(row: &EventRow) -> IntervalSet {
    let turns: Vec<Timestamp> = row.doors.iter().map(|door| door.at).collect();
    between(&turns, |n| n.checked_sub(1).and_then(|n| row.doors.get(n)).is_none_or(|door| door.open))
}

/// The instants that are before the planned end in force, or at which no end is planned.
pub(crate) fn planned_set(row: &EventRow) -> IntervalSet {
    let Some(noun) = &row.noun else {
        return IntervalSet::empty();
    };
    IntervalSet::from_windows(noun.segments().filter_map(|(window, version)| {
        window.intersect(Window::new(Timestamp::MIN, version.planned_end.unwrap_or(Timestamp::MAX))?)
    }))
}

/// The instants that are before the cap in force, or at which there is none.
pub(crate) fn uncapped_set(row: &EventRow) -> IntervalSet {
    let Some(noun) = &row.noun else {
        return IntervalSet::empty();
    };
    IntervalSet::from_windows(noun.segments().filter_map(|(window, version)| {
        window.intersect(Window::new(Timestamp::MIN, version.cap_end().unwrap_or(Timestamp::MAX))?)
    }))
}
