//! Questions of applications: may this identity do this here, until when, by what, and why not.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use serde::{Deserialize, Serialize};

use crate::compile::{Holding, Life, Source};
use crate::decide::{Code, Reason};
use crate::engine::{Engine, IdentityHandle, PermissionHandle, ResourceHandle};
use crate::id::{EntitlementId, IdentityId, PermissionId, ResourceId};
use crate::model::Value;
use crate::store::NONE;
use crate::time::{IntervalSet, Timestamp};

/// May this identity do this, here?
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Who.
    pub identity: IdentityId,
    /// What.
    pub permission: PermissionId,
    /// On what; only what is held everywhere counts when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<ResourceId>,
}

/// The answer to a [`Question`].
#[must_use]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// Allowed or denied.
    pub answer: Access,
    /// The instant that was asked about: `now`, or the log's high water if that is later.
    pub at: Timestamp,
    /// The next instant at which the sources that give the permission change, whatever the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_change_at: Option<Timestamp>,
    /// Why not.
    pub reasons: Vec<Reason>,
    /// Until when it is allowed without a gap; absent if denied, or for ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// What gives it now: the source that lasts longest first.
    pub via: Vec<Via>,
}

/// Allowed or denied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// It may.
    Allowed,
    /// It may not.
    Denied,
}

/// A source that gives the permission now.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Via {
    /// What is held.
    pub entitlement: EntitlementId,
    /// Of the grant, standing assignment or membership.
    pub id: String,
    /// Grant, standing assignment or membership.
    pub source: SourceKind,
    /// Until when this source gives it; absent if for ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// What kind of source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// A temporary holding.
    Grant,
    /// A stay in a group.
    Membership,
    /// A holding without asking.
    Standing,
}

/// The answer to a question by handle.
#[must_use]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// Whether it is allowed.
    pub allowed: bool,
    /// Until when without a gap; [`Timestamp::MAX`] for ever, and the instant asked about if denied.
    pub until: Timestamp,
}

impl Answer {
    /// Whether it is allowed.
    pub const fn allowed(&self) -> bool {
        matches!(self.answer, Access::Allowed)
    }
}

impl Engine {
    /// Whether the identity may use the permission on the resource at `now`; unknown names may nothing.
    pub fn allows(&self, identity: &str, permission: &str, resource: Option<&str>, now: Timestamp) -> bool {
        let state = self.assumed();
        let (Some(who), Some(what), Some(t)) =
            (state.identity_names.find(identity), state.permission_names.find(permission), self.clock(now))
        else {
            return false;
        };
        let on = match resource.map(|resource| state.resource_names.find(resource)) {
            None => NONE,
            Some(Some(on)) if self.world().tree.is_valid(on, t) => on,
            Some(_) => return false,
        };
        let givers = self.world().hierarchy.givers(what);
        let mut giving = self.rows().row(who).giving(givers);
        giving.any(|(holding, routes)| self.until_by(holding, routes, on, t).is_some())
    }

    /// The same by handles, with the end: no name is looked up and nothing is allocated. A handle of another
    /// engine is denied.
    pub fn check_by(
        &self,
        identity: IdentityHandle,
        permission: PermissionHandle,
        resource: Option<ResourceHandle>,
        now: Timestamp,
    ) -> Held {
        let denied = Held { allowed: false, until: now };
        let (Some(who), Some(what), Some(t)) =
            (identity.resolve(self), permission.resolve(self), self.clock(now))
        else {
            return denied;
        };
        let on = match resource.map(|resource| resource.resolve(self)) {
            None => NONE,
            Some(Some(on)) if self.world().tree.is_valid(on, t) => on,
            Some(_) => return denied,
        };
        let givers = self.world().hierarchy.givers(what);
        match self.until(self.rows().row(who), givers, on, t) {
            Some(until) => Held { allowed: true, until },
            None => Held { allowed: false, until: t },
        }
    }

