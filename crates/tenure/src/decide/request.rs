//! A request asks for entitlements for a time. What stands in its way is collected; what limits it is reported;
//! the answer is all or nothing.

use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use super::case::{Case, Denied};
use super::proposal::Entry;
use super::trace::Moment;
use super::window::{self, Ask, Limit, Owner, span};
use super::{Code, Decision, GrantView, Reason, event, extend};
use crate::check::text;
use crate::compile::{CompiledRule, Life};
use crate::fact::{Body, GrantExtended, RequestMade, RequestResolved};
use crate::id::{GrantId, IdentityId};
use crate::log::{Key, KeyKind};
use crate::model::{
    Basis, EventTerms, GrantState, GrantTerms, IdentityKind, Item, OnLoss, Request, RuleRef, Term, Value,
};
use crate::policy::{AlreadyHeld, Anchor, BoundKind};
use crate::state::{EventRow, GrantRow, IdentityRow, Stage, half_digest};
use crate::store::NONE;
use crate::time::{IntervalSet, Span, Timestamp};

/// A rule with the instants at which it matches.
pub(super) type Matched<'a> = Vec<(&'a CompiledRule, IntervalSet)>;

/// What an item comes to.
enum Outcome {
    Issue { basis: Basis, term: Term },
    Extend { end: Timestamp, limit: Timestamp },
}

/// What the whole request shares.
struct Parties<'a> {
    who: u32,
    row: &'a IdentityRow,
    life: Life,
    event: Option<(u32, &'a EventRow)>,
    owner: Option<Owner>,
    start: Moment,
    session_ends: Option<Timestamp>,
}

/// Decides a request.
pub(super) fn decide(mut case: Case<'_>, request: &Request) -> Decision {
    if let Err(Denied) = case.preconditions() {
        return case.deny();
    }
    decide_in(case, request, &request.digest(), |_| Ok(()))
}

/// Decides a request once the preconditions hold. `gate` is asked when the request turns out to be new.
pub(super) fn decide_in<'a>(
    mut case: Case<'a>,
    request: &Request,
    digest: &str,
    gate: impl FnOnce(&mut Case<'a>) -> Result<(), Denied>,
) -> Decision {
    let made = match recorded(&mut case, request, digest) {
        Ok(Recorded::New) => false,
        Ok(Recorded::Made) => true,
        Ok(Recorded::Resolved(grants)) => return case.permit(grants, None, Vec::new()),
        Err(Denied) => return case.deny(),
    };
    if let Err(Denied) = gate(&mut case) {
        return case.deny();
    }
    let Ok(parties) = resolve(&mut case, request) else {
        return case.deny();
    };
    let mut found = Vec::new();
    for (number, item) in (0u32..).zip(&request.items) {
        let (Some(entitlement), Some(scope)) = references(&case, item) else { continue };
        let ask = Ask {
            item: number,
            beneficiary: &request.beneficiary,
            who: parties.who,
            row: parties.row,
            life: &parties.life,
            entitlement,
            scope,
            event: parties.event,
            owner: parties.owner.as_ref(),
            start: parties.start,
            session_ends: parties.session_ends,
        };
        if let Some((outcome, view)) = judge(&mut case, request, item, &ask) {
            found.push((number, outcome, view));
        }
    }
    if case.is_denied() || found.len() != request.items.len() {
        return case.deny();
    }
    permit(case, request, digest, made, found)
}

/// What the log knows of the request's id.
enum Recorded {
    New,
    Made,
    Resolved(Vec<GrantView>),
}

