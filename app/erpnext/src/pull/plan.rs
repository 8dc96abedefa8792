//! What a till reads, how much of it, and what refers to what.

use std::collections::BTreeSet;

use checkout::masters::{Doctype, PosProfile};
use serde_json::{Value, json};

use crate::dto::EMPLOYEE_ROLE_FIELD;

/// What is read by pages, in the order in which a sale needs it. What a price is made of comes
/// first; a till sells before the long lists at the end have come.
pub(super) const FEEDS: [Doctype; 25] = [
    Doctype::Currency,
    Doctype::ModeOfPayment,
    Doctype::Employee,
    Doctype::PriceList,
    Doctype::SalesTaxesAndChargesTemplate,
    Doctype::ItemTaxTemplate,
    Doctype::Uom,
    Doctype::UomConversionFactor,
    Doctype::ItemGroup,
    Doctype::CustomerGroup,
    Doctype::Territory,
    Doctype::Warehouse,
    Doctype::CurrencyExchange,
    Doctype::TaxRule,
    Doctype::PricingRule,
    Doctype::CouponCode,
    Doctype::LoyaltyProgram,
    Doctype::ProductBundle,
    Doctype::Item,
    Doctype::ItemPrice,
    Doctype::Customer,
    Doctype::Address,
    Doctype::Batch,
    Doctype::SerialNo,
    Doctype::LoyaltyPointEntry,
];

/// What of a doctype a till of this profile needs. `price_lists` are those it may sell by.
pub(super) fn filters(
    doctype: Doctype,
    profile: &PosProfile,
    price_lists: &BTreeSet<String>,
) -> Vec<Value> {
    match doctype {
        Doctype::ModeOfPayment => {
            let modes = profile.payments.iter().map(|row| &row.mode_of_payment);
            vec![json!(["name", "in", modes.collect::<Vec<_>>()])]
        }
        // Not the whole staff of a company, only who works at tills.
        Doctype::Employee => vec![
            json!(["company", "=", profile.company]),
            json!([EMPLOYEE_ROLE_FIELD, "is", "set"]),
        ],
        // All templates: a tax rule may choose any.
        Doctype::SalesTaxesAndChargesTemplate
        | Doctype::ItemTaxTemplate
        | Doctype::Warehouse
        | Doctype::LoyaltyPointEntry => vec![json!(["company", "=", profile.company])],
        Doctype::PriceList => vec![json!(["selling", "=", 1])],
        Doctype::CurrencyExchange => vec![json!(["for_selling", "=", 1])],
        Doctype::TaxRule => vec![json!(["tax_type", "=", "Sales"])],
        Doctype::ItemPrice => vec![json!(["price_list", "in", price_lists])],
        Doctype::SerialNo => vec![
            json!(["warehouse", "=", profile.warehouse]),
            json!(["status", "=", "Active"]),
        ],
        _ => Vec::new(),
    }
}

/// The doctypes of which a till keeps references to documents of this one.
pub(super) fn referring(doctype: Doctype) -> &'static [Doctype] {
    match doctype {
        Doctype::PriceList => &[
            Doctype::CustomerGroup,
            Doctype::PricingRule,
            Doctype::ItemPrice,
            Doctype::Customer,
        ],
        Doctype::SalesTaxesAndChargesTemplate => &[Doctype::TaxRule],
        Doctype::ItemTaxTemplate => &[Doctype::ItemGroup, Doctype::Item],
        Doctype::Uom => &[
            Doctype::UomConversionFactor,
            Doctype::PricingRule,
            Doctype::ProductBundle,
            Doctype::Item,
            Doctype::ItemPrice,
        ],
        Doctype::ItemGroup => &[Doctype::PricingRule, Doctype::Item],
        Doctype::CustomerGroup => &[
            Doctype::TaxRule,
            Doctype::PricingRule,
            Doctype::LoyaltyProgram,
            Doctype::Customer,
        ],
        Doctype::Territory => &[
            Doctype::PricingRule,
            Doctype::LoyaltyProgram,
            Doctype::Customer,
        ],
        Doctype::Warehouse => &[Doctype::PricingRule, Doctype::SerialNo],
        Doctype::PricingRule => &[Doctype::CouponCode],
        Doctype::LoyaltyProgram => &[Doctype::Customer, Doctype::LoyaltyPointEntry],
        Doctype::Item => &[
            Doctype::PricingRule,
            Doctype::ProductBundle,
            Doctype::ItemPrice,
            Doctype::Batch,
            Doctype::SerialNo,
        ],
        Doctype::Customer => &[
            Doctype::TaxRule,
            Doctype::PricingRule,
            Doctype::CouponCode,
            Doctype::ItemPrice,
            Doctype::Address,
            Doctype::LoyaltyPointEntry,
        ],
        Doctype::Batch => &[Doctype::ItemPrice, Doctype::SerialNo],
        _ => &[],
    }
}
