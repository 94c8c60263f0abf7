//! A policy is a document that was found to be without contradiction. What it says about names is checked where
//! it meets the facts.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::error::MAX_PROBLEMS;
use super::source::{Source, Step};
use super::{
    Capacity, Catalogue, Declaration, Deny, Eligibility, Guardrail, NamedCondition, PolicyDocument,
    PolicyError, ResourceType, StandingRule, catalogue, check, unit_tests, vocabulary,
};
use crate::condition::Condition;
use crate::document::{
    self, CanonicalError, DocumentError, Limits, MAX_DEPTH, Node, Value, canonical, push_step,
};
use crate::id::{self, ConditionId, PermissionId, RuleId};
use crate::model::{
    Account, Application, BusinessEvent, Entitlement, Identity, Membership, Resource, Standing,
};

/// The version of the document format, its `tenure`.
pub const POLICY_VERSION: u32 = 1;

/// A policy document that was checked: no rule without an end, no cycle, nothing that contradicts itself.
///
/// Two policies are equal if they say the same, wherever they were read from.
///
/// ```
/// use tenure::policy::Policy;
///
/// let policy = Policy::from_json(r#"{"tenure": 1, "identities": {"ann": {"kind": "human"}}}"#)?;
/// assert_eq!(policy.document().identities.len(), 1);
/// assert_eq!(policy.digest().len(), 64);
///
/// let error = Policy::from_json(r#"{"tenure": 1, "identites": {}}"#).unwrap_err();
/// assert_eq!(error.code(), "document.unknown_field");
/// assert_eq!(error.problems()[0].suggestion(), Some("identities"));
/// # Ok::<(), tenure::policy::PolicyError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Policy {
    digest: String,
    document: PolicyDocument,
    conditions: BTreeMap<ConditionId, Condition>,
    /// The permissions whose case does not matter, by their lower case.
    folded: BTreeMap<String, PermissionId>,
    rule_digests: BTreeMap<RuleId, String>,
    pub(super) source: Source,
}

impl Policy {
    /// The policy that a JSON text writes.
    ///
    /// # Errors
    /// [`PolicyError`] with everything that is wrong.
    pub fn from_json(text: impl AsRef<[u8]>) -> Result<Self, PolicyError> {
        Self::from_node(document::json(text, &Limits::policy())?)
    }

    /// The policy that a YAML text writes.
    ///
    /// # Errors
    /// [`PolicyError`] with everything that is wrong.
    #[cfg(feature = "yaml")]
    pub fn from_yaml(text: impl AsRef<[u8]>) -> Result<Self, PolicyError> {
        Self::from_node(document::yaml(text, &Limits::policy())?)
    }

    /// The policy that a document is. Its problems have pointers, but no places: they are all at 1:1.
    ///
    /// # Errors
    /// [`PolicyError`] with everything that is wrong.
    pub fn from_document(document: PolicyDocument) -> Result<Self, PolicyError> {
        Self::checked(document, Source::default())
    }

    /// The document.
    pub const fn document(&self) -> &PolicyDocument {
        &self.document
    }

    /// Of the canonical JSON of the document without its `tests`, SHA-256 in hexadecimal: two texts that say the
    /// same have the same, however well they are tested.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Of the canonical JSON of each rule, SHA-256 in hexadecimal.
    pub const fn rule_digests(&self) -> &BTreeMap<RuleId, String> {
        &self.rule_digests
    }

    /// The permission that is meant by a name in other letters, where a catalogue says that case does not matter.
    pub(crate) fn folded(&self, permission: &str) -> Option<&PermissionId> {
        if self.folded.is_empty() { None } else { self.folded.get(&permission.to_ascii_lowercase()) }
    }

    /// The conditions of the document, read.
    pub(crate) const fn conditions(&self) -> &BTreeMap<ConditionId, Condition> {
        &self.conditions
    }

    fn from_node(node: Node) -> Result<Self, PolicyError> {
        // What another version means by its keys is not known, so nothing else is said about them.
        if let Some(Value::Int(version)) = node.get("tenure").map(Node::value)
            && *version != i64::from(POLICY_VERSION)
        {
            let version = *version;
            return Err(wrong_version(&Source::text(node), version).into());
        }
        let nulls = nulls(&node);
        match document::read(&node) {
            Ok(document) => {
                PolicyError::none_of(nulls)?;
                Self::checked(document, Source::text(node))
            }
            Err(first) => Err(PolicyError::from(first).after(nulls.into_iter().chain(unreadable(&node)))),
        }
    }

