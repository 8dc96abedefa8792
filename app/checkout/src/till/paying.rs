//! From the cart to a committed sale.

use std::sync::Arc;

use jiff::Zoned;

use super::selling::refused;
use super::{Effect, NotSaved, Notice, Settled, Sound, Stage, Till};
use crate::buyer::check_customer;
use crate::cart::Cart;
use crate::exchange::price_list_exchange;
use crate::money::Money;
use crate::payment::{Payments, TenderRefused};
use crate::sale::{Payment, ReceiptNumber, Sale, SaleCoupon};
use crate::shift::Cashier;
use crate::shop::{Shop, TenderMode};

impl Till {
    pub(super) fn payment_started(&mut self, now: &Zoned, cashier: &Cashier) -> Vec<Effect> {
        if self.stage != Stage::Selling {
            return vec![];
        }
        self.pending = None;
        if self.cart.is_empty() && self.returning.is_none() {
            return refused(Notice::CartEmpty);
        }
        if self.shift_currency() != Some(self.shop.currency) {
            return refused(Notice::ShiftInOtherCurrency);
        }
        if !self.cart.is_empty()
            && let Err(effects) = self.check_cart(now)
        {
            return effects;
        }
        if self.returning.is_some() {
            return self.settle_return(cashier);
        }
        self.stage = Stage::Paying(Payments::of(self.due()));
        vec![self.save_cart()]
    }

    /// Whether the cart can be paid; else what to tell the cashier.
    fn check_cart(&mut self, now: &Zoned) -> Result<(), Vec<Effect>> {
        let Some(buyer) = self.cart.buyer() else {
            return Err(refused(Notice::CustomerNeeded));
        };
        // They may have been disabled since they were chosen; whom the till does not know any more
        // is judged by what the cart knows.
        let now_known = self
            .catalog
            .customer(&buyer.name)
            .map_err(|error| refused(Notice::Cart(error.into())))?;
        check_customer(&self.shop, now_known.as_ref().unwrap_or(buyer))
            .map_err(|error| refused(Notice::Cart(error)))?;
        let unchosen = self
            .cart
            .first_without_serial_nos(self.ground(now))
            .map_err(|error| refused(Notice::Cart(error)))?;
        if let Some((line, error)) = unchosen {
            let mut effects = refused(Notice::Cart(error));
            effects.push(Effect::ChooseSerialNos { line });
            return Err(effects);
        }
        let refused_coupon = self.recheck_coupon(now);
        if !refused_coupon.is_empty() {
            // The amount is another one now: the customer has to hear it first.
            return Err(refused_coupon);
        }
        let amount = self.cart.amount_to_pay(&self.shop);
        if amount.is_negative() {
            return Err(refused(Notice::AmountBelowZero(amount)));
        }
        Ok(())
    }

    pub(super) fn payment_left(&mut self) -> Vec<Effect> {
        let has_cards = match &self.stage {
            Stage::Paying(payments) => has_cards(payments.tenders()),
            Stage::Refunding(refund) => has_cards(refund.given()),
            _ => false,
        };
        if self.card.is_some() {
            return refused(Notice::CardUnderWay);
        }
        if has_cards {
            return refused(Notice::TakeCardBackFirst);
        }
        let tenders = match &self.stage {
            Stage::Paying(payments) => payments.tenders().to_vec(),
            // Nothing leaves the drawer before all of it is settled.
            Stage::Refunding(_) => vec![],
            _ => return vec![],
        };
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
        if !matches!(self.stage, Stage::Paying(_) | Stage::Refunding(_)) {
            return vec![];
        }
        if self.card.is_some() {
            return refused(Notice::CardUnderWay);
        }
        if self.is_served_by_terminal(mode_of_payment)
            && let Some(mode) = self.shop.tender_mode(mode_of_payment).cloned()
        {
            return self.card_tendered(now, cashier, &mode, amount);
        }
        let Some(mode) = self.shop.tender_mode(mode_of_payment) else {
            return refused(Notice::Tender(TenderRefused::UnknownMode(
                mode_of_payment.to_owned(),
            )));
        };
        let (taken, remaining) = match &mut self.stage {
            Stage::Paying(payments) => (payments.tender(mode, amount), payments.remaining()),
            Stage::Refunding(refund) => (refund.give(mode, amount), refund.remaining()),
            _ => return vec![],
        };
        if let Err(reason) = taken {
            return refused(Notice::Tender(reason));
        }
        if remaining.is_zero() {
            return self.completed(now, cashier);
        }
        vec![self.save_cart(), Effect::Sound(Sound::Taken)]
    }

    pub(super) fn tender_removed(
        &mut self,
        now: &Zoned,
        cashier: &Cashier,
        place: usize,
    ) -> Vec<Effect> {
        if self.card.is_some() {
            return refused(Notice::CardUnderWay);
        }
        if let Some(effects) = self.card_taken_back(now, cashier, place) {
            return effects;
        }
        match &mut self.stage {
            Stage::Paying(payments) => payments.remove(place),
            Stage::Refunding(refund) => refund.remove(place),
            _ => return vec![],
        }
        vec![self.save_cart()]
    }

