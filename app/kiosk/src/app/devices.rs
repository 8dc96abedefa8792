//! Printer, drawer, scanner and card terminal.

mod after_start;
mod card_papers;
mod drawer;
mod looking;
mod questions;
mod receipts;
mod reports;
mod scanners;
mod turn;

use std::collections::BTreeMap;
use std::time::Duration;

use checkout::receipt::Receipt;
use checkout::sale::ReceiptNumber;
use checkout::shift::Cashier;
use checkout::till::Sound;
use hal::{
    CashDrawer, DeviceEvent, DeviceId, DisplayScreen, DrawerState, HalError, Hindrance, JobId,
    JobState, LineDisplay, PosPrinter, PrinterStatus,
};
use store::PrintState;

use super::App;
use crate::attached::{DeviceSet, Display};
use crate::printing;
use crate::scale_config::AttachedScale;
use crate::screens::customer_display::{self, DisplayTexts};
use crate::screens::customer_view::CustomerView;
use crate::screens::done::ReceiptState;
use crate::screens::manager::devices::{AttachedDevice, OwnDrawer};
use crate::screens::words;
use crate::speaker::Speaker;
use crate::terminal_config::Terminal;

use drawer::DrawerWatch;
use questions::Questions;
use reports::Reports;
use turn::Turn;

/// The devices and what they are doing.
pub(super) struct Devices {
    set: DeviceSet,
    speaker: Option<Speaker>,
    next_job: u32,
    /// The latest opening of the drawer.
    kick: Option<Kick>,
    /// Somebody wants nothing but the drawer open, and is told what becomes of it.
    opening_is_wanted: bool,
    /// The latest test page.
    test_page: Option<JobId>,
    /// What is printed one after the other.
    turn: Turn,
    /// What a person has to say of what was printed.
    questions: Questions,
    reports: Reports,
    drawer_watch: DrawerWatch,
    display_texts: DisplayTexts,
    /// What stands on the line display.
    displayed: Option<DisplayScreen>,
    states: BTreeMap<ReceiptNumber, PrintState>,
    /// Who had the card terminal close its day.
    closing_day: Option<Cashier>,
    /// The scanner whose code is being looked at.
    scanning: Option<DeviceId>,
    /// It was told what became of it.
    signalled: bool,
}

/// An opening of the drawer.
#[derive(Clone, Copy)]
struct Kick {
    id: JobId,
    /// That it opened is told as well: nothing else shows it.
    wanted: bool,
}

/// What the till does with its devices by itself.
#[derive(Clone, Debug, Default)]
pub struct DeviceSettings {
    /// How long the drawer may be open before it is told; `None` for ever.
    pub drawer_notice_after: Option<Duration>,
    /// Somebody has set up the drawer's sensor, so that it is believed from the start.
    pub drawer_sensor_is_set_up: bool,
    /// What the line display says while nothing is sold.
    pub display: DisplayTexts,
}

/// How many receipts' states are remembered without asking the store.
const REMEMBERED: usize = 64;

impl Devices {
    /// Whether something is still to come out of the printer, or a person is asked what did.
    pub(super) fn has_paper_waiting(&self) -> bool {
        !(self.turn.is_empty() && self.questions.is_empty())
    }

    pub(super) fn new(set: DeviceSet, settings: DeviceSettings) -> Self {
        Self {
            set,
            speaker: Speaker::find(),
            next_job: 1,
            kick: None,
            opening_is_wanted: false,
            test_page: None,
            turn: Turn::default(),
            questions: Questions::default(),
            reports: Reports::default(),
            drawer_watch: DrawerWatch::new(
                settings.drawer_notice_after,
                settings.drawer_sensor_is_set_up,
            ),
            display_texts: settings.display,
            displayed: None,
            states: BTreeMap::new(),
            closing_day: None,
            scanning: None,
            signalled: false,
        }
    }

    pub(super) fn printer_status(&self) -> Option<PrinterStatus> {
        self.set.printer.as_ref().map(PosPrinter::status)
    }

    /// How a drawer with a port of its own is; `None` where there is none.
    pub(super) fn own_drawer(&self) -> Option<OwnDrawer> {
        self.set.drawer.as_ref().map(|it| OwnDrawer {
            drawer: it.device.drawer(),
            port: it.device.port(),
            line: it.device.line(),
            tells: it.has_sensor,
        })
    }

    pub(super) fn sound(&mut self, sound: Sound) {
        if let Some(speaker) = &self.speaker {
            speaker.play(sound);
        }
        self.signal(sound);
    }

    pub(super) fn terminal(&self) -> Option<&Terminal> {
        self.set.terminal.as_ref()
    }

    pub(super) fn scale(&self) -> Option<&AttachedScale> {
        self.set.scale.as_ref()
    }

    /// Shows something to the customer, where that is not what they see already.
    pub(super) fn display(&mut self, screen: DisplayScreen) {
        if self.set.display.is_none() || self.displayed.as_ref() == Some(&screen) {
            return;
        }
        let shown = match (&self.set.display, &self.set.printer) {
            (Some(Display::Own(display)), _) => display.show(screen.clone()),
            (Some(Display::AtPrinter), Some(printer)) => printer.show(screen.clone()),
            _ => return,
        };
        match shown {
            Ok(()) => self.displayed = Some(screen),
            Err(error) => tracing::warn!("the line display shows nothing: {error}"),
        }
    }

    /// Gives the printer a page now.
    fn hand(&self, id: JobId, page: &Receipt) -> Result<(), HalError> {
        let printer = self.set.printer.as_ref().ok_or(HalError::Stopped)?;
        printer.print(id, printing::job(page, self.set.logo.as_ref()))
    }

