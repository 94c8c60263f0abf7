//! What a document says otherwise of a noun than the one before, field by field. A field that facts have changed
//! since is not decided over their heads.

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::vec::Vec;

use serde::Serialize;

use crate::compile::{Dormancy, Life};
use crate::document::{DocumentError, canonical};
use crate::id::AttributeId;
use crate::model::{
    Account, AccountChange, AccountField, Application, ApplicationChange, ApplicationField, Attributes,
    BusinessEvent, BusinessEventChange, BusinessEventField, Change, Entitlement, EntitlementChange,
    EntitlementField, History, Identity, IdentityChange, IdentityField, Resource, ResourceChange,
    ResourceField,
};
use crate::policy::Policy;
use crate::state::State;
use crate::time::Timestamp;

/// A noun that documents declare and facts change.
pub(super) trait Declared: Clone + PartialEq {
    /// What changes it.
    type Change: Change<Noun = Self> + Default + PartialEq;

    /// The key of the document under which it stands.
    const SECTION: &'static str;

    /// What the log knows of the noun of that name.
    fn history<'s>(state: &'s State, id: &str) -> Option<&'s History<Self, Self::Change>>;

    /// Whether it is over at `at`.
    fn is_over(state: &State, id: &str, at: Timestamp) -> bool {
        Self::history(state, id).and_then(History::retired_at).is_some_and(|end| end <= at)
    }

    /// What the new document changes.
    fn compare(fields: &mut Fields<'_, Self>) -> Self::Change;
}

/// A noun in the document in force, in the one to be adopted, and in the log.
pub(super) struct Fields<'a, N> {
    pub(super) policy: &'a Policy,
    pub(super) id: &'a str,
    pub(super) old: &'a N,
    pub(super) new: &'a N,
    /// What the log says from the adoption on, in order.
    pub(super) known: Vec<&'a N>,
    pub(super) problems: Vec<DocumentError>,
}

