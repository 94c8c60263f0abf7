//! Pictures, for where people would rather look than read: graphs in the words of Mermaid and of Graphviz. Nothing
//! here asks anything; what is drawn is given.

pub(crate) mod graph;
