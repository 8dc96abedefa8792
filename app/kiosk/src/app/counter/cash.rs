//! Cash in, cash out, and opening the drawer.

use std::sync::Arc;

use checkout::receipt::Copy;
use checkout::shift::report::Report;
use checkout::shift::{CashDirection, CashMovement};
use checkout::till::Event;
use slint::ComponentHandle;

use super::super::App;
use super::Page;
use crate::screens::cash::{Asked, CashScreen};
use crate::ui::{Cash, CashWay, TillWindow};

/// What is done to the drawer.
#[derive(Default)]
pub(super) struct CashState {
    way: Option<CashWay>,
    refused: String,
    saving: bool,
    /// What was kept; its slip is looked at.
    kept: Option<Arc<CashMovement>>,
}

impl CashState {
    fn way(&self) -> CashWay {
        self.way.unwrap_or(CashWay::CashOut)
    }

    /// Whether this movement is shown as kept.
    pub(super) fn is_kept(&self, key: &str) -> bool {
        self.kept
            .as_ref()
            .is_some_and(|movement| movement.key == key)
    }

    /// It was not kept; what was typed is still there.
    pub(super) fn failed(&mut self) {
        self.saving = false;
    }
}

impl App {
    pub(super) fn open_cash(&mut self, way: CashWay) {
        self.counter.cash = CashState {
            way: Some(way),
            ..CashState::default()
        };
        if let Some(window) = self.window.upgrade() {
            CashScreen::clear(&window);
        }
        self.open_page(Page::Cash);
    }

    /// Another thing is done to the drawer; the amount stays, the reason is another.
    pub(in crate::app) fn cash_way_chosen(&mut self, way: CashWay) {
        if self.counter.cash.kept.is_none() {
            self.leave_approval();
            self.counter.cash.way = Some(way);
            self.counter.cash.refused.clear();
            if let Some(window) = self.window.upgrade() {
                window.global::<Cash>().set_reason("".into());
            }
        }
        self.refresh();
    }

    pub(in crate::app) fn cash_edited(&mut self) {
        self.counter.cash.refused.clear();
        self.refresh();
    }

    pub(in crate::app) fn cash_confirmed(&mut self) {
        let Some(asked) = self.cash_asked().filter(|_| !self.counter.cash.saving) else {
            return;
        };
        let reason = asked.reason;
        let event = match (self.counter.cash.way(), asked.amount) {
            (CashWay::Drawer, _) => Event::DrawerOpened { reason },
            (CashWay::CashIn, Some(amount)) => Event::CashMoved {
                direction: CashDirection::In,
                amount,
                reason,
            },
            (CashWay::CashOut, Some(amount)) => Event::CashMoved {
                direction: CashDirection::Out,
                amount,
                reason,
            },
            (_, None) => return,
        };
        let refused = self.step_on_page(event);
        self.counter.cash.refused = refused.unwrap_or_default();
        self.refresh();
    }

    /// The till has the store make a movement or an opening durable.
    pub(in crate::app) fn cash_is_saved(&mut self) {
        self.counter.cash.saving = true;
    }

    fn cash_asked(&self) -> Option<Asked> {
        let (window, till) = (self.window.upgrade()?, self.till.as_ref()?);
        let (way, refused) = (self.counter.cash.way(), &self.counter.cash.refused);
        self.cash_screen.show(&window, till.shop(), way, refused)
    }

    pub(in crate::app) fn cash_closed(&mut self) {
        self.counter.cash = CashState::default();
        self.close_page();
    }

    /// The movement is on the disk: its slip is being printed.
    pub(super) fn cash_was_moved(&mut self, movement: Arc<CashMovement>) {
        self.counter.cash.saving = false;
        self.counter.cash.kept = Some(movement);
    }

    /// The journal has the opening; what becomes of it the drawer tells.
    pub(super) fn drawer_opening_is_kept(&mut self) {
        if self.counter.page == Page::Cash {
            self.cash_closed();
        }
    }

    pub(in crate::app) fn slip_again(&mut self) {
        if let Some(movement) = self.counter.cash.kept.clone() {
            self.print_report(&Report::CashMovement(movement, Copy::Duplicate));
        }
        self.refresh();
    }

    pub(in crate::app) fn show_cash(&self, window: &TillWindow) {
        let Some(till) = &self.till else { return };
        let ui = window.global::<Cash>();
        ui.set_saving(self.counter.cash.saving);
        match &self.counter.cash.kept {
            Some(movement) => {
                let slip = self.report_state(&movement.key);
                self.cash_screen
                    .show_kept(window, till.shop(), movement, slip);
            }
            None => drop(self.cash_asked()),
        }
    }
}
