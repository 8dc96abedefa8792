//! Goods that come back: found by their receipt, or collected in the cart without one.

use checkout::codes::ReadCode;
use checkout::quantity::Quantity;
use checkout::returns::{ReturnLine, ReturnSource};
use checkout::scan::{Scanned, resolve};
use checkout::till::{Event, Sound, Till};
use slint::ComponentHandle;

use super::super::App;
use super::Page;
use crate::screens::returns::{ReturnScreen, ReturnView};
use crate::screens::words::Words;
use crate::ui::{Level, Return, TillWindow};

/// A return that is being made, as the screen has it.
#[derive(Default)]
pub(super) struct ReturnState {
    /// What is scanned comes back and has no receipt.
    collecting: bool,
    serials_of: Option<usize>,
    choosing_reason: bool,
    refused: String,
}

impl App {
    /// The menu's Return: the receipt first.
    pub(super) fn return_asked(&mut self) {
        if self
            .till
            .as_ref()
            .is_some_and(|till| till.returning().is_some())
        {
            return self.open_return_page();
        }
        self.counter.page = Page::None;
        self.selling.close_sheets();
        self.open_sales();
        self.sales.for_return = true;
        self.refresh();
    }

    /// A sale was chosen, of which something comes back.
    pub(in crate::app) fn return_of(&mut self, receipt_number: &str) {
        if let Ok(number) = receipt_number.parse() {
            self.begin_return(ReturnSource::Receipt(number));
        }
    }

    /// A receipt was scanned whose sale this till need not know.
    pub(in crate::app) fn return_of_code(&mut self, code: &str) {
        self.begin_return(ReturnSource::Code(code.to_owned()));
    }

    fn begin_return(&mut self, source: ReturnSource) {
        self.step(Event::ReturnStarted(source));
        if self
            .till
            .as_ref()
            .is_some_and(|till| till.returning().is_some())
        {
            self.counter.returns = ReturnState::default();
            self.open_return_page();
        }
    }

    fn open_return_page(&mut self) {
        self.counter.returns.collecting = false;
        let open = self.till.as_ref().and_then(Till::returning);
        let reason = open.and_then(|open| open.reason()).unwrap_or_default();
        if let Some(window) = self.window.upgrade() {
            window.global::<Return>().set_reason(reason.into());
            window.global::<Return>().set_at(-1);
        }
        self.open_page(Page::Return);
    }

    /// There is no receipt: what comes back is scanned into the cart, and taken back from there.
    pub(in crate::app) fn return_without_receipt(&mut self) {
        self.sales.open = false;
        let Some(till) = &self.till else { return };
        if till.cart().is_empty() {
            self.counter.returns.collecting = true;
            self.step(Event::NextSale);
        } else {
            self.tell(Words::new(
                Level::Warning,
                "Something is in the cart that is being sold",
                "",
                "Sell it or empty the cart, then take back what has no receipt.",
            ));
        }
        self.refresh();
    }

    /// What was collected comes back; a manager is asked.
    pub(in crate::app) fn take_back(&mut self) {
        self.selling.close_sheets();
        self.step(Event::ReturnWithoutReceipt);
    }

    pub(in crate::app) fn is_collecting(&self) -> bool {
        self.counter.returns.collecting
    }

    /// A manager allowed the return without receipt: it is open now, and its page with it.
    pub(in crate::app) fn keep_return(&mut self) {
        let open = self
            .till
            .as_ref()
            .is_some_and(|till| till.returning().is_some());
        if open && self.counter.returns.collecting {
            self.counter.returns = ReturnState::default();
            self.open_return_page();
        }
        if !open {
            self.counter.returns.serials_of = None;
            self.counter.returns.choosing_reason = false;
            if self.counter.page == Page::Return {
                self.counter.page = Page::None;
            }
        }
    }

