//! How far a long load has come, told to people only.

use std::io::{self, IsTerminal, Write};

/// Logs below this many bytes are read before anybody wonders.
const LONG: u64 = 8 << 20;

/// A line on standard error that rewrites itself.
pub(crate) struct Progress {
    shown: Option<u64>,
    total: u64,
}

impl Progress {
    /// For a text of `total` bytes; silent for short ones, and where nobody watches.
    pub(crate) fn new(total: u64) -> Self {
        let watched = total > LONG && io::stderr().is_terminal();
        Self { shown: None, total: if watched { total } else { 0 } }
    }

    /// Tells of every percent.
    pub(crate) fn at(&mut self, bytes: u64, facts: u64) {
        let Some(percent) = bytes.saturating_mul(100).checked_div(self.total) else { return };
        if self.shown != Some(percent) {
            self.shown = Some(percent);
            // Nothing depends on this line: where it cannot be written it is not.
            let _ = write!(io::stderr().lock(), "\rreading the log: {percent:3} %, {facts} facts");
        }
    }
}

impl Drop for Progress {
    /// Wipes the line.
    fn drop(&mut self) {
        if self.shown.is_some() {
            let _ = write!(io::stderr().lock(), "\r{:60}\r", "");
        }
    }
}
