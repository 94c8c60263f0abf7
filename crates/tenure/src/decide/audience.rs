//! Who is told what: an answer says to each audience what it may know of why, and to the requester no other person's
//! name, no rule and no correction that is meant for others.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Serialize};

use super::decision::{TRUSTED_HOST, write_bounds, write_grants};
use super::{
    Bound, Code, Command, Decision, GrantView, JudgedCondition, Level, LogRef, Obligation, ObligationKind,
    Pending, Permit, Reason, Verdict,
};
use crate::id::{RequestId, RuleId};
use crate::log::Key;
use crate::model::{Scalar, Value};
use crate::policy::{Approvers, BoundKind};
use crate::time::{Timestamp, Window};

/// To whom an answer is told, from whoever may know least to whoever may know most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Who asks, and for whom it is asked.
    Requester,
    /// Who is asked to agree.
    Approver,
    /// Who runs the system and writes its rules.
    Admin,
}

/// A word that names no audience.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{word}` is no audience; write requester, approver or admin")]
pub struct AudienceError {
    word: String,
}

/// A decision as an audience is told it. It is for people to read, never to be committed: only a [`Decision`] has a
/// proposal.
#[must_use]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DecisionView {
    /// When it was decided.
    pub at: Timestamp,
    /// To whom it is told.
    pub audience: Audience,
    /// Every limit on every grant; from which rule or person it comes is not for the requester.
    pub bounds: Vec<Bound>,
    /// The command that was decided.
    pub command: RequestId,
    /// What each condition came to; not for the requester.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<JudgedCondition>,
    /// What was read; for the admin alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub footprint: Option<Vec<Key>>,
    /// The grants it gives, extends or ends, or would give.
    pub grants: Vec<GrantView>,
    /// How long the answer holds while nothing that was read changes; for the admin alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub holds: Option<Window>,
    /// The log that was decided on; for the admin alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log: Option<LogRef>,
    /// The next instant at which this answer, or what it gives, changes by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_change_at: Option<Timestamp>,
    /// What is owed first.
    pub obligations: Vec<ObligationView>,
    /// The digest of the policy document; for the admin alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<Arc<str>>,
    /// Why, in words.
    pub reasons: Vec<ReasonView>,
    /// The version of the meaning of decisions.
    pub semantics: &'static str,
    /// Whether nothing but the host vouches for who commands; for the admin alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trusted_host: Option<bool>,
    /// What it comes to.
    pub verdict: Verdict,
}

/// A reason as an audience is told it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReasonView {
    /// What it is.
    pub code: Code,
    /// Which item of the request it is about, counted from 0; the whole request when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<u32>,
    /// Whether it stands in the way.
    pub level: Level,
    /// The values that the audience may see.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub params: BTreeMap<String, Value>,
    /// The sentence for this audience, with its values.
    pub text: String,
}

/// What is owed, as an audience is told it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct ObligationView {
    /// Which item of the request it is owed for, counted from 0.
    pub item: u32,
    /// What is owed.
    pub kind: ObligationKind,
    /// The rule that asks for it; not for the requester.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<RuleId>,
    /// Whose agreement.
    pub stage: StageView,
}

/// A stage of approval, as an audience is told it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct StageView {
    /// Who may agree; not for the requester.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approvers: Option<Approvers>,
    /// What people call it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// How many must agree; one when absent.
    #[serde(skip_serializing_if = "is_one")]
    pub quorum: u32,
}

impl Audience {
    /// Every audience, from whoever may know least to whoever may know most.
    pub const ALL: &[Self] = &[Self::Requester, Self::Approver, Self::Admin];

    /// The stable word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Requester => "requester",
            Self::Approver => "approver",
            Self::Admin => "admin",
        }
    }

    /// Whether it may know of rules, of conditions, and of other people.
    pub(crate) const fn knows_rules(self) -> bool {
        !matches!(self, Self::Requester)
    }
}

impl fmt::Display for Audience {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Audience {
    type Err = AudienceError;

    fn from_str(word: &str) -> Result<Self, AudienceError> {
        let named = Self::ALL.iter().find(|audience| audience.word() == word);
        named.copied().ok_or_else(|| AudienceError { word: String::from(word) })
    }
}

impl AudienceError {
    /// The stable code of this error.
    pub const fn code(&self) -> &'static str {
        "audience.unknown"
    }
}

impl Reason {
    /// The reason as an audience is told it: the sentence for it, and the values that it may see. None if the code is
    /// not for it at all.
    ///
    /// ```
    /// use tenure::decide::{Audience, Code, Reason};
    /// let reason = Reason::error(Code::PolicyExplicitDeny).with("rule", "under-investigation");
    /// let told = reason.for_audience(Audience::Requester).unwrap();
    /// assert_eq!(told.text, "it is denied, whatever else allows it");
    /// assert!(told.params.is_empty());
    /// ```
    pub fn for_audience(&self, audience: Audience) -> Option<ReasonView> {
        let sentence = self.code.text_for(audience)?;
        let shown = |(name, value): (&String, &Value)| {
            let value = if self.code.shows(name, audience) { value.clone() } else { to_fill_in(value)? };
            Some((name.clone(), value))
        };
        let (code, item, level) = (self.code, self.item, self.level);
        let known = Self { code, item, level, params: self.params.iter().filter_map(shown).collect() };
        let mut text = String::new();
        known.write(sentence, &mut text).ok()?;
        Some(ReasonView { code, item, level, params: known.params, text })
    }
}

