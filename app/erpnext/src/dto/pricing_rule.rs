//! The fields of pricing rules and coupons.

use checkout::masters::{
    ApplyOn, CouponCode, PriceOrProductDiscount, PricingRule, PricingRuleObject, RateOrDiscount,
};

use super::DecodeError;
use super::fields::Fields;

pub(super) fn pricing_rule(f: &Fields<'_>) -> Result<PricingRule, DecodeError> {
    let apply_on = f.choice("apply_on", ApplyOn::ItemCode)?;
    let apply_rule_on_other = f.choice("apply_rule_on_other", None::<ApplyOn>)?;
    let other = match apply_rule_on_other {
        Some(ApplyOn::ItemCode) => f.optional("other_item_code")?,
        Some(ApplyOn::ItemGroup) => f.optional("other_item_group")?,
        Some(ApplyOn::Brand) => f.optional("other_brand")?,
        Some(ApplyOn::Transaction) | None => None,
    };
    let rows = |table, field: &'static str| {
        f.rows(table, |row| {
            Ok(PricingRuleObject {
                value: row.required(field)?,
                uom: row.optional("uom")?,
            })
        })
    };
    Ok(PricingRule {
        name: f.required("name")?,
        title: f.text("title")?,
        disable: f.flag("disable", false)?,
        apply_on,
        price_or_product_discount: f
            .choice("price_or_product_discount", PriceOrProductDiscount::Price)?,
        objects: match apply_on {
            ApplyOn::ItemCode => rows("items", "item_code")?,
            ApplyOn::ItemGroup => rows("item_groups", "item_group")?,
            ApplyOn::Brand => rows("brands", "brand")?,
            ApplyOn::Transaction => Vec::new(),
        },
        apply_rule_on_other,
        other,
        selling: f.flag("selling", false)?,
        mixed_conditions: f.flag("mixed_conditions", false)?,
        is_cumulative: f.flag("is_cumulative", false)?,
        coupon_code_based: f.flag("coupon_code_based", false)?,
        customer: f.optional("customer")?,
        customer_group: f.optional("customer_group")?,
        territory: f.optional("territory")?,
        sales_partner: f.optional("sales_partner")?,
        campaign: f.optional("campaign")?,
        supplier: f.optional("supplier")?,
        supplier_group: f.optional("supplier_group")?,
        warehouse: f.optional("warehouse")?,
        company: f.optional("company")?,
        for_price_list: f.optional("for_price_list")?,
        valid_from: f.date("valid_from")?,
        valid_upto: f.date("valid_upto")?,
        condition: f.optional("condition")?,
        min_qty: f.number("min_qty")?,
        max_qty: f.number("max_qty")?,
        min_amt: f.number("min_amt")?,
        max_amt: f.number("max_amt")?,
        currency: f.text("currency")?,
        margin_type: f.choice("margin_type", None)?,
        margin_rate_or_amount: f.number("margin_rate_or_amount")?,
        rate_or_discount: f.choice("rate_or_discount", RateOrDiscount::DiscountPercentage)?,
        rate: f.number("rate")?,
        discount_amount: f.number("discount_amount")?,
        discount_percentage: f.number("discount_percentage")?,
        apply_discount_on: f.choice("apply_discount_on", None)?,
        threshold_percentage: f.number("threshold_percentage")?,
        apply_discount_on_rate: f.flag("apply_discount_on_rate", false)?,
        validate_applied_rule: f.flag("validate_applied_rule", false)?,
        apply_multiple_pricing_rules: f.flag("apply_multiple_pricing_rules", false)?,
        has_priority: f.flag("has_priority", false)?,
        priority: f.text("priority")?,
        same_item: f.flag("same_item", false)?,
        free_item: f.optional("free_item")?,
        free_qty: f.number("free_qty")?,
        free_item_uom: f.optional("free_item_uom")?,
        free_item_rate: f.number("free_item_rate")?,
        round_free_qty: f.flag("round_free_qty", false)?,
        is_recursive: f.flag("is_recursive", false)?,
        recurse_for: f.number("recurse_for")?,
        apply_recursion_over: f.number("apply_recursion_over")?,
    })
}

pub(super) fn coupon_code(f: &Fields<'_>) -> Result<CouponCode, DecodeError> {
    Ok(CouponCode {
        name: f.required("name")?,
        coupon_code: f.required("coupon_code")?,
        customer: f.optional("customer")?,
        pricing_rule: f.optional("pricing_rule")?,
        valid_from: f.date("valid_from")?,
        valid_upto: f.date("valid_upto")?,
        maximum_use: f.count("maximum_use")?.unwrap_or(0),
        used: f.count("used")?.unwrap_or(0),
    })
}
