//! To reconcile is to record, at the instant of the cause, what check already denies. Correctness never waits
//! for it: it is what a host needs to take away what it has given elsewhere.

use alloc::collections::BTreeSet;
use alloc::string::ToString;
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;

use serde::Serialize;

use crate::check::text;
use crate::compile::{Death, Life, Source, lost_at};
use crate::decide::{Code, Reason};
use crate::engine::Engine;
use crate::fact::{Body, Fact, GrantEnded};
use crate::id::{EntitlementId, FactId, GrantId, IdentityId, ResourceId};
use crate::log::{Key, KeyKind, Proposal};
use crate::model::{Basis, OnLoss};
use crate::state::GrantRow;
use crate::time::Timestamp;

/// What has ended and is not recorded, and what to take away for it.
#[must_use]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reconciliation {
    /// The instant it speaks of: `now`, or the log's high water if that is later.
    pub at: Timestamp,
    /// What deserves a look.
    pub findings: Vec<Reason>,
    /// The ends to be recorded; it may be appended at any length of the log.
    pub proposal: Proposal,
    /// What is no longer held by any live source, in order.
    pub removals: Vec<Removal>,
}

/// Something to be taken away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Removal {
    /// What.
    pub entitlement: EntitlementId,
    /// From whom.
    pub identity: IdentityId,
    /// In which subtree; everywhere when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<ResourceId>,
}

/// An end that is not recorded.
struct Unrecorded<'a> {
    at: Timestamp,
    id: GrantId,
    grant: &'a GrantRow,
    death: Death,
}

impl Engine {
    /// What has ended by `now` and is not recorded. Costs a pass over all grants.
    pub fn reconcile(&self, now: Timestamp) -> Reconciliation {
        let at = now.max(self.state().high_water());
        let state = self.assumed();
        let mut unrecorded = Vec::new();
        let mut findings = Vec::new();
        for (who, row) in (0u32..).zip(state.identities.iter()) {
            let mut life = None;
            // Both go from the last grant to the first, so the deaths that are known are met on the way.
            let mut held = self.rows().get(who).iter().rev().peekable();
            let mut next = state.person(who).last_grant;
            while let Some(grant) = state.grants.at(next) {
                let known = held.next_if(|holding| holding.source() == Source::Grant(next));
                let lived = known.filter(|holding| holding.start < holding.end);
                let died = lived.map_or(grant.start.min(grant.over), |holding| holding.end);
                next = grant.previous_of_holder;
                if died > at {
                    findings.extend(self.finding(grant, at));
                } else if died < grant.over {
                    let life = life.get_or_insert_with(|| Life::of(row));
                    let death = self.world().death(grant, life);
                    let id = state.grant_id(grant);
                    unrecorded.push(Unrecorded { at: death.at.max(grant.start), id, grant, death });
                }
            }
        }
        findings.extend(self.shortages(at));
        unrecorded.sort_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
        findings
            .sort_by(|a: &Reason, b| (a.code, a.params.get("grant")).cmp(&(b.code, b.params.get("grant"))));
        let removals = self.removals(&unrecorded, at);
        let mut proposal = Proposal::default();
        for end in &unrecorded {
            let Some((fact, touches)) = self.record(end, at) else { continue };
            proposal.facts.push(fact);
            proposal.touches.push(touches);
        }
        Reconciliation { at, findings, proposal, removals }
    }

    /// The capacities of which too few are held.
    fn shortages(&self, at: Timestamp) -> impl Iterator<Item = Reason> {
        self.rules().capacities.iter().enumerate().filter_map(move |(number, capacity)| {
            let min = capacity.rule.min?;
            let rows = self.holders(number).map(|who| self.rows().get(who));
            let census = capacity.census(self.world(), rows);
            let held = census.iter().rfind(|(from, _)| *from <= at).map_or(0, |(_, held)| *held);
            (held < min).then(|| {
                Reason::warning(Code::CapacityBelowMin)
                    .with("held", i64::from(held))
                    .with("min", i64::from(min))
                    .with("rule", capacity.id.as_str())
            })
        })
    }

