//! What a request must state, as the rules that decide and the guardrails around them ask.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::{String, ToString};

use super::case::Case;
use super::restrict::Guard;
use super::window::Ask;
use super::{Code, Reason};
use crate::compile::CompiledRule;
use crate::id::AttributeId;
use crate::model::Value;
use crate::policy::{AttributeType, Input, RequiredAt, SessionRule};

/// What a command states beside what it asks for.
pub(super) struct Stated<'a> {
    pub(super) event: bool,
    pub(super) inputs: &'a BTreeMap<AttributeId, Value>,
    pub(super) reason: Option<&'a str>,
    pub(super) ticket: Option<&'a str>,
}

/// Whether nothing was said.
pub(super) fn blank(text: Option<&str>) -> bool {
    text.is_none_or(|text| text.trim().is_empty())
}

/// Says what must be stated and is not, and what is stated wrongly or in vain.
pub(super) fn state(
    case: &mut Case<'_>,
    ask: &Ask<'_>,
    rules: &[&CompiledRule],
    guards: &[Guard<'_>],
    stated: &Stated<'_>,
    no_duration: bool,
) {
    let mut missing: BTreeSet<String> = BTreeSet::new();
    if no_duration {
        missing.insert("duration".to_string());
    }
    if !stated.event && rules.iter().any(|rule| rule.rule.event.is_some()) {
        missing.insert("event".to_string());
    }
    let reason = rules.iter().any(|rule| rule.rule.require.reason) || guards.iter().any(Guard::asks_reason);
    if blank(stated.reason) && reason {
        missing.insert("reason".to_string());
    }
    let ticket = rules.iter().any(|rule| rule.rule.require.ticket) || guards.iter().any(Guard::asks_ticket);
    if blank(stated.ticket) && ticket {
        missing.insert("ticket".to_string());
    }
    let mut faults: BTreeMap<&AttributeId, Fault> = BTreeMap::new();
    let mut unused: BTreeSet<&AttributeId> = stated.inputs.keys().collect();
    for (name, input) in rules.iter().flat_map(|rule| &rule.rule.inputs) {
        unused.remove(name);
        match stated.inputs.get(name) {
            None if input.required == Some(RequiredAt::Request) => {
                missing.insert(name.to_string());
            }
            None => {}
            Some(value) => {
                if let Some(fault) = fault(input, value) {
                    let first = faults.entry(name).or_insert(fault);
                    *first = fault.min(*first);
                }
            }
        }
    }
    for (name, fault) in faults {
        let reason = Reason::error(Code::InputInvalid).with("input", name.as_str()).with("why", fault.word());
        case.reasons.push(reason.item(ask.item));
    }
    if !unused.is_empty() {
        let inputs: Value = unused.into_iter().map(ToString::to_string).collect();
        case.reasons.push(Reason::warning(Code::InputUnused).with("inputs", inputs).item(ask.item));
    }
    if !missing.is_empty() {
        let inputs: Value = missing.into_iter().collect();
        case.reasons.push(Reason::error(Code::InputMissing).with("inputs", inputs).item(ask.item));
    }
    let bound = rules.iter().any(|rule| rule.rule.session == SessionRule::Bound);
    if bound && ask.session_ends.is_none() {
        let names: Value = core::iter::once("session.ends_at".to_string()).collect();
        case.tell([Reason::error(Code::ContextMissing).with("names", names)], ask.item);
    }
}

/// What a value is that an input does not take, in the order in which it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fault {
    Type,
    Min,
    Max,
    OneOf,
}

impl Fault {
    const fn word(self) -> &'static str {
        match self {
            Self::Type => "type",
            Self::Min => "min",
            Self::Max => "max",
            Self::OneOf => "one_of",
        }
    }
}

/// Why a value is not what an input takes.
fn fault(input: &Input, value: &Value) -> Option<Fault> {
    let typed = match input.r#type {
        AttributeType::Bool => matches!(value, Value::Bool(_)),
        AttributeType::Int => matches!(value, Value::Int(_)),
        AttributeType::Text => matches!(value, Value::Text(_)),
        AttributeType::List => matches!(value, Value::List(_)),
    };
    if !typed {
        return Some(Fault::Type);
    }
    if let Value::Int(number) = value {
        if input.min.is_some_and(|min| *number < min) {
            return Some(Fault::Min);
        }
        if input.max.is_some_and(|max| *number > max) {
            return Some(Fault::Max);
        }
    }
    input.one_of.as_ref().is_some_and(|values| !values.contains(value)).then_some(Fault::OneOf)
}
