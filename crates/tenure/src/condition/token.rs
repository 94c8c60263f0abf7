//! A condition is words, literals and signs; what CEL has beyond them is refused by name.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::error::{ConditionError, shown};
use super::limits::{MAX_BYTES, MAX_TOKENS};
use super::tree::Comparison;
use crate::document::MAX_NUMBER;

/// One word, literal or sign.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token<'t> {
    pub(super) kind: Kind,
    pub(super) column: u32,
    /// As it is written.
    pub(super) text: &'t str,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    Word,
    Int(i64),
    Text(String),
    True,
    False,
    And,
    Or,
    Not,
    In,
    Comparison(Comparison),
    Minus,
    Dot,
    Comma,
    Open,
    Close,
    OpenList,
    CloseList,
}

/// Words of CEL that name nothing.
const RESERVED: &[&str] = &[
    "as",
    "break",
    "const",
    "continue",
    "else",
    "false",
    "for",
    "function",
    "if",
    "import",
    "in",
    "let",
    "loop",
    "namespace",
    "null",
    "package",
    "return",
    "true",
    "var",
    "void",
    "while",
];

pub(super) fn is_reserved(word: &str) -> bool {
    RESERVED.contains(&word)
}

/// Whether `text` is a letter or `_`, then letters, digits or `_`, all ASCII.
pub(super) fn is_word(text: &str) -> bool {
    text.starts_with(begins_word) && text.chars().all(continues_word)
}

/// The tokens of `text`.
pub(super) fn tokens(text: &str) -> Result<Vec<Token<'_>>, ConditionError> {
    if text.len() > MAX_BYTES {
        let bytes = text.len();
        let problem =
            format!("the condition has {bytes} bytes, and at most {MAX_BYTES} are allowed; {SPLIT}");
        return Err(ConditionError::limit(1, problem));
    }
    let mut reader = Reader { text, at: 0, column: 1 };
    let mut tokens = Vec::new();
    let mut counted: usize = 0;
    loop {
        reader.skip(|c| matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{c}'));
        let (at, column) = (reader.at, reader.column);
        let Some(first) = reader.next() else { return Ok(tokens) };
        let kind = reader.token(first, at, column)?;
        if kind != Kind::Comma {
            counted = counted.saturating_add(1);
        }
        if counted > MAX_TOKENS {
            let problem = format!("more than {MAX_TOKENS} words and signs; {SPLIT}");
            return Err(ConditionError::limit(column, problem));
        }
        tokens.push(Token { kind, column, text: reader.since(at) });
    }
}

/// What to do when a condition is too large.
pub(super) const SPLIT: &str =
    "split it into several conditions, or declare an attribute for what it works out";

const ARITHMETIC: &str = "conditions do not calculate; declare an attribute that holds the result";
const CHOICE: &str = "write `(a && b) || (!a && c)` for `a ? b : c`";

/// The rest of the text.
struct Reader<'t> {
    text: &'t str,
    at: usize,
    column: u32,
}

