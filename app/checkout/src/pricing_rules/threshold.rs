//! Which of the rules found reach their thresholds, and which of those wins
//! (`filter_pricing_rules`).

use super::search::{all_apply_together, object_uom};
use super::{Context, Notice, Row};
use crate::catalog::CatalogError;
use crate::masters::{PricingRule, RateOrDiscount};
use crate::pricing::conversion_factor;

/// The rules to apply to a row, in order. On a conflict there are none.
pub(super) fn choose<'a>(
    context: &Context<'a>,
    rows: &[Row<'_>],
    row: &Row<'_>,
    rules: Vec<&'a PricingRule>,
    notices: &mut Vec<Notice>,
) -> Result<Vec<&'a PricingRule>, CatalogError> {
    if !all_apply_together(&rules) {
        let reached = reaching(context, rows, row, &rules)?;
        return Ok(winner(context, reached, notices).into_iter().collect());
    }
    let mut together = Vec::new();
    for rule in rules {
        together.extend(reaching(context, rows, row, &[rule])?);
    }
    // Stable: equal priorities stay in the order in which they were found.
    together.sort_by_key(|rule| match priority(rule) {
        0 => 1,
        set => set,
    });
    Ok(together)
}

/// The rules whose thresholds are reached. The flags of the *first* rule say for all of them what
/// is counted.
fn reaching<'a>(
    context: &Context<'a>,
    rows: &[Row<'_>],
    row: &Row<'_>,
    rules: &[&'a PricingRule],
) -> Result<Vec<&'a PricingRule>, CatalogError> {
    let Some(first) = rules.first() else {
        return Ok(Vec::new());
    };
    if first.mixed_conditions {
        let covered = || {
            rows.iter()
                .filter(|other| object_uom(context, first, other).is_some())
        };
        let qty = covered().map(Row::stock_qty).sum();
        let amount = covered().map(Row::amount).sum();
        return reached_by(context, row, rules, qty, amount);
    }
    if first.apply_rule_on_other.is_some() {
        // The first row of the rule's own goods that reaches a threshold decides.
        for bought in rows {
            if object_uom(context, first, bought).is_some() {
                let (qty, amount) = (bought.stock_qty(), bought.amount());
                let reached = reached_by(context, bought, rules, qty, amount)?;
                if !reached.is_empty() {
                    return Ok(reached);
                }
            }
        }
        return Ok(Vec::new());
    }
    reached_by(context, row, rules, row.stock_qty(), row.amount())
}

fn reached_by<'a>(
    context: &Context<'a>,
    row: &Row<'_>,
    rules: &[&'a PricingRule],
    stock_qty: f64,
    amount: f64,
) -> Result<Vec<&'a PricingRule>, CatalogError> {
    let mut reached = Vec::new();
    for rule in rules {
        let uom = object_uom(context, rule, row).flatten();
        // Thresholds are in the unit of the rule's row, in stock units where it names none.
        let factor = match uom {
            Some(uom) => conversion_factor(context.catalog, context.shop, row.item, uom)?,
            None => 1.0,
        };
        let amount_factor = if uom == Some(row.uom) { 1.0 } else { factor };
        if within(stock_qty, rule.min_qty * factor, rule.max_qty * factor)
            && within(
                amount,
                rule.min_amt * amount_factor,
                rule.max_amt * amount_factor,
            )
        {
            reached.push(*rule);
        }
    }
    Ok(reached)
}

/// Whether a value lies between the two; a most of 0 is no limit.
pub(super) fn within(value: f64, least: f64, most: f64) -> bool {
    value >= least && (most == 0.0 || value <= most)
}

/// The one rule that is applied where they do not all apply together.
fn winner<'a>(
    context: &Context<'_>,
    mut rules: Vec<&'a PricingRule>,
    notices: &mut Vec<Notice>,
) -> Option<&'a PricingRule> {
    prefer(&mut rules, |rule| {
        rule.currency == context.shop.currency.code()
    });
    // Here priorities count as numbers, though they were ordered as texts.
    let highest = rules.iter().map(|rule| priority(rule)).max()?;
    rules.retain(|rule| priority(rule) == highest);
    let percentage =
        |rule: &&PricingRule| rule.rate_or_discount == RateOrDiscount::DiscountPercentage;
    if rules.iter().all(percentage) {
        prefer(&mut rules, |rule| {
            rule.for_price_list.as_deref() == Some(context.price_list)
        });
    }
    match rules.as_slice() {
        [only] => Some(only),
        // A rule that waits for a coupon counts too, as it does on the server.
        several => {
            notices.push(Notice::Conflict {
                rules: several.iter().map(|rule| rule.name.clone()).collect(),
            });
            None
        }
    }
}

/// Keeps the rules of a kind, if there are any.
fn prefer(rules: &mut Vec<&PricingRule>, kind: impl Fn(&PricingRule) -> bool) {
    if rules.iter().any(|rule| kind(rule)) {
        rules.retain(|rule| kind(rule));
    }
}

fn priority(rule: &PricingRule) -> i32 {
    rule.priority.trim().parse().unwrap_or(0)
}
