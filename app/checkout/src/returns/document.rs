//! The negative document.

use super::{Back, Original};
use crate::quantity::Quantity;
use crate::sale::Sale;
use crate::totals::{ChargeType, Document, ItemRow, Settings};

/// What came back of an original before.
#[derive(Clone, PartialEq, Debug, Default, serde::Serialize, serde::Deserialize)]
pub(crate) struct Earlier {
    /// Row by row.
    pub(crate) rows: Vec<Back>,
    /// How much of the document's discount amount, above zero.
    discount_amount: f64,
    /// How much of each fixed tax, in the sign of the original.
    actual: Vec<f64>,
    /// What all of it came to, above zero: ERPNext takes points back by it.
    pub(crate) grand_total: f64,
}

impl Earlier {
    /// What these returns took back of an original.
    pub(crate) fn of(original: &Original, returns: &[Sale]) -> Self {
        let mut earlier = Self {
            rows: vec![Back::default(); original.lines.len()],
            discount_amount: 0.0,
            actual: vec![0.0; original.document.taxes.len()],
            grand_total: 0.0,
        };
        let Some(receipt) = &original.receipt else {
            return earlier;
        };
        for back in returns.iter().filter(|back| back.is_return()) {
            for line in &back.lines {
                let row = line.returns.as_deref().and_then(|name| {
                    let number = name.strip_prefix(&receipt.key)?.strip_prefix('-')?;
                    let place: usize = number.parse().ok()?;
                    earlier.rows.get_mut(place.checked_sub(1)?)
                });
                if let Some(row) = row {
                    row.qty = row.qty.plus(line.qty.negated());
                    row.serial_nos.extend(line.serial_nos.iter().cloned());
                }
            }
            earlier.discount_amount -= back.document.discount_amount;
            let fixed = back.document.taxes.iter();
            for (sum, tax) in earlier.actual.iter_mut().zip(fixed) {
                if tax.charge_type == ChargeType::Actual {
                    *sum -= tax.tax_amount;
                }
            }
            earlier.grand_total -= back.totals.grand_total;
        }
        earlier
    }

    /// How much of a row may still come back.
    pub(crate) fn left(&self, original: &Original, place: usize) -> Quantity {
        let sold = original
            .lines
            .get(place)
            .map_or(Quantity::ZERO, |it| it.qty);
        let back = self.rows.get(place).map_or(Quantity::ZERO, |row| row.qty);
        sold.plus(back.negated()).max(Quantity::ZERO)
    }
}

/// The document of what comes back, and the places of its rows in the original.
///
/// Rates, percentages and templates are those of the original. An amount that was taken off the
/// whole document, or charged on it, goes back in the share that the rows have in it; with the
/// last of the goods goes the rest, so that no cent of it stays or is paid twice.
pub(crate) fn negative_document(
    original: &Original,
    earlier: &Earlier,
    back: &[Back],
    settings: &Settings,
) -> (Document, Vec<usize>) {
    let places: Vec<usize> = (0..original.lines.len())
        .filter(|place| back.get(*place).is_some_and(|row| !row.qty.is_zero()))
        .collect();
    let share = share(original, back);
    let is_last = (0..original.lines.len()).all(|place| {
        let qty = back.get(place).map_or(Quantity::ZERO, |row| row.qty);
        qty >= earlier.left(original, place)
    });
    let part = |whole: f64, before: f64| {
        let rest = whole - before;
        let part = if is_last { rest } else { whole * share };
        // Never past what is left of it, whatever its sign.
        let part = if part.abs() > rest.abs() { rest } else { part };
        settings.flt(part)
    };
    let sold = &original.document;
    let items = places.iter().filter_map(|place| {
        let row = sold.items.get(*place)?;
        Some(ItemRow {
            qty: -back.get(*place)?.qty.to_f64(),
            ..row.clone()
        })
    });
    let mut taxes = sold.taxes.clone();
    for (place, tax) in taxes.iter_mut().enumerate() {
        if tax.charge_type == ChargeType::Actual {
            let before = earlier.actual.get(place).copied().unwrap_or_default();
            tax.tax_amount = -part(tax.tax_amount, before);
        }
    }
    let discount_amount = if sold.additional_discount_percentage == 0.0 {
        -part(sold.discount_amount, earlier.discount_amount)
    } else {
        // The percentage makes the amount anew.
        0.0
    };
    let document = Document {
        is_return: true,
        items: items.collect(),
        taxes,
        discount_amount,
        ..sold.clone()
    };
    (document, places)
}

/// What part of the original's net total, before its discount, comes back.
fn share(original: &Original, back: &[Back]) -> f64 {
    let (mut all, mut part) = (0.0, 0.0);
    for ((line, item), row) in original.lines.iter().zip(&original.totals.items).zip(back) {
        let net = item.net_amount + item.distributed_discount_amount;
        all += net;
        if !line.qty.is_zero() {
            part += net * (row.qty.to_f64() / line.qty.to_f64());
        }
    }
    if all == 0.0 { 0.0 } else { part / all }
}
