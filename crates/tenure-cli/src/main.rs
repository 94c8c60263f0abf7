//! The command `tenure`: decisions over a policy file and a log of facts.
//!
//! The library decides and knows neither files nor clocks; they are here, and only here. What it prints is for
//! people, or with `--json` canonical JSON for machines; how it ends is told by the exit status: 0 permit,
//! allowed or done, 1 a file could not be read or written, a test failed, lint has warnings or a document is not in
//! form, 2 bad input, 3 pending, 4 deny, denied or conditional, 5 conflict. With `--lines` it is 0 if every
//! line was answered, otherwise that of the first that was not.

extern crate alloc;

mod args;
mod clock;
mod commands;
mod failure;
mod format;
mod hint;
mod input;
mod load;
mod log_file;
mod log_line;
mod picture;
mod plain;
mod progress;
mod render;
mod torn;

use std::process::ExitCode;

fn main() -> ExitCode {
    match args::parse() {
        Ok(args) => render::finish(args.json, commands::run(&args)),
        Err(stop) => render::stopped(stop),
    }
}
