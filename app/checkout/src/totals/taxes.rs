//! The tax rows: `validate_taxes_and_charges`, `initialize_taxes`, `determine_exclusive_rate` (net
//! prices out of inclusive ones) and `calculate_taxes`.

use std::collections::HashMap;

use super::calculation::{Calculation, Rounder, in_range};
use super::document::{ApplyDiscountOn, ChargeType, Document, ItemWiseTax, TaxRow};
use super::error::TotalsError;
use super::settings::Settings;

/// The rate of every tax for every item, and the tax by item code: all that needs names, looked up
/// once so that the loops over items and taxes need none.
pub(super) struct TaxRates<'a> {
    /// Item by item, a rate per tax row.
    rates: Vec<f64>,
    /// For each item row the place of its code in `codes`.
    slots: Vec<usize>,
    /// The item codes in the order of first appearance.
    codes: Vec<&'a str>,
    /// Tax by tax, `[rate, amount]` per item code.
    detail: Vec<[f64; 2]>,
    /// Whether the site's region rounds a tax row to whole units.
    whole_units: Vec<bool>,
}

impl<'a> TaxRates<'a> {
    pub(super) fn new(document: &'a Document, settings: &Settings, rounder: &Rounder) -> Self {
        let flt = |rate| rounder.flt(rate, rounder.precision.tax.rate);
        let taxes = &document.taxes;
        let row_rates: Vec<f64> = taxes.iter().map(|tax| flt(row_rate(tax))).collect();

        let mut rates = Vec::with_capacity(document.items.len() * taxes.len());
        let mut slots = Vec::with_capacity(document.items.len());
        let mut codes = Vec::with_capacity(document.items.len());
        let mut slot_of = HashMap::with_capacity(document.items.len());
        for item in &document.items {
            for (tax, row_rate) in taxes.iter().zip(&row_rates) {
                let own = item.item_tax_rate.get(&tax.account_head);
                rates.push(own.map_or(*row_rate, |rate| flt(*rate)));
            }
            slots.push(*slot_of.entry(item.item_code.as_str()).or_insert_with(|| {
                codes.push(item.item_code.as_str());
                codes.len() - 1
            }));
        }
        let detail = vec![[0.0; 2]; taxes.len() * codes.len()];
        let whole_units = taxes
            .iter()
            .map(|tax| {
                settings
                    .round_off_applicable_accounts
                    .contains(&tax.account_head)
            })
            .collect();
        Self {
            rates,
            slots,
            codes,
            detail,
            whole_units,
        }
    }

    /// The rates of the item at `index`, one per tax row.
    fn of_item(&self, index: usize) -> &[f64] {
        let taxes = self.whole_units.len();
        &self.rates[index * taxes..(index + 1) * taxes]
    }
}

/// `Actual` has no rate of its own.
fn row_rate(tax: &TaxRow) -> f64 {
    if tax.charge_type == ChargeType::Actual {
        0.0
    } else {
        tax.rate
    }
}

/// The place of the row a validated "On Previous Row …" refers to.
fn referred_row(tax: &TaxRow) -> usize {
    tax.row_id
        .map_or(0, |row_id| row_id.saturating_sub(1) as usize)
}

