//! Printer, drawer, scanner and card terminal.

mod drawer;
mod looking;
mod reports;
mod scanners;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use checkout::receipt::{Copy, Receipt, compose_with_code};
use checkout::sale::{ReceiptNumber, Sale};
use checkout::shift::Cashier;
use checkout::shift::report::Report;
use checkout::till::{Sound, Stage, Till};
use hal::{
    CashDrawer, DeviceEvent, DeviceId, DisplayScreen, DrawerState, ErrorKind, Hindrance, JobId,
    JobState, LineDisplay, PosPrinter, PrinterStatus,
};
use jiff::SignedDuration;
use store::{PrintJob, PrintState};

use super::App;
use crate::attached::{DeviceSet, Display};
use crate::printing;
use crate::queue::Message;
use crate::scale_config::AttachedScale;
use crate::screens::customer_display::{self, DisplayTexts};
use crate::screens::customer_view::CustomerView;
use crate::screens::done::ReceiptState;
use crate::screens::manager::devices::AttachedDevice;
use crate::screens::words::Words;
use crate::speaker::Speaker;
use crate::terminal_config::Terminal;
use crate::ui::Level;

use drawer::DrawerWatch;
use reports::Reports;

/// The devices and what they are doing.
pub(super) struct Devices {
    set: DeviceSet,
    speaker: Option<Speaker>,
    next_job: u32,
    /// The latest opening of the drawer.
    kick: Option<JobId>,
    /// Waits until its printing is on record.
    waiting: VecDeque<(Arc<Sale>, Copy)>,
    /// Waits until the printer's queue has a place.
    held: VecDeque<Held>,
    reports: Reports,
    drawer_watch: DrawerWatch,
    display_texts: DisplayTexts,
    /// What stands on the line display.
    displayed: Option<DisplayScreen>,
    receipts: BTreeMap<JobId, ReceiptNumber>,
    states: BTreeMap<ReceiptNumber, PrintState>,
    /// Who had the card terminal close its day.
    closing_day: Option<Cashier>,
    /// The scanner whose code is being looked at.
    scanning: Option<DeviceId>,
    /// It was told what became of it.
    signalled: bool,
}

/// What the till does with its devices by itself.
#[derive(Clone, Debug, Default)]
pub struct DeviceSettings {
    /// How long the drawer may be open before it is told; `None` for ever.
    pub drawer_notice_after: Option<Duration>,
    /// What the line display says while nothing is sold.
    pub display: DisplayTexts,
}

/// Something to print that waits until the printer's queue has a place.
enum Held {
    Receipt(Arc<Sale>, Copy),
    Report(Box<Report>),
}

/// How many receipts' states are remembered without asking the store.
const REMEMBERED: usize = 64;
/// After a start, a receipt this old is still waited for.
const RECENT: SignedDuration = SignedDuration::from_mins(10);

impl Devices {
    pub(super) fn new(set: DeviceSet, settings: DeviceSettings) -> Self {
        Self {
            set,
            speaker: Speaker::find(),
            next_job: 1,
            kick: None,
            waiting: VecDeque::new(),
            held: VecDeque::new(),
            reports: Reports::default(),
            drawer_watch: DrawerWatch::new(settings.drawer_notice_after),
            display_texts: settings.display,
            displayed: None,
            receipts: BTreeMap::new(),
            states: BTreeMap::new(),
            closing_day: None,
            scanning: None,
            signalled: false,
        }
    }

    pub(super) fn printer_status(&self) -> Option<PrinterStatus> {
        self.set.printer.as_ref().map(PosPrinter::status)
    }

