//! A catalogue lists the permissions that an application knows, so that an entitlement can name many of them by a
//! pattern. Patterns are expanded once, when the document is read: what `except` leaves out of one block is not
//! denied, another block may give it.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::check::near;
use super::eligibility::is_default;
use super::error::MAX_PROBLEMS;
use super::source::{Source, Step};
use super::{MAX_EXPANDED, PolicyDocument};
use crate::document::DocumentError;
use crate::id::{EntitlementId, PermissionId};

/// The most comparisons of a pattern with a permission that a document may take.
const MAX_COMPARED: usize = 20_000_000;

/// The permissions of an application.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalogue {
    /// Whether `Read` and `read` are the same permission.
    #[serde(default, skip_serializing_if = "is_default")]
    pub case: Case,
    /// All of them.
    pub permissions: BTreeSet<PermissionId>,
    /// Permissions that stand apart, by patterns: a block covers those of its own plane only. What no plane names is
    /// in the plane of blocks that name none.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub planes: BTreeMap<String, Vec<String>>,
}

/// Whether case matters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Case {
    /// It does.
    #[default]
    Exact,
    /// It does not: what is written or asked in other letters is the permission of the catalogue.
    Fold,
}

/// Some permissions of a catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Block {
    /// The catalogue.
    pub catalogue: String,
    /// Patterns of what is left out of this block.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub except: Vec<String>,
    /// Patterns: `*` stands for any text, also none.
    pub r#match: Vec<String>,
    /// The plane; that of the permissions which no plane names when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plane: Option<String>,
}

/// Writes out what the patterns of a document stand for, and says what is wrong with them.
pub(super) fn expand(document: &mut PolicyDocument, source: &Source) -> Vec<DocumentError> {
    let mut found = Vec::new();
    let mut given: BTreeMap<EntitlementId, BTreeSet<PermissionId>> = BTreeMap::new();
    let blocks = document.wildcards.values().flatten();
    let work = blocks.map(|block| block.work(&document.catalogues)).fold(0usize, usize::saturating_add);
    if work > MAX_COMPARED {
        let message = format!(
            "the patterns take `{work}` comparisons with permissions; at most {MAX_COMPARED} are allowed"
        );
        found.push(source.problem("limit.items", &[Step::Key("wildcards")], message));
        return found;
    }
    let mut total = 0usize;
    for (id, blocks) in &document.wildcards {
        if !document.entitlements.contains_key(id) {
            let near = near(found.len(), id.as_str(), document.entitlements.keys().map(AsRef::as_ref));
            let message =
                format!("`{id}` is not an entitlement of the document; declare it under `entitlements`");
            let path = [Step::Key("wildcards"), Step::Key(id.as_str())];
            found.push(source.problem("model.dangling", &path, message).suggesting(near));
        }
        for (n, block) in blocks.iter().enumerate() {
            let path = [Step::Key("wildcards"), Step::Key(id.as_str()), Step::Item(n)];
            match block.expand(&document.catalogues) {
                Ok(permissions) => {
                    total = total.saturating_add(permissions.len());
                    given.entry(id.clone()).or_default().extend(permissions.into_iter().cloned());
                }
                Err((key, problem, instead)) => {
                    let path: Vec<_> = path.into_iter().chain([Step::Key(key)]).collect();
                    found.push(source.problem("wildcard.unknown", &path, problem).suggesting(instead));
                }
            }
            if found.len() >= MAX_PROBLEMS {
                return found;
            }
        }
    }
    if total > MAX_EXPANDED {
        let message =
            format!("the patterns stand for `{total}` permissions; at most {MAX_EXPANDED} are allowed");
        found.push(source.problem("limit.items", &[Step::Key("wildcards")], message));
        return found;
    }
    for (id, permissions) in given {
        if let Some(noun) = document.entitlements.get_mut(&id) {
            let known: BTreeSet<PermissionId> = noun.permissions.iter().cloned().collect();
            noun.permissions.extend(permissions.into_iter().filter(|permission| !known.contains(permission)));
        }
    }
    found
}

