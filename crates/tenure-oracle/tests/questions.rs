//! The reverse questions say what checks and decisions say: nothing more, nothing less.
#![allow(
    clippy::expect_used,
    clippy::arithmetic_side_effects,
    clippy::std_instead_of_core,
    reason = "a test fails by panicking, and runs where there is a standard library"
)]

extern crate alloc;

use alloc::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use tenure::check::{Access, Question, SourceKind, Target};
use tenure::decide::{Code, Command, Reason, Verdict};
use tenure::engine::Engine;
use tenure::id::{AttributeId, EntitlementId, EventId, IdentityId, PermissionId, ResourceId};
use tenure::model::{Request, Value};
use tenure::policy::Combine;
use tenure::query::{
    Filter, Offer, Path, Requestable, Right, Stay, Tenure, TenureState, Timeline, What, Who,
};
use tenure::time::{Reading, Span, Timestamp};
use tenure_oracle::arbitrary::{Arbitrary, slot, worlds, worlds_with_language};
use tenure_oracle::check::{Had, had, turns};
use tenure_oracle::holding::{Source, SourceId, all_sources, edges, live};
use tenure_oracle::instants::with_deaths;
use tenure_oracle::paths::paths;
use tenure_oracle::values::Place;
use tenure_oracle::{World, life};

use engines::{config, engine_of};
use least::{holds, quiet};

mod engines;
mod least;

const IDENTITIES: [&str; 7] = ["ann", "ben", "bot", "cat", "new", "nobody", "svc"];
const PERMISSIONS: [&str; 4] = ["doc:admin", "doc:nothing", "doc:read", "doc:write"];
const ENTITLEMENTS: [&str; 9] = ["admin", "boss", "extra", "lead", "nothing", "ops", "read", "team", "write"];
const EVENTS: [Option<&str>; 2] = [None, Some("INC")];
const RESOURCES: [&str; 8] = ["else", "else/y", "late", "nowhere", "root", "root/a", "root/a/x", "root/b"];

type Context = BTreeMap<AttributeId, Value>;

fn id<I: core::str::FromStr>(name: &str) -> I {
    name.parse().ok().expect("a name")
}

/// Instants with what is said at them: without words, and in the words of the questions.
fn cases(world: &Arbitrary) -> Vec<(Timestamp, Context)> {
    let said: BTreeSet<Context> = world.questions.iter().map(|q| q.context.clone()).collect();
    let said: Vec<Context> = core::iter::once(Context::new()).chain(said).take(3).collect();
    let nows = world.nows.iter().take(2);
    nows.flat_map(|now| said.iter().map(|context| (*now, context.clone()))).collect()
}

/// Whether the engine answers anything at that instant.
fn answers(engine: &Engine, world: &World, now: Timestamp) -> bool {
    tenure_oracle::CLOCK_TOLERANCE >= world.high_water.since(now)
        && engine.who(&Who::new(id("doc:read")), now).reasons.iter().all(|reason| {
            reason.code.word() != "policy.not_adopted" && reason.code.word() != "clock.regression"
        })
}

fn ask(who: &str, what: &str, on: Option<&Target>, context: &Context) -> Question {
    Question { context: context.clone(), identity: id(who), permission: id(what), resource: on.cloned() }
}

/// Everywhere, every resource there is, and those of open types that the questions speak of.
fn places(world: &Arbitrary) -> Vec<Option<Target>> {
    let registered = RESOURCES.into_iter().map(|name| Some(Target::Registered(id(name))));
    let open = world.questions.iter().filter_map(|q| q.resource.clone());
    let open = open.filter(|target| matches!(target, Target::Open(_))).map(Some).take(2);
    core::iter::once(None).chain(registered).chain(open).collect()
}

