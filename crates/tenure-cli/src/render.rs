//! Answers for people on a terminal and for machines in a pipe.

use core::fmt::Write as _;
use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

use serde::Serialize;
use tenure::document::canonical;

use crate::args::Stop;
use crate::failure::{Exit, Failure};
use crate::log_file::Committed;
use crate::torn::Warning;

/// What a command has to say.
pub(crate) struct Answer {
    /// How the process ends.
    exit: Exit,
    /// For machines: canonical JSON.
    json: String,
    form: Form,
    /// For people.
    text: String,
    warnings: Vec<Warning>,
}

/// How an answer is printed.
#[derive(PartialEq)]
enum Form {
    /// In the form that was asked for.
    Told,
    /// Its text is a document, which is printed as it is.
    Verbatim,
    /// It was printed already, line by line.
    Printed,
}

/// An answer as JSON, with what only this command knows about it.
#[derive(Serialize)]
struct Envelope<'a, T> {
    #[serde(flatten)]
    answer: &'a T,
    #[serde(skip_serializing_if = "Option::is_none")]
    committed: Option<&'a Committed>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    warnings: &'a [Warning],
}

impl Answer {
    /// An answer in both forms, with what was committed upon it. The JSON is that of `answer`, byte for byte,
    /// where nothing was committed and there is nothing to warn of.
    pub(crate) fn new<T: Serialize>(
        exit: Exit,
        mut text: String,
        answer: &T,
        committed: Option<&Committed>,
        warnings: Vec<Warning>,
    ) -> Result<Self, Failure> {
        let json = if committed.is_none() && warnings.is_empty() {
            canonical(answer)
        } else {
            canonical(&Envelope { answer, committed, warnings: &warnings })
        };
        let json = json.map_err(|error| Failure::bad_input(error.code(), error))?;
        if let Some(committed) = committed {
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(&committed.to_string());
        }
        Ok(Self { exit, json, form: Form::Told, text, warnings })
    }

    /// The same, whose text is a document.
    #[must_use]
    pub(crate) fn verbatim(self) -> Self {
        Self { form: Form::Verbatim, ..self }
    }

    /// What is left to say after everything was printed.
    pub(crate) fn printed(exit: Exit) -> Self {
        let (json, text) = (String::new(), String::new());
        Self { exit, json, form: Form::Printed, text, warnings: Vec::new() }
    }

    /// How the process ends.
    pub(crate) const fn exit(&self) -> Exit {
        self.exit
    }

    /// The form for machines.
    pub(crate) fn into_json(self) -> String {
        self.json
    }
}

impl core::fmt::Display for Committed {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let (facts, length) = (count(self.facts), count(self.length));
        match self.facts {
            0 => write!(f, "nothing to commit; the log has {length}"),
            _ => write!(f, "committed {facts} at position {}; the log has {length}", self.pos),
        }
    }
}

fn count(facts: u64) -> String {
    if facts == 1 { "1 fact".to_owned() } else { format!("{facts} facts") }
}

/// Prints how the command went, and ends with its status.
pub(crate) fn finish(json: bool, outcome: Result<Answer, Failure>) -> ExitCode {
    match outcome {
        Ok(answer) if answer.form == Form::Printed => ExitCode::from(answer.exit as u8),
        Ok(answer) if json => end(answer.exit, out(&answer.json)),
        Ok(answer) => {
            for warning in &answer.warnings {
                err(&format!("warning: {} ({})", warning.message, warning.code));
            }
            let written = if answer.form == Form::Verbatim { put(&answer.text) } else { out(&answer.text) };
            end(answer.exit, written)
        }
        Err(failure) => failed(json, &failure),
    }
}

/// Prints help, or what is wrong with the command line.
pub(crate) fn stopped(stop: Stop) -> ExitCode {
    match stop {
        Stop::Asked(text) => end(Exit::Done, out(&text)),
        Stop::Wrong(json, failure) => failed(json, &failure),
    }
}

/// Rows as aligned columns, the first of them the headings, indented by two. A column in which every row has
/// nothing to say, `-` or nothing at all, is left out.
pub(crate) fn table<const N: usize>(rows: &[[String; N]]) -> String {
    let mut widths = [0; N];
    let mut telling = [false; N];
    for (n, row) in rows.iter().enumerate() {
        for ((width, telling), cell) in widths.iter_mut().zip(&mut telling).zip(row) {
            *width = cell.chars().count().max(*width);
            *telling |= n > 0 && cell != NOTHING && !cell.is_empty();
        }
    }
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for ((width, _), cell) in widths.iter().zip(telling).zip(row).filter(|((_, telling), _)| *telling) {
            let _ = write!(line, "  {cell:<width$}");
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// What a cell says that has nothing to say.
pub(crate) const NOTHING: &str = "-";

/// A cell with this, if there is anything.
pub(crate) fn or_nothing(value: Option<&impl ToString>) -> String {
    value.map_or_else(|| NOTHING.to_owned(), ToString::to_string)
}

fn failed(json: bool, failure: &Failure) -> ExitCode {
    let text = failure.to_string();
    if !json {
        err(&text);
        return ExitCode::from(failure.exit as u8);
    }
    let report = failure.report().and_then(|report| canonical(&report).ok());
    end(failure.exit, out(report.as_deref().unwrap_or(&text)))
}

fn end(exit: Exit, written: io::Result<()>) -> ExitCode {
    match written {
        Ok(()) => ExitCode::from(exit as u8),
        // Whoever read has read enough; the verdict stands.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => ExitCode::from(exit as u8),
        Err(error) => {
            err(&Failure::io("io.write", "cannot write standard output", &error).to_string());
            ExitCode::from(Exit::Failed as u8)
        }
    }
}

fn out(text: &str) -> io::Result<()> {
    put(&(harmless(text) + "\n"))
}

fn put(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()
}

fn err(text: &str) {
    // If people cannot be told there is nobody left to tell.
    let _ = writeln!(io::stderr().lock(), "{}", harmless(text));
}

/// The text without a newline at its end, and with control characters spelled out: what somebody wrote in a
/// document must not steer the terminal.
pub(crate) fn harmless(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for char in text.trim_end().chars() {
        if char.is_control() && char != '\n' {
            // As JSON spells it, because the text may be JSON.
            plain.push_str(&format!("\\u{:04x}", u32::from(char)));
        } else {
            plain.push(char);
        }
    }
    plain
}
