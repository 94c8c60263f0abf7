//! What a permit would write is built on demand from what the decision found.

use alloc::string::ToString;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::{Command, Grounds};
use crate::fact::{Body, Fact};
use crate::id::{FactId, IdentityId};
use crate::log::{Expectation, Key, Proposal};
use crate::time::Timestamp;

/// What a permit writes: bodies in order, each with the keys it touches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Draft {
    /// The adoption of the policy, while the log does not have it.
    pub(crate) adoption: Option<Arc<Adoption>>,
    /// The length of the log that was decided on; none for what only ends things.
    pub(crate) base: Option<u64>,
    /// Who did it.
    pub(crate) by: Option<IdentityId>,
    /// The command itself, from which the facts that record it are made.
    pub(crate) command: Command,
    /// What happens.
    pub(crate) entries: Vec<Entry>,
}

/// The facts that adopt a policy document, and the keys that each touches.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Adoption {
    pub(crate) facts: Vec<Fact>,
    pub(crate) touches: Vec<Vec<Key>>,
}

/// One thing that happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) body: Body,
    pub(crate) touches: Vec<Key>,
}

impl Draft {
    pub(crate) fn proposal(&self, grounds: &Grounds) -> Proposal {
        let mut proposal = Proposal::default();
        if self.entries.is_empty() {
            return proposal;
        }
        proposal.base = self.base;
        if self.base.is_some() {
            proposal.expects = grounds
                .footprint
                .iter()
                .map(|(key, version)| Expectation { key: key.clone(), version: *version })
                .collect();
            if let Some(adoption) = &self.adoption {
                for (fact, touches) in adoption.facts.iter().zip(&adoption.touches) {
                    proposal.facts.push(Fact { recorded_at: grounds.at, ..fact.clone() });
                    proposal.touches.push(touches.clone());
                }
            }
        }
        for (n, entry) in self.entries.iter().enumerate() {
            if let Some(fact) = self.fact(n, entry.body.clone(), grounds.at) {
                proposal.facts.push(fact);
                proposal.touches.push(entry.touches.clone());
            }
        }
        proposal
    }

    fn fact(&self, n: usize, body: Body, at: Timestamp) -> Option<Fact> {
        let mut id = self.command.id().to_string();
        id.push('/');
        id.push_str(&n.to_string());
        let id = FactId::new(id).ok()?;
        Some(Fact { by: self.by.clone(), ..Fact::new(id, at, body) })
    }
}
