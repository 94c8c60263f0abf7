#![allow(clippy::arithmetic_side_effects, reason = "a test that overflows fails")]

use super::*;
use proptest::prelude::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn recurrence(days: &[Weekday], from: &str, to: &str, zone: &str) -> Recurrence {
    let days = if days.is_empty() { Weekdays::ALL } else { Weekdays::new(days.iter().copied()).unwrap() };
    Recurrence::new(days, from.parse().unwrap(), to.parse().unwrap(), zone.parse().unwrap()).unwrap()
}

/// The windows that start within the `days` days from `start`, an instant.
fn windows(recurrence: &Recurrence, start: &str, days: u32, reading: Reading) -> Vec<String> {
    let horizon = Window::new(at(start), at(start).plus(Span::days(days))).unwrap();
    recurrence.within(horizon, reading).unwrap().windows().iter().map(Window::to_string).collect()
}

/// Asserts both readings of a window on one day, over the three days from `start`.
#[track_caller]
fn check(day: Weekday, from: &str, to: &str, zone: &str, start: &str, narrow: &[&str], wide: &[&str]) {
    let recurrence = recurrence(&[day], from, to, zone);
    assert_eq!(windows(&recurrence, start, 3, Reading::Narrow), narrow, "narrow {recurrence}");
    assert_eq!(windows(&recurrence, start, 3, Reading::Wide), wide, "wide {recurrence}");
}

#[test]
fn office_hours_follow_the_clock() {
    use Weekday::*;
    let office = recurrence(&[Mon, Tue, Wed, Thu, Fri], "09:00", "17:00", "Europe/Berlin");
    assert_eq!(
        windows(&office, "2026-03-27T00:00:00Z", 4, Reading::Narrow),
        ["[2026-03-27T08:00:00Z, 2026-03-27T16:00:00Z)", "[2026-03-30T07:00:00Z, 2026-03-30T15:00:00Z)"]
    );
}

#[test]
fn the_clocks_go_back_in_berlin() {
    let start = "2026-10-24T12:00:00Z";
    let check = |from, to, narrow, wide| check(Weekday::Sun, from, to, "Europe/Berlin", start, narrow, wide);
    // An end in the fold, a start in the fold, both, neither.
    check(
        "01:00",
        "02:30",
        &["[2026-10-24T23:00:00Z, 2026-10-25T00:30:00Z)"],
        &["[2026-10-24T23:00:00Z, 2026-10-25T01:30:00Z)"],
    );
    check(
        "02:30",
        "05:00",
        &["[2026-10-25T01:30:00Z, 2026-10-25T04:00:00Z)"],
        &["[2026-10-25T00:30:00Z, 2026-10-25T04:00:00Z)"],
    );
    check("02:15", "02:45", &[], &["[2026-10-25T00:15:00Z, 2026-10-25T01:45:00Z)"]);
    let whole = ["[2026-10-24T23:00:00Z, 2026-10-25T04:00:00Z)"];
    check("01:00", "05:00", &whole, &whole);
}

#[test]
fn the_clocks_go_forward_in_berlin() {
    let start = "2026-03-28T12:00:00Z";
    let check = |from, to, both| check(Weekday::Sun, from, to, "Europe/Berlin", start, both, both);
    check("01:00", "02:30", &["[2026-03-29T00:00:00Z, 2026-03-29T01:00:00Z)"]);
    check("02:30", "05:00", &["[2026-03-29T01:00:00Z, 2026-03-29T03:00:00Z)"]);
    check("02:15", "02:45", &[]);
    check("02:30", "03:00", &[]);
    check("01:00", "05:00", &["[2026-03-29T00:00:00Z, 2026-03-29T03:00:00Z)"]);
}

