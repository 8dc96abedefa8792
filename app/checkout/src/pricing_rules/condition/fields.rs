//! The fields of the document that a condition may ask for, by ERPNext's names.

use super::{ConditionProblem, Value};
use crate::pricing_rules::Context;
use crate::totals::Totals;

/// The value of a field of the POS Invoice. Sums are there for rules on the whole document alone:
/// the server has none yet when it looks for the rules of a row of a new document.
pub(super) fn field(
    context: &Context<'_>,
    totals: Option<&Totals>,
    name: &str,
) -> Result<Value, ConditionProblem> {
    let shop = context.shop;
    let customer = context.customer;
    let text = |text: &str| Ok(Value::Text(text.to_owned()));
    let link = |set: Option<&str>| match set.filter(|set| !set.is_empty()) {
        Some(set) => text(set),
        None => Ok(Value::None),
    };
    let number = |value: f64| Ok(Value::Number(value));
    let sum = |of: fn(&Totals) -> f64| match totals {
        Some(totals) => Ok(Value::Number(of(totals))),
        None => Err(ConditionProblem::TooEarly(name.to_owned())),
    };
    match name {
        "doctype" => text("POS Invoice"),
        "company" => text(&shop.company.name),
        "pos_profile" => text(&shop.profile.name),
        "set_warehouse" => link(Some(&shop.profile.warehouse)),
        "campaign" => link(shop.profile.campaign.as_deref()),
        "currency" => text(shop.currency.code()),
        "selling_price_list" => text(context.price_list),
        // A text, as a till sends it; the server compares it as one.
        "posting_date" => text(&context.date.to_string()),
        "customer" => link(customer.map(|customer| customer.name.as_str())),
        "customer_name" => link(customer.map(|customer| customer.customer_name.as_str())),
        "customer_group" => link(customer.and_then(|c| c.customer_group.as_deref())),
        "territory" => link(customer.and_then(|c| c.territory.as_deref())),
        "tax_id" => link(customer.and_then(|c| c.tax_id.as_deref())),
        "tax_category" => link(context.tax_category),
        "sales_partner" => link(customer.and_then(|c| c.default_sales_partner.as_deref())),
        "loyalty_program" => link(customer.and_then(|c| c.loyalty_program.as_deref())),
        "is_pos" => number(1.0),
        "is_return" | "docstatus" | "ignore_pricing_rule" => number(0.0),
        "total_qty" => sum(|totals| totals.total_qty),
        "total" => sum(|totals| totals.total),
        "net_total" => sum(|totals| totals.net_total),
        "total_taxes_and_charges" => sum(|totals| totals.total_taxes_and_charges),
        "grand_total" => sum(|totals| totals.grand_total),
        "rounded_total" => sum(|totals| totals.rounded_total),
        other => Err(ConditionProblem::NoField(other.to_owned())),
    }
}
