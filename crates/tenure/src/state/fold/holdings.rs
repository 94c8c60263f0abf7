//! What is held: standing assignments, memberships and grants.

use alloc::sync::Arc;
use alloc::vec::Vec;

use super::super::records::{Extension, ExtensionsRow, Listed, OwnName, Terms};
use super::super::{GrantRow, OWN_NAME, Stage, StandingRow, State};
use super::{Effect, half_digest};
use crate::fact::{Fact, GrantEnded, GrantExtended, RequestResolved};
use crate::model::{Basis, ConditionNames, GrantTerms, Holder, Membership, Standing};
use crate::store::{NONE, hash};
use crate::time::Timestamp;

impl State {
    pub(super) fn assign(
        &mut self,
        id: &str,
        standing: &Standing,
        fact: &Fact,
        version: u64,
    ) -> Option<Effect> {
        let known = self.standing_reference(id, false).is_some();
        let entitlement = self.entitlement(&standing.entitlement)?;
        let scope = self.scope(standing.scope.as_ref())?;
        self.touch_group(entitlement, version)?;
        let (holder, holder_is_group) = match &standing.holder {
            Holder::Identity(identity) => (self.identity(identity)?, false),
            Holder::Group(group) => (self.entitlement(group)?, true),
        };
        if holder_is_group {
            self.touch_first(version);
            self.touch_group(holder, version)?;
        } else {
            self.persons.at_mut(holder)?.version = version;
        }
        if known {
            return Some(Effect::Nothing);
        }
        if let (Holder::Group(_), Some(_)) = (&standing.holder, standing.window()) {
            self.link(holder, &standing.entitlement)?;
        }
        let row = StandingRow {
            name: self.texts.push(id)?,
            membership: false,
            holder,
            holder_is_group,
            entitlement,
            scope,
            window: standing.window(),
            assigned: fact.effective_at,
            conditions: self.condition_set(&standing.conditions)?,
            removed: Timestamp::MAX,
            previous: NONE,
        };
        let effect = self.add_standing(id, row)?;
        self.catch_up(&fact.body, version)?;
        Some(effect)
    }

    pub(super) fn join(&mut self, id: &str, stay: &Membership, fact: &Fact, version: u64) -> Option<Effect> {
        let known = self.standing_reference(id, true).is_some();
        let entitlement = self.entitlement(&stay.group)?;
        let scope = self.scope(stay.scope.as_ref())?;
        let holder = self.identity(&stay.member)?;
        self.touch_group(entitlement, version)?;
        self.persons.at_mut(holder)?.version = version;
        if known {
            return Some(Effect::Nothing);
        }
        let row = StandingRow {
            name: self.texts.push(id)?,
            membership: true,
            holder,
            holder_is_group: false,
            entitlement,
            scope,
            window: stay.window(),
            assigned: fact.effective_at,
            conditions: self.condition_set(&stay.conditions)?,
            removed: Timestamp::MAX,
            previous: NONE,
        };
        let effect = self.add_standing(id, row)?;
        self.catch_up(&fact.body, version)?;
        Some(effect)
    }

    pub(super) fn add_standing(&mut self, id: &str, mut row: StandingRow) -> Option<Effect> {
        let (holder, is_group, membership) = (row.holder, row.holder_is_group, row.membership);
        if !is_group {
            row.previous = self.person(holder).last_standing;
        }
        let reference = self.standing.push(row)?;
        self.standing_index.insert(hash(&(id, membership)), reference);
        if is_group {
            Arc::make_mut(&mut self.entitlements.at_mut(holder)?.standing).push(reference);
            return Some(Effect::Everything);
        }
        self.persons.at_mut(holder)?.last_standing = reference;
        Some(Effect::Identity(holder))
    }

