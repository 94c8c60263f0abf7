//! Eligibility: who may obtain what, where, and within which limits. It gives nothing by itself; it is what a
//! request must match.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::{BoundKind, EntitlementSelector, IdentitySelector, Input, Prerequisites, Stage};
use crate::document::coded;
use crate::id::{AttributeId, ResourceId};
use crate::model::date::{End, Start};
use crate::model::{ConditionNames, OnLoss};
use crate::time::{Recurrence, Span, TimeError, Timestamp, Window};

/// A rule that says who may obtain what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Eligibility {
    /// What happens when the same thing is already held.
    #[serde(default, skip_serializing_if = "is_default")]
    pub already_held: AlreadyHeld,
    /// From when durations count.
    #[serde(default, skip_serializing_if = "is_default")]
    pub anchor: Anchor,
    /// What must be agreed to before a grant.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub approvals: Vec<Stage>,
    /// In words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// How long; may be left out where the rule asks for a business event, which supplies the end. Of an event that
    /// has neither planned end nor hard cap, a grant under a rule without a duration ends when it was asked to end,
    /// however late; a request that does not say when is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<Duration>,
    /// The business event it asks for; none is asked for when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<EventRule>,
    /// Whether and how far a running grant may be extended; not at all when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extension: Option<Extension>,
    /// The hours within which a grant may run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hours: Vec<Recurrence>,
    /// What a requester fills in.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub inputs: BTreeMap<AttributeId, Input>,
    /// What happens when more is asked than a bound allows.
    #[serde(default, skip_serializing_if = "is_default")]
    pub on_exceed: OnExceed,
    /// What happens to a running grant when eligibility is lost.
    #[serde(default, skip_serializing_if = "is_default")]
    pub on_loss: OnLoss,
    /// Its rank where rules combine by `priority`: the least number binds; absent is last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<u32>,
    /// How often the same thing may be obtained back to back; without limit when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renewal: Option<Renewal>,
    /// What a request must state.
    #[serde(default, skip_serializing_if = "is_default")]
    pub require: Requirements,
    /// What must be held, or be so, through the whole window.
    #[serde(default, skip_serializing_if = "is_default")]
    pub requires: Prerequisites,
    /// Whether the end of the session ends the grant or is only reported.
    #[serde(default, skip_serializing_if = "is_default")]
    pub session: SessionRule,
    /// The longest session under the grant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_max: Option<Span>,
    /// From when until when the rule counts.
    #[serde(default = "always", deserialize_with = "valid", skip_serializing_if = "is_always")]
    pub valid: Window,
    /// What may be obtained; an empty selector matches nothing.
    pub what: EntitlementSelector,
    /// It lets anyone obtain anything only if these hold at the decision.
    #[serde(default, skip_serializing_if = "ConditionNames::is_none")]
    pub when: ConditionNames,
    /// The subtrees in which it may be obtained; anywhere when absent, nowhere when empty.
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    pub scopes: Option<Vec<ResourceId>>,
    /// What is granted counts only while these hold, at every check.
    #[serde(default, rename = "while", skip_serializing_if = "ConditionNames::is_none")]
    pub conditions: ConditionNames,
    /// Who may obtain it; an empty selector matches nobody.
    pub who: IdentitySelector,
}

/// How long a grant may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Duration {
    /// Taken when the request does not say how long, nor a business event: its planned end or hard cap goes before
    /// this, and may be later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Span>,
    /// The longest, inclusive.
    pub max: Span,
    /// The shortest, inclusive.
    #[serde(default, skip_serializing_if = "is_default")]
    pub min: Span,
}

/// Which business event a rule asks for, and how a grant is tied to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventRule {
    /// Whether the end of a running grant moves with the planned end.
    #[serde(default, skip_serializing_if = "is_default")]
    pub follow: bool,
    /// How long a grant outlives an event that is over before its time.
    #[serde(default, skip_serializing_if = "is_default")]
    pub grace: Span,
    /// The kinds of event that count; all when absent, none when empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kinds: Option<Vec<String>>,
    /// The longest silence of the event's feed, inclusive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_staleness: Option<Span>,
    /// Whether an event that the beneficiary opened counts.
    #[serde(default, skip_serializing_if = "is_default")]
    pub self_opened: bool,
}

