//! A step is one thing that somebody can do: say it otherwise, ask later, or have the world changed.

use serde::Serialize;

use crate::decide::{Audience, ObligationView};
use crate::id::{
    AttributeId, EntitlementId, EventId, FeedId, GrantId, IdentityId, RequestId, ResourceId, RuleId,
};
use crate::model::Value;
use crate::time::{Span, Timestamp};

/// Something that can be done about a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "step")]
pub enum Step {
    /// Get what is owed agreed to.
    Approve {
        /// What is owed.
        owed: ObligationView,
    },
    /// Ask for something else.
    AskFor {
        /// What.
        entitlement: EntitlementId,
        /// In place of which item, where the request has several.
        #[serde(skip_serializing_if = "Option::is_none")]
        item: Option<u32>,
    },
    /// Ask in a place.
    AskWithin {
        /// For which item, where the request has several.
        #[serde(skip_serializing_if = "Option::is_none")]
        item: Option<u32>,
        /// Where.
        scope: ResourceId,
    },
    /// Have the business event cover it.
    Cover {
        /// What.
        entitlement: EntitlementId,
        /// By which event.
        event: EventId,
    },
    /// Leave an item out.
    Drop {
        /// What is left out.
        entitlement: EntitlementId,
        /// Which item.
        item: u32,
    },
    /// Have ended what is held.
    End {
        /// Which grant.
        grant: GrantId,
    },
    /// Have an exception made to a rule.
    Except {
        /// Which rule.
        rule: RuleId,
    },
    /// Make the grant longer that is there.
    Extend {
        /// For how long from now.
        duration: Span,
        /// Which.
        grant: GrantId,
    },
    /// Fill an input in.
    Fill {
        /// Which.
        input: AttributeId,
        /// For example.
        value: Value,
    },
    /// Give back what is held.
    GiveBack {
        /// Which grant.
        grant: GrantId,
    },
    /// Have somebody hold something first.
    Hold {
        /// What.
        entitlement: EntitlementId,
        /// Who.
        identity: IdentityId,
    },
    /// Have somebody become a member.
    Join {
        /// Of what.
        group: EntitlementId,
        /// Who.
        identity: IdentityId,
    },
    /// Ask for another duration.
    Last {
        /// How long.
        duration: Span,
    },
    /// Ask for no business event.
    LeaveEvent,
    /// Name the business event.
    NameEvent {
        /// Which.
        event: EventId,
    },
    /// Choose a rule.
    NameRule {
        /// Which.
        rule: RuleId,
    },
    /// Obtain something first.
    Obtain {
        /// What.
        entitlement: EntitlementId,
        /// Who.
        identity: IdentityId,
    },
    /// Have somebody answer for what is not human.
    Own {
        /// For what.
        identity: IdentityId,
        /// Who.
        owner: IdentityId,
    },
    /// Have somebody take part in the business event.
    Participate {
        /// In which.
        event: EventId,
        /// Who.
        identity: IdentityId,
    },
    /// Give a reason.
    Reason,
    /// Have somebody join again.
    Rejoin {
        /// Who.
        identity: IdentityId,
    },
    /// Ask under a new name.
    Rename {
        /// For example.
        request: RequestId,
    },
    /// Ask anew for what the grant gave.
    Renew {
        /// Which grant.
        grant: GrantId,
    },
    /// Have the feed of the business event report.
    Report {
        /// Which feed.
        feed: FeedId,
    },
    /// Have the suspension of somebody lifted.
    Resume {
        /// Who.
        identity: IdentityId,
    },
    /// Be in other circumstances, or say what they are.
    Say {
        /// What of them.
        name: AttributeId,
        /// What it has to be.
        value: Value,
    },
    /// Have an attribute changed.
    Set {
        /// Which.
        attribute: AttributeId,
        /// Of whom.
        identity: IdentityId,
        /// To what.
        value: Value,
    },
    /// Ask for another start.
    Start {
        /// When.
        at: Timestamp,
    },
    /// Ask for it from now on.
    StartNow,
    /// Name a ticket.
    Ticket,
    /// Ask again later.
    Wait {
        /// From when on.
        until: Timestamp,
    },
}

impl Step {
    /// The step as an audience is told it; none if it is not for it.
    pub fn for_audience(&self, audience: Audience) -> Option<Self> {
        if self.audience() > audience {
            return None;
        }
        let mut told = self.clone();
        if let Self::Approve { owed } = &mut told
            && audience == Audience::Requester
        {
            owed.source = None;
            owed.stage.approvers = None;
        }
        Some(told)
    }

    /// Whether both are the same thing to do, whatever value stands as an example.
    pub(super) fn is_same_but_for_example(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Say { name: a, .. }, Self::Say { name: b, .. }) => a == b,
            (Self::Fill { input: a, .. }, Self::Fill { input: b, .. }) => a == b,
            _ => self == other,
        }
    }

    /// Who can do it, and so who may be told of it: what others have to change is for those who may.
    pub const fn audience(&self) -> Audience {
        match self {
            Self::AskFor { .. }
            | Self::AskWithin { .. }
            | Self::Approve { .. }
            | Self::Drop { .. }
            | Self::Extend { .. }
            | Self::Fill { .. }
            | Self::GiveBack { .. }
            | Self::Last { .. }
            | Self::LeaveEvent
            | Self::NameEvent { .. }
            | Self::NameRule { .. }
            | Self::Obtain { .. }
            | Self::Reason
            | Self::Rename { .. }
            | Self::Renew { .. }
            | Self::Start { .. }
            | Self::StartNow
            | Self::Ticket
            | Self::Wait { .. } => Audience::Requester,
            Self::Cover { .. }
            | Self::End { .. }
            | Self::Except { .. }
            | Self::Hold { .. }
            | Self::Join { .. }
            | Self::Own { .. }
            | Self::Participate { .. }
            | Self::Rejoin { .. }
            | Self::Report { .. }
            | Self::Resume { .. }
            | Self::Set { .. } => Audience::Admin,
            // What conditions read is not for whoever has to meet them.
            Self::Say { .. } => Audience::Approver,
        }
    }
}
