//! A last line without its newline is no commit: its writer died, or is still writing. Readers answer from what
//! stands before it and say so; the next commit, under the lock, moves it aside before it appends.

use std::ffi::OsString;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::failure::{Failure, Problem};

/// What stands behind the last commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Torn {
    /// How many bytes it has.
    pub(crate) bytes: u64,
    /// Its line, from 1.
    pub(crate) line: u64,
}

/// Something that did not stop the command, but should be known.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Warning {
    /// Which.
    pub(crate) code: &'static str,
    /// Where in the log, if it is about one line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) line: Option<u64>,
    /// In words.
    pub(crate) message: String,
}

impl Torn {
    /// What a reader says who answers without it.
    pub(crate) fn warning(self) -> Warning {
        let message = format!(
            "line {} of the log has no newline and counts for nothing: {} bytes of a commit that was torn, or is \
             being written now; the answer rests on what stands before it",
            self.line, self.bytes
        );
        Warning { code: "log.torn_tail", line: Some(self.line), message }
    }

    /// What `log verify` says.
    pub(crate) fn failure(self) -> Failure {
        let message = format!(
            "the last line has no newline: {} bytes of a commit that was torn, or is being written now; the next \
             commit moves them aside",
            self.bytes
        );
        Problem::new("log.torn_tail", message).at_line(self.line).into()
    }
}

/// Where torn lines of this log are kept.
pub(crate) fn aside(log: &Path) -> PathBuf {
    let mut name = OsString::from(log);
    name.push(".torn");
    name.into()
}

/// Moves what stands behind the first `keep` bytes of the log to the file beside it, and cuts it off. Only under
/// the exclusive lock. It is written elsewhere, and is safe there, before it is cut: nothing is ever lost, a
/// crash in between keeps it twice.
pub(crate) fn move_aside(log: &Path, file: &mut File, keep: u64) -> io::Result<()> {
    let mut fragment = Vec::new();
    file.seek(SeekFrom::Start(keep))?;
    file.read_to_end(&mut fragment)?;
    fragment.push(b'\n');
    let mut torn = OpenOptions::new().append(true).create(true).open(aside(log))?;
    torn.write_all(&fragment)?;
    torn.sync_all()?;
    sync_directory(log)?;
    file.set_len(keep)?;
    file.sync_all()
}

/// Makes the name of a new file safe, not only its bytes.
pub(crate) fn sync_directory(file: &Path) -> io::Result<()> {
    // Elsewhere a directory cannot be opened as a file, and needs no such care.
    #[cfg(unix)]
    {
        let parent = file.parent().filter(|parent| !parent.as_os_str().is_empty());
        File::open(parent.unwrap_or(Path::new(".")))?.sync_all()?;
    }
    #[cfg(not(unix))]
    let _ = file;
    Ok(())
}
