//! A named case: a document in few words and the totals ERPNext 15.71 gave for it.

use checkout::totals::{
    ApplyDiscountOn, ChargeType, Document, ItemRow, MarginType, RoundingMethod, Settings, TaxRow,
    calculate,
};
use serde_json::Value;

pub const BANKERS: &[RoundingMethod] = &[RoundingMethod::Bankers];
pub const COMMERCIAL: &[RoundingMethod] = &[RoundingMethod::Commercial];
pub const LEGACY_AND_BANKERS: &[RoundingMethod] =
    &[RoundingMethod::BankersLegacy, RoundingMethod::Bankers];
pub const LEGACY_AND_COMMERCIAL: &[RoundingMethod] =
    &[RoundingMethod::BankersLegacy, RoundingMethod::Commercial];
pub const ALL: &[RoundingMethod] = &[
    RoundingMethod::BankersLegacy,
    RoundingMethod::Bankers,
    RoundingMethod::Commercial,
];

/// A row sold at its list price.
pub fn sold(qty: f64, price: f64) -> ItemRow {
    priced(qty, price, price)
}

/// A row with a list price and another rate.
pub fn priced(qty: f64, price_list_rate: f64, rate: f64) -> ItemRow {
    ItemRow {
        qty,
        price_list_rate,
        rate,
        ..ItemRow::default()
    }
}

pub fn discounted(discount_percentage: f64, row: ItemRow) -> ItemRow {
    ItemRow {
        discount_percentage,
        ..row
    }
}

pub fn with_margin(margin_type: MarginType, margin: f64, row: ItemRow) -> ItemRow {
    ItemRow {
        margin_type: Some(margin_type),
        margin_rate_or_amount: margin,
        ..row
    }
}

pub fn by_pricing_rule(row: ItemRow) -> ItemRow {
    ItemRow {
        has_pricing_rules: true,
        ..row
    }
}

/// The row has an item tax template that sets the rate of the first tax.
pub fn taxed_at(rate: f64, row: ItemRow) -> ItemRow {
    ItemRow {
        item_tax_rate: [("Tax1".to_owned(), rate)].into(),
        ..row
    }
}

pub fn net(rate: f64) -> TaxRow {
    TaxRow {
        rate,
        ..TaxRow::default()
    }
}

pub fn per_unit(rate: f64) -> TaxRow {
    TaxRow {
        charge_type: ChargeType::OnItemQuantity,
        rate,
        ..TaxRow::default()
    }
}

pub fn actual(tax_amount: f64) -> TaxRow {
    TaxRow {
        charge_type: ChargeType::Actual,
        tax_amount,
        ..TaxRow::default()
    }
}

pub fn on_total_of(row_id: u32, rate: f64) -> TaxRow {
    let charge_type = ChargeType::OnPreviousRowTotal;
    TaxRow {
        charge_type,
        row_id: Some(row_id),
        rate,
        ..TaxRow::default()
    }
}

pub fn on_amount_of(row_id: u32, rate: f64) -> TaxRow {
    let charge_type = ChargeType::OnPreviousRowAmount;
    TaxRow {
        charge_type,
        row_id: Some(row_id),
        rate,
        ..TaxRow::default()
    }
}

pub fn inclusive(tax: TaxRow) -> TaxRow {
    TaxRow {
        included_in_print_rate: true,
        ..tax
    }
}

pub struct Case {
    name: &'static str,
    settings: Settings,
    document: Document,
    expected: Vec<(String, f64)>,
    absent: Vec<&'static str>,
}

impl Case {
    pub fn new(name: &'static str, items: &[ItemRow]) -> Self {
        let items = (1..)
            .zip(items)
            .map(|(row, item)| ItemRow {
                item_code: format!("I{row}"),
                ..item.clone()
            })
            .collect();
        let settings = Settings {
            company_currency: "USD".to_owned(),
            smallest_currency_fraction_value: 0.01,
            ..Settings::default()
        };
        let document = Document {
            items,
            ..Document::default()
        };
        Self {
            name,
            settings,
            document,
            expected: Vec::new(),
            absent: Vec::new(),
        }
    }

    pub fn item_codes(mut self, codes: &[&str]) -> Self {
        for (item, code) in self.document.items.iter_mut().zip(codes) {
            item.item_code = (*code).to_owned();
        }
        self
    }

