//! A case is a command in the course of being decided: what was read, what was found, and how long it holds.

use alloc::collections::BTreeSet;
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::leave::Leave;
use super::proposal::{Draft, Plan};
use super::trace::{Moment, Trace};
use super::window::Ask;
use super::{
    Bound, Code, Command, Decision, Deny, GrantView, Grounds, JudgedCondition, LogRef, Obligation, Pending,
    Permit, Reason,
};
use crate::check::text;
use crate::compile::{
    CompiledRule, Death, Environment, Judged, Life, Place, Source, Unsaid, World, latest, standing_of,
};
use crate::engine::{CLOCK_TOLERANCE, Engine};
use crate::id::{GrantId, IdentityId, RequestId};
use crate::log::{Key, KeyKind};
use crate::model::{Basis, ConditionNames, GrantState};
use crate::state::{GrantExtension, GrantRow, IdentityRow, State};
use crate::store::NONE;
use crate::time::{Span, Timestamp, Window};

/// The case.
pub(super) struct Case<'a> {
    pub(super) engine: &'a Engine,
    pub(super) command: &'a Command,
    pub(super) trace: Trace,
    pub(super) bounds: Vec<Bound>,
    pub(super) reasons: Vec<Reason>,
    /// What was judged on the way.
    conditions: BTreeSet<JudgedCondition>,
    pub(super) footprint: Vec<Key>,
    /// What is left out, to see what it does.
    pub(super) left: &'a [Leave],
    /// What a question about what may be asked for has met; none where something is decided. With one, what is merely
    /// not said stands in the way of nothing, and as much is asked as may be had.
    pub(super) met: Option<Met<'a>>,
    now: Timestamp,
}

/// What decides about an item that may be asked for.
#[derive(Default)]
pub(super) struct Met<'a> {
    /// The rules that bind.
    pub(super) rules: Vec<&'a CompiledRule>,
    /// Whether a guardrail asks for a reason, or a ticket, now or later.
    pub(super) reason: bool,
    pub(super) ticket: bool,
    /// Whether nothing but the request says how long.
    pub(super) duration: bool,
    pub(super) obligations: Vec<Obligation>,
    /// Whether the request is to name a business event, and does not yet.
    pub(super) event: bool,
    /// The kind of that event, if these rules take only one.
    pub(super) kind: Option<&'a str>,
    /// Whether these rules take only requests with an event, and there will be none.
    pub(super) lacks_event: bool,
    /// Whether any rules do.
    pub(super) asks_event: bool,
    /// Whether a live grant would be made longer, beside which a request with an event may get another.
    pub(super) extends: bool,
    /// Whether what the request does not say yet decides which rules bind.
    pub(super) open: bool,
}

/// A denial in the course of a step that stops at the first failure.
pub(super) struct Denied;

impl<'a> Case<'a> {
    /// Opens a case. One that only ends things knows no clock that is wrong.
    pub(super) fn open(engine: &'a Engine, command: &'a Command, now: Timestamp, left: &'a [Leave]) -> Self {
        let at = engine.clock(now).unwrap_or_else(|| now.max(engine.state().high_water()));
        let mut footprint = Vec::with_capacity(8);
        if command.only_ends() && engine.adoption().is_some() {
            // What the document says counts only until the log adopts another.
            footprint.push(Key::policy());
        }
        Self {
            engine,
            command,
            trace: Trace::new(at),
            bounds: Vec::new(),
            reasons: Vec::new(),
            conditions: BTreeSet::new(),
            footprint,
            left,
            met: None,
            now,
        }
    }

    pub(super) fn at(&self) -> Timestamp {
        self.trace.at
    }

