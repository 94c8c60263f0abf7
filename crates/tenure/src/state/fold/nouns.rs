//! Nouns and the edges between them.

use alloc::sync::Arc;

use super::super::records::StatusChange;
use super::super::{IdentityRow, State, Turn};
use super::Effect;
use super::reaches;
use crate::fact::{Defined, Fact};
use crate::id::{EntitlementId, IdentityId, ResourceId};
use crate::model::{Entitlement, History, Identity, Implied, Resource};
use crate::time::Timestamp;

impl State {
    pub(super) fn define_identity(
        &mut self,
        d: &Defined<IdentityId, Identity>,
        fact: &Fact,
        version: u64,
    ) -> Option<Effect> {
        let (reference, row) = self.identity_row(&d.id)?;
        row.version = version;
        if row.noun.is_none() {
            row.noun = Some(Arc::new(History::new(fact.effective_at, d.definition.clone())));
            self.catch_up(&fact.body, version)?;
        }
        Some(Effect::Identity(reference))
    }

    pub(super) fn turn(
        &mut self,
        id: &IdentityId,
        turn: Turn,
        at: Timestamp,
        position: u64,
    ) -> Option<Effect> {
        let (reference, row) = self.identity_row(id)?;
        row.version = position.checked_add(1)?;
        let status = row.status_mut();
        let place = status.partition_point(|s| (s.at, s.position) < (at, position));
        status.insert(place, StatusChange { at, position, turn });
        Some(Effect::Identity(reference))
    }

    pub(super) fn define_resource(
        &mut self,
        d: &Defined<ResourceId, Resource>,
        fact: &Fact,
        version: u64,
    ) -> Option<Effect> {
        let fresh = self.resource_names.find(d.id.as_str()).is_none();
        let reference = self.resource(&d.id)?;
        if self.resources.at(reference)?.noun.is_none() {
            if let Some(parent) = &d.definition.parent {
                self.touch_first(version);
                self.link_parent(reference, parent)?;
            }
            let noun = Arc::new(History::new(fact.effective_at, d.definition.clone()));
            self.resources.at_mut(reference)?.noun = Some(noun);
            self.catch_up(&fact.body, version)?;
        }
        self.resources.at_mut(reference)?.version = version;
        Some(if fresh { Effect::FreshResource } else { Effect::Everything })
    }

    pub(super) fn define_entitlement(
        &mut self,
        d: &Defined<EntitlementId, Entitlement>,
        fact: &Fact,
        version: u64,
    ) -> Option<Effect> {
        let fresh = self.entitlement_names.find(d.id.as_str()).is_none();
        let reference = self.entitlement(&d.id)?;
        if self.entitlements.at(reference)?.noun.is_none() {
            for implied in &d.definition.implies {
                self.link(reference, &implied.entitlement)?;
            }
            self.touch_implied(reference, &d.definition.implies, version)?;
            for permission in &d.definition.permissions {
                self.permission_names.intern(permission.as_str())?;
            }
            let noun = Arc::new(History::new(fact.effective_at, d.definition.clone()));
            self.entitlements.at_mut(reference)?.noun = Some(noun);
            self.catch_up(&fact.body, version)?;
        }
        self.entitlements.at_mut(reference)?.version = version;
        Some(if fresh { Effect::FreshEntitlement } else { Effect::Everything })
    }

    /// Notes that those who hold an entitlement come to hold what it implies.
    fn touch_implied(&mut self, from: u32, edges: &[Implied], version: u64) -> Option<()> {
        let known = Arc::clone(&self.entitlements.at(from)?.targets);
        for target in known.iter() {
            self.touch_group(*target, version)?;
        }
        self.touch_edges(edges, version)
    }

    /// Notes an edge that comes before those of a document that is yet to be adopted.
    pub(super) fn touch_first(&mut self, version: u64) {
        if self.adoption.is_none() {
            self.policy_version = version;
        }
    }

    pub(super) fn touch_edges(&mut self, edges: &[Implied], version: u64) -> Option<()> {
        if !edges.is_empty() {
            self.touch_first(version);
        }
        for edge in edges {
            let target = self.entitlement(&edge.entitlement)?;
            self.touch_group(target, version)?;
        }
        Some(())
    }

    /// Adds an edge to the hierarchy, inert if it would close a cycle.
    pub(super) fn link(&mut self, from: u32, to: &EntitlementId) -> Option<()> {
        let to = self.entitlement(to)?;
        let row = self.entitlements.at(from)?;
        if row.targets.contains(&to) || row.inert.contains(&to) {
            return Some(());
        }
        let entitlements = &self.entitlements;
        let closes = (row.implied || from == to)
            && reaches(to, from, |n| entitlements.at(n).map(|row| row.targets.as_slice()));
        if !closes {
            self.entitlements.at_mut(to)?.implied = true;
        }
        let row = self.entitlements.at_mut(from)?;
        Arc::make_mut(if closes { &mut row.inert } else { &mut row.targets }).push(to);
        Some(())
    }

    /// Adds a node above a resource, inert if the resource would be its own ancestor.
    pub(super) fn link_parent(&mut self, from: u32, to: &ResourceId) -> Option<()> {
        let to = self.resource(to)?;
        let row = self.resources.at(from)?;
        if row.parents.contains(&to) || row.inert.contains(&to) {
            return Some(());
        }
        let resources = &self.resources;
        let closes = (row.parent || from == to)
            && reaches(to, from, |n| resources.at(n).map(|row| row.parents.as_slice()));
        if !closes {
            self.resources.at_mut(to)?.parent = true;
        }
        let row = self.resources.at_mut(from)?;
        Arc::make_mut(if closes { &mut row.inert } else { &mut row.parents }).push(to);
        Some(())
    }

    pub(super) fn touch_application(&mut self, id: &str, version: u64) -> Option<u32> {
        let reference = self.application(id)?;
        self.applications.at_mut(reference)?.version = version;
        Some(reference)
    }

    pub(super) fn touch_application_of(&mut self, account: u32, version: u64) -> Option<()> {
        let noun = self.accounts.at(account)?.noun.clone();
        if let Some(noun) = noun {
            self.touch_application(noun.last().application.as_str(), version)?;
        }
        Some(())
    }

    pub(super) fn identity_row(&mut self, id: &IdentityId) -> Option<(u32, &mut IdentityRow)> {
        let reference = self.identity(id)?;
        Some((reference, self.identities.at_mut(reference)?))
    }
}
