//! Random logs: facts of every kind about the nouns of a universe, written down in order, in effect then, before
//! or after.

use alloc::collections::BTreeMap;

use tenure::decide::Extend;
use tenure::fact::{
    Body, Cause, Changed, Defined, Fact, GrantEnded, GrantExtended, HighWater, Named, PolicyAdopted,
    RequestMade, RequestResolved,
};
use tenure::id::{EventId, GrantId, IdentityId, MembershipId, RequestId, StandingId};
use tenure::model::{
    Basis, BusinessEvent, BusinessEventChange, Entitlement, EntitlementChange, EntitlementKind, EventTerms,
    GrantTerms, Holder, Identity, IdentityChange, IdentityKind, Membership, OnLoss, Request, Resource,
    ResourceChange, RuleRef, Standing, Term,
};
use tenure::policy::PolicyDocument;
use tenure::time::Timestamp;

use super::dice::{Dice, ENTITLEMENTS, GROUPS, RESOURCES, id};
use super::{commands, hours, language, policy, slot};
use crate::digest;
use crate::log::{may_be_taken_back, noun_facts, noun_key};

/// A log that grows, and what it has named so far.
pub(super) struct Log {
    pub(super) policy: PolicyDocument,
    pub(super) facts: Vec<Fact>,
    pub(super) grants: Vec<GrantTerms>,
    pub(super) requests: Vec<Request>,
    pub(super) extensions: Vec<Extend>,
    standing: Vec<StandingId>,
    memberships: Vec<MembershipId>,
    opened: BTreeMap<EventId, BusinessEvent>,
    /// How many hours of the grid have passed.
    hour: u64,
    replacements: bool,
}

impl Log {
    /// A log that is empty, or begins with the adoption of the document: mostly of this one.
    pub(super) fn new(policy: PolicyDocument, dice: &mut Dice<'_>, replacements: bool) -> Self {
        let mut log = Self {
            facts: Vec::new(),
            grants: Vec::new(),
            requests: Vec::new(),
            extensions: Vec::new(),
            standing: policy.standing.keys().cloned().collect(),
            memberships: policy.memberships.keys().cloned().collect(),
            opened: BTreeMap::new(),
            hour: 0,
            replacements,
            policy,
        };
        if dice.chance(50) {
            log.hour = dice.below(12);
            log.adopt(dice);
        }
        log
    }

    /// The document is adopted, and its nouns with it: mostly this one. Another one only takes its place later.
    fn adopt(&mut self, dice: &mut Dice<'_>) {
        let at = slot(self.hour);
        let adopted = self.facts.iter().any(|fact| matches!(fact.body, Body::PolicyAdopted(_)));
        if !adopted {
            let nouns = noun_facts(&self.policy).into_iter();
            self.facts.extend(nouns.map(|fact| Fact { recorded_at: at, ..fact }));
        }
        let digest = if dice.chance(4) { "0".repeat(64) } else { digest::policy(&self.policy) };
        self.push(Body::PolicyAdopted(PolicyAdopted { digest }), at, None);
    }

    /// Something more happens.
    pub(super) fn happen(&mut self, dice: &mut Dice<'_>) {
        self.hour = self.hour.saturating_add(dice.pick(&[0, 0, 1, 0, 0, 1]).unwrap_or_default());
        let recorded = slot(self.hour);
        let effective = match dice.below(10) {
            0..=5 => recorded,
            6 => recorded.minus(hours(dice.below(12).saturating_add(1))),
            _ => recorded.plus(hours(dice.below(24).saturating_add(1))),
        };
        match dice.below(36) {
            0..=7 => self.asked(dice, recorded),
            8..=10 => self.given(dice, effective),
            11 | 12 => self.extended(dice, effective),
            13 | 14 => self.ended(dice, effective),
            15..=17 => self.event(dice, effective),
            18 => self.turned(dice, effective),
            n @ 19..=26 => {
                let body = match n {
                    19..=21 => identity_changed(dice),
                    22 | 23 => entitlement_changed(dice),
                    24 => resource_changed(dice),
                    25 if dice.chance(40) => retired(dice),
                    _ => heartbeat(),
                };
                self.push(body, effective, None);
            }
            27..=30 => self.held(dice, effective),
            31 | 32 => self.new_noun(dice, effective),
            33 => self.repeat(dice),
            34 if dice.chance(40) => {
                let back = hours(dice.below(3));
                let high_water = recorded.minus(back);
                self.push(Body::ClockCorrected(HighWater { high_water }), recorded, None);
            }
            35 if dice.chance(60) => self.adopt(dice),
            _ => self.push(heartbeat(), effective, None),
        }
    }

