//! What a condition reads: values that are stored, as they are in force at the instant, and values that are said
//! with the question or the request. What is stored beats what is said.

use alloc::collections::BTreeMap;

use tenure::check::OpenResource;
use tenure::id::{AttributeId, EntitlementId, EventId, IdentityId, PermissionId, ResourceId};
use tenure::model::{Attributes, EntitlementKind, IdentityKind, Scalar, Sensitivity, Value};
use tenure::policy::{AttributeSource, AttributeType, Declaration, ElementType};
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

/// A value, or why there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Given {
    /// There is one, of the declared type.
    Value(Value),
    /// There is none, for sure.
    Absent,
    /// It was not said.
    Unsaid,
    /// It is of another type than declared.
    Mistyped,
}

/// The value under a path at `t`.
pub fn value(
    world: &World,
    around: &Surroundings<'_>,
    root: &str,
    name: &AttributeId,
    t: Timestamp,
) -> Given {
    match root {
        "context" => match world.policy.context.get(name) {
            Some(declared) if counts(declared) => typed(around.context.get(name), declared, Given::Unsaid),
            _ => Given::Unsaid,
        },
        "inputs" => {
            let rules = world.policy.eligibility.values();
            match rules.filter_map(|rule| rule.inputs.get(name)).next() {
                Some(input) => typed(around.inputs.get(name), &input.r#type.into(), Given::Unsaid),
                None => Given::Unsaid,
            }
        }
        "action" => match (name.as_str(), around.permission) {
            ("name", _) => Given::Value(around.action.into()),
            ("permission", Some(permission)) => Given::Value(permission.as_str().into()),
            _ => Given::Absent,
        },
        _ => {
            let Some(noun) = noun(world, around, root, t) else { return Given::Absent };
            if let Some(fixed) = noun.fields.iter().find(|(field, _)| *field == name.as_str()) {
                return fixed.1.clone().map_or(Given::Absent, |text| Given::Value(text.into()));
            }
            let declared = world.policy.attributes.as_ref().and_then(|all| all.get(name));
            let Some(declared) = declared else { return Given::Absent };
            typed(noun.attributes.get(name), declared, Given::Absent)
        }
    }
}

/// What the host says counts, and what the requester says if its word is enough.
fn counts(declared: &Declaration) -> bool {
    declared.source == AttributeSource::Host || declared.asserted
}

fn typed(value: Option<&Value>, declared: &Declaration, none: Given) -> Given {
    let Some(value) = value else { return none };
    let element = |scalar: &Scalar| {
        declared.of.is_none_or(|of| {
            matches!(
                (of, scalar),
                (ElementType::Bool, Scalar::Bool(_))
                    | (ElementType::Int, Scalar::Int(_))
                    | (ElementType::Text, Scalar::Text(_))
            )
        })
    };
    let fits = match (declared.r#type, value) {
        (AttributeType::Bool, Value::Bool(_))
        | (AttributeType::Int, Value::Int(_))
        | (AttributeType::Text, Value::Text(_)) => true,
        (AttributeType::List, Value::List(list)) => list.iter().all(element),
        _ => false,
    };
    if fits { Given::Value(value.clone()) } else { Given::Mistyped }
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
