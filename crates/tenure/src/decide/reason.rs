//! Every verdict says why: a stable code, the values it speaks of, and a sentence for people.

use alloc::collections::BTreeMap;
use alloc::string::String;
use core::fmt;

use serde::{Deserialize, Serialize};

use crate::model::Value;

/// Why, or what to mind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// What it is.
    pub code: Code,
    /// Which item of the request it is about, counted from 0; the whole request when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<u32>,
    /// Whether it stands in the way.
    pub level: Level,
    /// The values it speaks of.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub params: BTreeMap<String, Value>,
}

/// Whether a reason stands in the way of a permit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// It denies.
    Error,
    /// It does not deny, but the answer is not quite what was asked.
    Warning,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident $word:literal $text:literal;)*) => {
        /// The codes of reasons, in the order of the pipeline, which is the order in which they are reported.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Code {
            $($(#[$doc])* #[serde(rename = $word)] $variant,)*
        }

        impl Code {
            /// Every code there is.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The stable word.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// The sentence for people; `{name}` stands for the parameter of that name.
            pub const fn text(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
        }
    };
}

codes! {
    /// `now` is behind what the log has already recorded.
    ClockRegression "clock.regression" "the clock is behind the log, which has already recorded {high_water}; correct the clock";
    /// The log was decided under another document than the engine holds.
    PolicyNotAdopted "policy.not_adopted" "the log adopted policy {adopted}, not {policy}; adopt the document first";
    /// The same id stands for something else.
    RequestIdReused "request.id_reused" "the id {request} was used before for something else; take a new one";
    /// The same request was decided before.
    RequestAlreadyResolved "request.already_resolved" "the request {request} was granted before; this is what it gave";
    /// The request was taken back before.
    RequestWithdrawn "request.withdrawn" "the request {request} was withdrawn; make a new one";
    /// No such request.
    RequestUnknown "request.unknown" "there is no request {request}";
    /// The request is decided.
    RequestNotPending "request.not_pending" "the request {request} is decided; end its grants instead";
    /// No such identity.
    IdentityUnknown "identity.unknown" "there is no identity {identity}";
    /// The identity may do nothing at the time.
    IdentityNotActive "identity.not_active" "{identity} is not active: {why}";
    /// Nobody answers for it.
    IdentityNoOwner "identity.no_owner" "{identity} has no live accountable human";
    /// No such permission.
    PermissionUnknown "permission.unknown" "no entitlement gives a permission {permission}";
    /// No such entitlement.
    EntitlementUnknown "entitlement.unknown" "there is no entitlement {entitlement}";
    /// The entitlement no longer exists.
    EntitlementRetired "entitlement.retired" "the entitlement {entitlement} no longer exists";
    /// No such resource.
    ResourceUnknown "resource.unknown" "there is no resource {resource}";
    /// The resource no longer exists.
    ResourceRetired "resource.retired" "the resource {resource} no longer exists";
    /// No such grant.
    GrantUnknown "grant.unknown" "there is no grant {grant}";
    /// The business event does not justify this.
    EventInvalid "event.invalid" "the business event {event} does not justify this: {why}";
    /// Nothing was heard of the business event for too long.
    EventStale "event.stale" "nothing was heard of the business event {event} since {last_seen}; at most {max_staleness} may pass";
    /// A command on one's own things came from someone else.
    AuthorityNotHolder "authority.not_holder" "{by} is neither the holder nor the requester of {target}";
    /// A rule denies it, whoever else allows it.
    PolicyExplicitDeny "policy.explicit_deny" "the rule {rule} denies it, whatever else allows it";
    /// A guardrail forbids to grant it.
    GuardrailForbidden "guardrail.forbidden" "the guardrail {rule} forbids to grant it at that time";
    /// As many hold it as may.
    CapacityFull "capacity.full" "{max} others hold it, which is all that {rule} allows";
    /// The request must state something.
    InputMissing "input.missing" "the request must state: {inputs}";
    /// The request states something that the rules do not take.
    InputInvalid "input.invalid" "the input {input} is not what the rules take: {why}";
    /// A decision needs to know a circumstance.
    ContextMissing "context.missing" "the answer depends on what was not said: {names}";
    /// A circumstance is other than a rule asks.
    ContextUnsatisfied "context.unsatisfied" "these conditions do not hold: {conditions}";
    /// A condition cannot be judged.
    ConditionFailed "condition.failed" "these conditions cannot be judged: {conditions}; their values are not of the declared types";
    /// No rule lets the beneficiary obtain this there.
    EligibilityNone "eligibility.none" "no rule lets {identity} obtain {entitlement} where and when it was asked";
    /// What the rules ask to be held, or to be so, is not.
    PrerequisiteMissing "prerequisite.missing" "what the rules require is not there at that time";
    /// The window that was asked for is over.
    WindowElapsed "request.window_elapsed" "the window that was asked for ended at {end}";
    /// A running grant cannot be extended further.
    ExtensionPastMaxTotal "extension.past_max_total" "the grant may last {max_total} from its start, until {end}; that has passed";
    /// Only a running grant can be extended.
    ExtensionNotActive "extension.not_active" "the grant {grant} is {state}; make a new request";
    /// The rules allow no extension.
    ExtensionNotAllowed "extension.not_allowed" "the rules allow no extension of this";
    /// It was extended often enough.
    ExtensionLimitReached "extension.limit_reached" "the grant was extended {count} times; no more are allowed";
    /// It would end earlier than it does.
    ExtensionWouldShorten "extension.would_shorten" "the grant would end at {end}, but it runs until {held}";
    /// It ends there already.
    ExtensionNoGain "extension.no_gain" "the grant runs until {end} already";
    /// The same thing was obtained back to back often enough.
    RenewalLimitReached "renewal.limit_reached" "the same was obtained {count} times back to back; pause first";
    /// The same thing is held.
    GrantAlreadyActive "grant.already_active" "{grant} gives the same in that window";
    /// More was asked than may be.
    DurationExceedsMax "duration.exceeds_max" "{asked} was asked, at most {max} is allowed";
    /// Nothing is left of the window.
    WindowEmpty "window.empty" "nothing is left of the window: it is past the limit {bound}";
    /// Less was asked, or is left, than must be.
    DurationBelowMin "duration.below_min" "{available} is less than the shortest duration, {min}";
    /// More was asked than a bound allows.
    BoundExceeded "bound.exceeded" "what was asked ends at {asked}, but {bound} ends at {end}";
    /// The end is earlier than asked.
    DurationClipped "duration.clipped" "{asked} was asked; {by} leaves {left}";
    /// A part of what is granted is denied.
    DenyWithheld "deny.withheld" "the rule {rule} withholds {withheld} of {entitlement}";
    /// The request states something that no rule asks for.
    InputUnused "input.unused" "no rule that decides asks for: {inputs}";
    /// The grant was over before.
    GrantAlreadyEnded "grant.already_ended" "the grant {grant} was over at {end}";
    /// A scheduled grant has lost what it rests on.
    EligibilityAtRisk "eligibility.at_risk" "{grant} is scheduled, but its holder is not eligible now";
    /// A grant outlives its holder's eligibility, as its rule allows.
    EligibilityLost "eligibility.lost" "{grant} runs on although its holder lost eligibility at {at}";
    /// Fewer hold it than shall.
    CapacityBelowMin "capacity.below_min" "{held} hold it, but {rule} wants {min} at least";
    /// Nothing gives this.
    AccessNone "access.none" "{identity} holds nothing that gives {permission} where it was asked";
    /// It was held once.
    AccessExpired "grant.expired" "it was held until {end}";
    /// It will be held.
    AccessNotStarted "grant.not_started" "it will be held from {start}";
    /// The system has no rules about who may command it.
    TrustedHost "authority.trusted_host" "there are no rules about who may command; the host is trusted";
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.code.text();
        while let Some((before, after)) = rest.split_once('{') {
            f.write_str(before)?;
            let Some((name, after)) = after.split_once('}') else {
                return f.write_str(after);
            };
            match self.params.get(name) {
                Some(value) => match self.code.spelled_out(value) {
                    Some(words) => f.write_str(words)?,
                    None => write!(f, "`{value}`")?,
                },
                None => write!(f, "`{name}`")?,
            }
            rest = after;
        }
        f.write_str(rest)?;
        if self.code == Code::PrerequisiteMissing {
            // Each of the two may be absent, so they are no places of the sentence.
            let mut before = ": ";
            for (name, words) in [("entitlements", "to hold"), ("attributes", "to have the right")] {
                if let Some(value) = self.params.get(name) {
                    write!(f, "{before}{words} `{value}`")?;
                    before = ", ";
                }
            }
        }
        write!(f, " ({})", self.code.word())
    }
}

