//! Questions of applications: may this identity do this here, until when, by what, and why not.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use serde::{Deserialize, Serialize};

use crate::compile::{Life, Place, Truth};
use crate::decide::{Code, Reason};
use crate::effective::Conditional;
use crate::engine::{Engine, IdentityHandle, PermissionHandle, ResourceHandle};
use crate::id::{AttributeId, EntitlementId, IdentityId, PermissionId, ResourceId};
use crate::model::Value;
use crate::store::NONE;
use crate::time::{IntervalSet, Timestamp};

mod audience;
mod course;
mod target;
mod verdict;
mod ways;

pub use audience::{AnswerView, ViaView};
pub use target::{OpenResource, Target};
pub(crate) use verdict::Denials;
pub(crate) use ways::{Asked, Origin, Way};

/// May this identity do this, here?
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// What the host says of the circumstances, under the names that the policy declares.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub context: BTreeMap<AttributeId, Value>,
    /// Who.
    pub identity: IdentityId,
    /// What.
    pub permission: PermissionId,
    /// On what; only what is held everywhere counts when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<Target>,
}

/// The answer to a [`Question`].
#[must_use]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// Allowed, conditional or denied.
    pub answer: Access,
    /// The instant that was asked about: `now`, or the log's high water if that is later.
    pub at: Timestamp,
    /// What was not said and decides, if the answer is conditional: names of the context by themselves, other
    /// values by their paths, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
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

/// Allowed or denied, or either, as long as something is not said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// It may.
    Allowed,
    /// It may if what is missing says so; until that is said, it may not.
    Conditional,
    /// It may not.
    Denied,
}

/// A source that gives the permission now.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Via {
    /// What is held.
    pub entitlement: EntitlementId,
    /// Of the grant, standing assignment, membership or standing rule.
    pub id: String,
    /// Grant, standing assignment, membership or standing rule.
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
    /// A rule by which whoever it matches holds without asking.
    StandingRule,
}

