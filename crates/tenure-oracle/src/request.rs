//! A request is granted, item by item, for as long as every limit allows; the end is the least of all bounds.
//! One item that cannot be granted denies the whole.

use core::cmp::Reverse;

use tenure::decide::{Bound, Code, GrantView, Level, Obligation, Reason, Renew, Verdict};
use tenure::fact::{Body, Fact, GrantExtended, RequestMade, RequestResolved};
use tenure::id::{GrantId, IdentityId, RequestId};
use tenure::model::{Basis, EventTerms, GrantState, GrantTerms, Item, Request, RuleRef, Term, Value};
use tenure::policy::{AlreadyHeld, Anchor, BoundKind};
use tenure::time::{Span, Timestamp};

use crate::ask::{
    Ask, Limit, bounds, event_invalid, event_rules, exceeded, inputs, lacks_owner, least_grace, limit,
    limits, session_until, strictest_on_loss, window_empty,
};
use crate::choose::choose;
use crate::death::{death, state, view};
use crate::eligible::Rule;
use crate::extend;
use crate::held::{chain, held_mode, overlapping, to_extend};
use crate::holding::grant;
use crate::life::{
    entitlement_known, entitlement_valid, identity_known, incarnation, resource_known, resource_valid,
    why_not_alive,
};
use crate::outcome::{ordered, text};
use crate::restrict::{approvals, guards, restricted};
use crate::{Outcome, World, digest};

/// What the log knows of the id of a command.
pub(crate) enum Known {
    Free,
    Recorded,
    Withdrawn,
    Resolved(Vec<GrantId>),
    Reused,
}

/// What the log knows of the id of a request with this digest.
pub(crate) fn known(world: &World, id: &RequestId, digest: &str) -> Known {
    let made = world.facts.iter().find_map(|fact| match &fact.body {
        Body::RequestMade(made) if made.request.id == *id => Some(made.digest.as_str()),
        _ => None,
    });
    let taken = world.facts.iter().any(|fact| match &fact.body {
        Body::GrantExtended(extended) => extended.command == *id,
        Body::GrantIssued(terms) => terms.request.as_ref() == Some(id),
        _ => false,
    });
    match made {
        None if taken => Known::Reused,
        None => Known::Free,
        Some(recorded) if recorded != digest => Known::Reused,
        Some(_) => answer(world, id).unwrap_or(Known::Recorded),
    }
}

/// What became of a recorded request: the first word on it counts, and none from before it was made.
pub(crate) fn answer(world: &World, id: &RequestId) -> Option<Known> {
    let is_made = |fact: &&Fact| matches!(&fact.body, Body::RequestMade(made) if made.request.id == *id);
    world.facts.iter().skip_while(|fact| !is_made(fact)).find_map(|fact| match &fact.body {
        Body::RequestWithdrawn(n) if n.id == *id => Some(Known::Withdrawn),
        Body::RequestResolved(resolved) if resolved.id == *id => {
            Some(Known::Resolved(resolved.grants.clone()))
        }
        _ => None,
    })
}

/// A request, after the clock and the policy.
pub(crate) fn request(world: &World, request: &Request, at: Timestamp) -> Outcome {
    let recorded = match decided(world, &request.id, &digest::request(request), at) {
        Ok(recorded) => recorded,
        Err(outcome) => return *outcome,
    };
    let command = Asked { request, digest: &digest::request(request), recorded, action: "request" };
    grant_all(world, &command, at)
}

