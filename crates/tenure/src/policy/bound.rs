//! A bound limits how long a grant can last. All are reported; the one that sets the end is binding.

use serde::{Deserialize, Serialize};

/// What kind of limit, in the order in which limits with the same end are reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BoundKind {
    /// What was asked for.
    Asked,
    /// The default duration of the rules, where nothing was asked and no business event supplies an end.
    Default,
    /// The longest duration that the rules allow.
    Maximum,
    /// The end of what makes the beneficiary eligible.
    Eligibility,
    /// The hours of the rules.
    Hours,
    /// What the rules ask to be held or to be so through the whole window.
    Prerequisite,
    /// A guardrail: the longest it allows, or the instant from which it forbids.
    Guardrail,
    /// The instant from which it is denied.
    Deny,
    /// The instant from which too many others hold it.
    Capacity,
    /// The planned end of the business event.
    Event,
    /// The hard cap of the business event.
    EventCap,
    /// The life of the beneficiary: its contract, or a suspension or departure that is already known.
    Identity,
    /// The life of the accountable human of a beneficiary that is not human.
    Owner,
    /// The life of the entitlement.
    Entitlement,
    /// The life of the resource that is the scope.
    Scope,
    /// The end of the session.
    Session,
    /// How far a running grant may be extended.
    Extension,
    /// How far grants of the same thing may follow each other.
    Renewal,
}

impl BoundKind {
    /// Every kind, in their order.
    pub const ALL: &[Self] = &[
        Self::Asked,
        Self::Default,
        Self::Maximum,
        Self::Eligibility,
        Self::Hours,
        Self::Prerequisite,
        Self::Guardrail,
        Self::Deny,
        Self::Capacity,
        Self::Event,
        Self::EventCap,
        Self::Identity,
        Self::Owner,
        Self::Entitlement,
        Self::Scope,
        Self::Session,
        Self::Extension,
        Self::Renewal,
    ];

    /// The word in documents and decisions.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Default => "default",
            Self::Maximum => "maximum",
            Self::Eligibility => "eligibility",
            Self::Hours => "hours",
            Self::Prerequisite => "prerequisite",
            Self::Guardrail => "guardrail",
            Self::Deny => "deny",
            Self::Capacity => "capacity",
            Self::Event => "event",
            Self::EventCap => "event_cap",
            Self::Identity => "identity",
            Self::Owner => "owner",
            Self::Entitlement => "entitlement",
            Self::Scope => "scope",
            Self::Session => "session",
            Self::Extension => "extension",
            Self::Renewal => "renewal",
        }
    }

    /// What it is, in words.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Asked => "what was asked for",
            Self::Default => {
                "the default duration of the rules, where nothing was asked and no business event supplies an end"
            }
            Self::Maximum => "the longest duration that the rules allow",
            Self::Eligibility => "the end of what makes the beneficiary eligible",
            Self::Hours => "the hours of the rules",
            Self::Prerequisite => "what the rules ask to be held or to be so through the whole window",
            Self::Guardrail => "a guardrail: the longest it allows, or the instant from which it forbids",
            Self::Deny => "the instant from which it is denied",
            Self::Capacity => "the instant from which too many others hold it",
            Self::Event => "the planned end of the business event",
            Self::EventCap => "the hard cap of the business event",
            Self::Identity => {
                "the life of the beneficiary: its contract, or a suspension or departure that is already known"
            }
            Self::Owner => "the life of the accountable human of a beneficiary that is not human",
            Self::Entitlement => "the life of the entitlement",
            Self::Scope => "the life of the resource that is the scope",
            Self::Session => "the end of the session",
            Self::Extension => "how far a running grant may be extended",
            Self::Renewal => "how far grants of the same thing may follow each other",
        }
    }
}