    pub(super) fn remove(
        &mut self,
        id: &str,
        membership: bool,
        position: u64,
        fact: &Fact,
        version: u64,
    ) -> Option<Effect> {
        let Some(reference) = self.standing_reference(id, membership) else {
            // It may be one of a document that is yet to be adopted.
            self.policy_version = version;
            self.wait(position, fact);
            return Some(Effect::Nothing);
        };
        let row = self.standing.at_mut(reference)?;
        row.removed = row.removed.min(fact.effective_at);
        let (holder, is_group, group) = (row.holder, row.holder_is_group, row.entitlement);
        self.touch_group(group, version)?;
        if is_group {
            self.touch_group(holder, version)?;
            return Some(Effect::Everything);
        }
        self.persons.at_mut(holder)?.version = version;
        Some(Effect::Identity(holder))
    }

    pub(super) fn issue(&mut self, terms: &GrantTerms, fact: &Fact, version: u64) -> Option<Effect> {
        let holder = self.identity(&terms.beneficiary)?;
        let request = match &terms.request {
            Some(request) => self.request(request.as_str())?,
            None => NONE,
        };
        if let Some(row) = self.requests.at_mut(request) {
            row.version = version;
        }
        if self.grant_reference(terms.id.as_str()).is_some() {
            self.persons.at_mut(holder)?.version = version;
            if let Some(entitlement) = self.entitlement_names.find(terms.entitlement.as_str()) {
                self.touch_group(entitlement, version)?;
            }
            return Some(Effect::Nothing);
        }
        let entitlement = self.entitlement(&terms.entitlement)?;
        self.touch_group(entitlement, version)?;
        let scope = self.scope(terms.scope.as_ref())?;
        let event = match &terms.event {
            Some(event) => self.event(event)?,
            None => NONE,
        };
        let item = terms.request.as_ref().and_then(|r| item_of(terms.id.as_str(), r.as_str()));
        let grant = u32::try_from(self.grants.len()).ok()?;
        let named = match item {
            Some(_) => request,
            None => {
                let name = self.texts.push(terms.id.as_str())?;
                let own = self.own_names.push(OwnName { name, grant, request })?;
                self.own_name_index.insert(hash(terms.id.as_str()), own);
                own
            }
        };
        let basis = self.terms(&terms.basis, &terms.conditions)?;
        let person = self.persons.at_mut(holder)?;
        person.version = version;
        let row = GrantRow {
            start: terms.term.start(),
            end: terms.term.end(),
            limit: match terms.basis {
                Basis::External => terms.term.end(),
                Basis::Policy { limit, .. } => limit,
            },
            issued: fact.effective_at,
            over: Timestamp::MAX,
            holder,
            entitlement,
            scope,
            event,
            basis,
            request: named,
            previous_of_holder: core::mem::replace(&mut person.last_grant, grant),
            previous_of_event: self.events.at(event).map_or(NONE, |row| row.last_grant),
            previous_of_request: self.requests.at(request).map_or(NONE, |row| row.last_grant),
            item: item.unwrap_or(OWN_NAME),
            cause: crate::fact::Cause::Expired,
            extended: false,
        };
        self.grants.push(row)?;
        if let Some(row) = self.events.at_mut(event) {
            row.last_grant = grant;
        }
        if let Some(row) = self.requests.at_mut(request) {
            row.last_grant = grant;
        }
        self.catch_up(&fact.body, version)?;
        Some(Effect::Grant { holder, grant })
    }

    /// Keeps what a request was resolved with, unless it is just what will be issued for it.
    pub(super) fn list_grants(&mut self, request: u32, resolved: &RequestResolved) -> Option<()> {
        let mut listed = Vec::with_capacity(resolved.grants.len());
        for grant in &resolved.grants {
            let known = self.grant_reference(grant.as_str()).map(Listed::Grant);
            let issued = || item_of(grant.as_str(), resolved.id.as_str()).map(Listed::Item);
            listed.extend(known.or_else(issued));
        }
        if listed.iter().any(|listed| matches!(listed, Listed::Grant(_))) {
            let listed = self.resolved_with.push(Arc::new(listed))?;
            self.requests.at_mut(request)?.resolved_with = listed;
        }
        Some(())
    }

