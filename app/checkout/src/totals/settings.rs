//! What the site decides about the arithmetic, and the decimals of each field.
//!
//! A field's own precision (a Property Setter) wins; then Currency fields have the site's currency
//! precision, Float and Percent fields its float precision. The currency itself does not matter.

use serde::{Deserialize, Serialize};

use super::error::TotalsError;
use super::rounding::{MAX_PRECISION, RoundingMethod, flt};

/// The site's settings that change what a document adds up to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// System Settings.`rounding_method`.
    pub rounding_method: RoundingMethod,
    /// Decimals of Currency fields, at most 9; see [`currency_precision`].
    pub currency_precision: u8,
    /// Decimals of Float and Percent fields, at most 9: System Settings.`float_precision`, or 3.
    pub float_precision: u8,
    /// Property Setters that give single fields another precision.
    pub field_precision: Vec<FieldPrecision>,
    /// Company.`default_currency`, a code as in `USD`.
    pub company_currency: String,
    /// Currency.`smallest_currency_fraction_value` of the *document's* currency; 0 when the field
    /// is empty, which makes ERPNext round totals to whole units.
    pub smallest_currency_fraction_value: f64,
    /// Accounts Settings.`round_row_wise_tax`: round the tax of each item before adding it up.
    pub round_row_wise_tax: bool,
    /// Global Defaults.`disable_rounded_total`. ERPNext does not ask the POS Profile's field of
    /// this name for POS Invoices.
    pub disable_rounded_total: bool,
    /// Accounts whose taxes a regional rule (India) rounds to whole units.
    pub round_off_applicable_accounts: Vec<String>,
}

impl Default for Settings {
    /// What ERPNext assumes where a site has set nothing.
    fn default() -> Self {
        Self {
            rounding_method: RoundingMethod::default(),
            currency_precision: 2,
            float_precision: 3,
            field_precision: Vec::new(),
            company_currency: String::new(),
            smallest_currency_fraction_value: 0.0,
            round_row_wise_tax: false,
            disable_rounded_total: false,
            round_off_applicable_accounts: Vec::new(),
        }
    }
}

impl Settings {
    /// Rounds an amount to the site's currency precision.
    #[must_use]
    pub fn flt(&self, amount: f64) -> f64 {
        flt(amount, self.currency_precision, self.rounding_method)
    }
}

/// A Property Setter for the property `precision`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldPrecision {
    /// "POS Invoice", "POS Invoice Item" or "Sales Taxes and Charges"; others are ignored.
    pub doc_type: String,
    /// The field, as in `net_rate`; fields the arithmetic does not use are ignored.
    pub field_name: String,
    /// Its decimals, at most 9.
    pub precision: u8,
}

/// The decimals of Currency fields: System Settings.`currency_precision` or, if that is empty or
/// 0, those of `number_format`. An unknown format has two, as in Frappe.
#[must_use]
pub fn currency_precision(currency_precision: Option<u8>, number_format: &str) -> u8 {
    match currency_precision {
        Some(precision) if precision > 0 => precision,
        _ => match number_format {
            "#.###" | "#,###" => 0,
            "#,###.###" => 3,
            "#.########" => 8,
            _ => 2,
        },
    }
}

/// Declares one doctype's table of decimals, with the default each field has.
macro_rules! precision_table {
    ($(#[$doc:meta])* $table:ident { $($field:ident: $kind:ident,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        pub(super) struct $table { $(pub(super) $field: u8,)* }

        impl $table {
            fn new(settings: &Settings) -> Self {
                Self { $($field: precision_table!(@$kind settings),)* }
            }

            fn set(&mut self, field_name: &str, precision: u8) {
                match field_name {
                    $(stringify!($field) => self.$field = precision,)*
                    _ => {}
                }
            }
        }
    };
    (@currency $settings:ident) => { $settings.currency_precision };
    (@float $settings:ident) => { $settings.float_precision };
    (@two $settings:ident) => { 2 };
}

precision_table! {
    /// Decimals of the fields of POS Invoice Item.
    ItemPrecision {
        qty: float,
        price_list_rate: currency,
        discount_percentage: two,
        discount_amount: currency,
        margin_rate_or_amount: float,
        rate: currency,
        amount: currency,
        net_rate: currency,
        net_amount: currency,
        base_price_list_rate: currency,
        base_rate: currency,
        base_amount: currency,
        base_net_rate: currency,
        base_net_amount: currency,
        distributed_discount_amount: currency,
    }
}

precision_table! {
    /// Decimals of the fields of Sales Taxes and Charges.
    TaxPrecision {
        rate: float,
        tax_amount: currency,
        tax_amount_after_discount_amount: currency,
        total: currency,
        base_tax_amount: currency,
        base_tax_amount_after_discount_amount: currency,
        base_total: currency,
    }
}

precision_table! {
    /// Decimals of the fields of POS Invoice.
    DocumentPrecision {
        total: currency,
        net_total: currency,
        total_taxes_and_charges: currency,
        discount_amount: currency,
        grand_total: currency,
        rounding_adjustment: currency,
        rounded_total: currency,
        base_total: currency,
        base_net_total: currency,
        base_total_taxes_and_charges: currency,
        base_discount_amount: currency,
        base_grand_total: currency,
        base_rounding_adjustment: currency,
        base_rounded_total: currency,
    }
}

/// The decimals of every field of a document, resolved once for one calculation.
#[derive(Debug, Clone, Copy)]
pub(super) struct Precision {
    pub(super) item: ItemPrecision,
    pub(super) tax: TaxPrecision,
    pub(super) document: DocumentPrecision,
}

impl Precision {
    pub(super) fn new(settings: &Settings) -> Result<Self, TotalsError> {
        check("currency_precision", settings.currency_precision)?;
        check("float_precision", settings.float_precision)?;
        let mut precision = Self {
            item: ItemPrecision::new(settings),
            tax: TaxPrecision::new(settings),
            document: DocumentPrecision::new(settings),
        };
        for field in &settings.field_precision {
            check(&field.field_name, field.precision)?;
            match field.doc_type.as_str() {
                "POS Invoice" => precision.document.set(&field.field_name, field.precision),
                "POS Invoice Item" => precision.item.set(&field.field_name, field.precision),
                "Sales Taxes and Charges" => precision.tax.set(&field.field_name, field.precision),
                _ => {}
            }
        }
        Ok(precision)
    }
}

fn check(field: &str, precision: u8) -> Result<(), TotalsError> {
    if precision > MAX_PRECISION {
        return Err(TotalsError::Precision {
            field: field.to_owned(),
            precision,
        });
    }
    Ok(())
}
