//! What conditions read: the nouns of the case as they are at an instant, what was said with the command or the
//! question, and what is being done.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::check::OpenResource;
use crate::condition::{Path, ValueRef};
use crate::id::AttributeId;
use crate::model::{Attributes, Change, History, Value};
use crate::policy::FIELDS;
use crate::state::State;
use crate::store::NONE;
use crate::time::Timestamp;

/// Where a condition is judged.
#[derive(Clone, Copy)]
pub(crate) struct Environment<'a> {
    pub(crate) state: &'a State,
    /// Who asks.
    pub(crate) identity: u32,
    /// For whom.
    pub(crate) beneficiary: u32,
    pub(crate) resource: Place<'a>,
    pub(crate) entitlement: u32,
    pub(crate) event: u32,
    pub(crate) context: &'a BTreeMap<AttributeId, Value>,
    pub(crate) inputs: &'a BTreeMap<AttributeId, Value>,
    pub(crate) action: &'static str,
    pub(crate) permission: Option<&'a str>,
    pub(crate) unsaid: Unsaid<'a>,
}

/// What a request has yet to say: of it nothing is known but that it may be said.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Unsaid<'a> {
    /// The business event, which will be named.
    pub(crate) event: bool,
    /// The kind of that event, if only one will do.
    pub(crate) kind: Option<&'a str>,
    pub(crate) inputs: bool,
}

/// The resource of a case.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Place<'a> {
    /// A registered one; [`NONE`] for none.
    Registered(u32),
    /// One of an open type, and the one above it.
    Open(&'a OpenResource, u32),
    /// Some place or other at or below this one, or anywhere; of it nothing else is known.
    Within(u32),
}

