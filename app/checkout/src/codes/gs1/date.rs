//! Days as GS1 writes them.

use std::fmt;

use jiff::civil::Date;

/// A day as a code says it, YYMMDD; day 00 is the last one of the month.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ShortDate {
    year: u8,
    month: u8,
    day: u8,
}

impl ShortDate {
    /// Reads six digits; `None` where they are no day of any year.
    pub fn parse(digits: &str) -> Option<Self> {
        let bytes = <[u8; 6]>::try_from(digits.as_bytes()).ok()?;
        if !bytes.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let [a, b, c, d, e, f] = bytes.map(|byte| byte - b'0');
        let date = Self {
            year: a * 10 + b,
            month: c * 10 + d,
            day: e * 10 + f,
        };
        // Leap years are the same in each century that can be meant.
        date.in_year(2000 + i16::from(date.year)).map(|_| date)
    }

    /// Whether only the month was said.
    pub fn is_month(self) -> bool {
        self.day == 0
    }

    /// The day in the century that is meant on another day: from 49 years before it to 50 after.
    pub fn seen_on(self, today: Date) -> Date {
        let (year, this_year) = (i16::from(self.year), today.year());
        let century = this_year - this_year.rem_euclid(100);
        let ahead = year - this_year.rem_euclid(100);
        let year = match ahead {
            51.. => century + year - 100,
            ..=-50 => century + year + 100,
            _ => century + year,
        };
        // 1900 and 2100 are no leap years; who says 29 February of them means the day before.
        self.in_year(year)
            .or_else(|| Date::new(year, 2, 28).ok())
            .unwrap_or(today)
    }

    fn in_year(self, year: i16) -> Option<Date> {
        let month = i8::try_from(self.month).ok()?;
        match i8::try_from(self.day).ok()? {
            0 => Some(Date::new(year, month, 1).ok()?.last_of_month()),
            day => Date::new(year, month, day).ok(),
        }
    }
}

impl fmt::Display for ShortDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}{:02}{:02}", self.year, self.month, self.day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_date_is_meant_in_the_century_around_today() {
        let seen = |digits: &str, today: &str| {
            let date = ShortDate::parse(digits).unwrap();
            date.seen_on(today.parse().unwrap()).to_string()
        };
        assert_eq!(seen("260131", "2026-11-28"), "2026-01-31");
        assert_eq!(seen("770131", "2026-11-28"), "1977-01-31");
        assert_eq!(seen("760131", "2026-11-28"), "2076-01-31");
        assert_eq!(seen("010131", "2098-11-28"), "2101-01-31");
        assert_eq!(seen("280200", "2026-11-28"), "2028-02-29");
        assert_eq!(seen("000229", "2070-01-01"), "2100-02-28");
        for wrong in ["261301", "260230", "2601", "26013x", "260732"] {
            assert_eq!(ShortDate::parse(wrong), None);
        }
    }
}
