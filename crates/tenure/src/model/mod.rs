//! The nouns: who holds, what is protected, which rights exist, and why now.
//!
//! Plain values with public fields, the same in the policy document, in facts and in snapshots. Fields stand
//! in alphabetical order, so that their JSON is canonical as it is written.

mod account;
mod application;
mod business_event;
mod conditions;
pub(crate) mod date;
mod entitlement;
mod grant;
mod history;
mod identity;
mod request;
mod resource;
mod standing;
mod value;

pub use account::{Account, AccountChange, AccountField};
pub use application::{Application, ApplicationChange, ApplicationField};
pub use business_event::{BusinessEvent, BusinessEventChange, BusinessEventField};
pub use conditions::ConditionNames;
pub use entitlement::{Entitlement, EntitlementChange, EntitlementField, EntitlementKind, Implied};
pub use grant::{Basis, EventTerms, GrantState, GrantTerms, OnLoss, RuleRef, Term};
pub use history::{Change, History};
pub use identity::{Identity, IdentityChange, IdentityField, IdentityKind};
pub use request::{Item, Request};
pub use resource::{Resource, ResourceChange, ResourceField};
pub use standing::{Holder, Membership, Standing};
pub use value::{Attributes, Scalar, Sensitivity, Value};
