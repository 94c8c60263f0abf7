//! A permission is held on a resource as long as some path gives it and nothing denies it. Paths have conditions, so the
//! answer may be that it depends on what was not said.

use alloc::collections::{BTreeMap, BTreeSet};

use tenure::check::{Access, Question, Target};
use tenure::decide::{Code, Reason};
use tenure::id::{EntitlementId, EventId, PermissionId, RuleId};
use tenure::policy::{Deny, DenyOn};
use tenure::time::Timestamp;

use crate::World;
use crate::area::{Area, breakpoints};
use crate::eligible::what;
use crate::holding::{Source, SourceId, all_sources, permission_known};
use crate::instants::with_deaths;
use crate::judge::{Judged, Truth, judge};
use crate::life::{identity_known, resource_known, resource_valid, why_not_alive};
use crate::outcome::{list, ordered, text};
use crate::paths::paths;
use crate::values::{Place, Surroundings};

/// The answer to a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// Whether it is held.
    pub answer: Access,
    /// What was not said and decides, if the answer is conditional.
    pub missing: Vec<String>,
    /// Until when, if it is held and that ends.
    pub until: Option<Timestamp>,
    /// The next instant at which what gives it changes.
    pub next_change_at: Option<Timestamp>,
    /// Why not.
    pub reasons: Vec<Reason>,
}

impl Checked {
    /// Whether it is held for sure.
    pub const fn allowed(&self) -> bool {
        matches!(self.answer, Access::Allowed)
    }
}

/// Whether the identity holds the permission on the resource.
pub fn check(world: &World, question: &Question, now: Timestamp) -> Checked {
    if let Some(reason) =
        crate::clock(world, now).or_else(|| crate::not_adopted(world)).or_else(|| unknown(world, question))
    {
        let (missing, reasons) = (Vec::new(), vec![reason]);
        return Checked { answer: Access::Denied, missing, until: None, next_change_at: None, reasons };
    }
    let at = world.at(now);
    let case = Case::new(world, question, at);
    let seen = case.look(at);
    let after = breakpoints(world, case.denials.iter().map(|denial| &denial.area), at);
    let allowed = seen.truth() == Truth::True;
    let until =
        if allowed { after.iter().copied().find(|t| case.look(*t).truth() != Truth::True) } else { None };
    let state = |seen: &Seen<'_>| (seen.giving(), spared(&seen.denied));
    let next_change_at = after.iter().copied().find(|t| state(&case.look(*t)) != state(&seen));
    let missing: Vec<String> = seen.missing().into_iter().collect();
    let (answer, missing, reasons) = match seen.truth() {
        Truth::True => (Access::Allowed, Vec::new(), Vec::new()),
        Truth::Missing => {
            let names = list(missing.iter().map(String::as_str));
            let reason = Reason::error(Code::ContextMissing).with("names", names);
            (Access::Conditional, missing, vec![reason])
        }
        _ if seen.ways.is_empty() => (Access::Denied, Vec::new(), case.nothing_live(at)),
        _ => (Access::Denied, Vec::new(), ordered(seen.refused()).1),
    };
    Checked { answer, missing, until, next_change_at, reasons }
}

/// What is had at an instant, as far as it is known around another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Had {
    /// Whether it is held.
    pub answer: Access,
    /// What was not said and decides, if the answer is conditional.
    pub missing: Vec<String>,
    /// The sources with a way that is as good as any.
    pub sources: BTreeSet<SourceId>,
}

/// How a question stands at `t`, of which hours are known around `near`; the clock and the document apart.
pub fn had(world: &World, question: &Question, near: Timestamp, t: Timestamp) -> Had {
    let nothing = Had { answer: Access::Denied, missing: Vec::new(), sources: BTreeSet::new() };
    if unknown(world, question).is_some() {
        return nothing;
    }
    let case = Case::new(world, question, near);
    let seen = case.look(t);
    let answer = match seen.truth() {
        Truth::True => Access::Allowed,
        Truth::Missing => Access::Conditional,
        Truth::Failed | Truth::False => return nothing,
    };
    let best = seen.ways.iter().filter(|way| way.truth() == seen.any());
    let missing = if answer == Access::Conditional { seen.missing() } else { BTreeSet::new() };
    Had {
        answer,
        missing: missing.into_iter().collect(),
        sources: best.map(|way| way.source.clone()).collect(),
    }
}

/// Every instant at which what is had may change, as far as it is known around `near`.
pub fn turns(world: &World, question: &Question, near: Timestamp) -> Vec<Timestamp> {
    let case = Case::new(world, question, near);
    breakpoints(world, case.denials.iter().map(|denial| &denial.area), Timestamp::MIN)
}

/// A denial that speaks of use.
struct Denial<'w> {
    id: &'w RuleId,
    rule: &'w Deny,
    area: Area<'w>,
}

/// A question and what it is answered from.
struct Case<'w> {
    world: &'w World,
    question: &'w Question,
    place: Option<Place<'w>>,
    sources: Vec<Source>,
    denials: Vec<Denial<'w>>,
}

