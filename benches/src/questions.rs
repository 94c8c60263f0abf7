//! What is asked in a world: distinct questions in no order, with answers that follow from the world and not from
//! the engine.

use std::collections::{BTreeMap, BTreeSet};

use tenure::check::Question;
use tenure::engine::{Engine, IdentityHandle, PermissionHandle, ResourceHandle};

use crate::world::{GrantSpec, World, identity, permission, place};

/// How many questions the measurements ask.
pub const MANY: usize = 1 << 18;

/// Why the answer is what it is; of several the first. Half of the questions are allowed and half denied; of the denials half are about
/// something that was held and has expired.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Held, here and now. Four of eight questions.
    Allowed,
    /// Held until some time ago. Two of eight.
    Expired,
    /// Held elsewhere, in another subtree. One of eight.
    Elsewhere,
    /// Never held by this identity. One of eight.
    Never,
}

impl Kind {
    const MIX: [Self; 8] = [
        Self::Allowed,
        Self::Expired,
        Self::Allowed,
        Self::Never,
        Self::Allowed,
        Self::Expired,
        Self::Allowed,
        Self::Elsewhere,
    ];
}

/// A question by number: who, what, and on what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Asked {
    /// Who.
    pub identity: u32,
    /// What.
    pub permission: u32,
    /// On what.
    pub resource: Option<u32>,
    /// The answer, with its reason.
    pub kind: Kind,
}

/// The same question by handles.
#[derive(Debug, Clone, Copy)]
pub struct Handles {
    /// Who.
    pub identity: IdentityHandle,
    /// What.
    pub permission: PermissionHandle,
    /// On what.
    pub resource: Option<ResourceHandle>,
}

impl Asked {
    /// By handles of an engine.
    pub fn handles(&self, engine: &Engine) -> Handles {
        Handles {
            identity: engine.identity(identity(self.identity).as_str()).expect("everybody is known"),
            permission: engine.permission(&permission(self.permission)).expect("every permission is known"),
            resource: self
                .resource
                .map(|r| engine.resource(place(r).as_str()).expect("every resource is known")),
        }
    }

    /// By names.
    pub fn question(&self) -> Question {
        Question {
            identity: identity(self.identity),
            permission: permission(self.permission).parse().expect("an id"),
            context: Default::default(),
            resource: self.resource.map(place).map(Into::into),
        }
    }
}

/// `count` distinct questions in no order.
pub fn questions(world: &World, count: usize) -> Vec<Asked> {
    let mut closures = Closures { world, known: BTreeMap::new() };
    let mut random = world.random(3, 0);
    let mut seen = BTreeSet::new();
    let mut all = Vec::with_capacity(count);
    for wanted in Kind::MIX.into_iter().cycle() {
        if all.len() == count {
            break;
        }
        // Not everybody holds something of every kind: whoever does is found after a few tries.
        loop {
            let who = random.below(u64::from(world.identities)) as u32;
            let Some(asked) = closures.ask(who, wanted, &mut random) else { continue };
            if seen.insert((asked.identity, asked.permission, asked.resource)) {
                all.push(asked);
                break;
            }
        }
    }
    random.shuffle(&mut all);
    all
}

struct Closures<'a> {
    world: &'a World,
    known: BTreeMap<u32, Vec<u32>>,
}

impl Closures<'_> {
    /// A question of the kind wanted about somebody, if there is one near at hand.
    fn ask(&mut self, who: u32, wanted: Kind, random: &mut crate::random::Random) -> Option<Asked> {
        let world = self.world;
        let now = world.now();
        let grants: Vec<GrantSpec> = (0..world.grants).map(|n| world.grant(who, n)).collect();
        let any = |random: &mut crate::random::Random| random.below(u64::from(world.resources)) as u32;
        let (role, resource) = match wanted {
            Kind::Never => {
                let role = random.below(u64::from(world.roles)) as u32;
                (role, random.chance(50).then(|| any(random)))
            }
            Kind::Elsewhere => {
                let grant = grants.iter().find(|g| g.is_live(now) && g.scope.is_some_and(|s| s > 0))?;
                (self.below(grant.role, random), Some(any(random)))
            }
            Kind::Allowed | Kind::Expired => {
                let at = random.below(u64::from(world.grants)) as usize;
                let grant = grants.get(at)?;
                let over = grant.end <= now;
                if (wanted == Kind::Expired) != over || !over && !grant.is_live(now) {
                    return None;
                }
                let resource = match grant.scope {
                    Some(scope) => Some(scope),
                    None => random.chance(50).then(|| any(random)),
                };
                (self.below(grant.role, random), resource)
            }
        };
        let own = world.permissions(role);
        let permission = own.start + random.below(u64::from(own.end - own.start)) as u32;
        let asked = Asked { identity: who, permission, resource, kind: wanted };
        (self.kind(&grants, role, resource) == wanted).then_some(asked)
    }

    /// A role that `role` leads to, itself included.
    fn below(&mut self, role: u32, random: &mut crate::random::Random) -> u32 {
        let closure = self.of(role);
        closure[random.below(closure.len() as u64) as usize]
    }

    fn of(&mut self, role: u32) -> &[u32] {
        let world = self.world;
        self.known.entry(role).or_insert_with(|| world.closure(role))
    }

    /// The answer about the permissions that `role` has by itself.
    fn kind(&mut self, grants: &[GrantSpec], role: u32, resource: Option<u32>) -> Kind {
        let now = self.world.now();
        let mut kind = Kind::Never;
        for grant in grants {
            if self.of(grant.role).binary_search(&role).is_err() {
                continue;
            }
            let here = match (grant.scope, resource) {
                (None, _) => true,
                (Some(_), None) => false,
                (Some(scope), Some(resource)) => World::contains(scope, resource),
            };
            let this = match (here, grant.is_live(now), grant.end <= now) {
                (true, true, _) => Kind::Allowed,
                (true, _, true) => Kind::Expired,
                (false, true, _) => Kind::Elsewhere,
                _ => continue,
            };
            kind = kind.min(this);
        }
        kind
    }
}
