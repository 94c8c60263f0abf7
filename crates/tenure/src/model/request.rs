//! An access request: who asks for whom, for what, from when, for how long, and why now.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::Value;
use crate::id::{AttributeId, EntitlementId, EventId, GrantId, IdentityId, RequestId, ResourceId, RuleId};
use crate::time::{Span, Timestamp};

/// An access request.
///
/// In documents `beneficiary` may be left out when it is the requester, and the other way round; a request for
/// one thing may write `entitlement` and `scope` in place of `items`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RequestText")]
pub struct Request {
    /// For whom.
    pub beneficiary: IdentityId,
    /// Circumstances the host reports, for example `session.ends_at`; not part of the request's digest.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub context: BTreeMap<AttributeId, Value>,
    /// For how long; from the start.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration: Option<Span>,
    /// Why now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<EventId>,
    /// Its name, given by the host, never used twice.
    pub id: RequestId,
    /// What the requester fills in, as the rules declare it.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub inputs: BTreeMap<AttributeId, Value>,
    /// What is asked for; all or nothing.
    pub items: Vec<Item>,
    /// In words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The grant that this one continues.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub renews: Option<GrantId>,
    /// Who asks.
    pub requester: IdentityId,
    /// The rule that shall decide, where the policy lets the requester choose.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<RuleId>,
    /// From when; now when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<Timestamp>,
    /// The ticket that tracks it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ticket: Option<String>,
    /// Until when; in place of a duration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// One thing asked for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// What.
    pub entitlement: EntitlementId,
    /// In which subtree; everywhere when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<ResourceId>,
}

/// The most items in one request.
const MAX_ITEMS: usize = 64;

impl Request {
    /// A request of `beneficiary` for itself.
    pub fn new(id: RequestId, beneficiary: IdentityId, entitlement: EntitlementId) -> Self {
        Self {
            requester: beneficiary.clone(),
            beneficiary,
            context: BTreeMap::new(),
            duration: None,
            event: None,
            id,
            inputs: BTreeMap::new(),
            items: vec![Item { entitlement, scope: None }],
            reason: None,
            renews: None,
            rule: None,
            start: None,
            ticket: None,
            until: None,
        }
    }

    /// Asks on behalf of the beneficiary.
    #[must_use]
    pub fn by(mut self, requester: IdentityId) -> Self {
        self.requester = requester;
        self
    }

    /// Confines every item to a subtree.
    #[must_use]
    pub fn within(mut self, scope: ResourceId) -> Self {
        for item in &mut self.items {
            item.scope = Some(scope.clone());
        }
        self
    }

    /// Names the business event.
    #[must_use]
    pub fn for_event(mut self, event: EventId) -> Self {
        self.event = Some(event);
        self
    }

    /// Says why.
    #[must_use]
    pub fn because(mut self, reason: impl Into<String>) -> Self {
        self.reason = Some(reason.into());
        self
    }

    /// Names the ticket.
    #[must_use]
    pub fn tracked_by(mut self, ticket: impl Into<String>) -> Self {
        self.ticket = Some(ticket.into());
        self
    }

    /// Asks for a duration.
    #[must_use]
    pub const fn lasting(mut self, duration: Span) -> Self {
        self.duration = Some(duration);
        self
    }

    /// Asks for an end.
    #[must_use]
    pub const fn until(mut self, end: Timestamp) -> Self {
        self.until = Some(end);
        self
    }

    /// Asks for a later start.
    #[must_use]
    pub const fn starting(mut self, start: Timestamp) -> Self {
        self.start = Some(start);
        self
    }

    /// Adds a circumstance.
    #[must_use]
    pub fn given(mut self, name: AttributeId, value: impl Into<Value>) -> Self {
        self.context.insert(name, value.into());
        self
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RequestText {
    beneficiary: Option<IdentityId>,
    #[serde(default)]
    context: BTreeMap<AttributeId, Value>,
    duration: Option<Span>,
    entitlement: Option<EntitlementId>,
    event: Option<EventId>,
    id: RequestId,
    #[serde(default)]
    inputs: BTreeMap<AttributeId, Value>,
    items: Option<Vec<Item>>,
    reason: Option<String>,
    renews: Option<GrantId>,
    requester: Option<IdentityId>,
    rule: Option<RuleId>,
    scope: Option<ResourceId>,
    start: Option<Timestamp>,
    ticket: Option<String>,
    until: Option<Timestamp>,
}

impl TryFrom<RequestText> for Request {
    type Error = &'static str;

    fn try_from(text: RequestText) -> Result<Self, Self::Error> {
        let (requester, beneficiary) = match (text.requester, text.beneficiary) {
            (Some(r), Some(b)) => (r, b),
            (Some(one), None) | (None, Some(one)) => (one.clone(), one),
            (None, None) => return Err("[request.beneficiary] a request names its `beneficiary`"),
        };
        let items = match (text.items, text.entitlement) {
            (Some(items), None) if text.scope.is_none() => items,
            (None, Some(entitlement)) => vec![Item { entitlement, scope: text.scope }],
            (None, None) => return Err("[request.items] a request names an `entitlement`, or `items`"),
            _ => return Err("[request.items] write either `items` or `entitlement` with `scope`, not both"),
        };
        if items.is_empty() || items.len() > MAX_ITEMS {
            return Err("[request.items] a request asks for 1 to 64 items");
        }
        let mut sorted: Vec<&Item> = items.iter().collect();
        sorted.sort();
        if sorted.windows(2).any(|pair| matches!(pair, [a, b] if a == b)) {
            return Err("[request.items] an item stands twice in the request; name each once");
        }
        if text.duration.is_some() && text.until.is_some() {
            return Err("[request.window] write either `duration` or `until`, not both");
        }
        if text.duration.is_some_and(Span::is_zero) {
            return Err("[request.duration] a duration is longer than zero");
        }
        if let (Some(start), Some(until)) = (text.start, text.until)
            && start >= until
        {
            return Err("[request.window] `until` is later than `start`");
        }
        Ok(Self {
            beneficiary,
            context: text.context,
            duration: text.duration,
            event: text.event,
            id: text.id,
            inputs: text.inputs,
            items,
            reason: text.reason,
            renews: text.renews,
            requester,
            rule: text.rule,
            start: text.start,
            ticket: text.ticket,
            until: text.until,
        })
    }
}