    /// Writes it down, now and then as one that takes back a fact to come.
    fn push(&mut self, body: Body, effective_at: Timestamp, by: Option<IdentityId>) {
        let recorded_at = slot(self.hour);
        let replaces = self.replacements.then(|| {
            let old = self.facts.iter().rev().find(|old| {
                old.effective_at > recorded_at
                    && may_be_taken_back(&old.body)
                    && noun_key(&old.body) == noun_key(&body)
            });
            old.map(|old| old.id.clone())
        });
        let fact = Fact {
            body,
            by,
            effective_at,
            id: id(&format!("f{}", self.facts.len())),
            recorded_at,
            replaces: replaces.flatten(),
        };
        self.facts.push(fact);
    }

    /// Somebody asks, and gets it, is still waiting, or no longer wants it.
    fn asked(&mut self, dice: &mut Dice<'_>, at: Timestamp) {
        let name = format!("q{}", self.requests.len());
        let mut request = commands::request(dice, &name, at, &self.events());
        if dice.chance(90) {
            request.items.truncate(1);
        }
        let digest = digest::request(&request);
        let by = Some(request.requester.clone());
        self.requests.push(request.clone());
        self.push(Body::RequestMade(RequestMade { digest, request: request.clone() }), at, by.clone());
        match dice.below(8) {
            0..=4 => {
                let start = request.start.unwrap_or(at).max(at);
                let issued: Vec<GrantTerms> = (0_u32..)
                    .zip(&request.items)
                    .filter_map(|(n, item)| {
                        let end = request.until.filter(|until| start < *until);
                        let term =
                            Term::new(start, end.unwrap_or_else(|| start.plus(dice.span()).plus(hours(8))))?;
                        Some(GrantTerms {
                            conditions: language::names(dice, 25),
                            basis: self.basis(dice, request.event.is_some(), term),
                            beneficiary: request.beneficiary.clone(),
                            entitlement: item.entitlement.clone(),
                            event: request.event.clone(),
                            id: id::<GrantId>(&format!("{name}#{n}")),
                            request: Some(request.id.clone()),
                            scope: item.scope.clone(),
                            term,
                        })
                    })
                    .collect();
                let grants = issued.iter().map(|terms| terms.id.clone()).collect();
                let resolved = RequestResolved { grants, id: request.id };
                self.push(Body::RequestResolved(resolved), at, by.clone());
                for terms in issued {
                    self.grants.push(terms.clone());
                    self.push(Body::GrantIssued(terms), at, by.clone());
                }
            }
            5 => self.push(Body::RequestWithdrawn(Named { id: request.id, reason: None }), at, by),
            _ => {}
        }
    }

