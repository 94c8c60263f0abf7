#![allow(clippy::arithmetic_side_effects, reason = "a test that overflows fails")]

use super::*;
use proptest::prelude::*;

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis).unwrap()
}

fn window(start: i64, end: i64) -> Window {
    Window::new(at(start), at(end)).unwrap()
}

#[test]
fn a_window_contains_its_start_and_not_its_end() {
    let shift = window(10, 20);
    assert!(
        !shift.contains(at(9)) && shift.contains(at(10)) && shift.contains(at(19)) && !shift.contains(at(20))
    );
    assert_eq!(Window::new(at(10), at(10)), None);
    assert_eq!(Window::new(at(11), at(10)), None);
    assert_eq!(shift.length(), Span::from_millis(10).unwrap());
}

#[test]
fn windows_that_touch_have_nothing_in_common() {
    assert!(!window(10, 20).overlaps(window(20, 30)) && !window(20, 30).overlaps(window(10, 20)));
    assert_eq!(window(10, 20).intersect(window(20, 30)), None);
    assert_eq!(window(10, 21).intersect(window(20, 30)), Some(window(20, 21)));
    assert!(window(10, 20).covers(window(10, 20)) && !window(10, 20).covers(window(10, 21)));
}

#[test]
fn an_open_window_never_ends() {
    let open = Window::from(at(0));
    assert!(open.is_open_ended() && Window::ALWAYS.covers(open));
    assert!(!open.contains(Timestamp::MAX) && open.contains(at(Timestamp::MAX.as_millis() - 1)));
    assert_eq!(Window::from(Timestamp::MIN), Window::ALWAYS);
    let last = Window::from(Timestamp::MAX);
    assert_eq!(last.length(), Span::from_millis(1).unwrap());
    assert_eq!(open.to_string(), "[1970-01-01T00:00:00Z, never)");
}

#[test]
fn json_leaves_out_what_has_no_limit() {
    for (value, json) in [
        (Window::ALWAYS, "{}"),
        (Window::from(at(0)), r#"{"from":"1970-01-01T00:00:00Z"}"#),
        (Window::new(Timestamp::MIN, at(0)).unwrap(), r#"{"until":"1970-01-01T00:00:00Z"}"#),
        (window(0, 1), r#"{"from":"1970-01-01T00:00:00Z","until":"1970-01-01T00:00:00.001Z"}"#),
    ] {
        assert_eq!(serde_json::to_string(&value).unwrap(), json);
        assert_eq!(serde_json::from_str::<Window>(json).unwrap(), value);
        let bytes = postcard::to_allocvec(&value).unwrap();
        assert_eq!(postcard::from_bytes::<Window>(&bytes).unwrap(), value);
    }
    let refused = |json| serde_json::from_str::<Window>(json).unwrap_err().to_string();
    let empty = r#"{"from":"1970-01-01T00:00:00Z","until":"1970-01-01T00:00:00Z"}"#;
    assert!(refused(empty).contains("is empty"));
    assert!(refused(r#"{"until":null}"#).contains("null"));
    assert!(refused(r#"{"til":"1970-01-01T00:00:00Z"}"#).contains("unknown field `til`"));
    let backwards = postcard::to_allocvec(&(at(1), at(0))).unwrap();
    assert!(postcard::from_bytes::<Window>(&backwards).is_err());
}

proptest! {
    #[test]
    fn relations_agree_with_membership(a in 0..8_i64, b in 1..4_i64, c in 0..8_i64, d in 1..4_i64) {
        let (one, other) = (window(a, a + b), window(c, c + d));
        let both: Vec<i64> = (0..16).filter(|t| one.contains(at(*t)) && other.contains(at(*t))).collect();
        prop_assert_eq!(one.overlaps(other), !both.is_empty());
        prop_assert_eq!(one.intersect(other).is_some(), !both.is_empty());
        prop_assert_eq!(one.covers(other), both.len() as i64 == d);
        for t in 0..16 {
            prop_assert_eq!(one.intersect(other).is_some_and(|w| w.contains(at(t))), both.contains(&t));
        }
    }
}
