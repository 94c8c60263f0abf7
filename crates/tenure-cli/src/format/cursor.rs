//! A text is gone through once, from its beginning to its end, and it is known where.

/// A place in a text.
pub(super) struct Cursor<'t> {
    /// How many line breaks were skipped since [`Cursor::breaks`] was asked.
    breaks: usize,
    /// The column, from 0, in characters.
    pub(super) column: usize,
    /// The place, from 0, in characters.
    pub(super) index: usize,
    rest: &'t str,
}

impl<'t> Cursor<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { breaks: 0, column: 0, index: 0, rest: text }
    }

    pub(super) fn rest(&self) -> &'t str {
        self.rest
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    /// How many line breaks were skipped since this was asked before.
    pub(super) fn breaks(&mut self) -> usize {
        core::mem::take(&mut self.breaks)
    }

    /// Skips blanks and line breaks.
    pub(super) fn skip(&mut self) {
        let behind = self.rest.trim_start_matches([' ', '\t', '\n']);
        let blank = self.take(self.rest.len().saturating_sub(behind.len()));
        self.breaks = self.breaks.saturating_add(blank.matches('\n').count());
    }

    /// Takes so many bytes; if that is within a character, nothing.
    pub(super) fn take(&mut self, bytes: usize) -> &'t str {
        let (taken, rest) = self.rest.split_at_checked(bytes).unwrap_or(("", self.rest));
        self.rest = rest;
        self.index = self.index.saturating_add(taken.chars().count());
        self.column = match taken.rsplit_once('\n') {
            Some((_, last)) => last.chars().count(),
            None => self.column.saturating_add(taken.chars().count()),
        };
        taken
    }

    /// Takes so many characters, without the blanks and line breaks at their end.
    pub(super) fn take_chars(&mut self, chars: usize) -> &'t str {
        let bytes = self.rest.char_indices().nth(chars).map_or(self.rest.len(), |(at, _)| at);
        let text = self.rest.split_at_checked(bytes).map_or("", |(text, _)| text);
        self.take(text.trim_end_matches([' ', '\t', '\n']).len())
    }

    /// Takes what is left of the line, without the blanks at its end.
    pub(super) fn take_line(&mut self) -> &'t str {
        let line = self.rest.split('\n').next().unwrap_or_default();
        self.take(line.trim_end().len())
    }
}
