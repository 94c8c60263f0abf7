//! Names to references and back, and the versions of keys.

use alloc::format;
use alloc::string::ToString;
use alloc::sync::Arc;

use super::fold::reaches;
use super::{GrantRow, IdentityRow, OWN_NAME, PersonRow, RequestRow, State};
use crate::id::{AccountId, EntitlementId, EventId, FactId, GrantId, IdentityId, ResourceId, StandingId};
use crate::log::{Key, KeyKind};
use crate::model::{Basis, ConditionNames, Holder, Membership, Standing};
use crate::policy::NounKind;
use crate::store::{NONE, TextRef, hash, stable_hash};
use crate::time::Timestamp;

macro_rules! interned {
    ($($name:ident($id:ty) $names:ident $rows:ident;)*) => {$(
        /// The reference of a name, known from now on.
        pub(super) fn $name(&mut self, id: &$id) -> Option<u32> {
            let reference = self.$names.intern(id.as_ref())?;
            while self.$rows.len() < self.$names.len() {
                self.$rows.push(Default::default())?;
            }
            Some(reference)
        }
    )*};
}

impl State {
    interned! {
        entitlement(EntitlementId) entitlement_names entitlements;
        resource(ResourceId) resource_names resources;
        application(str) application_names applications;
        account(AccountId) account_names accounts;
        event(EventId) event_names events;
        feed(str) feed_names feeds;
    }

    /// The reference of an identity, known from now on.
    pub(super) fn identity(&mut self, id: &IdentityId) -> Option<u32> {
        let reference = self.identity_names.intern(id.as_str())?;
        while self.identities.len() < self.identity_names.len() {
            self.identities.push(IdentityRow::default())?;
            self.persons.push(PersonRow::default())?;
        }
        Some(reference)
    }

    /// Notes that who holds an entitlement has changed.
    pub(super) fn touch_group(&mut self, entitlement: u32, version: u64) -> Option<()> {
        while self.groups.len() <= entitlement as usize {
            self.groups.push(0)?;
        }
        *self.groups.at_mut(entitlement)? = version;
        Some(())
    }

    /// What an identity holds.
    pub(crate) fn person(&self, identity: u32) -> PersonRow {
        self.persons.at(identity).copied().unwrap_or_default()
    }

    /// The grants of an identity, the last one first.
    pub(crate) fn grants_of(&self, identity: u32) -> impl Iterator<Item = &GrantRow> {
        let mut next = self.person(identity).last_grant;
        core::iter::from_fn(move || {
            let grant = self.grants.at(next)?;
            next = grant.previous_of_holder;
            Some(grant)
        })
    }

    pub(super) fn scope(&mut self, scope: Option<&ResourceId>) -> Option<u32> {
        scope.map_or(Some(NONE), |scope| self.resource(scope))
    }

    /// The reference of a request or another command, known from now on.
    pub(super) fn request(&mut self, id: &str) -> Option<u32> {
        if let Some(found) = self.request_reference(id) {
            return Some(found);
        }
        let name = self.texts.push(id)?;
        let reference = self.requests.push(RequestRow::named(name))?;
        self.request_index.insert(hash(id), reference);
        Some(reference)
    }

    pub(crate) fn request_reference(&self, id: &str) -> Option<u32> {
        self.request_index
            .find(hash(id), |r| self.requests.at(r).is_some_and(|row| self.texts.get(row.name) == id))
    }

    pub(crate) fn standing_reference(&self, id: &str, membership: bool) -> Option<u32> {
        self.standing_index.find(hash(&(id, membership)), |r| {
            self.standing
                .at(r)
                .is_some_and(|row| row.membership == membership && self.texts.get(row.name) == id)
        })
    }

    /// The grant of that name, if it is not named for its request.
    pub(crate) fn own_reference(&self, id: &str) -> Option<u32> {
        let own = self
            .own_name_index
            .find(hash(id), |r| self.own_names.at(r).is_some_and(|own| self.texts.get(own.name) == id));
        self.own_names.at(own?).map(|own| own.grant)
    }

