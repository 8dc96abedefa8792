//! `calculate_net_total`, `adjust_grand_total_for_inclusive_tax` and `calculate_totals`.

use super::calculation::Calculation;

impl Calculation<'_> {
    /// Sums of the rows. Base totals are sums of base amounts, not converted totals.
    pub(super) fn calculate_net_total(&mut self) {
        let (rounder, totals) = (self.rounder, &mut self.totals);
        let precision = &rounder.precision.document;
        let (mut total_qty, mut total, mut net_total) = (0.0, 0.0, 0.0);
        let (mut base_total, mut base_net_total) = (0.0, 0.0);
        for item in &totals.items {
            total_qty += item.qty;
            total += item.amount;
            net_total += item.net_amount;
            base_total += item.base_amount;
            base_net_total += item.base_net_amount;
        }
        totals.total_qty = total_qty;
        totals.total = rounder.flt(total, precision.total);
        totals.net_total = rounder.flt(net_total, precision.net_total);
        totals.base_total = rounder.flt(base_total, precision.base_total);
        totals.base_net_total = rounder.flt(base_net_total, precision.base_net_total);
    }

    /// With inclusive taxes the grand total should be what the shelf prices add up to. A
    /// difference of at most five of the smallest decimal is taken for rounding and hidden; a
    /// larger one really changes what the customer pays, and so it does in ERPNext.
    pub(super) fn adjust_grand_total_for_inclusive_tax(&mut self) {
        if !self.inclusive {
            return;
        }
        let (rounder, totals) = (self.rounder, &self.totals);
        let non_inclusive_tax_amount: f64 = totals
            .taxes
            .iter()
            .zip(&self.document.taxes)
            .filter(|(_, tax)| !tax.included_in_print_rate)
            .map(|(total, _)| total.tax_amount_after_discount_amount)
            .sum();
        let last_total = rounder.flt(self.last_tax_total(), rounder.precision.tax.total);
        let mut difference = totals.total + non_inclusive_tax_amount - last_total;
        if self.discount_amount_applied {
            difference -= totals.discount_amount;
        }
        let difference = rounder.flt(difference, rounder.precision.document.rounding_adjustment);
        let five_smallest = 5.0 / super::rounding::power_of_ten(rounder.precision.tax.tax_amount);
        self.grand_total_diff = if difference.abs() <= five_smallest {
            difference
        } else {
            0.0
        };
    }

    /// Grand total and sum of taxes, in both currencies.
    pub(super) fn calculate_totals(&mut self) {
        let rounder = self.rounder;
        let precision = &rounder.precision.document;
        let last_total = self.last_tax_total();
        let grand_total_diff = self.grand_total_diff;
        let totals = &mut self.totals;
        if totals.taxes.is_empty() {
            totals.grand_total = totals.net_total;
            totals.total_taxes_and_charges = 0.0;
        } else {
            totals.grand_total = last_total + grand_total_diff;
            totals.total_taxes_and_charges = rounder.flt(
                totals.grand_total - totals.net_total - grand_total_diff,
                precision.total_taxes_and_charges,
            );
        }
        totals.base_total_taxes_and_charges = rounder.base(
            totals.total_taxes_and_charges,
            precision.total_taxes_and_charges,
            precision.base_total_taxes_and_charges,
        );
        let base_grand_total = if totals.total_taxes_and_charges == 0.0 {
            totals.base_net_total
        } else {
            rounder.flt(
                totals.grand_total * rounder.conversion_rate,
                precision.base_grand_total,
            )
        };
        totals.grand_total = rounder.flt(totals.grand_total, precision.grand_total);
        totals.base_grand_total = rounder.flt(base_grand_total, precision.base_grand_total);
    }
}
