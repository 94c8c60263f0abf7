//! `tenure lint`: a policy that loads may still say what can never work; whoever writes it should know.

use serde::Serialize;
use tenure::policy::{Finding, Severity};

use crate::args::Cli;
use crate::failure::{Exit, Failure};
use crate::load::World;
use crate::render::Answer;

/// What was found, in the order of the document.
#[derive(Serialize)]
struct Report {
    findings: Vec<Finding>,
}

pub(super) fn run(args: &Cli) -> Result<Answer, Failure> {
    let world = World::load(args)?;
    let findings = world.engine.policy().lint(Some(world.now));
    let count = |severity| findings.iter().filter(|finding| finding.severity() == severity).count();
    let (warnings, notes) = (count(Severity::Warning), count(Severity::Note));
    let file = args.policy.as_ref().map(|path| path.display().to_string()).unwrap_or_default();
    let mut text: String = findings.iter().map(|finding| format!("{file}: {finding}\n")).collect();
    text.push_str(&match (warnings, notes) {
        (0, 0) => "nothing to mend".to_owned(),
        _ => format!("{}, {}", several(warnings, "warning"), several(notes, "note")),
    });
    let exit = if warnings > 0 { Exit::Failed } else { Exit::Done };
    Answer::new(exit, text, &Report { findings }, None, world.warnings())
}

fn several(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}
