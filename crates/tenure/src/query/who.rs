//! Who may do this: everybody that may use a permission on a resource, since when and until when, and by what. There
//! is no index of who may do what; what is held is searched for what gives it.

use alloc::collections::{BTreeMap, BTreeSet, BinaryHeap};
use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::{Path, Reasons, limit, refusal, wants};
use crate::check::{Access, Asked, Target};
use crate::compile::{Givers, Place, Truth};
use crate::decide::{Code, Reason};
use crate::engine::Engine;
use crate::id::{AttributeId, IdentityId, PermissionId};
use crate::model::{IdentityKind, Value};
use crate::time::Timestamp;

/// How many an answer tells of at most, unless the question says otherwise.
pub const DEFAULT_LIMIT: u32 = 1_000;

/// Who may do this, here?
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Who {
    /// What the host says of the circumstances, under the names that the policy declares; the same for everybody.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub context: BTreeMap<AttributeId, Value>,
    /// Only identities of these kinds; of all kinds when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<IdentityKind>,
    /// How many to tell of at most, the first by their ids; 1,000 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// What.
    pub permission: PermissionId,
    /// On what; only what is held everywhere counts when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<Target>,
}

/// The answer to [`Who`].
#[must_use]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Holders {
    /// The instant that was asked about: `now`, or the log's high water if that is later.
    pub at: Timestamp,
    /// Whether these are all.
    pub complete: bool,
    /// What.
    pub permission: PermissionId,
    /// Why there can be no answer, or nothing in it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons: Reasons,
    /// Who may do it, or may if what is missing says so, by id.
    pub rows: Vec<Holder>,
}

/// Somebody who may do what was asked about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Holder {
    /// Allowed or conditional.
    pub answer: Access,
    /// Since when it has been so without a gap; absent if since ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Timestamp>,
    /// Who.
    pub identity: IdentityId,
    /// What was not said and decides, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
    /// Until when it will be so without a gap; absent if for ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// By what, the path that lasts longest first.
    pub via: Vec<Path>,
}

impl Who {
    /// Who may use a permission, everywhere.
    pub const fn new(permission: PermissionId) -> Self {
        Self { context: BTreeMap::new(), kinds: Vec::new(), limit: None, permission, resource: None }
    }

    /// Asks about one resource.
    #[must_use]
    pub fn on(mut self, resource: impl Into<Target>) -> Self {
        self.resource = Some(resource.into());
        self
    }
}

