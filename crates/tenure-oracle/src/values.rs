//! What a condition reads: values that are stored, as they are in force at the instant, and values that are said
//! with the question or the request. What is stored beats what is said.

use alloc::collections::BTreeMap;

use tenure::check::OpenResource;
use tenure::id::{AttributeId, EntitlementId, EventId, IdentityId, PermissionId, ResourceId};
use tenure::model::{Attributes, EntitlementKind, IdentityKind, Sensitivity, Value};
use tenure::policy::AttributeSource;
use tenure::time::Timestamp;

use crate::World;

/// The resource that is asked about; one of an open type that is not registered is what the question says.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// Its name.
    pub id: &'a ResourceId,
    /// What is said of it, where nothing is stored.
    pub open: Option<&'a OpenResource>,
}

impl<'a> Place<'a> {
    /// One that is registered.
    pub const fn registered(id: &'a ResourceId) -> Self {
        Self { id, open: None }
    }
}

/// What a condition can see.
#[derive(Debug, Clone, Copy)]
pub struct Surroundings<'a> {
    /// Who asks.
    pub identity: &'a IdentityId,
    /// For whom.
    pub beneficiary: &'a IdentityId,
    /// The scope asked for, or the resource of the question.
    pub resource: Option<Place<'a>>,
    /// What is asked for or held.
    pub entitlement: Option<&'a EntitlementId>,
    /// Why now.
    pub event: Option<&'a EventId>,
    /// What the requester filled in.
    pub inputs: &'a BTreeMap<AttributeId, Value>,
    /// What the host says.
    pub context: &'a BTreeMap<AttributeId, Value>,
    /// `request`, `extend`, `renew` or `use`.
    pub action: &'static str,
    /// Of a question.
    pub permission: Option<&'a PermissionId>,
}

/// The fields of the nouns that have any; all are texts.
pub(crate) const FIELDS: &[(&str, &[&str])] = &[
    ("identity", &["id", "kind", "owner", "manager"]),
    ("beneficiary", &["id", "kind", "owner", "manager"]),
    ("resource", &["id", "type", "owner", "application", "sensitivity"]),
    ("entitlement", &["id", "kind", "owner", "application", "sensitivity"]),
    ("application", &["id", "owner"]),
    ("event", &["id", "kind"]),
    ("action", &["name", "permission"]),
];

/// The value under a path at `t`, if there is one. What the requester says counts only if its word is enough.
pub fn value(
    world: &World,
    around: &Surroundings<'_>,
    root: &str,
    name: &AttributeId,
    t: Timestamp,
) -> Option<Value> {
    match root {
        "context" => {
            let declared = world.policy.context.get(name)?;
            let counts = declared.source == AttributeSource::Host || declared.asserted;
            around.context.get(name).filter(|_| counts).cloned()
        }
        "inputs" => around.inputs.get(name).cloned(),
        "action" => match name.as_str() {
            "name" => Some(around.action.into()),
            _ => around.permission.map(|permission| permission.as_str().into()),
        },
        _ => {
            let noun = noun(world, around, root, t)?;
            match noun.fields.iter().find(|(field, _)| *field == name.as_str()) {
                Some((_, text)) => text.clone().map(Value::from),
                None => noun.attributes.get(name).cloned(),
            }
        }
    }
}

/// A noun as a condition sees it.
struct Seen {
    fields: Vec<(&'static str, Option<String>)>,
    attributes: Attributes,
}

fn noun(world: &World, around: &Surroundings<'_>, root: &str, t: Timestamp) -> Option<Seen> {
    let person = |id: &IdentityId| {
        let noun = world.identity(id, t)?;
        let fields = vec![
            ("id", Some(id.to_string())),
            ("kind", Some(identity_kind(noun.kind).into())),
            ("owner", noun.owner.map(|owner| owner.to_string())),
            ("manager", noun.manager.map(|manager| manager.to_string())),
        ];
        Some(Seen { fields, attributes: noun.attributes })
    };
    match root {
        "identity" => person(around.identity),
        "beneficiary" => person(around.beneficiary),
        "resource" => {
            let place = around.resource?;
            if let Some(open) = place.open {
                let fields = vec![
                    ("id", Some(open.id.to_string())),
                    ("type", Some(open.r#type.clone())),
                    ("owner", None),
                    ("application", None),
                    ("sensitivity", None),
                ];
                return Some(Seen { fields, attributes: open.attributes.clone() });
            }
            let noun = world.resource(place.id, t)?;
            let fields = vec![
                ("id", Some(place.id.to_string())),
                ("type", Some(noun.r#type)),
                ("owner", noun.owner.map(|owner| owner.to_string())),
                ("application", noun.application.map(|application| application.to_string())),
                ("sensitivity", noun.sensitivity.map(|s| sensitivity(s).into())),
            ];
            Some(Seen { fields, attributes: noun.attributes })
        }
        "entitlement" => {
            let id = around.entitlement?;
            let noun = world.entitlement(id, t)?;
            let fields = vec![
                ("id", Some(id.to_string())),
                ("kind", Some(entitlement_kind(noun.kind).into())),
                ("owner", noun.owner.map(|owner| owner.to_string())),
                ("application", noun.application.map(|application| application.to_string())),
                ("sensitivity", noun.sensitivity.map(|s| sensitivity(s).into())),
            ];
            Some(Seen { fields, attributes: noun.attributes })
        }
        "application" => {
            let id = world.entitlement(around.entitlement?, t)?.application?;
            let noun = world.application(&id, t)?;
            let fields =
                vec![("id", Some(id.to_string())), ("owner", noun.owner.map(|owner| owner.to_string()))];
            Some(Seen { fields, attributes: noun.attributes })
        }
        "event" => {
            let id = around.event?;
            let noun = world.event(id, t)?;
            let fields = vec![("id", Some(id.to_string())), ("kind", Some(noun.kind))];
            Some(Seen { fields, attributes: Attributes::new() })
        }
        _ => None,
    }
}

const fn identity_kind(kind: IdentityKind) -> &'static str {
    match kind {
        IdentityKind::Human => "human",
        IdentityKind::ServiceAccount => "service_account",
        IdentityKind::Workload => "workload",
        IdentityKind::Agent => "agent",
    }
}

const fn entitlement_kind(kind: EntitlementKind) -> &'static str {
    match kind {
        EntitlementKind::Role => "role",
        EntitlementKind::Group => "group",
        EntitlementKind::Right => "right",
    }
}

const fn sensitivity(sensitivity: Sensitivity) -> &'static str {
    match sensitivity {
        Sensitivity::Low => "low",
        Sensitivity::Moderate => "moderate",
        Sensitivity::High => "high",
        Sensitivity::Critical => "critical",
    }
}
