//! The registry of reasons: for each code its word, what it says to whom, and who may see which of its values.
//!
//! A correction can be a recipe for an attack, and what a rule is called or who else holds something is not for
//! everyone who asks. So each code and each value names the least audience that may see it; whoever may see more
//! sees it too.

use serde::{Deserialize, Serialize};

use super::Audience;

macro_rules! codes {
    ($(
        $(#[$doc:meta])*
        $variant:ident $word:literal $least:ident { $($name:ident: $who:ident),* } $text:literal $($plain:literal)?;
    )*) => {
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

            /// The sentence for those who run the system; `{name}` stands for the parameter of that name.
            pub const fn text(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// The least audience that may see it at all.
            pub const fn audience(self) -> Audience {
                match self { $(Self::$variant => Audience::$least,)* }
            }

            /// Its parameters, each with the least audience that may see it. An identity that a requester may see is
            /// always the one who asks, or the one for whom it is asked.
            pub const fn params(self) -> &'static [(&'static str, Audience)] {
                match self { $(Self::$variant => &[$((stringify!($name), Audience::$who)),*],)* }
            }

            /// The sentence for everyone else, where it is another one.
            const fn plain(self) -> Option<&'static str> {
                match self { $(Self::$variant => codes!(@plain $($plain)?),)* }
            }
        }
    };
    (@plain) => { None };
    (@plain $plain:literal) => { Some($plain) };
}

