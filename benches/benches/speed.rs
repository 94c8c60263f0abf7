//! Distributions of what is asked often: `cargo bench -p tenure-benches --bench speed -- [filter]`.
//!
//! A thousand and a hundred thousand identities always; a million too with `TENURE_LARGE=1`, which needs 8 GB and
//! some minutes before it begins. What takes seconds once is measured by the program `large`.
#![allow(missing_docs, reason = "the macros of the harness write functions without documentation")]
#![allow(clippy::disallowed_methods, reason = "the size of the worlds is chosen by a variable")]

use std::hint::black_box;
use std::time::Duration;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use tenure::engine::Engine;
use tenure::fact::Fact;
use tenure::shared::Shared;
use tenure::state::{Expect, State};
use tenure_benches::questions::{Asked, Handles, MANY, questions};
use tenure_benches::work::after;
use tenure_benches::world::World;

/// How many questions fit into the caches next to the processor.
const HOT: usize = 1_024;

fn sizes() -> Vec<u32> {
    let large = std::env::var("TENURE_LARGE").is_ok_and(|value| value == "1");
    [1_000, 100_000, 1_000_000].into_iter().filter(|size| large || *size < 1_000_000).collect()
}

fn every(c: &mut Criterion) {
    for size in sizes() {
        let world = World::of(size);
        let engine = world.engine();
        checks(c, &world, &engine);
        decisions(c, &world, &engine);
        folds(c, &world, &engine);
        passes(c, &world, &engine);
    }
}

fn checks(c: &mut Criterion, world: &World, engine: &Engine) {
    let now = world.now();
    let asked = questions(world, MANY);
    let handles: Vec<Handles> = asked.iter().map(|q| q.handles(engine)).collect();
    let mut group = c.benchmark_group("check");
    for (heat, count) in [("hot", HOT), ("all", MANY)] {
        let (asked, handles) = (&asked[..count], &handles[..count]);
        let named: Vec<_> = asked.iter().map(Asked::question).collect();
        group.throughput(Throughput::Elements(count as u64));
        group.bench_function(BenchmarkId::new(format!("check_by {heat}"), world.identities), |b| {
            b.iter(|| {
                let held = handles.iter().map(|q| engine.check_by(q.identity, q.permission, q.resource, now));
                held.filter(|held| held.allowed).count()
            });
        });
        group.bench_function(BenchmarkId::new(format!("allows {heat}"), world.identities), |b| {
            b.iter(|| {
                let allowed = named.iter().filter(|q| {
                    let on = q.resource.as_ref().map(|r| r.as_str());
                    engine.allows(q.identity.as_str(), q.permission.as_str(), on, now)
                });
                allowed.count()
            });
        });
        group.bench_function(BenchmarkId::new(format!("check_many {heat}"), world.identities), |b| {
            b.iter(|| engine.check_many(&named, now));
        });
    }
    group.finish();
}

fn decisions(c: &mut Criterion, world: &World, engine: &Engine) {
    let now = world.now();
    let mut group = c.benchmark_group("decide");
    for (what, commands) in [("permit", world.requests(64)), ("deny", world.vain_requests(64))] {
        group.throughput(Throughput::Elements(commands.len() as u64));
        group.bench_function(BenchmarkId::new(what, world.identities), |b| {
            b.iter(|| {
                for command in &commands {
                    let _ = black_box(engine.decide(command, now));
                }
            });
        });
    }
    group.finish();
}

fn folds(c: &mut Criterion, world: &World, engine: &Engine) {
    let facts = world.hour(64_000.min(world.identities * 4));
    let mut group = c.benchmark_group("facts");
    group.throughput(Throughput::Elements(facts.len() as u64));
    group.sample_size(10).measurement_time(Duration::from_secs(10));
    group.bench_function(BenchmarkId::new("fold with log_root by 1,000", world.identities), |b| {
        // A state of its own, as a host has that follows a log: nobody else reads it.
        let bytes = engine.state().snapshot().expect("every noun has a text");
        let restore = || State::restore(&bytes, &Expect::trusting()).expect("the bytes are a snapshot");
        b.iter_batched_ref(restore, |state| fold(state, &facts), BatchSize::PerIteration);
    });
    group.bench_function(BenchmarkId::new("apply and publish by 64", world.identities), |b| {
        let shared = || Shared::new(engine.clone());
        b.iter_batched_ref(shared, |shared| publish(shared, &facts), BatchSize::PerIteration);
    });
    group.finish();
}

fn fold(state: &mut State, facts: &[Fact]) {
    for batch in facts.chunks(1_000) {
        state.apply_all(state.len(), batch).expect("the facts stand in order");
        black_box(state.log_root());
    }
}

fn publish(shared: &Shared, facts: &[Fact]) {
    for batch in facts.chunks(64) {
        shared.apply(shared.current().position(), batch).expect("the facts stand in order");
    }
}

fn passes(c: &mut Criterion, world: &World, engine: &Engine) {
    let now = world.now();
    let mut group = c.benchmark_group("passes");
    group.sample_size(10);
    let (policy, state) = (engine.policy(), engine.state());
    group.bench_function(BenchmarkId::new("Engine::new", world.identities), |b| {
        b.iter_with_large_drop(|| Engine::new(policy.clone(), state.clone()));
    });
    group.bench_function(BenchmarkId::new("next_change_at", world.identities), |b| {
        b.iter(|| engine.next_change_at(now));
    });
    group.bench_function(BenchmarkId::new("reconcile", world.identities), |b| {
        b.iter_with_large_drop(|| engine.reconcile(now));
    });
    let crowded = after(engine, &world.crowd());
    let end = [world.crowd_leaves()];
    group.bench_function(BenchmarkId::new("close 100,000 grants", world.identities), |b| {
        b.iter_with_large_drop(|| crowded.apply(crowded.position(), &end));
    });
    let bytes = state.snapshot().expect("every noun has a text");
    group.bench_function(BenchmarkId::new("snapshot", world.identities), |b| {
        b.iter_with_large_drop(|| state.snapshot());
    });
    let hash = Expect::hash(State::snapshot_hash(&bytes));
    for (what, expect) in [("restore verified", hash), ("restore trusting", Expect::trusting())] {
        group.bench_function(BenchmarkId::new(what, world.identities), |b| {
            b.iter_with_large_drop(|| State::restore(&bytes, &expect));
        });
    }
    group.finish();
}

criterion_group!(benches, every);
criterion_main!(benches);
