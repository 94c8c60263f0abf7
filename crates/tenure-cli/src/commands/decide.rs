//! `tenure decide`: what is asked is decided, and with `--commit` written to the log if it is permitted.

use tenure::decide::{Audience, Command, Decision, Verdict};
use tenure::document;
use tenure::policy::{PolicyDocument, Stage};

use super::check::audience;
use super::{ATTEMPTS, asked};
use crate::args::{Cli, Decide};
use crate::failure::{Exit, Failure};
use crate::hint::hints;
use crate::load::{self, World};
use crate::log_file::Committed;
use crate::render::{Answer, NOTHING, or_nothing, table};
use crate::torn::Warning;

pub(super) fn run(args: &Cli, decide: &Decide) -> Result<Answer, Failure> {
    if decide.commit {
        load::log_path(args)?;
    }
    let audience = audience(decide.asked.audience.as_deref())?;
    asked::run(args, &decide.asked, |world, command| {
        // What is so before anything is written.
        let warnings = world.warnings();
        let (decision, committed) = decided(world, command, decide.commit)?;
        let answer = answer(world, &decision, committed.as_ref(), (audience, warnings));
        if let (Some(_), Some(committed), Some(proposal)) =
            (&decide.asked.lines.lines, &committed, decision.proposal())
        {
            world.go_on(committed, &proposal.facts)?;
        }
        answer
    })
}

fn decided(
    world: &mut World,
    command: &Command,
    commit: bool,
) -> Result<(Decision, Option<Committed>), Failure> {
    if commit {
        return decide_and_commit(world, command);
    }
    Ok((world.engine.decide(command, world.now), None))
}

fn answer(
    world: &World,
    decision: &Decision,
    committed: Option<&Committed>,
    (audience, warnings): (Option<Audience>, Vec<Warning>),
) -> Result<Answer, Failure> {
    let exit = asked::exit(decision.verdict());
    if let Some(audience) = audience {
        let view = decision.for_audience(audience);
        return Answer::new(exit, view.to_string(), &view, committed, warnings);
    }
    let text = text(decision, world.engine.policy().document());
    Answer::new(exit, text, decision, committed, warnings)
}

/// Decides, and appends what a permit proposes; where the log went on in between, decides again.
fn decide_and_commit(world: &mut World, command: &Command) -> Result<(Decision, Option<Committed>), Failure> {
    let mut attempt: usize = 1;
    loop {
        let decision = world.engine.decide(command, world.now);
        let Some(proposal) = decision.proposal() else { return Ok((decision, None)) };
        match super::commit::append(world.log.as_mut(), &proposal) {
            Ok(committed) => return Ok((decision, Some(committed))),
            Err(failure) if failure.exit == Exit::Conflict && attempt < ATTEMPTS => world.renew()?,
            Err(failure) => return Err(failure),
        }
        attempt = attempt.saturating_add(1);
    }
}

/// A decision for people.
fn text(decision: &Decision, document: &PolicyDocument) -> String {
    let grounds = decision.grounds();
    let verdict = match decision.verdict() {
        Verdict::Permit => "permit",
        Verdict::Pending => "pending",
        Verdict::Deny => "deny",
    };
    // Which item a line is about is only worth saying where there are several, the second being number 1.
    let items =
        grounds.bounds.iter().map(|bound| Some(bound.item)).chain(grounds.reasons.iter().map(|r| r.item));
    let several = decision.grants().len() > 1 || items.max().flatten() > Some(0);
    let item = |n: Option<u32>| or_nothing(n.filter(|_| several).as_ref());
    let pending = decision.verdict() == Verdict::Pending;
    let mut text = format!("{verdict}  {} at {}\n", grounds.command, grounds.at);
    if !decision.grants().is_empty() {
        let mut rows = vec![
            ["GRANT", "HOLDER", "ENTITLEMENT", "SCOPE", "EVENT", "FROM", "UNTIL", "STATE"].map(String::from),
        ];
        rows.extend(decision.grants().iter().map(|grant| {
            [
                grant.id.to_string(),
                grant.beneficiary.to_string(),
                grant.entitlement.to_string(),
                or_nothing(grant.scope.as_ref()),
                or_nothing(grant.event.as_ref()),
                grant.start.to_string(),
                grant.end.to_string(),
                // What would be given stands nowhere yet.
                if pending { NOTHING.to_owned() } else { word(&grant.state) },
            ]
        }));
        text.push('\n');
        text.push_str(&table(&rows));
        for grant in decision.grants() {
            if let Some(until) = grant.session_until {
                text.push_str(&format!("  a session under {} ends by {until}\n", grant.id));
            }
        }
    }
    if !grounds.bounds.is_empty() {
        let mut rows = vec![["ITEM", "LIMIT", "ENDS", "SOURCE", ""].map(String::from)];
        rows.extend(grounds.bounds.iter().map(|bound| {
            [
                item(Some(bound.item)),
                bound.kind.word().to_owned(),
                bound.end.to_string(),
                or_nothing(bound.source.as_ref()),
                if bound.binding { "sets the end".to_owned() } else { String::new() },
            ]
        }));
        text.push('\n');
        text.push_str(&table(&rows));
    }
    if let Decision::Pending(pending) = decision {
        let mut rows = vec![["ITEM", "OWED", "STAGE", "BY", "SOURCE"].map(String::from)];
        rows.extend(pending.obligations.iter().map(|owed| {
            let stage = &owed.stage;
            [
                item(Some(owed.item)),
                word(&owed.kind),
                or_nothing(stage.name.as_ref()),
                people(stage),
                owed.source.to_string(),
            ]
        }));
        text.push('\n');
        text.push_str(&table(&rows));
    }
    if !grounds.reasons.is_empty() {
        text.push('\n');
        for reason in &grounds.reasons {
            let of = match item(reason.item).as_str() {
                NOTHING => String::new(),
                item => format!(" (item {item})"),
            };
            text.push_str(&format!("  {}{of}: {reason}\n", word(&reason.level)));
        }
        text.push_str(&hints(&grounds.reasons, document));
    }
    if let Some(next) = grounds.next_change_at {
        text.push_str(&format!("\n  changes next at {next}\n"));
    }
    text
}

/// Who has to agree, in words.
fn people(stage: &Stage) -> String {
    let Stage { approvers, quorum, .. } = stage;
    let groups = approvers.groups.iter().map(|group| format!("group {group}"));
    let manager = approvers.manager.then(|| "the manager".to_owned());
    let owner = approvers.owner.then(|| "the owner of the entitlement".to_owned());
    let all = approvers.ids.iter().map(ToString::to_string).chain(groups).chain(manager).chain(owner);
    match all.collect::<Vec<_>>().as_slice() {
        [one] if *quorum == 1 && approvers.groups.is_empty() => one.clone(),
        all => format!("{quorum} of {}", all.join(", ")),
    }
}

/// The word that documents use.
fn word(value: &impl serde::Serialize) -> String {
    document::canonical(value).unwrap_or_default().trim_matches('"').to_owned()
}