fn source(path: &Path) -> SourceId {
    match path.source {
        SourceKind::Grant => SourceId::Grant(id(&path.id)),
        SourceKind::Membership => SourceId::Membership(id(&path.id)),
        SourceKind::Standing => SourceId::Standing(id(&path.id)),
        SourceKind::StandingRule => {
            SourceId::StandingRule(id(&path.id), path.entitlements.first().expect("a beginning").clone())
        }
    }
}

/// That every path is one: along edges, from one entitlement to the next, to one that lists the permission.
fn leads(world: &World, path: &Path, permission: &PermissionId, t: Timestamp) -> bool {
    let steps = path.entitlements.windows(2).all(|pair| match pair {
        [from, to] => edges(world, from, t).iter().any(|edge| edge.to == *to),
        _ => true,
    });
    let last = path.entitlements.last().and_then(|last: &EntitlementId| world.entitlement(last, t));
    steps && last.is_some_and(|last| last.permissions.contains(permission))
}

/// What a row says of a question.
struct Row<'a> {
    answer: Access,
    missing: &'a [String],
    from: Option<Timestamp>,
    until: Option<Timestamp>,
    via: &'a [Path],
}

/// That a row says what is had now, since when, until when, and by what.
fn agrees(world: &World, question: &Question, now: Timestamp, row: &Row<'_>) -> Result<(), TestCaseError> {
    let t = world.at(now);
    let Had { answer, missing, sources } = had(world, question, t, t);
    prop_assert_eq!(row.answer, answer, "{:?} at {}", question, t);
    prop_assert_eq!(row.missing, &missing[..], "{:?} at {}", question, t);
    let told: BTreeSet<SourceId> = row.via.iter().map(source).collect();
    prop_assert_eq!(&told, &sources, "{:?} at {}", question, t);
    for path in row.via {
        prop_assert!(leads(world, path, &question.permission, t), "{path:?} of {question:?} at {t}");
    }
    let good = |s: Timestamp| {
        let had = had(world, question, t, s).answer;
        had == Access::Allowed || (had == Access::Conditional && answer == Access::Conditional)
    };
    let (from, until) = (row.from.unwrap_or(Timestamp::MIN), row.until.unwrap_or(Timestamp::MAX));
    for s in turns(world, question, t).into_iter().chain([t]).filter(|s| from <= *s && *s < until) {
        prop_assert!(good(s), "{question:?} at {t} from {from} until {until} is not so at {s}");
    }
    prop_assert!(from == Timestamp::MIN || !good(before(from)), "{question:?} at {t} since before {from}");
    prop_assert!(until == Timestamp::MAX || !good(until), "{question:?} at {t} beyond {until}");
    Ok(())
}

fn before(t: Timestamp) -> Timestamp {
    Timestamp::saturating_from_millis(t.as_millis().saturating_sub(1))
}

