//! The fold: one fact at a time, without a policy, total on well-formed facts.

use alloc::sync::Arc;
use alloc::vec::Vec;

use super::records::{Extension, GrantRow, StatusChange, Turn, see};
use super::{Adopted, Door, OWN_NAME, RequestRow, Scheduled, Stage, StandingRow, State, leaf_hash};
use crate::fact::{Body, Defined, Fact, GrantEnded, GrantExtended};
use crate::id::{EntitlementId, IdentityId, ResourceId};
use crate::model::{
    Basis, BusinessEvent, Entitlement, GrantTerms, History, Holder, Identity, Membership, Resource, Standing,
};
use crate::store::{NONE, hash, stable_hash};
use crate::time::Timestamp;

/// Why a fact cannot be the next one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ApplyError {
    /// Facts in between are missing.
    #[error(
        "the next fact stands at position {expected}, this one at {position}; apply those in between first"
    )]
    Gap {
        /// Where the fact stands.
        position: u64,
        /// Where the next fact stands.
        expected: u64,
    },
    /// A number that the state counts has run out.
    #[error("the state has no room for more of what the fact at position {position} names")]
    Full {
        /// Where the fact stands.
        position: u64,
    },
    /// The fact has no canonical text.
    #[error("the fact at position {position} has no canonical text: {detail}")]
    Text {
        /// Where the fact stands.
        position: u64,
        /// What is wrong.
        detail: alloc::string::String,
    },
}

impl ApplyError {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Gap { .. } => "log.gap",
            Self::Full { .. } => "limit.items",
            Self::Text { .. } => "fact.text",
        }
    }
}

/// What a fact may have changed for those who hold something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Nothing.
    Nothing,
    /// What one identity holds.
    Identity(u32),
    /// What the holders of grants for a business event hold.
    Event(u32),
    /// The same, but all that happened is that the event is over from this instant on.
    EventOver(u32, Timestamp),
    /// The hierarchy or the resources, in a way that nothing referred to before.
    Fresh,
    /// The hierarchy, the resources or the adopted policy.
    Everything,
}

impl State {
    /// Takes in the fact at `position`. One that it has taken in before changes nothing.
    ///
    /// # Errors
    /// [`ApplyError::Gap`] if facts before it are missing; the state is unchanged.
    pub fn apply(&mut self, position: u64, fact: &Fact) -> Result<(), ApplyError> {
        self.take(position, fact).map(|_| ())
    }

    /// Takes in facts that stand one after the other.
    ///
    /// # Errors
    /// As [`State::apply`]; the facts before the one at fault are taken in.
    pub fn apply_all(&mut self, position: u64, facts: &[Fact]) -> Result<(), ApplyError> {
        (position..).zip(facts).try_for_each(|(position, fact)| self.apply(position, fact))
    }

    /// Takes in a fact and tells what it may have changed.
    pub(crate) fn take(&mut self, position: u64, fact: &Fact) -> Result<Effect, ApplyError> {
        if position < self.len {
            return Ok(Effect::Nothing);
        }
        if position > self.len {
            return Err(ApplyError::Gap { position, expected: self.len });
        }
        let text = serde_json::to_vec(fact)
            .map_err(|error| ApplyError::Text { position, detail: alloc::format!("{error}") })?;
        let leaf = leaf_hash(&text);
        let effect = self.fold(position, fact).ok_or(ApplyError::Full { position })?;
        self.frontier.push(leaf);
        self.remember(fact, &leaf).ok_or(ApplyError::Full { position })?;
        self.len = position.saturating_add(1);
        self.high_water = match &fact.body {
            Body::ClockCorrected(corrected) => corrected.high_water,
            _ => self.high_water.max(fact.recorded_at),
        };
        Ok(effect)
    }

