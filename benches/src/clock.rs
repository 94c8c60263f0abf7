//! A stopwatch, and what is told of several runs.
#![allow(clippy::disallowed_types, clippy::disallowed_methods, reason = "what measures time reads the clock")]

use std::time::Instant;

/// The nanoseconds that something takes, and what it gives.
pub fn timed<T>(work: impl FnOnce() -> T) -> (u64, T) {
    let began = Instant::now();
    let result = work();
    (u64::try_from(began.elapsed().as_nanos()).unwrap_or(u64::MAX), result)
}

/// The middle one of several measurements; of an even number the lower of the two.
pub fn median(measured: &mut [u64]) -> u64 {
    measured.sort_unstable();
    measured.get(measured.len().saturating_sub(1) / 2).copied().unwrap_or(0)
}

/// The middle of `runs` measurements after one that does not count.
pub fn median_of(runs: usize, mut measure: impl FnMut() -> u64) -> u64 {
    measure();
    median(&mut (0..runs).map(|_| measure()).collect::<Vec<_>>())
}
