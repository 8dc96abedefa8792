//! Devices: trying them out, their last bytes, and what else is plugged in.

use std::time::{Duration, Instant};

use checkout::action::{Action, JournalFact};
use checkout::receipt::{Look, Part, Receipt};
use checkout::shift::Cashier;
use checkout::till::NotSaved;
use hal::traffic::Recording;
use hal::{DisplayLine, DisplayScreen, JobState, Scale};
use slint::{ComponentHandle, SharedString};

use super::super::App;
use super::super::effects::not_saved;
use super::access::Wanted;
use crate::bytes_file::{self, BytesDone};
use crate::device_list::{self, Listed};
use crate::device_setup_file::{SetupPlaces, places};
use crate::journal_file::Target;
use crate::queue::Message;
use crate::screens::manager::bytes::BytesState;
use crate::screens::manager::device_setup::SetupState;
use crate::screens::manager::devices::{Attached, AttachedDevice, DeviceAction};
use crate::screens::words::{self, Words};
use crate::second_screen::{self, Shown};
use crate::ui::{self, Level, TillWindow};

const TEST_PAGE: &str = "The test page is being printed";
const TEST_PAGE_WAITS: &str = "The test page waits";
/// How often it is looked what is plugged in.
const EACH: Duration = Duration::from_secs(3);

/// What of the place is open, and what is plugged in.
#[derive(Default)]
pub(super) struct DevicesPlace {
    /// The last bytes that are looked at.
    bytes: BytesState,
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

fn test_page_failed(cause: String) -> Words {
    Words::new(
        Level::Warning,
        "The test page was not printed",
        cause,
        "See to the printer, then print it again.",
    )
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
        self.notice = Some(match self.print_test_page(&receipt) {
            Ok(()) => Words::new(Level::Busy, TEST_PAGE, "", ""),
            Err(cause) => test_page_failed(format!("{}.", words::sentence(&cause))),
        });
    }

    /// How the printing of a test page fares.
    pub(in crate::app) fn test_page_is(&mut self, state: JobState) {
        let is_told = |notice: &Words| notice.title == TEST_PAGE;
        let words = match state {
            JobState::Queued(Some(hindrance)) => {
                let printer = words::printer(hindrance);
                let why = format!("{}.", printer.title);
                Words::new(printer.level, TEST_PAGE_WAITS, why, printer.remedy)
            }
            JobState::Queued(None) | JobState::Sending(_) => {
                let waited = |notice: &Words| notice.title == TEST_PAGE_WAITS;
                if self.notice.as_ref().is_some_and(waited) {
                    self.notice = Some(Words::new(Level::Busy, TEST_PAGE, "", ""));
                }
                return;
            }
            // What was said meanwhile, such as that there are letters without a font, stays.
            JobState::Confirmed(_) if !self.notice.as_ref().is_some_and(is_told) => return,
            JobState::Confirmed(_) => Words::new(
                Level::Good,
                "The printer says that the test page is printed",
                "",
                "",
            ),
            JobState::Unconfirmed(_) => Words::new(
                Level::Warning,
                "The printer did not confirm the test page",
                "",
                "Look whether it came out.",
            ),
            JobState::Failed(_) => test_page_failed(String::new()),
        };
        self.notice = Some(words);
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
            Ok(()) => {
                self.tell_opening();
                self.open_drawer();
            }
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
        self.manager.devices.bytes = BytesState {
            of: Some(device),
            ..BytesState::default()
        };
    }

    pub(super) fn bytes_left(&mut self) {
        self.manager.devices.bytes = BytesState::default();
        self.refresh();
    }

    pub(super) fn bytes_export_wanted(&mut self, place: i32) {
        let targets = &self.manager.devices.setup.places.targets;
        let place = usize::try_from(place).ok();
        if let Some(target) = place.and_then(|place| targets.get(place)).cloned() {
            self.as_manager(Wanted::ExportBytes(target));
        }
    }

    /// Writes the bytes as a recording, which can be replayed.
    pub(super) fn export_bytes(&mut self, by: &Cashier, target: Target) {
        let Some((name, recording)) = self.opened_bytes() else {
            return;
        };
        if self.manager.devices.bytes.writing {
            return;
        }
        let (till, now) = (&self.identity.prefix, self.now());
        let text = format!(
            "# {name} of till {till}, until {}; seconds since its driver was started\n{recording}",
            now.strftime("%Y-%m-%d %H:%M:%S %:z"),
        );
        let word = name
            .to_lowercase()
            .replace(|it: char| !it.is_alphanumeric(), "-");
        let day = now.strftime("%Y-%m-%d-%H%M%S");
        let file = format!("evertill-bytes-{till}-{word}-{day}.txt");
        let fact = serde_json::json!({
            "bytes_exported_by": by.id, "device": name.as_str(), "to": target.label
        });
        self.put_on_record(fact, "that a device's bytes were written to a file");
        let begun = bytes_file::export(text, target, file, self.events.clone());
        let bytes = &mut self.manager.devices.bytes;
        bytes.writing = begun.is_ok();
        bytes.written = begun.err().map(|error| Err(error.to_string()));
    }

    pub(in crate::app) fn bytes_done(&mut self, BytesDone(written): BytesDone) {
        let bytes = &mut self.manager.devices.bytes;
        bytes.writing = false;
        // Somebody who left does not look for it at the next device.
        bytes.written = bytes.of.is_some().then_some(written);
        self.refresh();
    }

    /// What the device is called whose bytes are looked at, and its bytes.
    fn opened_bytes(&self) -> Option<(SharedString, Recording)> {
        let device = self.manager.devices.bytes.of?;
        let rows = self.with_attached(|attached| attached.rows());
        let row = rows.into_iter().find(|row| row.bytes_of == Some(device))?;
        Some((row.shown.name, self.devices.traffic(device)?))
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
            display: self.devices.shown_display(),
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
        if let Some((name, recording)) = self.opened_bytes() {
            self.manager_screen.show_setup(window, &place.setup);
            self.manager_screen
                .show_bytes(window, &name, &recording, &place.bytes);
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
