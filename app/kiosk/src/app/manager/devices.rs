//! Devices: trying them out, their last bytes, what else is plugged in, and the terminal's day.

use std::sync::Arc;
use std::time::{Duration, Instant};

use checkout::action::{Action, JournalFact};
use checkout::money::Money;
use checkout::receipt::{Look, Part, Receipt};
use checkout::shift::Cashier;
use checkout::till::NotSaved;
use hal::{DayReport, DayState, DayTotals, DisplayLine, DisplayScreen, ErrorKind, Scale};
use slint::ComponentHandle;
use store::{PrintState, ReportJob};

use super::super::App;
use super::super::effects::not_saved;
use super::access::Wanted;
use crate::device_list::{self, Listed};
use crate::device_setup_file::{SetupPlaces, places};
use crate::queue::Message;
use crate::screens::amounts;
use crate::screens::manager::device_setup::SetupState;
use crate::screens::manager::devices::{Attached, AttachedDevice, DeviceAction, byte_rows};
use crate::screens::words::{self, Words};
use crate::second_screen::{self, Shown};
use crate::ui::{self, Level, TillWindow};

const DAY_CLOSED: &str = "The terminal's day is closed";
/// What the pages of the terminal's days are known by, before when it was.
const DAY_PAGE: &str = "terminal's day";
/// How often it is looked what is plugged in.
const EACH: Duration = Duration::from_secs(3);

/// What of the place is open, and what is plugged in.
#[derive(Default)]
pub(super) struct DevicesPlace {
    /// The device whose last bytes are looked at.
    bytes: Option<AttachedDevice>,
    /// The line display or the customer's screen shows a test, until the place is left.
    tested: Option<AttachedDevice>,
    plugged: Vec<Listed>,
    /// Taking the set-up to elsewhere, and from there.
    pub(super) setup: SetupState,
    looking: bool,
    looked: Option<Instant>,
}

impl DevicesPlace {
    /// What is plugged in is looked at as soon as it is asked for.
    pub(super) fn look_again(&mut self) {
        self.looked = None;
    }
}

impl App {
    pub(super) fn device_acted(&mut self, place: i32) {
        let rows = self.with_attached(|attached| attached.rows());
        let place = usize::try_from(place).ok();
        let row = place.and_then(|place| rows.into_iter().nth(place));
        match row.map(|row| row.action) {
            Some(DeviceAction::TestPrint) => self.test_print(),
            Some(DeviceAction::TestDrawer) => return self.as_manager(Wanted::OpenDrawer),
            Some(DeviceAction::ZeroScale) => self.scale_zeroed(),
            Some(DeviceAction::TestDisplay) => self.test_display(),
            Some(DeviceAction::TestCustomerScreen) => self.test_customer_screen(),
            Some(DeviceAction::CloseDay) => return self.as_manager(Wanted::CloseDay),
            Some(DeviceAction::None) | None => {}
        }
        self.refresh();
    }

    fn test_print(&mut self) {
        let now = self.now();
        let text = |text: String, look| Part::Text { text, look };
        let receipt = Receipt {
            parts: vec![
                text("Test page".to_owned(), Look::Title),
                text(format!("Till {}", self.identity.prefix), Look::Centered),
                text(now.strftime("%Y-%m-%d %H:%M").to_string(), Look::Centered),
                Part::Rule,
                Part::Pair {
                    left: "Left".to_owned(),
                    right: "1,234.56".to_owned(),
                    look: Look::Plain,
                },
                Part::Pair {
                    left: "Total".to_owned(),
                    right: "1,234.56".to_owned(),
                    look: Look::Large,
                },
                Part::Rule,
                text("0123456789 abcdefghij ÄÖÜ éèà €".to_owned(), Look::Plain),
                text("Ελληνικά Кириллица".to_owned(), Look::Plain),
                text("العربية עברית ไทย".to_owned(), Look::Plain),
                text("中文 ひらがな 한국어".to_owned(), Look::Plain),
                Part::Space,
                Part::Qr(format!("EVERTILL TEST {}", self.identity.prefix)),
                text("No sale. Nothing was sold.".to_owned(), Look::Strong),
                Part::Cut,
            ],
        };
        if let Err(cause) = self.print_page(&receipt) {
            self.notice = Some(Words::new(
                Level::Warning,
                "The test page was not printed",
                cause,
                "See to the printer, then print it again.",
            ));
        }
    }

    /// Opens the drawer without a sale, once the journal has it.
    pub(super) fn test_drawer(&mut self, by: &Cashier) {
        let fact = JournalFact {
            at: (self.clock)(),
            cashier: by.clone(),
            action: Action::DrawerOpened {
                reason: "to see whether it opens".to_owned(),
            },
            approval: None,
            above: Vec::new(),
        };
        let events = self.events.clone();
        let posted = self.store.post(move |store| {
            let written = store.journal_fact(&fact).map(drop).map_err(NotSaved::from);
            events.send(Message::DrawerTest(written));
        });
        if let Err(busy) = posted {
            self.drawer_test(Err(not_saved(busy)));
        }
    }

