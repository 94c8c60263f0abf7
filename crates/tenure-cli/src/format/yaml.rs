//! Where each piece of a document is to stand follows from what it belongs to: the parser tells where scalars are
//! and which lists and maps stand inside each other, and the text in between tells the rest.

use saphyr_parser::{Event, Parser, ScalarStyle, Span};

use super::cursor::Cursor;
use super::piece::{Kind, Piece, is_kept};

/// How many blanks each level has more than the one around it.
pub(super) const STEP: usize = 2;

/// The pieces of a text whose line breaks are line feeds; nothing if it has what the reader of documents refuses.
pub(super) fn pieces(text: &str) -> Option<Vec<Piece<'_>>> {
    let mut collector = Collector {
        base: 0,
        colon: None,
        comments: Vec::new(),
        cursor: Cursor::new(text),
        depth: 0,
        left: Vec::new(),
        levels: Vec::new(),
        open: Vec::new(),
        pieces: Vec::new(),
    };
    for event in Parser::new_from_str(text) {
        let (event, span) = event.ok()?;
        collector.accept(&event, &span)?;
    }
    collector.until(usize::MAX)?;
    collector.settle_comments(0, 0);
    Some(collector.pieces)
}

/// A block list or a block map.
struct Level {
    /// The value that stands behind the last key on its line: its piece, its column, and the blanks in front of it.
    aligned: Option<(usize, usize, usize)>,
    /// The column in which its lines stand.
    from: usize,
    /// Whether a key comes next; never in a list.
    key: bool,
    map: bool,
    /// The column in which its lines are to stand.
    to: usize,
}

/// What an event opened and another one will close.
enum Open {
    Block,
    Flow,
    /// A map of one key in a list: `[a: 1]`.
    Implied,
}

struct Collector<'t> {
    /// The column from which the lines of the outermost open brackets are counted.
    base: usize,
    /// Behind a `:`, the level of its map, and the column in which it ends.
    colon: Option<(usize, usize)>,
    /// Comments on lines of their own that do not know yet where they are to stand.
    comments: Vec<usize>,
    cursor: Cursor<'t>,
    /// How many brackets are open.
    depth: usize,
    /// Where lines stood, and are to stand, of the levels that were closed behind the last piece.
    left: Vec<(usize, usize)>,
    levels: Vec<Level>,
    open: Vec<Open>,
    pieces: Vec<Piece<'t>>,
}

impl<'t> Collector<'t> {
    fn accept(&mut self, event: &Event<'_>, span: &Span) -> Option<()> {
        match event {
            Event::Scalar(text, ScalarStyle::Plain, ..) if text.is_empty() => self.nothing(),
            Event::Scalar(_, style, ..) => self.scalar(*style, span),
            Event::SequenceStart(..) => self.begin(false, span),
            Event::MappingStart(..) => self.begin(true, span),
            Event::SequenceEnd | Event::MappingEnd => self.end(),
            Event::Alias(_) => None,
            _ => Some(()),
        }
    }

    /// An empty value: of it there is only the sign in front.
    fn nothing(&mut self) -> Option<()> {
        let Some(sign) = self.levels.last().filter(|_| self.depth == 0).map(|level| level.sign()) else {
            return Some(());
        };
        self.until_char('#', true)?;
        if self.cursor.peek() == Some(sign) {
            self.one()?;
        }
        if let Some(level) = self.levels.last_mut() {
            level.turn();
            // What is said of it stands deeper than it would.
            self.left.push((level.from.saturating_add(1), level.to.saturating_add(STEP)));
        }
        Some(())
    }

    fn scalar(&mut self, style: ScalarStyle, span: &Span) -> Option<()> {
        if matches!(style, ScalarStyle::Literal | ScalarStyle::Folded) {
            return self.block();
        }
        self.until(span.start.index())?;
        let key = self.depth == 0 && self.levels.last().is_some_and(|level| level.key);
        let indent = if key { self.here() } else { self.inside() };
        let breaks = self.cursor.breaks();
        let column = self.cursor.column;
        let text = self.cursor.take_chars(span.end.index().saturating_sub(self.cursor.index));
        let root = key && self.levels.len() == 1 && !self.behind('?');
        self.push(Piece { breaks, column, gap: None, indent, joined: false, kind: Kind::Scalar, root, text });
        self.turn();
        Some(())
    }

