//! What a step comes to: the command said otherwise, another instant, or facts that would be appended.

use alloc::sync::Arc;
use alloc::vec;

use super::step::Step;
use super::trial::Trial;
use crate::decide::{Code, Command, Extend, Leave, Reason, Renew};
use crate::fact::{Body, Cause, Changed, Defined, Fact, GrantEnded, Named};
use crate::id::{EventId, FactId, IdentityId, MembershipId, StandingId};
use crate::model::{BusinessEventChange, Holder, IdentityChange, Item, Membership, Request, Standing, Value};
use crate::time::Timestamp;

/// What is said where only something has to be said.
const SAID: &str = "as explained";

impl Trial {
    /// The trial after a step; none if the step says nothing about it.
    pub(super) fn after(&self, step: &Step) -> Option<Self> {
        let mut next = self.clone();
        next.steps.push(step.clone());
        match step {
            Step::Wait { until } => next.now = *until,
            Step::Except { rule } => next.left.extend(self.exceptions(rule.as_str())),
            Step::Approve { owed } => next.left.push(Leave::Owed(owed.clone())),
            _ => match self.happening(step) {
                Some(body) => {
                    let id = FactId::new(alloc::format!("supposed/{}", self.engine.assumed().len())).ok()?;
                    next.engine = self.engine.suppose(&Fact::new(id, self.at(), body)).ok()?;
                }
                None => {
                    next.command = said(self, step)?;
                    if let Step::Drop { item, .. } = step {
                        next.numbers.retain(|number| number != item);
                    }
                }
            },
        }
        Some(next)
    }

    /// All that a rule that restricts can say.
    fn exceptions(&self, rule: &str) -> impl Iterator<Item = Leave> {
        let codes = [Code::PolicyExplicitDeny, Code::GuardrailForbidden, Code::CapacityFull];
        codes.map(|code| Leave::Reason(Reason::error(code).with("rule", rule))).into_iter()
    }

    /// The fact that a step amounts to, if it is one.
    fn happening(&self, step: &Step) -> Option<Body> {
        let supposed = alloc::format!("supposed/{}", self.engine.assumed().len());
        Some(match step {
            Step::Cover { entitlement, event } => {
                let mut ceiling = self.event(event)?.ceiling.clone().unwrap_or_default();
                ceiling.push(entitlement.clone());
                event_changed(event, BusinessEventChange { ceiling: Some(ceiling), ..Default::default() })
            }
            Step::Participate { event, identity } => {
                let mut participants = self.event(event)?.participants.clone().unwrap_or_default();
                participants.push(identity.clone());
                let changes = BusinessEventChange { participants: Some(participants), ..Default::default() };
                event_changed(event, changes)
            }
            Step::End { grant } | Step::GiveBack { grant } => {
                Body::GrantEnded(GrantEnded { cause: Cause::Deactivated, id: grant.clone(), reason: None })
            }
            Step::Hold { entitlement, identity } | Step::Obtain { entitlement, identity } => {
                Body::StandingAssigned(Defined {
                    definition: Standing {
                        conditions: Default::default(),
                        entitlement: entitlement.clone(),
                        from: Timestamp::MIN,
                        holder: Holder::Identity(identity.clone()),
                        scope: None,
                        until: Timestamp::MAX,
                    },
                    id: StandingId::new(supposed).ok()?,
                })
            }
            Step::Join { group, identity } => Body::MembershipAdded(Defined {
                definition: Membership {
                    conditions: Default::default(),
                    from: Timestamp::MIN,
                    group: group.clone(),
                    member: identity.clone(),
                    scope: None,
                    until: Timestamp::MAX,
                },
                id: MembershipId::new(supposed).ok()?,
            }),
            Step::Own { identity, owner } => identity_changed(
                identity,
                IdentityChange { owner: Some(owner.clone()), ..IdentityChange::default() },
            ),
            Step::Set { attribute, identity, value } => {
                let attributes = core::iter::once((attribute.clone(), value.clone())).collect();
                identity_changed(identity, IdentityChange { attributes, ..IdentityChange::default() })
            }
            Step::Rejoin { identity } => Body::IdentityRejoined(Named { id: identity.clone(), reason: None }),
            Step::Resume { identity } => Body::IdentityResumed(Named { id: identity.clone(), reason: None }),
            Step::Report { feed } => Body::FeedHeartbeat(Named { id: feed.clone(), reason: None }),
            _ => return None,
        })
    }

    /// A business event as it is now.
    pub(super) fn event(&self, id: &EventId) -> Option<&crate::model::BusinessEvent> {
        let state = self.engine.assumed();
        let row = state.events.at(state.event_names.find(id.as_str())?)?;
        row.noun.as_ref()?.at(self.at())
    }
}

fn event_changed(id: &EventId, changes: BusinessEventChange) -> Body {
    Body::EventChanged(Changed { changes, id: id.clone() })
}

