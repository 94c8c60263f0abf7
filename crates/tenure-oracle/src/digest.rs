//! Digests: SHA-256, hexadecimal, of canonical JSON. What the host reports of the circumstances is not part of
//! what was asked.

use alloc::collections::BTreeMap;

use sha2::{Digest, Sha256};
use tenure::decide::{Extend, Renew};
use tenure::document::canonical;
use tenure::model::Request;
use tenure::policy::{Eligibility, PolicyDocument};

/// Of a request, without its context.
pub fn request(request: &Request) -> String {
    hex(canonical(&Request { context: BTreeMap::new(), ..request.clone() }))
}

/// Of an extension, without its context.
pub fn extend(extend: &Extend) -> String {
    hex(canonical(&Extend { context: BTreeMap::new(), ..extend.clone() }))
}

/// Of a renewal, without its context.
pub fn renew(renew: &Renew) -> String {
    hex(canonical(&Renew { context: BTreeMap::new(), ..renew.clone() }))
}

/// Of a rule.
pub fn rule(rule: &Eligibility) -> String {
    hex(canonical(rule))
}

/// Of a document.
pub fn policy(policy: &PolicyDocument) -> String {
    hex(canonical(policy))
}

fn hex<E>(text: Result<String, E>) -> String {
    // Nothing that a document or a command can hold is without canonical text.
    let digest = Sha256::digest(text.unwrap_or_default().as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