#[test]
fn nights_run_over_a_fold_and_a_gap() {
    // Friday night is over before the clocks change; Saturday night runs over the change.
    let fold = "2026-10-24T12:00:00Z";
    let seven_hours_more = ["[2026-10-24T20:00:00Z, 2026-10-25T05:00:00Z)"];
    check(Weekday::Sat, "22:00", "06:00", "Europe/Berlin", fold, &seven_hours_more, &seven_hours_more);
    check(
        Weekday::Sat,
        "22:00",
        "02:30",
        "Europe/Berlin",
        fold,
        &["[2026-10-24T20:00:00Z, 2026-10-25T00:30:00Z)"],
        &["[2026-10-24T20:00:00Z, 2026-10-25T01:30:00Z)"],
    );
    let gap = "2026-03-28T12:00:00Z";
    let seven_hours = ["[2026-03-28T21:00:00Z, 2026-03-29T04:00:00Z)"];
    check(Weekday::Sat, "22:00", "06:00", "Europe/Berlin", gap, &seven_hours, &seven_hours);
    let until_gap = ["[2026-03-28T21:00:00Z, 2026-03-29T01:00:00Z)"];
    check(Weekday::Sat, "22:00", "02:30", "Europe/Berlin", gap, &until_gap, &until_gap);
}

#[test]
fn new_york_and_lord_howe() {
    check(
        Weekday::Sun,
        "00:30",
        "01:30",
        "America/New_York",
        "2026-10-31T12:00:00Z",
        &["[2026-11-01T04:30:00Z, 2026-11-01T05:30:00Z)"],
        &["[2026-11-01T04:30:00Z, 2026-11-01T06:30:00Z)"],
    );
    let both = ["[2026-03-08T07:00:00Z, 2026-03-08T08:00:00Z)"];
    check(Weekday::Sun, "02:30", "04:00", "America/New_York", "2026-03-07T12:00:00Z", &both, &both);
    // Lord Howe moves by half an hour: 02:00 becomes 01:30, and 02:00 becomes 02:30.
    check(
        Weekday::Sun,
        "01:45",
        "03:00",
        "Australia/Lord_Howe",
        "2026-04-04T06:00:00Z",
        &["[2026-04-04T15:15:00Z, 2026-04-04T16:30:00Z)"],
        &["[2026-04-04T14:45:00Z, 2026-04-04T16:30:00Z)"],
    );
    let both = ["[2026-10-03T15:30:00Z, 2026-10-03T16:00:00Z)"];
    check(Weekday::Sun, "02:15", "03:00", "Australia/Lord_Howe", "2026-10-03T06:00:00Z", &both, &both);
}

#[test]
fn apia_skipped_a_friday() {
    use Weekday::*;
    let start = "2011-12-29T00:00:00Z";
    let both =
        |day, from, to, expected: &[&str]| check(day, from, to, "Pacific/Apia", start, expected, expected);
    both(Fri, "09:00", "17:00", &[]);
    both(Fri, "00:00", "24:00", &[]);
    both(Thu, "22:00", "06:00", &["[2011-12-30T08:00:00Z, 2011-12-30T10:00:00Z)"]);
    both(Fri, "22:00", "06:00", &["[2011-12-30T10:00:00Z, 2011-12-30T16:00:00Z)"]);
    both(Sat, "09:00", "17:00", &["[2011-12-30T19:00:00Z, 2011-12-31T03:00:00Z)"]);
}

#[test]
fn whole_days_join_and_midnight_ends_a_day() {
    let always = recurrence(&[], "00:00", "24:00", "Europe/Berlin");
    assert_eq!(
        windows(&always, "2026-03-28T12:00:00Z", 3, Reading::Narrow),
        ["[2026-03-28T12:00:00Z, 2026-03-31T12:00:00Z)"]
    );
    for to in ["24:00", "00:00"] {
        let evening = recurrence(&[Weekday::Mon], "18:00", to, "UTC");
        assert_eq!(
            windows(&evening, "2026-03-02T00:00:00Z", 7, Reading::Narrow),
            ["[2026-03-02T18:00:00Z, 2026-03-03T00:00:00Z)"]
        );
    }
    // Where midnight itself comes twice the narrow reading keeps out of the hour between.
    let havana = recurrence(&[], "00:00", "24:00", "America/Havana");
    assert_eq!(
        windows(&havana, "2026-11-01T00:00:00Z", 1, Reading::Narrow),
        ["[2026-11-01T00:00:00Z, 2026-11-01T04:00:00Z)", "[2026-11-01T05:00:00Z, 2026-11-02T00:00:00Z)"]
    );
    assert_eq!(windows(&havana, "2026-11-01T00:00:00Z", 1, Reading::Wide).len(), 1);
}

