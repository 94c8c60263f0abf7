//! Short texts that are kept for ever and rarely read, packed in blocks.

use alloc::string::String;
use alloc::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Pages;

/// The bytes of a block.
const BLOCK: usize = 4096;

/// Where a text stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TextRef {
    block: u32,
    start: u16,
    len: u16,
}

super::raw_row! { TextRef { block, start, len } }

/// The texts.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Texts {
    blocks: Pages<Arc<String>>,
}

impl Texts {
    /// The text behind a reference.
    pub(crate) fn get(&self, text: TextRef) -> &str {
        let start = usize::from(text.start);
        self.blocks
            .at(text.block)
            .and_then(|block| block.get(start..start.saturating_add(usize::from(text.len))))
            .unwrap_or("")
    }

    /// Keeps a text of at most one block; none when it is longer or references have run out.
    pub(crate) fn push(&mut self, text: &str) -> Option<TextRef> {
        let len = u16::try_from(text.len()).ok().filter(|n| usize::from(*n) <= BLOCK)?;
        let last = self.blocks.len().checked_sub(1);
        let fits = last
            .and_then(|at| self.blocks.get(at))
            .is_some_and(|block| block.len().saturating_add(text.len()) <= BLOCK);
        let at = match last {
            Some(at) if fits => at,
            _ => self.blocks.push(Arc::new(String::new()))? as usize,
        };
        let block = self.blocks.get_mut(at)?;
        let start = u16::try_from(block.len()).ok()?;
        match Arc::get_mut(block) {
            Some(block) => {
                if block.capacity() < BLOCK && start > 512 {
                    block.reserve_exact(BLOCK.saturating_sub(block.len()));
                }
                block.push_str(text);
            }
            None => {
                let mut copy = String::with_capacity(BLOCK);
                copy.push_str(block);
                copy.push_str(text);
                *block = Arc::new(copy);
            }
        }
        Some(TextRef { block: u32::try_from(at).ok()?, start, len })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_come_back_from_every_copy() {
        let mut texts = Texts::default();
        let mut refs = alloc::vec::Vec::new();
        for n in 0..3000 {
            let text = alloc::format!("text {n} {}", "x".repeat(n % 50));
            let copy = texts.clone();
            refs.push((texts.push(&text).unwrap(), text));
            if n % 500 == 0 {
                for (at, text) in &refs[..n] {
                    assert_eq!(copy.get(*at), text);
                }
            }
        }
        for (at, text) in &refs {
            assert_eq!(texts.get(*at), text);
        }
    }
}
