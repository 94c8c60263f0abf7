//! Conditions that do not hold, or that read what was not said: the values that they compare with are tried.

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use super::{Bundle, FEW, names};
use crate::compile::name_of;
use crate::condition::Path;
use crate::decide::{Command, ConditionOutcome, Reason};
use crate::explain::step::Step;
use crate::explain::trial::{Budget, Trial};
use crate::id::{AttributeId, IdentityId};
use crate::model::Value;
use crate::time::Span;

/// How many values of one name are combined with those of others.
const SOME: usize = 4;

/// What was not said, with each value that a condition compares it with.
pub(super) fn missing(trial: &Trial, reason: &Reason, budget: &mut Budget) -> Vec<Bundle> {
    let compared = compared(trial, |_| true, budget);
    let mut bundles: Vec<Bundle> = vec![Vec::new()];
    for name in names(reason, "names") {
        let mut ways: Vec<Step> = Vec::new();
        for (path, value) in compared.iter().filter(|(path, _)| name_of(path) == name) {
            ways.extend(step(trial, path, value.clone()));
        }
        if name == "session.ends_at" {
            let ends = trial.at().plus(Span::days(1));
            let value = Value::Text(alloc::format!("{ends}"));
            ways.extend(AttributeId::new(name).ok().map(|name| Step::Say { name, value }));
        }
        ways.truncate(SOME);
        bundles = ways
            .iter()
            .flat_map(|way| {
                bundles.iter().map(move |bundle| bundle.iter().chain([way]).cloned().collect::<Bundle>())
            })
            .take(FEW)
            .collect();
    }
    bundles.retain(|bundle| !bundle.is_empty());
    bundles.truncate(FEW);
    bundles
}

/// Something that the conditions read, as they would have it.
pub(super) fn otherwise(trial: &Trial, reason: &Reason, budget: &mut Budget) -> Vec<Bundle> {
    let wanted: Vec<&str> = names(reason, "conditions").collect();
    let mut steps: Vec<Step> = Vec::new();
    for (path, value) in compared(trial, |name| wanted.contains(&name), budget) {
        if let Some(step) = step(trial, &path, value)
            && !steps.contains(&step)
        {
            steps.push(step);
        }
    }
    steps.sort_by_key(Step::audience);
    steps.truncate(FEW);
    let mut bundles: Vec<Bundle> = steps.iter().map(|step| vec![step.clone()]).collect();
    // Two things may have to be otherwise at once.
    let first = steps.iter().take(SOME);
    let pairs = first.flat_map(|a| steps.iter().take(SOME).map(move |b| (a, b)));
    bundles.extend(pairs.filter(|(a, b)| differ(a, b)).map(|(a, b)| vec![a.clone(), b.clone()]));
    bundles
}

/// Whether two steps change different things, told in one order.
fn differ(a: &Step, b: &Step) -> bool {
    match (a, b) {
        (Step::Say { name: a, .. }, Step::Say { name: b, .. }) => a < b,
        (Step::Fill { input: a, .. }, Step::Fill { input: b, .. }) => a < b,
        (Step::Set { attribute: a, .. }, Step::Set { attribute: b, .. }) => a < b,
        (Step::Say { .. }, _) => true,
        (Step::Fill { .. }, Step::Set { .. }) => true,
        _ => false,
    }
}

/// What conditions compare with what, of those that were judged and did not hold.
fn compared(trial: &Trial, wanted: impl Fn(&str) -> bool, budget: &mut Budget) -> Vec<(Path, Value)> {
    let Some(decision) = budget.decide(trial, &[]) else { return Vec::new() };
    let judged = &decision.grounds().conditions;
    let unmet = |name: &str| {
        judged.iter().any(|one| {
            one.condition.as_str() == name && one.outcome != ConditionOutcome::Satisfied && wanted(name)
        })
    };
    let conditions = trial.engine.policy().conditions().iter();
    let unmet = conditions.filter(|(name, _)| unmet(name.as_str()));
    unmet.flat_map(|(_, condition)| condition.compared()).collect()
}

/// How something that a condition reads comes to have a value.
fn step(trial: &Trial, path: &Path, value: Value) -> Option<Step> {
    let below: String = path.below().join(".");
    let name = AttributeId::new(&below).ok()?;
    let party = match path.root() {
        "context" => return Some(Step::Say { name, value }),
        "inputs" => return Some(Step::Fill { input: name, value }),
        "beneficiary" => beneficiary(trial)?,
        "identity" => requester(trial)?,
        _ => return None,
    };
    let field = ["id", "kind", "manager", "owner"].contains(&below.as_str());
    (!field).then_some(Step::Set { attribute: name, identity: party, value })
}

fn beneficiary(trial: &Trial) -> Option<IdentityId> {
    match &trial.command {
        Command::Request(request) => Some(request.beneficiary.clone()),
        _ => trial.engine.assumed().identity_id(super::of(trial, 0)?.who),
    }
}

fn requester(trial: &Trial) -> Option<IdentityId> {
    match &trial.command {
        Command::Request(request) => Some(request.requester.clone()),
        Command::Extend(extend) => extend.by.clone().or_else(|| beneficiary(trial)),
        Command::Renew(renew) => renew.by.clone().or_else(|| beneficiary(trial)),
        _ => None,
    }
}
