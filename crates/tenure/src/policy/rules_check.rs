//! What can be said against the rules that restrict, and against what requesters fill in, without knowing any fact:
//! rules that do nothing, stages that nobody can pass, ranges that contain nothing, conditions that nobody wrote.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::check::{in_words, near, type_of};
use super::error::MAX_PROBLEMS;
use super::sections::{self, AnyRule};
use super::source::{Source, Step};
use super::{AttributeSource, AttributeType, Declaration, Input, PolicyDocument, Stage};
use crate::document::DocumentError;
use crate::id::{AttributeId, ConditionId};
use crate::model::ConditionNames;
use crate::time::Span;

/// Everything that is wrong with these parts of the document.
pub(super) fn problems(document: &PolicyDocument, source: &Source) -> Vec<DocumentError> {
    let mut check = Check { document, source, found: Vec::new() };
    check.declarations("attributes", document.attributes.iter().flatten());
    check.declarations("context", document.context.iter());
    for rule in sections::rules(document) {
        check.stages(&rule);
        for (keys, names) in &rule.conditions {
            let path = [Step::Key(rule.section), Step::Key(rule.id)];
            let path: Vec<_> = path.into_iter().chain(keys.iter().map(|key| Step::Key(key))).collect();
            check.named(&path, names);
        }
    }
    check.nouns();
    check.restrictions();
    check.inputs();
    check.found
}

struct Check<'a> {
    document: &'a PolicyDocument,
    source: &'a Source,
    found: Vec<DocumentError>,
}