impl<'a, N: Declared> Fields<'a, N> {
    /// Whether the new document changes a field; where facts have changed it too, that is a problem, unless they
    /// say what the document says.
    fn differs<T: PartialEq + Serialize>(&mut self, path: &[&str], field: impl Fn(&'a N) -> T) -> bool {
        let (old, new) = (field(self.old), field(self.new));
        if old == new {
            return false;
        }
        let known = || self.known.iter().map(|noun| field(noun));
        // Facts may say already what the document says; what is still said otherwise is what the old one says.
        match known().skip_while(|value| *value == old).find(|value| *value != new) {
            None => known().any(|value| value != new),
            Some(other) => {
                let said = canonical(&other).unwrap_or_default();
                let message = format!(
                    "facts say `{said}` by now; let the document say that before it says something else, or \
                     record the change as a fact"
                );
                self.say("model.conflict", path, message);
                false
            }
        }
    }

    /// A field that never changes.
    fn fixed<T: PartialEq>(&mut self, name: &str, field: impl Fn(&'a N) -> T) {
        if field(self.old) != field(self.new) {
            let message = format!(
                "the `{name}` of what is defined never changes; take a new id, so that this one ends and another \
                 begins"
            );
            self.say("model.fixed", &[name], message);
        }
    }

    /// A field that may be absent.
    fn optional<T: Clone + PartialEq + Serialize + 'a, F: Ord>(
        &mut self,
        (name, which): (&str, F),
        field: impl Fn(&'a N) -> &'a Option<T>,
        change: &mut Option<T>,
        unset: &mut BTreeSet<F>,
    ) {
        if self.differs(&[name], &field) {
            change.clone_from(field(self.new));
            if change.is_none() {
                unset.insert(which);
            }
        }
    }

    /// A field that is said anew as a whole.
    fn whole<T: Clone + PartialEq + Serialize + 'a>(
        &mut self,
        name: &str,
        field: impl Fn(&'a N) -> &'a T,
        change: &mut Option<T>,
    ) {
        if self.differs(&[name], &field) {
            *change = Some(field(self.new).clone());
        }
    }

    fn attributes(
        &mut self,
        field: impl Fn(&'a N) -> &'a Attributes,
        set: &mut Attributes,
        cleared: &mut BTreeSet<AttributeId>,
    ) {
        let names: BTreeSet<&AttributeId> = field(self.old).keys().chain(field(self.new).keys()).collect();
        for name in names {
            if self.differs(&["attributes", name.as_str()], |noun| field(noun).get(name)) {
                match field(self.new).get(name) {
                    Some(value) => drop(set.insert(name.clone(), value.clone())),
                    None => drop(cleared.insert(name.clone())),
                }
            }
        }
    }

    fn say(&mut self, code: &'static str, path: &[&str], message: alloc::string::String) {
        let keys: Vec<&str> = [N::SECTION, self.id].into_iter().chain(path.iter().copied()).collect();
        self.problems.push(self.policy.problem(code, &keys, message));
    }
}

impl Declared for Identity {
    type Change = IdentityChange;

    const SECTION: &'static str = "identities";

    fn history<'s>(state: &'s State, id: &str) -> Option<&'s History<Self, IdentityChange>> {
        let row = state.identity_names.find(id).and_then(|r| state.identities.at(r))?;
        row.noun.as_deref()
    }

    fn is_over(state: &State, id: &str, at: Timestamp) -> bool {
        let row = state.identity_names.find(id).and_then(|r| state.identities.at(r));
        row.is_some_and(|row| Life::of(row).dormancy(row, at) == Some(Dormancy::Left))
    }

    fn compare(fields: &mut Fields<'_, Self>) -> IdentityChange {
        let mut change = IdentityChange::default();
        let IdentityChange { attributes, cleared, ends, manager, name, owner, starts, unset } = &mut change;
        fields.attributes(|noun| &noun.attributes, attributes, cleared);
        if fields.differs(&["ends"], |noun| noun.ends) {
            *ends = Some(fields.new.ends.unwrap_or(Timestamp::MAX));
        }
        fields.fixed("kind", |noun| noun.kind);
        fields.optional(("manager", IdentityField::Manager), |noun| &noun.manager, manager, unset);
        fields.optional(("name", IdentityField::Name), |noun| &noun.name, name, unset);
        fields.optional(("owner", IdentityField::Owner), |noun| &noun.owner, owner, unset);
        if fields.differs(&["starts"], |noun| noun.starts) {
            *starts = Some(fields.new.starts.unwrap_or(Timestamp::MIN));
        }
        change
    }
}

impl Declared for Account {
    type Change = AccountChange;

    const SECTION: &'static str = "accounts";

    fn history<'s>(state: &'s State, id: &str) -> Option<&'s History<Self, AccountChange>> {
        let row = state.account_names.find(id).and_then(|r| state.accounts.at(r))?;
        row.noun.as_deref()
    }

    fn compare(fields: &mut Fields<'_, Self>) -> AccountChange {
        let mut change = AccountChange::default();
        let AccountChange { identity, name, unset } = &mut change;
        fields.fixed("application", |noun| &noun.application);
        fields.optional(("identity", AccountField::Identity), |noun| &noun.identity, identity, unset);
        fields.optional(("name", AccountField::Name), |noun| &noun.name, name, unset);
        change
    }
}

impl Declared for Application {
    type Change = ApplicationChange;

    const SECTION: &'static str = "applications";

    fn history<'s>(state: &'s State, id: &str) -> Option<&'s History<Self, ApplicationChange>> {
        let row = state.application_names.find(id).and_then(|r| state.applications.at(r))?;
        row.noun.as_deref()
    }

    fn compare(fields: &mut Fields<'_, Self>) -> ApplicationChange {
        let mut change = ApplicationChange::default();
        let ApplicationChange { attributes, cleared, name, owner, unset } = &mut change;
        fields.attributes(|noun| &noun.attributes, attributes, cleared);
        fields.optional(("name", ApplicationField::Name), |noun| &noun.name, name, unset);
        fields.optional(("owner", ApplicationField::Owner), |noun| &noun.owner, owner, unset);
        change
    }
}

impl Declared for Resource {
    type Change = ResourceChange;

    const SECTION: &'static str = "resources";

