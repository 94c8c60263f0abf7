//! Vectors about time alone: what texts mean, what windows contain, when recurring hours are open.
//!
//! Each case names what is `read`, and expects what a reader of the library answers; nothing here needs a policy.
//! The instants in zones were worked out with another implementation of the time zone database.

use serde_json::{Value, json};
use tenure::document::{DocumentError, Limits, parse_json};
use tenure::time::{Reading, Recurrence, Span, TimeError, Timestamp, Window, Zone, parse_end, parse_start};

use crate::vector::FORMAT;

/// The files of the folder `time`.
pub fn files() -> Vec<(String, Value)> {
    vec![
        file(
            "instants",
            "Texts of instants, in milliseconds since 1970 and as they are written back",
            instants(),
        ),
        file("dates", "Dates as starts and as ends: whole days in a zone", dates()),
        file("spans", "Texts of spans: exact lengths, written back in hours", spans()),
        file("windows", "Windows contain their start and not their end", windows()),
        file("hours", "Recurring hours when clocks change, in the narrow and the wide reading", hours()),
    ]
}

fn file(name: &str, description: &str, cases: Vec<Value>) -> (String, Value) {
    let value = json!({
        "cases": cases,
        "description": description,
        "format": FORMAT,
        "semantics": tenure::SEMANTICS,
    });
    (format!("time/{name}.json"), value)
}

/// What the library answers to a case: the map that `expect` must be.
///
/// # Errors
/// What is wrong with the case itself.
pub fn answer(case: &Value) -> Result<Value, String> {
    let text = |key: &str| case.get(key).and_then(Value::as_str).ok_or_else(|| format!("no `{key}`: {case}"));
    let of = |error: &TimeError| json!({"error": error.code()});
    match text("reads")? {
        "instant" => Ok(match text("text")?.parse::<Timestamp>() {
            Ok(instant) => json!({"millis": instant.as_millis(), "text": instant.to_string()}),
            Err(error) => of(&error),
        }),
        "span" => Ok(match text("text")?.parse::<Span>() {
            Ok(span) => json!({"millis": span.as_millis(), "text": span.to_string()}),
            Err(error) => of(&error),
        }),
        "date" => {
            let zone: Zone = match text("zone")?.parse() {
                Ok(zone) => zone,
                Err(error) => return Ok(of(&error)),
            };
            let read = |parse: fn(&str, Zone) -> Result<Timestamp, TimeError>| {
                parse(text("text")?, zone).map_err(|e| e.code().to_owned())
            };
            Ok(match (read(parse_start), read(parse_end)) {
                (Ok(start), Ok(end)) => json!({"end": end.to_string(), "start": start.to_string()}),
                (Err(code), _) | (_, Err(code)) => json!({"error": code}),
            })
        }
        "window" => {
            let at = case.get("at").and_then(Value::as_array).ok_or_else(|| format!("no `at`: {case}"))?;
            let window: Window = match value(case) {
                Ok(window) => window,
                Err(error) => return Ok(json!({"error": error.code()})),
            };
            let contains = at.iter().map(|at| Some(window.contains(at.as_str()?.parse().ok()?)));
            let contains: Option<Vec<bool>> = contains.collect();
            Ok(json!({"contains": contains.ok_or_else(|| format!("`at` has instants: {case}"))?}))
        }
        "hours" => {
            let within: Window = serde_json::from_value(case.get("within").cloned().unwrap_or_default())
                .map_err(|error| error.to_string())?;
            let hours: Recurrence = match value(case) {
                Ok(hours) => hours,
                Err(error) => return Ok(json!({"error": error.code()})),
            };
            let open = |reading| hours.within(within, reading).map(|set| set.windows().to_vec());
            Ok(match (open(Reading::Narrow), open(Reading::Wide)) {
                (Ok(narrow), Ok(wide)) => json!({"narrow": narrow, "wide": wide}),
                (Err(error), _) | (_, Err(error)) => of(&error),
            })
        }
        other => Err(format!("`{other}` is nothing that is read")),
    }
}