/// A renewal: a request of the same holder for the same thing, right after the grant if it runs.
pub(crate) fn renew(world: &World, renew: &Renew, at: Timestamp) -> Outcome {
    let digest = digest::renew(renew);
    let recorded = match decided(world, &renew.id, &digest, at) {
        Ok(recorded) => recorded,
        Err(outcome) => return *outcome,
    };
    let Some((terms, _)) = grant(world, &renew.grant) else {
        return Outcome::deny(at, Reason::error(Code::GrantUnknown).with("grant", text(&renew.grant)));
    };
    let by = renew.by.as_ref().unwrap_or(&terms.beneficiary);
    if let Some(reason) = not_holder(world, by, terms) {
        return Outcome::deny(at, reason);
    }
    let active = state(world, terms, at) == GrantState::Active;
    let after = death(world, &terms.id).filter(|_| active).map(|(death, _)| death);
    let request = Request {
        beneficiary: terms.beneficiary.clone(),
        context: renew.context.clone(),
        duration: renew.duration,
        event: renew.event.clone().or_else(|| terms.event.clone()),
        id: renew.id.clone(),
        inputs: renew.inputs.clone(),
        items: vec![Item { entitlement: terms.entitlement.clone(), scope: terms.scope.clone() }],
        reason: renew.reason.clone(),
        renews: Some(renew.grant.clone()),
        requester: by.clone(),
        rule: renew.rule.clone(),
        start: renew.start.or(after),
        ticket: renew.ticket.clone(),
        until: None,
    };
    grant_all(world, &Asked { request: &request, digest: &digest, recorded, action: "renew" }, at)
}

/// Unless `by` holds the grant or asked for it.
pub(crate) fn not_holder(world: &World, by: &IdentityId, terms: &GrantTerms) -> Option<Reason> {
    let asked = |id: &RequestId| {
        world.facts.iter().find_map(|fact| match &fact.body {
            Body::RequestMade(made) if made.request.id == *id => Some(made.request.requester.clone()),
            _ => None,
        })
    };
    let requester = terms.request.as_ref().and_then(asked);
    let allowed = *by == terms.beneficiary || Some(by) == requester.as_ref();
    let reason = Reason::error(Code::AuthorityNotHolder).with("by", text(by));
    (!allowed).then(|| reason.with("target", text(&terms.id)))
}

/// Whether the request is recorded; or the answer, where its id alone decides.
fn decided(world: &World, id: &RequestId, digest: &str, at: Timestamp) -> Result<bool, Box<Outcome>> {
    let deny = |code| Err(Box::new(Outcome::deny(at, Reason::error(code).with("request", text(id)))));
    match known(world, id, digest) {
        Known::Free => Ok(false),
        Known::Recorded => Ok(true),
        Known::Reused => deny(Code::RequestIdReused),
        Known::Withdrawn => deny(Code::RequestWithdrawn),
        Known::Resolved(grants) => Err(Box::new(already_resolved(world, id, &grants, at))),
    }
}

/// The same command again: what it gave, as it is now.
pub(crate) fn already_resolved(world: &World, id: &RequestId, ids: &[GrantId], at: Timestamp) -> Outcome {
    let views = ids.iter().filter_map(|id| grant(world, id)).map(|(terms, _)| view(world, terms, at));
    Outcome {
        grants: views.collect(),
        reasons: vec![Reason::warning(Code::RequestAlreadyResolved).with("request", text(id))],
        ..Outcome::permit(at)
    }
}

/// A request, or the one that a renewal makes.
struct Asked<'a> {
    request: &'a Request,
    digest: &'a str,
    /// Whether it is recorded and not decided.
    recorded: bool,
    action: &'static str,
}

fn grant_all(world: &World, asked: &Asked<'_>, at: Timestamp) -> Outcome {
    let request = asked.request;
    let start = request.start.unwrap_or(at).max(at);
    if let Some(reason) = unresolved(world, request, at, start) {
        return Outcome { anchor: start, ..Outcome::deny(at, reason) };
    }
    let (mut reasons, mut bounds, mut given, mut obligations) = (vec![], vec![], vec![], vec![]);
    for (n, item) in (0_u32..).zip(&request.items) {
        let found = one(world, asked, n, item, at, start);
        reasons.extend(found.reasons);
        bounds.extend(found.bounds);
        given.extend(found.given);
        obligations.extend(found.obligations);
    }
    let (mut verdict, reasons) = ordered(reasons);
    if verdict == Verdict::Permit && !obligations.is_empty() {
        verdict = Verdict::Pending;
    }
    if verdict == Verdict::Deny {
        obligations.clear();
    }
    obligations.sort();
    let mut outcome = Outcome { verdict, reasons, bounds, obligations, anchor: start, ..Outcome::permit(at) };
    if verdict == Verdict::Deny {
        return outcome;
    }
    let made = Body::RequestMade(RequestMade { digest: asked.digest.into(), request: request.clone() });
    let made: Vec<Body> = (!asked.recorded).then_some(made).into_iter().collect();
    let mut bodies = made.clone();
    let grants = given.iter().map(|given| given.grant().clone()).collect();
    bodies.push(Body::RequestResolved(RequestResolved { grants, id: request.id.clone() }));
    bodies.extend(given.iter().map(Given::body));
    outcome.record(&request.id, Some(&request.requester), bodies);
    let after = world.with(&outcome.facts);
    outcome.grants = given.iter().filter_map(|given| given.view(&after, at)).collect();
    if verdict == Verdict::Pending {
        // Nothing is given before what is owed is discharged.
        outcome.facts.clear();
        outcome.record(&request.id, Some(&request.requester), made);
    }
    outcome
}