    /// The drawer that is tried out may open, or not.
    pub(in crate::app) fn drawer_test(&mut self, written: Result<(), NotSaved>) {
        match written {
            Ok(()) => self.open_drawer(),
            Err(cause) => {
                let kept_shut = "Nothing opens it that the journal does not know of.";
                self.notice = Some(words::not_saved("The drawer stays shut", &cause, kept_shut));
            }
        }
        self.refresh();
    }

    /// Shows on the display that it works, until the place is left.
    fn test_display(&mut self) {
        self.manager.devices.tested = Some(AttachedDevice::Display);
        self.devices.display(DisplayScreen::new(
            DisplayLine::pair("Test", "1,234.56"),
            DisplayLine::new("0123456789 ABCDEFGHI"),
        ));
    }

    /// Shows on the customer's screen that it works, until the place is left.
    fn test_customer_screen(&mut self) {
        if let Some(screen) = &mut self.customer_screen {
            self.manager.devices.tested = Some(AttachedDevice::CustomerScreen);
            screen.show_test();
        }
    }

    /// Whether a device shows a test.
    pub(in crate::app) fn is_tested(&self, device: AttachedDevice) -> bool {
        self.manager.devices.tested == Some(device)
    }

    // --- last bytes ------------------------------------------------------------------------------

    pub(super) fn bytes_wanted(&mut self, place: i32) {
        let rows = self.with_attached(|attached| attached.rows());
        let place = usize::try_from(place).ok();
        let row = place.and_then(|place| rows.into_iter().nth(place));
        if let Some(device) = row.and_then(|row| row.bytes_of) {
            self.as_manager(Wanted::Bytes(device));
        }
    }

    pub(super) fn open_bytes(&mut self, device: AttachedDevice) {
        self.manager.devices.bytes = Some(device);
    }

    pub(super) fn bytes_left(&mut self) {
        self.manager.devices.bytes = None;
        self.refresh();
    }

    // --- what is plugged in ----------------------------------------------------------------------

    /// Has somebody look what is plugged in, unless that was done a moment ago. Reading what the
    /// kernel tells takes a while on slow machines, so it has a thread of its own.
    pub(super) fn look_for_devices(&mut self) {
        let devices = &mut self.manager.devices;
        let is_recent = devices.looked.is_some_and(|looked| looked.elapsed() < EACH);
        if devices.looking || is_recent {
            return;
        }
        devices.looked = Some(Instant::now());
        let (data, events) = (self.manager.about.data.clone(), self.events.clone());
        let started = std::thread::Builder::new()
            .name("plugged-in".to_owned())
            .spawn(move || {
                let (listed, places) = (device_list::plugged_in(&data), places(&data));
                events.send(Message::Plugged(listed, places));
            });
        match started {
            Ok(_) => devices.looking = true,
            Err(error) => tracing::warn!("what is plugged in is not known: {error}"),
        }
    }

    pub(in crate::app) fn plugged_in(&mut self, plugged: Vec<Listed>, places: SetupPlaces) {
        let devices = &mut self.manager.devices;
        devices.looking = false;
        devices.plugged = plugged;
        devices.setup.places = places;
        self.refresh();
    }

    // --- the terminal's day ----------------------------------------------------------------------

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

    // --- the screen ------------------------------------------------------------------------------

    fn with_attached<R>(&self, look: impl FnOnce(&Attached<'_>) -> R) -> R {
        let printer = self.devices.printer_status();
        let scanners = self.devices.scanners();
        look(&Attached {
            printer: printer.as_ref(),
            own_drawer: self.devices.own_drawer(),
            scanners: &scanners,
            scale: self
                .devices
                .scale()
                .map(|scale| (scale.device.status(), scale.protocol)),
            display: self.devices.display_port(),
            customer_screen: match second_screen::shown() {
                Shown::Nowhere => None,
                shown => Some(shown),
            },
            terminal: self
                .devices
                .terminal()
                .map(|terminal| (terminal.kind, terminal.device.status())),
        })
    }

    pub(super) fn show_devices_place(&self, window: &TillWindow) {
        let place = &self.manager.devices;
        let devices = window.global::<ui::Devices>();
        let opened = place.bytes.and_then(|device| {
            let rows = self.with_attached(|attached| attached.rows());
            let row = rows.into_iter().find(|row| row.bytes_of == Some(device))?;
            Some((row.shown.name, self.devices.traffic(device)?))
        });
        if let Some((name, recording)) = opened {
            devices.set_bytes_of(name);
            self.manager_screen.show_bytes(byte_rows(&recording));
            return;
        }
        devices.set_bytes_of("".into());
        self.manager_screen.show_setup(window, &place.setup);
        let scanned = self.manager.scanned.as_deref();
        self.with_attached(|attached| {
            self.manager_screen
                .show_devices(window, attached, scanned, &place.plugged);
        });
    }
}
