//! The hash of the world: of nouns and grants by their ids, whatever order the facts came in and whenever they
//! were written down.

use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::State;
use super::merkle::hex;
use super::records::Turn;
use crate::model::{Change, History};
use crate::store::{Names, Pages};
use crate::time::Timestamp;

impl State {
    /// SHA-256 over nouns and grants in the order of their ids, without positions, `recorded_at` and the high
    /// water; hexadecimal. Two logs that say the same of the world have the same hash. Costs a pass over
    /// everything.
    pub fn world_hash(&self) -> String {
        let mut world = Sha256::new();
        self.write_nouns(&mut world, "identity", &self.identity_names, &self.identities, |row| {
            let turns: Vec<(Timestamp, u8)> =
                row.status().iter().map(|s| (s.at, turn_number(s.turn))).collect();
            row.noun.as_deref().map(|noun| line(&(timeline(noun), turns)))
        });
        self.write_nouns(&mut world, "account", &self.account_names, &self.accounts, |row| {
            row.noun.as_deref().map(|noun| line(&timeline(noun)))
        });
        self.write_nouns(&mut world, "application", &self.application_names, &self.applications, |row| {
            row.noun.as_deref().map(|noun| line(&timeline(noun)))
        });
        self.write_nouns(&mut world, "resource", &self.resource_names, &self.resources, |row| {
            row.noun.as_deref().map(|noun| line(&timeline(noun)))
        });
        self.write_nouns(&mut world, "entitlement", &self.entitlement_names, &self.entitlements, |row| {
            row.noun.as_deref().map(|noun| line(&timeline(noun)))
        });
        self.write_nouns(&mut world, "event", &self.event_names, &self.events, |row| {
            let doors: Vec<(Timestamp, bool)> = row.doors.iter().map(|door| (door.at, door.open)).collect();
            row.noun.as_deref().map(|noun| line(&(timeline(noun), doors)))
        });
        let standing: BTreeMap<(bool, &str), String> = self
            .standing
            .iter()
            .map(|row| {
                let holder = if row.holder_is_group { &self.entitlement_names } else { &self.identity_names };
                let content = (
                    holder.name(row.holder),
                    self.entitlement_names.name(row.entitlement),
                    self.resource_names.name(row.scope),
                    (row.window, row.assigned, row.removed),
                );
                (
                    (row.membership, self.texts.get(row.name)),
                    line(&content) + &self.condition_line(row.conditions),
                )
            })
            .collect();
        for ((membership, id), content) in standing {
            write(&mut world, if membership { "membership" } else { "standing" }, id, &content);
        }
        let grants: BTreeMap<String, String> = self
            .grants
            .iter()
            .map(|row| {
                let extensions: Vec<_> =
                    self.extensions_of(row).iter().map(|e| (e.at, e.end, e.limit)).collect();
                let content = (
                    self.identity_names.name(row.holder),
                    self.entitlement_names.name(row.entitlement),
                    self.resource_names.name(row.scope),
                    self.event_names.name(row.event),
                    (row.start, row.end, row.limit, row.issued),
                    (row.over, row.cause),
                    extensions,
                );
                let conditions = self.condition_line(self.grant_conditions(row));
                (self.grant_id(row).to_string(), line(&content) + &conditions)
            })
            .collect();
        for (id, content) in grants {
            write(&mut world, "grant", &id, &content);
        }
        hex(&world.finalize())
    }

    /// What is held without condition says nothing of conditions, as it always did.
    fn condition_line(&self, reference: u32) -> String {
        let conditions = self.conditions_of(reference);
        if conditions.is_none() { String::new() } else { line(&conditions) }
    }

    fn write_nouns<R, const PAGE: usize>(
        &self,
        world: &mut Sha256,
        kind: &str,
        names: &Names,
        rows: &Pages<R, PAGE>,
        content: impl Fn(&R) -> Option<String>,
    ) {
        let sorted: BTreeMap<&str, &R> =
            (0u32..).zip(rows.iter()).filter_map(|(r, row)| names.name(r).map(|n| (&**n, row))).collect();
        for (id, row) in sorted {
            if let Some(content) = content(row) {
                write(world, kind, id, &content);
            }
        }
    }
}

fn write(world: &mut Sha256, kind: &str, id: &str, content: &str) {
    for part in [kind, "\t", id, "\t", content, "\n"] {
        world.update(part.as_bytes());
    }
}

fn line(content: &impl Serialize) -> String {
    serde_json::to_string(content).unwrap_or_default()
}

fn timeline<N: Clone, C: Change<Noun = N>>(
    noun: &History<N, C>,
) -> (Vec<(Timestamp, &N)>, Option<Timestamp>) {
    (noun.segments().map(|(window, noun)| (window.start(), noun)).collect(), noun.retired_at())
}

const fn turn_number(turn: Turn) -> u8 {
    match turn {
        Turn::Suspended => 0,
        Turn::Resumed => 1,
        Turn::Left => 2,
        Turn::Rejoined => 3,
    }
}
