//! Several rules that match combine by a named algorithm. One that can never make a difference, because another rule
//! always matches with it, misleads whoever reads it.

use alloc::format;
use alloc::vec::Vec;

use super::super::source::Step;
use super::super::{
    Anchor, Combine, Eligibility, EntitlementSelector, EventRule, Exceed, IdentitySelector, OnExceed,
    SessionRule, Via,
};
use super::{Lint, Linter};
use crate::id::RuleId;
use crate::time::Span;

pub(super) fn lint(linter: &mut Linter<'_>) {
    let document = linter.policy.document();
    let combine = document.combine;
    let current =
        document.eligibility.iter().filter(|(_, rule)| !linter.population.is_over(rule.valid.end()));
    let rules: Vec<(&RuleId, &Eligibility)> = current.collect();
    for (n, (id, rule)) in rules.iter().enumerate() {
        let path = [Step::Key("eligibility"), Step::Key(id.as_str())];
        if rule.priority.is_some() && combine != Combine::Priority {
            let path = [Step::Key("eligibility"), Step::Key(id.as_str()), Step::Key("priority")];
            let message = "ranks count only where rules combine by priority; write `combine: priority`, or leave it out";
            linter.say(Lint::PriorityUnused, &path, message);
        }
        if combine == Combine::Priority
            && let Some((other, _)) = rules.iter().find(|(_, other)| outranks(other, rule))
        {
            let message = format!(
                "`{other}` has a lower `priority` and matches whenever this does, so that this never binds; narrow \
                 `{other}`, or change a `priority`"
            );
            linter.say(Lint::RuleOutranked, &path, message);
            continue;
        }
        if combine == Combine::RequesterChooses {
            continue;
        }
        // Of two that say the same the later one is told.
        let shadows = |m: usize, other: &Eligibility| {
            m != n
                && match_together(other, rule)
                && (combine != Combine::Priority || other.priority == rule.priority)
                && is_as_strict(other, rule)
                && (m < n || !is_as_strict(rule, other))
        };
        let by = rules.iter().enumerate().find(|(m, (_, other))| shadows(*m, other));
        if let Some((_, (other, _))) = by {
            let message = format!(
                "`{other}` matches whenever this does and is at least as strict in everything, so that this binds \
                 nothing; take it out, or let them match different requests"
            );
            linter.say(Lint::RuleShadowed, &path, message);
        }
    }
}

/// Whether two rules always match the same requests.
fn match_together(a: &Eligibility, b: &Eligibility) -> bool {
    a.what == b.what
        && a.who == b.who
        && a.scopes == b.scopes
        && a.when == b.when
        && a.valid == b.valid
        && a.requires == b.requires
}

/// Whether leaving `rule` out changes nothing while `other` always matches with it.
fn is_as_strict(other: &Eligibility, rule: &Eligibility) -> bool {
    durations(other, rule)
        && events(other.event.as_ref(), rule.event.as_ref())
        && renewals(other, rule)
        && other.already_held >= rule.already_held
        && (rule.anchor != Anchor::Window || other.anchor == Anchor::Window)
        && rule.approvals.iter().all(|stage| other.approvals.contains(stage))
        && rule.inputs.iter().all(|(name, input)| other.inputs.get(name) == Some(input))
        && (rule.hours.is_empty() || rule.hours == other.hours)
        && (other.require.reason || !rule.require.reason)
        && (other.require.ticket || !rule.require.ticket)
        && (other.session == SessionRule::Bound || rule.session == SessionRule::Report)
        && least(other.session_max, rule.session_max)
        && rule.conditions.is_subset(&other.conditions)
        && other.on_loss.stricter(rule.on_loss) == other.on_loss
        && rejects(&other.on_exceed, &rule.on_exceed)
}

/// Whether the first limit is there and no longer, if the second is there.
fn least(one: Option<Span>, other: Option<Span>) -> bool {
    match (one, other) {
        (_, None) => true,
        (Some(one), Some(other)) => one <= other,
        (None, Some(_)) => false,
    }
}

fn durations(other: &Eligibility, rule: &Eligibility) -> bool {
    let Some(mine) = rule.duration else { return true };
    let Some(theirs) = other.duration else { return false };
    // Where nothing is asked, the only length that a rule allows stands in for a default.
    let fixed = mine.min != mine.max || theirs.min == theirs.max;
    theirs.max <= mine.max && theirs.min >= mine.min && least(theirs.default, mine.default) && fixed
}

