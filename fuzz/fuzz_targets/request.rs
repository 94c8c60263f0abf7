//! A command or a question is read or refused, strictly and with a code; what is read is written as what reads to the
//! same, and is answered alike each time: a permit can be committed, is then known, and every audience is told of it.

#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tenure::check::Question;
use tenure::decide::{Audience, Code, Command, Decision, Level};
use tenure::document::{Limits, canonical, parse_json};
use tenure::engine::Engine;
use tenure::policy::Policy;
use tenure::state::State;
use tenure::time::Timestamp;

const COMPANY: &str = include_str!("../seeds/policy_json/company.json");

fuzz_target!(|data: &[u8]| {
    let Ok(text) = core::str::from_utf8(data) else { return };
    let now: Timestamp = "2026-03-02T09:00:00Z".parse().expect("an instant");
    if let Some(command) = read::<Command>(text) {
        decide(&command, now);
    }
    if let Some(question) = read::<Question>(text) {
        let answer = engine().check(&question, now);
        assert_eq!(answer, engine().check(&question, now));
        let (who, what) = (question.identity.as_str(), question.permission.as_str());
        if question.context.is_empty() && question.resource.is_none() {
            assert_eq!(engine().allows(who, what, None, now), answer.allowed(), "{text}");
        }
        for audience in Audience::ALL {
            let told = answer.for_audience(*audience);
            assert!(answer.allowed() || !told.reasons.is_empty());
            let _ = canonical(&told).expect("an answer has a text");
        }
    }
});

fn engine() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(|| {
        let policy = Policy::from_json(COMPANY).expect("a policy");
        Engine::new(policy, State::default()).expect("an engine")
    })
}

/// What a text says, which is what its canonical text says.
fn read<T: DeserializeOwned + Serialize + PartialEq + core::fmt::Debug>(text: &str) -> Option<T> {
    let value: T = match parse_json(text, &Limits::policy()) {
        Ok(value) => value,
        Err(error) => {
            assert!(!error.code().is_empty() && !error.to_string().is_empty());
            return None;
        }
    };
    let written = canonical(&value).expect("it has a text");
    let again = parse_json(&written, &Limits::policy());
    assert_eq!(again.ok().as_ref(), Some(&value), "{written}");
    Some(value)
}

fn decide(command: &Command, now: Timestamp) {
    let decision = engine().decide(command, now);
    assert_eq!(decision, engine().decide(command, now));
    assert!(decision.grounds().holds.contains(now));
    let denied = matches!(decision, Decision::Deny(_));
    let reasons = &decision.grounds().reasons;
    assert_eq!(denied, reasons.iter().any(|reason| reason.level == Level::Error), "{decision}");
    for audience in Audience::ALL {
        let told = decision.for_audience(*audience);
        assert!(!denied || !told.reasons.is_empty(), "{decision}");
        let _ = canonical(&told).expect("a decision has a text");
    }
    let Decision::Permit(permit) = &decision else { return };
    let proposal = permit.proposal();
    if proposal.facts.is_empty() || command.only_ends() {
        return;
    }
    assert!(permit.grants.iter().all(|grant| grant.start < grant.end && !grant.end.is_never()), "{decision}");
    let after = engine().commit(&proposal).expect("what was just permitted fits");
    let again = after.decide(command, now);
    let known = again.grounds().reasons.iter().any(|reason| reason.code == Code::RequestAlreadyResolved);
    assert!(known, "{decision}{again}");
}
