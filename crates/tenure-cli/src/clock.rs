//! The only clock of the project: what `--now` is when it is not given.

#![allow(
    clippy::disallowed_types,
    reason = "somebody has to ask the system; the library takes `now` as an argument"
)]

use std::time::{SystemTime, UNIX_EPOCH};

use tenure::time::Timestamp;

use crate::failure::Failure;

/// The instant that `--now` names, or the system's.
pub(crate) fn now(asked: Option<&str>) -> Result<Timestamp, Failure> {
    match asked {
        Some(text) => text
            .parse()
            .map_err(|error: tenure::time::TimeError| Failure::option("--now", error.code(), error)),
        None => system(),
    }
}

fn system() -> Result<Timestamp, Failure> {
    let wrong = || {
        Failure::bad_input(
            "clock.range",
            "the system's clock is before 1970 or past 9999; set it, or give --now",
        )
    };
    let since = SystemTime::now().duration_since(UNIX_EPOCH).map_err(|_| wrong())?;
    let millis = i64::try_from(since.as_millis()).map_err(|_| wrong())?;
    Timestamp::from_millis(millis).map_err(|_| wrong())
}
