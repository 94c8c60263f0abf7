#![allow(clippy::arithmetic_side_effects, reason = "a test that overflows fails")]

use super::*;
use proptest::prelude::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn code(text: &str) -> &'static str {
    text.parse::<Timestamp>().unwrap_err().code()
}

pub(crate) fn any_instant() -> impl Strategy<Value = Timestamp> {
    let all = Timestamp::MIN.0..=Timestamp::MAX.0;
    prop_oneof![
        8 => all.clone().prop_map(Timestamp),
        8 => all.prop_map(|millis| Timestamp(millis.div_euclid(1000) * 1000)),
        1 => Just(Timestamp::MIN),
        1 => Just(Timestamp::MAX),
    ]
}

#[test]
fn the_limits_are_the_years_0001_and_9999() {
    assert_eq!(Timestamp::MIN.to_string(), "0001-01-01T00:00:00Z");
    assert_eq!(Timestamp::MAX.to_string(), "9999-12-31T23:59:59.999Z");
    assert_eq!(at("0001-01-01T00:00:00Z"), Timestamp::MIN);
    assert_eq!(at("9999-12-31T23:59:59.999Z"), Timestamp::MAX);
    assert_eq!(at("9999-12-31T23:59:59.9999999999Z"), Timestamp::MAX);
    assert_eq!(Timestamp::default(), Timestamp::MIN);
    assert!(Timestamp::MAX.is_never() && !Timestamp::MIN.is_never());
    for millis in [i64::MIN, Timestamp::MIN.0 - 1, Timestamp::MAX.0 + 1, i64::MAX] {
        assert_eq!(Timestamp::from_millis(millis).unwrap_err().code(), "timestamp.range");
    }
    assert_eq!(Timestamp::saturating_from_millis(i64::MIN), Timestamp::MIN);
    assert_eq!(Timestamp::saturating_from_millis(i64::MAX), Timestamp::MAX);
    assert_eq!(Timestamp::from_millis(0).unwrap().to_string(), "1970-01-01T00:00:00Z");
    assert_eq!(Timestamp::from_millis(-1).unwrap().to_string(), "1969-12-31T23:59:59.999Z");
}

#[test]
fn offsets_and_letters_of_either_standard_are_read() {
    let nine = at("2026-03-02T09:00:00Z");
    for text in [
        "2026-03-02t09:00:00z",
        "2026-03-02T09:00:00-00:00",
        "2026-03-02T10:00:00+01:00",
        "2026-03-02T10:00:00+0100",
        "2026-03-02T10:00:00+01",
        "2026-03-01T23:30:00-09:30",
        "2026-03-03T08:59:00+23:59",
        "2026-03-02T09:00:00.000Z",
        "2026-03-02T09:00:00.00099999999999999999999999999999999999999Z",
    ] {
        assert_eq!(at(text), nine, "{text}");
    }
}

#[test]
fn finer_than_a_millisecond_is_floored_before_1970_too() {
    assert_eq!(at("1969-12-31T23:59:59.9999Z").as_millis(), -1);
    assert_eq!(at("1969-12-31T23:59:59.0001Z").as_millis(), -1000);
    assert_eq!(at("1970-01-01T00:00:00.1Z").as_millis(), 100);
    assert_eq!(at("1970-01-01T00:00:00.0019Z").as_millis(), 1);
    assert_eq!(at("0001-01-01T01:00:00.0019+01:00").as_millis(), Timestamp::MIN.0 + 1);
}

#[test]
fn what_does_not_exist_is_refused() {
    for text in [
        "0000-12-31T23:59:59Z",
        "10000-01-01T00:00:00Z",
        "+2026-01-01T00:00:00Z",
        "-0001-01-01T00:00:00Z",
        "2026-00-01T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-02-29T00:00:00Z",
        "2026-04-31T00:00:00Z",
        "2026-03-02T24:00:00Z",
        "2026-03-02T23:60:00Z",
        "2016-12-31T23:59:60Z",
        "2026-03-02T09:00:00+24:00",
        "2026-03-02T09:00:00+01:60",
        "0001-01-01T00:59:59.999+01:00",
        "9999-12-31T23:00:00-01:00",
    ] {
        assert_eq!(code(text), "timestamp.range", "{text}");
    }
    assert_eq!(code("2026-03-02T09:00:00"), "timestamp.zone");
    assert_eq!(code("2026-03-02T09:00:00.5"), "timestamp.zone");
}

#[test]
fn what_is_no_instant_is_refused() {
    for text in [
        "",
        "now",
        "2026",
        "2026-03-02",
        "2026-03-02T09:00Z",
        "2026-03-02 09:00:00Z",
        "2026-03-02T09:00:00 Z",
        " 2026-03-02T09:00:00Z",
        "2026-03-02T09:00:00Z ",
        "2026-3-2T09:00:00Z",
        "2026-03-02T9:00:00Z",
        "2026-03-02T09:00:00.Z",
        "2026-03-02T09:00:00,5Z",
        "2026-03-02T09:00:00+1",
        "2026-03-02T09:00:00+010",
        "2026-03-02T09:00:00+01:",
        "2026-03-02T09:00:00+1:00",
        "2026-03-02T09:00:00Z+01:00",
        "20260302T090000Z",
        "2026-03-02T09:00:00+a1:00",
        "2026-03-0aT09:00:00Z",
        "2026-03-02T09:0a:00Z",
        "2026-03-02T09:00:00\u{2212}01:00",
        "２026-03-02T09:00:00Z",
        "2026-W10-1T09:00:00Z",
        "1772442000",
    ] {
        assert_eq!(code(text), "timestamp.syntax", "{text}");
    }
}