/// What a slot of a condition reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Field {
    Action,
    Permission,
    Noun(Noun, Property),
    Context(AttributeId),
    Input(AttributeId),
    /// What does not count, whoever says it.
    Never,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Noun {
    Application,
    Beneficiary,
    Entitlement,
    Event,
    Identity,
    Resource,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Property {
    Application,
    Id,
    Kind,
    Manager,
    Owner,
    Sensitivity,
    Type,
    Attribute(AttributeId),
}

/// The name of something missing, as people know it: what belongs to the context by itself, all else by its path.
pub(crate) fn name_of(path: &Path) -> String {
    let below = path.below().join(".");
    if path.root() == "context" { below } else { format!("{}.{below}", path.root()) }
}

impl Field {
    /// Whether it is something of the resource.
    pub(super) const fn is_of_resource(&self) -> bool {
        matches!(self, Self::Noun(Noun::Resource, _))
    }

    /// Whether it is something of the business event.
    pub(super) const fn is_of_event(&self) -> bool {
        matches!(self, Self::Noun(Noun::Event, _))
    }

    /// What a path reads; `counts` tells of a name of the context whether what is said counts.
    pub(super) fn of(path: &Path, counts: impl Fn(&str) -> bool) -> Self {
        let below = path.below().join(".");
        let Ok(id) = AttributeId::new(&below) else { return Self::Never };
        let noun = match path.root() {
            "action" if below == "name" => return Self::Action,
            "action" => return Self::Permission,
            "context" if counts(&below) => return Self::Context(id),
            "inputs" => return Self::Input(id),
            "application" => Noun::Application,
            "beneficiary" => Noun::Beneficiary,
            "entitlement" => Noun::Entitlement,
            "event" => Noun::Event,
            "identity" => Noun::Identity,
            "resource" => Noun::Resource,
            _ => return Self::Never,
        };
        let fields = FIELDS.iter().find(|(root, _)| *root == path.root());
        let is_field = fields.is_some_and(|(_, fields)| fields.contains(&below.as_str()));
        let property = match below.as_str() {
            "application" if is_field => Property::Application,
            "id" if is_field => Property::Id,
            "kind" if is_field => Property::Kind,
            "manager" if is_field => Property::Manager,
            "owner" if is_field => Property::Owner,
            "sensitivity" if is_field => Property::Sensitivity,
            "type" if is_field => Property::Type,
            _ => Property::Attribute(id),
        };
        Self::Noun(noun, property)
    }
}

impl<'a> Environment<'a> {
    /// The value of a field at `t`.
    pub(crate) fn value(&self, field: &Field, t: Timestamp) -> Option<ValueRef<'a>> {
        match field {
            Field::Action => Some(ValueRef::Text(self.action)),
            Field::Permission => self.permission.map(ValueRef::Text),
            Field::Context(name) => self.context.get(name).map(ValueRef::from),
            Field::Input(name) => self.inputs.get(name).map(ValueRef::from),
            Field::Never => None,
            Field::Noun(Noun::Application, property) => self.of_application(property, t),
            Field::Noun(Noun::Beneficiary, property) => self.of_identity(self.beneficiary, property, t),
            Field::Noun(Noun::Entitlement, property) => self.of_entitlement(property, t),
            Field::Noun(Noun::Event, property) => self.of_event(property, t),
            Field::Noun(Noun::Identity, property) => self.of_identity(self.identity, property, t),
            Field::Noun(Noun::Resource, property) => self.of_resource(property, t),
        }
    }

    fn of_identity(&self, who: u32, property: &Property, t: Timestamp) -> Option<ValueRef<'a>> {
        let version = self.state.identities.at(who)?.noun.as_ref()?.at(t)?;
        text(match property {
            Property::Id => self.state.identity_names.name(who)?,
            Property::Kind => version.kind.word(),
            Property::Manager => version.manager.as_ref()?.as_str(),
            Property::Owner => version.owner.as_ref()?.as_str(),
            other => return attribute(&version.attributes, other),
        })
    }

    fn of_entitlement(&self, property: &Property, t: Timestamp) -> Option<ValueRef<'a>> {
        let version = self.state.entitlements.at(self.entitlement)?.noun.as_ref()?.at(t)?;
        text(match property {
            Property::Id => self.state.entitlement_names.name(self.entitlement)?,
            Property::Application => version.application.as_ref()?.as_str(),
            Property::Kind => version.kind.word(),
            Property::Owner => version.owner.as_ref()?.as_str(),
            Property::Sensitivity => version.sensitivity?.word(),
            other => return attribute(&version.attributes, other),
        })
    }

    fn of_application(&self, property: &Property, t: Timestamp) -> Option<ValueRef<'a>> {
        let entitlement = self.state.entitlements.at(self.entitlement)?.noun.as_ref()?.at(t)?;
        let name = entitlement.application.as_ref()?;
        let application = self.state.application_names.find(name.as_str())?;
        let version = self.state.applications.at(application)?.noun.as_ref()?.at(t)?;
        text(match property {
            Property::Id => name.as_str(),
            Property::Owner => version.owner.as_ref()?.as_str(),
            other => return attribute(&version.attributes, other),
        })
    }

    /// Whether a value that is not there is absent.
    pub(super) const fn is_complete(&self) -> bool {
        !matches!(self.resource, Place::Within(_)) && !self.unsaid.event && !self.unsaid.inputs
    }

    /// Whether nothing is known of a field yet, since of the place nothing is or since a request has yet to say it.
    pub(super) const fn is_unknown(&self, field: &Field) -> bool {
        matches!((self.resource, field), (Place::Within(_), Field::Noun(Noun::Resource, _)))
            || self.is_unsaid(field)
    }

    /// Whether it is for a request to say.
    pub(super) const fn is_unsaid(&self, field: &Field) -> bool {
        match field {
            Field::Noun(Noun::Event, Property::Id | Property::Kind) => self.unsaid.event,
            Field::Input(_) => self.unsaid.inputs,
            _ => false,
        }
    }

    /// Whether a field without a value has one after all, if that is known.
    pub(super) const fn presence(&self, field: &Field) -> Option<bool> {
        match field {
            // Whatever event will be named has both.
            Field::Noun(Noun::Event, Property::Id | Property::Kind) if self.unsaid.event => Some(true),
            _ if self.is_unknown(field) => None,
            _ => Some(false),
        }
    }

    fn of_event(&self, property: &Property, t: Timestamp) -> Option<ValueRef<'a>> {
        if self.unsaid.event {
            return self.unsaid.kind.filter(|_| *property == Property::Kind).and_then(text);
        }
        let version = self.state.events.at(self.event)?.noun.as_ref()?.at(t)?;
        match property {
            Property::Id => text(self.state.event_names.name(self.event)?),
            Property::Kind => text(&version.kind),
            _ => None,
        }
    }

    fn of_resource(&self, property: &Property, t: Timestamp) -> Option<ValueRef<'a>> {
        let resource = match self.resource {
            Place::Registered(resource) => resource,
            Place::Within(_) => return None,
            Place::Open(open, _) => {
                return match property {
                    Property::Id => text(open.id.as_str()),
                    Property::Type => text(&open.r#type),
                    other => attribute(&open.attributes, other),
                };
            }
        };
        let version = self.state.resources.at(resource)?.noun.as_ref()?.at(t)?;
        text(match property {
            Property::Id => self.state.resource_names.name(resource)?,
            Property::Application => version.application.as_ref()?.as_str(),
            Property::Owner => version.owner.as_ref()?.as_str(),
            Property::Sensitivity => version.sensitivity?.word(),
            Property::Type => &version.r#type,
            other => return attribute(&version.attributes, other),
        })
    }

    /// The instants at which a stored value may change, in order.
    pub(crate) fn changes(&self) -> Vec<Timestamp> {
        let state = self.state;
        let mut changes = Vec::new();
        for who in [self.identity, self.beneficiary] {
            add(&mut changes, state.identities.at(who).and_then(|row| row.noun.as_deref()));
        }
        add(&mut changes, state.entitlements.at(self.entitlement).and_then(|row| row.noun.as_deref()));
        for application in self.applications() {
            let row = state.application_names.find(&application).and_then(|a| state.applications.at(a));
            add(&mut changes, row.and_then(|row| row.noun.as_deref()));
        }
        add(&mut changes, state.events.at(self.event).and_then(|row| row.noun.as_deref()));
        if let Place::Registered(resource) = self.resource {
            add(&mut changes, state.resources.at(resource).and_then(|row| row.noun.as_deref()));
        }
        changes.sort_unstable();
        changes.dedup();
        changes
    }

    /// The applications whose properties may be read.
    pub(crate) fn applications(&self) -> Vec<String> {
        let noun = self.state.entitlements.at(self.entitlement).and_then(|row| row.noun.as_deref());
        let versions = noun.into_iter().flat_map(History::segments);
        versions.filter_map(|(_, version)| version.application.as_ref()).map(ToString::to_string).collect()
    }
}

impl Place<'_> {
    /// Whether there is one.
    pub(crate) const fn is_some(self) -> bool {
        !matches!(self, Self::Registered(NONE))
    }
}

#[allow(clippy::unnecessary_wraps, reason = "a property that is there, beside others that are not")]
const fn text(text: &str) -> Option<ValueRef<'_>> {
    Some(ValueRef::Text(text))
}

fn attribute<'a>(attributes: &'a Attributes, property: &Property) -> Option<ValueRef<'a>> {
    match property {
        Property::Attribute(name) => attributes.get(name).map(ValueRef::from),
        _ => None,
    }
}

fn add<N: Clone, C: Change<Noun = N>>(changes: &mut Vec<Timestamp>, noun: Option<&History<N, C>>) {
    changes.extend(noun.into_iter().flat_map(History::segments).map(|(window, _)| window.start()));
}
