//! What another document would change for people: who gains what, and who loses it. Both documents are asked the
//! same questions at one instant, the new one as if it had been adopted then.

use alloc::collections::BTreeSet;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use serde::Serialize;

use crate::check::Access;
use crate::engine::{Engine, EngineError};
use crate::id::{EntitlementId, IdentityId, PermissionId, ResourceId};
use crate::policy::Policy;
use crate::state::State;
use crate::time::{Span, Timestamp};

mod regions;
mod sides;

pub(crate) use sides::{Difference, Sides, places};

/// The most changes of access, and the most of eligibility, that one difference lists.
pub const MAX_CHANGES: usize = 10_000;

/// What decides of what may be obtained and is not compared, as [`PolicyDiff`] and
/// [`Simulation`](crate::simulate::Simulation) tell it.
pub(crate) const NOT_COMPARED: &str =
    "conditions, hours, prerequisites, inputs, event terms, approvals and capacities were not compared";

/// How many names of places a line tells.
const TOLD: usize = 8;

/// What changes for people from one document to another.
#[must_use]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PolicyDiff {
    /// What people may do, in the order of identity, permission and scope.
    pub access: Vec<AccessChange>,
    /// The instant at which both were asked.
    pub at: Timestamp,
    /// Whether everything is listed; false if there are more than [`MAX_CHANGES`] of a sort, more than 100 resources that
    /// changed themselves, or too many of which conditions read what is known of each alone.
    pub complete: bool,
    /// What people may obtain, in the order of identity, entitlement and scope.
    pub eligibility: Vec<EligibilityChange>,
    /// The digest of the new document.
    pub new: String,
    /// The digest of the old document.
    pub old: String,
}

/// Which way something changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// It was not there before.
    Gained,
    /// It is there for longer.
    Longer,
    /// It is there for a shorter time.
    Shorter,
    /// It is not there any more.
    Lost,
}

/// What one identity may do, before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AccessChange {
    /// Under the new document.
    pub after: Holding,
    /// Under the old document.
    pub before: Holding,
    /// Which way it changes.
    pub change: Direction,
    /// The subtrees inside of the scope in which it may be otherwise; what changes there is told by itself.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub except: BTreeSet<ResourceId>,
    /// Who.
    pub identity: IdentityId,
    /// Of what of the scope this is told.
    #[serde(skip_serializing_if = "Part::is_all")]
    pub part: Part,
    /// What.
    pub permission: PermissionId,
    /// In which subtree; everywhere when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<ResourceId>,
}

/// Of what of a scope something is told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Of all of it.
    #[default]
    All,
    /// Of the resource itself, or of a question without one, and not of what lies below.
    Itself,
    /// Of what lies below, where nothing more is known of it: conditions that read the resource may decide there.
    Inside,
}

/// Whether something may be done, and until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Holding {
    /// Allowed, conditional or denied.
    pub answer: Access,
    /// Until when it is allowed; absent if denied, or for ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// What one identity may obtain, before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EligibilityChange {
    /// Under the new document; absent if it may not be obtained.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Obtainable>,
    /// Under the old document; absent if it could not be obtained.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Obtainable>,
    /// Which way it changes.
    pub change: Direction,
    /// What.
    pub entitlement: EntitlementId,
    /// Who.
    pub identity: IdentityId,
    /// In which subtree; everywhere when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<ResourceId>,
}

/// For how long something may be obtained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Obtainable {
    /// The longest; absent where a business event says how long.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<Span>,
}

impl Policy {
    /// What `new` in place of `old` would change for people, on a log of this state, at `at`: see
    /// [`Engine::diff`]. A state that adopted no document is taken to have adopted `old` since ever.
    ///
    /// ```
    /// use tenure::policy::Policy;
    /// use tenure::state::State;
    ///
    /// let policy = |permissions: &str| Policy::from_json(format!(r#"{{
    ///   "tenure": 1,
    ///   "identities": {{"ann": {{"kind": "human"}}}},
    ///   "entitlements": {{"reader": {{"kind": "role", "permissions": [{permissions}]}}}},
    ///   "standing": {{"s-1": {{"holder": {{"identity": "ann"}}, "entitlement": "reader"}}}}
    /// }}"#));
    /// let (old, new) = (policy(r#""db:read""#)?, policy(r#""db:read", "db:dump""#)?);
    /// let at = "2026-03-02T09:00:00Z".parse()?;
    /// let diff = Policy::diff(&old, &new, &State::default(), at)?;
    /// assert!(diff.to_string().contains("ann gains db:dump"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// As [`Engine::new`] and [`Engine::adopt`].
    pub fn diff(old: &Self, new: &Self, state: &State, at: Timestamp) -> Result<PolicyDiff, EngineError> {
        Engine::new(old.clone(), state.clone())?.diff(new, at)
    }
}

