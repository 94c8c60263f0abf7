//! Nodes and edges, and the two languages in which they are written down.

use core::fmt::Write as _;

/// What a node stands for, which decides how it looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Group,
    Identity,
    Permission,
    Right,
    Role,
    /// A grant, a standing assignment, a membership or a standing rule.
    Source,
}

/// Something in the picture.
#[derive(Debug)]
struct Node {
    /// What nothing else in the picture is called.
    key: String,
    kind: Kind,
    lines: Vec<String>,
}

/// A line from one thing to another.
#[derive(Debug, PartialEq, Eq)]
struct Edge {
    from: usize,
    to: usize,
    label: String,
    /// Whether it counts only under some condition, or not at all.
    dashed: bool,
}

/// A picture of what leads where.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    nodes: Vec<Node>,
    edges: Vec<Edge>,
}

/// How each kind looks: its word, and the colours of its area and its border.
const LOOKS: [(Kind, &str, &str, &str); 6] = [
    (Kind::Group, "group", "#e6f4ea", "#2e7d46"),
    (Kind::Identity, "identity", "#fff4d6", "#a06a00"),
    (Kind::Permission, "permission", "#f3e8fd", "#6d3bb0"),
    (Kind::Right, "right", "#eef1f4", "#5b6770"),
    (Kind::Role, "role", "#e3edfb", "#2b5fa8"),
    (Kind::Source, "source", "#ffffff", "#5b6770"),
];

impl Graph {
    /// The node of that key; the first who asks says what it is.
    pub(crate) fn node(&mut self, key: String, kind: Kind, lines: Vec<String>) -> usize {
        if let Some(known) = self.nodes.iter().position(|node| node.key == key) {
            return known;
        }
        self.nodes.push(Node { key, kind, lines });
        self.nodes.len().saturating_sub(1)
    }

    /// An edge; the same one twice is one.
    pub(crate) fn edge(&mut self, from: usize, to: usize, label: String, dashed: bool) {
        let edge = Edge { from, to, label, dashed };
        if !self.edges.contains(&edge) {
            self.edges.push(edge);
        }
    }

    /// In the words of Mermaid.
    pub(crate) fn mermaid(&self) -> String {
        let mut text = String::from("flowchart LR\n");
        for (n, node) in self.nodes.iter().enumerate() {
            let (open, close) = match node.kind {
                Kind::Group => ("[[", "]]"),
                Kind::Identity => ("([", "])"),
                Kind::Permission => ("{{", "}}"),
                Kind::Right => ("(", ")"),
                Kind::Role | Kind::Source => ("[", "]"),
            };
            let label: Vec<String> = node.lines.iter().map(|line| entities(line)).collect();
            let class = look(node.kind).0;
            let _ = writeln!(text, "  n{n}{open}\"{}\"{close}:::{class}", label.join("<br/>"));
        }
        for Edge { from, to, label, dashed } in &self.edges {
            let arrow = if *dashed { "-.->" } else { "-->" };
            let label = if label.is_empty() { String::new() } else { format!("|\"{}\"|", entities(label)) };
            let _ = writeln!(text, "  n{from} {arrow}{label} n{to}");
        }
        for (kind, class, fill, stroke) in LOOKS {
            if self.nodes.iter().any(|node| node.kind == kind) {
                let _ = writeln!(text, "  classDef {class} fill:{fill},stroke:{stroke},color:#1b1f23");
            }
        }
        text
    }

    /// In the words of Graphviz.
    pub(crate) fn dot(&self) -> String {
        let mut text = String::from(
            "digraph tenure {\n  rankdir=LR\n  node [fontname=\"Helvetica\" fontsize=11 margin=\"0.16,0.06\" style=filled]\n  edge \
             [fontname=\"Helvetica\" fontsize=10 color=\"#5b6770\"]\n",
        );
        for (n, node) in self.nodes.iter().enumerate() {
            let shape = match node.kind {
                Kind::Group => "folder",
                Kind::Identity => "ellipse",
                Kind::Permission => "hexagon",
                Kind::Right | Kind::Role => "box",
                Kind::Source => "note",
            };
            let label: Vec<String> = node.lines.iter().map(|line| quoted(line)).collect();
            let (_, fill, stroke) = look(node.kind);
            let _ = writeln!(
                text,
                "  n{n} [label=\"{}\" shape={shape} fillcolor=\"{fill}\" color=\"{stroke}\"]",
                label.join("\\n")
            );
        }
        for Edge { from, to, label, dashed } in &self.edges {
            let mut marks = Vec::new();
            if !label.is_empty() {
                marks.push(format!("label=\"{}\"", quoted(label)));
            }
            if *dashed {
                marks.push("style=dashed".to_owned());
            }
            let marks = if marks.is_empty() { String::new() } else { format!(" [{}]", marks.join(" ")) };
            let _ = writeln!(text, "  n{from} -> n{to}{marks}");
        }
        text.push_str("}\n");
        text
    }
}

fn look(kind: Kind) -> (&'static str, &'static str, &'static str) {
    let found = LOOKS.into_iter().find(|(known, ..)| *known == kind);
    found.map_or(("", "#ffffff", "#000000"), |(_, word, fill, stroke)| (word, fill, stroke))
}

/// A text in a Mermaid label: whatever could mean something there is written by its number.
fn entities(text: &str) -> String {
    let mut out = String::new();
    for char in text.chars() {
        if char.is_alphanumeric() || matches!(char, ' ' | '-' | '_' | '.' | ':' | '/' | ',' | '@' | '(' | ')')
        {
            out.push(char);
        } else if char.is_control() {
            out.push(' ');
        } else {
            let _ = write!(out, "#{};", u32::from(char));
        }
    }
    out
}

/// A text in a Graphviz string.
fn quoted(text: &str) -> String {
    let mut out = String::new();
    for char in text.chars() {
        match char {
            '"' | '\\' => out.extend(['\\', char]),
            _ if char.is_control() => out.push(' '),
            _ => out.push(char),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_say_anything_in_either_language() {
        let mut graph = Graph::default();
        let evil = "a\"]; click n0 \"x\" <b>#`|&\\\n";
        let one = graph.node("1".into(), Kind::Role, vec![evil.into()]);
        let two = graph.node("2".into(), Kind::Permission, vec!["db:write".into(), "on prod/orders".into()]);
        assert_eq!(graph.node("1".into(), Kind::Right, vec![]), one);
        graph.edge(one, two, "in \"x\"".into(), true);
        graph.edge(one, two, "in \"x\"".into(), true);
        let expected = "\
flowchart LR
  n0[\"a#34;#93;#59; click n0 #34;x#34; #60;b#62;#35;#96;#124;#38;#92; \"]:::role
  n1{{\"db:write<br/>on prod/orders\"}}:::permission
  n0 -.->|\"in #34;x#34;\"| n1
  classDef permission fill:#f3e8fd,stroke:#6d3bb0,color:#1b1f23
  classDef role fill:#e3edfb,stroke:#2b5fa8,color:#1b1f23
";
        assert_eq!(graph.mermaid(), expected);
        let dot = graph.dot();
        assert!(dot.contains(r#"n0 [label="a\"]; click n0 \"x\" <b>#`|&\\ " shape=box"#), "{dot}");
        assert!(dot.contains(r#"n0 -> n1 [label="in \"x\"" style=dashed]"#), "{dot}");
    }
}
