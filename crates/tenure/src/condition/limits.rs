//! A condition is small: what is longer, deeper or costlier than these limits is refused when it is read.

/// The most bytes of a condition, as it is written and in its canonical form.
pub const MAX_BYTES: usize = 4096;
/// The most words, literals and signs of a condition. Commas are not counted.
pub const MAX_TOKENS: usize = 512;
/// The most parentheses, lists, calls and `!` inside each other.
pub const MAX_DEPTH: u32 = 24;
/// The most steps of one evaluation: an operator, a name, a literal or an element of a list is one step.
pub const MAX_STEPS: u32 = 10_000;
/// The most elements of a list that is written in a condition.
pub const MAX_LIST: usize = 256;
/// The most different names of one condition.
pub const MAX_PATHS: usize = 64;
/// The most parts of a name, its root included: `context.device.os.version` has four.
pub const MAX_SEGMENTS: usize = 4;

/// One limit, for the reference of the language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// What is limited, in the plural.
    pub what: &'static str,
    /// How much is allowed.
    pub most: u64,
    /// How it is counted.
    pub meaning: &'static str,
}

/// Every limit of a condition.
pub const LIMITS: &[Limit] = &[
    Limit {
        what: "bytes",
        most: MAX_BYTES as u64,
        meaning: "of the text in UTF-8, as it is written and in its canonical form",
    },
    Limit {
        what: "tokens",
        most: MAX_TOKENS as u64,
        meaning: "words, literals and signs; commas do not count",
    },
    Limit {
        what: "levels",
        most: MAX_DEPTH as u64,
        meaning: "parentheses, lists, calls and `!` inside each other",
    },
    Limit {
        what: "steps",
        most: MAX_STEPS as u64,
        meaning: "of one evaluation: operators, names, literals and elements looked at. They are shared out when \
                  the condition is read: all lists looked through get the same part, whatever their values are; a \
                  list longer than its part fails",
    },
    Limit { what: "elements", most: MAX_LIST as u64, meaning: "of a list written in a condition" },
    Limit { what: "names", most: MAX_PATHS as u64, meaning: "different ones in a condition" },
    Limit { what: "segments", most: MAX_SEGMENTS as u64, meaning: "of a name, its root included" },
];
