//! `tenure graph`: which way a permission is had, what an entitlement comes to, and the hierarchy as a whole, as
//! pictures in the words of Mermaid or Graphviz.

use alloc::collections::{BTreeMap, BTreeSet, VecDeque};

use serde::Serialize;
use tenure::check::{Access, Question, Target};
use tenure::document::nearest;
use tenure::id::{EntitlementId, ResourceId};
use tenure::model::{Entitlement, EntitlementKind, Implied};
use tenure::query::{Right, What};
use tenure::time::Timestamp;

use super::check::id;
use super::circumstances::{Said, said};
use crate::args::{Cli, Graph, GraphEntitlement, GraphForm, GraphPath};
use crate::failure::{Exit, Failure};
use crate::load::World;
use crate::picture::graph::{Graph as Picture, Kind};
use crate::render::Answer;

/// What is known of entitlements now.
type Catalogue = BTreeMap<EntitlementId, Entitlement>;

/// A picture for machines.
#[derive(Serialize)]
struct Drawn<'a> {
    graph: &'a str,
}

pub(super) fn run(args: &Cli, graph: &Graph) -> Result<Answer, Failure> {
    let world = World::load(args)?;
    let catalogue: Catalogue = world.engine.entitlements(world.now).into_iter().collect();
    let (picture, form, exit) = match graph {
        Graph::Path(path) => {
            let (picture, exit) = behind(path, &world, &catalogue)?;
            (picture, &path.form, exit)
        }
        Graph::Entitlement(closure) => (below(closure, &world, &catalogue)?, &closure.form, Exit::Done),
        Graph::Roles(roles) => (hierarchy(&catalogue, world.now), &roles.form, Exit::Done),
    };
    let GraphForm { dot } = form;
    let text = if *dot { picture.dot() } else { picture.mermaid() };
    Ok(Answer::new(exit, text.clone(), &Drawn { graph: &text }, None, world.warnings())?.verbatim())
}

/// The paths behind an answer; where it is denied, why.
fn behind(asked: &GraphPath, world: &World, catalogue: &Catalogue) -> Result<(Picture, Exit), Failure> {
    let mut what = What::new(id("IDENTITY", &asked.identity)?);
    for text in &asked.context {
        said(Said::Context, text, world.engine.policy().document(), &mut what.context)?;
    }
    what.filter.permissions = vec![id("PERMISSION", &asked.permission)?];
    what.resource =
        asked.resource.as_deref().map(|on| id("RESOURCE", on).map(Target::Registered)).transpose()?;
    let rights = world.engine.what(&what, world.now);
    let mut picture = Picture::default();
    let who = picture.node("identity".into(), Kind::Identity, vec![what.identity.to_string()]);
    for right in &rights.rows {
        draw_right(&mut picture, who, right, what.resource.as_ref(), (catalogue, rights.at));
    }
    if !rights.rows.is_empty() {
        let allowed = rights.rows.iter().any(|right| right.answer == Access::Allowed);
        return Ok((picture, if allowed { Exit::Done } else { Exit::Deny }));
    }
    let permission = id("PERMISSION", &asked.permission)?;
    let on = what.resource.as_ref();
    let end = permission_node(&mut picture, &asked.permission, on.map(|on| format!("on {}", on.id())));
    let question =
        Question { context: what.context, identity: what.identity, permission, resource: what.resource };
    let answer = world.engine.check(&question, world.now);
    let why: Vec<&str> = answer.reasons.iter().map(|reason| reason.code.word()).collect();
    picture.edge(who, end, format!("denied: {}", why.join(", ")), true);
    Ok((picture, Exit::Deny))
}

fn draw_right(
    picture: &mut Picture,
    who: usize,
    right: &Right,
    on: Option<&Target>,
    (catalogue, at): (&Catalogue, Timestamp),
) {
    let place = match (&right.scope, on) {
        (Some(scope), _) => Some(format!("in {scope}")),
        (None, Some(on)) => Some(format!("on {}", on.id())),
        (None, None) => None,
    };
    let end = permission_node(picture, right.permission().as_str(), place);
    let conditional = right.answer == Access::Conditional;
    for path in right.via.iter() {
        let lines = vec![path.source.words().to_owned(), path.id.to_string()];
        let source = picture.node(format!("{} {}", path.source.words(), path.id), Kind::Source, lines);
        picture.edge(who, source, window(path.from, path.until), false);
        let mut here = source;
        let mut before: Option<&EntitlementId> = None;
        for entitlement in path.entitlements.iter() {
            let next = entitlement_node(picture, entitlement, catalogue.get(entitlement));
            let (label, dashed) = match before {
                None => (path.scope.as_ref().map(|scope| format!("in {scope}")).unwrap_or_default(), false),
                Some(before) => {
                    let edges = catalogue.get(before).map_or(&[][..], |known| &known.implies);
                    let counts = |edge: &&Implied| edge.entitlement == *entitlement && edge.from <= at;
                    let edges: Vec<&Implied> = edges.iter().filter(counts).collect();
                    let labels: Vec<String> = edges.iter().map(|edge| edge_label(edge, at)).collect();
                    (labels.join(" or "), edges.iter().all(|edge| !edge.conditions.is_none()))
                }
            };
            picture.edge(here, next, label, dashed);
            (here, before) = (next, Some(entitlement));
        }
        let label = if conditional { format!("if {}", right.missing.join(", ")) } else { String::new() };
        picture.edge(here, end, label, conditional);
    }
}