/// How far a running grant may be extended. Each extension counts from now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extension {
    /// Whether an extension may end the grant earlier than it would have.
    #[serde(default, skip_serializing_if = "is_default")]
    pub allow_shorten: bool,
    /// How many extensions a grant may have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_count: Option<u32>,
    /// The longest time from the grant's start to its last end.
    pub max_total: Span,
}

/// How often the same thing may be obtained back to back by one identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Renewal {
    /// How many grants may follow the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_count: Option<u32>,
    /// The longest time from the start of the first grant to the end of the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_total: Option<Span>,
    /// How long a pause must be for the count to begin anew; any pause when zero.
    #[serde(default, skip_serializing_if = "is_default")]
    pub reset_after: Span,
}

/// What a request must state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requirements {
    /// Why, in words.
    #[serde(default, skip_serializing_if = "is_default")]
    pub reason: bool,
    /// A ticket.
    #[serde(default, skip_serializing_if = "is_default")]
    pub ticket: bool,
}

/// What happens when the same entitlement is already held in the same scope.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlreadyHeld {
    /// A second grant beside the first.
    #[default]
    Stack,
    /// The grant that is live at the start is extended.
    Extend,
    /// The request is denied while another grant overlaps.
    Reject,
}

/// From when durations count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Anchor {
    /// From the start of the grant, at the request.
    #[default]
    Request,
    /// From the start of the grant, at the approval.
    Approval,
    /// From the start that was asked for, even when that is past: the end stays where it was asked for.
    Window,
}

/// Clip what is asked to what is allowed, or reject it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exceed {
    /// Grant what is allowed, with a warning.
    #[default]
    Clip,
    /// Deny.
    Reject,
}

/// What happens when more is asked than a bound allows: one word for all bounds, or one per kind of bound.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum OnExceed {
    /// The same for every bound.
    All(Exceed),
    /// For the kinds named; the others clip.
    PerBound(BTreeMap<BoundKind, Exceed>),
}

impl OnExceed {
    /// What to do with this kind of bound.
    pub fn of(&self, kind: BoundKind) -> Exceed {
        match self {
            Self::All(exceed) => *exceed,
            Self::PerBound(kinds) => kinds.get(&kind).copied().unwrap_or_default(),
        }
    }
}

impl Default for OnExceed {
    fn default() -> Self {
        Self::All(Exceed::Clip)
    }
}

impl<'de> Deserialize<'de> for OnExceed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrPerBound;

        impl<'de> Visitor<'de> for OneOrPerBound {
            type Value = OnExceed;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`clip` or `reject`, or a map from bounds to these")
            }

            fn visit_str<E: Error>(self, word: &str) -> Result<OnExceed, E> {
                Exceed::deserialize(StrDeserializer::new(word)).map(OnExceed::All)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<OnExceed, A::Error> {
                BTreeMap::deserialize(MapAccessDeserializer::new(map)).map(OnExceed::PerBound)
            }
        }

        deserializer.deserialize_any(OneOrPerBound)
    }
}

/// What the end of the session does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionRule {
    /// It is reported beside a longer grant.
    #[default]
    Report,
    /// It ends the grant.
    Bound,
}

pub(super) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// A window whose limits may be dates.
pub(super) fn valid<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Window, D::Error> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields, rename = "Window")]
    struct Written {
        #[serde(default)]
        from: Option<Start>,
        #[serde(default)]
        until: Option<End>,
    }

    let Written { from, until } = Written::deserialize(deserializer)?;
    let from = from.map_or(Timestamp::MIN, |from| from.0);
    let until = until.map_or(Timestamp::MAX, |until| until.0);
    Window::new(from, until).ok_or_else(|| {
        let empty = TimeError::WindowEmpty { from, until };
        coded(empty.code(), empty)
    })
}

pub(super) const fn always() -> Window {
    Window::ALWAYS
}

pub(super) fn is_always(window: &Window) -> bool {
    *window == Window::ALWAYS
}