    /// A grant from elsewhere, or one of the policy without its request.
    fn given(&mut self, dice: &mut Dice<'_>, effective: Timestamp) {
        let start = effective.plus(hours(dice.pick(&[0, 0, 4, 12]).unwrap_or_default()));
        let start = if dice.chance(15) { start.minus(hours(6)) } else { start };
        let Some(term) = Term::new(start, start.plus(dice.span()).plus(hours(6))) else { return };
        let event = if dice.chance(25) { Some(dice.event(&self.events())) } else { None };
        // Often more of what is there, so that grants of the same meet.
        let like = dice.recent(&self.grants).filter(|_| dice.chance(40));
        let (who, what, scope) = match like {
            Some(like) => (like.beneficiary, like.entitlement, like.scope),
            None => (dice.identity(), dice.entitlement(), dice.scope()),
        };
        let terms = GrantTerms {
            conditions: language::names(dice, 25),
            basis: if dice.chance(60) { self.basis(dice, event.is_some(), term) } else { Basis::External },
            beneficiary: who,
            entitlement: what,
            event,
            id: id(&format!("g{}", self.grants.len())),
            request: None,
            scope,
            term,
        };
        self.grants.push(terms.clone());
        self.push(Body::GrantIssued(terms), effective, None);
    }

    /// The terms that some rule of the document would give.
    fn basis(&self, dice: &mut Dice<'_>, with_event: bool, term: Term) -> Basis {
        let names: Vec<_> = self.policy.eligibility.iter().collect();
        let rule = dice.pick(&names);
        let rules = rule.map(|(id, rule)| RuleRef { digest: digest::rule(rule), id: id.clone() });
        let block = rule.and_then(|(_, rule)| rule.event.as_ref());
        let follow = block.is_some_and(|block| block.follow);
        let grace = block.map(|block| block.grace).unwrap_or_default();
        let longer = if follow { hours(dice.below(4).saturating_mul(2)) } else { hours(0) };
        Basis::Policy {
            event: with_event.then_some(EventTerms { follow, grace }),
            limit: term.end().plus(longer),
            on_loss: rule.map_or(OnLoss::Revoke, |(_, rule)| rule.on_loss),
            rules: rules.into_iter().collect(),
        }
    }

    /// The events that the document or the log knows.
    pub(super) fn events(&self) -> Vec<EventId> {
        self.policy.events.keys().chain(self.opened.keys()).cloned().collect()
    }

    fn extended(&mut self, dice: &mut Dice<'_>, effective: Timestamp) {
        let Some(terms) = dice.recent(&self.grants) else { return };
        let command = Extend {
            inputs: language::inputs(dice),
            by: None,
            context: BTreeMap::new(),
            duration: dice.span(),
            grant: terms.id.clone(),
            id: id::<RequestId>(&format!("x{}", self.extensions.len())),
            reason: None,
            ticket: None,
        };
        let end = effective.max(terms.term.start()).plus(command.duration);
        let limit = end.plus(hours(dice.pick(&[0, 0, 2]).unwrap_or_default()));
        let digest = digest::extend(&command);
        let extended = GrantExtended { command: command.id.clone(), digest, end, id: terms.id, limit };
        self.extensions.push(command);
        self.push(Body::GrantExtended(extended), effective, Some(terms.beneficiary));
    }

    fn ended(&mut self, dice: &mut Dice<'_>, effective: Timestamp) {
        let Some(terms) = dice.recent(&self.grants) else { return };
        let end = |cause| GrantEnded { cause, id: terms.id.clone(), reason: None };
        let causes = [Cause::Deactivated, Cause::Expired, Cause::EligibilityLost, Cause::IdentityLeft];
        let cause = dice.pick(&causes).unwrap_or(Cause::Deactivated);
        let body = match dice.below(3) {
            0 => Body::GrantRevoked(end(Cause::Revoked)),
            1 => Body::GrantEnded(end(cause)),
            _ => Body::GrantVoided(end(cause)),
        };
        self.push(body, effective, None);
    }

