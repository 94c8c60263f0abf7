//! One condition, one text: spaces around operators, no parentheses that change nothing, texts in double quotes.

use alloc::string::String;
use core::fmt::{self, Write};

use super::token::{is_reserved, is_word};
use super::tree::{Node, Pair};
use super::vocabulary::Path;
use super::{Condition, Slot};
use crate::model::{Scalar, Value};

/// How strongly what stands around an expression binds; a weaker expression needs parentheses there.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Strength {
    Or,
    And,
    Relation,
    Unary,
}

impl fmt::Display for Condition {
    /// The canonical form, which is read as an equal condition.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Printer { paths: self.paths(), out: f }.put(&self.node, Strength::Or, "")
    }
}

/// How many bytes the canonical form of a condition has.
pub(super) fn length(condition: &Condition) -> usize {
    struct Count(usize);

    impl Write for Count {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            self.0 = self.0.saturating_add(text.len());
            Ok(())
        }
    }

    let mut count = Count(0);
    // Counting never fails.
    let _ = write!(count, "{condition}");
    count.0
}

/// Writes a name from its root.
pub(super) fn path(f: &mut fmt::Formatter<'_>, path: &Path) -> fmt::Result {
    f.write_str(path.root())?;
    path.below().iter().try_for_each(|below| put_segment(f, below))
}

/// Appends one part of a name.
pub(super) fn segment(name: &mut String, segment: &str) {
    // Writing to a text never fails.
    let _ = put_segment(name, segment);
}

fn put_segment(out: &mut impl Write, segment: &str) -> fmt::Result {
    if is_word(segment) && !is_reserved(segment) {
        out.write_char('.')?;
        return out.write_str(segment);
    }
    out.write_char('[')?;
    quoted(out, segment)?;
    out.write_char(']')
}

fn quoted(out: &mut impl Write, text: &str) -> fmt::Result {
    out.write_char('"')?;
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                out.write_char('\\')?;
                out.write_char(c)?;
            }
            '\n' => out.write_str("\\n")?,
            '\r' => out.write_str("\\r")?,
            '\t' => out.write_str("\\t")?,
            _ if invisible(c) => write!(out, "\\u{:04x}", u32::from(c))?,
            _ => out.write_char(c)?,
        }
    }
    out.write_char('"')
}

/// Control characters, and those that change how what stands around them is shown.
fn invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

struct Printer<'p, 'f, 'o> {
    paths: &'p [Path],
    out: &'o mut fmt::Formatter<'f>,
}

impl Printer<'_, '_, '_> {
    /// The depth of `node` bounds this; see [`tree`](super::tree).
    fn put(&mut self, node: &Node, around: Strength, element: &str) -> fmt::Result {
        if strength(node) < around {
            self.out.write_char('(')?;
            self.put(node, Strength::Or, element)?;
            return self.out.write_char(')');
        }
        match node {
            Node::Constant(value) => self.constant(value),
            Node::Path(slot, _) => self.path(*slot),
            Node::Element(_) => self.out.write_str(element),
            Node::And(parts) => self.joined(parts, " && ", Strength::Relation, element),
            Node::Or(parts) => self.joined(parts, " || ", Strength::And, element),
            Node::Not(inner) => {
                self.out.write_char('!')?;
                self.put(inner, Strength::Unary, element)
            }
            Node::Compare(by, pair) => self.relation(pair, by.sign(), element),
            Node::In(pair) => self.relation(pair, "in", element),
            Node::Has(slot, _) => {
                self.out.write_str("has(")?;
                self.path(*slot)?;
                self.out.write_char(')')
            }
            Node::Text(test, pair) => {
                self.put(&pair.left, Strength::Unary, element)?;
                write!(self.out, ".{}(", test.name())?;
                self.put(&pair.right, Strength::Or, element)?;
                self.out.write_char(')')
            }
            Node::Quantified(by, quantified) => {
                self.put(&quantified.list, Strength::Unary, element)?;
                write!(self.out, ".{}({}, ", by.name(), quantified.name)?;
                self.put(&quantified.body, Strength::Or, &quantified.name)?;
                self.out.write_char(')')
            }
        }
    }

    fn joined(&mut self, parts: &[Node], sign: &str, around: Strength, element: &str) -> fmt::Result {
        for (n, part) in parts.iter().enumerate() {
            if n > 0 {
                self.out.write_str(sign)?;
            }
            self.put(part, around, element)?;
        }
        Ok(())
    }

    fn relation(&mut self, pair: &Pair, sign: &str, element: &str) -> fmt::Result {
        self.put(&pair.left, Strength::Unary, element)?;
        write!(self.out, " {sign} ")?;
        self.put(&pair.right, Strength::Unary, element)
    }

    fn constant(&mut self, value: &Value) -> fmt::Result {
        match value {
            Value::Bool(truth) => write!(self.out, "{truth}"),
            Value::Int(number) => write!(self.out, "{number}"),
            Value::Text(text) => quoted(self.out, text),
            Value::List(list) => {
                self.out.write_char('[')?;
                for (n, scalar) in list.iter().enumerate() {
                    if n > 0 {
                        self.out.write_str(", ")?;
                    }
                    match scalar {
                        Scalar::Bool(truth) => write!(self.out, "{truth}")?,
                        Scalar::Int(number) => write!(self.out, "{number}")?,
                        Scalar::Text(text) => quoted(self.out, text)?,
                    }
                }
                self.out.write_char(']')
            }
        }
    }

    fn path(&mut self, slot: Slot) -> fmt::Result {
        let found = usize::try_from(slot.0).ok().and_then(|at| self.paths.get(at));
        found.map_or(Ok(()), |found| path(self.out, found))
    }
}

const fn strength(node: &Node) -> Strength {
    match node {
        Node::Or(_) => Strength::Or,
        Node::And(_) => Strength::And,
        Node::Compare(..) | Node::In(_) => Strength::Relation,
        _ => Strength::Unary,
    }
}