    /// Does something with the line at a place of the screen.
    fn on_line(&mut self, place: i32, act: impl FnOnce(&ReturnLine<'_>) -> Option<Event>) {
        let event = self.till.as_ref().and_then(|till| {
            let lines = till.returning()?.lines();
            act(lines.get(usize::try_from(place).ok()?)?)
        });
        if let Some(event) = event {
            self.step_on_return(event);
        }
    }

    fn step_on_return(&mut self, event: Event) -> bool {
        let refused = self.step_on_page(event);
        let taken = refused.is_none();
        self.counter.returns.refused = refused.unwrap_or_default();
        self.refresh();
        taken
    }

    pub(in crate::app) fn return_line_step(&mut self, place: i32, step: i32) {
        self.on_line(place, |line| {
            let wanted = if step > 0 {
                line.qty.plus(Quantity::ONE)
            } else {
                line.qty.plus(Quantity::from(-1))
            };
            // A rest of less than a whole one comes or goes with it.
            let qty = wanted.clamp(Quantity::ZERO, line.left);
            Some(Event::ReturnLineSet { row: line.row, qty })
        });
    }

    pub(in crate::app) fn return_all(&mut self) {
        self.step_on_return(Event::ReturnAll);
    }

    pub(in crate::app) fn return_serials_opened(&mut self, place: i32) {
        let row = self.till.as_ref().and_then(|till| {
            let lines = till.returning()?.lines();
            Some(lines.get(usize::try_from(place).ok()?)?.row)
        });
        self.counter.returns.serials_of = row;
        self.counter.returns.choosing_reason = false;
        self.refresh();
    }

    pub(in crate::app) fn return_serials_closed(&mut self) {
        self.counter.returns.serials_of = None;
        self.refresh();
    }

    pub(in crate::app) fn return_serial_toggled(&mut self, place: i32) {
        let serial_no = self.till.as_ref().and_then(|till| {
            let row = self.counter.returns.serials_of?;
            let open = till.returning()?;
            let line = open.lines().into_iter().find(|line| line.row == row)?;
            let place = usize::try_from(place).ok()?;
            line.serial_nos_left
                .get(place)
                .map(|name| (*name).to_owned())
        });
        if let Some(serial_no) = serial_no {
            self.return_serial(&serial_no);
        }
    }

    /// Turns a piece on or off, of whichever line; false where no line has it.
    pub(in crate::app) fn return_serial(&mut self, serial_no: &str) -> bool {
        let event = self.till.as_ref().and_then(|till| {
            let lines = till.returning()?.lines();
            let has = |line: &&ReturnLine<'_>| line.serial_nos_left.contains(&serial_no);
            let line = lines.iter().find(has)?;
            let mut serial_nos = line.serial_nos.to_vec();
            match serial_nos.iter().position(|chosen| chosen == serial_no) {
                Some(place) => drop(serial_nos.remove(place)),
                None => serial_nos.push(serial_no.to_owned()),
            }
            Some(Event::ReturnSerialNosChosen {
                row: line.row,
                serial_nos,
            })
        });
        match event {
            Some(event) => self.step_on_return(event),
            None => false,
        }
    }

    /// A code scanned on the page: a piece, or goods of the receipt.
    pub(super) fn scanned_on_return(&mut self, code: &str) {
        if self.return_serial(ReadCode::of(code).content) {
            return;
        }
        let found = self
            .till
            .as_ref()
            .and_then(|till| resolve(till.shop(), &self.read, code).ok().flatten());
        // The code of a package may name the piece in it.
        if let Some(Scanned::Barcode { label, .. }) = &found
            && let Some(serial_no) = &label.serial_no
            && self.return_serial(serial_no)
        {
            return;
        }
        let place = self.till.as_ref().and_then(|till| {
            let (open, found) = (till.returning()?, found.as_ref()?);
            let lines = open.lines();
            let with_rest =
                |line: &ReturnLine<'_>| line.is_of(found, &self.read) && line.qty < line.left;
            let place = lines.iter().position(with_rest).ok_or_else(|| {
                let sold = lines.iter().any(|line| line.is_of(found, &self.read));
                sold.then_some("No more of it was sold with this receipt.")
            });
            Some(place)
        });
        let place = place.unwrap_or(Err(None));
        match place.map(i32::try_from) {
            Ok(Ok(place)) => self.return_line_step(place, 1),
            Ok(Err(_)) => {}
            Err(why) => {
                let why = why.unwrap_or("That is not on this receipt. Check goods and receipt.");
                self.devices.sound(Sound::Refused);
                self.counter.returns.refused = why.to_owned();
                self.refresh();
            }
        }
    }

    pub(in crate::app) fn return_reason_opened(&mut self) {
        self.counter.returns.choosing_reason = true;
        self.counter.returns.serials_of = None;
        self.refresh();
    }

    pub(in crate::app) fn return_reason_closed(&mut self) {
        self.counter.returns.choosing_reason = false;
        self.keep_reason();
        self.refresh();
    }

    pub(in crate::app) fn return_reason_edited(&mut self, reason: &str) {
        if ReturnScreen::is_usual(reason) {
            self.keep_reason();
        }
        self.refresh();
    }

    /// Tells the till why the goods come back, where it does not know it yet. Not with every
    /// letter that is typed: each would be a step to undo.
    fn keep_reason(&mut self) -> bool {
        let Some(window) = self.window.upgrade() else {
            return false;
        };
        let typed = window.global::<Return>().get_reason().trim().to_owned();
        let known = self.till.as_ref().and_then(Till::returning);
        let known = known.and_then(|open| open.reason()).unwrap_or_default();
        typed == known || self.step_on_return(Event::ReturnReason(typed))
    }

    /// On to giving the money back.
    pub(in crate::app) fn return_refund(&mut self) {
        if self.keep_reason() {
            self.clear_pay_entry();
            self.step_on_return(Event::PaymentStarted);
        }
    }

    /// Something else is bought for it.
    pub(in crate::app) fn return_exchange(&mut self) {
        if self.keep_reason() {
            self.close_page();
        }
    }

    /// Back to a cart with something in it, or away from the return.
    pub(in crate::app) fn return_page_left(&mut self) {
        let cart = self
            .till
            .as_ref()
            .is_some_and(|till| !till.cart().is_empty());
        if cart {
            self.keep_reason();
            self.close_page();
        } else {
            self.close_page();
            self.return_removed();
        }
    }

    /// The block in the cart was touched.
    pub(in crate::app) fn return_opened(&mut self) {
        self.open_return_page();
    }

    /// Nothing comes back after all.
    pub(in crate::app) fn return_removed(&mut self) {
        if std::mem::take(&mut self.counter.returns.collecting) {
            return self.refresh();
        }
        self.step(Event::ReturnLeft);
        self.offer_undo(Some("the return".to_owned()));
    }

    /// A return without a reason is not paid back: it is asked for before paying.
    pub(in crate::app) fn reason_is_missing(&self) -> bool {
        let open = self.till.as_ref().and_then(Till::returning);
        open.is_some_and(|open| open.reason().is_none())
    }

    pub(in crate::app) fn ask_for_reason(&mut self) {
        self.open_return_page();
        self.return_reason_opened();
    }

    pub(in crate::app) fn show_return_page(&self, window: &TillWindow) {
        let Some(till) = &self.till else { return };
        let Some(open) = till.returning() else { return };
        let returns = &self.counter.returns;
        let view = ReturnView {
            today: self.now().date(),
            serials_of: returns.serials_of,
            choosing_reason: returns.choosing_reason,
            refused: &returns.refused,
        };
        self.return_screen.show(window, till, open, &view);
    }

    /// The block in the cart, and the band while goods without a receipt are collected.
    pub(in crate::app) fn show_return_block(&self, window: &TillWindow) {
        if let Some(till) = &self.till {
            self.return_screen
                .show_block(window, till, self.counter.returns.collecting);
        }
    }
}
