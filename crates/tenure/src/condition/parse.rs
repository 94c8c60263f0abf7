//! The grammar, from the weakest binding to the strongest:
//!
//! ```text
//! or       = and {"||" and}
//! and      = relation {"&&" relation}
//! relation = unary [("==" | "!=" | "<" | "<=" | ">" | ">=" | "in") unary]
//! unary    = "!" unary | member
//! member   = primary {"." word | "[" text "]"} ["." word "(" arguments ")"]
//! primary  = literal | list | word | "has" "(" member ")" | "(" or ")"
//! ```

use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::{IntoIter, Vec};
use core::iter::Peekable;

use super::error::{ConditionError, shown};
use super::limits::{MAX_DEPTH, MAX_LIST, MAX_SEGMENTS};
use super::token::{Kind, SPLIT, Token, is_reserved, tokens};
use super::tree::{Expression, Form, Quantifier, TextTest, Word};
use crate::document::nearest;
use crate::model::{Scalar, Value};

type Parsed<T = Expression> = Result<T, ConditionError>;

/// The expression that `text` writes.
pub(super) fn parse(text: &str) -> Parsed {
    let end = u32::try_from(text.chars().count()).unwrap_or(u32::MAX).saturating_add(1);
    let mut parser = Parser { tokens: tokens(text)?.into_iter().peekable(), end, depth: 0 };
    let expression = parser.or()?;
    match parser.tokens.next() {
        None => Ok(expression),
        Some(token) => Err(left_over(&token)),
    }
}

struct Parser<'t> {
    tokens: Peekable<IntoIter<Token<'t>>>,
    /// The column behind the text.
    end: u32,
    depth: u32,
}

const METHODS: [&str; 5] = ["startsWith", "endsWith", "contains", "exists", "all"];

impl<'t> Parser<'t> {
    fn or(&mut self) -> Parsed {
        let first = self.and()?;
        let mut parts = Vec::new();
        while self.accept(&Kind::Or) {
            parts.push(self.and()?);
        }
        Ok(joined(first, parts, Form::Or, |form| match form {
            Form::Or(parts) => Ok(parts),
            other => Err(other),
        }))
    }

    fn and(&mut self) -> Parsed {
        let first = self.relation()?;
        let mut parts = Vec::new();
        while self.accept(&Kind::And) {
            parts.push(self.relation()?);
        }
        Ok(joined(first, parts, Form::And, |form| match form {
            Form::And(parts) => Ok(parts),
            other => Err(other),
        }))
    }

    fn relation(&mut self) -> Parsed {
        let left = self.unary()?;
        let Some(sign) = self.tokens.next_if(relates) else { return Ok(left) };
        let (left, right) = (Box::new(left), Box::new(self.unary()?));
        if let Some(next) = self.tokens.peek().filter(|token| relates(token)) {
            let problem = format!("`{}` follows another comparison; put that in parentheses", next.text);
            return Err(ConditionError::syntax(next.column, problem));
        }
        let form = match sign.kind {
            Kind::Comparison(by) => Form::Compare(by, left, right),
            _ => Form::In(left, right),
        };
        Ok(Expression { column: sign.column, form })
    }

    fn unary(&mut self) -> Parsed {
        if let Some(Token { column, .. }) = self.tokens.next_if(|token| token.kind == Kind::Not) {
            let inner = self.nested(column, Self::unary)?;
            return Ok(Expression { column, form: Form::Not(Box::new(inner)) });
        }
        self.member()
    }

    fn member(&mut self) -> Parsed {
        let mut expression = self.primary()?;
        loop {
            let Some(sign) = self.tokens.next_if(|t| matches!(t.kind, Kind::Dot | Kind::OpenList)) else {
                return Ok(expression);
            };
            let name = if sign.kind == Kind::Dot { self.word()? } else { self.index()? };
            if sign.kind == Kind::Dot && self.accept(&Kind::Open) {
                return self.method(expression, name);
            }
            let Form::Path(path) = &mut expression.form else {
                let problem = format!("`{}` follows no name; only names have parts", shown(&name.text));
                return Err(ConditionError::syntax(name.column, problem));
            };
            if path.len() >= MAX_SEGMENTS {
                let problem =
                    format!("a name has at most {MAX_SEGMENTS} parts; declare it with a shorter one");
                return Err(ConditionError::limit(name.column, problem));
            }
            path.push(name);
        }
    }

