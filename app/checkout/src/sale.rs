//! A finished sale: the facts that are committed, printed and sent, never changed again.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

use crate::card::CardPayment;
use crate::cart::PriceReason;
use crate::masters::ModeOfPaymentType;
use crate::money::Money;
use crate::quantity::Quantity;
use crate::shift::Cashier;
use crate::totals;

/// The number a receipt carries: the till's prefix and a count without gaps, as `C1-000123`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct ReceiptNumber {
    /// The till's prefix, unique in the site: ASCII letters, digits and `-`.
    pub till: String,
    /// The count, from 1.
    pub number: u64,
}

impl fmt::Display for ReceiptNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:06}", self.till, self.number)
    }
}

/// A text that is not a receipt number.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[error("{0:?} is not a receipt number")]
pub struct ReceiptNumberError(pub String);

impl FromStr for ReceiptNumber {
    type Err = ReceiptNumberError;

    fn from_str(text: &str) -> Result<Self, ReceiptNumberError> {
        let fail = || ReceiptNumberError(text.to_owned());
        let (till, number) = text.rsplit_once('-').ok_or_else(fail)?;
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if till.is_empty() || !till.bytes().all(plain) || number.len() < 6 {
            return Err(fail());
        }
        let number = number.parse().map_err(|_| fail())?;
        Ok(Self {
            till: till.to_owned(),
            number,
        })
    }
}

impl Serialize for ReceiptNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ReceiptNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

/// A sale as it was paid. Everything ERPNext needs is here, so that pushing it later depends on
/// no master that may have changed since.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Sale {
    /// What makes it the same sale wherever it arrives: the receipt number and the till's
    /// installation, so that a till set up anew never reuses a key.
    pub key: String,
    /// The number on the receipt.
    pub receipt_number: ReceiptNumber,
    /// The key of the [`crate::shift::Shift`] it belongs to.
    pub shift: String,
    /// Who sold.
    pub cashier: Cashier,
    /// Of a return: the sale whose goods come back; `None` without a receipt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub return_against: Option<ReturnAgainst>,
    /// Of a return: why the goods come back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Of a return: who allowed it, where that was needed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_by: Option<Cashier>,
    /// The key of the other half of an exchange: a return's sale, a sale's return.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exchange: Option<String>,
    /// When, in universal time.
    pub at: Timestamp,
    /// The day in the site's time zone.
    pub posting_date: Date,
    /// The time of day in the site's time zone.
    pub posting_time: Time,
    /// Who bought.
    pub customer: String,
    /// How the customer is called on the receipt.
    pub customer_name: String,
    /// Who sells.
    pub company: String,
    /// The till's profile.
    pub pos_profile: String,
    /// The price list that prices were looked for in.
    pub selling_price_list: String,
    /// Where the goods came from.
    pub set_warehouse: String,
    /// The name of the tax template.
    pub taxes_and_charges: Option<String>,
    /// The tax category.
    pub tax_category: Option<String>,
    /// Where change came from.
    pub account_for_change_amount: Option<String>,
    /// The currency of the price list, where it is another than the document's.
    #[serde(default)]
    pub price_list_currency: Option<String>,
    /// Company currency for one of the price list's; 1 where both are the same.
    #[serde(default = "one")]
    pub plc_conversion_rate: f64,
    /// The lines, in the order of ERPNext's document: what is sold, then what is given. The
    /// receipt has them in another; see [`Sale::receipt_lines`].
    pub lines: Vec<SaleLine>,
    /// The coupon that the customer showed.
    #[serde(default)]
    pub coupon: Option<SaleCoupon>,
    /// The points that the customer paid with and earned.
    #[serde(default)]
    pub loyalty: Option<SaleLoyalty>,
    /// What the arithmetic was given, as ERPNext recomputes it with `ignore_pricing_rule`: its
    /// items are those of `lines`, in order, with their final rates and no pricing rules.
    pub document: totals::Document,
    /// What the arithmetic answered.
    pub totals: totals::Totals,
    /// How it was paid.
    pub payments: Vec<Payment>,
    /// What was to be paid: the rounded total, or the grand total where rounding is off.
    pub amount_to_pay: Money,
    /// What was handed over.
    pub paid_amount: Money,
    /// What was given back.
    pub change_amount: Money,
}

/// The sale that a return belongs to.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct ReturnAgainst {
    /// The number on its receipt.
    pub receipt_number: ReceiptNumber,
    /// Its [`Sale::key`].
    pub key: String,
    /// Its day in the site's time zone.
    pub posting_date: Date,
    /// Its time of day in the site's time zone.
    pub posting_time: Time,
}

