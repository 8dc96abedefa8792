//! Rules on the whole document (`apply_pricing_rule_on_transaction`), after it was added up.

use super::book::Entry;
use std::sync::Arc;

use super::coupons::is_on;
use super::effect::allowed;
use super::free_items::{FreeItem, free_item, free_qty};
use super::hint::called;
use super::party::{Fit, fits_party};
use super::threshold::within;
use super::{Context, Notice};
use crate::catalog::CatalogError;
use crate::masters::{PriceOrProductDiscount, PricingRule, RateOrDiscount};
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
    /// There are rules for it, but it reaches the thresholds of none, or fails their conditions.
    /// The server then takes out free items (`remove_free_item`), those of other rules too (see
    /// [`free_row_stays`]), and does not add the document up again: its `total_qty` still counts
    /// them.
    NoneReached,
    /// Rules were applied.
    Applied {
        /// Those that set the discount, in order.
        rules: Vec<Arc<PricingRule>>,
        /// What the others give.
        given: Vec<FreeItem>,
    },
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
    let book = &context.shop.pricing_rules;
    let mut rules: Vec<&Entry> = Vec::new();
    for entry in book.of_transaction() {
        match fits_party(context, &entry.rule) {
            Fit::Yes => rules.push(entry),
            Fit::No => {}
            Fit::Needs(needs) => Notice::needs(&entry.rule, needs).push_to(notices),
        }
    }
    if rules.is_empty() {
        return Ok(TransactionOutcome::NoRules);
    }
    // Earlier sales are never counted here, whatever is_cumulative says.
    rules.retain(|entry| {
        let rule = &entry.rule;
        within(totals.total_qty, rule.min_qty, rule.max_qty)
            && within(totals.total, rule.min_amt, rule.max_amt)
    });
    rules.retain(|entry| entry.condition_holds(context, Some(totals), notices));
    if rules.is_empty() {
        return Ok(TransactionOutcome::NoneReached);
    }
    let (mut applied, mut given) = (Vec::new(), Vec::new());
    for Entry { rule, .. } in rules {
        match rule.price_or_product_discount {
            PriceOrProductDiscount::Price => {
                if price_rule(context, rule, discount, notices) {
                    applied.push(Arc::clone(rule));
                }
                if rule.coupon_code_based && is_on(context, rule) {
                    // The right coupon ends the search.
                    break;
                }
            }
            // What is given for the whole document is given without its coupon too: the server
            // asks for that only where prices change. A recursive gift counts all that is sold;
            // 15.71 itself fails at it.
            PriceOrProductDiscount::Product => {
                match free_item(context, rule, None, free_qty(rule, totals.total_qty))? {
                    Ok(item) => given.push(item),
                    Err(notice) => notice.push_to(notices),
                }
            }
        }
    }
    Ok(TransactionOutcome::Applied {
        rules: applied,
        given,
    })
}

/// Whether a free row stays when [`TransactionOutcome::NoneReached`] takes out the free rows that
/// stand together at the end of a document; `place` counts them from 0. The server takes them out
/// of the list that it walks, and so steps over every second one.
pub fn free_row_stays(place: usize) -> bool {
    place % 2 == 1
}

/// Sets the discount as one rule wants it; whether it gave one.
fn price_rule(
    context: &Context<'_>,
    rule: &PricingRule,
    discount: &mut DocumentDiscount,
    notices: &mut Vec<Notice>,
) -> bool {
    // The server sets what the discount is taken from even where it gives none.
    discount.apply_discount_on = rule.apply_discount_on.or(discount.apply_discount_on);
    let (field, value) = match rule.rate_or_discount {
        RateOrDiscount::DiscountPercentage => (
            &mut discount.additional_discount_percentage,
            rule.discount_percentage,
        ),
        RateOrDiscount::DiscountAmount => (&mut discount.discount_amount, rule.discount_amount),
        // A document has no rate.
        RateOrDiscount::Rate => return false,
    };
    if value == 0.0 {
        return false;
    }
    if rule.validate_applied_rule && *field != 0.0 && *field < value {
        // The server only warns that the cashier gave less. It takes a discount that was not
        // sent for none to check, and gives the rule's.
        Notice::MayGive {
            rule: rule.name.clone(),
            title: called(rule),
            effect: allowed(context, rule),
        }
        .push_to(notices);
        return false;
    }
    // Without its coupon, a rule even takes away what was there.
    let on = is_on(context, rule);
    *field = if on { value } else { 0.0 };
    on
}
