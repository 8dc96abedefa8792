//! Rules that are nearly reached: what the cashier can tell the customer
//! (`validate_quantity_and_amount_for_suggestion`).

use super::rows::Counted;
use super::{Context, Notice, Row};
use crate::masters::PricingRule;
use crate::quantity::Quantity;

/// What it takes to get a rule that was not reached, where its `threshold_percentage` is high
/// enough to say so. The server compares the thresholds as they stand in the rule, whatever unit
/// they are in, and says the last of the four that is near.
pub(super) fn nearly(
    context: &Context<'_>,
    rule: &PricingRule,
    row: &Row<'_>,
    counted: Counted,
) -> Option<Notice> {
    if rule.threshold_percentage == 0.0 {
        return None;
    }
    // The server cuts what lies within reach down to a whole number.
    let reach = |limit: f64| (limit * rule.threshold_percentage * 0.01).trunc();
    let below =
        |value: f64, least: f64| least != 0.0 && value < least && least - reach(least) <= value;
    let above = |value: f64, most: f64| most != 0.0 && value > most && most + reach(most) >= value;
    let currency = context.shop.currency;
    let money = |value: f64| {
        let decimals = usize::from(currency.decimals());
        format!("{value:.decimals$} {}", currency.code())
    };
    let count = Quantity::from_f64;
    let Counted { stock_qty, amount } = counted;
    let near = [
        below(stock_qty, rule.min_qty).then(|| format!("{} more", count(rule.min_qty - stock_qty))),
        below(amount, rule.min_amt).then(|| format!("{} more", money(rule.min_amt - amount))),
        above(stock_qty, rule.max_qty).then(|| format!("no more than {}", count(rule.max_qty))),
        above(amount, rule.max_amt).then(|| format!("no more than {}", money(rule.max_amt))),
    ];
    let wanted = near.into_iter().flatten().last()?;
    Some(Notice::Nearly {
        rule: rule.name.clone(),
        title: called(rule),
        item_code: row.item.item_code.clone(),
        wanted,
    })
}

/// What people call a rule.
pub(super) fn called(rule: &PricingRule) -> String {
    let title = rule.title.trim();
    if title.is_empty() { &rule.name } else { title }.to_owned()
}