/// A coupon that was taken.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SaleCoupon {
    /// The key of the Coupon Code, what POS Invoice.coupon_code links to.
    pub name: String,
    /// What stands on the coupon.
    pub coupon_code: String,
    /// How often it may be used; 0 for no limit, and such a one ERPNext does not let a POS Invoice
    /// be submitted with.
    pub maximum_use: i64,
}

/// Points of the Loyalty Program that the customer is in.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct SaleLoyalty {
    /// The program.
    pub loyalty_program: String,
    /// The points that were paid with; 0 for none.
    pub loyalty_points: i64,
    /// What they paid.
    pub loyalty_amount: Money,
    /// The account that redeemed points are booked to (Loyalty Program.expense_account).
    pub loyalty_redemption_account: Option<String>,
    /// The cost center of that.
    pub loyalty_redemption_cost_center: Option<String>,
    /// The points that the customer earns with this sale, as far as the till knows; below zero
    /// where a return takes some back.
    pub points_earned: i64,
}

/// A line of a sale: what the arithmetic does not know of it.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct SaleLine {
    /// The item.
    pub item_code: String,
    /// Its name on the receipt.
    pub item_name: String,
    /// How much, in `uom`.
    pub qty: Quantity,
    /// The unit sold.
    pub uom: String,
    /// The unit of the stock.
    pub stock_uom: String,
    /// Stock units in one `uom`.
    pub conversion_factor: f64,
    /// The barcode it was scanned by.
    pub barcode: Option<String>,
    /// The item tax template that changed its rates.
    pub item_tax_template: Option<String>,
    /// The batch it came out of.
    pub batch_no: Option<String>,
    /// The batch by its package, or as a person chose it: its maker's lot, which ERPNext need not
    /// know, where a code said it. `None` where the till took `batch_no` by itself, and where
    /// packages of several are on the line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch_on_package: Option<String>,
    /// The day on the package until which it may be used or is at its best, where the code said it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expiry_date: Option<Date>,
    /// The serial numbers that left, as many as stock units.
    pub serial_nos: Vec<String>,
    /// The Item Price its list price came from, where there was one.
    pub item_price: Option<String>,
    /// A pricing rule gave it; ERPNext's field of that name.
    #[serde(default)]
    pub is_free_item: bool,
    /// Its place on the receipt, from 0.
    #[serde(default)]
    pub place: usize,
    /// The item's highest discount is passed, with a manager's approval or by a rule that leaves
    /// nothing to pay.
    #[serde(default)]
    pub above_max_discount: bool,
    /// Why one unit costs what it costs, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<PriceReason>,
    /// What leaves the shop where it is a Product Bundle, for people to read.
    #[serde(default)]
    pub contents: Option<String>,
    /// In a return: the name of the original's row, as [`crate::returns::row_name`] makes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returns: Option<String>,
}

fn one() -> f64 {
    1.0
}

/// One way a sale was paid.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Payment {
    /// The Mode of Payment.
    pub mode_of_payment: String,
    /// What it moves.
    pub kind: ModeOfPaymentType,
    /// The account that received it.
    pub account: String,
    /// How much was handed over.
    pub amount: Money,
    /// What a card terminal did of it, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cards: Vec<CardPayment>,
}

impl Sale {
    /// Whether it books goods that came back.
    pub fn is_return(&self) -> bool {
        self.document.is_return
    }

    /// The payment that change was given from: the one booked to the account for change, else the
    /// first in cash. `None` where nothing was paid in cash.
    pub fn change_payment(&self) -> Option<&Payment> {
        let account = self.account_for_change_amount.as_ref();
        let mut payments = self.payments.iter();
        payments
            .clone()
            .find(|payment| Some(&payment.account) == account)
            .or_else(|| payments.find(|payment| payment.kind == ModeOfPaymentType::Cash))
    }

    /// Whether notes or coins changed hands, so that the drawer must open.
    pub fn moved_cash(&self) -> bool {
        self.payments
            .iter()
            .any(|payment| payment.kind == ModeOfPaymentType::Cash && !payment.amount.is_zero())
    }

    /// The lines in the order of the receipt, each with its place in [`Sale::lines`] and so among
    /// the items of document and totals.
    pub fn receipt_lines(&self) -> Vec<(usize, &SaleLine)> {
        let mut lines: Vec<_> = self.lines.iter().enumerate().collect();
        // Stable: sales from before lines had places stay in their order.
        lines.sort_by_key(|(_, line)| line.place);
        lines
    }

    /// The number of pieces or weights sold, summed as ERPNext's `total_qty` is.
    pub fn line_count(&self) -> usize {
        self.lines.len()
    }
}