fn events(other: Option<&EventRule>, rule: Option<&EventRule>) -> bool {
    match (other, rule) {
        (None, None) => true,
        (None, Some(_)) => false,
        // A rule that asks for no event leaves no grace.
        (Some(other), None) => other.grace.is_zero(),
        (Some(other), Some(rule)) => {
            let kinds = match (&other.kinds, &rule.kinds) {
                (_, None) => true,
                (Some(other), Some(rule)) => other.iter().all(|kind| rule.contains(kind)),
                (None, Some(_)) => false,
            };
            kinds
                && other.grace <= rule.grace
                && least(other.max_staleness, rule.max_staleness)
                && (!other.self_opened || rule.self_opened)
                && (!other.follow || rule.follow)
        }
    }
}

/// Of extensions and renewals: every rule must allow them.
fn renewals(other: &Eligibility, rule: &Eligibility) -> bool {
    let extension = match (&other.extension, &rule.extension) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(other), Some(rule)) => {
            other.max_total <= rule.max_total
                && (!other.allow_shorten || rule.allow_shorten)
                && match (other.max_count, rule.max_count) {
                    (_, None) => true,
                    (Some(other), Some(rule)) => other <= rule,
                    (None, Some(_)) => false,
                }
        }
    };
    extension && (rule.renewal.is_none() || rule.renewal == other.renewal)
}

fn rejects(other: &OnExceed, rule: &OnExceed) -> bool {
    match (other, rule) {
        (OnExceed::All(Exceed::Reject), _) | (_, OnExceed::All(Exceed::Clip)) => true,
        (_, OnExceed::All(Exceed::Reject)) => false,
        (_, OnExceed::PerBound(kinds)) => {
            kinds.iter().all(|(kind, exceed)| *exceed == Exceed::Clip || other.of(*kind) == Exceed::Reject)
        }
    }
}

/// Whether `other` is in an earlier group than `rule` wherever `rule` matches.
fn outranks(other: &Eligibility, rule: &Eligibility) -> bool {
    let rank = |rule: &Eligibility| rule.priority.map_or(u64::MAX, u64::from);
    rank(other) < rank(rule)
        && other.when.is_subset(&rule.when)
        && other.valid.covers(rule.valid)
        && covers_places(other.scopes.as_deref(), rule.scopes.as_deref())
        && covers_identities(&other.who, &rule.who)
        && covers_entitlements(&other.what, &rule.what)
}

/// Whether the first list of subtrees surely contains the second.
pub(super) fn covers_places<T: PartialEq>(wide: Option<&[T]>, narrow: Option<&[T]>) -> bool {
    match (wide, narrow) {
        (None, _) => true,
        (Some(wide), Some(narrow)) => narrow.iter().all(|scope| wide.contains(scope)),
        (Some(_), None) => false,
    }
}

/// Whether the first selector surely matches whomever the second matches.
pub(super) fn covers_identities(wide: &IdentitySelector, narrow: &IdentitySelector) -> bool {
    if wide.anyone {
        return true;
    }
    let groups = within(wide.groups.as_ref(), narrow.groups.as_ref())
        && (wide.groups.is_none() || wide.via == narrow.via || wide.via == Via::Any);
    !wide.is_empty()
        && !narrow.anyone
        && groups
        && within(wide.ids.as_ref(), narrow.ids.as_ref())
        && within(wide.kinds.as_ref(), narrow.kinds.as_ref())
        && wide.attributes.iter().all(|(name, values)| within(Some(values), narrow.attributes.get(name)))
}

/// Whether the first selector surely matches whatever the second matches.
pub(super) fn covers_entitlements(wide: &EntitlementSelector, narrow: &EntitlementSelector) -> bool {
    if wide.anything {
        return true;
    }
    !wide.is_empty()
        && !narrow.anything
        && within(wide.ids.as_ref(), narrow.ids.as_ref())
        && within(wide.applications.as_ref(), narrow.applications.as_ref())
        && within(wide.kinds.as_ref(), narrow.kinds.as_ref())
        && within(wide.sensitivity.as_ref(), narrow.sensitivity.as_ref())
        && wide.attributes.iter().all(|(name, values)| within(Some(values), narrow.attributes.get(name)))
}

/// Whether a key of the first selector lets through what that of the second does.
fn within<T: Ord>(
    wide: Option<&alloc::collections::BTreeSet<T>>,
    narrow: Option<&alloc::collections::BTreeSet<T>>,
) -> bool {
    match (wide, narrow) {
        (None, _) => true,
        (Some(wide), Some(narrow)) => narrow.is_subset(wide),
        (Some(_), None) => false,
    }
}
