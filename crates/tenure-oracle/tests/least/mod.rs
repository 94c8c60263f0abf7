//! A world in which two answers differ is told as small as it can be: whatever can go while they still differ
//! goes.

use core::fmt;

use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use tenure::document::canonical;
use tenure::policy::Eligibility;
use tenure_oracle::arbitrary::Arbitrary;

/// What holds of every world.
pub(crate) type Property = fn(&Arbitrary) -> Result<(), TestCaseError>;

/// A world that does not tell itself; what is told of it is its least form.
pub(crate) struct Quiet(pub(crate) Arbitrary);

impl fmt::Debug for Quiet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the world whose least form is told above")
    }
}

/// The worlds of a strategy, told only in their least form.
pub(crate) fn quiet(worlds: impl Strategy<Value = Arbitrary>) -> impl Strategy<Value = Quiet> {
    worlds.prop_map(Quiet)
}

/// That the property holds of the world; otherwise the least world in which it does not.
pub(crate) fn holds(world: &Quiet, property: Property) -> Result<(), TestCaseError> {
    let Err(first) = property(&world.0) else { return Ok(()) };
    let least = least(&world.0, property);
    let error = property(&least).err().unwrap_or(first);
    Err(TestCaseError::fail(format!("{error}\n{}", tell(&least))))
}

fn fails(world: &Arbitrary, property: Property) -> bool {
    // What is left out may be missed elsewhere; a world that cannot be is not a smaller one.
    std::panic::catch_unwind(|| property(world).is_err()).unwrap_or(false)
}

fn least(world: &Arbitrary, property: Property) -> Arbitrary {
    let mut best = world.clone();
    for _ in 0..4 {
        let before = best.clone();
        thin(&mut best, property, |w| &mut w.commands);
        thin(&mut best, property, |w| &mut w.nows);
        thin(&mut best, property, |w| &mut w.questions);
        thin(&mut best, property, |w| &mut w.facts);
        let policy = best.policy.clone();
        for name in policy.eligibility.keys() {
            attempt(&mut best, property, |w| drop(w.policy.eligibility.remove(name)));
        }
        language(&mut best, property);
        for name in policy.standing.keys() {
            attempt(&mut best, property, |w| drop(w.policy.standing.remove(name)));
        }
        for name in policy.memberships.keys() {
            attempt(&mut best, property, |w| drop(w.policy.memberships.remove(name)));
        }
        for name in policy.events.keys() {
            attempt(&mut best, property, |w| drop(w.policy.events.remove(name)));
        }
        for name in policy.entitlements.keys() {
            attempt(&mut best, property, |w| drop(w.policy.entitlements.remove(name)));
        }
        for name in policy.resources.keys() {
            attempt(&mut best, property, |w| drop(w.policy.resources.remove(name)));
        }
        for name in policy.identities.keys() {
            attempt(&mut best, property, |w| drop(w.policy.identities.remove(name)));
        }
        if best == before {
            break;
        }
    }
    best
}

/// Leaves out what the policy language adds.
fn language(best: &mut Arbitrary, property: Property) {
    let policy = best.policy.clone();
    for name in policy.guardrails.keys() {
        attempt(best, property, |w| drop(w.policy.guardrails.remove(name)));
    }
    for name in policy.deny.keys() {
        attempt(best, property, |w| drop(w.policy.deny.remove(name)));
    }
    for name in policy.capacity.keys() {
        attempt(best, property, |w| drop(w.policy.capacity.remove(name)));
    }
    for name in policy.standing_rules.keys() {
        attempt(best, property, |w| drop(w.policy.standing_rules.remove(name)));
    }
    for name in policy.eligibility.keys() {
        let parts: [fn(&mut Eligibility); 5] = [
            |rule| rule.when = Default::default(),
            |rule| rule.conditions = Default::default(),
            |rule| rule.approvals.clear(),
            |rule| rule.requires = Default::default(),
            |rule| rule.inputs.clear(),
        ];
        for part in parts {
            attempt(best, property, |w| w.policy.eligibility.get_mut(name).into_iter().for_each(part));
        }
    }
    for name in policy.conditions.keys() {
        attempt(best, property, |w| drop(w.policy.conditions.remove(name)));
    }
    for (n, question) in best.questions.clone().iter().enumerate() {
        for name in question.context.keys() {
            attempt(best, property, |w| {
                w.questions.get_mut(n).into_iter().for_each(|question| drop(question.context.remove(name)));
            });
        }
    }
}

fn attempt(best: &mut Arbitrary, property: Property, change: impl FnOnce(&mut Arbitrary)) {
    let mut smaller = best.clone();
    change(&mut smaller);
    if fails(&smaller, property) {
        *best = smaller;
    }
}

/// Leaves out elements, many at once at first.
fn thin<T: Clone>(best: &mut Arbitrary, property: Property, list: fn(&mut Arbitrary) -> &mut Vec<T>) {
    let mut size = list(best).len();
    while size > 0 {
        let mut from = 0;
        while from < list(best).len() {
            let mut smaller = best.clone();
            let elements = list(&mut smaller);
            let until = elements.len().min(from + size);
            elements.drain(from..until);
            if fails(&smaller, property) {
                *best = smaller;
            } else {
                from += size;
            }
        }
        size /= 2;
    }
}

fn tell(world: &Arbitrary) -> String {
    let mut text = format!("in the world of\n{}\n", canonical(&world.policy).unwrap_or_default());
    for fact in &world.facts {
        text.push_str(&format!("{}\n", canonical(fact).unwrap_or_default()));
    }
    for command in &world.commands {
        text.push_str(&format!("decide {}\n", canonical(command).unwrap_or_default()));
    }
    for question in &world.questions {
        text.push_str(&format!("check {question:?}\n"));
    }
    for now in &world.nows {
        text.push_str(&format!("at {now}\n"));
    }
    text
}
