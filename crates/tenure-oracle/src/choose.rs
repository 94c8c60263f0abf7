//! Several rules may match one request. Those whose conditions hold support it; those whose conditions are not known
//! lend their limits and no support. Which of them bind is the document's choice.

use core::cmp::Reverse;

use tenure::decide::{Code, Reason};
use tenure::id::ResourceId;
use tenure::policy::{Combine, Eligibility};
use tenure::time::{Reading, Timestamp};

use crate::World;
use crate::ask::Ask;
use crate::eligible::{Rule, matching};
use crate::judge::{Judged, Truth, judge};
use crate::life::{contains, depth};
use crate::outcome::text;

/// The sets of rules that may bind: one, or several from which the best is taken.
pub(crate) type Choices<'w> = Vec<Vec<Rule<'w>>>;

struct Candidate<'w> {
    rule: Rule<'w>,
    judged: Judged,
}

/// The rules that bind what is asked; or why none does.
pub(crate) fn choose<'w>(world: &'w World, ask: &Ask<'_>) -> Result<Choices<'w>, Vec<Reason>> {
    let mut candidates = Vec::new();
    let mut out = Judged::default();
    for rule in matching(world, ask.beneficiary, ask.entitlement, ask.scope, ask.start) {
        let judged = judge(world, &rule.1.when, &ask.around(), ask.start);
        if judged.truth() == Truth::False {
            out.join(judged);
        } else {
            candidates.push(Candidate { rule, judged });
        }
    }
    if candidates.is_empty() {
        let refused = out.refused();
        return Err(if refused.is_empty() { vec![no_rule(ask)] } else { ask.about(refused) });
    }
    let combine = world.policy.combine;
    if let (Combine::RequesterChooses, Some(chosen)) = (combine, ask.rule) {
        candidates.retain(|candidate| candidate.rule.0 == chosen);
        if candidates.is_empty() {
            return Err(vec![no_rule(ask)]);
        }
    }
    if !candidates.iter().any(Candidate::supports) {
        let mut unknown = Judged::default();
        candidates.into_iter().for_each(|candidate| unknown.join(candidate.judged));
        return Err(ask.about(unknown.all()));
    }
    Ok(match combine {
        Combine::Strictest => vec![candidates.into_iter().map(|candidate| candidate.rule).collect()],
        Combine::MostSpecific => {
            vec![first_groups(candidates, |rule| Reverse(specificity(world, rule, ask.scope, ask.start)))]
        }
        // A rule without a number comes last.
        Combine::Priority => {
            vec![first_groups(candidates, |rule| rule.priority.map_or((true, 0), |n| (false, n)))]
        }
        Combine::RequesterChooses => {
            let supported = candidates.into_iter().filter(Candidate::supports);
            supported.map(|candidate| vec![candidate.rule]).collect()
        }
    })
}

/// That no rule lets the beneficiary obtain it.
fn no_rule(ask: &Ask<'_>) -> Reason {
    let reason = ask.error(Code::EligibilityNone);
    reason.with("entitlement", text(ask.entitlement)).with("identity", text(ask.beneficiary))
}

impl Candidate<'_> {
    fn supports(&self) -> bool {
        self.judged.truth() == Truth::True
    }
}

/// Groups of equal rank, the least first, up to and with the first in which a rule supports.
fn first_groups<'w, R: Ord>(
    candidates: Vec<Candidate<'w>>,
    rank: impl Fn(&Eligibility) -> R,
) -> Vec<Rule<'w>> {
    let last = candidates.iter().filter(|candidate| candidate.supports());
    let last = last.map(|candidate| rank(candidate.rule.1)).min();
    let binds = |rule: &Rule<'w>| last.as_ref().is_some_and(|last| rank(rule.1) <= *last);
    candidates.into_iter().map(|candidate| candidate.rule).filter(binds).collect()
}

/// How closely a rule speaks of the case: by the depth of the deepest scope of its own that contains the one asked for,
/// by naming entitlements, by naming identities, by the number of keys of its `who`.
fn specificity(
    world: &World,
    rule: &Eligibility,
    scope: Option<&ResourceId>,
    t: Timestamp,
) -> (usize, bool, bool, usize) {
    let scopes = rule.scopes.iter().flatten();
    let around = scopes.filter(|q| scope.is_some_and(|scope| contains(world, q, scope, Reading::Narrow, t)));
    let deepest = around.map(|q| depth(world, q, t)).max().unwrap_or(0);
    let who = &rule.who;
    let keys = [!who.attributes.is_empty(), who.groups.is_some(), who.ids.is_some(), who.kinds.is_some()];
    let keys = keys.into_iter().filter(|key| *key).count();
    (deepest, rule.what.ids.is_some(), who.ids.is_some(), keys)
}
