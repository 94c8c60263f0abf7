//! Who and what a document declares, and which of them a selector matches at some time from `now` on.
//!
//! Membership is read as the engine reads it: narrowly for what supports, where only ways without scope and
//! condition count, and widely for what restricts.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use super::super::sections;
use super::super::{EntitlementSelector, IdentitySelector, PolicyDocument, Via, attributes_match};
use crate::id::{EntitlementId, IdentityId};
use crate::model::{Entitlement, Holder, Identity};
use crate::time::Timestamp;

/// How membership is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// Only what counts everywhere and without condition.
    Narrow,
    /// Whatever counts anywhere.
    Wide,
}

impl Reading {
    /// How the rules of a section read it.
    pub(super) fn of(section: &str) -> Self {
        if matches!(section, "deny" | "guardrails") { Self::Wide } else { Self::Narrow }
    }
}

/// A way up the hierarchy, or into it: from whom, until when, and whether it counts everywhere and always.
struct Way<F> {
    from: F,
    until: Timestamp,
    plain: bool,
}

/// The identities that are in a group, with the last end of their membership.
type Members<'d> = BTreeMap<&'d IdentityId, Timestamp>;

pub(super) struct Population<'d> {
    pub(super) document: &'d PolicyDocument,
    pub(super) now: Option<Timestamp>,
    /// What rules of eligibility give, with all that is held with it.
    granted: BTreeSet<&'d EntitlementId>,
    members: BTreeMap<&'d EntitlementId, (Members<'d>, Members<'d>)>,
}

impl<'d> Population<'d> {
    pub(super) fn new(document: &'d PolicyDocument, now: Option<Timestamp>) -> Self {
        let mut named: BTreeSet<&EntitlementId> = BTreeSet::new();
        for rule in sections::rules(document) {
            named.extend(rule.who.iter().flat_map(|who| who.groups.iter().flatten()));
            named.extend(rule.stages.iter().flat_map(|stage| &stage.approvers.groups));
        }
        let ways = Ways::new(document);
        let members = named.into_iter().map(|group| {
            let narrow = ways.members(group, Reading::Narrow);
            (group, (narrow, ways.members(group, Reading::Wide)))
        });
        let members = members.collect();
        let mut population = Self { document, now, granted: BTreeSet::new(), members };
        let given: Vec<_> = document
            .eligibility
            .values()
            .filter(|rule| !population.is_over(rule.valid.end()))
            .flat_map(|rule| population.selected(&rule.what))
            .collect();
        population.granted = population.with_implied(given);
        population
    }

    /// Whether what ends then is over.
    pub(super) fn is_over(&self, end: Timestamp) -> bool {
        self.now.is_some_and(|now| end <= now)
    }

    /// Whether the document says who is in which group.
    pub(super) fn knows_members(&self) -> bool {
        !self.document.memberships.is_empty() || !self.document.standing.is_empty()
    }

    /// Whether an identity may still do something.
    pub(super) fn is_alive(&self, id: &IdentityId) -> bool {
        let ends = self.document.identities.get(id).and_then(|identity| identity.ends);
        !ends.is_some_and(|ends| self.is_over(ends))
    }