fn recorded(case: &mut Case<'_>, request: &Request, digest: &str) -> Result<Recorded, Denied> {
    case.footprint.push(Case::request_key(&request.id));
    let state = case.state();
    let known =
        state.request_reference(request.id.as_str()).and_then(|r| state.requests.at(r).map(|row| (r, row)));
    let Some((reference, row)) = known else { return Ok(Recorded::New) };
    let named = |code| Reason::error(code).with("request", request.id.as_str());
    if row.stage == Stage::Named && row.last_grant == NONE {
        return Ok(Recorded::New);
    }
    if row.stage == Stage::Extension || row.digest != half_digest(digest) {
        return Err(case.fail(named(Code::RequestIdReused)));
    }
    match row.stage {
        Stage::Withdrawn => Err(case.fail(named(Code::RequestWithdrawn))),
        Stage::Resolved => {
            let listed = state.resolved_with.at(row.resolved_with).cloned();
            let grants: Vec<u32> = match listed {
                Some(list) => list.to_vec(),
                None => own_grants(case, reference, row.last_grant),
            };
            let views =
                grants.iter().filter_map(|g| state.grants.at(*g)).filter_map(|row| case.view(row)).collect();
            case.reasons
                .push(Reason::warning(Code::RequestAlreadyResolved).with("request", request.id.as_str()));
            Ok(Recorded::Resolved(views))
        }
        _ => Ok(Recorded::Made),
    }
}

/// The grants that were issued for a request, in the order of their items.
fn own_grants(case: &Case<'_>, request: u32, last: u32) -> Vec<u32> {
    let mut grants = Vec::new();
    let mut grant = last;
    while let Some(row) = case.state().grants.at(grant) {
        if case.state().origin(row).request == request {
            grants.push(grant);
        }
        grant = row.previous_of_request;
    }
    grants.reverse();
    grants
}

fn references(case: &Case<'_>, item: &Item) -> (Option<u32>, Option<u32>) {
    let state = case.state();
    let scope = match &item.scope {
        Some(scope) => state.resource_names.find(scope.as_str()),
        None => Some(NONE),
    };
    (state.entitlement_names.find(item.entitlement.as_str()), scope)
}

/// Names, lives, the accountable human and the business event: stops at the first failure.
fn resolve<'a>(case: &mut Case<'a>, request: &Request) -> Result<Parties<'a>, Denied> {
    let (_, requester) = case.identity(&request.requester)?;
    let (who, row) = case.identity(&request.beneficiary)?;
    case.read(KeyKind::Person, request.beneficiary.as_str());
    let state = case.state();
    for (number, item) in (0u32..).zip(&request.items) {
        case.read(KeyKind::Entitlement, item.entitlement.as_str());
        let known = state.entitlement_names.find(item.entitlement.as_str());
        if known.and_then(|r| state.entitlements.at(r)).is_none_or(|row| row.noun.is_none()) {
            let reason = Reason::error(Code::EntitlementUnknown);
            return Err(case.fail(reason.with("entitlement", item.entitlement.as_str()).item(number)));
        }
        if let Some(scope) = &item.scope {
            case.read(KeyKind::Resource, scope.as_str());
            let known = state.resource_names.find(scope.as_str());
            if known.and_then(|r| state.resources.at(r)).is_none_or(|row| row.noun.is_none()) {
                let reason = Reason::error(Code::ResourceUnknown).with("resource", scope.as_str());
                return Err(case.fail(reason.item(number)));
            }
            read_ancestry(case, known.unwrap_or(NONE));
        }
    }

    let at = Moment { at: case.at(), moves: true };
    let start = match request.start {
        Some(start) if case.trace.is_before(start) => Moment::fixed(start),
        _ => at,
    };
    case.alive(&request.requester, requester, &Life::of(requester), at)?;
    let life = Life::of(row);
    case.alive(&request.beneficiary, row, &life, start)?;
    if !case.trace.is_in(start, &life.same_as_at(case.at())) {
        let reason = Reason::error(Code::IdentityNotActive);
        return Err(case.fail(reason.with("identity", request.beneficiary.as_str()).with("why", "left")));
    }
    for (number, item) in (0u32..).zip(&request.items) {
        let (entitlement, scope) = references(case, item);
        let valid = entitlement.and_then(|e| case.world().hierarchy.life(e));
        if !case.trace.is_in(start, &valid.map_or_else(IntervalSet::empty, IntervalSet::from)) {
            let reason = Reason::error(Code::EntitlementRetired);
            return Err(case.fail(reason.with("entitlement", item.entitlement.as_str()).item(number)));
        }
        if let (Some(id), Some(scope)) = (&item.scope, scope) {
            let valid = case.world().tree.life(scope);
            if !case.trace.is_in(start, &valid.map_or_else(IntervalSet::empty, IntervalSet::from)) {
                let reason = Reason::error(Code::ResourceRetired).with("resource", id.as_str());
                return Err(case.fail(reason.item(number)));
            }
        }
    }
    let owner = accountable(case, &request.beneficiary, row, start)?;
    let event = match &request.event {
        Some(id) => Some(event::named(case, id, &request.beneficiary, start)?),
        None => None,
    };
    let session_ends = window::session_ends(&request.context);
    Ok(Parties { who, row, life, event, owner, start, session_ends })
}

