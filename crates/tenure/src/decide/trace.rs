//! How long an answer holds falls out of the comparisons it rests on: each one that was made with now narrows
//! the window in which all of them come out the same.

use crate::time::{IntervalSet, Span, Timestamp, Window};

/// Now, and the window around it in which every comparison so far comes out the same.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Trace {
    pub(crate) at: Timestamp,
    from: Timestamp,
    until: Timestamp,
}

/// An instant that a comparison is made with: now itself, which moves on, or one that was asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moment {
    pub(crate) at: Timestamp,
    pub(crate) moves: bool,
}

impl Moment {
    /// The instant a span later; it moves if this one does.
    pub(crate) const fn plus(self, span: Span) -> Self {
        Self { at: self.at.plus(span), moves: self.moves }
    }

    /// An instant that does not move.
    pub(crate) const fn fixed(at: Timestamp) -> Self {
        Self { at, moves: false }
    }
}

impl Trace {
    pub(crate) const fn new(at: Timestamp) -> Self {
        Self { at, from: Timestamp::MIN, until: Timestamp::MAX }
    }

    /// Whether now is before `t`.
    pub(crate) fn is_before(&mut self, t: Timestamp) -> bool {
        if self.at < t {
            self.until = self.until.min(t);
            true
        } else {
            self.from = self.from.max(t);
            false
        }
    }

    /// Whether a moment is before `t`.
    pub(crate) fn moment_is_before(&mut self, moment: Moment, t: Timestamp) -> bool {
        if !moment.moves {
            return moment.at < t;
        }
        // The moment is ahead of now by as much as ever: it reaches `t` when now reaches `t` less that.
        let ahead = moment.at.since(self.at);
        if moment.at < t {
            self.until = self.until.min(t.minus(ahead));
            true
        } else {
            self.from = self.from.max(t.minus(ahead));
            false
        }
    }

    /// Whether the first moment is before the second.
    pub(crate) fn precedes(&mut self, a: Moment, b: Moment) -> bool {
        match (a.moves, b.moves) {
            (true, false) => self.moment_is_before(a, b.at),
            (false, true) => !self.moment_is_before(b, a.at.next()),
            _ => a.at < b.at,
        }
    }

    /// Compares two moments, so that their order stays what it is.
    pub(crate) fn compare(&mut self, a: Moment, b: Moment) -> core::cmp::Ordering {
        match (a.moves, b.moves) {
            (true, false) => {
                self.moment_is_before(a, b.at);
                self.moment_is_before(a, b.at.next());
            }
            (false, true) => {
                self.moment_is_before(b, a.at);
                self.moment_is_before(b, a.at.next());
            }
            _ => {}
        }
        a.at.cmp(&b.at)
    }

    /// Whether a moment is in the set.
    pub(crate) fn is_in(&mut self, moment: Moment, set: &IntervalSet) -> bool {
        let inside = set.contains(moment.at);
        if moment.moves {
            let ahead = moment.at.since(self.at);
            let around =
                if inside { set.component(moment.at) } else { set.complement().component(moment.at) };
            if let Some(window) = around {
                if !window.end().is_never() {
                    self.until = self.until.min(window.end().minus(ahead));
                }
                self.from = self.from.max(window.start().minus(ahead));
            }
        }
        inside
    }

    /// The window in which the answer holds for `now`, where `high_water` and anything within the tolerance
    /// behind it count as the high water.
    pub(crate) fn holds(&self, now: Timestamp, high_water: Timestamp, tolerance: Span) -> Window {
        let from = if self.from <= high_water { high_water.minus(tolerance) } else { self.from };
        let from = from.min(now);
        let until = self.until.max(now.next());
        Window::new(from, until).unwrap_or(Window::ALWAYS)
    }
}
