//! The reverse questions: what may somebody do, who may do this, what may somebody ask for, and what was held when.
//! They are pure and in order, and they say nothing that [`Engine::check`](crate::engine::Engine::check) and
//! [`Engine::decide`](crate::engine::Engine::decide) would not say.

mod judge;
mod path;
mod plain;
mod region;
mod requestable;
mod show;
mod timeline;
mod walk;
mod what;
mod who;

use alloc::sync::Arc;
use alloc::vec::Vec;

use serde::Serialize;

pub use requestable::{EventNeeds, Needs, Offer, Offers, Requestable};
pub use timeline::{Stay, Tenure, TenureState, Tenures, Timeline};
pub use what::{Except, Filter, Had, Right, Rights, What};
pub use who::{DEFAULT_LIMIT, Holder, Holders, Who};

use crate::check::SourceKind;
use crate::decide::{Code, Reason};
use crate::engine::Engine;
use crate::id::{EntitlementId, ResourceId};
use crate::time::Timestamp;

/// By what something is had, and along which entitlements it leads there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Path {
    /// From what is held directly to the entitlement that lists the permission: of the paths of this source that are as
    /// good, the shortest, and of those the first by its ids.
    pub entitlements: Arc<[EntitlementId]>,
    /// Since when this source gives it without a gap; absent if since ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Timestamp>,
    /// Of the grant, standing assignment, membership or standing rule.
    pub id: Arc<str>,
    /// In which subtree it is held; everywhere when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<ResourceId>,
    /// Grant, standing assignment, membership or standing rule.
    pub source: SourceKind,
    /// Until when this source gives it without a gap; absent if for ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// What keeps any question from being answered: a clock gone wrong, a document that is not in force.
fn refusal(engine: &Engine, now: Timestamp) -> Result<Timestamp, (Timestamp, Reason)> {
    let Some(t) = engine.clock(now) else {
        let high_water = engine.state().high_water();
        let reason = Reason::error(Code::ClockRegression).with("high_water", crate::check::text(high_water));
        return Err((high_water, reason));
    };
    match engine.foreign() {
        None => Ok(t),
        Some(adopted) => {
            let reason = Reason::error(Code::PolicyNotAdopted).with("adopted", adopted);
            Err((t, reason.with("policy", engine.policy().digest())))
        }
    }
}

/// An instant as a limit: the ends of time are none.
fn limit(t: Timestamp) -> Option<Timestamp> {
    Some(t).filter(|t| *t > Timestamp::MIN && !t.is_never())
}

/// Whether a list of what is wanted wants this; an empty one wants everything.
fn wants<T: PartialEq>(wanted: &[T], one: &T) -> bool {
    wanted.is_empty() || wanted.contains(one)
}

/// Why nothing can be said of an identity: there is none of that name.
fn unknown_identity(id: &crate::id::IdentityId) -> Reason {
    Reason::error(Code::IdentityUnknown).with("identity", id.as_str())
}

type Reasons = Vec<Reason>;
