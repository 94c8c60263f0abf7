//! The log is a file that only grows: one line per commit, appended in one write and made safe before anything
//! is answered, under an exclusive lock. Readers take no lock and read up to the last newline.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;
use tenure::fact::Fact;
use tenure::state::State;

use crate::failure::{Failure, Problem};
use crate::input::MAX_BYTES;
use crate::log_line::{self, Commit};
use crate::progress::Progress;
use crate::torn::{self, Torn, Warning};

/// A log as far as it was read, and what it comes to.
#[derive(Debug)]
pub(crate) struct Log {
    /// Where the next commit begins.
    bytes: u64,
    /// How many commits were read, one a line.
    pub(crate) commits: u64,
    /// How many facts count, if not all.
    length: Option<u64>,
    /// Whether there was no file when it was read.
    pub(crate) missing: bool,
    path: PathBuf,
    /// What all the facts come to.
    pub(crate) state: State,
    /// What stands behind the last commit, if anything does.
    pub(crate) torn: Option<Torn>,
}

/// What a commit did.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Committed {
    /// How many facts were appended.
    pub(crate) facts: u64,
    /// How many facts the log has now.
    pub(crate) length: u64,
    /// The position of the first fact appended.
    pub(crate) pos: u64,
    /// The root of the log now.
    pub(crate) root: String,
}

/// How to read: `read` turns a line into a commit, `seen` is shown the state after each fact.
struct Replay<'a> {
    read: fn(&[u8], u64) -> Result<Commit, Failure>,
    seen: &'a mut dyn FnMut(&State),
}