impl Calculation<'_> {
    /// Refuses tax rows that refer to rows they may not.
    pub(super) fn validate_taxes(&self) -> Result<(), TotalsError> {
        let taxes = &self.document.taxes;
        for (row, tax) in (1..).zip(taxes) {
            validate_row_id(row, tax)?;
            if tax.included_in_print_rate {
                validate_inclusive_tax(row, tax, taxes)?;
            }
        }
        Ok(())
    }

    /// Clears what a pass computes. A tax amount stays if it is an input (Actual), or in pass 2 if
    /// the discount is on the grand total: it then shows the tax before the discount.
    pub(super) fn initialize_taxes(&mut self) {
        let rounder = self.rounder;
        let precision = &rounder.precision.tax;
        let keep_tax_amount = self.keeps_tax_amount();
        for (total, tax) in self.totals.taxes.iter_mut().zip(&self.document.taxes) {
            total.rate = rounder.flt(row_rate(tax), precision.rate);
            if tax.charge_type == ChargeType::Actual {
                total.tax_amount = rounder.flt(tax.tax_amount, precision.tax_amount);
            } else if !keep_tax_amount {
                total.tax_amount = 0.0;
            }
            total.tax_amount_after_discount_amount = 0.0;
            total.total = 0.0;
        }
        self.rates.detail.fill([0.0; 2]);
    }

    fn keeps_tax_amount(&self) -> bool {
        self.discount_amount_applied
            && self.document.apply_discount_on == Some(ApplyDiscountOn::GrandTotal)
    }

    /// Takes the inclusive taxes out of the net amounts. The fractions are computed along the tax
    /// rows, because a later row may build on an earlier one.
    pub(super) fn determine_exclusive_rate(&mut self) -> Result<(), TotalsError> {
        if !self.inclusive || self.discount_amount_applied {
            return Ok(());
        }
        let rounder = self.rounder;
        let precision = &rounder.precision.item;
        let taxes = &self.document.taxes;
        let mut tax_fractions = vec![0.0; taxes.len()];
        let mut grand_total_fractions = vec![0.0; taxes.len()];
        for (index, item) in self.totals.items.iter_mut().enumerate() {
            let mut cumulated_tax_fraction = 0.0;
            let mut inclusive_tax_amount = 0.0;
            let mut previous_grand_total_fraction = 1.0;
            for (i, (tax, rate)) in taxes.iter().zip(self.rates.of_item(index)).enumerate() {
                let mut tax_fraction = 0.0;
                if tax.included_in_print_rate {
                    match tax.charge_type {
                        ChargeType::OnNetTotal => tax_fraction = rate / 100.0,
                        ChargeType::OnPreviousRowAmount => {
                            tax_fraction = rate / 100.0 * tax_fractions[referred_row(tax)];
                        }
                        ChargeType::OnPreviousRowTotal => {
                            tax_fraction = rate / 100.0 * grand_total_fractions[referred_row(tax)];
                        }
                        ChargeType::OnItemQuantity => inclusive_tax_amount += rate * item.qty,
                        ChargeType::Actual => {}
                    }
                }
                tax_fractions[i] = tax_fraction;
                previous_grand_total_fraction += tax_fraction;
                grand_total_fractions[i] = previous_grand_total_fraction;
                cumulated_tax_fraction += tax_fraction;
            }
            if item.qty != 0.0 && (cumulated_tax_fraction != 0.0 || inclusive_tax_amount != 0.0) {
                let divisor = 1.0 + cumulated_tax_fraction;
                if divisor == 0.0 {
                    return Err(TotalsError::InclusiveTaxesCancel { row: index + 1 });
                }
                let net_amount = (item.amount - inclusive_tax_amount) / divisor;
                in_range(&[("net_amount", net_amount)], || {
                    format!("items[{}].", index + 1)
                })?;
                item.net_amount = rounder.flt(net_amount, precision.net_amount);
                item.net_rate = rounder.flt(item.net_amount / item.qty, precision.net_rate);
                rounder.set_base_net(item);
            }
        }
        Ok(())
    }

    /// Adds up the tax of every item in every tax row, then rounds the rows.
    pub(super) fn calculate_taxes(&mut self) -> Result<(), TotalsError> {
        if self.document.taxes.is_empty() {
            return Ok(());
        }
        self.accumulate_taxes();
        for (row, tax) in (1..).zip(&self.totals.taxes) {
            let fields = [
                ("tax_amount", tax.tax_amount),
                (
                    "tax_amount_after_discount_amount",
                    tax.tax_amount_after_discount_amount,
                ),
            ];
            in_range(&fields, || format!("taxes[{row}]."))?;
        }
        self.set_grand_total_for_discount();
        self.round_off_taxes();
        Ok(())
    }

    fn accumulate_taxes(&mut self) {
        let rounder = self.rounder;
        let precision = rounder.precision.tax.tax_amount;
        let round_row_wise_tax = self.settings.round_row_wise_tax;
        let keep_tax_amount = self.keeps_tax_amount();
        let taxes = &self.document.taxes;
        let net_total = self.totals.net_total;
        let last_item = self.totals.items.len().saturating_sub(1);
        let codes = self.rates.codes.len();

        // What of each Actual amount is still to be given to an item.
        let actual: Vec<f64> = self
            .totals
            .taxes
            .iter()
            .map(|tax| rounder.flt(tax.tax_amount, precision))
            .collect();
        let mut actual_left = actual.clone();
        let mut current_tax_amounts = vec![0.0; taxes.len()];
        let mut current_grand_totals = vec![0.0; taxes.len()];

        for (index, item) in self.totals.items.iter().enumerate() {
            let rates_start = index * taxes.len();
            let mut grand_total_for_current_item = item.net_amount;
            for (i, (tax, total)) in taxes.iter().zip(&mut self.totals.taxes).enumerate() {
                let rate = self.rates.rates[rates_start + i];
                let mut current = match tax.charge_type {
                    ChargeType::Actual if net_total == 0.0 => 0.0,
                    ChargeType::Actual => item.net_amount * actual[i] / net_total,
                    ChargeType::OnNetTotal => rate / 100.0 * item.net_amount,
                    ChargeType::OnPreviousRowAmount => {
                        rate / 100.0 * current_tax_amounts[referred_row(tax)]
                    }
                    ChargeType::OnPreviousRowTotal => {
                        rate / 100.0 * current_grand_totals[referred_row(tax)]
                    }
                    ChargeType::OnItemQuantity => rate * item.qty,
                };

                let detail = &mut self.rates.detail[i * codes + self.rates.slots[index]];
                let mut item_wise = current * rounder.conversion_rate;
                if round_row_wise_tax {
                    item_wise = rounder.flt(item_wise, precision);
                }
                item_wise += detail[1];
                if round_row_wise_tax {
                    item_wise = rounder.flt(item_wise, precision);
                    current = rounder.flt(current, precision);
                }
                *detail = [rate, item_wise];

                if tax.charge_type == ChargeType::Actual {
                    actual_left[i] -= current;
                    if index == last_item {
                        current += actual_left[i];
                    }
                } else if !keep_tax_amount {
                    total.tax_amount += current;
                }
                total.tax_amount_after_discount_amount += current;
                grand_total_for_current_item += current;
                current_tax_amounts[i] = current;
                current_grand_totals[i] = grand_total_for_current_item;
            }
        }
    }

    /// Remembers the grand total a discount is distributed against (pass 1), and what rounding
    /// makes of it (pass 2).
    fn set_grand_total_for_discount(&mut self) {
        let discount_amount = self.totals.discount_amount;
        let has_discount = self.discount_amount_applied
            || discount_amount != 0.0
            || self.document.additional_discount_percentage != 0.0;
        if self.document.apply_discount_on != Some(ApplyDiscountOn::GrandTotal) || !has_discount {
            return;
        }
        let rounder = self.rounder;
        if self.discount_amount_applied {
            for tax in &mut self.totals.taxes {
                tax.tax_amount_after_discount_amount = rounder.flt(
                    tax.tax_amount_after_discount_amount,
                    rounder.precision.tax.tax_amount,
                );
            }
        }
        self.set_cumulative_totals();
        let last_total = self.last_tax_total();
        if self.discount_amount_applied {
            self.grand_total_diff = rounder.flt(
                self.grand_total_for_distributing_discount - discount_amount - last_total,
                rounder.precision.document.grand_total,
            );
        } else {
            self.grand_total_for_distributing_discount = last_total;
        }
    }

    fn set_cumulative_totals(&mut self) {
        let rounder = self.rounder;
        let mut total = self.totals.net_total;
        for tax in &mut self.totals.taxes {
            total = rounder.flt(
                total + tax.tax_amount_after_discount_amount,
                rounder.precision.tax.total,
            );
            tax.total = total;
        }
    }

    /// The total of the last tax row; the net total without tax rows.
    pub(super) fn last_tax_total(&self) -> f64 {
        self.totals
            .taxes
            .last()
            .map_or(self.totals.net_total, |tax| tax.total)
    }

    fn round_off_taxes(&mut self) {
        let rounder = self.rounder;
        let precision = &rounder.precision.tax;
        for (tax, whole_units) in self.totals.taxes.iter_mut().zip(&self.rates.whole_units) {
            if *whole_units {
                tax.tax_amount = tax.tax_amount.round_ties_even();
                tax.tax_amount_after_discount_amount =
                    tax.tax_amount_after_discount_amount.round_ties_even();
            }
            tax.tax_amount = rounder.flt(tax.tax_amount, precision.tax_amount);
            tax.tax_amount_after_discount_amount =
                rounder.flt(tax.tax_amount_after_discount_amount, precision.tax_amount);
            tax.base_tax_amount = rounder.base(
                tax.tax_amount,
                precision.tax_amount,
                precision.base_tax_amount,
            );
            tax.base_tax_amount_after_discount_amount = rounder.base(
                tax.tax_amount_after_discount_amount,
                precision.tax_amount_after_discount_amount,
                precision.base_tax_amount_after_discount_amount,
            );
            if *whole_units {
                tax.base_tax_amount = tax.base_tax_amount.round_ties_even();
                tax.base_tax_amount_after_discount_amount =
                    tax.base_tax_amount_after_discount_amount.round_ties_even();
            }
        }
        self.set_cumulative_totals();
        for tax in &mut self.totals.taxes {
            tax.base_total = rounder.base(tax.total, precision.total, precision.base_total);
        }
    }

    /// Writes the tax by item code into the totals.
    pub(super) fn set_item_wise_tax_detail(&mut self) {
        let codes = &self.rates.codes;
        if codes.is_empty() {
            return;
        }
        let details = self.rates.detail.chunks_exact(codes.len());
        for ((total, tax), detail) in self
            .totals
            .taxes
            .iter_mut()
            .zip(&self.document.taxes)
            .zip(details)
        {
            if !tax.dont_recompute_tax {
                total.item_wise_tax_detail = codes
                    .iter()
                    .zip(detail)
                    .map(|(code, [tax_rate, tax_amount])| ItemWiseTax {
                        item_code: (*code).to_owned(),
                        tax_rate: *tax_rate,
                        tax_amount: *tax_amount,
                    })
                    .collect();
            }
        }
    }
}

