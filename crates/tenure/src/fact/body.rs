//! What can happen: one line per kind of fact.

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::id::{
    AccountId, ApplicationId, EntitlementId, EventId, FeedId, GrantId, IdentityId, MembershipId, RequestId,
    ResourceId, StandingId,
};
use crate::model::{
    Account, AccountChange, Application, ApplicationChange, BusinessEvent, BusinessEventChange, Entitlement,
    EntitlementChange, GrantTerms, Identity, IdentityChange, Membership, Request, Resource, ResourceChange,
    Standing,
};
use crate::time::Timestamp;

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident $word:literal $payload:ty;)*) => {
        /// What happened. On the wire the kind stands in the envelope and this is the `body`.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize)]
        #[serde(untagged)]
        pub enum Body {
            $($(#[$doc])* $variant($payload),)*
        }

        /// Every kind of fact, in the order of the fold's table.
        pub const FACT_KINDS: &[&str] = &[$($word),*];

        impl Body {
            /// The word of the envelope's `kind`.
            pub const fn kind(&self) -> &'static str {
                match self {
                    $(Self::$variant(_) => $word,)*
                }
            }

            /// Reads the body of a fact of this kind; none if the kind is unknown.
            pub(super) fn read<E>(kind: &str, read: impl BodyReader<Error = E>) -> Option<Result<Self, E>> {
                match kind {
                    $($word => Some(read.read::<$payload>().map(Self::$variant)),)*
                    _ => None,
                }
            }
        }
    };
}

/// A source from which the body of a fact is read once its kind is known.
pub(super) trait BodyReader {
    /// What goes wrong.
    type Error;

    /// Reads it as a `T`.
    fn read<T: serde::de::DeserializeOwned>(self) -> Result<T, Self::Error>;
}

kinds! {
    /// An identity begins to exist.
    IdentityDefined "identity_defined" Defined<IdentityId, Identity>;
    /// Something about an identity changes.
    IdentityChanged "identity_changed" Changed<IdentityId, IdentityChange>;
    /// An identity may do nothing until it is resumed; its grants end.
    IdentitySuspended "identity_suspended" Named<IdentityId>;
    /// A suspended identity may act again; its standing counts again, its grants do not.
    IdentityResumed "identity_resumed" Named<IdentityId>;
    /// An identity leaves; all it holds ends.
    IdentityLeft "identity_left" Named<IdentityId>;
    /// It joins again as a new incarnation; nothing of the old one revives.
    IdentityRejoined "identity_rejoined" Named<IdentityId>;
    /// An account begins to exist.
    AccountDefined "account_defined" Defined<AccountId, Account>;
    /// Something about an account changes.
    AccountChanged "account_changed" Changed<AccountId, AccountChange>;
    /// An account is gone for good.
    AccountRetired "account_retired" Named<AccountId>;
    /// An application begins to exist.
    ApplicationDefined "application_defined" Defined<ApplicationId, Application>;
    /// Something about an application changes.
    ApplicationChanged "application_changed" Changed<ApplicationId, ApplicationChange>;
    /// An application is gone for good.
    ApplicationRetired "application_retired" Named<ApplicationId>;
    /// A resource begins to exist.
    ResourceDefined "resource_defined" Defined<ResourceId, Resource>;
    /// Something about a resource changes.
    ResourceChanged "resource_changed" Changed<ResourceId, ResourceChange>;
    /// A resource is gone for good.
    ResourceRetired "resource_retired" Named<ResourceId>;
    /// An entitlement begins to exist.
    EntitlementDefined "entitlement_defined" Defined<EntitlementId, Entitlement>;
    /// Something about an entitlement changes.
    EntitlementChanged "entitlement_changed" Changed<EntitlementId, EntitlementChange>;
    /// An entitlement is gone for good.
    EntitlementRetired "entitlement_retired" Named<EntitlementId>;
    /// An entitlement is held without asking.
    StandingAssigned "standing_assigned" Defined<StandingId, Standing>;
    /// A standing holding ends.
    StandingRemoved "standing_removed" Named<StandingId>;
    /// An identity enters a group.
    MembershipAdded "membership_added" Defined<MembershipId, Membership>;
    /// It leaves the group.
    MembershipRemoved "membership_removed" Named<MembershipId>;
    /// A business event begins, or begins again after it was closed.
    EventOpened "event_opened" Defined<EventId, BusinessEvent>;
    /// Something about a business event changes.
    EventChanged "event_changed" Changed<EventId, BusinessEventChange>;
    /// A business event is over.
    EventClosed "event_closed" Named<EventId>;
    /// A feed says that it is alive and has nothing to report.
    FeedHeartbeat "feed_heartbeat" Named<FeedId>;
    /// Somebody asked.
    RequestMade "request_made" RequestMade;
    /// What was asked is granted.
    RequestResolved "request_resolved" RequestResolved;
    /// The asker no longer wants it.
    RequestWithdrawn "request_withdrawn" Named<RequestId>;
    /// An entitlement is held for a time.
    GrantIssued "grant_issued" GrantTerms;
    /// The time is longer now.
    GrantExtended "grant_extended" GrantExtended;
    /// It is over: it ran out, was given back, or lost what it rested on.
    GrantEnded "grant_ended" GrantEnded;
    /// Somebody took it.
    GrantRevoked "grant_revoked" GrantEnded;
    /// It ended before it began.
    GrantVoided "grant_voided" GrantEnded;
    /// A policy document is in force from now on.
    PolicyAdopted "policy_adopted" PolicyAdopted;
    /// The host's clock was wrong; `recorded_at` runs on from the instant named.
    ClockCorrected "clock_corrected" HighWater;
}

