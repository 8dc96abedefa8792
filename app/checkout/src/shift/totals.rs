//! What a shift comes to so far. Sums are counts of the smallest unit, so that they are the same
//! in whatever order their parts are added: kept while selling, folded from what is stored after a
//! start, and checked against that fold when the shift is closed.

use serde::{Deserialize, Serialize};

use super::{CashDirection, CashMovement, Shift};
use crate::masters::ModeOfPaymentType;
use crate::money::{Currency, Money};
use crate::quantity::Quantity;
use crate::sale::{ReceiptNumber, Sale};
use crate::totals::ItemTotals;

/// The sums of one shift.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ShiftTotals {
    /// Sales, without returns.
    pub sales: Turnover,
    /// Returns; their amount is below zero.
    pub returns: Turnover,
    /// The lowest receipt number of the shift.
    pub first_receipt: Option<ReceiptNumber>,
    /// The highest.
    pub last_receipt: Option<ReceiptNumber>,
    /// Grand totals, before rounding to the smallest coin.
    pub grand_total: Money,
    /// Net totals.
    pub net_total: Money,
    /// Quantities, whatever their units.
    pub total_quantity: Quantity,
    /// What rounding to the smallest coin added.
    pub rounding_adjustment: Money,
    /// What was charged as taxes, by account and rate, sorted by both.
    pub taxes: Vec<TaxSum>,
    /// What lines cost less than their list prices, and what was taken off whole documents.
    pub discounts: Money,
    /// What was paid with loyalty points.
    pub loyalty_amount: Money,
    /// By mode of payment: those the shift was opened with in their order, then any other by name.
    pub modes: Vec<ModeTotals>,
    /// How many of `modes` the shift was opened with.
    pub opened_with: usize,
    /// How often the drawer was opened without a sale.
    pub drawer_openings: u32,
}

/// How many documents, and what was to be paid for them.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Turnover {
    /// How many.
    pub count: u64,
    /// What they come to.
    pub amount: Money,
}

/// What was charged under one account at one rate.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct TaxSum {
    /// The account.
    pub account_head: String,
    /// Per cent, or an amount per unit; 0 for fixed amounts.
    pub rate: f64,
    /// How much.
    pub amount: Money,
}

/// What moved through one mode of payment.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ModeTotals {
    /// The Mode of Payment.
    pub mode_of_payment: String,
    /// What it moves.
    pub kind: ModeOfPaymentType,
    /// What the shift started with.
    pub opening: Money,
    /// What was paid, less what was refunded.
    pub paid: Money,
    /// What was given back as change.
    pub change: Money,
    /// What was put in.
    pub cash_in: Money,
    /// What was taken out.
    pub cash_out: Money,
}

impl ModeTotals {
    /// What should be there.
    pub fn expected(&self) -> Money {
        self.opening
            .plus(self.paid)
            .minus(self.change)
            .plus(self.cash_in)
            .minus(self.cash_out)
    }
}

impl ShiftTotals {
    /// The sums of a shift in which nothing has happened yet.
    pub fn of(shift: &Shift) -> Self {
        let currency = shift.currency();
        let zero = currency.zero();
        let none = Turnover {
            count: 0,
            amount: zero,
        };
        let mode = |row: &super::OpeningBalance| ModeTotals {
            opening: row.opening_amount,
            ..ModeTotals::nothing(&row.mode_of_payment, row.kind, currency)
        };
        Self {
            sales: none,
            returns: none,
            first_receipt: None,
            last_receipt: None,
            grand_total: zero,
            net_total: zero,
            total_quantity: Quantity::ZERO,
            rounding_adjustment: zero,
            taxes: Vec::new(),
            discounts: zero,
            loyalty_amount: zero,
            modes: shift.balance_details.iter().map(mode).collect(),
            opened_with: shift.balance_details.len(),
            drawer_openings: 0,
        }
    }

    /// The currency of the shift.
    pub fn currency(&self) -> Currency {
        self.grand_total.currency
    }

