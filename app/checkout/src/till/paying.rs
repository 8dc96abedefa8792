//! From the cart to a committed sale.

use std::sync::Arc;

use jiff::Zoned;

use super::selling::refused;
use super::{Effect, NotSaved, Notice, Sound, Stage, Till};
use crate::cart::Cart;
use crate::money::Money;
use crate::payment::{Payments, TenderRefused};
use crate::sale::Sale;
use crate::shift::Cashier;

impl Till {
    pub(super) fn payment_started(&mut self) -> Vec<Effect> {
        if self.stage != Stage::Selling {
            return vec![];
        }
        if self.cart.is_empty() {
            return refused(Notice::CartEmpty);
        }
        if self.buyer().is_none() {
            return refused(Notice::CustomerNeeded);
        }
        self.stage = Stage::Paying(Payments::of(self.cart.amount_to_pay(&self.shop)));
        vec![self.save_cart()]
    }

    pub(super) fn payment_left(&mut self) -> Vec<Effect> {
        if !matches!(self.stage, Stage::Paying(_)) {
            return vec![];
        }
        self.stage = Stage::Selling;
        vec![self.save_cart()]
    }

    pub(super) fn tendered(
        &mut self,
        now: &Zoned,
        cashier: &Cashier,
        mode_of_payment: &str,
        amount: Option<Money>,
    ) -> Vec<Effect> {
        let Stage::Paying(payments) = &mut self.stage else {
            return vec![];
        };
        let Some(mode) = self.shop.tender_mode(mode_of_payment) else {
            return refused(Notice::Tender(TenderRefused::UnknownMode(
                mode_of_payment.to_owned(),
            )));
        };
        if let Err(reason) = payments.tender(mode, amount) {
            return refused(Notice::Tender(reason));
        }
        if payments.remaining().is_zero() {
            return self.completed(now, cashier);
        }
        vec![self.save_cart(), Effect::Sound(Sound::Taken)]
    }

    pub(super) fn tender_removed(&mut self, place: usize) -> Vec<Effect> {
        let Stage::Paying(payments) = &mut self.stage else {
            return vec![];
        };
        payments.remove(place);
        vec![self.save_cart()]
    }

    pub(super) fn completed(&mut self, now: &Zoned, cashier: &Cashier) -> Vec<Effect> {
        let Stage::Paying(payments) = &self.stage else {
            return vec![];
        };
        let payments = payments.clone();
        if !payments.remaining().is_zero() {
            return vec![];
        }
        let Some(sale) = self.sale(now, cashier, &payments) else {
            return refused(Notice::CustomerNeeded);
        };
        self.stage = Stage::Committing(Box::new(sale.clone()), payments);
        vec![Effect::CommitSale(Box::new(sale))]
    }

    pub(super) fn sale_committed(&mut self, now: &Zoned) -> Vec<Effect> {
        let Stage::Committing(sale, _) = &self.stage else {
            return vec![];
        };
        let sale = Arc::new((**sale).clone());
        self.receipts = sale.receipt_number.number;
        self.cart = Cart::new(&self.shop);
        self.undo.clear();
        self.touched_line = None;
        self.last_sale = Some(sale.clone());
        self.stage = Stage::Done(sale.clone());
        let mut effects = vec![];
        if sale.moved_cash() {
            effects.push(Effect::OpenDrawer);
        }
        effects.push(Effect::Print(sale));
        for code in std::mem::take(&mut self.waiting) {
            effects.extend(self.scanned(now, &code));
        }
        effects
    }

    pub(super) fn sale_not_committed(&mut self, reason: NotSaved) -> Vec<Effect> {
        let Stage::Committing(_, payments) = &self.stage else {
            return vec![];
        };
        // The last tender is what completed the sale; it stays, and Completed tries again.
        self.stage = Stage::Paying(payments.clone());
        self.waiting.clear();
        refused(Notice::SaleNotCommitted(reason))
    }

    pub(super) fn next_sale(&mut self) -> Vec<Effect> {
        if matches!(self.stage, Stage::Done(_)) {
            self.stage = Stage::Selling;
        }
        vec![]
    }

    /// Who the sale is booked to: the chosen customer, else the profile's.
    fn buyer(&self) -> Option<(String, String)> {
        match self.cart.customer() {
            Some(customer) => Some((customer.name.clone(), customer.customer_name.clone())),
            None => self
                .shop
                .profile
                .customer
                .clone()
                .map(|name| (name.clone(), name)),
        }
    }

    fn sale(&self, now: &Zoned, cashier: &Cashier, payments: &Payments) -> Option<Sale> {
        let (customer, customer_name) = self.buyer()?;
        let shop = &self.shop;
        let receipt_number = self.next_receipt_number();
        Some(Sale {
            key: format!("{receipt_number}-{}", self.identity.installation),
            receipt_number,
            shift: self.shift.as_ref()?.key.clone(),
            cashier: cashier.clone(),
            at: now.timestamp(),
            posting_date: now.date(),
            posting_time: now.time(),
            customer,
            customer_name,
            company: shop.company.name.clone(),
            pos_profile: shop.profile.name.clone(),
            selling_price_list: shop.price_list_of(self.cart.customer()).to_owned(),
            set_warehouse: shop.profile.warehouse.clone(),
            taxes_and_charges: shop.profile.taxes_and_charges.clone(),
            tax_category: shop.profile.tax_category.clone(),
            account_for_change_amount: shop.profile.account_for_change_amount.clone(),
            lines: self
                .cart
                .lines()
                .iter()
                .map(|line| line.sold.clone())
                .collect(),
            document: self.cart.document().clone(),
            totals: self.cart.totals().clone(),
            payments: payments.tenders().to_vec(),
            amount_to_pay: payments.due(),
            paid_amount: payments.paid(),
            change_amount: payments.change(),
        })
    }
}