    pub(super) fn state(&self) -> &'a State {
        self.engine.assumed()
    }

    pub(super) fn world(&self) -> World<'a> {
        self.engine.world()
    }

    pub(super) fn read(&mut self, kind: KeyKind, id: Arc<str>) {
        if self.met.is_some() {
            return;
        }
        // In the end each is told once; where few are read, at once.
        let many = self.footprint.len() > 64;
        if many || !self.footprint.iter().any(|key| key.kind() == kind && key.id() == &*id) {
            self.footprint.push(Key::new(kind, id));
        }
    }

    /// Reads the name behind a reference.
    pub(super) fn read_name(&mut self, kind: KeyKind, name: Option<&Arc<str>>) {
        if let Some(name) = name {
            self.read(kind, Arc::clone(name));
        }
    }

    pub(super) fn fail(&mut self, reason: Reason) -> Denied {
        self.reasons.push(reason);
        Denied
    }

    /// The clock and the adopted document: what has to be right before anything is given.
    pub(super) fn preconditions(&mut self) -> Result<(), Denied> {
        if self.engine.clock(self.now).is_none() {
            let high_water = self.engine.state().high_water();
            return Err(self.fail(Reason::error(Code::ClockRegression).with("high_water", text(high_water))));
        }
        self.footprint.push(Key::policy());
        if let Some(adopted) = self.engine.foreign() {
            let reason = Reason::error(Code::PolicyNotAdopted)
                .with("adopted", adopted)
                .with("policy", self.engine.policy().digest());
            return Err(self.fail(reason));
        }
        Ok(())
    }

    /// The identity of that name, if it is one.
    pub(super) fn identity(&mut self, id: &IdentityId) -> Result<(u32, &'a IdentityRow), Denied> {
        self.read(KeyKind::Identity, id.shared());
        let state = self.state();
        let found = state.identity_names.find(id.as_str());
        let row = found.and_then(|r| state.identities.at(r).map(|row| (r, row)));
        match row.filter(|(_, row)| row.noun.is_some()) {
            Some(found) => Ok(found),
            None => Err(self.fail(Reason::error(Code::IdentityUnknown).with("identity", id.as_str()))),
        }
    }

    /// That the identity is alive at a moment.
    pub(super) fn alive(
        &mut self,
        id: &IdentityId,
        row: &IdentityRow,
        life: &Life,
        moment: Moment,
    ) -> Result<(), Denied> {
        if self.trace.is_in(moment, life.alive()) {
            return Ok(());
        }
        let why = life.dormancy(row, moment.at).map_or("not_defined", crate::compile::Dormancy::word);
        if moment.moves {
            // Why it is not may change before whether it is.
            self.pin_dormancy(row, life, why, moment);
        }
        let reason = Reason::error(Code::IdentityNotActive).with("identity", id.as_str()).with("why", why);
        Err(self.fail(reason))
    }

    fn pin_dormancy(&mut self, row: &IdentityRow, life: &Life, why: &str, moment: Moment) {
        let turns = row.status().iter().map(|change| change.at);
        let versions = row.noun.iter().flat_map(|noun| {
            noun.segments().flat_map(|(window, version)| {
                [Some(window.start()), version.starts, version.ends].into_iter().flatten()
            })
        });
        let instants = crate::state::sorted(turns.chain(versions).collect());
        for t in instants {
            let before = life.dormancy(row, t).map_or("", crate::compile::Dormancy::word);
            if before != why || t <= moment.at {
                self.trace.moment_is_before(moment, t);
            }
        }
    }

    /// When a grant of the same thing as is asked for dies, as the engine has it folded into the row of its
    /// holder. What else it rests on than what the request does is its business event.
    pub(super) fn death(&mut self, reference: u32, grant: &GrantRow) -> Timestamp {
        self.read_name(KeyKind::Event, self.state().event_names.name(grant.event));
        let row = self.engine.rows().get(grant.holder);
        let held = row
            .iter()
            .find(|holding| holding.source() == Source::Grant(reference) && holding.start < holding.end);
        held.map_or_else(|| self.full_death(grant).at, |holding| holding.end)
    }

    /// When a grant dies and of what, derived anew.
    pub(super) fn full_death(&self, grant: &GrantRow) -> Death {
        let life = match self.state().identities.at(grant.holder) {
            Some(row) => Life::of(row),
            None => return Death { at: grant.start, cause: crate::fact::Cause::IdentityLeft },
        };
        self.world().death(grant, &life)
    }

    /// When a grant would die if it were extended now.
    pub(super) fn death_if_extended(&self, grant: &GrantRow, end: Timestamp, limit: Timestamp) -> Timestamp {
        let Some(row) = self.state().identities.at(grant.holder) else { return grant.start };
        let mut extensions = self.state().extensions_of(grant).to_vec();
        let place = extensions.partition_point(|extension| extension.at <= self.at());
        let extension = GrantExtension { at: self.at(), position: u64::MAX, command: NONE, end, limit };
        extensions.insert(place, extension);
        let life = Life::of(row);
        self.world().death_with(grant, &extensions, &life).at
    }

    /// When a grant would die if it were extended now for ever; none if what is recorded makes that depend on how
    /// far it is extended.
    pub(super) fn death_however_extended(&self, grant: &GrantRow) -> Option<Timestamp> {
        let later = self.state().extensions_of(grant).iter().any(|extension| extension.at > self.at());
        let follows = matches!(
            self.state().basis_of(grant),
            Basis::Policy { event: Some(terms), .. } if terms.follow
        );
        (!later && !follows).then(|| self.death_if_extended(grant, Timestamp::MAX, Timestamp::MAX))
    }

    /// Reads all that the death of a grant is derived from.
    fn rests_on(&mut self, grant: &GrantRow) {
        let state = self.state();
        self.read_name(KeyKind::Person, state.identity_names.name(grant.holder));
        self.rests_apart(grant);
    }

    /// The same, what else its holder holds apart where that does not matter.
    fn rests_apart(&mut self, grant: &GrantRow) {
        self.rests_itself(grant);
        if *self.state().basis_of(grant) != Basis::External
            && self.engine.rules().candidates(grant.entitlement).any(CompiledRule::reads_holdings)
        {
            self.read_groups(grant.holder);
        }
    }

    /// The same, memberships apart.
    fn rests_itself(&mut self, grant: &GrantRow) {
        let state = self.state();
        self.read_name(KeyKind::Identity, state.identity_names.name(grant.holder));
        self.read_name(KeyKind::Entitlement, state.entitlement_names.name(grant.entitlement));
        self.read_name(KeyKind::Event, state.event_names.name(grant.event));
        for above in self.world().tree.ancestry(grant.scope) {
            self.read_name(KeyKind::Resource, state.resource_names.name(above));
        }
        if *state.basis_of(grant) != Basis::External {
            let policy = Key::policy();
            self.read(policy.kind(), Arc::from(policy.id()));
        }
    }

    /// How long another one holds what leads to something was looked at: what may yet end it, or bring it back.
    pub(super) fn read_holder(&mut self, who: u32, leads: &BTreeSet<u32>) {
        let state = self.state();
        let since = self.engine.state().high_water();
        let mut counts = false;
        for standing in standing_of(state, state.person(who).last_standing) {
            let runs = standing.window().is_some_and(|window| window.end() > since);
            if runs && leads.contains(&standing.entitlement) {
                counts = true;
                self.read_name(KeyKind::Resource, state.resource_names.name(standing.scope));
            }
        }
        for grant in state.grants_of(who).filter(|grant| leads.contains(&grant.entitlement)) {
            // What is past its end comes back only by a fact about itself, which touches its group.
            if latest(state, grant) > since {
                counts = true;
                self.rests_apart(grant);
            }
        }
        if counts {
            self.read_name(KeyKind::Identity, state.identity_names.name(who));
        }
    }

    /// Membership was looked at: the groups of an identity and all that they lead to.
    pub(super) fn read_groups(&mut self, who: u32) {
        let state = self.state();
        self.read_name(KeyKind::Person, state.identity_names.name(who));
        let direct = standing_of(state, state.person(who).last_standing);
        let mut open: Vec<u32> = direct.map(|standing| standing.entitlement).collect();
        if self.engine.rules().read_grants {
            for grant in state.grants_of(who) {
                self.rests_itself(grant);
                open.push(grant.entitlement);
            }
        }
        self.read_beyond(open);
    }

    /// Reads entitlements and all that they lead to.
    pub(super) fn read_beyond(&mut self, mut open: Vec<u32>) {
        let state = self.state();
        let mut seen = BTreeSet::new();
        while let Some(node) = open.pop() {
            if seen.insert(node) {
                self.read_name(KeyKind::Entitlement, state.entitlement_names.name(node));
                self.read_name(KeyKind::Group, state.entitlement_names.name(node));
                open.extend(
                    state.entitlements.at(node).into_iter().flat_map(|row| row.targets.iter().copied()),
                );
            }
        }
    }

    /// Adds reasons about an item; of those that list names there is one of each code, with the names of all.
    pub(super) fn tell(&mut self, reasons: impl IntoIterator<Item = Reason>, item: u32) {
        for reason in reasons {
            let reason = reason.item(item);
            let same = self.reasons.iter_mut().find(|r| r.code == reason.code && r.item == reason.item);
            match same {
                Some(same) => same.join(&reason),
                None => self.reasons.push(reason),
            }
        }
    }

    /// The value of conditions at the start of what is asked.
    pub(super) fn judge(&mut self, names: &ConditionNames, ask: &Ask<'_>) -> Judged {
        if names.is_none() {
            return Judged::default();
        }
        let environment = Environment {
            state: self.state(),
            identity: ask.said.requester,
            beneficiary: ask.who,
            resource: Place::Registered(ask.scope),
            entitlement: ask.entitlement,
            event: ask.event.map_or(NONE, |(event, _)| event),
            context: ask.said.context,
            inputs: ask.said.inputs,
            action: ask.said.action,
            permission: None,
            unsaid: self.unsaid(),
        };
        for application in environment.applications() {
            self.read(KeyKind::Application, Arc::from(application));
        }
        if let Some(requester) = self.state().identity_names.name(ask.said.requester) {
            self.read(KeyKind::Identity, Arc::clone(requester));
        }
        if ask.start.moves {
            // What is stored may be otherwise at another start.
            for change in environment.changes() {
                self.trace.moment_is_before(ask.start, change);
            }
        }
        let mut all = Judged::default();
        for (condition, judged) in self.world().conditions.judge_each(names, &environment, ask.start.at) {
            let (item, outcome) = (ask.item, judged.truth.into());
            if self.met.is_none() {
                self.conditions.insert(JudgedCondition { item, condition: condition.clone(), outcome });
            }
            all.add(&judged);
        }
        all
    }

    /// What is still to be said. A decision has heard all.
    fn unsaid(&self) -> Unsaid<'a> {
        let unsaid = |met: &Met<'a>| Unsaid { event: met.event, kind: met.kind, inputs: true };
        self.met.as_ref().map_or_else(Unsaid::default, unsaid)
    }

    /// Where a grant stands now.
    pub(super) fn stands(&mut self, grant: &GrantRow) -> (GrantState, Timestamp) {
        self.rests_on(grant);
        let death = self.full_death(grant);
        let state = if !self.trace.is_before(death.at) {
            if death.at <= grant.start {
                GrantState::Void
            } else if death.cause == crate::fact::Cause::Revoked {
                GrantState::Revoked
            } else {
                GrantState::Ended
            }
        } else if self.trace.is_before(grant.start) {
            GrantState::Scheduled
        } else {
            GrantState::Active
        };
        (state, death.at)
    }

    /// A grant as the decision shows it.
    pub(super) fn view(&mut self, grant: &GrantRow) -> Option<GrantView> {
        let (state, end) = self.stands(grant);
        self.view_as(grant, state, end)
    }

    pub(super) fn view_as(&self, grant: &GrantRow, state: GrantState, end: Timestamp) -> Option<GrantView> {
        let names = self.state();
        Some(GrantView {
            beneficiary: names.identity_id(grant.holder)?,
            end,
            entitlement: names.entitlement_id(grant.entitlement)?,
            event: names.event_id(grant.event),
            id: names.grant_id(grant),
            scope: names.resource_id(grant.scope),
            session_until: None,
            start: grant.start,
            state,
        })
    }

    /// The grant of that name, if there is one.
    pub(super) fn grant(&mut self, id: &GrantId) -> Result<(u32, &'a GrantRow), Denied> {
        let state = self.state();
        match state.grant_reference(id.as_str()).and_then(|r| state.grants.at(r).map(|row| (r, row))) {
            Some((reference, row)) => {
                self.read_name(KeyKind::Person, state.identity_names.name(row.holder));
                self.read_name(KeyKind::Identity, state.identity_names.name(row.holder));
                Ok((reference, row))
            }
            None => {
                // A grant is named for its request, so its coming into being is the request's.
                let request = id.as_str().rsplit_once('#').map_or(id.as_str(), |(request, _)| request);
                self.read(KeyKind::Request, Arc::from(request));
                Err(self.fail(Reason::error(Code::GrantUnknown).with("grant", id.as_str())))
            }
        }
    }

    /// That a command on a grant comes from its holder or its requester.
    pub(super) fn own(
        &mut self,
        by: Option<&IdentityId>,
        grant: &GrantRow,
        target: &GrantId,
    ) -> Result<(), Denied> {
        let Some(by) = by else { return Ok(()) };
        let state = self.state();
        let request = state.requests.at(state.request_of(grant));
        if let Some(request) = request {
            // It may be recorded behind its grant.
            self.read(KeyKind::Request, Arc::from(state.texts.get(request.name)));
        }
        let requester = request.map(|request| request.requester);
        let known = state.identity_names.find(by.as_str());
        if known.is_some() && (known == Some(grant.holder) || known == requester) {
            return Ok(());
        }
        let reason =
            Reason::error(Code::AuthorityNotHolder).with("by", by.as_str()).with("target", target.as_str());
        Err(self.fail(reason))
    }

    fn grounds(self, next: Option<Timestamp>) -> Grounds {
        let state = self.engine.state();
        let slack = if self.command.only_ends() { Span::MAX } else { CLOCK_TOLERANCE };
        let holds = if slack == CLOCK_TOLERANCE && self.engine.clock(self.now).is_none() {
            Window::new(Timestamp::MIN, state.high_water().minus(CLOCK_TOLERANCE)).unwrap_or(Window::ALWAYS)
        } else {
            self.trace.holds(self.now, state.high_water(), slack)
        };
        let end = Some(holds.end()).filter(|end| !end.is_never() && *end > self.trace.at);
        let next_change_at = end.into_iter().chain(next).min();
        let mut footprint = self.footprint;
        footprint.sort_unstable();
        footprint.dedup();
        let footprint =
            footprint.into_iter().map(|key| (state.version(&key), key)).map(|(v, k)| (k, v)).collect();
        let (mut bounds, mut reasons) = (self.bounds, self.reasons);
        bounds.sort_by(|a, b| (a.item, a.end, a.kind, &a.source).cmp(&(b.item, b.end, b.kind, &b.source)));
        reasons.sort_by_key(|reason| (reason.code, reason.item));
        Grounds {
            at: self.trace.at,
            bounds,
            command: self.command.id().clone(),
            conditions: self.conditions.into_iter().collect(),
            footprint,
            holds,
            log: LogRef { length: state.len(), root: Arc::clone(self.engine.log_root()) },
            next_change_at,
            policy: Arc::clone(self.engine.policy_digest()),
            reasons,
        }
    }

    /// Denies with the reasons found.
    pub(super) fn deny(mut self) -> Decision {
        let reasons = core::mem::take(&mut self.reasons);
        self.reasons = reasons.into_iter().filter(|reason| self.denies(reason)).collect();
        Decision::Deny(Deny { grounds: self.grounds(None) })
    }

    /// Permits these grants; the plan is what it takes.
    pub(super) fn permit(self, grants: Vec<GrantView>, by: Option<IdentityId>, plan: Plan) -> Decision {
        let (draft, next) = self.draft(&grants, by, plan);
        Decision::Permit(Permit { grants, grounds: self.grounds(next), draft })
    }

    /// Permits these grants once what is owed is discharged.
    pub(super) fn pending(
        self,
        grants: Vec<GrantView>,
        mut obligations: Vec<Obligation>,
        by: Option<IdentityId>,
        plan: Plan,
    ) -> Decision {
        obligations.sort();
        obligations.dedup();
        let (draft, next) = self.draft(&grants, by, plan);
        Decision::Pending(Pending { grants, grounds: self.grounds(next), obligations, draft })
    }

    fn draft(&self, grants: &[GrantView], by: Option<IdentityId>, plan: Plan) -> (Draft, Option<Timestamp>) {
        let ends_only = self.command.only_ends();
        let engine = self.engine;
        let at = self.at();
        let next = grants.iter().flat_map(|grant| [grant.start, grant.end]).filter(|t| *t > at).min();
        let draft = Draft {
            adoption: engine.adoption().filter(|_| !ends_only).cloned(),
            base: (!ends_only).then(|| engine.position()),
            by,
            command: self.command.clone(),
            plan,
        };
        (draft, next)
    }

    /// Whether anything found so far denies.
    pub(super) fn is_denied(&self) -> bool {
        self.reasons.iter().any(|reason| self.denies(reason))
    }

    pub(super) fn request_key(id: &RequestId) -> Key {
        Key::new(KeyKind::Request, id.shared())
    }
}