fn read_ancestry(case: &mut Case<'_>, scope: u32) {
    for above in case.world().tree.ancestry(scope) {
        case.read_name(KeyKind::Resource, case.state().resource_names.name(above));
    }
}

/// The live human who answers for a beneficiary that is not human.
pub(super) fn accountable(
    case: &mut Case<'_>,
    id: &IdentityId,
    row: &IdentityRow,
    start: Moment,
) -> Result<Option<Owner>, Denied> {
    if row.noun.as_ref().is_some_and(|noun| noun.last().kind == IdentityKind::Human) {
        return Ok(None);
    }
    let owner = window::owner_of(case, row, start.at);
    if start.moves {
        // Who owns it may change.
        for (segment, _) in row.noun.iter().flat_map(|noun| noun.segments()) {
            case.trace.moment_is_before(start, segment.start());
        }
    }
    match owner {
        Some(owner) if case.trace.is_in(start, &owner.when) => Ok(Some(owner)),
        _ => Err(case.fail(Reason::error(Code::IdentityNoOwner).with("identity", id.as_str()))),
    }
}

/// The rules that match at the start.
pub(super) fn matching<'a>(case: &mut Case<'a>, ask: &Ask<'_>) -> Matched<'a> {
    let world = case.world();
    let rules = case.engine.rules();
    let mut matched = Vec::new();
    let mut groups = false;
    for rule in rules.candidates(ask.entitlement) {
        groups |= rule.rule.who.groups.is_some();
        let when = rule.matches_when(world, ask.who, ask.entitlement, ask.scope);
        if case.trace.is_in(ask.start, &when) {
            matched.push((rule, when));
        }
    }
    if groups {
        read_groups(case, ask.row);
    }
    matched
}

/// Membership was looked at: the groups of the beneficiary and all that they lead to.
fn read_groups(case: &mut Case<'_>, row: &IdentityRow) {
    let state = case.state();
    let mut open: Vec<u32> =
        crate::compile::standing_of(state, row.last_standing).map(|s| s.entitlement).collect();
    let mut seen = alloc::collections::BTreeSet::new();
    while let Some(node) = open.pop() {
        if seen.insert(node) {
            case.read_name(KeyKind::Entitlement, state.entitlement_names.name(node));
            case.read_name(KeyKind::Group, state.entitlement_names.name(node));
            open.extend(state.entitlements.at(node).into_iter().flat_map(|row| row.targets.iter().copied()));
        }
    }
}

