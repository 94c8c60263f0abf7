//! An account is a login in one application; it belongs to an identity, or to nobody known.

use alloc::collections::BTreeSet;
use alloc::string::String;

use serde::{Deserialize, Serialize};

use super::Change;
use crate::id::{ApplicationId, IdentityId};

/// A login in one application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// Where one logs in with it.
    pub application: ApplicationId,
    /// Whose it is, when known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<IdentityId>,
    /// What people call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// What an `account_changed` fact changes; what it does not name stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountChange {
    /// The identity it now belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<IdentityId>,
    /// The new display name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Fields that are taken away, before the others are set.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub unset: BTreeSet<AccountField>,
}

/// A field that `account_changed` can take away, as it stands in documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountField {
    /// The identity: it belongs to nobody known.
    Identity,
    /// The display name.
    Name,
}

impl Change for AccountChange {
    type Noun = Account;

    fn apply(&self, noun: &mut Account) {
        for field in &self.unset {
            match field {
                AccountField::Identity => noun.identity = None,
                AccountField::Name => noun.name = None,
            }
        }
        super::history::patch(&mut noun.identity, &self.identity);
        super::history::patch(&mut noun.name, &self.name);
    }
}
