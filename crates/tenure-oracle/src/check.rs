//! A permission is held on a resource as long as some source gives it.

use alloc::collections::BTreeSet;

use tenure::decide::{Code, Reason};
use tenure::id::{IdentityId, PermissionId, ResourceId};
use tenure::time::Timestamp;

use crate::World;
use crate::holding::{SourceId, gives, permission_known, sources};
use crate::instants::with_deaths;
use crate::life::{identity_known, resource_known, resource_valid, why_not_alive};
use crate::outcome::text;

/// The answer to a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// Whether it is held.
    pub allowed: bool,
    /// Until when, if it is held and that ends.
    pub until: Option<Timestamp>,
    /// The next instant at which what gives it changes.
    pub next_change_at: Option<Timestamp>,
    /// Why not.
    pub reasons: Vec<Reason>,
}

/// Whether the identity holds the permission on the resource.
pub fn check(
    world: &World,
    identity: &IdentityId,
    permission: &PermissionId,
    resource: Option<&ResourceId>,
    now: Timestamp,
) -> Checked {
    let unresolved = crate::clock(world, now).or_else(|| unknown(world, identity, permission, resource));
    if let Some(reason) = unresolved {
        return Checked { allowed: false, until: None, next_change_at: None, reasons: vec![reason] };
    }
    let at = world.at(now);
    let sources = sources(world, identity);
    let giving = |t| -> BTreeSet<&SourceId> {
        sources.iter().filter(|s| gives(world, s, permission, resource, t)).map(|s| &s.id).collect()
    };
    let instants = with_deaths(world);
    let after = || instants.iter().copied().filter(|t| at < *t);
    let now_giving = giving(at);
    let allowed = !now_giving.is_empty();
    let until = if allowed { after().find(|t| giving(*t).is_empty()) } else { None };
    let next_change_at = after().find(|t| giving(*t) != now_giving);
    let mut reasons = Vec::new();
    if !allowed {
        let retired = resource.filter(|r| !resource_valid(world, r, at));
        if let Some(retired) = retired {
            reasons.push(Reason::error(Code::ResourceRetired).with("resource", text(retired)));
        } else if let Some(why) = why_not_alive(world, identity, at) {
            let reason = Reason::error(Code::IdentityNotActive).with("identity", text(identity));
            reasons.push(reason.with("why", why));
        } else {
            let held = |t: &&Timestamp| !giving(**t).is_empty();
            // The last piece of the past in which it was held ends where the next piece begins.
            let last = instants.iter().rev().filter(|t| **t <= at).find(held);
            let ended = last.and_then(|last| instants.iter().find(|t| last < *t));
            let next = instants.iter().filter(|t| at < **t).find(held);
            let expired = ended.map(|end| Reason::error(Code::AccessExpired).with("end", text(end)));
            let coming = next.map(|start| Reason::error(Code::AccessNotStarted).with("start", text(start)));
            reasons.extend(expired.into_iter().chain(coming));
            if reasons.is_empty() {
                let reason = Reason::error(Code::AccessNone).with("identity", text(identity));
                reasons.push(reason.with("permission", text(permission)));
            }
        }
    }
    Checked { allowed, until, next_change_at, reasons }
}

fn unknown(
    world: &World,
    identity: &IdentityId,
    permission: &PermissionId,
    resource: Option<&ResourceId>,
) -> Option<Reason> {
    if !identity_known(world, identity) {
        Some(Reason::error(Code::IdentityUnknown).with("identity", text(identity)))
    } else if !permission_known(world, permission) {
        Some(Reason::error(Code::PermissionUnknown).with("permission", text(permission)))
    } else {
        let unknown = resource.filter(|r| !resource_known(world, r))?;
        Some(Reason::error(Code::ResourceUnknown).with("resource", text(unknown)))
    }
}
