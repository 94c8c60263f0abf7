//! What somebody may do where nothing but time and place decides: no conditions, no denials, no rules by which anybody
//! holds anything. Then all that one entitlement lists is had alike, and is worked out once.

use alloc::sync::Arc;
use alloc::vec::Vec;

use super::judge::sort;
use super::{Path, Right, What, limit};
use crate::check::Access;
use crate::compile::Holding;
use crate::engine::Engine;
use crate::id::{PermissionId, ResourceId};
use crate::store::NONE;
use crate::time::{IntervalSet, Timestamp, Window};

/// The most entitlements that a holding may lead to here.
const MOST: usize = 1_024;

/// What a holding leads to: each entitlement with the place of the one before it.
type Walk = Vec<(u32, usize)>;

/// A holding, told and followed once.
struct Origin {
    /// Its source as paths tell it, but for what it leads to and when.
    head: Option<Path>,
    walk: Walk,
}

/// A holding that counts in a region at some time.
struct Part {
    /// Which holding of the row.
    number: usize,
    scope: u32,
    when: IntervalSet,
    /// The time around now in which it counts, if it does now.
    now: Option<Window>,
}

/// What is had alike by all that an entitlement lists.
struct Share {
    window: Window,
    scope: Option<ResourceId>,
    via: Arc<[Path]>,
}

/// Where rights are asked about.
#[derive(Clone, Copy)]
pub(super) enum Where {
    /// In the regions of what is held.
    Regions,
    /// On one resource, or with none.
    On(u32),
}

impl Engine {
    /// What somebody may do, if all of it is plain.
    pub(super) fn plain_rights(
        &self,
        question: &What,
        who: u32,
        place: Where,
        t: Timestamp,
    ) -> Option<Vec<Right>> {
        let world = self.world();
        let hierarchy = world.hierarchy;
        if hierarchy.has_denied() || world.tree.is_conditional() || !self.rules().standing.is_empty() {
            return None;
        }
        let row = self.rows().get(who);
        let live = row.iter().filter(|holding| holding.is_live(t));
        let live = live.filter(|h| h.scope == NONE || world.tree.is_valid(h.scope, t));
        let mut regions: Vec<u32> = match place {
            Where::Regions => live.map(|holding| holding.scope).collect(),
            Where::On(on) => alloc::vec![on],
        };
        regions.sort_unstable_by_key(|region| world.state.resource_names.name(*region));
        regions.dedup();
        let mut origins: Vec<Option<Origin>> = row.iter().map(|_| None).collect();
        let mut shares: Vec<Share> = Vec::new();
        let mut found: Vec<(u32, u32, u32)> = Vec::new();
        for region in regions {
            if !self.has_type(&question.filter, region, t) {
                continue;
            }
            let parts = self.parts(row, &mut origins, region, t)?;
            let leads = leads(&parts, &origins);
            for ways in leads.chunk_by(|(a, ..), (b, ..)| a == b) {
                let Some((leaf, ..)) = ways.first().copied() else { continue };
                // What is had here only as it is had in a wider place is told there.
                let mut here = ways.iter().filter_map(|(_, part, _)| parts.get(*part as usize));
                let scoped = matches!(place, Where::Regions);
                if !here.any(|part| part.now.is_some() && (part.scope == region || !scoped)) {
                    continue;
                }
                let number = u32::try_from(shares.len()).ok()?;
                let before = found.len();
                for (permission, window) in hierarchy.lists(leaf) {
                    if window.contains(t) && self.is_wanted(question, *permission) {
                        found.push((hierarchy.plain_rank(*permission)?, number, *permission));
                    }
                }
                if found.len() == before {
                    continue;
                }
                let mut share = self.share(&parts, &origins, ways, t)?;
                if !self.wants_any(&question.filter, &share.via, t) {
                    found.truncate(before);
                    continue;
                }
                share.scope = world.state.resource_id(region).filter(|_| scoped);
                shares.push(share);
            }
        }
        // Shares stand in the order of their regions.
        found.sort_unstable();
        let mut rights = Vec::with_capacity(found.len());
        for (_, share, permission) in found {
            let name = world.state.permission_names.name(permission)?;
            let share = shares.get(share as usize)?;
            rights.push(Right {
                answer: Access::Allowed,
                except: Vec::new(),
                from: limit(share.window.start()),
                missing: Vec::new(),
                permission: PermissionId::from_interned(name),
                scope: share.scope.clone(),
                until: limit(share.window.end()),
                via: Arc::clone(&share.via),
            });
        }
        Some(rights)
    }

    fn is_wanted(&self, question: &What, permission: u32) -> bool {
        let filter = &question.filter;
        if filter.permissions.is_empty() && filter.prefix.is_empty() {
            return true;
        }
        let name = self.assumed().permission_names.name(permission);
        name.is_some_and(|name| filter.wants_permission(name))
    }

