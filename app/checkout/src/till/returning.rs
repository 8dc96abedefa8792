//! Goods that come back, alone or against others.

use jiff::Zoned;
use jiff::civil::DateTime;

use super::selling::refused;
use super::{Effect, Notice, Sound, Stage, Till, UNDO_DEPTH};
use crate::action::Action;
use crate::cart::{Approval, Cart};
use crate::money::Money;
use crate::quantity::Quantity;
use crate::returns::{OpenReturn, Original, ReturnRefused, ReturnSource};
use crate::sale::Sale;
use crate::shift::Cashier;

impl Till {
    pub(super) fn return_started(&mut self, now: &Zoned, source: ReturnSource) -> Vec<Effect> {
        if !self.at_counter() {
            return refused(Notice::FinishFirst);
        }
        match self.open_return(now, source) {
            Ok(open) => {
                self.next_sale();
                self.take_return(Some(open))
            }
            Err(reason) => refused(Notice::Return(reason)),
        }
    }

    /// The cart's goods are goods that come back, without a receipt.
    pub(super) fn return_without_receipt(&mut self, cashier: &Cashier) -> Vec<Effect> {
        if !self.at_counter() {
            return refused(Notice::FinishFirst);
        }
        if self.cart.is_empty() {
            return refused(Notice::CartEmpty);
        }
        match self.cart_as_return() {
            Ok(open) => {
                let action = Action::Return {
                    receipt_number: None,
                    amount: open.amount(self.shop.currency),
                };
                self.ask(cashier, action)
            }
            Err(notice) => refused(notice),
        }
    }

    pub(super) fn return_without_receipt_approved(&mut self, approval: &Approval) -> Vec<Effect> {
        let mut open = match self.cart_as_return() {
            Ok(open) => open,
            Err(notice) => return refused(notice),
        };
        let amount = open.amount(self.shop.currency);
        open.approve(approval.clone(), amount);
        self.remember();
        self.cart = Cart::new(&self.shop);
        self.touched_line = None;
        self.returning = Some(open);
        vec![self.save_cart(), Effect::Sound(Sound::Taken)]
    }

    pub(super) fn return_line_set(&mut self, row: usize, qty: Quantity) -> Vec<Effect> {
        self.change_return(|till, open| open.set_quantity(&till.shop, row, qty))
    }

    pub(super) fn return_serial_nos(&mut self, row: usize, serial_nos: &[String]) -> Vec<Effect> {
        self.change_return(|till, open| open.set_serial_nos(&till.shop, row, serial_nos))
    }

    pub(super) fn return_all(&mut self) -> Vec<Effect> {
        self.change_return(|till, open| open.take_all(&till.shop.totals_settings()))
    }

    pub(super) fn return_reason(&mut self, reason: &str) -> Vec<Effect> {
        let reason = reason.trim();
        let reason = (!reason.is_empty()).then(|| reason.to_owned());
        self.change_return(|_, open| {
            open.set_reason(reason);
            Ok(())
        })
    }

    pub(super) fn return_left(&mut self) -> Vec<Effect> {
        if self.stage != Stage::Selling || self.returning.is_none() {
            return vec![];
        }
        self.take_return(None)
    }

    /// The return that is being made.
    pub fn returning(&self) -> Option<&OpenReturn> {
        self.returning.as_ref()
    }

    /// What is due when cart and return are settled: below zero for what is given back.
    pub fn due(&self) -> Money {
        let cart = if self.cart.is_empty() {
            self.shop.currency.zero()
        } else {
            self.cart.amount_to_pay(&self.shop)
        };
        match &self.returning {
            Some(open) => cart.plus(open.amount(self.shop.currency)),
            None => cart,
        }
    }

