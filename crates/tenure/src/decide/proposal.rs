//! What a permit would write is built on demand from what the decision found.

use alloc::string::ToString;
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;

use super::{Command, Grounds};
use crate::fact::{Body, Fact, GrantExtended, RequestMade, RequestResolved};
use crate::id::{FactId, GrantId, IdentityId};
use crate::log::{Expectation, Key, KeyKind, Proposal};
use crate::model::{Basis, ConditionNames, GrantTerms, Request, Term};
use crate::time::Timestamp;

/// What a permit writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Draft {
    /// The adoption of the policy, while the log does not have it.
    pub(crate) adoption: Option<Arc<Adoption>>,
    /// The length of the log that was decided on; none for what only ends things.
    pub(crate) base: Option<u64>,
    /// Who did it.
    pub(crate) by: Option<IdentityId>,
    /// The command itself, after which the facts are named.
    pub(crate) command: Command,
    pub(crate) plan: Plan,
}

/// What it takes to do what was permitted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Plan {
    /// These things happen.
    Entries(Vec<Entry>),
    /// A request is granted.
    Grant(Granting),
}

/// How a request is granted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Granting {
    /// The request, where it is not the command itself.
    pub(crate) derived: Option<Arc<Request>>,
    /// Whether the log has the request already.
    pub(crate) made: bool,
    /// None while something is owed first.
    pub(crate) items: Vec<(GrantId, Outcome)>,
}

/// What an item of a request comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    Issue { basis: Basis, conditions: ConditionNames, term: Term },
    Extend { end: Timestamp, limit: Timestamp },
}

impl Default for Plan {
    fn default() -> Self {
        Self::Entries(Vec::new())
    }
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
        let made;
        let entries = match &self.plan {
            Plan::Entries(entries) => entries,
            Plan::Grant(granting) => {
                made = self.grant(granting);
                &made
            }
        };
        if entries.is_empty() {
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
        for (n, entry) in entries.iter().enumerate() {
            if let Some(fact) = self.fact(n, entry.body.clone(), grounds.at) {
                proposal.facts.push(fact);
                proposal.touches.push(entry.touches.clone());
            }
        }
        proposal
    }

    fn fact(&self, n: usize, body: Body, at: Timestamp) -> Option<Fact> {
        let command = self.command.id();
        // What asks is refused where its name is taken. What ends is never refused, so its facts are named after what
        // ends and when, as those of `reconcile`: a name used twice is no name taken.
        let (of, last) = match &body {
            Body::GrantEnded(ended) | Body::GrantRevoked(ended) | Body::GrantVoided(ended) => {
                (alloc::format!("{command}/{}", ended.id), at.as_millis().to_string())
            }
            Body::RequestWithdrawn(withdrawn) => {
                (alloc::format!("{command}/{}", withdrawn.id), at.as_millis().to_string())
            }
            _ => (command.to_string(), n.to_string()),
        };
        let id = FactId::new(alloc::format!("{}/{last}", crate::id::stem(&of))).ok()?;
        Some(Fact { by: self.by.clone(), ..Fact::new(id, at, body) })
    }

    /// The request, its resolution, and what each item comes to.
    fn grant(&self, granting: &Granting) -> Vec<Entry> {
        let (request, digest) = match (&self.command, &granting.derived) {
            (Command::Request(request), None) => (request, request.digest()),
            (Command::Renew(renew), Some(request)) => (request, renew.digest()),
            _ => return Vec::new(),
        };
        let of_request = || vec![Key::new(KeyKind::Request, request.id.shared())];
        let mut entries = Vec::new();
        if !granting.made {
            let made = RequestMade { digest: digest.clone(), request: Request::clone(request) };
            entries.push(Entry { body: Body::RequestMade(made), touches: of_request() });
        }
        if granting.items.is_empty() {
            return entries;
        }
        let grants = granting.items.iter().map(|(id, _)| id.clone()).collect();
        let resolved = RequestResolved { grants, id: request.id.clone() };
        entries.push(Entry { body: Body::RequestResolved(resolved), touches: of_request() });
        let person = Key::new(KeyKind::Person, request.beneficiary.shared());
        for ((id, outcome), item) in granting.items.iter().zip(&request.items) {
            let body = match outcome {
                Outcome::Issue { basis, conditions, term } => {
                    let terms = GrantTerms {
                        basis: basis.clone(),
                        beneficiary: request.beneficiary.clone(),
                        entitlement: item.entitlement.clone(),
                        event: request.event.clone(),
                        id: id.clone(),
                        request: Some(request.id.clone()),
                        scope: item.scope.clone(),
                        term: *term,
                        conditions: conditions.clone(),
                    };
                    Body::GrantIssued(terms)
                }
                Outcome::Extend { end, limit } => {
                    let extended = GrantExtended {
                        command: request.id.clone(),
                        digest: digest.clone(),
                        end: *end,
                        id: id.clone(),
                        limit: *limit,
                    };
                    Body::GrantExtended(extended)
                }
            };
            let mut touches = of_request();
            touches.insert(0, person.clone());
            touches.insert(1, Key::new(KeyKind::Group, item.entitlement.shared()));
            entries.push(Entry { body, touches });
        }
        entries
    }
}