/// The `value` of a case, read as strictly as any document.
fn value<T: serde::de::DeserializeOwned>(case: &Value) -> Result<T, DocumentError> {
    parse_json(case.get("value").map(Value::to_string).unwrap_or_default(), &Limits::default())
}

fn instants() -> Vec<Value> {
    let good = |text: &str, millis: i64, written: &str| json!({"reads": "instant", "text": text, "expect": {"millis": millis, "text": written}});
    let bad = |text: &str, code: &str| json!({"reads": "instant", "text": text, "expect": {"error": code}});
    const NINE: &str = "2026-03-02T09:00:00Z";
    const NINE_MILLIS: i64 = 1_772_442_000_000;
    vec![
        good("1970-01-01T00:00:00Z", 0, "1970-01-01T00:00:00Z"),
        good("1970-01-01T00:00:00.001Z", 1, "1970-01-01T00:00:00.001Z"),
        good("1969-12-31T23:59:59.999Z", -1, "1969-12-31T23:59:59.999Z"),
        // Finer than a millisecond is floored towards the past, also before 1970.
        good("1970-01-01T00:00:00.0009Z", 0, "1970-01-01T00:00:00Z"),
        good("1969-12-31T23:59:59.9999Z", -1, "1969-12-31T23:59:59.999Z"),
        good("1969-12-31T23:59:59.9989Z", -2, "1969-12-31T23:59:59.998Z"),
        good("1969-12-31T23:59:59.0001Z", -1000, "1969-12-31T23:59:59Z"),
        good("2026-03-02T09:00:00.2509Z", 1_772_442_000_250, "2026-03-02T09:00:00.250Z"),
        good("2026-03-02T09:00:00.5Z", 1_772_442_000_500, "2026-03-02T09:00:00.500Z"),
        good("2026-03-02T09:00:00.000000000Z", NINE_MILLIS, NINE),
        good(NINE, NINE_MILLIS, NINE),
        good("2026-03-02t09:00:00z", NINE_MILLIS, NINE),
        good("2026-03-02T10:00:00+01:00", NINE_MILLIS, NINE),
        good("2026-03-02T03:30:00-05:30", NINE_MILLIS, NINE),
        good("2026-03-02T09:00:00-00:00", NINE_MILLIS, NINE),
        good("2024-02-29T00:00:00Z", 1_709_164_800_000, "2024-02-29T00:00:00Z"),
        good("2000-02-29T00:00:00Z", 951_782_400_000, "2000-02-29T00:00:00Z"),
        good("1900-02-28T23:00:00Z", -2_203_894_800_000, "1900-02-28T23:00:00Z"),
        good("0001-01-01T00:00:00Z", -62_135_596_800_000, "0001-01-01T00:00:00Z"),
        good("9999-12-31T23:59:59.999Z", 253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
        good("9999-12-31T23:59:59.9999Z", 253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
        bad("9999-12-31T23:59:59-00:01", "timestamp.range"),
        bad("0001-01-01T00:00:00+00:01", "timestamp.range"),
        bad("0000-12-31T23:59:59Z", "timestamp.range"),
        bad("10000-01-01T00:00:00Z", "timestamp.range"),
        bad("-0001-01-01T00:00:00Z", "timestamp.range"),
        bad("+2026-03-02T09:00:00Z", "timestamp.range"),
        bad("2023-02-29T00:00:00Z", "timestamp.range"),
        bad("1900-02-29T00:00:00Z", "timestamp.range"),
        bad("2026-13-01T00:00:00Z", "timestamp.range"),
        bad("2026-00-01T00:00:00Z", "timestamp.range"),
        bad("2026-04-31T00:00:00Z", "timestamp.range"),
        bad("2026-03-00T00:00:00Z", "timestamp.range"),
        bad("2026-03-02T24:00:00Z", "timestamp.range"),
        bad("2026-03-02T09:60:00Z", "timestamp.range"),
        bad("2016-12-31T23:59:60Z", "timestamp.range"),
        bad("2026-03-02T09:00:00+24:00", "timestamp.range"),
        bad("2026-03-02T09:00:00", "timestamp.zone"),
        bad("2026-03-02 09:00:00Z", "timestamp.syntax"),
        bad("2026-03-02T09:00Z", "timestamp.syntax"),
        bad("2026-03-02T9:00:00Z", "timestamp.syntax"),
        bad("2026-03-02T09:00:00.Z", "timestamp.syntax"),
        bad("2026-03-02T09:00:00,5Z", "timestamp.syntax"),
        bad("2026-03-02T09:00:00 Z", "timestamp.syntax"),
        bad(" 2026-03-02T09:00:00Z", "timestamp.syntax"),
        bad("2026-03-02", "timestamp.syntax"),
        bad("20260302T090000Z", "timestamp.syntax"),
        bad("1772442000000", "timestamp.syntax"),
        bad("now", "timestamp.syntax"),
        bad("", "timestamp.syntax"),
    ]
}

fn dates() -> Vec<Value> {
    let good = |text: &str, zone: &str, start: &str, end: &str| json!({"reads": "date", "text": text, "zone": zone, "expect": {"start": start, "end": end}});
    let bad = |text: &str, zone: &str, code: &str| json!({"reads": "date", "text": text, "zone": zone, "expect": {"error": code}});
    vec![
        good("2026-03-02", "UTC", "2026-03-02T00:00:00Z", "2026-03-03T00:00:00Z"),
        good("2024-02-29", "UTC", "2024-02-29T00:00:00Z", "2024-03-01T00:00:00Z"),
        good("2026-12-31", "UTC", "2026-12-31T00:00:00Z", "2027-01-01T00:00:00Z"),
        // An instant is itself, as a start and as an end.
        good("2026-03-02T10:00:00+01:00", "Asia/Tokyo", "2026-03-02T09:00:00Z", "2026-03-02T09:00:00Z"),
        good("0001-01-01", "UTC", "0001-01-01T00:00:00Z", "0001-01-02T00:00:00Z"),
        good("9999-12-31", "UTC", "9999-12-31T00:00:00Z", "9999-12-31T23:59:59.999Z"),
        // Days of 23 and 25 hours.
        good("2026-03-29", "Europe/Berlin", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"),
        good("2026-10-25", "Europe/Berlin", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"),
        // Midnight comes twice, and the day begins with the first.
        good("2026-11-01", "America/Havana", "2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z"),
        good("2026-10-31", "America/Havana", "2026-10-31T04:00:00Z", "2026-11-01T04:00:00Z"),
        // Midnight never comes, and the day begins at one.
        good("2018-11-04", "America/Sao_Paulo", "2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z"),
        good("2018-11-03", "America/Sao_Paulo", "2018-11-03T03:00:00Z", "2018-11-04T03:00:00Z"),
        // A day that never was.
        good("2011-12-29", "Pacific/Apia", "2011-12-29T10:00:00Z", "2011-12-30T10:00:00Z"),
        good("2011-12-30", "Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-30T10:00:00Z"),
        good("2011-12-31", "Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-31T10:00:00Z"),
        bad("2026-02-29", "UTC", "timestamp.range"),
        bad("0000-01-01", "UTC", "timestamp.range"),
        bad("10000-01-01", "UTC", "timestamp.range"),
        bad("2026-3-2", "UTC", "timestamp.syntax"),
        bad("2026-03-02T09:00:00", "UTC", "timestamp.zone"),
        bad("2026-03-02", "Europe/Berln", "zone.unknown"),
        bad("2026-03-02", "europe/berlin", "zone.unknown"),
        bad("2026-03-02", "+01:00", "zone.unknown"),
    ]
}

fn spans() -> Vec<Value> {
    let good = |text: &str, millis: u64, written: &str| json!({"reads": "span", "text": text, "expect": {"millis": millis, "text": written}});
    let bad = |text: &str, code: &str| json!({"reads": "span", "text": text, "expect": {"error": code}});
    vec![
        good("PT8H", 28_800_000, "PT8H"),
        good("8h", 28_800_000, "PT8H"),
        good("P1D", 86_400_000, "PT24H"),
        good("1d", 86_400_000, "PT24H"),
        good("P1W", 604_800_000, "PT168H"),
        good("2w", 1_209_600_000, "PT336H"),
        good("90d", 7_776_000_000, "PT2160H"),
        good("P1DT30M", 88_200_000, "PT24H30M"),
        good("PT90M", 5_400_000, "PT1H30M"),
        good("1h30m", 5_400_000, "PT1H30M"),
        good("30m", 1_800_000, "PT30M"),
        good("45s", 45_000, "PT45S"),
        good("250ms", 250, "PT0.250S"),
        good("PT0.25S", 250, "PT0.250S"),
        good("PT1.0009S", 1_000, "PT1S"),
        good("1.5s", 1_500, "PT1.500S"),
        good("PT0S", 0, "PT0S"),
        good("0s", 0, "PT0S"),
        good("PT24H", 86_400_000, "PT24H"),
        good("PT100H", 360_000_000, "PT100H"),
        good("3652425d", 315_569_520_000_000, "PT87658200H"),
        bad("3652426d", "span.range"),
        bad("99999999999999999999d", "span.range"),
        bad("P1M", "span.calendar"),
        bad("P1Y", "span.calendar"),
        bad("P1Y2D", "span.calendar"),
        bad("1mo", "span.calendar"),
        bad("1y", "span.calendar"),
        bad("1M", "span.calendar"),
        bad("-PT8H", "span.negative"),
        bad("PT-8H", "span.negative"),
        bad("-8h", "span.negative"),
        bad("PT1.5H", "span.syntax"),
        bad("1.5h", "span.syntax"),
        bad("30m8h", "span.syntax"),
        bad("1h1h", "span.syntax"),
        bad("8 h", "span.syntax"),
        bad("8", "span.syntax"),
        bad("h", "span.syntax"),
        bad("8H", "span.syntax"),
        bad("P", "span.syntax"),
        bad("PT", "span.syntax"),
        bad("P1DT", "span.syntax"),
        bad("P8H", "span.syntax"),
        bad("1:60", "span.syntax"),
        bad("08:00", "span.syntax"),
        bad("", "span.syntax"),
    ]
}

fn windows() -> Vec<Value> {
    let good = |value: Value, at: &[&str], contains: &[bool]| json!({"reads": "window", "value": value, "at": at, "expect": {"contains": contains}});
    let bad = |value: Value, code: &str| json!({"reads": "window", "value": value, "at": [], "expect": {"error": code}});
    const NINE: &str = "2026-03-02T09:00:00Z";
    const FIVE: &str = "2026-03-02T17:00:00Z";
    vec![
        good(
            json!({"from": NINE, "until": FIVE}),
            &["2026-03-02T08:59:59.999Z", NINE, "2026-03-02T16:59:59.999Z", FIVE],
            &[false, true, true, false],
        ),
        good(
            json!({"from": NINE, "until": "2026-03-02T09:00:00.001Z"}),
            &[NINE, "2026-03-02T09:00:00.001Z"],
            &[true, false],
        ),
        // A limit that is absent is none.
        good(json!({"until": FIVE}), &["0001-01-01T00:00:00Z", FIVE], &[true, false]),
        good(json!({"from": NINE}), &["9999-12-31T23:59:59.998Z"], &[true]),
        good(json!({}), &["0001-01-01T00:00:00Z", "1969-12-31T23:59:59.999Z"], &[true, true]),
        // What is finer than a millisecond is floored before it is compared.
        good(
            json!({"from": NINE, "until": "2026-03-02T17:00:00.0009Z"}),
            &["2026-03-02T16:59:59.9999Z", "2026-03-02T17:00:00.0001Z"],
            &[true, false],
        ),
        bad(json!({"from": NINE, "until": NINE}), "window.empty"),
        bad(json!({"from": FIVE, "until": NINE}), "window.empty"),
        bad(json!({"from": NINE, "until": "2026-03-02T09:00:00.0009Z"}), "window.empty"),
        bad(json!({"from": "2026-03-02T09:00:00", "until": FIVE}), "timestamp.zone"),
        bad(json!({"from": NINE, "to": FIVE}), "document.unknown_field"),
        bad(json!({"from": 0}), "document.type"),
    ]
}

fn hours() -> Vec<Value> {
    let windows = |windows: &[(&str, &str)]| -> Vec<Value> {
        windows.iter().map(|(from, until)| json!({"from": from, "until": until})).collect()
    };
    let good = |value: Value, from: &str, until: &str, narrow: &[(&str, &str)], wide: &[(&str, &str)]| {
        json!({
            "reads": "hours",
            "value": value,
            "within": {"from": from, "until": until},
            "expect": {"narrow": windows(narrow), "wide": windows(wide)},
        })
    };
    let same =
        |value: Value, from: &str, until: &str, open: &[(&str, &str)]| good(value, from, until, open, open);
    let bad = |value: Value, code: &str| {
        let within = json!({"from": "2026-03-02T00:00:00Z", "until": "2026-03-03T00:00:00Z"});
        json!({"reads": "hours", "value": value, "within": within, "expect": {"error": code}})
    };
    let daily = |zone: &str, from: &str, to: &str| json!({"from": from, "to": to, "zone": zone});
    let berlin = |from: &str, to: &str| daily("Europe/Berlin", from, to);
    let york = |from: &str, to: &str| daily("America/New_York", from, to);
    let howe = |from: &str, to: &str| daily("Australia/Lord_Howe", from, to);
    let apia = |day: &str, from: &str, to: &str| json!({"days": [day], "from": from, "to": to, "zone": "Pacific/Apia"});
    vec![
        same(
            json!({"days": ["mon", "wed"], "from": "09:00", "to": "17:00", "zone": "UTC"}),
            "2026-03-02T00:00:00Z",
            "2026-03-09T00:00:00Z",
            &[
                ("2026-03-02T09:00:00Z", "2026-03-02T17:00:00Z"),
                ("2026-03-04T09:00:00Z", "2026-03-04T17:00:00Z"),
            ],
        ),
        // Only what lies within; a whole day; hours that touch are one; past midnight.
        same(
            daily("UTC", "09:00", "17:00"),
            "2026-03-02T10:00:00Z",
            "2026-03-02T12:00:00Z",
            &[("2026-03-02T10:00:00Z", "2026-03-02T12:00:00Z")],
        ),
        same(
            daily("UTC", "00:00", "24:00"),
            "2026-03-02T00:00:00Z",
            "2026-03-05T00:00:00Z",
            &[("2026-03-02T00:00:00Z", "2026-03-05T00:00:00Z")],
        ),
        same(
            json!({"days": ["mon"], "from": "22:00", "to": "06:00", "zone": "UTC"}),
            "2026-03-01T00:00:00Z",
            "2026-03-08T00:00:00Z",
            &[("2026-03-02T22:00:00Z", "2026-03-03T06:00:00Z")],
        ),
        // Berlin, spring: 02:00 becomes 03:00 at 01:00Z.
        same(
            berlin("22:00", "06:00"),
            "2026-03-28T12:00:00Z",
            "2026-03-29T12:00:00Z",
            &[("2026-03-28T21:00:00Z", "2026-03-29T04:00:00Z")],
        ),
        same(
            berlin("01:00", "02:30"),
            "2026-03-28T23:00:00Z",
            "2026-03-29T12:00:00Z",
            &[("2026-03-29T00:00:00Z", "2026-03-29T01:00:00Z")],
        ),
        same(
            berlin("02:30", "04:00"),
            "2026-03-28T23:00:00Z",
            "2026-03-29T12:00:00Z",
            &[("2026-03-29T01:00:00Z", "2026-03-29T02:00:00Z")],
        ),
        same(berlin("02:10", "02:50"), "2026-03-28T23:00:00Z", "2026-03-29T12:00:00Z", &[]),
        // Berlin, autumn: 03:00 becomes 02:00 at 01:00Z.
        good(
            berlin("22:00", "02:30"),
            "2026-10-24T12:00:00Z",
            "2026-10-25T12:00:00Z",
            &[("2026-10-24T20:00:00Z", "2026-10-25T00:30:00Z")],
            &[("2026-10-24T20:00:00Z", "2026-10-25T01:30:00Z")],
        ),
        good(
            berlin("02:30", "04:00"),
            "2026-10-24T23:00:00Z",
            "2026-10-25T12:00:00Z",
            &[("2026-10-25T01:30:00Z", "2026-10-25T03:00:00Z")],
            &[("2026-10-25T00:30:00Z", "2026-10-25T03:00:00Z")],
        ),
        // A start that is later than the end: nothing that day, or all of it.
        good(
            berlin("02:00", "02:30"),
            "2026-10-24T23:00:00Z",
            "2026-10-25T12:00:00Z",
            &[],
            &[("2026-10-25T00:00:00Z", "2026-10-25T01:30:00Z")],
        ),
        same(
            york("02:30", "04:00"),
            "2026-03-08T00:00:00Z",
            "2026-03-09T00:00:00Z",
            &[("2026-03-08T07:00:00Z", "2026-03-08T08:00:00Z")],
        ),
        good(
            york("00:30", "01:30"),
            "2026-10-31T12:00:00Z",
            "2026-11-01T12:00:00Z",
            &[("2026-11-01T04:30:00Z", "2026-11-01T05:30:00Z")],
            &[("2026-11-01T04:30:00Z", "2026-11-01T06:30:00Z")],
        ),
        good(
            york("01:00", "02:00"),
            "2026-10-31T12:00:00Z",
            "2026-11-01T12:00:00Z",
            &[("2026-11-01T06:00:00Z", "2026-11-01T07:00:00Z")],
            &[("2026-11-01T05:00:00Z", "2026-11-01T07:00:00Z")],
        ),
        // Lord Howe moves by half an hour.
        good(
            howe("01:45", "03:00"),
            "2026-04-04T06:00:00Z",
            "2026-04-05T06:00:00Z",
            &[("2026-04-04T15:15:00Z", "2026-04-04T16:30:00Z")],
            &[("2026-04-04T14:45:00Z", "2026-04-04T16:30:00Z")],
        ),
        same(
            howe("02:15", "03:00"),
            "2026-10-03T06:00:00Z",
            "2026-10-04T06:00:00Z",
            &[("2026-10-03T15:30:00Z", "2026-10-03T16:00:00Z")],
        ),
        // Apia skipped Friday, 30 December 2011.
        same(apia("fri", "00:00", "24:00"), "2011-12-28T00:00:00Z", "2012-01-03T00:00:00Z", &[]),
        same(
            apia("thu", "22:00", "06:00"),
            "2011-12-28T00:00:00Z",
            "2012-01-03T00:00:00Z",
            &[("2011-12-30T08:00:00Z", "2011-12-30T10:00:00Z")],
        ),
        same(
            apia("fri", "22:00", "06:00"),
            "2011-12-28T00:00:00Z",
            "2012-01-03T00:00:00Z",
            &[("2011-12-30T10:00:00Z", "2011-12-30T16:00:00Z")],
        ),
        same(
            apia("sat", "00:00", "24:00"),
            "2011-12-28T00:00:00Z",
            "2012-01-03T00:00:00Z",
            &[("2011-12-30T10:00:00Z", "2011-12-31T10:00:00Z")],
        ),
        bad(berlin("09:00", "09:00"), "recurrence.empty"),
        bad(berlin("24:00", "09:00"), "recurrence.time"),
        bad(berlin("09:00", "24:01"), "recurrence.time"),
        bad(berlin("9:00", "17:00"), "recurrence.time"),
        bad(berlin("09:60", "17:00"), "recurrence.time"),
        bad(daily("Europe/Berln", "09:00", "17:00"), "zone.unknown"),
        bad(json!({"days": [], "from": "09:00", "to": "17:00", "zone": "UTC"}), "recurrence.days"),
        bad(
            json!({"days": ["mon", "mon"], "from": "09:00", "to": "17:00", "zone": "UTC"}),
            "recurrence.days",
        ),
        bad(json!({"days": ["Mon"], "from": "09:00", "to": "17:00", "zone": "UTC"}), "recurrence.days"),
        bad(json!({"from": "09:00", "to": "17:00"}), "document.missing_field"),
    ]
}