impl SourceKind {
    /// As people say it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Grant => "grant",
            Self::Membership => "membership",
            Self::Standing => "standing",
            Self::StandingRule => "standing rule",
        }
    }
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
            (state.identity_names.find(identity), self.permission_named(permission), self.answers(now))
        else {
            return false;
        };
        let on = match resource.map(|resource| state.resource_names.find(resource)) {
            None => NONE,
            Some(Some(on)) if self.world().tree.is_valid(on, t) => on,
            Some(_) => return false,
        };
        if !self.is_ruled(what, on) {
            let givers = self.world().hierarchy.givers(what);
            if let Ok(allowed) = self.gives(self.rows().row(who), givers, on, t) {
                return allowed;
            }
        }
        self.held(&Asked::plain(who, what, on), t).allowed
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
            (identity.resolve(self), permission.resolve(self), self.answers(now))
        else {
            return denied;
        };
        let on = match resource.map(|resource| resource.resolve(self)) {
            None => NONE,
            Some(Some(on)) if self.world().tree.is_valid(on, t) => on,
            Some(_) => return denied,
        };
        if !self.is_ruled(what, on) {
            let givers = self.world().hierarchy.givers(what);
            match self.until(self.rows().row(who), givers, on, t) {
                Ok(Some(until)) => return Held { allowed: true, until },
                Ok(None) => return Held { allowed: false, until: t },
                Err(Conditional) => {}
            }
        }
        self.held(&Asked::plain(who, what, on), t)
    }

    /// The answer to a question, with what gives it and until when, or why not.
    pub fn check(&self, question: &Question, now: Timestamp) -> Answer {
        let state = self.assumed();
        let deny = |at, reason| Answer {
            answer: Access::Denied,
            at,
            missing: Vec::new(),
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
        if let Some(adopted) = self.foreign() {
            let reason = Reason::error(Code::PolicyNotAdopted).with("adopted", adopted);
            return deny(t, reason.with("policy", self.policy().digest()));
        }
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
        let Some(what) = self.permission_named(question.permission.as_str()) else {
            return deny(
                t,
                Reason::error(Code::PermissionUnknown).with("permission", question.permission.as_str()),
            );
        };
        let place = match self.place(question.resource.as_ref()) {
            Ok(place) => place,
            Err(resource) => {
                return deny(t, Reason::error(Code::ResourceUnknown).with("resource", resource.as_str()));
            }
        };
        let asked = Asked { who, permission: what, place, context: &question.context };
        let ways = self.ways(&asked);
        let denials = self.denials(&asked, &ways, t);
        let standing = self.stands(&asked, &ways, &denials, t);
        let course = self.course(&asked, &ways, &denials, t);
        if standing.truth == Truth::True {
            return Answer {
                answer: Access::Allowed,
                at: t,
                missing: Vec::new(),
                next_change_at: course.next,
                reasons: Vec::new(),
                until: course.until.filter(|end| !end.is_never()),
                via: course.via,
            };
        }
        if standing.is_live() {
            let conditional = standing.truth == Truth::Missing;
            return Answer {
                answer: if conditional { Access::Conditional } else { Access::Denied },
                at: t,
                missing: if conditional { standing.missing() } else { Vec::new() },
                next_change_at: course.next,
                reasons: standing.reasons(),
                until: None,
                via: Vec::new(),
            };
        }
        let all = ways.iter().fold(IntervalSet::empty(), |all, way| all.union(&way.when));
        let next = course.next;
        let mut reasons = Vec::new();
        let retired = match place {
            Place::Registered(on) => on != NONE && !self.world().tree.is_valid(on, t),
            Place::Open(..) | Place::Within(_) => false,
        };
        if let Some(resource) = question.resource.as_ref().map(Target::id).filter(|_| retired) {
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
        Answer {
            answer: Access::Denied,
            at: t,
            missing: Vec::new(),
            next_change_at: next,
            reasons,
            until: None,
            via: Vec::new(),
        }
    }

    /// The answers to several questions at one instant, in their order.
    pub fn check_many(&self, questions: &[Question], now: Timestamp) -> Vec<Answer> {
        questions.iter().map(|question| self.check(question, now)).collect()
    }

    /// The instant that counts as now, for an engine whose document is not kept out of force by another one: what that
    /// one denies is not known here.
    #[inline]
    fn answers(&self, now: Timestamp) -> Option<Timestamp> {
        self.clock(now).filter(|_| self.foreign().is_none())
    }

    /// The permission of that name, in other letters too where a catalogue says that case does not matter.
    pub(crate) fn permission_named(&self, name: &str) -> Option<u32> {
        let names = &self.assumed().permission_names;
        names.find(name).or_else(|| names.find(self.policy().folded(name)?.as_str()))
    }

    /// Where a question is about; the name of a resource that nobody knows otherwise.
    pub(crate) fn place<'a>(&self, target: Option<&'a Target>) -> Result<Place<'a>, &'a ResourceId> {
        let state = self.assumed();
        let known = |id: &ResourceId| {
            let found = state.resource_names.find(id.as_str());
            found.filter(|r| state.resources.at(*r).is_some_and(|row| row.noun.is_some()))
        };
        let Some(target) = target else { return Ok(Place::Registered(NONE)) };
        if let Some(on) = known(target.id()) {
            return Ok(Place::Registered(on));
        }
        let Target::Open(open) = target else { return Err(target.id()) };
        let types = &self.policy().document().resource_types;
        if !types.get(&open.r#type).is_some_and(|kind| kind.open) {
            return Err(&open.id);
        }
        match &open.parent {
            None => Ok(Place::Open(open, NONE)),
            Some(parent) => known(parent).map(|above| Place::Open(open, above)).ok_or(parent),
        }
    }

    /// Whether more decides than what is held: rules, or conditions on the way from a scope.
    #[inline]
    pub(crate) fn is_ruled(&self, permission: u32, on: u32) -> bool {
        let world = self.world();
        world.hierarchy.is_ruled(permission) || (on != NONE && world.tree.is_conditional())
    }

    /// The answer where nothing is said, without its reasons.
    fn held(&self, asked: &Asked<'_>, t: Timestamp) -> Held {
        match self.answered(asked, t) {
            (Access::Allowed, until) => Held { allowed: true, until: until.unwrap_or(Timestamp::MAX) },
            (Access::Conditional | Access::Denied, _) => Held { allowed: false, until: t },
        }
    }

    /// The answer, and until when it is allowed, without what gives it and without its reasons.
    pub(crate) fn answered(&self, asked: &Asked<'_>, t: Timestamp) -> (Access, Option<Timestamp>) {
        let ways = self.ways(asked);
        let denials = self.denials(asked, &ways, t);
        match self.stands(asked, &ways, &denials, t).truth {
            Truth::True => {
                let until = self.course(asked, &ways, &denials, t).until;
                (Access::Allowed, until.filter(|end| !end.is_never()))
            }
            Truth::Missing => (Access::Conditional, None),
            Truth::Failed | Truth::False => (Access::Denied, None),
        }
    }
}

/// An instant as the value of a parameter.
pub(crate) fn text(t: Timestamp) -> Value {
    Value::Text(alloc::format!("{t}"))
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_answer(self.answer, self.until, f)?;
        for via in &self.via {
            write_source(via.source, Some(&via.id), &via.entitlement, via.until, f)?;
        }
        self.reasons.iter().try_for_each(|reason| writeln!(f, "  {reason}"))?;
        write_next(self.next_change_at, f)
    }
}

fn write_answer(answer: Access, until: Option<Timestamp>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match (answer, until) {
        (Access::Allowed, Some(until)) => writeln!(f, "allowed until {until}"),
        (Access::Allowed, None) => writeln!(f, "allowed"),
        (Access::Conditional, _) => writeln!(f, "conditional"),
        (Access::Denied, _) => writeln!(f, "denied"),
    }
}

fn write_source(
    source: SourceKind,
    id: Option<&str>,
    entitlement: &EntitlementId,
    until: Option<Timestamp>,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    write!(f, "  by {}", source.words())?;
    if let Some(id) = id {
        write!(f, " {id}")?;
    }
    write!(f, " of {entitlement}")?;
    match until {
        Some(until) => writeln!(f, " until {until}"),
        None => writeln!(f),
    }
}

fn write_next(next: Option<Timestamp>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    next.map_or(Ok(()), |next| writeln!(f, "  changes next at {next}"))
}
