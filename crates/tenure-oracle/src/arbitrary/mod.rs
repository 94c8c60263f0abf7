//! Random worlds: small universes in which names, hours and limits meet often, with logs of every kind of fact,
//! late, future-dated, repeated, and with the commands, questions and instants to try on them.
//!
//! Everything is built from plain numbers, the smallest of which stand for the plainest choice, so that what
//! fails shrinks to little.

mod commands;
mod dice;
mod facts;
mod language;
mod policy;

use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any};
use tenure::check::Question;
use tenure::decide::Command;
use tenure::fact::Fact;
use tenure::policy::PolicyDocument;
use tenure::time::{Span, Timestamp};

use crate::{World, digest};
use dice::Dice;

/// A world and what to ask of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arbitrary {
    /// A valid document.
    pub policy: PolicyDocument,
    /// A log over it; either it adopted the document (or, rarely, another one), nouns and all, or it defines no
    /// noun that the document defines.
    pub facts: Vec<Fact>,
    /// What to decide.
    pub commands: Vec<Command>,
    /// What to check.
    pub questions: Vec<Question>,
    /// When.
    pub nows: Vec<Timestamp>,
}

impl Arbitrary {
    /// The world of the document and the log.
    pub fn world(&self) -> World {
        World::new(self.policy.clone(), digest::policy(&self.policy), self.facts.clone())
    }
}

/// How many instants the grid has, an hour apart.
pub const SLOTS: u64 = 72;

/// The instants of the grid on which nearly everything happens; slot 0 is Monday 2026-03-02T00:00:00Z.
pub fn slot(n: u64) -> Timestamp {
    let monday = Timestamp::saturating_from_millis(1_772_409_600_000);
    monday.plus(hours(n))
}

fn hours(n: u64) -> Span {
    Span::hours(u32::try_from(n).unwrap_or(u32::MAX))
}

/// What random worlds may contain.
#[derive(Debug, Clone, Copy, Default)]
struct Features {
    /// Facts that have not taken effect may be taken back.
    replacements: bool,
    /// Conditions, rules that restrict, and whatever else the policy language has.
    language: bool,
}

/// Worlds in which no fact takes back another.
pub fn worlds() -> impl Strategy<Value = Arbitrary> {
    numbers(Features::default())
}

/// Worlds in which facts that have not taken effect may be taken back.
pub fn worlds_with_replacements() -> impl Strategy<Value = Arbitrary> {
    numbers(Features { replacements: true, ..Features::default() })
}

/// Worlds with conditions, guardrails, denials, capacities, standing rules, inputs, prerequisites and approvals.
pub fn worlds_with_language() -> impl Strategy<Value = Arbitrary> {
    numbers(Features { language: true, ..Features::default() })
}

fn numbers(features: Features) -> impl Strategy<Value = Arbitrary> {
    let row = |length: usize| vec(any::<u16>(), length);
    let policy = vec(row(64), if features.language { 24 } else { 12 });
    let facts = vec(row(32), 0..60);
    let commands = vec(row(if features.language { 64 } else { 32 }), 1..6);
    let asks = (vec(row(if features.language { 24 } else { 4 }), 1..6), vec(row(4), 1..5));
    (policy, facts, commands, asks, Just(features))
        .prop_map(|(p, f, c, (q, n), features)| build(&p, &f, &c, &q, &n, features))
}

/// The world that bytes choose: whatever they are they choose one, the same bytes the same, and where they end the
/// plainest choices follow. So a fuzzer can look for worlds by changing bytes.
///
/// ```
/// use tenure_oracle::arbitrary::from_bytes;
/// let bytes: Vec<u8> = (0..200).collect();
/// assert_eq!(from_bytes(&bytes), from_bytes(&bytes));
/// assert_eq!(from_bytes(&[]).commands.len(), 1);
/// ```
pub fn from_bytes(bytes: &[u8]) -> Arbitrary {
    let mut bytes = bytes.iter().copied();
    let kind = bytes.next().unwrap_or_default();
    let features = Features { replacements: kind & 1 == 1, language: kind & 2 == 2 };
    let mut count = |most: u8| bytes.next().unwrap_or_default().checked_rem(most).unwrap_or_default();
    let (facts, commands) = (count(60), count(5).saturating_add(1));
    let (questions, nows) = (count(5).saturating_add(1), count(4).saturating_add(1));
    // A row is its length and so many numbers.
    let mut rows = |count: u8| -> Vec<Vec<u16>> {
        let row = |_| {
            let length = bytes.next().unwrap_or_default().checked_rem(65).unwrap_or_default();
            bytes.by_ref().take(usize::from(length)).map(u16::from).collect()
        };
        (0..count).map(row).collect()
    };
    let policy = rows(if features.language { 24 } else { 12 });
    let (facts, commands, questions, nows) = (rows(facts), rows(commands), rows(questions), rows(nows));
    build(&policy, &facts, &commands, &questions, &nows, features)
}

fn build(
    policy_numbers: &[Vec<u16>],
    fact_numbers: &[Vec<u16>],
    command_numbers: &[Vec<u16>],
    question_numbers: &[Vec<u16>],
    now_numbers: &[Vec<u16>],
    features: Features,
) -> Arbitrary {
    let language = features.language;
    let mut rows = policy_numbers.iter();
    let mut next = || Dice::new(rows.next().map_or(&[][..], |row| row), language);
    let (mut policy, mut about) = (policy::document(&mut next), next());
    if language {
        language::document(&mut next, &mut policy);
    }
    let mut log = facts::Log::new(policy.clone(), &mut about, features.replacements);
    for row in fact_numbers {
        log.happen(&mut Dice::new(row, language));
    }
    let commands = command_numbers.iter().zip(0_u64..);
    let commands =
        commands.map(|(row, n)| commands::command(&mut Dice::new(row, language), &log, n)).collect();
    let questions = question_numbers.iter().map(|row| question(&mut Dice::new(row, language))).collect();
    let high_water = World::new(PolicyDocument::default(), "", log.facts.clone()).high_water;
    let nows = now_numbers.iter().map(|row| now(&mut Dice::new(row, language), high_water)).collect();
    let facts = log.facts;
    Arbitrary { policy, facts, commands, questions, nows }
}

fn question(dice: &mut Dice<'_>) -> Question {
    let resource = if dice.chance(70) { Some(dice.resource()) } else { None };
    let (identity, permission) = (dice.identity(), dice.permission());
    let resource = resource.map(|resource| language::target(dice, resource));
    Question { context: language::context(dice), identity, permission, resource }
}

/// Mostly a while after the log ends, on the grid or next to it; sometimes before.
fn now(dice: &mut Dice<'_>, high_water: Timestamp) -> Timestamp {
    let known = if high_water < slot(0) { slot(0) } else { high_water };
    let base = match dice.below(48) {
        // Where all that lasts longer is cut off.
        47 => Timestamp::MAX.minus(hours(dice.below(40).saturating_add(1))),
        n => match n.checked_rem(12).unwrap_or_default() {
            0..=3 => known.plus(hours(dice.below(6))),
            4 | 5 => known.plus(hours(dice.below(30))),
            6..=8 => known,
            9 => known.minus(Span::seconds(u32::try_from(dice.below(7)).unwrap_or_default())),
            10 => known.plus(hours(dice.below(400))),
            _ => slot(dice.below(SLOTS)),
        },
    };
    match dice.below(6) {
        0..=2 => base,
        3 => base.next(),
        4 => Timestamp::saturating_from_millis(base.as_millis().saturating_sub(1)),
        _ => base.plus(Span::seconds(u32::try_from(dice.below(3600)).unwrap_or_default())),
    }
}