impl Code {
    /// What a word among the parameters says to people, where it does not say so itself.
    fn spelled_out(self, value: &Value) -> Option<&'static str> {
        if self == Self::InputInvalid {
            return Some(match value.as_text()? {
                "max" => "it is too large",
                "min" => "it is too small",
                "one_of" => "it is none of the values they list",
                "type" => "it is of another type",
                _ => return None,
            });
        }
        if self != Self::EventInvalid {
            return None;
        }
        Some(match value.as_text()? {
            "ended" => "it is over",
            "kind_not_allowed" => "a rule accepts no events of its kind",
            "not_participant" => "the beneficiary takes no part in it",
            "not_started" => "it has not started",
            "outside_ceiling" => "it does not list the entitlement",
            "self_opened" => "the beneficiary opened it",
            "unknown" => "there is no such event at that time",
            _ => return None,
        })
    }
}

impl Reason {
    /// A reason that denies.
    pub fn error(code: Code) -> Self {
        Self { code, item: None, level: Level::Error, params: BTreeMap::new() }
    }

    /// A reason that does not deny.
    pub fn warning(code: Code) -> Self {
        Self { level: Level::Warning, ..Self::error(code) }
    }

    /// The same, about one item.
    #[must_use]
    pub const fn item(mut self, item: u32) -> Self {
        self.item = Some(item);
        self
    }

