//! An axis of time: where an instant stands, and which instants are worth a mark.

use tenure::time::{Timestamp, Window};

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// The first Monday, seen from Thursday, 1970-01-01.
const MONDAY: i64 = 4 * DAY;

/// Between two marks: so many milliseconds, from the first such instant.
const STEPS: [(i64, i64); 14] = [
    (MINUTE, 0),
    (5 * MINUTE, 0),
    (15 * MINUTE, 0),
    (30 * MINUTE, 0),
    (HOUR, 0),
    (2 * HOUR, 0),
    (3 * HOUR, 0),
    (6 * HOUR, 0),
    (12 * HOUR, 0),
    (DAY, 0),
    (2 * DAY, MONDAY),
    (7 * DAY, MONDAY),
    (14 * DAY, MONDAY),
    (28 * DAY, MONDAY),
];

/// Between two marks: so many months.
const MONTHS: [i64; 9] = [1, 3, 6, 12, 24, 60, 120, 600, 1200];

/// A stretch of time that is drawn from `left` on, `width` wide.
pub(crate) struct Axis {
    from: i64,
    until: i64,
    left: i64,
    width: i64,
}

/// A mark: where it stands, what is written there, and what beneath it where that is new.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Tick {
    pub(crate) at: Timestamp,
    pub(crate) label: String,
    pub(crate) date: Option<String>,
}

impl Axis {
    pub(crate) fn new(window: Window, left: i64, width: i64) -> Self {
        Self { from: window.start().as_millis(), until: window.end().as_millis(), left, width }
    }

    /// Where an instant stands; what lies outside stands at the border.
    pub(crate) fn x(&self, t: Timestamp) -> i64 {
        let into = i128::from(t.as_millis().clamp(self.from, self.until).saturating_sub(self.from));
        let length = i128::from(self.until.saturating_sub(self.from).max(1));
        let x = into.saturating_mul(i128::from(self.width)).checked_div(length).unwrap_or_default();
        self.left.saturating_add(i64::try_from(x).unwrap_or(self.width))
    }

    /// Whether an instant lies within.
    pub(crate) fn shows(&self, t: Timestamp) -> bool {
        (self.from..=self.until).contains(&t.as_millis())
    }

    /// The border at which time goes on.
    pub(crate) const fn right(&self) -> i64 {
        self.left.saturating_add(self.width)
    }

    /// The marks, at most `most`, with dates beneath the times of day.
    pub(crate) fn ticks(&self, most: i64) -> Vec<Tick> {
        let length = self.until.saturating_sub(self.from);
        let fits = |step: i64| length.checked_div(step).unwrap_or(i64::MAX) < most;
        if let Some((step, phase)) = STEPS.into_iter().find(|(step, _)| fits(*step)) {
            return self.even(step, phase);
        }
        let step = MONTHS.into_iter().find(|months| fits(months.saturating_mul(28 * DAY))).unwrap_or(12_000);
        self.months(step)
    }

    fn even(&self, step: i64, phase: i64) -> Vec<Tick> {
        let behind = self.from.saturating_sub(phase).checked_rem_euclid(step).unwrap_or_default();
        let first =
            if behind == 0 { self.from } else { self.from.saturating_add(step.saturating_sub(behind)) };
        let mut ticks = Vec::new();
        let mut at = first;
        let mut day = String::new();
        while at <= self.until {
            let t = Timestamp::saturating_from_millis(at);
            let text = t.to_string();
            let (date, time) = text.split_once('T').unwrap_or((&text, ""));
            if step >= DAY {
                ticks.push(Tick { at: t, label: date.to_owned(), date: None });
            } else {
                let label = time.get(..5).unwrap_or(time).to_owned();
                ticks.push(Tick { at: t, label, date: (day != date).then(|| date.to_owned()) });
            }
            date.clone_into(&mut day);
            at = at.saturating_add(step);
        }
        ticks
    }

