//! A document is put in form without a change of what it says, and what is in form stays as it is. JSON always has a
//! form; a YAML that nobody has thought of is left alone (`format.unsafe`).

#![no_main]
#![allow(dead_code, unused_imports, reason = "the command uses what this target does not")]

extern crate alloc;

use libfuzzer_sys::fuzz_target;

#[path = "../../crates/tenure-cli/src/failure.rs"]
mod failure;
#[path = "../../crates/tenure-cli/src/format/mod.rs"]
mod format;
#[path = "../../crates/tenure-cli/src/input.rs"]
mod input;

use input::Input;
use tenure::document::Node;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = core::str::from_utf8(data) else { return };
    for name in ["p.yaml", "p.json"] {
        let input = |text: &str| Input { name: name.to_owned(), text: text.to_owned() };
        match format::format(&input(text)) {
            Ok(formed) => {
                let again = format::format(&input(&formed)).map_err(|failure| failure.to_string());
                assert_eq!(again.as_ref(), Ok(&formed), "{name}");
                assert_eq!(tree(&input(text)), tree(&input(&formed)), "{name}");
            }
            Err(failure) => {
                let left_alone = failure.to_string().contains("format.unsafe");
                assert!(!(left_alone && name == "p.json"), "{name}: {failure}");
            }
        }
    }
});

fn tree(input: &Input) -> Node {
    input.tree(&input::limits()).unwrap_or_else(|failure| panic!("{failure}"))
}
