//! `tenure requestable`: what somebody may ask for now, for how long at the longest, by which rules, and what a
//! request would need; and why not, for the rest.

use tenure::query::{Needs, Offers, Requestable as Question};

use super::check::id;
use super::circumstances::{Said, said};
use super::lines;
use crate::args::{Cli, Requestable};
use crate::failure::{Exit, Failure};
use crate::hint::hints;
use crate::load::World;
use crate::render::{Answer, NOTHING, or_nothing, table};

pub(super) fn run(args: &Cli, requestable: &Requestable) -> Result<Answer, Failure> {
    lines::ask(args, &requestable.lines, |world| question(requestable, world), answer)
}

fn question(requestable: &Requestable, world: &World) -> Result<Question, Failure> {
    let mut question = Question::new(id("IDENTITY", requestable.identity.as_deref().unwrap_or_default())?);
    for text in &requestable.context {
        said(Said::Context, text, world.engine.policy().document(), &mut question.context)?;
    }
    question.all = requestable.all;
    let named = requestable.entitlement.iter().map(|text| id("--entitlement", text));
    question.entitlements = named.collect::<Result<_, _>>()?;
    question.event = requestable.event.as_deref().map(|text| id("--event", text)).transpose()?;
    Ok(question)
}

fn answer(world: &World, question: &Question) -> Result<Answer, Failure> {
    let offers = world.engine.requestable(question, world.now);
    let exit = if offers.reasons.is_empty() { Exit::Done } else { Exit::Deny };
    let mut text = text(&offers);
    text.push_str(&hints(&offers.reasons, world.engine.policy().document()));
    Answer::new(exit, text, &offers, None, world.warnings())
}

fn text(offers: &Offers) -> String {
    let mut text = format!("{} at {}\n", offers.identity, offers.at);
    let (open, shut): (Vec<_>, Vec<_>) = offers.rows.iter().partition(|offer| offer.requestable);
    let heads = ["ENTITLEMENT", "SCOPE", "AT MOST", "UNTIL", "HELD", "NEEDS", "RULES"];
    let mut rows = vec![heads.map(String::from)];
    rows.extend(open.iter().map(|offer| {
        let rules: Vec<&str> = offer.rules.iter().map(AsRef::as_ref).collect();
        let held = match offer.held_until {
            Some(until) => format!("until {until}"),
            None if offer.held => "yes".to_owned(),
            None => NOTHING.to_owned(),
        };
        [
            offer.entitlement.to_string(),
            or_nothing(offer.scope.as_ref()),
            or_nothing(offer.max.as_ref()),
            or_nothing(offer.until.as_ref()),
            held,
            or_nothing(Some(needs(&offer.needs)).filter(|needs| !needs.is_empty()).as_ref()),
            rules.join(", "),
        ]
    }));
    if !open.is_empty() {
        text.push('\n');
        text.push_str(&table(&rows));
    } else if offers.reasons.is_empty() {
        text.push_str("\n  nothing\n");
    }
    if !shut.is_empty() {
        let mut rows = vec![["NOT", "SCOPE", "WHY NOT"].map(String::from)];
        for offer in shut {
            for (n, reason) in offer.reasons.iter().enumerate() {
                let first = |cell: String| if n == 0 { cell } else { String::new() };
                let what = first(offer.entitlement.to_string());
                rows.push([what, first(or_nothing(offer.scope.as_ref())), reason.to_string()]);
            }
        }
        text.push('\n');
        text.push_str(&table(&rows));
    }
    for reason in &offers.reasons {
        text.push_str(&format!("  {reason}\n"));
    }
    text
}

/// What a request would have to bring, in a few words.
fn needs(needs: &Needs) -> String {
    let said = [(needs.reason, "reason"), (needs.ticket, "ticket"), (needs.duration, "duration")];
    let mut all: Vec<String> =
        said.iter().filter(|(needed, _)| *needed).map(|(_, word)| (*word).to_owned()).collect();
    if let Some(event) = &needs.event {
        let kinds = event.kinds.as_ref().map(|kinds| format!(" ({})", kinds.join(", "))).unwrap_or_default();
        all.push(format!("event{kinds}"));
    }
    all.extend(needs.inputs.keys().map(|name| format!("input {name}")));
    all.extend(needs.context.iter().map(|name| format!("context {name}")));
    let approvals = needs.approvals.iter().map(|owed| match &owed.stage.name {
        Some(name) => format!("approval {name}"),
        None => "approval".to_owned(),
    });
    all.extend(approvals);
    all.join(", ")
}