    pub(super) fn completed(&mut self, now: &Zoned, cashier: &Cashier) -> Vec<Effect> {
        if self.card.is_some() {
            return refused(Notice::CardUnderWay);
        }
        let payments = match &self.stage {
            Stage::Paying(payments) if payments.remaining().is_zero() => payments.clone(),
            Stage::Refunding(refund) if refund.remaining().is_zero() => {
                let settled = Settled::Refunded(refund.clone());
                return self.commit_return(now, cashier, settled);
            }
            _ => return vec![],
        };
        if self.returning.is_some() {
            return self.commit_return(now, cashier, Settled::Paid(payments));
        }
        let Some(sale) = self.sale(now, cashier, &payments) else {
            return refused(Notice::CustomerNeeded);
        };
        self.stage = Stage::Committing(Box::new(sale.clone()), payments);
        vec![Effect::CommitSale(Box::new(sale))]
    }

    pub(super) fn sale_committed(&mut self, now: &Zoned) -> Vec<Effect> {
        let (effects, committed) = match &self.stage {
            Stage::Committing(sale, _) => {
                let sale = Arc::new((**sale).clone());
                self.last_sale = Some(sale.clone());
                self.stage = Stage::Done(sale.clone());
                let mut effects = vec![];
                if sale.moved_cash() {
                    effects.push(Effect::OpenDrawer);
                }
                effects.push(Effect::Print(sale.clone()));
                (effects, vec![sale])
            }
            Stage::CommittingReturn(commit) => {
                let commit = (**commit).clone();
                let halves = std::iter::once(&commit.returned).chain(&commit.sale);
                let committed = halves.map(|half| Arc::new(half.clone())).collect();
                (self.return_committed(commit), committed)
            }
            _ => return vec![],
        };
        for sale in committed {
            self.receipts = sale.receipt_number.number;
            if let Some(totals) = &mut self.totals {
                totals.add_sale(&sale);
            }
        }
        self.cart = Cart::new(&self.shop);
        self.undo.clear();
        self.touched_line = None;
        let mut effects = effects;
        for code in std::mem::take(&mut self.waiting) {
            effects.extend(self.scanned(now, &code));
        }
        match std::mem::take(&mut self.scans_lost) {
            0 => {}
            lost => effects.extend(refused(Notice::ScansLost(lost))),
        }
        effects
    }

    /// Forgets what waits for a sale that does not begin yet, and says how many codes that was.
    pub(super) fn forget_scans(&mut self) -> usize {
        let waited = std::mem::take(&mut self.waiting).len();
        waited.saturating_add(std::mem::take(&mut self.scans_lost))
    }

    pub(super) fn sale_not_committed(&mut self, reason: NotSaved) -> Vec<Effect> {
        let payments = match &self.stage {
            Stage::Committing(_, payments) => payments.clone(),
            Stage::CommittingReturn(commit) => {
                let commit = commit.clone();
                return self.return_not_committed(&commit, reason);
            }
            _ => return vec![],
        };
        // The last tender is what completed the sale; it stays, and Completed tries again.
        self.stage = Stage::Paying(payments);
        let scans_lost = self.forget_scans();
        // A save that the commit overtook may have been dropped.
        let mut effects = vec![self.save_cart()];
        effects.extend(refused(Notice::SaleNotCommitted { reason, scans_lost }));
        effects
    }

    pub(super) fn next_sale(&mut self) -> Vec<Effect> {
        if matches!(self.stage, Stage::Done(_) | Stage::Returned(_)) {
            self.stage = Stage::Selling;
        }
        vec![]
    }

    pub(super) fn sale_key(&self, receipt_number: &ReceiptNumber) -> String {
        format!("{receipt_number}-{}", self.identity.installation)
    }

    pub(super) fn sale(&self, now: &Zoned, cashier: &Cashier, payments: &Payments) -> Option<Sale> {
        let buyer = self.cart.buyer()?;
        let shop = &self.shop;
        let receipt_number = self.next_receipt_number();
        let price_list = shop.price_list_of(Some(buyer));
        // The prices were converted when they were found; a rate that is gone since changes none.
        let exchange = price_list_exchange(shop, price_list, now.date()).ok();
        Some(Sale {
            key: self.sale_key(&receipt_number),
            receipt_number,
            shift: self.shift.as_ref()?.key.clone(),
            cashier: cashier.clone(),
            return_against: None,
            reason: None,
            approved_by: None,
            exchange: None,
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

fn has_cards(rows: &[Payment]) -> bool {
    rows.iter().any(|row| !row.cards.is_empty())
}

/// The tenders. ERPNext refuses a document without a payment row, so where nothing is due nothing
/// is paid by the mode of payment that is offered first.
fn payment_rows(shop: &Shop, payments: &Payments) -> Vec<Payment> {
    if !payments.tenders().is_empty() {
        return payments.tenders().to_vec();
    }
    nothing_paid(shop, payments.paid()).into_iter().collect()
}

/// The row of a document on which nothing is due.
pub(super) fn nothing_paid(shop: &Shop, amount: Money) -> Option<Payment> {
    let nothing = |mode: &TenderMode| Payment {
        mode_of_payment: mode.mode_of_payment.clone(),
        kind: mode.kind,
        account: mode.account.clone(),
        amount,
        cards: Vec::new(),
    };
    shop.default_tender_mode().map(nothing)
}
