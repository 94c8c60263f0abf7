//! A stage asks so many people to agree, and nobody agrees to their own request. A stage with fewer people than it
//! asks for can never be passed.

use alloc::borrow::Cow;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::vec::Vec;

use super::super::sections::{self, AnyRule};
use super::super::source::Step;
use super::super::{RequiredAt, Stage};
use super::population::Reading;
use super::{Lint, Linter, listed};
use crate::id::IdentityId;
use crate::model::Identity;

pub(super) fn lint(linter: &mut Linter<'_>) {
    let document = linter.policy.document();
    for rule in sections::rules(document) {
        if linter.population.is_over(rule.valid.end()) {
            continue;
        }
        for (n, stage) in rule.stages.iter().enumerate() {
            empty_groups(linter, &rule, n, stage);
            passing(linter, &rule, n, stage);
        }
    }
    inputs(linter);
}

fn at<'r>(rule: &AnyRule<'r>, stage: usize) -> [Step<'r>; 4] {
    [Step::Key(rule.section), Step::Key(rule.id), Step::Key("approvals"), Step::Item(stage)]
}

fn empty_groups(linter: &mut Linter<'_>, rule: &AnyRule<'_>, n: usize, stage: &Stage) {
    if !linter.population.knows_members() {
        return;
    }
    for (m, group) in stage.approvers.groups.iter().enumerate() {
        if linter.population.members_now(group, Reading::Narrow).next().is_none() {
            let member = Step::Member(Cow::Borrowed(group.as_str()), m);
            let rest = [Step::Key("approvers"), Step::Key("groups"), member];
            let path: Vec<_> = at(rule, n).into_iter().chain(rest).collect();
            let message = format!(
                "`{group}` has no members who may agree everywhere and without condition; add a membership, or name \
                 another group"
            );
            linter.say(Lint::ApprovalEmptyGroup, &path, message);
        }
    }
}

/// Whether somebody, and whether everybody, can pass the stage.
fn passing(linter: &mut Linter<'_>, rule: &AnyRule<'_>, n: usize, stage: &Stage) {
    let approvers = &stage.approvers;
    let population = &linter.population;
    let (Some(who), Some(what)) = (rule.who, rule.what) else { return };
    if !approvers.groups.is_empty() && !population.knows_members() {
        return;
    }
    let members = approvers.groups.iter().flat_map(|group| population.members_now(group, Reading::Narrow));
    let named = approvers.ids.iter().filter(|id| population.is_alive(id));
    let may: BTreeSet<&IdentityId> = members.chain(named).collect();
    let owners: BTreeSet<&IdentityId> =
        population.entitlements(what).filter_map(|(_, noun)| noun.owner.as_ref()).collect();
    let unknown_owner = population.speaks_of_other_things(what);
    // Besides the beneficiary: those named, the manager, and an owner, if they are others.
    let others = |id: &IdentityId, identity: &Identity| -> usize {
        let named = may.iter().filter(|one| **one != id).count();
        let manager = identity.manager.as_ref();
        let manager = manager.filter(|one| approvers.manager && *one != id && !may.contains(*one));
        let owner = approvers.owner
            && (unknown_owner
                || owners.iter().any(|one| *one != id && Some(*one) != manager && !may.contains(one)));
        named.saturating_add(usize::from(manager.is_some())).saturating_add(usize::from(owner))
    };
    let quorum = usize::try_from(stage.quorum).unwrap_or(usize::MAX);
    let mut most = 0;
    let mut stuck = Vec::new();
    if population.speaks_of_others(who) {
        let more = usize::from(approvers.manager).saturating_add(usize::from(approvers.owner));
        most = may.len().saturating_add(more);
    } else {
        for (id, identity) in population.matched(who, Reading::of(rule.section)) {
            let count = others(id, identity);
            most = most.max(count);
            if count < quorum {
                stuck.push(id);
            }
        }
        if stuck.is_empty() {
            return;
        }
    }
    let path = at(rule, n);
    if most < quorum {
        let message = format!(
            "nobody can pass this stage: `{quorum}` must agree, and at most `{most}` others may; name more approvers, \
             or ask for fewer"
        );
        linter.say(Lint::ApprovalUnreachable, &path, message);
    } else if !stuck.is_empty() {
        let message = format!(
            "{} cannot pass this stage: `{quorum}` others must agree, and fewer may; name more approvers",
            listed(stuck)
        );
        linter.say(Lint::ApprovalOwn, &path, message);
    }
}

/// Inputs that are asked for at an approval that never comes.
fn inputs(linter: &mut Linter<'_>) {
    let document = linter.policy.document();
    // A guardrail may ask for an approval of any rule.
    if document.guardrails.values().any(|rule| !rule.approvals.is_empty()) {
        return;
    }
    for (id, rule) in document.eligibility.iter().filter(|(_, rule)| rule.approvals.is_empty()) {
        for (name, _) in rule.inputs.iter().filter(|(_, input)| input.required == Some(RequiredAt::Approval))
        {
            let path = [
                Step::Key("eligibility"),
                Step::Key(id.as_str()),
                Step::Key("inputs"),
                Step::Key(name.as_str()),
                Step::Key("required"),
            ];
            let message = format!(
                "nobody approves this, so that nobody is asked for `{name}`; write `required: request`, or add \
                 `approvals`"
            );
            linter.say(Lint::InputApproval, &path, message);
        }
    }
}
