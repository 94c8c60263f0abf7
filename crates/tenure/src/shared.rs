//! One engine for many threads: readers take the current one and never wait; one writer at a time puts the
//! next in its place.

use alloc::sync::Arc;
use std::sync::Mutex;

use arc_swap::ArcSwap;

use crate::engine::{CommitError, Engine, EngineError, PolicyAdoption};
use crate::fact::Fact;
use crate::log::Proposal;
use crate::policy::Policy;

/// After how many facts the rows are put side by side again at the earliest: that costs a pass over all of them, so
/// of many rows a part must have changed.
const COMPACT_AFTER: usize = 1 << 16;

/// The part, as a power of a half.
const COMPACT_PART: u32 = 5;

/// The current engine.
///
/// ```
/// use tenure::engine::Engine;
/// use tenure::policy::Policy;
/// use tenure::shared::Shared;
/// use tenure::state::State;
///
/// let engine = Engine::new(Policy::from_json(r#"{"tenure": 1}"#)?, State::default())?;
/// let shared = Shared::new(engine);
/// let reader = shared.current();
/// shared.apply(0, &[])?;
/// assert_eq!(reader.position(), shared.current().position());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Shared {
    current: ArcSwap<Engine>,
    /// Held while the next engine is made: the number of facts since the rows were compact.
    writing: Mutex<usize>,
}

impl Shared {
    /// Shares an engine.
    pub fn new(engine: Engine) -> Self {
        Self { current: ArcSwap::from_pointee(engine), writing: Mutex::new(0) }
    }

    /// The current engine; it stays what it is while others move on.
    pub fn current(&self) -> Arc<Engine> {
        self.current.load_full()
    }

    /// Takes in facts, see [`Engine::apply`].
    ///
    /// # Errors
    /// As [`Engine::apply`]; the current engine stays.
    pub fn apply(&self, position: u64, facts: &[Fact]) -> Result<(), EngineError> {
        self.write(facts.len(), |engine| engine.apply(position, facts))
    }

    /// Takes in a proposal, see [`Engine::commit`].
    ///
    /// # Errors
    /// As [`Engine::commit`]; the current engine stays.
    pub fn commit(&self, proposal: &Proposal) -> Result<(), CommitError> {
        self.write(proposal.facts.len(), |engine| engine.commit(proposal))
    }

    /// Takes in an adoption and puts the engine of its document in the place of this one, see
    /// [`Engine::commit_adoption`].
    ///
    /// # Errors
    /// As [`Engine::commit_adoption`]; the current engine stays.
    pub fn commit_adoption(&self, policy: Policy, adoption: &PolicyAdoption) -> Result<(), CommitError> {
        self.write(adoption.proposal.facts.len(), |engine| engine.commit_adoption(policy, adoption))
    }

    fn write<E>(&self, facts: usize, next: impl FnOnce(&Engine) -> Result<Engine, E>) -> Result<(), E> {
        // A writer that panicked has changed nothing, so its lock is as good as new.
        let mut since = self.writing.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut engine = next(&self.current.load())?;
        *since = since.saturating_add(facts);
        if *since >= COMPACT_AFTER.max(engine.rows().settled() >> COMPACT_PART) {
            engine = engine.compact();
            *since = 0;
        }
        self.current.store(Arc::new(engine));
        Ok(())
    }
}
