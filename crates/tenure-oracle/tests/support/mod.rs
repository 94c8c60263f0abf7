//! A story is a policy and a log to which things happen.
#![allow(dead_code, reason = "no test file tells all that can happen")]

extern crate alloc;

use alloc::collections::BTreeMap;

use serde::de::DeserializeOwned;
use tenure::check::Question;
use tenure::decide::{Command, Decision};
use tenure::document::{Limits, parse_json};
use tenure::engine::Engine;
use tenure::fact::{Body, Cause, Fact, PolicyAdopted};
use tenure::id::ResourceId;
use tenure::model::{GrantState, Request};
use tenure::policy::{Policy, PolicyDocument};
use tenure::state::State;
use tenure::time::{Span, Timestamp, Window};
use tenure_oracle::{
    Checked, Outcome, Reconciled, World, check, death, decide, digest, holding, holds, noun_facts,
};

pub(crate) struct Story {
    policy: PolicyDocument,
    log: Vec<Fact>,
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

pub(crate) fn span(text: &str) -> Span {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

pub(crate) fn request(id: &str, beneficiary: &str, entitlement: &str) -> Request {
    Request::new(id.parse().unwrap(), beneficiary.parse().unwrap(), entitlement.parse().unwrap())
}

fn json<T: DeserializeOwned>(text: &str) -> T {
    parse_json(text, &Limits::default()).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

impl Story {
    pub(crate) fn new(policy: &str) -> Self {
        Self { policy: json(policy), log: Vec::new() }
    }

    pub(crate) fn world(&self) -> World {
        World::new(self.policy.clone(), digest::policy(&self.policy), self.log.clone())
    }

    /// Something happens and is written down at once.
    pub(crate) fn fact(&mut self, when: &str, kind: &str, body: &str) {
        let id = format!("f-{}", self.log.len());
        let fact: Fact = json(&format!(
            r#"{{"v": 1, "id": "{id}", "kind": "{kind}", "effective_at": "{when}",
                "recorded_at": "{when}", "body": {body}}}"#
        ));
        self.log.push(fact);
    }

    pub(crate) fn change_department(&mut self, who: &str, department: &str, when: &str) {
        let changes = format!(r#"{{"attributes": {{"dept": "{department}"}}}}"#);
        self.fact(when, "identity_changed", &format!(r#"{{"id": "{who}", "changes": {changes}}}"#));
    }

    /// Something is written down that takes effect at another time, or takes back a fact to come.
    pub(crate) fn note(&mut self, recorded: &str, effective: &str, replaces: &str, kind: &str, body: &str) {
        self.fact(recorded, kind, body);
        if let Some(last) = self.log.last_mut() {
            last.effective_at = at(effective);
            last.replaces = replaces.parse().ok();
        }
    }

    /// The policy is adopted with its nouns.
    pub(crate) fn adopt(&mut self, now: Timestamp) {
        let nouns = noun_facts(&self.policy).into_iter();
        self.log.extend(nouns.map(|fact| Fact { recorded_at: now, ..fact }));
        let adopted = Body::PolicyAdopted(PolicyAdopted { digest: digest::policy(&self.policy) });
        self.log.push(Fact::new("policy".parse().unwrap(), now, adopted));
    }

    /// The engine that knows the same.
    pub(crate) fn engine(&self) -> Engine {
        let mut state = State::default();
        state.apply_all(0, &self.log).unwrap();
        Engine::new(Policy::from_document(self.policy.clone()).unwrap(), state).unwrap()
    }

    /// Whether it may, in the words of both sides, which must agree.
    pub(crate) fn may(&self, who: &str, permission: &str, resource: &str, now: &str) -> bool {
        let checked = self.check(who, permission, resource, now).allowed();
        let on = Some(resource).filter(|resource| !resource.is_empty());
        assert_eq!(
            self.engine().allows(who, permission, on, at(now)),
            checked,
            "{who} {permission} at {now}"
        );
        checked
    }

    /// The name of what was written down last.
    pub(crate) fn last_fact(&self) -> String {
        self.log.last().unwrap().id.to_string()
    }

    /// The last fact is written down once more, under another name.
    pub(crate) fn repeat_last(&mut self, when: &str) {
        let again = self.log.last().unwrap().clone();
        let id = format!("f-{}", self.log.len()).parse().unwrap();
        self.log.push(Fact { id, recorded_at: at(when), ..again });
    }

    /// The decision of the engine, with which the oracle must agree.
    pub(crate) fn decides(&self, command: &Command, now: &str) -> Decision {
        let decision = self.engine().decide(command, at(now));
        let expected = self.command(command, now);
        assert_eq!(decision.verdict(), expected.verdict, "{decision}");
        assert_eq!(decision.grants(), expected.grants, "{decision}");
        assert_eq!(decision.grounds().reasons, expected.reasons, "{decision}");
        decision
    }

    pub(crate) fn decide_and_commit(&mut self, command: &Command, now: &str) -> Decision {
        let decision = self.decides(command, now);
        let outcome = self.command(command, now);
        self.commit(&outcome);
        decision
    }

    /// What a permit records; the first adopts the policy with its nouns.
    fn commit(&mut self, outcome: &Outcome) {
        if !self.log.iter().any(|fact| matches!(fact.body, Body::PolicyAdopted(_))) && outcome.is_permit() {
            self.adopt(outcome.at);
        }
        self.log.extend(outcome.facts.iter().cloned());
    }

    fn command(&self, command: &Command, now: &str) -> Outcome {
        decide(&self.world(), command, at(now))
    }

    pub(crate) fn ask(&self, request: Request, now: &str) -> Outcome {
        self.command(&request.into(), now)
    }

    pub(crate) fn ask_and_commit(&mut self, request: Request, now: &str) -> Outcome {
        let outcome = self.ask(request, now);
        self.commit(&outcome);
        outcome
    }

    pub(crate) fn extend(&self, id: &str, grant: &str, duration: &str, now: &str) -> Outcome {
        let text = format!(r#"{{"extend": {{"id": "{id}", "grant": "{grant}", "duration": "{duration}"}}}}"#);
        self.command(&json(&text), now)
    }

    pub(crate) fn extend_and_commit(&mut self, id: &str, grant: &str, duration: &str, now: &str) -> Outcome {
        let outcome = self.extend(id, grant, duration, now);
        self.commit(&outcome);
        outcome
    }

    pub(crate) fn revoke(&self, grant: &str, mode: &str, now: &str) -> Outcome {
        let text = format!(r#"{{"revoke": {{"id": "v-1", "grant": "{grant}", "mode": "{mode}"}}}}"#);
        self.command(&json(&text), now)
    }

    pub(crate) fn check(&self, who: &str, permission: &str, resource: &str, now: &str) -> Checked {
        let resource = resource.parse::<ResourceId>().ok().map(Into::into);
        let (identity, permission) = (who.parse().unwrap(), permission.parse().unwrap());
        let question = Question { context: BTreeMap::new(), identity, permission, resource };
        check(&self.world(), &question, at(now))
    }

    pub(crate) fn reconcile(&self, now: &str) -> Reconciled {
        tenure_oracle::reconcile(&self.world(), at(now))
    }

    pub(crate) fn holds(&self, request: Request, now: &str) -> Window {
        holds(&self.world(), &request.into(), at(now))
    }

    pub(crate) fn death(&self, grant: &str) -> Option<(Timestamp, Cause)> {
        death(&self.world(), &grant.parse().unwrap())
    }

    pub(crate) fn state(&self, grant: &str, now: &str) -> GrantState {
        let world = self.world();
        let (terms, _) = holding::grant(&world, &grant.parse().unwrap()).unwrap();
        tenure_oracle::death::state(&world, terms, at(now))
    }
}
