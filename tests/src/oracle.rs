//! The executable specification as an implementation. It says what a decision means and no more: it leaves out the
//! footprint, the log, the keys of a proposal and what gives an answer.

use serde_json::{Value, json};
use tenure::check::Question;
use tenure::decide::{Command, Verdict};
use tenure::fact::{Body, Fact, PolicyAdopted};
use tenure::id::FactId;
use tenure::policy::Policy;
use tenure::time::Timestamp;
use tenure_oracle::World;

use crate::Implementation;

/// The specification of decisions.
#[derive(Debug, Clone, Copy)]
pub struct Oracle;

/// A world and the policy it is judged by.
struct Judged {
    policy: Policy,
    world: World,
    adopted: bool,
}

impl Judged {
    fn new(policy: &Value, facts: &[Fact]) -> Result<Self, String> {
        let policy = Policy::from_json(policy.to_string()).map_err(|error| error.to_string())?;
        let world = World::new(policy.document().clone(), policy.digest(), facts.to_vec());
        let adopted = facts.iter().any(|fact| matches!(fact.body, Body::PolicyAdopted(_)));
        Ok(Self { policy, world, adopted })
    }

    /// The facts that adopt the document, while the log has adopted none.
    fn adoption(&self, at: Timestamp) -> Result<Vec<Fact>, String> {
        let digest = self.policy.digest();
        let adopted = Body::PolicyAdopted(PolicyAdopted { digest: digest.to_owned() });
        let nouns = tenure_oracle::noun_facts(self.policy.document()).into_iter().map(|fact| fact.body);
        let bodies = nouns.chain([adopted]).filter(|_| !self.adopted);
        let short = digest.get(..16).unwrap_or(digest);
        bodies
            .enumerate()
            .map(|(n, body)| {
                let id = FactId::new(format!("policy/{short}/{n}")).map_err(|error| error.to_string())?;
                Ok(Fact::new(id, at, body).effective(Timestamp::MIN))
            })
            .collect()
    }
}

impl Implementation for Oracle {
    fn name(&self) -> &'static str {
        "specification"
    }

    fn silent(&self) -> &'static [&'static str] {
        &[
            "/command",
            "/conditions",
            "/footprint",
            "/log",
            "/proposal/base",
            "/proposal/expects",
            "/proposal/touches",
            "/semantics",
            "/trusted_host",
            "/via",
        ]
    }

    fn decide(
        &self,
        policy: &Value,
        facts: &[Fact],
        command: &Command,
        now: Timestamp,
    ) -> Result<String, String> {
        let judged = Judged::new(policy, facts)?;
        let outcome = tenure_oracle::decide(&judged.world, command, now);
        let mut answer = json!({
            "at": outcome.at,
            "bounds": outcome.bounds,
            "grants": outcome.grants,
            "holds": tenure_oracle::holds(&judged.world, command, now),
            "next_change_at": tenure_oracle::next_change_at(&judged.world, command, now),
            "obligations": outcome.obligations,
            "policy": judged.policy.digest(),
            "reasons": outcome.reasons,
            "verdict": outcome.verdict,
        });
        if outcome.verdict != Verdict::Deny {
            let adopts = !command.only_ends() && !outcome.facts.is_empty();
            let mut proposed = if adopts { judged.adoption(outcome.at)? } else { Vec::new() };
            proposed.extend(outcome.facts);
            put(&mut answer, "proposal", json!({"facts": proposed}));
        }
        Ok(answer.to_string())
    }

    fn check(
        &self,
        policy: &Value,
        facts: &[Fact],
        question: &Question,
        now: Timestamp,
    ) -> Result<String, String> {
        let Judged { world, .. } = Judged::new(policy, facts)?;
        let checked = tenure_oracle::check(&world, question, now);
        let mut answer = json!({
            "answer": checked.answer,
            "at": world.at(now),
            "reasons": checked.reasons,
        });
        if !checked.missing.is_empty() {
            put(&mut answer, "missing", json!(checked.missing));
        }
        for (key, instant) in [("next_change_at", checked.next_change_at), ("until", checked.until)] {
            if let Some(instant) = instant {
                put(&mut answer, key, json!(instant));
            }
        }
        Ok(answer.to_string())
    }

    fn reconcile(&self, policy: &Value, facts: &[Fact], now: Timestamp) -> Result<String, String> {
        let Judged { world, .. } = Judged::new(policy, facts)?;
        let found = tenure_oracle::reconcile(&world, now);
        let removals: Vec<Value> = found
            .removals
            .iter()
            .map(|(identity, entitlement, scope)| {
                let mut removal = json!({"entitlement": entitlement, "identity": identity});
                if let Some(scope) = scope {
                    put(&mut removal, "scope", json!(scope));
                }
                removal
            })
            .collect();
        let answer = json!({
            "at": world.at(now),
            "findings": found.findings,
            "proposal": {"facts": found.facts},
            "removals": removals,
        });
        Ok(answer.to_string())
    }
}

fn put(map: &mut Value, key: &str, value: Value) {
    if let Some(map) = map.as_object_mut() {
        map.insert(key.to_owned(), value);
    }
}
