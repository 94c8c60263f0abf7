//! A document has one form in which it is kept: the same blanks wherever it was written, and every word, comment
//! and line break that its writer chose.
//!
//! The form is never trusted: what comes out is read again, must say the same as what went in, and must be in form
//! itself. If not, nothing comes out.

mod cursor;
mod difference;
mod layout;
mod piece;
mod yaml;

use tenure::document::{self, DocumentError, Node};

use crate::failure::{Failure, Problem};
use crate::input::{self, Input};

pub(crate) use difference::{Change, changes};

/// The document in its form.
///
/// JSON has a line for each value, two blanks a level, and its keys in the order in which they were written. YAML
/// keeps its lines and its words, also their quotes; what changes is the blanks around them:
///
/// - Two blanks a level, in lists below a key too; `- ` stands on the line of what it begins.
/// - Flow collections are written `{a: 1, b: [x, y]}`.
/// - One blank stands behind `key:`, unless the value begins in the same column as that of a neighbour: what was
///   aligned stays so.
/// - A comment on a line of its own stands where what follows stands, at the end of a block where the block stands.
///   Behind a value it keeps its column, at least two blanks away.
/// - No blank line at the beginning and the end, never two in a row, and one around each section: each key of the
///   document with more than one line, together with the comments above it.
/// - Lines end with a line feed, none with a blank, the last one too. A block scalar keeps what it says.
///
/// # Errors
/// What is wrong with the document, or `format.unsafe`: the form would say something else.
pub(crate) fn format(input: &Input) -> Result<String, Failure> {
    let json = input.is_json();
    let node = tree(&input.text, json).map_err(|error| input.wrong(&error))?;
    // An input that nobody has thought of is left alone: `format.unsafe` is a fault of this module.
    form(&input.text, json, &node)
        .filter(|text| tree(text, json).is_ok_and(|again| again == node))
        .filter(|text| form(text, json, &node).is_some_and(|again| again == *text))
        .ok_or_else(|| {
            let message = "this cannot be put in form without a change of what it says; it is left as it is";
            Failure::from(Problem::new("format.unsafe", message)).in_file(&input.name)
        })
}

fn tree(text: &str, json: bool) -> Result<Node, DocumentError> {
    let limits = input::limits();
    if json { document::json(text, &limits) } else { document::yaml(text, &limits) }
}

fn form(text: &str, json: bool, node: &Node) -> Option<String> {
    if json {
        // No node is deeper than `MAX_DEPTH`.
        return serde_json::to_string_pretty(node).ok().map(|text| text + "\n");
    }
    let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n").replace('\r', "\n");
    Some(layout::write(&yaml::pieces(&text)?))
}

#[cfg(test)]
mod tests;
