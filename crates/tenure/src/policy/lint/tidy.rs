//! What nothing gives, nobody answers for, nothing reads, and what looks like something else.

use alloc::borrow::Cow;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::super::PolicyDocument;
use super::super::sections;
use super::super::source::Step;
use super::{Lint, Linter};
use crate::id::ConditionId;

pub(super) fn lint(linter: &mut Linter<'_>) {
    entitlements(linter);
    conditions(linter);
    lookalikes(linter);
}

fn entitlements(linter: &mut Linter<'_>) {
    let document = linter.policy.document();
    // Of a document that only declares what there is, facts say who holds it.
    let says_who = !document.eligibility.is_empty()
        || !document.standing.is_empty()
        || !document.standing_rules.is_empty()
        || !document.memberships.is_empty();
    let obtainable = linter.population.obtainable();
    for (id, noun) in &document.entitlements {
        let path = [Step::Key("entitlements"), Step::Key(id.as_str())];
        if says_who && !obtainable.contains(id) {
            let message = format!(
                "nothing gives `{id}`: no rule, standing assignment or membership, and nothing that is held implies \
                 it; name it in the `what` of a rule, or take it out"
            );
            linter.say(Lint::EntitlementUnobtainable, &path, message);
        }
        let application = noun.application.as_ref().map(|id| document.applications.get(id));
        let owned = match application {
            None => noun.owner.is_some(),
            // Of an application that the document does not declare, facts say whose it is.
            Some(None) => true,
            Some(Some(application)) => noun.owner.is_some() || application.owner.is_some(),
        };
        if !owned {
            let message = format!("nobody answers for `{id}`; give it, or its application, an `owner`");
            linter.say(Lint::EntitlementUnowned, &path, message);
        }
    }
}

/// Conditions that nothing names, and a context that no condition reads. Facts may name conditions too.
fn conditions(linter: &mut Linter<'_>) {
    /// Read by rules that end with the session.
    const SESSION: &str = "session.ends_at";

    let policy = linter.policy;
    let document = policy.document();
    let named = named(document);
    for id in document.conditions.keys().filter(|id| !named.contains(id)) {
        let path = [Step::Key("conditions"), Step::Key(id.as_str())];
        let message = format!(
            "nothing in the document names `{id}`; write it under a `when` or `while`, or take it out unless facts \
             name it"
        );
        linter.say(Lint::ConditionUnused, &path, message);
    }
    let read: BTreeSet<String> = policy
        .conditions()
        .values()
        .flat_map(|condition| condition.paths())
        .filter(|path| path.root() == "context")
        .map(|path| path.below().join("."))
        .collect();
    for name in document.context.keys() {
        if !read.contains(name.as_str()) && name.as_str() != SESSION {
            let path = [Step::Key("context"), Step::Key(name.as_str())];
            let message = format!("no condition reads `context.{name}`; read it, or take it out");
            linter.say(Lint::ContextUnused, &path, message);
        }
    }
}

fn named(document: &PolicyDocument) -> BTreeSet<&ConditionId> {
    let rules = sections::rules(document).flat_map(|rule| rule.conditions).map(|(_, names)| names);
    let standing = document.standing.values().map(|noun| &noun.conditions);
    let memberships = document.memberships.values().map(|noun| &noun.conditions);
    let resources = document.resources.values().map(|noun| &noun.parent_while);
    let edges = document.entitlements.values().flat_map(|noun| &noun.implies).map(|edge| &edge.conditions);
    let all = rules.chain(standing).chain(memberships).chain(resources).chain(edges);
    all.flat_map(|names| names.iter()).collect()
}

/// Ids of one kind that differ only by case.
fn lookalikes(linter: &mut Linter<'_>) {
    let document = linter.policy.document();
    let sections: [(&'static str, Vec<&str>); 17] = [
        ("accounts", document.accounts.keys().map(AsRef::as_ref).collect()),
        ("applications", document.applications.keys().map(AsRef::as_ref).collect()),
        ("attributes", document.attributes.iter().flatten().map(|(id, _)| id.as_ref()).collect()),
        ("capacity", document.capacity.keys().map(AsRef::as_ref).collect()),
        ("conditions", document.conditions.keys().map(AsRef::as_ref).collect()),
        ("context", document.context.keys().map(AsRef::as_ref).collect()),
        ("deny", document.deny.keys().map(AsRef::as_ref).collect()),
        ("eligibility", document.eligibility.keys().map(AsRef::as_ref).collect()),
        ("entitlements", document.entitlements.keys().map(AsRef::as_ref).collect()),
        ("events", document.events.keys().map(AsRef::as_ref).collect()),
        ("guardrails", document.guardrails.keys().map(AsRef::as_ref).collect()),
        ("identities", document.identities.keys().map(AsRef::as_ref).collect()),
        ("memberships", document.memberships.keys().map(AsRef::as_ref).collect()),
        ("resource_types", document.resource_types.keys().map(String::as_str).collect()),
        ("resources", document.resources.keys().map(AsRef::as_ref).collect()),
        ("standing", document.standing.keys().map(AsRef::as_ref).collect()),
        ("standing_rules", document.standing_rules.keys().map(AsRef::as_ref).collect()),
    ];
    for (section, ids) in sections {
        let mut first: BTreeMap<String, &str> = BTreeMap::new();
        for id in ids {
            if let Some(other) = first.insert(id.to_ascii_lowercase(), id) {
                let message = lookalike(id, other);
                linter.say(Lint::IdCase, &[Step::Key(section), Step::Key(id)], message);
            }
        }
    }
    // A permission is known by those who list it.
    let mut first: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for (id, noun) in &document.entitlements {
        for (n, permission) in noun.permissions.iter().enumerate() {
            let spellings = first.entry(permission.as_str().to_ascii_lowercase()).or_default();
            if spellings.insert(permission.as_str())
                && let Some(other) = spellings.iter().find(|other| **other != permission.as_str())
            {
                let member = Step::Member(Cow::Borrowed(permission.as_str()), n);
                let path =
                    [Step::Key("entitlements"), Step::Key(id.as_str()), Step::Key("permissions"), member];
                let message = lookalike(permission.as_str(), other);
                linter.say(Lint::IdCase, &path, message);
            }
        }
    }
}

fn lookalike(id: &str, other: &str) -> String {
    format!("`{id}` and `{other}` differ only by case and are not the same; rename one, or write both alike")
}
