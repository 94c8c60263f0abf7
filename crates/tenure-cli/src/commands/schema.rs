//! `tenure schema`: the form of what Tenure reads, for editors and for those who write it by program.

use crate::args::Schema;
use crate::render::Answer;

pub(super) fn run(_schema: &Schema) -> Answer {
    Answer::verbatim(String::new())
}
