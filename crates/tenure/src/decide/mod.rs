//! Commands in, decisions out.

mod command;
mod decision;
mod proposal;
mod reason;

pub use command::{Command, Deactivate, Extend, Renew, Revoke, RevokeMode, Withdraw};
pub use decision::{
    Bound, Decision, Deny, GrantView, Grounds, LogRef, Obligation, Pending, Permit, Verdict,
};
pub use reason::{Code, Level, Reason};