fn identity_changed(id: &IdentityId, changes: IdentityChange) -> Body {
    Body::IdentityChanged(Changed { changes, id: id.clone() })
}

/// The command as it would be said after a step.
fn said(trial: &Trial, step: &Step) -> Option<Command> {
    match (&trial.command, step) {
        (Command::Extend(extend), Step::Renew { grant }) => renewed(trial, extend, grant),
        (Command::Request(request), Step::Extend { duration, grant }) => {
            Some(Command::Extend(Arc::new(Extend {
                by: Some(request.requester.clone()),
                context: request.context.clone(),
                duration: *duration,
                grant: grant.clone(),
                id: request.id.clone(),
                inputs: request.inputs.clone(),
                reason: request.reason.clone(),
                ticket: request.ticket.clone(),
            })))
        }
        (Command::Request(request), step) => requested(trial, request, step).map(Command::from),
        (Command::Extend(extend), step) => {
            extended(extend, step).map(|extend| Command::Extend(Arc::new(extend)))
        }
        (Command::Renew(renew), step) => resumed(renew, step).map(|renew| Command::Renew(Arc::new(renew))),
        _ => None,
    }
}

fn requested(trial: &Trial, request: &Request, step: &Step) -> Option<Request> {
    let mut request = request.clone();
    match step {
        Step::AskFor { entitlement, item } => {
            request.items.get_mut(trial.place(*item)?)?.entitlement = entitlement.clone();
        }
        Step::AskWithin { item, scope } => {
            request.items.get_mut(trial.place(*item)?)?.scope = Some(scope.clone());
        }
        Step::Drop { item, .. } => {
            let place = trial.place(Some(*item)).filter(|_| request.items.len() > 1)?;
            request.items.remove(place);
        }
        Step::Fill { input, value } => drop(request.inputs.insert(input.clone(), value.clone())),
        Step::Last { duration } => (request.until, request.duration) = (None, Some(*duration)),
        Step::LeaveEvent => request.event = None,
        Step::NameEvent { event } => request.event = Some(event.clone()),
        Step::NameRule { rule } => request.rule = Some(rule.clone()),
        Step::Reason => request.reason = Some(SAID.into()),
        Step::Rename { request: id } => request.id = id.clone(),
        Step::Say { name, value } => drop(request.context.insert(name.clone(), value.clone())),
        Step::Start { at } => {
            if request.until.is_some_and(|until| until <= *at) {
                return None;
            }
            request.start = Some(*at);
        }
        Step::StartNow => request.start = None,
        Step::Ticket => request.ticket = Some(SAID.into()),
        _ => return None,
    }
    let mut items: vec::Vec<&Item> = request.items.iter().collect();
    items.sort();
    let twice = items.windows(2).any(|pair| matches!(pair, [a, b] if a == b));
    (!twice).then_some(request)
}

fn extended(extend: &Extend, step: &Step) -> Option<Extend> {
    let mut extend = extend.clone();
    match step {
        Step::Fill { input, value } => drop(extend.inputs.insert(input.clone(), value.clone())),
        Step::Last { duration } => extend.duration = *duration,
        Step::Reason => extend.reason = Some(SAID.into()),
        Step::Rename { request: id } => extend.id = id.clone(),
        Step::Say { name, value } => drop(extend.context.insert(name.clone(), value.clone())),
        Step::Ticket => extend.ticket = Some(SAID.into()),
        _ => return None,
    }
    Some(extend)
}

fn resumed(renew: &Renew, step: &Step) -> Option<Renew> {
    let mut renew = renew.clone();
    match step {
        Step::Fill { input, value } => drop(renew.inputs.insert(input.clone(), value.clone())),
        Step::Last { duration } => renew.duration = Some(*duration),
        Step::NameEvent { event } => renew.event = Some(event.clone()),
        Step::NameRule { rule } => renew.rule = Some(rule.clone()),
        Step::Reason => renew.reason = Some(SAID.into()),
        Step::Rename { request: id } => renew.id = id.clone(),
        Step::Say { name, value } => drop(renew.context.insert(name.clone(), value.clone())),
        Step::Start { at } => renew.start = Some(*at),
        Step::Ticket => renew.ticket = Some(SAID.into()),
        _ => return None,
    }
    Some(renew)
}

/// What an extension asks for, asked for anew.
fn renewed(trial: &Trial, extend: &Extend, grant: &crate::id::GrantId) -> Option<Command> {
    let state = trial.engine.assumed();
    state.grant_reference(grant.as_str())?;
    Some(Command::Renew(Arc::new(Renew {
        by: extend.by.clone(),
        context: extend.context.clone(),
        duration: Some(extend.duration),
        event: None,
        grant: grant.clone(),
        id: extend.id.clone(),
        inputs: extend.inputs.clone(),
        reason: extend.reason.clone(),
        rule: None,
        start: None,
        ticket: extend.ticket.clone(),
    })))
}

/// A text that stands for whatever is said.
pub(super) fn anything() -> Value {
    Value::Text(SAID.into())
}
