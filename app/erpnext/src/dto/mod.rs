//! ERPNext's JSON as the masters of the domain.
//!
//! ERPNext writes booleans as 0 and 1, leaves out what is null, and now and then sends a number
//! as text; all of that is read. A document that cannot be read is skipped, never the others.

mod fields;

mod customers;
mod employees;
mod items;
mod prices;
mod pricing_rule;
mod shop_documents;
mod stock;
mod taxes;

use std::collections::HashMap;

use checkout::masters::{Doctype, Master};
use serde_json::Value;
use thiserror::Error;

pub use employees::{
    EMPLOYEE_BADGE_FIELD, EMPLOYEE_PIN_FIELD, EMPLOYEE_ROLE_FIELD, EMPLOYEE_ROLES,
};
use fields::Fields;
pub use shop_documents::{BARCODE_PATTERNS_FIELD, wrong_barcode_patterns};

type Decoded<T> = Result<T, DecodeError>;

/// A document, or a row of one, that cannot be read. It is skipped and the rest goes on.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[error("{doctype} \"{name}\": {field} {reason}")]
pub struct DecodeError {
    /// The doctype.
    pub doctype: &'static str,
    /// The document; empty where even that is missing.
    pub name: String,
    /// The field, for a row of a child table as `taxes[1].rate` with rows counted from 1.
    pub field: String,
    /// What is wrong with it.
    pub reason: String,
}

/// Reads the rows of a list reply: its whole body, its `data`, or the list itself.
///
/// Lists have no child tables; see [`merge_children`].
pub fn decode_list(doctype: Doctype, reply: &Value) -> Vec<Result<Master, DecodeError>> {
    match inner(reply) {
        Value::Array(rows) => rows
            .iter()
            .map(|row| decode_document(doctype, row))
            .collect(),
        _ => vec![Err(DecodeError {
            doctype: doctype.name(),
            name: String::new(),
            field: "data".to_owned(),
            reason: "is not a list".to_owned(),
        })],
    }
}

/// Reads one document with the child tables it has: a whole body, its `data`, or the document.
///
/// # Errors
/// [`DecodeError`] names the first field that cannot be read.
pub fn decode_document(doctype: Doctype, reply: &Value) -> Result<Master, DecodeError> {
    decode(doctype, &Fields::of(doctype.name(), inner(reply))?)
}

/// Each doctype by its own reader.
fn decode(doctype: Doctype, f: &Fields<'_>) -> Decoded<Master> {
    Ok(match doctype {
        Doctype::SystemSettings => shop_documents::system_settings(f)?.into(),
        Doctype::Company => shop_documents::company(f)?.into(),
        Doctype::Currency => shop_documents::currency(f)?.into(),
        Doctype::PosProfile => shop_documents::pos_profile(f)?.into(),
        Doctype::ModeOfPayment => shop_documents::mode_of_payment(f)?.into(),
        Doctype::PriceList => prices::price_list(f)?.into(),
        Doctype::SalesTaxesAndChargesTemplate => taxes::taxes_template(f)?.into(),
        Doctype::ItemTaxTemplate => taxes::item_tax_template(f)?.into(),
        Doctype::Employee => employees::employee(f)?.into(),
        Doctype::Uom => items::uom(f)?.into(),
        Doctype::UomConversionFactor => items::uom_conversion_factor(f)?.into(),
        Doctype::ItemGroup => items::item_group(f)?.into(),
        Doctype::CustomerGroup => customers::customer_group(f)?.into(),
        Doctype::Territory => customers::territory(f)?.into(),
        Doctype::Warehouse => stock::warehouse(f)?.into(),
        Doctype::CurrencyExchange => prices::currency_exchange(f)?.into(),
        Doctype::TaxRule => taxes::tax_rule(f)?.into(),
        Doctype::Item => items::item(f)?.into(),
        Doctype::ItemPrice => prices::item_price(f)?.into(),
        Doctype::Customer => customers::customer(f)?.into(),
        Doctype::PricingRule => pricing_rule::pricing_rule(f)?.into(),
        Doctype::CouponCode => pricing_rule::coupon_code(f)?.into(),
        Doctype::LoyaltyProgram => customers::loyalty_program(f)?.into(),
        Doctype::ProductBundle => items::product_bundle(f)?.into(),
        Doctype::Address => customers::address(f)?.into(),
        Doctype::Batch => stock::batch(f)?.into(),
        Doctype::SerialNo => stock::serial_no(f)?.into(),
        Doctype::LoyaltyPointEntry => customers::loyalty_point_entry(f)?.into(),
    })
}

/// Puts rows of child tables into the documents they belong to: barcodes, units, taxes and
/// attributes of items, taxes of item groups, items of bundles, customers of addresses. A row
/// names its document as `parent`, or as `name` where the parent was listed with dotted fields;
/// rows of other documents are left out.
pub fn merge_children(masters: &mut [Master], reply: &Value) -> Vec<DecodeError> {
    let mut places: HashMap<String, usize> = HashMap::with_capacity(masters.len());
    for (place, master) in masters.iter().enumerate() {
        places.insert(master.name().to_owned(), place);
    }
    let mut skipped = Vec::new();
    for row in inner(reply).as_array().into_iter().flatten() {
        let parent = row
            .get("parent")
            .or_else(|| row.get("name"))
            .and_then(Value::as_str);
        let place = parent.and_then(|parent| places.get(parent));
        if let Some(master) = place.and_then(|place| masters.get_mut(*place))
            && let Err(error) = merge_child(master, row)
        {
            skipped.push(error);
        }
    }
    skipped
}

fn merge_child(master: &mut Master, row: &Value) -> Result<(), DecodeError> {
    let name = master.name().to_owned();
    let fields = Fields::row_of(master.doctype().name(), &name, row)?;
    // A parent without children is listed with nulls.
    match master {
        Master::Item(item) if fields.has("barcode") => {
            item.barcodes.push(items::item_barcode(&fields)?);
        }
        Master::Item(item) if fields.has("conversion_factor") => {
            item.uoms.push(items::item_uom(&fields)?);
        }
        Master::Item(item) if fields.has("item_tax_template") => {
            item.taxes.push(items::item_tax(&fields)?);
        }
        Master::Item(item) if fields.has("attribute") => {
            item.attributes
                .push(items::item_variant_attribute(&fields)?);
        }
        Master::ItemGroup(group) if fields.has("item_tax_template") => {
            group.taxes.push(items::item_tax(&fields)?);
        }
        Master::ProductBundle(bundle) if fields.has("item_code") => {
            bundle.items.push(items::product_bundle_item(&fields)?);
        }
        Master::Address(address) if fields.has("link_name") => {
            address
                .customers
                .extend(customers::linked_customer(&fields)?);
        }
        _ => {}
    }
    Ok(())
}

/// What a reply's body wraps, or the value itself.
fn inner(reply: &Value) -> &Value {
    let wrapped = reply.get("data").or_else(|| reply.get("message"));
    wrapped
        .filter(|inner| inner.is_array() || inner.is_object())
        .unwrap_or(reply)
}
