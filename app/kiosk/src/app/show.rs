//! Bringing the screen up to date with the state.

use checkout::till::{Settled, Stage};
use slint::ComponentHandle;

use super::App;
use crate::screens::{frame, points};
use crate::ui::{self, ScreenName, TillWindow};

impl App {
    /// Brings the screen up to date with the state.
    pub fn refresh(&mut self) {
        let Some(window) = self.window.upgrade() else {
            return;
        };
        let opening = self.opening_step();
        let screen = if opening.is_some() {
            ScreenName::Enrol
        } else {
            self.screen()
        };
        self.show_frame(&window);
        if let Some(step) = opening {
            self.show_opening(&window, step);
        }
        match (&self.till, screen) {
            // Seen above; or what kept the till from starting, which has no state.
            (None, _) | (_, ScreenName::Enrol | ScreenName::Fault) => {}
            (Some(_), ScreenName::Lock) => self.show_lock(&window),
            (Some(till), ScreenName::OpenShift) => {
                self.shift_screen.show(&window, till.shop());
                let closing = self.last_closing();
                let label = closing.map(|closing| format!("Z report {}", closing.number));
                let shift = window.global::<ui::Shift>();
                shift.set_last_report(label.unwrap_or_default().into());
            }
            (Some(_), ScreenName::Sell) => {
                self.show_selling(&window);
                self.show_return_block(&window);
                self.show_menu(&window);
                self.show_new_customer(&window);
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
                Stage::Refunding(refund) => {
                    self.pay_screen.show_refund(&window, till, refund, false);
                    points::show(&window, None, false);
                }
                Stage::CommittingReturn(commit) => match &commit.settled {
                    Settled::Paid(payments) => {
                        self.pay_screen.show(&window, till, payments, true);
                    }
                    Settled::Refunded(refund) => {
                        self.pay_screen.show_refund(&window, till, refund, true);
                    }
                },
                _ => {}
            },
            (Some(till), ScreenName::Done) => match till.stage() {
                Stage::Done(sale) => {
                    let receipt = self.receipt_state(&sale.receipt_number);
                    self.done_screen.show(&window, till.shop(), sale, receipt);
                }
                Stage::Returned(returned) => {
                    let receipt = self.returned_state(returned);
                    let shop = till.shop();
                    self.done_screen
                        .show_returned(&window, shop, returned, receipt);
                }
                _ => {}
            },
            (Some(_), ScreenName::Sales) => {
                self.show_sales(&window);
                self.show_menu(&window);
            }
            (Some(_), ScreenName::Cash) => {
                self.show_cash(&window);
                self.show_approval(&window);
            }
            (Some(_), ScreenName::Report) => self.show_report_page(&window),
            (Some(_), ScreenName::CloseShift) => {
                self.show_close_shift(&window);
                self.show_approval(&window);
            }
            (Some(_), ScreenName::GoodsReturn) => {
                self.show_return_page(&window);
                self.show_approval(&window);
            }
            (Some(_), ScreenName::Manager) => self.show_manager(&window),
        }
        self.show_card(&window, screen);
        self.show_customer();
        window.global::<ui::Till>().set_screen(screen);
    }

    fn screen(&self) -> ScreenName {
        let Some(till) = &self.till else {
            return ScreenName::Fault;
        };
        if till.cashier().is_none() {
            return ScreenName::Lock;
        }
        if self.manager.open {
            return ScreenName::Manager;
        }
        if self.sales.open {
            return ScreenName::Sales;
        }
        if let Some(page) = self.counter_screen() {
            return page;
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
        frame::show_scanners(window, &self.devices.scanners());
        frame::show_network(window, &self.sync_state);
        frame::show_unsent(window, shop.as_deref(), &self.outbox);
        self.show_notice(window);
    }

    /// What was said last goes before what waits for an answer, and that before an open drawer. While
    /// a customer pays nothing is asked: the keys need their room, and the answer has time.
    fn show_notice(&self, window: &TillWindow) {
        if let Some(notice) = &self.notice {
            return frame::show_notice(window, Some(notice));
        }
        let question = self.question();
        match question.filter(|_| self.screen() != ScreenName::Pay) {
            Some((words, answers)) => frame::show_question(window, &words, answers),
            None => frame::show_notice(window, self.drawer_notice(self.screen()).as_ref()),
        }
    }
}
