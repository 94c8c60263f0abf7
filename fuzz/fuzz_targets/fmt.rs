//! A document is put in form without a change of what it says, and what is in form stays as it is. A map that reads is
//! never left alone as one that nobody has thought of; what is no map is no document of ours.

#![no_main]
#![allow(dead_code, unused_imports, reason = "the command uses what this target does not")]

extern crate alloc;

use libfuzzer_sys::fuzz_target;
use tenure::document::canonical;

#[path = "../../crates/tenure-cli/src/failure.rs"]
mod failure;
#[path = "../../crates/tenure-cli/src/format/mod.rs"]
mod format;
#[path = "../../crates/tenure-cli/src/input.rs"]
mod input;

use input::Input;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = core::str::from_utf8(data) else { return };
    for name in ["p.yaml", "p.json"] {
        let input = |text: &str| Input { name: name.to_owned(), text: text.to_owned() };
        match format::format(&input(text)) {
            Ok(formed) => {
                let again = format::format(&input(&formed)).map_err(|failure| failure.to_string());
                assert_eq!(again.as_ref(), Ok(&formed), "{name}");
            }
            Err(failure) => {
                let left_alone = failure.to_string().contains("format.unsafe");
                assert!(!(left_alone && is_map(&input(text))), "{name}: {failure}");
            }
        }
    }
});

fn is_map(input: &Input) -> bool {
    let tree = input.tree(&input::limits());
    tree.is_ok_and(|node| canonical(&node).is_ok_and(|text| text.starts_with('{')))
}
