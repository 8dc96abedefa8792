//! Checks [`price`] against carts that an ERPNext priced.
//!
//! A line of JSON holds one cart: `{n, cart, expected}`, where `expected` is the draft that the
//! server saved. Each field of it is compared with the one computed here.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Value, json};
use thiserror::Error;

use super::{Draft, DraftError, DraftLine, PricedDraft, price};
use crate::catalog::{Catalog, CatalogError, MemoryCatalog};
use crate::masters::Master;
use crate::pricing_rules::DocumentDiscount;
use crate::shop::{Shop, ShopIncomplete};
use crate::totals::ApplyDiscountOn;
use crate::totals::check::Difference;

/// Values further apart than this differ.
const TOLERANCE: f64 = 1e-9;

/// What the site says beside the cart and what no price depends on.
const NOT_PRICED: &[&str] = &["disable_rounded_total"];

/// Why a cart cannot be checked.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CheckError {
    /// Not JSON, or not a cart of this format.
    #[error("the line is not a priced cart: {0}")]
    Malformed(#[source] serde_json::Error),
    /// The till of the cart cannot be put together.
    #[error("n {n}: {source}")]
    Shop {
        /// The cart's number.
        n: u64,
        /// What is missing.
        source: ShopIncomplete,
    },
    /// The cart's customer is not among the masters.
    #[error("n {n}: there is no customer \"{customer}\" among the masters")]
    NoCustomer {
        /// The cart's number.
        n: u64,
        /// The customer.
        customer: String,
    },
    /// The masters cannot be read.
    #[error("n {n}: {source}")]
    Catalog {
        /// The cart's number.
        n: u64,
        /// Why.
        source: CatalogError,
    },
    /// The cart cannot be priced.
    #[error("n {n}: {source}")]
    Draft {
        /// The cart's number.
        n: u64,
        /// Why.
        source: DraftError,
    },
}

/// Prices carts from the masters of one site.
#[derive(Clone, Debug)]
pub struct CartCheck {
    masters: Vec<Master>,
    catalog: MemoryCatalog,
    shops: BTreeMap<String, Shop>,
}

#[derive(Deserialize)]
struct Vector {
    n: u64,
    cart: CartOfVector,
    expected: Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CartOfVector {
    profile: String,
    customer: String,
    posting_date: Date,
    lines: Vec<LineOfVector>,
    #[serde(default)]
    additional_discount_percentage: f64,
    #[serde(default)]
    discount_amount: f64,
    apply_discount_on: Option<ApplyDiscountOn>,
    coupon_code: Option<String>,
}

#[derive(Deserialize)]
struct LineOfVector {
    item_code: String,
    qty: f64,
    uom: Option<String>,
    batch_no: Option<String>,
}

impl CartCheck {
    /// A check with these masters.
    pub fn new(masters: Vec<Master>) -> Self {
        let mut catalog = MemoryCatalog::default();
        for master in &masters {
            match master.clone() {
                Master::Item(item) => catalog.items.push(item.into()),
                Master::ItemPrice(price) => catalog.item_prices.push(price),
                Master::Customer(customer) => catalog.customers.push(customer),
                // The others make the shop.
                _ => {}
            }
        }
        Self {
            masters,
            catalog,
            shops: BTreeMap::new(),
        }
    }