/// A noun begins to exist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Defined<I, N> {
    /// What it is.
    pub definition: N,
    /// Its name.
    pub id: I,
}

/// A noun changes in some fields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Changed<I, C> {
    /// The fields that change.
    pub changes: C,
    /// Its name.
    pub id: I,
}

/// Something happens to a noun that needs no more than its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Named<I> {
    /// Its name.
    pub id: I,
    /// In words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Somebody asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestMade {
    /// Of what was asked, see [`Request::digest`]; hexadecimal.
    pub digest: String,
    /// What was asked.
    pub request: Request,
}

/// What was asked is granted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestResolved {
    /// The grants, in the order of the items; an item that extended a grant names that grant.
    pub grants: Vec<GrantId>,
    /// The request.
    pub id: RequestId,
}

/// A grant ends later than it did, or earlier where the policy allows that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GrantExtended {
    /// The command that did it.
    pub command: RequestId,
    /// Of the command, hexadecimal.
    pub digest: String,
    /// The new end.
    pub end: Timestamp,
    /// The grant.
    pub id: GrantId,
    /// The new minimum of all bounds but the planned end of the event.
    pub limit: Timestamp,
}

/// A grant is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GrantEnded {
    /// What ended it.
    pub cause: Cause,
    /// The grant.
    pub id: GrantId,
    /// In words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What ends a grant. Where several do so at the same instant the first of this list is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Cause {
    /// Somebody took it.
    #[serde(rename = "grant.revoked")]
    Revoked,
    /// Its holder gave it back.
    #[serde(rename = "grant.deactivated")]
    Deactivated,
    /// Its holder left, or joined again as a new incarnation.
    #[serde(rename = "identity.left")]
    IdentityLeft,
    /// Its holder was suspended.
    #[serde(rename = "identity.suspended")]
    IdentitySuspended,
    /// Its holder's contract ended, or has not begun.
    #[serde(rename = "identity.contract_ended")]
    ContractEnded,
    /// What it gave no longer exists.
    #[serde(rename = "entitlement.retired")]
    EntitlementRetired,
    /// Where it counted no longer exists.
    #[serde(rename = "resource.retired")]
    ResourceRetired,
    /// The business event was over.
    #[serde(rename = "event.ended")]
    EventEnded,
    /// No rule made its holder eligible any more.
    #[serde(rename = "eligibility.lost")]
    EligibilityLost,
    /// Its time was over.
    #[serde(rename = "grant.expired")]
    Expired,
}

impl Cause {
    /// Every cause, in their order.
    pub const ALL: &[Self] = &[
        Self::Revoked,
        Self::Deactivated,
        Self::IdentityLeft,
        Self::IdentitySuspended,
        Self::ContractEnded,
        Self::EntitlementRetired,
        Self::ResourceRetired,
        Self::EventEnded,
        Self::EligibilityLost,
        Self::Expired,
    ];

    /// The reason code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Revoked => "grant.revoked",
            Self::Deactivated => "grant.deactivated",
            Self::IdentityLeft => "identity.left",
            Self::IdentitySuspended => "identity.suspended",
            Self::ContractEnded => "identity.contract_ended",
            Self::EntitlementRetired => "entitlement.retired",
            Self::ResourceRetired => "resource.retired",
            Self::EventEnded => "event.ended",
            Self::EligibilityLost => "eligibility.lost",
            Self::Expired => "grant.expired",
        }
    }
}

/// A policy document is in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyAdopted {
    /// Of its canonical JSON, SHA-256 in hexadecimal.
    pub digest: String,
}

/// From where `recorded_at` runs on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HighWater {
    /// The new high water.
    pub high_water: Timestamp,
}