    /// Keeps what `admit` must know of a fact: its id, unless a request or policy gave it.
    fn remember(&mut self, fact: &Fact, leaf: &[u8; 32]) -> Option<()> {
        let derived = matches!(
            fact.body,
            Body::RequestMade(_) | Body::RequestResolved(_) | Body::GrantExtended(_) | Body::PolicyAdopted(_)
        ) || matches!(&fact.body, Body::GrantIssued(terms) if terms.basis != Basis::External);
        if !derived {
            let key = stable_hash(fact.id.as_str());
            if self.leaf_of(fact.id.as_str()).is_none() {
                let (first, _) = leaf.split_first_chunk::<8>()?;
                let row = self.fact_leaves.push((key, u64::from_be_bytes(*first)))?;
                self.fact_index.insert(key, row);
            }
        }
        if fact.effective_at > fact.recorded_at {
            let scheduled = Scheduled { position: self.len, effective_at: fact.effective_at };
            let past = self.high_water;
            let list = Arc::make_mut(&mut self.scheduled);
            list.retain(|_, s| s.effective_at > past);
            list.entry(fact.id.clone()).or_insert(scheduled);
        }
        Some(())
    }

    fn fold(&mut self, position: u64, fact: &Fact) -> Option<Effect> {
        let at = fact.effective_at;
        let version = position.checked_add(1)?;
        let mut withdrawn = self.withdrawn_by(fact);
        Some(match &fact.body {
            Body::IdentityDefined(d) => self.define_identity(d, at, version)?,
            Body::IdentityChanged(c) => {
                let (reference, row) = self.identity_row(&c.id)?;
                row.version = version;
                if let Some(noun) = &mut row.noun {
                    let noun = Arc::make_mut(noun);
                    withdrawn.take().map(|p| noun.withdraw(p));
                    noun.change(at, position, c.changes.clone());
                }
                Effect::Identity(reference)
            }
            Body::IdentitySuspended(n) => self.turn(&n.id, Turn::Suspended, at, position, withdrawn)?,
            Body::IdentityResumed(n) => self.turn(&n.id, Turn::Resumed, at, position, withdrawn)?,
            Body::IdentityLeft(n) => self.turn(&n.id, Turn::Left, at, position, withdrawn)?,
            Body::IdentityRejoined(n) => self.turn(&n.id, Turn::Rejoined, at, position, withdrawn)?,
            Body::AccountDefined(d) => {
                let reference = self.account(&d.id)?;
                let row = self.accounts.at_mut(reference)?;
                if row.noun.is_none() {
                    row.noun = Some(Arc::new(History::new(at, d.definition.clone())));
                }
                self.touch_application(d.definition.application.as_str(), version)?;
                Effect::Nothing
            }
            Body::AccountChanged(c) => {
                let reference = self.account(&c.id)?;
                if let Some(noun) = &mut self.accounts.at_mut(reference)?.noun {
                    let noun = Arc::make_mut(noun);
                    withdrawn.take().map(|p| noun.withdraw(p));
                    noun.change(at, position, c.changes.clone());
                }
                self.touch_application_of(reference, version)?;
                Effect::Nothing
            }
            Body::AccountRetired(n) => {
                let reference = self.account(&n.id)?;
                if let Some(noun) = &mut self.accounts.at_mut(reference)?.noun {
                    Arc::make_mut(noun).retire(at);
                }
                self.touch_application_of(reference, version)?;
                Effect::Nothing
            }
            Body::ApplicationDefined(d) => {
                let reference = self.touch_application(d.id.as_str(), version)?;
                let row = self.applications.at_mut(reference)?;
                if row.noun.is_none() {
                    row.noun = Some(Arc::new(History::new(at, d.definition.clone())));
                }
                Effect::Nothing
            }
            Body::ApplicationChanged(c) => {
                let reference = self.touch_application(c.id.as_str(), version)?;
                if let Some(noun) = &mut self.applications.at_mut(reference)?.noun {
                    let noun = Arc::make_mut(noun);
                    withdrawn.take().map(|p| noun.withdraw(p));
                    noun.change(at, position, c.changes.clone());
                }
                Effect::Nothing
            }
            Body::ApplicationRetired(n) => {
                let reference = self.touch_application(n.id.as_str(), version)?;
                if let Some(noun) = &mut self.applications.at_mut(reference)?.noun {
                    Arc::make_mut(noun).retire(at);
                }
                Effect::Nothing
            }
            Body::ResourceDefined(d) => self.define_resource(&d.id, &d.definition, at, version)?,
            Body::ResourceChanged(c) => {
                let reference = self.resource(&c.id)?;
                if let Some(parent) = &c.changes.parent {
                    self.link_parent(reference, parent)?;
                }
                let row = self.resources.at_mut(reference)?;
                row.version = version;
                if let Some(noun) = &mut row.noun {
                    let noun = Arc::make_mut(noun);
                    withdrawn.take().map(|p| noun.withdraw(p));
                    noun.change(at, position, c.changes.clone());
                }
                Effect::Everything
            }
            Body::ResourceRetired(n) => {
                let reference = self.resource(&n.id)?;
                let row = self.resources.at_mut(reference)?;
                row.version = version;
                if let Some(noun) = &mut row.noun {
                    Arc::make_mut(noun).retire(at);
                }
                Effect::Everything
            }
            Body::EntitlementDefined(d) => self.define_entitlement(&d.id, &d.definition, at, version)?,
            Body::EntitlementChanged(c) => {
                let reference = self.entitlement(&c.id)?;
                if self.entitlements.at(reference)?.noun.is_some() {
                    for implied in c.changes.implies.iter().flatten() {
                        self.link(reference, &implied.entitlement)?;
                    }
                    for permission in c.changes.permissions.iter().flatten() {
                        self.permission_names.intern(permission.as_str())?;
                    }
                }
                let row = self.entitlements.at_mut(reference)?;
                row.version = version;
                if let Some(noun) = &mut row.noun {
                    let noun = Arc::make_mut(noun);
                    withdrawn.take().map(|p| noun.withdraw(p));
                    noun.change(at, position, c.changes.clone());
                }
                Effect::Everything
            }
            Body::EntitlementRetired(n) => {
                let reference = self.entitlement(&n.id)?;
                let row = self.entitlements.at_mut(reference)?;
                row.version = version;
                if let Some(noun) = &mut row.noun {
                    Arc::make_mut(noun).retire(at);
                }
                Effect::Everything
            }
            Body::StandingAssigned(d) => self.assign(d.id.as_str(), &d.definition, at, version)?,
            Body::StandingRemoved(n) => self.remove(n.id.as_str(), false, at, version)?,
            Body::MembershipAdded(d) => self.join(d.id.as_str(), &d.definition, at, version)?,
            Body::MembershipRemoved(n) => self.remove(n.id.as_str(), true, at, version)?,
            Body::EventOpened(d) => self.open_event(d, fact, position, version, withdrawn)?,
            Body::EventChanged(c) => {
                let reference = self.event(&c.id)?;
                let row = self.events.at_mut(reference)?;
                row.version = version;
                see(&mut row.seen, at, fact.recorded_at);
                if let Some(noun) = &mut row.noun {
                    let noun = Arc::make_mut(noun);
                    withdrawn.take().map(|p| noun.withdraw(p));
                    noun.change(at, position, c.changes.clone());
                }
                self.see_feed_of(reference, at, fact.recorded_at, version)?;
                Effect::Event(reference)
            }
            Body::EventClosed(n) => self.close_event(&n.id, fact, position, version, withdrawn)?,
            Body::FeedHeartbeat(n) => {
                let reference = self.feed(n.id.as_str())?;
                let row = self.feeds.at_mut(reference)?;
                row.version = version;
                see(&mut row.seen, at, fact.recorded_at);
                Effect::Nothing
            }
            Body::RequestMade(made) => {
                let reference = self.request(made.request.id.as_str())?;
                let requester = self.identity(&made.request.requester)?;
                let beneficiary = self.identity(&made.request.beneficiary)?;
                let row = self.requests.at_mut(reference)?;
                row.version = version;
                if row.stage == Stage::Named {
                    row.stage = Stage::Made;
                    row.digest = half_digest(&made.digest);
                    (row.requester, row.beneficiary) = (requester, beneficiary);
                }
                Effect::Nothing
            }
            Body::RequestResolved(resolved) => {
                let reference = self.request(resolved.id.as_str())?;
                let grants: Vec<u32> =
                    resolved.grants.iter().filter_map(|g| self.grant_reference(g.as_str())).collect();
                let listed = (!grants.is_empty()).then(|| self.resolved_with.push(Arc::new(grants)));
                let row = self.requests.at_mut(reference)?;
                row.version = version;
                if matches!(row.stage, Stage::Named | Stage::Made) {
                    row.stage = Stage::Resolved;
                    if let Some(listed) = listed {
                        row.resolved_with = listed?;
                    }
                }
                Effect::Nothing
            }
            Body::RequestWithdrawn(n) => {
                let reference = self.request(n.id.as_str())?;
                let row = self.requests.at_mut(reference)?;
                row.version = version;
                if matches!(row.stage, Stage::Named | Stage::Made) {
                    row.stage = Stage::Withdrawn;
                }
                Effect::Nothing
            }
            Body::GrantIssued(terms) => self.issue(terms, at, version)?,
            Body::GrantExtended(extended) => self.extend(extended, at, position, version)?,
            Body::GrantEnded(ended) | Body::GrantRevoked(ended) | Body::GrantVoided(ended) => {
                self.end(ended, at, version)?
            }
            Body::PolicyAdopted(adopted) => {
                self.policy_version = version;
                if self.adopted_policy() != Some(adopted.digest.as_str()) {
                    self.adoption = Some(Adopted { digest: adopted.digest.clone(), at });
                }
                Effect::Everything
            }
            Body::ClockCorrected(_) => Effect::Nothing,
        })
    }

