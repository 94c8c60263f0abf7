mod catalogues;
mod checks;
mod digests;
mod forms;
mod hostile;
mod lint;
mod names;

/// A company with a bit of everything.
pub(super) const COMPANY: &str = include_str!("company.yaml");