/// The first thing that a request names and that is not there, not alive or not fitting.
fn unresolved(world: &World, request: &Request, at: Timestamp, start: Timestamp) -> Option<Reason> {
    let items = || (0_u32..).zip(&request.items);
    for identity in [&request.requester, &request.beneficiary] {
        if !identity_known(world, identity) {
            return Some(Reason::error(Code::IdentityUnknown).with("identity", text(identity)));
        }
    }
    for (n, item) in items() {
        if !entitlement_known(world, &item.entitlement) {
            let reason = Reason::error(Code::EntitlementUnknown).item(n);
            return Some(reason.with("entitlement", text(&item.entitlement)));
        }
        if let Some(scope) = item.scope.as_ref().filter(|scope| !resource_known(world, scope)) {
            return Some(Reason::error(Code::ResourceUnknown).item(n).with("resource", text(scope)));
        }
    }
    let beneficiary = &request.beneficiary;
    let rejoins = incarnation(world, beneficiary, at) != incarnation(world, beneficiary, start);
    let whys = [
        (&request.requester, why_not_alive(world, &request.requester, at)),
        (beneficiary, why_not_alive(world, beneficiary, start).or(rejoins.then_some("left"))),
    ];
    for (identity, why) in whys {
        if let Some(why) = why {
            let reason = Reason::error(Code::IdentityNotActive).with("identity", text(identity));
            return Some(reason.with("why", why));
        }
    }
    for (n, item) in items() {
        if !entitlement_valid(world, &item.entitlement, start) {
            let reason = Reason::error(Code::EntitlementRetired).item(n);
            return Some(reason.with("entitlement", text(&item.entitlement)));
        }
        if let Some(scope) = item.scope.as_ref().filter(|scope| !resource_valid(world, scope, start)) {
            return Some(Reason::error(Code::ResourceRetired).item(n).with("resource", text(scope)));
        }
    }
    if lacks_owner(world, &request.beneficiary, start) {
        let reason = Reason::error(Code::IdentityNoOwner);
        return Some(reason.with("identity", text(&request.beneficiary)));
    }
    let event = request.event.as_ref()?;
    let why = event_invalid(world, event, &request.beneficiary, start)?;
    Some(Reason::error(Code::EventInvalid).with("event", text(event)).with("why", why))
}

/// What became of one item.
#[derive(Default)]
struct Found {
    reasons: Vec<Reason>,
    bounds: Vec<Bound>,
    given: Option<Given>,
    obligations: Vec<Obligation>,
    /// The least bound.
    end: Option<Timestamp>,
}

impl Found {
    fn is_denied(&self) -> bool {
        self.reasons.iter().any(|reason| reason.level == Level::Error)
    }

    /// The better, the less: by the verdict, then the later end, then fewer obligations.
    fn rank(&self) -> (u8, Reverse<Option<Timestamp>>, usize) {
        if self.is_denied() {
            (2, Reverse(None), 0)
        } else {
            let owed = self.obligations.len();
            (u8::from(owed > 0), Reverse(self.end), owed)
        }
    }
}

enum Given {
    Issued(GrantTerms, Option<Timestamp>),
    Extended(GrantExtended, Option<Timestamp>),
}

impl Given {
    const fn grant(&self) -> &GrantId {
        match self {
            Self::Issued(terms, _) => &terms.id,
            Self::Extended(extended, _) => &extended.id,
        }
    }