/// `who` tells exactly those whom a check does not deny, and `what` of one resource exactly what it does not deny.
fn who_and_what_agree(arbitrary: &Arbitrary) -> Result<(), TestCaseError> {
    let (engine, world) = (engine_of(arbitrary), arbitrary.world());
    for (now, context) in cases(arbitrary) {
        if !answers(&engine, &world, now) {
            continue;
        }
        let t = world.at(now);
        for place in places(arbitrary) {
            for permission in PERMISSIONS {
                let resource = place.clone();
                let asked = Who { context: context.clone(), resource, ..Who::new(id(permission)) };
                let found = engine.who(&asked, now);
                prop_assert!(found.complete);
                let told: Vec<&str> = found.rows.iter().map(|row| row.identity.as_str()).collect();
                let wanted = IDENTITIES.into_iter().filter(|who| {
                    let question = ask(who, permission, place.as_ref(), &context);
                    had(&world, &question, t, t).answer != Access::Denied
                });
                prop_assert_eq!(&told, &wanted.collect::<Vec<_>>(), "{:?} at {}", &asked, now);
                for row in &found.rows {
                    let question = ask(row.identity.as_str(), permission, place.as_ref(), &context);
                    let said = Row {
                        answer: row.answer,
                        missing: &row.missing,
                        from: row.from,
                        until: row.until,
                        via: &row.via,
                    };
                    agrees(&world, &question, now, &said)?;
                }
                for limit in 0..3_u32 {
                    let some = engine.who(&Who { limit: Some(limit), ..asked.clone() }, now);
                    let all = usize::try_from(limit).unwrap_or(usize::MAX);
                    let first: Vec<_> = found.rows.iter().take(all).collect();
                    prop_assert_eq!(some.rows.iter().collect::<Vec<_>>(), first);
                    prop_assert_eq!(some.complete, found.rows.len() <= all);
                }
            }
            let Some(target) = &place else { continue };
            for identity in IDENTITIES {
                let asked = What { context: context.clone(), ..What::new(id(identity)).on(target.clone()) };
                let found = engine.what(&asked, now);
                let told: Vec<&str> = found.rows.iter().map(|row| row.permission().as_str()).collect();
                let wanted = PERMISSIONS.into_iter().filter(|permission| {
                    let question = ask(identity, permission, place.as_ref(), &context);
                    had(&world, &question, t, t).answer != Access::Denied
                });
                prop_assert_eq!(&told, &wanted.collect::<Vec<_>>(), "{:?} at {}", &asked, now);
                for row in &found.rows {
                    let question = ask(identity, row.permission().as_str(), place.as_ref(), &context);
                    agrees(&world, &question, now, &said(row))?;
                }
            }
        }
    }
    Ok(())
}

fn said(row: &Right) -> Row<'_> {
    Row { answer: row.answer, missing: &row.missing, from: row.from, until: row.until, via: &row.via }
}

/// What is told of subtrees is true of what is in them, and leaves nothing out.
fn regions_agree(arbitrary: &Arbitrary) -> Result<(), TestCaseError> {
    let (engine, world) = (engine_of(arbitrary), arbitrary.world());
    for (now, context) in cases(arbitrary) {
        if !answers(&engine, &world, now) {
            continue;
        }
        let t = world.at(now);
        let everybody = Filter::default();
        let all: Vec<_> = engine.what_all(&everybody, &context, now).collect();
        for identity in IDENTITIES {
            let asked = What { context: context.clone(), ..What::new(id::<IdentityId>(identity)) };
            let rights = engine.what(&asked, now);
            if let Some(same) = all.iter().find(|one| one.identity.as_str() == identity) {
                prop_assert_eq!(same, &rights);
            } else {
                prop_assert!(rights.rows.is_empty());
            }
            let order: Vec<_> =
                rights.rows.iter().map(|row| (row.permission().clone(), row.scope.clone())).collect();
            prop_assert!(order.is_sorted_by(|a, b| a < b), "{order:?}");
            for row in &rights.rows {
                for path in row.via.iter() {
                    prop_assert!(leads(&world, path, row.permission(), t), "{path:?} at {t}");
                }
            }
            for place in core::iter::once(None).chain(RESOURCES.map(Some)) {
                let target = place.map(|name| Target::Registered(id(name)));
                let registered = place.map(id::<ResourceId>);
                if registered.as_ref().is_some_and(|r| !life::resource_valid(&world, r, t)) {
                    continue;
                }
                for permission in PERMISSIONS {
                    let question = ask(identity, permission, target.as_ref(), &context);
                    let answer = had(&world, &question, t, t).answer;
                    let rows = rights.rows.iter().filter(|row| row.permission().as_str() == permission);
                    let covering: Vec<&Right> =
                        rows.filter(|row| covers(&world, row, registered.as_ref(), t)).collect();
                    prop_assert!(
                        answer == Access::Denied || !covering.is_empty(),
                        "{question:?} at {t} is {answer:?}, but no row says so"
                    );
                    for row in covering {
                        let excepted = row.except.iter().any(|except| {
                            registered.as_ref().is_none_or(|r| {
                                life::line(&world, &except.scope, Place::registered(r), t).is_some()
                            })
                        });
                        prop_assert!(
                            excepted || row.answer != Access::Allowed || answer == Access::Allowed,
                            "{question:?} at {t} is {answer:?}, but {row:?}"
                        );
                    }
                }
            }
        }
    }
    Ok(())
}

