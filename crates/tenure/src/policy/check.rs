//! What can be said against a document without knowing any fact: rules that could give a grant without an end,
//! spans of nothing, windows that end before they begin, attributes of another type than declared.

use alloc::borrow::Cow;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::error::MAX_PROBLEMS;
use super::source::{Source, Step};
use super::{
    AttributeType, Declaration, Duration, Eligibility, PolicyDocument, hierarchy, rules_check, sections,
    strata, unit_tests,
};
use crate::document::{DocumentError, nearest};
use crate::id::{AttributeId, EntitlementId};
use crate::model::{Attributes, BusinessEvent, EntitlementKind, Holder, Value};
use crate::time::{Span, TimeError, Timestamp};

/// Everything that is wrong with the document.
pub(super) fn problems(document: &PolicyDocument, source: &Source) -> Vec<DocumentError> {
    let mut check = Check { document, source, found: Vec::new() };
    for (id, rule) in &document.eligibility {
        check.rule(&[Step::Key("eligibility"), Step::Key(id.as_str())], rule);
    }
    for (id, event) in &document.events {
        check.event(&[Step::Key("events"), Step::Key(id.as_str())], event);
    }
    check.windows();
    check.groups();
    check.attributes();
    let mut found = check.found;
    found.extend(rules_check::problems(document, source));
    found.extend(strata::problems(document, source));
    found.extend(hierarchy::problems(document, source));
    found.extend(unit_tests::problems(&document.tests, source));
    found
}

/// The problems found, with a bound on the work for a hostile document.
struct Check<'a> {
    document: &'a PolicyDocument,
    source: &'a Source,
    found: Vec<DocumentError>,
}