    /// Prices the cart of one line and returns where it differs from what is expected; an empty
    /// list means that it matches.
    ///
    /// # Errors
    /// [`CheckError`] if the line is malformed or its cart has no price.
    pub fn line(&mut self, line: &str) -> Result<Vec<Difference>, CheckError> {
        let Vector { n, cart, expected } =
            serde_json::from_str(line).map_err(CheckError::Malformed)?;
        let customer = self
            .catalog
            .customer(&cart.customer)
            .map_err(|source| CheckError::Catalog { n, source })?
            .ok_or_else(|| CheckError::NoCustomer {
                n,
                customer: cart.customer.clone(),
            })?;
        if !self.shops.contains_key(&cart.profile) {
            let shop = Shop::assemble(&cart.profile, self.masters.iter().cloned())
                .map_err(|source| CheckError::Shop { n, source })?;
            self.shops.insert(cart.profile.clone(), shop);
        }
        let shop = &self.shops[&cart.profile];
        let draft = Draft {
            customer: Some(customer),
            posting_date: cart.posting_date,
            lines: cart.lines.into_iter().map(DraftLine::from).collect(),
            coupon_code: cart.coupon_code,
            discount: DocumentDiscount {
                apply_discount_on: cart.apply_discount_on,
                additional_discount_percentage: cart.additional_discount_percentage,
                discount_amount: cart.discount_amount,
            },
        };
        let priced =
            price(shop, &self.catalog, &draft).map_err(|source| CheckError::Draft { n, source })?;
        let mut differences = Vec::new();
        compare(
            n,
            "",
            &expected,
            &to_value(&draft, &priced),
            &mut differences,
        );
        Ok(differences)
    }
}

impl From<LineOfVector> for DraftLine {
    fn from(line: LineOfVector) -> Self {
        Self {
            item_code: line.item_code,
            qty: line.qty,
            uom: line.uom,
            batch_no: line.batch_no,
        }
    }
}

/// The draft under ERPNext's names.
fn to_value(draft: &Draft, priced: &PricedDraft) -> Value {
    let PricedDraft {
        document, totals, ..
    } = priced;
    let mut items = Vec::new();
    for (row, item) in priced.rows.iter().zip(&totals.items) {
        let rules = row.pricing_rules.as_ref().map(|rules| {
            if row.is_free_item {
                rules.concat()
            } else {
                json!(rules).to_string()
            }
        });
        items.push(json!({
            "item_code": row.item_code, "uom": row.uom,
            "conversion_factor": row.conversion_factor, "qty": item.qty,
            "price_list_rate": item.price_list_rate,
            "margin_type": item.margin_type,
            "margin_rate_or_amount": item.margin_rate_or_amount,
            "discount_percentage": item.discount_percentage,
            "discount_amount": item.discount_amount,
            "rate": item.rate, "amount": item.amount,
            "net_rate": item.net_rate, "net_amount": item.net_amount,
            "is_free_item": u8::from(row.is_free_item),
            "item_tax_template": row.item_tax_template,
            "pricing_rules": rules,
        }));
    }
    let mut taxes = Vec::new();
    for (row, tax) in document.taxes.iter().zip(&totals.taxes) {
        taxes.push(json!({
            "charge_type": row.charge_type, "account_head": row.account_head, "rate": tax.rate,
            "included_in_print_rate": u8::from(row.included_in_print_rate),
            "tax_amount": tax.tax_amount,
            "tax_amount_after_discount_amount": tax.tax_amount_after_discount_amount,
            "total": tax.total,
        }));
    }
    json!({
        "selling_price_list": priced.selling_price_list,
        "total_qty": totals.total_qty, "total": totals.total, "net_total": totals.net_total,
        "total_taxes_and_charges": totals.total_taxes_and_charges,
        "discount_amount": totals.discount_amount,
        "additional_discount_percentage": document.additional_discount_percentage,
        "apply_discount_on": document.apply_discount_on,
        "grand_total": totals.grand_total,
        "rounding_adjustment": totals.rounding_adjustment,
        "rounded_total": totals.rounded_total,
        "coupon_code": draft.coupon_code,
        "items": items, "taxes": taxes,
    })
}

fn compare(n: u64, field: &str, expected: &Value, got: &Value, differences: &mut Vec<Difference>) {
    match (expected, got) {
        (Value::Object(fields), Value::Object(computed)) => {
            for (name, value) in fields {
                if field.is_empty() && NOT_PRICED.contains(&name.as_str()) {
                    continue;
                }
                let path = if field.is_empty() {
                    name.clone()
                } else {
                    format!("{field}.{name}")
                };
                // A field that is not computed differs, unless there is nothing in it.
                let got = computed.get(name).unwrap_or(&Value::Null);
                compare(n, &path, value, got, differences);
            }
        }
        (Value::Array(rows), Value::Array(computed)) if rows.len() == computed.len() => {
            for (place, (row, got)) in rows.iter().zip(computed).enumerate() {
                compare(n, &format!("{field}[{place}]"), row, got, differences);
            }
        }
        _ if equal(expected, got) => {}
        _ => differences.push(Difference {
            n,
            field: field.to_owned(),
            expected: shown(expected),
            got: shown(got),
        }),
    }
}

fn equal(expected: &Value, got: &Value) -> bool {
    match (expected, got) {
        (Value::Number(expected), Value::Number(got)) => match (expected.as_f64(), got.as_f64()) {
            (Some(expected), Some(got)) => (expected - got).abs() <= TOLERANCE,
            _ => false,
        },
        // The rules of a row are a list as text, in the server's own white space.
        (Value::String(expected), Value::String(got)) => {
            let bare = |text: &str| text.split_whitespace().collect::<String>();
            bare(expected) == bare(got)
        }
        // An empty text and none at all mean the same to ERPNext.
        (Value::String(text), Value::Null) => text.is_empty(),
        _ => expected == got,
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Array(rows) => format!("{} rows", rows.len()),
        other => other.to_string(),
    }
}
