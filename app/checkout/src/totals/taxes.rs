//! `initialize_taxes` and `calculate_taxes`: the tax of every item in every tax row, added up and
//! rounded.

use super::calculation::{Calculation, in_range};
use super::document::{ApplyDiscountOn, ChargeType};
use super::error::TotalsError;
use super::tax_rates::row_rate;
use super::tax_rows::referred_row;

impl Calculation<'_> {
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
        self.detail.clear();
    }

    fn keeps_tax_amount(&self) -> bool {
        self.discount_amount_applied
            && self.document.apply_discount_on == Some(ApplyDiscountOn::GrandTotal)
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
            let mut grand_total_for_current_item = item.net_amount;
            let rows = taxes.iter().zip(&mut self.totals.taxes);
            for (i, ((tax, total), &rate)) in rows.zip(self.rates.of_item(index)).enumerate() {
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

                let detail = self.detail.entry(i, index);
                let mut item_wise = current * rounder.conversion_rate;
                if round_row_wise_tax {
                    item_wise = rounder.flt(item_wise, precision);
                }
                item_wise += detail.1;
                if round_row_wise_tax {
                    item_wise = rounder.flt(item_wise, precision);
                    current = rounder.flt(current, precision);
                }
                *detail = (rate, item_wise);

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
        let whole_unit_accounts = &self.settings.round_off_applicable_accounts;
        for (tax, row) in self.totals.taxes.iter_mut().zip(&self.document.taxes) {
            let whole_units = whole_unit_accounts.contains(&row.account_head);
            if whole_units {
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
            if whole_units {
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
}