    pub(super) fn extend(
        &mut self,
        extended: &GrantExtended,
        fact: &Fact,
        position: u64,
        version: u64,
    ) -> Option<Effect> {
        let command = self.request(extended.command.as_str())?;
        let Some(grant) = self.grant_reference(extended.id.as_str()) else {
            self.wait(position, fact);
            return Some(Effect::Nothing);
        };
        let at = fact.effective_at;
        let GrantRow { holder, entitlement, .. } = *self.grants.at(grant)?;
        self.touch_group(entitlement, version)?;
        self.persons.at_mut(holder)?.version = version;
        let row = self.requests.at_mut(command)?;
        row.version = version;
        if row.stage == Stage::Named && row.last_grant == NONE {
            row.stage = Stage::Extension;
            row.digest = half_digest(&extended.digest);
            row.last_grant = grant;
        }
        let entry = Extension { at, position, command, end: extended.end, limit: extended.limit };
        let row = self.grants.at(grant)?;
        match self.extensions_row(row) {
            None => {
                let key = (row.request, row.item);
                let list = Arc::new(alloc::vec![entry]);
                let place = self.extensions.push(ExtensionsRow { grant: key, list })?;
                self.extension_index.insert(hash(&key), place);
                self.grants.at_mut(grant)?.extended = true;
            }
            Some(place) => {
                let row = self.extensions.at_mut(place)?;
                if row.list.iter().any(|known| known.command == command) {
                    return Some(Effect::Nothing);
                }
                let place = row.list.partition_point(|e| (e.at, e.position) < (at, position));
                Arc::make_mut(&mut row.list).insert(place, entry);
            }
        }
        Some(Effect::Grant { holder, grant })
    }

    pub(super) fn end(
        &mut self,
        ended: &GrantEnded,
        fact: &Fact,
        position: u64,
        version: u64,
    ) -> Option<Effect> {
        let Some(grant) = self.grant_reference(ended.id.as_str()) else {
            self.wait(position, fact);
            return Some(Effect::Nothing);
        };
        let at = fact.effective_at;
        let row = self.grants.at_mut(grant)?;
        if (at, ended.cause) < (row.over, row.cause) || row.over.is_never() {
            (row.over, row.cause) = (at, ended.cause);
        }
        let (holder, entitlement) = (row.holder, row.entitlement);
        self.touch_group(entitlement, version)?;
        self.persons.at_mut(holder)?.version = version;
        Some(Effect::Grant { holder, grant })
    }

    fn terms(&mut self, basis: &Basis, conditions: &ConditionNames) -> Option<u32> {
        let conditions = self.condition_set(conditions)?;
        let hash = Terms::hash(basis, conditions);
        let same = |known| self.bases.at(known).is_some_and(|known: &Terms| known.are(basis, conditions));
        if let Some(found) = self.basis_index.find(hash, same) {
            return Some(found);
        }
        let reference = self.bases.push(Terms { basis: basis.clone(), conditions })?;
        self.basis_index.insert(hash, reference);
        Some(reference)
    }

    /// The reference of a set of conditions, known from now on; [`NONE`] for none.
    fn condition_set(&mut self, conditions: &ConditionNames) -> Option<u32> {
        if conditions.is_none() {
            return Some(NONE);
        }
        let known = |reference| self.conditions.at(reference) == Some(conditions);
        if let Some(found) = self.condition_index.find(hash(conditions), known) {
            return Some(found);
        }
        let reference = self.conditions.push(conditions.clone())?;
        self.condition_index.insert(hash(conditions), reference);
        Some(reference)
    }
}

/// The item number in `<request>#<item>`.
fn item_of(grant: &str, request: &str) -> Option<u16> {
    let number = grant.strip_prefix(request)?.strip_prefix('#')?;
    let item: u16 = number.parse().ok()?;
    (item != OWN_NAME && (number == "0" || !number.starts_with(['0', '+']))).then_some(item)
}
