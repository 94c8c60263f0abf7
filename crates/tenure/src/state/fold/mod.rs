//! The fold: one fact at a time, without a policy, total on well-formed facts.

mod ahead;
mod early;
mod events;
mod holdings;
mod nouns;
mod take_back;

use alloc::sync::Arc;
use alloc::vec::Vec;

pub(crate) use ahead::{AHEAD, Ahead};

use super::records::{Turn, see};
use super::{Adopted, Stage, State, leaf_hash};
use crate::fact::{Body, Fact};
use crate::model::{Basis, History};
use crate::store::stable_hash;
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
    /// One grant of what an identity holds.
    Grant {
        /// Whose it is.
        holder: u32,
        /// Which one.
        grant: u32,
    },
    /// What the holders of grants for a business event hold.
    Event(u32),
    /// The same, but all that happened is that the event is over from this instant on.
    EventOver(u32, Timestamp),
    /// The hierarchy, by an entitlement that nothing referred to before.
    FreshEntitlement,
    /// The resources, by one that nothing referred to before.
    FreshResource,
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
        let mut positions = position..;
        for facts in facts.chunks(AHEAD) {
            let _ = self.read_ahead(facts);
            facts
                .iter()
                .zip(positions.by_ref())
                .try_for_each(|(fact, position)| self.apply(position, fact))?;
        }
        Ok(())
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
        self.schedule(fact);
        Some(())
    }

    fn fold(&mut self, position: u64, fact: &Fact) -> Option<Effect> {
        let at = fact.effective_at;
        let version = position.checked_add(1)?;
        let took_back = self.take_back(fact, version);
        Some(match &fact.body {
            Body::IdentityDefined(d) => self.define_identity(d, fact, version)?,
            Body::IdentityChanged(c) => {
                let (reference, row) = self.identity_row(&c.id)?;
                row.version = version;
                self.amend(position, fact)?;
                Effect::Identity(reference)
            }
            Body::IdentitySuspended(n) => self.turn(&n.id, Turn::Suspended, at, position)?,
            Body::IdentityResumed(n) => self.turn(&n.id, Turn::Resumed, at, position)?,
            Body::IdentityLeft(n) => self.turn(&n.id, Turn::Left, at, position)?,
            Body::IdentityRejoined(n) => self.turn(&n.id, Turn::Rejoined, at, position)?,
            Body::AccountDefined(d) => {
                let reference = self.account(&d.id)?;
                let row = self.accounts.at_mut(reference)?;
                if row.noun.is_none() {
                    row.noun = Some(Arc::new(History::new(at, d.definition.clone())));
                    self.catch_up(&fact.body, version)?;
                }
                self.touch_application(d.definition.application.as_str(), version)?;
                Effect::Nothing
            }
            Body::AccountChanged(c) => {
                let reference = self.account(&c.id)?;
                self.amend(position, fact)?;
                self.touch_application_of(reference, version)?;
                Effect::Nothing
            }
            Body::AccountRetired(n) => {
                let reference = self.account(&n.id)?;
                self.amend(position, fact)?;
                self.touch_application_of(reference, version)?;
                Effect::Nothing
            }
            Body::ApplicationDefined(d) => {
                let reference = self.touch_application(d.id.as_str(), version)?;
                let row = self.applications.at_mut(reference)?;
                if row.noun.is_none() {
                    row.noun = Some(Arc::new(History::new(at, d.definition.clone())));
                    self.catch_up(&fact.body, version)?;
                }
                Effect::Nothing
            }
            Body::ApplicationChanged(c) => {
                self.touch_application(c.id.as_str(), version)?;
                self.amend(position, fact)?;
                Effect::Nothing
            }
            Body::ApplicationRetired(n) => {
                self.touch_application(n.id.as_str(), version)?;
                self.amend(position, fact)?;
                Effect::Nothing
            }
            Body::ResourceDefined(d) => self.define_resource(d, fact, version)?,
            Body::ResourceChanged(c) => {
                let reference = self.resource(&c.id)?;
                if let Some(parent) = &c.changes.parent {
                    self.touch_first(version);
                    self.link_parent(reference, parent)?;
                }
                self.resources.at_mut(reference)?.version = version;
                self.amend(position, fact)?;
                Effect::Everything
            }
            Body::ResourceRetired(n) => {
                let reference = self.resource(&n.id)?;
                self.resources.at_mut(reference)?.version = version;
                self.amend(position, fact)?;
                Effect::Everything
            }
            Body::EntitlementDefined(d) => self.define_entitlement(d, fact, version)?,
            Body::EntitlementChanged(c) => {
                let reference = self.entitlement(&c.id)?;
                for implied in c.changes.implies.iter().flatten() {
                    self.link(reference, &implied.entitlement)?;
                }
                self.touch_edges(c.changes.implies.as_deref().unwrap_or_default(), version)?;
                self.entitlements.at_mut(reference)?.version = version;
                self.amend(position, fact)?;
                Effect::Everything
            }
            Body::EntitlementRetired(n) => {
                let reference = self.entitlement(&n.id)?;
                self.entitlements.at_mut(reference)?.version = version;
                self.amend(position, fact)?;
                Effect::Everything
            }
            Body::StandingAssigned(d) => self.assign(d.id.as_str(), &d.definition, fact, version)?,
            Body::StandingRemoved(n) => self.remove(n.id.as_str(), false, position, fact, version)?,
            Body::MembershipAdded(d) => self.join(d.id.as_str(), &d.definition, fact, version)?,
            Body::MembershipRemoved(n) => self.remove(n.id.as_str(), true, position, fact, version)?,
            Body::EventOpened(d) => self.open_event(d, fact, position, version)?,
            Body::EventChanged(c) => {
                let reference = self.event(&c.id)?;
                let row = self.events.at_mut(reference)?;
                row.version = version;
                see(&mut row.seen, at, fact.recorded_at);
                self.amend(position, fact)?;
                self.see_feed_of(reference, at, fact.recorded_at, version)?;
                // Whom it concerns and what it covers ends nothing.
                if took_back || c.changes.moves_ends() { Effect::Event(reference) } else { Effect::Nothing }
            }
            Body::EventClosed(n) => self.close_event(&n.id, fact, position, version, took_back)?,
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
                let row = self.requests.at_mut(reference)?;
                row.version = version;
                if row.stage == Stage::Made {
                    row.stage = Stage::Resolved;
                    self.list_grants(reference, resolved)?;
                }
                Effect::Nothing
            }
            Body::RequestWithdrawn(n) => {
                let reference = self.request(n.id.as_str())?;
                let row = self.requests.at_mut(reference)?;
                row.version = version;
                if row.stage == Stage::Made {
                    row.stage = Stage::Withdrawn;
                }
                Effect::Nothing
            }
            Body::GrantIssued(terms) => self.issue(terms, fact, version)?,
            Body::GrantExtended(extended) => self.extend(extended, fact, position, version)?,
            Body::GrantEnded(ended) | Body::GrantRevoked(ended) | Body::GrantVoided(ended) => {
                self.end(ended, fact, position, version)?
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