codes! {
    /// `now` is behind what the log has already recorded.
    ClockRegression "clock.regression" Requester { high_water: Admin }
        "the clock is behind the log, which has already recorded {high_water}; correct the clock"
        "nothing can be decided, because the clock of this system is wrong; tell those who run it";
    /// The log was decided under another document than the engine holds.
    PolicyNotAdopted "policy.not_adopted" Requester { adopted: Admin, policy: Admin }
        "the log adopted policy {adopted}, not {policy}; adopt the document first"
        "nothing can be decided while the rules are being replaced; try again later";
    /// The same id stands for something else.
    RequestIdReused "request.id_reused" Requester { request: Requester }
        "the id {request} was used before for something else; take a new one";
    /// The same request was decided before.
    RequestAlreadyResolved "request.already_resolved" Requester { request: Requester }
        "the request {request} was granted before; this is what it gave";
    /// The request was taken back before.
    RequestWithdrawn "request.withdrawn" Requester { request: Requester }
        "the request {request} was withdrawn; make a new one";
    /// No such request.
    RequestUnknown "request.unknown" Requester { request: Requester }
        "there is no request {request}";
    /// The request is decided.
    RequestNotPending "request.not_pending" Requester { request: Requester }
        "the request {request} is decided; end its grants instead";
    /// No such identity.
    IdentityUnknown "identity.unknown" Requester { identity: Requester }
        "there is no identity {identity}";
    /// The identity may do nothing at the time.
    IdentityNotActive "identity.not_active" Requester { identity: Requester, why: Approver }
        "{identity} is not active: {why}"
        "{identity} is not active at that time";
    /// Nobody answers for it.
    IdentityNoOwner "identity.no_owner" Requester { identity: Requester }
        "{identity} has no live accountable human";
    /// No such permission.
    PermissionUnknown "permission.unknown" Requester { permission: Requester }
        "no entitlement gives a permission {permission}";
    /// No such entitlement.
    EntitlementUnknown "entitlement.unknown" Requester { entitlement: Requester }
        "there is no entitlement {entitlement}";
    /// The entitlement no longer exists.
    EntitlementRetired "entitlement.retired" Requester { entitlement: Requester }
        "the entitlement {entitlement} no longer exists";
    /// No such resource.
    ResourceUnknown "resource.unknown" Requester { resource: Requester }
        "there is no resource {resource}";
    /// The resource no longer exists.
    ResourceRetired "resource.retired" Requester { resource: Requester }
        "the resource {resource} no longer exists";
    /// No such grant.
    GrantUnknown "grant.unknown" Requester { grant: Requester }
        "there is no grant {grant}";
    /// The business event does not justify this.
    EventInvalid "event.invalid" Requester { event: Requester, why: Requester }
        "the business event {event} does not justify this: {why}";
    /// Nothing was heard of the business event for too long.
    EventStale "event.stale" Requester { event: Requester, last_seen: Approver, max_staleness: Approver }
        "nothing was heard of the business event {event} since {last_seen}; at most {max_staleness} may pass"
        "too long nothing was heard of the business event {event}";
    /// A command on one's own things came from someone else.
    AuthorityNotHolder "authority.not_holder" Requester { by: Requester, target: Requester }
        "{by} is neither the holder nor the requester of {target}";
    /// A rule denies it, whoever else allows it.
    PolicyExplicitDeny "policy.explicit_deny" Requester { rule: Approver }
        "the rule {rule} denies it, whatever else allows it"
        "it is denied, whatever else allows it";
    /// A guardrail forbids to grant it.
    GuardrailForbidden "guardrail.forbidden" Requester { rule: Approver }
        "the guardrail {rule} forbids to grant it at that time"
        "it may not be granted at that time";
    /// As many hold it as may.
    CapacityFull "capacity.full" Requester { max: Approver, rule: Approver }
        "{max} others hold it, which is all that {rule} allows"
        "as many others hold it as may";
    /// The request must state something.
    InputMissing "input.missing" Requester { inputs: Requester }
        "the request must state: {inputs}";
    /// The request states something that the rules do not take.
    InputInvalid "input.invalid" Requester { input: Requester, why: Requester }
        "the input {input} is not what the rules take: {why}";
    /// A decision needs to know a circumstance.
    ContextMissing "context.missing" Requester { names: Approver }
        "the answer depends on what was not said: {names}"
        "the answer depends on what was not said";
    /// A circumstance is other than a rule asks.
    ContextUnsatisfied "context.unsatisfied" Requester { conditions: Approver }
        "these conditions do not hold: {conditions}"
        "the circumstances are not such that it may be";
    /// A condition cannot be judged.
    ConditionFailed "condition.failed" Approver { conditions: Approver }
        "these conditions cannot be judged: {conditions}; their values are not of the declared types";
    /// No rule lets the beneficiary obtain this there.
    EligibilityNone "eligibility.none" Requester { entitlement: Requester, identity: Requester }
        "no rule lets {identity} obtain {entitlement} where and when it was asked";
    /// What the rules ask to be held, or to be so, is not.
    PrerequisiteMissing "prerequisite.missing" Requester { attributes: Approver, entitlements: Requester }
        "what the rules require is not there at that time";
    /// The window that was asked for is over.
    WindowElapsed "request.window_elapsed" Requester { end: Requester }
        "the window that was asked for ended at {end}";
    /// A running grant cannot be extended further.
    ExtensionPastMaxTotal "extension.past_max_total" Requester { end: Requester, max_total: Requester }
        "the grant may last {max_total} from its start, until {end}; that has passed";
    /// Only a running grant can be extended.
    ExtensionNotActive "extension.not_active" Requester { grant: Requester, state: Requester }
        "the grant {grant} is {state}; make a new request";
    /// The rules allow no extension.
    ExtensionNotAllowed "extension.not_allowed" Requester {}
        "the rules allow no extension of this";
    /// It was extended often enough.
    ExtensionLimitReached "extension.limit_reached" Requester { count: Requester }
        "the grant was extended {count} times; no more are allowed";
    /// It would end earlier than it does.
    ExtensionWouldShorten "extension.would_shorten" Requester { end: Requester, held: Requester }
        "the grant would end at {end}, but it runs until {held}";
    /// It ends there already.
    ExtensionNoGain "extension.no_gain" Requester { end: Requester }
        "the grant runs until {end} already";
    /// The same thing was obtained back to back often enough.
    RenewalLimitReached "renewal.limit_reached" Requester { count: Requester }
        "the same was obtained {count} times back to back; pause first";
    /// The same thing is held.
    GrantAlreadyActive "grant.already_active" Requester { grant: Requester }
        "{grant} gives the same in that window";
    /// More was asked than may be.
    DurationExceedsMax "duration.exceeds_max" Requester { asked: Requester, max: Requester }
        "{asked} was asked, at most {max} is allowed";
    /// Nothing is left of the window.
    WindowEmpty "window.empty" Requester { bound: Requester, end: Requester }
        "nothing is left of the window: it is past the limit {bound}";
    /// Less was asked, or is left, than must be.
    DurationBelowMin "duration.below_min" Requester { available: Requester, min: Requester }
        "{available} is less than the shortest duration, {min}";
    /// More was asked than a bound allows.
    BoundExceeded "bound.exceeded" Requester { asked: Requester, bound: Requester, end: Requester }
        "what was asked ends at {asked}, but {bound} ends at {end}";
    /// The end is earlier than asked.
    DurationClipped "duration.clipped" Requester { asked: Requester, by: Requester, left: Requester }
        "{asked} was asked; {by} leaves {left}";
    /// A part of what is granted is denied.
    DenyWithheld "deny.withheld" Requester { entitlement: Requester, rule: Approver, withheld: Requester }
        "the rule {rule} withholds {withheld} of {entitlement}"
        "{withheld} is withheld of {entitlement}";
    /// The request states something that no rule asks for.
    InputUnused "input.unused" Requester { inputs: Requester }
        "no rule that decides asks for: {inputs}";
    /// The grant was over before.
    GrantAlreadyEnded "grant.already_ended" Requester { end: Requester, grant: Requester }
        "the grant {grant} was over at {end}";
    /// A scheduled grant has lost what it rests on.
    EligibilityAtRisk "eligibility.at_risk" Admin { grant: Admin }
        "{grant} is scheduled, but its holder is not eligible now";
    /// A grant outlives its holder's eligibility, as its rule allows.
    EligibilityLost "eligibility.lost" Admin { at: Admin, grant: Admin }
        "{grant} runs on although its holder lost eligibility at {at}";
    /// Fewer hold it than shall.
    CapacityBelowMin "capacity.below_min" Admin { held: Admin, min: Admin, rule: Admin }
        "{held} hold it, but {rule} wants {min} at least";
    /// Nothing gives this.
    AccessNone "access.none" Requester { identity: Requester, permission: Requester }
        "{identity} holds nothing that gives {permission} where it was asked";
    /// It was held once.
    AccessExpired "grant.expired" Requester { end: Requester }
        "it was held until {end}";
    /// It will be held.
    AccessNotStarted "grant.not_started" Requester { start: Requester }
        "it will be held from {start}";
}

impl Code {
    /// The sentence for an audience, none if it may not see this at all: the full one if it may see all of the values
    /// and is not the requester, whom corrections for others are kept from.
    ///
    /// ```
    /// use tenure::decide::{Audience, Code};
    /// let code = Code::PolicyExplicitDeny;
    /// assert_eq!(code.text_for(Audience::Approver), Some("the rule {rule} denies it, whatever else allows it"));
    /// assert_eq!(code.text_for(Audience::Requester), Some("it is denied, whatever else allows it"));
    /// assert_eq!(Code::EligibilityAtRisk.text_for(Audience::Requester), None);
    /// ```
    pub fn text_for(self, audience: Audience) -> Option<&'static str> {
        if audience < self.audience() {
            return None;
        }
        let full = audience > Audience::Requester && self.params().iter().all(|(_, who)| *who <= audience);
        Some(if full { self.text() } else { self.plain().unwrap_or_else(|| self.text()) })
    }

    /// Whether an audience may see a parameter. What is not in the registry only those see who see everything.
    pub fn shows(self, param: &str, audience: Audience) -> bool {
        let known = self.params().iter().find(|(name, _)| *name == param);
        audience >= self.audience() && audience >= known.map_or(Audience::Admin, |(_, who)| *who)
    }
}