fn covers(world: &World, row: &Right, resource: Option<&ResourceId>, t: Timestamp) -> bool {
    match (&row.scope, resource) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(scope), Some(resource)) => life::contains(world, scope, resource, Reading::Wide, t),
    }
}

/// What a decision comes to, as far as asking is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comes {
    /// It is granted until then, at once or once it is approved.
    Given(Timestamp),
    /// Nothing stands in the way but what was not said.
    Unsaid,
    Denied,
}

fn comes_to(world: &World, request: &Request, now: Timestamp) -> Comes {
    let outcome = tenure_oracle::decide(world, &Command::from(request.clone()), now);
    if outcome.verdict != Verdict::Deny {
        return Comes::Given(outcome.grants.first().map_or(Timestamp::MAX, |grant| grant.end));
    }
    let unsaid = |reason: &Reason| matches!(reason.code, Code::InputMissing | Code::ContextMissing);
    if outcome.reasons.iter().all(unsaid) { Comes::Unsaid } else { Comes::Denied }
}

/// Requests for one thing that say why, and for how long in many ways.
fn attempts(bare: &Request, at: Timestamp, last: Option<Timestamp>) -> Vec<Request> {
    let bare = bare.clone().because("work").tracked_by("T-1");
    let spans = [1, 3_600_000, 14_400_000, 500_000_000];
    let ends =
        spans.into_iter().map(|millis| at.plus(Span::from_millis(millis).expect("a span"))).chain(last);
    let ends = ends.chain(last.map(|last| last.plus(Span::hours(3))));
    let long = ends.filter(|end| at < *end && !end.is_never()).map(|end| bare.clone().until(end));
    core::iter::once(bare.clone()).chain(long).collect()
}

/// Requests that bring what a question cannot say: inputs, and with `events` a business event.
fn with_more(bare: &Request, at: Timestamp, last: Option<Timestamp>, events: &[&str]) -> Vec<Request> {
    let bare = bare.clone().because("work").tracked_by("T-1");
    let named = events.iter().map(|event| bare.clone().for_event(id(event)));
    let amounts = [None, Some(3), Some(8)];
    let filled = core::iter::once(bare.clone()).chain(named).flat_map(|request| {
        amounts.map(|amount| {
            let mut request = request.clone();
            request.inputs.extend(amount.map(|amount| (id("amount"), Value::Int(amount))));
            request
        })
    });
    let ends = last.map(|last| last.plus(Span::hours(3))).into_iter();
    let ends = ends.chain([3_600_000, 500_000_000].map(|n| at.plus(Span::from_millis(n).expect("a span"))));
    let ends: Vec<Timestamp> = ends.filter(|end| !end.is_never()).collect();
    filled
        .flat_map(|request| ends.iter().map(move |end| request.clone().until(*end)).collect::<Vec<_>>())
        .collect()
}

/// Where nothing is left open but which event it is, an event that would do gets what is told.
fn events_do(world: &World, bare: &Request, row: &Offer, now: Timestamp) -> Result<(), TestCaseError> {
    let needs = &row.needs;
    for event in needs.event.iter().flat_map(|event| &event.open).take(2) {
        let named = bare.clone().for_event(event.clone()).because("work").tracked_by("T-1");
        let outcome = tenure_oracle::decide(world, &Command::from(named), now);
        let about = |reason: &Reason| matches!(reason.code, Code::EventInvalid | Code::EventStale);
        prop_assert!(!outcome.reasons.iter().any(about), "{event} at {now}: {row:?}");
        if !needs.context.is_empty() || !needs.inputs.is_empty() {
            continue;
        }
        let refused = |reason: &Reason| {
            matches!(reason.code, Code::GuardrailForbidden | Code::PolicyExplicitDeny | Code::EligibilityNone)
        };
        prop_assert!(!outcome.reasons.iter().any(refused), "{event} at {now}: {row:?}: {outcome:?}");
        let owed: BTreeSet<_> = outcome.obligations.iter().collect();
        let told: BTreeSet<_> = needs.approvals.iter().collect();
        prop_assert!(
            outcome.verdict == Verdict::Deny || owed == told,
            "{event} at {now}: {row:?}: {outcome:?}"
        );
    }
    Ok(())
}

