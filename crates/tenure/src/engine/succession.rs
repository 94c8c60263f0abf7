//! One document follows another: what it says of nouns that the one before did not say is what changes. The log is
//! looked at only for what facts have said in between.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::fields::{Declared, Fields};
use crate::document::DocumentError;
use crate::fact::{Body, Changed, Defined, Named};
use crate::model::{Account, Application, BusinessEvent, Entitlement, Identity, Resource};
use crate::policy::{NounKind, Policy, PolicyError};
use crate::state::State;
use crate::time::Timestamp;

/// What changes from one document to the next.
#[derive(Debug)]
pub(super) struct Succession {
    /// In an order in which each fact finds what it names, with the place in a document that asks for it.
    pub(super) bodies: Vec<(Body, Asked)>,
    /// Facts of nouns that were looked at and need no change, for the keys that they touch.
    pub(super) read: Vec<Body>,
    /// What the new document no longer declares.
    pub(super) dropped: BTreeSet<(NounKind, String)>,
}

/// What a document says, by its section and id.
pub(super) type Asked = (&'static str, String);

/// What `new` changes about the nouns of `old`, on a log that adopted `old` and says what `state` says, at `at`.
pub(super) fn succession(
    old: &Policy,
    new: &Policy,
    state: &State,
    at: Timestamp,
) -> Result<Succession, PolicyError> {
    let empty = Succession { bodies: Vec::new(), read: Vec::new(), dropped: BTreeSet::new() };
    let mut writer = Writer { new, state, at, problems: Vec::new(), found: empty };
    writer.declared(old);
    writer.gone(old);
    PolicyError::none_of(writer.problems)?;
    Ok(writer.found)
}

struct Writer<'a> {
    new: &'a Policy,
    state: &'a State,
    at: Timestamp,
    problems: Vec<DocumentError>,
    found: Succession,
}

