//! The clock of the box is set by hand, where no network does it.

use jiff::{Span, Zoned};
use slint::{ModelRc, VecModel};

use super::super::App;
use crate::screens::words::Words;
use crate::supervised::Supervised;
use crate::ui::{self, ClockPart, Level};

/// No sale was before, and none is after.
const YEARS: std::ops::RangeInclusive<i16> = 2025..=2099;

impl App {
    /// A manager is about to set the clock: from what it says, or from what was done here last where
    /// it is behind that.
    pub(super) fn set_clock(&mut self) {
        let now = self.now();
        let begin = match self.last_noted() {
            Some(last) if last > now.timestamp() => last.to_zoned(now.time_zone().clone()),
            _ => now,
        };
        self.manager.upkeep.clock = Some(begin);
    }

    /// One part of the time is moved by a step.
    pub(super) fn clock_step(&mut self, part: i32, step: i32) {
        if let Some(time) = &self.manager.upkeep.clock
            && let Some(moved) = moved(time, part, step)
        {
            self.manager.upkeep.clock = Some(moved);
        }
        self.refresh();
    }

    pub(super) fn clock_left(&mut self) {
        self.manager.upkeep.clock = None;
        self.refresh();
    }

    pub(super) fn clock_confirmed(&mut self) {
        let by = self.manager.access.opened_by();
        let (Some(by), Some(time)) = (by, self.manager.upkeep.clock.take()) else {
            return self.refresh();
        };
        self.set_clock_to(&by, &time);
        self.refresh();
    }

    fn set_clock_to(&mut self, by: &str, time: &Zoned) {
        let seconds = time.timestamp().as_second();
        let before = self.now();
        let heard = Supervised::from_environment().is_some_and(|init| init.set_clock(seconds));
        let words = if heard {
            let fact = serde_json::json!({
                "clock_set_by": by,
                "from": before.timestamp().to_string(),
                "to": time.timestamp().to_string(),
            });
            self.put_on_record(fact, "that the clock was set");
            let title = format!("The clock was set to {}.", spoken(time));
            Words::new(Level::Good, title, "", "")
        } else {
            let remedy = "Connect the network: it sets the clock by itself.";
            Words::new(Level::Bad, "The clock could not be set.", "", remedy)
        };
        self.tell(words);
    }

    pub(super) fn show_clock(&self, shown: &ui::Upkeep<'_>) {
        shown.set_clock(spoken(&self.now()).into());
        let Some(time) = &self.manager.upkeep.clock else {
            shown.set_setting_clock(false);
            return;
        };
        let part = |label: &str, value: String| ClockPart {
            label: label.into(),
            value: value.into(),
        };
        let parts = vec![
            part("Year", time.year().to_string()),
            part("Month", time.strftime("%b").to_string()),
            part("Day", time.day().to_string()),
            part("Hour", time.strftime("%H").to_string()),
            part("Minute", time.strftime("%M").to_string()),
        ];
        shown.set_clock_parts(ModelRc::new(VecModel::from(parts)));
        shown.set_clock_chosen(spoken(time).into());
        shown.set_setting_clock(true);
    }
}

/// The time after a step of one of its parts: year, month, day, hour, minute.
fn moved(time: &Zoned, part: i32, step: i32) -> Option<Zoned> {
    let span = match part {
        0 => Span::new().years(step),
        1 => Span::new().months(step),
        2 => Span::new().days(step),
        3 => Span::new().hours(step),
        _ => Span::new().minutes(step),
    };
    let moved = time.checked_add(span).ok()?;
    YEARS.contains(&moved.year()).then_some(moved)
}

fn spoken(time: &Zoned) -> String {
    time.strftime("%A %-d %B %Y, %H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_moves_by_itself_and_stays_within_the_years_of_tills() {
        let time: Zoned = "2026-01-31T23:59[Europe/Berlin]".parse().unwrap();
        let after = |part, step| spoken(&moved(&time, part, step).unwrap());
        assert_eq!(after(0, 1), "Sunday 31 January 2027, 23:59");
        assert_eq!(after(1, 1), "Saturday 28 February 2026, 23:59");
        assert_eq!(after(2, -1), "Friday 30 January 2026, 23:59");
        assert_eq!(after(3, 1), "Sunday 1 February 2026, 00:59");
        assert_eq!(after(4, 10), "Sunday 1 February 2026, 00:09");
        assert_eq!(moved(&time, 0, -2), None);
        assert_eq!(moved(&time, 0, 100), None);
    }
}