    /// The members of a group that a rule names, with the last end of their membership; also those of old.
    pub(super) fn members(&self, group: &EntitlementId, reading: Reading) -> Option<&Members<'d>> {
        let (narrow, wide) = self.members.get(group)?;
        Some(if reading == Reading::Narrow { narrow } else { wide })
    }

    /// The members of a group from now on.
    pub(super) fn members_now(
        &self,
        group: &EntitlementId,
        reading: Reading,
    ) -> impl Iterator<Item = &'d IdentityId> {
        let members = self.members(group, reading).into_iter().flatten();
        members.filter(|(id, end)| !self.is_over(**end) && self.is_alive(id)).map(|(id, _)| *id)
    }

    /// Whether a rule may grant it.
    pub(super) fn is_granted(&self, id: &EntitlementId) -> bool {
        self.granted.contains(id)
    }

    /// The identities of the document that a selector matches.
    pub(super) fn matched<'s>(
        &'s self,
        who: &'s IdentitySelector,
        reading: Reading,
    ) -> impl Iterator<Item = (&'d IdentityId, &'d Identity)> + 's {
        let groups: Option<BTreeSet<&IdentityId>> = who
            .groups
            .as_ref()
            .filter(|groups| self.knows_members() && !self.may_be_granted(who, groups))
            .map(|groups| groups.iter().flat_map(|group| self.members_now(group, reading)).collect());
        let identities = self.document.identities.iter().filter(|_| !who.is_empty());
        identities.filter(move |(id, identity)| {
            self.is_alive(id)
                && who.ids.as_ref().is_none_or(|ids| ids.contains(*id))
                && who.kinds.as_ref().is_none_or(|kinds| kinds.contains(&identity.kind))
                && attributes_match(&who.attributes, &identity.attributes)
                && groups.as_ref().is_none_or(|members| members.contains(id))
        })
    }

    /// Whether a grant may make anybody a member.
    fn may_be_granted(&self, who: &IdentitySelector, groups: &BTreeSet<EntitlementId>) -> bool {
        who.via == Via::Any && groups.iter().any(|group| self.is_granted(group))
    }

    /// Whether a selector may match identities of whom only facts tell.
    pub(super) fn speaks_of_others(&self, who: &IdentitySelector) -> bool {
        let declared = &self.document.identities;
        declared.is_empty() || who.ids.iter().flatten().any(|id| !declared.contains_key(id))
    }

    /// The entitlements of the document that a selector matches.
    pub(super) fn entitlements<'s>(
        &'s self,
        what: &'s EntitlementSelector,
    ) -> impl Iterator<Item = (&'d EntitlementId, &'d Entitlement)> + 's {
        self.document.entitlements.iter().filter(|(id, noun)| what.matches(id, noun))
    }

    /// Whether a selector may match entitlements of which only facts tell.
    pub(super) fn speaks_of_other_things(&self, what: &EntitlementSelector) -> bool {
        let declared = &self.document.entitlements;
        declared.is_empty() || what.ids.iter().flatten().any(|id| !declared.contains_key(id))
    }

    fn selected(&self, what: &EntitlementSelector) -> Vec<&'d EntitlementId> {
        self.entitlements(what).map(|(id, _)| id).collect()
    }

    /// What is obtained or held, with all that is held with it.
    pub(super) fn obtainable(&self) -> BTreeSet<&'d EntitlementId> {
        let mut open: Vec<&EntitlementId> = self.granted.iter().copied().collect();
        let standing = self.document.standing.values().filter(|standing| !self.is_over(standing.until));
        open.extend(standing.filter_map(|standing| match &standing.holder {
            Holder::Identity(_) => Some(&standing.entitlement),
            Holder::Group(_) => None,
        }));
        let memberships = self.document.memberships.values().filter(|stay| !self.is_over(stay.until));
        open.extend(memberships.map(|stay| &stay.group));
        for rule in self.document.standing_rules.values().filter(|rule| !self.is_over(rule.valid.end())) {
            open.extend(self.selected(&rule.what));
        }
        self.with_implied(open)
    }

    fn with_implied(&self, mut open: Vec<&'d EntitlementId>) -> BTreeSet<&'d EntitlementId> {
        let mut held_by: BTreeMap<&EntitlementId, Vec<&EntitlementId>> = BTreeMap::new();
        for standing in self.document.standing.values().filter(|standing| !self.is_over(standing.until)) {
            if let Holder::Group(group) = &standing.holder {
                held_by.entry(group).or_default().push(&standing.entitlement);
            }
        }
        let mut all = BTreeSet::new();
        while let Some(id) = open.pop() {
            if all.insert(id) {
                let implied = self.document.entitlements.get(id).into_iter().flat_map(|noun| &noun.implies);
                let implied = implied.filter(|edge| !self.is_over(edge.until));
                open.extend(implied.map(|edge| &edge.entitlement));
                open.extend(held_by.get(id).into_iter().flatten().copied());
            }
        }
        all
    }
}

/// Ways into entitlements, by where they lead.
struct Ways<'d> {
    above: BTreeMap<&'d EntitlementId, Vec<Way<&'d EntitlementId>>>,
    direct: BTreeMap<&'d EntitlementId, Vec<Way<&'d IdentityId>>>,
}

impl<'d> Ways<'d> {
    fn new(document: &'d PolicyDocument) -> Self {
        let mut ways = Self { above: BTreeMap::new(), direct: BTreeMap::new() };
        for (from, noun) in &document.entitlements {
            for edge in &noun.implies {
                let plain = edge.scope.is_none() && edge.conditions.is_none();
                let way = Way { from, until: edge.until, plain };
                ways.above.entry(&edge.entitlement).or_default().push(way);
            }
        }
        for standing in document.standing.values() {
            let plain = standing.scope.is_none() && standing.conditions.is_none();
            let until = standing.until;
            match &standing.holder {
                Holder::Group(from) => {
                    ways.above.entry(&standing.entitlement).or_default().push(Way { from, until, plain });
                }
                Holder::Identity(from) => {
                    ways.direct.entry(&standing.entitlement).or_default().push(Way { from, until, plain });
                }
            }
        }
        for stay in document.memberships.values() {
            let plain = stay.scope.is_none() && stay.conditions.is_none();
            let way = Way { from: &stay.member, until: stay.until, plain };
            ways.direct.entry(&stay.group).or_default().push(way);
        }
        ways
    }

    /// Who holds `group`, and until when at the latest: of a way the least end counts, of several ways the last.
    fn members(&self, group: &'d EntitlementId, reading: Reading) -> Members<'d> {
        let counts = |plain: bool| plain || reading == Reading::Wide;
        let mut members = Members::new();
        let mut done = BTreeSet::new();
        // The entitlement that lasts longest is looked at first, so that each is looked at once.
        let mut open = BTreeSet::from([(Timestamp::MAX, group)]);
        while let Some((end, id)) = open.pop_last() {
            if !done.insert(id) {
                continue;
            }
            for way in self.direct.get(id).into_iter().flatten().filter(|way| counts(way.plain)) {
                let last = members.entry(way.from).or_insert(Timestamp::MIN);
                *last = (*last).max(end.min(way.until));
            }
            for way in self.above.get(id).into_iter().flatten().filter(|way| counts(way.plain)) {
                open.insert((end.min(way.until), way.from));
            }
        }
        members
    }
}