/// All that an entitlement implies, with permissions at the leaves.
fn below(asked: &GraphEntitlement, world: &World, catalogue: &Catalogue) -> Result<Picture, Failure> {
    let first: EntitlementId = id("ENTITLEMENT", &asked.id)?;
    if !catalogue.contains_key(&first) {
        let message = match nearest(first.as_str(), catalogue.keys().map(AsRef::as_ref)) {
            Some(near) => format!("there is no entitlement `{first}`; did you mean `{near}`?"),
            None => format!("there is no entitlement `{first}`"),
        };
        return Err(Failure::bad_input("entitlement.unknown", message));
    }
    let mut picture = Picture::default();
    let mut seen = BTreeSet::from([first.clone()]);
    let mut next = VecDeque::from([first]);
    while let Some(here) = next.pop_front() {
        let Some(known) = catalogue.get(&here) else { continue };
        let node = entitlement_node(&mut picture, &here, Some(known));
        implied(&mut picture, node, known, (catalogue, world.now));
        for permission in &known.permissions {
            let leaf = permission_node(&mut picture, permission.as_str(), None);
            picture.edge(node, leaf, String::new(), false);
        }
        let beyond = known.implies.iter().map(|edge| &edge.entitlement);
        next.extend(beyond.filter(|to| seen.insert((*to).clone())).cloned());
    }
    Ok(picture)
}

/// Everything that implies or is implied, and what stands alone.
fn hierarchy(catalogue: &Catalogue, at: Timestamp) -> Picture {
    let mut picture = Picture::default();
    for (entitlement, known) in catalogue {
        let node = entitlement_node(&mut picture, entitlement, Some(known));
        implied(&mut picture, node, known, (catalogue, at));
    }
    picture
}

fn implied(
    picture: &mut Picture,
    node: usize,
    known: &Entitlement,
    (catalogue, at): (&Catalogue, Timestamp),
) {
    for edge in &known.implies {
        let to = entitlement_node(picture, &edge.entitlement, catalogue.get(&edge.entitlement));
        picture.edge(node, to, edge_label(edge, at), !edge.conditions.is_none() || edge.from > at);
    }
}

fn entitlement_node(picture: &mut Picture, id: &EntitlementId, known: Option<&Entitlement>) -> usize {
    let (kind, word) = match known.map(|known| known.kind) {
        Some(EntitlementKind::Group) => (Kind::Group, "group"),
        Some(EntitlementKind::Role) => (Kind::Role, "role"),
        Some(EntitlementKind::Right) => (Kind::Right, "right"),
        None => (Kind::Right, "retired"),
    };
    picture.node(format!("entitlement {id}"), kind, vec![id.to_string(), word.to_owned()])
}

fn permission_node(picture: &mut Picture, permission: &str, place: Option<String>) -> usize {
    let key = format!("permission {permission} {}", place.as_deref().unwrap_or_default());
    let lines = core::iter::once(permission.to_owned()).chain(place).collect();
    picture.node(key, Kind::Permission, lines)
}

/// Where, when and on what conditions an edge counts.
fn edge_label(edge: &Implied, at: Timestamp) -> String {
    let scope = edge.scope.as_ref().map(|scope: &ResourceId| format!("in {scope}"));
    let from = Some(edge.from).filter(|from| *from > at);
    let when = window(from, Some(edge.until).filter(|until| !until.is_never()));
    let conditions: Vec<&str> = edge.conditions.iter().map(AsRef::as_ref).collect();
    let conditions = (!conditions.is_empty()).then(|| format!("while {}", conditions.join(", ")));
    let parts = [scope, Some(when).filter(|when| !when.is_empty()), conditions];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn window(from: Option<Timestamp>, until: Option<Timestamp>) -> String {
    let from = from.map(|from| format!("from {from}"));
    let until = until.map(|until| format!("until {until}"));
    from.into_iter().chain(until).collect::<Vec<_>>().join(" ")
}
