//! The parts of a POS Invoice that go into the arithmetic, and those that come out, under
//! ERPNext's field names. Amounts are in the document's currency, `base_` ones in the company's.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::payments;

/// What a POS Invoice sends in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Document {
    /// A return: quantities, Actual taxes and a discount amount are negative, rates are not.
    pub is_return: bool,
    /// Code of the document's currency; empty means the company's.
    pub currency: String,
    /// Company currency per unit of `currency`. Taken as 1 if the two currencies are the same.
    pub conversion_rate: f64,
    /// The rows sold or returned.
    pub items: Vec<ItemRow>,
    /// The rows of Sales Taxes and Charges.
    pub taxes: Vec<TaxRow>,
    /// What the document's discount lowers; needed as soon as there is one.
    pub apply_discount_on: Option<ApplyDiscountOn>,
    /// Document discount in percent; if not 0 it replaces `discount_amount`.
    pub additional_discount_percentage: f64,
    /// Document discount as an amount.
    pub discount_amount: f64,
}

impl Default for Document {
    fn default() -> Self {
        Self {
            is_return: false,
            currency: String::new(),
            conversion_rate: 1.0,
            items: Vec::new(),
            taxes: Vec::new(),
            apply_discount_on: None,
            additional_discount_percentage: 0.0,
            discount_amount: 0.0,
        }
    }
}

/// A row of POS Invoice Item.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ItemRow {
    /// Names the item in [`TaxTotals::item_wise_tax_detail`]; rows of one code share an entry.
    pub item_code: String,
    /// Quantity in the row's unit.
    pub qty: f64,
    /// Price of one unit in the price list; 0 for none.
    pub price_list_rate: f64,
    /// Price asked for one unit. 0 is replaced by the discounted list price, if there is one and
    /// `discount_percentage` is not 100.
    pub rate: f64,
    /// Row discount in percent.
    pub discount_percentage: f64,
    /// Row discount per unit. Only a pricing rule or a margin makes it count; otherwise it is
    /// computed from the rates.
    pub discount_amount: f64,
    /// With a pricing rule: the margin that rule gives, or none.
    pub margin_type: Option<MarginType>,
    /// Percent or amount per unit. A margin replaces `rate`.
    pub margin_rate_or_amount: f64,
    /// Rates of the row's Item Tax Template by account head, in percent. A tax row whose account
    /// is not mentioned keeps its own rate.
    pub item_tax_rate: BTreeMap<String, f64>,
    /// The rates of the template that takes its place once the document discount has lowered the
    /// net rate into another template's range; `None` where the same one holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub discounted_item_tax_rate: Option<BTreeMap<String, f64>>,
    /// Whether pricing rules are applied to this row (its `pricing_rules` field is not empty).
    pub has_pricing_rules: bool,
}

/// A row of Sales Taxes and Charges.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TaxRow {
    /// What the tax is charged on.
    pub charge_type: ChargeType,
    /// For the two "On Previous Row" types: the number of an earlier row, counted from 1.
    pub row_id: Option<u32>,
    /// The account, which also finds the rate in [`ItemRow::item_tax_rate`].
    pub account_head: String,
    /// What the receipt calls the tax; not used in the arithmetic.
    pub description: String,
    /// Not used in the arithmetic.
    pub cost_center: String,
    /// Percent, or an amount per unit for On Item Quantity; ignored for Actual.
    pub rate: f64,
    /// The amount of an Actual charge; ignored for all others.
    pub tax_amount: f64,
    /// Whether the item prices contain this tax.
    pub included_in_print_rate: bool,
    /// Keep the item-wise detail the document has; none is computed then.
    pub dont_recompute_tax: bool,
}

/// What a tax row is charged on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum ChargeType {
    /// A fixed amount, spread over the items by net amount.
    Actual,
    /// A percentage of the net amount.
    #[default]
    #[serde(rename = "On Net Total")]
    OnNetTotal,
    /// A percentage of an earlier row's tax.
    #[serde(rename = "On Previous Row Amount")]
    OnPreviousRowAmount,
    /// A percentage of the total up to and with an earlier row.
    #[serde(rename = "On Previous Row Total")]
    OnPreviousRowTotal,
    /// An amount per unit.
    #[serde(rename = "On Item Quantity")]
    OnItemQuantity,
}

impl ChargeType {
    /// ERPNext's name of the type.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Actual => "Actual",
            Self::OnNetTotal => "On Net Total",
            Self::OnPreviousRowAmount => "On Previous Row Amount",
            Self::OnPreviousRowTotal => "On Previous Row Total",
            Self::OnItemQuantity => "On Item Quantity",
        }
    }
}

/// The total a document discount is taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ApplyDiscountOn {
    /// The total with taxes.
    #[serde(rename = "Grand Total")]
    GrandTotal,
    /// The total without taxes.
    #[serde(rename = "Net Total")]
    NetTotal,
}