    fn job(&mut self) -> JobId {
        let id = JobId(self.next_job);
        self.next_job = self.next_job.wrapping_add(1);
        id
    }

    fn remember(&mut self, number: &ReceiptNumber, state: PrintState) {
        self.states.insert(number.clone(), state);
        while self.states.len() > REMEMBERED {
            self.states.pop_first();
        }
    }
}

impl App {
    pub(super) fn device(&mut self, event: DeviceEvent) {
        match event {
            DeviceEvent::Scanned { scanner, code } => self.scanner_read(scanner, Ok(code)),
            DeviceEvent::ScanRejected { scanner, fault } => self.scanner_read(scanner, Err(fault)),
            DeviceEvent::Job { job, state, .. } => self.print_job(job, state),
            DeviceEvent::Printer { .. } | DeviceEvent::Drawer { .. } => {
                self.look_at_drawer();
                self.print_next();
                self.refresh();
            }
            DeviceEvent::ScannerPort { .. }
            | DeviceEvent::DrawerPort { .. }
            | DeviceEvent::LineDisplayPort { .. } => self.refresh(),
            DeviceEvent::Scale { .. } => self.scale_told(),
            DeviceEvent::TerminalDay { state, .. } => self.terminal_day(state),
            DeviceEvent::Terminal { status, .. } => self.terminal_told(&status),
            DeviceEvent::Payment {
                reference, state, ..
            } => self.card_state(&reference, *state),
        }
    }

    /// A weight changes many times a second; what else is on the screen does not.
    fn scale_told(&mut self) {
        let Some(window) = self.window.upgrade() else {
            return;
        };
        if self.manager.open {
            self.manager_weight(&window);
        } else {
            self.show_weight(&window);
        }
    }

    /// Shows the customer where the till stands.
    pub(super) fn show_customer(&mut self) {
        if self.devices.set.display.is_none() && self.customer_screen.is_none() {
            return;
        }
        let till = self.till.as_ref();
        let view = CustomerView::of(till);
        if self.devices.set.display.is_some() && !self.is_tested(AttachedDevice::Display) {
            let shop = till.map(|till| till.shop().as_ref());
            let screen = customer_display::screen(&view, shop, &self.devices.display_texts);
            self.devices.display(screen);
        }
        if !self.is_tested(AttachedDevice::CustomerScreen)
            && let Some(screen) = &mut self.customer_screen
        {
            screen.show(view, self.till.as_ref());
        }
    }

    /// The next opening of the drawer is told when it is done, and where there is none.
    pub(super) fn tell_opening(&mut self) {
        self.devices.opening_is_wanted = true;
    }

    /// Opens the cash drawer, or says that it has to be opened by hand.
    pub(super) fn open_drawer(&mut self) {
        let id = self.devices.job();
        let wanted = std::mem::take(&mut self.devices.opening_is_wanted);
        let set = &self.devices.set;
        let opened = match (&set.drawer, &set.printer) {
            (Some(drawer), _) => drawer.device.open_drawer(id),
            (None, Some(printer)) => printer.open_drawer(id),
            (None, None) => {
                if wanted {
                    self.notice = Some(words::no_drawer());
                }
                return;
            }
        };
        match opened {
            Ok(()) => self.devices.kick = Some(Kick { id, wanted }),
            Err(error) => {
                tracing::warn!("the drawer was not opened: {error}");
                self.notice = Some(words::drawer_not_told(&error));
            }
        }
    }

    /// What became of an opening. One that goes well is told to whoever wanted nothing else.
    fn drawer_moved(&mut self, kick: Kick, state: JobState) {
        let own = self.devices.set.drawer.is_some();
        let is_open = self.devices.drawer() == Some(DrawerState::Open);
        let is_well = matches!(state, JobState::Confirmed(_));
        if is_well && !kick.wanted {
            return;
        }
        if let Some(words) = words::drawer(state, own, is_open) {
            if !is_well {
                tracing::warn!("the drawer was not opened: {}", words.sentence);
            }
            self.notice = Some(words);
        }
    }

    fn print_job(&mut self, job: JobId, state: JobState) {
        if let Some(kick) = self.devices.kick.filter(|kick| kick.id == job) {
            self.drawer_moved(kick, state);
        } else if self.devices.test_page == Some(job) {
            self.test_page_is(state);
        } else if !self.turn_job(job, state) {
            return;
        }
        self.refresh();
    }

    /// What is printed has letters that are in no font.
    pub(super) fn letters_missing(&mut self, letters: &[char]) {
        self.tell(words::letters_missing(letters));
    }

    /// Prints a page that tries the printer out: what becomes of it is told, and no more.
    pub(super) fn print_test_page(&mut self, page: &Receipt) -> Result<(), String> {
        if !self.has_printer() {
            return Err("no receipt printer is set up".to_owned());
        }
        let id = self.devices.job();
        self.devices
            .hand(id, page)
            .map_err(|error| error.to_string())?;
        self.devices.test_page = Some(id);
        Ok(())
    }

    pub(super) fn receipt_state(&self, number: &ReceiptNumber) -> ReceiptState {
        let known = self.devices.states.get(number).copied();
        let stored = || {
            let record = self.read.records().sale(number).ok().flatten();
            record.map(|record| record.printed)
        };
        ReceiptState {
            printed: known.or_else(stored).unwrap_or(PrintState::Queued),
            hindrance: self.hindrance(),
            has_printer: self.devices.set.printer.is_some(),
        }
    }

    pub(super) fn hindrance(&self) -> Option<Hindrance> {
        self.devices
            .printer_status()
            .and_then(|status| status.hindrance())
    }
}
