//! Which rules may come to decide once a request says all: where that hangs on what it does not say yet, one set for
//! each rule that may be the one that lets it through, with as few others beside it as there can be. A rule that binds
//! more asks for more, so that nothing gives more than the best of these.

use alloc::vec::Vec;

use super::case::Case;
use super::matched::{Candidate, Matched, priority, specificity};
use super::window::Ask;
use crate::compile::{CompiledRule, Judged, Truth};
use crate::policy::Combine;

/// The sets of rules that may decide, of these candidates. With none the reasons say why.
pub(super) fn possible<'a>(
    case: &mut Case<'a>,
    ask: &Ask<'_>,
    candidates: Vec<Candidate<'a>>,
    combine: Combine,
) -> Vec<Matched<'a>> {
    let sure = candidates.iter().any(|candidate| candidate.judged.truth == Truth::True);
    let closed = || candidates.iter().filter(|candidate| !candidate.judged.open);
    // Once it is said, they may support.
    let lenient = !sure && closed().all(|candidate| candidate.judged.truth == Truth::Missing);
    let least = if lenient { Truth::Missing } else { Truth::True };
    let supports = |candidate: &Candidate<'_>| {
        let judged = &candidate.judged;
        judged.truth <= least || (judged.open && judged.truth == Truth::Missing)
    };
    let open = candidates.iter().any(|candidate| candidate.judged.open);
    let mut unknown = Judged::default();
    candidates.iter().filter(|c| !sure || c.judged.open).for_each(|c| unknown.add(&c.judged));
    if !candidates.iter().any(supports) {
        case.tell(unknown.reasons(), ask.item);
        return Vec::new();
    }
    case.tell(unknown.unsaid(), ask.item);
    if let Some(met) = &mut case.met {
        met.open |= open;
    }
    match combine {
        Combine::Strictest => sets(&candidates, least, |_| ()),
        Combine::MostSpecific => {
            let world = case.world();
            sets(&candidates, least, |rule| specificity(rule, world, ask))
        }
        Combine::Priority => sets(&candidates, least, priority),
        Combine::RequesterChooses => {
            let supported = candidates.into_iter().filter(supports);
            supported.map(|candidate| alloc::vec![(candidate.rule, candidate.when)]).collect()
        }
    }
}

/// With the first group in which a rule supports for certain, all that bind up to it whatever is said; and for each rule
/// that may support in a group before it, the same up to that.
fn sets<'a, R: Ord>(
    candidates: &[Candidate<'a>],
    least: Truth,
    rank: impl Fn(&CompiledRule) -> R,
) -> Vec<Matched<'a>> {
    let certain = |candidate: &&Candidate<'_>| !candidate.judged.open && candidate.judged.truth <= least;
    let limit = candidates.iter().filter(certain).map(|candidate| rank(candidate.rule)).min();
    let binds = |candidate: &Candidate<'_>, last: &R| !candidate.judged.open && rank(candidate.rule) <= *last;
    let with = |last: &R, one: Option<&Candidate<'a>>| -> Matched<'a> {
        let is_one = |candidate: &Candidate<'a>| one.is_some_and(|one| one.rule.id == candidate.rule.id);
        let chosen = candidates.iter().filter(|c| binds(c, last) || is_one(c));
        chosen.map(|candidate| (candidate.rule, candidate.when.clone())).collect()
    };
    let mut sets: Vec<Matched<'a>> = limit.iter().map(|last| with(last, None)).collect();
    for one in candidates.iter().filter(|c| c.judged.open && c.judged.truth == Truth::Missing) {
        let last = rank(one.rule);
        // Where what is missing of the context counts as said, it is for it alone to decide.
        if least == Truth::Missing || limit.as_ref().is_none_or(|limit| last < *limit) {
            sets.push(with(&last, Some(one)));
        }
    }
    sets
}
