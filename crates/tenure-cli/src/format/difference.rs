//! What would change if a document were put in form, line by line.
//!
//! The form keeps the words of a line and their order, so that two lines that differ in blanks are one line. Where
//! that does not hold, as in JSON, all the rest has changed.

use core::fmt;

use serde::Serialize;

/// Lines that stand in place of others.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Change {
    /// The lines in form.
    formatted: Vec<String>,
    /// The first of these lines, in form.
    formatted_line: usize,
    /// The first of these lines, as it is, from 1.
    line: usize,
    /// The lines as they are.
    written: Vec<String>,
}

/// The changes that make `formatted` of `written`, in their order.
pub(crate) fn changes(written: &str, formatted: &str) -> Vec<Change> {
    let (mut old, mut new) = (numbered(written), numbered(formatted));
    let mut changes: Vec<Change> = Vec::new();
    let mut open = false;
    loop {
        let (here, there) = (old.clone().next(), new.clone().next());
        let (take_old, take_new) = match (here, there) {
            (None, None) => break,
            (Some((_, one)), Some((_, other))) if one == other => {
                old.next();
                new.next();
                open = false;
                continue;
            }
            (Some((_, one)), Some((_, other))) => match (words(one).next(), words(other).next()) {
                (None, Some(_)) => (true, false),
                (Some(_), None) => (false, true),
                _ => (true, true),
            },
            (here, there) => (here.is_some(), there.is_some()),
        };
        if !open {
            let number = |next: Option<(usize, _)>| next.map_or(0, |(number, _)| number);
            changes.push(Change { line: number(here), formatted_line: number(there), ..Change::default() });
            open = true;
        }
        let Some(change) = changes.last_mut() else { break };
        let same = here.zip(there).is_some_and(|((_, one), (_, other))| words(one).eq(words(other)));
        let lost = take_old && take_new && !same;
        if take_old {
            change.written.extend(old.next().map(|(_, line)| line.to_owned()));
        }
        if take_new {
            change.formatted.extend(new.next().map(|(_, line)| line.to_owned()));
        }
        if lost {
            change.written.extend(old.by_ref().map(|(_, line)| line.to_owned()));
            change.formatted.extend(new.by_ref().map(|(_, line)| line.to_owned()));
        }
    }
    changes
}

fn numbered(text: &str) -> impl Iterator<Item = (usize, &str)> + Clone {
    text.split_inclusive('\n').zip(1..).map(|(line, number)| (number, line))
}

fn words(line: &str) -> impl Iterator<Item = char> {
    line.chars().filter(|char| !char.is_whitespace())
}

/// As in a unified diff, without lines around it.
impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = (self.written.len(), self.formatted.len());
        write!(f, "@@ -{},{} +{},{} @@", self.line, counts.0, self.formatted_line, counts.1)?;
        for (sign, lines) in [('-', &self.written), ('+', &self.formatted)] {
            for line in lines.iter().take(SHOWN) {
                // A line feed is what every line has; what else ends it is a difference and is shown.
                match line.strip_suffix('\n') {
                    Some(line) => write!(f, "\n{sign}{line}")?,
                    None => write!(f, "\n{sign}{line}\n\\ no line feed at the end")?,
                }
            }
            match lines.len().checked_sub(SHOWN) {
                None | Some(0) => {}
                Some(more) => write!(f, "\n{sign}… {more} more")?,
            }
        }
        Ok(())
    }
}

/// How many lines of a change people are shown.
const SHOWN: usize = 20;
