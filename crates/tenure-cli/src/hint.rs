//! What a document says of its rules and conditions in words is told to people beside their names. And a name that
//! nobody knows was often meant to be one that stands in the document: people are told which; a decision says nothing
//! of it, so that no answer for machines depends on a guess.

use tenure::decide::{Code, Reason};
use tenure::document::nearest;
use tenure::id::AttributeId;
use tenure::model::{Scalar, Value};
use tenure::policy::PolicyDocument;

/// A line for each rule and condition in `reasons` that the document describes, for each circumstance that was not
/// said, and for each name that is unknown and near to one of the document's, indented by two.
pub(crate) fn hints(reasons: &[Reason], document: &PolicyDocument) -> String {
    let mut lines = Vec::new();
    let mut tell = |line: String| {
        if !lines.contains(&line) {
            lines.push(line);
        }
    };
    for reason in reasons {
        for (name, words) in described(reason, document) {
            tell(format!("  {name}: {words}\n"));
        }
        for name in unsaid(reason, document) {
            tell(format!("  hint: say it with --context {name}=VALUE\n"));
        }
        if reason.code == Code::ClockRegression {
            tell("  hint: to ask the past, let the log end there, with --as-of POSITION\n".to_owned());
        }
        if let Some((kind, near)) = meant(reason, document) {
            tell(format!("  hint: did you mean the {kind} `{near}`?\n"));
        }
    }
    lines.concat()
}

/// What was not said and the command line can say.
fn unsaid<'d>(reason: &Reason, document: &'d PolicyDocument) -> impl Iterator<Item = &'d AttributeId> {
    let names = match reason.params.get("names") {
        Some(Value::List(names)) if reason.code == Code::ContextMissing => names.clone(),
        _ => Vec::new(),
    };
    let is_named = move |known: &&AttributeId| {
        names.iter().any(|name| matches!(name, Scalar::Text(name) if *name == known.as_str()))
    };
    document.context.keys().filter(is_named)
}

/// The rule and the conditions that a reason names, with what the document says of them.
fn described<'d>(reason: &'d Reason, document: &'d PolicyDocument) -> Vec<(&'d str, &'d str)> {
    let mut found = Vec::new();
    if let Some(rule) = reason.params.get("rule").and_then(Value::as_text) {
        let words = match reason.code {
            Code::PolicyExplicitDeny | Code::DenyWithheld => {
                document.deny.iter().find(|(id, _)| id.as_str() == rule).map(|(_, rule)| &rule.description)
            }
            Code::GuardrailForbidden => {
                let rules = &mut document.guardrails.iter();
                rules.find(|(id, _)| id.as_str() == rule).map(|(_, rule)| &rule.description)
            }
            Code::CapacityFull | Code::CapacityBelowMin => {
                let rules = &mut document.capacity.iter();
                rules.find(|(id, _)| id.as_str() == rule).map(|(_, rule)| &rule.description)
            }
            _ => None,
        };
        found.extend(words.and_then(|words| words.as_deref()).map(|words| (rule, words)));
    }
    if let Some(Value::List(names)) = reason.params.get("conditions") {
        for name in names {
            let Scalar::Text(name) = name else { continue };
            let condition = document.conditions.iter().find(|(id, _)| id.as_str() == name);
            let words = condition.and_then(|(_, condition)| condition.text.as_deref());
            found.extend(words.map(|words| (name.as_str(), words)));
        }
    }
    found
}

/// The name that was probably meant, and of what it is one.
fn meant<'d>(reason: &Reason, document: &'d PolicyDocument) -> Option<(&'static str, &'d str)> {
    let word = |name: &str| reason.params.get(name).and_then(Value::as_text);
    // What stands in the document by that very name is unknown for another reason, and was meant.
    let near = |asked: &str, names: &mut dyn Iterator<Item = &'d str>| {
        nearest(asked, names.filter(|name| *name != asked))
    };
    let (kind, near) = match reason.code {
        Code::IdentityUnknown => {
            let names = &mut document.identities.keys().map(AsRef::as_ref);
            ("identity", near(word("identity")?, names))
        }
        Code::EntitlementUnknown => {
            let names = &mut document.entitlements.keys().map(AsRef::as_ref);
            ("entitlement", near(word("entitlement")?, names))
        }
        Code::ResourceUnknown => {
            let names = &mut document.resources.keys().map(AsRef::as_ref);
            ("resource", near(word("resource")?, names))
        }
        Code::PermissionUnknown => {
            let all = document.entitlements.values().flat_map(|entitlement| &entitlement.permissions);
            ("permission", near(word("permission")?, &mut all.map(AsRef::as_ref)))
        }
        Code::EventInvalid if word("why")? == "unknown" => {
            let names = &mut document.events.keys().map(AsRef::as_ref);
            ("event", near(word("event")?, names))
        }
        _ => return None,
    };
    Some((kind, near?))
}