/// What may be asked for is what a request would be given for, for as long as it would be.
fn offers_agree(arbitrary: &Arbitrary) -> Result<(), TestCaseError> {
    let (engine, world) = (engine_of(arbitrary), arbitrary.world());
    for (now, context) in cases(arbitrary).into_iter().step_by(2).take(2) {
        if !answers(&engine, &world, now) || now > slot(1_000_000) {
            continue;
        }
        let at = world.at(now);
        for (identity, event) in
            ["ann", "nobody", "svc"].iter().flat_map(|who| EVENTS.map(|event| (*who, event)))
        {
            let event: Option<EventId> = event.map(id);
            let asked = Requestable {
                all: true,
                context: context.clone(),
                event: event.clone(),
                ..Requestable::new(id(identity))
            };
            let offers = engine.requestable(&asked, now);
            let few = engine.requestable(&Requestable { all: false, ..asked }, now);
            let may: Vec<_> = offers.rows.iter().filter(|row| row.requestable).collect();
            // Without the rest, the scopes that only rules for others name are left out.
            prop_assert!(few.rows.iter().all(|row| may.contains(&row)));
            for row in &offers.rows {
                let mut bare = Request::new(id("ask-1"), id(identity), row.entitlement.clone());
                (bare.context, bare.event) = (context.clone(), event.clone());
                bare.items.iter_mut().for_each(|item| item.scope.clone_from(&row.scope));
                if arbitrary.policy.combine == Combine::RequesterChooses {
                    // What the row tells is had by the rule that it tells.
                    bare.rule = row.rules.first().cloned();
                }
                let tried: Vec<(Request, Comes)> = attempts(&bare, at, row.until)
                    .into_iter()
                    .map(|request| (request.clone(), comes_to(&world, &request, now)))
                    .collect();
                let given = tried.iter().find(|(_, comes)| matches!(comes, Comes::Given(_)));
                let needs = &row.needs;
                let events = if event.is_none() && (!row.requestable || needs.event.is_some()) {
                    &["INC", "PRJ", "JOB"][..]
                } else {
                    &[]
                };
                for request in with_more(&bare, at, row.until, events) {
                    let Comes::Given(end) = comes_to(&world, &request, now) else { continue };
                    prop_assert!(row.requestable, "{request:?} at {now}, but {row:?}");
                    let within = row.until.is_none_or(|until| end <= until);
                    prop_assert!(within, "{request:?} at {now} ends at {end}: {row:?}");
                }
                if !row.requestable {
                    prop_assert!(given.is_none(), "{given:?} at {now}, but {row:?}");
                    prop_assert!(!row.reasons.is_empty());
                    continue;
                }
                let unsaid = needs.context.iter().any(|name| name.starts_with("inputs."));
                let unsaid = unsaid || needs.event.is_some() || !needs.inputs.is_empty();
                let open = tried.iter().any(|(_, comes)| *comes != Comes::Denied);
                prop_assert!(unsaid || open, "{bare:?} at {now}, but {row:?}");
                // What is not filled in may lead to another rule, where the requester chooses.
                let sure = needs.context.is_empty() && needs.event.is_none() && needs.inputs.is_empty();
                for (request, comes) in &tried {
                    let Comes::Given(end) = comes else { continue };
                    prop_assert!(
                        row.until.is_none_or(|until| *end <= until),
                        "{request:?} at {now}: {row:?}"
                    );
                    prop_assert!(
                        !sure || request.until != row.until || row.until.is_none_or(|until| until == *end),
                        "{request:?} at {now} ends at {end}: {row:?}"
                    );
                }
                prop_assert!(!sure || given.is_some(), "{bare:?} at {now}: {row:?}");
                events_do(&world, &bare, row, now)?;
            }
            let scopes = core::iter::once(None).chain(RESOURCES.map(Some));
            for (entitlement, scope) in ENTITLEMENTS.iter().flat_map(|e| scopes.clone().map(move |s| (*e, s)))
            {
                let scope: Option<ResourceId> = scope.map(id);
                if offers.rows.iter().any(|r| r.entitlement.as_str() == entitlement && r.scope == scope) {
                    continue;
                }
                let mut bare = Request::new(id("ask-1"), id(identity), id(entitlement));
                (bare.context, bare.event) = (context.clone(), event.clone());
                bare.items.iter_mut().for_each(|item| item.scope.clone_from(&scope));
                // Below what a rule names the same may be asked for; what no rule names at all may not.
                let named = |rule: &&tenure::policy::Eligibility| match (&rule.scopes, &scope) {
                    (Some(scopes), Some(scope)) => {
                        scopes.iter().any(|outer| life::contains(&world, outer, scope, Reading::Narrow, at))
                    }
                    (None, scope) => scope.is_some(),
                    (Some(_), None) => false,
                };
                if arbitrary.policy.eligibility.values().any(|rule| named(&rule)) {
                    continue;
                }
                for request in attempts(&bare, at, None) {
                    prop_assert!(!matches!(comes_to(&world, &request, now), Comes::Given(_)), "{request:?}");
                }
            }
        }
    }
    Ok(())
}