    /// The position of the fact that this one takes back, if that has not taken effect.
    fn withdrawn_by(&mut self, fact: &Fact) -> Option<u64> {
        let replaced = fact.replaces.as_ref()?;
        let scheduled = *self.scheduled.get(replaced)?;
        if scheduled.effective_at <= fact.recorded_at {
            return None;
        }
        Arc::make_mut(&mut self.scheduled).remove(replaced);
        Some(scheduled.position)
    }

    fn define_identity(
        &mut self,
        d: &Defined<IdentityId, Identity>,
        at: Timestamp,
        version: u64,
    ) -> Option<Effect> {
        let (reference, row) = self.identity_row(&d.id)?;
        row.version = version;
        if row.noun.is_none() {
            row.noun = Some(Arc::new(History::new(at, d.definition.clone())));
        }
        Some(Effect::Identity(reference))
    }

    fn turn(
        &mut self,
        id: &IdentityId,
        turn: Turn,
        at: Timestamp,
        position: u64,
        withdrawn: Option<u64>,
    ) -> Option<Effect> {
        let (reference, row) = self.identity_row(id)?;
        row.version = position.checked_add(1)?;
        let status = Arc::make_mut(&mut row.status);
        status.retain(|s| Some(s.position) != withdrawn);
        let place = status.partition_point(|s| (s.at, s.position) < (at, position));
        status.insert(place, StatusChange { at, position, turn });
        Some(Effect::Identity(reference))
    }

