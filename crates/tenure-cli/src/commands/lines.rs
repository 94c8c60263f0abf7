//! Many questions, one a line: the policy and the log are read once, and each line is answered on a line of its own
//! before the next one is read. A line that cannot be answered harms no other.

use std::fs::File;
use std::io::{self, BufRead, BufReader, ErrorKind, Write};

use serde::de::DeserializeOwned;
use tenure::document::{self, Limits, canonical};

use crate::args::{Cli, Lines, Until};
use crate::failure::{Exit, Failure};
use crate::load::World;
use crate::render::Answer;

/// Answers each line of `source`, a file or `-` for standard input, and stops after the line that `until` names.
/// What is left to say is how the process ends: as the first line wished that was not answered.
pub(super) fn run(
    source: &str,
    until: Until,
    answer: impl FnMut(&[u8]) -> Result<Answer, Failure>,
) -> Result<Answer, Failure> {
    if source == "-" {
        return each("standard input", io::stdin().lock(), until, answer);
    }
    match File::open(source) {
        Ok(file) => each(source, BufReader::new(file), until, answer),
        Err(error) => Err(Failure::io("io.read", format_args!("cannot open `{source}`"), &error)),
    }
}

/// One question, or with `--lines` one a line. `question` is asked for only where no lines are.
pub(super) fn ask<Q: DeserializeOwned>(
    args: &Cli,
    lines: &Lines,
    question: impl FnOnce(&World) -> Result<Q, Failure>,
    answer: impl Fn(&World, &Q) -> Result<Answer, Failure>,
) -> Result<Answer, Failure> {
    let world = World::load(args)?;
    match &lines.lines {
        Some(source) => run(source, Until::All, |line| answer(&world, &read(line)?)),
        None => answer(&world, &question(&world)?),
    }
}

/// What a line writes, strictly read.
pub(super) fn read<T: DeserializeOwned>(line: &[u8]) -> Result<T, Failure> {
    document::parse_json(line, &Limits::policy()).map_err(|error| Failure::from(&error))
}

fn each(
    name: &str,
    mut reader: impl BufRead,
    until: Until,
    mut answer: impl FnMut(&[u8]) -> Result<Answer, Failure>,
) -> Result<Answer, Failure> {
    let mut exit = Exit::Done;
    let mut line = Vec::new();
    let mut number: u64 = 0;
    loop {
        let read = next(&mut reader, &mut line);
        if !read.map_err(|error| Failure::io("io.read", format_args!("cannot read `{name}`"), &error))? {
            return Ok(Answer::printed(exit));
        }
        number = number.saturating_add(1);
        if line.trim_ascii().is_empty() {
            continue;
        }
        let (text, stops) = match answer(&line) {
            Ok(answer) => {
                let stops = match until {
                    Until::All => false,
                    Until::FirstDeny => answer.exit() == Exit::Deny,
                    Until::FirstPermit => answer.exit() == Exit::Done,
                };
                (answer.into_json(), stops)
            }
            Err(failure) => {
                let failure = failure.at_line(number);
                if exit == Exit::Done {
                    exit = failure.exit;
                }
                let report = failure.report().map(|report| canonical(&report)).transpose();
                let text = report.map_err(|error| Failure::bad_input(error.code(), error))?;
                // Where files or locks fail, the next line would fail too, or worse: be answered.
                (text.unwrap_or_default(), failure.exit == Exit::Failed)
            }
        };
        if !print(&text)? || stops {
            return Ok(Answer::printed(exit));
        }
    }
}

/// Prints a line at once; false if whoever reads has read enough.
pub(super) fn print(line: &str) -> Result<bool, Failure> {
    let mut stdout = io::stdout().lock();
    let written = stdout.write_all(format!("{line}\n").as_bytes()).and_then(|()| stdout.flush());
    match written {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(Failure::io("io.write", "cannot write standard output", &error)),
    }
}

/// Reads the next line without its newline; false if there is none. Of a line that is longer than any document may
/// be only so much is kept that its reader refuses it.
fn next(reader: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    let bound = Limits::policy().bytes().saturating_add(1);
    line.clear();
    let mut any = false;
    loop {
        let ready = match reader.fill_buf() {
            Ok(ready) => ready,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if ready.is_empty() {
            return Ok(any);
        }
        any = true;
        let end = ready.iter().position(|byte| *byte == b'\n');
        let part = ready.get(..end.unwrap_or(ready.len())).unwrap_or_default();
        let room = bound.saturating_sub(line.len()).min(part.len());
        line.extend_from_slice(part.get(..room).unwrap_or_default());
        let used = part.len().saturating_add(usize::from(end.is_some()));
        reader.consume(used);
        if end.is_some() {
            return Ok(true);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_is_cut_and_the_next_one_is_whole() {
        let long = Limits::policy().bytes() + 100;
        let text = [vec![b'x'; long], b"\nab\n\ncd".to_vec()].concat();
        let mut reader = BufReader::with_capacity(7, text.as_slice());
        let mut line = Vec::new();
        let mut lengths = Vec::new();
        while next(&mut reader, &mut line).unwrap() {
            lengths.push(line.len());
        }
        assert_eq!(lengths, [Limits::policy().bytes() + 1, 2, 0, 2]);
    }
}
