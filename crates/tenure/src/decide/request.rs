//! A request asks for entitlements for a time. What stands in its way is collected; what limits it is reported;
//! the answer is all or nothing.

use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::case::{Case, Denied};
use super::proposal::{Granting, Plan};
use super::trace::Moment;
use super::window::{self, Ask, Owner, Said};
use super::{Code, Decision, GrantView, Reason, event, item};
use crate::compile::Life;
use crate::id::IdentityId;
use crate::log::KeyKind;
use crate::model::{IdentityKind, Item, Request};
use crate::state::{EventRow, IdentityRow, Stage, half_digest};
use crate::store::NONE;
use crate::time::{IntervalSet, Timestamp};

/// What the whole request shares.
pub(super) struct Parties<'a> {
    pub(super) requester: u32,
    pub(super) who: u32,
    pub(super) life: Life,
    pub(super) event: Option<(u32, &'a EventRow)>,
    pub(super) owner: Option<Owner>,
    pub(super) start: Moment,
    pub(super) session_ends: Option<Timestamp>,
}

/// Decides a request.
pub(super) fn decide(mut case: Case<'_>, request: &Request) -> Decision {
    if let Err(Denied) = case.preconditions() {
        return case.deny();
    }
    decide_in(case, request, None, || request.digest(), |_| Ok(()))
}

/// Decides a request once the preconditions hold. It is the command, or `derived` from it; `digest` is asked
/// for when the id is known, `gate` when the request turns out to be new.
pub(super) fn decide_in<'a>(
    mut case: Case<'a>,
    request: &Request,
    derived: Option<Arc<Request>>,
    digest: impl Fn() -> String,
    gate: impl FnOnce(&mut Case<'a>) -> Result<(), Denied>,
) -> Decision {
    let made = match recorded(&mut case, request, digest) {
        Ok(Recorded::New) => false,
        Ok(Recorded::Made) => true,
        Ok(Recorded::Resolved(grants)) => return case.permit(grants, None, Plan::default()),
        Err(Denied) => return case.deny(),
    };
    if let Err(Denied) = gate(&mut case) {
        return case.deny();
    }
    let Ok(parties) = resolve(&mut case, request) else {
        return case.deny();
    };
    let action = if derived.is_some() { "renew" } else { "request" };
    let (mut items, mut views, mut obligations) = (Vec::new(), Vec::new(), Vec::new());
    for (number, item) in (0u32..).zip(&request.items) {
        let (Some(entitlement), Some(scope)) = references(&case, item) else { continue };
        let ask = parties.ask(request, action, (number, entitlement, scope));
        if let Some(judged) = item::judge(&mut case, request, item, &ask) {
            items.push((judged.view.id.clone(), judged.outcome));
            views.push(judged.view);
            obligations.extend(judged.obligations);
        }
    }
    if case.is_denied() || views.len() != request.items.len() {
        return case.deny();
    }
    let by = Some(request.requester.clone());
    obligations.retain(|owed| !case.leaves_owed(owed));
    if !obligations.is_empty() {
        let plan = Plan::Grant(Granting { derived, made, items: Vec::new() });
        return case.pending(views, obligations, by, plan);
    }
    let plan = Plan::Grant(Granting { derived, made, items });
    case.permit(views, by, plan)
}

impl Parties<'_> {
    /// One item of what is asked for: its number, the entitlement and the scope.
    pub(super) fn ask<'r>(
        &'r self,
        request: &'r Request,
        action: &'static str,
        (item, entitlement, scope): (u32, u32, u32),
    ) -> Ask<'r> {
        Ask {
            item,
            beneficiary: &request.beneficiary,
            who: self.who,
            life: &self.life,
            entitlement,
            scope,
            event: self.event,
            owner: self.owner.as_ref(),
            start: self.start,
            session_ends: self.session_ends,
            said: Said {
                action,
                context: &request.context,
                inputs: &request.inputs,
                requester: self.requester,
            },
        }
    }
}

/// What the log knows of the request's id.
enum Recorded {
    New,
    Made,
    Resolved(Vec<GrantView>),
}

fn recorded(case: &mut Case<'_>, request: &Request, digest: impl Fn() -> String) -> Result<Recorded, Denied> {
    case.footprint.push(Case::request_key(&request.id));
    let state = case.state();
    let known =
        state.request_reference(request.id.as_str()).and_then(|r| state.requests.at(r).map(|row| (r, row)));
    // A grant that the log has from elsewhere under the name that an item would get takes the id as well.
    let mut name = crate::id::stem(request.id.as_str());
    let stem = name.len();
    let taken = (0..request.items.len()).any(|number| {
        name.truncate(stem);
        name.push('#');
        name.push_str(&number.to_string());
        state.own_reference(&name).is_some()
    });
    let new = known.is_none_or(|(_, row)| row.stage == Stage::Named || row.stage == Stage::Made);
    if taken && new {
        return Err(case.fail(Reason::error(Code::RequestIdReused).with("request", request.id.as_str())));
    }
    let Some((reference, row)) = known else { return Ok(Recorded::New) };
    let named = |code| Reason::error(code).with("request", request.id.as_str());
    if row.stage == Stage::Named && row.last_grant == NONE {
        return Ok(Recorded::New);
    }
    if row.stage == Stage::Extension || row.digest != half_digest(&digest()) {
        return Err(case.fail(named(Code::RequestIdReused)));
    }
    match row.stage {
        Stage::Withdrawn => Err(case.fail(named(Code::RequestWithdrawn))),
        Stage::Resolved => {
            let own = own_grants(case, reference, row.last_grant);
            let grants: Vec<u32> = match state.resolved_with.at(row.resolved_with) {
                Some(listed) => listed.iter().filter_map(|listed| listed.grant(state, &own)).collect(),
                None => own,
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
        if case.state().request_of(row) == request {
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
pub(super) fn resolve<'a>(case: &mut Case<'a>, request: &Request) -> Result<Parties<'a>, Denied> {
    let (asking, requester) = case.identity(&request.requester)?;
    let (who, row) = case.identity(&request.beneficiary)?;
    case.read(KeyKind::Person, request.beneficiary.shared());
    let state = case.state();
    for (number, item) in (0u32..).zip(&request.items) {
        case.read(KeyKind::Entitlement, item.entitlement.shared());
        let known = state.entitlement_names.find(item.entitlement.as_str());
        if known.and_then(|r| state.entitlements.at(r)).is_none_or(|row| row.noun.is_none()) {
            let reason = Reason::error(Code::EntitlementUnknown);
            return Err(case.fail(reason.with("entitlement", item.entitlement.as_str()).item(number)));
        }
        if let Some(scope) = &item.scope {
            case.read(KeyKind::Resource, scope.shared());
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
    if let Some(window) = life.incarnation_around(case.at()).filter(|_| !start.moves) {
        // Once it has joined again, another incarnation asks.
        case.trace.is_in(at, &IntervalSet::from(window));
    }
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
    Ok(Parties { requester: asking, who, life, event, owner, start, session_ends })
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
