//! `determine_exclusive_rate`: net prices out of prices that contain taxes.

use super::calculation::{Calculation, in_range};
use super::document::ChargeType;
use super::error::TotalsError;
use super::tax_rows::referred_row;

impl Calculation<'_> {
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
                let fields = [
                    ("tax fraction", cumulated_tax_fraction),
                    ("net_amount", net_amount),
                ];
                in_range(&fields, || format!("items[{}].", index + 1))?;
                item.net_amount = rounder.flt(net_amount, precision.net_amount);
                item.net_rate = rounder.flt(item.net_amount / item.qty, precision.net_rate);
                rounder.set_base_net(item);
            }
        }
        Ok(())
    }
}