impl Block {
    /// The permissions that it stands for; or the key that is wrong, why, and what was probably meant.
    fn expand<'c>(
        &self,
        catalogues: &'c BTreeMap<String, Catalogue>,
    ) -> Result<Vec<&'c PermissionId>, (&'static str, String, Option<String>)> {
        let Some(catalogue) = catalogues.get(&self.catalogue) else {
            let near = near(0, &self.catalogue, catalogues.keys().map(String::as_str));
            let message = format!("`{}` is not a catalogue; write it under `catalogues`", self.catalogue);
            return Err(("catalogue", message, near));
        };
        if let Some(plane) = self.plane.as_ref().filter(|plane| !catalogue.planes.contains_key(*plane)) {
            let near = near(0, plane, catalogue.planes.keys().map(String::as_str));
            let message = format!("`{plane}` is not a plane of `{}`", self.catalogue);
            return Err(("plane", message, near));
        }
        let fold = catalogue.case == Case::Fold;
        let any = |patterns: &[String], id: &str| patterns.iter().any(|pattern| matches(pattern, id, fold));
        let of_plane = catalogue.permissions.iter();
        let of_plane =
            of_plane.filter(|permission| catalogue.plane_of(permission.as_str()) == self.plane.as_deref());
        let of_plane: Vec<&PermissionId> = of_plane.collect();
        for (key, patterns) in [("match", &self.r#match), ("except", &self.except)] {
            let in_vain = |pattern: &&String| {
                !of_plane.iter().any(|permission| matches(pattern, permission.as_str(), fold))
            };
            if let Some(pattern) = patterns.iter().find(in_vain) {
                let near = near(0, pattern, of_plane.iter().map(|permission| permission.as_str()));
                let place = match &self.plane {
                    Some(plane) => format!("in the plane `{plane}` of `{}`", self.catalogue),
                    None if catalogue.planes.is_empty() => format!("of `{}`", self.catalogue),
                    None => {
                        format!("of `{}` outside its planes; name the `plane` that is meant", self.catalogue)
                    }
                };
                return Err((key, format!("`{pattern}` stands for no permission {place}"), near));
            }
        }
        let chosen = of_plane.into_iter().filter(|permission| {
            any(&self.r#match, permission.as_str()) && !any(&self.except, permission.as_str())
        });
        Ok(chosen.collect())
    }

    /// How many comparisons it takes at most to expand it.
    fn work(&self, catalogues: &BTreeMap<String, Catalogue>) -> usize {
        let Some(catalogue) = catalogues.get(&self.catalogue) else { return 0 };
        let planes = catalogue.planes.values().map(Vec::len).fold(0usize, usize::saturating_add);
        let patterns = self.r#match.len().saturating_add(self.except.len()).saturating_add(planes);
        patterns.saturating_mul(catalogue.permissions.len())
    }
}

impl Catalogue {
    /// The first plane, by name, that a permission belongs to.
    fn plane_of(&self, id: &str) -> Option<&str> {
        let fold = self.case == Case::Fold;
        let belongs = |patterns: &Vec<String>| patterns.iter().any(|pattern| matches(pattern, id, fold));
        self.planes.iter().find(|(_, patterns)| belongs(patterns)).map(|(plane, _)| plane.as_str())
    }
}

/// The permissions whose case does not matter, by their lower case.
pub(super) fn folded(document: &PolicyDocument) -> BTreeMap<String, PermissionId> {
    let catalogues = document.catalogues.values().filter(|catalogue| catalogue.case == Case::Fold);
    let permissions = catalogues.flat_map(|catalogue| &catalogue.permissions);
    permissions.map(|permission| (permission.as_str().to_ascii_lowercase(), permission.clone())).collect()
}

/// Writes permissions of a folded catalogue as the catalogue does, wherever the document names them.
pub(super) fn fold(document: &mut PolicyDocument) {
    let folded = folded(document);
    if folded.is_empty() {
        return;
    }
    let canonical = |permission: &PermissionId| {
        folded.get(&permission.as_str().to_ascii_lowercase()).unwrap_or(permission).clone()
    };
    for noun in document.entitlements.values_mut() {
        let mut seen = BTreeSet::new();
        noun.permissions =
            noun.permissions.iter().map(canonical).filter(|p| seen.insert(p.clone())).collect();
    }
    for rule in document.deny.values_mut() {
        rule.permissions = rule.permissions.iter().map(canonical).collect();
    }
}

/// Whether a pattern stands for a text; each `*` for any part of it. Takes time in the product of their lengths.
fn matches(pattern: &str, text: &str, fold: bool) -> bool {
    let (pattern, text) = if fold {
        (pattern.to_ascii_lowercase(), text.to_ascii_lowercase())
    } else {
        (pattern.to_string(), text.to_string())
    };
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = rest.get(at.saturating_add(part.len())..).unwrap_or_default(),
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_part() {
        for (pattern, text, does) in [
            ("s3:*", "s3:Get", true),
            ("s3:*", "s3:", true),
            ("s3:*", "s4:Get", false),
            ("*", "anything", true),
            ("a*b*c", "a-b-c", true),
            ("a*b*c", "abc", true),
            ("a*b*c", "acb", false),
            ("a*a", "a", false),
            ("exact", "exact", true),
            ("exact", "exactly", false),
            ("*/delete", "vm/Delete", false),
        ] {
            assert_eq!(matches(pattern, text, false), does, "{pattern} {text}");
        }
        assert!(matches("*/delete", "vm/Delete", true));
    }
}
