//! What was sold before, for cumulative rules (`get_qty_amount_data_for_cumulative`).
//!
//! The server adds up all submitted documents of its doctype between the rule's two dates,
//! whoever bought. A till knows them where it is the only one of its company and has sold since
//! the rule's first day; elsewhere it cannot say.

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use jiff::civil::Date;

use super::Context;
use super::search::is_own;
use crate::catalog::{CatalogError, SoldHistory};
use crate::masters::{ApplyOn, Item, PricingRule};

/// What was sold between two days, read once.
#[derive(Debug, Default)]
pub(super) struct Histories(RefCell<BTreeMap<(Date, Date), Rc<History>>>);

#[derive(Debug)]
struct History {
    sold: SoldHistory,
    /// The items of `sold`, in its order, read once a rule asks for groups or brands.
    items: OnceCell<Vec<Option<Arc<Item>>>>,
}

impl Histories {
    fn between(
        &self,
        context: &Context<'_>,
        from: Date,
        upto: Date,
    ) -> Result<Rc<History>, CatalogError> {
        let known = self.0.borrow().get(&(from, upto)).cloned();
        if let Some(history) = known {
            return Ok(history);
        }
        let history = Rc::new(History {
            sold: context.catalog.sold(from, upto)?,
            items: OnceCell::new(),
        });
        let mut read = self.0.borrow_mut();
        read.insert((from, upto), Rc::clone(&history));
        Ok(history)
    }
}

impl History {
    fn items(&self, context: &Context<'_>) -> Result<&[Option<Arc<Item>>], CatalogError> {
        if let Some(items) = self.items.get() {
            return Ok(items);
        }
        let sold = self.sold.items.iter();
        let items = sold.map(|sold| context.catalog.item(&sold.item_code));
        let items = items.collect::<Result<Vec<_>, _>>()?;
        Ok(self.items.get_or_init(|| items))
    }
}

/// Stock units and amount that a rule's thresholds count for an item besides the document's own;
/// `None` where the till does not know. All of the rule's goods count where it counts rows
/// together, else only what has the item's own code, group or brand.
///
/// # Errors
/// [`CatalogError`] when the history cannot be read.
pub(super) fn sold_before(
    context: &Context<'_>,
    rule: &PricingRule,
    item: &Item,
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
    if history.sold.known_from.unwrap_or(context.date) > from {
        return Ok(None);
    }
    let by_code = rule.apply_on == ApplyOn::ItemCode;
    // The server keeps each row's group and brand of that day; the till takes today's.
    let items = if by_code {
        &[]
    } else {
        history.items(context)?
    };
    let (mut qty, mut amount) = (0.0, 0.0);
    for (place, sold) in history.sold.items.iter().enumerate() {
        let counts = if by_code {
            let codes = || rule.objects.iter().map(|object| &object.value);
            if rule.mixed_conditions {
                codes().any(|code| *code == sold.item_code)
            } else {
                sold.item_code == item.item_code
            }
        } else {
            let sold = items.get(place).and_then(Option::as_deref);
            sold.is_some_and(|sold| match rule.apply_on {
                _ if rule.mixed_conditions => is_own(context, rule, sold),
                ApplyOn::ItemGroup => sold.item_group == item.item_group,
                _ => sold.brand.is_some() && sold.brand == item.brand,
            })
        };
        if counts {
            qty += sold.stock_qty;
            amount += sold.amount;
        }
    }
    Ok(Some((qty, amount)))
}
