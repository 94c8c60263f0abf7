//! What was held when, by what, and what ended it: the sources of an identity, past and to come, as the log knows them.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::{Reasons, limit, refusal, unknown_identity};
use crate::check::{Asked, Denials, Origin, SourceKind, Target, Way};
use crate::compile::{Death, Dormancy, Life, Source, Truth};
use crate::decide::{Code, Reason};
use crate::engine::Engine;
use crate::fact::Cause;
use crate::id::{
    AttributeId, EntitlementId, EventId, IdentityId, PermissionId, RequestId, ResourceId, RuleId,
};
use crate::model::{Basis, ConditionNames, Value};
use crate::state::{IdentityRow, StandingRow, State};
use crate::store::NONE;
use crate::time::{IntervalSet, Timestamp, Window};

/// What did this identity hold, and when?
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Timeline {
    /// With a permission: what the host says of the circumstances.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub context: BTreeMap<AttributeId, Value>,
    /// Only what counted at this instant or later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Timestamp>,
    /// Who.
    pub identity: IdentityId,
    /// Only what gave this permission, while it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permission: Option<PermissionId>,
    /// With a permission: on what; only what is held everywhere counts when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<Target>,
    /// Only what counted before this instant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// The answer to [`Timeline`].
#[must_use]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tenures {
    /// The instant that was asked about: `now`, or the log's high water if that is later.
    pub at: Timestamp,
    /// Who.
    pub identity: IdentityId,
    /// Why there can be no answer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons: Reasons,
    /// What was, is or will be held, by its first instant; what never counts comes last.
    pub sources: Vec<Tenure>,
}

/// Something held directly, with the times at which it counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tenure {
    /// What is held.
    pub entitlement: EntitlementId,
    /// The business event of a grant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<EventId>,
    /// Of the grant, standing assignment, membership or standing rule.
    pub id: String,
    /// What asked for a grant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<RequestId>,
    /// The rules under which a grant was given.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<RuleId>,
    /// In which subtree; everywhere when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<ResourceId>,
    /// Grant, standing assignment, membership or standing rule.
    pub source: SourceKind,
    /// Where it stands at the instant of the question.
    pub state: TenureState,
    /// The conditions on which it counts.
    #[serde(rename = "while", skip_serializing_if = "ConditionNames::is_none")]
    pub conditions: ConditionNames,
    /// When it counts, in order.
    pub windows: Vec<Stay>,
}

/// A time without a gap in which something counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Stay {
    /// What ended it or will end it; absent if nothing known does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<&'static str>,
    /// The first instant at which it does not count any more; absent if for ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<Timestamp>,
    /// With a permission: from what is held to the entitlement that lists it, at the start of this time.
    #[serde(skip_serializing_if = "<[EntitlementId]>::is_empty")]
    pub path: Arc<[EntitlementId]>,
    /// The first instant; absent if since ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<Timestamp>,
}

/// Where something held stands at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TenureState {
    /// It counts.
    Active,
    /// It counted and will not again.
    Ended,
    /// It counted, and will again when its holder is back.
    Paused,
    /// Somebody took the grant.
    Revoked,
    /// It is still to come.
    Scheduled,
    /// It never counts.
    Void,
}

impl Timeline {
    /// All that an identity ever held.
    pub const fn new(identity: IdentityId) -> Self {
        Self { context: BTreeMap::new(), from: None, identity, permission: None, resource: None, until: None }
    }
}

impl Engine {
    /// What an identity held, holds and will hold, as the log knows it at `now`: each source with the times at which it
    /// counts, and what ends them.
    pub fn timeline(&self, question: &Timeline, now: Timestamp) -> Tenures {
        let mut told = Tenures {
            at: now,
            identity: question.identity.clone(),
            reasons: Vec::new(),
            sources: Vec::new(),
        };
        match self.sources(question, now) {
            Ok((at, mut sources)) => {
                sources.sort_by(|(a, _), (b, _)| a.cmp(b));
                told.at = at;
                told.sources = sources.into_iter().map(|(_, source)| source).collect();
            }
            Err((at, reason)) => {
                told.at = at;
                told.reasons.push(reason);
            }
        }
        told
    }

