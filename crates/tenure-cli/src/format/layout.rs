//! Pieces become lines again: each begins in its column, and between two pieces stand as many blanks as they need.

use super::piece::{Kind, Piece};
use super::yaml::STEP;

/// How far a comment stands at least from what it is behind.
const AWAY: usize = 2;

/// The text that the pieces write.
pub(super) fn write(pieces: &[Piece<'_>]) -> String {
    let sections = sections(pieces);
    let mut page = Page { column: 0, moved: 0, text: String::new() };
    let mut before: Option<&Piece<'_>> = None;
    for (n, piece) in pieces.iter().enumerate() {
        match before {
            None => page.begin(piece.indent, piece.column),
            Some(before) if piece.breaks > 0 => {
                page.end_line();
                // Behind a block scalar that keeps its last lines, a blank line would be one of them.
                if (piece.breaks > 1 || sections.contains(&n)) && !before.keeps() {
                    page.end_line();
                }
                page.begin(piece.indent, piece.column);
            }
            Some(_) if piece.kind == Kind::Comment => page.behind(piece.column),
            Some(before) => {
                page.put(&" ".repeat(blanks(before, piece)));
                if piece.joined {
                    page.meets(piece.column);
                }
            }
        }
        match piece.kind {
            Kind::Block(blanks) => page.block(piece, blanks),
            Kind::Scalar => page.scalar(piece),
            Kind::Comment | Kind::Marker | Kind::Sign(_) => page.put(piece.text),
        }
        before = Some(piece);
    }
    if before.is_some() {
        page.end_line();
    }
    page.text
}

/// How many blanks stand between two pieces on one line.
fn blanks(before: &Piece<'_>, piece: &Piece<'_>) -> usize {
    let none = before.kind.opens() || piece.kind.closes() || matches!(piece.kind, Kind::Sign(',' | ':'));
    if none { 0 } else { piece.gap.unwrap_or(1) }
}

/// The pieces in front of which a blank line stands because a section begins there or has ended: a key of the
/// document, or the first of the comments above it.
fn sections(pieces: &[Piece<'_>]) -> alloc::collections::BTreeSet<usize> {
    let keys: Vec<usize> =
        pieces.iter().enumerate().filter(|(_, piece)| piece.root).map(|(at, _)| at).collect();
    let ends = keys.iter().copied().skip(1).chain([pieces.len()]);
    let long: Vec<bool> = keys.iter().zip(ends).map(|(key, end)| is_long(pieces.get(*key..end))).collect();
    let pairs = keys.iter().skip(1).zip(long.iter().zip(long.iter().skip(1)));
    let begin = pairs.filter(|(_, (before, this))| **before || **this).map(|(key, _)| {
        let above = pieces.get(..*key).unwrap_or_default().iter().rev();
        let comments =
            above.take_while(|piece| piece.kind == Kind::Comment && piece.breaks > 0 && piece.indent == 0);
        key.saturating_sub(comments.count())
    });
    begin.collect()
}

/// Whether a key and what stands behind it have more than one line. Comments at the end are not counted.
fn is_long(pieces: Option<&[Piece<'_>]>) -> bool {
    let (_, behind) = pieces.and_then(<[_]>::split_first).unzip();
    behind.unwrap_or_default().iter().any(|piece| match piece.kind {
        Kind::Comment | Kind::Marker => false,
        _ => piece.breaks > 0 || piece.text.contains('\n'),
    })
}

struct Page {
    /// The column of what is written next, from 0.
    column: usize,
    /// By how many columns what was read last was moved to the right.
    moved: isize,
    text: String,
}

impl Page {
    fn put(&mut self, text: &str) {
        self.text.push_str(text);
        self.column = self.column.saturating_add(text.chars().count());
    }

    fn end_line(&mut self) {
        self.text.push('\n');
        self.column = 0;
    }

    /// Begins a line that began in the column `was`.
    fn begin(&mut self, column: usize, was: usize) {
        self.put(&" ".repeat(column));
        self.meets(was);
    }

    /// What comes next stood in the column `was`.
    fn meets(&mut self, was: usize) {
        self.moved = self.column.cast_signed().saturating_sub_unsigned(was);
    }

    /// Goes to where a comment stands that stood in the column `was`.
    fn behind(&mut self, was: usize) {
        let column = was.saturating_add_signed(self.moved).max(self.column.saturating_add(AWAY));
        self.put(&" ".repeat(column.saturating_sub(self.column)));
    }

    /// A scalar. Blanks at the ends of its lines mean nothing, unless a backslash stands in front of one.
    fn scalar(&mut self, piece: &Piece<'_>) {
        let mut lines = piece.text.split('\n').peekable();
        let mut first = true;
        while let Some(line) = lines.next() {
            let words = line.trim_start_matches([' ', '\t']);
            let was = line.len().saturating_sub(words.len());
            let words = if lines.peek().is_some() { without_end(words) } else { words };
            if first {
                self.put(words);
            } else {
                self.end_line();
                if !words.is_empty() {
                    self.begin(piece.indent, was);
                    self.put(words);
                }
            }
            first = false;
        }
    }

    /// A block scalar; what it says begins behind so many blanks in each line.
    fn block(&mut self, piece: &Piece<'_>, blanks: usize) {
        let mut lines = piece.text.split('\n');
        let first = lines.next().unwrap_or_default();
        let (header, comment) = match first.split_once('#') {
            Some((header, _)) => (header.trim_end(), first.get(header.len()..)),
            None => (first.trim_end(), None),
        };
        // A number says how much deeper the lines stand, which now is always two.
        self.put(&header.replace(|char: char| char.is_ascii_digit(), "2"));
        if let Some(comment) = comment {
            self.behind(piece.column.saturating_add(first.chars().take_while(|char| *char != '#').count()));
            self.put(comment.trim_end());
        }
        for line in lines {
            self.end_line();
            let words = line.get(blanks..).unwrap_or_default();
            if !words.is_empty() {
                // Below a document that is nothing else there is no level to count from.
                self.begin(piece.indent.max(STEP), blanks);
                self.put(words);
            }
        }
    }
}

/// The line without the blanks at its end; of those behind a backslash that escapes the first, that one stays.
fn without_end(line: &str) -> &str {
    let words = line.trim_end_matches([' ', '\t']);
    let backslashes = words.len().saturating_sub(words.trim_end_matches('\\').len());
    let escaped = usize::from(!backslashes.is_multiple_of(2));
    line.get(..words.len().saturating_add(escaped)).unwrap_or(words)
}