    /// What a drawer with a port of its own says; `None` where there is none.
    pub(super) fn own_drawer(&self) -> Option<DrawerState> {
        self.set.drawer.as_ref().map(CashDrawer::drawer)
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

    /// Opens the cash drawer, or says that it has to be opened by hand.
    pub(super) fn open_drawer(&mut self) {
        let id = self.devices.job();
        let set = &self.devices.set;
        let opened = match (&set.drawer, &set.printer) {
            (Some(drawer), _) => drawer.open_drawer(id),
            (None, Some(printer)) => printer.open_drawer(id),
            (None, None) => return,
        };
        match opened {
            Ok(()) => self.devices.kick = Some(id),
            Err(error) => self.drawer_stays_shut(&error.to_string()),
        }
    }

    fn drawer_stays_shut(&mut self, cause: &str) {
        tracing::warn!("the drawer was not opened: {cause}");
        self.notice = Some(Words::new(
            Level::Warning,
            "The cash drawer did not open",
            "",
            "Open it with its key. It opens by itself again when the receipt printer is ready.",
        ));
    }

    /// Prints a receipt whose sale is committed. That it is being printed is on record before the
    /// first byte leaves: after a power cut in between, the cashier is asked instead of the same
    /// receipt being printed twice.
    pub(super) fn print(&mut self, sale: Arc<Sale>, copy: Copy) {
        if self.devices.set.printer.is_none() {
            return;
        }
        let (number, at) = (sale.receipt_number.clone(), (self.clock)());
        let cashier = self.till.as_ref().and_then(|till| till.cashier().cloned());
        self.devices.remember(&number, PrintState::Queued);
        self.devices.waiting.push_back((sale, copy));
        let events = self.events.clone();
        let waiting = number.clone();
        let posted = self.store.post(move |store| {
            let recorded = match (copy, cashier) {
                (Copy::Duplicate, Some(cashier)) => {
                    store.reprinted(&number, &cashier, at).map(drop)
                }
                _ => store.print_job_set(&number, PrintState::Sending, at),
            };
            if let Err(error) = recorded {
                // The customer waits for it, and it is a committed sale's.
                tracing::warn!("the printing of {number} was not recorded: {error}");
            }
            events.send(Message::MayPrint(number));
        });
        if let Err(busy) = posted {
            tracing::warn!("the printing of {waiting} was not recorded: {busy}");
            self.send_to_printer(&waiting);
        }
    }

    pub(super) fn send_to_printer(&mut self, number: &ReceiptNumber) {
        if self.till.is_none() {
            return;
        }
        let waiting = &mut self.devices.waiting;
        let place = waiting
            .iter()
            .position(|(sale, _)| sale.receipt_number == *number);
        let Some((sale, copy)) = place.and_then(|place| waiting.remove(place)) else {
            return;
        };
        let Some(till) = &self.till else { return };
        let (shop, code) = (till.shop(), till.receipt_code(&sale));
        let receipt = compose_with_code(&sale, shop, &self.receipt_head, copy, code);
        let job = printing::job(&receipt, self.devices.set.logo.as_ref());
        let id = self.devices.job();
        let Some(printer) = &self.devices.set.printer else {
            return;
        };
        match printer.print(id, job) {
            Ok(()) => drop(self.devices.receipts.insert(id, number.clone())),
            // A roll that ran out on a Saturday: it goes on when an earlier one is out.
            Err(error) if error.kind() == ErrorKind::QueueFull => {
                self.devices.held.push_back(Held::Receipt(sale, copy));
            }
            Err(error) => {
                tracing::warn!("receipt {number} was not printed: {error}");
                self.printing_ended(number, PrintState::Failed);
            }
        }
        self.refresh();
    }

    fn print_job(&mut self, job: JobId, state: JobState) {
        if self.devices.kick == Some(job) {
            if let JobState::Failed(_) | JobState::Unconfirmed(_) = state {
                self.drawer_stays_shut("the printer did not do it");
            }
            return self.refresh();
        }
        if self.report_job(job, state) {
            return self.refresh();
        }
        let Some(number) = self.devices.receipts.get(&job).cloned() else {
            return;
        };
        match state {
            JobState::Queued(_) => self.devices.remember(&number, PrintState::Queued),
            JobState::Sending(_) => self.devices.remember(&number, PrintState::Sending),
            JobState::Confirmed(_) => self.printing_ended(&number, PrintState::Printed),
            JobState::Unconfirmed(_) => self.printing_ended(&number, PrintState::Unconfirmed),
            JobState::Failed(_) => self.printing_ended(&number, PrintState::Failed),
        }
        self.refresh();
    }

    fn printing_ended(&mut self, number: &ReceiptNumber, state: PrintState) {
        self.devices
            .receipts
            .retain(|_, printing| printing != number);
        self.devices.remember(number, state);
        let (number, at) = (number.clone(), (self.clock)());
        let posted = self.store.post(move |store| {
            if let Err(error) = store.print_job_set(&number, state, at) {
                tracing::warn!("the state of receipt {number} was not kept: {error}");
            }
        });
        if let Err(busy) = posted {
            tracing::warn!("the state of a receipt was not kept: {busy}");
        }
        self.print_what_is_held();
    }

    /// The printer's queue has a place again.
    fn print_what_is_held(&mut self) {
        match self.devices.held.pop_front() {
            Some(Held::Receipt(sale, copy)) => {
                let number = sale.receipt_number.clone();
                self.devices.waiting.push_front((sale, copy));
                self.send_to_printer(&number);
            }
            Some(Held::Report(report)) => self.print_report(&report),
            None => {}
        }
    }

    /// After a start: prints what was committed just before and never reached the printer. Older
    /// ones stay in Sales: nobody waits for them. What may have been printed in part waits for the
    /// cashier, who can see the paper.
    pub(super) fn print_what_waits(&mut self, unprinted: &[PrintJob]) {
        if self.devices.set.printer.is_none() {
            return;
        }
        let recent = (self.clock)() - RECENT;
        let mut waiting = Vec::new();
        // Newest first, so that a till whose printer was long away does not read all its sales.
        for job in unprinted.iter().rev() {
            match self.read.records().sale(&job.receipt_number) {
                Ok(Some(record)) if record.sale.at >= recent => match job.state {
                    PrintState::Queued => waiting.push(record.sale),
                    _ => self.ask_for_paper(&job.receipt_number),
                },
                Ok(_) => break,
                Err(error) => tracing::warn!("receipt {}: {error}", job.receipt_number),
            }
        }
        for sale in waiting.into_iter().rev() {
            self.print(Arc::new(sale), Copy::Original);
        }
    }

    fn ask_for_paper(&mut self, number: &ReceiptNumber) {
        self.greeting = Some(Words::new(
            Level::Warning,
            format!("Receipt {number} may not have come out"),
            "The till stopped while it was being printed.",
            "Look at the printer. If it is not there, print it again from Sales.",
        ));
    }

    /// Prints a page that is no receipt.
    pub(super) fn print_page(&mut self, page: &Receipt) -> Result<(), String> {
        let page = printing::job(page, self.devices.set.logo.as_ref());
        let id = self.devices.job();
        match &self.devices.set.printer {
            Some(printer) => printer.print(id, page).map_err(|error| error.to_string()),
            None => Err("no receipt printer is set up".to_owned()),
        }
    }

    pub(super) fn reprint(&mut self, number: &str) {
        let Ok(number) = number.parse::<ReceiptNumber>() else {
            return;
        };
        match self.read.records().sale(&number) {
            Ok(Some(record)) => self.print(Arc::new(record.sale), Copy::Duplicate),
            Ok(None) => {}
            Err(error) => tracing::warn!("receipt {number} cannot be read: {error}"),
        }
        self.refresh();
    }

    /// Prints what was just finished again: of an exchange both halves.
    pub(super) fn reprint_done(&mut self, number: &str) {
        let stage = self.till.as_ref().map(Till::stage);
        if let Some(Stage::Returned(returned)) = stage
            && returned.sale.is_some()
        {
            let back = returned.returned.receipt_number.to_string();
            self.reprint(&back);
        }
        self.reprint(number);
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

    fn hindrance(&self) -> Option<Hindrance> {
        self.devices
            .printer_status()
            .and_then(|status| status.hindrance())
    }
}
