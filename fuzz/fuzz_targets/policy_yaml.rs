//! A policy document in YAML is read or refused; its tree written as canonical JSON is the same document: the same
//! policy, or refused too.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tenure::document::{Limits, canonical, json, yaml};
use tenure::policy::Policy;

fuzz_target!(|data: &[u8]| {
    let limits = Limits::policy();
    let Ok(node) = yaml(data, &limits) else {
        assert!(Policy::from_yaml(data).is_err());
        return;
    };
    let text = canonical(&node).expect("a document has a canonical text");
    // A key of several hundred bytes in YAML can be as many escapes in JSON.
    if text.len() > limits.bytes() {
        return;
    }
    let again = json(&text, &limits).expect("canonical JSON is strict JSON");
    assert_eq!(canonical(&again).ok().as_deref(), Some(text.as_str()));
    match (Policy::from_yaml(data), Policy::from_json(&text)) {
        (Ok(one), Ok(other)) => assert_eq!(one.digest(), other.digest()),
        (Err(_), Err(_)) => {}
        (one, other) => panic!("{one:?} and {other:?}"),
    }
});
