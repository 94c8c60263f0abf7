//! Writes the reference of the policy language. Read the diff before you commit it.

use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    let (text, code) = match tenure_conformance::reference::write() {
        Ok(true) => ("the reference has changed".to_owned(), ExitCode::SUCCESS),
        Ok(false) => ("nothing has changed".to_owned(), ExitCode::SUCCESS),
        Err(error) => (error, ExitCode::FAILURE),
    };
    // A reader that has gone away has seen enough.
    let _ = writeln!(std::io::stdout().lock(), "{text}");
    code
}
