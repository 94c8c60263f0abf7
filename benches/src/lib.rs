//! What Tenure costs: worlds that are the same in every run, what is asked in them, and a stopwatch.

pub mod clock;
pub mod questions;
pub mod random;
pub mod work;
pub mod world;