/// The times of a source are those at which it is live, and what ended a grant is what it died of.
fn timelines_agree(arbitrary: &Arbitrary) -> Result<(), TestCaseError> {
    let (engine, world) = (engine_of(arbitrary), arbitrary.world());
    let instants = with_deaths(&world);
    for now in arbitrary.nows.iter().filter(|now| answers(&engine, &world, **now)) {
        let at = world.at(*now);
        for identity in IDENTITIES {
            let timeline = engine.timeline(&Timeline::new(id(identity)), *now);
            if !life::identity_known(&world, &id(identity)) {
                prop_assert_eq!(timeline.reasons.len(), 1);
                continue;
            }
            let sources = all_sources(&world, &id(identity));
            for source in &sources {
                let told = timeline.sources.iter().find(|told| told.is(source));
                let live = |t: Timestamp| {
                    live(&world, source, t)
                        && life::entitlement_valid(&world, &source.entitlement, t)
                        && source.scope.as_ref().is_none_or(|s| life::resource_valid(&world, s, t))
                };
                for t in instants.iter().chain([&at]) {
                    let inside = told.is_some_and(|told| told.windows.iter().any(|stay| contains(stay, *t)));
                    prop_assert_eq!(inside, live(*t), "{:?} at {}: {:?}", source, t, told);
                }
                let Some(told) = told else { continue };
                prop_assert_eq!(told.state == TenureState::Active, live(at), "{:?} at {}", told, at);
                if let SourceId::Grant(grant) = &source.id {
                    let (death, cause) = tenure_oracle::death(&world, grant).expect("a grant dies");
                    let last = told.windows.last();
                    prop_assert!(last.is_none_or(|stay| stay.end == Some(death)), "{told:?} dies at {death}");
                    prop_assert!(last.is_none_or(|stay| stay.cause == Some(cause.code())), "{told:?}");
                }
                for stay in &told.windows {
                    prop_assert_eq!(stay.cause.is_some(), stay.end.is_some());
                    prop_assert!(stay.end.is_none_or(|end| !live(end)));
                }
            }
            let grants = timeline.sources.iter().filter(|told| told.source != SourceKind::StandingRule);
            let known = sources.iter().filter(|s| !matches!(s.id, SourceId::StandingRule(..)));
            prop_assert_eq!(grants.count(), known.count());
            for permission in PERMISSIONS.map(id::<PermissionId>) {
                let asked = Timeline { permission: Some(permission.clone()), ..Timeline::new(id(identity)) };
                let timeline = engine.timeline(&asked, *now);
                for source in &sources {
                    let told = timeline.sources.iter().find(|told| told.is(source));
                    for t in &instants {
                        // Denials and conditions are checks' affair; here is what nothing restricts.
                        let found = paths(&world, source, &permission, None, *t);
                        let free = found.iter().any(|p| p.conditions.is_none() && p.through.is_empty());
                        let inside = told.into_iter().flat_map(|told| &told.windows);
                        let inside = inside.filter(|stay| contains(stay, *t)).count();
                        // Denials of the permission stand against all that gives it.
                        let asked = ask(identity, permission.as_str(), None, &Context::new());
                        let allowed = || had(&world, &asked, at, *t).answer == Access::Allowed;
                        prop_assert!(
                            !free || inside == 1 || !allowed(),
                            "{source:?} gives {permission} at {t}: {told:?}"
                        );
                        prop_assert!(!found.is_empty() || inside == 0, "{source:?} at {t}: {told:?}");
                        prop_assert!(inside == 0 || allowed(), "{source:?} at {t}: {told:?}");
                    }
                }
            }
        }
    }
    Ok(())
}

