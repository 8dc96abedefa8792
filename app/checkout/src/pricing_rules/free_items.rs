//! Product rules: what is given with what is bought (`get_product_discount_rule`).

use std::sync::Arc;

use super::{Context, Notice, Row, RowOutcome};
use crate::catalog::CatalogError;
use crate::masters::{Item, PriceOrProductDiscount, PricingRule};
use crate::pricing::conversion_factor;
use crate::quantity::Quantity;

/// A row that a rule gives.
#[derive(Clone, PartialEq, Debug)]
pub struct FreeItem {
    /// The rule.
    pub pricing_rule: String,
    /// The item.
    pub item: Arc<Item>,
    /// The unit.
    pub uom: String,
    /// Stock units in one.
    pub conversion_factor: f64,
    /// How many.
    pub qty: f64,
    /// What one costs, mostly nothing.
    pub rate: f64,
}

/// What the rules of the rows give, in the order of the rows. A second row with the same rule and
/// the same gift replaces what the first gave. `dont_enforce_free_item_qty` makes no difference
/// to a new document.
///
/// # Errors
/// [`CatalogError`] when items cannot be read.
pub fn free_items(
    context: &Context<'_>,
    rows: &[Row<'_>],
    outcomes: &mut [RowOutcome],
) -> Result<Vec<FreeItem>, CatalogError> {
    let mut given: Vec<FreeItem> = Vec::new();
    for (place, row) in rows.iter().enumerate() {
        let rules = match outcomes.get(place).map(|outcome| &outcome.rules) {
            Some(Some(rules)) => rules.clone(),
            _ => continue,
        };
        let Some(last) = rules.last() else {
            continue;
        };
        if !rules.iter().any(|rule| gives(rule)) {
            continue;
        }
        let bought = bought(rows, outcomes, place);
        for rule in rules.iter().filter(|rule| gives(rule)) {
            let answer = if gives(last) {
                let qty = free_qty(rule, bought);
                free_item(context, rule, Some(row), qty)?
            } else {
                // The server hands out what rules give only where the last rule of the row is
                // such a rule: it keeps one kind for the whole row.
                Err(Notice::GiftLost {
                    rule: rule.name.clone(),
                    last: last.name.clone(),
                })
            };
            match answer {
                Ok(item) => put(&mut given, item),
                Err(notice) => {
                    if let Some(outcome) = outcomes.get_mut(place) {
                        notice.push_to(&mut outcome.notices);
                    }
                }
            }
        }
    }
    given.retain(|item| item.qty != 0.0);
    Ok(given)
}

fn gives(rule: &PricingRule) -> bool {
    rule.price_or_product_discount == PriceOrProductDiscount::Product && !rule.validate_applied_rule
}

/// How much of the row's item counts for a recursive rule. The server sums the rows of the item
/// that have the same `pricing_rules` as the row at hand *at that moment*, when it has none yet:
/// itself, those below, and those above that no rule was found for.
fn bought(rows: &[Row<'_>], outcomes: &[RowOutcome], place: usize) -> f64 {
    let item_code = rows.get(place).map(|row| &row.item.item_code);
    rows.iter()
        .zip(outcomes)
        .enumerate()
        .filter(|(_, (row, _))| Some(&row.item.item_code) == item_code)
        .filter(|(other, (_, outcome))| *other >= place || outcome.rules.is_none())
        .map(|(_, (row, _))| row.qty)
        .sum()
}

pub(super) fn free_qty(rule: &PricingRule, bought: f64) -> f64 {
    let once = if rule.free_qty == 0.0 {
        1.0
    } else {
        rule.free_qty
    };
    let counted = bought - rule.apply_recursion_over;
    // ERPNext does not let a recursive rule be saved without recurse_for.
    if !rule.is_recursive || counted <= 0.0 || rule.recurse_for <= 0.0 {
        once
    } else if rule.round_free_qty {
        (counted / rule.recurse_for).floor() * once
    } else {
        counted * once / rule.recurse_for
    }
}

/// The row that a rule gives, or why it gives none.
pub(super) fn free_item(
    context: &Context<'_>,
    rule: &PricingRule,
    row: Option<&Row<'_>>,
    qty: f64,
) -> Result<Result<FreeItem, Notice>, CatalogError> {
    // The whole document is no item that could be given: same_item means nothing there.
    let item_code = match row {
        Some(row) if rule.same_item => row.item.item_code.as_str(),
        _ => rule.free_item.as_deref().unwrap_or_default(),
    };
    let pricing_rule = rule.name.clone();
    let Some(item) = context.catalog.item(item_code)? else {
        return Ok(Err(Notice::NoFreeItem {
            rule: pricing_rule,
            item_code: item_code.to_owned(),
        }));
    };
    // With such a row ERPNext refuses the whole document.
    let ended = item.end_of_life.is_some_and(|end| end <= context.date);
    if item.disabled || !item.is_sales_item || item.has_variants || ended {
        return Ok(Err(Notice::FreeItemNotForSale {
            rule: pricing_rule,
            item_code: item.item_code.clone(),
        }));
    }
    let uom = rule.free_item_uom.as_ref().unwrap_or(&item.stock_uom);
    let uom = uom.clone();
    let whole = context.shop.uoms.get(&uom);
    if whole.is_some_and(|uom| uom.must_be_whole_number) && qty.fract() != 0.0 {
        return Ok(Err(Notice::FreeQtyNotWhole {
            rule: pricing_rule,
            qty: Quantity::from_f64(qty).to_string(),
            uom,
        }));
    }
    Ok(Ok(FreeItem {
        pricing_rule,
        conversion_factor: conversion_factor(context.catalog, context.shop, &item, &uom)?,
        item,
        uom,
        qty,
        rate: rule.free_item_rate,
    }))
}

fn put(given: &mut Vec<FreeItem>, item: FreeItem) {
    let same = |other: &&mut FreeItem| {
        other.pricing_rule == item.pricing_rule && other.item.item_code == item.item.item_code
    };
    match given.iter_mut().find(same) {
        Some(other) => *other = item,
        None => given.push(item),
    }
}