fn validate_row_id(row: usize, tax: &TaxRow) -> Result<(), TotalsError> {
    let charge_type = tax.charge_type.as_str();
    match (tax.charge_type, tax.row_id) {
        (ChargeType::Actual | ChargeType::OnNetTotal, Some(_)) => {
            Err(TotalsError::RowIdNotAllowed { row, charge_type })
        }
        (ChargeType::OnPreviousRowAmount | ChargeType::OnPreviousRowTotal, row_id) => {
            match row_id {
                _ if row == 1 => Err(TotalsError::NoPreviousRow { charge_type }),
                None => Err(TotalsError::RowIdMissing { row, charge_type }),
                Some(row_id) if row_id == 0 || row_id as usize >= row => {
                    Err(TotalsError::RowIdNotEarlier { row, row_id })
                }
                Some(_) => Ok(()),
            }
        }
        _ => Ok(()),
    }
}

/// A tax in the price needs what it is charged on in the price as well.
fn validate_inclusive_tax(row: usize, tax: &TaxRow, taxes: &[TaxRow]) -> Result<(), TotalsError> {
    let not_inclusive = |needed: &usize| !taxes[*needed].included_in_print_rate;
    let referred = referred_row(tax);
    let needed = match tax.charge_type {
        ChargeType::Actual => return Err(TotalsError::InclusiveActual { row }),
        ChargeType::OnPreviousRowAmount => Some(referred).filter(not_inclusive),
        ChargeType::OnPreviousRowTotal => (0..referred).find(not_inclusive),
        ChargeType::OnNetTotal | ChargeType::OnItemQuantity => None,
    };
    match needed {
        Some(needed) => Err(TotalsError::InclusiveOnExclusive {
            row,
            needed: needed + 1,
        }),
        None => Ok(()),
    }
}
