//! Every verdict says why: a stable code, the values it speaks of, and a sentence for people.

use alloc::collections::BTreeMap;
use alloc::string::String;
use core::fmt;

use serde::{Deserialize, Serialize};

use super::Code;
use crate::model::Value;

/// Why, or what to mind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// What it is.
    pub code: Code,
    /// Which item of the request it is about, counted from 0; the whole request when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<u32>,
    /// Whether it stands in the way.
    pub level: Level,
    /// The values it speaks of.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub params: BTreeMap<String, Value>,
}

/// Whether a reason stands in the way of a permit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// It denies.
    Error,
    /// It does not deny, but the answer is not quite what was asked.
    Warning,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(self.code.text(), f)?;
        write!(f, " ({})", self.code.word())
    }
}

impl Reason {
    /// Writes a sentence about it, its values in the places of their names.
    pub(super) fn write(&self, sentence: &str, f: &mut impl fmt::Write) -> fmt::Result {
        let mut rest = sentence;
        while let Some((before, after)) = rest.split_once('{') {
            f.write_str(before)?;
            let Some((name, after)) = after.split_once('}') else {
                return f.write_str(after);
            };
            match self.params.get(name) {
                Some(value) => match self.code.spelled_out(value) {
                    Some(words) => f.write_str(words)?,
                    None => write!(f, "`{value}`")?,
                },
                None => write!(f, "`{name}`")?,
            }
            rest = after;
        }
        f.write_str(rest)?;
        // Each of these may be absent, so they are no places of the sentence.
        let mut before = ": ";
        for (name, words) in self.code.behind() {
            if let Some(value) = self.params.get(*name).filter(|_| !sentence.contains('{')) {
                write!(f, "{before}{words}`{value}`")?;
                before = ", ";
            }
        }
        Ok(())
    }
}

impl Code {
    /// The parameters that are told behind the sentence if they are there, each with the words before it.
    const fn behind(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::PrerequisiteMissing => {
                &[("entitlements", "to hold "), ("attributes", "to have the right ")]
            }
            Self::ContextMissing => &[("names", "")],
            _ => &[],
        }
    }

    /// What a word among the parameters says to people, where it does not say so itself.
    fn spelled_out(self, value: &Value) -> Option<&'static str> {
        if self == Self::InputInvalid {
            return Some(match value.as_text()? {
                "max" => "it is too large",
                "min" => "it is too small",
                "one_of" => "it is none of the values they list",
                "type" => "it is of another type",
                _ => return None,
            });
        }
        if self != Self::EventInvalid {
            return None;
        }
        Some(match value.as_text()? {
            "ended" => "it is over",
            "kind_not_allowed" => "a rule accepts no events of its kind",
            "not_participant" => "the beneficiary takes no part in it",
            "not_started" => "it has not started",
            "outside_ceiling" => "it does not list the entitlement",
            "self_opened" => "the beneficiary opened it",
            "unknown" => "there is no such event at that time",
            _ => return None,
        })
    }
}

impl Reason {
    /// A reason that denies.
    pub fn error(code: Code) -> Self {
        Self { code, item: None, level: Level::Error, params: BTreeMap::new() }
    }

    /// A reason that does not deny.
    pub fn warning(code: Code) -> Self {
        Self { level: Level::Warning, ..Self::error(code) }
    }

    /// The same, about one item.
    #[must_use]
    pub const fn item(mut self, item: u32) -> Self {
        self.item = Some(item);
        self
    }

    /// The same, with a value it speaks of.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.params.insert(name.into(), value.into());
        self
    }
}

impl Reason {
    /// Adds the names that the other lists, in order.
    pub(crate) fn join(&mut self, other: &Self) {
        for (name, value) in &other.params {
            if let (Some(Value::List(list)), Value::List(more)) = (self.params.get_mut(name), value) {
                list.extend(more.iter().cloned());
                list.sort();
                list.dedup();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn why_an_event_does_not_count_is_said_in_words() {
        let of = |event: &str, why: &str| {
            Reason::error(Code::EventInvalid).with("event", event).with("why", why).to_string()
        };
        let said = "the business event `INC-7` does not justify this: ";
        assert_eq!(
            of("INC-7", "unknown"),
            alloc::format!("{said}there is no such event at that time (event.invalid)")
        );
        assert_eq!(
            of("INC-7", "self_opened"),
            alloc::format!("{said}the beneficiary opened it (event.invalid)")
        );
        // A word that a later version may have stands as it is; other codes keep their words.
        assert_eq!(of("INC-7", "tired"), alloc::format!("{said}`tired` (event.invalid)"));
        let dormant =
            Reason::error(Code::IdentityNotActive).with("identity", "ann").with("why", "not_started");
        assert_eq!(dormant.to_string(), "`ann` is not active: `not_started` (identity.not_active)");
    }

    #[test]
    fn why_an_input_is_not_taken_and_what_is_required_is_said_in_words() {
        let input = Reason::error(Code::InputInvalid).with("input", "amount").with("why", "max");
        let said = "the input `amount` is not what the rules take: it is too large (input.invalid)";
        assert_eq!(input.to_string(), said);
        let missing = Reason::error(Code::PrerequisiteMissing);
        let said = "what the rules require is not there at that time";
        assert_eq!(missing.to_string(), alloc::format!("{said} (prerequisite.missing)"));
        let missing = missing.with("attributes", "level").with("entitlements", "trained, sworn");
        assert_eq!(
            missing.to_string(),
            alloc::format!(
                "{said}: to hold `trained, sworn`, to have the right `level` (prerequisite.missing)"
            )
        );
    }
}
