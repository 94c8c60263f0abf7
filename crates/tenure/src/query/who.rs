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
        let givers = self.world().hierarchy.givers(asked.permission);
        let plain = self.is_plain(asked.permission, asked.place);
        let ruled = self.ruled(asked.permission, givers);
        let mut first = First::new(question.limit.unwrap_or(DEFAULT_LIMIT) as usize);
        let mut offer = |who: u32, may: Option<bool>| {
            let Some(name) = self.assumed().identity_names.name(who) else { return };
            let may = || may.unwrap_or_else(|| self.may(&Asked { who, ..*asked }, givers, t));
            if !first.is_settled(name) && self.is_of(&question.kinds, who) && may() {
                first.add(name, who);
            }
        };
        match ruled {
            Ruled::Everybody => {
                let all = 0..u32::try_from(self.assumed().identities.len()).unwrap_or(u32::MAX);
                all.for_each(|who| offer(who, None));
            }
            Ruled::Some(named) => {
                let wanted = self.wanted(givers);
                self.rows().live_holders(&wanted, t, |who, holding| {
                    let giving = givers.by(holding.entitlement).map(|routes| (holding, routes));
                    let gives = plain.zip(giving).map(|(on, giving)| self.gives_by(giving, on, t));
                    // What is not given here may be given by what else is held.
                    if let Some(Ok(false)) = gives {
                        return false;
                    }
                    if !named.contains(&who) {
                        offer(who, gives.and_then(Result::ok));
                    }
                    true
                });
                named.iter().for_each(|who| offer(*who, None));
            }
        }
        first.into_all()
    }

    /// Of each entitlement a bit: whether it gives the permission at some time.
    fn wanted(&self, givers: Givers<'_>) -> Vec<u64> {
        let count = self.assumed().entitlements.len();
        let mut wanted: Vec<u64> = alloc::vec![0; count.div_ceil(64)];
        for giver in givers.list() {
            if let Some(word) = wanted.get_mut((giver >> 6) as usize) {
                *word |= 1 << (giver & 63);
            }
        }
        wanted
    }

    /// Whom standing rules may give the permission, whatever they hold.
    fn ruled(&self, permission: u32, givers: Givers<'_>) -> Ruled {
        let mut named = BTreeSet::new();
        if self.world().hierarchy.is_ruled(permission) {
            let state = self.assumed();
            for rule in &self.rules().standing {
                if givers.list().any(|giver| rule.what.when(state, giver).is_some()) {
                    match rule.named() {
                        Some(ids) => named.extend(ids),
                        None => return Ruled::Everybody,
                    }
                }
            }
        }
        Ruled::Some(named)
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

/// Whom standing rules may give something.
enum Ruled {
    Everybody,
    Some(BTreeSet<u32>),
}

/// The first by id of those who were found so far.
struct First<'a> {
    wanted: usize,
    complete: bool,
    /// The last on top. What names begin with stands before them, so that few of them are read to be compared.
    found: BinaryHeap<(u128, &'a str, u32)>,
}

impl<'a> First<'a> {
    const fn new(wanted: usize) -> Self {
        Self { wanted, complete: true, found: BinaryHeap::new() }
    }

    /// Whether there are as many that come before one.
    fn is_beyond(&self, name: &str) -> bool {
        self.found.len() >= self.wanted && self.found.peek().is_none_or(|(_, last, _)| name >= *last)
    }

    /// Whether it makes no difference if one of that name may.
    fn is_settled(&self, name: &str) -> bool {
        !self.complete && self.is_beyond(name)
    }

    fn add(&mut self, name: &'a str, who: u32) {
        if self.is_beyond(name) {
            self.complete = false;
            return;
        }
        self.found.push((beginning(name), name, who));
        if self.found.len() > self.wanted {
            self.found.pop();
            self.complete = false;
        }
    }

    /// All that were found, in order, and whether there are no more.
    fn into_all(self) -> (Vec<u32>, bool) {
        (self.found.into_sorted_vec().into_iter().map(|(.., who)| who).collect(), self.complete)
    }
}

/// What a name begins with, in the order of names.
fn beginning(name: &str) -> u128 {
    let mut bytes = [0u8; 16];
    bytes.iter_mut().zip(name.bytes()).for_each(|(to, byte)| *to = byte);
    u128::from_be_bytes(bytes)
}
