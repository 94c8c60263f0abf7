//! What the rows of a state promise each other.

use alloc::format;
use alloc::vec::Vec;

use super::{Expect, State};
use crate::fact::{Body, Fact};
use crate::model::{Basis, ConditionNames, GrantTerms, OnLoss, Term};
use crate::time::{Span, Timestamp};

/// A grant whose terms are one of as many as there are graces.
fn grant(number: u32, grace: u32) -> Fact {
    let at: Timestamp = "2026-03-02T09:00:00Z".parse().expect("an instant");
    let end = at.plus(Span::hours(1));
    let terms = GrantTerms {
        basis: Basis::Policy {
            event: None,
            limit: end,
            on_loss: OnLoss::Grace(Span::seconds(grace)),
            rules: Vec::new(),
        },
        beneficiary: "ann".parse().expect("an id"),
        entitlement: "read".parse().expect("an id"),
        event: None,
        id: format!("g-{number}").parse().expect("an id"),
        request: None,
        scope: None,
        term: Term::new(at, end).expect("an hour"),
        conditions: ConditionNames([format!("c-{grace}").parse().expect("a name")].into()),
    };
    Fact::new(format!("f-{number}").parse().expect("an id"), at, Body::GrantIssued(terms))
}

#[test]
fn terms_that_many_grants_share_stand_once_also_behind_a_snapshot() {
    let facts: Vec<Fact> = (0..2_000).map(|n| grant(n, n % 700)).collect();
    let mut state = State::default();
    state.apply_all(0, &facts).expect("no gaps");
    assert_eq!((state.bases.len(), state.conditions.len()), (700, 700));

    let mut restored =
        State::restore(&state.snapshot().expect("bytes"), &Expect::trusting()).expect("our own");
    let more: Vec<Fact> = (2_000..2_800).map(|n| grant(n, n - 2_000)).collect();
    restored.apply_all(2_000, &more).expect("no gaps");
    assert_eq!((restored.bases.len(), restored.conditions.len()), (800, 800));
}
