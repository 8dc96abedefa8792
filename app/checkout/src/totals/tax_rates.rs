//! What the taxes need names for, looked up once so that the loops over items and taxes need none:
//! the rate of each tax for each item, and the tax by item code.

use std::collections::{BTreeMap, HashMap};

use super::calculation::Rounder;
use super::document::{ChargeType, Document, ItemRow, ItemWiseTax, TaxRow};

/// The rate of every tax row for every item row.
pub(super) struct TaxRates {
    /// Item by item, a rate per tax row.
    rates: Vec<f64>,
    taxes: usize,
}

impl TaxRates {
    /// The rates before the document discount.
    pub(super) fn new(document: &Document, rounder: &Rounder) -> Self {
        Self::of(document, rounder, |item| &item.item_tax_rate)
    }

    /// The rates after it: the server looks at each item's template again before pass 2.
    pub(super) fn discounted(document: &Document, rounder: &Rounder) -> Self {
        Self::of(document, rounder, |item| {
            let discounted = item.discounted_item_tax_rate.as_ref();
            discounted.unwrap_or(&item.item_tax_rate)
        })
    }

    fn of(
        document: &Document,
        rounder: &Rounder,
        item_tax_rate: impl Fn(&ItemRow) -> &BTreeMap<String, f64>,
    ) -> Self {
        let flt = |rate| rounder.flt(rate, rounder.precision.tax.rate);
        let taxes = &document.taxes;
        let row_rates: Vec<f64> = taxes.iter().map(|tax| flt(row_rate(tax))).collect();
        let mut rates = Vec::with_capacity(document.items.len() * taxes.len());
        for item in &document.items {
            for (tax, row_rate) in taxes.iter().zip(&row_rates) {
                let own = item_tax_rate(item).get(&tax.account_head);
                rates.push(own.map_or(*row_rate, |rate| flt(*rate)));
            }
        }
        Self {
            rates,
            taxes: taxes.len(),
        }
    }

    /// The rates of the item at `index`, one per tax row.
    pub(super) fn of_item(&self, index: usize) -> &[f64] {
        &self.rates[index * self.taxes..(index + 1) * self.taxes]
    }
}

/// `Actual` has no rate of its own.
pub(super) fn row_rate(tax: &TaxRow) -> f64 {
    if tax.charge_type == ChargeType::Actual {
        0.0
    } else {
        tax.rate
    }
}

/// The tax by item code of every tax row, as it grows.
pub(super) struct ItemWiseDetail<'a> {
    /// The item codes in the order of first appearance.
    codes: Vec<&'a str>,
    /// For each item row the place of its code in `codes`.
    places: Vec<usize>,
    /// Tax by tax, rate and amount per item code.
    entries: Vec<(f64, f64)>,
}

impl<'a> ItemWiseDetail<'a> {
    pub(super) fn new(items: &'a [ItemRow], taxes: usize) -> Self {
        let mut codes = Vec::with_capacity(items.len());
        let mut place_of = HashMap::with_capacity(items.len());
        let places = items
            .iter()
            .map(|item| {
                let code = item.item_code.as_str();
                *place_of.entry(code).or_insert_with(|| {
                    codes.push(code);
                    codes.len() - 1
                })
            })
            .collect();
        let entries = vec![(0.0, 0.0); taxes * codes.len()];
        Self {
            codes,
            places,
            entries,
        }
    }

    pub(super) fn clear(&mut self) {
        self.entries.fill((0.0, 0.0));
    }

    /// Rate and amount of the tax row `tax` for the code of the item row `item`.
    pub(super) fn entry(&mut self, tax: usize, item: usize) -> &mut (f64, f64) {
        &mut self.entries[tax * self.codes.len() + self.places[item]]
    }

    /// The detail of the tax row `tax` as ERPNext stores it.
    pub(super) fn of_tax(&self, tax: usize) -> Vec<ItemWiseTax> {
        let count = self.codes.len();
        let entries = &self.entries[tax * count..(tax + 1) * count];
        self.codes
            .iter()
            .zip(entries)
            .map(|(code, &(tax_rate, tax_amount))| ItemWiseTax {
                item_code: (*code).to_owned(),
                tax_rate,
                tax_amount,
            })
            .collect()
    }
}