    fn months(&self, step: i64) -> Vec<Tick> {
        let text = Timestamp::saturating_from_millis(self.from).to_string();
        let number = |part: Option<&str>| part.and_then(|part| part.parse().ok()).unwrap_or(1_i64);
        let (year, month) = (number(text.get(..4)), number(text.get(5..7)));
        let first = year.saturating_mul(12).saturating_add(month.saturating_sub(1));
        let behind = first.checked_rem_euclid(step).unwrap_or_default();
        let mut month = first.saturating_sub(behind);
        let mut ticks = Vec::new();
        loop {
            let (year, of) = (month.div_euclid(12), month.rem_euclid(12).saturating_add(1));
            let Ok(at) = format!("{year:04}-{of:02}-01T00:00:00Z").parse::<Timestamp>() else { return ticks };
            if at.as_millis() > self.until {
                return ticks;
            }
            if at.as_millis() >= self.from {
                let label = if step < 12 { format!("{year:04}-{of:02}") } else { format!("{year:04}") };
                ticks.push(Tick { at, label, date: None });
            }
            month = month.saturating_add(step);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(from: &str, until: &str) -> Vec<String> {
        let window = Window::new(from.parse().unwrap(), until.parse().unwrap()).unwrap();
        let axis = Axis::new(window, 0, 1000);
        axis.ticks(8).into_iter().map(|tick| tick.label).collect()
    }

    #[test]
    fn marks_stand_on_round_instants() {
        let day = "2026-03-02T00:00:00Z";
        assert_eq!(
            labels("2026-03-02T08:10:00Z", "2026-03-02T12:00:00Z"),
            ["08:30", "09:00", "09:30", "10:00", "10:30", "11:00", "11:30", "12:00"]
        );
        assert_eq!(
            labels(day, "2026-03-02T20:00:00Z"),
            ["00:00", "03:00", "06:00", "09:00", "12:00", "15:00", "18:00"]
        );
        assert_eq!(
            labels(day, "2026-03-06T00:00:00Z"),
            ["2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05", "2026-03-06"]
        );
        // Weeks begin on Mondays.
        assert_eq!(labels(day, "2026-04-06T00:00:00Z")[1], "2026-03-09");
        assert_eq!(
            labels("2026-01-15T00:00:00Z", "2027-02-01T00:00:00Z"),
            ["2026-04", "2026-07", "2026-10", "2027-01"]
        );
        assert_eq!(
            labels("2020-01-01T00:00:00Z", "2031-01-01T00:00:00Z"),
            ["2020", "2022", "2024", "2026", "2028", "2030"]
        );
        assert!(labels("1970-01-01T00:00:00Z", "9999-12-31T00:00:00Z").len() < 12);
    }

    #[test]
    fn instants_stand_in_proportion_and_never_outside() {
        let t = |text: &str| text.parse::<Timestamp>().unwrap();
        let window = Window::new(t("2026-03-02T00:00:00Z"), t("2026-03-03T00:00:00Z")).unwrap();
        let axis = Axis::new(window, 100, 240);
        assert_eq!(axis.x(t("2026-03-02T06:00:00Z")), 160);
        assert_eq!(axis.x(Timestamp::MIN), 100);
        assert_eq!(axis.x(Timestamp::MAX), axis.right());
    }

    #[test]
    fn a_date_is_written_where_it_changes() {
        let window =
            Window::new("2026-03-02T18:00:00Z".parse().unwrap(), "2026-03-03T06:00:00Z".parse().unwrap());
        let ticks = Axis::new(window.unwrap(), 0, 1000).ticks(8);
        let dates: Vec<Option<&str>> = ticks.iter().map(|tick| tick.date.as_deref()).collect();
        assert_eq!(
            dates,
            [Some("2026-03-02"), None, None, Some("2026-03-03"), None, None, None]
                .get(..ticks.len())
                .unwrap()
        );
    }
}
