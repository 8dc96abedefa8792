//! The menu: what can be done now, and why not the rest.

use checkout::till::{Stage, Till};
use slint::{ComponentHandle, ModelRc, VecModel};

use super::super::App;
use super::Page;
use crate::ui::{CashWay, CounterAction, Menu, MenuEntry, TillWindow};

impl App {
    pub(in crate::app) fn menu_opened(&mut self) {
        self.leave_approval();
        self.selling.close_sheets();
        self.counter.close_sheets();
        self.counter.menu = true;
        if let Some(window) = self.window.upgrade() {
            window.global::<Menu>().set_focused(-1);
        }
        self.refresh();
    }

    pub(in crate::app) fn menu_closed(&mut self) {
        self.counter.menu = false;
        self.refresh();
    }

    pub(in crate::app) fn menu_chosen(&mut self, action: CounterAction) {
        self.counter.menu = false;
        match action {
            CounterAction::GoodsReturn => self.return_asked(),
            CounterAction::NewCustomer => self.new_customer_opened(""),
            CounterAction::CashIn => self.open_cash(CashWay::CashIn),
            CounterAction::CashOut => self.open_cash(CashWay::CashOut),
            CounterAction::OpenDrawer => self.open_cash(CashWay::Drawer),
            CounterAction::XReport => self.x_report_asked(),
            CounterAction::CloseShift => {
                self.begin_count();
                self.open_page(Page::Count);
            }
        }
    }

    pub(in crate::app) fn show_menu(&self, window: &TillWindow) {
        let menu = window.global::<Menu>();
        let entries = self.till.as_ref().map(entries).unwrap_or_default();
        // Setting an equal model would take the focus from whoever has it.
        let shown = menu.get_entries();
        if !slint::Model::iter(&shown).eq(entries.iter().cloned()) {
            menu.set_entries(ModelRc::new(VecModel::from(entries)));
        }
        menu.set_shown(self.counter.menu);
    }
}

fn entries(till: &Till) -> Vec<MenuEntry> {
    if till.shift().is_none() {
        return vec![];
    }
    let entry = |action, label: &str, detail: &str| MenuEntry {
        action,
        label: label.into(),
        detail: detail.into(),
        enabled: true,
    };
    let goods_return = if till.returning().is_some() {
        entry(CounterAction::GoodsReturn, "Return", "One is open")
    } else {
        entry(
            CounterAction::GoodsReturn,
            "Return",
            "Money back, or an exchange",
        )
    };
    let cart = !till.cart().is_empty();
    let not_closed = if till.returning().is_some() {
        Some("A return is open. Finish or cancel it first.")
    } else if cart {
        Some("Something is in the cart. Sell it or empty the cart first.")
    } else if matches!(till.stage(), Stage::Counted(_) | Stage::ClosingShift(_)) {
        Some("It is being closed.")
    } else {
        None
    };
    let close = MenuEntry {
        enabled: not_closed.is_none(),
        ..entry(
            CounterAction::CloseShift,
            "Close shift",
            not_closed.unwrap_or("Count, compare, Z report"),
        )
    };
    vec![
        goods_return,
        entry(
            CounterAction::NewCustomer,
            "New customer",
            "A name is enough",
        ),
        entry(CounterAction::CashIn, "Cash in", "Change, a float"),
        entry(CounterAction::CashOut, "Cash out", "The bank, a bill"),
        entry(CounterAction::OpenDrawer, "Open drawer", "Without a sale"),
        entry(CounterAction::XReport, "X report", "The shift so far"),
        close,
    ]
}