    fn history<'s>(state: &'s State, id: &str) -> Option<&'s History<Self, ResourceChange>> {
        let row = state.resource_names.find(id).and_then(|r| state.resources.at(r))?;
        row.noun.as_deref()
    }

    fn compare(fields: &mut Fields<'_, Self>) -> ResourceChange {
        let mut change = ResourceChange::default();
        let ResourceChange { attributes, cleared, name, owner, parent, parent_while, sensitivity, unset } =
            &mut change;
        fields.fixed("application", |noun| &noun.application);
        fields.attributes(|noun| &noun.attributes, attributes, cleared);
        fields.optional(("name", ResourceField::Name), |noun| &noun.name, name, unset);
        fields.optional(("owner", ResourceField::Owner), |noun| &noun.owner, owner, unset);
        fields.optional(("parent", ResourceField::Parent), |noun| &noun.parent, parent, unset);
        fields.whole("parent_while", |noun| &noun.parent_while, parent_while);
        let place = ("sensitivity", ResourceField::Sensitivity);
        fields.optional(place, |noun| &noun.sensitivity, sensitivity, unset);
        fields.fixed("type", |noun| &noun.r#type);
        change
    }
}

impl Declared for Entitlement {
    type Change = EntitlementChange;

    const SECTION: &'static str = "entitlements";

    fn history<'s>(state: &'s State, id: &str) -> Option<&'s History<Self, EntitlementChange>> {
        let row = state.entitlement_names.find(id).and_then(|r| state.entitlements.at(r))?;
        row.noun.as_deref()
    }

    fn compare(fields: &mut Fields<'_, Self>) -> EntitlementChange {
        let mut change = EntitlementChange::default();
        let EntitlementChange { attributes, cleared, implies, name, owner, permissions, sensitivity, unset } =
            &mut change;
        fields.fixed("application", |noun| &noun.application);
        fields.attributes(|noun| &noun.attributes, attributes, cleared);
        fields.whole("implies", |noun| &noun.implies, implies);
        fields.fixed("kind", |noun| noun.kind);
        fields.optional(("name", EntitlementField::Name), |noun| &noun.name, name, unset);
        fields.optional(("owner", EntitlementField::Owner), |noun| &noun.owner, owner, unset);
        fields.whole("permissions", |noun| &noun.permissions, permissions);
        let place = ("sensitivity", EntitlementField::Sensitivity);
        fields.optional(place, |noun| &noun.sensitivity, sensitivity, unset);
        change
    }
}

impl Declared for BusinessEvent {
    type Change = BusinessEventChange;

    const SECTION: &'static str = "events";

    fn history<'s>(state: &'s State, id: &str) -> Option<&'s History<Self, BusinessEventChange>> {
        let row = state.event_names.find(id).and_then(|r| state.events.at(r))?;
        row.noun.as_deref()
    }

    fn is_over(state: &State, id: &str, at: Timestamp) -> bool {
        let row = state.event_names.find(id).and_then(|r| state.events.at(r));
        let door = row.and_then(|row| row.doors.iter().rfind(|door| door.at <= at));
        door.is_some_and(|door| !door.open)
    }

    fn compare(fields: &mut Fields<'_, Self>) -> BusinessEventChange {
        let mut change = BusinessEventChange::default();
        let BusinessEventChange { ceiling, hard_cap, name, participants, planned_end, start, unset } =
            &mut change;
        fields.optional(("ceiling", BusinessEventField::Ceiling), |noun| &noun.ceiling, ceiling, unset);
        fields.fixed("feed", |noun| &noun.feed);
        fields.optional(("hard_cap", BusinessEventField::HardCap), |noun| &noun.hard_cap, hard_cap, unset);
        fields.fixed("kind", |noun| &noun.kind);
        fields.optional(("name", BusinessEventField::Name), |noun| &noun.name, name, unset);
        let place = ("participants", BusinessEventField::Participants);
        fields.optional(place, |noun| &noun.participants, participants, unset);
        if fields.differs(&["planned_end"], |noun| noun.planned_end) {
            *planned_end = Some(fields.new.planned_end.unwrap_or(Timestamp::MAX));
        }
        fields.whole("start", |noun| &noun.start, start);
        change
    }
}

#[cfg(test)]
mod tests;
