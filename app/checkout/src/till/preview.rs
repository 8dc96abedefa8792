//! What a change would do, while it is being typed.

use jiff::Zoned;

use super::changing::{document_change, line_change};
use super::{Notice, Till, today};
use crate::cart::{AboveMaxDiscount, Cart, CartError, DiscountChange, PriceChange};
use crate::money::Money;
use crate::shift::Cashier;

/// What a change of a line's price would do.
#[derive(Clone, PartialEq, Debug)]
pub struct PricePreview {
    /// The list price of one unit.
    pub list: Money,
    /// What one unit costs now.
    pub from: Money,
    /// What it would cost.
    pub to: Money,
    /// Off the list price in per cent; below zero where it costs more.
    pub discount_percentage: f64,
    /// What a manager would have to allow.
    pub above: Vec<AboveMaxDiscount>,
}

/// What a discount on the whole document would do.
#[derive(Clone, PartialEq, Debug)]
pub struct DiscountPreview {
    /// What is to be paid now.
    pub from: Money,
    /// What would be.
    pub to: Money,
    /// What would be taken off.
    pub discount_amount: Money,
    /// What a manager would have to allow.
    pub above: Vec<AboveMaxDiscount>,
}

impl Till {
    /// What [`super::Event::PriceChanged`] would do to a line, by the same rules.
    ///
    /// # Errors
    /// The [`Notice`] that the event would be refused with.
    pub fn preview_price(
        &self,
        now: &Zoned,
        line: u32,
        change: &PriceChange,
    ) -> Result<PricePreview, Notice> {
        let given = self.read_price(change)?;
        let mut cart = self.cart.clone();
        let change = line_change(given, &self.somebody());
        let (shop, catalog) = (&self.shop, &*self.catalog);
        cart.change_price(shop, catalog, today(now), line, Some(change))
            .map_err(Notice::Cart)?;
        let no_line = || Notice::Cart(CartError::NoSuchLine);
        let before = self.cart.line(line).ok_or_else(no_line)?;
        let after = cart.line(line).ok_or_else(no_line)?;
        let list = after.price_list_rate;
        let money = |rate: f64| Money::from_f64(rate, shop.currency);
        Ok(PricePreview {
            list: money(list),
            from: money(before.rate),
            to: money(after.rate),
            discount_percentage: if list == 0.0 {
                0.0
            } else {
                (list - after.rate) / list * 100.0
            },
            above: self.above(now, &cart)?,
        })
    }

    /// What [`super::Event::DiscountChanged`] would do, by the same rules.
    ///
    /// # Errors
    /// The [`Notice`] that the event would be refused with.
    pub fn preview_discount(
        &self,
        now: &Zoned,
        change: &DiscountChange,
    ) -> Result<DiscountPreview, Notice> {
        let given = self.read_discount(change)?;
        let mut cart = self.cart.clone();
        let change = document_change(given, &self.somebody());
        let (shop, catalog) = (&self.shop, &*self.catalog);
        cart.change_discount(shop, catalog, today(now), Some(change))
            .map_err(Notice::Cart)?;
        Ok(DiscountPreview {
            from: self.cart.amount_to_pay(shop),
            to: cart.amount_to_pay(shop),
            discount_amount: Money::from_f64(cart.totals().discount_amount, shop.currency),
            above: self.above(now, &cart)?,
        })
    }

    fn above(&self, now: &Zoned, cart: &Cart) -> Result<Vec<AboveMaxDiscount>, Notice> {
        cart.above_max_discount(self.ground(now))
            .map_err(Notice::Cart)
    }

    /// Who a preview is for; nobody's name is kept of it.
    fn somebody(&self) -> Cashier {
        self.cashier.clone().unwrap_or_else(|| Cashier {
            id: String::new(),
            name: String::new(),
        })
    }
}