    /// The same, with a value it speaks of.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.params.insert(name.into(), value.into());
        self
    }
}

impl Reason {
    /// Adds the names that the other lists, in order.
    pub(crate) fn join(&mut self, other: &Self) {
        for (name, value) in &other.params {
            if let (Some(Value::List(list)), Value::List(more)) = (self.params.get_mut(name), value) {
                list.extend(more.iter().cloned());
                list.sort();
                list.dedup();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn why_an_event_does_not_count_is_said_in_words() {
        let of = |event: &str, why: &str| {
            Reason::error(Code::EventInvalid).with("event", event).with("why", why).to_string()
        };
        let said = "the business event `INC-7` does not justify this: ";
        assert_eq!(
            of("INC-7", "unknown"),
            alloc::format!("{said}there is no such event at that time (event.invalid)")
        );
        assert_eq!(
            of("INC-7", "self_opened"),
            alloc::format!("{said}the beneficiary opened it (event.invalid)")
        );
        // A word that a later version may have stands as it is; other codes keep their words.
        assert_eq!(of("INC-7", "tired"), alloc::format!("{said}`tired` (event.invalid)"));
        let dormant =
            Reason::error(Code::IdentityNotActive).with("identity", "ann").with("why", "not_started");
        assert_eq!(dormant.to_string(), "`ann` is not active: `not_started` (identity.not_active)");
    }

    #[test]
    fn why_an_input_is_not_taken_and_what_is_required_is_said_in_words() {
        let input = Reason::error(Code::InputInvalid).with("input", "amount").with("why", "max");
        let said = "the input `amount` is not what the rules take: it is too large (input.invalid)";
        assert_eq!(input.to_string(), said);
        let missing = Reason::error(Code::PrerequisiteMissing);
        let said = "what the rules require is not there at that time";
        assert_eq!(missing.to_string(), alloc::format!("{said} (prerequisite.missing)"));
        let missing = missing.with("attributes", "level").with("entitlements", "trained, sworn");
        assert_eq!(
            missing.to_string(),
            alloc::format!(
                "{said}: to hold `trained, sworn`, to have the right `level` (prerequisite.missing)"
            )
        );
    }

    #[test]
    fn every_place_of_a_sentence_is_a_parameter() {
        for code in Code::ALL {
            let places = code.text().matches('{').count();
            assert_eq!(places, code.text().matches('}').count(), "{code:?}");
            let told = Reason::error(*code).to_string();
            assert_eq!(told.matches('`').count(), places.saturating_mul(2), "{told}");
        }
    }
}
