//! A document in YAML is a row of pieces: scalars, comments, and the signs that hold them together. What stands
//! between two pieces are blanks and line breaks, and nothing else.

/// A piece, and where it is to stand.
#[derive(Debug)]
pub(super) struct Piece<'t> {
    /// How many line breaks stand in front of it.
    pub(super) breaks: usize,
    /// The column in which it stood, from 0.
    pub(super) column: usize,
    /// How many blanks stand in front of it within a line, if that was aligned.
    pub(super) gap: Option<usize>,
    /// The column in which it is to stand if it begins a line, and in which its second line begins if it has one.
    pub(super) indent: usize,
    /// Whether it began a line and is moved to the end of the one before.
    pub(super) joined: bool,
    pub(super) kind: Kind,
    /// Whether it is a key of the document itself.
    pub(super) root: bool,
    /// As it was written.
    pub(super) text: &'t str,
}

impl Piece<'_> {
    /// Whether it is a block scalar of which blank lines at the end are a part.
    pub(super) fn keeps(&self) -> bool {
        matches!(self.kind, Kind::Block(_)) && is_kept(self.text)
    }
}

/// Whether blank lines at the end of a block scalar are a part of it; its header says so, which begins here.
pub(super) fn is_kept(block: &str) -> bool {
    block.split(char::is_whitespace).next().is_some_and(|header| header.contains('+'))
}

/// What a piece is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A block scalar, with its header; its lines begin with so many blanks that are not part of it.
    Block(usize),
    /// A comment, from its `#` on.
    Comment,
    /// `---`, `...` or a directive.
    Marker,
    /// A plain or quoted scalar.
    Scalar,
    /// `-`, `?`, `:`, `,`, or a bracket.
    Sign(char),
}

impl Kind {
    /// Whether a value in brackets begins here.
    pub(super) fn opens(self) -> bool {
        matches!(self, Self::Sign('[' | '{'))
    }

    /// Whether a value in brackets ends here.
    pub(super) fn closes(self) -> bool {
        matches!(self, Self::Sign(']' | '}'))
    }
}