    fn define_resource(
        &mut self,
        id: &ResourceId,
        noun: &Resource,
        at: Timestamp,
        version: u64,
    ) -> Option<Effect> {
        let fresh = self.resource_names.find(id.as_str()).is_none();
        let reference = self.resource(id)?;
        if self.resources.at(reference)?.noun.is_none() {
            if let Some(parent) = &noun.parent {
                self.link_parent(reference, parent)?;
            }
            self.resources.at_mut(reference)?.noun = Some(Arc::new(History::new(at, noun.clone())));
        }
        self.resources.at_mut(reference)?.version = version;
        Some(if fresh { Effect::Fresh } else { Effect::Everything })
    }

    fn define_entitlement(
        &mut self,
        id: &EntitlementId,
        noun: &Entitlement,
        at: Timestamp,
        version: u64,
    ) -> Option<Effect> {
        let fresh = self.entitlement_names.find(id.as_str()).is_none();
        let reference = self.entitlement(id)?;
        if self.entitlements.at(reference)?.noun.is_none() {
            for implied in &noun.implies {
                self.link(reference, &implied.entitlement)?;
            }
            for permission in &noun.permissions {
                self.permission_names.intern(permission.as_str())?;
            }
            self.entitlements.at_mut(reference)?.noun = Some(Arc::new(History::new(at, noun.clone())));
        }
        self.entitlements.at_mut(reference)?.version = version;
        Some(if fresh { Effect::Fresh } else { Effect::Everything })
    }

