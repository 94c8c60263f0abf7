//! What somebody may do where nothing but time and place decides: no conditions, no denials, no rules by which anybody
//! holds anything. Then all that one entitlement lists is had alike, and is worked out once.

use alloc::sync::Arc;
use alloc::vec::Vec;

use super::judge::sort;
use super::{Had, Path, Right, What, limit};
use crate::check::{Access, SourceKind};
use crate::compile::{Holding, Source};
use crate::engine::Engine;
use crate::id::{EntitlementId, ResourceId};
use crate::state::GrantRow;
use crate::store::NONE;
use crate::time::{IntervalSet, Timestamp, Window};

/// The most entitlements that a holding may lead to here.
const MOST: usize = 1_024;

/// Room for as much as most entitlements list, and for as many steps as most paths have.
const FEW: usize = 8;

/// An entitlement that a holding leads to.
struct Step<'a> {
    entitlement: u32,
    name: &'a Arc<str>,
    /// The place of the one before it.
    from: Option<u32>,
}

/// A holding, told and followed once.
struct Origin<'a> {
    /// Its source, if it counts now.
    head: Option<&'a Head>,
    walk: Vec<Step<'a>>,
}

/// A source as paths tell it.
struct Head {
    id: Arc<str>,
    scope: Option<ResourceId>,
    source: SourceKind,
}

/// A permission that was found, with its place in what its entitlement lists. The key is its place in the order of all
/// names, and then which share it belongs to.
type Found = (u64, u32);

