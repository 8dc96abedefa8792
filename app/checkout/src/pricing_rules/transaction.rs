//! Rules on the whole document (`apply_pricing_rule_on_transaction`), after it was added up.

use super::coupons::is_on;
use super::free_items::{FreeItem, free_item, free_qty};
use super::search::{is_for_party, needs_nothing_else};
use super::threshold::within;
use super::{Context, Notice};
use crate::catalog::CatalogError;
use crate::masters::{ApplyOn, PriceOrProductDiscount, PricingRule, RateOrDiscount};
use crate::totals::{ApplyDiscountOn, Totals};

/// The discount on a document.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct DocumentDiscount {
    /// The total it is taken from.
    pub apply_discount_on: Option<ApplyDiscountOn>,
    /// In per cent; if not 0 it goes before the amount.
    pub additional_discount_percentage: f64,
    /// As an amount.
    pub discount_amount: f64,
}

/// What the rules on the whole document do besides the discount.
#[derive(Clone, PartialEq, Debug)]
pub enum TransactionOutcome {
    /// No rule is for this document.
    NoRules,
    /// There are rules for it, but it reaches the thresholds of none. The server then takes out
    /// every free item (`remove_free_item`), those of other rules too, and does not add the
    /// document up again: its `total_qty` still counts them.
    NoneReached,
    /// Rules were applied, and give these items.
    Applied(Vec<FreeItem>),
}

/// Applies the rules on the whole document to the discount that the cashier gave, and returns
/// what else they do. The totals are those without any of it.
///
/// The server has no order for these rules; here they come by name. It does not look at their
/// dates (15.71), price list or warehouse.
///
/// # Errors
/// [`CatalogError`] when items cannot be read.
pub fn transaction_rules(
    context: &Context<'_>,
    totals: &Totals,
    discount: &mut DocumentDiscount,
    notices: &mut Vec<Notice>,
) -> Result<TransactionOutcome, CatalogError> {
    let rules: Vec<&PricingRule> = context
        .shop
        .pricing_rules
        .values()
        .filter(|rule| rule.apply_on == ApplyOn::Transaction && is_for_party(context, rule))
        .filter(|rule| needs_nothing_else(context, rule, notices))
        .collect();
    if rules.is_empty() {
        return Ok(TransactionOutcome::NoRules);
    }
    let reached = |rule: &&PricingRule| {
        within(totals.total_qty, rule.min_qty, rule.max_qty)
            && within(totals.total, rule.min_amt, rule.max_amt)
    };
    let rules: Vec<&PricingRule> = rules.into_iter().filter(reached).collect();
    if rules.is_empty() {
        return Ok(TransactionOutcome::NoneReached);
    }
    let mut given = Vec::new();
    for rule in rules {
        match rule.price_or_product_discount {
            PriceOrProductDiscount::Price => {
                price_rule(context, rule, discount);
                if rule.coupon_code_based && is_on(context, rule) {
                    // The right coupon ends the search.
                    break;
                }
            }
            PriceOrProductDiscount::Product if is_on(context, rule) => {
                match free_item(context, rule, None, free_qty(rule, totals.total_qty))? {
                    Ok(item) => given.push(item),
                    Err(notice) => notices.push(notice),
                }
            }
            PriceOrProductDiscount::Product => {}
        }
    }
    Ok(TransactionOutcome::Applied(given))
}

fn price_rule(context: &Context<'_>, rule: &PricingRule, discount: &mut DocumentDiscount) {
    let (field, value) = match rule.rate_or_discount {
        RateOrDiscount::DiscountPercentage => (
            &mut discount.additional_discount_percentage,
            rule.discount_percentage,
        ),
        RateOrDiscount::DiscountAmount => (&mut discount.discount_amount, rule.discount_amount),
        // A document has no rate.
        RateOrDiscount::Rate => return,
    };
    if value == 0.0 {
        return;
    }
    if rule.validate_applied_rule && *field != 0.0 && *field < value {
        // The server only warns that the cashier gave less.
        return;
    }
    // Without its coupon, a rule even takes away what was there.
    *field = if is_on(context, rule) { value } else { 0.0 };
    discount.apply_discount_on = rule.apply_discount_on.or(discount.apply_discount_on);
}
