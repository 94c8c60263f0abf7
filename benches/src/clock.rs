//! A stopwatch, and what is told of several runs.

use cpu_time::ThreadTime;

/// The nanoseconds of processor time that something takes, and what it gives. Nothing that is measured waits, so on
/// a machine of one's own this is the time that passes; on a shared one it leaves out the turns of others, but
/// not what they take of the caches.
pub fn timed<T>(work: impl FnOnce() -> T) -> (u64, T) {
    let began = ThreadTime::now();
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