    pub(crate) fn grant_reference(&self, id: &str) -> Option<u32> {
        if let Some(grant) = self.own_reference(id) {
            return Some(grant);
        }
        let (request, item) = id.rsplit_once('#')?;
        let number: u16 = item.parse().ok()?;
        // One grant has one name: `#00` and `#+0` are not `#0`.
        let item = Some(number).filter(|number| number.to_string() == item)?;
        let request = self.request_reference(request)?;
        let mut grant = self.requests.at(request)?.last_grant;
        while let Some(row) = self.grants.at(grant) {
            if row.item == item && row.request == request {
                return Some(grant);
            }
            grant = row.previous_of_request;
        }
        None
    }

    /// Under which terms a grant was given.
    pub(crate) fn basis_of(&self, grant: &GrantRow) -> &Basis {
        self.bases.at(grant.basis).map_or(&Basis::External, |terms| &terms.basis)
    }

    /// The conditions on which a grant counts, by reference; none if there are none.
    pub(crate) fn grant_conditions(&self, grant: &GrantRow) -> u32 {
        self.bases.at(grant.basis).map_or(NONE, |terms| terms.conditions)
    }

    /// The reference of the request that a grant was given for; none if it had no request.
    pub(crate) fn request_of(&self, grant: &GrantRow) -> u32 {
        if grant.item == OWN_NAME {
            self.own_names.at(grant.request).map_or(NONE, |own| own.request)
        } else {
            grant.request
        }
    }

    pub(crate) fn grant_id(&self, grant: &GrantRow) -> GrantId {
        GrantId::from_interned(&self.grant_named(grant, self.texts.get(self.grant_text(grant))))
    }

    /// Where the name of a grant stands, or that of its request after which it is named.
    pub(crate) fn grant_text(&self, grant: &GrantRow) -> TextRef {
        let name = if grant.item == OWN_NAME {
            self.own_names.at(grant.request).map(|own| own.name)
        } else {
            self.requests.at(grant.request).map(|row| row.name)
        };
        name.unwrap_or_default()
    }

    /// The id of a grant, from what stands there.
    pub(crate) fn grant_named(&self, grant: &GrantRow, text: &str) -> Arc<str> {
        if grant.item == OWN_NAME { Arc::from(text) } else { Arc::from(format!("{text}#{}", grant.item)) }
    }

    pub(crate) fn standing_id(&self, text: crate::store::TextRef) -> StandingId {
        StandingId::from_interned(&Arc::from(self.texts.get(text)))
    }

    pub(crate) fn identity_id(&self, reference: u32) -> Option<IdentityId> {
        self.identity_names.name(reference).map(IdentityId::from_interned)
    }

    pub(crate) fn entitlement_id(&self, reference: u32) -> Option<EntitlementId> {
        self.entitlement_names.name(reference).map(EntitlementId::from_interned)
    }

    pub(crate) fn resource_id(&self, reference: u32) -> Option<ResourceId> {
        self.resource_names.name(reference).map(ResourceId::from_interned)
    }

    pub(crate) fn event_id(&self, reference: u32) -> Option<EventId> {
        self.event_names.name(reference).map(EventId::from_interned)
    }

    /// The first bytes of the leaf hash of the fact with this id, if a host added it.
    pub(crate) fn leaf_of(&self, fact: &str) -> Option<u64> {
        let key = stable_hash(fact);
        let row = self.fact_index.find(key, |r| self.fact_leaves.at(r).is_some_and(|(k, _)| *k == key))?;
        self.fact_leaves.at(row).map(|(_, leaf)| *leaf)
    }

    /// 1 + the position of the last fact that touched the key; 0 if none did.
    pub fn version(&self, key: &Key) -> u64 {
        let id = key.id();
        let found = match key.kind() {
            KeyKind::Person => self.identity_names.find(id).map(|r| self.person(r).version),

            KeyKind::Identity => {
                self.identity_names.find(id).and_then(|r| self.identities.at(r)).map(|r| r.version)
            }
            KeyKind::Entitlement => {
                self.entitlement_names.find(id).and_then(|r| self.entitlements.at(r)).map(|r| r.version)
            }
            KeyKind::Group => self.entitlement_names.find(id).and_then(|r| self.groups.at(r)).copied(),
            KeyKind::Resource => {
                self.resource_names.find(id).and_then(|r| self.resources.at(r)).map(|r| r.version)
            }
            KeyKind::Application => {
                self.application_names.find(id).and_then(|r| self.applications.at(r)).map(|r| r.version)
            }
            KeyKind::Event => self.event_names.find(id).and_then(|r| self.events.at(r)).map(|r| r.version),
            KeyKind::Feed => self.feed_names.find(id).and_then(|r| self.feeds.at(r)).map(|r| r.version),
            KeyKind::Request => {
                self.request_reference(id).and_then(|r| self.requests.at(r)).map(|r| r.version)
            }
            KeyKind::Policy => Some(self.policy_version),
            // Few decisions read it, so nothing is kept for it.
            KeyKind::Catalogue if *key == Key::catalogue() => {
                self.entitlements.iter().map(|row| row.version).max()
            }
            KeyKind::Catalogue => None,
        };
        found.unwrap_or(0)
    }
}

