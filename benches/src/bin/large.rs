//! Measures what is too large for a statistical benchmark, and prints a table:
//!
//! `large <identities> [check|decide|explain|who|what|requestable|fold|apply|close|snapshot|passes]... [--decided]
//! [--dated]`
//!
//! Each line is the median of several runs after one that does not count, in processor time; without names
//! everything is measured.
#![allow(clippy::print_stdout, reason = "a program that prints a table")]

use std::hint::black_box;
use std::process::ExitCode;

use tenure::check::Question;
use tenure::decide::{Command, Verdict};
use tenure::engine::Engine;
use tenure::fact::Fact;
use tenure::policy::Policy;
use tenure::query::{Filter, Requestable, What, Who};
use tenure::shared::Shared;
use tenure::state::{Expect, State};
use tenure_benches::clock::{median, median_of, timed};
use tenure_benches::questions::{Asked, Handles, Kind, MANY, questions};
use tenure_benches::work::after;
use tenure_benches::world::{World, identity, permission, place};

/// What can be measured, and how.
type Section = (&'static str, fn(&mut Measured));

const SECTIONS: [Section; 11] = [
    ("fold", fold),
    ("passes", passes),
    ("check", check),
    ("decide", decide),
    ("explain", explain),
    ("who", who),
    ("what", what),
    ("requestable", requestable),
    ("apply", apply),
    ("close", close),
    ("snapshot", snapshot),
];

/// How many questions fit into the caches next to the processor.
const HOT: usize = 1_024;

/// A world and its engine, made when first needed.
struct Measured {
    world: World,
    policy: Policy,
    engine: Option<Engine>,
}

fn main() -> ExitCode {
    let mut names: Vec<String> = std::env::args().skip(1).collect();
    let decided = names.iter().any(|name| name == "--decided");
    let dated = names.iter().any(|name| name == "--dated");
    names.retain(|name| !name.starts_with("--"));
    let identities = if names.is_empty() { None } else { names.remove(0).parse::<u32>().ok() };
    let Some(identities) = identities.filter(|n| *n >= 100) else {
        println!("say how many identities, 100 at least, and what to measure");
        return ExitCode::from(2);
    };
    if let Some(name) = names.iter().find(|name| SECTIONS.iter().all(|(known, _)| known != name)) {
        println!("`{name}` is not measured");
        return ExitCode::from(2);
    }
    let world = World::of(identities);
    let world = if decided { world.decided() } else { world };
    let world = if dated { world.dated() } else { world };
    let policy = world.policy();
    println!("{identities} identities, {} grants, {:?}", world.all_grants(), world.origin);
    let mut measured = Measured { world, policy, engine: None };
    for (name, measure) in SECTIONS {
        if names.is_empty() || names.iter().any(|wanted| wanted == name) {
            measure(&mut measured);
        }
    }
    ExitCode::SUCCESS
}

impl Measured {
    fn engine(&mut self) -> Engine {
        let world = self.world;
        let policy = &self.policy;
        let make = || Engine::new(policy.clone(), world.state(policy)).expect("no contradiction");
        self.engine.get_or_insert_with(make).clone()
    }

    /// Few runs where one takes long.
    fn runs(&self) -> usize {
        if self.world.identities > 200_000 { 3 } else { 7 }
    }
}

/// A line about something that happens `count` times in `nanos`.
fn each(what: &str, nanos: u64, count: usize) {
    let tenths = nanos * 10 / count.max(1) as u64;
    println!("{what:<58} {:>12}.{} ns", tenths / 10, tenths % 10);
}

fn line(what: &str, value: u64, unit: &str) {
    let text = value.to_string();
    let grouped: Vec<&str> =
        text.as_bytes().rchunks(3).rev().filter_map(|digits| std::str::from_utf8(digits).ok()).collect();
    println!("{what:<58} {:>14} {unit}", grouped.join(","));
}

fn per_second(count: u64, nanos: u64) -> u64 {
    count.saturating_mul(1_000_000_000) / nanos.max(1)
}

/// The whole log in batches of 1,000, each followed by the root of the log.
fn fold(measured: &mut Measured) {
    let world = measured.world;
    let runs = if world.identities > 200_000 { 1 } else { 5 };
    let mut speeds = Vec::new();
    let mut last = State::default();
    for _ in 0..runs {
        let mut state = State::default();
        let mut nanos = 0u64;
        let mut batch: Vec<Fact> = Vec::with_capacity(1_000);
        let mut facts =
            world.structure(&measured.policy).into_iter().chain(world.joins()).chain(world.issues());
        loop {
            batch.clear();
            batch.extend(facts.by_ref().take(1_000));
            if batch.is_empty() {
                break;
            }
            let (spent, ()) = timed(|| {
                state.apply_all(state.len(), &batch).expect("the facts stand in order");
                black_box(state.log_root());
            });
            nanos += spent;
        }
        speeds.push(per_second(state.len(), nanos));
        last = state;
    }
    line("State fold with log_root, batches of 1,000", median(&mut speeds), "facts/s");
    line("  facts", last.len(), "");
    let policy = measured.policy.clone();
    measured.engine = Some(Engine::new(policy, last).expect("no contradiction"));
}

fn passes(measured: &mut Measured) {
    let engine = measured.engine();
    let (now, runs) = (measured.world.now(), measured.runs());
    let state = engine.state().clone();
    let nanos = median_of(runs, || {
        let (policy, state) = (measured.policy.clone(), state.clone());
        timed(|| Engine::new(policy, state)).0
    });
    line("Engine::new", nanos / 1_000, "us");
    line("next_change_at", median_of(runs, || timed(|| engine.next_change_at(now)).0) / 1_000, "us");
    let (once, found) = timed(|| engine.reconcile(now));
    // Half a minute in a large world: once is enough.
    let nanos = if runs > 3 { median_of(runs, || timed(|| engine.reconcile(now)).0) } else { once };
    line("reconcile", nanos / 1_000, "us");
    line("  ends to be recorded", found.proposal.facts.len() as u64, "");
    line("  row bytes per grant, times 10", engine.row_bytes() as u64 * 10 / measured.world.all_grants(), "");
}

fn check(measured: &mut Measured) {
    let engine = measured.engine();
    let now = measured.world.now();
    let asked = questions(&measured.world, MANY);
    let handles: Vec<Handles> = asked.iter().map(|q| q.handles(&engine)).collect();
    for (asked, handles) in asked.iter().zip(&handles) {
        let held = engine.check_by(handles.identity, handles.permission, handles.resource, now);
        assert_eq!(held.allowed, asked.kind == Kind::Allowed, "{asked:?}");
    }
    let all = |handles: &[Handles]| {
        let allowed =
            handles.iter().filter(|q| engine.check_by(q.identity, q.permission, q.resource, now).allowed);
        black_box(allowed.count());
    };
    each("check_by, 2^18 shuffled questions", median_of(9, || timed(|| all(&handles)).0), MANY);
    each("check_by, hot", median_of(99, || timed(|| all(&handles[..HOT])).0), HOT);
    for kind in [Kind::Allowed, Kind::Expired, Kind::Elsewhere, Kind::Never] {
        let of = asked.iter().zip(&handles).filter(|(q, _)| q.kind == kind);
        let of: Vec<Handles> = of.map(|(_, h)| *h).collect();
        each(&format!("  {kind:?}"), median_of(9, || timed(|| all(&of)).0), of.len());
        each(&format!("  {kind:?}, hot"), median_of(99, || timed(|| all(&of[..HOT])).0), HOT);
    }
    let named: Vec<Question> = asked.iter().map(Asked::question).collect();
    let by_name = |named: &[Question]| {
        let allowed = named.iter().filter(|q| {
            let on = q.resource.as_ref().map(|r| r.id().as_str());
            engine.allows(q.identity.as_str(), q.permission.as_str(), on, now)
        });
        black_box(allowed.count());
    };
    each("allows, 2^18 shuffled questions", median_of(9, || timed(|| by_name(&named)).0), MANY);
    each("allows, hot", median_of(99, || timed(|| by_name(&named[..HOT])).0), HOT);
    let many = |named: &[Question]| timed(|| black_box(engine.check_many(named, now)).len()).0;
    each("check_many, 2^18 shuffled questions", median_of(5, || many(&named)), MANY);
    each("check_many, hot", median_of(29, || many(&named[..HOT])), HOT);
}

fn decide(measured: &mut Measured) {
    let engine = measured.engine();
    let now = measured.world.now();
    for (what, commands, verdict) in [
        ("permit", measured.world.requests(4_096), Verdict::Permit),
        ("deny", measured.world.vain_requests(4_096), Verdict::Deny),
    ] {
        for command in &commands {
            let decision = engine.decide(command, now);
            assert_eq!(decision.verdict(), verdict, "{decision}");
        }
        for (how, commands) in [("hot", &commands[..64]), ("4,096 different ones", &commands[..])] {
            let all = || {
                for command in commands {
                    let _ = black_box(engine.decide(command, now));
                }
            };
            each(&format!("decide, {what}, {how}"), median_of(49, || timed(all).0), commands.len());
        }
        let digests = || {
            for command in &commands[..64] {
                if let Command::Request(request) = command {
                    black_box(request.digest());
                }
            }
        };
        each("  the digest of a request", median_of(49, || timed(digests).0), 64);
    }
}

/// Each command once: an explanation tries many things, and how many depends on what stands in the way.
fn explain(measured: &mut Measured) {
    let engine = measured.engine();
    let now = measured.world.now();
    for (what, commands) in
        [("permit", measured.world.requests(256)), ("deny", measured.world.vain_requests(256))]
    {
        let (mut nanos, mut decisions) = (Vec::new(), 0u64);
        for command in &commands {
            let decision = engine.decide(command, now);
            let (spent, explanation) = timed(|| engine.explain(command, &decision));
            nanos.push(spent);
            decisions += u64::from(explanation.decisions);
        }
        let slowest = nanos.iter().copied().max().unwrap_or(0);
        each(&format!("explain, {what}"), median(&mut nanos), 1);
        each("  the slowest", slowest, 1);
        line("  decisions that it took, in the mean", decisions / commands.len() as u64, "");
    }
}

/// Who may do something, in no order: permissions of all layers, on all resources.
fn who(measured: &mut Measured) {
    let engine = measured.engine();
    let now = measured.world.now();
    let mut slowest = 0;
    let mut all = Vec::new();
    let (mut told, mut complete) = (0, 0);
    for asked in questions(&measured.world, 64) {
        let question = Who {
            resource: asked.resource.map(place).map(Into::into),
            ..Who::new(permission(asked.permission).parse().expect("an id"))
        };
        let found = engine.who(&question, now);
        told += found.rows.len() as u64;
        complete += u64::from(found.complete);
        let nanos = median_of(measured.runs().min(3), || timed(|| black_box(engine.who(&question, now))).0);
        slowest = slowest.max(nanos);
        all.push(nanos);
    }
    line("who, 64 questions, the first 1,000 of each", median(&mut all) / 1_000, "us");
    line("  the slowest", slowest / 1_000, "us");
    line("  rows, on average", told / 64, "");
    line("  complete, of 64", complete, "");
}

/// What somebody may do: everything, and of it what one role gives, and on one resource.
fn what(measured: &mut Measured) {
    let engine = measured.engine();
    let now = measured.world.now();
    let asked = questions(&measured.world, 512);
    let of = |asked: &Asked| What::new(identity(asked.identity));
    let all: Vec<What> = asked.iter().map(of).collect();
    let rows: usize = all.iter().map(|question| engine.what(question, now).rows.len()).sum();
    let every = |questions: &[What]| {
        for question in questions {
            let _ = black_box(engine.what(question, now));
        }
    };
    each("what, everything", median_of(9, || timed(|| every(&all)).0), all.len());
    each("  a row", median_of(9, || timed(|| every(&all)).0), rows);
    line("  rows, on average", rows as u64 / all.len() as u64, "");
    let prefixed = |asked: &Asked| {
        let prefix = format!("p{}", asked.permission / 10);
        What { filter: Filter { prefix, ..Filter::default() }, ..of(asked) }
    };
    let some: Vec<What> = asked.iter().map(prefixed).collect();
    each("  what begins with a prefix", median_of(9, || timed(|| every(&some)).0), some.len());
    let on = asked.iter().filter_map(|asked| Some(of(asked).on(place(asked.resource?))));
    let on: Vec<What> = on.take(64).collect();
    each("what, on a resource", median_of(5, || timed(|| every(&on)).0), on.len());
}

fn requestable(measured: &mut Measured) {
    let engine = measured.engine();
    let now = measured.world.now();
    let asked = questions(&measured.world, 16);
    let all: Vec<Requestable> =
        asked.iter().map(|asked| Requestable::new(identity(asked.identity))).collect();
    let rows: usize = all.iter().map(|question| engine.requestable(question, now).rows.len()).sum();
    let every = || {
        for question in &all {
            let _ = black_box(engine.requestable(question, now));
        }
    };
    let nanos = median_of(measured.runs(), || timed(every).0);
    line("requestable", nanos / 1_000 / all.len() as u64, "us");
    line("  rows, on average", (rows / all.len()) as u64, "");
}

fn apply(measured: &mut Measured) {
    let engine = measured.engine();
    let facts = measured.world.hour((measured.world.identities * 4).min(1 << 17));
    let mut speeds = Vec::new();
    let mut without = Vec::new();
    let mut slowest = 0;
    for _ in 0..measured.runs().min(3) {
        let shared = Shared::new(engine.clone());
        let mut nanos = 0;
        let mut batches = Vec::new();
        for batch in facts.chunks(64) {
            let position = shared.current().position();
            let (spent, ()) = timed(|| shared.apply(position, batch).expect("the facts stand in order"));
            nanos += spent;
            batches.push(spent);
        }
        speeds.push(per_second(facts.len() as u64, nanos));
        slowest = slowest.max(batches.iter().copied().max().unwrap_or(0));
        without.push(per_second(64, median(&mut batches)));
    }
    line("Engine::apply, published, batches of 64", median(&mut speeds), "facts/s");
    line("  the median batch alone", median(&mut without), "facts/s");
    line("  slowest batch, which puts the rows side by side", slowest / 1_000, "us");
}

fn close(measured: &mut Measured) {
    let engine = after(&measured.engine(), &measured.world.crowd());
    let end = [measured.world.crowd_leaves()];
    let nanos = median_of(measured.runs(), || timed(|| engine.apply(engine.position(), &end)).0);
    line("closing an event with 100,000 grants", nanos / 1_000, "us");
}

fn snapshot(measured: &mut Measured) {
    let state = measured.engine().state().clone();
    let runs = measured.runs();
    let bytes = state.snapshot().expect("every noun has a text");
    line("snapshot", median_of(runs, || timed(|| state.snapshot()).0) / 1_000, "us");
    line("  bytes", bytes.len() as u64, "");
    let hash = State::snapshot_hash(&bytes);
    for (what, expect) in [("verified", Expect::hash(hash)), ("trusting", Expect::trusting())] {
        let nanos = median_of(runs, || timed(|| State::restore(&bytes, &expect)).0);
        line(&format!("restore, {what}"), nanos / 1_000, "us");
    }
    let restored = State::restore(&bytes, &Expect::trusting()).expect("the bytes are a snapshot");
    let nanos = median_of(runs, || {
        let (policy, state) = (measured.policy.clone(), restored.clone());
        timed(|| Engine::new(policy, state)).0
    });
    line("Engine::new after it", nanos / 1_000, "us");
}