    /// An event of the log opens, opens again, changes or closes; one of the document does not open again.
    fn event(&mut self, dice: &mut Dice<'_>, effective: Timestamp) {
        let name = dice.name::<EventId>(&["PRJ", "JOB", "INC"]);
        let known = self.opened.get(&name).cloned();
        let declared = self.policy.events.contains_key(&name);
        let body = match (known, dice.below(6)) {
            (None, _) if !declared => {
                let definition = policy::event(dice);
                self.opened.insert(name.clone(), definition.clone());
                let by = if dice.chance(50) { Some(dice.identity()) } else { None };
                let opened = Body::EventOpened(Defined { definition, id: name });
                let effective = if dice.chance(70) { slot(0) } else { effective };
                return self.push(opened, effective, by);
            }
            (Some(mut definition), 0) => {
                // It may say something else than it said.
                if dice.chance(30) {
                    definition = policy::event(dice);
                }
                let by = if dice.chance(50) { Some(dice.identity()) } else { None };
                return self.push(Body::EventOpened(Defined { definition, id: name }), effective, by);
            }
            (_, 1 | 2) => Body::EventClosed(Named { id: name, reason: None }),
            _ => {
                let mut changes = BusinessEventChange::default();
                match dice.below(8) {
                    0..=3 => changes.planned_end = Some(dice.slot()),
                    4 => changes.planned_end = Some(Timestamp::MAX),
                    5 => changes.hard_cap = Some(dice.span().saturating_add(hours(6))),
                    6 => changes.participants = Some(dice.names(&["ann", "ben", "cat"])),
                    _ => changes.start = Some(slot(dice.below(12))),
                }
                Body::EventChanged(Changed { changes, id: name })
            }
        };
        self.push(body, effective, None);
    }

    /// Somebody is suspended, resumed, leaves or joins again, which may be known when they leave.
    fn turned(&mut self, dice: &mut Dice<'_>, effective: Timestamp) {
        let who = named(dice.identity());
        let body = match dice.below(7) {
            0 | 1 => Body::IdentitySuspended(who.clone()),
            2..=4 => Body::IdentityResumed(who.clone()),
            5 => Body::IdentityLeft(who.clone()),
            _ => Body::IdentityRejoined(who.clone()),
        };
        let returns = matches!(body, Body::IdentityLeft(_)) && dice.chance(60);
        self.push(body, effective, None);
        if returns {
            let back = effective.plus(hours(dice.below(16)));
            self.push(Body::IdentityRejoined(who), back, None);
        }
    }

    /// Something is held without asking, or no longer.
    fn held(&mut self, dice: &mut Dice<'_>, effective: Timestamp) {
        let scope = if dice.chance(30) { Some(dice.resource()) } else { None };
        let (from, until) = policy::limits(dice);
        let body = match dice.below(6) {
            0 | 1 => {
                let name: MembershipId = id(&format!("n{}", self.memberships.len()));
                self.memberships.push(name.clone());
                let (group, member) = (dice.name(&GROUPS), dice.identity());
                let definition =
                    Membership { conditions: language::names(dice, 25), from, group, member, scope, until };
                Body::MembershipAdded(Defined { definition, id: name })
            }
            2 | 3 => {
                let name: StandingId = id(&format!("t{}", self.standing.len()));
                self.standing.push(name.clone());
                let holder = if dice.chance(40) {
                    Holder::Group(dice.name(&GROUPS))
                } else {
                    Holder::Identity(dice.identity())
                };
                // Groups within groups make members of those who were not named.
                let nested = matches!(holder, Holder::Group(_)) && dice.chance(40);
                let entitlement = if nested { dice.name(&GROUPS) } else { dice.entitlement() };
                let definition = Standing {
                    conditions: language::names(dice, 25),
                    entitlement,
                    from,
                    holder,
                    scope,
                    until,
                };
                Body::StandingAssigned(Defined { definition, id: name })
            }
            4 => match dice.pick(&self.memberships) {
                Some(name) => Body::MembershipRemoved(Named { id: name, reason: None }),
                None => return,
            },
            _ => match dice.pick(&self.standing) {
                Some(name) => Body::StandingRemoved(Named { id: name, reason: None }),
                None => return,
            },
        };
        self.push(body, effective, None);
    }