fn contains(stay: &Stay, t: Timestamp) -> bool {
    stay.start.is_none_or(|start| start <= t) && stay.end.is_none_or(|end| t < end)
}

/// A source as the timeline tells it.
trait Told {
    fn is(&self, source: &Source) -> bool;
}

impl Told for Tenure {
    fn is(&self, source: &Source) -> bool {
        let id = self.id.as_str();
        let same = match (&source.id, self.source) {
            (SourceId::Grant(grant), SourceKind::Grant) => grant.as_str() == id,
            (SourceId::Standing(standing), SourceKind::Standing) => standing.as_str() == id,
            (SourceId::Membership(membership), SourceKind::Membership) => membership.as_str() == id,
            (SourceId::StandingRule(rule, _), SourceKind::StandingRule) => rule.as_str() == id,
            _ => false,
        };
        same && self.entitlement == source.entitlement && self.scope == source.scope
    }
}

proptest! {
    #![proptest_config(config(6))]

    #[test]
    fn what_may_be_asked_for_is_given(world in quiet(worlds())) { holds(&world, offers_agree)? }

    #[test]
    fn what_may_be_asked_for_is_given_in_the_policy_language(world in quiet(worlds_with_language())) {
        holds(&world, offers_agree)?;
    }

    #[test]
    fn timelines_tell_what_was_held(world in quiet(worlds())) { holds(&world, timelines_agree)? }

    #[test]
    fn timelines_tell_what_was_held_in_the_policy_language(world in quiet(worlds_with_language())) {
        holds(&world, timelines_agree)?;
    }

    #[test]
    fn who_and_what_say_what_checks_say(world in quiet(worlds())) { holds(&world, who_and_what_agree)? }

    #[test]
    fn who_and_what_say_what_checks_say_in_the_policy_language(world in quiet(worlds_with_language())) {
        holds(&world, who_and_what_agree)?;
    }

    #[test]
    fn what_is_said_of_subtrees_is_so(world in quiet(worlds())) { holds(&world, regions_agree)? }

    #[test]
    fn what_is_said_of_subtrees_is_so_in_the_policy_language(world in quiet(worlds_with_language())) {
        holds(&world, regions_agree)?;
    }
}
