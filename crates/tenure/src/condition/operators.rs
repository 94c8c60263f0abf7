//! The whole language in one table: what can be written, what it means and what it takes.

/// One thing that can be written, for the reference of the language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operator {
    /// How it is written.
    pub syntax: &'static str,
    /// What it means.
    pub meaning: &'static str,
    /// What it takes and gives.
    pub types: &'static str,
    /// A condition that uses it, over [`Vocabulary::example`](super::Vocabulary::example).
    pub example: &'static str,
}

/// Everything that can be written in a condition, from the weakest binding to the strongest.
pub const OPERATORS: &[Operator] = &[
    Operator {
        syntax: "a || b",
        meaning: "at least one is true; true as soon as one is, even if another is unknown",
        types: "bools to a bool",
        example: "identity.level >= 3 || identity.department == \"ops\"",
    },
    Operator {
        syntax: "a && b",
        meaning: "both are true; false as soon as one is, even if another is unknown",
        types: "bools to a bool",
        example: "identity.level >= 3 && context.device.compliant",
    },
    Operator {
        syntax: "a == b",
        meaning: "they are equal; lists are if their elements are, in order",
        types: "two of one type to a bool",
        example: "identity.department == resource.department",
    },
    Operator {
        syntax: "a != b",
        meaning: "they are not equal",
        types: "two of one type to a bool",
        example: "identity.department != \"sales\"",
    },
    Operator {
        syntax: "a < b",
        meaning: "a comes before b; texts in the order of their code points",
        types: "two ints or two texts to a bool",
        example: "resource.sensitivity < 3",
    },
    Operator {
        syntax: "a <= b",
        meaning: "a comes before b or is equal",
        types: "two ints or two texts to a bool",
        example: "resource.sensitivity <= identity.level",
    },
    Operator {
        syntax: "a > b",
        meaning: "a comes after b",
        types: "two ints or two texts to a bool",
        example: "identity.level > 2",
    },
    Operator {
        syntax: "a >= b",
        meaning: "a comes after b or is equal",
        types: "two ints or two texts to a bool",
        example: "context.device.version >= \"14\"",
    },
    Operator {
        syntax: "a in list",
        meaning: "an element of the list equals a",
        types: "a bool, int or text and a list of such to a bool",
        example: "identity.department in [\"ops\", \"security\"]",
    },
    Operator {
        syntax: "!a",
        meaning: "a is false; unknown stays unknown",
        types: "a bool to a bool",
        example: "!context.device.rooted",
    },
    Operator {
        syntax: "has(a.b)",
        meaning: "there is such a value; never unknown where absence is definite, unknown instead of false where \
                  the asker may have left it out",
        types: "a name to a bool",
        example: "has(identity.department)",
    },
    Operator {
        syntax: "text.startsWith(part)",
        meaning: "the text starts with the part",
        types: "two texts to a bool",
        example: "resource.name.startsWith(\"prod/\")",
    },
    Operator {
        syntax: "text.endsWith(part)",
        meaning: "the text ends with the part",
        types: "two texts to a bool",
        example: "identity.mail.endsWith(\"@acme.example\")",
    },
    Operator {
        syntax: "text.contains(part)",
        meaning: "the part stands somewhere in the text",
        types: "two texts to a bool",
        example: "inputs.reason.contains(\"INC-\")",
    },
    Operator {
        syntax: "list.exists(x, a)",
        meaning: "a is true for at least one element x; false for the empty list; not inside another",
        types: "a list and a bool to a bool",
        example: "identity.skills.exists(s, s.startsWith(\"db-\"))",
    },
    Operator {
        syntax: "list.all(x, a)",
        meaning: "a is true for every element x; true for the empty list; not inside another",
        types: "a list and a bool to a bool",
        example: "context.tags.all(t, t in [\"eu\", \"internal\"])",
    },
    Operator {
        syntax: "root.name",
        meaning: "a declared value",
        types: "as declared",
        example: "context.device.compliant",
    },
    Operator {
        syntax: "root[\"some-name\"]",
        meaning: "a declared value whose name is no word",
        types: "as declared",
        example: "identity[\"cost-center\"] == 4711",
    },
    Operator {
        syntax: "\"text\"",
        meaning: "a text, also in single quotes; escapes as in CEL, such as `\\n`, `\\\"` or `\\u00e9`",
        types: "a text",
        example: "identity.department == 'ops'",
    },
    Operator {
        syntax: "42",
        meaning: "a whole number within ±(2^53 - 1), also negative",
        types: "an int",
        example: "identity.level > -1",
    },
    Operator {
        syntax: "true",
        meaning: "always; `false` is never",
        types: "a bool",
        example: "context.device.compliant == true",
    },
    Operator {
        syntax: "[a, b]",
        meaning: "a list of literals of one type",
        types: "a list",
        example: "identity.level in [3, 4, 5]",
    },
    Operator {
        syntax: "(a)",
        meaning: "a, before what stands around it",
        types: "anything",
        example: "identity.level > 2 && (context.device.compliant || context.device.version > \"12\")",
    },
];
