//! The questions have the answers that their world gives, computed without the engine; and asking by handle or by
//! name allocates nothing.

use std::alloc::System;

use cap::Cap;
use tenure_benches::questions::{Kind, questions};
use tenure_benches::world::World;

#[global_allocator]
static HEAP: Cap<System> = Cap::new(System, usize::MAX);

// One test, so that nothing else allocates meanwhile.
#[test]
fn the_engine_answers_as_the_world_does_and_allocates_nothing() {
    let world = World { identities: 200, resources: 100, ..World::of(200) };
    let asked = questions(&world, 1 << 13);
    for (name, world) in [("external", world), ("decided", world.decided()), ("dated", world.dated())] {
        let (engine, now) = (world.engine(), world.now());
        let handles: Vec<_> = asked.iter().map(|q| q.handles(&engine)).collect();
        let named: Vec<_> = asked.iter().map(|q| q.question()).collect();

        let before = HEAP.total_allocated();
        let held: Vec<bool> = Vec::with_capacity(2 * asked.len());
        let own = HEAP.total_allocated() - before;
        let before = HEAP.total_allocated();
        let mut held = held;
        held.extend(
            handles.iter().map(|q| engine.check_by(q.identity, q.permission, q.resource, now).allowed),
        );
        held.extend(named.iter().map(|q| {
            let resource = q.resource.as_ref().map(|r| r.id().as_str());
            engine.allows(q.identity.as_str(), q.permission.as_str(), resource, now)
        }));
        let allocated = HEAP.total_allocated() - before;
        assert!(own > 0, "the heap is not counted");
        assert_eq!(allocated, 0, "{name}: bytes allocated while {} questions were asked", held.len());

        for (held, asked) in held.iter().zip(asked.iter().chain(&asked)) {
            assert_eq!(*held, asked.kind == Kind::Allowed, "{name}: {asked:?}");
        }
    }
}