/// A holding that counts in a region at some time.
struct Part {
    /// Which holding of the row.
    number: usize,
    scope: u32,
    when: IntervalSet,
    /// The time around now in which it counts, if it does now.
    now: Option<Window>,
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
        let heads = self.heads(row, t);
        let mut origins: Vec<Option<Origin<'_>>> = row.iter().map(|_| None).collect();
        let mut shares: Vec<Right> = Vec::new();
        let mut found: Vec<Found> = Vec::new();
        let mut gathered: Vec<EntitlementId> = Vec::with_capacity(FEW);
        for region in regions {
            if !self.has_type(&question.filter, region, t) {
                continue;
            }
            let parts = self.parts(row, &heads, &mut origins, region, t)?;
            let leads = leads(&parts, &origins);
            found.reserve(leads.len().saturating_mul(FEW));
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
                let listed = hierarchy.listed(leaf)?;
                self.find(question, leaf, number, t, &mut found)?;
                if found.len() == before {
                    continue;
                }
                let scope = if scoped { world.state.resource_id(region) } else { None };
                let had = self.had(&parts, &origins, ways, scope, &mut gathered, t)?;
                if !self.wants_any(&question.filter, &had.via, t) {
                    found.truncate(before);
                    continue;
                }
                shares.push(Right::of(listed.names()?, had));
            }
        }
        // Shares stand in the order of their regions.
        found.sort_unstable_by_key(|(key, _)| *key);
        let mut rights = Vec::with_capacity(found.len());
        for (key, place) in found {
            let share = shares.get((key & u64::from(u32::MAX)) as usize)?;
            rights.push(share.at(place));
        }
        Some(rights)
    }

    /// Finds what is wanted of what an entitlement lists now; none if not all of it is plain.
    fn find(
        &self,
        question: &What,
        entitlement: u32,
        share: u32,
        t: Timestamp,
        found: &mut Vec<Found>,
    ) -> Option<()> {
        let hierarchy = self.world().hierarchy;
        let listed = hierarchy.listed(entitlement)?;
        let key = |rank: u32| (rank != NONE).then_some((u64::from(rank) << 32) | u64::from(share));
        let filter = &question.filter;
        let all = filter.permissions.is_empty() && filter.prefix.is_empty();
        let now = listed.when().map(|window| window.contains(t));
        if now == Some(false) {
            return Some(());
        }
        if now.is_some() && all {
            for (place, rank) in (0u32..).zip(listed.ranks()) {
                found.push((key(*rank)?, place));
            }
            return Some(());
        }
        let list = hierarchy.lists(entitlement).iter().zip(listed.ranks()).zip(listed.each());
        for (place, (((_, window), rank), name)) in (0u32..).zip(list) {
            if window.contains(t) && filter.wants_permission(name.as_str()) {
                found.push((key(*rank)?, place));
            }
        }
        Some(())
    }

    /// The holdings that count in a region now, or next to the time in which those do; each is followed.
    fn parts<'a>(
        &'a self,
        row: &[Holding],
        heads: &'a [Option<Head>],
        origins: &mut [Option<Origin<'a>>],
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
                *origin = Some(self.origin(holding, heads.get(part.number)?.as_ref())?);
            }
        }
        Some(parts)
    }

    /// A holding and what it leads to as long as it counts, the shortest paths first; none if that is not plain.
    fn origin<'a>(&'a self, holding: &Holding, head: Option<&'a Head>) -> Option<Origin<'a>> {
        let hierarchy = self.world().hierarchy;
        let names = &self.assumed().entitlement_names;
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
        let step = |entitlement, from| Some(Step { entitlement, name: names.name(entitlement)?, from });
        let mut walk = alloc::vec![step(holding.entitlement, None)?];
        let mut next = 0u32;
        while let Some(node) = walk.get(next as usize).map(|step| step.entitlement) {
            match hierarchy.listed(node)?.when() {
                Some(window) => {
                    always(&window)?;
                }
                None => {
                    for (_, window) in hierarchy.lists(node) {
                        always(window)?;
                    }
                }
            }
            for edge in hierarchy.edges(node) {
                if !always(&edge.window)? {
                    continue;
                }
                if edge.scope != NONE || !edge.guards.is_empty() || walk.len() > MOST {
                    return None;
                }
                if !walk.iter().any(|known| known.entitlement == edge.to) {
                    walk.push(step(edge.to, Some(next))?);
                }
            }
            next = next.saturating_add(1);
        }
        Some(Origin { head, walk })
    }

    /// The sources of what is held now. What leads to their names lies far apart in memory, and is read step by step
    /// for all of them: so nothing waits for one name after the other.
    fn heads(&self, row: &[Holding], t: Timestamp) -> Vec<Option<Head>> {
        let state = self.assumed();
        let grants = row.iter().map(|holding| match holding.source() {
            Source::Grant(grant) if holding.is_live(t) => state.grants.at(grant),
            Source::Grant(_) | Source::Standing(_) => None,
        });
        let grants: Vec<Option<&GrantRow>> = grants.collect();
        let texts = grants.iter().map(|grant| grant.map(|grant| (grant, state.grant_text(grant))));
        let texts: Vec<_> = texts.collect();
        let texts = texts.into_iter().map(|text| text.map(|(grant, text)| (grant, state.texts.get(text))));
        let texts: Vec<_> = texts.collect();
        let heads = row.iter().zip(texts).map(|(holding, grant)| {
            let (source, id) = match grant {
                Some((grant, text)) => (SourceKind::Grant, state.grant_named(grant, text)),
                None if holding.is_live(t) => {
                    let (source, id) = self.source(crate::check::Origin::Held(holding.source()))?;
                    (source, Arc::from(id))
                }
                None => return None,
            };
            Some(Head { id, scope: state.resource_id(holding.scope), source })
        });
        heads.collect()
    }

    /// How what an entitlement lists is had.
    fn had(
        &self,
        parts: &[Part],
        origins: &[Option<Origin<'_>>],
        ways: &[(u32, u32, u32)],
        scope: Option<ResourceId>,
        gathered: &mut Vec<EntitlementId>,
        t: Timestamp,
    ) -> Option<Had> {
        let mut via: Vec<Path> = Vec::with_capacity(ways.len());
        for (_, part, place) in ways {
            let part = parts.get(*part as usize)?;
            let Some(now) = part.now else { continue };
            let origin = origins.get(part.number)?.as_ref()?;
            let head = origin.head?;
            via.push(Path {
                entitlements: origin.path(*place, gathered),
                from: limit(now.start()),
                id: Arc::clone(&head.id),
                scope: head.scope.clone(),
                source: head.source,
                until: limit(now.end()),
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
        if via.len() > 1 {
            sort(&mut via);
        }
        let (from, until) = (limit(window.start()), limit(window.end()));
        Some(Had {
            answer: Access::Allowed,
            except: Vec::new(),
            from,
            missing: Vec::new(),
            scope,
            until,
            via,
        })
    }
}

impl Origin<'_> {
    /// The names on the way to the step of that place; what they are gathered in is empty before and after.
    fn path(&self, last: u32, path: &mut Vec<EntitlementId>) -> Arc<[EntitlementId]> {
        let step = |place: u32| self.walk.get(place as usize);
        let from = |step: &&Step<'_>| step.from.and_then(|place| self.walk.get(place as usize));
        let names = core::iter::successors(step(last), from).map(|step| step.name);
        path.extend(names.map(EntitlementId::from_interned));
        path.reverse();
        path.drain(..).collect()
    }
}

/// Each entitlement that a part leads to, with the part and the place of the entitlement in its walk; in order.
fn leads(parts: &[Part], origins: &[Option<Origin<'_>>]) -> Vec<(u32, u32, u32)> {
    let mut all: Vec<(u32, u32, u32)> = Vec::with_capacity(parts.len().saturating_mul(16));
    for (number, part) in (0u32..).zip(parts) {
        let origin = origins.get(part.number).and_then(Option::as_ref);
        let walk = origin.map_or(&[][..], |origin| origin.walk.as_slice());
        all.extend((0u32..).zip(walk).map(|(place, step)| (step.entitlement, number, place)));
    }
    all.sort_unstable();
    all
}