impl Engine {
    /// What `policy` in place of this engine's document would change for people, at `now`.
    ///
    /// Access is compared for every permission that anything held directly now gives, in the scopes in which it is
    /// held and given, and inside of them wherever the answer may turn: where denials speak of places, where places
    /// stand under others on conditions, on the resources of which the documents say different things, and where
    /// conditions read the resource, on each; with what is the same as in the scope told once. What is said of a
    /// registered resource by [`Engine::check`] in no context is so compared. Eligibility is compared for every
    /// identity that is alive and every entitlement and scope that rules of either document name: by the rules
    /// that match now, with denials and guardrails that apply without condition. Conditions, hours,
    /// prerequisites, inputs, terms of events, approvals and capacities are left aside: what may be obtained is what
    /// is worth asking for.
    ///
    /// Costs two engines, and per identity a question for each permission that it holds and each place at which the
    /// answer may turn, and a look at the rules for each entitlement and scope that they name.
    ///
    /// # Errors
    /// As [`Engine::adopt`].
    pub fn diff(&self, policy: &Policy, now: Timestamp) -> Result<PolicyDiff, EngineError> {
        let settled = self.settled()?;
        let (adoption, next) = settled.succeed(policy, None, now)?;
        let at = adoption.at;
        let mut difference = Difference::default();
        let places = places(&adoption.proposal.facts);
        let mut sides = Sides::new(&settled, &next, at, &places, &mut difference);
        for who in sides.everyone() {
            sides.compare(&who, &mut difference);
        }
        let Difference { access, complete, eligibility, .. } = difference;
        let (new, old) = (policy.digest().to_string(), self.policy().digest().to_string());
        Ok(PolicyDiff { access, at, complete, eligibility, new, old })
    }
}
impl Direction {
    /// What somebody does who is affected.
    const fn verb(self) -> &'static str {
        match self {
            Self::Gained => "gains",
            Self::Longer => "has longer",
            Self::Shorter => "has shorter",
            Self::Lost => "loses",
        }
    }
}

impl fmt::Display for PolicyDiff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.access.is_empty() && self.eligibility.is_empty() {
            writeln!(f, "at {}: nobody gains or loses anything", self.at)?;
            if self.old != self.new {
                // The documents differ, if not in this.
                writeln!(f, "  {NOT_COMPARED}")?;
            }
            return not_complete(f, self.complete);
        }
        if !self.access.is_empty() {
            writeln!(f, "at {}: access", self.at)?;
        }
        self.access.iter().try_for_each(|change| writeln!(f, "  {change}"))?;
        if !self.eligibility.is_empty() {
            writeln!(f, "at {}: eligibility", self.at)?;
        }
        self.eligibility.iter().try_for_each(|change| writeln!(f, "  {change}"))?;
        not_complete(f, self.complete)
    }
}

/// Says so where there may be more than is listed.
pub(crate) fn not_complete(f: &mut fmt::Formatter<'_>, complete: bool) -> fmt::Result {
    if complete {
        return Ok(());
    }
    writeln!(
        f,
        "  there may be more: at most {MAX_CHANGES} of a sort are listed, and not every resource was compared"
    )
}

impl Part {
    #[allow(clippy::trivially_copy_pass_by_ref, reason = "as it is called where it is written")]
    const fn is_all(&self) -> bool {
        matches!(self, Self::All)
    }
}

/// `ann gains db:write in prod: denied -> until 2026-03-02T17:00:00Z`.
impl fmt::Display for AccessChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.identity, self.change.verb(), self.permission)?;
        match (self.part, &self.scope) {
            (Part::All, scope) => in_scope(f, scope.as_ref())?,
            (Part::Itself, None) => f.write_str(" without a resource")?,
            (Part::Itself, Some(scope)) => write!(f, " on {scope} itself")?,
            (Part::Inside, None) => f.write_str(" on resources")?,
            (Part::Inside, Some(scope)) => write!(f, " inside of {scope}")?,
        }
        for (number, place) in self.except.iter().take(TOLD).enumerate() {
            write!(f, "{}{place}", if number == 0 { ", except in " } else { ", " })?;
        }
        if let Some(more @ 1..) = self.except.len().checked_sub(TOLD) {
            write!(f, " and {more} more")?;
        }
        write!(f, ": {} -> {}", self.before, self.after)
    }
}

/// `ann has shorter admin in prod: at most PT8H -> at most PT4H`.
impl fmt::Display for EligibilityChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.identity, self.change.verb(), self.entitlement)?;
        in_scope(f, self.scope.as_ref())?;
        let word = |obtainable: Option<Obtainable>| match obtainable {
            None => "no".to_string(),
            Some(Obtainable { max: None }) => "as long as an event".to_string(),
            Some(Obtainable { max: Some(max) }) => alloc::format!("at most {max}"),
        };
        write!(f, ": {} -> {}", word(self.before), word(self.after))
    }
}

fn in_scope(f: &mut fmt::Formatter<'_>, scope: Option<&ResourceId>) -> fmt::Result {
    scope.map_or(Ok(()), |scope| write!(f, " in {scope}"))
}

impl fmt::Display for Holding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.answer, self.until) {
            (Access::Allowed, Some(until)) => write!(f, "until {until}"),
            (Access::Allowed, None) => f.write_str("allowed"),
            (Access::Conditional, _) => f.write_str("conditional"),
            (Access::Denied, _) => f.write_str("denied"),
        }
    }
}
