//! An answer says how long it holds: within that window of now the same command gets the same answer.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use serde_json::Value;
use tenure::check::Question;
use tenure::decide::Command;
use tenure::fact::Fact;
use tenure::time::{Timestamp, Window};
use tenure_conformance::{Engine, Implementation, Vector, files, run};

/// The engine, asked again at the edges and in the middle of what each decision says of itself.
struct Doubted;

impl Implementation for Doubted {
    fn name(&self) -> &'static str {
        "engine, asked again"
    }

    fn decide(
        &self,
        policy: &Value,
        facts: &[Fact],
        command: &Command,
        now: Timestamp,
    ) -> Result<String, String> {
        let text = Engine.decide(policy, facts, command, now)?;
        let answer: Value = text.parse().map_err(|error| format!("{error}"))?;
        let holds: Window =
            serde_json::from_value(answer["holds"].clone()).map_err(|error| error.to_string())?;
        if !holds.contains(now) {
            return Err(format!("`{now}` does not lie in {holds}"));
        }
        let (from, until) = (holds.start().as_millis(), holds.end().as_millis());
        let here = now.as_millis();
        let halfway = |a: i64, b: i64| a.midpoint(b);
        for millis in [from, from.midpoint(here), here + 1, halfway(here, until), until - 1] {
            let then = Timestamp::saturating_from_millis(millis);
            // In the last year ends that count from now meet the end of the time line.
            if !holds.contains(then) || then.to_string().starts_with("9999") {
                continue;
            }
            let again: Value = Engine.decide(policy, facts, command, then)?.parse().unwrap();
            if let Some(difference) = differs(&answer, &again) {
                return Err(format!("{holds}, but at {then} {difference}\n  {answer}\n  {again}"));
            }
        }
        Ok(text)
    }

    fn check(
        &self,
        policy: &Value,
        facts: &[Fact],
        question: &Question,
        now: Timestamp,
    ) -> Result<String, String> {
        Engine.check(policy, facts, question, now)
    }

    fn reconcile(&self, policy: &Value, facts: &[Fact], now: Timestamp) -> Result<String, String> {
        Engine.reconcile(policy, facts, now)
    }
}

/// What differs in verdict, selection, reasons and absolute bounds; what counts from now may move.
fn differs(a: &Value, b: &Value) -> Option<&'static str> {
    let of = |answer: &Value, list: &str, keys: &[&str]| -> Vec<Vec<Value>> {
        let items = answer[list].as_array().unwrap();
        let mut items: Vec<Vec<Value>> =
            items.iter().map(|item| keys.iter().map(|key| item[*key].clone()).collect()).collect();
        items.sort_by_key(|item| format!("{item:?}"));
        items
    };
    let same = |list: &str, keys: &[&str]| of(a, list, keys) == of(b, list, keys);
    let instant = |value: &Value| value.as_str().unwrap().parse::<Timestamp>().unwrap().as_millis();
    let ends = |answer: &Value| -> Vec<i64> {
        let mut bounds: Vec<&Value> = answer["bounds"].as_array().unwrap().iter().collect();
        bounds.sort_by_key(|bound| format!("{} {} {}", bound["item"], bound["kind"], bound["source"]));
        bounds.into_iter().map(|bound| instant(&bound["end"])).collect()
    };
    let moved = instant(&b["at"]) - instant(&a["at"]);
    // At the end of the time line nothing moves any more.
    let last = |end: &i64| *end == Timestamp::MAX.as_millis();
    let follows = |(a, b): (&i64, &i64)| a == b || b - a == moved || last(a) || last(b);
    if a["verdict"] != b["verdict"] {
        Some("the verdict differs")
    } else if !same("reasons", &["code", "item", "level"]) {
        Some("the reasons differ")
    } else if !same("grants", &["id", "beneficiary", "entitlement", "scope", "event", "state"]) {
        Some("the grants differ")
    } else if !same("bounds", &["item", "kind", "source", "binding"]) {
        Some("other bounds bind")
    } else if !ends(a).iter().zip(&ends(b)).all(follows) {
        Some("a bound moves otherwise than now")
    } else {
        None
    }
}

#[test]
fn nothing_changes_while_an_answer_holds() {
    let mut wrong = Vec::new();
    let mut asked = 0;
    for (path, text) in files::stored().unwrap() {
        if let Ok(vector) = Vector::read(&text) {
            asked += 1;
            let failure = run(&path, &vector, &Doubted).err().map(|failure| failure.to_string());
            let is_awaited = files::AWAITED.contains(&path.as_str());
            match failure {
                None if is_awaited => {
                    wrong.push(format!("{path}: is fulfilled; strike it off `files::AWAITED`"))
                }
                Some(failure) if !is_awaited => wrong.push(failure),
                _ => {}
            }
        }
    }
    assert!(asked >= 60, "{asked} vectors");
    assert!(wrong.is_empty(), "{} answers hold for less than they say:\n{}\n", wrong.len(), wrong.join("\n"));
}