impl Decision {
    /// The decision as an audience is told it.
    ///
    /// The requester is told the verdict, the grants, what kinds of limits there are and when they end, how many must
    /// agree in which stage, and why in words that name no rule, no condition and no other person. The approver is
    /// told these too. The admin is also told what only the host needs: what was read, how long the answer holds, and
    /// the log and the document that decided. The proposal is for the host alone, and is no part of this.
    pub fn for_audience(&self, audience: Audience) -> DecisionView {
        let grounds = self.grounds();
        let admin = audience == Audience::Admin;
        let mut bounds: Vec<Bound> =
            grounds.bounds.iter().map(|bound| bound.for_audience(audience)).collect();
        let mut obligations: Vec<ObligationView> = match self {
            Self::Pending(pending) => pending.obligations.iter().map(|o| o.for_audience(audience)).collect(),
            Self::Permit(_) | Self::Deny(_) => Vec::new(),
        };
        if !audience.knows_rules() {
            // Two rules that say the same are one to whoever does not know them.
            bounds.dedup();
            obligations.sort();
            obligations.dedup();
        }
        let conditions = if audience.knows_rules() { grounds.conditions.clone() } else { Vec::new() };
        DecisionView {
            at: grounds.at,
            audience,
            bounds,
            command: grounds.command.clone(),
            conditions,
            footprint: admin.then(|| grounds.footprint.iter().map(|(key, _)| key.clone()).collect()),
            grants: self.grants().iter().filter(|grant| self.is_told(grant, audience)).cloned().collect(),
            holds: admin.then_some(grounds.holds),
            log: admin.then(|| grounds.log.clone()),
            next_change_at: grounds.next_change_at,
            obligations,
            policy: admin.then(|| Arc::clone(&grounds.policy)),
            reasons: tell(&grounds.reasons, audience),
            semantics: crate::SEMANTICS,
            trusted_host: admin.then_some(TRUSTED_HOST),
            verdict: self.verdict(),
        }
    }

    /// Whether a grant may be told of: a log in which a request gave something to somebody else than it asked for
    /// tells its requester nothing about them.
    fn is_told(&self, grant: &GrantView, audience: Audience) -> bool {
        let (Self::Permit(Permit { draft, .. }) | Self::Pending(Pending { draft, .. })) = self else {
            return true;
        };
        match &draft.command {
            Command::Request(request) if !audience.knows_rules() => {
                [&request.beneficiary, &request.requester].contains(&&grant.beneficiary)
            }
            // What is taken from somebody else is theirs to know.
            Command::Revoke(revoke) if !audience.knows_rules() => {
                revoke.by.as_ref() == Some(&grant.beneficiary)
            }
            _ => true,
        }
    }
}

/// What an audience is told of reasons.
pub(crate) fn tell(reasons: &[Reason], audience: Audience) -> Vec<ReasonView> {
    reasons.iter().filter_map(|reason| reason.for_audience(audience)).collect()
}

/// Of the names that conditions read, those that are the requester's own to fill in.
pub(crate) fn is_to_fill_in(name: &str) -> bool {
    name.starts_with("inputs.")
}

fn to_fill_in(value: &Value) -> Option<Value> {
    let Value::List(names) = value else { return None };
    let own = |name: &&Scalar| matches!(name, Scalar::Text(name) if is_to_fill_in(name));
    let names: Vec<Scalar> = names.iter().filter(own).cloned().collect();
    (!names.is_empty()).then_some(Value::List(names))
}

impl Bound {
    pub(crate) fn for_audience(&self, audience: Audience) -> Self {
        let told = audience.knows_rules() || is_asked_for(self.kind);
        Self { source: self.source.clone().filter(|_| told), ..self.clone() }
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_one(count: &u32) -> bool {
    *count == 1
}

/// Whether a bound of this kind comes from what the request itself names.
const fn is_asked_for(kind: BoundKind) -> bool {
    match kind {
        BoundKind::Event
        | BoundKind::EventCap
        | BoundKind::Identity
        | BoundKind::Entitlement
        | BoundKind::Scope => true,
        BoundKind::Asked
        | BoundKind::Default
        | BoundKind::Maximum
        | BoundKind::Eligibility
        | BoundKind::Hours
        | BoundKind::Prerequisite
        | BoundKind::Guardrail
        | BoundKind::Deny
        | BoundKind::Capacity
        | BoundKind::Owner
        | BoundKind::Session
        | BoundKind::Extension
        | BoundKind::Renewal => false,
    }
}

impl Obligation {
    /// What is owed, as an audience is told it.
    pub fn for_audience(&self, audience: Audience) -> ObligationView {
        let told = audience.knows_rules();
        ObligationView {
            item: self.item,
            kind: self.kind,
            source: told.then(|| self.source.clone()),
            stage: StageView {
                approvers: told.then(|| self.stage.approvers.clone()),
                name: self.stage.name.clone(),
                quorum: self.stage.quorum,
            },
        }
    }
}

impl fmt::Display for ReasonView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.text, self.code.word())
    }
}

impl fmt::Display for ObligationView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "owes the approval of {}", self.stage.quorum)?;
        if let Some(name) = &self.stage.name {
            write!(f, " in stage {name}")?;
        }
        match &self.source {
            Some(source) => write!(f, " ({source})"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for DecisionView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = match self.verdict {
            Verdict::Permit => "permit",
            Verdict::Pending => "pending",
            Verdict::Deny => "deny",
        };
        writeln!(f, "{verdict} {} at {}", self.command, self.at)?;
        write_grants(&self.grants, f)?;
        write_bounds(&self.bounds, f)?;
        self.reasons.iter().try_for_each(|reason| writeln!(f, "  {reason}"))?;
        self.obligations.iter().try_for_each(|obligation| writeln!(f, "  {obligation}"))
    }
}
