//! A made-up company of any size: who works there, what can be held, and who was granted what. Nothing is stored:
//! each thing follows from the seed and its number, so that a world of ten million grants is told fact by fact.

use tenure::engine::Engine;
use tenure::fact::{Body, Defined, Fact, PolicyAdopted, RequestMade, RequestResolved};
use tenure::id::{EntitlementId, EventId, GrantId, IdentityId, RequestId, ResourceId};
use tenure::model::{
    Basis, BusinessEvent, Entitlement, EntitlementKind, EventTerms, GrantTerms, Identity, IdentityKind,
    Implied, OnLoss, Request, Resource, RuleRef, Term,
};
use tenure::policy::Policy;
use tenure::state::State;
use tenure::time::{Span, Timestamp};

use crate::random::{Random, mix};

/// When everybody joins and everything is defined, in milliseconds: 2026-01-01.
const BEGIN: i64 = 1_767_225_600_000;
const DAY: i64 = 86_400_000;
/// How long the log is, in days.
const DAYS: i64 = 180;
/// How many resources stand below each.
const BRANCHES: u32 = 10;
/// How many roles each role implies that is not at the bottom.
const IMPLIED: u32 = 2;
/// How many rules there are for everybody; each has a stricter one beside it for those in operations.
const RULES: u32 = 8;
/// One of so many roles is in no rule.
pub const UNOBTAINABLE: u32 = 16;
const DEPARTMENTS: [&str; 8] = ["ops", "dev", "fin", "hr", "it", "law", "lab", "pr"];

/// How large a world is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct World {
    /// How many identities there are; nine of ten are human.
    pub identities: u32,
    /// How many grants each of them got: half run now, four of ten are over, one of ten is still to come. One
    /// of five counts in a subtree only; one of ten is for a business event.
    pub grants: u32,
    /// How many roles there are.
    pub roles: u32,
    /// In how many layers they stand; each role implies two of the layer below.
    pub depth: u32,
    /// How many permissions there are; each is in one role, and in those that imply it.
    pub permissions: u32,
    /// How many resources there are, ten below each.
    pub resources: u32,
    /// How many business events there are, all open.
    pub events: u32,
    /// On what the grants rest.
    pub origin: Origin,
    /// Whether what can be held was defined on the first day, and not always: nouns of a policy document are there
    /// from the beginning of time, those that a host tells by facts are not.
    pub dated: bool,
    /// What makes one world differ from another of the same size.
    pub seed: u64,
}

/// On what the grants of a world rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// They came from elsewhere: one fact each.
    External,
    /// Each was decided on a request of its own: three facts each.
    Policy,
}

/// What a grant gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GrantSpec {
    /// Who holds it.
    pub holder: u32,
    /// Which role.
    pub role: u32,
    /// In which subtree.
    pub scope: Option<u32>,
    /// For which business event.
    pub event: Option<u32>,
    /// From when.
    pub start: Timestamp,
    /// Until when.
    pub end: Timestamp,
}

impl GrantSpec {
    /// Whether it counts at the instant.
    pub fn is_live(&self, at: Timestamp) -> bool {
        self.start <= at && at < self.end
    }
}

impl World {
    /// The world with so many identities that the measurements use: ten grants each, five layers of roles, ten
    /// permissions to a role.
    pub fn of(identities: u32) -> Self {
        let roles = if identities < 10_000 { 500 } else { 5_000 };
        Self {
            identities,
            grants: 10,
            roles,
            depth: 5,
            permissions: roles * 10,
            resources: 1_000,
            events: (identities / 100).max(10),
            origin: Origin::External,
            dated: false,
            seed: 1,
        }
    }

    /// The same with grants that were decided.
    #[must_use]
    pub fn decided(self) -> Self {
        Self { origin: Origin::Policy, ..self }
    }

    /// The instant at which everything is asked: the end of the log.
    pub fn now(&self) -> Timestamp {
        Timestamp::saturating_from_millis(BEGIN + DAYS * DAY)
    }

    /// The same with entitlements that have a first day.
    #[must_use]
    pub fn dated(self) -> Self {
        Self { dated: true, ..self }
    }