    fn body(&self) -> Body {
        match self {
            Self::Issued(terms, _) => Body::GrantIssued(terms.clone()),
            Self::Extended(extended, _) => Body::GrantExtended(extended.clone()),
        }
    }

    /// As it will be: a new grant as it was decided, an extended one as its facts will make it.
    fn view(&self, after: &World, at: Timestamp) -> Option<GrantView> {
        match self {
            Self::Issued(terms, session_until) => {
                let (start, end) = (terms.term.start(), terms.term.end());
                let state = if at < start { GrantState::Scheduled } else { GrantState::Active };
                let view = view(after, terms, at);
                Some(GrantView { end, state, session_until: *session_until, ..view })
            }
            Self::Extended(extended, session_until) => {
                let (terms, _) = grant(after, &extended.id)?;
                Some(GrantView { session_until: *session_until, ..view(after, terms, at) })
            }
        }
    }
}

/// How long is asked.
enum Length {
    Asked(Timestamp),
    Default(Timestamp),
    /// The business event says.
    Event,
    Missing,
}

/// One item, under the rules that bind; where the requester may choose and does not, under the one that is best.
fn one(world: &World, asked: &Asked<'_>, n: u32, item: &Item, at: Timestamp, start: Timestamp) -> Found {
    let request = asked.request;
    let ask = Ask {
        at,
        start,
        requester: &request.requester,
        beneficiary: &request.beneficiary,
        entitlement: &item.entitlement,
        scope: item.scope.as_ref(),
        event: request.event.as_ref(),
        context: &request.context,
        reason: request.reason.as_deref(),
        ticket: request.ticket.as_deref(),
        inputs: &request.inputs,
        rule: request.rule.as_ref(),
        action: asked.action,
        item: Some(n),
    };
    match choose(world, &ask) {
        Err(reasons) => Found { reasons, ..Found::default() },
        // Of equals the first counts, which is the first by id.
        Ok(choices) => {
            let found = choices.iter().map(|rules| under(world, asked, n, &ask, rules));
            found.min_by_key(Found::rank).unwrap_or_default()
        }
    }
}

