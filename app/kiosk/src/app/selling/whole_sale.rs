//! The sheet for the whole sale: discount and coupon.

use checkout::cart::DiscountChange;
use checkout::till::Event;
use slint::ComponentHandle;

use super::Panel;
use super::understood::{Understood, level};
use crate::app::App;
use crate::screens::sell::{TakenOff, taken_off};
use crate::screens::whole_sale;
use crate::ui::{self, DiscountWay, TillWindow};

impl App {
    pub(in crate::app) fn whole_sale_opened(&mut self) {
        self.leave_approval();
        self.selling.selected = None;
        self.selling.refusal = None;
        self.selling.variants = None;
        self.selling.whole_sale = true;
        self.counter.close_sheets();
        self.clear_whole_sale_entries();
        self.refresh();
    }

    pub(in crate::app) fn whole_sale_closed(&mut self) {
        self.selling.whole_sale = false;
        self.refresh();
    }

    fn clear_whole_sale_entries(&self) {
        if let Some(window) = self.window.upgrade() {
            let sheet = window.global::<ui::WholeSale>();
            sheet.set_entry("".into());
            sheet.set_coupon_entry("".into());
        }
    }

    pub(in crate::app) fn discount_set(&mut self, way: DiscountWay, entry: &str) {
        let change = discount_change(way, entry.trim());
        if self.step_on(Panel::Discount, Event::DiscountChanged(Some(change))) {
            self.clear_whole_sale_entries();
            self.refresh();
        }
    }

    pub(in crate::app) fn discount_removed(&mut self) {
        self.step_on(Panel::Discount, Event::DiscountChanged(None));
    }

    pub(in crate::app) fn coupon_entered(&mut self, text: &str) {
        let text = text.trim();
        if text.is_empty() {
            return;
        }
        let entered = Event::CouponEntered(Some(text.to_owned()));
        if self.step_on(Panel::Coupon, entered) {
            self.clear_whole_sale_entries();
            self.refresh();
        }
    }

    pub(in crate::app) fn coupon_removed(&mut self) {
        self.step_on(Panel::Coupon, Event::CouponEntered(None));
    }

    /// Puts back what was taken off the whole sale.
    pub(in crate::app) fn reduction_removed(&mut self, place: i32) {
        let Some(till) = &self.till else { return };
        let reductions = taken_off(till.cart());
        let place = usize::try_from(place).ok();
        match place.and_then(|place| reductions.get(place)) {
            Some(TakenOff::Discount) => self.step(Event::DiscountChanged(None)),
            Some(TakenOff::Coupon) => self.step(Event::CouponEntered(None)),
            None => {}
        }
    }

    pub(super) fn show_whole_sale(&self, window: &TillWindow) {
        let sheet = window.global::<ui::WholeSale>();
        let (Some(till), true) = (&self.till, self.selling.whole_sale) else {
            return sheet.set_shown(false);
        };
        whole_sale::show(window, till);
        let entry = sheet.get_entry();
        let refused = self.selling.refused(Panel::Discount);
        let understood = match entry.trim() {
            "" => Understood::nothing(refused),
            typed => self.discount_understood(&discount_change(sheet.get_way(), typed)),
        };
        sheet.set_can_set(understood.can_set());
        sheet.set_understood(understood.text.into());
        sheet.set_level(understood.level);
        sheet.set_sentence(understood.sentence.into());
        sheet.set_needs_approval(understood.needs_approval);
        let coupon = self.selling.refused(Panel::Coupon);
        sheet.set_coupon_level(level(coupon));
        sheet.set_coupon_sentence(coupon.into());
        sheet.set_shown(true);
    }
}

fn discount_change(way: DiscountWay, typed: &str) -> DiscountChange {
    match way {
        DiscountWay::Percentage => DiscountChange::Percentage(typed.to_owned()),
        DiscountWay::Amount => DiscountChange::Amount(typed.to_owned()),
    }
}