impl Log {
    /// Reads the log at `path`, without a lock; no file is an empty log.
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        let mut log = Self::empty(path);
        log.replay(&mut Replay { read: log_line::read, seen: &mut |_| {} })?;
        Ok(log)
    }

    /// The log as it was when it had `length` facts.
    pub(crate) fn as_of(path: &Path, length: u64) -> Result<Self, Failure> {
        let mut log = Self { length: Some(length), ..Self::empty(path) };
        log.replay(&mut Replay { read: log_line::read, seen: &mut |_| {} })?;
        let facts = log.state.len();
        if facts < length {
            let message = format!("the log has {facts} facts, not `{length}`; ask for what it had");
            return Err(Failure::bad_input("log.too_short", message).in_file(&log.name()));
        }
        Ok(log)
    }

    /// The same, as strictly as any document is read, and with a look at the state after each fact.
    pub(crate) fn audit(path: &Path, seen: &mut dyn FnMut(&State)) -> Result<Self, Failure> {
        let mut log = Self::empty(path);
        log.replay(&mut Replay { read: log_line::read_strictly, seen })?;
        Ok(log)
    }

    /// A log of which nothing is read yet.
    pub(crate) fn empty(path: &Path) -> Self {
        Self {
            bytes: 0,
            commits: 0,
            length: None,
            missing: false,
            path: path.to_owned(),
            state: State::default(),
            torn: None,
        }
    }

    /// Appends the facts that `prepare` makes of the whole log as it is at that moment, as one commit; nothing is
    /// written if it makes none. The log is locked from before it is read to its end until the facts are safe on
    /// the disk, so that of two processes one sees what the other did.
    ///
    /// After a failure of `prepare` this is the log as it is now.
    pub(crate) fn append(
        &mut self,
        prepare: impl FnOnce(&State) -> Result<Vec<Fact>, Failure>,
    ) -> Result<Committed, Failure> {
        let mut file = self.lock()?;
        self.catch_up(&file, &mut Replay { read: log_line::read, seen: &mut |_| {} })?;
        let facts = prepare(&self.state)?;
        let pos = self.state.len();
        if !facts.is_empty() {
            // Applied before it is written: what cannot be replayed is never appended.
            let mut next = self.state.clone();
            apply(&mut next, pos, &facts, &mut |_| {})?;
            let line = line(&facts, pos)?;
            if self.torn.take().is_some() {
                torn::move_aside(&self.path, &mut file, self.bytes).map_err(|e| self.cannot_write(&e))?;
            }
            self.write(&mut file, line.as_bytes())?;
            self.missing = false;
            self.state = next;
        }
        let length = self.state.len();
        Ok(Committed { facts: length.saturating_sub(pos), length, pos, root: self.state.log_root() })
    }

    /// What should be known about it before its answer is believed.
    pub(crate) fn warnings(&self) -> Vec<Warning> {
        let missing = self.missing.then(|| {
            let message = format!("there is no `{}` yet; an empty log is assumed", self.path.display());
            Warning { code: "log.missing", line: None, message }
        });
        missing.into_iter().chain(self.torn.map(Torn::warning)).collect()
    }

    fn replay(&mut self, replay: &mut Replay<'_>) -> Result<(), Failure> {
        match File::open(&self.path) {
            Ok(file) => self.catch_up(&file, replay),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                self.missing = true;
                Ok(())
            }
            Err(error) => Err(self.cannot_read(&error)),
        }
    }

    fn lock(&self) -> Result<File, Failure> {
        let open = OpenOptions::new().read(true).append(true).create(true).open(&self.path);
        let file = open.map_err(|error| self.cannot_write(&error))?;
        file.lock().map_err(|error| {
            Failure::io("io.lock", format_args!("cannot lock `{}`", self.path.display()), &error)
        })?;
        Ok(file)
    }

    /// Reads what was appended since the last look.
    fn catch_up(&mut self, file: &File, replay: &mut Replay<'_>) -> Result<(), Failure> {
        let total = file.metadata().map_err(|error| self.cannot_read(&error))?.len();
        let mut reader = BufReader::with_capacity(1 << 18, file);
        if self.bytes > 0 {
            if total < self.bytes {
                let message = "the log is shorter than it was a moment ago; a log only grows: restore it";
                return Err(Failure::bad_input("log.shrunk", message).in_file(&self.name()));
            }
            reader.seek(SeekFrom::Start(self.bytes)).map_err(|error| self.cannot_read(&error))?;
        }
        let mut progress = Progress::new(total.saturating_sub(self.bytes));
        let from = self.bytes;
        let mut line = Vec::new();
        while self.length.is_none_or(|length| self.state.len() < length) {
            let number = self.commits.saturating_add(1);
            let read = next_line(&mut reader, &mut line).map_err(|error| self.cannot_read(&error))?;
            let bytes = u64::try_from(read).unwrap_or(u64::MAX);
            if line.pop_if(|last| *last == b'\n').is_none() {
                self.torn = (read > 0).then_some(Torn { bytes, line: number });
                if read > MAX_BYTES {
                    let problem = Problem::new("log.line", "a line has more than 64 MiB; it is no commit");
                    return Err(Failure::from(problem.at_line(number)).in_file(&self.name()));
                }
                return Ok(());
            }
            self.line(&line, number, replay).map_err(|failure| failure.in_file(&self.name()))?;
            self.bytes = self.bytes.saturating_add(bytes);
            self.commits = number;
            progress.at(self.bytes.saturating_sub(from), self.state.len());
        }
        Ok(())
    }

    fn line(&mut self, line: &[u8], number: u64, replay: &mut Replay<'_>) -> Result<(), Failure> {
        let Commit { mut facts, pos } = (replay.read)(line, number)?;
        let expected = self.state.len();
        if pos != expected {
            let message = format!(
                "the commit says that it begins at position `{pos}`, but {expected} facts stand before it; restore \
                 the log"
            );
            return Err(Problem::new("log.position", message).at_line(number).under("/pos").into());
        }
        if let Some(length) = self.length {
            facts.truncate(usize::try_from(length.saturating_sub(pos)).unwrap_or(usize::MAX));
        }
        apply(&mut self.state, pos, &facts, replay.seen)
            .map_err(|failure| failure.on_line("log.line", number))
    }

    /// One write, then the disk; what does not fit is cut off again.
    fn write(&mut self, file: &mut File, line: &[u8]) -> Result<(), Failure> {
        let written = loop {
            match file.write(line) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                other => break other,
            }
        };
        let whole = written.and_then(|n| match n == line.len() {
            true => Ok(()),
            false => Err(io::Error::from(ErrorKind::StorageFull)),
        });
        if let Err(error) = whole {
            // If this fails too, a torn last line remains, which counts for nothing.
            let _ = file.set_len(self.bytes);
            return Err(self.cannot_write(&error));
        }
        file.sync_all().map_err(|error| {
            let what = "cannot make sure that the commit is on the disk; look with `tenure log verify`";
            Failure::io("io.sync", format_args!("{}: {what}", self.path.display()), &error)
        })?;
        if self.bytes == 0 {
            torn::sync_directory(&self.path).map_err(|error| self.cannot_write(&error))?;
        }
        self.bytes = self.bytes.saturating_add(u64::try_from(line.len()).unwrap_or(u64::MAX));
        self.commits = self.commits.saturating_add(1);
        Ok(())
    }

    /// How problems name it.
    pub(crate) fn name(&self) -> String {
        self.path.display().to_string()
    }

    fn cannot_read(&self, error: &io::Error) -> Failure {
        Failure::io("io.read", format_args!("cannot read the log `{}`", self.path.display()), error)
    }

    fn cannot_write(&self, error: &io::Error) -> Failure {
        Failure::io("io.write", format_args!("cannot write the log `{}`", self.path.display()), error)
    }
}

fn apply(state: &mut State, pos: u64, facts: &[Fact], seen: &mut dyn FnMut(&State)) -> Result<(), Failure> {
    for (n, (pos, fact)) in (pos..).zip(facts).enumerate() {
        let applied = state.apply(pos, fact);
        applied.map_err(|error| Failure::bad_input(error.code(), &error).under(&format!("/facts/{n}")))?;
        seen(state);
    }
    Ok(())
}

/// Reads the next line with its newline, but never much more than a line may have.
fn next_line(reader: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<usize> {
    let bound = u64::try_from(MAX_BYTES).unwrap_or(u64::MAX).saturating_add(1);
    line.clear();
    reader.take(bound).read_until(b'\n', line)
}

fn line(facts: &[Fact], pos: u64) -> Result<String, Failure> {
    let line = log_line::write(facts, pos).map_err(|error| Failure::bad_input(error.code(), error))?;
    if line.len() > MAX_BYTES {
        return Err(Failure::bad_input(
            "log.commit_too_large",
            "a commit has at most 64 MiB; split the facts",
        ));
    }
    Ok(line)
}