/// Judges one item; none if it is denied.
fn judge(case: &mut Case<'_>, request: &Request, item: &Item, ask: &Ask<'_>) -> Option<(Outcome, GrantView)> {
    let matched = matching(case, ask);
    if matched.is_empty() {
        let reason = Reason::error(Code::EligibilityNone)
            .with("entitlement", item.entitlement.as_str())
            .with("identity", request.beneficiary.as_str());
        case.reasons.push(reason.item(ask.item));
        return None;
    }
    let before = errors(case);
    let rules: Vec<&CompiledRule> = matched.iter().map(|(rule, _)| *rule).collect();
    if let (Some(id), Some((_, row))) = (&request.event, ask.event) {
        event::suits(case, id, row, ask, item.entitlement.as_str(), &rules);
    }
    let stated = Stated {
        event: request.event.is_some(),
        reason: request.reason.as_deref(),
        ticket: request.ticket.as_deref(),
    };
    let long = how_long(case, request, ask, &rules);
    inputs(case, ask, &rules, &stated, long.is_none());
    let long = long?;
    if let Some(asked) = long.asked
        && !case.trace.moment_is_before(ask.start, asked.at)
    {
        case.reasons.push(Reason::error(Code::WindowElapsed).with("end", text(asked.at)).item(ask.item));
    }
    if errors(case) > before {
        return None;
    }

    let mut limits: Vec<Limit> = long.limits;
    for rule in &rules {
        if let Some(duration) = rule.rule.duration {
            limits.push(Limit::new(BoundKind::Maximum, ask.start.plus(duration.max)).from(rule.id.as_str()));
        }
    }
    limits.extend(window::standing_limits(case, ask, &matched));
    let (renewals, too_many) = window::renewal_limits(case, ask, &matched);
    limits.extend(renewals);
    let held = rules.iter().map(|rule| rule.rule.already_held).max().unwrap_or_default();
    let prolonged = (held == AlreadyHeld::Extend).then(|| live_one(case, ask)).flatten();
    if let Some((_, grant)) = prolonged
        && let Ok(allowed) = extend::allowance(case, ask, &matched, grant)
    {
        limits.extend(allowed);
    }
    let end = window::close(case, ask, &limits)?;
    case.reasons.extend(too_many);
    if let Some(asked) = long.asked {
        window::exceed(case, ask, &matched, &limits, asked, end);
    }
    let min = rules.iter().filter_map(|rule| rule.rule.duration).map(|d| d.min).max().unwrap_or(Span::ZERO);
    if case.trace.compare(end, ask.start.plus(min)) == core::cmp::Ordering::Less {
        let available = span(end.at.since(ask.start.at));
        let reason =
            Reason::error(Code::DurationBelowMin).with("available", available).with("min", span(min));
        case.reasons.push(reason.item(ask.item));
    }
    let limit = window::limit_apart_from_plan(&limits, end);
    let session_until = session_until(case, ask, &rules, end);
    if let Some((_, grant)) = prolonged {
        let after = extend::gains(case, ask, &rules, grant, end, limit);
        if errors(case) > before {
            return None;
        }
        let view = GrantView { session_until, ..case.view_as(grant, GrantState::Active, after)? };
        return Some((Outcome::Extend { end: end.at, limit }, view));
    }
    if held == AlreadyHeld::Reject
        && let Some(id) = overlapping(case, ask, end)
    {
        let reason = Reason::error(Code::GrantAlreadyActive).with("grant", id.as_str());
        case.reasons.push(reason.item(ask.item));
    }
    if errors(case) > before {
        return None;
    }
    let term = Term::new(ask.start.at, end.at)?;
    let view = GrantView {
        beneficiary: request.beneficiary.clone(),
        end: end.at,
        entitlement: item.entitlement.clone(),
        event: request.event.clone(),
        id: grant_id(request, ask.item)?,
        scope: item.scope.clone(),
        session_until,
        start: ask.start.at,
        state: if ask.start.at > case.at() { GrantState::Scheduled } else { GrantState::Active },
    };
    Some((Outcome::Issue { basis: basis(&rules, ask.event.is_some(), limit), term }, view))
}

pub(super) fn errors(case: &Case<'_>) -> usize {
    case.reasons.iter().filter(|reason| reason.level == super::Level::Error).count()
}

fn grant_id(request: &Request, item: u32) -> Option<GrantId> {
    GrantId::new(alloc::format!("{}#{item}", request.id)).ok()
}

/// What a command states beside what it asks for.
pub(super) struct Stated<'a> {
    pub(super) event: bool,
    pub(super) reason: Option<&'a str>,
    pub(super) ticket: Option<&'a str>,
}