    pub fn taxes(mut self, taxes: &[TaxRow]) -> Self {
        self.document.taxes = (1..)
            .zip(taxes)
            .map(|(row, tax)| TaxRow {
                account_head: format!("Tax{row}"),
                ..tax.clone()
            })
            .collect();
        self
    }

    pub fn settings(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(&mut self.settings);
        self
    }

    pub fn smallest(self, value: f64) -> Self {
        self.settings(|settings| settings.smallest_currency_fraction_value = value)
    }

    pub fn precision(self, decimals: u8) -> Self {
        self.settings(|settings| settings.currency_precision = decimals)
    }

    pub fn row_wise(self) -> Self {
        self.settings(|settings| settings.round_row_wise_tax = true)
    }

    pub fn returned(mut self) -> Self {
        self.document.is_return = true;
        self
    }

    pub fn in_euro(self, conversion_rate: f64) -> Self {
        self.in_currency("EUR", conversion_rate)
    }

    pub fn in_currency(mut self, currency: &str, conversion_rate: f64) -> Self {
        self.document.currency = currency.to_owned();
        self.document.conversion_rate = conversion_rate;
        self
    }

    pub fn discount(mut self, on: ApplyDiscountOn, amount: f64) -> Self {
        self.document.apply_discount_on = Some(on);
        self.document.discount_amount = amount;
        self
    }

    pub fn discount_percent(mut self, on: ApplyDiscountOn, percentage: f64) -> Self {
        self.document.apply_discount_on = Some(on);
        self.document.additional_discount_percentage = percentage;
        self
    }

    /// Expects a value of each item row.
    pub fn rows(mut self, field: &str, values: &[f64]) -> Self {
        for (row, value) in values.iter().enumerate() {
            self = self.field(&format!("/items/{row}/{field}"), *value);
        }
        assert_eq!(
            values.len(),
            self.document.items.len(),
            "{}: rows of {field}",
            self.name
        );
        self
    }

    /// Expects net amounts and, where those differ, net rates.
    pub fn net_amounts(self, values: &[f64]) -> Self {
        self.rows("net_amount", values)
    }

    /// Expects the tax of each tax row, before and after the discount.
    pub fn tax(mut self, amounts: &[(f64, f64)]) -> Self {
        assert_eq!(
            amounts.len(),
            self.document.taxes.len(),
            "{}: tax rows",
            self.name
        );
        for (row, (before, after)) in amounts.iter().enumerate() {
            let after_field = format!("/taxes/{row}/tax_amount_after_discount_amount");
            self = self
                .field(&format!("/taxes/{row}/tax_amount"), *before)
                .field(&after_field, *after);
        }
        self
    }

    /// Expects total, net_total and total_taxes_and_charges.
    pub fn sums(self, total: f64, net_total: f64, taxes: f64) -> Self {
        self.field("/total", total)
            .field("/net_total", net_total)
            .field("/total_taxes_and_charges", taxes)
    }

    /// Expects grand_total, rounding_adjustment and rounded_total.
    pub fn pays(self, grand_total: f64, rounding_adjustment: f64, rounded_total: f64) -> Self {
        self.field("/grand_total", grand_total)
            .field("/rounding_adjustment", rounding_adjustment)
            .field("/rounded_total", rounded_total)
    }

    /// Expects one more value, found by its JSON pointer.
    pub fn field(mut self, pointer: &str, value: f64) -> Self {
        self.expected.push((pointer.to_owned(), value));
        self
    }

    /// Expects that there is nothing at a JSON pointer.
    pub fn absent(mut self, pointer: &'static str) -> Self {
        self.absent.push(pointer);
        self
    }

    /// Computes the case with each of the methods and compares.
    pub fn check(self, methods: &[RoundingMethod]) {
        for method in methods {
            let settings = Settings {
                rounding_method: *method,
                ..self.settings.clone()
            };
            let name = self.name;
            let totals = calculate(&self.document, &settings)
                .unwrap_or_else(|error| panic!("{name}, {method:?}: {error}"));
            let totals = serde_json::to_value(totals).unwrap();
            for (pointer, expected) in &self.expected {
                let got = totals.pointer(pointer).and_then(Value::as_f64);
                assert!(
                    got.is_some_and(|got| (got - expected).abs() < 1e-9),
                    "{name}, {method:?}: {pointer}: expected {expected}, got {got:?}"
                );
            }
            for pointer in &self.absent {
                assert_eq!(
                    totals.pointer(pointer),
                    None,
                    "{name}, {method:?}: {pointer}"
                );
            }
        }
    }
}
