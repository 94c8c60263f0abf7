#![allow(clippy::arithmetic_side_effects, reason = "a test that overflows fails")]

use super::*;
use proptest::prelude::*;

fn span(text: &str) -> Span {
    text.parse().unwrap()
}

fn code(text: &str) -> &'static str {
    match text.parse::<Span>() {
        Ok(span) => panic!("`{text}` is read as {span}"),
        Err(error) => error.code(),
    }
}

#[test]
fn texts_and_their_canonical_form() {
    for (text, canonical) in [
        ("P1D", "PT24H"),
        ("P1W", "PT168H"),
        ("P1W1D", "PT192H"),
        ("PT1H30M", "PT1H30M"),
        ("P1DT2H", "PT26H"),
        ("PT90M", "PT1H30M"),
        ("PT0S", "PT0S"),
        ("P0D", "PT0S"),
        ("PT0.25S", "PT0.250S"),
        ("PT0.2509S", "PT0.250S"),
        ("PT0.0009S", "PT0S"),
        ("PT1M0.001S", "PT1M0.001S"),
        ("PT3600S", "PT1H"),
        ("30m", "PT30M"),
        ("8h", "PT8H"),
        ("90d", "PT2160H"),
        ("45s", "PT45S"),
        ("2w", "PT336H"),
        ("250ms", "PT0.250S"),
        ("1h30m", "PT1H30M"),
        ("1.5s", "PT1.500S"),
        ("1m1s1ms", "PT1M1.001S"),
        ("00000000000000000000000008h", "PT8H"),
        ("P3652425D", "PT87658200H"),
    ] {
        assert_eq!(span(text).to_string(), canonical, "{text}");
    }
}

#[test]
fn calendar_units_are_refused_by_their_own_code() {
    for text in ["P1M", "P1Y", "P1Y2M3DT4H", "P1.5Y", "1y", "3mo", "1M", "P0M"] {
        assert_eq!(code(text), "span.calendar", "{text}");
    }
}

#[test]
fn negative_spans_are_refused_by_their_own_code() {
    for text in ["-P1D", "P-1D", "PT-1H", "-5m", "-0s"] {
        assert_eq!(code(text), "span.negative", "{text}");
    }
}

#[test]
fn what_is_too_long_is_refused() {
    for text in
        ["P3652426D", "PT87658200H0.001S", "99999999999999999999999999999999w", "18446744073709551615ms"]
    {
        assert_eq!(code(text), "span.range", "{text}");
    }
    assert_eq!(Span::from_millis(Span::MAX.0 + 1).unwrap_err().code(), "span.range");
    assert_eq!(Span::from_millis(Span::MAX.0), Ok(Span::MAX));
    assert_eq!(Span::days(u32::MAX), Span::MAX);
    assert_eq!(Span::hours(u32::MAX), Span::MAX);
    assert_eq!(Span::MAX.saturating_add(Span::MAX), Span::MAX);
    assert_eq!(Span::ZERO.saturating_sub(Span::MAX), Span::ZERO);
}

#[test]
fn what_is_no_span_is_refused() {
    for text in [
        "",
        " ",
        "P",
        "PT",
        "P1",
        "PT1",
        "1",
        "h",
        "P1DT",
        "PT1D",
        "P1H",
        "PT1S1M",
        "PT1M1M",
        "PT1.5H",
        "P0.5D",
        "1.5h",
        "PT1.S",
        "PT.5S",
        "PT0,5S",
        "p1d",
        "PT8h",
        "8H",
        "8 h",
        "8h ",
        "+8h",
        "+P1D",
        "30min",
        "1m1h",
        "1s1s",
        "1.5s1ms",
        "a-b",
        "--P1D",
        "-",
        "∞",
        "8ｈ",
        "P1DT1HT1M",
        "1e3s",
        "0x1s",
    ] {
        assert_eq!(code(text), "span.syntax", "{text}");
    }
    assert_eq!(code(&"1".repeat(70)), "span.syntax");
}

#[test]
fn messages_name_the_text_and_the_limit() {
    assert_eq!(
        "P3652426D".parse::<Span>().unwrap_err().to_string(),
        "`P3652426D` is too long; a span is at most `PT87658200H`, which is 10000 years"
    );
    assert!("P1M".parse::<Span>().unwrap_err().to_string().starts_with("`P1M` counts months"));
}

#[test]
fn json_is_the_text_and_postcard_the_number() {
    assert_eq!(serde_json::to_string(&Span::days(1)).unwrap(), r#""PT24H""#);
    assert_eq!(serde_json::from_str::<Span>(r#""8h""#).unwrap(), Span::hours(8));
    assert!(serde_json::from_str::<Span>("8").is_err());
    let bytes = postcard::to_allocvec(&Span::hours(8)).unwrap();
    assert_eq!(postcard::from_bytes::<Span>(&bytes).unwrap(), Span::hours(8));
    assert!(postcard::from_bytes::<Span>(&postcard::to_allocvec(&u64::MAX).unwrap()).is_err());
}

proptest! {
    #[test]
    fn canonical_text_round_trips(millis in prop_oneof![0..=Span::MAX.0, 0..10_000_000_u64, (0..=Span::MAX.0 / SECOND).prop_map(|s| s * SECOND)]) {
        let span = Span(millis);
        prop_assert_eq!(span.to_string().parse::<Span>().unwrap(), span);
        prop_assert!(span.to_string().len() <= 24);
    }

    #[test]
    fn no_text_aborts(text in "-?P?[0-9]{0,20}[YMWDTHSwdhms.]{0,3}T?[0-9]{0,20}[YMWDTHSwdhms.]{0,3}") {
        if let Ok(span) = text.parse::<Span>() {
            prop_assert!(span <= Span::MAX);
        }
    }
}
