//! What conditions cost: `cargo bench -p tenure-benches --features time --bench conditions`.
//!
//! An average condition is to be judged in 300 ns, and a policy of a thousand is to be read in 20 ms.
#![allow(missing_docs, reason = "the macros of the harness write functions without documentation")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use tenure::condition::{Condition, ValueRef, Vocabulary};
use tenure::model::Scalar;

const AVERAGE: &str =
    r#"identity.department == "ops" && context.device.compliant && resource.sensitivity <= 3"#;

fn evaluations(c: &mut Criterion) {
    let vocabulary = Vocabulary::example();
    let parse = |text| Condition::parse(text, &vocabulary).expect("the condition is right");
    let skills: Vec<_> = (0..20).map(|n| Scalar::Text(format!("skill-{n}"))).collect();
    let long = parse(r#"identity.skills.exists(s, s.startsWith("db-")) || "skill-19" in identity.skills"#);
    let average = parse(AVERAGE);
    let mut group = c.benchmark_group("condition");
    group.bench_function("average", |b| {
        b.iter(|| {
            black_box(&average).evaluate(|slot| match slot.index() {
                0 => Some(ValueRef::Text(black_box("ops"))),
                1 => Some(ValueRef::Bool(black_box(true))),
                _ => Some(ValueRef::Int(black_box(3))),
            })
        });
    });
    group.bench_function("average, all absent", |b| {
        b.iter(|| black_box(&average).evaluate(|_| black_box(None)));
    });
    group.bench_function("20 elements twice", |b| {
        b.iter(|| black_box(&long).evaluate(|_| Some(ValueRef::List(black_box(&skills)))));
    });
    group.finish();
}

fn reading(c: &mut Criterion) {
    let vocabulary = Vocabulary::example();
    // No two alike, and of different lengths.
    let texts: Vec<_> = (0..1_000)
        .map(|n| match n % 4 {
            0 => AVERAGE.replace("ops", &format!("unit-{n}")),
            1 => format!("identity.level > {n}"),
            2 => format!(r#"identity.skills.exists(s, s.endsWith("-{n}")) && {AVERAGE}"#),
            _ => format!(r#"(has(inputs.reason) || !context.device.rooted) && {n} in [1, 2, 3, 5, 8]"#),
        })
        .collect();
    c.bench_function("read 1,000 conditions", |b| {
        b.iter_with_large_drop(|| {
            let all = texts.iter().map(|text| Condition::parse(text, &vocabulary));
            all.collect::<Result<Vec<_>, _>>().expect("the conditions are right")
        });
    });
}

criterion_group!(benches, evaluations, reading);
criterion_main!(benches);