/// How a margin is added to the list price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum MarginType {
    /// In percent of the list price.
    Percentage,
    /// As an amount per unit.
    Amount,
}

/// What ERPNext stores for the document.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Totals {
    /// In the order of the document's items.
    pub items: Vec<ItemTotals>,
    /// In the order of the document's tax rows.
    pub taxes: Vec<TaxTotals>,
    /// The rate used: 1 for the company's own currency.
    pub conversion_rate: f64,
    /// Sum of the quantities, whatever their units.
    pub total_qty: f64,
    /// Sum of the row amounts, before the document discount and with inclusive taxes.
    pub total: f64,
    /// Sum of the net amounts, after the document discount and without taxes.
    pub net_total: f64,
    /// Sum of what the tax rows really charge.
    pub total_taxes_and_charges: f64,
    /// The document discount, computed if it was given in percent.
    pub discount_amount: f64,
    /// Net total and taxes, before it is rounded to the smallest coin.
    pub grand_total: f64,
    /// `rounded_total` less `grand_total`.
    pub rounding_adjustment: f64,
    /// 0 where rounding is disabled; see [`Totals::amount_to_pay`].
    pub rounded_total: f64,
    /// `total` in the company's currency.
    pub base_total: f64,
    /// `net_total` in the company's currency.
    pub base_net_total: f64,
    /// `total_taxes_and_charges` in the company's currency.
    pub base_total_taxes_and_charges: f64,
    /// `discount_amount` in the company's currency.
    pub base_discount_amount: f64,
    /// `grand_total` in the company's currency.
    pub base_grand_total: f64,
    /// `rounding_adjustment` in the company's currency.
    pub base_rounding_adjustment: f64,
    /// `rounded_total` in the company's currency.
    pub base_rounded_total: f64,
}

impl Totals {
    /// What the customer pays (negative for a return): the rounded total or, if that is 0, the
    /// grand total.
    #[must_use]
    pub fn amount_to_pay(&self) -> f64 {
        payments::amount_to_pay(self.grand_total, self.rounded_total)
    }

    /// [`Totals::amount_to_pay`] in the company's currency.
    #[must_use]
    pub fn base_amount_to_pay(&self) -> f64 {
        payments::amount_to_pay(self.base_grand_total, self.base_rounded_total)
    }
}

/// What ERPNext stores for an item row.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ItemTotals {
    /// In the row's unit; negative on a return.
    pub qty: f64,
    /// Per unit, before margin and discount.
    pub price_list_rate: f64,
    /// Off the list price with its margin.
    pub discount_percentage: f64,
    /// Per unit; not rounded, and negative if the rate is above the list price.
    pub discount_amount: f64,
    /// How the margin is given, if there is one.
    pub margin_type: Option<MarginType>,
    /// The margin on the list price: percent or an amount per unit, as `margin_type` says.
    pub margin_rate_or_amount: f64,
    /// The list price with the margin; not rounded, 0 without one.
    pub rate_with_margin: f64,
    /// Per unit, after margin and discount.
    pub rate: f64,
    /// `rate` times `qty`, whatever the document discount.
    pub amount: f64,
    /// `net_amount` per unit.
    pub net_rate: f64,
    /// The amount without inclusive taxes and less its share of the document discount.
    pub net_amount: f64,
    /// `price_list_rate` in the company's currency.
    pub base_price_list_rate: f64,
    /// `rate_with_margin` in the company's currency.
    pub base_rate_with_margin: f64,
    /// `rate` in the company's currency.
    pub base_rate: f64,
    /// `amount` in the company's currency.
    pub base_amount: f64,
    /// `net_rate` in the company's currency.
    pub base_net_rate: f64,
    /// `net_amount` in the company's currency.
    pub base_net_amount: f64,
    /// The row's share of the document discount.
    pub distributed_discount_amount: f64,
}

/// What ERPNext stores for a tax row.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TaxTotals {
    /// Percent, or an amount per unit for On Item Quantity; 0 for Actual.
    pub rate: f64,
    /// Before a discount on the grand total.
    pub tax_amount: f64,
    /// What is really charged.
    pub tax_amount_after_discount_amount: f64,
    /// The document's total up to and with this row.
    pub total: f64,
    /// `tax_amount` in the company's currency.
    pub base_tax_amount: f64,
    /// `tax_amount_after_discount_amount` in the company's currency.
    pub base_tax_amount_after_discount_amount: f64,
    /// `total` in the company's currency.
    pub base_total: f64,
    /// The tax by item code, in the order of first appearance.
    pub item_wise_tax_detail: Vec<ItemWiseTax>,
}

/// One entry of a tax row's `item_wise_tax_detail`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ItemWiseTax {
    /// The item; several rows may have it.
    pub item_code: String,
    /// The rate of its last row.
    pub tax_rate: f64,
    /// In the company's currency, rounded only with `round_row_wise_tax`.
    pub tax_amount: f64,
}