impl Check<'_> {
    fn say(
        &mut self,
        code: &'static str,
        path: &[Step<'_>],
        message: impl Into<String>,
        near: Option<String>,
    ) {
        if self.found.len() < MAX_PROBLEMS {
            self.found.push(self.source.problem(code, path, message).suggesting(near));
        }
    }

    fn declarations<'d>(
        &mut self,
        section: &'static str,
        declared: impl Iterator<Item = (&'d AttributeId, &'d Declaration)>,
    ) {
        for (name, declaration) in declared {
            let at = |key| [Step::Key(section), Step::Key(name.as_str()), Step::Key(key)];
            if declaration.of.is_some() && declaration.r#type != AttributeType::List {
                let message = "only a `list` has elements; leave `of` out, or write `type: list`";
                self.say("attribute.of", &at("of"), message, None);
            }
            if section == "attributes" && declaration.source == AttributeSource::Requester {
                let message = "what is stored is said by the host; what requesters say of themselves is declared \
                               under `context`";
                self.say("attribute.source", &at("source"), message, None);
            }
            if declaration.asserted && declaration.source == AttributeSource::Host {
                let message = "what the host says needs no assertion; write `source: requester`, or leave \
                               `asserted` out";
                self.say("attribute.asserted", &at("asserted"), message, None);
            }
        }
    }

    fn stages(&mut self, rule: &AnyRule<'_>) {
        for (n, Stage { approvers, quorum, .. }) in rule.stages.iter().enumerate() {
            let at = |key| {
                [
                    Step::Key(rule.section),
                    Step::Key(rule.id),
                    Step::Key("approvals"),
                    Step::Item(n),
                    Step::Key(key),
                ]
            };
            if *quorum == 0 {
                let message = "a quorum of 0 asks for nobody; write at least 1, or leave the stage out";
                self.say("approval.quorum", &at("quorum"), message, None);
            }
            let only_ids = approvers.groups.is_empty() && !approvers.manager && !approvers.owner;
            if only_ids && approvers.ids.is_empty() {
                let message = "nobody can pass this stage; name `ids` or `groups`, or write `manager: true` or \
                               `owner: true`";
                self.say("approval.nobody", &at("approvers"), message, None);
            } else if only_ids && usize::try_from(*quorum).is_ok_and(|quorum| quorum > approvers.ids.len()) {
                let count = approvers.ids.len();
                let message = format!(
                    "a quorum of `{quorum}` of `{count}` people cannot be reached; name more, or ask for fewer"
                );
                self.say("approval.quorum", &at("quorum"), message, Some(count.to_string()));
            }
        }
    }

    fn named(&mut self, path: &[Step<'_>], names: &ConditionNames) {
        let declared = &self.document.conditions;
        for name in names.iter().filter(|name| !declared.contains_key(*name)) {
            let near = near(self.found.len(), name.as_str(), declared.keys().map(ConditionId::as_str));
            let message = match &near {
                Some(near) => format!("`{name}` is not a condition; did you mean `{near}`?"),
                None => format!("`{name}` is not a condition; write it under `conditions`"),
            };
            self.say("condition.unknown", path, message, near);
        }
    }

    /// The conditions on which nouns count.
    fn nouns(&mut self) {
        let document = self.document;
        let key = Step::Key;
        for (id, noun) in &document.standing {
            self.named(&[key("standing"), key(id.as_str()), key("while")], &noun.conditions);
        }
        for (id, noun) in &document.memberships {
            self.named(&[key("memberships"), key(id.as_str()), key("while")], &noun.conditions);
        }
        for (id, noun) in &document.resources {
            self.named(&[key("resources"), key(id.as_str()), key("parent_while")], &noun.parent_while);
        }
        for (id, noun) in &document.entitlements {
            for (n, edge) in noun.implies.iter().enumerate() {
                let path =
                    [key("entitlements"), key(id.as_str()), key("implies"), Step::Item(n), key("while")];
                self.named(&path, &edge.conditions);
            }
        }
    }

    fn restrictions(&mut self) {
        let document = self.document;
        let key = Step::Key;
        for (id, rule) in &document.guardrails {
            let path = [key("guardrails"), key(id.as_str())];
            if rule.max.is_none()
                && !rule.forbid
                && rule.approvals.is_empty()
                && rule.require == Default::default()
            {
                let message =
                    "the guardrail restricts nothing; write `max`, `forbid: true`, `approvals` or `require`";
                self.say("guardrail.empty", &path, message, None);
            }
            if rule.max.is_some_and(Span::is_zero) {
                let message =
                    "a `max` of zero forbids everything; write `forbid: true`, or a longer one like `4h`";
                let path = [key("guardrails"), key(id.as_str()), key("max")];
                self.say("duration.zero", &path, message, None);
            }
        }
        for (id, rule) in &document.capacity {
            let at = |name| [key("capacity"), key(id.as_str()), key(name)];
            match (rule.min, rule.max) {
                (None, None) => {
                    let path = [key("capacity"), key(id.as_str())];
                    self.say("capacity.empty", &path, "this limits nothing; write `max` or `min`", None);
                }
                (Some(min), Some(max)) if min > max => {
                    let message =
                        format!("at least `{min}` and at most `{max}` cannot both be; min <= max must hold");
                    self.say("capacity.order", &at("min"), message, Some(max.to_string()));
                }
                _ => {}
            }
        }
        for (id, rule) in &document.deny {
            if rule.permissions.is_empty() && rule.what.is_none() {
                let path = [key("deny"), key(id.as_str())];
                self.say("deny.empty", &path, "this denies nothing; name `permissions`, or `what`", None);
            }
        }
    }

    /// What requesters fill in: one name has one type, and its range contains something.
    fn inputs(&mut self) {
        let mut types: BTreeMap<&AttributeId, (AttributeType, &str)> = BTreeMap::new();
        for (id, rule) in &self.document.eligibility {
            for (name, input) in &rule.inputs {
                let path = [
                    Step::Key("eligibility"),
                    Step::Key(id.as_str()),
                    Step::Key("inputs"),
                    Step::Key(name.as_str()),
                ];
                let (first, by) = *types.entry(name).or_insert((input.r#type, id.as_str()));
                if first != input.r#type {
                    let (is, was) = (in_words(input.r#type), in_words(first));
                    let message = format!(
                        "`{name}` is {is} here and {was} in `{by}`; one input has one type, so rename one"
                    );
                    self.say("input.type", &path, message, None);
                }
                self.range(&path, name, input);
            }
        }
    }

    fn range(&mut self, path: &[Step<'_>], name: &AttributeId, input: &Input) {
        if (input.min.is_some() || input.max.is_some()) && input.r#type != AttributeType::Int {
            let message =
                format!("only a whole number has a `min` and a `max`; write `type: int` for `{name}`");
            self.say("input.range", path, message, None);
        }
        if let (Some(min), Some(max)) = (input.min, input.max)
            && min > max
        {
            let message = format!("no number is at least `{min}` and at most `{max}`; min <= max must hold");
            self.say("input.range", path, message, None);
        }
        if input.one_of.as_ref().is_some_and(alloc::collections::BTreeSet::is_empty) {
            self.say("input.range", path, "no value is one of none; name some, or leave `one_of` out", None);
        }
        for value in input.one_of.iter().flatten().filter(|value| type_of(value) != input.r#type) {
            let (is, should) = (in_words(type_of(value)), in_words(input.r#type));
            let message = format!("`{value}` is {is}, and `{name}` takes {should}");
            self.say("input.type", path, message, None);
        }
    }
}