/// Says what must be stated and is not.
pub(super) fn inputs(
    case: &mut Case<'_>,
    ask: &Ask<'_>,
    rules: &[&CompiledRule],
    stated: &Stated<'_>,
    no_duration: bool,
) {
    let blank = |text: Option<&str>| text.is_none_or(|text| text.trim().is_empty());
    let mut missing: Vec<String> = Vec::new();
    if no_duration {
        missing.push("duration".to_string());
    }
    if !stated.event && rules.iter().any(|rule| rule.rule.event.is_some()) {
        missing.push("event".to_string());
    }
    if blank(stated.reason) && rules.iter().any(|rule| rule.rule.require.reason) {
        missing.push("reason".to_string());
    }
    if blank(stated.ticket) && rules.iter().any(|rule| rule.rule.require.ticket) {
        missing.push("ticket".to_string());
    }
    if !missing.is_empty() {
        let inputs: Value = missing.into_iter().collect();
        case.reasons.push(Reason::error(Code::InputMissing).with("inputs", inputs).item(ask.item));
    }
    let bound = rules.iter().any(|rule| rule.rule.session == crate::policy::SessionRule::Bound);
    if bound && ask.session_ends.is_none() {
        let names: Value = core::iter::once("session.ends_at".to_string()).collect();
        case.reasons.push(Reason::error(Code::ContextMissing).with("names", names).item(ask.item));
    }
}

/// How long the grant may be as far as the request says.
struct Long {
    asked: Option<Moment>,
    limits: Vec<Limit>,
}

fn how_long(case: &mut Case<'_>, request: &Request, ask: &Ask<'_>, rules: &[&CompiledRule]) -> Option<Long> {
    let asked = match (request.until, request.duration) {
        (Some(until), _) => Some(Moment::fixed(until)),
        (None, Some(duration)) => {
            let anchored = rules.iter().any(|rule| rule.rule.anchor == Anchor::Window);
            let from = match request.start {
                Some(start) if anchored => Moment::fixed(start),
                _ => ask.start,
            };
            Some(from.plus(duration))
        }
        (None, None) => None,
    };
    if let Some(asked) = asked {
        return Some(Long { asked: Some(asked), limits: vec![Limit::new(BoundKind::Asked, asked)] });
    }
    if let Some(noun) = ask.event.and_then(|(_, row)| row.noun.as_ref()) {
        let ends = noun.when(|event| event.planned_end.is_some() || event.hard_cap.is_some());
        if case.trace.is_in(ask.start, &ends) {
            return Some(Long { asked: None, limits: Vec::new() });
        }
    }
    let durations = || rules.iter().filter_map(|rule| rule.rule.duration);
    let default = durations().filter_map(|duration| duration.default).min();
    let fixed = || durations().filter(|duration| duration.min == duration.max).map(|d| d.max).min();
    let taken = default.or_else(fixed)?;
    Some(Long { asked: None, limits: vec![Limit::new(BoundKind::Default, ask.start.plus(taken))] })
}

/// The unended grants of the same thing that have begun or will, with their deaths.
fn same_things<'a>(case: &Case<'a>, ask: &Ask<'_>) -> Vec<(u32, &'a GrantRow, Timestamp)> {
    let mut found = Vec::new();
    let mut grant = ask.row.last_grant;
    while let Some(row) = case.state().grants.at(grant) {
        if row.entitlement == ask.entitlement && row.scope == ask.scope {
            let death = case.death(grant, row);
            if row.start < death {
                found.push((grant, row, death));
            }
        }
        grant = row.previous_of_holder;
    }
    found
}

/// The first grant by id that gives the same at some instant of the window.
fn overlapping(case: &mut Case<'_>, ask: &Ask<'_>, end: Moment) -> Option<GrantId> {
    let mut found = Vec::new();
    for (_, row, death) in same_things(case, ask) {
        if case.trace.moment_is_before(ask.start, death)
            && !case.trace.moment_is_before(end, row.start.next())
        {
            found.push(case.state().grant_id(row));
        }
    }
    found.into_iter().min()
}

