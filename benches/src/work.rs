//! What goes on in a world after its log was told: the facts of an ordinary hour, and the commands.

use tenure::decide::Command;
use tenure::engine::Engine;
use tenure::fact::{Body, Cause, Changed, Defined, Fact, GrantEnded, Named};
use tenure::model::{Basis, GrantTerms, IdentityChange, Request, Term};
use tenure::time::{Span, Timestamp};

use crate::random::Random;
use crate::world::{Origin, UNOBTAINABLE, World, event, identity, obtainable, place, role};

/// How many grants the event has that [`World::crowd`] opens.
pub const CROWD: u32 = 100_000;

impl World {
    /// Facts of an ordinary hour: of a hundred 60 issue a grant, 25 end one, 13 change an attribute of somebody, and
    /// one each suspends and resumes somebody. They concern everybody alike, and each has an instant of its own.
    pub fn hour(&self, count: u32) -> Vec<Fact> {
        let mut random = self.random(4, 0);
        (0..count)
            .map(|n| {
                let at = self.now().plus(Span::from_millis(u64::from(n)).expect("a short time"));
                let who = random.below(u64::from(self.identities)) as u32;
                let body = match n % 100 {
                    0..60 => self.issue(n, who, at, None, &mut random),
                    60..85 => {
                        let number = random.below(self.all_grants());
                        let id = match self.origin {
                            Origin::External => format!("g{number}"),
                            Origin::Policy => format!("g{number}#0"),
                        };
                        let id = id.parse().expect("an id");
                        Body::GrantEnded(GrantEnded { cause: Cause::Deactivated, id, reason: None })
                    }
                    85..98 => {
                        let department = if random.chance(50) { "ops" } else { "dev" };
                        let changes = IdentityChange {
                            attributes: [("dept".parse().expect("an id"), department.into())].into(),
                            ..IdentityChange::default()
                        };
                        Body::IdentityChanged(Changed { changes, id: identity(who) })
                    }
                    98 => Body::IdentitySuspended(Named { id: identity(who), reason: None }),
                    _ => Body::IdentityResumed(Named { id: identity(who), reason: None }),
                };
                Fact::new(format!("h{n}").parse().expect("an id"), at, body)
            })
            .collect()
    }

    /// A grant from elsewhere that runs for some days.
    fn issue(&self, n: u32, who: u32, at: Timestamp, for_event: Option<u32>, random: &mut Random) -> Body {
        let scope = random.chance(20).then(|| place(random.below(u64::from(self.resources)) as u32));
        let days = 1 + random.below(30) as u32;
        Body::GrantIssued(GrantTerms {
            conditions: Default::default(),
            basis: Basis::External,
            beneficiary: identity(who),
            entitlement: role(random.below(u64::from(self.roles)) as u32),
            event: for_event.map(event),
            id: format!("n{n}").parse().expect("an id"),
            request: None,
            scope,
            term: Term::new(at, at.plus(Span::days(days))).expect("a grant ends after it starts"),
        })
    }

    /// A business event, the one after the last, with [`CROWD`] grants of as many identities as there are.
    pub fn crowd(&self) -> Vec<Fact> {
        let mut random = self.random(5, 0);
        let (at, number) = (self.now(), self.events);
        let open = Body::EventOpened(Defined { definition: self.incident(), id: event(number) });
        let grants = (0..CROWD)
            .map(|n| self.issue(CROWD + n, n % self.identities, at, Some(number), &mut random))
            .collect::<Vec<_>>();
        std::iter::once(open)
            .chain(grants)
            .zip(0..)
            .map(|(body, n)| Fact::new(format!("c{n}").parse().expect("an id"), at, body))
            .collect()
    }

    /// The end of that event.
    pub fn crowd_leaves(&self) -> Fact {
        let body = Body::EventClosed(Named { id: event(self.events), reason: None });
        Fact::new("closed".parse().expect("an id"), self.now().plus(Span::minutes(1)), body)
    }

    /// Requests for a working day in a subtree, each of somebody else for some role; all are permitted.
    pub fn requests(&self, count: u32) -> Vec<Command> {
        let mut random = self.random(6, 0);
        self.ask(count, &mut random, |random| obtainable(random.below(u64::from(self.roles)) as u32))
    }

    /// Requests for roles that no rule speaks of; all are denied.
    pub fn vain_requests(&self, count: u32) -> Vec<Command> {
        let mut random = self.random(7, 0);
        let blocks = u64::from(self.roles / UNOBTAINABLE);
        self.ask(count, &mut random, |random| random.below(blocks) as u32 * UNOBTAINABLE + UNOBTAINABLE - 1)
    }

    fn ask(&self, count: u32, random: &mut Random, mut what: impl FnMut(&mut Random) -> u32) -> Vec<Command> {
        (0..count)
            .map(|n| {
                let mut who = random.below(u64::from(self.identities)) as u32;
                if !Self::is_human(who) {
                    who -= 1;
                }
                let entitlement = role(what(random));
                let scope = place(random.below(u64::from(self.resources)) as u32);
                Request::new(format!("q{n}").parse().expect("an id"), identity(who), entitlement)
                    .within(scope)
                    .because("stock-taking")
                    .lasting(Span::hours(8))
                    .into()
            })
            .collect()
    }
}

/// The engine after facts were appended to its log, with its rows side by side.
pub fn after(engine: &Engine, facts: &[Fact]) -> Engine {
    engine.apply(engine.position(), facts).expect("the facts stand in order").compact()
}
