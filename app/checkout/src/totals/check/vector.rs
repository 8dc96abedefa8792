//! A computed document as the file has it, and how it becomes a [`Document`] and [`Settings`].
//!
//! Numbers may be text and flags may be 0 and 1, as ERPNext writes them. A field this does not
//! know is refused, because it might change the result.

use std::collections::BTreeMap;

use serde::de::{Error, Unexpected};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use super::CheckError;
use crate::totals::document::{ApplyDiscountOn, ChargeType, Document, ItemRow, MarginType, TaxRow};
use crate::totals::rounding::RoundingMethod;
use crate::totals::settings::{Settings, currency_precision};

/// One line of the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Vector {
    pub(super) n: u64,
    settings: SiteSettings,
    doc: Doc,
    items: Vec<Item>,
    taxes: Vec<Tax>,
    expected: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SiteSettings {
    rounding_method: RoundingMethod,
    number_format: String,
    #[serde(default, deserialize_with = "optional_whole")]
    currency_precision: Option<u8>,
    #[serde(default, deserialize_with = "optional_whole")]
    float_precision: Option<u8>,
    /// `smallest_currency_fraction_value` by currency.
    #[serde(default)]
    smallest: BTreeMap<String, f64>,
    #[serde(default, deserialize_with = "flag")]
    round_row_wise_tax: bool,
    #[serde(default, deserialize_with = "flag")]
    disable_rounded_total: bool,
    /// Rates by account head, by template.
    #[serde(default)]
    item_tax_templates: BTreeMap<String, BTreeMap<String, f64>>,
    #[serde(default = "us_dollar")]
    company_currency: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Doc {
    #[serde(default, deserialize_with = "flag")]
    is_return: bool,
    #[serde(default)]
    currency: Option<String>,
    #[serde(default, deserialize_with = "number")]
    conversion_rate: f64,
    #[serde(default)]
    apply_discount_on: Option<ApplyDiscountOn>,
    #[serde(default, deserialize_with = "number")]
    additional_discount_percentage: f64,
    #[serde(default, deserialize_with = "number")]
    discount_amount: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Item {
    #[serde(default)]
    item_code: Option<String>,
    #[serde(deserialize_with = "number")]
    qty: f64,
    #[serde(default, deserialize_with = "number")]
    price_list_rate: f64,
    #[serde(default, deserialize_with = "number")]
    rate: f64,
    #[serde(default, deserialize_with = "number")]
    discount_percentage: f64,
    #[serde(default, deserialize_with = "number")]
    discount_amount: f64,
    #[serde(default)]
    margin_type: Option<MarginType>,
    #[serde(default, deserialize_with = "number")]
    margin_rate_or_amount: f64,
    #[serde(default)]
    item_tax_template: Option<String>,
    #[serde(default)]
    pricing_rules: Option<String>,
    /// Says where the row came from; its prices are as given.
    #[serde(default, deserialize_with = "flag", rename = "is_free_item")]
    _is_free_item: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Tax {
    #[serde(default)]
    charge_type: ChargeType,
    #[serde(default, deserialize_with = "optional_whole")]
    row_id: Option<u32>,
    #[serde(default)]
    account_head: Option<String>,
    #[serde(default, deserialize_with = "number")]
    rate: f64,
    #[serde(default, deserialize_with = "number")]
    tax_amount: f64,
    #[serde(default, deserialize_with = "flag")]
    included_in_print_rate: bool,
}

impl Vector {
    /// What to compute, for which site, and what ERPNext made of it.
    pub(super) fn into_parts(self) -> Result<(Document, Settings, Map<String, Value>), CheckError> {
        let site = self.settings;
        let doc = self.doc;
        let currency = doc.currency.unwrap_or_default();
        let shown_currency = if currency.is_empty() {
            &site.company_currency
        } else {
            &currency
        };
        let settings = Settings {
            rounding_method: site.rounding_method,
            currency_precision: currency_precision(site.currency_precision, &site.number_format),
            float_precision: site
                .float_precision
                .filter(|precision| *precision > 0)
                .unwrap_or(3),
            smallest_currency_fraction_value: site
                .smallest
                .get(shown_currency)
                .copied()
                .unwrap_or_default(),
            round_row_wise_tax: site.round_row_wise_tax,
            disable_rounded_total: site.disable_rounded_total,
            company_currency: site.company_currency,
            ..Settings::default()
        };
        let n = self.n;
        let items = self
            .items
            .into_iter()
            .enumerate()
            .map(|(row, item)| item.into_row(n, row, &site.item_tax_templates))
            .collect::<Result<_, _>>()?;
        let taxes = (1..)
            .zip(self.taxes)
            .map(|(row, tax)| tax.into_row(row))
            .collect();
        let document = Document {
            is_return: doc.is_return,
            currency,
            conversion_rate: doc.conversion_rate,
            items,
            taxes,
            apply_discount_on: doc.apply_discount_on.or(Some(ApplyDiscountOn::GrandTotal)),
            additional_discount_percentage: doc.additional_discount_percentage,
            discount_amount: doc.discount_amount,
        };
        Ok((document, settings, self.expected))
    }
}

impl Item {
    fn into_row(
        self,
        n: u64,
        row: usize,
        templates: &BTreeMap<String, BTreeMap<String, f64>>,
    ) -> Result<ItemRow, CheckError> {
        let item_tax_rate = match self.item_tax_template.filter(|name| !name.is_empty()) {
            None => BTreeMap::new(),
            Some(template) => match templates.get(&template) {
                Some(rates) => rates.clone(),
                None => return Err(CheckError::UnknownTemplate { n, row, template }),
            },
        };
        Ok(ItemRow {
            item_code: self.item_code.unwrap_or_else(|| format!("I{}", row + 1)),
            qty: self.qty,
            price_list_rate: self.price_list_rate,
            rate: self.rate,
            discount_percentage: self.discount_percentage,
            discount_amount: self.discount_amount,
            margin_type: self.margin_type,
            margin_rate_or_amount: self.margin_rate_or_amount,
            item_tax_rate,
            discounted_item_tax_rate: None,
            has_pricing_rules: self.pricing_rules.is_some_and(|rules| !rules.is_empty()),
        })
    }
}

impl Tax {
    fn into_row(self, row: usize) -> TaxRow {
        TaxRow {
            charge_type: self.charge_type,
            row_id: self.row_id,
            account_head: self.account_head.unwrap_or_else(|| format!("Tax{row}")),
            rate: self.rate,
            tax_amount: self.tax_amount,
            included_in_print_rate: self.included_in_print_rate,
            ..TaxRow::default()
        }
    }
}

fn us_dollar() -> String {
    "USD".to_owned()
}

/// A number, a number as text, or nothing for 0.
fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    const WANTED: &str = "a number";
    match Value::deserialize(deserializer)? {
        Value::Null => Ok(0.0),
        Value::Number(number) => number
            .as_f64()
            .ok_or_else(|| D::Error::invalid_value(Unexpected::Other("a huge number"), &WANTED)),
        Value::String(text) => text
            .replace(',', "")
            .parse()
            .map_err(|_| D::Error::invalid_value(Unexpected::Str(&text), &WANTED)),
        other => Err(D::Error::invalid_type(unexpected(&other), &WANTED)),
    }
}

/// A whole number that is not negative, as number or text; nothing or "" for none.
fn optional_whole<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: TryFrom<u64>,
{
    const WANTED: &str = "a small whole number";
    let value = Value::deserialize(deserializer)?;
    let whole = match &value {
        Value::Null => return Ok(None),
        Value::String(text) if text.is_empty() => return Ok(None),
        Value::String(text) => text.parse().ok(),
        other => other.as_u64(),
    };
    whole
        .and_then(|whole| T::try_from(whole).ok())
        .map(Some)
        .ok_or_else(|| D::Error::invalid_value(unexpected(&value), &WANTED))
}

/// 0, 1, true, false, or nothing for false.
fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::Null => Ok(false),
        Value::Bool(flag) => Ok(flag),
        Value::Number(number) if number.as_u64() == Some(0) => Ok(false),
        Value::Number(number) if number.as_u64() == Some(1) => Ok(true),
        other => Err(D::Error::invalid_value(unexpected(&other), &"0 or 1")),
    }
}

fn unexpected(value: &Value) -> Unexpected<'_> {
    match value {
        Value::Null => Unexpected::Unit,
        Value::Bool(flag) => Unexpected::Bool(*flag),
        Value::Number(number) => Unexpected::Float(number.as_f64().unwrap_or(f64::NAN)),
        Value::String(text) => Unexpected::Str(text),
        Value::Array(_) => Unexpected::Seq,
        Value::Object(_) => Unexpected::Map,
    }
}
