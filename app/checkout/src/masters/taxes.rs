//! Tax templates.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::totals::ChargeType;

/// A Sales Taxes and Charges Template.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SalesTaxesAndChargesTemplate {
    /// The key.
    pub name: String,
    /// The company it belongs to.
    pub company: String,
    /// Not in use.
    pub disabled: bool,
    /// The rows, in order.
    pub taxes: Vec<TaxesAndCharges>,
}

/// A row of Sales Taxes and Charges.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TaxesAndCharges {
    /// What the rate applies to.
    pub charge_type: ChargeType,
    /// The row, counted from 1, that an "On Previous Row" charge refers to.
    pub row_id: Option<u32>,
    /// The ledger account; also what item tax templates are keyed by.
    pub account_head: String,
    /// What the customer reads.
    pub description: String,
    /// The cost center.
    pub cost_center: Option<String>,
    /// Per cent, or an amount a piece for "On Item Quantity".
    pub rate: f64,
    /// The amount of an "Actual" charge.
    pub tax_amount: f64,
    /// Whether shelf prices contain it.
    pub included_in_print_rate: bool,
}

/// An Item Tax Template: rates that replace those of the document's tax rows.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ItemTaxTemplate {
    /// The key.
    pub name: String,
    /// The company it belongs to.
    pub company: String,
    /// Not in use.
    pub disabled: bool,
    /// The rates by account.
    pub taxes: Vec<ItemTaxTemplateDetail>,
}

/// A row of an Item Tax Template.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ItemTaxTemplateDetail {
    /// The account whose rate is replaced.
    pub tax_type: String,
    /// The rate in per cent.
    pub tax_rate: f64,
}

/// A Tax Rule: which template of taxes holds for whom, where and when. An empty field holds for
/// everybody.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TaxRule {
    /// The key.
    pub name: String,
    /// `Sales` or `Purchase`.
    pub tax_type: String,
    /// The [`SalesTaxesAndChargesTemplate`] it chooses.
    pub sales_tax_template: Option<String>,
    /// Only for this customer.
    pub customer: Option<String>,
    /// Only for this customer group and those below.
    pub customer_group: Option<String>,
    /// Only for documents of this tax category.
    pub tax_category: Option<String>,
    /// Only for this company.
    pub company: Option<String>,
    /// Only for bills to this town, county, state, postal code, country.
    pub billing: TaxRulePlace,
    /// Only for goods to this town, county, state, postal code, country.
    pub shipping: TaxRulePlace,
    /// The first day.
    pub from_date: Option<Date>,
    /// The last day.
    pub to_date: Option<Date>,
    /// Decides between rules that say equally much: the higher wins.
    pub priority: i64,
}

/// Where a [`TaxRule`] holds.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TaxRulePlace {
    /// `billing_city` or `shipping_city`, and so on.
    pub city: Option<String>,
    /// The county.
    pub county: Option<String>,
    /// The state.
    pub state: Option<String>,
    /// The postal code.
    pub zipcode: Option<String>,
    /// The country.
    pub country: Option<String>,
}
