//! Pictures, for where people would rather look than read: graphs in the words of Mermaid and of Graphviz, and
//! timelines as SVG. Nothing here asks anything; what is drawn is given.

mod axis;
pub(crate) mod graph;
pub(crate) mod timeline;