    /// The holdings that count in a region now, or next to the time in which those do; each is followed.
    fn parts(
        &self,
        row: &[Holding],
        origins: &mut [Option<Origin>],
        region: u32,
        t: Timestamp,
    ) -> Option<Vec<Part>> {
        let tree = self.world().tree;
        let mut parts: Vec<Part> = Vec::with_capacity(row.len());
        for (number, holding) in row.iter().enumerate() {
            let Some(window) = holding.window() else { continue };
            let window = IntervalSet::from(window);
            let when = match (holding.scope, region) {
                (NONE, NONE) => window,
                (_, NONE) => continue,
                (NONE, _) => window.intersect(&IntervalSet::from(tree.life(region)?)),
                (scope, _) => window.intersect(&tree.contains_when(scope, region)),
            };
            if !when.is_empty() {
                let now = when.component(t);
                parts.push(Part { number, scope: holding.scope, when, now });
            }
        }
        // What does not touch the time of the others makes nothing longer.
        let now = || parts.iter().filter_map(|part| part.now);
        let (Some(first), Some(last)) = (now().map(Window::start).min(), now().map(Window::end).max()) else {
            return Some(Vec::new());
        };
        let mut hull = (first, last);
        let touches = |window: &Window, (first, last): (Timestamp, Timestamp)| {
            window.start() <= last && first <= window.end()
        };
        loop {
            let windows = parts.iter().flat_map(|part| part.when.windows());
            let touching = windows.filter(|window| touches(window, hull));
            let wider = touching
                .fold(hull, |(first, last), window| (first.min(window.start()), last.max(window.end())));
            if wider == hull {
                break;
            }
            hull = wider;
        }
        parts.retain(|part| part.when.windows().iter().any(|window| touches(window, hull)));
        for part in &parts {
            let origin = origins.get_mut(part.number)?;
            if origin.is_none() {
                let holding = row.get(part.number)?;
                *origin = Some(self.origin(holding, holding.is_live(t))?);
            }
        }
        Some(parts)
    }

    /// A holding and what it leads to as long as it counts, the shortest paths first; none if that is not plain.
    fn origin(&self, holding: &Holding, told: bool) -> Option<Origin> {
        let hierarchy = self.world().hierarchy;
        let whole = holding.window()?;
        if holding.is_conditional() {
            return None;
        }
        // Whether it is there all the time or never; if neither, there is more to look at.
        let always = |window: &Window| {
            if window.covers(whole) {
                Some(true)
            } else if window.overlaps(whole) {
                None
            } else {
                Some(false)
            }
        };
        let mut found: Walk = alloc::vec![(holding.entitlement, usize::MAX)];
        let mut next = 0usize;
        while let Some((node, _)) = found.get(next).copied() {
            for (_, window) in hierarchy.lists(node) {
                always(window)?;
            }
            for edge in hierarchy.edges(node) {
                if !always(&edge.window)? {
                    continue;
                }
                if edge.scope != NONE || !edge.guards.is_empty() || found.len() > MOST {
                    return None;
                }
                if !found.iter().any(|(known, _)| *known == edge.to) {
                    found.push((edge.to, next));
                }
            }
            next = next.saturating_add(1);
        }
        let begins = crate::check::Origin::Held(holding.source());
        let head = if told { Some(self.path(begins, holding.scope, &[], whole)?) } else { None };
        Some(Origin { head, walk: found })
    }

    /// How what an entitlement lists is had.
    fn share(
        &self,
        parts: &[Part],
        origins: &[Option<Origin>],
        ways: &[(u32, u32, u32)],
        t: Timestamp,
    ) -> Option<Share> {
        let mut via: Vec<Path> = Vec::with_capacity(ways.len());
        for (_, part, place) in ways {
            let part = parts.get(*part as usize)?;
            let Some(now) = part.now else { continue };
            let origin = origins.get(part.number)?.as_ref()?;
            let chain = super::path::chain(&origin.walk, *place as usize);
            via.push(Path {
                entitlements: self.names(&chain),
                from: limit(now.start()),
                until: limit(now.end()),
                ..origin.head.clone()?
            });
        }
        let window = match ways {
            [(_, part, _)] => parts.get(*part as usize)?.now?,
            several => {
                let parts = several.iter().filter_map(|(_, part, _)| parts.get(*part as usize));
                let whole = parts.fold(IntervalSet::empty(), |whole, part| whole.union(&part.when));
                whole.component(t)?
            }
        };
        sort(&mut via);
        Some(Share { window, scope: None, via: Arc::from(via) })
    }
}

/// Each entitlement that a part leads to, with the part and the place of the entitlement in its walk; in order.
fn leads(parts: &[Part], origins: &[Option<Origin>]) -> Vec<(u32, u32, u32)> {
    let mut all: Vec<(u32, u32, u32)> = Vec::new();
    for (number, part) in (0u32..).zip(parts) {
        let origin = origins.get(part.number).and_then(Option::as_ref);
        let walk = origin.map_or(&[][..], |origin| origin.walk.as_slice());
        all.extend((0u32..).zip(walk).map(|(place, (leaf, _))| (*leaf, number, place)));
    }
    all.sort_unstable();
    all
}
