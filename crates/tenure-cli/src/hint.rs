//! A name that nobody knows was often meant to be one that stands in the document. People are told which; a decision
//! says nothing of it, so that no answer for machines depends on a guess.

use tenure::decide::{Code, Reason};
use tenure::document::nearest;
use tenure::model::Value;
use tenure::policy::PolicyDocument;

/// A line for each name in `reasons` that is unknown and near to one of the document's, indented by two.
pub(crate) fn hints(reasons: &[Reason], document: &PolicyDocument) -> String {
    let mut lines = Vec::new();
    for reason in reasons {
        let Some((kind, near)) = meant(reason, document) else { continue };
        let line = format!("  hint: did you mean the {kind} `{near}`?\n");
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines.concat()
}

/// The name that was probably meant, and of what it is one.
fn meant<'d>(reason: &Reason, document: &'d PolicyDocument) -> Option<(&'static str, &'d str)> {
    let word = |name: &str| reason.params.get(name).and_then(Value::as_text);
    let (kind, near) = match reason.code {
        Code::IdentityUnknown => {
            let names = document.identities.keys().map(AsRef::as_ref);
            ("identity", nearest(word("identity")?, names))
        }
        Code::EntitlementUnknown => {
            let names = document.entitlements.keys().map(AsRef::as_ref);
            ("entitlement", nearest(word("entitlement")?, names))
        }
        Code::ResourceUnknown => {
            let names = document.resources.keys().map(AsRef::as_ref);
            ("resource", nearest(word("resource")?, names))
        }
        Code::PermissionUnknown => {
            let all = document.entitlements.values().flat_map(|entitlement| &entitlement.permissions);
            ("permission", nearest(word("permission")?, all.map(AsRef::as_ref)))
        }
        Code::EventInvalid if word("why")? == "unknown" => {
            // An event of the document that has not begun is known, and not what was meant.
            let asked = word("event")?;
            let names = document.events.keys().map(AsRef::as_ref);
            ("event", nearest(asked, names.filter(|name| *name != asked)))
        }
        _ => return None,
    };
    Some((kind, near?))
}
