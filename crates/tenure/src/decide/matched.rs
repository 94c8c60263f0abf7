//! Which rules decide. A rule that matches but whose conditions are not known lends its limits and no support.
//! Several that match combine as the document says.

use alloc::vec::Vec;
use core::cmp::Reverse;

use super::Reason;
use super::case::Case;
use super::window::Ask;
use crate::compile::{CompiledRule, Judged, Truth};
use crate::id::RuleId;
use crate::policy::Combine;
use crate::time::IntervalSet;

/// A rule with the instants at which it matches.
pub(super) type Matched<'a> = Vec<(&'a CompiledRule, IntervalSet)>;

/// A rule that matches, with what is known of its conditions.
struct Candidate<'a> {
    rule: &'a CompiledRule,
    when: IntervalSet,
    judged: Judged,
}

impl Candidate<'_> {
    fn supports(&self, least: Truth) -> bool {
        self.judged.truth <= least
    }
}

/// The sets of rules that may decide: several only where the requester may choose and did not. With none the
/// reasons say why.
pub(super) fn decisive<'a>(
    case: &mut Case<'a>,
    ask: &Ask<'_>,
    chosen: Option<&RuleId>,
    nobody: impl FnOnce() -> Reason,
) -> Vec<Matched<'a>> {
    let mut candidates = Vec::new();
    let mut out = Judged::default();
    for (rule, when) in matching(case, ask) {
        let mut judged = case.judge(&rule.rule.when, ask);
        if case.leaves_conditions(&judged, ask.item) {
            judged = Judged::default();
        }
        if judged.truth == Truth::False {
            out.add(&judged);
        } else {
            candidates.push(Candidate { rule, when, judged });
        }
    }
    if candidates.is_empty() {
        // What they would also have needed to know could not help.
        out.missing.clear();
        let reasons = out.reasons();
        if reasons.is_empty() {
            case.reasons.push(nobody().item(ask.item));
        }
        case.tell(reasons, ask.item);
        return Vec::new();
    }
    let combine = case.engine.policy().document().combine;
    if combine == Combine::RequesterChooses
        && let Some(chosen) = chosen
    {
        candidates.retain(|candidate| candidate.rule.id == *chosen);
        if candidates.is_empty() {
            case.reasons.push(nobody().item(ask.item));
            return Vec::new();
        }
    }
    let mut least = Truth::True;
    if !candidates.iter().any(|candidate| candidate.supports(least)) {
        let mut unknown = Judged::default();
        candidates.iter().for_each(|candidate| unknown.add(&candidate.judged));
        let unsaid = unknown.truth == Truth::Missing;
        case.tell(unknown.reasons(), ask.item);
        if case.met.is_none() || !unsaid {
            return Vec::new();
        }
        // Once it is said, they may support.
        least = Truth::Missing;
    }
    match combine {
        Combine::Strictest => alloc::vec![matched(candidates)],
        Combine::MostSpecific => {
            let world = case.world();
            let at = ask.start.at;
            alloc::vec![best_groups(candidates, least, |rule| Reverse((
                rule.places.depth(world, ask.scope, at),
                rule.names_what(),
                rule.who.closeness(),
            )))]
        }
        Combine::Priority => {
            alloc::vec![best_groups(candidates, least, |rule| rule.rule.priority.unwrap_or(u32::MAX))]
        }
        Combine::RequesterChooses => {
            let supported = candidates.into_iter().filter(|candidate| candidate.supports(least));
            supported.map(|candidate| alloc::vec![(candidate.rule, candidate.when)]).collect()
        }
    }
}

/// Groups of equal rank in order, up to the first in which a rule supports: one above it whose conditions are not
/// known may yet bind.
fn best_groups<'a, R: Ord>(
    mut candidates: Vec<Candidate<'a>>,
    least: Truth,
    rank: impl Fn(&CompiledRule) -> R,
) -> Matched<'a> {
    let limit = candidates.iter().filter(|c| c.supports(least)).map(|c| rank(c.rule)).min();
    candidates.retain(|candidate| limit.as_ref().is_some_and(|limit| rank(candidate.rule) <= *limit));
    matched(candidates)
}

fn matched(candidates: Vec<Candidate<'_>>) -> Matched<'_> {
    candidates.into_iter().map(|candidate| (candidate.rule, candidate.when)).collect()
}

/// The rules that match at the start, their conditions apart.
fn matching<'a>(case: &mut Case<'a>, ask: &Ask<'_>) -> Matched<'a> {
    let world = case.world();
    let rules = case.engine.rules();
    let mut matched = Vec::new();
    let mut groups = false;
    for rule in rules.candidates(ask.entitlement) {
        groups |= rule.reads_holdings();
        if case.leaves_rule(&rule.id) {
            continue;
        }
        let when = rule.matches_when(world, ask.who, ask.entitlement, ask.scope);
        if case.trace.is_in(ask.start, &when) {
            matched.push((rule, when));
        }
    }
    if groups {
        case.read_groups(ask.who);
    }
    matched
}