    /// Adds an edge to the hierarchy, inert if it would close a cycle.
    fn link(&mut self, from: u32, to: &EntitlementId) -> Option<()> {
        let to = self.entitlement(to)?;
        let row = self.entitlements.at(from)?;
        if row.targets.contains(&to) || row.inert.contains(&to) {
            return Some(());
        }
        let entitlements = &self.entitlements;
        let closes = reaches(to, from, |n| entitlements.at(n).map(|row| row.targets.as_slice()));
        let row = self.entitlements.at_mut(from)?;
        Arc::make_mut(if closes { &mut row.inert } else { &mut row.targets }).push(to);
        Some(())
    }

    /// Adds a node above a resource, inert if the resource would be its own ancestor.
    fn link_parent(&mut self, from: u32, to: &ResourceId) -> Option<()> {
        let to = self.resource(to)?;
        let row = self.resources.at(from)?;
        if row.parents.contains(&to) || row.inert.contains(&to) {
            return Some(());
        }
        let resources = &self.resources;
        let closes = reaches(to, from, |n| resources.at(n).map(|row| row.parents.as_slice()));
        let row = self.resources.at_mut(from)?;
        Arc::make_mut(if closes { &mut row.inert } else { &mut row.parents }).push(to);
        Some(())
    }

    fn assign(&mut self, id: &str, standing: &Standing, at: Timestamp, version: u64) -> Option<Effect> {
        let known = self.standing_reference(id, false).is_some();
        let entitlement = self.entitlement(&standing.entitlement)?;
        let scope = self.scope(standing.scope.as_ref())?;
        let (holder, holder_is_group) = match &standing.holder {
            Holder::Identity(identity) => (self.identity(identity)?, false),
            Holder::Group(group) => (self.entitlement(group)?, true),
        };
        if holder_is_group {
            self.entitlements.at_mut(holder)?.group = version;
        } else {
            self.identities.at_mut(holder)?.person = version;
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
            assigned: at,
            removed: Timestamp::MAX,
            previous: NONE,
        };
        self.add_standing(id, row)
    }