    /// What stands between `[` and `]` behind a name.
    fn index(&mut self) -> Parsed<Word> {
        let token = self.next("a name in quotes, like `[\"some-name\"]`")?;
        let Kind::Text(text) = token.kind else {
            let instead = "elements have no places; write `list.exists(x, ...)`, or `root[\"some-name\"]`";
            return Err(ConditionError::unsupported(token.column, token.text, instead));
        };
        self.expect(&Kind::CloseList, "`]`")?;
        Ok(Word { column: token.column, text })
    }

    /// A call whose parenthesis was read.
    fn method(&mut self, on: Expression, name: Word) -> Parsed {
        let test = match name.text.as_str() {
            "startsWith" => TextTest::StartsWith,
            "endsWith" => TextTest::EndsWith,
            "contains" => TextTest::Contains,
            "exists" => return self.quantified(Quantifier::Exists, on, name.column),
            "all" => return self.quantified(Quantifier::All, on, name.column),
            _ => return Err(no_method(&name)),
        };
        let part = self.nested(name.column, Self::or)?;
        self.expect(&Kind::Close, "`)`")?;
        let form = Form::Text(test, Box::new(on), Box::new(part));
        self.no_chain(Expression { column: name.column, form })
    }

    fn quantified(&mut self, by: Quantifier, on: Expression, column: u32) -> Parsed {
        let element = self.word()?;
        self.expect(&Kind::Comma, "`,`, then what holds of the element")?;
        let body = self.nested(column, Self::or)?;
        self.expect(&Kind::Close, "`)`")?;
        let form = Form::Quantified(by, element, Box::new(on), Box::new(body));
        self.no_chain(Expression { column, form })
    }

    /// A call gives true or false, which has no parts; this also keeps the tree as flat as the parentheses are.
    fn no_chain(&mut self, call: Expression) -> Parsed {
        match self.tokens.peek() {
            Some(token) if matches!(token.kind, Kind::Dot | Kind::OpenList) => {
                let problem = format!(
                    "`{}` follows a call, and `true` and `false` have no parts; join conditions with `&&`",
                    token.text
                );
                Err(ConditionError::syntax(token.column, problem))
            }
            _ => Ok(call),
        }
    }

    fn primary(&mut self) -> Parsed {
        let token = self.next("a name or a value")?;
        let column = token.column;
        let constant = |value| Ok(Expression { column, form: Form::Constant(value) });
        match token.kind {
            Kind::True => constant(Value::Bool(true)),
            Kind::False => constant(Value::Bool(false)),
            Kind::Int(number) => constant(Value::Int(number)),
            Kind::Text(text) => constant(Value::Text(text)),
            Kind::Minus => constant(Value::Int(self.negative(column)?)),
            Kind::OpenList => constant(Value::List(self.list(column)?)),
            Kind::Open => {
                let inner = self.nested(column, Self::or)?;
                self.expect(&Kind::Close, "`)`")?;
                Ok(inner)
            }
            Kind::Word if matches!(token.text, "not" | "NOT") && self.operand_follows() => {
                Err(no_operator(&token, "!"))
            }
            Kind::Word if self.accept(&Kind::Open) => self.function(&token),
            Kind::Word => Ok(Expression { column, form: Form::Path(vec![named(&token)?]) }),
            Kind::And | Kind::Or | Kind::In | Kind::Comparison(_) => {
                let problem = format!("`{}` has nothing on its left; write a name or a value", token.text);
                Err(ConditionError::syntax(column, problem))
            }
            _ => Err(unexpected(&token, "a name or a value")),
        }
    }

    /// A call of a function whose parenthesis was read.
    fn function(&mut self, name: &Token<'t>) -> Parsed {
        let column = name.column;
        if name.text != "has" {
            let word = Word { column, text: name.text.into() };
            return Err(if METHODS.contains(&name.text) {
                let problem = format!("`{0}` stands behind a value; write `value.{0}(...)`", name.text);
                ConditionError::syntax(column, problem)
            } else {
                no_function(&word)
            });
        }
        let argument = self.nested(column, Self::member)?;
        self.expect(&Kind::Close, "`)`")?;
        match argument.form {
            Form::Path(path) if path.len() > 1 => self.no_chain(Expression { column, form: Form::Has(path) }),
            _ => {
                let problem = "`has` asks for a name below a root; write it like `has(identity.department)`";
                Err(ConditionError::syntax(argument.column, problem))
            }
        }
    }