    /// A noun that the document does not declare; a second definition of one changes nothing.
    fn new_noun(&mut self, dice: &mut Dice<'_>, effective: Timestamp) {
        let body = match dice.below(3) {
            0 => {
                let kind = if dice.chance(30) { IdentityKind::Workload } else { IdentityKind::Human };
                let owner = Some(dice.identity()).filter(|_| kind == IdentityKind::Workload);
                let attributes = policy::person(dice);
                let (ends, starts) = (None, None);
                let definition =
                    Identity { attributes, ends, kind, manager: None, name: None, owner, starts };
                Body::IdentityDefined(Defined { definition, id: id("new") })
            }
            1 => {
                let definition = Entitlement {
                    application: None,
                    attributes: BTreeMap::new(),
                    implies: policy::edges(dice, &ENTITLEMENTS),
                    kind: EntitlementKind::Role,
                    name: None,
                    owner: None,
                    permissions: vec![dice.permission()],
                    sensitivity: None,
                };
                Body::EntitlementDefined(Defined { definition, id: id("extra") })
            }
            _ => {
                let definition = Resource {
                    application: None,
                    attributes: BTreeMap::new(),
                    name: None,
                    owner: None,
                    parent: Some(dice.name(&RESOURCES)),
                    parent_while: language::names(dice, 12),
                    sensitivity: None,
                    r#type: "folder".into(),
                };
                Body::ResourceDefined(Defined { definition, id: id("late") })
            }
        };
        self.push(body, effective, None);
    }

    /// What was said before is said again, under another name.
    fn repeat(&mut self, dice: &mut Dice<'_>) {
        let Some(fact) = dice.pick(&self.facts) else { return };
        if !matches!(fact.body, Body::ClockCorrected(_)) {
            self.push(fact.body, fact.effective_at, fact.by);
        }
    }
}

fn named<I>(id: I) -> Named<I> {
    Named { id, reason: None }
}

fn identity_changed(dice: &mut Dice<'_>) -> Body {
    let who = dice.identity();
    let mut changes = IdentityChange::default();
    match dice.below(8) {
        0..=2 => changes.attributes = policy::person(dice),
        3 => changes.cleared = dice.names(&["dept", "tags", "level"]).into_iter().collect(),
        4 => changes.ends = Some(if dice.chance(30) { Timestamp::MAX } else { dice.slot().plus(hours(18)) }),
        5 => changes.starts = Some(if dice.chance(50) { Timestamp::MIN } else { slot(dice.below(24)) }),
        _ => changes.owner = Some(dice.identity()),
    }
    Body::IdentityChanged(Changed { changes, id: who })
}

/// Edges of a change may close a cycle on purpose.
fn entitlement_changed(dice: &mut Dice<'_>) -> Body {
    let mut changes = EntitlementChange::default();
    match dice.below(4) {
        0 | 1 => changes.implies = Some(policy::edges(dice, &ENTITLEMENTS)),
        2 => changes.permissions = Some(vec![dice.permission()]),
        _ => changes.attributes = BTreeMap::from([(id("tier"), "gold".into())]),
    }
    Body::EntitlementChanged(Changed { changes, id: dice.name(&ENTITLEMENTS) })
}

/// So may a new parent.
fn resource_changed(dice: &mut Dice<'_>) -> Body {
    let mut changes = ResourceChange { parent: Some(dice.name(&RESOURCES)), ..ResourceChange::default() };
    let id = dice.name(&RESOURCES);
    if dice.has_language() && dice.chance(30) {
        changes.parent_while = Some(language::names(dice, 50));
    }
    Body::ResourceChanged(Changed { changes, id })
}

fn retired(dice: &mut Dice<'_>) -> Body {
    match dice.below(4) {
        0 | 1 => Body::EntitlementRetired(named(dice.entitlement())),
        2 => Body::ResourceRetired(named(dice.resource())),
        _ => Body::ApplicationRetired(named(id("erp"))),
    }
}

fn heartbeat() -> Body {
    Body::FeedHeartbeat(named(id("pager")))
}
