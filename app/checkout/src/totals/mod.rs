//! The arithmetic of ERPNext: what a POS Invoice adds up to.
//!
//! [`calculate`] is the whole of ERPNext's `calculate_taxes_and_totals` for POS Invoices, as of
//! version 15.71. The server computes on IEEE-754 doubles and rounds at certain steps only, so to
//! agree with it in every cent this module computes on `f64` too, in the server's order of
//! operations, and rounds exactly where it does. Turn results into integer money after this.
//!
//! Its steps, each in a room of its own: rounding of the inputs, rates, discounts and margins of
//! rows; inclusive prices; net total; taxes; grand total; document discount, after which taxes and
//! totals are computed again; rounded total.

mod document;
mod error;
mod settings;

mod rounding;

mod calculation;

mod items;

mod tax_rates;
mod tax_rows;

mod inclusive;
mod taxes;

mod grand_total;

mod discount;

mod rounded_total;

mod payments;

pub mod check;

pub use calculation::calculate;
pub use document::{
    ApplyDiscountOn, ChargeType, Document, ItemRow, ItemTotals, ItemWiseTax, MarginType, TaxRow,
    TaxTotals, Totals,
};
pub use error::TotalsError;
pub use payments::{
    amount_to_pay, base_paid_amount, change_amount, loyalty_amount, loyalty_points_earned,
    outstanding_amount, paid_amount,
};
pub use rounding::{MAX_PRECISION, RoundingMethod, flt};
pub use settings::{FieldPrecision, Settings, currency_precision};
