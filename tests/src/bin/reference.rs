//! Writes the reference of the policy language, and that of reasons. Read the diff before you commit it.

use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    let (text, code) = match tenure_conformance::reference::write() {
        Ok(changed) if changed.is_empty() => ("nothing has changed".to_owned(), ExitCode::SUCCESS),
        Ok(changed) => (changed.join("\n"), ExitCode::SUCCESS),
        Err(error) => (error, ExitCode::FAILURE),
    };
    // A reader that has gone away has seen enough.
    let _ = writeln!(std::io::stdout().lock(), "{text}");
    code
}