    fn record(&self, end: &Unrecorded<'_>, at: Timestamp) -> Option<(Fact, Vec<Key>)> {
        let body = GrantEnded { cause: end.death.cause, id: end.id.clone(), reason: None };
        let void = end.death.at <= end.grant.start;
        let body = if void { Body::GrantVoided(body) } else { Body::GrantEnded(body) };
        let id = FactId::new(alloc::format!(
            "reconcile/{}/{}",
            crate::id::stem(end.id.as_str()),
            end.at.as_millis()
        ))
        .ok()?;
        let holder = self.assumed().identity_names.name(end.grant.holder)?;
        let fact = Fact::new(id, at, body).effective(end.at);
        let what = self.assumed().entitlement_names.name(end.grant.entitlement)?;
        let person = Key::new(KeyKind::Person, alloc::sync::Arc::clone(holder));
        Some((fact, vec![person, Key::new(KeyKind::Group, alloc::sync::Arc::clone(what))]))
    }

    fn removals(&self, ended: &[Unrecorded<'_>], at: Timestamp) -> Vec<Removal> {
        let state = self.assumed();
        let mut removals = BTreeSet::new();
        for end in ended.iter().filter(|end| end.death.at > end.grant.start) {
            let grant = end.grant;
            // What is held in a scope that is retired ended with the scope.
            let valid = self.world().hierarchy.life(grant.entitlement).is_some_and(|life| life.contains(at));
            let mut held = self.rows().get(grant.holder).iter().filter(|_| valid);
            let held = held.any(|holding| {
                holding.is_live(at)
                    && holding.entitlement == grant.entitlement
                    && holding.scope == grant.scope
            });
            if !held {
                let key = state.identity_id(grant.holder).zip(state.entitlement_id(grant.entitlement));
                removals.extend(
                    key.map(|(identity, entitlement)| {
                        (identity, entitlement, state.resource_id(grant.scope))
                    }),
                );
            }
        }
        let removal = |(identity, entitlement, scope)| Removal { entitlement, identity, scope };
        removals.into_iter().map(removal).collect()
    }

    /// What deserves a look about a grant that is not over.
    fn finding(&self, grant: &GrantRow, at: Timestamp) -> Option<Reason> {
        let state = self.assumed();
        let Basis::Policy { on_loss, .. } = state.basis_of(grant) else { return None };
        let key = (grant.holder, grant.entitlement, grant.scope);
        let id = state.grant_id(grant);
        if at < grant.start {
            let lost = lost_at(self.world(), key, at) <= at;
            return lost.then(|| Reason::warning(Code::EligibilityAtRisk).with("grant", id.to_string()));
        }
        if *on_loss != OnLoss::RunOut {
            return None;
        }
        let lost = lost_at(self.world(), key, grant.start.max(self.world().adopted));
        (lost <= at).then(|| {
            Reason::warning(Code::EligibilityLost).with("at", text(lost)).with("grant", id.to_string())
        })
    }

    /// The next instant after `now` at which something that is held begins or ends; none if nothing ever does.
    /// Reconcile then. Costs a pass over all that is held.
    pub fn next_change_at(&self, now: Timestamp) -> Option<Timestamp> {
        let at = now.max(self.state().high_water());
        let mut next = Timestamp::MAX;
        for (_, row) in self.rows().iter() {
            for holding in row.iter().filter(|holding| holding.start < holding.end) {
                for t in [holding.start, holding.end] {
                    if t > at && t < next {
                        next = t;
                    }
                }
            }
        }
        Some(next).filter(|t| !t.is_never())
    }
}

impl fmt::Display for Removal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "take {} from {}", self.entitlement, self.identity)?;
        self.scope.as_ref().map_or(Ok(()), |scope| write!(f, " in {scope}"))
    }
}

impl fmt::Display for Reconciliation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ends = self.proposal.facts.len();
        writeln!(f, "at {}: {ends} to be recorded, {} to be taken away", self.at, self.removals.len())?;
        for fact in &self.proposal.facts {
            if let Body::GrantEnded(end) | Body::GrantVoided(end) = &fact.body {
                writeln!(f, "  {} {} ({})", end.id, fact.effective_at, end.cause.code())?;
            }
        }
        for removal in &self.removals {
            writeln!(f, "  {removal}")?;
        }
        for finding in &self.findings {
            writeln!(f, "  {finding}")?;
        }
        Ok(())
    }
}
