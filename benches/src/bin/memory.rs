//! Counts the bytes that a world takes, and prints a table: `memory <identities> [--decided] [--dated]`
#![allow(clippy::print_stdout, reason = "a program that prints a table")]

use std::alloc::System;
use std::process::ExitCode;

use cap::Cap;
use tenure::engine::Engine;
use tenure::state::{Expect, State};
use tenure_benches::world::World;

#[global_allocator]
static HEAP: Cap<System> = Cap::new(System, usize::MAX);

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |name: &str| arguments.iter().any(|argument| argument == name);
    let Some(identities) = arguments.first().and_then(|n| n.parse::<u32>().ok()).filter(|n| *n >= 100) else {
        println!("say how many identities, 100 at least");
        return ExitCode::from(2);
    };
    let world = World::of(identities);
    let world = if has("--decided") { world.decided() } else { world };
    let world = if has("--dated") { world.dated() } else { world };
    println!("{identities} identities, {} grants, {:?}", world.all_grants(), world.origin);

    let policy = world.policy();
    let mut state = State::default();
    let before = HEAP.allocated();
    for fact in world.structure(&policy) {
        state.apply(state.len(), &fact).expect("the facts stand in order");
    }
    let structure = HEAP.allocated() - before;
    for fact in world.joins() {
        state.apply(state.len(), &fact).expect("the facts stand in order");
    }
    let people = HEAP.allocated() - before - structure;
    for fact in world.issues() {
        state.apply(state.len(), &fact).expect("the facts stand in order");
    }
    let all = HEAP.allocated() - before;
    let grants = all - structure - people;
    let each = |bytes: usize, count: u64| bytes as u64 / count;
    println!("state, what can be held       {structure:>14} bytes");
    println!(
        "state, identities             {people:>14} bytes {:>6} each",
        each(people, u64::from(identities))
    );
    println!("state, grants                 {grants:>14} bytes {:>6} each", each(grants, world.all_grants()));
    println!("state, all                    {all:>14} bytes {:>6} per grant", each(all, world.all_grants()));

    let engine = Engine::new(policy, state).expect("no contradiction");
    let compiled = HEAP.allocated() - before - all;
    println!(
        "engine, all                   {compiled:>14} bytes {:>6} per grant",
        each(compiled, world.all_grants())
    );
    let rows = engine.row_bytes();
    println!(
        "engine, rows                  {rows:>14} bytes {:>6} per grant",
        each(rows, world.all_grants())
    );
    println!("peak so far                   {:>14} bytes", HEAP.max_allocated());

    let bytes = engine.state().snapshot().expect("every noun has a text");
    drop(engine);
    println!(
        "snapshot                      {:>14} bytes {:>6} per grant",
        bytes.len(),
        each(bytes.len(), world.all_grants())
    );
    let before = HEAP.allocated();
    let restored = State::restore(&bytes, &Expect::trusting()).expect("the bytes are a snapshot");
    let all = HEAP.allocated() - before;
    println!("state, restored               {all:>14} bytes {:>6} per grant", each(all, world.all_grants()));
    println!("peak                          {:>14} bytes", HEAP.max_allocated());
    drop(restored);
    ExitCode::SUCCESS
}