    fn open_return(&self, now: &Zoned, source: ReturnSource) -> Result<OpenReturn, ReturnRefused> {
        if self.returning.is_some() {
            return Err(ReturnRefused::OpenAlready);
        }
        let original = match source {
            ReturnSource::Sale(sale) => self.original_of(&sale)?,
            ReturnSource::Receipt(number) => match self.catalog.receipt(&number)? {
                Some(sale) => self.original_of(&sale)?,
                None => return Err(ReturnRefused::UnknownReceipt(number)),
            },
            ReturnSource::Key(key) => match self.catalog.sale(&key)? {
                Some(sale) => self.original_of(&sale)?,
                None => return Err(ReturnRefused::UnknownSale),
            },
            ReturnSource::Code(code) => self.original_of_code(&code)?,
        };
        let Some(receipt) = &original.receipt else {
            return Err(ReturnRefused::UnknownSale);
        };
        if original.document.currency != self.shop.currency.code() {
            let currency = original.document.currency.clone();
            return Err(ReturnRefused::OtherCurrency(currency));
        }
        let sold = receipt.posting_date.to_datetime(receipt.posting_time);
        if is_to_come(sold, now) {
            return Err(ReturnRefused::BeforeSale);
        }
        let returns = self.catalog.returns_of(&receipt.key)?;
        OpenReturn::of(original, &returns, &self.shop.totals_settings())
    }

    pub(super) fn original_of(&self, sale: &Sale) -> Result<Original, ReturnRefused> {
        if sale.is_return() {
            return Err(ReturnRefused::IsReturn(sale.receipt_number.clone()));
        }
        if sale.company != self.shop.company.name {
            return Err(ReturnRefused::OtherCompany(sale.company.clone()));
        }
        Ok(Original::of(sale))
    }

    fn cart_as_return(&self) -> Result<OpenReturn, Notice> {
        if self.returning.is_some() {
            return Err(Notice::Return(ReturnRefused::OpenAlready));
        }
        let serial = self
            .cart
            .lines()
            .iter()
            .find(|line| !line.sold.serial_nos.is_empty() || line.missing_serial_nos > 0);
        if let Some(line) = serial {
            let item_name = line.sold.item_name.clone();
            return Err(Notice::Return(ReturnRefused::NeedsReceipt { item_name }));
        }
        let amount = self.cart.amount_to_pay(&self.shop);
        let price_list = self.shop.price_list_of(self.cart.buyer());
        let original = Original::without_receipt(&self.cart, amount, price_list)
            .ok_or(Notice::CustomerNeeded)?;
        let settings = self.shop.totals_settings();
        let mut open = OpenReturn::of(original, &[], &settings).map_err(Notice::Return)?;
        open.take_all(&settings).map_err(Notice::Return)?;
        Ok(open)
    }

    fn change_return(
        &mut self,
        change: impl FnOnce(&Self, &mut OpenReturn) -> Result<(), ReturnRefused>,
    ) -> Vec<Effect> {
        if self.stage != Stage::Selling {
            return vec![];
        }
        let Some(mut open) = self.returning.clone() else {
            return refused(Notice::Return(ReturnRefused::NotOpen));
        };
        match change(self, &mut open) {
            Ok(()) => self.take_return(Some(open)),
            Err(reason) => refused(Notice::Return(reason)),
        }
    }

    fn take_return(&mut self, returning: Option<OpenReturn>) -> Vec<Effect> {
        self.remember();
        self.pending = None;
        self.returning = returning;
        vec![self.save_cart(), Effect::Sound(Sound::Taken)]
    }

    /// Keeps cart and return for a step back.
    pub(super) fn remember(&mut self) {
        if self.undo.len() == UNDO_DEPTH {
            self.undo.pop_front();
        }
        self.undo
            .push_back((self.cart.clone(), self.returning.clone()));
    }
}

/// Whether a time of the clock is still to come. In the hour that repeats in autumn each is there
/// twice, and the first may be over.
fn is_to_come(time: DateTime, now: &Zoned) -> bool {
    let first = now.time_zone().to_ambiguous_zoned(time).earlier();
    first.map_or(time > now.datetime(), |first| first > *now)
}

/// When goods come back, by the clock. ERPNext takes no return from before its sale, and in the hour
/// that repeats in autumn the clock shows less than at the sale: then it is the time of the sale.
pub(super) fn posted(now: &Zoned, original: &Original) -> DateTime {
    let sold = original.receipt.as_ref();
    let sold = sold.map(|receipt| receipt.posting_date.to_datetime(receipt.posting_time));
    sold.map_or(now.datetime(), |sold| sold.max(now.datetime()))
}
