//! Instants, spans, windows, sets of instants, recurring hours.
//!
//! Time is a line of whole milliseconds from the year 0001 to the year 9999. Every interval is half-open:
//! its start belongs to it, its end does not, so that windows that touch leave no gap and no overlap.
//! Every constraint of a policy is a set of such instants ([`IntervalSet`]); to combine constraints is to
//! combine sets.
//!
//! ```
//! use tenure::time::{IntervalSet, Span, Timestamp, Window};
//!
//! let shift: Timestamp = "2026-03-02T09:00:00Z".parse()?;
//! let asked = Window::new(shift, shift.plus(Span::hours(8))).expect("eight hours are not empty");
//! let frozen = Window::new(shift.plus(Span::hours(3)), Timestamp::MAX).expect("not empty");
//!
//! let left = IntervalSet::from(asked).difference(&IntervalSet::from(frozen));
//! assert_eq!(left.component(shift).map(|window| window.end().to_string()).as_deref(),
//!            Some("2026-03-02T12:00:00Z"));
//! # Ok::<(), tenure::time::TimeError>(())
//! ```

mod civil;
mod error;
mod interval_set;
mod recurrence;
mod span;
mod text;
mod timestamp;
mod weekly;
mod window;
mod zone;

pub use error::TimeError;
pub use interval_set::IntervalSet;
pub use recurrence::{Reading, Recurrence};
pub use span::Span;
pub use timestamp::Timestamp;
pub use weekly::{LocalTime, Weekday, Weekdays};
pub use window::Window;
pub use zone::{TZDB, Zone, parse_end, parse_start};
