//! Nothing perpetuates itself: where grants decide who may obtain what, no rule may rest on what it gives.

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::source::{Source, Step};
use super::{Eligibility, EntitlementSelector, PolicyDocument, Via};
use crate::document::DocumentError;
use crate::graph;
use crate::id::EntitlementId;
use crate::model::Holder;

/// How many rules may rest on each other, one on what another gives.
pub const MAX_STRATA: u32 = 8;

/// Rules that rest on what they give, directly or by way of others; too many on each other.
pub(super) fn problems(document: &PolicyDocument, source: &Source) -> Vec<DocumentError> {
    let mut found = Vec::new();
    let rests_on: Vec<BTreeSet<&EntitlementId>> = document.eligibility.values().map(rests_on).collect();
    if rests_on.iter().all(BTreeSet::is_empty) {
        return found;
    }
    let rules: Vec<_> = document.eligibility.keys().collect();
    let gives: Vec<BTreeSet<&EntitlementId>> =
        document.eligibility.values().map(|rule| gives(document, &rule.what)).collect();
    let mut edges: Vec<(u32, u32)> = Vec::new();
    for (from, needed) in (0u32..).zip(&rests_on) {
        for (to, given) in (0u32..).zip(&gives) {
            if !needed.is_disjoint(given) {
                edges.push((from, to));
            }
        }
    }
    let count = u32::try_from(rules.len()).unwrap_or(u32::MAX);
    let name = |rule: u32| rules.get(rule as usize).map_or("", |id| id.as_str());
    for cycle in graph::cycles(&edges) {
        let names: Vec<&str> = cycle.iter().map(|rule| name(*rule)).collect();
        let Some(first) = names.first() else { continue };
        let way: String = names.iter().flat_map(|name| ["`", *name, "` -> "]).collect();
        let message = format!(
            "rules cannot rest on what they give: {way}`{first}`; count standing memberships only (leave `via: any` \
             out), or require something else"
        );
        found.push(source.problem("graph.cycle", &[Step::Key("eligibility"), Step::Key(first)], message));
    }
    let heights = graph::heights(count, &edges).unwrap_or_default();
    if let Some((rule, steps)) = (0u32..).zip(heights).find(|(_, steps)| *steps > MAX_STRATA) {
        let message = format!(
            "`{}` rests on others in a chain of `{steps}` rules; at most {MAX_STRATA} are allowed",
            name(rule)
        );
        found.push(source.problem(
            "limit.depth",
            &[Step::Key("eligibility"), Step::Key(name(rule))],
            message,
        ));
    }
    found
}

/// The entitlements whose grants decide whether a rule matches or is fulfilled.
fn rests_on(rule: &Eligibility) -> BTreeSet<&EntitlementId> {
    let groups = rule.who.groups.iter().flatten().filter(|_| rule.who.via == Via::Any);
    groups.chain(&rule.requires.entitlements).collect()
}

/// What a rule may give, with all that is implied, as far as the document knows.
fn gives<'d>(document: &'d PolicyDocument, what: &'d EntitlementSelector) -> BTreeSet<&'d EntitlementId> {
    let selected = document.entitlements.iter().filter(|(id, noun)| what.matches(id, noun));
    let named = what.ids.iter().flatten();
    let mut open: Vec<&EntitlementId> = selected.map(|(id, _)| id).chain(named).collect();
    let mut given = BTreeSet::new();
    while let Some(id) = open.pop() {
        if given.insert(id) {
            if let Some(noun) = document.entitlements.get(id) {
                open.extend(noun.implies.iter().map(|edge| &edge.entitlement));
            }
            let held = document.standing.values().filter(|standing| match &standing.holder {
                Holder::Group(group) => group == id,
                Holder::Identity(_) => false,
            });
            open.extend(held.map(|standing| &standing.entitlement));
        }
    }
    given
}