#[test]
fn newfoundland_went_back_over_midnight() {
    // At 00:01 on a Sunday the clocks went back to 23:01 on Saturday.
    let within = |recurrence: Recurrence, start: &str, end: &str| {
        let horizon = Window::new(at(start), at(end)).unwrap();
        recurrence
            .within(horizon, Reading::Wide)
            .unwrap()
            .windows()
            .iter()
            .map(Window::to_string)
            .collect::<Vec<_>>()
    };
    // Asked on Sunday, a window of Friday still comes.
    let friday = recurrence(&[Weekday::Fri], "23:50", "23:30", "America/St_Johns");
    assert_eq!(
        within(friday, "2006-10-29T02:30:30Z", "2006-10-29T04:00:00Z"),
        ["[2006-10-29T02:30:30Z, 2006-10-29T03:00:00Z)"]
    );
    // Asked until Saturday, a window of Sunday was already open.
    let sunday = recurrence(&[Weekday::Sun], "00:00", "24:00", "America/St_Johns");
    assert_eq!(
        within(sunday, "2006-10-29T02:00:00Z", "2006-10-29T02:45:00Z"),
        ["[2006-10-29T02:30:00Z, 2006-10-29T02:45:00Z)"]
    );
}

#[test]
fn what_cannot_recur_is_refused() {
    let new = |from: &str, to: &str| {
        Recurrence::new(Weekdays::ALL, from.parse().unwrap(), to.parse().unwrap(), Zone::UTC)
            .map_err(|e| e.code())
    };
    assert_eq!(new("09:00", "09:00"), Err("recurrence.empty"));
    assert_eq!(new("00:00", "00:00"), Err("recurrence.empty"));
    assert_eq!(new("24:00", "24:00"), Err("recurrence.empty"));
    assert_eq!(new("24:00", "06:00"), Err("recurrence.time"));
    for text in [
        "", "9:00", "09:0", "09:60", "24:01", "25:00", "09:00:00", "0900", "-1:00", "99:99", "09.00", "aa:bb",
    ] {
        assert_eq!(text.parse::<LocalTime>().unwrap_err().code(), "recurrence.time", "{text}");
    }
    assert_eq!(LocalTime::new(24, 0), Ok(LocalTime::END));
    assert_eq!(LocalTime::new(255, 255).unwrap_err().code(), "recurrence.time");
    assert_eq!(Weekdays::new([]).unwrap_err().code(), "recurrence.days");
    assert_eq!(Weekdays::new([Weekday::Mon, Weekday::Mon]).unwrap_err().code(), "recurrence.days");
    assert_eq!("monday".parse::<Weekday>().unwrap_err().code(), "recurrence.days");
}

#[test]
fn the_horizon_is_bounded() {
    let daily = recurrence(&[], "09:00", "17:00", "UTC");
    let start = at("2026-01-01T00:00:00Z");
    let over = |span| daily.within(Window::new(start, start.plus(span)).unwrap(), Reading::Narrow);
    assert_eq!(over(Span::days(400)).unwrap().windows().len(), 400);
    let longer = Span::days(400).saturating_add(Span::from_millis(1).unwrap());
    assert_eq!(over(longer).unwrap_err().code(), "recurrence.horizon");
    assert_eq!(daily.within(Window::ALWAYS, Reading::Wide).unwrap_err().code(), "recurrence.horizon");
}