    fn sources(
        &self,
        question: &Timeline,
        now: Timestamp,
    ) -> Result<(Timestamp, Vec<Placed>), (Timestamp, Reason)> {
        let t = refusal(self, now)?;
        let state = self.assumed();
        let who = state.identity_names.find(question.identity.as_str());
        let row = who.and_then(|who| Some((who, state.identities.at(who)?)));
        let Some((who, row)) = row.filter(|(_, row)| row.noun.is_some()) else {
            return Err((t, unknown_identity(&question.identity)));
        };
        let given = match &question.permission {
            None => None,
            Some(permission) => Some(self.given(question, who, permission, t)?),
        };
        let person = Person { row, life: Life::of(row) };
        let mut placed = Vec::new();
        let mut add = |held: Held, cause: &dyn Fn(Timestamp) -> &'static str| {
            let stays = match &given {
                None => {
                    let windows = held.whole.windows().iter();
                    windows.map(|window| stay(*window, cause(window.end()), Arc::from([]))).collect()
                }
                Some(given) => self.stays(given, &held, cause),
            };
            placed.extend(self.tenure(question, &held, stays, &person, t));
        };
        for (reference, standing) in with_references(state, who) {
            let held = Held {
                origin: Origin::Held(Source::Standing(reference)),
                entitlement: standing.entitlement,
                scope: standing.scope,
                whole: self.standing_when(standing, &person.life),
            };
            add(held, &|end| self.end_of_standing(standing, &person, end));
        }
        let mut next = state.person(who).last_grant;
        while let Some(grant) = state.grants.at(next) {
            let death = self.world().death(grant, &person.life);
            let whole = Window::new(grant.start, death.at);
            let held = Held {
                origin: Origin::Held(Source::Grant(next)),
                entitlement: grant.entitlement,
                scope: grant.scope,
                whole: whole.map_or_else(IntervalSet::empty, IntervalSet::from),
            };
            add(held, &|_| death.cause.code());
            next = grant.previous_of_holder;
        }
        let count = u32::try_from(state.entitlements.len()).unwrap_or(u32::MAX);
        for (number, rule) in (0u32..).zip(&self.rules().standing) {
            for entitlement in 0..count {
                let Some(when) = rule.when(self.world(), who, entitlement) else { continue };
                for scope in rule.places.list().unwrap_or(&[NONE]) {
                    let whole = when.intersect(&self.exists(*scope));
                    let cause = |end| {
                        let expired = Some("standing_rule.expired").filter(|_| rule.rule.valid.end() <= end);
                        let ended = self.end_of_others((entitlement, *scope), &person, end);
                        ended.or(expired).unwrap_or("eligibility.lost")
                    };
                    add(Held { origin: Origin::Rule(number), entitlement, scope: *scope, whole }, &cause);
                }
            }
        }
        Ok((t, placed))
    }

    /// When each source gives a permission, by its own ways.
    fn given<'a>(
        &'a self,
        question: &'a Timeline,
        who: u32,
        permission: &PermissionId,
        t: Timestamp,
    ) -> Result<Given<'a>, (Timestamp, Reason)> {
        let Some(reference) = self.permission_named(permission.as_str()) else {
            return Err((t, Reason::error(Code::PermissionUnknown).with("permission", permission.as_str())));
        };
        let place = self.place(question.resource.as_ref()).map_err(|unknown| {
            (t, Reason::error(Code::ResourceUnknown).with("resource", unknown.as_str()))
        })?;
        let asked = Asked { who, permission: reference, place, context: &question.context };
        let ways = self.ways(&asked);
        let denials = self.denials_of_givers(&asked, &ways, t);
        let spared = self.spared_when(&asked, &denials).into_iter();
        let spared = spared.filter(|(_, truth)| *truth == Truth::True).map(|(window, _)| window);
        let spared = IntervalSet::from_windows(spared);
        Ok(Given { asked, ways, denials, spared })
    }

    /// The times at which a source gives what is asked about.
    fn stays(&self, given: &Given<'_>, held: &Held, cause: &dyn Fn(Timestamp) -> &'static str) -> Vec<Stay> {
        let from = (held.origin, held.entitlement, held.scope);
        let own = given.ways.iter().filter(|way| (way.origin, way.entitlement, way.scope) == from);
        let own: Vec<&Way> = own.collect();
        let when = own.iter().fold(IntervalSet::empty(), |all, way| {
            all.union(&self.holds_when(&given.asked, way, &given.denials, Truth::True))
        });
        let when = when.intersect(&held.whole).intersect(&given.spared);
        let stays = when.windows().iter().map(|window| {
            let at_end = held.whole.windows().iter().any(|whole| whole.end() == window.end());
            let cause = if at_end { cause(window.end()) } else { "path.ended" };
            let path = own.first().map_or_else(Vec::new, |way| {
                self.witness(&given.asked, way, &given.denials, Truth::True, window.start())
            });
            stay(*window, cause, self.names(&path))
        });
        stays.collect()
    }

    /// What was held as the answer tells it, unless nothing of it is asked about.
    fn tenure(
        &self,
        question: &Timeline,
        held: &Held,
        stays: Vec<Stay>,
        person: &Person<'_>,
        t: Timestamp,
    ) -> Option<Placed> {
        let whole = &held.whole;
        let narrowed = question.permission.is_some() || question.from.is_some() || question.until.is_some();
        let (from, until) =
            (question.from.unwrap_or(Timestamp::MIN), question.until.unwrap_or(Timestamp::MAX));
        let is_asked = |stay: &Stay| {
            stay.end.is_none_or(|end| from < end) && stay.start.is_none_or(|start| start < until)
        };
        let windows: Vec<Stay> = stays.into_iter().filter(is_asked).collect();
        if narrowed && windows.is_empty() {
            return None;
        }
        let state = self.assumed();
        let (source, id) = self.source(held.origin)?;
        let (mut event, mut request, mut rules) = (None, None, Vec::new());
        let mut stands = state_of(whole, t);
        let conditions = match held.origin {
            Origin::Held(Source::Grant(grant)) => {
                let row = state.grants.at(grant)?;
                event = state.event_id(row.event);
                let asked = state.requests.at(state.request_of(row));
                request = asked.and_then(|asked| RequestId::new(state.texts.get(asked.name)).ok());
                if let Basis::Policy { rules: basis, .. } = state.basis_of(row) {
                    rules = basis.iter().map(|rule| rule.id.clone()).collect();
                }
                let death = self.world().death(row, &person.life);
                stands = grant_state(row.start, death, t);
                state.conditions_of(state.grant_conditions(row))
            }
            Origin::Held(Source::Standing(standing)) => {
                let row = state.standing.at(standing)?;
                let back = row.window().is_some_and(|window| window.contains(t));
                let dormancy = person.life.dormancy(person.row, t);
                let suspended = dormancy == Some(Dormancy::Suspended) && person.life.is_same(row.assigned, t);
                if stands == TenureState::Ended && back && suspended {
                    stands = TenureState::Paused;
                }
                state.conditions_of(row.conditions)
            }
            Origin::Rule(rule) => self.rules().standing.get(rule as usize)?.rule.when.clone(),
        };
        let first = whole.windows().first().map_or(Timestamp::MAX, |window| window.start());
        let tenure = Tenure {
            entitlement: state.entitlement_id(held.entitlement)?,
            event,
            id,
            request,
            rules,
            scope: state.resource_id(held.scope),
            source,
            state: stands,
            conditions,
            windows,
        };
        let key = (first, tenure.source, tenure.id.clone());
        Some(((key, tenure.entitlement.clone(), tenure.scope.clone()), tenure))
    }

    /// When a standing assignment or membership counts.
    fn standing_when(&self, standing: &StandingRow, life: &Life) -> IntervalSet {
        let Some(window) = standing.window() else { return IntervalSet::empty() };
        let held = life.same_as_at(standing.assigned).intersect(&IntervalSet::from(window));
        let valid = self.world().hierarchy.life(standing.entitlement);
        let valid = valid.map_or_else(IntervalSet::empty, IntervalSet::from);
        held.intersect(&valid).intersect(&self.exists(standing.scope))
    }

    /// When a scope exists; everywhere always does.
    fn exists(&self, scope: u32) -> IntervalSet {
        if scope == NONE {
            return IntervalSet::always();
        }
        self.world().tree.life(scope).map_or_else(IntervalSet::empty, IntervalSet::from)
    }

    /// What ends a time in which a standing assignment or membership counts.
    fn end_of_standing(&self, standing: &StandingRow, person: &Person<'_>, end: Timestamp) -> &'static str {
        let words = if standing.membership {
            ("membership.removed", "membership.expired")
        } else {
            ("standing.removed", "standing.expired")
        };
        if standing.removed <= end {
            return words.0;
        }
        if !person.life.is_same(standing.assigned, end) {
            return Cause::IdentityLeft.code();
        }
        let what = (standing.entitlement, standing.scope);
        self.end_of_others(what, person, end).unwrap_or(words.1)
    }

    /// What of all that something rests on is no longer there at an instant.
    fn end_of_others(
        &self,
        (entitlement, scope): (u32, u32),
        person: &Person<'_>,
        end: Timestamp,
    ) -> Option<&'static str> {
        let cause = match person.life.dormancy(person.row, end) {
            Some(Dormancy::Left) => Some(Cause::IdentityLeft),
            Some(Dormancy::Suspended) => Some(Cause::IdentitySuspended),
            Some(_) => Some(Cause::ContractEnded),
            None => None,
        };
        let world = self.world();
        let valid = |life: Option<Window>| life.is_some_and(|life| life.contains(end));
        let what = Some(Cause::EntitlementRetired).filter(|_| !valid(world.hierarchy.life(entitlement)));
        let place = Some(Cause::ResourceRetired).filter(|_| scope != NONE && !valid(world.tree.life(scope)));
        cause.or(what).or(place).map(Cause::code)
    }
}

