//! What entitlements are at an instant, for those who show them.

use alloc::vec::Vec;

use super::Engine;
use crate::id::EntitlementId;
use crate::model::{Entitlement, Implied};
use crate::time::Timestamp;

impl Engine {
    /// The entitlements that exist at `now`, as the document and the facts have them then, in the order of their ids.
    /// Their edges are those that count now or later; what a group holds by standing assignments is among them.
    ///
    /// ```
    /// use tenure::engine::Engine;
    /// use tenure::policy::Policy;
    /// use tenure::state::State;
    ///
    /// let policy = Policy::from_json(r#"{
    ///   "tenure": 1,
    ///   "entitlements": {"reader": {"kind": "right", "permissions": ["db:read"]}, "team": {"kind": "group"}},
    ///   "standing": {"s-1": {"holder": {"group": "team"}, "entitlement": "reader"}}
    /// }"#)?;
    /// let engine = Engine::new(policy, State::default())?;
    /// let all = engine.entitlements("2026-03-02T09:00:00Z".parse()?);
    /// assert_eq!(all[1].0.as_str(), "team");
    /// assert_eq!(all[1].1.implies[0].entitlement.as_str(), "reader");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn entitlements(&self, now: Timestamp) -> Vec<(EntitlementId, Entitlement)> {
        let state = self.assumed();
        let mut all = Vec::new();
        for (reference, row) in (0u32..).zip(state.entitlements.iter()) {
            let id = state.entitlement_id(reference);
            let (Some(id), Some(known)) = (id, row.noun.as_ref().and_then(|noun| noun.at(now))) else {
                continue;
            };
            let mut known = known.clone();
            let held = row.standing.iter().filter_map(|standing| state.standing.at(*standing));
            known.implies.extend(held.filter_map(|standing| {
                let window = standing.window()?;
                Some(Implied {
                    entitlement: state.entitlement_id(standing.entitlement)?,
                    from: window.start(),
                    scope: state.resource_id(standing.scope),
                    until: window.end(),
                    conditions: state.conditions_of(standing.conditions),
                })
            }));
            // An edge that would have closed a cycle counts for nothing.
            let counts = |edge: &Implied| {
                let to = state.entitlement_names.find(edge.entitlement.as_str());
                edge.until > now && to.is_some_and(|to| row.targets.contains(&to))
            };
            known.implies.retain(counts);
            known.implies.sort();
            all.push((id, known));
        }
        all.sort_by(|(one, _), (other, _)| one.cmp(other));
        all
    }
}