/// What denies, as far as it is not certain that it does not apply.
type Denied<'w> = BTreeMap<(&'w RuleId, Option<EntitlementId>), Judged>;

/// A path, and what denies the use of an entitlement on it.
struct Way<'w> {
    source: SourceId,
    judged: Judged,
    denied: Denied<'w>,
}

/// What there is at an instant.
struct Seen<'w> {
    ways: Vec<Way<'w>>,
    /// What denies the permission.
    denied: Denied<'w>,
}

impl<'w> Case<'w> {
    fn new(world: &'w World, question: &'w Question, at: Timestamp) -> Self {
        let denials = world.policy.deny.iter().filter(|(_, rule)| rule.on != Some(DenyOn::Request));
        let denials = denials.map(|(id, rule)| Denial { id, rule, area: Area::of_use(rule, at) });
        Self {
            world,
            question,
            place: question.resource.as_ref().map(|target| place(world, target)),
            sources: all_sources(world, &question.identity),
            denials: denials.collect(),
        }
    }

    fn around<'a>(
        &'a self,
        entitlement: Option<&'a EntitlementId>,
        event: Option<&'a EventId>,
    ) -> Surroundings<'a> {
        const NOTHING: &BTreeMap<tenure::id::AttributeId, tenure::model::Value> = &BTreeMap::new();
        Surroundings {
            identity: &self.question.identity,
            beneficiary: &self.question.identity,
            resource: self.place,
            entitlement,
            event,
            inputs: NOTHING,
            context: &self.question.context,
            action: "use",
            permission: Some(&self.question.permission),
        }
    }

    fn look(&self, t: Timestamp) -> Seen<'w> {
        let mut ways = Vec::new();
        for source in &self.sources {
            let around = self.around(Some(&source.entitlement), source.event.as_ref());
            for path in paths(self.world, source, &self.question.permission, self.place, t) {
                let mut denied = Denied::new();
                for entitlement in &path.through {
                    self.deny(&mut denied, Some(entitlement), t, |rule| {
                        rule.what.as_ref().is_some_and(|selector| what(self.world, selector, entitlement, t))
                    });
                }
                let judged = judge(self.world, &path.conditions, &around, t);
                ways.push(Way { source: source.id.clone(), judged, denied });
            }
        }
        let mut denied = Denied::new();
        let asked: &PermissionId = &self.question.permission;
        self.deny(&mut denied, None, t, |rule| rule.permissions.contains(asked));
        Seen { ways, denied }
    }

    fn deny(
        &self,
        denied: &mut Denied<'w>,
        entitlement: Option<&EntitlementId>,
        t: Timestamp,
        speaks: impl Fn(&Deny) -> bool,
    ) {
        for Denial { id, rule, area } in self.denials.iter().filter(|denial| speaks(denial.rule)) {
            if !area.concerns(self.world, &self.question.identity, self.place, t) {
                continue;
            }
            let judged = judge(self.world, &rule.when, &self.around(entitlement, None), t);
            if judged.truth() == Truth::False {
                continue;
            }
            denied.insert((id, entitlement.cloned()), judged);
        }
    }

    /// Why not, if no path is live.
    fn nothing_live(&self, at: Timestamp) -> Vec<Reason> {
        let (world, question) = (self.world, self.question);
        let retired = self.place.filter(|place| place.open.is_none() && !resource_valid(world, place.id, at));
        if let Some(retired) = retired {
            return vec![Reason::error(Code::ResourceRetired).with("resource", text(retired.id))];
        }
        if let Some(why) = why_not_alive(world, &question.identity, at) {
            let reason = Reason::error(Code::IdentityNotActive).with("identity", text(&question.identity));
            return vec![reason.with("why", why)];
        }
        let instants = with_deaths(world);
        let held = |t: &&Timestamp| {
            let gives = |source| !paths(world, source, &question.permission, self.place, **t).is_empty();
            self.sources.iter().any(gives)
        };
        // The last piece of the past in which it was held ends where the next piece begins.
        let last = instants.iter().rev().filter(|t| **t <= at).find(held);
        let ended = last.and_then(|last| instants.iter().find(|t| last < *t));
        let next = instants.iter().filter(|t| at < **t).find(held);
        let expired = ended.map(|end| Reason::error(Code::AccessExpired).with("end", text(end)));
        let coming = next.map(|start| Reason::error(Code::AccessNotStarted).with("start", text(start)));
        let mut reasons: Vec<Reason> = expired.into_iter().chain(coming).collect();
        if reasons.is_empty() {
            let reason = Reason::error(Code::AccessNone).with("identity", text(&question.identity));
            reasons.push(reason.with("permission", text(&question.permission)));
        }
        reasons
    }
}

/// What is left where this denies.
fn spared(denied: &Denied<'_>) -> Truth {
    let spared = |judged: &Judged| match judged.truth() {
        Truth::True => Truth::False,
        Truth::False => Truth::True,
        unknown => unknown,
    };
    denied.values().map(spared).max().unwrap_or(Truth::True)
}

