//! The proleptic Gregorian calendar, for the years 0001 to 9999: days and dates, and their digits.
//!
//! Every number here is far below the limits of its type, so the `wrapping_` operations are exact; they are
//! written that way because plain ones are denied in this crate, and saturating ones cost a branch each.

/// Milliseconds in a day of 24 hours.
pub(super) const DAY: i64 = 86_400_000;

/// Days from 0000-03-01, where a year that ends with February begins, to 1970-01-01.
const EPOCH: i64 = 719_468;

/// A date of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Date {
    pub(super) year: u32,
    pub(super) month: u32,
    pub(super) day: u32,
}

impl Date {
    /// The date that lies `days` after 1970-01-01; exact for the years 0001 to 9999.
    pub(super) const fn from_days(days: i64) -> Self {
        // Counted from March, leap days come last: every century, year and month is then a plain division.
        let since_march = days.wrapping_add(EPOCH) as u32;
        let quarters = since_march.wrapping_mul(4).wrapping_add(3);
        let century = quarters / 146_097;
        let in_century = (quarters % 146_097) / 4;
        let quarters = in_century.wrapping_mul(4).wrapping_add(3);
        let in_year = (quarters % 1_461) / 4;
        let fifths = in_year.wrapping_mul(5).wrapping_add(2);
        let month_from_march = fifths / 153;
        let day = ((fifths % 153) / 5).wrapping_add(1);
        let next_year = month_from_march >= 10;
        let month =
            if next_year { month_from_march.wrapping_sub(9) } else { month_from_march.wrapping_add(3) };
        let year = century.wrapping_mul(100).wrapping_add(quarters / 1_461).wrapping_add(next_year as u32);
        Self { year, month, day }
    }

    /// Days from 1970-01-01 to this date, negative before it.
    pub(super) const fn to_days(self) -> i64 {
        let before_march = self.month <= 2;
        let year = self.year.wrapping_sub(before_march as u32);
        let month_from_march = self.month.wrapping_add(9) % 12;
        let in_year =
            (month_from_march.wrapping_mul(153).wrapping_add(2) / 5).wrapping_add(self.day.wrapping_sub(1));
        let leap_days = (year / 4).wrapping_sub(year / 100).wrapping_add(year / 400);
        let since_march = year.wrapping_mul(365).wrapping_add(leap_days).wrapping_add(in_year);
        (since_march as i64).wrapping_sub(EPOCH)
    }

    /// The date if these numbers are one of the years 0001 to 9999, else which of them is wrong.
    pub(super) const fn new(year: u32, month: u32, day: u32) -> Result<Self, &'static str> {
        if year == 0 || year > 9999 {
            return Err("a year is 0001 to 9999");
        }
        let length = match month {
            4 | 6 | 9 | 11 => 30,
            2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
            2 => 28,
            1..=12 => 31,
            _ => return Err("a month is 01 to 12"),
        };
        if day == 0 || day > length {
            return Err("that month has no such day");
        }
        Ok(Self { year, month, day })
    }
}

/// The value of two decimal digits.
pub(super) const fn two(tens: u8, ones: u8) -> Option<u32> {
    let (tens, ones) = (tens.wrapping_sub(b'0') as u32, ones.wrapping_sub(b'0') as u32);
    if tens > 9 || ones > 9 { None } else { Some(tens.wrapping_mul(10).wrapping_add(ones)) }
}

/// The value of four decimal digits.
pub(super) const fn four(a: u8, b: u8, c: u8, d: u8) -> Option<u32> {
    match (two(a, b), two(c, d)) {
        (Some(high), Some(low)) => Some(high.wrapping_mul(100).wrapping_add(low)),
        _ => None,
    }
}

/// The last decimal digit of `number`, as ASCII.
pub(super) const fn digit(number: u32) -> u8 {
    b'0' | (number % 10) as u8
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "a test that overflows fails")]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_ten_thousand_years_has_its_date() {
        let mut expected = Date { year: 1, month: 1, day: 1 };
        let mut days = expected.to_days();
        assert_eq!(days, -719_162);
        while expected.year < 10_000 {
            assert_eq!(Date::from_days(days), expected);
            assert_eq!(expected.to_days(), days);
            days += 1;
            expected = [(0, 0, 1), (0, 1, 0), (1, 0, 0)]
                .into_iter()
                .find_map(|(y, m, d)| {
                    let (year, month) = (expected.year + y, if y == 1 { 1 } else { expected.month + m });
                    let day = if d == 1 { expected.day + 1 } else { 1 };
                    if year == 10_000 {
                        Some(Date { year, month, day })
                    } else {
                        Date::new(year, month, day).ok()
                    }
                })
                .unwrap();
        }
        assert_eq!(days, 2_932_897);
    }

    #[test]
    fn dates_that_do_not_exist_are_refused() {
        for (year, month, day) in
            [(0, 1, 1), (10_000, 1, 1), (2026, 0, 1), (2026, 13, 1), (2026, 1, 0), (2026, 1, 32)]
        {
            assert!(Date::new(year, month, day).is_err(), "{year}-{month}-{day}");
        }
        assert!(Date::new(1900, 2, 29).is_err());
        assert!(Date::new(2000, 2, 29).is_ok());
        assert!(Date::new(2024, 2, 29).is_ok());
        assert!(Date::new(2026, 4, 31).is_err());
    }
}