    /// The answer to a question, with what gives it and until when, or why not.
    pub fn check(&self, question: &Question, now: Timestamp) -> Answer {
        let state = self.assumed();
        let deny = |at, reason| Answer {
            answer: Access::Denied,
            at,
            next_change_at: None,
            reasons: alloc::vec![reason],
            until: None,
            via: Vec::new(),
        };
        let Some(t) = self.clock(now) else {
            let high_water = self.state().high_water();
            return deny(
                high_water,
                Reason::error(Code::ClockRegression).with("high_water", text(high_water)),
            );
        };
        let Some(who) = state.identity_names.find(question.identity.as_str()) else {
            return deny(
                t,
                Reason::error(Code::IdentityUnknown).with("identity", question.identity.as_str()),
            );
        };
        let Some(row) = state.identities.at(who).filter(|row| row.noun.is_some()) else {
            return deny(
                t,
                Reason::error(Code::IdentityUnknown).with("identity", question.identity.as_str()),
            );
        };
        let Some(what) = state.permission_names.find(question.permission.as_str()) else {
            return deny(
                t,
                Reason::error(Code::PermissionUnknown).with("permission", question.permission.as_str()),
            );
        };
        let on = match &question.resource {
            None => NONE,
            Some(resource) => {
                let known = state.resource_names.find(resource.as_str());
                match known.filter(|r| state.resources.at(*r).is_some_and(|row| row.noun.is_some())) {
                    None => {
                        return deny(
                            t,
                            Reason::error(Code::ResourceUnknown).with("resource", resource.as_str()),
                        );
                    }
                    Some(on) => on,
                }
            }
        };

        let mut all = IntervalSet::empty();
        let mut next = None::<Timestamp>;
        let mut via = Vec::new();
        let givers = self.world().hierarchy.givers(what);
        for (holding, routes) in self.rows().row(who).giving(givers) {
            let when = self.when_by(holding, routes, on);
            next = next.into_iter().chain(when.next_change_after(t)).min();
            if let Some(window) = when.component(t) {
                via.extend(self.via(holding, window.end()));
            }
            all = all.union(&when);
        }
        via.sort_unstable_by_key(|via: &Via| {
            (core::cmp::Reverse(via.until.unwrap_or(Timestamp::MAX)), via.source, via.id.clone())
        });
        if let Some(window) = all.component(t) {
            return Answer {
                answer: Access::Allowed,
                at: t,
                next_change_at: next,
                reasons: Vec::new(),
                until: Some(window.end()).filter(|end| !end.is_never()),
                via,
            };
        }
        let mut reasons = Vec::new();
        let retired = on != NONE && !self.world().tree.is_valid(on, t);
        if let Some(resource) = question.resource.as_ref().filter(|_| retired) {
            reasons.push(Reason::error(Code::ResourceRetired).with("resource", resource.as_str()));
        } else if let Some(dormancy) = Life::of(row).dormancy(row, t) {
            reasons.push(
                Reason::error(Code::IdentityNotActive)
                    .with("identity", question.identity.as_str())
                    .with("why", dormancy.word()),
            );
        } else {
            let past = all.windows().iter().rfind(|window| window.end() <= t);
            let future = all.windows().iter().find(|window| window.start() > t);
            reasons.extend(past.map(|w| Reason::error(Code::AccessExpired).with("end", text(w.end()))));
            reasons
                .extend(future.map(|w| Reason::error(Code::AccessNotStarted).with("start", text(w.start()))));
            if reasons.is_empty() {
                reasons.push(
                    Reason::error(Code::AccessNone)
                        .with("identity", question.identity.as_str())
                        .with("permission", question.permission.as_str()),
                );
            }
        }
        Answer { answer: Access::Denied, at: t, next_change_at: next, reasons, until: None, via: Vec::new() }
    }

    /// The answers to several questions at one instant, in their order.
    pub fn check_many(&self, questions: &[Question], now: Timestamp) -> Vec<Answer> {
        questions.iter().map(|question| self.check(question, now)).collect()
    }

    fn via(&self, holding: &Holding, end: Timestamp) -> Option<Via> {
        let state = self.assumed();
        let (source, id) = match holding.source() {
            Source::Grant(grant) => {
                (SourceKind::Grant, state.grant_id(state.grants.at(grant)?).as_str().into())
            }
            Source::Standing(standing) => {
                let row = state.standing.at(standing)?;
                let kind = if row.membership { SourceKind::Membership } else { SourceKind::Standing };
                (kind, state.standing_id(row.name).as_str().into())
            }
        };
        let entitlement = state.entitlement_id(holding.entitlement)?;
        Some(Via { entitlement, id, source, until: Some(end).filter(|end| !end.is_never()) })
    }
}

/// An instant as the value of a parameter.
pub(crate) fn text(t: Timestamp) -> Value {
    Value::Text(alloc::format!("{t}"))
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.answer, self.until) {
            (Access::Allowed, Some(until)) => writeln!(f, "allowed until {until}")?,
            (Access::Allowed, None) => writeln!(f, "allowed")?,
            (Access::Denied, _) => writeln!(f, "denied")?,
        }
        for via in &self.via {
            let source = match via.source {
                SourceKind::Grant => "grant",
                SourceKind::Membership => "membership",
                SourceKind::Standing => "standing",
            };
            write!(f, "  by {source} {} of {}", via.id, via.entitlement)?;
            match via.until {
                Some(until) => writeln!(f, " until {until}")?,
                None => writeln!(f)?,
            }
        }
        for reason in &self.reasons {
            writeln!(f, "  {reason}")?;
        }
        if let Some(next) = self.next_change_at {
            writeln!(f, "  changes next at {next}")?;
        }
        Ok(())
    }
}
