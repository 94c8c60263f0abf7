//! What the rules of all sections have in common: whom, what and where they select, which conditions they name,
//! and whose approval they ask for.

use alloc::vec;
use alloc::vec::Vec;

use super::{EntitlementSelector, IdentitySelector, PolicyDocument, Stage};
use crate::id::ResourceId;
use crate::model::ConditionNames;
use crate::time::Window;

/// A rule of any section.
pub(super) struct AnyRule<'a> {
    pub(super) section: &'static str,
    pub(super) id: &'a str,
    pub(super) who: Option<&'a IdentitySelector>,
    pub(super) what: Option<&'a EntitlementSelector>,
    pub(super) scopes: Option<&'a [ResourceId]>,
    /// With the keys that lead to them.
    pub(super) conditions: Vec<(&'static [&'static str], &'a ConditionNames)>,
    pub(super) stages: &'a [Stage],
    /// From when until when it counts.
    pub(super) valid: Window,
}

/// All rules, section by section, in the order of their ids.
pub(super) fn rules(document: &PolicyDocument) -> impl Iterator<Item = AnyRule<'_>> {
    let capacity = document.capacity.iter().map(|(id, rule)| AnyRule {
        section: "capacity",
        id: id.as_str(),
        who: None,
        what: Some(&rule.what),
        scopes: None,
        conditions: Vec::new(),
        stages: &[],
        valid: Window::ALWAYS,
    });
    let deny = document.deny.iter().map(|(id, rule)| AnyRule {
        section: "deny",
        id: id.as_str(),
        who: Some(&rule.who),
        what: rule.what.as_ref(),
        scopes: rule.scopes.as_deref(),
        conditions: vec![(&["when"][..], &rule.when)],
        stages: &[],
        valid: rule.valid,
    });
    let eligibility = document.eligibility.iter().map(|(id, rule)| AnyRule {
        section: "eligibility",
        id: id.as_str(),
        who: Some(&rule.who),
        what: Some(&rule.what),
        scopes: rule.scopes.as_deref(),
        conditions: vec![(&["when"][..], &rule.when), (&["while"][..], &rule.conditions)],
        stages: &rule.approvals,
        valid: rule.valid,
    });
    let guardrails = document.guardrails.iter().map(|(id, rule)| AnyRule {
        section: "guardrails",
        id: id.as_str(),
        who: Some(&rule.who),
        what: Some(&rule.what),
        scopes: rule.scopes.as_deref(),
        conditions: vec![
            (&["when"][..], &rule.when),
            (&["require", "conditions"][..], &rule.require.conditions),
        ],
        stages: &rule.approvals,
        valid: rule.valid,
    });
    let standing = document.standing_rules.iter().map(|(id, rule)| AnyRule {
        section: "standing_rules",
        id: id.as_str(),
        who: Some(&rule.who),
        what: Some(&rule.what),
        scopes: rule.scopes.as_deref(),
        conditions: vec![(&["when"][..], &rule.when)],
        stages: &[],
        valid: rule.valid,
    });
    capacity.chain(deny).chain(eligibility).chain(guardrails).chain(standing)
}