/// What the rules together give.
fn under(world: &World, asked: &Asked<'_>, n: u32, ask: &Ask<'_>, rules: &[Rule<'_>]) -> Found {
    let (request, start) = (asked.request, ask.start);
    let mut found = Found::default();
    let guards = guards(world, ask);
    let length = length(world, request, ask, rules);
    found.reasons.extend(event_rules(world, ask, rules));
    found.reasons.extend(inputs(ask, rules, &guards, matches!(length, Length::Missing)));
    let extended = to_extend(world, ask, rules);
    let since = extended.map_or(start, |terms| terms.term.start());
    let restricted = restricted(world, ask, rules, &guards, since);
    found.reasons.extend(restricted.reasons);
    if let Length::Asked(end) = length
        && end <= start
    {
        found.reasons.push(ask.error(Code::WindowElapsed).with("end", text(end)));
    }
    if found.is_denied() {
        return found;
    }

    found.obligations = approvals(ask, rules, &guards);
    let mut all = limits(world, ask, rules);
    all.extend(restricted.limits);
    match length {
        Length::Asked(end) => all.push((BoundKind::Asked, end, None)),
        Length::Default(end) => all.push((BoundKind::Default, end, None)),
        Length::Event | Length::Missing => {}
    }
    for (id, rule) in rules {
        let maximum = rule.duration.map(|duration| start.plus(duration.max));
        all.extend(maximum.map(|end| (BoundKind::Maximum, end, Some(id.to_string()))));
        if let Some(renewal) = rule.renewal {
            let (count, since) = chain(world, ask, renewal);
            let until = renewal.max_total.map(|total| since.plus(total));
            all.extend(until.map(|end| (BoundKind::Renewal, end, Some(id.to_string()))));
            if renewal.max_count.is_some_and(|most| most < count) {
                let reason = ask.error(Code::RenewalLimitReached);
                found.reasons.push(reason.with("count", Value::Int(i64::from(count))));
            }
        }
    }
    if let Some(terms) = extended {
        match extend::refused(world, ask, rules, terms) {
            Some(reason) => found.reasons.push(reason),
            None => all.extend(extend::caps(rules, terms)),
        }
    }
    all.retain(|(_, end, _): &Limit| !end.is_never());
    found.bounds = bounds(n, all);
    let empty = window_empty(ask, &found.bounds);
    if !empty.is_empty() {
        // Renewals come after the bounds, the checks of an extension belong to them.
        found.reasons.retain(|reason| reason.code != Code::RenewalLimitReached);
        found.reasons.extend(empty);
        return found;
    }
    let Some(end) = found.bounds.iter().map(|bound| bound.end).min() else {
        // The event is known to lose its end, and the rules have none: no grant without an end.
        found.reasons.extend(inputs(ask, rules, &guards, true));
        return found;
    };
    if let Length::Asked(asked) = length {
        found.reasons.extend(exceeded(ask, rules, &found.bounds, asked));
    }
    let shortest = rules.iter().filter_map(|(_, rule)| rule.duration).map(|duration| duration.min).max();
    if let Some(shortest) = shortest.filter(|shortest| end.since(start) < *shortest) {
        let reason = ask.error(Code::DurationBelowMin).with("available", text(end.since(start)));
        found.reasons.push(reason.with("min", text(shortest)));
    }
    if held_mode(rules) == AlreadyHeld::Reject
        && let Some(other) = overlapping(world, ask, end)
    {
        found.reasons.push(ask.error(Code::GrantAlreadyActive).with("grant", text(other)));
    }
    found.end = Some(end);
    let limit = limit(&found.bounds, end);
    let session = session_until(ask, rules, end);
    found.given = if let Some(terms) = extended {
        let (command, digest, id) = (request.id.clone(), asked.digest.into(), terms.id.clone());
        let extended = GrantExtended { command, digest, end, id, limit };
        found.reasons.extend(extend::no_gain(world, ask, rules, &extended));
        Some(Given::Extended(extended, session))
    } else {
        issue(request, ask, rules, n, end, limit).map(|terms| Given::Issued(terms, session))
    };
    found
}

fn length(world: &World, request: &Request, ask: &Ask<'_>, rules: &[Rule<'_>]) -> Length {
    if let Some(until) = request.until {
        return Length::Asked(until);
    }
    if let Some(duration) = request.duration {
        let anchored = rules.iter().any(|(_, rule)| rule.anchor == Anchor::Window);
        let from = request.start.filter(|_| anchored).unwrap_or(ask.start);
        return Length::Asked(from.plus(duration));
    }
    let event = ask.event.and_then(|event| world.event(event, ask.start));
    if event.is_some_and(|event| event.planned_end.is_some() || event.hard_cap.is_some()) {
        return Length::Event;
    }
    let durations = || rules.iter().filter_map(|(_, rule)| rule.duration);
    let least: Option<Span> = durations().filter_map(|duration| duration.default).min();
    let fixed =
        durations().filter(|duration| duration.min == duration.max).map(|duration| duration.max).min();
    least.or(fixed).map_or(Length::Missing, |span| Length::Default(ask.start.plus(span)))
}

fn issue(
    request: &Request,
    ask: &Ask<'_>,
    rules: &[Rule<'_>],
    n: u32,
    end: Timestamp,
    limit: Timestamp,
) -> Option<GrantTerms> {
    let blocks: Vec<_> = rules.iter().filter_map(|(_, rule)| rule.event.as_ref()).collect();
    let follow = !blocks.is_empty() && blocks.iter().all(|block| block.follow);
    let event = ask.event.map(|_| EventTerms { follow, grace: least_grace(rules) });
    let refs = rules.iter().map(|(id, rule)| RuleRef { digest: digest::rule(rule), id: (*id).clone() });
    let on_loss = strictest_on_loss(rules);
    let conditions = rules.iter().flat_map(|(_, rule)| rule.conditions.iter()).cloned().collect();
    Some(GrantTerms {
        conditions,
        basis: Basis::Policy { event, limit, on_loss, rules: refs.collect() },
        beneficiary: ask.beneficiary.clone(),
        entitlement: ask.entitlement.clone(),
        event: ask.event.cloned(),
        id: GrantId::new(format!("{}#{n}", request.id)).ok()?,
        request: Some(request.id.clone()),
        scope: ask.scope.cloned(),
        term: Term::new(ask.start, end)?,
    })
}
