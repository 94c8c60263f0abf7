//! Counts the instructions of what must stay cheap. Counts are the same in every run, so a change that costs three
//! percent is seen: `benches/ci.sh` compares them with `benches/instructions.tsv`.
#![allow(missing_docs, reason = "the macros of the harness write functions without documentation")]

use gungraun::{library_benchmark, library_benchmark_group, main};
use tenure::check::Question;
use tenure::decide::{Command, Decision};
use tenure::engine::Engine;
use tenure::fact::Fact;
use tenure::state::State;
use tenure::time::Timestamp;
use tenure_benches::questions::{Asked, Handles, questions};
use tenure_benches::world::World;

/// How many questions or commands are counted at once, so that one with an unusual answer does not decide.
const EACH: usize = 64;

fn world() -> World {
    World::of(1_000)
}

fn by_handle() -> (Engine, Vec<Handles>, Timestamp) {
    let (world, engine) = (world(), world().engine());
    let handles = questions(&world, EACH).iter().map(|q| q.handles(&engine)).collect();
    (engine, handles, world.now())
}

fn by_name() -> (Engine, Vec<Question>, Timestamp) {
    let world = world();
    (world.engine(), questions(&world, EACH).iter().map(Asked::question).collect(), world.now())
}

fn requests() -> (Engine, Vec<Command>, Timestamp) {
    (world().engine(), world().requests(EACH as u32), world().now())
}

fn vain_requests() -> (Engine, Vec<Command>, Timestamp) {
    (world().engine(), world().vain_requests(EACH as u32), world().now())
}

fn state() -> (State, Vec<Fact>) {
    let world = world();
    (world.state(&world.policy()), world.hour(1_000))
}

fn engine() -> (Engine, Vec<Fact>) {
    (world().engine(), world().hour(64))
}

// What was set up is given back, so that its end is not counted.

#[library_benchmark(setup = by_handle)]
fn check_by_64((engine, asked, now): (Engine, Vec<Handles>, Timestamp)) -> (usize, Engine, Vec<Handles>) {
    let allowed = asked.iter().filter(|q| engine.check_by(q.identity, q.permission, q.resource, now).allowed);
    (allowed.count(), engine, asked)
}

#[library_benchmark(setup = by_name)]
fn allows_64((engine, asked, now): (Engine, Vec<Question>, Timestamp)) -> (usize, Engine, Vec<Question>) {
    let allowed = asked.iter().filter(|q| {
        let on = q.resource.as_ref().map(|r| r.id().as_str());
        engine.allows(q.identity.as_str(), q.permission.as_str(), on, now)
    });
    (allowed.count(), engine, asked)
}

#[library_benchmark(setup = requests)]
fn decide_permit_64(given: (Engine, Vec<Command>, Timestamp)) -> (Vec<Decision>, Engine, Vec<Command>) {
    decide(given)
}

#[library_benchmark(setup = vain_requests)]
fn decide_deny_64(given: (Engine, Vec<Command>, Timestamp)) -> (Vec<Decision>, Engine, Vec<Command>) {
    decide(given)
}

fn decide(
    (engine, commands, now): (Engine, Vec<Command>, Timestamp),
) -> (Vec<Decision>, Engine, Vec<Command>) {
    (commands.iter().map(|command| engine.decide(command, now)).collect(), engine, commands)
}

#[library_benchmark(setup = state)]
fn fold_1000((mut state, facts): (State, Vec<Fact>)) -> (State, Vec<Fact>, String) {
    state.apply_all(state.len(), &facts).expect("the facts stand in order");
    let root = state.log_root();
    (state, facts, root)
}

#[library_benchmark(setup = engine)]
fn apply_64((engine, facts): (Engine, Vec<Fact>)) -> (Engine, Engine, Vec<Fact>) {
    let next = engine.apply(engine.position(), &facts).expect("the facts stand in order");
    (next, engine, facts)
}

library_benchmark_group!(
    name = instructions;
    benchmarks = check_by_64, allows_64, decide_permit_64, decide_deny_64, fold_1000, apply_64
);

main!(library_benchmark_groups = instructions);