impl Engine {
    /// Who may use a permission on a resource at `now`. Costs a look at everything that is held, and more where
    /// standing rules give the permission to whoever matches them.
    ///
    /// ```
    /// use tenure::engine::Engine;
    /// use tenure::policy::Policy;
    /// use tenure::query::Who;
    /// use tenure::state::State;
    ///
    /// let policy = Policy::from_json(r#"{
    ///   "tenure": 1,
    ///   "identities": {"ann": {"kind": "human"}, "ben": {"kind": "human"}},
    ///   "entitlements": {"db-reader": {"kind": "role", "permissions": ["db:read"]}},
    ///   "standing": {"s-1": {"holder": {"identity": "ann"}, "entitlement": "db-reader"}}
    /// }"#)?;
    /// let engine = Engine::new(policy, State::default())?;
    /// let holders = engine.who(&Who::new("db:read".parse()?), "2026-03-02T09:00:00Z".parse()?);
    /// assert!(holders.complete);
    /// assert_eq!(holders.rows.len(), 1);
    /// assert_eq!(holders.rows[0].identity.as_str(), "ann");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn who(&self, question: &Who, now: Timestamp) -> Holders {
        let nothing = |at, reason| Holders {
            at,
            complete: true,
            permission: question.permission.clone(),
            reasons: alloc::vec![reason],
            rows: Vec::new(),
        };
        let t = match refusal(self, now) {
            Ok(t) => t,
            Err((at, reason)) => return nothing(at, reason),
        };
        let Some(permission) = self.permission_named(question.permission.as_str()) else {
            let reason = Reason::error(Code::PermissionUnknown);
            return nothing(t, reason.with("permission", question.permission.as_str()));
        };
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
        let asked = Asked { who: 0, permission, place, context: &question.context };
        let (first, complete) = self.first_holders(question, &asked, t);
        let rows = first.into_iter().filter_map(|who| {
            let judged = self.judged(&Asked { who, ..asked }, t)?;
            Some(Holder {
                answer: judged.access,
                from: limit(judged.window.start()),
                identity: self.assumed().identity_id(who)?,
                missing: judged.missing,
                until: limit(judged.window.end()),
                via: judged.paths,
            })
        });
        let rows = rows.collect();
        Holders { at: t, complete, permission: question.permission.clone(), reasons: Vec::new(), rows }
    }

    /// The first by id of those who may, as many as are wanted, and whether these are all.
    fn first_holders(&self, question: &Who, asked: &Asked<'_>, t: Timestamp) -> (Vec<u32>, bool) {
        let wanted = question.limit.unwrap_or(DEFAULT_LIMIT) as usize;
        let names = &self.assumed().identity_names;
        let givers = self.world().hierarchy.givers(asked.permission);
        let mut complete = true;
        // The last of those found so far on top.
        let mut first: BinaryHeap<(&str, u32)> = BinaryHeap::new();
        for who in self.candidates(asked.permission, givers) {
            let Some(name) = names.name(who) else { continue };
            let beyond = first.len() >= wanted && first.peek().is_none_or(|(last, _)| **name >= **last);
            if beyond && !complete {
                continue;
            }
            if !self.is_of(&question.kinds, who) || !self.may(&Asked { who, ..*asked }, givers, t) {
                continue;
            }
            if beyond {
                complete = false;
                continue;
            }
            first.push((name, who));
            if first.len() > wanted {
                first.pop();
                complete = false;
            }
        }
        (first.into_sorted_vec().into_iter().map(|(_, who)| who).collect(), complete)
    }

    /// Those who hold at some time what gives a permission at some time, or whom a standing rule may give it, each
    /// once.
    fn candidates<'a>(&'a self, permission: u32, givers: Givers<'a>) -> impl Iterator<Item = u32> + 'a {
        let count = self.assumed().entitlements.len();
        let mut wanted: Vec<u64> = alloc::vec![0; count.div_ceil(64)];
        for giver in givers.list() {
            if let Some(word) = wanted.get_mut((giver >> 6) as usize) {
                *word |= 1 << (giver & 63);
            }
        }
        let mut named: BTreeSet<u32> = BTreeSet::new();
        let mut everybody = false;
        if self.world().hierarchy.is_ruled(permission) {
            let state = self.assumed();
            for rule in &self.rules().standing {
                if givers.list().any(|giver| rule.what.when(state, giver).is_some()) {
                    match rule.named() {
                        Some(ids) => named.extend(ids),
                        None => everybody = true,
                    }
                }
            }
        }
        let all = 0..u32::try_from(self.assumed().identities.len()).unwrap_or(u32::MAX);
        let all = all.take(if everybody { usize::MAX } else { 0 });
        let held = self.rows().holders(wanted).filter(move |_| !everybody);
        let also: Vec<u32> = if everybody { Vec::new() } else { named.iter().copied().collect() };
        held.filter(move |who| !named.contains(who)).chain(also).chain(all)
    }

    fn is_of(&self, kinds: &[IdentityKind], who: u32) -> bool {
        if kinds.is_empty() {
            return true;
        }
        let noun = self.assumed().identities.at(who).and_then(|row| row.noun.as_ref());
        noun.is_some_and(|noun| wants(kinds, &noun.last().kind))
    }

    /// Whether a question is not denied.
    fn may(&self, asked: &Asked<'_>, givers: Givers<'_>, t: Timestamp) -> bool {
        if let Some(on) = self.is_plain(asked.permission, asked.place)
            && let Ok(may) = self.gives(self.rows().row(asked.who), givers, on, t)
        {
            return may;
        }
        let ways = self.ways(asked);
        if !ways.iter().any(|way| way.when.contains(t)) {
            return false;
        }
        let denials = self.denials(asked, &ways, t);
        self.stands(asked, &ways, &denials, t).truth <= Truth::Missing
    }
}
