//! Which of the rules found reach their thresholds, and which of those wins
//! (`filter_pricing_rules`).

use std::slice;

use super::history::sold_before;
use super::rows::Counted;
use super::search::{Found, all_apply_together};
use super::{Context, Notice, Row, Rows, hint};
use crate::catalog::CatalogError;
use crate::masters::{ApplyOn, PricingRule, RateOrDiscount};
use crate::pricing::conversion_factor;

/// The rules that hold for a row.
pub(super) struct Chosen<'a> {
    /// In the order in which they are applied; none on a conflict.
    pub(super) rules: Vec<Found<'a>>,
    /// A rule is nearly reached. The server then notes an empty list of rules on the row, unless
    /// all rules apply together.
    pub(super) nearly: bool,
}

/// The rules to apply to a row.
pub(super) fn choose<'a>(
    context: &Context<'a>,
    rows: &Rows<'_>,
    place: usize,
    found: Vec<Found<'a>>,
    notices: &mut Vec<Notice>,
) -> Result<Chosen<'a>, CatalogError> {
    if !all_apply_together(&found) {
        let (reached, nearly) = reaching(context, rows, place, &found, notices)?;
        let rules = winner(context, &rows[place], reached, notices)
            .into_iter()
            .collect();
        return Ok(Chosen { rules, nearly });
    }
    let mut rules = Vec::new();
    for found in &found {
        // Each alone, so none can contradict another. A rule found by two rows of its table is
        // applied twice, as the server does.
        rules.extend(reaching(context, rows, place, slice::from_ref(found), notices)?.0);
    }
    // Stable: equal priorities stay in the order in which they were found.
    rules.sort_by_key(|found| match found.entry.priority {
        0 => 1,
        set => set,
    });
    Ok(Chosen {
        rules,
        nearly: false,
    })
}

/// The rules whose thresholds are reached, and whether one is nearly. The flags of the *first*
/// rule say for all of them what is counted.
fn reaching<'a>(
    context: &Context<'a>,
    rows: &Rows<'_>,
    place: usize,
    mut found: &[Found<'a>],
    notices: &mut Vec<Notice>,
) -> Result<(Vec<Found<'a>>, bool), CatalogError> {
    let row = &rows[place];
    let (first, counted) = loop {
        let Some((first, others)) = found.split_first() else {
            return Ok((Vec::new(), false));
        };
        match count(context, rows, place, first)? {
            Some(counted) => break (first, counted),
            None => {
                Notice::needs(first.rule(), "earlier sales of the whole shop").push_to(notices);
                found = others;
            }
        }
    };
    let reached = if counts_own_goods(first.rule()) {
        reaching_by_own_goods(context, rows, first, found)?
    } else {
        reached_by(context, row, found, counted)?
    };
    let mut nearly = false;
    if reached.is_empty() {
        let hint = found
            .iter()
            .find_map(|found| hint::nearly(context, found.rule(), row, counted));
        nearly = hint.is_some();
        notices.extend(hint);
    }
    Ok((reached, nearly))
}

/// Whether a rule for other goods is decided by a row of its own goods.
fn counts_own_goods(rule: &PricingRule) -> bool {
    rule.apply_rule_on_other.is_some() && !rule.mixed_conditions
}

/// What a rule counts for a row; `None` where the till does not know what was sold before.
fn count(
    context: &Context<'_>,
    rows: &Rows<'_>,
    place: usize,
    found: &Found<'_>,
) -> Result<Option<Counted>, CatalogError> {
    let (row, rule) = (&rows[place], found.rule());
    let mut counted = Counted {
        stock_qty: row.stock_qty(),
        amount: row.amount(),
    };
    if rule.mixed_conditions {
        counted = rows.together(context, (found.in_book, rule), place);
    }
    // For other goods the server adds earlier sales to sums that it then does not look at.
    if !rule.is_cumulative || counts_own_goods(rule) {
        return Ok(Some(counted));
    }
    let before = sold_before(context, rule, row.item)?;
    Ok(before.map(|(stock_qty, amount)| {
        if rule.mixed_conditions && stock_qty == 0.0 {
            // Rows together: an amount without a quantity is not counted.
            return counted;
        }
        Counted {
            stock_qty: counted.stock_qty + stock_qty,
            amount: counted.amount + amount,
        }
    }))
}

