//! A digest names what a policy says, not how it is written.

use super::COMPANY;
use crate::document::{Limits, canonical, yaml};
use crate::policy::Policy;

#[test]
fn yaml_and_json_of_one_document_have_the_same_digest() {
    let json = canonical(&yaml(COMPANY, &Limits::policy()).unwrap()).unwrap();
    let (from_yaml, from_json) = (Policy::from_yaml(COMPANY).unwrap(), Policy::from_json(json).unwrap());
    assert_eq!(from_yaml.digest(), from_json.digest());
    assert_eq!(from_yaml.rule_digests(), from_json.rule_digests());
    assert_eq!(from_yaml, from_json);
    let from_values = Policy::from_document(from_yaml.document().clone()).unwrap();
    assert_eq!(from_values.digest(), from_yaml.digest());
}

#[test]
fn a_digest_is_the_sha_256_of_the_canonical_json() {
    let policy = Policy::from_yaml("{name: x, tenure: 1, identities: {}}").unwrap();
    // printf '{"name":"x","tenure":1}' | sha256sum
    assert_eq!(policy.digest(), "7dc5e75b932820cf450a172f9f264f57f35a94132a052e281b34e666c4f12942");
}

#[test]
fn a_rule_has_its_own_digest() {
    let with = |max: &str| {
        Policy::from_yaml(format!(
            "tenure: 1\neligibility:\n  a: {{who: {{}}, what: {{}}, duration: {{max: {max}}}}}\n  \
             b: {{who: {{}}, what: {{}}, duration: {{max: 1h}}}}"
        ))
        .unwrap()
    };
    let (eight, same, nine) = (with("8h"), with("PT480M"), with("9h"));
    assert_eq!(eight.digest(), same.digest());
    assert_ne!(eight.digest(), nine.digest());
    assert_ne!(eight.rule_digests()["a"], nine.rule_digests()["a"]);
    assert_eq!(eight.rule_digests()["b"], nine.rule_digests()["b"]);
    assert_eq!(eight.rule_digests()["b"].len(), 64);
}
