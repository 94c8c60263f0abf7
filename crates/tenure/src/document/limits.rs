//! Every input is bounded: its bytes before it is read, its depth and nodes while it is read.

/// No document is ever read deeper than this, whatever its [`Limits`] say, so that no input can exhaust the stack.
pub const MAX_DEPTH: usize = 64;

/// How large a document may be.
///
/// ```
/// use tenure::document::{Limits, json};
///
/// let limits = Limits::default().with_bytes(8);
/// assert_eq!(json("[1,2,3,4,5]", &limits).unwrap_err().code(), "document.too_large");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    bytes: usize,
    depth: usize,
    nodes: usize,
}

impl Limits {
    /// The limits of a policy document: 1 MiB, 32 lists and maps inside each other, 200,000 values.
    pub const fn policy() -> Self {
        Self { bytes: 1 << 20, depth: 32, nodes: 200_000 }
    }

    /// The same limits, but for a text of at most `bytes` bytes.
    #[must_use]
    pub const fn with_bytes(self, bytes: usize) -> Self {
        Self { bytes, ..self }
    }

    /// The same limits, but for at most `depth` lists and maps inside each other; more than [`MAX_DEPTH`] counts
    /// as [`MAX_DEPTH`].
    #[must_use]
    pub const fn with_depth(self, depth: usize) -> Self {
        let depth = if depth > MAX_DEPTH { MAX_DEPTH } else { depth };
        Self { depth, ..self }
    }

    /// The same limits, but for at most `nodes` values (lists, maps and what they hold; keys are not counted).
    #[must_use]
    pub const fn with_nodes(self, nodes: usize) -> Self {
        Self { nodes, ..self }
    }

    /// The most bytes a text may have.
    pub const fn bytes(&self) -> usize {
        self.bytes
    }

    /// The most lists and maps that may stand inside each other.
    pub const fn depth(&self) -> usize {
        self.depth
    }

    /// The most values a document may have.
    pub const fn nodes(&self) -> usize {
        self.nodes
    }
}

impl Default for Limits {
    /// [`Limits::policy`].
    fn default() -> Self {
        Self::policy()
    }
}