impl State {
    /// Whether something of this kind is defined under the name.
    pub(crate) fn knows(&self, kind: NounKind, name: &str) -> bool {
        match kind {
            NounKind::Identity => self
                .identity_names
                .find(name)
                .and_then(|r| self.identities.at(r))
                .is_some_and(|r| r.noun.is_some()),
            NounKind::Account => self
                .account_names
                .find(name)
                .and_then(|r| self.accounts.at(r))
                .is_some_and(|r| r.noun.is_some()),
            NounKind::Application => self
                .application_names
                .find(name)
                .and_then(|r| self.applications.at(r))
                .is_some_and(|r| r.noun.is_some()),
            NounKind::Resource => self
                .resource_names
                .find(name)
                .and_then(|r| self.resources.at(r))
                .is_some_and(|r| r.noun.is_some()),
            NounKind::Entitlement => self
                .entitlement_names
                .find(name)
                .and_then(|r| self.entitlements.at(r))
                .is_some_and(|r| r.noun.is_some()),
            NounKind::Event => {
                self.event_names.find(name).and_then(|r| self.events.at(r)).is_some_and(|r| r.noun.is_some())
            }
            NounKind::Standing => self.standing_reference(name, false).is_some(),
            NounKind::Membership => self.standing_reference(name, true).is_some(),
            NounKind::Feed => true,
        }
    }

    /// The names of a set of conditions.
    pub(crate) fn conditions_of(&self, reference: u32) -> ConditionNames {
        self.conditions.at(reference).cloned().unwrap_or_default()
    }

    /// A standing assignment as it was written.
    pub(crate) fn standing_at(&self, reference: u32) -> Option<Standing> {
        let row = self.standing.at(reference)?;
        let window = row.window?;
        let holder = if row.holder_is_group {
            Holder::Group(self.entitlement_id(row.holder)?)
        } else {
            Holder::Identity(self.identity_id(row.holder)?)
        };
        Some(Standing {
            conditions: self.conditions_of(row.conditions),
            entitlement: self.entitlement_id(row.entitlement)?,
            from: window.start(),
            holder,
            scope: self.resource_id(row.scope),
            until: window.end(),
        })
    }

    /// A membership as it was written.
    pub(crate) fn membership_at(&self, reference: u32) -> Option<Membership> {
        let row = self.standing.at(reference)?;
        let window = row.window?;
        Some(Membership {
            conditions: self.conditions_of(row.conditions),
            from: window.start(),
            group: self.entitlement_id(row.entitlement)?,
            member: self.identity_id(row.holder)?,
            scope: self.resource_id(row.scope),
            until: window.end(),
        })
    }

    /// Whether a fact recorded at `at` may take back the one of that id.
    pub(crate) fn can_take_back(&self, fact: &FactId, at: Timestamp) -> bool {
        let reached = self.high_water.max(at);
        self.scheduled.get(fact).is_some_and(|scheduled| scheduled.effective_at > reached)
    }

    /// Whether holding `from` ever meant holding `to`.
    pub(crate) fn implies_ever(&self, from: &str, to: &str) -> bool {
        let (Some(from), Some(to)) = (self.entitlement_names.find(from), self.entitlement_names.find(to))
        else {
            return false;
        };
        reaches(from, to, |n| self.entitlements.at(n).map(|row| row.targets.as_slice()))
    }

    /// Whether `resource` ever stood somewhere under `above`.
    pub(crate) fn stands_ever_under(&self, resource: &str, above: &str) -> bool {
        let (Some(from), Some(to)) = (self.resource_names.find(resource), self.resource_names.find(above))
        else {
            return false;
        };
        reaches(from, to, |n| self.resources.at(n).map(|row| row.parents.as_slice()))
    }
}