impl Writer<'_> {
    fn declared(&mut self, old: &Policy) {
        let old = old.document();
        for body in self.new.noun_facts() {
            match body {
                Body::ApplicationDefined(d) => {
                    self.noun(d, &old.applications, Body::ApplicationDefined, Body::ApplicationChanged);
                }
                Body::ResourceDefined(d) => {
                    self.noun(d, &old.resources, Body::ResourceDefined, Body::ResourceChanged);
                }
                Body::IdentityDefined(d) => {
                    self.noun(d, &old.identities, Body::IdentityDefined, Body::IdentityChanged);
                }
                Body::AccountDefined(d) => {
                    self.noun(d, &old.accounts, Body::AccountDefined, Body::AccountChanged);
                }
                Body::EntitlementDefined(d) => {
                    self.noun(d, &old.entitlements, Body::EntitlementDefined, Body::EntitlementChanged);
                }
                Body::EventOpened(d) => {
                    self.noun(d, &old.events, Body::EventOpened, Body::EventChanged);
                }
                Body::StandingAssigned(d) => {
                    let known = self.state.standing_reference(d.id.as_str(), false);
                    let same = |r| self.state.standing_at(r).as_ref() == Some(&d.definition);
                    let known = known.map(|r| (r, same(r)));
                    self.held("standing", d, &old.standing, known, Body::StandingAssigned);
                }
                Body::MembershipAdded(d) => {
                    let known = self.state.standing_reference(d.id.as_str(), true);
                    let same = |r| self.state.membership_at(r).as_ref() == Some(&d.definition);
                    let known = known.map(|r| (r, same(r)));
                    self.held("memberships", d, &old.memberships, known, Body::MembershipAdded);
                }
                _ => {}
            }
        }
    }

    /// What the new document declares, under a name that the old one may have declared too.
    fn noun<I: Ord + AsRef<str>, N: Declared>(
        &mut self,
        defined: Defined<I, N>,
        old: &BTreeMap<I, N>,
        define: impl Fn(Defined<I, N>) -> Body,
        change: impl Fn(Changed<I, N::Change>) -> Body,
    ) {
        let id = defined.id.as_ref();
        let asked = (N::SECTION, id.to_string());
        let body = match (old.get(&defined.id), N::history(self.state, id)) {
            (_, None) => define(defined),
            (Some(old), Some(_)) if *old == defined.definition => return,
            (Some(old), Some(known)) => {
                let known = known.segments().filter(|(window, _)| window.end() > self.at);
                let mut fields = Fields {
                    policy: self.new,
                    id,
                    old,
                    new: &defined.definition,
                    known: known.map(|(_, noun)| noun).collect(),
                    problems: Vec::new(),
                };
                let changes = N::compare(&mut fields);
                self.problems.append(&mut fields.problems);
                if changes == N::Change::default() {
                    self.found.read.push(define(defined));
                    return;
                }
                change(Changed { changes, id: defined.id })
            }
            // Only business events begin again under the same name.
            (None, Some(_)) if N::is_over(self.state, id, self.at) && N::SECTION == "events" => {
                define(defined)
            }
            (None, Some(known)) => {
                if N::is_over(self.state, id, self.at) {
                    self.used_up(N::SECTION, id);
                } else if *known.first() != defined.definition && *known.last() != defined.definition {
                    self.otherwise(N::SECTION, id);
                }
                self.found.read.push(define(defined));
                return;
            }
        };
        self.found.bodies.push((body, asked));
    }

    /// What is held without asking; `known` says where the log has it, and whether it says the same.
    fn held<I: Ord + AsRef<str>, N: PartialEq>(
        &mut self,
        section: &'static str,
        defined: Defined<I, N>,
        old: &BTreeMap<I, N>,
        known: Option<(u32, bool)>,
        define: impl Fn(Defined<I, N>) -> Body,
    ) {
        let id = defined.id.as_ref();
        match (old.get(&defined.id), known) {
            (_, None) => {
                let asked = (section, id.to_string());
                self.found.bodies.push((define(defined), asked));
            }
            (Some(old), Some(_)) if *old == defined.definition => {}
            (Some(_), Some(_)) => {
                let message = format!(
                    "what `{id}` gives never changes; take a new id, so that this one ends and another begins"
                );
                self.problems.push(self.new.problem("model.fixed", &[section, id], message));
            }
            (None, Some((reference, _))) if self.is_removed(reference) => self.used_up(section, id),
            (None, Some((_, true))) => self.found.read.push(define(defined)),
            (None, Some((_, false))) => self.otherwise(section, id),
        }
    }

    /// What only the old document declares ends: what holds before what is held, children before parents.
    fn gone(&mut self, old: &Policy) {
        let new = self.new.document();
        for body in old.noun_facts().into_iter().rev() {
            match body {
                Body::ApplicationDefined(d) if !new.applications.contains_key(&d.id) => {
                    self.end::<_, Application>(d.id, NounKind::Application, Body::ApplicationRetired);
                }
                Body::ResourceDefined(d) if !new.resources.contains_key(&d.id) => {
                    self.end::<_, Resource>(d.id, NounKind::Resource, Body::ResourceRetired);
                }
                Body::IdentityDefined(d) if !new.identities.contains_key(&d.id) => {
                    self.end::<_, Identity>(d.id, NounKind::Identity, Body::IdentityLeft);
                }
                Body::AccountDefined(d) if !new.accounts.contains_key(&d.id) => {
                    self.end::<_, Account>(d.id, NounKind::Account, Body::AccountRetired);
                }
                Body::EntitlementDefined(d) if !new.entitlements.contains_key(&d.id) => {
                    let kind = NounKind::Entitlement;
                    self.end::<_, Entitlement>(d.id, kind, Body::EntitlementRetired);
                }
                Body::EventOpened(d) if !new.events.contains_key(&d.id) => {
                    self.end::<_, BusinessEvent>(d.id, NounKind::Event, Body::EventClosed);
                }
                Body::StandingAssigned(d) if !new.standing.contains_key(&d.id) => {
                    let known = self.state.standing_reference(d.id.as_str(), false);
                    self.remove("standing", d.id, known, Body::StandingRemoved);
                }
                Body::MembershipAdded(d) if !new.memberships.contains_key(&d.id) => {
                    let known = self.state.standing_reference(d.id.as_str(), true);
                    self.remove("memberships", d.id, known, Body::MembershipRemoved);
                }
                _ => {}
            }
        }
    }

    fn end<I: AsRef<str>, N: Declared>(&mut self, id: I, kind: NounKind, body: impl Fn(Named<I>) -> Body) {
        let name = id.as_ref().to_string();
        let lives = N::history(self.state, &name).is_some() && !N::is_over(self.state, &name, self.at);
        self.found.dropped.insert((kind, name.clone()));
        let body = body(Named { id, reason: None });
        if lives {
            self.found.bodies.push((body, (N::SECTION, name)));
        } else {
            self.found.read.push(body);
        }
    }

    fn remove<I: AsRef<str>>(
        &mut self,
        section: &'static str,
        id: I,
        known: Option<u32>,
        body: impl Fn(Named<I>) -> Body,
    ) {
        // What was removed stays removed, so it does not matter who else looks at it.
        if known.is_some_and(|reference| !self.is_removed(reference)) {
            let asked = (section, id.as_ref().to_string());
            self.found.bodies.push((body(Named { id, reason: None }), asked));
        }
    }

    fn is_removed(&self, reference: u32) -> bool {
        self.state.standing.at(reference).is_some_and(|row| row.removed <= self.at)
    }

    fn used_up(&mut self, section: &'static str, id: &str) {
        let message = if section == "identities" {
            format!("`{id}` has left; record that it joined again, or take a new id")
        } else {
            format!("`{id}` was retired, and no name is used twice; take a new one")
        };
        self.problems.push(self.new.problem("model.retired", &[section, id], message));
    }

    fn otherwise(&mut self, section: &'static str, id: &str) {
        let message = format!(
            "`{id}` is defined otherwise in the log; make the document say the same, or leave it out there"
        );
        self.problems.push(self.new.problem("model.conflict", &[section, id], message));
    }
}
