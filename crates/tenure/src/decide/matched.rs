//! Which rules decide. A rule that matches but whose conditions are not known lends its limits and no support.
//! Several that match combine as the document says.

use alloc::vec::Vec;
use core::cmp::Reverse;

use super::Reason;
use super::case::Case;
use super::possible::possible;
use super::window::Ask;
use crate::compile::{CompiledRule, Judged, Truth, World};
use crate::id::RuleId;
use crate::policy::Combine;
use crate::time::IntervalSet;

/// A rule with the instants at which it matches.
pub(super) type Matched<'a> = Vec<(&'a CompiledRule, IntervalSet)>;

/// A rule that matches, with what is known of its conditions.
pub(super) struct Candidate<'a> {
    pub(super) rule: &'a CompiledRule,
    pub(super) when: IntervalSet,
    pub(super) judged: Judged,
}

impl Candidate<'_> {
    fn supports(&self) -> bool {
        self.judged.truth == Truth::True
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
    if case.met.is_some() {
        return possible(case, ask, candidates, combine);
    }
    if !candidates.iter().any(Candidate::supports) {
        let mut unknown = Judged::default();
        candidates.iter().for_each(|candidate| unknown.add(&candidate.judged));
        case.tell(unknown.reasons(), ask.item);
        return Vec::new();
    }
    match combine {
        Combine::Strictest => alloc::vec![matched(candidates)],
        Combine::MostSpecific => {
            let world = case.world();
            alloc::vec![best_groups(candidates, |rule| specificity(rule, world, ask))]
        }
        Combine::Priority => alloc::vec![best_groups(candidates, priority)],
        Combine::RequesterChooses => {
            let supported = candidates.into_iter().filter(Candidate::supports);
            supported.map(|candidate| alloc::vec![(candidate.rule, candidate.when)]).collect()
        }
    }
}

/// How closely a rule speaks of the case; the least is best.
pub(super) fn specificity(rule: &CompiledRule, world: World<'_>, ask: &Ask<'_>) -> impl Ord + use<> {
    Reverse((rule.places.depth(world, ask.scope, ask.start.at), rule.names_what(), rule.who.closeness()))
}

/// The number of a rule; one without comes last.
pub(super) fn priority(rule: &CompiledRule) -> u32 {
    rule.rule.priority.unwrap_or(u32::MAX)
}

/// Groups of equal rank in order, up to the first in which a rule supports: one above it whose conditions are not
/// known may yet bind.
fn best_groups<'a, R: Ord>(
    mut candidates: Vec<Candidate<'a>>,
    rank: impl Fn(&CompiledRule) -> R,
) -> Matched<'a> {
    let limit = candidates.iter().filter(|c| c.supports()).map(|c| rank(c.rule)).min();
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