    /// The elements of a list whose bracket was read at `column`.
    fn list(&mut self, column: u32) -> Parsed<Vec<Scalar>> {
        self.nested(column, |this| {
            let mut list: Vec<Scalar> = Vec::new();
            while !this.accept(&Kind::CloseList) {
                let token = this.next("an element or `]`")?;
                let scalar = this.scalar(&token)?;
                if let Some(first) = list.first().filter(|first| !alike(first, &scalar)) {
                    let (first, this) = (in_words(first), in_words(&scalar));
                    let problem = format!("the list has {first} and {this}; write elements of one type");
                    return Err(ConditionError::of_types(token.column, problem));
                }
                if list.len() >= MAX_LIST {
                    let problem =
                        format!("a list has at most {MAX_LIST} elements; declare an attribute for it");
                    return Err(ConditionError::limit(token.column, problem));
                }
                list.push(scalar);
                if !this.accept(&Kind::Comma) {
                    this.expect(&Kind::CloseList, "`,` or `]`")?;
                    break;
                }
            }
            Ok(list)
        })
    }

    fn scalar(&mut self, token: &Token<'t>) -> Parsed<Scalar> {
        match &token.kind {
            Kind::True => Ok(Scalar::Bool(true)),
            Kind::False => Ok(Scalar::Bool(false)),
            Kind::Int(number) => Ok(Scalar::Int(*number)),
            Kind::Text(text) => Ok(Scalar::Text(text.clone())),
            Kind::Minus => Ok(Scalar::Int(self.negative(token.column)?)),
            Kind::OpenList => {
                let instead = "a list holds texts, numbers or truth values; write one list";
                Err(ConditionError::unsupported(token.column, token.text, instead))
            }
            Kind::Word | Kind::Open | Kind::Not => {
                let instead = "a list holds only literals; compare names with `==` and join them with `||`";
                Err(ConditionError::unsupported(token.column, token.text, instead))
            }
            _ => Err(unexpected(token, "an element or `]`")),
        }
    }

    /// The number behind a minus.
    fn negative(&mut self, column: u32) -> Parsed<i64> {
        match self.tokens.next() {
            Some(Token { kind: Kind::Int(number), .. }) => Ok(number.saturating_neg()),
            _ => Err(ConditionError::unsupported(column, "-", MINUS)),
        }
    }

    /// One level deeper.
    fn nested<T>(&mut self, column: u32, inner: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth >= MAX_DEPTH {
            let problem = format!("more than {MAX_DEPTH} levels inside each other; {SPLIT}");
            return Err(ConditionError::limit(column, problem));
        }
        self.depth = self.depth.saturating_add(1);
        let result = inner(self);
        self.depth = self.depth.saturating_sub(1);
        result
    }

    fn word(&mut self) -> Parsed<Word> {
        let token = self.next("a name")?;
        match token.kind {
            // `true`, `false` and `in` are words too, and the message about reserved words is the helpful one.
            Kind::Word | Kind::True | Kind::False | Kind::In => named(&token),
            _ => Err(unexpected(&token, "a name")),
        }
    }

    fn next(&mut self, wanted: &str) -> Parsed<Token<'t>> {
        self.tokens.next().ok_or_else(|| {
            ConditionError::syntax(self.end, format!("the condition ends too early; write {wanted}"))
        })
    }

    fn operand_follows(&mut self) -> bool {
        self.tokens
            .peek()
            .is_some_and(|token| matches!(token.kind, Kind::Word | Kind::True | Kind::False | Kind::Open))
    }

    fn accept(&mut self, kind: &Kind) -> bool {
        self.tokens.next_if(|token| token.kind == *kind).is_some()
    }

    fn expect(&mut self, kind: &Kind, wanted: &str) -> Parsed<()> {
        let token = self.next(wanted)?;
        if token.kind == *kind { Ok(()) } else { Err(operator_missing(&token, wanted)) }
    }
}

