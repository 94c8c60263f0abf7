//! A decision is a verdict with its grants, its reasons, every bound, and how long it holds.

use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;

use serde::Serialize;

use super::Reason;
use super::proposal::Draft;
use crate::id::{ConditionId, EntitlementId, EventId, GrantId, IdentityId, RequestId, ResourceId, RuleId};
use crate::log::{Key, Proposal};
use crate::model::GrantState;
use crate::policy::{BoundKind, Stage};
use crate::time::{Timestamp, Window};

/// The answer to a command. Match it: a denial is not an error.
#[must_use]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// It may be done; commit the [`Permit::proposal`].
    Permit(Permit),
    /// It may be done once what is owed is discharged.
    Pending(Pending),
    /// It may not be done; the reasons say why.
    Deny(Deny),
}

/// What may be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permit {
    /// The grants it gives, extends or ends, as they will be once the proposal is committed.
    pub grants: Vec<GrantView>,
    /// Why, and how long the answer holds.
    pub grounds: Grounds,
    pub(crate) draft: Draft,
}

/// What may be done once something is discharged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// The grants it would give.
    pub grants: Vec<GrantView>,
    /// Why, and how long the answer holds.
    pub grounds: Grounds,
    /// What is owed first.
    pub obligations: Vec<Obligation>,
    pub(crate) draft: Draft,
}

/// What may not be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deny {
    /// Why, and how long the answer holds.
    pub grounds: Grounds,
}

/// Something owed before a permit. They stand in the order of their fields.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Obligation {
    /// Which item of the request it is owed for, counted from 0.
    pub item: u32,
    /// What is owed.
    pub kind: ObligationKind,
    /// The rule that asks for it.
    pub source: RuleId,
    /// Whose agreement.
    pub stage: Stage,
}

/// What is owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ObligationKind {
    /// An approval.
    Approval,
}

/// What every decision says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grounds {
    /// When it was decided: `now`, or the log's high water if that is later.
    pub at: Timestamp,
    /// Every limit on every grant, by item, then end, then kind.
    pub bounds: Vec<Bound>,
    /// The command that was decided.
    pub command: RequestId,
    /// What each condition that was judged came to at the start, by name, then item.
    pub conditions: Vec<JudgedCondition>,
    /// What was read: while no fact touches one of these the answer holds.
    pub footprint: Vec<(Key, u64)>,
    /// The answers for every `now` in this window are the same, absent a fact that touches the footprint:
    /// the same verdict, selection, reasons and absolute bounds; an end that counts from now moves with it.
    pub holds: Window,
    /// How many facts the answer knows, and their Merkle root.
    pub log: LogRef,
    /// The next instant at which this answer, or what it gives, changes by itself.
    pub next_change_at: Option<Timestamp>,
    /// The digest of the policy document that decided.
    pub policy: Arc<str>,
    /// Why: errors if denied, warnings otherwise.
    pub reasons: Vec<Reason>,
}

/// A condition and what it came to for one item.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct JudgedCondition {
    /// Its name; the document has a text for it.
    pub condition: ConditionId,
    /// Which item of the request, counted from 0.
    pub item: u32,
    /// What it came to.
    pub outcome: ConditionOutcome,
}

/// What a condition came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ConditionOutcome {
    /// It holds.
    Satisfied,
    /// It depends on something that was not said.
    Missing,
    /// It cannot be judged.
    Failed,
    /// It does not hold.
    Unsatisfied,
}

/// A state of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LogRef {
    /// How many facts it has.
    pub length: u64,
    /// The root of their RFC 9162 tree, hexadecimal.
    pub root: Arc<str>,
}

/// One limit on one grant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Bound {
    /// Whether the grant ends here.
    pub binding: bool,
    /// The first instant that it excludes.
    pub end: Timestamp,
    /// Which item of the request, counted from 0.
    pub item: u32,
    /// What kind of limit.
    pub kind: BoundKind,
    /// The rule, event or identity it comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<Arc<str>>,
}

/// A grant as a decision shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GrantView {
    /// Who holds it.
    pub beneficiary: IdentityId,
    /// When it ends or ended.
    pub end: Timestamp,
    /// What is held.
    pub entitlement: EntitlementId,
    /// Why now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<EventId>,
    /// Its name.
    pub id: GrantId,
    /// In which subtree; everywhere when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<ResourceId>,
    /// When the session under it ends, where that is earlier and known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_until: Option<Timestamp>,
    /// When it starts.
    pub start: Timestamp,
    /// Where it stands at the instant of the decision.
    pub state: GrantState,
}

/// Permit, pending or deny, as a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Not to be done.
    Deny,
    /// Not yet.
    Pending,
    /// To be done.
    Permit,
}

impl Permit {
    /// The facts that make it so, and the state of the log under which they may be appended. Built on demand.
    pub fn proposal(&self) -> Proposal {
        self.draft.proposal(&self.grounds)
    }
}