#[test]
fn a_message_quotes_the_text_and_cuts_a_long_one() {
    let long = "9".repeat(10_000);
    let message = long.parse::<Timestamp>().unwrap_err().to_string();
    assert!(message.len() < 200 && message.contains("9..."), "{message}");
    let message = "a\u{202e}\nb".parse::<Timestamp>().unwrap_err().to_string();
    assert!(message.contains("`a\\u{202e}\\nb`") && message.contains("2026-03-02T09:00:00Z"), "{message}");
    let long = std::format!("2026-03-02T09:00:00.{}Z", "0".repeat(64));
    assert_eq!(code(&long), "timestamp.syntax");
}

#[test]
fn arithmetic_stops_at_the_limits() {
    let nine = at("2026-03-02T09:00:00Z");
    assert_eq!(nine.plus(Span::hours(8)), at("2026-03-02T17:00:00Z"));
    assert_eq!(nine.minus(Span::days(1)), at("2026-03-01T09:00:00Z"));
    assert_eq!(nine.since(nine.minus(Span::hours(2))), Span::hours(2));
    assert_eq!(nine.since(nine.next()), Span::ZERO);
    assert_eq!(Timestamp::MAX.plus(Span::MAX), Timestamp::MAX);
    assert_eq!(Timestamp::MIN.minus(Span::MAX), Timestamp::MIN);
    assert_eq!(Timestamp::MIN.plus(Span::MAX), Timestamp::MAX);
    assert_eq!(Timestamp::MAX.next(), Timestamp::MAX);
    assert_eq!(Timestamp::MIN.plus(Timestamp::MAX.since(Timestamp::MIN)), Timestamp::MAX);
}

#[test]
fn json_is_the_text_and_postcard_the_number() {
    let nine = at("2026-03-02T09:00:00.250Z");
    assert_eq!(serde_json::to_string(&nine).unwrap(), r#""2026-03-02T09:00:00.250Z""#);
    assert_eq!(serde_json::from_str::<Timestamp>(r#""2026-03-02T10:00:00.25\u002b01:00""#).unwrap(), nine);
    assert!(serde_json::from_str::<Timestamp>("1772442000250").is_err());
    assert!(serde_json::from_str::<Timestamp>("null").is_err());
    let bytes = postcard::to_allocvec(&nine).unwrap();
    assert_eq!(bytes, postcard::to_allocvec(&1_772_442_000_250_i64).unwrap());
    assert_eq!(postcard::from_bytes::<Timestamp>(&bytes).unwrap(), nine);
    assert!(postcard::from_bytes::<Timestamp>(&postcard::to_allocvec(&i64::MAX).unwrap()).is_err());
}

proptest! {
    #[test]
    fn text_round_trips_and_agrees_with_an_independent_calendar(instant in any_instant()) {
        let text = instant.to_string();
        prop_assert_eq!(text.parse::<Timestamp>().unwrap(), instant);
        let peer = chrono::DateTime::from_timestamp_millis(instant.as_millis()).unwrap();
        let form = if instant.as_millis().rem_euclid(1000) == 0 { "%Y-%m-%dT%H:%M:%SZ" } else { "%Y-%m-%dT%H:%M:%S%.3fZ" };
        prop_assert_eq!(text, peer.format(form).to_string());
    }

    #[test]
    fn any_offset_names_the_same_instant(instant in any_instant(), minutes in -1439_i32..=1439) {
        let zone = chrono::FixedOffset::east_opt(minutes * 60).unwrap();
        let peer = chrono::DateTime::from_timestamp_millis(instant.as_millis()).unwrap().with_timezone(&zone);
        let text = peer.format("%Y-%m-%dT%H:%M:%S%.6f%:z").to_string();
        // Near the limits the local year can be 0000 or 10000, which no text of ours can say.
        if text.len() == 32 && !text.starts_with("0000") {
            prop_assert_eq!(text.parse::<Timestamp>().unwrap(), instant);
        } else {
            prop_assert_eq!(code(&text), "timestamp.range");
        }
    }

    #[test]
    fn no_text_aborts(text in "\\PC{0,70}") {
        let _ = text.parse::<Timestamp>();
    }

    #[test]
    fn no_text_of_the_right_letters_aborts(text in "[0-9]{4,5}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{0,9})?[Zz+-]?([0-9:]{0,5})") {
        if let Ok(instant) = text.parse::<Timestamp>() {
            prop_assert!(Timestamp::MIN <= instant && instant <= Timestamp::MAX);
            prop_assert_eq!(at(&instant.to_string()), instant);
        }
    }
}