impl Check<'_> {
    fn say(&mut self, code: &'static str, path: &[Step<'_>], message: String, suggestion: Option<String>) {
        if self.found.len() < MAX_PROBLEMS {
            self.found.push(self.source.problem(code, path, message).suggesting(suggestion));
        }
    }

    fn rule(&mut self, path: &[Step<'_>], rule: &Eligibility) {
        let below = |keys: &[&'static str]| below(path, keys);
        match &rule.duration {
            Some(duration) => self.duration(&below(&["duration"]), duration),
            None if rule.event.is_none() => {
                let message = "nothing limits how long this gives; add a `duration` with a `max`, or an `event` whose \
                               events have a planned end or a `hard_cap` (of one with neither, a grant ends when it \
                               was asked to end, however late)";
                self.say("eligibility.unbounded", path, message.into(), None);
            }
            None => {}
        }
        if let Some(extension) = &rule.extension {
            if extension.max_total.is_zero() {
                let message = "a `max_total` of zero allows no extension; write a longer one like `24h`, or \
                               leave `extension` out";
                self.say("extension.zero", &below(&["extension", "max_total"]), message.into(), None);
            }
            if extension.max_count == Some(0) {
                let message =
                    "a `max_count` of 0 allows no extension; write at least 1, or leave `extension` out";
                self.say("extension.zero", &below(&["extension", "max_count"]), message.into(), None);
            }
        }
        if let Some(renewal) = &rule.renewal {
            if renewal.max_count.is_none() && renewal.max_total.is_none() {
                let message = "this limits nothing; add `max_count` or `max_total`, or leave `renewal` out";
                self.say("renewal.empty", &below(&["renewal"]), message.into(), None);
            }
            if renewal.max_total.is_some_and(Span::is_zero) {
                let message = "a `max_total` of zero leaves nothing to grant; write a longer one like `30d`";
                self.say("renewal.empty", &below(&["renewal", "max_total"]), message.into(), None);
            }
        }
        if rule.session_max.is_some_and(Span::is_zero) {
            let message =
                "a session of zero is none; write a longer one like `8h`, or leave `session_max` out";
            self.say("session.zero", &below(&["session_max"]), message.into(), None);
        }
    }

    fn duration(&mut self, path: &[Step<'_>], Duration { default, max, min }: &Duration) {
        let at = |key: &'static str| below(path, &[key]);
        for (key, span) in [("max", Some(max)), ("default", default.as_ref())] {
            if span.is_some_and(|span| span.is_zero()) {
                let message = format!("a `{key}` of zero grants nothing; write a longer one like `8h`");
                self.say("duration.zero", &at(key), message, None);
            }
        }
        let mut order = |at: &[Step<'_>], span: &Span, what: &str, other: &Span| {
            let message = format!("`{span}` is {what} of `{other}`; min <= default <= max must hold");
            self.say("duration.order", at, message, Some(other.to_string()));
        };
        if min > max {
            order(&at("min"), min, "longer than the `max`", max);
        }
        if let Some(default) = default {
            if default > max {
                order(&at("default"), default, "longer than the `max`", max);
            } else if default < min && !default.is_zero() {
                order(&at("default"), default, "shorter than the `min`", min);
            }
        }
    }

    fn event(&mut self, path: &[Step<'_>], event: &BusinessEvent) {
        let at = |key: &'static str| below(path, &[key]);
        if let Some(end) = event.planned_end.filter(|end| *end <= event.start) {
            let message = format!(
                "an event that starts at `{}` cannot be planned to end at `{end}`; write a later end",
                event.start
            );
            self.say("event.end", &at("planned_end"), message, None);
        }
        if event.hard_cap.is_some_and(Span::is_zero) {
            let message = "a `hard_cap` of zero ends the event when it starts; write a longer one like `24h`, or \
                           leave it out";
            self.say("event.end", &at("hard_cap"), message.into(), None);
        }
    }

    /// Windows and contracts end after they begin.
    fn windows(&mut self) {
        let document = self.document;
        let key = Step::Key;
        for (id, standing) in &document.standing {
            self.window(&[key("standing"), key(id.as_str())], standing.from, standing.until);
        }
        for (id, membership) in &document.memberships {
            self.window(&[key("memberships"), key(id.as_str())], membership.from, membership.until);
        }
        for (id, entitlement) in &document.entitlements {
            for (n, edge) in entitlement.implies.iter().enumerate() {
                let path = [key("entitlements"), key(id.as_str()), key("implies"), Step::Item(n)];
                self.window(&path, edge.from, edge.until);
            }
        }
        for (id, identity) in &document.identities {
            if let (Some(starts), Some(ends)) = (identity.starts, identity.ends)
                && starts >= ends
            {
                let path = [key("identities"), key(id.as_str()), key("ends")];
                let message =
                    format!("a contract that starts at `{starts}` cannot end at `{ends}`; write a later end");
                self.say("identity.contract", &path, message, None);
            }
        }
    }

    fn window(&mut self, path: &[Step<'_>], from: Timestamp, until: Timestamp) {
        if from >= until {
            let empty = TimeError::WindowEmpty { from, until };
            let last = if until.is_never() { "from" } else { "until" };
            self.say(empty.code(), &below(path, &[last]), empty.to_string(), None);
        }
    }

    /// What is named as a group is one, if the document says what it is.
    fn groups(&mut self) {
        let document = self.document;
        let key = Step::Key;
        for (id, membership) in &document.memberships {
            self.group(&[key("memberships"), key(id.as_str()), key("group")], &membership.group);
        }
        for (id, standing) in &document.standing {
            if let Holder::Group(group) = &standing.holder {
                self.group(&[key("standing"), key(id.as_str()), key("holder"), key("group")], group);
            }
        }
        for rule in sections::rules(document) {
            for (n, group) in rule.who.iter().flat_map(|who| who.groups.iter().flatten()).enumerate() {
                let path = [key(rule.section), key(rule.id), key("who"), key("groups")];
                let member = Step::Member(Cow::Borrowed(group.as_str()), n);
                self.group(&path.into_iter().chain([member]).collect::<Vec<_>>(), group);
            }
            for (item, stage) in rule.stages.iter().enumerate() {
                for (n, group) in stage.approvers.groups.iter().enumerate() {
                    let path = [key(rule.section), key(rule.id), key("approvals"), Step::Item(item)];
                    let member = Step::Member(Cow::Borrowed(group.as_str()), n);
                    let rest = [key("approvers"), key("groups"), member];
                    self.group(&path.into_iter().chain(rest).collect::<Vec<_>>(), group);
                }
            }
        }
    }

    fn group(&mut self, path: &[Step<'_>], id: &EntitlementId) {
        let document = self.document;
        let kind = match document.entitlements.get(id).map(|entitlement| entitlement.kind) {
            None | Some(EntitlementKind::Group) => return,
            Some(EntitlementKind::Role) => "role",
            Some(EntitlementKind::Right) => "right",
        };
        let groups = document
            .entitlements
            .iter()
            .filter(|(_, entitlement)| entitlement.kind == EntitlementKind::Group)
            .map(|(id, _)| id.as_str());
        let near = self.near(id.as_str(), groups);
        let message = match &near {
            Some(near) => format!("`{id}` is a {kind}, not a group; did you mean `{near}`?"),
            None => format!("`{id}` is a {kind}, not a group; name one of kind `group`"),
        };
        self.say("membership.group", path, message, near);
    }

    /// Attributes are as they are declared, if any are.
    fn attributes(&mut self) {
        let document = self.document;
        let Some(declared) = &document.attributes else { return };
        let key = Step::Key;
        let applications =
            document.applications.iter().map(|(id, n)| ("applications", id.as_str(), &n.attributes));
        let entitlements =
            document.entitlements.iter().map(|(id, n)| ("entitlements", id.as_str(), &n.attributes));
        let identities = document.identities.iter().map(|(id, n)| ("identities", id.as_str(), &n.attributes));
        let resources = document.resources.iter().map(|(id, n)| ("resources", id.as_str(), &n.attributes));
        for (section, id, attributes) in applications.chain(entitlements).chain(identities).chain(resources) {
            let attributes: &Attributes = attributes;
            for (name, value) in attributes {
                let path = [key(section), key(id), key("attributes"), key(name.as_str())];
                if let Some(kind) = self.declared(&path, declared, name) {
                    self.typed(&path, name, kind, value, kind);
                }
            }
        }
        let none = BTreeMap::new();
        let wanted = sections::rules(document).flat_map(|rule| {
            let what = rule.what.map_or(&none, |what| &what.attributes);
            let who = rule.who.map_or(&none, |who| &who.attributes);
            [(rule.section, rule.id, "what", what), (rule.section, rule.id, "who", who)]
        });
        let required = document.eligibility.iter();
        let required =
            required.map(|(id, rule)| ("eligibility", id.as_str(), "requires", &rule.requires.attributes));
        for (section, id, selector, wanted) in wanted.chain(required) {
            for (name, values) in wanted {
                let path = [key(section), key(id), key(selector), key("attributes"), key(name.as_str())];
                let Some(kind) = self.declared(&path, declared, name) else { continue };
                for (n, value) in values.iter().enumerate() {
                    // A list is also matched by what it contains.
                    let scalar = if kind == AttributeType::List { type_of(value) } else { kind };
                    let member = Step::Member(Cow::Owned(value.to_string()), n);
                    let path: Vec<_> = path.iter().cloned().chain([member]).collect();
                    self.typed(&path, name, kind, value, scalar);
                }
            }
        }
    }

    fn declared(
        &mut self,
        path: &[Step<'_>],
        declared: &BTreeMap<AttributeId, Declaration>,
        name: &AttributeId,
    ) -> Option<AttributeType> {
        let kind = declared.get(name).map(|declaration| declaration.r#type);
        if kind.is_none() {
            let near = self.near(name.as_str(), declared.keys().map(AttributeId::as_str));
            let message = match &near {
                Some(near) => format!("`{name}` is not a declared attribute; did you mean `{near}`?"),
                None => format!("`{name}` is not a declared attribute; declare it under `attributes`"),
            };
            self.say("attribute.unknown", path, message, near);
        }
        kind
    }

    fn typed(
        &mut self,
        path: &[Step<'_>],
        name: &AttributeId,
        declared: AttributeType,
        value: &Value,
        wanted: AttributeType,
    ) {
        let found = type_of(value);
        if found == wanted {
            return;
        }
        let instead = match (declared, value) {
            (AttributeType::Text, Value::Bool(_) | Value::Int(_)) => Some(format!("\"{value}\"")),
            (AttributeType::List, Value::Bool(_) | Value::Int(_) | Value::Text(_)) => {
                Some(format!("[{value}]"))
            }
            (AttributeType::Int, Value::Text(text)) if text.parse::<i64>().is_ok() => Some(text.clone()),
            (AttributeType::Bool, Value::Text(text)) => match text.as_str() {
                "yes" | "on" | "true" => Some("true".into()),
                "no" | "off" | "false" => Some("false".into()),
                _ => None,
            },
            _ => None,
        };
        let (is, should) = (in_words(found), in_words(declared));
        let hint = match &instead {
            Some(instead) => format!("write `{instead}`"),
            None => format!("write {should}, or declare `{name}` otherwise"),
        };
        let message = format!("`{value}` is {is}, and `{name}` is declared as {should}; {hint}");
        self.say("attribute.type", path, message, instead);
    }

    /// A word that was probably meant; only for the first problems, for each look is as long as the document.
    fn near<'c>(&self, word: &str, candidates: impl Iterator<Item = &'c str>) -> Option<String> {
        near(self.found.len(), word, candidates)
    }
}

/// The way to a value below the one that `path` leads to.
pub(super) fn below<'p>(path: &[Step<'p>], keys: &[&'p str]) -> Vec<Step<'p>> {
    path.iter().cloned().chain(keys.iter().map(|key| Step::Key(key))).collect()
}

/// The nearest candidate, for the first problems of a document only.
pub(super) fn near<'c>(
    problems: usize,
    word: &str,
    candidates: impl Iterator<Item = &'c str>,
) -> Option<String> {
    const MOST: usize = 64;
    if problems < MOST { nearest(word, candidates).map(ToString::to_string) } else { None }
}

pub(super) const fn type_of(value: &Value) -> AttributeType {
    match value {
        Value::Bool(_) => AttributeType::Bool,
        Value::Int(_) => AttributeType::Int,
        Value::Text(_) => AttributeType::Text,
        Value::List(_) => AttributeType::List,
    }
}

pub(super) const fn in_words(kind: AttributeType) -> &'static str {
    match kind {
        AttributeType::Bool => "`true` or `false`",
        AttributeType::Int => "a whole number",
        AttributeType::List => "a list",
        AttributeType::Text => "a text",
    }
}
