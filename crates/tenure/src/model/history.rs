//! Each field of a noun is a timeline ordered by (`effective_at`, position); the last entry at or before an
//! instant holds. A late fact takes its place in that order, whenever it arrives.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::{Attributes, Value};
use crate::id::AttributeId;
use crate::time::{IntervalSet, Timestamp, Window};

/// A partial change of a noun: it names only what it changes.
pub trait Change {
    /// What is changed.
    type Noun;

    /// Writes the named fields into `noun`.
    fn apply(&self, noun: &mut Self::Noun);
}

/// A noun over time: its definition, its changes, and the end of its life as a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct History<N, C> {
    defined: (Timestamp, N),
    changes: Vec<(Timestamp, u64, Patch<N, C>)>,
    retired: Option<Timestamp>,
    /// The noun after each change that is in force at a different instant; empty while nothing changed.
    versions: Vec<(Timestamp, N)>,
}

/// What an entry of the timeline does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
enum Patch<N, C> {
    /// It changes some fields.
    Some(C),
    /// It says everything anew.
    All(N),
}

impl<N: Clone, C: Change<Noun = N>> History<N, C> {
    /// A noun that is what `noun` says from `from` on.
    pub fn new(from: Timestamp, noun: N) -> Self {
        Self { defined: (from, noun), changes: Vec::new(), retired: None, versions: Vec::new() }
    }

    /// Adds a change at its place in time.
    pub fn change(&mut self, effective_at: Timestamp, position: u64, change: C) {
        self.insert(effective_at, position, Patch::Some(change));
    }

    /// Says everything anew at its place in time.
    pub fn redefine(&mut self, effective_at: Timestamp, position: u64, noun: N) {
        self.insert(effective_at, position, Patch::All(noun));
    }

    fn insert(&mut self, effective_at: Timestamp, position: u64, change: Patch<N, C>) {
        let at = self.changes.partition_point(|(t, p, _)| (*t, *p) < (effective_at, position));
        let last = at == self.changes.len();
        self.changes.insert(at, (effective_at, position, change));
        if last {
            // The usual case: nothing that is known comes after it.
            let mut noun = self.last().clone();
            if let Some((t, _, change)) = self.changes.last() {
                apply(change, &mut noun);
                open_version(&mut self.versions, (*t).max(self.defined.0), noun);
            }
        } else {
            self.rebuild();
        }
    }

    /// Takes back the change that stands at `position` of the log; false if there is none.
    pub fn withdraw(&mut self, position: u64) -> bool {
        let before = self.changes.len();
        self.changes.retain(|(_, p, patch)| *p != position || matches!(patch, Patch::All(_)));
        self.rebuild();
        self.changes.len() < before
    }

    /// Whether a change stands at `position` of the log.
    pub fn has_change(&self, position: u64) -> bool {
        self.changes.iter().any(|(_, p, patch)| *p == position && matches!(patch, Patch::Some(_)))
    }

    /// Ends the noun; the earliest end counts.
    pub fn retire(&mut self, effective_at: Timestamp) {
        self.retired = Some(self.retired.map_or(effective_at, |t| t.min(effective_at)));
    }

    /// The noun at `t`, or none before its definition; a retired noun keeps its last content.
    pub fn at(&self, t: Timestamp) -> Option<&N> {
        if t < self.defined.0 {
            return None;
        }
        let n = self.versions.partition_point(|(from, _)| *from <= t);
        n.checked_sub(1).and_then(|n| self.versions.get(n)).map_or(Some(&self.defined.1), |(_, v)| Some(v))
    }

    /// The noun as it was defined.
    pub fn first(&self) -> &N {
        &self.defined.1
    }

    /// The noun as it is last known.
    pub fn last(&self) -> &N {
        self.versions.last().map_or(&self.defined.1, |(_, noun)| noun)
    }

    /// Each version with the window in which it holds, in order; retirement does not cut them.
    pub fn segments(&self) -> impl Iterator<Item = (Window, &N)> {
        let starts = core::iter::once((self.defined.0, &self.defined.1))
            .chain(self.versions.iter().map(|(from, noun)| (*from, noun)));
        let ends = self.versions.iter().map(|(from, _)| *from).chain(core::iter::once(Timestamp::MAX));
        starts.zip(ends).filter_map(|((from, noun), end)| Window::new(from, end).map(|w| (w, noun)))
    }

    /// The instants at which `holds` is true of the noun, retirement apart.
    pub fn when(&self, holds: impl Fn(&N) -> bool) -> IntervalSet {
        IntervalSet::from_windows(self.segments().filter(|(_, n)| holds(n)).map(|(w, _)| w))
    }

    /// From the definition to the retirement; none if it was retired before it began.
    pub fn life(&self) -> Option<Window> {
        Window::new(self.defined.0, self.retired.unwrap_or(Timestamp::MAX))
    }

    /// When it was retired, if it was.
    pub fn retired_at(&self) -> Option<Timestamp> {
        self.retired
    }

    /// When its definition takes effect.
    pub fn defined_at(&self) -> Timestamp {
        self.defined.0
    }

    /// Whether it says one thing from its definition on.
    pub fn is_constant(&self) -> bool {
        self.versions.is_empty()
    }

    /// The changes at or before the definition are part of it; later ones open a version of their own.
    fn rebuild(&mut self) {
        self.versions.clear();
        let mut noun = self.defined.1.clone();
        for (t, _, change) in &self.changes {
            apply(change, &mut noun);
            open_version(&mut self.versions, (*t).max(self.defined.0), noun.clone());
        }
    }
}

fn apply<N: Clone, C: Change<Noun = N>>(patch: &Patch<N, C>, noun: &mut N) {
    match patch {
        Patch::Some(change) => change.apply(noun),
        Patch::All(all) => noun.clone_from(all),
    }
}

/// What holds from `from` on; several changes at one instant make one version.
fn open_version<N>(versions: &mut Vec<(Timestamp, N)>, from: Timestamp, noun: N) {
    match versions.last_mut() {
        Some((last, version)) if *last == from => *version = noun,
        _ => versions.push((from, noun)),
    }
}

/// Sets `field` where a change names it.
pub(super) fn patch<T: Clone>(field: &mut Option<T>, change: &Option<T>) {
    if change.is_some() {
        field.clone_from(change);
    }
}

/// Sets and removes attributes.
pub(super) fn patch_attributes(
    attributes: &mut Attributes,
    set: &Attributes,
    cleared: &BTreeSet<AttributeId>,
) {
    for name in cleared {
        attributes.remove(name);
    }
    attributes.extend(set.iter().map(|(name, value): (&AttributeId, &Value)| (name.clone(), value.clone())));
}