impl<'t> Reader<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at = self.at.saturating_add(next.len_utf8());
        self.column = self.column.saturating_add(1);
        Some(next)
    }

    fn accept(&mut self, wanted: char) -> bool {
        let there = self.peek() == Some(wanted);
        if there {
            self.next();
        }
        there
    }

    fn skip(&mut self, which: impl Fn(char) -> bool) {
        while self.peek().is_some_and(&which) {
            self.next();
        }
    }

    fn since(&self, at: usize) -> &'t str {
        self.text.get(at..self.at).unwrap_or_default()
    }

    fn token(&mut self, first: char, at: usize, column: u32) -> Result<Kind, ConditionError> {
        let unsupported = |found: &str, instead| Err(ConditionError::unsupported(column, found, instead));
        let doubled = |this: &mut Self, kind| {
            let sign = first.encode_utf8(&mut [0; 4]).repeat(2);
            if this.accept(first) { Ok(kind) } else { Err(write_instead(column, this.since(at), &sign)) }
        };
        let or_equal = |this: &mut Self, with, without| {
            Ok(Kind::Comparison(if this.accept('=') { with } else { without }))
        };
        match first {
            '&' => doubled(self, Kind::And),
            '|' => doubled(self, Kind::Or),
            '=' => doubled(self, Kind::Comparison(Comparison::Equal)),
            '!' if self.accept('=') => Ok(Kind::Comparison(Comparison::Unequal)),
            '!' => Ok(Kind::Not),
            '<' => or_equal(self, Comparison::AtMost, Comparison::Below),
            '>' => or_equal(self, Comparison::AtLeast, Comparison::Above),
            '-' => Ok(Kind::Minus),
            '.' if self.peek().is_some_and(|c| c.is_ascii_digit()) => {
                self.skip(continues_word);
                unsupported(self.since(at), FRACTION)
            }
            '.' => Ok(Kind::Dot),
            ',' => Ok(Kind::Comma),
            '(' => Ok(Kind::Open),
            ')' => Ok(Kind::Close),
            '[' => Ok(Kind::OpenList),
            ']' => Ok(Kind::CloseList),
            '"' | '\'' => self.quoted(first, at, column).map(Kind::Text),
            '0'..='9' => self.number(at, column).map(Kind::Int),
            _ if begins_word(first) => self.word(at, column),
            '/' if self.accept('/') => {
                unsupported("//", "write comments in the document, around the condition")
            }
            '+' | '*' | '/' | '%' => unsupported(self.since(at), ARITHMETIC),
            '?' | ':' => unsupported(self.since(at), CHOICE),
            '{' | '}' => unsupported(self.since(at), "there are no maps; compare the attributes one by one"),
            '`' => unsupported("`", "write `root[\"some-name\"]` for a name that is no word"),
            '“' | '”' | '„' | '‘' | '’' => Err(write_instead(column, self.since(at), "\"")),
            _ => {
                let problem = format!("`{}` means nothing in a condition; remove it", shown(self.since(at)));
                Err(ConditionError::syntax(column, problem))
            }
        }
    }

    fn word(&mut self, at: usize, column: u32) -> Result<Kind, ConditionError> {
        self.skip(continues_word);
        let word = self.since(at);
        let prefix = word.len() <= 2 && word.chars().all(|c| matches!(c, 'b' | 'B' | 'r' | 'R'));
        if prefix && matches!(self.peek(), Some('"' | '\'')) {
            let instead = "there are only ordinary texts; write it without the letter, a backslash as `\\\\`";
            return Err(ConditionError::unsupported(column, word, instead));
        }
        Ok(match word {
            "true" => Kind::True,
            "false" => Kind::False,
            "in" => Kind::In,
            _ => Kind::Word,
        })
    }

    fn number(&mut self, at: usize, column: u32) -> Result<i64, ConditionError> {
        self.skip(continues_word);
        let mut fraction = false;
        // Only a digit makes it a fraction; `1.contains` is an error of another kind.
        if self.peek() == Some('.') && self.rest().chars().nth(1).is_some_and(|c| c.is_ascii_digit()) {
            fraction = true;
            self.next();
            self.skip(continues_word);
        }
        let written = self.since(at);
        let tail = written.trim_start_matches(|c: char| c.is_ascii_digit());
        if fraction || (tail.starts_with(['e', 'E']) && !written.starts_with("0x")) {
            return Err(ConditionError::unsupported(column, written, FRACTION));
        }
        if tail.starts_with(['u', 'U']) && tail.len() == 1 {
            return Err(ConditionError::unsupported(column, written, "write the number without `u`"));
        }
        if tail.starts_with(['x', 'X']) {
            return Err(ConditionError::unsupported(column, written, "write the number in decimal digits"));
        }
        if !tail.is_empty() {
            let problem = format!("`{}` is not a number; write only digits", shown(written));
            return Err(ConditionError::syntax(column, problem));
        }
        written.parse().ok().filter(|number| *number <= MAX_NUMBER).ok_or_else(|| {
            let problem = format!("`{}` is beyond 2^53 - 1; write it as a text", shown(written));
            ConditionError::limit(column, problem)
        })
    }

    fn quoted(&mut self, quote: char, at: usize, column: u32) -> Result<String, ConditionError> {
        let mut text = String::new();
        loop {
            let escape = self.column;
            match self.next() {
                Some(c) if c == quote => break,
                Some('\\') => text.push(self.escaped(escape)?),
                Some('\n' | '\r') => {
                    let problem = "a text ends before its line does; write `\\n` for a line break";
                    return Err(ConditionError::syntax(escape, problem));
                }
                Some(c) => text.push(c),
                None => {
                    let problem = format!("`{}` has no end; close it with {quote}", shown(self.since(at)));
                    return Err(ConditionError::syntax(column, problem));
                }
            }
        }
        if text.is_empty() && self.peek() == Some(quote) {
            let instead = "write the text between one quote on each side, with `\\n` for a line break";
            return Err(ConditionError::unsupported(column, self.since(at), instead));
        }
        Ok(text)
    }

    /// What an escape means whose backslash was read at `column`.
    fn escaped(&mut self, column: u32) -> Result<char, ConditionError> {
        let at = self.at;
        let code = match self.next() {
            Some('a') => Some(7),
            Some('b') => Some(8),
            Some('f') => Some(12),
            Some('n') => Some(10),
            Some('r') => Some(13),
            Some('t') => Some(9),
            Some('v') => Some(11),
            Some(c @ ('\\' | '?' | '"' | '\'' | '`')) => Some(u32::from(c)),
            Some('x' | 'X') => self.digits(2, 16),
            Some('u') => self.digits(4, 16),
            Some('U') => self.digits(8, 16),
            Some(first @ '0'..='3') => {
                let high = first.to_digit(8).unwrap_or(0).saturating_mul(64);
                self.digits(2, 8).map(|low| high.saturating_add(low))
            }
            _ => None,
        };
        code.and_then(char::from_u32).ok_or_else(|| {
            let written = shown(self.since(at));
            let problem = format!("`\\{written}` is not an escape; write `\\\\` for a backslash");
            ConditionError::syntax(column, problem)
        })
    }

    fn digits(&mut self, count: usize, radix: u32) -> Option<u32> {
        let mut code: u32 = 0;
        for _ in 0..count {
            let digit = self.peek()?.to_digit(radix)?;
            self.next();
            code = code.checked_mul(radix)?.checked_add(digit)?;
        }
        Some(code)
    }
}

const FRACTION: &str = "there are only whole numbers; use a smaller unit";

fn begins_word(c: char) -> bool {
    c == '_' || c.is_ascii_alphabetic()
}

fn continues_word(c: char) -> bool {
    begins_word(c) || c.is_ascii_digit()
}

fn write_instead(column: u32, found: &str, instead: &str) -> ConditionError {
    ConditionError::Syntax {
        column,
        problem: format!("`{}` means nothing in a condition; write `{instead}`", shown(found)),
        instead: Some(instead.into()),
    }
}
