//! What was sold before, for cumulative rules (`get_qty_amount_data_for_cumulative`).
//!
//! The server adds up all submitted documents of its doctype between the rule's two dates,
//! whoever bought. A till knows them where it is the only one of its company and has sold since
//! the rule's first day; elsewhere it cannot say.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use jiff::civil::Date;

use super::Context;
use crate::catalog::{CatalogError, SoldHistory};
use crate::masters::{Item, PricingRule};

/// What was sold between two days, read once.
#[derive(Debug, Default)]
pub(super) struct Histories(RefCell<BTreeMap<(Date, Date), Rc<SoldHistory>>>);

impl Histories {
    fn between(
        &self,
        context: &Context<'_>,
        from: Date,
        upto: Date,
    ) -> Result<Rc<SoldHistory>, CatalogError> {
        let known = self.0.borrow().get(&(from, upto)).cloned();
        if let Some(history) = known {
            return Ok(history);
        }
        let history = Rc::new(context.catalog.sold(from, upto)?);
        let mut read = self.0.borrow_mut();
        read.insert((from, upto), Rc::clone(&history));
        Ok(history)
    }
}

/// Stock units and amount that a rule's thresholds count besides the document's own; `None` where
/// the till does not know.
///
/// # Errors
/// [`CatalogError`] when the history cannot be read.
pub(super) fn sold_before(
    context: &Context<'_>,
    rule: &PricingRule,
    counts: impl Fn(&Item) -> bool,
) -> Result<Option<(f64, f64)>, CatalogError> {
    // ERPNext does not let a cumulative rule be saved without both dates. Where one is missing
    // all the same, the server compares with nothing and so finds nothing: the sum is known.
    let (Some(from), Some(upto)) = (rule.valid_from, rule.valid_upto) else {
        return Ok(Some((0.0, 0.0)));
    };
    if context.shop.profiles_of_company != 1 {
        return Ok(None);
    }
    let history = context.memory.histories.between(context, from, upto)?;
    // A till that has sold nothing yet knows only of a rule that begins today.
    if history.known_from.unwrap_or(context.date) > from {
        return Ok(None);
    }
    let (mut qty, mut amount) = (0.0, 0.0);
    for sold in &history.items {
        // The server keeps each row's group and brand of that day; the till takes today's.
        let item = context.catalog.item(&sold.item_code)?;
        if item.is_some_and(|item| counts(&item)) {
            qty += sold.stock_qty;
            amount += sold.amount;
        }
    }
    Ok(Some((qty, amount)))
}
