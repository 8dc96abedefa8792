//! The masters of the demo shop, decoded from the recorded answers by the same code that decodes
//! a site's.

use anyhow::{Context, bail};
use checkout::masters::{Doctype, Master};
use erpnext::dto::{decode_document, decode_list, merge_children};
use jiff::civil::Date;
use serde_json::Value;
use store::Role;

use super::extras::masters_on;
use crate::config::Config;
use crate::staff_command;
use crate::start::Folder;

/// The demo's `till.toml`.
pub const CONFIG: &str = include_str!("till.toml");
/// Who may sign in; the first is a manager.
pub const STAFF: [&str; 3] = ["Maya", "Tom", "Ines"];
/// The PIN of everybody in the demo.
pub const PIN: &str = "2580";

macro_rules! recorded {
    ($name:literal) => {
        include_str!(concat!("../../../erpnext/recorded/", $name, ".json"))
    };
}

const LISTS: &[(Doctype, &str)] = &[
    (Doctype::Currency, recorded!("list-currency")),
    (Doctype::PriceList, recorded!("list-price-list")),
    (Doctype::Uom, recorded!("list-uom")),
    (Doctype::ItemGroup, recorded!("list-item-group")),
    (Doctype::CustomerGroup, recorded!("list-customer-group")),
    (Doctype::ItemPrice, recorded!("list-item-price")),
    (Doctype::Customer, recorded!("list-customer")),
    (Doctype::Batch, recorded!("list-batch")),
    (Doctype::SerialNo, recorded!("list-serial-no")),
];

const DOCUMENTS: &[(Doctype, &str)] = &[
    (Doctype::Company, recorded!("doc-company-harbour-books")),
    (Doctype::PosProfile, recorded!("doc-pos-profile-counter-1")),
    (Doctype::PosProfile, recorded!("doc-pos-profile-counter-2")),
    (Doctype::PosProfile, recorded!("doc-pos-profile-counter-3")),
    (Doctype::PosProfile, recorded!("doc-pos-profile-counter-4")),
    (
        Doctype::ModeOfPayment,
        recorded!("doc-mode-of-payment-cash"),
    ),
    (
        Doctype::ModeOfPayment,
        recorded!("doc-mode-of-payment-credit-card"),
    ),
    (
        Doctype::ModeOfPayment,
        recorded!("doc-mode-of-payment-gift-voucher"),
    ),
    (
        Doctype::SalesTaxesAndChargesTemplate,
        recorded!("doc-sales-taxes-and-charges-template-us-sales-tax-8-25---hb"),
    ),
    (
        Doctype::SalesTaxesAndChargesTemplate,
        recorded!("doc-sales-taxes-and-charges-template-vat-20-inclusive---hb"),
    ),
    (
        Doctype::SalesTaxesAndChargesTemplate,
        recorded!("doc-sales-taxes-and-charges-template-two-level---hb"),
    ),
    (
        Doctype::SalesTaxesAndChargesTemplate,
        recorded!("doc-sales-taxes-and-charges-template-sales-tax-plus-delivery---hb"),
    ),
    (
        Doctype::ItemTaxTemplate,
        recorded!("doc-item-tax-template-reduced-5---hb"),
    ),
    (
        Doctype::ItemTaxTemplate,
        recorded!("doc-item-tax-template-zero-rated---hb"),
    ),
    (
        Doctype::PricingRule,
        recorded!("doc-pricing-rule-prle-0001"),
    ),
    (
        Doctype::PricingRule,
        recorded!("doc-pricing-rule-prle-0002"),
    ),
    (
        Doctype::PricingRule,
        recorded!("doc-pricing-rule-prle-0003"),
    ),
    (
        Doctype::PricingRule,
        recorded!("doc-pricing-rule-prle-0004"),
    ),
    (
        Doctype::PricingRule,
        recorded!("doc-pricing-rule-prle-0005"),
    ),
    (Doctype::CouponCode, recorded!("doc-coupon-code-save15")),
    (
        Doctype::LoyaltyProgram,
        recorded!("doc-loyalty-program-harbour-rewards"),
    ),
    (
        Doctype::ProductBundle,
        recorded!("doc-product-bundle-bun-001"),
    ),
];

const ITEM_CHILDREN: &[&str] = &[
    recorded!("list-item-barcodes"),
    recorded!("list-item-uoms"),
    recorded!("list-item-taxes"),
];

/// Every master of the demo shop on a day.
///
/// # Errors
/// When a recorded answer cannot be decoded.
pub fn masters(today: Date) -> anyhow::Result<Vec<Master>> {
    let mut masters = Vec::new();
    let mut items = decoded(Doctype::Item, recorded!("list-item"))?;
    for children in ITEM_CHILDREN {
        if let Some(error) = merge_children(&mut items, &body(children)?)
            .into_iter()
            .next()
        {
            bail!(error);
        }
    }
    masters.extend(items);
    for (doctype, text) in LISTS {
        masters.extend(decoded(*doctype, text)?);
    }
    for (doctype, text) in DOCUMENTS {
        masters.push(decode_document(*doctype, &body(text)?)?);
    }
    let settings = checkout::masters::SystemSettings {
        time_zone: time_zone()?,
        ..Default::default()
    };
    masters.push(Master::SystemSettings(settings));
    Ok(masters_on(today, masters))
}

fn time_zone() -> anyhow::Result<String> {
    let recorded = body(recorded!("method-time-zone"))?;
    let name = recorded["message"]["time_zone"].as_str();
    Ok(name.context("the recorded time zone is none")?.to_owned())
}

/// Puts masters and staff into a data folder that has none yet.
///
/// # Errors
/// When the folder cannot be written.
pub fn prepare(folder: &mut Folder) -> anyhow::Result<()> {
    if folder.masters().small_masters()?.is_empty() {
        // The shop's day, which need not be the machine's.
        let today = jiff::Timestamp::now().in_tz(&time_zone()?)?.date();
        folder.masters().apply(&masters(today)?)?;
    }
    if folder.store().staff()?.is_empty() {
        for (place, name) in STAFF.iter().enumerate() {
            let role = if place == 0 {
                Role::Manager
            } else {
                Role::Cashier
            };
            staff_command::put(folder, name, role, PIN)?;
        }
    }
    Ok(())
}

/// The demo's configuration.
///
/// # Errors
/// Never in a program that was tested.
pub fn config() -> anyhow::Result<Config> {
    Ok(toml::from_str(CONFIG)?)
}

fn decoded(doctype: Doctype, text: &str) -> anyhow::Result<Vec<Master>> {
    let decoded: Result<Vec<Master>, _> = decode_list(doctype, &body(text)?).into_iter().collect();
    Ok(decoded?)
}

/// The answer in a recorded exchange.
fn body(text: &str) -> anyhow::Result<Value> {
    let mut exchange: Value = serde_json::from_str(text)?;
    Ok(exchange["body"].take())
}
