//! What conditions may speak of: the fields of nouns, the attributes and the context that the document declares, and
//! what requesters fill in.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

use super::error::MAX_PROBLEMS;
use super::source::{Source, Step};
use super::{AttributeType, Declaration, ElementType, PolicyDocument};
use crate::condition::{Condition, Presence, ScalarType, Type, Vocabulary, VocabularyError};
use crate::document::DocumentError;
use crate::id::ConditionId;

/// The fields of nouns that conditions may read, all of them texts, by the name of the noun. An attribute of the
/// same name cannot be read.
pub const FIELDS: [(&str, &[&str]); 7] = [
    ("action", &["name", "permission"]),
    ("application", &["id", "owner"]),
    ("beneficiary", &["id", "kind", "manager", "owner"]),
    ("entitlement", &["application", "id", "kind", "owner", "sensitivity"]),
    ("event", &["id", "kind"]),
    ("identity", &["id", "kind", "manager", "owner"]),
    ("resource", &["application", "id", "owner", "sensitivity", "type"]),
];

/// The nouns that have attributes.
const WITH_ATTRIBUTES: [&str; 5] = ["application", "beneficiary", "entitlement", "identity", "resource"];

/// The conditions of a document, read; and what is wrong with them and with what they may speak of.
pub(super) fn conditions(
    document: &PolicyDocument,
    source: &Source,
) -> (BTreeMap<ConditionId, Condition>, Vec<DocumentError>) {
    let (vocabulary, mut found) = vocabulary(document, source);
    let mut conditions = BTreeMap::new();
    for (name, written) in &document.conditions {
        match Condition::parse(&written.expr, &vocabulary) {
            Ok(condition) => {
                conditions.insert(name.clone(), condition);
            }
            Err(error) if found.len() < MAX_PROBLEMS => {
                let path = [Step::Key("conditions"), Step::Key(name.as_str()), Step::Key("expr")];
                let problem = source.problem(error.code(), &path, error.to_string());
                found.push(problem.suggesting(error.suggestion().map(ToString::to_string)));
            }
            Err(_) => {}
        }
    }
    (conditions, found)
}

fn vocabulary(document: &PolicyDocument, source: &Source) -> (Vocabulary, Vec<DocumentError>) {
    let mut vocabulary = Vocabulary::new();
    let mut found = Vec::new();
    let mut say = |result: Result<(), VocabularyError>, section: &'static str, name: &str| {
        if let Err(error) = result
            && found.len() < MAX_PROBLEMS
        {
            let path = [Step::Key(section), Step::Key(name)];
            found.push(source.problem("attribute.name", &path, format!("{error}")));
        }
    };
    for (root, _) in FIELDS {
        say(vocabulary.root(root, Presence::Complete), "attributes", root);
    }
    for root in ["context", "inputs"] {
        say(vocabulary.root(root, Presence::Open), "context", root);
    }
    let mut declare = |root: &str, section: &'static str, name: &str, kind: Type| {
        let parts: Vec<&str> = name.split('.').collect();
        say(vocabulary.declare(root, &parts, kind), section, name);
    };
    for (name, declaration) in document.attributes.iter().flatten() {
        for root in WITH_ATTRIBUTES {
            declare(root, "attributes", name.as_str(), type_of(declaration));
        }
    }
    for (root, fields) in FIELDS {
        for field in fields {
            declare(root, "attributes", field, Type::Text);
        }
    }
    for (name, declaration) in &document.context {
        declare("context", "context", name.as_str(), type_of(declaration));
    }
    for (name, input) in document.eligibility.values().flat_map(|rule| &rule.inputs) {
        declare("inputs", "eligibility", name.as_str(), type_of(&Declaration::from(input.r#type)));
    }
    // One attribute stands under several roots.
    found.dedup();
    (vocabulary, found)
}

fn type_of(declaration: &Declaration) -> Type {
    match declaration.r#type {
        AttributeType::Bool => Type::Bool,
        AttributeType::Int => Type::Int,
        AttributeType::Text => Type::Text,
        AttributeType::List => Type::List(declaration.of.map(|element| match element {
            ElementType::Bool => ScalarType::Bool,
            ElementType::Int => ScalarType::Int,
            ElementType::Text => ScalarType::Text,
        })),
    }
}
