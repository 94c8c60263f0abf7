//! The log as a tree (RFC 9162): a leaf per fact, so that a length and a root name a log. Only the frontier is
//! kept, one hash per bit of the length.

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// A SHA-256 hash.
pub(crate) type Hash = [u8; 32];

/// The roots of the perfect subtrees that make up the tree, the largest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Frontier {
    leaves: u64,
    roots: Vec<Hash>,
}

/// The hash of a leaf with these bytes.
pub(crate) fn leaf_hash(bytes: &[u8]) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update([0]);
    hasher.update(bytes);
    hasher.finalize().into()
}

fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let mut bytes = [0u8; 65];
    let (tag, rest) = bytes.split_at_mut(1);
    let (first, second) = rest.split_at_mut(32);
    tag.copy_from_slice(&[1]);
    first.copy_from_slice(left);
    second.copy_from_slice(right);
    Sha256::digest(bytes).into()
}

impl Frontier {
    pub(crate) fn push(&mut self, leaf: Hash) {
        let mut root = leaf;
        for _ in 0..self.leaves.trailing_ones() {
            if let Some(left) = self.roots.pop() {
                root = node_hash(&left, &root);
            }
        }
        self.roots.push(root);
        self.leaves = self.leaves.saturating_add(1);
    }

    /// The root of the whole tree; of an empty one the hash of nothing.
    pub(crate) fn root(&self) -> Hash {
        let mut roots = self.roots.iter().rev();
        let Some(last) = roots.next() else {
            return Sha256::digest([]).into();
        };
        roots.fold(*last, |right, left| node_hash(left, &right))
    }

    pub(crate) fn root_hex(&self) -> String {
        hex(&self.root())
    }

    /// Whether the frontier can belong to a log of this length.
    pub(crate) fn is_of(&self, len: u64) -> bool {
        self.leaves == len && self.roots.len() == len.count_ones() as usize
    }
}

/// Bytes as lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| char::from(DIGITS.get(usize::from(nibble)).copied().unwrap_or(b'0'));
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 9162, 2.1.1, word by word.
    fn tree_hash(leaves: &[&[u8]]) -> Hash {
        match leaves {
            [] => Sha256::digest([]).into(),
            [one] => leaf_hash(one),
            many => {
                let split = many.len().next_power_of_two() / 2;
                node_hash(&tree_hash(&many[..split]), &tree_hash(&many[split..]))
            }
        }
    }

    #[test]
    fn the_frontier_gives_the_root_of_the_standard() {
        let texts: Vec<String> = (0..70).map(|n| alloc::format!("leaf {n}")).collect();
        let leaves: Vec<&[u8]> = texts.iter().map(|t| t.as_bytes()).collect();
        let mut frontier = Frontier::default();
        for n in 0..leaves.len() {
            assert_eq!(frontier.root(), tree_hash(&leaves[..n]), "{n} leaves");
            frontier.push(leaf_hash(leaves[n]));
        }
    }

    #[test]
    fn the_roots_of_the_published_test_vectors() {
        // The empty tree and the one-leaf tree of the certificate transparency test suite.
        let mut frontier = Frontier::default();
        assert_eq!(frontier.root_hex(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        frontier.push(leaf_hash(b""));
        assert_eq!(frontier.root_hex(), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
        frontier.push(leaf_hash(&[0]));
        assert_eq!(frontier.root_hex(), "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125");
    }
}
