//! What an identity may do: every permission it has, in which subtree, since when and until when, and by what.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Deref;

use serde::{Deserialize, Serialize, Serializer};

use super::judge::Judged;
use super::plain::Where;
use super::{Path, Reasons, limit, refusal, unknown_identity, wants};
use crate::check::{Access, Asked, Target};
use crate::compile::{Life, Place, Several};
use crate::decide::{Code, Reason};
use crate::engine::Engine;
use crate::id::{ApplicationId, AttributeId, ConditionId, IdentityId, PermissionId, ResourceId, RuleId};
use crate::model::{EntitlementKind, Value};
use crate::store::NONE;
use crate::time::Timestamp;

/// What may this identity do?
///
/// Without a resource the answer tells each permission with the subtree in which it is had. With one it tells what may
/// be done there, as [`Engine::check`] would.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct What {
    /// What the host says of the circumstances, under the names that the policy declares.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub context: BTreeMap<AttributeId, Value>,
    /// Only what passes.
    #[serde(default, skip_serializing_if = "is_default")]
    pub filter: Filter,
    /// Who.
    pub identity: IdentityId,
    /// On what; everywhere it may do anything when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<Target>,
}

/// What is wanted of what somebody may do. All that is given must match; a list that is empty wants everything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    /// The applications of what is held directly.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub applications: Vec<ApplicationId>,
    /// The kinds of what is held directly.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<EntitlementKind>,
    /// The permissions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub permissions: Vec<PermissionId>,
    /// What the permissions begin with.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub prefix: String,
    /// The types of the resource: of the subtree, or of the resource of the question.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub types: Vec<String>,
}

/// The answer to [`What`].
#[must_use]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rights {
    /// The instant that was asked about: `now`, or the log's high water if that is later.
    pub at: Timestamp,
    /// Who.
    pub identity: IdentityId,
    /// Why there can be no answer, or nothing in it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons: Reasons,
    /// What it may do, by permission, then by scope, everywhere first.
    pub rows: Vec<Right>,
}

/// A permission that somebody has, or has if what is missing says so. What is had alike shares how it is had.
#[derive(Clone)]
pub struct Right {
    alike: Arc<Alike>,
    /// Which of several permissions that are had alike.
    number: u32,
}

/// How a permission is had. Every [`Right`] derefs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Had {
    /// Allowed or conditional.
    pub answer: Access,
    /// Where, inside of the scope, it may be otherwise.
    pub except: Vec<Except>,
    /// Since when it has been so without a gap; absent if since ever.
    pub from: Option<Timestamp>,
    /// What was not said and decides, in order.
    pub missing: Vec<String>,
    /// In which subtree; everywhere when absent, or on the resource of the question.
    pub scope: Option<ResourceId>,
    /// Until when it will be so without a gap; absent if for ever.
    pub until: Option<Timestamp>,
    /// By what, the path that lasts longest first.
    pub via: Vec<Path>,
}

/// What is had alike, and how.
struct Alike {
    had: Had,
    permissions: Arc<Several>,
}

/// A right as it is written.
#[derive(Debug, Serialize)]
#[serde(rename = "Right")]
struct Told<'a> {
    answer: Access,
    #[serde(skip_serializing_if = "is_nothing")]
    except: &'a [Except],
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<Timestamp>,
    #[serde(skip_serializing_if = "is_nothing")]
    missing: &'a [String],
    permission: &'a PermissionId,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<&'a ResourceId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Timestamp>,
    via: &'a [Path],
}

/// A subtree inside of a scope in which more decides: a denial, or conditions on which it belongs to what is above.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Except {
    /// The conditions on which the subtree stands under what is above.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub conditions: BTreeSet<ConditionId>,
    /// The rule that denies it there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<RuleId>,
    /// The subtree.
    pub scope: ResourceId,
}

impl Right {
    fn one(permission: PermissionId, had: Had) -> Self {
        Self::of(&Arc::new(Several::from(permission)), had)
    }

    /// The first of permissions that are had alike; the others are told from it by their places.
    pub(super) fn of(permissions: &Arc<Several>, had: Had) -> Self {
        Self { alike: Arc::new(Alike { had, permissions: Arc::clone(permissions) }), number: 0 }
    }

    /// The one of that place among those that are had alike.
    #[inline]
    pub(super) fn at(&self, number: u32) -> Self {
        Self { alike: Arc::clone(&self.alike), number }
    }

    /// What may be done.
    #[must_use]
    pub fn permission(&self) -> &PermissionId {
        self.alike.permissions.name(self.number)
    }

    fn told(&self) -> Told<'_> {
        let had = &self.alike.had;
        Told {
            answer: had.answer,
            except: &had.except,
            from: had.from,
            missing: &had.missing,
            permission: self.permission(),
            scope: had.scope.as_ref(),
            until: had.until,
            via: &had.via,
        }
    }
}

