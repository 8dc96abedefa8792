//! `validate_taxes_and_charges` and `validate_inclusive_tax`: which tax row may build on which.

use super::calculation::Calculation;
use super::document::{ChargeType, TaxRow};
use super::error::TotalsError;

/// The place of the row a validated "On Previous Row …" refers to.
pub(super) fn referred_row(tax: &TaxRow) -> usize {
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
