//! What has ended by itself is recorded at the instant at which it ended; check denies it already.

use alloc::collections::BTreeSet;

use tenure::decide::{Code, Reason};
use tenure::fact::{Body, Fact, GrantEnded};
use tenure::id::{EntitlementId, FactId, IdentityId, ResourceId};
use tenure::model::{Basis, GrantState, GrantTerms, OnLoss, Value};
use tenure::time::Timestamp;

use crate::World;
use crate::death::{death, lost_from, recorded, state};
use crate::eligible::kept;
use crate::holding::{grants, live, sources};
use crate::life::{entitlement_valid, resource_valid};
use crate::outcome::text;
use crate::restrict::holders;

/// What a reconcile finds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reconciled {
    /// The ends to record, by their instant, then the id of the grant.
    pub facts: Vec<Fact>,
    /// What is to be taken away in the applications.
    pub removals: Vec<Removal>,
    /// What people should know.
    pub findings: Vec<Reason>,
}

/// Whose access to what, where.
pub type Removal = (IdentityId, EntitlementId, Option<ResourceId>);

/// What there is to record at `now`.
pub fn reconcile(world: &World, now: Timestamp) -> Reconciled {
    let at = world.at(now);
    let (mut ends, mut removals, mut findings) = (Vec::new(), BTreeSet::new(), Vec::new());
    for (terms, _) in grants(world) {
        findings.extend(finding(world, terms, at));
        let Some((death, cause)) = death(world, &terms.id) else { continue };
        if at < death || recorded(world, &terms.id).iter().any(|(end, _)| *end <= death) {
            continue;
        }
        let void = death <= terms.term.start();
        let body = GrantEnded { cause, id: terms.id.clone(), reason: None };
        let effect = if void { terms.term.start() } else { death };
        if !void && !still_given(world, terms, at) {
            removals.insert((terms.beneficiary.clone(), terms.entitlement.clone(), terms.scope.clone()));
        }
        ends.push((effect, &terms.id, if void { Body::GrantVoided(body) } else { Body::GrantEnded(body) }));
    }
    ends.sort_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)));
    let fact = |(effect, grant, body): (Timestamp, &tenure::id::GrantId, Body)| {
        let id = FactId::new(format!("reconcile/{grant}/{}", effect.as_millis())).ok()?;
        Some(Fact::new(id, at, body).effective(effect))
    };
    for (id, rule) in &world.policy.capacity {
        let Some(min) = rule.min else { continue };
        let held = holders(world, rule, at).len();
        if held < usize::try_from(min).unwrap_or(usize::MAX) {
            let held = Value::Int(i64::try_from(held).unwrap_or(i64::MAX));
            let below = Reason::warning(Code::CapacityBelowMin).with("held", held);
            findings.push(below.with("min", Value::Int(i64::from(min))).with("rule", text(id)));
        }
    }
    findings.sort_by_key(|reason: &Reason| reason.code);
    Reconciled {
        facts: ends.into_iter().filter_map(fact).collect(),
        removals: removals.into_iter().collect(),
        findings,
    }
}

/// Whether the holder has the same entitlement in the same scope directly from another source. What does not exist is
/// given by none.
fn still_given(world: &World, terms: &GrantTerms, at: Timestamp) -> bool {
    if !entitlement_valid(world, &terms.entitlement, at)
        || terms.scope.as_ref().is_some_and(|scope| !resource_valid(world, scope, at))
    {
        return false;
    }
    sources(world, &terms.beneficiary).iter().any(|source| {
        source.entitlement == terms.entitlement && source.scope == terms.scope && live(world, source, at)
    })
}

fn finding(world: &World, terms: &GrantTerms, at: Timestamp) -> Option<Reason> {
    let Basis::Policy { on_loss, .. } = &terms.basis else { return None };
    let warning = |code| Reason::warning(code).with("grant", text(&terms.id));
    match state(world, terms, at) {
        GrantState::Scheduled => {
            (!kept(world, &terms.beneficiary, &terms.entitlement, terms.scope.as_ref(), at))
                .then(|| warning(Code::EligibilityAtRisk))
        }
        GrantState::Active if *on_loss == OnLoss::RunOut => {
            let lost = lost_from(world, terms).filter(|lost| *lost <= at)?;
            Some(warning(Code::EligibilityLost).with("at", text(lost)))
        }
        _ => None,
    }
}
