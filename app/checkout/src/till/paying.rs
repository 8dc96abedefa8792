//! From the cart to a committed sale.

use std::sync::Arc;

use jiff::Zoned;

use super::selling::refused;
use super::{Effect, NotSaved, Notice, Sound, Stage, Till};
use crate::buyer::check_customer;
use crate::cart::Cart;
use crate::exchange::price_list_exchange;
use crate::money::Money;
use crate::payment::{Payments, TenderRefused};
use crate::sale::{Payment, Sale, SaleCoupon};
use crate::shift::Cashier;
use crate::shop::{Shop, TenderMode};

impl Till {
    pub(super) fn payment_started(&mut self, now: &Zoned) -> Vec<Effect> {
        if self.stage != Stage::Selling {
            return vec![];
        }
        self.pending = None;
        if self.cart.is_empty() {
            return refused(Notice::CartEmpty);
        }
        let Some(buyer) = self.cart.buyer() else {
            return refused(Notice::CustomerNeeded);
        };
        // They may have been disabled since they were chosen; whom the till does not know any more
        // is judged by what the cart knows.
        let now_known = match self.catalog.customer(&buyer.name) {
            Ok(known) => known,
            Err(error) => return refused(Notice::Cart(error.into())),
        };
        if let Err(error) = check_customer(&self.shop, now_known.as_ref().unwrap_or(buyer)) {
            return refused(Notice::Cart(error));
        }
        let unchosen = self.cart.first_without_serial_nos(self.ground(now));
        match unchosen {
            Ok(None) => {}
            Ok(Some((line, error))) => {
                let mut effects = refused(Notice::Cart(error));
                effects.push(Effect::ChooseSerialNos { line });
                return effects;
            }
            Err(error) => return refused(Notice::Cart(error)),
        }
        let refused_coupon = self.recheck_coupon(now);
        if !refused_coupon.is_empty() {
            // The amount is another one now: the customer has to hear it first.
            return refused_coupon;
        }
        let due = self.cart.amount_to_pay(&self.shop);
        if due.is_negative() {
            return refused(Notice::AmountBelowZero(due));
        }
        self.stage = Stage::Paying(Payments::of(due));
        vec![self.save_cart()]
    }

    pub(super) fn payment_left(&mut self) -> Vec<Effect> {
        let Stage::Paying(payments) = &self.stage else {
            return vec![];
        };
        let tenders = payments.tenders().to_vec();
        self.stage = Stage::Selling;
        let mut effects = vec![self.save_cart()];
        if !tenders.is_empty() {
            effects.push(Effect::Show(Notice::GiveBack(tenders)));
        }
        effects
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
        // A save that the commit overtook may have been dropped.
        let mut effects = vec![self.save_cart()];
        effects.extend(refused(Notice::SaleNotCommitted(reason)));
        effects
    }

    pub(super) fn next_sale(&mut self) -> Vec<Effect> {
        if matches!(self.stage, Stage::Done(_)) {
            self.stage = Stage::Selling;
        }
        vec![]
    }

    fn sale(&self, now: &Zoned, cashier: &Cashier, payments: &Payments) -> Option<Sale> {
        let buyer = self.cart.buyer()?;
        let shop = &self.shop;
        let receipt_number = self.next_receipt_number();
        let price_list = shop.price_list_of(Some(buyer));
        // The prices were converted when they were found; a rate that is gone since changes none.
        let exchange = price_list_exchange(shop, price_list, now.date()).ok();
        Some(Sale {
            key: format!("{receipt_number}-{}", self.identity.installation),
            receipt_number,
            shift: self.shift.as_ref()?.key.clone(),
            cashier: cashier.clone(),
            at: now.timestamp(),
            posting_date: now.date(),
            posting_time: now.time(),
            customer: buyer.name.clone(),
            customer_name: buyer.customer_name.clone(),
            company: shop.company.name.clone(),
            pos_profile: shop.profile.name.clone(),
            selling_price_list: price_list.to_owned(),
            set_warehouse: shop.profile.warehouse.clone(),
            taxes_and_charges: self.cart.taxes_and_charges().map(str::to_owned),
            tax_category: self.cart.tax_category().map(str::to_owned),
            account_for_change_amount: shop.profile.account_for_change_amount.clone(),
            price_list_currency: exchange
                .as_ref()
                .map(|exchange| exchange.price_list_currency.clone())
                .filter(|currency| *currency != shop.currency.code()),
            plc_conversion_rate: exchange.map_or(1.0, |exchange| exchange.plc_conversion_rate),
            coupon: self.cart.coupon().map(|coupon| SaleCoupon {
                name: coupon.name.clone(),
                coupon_code: coupon.coupon_code.clone(),
                maximum_use: coupon.maximum_use,
            }),
            loyalty: self.sale_loyalty(now, payments),
            lines: self.cart.sale_lines(),
            document: self.cart.document().clone(),
            totals: self.cart.totals().clone(),
            payments: payment_rows(shop, payments),
            amount_to_pay: payments.due(),
            paid_amount: payments.paid(),
            change_amount: payments.change(),
        })
    }
}

/// The tenders. ERPNext refuses a document without a payment row, so where nothing is due nothing
/// is paid by the mode of payment that is offered first.
fn payment_rows(shop: &Shop, payments: &Payments) -> Vec<Payment> {
    if !payments.tenders().is_empty() {
        return payments.tenders().to_vec();
    }
    let nothing = |mode: &TenderMode| Payment {
        mode_of_payment: mode.mode_of_payment.clone(),
        kind: mode.kind,
        account: mode.account.clone(),
        amount: payments.paid(),
    };
    shop.default_tender_mode()
        .map(nothing)
        .into_iter()
        .collect()
}
