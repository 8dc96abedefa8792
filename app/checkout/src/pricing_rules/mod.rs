//! Pricing rules, as ERPNext applies them when it saves a document with `ignore_pricing_rule` 0.
//!
//! What a rule is made of, and where it is looked at:
//! * what it applies on: Item Code, Item Group, Brand, or the goods of `apply_rule_on_other`
//!   (`search`); Transaction (`transaction`);
//! * who, where and when: company, customer, groups, price list, validity (`search`);
//! * how much: quantity and amount, of the row or of all rows together, and which rule wins
//!   (`threshold`);
//! * what it does: Rate, Discount Percentage, Discount Amount, margin (`effect`); a free item,
//!   once or for every so many (`free_items`);
//! * only with its coupon (`coupons`).
//!
//! A rule that needs what the till does not have is left out with a [`Notice`]: earlier
//! documents, the document as Python sees it, the trees of territories and warehouses, sales
//! partners.

mod coupons;
mod search;

mod threshold;

mod effect;

mod free_items;
mod transaction;

pub use coupons::{CouponRefused, coupon_rule};
pub use effect::RowPrice;
pub use free_items::{FreeItem, free_items};
pub use transaction::{DocumentDiscount, TransactionOutcome, transaction_rules};

use jiff::civil::Date;
use thiserror::Error;

use crate::catalog::{Catalog, CatalogError};
use crate::masters::{Customer, Item, PricingRule};
use crate::shop::Shop;

/// The document that rules are looked for.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The shop and its rules.
    pub shop: &'a Shop,
    /// The items.
    pub catalog: &'a dyn Catalog,
    /// Who buys.
    pub customer: Option<&'a Customer>,
    /// Their price list.
    pub price_list: &'a str,
    /// The posting date.
    pub date: Date,
    /// The rule of the document's coupon; see [`coupon_rule`].
    pub coupon_rule: Option<&'a str>,
}

/// A row of the document before rules, free items left out.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    /// The item.
    pub item: &'a Item,
    /// The unit sold.
    pub uom: &'a str,
    /// How many of it.
    pub qty: f64,
    /// Stock units in one.
    pub conversion_factor: f64,
    /// The list price of one `uom`.
    pub price_list_rate: f64,
}

impl Row<'_> {
    fn stock_qty(&self) -> f64 {
        self.qty * self.conversion_factor
    }

    fn amount(&self) -> f64 {
        self.qty * self.price_list_rate
    }
}

/// Why rules were left out, for the cashier to read.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum Notice {
    /// Only the server can say whether the rule holds.
    #[error("pricing rule {rule} was left out: it needs {needs}, which the till does not have")]
    NeedsServer {
        /// The rule.
        rule: String,
        /// What it needs.
        needs: &'static str,
    },
    /// ERPNext refuses to choose (`MultiplePricingRuleConflict`).
    #[error(
        "pricing rules {} contradict each other and none was applied; give one a higher priority in ERPNext",
        rules.join(", ")
    )]
    Conflict {
        /// The rules, by name.
        rules: Vec<String>,
    },
    /// The discount is above the item's `max_discount`, with which ERPNext refuses the document.
    #[error(
        "pricing rules {} were left out: they give more than the highest discount of {item_code}; raise Max Discount of the item in ERPNext",
        rules.join(", ")
    )]
    AboveMaxDiscount {
        /// The rules, by name.
        rules: Vec<String>,
        /// The item.
        item_code: String,
    },
    /// The rule gives a part of what can only be given whole (`UOMMustBeIntegerError`).
    #[error(
        "pricing rule {rule} gives {qty} {uom}, which has to be a whole number; set Round Free Qty of the rule in ERPNext"
    )]
    FreeQtyNotWhole {
        /// The rule.
        rule: String,
        /// How much it would give.
        qty: String,
        /// Of which unit.
        uom: String,
    },
    /// The rule gives an item that was not downloaded.
    #[error("pricing rule {rule} gives the item \"{item_code}\", which has not been downloaded")]
    NoFreeItem {
        /// The rule.
        rule: String,
        /// The item; empty where the rule names none.
        item_code: String,
    },
}

/// What the rules make of one row.
#[derive(Clone, Debug)]
pub struct RowOutcome<'a> {
    /// The rules that were applied. `None` where none was found; empty where all that were found
    /// wait for a coupon, which ERPNext notes as `[]` and treats as a row with rules.
    pub rules: Option<Vec<&'a PricingRule>>,
    /// What they make of the price.
    pub price: RowPrice,
    /// What was left out.
    pub notices: Vec<Notice>,
}

/// Looks for the rules of one row and applies those that change its price.
///
/// # Errors
/// [`CatalogError`] when items cannot be read.
pub fn row_rules<'a>(
    context: &Context<'a>,
    rows: &[Row<'_>],
    place: usize,
) -> Result<RowOutcome<'a>, CatalogError> {
    let mut notices = Vec::new();
    let Some(row) = rows.get(place) else {
        let (rules, price) = (None, RowPrice::default());
        return Ok(RowOutcome {
            rules,
            price,
            notices,
        });
    };
    let found = search::rules_of_row(context, row, &mut notices);
    let chosen = threshold::choose(context, rows, row, found, &mut notices)?;
    if chosen.is_empty() {
        return Ok(RowOutcome {
            rules: None,
            price: RowPrice::of_list(row),
            notices,
        });
    }
    let mut applied: Vec<&PricingRule> = chosen
        .into_iter()
        .filter(|rule| coupons::is_on(context, rule))
        .collect();
    let mut price = effect::price(context, row, &applied);
    if row.item.max_discount > 0.0 && price.discount_percentage > row.item.max_discount {
        notices.push(Notice::AboveMaxDiscount {
            rules: applied.iter().map(|rule| rule.name.clone()).collect(),
            item_code: row.item.item_code.clone(),
        });
        applied.clear();
        price = RowPrice::of_list(row);
    }
    Ok(RowOutcome {
        rules: Some(applied),
        price,
        notices,
    })
}