    fn checked(mut document: PolicyDocument, source: Source) -> Result<Self, PolicyError> {
        if document.tenure != POLICY_VERSION {
            return Err(wrong_version(&source, i64::from(document.tenure)).into());
        }
        PolicyError::none_of(catalogue::expand(&mut document, &source))?;
        catalogue::fold(&mut document);
        let folded = catalogue::folded(&document);
        let (conditions, mut problems) = vocabulary::conditions(&document, &source);
        problems.extend(check::problems(&document, &source));
        PolicyError::none_of(problems)?;
        let not_canonical = |error: CanonicalError| source.problem(error.code(), &[], format!("{error}"));
        let rule_digests = document
            .eligibility
            .iter()
            .map(|(id, rule)| Ok((id.clone(), digest(rule)?)))
            .collect::<Result<_, _>>()
            .map_err(not_canonical)?;
        // A test says what the policy means, and does not change it.
        let tests = core::mem::take(&mut document.tests);
        let digest = digest(&document).map_err(not_canonical)?;
        document.tests = tests;
        Ok(Self { digest, document, conditions, folded, rule_digests, source })
    }
}

impl PartialEq for Policy {
    fn eq(&self, other: &Self) -> bool {
        self.document == other.document
    }
}

impl Eq for Policy {}

fn wrong_version(source: &Source, version: i64) -> DocumentError {
    let message = format!("`{version}` is not a version of the format; write `tenure: {POLICY_VERSION}`");
    source
        .problem("policy.version", &[Step::Key("tenure")], message)
        .suggesting(Some(format!("{POLICY_VERSION}")))
}

fn digest<T: Serialize>(value: &T) -> Result<String, CanonicalError> {
    let mut hex = String::with_capacity(64);
    for byte in Sha256::digest(canonical(value)?) {
        for digit in [byte >> 4, byte & 15] {
            hex.push(char::from_digit(u32::from(digit), 16).unwrap_or('0'));
        }
    }
    Ok(hex)
}

/// What holds nothing. An end that was forgotten is not an end that was left out on purpose.
pub(super) fn nulls(root: &Node) -> Vec<DocumentError> {
    let mut found = Vec::new();
    nulls_below(root, &mut String::new(), &mut found, MAX_DEPTH);
    found
}

/// A document is at most [`MAX_DEPTH`] deep, and so is this recursion.
fn nulls_below(node: &Node, pointer: &mut String, found: &mut Vec<DocumentError>, depth: usize) {
    let Some(depth) = depth.checked_sub(1) else { return };
    let above = pointer.len();
    match node.value() {
        Value::Null if found.len() < MAX_PROBLEMS => {
            let message = "nothing stands here; write a value, or leave the key out";
            found.push(DocumentError::new("policy.null", node.place(), pointer.clone(), message));
        }
        Value::List(items) => {
            for (item, node) in items.iter().enumerate() {
                push_step(pointer, &item.to_string());
                nulls_below(node, pointer, found, depth);
                pointer.truncate(above);
            }
        }
        Value::Map(entries) => {
            for entry in entries {
                push_step(pointer, &entry.key);
                nulls_below(&entry.node, pointer, found, depth);
                pointer.truncate(above);
            }
        }
        _ => {}
    }
}

/// The nouns and rules that cannot be read, each with the first thing that is wrong with it.
fn unreadable(root: &Node) -> Vec<DocumentError> {
    let mut found = Vec::new();
    for section in root.entries() {
        let read: fn(&Node) -> Option<DocumentError> = match section.key.as_str() {
            "accounts" => problem_of::<Account>,
            "applications" => problem_of::<Application>,
            "attributes" | "context" => problem_of::<Declaration>,
            "catalogues" => problem_of::<Catalogue>,
            "capacity" => problem_of::<Capacity>,
            "conditions" => problem_of::<NamedCondition>,
            "deny" => problem_of::<Deny>,
            "eligibility" => problem_of::<Eligibility>,
            "entitlements" => problem_of::<Entitlement>,
            "guardrails" => problem_of::<Guardrail>,
            "events" => problem_of::<BusinessEvent>,
            "identities" => problem_of::<Identity>,
            "memberships" => problem_of::<Membership>,
            "resource_types" => problem_of::<ResourceType>,
            "resources" => problem_of::<Resource>,
            "standing_rules" => problem_of::<StandingRule>,
            "standing" => problem_of::<Standing>,
            "tests" => {
                found.extend(unit_tests::unreadable(&section.node).map(|problem| problem.under("/tests")));
                continue;
            }
            _ => continue,
        };
        for entry in section.node.entries() {
            let mut pointer = String::new();
            push_step(&mut pointer, &section.key);
            push_step(&mut pointer, &entry.key);
            if found.len() >= MAX_PROBLEMS {
                return found;
            }
            if let Some(problem) = read(&entry.node) {
                found.push(problem.under(&pointer));
            }
            if let Err(error) = id::validate(&entry.key) {
                found.push(DocumentError::new(error.code(), entry.place, pointer, format!("{error}")));
            }
        }
    }
    found
}

fn problem_of<T: DeserializeOwned>(node: &Node) -> Option<DocumentError> {
    document::read::<T>(node).err()
}
