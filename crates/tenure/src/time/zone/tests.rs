#![allow(clippy::arithmetic_side_effects, reason = "a test that overflows fails")]

use super::*;
use proptest::prelude::*;

fn zone(name: &str) -> Zone {
    name.parse().unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The readings of a local time, written like an instant of UTC.
fn readings(name: &str, local: &str) -> [String; 2] {
    let Readings { earlier, later } = zone(name).readings(at(local).as_millis());
    [earlier.to_string(), later.to_string()]
}

#[test]
fn a_local_time_that_comes_twice_has_two_readings() {
    for (name, local, earlier, later) in [
        ("Europe/Berlin", "2026-10-25T02:00:00Z", "2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z"),
        ("Europe/Berlin", "2026-10-25T02:59:59.999Z", "2026-10-25T00:59:59.999Z", "2026-10-25T01:59:59.999Z"),
        ("Europe/Berlin", "2026-10-25T01:59:59.999Z", "2026-10-24T23:59:59.999Z", "2026-10-24T23:59:59.999Z"),
        ("Europe/Berlin", "2026-10-25T03:00:00Z", "2026-10-25T02:00:00Z", "2026-10-25T02:00:00Z"),
        ("America/New_York", "2026-11-01T01:30:00Z", "2026-11-01T05:30:00Z", "2026-11-01T06:30:00Z"),
        ("Australia/Lord_Howe", "2026-04-05T01:45:00Z", "2026-04-04T14:45:00Z", "2026-04-04T15:15:00Z"),
        // The date line was crossed eastwards: a whole day came twice.
        ("Pacific/Kwajalein", "1969-09-30T20:00:00Z", "1969-09-30T09:00:00Z", "1969-10-01T08:00:00Z"),
    ] {
        assert_eq!(readings(name, local), [earlier, later], "{name} {local}");
    }
}

#[test]
fn a_local_time_that_never_comes_is_the_transition() {
    for (name, local, transition) in [
        ("Europe/Berlin", "2026-03-29T02:00:00Z", "2026-03-29T01:00:00Z"),
        ("Europe/Berlin", "2026-03-29T02:59:59.999Z", "2026-03-29T01:00:00Z"),
        ("Europe/Berlin", "2026-03-29T03:00:00Z", "2026-03-29T01:00:00Z"),
        ("America/New_York", "2026-03-08T02:30:00Z", "2026-03-08T07:00:00Z"),
        ("Australia/Lord_Howe", "2026-10-04T02:15:00Z", "2026-10-03T15:30:00Z"),
        ("Pacific/Apia", "2011-12-30T00:00:00Z", "2011-12-30T10:00:00Z"),
        ("Pacific/Apia", "2011-12-30T23:59:59Z", "2011-12-30T10:00:00Z"),
        ("America/Sao_Paulo", "2018-11-04T00:00:00Z", "2018-11-04T03:00:00Z"),
    ] {
        assert_eq!(readings(name, local), [transition, transition], "{name} {local}");
    }
}

#[test]
fn a_date_is_the_whole_local_day() {
    for (name, date, start, end) in [
        ("UTC", "2026-03-02", "2026-03-02T00:00:00Z", "2026-03-03T00:00:00Z"),
        ("Europe/Berlin", "2026-03-29", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"),
        ("Europe/Berlin", "2026-10-25", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"),
        ("America/New_York", "2026-11-01", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z"),
        // Midnight comes twice: the day begins the first time.
        ("America/Havana", "2026-11-01", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z"),
        // Midnight never comes: the day begins at 01:00.
        ("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z"),
        // The day itself never comes.
        ("Pacific/Apia", "2011-12-29", "2011-12-29T10:00:00Z", "2011-12-30T10:00:00Z"),
        ("Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z", "2011-12-30T10:00:00Z"),
        ("Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z", "2011-12-31T10:00:00Z"),
        ("Asia/Tokyo", "0001-01-01", "0001-01-01T00:00:00Z", "0001-01-01T14:41:01Z"),
        ("Asia/Tokyo", "9999-12-31", "9999-12-30T15:00:00Z", "9999-12-31T23:59:59.999Z"),
    ] {
        assert_eq!(parse_start(date, zone(name)).unwrap().to_string(), start, "start of {date} in {name}");
        assert_eq!(parse_end(date, zone(name)).unwrap().to_string(), end, "end of {date} in {name}");
    }
}

#[test]
fn an_instant_passes_through_and_the_rest_is_refused() {
    let berlin = zone("Europe/Berlin");
    for parse in [parse_start, parse_end] {
        assert_eq!(parse("2026-03-02T09:00:00Z", berlin), Ok(at("2026-03-02T09:00:00Z")));
        let code = |text| parse(text, berlin).unwrap_err().code();
        assert_eq!(code("2026-02-29"), "timestamp.range");
        assert_eq!(code("0000-01-01"), "timestamp.range");
        assert_eq!(code("2026-03-02T09:00:00"), "timestamp.zone");
        assert_eq!(code("2026-3-02"), "timestamp.syntax");
        assert_eq!(code("2026-0a-02"), "timestamp.syntax");
        assert_eq!(code(""), "timestamp.syntax");
    }
}

#[test]
fn an_unknown_zone_suggests_the_nearest() {
    let nearest = |text: &str| match text.parse::<Zone>().unwrap_err() {
        TimeError::ZoneUnknown { nearest, .. } => nearest,
        other => panic!("{other}"),
    };
    assert_eq!(nearest("Europe/Berln"), Some("Europe/Berlin"));
    assert_eq!(nearest("europe/berlin"), Some("Europe/Berlin"));
    assert_eq!(nearest("Berlin"), Some("Europe/Berlin"));
    assert_eq!(nearest("New York"), Some("America/New_York"));
    assert_eq!(nearest("America/NewYork"), Some("America/New_York"));
    assert_eq!(nearest("Middle Earth/Mordor"), None);
    assert_eq!(nearest(""), None);
    assert_eq!(nearest(&"x".repeat(5000)), None);
    assert_eq!("utc".parse::<Zone>().unwrap_err().code(), "zone.unknown");
}

#[test]
fn zones_are_written_and_ordered_by_name() {
    let mut zones = [zone("UTC"), zone("Asia/Tokyo"), zone("Europe/Berlin")];
    zones.sort();
    assert_eq!(serde_json::to_string(&zones).unwrap(), r#"["Asia/Tokyo","Europe/Berlin","UTC"]"#);
    assert_eq!(serde_json::from_str::<Zone>(r#""UTC""#).unwrap(), Zone::UTC);
    assert!(serde_json::from_str::<Zone>(r#""berlin""#).is_err());
    assert!(TZDB.starts_with("20"));
}

#[test]
fn daylight_saving_is_known_to_2099() {
    for (year, utc) in [("1999", "22"), ("2099", "22"), ("2100", "23")] {
        let start = parse_start(&alloc::format!("{year}-07-01"), zone("Europe/Berlin")).unwrap();
        assert!(start.to_string().ends_with(&alloc::format!("-06-30T{utc}:00:00Z")), "{start}");
    }
}

#[test]
fn distance_counts_letters() {
    for (one, other, letters) in
        [("", "", 0), ("", "abc", 3), ("abc", "", 3), ("kitten", "sitting", 3), ("a", "a", 0)]
    {
        assert_eq!(distance(one, other), letters, "{one} {other}");
        assert_eq!(distance(other, one), letters, "{other} {one}");
    }
}

/// Every instant must be a reading of the local time it shows: else a transition is read wrongly.
fn shows(zone: Zone, instant: Timestamp) -> bool {
    let Readings { earlier, later } = zone.readings(zone.local(instant));
    earlier == instant || later == instant
}

#[test]
fn every_half_hour_of_difficult_years_is_a_reading_of_its_local_time() {
    for (name, start) in [
        ("Europe/Berlin", "2026-01-01T00:00:00Z"),
        ("America/New_York", "2026-01-01T00:00:00Z"),
        ("Australia/Lord_Howe", "2026-01-01T00:00:00Z"),
        ("America/Havana", "2026-01-01T00:00:00Z"),
        ("Pacific/Apia", "2011-06-01T00:00:00Z"),
        ("Pacific/Kwajalein", "1969-03-01T00:00:00Z"),
        ("Africa/Casablanca", "2026-01-01T00:00:00Z"),
        ("Antarctica/Troll", "2026-01-01T00:00:00Z"),
        ("America/Sao_Paulo", "2018-01-01T00:00:00Z"),
    ] {
        let mut instant = at(start);
        for _ in 0..366 * 48 {
            assert!(shows(zone(name), instant), "{name} {instant}");
            instant = instant.plus(super::super::Span::minutes(30));
        }
    }
}

proptest! {
    #[test]
    fn every_instant_is_a_reading_of_its_local_time(index in 0..TZ_VARIANTS.len(), seconds in -4_000_000_000_i64..4_000_000_000) {
        let zone = Zone(TZ_VARIANTS[index]);
        let instant = Timestamp::from_millis(seconds * 1000).unwrap();
        prop_assert!(shows(zone, instant), "{} {}", zone, instant);
        prop_assert_eq!(zone.name().parse::<Zone>(), Ok(zone));
    }

    #[test]
    fn days_follow_one_another_without_gap(index in 0..TZ_VARIANTS.len(), days in -30_000_i64..40_000) {
        let zone = Zone(TZ_VARIANTS[index]);
        let text = |days| Timestamp::from_millis(days * DAY).unwrap().to_string().replace("T00:00:00Z", "");
        let (end, next) = (parse_end(&text(days), zone).unwrap(), parse_start(&text(days + 1), zone).unwrap());
        prop_assert_eq!(end, next);
        prop_assert!(parse_start(&text(days), zone).unwrap() <= end);
    }
}
