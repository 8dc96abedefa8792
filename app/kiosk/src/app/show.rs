//! Bringing the screen up to date with the state.

use checkout::till::Stage;
use slint::ComponentHandle;

use super::App;
use crate::screens::frame;
use crate::screens::words::Words;
use crate::sync::SyncState;
use crate::ui::{self, Level, ScreenName, TillWindow};

impl App {
    /// Brings the screen up to date with the state.
    pub fn refresh(&mut self) {
        let Some(window) = self.window.upgrade() else {
            return;
        };
        let screen = self.screen();
        self.show_frame(&window);
        match (&self.till, screen) {
            (None, _) | (_, ScreenName::Fault) => self.show_waiting(&window),
            (Some(_), ScreenName::Lock) => self.show_lock(&window),
            (Some(till), ScreenName::OpenShift) => {
                self.shift_screen.show(&window, till.shop());
            }
            (Some(_), ScreenName::Sell) => {
                self.show_selling(&window);
                self.show_approval(&window);
            }
            (Some(till), ScreenName::Pay) => match till.stage() {
                Stage::Paying(payments) => {
                    self.pay_screen.show(&window, till, payments, false);
                    self.show_points(&window, payments);
                }
                Stage::Committing(_, payments) => {
                    self.pay_screen.show(&window, till, payments, true);
                }
                _ => {}
            },
            (Some(till), ScreenName::Done) => {
                if let Stage::Done(sale) = till.stage() {
                    let receipt = self.receipt_state(&sale.receipt_number);
                    self.done_screen.show(&window, till.shop(), sale, receipt);
                }
            }
            (Some(_), ScreenName::Sales) => self.show_sales(&window),
            (
                Some(_),
                ScreenName::Cash
                | ScreenName::Report
                | ScreenName::CloseShift
                | ScreenName::GoodsReturn,
            ) => {}
        }
        window.global::<ui::Till>().set_screen(screen);
    }

    fn screen(&self) -> ScreenName {
        let Some(till) = &self.till else {
            return ScreenName::Fault;
        };
        if till.cashier().is_none() {
            return ScreenName::Lock;
        }
        if self.sales.open {
            return ScreenName::Sales;
        }
        match till.stage() {
            Stage::ShiftClosed | Stage::OpeningShift(_) => ScreenName::OpenShift,
            Stage::Selling | Stage::Counted(_) | Stage::ClosingShift(_) => ScreenName::Sell,
            Stage::Paying(_)
            | Stage::Refunding(_)
            | Stage::Committing(..)
            | Stage::CommittingReturn(_) => ScreenName::Pay,
            Stage::Done(_) | Stage::Returned(_) => ScreenName::Done,
        }
    }

    pub(super) fn show_frame(&self, window: &TillWindow) {
        let frame = window.global::<ui::Till>();
        let now = self.now();
        frame.set_clock(format!("{:02}:{:02}", now.hour(), now.minute()).into());
        frame.set_date(now.strftime("%A %-d %B %Y").to_string().into());
        frame.set_till_name(self.identity.prefix.as_str().into());
        let shop = self.till.as_ref().map(|till| till.shop().clone());
        if let Some(till) = &self.till {
            frame.set_shop_name(till.shop().company.name.as_str().into());
            frame.set_shift(
                till.shift()
                    .map_or_else(String::new, |s| format!("Shift {}", s.number))
                    .into(),
            );
            frame.set_cashier(till.cashier().map_or("", |cashier| &cashier.name).into());
            let decimals = till.shop().currency.decimals();
            frame.set_decimal_separator(if decimals == 0 { "" } else { "." }.into());
        }
        frame::show_printer(window, self.devices.printer_status().as_ref());
        frame::show_scanner(window, self.devices.scanner_port());
        frame::show_network(window, &self.sync_state);
        frame::show_unsent(window, shop.as_deref(), &self.outbox);
        frame::show_notice(window, self.notice.as_ref());
    }

    fn show_waiting(&self, window: &TillWindow) {
        let (level, progress) = match &self.sync_state {
            SyncState::Busy(doing) => (Level::Busy, Some((0.0, doing.as_str()))),
            _ => (Level::Warning, None),
        };
        let remedy = match &self.sync_state {
            SyncState::NoSite => "Name the ERPNext site in till.toml and start the till again.",
            SyncState::Trouble { cause, .. } => cause,
            _ => "Leave the till connected; it opens by itself when prices and taxes are here.",
        };
        let sentence = "The till needs its profile, prices and taxes from ERPNext once.";
        let words = Words::new(level, "No shop data yet", sentence, remedy);
        let detail = self.no_shop.as_deref().unwrap_or_default();
        frame::show_fault(window, &words, detail, progress);
    }
}
