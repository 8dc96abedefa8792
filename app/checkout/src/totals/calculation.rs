//! One calculation: the steps of ERPNext's `calculate_taxes_and_totals` in their order.
//!
//! Pass 1 computes the document without its discount. If there is a discount, it is distributed
//! over the net amounts and pass 2 computes taxes and totals again from those.

use super::document::{Document, ItemTotals, TaxTotals, Totals};
use super::error::TotalsError;
use super::rounding::{RoundingMethod, flt};
use super::settings::{Precision, Settings};
use super::tax_rates::{ItemWiseDetail, TaxRates};

/// ERPNext's columns are `decimal(21,9)`: it cannot store this or more.
const TOO_LARGE: f64 = 1e12;

/// Computes every total of `document` as ERPNext does when it saves it.
///
/// # Errors
/// [`TotalsError`] for what ERPNext refuses (tax rows that refer to rows they may not, a foreign
/// currency without a rate, …) and for numbers it cannot store.
pub fn calculate(document: &Document, settings: &Settings) -> Result<Totals, TotalsError> {
    let mut calculation = Calculation::new(document, settings)?;
    calculation.validate_taxes()?;
    calculation.calculate_item_values();
    calculation.calculate_pass()?;
    calculation.set_discount_amount()?;
    if calculation.distribute_discount()? {
        calculation.discount_amount_applied = true;
        calculation.rates = TaxRates::discounted(document, &calculation.rounder);
        calculation.calculate_pass()?;
    }
    calculation.finish()
}

/// A calculation under way. Each step is a method, in the room of its subject.
pub(super) struct Calculation<'a> {
    pub(super) document: &'a Document,
    pub(super) settings: &'a Settings,
    pub(super) rounder: Rounder,
    /// Whether any tax row is included in the prices.
    pub(super) inclusive: bool,
    pub(super) rates: TaxRates,
    pub(super) detail: ItemWiseDetail<'a>,
    /// False in pass 1, true in pass 2.
    pub(super) discount_amount_applied: bool,
    /// The last tax row's total before the discount, unless the discount is on the net total.
    pub(super) grand_total_for_distributing_discount: f64,
    /// What has to be added to the last tax row's total so that rounding does not show.
    pub(super) grand_total_diff: f64,
    pub(super) totals: Totals,
}

/// Rounds and converts as this document and site want it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rounder {
    method: RoundingMethod,
    pub(super) conversion_rate: f64,
    pub(super) precision: Precision,
}

impl Rounder {
    /// `flt` by the site's method.
    pub(super) fn flt(&self, value: f64, precision: u8) -> f64 {
        flt(value, precision, self.method)
    }

    /// ERPNext's `_set_in_company_currency`: `value` in the company's currency, rounded before and
    /// after the conversion.
    pub(super) fn base(&self, value: f64, precision: u8, base_precision: u8) -> f64 {
        self.flt(
            self.flt(value, precision) * self.conversion_rate,
            base_precision,
        )
    }
}

impl<'a> Calculation<'a> {
    fn new(document: &'a Document, settings: &'a Settings) -> Result<Self, TotalsError> {
        check_input(document, settings)?;
        let precision = Precision::new(settings)?;
        let conversion_rate = conversion_rate(document, settings)?;
        let rounder = Rounder {
            method: settings.rounding_method,
            conversion_rate,
            precision,
        };
        let totals = Totals {
            items: vec![ItemTotals::default(); document.items.len()],
            taxes: vec![TaxTotals::default(); document.taxes.len()],
            conversion_rate,
            discount_amount: document.discount_amount,
            ..Totals::default()
        };
        Ok(Self {
            document,
            settings,
            rounder,
            inclusive: document.taxes.iter().any(|tax| tax.included_in_print_rate),
            rates: TaxRates::new(document, &rounder),
            detail: ItemWiseDetail::new(&document.items, document.taxes.len()),
            discount_amount_applied: false,
            grand_total_for_distributing_discount: 0.0,
            grand_total_diff: 0.0,
            totals,
        })
    }

    /// ERPNext's `_calculate`, but for the item values, which only pass 1 computes.
    fn calculate_pass(&mut self) -> Result<(), TotalsError> {
        self.initialize_taxes();
        self.determine_exclusive_rate()?;
        self.calculate_net_total();
        self.calculate_taxes()?;
        self.adjust_grand_total_for_inclusive_tax();
        self.calculate_totals();
        self.set_rounded_total();
        Ok(())
    }

