//! `tenure fmt`: documents in one form, so that a change of one shows what was changed and nothing else.

use core::fmt::Write as _;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::args::Fmt;
use crate::failure::{Exit, Failure};
use crate::format::{self, Change};
use crate::input::Input;
use crate::render::Answer;
use crate::torn;

/// How it went with each document.
#[derive(Serialize)]
struct Report {
    files: Vec<Document>,
}

#[derive(Serialize)]
struct Document {
    /// Whether it was not in form.
    changed: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    changes: Vec<Change>,
    file: String,
    /// What was read from standard input, in form.
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
}

/// All documents are read before one is written: if one is wrong, none is.
pub(super) fn run(fmt: &Fmt) -> Result<Answer, Failure> {
    let standard_input = ["-".to_owned()];
    let sources = if fmt.files.is_empty() { &standard_input } else { fmt.files.as_slice() };
    let mut read = Vec::new();
    for source in sources {
        let input = Input::read(source)?;
        let formatted = format::format(&input)?;
        read.push((source, input, formatted));
    }
    let (mut text, mut files) = (String::new(), Vec::new());
    let verbatim = !fmt.check && sources.iter().any(|source| source == "-");
    for (source, input, formatted) in read {
        let changed = input.text != formatted;
        let mut document = Document { changed, changes: Vec::new(), file: input.name, text: None };
        if fmt.check {
            document.changes = format::changes(&input.text, &formatted);
            if changed {
                let _ = writeln!(text, "--- {0}\n+++ {0} in form", document.file);
            }
            for change in &document.changes {
                let _ = writeln!(text, "{change}");
            }
        } else if source == "-" {
            text.push_str(&formatted);
            document.text = Some(formatted);
        } else if changed {
            write(Path::new(source), formatted.as_bytes()).map_err(|error| {
                Failure::io("io.write", format_args!("cannot write `{}`", document.file), &error)
            })?;
            // Standard output may be a document, and nothing else then.
            if !verbatim {
                let _ = writeln!(text, "{} was put in form", document.file);
            }
        }
        files.push(document);
    }
    let unformed = files.iter().filter(|document| document.changed).count();
    if unformed == 0 && !verbatim {
        text.push_str("nothing to change");
    }
    let exit = if fmt.check && unformed > 0 { Exit::Failed } else { Exit::Done };
    let answer = Answer::new(exit, text, &Report { files }, None, Vec::new())?;
    Ok(if verbatim { answer.verbatim() } else { answer })
}

/// Puts a new file in place of the one before, which is there until the new one is safe.
fn write(path: &Path, text: &[u8]) -> io::Result<()> {
    // A link stays a link: what it points to is replaced.
    let path = fs::canonicalize(path)?;
    let beside = beside(&path);
    let written = replace(&path, &beside, text);
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written
}

fn replace(path: &Path, beside: &Path, text: &[u8]) -> io::Result<()> {
    let mut file = File::create_new(beside)?;
    file.set_permissions(fs::metadata(path)?.permissions())?;
    file.write_all(text)?;
    file.sync_all()?;
    fs::rename(beside, path)?;
    torn::sync_directory(path)
}

/// A name of this process in the same directory, from where a file can be renamed.
fn beside(path: &Path) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(format!(".{}.fmt", std::process::id()));
    name.into()
}
