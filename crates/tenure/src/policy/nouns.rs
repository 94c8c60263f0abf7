//! The nouns of a document are facts: what it declares begins to exist when it is adopted.

use alloc::string::String;
use alloc::vec::Vec;

use super::source::Step;
use super::{Policy, hierarchy};
use crate::document::DocumentError;
use crate::fact::{Body, Defined};

impl Policy {
    /// The nouns of the document as facts to record: applications, resources (parents before children),
    /// identities, accounts, entitlements (implied before implying), standing assignments, memberships, events;
    /// otherwise in the order of their ids.
    pub fn noun_facts(&self) -> Vec<Body> {
        let document = self.document();
        let mut facts = Vec::new();
        facts.extend(
            document.applications.iter().map(|(id, noun)| Body::ApplicationDefined(defined(id, noun))),
        );
        for id in hierarchy::parents_first(document) {
            facts.extend(document.resources.get(id).map(|noun| Body::ResourceDefined(defined(id, noun))));
        }
        facts.extend(document.identities.iter().map(|(id, noun)| Body::IdentityDefined(defined(id, noun))));
        facts.extend(document.accounts.iter().map(|(id, noun)| Body::AccountDefined(defined(id, noun))));
        for id in hierarchy::implied_first(document) {
            let noun = document.entitlements.get(id);
            facts.extend(noun.map(|noun| Body::EntitlementDefined(defined(id, noun))));
        }
        facts.extend(document.standing.iter().map(|(id, noun)| Body::StandingAssigned(defined(id, noun))));
        facts.extend(document.memberships.iter().map(|(id, noun)| Body::MembershipAdded(defined(id, noun))));
        facts.extend(document.events.iter().map(|(id, noun)| Body::EventOpened(defined(id, noun))));
        facts
    }

    /// A problem of what stands under these keys, each below the one before.
    pub(crate) fn problem(
        &self,
        code: &'static str,
        keys: &[&str],
        message: impl Into<String>,
    ) -> DocumentError {
        let path: Vec<Step<'_>> = keys.iter().map(|key| Step::Key(key)).collect();
        self.source.problem(code, &path, message)
    }
}

fn defined<I: Clone, N: Clone>(id: &I, noun: &N) -> Defined<I, N> {
    Defined { definition: noun.clone(), id: id.clone() }
}