impl Pending {
    /// The fact that the request was made; nothing if the log has it. Built on demand.
    pub fn proposal(&self) -> Proposal {
        self.draft.proposal(&self.grounds)
    }
}

impl Decision {
    /// The verdict as a word.
    pub const fn verdict(&self) -> Verdict {
        match self {
            Self::Permit(_) => Verdict::Permit,
            Self::Pending(_) => Verdict::Pending,
            Self::Deny(_) => Verdict::Deny,
        }
    }

    /// Why, and how long the answer holds.
    pub const fn grounds(&self) -> &Grounds {
        match self {
            Self::Permit(Permit { grounds, .. })
            | Self::Pending(Pending { grounds, .. })
            | Self::Deny(Deny { grounds }) => grounds,
        }
    }

    /// The grants; none if denied.
    pub fn grants(&self) -> &[GrantView] {
        match self {
            Self::Permit(Permit { grants, .. }) | Self::Pending(Pending { grants, .. }) => grants,
            Self::Deny(_) => &[],
        }
    }

    /// What a permit makes so, or what a request that is pending writes down of itself.
    pub fn proposal(&self) -> Option<Proposal> {
        match self {
            Self::Permit(permit) => Some(permit.proposal()),
            Self::Pending(pending) => Some(pending.proposal()),
            Self::Deny(_) => None,
        }
    }
}

/// No rules about who may command exist yet in this format, so the host always vouches for `by`.
pub(super) const TRUSTED_HOST: bool = true;

/// The JSON of a decision; its keys stand in alphabetical order.
#[derive(Serialize)]
struct DecisionJson<'a> {
    at: Timestamp,
    bounds: &'a [Bound],
    command: &'a RequestId,
    #[serde(skip_serializing_if = "<[JudgedCondition]>::is_empty")]
    conditions: &'a [JudgedCondition],
    footprint: Vec<&'a Key>,
    grants: &'a [GrantView],
    holds: &'a Window,
    log: &'a LogRef,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_change_at: Option<Timestamp>,
    obligations: &'a [Obligation],
    policy: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    proposal: Option<Proposal>,
    reasons: &'a [Reason],
    semantics: &'a str,
    trusted_host: bool,
    verdict: Verdict,
}

impl Serialize for Decision {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let grounds = self.grounds();
        DecisionJson {
            at: grounds.at,
            bounds: &grounds.bounds,
            command: &grounds.command,
            conditions: &grounds.conditions,
            footprint: grounds.footprint.iter().map(|(key, _)| key).collect(),
            grants: self.grants(),
            holds: &grounds.holds,
            log: &grounds.log,
            next_change_at: grounds.next_change_at,
            obligations: match self {
                Self::Pending(pending) => &pending.obligations,
                _ => &[],
            },
            policy: &grounds.policy,
            proposal: self.proposal(),
            reasons: &grounds.reasons,
            semantics: crate::SEMANTICS,
            trusted_host: TRUSTED_HOST,
            verdict: self.verdict(),
        }
        .serialize(serializer)
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Permit(permit) => permit.fmt(f),
            Self::Pending(pending) => pending.fmt(f),
            Self::Deny(deny) => deny.fmt(f),
        }
    }
}

impl fmt::Display for Obligation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "owes the approval of {}", self.stage.quorum)?;
        if let Some(name) = &self.stage.name {
            write!(f, " in stage {name}")?;
        }
        write!(f, " ({})", self.source)
    }
}

impl fmt::Display for Permit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.grounds.write("permit", &self.grants, f)
    }
}

impl fmt::Display for Pending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.grounds.write("pending", &self.grants, f)?;
        self.obligations.iter().try_for_each(|obligation| writeln!(f, "  {obligation}"))
    }
}

impl fmt::Display for Deny {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.grounds.write("deny", &[], f)
    }
}

impl Grounds {
    fn write(&self, verdict: &str, grants: &[GrantView], f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{verdict} {} at {}", self.command, self.at)?;
        write_grants(grants, f)?;
        write_bounds(&self.bounds, f)?;
        for reason in &self.reasons {
            writeln!(f, "  {reason}")?;
        }
        Ok(())
    }
}

/// The lines of grants.
pub(super) fn write_grants(grants: &[GrantView], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for grant in grants {
        write!(f, "  {} holds {}", grant.beneficiary, grant.entitlement)?;
        if let Some(scope) = &grant.scope {
            write!(f, " in {scope}")?;
        }
        write!(f, " from {} until {}", grant.start, grant.end)?;
        if let Some(event) = &grant.event {
            write!(f, " for {event}")?;
        }
        writeln!(f, " ({})", grant.id)?;
    }
    Ok(())
}

/// The lines of bounds.
pub(super) fn write_bounds(bounds: &[Bound], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for bound in bounds {
        let mark = if bound.binding { "ends at" } else { "limit" };
        write!(f, "  {mark} {} by {}", bound.end, bound.kind.word())?;
        match &bound.source {
            Some(source) => writeln!(f, " ({source})")?,
            None => writeln!(f)?,
        }
    }
    Ok(())
}