/// The thresholds of rules whose discount goes to other goods (`get_qty_and_rate_for_other_item`).
/// The server walks the rows of the rule's own goods, but keeps what the first of them left: the
/// first row alone decides. Its amount is stock quantity times the price of the unit sold.
fn reaching_by_own_goods<'a>(
    context: &Context<'a>,
    rows: &Rows<'_>,
    first: &Found<'a>,
    found: &[Found<'a>],
) -> Result<Vec<Found<'a>>, CatalogError> {
    let Some(bought) = rows.first_bought(context, (first.in_book, first.rule())) else {
        return Ok(Vec::new());
    };
    let counted = Counted {
        stock_qty: bought.stock_qty(),
        amount: bought.stock_qty() * bought.price_list_rate,
    };
    reached_by(context, bought, found, counted)
}

fn reached_by<'a>(
    context: &Context<'a>,
    row: &Row<'_>,
    found: &[Found<'a>],
    counted: Counted,
) -> Result<Vec<Found<'a>>, CatalogError> {
    let mut reached = Vec::new();
    for found in found {
        let rule = found.rule();
        let factor = unit_of_thresholds(context, row, found)?;
        let same_uom = found.uom() == Some(row.uom);
        let amount_factor = if same_uom { 1.0 } else { factor };
        if within(
            counted.stock_qty,
            rule.min_qty * factor,
            rule.max_qty * factor,
        ) && within(
            counted.amount,
            rule.min_amt * amount_factor,
            rule.max_amt * amount_factor,
        ) {
            reached.push(*found);
        }
    }
    Ok(reached)
}

/// The stock units in one unit of the thresholds. They are in the unit of the rule's row, in
/// stock units where it names none. The server asks for the factor of the row's *item code*,
/// which the tables of groups and brands do not have, and then takes 1.
fn unit_of_thresholds(
    context: &Context<'_>,
    row: &Row<'_>,
    found: &Found<'_>,
) -> Result<f64, CatalogError> {
    let Some(uom) = found.uom() else {
        return Ok(1.0);
    };
    if found.rule().apply_on != ApplyOn::ItemCode {
        return Ok(1.0);
    }
    let (catalog, shop) = (context.catalog, context.shop);
    let item_code = &found.object.value;
    if *item_code == row.item.item_code {
        return conversion_factor(catalog, shop, row.item, uom);
    }
    match catalog.item(item_code)? {
        Some(item) => conversion_factor(catalog, shop, &item, uom),
        None => Ok(1.0),
    }
}

/// Whether a value lies between the two; a most of 0 is no limit.
pub(super) fn within(value: f64, least: f64, most: f64) -> bool {
    value >= least && (most == 0.0 || value <= most)
}

/// The one rule that is applied where they do not all apply together.
fn winner<'a>(
    context: &Context<'_>,
    row: &Row<'_>,
    mut found: Vec<Found<'a>>,
    notices: &mut Vec<Notice>,
) -> Option<Found<'a>> {
    prefer(&mut found, |rule| {
        rule.currency == context.shop.currency.code()
    });
    // Here priorities count as numbers, though they were ordered as texts.
    let highest = found.iter().map(|found| found.entry.priority).max()?;
    found.retain(|found| found.entry.priority == highest);
    let percentage =
        |found: &Found<'_>| found.rule().rate_or_discount == RateOrDiscount::DiscountPercentage;
    if found.iter().all(percentage) {
        prefer(&mut found, |rule| {
            rule.for_price_list.as_deref() == Some(context.price_list)
        });
    }
    let first = *found.first()?;
    if found.len() == 1 {
        return Some(first);
    }
    // A rule that waits for a coupon counts too, as it does on the server.
    let mut rules: Vec<String> = found
        .iter()
        .map(|found| found.rule().name.clone())
        .collect();
    rules.dedup();
    notices.push(if rules.len() == 1 {
        Notice::ListedTwice {
            rule: first.rule().name.clone(),
            item_code: row.item.item_code.clone(),
        }
    } else {
        Notice::Conflict { rules }
    });
    None
}

/// Keeps the rules of a kind, if there are any.
fn prefer(found: &mut Vec<Found<'_>>, kind: impl Fn(&PricingRule) -> bool) {
    if found.iter().any(|found| kind(found.rule())) {
        found.retain(|found| kind(found.rule()));
    }
}