/// What gives a permission that is asked about.
struct Given<'a> {
    asked: Asked<'a>,
    ways: Vec<Way>,
    denials: Denials<'a>,
    /// When no denial of the permission stands against it.
    spared: IntervalSet,
}

struct Person<'a> {
    row: &'a IdentityRow,
    life: Life,
}

/// What is held, where, and when it counts.
struct Held {
    origin: Origin,
    entitlement: u32,
    scope: u32,
    whole: IntervalSet,
}

/// A source beside what puts it in order.
type Placed = (((Timestamp, SourceKind, String), EntitlementId, Option<ResourceId>), Tenure);

fn stay(window: Window, cause: &'static str, path: Arc<[EntitlementId]>) -> Stay {
    let end = limit(window.end());
    Stay { cause: end.map(|_| cause), end, path, start: limit(window.start()) }
}

/// Where something stands that counts in these windows.
fn state_of(whole: &IntervalSet, t: Timestamp) -> TenureState {
    let past = whole.windows().iter().any(|window| window.end() <= t);
    let coming = whole.windows().iter().any(|window| window.start() > t);
    match (whole.contains(t), past, coming) {
        (true, ..) => TenureState::Active,
        (false, true, true) => TenureState::Paused,
        (false, true, false) => TenureState::Ended,
        (false, false, true) => TenureState::Scheduled,
        (false, false, false) => TenureState::Void,
    }
}

fn grant_state(start: Timestamp, death: Death, t: Timestamp) -> TenureState {
    if death.at > t {
        return if t < start { TenureState::Scheduled } else { TenureState::Active };
    }
    if death.at <= start {
        TenureState::Void
    } else if death.cause == Cause::Revoked {
        TenureState::Revoked
    } else {
        TenureState::Ended
    }
}

/// The standing assignments and memberships of an identity with their references.
fn with_references(state: &State, who: u32) -> impl Iterator<Item = (u32, &StandingRow)> {
    let mut next = state.person(who).last_standing;
    core::iter::from_fn(move || {
        let row = state.standing.at(next)?;
        let reference = next;
        next = row.previous;
        Some((reference, row))
    })
}
