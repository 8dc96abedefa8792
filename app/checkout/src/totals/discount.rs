//! The document discount: `set_discount_amount` and `apply_discount_amount`.

use super::calculation::Calculation;
use super::document::{ApplyDiscountOn, ChargeType};
use super::error::TotalsError;

impl Calculation<'_> {
    /// A percentage makes the discount amount anew, whatever amount was sent with it.
    pub(super) fn set_discount_amount(&mut self) -> Result<(), TotalsError> {
        let percentage = self.document.additional_discount_percentage;
        if percentage != 0.0 {
            let total = match self.document.apply_discount_on {
                Some(ApplyDiscountOn::GrandTotal) => self.totals.grand_total,
                Some(ApplyDiscountOn::NetTotal) => self.totals.net_total,
                None => return Err(TotalsError::NoApplyDiscountOn),
            };
            self.totals.discount_amount = self.rounder.flt(
                total * percentage / 100.0,
                self.rounder.precision.document.discount_amount,
            );
        }
        Ok(())
    }

    /// Spreads the discount over the net amounts; true if that changed them, so that pass 2 is
    /// needed. The rounding remainder is given to a row as soon as it reaches one of the smallest
    /// decimals.
    pub(super) fn distribute_discount(&mut self) -> Result<bool, TotalsError> {
        let discount_amount = self.totals.discount_amount;
        if discount_amount == 0.0 {
            return Ok(false);
        }
        let Some(apply_discount_on) = self.document.apply_discount_on else {
            return Err(TotalsError::NoApplyDiscountOn);
        };
        let rounder = self.rounder;
        let precision = &rounder.precision.item;
        self.totals.base_discount_amount = rounder.flt(
            discount_amount * rounder.conversion_rate,
            rounder.precision.document.base_discount_amount,
        );

        let total = self.total_for_discount_amount(apply_discount_on);
        if total == 0.0 {
            return Ok(false);
        }
        let mut expected_net_total = 0.0;
        let mut net_total = 0.0;
        for item in &mut self.totals.items {
            let distributed = discount_amount * item.net_amount / total;
            let adjusted = item.net_amount - distributed;
            expected_net_total += adjusted;
            item.net_amount = rounder.flt(adjusted, precision.net_amount);
            item.distributed_discount_amount =
                rounder.flt(distributed, precision.distributed_discount_amount);
            net_total += item.net_amount;
            let difference = rounder.flt(
                expected_net_total - net_total,
                rounder.precision.document.net_total,
            );
            if difference != 0.0 {
                item.net_amount = rounder.flt(item.net_amount + difference, precision.net_amount);
                item.distributed_discount_amount = rounder.flt(
                    distributed + difference,
                    precision.distributed_discount_amount,
                );
                net_total += difference;
            }
            item.net_rate = if item.qty == 0.0 {
                0.0
            } else {
                rounder.flt(item.net_amount / item.qty, precision.net_rate)
            };
            rounder.set_base_net(item);
        }
        Ok(true)
    }

    /// What the discount is a share of: the net total, or the grand total without the charges a
    /// discount does not lower (fixed amounts, amounts per unit, and what is charged on those).
    fn total_for_discount_amount(&self, apply_discount_on: ApplyDiscountOn) -> f64 {
        let taxes = &self.document.taxes;
        if apply_discount_on == ApplyDiscountOn::NetTotal || taxes.is_empty() {
            return self.totals.net_total;
        }
        let mut fixed_total = 0.0;
        // For each row its fixed amount and the sum up to it, or None if it is a percentage.
        let mut fixed: Vec<Option<(f64, f64)>> = Vec::with_capacity(taxes.len());
        for (tax, total) in taxes.iter().zip(&self.totals.taxes) {
            let referred = tax.row_id.and_then(|row_id| {
                fixed
                    .get((row_id as usize).checked_sub(1)?)
                    .copied()
                    .flatten()
            });
            let amount = match (tax.charge_type, referred) {
                (ChargeType::Actual | ChargeType::OnItemQuantity, _) => Some(total.tax_amount),
                (ChargeType::OnPreviousRowAmount, Some((amount, _))) => {
                    Some(amount * total.rate / 100.0)
                }
                (_, Some((_, cumulative))) => Some(cumulative * total.rate / 100.0),
                (_, None) => None,
            };
            fixed.push(amount.map(|amount| {
                fixed_total += amount;
                (amount, fixed_total)
            }));
        }
        self.grand_total_for_distributing_discount - fixed_total
    }
}
