//! The policies that scenarios share: as small as what they show allows.

/// Two people, two environments, one right, and the rule `dba` about it with these further lines.
pub(super) fn database(lines: &[&str]) -> String {
    let mut text = String::from(
        "tenure: 1
identities:
  ann: {kind: human}
  ben: {kind: human, attributes: {dept: finance}}
resources:
  prod: {type: environment}
  prod/orders: {type: database, parent: prod}
  test: {type: environment}
entitlements:
  admin: {kind: right, permissions: ['db:write']}
eligibility:
  dba:
    who: {kinds: [human]}
    what: {ids: [admin]}
",
    );
    for line in lines {
        text.push_str("    ");
        text.push_str(line);
        text.push('\n');
    }
    text
}

/// The same, with these further sections behind it.
pub(super) fn database_and(lines: &[&str], sections: &str) -> String {
    let mut text = database(lines);
    text.push_str(sections);
    text
}

/// The same, but only the finance department may obtain the right.
pub(super) fn finance(lines: &[&str]) -> String {
    database(lines).replace("who: {kinds: [human]}", "who: {attributes: {dept: [finance]}}")
}

/// A company whose rule asks for a business event, with these further words in the rule's `event`.
pub(super) fn incidents(event: &str, lines: &[&str]) -> String {
    let event = format!("event: {{{event}}}");
    let lines: Vec<&str> = core::iter::once(event.as_str()).chain(lines.iter().copied()).collect();
    database(&lines)
}
