//! Pricing rules and coupons.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::totals::{ApplyDiscountOn, MarginType};

/// What a pricing rule looks at.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub enum ApplyOn {
    /// The items of its table.
    #[default]
    #[serde(rename = "Item Code")]
    ItemCode,
    /// The item groups of its table and all below them.
    #[serde(rename = "Item Group")]
    ItemGroup,
    /// The brands of its table.
    Brand,
    /// The whole document.
    Transaction,
}

/// Whether a pricing rule changes a price or gives goods away.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub enum PriceOrProductDiscount {
    /// Changes a price.
    #[default]
    Price,
    /// Gives an item.
    Product,
}

/// How a price rule changes the price.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub enum RateOrDiscount {
    /// Another list price.
    Rate,
    /// So many per cent off.
    #[default]
    #[serde(rename = "Discount Percentage")]
    DiscountPercentage,
    /// So much off one unit.
    #[serde(rename = "Discount Amount")]
    DiscountAmount,
}

/// A Pricing Rule. Amounts are in its `currency`.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PricingRule {
    /// The key, for example `PRLE-0001`.
    pub name: String,
    /// What people call it.
    pub title: String,
    /// Not in use.
    pub disable: bool,
    /// What it looks at.
    pub apply_on: ApplyOn,
    /// Whether it changes a price or gives goods away.
    pub price_or_product_discount: PriceOrProductDiscount,
    /// The rows of its table `items`, `item_groups` or `brands`, as `apply_on` says.
    pub objects: Vec<PricingRuleObject>,
    /// The discount goes to other goods than those that the thresholds count.
    pub apply_rule_on_other: Option<ApplyOn>,
    /// Those other goods: an item code, item group or brand.
    pub other: Option<String>,
    /// Holds for selling.
    pub selling: bool,
    /// The thresholds count all rows of the document that it covers together.
    pub mixed_conditions: bool,
    /// The thresholds count earlier documents too.
    pub is_cumulative: bool,
    /// Holds only with its coupon.
    pub coupon_code_based: bool,
    /// Only for this customer.
    pub customer: Option<String>,
    /// Only for this customer group and those below.
    pub customer_group: Option<String>,
    /// Only for this territory and those below.
    pub territory: Option<String>,
    /// Only for what this partner sells.
    pub sales_partner: Option<String>,
    /// Only in this campaign.
    pub campaign: Option<String>,
    /// A buying rule, when set.
    pub supplier: Option<String>,
    /// A buying rule, when set.
    pub supplier_group: Option<String>,
    /// Only out of this warehouse and those below.
    pub warehouse: Option<String>,
    /// Only for this company.
    pub company: Option<String>,
    /// Only with this price list.
    pub for_price_list: Option<String>,
    /// The first day.
    pub valid_from: Option<Date>,
    /// The last day.
    pub valid_upto: Option<Date>,
    /// A Python expression over the document that has to be true.
    pub condition: Option<String>,
    /// From this quantity on.
    pub min_qty: f64,
    /// Up to this quantity; 0 for no limit.
    pub max_qty: f64,
    /// From this amount on.
    pub min_amt: f64,
    /// Up to this amount; 0 for no limit.
    pub max_amt: f64,
    /// What its amounts are in.
    pub currency: String,
    /// How its margin is given.
    pub margin_type: Option<MarginType>,
    /// Its margin: per cent or an amount per unit; 0 for none.
    pub margin_rate_or_amount: f64,
    /// How it changes the price.
    pub rate_or_discount: RateOrDiscount,
    /// The list price that it sets.
    pub rate: f64,
    /// What it takes off one unit, or off the document.
    pub discount_amount: f64,
    /// What it takes off in per cent.
    pub discount_percentage: f64,
    /// The total that its discount on a document is taken from.
    pub apply_discount_on: Option<ApplyDiscountOn>,
    /// How near its thresholds have to be, in per cent of them, for the cashier to be told; 0 for
    /// never.
    pub threshold_percentage: f64,
    /// Its percentage is taken from what the earlier rules left.
    pub apply_discount_on_rate: bool,
    /// Only checks what the cashier gives.
    pub validate_applied_rule: bool,
    /// Applies together with others that do so.
    pub apply_multiple_pricing_rules: bool,
    /// Its priority counts.
    pub has_priority: bool,
    /// `1` to `20`, a text; empty for none.
    pub priority: String,
    /// Gives the same item that is bought.
    pub same_item: bool,
    /// The item that it gives.
    pub free_item: Option<String>,
    /// How much of it; 0 stands for 1.
    pub free_qty: f64,
    /// In this unit; the item's stock unit where it names none.
    pub free_item_uom: Option<String>,
    /// What one costs.
    pub free_item_rate: f64,
    /// Gives whole times only.
    pub round_free_qty: bool,
    /// Gives again for every `recurse_for` bought.
    pub is_recursive: bool,
    /// How much has to be bought for each time.
    pub recurse_for: f64,
    /// How much is bought before the first time.
    pub apply_recursion_over: f64,
}

/// A row of Pricing Rule.items, item_groups or brands.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct PricingRuleObject {
    /// The item code, item group or brand.
    pub value: String,
    /// Only in this unit.
    pub uom: Option<String>,
}

/// A Coupon Code.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct CouponCode {
    /// The key.
    pub name: String,
    /// What the customer shows.
    pub coupon_code: String,
    /// Who alone may use it (a gift card).
    pub customer: Option<String>,
    /// The rule that it switches on.
    pub pricing_rule: Option<String>,
    /// The first day.
    pub valid_from: Option<Date>,
    /// The last day.
    pub valid_upto: Option<Date>,
    /// How often it may be used; 0 for no limit.
    pub maximum_use: i64,
    /// How often it was used.
    pub used: i64,
}
