//! The card terminal's day: closed from the Devices place, told, printed and kept in the journal.

use checkout::money::Money;
use checkout::receipt::{Look, Part, Receipt};
use checkout::shift::Cashier;
use hal::{DayReport, DayState, DayTotals, ErrorKind};
use store::{PrintState, ReportJob};

use super::super::App;
use crate::screens::amounts;
use crate::screens::words::{self, Words};
use crate::ui::Level;

const DAY_CLOSED: &str = "The terminal's day is closed";
/// What the pages of the terminal's days are known by, before when it was.
const DAY_PAGE: &str = "terminal's day";

impl App {
    /// The terminal hands its payments in and says what they came to.
    pub(super) fn close_terminal_day(&mut self, by: &Cashier) {
        let asked = self.devices.close_terminal_day(by);
        let words = match asked {
            Ok(()) => Words::new(
                Level::Busy,
                "The terminal closes its day",
                "",
                "Its report is printed when it is done.",
            ),
            Err(error) => {
                let remedy = match error.kind() {
                    ErrorKind::Payment => "Finish the card payment first.",
                    _ => "See to the terminal, then try again.",
                };
                let cause = format!("{}.", words::sentence(&error.to_string()));
                Words::new(
                    Level::Warning,
                    "The terminal's day was not closed",
                    cause,
                    remedy,
                )
            }
        };
        self.notice = Some(words);
    }

    /// How far the closing of the terminal's day is. What the terminal wants printed is kept in the
    /// journal, too: it tells it once.
    pub(in crate::app) fn terminal_day(&mut self, state: DayState) {
        let not_closed = "The terminal's day was not closed";
        match state {
            DayState::Working(_) | DayState::Asking(_) => {}
            DayState::NotClosed(failure) => {
                self.devices.terminal_day_closer();
                let cause = format!("Card terminal: {failure}.");
                let remedy = format!("{}.", words::sentence(failure.remedy()));
                self.tell(Words::new(Level::Bad, not_closed, cause, remedy));
            }
            DayState::Unknown(doubt) => {
                self.devices.terminal_day_closer();
                self.tell(Words::new(
                    Level::Bad,
                    "Nobody knows whether the terminal's day is closed",
                    format!("{}.", words::sentence(&doubt.to_string())),
                    "Look at what the terminal shows or printed. Closing it again hands in what is \
                     left, and nothing twice.",
                ));
            }
            DayState::Closed(report) => self.terminal_day_closed(&report),
        }
    }

    fn terminal_day_closed(&mut self, report: &DayReport) {
        let by = self.devices.terminal_day_closer();
        let cards = report.totals.as_ref().map(|totals| {
            let cards = totals.used();
            cards
                .map(|card| serde_json::json!({ "card": card.card, "count": card.count, "amount": card.amount }))
                .collect::<Vec<_>>()
        });
        let told = serde_json::json!({
            "terminal_day_closed_by": by.map(|by| by.id),
            "amount": report.amount,
            "cards": cards,
            "report": report.lines,
        });
        self.put_on_record(told, "the terminal's day");
        let (level, sentence) = match (self.has_printer(), self.hindrance()) {
            (false, _) => (
                Level::Warning,
                "Its report was not printed: no receipt printer is set up.".to_owned(),
            ),
            (true, None) => (Level::Good, "Its report is being printed.".to_owned()),
            (true, Some(hindrance)) => {
                let why = words::printer(hindrance).title;
                (Level::Warning, format!("Its report waits. {why}."))
            }
        };
        let kept = "It is kept in the journal.";
        self.tell(Words::new(level, DAY_CLOSED, sentence, kept));
        if self.has_printer() {
            let at = (self.clock)();
            let job = ReportJob {
                key: format!("{DAY_PAGE} {at}"),
                title: "The report of the terminal's day".to_owned(),
                at,
                state: PrintState::Queued,
                page: self.terminal_day_page(report),
            };
            self.print_page(job);
        }
    }

    /// A page came out; the notice says so where it is the report of the terminal's day.
    pub(in crate::app) fn terminal_day_printed(&mut self, key: &str) {
        // Unless something else was said meanwhile.
        let is_told = self
            .notice
            .as_ref()
            .is_some_and(|it| it.title == DAY_CLOSED);
        if is_told && key.starts_with(DAY_PAGE) {
            let printed = "Its report is printed, and kept in the journal.";
            self.notice = Some(Words::new(Level::Good, DAY_CLOSED, printed, ""));
        }
    }

    /// What the terminal says of its day, on paper: its own lines, and the sums it told besides.
    fn terminal_day_page(&self, report: &DayReport) -> Receipt {
        let now = self.now().strftime("%Y-%m-%d %H:%M").to_string();
        let text = |text: &str, look| Part::Text {
            text: text.to_owned(),
            look,
        };
        let mut parts = vec![
            text("Card terminal", Look::Title),
            text("End of day", Look::Centered),
            text(&format!("Till {}", self.identity.prefix), Look::Centered),
            text(&now, Look::Centered),
            Part::Rule,
        ];
        parts.extend(report.lines.iter().map(|line| text(line, Look::Plain)));
        if let Some(till) = &self.till {
            let (shop, format) = (till.shop(), amounts(till.shop()));
            let pair = |left: String, units: u64, look| {
                let units = i64::try_from(units).unwrap_or(i64::MAX);
                Part::Pair {
                    left,
                    right: format.number(Money {
                        units,
                        currency: shop.currency,
                    }),
                    look,
                }
            };
            let cards = report.totals.iter().flat_map(DayTotals::used);
            parts.extend(cards.map(|card| {
                pair(
                    format!("{} x {}", card.count, card.card),
                    card.amount,
                    Look::Plain,
                )
            }));
            parts.extend(
                report
                    .amount
                    .map(|it| pair("Total".to_owned(), it, Look::Strong)),
            );
        }
        parts.push(Part::Cut);
        Receipt { parts }
    }
}