    fn finish(mut self) -> Result<Totals, TotalsError> {
        for (index, tax) in self.document.taxes.iter().enumerate() {
            if !tax.dont_recompute_tax {
                self.totals.taxes[index].item_wise_tax_detail = self.detail.of_tax(index);
            }
        }
        let totals = self.totals;
        for (row, item) in (1..).zip(&totals.items) {
            let fields = [
                ("rate", item.rate),
                ("discount_amount", item.discount_amount),
                ("rate_with_margin", item.rate_with_margin),
                ("amount", item.amount),
                ("net_rate", item.net_rate),
                ("net_amount", item.net_amount),
                ("base_price_list_rate", item.base_price_list_rate),
                ("base_rate", item.base_rate),
                ("base_amount", item.base_amount),
                ("base_net_rate", item.base_net_rate),
                ("base_net_amount", item.base_net_amount),
            ];
            in_range(&fields, || format!("items[{row}]."))?;
        }
        for (row, tax) in (1..).zip(&totals.taxes) {
            let fields = [("total", tax.total), ("base_total", tax.base_total)];
            in_range(&fields, || format!("taxes[{row}]."))?;
        }
        let fields = [
            ("total", totals.total),
            ("net_total", totals.net_total),
            ("discount_amount", totals.discount_amount),
            ("grand_total", totals.grand_total),
            ("rounded_total", totals.rounded_total),
            ("base_total", totals.base_total),
            ("base_net_total", totals.base_net_total),
            ("base_grand_total", totals.base_grand_total),
            ("base_rounded_total", totals.base_rounded_total),
        ];
        in_range(&fields, String::new)?;
        Ok(totals)
    }
}

/// The rate to the company's currency: 1 if the document is in that currency.
fn conversion_rate(document: &Document, settings: &Settings) -> Result<f64, TotalsError> {
    if document.currency.is_empty() || document.currency == settings.company_currency {
        return Ok(1.0);
    }
    if document.conversion_rate == 0.0 {
        return Err(TotalsError::NoConversionRate {
            currency: document.currency.clone(),
            company_currency: settings.company_currency.clone(),
        });
    }
    Ok(document.conversion_rate)
}

/// Keeps numbers out that ERPNext could not store, so that no step can overflow unnoticed.
fn check_input(document: &Document, settings: &Settings) -> Result<(), TotalsError> {
    for (row, item) in (1..).zip(&document.items) {
        let fields = [
            ("qty", item.qty),
            ("price_list_rate", item.price_list_rate),
            ("rate", item.rate),
            ("discount_percentage", item.discount_percentage),
            ("discount_amount", item.discount_amount),
            ("margin_rate_or_amount", item.margin_rate_or_amount),
        ];
        in_range(&fields, || format!("items[{row}]."))?;
        let discounted = item.discounted_item_tax_rate.iter().flatten();
        for (account_head, rate) in item.item_tax_rate.iter().chain(discounted) {
            in_range(&[(account_head.as_str(), *rate)], || {
                format!("items[{row}].item_tax_rate.")
            })?;
        }
    }
    for (row, tax) in (1..).zip(&document.taxes) {
        let fields = [("rate", tax.rate), ("tax_amount", tax.tax_amount)];
        in_range(&fields, || format!("taxes[{row}]."))?;
    }
    let fields = [
        ("conversion_rate", document.conversion_rate),
        (
            "additional_discount_percentage",
            document.additional_discount_percentage,
        ),
        ("discount_amount", document.discount_amount),
        (
            "smallest_currency_fraction_value",
            settings.smallest_currency_fraction_value,
        ),
    ];
    in_range(&fields, String::new)
}

/// `prefix` completes the name of the field and is only asked for when one is out of range.
pub(super) fn in_range(
    fields: &[(&str, f64)],
    prefix: impl Fn() -> String,
) -> Result<(), TotalsError> {
    match fields
        .iter()
        .find(|(_, value)| value.is_nan() || value.abs() >= TOO_LARGE)
    {
        None => Ok(()),
        Some((field, value)) => Err(TotalsError::OutOfRange {
            field: format!("{}{field}", prefix()),
            value: value.to_string(),
        }),
    }
}
