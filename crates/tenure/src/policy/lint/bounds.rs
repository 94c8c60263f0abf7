//! A grant ends because a rule says when, and not only because somebody asked it to.

use alloc::vec::Vec;

use super::super::source::Step;
use super::super::{AlreadyHeld, Eligibility, Guardrail, SessionRule};
use super::shadow::{covers_entitlements, covers_identities};
use super::{Lint, Linter};
use crate::time::Window;

pub(super) fn lint(linter: &mut Linter<'_>) {
    let document = linter.policy.document();
    for (id, rule) in &document.eligibility {
        if linter.population.is_over(rule.valid.end()) {
            continue;
        }
        let at = |key| [Step::Key("eligibility"), Step::Key(id.as_str()), Step::Key(key)];
        if is_unbounded(rule) && !is_guarded(linter, rule) {
            let message = "for an event with neither planned end nor hard cap a grant runs as long as was asked; add \
                           a `duration` with a `max`";
            linter.say(Lint::RuleUnbounded, &at("event"), message);
        }
        if rule.already_held == AlreadyHeld::Extend && rule.extension.is_none() {
            let message = "what is held may not be extended, so that asking again is denied; add `extension`, or write \
                           `already_held: stack`";
            linter.say(Lint::ExtensionMissing, &at("already_held"), message);
        }
    }
}

/// Whether nothing but the event can end a grant earlier than it was asked to end.
fn is_unbounded(rule: &Eligibility) -> bool {
    rule.event.is_some()
        && rule.duration.is_none()
        && rule.hours.is_empty()
        && rule.session == SessionRule::Report
        && rule.renewal.is_none_or(|renewal| renewal.max_total.is_none())
        && rule.valid.is_open_ended()
}

/// Whether guardrails surely say how long a grant of the rule may be, whichever entitlement it is of.
fn is_guarded(linter: &Linter<'_>, rule: &Eligibility) -> bool {
    let guardrails = linter.policy.document().guardrails.values();
    let bounding: Vec<&Guardrail> = guardrails.filter(|guardrail| bounds(guardrail, rule)).collect();
    let population = &linter.population;
    bounding.iter().any(|guardrail| covers_entitlements(&guardrail.what, &rule.what))
        || !population.speaks_of_other_things(&rule.what)
            && population
                .entitlements(&rule.what)
                .all(|(id, noun)| bounding.iter().any(|guardrail| guardrail.what.matches(id, noun)))
}

/// Whether a guardrail surely says how long a grant of the rule may be, if it is of what the guardrail speaks of.
fn bounds(guardrail: &Guardrail, rule: &Eligibility) -> bool {
    guardrail.max.is_some()
        && guardrail.valid == Window::ALWAYS
        && guardrail.hours.is_empty()
        && guardrail.when.is_none()
        && guardrail.scopes.is_none()
        && covers_identities(&guardrail.who, &rule.who)
}