    fn join(&mut self, id: &str, stay: &Membership, at: Timestamp, version: u64) -> Option<Effect> {
        let known = self.standing_reference(id, true).is_some();
        let entitlement = self.entitlement(&stay.group)?;
        let scope = self.scope(stay.scope.as_ref())?;
        let holder = self.identity(&stay.member)?;
        self.entitlements.at_mut(entitlement)?.group = version;
        self.identities.at_mut(holder)?.person = version;
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
            assigned: at,
            removed: Timestamp::MAX,
            previous: NONE,
        };
        self.add_standing(id, row)
    }

    fn add_standing(&mut self, id: &str, mut row: StandingRow) -> Option<Effect> {
        let (holder, is_group, membership) = (row.holder, row.holder_is_group, row.membership);
        if !is_group {
            row.previous = self.identities.at(holder)?.last_standing;
        }
        let reference = self.standing.push(row)?;
        self.standing_index.insert(hash(&(id, membership)), reference);
        if is_group {
            Arc::make_mut(&mut self.entitlements.at_mut(holder)?.standing).push(reference);
            return Some(Effect::Everything);
        }
        self.identities.at_mut(holder)?.last_standing = reference;
        Some(Effect::Identity(holder))
    }

    fn remove(&mut self, id: &str, membership: bool, at: Timestamp, version: u64) -> Option<Effect> {
        let Some(reference) = self.standing_reference(id, membership) else {
            return Some(Effect::Nothing);
        };
        let row = self.standing.at_mut(reference)?;
        row.removed = row.removed.min(at);
        let (holder, is_group, group) = (row.holder, row.holder_is_group, row.entitlement);
        if is_group {
            self.entitlements.at_mut(holder)?.group = version;
            return Some(Effect::Everything);
        }
        if membership {
            self.entitlements.at_mut(group)?.group = version;
        }
        self.identities.at_mut(holder)?.person = version;
        Some(Effect::Identity(holder))
    }

    fn open_event(
        &mut self,
        d: &Defined<crate::id::EventId, BusinessEvent>,
        fact: &Fact,
        position: u64,
        version: u64,
        withdrawn: Option<u64>,
    ) -> Option<Effect> {
        let by = match &fact.by {
            Some(by) => self.identity(by)?,
            None => NONE,
        };
        let at = fact.effective_at;
        let reference = self.event(&d.id)?;
        let row = self.events.at_mut(reference)?;
        row.version = version;
        see(&mut row.seen, at, fact.recorded_at);
        match &mut row.noun {
            None => row.noun = Some(Arc::new(History::new(at, d.definition.clone()))),
            Some(noun) if *noun.last() != d.definition => {
                Arc::make_mut(noun).redefine(at, position, d.definition.clone());
            }
            Some(_) => {}
        }
        let doors = Arc::make_mut(&mut row.doors);
        doors.retain(|door| Some(door.position) != withdrawn);
        let place = doors.partition_point(|door| (door.at, door.position) < (at, position));
        doors.insert(place, Door { at, position, open: true, by });
        self.see_feed_of(reference, at, fact.recorded_at, version)?;
        Some(Effect::Event(reference))
    }

    fn close_event(
        &mut self,
        id: &crate::id::EventId,
        fact: &Fact,
        position: u64,
        version: u64,
        withdrawn: Option<u64>,
    ) -> Option<Effect> {
        let at = fact.effective_at;
        let reference = self.event(id)?;
        let row = self.events.at_mut(reference)?;
        row.version = version;
        see(&mut row.seen, at, fact.recorded_at);
        let doors = Arc::make_mut(&mut row.doors);
        doors.retain(|door| Some(door.position) != withdrawn);
        let place = doors.partition_point(|door| (door.at, door.position) < (at, position));
        let last = place == doors.len() && withdrawn.is_none();
        doors.insert(place, Door { at, position, open: false, by: NONE });
        self.see_feed_of(reference, at, fact.recorded_at, version)?;
        Some(if last { Effect::EventOver(reference, at) } else { Effect::Event(reference) })
    }

    fn issue(&mut self, terms: &GrantTerms, at: Timestamp, version: u64) -> Option<Effect> {
        let holder = self.identity(&terms.beneficiary)?;
        self.identities.at_mut(holder)?.person = version;
        if self.grant_reference(terms.id.as_str()).is_some() {
            return Some(Effect::Nothing);
        }
        let entitlement = self.entitlement(&terms.entitlement)?;
        let scope = self.scope(terms.scope.as_ref())?;
        let event = match &terms.event {
            Some(event) => self.event(event)?,
            None => NONE,
        };
        let request = match &terms.request {
            Some(request) => self.request(request.as_str())?,
            None => NONE,
        };
        let item = terms.request.as_ref().and_then(|r| item_of(terms.id.as_str(), r.as_str()));
        let grant = u32::try_from(self.grants.len()).ok()?;
        let named = match item {
            Some(_) => request,
            None => {
                let name = self.texts.push(terms.id.as_str())?;
                let own = self.own_names.push(super::records_own::OwnName { name, grant, request })?;
                self.own_name_index.insert(hash(terms.id.as_str()), own);
                own
            }
        };
        let row = GrantRow {
            start: terms.term.start(),
            end: terms.term.end(),
            limit: match terms.basis {
                Basis::External => terms.term.end(),
                Basis::Policy { limit, .. } => limit,
            },
            issued: at,
            over: Timestamp::MAX,
            holder,
            entitlement,
            scope,
            event,
            basis: self.basis(&terms.basis)?,
            request: named,
            extensions: NONE,
            previous_of_holder: self.identities.at(holder)?.last_grant,
            previous_of_event: self.events.at(event).map_or(NONE, |row| row.last_grant),
            previous_of_request: self.requests.at(request).map_or(NONE, |row| row.last_grant),
            item: item.unwrap_or(OWN_NAME),
            cause: crate::fact::Cause::Expired,
        };
        self.grants.push(row)?;
        self.identities.at_mut(holder)?.last_grant = grant;
        if let Some(row) = self.events.at_mut(event) {
            row.last_grant = grant;
        }
        if let Some(row) = self.requests.at_mut(request) {
            row.last_grant = grant;
        }
        Some(Effect::Identity(holder))
    }

    fn extend(
        &mut self,
        extended: &GrantExtended,
        at: Timestamp,
        position: u64,
        version: u64,
    ) -> Option<Effect> {
        let command = self.request(extended.command.as_str())?;
        let Some(grant) = self.grant_reference(extended.id.as_str()) else {
            return Some(Effect::Nothing);
        };
        let holder = self.grants.at(grant)?.holder;
        self.identities.at_mut(holder)?.person = version;
        let row = self.requests.at_mut(command)?;
        row.version = version;
        if row.stage == Stage::Extension {
            return Some(Effect::Nothing);
        }
        if row.stage == Stage::Named && row.last_grant == NONE {
            row.stage = Stage::Extension;
            row.digest = half_digest(&extended.digest);
            row.last_grant = grant;
        }
        let entry = Extension { at, position, end: extended.end, limit: extended.limit };
        let list = self.grants.at(grant)?.extensions;
        if list == NONE {
            let list = self.extensions.push(Arc::new(alloc::vec![entry]))?;
            self.grants.at_mut(grant)?.extensions = list;
        } else {
            let list = Arc::make_mut(self.extensions.at_mut(list)?);
            let place = list.partition_point(|e| (e.at, e.position) < (at, position));
            list.insert(place, entry);
        }
        Some(Effect::Identity(holder))
    }

    fn end(&mut self, ended: &GrantEnded, at: Timestamp, version: u64) -> Option<Effect> {
        let Some(grant) = self.grant_reference(ended.id.as_str()) else {
            return Some(Effect::Nothing);
        };
        let row = self.grants.at_mut(grant)?;
        if (at, ended.cause) < (row.over, row.cause) || row.over.is_never() {
            (row.over, row.cause) = (at, ended.cause);
        }
        let holder = row.holder;
        self.identities.at_mut(holder)?.person = version;
        Some(Effect::Identity(holder))
    }

    /// A sign of life of the feed that reports on an event.
    fn see_feed_of(&mut self, event: u32, at: Timestamp, recorded: Timestamp, version: u64) -> Option<()> {
        let feed = self.events.at(event)?.noun.as_ref().and_then(|noun| noun.last().feed.clone());
        if let Some(feed) = feed {
            let reference = self.feed(feed.as_str())?;
            let row = self.feeds.at_mut(reference)?;
            row.version = version;
            see(&mut row.seen, at, recorded);
        }
        Some(())
    }

    fn touch_application(&mut self, id: &str, version: u64) -> Option<u32> {
        let reference = self.application(id)?;
        self.applications.at_mut(reference)?.version = version;
        Some(reference)
    }

    fn touch_application_of(&mut self, account: u32, version: u64) -> Option<()> {
        let noun = self.accounts.at(account)?.noun.clone();
        if let Some(noun) = noun {
            self.touch_application(noun.last().application.as_str(), version)?;
        }
        Some(())
    }

    fn identity_row(&mut self, id: &IdentityId) -> Option<(u32, &mut super::IdentityRow)> {
        let reference = self.identity(id)?;
        Some((reference, self.identities.at_mut(reference)?))
    }

    fn basis(&mut self, basis: &Basis) -> Option<u32> {
        if let Some(found) = self.bases.iter().rposition(|known| same_terms(known, basis)) {
            return u32::try_from(found).ok();
        }
        let reference = u32::try_from(self.bases.len()).ok()?;
        Arc::make_mut(&mut self.bases).push(basis.clone());
        Some(reference)
    }
}