/// The live grant of the same thing that dies last, and of those the first by id.
fn live_one<'a>(case: &mut Case<'a>, ask: &Ask<'_>) -> Option<(u32, &'a GrantRow)> {
    if !ask.start.moves {
        return None;
    }
    let mut found = Vec::new();
    for (reference, row, death) in same_things(case, ask) {
        if case.trace.is_before(death) && !case.trace.is_before(row.start) {
            found.push((core::cmp::Reverse(death), case.state().grant_id(row), reference));
        }
    }
    let (_, _, reference) = found.into_iter().min()?;
    case.state().grants.at(reference).map(|row| (reference, row))
}

/// When the session under the grant ends, where that is known and earlier.
pub(super) fn session_until(
    case: &mut Case<'_>,
    ask: &Ask<'_>,
    rules: &[&CompiledRule],
    end: Moment,
) -> Option<Timestamp> {
    let max = rules.iter().filter_map(|rule| rule.rule.session_max).min();
    let ends = ask.session_ends.map(Moment::fixed).into_iter().chain(max.map(|max| ask.start.plus(max)));
    let ends: Vec<Moment> = ends.collect();
    if let [a, b] = ends.as_slice() {
        case.trace.compare(*a, *b);
    }
    let first = ends.into_iter().min_by_key(|moment| moment.at)?;
    (case.trace.compare(first, end) == core::cmp::Ordering::Less).then_some(first.at)
}

fn basis(rules: &[&CompiledRule], for_event: bool, limit: Timestamp) -> Basis {
    let blocks: Vec<_> = rules.iter().filter_map(|rule| rule.rule.event.as_ref()).collect();
    let grace =
        rules.iter().map(|rule| rule.rule.event.as_ref().map_or(Span::ZERO, |event| event.grace)).min();
    let event = for_event.then(|| EventTerms {
        follow: !blocks.is_empty() && blocks.iter().all(|event| event.follow),
        grace: grace.unwrap_or(Span::ZERO),
    });
    let on_loss = rules.iter().map(|rule| rule.rule.on_loss).reduce(OnLoss::stricter).unwrap_or_default();
    let rules: Vec<RuleRef> = rules.iter().map(|rule| rule.reference()).collect();
    Basis::Policy { event, limit, on_loss, rules }
}

fn permit(
    case: Case<'_>,
    request: &Request,
    digest: &str,
    made: bool,
    found: Vec<(u32, Outcome, GrantView)>,
) -> Decision {
    let mut entries = Vec::new();
    let of_request = || vec![Case::request_key(&request.id)];
    if !made {
        let body = Body::RequestMade(RequestMade { digest: digest.into(), request: request.clone() });
        entries.push(Entry { body, touches: of_request() });
    }
    let grants: Vec<GrantId> = found.iter().map(|(_, _, view)| view.id.clone()).collect();
    let resolved = Body::RequestResolved(RequestResolved { grants, id: request.id.clone() });
    entries.push(Entry { body: resolved, touches: of_request() });
    let person = Key::new(KeyKind::Person, request.beneficiary.as_str());
    for (_, outcome, view) in &found {
        let (body, touches) = match outcome {
            Outcome::Issue { basis, term } => {
                let terms = GrantTerms {
                    basis: basis.clone(),
                    beneficiary: request.beneficiary.clone(),
                    entitlement: view.entitlement.clone(),
                    event: view.event.clone(),
                    id: view.id.clone(),
                    request: Some(request.id.clone()),
                    scope: view.scope.clone(),
                    term: *term,
                };
                (Body::GrantIssued(terms), vec![person.clone()])
            }
            Outcome::Extend { end, limit } => {
                let extended = GrantExtended {
                    command: request.id.clone(),
                    digest: digest.into(),
                    end: *end,
                    id: view.id.clone(),
                    limit: *limit,
                };
                (Body::GrantExtended(extended), vec![person.clone(), Case::request_key(&request.id)])
            }
        };
        entries.push(Entry { body, touches });
    }
    let views = found.into_iter().map(|(_, _, view)| view).collect();
    case.permit(views, Some(request.requester.clone()), entries)
}