    /// The numbers that belong to a thing of this world.
    pub fn random(&self, kind: u64, number: u64) -> Random {
        Random::new(mix(self.seed ^ mix(kind.wrapping_mul(0xD6E8_FEB8_6659_FD93) ^ number)))
    }

    /// How many grants there are.
    pub fn all_grants(&self) -> u64 {
        u64::from(self.identities) * u64::from(self.grants)
    }

    /// The grant of that number of an identity.
    pub fn grant(&self, holder: u32, number: u32) -> GrantSpec {
        let mut random = self.random(1, (u64::from(holder) << 16) | u64::from(number));
        let now = BEGIN + DAYS * DAY;
        let days = |random: &mut Random, from: u64, to: u64| {
            let millis = random.below((to - from) * DAY as u64) + from * DAY as u64;
            millis as i64
        };
        let (start, end) = match random.below(10) {
            0..5 => (now - days(&mut random, 1, 60), now + days(&mut random, 1, 60)),
            5..9 => {
                let end = now - days(&mut random, 1, 100);
                (end - days(&mut random, 1, 30), end)
            }
            _ => {
                let start = now + days(&mut random, 1, 30);
                (start, start + days(&mut random, 1, 30))
            }
        };
        GrantSpec {
            holder,
            role: obtainable(random.below(u64::from(self.roles)) as u32),
            scope: random.chance(20).then(|| random.below(u64::from(self.resources)) as u32),
            event: random.chance(10).then(|| random.below(u64::from(self.events)) as u32),
            start: Timestamp::saturating_from_millis(start),
            end: Timestamp::saturating_from_millis(end),
        }
    }

    /// The roles that a role implies.
    pub fn implied(&self, role: u32) -> Vec<u32> {
        let width = self.roles / self.depth;
        let layer = role / width;
        if layer + 1 >= self.depth {
            return Vec::new();
        }
        let mut random = self.random(2, u64::from(role));
        let mut below: Vec<u32> =
            (0..IMPLIED).map(|_| (layer + 1) * width + random.below(u64::from(width)) as u32).collect();
        below.sort_unstable();
        below.dedup();
        below
    }

    /// The role and all it leads to, in order.
    pub fn closure(&self, role: u32) -> Vec<u32> {
        let mut all = vec![role];
        let mut at = 0;
        while let Some(next) = all.get(at) {
            let below = self.implied(*next);
            all.extend(below);
            at += 1;
        }
        all.sort_unstable();
        all.dedup();
        all
    }

    /// How many permissions each role has by itself.
    pub fn permissions_per_role(&self) -> u32 {
        self.permissions / self.roles
    }

    /// The permissions that a role has by itself.
    pub fn permissions(&self, role: u32) -> std::ops::Range<u32> {
        let each = self.permissions_per_role();
        role * each..(role + 1) * each
    }

    /// The resource above; the first one is the root.
    pub fn above(resource: u32) -> Option<u32> {
        resource.checked_sub(1).map(|n| n / BRANCHES)
    }

    /// Whether a resource is in the subtree of another.
    pub fn contains(scope: u32, resource: u32) -> bool {
        let mut node = Some(resource);
        while let Some(at) = node {
            if at == scope {
                return true;
            }
            node = Self::above(at);
        }
        false
    }

    /// Whether somebody is human; the others are workloads.
    pub fn is_human(identity: u32) -> bool {
        identity % 10 != 9
    }

