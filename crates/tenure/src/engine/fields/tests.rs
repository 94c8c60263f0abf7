use alloc::string::{String, ToString};

use proptest::prelude::*;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::*;

/// A noun that has `needed`, and of each other field nothing or one of its values.
fn any<N: DeserializeOwned + core::fmt::Debug>(
    needed: Value,
    fields: &[(&str, [Value; 2])],
) -> impl Strategy<Value = N> + use<N> {
    let fields: Vec<_> = fields
        .iter()
        .map(|(name, values)| {
            let name = (*name).to_string();
            let value = proptest::option::of(proptest::sample::select(values.to_vec()));
            value.prop_map(move |value| Some((name.clone(), value?)))
        })
        .collect();
    fields.prop_map(move |fields| {
        let mut noun: Map<String, Value> = needed.as_object().unwrap().clone();
        noun.extend(fields.into_iter().flatten());
        serde_json::from_value(Value::Object(noun)).unwrap()
    })
}

/// What leads from one noun to another, on a log that knows it as `known`, and what stands against it.
fn compared<N: Declared>(old: &N, new: &N, known: &N) -> (N::Change, Vec<DocumentError>) {
    let policy = Policy::from_json(r#"{"tenure": 1}"#).unwrap();
    let mut fields =
        Fields { policy: &policy, id: "x", old, new, known: alloc::vec![known], problems: Vec::new() };
    let change = N::compare(&mut fields);
    (change, fields.problems)
}

/// A change leads from one document to the next, survives being written, and is nothing once facts said the same.
fn leads<N>(old: &N, new: &N) -> Result<(), TestCaseError>
where
    N: Declared + core::fmt::Debug,
    N::Change: Serialize + DeserializeOwned + core::fmt::Debug,
{
    let (change, problems) = compared(old, new, old);
    prop_assert!(problems.is_empty(), "{problems:?}");
    let written = serde_json::to_string(&change).unwrap();
    prop_assert_eq!(canonical(&change).unwrap(), written.clone());
    let change: N::Change = serde_json::from_str(&written).unwrap();
    let mut noun = old.clone();
    change.apply(&mut noun);
    prop_assert_eq!(&noun, new);
    prop_assert_eq!(old == new, change == N::Change::default());
    let (nothing, problems) = compared(old, new, new);
    prop_assert!(problems.is_empty() && nothing == N::Change::default(), "{nothing:?} {problems:?}");
    Ok(())
}

/// Whatever facts say, a change leaves what only they changed, and brings what only the document changed.
fn respects<N: Declared + core::fmt::Debug>(old: &N, new: &N, known: &N) -> Result<(), TestCaseError> {
    let (change, problems) = compared(old, new, known);
    let mut noun = known.clone();
    change.apply(&mut noun);
    if old == new {
        prop_assert!(problems.is_empty());
        prop_assert_eq!(&noun, known);
    }
    if known == old {
        prop_assert!(problems.is_empty());
        prop_assert_eq!(&noun, new);
    }
    prop_assert!(problems.iter().all(|problem| problem.code() == "model.conflict"));
    Ok(())
}

fn identity() -> impl Strategy<Value = Identity> {
    any(
        json!({"kind": "agent"}),
        &[
            ("attributes", [json!({"a": 1, "b": "x"}), json!({"a": 2, "c": true})]),
            ("ends", [json!("2026-05-01T00:00:00Z"), json!("2026-06-01T00:00:00Z")]),
            ("manager", [json!("ann"), json!("eve")]),
            ("name", [json!("A"), json!("B")]),
            ("owner", [json!("ann"), json!("eve")]),
            ("starts", [json!("2026-01-01T00:00:00Z"), json!("2026-02-01T00:00:00Z")]),
        ],
    )
}

fn account() -> impl Strategy<Value = Account> {
    any(
        json!({"application": "db"}),
        &[("identity", [json!("ann"), json!("eve")]), ("name", [json!("A"), json!("B")])],
    )
}

fn application() -> impl Strategy<Value = Application> {
    any(
        json!({}),
        &[
            ("attributes", [json!({"a": 1, "b": "x"}), json!({"a": 2, "c": true})]),
            ("name", [json!("A"), json!("B")]),
            ("owner", [json!("ann"), json!("eve")]),
        ],
    )
}

fn resource() -> impl Strategy<Value = Resource> {
    any(
        json!({"type": "database"}),
        &[
            ("attributes", [json!({"a": 1, "b": "x"}), json!({"a": 2, "c": true})]),
            ("name", [json!("A"), json!("B")]),
            ("owner", [json!("ann"), json!("eve")]),
            ("parent", [json!("prod"), json!("test")]),
            ("parent_while", [json!(["c"]), json!(["c", "d"])]),
            ("sensitivity", [json!("low"), json!("high")]),
        ],
    )
}

fn entitlement() -> impl Strategy<Value = Entitlement> {
    any(
        json!({"kind": "role"}),
        &[
            ("attributes", [json!({"a": 1, "b": "x"}), json!({"a": 2, "c": true})]),
            ("implies", [json!(["r"]), json!([{"entitlement": "r", "scope": "prod"}])]),
            ("name", [json!("A"), json!("B")]),
            ("owner", [json!("ann"), json!("eve")]),
            ("permissions", [json!(["db:read"]), json!(["db:read", "db:write"])]),
            ("sensitivity", [json!("low"), json!("high")]),
        ],
    )
}

fn event() -> impl Strategy<Value = BusinessEvent> {
    let begun = |start: &str| {
        any(
            json!({"kind": "incident", "start": start}),
            &[
                ("ceiling", [json!([]), json!(["admin"])]),
                ("hard_cap", [json!("PT1H"), json!("PT2H")]),
                ("name", [json!("A"), json!("B")]),
                ("participants", [json!([]), json!(["ann"])]),
                ("planned_end", [json!("2026-05-01T00:00:00Z"), json!("2026-06-01T00:00:00Z")]),
            ],
        )
    };
    prop_oneof![begun("2026-03-01T00:00:00Z"), begun("2026-03-02T00:00:00Z")]
}

macro_rules! each {
    ($($name:ident),*) => {
        proptest! {
            $(
                #[test]
                fn $name([old, new, known] in [super::$name(), super::$name(), super::$name()]) {
                    super::leads(&old, &new)?;
                    super::respects(&old, &new, &known)?;
                }
            )*
        }
    };
}

mod a_change_leads_from_one_document_to_the_next {
    use proptest::prelude::*;

    each!(identity, account, application, resource, entitlement, event);
}

#[test]
fn facts_about_other_fields_stay() {
    let noun = |json: Value| serde_json::from_value::<Identity>(json).unwrap();
    let old = noun(json!({"kind": "human", "name": "A", "attributes": {"a": 1, "b": 1}}));
    let new = noun(json!({"kind": "human", "name": "B", "attributes": {"a": 2, "b": 1}}));
    let mut known =
        noun(json!({"kind": "human", "name": "A", "owner": "eve", "attributes": {"a": 1, "b": 7}}));
    let (change, problems) = compared(&old, &new, &known);
    assert!(problems.is_empty());
    change.apply(&mut known);
    let both = noun(json!({"kind": "human", "name": "B", "owner": "eve", "attributes": {"a": 2, "b": 7}}));
    assert_eq!(known, both);
}

#[test]
fn what_is_yet_to_come_counts() {
    let noun =
        |name: &str| serde_json::from_value::<Identity>(json!({"kind": "human", "name": name})).unwrap();
    let [a, b, c] = ["A", "B", "C"].map(noun);
    let policy = Policy::from_json(r#"{"tenure": 1}"#).unwrap();
    let says = |known: &[&Identity]| {
        let known = known.to_vec();
        let mut fields = Fields { policy: &policy, id: "x", old: &a, new: &b, known, problems: Vec::new() };
        let change = Identity::compare(&mut fields);
        (change.name.is_some(), fields.problems.len())
    };
    assert_eq!(says(&[&a]), (true, 0));
    assert_eq!(says(&[&a, &b]), (true, 0), "facts will say the same, later");
    assert_eq!(says(&[&b]), (false, 0), "facts said the same already");
    assert_eq!(says(&[&c]), (false, 1));
    assert_eq!(says(&[&a, &c]), (false, 1), "facts will say something else");
    assert_eq!(says(&[&b, &a]), (false, 1), "facts said it, and will take it back");
}
