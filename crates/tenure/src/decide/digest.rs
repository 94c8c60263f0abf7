//! The digest of a command names what was asked, its circumstances apart: the same request may be sent again
//! from another session.

use alloc::collections::BTreeMap;
use alloc::string::String;

use sha2::{Digest, Sha256};

use super::{Extend, Renew};
use crate::model::Request;
use crate::state::hex;

impl Request {
    /// SHA-256 of the canonical JSON of the request without its context, hexadecimal.
    pub fn digest(&self) -> String {
        of(&Self { context: BTreeMap::new(), ..self.clone() })
    }
}

impl Extend {
    /// SHA-256 of the canonical JSON of the command without its context, hexadecimal.
    pub fn digest(&self) -> String {
        of(&Self { context: BTreeMap::new(), ..self.clone() })
    }
}

impl Renew {
    /// SHA-256 of the canonical JSON of the command without its context, hexadecimal.
    pub fn digest(&self) -> String {
        of(&Self { context: BTreeMap::new(), ..self.clone() })
    }
}

fn of(asked: &impl serde::Serialize) -> String {
    hex(&Sha256::digest(serde_json::to_vec(asked).unwrap_or_default()))
}