#[test]
fn the_ends_of_time_are_no_trouble() {
    for zone in ["UTC", "Asia/Tokyo", "America/New_York"] {
        let daily = recurrence(&[], "22:00", "06:00", zone);
        let first = Window::new(Timestamp::MIN, Timestamp::MIN.plus(Span::days(2))).unwrap();
        let last = Window::new(Timestamp::MAX.minus(Span::days(2)), Timestamp::MAX).unwrap();
        for horizon in [first, last] {
            assert!(!daily.within(horizon, Reading::Narrow).unwrap().is_empty());
        }
    }
}

#[test]
fn json_is_strict() {
    let read = |json: &str| serde_json::from_str::<Recurrence>(json);
    let daily = read(r#"{"from":"09:00","to":"17:00","zone":"UTC"}"#).unwrap();
    assert_eq!(daily, recurrence(&[], "09:00", "17:00", "UTC"));
    assert_eq!(daily.to_string(), "daily from 09:00 to 17:00 in UTC");
    let json = r#"{"days":["mon","fri"],"from":"22:00","to":"24:00","zone":"Europe/Berlin"}"#;
    let some = read(json).unwrap();
    assert_eq!(serde_json::to_string(&some).unwrap(), json);
    assert_eq!(read(&json.replace(r#""mon","fri""#, r#""fri","mon""#)).unwrap(), some);
    let bytes = postcard::to_allocvec(&some).unwrap();
    assert_eq!(postcard::from_bytes::<Recurrence>(&bytes).unwrap(), some);
    let refused = |from: &str, to: &str| read(&json.replace(from, to)).unwrap_err().to_string();
    assert!(refused(r#""mon","fri""#, "").contains("names no day"));
    assert!(refused(r#""mon","fri""#, r#""mon","mon""#).contains("`mon` is named twice"));
    assert!(refused(r#""mon","fri""#, r#""mon-fri""#).contains("`mon-fri` is not a day"));
    assert!(refused(r#""mon","fri""#, "1").contains("mon"));
    assert!(refused(r#"["mon","fri"]"#, "null").contains("list of days"));
    assert!(refused("days", "day").contains("unknown field `day`"));
    assert!(refused("24:00", "22:00").contains("is empty"));
    assert!(refused("Europe/Berlin", "Europe/Berln").contains("did you mean `Europe/Berlin`?"));
    assert!(refused(r#","zone":"Europe/Berlin""#, "").contains("missing field `zone`"));
}

/// Whether the clock on the wall shows a time in the window, at one instant.
fn wall_clock(recurrence: &Recurrence, instant: Timestamp) -> bool {
    let local = recurrence.zone().local(instant);
    let (day, in_day) = (local.div_euclid(DAY), local.rem_euclid(DAY));
    let time = |time: LocalTime| i64::from(time.as_minutes()) * MINUTE;
    let (from, to) = (time(recurrence.from()), time(recurrence.to()));
    let named = |day| recurrence.days().contains(Weekday::of_days(day));
    if from < to {
        named(day) && from <= in_day && in_day < to
    } else {
        (named(day) && from <= in_day) || (named(day - 1) && in_day < to)
    }
}

/// Zones, and an instant near which their clocks changed.
const CHANGES: [(&str, &str); 14] = [
    ("UTC", "2026-03-29T00:00:00Z"),
    ("Asia/Kathmandu", "2026-03-29T00:00:00Z"),
    ("Europe/Berlin", "2026-03-29T01:00:00Z"),
    ("Europe/Berlin", "2026-10-25T01:00:00Z"),
    ("America/New_York", "2026-03-08T07:00:00Z"),
    ("America/New_York", "2026-11-01T06:00:00Z"),
    ("Australia/Lord_Howe", "2026-04-04T15:00:00Z"),
    ("Australia/Lord_Howe", "2026-10-03T15:30:00Z"),
    ("Pacific/Apia", "2011-12-30T10:00:00Z"),
    ("Pacific/Kwajalein", "1969-09-30T13:00:00Z"),
    ("America/Havana", "2026-11-01T05:00:00Z"),
    ("America/Sao_Paulo", "2018-02-18T02:00:00Z"),
    ("America/St_Johns", "2006-10-29T02:31:00Z"),
    ("Antarctica/Troll", "2026-10-25T01:00:00Z"),
];

/// A recurrence, and an instant up to three days before the clocks of its zone change, or any other.
fn any_recurrence() -> impl Strategy<Value = (Recurrence, Timestamp)> {
    let time = || prop_oneof![0..8_u16, 40..48_u16, 0..48_u16].prop_map(|half_hours| half_hours * 30);
    let minutes =
        || (time(), prop_oneof![Just(0), Just(1), 0..30_u16]).prop_map(|(time, minute)| time + minute);
    let text = |minutes: u16| format!("{:02}:{:02}", minutes / 60, minutes % 60);
    let before = prop_oneof![(0..72 * 60_u32).prop_map(Some), Just(None)];
    (prop_oneof![1..128_u8, Just(127)], minutes(), minutes(), 0..CHANGES.len(), before, 0..2_000_000_000_i64)
        .prop_filter("a window is not empty", |(_, from, to, ..)| from != to)
        .prop_map(move |(bits, from, to, change, before, seconds)| {
            let named = Weekday::ALL.into_iter().enumerate().filter(|(i, _)| bits & (1 << i) != 0);
            let days: Vec<Weekday> = named.map(|(_, day)| day).collect();
            let (zone, change) = CHANGES[change];
            let start = match before {
                Some(minutes) => at(change).minus(Span::minutes(minutes)),
                None => Timestamp::from_millis(seconds * 1000).unwrap(),
            };
            (recurrence(&days, &text(from), &text(to), zone), start)
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn narrow_is_within_the_wall_clock_is_within_wide((recurrence, start) in any_recurrence()) {
        let horizon = Window::new(start, start.plus(Span::days(5))).unwrap();
        let narrow = recurrence.within(horizon, Reading::Narrow).unwrap();
        let wide = recurrence.within(horizon, Reading::Wide).unwrap();
        let zone = recurrence.zone();
        let ahead = |instant: Timestamp| zone.local(instant) - instant.as_millis();
        let steady = (0..9 * 24).all(|hour| ahead(start.minus(Span::days(2)).plus(Span::hours(hour))) == ahead(start));
        prop_assert!(narrow.difference(&wide).is_empty());
        if steady {
            prop_assert_eq!(&narrow, &wide);
        }
        let edges = narrow.windows().iter().chain(wide.windows()).flat_map(|w| [w.start(), w.end()]);
        let edges: Vec<Timestamp> = edges.collect();
        let around = edges.iter().flat_map(|t| [*t, t.next(), t.minus(Span::from_millis(1).unwrap())]);
        let steps = (0..5 * 48).map(|half_hours| start.plus(Span::minutes(half_hours * 30)));
        for t in around.chain(steps).filter(|t| horizon.contains(*t)) {
            let wall = wall_clock(&recurrence, t);
            prop_assert!(!narrow.contains(t) || wall, "{} is in the narrow reading of {} only", t, recurrence);
            prop_assert!(!wall || wide.contains(t), "{} is not in the wide reading of {}", t, recurrence);
        }
    }

    #[test]
    fn a_part_of_the_horizon_gives_that_part((recurrence, start) in any_recurrence(), hours in 1..200_u32, skip in 0..200_u32) {
        let whole = Window::new(start, start.plus(Span::days(20))).unwrap();
        let part = Window::new(start.plus(Span::hours(skip)), start.plus(Span::hours(skip + hours))).unwrap();
        for reading in [Reading::Narrow, Reading::Wide] {
            let expected = recurrence.within(whole, reading).unwrap().intersect(&part.into());
            prop_assert_eq!(recurrence.within(part, reading).unwrap(), expected);
        }
    }
}