impl Deref for Right {
    type Target = Had;
    fn deref(&self) -> &Had {
        &self.alike.had
    }
}

impl PartialEq for Right {
    fn eq(&self, other: &Self) -> bool {
        self.permission() == other.permission() && **self == **other
    }
}

impl Eq for Right {}

impl fmt::Debug for Right {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.told().fmt(f)
    }
}

impl Serialize for Right {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.told().serialize(serializer)
    }
}

impl What {
    /// What an identity may do, anywhere.
    pub fn new(identity: IdentityId) -> Self {
        Self { context: BTreeMap::new(), filter: Filter::default(), identity, resource: None }
    }

    /// Asks about one resource.
    #[must_use]
    pub fn on(mut self, resource: impl Into<Target>) -> Self {
        self.resource = Some(resource.into());
        self
    }
}

impl Engine {
    /// What an identity may do at `now`.
    ///
    /// ```
    /// use tenure::engine::Engine;
    /// use tenure::policy::Policy;
    /// use tenure::query::What;
    /// use tenure::state::State;
    ///
    /// let policy = Policy::from_json(r#"{
    ///   "tenure": 1,
    ///   "identities": {"ann": {"kind": "human"}},
    ///   "entitlements": {"db-reader": {"kind": "role", "permissions": ["db:read"]},
    ///                    "db-admin": {"kind": "role", "permissions": ["db:write"], "implies": ["db-reader"]}},
    ///   "standing": {"s-1": {"holder": {"identity": "ann"}, "entitlement": "db-admin"}}
    /// }"#)?;
    /// let engine = Engine::new(policy, State::default())?;
    /// let rights = engine.what(&What::new("ann".parse()?), "2026-03-02T09:00:00Z".parse()?);
    /// assert_eq!(rights.to_string(), "\
    /// ann at 2026-03-02T09:00:00Z
    ///   db:read
    ///     by standing s-1: db-admin > db-reader
    ///   db:write
    ///     by standing s-1: db-admin
    /// ");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn what(&self, question: &What, now: Timestamp) -> Rights {
        let nothing = |at, reason| Rights {
            at,
            identity: question.identity.clone(),
            reasons: alloc::vec![reason],
            rows: Vec::new(),
        };
        let t = match refusal(self, now) {
            Ok(t) => t,
            Err((at, reason)) => return nothing(at, reason),
        };
        let state = self.assumed();
        let who = state.identity_names.find(question.identity.as_str());
        let Some((who, row)) = who.and_then(|who| Some((who, state.identities.at(who)?))) else {
            return nothing(t, unknown_identity(&question.identity));
        };
        if row.noun.is_none() {
            return nothing(t, unknown_identity(&question.identity));
        }
        let place = match self.place(question.resource.as_ref()) {
            Ok(place) => place,
            Err(unknown) => {
                return nothing(t, Reason::error(Code::ResourceUnknown).with("resource", unknown.as_str()));
            }
        };
        if let (Place::Registered(on), Some(asked)) = (place, &question.resource)
            && !self.world().tree.is_valid(on, t)
        {
            return nothing(t, Reason::error(Code::ResourceRetired).with("resource", asked.id().as_str()));
        }
        let mut reasons = Vec::new();
        if let Some(dormancy) = Life::of(row).dormancy(row, t) {
            let reason = Reason::error(Code::IdentityNotActive);
            let reason = reason.with("identity", question.identity.as_str());
            reasons.push(reason.with("why", dormancy.word()));
        }
        let rows = match &question.resource {
            None => self.rights_anywhere(question, who, t),
            Some(target) => self.rights_on(question, who, place, target, t),
        };
        Rights { at: t, identity: question.identity.clone(), reasons, rows }
    }

    /// What everybody may do at `now`, in the order of their ids, one after the other: what
    /// [`what`](Engine::what) says of each.
    pub fn what_all<'a>(
        &'a self,
        filter: &'a Filter,
        context: &'a BTreeMap<AttributeId, Value>,
        now: Timestamp,
    ) -> impl Iterator<Item = Rights> + 'a {
        let names = &self.assumed().identity_names;
        let rows = (0u32..).zip(self.assumed().identities.iter());
        let known = rows.filter(|(_, row)| row.noun.is_some()).map(|(who, _)| who);
        let mut known: Vec<u32> = known.collect();
        known.sort_by(|a, b| names.name(*a).cmp(&names.name(*b)));
        known.into_iter().filter_map(move |who| {
            let identity = self.assumed().identity_id(who)?;
            let question =
                What { context: context.clone(), filter: filter.clone(), identity, resource: None };
            Some(self.what(&question, now))
        })
    }

    fn rights_anywhere(&self, question: &What, who: u32, t: Timestamp) -> Vec<Right> {
        if let Some(rights) = self.plain_rights(question, who, Where::Regions, t) {
            return rights;
        }
        let state = self.assumed();
        let found = self.regions(who, t);
        let found = found.into_iter().filter_map(|(permission, region)| {
            let id = state.permission_names.name(permission)?;
            let passes = question.filter.wants_permission(id) && self.has_type(&question.filter, region, t);
            passes.then_some((id, state.resource_names.name(region), permission, region))
        });
        let mut found: Vec<_> = found.collect();
        found.sort_unstable();
        let rows = found.into_iter().filter_map(|(_, _, permission, region)| {
            let place = Place::Within(region);
            let asked = Asked { who, permission, place, context: &question.context };
            let judged =
                self.judged(&asked, t).filter(|judged| self.passes_filter(&question.filter, judged, t))?;
            let except = self.excepts(&asked, &judged, region, t);
            self.right(permission, region, judged, except)
        });
        rows.collect()
    }

    fn rights_on(
        &self,
        question: &What,
        who: u32,
        place: Place<'_>,
        target: &Target,
        t: Timestamp,
    ) -> Vec<Right> {
        let state = self.assumed();
        let fits = match (place, target) {
            (Place::Open(open, _), _) => wants(&question.filter.types, &open.r#type),
            (Place::Registered(on) | Place::Within(on), _) => self.has_type(&question.filter, on, t),
        };
        if !fits {
            return Vec::new();
        }
        if let Place::Registered(on) = place
            && let Some(rights) = self.plain_rights(question, who, Where::On(on), t)
        {
            return rights;
        }
        let permissions: BTreeSet<u32> =
            self.regions(who, t).into_iter().map(|(permission, _)| permission).collect();
        let named = permissions.into_iter().filter_map(|p| Some((state.permission_names.name(p)?, p)));
        let mut named: Vec<_> = named.filter(|(id, _)| question.filter.wants_permission(id)).collect();
        named.sort_unstable();
        let rows = named.into_iter().filter_map(|(_, permission)| {
            let asked = Asked { who, permission, place, context: &question.context };
            let judged =
                self.judged(&asked, t).filter(|judged| self.passes_filter(&question.filter, judged, t))?;
            self.right(permission, NONE, judged, Vec::new())
        });
        rows.collect()
    }

    fn right(&self, permission: u32, region: u32, judged: Judged<'_>, except: Vec<Except>) -> Option<Right> {
        let state = self.assumed();
        let permission = PermissionId::from_interned(state.permission_names.name(permission)?);
        let had = Had {
            answer: judged.access,
            except,
            from: limit(judged.window.start()),
            missing: judged.missing,
            scope: state.resource_id(region),
            until: limit(judged.window.end()),
            via: judged.paths,
        };
        Some(Right::one(permission, had))
    }

    /// Whether something that gives it is of what is wanted.
    fn passes_filter(&self, filter: &Filter, judged: &Judged<'_>, t: Timestamp) -> bool {
        self.wants_any(filter, &judged.paths, t)
    }

    /// Whether one of the paths begins with what is wanted.
    pub(super) fn wants_any(&self, filter: &Filter, paths: &[Path], t: Timestamp) -> bool {
        let mut held = paths.iter().filter_map(|path| path.entitlements.first());
        filter.wants_all_held() || held.any(|held| self.wants_held(filter, held.as_str(), t))
    }

    fn wants_held(&self, filter: &Filter, held: &str, t: Timestamp) -> bool {
        let state = self.assumed();
        let row = state.entitlement_names.find(held).and_then(|held| state.entitlements.at(held));
        let Some(noun) = row.and_then(|row| row.noun.as_ref()).and_then(|noun| noun.at(t)) else {
            return false;
        };
        let of = noun.application.as_ref();
        wants(&filter.kinds, &noun.kind)
            && (filter.applications.is_empty() || of.is_some_and(|of| filter.applications.contains(of)))
    }

    pub(super) fn has_type(&self, filter: &Filter, region: u32, t: Timestamp) -> bool {
        if filter.types.is_empty() {
            return true;
        }
        let noun = self.assumed().resources.at(region).and_then(|row| row.noun.as_ref());
        noun.and_then(|noun| noun.at(t)).is_some_and(|noun| filter.types.contains(&noun.r#type))
    }
}

impl Filter {
    pub(super) fn wants_permission(&self, id: &str) -> bool {
        id.starts_with(self.prefix.as_str())
            && (self.permissions.is_empty() || self.permissions.iter().any(|wanted| wanted.as_str() == id))
    }

    pub(super) const fn wants_all_held(&self) -> bool {
        self.applications.is_empty() && self.kinds.is_empty()
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "asked by reference")]
const fn is_nothing<T>(list: &&[T]) -> bool {
    list.is_empty()
}

fn is_default(filter: &Filter) -> bool {
    *filter == Filter::default()
}