    /// A block scalar. The parser tells where its words begin; its header is before that.
    fn block(&mut self) -> Option<()> {
        while !matches!(self.cursor.peek(), Some('|' | '>')) {
            self.one()?;
            self.cursor.skip();
        }
        let around = self.levels.last().map(|level| level.from);
        let (bytes, blanks) = extent(self.cursor.rest(), around);
        let (breaks, column, indent) = (self.cursor.breaks(), self.cursor.column, self.inside());
        let text = self.cursor.take(bytes);
        let kind = Kind::Block(blanks);
        self.push(Piece { breaks, column, gap: None, indent, joined: false, kind, root: false, text });
        self.turn();
        Some(())
    }

    fn begin(&mut self, map: bool, span: &Span) -> Option<()> {
        if !span.is_empty() {
            self.until(span.start.index())?;
            self.turn();
            self.open.push(Open::Flow);
            return self.one().map(drop);
        }
        if self.depth > 0 {
            self.open.push(Open::Implied);
            return Some(());
        }
        if !map && self.levels.last().is_some_and(|level| level.map) {
            // For a list that is not indented the parser tells a place behind its first sign.
            self.until_char('-', false)?;
        } else {
            self.until(span.start.index())?;
        }
        self.turn();
        self.open.push(Open::Block);
        let to = self.levels.last().map_or(0, |level| level.to.saturating_add(STEP));
        self.levels.push(Level { aligned: None, from: self.cursor.column, key: map, map, to });
        Some(())
    }

    fn end(&mut self) -> Option<()> {
        match self.open.pop()? {
            Open::Block => {
                let level = self.levels.pop()?;
                self.left.push((level.from, level.to));
            }
            Open::Flow => while !self.one()?.closes() {},
            Open::Implied => {}
        }
        Some(())
    }

    /// Takes all pieces before that place.
    fn until(&mut self, index: usize) -> Option<()> {
        self.cursor.skip();
        while self.cursor.index < index && self.cursor.peek().is_some() {
            self.one()?;
            self.cursor.skip();
        }
        Some(())
    }

    /// Takes all pieces up to the first that begins with that character, or as long as they do.
    fn until_char(&mut self, char: char, while_it_is: bool) -> Option<()> {
        self.cursor.skip();
        while (self.cursor.peek() == Some(char)) == while_it_is {
            self.one()?;
            self.cursor.skip();
        }
        Some(())
    }

    /// Takes the next piece, which is no scalar.
    fn one(&mut self) -> Option<Kind> {
        self.cursor.skip();
        let (breaks, column) = (self.cursor.breaks(), self.cursor.column);
        let next = self.cursor.peek()?;
        let marker = column == 0 && next == '%' || self.at_marker();
        let kind = match next {
            '#' => Kind::Comment,
            _ if marker => Kind::Marker,
            '-' | '?' | ':' | ',' | '[' | ']' | '{' | '}' => Kind::Sign(next),
            _ => return None,
        };
        let text = match kind {
            Kind::Marker if next != '%' => self.cursor.take(3),
            Kind::Marker | Kind::Comment => self.cursor.take_line(),
            _ => self.cursor.take(1),
        };
        if kind.closes() {
            self.depth = self.depth.saturating_sub(1);
        }
        let indent = match kind {
            Kind::Marker => 0,
            _ if kind.closes() => self.base.saturating_add(self.depth.saturating_mul(STEP)),
            _ if kind.opens() || self.depth > 0 => self.inside(),
            _ => self.here(),
        };
        let root = kind == Kind::Sign('?') && self.levels.len() == 1;
        self.push(Piece { breaks, column, gap: None, indent, joined: false, kind, root, text });
        if kind.opens() {
            self.depth = self.depth.saturating_add(1);
        }
        Some(kind)
    }

    fn behind(&self, sign: char) -> bool {
        self.pieces.last().is_some_and(|last| last.kind == Kind::Sign(sign))
    }

    fn at_marker(&self) -> bool {
        let rest = self.cursor.rest();
        let behind = rest.strip_prefix("---").or_else(|| rest.strip_prefix("..."));
        self.cursor.column == 0
            && behind.is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\n']))
    }

    /// Where a line of the innermost block stands.
    fn here(&self) -> usize {
        self.levels.last().map_or(0, |level| level.to)
    }

    /// Where a line stands that is part of a value.
    fn inside(&self) -> usize {
        if self.depth > 0 {
            return self.base.saturating_add(self.depth.saturating_mul(STEP));
        }
        self.levels.last().map_or(0, |level| level.to.saturating_add(STEP))
    }