/// `first` alone, or all of them joined; a part that is joined by the same operator gives its parts.
fn joined(
    first: Expression,
    others: Vec<Expression>,
    join: impl Fn(Vec<Expression>) -> Form,
    split: impl Fn(Form) -> Result<Vec<Expression>, Form>,
) -> Expression {
    if others.is_empty() {
        return first;
    }
    let column = first.column;
    let mut parts = Vec::new();
    for part in core::iter::once(first).chain(others) {
        match split(part.form) {
            Ok(inner) => parts.extend(inner),
            Err(form) => parts.push(Expression { column: part.column, form }),
        }
    }
    Expression { column, form: join(parts) }
}

fn relates(token: &Token<'_>) -> bool {
    matches!(token.kind, Kind::Comparison(_) | Kind::In)
}

fn alike(one: &Scalar, other: &Scalar) -> bool {
    core::mem::discriminant(one) == core::mem::discriminant(other)
}

const fn in_words(scalar: &Scalar) -> &'static str {
    match scalar {
        Scalar::Bool(_) => "a bool",
        Scalar::Int(_) => "an int",
        Scalar::Text(_) => "a text",
    }
}

const MINUS: &str = "`-` stands only before a number; declare an attribute that holds the result";

/// The word, unless it is one of CEL's own.
fn named(token: &Token<'_>) -> Parsed<Word> {
    let (column, text) = (token.column, token.text);
    if text == "null" {
        let instead = "write `has(...)` to ask whether there is a value";
        return Err(ConditionError::unsupported(column, text, instead));
    }
    if is_reserved(text) {
        let problem =
            format!("`{text}` is a word of the language; write a name of that spelling as `[\"{text}\"]`");
        return Err(ConditionError::syntax(column, problem));
    }
    Ok(Word { column, text: text.into() })
}

/// A token where the condition should have ended.
fn left_over(token: &Token<'_>) -> ConditionError {
    operator_missing(token, "`&&` or `||` before it, or the end of the condition")
}

/// A token where an operator could have stood.
fn operator_missing(token: &Token<'_>, wanted: &str) -> ConditionError {
    let sign = match token.text {
        "and" | "AND" => "&&",
        "or" | "OR" => "||",
        "is" => "==",
        "matches" | "like" => "startsWith",
        _ if token.kind == Kind::Minus => {
            return ConditionError::unsupported(token.column, "-", MINUS);
        }
        _ => return unexpected(token, wanted),
    };
    no_operator(token, sign)
}

fn no_operator(token: &Token<'_>, sign: &str) -> ConditionError {
    ConditionError::Syntax {
        column: token.column,
        problem: format!("`{}` is not an operator; write `{sign}`", token.text),
        instead: Some(String::from(sign)),
    }
}

fn unexpected(token: &Token<'_>, wanted: &str) -> ConditionError {
    let problem = format!("`{}` cannot stand here; write {wanted}", shown(token.text));
    ConditionError::syntax(token.column, problem)
}

fn no_method(name: &Word) -> ConditionError {
    let instead = match name.text.as_str() {
        "matches" => "there are no regular expressions; use `startsWith`, `endsWith` or `contains`",
        "size" => "lengths are not asked; use `exists` or `all`, or compare with `[]` or `\"\"`",
        "exists_one" | "existsOne" | "filter" | "map" => "use `exists` or `all`",
        _ => {
            return ConditionError::UnknownName {
                column: name.column,
                name: shown(&name.text),
                wanted: String::from("a method"),
                nearest: nearest(&name.text, METHODS).map(String::from),
                known: String::from("there are `startsWith`, `endsWith`, `contains`, `exists` and `all`"),
            };
        }
    };
    ConditionError::unsupported(name.column, &name.text, instead)
}

fn no_function(name: &Word) -> ConditionError {
    let instead = match name.text.as_str() {
        "now" | "timestamp" | "duration" => TIME,
        "matches" | "size" => return no_method(name),
        "int" | "uint" | "double" | "string" | "bytes" | "bool" | "dyn" | "type" => {
            "values are not converted; declare the attribute with the type that is wanted"
        }
        _ => {
            return ConditionError::UnknownName {
                column: name.column,
                name: shown(&name.text),
                wanted: String::from("a function"),
                nearest: nearest(&name.text, ["has"]).map(String::from),
                known: String::from("the only function is `has`"),
            };
        }
    };
    ConditionError::unsupported(name.column, &name.text, instead)
}

/// What to do instead of asking for the time.
pub(super) const TIME: &str = "time is not asked by conditions; give the rule a window, from when until when";
