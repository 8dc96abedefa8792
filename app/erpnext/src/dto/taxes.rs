//! The fields of tax templates and tax rules.

use checkout::masters::{
    ItemTaxTemplate, ItemTaxTemplateDetail, SalesTaxesAndChargesTemplate, TaxRule, TaxRulePlace,
    TaxesAndCharges,
};
use checkout::totals::ChargeType;

use super::Decoded;
use super::fields::Fields;

pub(super) fn taxes_template(f: &Fields<'_>) -> Decoded<SalesTaxesAndChargesTemplate> {
    Ok(SalesTaxesAndChargesTemplate {
        name: f.required("name")?,
        company: f.text("company")?,
        disabled: f.flag("disabled", false)?,
        taxes: f.rows("taxes", |row| {
            Ok(TaxesAndCharges {
                charge_type: row.choice("charge_type", ChargeType::OnNetTotal)?,
                row_id: row.count("row_id")?.filter(|row: &u32| *row > 0),
                account_head: row.required("account_head")?,
                description: row.text("description")?,
                cost_center: row.optional("cost_center")?,
                rate: row.number("rate")?,
                tax_amount: row.number("tax_amount")?,
                included_in_print_rate: row.flag("included_in_print_rate", false)?,
            })
        })?,
    })
}

pub(super) fn item_tax_template(f: &Fields<'_>) -> Decoded<ItemTaxTemplate> {
    Ok(ItemTaxTemplate {
        name: f.required("name")?,
        company: f.text("company")?,
        disabled: f.flag("disabled", false)?,
        taxes: f.rows("taxes", |row| {
            Ok(ItemTaxTemplateDetail {
                tax_type: row.required("tax_type")?,
                tax_rate: row.number("tax_rate")?,
            })
        })?,
    })
}

pub(super) fn tax_rule(f: &Fields<'_>) -> Decoded<TaxRule> {
    Ok(TaxRule {
        name: f.required("name")?,
        tax_type: f.text("tax_type")?,
        sales_tax_template: f.optional("sales_tax_template")?,
        customer: f.optional("customer")?,
        customer_group: f.optional("customer_group")?,
        tax_category: f.optional("tax_category")?,
        company: f.optional("company")?,
        billing: TaxRulePlace {
            city: f.optional("billing_city")?,
            county: f.optional("billing_county")?,
            state: f.optional("billing_state")?,
            zipcode: f.optional("billing_zipcode")?,
            country: f.optional("billing_country")?,
        },
        shipping: TaxRulePlace {
            city: f.optional("shipping_city")?,
            county: f.optional("shipping_county")?,
            state: f.optional("shipping_state")?,
            zipcode: f.optional("shipping_zipcode")?,
            country: f.optional("shipping_country")?,
        },
        from_date: f.date("from_date")?,
        to_date: f.date("to_date")?,
        priority: f.count("priority")?.unwrap_or(0),
    })
}
