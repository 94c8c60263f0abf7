//! Commands in, decisions out: a function of the state, the policy, the command and now, and of nothing else.

mod audience;
mod case;
mod command;
mod decision;
mod digest;
mod ending;
mod event;
mod extend;
mod inputs;
mod item;
mod leave;
mod matched;
mod possible;
mod probe;
mod proposal;
mod reason;
mod registry;
mod renew;
mod request;
mod restrict;
mod trace;
mod window;

pub use audience::{Audience, AudienceError, DecisionView, ObligationView, ReasonView, StageView};
pub(crate) use audience::{is_to_fill_in, tell};
pub use command::{Command, Deactivate, Extend, Renew, Revoke, RevokeMode, Withdraw};
pub use decision::{
    Bound, ConditionOutcome, Decision, Deny, GrantView, Grounds, JudgedCondition, LogRef, Obligation,
    ObligationKind, Pending, Permit, Verdict,
};
pub(crate) use leave::Leave;
pub(crate) use probe::{Probed, Prober};
pub(crate) use proposal::Adoption;
pub use reason::{Level, Reason};
pub use registry::Code;

use crate::engine::Engine;
use crate::time::Timestamp;
use case::Case;

impl Engine {
    /// Decides a command at `now`. A denial is a value, with all that stands in the way; nothing is written:
    /// what a permit would write is its proposal.
    pub fn decide(&self, command: &Command, now: Timestamp) -> Decision {
        self.decide_without(command, now, &[])
    }

    /// Decides as if some of what stands in the way were not there.
    pub(crate) fn decide_without(&self, command: &Command, now: Timestamp, left: &[Leave]) -> Decision {
        let case = Case::open(self, command, now, left);
        match command {
            Command::Request(request) => request::decide(case, request),
            Command::Extend(extend) => extend::decide(case, extend),
            Command::Renew(renew) => renew::decide(case, renew),
            Command::Withdraw(withdraw) => ending::withdraw(case, withdraw),
            Command::Deactivate(deactivate) => ending::deactivate(case, deactivate),
            Command::Revoke(revoke) => ending::revoke(case, revoke),
        }
    }
}
