//! Whether the till's clock can be right: what is sold gets its date, and ERPNext keeps that.

use jiff::{SignedDuration, Timestamp};

use super::App;
use crate::screens::manager::lasted;
use crate::screens::words::Words;
use crate::ui::Level;

/// 1 January 2025: no till ran before. A clock that lost its battery says 1970 or 2000.
const EARLIEST: Timestamp = Timestamp::constant(1_735_689_600, 0);
/// So much earlier than what was done last may still be a clock that was put right.
const SLACK: SignedDuration = SignedDuration::from_mins(10);

impl App {
    /// The site's clock and the till's have parted, or agree again.
    pub(super) fn site_ahead_told(&mut self, ahead: SignedDuration) {
        self.site_ahead = ahead;
        if self.is_signed_in()
            && let Some(doubt) = self.clock_doubt()
        {
            return self.tell(doubt);
        }
        self.refresh();
    }

    /// When something was done here last.
    pub(super) fn last_noted(&self) -> Option<Timestamp> {
        self.read.records().journal_head().ok()?.last
    }

    /// Why the clock cannot be right, for whoever signs in.
    pub(super) fn clock_doubt(&self) -> Option<Words> {
        let now = self.now();
        let (sentence, remedy) = doubt(now.timestamp(), self.last_noted(), self.site_ahead)?;
        let title = now
            .strftime("The clock says %A %-d %B %Y, %H:%M")
            .to_string();
        Some(Words::new(Level::Bad, title, sentence, remedy))
    }
}

fn doubt(
    now: Timestamp,
    last: Option<Timestamp>,
    site_ahead: SignedDuration,
) -> Option<(String, &'static str)> {
    const REMEDY: &str = "Set the clock, or connect the network, before you sell: every sale keeps the date it gets.";
    if !site_ahead.is_zero() {
        let by = lasted(site_ahead.abs());
        let how = if site_ahead.is_negative() {
            "ahead of"
        } else {
            "behind"
        };
        return Some((format!("It is {by} {how} the clock of ERPNext."), REMEDY));
    }
    if now < EARLIEST {
        return Some((
            "It stood still while the box was switched off.".to_owned(),
            REMEDY,
        ));
    }
    let since = last?.duration_since(now);
    (since > SLACK).then(|| {
        let by = lasted(since);
        (
            format!("It is {by} before what was done here last."),
            REMEDY,
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_cannot_be_right_is_told_of() {
        let now: Timestamp = "2027-03-01T10:00:00Z".parse().unwrap();
        let earlier = |minutes| now - SignedDuration::from_mins(minutes);
        let agree = SignedDuration::ZERO;
        assert_eq!(doubt(now, None, agree), None);
        assert_eq!(doubt(now, Some(earlier(60)), agree), None);
        assert_eq!(doubt(earlier(9), Some(now), agree), None);
        let said = |now, last, ahead| doubt(now, last, ahead).unwrap().0;
        assert_eq!(
            said(earlier(120), Some(now), agree),
            "It is 2 hours before what was done here last."
        );
        assert_eq!(
            said(Timestamp::UNIX_EPOCH, None, agree),
            "It stood still while the box was switched off."
        );
        let day = SignedDuration::from_hours(72);
        assert_eq!(
            said(now, None, day),
            "It is 3 days behind the clock of ERPNext."
        );
        assert_eq!(
            said(now, None, -day),
            "It is 3 days ahead of the clock of ERPNext."
        );
    }
}