impl Way<'_> {
    fn truth(&self) -> Truth {
        self.judged.truth().max(spared(&self.denied))
    }
}

impl Seen<'_> {
    /// Over paths the best counts, and then whatever denies the permission.
    fn truth(&self) -> Truth {
        self.any().max(spared(&self.denied))
    }

    fn any(&self) -> Truth {
        self.ways.iter().map(Way::truth).min().unwrap_or(Truth::False)
    }

    fn giving(&self) -> BTreeSet<SourceId> {
        let ways = self.ways.iter().filter(|way| way.truth() == Truth::True);
        ways.map(|way| way.source.clone()).collect()
    }

    /// What the ways of the best value name. One that names all that another names and more does not count: what it
    /// asks for more cannot help.
    fn told(&self) -> Vec<Told<'_>> {
        let best = self.any();
        let all: Vec<Told<'_>> =
            self.ways.iter().filter(|way| way.truth() == best).map(|way| way.told(best)).collect();
        let is_least = |told: &&Told<'_>| !all.iter().any(|other| other != *told && other.is_within(told));
        all.iter().filter(is_least).cloned().collect()
    }

    fn missing(&self) -> BTreeSet<String> {
        let unknown = self.denied.values().filter(|judged| judged.truth() == Truth::Missing);
        let mut missing: BTreeSet<String> =
            unknown.flat_map(|judged| judged.missing.iter().cloned()).collect();
        missing.extend(self.told().into_iter().flat_map(|told| told.judged.missing));
        missing
    }

    /// Why it is denied although a path is live: by conditions that do not hold or cannot be judged, by denials.
    fn refused(&self) -> Vec<Reason> {
        let (mut rules, mut judged, mut denying) = (BTreeSet::new(), Judged::default(), Judged::default());
        for told in self.told() {
            rules.extend(told.rules);
            judged.join(told.judged);
        }
        judged.missing.clear();
        for ((rule, _), judged) in &self.denied {
            if judged.truth() != Truth::Missing {
                rules.insert(*rule);
                denying.failed.extend(judged.failed.iter().cloned());
            }
        }
        let explicit = |rule| Reason::error(Code::PolicyExplicitDeny).with("rule", text(rule));
        let reasons = rules.into_iter().map(explicit);
        reasons.chain(denying.unknown()).chain(judged.refused()).collect()
    }
}

/// What a way names, by its value: what it misses, what cannot be judged on it, or what keeps it from counting.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Told<'w> {
    judged: Judged,
    rules: BTreeSet<&'w RuleId>,
}

impl Told<'_> {
    fn is_within(&self, other: &Self) -> bool {
        self.judged.missing.is_subset(&other.judged.missing)
            && self.judged.failed.is_subset(&other.judged.failed)
            && self.judged.unsatisfied.is_subset(&other.judged.unsatisfied)
            && self.rules.is_subset(&other.rules)
    }
}

impl<'w> Way<'w> {
    fn told(&self, value: Truth) -> Told<'w> {
        let mut told = Told::default();
        for judged in self.denied.values().chain([&self.judged]) {
            match value {
                Truth::True | Truth::False => {}
                Truth::Missing => told.judged.missing.extend(judged.missing.iter().cloned()),
                Truth::Failed => told.judged.failed.extend(judged.failed.iter().cloned()),
            }
        }
        if value == Truth::False {
            told.judged.unsatisfied.clone_from(&self.judged.unsatisfied);
            let denies = self.denied.iter().filter(|(_, judged)| judged.truth() != Truth::Missing);
            told.rules.extend(denies.map(|((rule, _), _)| *rule));
        }
        told
    }
}

/// What is stored beats what is said.
fn place<'w>(world: &World, target: &'w Target) -> Place<'w> {
    match target {
        Target::Open(open) if !resource_known(world, &open.id) => Place { id: &open.id, open: Some(open) },
        target => Place::registered(target.id()),
    }
}

fn unknown(world: &World, question: &Question) -> Option<Reason> {
    let Question { identity, permission, resource, .. } = question;
    if !identity_known(world, identity) {
        Some(Reason::error(Code::IdentityUnknown).with("identity", text(identity)))
    } else if !permission_known(world, permission) {
        Some(Reason::error(Code::PermissionUnknown).with("permission", text(permission)))
    } else {
        let is_open = |target: &&Target| match target {
            Target::Registered(_) => false,
            Target::Open(open) => world.policy.resource_types.get(&open.r#type).is_some_and(|kind| kind.open),
        };
        let target = resource.as_ref()?;
        let unknown = match target {
            target if resource_known(world, target.id()) => None,
            Target::Open(open) if is_open(&target) => {
                open.parent.as_ref().filter(|parent| !resource_known(world, parent))
            }
            target => Some(target.id()),
        };
        Some(Reason::error(Code::ResourceUnknown).with("resource", text(unknown?)))
    }
}
