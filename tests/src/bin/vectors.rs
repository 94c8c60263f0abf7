//! Writes the vectors from the scenarios. Read the diff before you commit it: a vector that changes is a meaning
//! that changes.

use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    let (text, code) = match tenure_conformance::files::write() {
        Ok(changed) if changed.is_empty() => ("nothing has changed".to_owned(), ExitCode::SUCCESS),
        Ok(changed) => (changed.join("\n"), ExitCode::SUCCESS),
        Err(error) => (error, ExitCode::FAILURE),
    };
    // A reader that has gone away has seen enough.
    let _ = writeln!(std::io::stdout().lock(), "{text}");
    code
}