    /// A key was read, or its value.
    fn turn(&mut self) {
        if let Some(level) = self.levels.last_mut().filter(|_| self.depth == 0) {
            level.turn();
        }
    }

    fn push(&mut self, mut piece: Piece<'t>) {
        let own_line = piece.breaks > 0 || self.pieces.is_empty();
        if piece.kind == Kind::Comment {
            if own_line && self.depth == 0 {
                self.comments.push(self.pieces.len());
            }
            self.pieces.push(piece);
            return;
        }
        self.settle_comments(piece.column, piece.indent);
        self.left.clear();
        let behind_dash = self.pieces.last().is_some_and(|last| {
            last.kind == Kind::Sign('-') && last.indent < piece.indent && piece.kind != Kind::Marker
        });
        if piece.breaks > 0 && behind_dash {
            (piece.breaks, piece.joined) = (0, true);
        }
        if let Some((level, end)) = self.colon.take() {
            self.align(&mut piece, level, end);
        }
        if piece.kind.opens() && self.depth == 0 {
            let begins = piece.breaks > 0 || self.pieces.is_empty();
            self.base = if begins { piece.indent } else { self.here() };
        }
        if piece.kind == Kind::Sign(':') && self.depth == 0 {
            self.colon = Some((self.levels.len().saturating_sub(1), piece.column.saturating_add(1)));
        }
        self.pieces.push(piece);
    }

    /// Keeps the blanks in front of a value that begins in the same column as that of the key before.
    fn align(&mut self, piece: &mut Piece<'t>, level: usize, end: usize) {
        let Some(level) = self.levels.get_mut(level) else { return };
        if piece.breaks > 0 {
            level.aligned = None;
            return;
        }
        let gap = piece.column.saturating_sub(end);
        if let Some((before, column, blanks)) = level.aligned
            && column == piece.column
        {
            piece.gap = Some(gap);
            if let Some(before) = self.pieces.get_mut(before) {
                before.gap = Some(blanks);
            }
        }
        level.aligned = Some((self.pieces.len(), piece.column, gap));
    }

    /// The comments before a line that stood in `column` and is to stand in `indent` belong to it, unless they stood
    /// deeper: then they belong to the end of the deepest block in which they can be.
    fn settle_comments(&mut self, column: usize, indent: usize) {
        for at in core::mem::take(&mut self.comments) {
            let Some(comment) = self.pieces.get_mut(at) else { continue };
            let open = self.levels.iter().map(|level| (level.from, level.to));
            let deeper = open
                .chain(self.left.iter().copied())
                .filter(|(from, _)| (column.saturating_add(1)..=comment.column).contains(from));
            comment.indent = deeper.max().map_or(indent, |(_, to)| to);
        }
    }
}

impl Level {
    /// What stands in front of its values.
    fn sign(&self) -> char {
        if self.map { ':' } else { '-' }
    }

    /// A key was read, or its value.
    fn turn(&mut self) {
        self.key = self.map && !self.key;
    }
}

/// How many bytes a block scalar has with its header, which begins here, but without its last line break, and with
/// how many blanks each of its lines begins; `around` is the column of the block around it.
fn extent(text: &str, around: Option<usize>) -> (usize, usize) {
    let mut lines = text.split('\n');
    let first = lines.next().unwrap_or_default();
    let header = first.split([' ', '\t']).next().unwrap_or_default();
    let digit =
        header.chars().find_map(|char| char.to_digit(10)).and_then(|digit| usize::try_from(digit).ok());
    let blanks = |line: &str| line.len().saturating_sub(line.trim_start_matches(' ').len());
    let filled = |line: &&str| !line.trim_start_matches(' ').is_empty();
    let least = around.map_or(0, |around| around.saturating_add(1));
    let indent = match digit {
        Some(digit) => around.unwrap_or_default().saturating_add(digit),
        // Without a line that says something there is no level, and all of its blanks are nothing.
        None => {
            lines.clone().find(filled).map(blanks).filter(|blanks| *blanks >= least).unwrap_or(usize::MAX)
        }
    };
    let keeps = is_kept(text);
    let mut bytes = first.trim_end().len();
    let mut end = first.len();
    for line in lines {
        if filled(&line) && blanks(line) < indent {
            break;
        }
        end = end.saturating_add(1).saturating_add(line.len());
        // What is behind the last line break is a line only if there is something.
        if filled(&line) || (keeps && end < text.len()) {
            bytes = end;
        }
    }
    (bytes, indent)
}
