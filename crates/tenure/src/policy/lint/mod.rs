//! A document that loads may still say what cannot work: a rule that nobody matches, a stage that nobody passes, a
//! denial that ends by itself. Lint looks at the document alone; what facts add later can only make a finding
//! untrue, so that findings are told and never refused.

mod bounds;
mod population;
mod reach;
mod shadow;
mod stages;
mod tidy;

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use serde::{Serialize, Serializer};

use super::Policy;
use super::error::MAX_PROBLEMS;
use super::source::Step;
use crate::document::DocumentError;
use crate::time::Timestamp;
use population::Population;

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Something does not do what it seems to do.
    Warning,
    /// Everything works; it is worth a look.
    Note,
}

impl Severity {
    /// The word, for example `warning`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

macro_rules! lints {
    ($($(#[$doc:meta])* $variant:ident $word:literal $severity:ident $text:literal;)*) => {
        /// What [`Policy::lint`] looks for.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Lint {
            $($(#[$doc])* $variant,)*
        }

        impl Lint {
            /// Everything that is looked for.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The stable dotted code.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// How much it matters.
            pub const fn severity(self) -> Severity {
                match self { $(Self::$variant => Severity::$severity,)* }
            }

            /// What is found, in general.
            pub const fn text(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
        }
    };
}

lints! {
    /// Nobody can pass the stage.
    ApprovalUnreachable "lint.approval.unreachable" Warning "a stage of approval that nobody can pass: fewer may agree, the beneficiary apart, than must";
    /// A group that shall agree has no members.
    ApprovalEmptyGroup "lint.approval.empty_group" Warning "a group of approvers without members";
    /// Some cannot be approved, because only they may agree.
    ApprovalOwn "lint.approval.own" Note "a stage of approval that some beneficiaries cannot pass, because too few others may agree";
    /// The condition always has the same value.
    ConditionConstant "lint.condition.constant" Warning "a condition that is true, or false, whatever is said";
    /// The condition reads what never counts.
    ConditionUnasserted "lint.condition.unasserted" Warning "a condition that reads the requester's own word, which is not asserted and so is never known";
    /// No rule and no noun names the condition.
    ConditionUnused "lint.condition.unused" Note "a condition that nothing in the document names";
    /// No condition reads it.
    ContextUnused "lint.context.unused" Note "a declared context that no condition reads";
    /// The denial ends with a membership or a grant.
    DenyFades "lint.deny.fades" Warning "a denial of the members of a group, some of whom leave it by themselves: with their membership the denial ends";
    /// Nothing gives it.
    EntitlementUnobtainable "lint.entitlement.unobtainable" Warning "an entitlement that no rule, standing assignment or membership gives, and nothing that is held implies";
    /// Nobody answers for it.
    EntitlementUnowned "lint.entitlement.unowned" Note "an entitlement without an owner, whose application has none either";
    /// It asks to extend what may not be extended.
    ExtensionMissing "lint.extension.missing" Warning "a rule with `already_held: extend` and without `extension`: asking again is denied";
    /// Two ids look alike.
    IdCase "lint.id.case" Warning "ids of one kind that differ only by case";
    /// It is asked for at an approval that never comes.
    InputApproval "lint.input.approval" Warning "an input that is required at the approval, of a rule that nobody approves";
    /// A rank that does not count.
    PriorityUnused "lint.priority.unused" Warning "a `priority` where rules do not combine by priority";
    /// It is over.
    RuleExpired "lint.rule.expired" Note "a rule whose validity is over";
    /// No event can be named.
    RuleNoEvent "lint.rule.no_event" Warning "a rule that asks for a business event and accepts none";
    /// It matches no identity.
    RuleNobody "lint.rule.nobody" Warning "a rule whose `who` matches no identity of the document";
    /// It matches no entitlement.
    RuleNothing "lint.rule.nothing" Warning "a rule that speaks of no entitlement or permission of the document";
    /// It matches no scope.
    RuleNowhere "lint.rule.nowhere" Warning "a rule with an empty `where`";
    /// Another rule always goes before it.
    RuleOutranked "lint.rule.outranked" Warning "a rule that never binds, because one with a lower `priority` always matches too";
    /// Another rule is at least as strict in everything.
    RuleShadowed "lint.rule.shadowed" Warning "a rule that binds nothing, because another that always matches too is at least as strict in everything";
    /// Nothing but the request limits how long.
    RuleUnbounded "lint.rule.unbounded" Warning "a rule without a longest duration, for business events that may have neither planned end nor hard cap";
    /// What it requires cannot be.
    RuleUnfulfilled "lint.rule.unfulfilled" Warning "a rule that requires what none of those it matches is or can hold";
}

impl Serialize for Lint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

/// Something in a document that loads and cannot work, or is worth a look.
///
/// Written as JSON it is `{code, column, line, message, pointer, severity}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    #[serde(skip)]
    lint: Lint,
    #[serde(flatten)]
    place: DocumentError,
    severity: Severity,
}

impl Finding {
    /// What it is.
    pub const fn lint(&self) -> Lint {
        self.lint
    }

    /// The stable dotted code, for example `lint.rule.nobody`.
    pub const fn code(&self) -> &'static str {
        self.lint.code()
    }

    /// How much it matters.
    pub const fn severity(&self) -> Severity {
        self.severity
    }

    /// What is found and what to do, without the place.
    pub fn message(&self) -> &str {
        self.place.message()
    }

    /// The line, from 1.
    pub fn line(&self) -> u32 {
        self.place.line()
    }

    /// The column, from 1, in characters.
    pub fn column(&self) -> u32 {
        self.place.column()
    }

    /// The JSON pointer (RFC 6901) of what it is about.
    pub fn pointer(&self) -> &str {
        self.place.pointer()
    }
}

/// `warning: line 3, column 5 (/eligibility/r): message (lint.rule.nobody)`.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} ({})", self.severity.word(), self.place, self.code())
    }
}

impl Policy {
    /// What in the document can never work, or is worth a look; in the order of their places, at most 1,000. With
    /// `now` also what is over by then: rules, memberships, contracts.
    ///
    /// Only the document is looked at. Where it declares nouns of a kind it is taken to declare all of them: a
    /// rule about people of whom only facts will tell is a finding, unless it names them by `ids`.
    ///
    /// ```
    /// use tenure::policy::{Policy, Severity};
    ///
    /// let policy = Policy::from_json(
    ///     r#"{"tenure": 1, "identities": {"ann": {"kind": "human"}}, "eligibility":
    ///         {"r": {"who": {"kinds": ["agent"]}, "what": "anything", "duration": {"max": "8h"}}}}"#,
    /// )?;
    /// let findings = policy.lint(None);
    /// assert_eq!(findings[0].code(), "lint.rule.nobody");
    /// assert_eq!(findings[0].severity(), Severity::Warning);
    /// assert_eq!(findings[0].pointer(), "/eligibility/r/who");
    /// # Ok::<(), tenure::policy::PolicyError>(())
    /// ```
    pub fn lint(&self, now: Option<Timestamp>) -> Vec<Finding> {
        let population = Population::new(self.document(), now);
        let mut linter = Linter { policy: self, population, found: Vec::new() };
        reach::lint(&mut linter);
        shadow::lint(&mut linter);
        stages::lint(&mut linter);
        bounds::lint(&mut linter);
        tidy::lint(&mut linter);
        let mut found = linter.found;
        found.sort_by(|a, b| {
            (a.line(), a.column(), a.pointer(), a.code()).cmp(&(b.line(), b.column(), b.pointer(), b.code()))
        });
        found.truncate(MAX_PROBLEMS);
        found
    }
}

/// The document, who is in it, and what was found so far.
struct Linter<'p> {
    policy: &'p Policy,
    population: Population<'p>,
    found: Vec<Finding>,
}

impl Linter<'_> {
    fn say(&mut self, lint: Lint, path: &[Step<'_>], message: impl Into<String>) {
        let place = self.policy.source.problem(lint.code(), path, message);
        self.found.push(Finding { lint, place, severity: lint.severity() });
    }
}

/// The names in a sentence: the first few, and how many more there are.
fn listed<T: ToString>(names: impl IntoIterator<Item = T>) -> String {
    const MOST: usize = 3;
    let mut text = String::new();
    let mut more: usize = 0;
    for (n, name) in names.into_iter().enumerate() {
        if n >= MOST {
            more = more.saturating_add(1);
            continue;
        }
        text.push_str(if n > 0 { ", `" } else { "`" });
        text.push_str(&name.to_string());
        text.push('`');
    }
    if more > 0 {
        text.push_str(&alloc::format!(" and {more} more"));
    }
    text
}
