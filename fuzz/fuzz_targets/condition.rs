//! A condition is read or refused, always alike and within its limits; what is read is written as what reads to the
//! same, evaluates without a panic whatever is known, and stays decided when more is known.
//!
//! The first byte says what is known, the rest is the condition.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tenure::condition::{Condition, MAX_BYTES, MAX_PATHS, Truth, ValueRef, Vocabulary};
use tenure::model::Scalar;

fuzz_target!(|data: &[u8]| {
    let Some((known, text)) = data.split_first() else { return };
    let Ok(text) = core::str::from_utf8(text) else { return };
    let vocabulary = Vocabulary::example();
    let read = Condition::parse(text, &vocabulary);
    assert_eq!(read, Condition::parse(text, &vocabulary));
    let Ok(condition) = read else { return };

    assert!(condition.paths().len() <= MAX_PATHS);
    let written = condition.to_string();
    assert!(text.len() <= MAX_BYTES && written.len() <= MAX_BYTES);
    let again = Condition::parse(&written, &vocabulary);
    assert_eq!(again.as_ref(), Ok(&condition), "`{text}` is written as `{written}`");

    let list = [Scalar::Text("ops".into()), Scalar::Int(7), Scalar::Bool(true)];
    let value = |slot: usize, salt: u8| match (slot + usize::from(salt)) % 5 {
        0 => ValueRef::Bool(salt % 2 == 0),
        1 => ValueRef::Int(i64::from(salt) - 8),
        2 => ValueRef::Text("ops"),
        3 => ValueRef::List(&list),
        _ => ValueRef::Int(i64::MAX),
    };
    let nothing = condition.evaluate(|_| None);
    let some = condition.evaluate(|slot| {
        let told = (known >> (slot.index() % 8)) & 1 == 1;
        told.then(|| value(slot.index(), *known))
    });
    let all = condition.evaluate(|slot| Some(value(slot.index(), *known)));
    let _ = (condition.report(&nothing), condition.report(&some), condition.report(&all));
    assert_eq!(all, condition.evaluate(|slot| Some(value(slot.index(), *known))));
    // What is decided with less stays so with more, unless absence itself was asked for.
    if !text.contains("has") {
        for (less, more) in [(&nothing, &some), (&some, &all)] {
            if matches!(less.truth(), Truth::True | Truth::False) {
                assert_eq!(less.truth(), more.truth(), "`{text}`");
            }
        }
    }
});