    /// The rules: for each role one that matches everybody, and one for those in operations. One of sixteen roles
    /// nobody can obtain.
    pub fn policy(&self) -> Policy {
        let mut rules = Vec::new();
        for rule in 0..RULES {
            let mine = |r: &u32| r % RULES == rule && obtainable(*r) == *r;
            let what: Vec<String> =
                (0..self.roles).filter(mine).map(|r| format!("\"{}\"", role(r))).collect();
            let what = what.join(",");
            rules.push(format!(
                r#""all-{rule}": {{"who": {{"kinds": ["human", "workload"]}}, "what": {{"ids": [{what}]}},
                   "duration": {{"max": "90d", "default": "8h"}}, "require": {{"reason": true}},
                   "extension": {{"max_total": "90d"}}}}"#
            ));
            rules.push(format!(
                r#""ops-{rule}": {{"who": {{"attributes": {{"dept": ["ops"]}}}}, "what": {{"ids": [{what}]}},
                   "duration": {{"max": "120d"}}}}"#
            ));
        }
        let text = format!(r#"{{"tenure": 1, "eligibility": {{{}}}}}"#, rules.join(","));
        Policy::from_json(text).expect("the rules are right")
    }

    /// What is defined before anybody is granted anything, and the adoption of the policy.
    pub fn structure(&self, policy: &Policy) -> Vec<Fact> {
        let mut bodies = Vec::new();
        for resource in 0..self.resources {
            bodies.push(Body::ResourceDefined(Defined {
                definition: Resource {
                    parent_while: Default::default(),
                    application: None,
                    attributes: Default::default(),
                    name: None,
                    owner: None,
                    parent: Self::above(resource).map(place),
                    sensitivity: None,
                    r#type: "system".into(),
                },
                id: place(resource),
            }));
        }
        for number in (0..self.roles).rev() {
            bodies.push(Body::EntitlementDefined(Defined {
                definition: Entitlement {
                    application: None,
                    attributes: Default::default(),
                    implies: self
                        .implied(number)
                        .into_iter()
                        .map(|below| Implied::always(role(below)))
                        .collect(),
                    kind: EntitlementKind::Role,
                    name: None,
                    owner: None,
                    permissions: self
                        .permissions(number)
                        .map(|p| permission(p).parse().expect("a permission is an id"))
                        .collect(),
                    sensitivity: None,
                },
                id: role(number),
            }));
        }
        bodies.push(Body::PolicyAdopted(PolicyAdopted { digest: policy.digest().into() }));
        for number in 0..self.events {
            bodies.push(Body::EventOpened(Defined { definition: self.incident(), id: event(number) }));
        }
        let at = Timestamp::saturating_from_millis(BEGIN);
        let from = if self.dated { at } else { Timestamp::MIN };
        bodies
            .into_iter()
            .zip(0..)
            .map(|(body, n)| {
                let effective = if matches!(body, Body::EventOpened(_)) { at } else { from };
                Fact::new(format!("s{n}").parse().expect("an id"), at, body).effective(effective)
            })
            .collect()
    }

    /// A business event that began with the log and is open.
    pub fn incident(&self) -> BusinessEvent {
        BusinessEvent {
            ceiling: None,
            feed: None,
            hard_cap: None,
            kind: "incident".into(),
            name: None,
            participants: None,
            planned_end: None,
            start: Timestamp::saturating_from_millis(BEGIN),
        }
    }

    /// Everybody joins.
    pub fn joins(&self) -> impl Iterator<Item = Fact> {
        let at = Timestamp::saturating_from_millis(BEGIN);
        (0..self.identities).map(move |number| {
            let human = Self::is_human(number);
            let department = DEPARTMENTS[number as usize % DEPARTMENTS.len()];
            let definition = Identity {
                attributes: [("dept".parse().expect("an id"), department.into())].into(),
                ends: None,
                kind: if human { IdentityKind::Human } else { IdentityKind::Workload },
                manager: None,
                name: None,
                owner: (!human).then(|| identity(number - 1)),
                starts: None,
            };
            let body = Body::IdentityDefined(Defined { definition, id: identity(number) });
            Fact::new(format!("j{number}").parse().expect("an id"), at, body)
        })
    }

    /// Everybody is granted what they are granted, in the order in which companies do that: each grant goes to
    /// somebody else than the one before. One of twenty was written down an hour late.
    pub fn issues(&self) -> impl Iterator<Item = Fact> {
        let this = *self;
        let all = self.all_grants();
        let rules = match self.origin {
            Origin::External => Vec::new(),
            Origin::Policy => rule_references(&self.policy()),
        };
        (0..all).flat_map(move |number| {
            let (round, turn) = (number / u64::from(this.identities), number % u64::from(this.identities));
            // 2,654,435,761 is prime and larger than any world, so that everybody has a turn in every round.
            let holder = (turn * 2_654_435_761 % u64::from(this.identities)) as u32;
            let at = BEGIN + (u128::from(number) * (DAYS * DAY) as u128 / u128::from(all)) as i64;
            let grant = this.grant(holder, round as u32);
            let late = if mix(number).is_multiple_of(20) { 3_600_000 } else { 0 };
            let effective = Timestamp::saturating_from_millis(at - late);
            let at = Timestamp::saturating_from_millis(at);
            this.told(number, &grant, &rules)
                .into_iter()
                .map(move |(id, body)| Fact::new(id.parse().expect("an id"), at, body).effective(effective))
        })
    }

    /// The facts that a grant is told by.
    fn told(&self, number: u64, grant: &GrantSpec, rules: &[RuleRef]) -> Vec<(String, Body)> {
        let name = format!("g{number}");
        let terms = |basis, id: GrantId, request| {
            Body::GrantIssued(GrantTerms {
                conditions: Default::default(),
                basis,
                beneficiary: identity(grant.holder),
                entitlement: role(grant.role),
                event: grant.event.map(event),
                id,
                request,
                scope: grant.scope.map(place),
                term: Term::new(grant.start, grant.end).expect("a grant ends after it starts"),
            })
        };
        match self.origin {
            Origin::External => {
                let id = name.parse().expect("an id");
                vec![(name, terms(Basis::External, id, None))]
            }
            Origin::Policy => {
                let request: RequestId = name.parse().expect("an id");
                let id: GrantId = format!("{name}#0").parse().expect("an id");
                let asked = Request::new(request.clone(), identity(grant.holder), role(grant.role));
                let asked = asked.until(grant.end).because("work");
                // Nothing but its text depends on the digest; computing it is not part of telling the log.
                let digest = format!("{:064x}", u128::from(mix(number)) << 64 | u128::from(number));
                let basis = Basis::Policy {
                    event: grant.event.map(|_| EventTerms { follow: false, grace: Span::hours(1) }),
                    limit: grant.end,
                    on_loss: OnLoss::Revoke,
                    rules: rules.get((grant.role % RULES) as usize).cloned().into_iter().collect(),
                };
                vec![
                    (format!("{name}/0"), Body::RequestMade(RequestMade { digest, request: asked })),
                    (
                        format!("{name}/1"),
                        Body::RequestResolved(RequestResolved {
                            grants: vec![id.clone()],
                            id: request.clone(),
                        }),
                    ),
                    (format!("{name}/2"), terms(basis, id, Some(request))),
                ]
            }
        }
    }

    /// The state after everything was told.
    pub fn state(&self, policy: &Policy) -> State {
        let mut state = State::default();
        let facts = self.structure(policy).into_iter().chain(self.joins()).chain(self.issues());
        for fact in facts {
            state.apply(state.len(), &fact).expect("the facts stand in order");
        }
        state
    }

    /// The engine of this world.
    pub fn engine(&self) -> Engine {
        let policy = self.policy();
        let state = self.state(&policy);
        Engine::new(policy, state).expect("the world is without contradiction")
    }
}

/// The rules for everybody, as grants remember them.
fn rule_references(policy: &Policy) -> Vec<RuleRef> {
    let digests = policy.rule_digests();
    (0..RULES)
        .filter_map(|rule| {
            let (id, digest) = digests.get_key_value(format!("all-{rule}").as_str())?;
            Some(RuleRef { digest: digest.clone(), id: id.clone() })
        })
        .collect()
}

/// The role, or one beside it that can be obtained.
pub fn obtainable(role: u32) -> u32 {
    if role % UNOBTAINABLE == UNOBTAINABLE - 1 { role - 1 } else { role }
}

/// The name of an identity.
pub fn identity(number: u32) -> IdentityId {
    format!("u{number}").parse().expect("an id")
}

/// The name of a role.
pub fn role(number: u32) -> EntitlementId {
    format!("r{number}").parse().expect("an id")
}

/// The name of a permission.
pub fn permission(number: u32) -> String {
    format!("p{number}")
}

/// The name of a resource.
pub fn place(number: u32) -> ResourceId {
    format!("x{number}").parse().expect("an id")
}

/// The name of a business event.
pub fn event(number: u32) -> EventId {
    format!("e{number}").parse().expect("an id")
}