/// Whether two grants rest on the same terms, their limits apart.
fn same_terms(a: &Basis, b: &Basis) -> bool {
    match (a, b) {
        (Basis::External, Basis::External) => true,
        (
            Basis::Policy { event: ea, on_loss: la, rules: ra, .. },
            Basis::Policy { event: eb, on_loss: lb, rules: rb, .. },
        ) => ea == eb && la == lb && ra == rb,
        _ => false,
    }
}

/// The item number in `<request>#<item>`.
fn item_of(grant: &str, request: &str) -> Option<u16> {
    let number = grant.strip_prefix(request)?.strip_prefix('#')?;
    let item: u16 = number.parse().ok()?;
    (item != OWN_NAME && (number == "0" || !number.starts_with(['0', '+']))).then_some(item)
}

/// The first half of a digest in hexadecimal; of other text the beginning of its hash.
pub(crate) fn half_digest(hex: &str) -> [u8; 16] {
    let mut half = [0u8; 16];
    let nibbles: Option<Vec<u8>> =
        hex.bytes().take(32).map(|b| char::from(b).to_digit(16).and_then(|d| u8::try_from(d).ok())).collect();
    match nibbles {
        Some(nibbles) if nibbles.len() == 32 => {
            for (byte, pair) in half.iter_mut().zip(nibbles.chunks_exact(2)) {
                if let [high, low] = pair {
                    *byte = (high << 4) | low;
                }
            }
        }
        _ => {
            let leaf = leaf_hash(hex.as_bytes());
            half.iter_mut().zip(leaf).for_each(|(to, from)| *to = from);
        }
    }
    half
}

/// Whether `sought` can be reached from `from`; every node is visited once.
pub(super) fn reaches<'a>(from: u32, sought: u32, next: impl Fn(u32) -> Option<&'a [u32]>) -> bool {
    let mut seen = alloc::collections::BTreeSet::new();
    let mut open = alloc::vec![from];
    while let Some(node) = open.pop() {
        if node == sought {
            return true;
        }
        if seen.insert(node) {
            open.extend_from_slice(next(node).unwrap_or_default());
        }
    }
    false
}

impl RequestRow {
    pub(super) const fn named(name: crate::store::TextRef) -> Self {
        Self {
            name,
            digest: [0; 16],
            requester: NONE,
            beneficiary: NONE,
            version: 0,
            last_grant: NONE,
            resolved_with: NONE,
            stage: Stage::Named,
        }
    }
}
