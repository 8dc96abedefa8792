//! What is done at the counter besides selling: cash in and out, reports, the end of a shift,
//! returns and new customers.

mod cash;
mod closing;
mod customer;
mod fingers;
mod menu;
mod report;
mod returns;

use checkout::codes::ReadCode;
use checkout::till::{Event, Notice, Sound, Stage};

use super::App;
use crate::ui::{Level, ScreenName};

use cash::CashState;
use closing::ClosingState;
pub(super) use fingers::connect;
use report::ShownReport;
pub(super) use report::report_key;
use returns::ReturnState;

/// Which page is over selling; those that are stages of the till are not among them.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) enum Page {
    /// None: the stage decides.
    #[default]
    None,
    /// Cash in and out.
    Cash,
    /// The count before a shift is closed.
    Count,
    /// A report.
    Report,
    /// What comes back.
    Return,
}

/// What the screens besides selling show.
#[derive(Default)]
pub(super) struct CounterState {
    page: Page,
    menu: bool,
    new_customer: customer::CustomerState,
    cash: CashState,
    closing: ClosingState,
    report: Option<ShownReport>,
    returns: ReturnState,
}

impl CounterState {
    /// The sheets of the menu and of a new customer are over the catalogue like the others.
    pub(super) fn close_sheets(&mut self) {
        self.menu = false;
        self.new_customer.close();
    }

    /// Whatever is done closes the menu.
    pub(super) fn close_menu(&mut self) {
        self.menu = false;
    }

    /// Whoever comes next begins with the counter as it is. A count that was begun is nobody
    /// else's.
    pub(super) fn leave(&mut self) {
        *self = Self::default();
    }
}

impl App {
    /// The page over selling, where one is open and belongs to where the till stands.
    pub(super) fn counter_screen(&self) -> Option<ScreenName> {
        let till = self.till.as_ref()?;
        let selling = matches!(
            till.stage(),
            Stage::Selling | Stage::Done(_) | Stage::Returned(_)
        );
        match (till.stage(), self.counter.page) {
            (Stage::Counted(_) | Stage::ClosingShift(_), _) => Some(ScreenName::CloseShift),
            (_, Page::Report) if self.counter.report.is_some() => Some(ScreenName::Report),
            (_, Page::Cash) if selling => Some(ScreenName::Cash),
            (_, Page::Count) if selling => Some(ScreenName::CloseShift),
            (Stage::Selling, Page::Return) if till.returning().is_some() => {
                Some(ScreenName::GoodsReturn)
            }
            _ => None,
        }
    }

    /// Opens a page in the place of whatever else is open.
    fn open_page(&mut self, page: Page) {
        self.leave_approval();
        self.selling.close_sheets();
        self.counter.close_sheets();
        self.sales.open = false;
        self.counter.page = page;
        self.refresh();
    }

    /// Back to selling.
    fn close_page(&mut self) {
        self.leave_approval();
        self.counter.page = Page::None;
        self.counter.report = None;
        self.refresh();
    }

    /// A code was scanned: whether it belongs to what is done at the counter besides selling.
    pub(super) fn for_counter(&mut self, code: &str) -> bool {
        let content = ReadCode::of(code).content;
        let for_return = self.sales.open && self.sales.for_return;
        if for_return && is_receipt(content) && self.is_signed_in() {
            self.return_of_code(content);
            return true;
        }
        match self.counter_screen() {
            Some(ScreenName::GoodsReturn) if !self.sales.open => {
                self.scanned_on_return(code);
                true
            }
            // Nothing is sold between the count and the closing; the till says so.
            Some(ScreenName::CloseShift)
                if self.counter.page == Page::Count && !self.sales.open =>
            {
                self.devices.sound(Sound::Refused);
                self.say(&Notice::ClosingAlready);
                self.refresh();
                true
            }
            _ => false,
        }
    }

    /// What is scanned is sold: pages that are only looked at make room.
    pub(super) fn leave_page_to_sell(&mut self) {
        let sells = self
            .till
            .as_ref()
            .is_some_and(|till| till.shift().is_some());
        if sells && matches!(self.counter.page, Page::Cash | Page::Report) {
            self.counter.page = Page::None;
            self.counter.report = None;
            self.counter.cash = CashState::default();
        }
    }

    /// Gives the till an event out of a page. What it refuses is answered, to be said there and
    /// not at the foot of the screen.
    fn step_on_page(&mut self, event: Event) -> Option<String> {
        self.step(event);
        let refused = self.notice.take_if(|words| words.level == Level::Warning);
        refused.map(|words| words.one_sentence())
    }

    /// The store answered: what the till asked for is durable, or not.
    pub(super) fn stored(&mut self, event: Event) {
        let opened = event == Event::DrawerOpeningSaved;
        let made = event == Event::CustomerSaved;
        let failed = matches!(event, Event::NotSaved(_));
        if opened {
            self.tell_opening();
        }
        self.step(event);
        if opened {
            self.drawer_opening_is_kept();
        }
        if made {
            self.customer_was_made();
        }
        if failed {
            self.counter.cash.failed();
        }
    }
}

/// Whether a code is one of a receipt, plain or signed.
fn is_receipt(code: &str) -> bool {
    code.starts_with("EVT1/") || code.starts_with("EVR")
}