    /// Adds a committed sale or return.
    pub fn add_sale(&mut self, sale: &Sale) {
        let currency = self.currency();
        let money = |value: f64| Money::from_f64(value, currency);
        let turnover = if sale.is_return() {
            &mut self.returns
        } else {
            &mut self.sales
        };
        turnover.count += 1;
        turnover.amount = turnover.amount.plus(sale.amount_to_pay);
        let number = &sale.receipt_number;
        let lower = |other: &ReceiptNumber| number.number < other.number;
        if self.first_receipt.as_ref().is_none_or(lower) {
            self.first_receipt = Some(number.clone());
        }
        let higher = |other: &ReceiptNumber| number.number > other.number;
        if self.last_receipt.as_ref().is_none_or(higher) {
            self.last_receipt = Some(number.clone());
        }
        let totals = &sale.totals;
        self.grand_total = self.grand_total.plus(money(totals.grand_total));
        self.net_total = self.net_total.plus(money(totals.net_total));
        self.rounding_adjustment = self
            .rounding_adjustment
            .plus(money(totals.rounding_adjustment));
        for line in &sale.lines {
            self.total_quantity = self.total_quantity.plus(line.qty);
        }
        let below_list: f64 = totals.items.iter().map(below_list).sum();
        self.discounts = self
            .discounts
            .plus(money(below_list + totals.discount_amount));
        for (row, tax) in sale.document.taxes.iter().zip(&totals.taxes) {
            let amount = money(tax.tax_amount_after_discount_amount);
            self.add_tax(&row.account_head, tax.rate, amount);
        }
        if let Some(loyalty) = &sale.loyalty {
            self.loyalty_amount = self.loyalty_amount.plus(loyalty.loyalty_amount);
        }
        for payment in &sale.payments {
            let mode = self.mode(&payment.mode_of_payment, payment.kind);
            mode.paid = mode.paid.plus(payment.amount);
        }
        if !sale.change_amount.is_zero()
            && let Some(payment) = sale.change_payment()
        {
            let mode = self.mode(&payment.mode_of_payment, payment.kind);
            mode.change = mode.change.plus(sale.change_amount);
        }
    }

    /// Adds cash that was put in or taken out.
    pub fn add_cash_movement(&mut self, movement: &CashMovement) {
        let mode = self.mode(&movement.mode_of_payment, ModeOfPaymentType::Cash);
        match movement.direction {
            CashDirection::In => mode.cash_in = mode.cash_in.plus(movement.amount),
            CashDirection::Out => mode.cash_out = mode.cash_out.plus(movement.amount),
        }
    }

    /// Counts an opening of the drawer without a sale.
    pub fn add_drawer_opening(&mut self) {
        self.drawer_openings = self.drawer_openings.saturating_add(1);
    }

    /// The sums of one mode of payment.
    pub fn mode_of_payment(&self, mode_of_payment: &str) -> Option<&ModeTotals> {
        self.modes
            .iter()
            .find(|mode| mode.mode_of_payment == mode_of_payment)
    }

    fn add_tax(&mut self, account_head: &str, rate: f64, amount: Money) {
        let place = self.taxes.binary_search_by(|tax| {
            let by_account = tax.account_head.as_str().cmp(account_head);
            by_account.then_with(|| tax.rate.total_cmp(&rate))
        });
        match place {
            Ok(place) => self.taxes[place].amount = self.taxes[place].amount.plus(amount),
            Err(place) => self.taxes.insert(
                place,
                TaxSum {
                    account_head: account_head.to_owned(),
                    rate,
                    amount,
                },
            ),
        }
    }

    fn mode(&mut self, mode_of_payment: &str, kind: ModeOfPaymentType) -> &mut ModeTotals {
        let modes = &self.modes;
        let known = modes
            .iter()
            .position(|mode| mode.mode_of_payment == mode_of_payment);
        let place = known.unwrap_or_else(|| {
            let later = &modes[self.opened_with.min(modes.len())..];
            let before = later
                .iter()
                .filter(|mode| mode.mode_of_payment.as_str() < mode_of_payment)
                .count();
            modes.len() - later.len() + before
        });
        if known.is_none() {
            let nothing = ModeTotals::nothing(mode_of_payment, kind, self.currency());
            self.modes.insert(place, nothing);
        }
        let mode = &mut self.modes[place];
        // Shifts that were opened by an earlier version do not say what their modes move.
        if mode.kind == ModeOfPaymentType::General {
            mode.kind = kind;
        }
        mode
    }
}

impl ModeTotals {
    fn nothing(mode_of_payment: &str, kind: ModeOfPaymentType, currency: Currency) -> Self {
        let zero = currency.zero();
        Self {
            mode_of_payment: mode_of_payment.to_owned(),
            kind,
            opening: zero,
            paid: zero,
            change: zero,
            cash_in: zero,
            cash_out: zero,
        }
    }
}

impl Shift {
    /// The currency that the shift was opened in.
    pub fn currency(&self) -> Currency {
        self.balance_details
            .first()
            .map_or_else(Currency::none, |row| row.opening_amount.currency)
    }
}

/// What a row costs less than its list price; below zero in a return. A rate above the list price
/// is a margin and no discount.
fn below_list(item: &ItemTotals) -> f64 {
    if item.discount_amount > 0.0 {
        item.price_list_rate * item.qty - item.amount
    } else {
        0.0
    }
}
